//! Who may say what, and which values hold where.

use crate::policy::{
    ApprovalStatus, DefineParameter, DefineRole, GrantRoles, Parking, SetApprovalRule, SetParameter,
    SetSourceOfRecord, SetTimingRule,
};
use crate::value::money::Money;
use crate::value::table::{Table, tables};
use crate::value::time::Instant;
use serde::{Deserialize, Serialize};

/// A value of a parameter, and when it was said.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct ParameterRow {
    pub set: SetParameter,
    pub from: Instant,
    pub sequence: u64,
    pub actor: String,
}

/// A command that waits or waited.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct ApprovalRow {
    pub parking: Parking,
    pub word: String,
    pub command: String,
    pub measured: Money,
    pub limit: Money,
    pub role: String,
    pub source: String,
    pub requested_by: String,
    pub requested_at: Instant,
    pub occurred_at: Instant,
    pub expires_at: Instant,
    pub status: ApprovalStatus,
    pub decided_by: String,
    pub decided_at: Instant,
    /// Evidence of an approval, reason of a rejection.
    pub words: String,
}

/// What governs commands beside the catalogue's authorities.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Governance {
    pub parameters: Table<DefineParameter>,
    pub values: Table<ParameterRow>,
    pub roles: Table<DefineRole>,
    pub grants: Table<GrantRoles>,
    pub approval_rules: Table<SetApprovalRule>,
    pub approvals: Table<ApprovalRow>,
    pub sources: Table<SetSourceOfRecord>,
    pub timings: Table<SetTimingRule>,
}

tables!(Governance: ; later: parameters, values, roles, grants, approval_rules, approvals, sources, timings);

impl Governance {
    /// Whether any rule looks at what is said.
    pub(crate) fn is_active(&self) -> bool {
        let rules = [self.roles.len(), self.approval_rules.len(), self.sources.len(), self.timings.len()];
        rules.iter().any(|count| *count > 0)
    }

    /// The roles of an actor.
    pub(crate) fn roles_of(&self, actor: &str) -> &[String] {
        let grant = self.grants.rows().iter().find(|grant| grant.actor == actor);
        grant.map_or(&[], |grant| &grant.roles)
    }
}
