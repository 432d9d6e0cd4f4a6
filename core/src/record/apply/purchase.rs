//! How purchase orders change the state.

use super::super::event::*;
use super::super::state::*;
use crate::stock::Fault;
use crate::value::num;
use crate::value::time::Instant;

impl State {
    pub(super) fn place_purchase(&mut self, placed: &PurchaseOrderPlaced) -> Result<(), Fault> {
        self.docs.purchases.intern(placed.purchase_order.clone());
        let line = |line: &PurchasedLine| PurchaseLineRow {
            sku: line.sku,
            qty: line.qty,
            received: 0,
            unit_cost: line.unit_cost,
        };
        let id = self.docs.purchase.push(PurchaseRow {
            supplier: placed.supplier,
            node: placed.node,
            expected_at: placed.expected_at,
            speed: placed.speed,
            cancelled: false,
            lines: placed.lines.iter().map(line).collect(),
        });
        self.note_purchase(id);
        self.await_goods(Chore::Purchase, id, (placed.node, placed.expected_at));
        placed.lines.iter().try_for_each(|line| self.change_on_order(line.sku, placed.node, line.qty))
    }

    pub(super) fn cancel_purchase(
        &mut self,
        cancelled: &PurchaseOrderCancelled,
        at: Instant,
    ) -> Result<(), Fault> {
        let purchase = cancelled.purchase_order;
        let Some(row) = self.docs.purchase.get(purchase.0).cloned() else {
            return Err(Fault("there is no such purchase order"));
        };
        for line in &row.lines {
            let open = line.qty.saturating_sub(line.received).max(0);
            self.change_on_order(line.sku, row.node, open.saturating_neg())?;
        }
        self.docs.purchase.edit(purchase.0, |row| row.cancelled = true);
        self.note_purchase(purchase.0);
        self.open_exceptions(&cancelled.exceptions, at);
        Ok(())
    }

    /// Lines stand as they were agreed to anew.
    pub(super) fn change_purchase(&mut self, e: &PurchaseOrderChanged, at: Instant) -> Result<(), Fault> {
        let id = e.purchase_order.0;
        let Some(row) = self.docs.purchase.get(id).cloned() else {
            return Err(Fault("there is no such purchase order"));
        };
        let open = |line: Option<&PurchaseLineRow>| line.map_or(0, PurchaseLineRow::open);
        let mut lines = Vec::with_capacity(e.lines.len());
        for (at, now) in e.lines.iter().enumerate() {
            let before = row.lines.get(at);
            let received = before.map_or(0, |line| line.received);
            let line = PurchaseLineRow { sku: now.sku, qty: now.qty, received, unit_cost: now.unit_cost };
            self.change_on_order(now.sku, row.node, num::sub(line.open(), open(before))?)?;
            lines.push(line);
        }
        self.docs.purchase.edit(id, |row| (row.expected_at, row.lines) = (e.expected_at, lines));
        if e.expected_at != row.expected_at {
            self.await_goods(Chore::Purchase, id, (row.node, e.expected_at));
        }
        self.note_purchase(id);
        self.raise(&e.exceptions, at);
        Ok(())
    }
}
