//! What stock is worth: value is kept per pool (SKU and node), never as a unit cost.
//!
//! Residue rule: an issue of `q` out of `n` units takes `round_half_up(value * q / n)` of the pool (moving
//! average) or of the layer (FIFO), the last unit takes what is left; so value is zero when quantity is zero.

mod shares;
mod trace;
mod valuation;

pub(crate) use crate::catalog::Costing;
pub use shares::{ShareError, allocate_shares};
pub(crate) use trace::{Found, Kind, Method, Part, Played, Step, at_ratio, play, work_on, worked};
pub(crate) use valuation::Valuation;
pub use valuation::{
    DefineLedger, InvoiceDifference, LatePolicy, NegativeCost, PoolScope, SetValuation, WriteDownBasis,
};

use crate::stock::{Cell, END, Fault, ROWS, Stock};
use crate::value::ids::{NodeId, SkuId};
use crate::value::later::Later;
use crate::value::money::Money;
use crate::value::num::{self, Overflow};
use crate::value::table::{Keys, Table, tables};
use serde::{Deserialize, Serialize};

/// A receipt's remainder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Layer {
    pub qty: i64,
    pub value: Money,
    pub next: u32,
    /// The receipt line that it came with and one more; 0 = none.
    #[serde(default)]
    pub source: Later<u32, 1>,
}

/// The oldest and the youngest layer of a pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Ends {
    pub head: u32,
    pub tail: u32,
}

/// Layers of all FIFO pools.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Layers {
    pub pools: Keys<(SkuId, NodeId)>,
    pub ends: Table<Ends>,
    pub layers: Table<Layer>,
}

tables!(Layers: pools, ends, layers);

/// `value * qty / of`, rounded half up to whole minor units; all of it when `qty` is all.
pub(crate) fn share(value: Money, qty: i64, of: i64, minor: i64) -> Result<Money, Overflow> {
    if qty >= of {
        return Ok(value);
    }
    // In minor units, so that a share is never a fraction of a cent.
    let cents = value.micros().checked_div(minor).ok_or(Overflow)?;
    let part = num::mul_div(cents, qty, of)?;
    Ok(Money::from_micros(num::mul(part, minor)?))
}

/// `unit_cost * qty / scale`, rounded half away from zero to whole minor units.
pub(crate) fn extend(unit_cost: Money, qty: i64, scale: i64, minor: i64) -> Result<Money, Overflow> {
    let top = i128::from(unit_cost.micros()).checked_mul(i128::from(qty)).ok_or(Overflow)?;
    let per = i128::from(scale).checked_mul(i128::from(minor)).ok_or(Overflow)?;
    Ok(Money::from_micros(num::mul(num::div_half_up(top, per)?, minor)?))
}

/// A pool as it would be after units have left it: what each next issue is worth, without changing anything.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Drain<'a> {
    layers: &'a Layers,
    pub sku: SkuId,
    pub node: NodeId,
    pub lot: u32,
    qty: i64,
    value: Money,
    next: u32,
    /// Units and value at whose ratio units leave that are not there.
    last: (i64, Money),
}

impl Drain<'_> {
    /// The value of the next `qty` units.
    pub(crate) fn take(&mut self, qty: i64, minor: i64) -> Result<Money, Overflow> {
        let (mut left, mut out) = (qty, Money::ZERO);
        loop {
            let now = left.min(self.qty);
            if now > 0 {
                self.last = (self.qty, self.value);
                let part = share(self.value, now, self.qty, minor)?;
                out = out.plus(part)?;
                self.value = self.value.minus(part)?;
                self.qty = num::sub(self.qty, now)?;
                left = num::sub(left, now)?;
            }
            if left == 0 {
                return Ok(out);
            }
            let Some(layer) = self.layers.layers.get(self.next) else {
                return out.plus(at_ratio(self.last, left, minor)?);
            };
            (self.qty, self.value, self.next) = (layer.qty, layer.value, layer.next);
        }
    }
}

impl Layers {
    fn head(&self, sku: SkuId, node: NodeId) -> u32 {
        self.pools.find(&(sku, node)).and_then(|id| self.ends.get(id)).map_or(END, |ends| ends.head)
    }

    /// Opens a pool to see what units that leave it one after another are worth. `last` is the last known
    /// cost, for units that are not there.
    pub(crate) fn drain(
        &self,
        stock: &Stock,
        costing: Costing,
        (sku, node): (SkuId, NodeId),
        cell: &Cell,
        last: (i64, Money),
    ) -> Drain<'_> {
        let pool = match costing {
            Costing::Fifo if stock.one(sku, node).layer == ROWS => {
                let head = self.layers.get(self.head(sku, node));
                head.map_or((0, Money::ZERO, END), |layer| (layer.qty, layer.value, layer.next))
            }
            _ => (cell.on_hand(), cell.value, END),
        };
        let (qty, value, next) = pool;
        Drain { layers: self, sku, node, lot: END, qty, value, next, last }
    }

    /// Opens the pool of a lot.
    pub(crate) fn drain_lot(
        &self,
        (sku, node, lot): (SkuId, NodeId, u32),
        (qty, value): (i64, Money),
        last: (i64, Money),
    ) -> Drain<'_> {
        Drain { layers: self, sku, node, lot, qty, value, next: END, last }
    }

    /// Lays goods on top; the cell has them already. A pool that nodes share has rows from the first: no one
    /// cell says what it is worth.
    pub(crate) fn push(
        &mut self,
        stock: &mut Stock,
        (sku, node): (SkuId, NodeId),
        part: Part,
        scope: PoolScope,
    ) {
        if scope == PoolScope::Company {
            stock.set_layer(sku, node, ROWS);
            return self.push_row(sku, node, part);
        }
        let cell = stock.cells.get(sku, node);
        let alone = (cell.on_hand(), cell.value) == (part.qty, part.value);
        let one = stock.one(sku, node);
        let empty = one.layer == 0 || (stock.keeps_ones() && self.head(sku, node) == END);
        if empty && alone {
            return stock.set_layer(sku, node, part.source.saturating_add(1));
        }
        if one.layer != ROWS {
            // A second layer: all get rows.
            stock.set_layer(sku, node, ROWS);
            if let Some(source) = one.source() {
                let qty = cell.on_hand().saturating_sub(part.qty);
                let value = Money::from_micros(cell.value.micros().saturating_sub(part.value.micros()));
                self.push_row(sku, node, Part { qty, value, source });
            }
        }
        self.push_row(sku, node, part);
    }

    fn push_row(&mut self, sku: SkuId, node: NodeId, Part { qty, value, source }: Part) {
        let new = self.layers.push(Layer { qty, value, next: END, source: Later(source) });
        let id = self.pools.intern((sku, node));
        if num::index(id) == self.ends.len() {
            self.ends.push(Ends { head: new, tail: new });
            return;
        }
        let tail = self.ends.get(id).map_or(END, |ends| ends.tail);
        self.layers.edit(tail, |layer| layer.next = new);
        self.ends.edit(id, |ends| {
            ends.tail = new;
            if ends.head == END {
                ends.head = new;
            }
        });
    }

    /// Lays layers below all others, the oldest of them lowest, in a pool that nodes share: what was on the
    /// way between its nodes is as old as it was.
    pub(crate) fn push_below(
        &mut self,
        stock: &mut Stock,
        (sku, node): (SkuId, NodeId),
        parts: impl DoubleEndedIterator<Item = Part>,
    ) {
        stock.set_layer(sku, node, ROWS);
        for part in parts.rev().filter(|part| part.qty > 0) {
            let head = self.head(sku, node);
            let known = self.pools.find(&(sku, node)).filter(|_| head != END);
            let Some(id) = known else {
                self.push_row(sku, node, part);
                continue;
            };
            let Part { qty, value, source } = part;
            let new = self.layers.push(Layer { qty, value, next: head, source: Later(source) });
            self.ends.edit(id, |ends| ends.head = new);
        }
    }

    /// Takes the oldest `qty` units away, as far as they are there. Their value is what `Drain` said; if it
    /// was declared to be another, the oldest layer left bears the difference. Gives units and value of the
    /// last layer touched. The cell has given them already.
    pub(crate) fn pop(
        &mut self,
        stock: &mut Stock,
        (sku, node): (SkuId, NodeId),
        qty: i64,
        value: Money,
        minor: i64,
    ) -> Result<(i64, Money), Fault> {
        let one = stock.one(sku, node);
        if one.layer != ROWS {
            if one.source().is_none() || qty <= 0 {
                return Ok((0, Money::ZERO));
            }
            let cell = stock.cells.get(sku, node);
            if cell.on_hand() <= 0 {
                stock.set_layer(sku, node, 0);
            }
            return Ok((num::add(cell.on_hand(), qty)?, cell.value.plus(value)?));
        }
        let Some(id) = self.pools.find(&(sku, node)) else { return Ok((0, Money::ZERO)) };
        let (mut left, mut head, mut last) = (qty, self.head(sku, node), (0, Money::ZERO));
        let mut out = Money::ZERO;
        while left > 0 {
            let Some(layer) = self.layers.get(head).copied() else { break };
            let take = layer.qty.min(left);
            let cost = share(layer.value, take, layer.qty, minor)?;
            let rest = (num::sub(layer.qty, take)?, layer.value.minus(cost)?);
            self.layers.edit(head, |layer| (layer.qty, layer.value) = rest);
            (left, last, out) = (num::sub(left, take)?, (layer.qty, layer.value), out.plus(cost)?);
            if rest.0 == 0 {
                head = layer.next;
            }
        }
        let odd = value.minus(out)?;
        if let Some(layer) = self.layers.get(head).copied().filter(|_| left == 0 && odd != Money::ZERO) {
            let value = layer.value.minus(odd)?;
            self.layers.edit(head, |layer| layer.value = value);
        }
        self.ends.edit(id, |ends| {
            ends.head = head;
            if head == END {
                ends.tail = END;
            }
        });
        Ok(last)
    }

    /// The layers of a pool, from the oldest.
    pub(crate) fn parts(&self, stock: &Stock, sku: SkuId, node: NodeId) -> Vec<Part> {
        let one = stock.one(sku, node);
        if let Some(source) = one.source() {
            let cell = stock.cells.get(sku, node);
            return vec![Part { qty: cell.on_hand(), value: cell.value, source }];
        }
        if one.layer != ROWS {
            return Vec::new();
        }
        let layer = |id: u32| self.layers.get(id).copied();
        let all = std::iter::successors(layer(self.head(sku, node)), |known| layer(known.next));
        all.filter(|l| l.qty > 0).map(|l| Part { qty: l.qty, value: l.value, source: *l.source }).collect()
    }

    /// Sets the layers of a pool; the cell is worth as much already.
    pub(crate) fn reset(
        &mut self,
        stock: &mut Stock,
        (sku, node): (SkuId, NodeId),
        parts: impl Iterator<Item = Part>,
        scope: PoolScope,
    ) {
        if let Some(id) = self.pools.find(&(sku, node)) {
            self.ends.edit(id, |ends| *ends = Ends { head: END, tail: END });
        }
        stock.set_layer(sku, node, 0);
        let mut parts = parts.filter(|part| part.qty > 0).peekable();
        while let Some(part) = parts.next() {
            // One that more follow is not alone, whatever the cell says.
            if parts.peek().is_some() {
                stock.set_layer(sku, node, ROWS);
            }
            self.push(stock, (sku, node), part, scope);
        }
    }

    /// Adds to the value of what is left of a receipt line; the cell is worth it already.
    pub(crate) fn add(
        &mut self,
        stock: &mut Stock,
        (sku, node): (SkuId, NodeId),
        (source, amount): (u32, Money),
        minor: i64,
        scope: PoolScope,
    ) -> Result<(), Fault> {
        let lost = Fault("a late cost finds no layer");
        if stock.one(sku, node).layer != ROWS {
            let same = stock.one(sku, node).source() == Some(source);
            return if same { Ok(()) } else { Err(lost) };
        }
        let mut parts = self.parts(stock, sku, node);
        let mine = parts.iter().map(|part| if part.source == source { part.qty } else { 0 });
        let shares = allocate_shares(amount, &mine.collect::<Vec<_>>(), minor);
        let shares = shares.map_err(|_| lost)?;
        for (part, share) in parts.iter_mut().zip(shares) {
            part.value = part.value.plus(share)?;
        }
        self.reset(stock, (sku, node), parts.into_iter(), scope);
        Ok(())
    }

    /// Units and value of a pool's layers.
    pub(crate) fn total(&self, stock: &Stock, sku: SkuId, node: NodeId) -> (i64, Money) {
        let one = stock.one(sku, node);
        if one.layer != ROWS {
            let cell = stock.cells.get(sku, node);
            return one.source().map_or((0, Money::ZERO), |_| (cell.on_hand(), cell.value));
        }
        let (mut qty, mut value, mut at) = (0i64, 0i64, self.head(sku, node));
        while let Some(layer) = self.layers.get(at) {
            qty = qty.saturating_add(layer.qty);
            value = value.saturating_add(layer.value.micros());
            at = layer.next;
        }
        (qty, Money::from_micros(value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thirds_leave_no_residue() {
        // 100.00 in three units: 33.33, 33.34, 33.33 (as Odoo's test_rounding_1).
        let minor = 10_000;
        let mut value = Money::from_cents(10_000);
        let mut issued = Vec::new();
        for left in [3, 2, 1] {
            let out = share(value, 1, left, minor).unwrap_or_default();
            value = value.minus(out).unwrap_or_default();
            issued.push(out.to_string());
        }
        assert_eq!(issued, ["33.33", "33.34", "33.33"]);
        assert_eq!(value, Money::ZERO);
    }
}
