//! What is free, read by ids: for a simulation, which asks at every order.

use crate::book::Book;
use crate::value::ids::{ChannelId, NodeId, SkuId};
use crate::value::num;

impl Book {
    /// Units free of a SKU at a node, whoever they are kept for.
    pub(crate) fn free_at(&self, sku: SkuId, node: NodeId) -> i64 {
        self.state.stock.cells.get(sku, node).free()
    }

    /// Units free of a SKU at a node for a channel, had `taken` units of it not been reserved.
    pub(crate) fn free_before(&self, sku: SkuId, node: NodeId, channel: ChannelId, taken: i64) -> i64 {
        let mut cell = self.state.stock.cells.get(sku, node);
        cell.reserved = cell.reserved.saturating_sub(taken);
        self.state.stock.free_for(sku, node, &cell, channel).0
    }

    /// How many pools are promised beyond what they hold, or hold less than nothing.
    pub(crate) fn pools_oversold(&self) -> i64 {
        let pools = self.state.stock.cells.iter();
        let oversold = pools
            .filter(|(_, _, cell)| cell.on_hand() < 0 || cell.reserved > cell.sellable || cell.reserved < 0);
        num::count(oversold.count())
    }
}
