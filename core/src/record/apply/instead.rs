//! What a pick took otherwise than planned: a line becomes of another SKU, reservations of a lot by name.

use super::super::event::{PickRecorded, PickedOther, Substituted};
use super::super::state::*;
use super::desk::add;
use crate::allocation::PlacedLine;
use crate::stock::{Fault, Reservation};
use crate::value::ids::*;
use crate::value::num;
use crate::value::table::put;

impl State {
    /// What was picked of a line is what is first of its reservations at the node: to ship, and to name.
    pub(super) fn take_instead(
        &mut self,
        picked: &PickRecorded,
        order: &OrderRow,
        work: u32,
    ) -> Result<(), Fault> {
        for other in &picked.instead {
            let line = self.docs.line_id(order.first_line, other.line);
            let row = self.docs.lines.get(line).ok_or(Fault("a pick names no line"))?;
            let number = if other.as_line > 0 { other.as_line } else { other.line };
            if row.sku != other.sku {
                self.give_other(line, &row, (picked.node, order.channel), other)?;
            }
            let line = self.docs.line_id(order.first_line, number);
            if !other.lot.is_empty() {
                let done = self.desk.fulfilment.get(work).map(|row| row.picked.as_slice());
                let mut done = done.unwrap_or_default().iter().filter(|(known, _)| *known == number);
                let before = done.next().map_or(0, |(_, qty)| *qty);
                self.promise_lot(line, (picked.node, order.channel), before, other)?;
            }
            self.desk.fulfilment.edit(work, |row| add(&mut row.picked, number, other.qty));
        }
        Ok(())
    }

    /// A line is of another SKU from now on, in the same parcel, or a part of it is, as a line of its own.
    fn give_other(
        &mut self,
        line: u32,
        row: &LineRow,
        (node, channel): (NodeId, ChannelId),
        other: &PickedOther,
    ) -> Result<(), Fault> {
        let here = |(_, row): &(u32, Reservation)| row.node == node && row.qty > 0;
        let parcel =
            self.reservations(row.first_reservation).find(here).map_or(NOTHING, |(_, row)| row.parcel);
        self.void_at(line, node, channel, other.qty)?;
        let was = Substituted { line: other.line, sku: row.sku, price: row.price };
        if other.as_line > 0 {
            self.docs.lines.edit(line, |row| row.qty = row.qty.saturating_sub(other.qty));
            let new = PlacedLine { sku: other.sku, qty: other.qty, price: other.price };
            let new = self.add_lines(row.order, &[new]);
            self.reserve(new, node, other.qty, parcel)?;
            self.edit_terms(row.order, |terms| {
                let known = terms.substituted.iter().find(|known| known.line == other.line).cloned();
                let was = known.unwrap_or(was);
                if was.sku != other.sku {
                    terms.substituted.push(Substituted { line: other.as_line, ..was });
                }
            });
            return Ok(());
        }
        self.docs.lines.edit(line, |row| (row.sku, row.price) = (other.sku, other.price));
        if self.lot_of_line(line).is_some() {
            self.edit_terms(row.order, |terms| terms.lots.retain(|(known, _)| *known != other.line));
        }
        self.reserve(line, node, other.qty, parcel)?;
        self.edit_terms(row.order, |terms| {
            match terms.substituted.iter().position(|known| known.line == other.line) {
                // What was ordered after all.
                Some(at) if terms.substituted.get(at).is_some_and(|known| known.sku == other.sku) => {
                    terms.substituted.remove(at);
                }
                Some(_) => {}
                None => terms.substituted.push(was),
            }
        });
        Ok(())
    }

    /// Of a line's reservations at a node, behind so many units, those of a pick ask for its lot by name.
    fn promise_lot(
        &mut self,
        line: u32,
        (node, channel): (NodeId, ChannelId),
        before: i64,
        other: &PickedOther,
    ) -> Result<(), Fault> {
        self.promise_by_lot(other.sku);
        let lot = LotId(self.stock.label(&other.lot));
        let first = self.docs.lines.get(line).map_or(NOTHING, |row| row.first_reservation);
        let pending: Vec<(u32, Reservation)> =
            self.reservations(first).filter(|(_, row)| row.node == node && row.qty > 0).collect();
        let (mut skip, mut left) = (before, other.qty);
        for (id, row) in pending {
            let stays = row.qty.min(skip);
            let now = num::sub(row.qty, stays)?.min(left);
            (skip, left) = (num::sub(skip, stays)?, num::sub(left, now)?);
            if now == 0 {
                continue;
            }
            let id = if stays > 0 { self.cut(id, stays)? } else { id };
            self.cut(id, now)?;
            let row = self.stock.reservations.get(id).ok_or(Fault("there is no such reservation"))?;
            self.unname(id, &row, channel, now);
            self.stock.name_lot(id, lot, channel, self.leaves_of(row.parcel));
        }
        if left == 0 { Ok(()) } else { Err(Fault("more would be named than is reserved at the node")) }
    }

    /// Leaves so many units in a reservation; what is more becomes one of its own, next to it.
    pub(super) fn cut(&mut self, id: u32, keep: i64) -> Result<u32, Fault> {
        let row = self.stock.reservations.get(id).ok_or(Fault("there is no such reservation"))?;
        if row.qty <= keep {
            return Ok(id);
        }
        let part = Reservation { qty: num::sub(row.qty, keep)?, ..row };
        let new = self.stock.reservations.push(part);
        self.stock.note_part(new, id);
        self.stock.reservations.edit(id, |row| (row.qty, row.next) = (keep, new));
        if let Some(nodes) = self.stock.reach_of(id).filter(|_| self.stock.is_loose(id, row.sku)).cloned() {
            self.stock.loosen(new, row.sku, &nodes);
        }
        if let Some(lot) = self.stock.named_lot(id) {
            put(&mut self.stock.named, &mut self.stock.name, new, i64::from(lot.0));
        }
        Ok(new)
    }
}
