//! Goods that come in, and the orders that get all they wait for out of them or nothing.

use super::batch::spoken;
use super::common::*;
use super::dated::{Arriving, arriving_bench};
use super::days::{Booked, booked};
use super::plan::{Task, source};
use crate::allocation::{Allocator, PlacedLine};
use crate::exception::Opened;
use crate::policy::Shortage;
use crate::record::*;
use crate::stock::{Bench, Cell};
use crate::value::ids::*;
use crate::value::num;
use crate::value::rejection::Rejection;
use crate::value::time::Instant;
use std::collections::BTreeSet;

/// A SKU that comes in at a node, while it is given away.
pub(super) struct Shelf {
    sku: SkuId,
    node: NodeId,
    cell: Cell,
    /// What is left. What is owed below zero is paid back first.
    pub free: i64,
    used: Vec<(ChannelId, i64)>,
    bench: Option<Bench>,
}

impl Shelf {
    pub fn of(state: &State, sku: SkuId, (node, units): (NodeId, i64), lots: &[Arriving]) -> Shelf {
        let cell = state.stock.cells.get(sku, node);
        let free = cell.free().saturating_add(units);
        let bench = arriving_bench(state, sku, node, lots);
        Shelf { sku, node, cell, free, used: Vec::new(), bench }
    }

    /// What a channel may have of it, beside what the node keeps; `None` = it came for the order.
    pub fn room(&self, state: &State, channel: ChannelId, kept: Option<i64>) -> i64 {
        let (sku, node, free, used) = (self.sku, self.node, self.free, &self.used);
        let mut room = free;
        if let Some(kept) = kept {
            room = room.saturating_sub(state.stock.protected_from(sku, node, channel, used));
            room = room.saturating_sub(kept);
            if state.stock.is_guarded() {
                let come = free.saturating_sub(self.cell.free().max(0));
                room = room.min(state.stock.planned_room(sku, node, free, come, channel, used));
            }
        }
        room
    }

    pub fn is_dated(&self) -> bool {
        self.bench.is_some()
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

/// Orders that come whole or not at all, as goods come in: each is sourced like any order, from wherever what
/// it waits for lies.
#[derive(Default)]
pub(super) struct Wholes {
    allocator: Allocator,
    seen: BTreeSet<OrderId>,
    /// What they take where nothing comes in, as credit for those after them.
    taken: Vec<(SkuId, NodeId, i64)>,
    /// What they book of nodes' days.
    pub days: Vec<Booked>,
}

impl Wholes {
    /// Gives an order all that it waits for, if it is all there.
    pub fn give(
        &mut self,
        state: &State,
        order: OrderId,
        shelves: &mut [Shelf],
        at: Instant,
        filled: &mut Filled,
    ) -> Result<(), Rejection> {
        let Some(row) = state.docs.order.get(order.0).filter(|_| self.seen.insert(order)) else {
            return Ok(());
        };
        let (lines, numbers) = open_lines(state, row);
        let come = |shelf: &Shelf| (shelf.sku, shelf.node, shelf.free.saturating_sub(shelf.cell.free()));
        let mut credit: Vec<_> = shelves.iter().map(come).chain(self.taken.iter().copied()).collect();
        credit.sort_unstable();
        let none = TermsRow::none();
        let task = Task {
            order,
            channel: row.channel,
            to: row.to,
            deliver_by: row.deliver_by,
            commitment: row.commitment,
            shortage: Some(Shortage::Backorder),
            lines: &lines,
            numbers: &numbers,
            credit: &credit,
            dead: &[],
            own: &[],
            days: &self.days,
            detail: Detail::None,
            number: &spoken(state, order),
            terms: state.terms_of(order).unwrap_or(&none),
            called: &[],
            without: ServiceId::NONE,
            brings: false,
        };
        if task.from(at) > at {
            return Ok(());
        }
        let (mut plan, mut exceptions) = (Plan::default(), Vec::new());
        source(state, &mut self.allocator, &task, at, &mut plan, &mut exceptions)?;
        let sku_of = |line: u32| {
            let at = numbers.iter().position(|known| *known == line)?;
            lines.get(at).map(|line| line.sku)
        };
        let takes: Vec<(SkuId, NodeId, i64)> = taken(&plan, sku_of).collect();
        let here = |shelf: &Shelf| {
            let mine = takes.iter().filter(|(sku, node, _)| (*sku, *node) == (shelf.sku, shelf.node));
            mine.map(|(.., qty)| *qty).fold(0, i64::saturating_add)
        };
        let fits = |shelf: &Shelf| {
            let parcel = plan.parcels.iter().find(|parcel| parcel.node == shelf.node);
            let lives = shelf.lives_until(state, row.channel, parcel.map_or(at, |parcel| parcel.ship_at));
            here(shelf) <= shelf.room(state, row.channel, Some(0)).min(lives).max(0)
        };
        if !plan.backordered.is_empty() || !shelves.iter().all(fits) {
            return Ok(());
        }
        for shelf in shelves.iter_mut() {
            shelf.take(state, row.channel, here(shelf));
        }
        let comes = |sku, node| shelves.iter().any(|shelf| (shelf.sku, shelf.node) == (sku, node));
        let elsewhere = takes.iter().filter(|(sku, node, _)| !comes(*sku, *node));
        self.taken.extend(elsewhere.map(|(sku, node, qty)| (*sku, *node, qty.saturating_neg())));
        self.days.extend(booked(state, &plan, sku_of));
        filled.add(order, plan, exceptions);
        Ok(())
    }
}

/// What an order waits for, and the numbers of its lines.
fn open_lines(state: &State, row: &OrderRow) -> (Vec<PlacedLine>, Vec<u32>) {
    let (mut lines, mut numbers) = (Vec::new(), Vec::new());
    for (number, line) in (1u32..).zip(state.order_lines(row)).filter(|(_, line)| line.backordered > 0) {
        lines.push(PlacedLine { sku: line.sku, qty: line.backordered, price: line.price });
        numbers.push(number);
    }
    (lines, numbers)
}

/// What a plan takes, and where.
fn taken(plan: &Plan, sku_of: impl Fn(u32) -> Option<SkuId>) -> impl Iterator<Item = (SkuId, NodeId, i64)> {
    plan.parts.iter().filter_map(move |part| {
        let node = plan.parcels.get(num::index(part.parcel))?.node;
        Some((sku_of(part.line)?, node, part.qty))
    })
}

impl Filled {
    /// An order's whole plan.
    fn add(&mut self, order: OrderId, plan: Plan, mut exceptions: Vec<Opened>) {
        let first = num::id(self.parcels.len());
        self.parcels.extend(plan.parcels);
        self.fills.extend(plan.parts.iter().map(|part| Fill {
            order,
            line: part.line,
            parcel: first.saturating_add(part.parcel),
            qty: part.qty,
        }));
        self.exceptions.append(&mut exceptions);
    }
}
