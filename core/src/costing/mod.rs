//! What stock is worth: value is kept per pool (SKU and node), never as a unit cost.
//!
//! Residue rule: an issue of `q` out of `n` units takes `round_half_up(value * q / n)` of the pool (moving
//! average) or of the layer (FIFO), the last unit takes what is left; so value is zero when quantity is zero.

use crate::catalog::Costing;
use crate::stock::{Cell, END, Fault};
use crate::value::ids::{NodeId, SkuId};
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
}

/// The oldest and the youngest layer of a pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Ends {
    pub head: u32,
    pub tail: u32,
}

/// Layers of all FIFO pools.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
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
    qty: i64,
    value: Money,
    next: u32,
}

impl Drain<'_> {
    /// The value of the next `qty` units.
    pub(crate) fn take(&mut self, qty: i64, minor: i64) -> Result<Money, Overflow> {
        let (mut left, mut out) = (qty, Money::ZERO);
        loop {
            let now = left.min(self.qty);
            if now > 0 {
                let part = share(self.value, now, self.qty, minor)?;
                out = out.plus(part)?;
                self.value = self.value.minus(part)?;
                self.qty = num::sub(self.qty, now)?;
                left = num::sub(left, now)?;
            }
            let Some(layer) = self.layers.layers.get(self.next).filter(|_| left > 0) else { return Ok(out) };
            (self.qty, self.value, self.next) = (layer.qty, layer.value, layer.next);
        }
    }
}

impl Layers {
    fn head(&self, sku: SkuId, node: NodeId) -> u32 {
        self.pools.find(&(sku, node)).and_then(|id| self.ends.get(id)).map_or(END, |ends| ends.head)
    }

    /// Opens a pool to see what units that leave it one after another are worth.
    pub(crate) fn drain(&self, costing: Costing, sku: SkuId, node: NodeId, cell: &Cell) -> Drain<'_> {
        let pool = match costing {
            Costing::MovingAverage => (cell.on_hand(), cell.value, END),
            Costing::Fifo => {
                let head = self.layers.get(self.head(sku, node));
                head.map_or((0, Money::ZERO, END), |layer| (layer.qty, layer.value, layer.next))
            }
        };
        let (qty, value, next) = pool;
        Drain { layers: self, sku, node, qty, value, next }
    }

    /// Lays goods on top.
    pub(crate) fn push(&mut self, sku: SkuId, node: NodeId, qty: i64, value: Money) {
        let new = self.layers.push(Layer { qty, value, next: END });
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

    /// Takes the oldest `qty` units away; their value is what `issue_value` said.
    pub(crate) fn pop(&mut self, sku: SkuId, node: NodeId, qty: i64, minor: i64) -> Result<(), Fault> {
        let Some(id) = self.pools.find(&(sku, node)) else {
            return Err(Fault("a FIFO pool has no layers"));
        };
        let (mut left, mut head) = (qty, self.head(sku, node));
        while left > 0 {
            let Some(layer) = self.layers.get(head).copied() else {
                return Err(Fault("a FIFO pool has fewer layers than units"));
            };
            let take = layer.qty.min(left);
            let value = layer.value.minus(share(layer.value, take, layer.qty, minor)?)?;
            let rest = num::sub(layer.qty, take)?;
            self.layers.edit(head, |layer| (layer.qty, layer.value) = (rest, value));
            left = num::sub(left, take)?;
            if rest == 0 {
                head = layer.next;
            }
        }
        self.ends.edit(id, |ends| {
            ends.head = head;
            if head == END {
                ends.tail = END;
            }
        });
        Ok(())
    }

    /// Units and value of a pool's layers.
    pub(crate) fn total(&self, sku: SkuId, node: NodeId) -> (i64, Money) {
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
