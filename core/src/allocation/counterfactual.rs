//! What would have turned a decision: the smallest change of one number, or of one point of the rule.
//!
//! A plan stays the best on an interval of any one number that its cost is linear in (the least of linear
//! functions is concave, so the set where one of them is least is convex), so the edge of that interval is
//! found by doubling and halving. Whatever the number does, what is reported was decided twice: at the stated
//! change the decision turns, at one unit less it does not.

use super::case::{Case, Parts};
use super::record::{DecisionInputs, DecisionRecord};
use crate::policy::{Lateness, LineSplit, Measure, Sourcing};
use crate::value::money::Money;
use crate::value::num;
use crate::value::rejection::Rejection;
use crate::value::sort::PutInOrder;
use crate::value::wire::{wire, words};
use serde::Serialize;

words! {
    /// What may be changed about a decision.
    pub enum Aspect {
        /// Units of a SKU at a node.
        Units,
        /// What a parcel from a node costs, in hundredths of the currency.
        Freight,
        /// Price of a base unit of a SKU, in hundredths of the currency.
        Price,
        /// Minutes until the node has the order ready: fewer are as if it had come earlier.
        Minutes,
        /// The rule's `nodes_max`.
        NodesMax,
        /// The rule's `distance_km_max`.
        DistanceMax,
        /// The rule's `margin_min`, in hundredths of the currency.
        MarginMin,
        /// A limit of the rule, taken away.
        Limit,
        /// The rule's lists of nodes and kinds, taken away.
        Nodes,
        /// The rule's `lateness`, the other way.
        Lateness,
        /// The rule's `line_split`, the other way.
        LineSplit,
    }
}

wire! {
    /// A record of which is asked what would have turned it.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// let order = r#"{"place_order":{"order":"1","channel":"web","to":{"lat":"39","lon":"-119"},
    ///     "detail":"full","lines":[{"sku":"TEE","qty":3}]}}"#;
    /// let receipt = book.execute(&Envelope::new("order", at, serde_json::from_str(order)?))?;
    /// let record = receipt.explanation.ok_or("it was asked for")?.record;
    /// let query = Query::Counterfactual(CounterfactualQuery { record, solves_max: 0 });
    /// let Answer::Counterfactual(found) = book.ask(&query)? else { panic!() };
    /// let mut changes = found.flips.iter().map(|flip| &flip.change);
    /// let units = changes.find(|change| change.dimension == Aspect::Units).ok_or("one")?;
    /// assert_eq!((units.node.as_deref(), units.by), (Some("RENO"), -8), "two of ten are too few");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct CounterfactualQuery {
        /// The record.
        pub record: Box<DecisionRecord>,
        /// At most so many decisions are tried; 0 = the default of 20,000.
        #[serde(default)]
        pub solves_max: u32,
    }

    /// One thing to change in a decision's inputs.
    pub struct Change {
        /// What.
        pub dimension: Aspect,
        /// The node, where it is about one.
        #[serde(default)]
        pub node: Option<String>,
        /// The SKU, where it is about one.
        #[serde(default)]
        pub sku: Option<String>,
        /// The limit, where it is about one.
        #[serde(default)]
        pub limit: Option<String>,
        /// By how much, in the dimension's unit; 1 where there is nothing to count.
        pub by: i64,
    }
}

/// A change that turns a decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Flip {
    /// The smallest change in its dimension and direction.
    pub change: Change,
    /// The change as thousandths of what is there: what flips are ordered by.
    pub share: i64,
    /// What would come from where then: SKU, node, units.
    pub parts: Vec<super::record::RecordedPart>,
    /// In plain words.
    pub sentence: String,
}

/// What would have turned a decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Counterfactuals {
    /// The least of the changes, in plain words.
    pub sentence: String,
    /// One for each dimension and direction that turns it, by share.
    pub flips: Vec<Flip>,
    /// How many decisions were tried.
    pub solves: u32,
    /// Whether every dimension was tried to its end; else the steps ran out.
    pub complete: bool,
}

/// Decisions tried, if nothing else is said, and at most.
const SOLVES: (u32, u32) = (20_000, 1_000_000);
/// The widest changes that are tried: two weeks in minutes, a hundred thousand in money, 10^6 units and
/// kilometres.
const MINUTES_MAX: i64 = 20_160;
const CENTS_MAX: i64 = 10_000_000;
const UNITS_MAX: i64 = 1_000_000;
/// Micro-units in a hundredth of the currency.
const CENT: i64 = 10_000;

/// Finds what would have turned a recorded decision.
///
/// # Errors
/// As [`crate::recheck`].
///
/// ```
#[doc = include_str!("../example_book.txt")]
/// let order = r#"{"place_order":{"order":"1","channel":"web","to":{"lat":"39","lon":"-119"},
///     "detail":"full","lines":[{"sku":"TEE","qty":3}]}}"#;
/// let receipt = book.execute(&Envelope::new("order", at, serde_json::from_str(order)?))?;
/// let record = receipt.explanation.ok_or("it was asked for")?.record;
/// let found = counterfactual(&record, 0)?;
/// let turns = "With 8 fewer of TEE free at RENO, nothing would have been given instead of 3 from RENO.";
/// assert_eq!((found.sentence.as_str(), found.complete), (turns, true), "two of ten are too few");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn counterfactual(record: &DecisionRecord, solves_max: u32) -> Result<Counterfactuals, Rejection> {
    let mut case = Case::of(record)?;
    let was = case.decide();
    let most = if solves_max == 0 { SOLVES.0 } else { solves_max.min(SOLVES.1) };
    let mut search = Search { case, was, solves: 1, most, complete: true, flips: Vec::new() };
    for (change, most) in numbers(&record.inputs) {
        search.number(&change, most);
    }
    for change in points(&record.inputs.sourcing) {
        search.point(change);
    }
    let mut flips = search.flips;
    flips.put_in_order_by(|a, b| (a.share, &a.change).cmp(&(b.share, &b.change)));
    let none = "Nothing that was tried would have turned it.".to_owned();
    let sentence = flips.first().map_or(none, |flip| flip.sentence.clone());
    Ok(Counterfactuals { sentence, flips, solves: search.solves, complete: search.complete })
}

impl PartialOrd for Change {
    fn partial_cmp(&self, other: &Change) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Change {
    fn cmp(&self, other: &Change) -> std::cmp::Ordering {
        let key = |c: &Change| (c.dimension, c.by.saturating_abs(), c.by);
        key(self)
            .cmp(&key(other))
            .then_with(|| (&self.node, &self.sku, &self.limit).cmp(&(&other.node, &other.sku, &other.limit)))
    }
}

impl DecisionRecord {
    /// The record with one thing changed in its inputs. Its hash and outcome stay as they were said, so that
    /// [`crate::recheck`] tells what is different.
    ///
    /// # Errors
    /// If the change names what the record does not have.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// let order = r#"{"place_order":{"order":"1","channel":"web","to":{"lat":"39","lon":"-119"},
    ///     "detail":"full","lines":[{"sku":"TEE","qty":3}]}}"#;
    /// let receipt = book.execute(&Envelope::new("order", at, serde_json::from_str(order)?))?;
    /// let record = receipt.explanation.ok_or("it was asked for")?.record;
    /// // Two units fewer than were there.
    /// let fewer = Change {
    ///     dimension: Aspect::Units, node: Some("RENO".into()), sku: Some("TEE".into()), limit: None, by: -8,
    /// };
    /// let check = recheck(&record.changed(&fewer)?)?;
    /// assert_eq!(check.differs[0], "the inputs are not those of the hash");
    /// assert!(recheck(&record)?.holds && !check.holds);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn changed(&self, change: &Change) -> Result<DecisionRecord, Rejection> {
        let mut record = self.clone();
        if change_inputs(&mut record.inputs, change).is_none() {
            let need = "a node, SKU or limit that the record has".into();
            return Err(Rejection::InvalidField { field: "change".into(), need });
        }
        Ok(record)
    }
}

/// Changes inputs in place; `None` where there is no such thing.
fn change_inputs(inputs: &mut DecisionInputs, change: &Change) -> Option<()> {
    let by = change.by;
    let cents = by.saturating_mul(CENT);
    let more = |money: Money| Money::from_micros(money.micros().saturating_add(cents));
    let need = change.sku.as_ref().and_then(|sku| inputs.needs.iter().position(|need| need.sku == *sku));
    let node = change.node.as_ref();
    let rule = &mut inputs.sourcing;
    let node = |nodes: &mut Vec<super::record::RecordedNode>| {
        let at = nodes.iter().position(|known| Some(&known.node) == node)?;
        Some(at)
    };
    match change.dimension {
        Aspect::Units => {
            let at = node(&mut inputs.nodes)?;
            let goods = inputs.nodes.get_mut(at)?.goods.get_mut(need?)?;
            goods.free = goods.free.saturating_add(by).max(0);
        }
        Aspect::Freight => {
            let at = node(&mut inputs.nodes)?;
            let node = inputs.nodes.get_mut(at)?;
            node.freight_change = more(node.freight_change);
        }
        Aspect::Minutes => {
            let at = node(&mut inputs.nodes)?;
            let node = inputs.nodes.get_mut(at)?;
            node.processing_s = node.processing_s.saturating_add(by.saturating_mul(60));
        }
        Aspect::Price => {
            let need = inputs.needs.get_mut(need?)?;
            need.price = more(need.price);
        }
        Aspect::NodesMax => {
            let max = i64::from(rule.nodes_max).saturating_add(by);
            rule.nodes_max = u16::try_from(max.max(1)).ok()?;
        }
        Aspect::DistanceMax => {
            let max = i64::from(rule.distance_km_max?).saturating_add(by);
            rule.distance_km_max = Some(u32::try_from(max.max(0)).ok()?);
        }
        Aspect::MarginMin => rule.margin_min = Some(more(rule.margin_min?)),
        Aspect::Limit => {
            let before = rule.limits.len();
            rule.limits.retain(|limit| Some(&limit.name) != change.limit.as_ref());
            return (rule.limits.len() < before).then_some(());
        }
        Aspect::Nodes => {
            rule.nodes.clear();
            rule.node_kinds.clear();
        }
        Aspect::Lateness => {
            rule.lateness = match rule.lateness {
                Lateness::Forbidden => Lateness::Allowed,
                Lateness::Allowed => Lateness::Forbidden,
            };
        }
        Aspect::LineSplit => {
            rule.line_split = match rule.line_split {
                LineSplit::Never => LineSplit::Allowed,
                LineSplit::Allowed => LineSplit::Never,
            };
        }
    }
    Some(())
}

/// The numbers that may matter, each with its direction and how far it is tried.
fn numbers(inputs: &DecisionInputs) -> Vec<(Change, i64)> {
    let rule = &inputs.sourcing;
    let weighs = |of: &[Measure]| rule.tiers.iter().flatten().any(|term| of.contains(&term.measure));
    let by_stock = weighs(&[Measure::Scarcity, Measure::StockOutRisk]);
    let mut list = Vec::new();
    let mut both = |change: Change, up: i64, down: i64| {
        for (by, most) in [(1, up), (-1, down)] {
            if most > 0 {
                list.push((Change { by, ..change.clone() }, most));
            }
        }
    };
    let blank = |dimension| Change { dimension, node: None, sku: None, limit: None, by: 1 };
    for node in &inputs.nodes {
        let at = |dimension| Change { node: Some(node.node.clone()), ..blank(dimension) };
        for (need, goods) in inputs.needs.iter().zip(&node.goods) {
            let change = Change { sku: Some(need.sku.clone()), ..at(Aspect::Units) };
            // More than is asked for changes nothing, unless stock itself is weighed.
            let up = if by_stock { UNITS_MAX } else { need.qty.saturating_sub(goods.free) };
            both(change, up, goods.free);
        }
        if weighs(&[Measure::Freight]) {
            both(at(Aspect::Freight), CENTS_MAX, CENTS_MAX);
        }
        both(at(Aspect::Minutes), MINUTES_MAX, MINUTES_MAX.min(345_600 / 60));
    }
    if weighs(&[Measure::Margin]) || rule.margin_min.is_some() {
        for need in &inputs.needs {
            let down = need.price.micros().checked_div(CENT).unwrap_or(0);
            both(Change { sku: Some(need.sku.clone()), ..blank(Aspect::Price) }, CENTS_MAX, down);
        }
    }
    if rule.nodes_max > 0 {
        let nodes = num::count(inputs.nodes.len());
        let max = i64::from(rule.nodes_max);
        both(blank(Aspect::NodesMax), nodes.saturating_sub(max), max.saturating_sub(1));
    }
    if let Some(max) = rule.distance_km_max {
        both(blank(Aspect::DistanceMax), 20_100, i64::from(max));
    }
    if rule.margin_min.is_some() {
        both(blank(Aspect::MarginMin), CENTS_MAX, CENTS_MAX);
    }
    list
}

/// The points of the rule that are there or not.
fn points(rule: &Sourcing) -> Vec<Change> {
    let blank = |dimension| Change { dimension, node: None, sku: None, limit: None, by: 1 };
    let limit = |limit: &crate::policy::SourcingLimit| Change {
        limit: Some(limit.name.clone()),
        ..blank(Aspect::Limit)
    };
    let mut points: Vec<Change> = rule.limits.iter().map(limit).collect();
    if !rule.nodes.is_empty() || !rule.node_kinds.is_empty() {
        points.push(blank(Aspect::Nodes));
    }
    points.push(blank(Aspect::Lateness));
    points.push(blank(Aspect::LineSplit));
    points
}

struct Search {
    case: Case,
    was: Parts,
    solves: u32,
    most: u32,
    complete: bool,
    flips: Vec<Flip>,
}

impl Search {
    /// What is decided after a change; `None` if it is the same, or if the steps have run out.
    fn turned(&mut self, change: &Change) -> Option<Parts> {
        if self.solves >= self.most {
            self.complete = false;
            return None;
        }
        self.solves = self.solves.saturating_add(1);
        let now = if is_of_rule(change.dimension) { self.by_rule(change) } else { self.by_number(change) };
        now.filter(|now| *now != self.was)
    }

    fn by_number(&mut self, change: &Change) -> Option<Parts> {
        change_inputs(&mut self.case.inputs, change)?;
        self.case.refresh();
        let now = self.case.decide();
        // Numbers are tried within their range, so that the same step back restores them.
        change_inputs(&mut self.case.inputs, &Change { by: change.by.saturating_neg(), ..change.clone() })?;
        self.case.refresh();
        Some(now)
    }

    fn by_rule(&mut self, change: &Change) -> Option<Parts> {
        let said = self.case.inputs.sourcing.clone();
        let changed = change_inputs(&mut self.case.inputs, change);
        let other = std::mem::replace(&mut self.case.inputs.sourcing, said.clone());
        changed?;
        self.case.rule(&other).ok()?;
        let now = self.case.decide();
        // It compiled when the case was made.
        self.case.rule(&said).ok()?;
        Some(now)
    }

    /// Finds the least change of a number, by doubling, then halving.
    fn number(&mut self, change: &Change, most: i64) {
        let by = |size: i64| Change { by: change.by.saturating_mul(size), ..change.clone() };
        let (mut less, mut size) = (0, 1i64.min(most));
        let mut parts = loop {
            match self.turned(&by(size)) {
                Some(parts) => break parts,
                None if size >= most || !self.complete => return,
                None => (less, size) = (size, size.saturating_mul(2).min(most)),
            }
        };
        while size.saturating_sub(less) > 1 {
            let middle = less.saturating_add(size.saturating_sub(less) / 2);
            match self.turned(&by(middle)) {
                Some(now) => (size, parts) = (middle, now),
                None => less = middle,
            }
        }
        if self.complete {
            self.note(by(size), &parts);
        }
    }

    fn point(&mut self, change: Change) {
        if let Some(parts) = self.turned(&change) {
            self.note(change, &parts);
        }
    }

    fn note(&mut self, change: Change, parts: &Parts) {
        let inputs = &self.case.inputs;
        let part = |(need, (node, from), qty): &(usize, (usize, Option<usize>), i64)| {
            let (sku, node) = (inputs.needs.get(*need)?.sku.clone(), inputs.nodes.get(*node)?.node.clone());
            let brought_from = from.and_then(|from| inputs.nodes.get(from)).map(|node| node.node.clone());
            Some(super::record::RecordedPart { sku, node, qty: *qty, brought_from })
        };
        let share = share(inputs, &change);
        let sentence = sentence(inputs, &change, &self.was, parts);
        self.flips.push(Flip { change, share, parts: parts.iter().filter_map(part).collect(), sentence });
    }
}

fn is_of_rule(dimension: Aspect) -> bool {
    match dimension {
        Aspect::Units | Aspect::Freight | Aspect::Price | Aspect::Minutes => false,
        Aspect::NodesMax
        | Aspect::DistanceMax
        | Aspect::MarginMin
        | Aspect::Limit
        | Aspect::Nodes
        | Aspect::Lateness
        | Aspect::LineSplit => true,
    }
}

/// A change as thousandths of what is there; of a point of the rule, a whole.
fn share(inputs: &DecisionInputs, change: &Change) -> i64 {
    let need = || inputs.needs.iter().find(|need| Some(&need.sku) == change.sku.as_ref());
    let whole = match change.dimension {
        Aspect::Units => need().map_or(1, |need| need.qty),
        // A parcel costs about ten of anything.
        Aspect::Freight => 1_000,
        Aspect::Price => need().map_or(1, |need| need.price.micros().checked_div(CENT).unwrap_or(1)),
        Aspect::Minutes => 1_440,
        Aspect::NodesMax => i64::from(inputs.sourcing.nodes_max),
        Aspect::DistanceMax => inputs.sourcing.distance_km_max.map_or(1, i64::from),
        Aspect::MarginMin => 1_000,
        Aspect::Limit | Aspect::Nodes | Aspect::Lateness | Aspect::LineSplit => 1,
    };
    num::mul_div(change.by.saturating_abs(), 1_000, whole.max(1)).unwrap_or(i64::MAX)
}

/// The change and what would have come of it, in one sentence.
fn sentence(inputs: &DecisionInputs, change: &Change, was: &Parts, now: &Parts) -> String {
    let (size, up) = (change.by.saturating_abs(), change.by > 0);
    let money = Money::from_micros(size.saturating_mul(CENT));
    let more = if up { "more" } else { "fewer" };
    let higher = if up { "higher" } else { "lower" };
    let (node, sku) = (change.node.as_deref().unwrap_or(""), change.sku.as_deref().unwrap_or(""));
    let rule = &inputs.rule;
    let when = match change.dimension {
        Aspect::Units => format!("With {size} {more} of {sku} free at {node}"),
        Aspect::Freight => {
            format!("Had a parcel from {node} cost {money} {}", if up { "more" } else { "less" })
        }
        Aspect::Price => format!("Had the price of {sku} been {money} {higher}"),
        Aspect::Minutes if up => format!("Had the order been ready at {node} {size} minutes later"),
        Aspect::Minutes => format!("Had the order been ready at {node} {size} minutes earlier"),
        Aspect::NodesMax => format!("Had rule `{rule}` allowed {size} {more} nodes"),
        Aspect::DistanceMax => {
            format!("Had rule `{rule}` reached {size} km {}", if up { "farther" } else { "less far" })
        }
        Aspect::MarginMin => format!("Had the least margin of rule `{rule}` been {money} {higher}"),
        Aspect::Limit => format!("Without the limit `{}`", change.limit.as_deref().unwrap_or("")),
        Aspect::Nodes => format!("Had rule `{rule}` allowed any node"),
        Aspect::Lateness => match inputs.sourcing.lateness {
            Lateness::Forbidden => format!("Had rule `{rule}` allowed lateness"),
            Lateness::Allowed => format!("Had rule `{rule}` forbidden lateness"),
        },
        Aspect::LineSplit => match inputs.sourcing.line_split {
            LineSplit::Never => format!("Had rule `{rule}` allowed a line to be split"),
            LineSplit::Allowed => format!("Had rule `{rule}` forbidden a line to be split"),
        },
    };
    format!("{when}, {} instead of {}.", from(inputs, now, true), from(inputs, was, false))
}

/// The nodes of a plan in words.
fn from(inputs: &DecisionInputs, parts: &Parts, said: bool) -> String {
    let mut nodes: Vec<(usize, Option<usize>)> = parts.iter().map(|(_, node, _)| *node).collect();
    nodes.put_in_order();
    nodes.dedup();
    let units = parts.iter().map(|(.., qty)| *qty).fold(0, i64::saturating_add);
    let code = |at: usize| inputs.nodes.get(at).map(|node| node.node.as_str());
    let name = |(at, from): &(usize, Option<usize>)| match from.and_then(code) {
        Some(from) => code(*at).map(|node| format!("{node} by transfer from {from}")),
        None => code(*at).map(str::to_owned),
    };
    let names: Vec<String> = nodes.iter().filter_map(name).collect();
    match (names.is_empty(), said) {
        (true, true) => "nothing would have been given".into(),
        (true, false) => "nothing".into(),
        (false, true) => format!("{units} units would have come from {}", names.join(" and ")),
        (false, false) => format!("{units} from {}", names.join(" and ")),
    }
}
