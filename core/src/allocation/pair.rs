//! What a node has for a need, and why not: stock, limits, what it keeps for others.

use super::build::{Allocator, Candidacy, Demand, Need, World, is_plain};
use super::lane::bring;
use super::{FallOut, Goods};
use crate::catalog::{Catalog, NodeKind};
use crate::policy::{CompiledLimit, CompiledSourcing, LineSplit, Situation};
use crate::value::ids::NodeId;
use crate::value::money::Money;
use crate::value::num;

/// A pair of need and node that fell out, or what it has.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Pair {
    /// Units that the order may have.
    pub free: i64,
    pub out: Option<FallOut>,
    /// Units that anybody of its channel may have, what the node keeps for its own region from this order,
    /// and what the order holds there already.
    pub there: i64,
    pub kept: i64,
    pub held: i64,
    /// The most that lots which are named have there.
    pub cap: Option<i64>,
    /// Whether another node brings them first.
    pub brought: bool,
}

impl Pair {
    /// What the order may have of so many: nothing that is kept, but what it holds already.
    pub(super) fn room_of(&self, there: i64) -> i64 {
        let room = there.saturating_sub(self.kept).max(there.min(self.held));
        self.cap.map_or(room, |cap| room.min(cap))
    }
}

impl Allocator {
    /// Enters what nodes can give to lines that come whole, where free units decide that alone.
    pub(super) fn find_rooms(&mut self, world: World<'_>) {
        let rooms = &mut self.problem.room;
        rooms.clear();
        self.pairs.clear();
        self.most.clear();
        for need in &self.needs {
            let row = world.stock.cells.free_row(need.sku);
            let free = self.candidates.iter().map(|at| row.get(*at).copied().unwrap_or(0));
            rooms.extend(free.map(|free| if free < need.qty { 0 } else { need.qty }));
        }
    }

    pub(super) fn judge_pairs(&mut self, world: World<'_>, demand: &Demand<'_>, rule: &CompiledSourcing) {
        let whole = rule.line_split == LineSplit::Never;
        let lanes = self.options.len() > world.catalog.node.len();
        let by_free_units = !lanes && is_by_free_units(world, demand, rule);
        let plain = is_plain(world, demand) && rule.limits.is_empty() && demand.excluded.is_empty();
        self.problem.room.clear();
        self.pairs.clear();
        self.most.clear();
        for (line, need) in self.needs.iter().enumerate() {
            let limits = need_limits(world.catalog, demand, rule, need);
            let least = if whole { need.qty } else { 1 };
            let from = self.pairs.len();
            let free_row = world.stock.cells.free_row(need.sku);
            if by_free_units {
                self.pairs.extend(self.candidates.iter().map(|at| {
                    let free = free_row.get(*at).copied().unwrap_or(0);
                    let out = if free < least { Some(FallOut::NoStock) } else { None };
                    Pair { free: free.max(0), out, there: free.max(0), ..Pair::default() }
                }));
            } else {
                for at in &self.candidates {
                    let Some(option) = self.options.get(*at) else { continue };
                    let free = free_row.get(*at).copied().unwrap_or(0);
                    let pair = if plain && free < least && option.from == NodeId::NONE {
                        let (free, out) = (free.max(0), Some(FallOut::NoStock));
                        Pair { free, out, there: free, ..Pair::default() }
                    } else {
                        let kind = world.catalog.node.get(option.node.0).map(|row| row.kind);
                        let barred =
                            kind.is_some_and(|kind| limits.iter().any(|l| !l.allows(option.node, kind)));
                        let kept = kind.map_or(0, |kind| most_kept(&limits, option, kind));
                        let goods = world.goods(demand, (line, need), (option.node, option.ship_at));
                        let pair = judge_pair(demand, rule, need, (option.node, barred, kept), &goods);
                        let lane = (option, self.options.get(num::index(option.from.0)));
                        bring(world, demand, (rule, &limits), (line, need), lane, (pair, &goods))
                    };
                    self.pairs.push(pair);
                }
            }
            let most = world.most(demand, (line, need)).filter(|most| *most < i64::MAX);
            self.most.push(most);
            cap_need(most, need, least, self.pairs.get_mut(from..).unwrap_or_default())
                .into_iter()
                .zip(self.problem.need.get_mut(line))
                .for_each(|(most, need)| *need = most);
            let judged = self.pairs.get(from..).unwrap_or_default();
            let room = |pair: &Pair| if pair.out.is_some() { 0 } else { pair.free.min(need.qty) };
            self.problem.room.extend(judged.iter().map(room));
        }
    }
}

/// Whether free units decide alone what nodes can give, if no lanes bring any: the cells themselves are not
/// read.
pub(super) fn is_by_free_units(world: World<'_>, demand: &Demand<'_>, rule: &CompiledSourcing) -> bool {
    let unlimited = rule.limits.is_empty() && rule.margin_min.is_none() && demand.excluded.is_empty();
    unlimited && is_plain(world, demand)
}

/// The limits of a rule that speak of a need.
pub(super) fn need_limits<'a>(
    catalog: &Catalog,
    demand: &Demand<'_>,
    rule: &'a CompiledSourcing,
    need: &Need,
) -> Vec<&'a CompiledLimit> {
    if rule.limits.is_empty() {
        return Vec::new();
    }
    let situation = Situation {
        channel: demand.channel,
        groups: &[need.group],
        value: Money::ZERO,
        segment: demand.segment,
        to: demand.to,
        margin: Money::ZERO,
    };
    rule.limits.iter().filter(|limit| limit.holds(&situation, catalog, need.sku)).collect()
}

/// What all nodes together may give, where a protection plan caps that below the need. Nodes fall out where
/// it does not suffice.
fn cap_need(most: Option<i64>, need: &Need, least: i64, pairs: &mut [Pair]) -> Option<i64> {
    let most = most?;
    for pair in pairs.iter_mut() {
        if most < least && pair.out.is_none() {
            pair.out = Some(FallOut::Protected);
        }
        (pair.free, pair.there) = (pair.free.min(most), pair.there.min(most));
    }
    (most >= least && most < need.qty).then_some(most)
}

impl CompiledLimit {
    /// Whether it keeps something of a line from a node.
    pub(super) fn bars(&self, option: &Candidacy, kind: NodeKind) -> bool {
        !self.allows(option.node, kind) || self.keeps(option.node, kind, option.distance_mm) > 0
    }
}

/// What spill limits have a node keep from a need.
pub(super) fn most_kept(limits: &[&CompiledLimit], option: &Candidacy, kind: NodeKind) -> i64 {
    limits.iter().map(|limit| limit.keeps(option.node, kind, option.distance_mm)).max().unwrap_or(0)
}

/// Whether a node may give to a need, by what it has; `barred` where a limit says no, `kept` where it keeps
/// some.
pub(super) fn judge_pair(
    demand: &Demand<'_>,
    rule: &CompiledSourcing,
    need: &Need,
    (node, barred, kept): (NodeId, bool, i64),
    goods: &Goods,
) -> Pair {
    let enough = |qty: i64| if rule.line_split == LineSplit::Never { qty >= need.qty } else { qty > 0 };
    let there = goods.free.saturating_add(goods.beyond);
    let cap = (goods.beyond > 0).then_some(goods.free);
    let mut pair = Pair { there, kept, held: goods.held, cap, ..Pair::default() };
    pair.free = pair.room_of(there);
    if !demand.excluded.is_empty() && demand.excludes(node, need.sku) {
        pair.out = Some(FallOut::Rejected);
    } else if barred || (enough(goods.free) && !enough(pair.free)) {
        pair.out = Some(FallOut::Restricted);
    } else if !enough(pair.free) {
        let kept = enough(goods.free.saturating_add(goods.protected));
        pair.out = Some(match (kept, kept && !enough(goods.dated)) {
            (true, true) => FallOut::LotsShort,
            (true, false) => FallOut::Protected,
            (false, _) => FallOut::NoStock,
        });
    } else if let Some(least) = rule.margin_min {
        let cost = num::mul_div(goods.value.micros(), need.scale, goods.on_hand.max(1)).unwrap_or(0);
        if need.price.micros().saturating_sub(cost) < least.micros() {
            pair.out = Some(FallOut::MarginTooLow);
        }
    }
    pair
}
