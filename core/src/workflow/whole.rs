//! Orders that get all they wait for out of what comes in, or nothing.

use super::batch::spoken;
use super::days::{Booked, booked};
use super::fills::{Filled, Shelf};
use super::named::{Named, Search, SetAside, named_again};
use super::plan::{Task, conclude};
use crate::allocation::{Allocator, Bring, Keep, PlacedLine};
use crate::exception::Opened;
use crate::policy::{CompiledSourcing, Lateness, Shortage};
use crate::record::*;
use crate::stock::{Asks, Lots, give};
use crate::value::ids::*;
use crate::value::num;
use crate::value::rejection::Rejection;
use crate::value::sort::PutInOrder;
use crate::value::time::Instant;
use std::collections::BTreeSet;

/// Orders that come whole or not at all, as goods come in: each is sourced like any order, from wherever what
/// it waits for lies.
#[derive(Default)]
pub(super) struct Wholes {
    allocator: Allocator,
    seen: BTreeSet<OrderId>,
    /// What they take where nothing comes in, as credit for those after them.
    taken: Vec<(SkuId, NodeId, i64)>,
    /// What they take by its lot there, and what they ask for of others.
    aside: SetAside,
    given: Vec<Asks>,
    /// What they book of nodes' days.
    pub days: Vec<Booked>,
}

impl Wholes {
    /// What comes in, and less what was taken where nothing comes in.
    fn credit(&self, shelves: &[Shelf]) -> Vec<(SkuId, NodeId, i64)> {
        let come = |shelf: &Shelf| (shelf.sku, shelf.node, shelf.come());
        shelves.iter().map(come).chain(self.taken.iter().copied()).collect()
    }

    /// Gives an order all that it waits for, if it is all there.
    pub fn give(
        &mut self,
        state: &State,
        (order, rule): (OrderId, &CompiledSourcing),
        shelves: &mut [Shelf],
        at: Instant,
        filled: &mut Filled,
    ) -> Result<(), Rejection> {
        let Some(row) = state.docs.order.get(order.0).filter(|_| self.seen.insert(order)) else {
            return Ok(());
        };
        let (lines, numbers) = open_lines(state, row);
        let mut credit = self.credit(shelves);
        if !is_there(state, &lines, &credit) {
            return Ok(());
        }
        credit.put_in_order();
        let none = TermsRow::none();
        let benches = shelves.iter().filter_map(|shelf| Some((shelf.sku, shelf.node, shelf.bench()?)));
        let benches: Vec<_> = benches.collect();
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
            lots: Lots { given: &self.given, benches: &benches },
            own: &[],
            stays: &[],
            days: &self.days,
            detail: Detail::None,
            number: &spoken(state, order),
            terms: state.terms_of(order).unwrap_or(&none),
            called: &[],
            caps: &[],
            without: ServiceId::NONE,
            brings: Bring::Never,
            named: None,
        };
        let search = Search { back: &[], at, benches: &benches };
        let lots = named_again(state, &task, &search, &self.aside);
        let task = lots.as_ref().map_or(task, |lots| lots.keep(task));
        let now = task.from(at) <= at;
        let found = if now { all_of_it(state, &mut self.allocator, &task, rule, at)? } else { None };
        let Some((plan, exceptions)) = found else { return Ok(()) };
        let sku_of = |line: u32| {
            let at = numbers.iter().position(|known| *known == line)?;
            lines.get(at).map(|line| line.sku)
        };
        let takes: Vec<(SkuId, NodeId, i64)> = taken(&plan, sku_of).collect();
        let by_lot = (&plan, lots.as_ref());
        if !self.take(state, (row.channel, &takes), by_lot, shelves, at) {
            return Ok(());
        }
        self.days.extend(booked(state, &plan, sku_of));
        filled.add(order, plan, exceptions);
        Ok(())
    }

    /// Takes what a plan takes off the shelves, if they have all of it; says whether they do.
    fn take(
        &mut self,
        state: &State,
        (channel, takes): (ChannelId, &[(SkuId, NodeId, i64)]),
        (plan, lots): (&Plan, Option<&Named>),
        shelves: &mut [Shelf],
        at: Instant,
    ) -> bool {
        let here = |shelf: &Shelf| {
            let mine = takes.iter().filter(|(sku, node, _)| (*sku, *node) == (shelf.sku, shelf.node));
            mine.map(|(.., qty)| *qty).fold(0, i64::saturating_add)
        };
        let leaves = |node: NodeId| {
            plan.parcels.iter().find(|parcel| parcel.node == node).map_or(at, |parcel| parcel.ship_at)
        };
        let need = |node: NodeId| state.stock.need_at(leaves(node), channel);
        let named: SetAside = lots.iter().flat_map(|lots| lots.takes(plan)).collect();
        let fits = |shelf: &Shelf| {
            let by = (channel, leaves(shelf.node));
            let mine = || named.iter().filter(|(sku, node, ..)| (*sku, *node) == (shelf.sku, shelf.node));
            let lives = mine().all(|(.., lot, _)| {
                let same = mine().filter(|(.., known, _)| known == lot).map(|(.., qty)| *qty);
                same.fold(0, i64::saturating_add) <= shelf.has_of(state, by, lot)
            });
            let by_name = lots.is_some_and(|lots| lots.speaks_of(shelf.sku));
            let most = if by_name { i64::MAX } else { shelf.lives_until(state, by.0, by.1) };
            lives && here(shelf) <= shelf.room(state, channel, Some(0)).min(most).max(0)
        };
        if !shelves.iter().all(fits) {
            return false;
        }
        for shelf in shelves.iter_mut() {
            let node = shelf.node;
            shelf.take((channel, need(node)), here(shelf), None);
        }
        // Of a lot that is named nobody after it has these units either.
        for (sku, node, lot, qty) in named {
            match shelves.iter_mut().find(|shelf| (shelf.sku, shelf.node) == (sku, node)) {
                Some(shelf) => shelf.name(need(node), &lot, qty),
                None => self.aside.push((sku, node, lot, qty)),
            }
        }
        let comes = |sku, node| shelves.iter().any(|shelf| (shelf.sku, shelf.node) == (sku, node));
        let elsewhere = takes.iter().filter(|(sku, node, _)| !comes(*sku, *node));
        for (sku, node, qty) in elsewhere.clone() {
            give(&mut self.given, (*sku, *node, need(*node), qty.saturating_neg()));
        }
        self.taken.extend(elsewhere.map(|(sku, node, qty)| (*sku, *node, qty.saturating_neg())));
        true
    }
}

/// The plan of all that an order waits for, if there is one. What can no longer be had in time is late,
/// and not left to wait for ever.
fn all_of_it(
    state: &State,
    allocator: &mut Allocator,
    task: &Task<'_>,
    rule: &CompiledSourcing,
    at: Instant,
) -> Result<Option<(Plan, Vec<Opened>)>, Rejection> {
    let mut decide = |rule: &CompiledSourcing| {
        let (mut plan, mut exceptions) = (Plan::default(), Vec::new());
        allocator.decide(state.world(), &task.demand(at), rule, Keep::Plan);
        conclude(state, allocator, task, at, (0, rule), &mut plan, &mut exceptions)?;
        Ok::<_, Rejection>(Some((plan, exceptions)).filter(|(plan, _)| plan.backordered.is_empty()))
    };
    if let Some(found) = decide(rule)? {
        return Ok(Some(found));
    }
    let mut loose = rule.clone();
    loose.lateness = Lateness::Allowed;
    for relaxed in &mut loose.relaxed {
        relaxed.lateness = Lateness::Allowed;
    }
    decide(&loose)
}

/// Whether as much is free somewhere as lines ask for: what lacks one SKU need not be sourced.
fn is_there(state: &State, lines: &[PlacedLine], credit: &[(SkuId, NodeId, i64)]) -> bool {
    lines.iter().all(|line| {
        let asked = lines.iter().filter(|known| known.sku == line.sku).map(|known| known.qty);
        let nodes = (0..num::id(state.catalog.node.len())).map(NodeId);
        let free = nodes.map(|node| state.stock.cells.get(line.sku, node).free().max(0));
        let come = credit.iter().filter(|(sku, ..)| *sku == line.sku).map(|(.., qty)| (*qty).max(0));
        asked.fold(0, i64::saturating_add) <= free.chain(come).fold(0, i64::saturating_add)
    })
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
