//! Why a plan is as it is, in full: every candidate with every cost term, and what came close.

use super::FallOut;
use super::build::{Allocator, Candidacy, Demand, Need, World};
use super::cards::beyond_alone;
use super::pair::need_limits;
use super::record::{DecisionRecord, Title, record};
use super::terms::{node_term, opening, pair_term};
use super::tiers::Tiers;
use crate::policy::{CompiledLimit, CompiledSourcing, Flow, Measure};
use crate::value::ids::{NodeId, ServiceId, SkuId};
use crate::value::money::Money;
use crate::value::sort::PutInOrder;
use crate::value::time::Instant;
use serde::{Deserialize, Serialize};

macro_rules! shown {
    ($($item:item)*) => {$(
        #[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        $item
    )*};
}

shown! {
    /// A decision in full.
    pub struct Explanation {
        /// Name of the policy.
        pub policy: String,
        /// Name of the rule that decided, or `otherwise`.
        pub rule: String,
        /// The candidates, by node, then line.
        pub candidates: Vec<Candidate>,
        /// Cost of the chosen plan, tier by tier, in micro-units.
        pub cost: Vec<i64>,
        /// No plan costs less.
        pub bound: Vec<i64>,
        /// What the best plan without each node of the chosen one would cost.
        pub without: Vec<Alternative>,
        /// One sentence in plain words.
        pub summary: String,
        /// All that the decision saw and came to, to be checked without the book.
        pub record: Box<DecisionRecord>,
    }

    /// A node for a SKU of the order.
    pub struct Candidate {
        /// The node.
        pub node: NodeId,
        /// The SKU.
        pub sku: SkuId,
        /// Units asked for.
        pub asked: i64,
        /// Units that it could give.
        pub available: i64,
        /// Why it fell out, if it did.
        pub fell_out: Option<FallOut>,
        /// The limit of the policy that keeps the goods from it, if that is why.
        pub limit: Option<String>,
        /// The carrier service it would use.
        pub service: ServiceId,
        /// When it would arrive.
        pub arrive_at: Instant,
        /// Distance in millimetres.
        pub distance_mm: i64,
        /// What giving all it can would cost, term by term.
        pub terms: Vec<TermCost>,
        /// Units that the plan takes.
        pub taken: i64,
        /// The node that would bring them first, if so.
        #[serde(default)]
        pub brought_from: Option<NodeId>,
    }

    /// The cost of one term.
    pub struct TermCost {
        /// The tier, from 1.
        pub tier: u32,
        /// The measure.
        pub measure: Measure,
        /// Its weighted cost in micro-units.
        pub cost: i64,
    }

    /// The best plan if a node were not there.
    pub struct Alternative {
        /// The node.
        pub node: NodeId,
        /// What the plan would cost, tier by tier.
        pub cost: Vec<i64>,
    }
}

/// Writes the decision that an allocator has just taken out in full.
pub(crate) fn explain(
    world: World<'_>,
    demand: &Demand<'_>,
    allocator: &mut Allocator,
    said: &CompiledSourcing,
    title: &Title<'_>,
) -> Explanation {
    let record = Box::new(record(world, demand, allocator, said, title));
    let rule = said.with_relaxed(allocator.relaxed);
    allocator.measure(world);
    let tiers = |cost: &Tiers| cost.0.iter().take(rule.tiers).copied().collect::<Vec<i64>>();
    let mut candidates = Vec::new();
    for (at, option) in allocator.options.iter().enumerate() {
        let column = allocator.candidates.iter().position(|candidate| *candidate == at);
        for (line, need) in allocator.needs.iter().enumerate() {
            candidates.push(candidate(world, demand, allocator, rule, (option, column), (line, need)));
        }
    }
    let mut used: Vec<usize> = allocator.solution.parts.iter().map(|part| part.node).collect();
    used.put_in_order();
    used.dedup();
    let cost = allocator.solution.cost;
    let mut without = Vec::new();
    for column in used {
        let option = allocator.candidates.get(column).and_then(|at| allocator.options.get(*at));
        let Some(node) = option.map(|option| option.node) else { continue };
        let alternative = allocator.without(world.catalog, rule, column).cost;
        without.push(Alternative { node, cost: tiers(&alternative) });
    }
    let summary = summary(world, allocator, (rule.flow, &candidates), &without, &tiers(&cost));
    Explanation {
        policy: title.policy.into(),
        rule: rule.name.clone(),
        candidates,
        cost: tiers(&cost),
        bound: tiers(&allocator.solution.bound),
        without,
        summary,
        record,
    }
}

fn candidate(
    world: World<'_>,
    demand: &Demand<'_>,
    allocator: &Allocator,
    rule: &CompiledSourcing,
    (option, column): (&Candidacy, Option<usize>),
    (line, need): (usize, &Need),
) -> Candidate {
    let width = allocator.candidates.len();
    let pair =
        column.and_then(|column| allocator.pairs.get(line.saturating_mul(width).saturating_add(column)));
    let available = pair.map_or(0, |pair| pair.free);
    let fell_out = option.out.or(pair.and_then(|pair| pair.out));
    let kind = world.catalog.node.get(option.node.0).map(|row| row.kind);
    let bars = |limit: &&&CompiledLimit| kind.is_some_and(|kind| limit.bars(option, kind));
    let limits = need_limits(world.catalog, demand, rule, need);
    let limit = limits.iter().find(bars).filter(|_| fell_out == Some(FallOut::Restricted));
    let taken = allocator.solution.parts.iter().filter(|part| part.line == line && Some(part.node) == column);
    let known = pair.copied().unwrap_or_default();
    let goods = world.goods_of(demand, (line, need), option, known);
    let row = world.catalog.node.get(option.node.0);
    let give = available.min(need.qty);
    let term = |(tier, measure, weight): &(usize, Measure, i64)| {
        let part = node_term(*measure, *weight, option);
        let units = pair_term(*measure, *weight, need, option, row, &goods, give);
        let open = opening(*measure, *weight, option, row);
        let tier = crate::value::num::id(*tier).saturating_add(1);
        let mut cost = part.saturating_add(units).saturating_add(open);
        if *measure == Measure::Freight {
            let beyond = beyond_alone(world, allocator, column, (line, give), *weight);
            cost = cost.saturating_add(beyond);
        }
        TermCost { tier, measure: *measure, cost }
    };
    let withheld = column.and_then(|column| allocator.withheld(line, column));
    let terms = if fell_out.is_some() { Vec::new() } else { rule.terms.iter().map(term).collect() };
    Candidate {
        node: option.node,
        sku: need.sku,
        asked: need.qty,
        available,
        fell_out: fell_out.or(withheld),
        limit: limit.map(|limit| limit.name.clone()),
        service: option.service,
        arrive_at: option.arrive_at,
        distance_mm: option.distance_mm,
        terms,
        taken: taken.map(|part| part.qty).fold(0, i64::saturating_add),
        brought_from: known.brought.then_some(option.from),
    }
}

/// One sentence: what was chosen, what fell out, and what came close.
fn summary(
    world: World<'_>,
    allocator: &Allocator,
    (flow, candidates): (Flow, &[Candidate]),
    without: &[Alternative],
    cost: &[i64],
) -> String {
    let code = |node: NodeId| world.catalog.nodes.get(node.0).map(|c| c.to_string()).unwrap_or_default();
    let asked = allocator.needs.iter().map(|need| need.qty).fold(0, i64::saturating_add);
    let given = candidates.iter().map(|candidate| candidate.taken).fold(0, i64::saturating_add);
    let nodes: Vec<String> = without.iter().map(|used| code(used.node)).collect();
    let proof =
        if allocator.solution.cost == allocator.solution.bound { "proved best" } else { "best found" };
    let withheld = candidates.iter().filter_map(|one| match one.fell_out? {
        FallOut::MaxNodes => Some(", more would take more nodes than the rule allows"),
        FallOut::Incomplete => Some(", the order comes whole or not at all"),
        FallOut::TooDear => Some(", more would cost more than it is worth"),
        _ => None,
    });
    let why = withheld.min().unwrap_or(if nodes.is_empty() { ", no node can give" } else { "" });
    let way = if flow == Flow::Back { "to" } else { "from" };
    let from = if nodes.is_empty() { String::new() } else { format!(" {way} {}", nodes.join(" and ")) };
    let mut brought = String::new();
    for one in candidates.iter().filter(|one| one.taken > 0) {
        if let Some(from) = one.brought_from {
            let sku = world.catalog.skus.get(one.sku.0).map(|code| code.to_string()).unwrap_or_default();
            brought.push_str(&format!(
                ", {} {sku} brought from {} to {} first",
                one.taken,
                code(from),
                code(one.node)
            ));
        }
    }
    let close = without.iter().min_by(|a, b| a.cost.cmp(&b.cost));
    let close = close.map(|next| {
        let tier = next.cost.iter().zip(cost).position(|(a, b)| a != b);
        let by = tier.map_or(0, |t| {
            let (a, b) = (next.cost.get(t).copied(), cost.get(t).copied());
            a.unwrap_or(0).saturating_sub(b.unwrap_or(0))
        });
        let (node, by) = (code(next.node), Money::from_micros(by));
        match tier {
            Some(tier) => {
                format!("; without {node} the plan would cost {by} more in tier {}", tier.saturating_add(1))
            }
            None => format!("; a plan without {node} would cost the same"),
        }
    });
    format!("{given} of {asked} units{from}{brought}{why}, {proof}{}", close.unwrap_or_default())
}
