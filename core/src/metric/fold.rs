//! The fold: it applies events as replay does, and says after each which facts it made.

use super::define::M;
use super::fact::{Dims, Fact, Kind};
use super::money::Earnings;
use super::stock::CellNote;
use crate::exception::ExceptionStatus;
use crate::record::*;
use crate::stock::Condition;
use crate::value::ids::*;
use crate::value::money::{MICROS, Money};
use crate::value::num::{self, count};
use crate::value::table::Undoable;
use crate::value::time::Instant;
use std::collections::{BTreeMap, BTreeSet};

/// Microseconds in a day.
pub(crate) const DAY: i64 = 86_400_000_000;

/// A wait of a line: units, since when, and the event that began it.
pub(super) struct Wait {
    pub qty: i64,
    pub since: Instant,
    pub sequence: u64,
}

/// The fold over a record, from its first event or from a snapshot on.
pub(crate) struct Fold {
    pub state: State,
    /// Facts of the last event.
    pub facts: Vec<Fact>,
    pub(super) now: Now,
    pub(super) cells: BTreeMap<(SkuId, NodeId), CellNote>,
    /// When orders were placed.
    pub(super) placed: BTreeMap<OrderId, Instant>,
    /// When orders came to their last stage at a node.
    pub(super) stages: BTreeMap<(OrderId, NodeId), Instant>,
    /// Lines that wait, by row.
    pub(super) waits: BTreeMap<u32, Vec<Wait>>,
    pub(super) contacted: BTreeSet<OrderId>,
    /// Orders of which something left late.
    pub(super) late: BTreeSet<OrderId>,
    /// Orders of which something was shipped, and orders that are done.
    pub(super) shipped: BTreeSet<OrderId>,
    pub(super) done: BTreeSet<OrderId>,
    /// What purchase orders were placed for, and when.
    pub(super) purchases: BTreeMap<PurchaseId, (Instant, Option<Instant>)>,
    /// The latest supplier of each SKU that was bought.
    pub(super) makers: BTreeMap<SkuId, SupplierId>,
    /// Open exceptions: since when.
    pub(super) open: BTreeMap<u32, Instant>,
    pub(super) exceptions: u32,
    pub(super) money: Earnings,
}

/// The event at hand.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Now {
    pub sequence: u64,
    /// When it was recorded.
    pub at: Instant,
    /// When it happened.
    pub occurred: Instant,
}

/// Whether goods of a condition are a supplier's fault.
const fn is_bad(condition: Condition) -> bool {
    matches!(condition, Condition::Damaged | Condition::Quarantined)
}

impl Fold {
    /// A fold that goes on from a state; what stands there begins as facts of its last event.
    pub(crate) fn new(state: State) -> Fold {
        let (sequence, at) = (state.head.sequence, state.head.now);
        let mut fold = Fold {
            state,
            facts: Vec::new(),
            now: Now { sequence, at, occurred: at },
            cells: BTreeMap::new(),
            placed: BTreeMap::new(),
            stages: BTreeMap::new(),
            waits: BTreeMap::new(),
            contacted: BTreeSet::new(),
            late: BTreeSet::new(),
            shipped: BTreeSet::new(),
            done: BTreeSet::new(),
            purchases: BTreeMap::new(),
            makers: BTreeMap::new(),
            open: BTreeMap::new(),
            exceptions: 0,
            money: Earnings::default(),
        };
        if sequence > 0 {
            fold.take_over();
        }
        fold
    }

    /// What a snapshot already knows.
    fn take_over(&mut self) {
        self.begin_cells();
        for id in (0..self.state.docs.orders.len()).map(crate::value::num::id) {
            let order = OrderId(id);
            if let Some(row) = self.state.docs.order.get(id) {
                self.placed.insert(order, row.placed_at);
            }
            self.look_at_waits(order, "served");
            let lines = self.lines_of(order);
            if lines.iter().any(|(_, line)| line.shipped > 0) {
                self.shipped.insert(order);
            }
            if is_done(&lines) {
                self.done.insert(order);
            }
        }
        for id in (0..self.state.desk.fulfilments.len()).map(crate::value::num::id) {
            let desk = &self.state.desk;
            if let (Some(at), Some(row)) = (desk.fulfilments.get(id), desk.fulfilment.get(id)) {
                self.stages.insert(*at, row.changed_at);
            }
        }
        for (id, row) in self.state.docs.purchase.iter() {
            self.purchases.insert(PurchaseId(id), (row.expected_at, None));
        }
        for (_, row) in self.state.costs.receipts.iter().filter(|(_, row)| row.purchase != PurchaseId::NONE) {
            self.makers.insert(row.sku, row.supplier);
        }
        for id in self.state.books.open_exceptions.iter() {
            if let Some(row) = self.state.books.exceptions.get(id) {
                self.open.insert(id, row.opened_at);
            }
        }
        self.exceptions = self.state.head.exceptions;
        self.begin_money();
    }

    /// Applies an event; its facts are in `facts`.
    pub(crate) fn step(&mut self, event: &Event) -> Result<(), &'static str> {
        self.facts.clear();
        self.now = Now { sequence: event.sequence, at: event.at, occurred: event.occurred_at };
        if let Body::PurchaseOrderChanged(changed) = &event.body {
            self.repurchased(changed);
        }
        // Of what else changes, only how the cells were before is looked at.
        self.state.stock.cells.begin();
        self.state.apply(event).map_err(|fault| fault.0)?;
        let touched = self.state.stock.cells.touched();
        self.state.stock.cells.commit();
        self.look_at_cells(&touched);
        self.look_at_event(event);
        self.look_at_orders(&event.body);
        self.look_at_money(event);
        self.look_at_exceptions();
        Ok(())
    }

    /// What is still open at an instant.
    pub(crate) fn stand(&mut self, until: Instant) {
        self.facts.clear();
        let waits = std::mem::take(&mut self.waits);
        for (line, waits) in &waits {
            for wait in waits.iter().filter(|wait| wait.since <= until) {
                self.waited(*line, wait.qty, wait, until, "open");
            }
        }
        self.waits = waits;
        let open: Vec<(u32, Instant)> = self.open.iter().map(|(id, since)| (*id, *since)).collect();
        for (id, since) in open.into_iter().filter(|(_, since)| *since <= until) {
            let dims = self.exception_dims(id);
            let age = between(since, until);
            self.put(M::ExceptionAge, (age, 1), until, dims);
        }
    }

    /// Adds a fact of the event at hand.
    pub(super) fn put(&mut self, metric: M, (part, whole): (i128, i128), at: Instant, dims: Dims) {
        let sequence = self.now.sequence;
        self.facts.push(Fact { metric, part, whole, since: at, at, sequence, dims });
    }

    fn exception_dims(&self, id: u32) -> Dims {
        let Some(opened) = self.state.books.exceptions.get(id).map(|row| row.opened) else {
            return Dims::default();
        };
        let (node, sku, order) = (opened.node, opened.sku, opened.order);
        Dims {
            node,
            sku,
            order,
            channel: self.channel_of(order),
            kind: Kind::Code(opened.code),
            ..Dims::default()
        }
    }

    /// Exceptions that the event opened, closed or opened again.
    fn look_at_exceptions(&mut self) {
        let at = self.now.at;
        for id in self.exceptions..self.state.head.exceptions {
            let dims = self.exception_dims(id);
            self.put(M::ExceptionsOpened, (1, 0), at, dims);
            self.open.insert(id, at);
        }
        self.exceptions = self.state.head.exceptions;
        if self.open.len() == self.state.books.open_exceptions.len() {
            return;
        }
        let rows = &self.state.books.exceptions;
        let is_open = |id: &u32| rows.get(*id).is_some_and(|row| row.status == ExceptionStatus::Open);
        let closed: Vec<(u32, Instant)> =
            self.open.iter().filter(|(id, _)| !is_open(id)).map(|(id, since)| (*id, *since)).collect();
        let again: Vec<u32> =
            self.state.books.open_exceptions.iter().filter(|id| !self.open.contains_key(id)).collect();
        for (id, since) in closed {
            let dims = self.exception_dims(id);
            self.put(M::ExceptionTime, (between(since, at), 1), at, dims);
            self.open.remove(&id);
        }
        self.open.extend(again.into_iter().map(|id| (id, at)));
    }

    /// What an event says by itself.
    fn look_at_event(&mut self, event: &Event) {
        let kind = Kind::Word(event.body.name());
        let late = event.at.micros().div_euclid(DAY) > event.occurred_at.micros().div_euclid(DAY);
        self.put(M::LateEntries, (i128::from(late), 1), event.at, Dims { kind, ..Dims::default() });
        match &event.body {
            Body::PurchaseOrderPlaced(placed) => self.purchased(placed),
            Body::GoodsReceived(received) => self.received(received),
            Body::VendorReturnShipped(sent) => {
                let (node, supplier, at) = (sent.node, sent.supplier, self.now.occurred);
                for line in &sent.lines {
                    let dims = Dims { node, supplier, sku: line.sku, ..Dims::default() };
                    self.put(M::SupplierDefects, (i128::from(line.qty), 0), at, dims);
                }
            }
            Body::CountRecorded(counted) => self.counted(counted),
            Body::StockMoved(moved)
                if moved.from.condition == Condition::Inspection && is_bad(moved.to.condition) =>
            {
                self.defect(moved.sku, moved.node, moved.qty);
            }
            _ => {}
        }
    }

    fn counted(&mut self, recorded: &CountRecorded) {
        let desk = &self.state.desk;
        let row = desk.counts.find(&recorded.count).and_then(|id| desk.count.get(id));
        let node = row.map_or(NodeId::NONE, |row| row.node);
        for line in &recorded.lines {
            let exact = i128::from(line.expected == line.counted);
            let dims = Dims { node, sku: line.sku, ..Dims::default() };
            self.put(M::InventoryAccuracy, (exact, 1), self.now.occurred, dims);
        }
    }

    fn purchased(&mut self, placed: &PurchaseOrderPlaced) {
        let id = self.state.docs.purchases.find(&placed.purchase_order).map_or(PurchaseId::NONE, PurchaseId);
        self.purchases.insert(id, (placed.expected_at, Some(self.now.occurred)));
        for line in &placed.lines {
            let dims =
                Dims { node: placed.node, supplier: placed.supplier, sku: line.sku, ..Dims::default() };
            self.put(M::SupplierFill, (0, i128::from(line.qty)), self.now.occurred, dims);
            self.put(M::SupplierScore, (0, i128::from(line.qty)), self.now.occurred, dims);
        }
    }

    /// A purchase order is about to be of other quantities, or for another day.
    fn repurchased(&mut self, changed: &PurchaseOrderChanged) {
        let id = changed.purchase_order;
        let Some(row) = self.state.docs.purchase.get(id.0).cloned() else { return };
        if let Some((expected, _)) = self.purchases.get_mut(&id) {
            *expected = changed.expected_at;
        }
        for (place, line) in changed.lines.iter().enumerate() {
            let before = row.lines.get(place).map_or(0, |line| line.qty);
            let more = i128::from(line.qty).saturating_sub(i128::from(before));
            let dims = Dims { node: row.node, supplier: row.supplier, sku: line.sku, ..Dims::default() };
            for metric in [M::SupplierFill, M::SupplierScore] {
                if more != 0 {
                    self.put(metric, (0, more), self.now.occurred, dims);
                }
            }
        }
    }

    fn received(&mut self, received: &GoodsReceived) {
        let Some((expected, placed)) = self.purchases.get(&received.purchase_order).copied() else { return };
        let (node, at) = (received.node, self.now.occurred);
        let supplier =
            self.state.docs.purchase.get(received.purchase_order.0).map_or(received.supplier, |p| p.supplier);
        for line in received.lines.iter().filter(|line| line.purchase_line > 0) {
            let (qty, dims) =
                (i128::from(line.qty), Dims { node, supplier, sku: line.sku, ..Dims::default() });
            self.put(M::SupplierOnTime, (if at <= expected { qty } else { 0 }, qty), at, dims);
            // More than one order has open fills no other.
            let filled = i128::from(line.on_order);
            self.put(M::SupplierFill, (filled, 0), at, dims);
            let broken = is_bad(line.place.condition);
            self.put(M::SupplierDefects, (if broken { qty } else { 0 }, qty), at, dims);
            let ordered = self.ordered_at(received.purchase_order, line);
            self.put(M::SupplierPrice, (i128::from(line.value.micros()), ordered), at, dims);
            let fair = i128::from(line.value.micros()) <= ordered;
            let fit = line.place.condition == Condition::Sellable;
            let good = at <= expected && fair && fit;
            self.put(M::SupplierScore, (if good { filled } else { 0 }, 0), at, dims);
            self.makers.insert(line.sku, supplier);
            if let Some(placed) = placed {
                let time = between(placed, at).saturating_mul(qty);
                self.put(M::SupplierLeadTime, (time, qty), at, dims);
            }
        }
    }

    /// What units of a receipt line were ordered at, in micro-units.
    fn ordered_at(&self, purchase: PurchaseId, line: &ReceivedLine) -> i128 {
        let row = self.state.docs.purchase.get(purchase.0);
        let at = crate::value::num::index(line.purchase_line.saturating_sub(1));
        let cost = row.and_then(|row| row.lines.get(at)).map_or(Money::ZERO, |line| line.unit_cost);
        let rate = if line.rate == Money::ZERO { MICROS } else { line.rate.micros() };
        let scale = self.state.catalog.sku.get(line.sku.0).map_or(1, |row| row.scale);
        let worth =
            num::mul_div(cost.micros(), line.qty, scale).and_then(|own| num::mul_div(own, rate, MICROS));
        let minor = self.state.head.minor;
        let whole = worth.and_then(|worth| num::mul(num::mul_div(worth, 1, minor)?, minor));
        i128::from(whole.unwrap_or(0))
    }

    /// Units that turned out unfit after they were received.
    pub(super) fn defect(&mut self, sku: SkuId, node: NodeId, qty: i64) {
        let Some(supplier) = self.makers.get(&sku).copied() else { return };
        let dims = Dims { node, supplier, sku, ..Dims::default() };
        self.put(M::SupplierDefects, (i128::from(qty), 0), self.now.occurred, dims);
    }

    pub(super) fn channel_of(&self, order: OrderId) -> ChannelId {
        self.state.docs.order.get(order.0).map_or(ChannelId::NONE, |row| row.channel)
    }

    /// The lines of an order, with their rows' numbers.
    pub(super) fn lines_of(&self, order: OrderId) -> Vec<(u32, LineRow)> {
        let Some(row) = self.state.docs.order.get(order.0) else { return Vec::new() };
        self.state.line_rows(row).collect()
    }

    /// What the fold has standing now, for metrics that are tied out to what stands.
    pub(crate) fn standing(&self, metric: M) -> Option<i128> {
        let cells = self.cells.values();
        Some(match metric {
            M::StockoutRate => i128::from(count(cells.filter(|cell| cell.free <= 0).count())),
            M::DaysOfSupply => cells.map(|cell| i128::from(cell.on_hand)).sum(),
            M::Turns => cells.map(|cell| i128::from(cell.value)).sum(),
            M::ExceptionTime | M::ExceptionAge => i128::from(count(self.open.len())),
            M::BackorderAge => self.waits.values().flatten().map(|wait| i128::from(wait.qty)).sum(),
            _ => return None,
        })
    }

    /// The pairs of SKU and node that were ever stocked.
    pub(crate) fn stocked(&self) -> impl Iterator<Item = (SkuId, NodeId)> {
        self.cells.keys().copied()
    }
}

/// Microseconds from one instant to a later one; none where it is not later.
pub(super) fn between(from: Instant, to: Instant) -> i128 {
    i128::from(to.micros()).saturating_sub(i128::from(from.micros())).max(0)
}

/// Whether an order has nothing open.
pub(crate) fn is_done(lines: &[(u32, LineRow)]) -> bool {
    lines.iter().all(|(_, line)| line.reserved == 0 && line.backordered == 0)
}
