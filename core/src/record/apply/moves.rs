//! The movements that an event is made of, as costs are found from.

use super::super::event::*;
use super::super::state::*;
use super::carried::priced;
use super::costs::Coming;
use crate::catalog::SkuRow;
use crate::costing::{Costing, allocate_shares};
use crate::posting::Movement;
use crate::stock::Place;
use crate::value::ids::*;
use crate::value::later::Later;
use crate::value::money::Money;
use crate::value::num;
use crate::value::time::Instant;

impl State {
    /// The movements of an event.
    pub(crate) fn moves_of(&self, body: &Body, at: Instant, sequence: u64, which: Which) -> Vec<MoveRow> {
        let mut moves = Moves { state: self, at, sequence, which, fresh: Vec::new(), rows: Vec::new() };
        moves.read(body);
        moves.rows
    }

    /// The allowances that stand against goods at nodes whose movements are remembered; of each lot its part,
    /// where costs are kept so.
    pub(crate) fn allowances(&self) -> Vec<((SkuId, NodeId, LotId), Money)> {
        let (costs, mut all) = (&self.costs, Vec::new());
        for ((_, (sku, node)), allowance) in costs.allowances.iter().zip(costs.allowance.rows()) {
            let known = *allowance != Money::ZERO && costs.trails.find(sku).is_some();
            let Some(row) = self.catalog.sku.get(sku.0).filter(|_| known) else { continue };
            let parts: Vec<(LotId, Money)> = match self.method(row) {
                Costing::Lot => {
                    let lots = costs.lots.iter().zip(costs.lot.rows());
                    let here = lots.filter(|((_, key), worth)| {
                        key.0 == *sku && worth.qty > 0 && self.pool_node(row, key.1) == *node
                    });
                    here.map(|((_, key), worth)| (key.2, worth.value)).collect()
                }
                _ => vec![(LotId::NONE, Money::from_micros(1))],
            };
            let basis: Vec<i64> = parts.iter().map(|(_, worth)| worth.micros()).collect();
            let shares = allocate_shares(*allowance, &basis, self.head.minor).unwrap_or_default();
            all.extend(parts.iter().zip(shares).map(|((lot, _), share)| ((*sku, *node, *lot), share)));
        }
        all
    }
}

/// Which movements of an event are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Which {
    /// Of every SKU.
    All,
    /// Of SKUs whose movements are remembered.
    Traced,
    /// Of SKUs whose pools nodes share.
    Pooled,
}

/// Reads the movements out of an event.
struct Moves<'a> {
    state: &'a State,
    at: Instant,
    sequence: u64,
    which: Which,
    /// Names that the event says first, in the order in which they get their numbers when it is applied.
    fresh: Vec<String>,
    rows: Vec<MoveRow>,
}

impl Moves<'_> {
    /// A movement of a SKU that leaves a trail.
    fn add(
        &mut self,
        movement: Movement,
        (sku, node): (SkuId, NodeId),
        doc: (u32, u32),
        qty: i64,
        value: Money,
    ) {
        let meant = |row: &SkuRow| match self.which {
            Which::All => true,
            Which::Traced => self.state.costs.traced(row.group).is_some(),
            Which::Pooled => self.state.is_pooled(row),
        };
        if !self.state.catalog.sku.get(sku.0).is_some_and(meant) {
            return;
        }
        self.rows.push(MoveRow {
            sku,
            node,
            lot: LotId::NONE,
            movement,
            doc: doc.0,
            part: doc.1,
            qty,
            value,
            passed: Money::ZERO,
            at: self.at,
            sequence: self.sequence,
            declared: false,
            next: NOTHING,
            reason: Later(0),
            ledger: Later(0),
        });
    }

    fn with(&mut self, change: impl FnOnce(&mut MoveRow), before: usize) {
        if self.rows.len() > before {
            let _ = self.rows.last_mut().map(change);
        }
    }

    /// A movement out, split by lot where costs are kept so.
    fn out(
        &mut self,
        movement: Movement,
        at: (SkuId, NodeId),
        doc: (u32, u32),
        whole: (i64, Money),
        lots: &[LotCost],
    ) {
        if lots.is_empty() {
            self.add(movement, at, doc, whole.0, whole.1);
        }
        for lot in lots {
            let before = self.rows.len();
            self.add(movement, at, doc, lot.qty, lot.value);
            self.with(|row| row.lot = lot.lot, before);
        }
    }

    /// The number that a name has, or gets when the event is applied.
    fn label(&mut self, text: &str) -> u32 {
        // The book began with the empty one.
        if text.is_empty() {
            return 0;
        }
        let labels = &self.state.stock.labels;
        if let Some(known) = labels.find(text) {
            return known;
        }
        let at = self.fresh.iter().position(|name| name == text).unwrap_or_else(|| {
            self.fresh.push(text.to_owned());
            self.fresh.len().saturating_sub(1)
        });
        num::id(labels.len().saturating_add(at))
    }

    /// The lot that goods come into, where costs are kept by lot. Every place that an event names must pass
    /// here in turn, for names get their numbers in that order.
    fn lot_of(&mut self, sku: SkuId, place: &Place) -> LotId {
        self.label(&place.bin);
        let lot = LotId(self.label(&place.lot));
        self.label(&place.owner);
        if self.state.method_of(sku) == Costing::Lot { lot } else { LotId::NONE }
    }

    fn comes(
        &mut self,
        movement: Movement,
        at: (SkuId, NodeId),
        doc: (u32, u32),
        coming: Coming,
        lot: LotId,
    ) {
        let before = self.rows.len();
        self.add(movement, at, doc, coming.qty, coming.value);
        self.with(|row| (row.passed, row.lot) = (coming.passed, lot), before);
    }

    /// Goods that come in by lot, where costs are kept so; the first bears what passes through.
    fn comes_apart(
        &mut self,
        movement: Movement,
        at: (SkuId, NodeId),
        doc: (u32, u32),
        coming: Coming,
        lots: &[LotCost],
    ) {
        let mut rest = coming;
        let by_lot = self.state.method_of(at.0) == Costing::Lot;
        for lot in lots.iter().filter(|_| by_lot) {
            self.comes(movement, at, doc, Coming::of(lot.qty, lot.value, rest.passed), lot.lot);
            rest.passed = Money::ZERO;
            rest.qty = rest.qty.saturating_sub(lot.qty);
            rest.value = rest.value.minus(lot.value).unwrap_or_default();
        }
        if rest.qty > 0 {
            let lot = self.lot_of(at.0, &Place::default());
            self.comes(movement, at, doc, rest, lot);
        }
    }

    fn received(&mut self, received: &GoodsReceived) {
        let mut next = num::id(self.state.costs.receipts.len());
        let opening = received.supplier == SupplierId::NONE;
        for line in &received.lines {
            let lot = self.lot_of(line.sku, &line.place);
            if !line.place.is_own() {
                continue;
            }
            let (movement, doc) = if opening {
                (Movement::Opening, NOTHING)
            } else {
                next = next.saturating_add(1);
                (Movement::Receipt, next.saturating_sub(1))
            };
            let coming = Coming::of(line.qty, line.value, line.passed);
            self.comes(movement, (line.sku, received.node), (doc, 0), coming, lot);
        }
    }

    fn adjusted(&mut self, adjusted: &StockAdjusted) {
        for line in &adjusted.lines {
            let lot = self.lot_of(line.sku, &line.place);
            if !line.place.is_own() {
                continue;
            }
            let (at, before) = ((line.sku, adjusted.node), self.rows.len());
            if line.qty > 0 {
                let gross = line.value.plus(line.passed).unwrap_or(line.value);
                let coming = Coming::of(line.qty, gross, line.passed);
                self.comes(Movement::Gain, at, (NOTHING, 0), coming, lot);
            } else {
                let value = Money::ZERO.minus(line.value).unwrap_or_default();
                let qty = line.qty.saturating_neg();
                self.add(Movement::Loss, at, (NOTHING, 0), qty, value);
                self.with(|row| (row.declared, row.lot) = (line.declared, lot), before);
            }
            let reason = adjusted.reason.0.wrapping_add(1);
            self.with(|row| row.reason = Later(reason), before);
        }
    }

    fn returned(&mut self, returned: &ReturnReceived) {
        use super::super::words::Disposition;
        let first = self.state.docs.order.get(returned.order.0).map_or(0, |order| order.first_line);
        for line in returned.lines.iter().filter(|line| line.qty > 0) {
            let movement = match line.disposition {
                Disposition::Restock => Movement::ReturnRestock,
                Disposition::Refurbish => Movement::ReturnRefurbish,
                Disposition::Scrap => Movement::ReturnScrap,
                Disposition::ReturnToVendor | Disposition::Keep => Movement::ReturnToVendor,
            };
            let doc = self.state.docs.line_id(first, line.line);
            let coming = Coming::of(line.qty, line.cost, line.passed);
            let before = self.rows.len();
            self.comes_apart(movement, (line.sku, returned.node), (doc, 0), coming, &line.lots);
            let declared = line.credit.is_some();
            self.rows.iter_mut().skip(before).for_each(|row| row.declared = declared);
        }
    }

    fn assembled(&mut self, assembled: &KitAssembled) {
        let kit = std::slice::from_ref(&assembled.kit);
        let (out, into) = match assembled.step {
            crate::catalog::KitStep::Assemble => (assembled.components.as_slice(), kit),
            crate::catalog::KitStep::Disassemble => (kit, assembled.components.as_slice()),
        };
        for line in out {
            let at = (line.sku, assembled.node);
            self.out(Movement::AssemblyOut, at, (NOTHING, 0), (line.qty, line.value), &line.lots);
        }
        for line in into {
            let lot = self.lot_of(line.sku, &Place::default());
            let coming = Coming::of(line.qty, line.value, line.passed);
            self.comes(Movement::AssemblyIn, (line.sku, assembled.node), (NOTHING, 0), coming, lot);
        }
    }

    fn read(&mut self, body: &Body) {
        match body {
            Body::GoodsReceived(received) => self.received(received),
            Body::StockAdjusted(adjusted) => self.adjusted(adjusted),
            Body::ReturnReceived(returned) => self.returned(returned),
            Body::OrderShipped(shipped) => {
                let order = self.state.docs.order.get(shipped.order.0);
                let (first, channel) = order.map_or((0, ChannelId::NONE), |o| (o.first_line, o.channel));
                let late = row(&self.state.costs.sellers, &self.state.costs.selling, &channel);
                let unbilled = late.is_some_and(|selling| selling.at_invoice);
                let movement = if unbilled { Movement::IssueUnbilled } else { Movement::Issue };
                for line in &shipped.lines {
                    let doc = self.state.docs.line_id(first, line.line);
                    let at = (line.sku, shipped.node);
                    self.out(movement, at, (doc, 0), (line.qty, line.cost), &line.lots);
                }
            }
            Body::TransferShipped(shipped) => {
                let transfer = num::id(self.state.docs.transfer.len());
                for line in &shipped.lines {
                    let (at, doc) = ((line.sku, shipped.from), (transfer, line.line));
                    self.out(Movement::TransferOut, at, doc, (line.qty, line.value), &line.lots);
                }
            }
            Body::TransferReceived(received) => {
                let to = self.state.docs.transfer.get(received.transfer.0).map_or(NodeId::NONE, |t| t.to);
                for line in &received.lines {
                    let (at, doc) = ((line.sku, to), (received.transfer.0, line.line));
                    let whole = (line.qty, line.value);
                    if let Some(price) = line.price {
                        self.out(Movement::IntercompanyCost, at, doc, whole, &line.lots);
                        let coming = Coming::of(line.qty, price, line.passed);
                        let lots = priced(line, self.state.head.minor);
                        self.comes_apart(Movement::IntercompanyPurchase, at, doc, coming, &lots);
                        continue;
                    }
                    let coming = Coming::of(line.qty, line.value, line.passed);
                    self.comes_apart(Movement::TransferIn, at, doc, coming, &line.lots);
                }
                for line in &received.lost {
                    let (at, doc) = ((line.sku, to), (received.transfer.0, line.line));
                    self.out(Movement::TransferLoss, at, doc, (line.qty, line.value), &line.lots);
                }
            }
            other => self.read_books(other),
        }
    }

    /// A pool that is worth more or less, in the book or in a ledger beside. A ledger's is judged as it is by
    /// all that is known, whenever the event is said to have happened, and is written down behind all that.
    fn written(
        &mut self,
        (sku, node, lot): (SkuId, NodeId, LotId),
        ledger: u32,
        value: Money,
        reason: Option<ReasonId>,
    ) {
        // What only a ledger knows changes no pool of the book.
        if ledger > 0 && self.which == Which::Pooled {
            return;
        }
        let before = self.rows.len();
        self.add(Movement::WriteDownToCost, (sku, node), (NOTHING, 0), 0, value);
        let trail = row(&self.state.costs.trails, &self.state.costs.trail, &sku).filter(|_| ledger > 0);
        let latest = trail.map_or(self.at, |trail| trail.latest.max(self.at));
        let reason = Later(reason.map_or(0, |reason| reason.0.wrapping_add(1)));
        let change = |row: &mut MoveRow| {
            (row.lot, row.ledger, row.at, row.reason) = (lot, Later(ledger), latest, reason);
        };
        self.with(change, before);
    }

    /// A new ledger begins with what the book has written down: the allowances that stand, and the new cost
    /// bases since they were set.
    fn begin_ledger(&mut self) {
        let costs = &self.state.costs;
        let number = num::id(costs.ledger.len().saturating_add(1));
        let own = |row: &MoveRow| row.movement == Movement::WriteDownToCost && *row.ledger == 0;
        let sequence = self.sequence;
        let all = (0u32..).zip(costs.moves.rows()).filter(|(_, row)| own(row));
        for (doc, old) in all.filter(|_| self.which != Which::Pooled) {
            // The number of what it stands for is its place among movements of one instant.
            self.rows.push(MoveRow { ledger: Later(number), sequence, next: NOTHING, doc, ..*old });
        }
        for (key, allowance) in self.state.allowances() {
            let less = Money::from_micros(allowance.micros().saturating_neg());
            self.written(key, number, less, None);
        }
    }

    /// Movements of the documents of the books.
    fn read_books(&mut self, body: &Body) {
        match body {
            Body::VendorReturnShipped(returned) => {
                for line in &returned.lines {
                    let claim = line.uninvoiced < line.qty;
                    let movement = if claim { Movement::VendorReturnClaim } else { Movement::VendorReturn };
                    let at = (line.sku, returned.node);
                    self.out(movement, at, (line.receipt_line, 0), (line.qty, line.cost), &line.lots);
                }
            }
            Body::StockRevalued(revalued) => {
                let movement =
                    if revalued.refurbished { Movement::Refurbishing } else { Movement::Revaluation };
                for pool in &revalued.pools {
                    let before = self.rows.len();
                    self.add(movement, (pool.sku, pool.node), (NOTHING, 0), revalued.qty, pool.value);
                    self.with(|row| (row.lot, row.declared) = (pool.lot, revalued.recosted), before);
                }
            }
            Body::StockWrittenDown(written) => {
                for pool in &written.pools {
                    let Some(basis) = &pool.basis else { continue };
                    let key = (basis.sku, basis.node, basis.lot);
                    self.written(key, pool.ledger, basis.value, written.reason);
                }
            }
            Body::OrderDropShipped(dropped) => {
                let first = self.state.docs.order.get(dropped.order.0).map_or(0, |order| order.first_line);
                for line in &dropped.lines {
                    let doc = self.state.docs.line_id(first, line.line);
                    let at = (line.sku, NodeId::NONE);
                    self.add(Movement::DropShipOut, at, (doc, 0), line.qty, line.cost);
                }
            }
            Body::LedgerDefined(_) => self.begin_ledger(),
            Body::KitAssembled(assembled) => self.assembled(assembled),
            Body::ConsignedGoodsUsed(used) => {
                let place = Place { owner: String::new(), ..used.place.clone() };
                let lot = self.lot_of(used.sku, &place);
                let coming = Coming::of(used.qty, used.value, used.passed);
                self.comes(Movement::ConsignmentUse, (used.sku, used.node), (NOTHING, 0), coming, lot);
            }
            _ => {}
        }
    }
}
