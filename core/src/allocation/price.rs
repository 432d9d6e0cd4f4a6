//! What a rule's terms make of a decision: the costs in the problem's tables.

use super::Goods;
use super::build::{Allocator, Candidacy, Demand, Need, World, free_units, incomplete, is_plain};
use super::pair::Pair;
use super::terms::{charge, node_term, opening, pair_term, unit_weight};
use super::tiers::Tiers;
use crate::catalog::Catalog;
use crate::policy::{CompiledSourcing, Completeness, LineSplit, Measure, TermsOf};
use crate::value::ids::NodeId;
use crate::value::num;

/// What prices pairs of need and candidate.
#[derive(Clone, Copy)]
pub(super) struct Pricing<'a> {
    world: World<'a>,
    demand: &'a Demand<'a>,
    terms: &'a TermsOf,
    /// Whether lines come whole, so that they are priced as such.
    whole: bool,
    /// Whether the free units alone say all that is asked of goods: the cells themselves are not read.
    free_alone: bool,
}

impl<'a> Pricing<'a> {
    pub(super) fn of(world: World<'a>, demand: &'a Demand<'a>, rule: &'a CompiledSourcing) -> Pricing<'a> {
        Pricing {
            world,
            demand,
            terms: &rule.terms_of,
            whole: rule.line_split == LineSplit::Never,
            free_alone: rule.terms_of.asks_free_alone && is_plain(world, demand),
        }
    }

    /// What it costs for each line that a candidate gives to it.
    #[inline]
    fn of_way(&self, option: &Candidacy) -> Tiers {
        let mut cost = Tiers::ZERO;
        for (tier, measure, weight) in self.terms.way.iter().copied() {
            charge(&mut cost, tier, node_term(measure, weight, option));
        }
        cost
    }

    /// What a candidate has for a need, as far as the terms ask.
    #[inline]
    fn goods(&self, need: (usize, &Need), (at, option): (usize, &Candidacy), pair: Option<&Pair>) -> Goods {
        let brought = option.from != NodeId::NONE;
        // Carriers and handling ask nothing of the goods there.
        if !self.terms.asks_goods && !brought {
            return Goods::default();
        }
        if self.free_alone && !brought {
            return Goods { free: free_units(self.world, need.1, at), ..Goods::default() };
        }
        self.world.goods_of(self.demand, need, option, pair.copied().unwrap_or_default())
    }

    /// What it costs beside that a candidate gives a unit of a need; all of it, where it comes whole.
    #[inline]
    fn of_goods(
        &self,
        need: (usize, &Need),
        (at, option): (usize, &Candidacy),
        pair: Option<&Pair>,
        mut cost: Tiers,
    ) -> Tiers {
        let goods = self.goods(need, (at, option), pair);
        let place = self.world.catalog.node.get(option.node.0);
        let qty = if self.whole { need.1.qty } else { 1 };
        for (tier, measure, weight) in self.terms.goods.iter().copied() {
            charge(&mut cost, tier, pair_term(measure, weight, need.1, option, place, &goods, qty));
        }
        cost
    }

    /// What it costs that a candidate gives all of all needs, lines being whole; `pair` is its own of each.
    /// None as soon as that is above a limit.
    #[inline]
    pub(super) fn of_all<'p>(
        &self,
        needs: &[Need],
        (at, option): (usize, &Candidacy),
        pair: impl Fn(usize) -> Option<&'p Pair>,
        (mut cost, limit): (Tiers, Tiers),
    ) -> Option<Tiers> {
        for (tier, measure, weight) in self.terms.way.iter().copied() {
            let way = node_term(measure, weight, option);
            charge(&mut cost, tier, way.saturating_mul(num::count(needs.len())));
        }
        let place = self.world.catalog.node.get(option.node.0);
        for (tier, measure, weight) in self.terms.goods.iter().copied() {
            if cost > limit {
                return None;
            }
            // What asks nothing of the goods goes without them.
            let bare = option.from == NodeId::NONE && !measure.asks_goods();
            for need in needs.iter().enumerate() {
                let goods =
                    if bare { Goods::default() } else { self.goods(need, (at, option), pair(need.0)) };
                let term = pair_term(measure, weight, need.1, option, place, &goods, need.1.qty);
                charge(&mut cost, tier, term);
            }
        }
        (cost <= limit).then_some(cost)
    }
}

impl Allocator {
    /// Measures the way from a candidate's node, if nothing has asked for it yet; gives the candidate.
    #[inline]
    pub(super) fn measured(&mut self, world: World<'_>, at: usize) -> Option<&Candidacy> {
        let option = self.options.get_mut(at)?;
        if option.is_unmeasured() {
            let from = world.directions.get(at).copied().unwrap_or_default();
            option.measure(from, self.to.direction());
        }
        Some(option)
    }

    /// Enters what nodes cost for lines into the problem: once, and for each unit where lines may be split.
    pub(super) fn price_pairs(&mut self, world: World<'_>, demand: &Demand<'_>, rule: &CompiledSourcing) {
        let pricing = Pricing::of(world, demand, rule);
        let nodes = self.candidates.len();
        self.costs.clear();
        self.costs.resize(nodes, Tiers::ZERO);
        for column in 0..nodes {
            let mut rooms = self.problem.room.chunks_exact(nodes);
            let gives = rooms.any(|row| row.get(column).is_some_and(|room| *room > 0));
            let Some(at) = self.candidates.get(column).copied().filter(|_| gives) else { continue };
            let cost = self.measured(world, at).map(|option| pricing.of_way(option));
            if let (Some(to), Some(cost)) = (self.costs.get_mut(column), cost) {
                *to = cost;
            }
        }
        let problem = &mut self.problem;
        for need in self.needs.iter().enumerate() {
            let from = problem.part.len();
            problem.part.extend_from_slice(&self.costs);
            if !pricing.whole {
                problem.unit.resize(problem.part.len(), Tiers::ZERO);
            }
            if pricing.terms.goods.is_empty() {
                continue;
            }
            for (column, at) in self.candidates.iter().enumerate() {
                let pair = from.saturating_add(column);
                let open = problem.room.get(pair).is_some_and(|room| *room > 0);
                let Some(option) = self.options.get(*at).filter(|_| open) else { continue };
                let costs = if pricing.whole { &mut problem.part } else { &mut problem.unit };
                if let Some(cost) = costs.get_mut(pair) {
                    *cost = pricing.of_goods(need, (*at, option), self.pairs.get(pair), *cost);
                }
            }
        }
    }

    /// Enters what it costs that nodes give at all, and that lines are left.
    pub(super) fn price_nodes(&mut self, catalog: &Catalog, rule: &CompiledSourcing) {
        let problem = &mut self.problem;
        let mut every = Tiers::ZERO;
        for (tier, measure, weight) in rule.terms.iter().copied() {
            match measure {
                Measure::Shipments => charge(&mut every, tier, weight),
                Measure::UnfilledLines => {
                    problem.short_line.iter_mut().for_each(|cost| charge(cost, tier, weight));
                }
                Measure::UnfilledUnits => {
                    for (cost, need) in problem.short_unit.iter_mut().zip(&self.needs) {
                        charge(cost, tier, unit_weight(weight, need));
                    }
                }
                Measure::NotSingle => charge(&mut problem.not_single, tier, weight),
                _ => {}
            }
        }
        problem.open.clear();
        problem.open.resize(problem.nodes, every);
        for (cost, at) in problem.open.iter_mut().zip(&self.candidates) {
            let Some(option) = self.options.get(*at) else { continue };
            let row = catalog.node.get(option.node.0);
            for (tier, measure, weight) in rule.terms_of.opening.iter().copied() {
                charge(cost, tier, opening(measure, weight, option, row));
            }
        }
        if rule.weighs(Measure::NodePreference) {
            // Books of old may prefer a node below nothing; no node earns by being used.
            problem.open.iter_mut().for_each(|open| *open = (*open).max(Tiers::ZERO));
        }
        if rule.completeness == Completeness::Whole {
            let each = incomplete(problem.lines);
            problem.short_line.iter_mut().for_each(|cost| charge(cost, 0, each));
        }
    }
}
