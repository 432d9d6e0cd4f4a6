//! Goods that come in or become free, and who waits for them.

use super::common::*;
use super::dated::{Arriving, arriving_bench};
use super::schedule::Later;
use super::whole::Wholes;
use crate::exception::Opened;
use crate::policy::{CompiledSourcing, Completeness, LineSplit};
use crate::record::{Fill, Parcel, State, Waiting};
use crate::stock::{Bench, Cell, Need};
use crate::value::ids::*;
use crate::value::num;
use crate::value::rejection::Rejection;
use crate::value::sort::PutInOrder;
use crate::value::time::Instant;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

/// Units of a SKU that a line of an order is given.
pub(super) type Given = (OrderId, u32, SkuId, i64);

/// Backorders that goods at a node can fill now.
#[derive(Default)]
pub(crate) struct Filled {
    pub fills: Vec<Fill>,
    pub parcels: Vec<Parcel>,
    pub exceptions: Vec<Opened>,
}

impl Filled {
    /// More of them, whose parcels count from 0.
    pub(super) fn join(&mut self, more: Filled) {
        let before = num::id(self.parcels.len());
        let moved = |fill: Fill| Fill { parcel: fill.parcel.saturating_add(before), ..fill };
        self.fills.extend(more.fills.into_iter().map(moved));
        self.parcels.extend(more.parcels);
        self.exceptions.extend(more.exceptions);
    }
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

    /// The goods by lot, where they are promised so.
    pub fn bench(&self) -> Option<Bench> {
        self.bench.clone()
    }

    /// Units of a lot that a channel may have by its name, for what leaves then.
    pub fn has_of(&self, state: &State, (channel, leaves): (ChannelId, Instant), lot: &str) -> i64 {
        let need = state.stock.need_at(leaves, channel);
        self.bench.as_ref().map_or(0, |bench| bench.room_in(lot, Some(need)))
    }

    /// What was taken for a day leaves later; says whether it still can. If not, it is there again.
    fn postpone(&mut self, (before, need): (Need, Need), qty: i64, lot: Option<&str>) -> bool {
        let Some(bench) = &mut self.bench else { return true };
        match lot {
            Some(lot) => bench.name(lot, qty.saturating_neg()),
            None => bench.want(before, qty.saturating_neg()),
        }
        let room = lot.map_or_else(|| bench.room(need), |lot| bench.room_in(lot, Some(need)));
        match lot.filter(|_| room >= qty) {
            Some(lot) => bench.name(lot, qty),
            None if room >= qty => bench.want(need, qty),
            None => {}
        }
        room >= qty
    }

    /// Units that a channel took were of a lot by its name.
    pub fn name(&mut self, need: Need, lot: &str, qty: i64) {
        if let Some(bench) = &mut self.bench {
            bench.want(need, qty.saturating_neg());
            bench.name(lot, qty);
        }
    }

    /// What will do for a channel when it leaves.
    pub fn lives_until(&self, state: &State, channel: ChannelId, leaves: Instant) -> i64 {
        let need = state.stock.need_at(leaves, channel);
        self.bench.as_ref().map_or(i64::MAX, |bench| bench.room(need))
    }

    pub fn take(&mut self, (channel, need): (ChannelId, Need), qty: i64, lot: Option<&str>) {
        self.free = self.free.saturating_sub(qty);
        self.used.push((channel, qty));
        if let Some(bench) = &mut self.bench {
            bench.want(need, qty);
        }
        if let Some(lot) = lot {
            self.name(need, lot, qty);
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

/// Rounds in which one after the other is asked whether it leaves too late for its lot.
const ROUNDS: u32 = 64;

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
    /// From which shelf, to which order's line, how much, and what its lots must live until.
    given: Vec<(usize, Given, Need)>,
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
        let lot = state.lot_of_line(waiting).and_then(|lot| state.stock.labels.get(lot.0)).map(|lot| &**lot);
        // It is protected for nobody else: it came for this order.
        let kept = if its_own { None } else { Some(kept_from(state, rule, waiting, node)) };
        let mut room = shelf.room(state, channel, kept).min(qty);
        let mut need = state.stock.need_of(channel);
        if shelf.bench.is_some() {
            let days = &mut self.wholes.days.clone();
            let leaves = super::days::leaves(state, (order, node), (shelf.sku, room), at, days);
            let Some(leaves) = leaves else { return Ok(()) };
            need = state.stock.need_at(leaves, channel);
            room = room.min(match lot {
                Some(lot) => shelf.has_of(state, (channel, leaves), lot),
                None => shelf.lives_until(state, channel, leaves),
            });
        }
        if room > 0 && (room >= qty || !whole) {
            shelf.take((channel, need), room, lot);
            self.given.push((at_shelf, (order, line, shelf.sku, room), need));
        }
        Ok(())
    }

    /// Plans parcels for what was given. All are judged as of the day on which they could leave first: what
    /// leaves on a later one, and does not live until then, waits on.
    fn finish(mut self) -> Result<Filled, Rejection> {
        self.given.put_in_order_by_key(|(shelf, ..)| *shelf);
        let by_lot = self.shelves.iter().any(|shelf| shelf.bench.is_some());
        // Who is late is asked one after the other, as each makes room for others; of very many all at once.
        for round in 0u32.. {
            let given: Vec<_> = self.given.iter().map(|(_, given, _)| *given).collect();
            let mut here = Filled::default();
            let at = (self.at, NoDay::Waits);
            plan_parcels(self.state, self.node, &given, at, &mut self.wholes.days.clone(), &mut here)?;
            let late = if by_lot { self.late(&here, round >= ROUNDS) } else { Vec::new() };
            if late.is_empty() {
                self.filled.join(here);
                break;
            }
            for at in late.into_iter().rev() {
                self.given.remove(at);
            }
        }
        Ok(self.filled)
    }

    /// The first of what was given, or all of it, that does not live until its parcel leaves.
    fn late(&mut self, planned: &Filled, all: bool) -> Vec<usize> {
        let mut late = Vec::new();
        for (at, (shelf, (order, line, _, qty), need)) in self.given.iter_mut().enumerate() {
            let fill = planned.fills.iter().find(|fill| (fill.order, fill.line) == (*order, *line));
            let parcel = fill.and_then(|fill| planned.parcels.get(num::index(fill.parcel)));
            let row = self.state.docs.order.get(order.0);
            let (Some(parcel), Some(row)) = (parcel, row) else { continue };
            let then = self.state.stock.need_at(parcel.ship_at, row.channel);
            if then.until <= need.until {
                continue;
            }
            let line = self.state.docs.line_id(row.first_line, *line);
            let lot = self.state.lot_of_line(line).and_then(|lot| self.state.stock.labels.get(lot.0));
            let Some(shelf) = self.shelves.get_mut(*shelf) else { continue };
            if !shelf.postpone((*need, then), *qty, lot.map(|lot| &**lot)) {
                late.push(at);
                if all {
                    continue;
                }
                break;
            }
            *need = then;
        }
        late
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
