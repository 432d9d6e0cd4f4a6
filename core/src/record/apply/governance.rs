//! Parameters, roles and approvals.

use crate::policy::*;
use crate::record::event::*;
use crate::record::state::*;
use crate::value::later::Later;
use crate::value::num;
use crate::value::table::Table;
use crate::value::time::Instant;

/// Sets the row for which `same` holds, or appends one.
fn put<T: Clone + std::hash::Hash>(table: &mut Table<T>, row: &T, same: impl Fn(&T) -> bool) {
    match table.rows().iter().position(same).map(num::id) {
        Some(id) => {
            table.edit(id, |known| known.clone_from(row));
        }
        None => {
            table.push(row.clone());
        }
    }
}

impl State {
    /// The events of this file; `false` for others.
    pub(super) fn apply_governance(&mut self, body: &Body, event: &Event) -> bool {
        match body {
            Body::ParameterDefined(define) => self.define_parameter(define),
            Body::ParameterSet(set) => self.set_parameter(set, event),
            Body::RoleDefined(define) => self.define_role(define),
            Body::RolesGranted(grant) => self.grant_roles(grant),
            Body::ApprovalRuleSet(set) => self.set_approval_rule(set),
            Body::SourceOfRecordSet(set) => self.set_source_of_record(set),
            Body::TimingRuleSet(set) => self.set_timing_rule(set),
            Body::ApprovalRequested(requested) => self.request_approval(requested, event),
            Body::ApprovalGranted(granted) => {
                self.end_approval(granted.approval, ApprovalStatus::Approved, &granted.evidence, event);
            }
            Body::ApprovalRejected(rejected) => {
                self.end_approval(rejected.approval, ApprovalStatus::Rejected, &rejected.reason, event);
            }
            Body::ApprovalExpired(expired) => {
                self.end_approval(expired.approval, ApprovalStatus::Expired, "", event);
            }
            _ => return false,
        }
        self.derived.governed = self.has_rules();
        true
    }

    fn define_parameter(&mut self, define: &DefineParameter) {
        put(&mut self.govern.parameters, define, |row| row.parameter == define.parameter);
        self.plan_all_ageing(&define.parameter);
    }

    fn set_parameter(&mut self, set: &SetParameter, event: &Event) {
        self.govern.values.push(ParameterRow {
            set: set.clone(),
            from: set.effective_from.unwrap_or(event.at),
            sequence: event.sequence,
            actor: event.actor.to_string(),
        });
        self.plan_all_ageing(&set.parameter);
    }

    fn define_role(&mut self, define: &DefineRole) {
        put(&mut self.govern.roles, define, |row| row.role == define.role);
    }

    fn grant_roles(&mut self, grant: &GrantRoles) {
        put(&mut self.govern.grants, grant, |row| row.actor == grant.actor);
    }

    fn set_approval_rule(&mut self, set: &SetApprovalRule) {
        let same = |row: &SetApprovalRule| row.command == set.command && row.measure == set.measure;
        put(&mut self.govern.approval_rules, set, same);
    }

    fn set_source_of_record(&mut self, set: &SetSourceOfRecord) {
        let same = |row: &SetSourceOfRecord| row.event == set.event && row.scope == set.scope;
        put(&mut self.govern.sources, set, same);
    }

    fn set_timing_rule(&mut self, set: &SetTimingRule) {
        put(&mut self.govern.timings, set, |row| row.event == set.event);
    }

    fn request_approval(&mut self, requested: &ApprovalRequested, event: &Event) {
        let id = self.govern.approvals.push(ApprovalRow {
            parking: requested.parking,
            word: requested.word.clone(),
            command: requested.command.clone(),
            measured: requested.measured,
            limit: requested.limit,
            role: requested.role.clone(),
            source: event.source.to_string(),
            requested_by: event.actor.to_string(),
            requested_at: requested.told_at.unwrap_or(event.at),
            occurred_at: event.occurred_at,
            expires_at: requested.expires_at,
            status: ApprovalStatus::Pending,
            decided_by: String::new(),
            decided_at: event.at,
            words: String::new(),
            measure: Later(requested.measure),
        });
        self.plan_chore(requested.expires_at, Chore::Approval, id);
        self.raise(&requested.exceptions, event.at);
    }

    fn end_approval(&mut self, approval: u32, status: ApprovalStatus, words: &str, event: &Event) {
        let id = approval.saturating_sub(1);
        self.drop_chore(Chore::Approval, id);
        self.govern.approvals.edit(id, |row| {
            row.status = status;
            row.decided_by = event.actor.to_string();
            row.decided_at = event.at;
            row.words = words.into();
        });
        self.close_about(crate::exception::ExceptionCode::ApprovalNeeded, &approval.to_string(), event.at);
    }

    /// Closes the open exception of a code about a subject: its cause is gone.
    pub(super) fn close_about(&mut self, code: crate::exception::ExceptionCode, subject: &str, at: Instant) {
        let raised = crate::exception::Opened::of(code).about(subject);
        let of = raised.opened;
        let cause = (code, of.order, of.sku, of.node, raised.subject);
        if let Some(id) = self.derived.causes.get(&cause).copied() {
            self.clear_exceptions(&[id.saturating_add(1)], at);
        }
    }
}
