//! Who may say what, and which values hold where.

use super::State;
use crate::policy::{
    ApprovalStatus, DefineParameter, DefineRole, DocumentOwner, GrantRoles, LimitMeasure, Parking, Scope,
    SetApprovalRule, SetParameter, SetSourceOfRecord, SetTimingRule, built_in, standard_of,
};
use crate::record::DocumentKind;
use crate::value::ids::DocKey;
use crate::value::later::Later;
use crate::value::money::Money;
use crate::value::table::{Keys, Table, tables};
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
    #[serde(default)]
    pub measure: Later<LimitMeasure, 1>,
}

/// What governs commands beside the catalogue's authorities.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Governance {
    pub parameters: Table<DefineParameter>,
    pub values: Table<ParameterRow>,
    pub roles: Table<DefineRole>,
    pub grants: Table<GrantRoles>,
    pub approval_rules: Table<SetApprovalRule>,
    pub approvals: Table<ApprovalRow>,
    pub sources: Table<SetSourceOfRecord>,
    pub timings: Table<SetTimingRule>,
    /// Documents and the systems that opened them, since a rule asks for it.
    pub opened: Keys<(DocumentKind, DocKey)>,
    pub openers: Table<String>,
    /// Documents and when the latest of their facts happened, since a rule asks for it.
    pub told: Keys<(DocumentKind, DocKey)>,
    pub told_at: Table<Instant>,
}

tables!(Governance: ; later:
    parameters, values, roles, grants, approval_rules, approvals, sources, timings, opened,
    openers, told, told_at
);

impl State {
    /// A parameter's definition: the book's own, else the built-in one.
    pub(crate) fn parameter(&self, name: &str) -> Option<DefineParameter> {
        let set = self.govern.parameters.rows().iter().find(|known| known.parameter == name).cloned();
        set.or_else(|| built_in(name))
    }

    /// What a parameter of the book's own is everywhere, as long as nobody has said anything of it.
    pub(crate) fn standard(&self, name: &str) -> Option<Money> {
        let defined = self.govern.parameters.rows().iter().any(|known| known.parameter == name);
        let said = defined || self.govern.values.rows().iter().any(|row| row.set.parameter == name);
        if said { None } else { standard_of(name) }
    }

    /// The value of a parameter at a place and time, and the row that says so; none = the standard as
    /// defined.
    pub(crate) fn value_at(
        &self,
        define: &DefineParameter,
        place: &Scope,
        at: Instant,
    ) -> (Money, Option<&ParameterRow>) {
        // Per scope the latest that is in force speaks; of those that say a value, the most specific.
        let rows = self.govern.values.rows().iter();
        let rows = rows.filter(|row| row.set.parameter == define.parameter && row.from <= at);
        let mut best: Option<&ParameterRow> = None;
        for row in rows.clone().filter(|row| row.set.scope.misfit(place).is_none()) {
            let later = |other: &ParameterRow| {
                other.set.scope == row.set.scope && (other.from, other.sequence) > (row.from, row.sequence)
            };
            if row.set.value.is_none() || rows.clone().any(later) {
                continue;
            }
            if best.is_none_or(|known| row.set.scope.weight() > known.set.scope.weight()) {
                best = Some(row);
            }
        }
        (best.and_then(|row| row.set.value).unwrap_or(define.standard), best)
    }

    /// A parameter where the book reads it.
    pub(crate) fn read_parameter(&self, name: &str, place: &Scope, at: Instant) -> Money {
        if let Some(standard) = self.standard(name) {
            return standard;
        }
        self.parameter(name).map_or(Money::ZERO, |define| self.value_at(&define, place, at).0)
    }
}

impl Governance {
    /// Whether any rule looks at what is said.
    pub(crate) fn is_active(&self) -> bool {
        let rules = [self.roles.len(), self.approval_rules.len(), self.sources.len(), self.timings.len()];
        rules.iter().any(|count| *count > 0)
    }

    /// Seconds that a fact is said to have happened after it is told, where any rule allows that.
    pub(crate) fn seconds_ahead(&self, said: Instant, at: Instant) -> i64 {
        let allowed = self.timings.rows().iter().any(|rule| rule.ahead_minutes_max > 0);
        let micros = said.micros().saturating_sub(at.micros());
        if allowed && said.is_valid() {
            micros.max(0).saturating_add(999_999).div_euclid(1_000_000)
        } else {
            0
        }
    }

    /// Whether any rule asks which system opened a document.
    pub(crate) fn asks_opener(&self) -> bool {
        self.sources.rows().iter().any(|rule| rule.documents == DocumentOwner::Opener)
    }

    /// Whether any rule asks for the order of a document's facts.
    pub(crate) fn asks_order(&self) -> bool {
        self.timings.rows().iter().any(|rule| rule.in_order)
    }

    /// The roles of an actor.
    pub(crate) fn roles_of(&self, actor: &str) -> &[String] {
        let grant = self.grants.rows().iter().find(|grant| grant.actor == actor);
        grant.map_or(&[], |grant| &grant.roles)
    }
}
