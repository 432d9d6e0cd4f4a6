//! Stock over time: how long pools were empty, how full they were, and what they were worth.

use super::define::M;
use super::fact::{Dims, Fact};
use super::fold::Fold;
use crate::stock::Cell;
use crate::value::ids::*;
use crate::value::time::Instant;

/// What a pool is since when.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CellNote {
    pub since: Instant,
    pub sequence: u64,
    pub free: i64,
    pub on_hand: i64,
    pub value: i64,
}

impl Fold {
    /// Pools that a snapshot has.
    pub(super) fn begin_cells(&mut self) {
        let cells: Vec<_> = self.state.stock.cells.iter().collect();
        for (sku, node, cell) in cells {
            self.note(sku, node, &cell);
            self.worth(sku, node, i128::from(cell.value.micros()));
        }
    }

    fn note(&mut self, sku: SkuId, node: NodeId, cell: &Cell) {
        let note = CellNote {
            since: self.now.at,
            sequence: self.now.sequence,
            free: cell.free(),
            on_hand: cell.on_hand(),
            value: cell.value.micros(),
        };
        // A pool that never held anything is no stockout.
        if cell.on_hand() != 0 || self.cells.contains_key(&(sku, node)) {
            self.cells.insert((sku, node), note);
        }
    }

    fn worth(&mut self, sku: SkuId, node: NodeId, by: i128) {
        if by != 0 {
            self.put(M::InventoryValue, (by, 0), self.now.occurred, Dims { sku, node, ..Dims::default() });
        }
    }

    /// Pools that the event changed, as they were before.
    pub(super) fn look_at_cells(&mut self, touched: &[(SkuId, NodeId, Cell)]) {
        for (sku, node, before) in touched {
            let after = self.state.stock.cells.get(*sku, *node);
            self.span(*sku, *node, self.now.at);
            self.note(*sku, *node, &after);
            let by = i128::from(after.value.micros()).saturating_sub(i128::from(before.value.micros()));
            self.worth(*sku, *node, by);
        }
    }

    /// What all pools were until the end.
    pub(crate) fn close_cells(&mut self, until: Instant) {
        let keys: Vec<(SkuId, NodeId)> = self.cells.keys().copied().collect();
        for (sku, node) in keys {
            self.span(sku, node, until);
        }
    }

    fn span(&mut self, sku: SkuId, node: NodeId, until: Instant) {
        let Some(note) = self.cells.get(&(sku, node)).copied().filter(|note| note.since < until) else {
            return;
        };
        let dims = Dims { sku, node, ..Dims::default() };
        for (metric, part, whole) in [
            (M::StockoutRate, i64::from(note.free <= 0), 1),
            (M::DaysOfSupply, note.on_hand, 0),
            (M::Turns, 0, note.value),
        ] {
            let (part, whole) = (i128::from(part), i128::from(whole));
            let (since, sequence) = (note.since, note.sequence);
            self.facts.push(Fact { metric, part, whole, since, at: until, sequence, dims });
        }
    }
}
