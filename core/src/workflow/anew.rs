//! An order that is planned anew, with what its customer wants otherwise.

use super::common::rule_as;
use super::named::{Search, SetAside, held_by_line, named_again, pieces};
use super::order::{ReallocateOrder, unknown_order};
use super::plan::Task;
use super::reject::elsewhere;
use super::stays::Kept;
use crate::allocation::{Allocator, Bring, Decision, Explanation, PlacedLine};
use crate::catalog::*;
use crate::record::*;
use crate::stock::Lots;
use crate::value::ids::*;
use crate::value::num;
use crate::value::rejection::Rejection;
use crate::value::sort::PutInOrder;
use crate::value::time::Instant;

/// Plans anew what is not shipped, into `body`.
pub(crate) fn decide_reallocation(
    state: &State,
    allocator: &mut Allocator,
    order: OrderId,
    reallocate: &ReallocateOrder,
    at: Instant,
    body: &mut Body,
) -> Result<Option<Box<Explanation>>, Rejection> {
    let reason = state.catalog.reason_of(&reallocate.reason)?;
    plan_anew(state, allocator, (order, reason), reallocate, at, body)
}

/// Plans an order anew, for a reason.
pub(super) fn plan_anew(
    state: &State,
    allocator: &mut Allocator,
    (order, reason): (OrderId, ReasonId),
    reallocate: &ReallocateOrder,
    at: Instant,
    body: &mut Body,
) -> Result<Option<Box<Explanation>>, Rejection> {
    let Some(row) = state.docs.order.get(order.0) else { return Err(unknown_order(&reallocate.order)) };
    let (mut lines, mut numbers, mut back) = (Vec::new(), Vec::new(), Vec::new());
    let (mut called, mut asked) = (Vec::new(), Vec::new());
    let (amended, change) = super::amend::wanted(state, (order, row), reallocate, at)?;
    let now = change.as_deref();
    let rule = rule_as(state, order, (&amended, now)).ok_or_else(|| unknown_order(&reallocate.order))?;
    let kept = Kept::of(state, (order, row), reallocate, &amended);
    let added = now.map(|change| change.lines.as_slice()).unwrap_or_default();
    let rows = state.order_lines(row);
    for (number, line) in (1u32..).zip(rows.iter()) {
        let change = super::amend::changed_by(&amended, number);
        let open = line.reserved.saturating_add(line.backordered).saturating_add(change);
        let open = open.saturating_sub(kept.of_line(number));
        kept.credit(state, line.first_reservation, (&mut back, &mut asked));
        if open > 0 {
            lines.push(PlacedLine { sku: line.sku, qty: open, price: line.price });
            numbers.push(number);
            called.push((state.docs.line_id(row.first_line, number), line.backordered));
        }
    }
    // A kit's own line has no goods.
    for (number, line) in (num::id(rows.len()).saturating_add(1)..).zip(added).filter(|(_, l)| l.qty > 0) {
        lines.push(*line);
        numbers.push(number);
    }
    back.put_in_order();
    let mut again = super::aside::empty(order, reason);
    let deliver_by = now.and_then(|change| change.deliver_by).unwrap_or(row.deliver_by);
    let mut exceptions = Vec::new();
    if deliver_by < row.deliver_by {
        kept.risk(state, deliver_by, order, &mut exceptions);
    }
    again.stays.clone_from(&kept.nodes);
    if lines.is_empty() {
        let policy = num::id(state.books.policies.len());
        again.plan.decision = Decision { policy, rule: rule.0, ..Decision::default() };
        *body = Body::OrderReallocated(OrderReallocated { amended, change, exceptions, ..again });
        return Ok(None);
    }
    let over = super::credit::is_over_by(state, (order, row), (&amended, added), at)?;
    let stopped = over.then_some(OrderHoldKind::Credit);
    exceptions.extend(super::credit::over_limit(over, order));
    let none = TermsRow::none();
    let terms = state.terms_of(order).unwrap_or(&none);
    let bound = kept.terms(state, terms, rule.1, &numbers);
    let days = kept.days(state, row);
    let task = Task {
        order,
        channel: row.channel,
        to: now.and_then(|change| change.to).unwrap_or(row.to),
        deliver_by,
        commitment: row.commitment,
        shortage: super::amend::shortage(rule.1, &amended, added),
        lines: &lines,
        numbers: &numbers,
        credit: &back,
        lots: Lots { given: &asked, benches: &[] },
        own: &back,
        stays: &kept.lines,
        days: &days,
        detail: reallocate.detail,
        number: &reallocate.order,
        terms: bound.as_ref().unwrap_or(terms),
        called: &called,
        caps: &[],
        without: ServiceId::NONE,
        brings: Bring::Lacking,
        named: None,
    };
    let mut plan = Plan::default();
    let mut held = held_by_line(state, row, &numbers);
    kept.leave(state, &mut held);
    let given = pieces(state, order, &held);
    let search = Search { back: &given, at, benches: &[] };
    let lots = named_again(state, &task, &search, &SetAside::new());
    let task = lots.as_ref().map_or(task, |lots| lots.keep(task));
    let giving = kept.giving(state, row);
    let explanation = elsewhere(state, allocator, (&task, &giving), at, rule, &mut plan, &mut exceptions)?;
    lots.iter().try_for_each(|lots| lots.check_raised(state, row, (&amended, &held), &plan))?;
    (again.plan, again.exceptions, again.held) = (plan, exceptions, stopped);
    *body = Body::OrderReallocated(OrderReallocated { amended, change, ..again });
    Ok(explanation)
}
