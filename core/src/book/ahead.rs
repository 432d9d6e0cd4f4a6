//! Looking ahead: reading early what the next rows of a column call, or the next steps of a simulation, will
//! ask for.
//!
//! Row by row each would wait for memory alone; here they wait together, the more of them the less stands
//! between two reads. Nothing is decided or changed here.

use super::Book;
use super::columns::*;
use crate::record::*;
use crate::value::digest::Near;
use crate::value::ids::*;
use crate::value::num;
use smallvec::SmallVec;

/// Rows that are looked at ahead.
pub(crate) const AHEAD: usize = 16;

/// Numbers without those that lie beside the one before them, and so in memory that is near already.
fn apart(numbers: &[u64]) -> impl Iterator<Item = u64> {
    let mut last = None;
    numbers
        .iter()
        .copied()
        .filter(move |number| last.replace(number >> Near::BITS) != Some(number >> Near::BITS))
}

impl Book {
    /// `Ok` if bid prices can be found under all rules of the policy in force.
    pub(crate) fn check_priced(&self) -> Result<(), crate::value::rejection::Rejection> {
        crate::workflow::bids::check_priced(&self.state.derived.policy)
    }

    /// Reads what the next rows of orders will ask for.
    pub(crate) fn look_ahead(&self, columns: &OrderColumns<'_>, from: usize, to: usize) {
        let (cells, skus) = (&self.state.stock.cells, &self.state.catalog.sku);
        let (first, last) = (columns.range(from).0, columns.range(to).0);
        let lines = columns.sku.get(first..last).unwrap_or_default().iter().take(AHEAD.saturating_mul(8));
        let mut seen = 0;
        for sku in lines.clone() {
            seen ^= cells.glance(SkuId(*sku)).unsigned_abs();
        }
        let (pending, waiting) = (&self.state.stock.reservations, &self.state.docs.waiting);
        let mut newest: SmallVec<[u32; 64]> = SmallVec::new();
        for sku in lines.clone() {
            seen ^= skus.get(*sku).map_or(0, |row| row.scale.unsigned_abs() ^ u64::from(row.group));
            newest.push(pending.newest(SkuId(*sku)));
        }
        // Where those lie has just been asked for.
        for (sku, newest) in lines.zip(&newest) {
            seen ^= u64::from(pending.glance(*newest)) ^ waiting.last(*sku).map_or(0, |last| last.sequence);
        }
        for order in apart(columns.order.get(from..to).unwrap_or_default()) {
            seen ^= self.state.docs.orders.glance(&DocKey::Number(order));
        }
        for command in apart(columns.command.get(from..to).unwrap_or_default()) {
            seen ^= self.recent.glance(&DocKey::Number(command));
        }
        seen ^= self.recent.glance_oldest(to.saturating_sub(from));
        // What the window is about to drop.
        let full = self.window.len() >= num::index(self.state.head.config.event_window);
        for old in self.window.iter().take(to.saturating_sub(from)).filter(|_| full) {
            seen ^= old.sequence ^ old.content;
            if let Body::OrderPlaced(placed) = &old.body {
                seen ^= u64::from(placed.lines.spilled()) ^ u64::from(placed.plan.parts.spilled());
                seen ^=
                    u64::from(placed.plan.parcels.spilled()) ^ u64::from(placed.plan.backordered.spilled());
            }
        }
        std::hint::black_box(seen);
    }

    /// As `look_ahead`, for receipts.
    pub(super) fn look_ahead_of_receipts(&self, columns: &ReceiptColumns<'_>, from: usize, to: usize) {
        let cells = &self.state.stock.cells;
        let mut seen = 0;
        for (sku, node) in columns.sku.iter().zip(columns.node).take(to).skip(from) {
            seen ^= cells.get(SkuId(*sku), NodeId(*node)).sellable.unsigned_abs();
        }
        for command in apart(columns.command.get(from..to).unwrap_or_default()) {
            let key = DocKey::Number(command);
            seen ^= self.state.docs.receipts.glance(&key) ^ self.recent.glance(&key);
        }
        seen ^= self.recent.glance_oldest(to.saturating_sub(from));
        std::hint::black_box(seen);
    }

    /// Reads what shipments will ask for, in steps of what is found by what was read.
    pub(crate) fn look_ahead_of_shipments(&self, due: impl Iterator<Item = (OrderId, NodeId)>) {
        let (state, costs) = (&self.state, &self.state.costs);
        let due: SmallVec<[(OrderId, NodeId); AHEAD]> = due.collect();
        let mut seen = 0;
        let span = costs.span_of(state.head.now);
        let mut lines: SmallVec<[(u32, Sale, [u64; 3]); AHEAD]> = SmallVec::new();
        for (order, node) in &due {
            let Some(order) = state.docs.order.get(order.0) else { continue };
            seen ^= state.docs.parcels.get(order.first_parcel).map_or(0, |row| row.next);
            let sale = Sale { span, sku: SkuId::NONE, node: *node, channel: order.channel };
            let to = order.first_line.saturating_add(order.lines.min(4));
            lines.extend((order.first_line..to).map(|line| (line, sale, [0; 3])));
        }
        for (line, sale, _) in &mut lines {
            let Some(line) = state.docs.lines.get(*line) else { continue };
            sale.sku = line.sku;
            seen ^= state.stock.reservations.get(line.first_reservation).map_or(0, |row| row.next);
        }
        for (_, sale, glances) in &mut lines {
            let (sku, node) = (sale.sku, sale.node);
            *glances = costs.glance_sale(sale);
            seen ^= state.catalog.sku.get(sku.0).map_or(0, |row| row.group);
            let cell = state.stock.cells.get(sku, node);
            let border = state.stock.borders.get(sku.0).map_or(0, |border| border.shipped);
            seen ^= u32::from(cell.sellable ^ cell.reserved == border) ^ state.stock.ones.get(sku, node).spot;
        }
        std::hint::black_box(seen);
        for (_, sale, glances) in &lines {
            costs.touch_sale(sale, *glances);
        }
    }
}
