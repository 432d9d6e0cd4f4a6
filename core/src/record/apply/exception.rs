//! Exceptions: opened once a cause, given, gone up, closed, opened again.

use crate::exception::*;
use crate::record::event::*;
use crate::record::state::*;
use crate::value::ids::DocKey;
use crate::value::time::Instant;

/// An exception goes up so often, and no more: above is nobody.
const LEVELS_MAX: u32 = 3;

impl State {
    /// The events of this file; `false` for others.
    pub(super) fn apply_exception(&mut self, body: &Body, event: &Event) -> bool {
        match body {
            Body::ExceptionResolved(resolved) => self.resolve(resolved, event.at),
            Body::ExceptionsRaised(raised) => {
                self.raise(&raised.exceptions, event.at);
                self.tell_aged(&raised.exceptions);
                self.tell_overdue(&raised.exceptions);
            }
            Body::ExceptionAssigned(assigned) => self.assign_exception(assigned),
            Body::ExceptionEscalated(escalated) => self.escalate(escalated, event.at),
            Body::ExceptionReopened(reopened) => self.reopen(reopened, event.at),
            Body::ExceptionsCleared(cleared) => self.clear_exceptions(&cleared.exceptions, event.at),
            Body::ExceptionRuleSet(set) => self.set_exception_rule(set, event.at),
            _ => return false,
        }
        true
    }

    pub(super) fn open_exceptions(&mut self, opened: &[Opened], at: Instant) {
        for opened in opened {
            self.open_exception(*opened, None, at);
        }
    }

    pub(super) fn raise(&mut self, raised: &[Raised], at: Instant) {
        for raised in raised {
            self.open_exception(raised.opened, raised.subject.clone(), at);
        }
    }

    pub(super) fn open_exception(&mut self, opened: Opened, subject: Option<DocKey>, at: Instant) {
        let row = ExceptionRow::new(opened, subject, at);
        let cause = row.cause();
        // Books of the first release opened one each time, and do so for ever.
        if self.head.origin() > 1
            && let Some(known) = self.derived.causes.get(&cause)
        {
            self.books.exceptions.edit(*known, |row| *row.again = row.again.saturating_add(1));
            return;
        }
        let id = self.books.exceptions.push(row);
        self.books.open_exceptions.insert(id);
        self.head.exceptions = self.head.exceptions.saturating_add(1);
        self.derived.causes.insert(cause, id);
        self.plan_escalation(id, at);
    }

    /// When an exception goes up next, if its rule says so.
    fn plan_escalation(&mut self, id: u32, from: Instant) {
        if self.books.exception_rules.len() == 0 {
            return;
        }
        let Some(row) = self.books.exceptions.get(id) else { return };
        let (level, hours) = (*row.level, self.rule_hours(row.opened.code));
        if hours > 0 && level < LEVELS_MAX {
            let at = from.plus_seconds(i64::from(hours).saturating_mul(3_600));
            self.plan_chore(at, Chore::Exception, id);
        }
    }

    fn rule_hours(&self, code: ExceptionCode) -> u32 {
        let set = self.books.exception_rules.rows().iter().find(|rule| rule.code == code);
        set.map_or(0, |rule| rule.escalate_hours)
    }

    fn drop_escalation(&mut self, id: u32) {
        self.drop_chore(Chore::Exception, id);
    }

    fn set_exception_rule(&mut self, set: &SetExceptionRule, at: Instant) {
        let rows = self.books.exception_rules.rows();
        let known = rows.iter().position(|rule| rule.code == set.code).map(crate::value::num::id);
        match known {
            Some(id) => {
                self.books.exception_rules.edit(id, |rule| rule.clone_from(set));
            }
            None => {
                self.books.exception_rules.push(set.clone());
            }
        }
        let open: Vec<u32> = self.books.open_exceptions.iter().collect();
        for id in open {
            if self.books.exceptions.get(id).is_some_and(|row| row.opened.code == set.code) {
                self.drop_escalation(id);
                self.plan_escalation(id, at);
            }
        }
    }

    fn resolve(&mut self, resolved: &ExceptionResolved, at: Instant) {
        let id = resolved.exception.saturating_sub(1);
        let row = self.books.exceptions.get(id);
        if let Some(row) = row.filter(|row| row.opened.code == ExceptionCode::MessageRefused) {
            let message = row.subject.0.as_ref().map(ToString::to_string).unwrap_or_default();
            self.forget_message(&message);
        }
        self.close_exception(id, &resolved.resolution, &resolved.with, at);
    }

    fn close_exception(&mut self, id: u32, resolution: &str, with: &str, at: Instant) {
        self.books.exceptions.edit(id, |row| {
            row.status = ExceptionStatus::Resolved;
            row.closed_at = at;
            row.resolution = resolution.into();
            row.with.0 = with.into();
        });
        self.books.open_exceptions.remove(id);
        if let Some(cause) = self.books.exceptions.get(id).map(ExceptionRow::cause)
            && self.derived.causes.get(&cause) == Some(&id)
        {
            self.derived.causes.remove(&cause);
        }
        self.drop_escalation(id);
    }

    pub(super) fn clear_exceptions(&mut self, cleared: &[u32], at: Instant) {
        for number in cleared {
            self.close_exception(number.saturating_sub(1), "the cause is gone", "clear_exceptions", at);
        }
    }

    fn assign_exception(&mut self, assigned: &ExceptionAssigned) {
        let id = assigned.exception.saturating_sub(1);
        self.books.exceptions.edit(id, |row| row.assignee.0.clone_from(&assigned.assignee));
    }

    fn escalate(&mut self, escalated: &ExceptionEscalated, at: Instant) {
        let id = escalated.exception.saturating_sub(1);
        self.drop_escalation(id);
        self.books.exceptions.edit(id, |row| *row.level = escalated.level);
        self.plan_escalation(id, at);
    }

    fn reopen(&mut self, reopened: &ExceptionReopened, at: Instant) {
        let id = reopened.exception.saturating_sub(1);
        self.books.exceptions.edit(id, |row| {
            row.status = ExceptionStatus::Open;
            row.resolution.clear();
            row.with.0.clear();
            *row.reopened = row.reopened.saturating_add(1);
        });
        self.books.open_exceptions.insert(id);
        if let Some(cause) = self.books.exceptions.get(id).map(ExceptionRow::cause) {
            self.derived.causes.entry(cause).or_insert(id);
        }
        self.plan_escalation(id, at);
    }

    /// Derives again which cause has which open exception.
    pub(crate) fn rebuild_causes(&mut self) {
        self.derived.causes.clear();
        for id in self.books.open_exceptions.iter() {
            if let Some(row) = self.books.exceptions.get(id) {
                self.derived.causes.entry(row.cause()).or_insert(id);
            }
        }
    }
}
