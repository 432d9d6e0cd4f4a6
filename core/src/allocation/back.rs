//! Goods that come back: the same decision, over nodes as they are once the goods are there.

use super::build::{Allocator, Demand, Keep, World};
use super::capacity::Day;
use super::facts::{Facts, Goods};
use crate::policy::CompiledSourcing;
use crate::value::ids::NodeId;
use crate::value::num;

impl Allocator {
    /// Chooses the node that a return comes to, if any takes it; `days` says of each node whether it has room
    /// for the return that day, and which share of the day is taken, in millionths. What was decided on is
    /// left in `facts`.
    pub(crate) fn decide_back(
        &mut self,
        world: World<'_>,
        demand: &Demand<'_>,
        rule: &CompiledSourcing,
        days: &[(bool, i64)],
        facts: &mut Facts,
    ) -> Option<NodeId> {
        self.join(world.catalog, demand);
        for need in self.needs.iter().enumerate() {
            for node in (0..num::id(days.len())).map(NodeId) {
                let there = world.goods(demand, need, (node, demand.at));
                let free = there.free.saturating_add(there.protected).max(0).saturating_add(need.1.qty);
                facts.goods.push(Goods { free, protected: 0, dated: free, ..there });
            }
        }
        facts.most.resize(self.needs.len(), None);
        let nodes = (0..num::id(days.len())).map(NodeId);
        facts.extra.extend(nodes.map(|node| world.shipment_extra(demand, node)));
        facts.freight.resize(days.len(), 0);
        facts.days.extend(days.iter().map(|(room, _)| if *room { Day::Asked } else { Day::Never }));
        facts.load.extend(days.iter().map(|(_, load)| *load));
        self.decide(World { facts: Some(facts), ..world }, demand, rule, Keep::Reasons);
        let used = self.used.first().and_then(|column| self.option(*column));
        used.map(|option| option.node)
    }
}
