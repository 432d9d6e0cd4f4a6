//! A policy, checked when it is set and compiled to ids.

use super::*;
use crate::catalog::{Catalog, HAZARDS, Lookup, TemperatureClass, need};
use crate::value::geo::Point;
use crate::value::ids::{ChannelId, NodeId, SkuId};
use crate::value::rejection::Rejection;
use crate::value::sort::PutInOrder;

/// Most rules, tiers and terms of a policy.
const RULES_MAX: usize = 1_000;
const TIERS_MAX: usize = 4;
const TERMS_MAX: usize = 16;
const STEPS_DEFAULT: u64 = 100_000;

/// What the rules of a policy see of an order.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Situation<'a> {
    pub channel: ChannelId,
    pub groups: &'a [u32],
    pub value: Money,
    /// Segment of the customer; empty = none.
    pub segment: &'a str,
    /// Where the order goes.
    pub to: Point,
    /// Value less average cost; only where the policy asks for it.
    pub margin: Money,
}

#[derive(Clone, Debug, Default)]
struct CompiledPredicate {
    channels: Vec<ChannelId>,
    groups: Vec<u32>,
    value_min: Option<Money>,
    value_max: Option<Money>,
    segments: Vec<String>,
    areas: Vec<Area>,
    margin_min: Option<Money>,
    margin_max: Option<Money>,
}

impl CompiledPredicate {
    fn holds(&self, situation: &Situation<'_>) -> bool {
        let groups = &self.groups;
        (self.channels.is_empty() || self.channels.contains(&situation.channel))
            && (groups.is_empty() || situation.groups.iter().any(|group| groups.contains(group)))
            && self.value_min.is_none_or(|min| situation.value >= min)
            && self.value_max.is_none_or(|max| situation.value <= max)
            && (self.segments.is_empty() || self.segments.iter().any(|known| known == situation.segment))
            && (self.areas.is_empty() || self.areas.iter().any(|area| area.holds(situation.to)))
            && self.margin_min.is_none_or(|min| situation.margin >= min)
            && self.margin_max.is_none_or(|max| situation.margin <= max)
    }

    fn asks_margin(&self) -> bool {
        self.margin_min.is_some() || self.margin_max.is_some()
    }
}

/// A limit by ids.
#[derive(Clone, Debug, Default)]
pub(crate) struct CompiledLimit {
    pub name: String,
    when: CompiledPredicate,
    node_kinds: Vec<NodeKind>,
    nodes: Vec<NodeId>,
    not_nodes: Vec<NodeId>,
    /// How far a node's region reaches in millimetres, and how many units of a SKU it keeps for that.
    spill: Option<(i64, i64)>,
    hazards: Vec<String>,
    temperatures: Vec<TemperatureClass>,
}

impl CompiledLimit {
    /// Whether it speaks of a line of a SKU in this situation.
    pub(crate) fn holds(&self, line: &Situation<'_>, catalog: &Catalog, sku: SkuId) -> bool {
        self.when.holds(line) && (!self.asks_goods() || self.speaks_of(catalog.nature(sku)))
    }

    /// Whether it asks for hazard or cold chain of the goods.
    pub(crate) fn asks_goods(&self) -> bool {
        !(self.hazards.is_empty() && self.temperatures.is_empty())
    }

    fn speaks_of(&self, (hazard, temperature): (&str, TemperatureClass)) -> bool {
        let class = hazard.split('.').next().unwrap_or(hazard);
        (self.hazards.is_empty() || self.hazards.iter().any(|known| known == hazard || known == class))
            && (self.temperatures.is_empty() || self.temperatures.contains(&temperature))
    }

    /// Whether the line may come from a node.
    pub(crate) fn allows(&self, node: NodeId, kind: NodeKind) -> bool {
        self.spill.is_some() || self.names(node, kind)
    }

    fn names(&self, node: NodeId, kind: NodeKind) -> bool {
        (self.node_kinds.is_empty() || self.node_kinds.contains(&kind))
            && (self.nodes.is_empty() || self.nodes.contains(&node))
            && !self.not_nodes.contains(&node)
    }

    /// Units that a node keeps from a line so far away.
    pub(crate) fn keeps(&self, node: NodeId, kind: NodeKind, distance_mm: i64) -> i64 {
        match self.spill {
            Some((within, keep)) if distance_mm > within && self.names(node, kind) => keep,
            _ => 0,
        }
    }
}

/// A sourcing rule by ids.
#[derive(Clone, Debug, Default)]
pub(crate) struct CompiledSourcing {
    pub name: String,
    pub node_kinds: Vec<NodeKind>,
    pub nodes: Vec<NodeId>,
    pub nodes_max: usize,
    pub line_split: LineSplit,
    pub distance_mm_max: Option<i64>,
    pub lateness: Lateness,
    pub margin_min: Option<Money>,
    pub shortage: Shortage,
    pub backorder_units_max: Option<i64>,
    pub terms: Vec<CompiledTerm>,
    pub terms_of: TermsOf,
    pub tiers: usize,
    pub steps_max: u64,
    /// Whether it names neither nodes nor kinds.
    pub any_node: bool,
    /// Whether suppliers' own places serve orders although the rule does not name them.
    pub suppliers: bool,
    /// Set where lines come whole, the nearest node is the cheapest for each, and to open a node is free.
    pub plain: Option<PlainTerms>,
    pub limits: Vec<CompiledLimit>,
    /// Whether any limit asks how far it is.
    pub spills: bool,
    pub completeness: Completeness,
    /// 0 = no limit.
    pub rejections_max: u16,
    pub substitution: Substitution,
    /// Whether a whole line may be brought to the node that ships it.
    pub brings: bool,
    pub flow: Flow,
    /// In which order it gives way.
    pub relax: Vec<Relaxed>,
    /// The rule with the first of `relax` relaxed, with the first two, and so on.
    pub relaxed: Vec<CompiledSourcing>,
}

/// The terms of a plain rule, tier by tier.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct PlainTerms {
    pub unfilled_line: [i64; TIERS_MAX],
    pub unfilled_unit: [i64; TIERS_MAX],
    pub not_single: [i64; TIERS_MAX],
    /// Tier and weight of a kilometre.
    pub distance: (usize, i64),
}

impl PlainTerms {
    fn of(terms: &[CompiledTerm]) -> Option<PlainTerms> {
        let mut plain = PlainTerms::default();
        for (tier, measure, weight) in terms.iter().copied() {
            let tiers = match measure {
                Measure::UnfilledLines => &mut plain.unfilled_line,
                Measure::UnfilledUnits => &mut plain.unfilled_unit,
                Measure::NotSingle => &mut plain.not_single,
                // A millimetre more must cost more, so that the nearest node is the cheapest.
                Measure::DistanceKm if weight >= 1_000_000 && plain.distance.1 == 0 => {
                    plain.distance = (tier, weight);
                    continue;
                }
                _ => return None,
            };
            let sum = tiers.get_mut(tier)?;
            *sum = sum.saturating_add(weight);
        }
        (plain.distance.1 > 0).then_some(plain)
    }
}

impl CompiledSourcing {
    /// The rule, and what it becomes as it gives way.
    pub(crate) fn levels(&self) -> impl Iterator<Item = &CompiledSourcing> {
        std::iter::once(self).chain(&self.relaxed)
    }

    pub(crate) fn weighs(&self, measure: Measure) -> bool {
        self.terms.iter().any(|(_, m, _)| *m == measure)
    }

    /// The rule as if it did not weigh a measure.
    pub(crate) fn without(&self, measure: Measure) -> CompiledSourcing {
        let mut free = self.clone();
        free.terms.retain(|(_, known, _)| *known != measure);
        free.terms_of = TermsOf::of(&free.terms);
        free.relaxed = self.relaxed.iter().map(|rule| rule.without(measure)).collect();
        free
    }

    /// Whether nodes of a kind serve orders although the rule does not name them.
    #[inline]
    pub(crate) fn serves(&self, kind: NodeKind) -> bool {
        self.suppliers || kind != NodeKind::Supplier
    }

    pub(crate) fn allows(&self, node: NodeId, kind: NodeKind) -> bool {
        // A supplier's own place serves orders only where the rule names it or its kind.
        let named = self.serves(kind) || self.node_kinds.contains(&kind) || self.nodes.contains(&node);
        named
            && (self.node_kinds.is_empty() || self.node_kinds.contains(&kind))
            && (self.nodes.is_empty() || self.nodes.contains(&node))
    }

    /// The rule with the first so many of its relaxations.
    pub(crate) fn with_relaxed(&self, count: usize) -> &CompiledSourcing {
        count.checked_sub(1).and_then(|at| self.relaxed.get(at)).unwrap_or(self)
    }
}

/// The policy in force.
#[derive(Clone, Debug, Default)]
pub(crate) struct CompiledPolicy {
    rules: Vec<(CompiledPredicate, CompiledSourcing)>,
    otherwise: CompiledSourcing,
    /// Whether any rule is chosen by margin.
    pub asks_margin: bool,
    /// Whether any rule holds a line back where its margin is too low.
    pub holds_margin: bool,
    /// Whether any rule lets a line be given by another SKU.
    pub substitutes: bool,
    /// Whether any rule lets other nodes bring goods to the one that ships.
    pub brings: bool,
}

impl CompiledPolicy {
    /// Checks and compiles.
    pub(crate) fn compile(policy: &Policy, catalog: &Catalog) -> Result<CompiledPolicy, Rejection> {
        need(policy.rules.len() <= RULES_MAX, "rules", "at most 1,000 rules")?;
        let mut rules = Vec::with_capacity(policy.rules.len());
        for rule in &policy.rules {
            rules.push((predicate(&rule.when, catalog)?, sourcing(&rule.name, &rule.then, catalog)?));
        }
        let otherwise = sourcing("otherwise", &policy.otherwise, catalog)?;
        let all = policy.rules.iter().map(|rule| &rule.then).chain([&policy.otherwise]);
        let whole =
            |rule: &Sourcing| rule.transfers == Permission::Forbidden || rule.line_split == LineSplit::Never;
        need(all.into_iter().all(whole), "transfers", "line_split `never`: whole lines are brought")?;
        need(policy.otherwise.flow == Flow::Out, "otherwise.flow", "`out`: returns are a special case")?;
        let asks_margin = rules.iter().any(|(when, _)| when.asks_margin());
        let any =
            |of: fn(&CompiledSourcing) -> bool| of(&otherwise) || rules.iter().any(|(_, then)| of(then));
        let substitutes = any(|then| then.substitution != Substitution::Never);
        let brings = any(|then| then.brings);
        let holds_margin = any(|then| then.margin_min.is_some());
        Ok(CompiledPolicy { rules, otherwise, asks_margin, holds_margin, substitutes, brings })
    }

    /// The rule that decides whatever is ordered, if there is only one.
    #[inline]
    pub(crate) fn only(&self) -> Option<&CompiledSourcing> {
        self.rules.is_empty().then_some(&self.otherwise)
    }

    /// All rules, `otherwise` last.
    pub(crate) fn all(&self) -> impl Iterator<Item = &CompiledSourcing> {
        self.rules.iter().map(|(_, then)| then).chain([&self.otherwise])
    }

    /// The rule that decides, with its number from 1; 0 = `otherwise`.
    pub(crate) fn choose(&self, situation: &Situation<'_>) -> (u32, &CompiledSourcing) {
        self.find(Flow::Out, situation).unwrap_or((0, &self.otherwise))
    }

    /// The first special case of goods that go this way, with its number from 1.
    pub(crate) fn find(&self, flow: Flow, situation: &Situation<'_>) -> Option<(u32, &CompiledSourcing)> {
        let mut numbered = (1u32..).zip(&self.rules);
        let found = numbered.find(|(_, (when, then))| then.flow == flow && when.holds(situation));
        found.map(|(number, (_, then))| (number, then))
    }

    /// The rule of a number from 1; `otherwise` for 0, and for what the policy does not have.
    pub(crate) fn numbered(&self, number: u32) -> &CompiledSourcing {
        let at = crate::value::num::index(number).checked_sub(1);
        at.and_then(|at| self.rules.get(at)).map_or(&self.otherwise, |(_, then)| then)
    }
}

fn predicate(when: &Predicate, catalog: &Catalog) -> Result<CompiledPredicate, Rejection> {
    need(
        when.nodes.is_empty() && when.reasons.is_empty(),
        "when",
        "channels, groups or value in a sourcing rule",
    )?;
    let channels: Result<Vec<ChannelId>, Rejection> =
        when.channels.iter().map(|c| catalog.channel_of(c).map(|(id, _)| id)).collect();
    let groups: Option<Vec<u32>> = when.groups.iter().map(|g| catalog.groups.find(g.as_str())).collect();
    let unknown =
        || Rejection::InvalidField { field: "groups".into(), need: "groups that some SKU has".into() };
    need(when.areas.iter().all(Area::is_valid), "areas", "south at most north, all on the globe")?;
    need(when.segments.len() <= TERMS_MAX && when.areas.len() <= RULES_MAX, "when", "at most 16 segments")?;
    Ok(CompiledPredicate {
        channels: channels?,
        groups: groups.ok_or_else(unknown)?,
        value_min: when.value_min,
        value_max: when.value_max,
        segments: when.segments.clone(),
        areas: when.areas.clone(),
        margin_min: when.margin_min,
        margin_max: when.margin_max,
    })
}

fn limit(limit: &SourcingLimit, catalog: &Catalog) -> Result<CompiledLimit, Rejection> {
    let when = predicate(&limit.when, catalog)?;
    let by_order = when.asks_margin() || when.value_min.is_some() || when.value_max.is_some();
    need(!by_order, "limits.when", "a condition without value and margin")?;
    let keeps = limit.spill.is_none_or(|spill| (0..=crate::value::num::QTY_MAX).contains(&spill.keep));
    need(keeps, "limits.spill.keep", "0 units or more")?;
    let nodes = |list: &[String]| -> Result<Vec<NodeId>, Rejection> {
        list.iter().map(|n| catalog.node_of(n).map(|(id, _)| id)).collect()
    };
    let class =
        |said: &String| HAZARDS.iter().any(|known| known == said || known.split('.').next() == Some(said));
    need(limit.hazards.iter().all(class), "limits.hazards", "UN classes or divisions, as in 3 or 4.1")?;
    Ok(CompiledLimit {
        hazards: limit.hazards.clone(),
        temperatures: limit.temperatures.clone(),
        name: limit.name.clone(),
        when,
        node_kinds: limit.node_kinds.clone(),
        nodes: nodes(&limit.nodes)?,
        not_nodes: nodes(&limit.not_nodes)?,
        spill: limit.spill.map(|spill| (i64::from(spill.within_km).saturating_mul(1_000_000), spill.keep)),
    })
}

/// A rule that gives way in one more point.
fn relax(rule: &Sourcing, relaxed: Relaxed) -> Sourcing {
    let mut rule = rule.clone();
    match relaxed {
        Relaxed::NodesMax => rule.nodes_max = 0,
        Relaxed::DistanceMax => rule.distance_km_max = None,
        Relaxed::MarginMin => rule.margin_min = None,
        Relaxed::Lateness => rule.lateness = Lateness::Allowed,
        Relaxed::Nodes => {
            rule.nodes.clear();
            rule.node_kinds.clear();
        }
        Relaxed::Limits => rule.limits.retain(|limit| limit.hard),
        Relaxed::LineSplit => rule.line_split = LineSplit::Allowed,
    }
    rule
}

/// Compiles a rule, and what it becomes as it gives way.
pub(crate) fn sourcing(
    name: &str,
    rule: &Sourcing,
    catalog: &Catalog,
) -> Result<CompiledSourcing, Rejection> {
    let mut once = rule.relax.clone();
    once.put_in_order();
    once.dedup();
    need(once.len() == rule.relax.len(), "relax", "each part at most once")?;
    let mut compiled = rigid(name, rule, catalog)?;
    let mut given = rule.clone();
    for part in &rule.relax {
        given = relax(&given, *part);
        compiled.relaxed.push(rigid(name, &given, catalog)?);
    }
    Ok(compiled)
}

/// Turns a rule's terms round for goods that come back: what they would cost to be given they are worth.
fn turn(rule: &Sourcing, terms: &mut [CompiledTerm]) -> Result<(), Rejection> {
    let margin = rule.margin_min.is_some() || terms.iter().any(|term| term.1 == Measure::Margin);
    need(!margin, "margin", "no margin where goods come back: they were sold")?;
    let brings = rule.transfers == Permission::Allowed;
    need(!brings, "transfers", "`forbidden` where goods come back")?;
    for (_, measure, weight) in terms {
        let gains = [Measure::Scarcity, Measure::BidPrice, Measure::Markdown, Measure::StockOutRisk]
            .contains(measure);
        if gains {
            *weight = weight.saturating_neg();
        }
    }
    Ok(())
}

/// A rule as it stands, without what it becomes.
fn rigid(name: &str, rule: &Sourcing, catalog: &Catalog) -> Result<CompiledSourcing, Rejection> {
    need((1..=TIERS_MAX).contains(&rule.tiers.len()), "tiers", "1 to 4 tiers")?;
    let mut terms = Vec::new();
    for (tier, list) in rule.tiers.iter().enumerate() {
        need((1..=TERMS_MAX).contains(&list.len()), "tiers", "1 to 16 terms a tier")?;
        for term in list {
            let weight = term.weight.micros();
            let sound = (0..=1_000_000_000_000).contains(&weight);
            need(sound, "weight", "a weight from 0 to 1,000,000; the better the less it costs")?;
            terms.push((tier, term.measure, weight));
        }
    }
    let back = rule.flow == Flow::Back;
    if back {
        turn(rule, &mut terms)?;
    }
    need(back || terms.iter().all(|term| term.1 != Measure::Load), "load", "a rule whose flow is `back`")?;
    let nodes: Result<Vec<NodeId>, Rejection> =
        rule.nodes.iter().map(|n| catalog.node_of(n).map(|(id, _)| id)).collect();
    need(rule.limits.len() <= RULES_MAX, "limits", "at most 1,000 limits")?;
    let limits: Result<Vec<CompiledLimit>, Rejection> =
        rule.limits.iter().map(|l| limit(l, catalog)).collect();
    let unbounded = rule.margin_min.is_none()
        && rule.distance_km_max.is_none()
        && rule.limits.is_empty()
        && rule.completeness == Completeness::AsCan;
    let whole = back || rule.line_split == LineSplit::Never;
    let plain = if whole && unbounded && !back { PlainTerms::of(&terms) } else { None };
    need(rule.backorder_units_max.is_none_or(|max| max >= 0), "backorder_units_max", "0 or more units")?;
    Ok(CompiledSourcing {
        name: name.into(),
        node_kinds: rule.node_kinds.clone(),
        nodes: nodes?,
        nodes_max: match rule.nodes_max {
            _ if back => 1,
            0 => usize::MAX,
            most => usize::from(most),
        },
        line_split: if back { LineSplit::Never } else { rule.line_split },
        distance_mm_max: rule.distance_km_max.map(|km| i64::from(km).saturating_mul(1_000_000)),
        lateness: if back { Lateness::Allowed } else { rule.lateness },
        margin_min: rule.margin_min,
        shortage: rule.shortage,
        backorder_units_max: rule.backorder_units_max,
        terms_of: TermsOf::of(&terms),
        terms,
        tiers: rule.tiers.len(),
        steps_max: if rule.steps_max == 0 { STEPS_DEFAULT } else { u64::from(rule.steps_max) },
        any_node: rule.nodes.is_empty() && rule.node_kinds.is_empty(),
        suppliers: back || catalog.sells_suppliers,
        plain,
        spills: rule.limits.iter().any(|limit| limit.spill.is_some()),
        limits: limits?,
        completeness: if back { Completeness::Whole } else { rule.completeness },
        rejections_max: rule.rejections_max,
        substitution: rule.substitution,
        brings: rule.transfers == Permission::Allowed && whole,
        flow: rule.flow,
        relax: rule.relax.clone(),
        relaxed: Vec::new(),
    })
}

/// The policy of a new book: fill as many lines as possible, from one node if it can be, from near.
///
/// ```
/// assert_eq!(stockbook::default_policy().name, "nearest");
/// ```
#[must_use]
pub fn default_policy() -> Policy {
    let one = |measure| vec![Term { measure, weight: Money::from_micros(1_000_000) }];
    let tiers = vec![one(Measure::UnfilledLines), one(Measure::NotSingle), one(Measure::DistanceKm)];
    Policy {
        name: "nearest".into(),
        rules: Vec::new(),
        otherwise: Sourcing { lateness: Lateness::Allowed, tiers, ..Sourcing::default() },
    }
}

/// How returns are sourced where the policy has no rule for them: to the nearest node that takes them.
pub(crate) fn default_returns() -> Sourcing {
    let near = Term { measure: Measure::DistanceKm, weight: Money::from_micros(1_000_000) };
    Sourcing { flow: Flow::Back, tiers: vec![vec![near]], ..Sourcing::default() }
}
