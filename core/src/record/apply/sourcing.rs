//! How facts of sourcing change the state.

use super::super::event::{AllocationRejected, Body, CostTableSet, Event, OrderPlaced, PlacedTerms};
use super::super::state::{NOTHING, State};
use crate::stock::{Fault, Reservation};
use crate::value::ids::*;
use crate::value::num;
use crate::value::time::Instant;

impl State {
    /// Facts of sourcing, by kind.
    pub(super) fn apply_sourcing(&mut self, event: &Event) -> Result<(), Fault> {
        match &event.body {
            Body::CostTableSet(set) => self.set_cost_table(set),
            Body::AllocationRejected(rejected) => self.reject_allocation(rejected, event.at)?,
            _ => {}
        }
        Ok(())
    }

    /// What a placed order brings besides its lines.
    pub(super) fn finish_order(
        &mut self,
        order: OrderId,
        placed: &OrderPlaced,
        at: Instant,
    ) -> Result<(), Fault> {
        if let Some(terms) = &placed.terms {
            self.put_terms(order, terms);
        }
        self.settle(placed, at);
        self.note_kits(placed)
    }

    fn put_terms(&mut self, order: OrderId, terms: &PlacedTerms) {
        self.edit_terms(order, |row| {
            row.segment = terms.segment.as_str().into();
            row.pickup = terms.pickup;
        });
    }

    fn set_cost_table(&mut self, set: &CostTableSet) {
        self.outside.clear(set.table);
        for cell in &set.goods {
            self.outside.put_goods(set.table, cell.sku, cell.node, cell.cost.micros());
        }
        for cell in &set.shipments {
            self.outside.put_shipment(set.table, &cell.of, cell.node, cell.cost.micros());
        }
    }

    fn reject_allocation(&mut self, rejected: &AllocationRejected, at: Instant) -> Result<(), Fault> {
        let Some(order) = self.docs.order.get(rejected.order.0).cloned() else {
            return Err(Fault("there is no such order"));
        };
        for back in &rejected.lines {
            let line = order.first_line.saturating_add(back.line.saturating_sub(1));
            self.void_at(line, rejected.node, order.channel, back.qty)?;
        }
        let node = rejected.node;
        self.edit_terms(rejected.order, |row| {
            row.rejections = row.rejections.saturating_add(1);
            if rejected.skus.is_empty() {
                row.excluded.push((node, SkuId::NONE));
            }
            row.excluded.extend(rejected.skus.iter().map(|sku| (node, *sku)));
        });
        self.open_exceptions(&rejected.exceptions, at);
        self.carry_out(rejected.order, order.first_line, &rejected.plan)
    }

    /// Voids `qty` of a line's pending reservations at a node.
    fn void_at(&mut self, line: u32, node: NodeId, channel: ChannelId, qty: i64) -> Result<(), Fault> {
        let first = self.docs.lines.get(line).map_or(NOTHING, |row| row.first_reservation);
        let pending = self.reservations(first).map(|(id, row)| (id, *row));
        let here: Vec<(u32, Reservation)> = pending.filter(|(_, row)| row.node == node).collect();
        let mut left = qty;
        for (id, reservation) in here {
            let back = reservation.qty.min(left);
            if back > 0 {
                self.give_back(id, &reservation, channel, back)?;
                left = num::sub(left, back)?;
            }
        }
        if left != 0 {
            return Err(Fault("more would be given back than is reserved"));
        }
        self.docs.lines.edit(line, |row| row.reserved = row.reserved.saturating_sub(qty));
        Ok(())
    }
}
