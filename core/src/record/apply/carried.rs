//! How layers and lots go along with their goods: to another node, to a customer and back.

use super::super::event::*;
use super::super::state::*;
use super::costs::Coming;
use crate::costing::{Costing, PoolScope, allocate_shares};
use crate::posting::{Movement, Posting};
use crate::stock::{Condition, Fault, Place, Taken};
use crate::value::ids::*;
use crate::value::later::Later;
use crate::value::money::Money;
use crate::value::num;
use crate::value::table::put;

/// Goods that come in told apart.
#[derive(Clone, Copy)]
pub(super) struct Apart<'a> {
    /// By lot, where costs are kept so.
    pub lots: &'a [LotCost],
    /// By layer, under FIFO.
    pub layers: &'a [LayerCost],
    /// The places that they are put into.
    pub places: &'a [Taken],
}

/// Lots of goods that another company bought, at its price.
pub(super) fn priced(line: &TransferredLine, minor: i64) -> Vec<LotCost> {
    let Some(price) = line.price else { return line.lots.clone() };
    let units: Vec<i64> = line.lots.iter().map(|lot| lot.qty).collect();
    let shares = allocate_shares(price, &units, minor).unwrap_or_default();
    line.lots.iter().zip(shares).map(|(lot, value)| LotCost { value, ..lot.clone() }).collect()
}

/// Whether a journal releases allowances: otherwise they go along with their goods.
pub(super) fn releases(postings: &[Posting]) -> bool {
    postings.iter().any(|leg| leg.movement == Movement::AllowanceRelease)
}

impl State {
    /// Whether lots are followed under way and with customers: books that began before stay as they were,
    /// so that their logs come to the same state.
    fn tells_lots_apart(&self) -> bool {
        self.head.origin() > 2
    }

    fn lot_name(&self, lot: LotId) -> String {
        self.stock.labels.get(lot.0).map(|name| name.to_string()).unwrap_or_default()
    }

    /// The places of lots that have names.
    pub(super) fn places_of(&self, lots: &[LotCost]) -> Vec<Taken> {
        let place = |lot: &LotCost| {
            let place = Place { lot: self.lot_name(lot.lot), ..Place::default() };
            Taken { place, qty: lot.qty }
        };
        lots.iter().map(place).filter(|taken| !taken.place.lot.is_empty()).collect()
    }

    /// Own goods come into a pool as they are told apart.
    pub(super) fn come_in(
        &mut self,
        (sku, node, condition): (SkuId, NodeId, Condition),
        coming: Coming,
        apart: Apart<'_>,
    ) -> Result<(), Fault> {
        let place = Place { condition, ..Place::default() };
        let method = self.catalog.sku.get(sku.0).map(|row| self.method(row)).unwrap_or_default();
        let mut rest = coming;
        if method == Costing::Lot {
            for lot in apart.lots {
                let place = Place { lot: self.lot_name(lot.lot), ..place.clone() };
                // What passes through is one sum: the first lot bears it.
                self.enter(sku, node, &place, Coming::of(lot.qty, lot.value, rest.passed))?;
                rest.passed = Money::ZERO;
                (rest.qty, rest.value) = (num::sub(rest.qty, lot.qty)?, rest.value.minus(lot.value)?);
            }
            return if rest.qty > 0 { self.enter(sku, node, &place, rest) } else { Ok(()) };
        }
        // All of one lot is put there at once: a cell that was empty has nothing to tell apart.
        let (place, places) = match apart.places {
            [only] if only.qty == coming.qty => (Place { condition, ..only.place.clone() }, &[][..]),
            more => (place, more),
        };
        let (pool, there) = self.pool_of(sku, node);
        if apart.layers.is_empty() || there.on_hand() < 0 || coming.passed != Money::ZERO {
            self.enter(sku, node, &place, coming)?;
        } else if self.scope_of(sku) == PoolScope::Company {
            self.stock.change(sku, node, &place, coming.qty, coming.value)?;
            self.note_last(sku, node, coming.qty, coming.value);
            let parts = apart.layers.iter().map(super::costs::part);
            self.layers.push_below(&mut self.stock, (sku, pool), parts);
        } else {
            for layer in apart.layers {
                let part = Coming { source: layer.source, ..Coming::of(layer.qty, layer.value, Money::ZERO) };
                self.enter(sku, node, &place, part)?;
            }
        }
        for to in places {
            // There first, so that the node is never empty and still worth something.
            let lot = Place { condition, ..to.place.clone() };
            self.stock.change(sku, node, &lot, to.qty, Money::ZERO)?;
            self.stock.change(sku, node, &place, to.qty.saturating_neg(), Money::ZERO)?;
        }
        Ok(())
    }

    /// Remembers what goods between nodes are told apart by.
    pub(super) fn note_under_way(&mut self, transfer: u32, line: &TransferredLine, along: Along) {
        let (mut layers, mut lots) = (Vec::new(), Vec::new());
        if self.tells_lots_apart() {
            layers.extend(line.layers.iter().map(Carried::from));
            lots = self.lots_of(&line.lots, &line.taken);
        }
        if !(layers.is_empty() && lots.is_empty()) || along != Along::default() {
            let row = UnderWay { layers, lots, along: Later(along) };
            put(&mut self.costs.ways, &mut self.costs.way, (transfer, line.line), row);
        }
    }

    /// Lots as costs go, or else by the names of the places that goods were taken from.
    fn lots_of(&self, lots: &[LotCost], taken: &[Taken]) -> Vec<Carried> {
        if !lots.is_empty() {
            return lots.iter().map(Carried::from).collect();
        }
        let named = taken.iter().filter(|from| !from.place.lot.is_empty());
        let lot = |from: &Taken| {
            let lot = LotId(self.stock.labels.find(from.place.lot.as_str()).unwrap_or(0));
            Carried { lot, qty: from.qty, value: Money::ZERO, source: 0 }
        };
        named.map(lot).collect()
    }

    /// Goods are no longer between nodes, of `of` that were; gives what goes along with them.
    pub(super) fn take_under_way(
        &mut self,
        transfer: u32,
        line: u32,
        qty: i64,
        of: i64,
    ) -> Result<Along, Fault> {
        let Some(id) = self.costs.ways.find(&(transfer, line)) else { return Ok(Along::default()) };
        let mut row = self.costs.way.get(id).cloned().unwrap_or_default();
        take_carried(&mut row.layers, qty, self.head.minor, |_| true)?;
        take_carried(&mut row.lots, qty, self.head.minor, |_| true)?;
        let along = row.along.take(qty, of, self.head.minor)?;
        self.costs.way.edit(id, |old| *old = row);
        Ok(along)
    }

    /// Units of a transfer's line are no longer under way; gives what goes along with them.
    pub(super) fn arrive(
        &mut self,
        transfer: TransferId,
        line: &TransferredLine,
        counter: impl Fn(&mut TransferLineRow) -> &mut i64,
    ) -> Result<Along, Fault> {
        let at = num::index(line.line.saturating_sub(1));
        let open = self.docs.transfer.get(transfer.0).and_then(|row| row.lines.get(at)).copied();
        let open = open.ok_or(Fault("there is no such transfer line"))?;
        let left = open.value.minus(line.value)?;
        let along = self.take_under_way(transfer.0, line.line, line.qty, open.left())?;
        self.docs.transfer.edit(transfer.0, |row| {
            if let Some(row) = row.lines.get_mut(at) {
                row.value = left;
                let count = counter(row);
                *count = count.saturating_add(line.qty);
            }
        });
        Ok(along)
    }

    /// Remembers which lots a customer has.
    pub(super) fn note_sold(&mut self, line: u32, out: &ShippedLine) -> Result<(), Fault> {
        let new = if self.tells_lots_apart() { self.lots_of(&out.lots, &out.taken) } else { Vec::new() };
        if new.is_empty() {
            return Ok(());
        }
        let mut sold = self.costs.sold_lots(line);
        for part in new {
            match sold.iter_mut().find(|known| known.lot == part.lot) {
                Some(known) => {
                    (known.qty, known.value) =
                        (num::add(known.qty, part.qty)?, known.value.plus(part.value)?);
                }
                None => sold.push(part),
            }
        }
        put(&mut self.costs.sales, &mut self.costs.sold, line, sold);
        Ok(())
    }

    /// Lots have come back from a customer.
    pub(super) fn take_sold(&mut self, line: u32, lots: &[LotCost]) -> Result<(), Fault> {
        let Some(id) = self.costs.sales.find(&line).filter(|_| !lots.is_empty()) else { return Ok(()) };
        let mut sold = self.costs.sold.get(id).cloned().unwrap_or_default();
        for lot in lots {
            take_carried(&mut sold, lot.qty, self.head.minor, |part| part.lot == lot.lot)?;
        }
        self.costs.sold.edit(id, |old| *old = sold);
        Ok(())
    }

    /// The cost of a lot under way or with a customer is another.
    pub(super) fn follow_lot(&mut self, row: &MoveRow, by: Money) -> Result<(), Fault> {
        if row.lot == LotId::NONE {
            return Ok(());
        }
        let change = |parts: &mut Vec<Carried>| -> Result<(), Fault> {
            if let Some(part) = parts.iter_mut().find(|part| part.lot == row.lot) {
                part.value = part.value.plus(by)?;
            }
            Ok(())
        };
        if let Some(id) = self.costs.ways.find(&(row.doc, row.part)).filter(|_| row.part > 0) {
            let mut way = self.costs.way.get(id).cloned().unwrap_or_default();
            change(&mut way.lots)?;
            self.costs.way.edit(id, |old| *old = way);
        } else if let Some(id) = self.costs.sales.find(&row.doc).filter(|_| row.part == 0) {
            let mut sold = self.costs.sold.get(id).cloned().unwrap_or_default();
            change(&mut sold)?;
            self.costs.sold.edit(id, |old| *old = sold);
        }
        Ok(())
    }

    /// Layers under way are others.
    pub(super) fn correct_under_way(&mut self, corrected: &TransitCorrected) {
        let key = (corrected.transfer, corrected.line);
        let layers = corrected.layers.iter().map(Carried::from).collect();
        let row = UnderWay { layers, ..self.costs.under_way(key.0, key.1) };
        put(&mut self.costs.ways, &mut self.costs.way, key, row);
    }
}
