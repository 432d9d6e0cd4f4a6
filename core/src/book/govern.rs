//! Governed commands: judged before they are recorded, parked where they must wait, carried out when
//! approved; and the decisions on what governs.

use super::Book;
use super::command::Command;
use super::execute::{Decided, Meta, Within, decide};
use super::named::to_json;
use super::receipt::Receipt;
use crate::allocation::Allocator;
use crate::policy::ApproveCommand;
use crate::record::*;
use crate::value::num;
use crate::value::reader::{Written, from_json};
use crate::value::rejection::Rejection;
use crate::value::time::Instant;
use crate::workflow::{
    Govern, OnException, Saying, Verdict, decide_ageing, decide_escalation, decide_exception,
    decide_governance, decide_overdue, decide_resolution, decide_uncollected, govern, may_decide,
};

impl Book {
    /// Decides, has rules judge what would be recorded, and records it, or that it waits.
    pub(crate) fn enter_governed(
        &mut self,
        meta: &Meta<'_>,
        decide: impl FnOnce(&State, &mut Allocator, Instant, &mut Body) -> Decided,
    ) -> Decided {
        let mut decided = Body::TimeAdvanced(TimeAdvanced {});
        let why = decide(&self.state, &mut self.allocator, meta.at, &mut decided)?;
        let bodies = self.judge(meta, decided)?;
        self.enter_bodies(meta, meta.content, bodies)?;
        Ok(why)
    }

    /// What is recorded instead of a decided event, after the rules have looked at it.
    pub(super) fn judge(&self, meta: &Meta<'_>, decided: Body) -> Result<Vec<Body>, Rejection> {
        super::execute::check_entry(&self.state, meta, &decided)?;
        if !self.state.derived.governed {
            return Ok(vec![decided]);
        }
        let text = meta.said.map(|command| to_json(&self.state, command));
        let saying = Saying {
            word: meta.word,
            source: meta.source,
            actor: meta.actor,
            at: meta.at,
            occurred_at: meta.occurred_at,
            ahead_s: meta.ahead_s,
            text: text.as_deref(),
            told_at: meta.told_at,
            granted: meta.granted,
        };
        let carried = self.carried(meta, &decided);
        let carried = carried.as_ref().map(|(word, then, units)| (*word, then.as_ref(), *units));
        Ok(match govern(&self.state, &saying, &decided, carried)? {
            Verdict::Park(requested) => vec![Body::ApprovalRequested(*requested)],
            Verdict::Go(exceptions) if exceptions.is_empty() => vec![decided],
            Verdict::Go(exceptions) => vec![Body::ExceptionsRaised(ExceptionsRaised { exceptions }), decided],
        })
    }

    /// What a change that was decided carries: its word, its event, if it would fit now, and how many it
    /// defines.
    fn carried(&self, meta: &Meta<'_>, decided: &Body) -> Option<(&'static str, Option<Body>, i64)> {
        let (Some(Command::ChangeDefinition(change)), Body::ChangeScheduled(_)) = (meta.said, decided) else {
            return None;
        };
        let (definition, mut then) = (Command::of(&change.definition), Body::TimeAdvanced(TimeAdvanced {}));
        let said = (meta.at, meta.at, meta.actor);
        let fits = decide(&self.state, &mut Allocator::default(), &definition, said, &mut then).is_ok();
        let units = match &change.definition {
            Definition::DefineSkus(said) => i64::from(num::id(said.sku.len())),
            _ => 1,
        };
        Some((definition.word(), fits.then_some(then), units))
    }

    /// Records events of one command; the last one carries its content.
    pub(super) fn enter_bodies(&mut self, meta: &Meta<'_>, content: u64, bodies: Vec<Body>) -> Decided {
        let count = bodies.len();
        for (at, body) in (1..).zip(bodies) {
            self.enter_body(meta, if at == count { content } else { 0 }, body)?;
        }
        Ok(None)
    }

    pub(super) fn enter_body(&mut self, meta: &Meta<'_>, content: u64, decided: Body) -> Decided {
        self.enter(meta, content, |_, _, _, body| {
            *body = decided;
            Ok(None)
        })
    }

    /// Records an approval and, as the next events, what the approved command does now.
    pub(crate) fn approve(
        &mut self,
        meta: Meta<'_>,
        within: Within,
        approve: &ApproveCommand,
    ) -> Result<Receipt, Rejection> {
        crate::catalog::at_most("characters of the evidence", approve.evidence.len(), 1_000)?;
        self.deliver(&meta, within, true, |book| {
            let row = may_decide(&book.state, approve.approval, meta.actor, "approve_command")?.clone();
            let unreadable = || Rejection::MalformedRequest { problem: "the parked command".into() };
            let mut command: Command =
                from_json(&row.command, Written::ForPeople).map_err(|_| unreadable())?;
            // What was to hold before it was agreed to holds from then on.
            match &mut command {
                Command::ChangeDefinition(said) => said.effective_from = said.effective_from.max(meta.at),
                Command::SetParameter(said) => {
                    said.effective_from = said.effective_from.map(|from| from.max(meta.at));
                }
                _ => {}
            }
            let (approval, evidence) = (approve.approval, approve.evidence.clone());
            book.enter_body(&meta, 0, Body::ApprovalGranted(ApprovalGranted { approval, evidence }))?;
            // Who asked says it; who approved stands in the event before.
            let carried = Meta {
                source: &row.source,
                actor: &row.requested_by,
                occurred_at: row.occurred_at,
                ahead_s: 0,
                word: command.word(),
                said: Some(&command),
                told_at: row.requested_at,
                granted: Some(&row),
                ..meta
            };
            book.enter_command(&carried, &command)
        })
    }
}

/// What is recorded when a chore falls due.
pub(crate) fn decide_chore(state: &State, chore: Chore, id: u32) -> Body {
    match chore {
        Chore::Exception => decide_escalation(state, id),
        Chore::Approval => Body::ApprovalExpired(ApprovalExpired { approval: id.saturating_add(1) }),
        Chore::Feed => super::message::silent(state, id),
        Chore::Backorder => decide_ageing(state, id),
        Chore::Pickup => decide_uncollected(state, id),
        Chore::Purchase | Chore::Transfer => decide_overdue(state, chore, id),
        // More than one event: the engine places the order.
        Chore::Subscription => Body::TimeAdvanced(TimeAdvanced {}),
    }
}

/// One flat match from the commands of exceptions and governance to their decisions.
pub(crate) fn decide_operation(
    state: &State,
    command: &Command,
    (at, actor): (Instant, &str),
) -> Result<Body, Rejection> {
    let words = Command::words();
    let exception = |on: OnException<'_>| decide_exception(state, &on);
    let governance = |govern: Govern<'_>| decide_governance(state, &govern, words, at);
    match command {
        Command::ResolveException(c) => decide_resolution(state, c),
        Command::RaiseException(c) => exception(OnException::Raise(c)),
        Command::AssignException(c) => exception(OnException::Assign(c)),
        Command::ReopenException(c) => exception(OnException::Reopen(c)),
        Command::SetExceptionRule(c) => exception(OnException::Rule(c, words)),
        Command::ClearExceptions(_) => exception(OnException::Clear),
        Command::DefineParameter(c) => governance(Govern::Parameter(c, actor)),
        Command::SetParameter(c) => governance(Govern::Value(c, actor)),
        Command::DefineRole(c) => governance(Govern::Role(c)),
        Command::GrantRoles(c) => governance(Govern::Grant(c)),
        Command::SetApprovalRule(c) => governance(Govern::Approval(c)),
        Command::SetSourceOfRecord(c) => governance(Govern::Source(c)),
        Command::SetTimingRule(c) => governance(Govern::Timing(c)),
        Command::RejectCommand(c) => governance(Govern::Reject(c, actor)),
        // Two events, not one: the engine carries it out.
        Command::ApproveCommand(c) => {
            may_decide(state, c.approval, actor, "approve_command")?;
            let (approval, evidence) = (c.approval, c.evidence.clone());
            Ok(Body::ApprovalGranted(ApprovalGranted { approval, evidence }))
        }
        other => super::work::decide_work(state, other, (at, actor)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workflow::event_of;

    #[test]
    fn every_definition_tells_its_event() {
        let verbs = ["define_", "describe_", "grant_", "set_"];
        let words = Command::words().iter().filter(|word| verbs.iter().any(|verb| word.starts_with(verb)));
        for word in words {
            let event = event_of(word);
            assert!(Body::names().contains(&&*event), "{word}: {event}");
        }
    }
}
