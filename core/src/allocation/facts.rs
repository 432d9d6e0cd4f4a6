//! What a decision knows of goods: from the stock, or from a record of an earlier decision.

use super::build::{Demand, Need, World};
use super::capacity::Day;
use super::outside::Table;
use crate::value::ids::{NodeId, SkuId};
use crate::value::money::Money;
use crate::value::num;
use crate::value::time::Instant;

/// What a node has of a SKU, for one demand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Goods {
    /// Units free for the demand.
    pub free: i64,
    /// Units free but protected for other channels.
    pub protected: i64,
    /// Value of the pool.
    pub value: Money,
    /// Units in the pool.
    pub on_hand: i64,
    /// What outside knowledge charges for a base unit, in micro-units.
    pub extra: i64,
    /// What a base unit would be marked down by, in micro-units.
    pub markdown: i64,
    /// Its reorder point; 0 without a rule.
    pub reorder_point: i64,
    /// Bid price of a base unit, in micro-units.
    pub bid: i64,
    /// Units of lots that last long enough for the channel, where any are kept from the demand.
    pub dated: i64,
    /// Units that the order itself holds.
    pub held: i64,
    /// Units free beyond those, of other lots than those that the demand names.
    pub beyond: i64,
    /// What it costs to bring a base unit to where it ships from, in micro-units.
    pub carriage: i64,
}

/// Goods of a demand's needs and charges for shipments, by node: what a record carries instead of a stock.
#[derive(Clone, Debug, Default)]
pub(crate) struct Facts {
    /// By need, then node.
    pub goods: Vec<Goods>,
    /// Charges for the shipment by node, in micro-units.
    pub extra: Vec<i64>,
    /// What all nodes together may give, by need, where that is capped.
    pub most: Vec<Option<i64>>,
    /// What a parcel costs more than its service says, by node, in micro-units.
    pub freight: Vec<i64>,
    /// On which day nodes have capacity, by node.
    pub days: Vec<Day>,
    /// When what lanes bring is there, by node, then lane.
    pub lanes: Vec<Vec<Instant>>,
    /// Share of nodes' days for returns that is taken, in millionths, by node.
    pub load: Vec<i64>,
}

impl Facts {
    pub(super) fn day(&self, node: NodeId) -> Day {
        self.days.get(num::index(node.0)).copied().unwrap_or_default()
    }
}

impl Demand<'_> {
    /// Units at a node that are given back by others than the order itself.
    pub(super) fn of_others(&self, sku: SkuId, node: NodeId) -> i64 {
        units_at(self.credit, sku, node).saturating_sub(units_at(self.own, sku, node))
    }
}

impl World<'_> {
    /// What a node has for a need of a demand, of what is still good when its parcel leaves.
    pub(super) fn goods(
        &self,
        demand: &Demand<'_>,
        (line, need): (usize, &Need),
        (node, leaves): (NodeId, Instant),
    ) -> Goods {
        if let Some(facts) = self.facts {
            let at = line.saturating_mul(facts.extra.len()).saturating_add(num::index(node.0));
            return facts.goods.get(at).copied().unwrap_or_default();
        }
        let mut cell = self.stock.cells.get(need.sku, node);
        let there = |list| units_at(list, need.sku, node);
        let (back, held) = (there(demand.credit), there(demand.own));
        cell.reserved = cell.reserved.saturating_sub(back);
        let whole = if self.stock.is_guarded() { self.credit_of(demand, need.sku) } else { (0, 0) };
        let by = (demand.channel, leaves);
        // Lots that are named were looked for by when they leave.
        let most = demand.cap(need.sku, node);
        let had = if most < i64::MAX { i64::MAX } else { held };
        let lives = self.stock.room_again((need.sku, node), by, had, demand.lots);
        let (free, protected) =
            self.stock.room_for(need.sku, node, &cell, (demand.channel, lives), back, whole);
        let (mut extra, mut markdown) = (0, 0);
        if !self.outside.is_empty() {
            extra = self.outside.of_goods(Table::ExtraCost, need.sku, node);
            markdown = self.outside.of_goods(Table::Markdown, need.sku, node);
        }
        let reorder =
            self.catalog.reorders.find(&(need.sku, node)).and_then(|id| self.catalog.reorder.get(id));
        let dated = if protected == 0 { free } else { lives };
        // What lies in other lots than those that are named is there for others.
        let beyond = free.saturating_sub(most).max(0);
        let (free, protected, dated) = (free.min(most), protected.saturating_add(beyond), dated.min(most));
        Goods {
            beyond,
            dated,
            held,
            free,
            protected,
            value: cell.value,
            on_hand: cell.on_hand(),
            extra,
            markdown,
            reorder_point: reorder.map_or(0, |row| row.reorder_point),
            bid: self.stock.bid_price(need.sku, node),
            carriage: 0,
        }
    }

    /// What all nodes together may give to a need, where a protection plan caps that.
    pub(super) fn most(&self, demand: &Demand<'_>, (line, need): (usize, &Need)) -> Option<i64> {
        if let Some(facts) = self.facts {
            return facts.most.get(line).copied().flatten();
        }
        if !self.stock.is_guarded() {
            return None;
        }
        let (back, open) = self.credit_of(demand, need.sku);
        Some(self.stock.wide_room(need.sku, open, demand.channel, &[(demand.channel, back.saturating_neg())]))
    }

    /// Units of a SKU that the demand gives back, and how many of them at open nodes.
    fn credit_of(&self, demand: &Demand<'_>, sku: SkuId) -> (i64, i64) {
        let is_open = |node: NodeId| {
            self.catalog.node.get(node.0).is_some_and(|row| row.status == crate::catalog::NodeStatus::Open)
        };
        of_sku(demand.credit, sku).iter().fold((0, 0), |(all, open): (i64, i64), (_, node, qty)| {
            let more = if is_open(*node) { *qty } else { 0 };
            (all.saturating_add(*qty), open.saturating_add(more))
        })
    }

    /// What a node's parcel costs more than its service says, in micro-units.
    pub(super) fn freight_change(&self, node: NodeId) -> i64 {
        self.facts.and_then(|facts| facts.freight.get(num::index(node.0))).copied().unwrap_or(0)
    }

    /// The share of a node's day for returns that is taken, in millionths.
    pub(super) fn load_of_returns(&self, node: NodeId) -> i64 {
        self.facts.and_then(|facts| facts.load.get(num::index(node.0))).copied().unwrap_or(0)
    }

    /// What outside knowledge charges for a node's shipment of a demand, in micro-units.
    pub(super) fn shipment_extra(&self, demand: &Demand<'_>, node: NodeId) -> i64 {
        match self.facts {
            Some(facts) => facts.extra.get(num::index(node.0)).copied().unwrap_or(0),
            None if self.outside.is_empty() => 0,
            None => self.outside.of_shipment(demand.order, demand.segment, node),
        }
    }
}

/// Of units ascending by SKU, those of one at a node.
fn units_at(units: &[(SkuId, NodeId, i64)], sku: SkuId, node: NodeId) -> i64 {
    let there = of_sku(units, sku).iter().filter(|(_, at, _)| *at == node);
    there.map(|(.., qty)| *qty).fold(0, i64::saturating_add)
}

/// Of units ascending by SKU, those of one.
fn of_sku(units: &[(SkuId, NodeId, i64)], sku: SkuId) -> &[(SkuId, NodeId, i64)] {
    debug_assert!(units.is_sorted_by_key(|(sku, ..)| *sku));
    let from = units.partition_point(|(known, ..)| *known < sku);
    let rest = units.get(from..).unwrap_or_default();
    rest.get(..rest.partition_point(|(known, ..)| *known == sku)).unwrap_or_default()
}
