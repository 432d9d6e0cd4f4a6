//! What stays as it is of an order that a customer wants otherwise: what nodes work on and is still wanted.

use super::amend::{at_work, changed_by};
use super::dated::give_back;
use super::days::{Booked, booked, freed};
use super::order::ReallocateOrder;
use crate::record::*;
use crate::stock::Asks;
use crate::value::ids::*;
use crate::value::money::Money;
use crate::value::num;
use crate::value::sort::PutInOrder;

/// What of an order stays while the rest is planned anew.
#[derive(Default)]
pub(super) struct Kept {
    /// Lines, the reservations of theirs that stay, and units.
    units: Vec<(u32, u32, i64)>,
}

impl Kept {
    /// What stays of an order that a customer wants otherwise. Who only has it planned anew moves all of it.
    pub(super) fn of(
        state: &State,
        (order, row): (OrderId, &OrderRow),
        reallocate: &ReallocateOrder,
        amended: &[LineQty],
    ) -> Kept {
        let mut kept = Kept::default();
        let nodes: Vec<NodeId> = at_work(state, order).map(|(node, _)| node).collect();
        if nodes.is_empty() || (amended.is_empty() && !reallocate.is_changed()) {
            return kept;
        }
        for (number, line) in (1u32..).zip(state.lines_of(row)) {
            let open = line.reserved.saturating_add(line.backordered);
            let mut left = open.saturating_add(changed_by(amended, number));
            for (id, row) in state.reservations(line.first_reservation) {
                let ships = state.docs.parcels.get(row.parcel).map(|parcel| parcel.node);
                let qty = row.qty.min(left);
                if qty > 0 && nodes.contains(&row.node) && ships == Some(row.node) {
                    kept.units.push((number, id, qty));
                    left = left.saturating_sub(qty);
                }
            }
        }
        kept
    }

    fn sum(&self, of: impl Fn(&(u32, u32, i64)) -> bool) -> i64 {
        self.units.iter().filter(|kept| of(kept)).map(|(.., qty)| *qty).fold(0, i64::saturating_add)
    }

    /// Units of a line that stay.
    pub(super) fn of_line(&self, line: u32) -> i64 {
        self.sum(|kept| kept.0 == line)
    }

    /// What is given back of a line's reservations, as credit for the decision, and what it asked of lots.
    pub(super) fn credit(
        &self,
        state: &State,
        first: u32,
        (back, given): (&mut Vec<(SkuId, NodeId, i64)>, &mut Vec<Asks>),
    ) {
        for (id, row) in state.reservations(first) {
            let qty = row.qty.saturating_sub(self.sum(|kept| kept.1 == id));
            if qty > 0 {
                back.push((row.sku, row.node, qty));
                give_back(state, given, (id, &row), qty);
            }
        }
    }

    /// Takes what stays out of what lines have at nodes.
    pub(super) fn leave(&self, state: &State, held: &mut [(u32, NodeId, i64)]) {
        for (line, id, qty) in &self.units {
            let node = state.stock.reservations.get(*id).map_or(NodeId::NONE, |row| row.node);
            let mut left = *qty;
            for (_, _, qty) in held.iter_mut().filter(|held| (held.0, held.1) == (*line, node)) {
                let now = left.min(*qty);
                (*qty, left) = (qty.saturating_sub(now), left.saturating_sub(now));
            }
        }
    }

    /// What the rest frees of nodes' days.
    pub(super) fn days(&self, state: &State, order: &OrderRow, stays: &Plan) -> Vec<Booked> {
        let mut days = freed(state, order);
        let row = |line: u32| state.docs.lines.get(state.docs.line_id(order.first_line, line));
        days.extend(booked(state, stays, |line| row(line).map(|row| row.sku)));
        days
    }

    /// The parcels in which it stays. What has been paid for a parcel is not paid again.
    pub(super) fn plan(&self, state: &State, order: &OrderRow) -> Plan {
        let mut plan = Plan::default();
        let mut from: Vec<u32> = Vec::new();
        for (line, id, qty) in &self.units {
            let parcel = state.stock.reservations.get(*id).map_or(NOTHING, |row| row.parcel);
            let Some(row) = state.docs.parcels.get(parcel) else { continue };
            let known = from.iter().position(|known| *known == parcel);
            let at = num::id(known.unwrap_or(from.len()));
            if known.is_none() {
                from.push(parcel);
                let paid = |cost: Money| if row.posted { Money::ZERO } else { cost };
                let place = state.catalog.node.get(row.node.0).map(|node| node.place);
                plan.parcels.push(Parcel {
                    node: row.node,
                    service: row.service,
                    ship_at: row.ship_at,
                    arrive_at: row.arrive_at,
                    distance_mm: place.map_or(0, |place| place.distance_mm(order.to)),
                    freight: paid(row.freight),
                    handling: paid(row.handling),
                });
            }
            match plan.parts.iter_mut().find(|part| (part.line, part.parcel) == (*line, at)) {
                Some(part) => part.qty = part.qty.saturating_add(*qty),
                None => plan.parts.push(PlanPart { line: *line, parcel: at, qty: *qty }),
            }
        }
        plan
    }
}

/// Puts what stays before what is planned besides.
pub(super) fn join(plan: &mut Plan, mut stays: Plan) {
    if stays.parcels.is_empty() {
        return;
    }
    let count = num::id(stays.parcels.len());
    plan.parts.iter_mut().for_each(|part| part.parcel = part.parcel.saturating_add(count));
    plan.brought.iter_mut().for_each(|brought| brought.parcel = brought.parcel.saturating_add(count));
    stays.parcels.extend(std::mem::take(&mut plan.parcels));
    plan.parcels = stays.parcels;
    plan.parts.extend(stays.parts);
    plan.parts.put_in_order_by_key(|part| (part.line, part.parcel));
}
