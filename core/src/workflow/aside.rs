//! Who makes way for a promise that a disruption would break.
//!
//! An order that cannot be given in time what it needs may have it where another order has it reserved that
//! gets the same elsewhere, in time too. Such orders are sought where promises would break otherwise: first
//! one, then two at once, as long as fewer units break; each way is tried by planning all of it jointly. How
//! much is tried is bounded by the number of orders planned.

use super::batch::{AllocateBatch, Member, at_work, is_brought};
use super::replan::{Undone, breaks, given_back, member, plan_members, reserved, still_there};
use crate::allocation::Allocator;
use crate::catalog::NodeStatus;
use crate::exception::{ExceptionCode, Opened};
use crate::record::*;
use crate::stock::Owner;
use crate::value::ids::*;
use crate::value::num;
use crate::value::rejection::Rejection;
use crate::value::sort::{Gather, PutInOrder};
use crate::value::time::Instant;
use std::collections::{BTreeMap, BTreeSet};

/// Orders planned in all while ways are tried; orders that might make way; steps an order of each plan.
const TRIED_MAX: usize = 4_000;
const ASIDE_MAX: usize = 64;
const STEPS_EACH: u64 = 200;

/// What a disruption undid, about to be planned.
pub(super) struct Undoing<'a> {
    pub state: &'a State,
    pub command: &'a AllocateBatch,
    /// What has to go elsewhere.
    pub members: Vec<Member>,
    /// The event so far: what stays.
    pub event: BatchAllocated,
    pub by: Disrupted,
    pub at: Instant,
}

type Aside = Vec<(OrderId, Vec<Undone>)>;
/// Units whose promise breaks, by SKU and order.
type Broken = BTreeMap<(SkuId, OrderId), i64>;

impl Undoing<'_> {
    /// The plan that breaks the fewest promises and, of those found, moves the fewest other orders.
    pub fn plan(&self, allocator: &mut Allocator) -> Result<BatchAllocated, Rejection> {
        let mut best = self.with(allocator, self.command, &Vec::new())?;
        let mut broken = self.broken(&best);
        let mut left = TRIED_MAX;
        let mut aside = Aside::new();
        while !broken.is_empty() {
            let others = self.others(&broken, &aside);
            let units = sum(&broken);
            let Some(found) = self.fewer(allocator, (&aside, &others), units, &mut left)? else { break };
            broken = self.broken(&found.0);
            aside = found.1;
            best = found.0;
        }
        Ok(best)
    }

    /// A plan that breaks the promise of fewer units, with one other order aside or two.
    fn fewer(
        &self,
        allocator: &mut Allocator,
        (aside, others): (&Aside, &Aside),
        units: i64,
        left: &mut usize,
    ) -> Result<Option<(BatchAllocated, Aside)>, Rejection> {
        let mut best: Option<(i64, BatchAllocated)> = None;
        let count = others.len();
        let alone = (0..count).map(|at| (at, at));
        let pairs = (0..count).flat_map(|first| (first.saturating_add(1)..count).map(move |at| (first, at)));
        for (first, second) in alone.chain(pairs) {
            // Two at once only where no one will do.
            let done = best.as_ref().is_some_and(|(broken, _)| *broken == 0 || first != second);
            let cost = self.members.len().saturating_add(aside.len()).saturating_add(2);
            if done || *left < cost {
                break;
            }
            *left = left.saturating_sub(cost);
            let mut tried = aside.clone();
            tried.extend(others.get(first).cloned());
            tried.extend(others.get(second).filter(|_| first != second).cloned());
            let steps = STEPS_EACH.saturating_mul(u64::try_from(cost).unwrap_or(1));
            let command = AllocateBatch { steps_max: steps, ..self.command.clone() };
            let found = self.with(allocator, &command, &tried)?;
            let broken = self.broken(&found);
            // Who makes way keeps its promise.
            if broken.keys().any(|(_, order)| found.aside.contains(order)) {
                continue;
            }
            let broken = sum(&broken);
            if broken < best.as_ref().map_or(units, |(broken, _)| *broken) {
                best = Some((broken, found));
            }
        }
        Ok(best.map(|(_, found)| {
            let moved = |order: &OrderId| found.aside.contains(order);
            let all = aside.iter().chain(others).filter(|(order, _)| moved(order)).cloned().collect();
            (found, all)
        }))
    }

    /// All planned, with others that may make way; those that do not stay as they are.
    fn with(
        &self,
        allocator: &mut Allocator,
        command: &AllocateBatch,
        aside: &Aside,
    ) -> Result<BatchAllocated, Rejection> {
        let (mut event, mut by, mut members) = (self.event.clone(), self.by.clone(), self.members.clone());
        for (order, undone) in aside {
            let mut member = member(self.state, *order, undone);
            member.always = false;
            member.without = by.service;
            if by.node != NodeId::NONE {
                member.terms.excluded.push((by.node, SkuId::NONE));
            }
            members.push(member);
            event.plans.push(empty(*order, event.reason));
        }
        plan_members(self.state, allocator, command, members, self.at, &mut event)?;
        let is_aside = |order: OrderId| aside.iter().any(|(known, _)| *known == order);
        event.plans.retain(|again| {
            !(is_aside(again.order) && again.plan.parts.is_empty() && again.plan.backordered.is_empty())
        });
        event.aside = event.plans.iter().map(|again| again.order).filter(|order| is_aside(*order)).collect();
        for (order, undone) in aside.iter().filter(|(order, _)| event.aside.contains(order)) {
            by.taken.extend(undone.iter().map(|one| one.back(*order)));
        }
        let still = still_there(self.state, &by);
        if by.kind == DisruptionKind::NodeDown && still > 0 {
            let opened = Opened::of(ExceptionCode::PlannedAtClosedNode);
            by.exceptions.push(Opened { node: by.node, qty: still, ..opened });
        }
        event.disrupted = Some(Box::new(by));
        Ok(event)
    }

    /// Units of each SKU and order whose promise breaks.
    fn broken(&self, event: &BatchAllocated) -> Broken {
        let (state, mut broken) = (self.state, Vec::new());
        for again in &event.plans {
            let deliver_by = state.docs.order.get(again.order.0).map(|row| row.deliver_by);
            let before = given_back(state, event, again.order);
            breaks(state, again, deliver_by.unwrap_or(self.at), &before, &mut broken);
        }
        let mut units = Broken::new();
        for one in broken {
            let first = state.docs.order.get(one.order.0).map_or(0, |row| row.first_line);
            let line = state.docs.lines.get(state.docs.line_id(first, one.line));
            let of = (line.map_or(SkuId::NONE, |line| line.sku), one.order);
            let sum = units.entry(of).or_insert(0i64);
            *sum = sum.saturating_add(one.qty);
        }
        units
    }

    /// Orders that have what others lack, and could have it elsewhere; the least important first. None where
    /// the command says which orders it may touch.
    fn others(&self, broken: &Broken, aside: &Aside) -> Aside {
        let state = self.state;
        let up = |node: NodeId| {
            let row = state.catalog.node.get(node.0);
            node != self.by.node && row.is_some_and(|row| row.status == NodeStatus::Open)
        };
        let spare = |sku: SkuId| {
            let nodes = (0..num::id(state.catalog.node.len())).map(NodeId).filter(|node| up(*node));
            nodes.into_iter().any(|node| state.stock.cells.get(sku, node).free() > 0)
        };
        let lacking: BTreeSet<SkuId> = broken.keys().map(|(sku, _)| *sku).filter(|sku| spare(*sku)).gather();
        if lacking.is_empty() || !self.command.orders.is_empty() {
            return Aside::new();
        }
        let held = lacking.iter().flat_map(|sku| state.stock.reservations.pending(*sku));
        let owner = |row: &crate::stock::Reservation| match row.owner {
            Owner::Line(line) => state.docs.lines.get(line).map(|line| line.order),
            _ => None,
        };
        let orders = held.filter(|(_, row)| up(row.node)).filter_map(|(_, row)| owner(&row));
        let known = |order: OrderId| {
            let planned = self.event.plans.iter().any(|again| again.order == order);
            planned || aside.iter().any(|(known, _)| *known == order)
        };
        let orders: BTreeSet<OrderId> = orders.filter(|order| !known(*order)).gather();
        let rank = |order: &OrderId| state.docs.order.get(order.0).map(|row| (row.priority, row.sequence));
        let mut orders: Vec<OrderId> = orders.into_iter().collect();
        orders.put_in_order_by_key(|order| std::cmp::Reverse(rank(order)));
        let free = |order: &OrderId| {
            let row = state.docs.order.get(order.0);
            row.is_some_and(|row| !is_brought(state, row)) && at_work(state, *order).is_none()
        };
        let all = orders.into_iter().filter(free).map(|order| (order, reserved(state, order)));
        // A lot that an order names is nowhere else.
        let bound = |undone: &Undone| state.stock.named_lot(undone.reservation).is_some();
        all.filter(|(_, undone)| !undone.iter().any(bound)).take(ASIDE_MAX).collect()
    }
}

/// An order's plan before anything is planned.
pub(super) fn empty(order: OrderId, reason: ReasonId) -> OrderReallocated {
    let (plan, exceptions, amended, stays) = (Plan::default(), Vec::new(), Vec::new(), Vec::new());
    OrderReallocated { order, reason, plan, exceptions, amended, held: None, change: None, stays }
}

fn sum(broken: &Broken) -> i64 {
    broken.values().copied().fold(0, i64::saturating_add)
}
