//! Answers about what may be promised.

use crate::book::Book;
use crate::book::query::*;
use crate::catalog::{Lookup, NodeStatus};
use crate::stock::{PlanRow, RoomCause};
use crate::value::ids::*;
use crate::value::num;
use crate::value::rejection::Rejection;

impl Book {
    /// Units of a SKU that a channel may sell, over all open nodes: what a listing shows.
    ///
    /// ```
    #[doc = include_str!("../../example_book.txt")]
    /// let (tee, web) = (book.sku_id("TEE").ok_or("a SKU")?, book.channel_id("web").ok_or("a channel")?);
    /// assert_eq!(book.available(tee, web), 10);
    #[doc = include_str!("../../example_order.txt")]
    /// // An order of three is placed.
    /// assert_eq!(book.available(tee, web), 7, "three are promised");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn available(&self, sku: SkuId, channel: ChannelId) -> i64 {
        if !self.state.catalog.sells(sku) {
            return 0;
        }
        if self.state.catalog.is_virtual(sku) {
            return self.kits_for(sku, channel);
        }
        let stock = &self.state.stock;
        let open = self.state.catalog.node.iter().filter(|(_, node)| node.status == NodeStatus::Open);
        let nodes = open.map(|(id, _)| NodeId(id));
        let free = nodes.map(|node| self.state.free_for(sku, node, channel).0);
        free.fold(0, i64::saturating_add).min(stock.room_of(sku, channel))
    }

    pub(super) fn ask_available(&self, query: &AvailableQuery) -> Result<AvailableView, Rejection> {
        let (channel, _) = self.state.catalog.channel_of(&query.channel)?;
        let (sku, _) = self.state.catalog.sold_as(channel, &query.sku)?;
        let open = self.state.catalog.node.iter().filter(|(_, row)| row.status == NodeStatus::Open);
        let qty = |(id, _)| {
            let (available, protected) = self.state.free_for(sku, NodeId(id), channel);
            NodeQty { node: NodeId(id), available, protected }
        };
        let group = crate::workflow::group(&self.state, &query.nodes)?;
        let within = |node: NodeId| query.nodes.is_empty() || group.contains(&node);
        let mut nodes: Vec<NodeQty> = if self.state.catalog.is_virtual(sku) {
            self.kits_by_node(sku, channel)
        } else {
            open.map(qty).filter(|row| row.available != 0 || row.protected != 0).collect()
        };
        nodes.retain(|row| within(row.node));
        let mut available = self.available(sku, channel);
        if !query.nodes.is_empty() {
            // What all nodes together may give, some of them may.
            available = available.min(nodes.iter().map(|row| row.available).fold(0, i64::saturating_add));
        }
        let why = if available == 0 { self.why(sku, channel, &within) } else { Vec::new() };
        Ok(AvailableView { sku, channel, available, nodes, why })
    }

    pub(super) fn ask_protection(&self, query: &AvailableQuery) -> Result<ProtectionView, Rejection> {
        let (channel, _) = self.state.catalog.channel_of(&query.channel)?;
        let (sku, _) = self.state.catalog.sold_as(channel, &query.sku)?;
        let stock = &self.state.stock;
        let nodes = (0..self.state.catalog.nodes.len()).map(|node| NodeId(num::id(node)));
        let places = std::iter::once(NodeId::NONE).chain(nodes);
        let view = |node: NodeId| {
            let plan = stock.plans.find(&(sku, node)).and_then(|id| stock.plan.get(id))?;
            let all = node == NodeId::NONE;
            let free = if all { stock.free_of(sku) } else { stock.cells.get(sku, node).free() };
            (!plan.pools.is_empty()).then(|| plan_view(node, free, plan))
        };
        Ok(ProtectionView {
            sku,
            channel,
            available: self.available(sku, channel),
            plans: places.filter_map(view).collect(),
            why: self.why(sku, channel, &|_| true),
        })
    }

    /// Everything that keeps a channel from taking more of a SKU from nodes, node by node; of a virtual kit
    /// what keeps it from taking the components that are short.
    fn why(&self, sku: SkuId, channel: ChannelId, within: &dyn Fn(NodeId) -> bool) -> Vec<RoomView> {
        let (catalog, mut why) = (&self.state.catalog, Vec::new());
        if !catalog.sells(sku) {
            let (node, pool, channel) = (NodeId::NONE, String::new(), ChannelId::NONE);
            why.push(RoomView { node, cause: RoomCause::NotSold, pool, channel, qty: 0, sku });
        }
        if !catalog.is_virtual(sku) {
            why.extend(self.why_of(sku, channel, within));
            return why;
        }
        let (node, other) = (NodeId::NONE, ChannelId::NONE);
        let say = |cause, qty, sku| RoomView { node, cause, pool: String::new(), channel: other, qty, sku };
        let (before, mut together) = (why.len(), true);
        for part in catalog.parts_of(sku) {
            let nodes =
                catalog.node.iter().filter(|(id, row)| row.status == NodeStatus::Open && within(NodeId(*id)));
            let free = nodes.map(|(id, _)| self.state.free_for(part.sku, NodeId(id), channel).0);
            let room = free.fold(0, i64::saturating_add).min(self.available(part.sku, channel));
            if room < part.qty {
                together = false;
                let causes = self.why(part.sku, channel, within);
                // Some lie there, too few for one kit.
                let few = causes.is_empty().then(|| say(RoomCause::NoStock, room, part.sku));
                why.extend(causes.into_iter().chain(few));
            }
        }
        let kits = || self.kits_by_node(sku, channel).into_iter().filter(|row| within(row.node));
        if together && why.len() == before && kits().all(|row| row.available <= 0) {
            why.push(say(RoomCause::NotTogether, 0, sku));
        }
        why
    }

    fn why_of(&self, sku: SkuId, channel: ChannelId, within: &dyn Fn(NodeId) -> bool) -> Vec<RoomView> {
        let stock = &self.state.stock;
        let mut why = Vec::new();
        let mut there = 0i64;
        for (id, row) in self.state.catalog.node.iter().filter(|(id, _)| within(NodeId(*id))) {
            let node = NodeId(id);
            let cell = stock.cells.get(sku, node);
            there = there.saturating_add(cell.sellable);
            if cell.sellable <= 0 {
                continue;
            }
            let mut say = |cause, pool: String, channel, qty| {
                why.push(RoomView { node, cause, pool, channel, qty, sku });
            };
            if row.status == NodeStatus::Closed {
                say(RoomCause::NodeClosed, String::new(), ChannelId::NONE, cell.free());
                continue;
            }
            if cell.reserved > 0 {
                say(RoomCause::Reserved, String::new(), ChannelId::NONE, cell.reserved);
            }
            let lives = stock.dated_room(sku, node, channel, stock.soonest(node, channel));
            if lives < cell.free() {
                say(RoomCause::ShortLived, String::new(), ChannelId::NONE, cell.free().saturating_sub(lives));
            }
            for (other, kept) in stock.guarded_for(sku, node, channel) {
                say(RoomCause::ProtectedForOthers, String::new(), other, kept);
            }
            if let [Some(plan), _] = stock.plans_of(sku, node) {
                for (cause, pool, qty) in plan.causes(cell.free(), channel) {
                    say(cause, pool, ChannelId::NONE, qty);
                }
            }
        }
        if let [_, Some(plan)] = stock.plans_of(sku, NodeId::NONE) {
            for (cause, pool, qty) in plan.causes(stock.free_of(sku), channel) {
                why.push(RoomView { node: NodeId::NONE, cause, pool, channel: ChannelId::NONE, qty, sku });
            }
        }
        if there <= 0 {
            let (node, channel) = (NodeId::NONE, ChannelId::NONE);
            why.push(RoomView { node, cause: RoomCause::NoStock, pool: String::new(), channel, qty: 0, sku });
        }
        why
    }
}

fn plan_view(node: NodeId, free: i64, plan: &PlanRow) -> PlanView {
    let pool = |(row, (kept, left)): (&crate::stock::PoolRow, (i64, Option<i64>))| PoolView {
        pool: row.pool.pool.clone(),
        kept,
        used: row.used,
        lent: row.lent,
        left,
        released: row.released,
    };
    let pools = plan.pools.iter().zip(plan.standing(free)).map(pool).collect();
    PlanView { node, free, drawn: plan.drawn, pools }
}
