//! What is applied of orders planned jointly, and of bid prices.

use super::Fault;
use crate::allocation::PlacedLine;
use crate::catalog::NodeStatus;
use crate::record::*;
use crate::stock::Reservation;
use crate::value::ids::{NodeId, OrderId};
use crate::value::money::Money;
use crate::value::num;
use crate::value::table::put;
use crate::value::time::Instant;

impl State {
    pub(super) fn apply_batch(&mut self, body: &Body, at: Instant) -> Result<(), Fault> {
        match body {
            Body::BatchAllocated(batch) => self.allocate_batch(batch, at)?,
            Body::BidPricesSet(set) => self.set_bid_prices(set),
            _ => {}
        }
        Ok(())
    }

    /// All that the orders had is given back before any of it is taken again.
    fn allocate_batch(&mut self, batch: &BatchAllocated, at: Instant) -> Result<(), Fault> {
        match &batch.disrupted {
            Some(disrupted) => self.disrupt(batch, disrupted, at)?,
            None => batch.plans.iter().try_for_each(|again| self.give_up(again.order, &[]))?,
        }
        batch.plans.iter().try_for_each(|again| self.plan_again(again, at))?;
        batch.plans.iter().for_each(|again| self.put_back(again.order));
        Ok(())
    }

    /// Lines of which the customer wants more or less.
    fn amend(&mut self, again: &OrderReallocated) -> Result<(), Fault> {
        let first = self.docs.order.get(again.order.0).map_or(0, |order| order.first_line);
        for change in &again.amended {
            let line = self.docs.line_id(first, change.line);
            let qty = self.docs.lines.get(line).map_or(0, |row| row.qty);
            let more = num::add(qty, change.qty.max(0))?;
            self.docs.lines.edit(line, |row| {
                row.qty = more;
                row.cancelled = row.cancelled.saturating_sub(change.qty.min(0));
            });
        }
        if !again.amended.is_empty() {
            self.count_kits(again.order, first);
        }
        Ok(())
    }

    /// An order goes elsewhere, by another date, or has further lines.
    fn change_order(&mut self, id: OrderId, change: &OrderChange) {
        self.docs.order.edit(id.0, |row| {
            row.to = change.to.unwrap_or(row.to);
            row.deliver_by = change.deliver_by.unwrap_or(row.deliver_by);
        });
        if change.lines.is_empty() {
            return;
        }
        self.add_lines(id, &change.lines);
        if !change.kits.is_empty() {
            let kits = [self.kits_of(id), &change.kits].concat();
            put(&mut self.docs.order_kits, &mut self.docs.order_kit, id.0, kits);
        }
        if let Some(abroad) = self.costs.foreigners.find(&id) {
            self.costs.abroad.edit(abroad, |row| {
                row.sold.prices.extend(&change.prices);
                row.given.resize(row.sold.prices.len(), Money::ZERO);
            });
        }
    }

    /// Puts lines behind an order's others; gives the row of the first.
    pub(super) fn add_lines(&mut self, id: OrderId, lines: &[PlacedLine]) -> u32 {
        let row = num::id(self.docs.lines.len());
        let Some(order) = self.docs.order.get(id.0).cloned() else { return row };
        let (_, before) = self.docs.added_to(order.first_line);
        let mut added = before.to_vec();
        for line in lines {
            added.push(num::id(self.docs.lines.len()));
            self.docs.lines.push(LineRow {
                order: id,
                sku: line.sku,
                qty: line.qty,
                price: line.price,
                reserved: 0,
                backordered: 0,
                shipped: 0,
                cancelled: 0,
                returned: 0,
                issued: Money::ZERO,
                refunded: Money::ZERO,
                first_reservation: NOTHING,
            });
        }
        put(&mut self.docs.adders, &mut self.docs.added, order.first_line, (order.lines, added));
        row
    }

    /// An order has as many of each kit as all of its components were ordered for.
    fn count_kits(&mut self, order: OrderId, first: u32) {
        let Some(id) = self.docs.order_kits.find(&order.0) else { return };
        let mut kits = self.kits_of(order).to_vec();
        for kit in &mut kits {
            let lines = (kit.first..).zip(&kit.each).filter_map(|(number, each)| {
                let row = self.docs.lines.get(self.docs.line_id(first, number))?;
                row.qty.checked_div(*each)
            });
            kit.qty = lines.min().unwrap_or(kit.qty);
        }
        self.docs.order_kit.edit(id, |row| *row = kits);
    }

    pub(super) fn reallocate(&mut self, again: &OrderReallocated, at: Instant) -> Result<(), Fault> {
        let row = self.docs.order.get(again.order.0).cloned();
        let stays = row.map(|row| self.staying(&row, &again.stays, &again.amended)).unwrap_or_default();
        self.give_up(again.order, &stays)?;
        self.amend(again)?;
        if let Some(change) = &again.change {
            self.change_order(again.order, change);
        }
        self.plan_again(again, at)?;
        self.put_back(again.order);
        if let Some(held) = again.held {
            self.desk.order_holds.insert((again.order, held));
        }
        Ok(())
    }

    /// What of an order stays as it is with nodes, the first of them first, as far as it is still wanted
    /// after its lines change: lines, reservations and units. What ships from elsewhere does not.
    pub(crate) fn staying(
        &self,
        order: &OrderRow,
        nodes: &[NodeId],
        amended: &[LineQty],
    ) -> Vec<(u32, u32, i64)> {
        let mut stays = Vec::new();
        for (number, line) in (1u32..).zip(self.lines_of(order)).filter(|_| !nodes.is_empty()) {
            let change = amended.iter().find(|change| change.line == number).map_or(0, |change| change.qty);
            let mut left = line.reserved.saturating_add(line.backordered).saturating_add(change);
            for node in nodes {
                for (id, row) in self.reservations(line.first_reservation) {
                    let ships = self.docs.parcels.get(row.parcel).is_some_and(|row| row.node == *node);
                    let qty = row.qty.min(left);
                    if qty > 0 && ships && row.node == *node {
                        stays.push((number, id, qty));
                        left = left.saturating_sub(qty);
                    }
                }
            }
        }
        stays
    }

    /// Gives back what an order has reserved, but for what stays, and waits for nothing.
    fn give_up(&mut self, order: OrderId, stays: &[(u32, u32, i64)]) -> Result<(), Fault> {
        let Some(order) = self.docs.order.get(order.0).cloned() else {
            return Err(Fault("there is no such order"));
        };
        let kept = |id: u32| {
            let mine = stays.iter().filter(|(_, known, _)| *known == id);
            mine.map(|(.., qty)| *qty).fold(0, i64::saturating_add)
        };
        let rows: Few<(u32, LineRow), 4> = self.line_rows(&order).collect();
        for (line, row) in rows {
            let pending: Few<(u32, Reservation), 4> = self.reservations(row.first_reservation).collect();
            let (mut left, mut stay) = (row.reserved, 0i64);
            for (id, reservation) in pending {
                stay = stay.saturating_add(kept(id));
                let back = reservation.qty.saturating_sub(kept(id));
                if back > 0 {
                    self.give_back(id, &reservation, order.channel, back)?;
                    left = num::sub(left, back)?;
                }
            }
            if left != stay {
                return Err(Fault("more would be given back than is reserved"));
            }
            self.docs.lines.edit(line, |row| row.reserved = left);
            if row.backordered > 0 {
                self.unwait(line, row.backordered)?;
            }
        }
        Ok(())
    }

    /// A node or a service goes out, and what it undid is given back.
    fn disrupt(&mut self, batch: &BatchAllocated, by: &Disrupted, at: Instant) -> Result<(), Fault> {
        match by.kind {
            DisruptionKind::NodeDown => {
                self.catalog.node.edit(by.node.0, |row| row.status = NodeStatus::Closed);
                self.shut_closed();
            }
            // A service without zones goes nowhere.
            DisruptionKind::ServiceDown => {
                self.catalog.service.edit(by.service.0, |row| row.zones.clear());
                self.catalog.note_services();
            }
            DisruptionKind::ShortPick | DisruptionKind::NodeRejected => {
                for again in batch.plans.iter().filter(|again| !batch.aside.contains(&again.order)) {
                    self.edit_terms(again.order, |row| {
                        row.rejections = row.rejections.saturating_add(1);
                        row.excluded.push((by.node, by.sku));
                    });
                }
            }
        }
        for back in &by.taken {
            self.take_back(back)?;
        }
        self.open_exceptions(&by.exceptions, at);
        Ok(())
    }

    fn plan_again(&mut self, again: &OrderReallocated, at: Instant) -> Result<(), Fault> {
        let first_line = self.docs.order.get(again.order.0).map_or(0, |order| order.first_line);
        self.open_exceptions(&again.exceptions, at);
        self.carry_out(again.order, first_line, &again.plan)
    }

    fn set_bid_prices(&mut self, set: &BidPricesSet) {
        for row in self.stock.bids.iter().collect::<Vec<_>>() {
            self.stock.bids.remove(row);
        }
        for row in &set.prices {
            self.stock.bids.insert((row.sku, row.node, row.price.micros()));
        }
        if let Some(at) = self.desk.forecast_due.first() {
            self.desk.forecast_due.remove(at);
        }
        let (next_at, forecast) = match &set.solved {
            Some(solved) => (solved.next_at, solved.forecast.as_deref().cloned()),
            None => (None, self.desk.forecast.get(0).map(|_| DemandForecast::none())),
        };
        if let Some(at) = next_at {
            self.desk.forecast_due.insert(at);
        }
        let Some(forecast) = forecast else { return };
        if self.desk.forecast.get(0).is_none() {
            self.desk.forecast.push(forecast);
        } else {
            self.desk.forecast.edit(0, |known| *known = forecast);
        }
    }
}
