//! Freight by rate cards: what a parcel costs is a function of the set of lines in it, not a sum over them.
//!
//! The problem's own tables hold the part that adds up and is never above the card, so that whoever ignores
//! the rest (the batch, the search over many lines) still has a valid bound. What is on top is told by set of
//! lines, and an order of up to six whole lines is decided exactly over these sets. Larger orders and lines
//! in parts are searched by what adds up; then the plan found and the best one of a single node are set
//! against each other at the card's prices, and the bound stays that of the search.

#![allow(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "the caller checks the problem first, so line * nodes + node addresses each table, and \
              node << lines | mask that of sets; masks stay below 64; costs use saturating sums only"
)]

use super::build::{Allocator, Candidacy, Need, grams};
use super::kernel::LINES_MAX;
use super::problem::{Part, Problem, Solution, SplitLines};
use super::terms::{charge, opening, pair_term, weigh};
use super::tiers::Tiers;
use super::{Goods, World};
use crate::catalog::{Catalog, Heft};
use crate::policy::{CompiledSourcing, Measure};
use crate::value::num;

const MASKS: usize = 1 << LINES_MAX;

impl Need {
    /// What a carrier weighs and measures of some units.
    pub(super) fn heft(&self, qty: i64) -> Heft {
        Heft { grams: grams(self.weight_g, qty, self.scale), mm3: grams(self.volume_mm3, qty, self.scale) }
    }

    /// Grams by which what adds up counts units of it, where it goes by volume.
    pub(super) fn counted(&self, option: &Candidacy, qty: i64) -> i64 {
        let mm3 = self.volume_mm3.saturating_mul(qty).checked_div(self.scale.max(1)).unwrap_or(0);
        mm3.checked_div(option.by_volume).unwrap_or(0)
    }
}

impl Allocator {
    /// Whether freight is weighed and any candidate goes by a rate card.
    pub(super) fn goes_by_card(&self, catalog: &Catalog, rule: &CompiledSourcing) -> bool {
        let carded = |at: &usize| self.options.get(*at).is_some_and(|option| option.carded);
        catalog.is_carded && rule.weighs(Measure::Freight) && self.candidates.iter().any(carded)
    }

    /// What a node's parcel costs beyond what adds up, for one term of freight.
    pub(super) fn beyond(
        &self,
        catalog: &Catalog,
        column: usize,
        parts: impl Iterator<Item = (usize, i64)>,
        weight: i64,
    ) -> i64 {
        let Some(option) = self.option(column).filter(|option| option.carded) else { return 0 };
        let in_parts = self.problem.split_lines == SplitLines::Allowed;
        // What brings goods there is on top of both.
        let parcel = Candidacy { bring: 0, ..*option };
        let (mut heft, mut adds) = (Heft::default(), opening(Measure::Freight, weight, &parcel, None));
        for (line, qty) in parts {
            let Some(need) = self.needs.get(line) else { continue };
            heft = heft.plus(need.heft(qty));
            let units = if in_parts { 1 } else { qty };
            let each = pair_term(Measure::Freight, weight, need, option, None, &Goods::default(), units);
            adds = adds.saturating_add(if in_parts { each.saturating_mul(qty) } else { each });
        }
        let card = catalog.freight(option.service, option.distance_mm, heft).saturating_add(option.change);
        weigh(weight, card.max(0), 1_000_000).saturating_sub(adds)
    }

    /// The same for all terms of freight.
    fn beyond_by_tier(
        &self,
        catalog: &Catalog,
        rule: &CompiledSourcing,
        column: usize,
        parts: impl Iterator<Item = (usize, i64)> + Clone,
    ) -> Tiers {
        let mut cost = Tiers::ZERO;
        for (tier, _, weight) in rule.terms.iter().filter(|(_, measure, _)| *measure == Measure::Freight) {
            charge(&mut cost, *tier, self.beyond(catalog, column, parts.clone(), *weight));
        }
        cost
    }

    /// Tells by set of lines what nodes cost beyond what adds up, where that can be told.
    pub(super) fn lay_cards(&mut self, catalog: &Catalog, rule: &CompiledSourcing) {
        self.problem.cards.clear();
        self.carded = self.goes_by_card(catalog, rule);
        let lines = self.problem.lines;
        if !self.carded || lines > LINES_MAX || self.problem.split_lines == SplitLines::Allowed {
            return;
        }
        let mut cards = std::mem::take(&mut self.problem.cards);
        for column in 0..self.problem.nodes {
            cards.push(Tiers::ZERO);
            for mask in 1..1usize << lines {
                let needs = self.needs.iter().enumerate().filter(|(line, _)| mask >> line & 1 == 1);
                let parts = needs.map(|(line, need)| (line, need.qty));
                cards.push(self.beyond_by_tier(catalog, rule, column, parts));
            }
        }
        self.problem.cards = cards;
    }

    /// Prices a solution that was found by what adds up at the card's prices, against the best single node.
    pub(super) fn recharge(
        &self,
        problem: &Problem,
        catalog: &Catalog,
        rule: &CompiledSourcing,
        solution: &mut Solution,
    ) {
        if !self.carded || !problem.cards.is_empty() {
            return;
        }
        let all = self.needs.iter().enumerate();
        let mut columns: Vec<usize> = solution.parts.iter().map(|part| part.node).collect();
        columns.sort_unstable();
        columns.dedup();
        for column in columns {
            let mine = solution.parts.iter().filter(|part| part.node == column);
            let parts = mine.map(|part| (part.line, part.qty));
            solution.cost = solution.cost.plus(self.beyond_by_tier(catalog, rule, column, parts));
        }
        let needs = all.clone().map(|(line, _)| (line, problem.need.get(line).copied().unwrap_or(0)));
        let nodes = if problem.nodes_max == 0 { 0 } else { problem.nodes };
        for column in 0..nodes {
            let pairs = needs.clone().map(|(line, need)| (line * problem.nodes + column, need));
            if !pairs.clone().all(|(pair, need)| problem.room[pair] >= need) {
                continue;
            }
            let open = problem.open[column].plus(self.beyond_by_tier(catalog, rule, column, needs.clone()));
            let cost = pairs.fold(open, |sum, (pair, need)| sum.plus(problem.whole(pair, need)));
            if cost < solution.cost {
                solution.cost = cost;
                solution.parts.clear();
                solution.parts.extend(needs.clone().map(|(line, qty)| Part { line, node: column, qty }));
            }
        }
        solution.bound = solution.bound.min(solution.cost);
    }

    /// What all goods that are needed weigh and measure.
    pub(super) fn heft(&self) -> Heft {
        self.needs.iter().fold(Heft::default(), |sum, need| sum.plus(need.heft(need.qty)))
    }
}

/// What a term of freight costs beyond what adds up, for one line alone.
pub(super) fn beyond_alone(
    world: World<'_>,
    allocator: &Allocator,
    column: Option<usize>,
    part: (usize, i64),
    weight: i64,
) -> i64 {
    let give = part.1 > 0;
    column
        .filter(|_| give)
        .map_or(0, |column| allocator.beyond(world.catalog, column, std::iter::once(part), weight))
}

/// The cheapest single node for each set of lines, and how sets are covered.
struct Sets {
    group: [Tiers; MASKS],
    giver: [usize; MASKS],
}

/// Who gives each line.
type Givers = [usize; LINES_MAX];
const NOBODY: usize = usize::MAX;

/// Solves a checked problem of up to six whole lines whose nodes cost by set of lines, exactly.
pub(super) fn solve(problem: &Problem, out: &mut Solution) {
    let (lines, full) = (problem.lines, (1usize << problem.lines) - 1);
    let most = problem.nodes_max.min(problem.nodes).min(lines);
    let none: Vec<Tiers> = (0..lines).map(|line| problem.unfilled(line)).collect();
    let mut best = (none.iter().fold(problem.not_single, |sum, one| sum.plus(*one)), [NOBODY; LINES_MAX]);
    let sets = Sets::of(problem);
    // One node gives everything: never dearer than leaving all, where they cost the same.
    if most > 0 && sets.giver[full] != NOBODY && sets.group[full] <= best.0 {
        let mut by = [NOBODY; LINES_MAX];
        by[..lines].fill(sets.giver[full]);
        best = (sets.group[full], by);
    }
    let (cost, by) = sets.cover(problem, &none, most);
    let cost = cost.plus(problem.not_single);
    if cost < best.0 {
        best = if repeats(&sets, &by) { exact(problem, &none, most, best) } else { (cost, by.0) };
    }
    (out.cost, out.bound) = (best.0, best.0);
    for (line, node) in best.1.iter().enumerate().take(lines).filter(|(_, node)| **node != NOBODY) {
        out.parts.push(Part { line, node: *node, qty: problem.need[line] });
    }
}

/// What a node costs for a set of lines; `None` where it has not the room.
fn set_cost(problem: &Problem, node: usize, mask: usize) -> Option<Tiers> {
    let mut cost = problem.open[node].plus(problem.cards[node << problem.lines | mask]);
    for line in (0..problem.lines).filter(|line| mask >> line & 1 == 1) {
        let (pair, need) = (line * problem.nodes + node, problem.need[line]);
        if problem.room[pair] < need {
            return None;
        }
        cost = cost.plus(problem.whole(pair, need));
    }
    Some(cost)
}

impl Sets {
    fn of(problem: &Problem) -> Sets {
        let mut sets = Sets { group: [Tiers::MAX; MASKS], giver: [NOBODY; MASKS] };
        for node in 0..problem.nodes {
            for mask in 1..1usize << problem.lines {
                if let Some(cost) = set_cost(problem, node, mask)
                    && (sets.giver[mask] == NOBODY || cost < sets.group[mask])
                {
                    (sets.group[mask], sets.giver[mask]) = (cost, node);
                }
            }
        }
        sets
    }

    /// The cheapest cover of all lines by at most so many sets and lines left; with it the sets.
    fn cover(&self, problem: &Problem, none: &[Tiers], most: usize) -> (Tiers, (Givers, Vec<usize>)) {
        let full = (1usize << problem.lines) - 1;
        // By number of sets, then lines: cost, and the set that covers the lowest line; 0 = it is left.
        let mut best = vec![[(Tiers::ZERO, 0usize); MASKS]; most + 1];
        for layer in 0..=most {
            for mask in 1..=full {
                let low = mask & mask.wrapping_neg();
                let rest = mask ^ low;
                let left = none[num::index(low.trailing_zeros())].plus(best[layer][rest].0);
                let mut found = (left, 0);
                let mut sub = rest;
                loop {
                    if layer == 0 {
                        break;
                    }
                    let set = mask ^ sub;
                    if self.giver[set] != NOBODY {
                        let cost = self.group[set].plus(best[layer - 1][sub].0);
                        if cost < found.0 || (found.1 == 0 && cost == found.0) {
                            found = (cost, set);
                        }
                    }
                    if sub == 0 {
                        break;
                    }
                    sub = (sub - 1) & rest;
                }
                best[layer][mask] = found;
            }
        }
        let (mut by, mut chosen, mut mask, mut layer) = ([NOBODY; LINES_MAX], Vec::new(), full, most);
        while mask > 0 {
            let set = best[layer][mask].1;
            if set == 0 {
                mask &= mask - 1;
                continue;
            }
            (0..problem.lines)
                .filter(|line| set >> line & 1 == 1)
                .for_each(|line| by[line] = self.giver[set]);
            chosen.push(set);
            (mask, layer) = (mask ^ set, layer - 1);
        }
        (best[most][full].0, (by, chosen))
    }
}

/// Whether a node gives two sets, which it would send as one parcel at another price.
fn repeats(sets: &Sets, (_, chosen): &(Givers, Vec<usize>)) -> bool {
    let givers: Vec<usize> = chosen.iter().map(|set| sets.giver[*set]).collect();
    givers.iter().enumerate().any(|(at, giver)| givers[..at].contains(giver))
}

/// Node by node, each with one set or none: exact whatever sets cost.
fn exact(problem: &Problem, none: &[Tiers], most: usize, known: (Tiers, Givers)) -> (Tiers, Givers) {
    let full = (1usize << problem.lines) - 1;
    let mut best: Vec<Vec<Option<(Tiers, Givers)>>> = vec![vec![None; full + 1]; most + 1];
    best[0][0] = Some((problem.not_single, [NOBODY; LINES_MAX]));
    for node in 0..problem.nodes {
        let costs: Vec<Option<Tiers>> = (0..=full).map(|mask| set_cost(problem, node, mask)).collect();
        for count in (0..most).rev() {
            for given in 0..=full {
                let Some((cost, by)) = best[count][given] else { continue };
                let rest = full ^ given;
                let mut set = rest;
                while set > 0 {
                    if let Some(more) = costs[set] {
                        let sum = cost.plus(more);
                        let to = &mut best[count + 1][given | set];
                        if to.is_none_or(|known| sum < known.0) {
                            let mut by = by;
                            (0..problem.lines).filter(|l| set >> l & 1 == 1).for_each(|l| by[l] = node);
                            *to = Some((sum, by));
                        }
                    }
                    set = (set - 1) & rest;
                }
            }
        }
    }
    let mut least = known;
    for row in &best {
        for (given, found) in row.iter().enumerate() {
            let Some((cost, by)) = found else { continue };
            let left = (0..problem.lines).filter(|line| given >> line & 1 == 0);
            let cost = left.fold(*cost, |sum, line| sum.plus(none[line]));
            if cost < least.0 {
                least = (cost, *by);
            }
        }
    }
    least
}

/// How many entries the table by sets has.
pub(super) fn size(problem: &Problem) -> usize {
    problem.nodes.checked_shl(num::id(problem.lines)).unwrap_or(usize::MAX)
}
