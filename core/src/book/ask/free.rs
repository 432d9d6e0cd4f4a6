//! What is free, read by ids: for a simulation, which asks at every order.

use crate::book::Book;
use crate::value::ids::{ChannelId, NodeId, SkuId};
use crate::value::num;

impl Book {
    /// Units free of a SKU at a node, whoever they are kept for.
    pub(crate) fn free_at(&self, sku: SkuId, node: NodeId) -> i64 {
        self.state.stock.cells.get(sku, node).free()
    }

    /// Units free of a SKU, by node.
    pub(crate) fn free_row(&self, sku: SkuId) -> &[i64] {
        self.state.stock.cells.free_row(sku)
    }

    /// Whether some stock is kept for channels, so that what is free is not free for all.
    pub(crate) fn is_guarded(&self) -> bool {
        self.state.stock.is_guarded()
    }

    /// Units free of a SKU at a node for a channel.
    pub(crate) fn free_for(&self, sku: SkuId, node: NodeId, channel: ChannelId) -> i64 {
        let cell = self.state.stock.cells.get(sku, node);
        self.state.stock.free_for(sku, node, &cell, channel).0
    }

    /// How many pools are promised beyond what they hold, or hold less than nothing.
    pub(crate) fn pools_oversold(&self) -> i64 {
        num::count(self.state.stock.cells.oversold())
    }
}
