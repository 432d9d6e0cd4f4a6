//! Looking ahead: reading early what the next rows of a column call, or the next steps of a simulation, will
//! ask for.
//!
//! Row by row each would wait for memory alone; here they wait together, the more of them the less stands
//! between two reads. Nothing is decided or changed here.

use super::Book;
use super::columns::*;
use crate::posting::Movement;
use crate::record::*;
use crate::stock::END;
use crate::value::digest::Near;
use crate::value::ids::*;
use crate::value::num;
use smallvec::SmallVec;

/// A line whose goods move soon.
struct Line {
    line: u32,
    reservation: u32,
    sale: Sale,
    glances: [u64; 2],
}

type Lines = SmallVec<[Line; 4 * AHEAD]>;

impl Line {
    fn of(line: u32, sale: Sale) -> Line {
        Line { line, reservation: END, sale, glances: [0; 2] }
    }
}

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
        let reservations = &self.state.stock.reservations;
        let mut seen = 0;
        for sku in lines.clone() {
            seen ^= cells.glance(SkuId(*sku)).unsigned_abs();
        }
        for sku in lines.clone() {
            seen ^= skus.get(*sku).map_or(0, |row| row.scale.unsigned_abs() ^ u64::from(row.group));
        }
        for sku in lines {
            seen ^= u64::from(reservations.glance_newest(SkuId(*sku)));
            seen ^= self.state.docs.waiting.last(*sku).map_or(0, |last| last.sequence);
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

    /// Reads what so many commands that are numbered from a number on will ask for, whatever they say.
    pub(crate) fn look_ahead_of_commands(&self, from: u64, count: usize) {
        let numbers = (from..=u64::MAX).step_by(1 << Near::BITS).take(count >> Near::BITS);
        let seen = numbers.fold(0, |seen, number| seen ^ self.recent.glance(&DocKey::Number(number)));
        std::hint::black_box(seen ^ self.recent.glance_oldest(count));
    }

    /// Reads what shipments will ask for, in steps of what is found by what was read.
    pub(crate) fn look_ahead_of_shipments(&self, due: impl Iterator<Item = (OrderId, NodeId)>) {
        let state = &self.state;
        let due: SmallVec<[(OrderId, NodeId); AHEAD]> = due.collect();
        let mut seen = 0;
        let mut lines = Lines::new();
        let span = state.costs.span_of(state.head.now);
        for (order, node) in &due {
            let Some(order) = state.docs.order.get(order.0) else { continue };
            seen ^= state.docs.parcels.get(order.first_parcel).map_or(0, |row| row.next);
            let (movement, sku) = (Movement::Issue, SkuId::NONE);
            let sale = Sale { movement, span, sku, node: *node, channel: order.channel };
            let to = order.first_line.saturating_add(order.lines.min(4));
            lines.extend((order.first_line..to).map(|line| Line::of(line, sale)));
        }
        for line in &mut lines {
            line.reservation = state.docs.lines.get(line.line).map_or(END, |row| row.first_reservation);
            seen ^= state.stock.reservations.glance(line.reservation);
        }
        for line in &lines {
            seen ^= state.stock.reservations.glance_beside(line.reservation);
        }
        std::hint::black_box(seen);
        self.look_at_goods(lines);
    }

    /// Reads what returns will ask for: each line by its number in an order, and how it is booked.
    pub(crate) fn look_ahead_of_returns(&self, due: impl Iterator<Item = (OrderId, u32, NodeId, Movement)>) {
        let (docs, span) = (&self.state.docs, self.state.costs.span_of(self.state.head.now));
        let due: SmallVec<[(OrderId, u32, NodeId, Movement); AHEAD]> = due.collect();
        let line = |(order, number, node, movement): &(OrderId, u32, NodeId, Movement)| {
            let order = docs.order.get(order.0)?;
            let line = docs.line_id(order.first_line, *number);
            let (movement, sku, node) = (*movement, SkuId::NONE, *node);
            let sale = Sale { movement, span, sku, node, channel: order.channel };
            Some(Line::of(line, sale))
        };
        self.look_at_goods(due.iter().filter_map(line).collect());
    }

    /// Reads the goods of lines and what they are counted under.
    fn look_at_goods(&self, mut lines: Lines) {
        let (state, costs) = (&self.state, &self.state.costs);
        let mut seen = 0;
        for line in &mut lines {
            line.sale.sku = state.docs.lines.get(line.line).map_or(SkuId::NONE, |row| row.sku);
        }
        for Line { sale, glances, .. } in &mut lines {
            let (sku, node) = (sale.sku, sale.node);
            *glances = costs.glance_sale(sale);
            seen ^= state.catalog.sku.get(sku.0).map_or(0, |row| row.group);
            let cell = state.stock.cells.get(sku, node);
            let border = state.stock.borders.get(sku.0).map_or(0, |border| border.shipped);
            seen ^= u32::from(cell.sellable ^ cell.reserved == border) ^ state.stock.ones.get(sku, node).spot;
        }
        std::hint::black_box(seen);
        for Line { sale, glances, .. } in &lines {
            costs.touch_sale(sale, *glances);
        }
    }
}
