//! Where a demand was asked for: what would give to it if no shelf had been empty.

use super::build::{Allocator, Demand, Keep, World};
use super::facts::Facts;
use crate::policy::CompiledSourcing;
use crate::value::ids::{NodeId, SkuId};
use crate::value::money::Money;
use crate::value::num;

impl Allocator {
    /// What would come from where if every node that carries a SKU had enough of it: SKU, node and units.
    ///
    /// An empty pool is valued as the other nodes' are: that nothing is there must not make it cheap.
    pub(crate) fn asked_of(
        &mut self,
        world: World<'_>,
        demand: &Demand<'_>,
        rule: &CompiledSourcing,
        carries: impl Fn(SkuId, NodeId) -> bool,
    ) -> Vec<(SkuId, NodeId, i64)> {
        self.join(world.catalog, demand);
        let nodes = num::id(world.catalog.node.len());
        let mut facts = Facts::default();
        for at in 0..nodes {
            facts.extra.push(world.shipment_extra(demand, NodeId(at)));
        }
        for (line, need) in self.needs.iter().enumerate() {
            let first = facts.goods.len();
            for at in 0..nodes {
                let mut goods = world.goods(demand, (line, need), (NodeId(at), demand.at));
                let enough = goods.free.max(need.qty.saturating_add(goods.reorder_point));
                goods.free = if carries(need.sku, NodeId(at)) { enough } else { 0 };
                (goods.dated, goods.protected) = (goods.free, 0);
                facts.goods.push(goods);
            }
            let Some(row) = facts.goods.get_mut(first..) else { continue };
            let valued = || row.iter().filter(|goods| goods.on_hand > 0);
            let units = valued().map(|goods| goods.on_hand).fold(0, i64::saturating_add);
            let value = valued().map(|goods| goods.value.micros()).fold(0, i64::saturating_add);
            for goods in row.iter_mut().filter(|goods| goods.on_hand <= 0) {
                (goods.on_hand, goods.value) = (units, Money::from_micros(value));
            }
        }
        let world = World { facts: Some(&facts), ..world };
        self.decide(world, demand, rule, Keep::Reasons);
        let part = |part: &super::Part| {
            let need = self.needs.get(part.line)?;
            Some((need.sku, self.option(part.node)?.node, part.qty))
        };
        self.solution.parts.iter().filter_map(part).collect()
    }
}
