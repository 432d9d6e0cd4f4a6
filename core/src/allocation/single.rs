//! One node that gives everything, where that is plainly the best: most orders end here, and what lines cost
//! at other nodes need not be known.
//!
//! Any other plan opens two nodes or leaves a line. If a node can give all lines for less than the two
//! cheapest nodes cost to open, and for less than any line costs to be left, no other plan is as cheap.

use super::build::{Allocator, Demand, World, free_units};
use super::kernel::LINES_MAX;
use super::price::Pricing;
use super::problem::{Part, Problem};
use super::tiers::Tiers;
use crate::catalog::Catalog;
use crate::policy::{CompiledSourcing, LineSplit, Measure};

impl Allocator {
    /// Whether a rule's cheapest plan may be found by what single nodes cost.
    pub(super) fn may_be_single(&self, catalog: &Catalog, rule: &CompiledSourcing) -> bool {
        let whole = rule.line_split == LineSplit::Never && (1..=LINES_MAX).contains(&self.needs.len());
        let joined = self.needs.len() == 1 || rule.terms_of.may_join;
        // Where to give more could cost less, or freight does not add up, parts of a plan are no bound.
        let carded = catalog.is_carded && rule.weighs(Measure::Freight);
        whole && joined && !carded && !rule.terms_of.may_earn && rule.nodes_max > 0
    }

    /// Whether some node has enough free units for all needs.
    pub(super) fn is_somewhere_whole(&self, world: World<'_>) -> bool {
        let has_all = |at| self.needs.iter().all(|need| free_units(world, need, at) >= need.qty);
        (0..world.catalog.node.len()).any(has_all)
    }

    /// Decides into `solution` for the cheapest node that gives everything, as the solver would: the lowest
    /// of equals. `false` where another plan may be as cheap, and nothing is decided. Nodes have been judged
    /// and priced, it is known what they can give, and the rule may be decided so.
    pub(super) fn decide_singly(
        &mut self,
        world: World<'_>,
        demand: &Demand<'_>,
        rule: &CompiledSourcing,
    ) -> bool {
        // Against the cheapest to open most others fall out at once.
        let Some(first) = self.problem.cheapest_to_open() else { return false };
        let pricing = Pricing::of(world, demand, rule);
        let limit = self.problem.least_of_others();
        let cost = self.all_from(first, &pricing, world, limit);
        let (mut best, mut node) = cost.map_or((limit, usize::MAX), |cost| (cost, first));
        for column in 0..self.problem.nodes {
            if column == first || self.problem.open.get(column).is_none_or(|open| *open > best) {
                continue;
            }
            // Of equals the lowest.
            let cost = self.all_from(column, &pricing, world, best);
            if let Some(cost) = cost.filter(|cost| *cost < best || column < node) {
                (best, node) = (cost, column);
            }
        }
        if best >= limit {
            return false;
        }
        let solution = &mut self.solution;
        let part = |(line, qty): (usize, &i64)| Part { line, node, qty: *qty };
        solution.parts.clear();
        solution.parts.extend(self.problem.need.iter().enumerate().map(part));
        (solution.cost, solution.bound, solution.steps) = (best, best, 0);
        true
    }

    /// What it costs that a candidate gives everything, if it can and that is not above a limit.
    fn all_from(
        &mut self,
        column: usize,
        pricing: &Pricing<'_>,
        world: World<'_>,
        limit: Tiers,
    ) -> Option<Tiers> {
        let open = self.problem.open.get(column).copied()?;
        if !self.problem.has_all(column) {
            return None;
        }
        let at = self.candidates.get(column).copied()?;
        self.measured(world, at)?;
        let place = |line: usize| line.saturating_mul(self.problem.nodes).saturating_add(column);
        let pair = |line: usize| self.pairs.get(place(line));
        pricing.of_all(&self.needs, (at, self.options.get(at)?), pair, (open, limit))
    }
}

impl Problem {
    /// Whether a node can give everything.
    #[inline]
    fn has_all(&self, node: usize) -> bool {
        let mut pair = node;
        self.need.iter().all(|need| {
            let has = self.room.get(pair).is_some_and(|room| room >= need);
            pair = pair.saturating_add(self.nodes);
            has
        })
    }

    /// Of the nodes that can give everything, the one that is cheapest to open; the lowest of equals.
    fn cheapest_to_open(&self) -> Option<usize> {
        let mut best: Option<(Tiers, usize)> = None;
        for (node, open) in self.open.iter().copied().enumerate() {
            if best.is_none_or(|(least, _)| open < least) && self.has_all(node) {
                best = Some((open, node));
            }
        }
        best.map(|(_, node)| node)
    }

    /// What a plan costs at least that is not complete from one node.
    fn least_of_others(&self) -> Tiers {
        let [mut first, mut second] = [Tiers::MAX; 2];
        for open in self.open.iter().copied() {
            if open < first {
                [first, second] = [open, first];
            } else if open < second {
                second = open;
            }
        }
        // One line comes whole from one node or not at all.
        let two = if self.lines == 1 { Tiers::MAX } else { first.plus(second) };
        let left = (0..self.lines).map(|line| self.unfilled(line));
        left.fold(two, Tiers::min).plus(self.not_single)
    }
}

#[cfg(test)]
mod tests {
    use crate::allocation::plain::tests::{World, hold_against_quotes};
    use crate::*;

    /// Tiers of terms, as weight and measure.
    const TIERS: [&[&[(&str, &str)]]; 5] = [
        &[
            &[("10000", "unfilled_lines")],
            &[("1", "freight"), ("1", "handling"), ("3", "shipments"), ("2", "scarcity")],
        ],
        &[
            &[("10000", "unfilled_lines")],
            &[("1", "freight"), ("0.75", "lateness_hours"), ("0.005", "distance_km"), ("4", "shipments")],
        ],
        &[&[
            ("20", "unfilled_units"),
            ("2", "not_single"),
            ("1", "picks"),
            ("3", "scarcity"),
            ("0.5", "shipments"),
        ]],
        &[
            &[("1", "unfilled_lines")],
            &[("1", "not_single")],
            &[("1", "freight"), ("0.01", "distance_km")],
            &[("1", "node_preference")],
        ],
        &[&[("40", "unfilled_units"), ("1", "freight"), ("1", "margin"), ("2", "shipments")]],
    ];

    #[test]
    fn a_single_node_is_the_solvers() -> Result<(), Box<dyn std::error::Error>> {
        let mut parcels = Vec::new();
        let term =
            |(weight, measure): &(&str, &str)| serde_json::json!({"measure": measure, "weight": weight});
        let tier = |terms: &&[(&str, &str)]| serde_json::Value::from_iter(terms.iter().map(term)).to_string();
        for (seed, tiers) in (11..91).zip(TIERS.iter().cycle()) {
            let tiers: Vec<String> = tiers.iter().map(tier).collect();
            let mut world = World::new(seed, &tiers.join(","))?;
            for (service, zones) in [
                (
                    "SLOW",
                    r#"{"up_to_km":150,"transit_hours":24,"base":"5","per_kg":"0.45"},
                    {"up_to_km":900,"transit_hours":130,"base":"6.5","per_kg":"0.9"}"#,
                ),
                ("FAST", r#"{"up_to_km":350,"transit_hours":20,"base":"9","per_kg":"1.5"}"#),
            ] {
                let define = format!(r#"{{"service":"{service}","zones":[{zones}]}}"#);
                world.say(Command::DefineService(serde_json::from_str(&define)?))?;
            }
            parcels.extend(hold_against_quotes(&mut world, seed)?);
        }
        let of = |many: usize| parcels.iter().filter(|parcels| **parcels == many).count();
        assert!(of(1) > 300 && of(2) > 50, "{} and {}", of(1), of(2));
        Ok(())
    }
}
