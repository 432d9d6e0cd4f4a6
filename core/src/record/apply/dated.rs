//! How dates of lots change the state, and what asks for lots by name.

use super::super::state::*;
use crate::record::{NamedLot, OrderPlaced};
use crate::stock::{Fault, Reservation, full_hour};
use crate::value::ids::*;
use crate::value::num;
use crate::value::time::Instant;

impl State {
    /// A lot gets its date.
    pub(super) fn date_lot(&mut self, sku: SkuId, lot: &str, at: Instant) {
        self.promise_by_lot(sku);
        self.stock.set_expiry(sku, lot, at);
    }

    /// From now on a SKU is promised by lot: what is reserved of it so far is counted as wanted.
    pub(super) fn promise_by_lot(&mut self, sku: SkuId) {
        let first = !self.stock.is_by_lot(sku);
        self.stock.by_lot.intern(sku);
        if !first {
            return;
        }
        for (id, row) in self.stock.open_of(sku, None) {
            let channel = self.channel_of(&row);
            let lot = self.stock.named_lot(id).unwrap_or(LotId::NONE);
            let leaves = self.leaves_of(row.parcel);
            self.stock.note_want((sku, row.node), channel, (lot, leaves), row.qty);
        }
    }

    pub(super) fn set_lot_expiry(&mut self, said: &crate::stock::SetLotExpiry) {
        if let Some(sku) = self.catalog.skus.find(said.sku.as_str()) {
            self.date_lot(SkuId(sku), &said.lot, said.expires_at);
        }
    }

    /// A reservation that asked for a lot by name gives units back: they were counted off those for any lot.
    pub(super) fn unname(&mut self, id: u32, row: &Reservation, channel: ChannelId, qty: i64) {
        if let Some(lot) = self.stock.named_lot(id) {
            let (place, leaves) = ((row.sku, row.node), self.leaves_of(row.parcel));
            self.stock.note_want(place, channel, (lot, leaves), qty.saturating_neg());
            self.stock.note_want(place, channel, (LotId::NONE, leaves), qty);
        }
    }

    /// Ends the hold that an order replaces, if it does; gives what the hold had of lots by name.
    pub(super) fn replace_hold(
        &mut self,
        placed: &OrderPlaced,
    ) -> Result<Vec<(SkuId, NodeId, LotId, i64)>, Fault> {
        self.promise_named(placed);
        let hold = placed.hold;
        if hold == HoldId::NONE {
            return Ok(Vec::new());
        }
        let mut kept = self.named_in(hold);
        self.end_hold(hold)?;
        // What lines take by its name is theirs: nobody else goes on having it.
        let plan = &placed.plan;
        for named in named_in(placed) {
            let sku = placed.lines.get(num::index(named.line.saturating_sub(1))).map(|line| line.sku);
            let lot = self.stock.labels.find(named.lot.as_str()).map(LotId);
            for part in plan.parts.iter().filter(|part| part.line == named.line) {
                let Some(parcel) = plan.parcels.get(num::index(part.parcel)) else { continue };
                let from = (sku, plan.lies_at(part, parcel.node), lot);
                let mut left = part.qty;
                for of in kept.iter_mut().filter(|of| (Some(of.0), of.1, Some(of.2)) == from) {
                    let qty = of.3.min(left);
                    (of.3, left) = (num::sub(of.3, qty)?, num::sub(left, qty)?);
                }
            }
        }
        Ok(kept)
    }

    /// SKUs of which an order names lots are promised by lot from now on.
    fn promise_named(&mut self, placed: &OrderPlaced) {
        for lot in named_in(placed) {
            if let Some(line) = placed.lines.get(num::index(lot.line.saturating_sub(1))) {
                self.promise_by_lot(line.sku);
            }
        }
    }

    /// What was reserved for a line is of the lots that it names, or that its order's hold had.
    pub(super) fn name_lots_of(
        &mut self,
        placed: &OrderPlaced,
        number: u32,
        first: u32,
        kept: &mut [(SkuId, NodeId, LotId, i64)],
    ) -> Result<(), Fault> {
        let Some(named) = named_in(placed).iter().find(|lot| lot.line == number) else {
            return self.keep_names(first, placed.channel, kept);
        };
        let lot = LotId(self.stock.label(&named.lot));
        let made: Vec<u32> = self.reservations(first).map(|(id, _)| id).collect();
        for id in made {
            let leaves = self.stock.reservations.get(id).map_or(0, |row| self.leaves_of(row.parcel));
            self.stock.name_lot(id, lot, placed.channel, leaves);
        }
        Ok(())
    }

    /// The full hour by which a parcel is planned to leave, in microseconds, where lots are judged by it: 0 =
    /// as soon as may be.
    pub(crate) fn leaves_of(&self, parcel: u32) -> i64 {
        if self.stock.by_lot.len() == 0 || self.head.origin() <= 2 {
            return 0;
        }
        self.docs.parcels.get(parcel).map_or(0, |row| full_hour(row.ship_at).micros())
    }

    /// The lot that an order's line comes from by its name.
    pub(crate) fn lot_of_line(&self, line: u32) -> Option<LotId> {
        if self.docs.termed.len() == 0 {
            return None;
        }
        let order = self.docs.lines.get(line)?.order;
        let number = self.docs.line_number(self.docs.order.get(order.0)?.first_line, line);
        let terms = self.terms_of(order)?;
        terms.lots.iter().find(|(known, _)| *known == number).map(|(_, lot)| *lot)
    }

    /// What a hold has of lots by name.
    fn named_in(&self, hold: HoldId) -> Vec<(SkuId, NodeId, LotId, i64)> {
        if self.stock.named.len() == 0 {
            return Vec::new();
        }
        let first = self.docs.hold.get(hold.0).map_or(NOTHING, |row| row.first_reservation);
        let held = self.reservations(first).filter(|(_, row)| row.qty > 0);
        held.filter_map(|(id, row)| Some((row.sku, row.node, self.stock.named_lot(id)?, row.qty))).collect()
    }

    /// An order that replaces a hold keeps the hold's lots where it comes from the same node, so far as they
    /// go: what was held of a lot becomes a reservation of its own.
    fn keep_names(
        &mut self,
        first: u32,
        channel: ChannelId,
        kept: &mut [(SkuId, NodeId, LotId, i64)],
    ) -> Result<(), Fault> {
        if kept.is_empty() {
            return Ok(());
        }
        let ids: Vec<u32> = self.reservations(first).map(|(id, _)| id).collect();
        for id in ids {
            for kept in kept.iter_mut() {
                let Some(row) = self.stock.reservations.get(id) else { break };
                let qty = kept.3.min(row.qty);
                if (kept.0, kept.1) != (row.sku, row.node) || qty <= 0 {
                    continue;
                }
                kept.3 = num::sub(kept.3, qty)?;
                let leaves = self.leaves_of(row.parcel);
                if qty == row.qty {
                    self.stock.name_lot(id, kept.2, channel, leaves);
                    break;
                }
                let new = self.stock.reservations.push(Reservation { qty, ..row });
                let left = num::sub(row.qty, qty)?;
                self.stock.reservations.edit(id, |row| (row.qty, row.next) = (left, new));
                self.stock.name_lot(new, kept.2, channel, leaves);
            }
        }
        Ok(())
    }
}

/// What an order's lines ask for of lots by their names.
fn named_in(placed: &OrderPlaced) -> &[NamedLot] {
    placed.terms.as_ref().map_or(&[], |terms| terms.lots.as_slice())
}
