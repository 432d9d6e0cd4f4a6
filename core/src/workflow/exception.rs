//! Exceptions: raised, given, gone up, resolved, opened again, cleared.

use super::common::reserved_at;
use crate::catalog::*;
use crate::exception::*;
use crate::record::*;
use crate::value::ids::*;
use crate::value::num;
use crate::value::rejection::Rejection;
use crate::value::time::Instant;

/// A command on exceptions.
pub(crate) enum OnException<'a> {
    Raise(&'a RaiseException),
    Assign(&'a AssignException),
    Reopen(&'a ReopenException),
    Rule(&'a SetExceptionRule, &'a [&'a str]),
    Clear,
}

/// The rule for a code: the book's own, else the catalogue's.
pub(crate) fn rule_for(state: &State, code: ExceptionCode) -> SetExceptionRule {
    let set = state.books.exception_rules.rows().iter().find(|rule| rule.code == code);
    let mut rule = set.cloned().unwrap_or_else(|| exception_rule(code));
    if rule.resolutions.is_empty() {
        rule.resolutions = exception_rule(code).resolutions;
    }
    rule
}

pub(crate) fn decide_exception(state: &State, command: &OnException<'_>) -> Result<Body, Rejection> {
    match command {
        OnException::Raise(raise) => decide_raise(state, raise),
        OnException::Assign(assign) => {
            let row = known(state, assign.exception)?;
            in_status(row, assign.exception, ExceptionStatus::Open, "assign_exception")?;
            if !assign.assignee.is_empty() {
                code("assignee", &assign.assignee)?;
            }
            let (exception, assignee) = (assign.exception, assign.assignee.clone());
            Ok(Body::ExceptionAssigned(ExceptionAssigned { exception, assignee }))
        }
        OnException::Reopen(reopen) => {
            let row = known(state, reopen.exception)?;
            in_status(row, reopen.exception, ExceptionStatus::Resolved, "reopen_exception")?;
            if let Some(open) = state.derived.causes.get(&row.cause()) {
                return Err(Rejection::IllegalStep {
                    kind: "exception".into(),
                    document: reopen.exception.to_string(),
                    state: format!("open again as {}", open.saturating_add(1)),
                    step: "reopen_exception".into(),
                });
            }
            at_most("characters of the reason", reopen.reason.len(), 1_000)?;
            let (exception, reason) = (reopen.exception, reopen.reason.clone());
            Ok(Body::ExceptionReopened(ExceptionReopened { exception, reason }))
        }
        OnException::Rule(set, words) => {
            check_rule(set, words)?;
            if !set.reason.is_empty() {
                state.catalog.reason_of(&set.reason)?;
            }
            Ok(Body::ExceptionRuleSet((*set).clone()))
        }
        OnException::Clear => {
            let gone = state.books.open_exceptions.iter().filter(|id| is_gone(state, *id));
            let exceptions = gone.map(|id| id.saturating_add(1)).collect();
            Ok(Body::ExceptionsCleared(ExceptionsCleared { exceptions }))
        }
    }
}

fn decide_raise(state: &State, raise: &RaiseException) -> Result<Body, Rejection> {
    let catalog = &state.catalog;
    if !raise.subject.is_empty() {
        code("subject", &raise.subject)?;
    }
    let order = raise.order.as_deref();
    let order = order.map(|number| super::known_document(&state.docs.orders, "order", number)).transpose()?;
    let sku = raise.sku.as_deref().map(|sku| catalog.sku_of(sku).map(|(id, _)| id)).transpose()?;
    let node = raise.node.as_deref().map(|node| catalog.node_of(node).map(|(id, _)| id)).transpose()?;
    if raise.qty < 0 {
        quantity(raise.qty)?;
    }
    let opened = Opened {
        code: raise.code,
        order: order.map_or(OrderId::NONE, OrderId),
        sku: sku.unwrap_or(SkuId::NONE),
        node: node.unwrap_or(NodeId::NONE),
        qty: raise.qty.min(num::QTY_MAX),
    };
    Ok(Body::ExceptionsRaised(ExceptionsRaised { exceptions: vec![opened.about(&raise.subject)] }))
}

fn check_rule(set: &SetExceptionRule, words: &[&str]) -> Result<(), Rejection> {
    code("queue", &set.queue)?;
    code("owner", &set.owner)?;
    let invalid =
        |field: &str, need: &str| Err(Rejection::InvalidField { field: field.into(), need: need.into() });
    if !(1..=8_760).contains(&set.due_hours) {
        return invalid("due_hours", "1 to 8,760 hours");
    }
    if set.escalate_hours > 8_760 {
        return invalid("escalate_hours", "0 to 8,760 hours");
    }
    if set.escalate_hours > 0 {
        code("escalate_to", &set.escalate_to)?;
    }
    at_most("resolutions", set.resolutions.len(), 64)?;
    if set.resolutions.iter().any(|word| !words.contains(&word.as_str())) {
        return invalid("resolutions", "words of commands, as in reallocate_order");
    }
    Ok(())
}

fn known(state: &State, exception: u32) -> Result<&ExceptionRow, Rejection> {
    let row = exception.checked_sub(1).and_then(|id| state.books.exceptions.get(id));
    row.ok_or(Rejection::UnknownException { exception })
}

fn in_status(
    row: &ExceptionRow,
    exception: u32,
    status: ExceptionStatus,
    step: &str,
) -> Result<(), Rejection> {
    if row.status == status {
        return Ok(());
    }
    let state = if row.status == ExceptionStatus::Open { "open" } else { "resolved" };
    Err(Rejection::IllegalStep {
        kind: "exception".into(),
        document: exception.to_string(),
        state: state.into(),
        step: step.into(),
    })
}

/// Resolves an exception.
pub(crate) fn decide_resolution(state: &State, resolve: &ResolveException) -> Result<Body, Rejection> {
    let row = known(state, resolve.exception)?;
    in_status(row, resolve.exception, ExceptionStatus::Open, "resolve_exception")?;
    at_most("characters of the resolution", resolve.resolution.len(), 1_000)?;
    if !resolve.with.is_empty() {
        let rule = rule_for(state, row.opened.code);
        if !rule.resolutions.contains(&resolve.with) {
            let (code, command) = (row.opened.code.word().into(), shown(&resolve.with));
            let allowed = rule.resolutions.join(", ");
            return Err(Rejection::ResolutionNotAllowed { code, command, allowed });
        }
    }
    Ok(Body::ExceptionResolved(ExceptionResolved {
        exception: resolve.exception,
        resolution: resolve.resolution.clone(),
        with: resolve.with.clone(),
    }))
}

/// An exception whose time is over goes up.
pub(crate) fn decide_escalation(state: &State, id: u32) -> Body {
    let row = state.books.exceptions.get(id);
    let to = row.map(|row| rule_for(state, row.opened.code).escalate_to).unwrap_or_default();
    let level = row.map_or(0, |row| row.level.0).saturating_add(1);
    Body::ExceptionEscalated(ExceptionEscalated { exception: id.saturating_add(1), level, to })
}

/// A backorder that is too old.
pub(crate) fn decide_ageing(state: &State, id: u32) -> Body {
    let order = state.desk.waits.get(id).copied().unwrap_or(OrderId::NONE);
    let opened = Opened { order, qty: state.waits(order), ..Opened::of(ExceptionCode::BackorderAged) };
    Body::ExceptionsRaised(ExceptionsRaised { exceptions: vec![opened.about("")] })
}

/// What should have come has not.
pub(crate) fn decide_overdue(state: &State, chore: Chore, id: u32) -> Body {
    let docs = &state.docs;
    let (code, node, number) = if chore == Chore::Purchase {
        (ExceptionCode::SupplierLate, docs.purchase.get(id).map(|row| row.node), docs.purchases.text(id))
    } else {
        (ExceptionCode::TransferLate, docs.transfer.get(id).map(|row| row.to), docs.transfers.text(id))
    };
    let opened = Opened { node: node.unwrap_or(NodeId::NONE), ..Opened::of(code) };
    let exceptions = vec![opened.about(&number.unwrap_or_default())];
    Body::ExceptionsRaised(ExceptionsRaised { exceptions })
}

/// Whether what opened an exception is over, where its rule lets it close by itself.
fn is_gone(state: &State, id: u32) -> bool {
    let Some(row) = state.books.exceptions.get(id) else { return false };
    if rule_for(state, row.opened.code).clearing != Clearing::WhenGone {
        return false;
    }
    if row.opened.code == ExceptionCode::CreditLimit {
        return !state.desk.holds_of(row.opened.order).any(|hold| hold == OrderHoldKind::Credit);
    }
    if row.opened.code == ExceptionCode::BackorderAged {
        return state.waits(row.opened.order) == 0;
    }
    if let Some(order) = state.docs.order.get(row.opened.order.0) {
        let open = |line: &LineRow| line.reserved > 0 || line.backordered > 0;
        return !state.order_lines(order).iter().any(open);
    }
    if row.opened.code == ExceptionCode::PromiseAtRisk && row.opened.sku != SkuId::NONE {
        return state.stock.outlived_now(row.opened.sku, row.opened.node) == 0;
    }
    if row.opened.code == ExceptionCode::PlannedAtClosedNode {
        let node = row.opened.node;
        let open = state.catalog.node.get(node.0).is_some_and(|row| row.status == NodeStatus::Open);
        return open || reserved_at(state, node) == 0;
    }
    false
}

/// When an exception is due.
pub(crate) fn due_at(row: &ExceptionRow, rule: &SetExceptionRule) -> Instant {
    row.opened_at.plus_seconds(i64::from(rule.due_hours).saturating_mul(3_600))
}
