//! Indexes: when a chore is due, which documents bring goods of a SKU in, which returns are under
//! way for an order. They are derived, and no part of the state's hash.

use super::{Chore, PurchaseRow, State, TransferRow};
use crate::record::words::ReturnStage;
use crate::value::ids::{OrderId, SkuId};
use crate::value::sort::PutInOrder;
use crate::value::time::Instant;

/// A kind of document that brings goods in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Inbound {
    Purchase,
    Transfer,
}

impl PurchaseRow {
    /// Units still to come, by line.
    pub(crate) fn open(&self) -> impl Iterator<Item = (SkuId, i64)> {
        let left =
            |qty: i64, received: i64| if self.cancelled { 0 } else { qty.saturating_sub(received).max(0) };
        self.lines.iter().map(move |line| (line.sku, left(line.qty, line.received)))
    }

    /// Units of a SKU still to come.
    pub(crate) fn open_of(&self, sku: SkuId) -> i64 {
        self.open().filter(|(known, _)| *known == sku).fold(0, |sum, (_, qty)| sum.saturating_add(qty))
    }
}

impl TransferRow {
    fn open(&self) -> impl Iterator<Item = (SkuId, i64)> {
        let lines = self.lines.iter();
        lines.map(|line| (line.sku, line.qty.saturating_sub(line.received).saturating_sub(line.lost)))
    }

    /// Units of a SKU in transit.
    pub(crate) fn open_of(&self, sku: SkuId) -> i64 {
        self.open().filter(|(known, _)| *known == sku).fold(0, |sum, (_, qty)| sum.saturating_add(qty))
    }
}

impl ReturnStage {
    pub(crate) const fn is_under_way(self) -> bool {
        matches!(self, ReturnStage::Authorized | ReturnStage::CheckedIn)
    }
}

/// Units by SKU, each SKU once.
fn summed(open: impl Iterator<Item = (SkuId, i64)>) -> Vec<(SkuId, i64)> {
    let mut all: Vec<(SkuId, i64)> = open.collect();
    all.put_in_order_by_key(|(sku, _)| *sku);
    all.dedup_by(|(sku, qty), (known, sum)| {
        let same = sku == known;
        *sum = if same { sum.saturating_add(*qty) } else { *sum };
        same
    });
    all
}

impl State {
    /// Derives the indexes, which are kept up with what they index from then on.
    pub(crate) fn index(&mut self) {
        self.derived.chores = self.all_chores().into();
        self.derived.inbound = self.all_inbound().into();
        self.derived.returning = self.all_returning().into();
    }

    /// Documents of a kind by which goods of a SKU are still to come, the oldest first.
    pub(crate) fn inbound(&self, sku: SkuId, kind: Inbound) -> impl Iterator<Item = u32> {
        let from = self.derived.inbound.iter_from((sku, kind, 0));
        from.take_while(move |(of, by, _)| (*of, *by) == (sku, kind)).map(|(.., id)| id)
    }

    /// A purchase order was placed, or came in, or was struck.
    pub(crate) fn note_purchase(&mut self, id: u32) {
        let open = self.docs.purchase.get(id).map(|row| summed(row.open()));
        self.note_inbound(Inbound::Purchase, id, open.unwrap_or_default());
    }

    /// A transfer left, or came in.
    pub(crate) fn note_transfer(&mut self, id: u32) {
        let open = self.docs.transfer.get(id).map(|row| summed(row.open()));
        self.note_inbound(Inbound::Transfer, id, open.unwrap_or_default());
    }

    fn note_inbound(&mut self, kind: Inbound, id: u32, open: Vec<(SkuId, i64)>) {
        if open.iter().all(|(_, qty)| *qty <= 0) {
            self.drop_chore(if kind == Inbound::Purchase { Chore::Purchase } else { Chore::Transfer }, id);
        }
        for (sku, qty) in open {
            if qty > 0 {
                self.derived.inbound.insert((sku, kind, id));
            } else {
                self.derived.inbound.remove((sku, kind, id));
            }
        }
    }

    /// A return of an order was authorised, or arrived, or ended.
    pub(crate) fn note_return(&mut self, id: u32) {
        let Some(case) = self.desk.return_case.get(id) else { return };
        let key = (case.order, id);
        if case.stage.is_under_way() {
            self.derived.returning.insert(key);
        } else {
            self.derived.returning.remove(key);
        }
    }

    /// Returns of an order that are under way.
    pub(crate) fn returning(&self, order: OrderId) -> impl Iterator<Item = &super::ReturnRow> {
        let from = self.derived.returning.iter_from((order, 0)).take_while(move |(of, _)| *of == order);
        from.filter_map(|(_, id)| self.desk.return_case.get(id))
    }

    /// The index of returns, read from all of them.
    pub(crate) fn all_returning(&self) -> Vec<(OrderId, u32)> {
        let cases = self.desk.return_case.iter().filter(|(_, case)| case.stage.is_under_way());
        cases.map(|(id, case)| (case.order, id)).collect()
    }

    /// The index of chores, read from the agenda.
    pub(crate) fn all_chores(&self) -> Vec<(Chore, u32, Instant)> {
        let undated = self.books.agenda.iter().filter(|(_, chore, _)| !chore.is_dated());
        undated.map(|(at, chore, id)| (chore, id, at)).collect()
    }

    /// The index of what is to come, read from all documents.
    pub(crate) fn all_inbound(&self) -> Vec<(SkuId, Inbound, u32)> {
        let bought = self.docs.purchase.iter().map(|(id, row)| (Inbound::Purchase, id, summed(row.open())));
        let moved = self.docs.transfer.iter().map(|(id, row)| (Inbound::Transfer, id, summed(row.open())));
        let mut all = Vec::new();
        for (kind, id, open) in bought.chain(moved) {
            all.extend(open.into_iter().filter(|(_, qty)| *qty > 0).map(|(sku, _)| (sku, kind, id)));
        }
        all
    }
}
