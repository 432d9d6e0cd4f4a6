//! Goods that come in or become free, and who waits for them.

use super::common::*;
use super::dated::{Arriving, arriving_bench};
use super::schedule::Later;
use super::whole::Wholes;
use crate::exception::Opened;
use crate::policy::{CompiledSourcing, Completeness, LineSplit};
use crate::record::{Fill, Parcel, State, Waiting};
use crate::stock::{Bench, Cell};
use crate::value::ids::*;
use crate::value::rejection::Rejection;
use crate::value::sort::PutInOrder;
use crate::value::time::Instant;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

/// Backorders that goods at a node can fill now.
#[derive(Default)]
pub(crate) struct Filled {
    pub fills: Vec<Fill>,
    pub parcels: Vec<Parcel>,
    pub exceptions: Vec<Opened>,
}

/// A SKU that comes in at a node, or leaves it at the same time, while it is given away.
pub(super) struct Shelf {
    pub sku: SkuId,
    pub node: NodeId,
    cell: Cell,
    /// What is left. What is owed below zero is paid back first.
    pub free: i64,
    used: Vec<(ChannelId, i64)>,
    bench: Option<Bench>,
}

impl Shelf {
    fn of(state: &State, sku: SkuId, (node, units): (NodeId, i64), lots: &[Arriving]) -> Shelf {
        let cell = state.stock.cells.get(sku, node);
        let free = cell.free().saturating_add(units);
        let bench = arriving_bench(state, sku, node, lots);
        Shelf { sku, node, cell, free, used: Vec::new(), bench }
    }

    /// What is left beside what the book says is free.
    pub fn come(&self) -> i64 {
        self.free.saturating_sub(self.cell.free())
    }

    /// What a channel may have of it, beside what the node keeps; `None` = it came for the order.
    pub fn room(&self, state: &State, channel: ChannelId, kept: Option<i64>) -> i64 {
        let (sku, node, free, used) = (self.sku, self.node, self.free, &self.used);
        let Some(kept) = kept else { return free };
        let room = free.saturating_sub(state.stock.protected_from(sku, node, channel, used));
        let room = room.saturating_sub(kept);
        if !state.stock.is_guarded() {
            return room;
        }
        let come = free.saturating_sub(self.cell.free().max(0));
        room.min(state.stock.planned_room(sku, node, free, come, channel, used))
    }

    /// What will do for a channel when it leaves.
    pub fn lives_until(&self, state: &State, channel: ChannelId, leaves: Instant) -> i64 {
        let (now, later) = (state.stock.need_of(channel), state.stock.need_at(leaves, channel));
        let room = |bench: &Bench| bench.room_later(state.stock.clock, now, later);
        self.bench.as_ref().map_or(i64::MAX, room)
    }

    pub fn take(&mut self, state: &State, channel: ChannelId, qty: i64) {
        self.free = self.free.saturating_sub(qty);
        self.used.push((channel, qty));
        if let Some(bench) = &mut self.bench {
            bench.want(state.stock.need_of(channel), qty);
        }
    }
}

/// Fills backorders from `arrived` sellable units a SKU (besides what is free already; less than zero leave),
/// by priority, then age; an order that comes whole or not at all gets all that it waits for, or nothing.
/// Before all, what was brought for an order is that order's, and some orders (`but`) get nothing. `lots`
/// says in which places the units will lie, and until when they live.
pub(crate) fn fill_backorders(
    state: &State,
    (node, brought, but): (NodeId, OrderId, &[OrderId]),
    arrived: &[(SkuId, i64)],
    lots: &[Arriving],
    at: Instant,
) -> Result<Filled, Rejection> {
    if state.docs.waiting.len() == 0 {
        return Ok(Filled::default());
    }
    let mut giving = Giving {
        state,
        at,
        node,
        shelves: arrived.iter().map(|(sku, qty)| Shelf::of(state, *sku, (node, *qty), lots)).collect(),
        later: arrived.iter().map(|(sku, qty)| Later::of(state, *sku, (node, *qty), at)).collect(),
        rules: BTreeMap::new(),
        wholes: Wholes::default(),
        given: Vec::new(),
        filled: Filled::default(),
    };
    let order_of = |line: u32| state.docs.lines.get(line).map_or(OrderId::NONE, |line| line.order);
    let queue = |(sku, qty): &(SkuId, i64)| {
        let comes = *qty >= 0;
        state.docs.waiting.queue(sku.0).take_while(move |_| comes)
    };
    if brought != OrderId::NONE {
        for (shelf, come) in arrived.iter().enumerate() {
            for waiting in queue(come).filter(|waiting| order_of(waiting.line) == brought) {
                giving.offer(shelf, waiting.line, true)?;
            }
        }
    }
    // What it earns is known once the goods are booked: then all of them are offered.
    let booked = arrived.iter().all(|(_, qty)| *qty == 0);
    if !booked && arrived.iter().any(|(sku, qty)| *qty > 0 && waits_for_margin(state, *sku)) {
        return giving.finish();
    }
    // All queues as one: whom a whole order goes before, it goes before on every shelf.
    let mut queues: Vec<_> = arrived.iter().map(queue).collect();
    let heads = queues.iter_mut().enumerate().filter_map(|(shelf, queue)| Some((queue.next()?, shelf)));
    let mut heads: BinaryHeap<Reverse<(Waiting, usize)>> = heads.map(Reverse).collect();
    while let Some(Reverse((waiting, shelf))) = heads.pop() {
        let order = order_of(waiting.line);
        if !but.contains(&order) && (brought == OrderId::NONE || order != brought) {
            giving.offer(shelf, waiting.line, false)?;
        }
        let left = giving.shelves.get(shelf).is_some_and(|shelf| shelf.free > 0);
        let next = queues.get_mut(shelf).filter(|_| left).and_then(Iterator::next);
        heads.extend(next.map(|waiting| Reverse((waiting, shelf))));
    }
    giving.finish()
}

/// Whether an order waits for a SKU whose rule asks what it earns.
pub(super) fn waits_for_margin(state: &State, sku: SkuId) -> bool {
    let asks = |line: u32| {
        let order = state.docs.lines.get(line).map_or(OrderId::NONE, |line| line.order);
        rule_of(state, order).is_some_and(|(_, rule)| rule.margin_min.is_some())
    };
    state.derived.policy.holds_margin && state.docs.waiting.queue(sku.0).any(|waiting| asks(waiting.line))
}

/// Goods, while they are given to who waits for them.
struct Giving<'a> {
    state: &'a State,
    at: Instant,
    node: NodeId,
    shelves: Vec<Shelf>,
    later: Vec<Later>,
    /// An order may wait with many lines: its rule is looked up once.
    rules: BTreeMap<OrderId, Option<&'a CompiledSourcing>>,
    wholes: Wholes,
    /// From which shelf, to which order's line, how much.
    given: Vec<(usize, (OrderId, u32, SkuId, i64))>,
    filled: Filled,
}

impl Giving<'_> {
    /// Offers what is left on a shelf to a waiting line.
    fn offer(&mut self, at_shelf: usize, waiting: u32, its_own: bool) -> Result<(), Rejection> {
        let (state, node, at) = (self.state, self.node, self.at);
        let Some(row) = state.docs.lines.get(waiting) else { return Ok(()) };
        let rule =
            self.rules.entry(row.order).or_insert_with(|| rule_of(state, row.order).map(|found| found.1));
        let Some(rule) = *rule else { return Ok(()) };
        if !its_own && rule.completeness == Completeness::Whole {
            return self.wholes.give(state, (row.order, rule), &mut self.shelves, at, &mut self.filled);
        }
        let may = if its_own {
            own(state, node, waiting).map(|may| (rule, may))
        } else {
            may_give(state, node, waiting, rule, at)
        };
        let (Some((rule, may)), Some(shelf)) = (may, self.shelves.get_mut(at_shelf)) else { return Ok(()) };
        let (order, line, channel, qty) = may;
        let whole = rule.line_split == LineSplit::Never;
        let later = self.later.get(at_shelf).filter(|_| !its_own);
        let qty = later.map_or(qty, |later| later.wanted(waiting, qty, whole));
        // It is protected for nobody else: it came for this order.
        let kept = if its_own { None } else { Some(kept_from(state, rule, waiting, node)) };
        let mut room = shelf.room(state, channel, kept).min(qty);
        if shelf.bench.is_some() {
            let leaves = super::days::leaves(state, (order, node), (shelf.sku, room), at);
            let Some(leaves) = leaves else { return Ok(()) };
            room = room.min(shelf.lives_until(state, channel, leaves));
        }
        if room > 0 && (room >= qty || !whole) {
            shelf.take(state, channel, room);
            self.given.push((at_shelf, (order, line, shelf.sku, room)));
        }
        Ok(())
    }

    /// Plans parcels for what was given.
    fn finish(mut self) -> Result<Filled, Rejection> {
        self.given.put_in_order_by_key(|(shelf, _)| *shelf);
        let given: Vec<_> = self.given.into_iter().map(|(_, given)| given).collect();
        let (days, at) = (&mut self.wholes.days, (self.at, NoDay::Waits));
        plan_parcels(self.state, self.node, &given, at, days, &mut self.filled)?;
        Ok(self.filled)
    }
}

/// As `may_give`, of a line for which goods were brought to a node that is open.
fn own(state: &State, node: NodeId, line: u32) -> Option<(OrderId, u32, ChannelId, i64)> {
    let row = state.docs.lines.get(line)?;
    let order = state.docs.order.get(row.order.0)?;
    state.catalog.node.get(node.0).filter(|place| place.status == crate::catalog::NodeStatus::Open)?;
    let number = state.docs.line_number(order.first_line, line);
    Some((row.order, number, order.channel, row.backordered))
}
