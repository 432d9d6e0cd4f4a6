//! How costs, invoices and periods change the state.

use super::super::event::*;
use super::super::state::*;
use super::super::words::Disposition;
use super::moves::Which;
use crate::catalog::Costing;
use crate::costing::{Part, PoolScope, Valuation};
use crate::posting::Movement;
use crate::stock::{Condition, Fault, Place};
use crate::value::ids::*;
use crate::value::later::Later;
use crate::value::money::Money;
use crate::value::num;
use crate::value::table::put;
use crate::value::time::Instant;

/// Units that came: what they brought, what of it does not stay, and the receipt line that they came with.
#[derive(Clone, Copy)]
pub(super) struct Coming {
    pub qty: i64,
    pub value: Money,
    pub passed: Money,
    /// The receipt line and one more; 0 = none.
    pub source: u32,
}

impl Coming {
    pub(super) fn of(qty: i64, value: Money, passed: Money) -> Coming {
        Coming { qty, value, passed, source: 0 }
    }
}

pub(super) fn part(layer: &LayerCost) -> Part {
    Part { qty: layer.qty, value: layer.value, source: layer.source }
}

impl State {
    pub(super) fn method_of(&self, sku: SkuId) -> Costing {
        self.catalog.sku.get(sku.0).map(|row| self.method(row)).unwrap_or_default()
    }

    /// Applies an event of the books.
    pub(super) fn apply_books(&mut self, body: &Body, at: Instant) -> Result<(), Fault> {
        match body {
            Body::ValuationSet(set) => self.set_valuation(set),
            Body::SupplierInvoiceReceived(invoice) => self.receive_invoice(invoice, at)?,
            Body::LandedCostAllocated(landed) => self.allocate_landed(landed)?,
            Body::VendorReturnShipped(returned) => self.return_to_vendor(returned)?,
            Body::StockRevalued(revalued) => self.revalue(revalued)?,
            Body::StockWrittenDown(written) => self.write_down(written)?,
            Body::PeriodSet(set) => self.set_period(set)?,
            Body::SellingSet(set) => self.set_selling(set),
            Body::OrderInvoiced(invoiced) => self.invoice_order(invoiced)?,
            Body::OrderCredited(credited) => self.credit_order(credited)?,
            Body::PaymentRecorded(paid) => self.record_payment(paid)?,
            Body::ReturnsReleased(released) => self.release_returns(released)?,
            Body::OrderDropShipped(dropped) => self.drop_ship(dropped, at)?,
            Body::ConsignedGoodsUsed(used) => self.use_consigned(used)?,
            Body::LedgerDefined(define) => {
                let row = LedgerRow { costing: define.costing, write_down: define.write_down };
                let key = define.ledger.as_str().into();
                put(&mut self.costs.ledgers, &mut self.costs.ledger, key, row);
            }
            Body::VarianceShared(shared) => self.share_variance(shared)?,
            other => return self.apply_promise(other, at),
        }
        Ok(())
    }

    fn is_governed(&self, sku: SkuId) -> bool {
        self.costs.groups.len() > 0
            && self.catalog.sku.get(sku.0).is_some_and(|row| self.costs.valuation(row.group).is_some())
    }

    pub(super) fn note_last(&mut self, sku: SkuId, node: NodeId, qty: i64, value: Money) {
        if qty > 0 && self.is_governed(sku) {
            let pool = self.pool_of(sku, node).0;
            put(&mut self.costs.lasts, &mut self.costs.last, (sku, pool), Worth { qty, value });
        }
    }

    /// Own goods come into a pool.
    pub(super) fn enter(
        &mut self,
        sku: SkuId,
        node: NodeId,
        place: &Place,
        coming: Coming,
    ) -> Result<(), Fault> {
        let (pool, there) = self.pool_of(sku, node);
        let (before, scope) = (there.on_hand(), self.scope_of(sku));
        let stays = coming.value.minus(coming.passed)?;
        self.stock.change(sku, node, place, coming.qty, stays)?;
        if !place.is_own() {
            return Ok(());
        }
        self.note_last(sku, node, coming.qty, coming.value);
        match self.method_of(sku) {
            Costing::Fifo if before < 0 => {
                // What was owed is paid back; what is left of the pool is one layer.
                let cell = self.pool_of(sku, node).1;
                if cell.on_hand() > 0 {
                    let (qty, value, source) = (cell.on_hand(), cell.value, coming.source);
                    self.layers.push(&mut self.stock, (sku, pool), Part { qty, value, source }, scope);
                }
            }
            Costing::Fifo => {
                let part = Part { qty: coming.qty, value: stays, source: coming.source };
                self.layers.push(&mut self.stock, (sku, pool), part, scope);
            }
            Costing::Lot => {
                let lot = LotId(self.stock.label(&place.lot));
                self.change_lot(sku, node, lot, coming.qty, stays)?;
            }
            Costing::MovingAverage | Costing::Standard => {}
        }
        Ok(())
    }

    /// Own goods have left a pool; gives what goes along with them.
    pub(super) fn leave(
        &mut self,
        sku: SkuId,
        node: NodeId,
        (qty, value): (i64, Money),
        lots: &[LotCost],
    ) -> Result<Along, Fault> {
        match self.method_of(sku) {
            Costing::Fifo => {
                let pool = self.pool_of(sku, node).0;
                let last = self.layers.pop(&mut self.stock, (sku, pool), qty, value, self.head.minor)?;
                self.note_last(sku, node, last.0, last.1);
            }
            Costing::Lot => {
                for lot in lots {
                    let value = Money::ZERO.minus(lot.value)?;
                    self.change_lot(sku, node, lot.lot, lot.qty.saturating_neg(), value)?;
                }
                self.note_last(sku, node, qty, value);
            }
            // The ratio of what left is the ratio of the pool, but for the rounding.
            Costing::MovingAverage | Costing::Standard => {
                if self.stock.cells.get(sku, node).on_hand() <= 0 && self.pool_of(sku, node).1.on_hand() <= 0
                {
                    self.note_last(sku, node, qty, value);
                }
            }
        }
        self.release_allowance(sku, node, qty)
    }

    fn change_lot(
        &mut self,
        sku: SkuId,
        node: NodeId,
        lot: LotId,
        qty: i64,
        value: Money,
    ) -> Result<(), Fault> {
        let was = self.costs.lot_pool(sku, node, lot);
        let now = Worth { qty: num::add(was.qty, qty)?, value: was.value.plus(value)? };
        put(&mut self.costs.lots, &mut self.costs.lot, (sku, node, lot), now);
        Ok(())
    }

    /// An allowance goes with the units that it was made for, and so does their mark-up.
    fn release_allowance(&mut self, sku: SkuId, node: NodeId, qty: i64) -> Result<Along, Fault> {
        if self.costs.markups.len() == 0 && self.costs.allowances.len() == 0 {
            return Ok(Along::default());
        }
        let (node, cell) = self.pool_of(sku, node);
        let there = num::add(cell.on_hand(), qty)?;
        let mut all = self.along_of((sku, node));
        let gone = all.take(qty, there, self.head.minor)?;
        self.set_along((sku, node), &all);
        Ok(gone)
    }

    /// What goods of a pool have besides their cost.
    fn along_of(&self, key: (SkuId, NodeId)) -> Along {
        let costs = &self.costs;
        Along {
            allowance: row(&costs.allowances, &costs.allowance, &key).unwrap_or_default(),
            markup: row(&costs.markups, &costs.markup, &key).unwrap_or_default(),
        }
    }

    fn set_along(&mut self, key: (SkuId, NodeId), along: &Along) {
        let was = self.along_of(key);
        let costs = &mut self.costs;
        if was.allowance != along.allowance {
            put(&mut costs.allowances, &mut costs.allowance, key, along.allowance);
        }
        if was.markup != along.markup {
            put(&mut costs.markups, &mut costs.markup, key, along.markup);
        }
    }

    /// Goods bring along what went with them.
    pub(super) fn bring(&mut self, sku: SkuId, node: NodeId, along: &Along) -> Result<(), Fault> {
        let key = (sku, self.pool_of(sku, node).0);
        let all = self.along_of(key).plus(along)?;
        self.set_along(key, &all);
        Ok(())
    }

    /// Remembers what went along with goods to a customer.
    pub(super) fn note_along(&mut self, line: u32, along: &Along) -> Result<(), Fault> {
        if *along != Along::default() {
            let all = self.costs.gone_along(line).plus(along)?;
            put(&mut self.costs.gone, &mut self.costs.along, line, all);
        }
        Ok(())
    }

    /// Takes it off again, as units of `of` come back; their allowance only where the return says so.
    pub(super) fn take_along(
        &mut self,
        line: u32,
        (qty, of): (i64, i64),
        allowed: bool,
    ) -> Result<Along, Fault> {
        let mut all = self.costs.gone_along(line);
        if all == Along::default() {
            return Ok(all);
        }
        let back = all.take(qty, of, self.head.minor)?;
        put(&mut self.costs.gone, &mut self.costs.along, line, all);
        Ok(back.with_allowance(allowed))
    }

    /// Goods arrive in another company than the one that sent them: what they cost it beyond their old cost
    /// is no profit of the group while they are in stock. Under standard cost stock bears it only as far as
    /// the standard does; the rest lies in the transfer variance, and is kept under no node.
    pub(super) fn mark_up(
        &mut self,
        transfer: TransferId,
        node: NodeId,
        line: &TransferredLine,
    ) -> Result<(), Fault> {
        let Some(price) = line.price else { return Ok(()) };
        let key = (transfer.0, line.line);
        let open = row(&self.costs.priced, &self.costs.price, &key).unwrap_or_default().minus(price)?;
        put(&mut self.costs.priced, &mut self.costs.price, key, open);
        let node = self.pool_of(line.sku, node).0;
        let all = price.minus(line.value)?;
        let mut there = all;
        if self.method_of(line.sku) == Costing::Standard && self.head.origin() > 2 {
            let beyond = price.minus(line.passed)?.minus(line.value)?;
            there = beyond.clamp(all.min(Money::ZERO), all.max(Money::ZERO));
        }
        for (node, part) in [(node, there), (NodeId::NONE, all.minus(there)?)] {
            if node != NodeId::NONE || part != Money::ZERO {
                let key = (line.sku, node);
                let was = row(&self.costs.markups, &self.costs.markup, &key).unwrap_or_default();
                put(&mut self.costs.markups, &mut self.costs.markup, key, was.plus(part)?);
            }
        }
        Ok(())
    }

    /// Remembers what came from a supplier, for his invoice. Books of the first release do not.
    pub(super) fn note_receipt(&mut self, received: &GoodsReceived, at: Instant) {
        if received.supplier == SupplierId::NONE || self.head.origin() < 2 {
            return;
        }
        let receipt = self.docs.receipts.find(&received.receipt).unwrap_or(NOTHING);
        for (number, line) in (1u32..).zip(&received.lines).filter(|(_, line)| line.place.is_own()) {
            let id = self.costs.receipts.push(ReceiptRow {
                receipt,
                line: number,
                supplier: received.supplier,
                purchase: received.purchase_order,
                sku: line.sku,
                node: received.node,
                lot: LotId(self.stock.labels.find(line.place.lot.as_str()).unwrap_or(0)),
                qty: line.qty,
                value: line.value,
                at,
                ordered: Later(if self.head.origin() > 2 { line.purchase_line } else { 0 }),
                company: Later(0),
            });
            if line.rate != Money::ZERO {
                put(&mut self.costs.foreign, &mut self.costs.rate, id, line.rate);
            }
            if line.prebilled > 0 {
                let worth = Worth { qty: line.prebilled, value: line.prebilled_value };
                self.match_receipt(id, worth.qty, worth.value);
                self.change_ahead(
                    received.supplier,
                    line.sku,
                    worth.qty.saturating_neg(),
                    line.prebilled_value,
                    -1,
                );
            }
        }
    }

    fn match_receipt(&mut self, id: u32, qty: i64, value: Money) {
        let was = row(&self.costs.matches, &self.costs.matched, &id).unwrap_or_default();
        let micros = was.value.micros().saturating_add(value.micros());
        let now = Worth { qty: was.qty.saturating_add(qty), value: Money::from_micros(micros) };
        put(&mut self.costs.matches, &mut self.costs.matched, id, now);
    }

    fn change_ahead(&mut self, supplier: SupplierId, sku: SkuId, qty: i64, value: Money, sign: i64) {
        let was = row(&self.costs.ahead, &self.costs.prebilled, &(supplier, sku)).unwrap_or_default();
        let micros = was.value.micros().saturating_add(value.micros().saturating_mul(sign));
        let now = Worth { qty: was.qty.saturating_add(qty), value: Money::from_micros(micros) };
        put(&mut self.costs.ahead, &mut self.costs.prebilled, (supplier, sku), now);
    }

    /// A valuation holds from here on.
    pub(super) fn set_valuation(&mut self, set: &ValuationSet) {
        let group =
            set.set.group.as_deref().map_or(u32::MAX, |group| self.catalog.groups.intern(group.into()));
        put(&mut self.costs.groups, &mut self.costs.valuation, group, Valuation::from(&set.set));
        self.stock.pooled = self.has_pools();
    }

    fn number(&mut self, kind: BooksDocument, number: &DocKey) {
        self.costs.documents.intern((kind, number.clone()));
    }

    pub(super) fn receive_invoice(
        &mut self,
        invoice: &SupplierInvoiceReceived,
        at: Instant,
    ) -> Result<(), Fault> {
        let kind =
            if invoice.credit { BooksDocument::SupplierCredit } else { BooksDocument::SupplierInvoice };
        self.number(kind, &invoice.invoice);
        for settled in &invoice.claims {
            let was = self.costs.claim.get(settled.receipt_line).map(|row| row.invoiced);
            let was = was.ok_or(Fault("a credit note names no vendor return"))?;
            let value = was.value.plus(settled.cleared)?;
            let now = Worth { qty: num::add(was.qty, settled.qty)?, value };
            let from = self.catalog.suppliers.get(invoice.supplier.0).map(|code| code.to_string());
            self.costs.claim.edit(settled.receipt_line, |row| {
                row.invoiced = now;
                if row.owner.is_empty() {
                    row.owner = from.unwrap_or_default().into();
                }
            });
        }
        for matched in &invoice.matches {
            self.match_receipt(matched.receipt_line, matched.qty, matched.cleared);
            let was = row(&self.costs.dearer, &self.costs.beyond, &matched.receipt_line);
            if was.is_some() || matched.beyond != Money::ZERO {
                let was = was.unwrap_or_default();
                let mut now =
                    Worth { qty: num::add(was.qty, matched.qty)?, value: was.value.plus(matched.beyond)? };
                if now.qty == 0 {
                    // A credit note on what was billed at its receipt's price.
                    now.qty = self.costs.billed(matched.receipt_line, self.head.minor)?.qty;
                }
                put(&mut self.costs.dearer, &mut self.costs.beyond, matched.receipt_line, now);
            }
        }
        for used in &invoice.uses {
            let was = self.costs.used.get(used.receipt_line).map(|row| row.invoiced);
            let was = was.ok_or(Fault("an invoice names no use of goods"))?;
            let now = Worth { qty: num::add(was.qty, used.qty)?, value: was.value.plus(used.cleared)? };
            self.costs.used.edit(used.receipt_line, |row| row.invoiced = now);
        }
        for ahead in &invoice.ahead {
            self.change_ahead(invoice.supplier, ahead.sku, ahead.qty, ahead.value, 1);
        }
        for landed in &invoice.landed {
            let known = self.costs.landed.get(landed.landed).map_or(Money::ZERO, |row| row.invoiced);
            let invoiced = known.plus(landed.amount)?;
            self.costs.landed.edit(landed.landed, |row| row.invoiced = invoiced);
        }
        self.bear(&invoice.late)?;
        self.raise(&invoice.exceptions, at);
        self.post(&invoice.postings)
    }

    pub(super) fn allocate_landed(&mut self, landed: &LandedCostAllocated) -> Result<(), Fault> {
        self.number(BooksDocument::LandedCost, &landed.landed_cost);
        self.costs.landed.push(LandedRow {
            number: landed.landed_cost.clone(),
            amount: landed.amount,
            invoiced: Money::ZERO,
            shares: landed.shares.iter().map(|share| (share.receipt_line, share.amount)).collect(),
        });
        self.bear(&landed.shares)?;
        self.post(&landed.postings)
    }

    /// Stock on hand bears its part of late costs.
    fn bear(&mut self, late: &[LateCost]) -> Result<(), Fault> {
        for cost in late.iter().filter(|cost| cost.to_stock != Money::ZERO) {
            let Some(line) = self.costs.receipts.get(cost.receipt_line).copied() else {
                return Err(Fault("a late cost names no receipt line"));
            };
            self.stock.add_value(line.sku, line.node, cost.to_stock)?;
            match self.method_of(line.sku) {
                Costing::Fifo => {
                    let source = cost.receipt_line.saturating_add(1);
                    let pool = (line.sku, self.pool_of(line.sku, line.node).0);
                    let (by, scope) = ((source, cost.to_stock), self.scope_of(line.sku));
                    self.layers.add(&mut self.stock, pool, by, self.head.minor, scope)?;
                }
                Costing::Lot => self.change_lot(line.sku, line.node, line.lot, 0, cost.to_stock)?,
                Costing::MovingAverage | Costing::Standard => {}
            }
        }
        Ok(())
    }

    pub(super) fn return_to_vendor(&mut self, returned: &VendorReturnShipped) -> Result<(), Fault> {
        self.number(BooksDocument::VendorReturn, &returned.vendor_return);
        for line in &returned.lines {
            self.claim(returned, line);
            self.note_back(line)?;
            match line.taken.first().filter(|from| from.place.condition != Condition::Sellable) {
                // What was set apart leaves its place; nothing of it was for sale.
                Some(from) => {
                    let (out, cost) = (line.qty.saturating_neg(), Money::ZERO.minus(line.cost)?);
                    self.stock.change(line.sku, returned.node, &from.place, out, cost)?;
                }
                None => self.stock.issue(line.sku, returned.node, line.qty, line.cost, &line.taken)?,
            }
            if self.method_of(line.sku) == Costing::Fifo {
                let pool = (line.sku, self.pool_of(line.sku, returned.node).0);
                let (parts, scope) = (line.layers.iter().map(part), self.scope_of(line.sku));
                self.layers.reset(&mut self.stock, pool, parts, scope);
                self.release_allowance(line.sku, returned.node, line.qty)?;
            } else {
                self.leave(line.sku, returned.node, (line.qty, line.cost), &line.lots)?;
            }
            let sum = num::sub(self.stock.borders.get(line.sku.0).map_or(0, |b| b.received), line.qty)?;
            self.stock.cross_border(line.sku, |border| border.received = sum);
            if line.uninvoiced > 0 {
                self.match_receipt(line.receipt_line, line.uninvoiced, line.uninvoiced_value);
            } else if let Some(all) = row(&self.costs.dearer, &self.costs.beyond, &line.receipt_line) {
                let gone = self.costs.dearer(line.receipt_line, line.qty, self.head.minor)?;
                let now = Worth { qty: num::sub(all.qty, gone.qty)?, value: all.value.minus(gone.value)? };
                put(&mut self.costs.dearer, &mut self.costs.beyond, line.receipt_line, now);
            }
        }
        self.post(&returned.postings)
    }

    /// What was invoiced and has gone back, its vendor owes for until his credit note.
    fn claim(&mut self, returned: &VendorReturnShipped, line: &VendorReturnedLine) {
        if line.uninvoiced > 0 {
            return;
        }
        let key = (BooksDocument::VendorReturn, returned.vendor_return.clone());
        let document = self.costs.documents.find(&key).unwrap_or(NOTHING);
        let owner = self.catalog.suppliers.get(returned.supplier.0).map(|code| code.to_string());
        let claim = UseRow {
            owner: owner.unwrap_or_default().into(),
            sku: line.sku,
            node: returned.node,
            qty: line.qty,
            value: line.credit,
            invoiced: Worth::default(),
            came: Later(if self.head.origin() > 2 { line.receipt_line.wrapping_add(1) } else { 0 }),
        };
        put(&mut self.costs.claims, &mut self.costs.claim, (document, line.sku), claim);
    }

    /// What went back is no longer billed, or never will be.
    fn note_back(&mut self, line: &VendorReturnedLine) -> Result<(), Fault> {
        if line.receipt_line == NOTHING || self.head.origin() < 3 {
            return Ok(());
        }
        let mut back = row(&self.costs.backs, &self.costs.back, &line.receipt_line).unwrap_or_default();
        back.unbilled.qty = num::add(back.unbilled.qty, line.uninvoiced)?;
        back.unbilled.value = back.unbilled.value.plus(line.uninvoiced_value)?;
        back.claimed = num::add(back.claimed, num::sub(line.qty, line.uninvoiced)?)?;
        put(&mut self.costs.backs, &mut self.costs.back, line.receipt_line, back);
        Ok(())
    }

    /// What a customer brought back and goes on to its vendor, he owes for until his credit note. Who he is
    /// the receipt says that it came with, each of which has a claim; of what is not known the first credit
    /// note.
    pub(super) fn claim_sent_on(&mut self, returned: &ReturnReceived) -> Result<(), Fault> {
        let first = self.docs.order.get(returned.order.0).map_or(0, |order| order.first_line);
        let on = returned.lines.iter().filter(|line| line.disposition == Disposition::ReturnToVendor);
        let known = self.head.origin() > 2;
        for line in on.filter(|_| known) {
            if let Some(came) = line.came.checked_sub(1) {
                let id = self.docs.line_id(first, line.line);
                let mut dropped = self.costs.drop_shipped(id);
                take_carried(&mut dropped, line.qty, self.head.minor, |part| part.source == line.came)?;
                put(&mut self.costs.drops, &mut self.costs.dropped, id, dropped);
                let mut back = row(&self.costs.backs, &self.costs.back, &came).unwrap_or_default();
                if let Some(unowed) = line.unowed {
                    back.unbilled.qty = num::add(back.unbilled.qty, line.qty)?;
                    back.unbilled.value = back.unbilled.value.plus(unowed)?;
                    self.match_receipt(came, line.qty, unowed);
                } else {
                    back.claimed = num::add(back.claimed, line.qty)?;
                }
                put(&mut self.costs.backs, &mut self.costs.back, came, back);
            }
            if line.unowed.is_some() {
                continue;
            }
            let document = self.costs.documents.intern((BooksDocument::SentOn, returned.rma.clone()));
            let (mut key, mut was) = ((document, line.sku), None);
            while let Some(id) = self.costs.claims.find(&key) {
                was = self.costs.claim.get(id).filter(|claim| *claim.came == line.came).cloned();
                if was.is_some() {
                    break;
                }
                key = claim_after(id, line.sku);
            }
            let from = line.came.checked_sub(1).and_then(|came| self.costs.receipts.get(came));
            let owner = from.and_then(|row| self.catalog.suppliers.get(row.supplier.0));
            let owner = owner.map(|code| code.to_string());
            let fresh = || UseRow {
                owner: owner.unwrap_or_default().into(),
                sku: line.sku,
                node: returned.node,
                qty: 0,
                value: Money::ZERO,
                invoiced: Worth::default(),
                came: Later(line.came),
            };
            let mut claim = was.unwrap_or_else(fresh);
            claim.qty = num::add(claim.qty, line.qty)?;
            claim.value = claim.value.plus(line.credit.unwrap_or(line.cost))?;
            put(&mut self.costs.claims, &mut self.costs.claim, key, claim);
        }
        Ok(())
    }

    /// Sets pools to what an event says that they are worth.
    fn set_pools(&mut self, pools: &[PoolCorrected]) -> Result<(), Fault> {
        for pool in pools {
            self.stock.add_value(pool.sku, pool.node, pool.value)?;
            match self.method_of(pool.sku) {
                // A node's part of a pool that others share has no layers of its own.
                Costing::Fifo if pool.layers.is_empty() && self.scope_of(pool.sku) == PoolScope::Company => {}
                Costing::Fifo => {
                    let (parts, scope) = (pool.layers.iter().map(part), self.scope_of(pool.sku));
                    self.layers.reset(&mut self.stock, (pool.sku, pool.node), parts, scope);
                }
                Costing::Lot => self.change_lot(pool.sku, pool.node, pool.lot, 0, pool.value)?,
                Costing::MovingAverage | Costing::Standard => {}
            }
        }
        Ok(())
    }

    pub(super) fn revalue(&mut self, revalued: &StockRevalued) -> Result<(), Fault> {
        let kind =
            if revalued.refurbished { BooksDocument::Refurbishment } else { BooksDocument::Revaluation };
        self.number(kind, &revalued.revaluation);
        self.set_pools(&revalued.pools)?;
        if let Some(cost) = revalued.unit_cost {
            let sku = self.catalog.sku.get(revalued.sku.0);
            let scale = sku.map_or(1, |row| row.scale);
            let company = self.catalog.companies.find(revalued.company.as_str());
            match company {
                _ if self.method_of(revalued.sku) != Costing::Standard => {}
                Some(company) => {
                    put(&mut self.costs.firms, &mut self.costs.firm, (company, revalued.sku), cost);
                }
                None => {
                    let key = (revalued.sku, revalued.node);
                    put(&mut self.costs.standards, &mut self.costs.standard, key, cost);
                }
            }
            let nodes: Vec<u32> = self.catalog.node.iter().map(|(id, _)| id).collect();
            let all = revalued.node == NodeId::NONE;
            for node in nodes.into_iter().map(NodeId).filter(|node| all || *node == revalued.node) {
                if company.is_none_or(|company| company == self.company_at(node)) {
                    self.note_last(revalued.sku, node, scale, cost);
                }
            }
        }
        self.post(&revalued.postings)
    }

    pub(super) fn write_down(&mut self, written: &StockWrittenDown) -> Result<(), Fault> {
        self.number(BooksDocument::WriteDown, &written.write_down);
        for pool in written.pools.iter().filter(|pool| pool.ledger == 0) {
            if let Some(basis) = &pool.basis {
                self.set_pools(std::slice::from_ref(basis))?;
            } else {
                let key = (written.sku, pool.node);
                put(&mut self.costs.allowances, &mut self.costs.allowance, key, pool.allowance);
            }
        }
        self.post(&written.postings)
    }

    /// Whether entries are counted for periods: from the first one on, in books of old only from the first
    /// period on.
    fn counts(&self) -> bool {
        self.costs.periods.len() > 0 || self.head.origin() > 2
    }

    /// The movements of an event that is about to be applied, where the book keeps them.
    #[inline]
    pub(super) fn moves_before(&self, event: &Event) -> Option<Vec<MoveRow>> {
        let counted = self.counts();
        if !counted && self.costs.groups.len() == 0 {
            return None;
        }
        let which = if counted { Which::All } else { Which::Traced };
        Some(self.moves_of(&event.body, event.occurred_at, event.sequence, which))
    }

    /// Keeps the movements of an event, where the book does, and what ledgers beside say of it.
    pub(super) fn keep_books(&mut self, event: &Event, moves: Option<&[MoveRow]>) -> Result<(), Fault> {
        moves.map_or(Ok(()), |moves| self.keep_moves(event, moves))?;
        self.enter_ledgers(event)
    }

    /// Remembers movements whose costs may be found anew, corrects old ones, and counts for the period.
    fn keep_moves(&mut self, event: &Event, moves: &[MoveRow]) -> Result<(), Fault> {
        for row in moves {
            let group = self.catalog.sku.get(row.sku.0).map_or(u32::MAX, |sku| sku.group);
            if self.costs.traced(group).is_some() {
                self.remember(*row);
            }
        }
        if self.counts() {
            self.enter_period(event, moves)?;
        }
        event.corrections.as_ref().map_or(Ok(()), |corrections| self.correct(corrections))
    }

    /// Remembers a movement.
    pub(super) fn remember(&mut self, row: MoveRow) {
        let id = self.costs.moves.push(row);
        let known = self.costs.trails.find(&row.sku).and_then(|id| self.costs.trail.get(id)).copied();
        let trail = match known {
            Some(known) => {
                self.costs.moves.edit(known.tail, |last| last.next = id);
                Trail { tail: id, latest: known.latest.max(row.at), ..known }
            }
            None => Trail { head: id, tail: id, latest: row.at },
        };
        put(&mut self.costs.trails, &mut self.costs.trail, row.sku, trail);
    }

    /// Old movements get new costs, and the documents and pools that they belong to follow.
    pub(super) fn correct(&mut self, corrections: &Corrections) -> Result<(), Fault> {
        for corrected in &corrections.moves {
            let Some(old) = self.costs.moves.get(corrected.movement).copied() else {
                return Err(Fault("a correction names no movement"));
            };
            let (value, passed) = (old.value.plus(corrected.value)?, old.passed.plus(corrected.passed)?);
            self.costs.moves.edit(corrected.movement, |row| (row.value, row.passed) = (value, passed));
            self.follow(&old, corrected)?;
        }
        self.set_pools(&corrections.pools)?;
        corrections.transits.iter().for_each(|corrected| self.correct_under_way(corrected));
        self.set_pools(&corrections.spread)
    }

    /// The document of a movement follows its cost: what is not invoiced yet waits at the new one.
    fn follow(&mut self, row: &MoveRow, corrected: &Corrected) -> Result<(), Fault> {
        let by = corrected.value;
        let back = Money::ZERO.minus(by)?;
        match row.movement {
            Movement::Issue => {
                self.add_issued(row.doc, by)?;
                self.follow_lot(row, by)?;
            }
            Movement::IssueUnbilled => {
                self.add_issued(row.doc, by)?;
                self.follow_lot(row, by)?;
                let bill = super::super::state::row(&self.costs.bills, &self.costs.bill, &row.doc);
                let told = corrected.waits.is_some();
                if let Some(bill) = bill.filter(|bill| told || bill.unbilled_cost != Money::ZERO) {
                    let waits = corrected.waits.unwrap_or(by);
                    let unbilled_cost = bill.unbilled_cost.plus(waits)?;
                    let recognised_cost = bill.recognised_cost.plus(by.minus(waits)?)?;
                    put(
                        &mut self.costs.bills,
                        &mut self.costs.bill,
                        row.doc,
                        BillRow { unbilled_cost, recognised_cost, ..bill },
                    );
                }
            }
            Movement::ReturnRestock
            | Movement::ReturnRefurbish
            | Movement::ReturnScrap
            | Movement::ReturnToVendor => {
                self.add_issued(row.doc, back)?;
                self.follow_lot(row, back)?;
            }
            Movement::TransferOut => {
                self.add_transit(row, by)?;
                self.follow_lot(row, by)?;
            }
            Movement::TransferIn | Movement::TransferLoss => {
                self.add_transit(row, back)?;
                self.follow_lot(row, back)?;
            }
            Movement::IntercompanyCost => {
                self.add_transit(row, back)?;
                self.follow_lot(row, back)?;
                // What is still there cost the group that much more, and is marked up that much less.
                let (pool, cell) = self.pool_of(row.sku, row.node);
                let there = cell.on_hand().clamp(0, row.qty);
                let part = if there == 0 {
                    Money::ZERO
                } else {
                    crate::costing::share(by, there, row.qty, self.head.minor)?
                };
                let key = (row.sku, pool);
                let was = super::super::state::row(&self.costs.markups, &self.costs.markup, &key);
                let now = was.unwrap_or_default().minus(part)?;
                put(&mut self.costs.markups, &mut self.costs.markup, key, now);
            }
            _ => {}
        }
        Ok(())
    }

    fn add_issued(&mut self, line: u32, by: Money) -> Result<(), Fault> {
        if let Some(row) = self.docs.lines.get(line) {
            let issued = row.issued.plus(by)?;
            self.docs.lines.edit(line, |row| row.issued = issued);
        }
        Ok(())
    }

    fn add_transit(&mut self, row: &MoveRow, by: Money) -> Result<(), Fault> {
        let at = num::index(row.part.saturating_sub(1));
        let was = self.docs.transfer.get(row.doc).and_then(|t| t.lines.get(at)).map(|line| line.value);
        let now = was.ok_or(Fault("a correction names no transfer line"))?.plus(by)?;
        self.docs.transfer.edit(row.doc, |transfer| {
            if let Some(line) = transfer.lines.get_mut(at) {
                line.value = now;
            }
        });
        Ok(())
    }
}
