//! Scheduled and blanket orders: asked for a later date, promised out of supply that is to come by then.
//!
//! What may be promised for a date is cumulative ATP (as in `stock::atp`, of supply alone): the least, from
//! that date on, of what will have come less what waits for it. An order keeps of what is there only what
//! that leaves open. Goods that come in go to the date that needs them: a line that a later supply serves in
//! time does not take them from one that waits now.

use super::anew::plan_anew;
use super::common::*;
use super::order::{DenseOrder, ReallocateOrder};
use super::plan::{Task, decided, less, may_wait};
use super::promise::{supplies, sure_at};
use crate::allocation::{Allocator, Bring, Explanation, PlacedLine};
use crate::catalog::*;
use crate::exception::{ExceptionCode, Opened};
use crate::policy::{CompiledSourcing, LineSplit};
use crate::record::*;
use crate::stock::Asks;
use crate::value::ids::*;
use crate::value::money::Money;
use crate::value::num;
use crate::value::rejection::Rejection;
use crate::value::sort::PutInOrder;
use crate::value::time::Instant;
use std::collections::BTreeMap;

/// The price of a SKU in an order that is called off.
pub(super) fn agreed(state: &State, number: &str, sku: SkuId) -> Option<Money> {
    let id = state.docs.orders.find(&DocKey::from(number))?;
    let row = state.docs.order.get(id)?;
    state.lines_of(row).find(|line| line.sku == sku).map(|line| line.price)
}

/// `Ok` if an order may leave in time to be delivered.
pub(super) fn check_date(terms: Option<&PlacedTerms>, deliver_by: Instant) -> Result<(), Rejection> {
    match terms.and_then(|terms| terms.ship_from) {
        Some(from) if !from.is_valid() => Err(Rejection::InvalidInstant { field: "terms.ship_from".into() }),
        Some(from) if from > deliver_by => {
            let need = "a date before it is to be delivered".into();
            Err(Rejection::InvalidField { field: "terms.ship_from".into(), need })
        }
        _ => Ok(()),
    }
}

/// What an order takes over of the one that it calls off.
#[derive(Default)]
pub(super) struct Called {
    /// Units by line.
    pub lines: Vec<LineQty>,
    /// What of them is reserved, and given back.
    pub back: Vec<(SkuId, NodeId, i64)>,
    /// What that asked for of lots.
    pub given: Vec<Asks>,
    /// What of them waits, ascending by the lines' rows.
    pub waiting: Vec<(u32, i64)>,
}

/// Finds the units that an order calls off: of each SKU from the first line that has some open.
pub(super) fn call_off(state: &State, dense: &DenseOrder, kits: bool) -> Result<Called, Rejection> {
    let mut called = Called::default();
    let terms = dense.terms.as_deref();
    let Some((blanket, terms)) = terms.and_then(|terms| Some((terms.calls_off?, terms))) else {
        return Ok(called);
    };
    let invalid = |need: &str| {
        let (field, need) = ("terms.calls_off".into(), need.into());
        Err(Rejection::InvalidField { field, need })
    };
    let agreement = state.terms_of(blanket).filter(|known| known.ship_from.is_some());
    let (Some(row), Some(agreement)) = (state.docs.order.get(blanket.0), agreement) else {
        return invalid("an order with terms.ship_from");
    };
    if (row.channel, agreement.customer.as_str()) != (dense.channel, terms.customer.as_str()) {
        return invalid("an order of the same channel and customer");
    }
    if kits || !state.kits_of(blanket).is_empty() || dense.hold != HoldId::NONE {
        return invalid("neither kits nor a hold: call their components off");
    }
    let rows = state.order_lines(row);
    let mut open: Vec<(i64, i64)> = rows.iter().map(|line| (line.backordered, line.reserved)).collect();
    for line in &dense.lines {
        let mut left = line.qty;
        for ((number, known), (waits, kept)) in (1u32..).zip(&rows).zip(&mut open) {
            let now = left.min(waits.saturating_add(*kept));
            if known.sku != line.sku || now <= 0 {
                continue;
            }
            let waited = now.min(*waits);
            (*waits, *kept) = (num::sub(*waits, waited)?, num::sub(*kept, num::sub(now, waited)?)?);
            left = num::sub(left, now)?;
            match called.lines.iter_mut().find(|known| known.line == number) {
                Some(known) => known.qty = num::add(known.qty, now)?,
                None => called.lines.push(LineQty { line: number, qty: now }),
            }
        }
        if left > 0 {
            let (document, open) = (order_code(state, blanket), num::sub(line.qty, left)?);
            return Err(Rejection::MoreThanOpen { document, line: 0, asked: line.qty, open });
        }
    }
    for line in &called.lines {
        let at = line.line.saturating_sub(1);
        let Some(known) = rows.get(num::index(at)) else { continue };
        let waited = known.backordered.min(line.qty);
        called.waiting.push((state.docs.line_id(row.first_line, line.line), waited));
        let mut left = num::sub(line.qty, waited)?;
        for (id, kept) in state.reservations(known.first_reservation) {
            let now = kept.qty.min(left);
            left = num::sub(left, now)?;
            if now > 0 {
                called.back.push((kept.sku, kept.node, now));
                super::dated::give_back(state, &mut called.given, (id, &kept), now);
            }
        }
    }
    called.waiting.put_in_order();
    Ok(called)
}

/// What units that an order calls off were sold for.
pub(super) fn worth_of(state: &State, terms: &PlacedTerms) -> Money {
    let row = terms.calls_off.and_then(|order| state.docs.order.get(order.0));
    let rows = row.map(|row| state.order_lines(row)).unwrap_or_default();
    let each = |line: &LineQty| {
        let known = rows.get(num::index(line.line.saturating_sub(1)));
        known.map_or(0, |known| worth(state, known.sku, line.qty, known.price))
    };
    Money::from_micros(terms.called.iter().map(each).fold(0, i64::saturating_add))
}

/// What waits of a SKU, by the date for which it is wanted, then by its place in the queue.
fn wanted(state: &State, sku: SkuId, at: Instant) -> Vec<(Instant, u32, i64)> {
    let row = |line: u32| {
        let row = state.docs.lines.get(line)?;
        Some((state.leaves_after(row.order, at).unwrap_or(at), line, row.backordered))
    };
    let mut waits: Vec<_> = state.docs.waiting.queue(sku.0).filter_map(|waiting| row(waiting.line)).collect();
    waits.put_in_order_by_key(|(date, ..)| *date);
    waits
}

/// Units of a SKU that supply leaves for a task's date: cumulative ATP of what is to come.
fn promisable(state: &State, task: &Task<'_>, rule: &CompiledSourcing, sku: SkuId, at: Instant) -> i64 {
    let until = task.from(at);
    let mut coming: Vec<(Instant, i64)> = Vec::new();
    for supply in supplies(state, sku) {
        let node = state.catalog.node.get(supply.node.0);
        let open = |row: &NodeRow| row.status == NodeStatus::Open && rule.allows(supply.node, row.kind);
        let there = task.terms.pickup == NodeId::NONE || task.terms.pickup == supply.node;
        let sure = sure_at(state, &supply, Money::ZERO, at, None);
        coming.extend(sure.filter(|_| there && node.is_some_and(open)).map(|sure| (sure, supply.qty)));
    }
    let mut waits = wanted(state, sku, at);
    for (_, line, waits) in &mut waits {
        if let Ok(at) = task.called.binary_search_by_key(line, |(known, _)| *known) {
            *waits = waits.saturating_sub(task.called.get(at).map_or(0, |(_, qty)| (*qty).max(0)));
        }
    }
    let mut come = Come::new(coming);
    let now = waits.partition_point(|(date, ..)| *date <= until);
    let (before, later) = waits.split_at_checked(now).unwrap_or_default();
    let mut asked = before.iter().map(|(.., qty)| *qty).fold(0, i64::saturating_add);
    let mut least = come.by(until).saturating_sub(asked);
    for (date, .., qty) in later {
        asked = asked.saturating_add(*qty);
        least = least.min(come.by(*date).saturating_sub(asked));
    }
    least.max(0)
}

/// Supply that comes, summed from date to date.
struct Come {
    /// By date, the last first.
    dated: Vec<(Instant, i64)>,
    sum: i64,
}

impl Come {
    fn new(mut dated: Vec<(Instant, i64)>) -> Come {
        dated.put_in_order_by(|a, b| b.cmp(a));
        Come { dated, sum: 0 }
    }

    /// Units that come by a date, which is none before the one that was asked for last.
    fn by(&mut self, date: Instant) -> i64 {
        while let Some((_, qty)) = self.dated.pop_if(|(sure, _)| *sure <= date) {
            self.sum = self.sum.saturating_add(qty);
        }
        self.sum
    }
}

/// Sources a scheduled order: out of supply for its date, and what that does not cover out of stock.
pub(super) fn source(
    state: &State,
    allocator: &mut Allocator,
    task: &Task<'_>,
    at: Instant,
    (number, rule): (u32, &CompiledSourcing),
    plan: &mut Plan,
    exceptions: &mut Vec<Opened>,
) -> Result<Option<Box<Explanation>>, Rejection> {
    let mut left: Vec<(SkuId, i64)> = Vec::new();
    let mut covered: Vec<(usize, i64)> = Vec::new();
    let (mut lines, mut numbers): (Vec<PlacedLine>, Vec<u32>) = (Vec::new(), Vec::new());
    for (position, line) in task.lines.iter().enumerate() {
        if !left.iter().any(|(sku, _)| *sku == line.sku) {
            left.push((line.sku, promisable(state, task, rule, line.sku, at)));
        }
        let whole = rule.line_split == LineSplit::Never;
        let mut now = 0;
        if let Some((_, room)) = left.iter_mut().find(|(sku, _)| *sku == line.sku) {
            now = if whole && *room < line.qty { 0 } else { line.qty.min(*room) };
            *room = room.saturating_sub(now);
        }
        if now > 0 {
            covered.push((position, now));
        }
        if now < line.qty {
            lines.push(PlacedLine { qty: num::sub(line.qty, now)?, ..*line });
            numbers.push(task.line(position));
        }
    }
    may_wait(state, task, &covered)?;
    let mut explanation = None;
    if !lines.is_empty() {
        // What waits on takes the place of what waited.
        let mut called = task.called.to_vec();
        for (position, qty) in &covered {
            let sku = task.lines.get(*position).map(|line| line.sku);
            let same = |line: u32| state.docs.lines.get(line).map(|row| row.sku) == sku;
            less(*qty, called.iter_mut().filter(|(line, _)| same(*line)).map(|(_, qty)| qty));
        }
        let rest = Task { lines: &lines, numbers: &numbers, called: &called, brings: Bring::Never, ..*task };
        explanation = decided(state, allocator, &rest, at, (number, rule), plan, exceptions)?;
    }
    for (position, qty) in covered {
        let line = task.line(position);
        match plan.backordered.iter_mut().find(|known| known.line == line) {
            Some(known) => known.qty = num::add(known.qty, qty)?,
            None => plan.backordered.push(LineQty { line, qty }),
        }
    }
    plan.backordered.put_in_order_by_key(|known| known.line);
    Ok(explanation)
}

/// What waiting lines of a SKU want of goods that come in, where supply after them serves some in time.
pub(super) struct Later {
    /// By line.
    scheduled: BTreeMap<u32, i64>,
}

impl Later {
    /// Of goods that come in at a node now.
    pub(super) fn of(state: &State, sku: SkuId, (node, units): (NodeId, i64), at: Instant) -> Later {
        let mut scheduled = BTreeMap::new();
        if state.desk.scheduled.len() == 0 {
            return Later { scheduled };
        }
        let mut coming: Vec<(Option<Instant>, NodeId, i64)> = Vec::new();
        for supply in supplies(state, sku) {
            coming.push((sure_at(state, &supply, Money::ZERO, at, None), supply.node, supply.qty));
        }
        coming.put_in_order();
        // What comes now was the first that was awaited there.
        let mut arrived = units;
        for (_, _, qty) in coming.iter_mut().filter(|(_, known, _)| *known == node) {
            let now = arrived.min(*qty);
            (arrived, *qty) = (arrived.saturating_sub(now), qty.saturating_sub(now));
        }
        let sure = coming.into_iter().filter_map(|(sure, _, qty)| sure.map(|sure| (sure, qty)));
        let mut come = Come::new(sure.collect());
        // From date to date: what is asked for by then and does not come by then has to come from here.
        let (mut asked, mut needed) = (0i64, 0i64);
        for (date, line, qty) in wanted(state, sku, at) {
            asked = asked.saturating_add(qty);
            let more = asked.saturating_sub(come.by(date)).saturating_sub(needed).max(0);
            needed = needed.saturating_add(more);
            if date > at {
                scheduled.insert(line, more.min(qty));
            }
        }
        Later { scheduled }
    }

    /// What a line wants of them, of what it waits for; `whole` = all of that or nothing.
    pub(super) fn wanted(&self, line: u32, qty: i64, whole: bool) -> i64 {
        self.scheduled.get(&line).map_or(qty, |more| if whole && *more > 0 { qty } else { *more })
    }
}

/// A scheduled order may leave, and something of it still waits: it is sourced like any order now.
pub(crate) fn decide_scheduled(
    state: &State,
    allocator: &mut Allocator,
    order: OrderId,
    at: Instant,
    body: &mut Body,
) -> Result<Option<Box<Explanation>>, Rejection> {
    let (number, reason) = (order_code(state, order), String::new());
    let again = ReallocateOrder { order: number, reason, detail: Detail::None, ..ReallocateOrder::default() };
    plan_anew(state, allocator, (order, ReasonId::NONE), &again, at, body)?;
    if let Body::OrderReallocated(said) = body {
        let qty = said.plan.backordered.iter().map(|line| line.qty).fold(0, i64::saturating_add);
        if qty > 0 {
            let (code, sku, node) = (ExceptionCode::PromiseAtRisk, SkuId::NONE, NodeId::NONE);
            said.exceptions.push(Opened { code, order, sku, node, qty });
        }
    }
    Ok(None)
}
