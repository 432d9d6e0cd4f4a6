//! What is free, read by ids: for a simulation, which asks at every order.

use crate::allocation::{Allocator, Demand};
use crate::book::Book;
use crate::record::{OrderPlaced, TermsRow};
use crate::value::ids::{ChannelId, NodeId, SkuId};
use crate::value::num;
use crate::value::time::Instant;

impl Book {
    /// Units free of a SKU at a node, whoever they are kept for.
    pub(crate) fn free_at(&self, sku: SkuId, node: NodeId) -> i64 {
        self.state.stock.cells.get(sku, node).free()
    }

    /// Whether a node is one that a SKU is kept at: it has some, or a rule to buy it.
    pub(crate) fn keeps(&self, sku: SkuId, node: NodeId) -> bool {
        let stocked = self.state.stock.cells.get(sku, node).on_hand() > 0;
        stocked || self.state.catalog.reorders.find(&(sku, node)).is_some()
    }

    /// Where the rule that decided an order would have it come from had no shelf been empty that is kept:
    /// SKU, node and units. What was ordered counts, not what was given instead.
    pub(crate) fn asked_of(
        &self,
        allocator: &mut Allocator,
        at: Instant,
        placed: &OrderPlaced,
        kept: impl Fn(SkuId, NodeId) -> bool,
    ) -> Vec<(SkuId, NodeId, i64)> {
        let mut lines = placed.lines.to_vec();
        for other in &placed.substituted {
            if let Some(line) = lines.get_mut(num::index(other.line.saturating_sub(1))) {
                (line.sku, line.price) = (other.sku, other.price);
            }
        }
        let terms = placed.terms.as_ref().map_or_else(TermsRow::none, |terms| terms.row());
        let from = terms.ship_from.map_or(at, |from| from.max(at));
        let number = placed.order.to_string();
        let demand = Demand {
            order: &number,
            segment: &terms.segment,
            pickup: terms.pickup,
            ..Demand::plain(placed.channel, placed.to, from, placed.deliver_by, &lines)
        };
        let rule = self.state.derived.policy.numbered(placed.plan.decision.rule);
        allocator.asked_of(self.state.world(), &demand, rule, kept)
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
        self.state.free_for(sku, node, channel).0
    }

    /// How many pools are promised beyond what they hold, or hold less than nothing.
    pub(crate) fn pools_oversold(&self) -> i64 {
        num::count(self.state.stock.cells.oversold())
    }
}
