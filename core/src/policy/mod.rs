//! Policy as data: one closed vocabulary of predicates, sourcing rules and measures.
//!
//! A policy is read from top to bottom; the first rule whose predicate holds decides, else `otherwise`.

mod compile;
mod governance;
mod limit;
mod parameter;
mod rollout;
mod terms;
mod tier;

pub use compile::default_policy;
pub(crate) use compile::default_returns;
pub(crate) use compile::sourcing as compile_sourcing;
pub(crate) use compile::{CompiledLimit, CompiledPolicy, CompiledSourcing, PlainTerms, Situation};
pub use governance::*;
pub use limit::{Area, Completeness, Relaxed, SourcingLimit, SpillLimit};
pub(crate) use parameter::{BUILT_IN, built_in, standard_of};
pub use parameter::{DefineParameter, Locality, Scope, SetParameter};
pub(crate) use rollout::{ByNode, ByPool};
pub use rollout::{
    DefineFeed, Disagreement, FeedOrder, LegacyPart, LegacyWait, ProcessFamily, ReportLegacyPlan,
    RolloutMode, SetRollout, TakeMessage,
};
pub(crate) use terms::{CompiledTerm, TermsOf};

use crate::catalog::{NodeKind, Permission};
use crate::value::money::Money;
use crate::value::wire::{wire, words};
use std::hash::{Hash, Hasher};

words! {
    /// Whether a line may come in parts.
    #[derive(Default)]
    pub enum LineSplit {
        /// A line comes whole from one node or not at all.
        #[default]
        Never,
        /// A line may come from several nodes, and may be filled in part.
        Allowed,
    }

    /// What a plan may do to the promised date.
    #[derive(Default)]
    pub enum Lateness {
        /// A node that cannot keep the promise falls out.
        #[default]
        Forbidden,
        /// It stays, at the cost of its `lateness_hours`.
        Allowed,
    }

    /// What happens to what cannot be given now.
    #[derive(Default)]
    pub enum Shortage {
        /// It waits for the next receipt.
        #[default]
        Backorder,
        /// It is struck from the order.
        Cancel,
        /// The whole order is refused.
        Refuse,
    }

    /// Whether a line that would be short may be given by another SKU.
    #[derive(Default)]
    pub enum Substitution {
        /// What was ordered is given, or nothing.
        #[default]
        Never,
        /// The substitutes that `describe_sku` names are tried by rank, for whole lines.
        Allowed,
        /// The same, and where none stands for a line whole, for what it would be short of: that is a line of
        /// its own, and the rest stays as it was.
        InPart,
    }

    /// Which way goods go by a rule.
    #[derive(Default)]
    pub enum Flow {
        /// They are given to customers.
        #[default]
        Out,
        /// They come back: the rule chooses one node that takes all of a return, whatever it says of lateness
        /// and of splitting. What it costs a node there to give goods is what it gains to get them:
        /// `scarcity`, `bid_price`, `markdown` and `stock_out_risk` count the other way.
        Back,
    }

    /// What a term of the objective measures. All but `margin` and `markdown` cost; every measure is a sum
    /// over the plan.
    pub enum Measure {
        /// Lines not filled whole.
        UnfilledLines,
        /// Base units not filled.
        UnfilledUnits,
        /// 1 unless one node gives everything.
        NotSingle,
        /// Nodes that ship.
        Shipments,
        /// Kilometres from node to customer, summed over the lines' parts (exact to the millimetre).
        DistanceKm,
        /// Carrier's charge: a base for each shipment and a price for the weight; and what the lanes take by
        /// which goods are brought first.
        Freight,
        /// Handling of shipments and units.
        Handling,
        /// Hours after the promise, summed over the lines' parts.
        LatenessHours,
        /// Price less cost at that node: the more, the better.
        Margin,
        /// The node's `preference`, summed over shipments.
        NodePreference,
        /// Share of the node's free stock that the line would take (0 to 1), summed over the lines' parts.
        Scarcity,
        /// What the units taken are worth to others where they lie, by `set_bid_prices`.
        BidPrice,
        /// What the tables of outside knowledge charge (see `set_cost_table`): for the units by SKU and node,
        /// for the shipment by order or segment and node. May be negative.
        ExtraCost,
        /// Units that would not have to be marked down at that node, by the table of markdowns: the more, the
        /// better.
        Markdown,
        /// Units from a node that falls below its reorder point for the SKU if the line is taken there.
        StockOutRisk,
        /// Lines' parts: each a pick at its node.
        Picks,
        /// How likely the node rejects what is planned from it (0 to 1, by `describe_node`), summed over
        /// shipments: weighed by what it costs to plan anew.
        RejectionRisk,
        /// Share of the node's day for returns (`returns_capacity`) that is taken (0 to 1), where goods come
        /// back.
        Load,
    }
}

wire! {
    /// How orders are sourced.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// # let json = r#"{"receive_goods":{"receipt":"R-2","node":"DALLAS","lines":[
    /// #     {"sku":"TEE","qty":5,"unit_cost":"8"}]}}"#;
    /// # book.execute(&Envelope::new("r-2", at, serde_json::from_str(json)?))?;
    /// // TEE lie at RENO and at DALLAS: only DALLAS may give.
    /// let sourcing = Sourcing { nodes: vec!["DALLAS".into()], ..default_policy().otherwise };
    /// let policy = Policy { name: "south".into(), rules: vec![], otherwise: sourcing };
    /// book.execute(&Envelope::new("south", at, Command::SetPolicy(policy)))?;
    #[doc = include_str!("../example_order.txt")]
    /// // An order next door to RENO:
    /// let order = Query::Order(DocumentQuery { document: "1001".into() });
    /// let Answer::Order(order) = book.ask(&order)? else { panic!() };
    /// assert_eq!(book.node_code(order.parcels[0].node), Some("DALLAS"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct Policy {
        /// Its name.
        pub name: String,
        /// Special cases, the first that holds decides.
        #[serde(default)]
        pub rules: Vec<PolicyRule>,
        /// The rule for everything else.
        pub otherwise: Sourcing,
    }

    /// A special case of a policy.
    pub struct PolicyRule {
        /// Its name, which explanations use.
        pub name: String,
        /// When it holds.
        pub when: Predicate,
        /// What then.
        pub then: Sourcing,
    }

    /// A weighted measure.
    ///
    /// ```
    /// use stockbook::{Measure, Money, Sourcing, Term};
    /// let rule: Sourcing = serde_json::from_str(r#"{"tiers":["1.00 freight + 2.50 lateness_hours"]}"#)?;
    /// let freight = Term { measure: Measure::Freight, weight: Money::from_cents(1_00) };
    /// assert_eq!((rule.tiers[0].len(), &rule.tiers[0][0]), (2, &freight));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub struct Term {
        /// What is measured.
        pub measure: Measure,
        /// What one of it costs, in money (or in anything, as long as a tier stays consistent).
        pub weight: Money,
    }
}

/// A condition. Every part that is given must hold; a list holds if any of its members fits.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Predicate {
    /// Channels.
    #[serde(default)]
    pub channels: Vec<String>,
    /// Nodes.
    #[serde(default)]
    pub nodes: Vec<String>,
    /// SKU groups; for an order: the group of any of its lines.
    #[serde(default)]
    pub groups: Vec<String>,
    /// Reason codes.
    #[serde(default)]
    pub reasons: Vec<String>,
    /// Value of the order at least this.
    #[serde(default)]
    pub value_min: Option<Money>,
    /// Value of the order at most this.
    #[serde(default)]
    pub value_max: Option<Money>,
    /// Segments of customers, as orders name them in their terms.
    #[serde(default)]
    pub segments: Vec<String>,
    /// The order goes to one of these areas.
    #[serde(default)]
    pub areas: Vec<Area>,
    /// Margin of the order at least this: its value less the average cost of its goods over all nodes.
    #[serde(default)]
    pub margin_min: Option<Money>,
    /// Margin of the order at most this.
    #[serde(default)]
    pub margin_max: Option<Money>,
}

impl Predicate {
    /// Whether it asks only for what the first release knew: channels, nodes, groups, reasons and value.
    pub(crate) fn is_early(&self) -> bool {
        self.segments.is_empty()
            && self.areas.is_empty()
            && self.margin_min.is_none()
            && self.margin_max.is_none()
    }
}

/// What came after the first release takes no part in the hash while it is not used: a policy of an old log
/// keeps its hash.
impl Hash for Predicate {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (&self.channels, &self.nodes, &self.groups, &self.reasons).hash(state);
        (self.value_min, self.value_max).hash(state);
        if !self.is_early() {
            (&self.segments, &self.areas, self.margin_min, self.margin_max).hash(state);
        }
    }
}

/// How one order is sourced: what is allowed, and what is better.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Sourcing {
    /// Kinds of node that may give; empty = all.
    #[serde(default)]
    pub node_kinds: Vec<NodeKind>,
    /// Nodes that may give; empty = all.
    #[serde(default)]
    pub nodes: Vec<String>,
    /// At most this many nodes share an order, also when what waits is filled (1 = it ships together);
    /// 0 = no limit.
    #[serde(default)]
    pub nodes_max: u16,
    /// Whether a line may come in parts.
    #[serde(default)]
    pub line_split: LineSplit,
    /// Nodes farther away fall out.
    #[serde(default)]
    pub distance_km_max: Option<u32>,
    /// What happens to a node that cannot keep the promise.
    #[serde(default)]
    pub lateness: Lateness,
    /// A line falls out at a node where price less unit cost is below this, also when what waits is filled.
    #[serde(default)]
    pub margin_min: Option<Money>,
    /// What happens to what cannot be given now.
    #[serde(default)]
    pub shortage: Shortage,
    /// Most units of one order that may be backordered, in smallest units.
    #[serde(default)]
    pub backorder_units_max: Option<i64>,
    /// The objective: tiers of weighted terms. The first tier decides, the next breaks its ties; 1 to 4.
    /// A tier may be written as a sum: `"1.00 freight + 2.50 lateness_hours"`.
    #[serde(deserialize_with = "tier::tiers")]
    #[cfg_attr(feature = "schema", schemars(with = "Vec<Vec<Term>>"))]
    pub tiers: Vec<Vec<Term>>,
    /// Most steps of search for one order; 0 = the default of 100,000.
    #[serde(default)]
    pub steps_max: u32,
    /// Where lines of a kind may come from, and where not.
    #[serde(default)]
    pub limits: Vec<SourcingLimit>,
    /// What may be relaxed, one after another, while something stays unfilled; all else is hard.
    #[serde(default)]
    pub relax: Vec<Relaxed>,
    /// Whether an order may be filled in part, as it is planned and as goods come in that it waits for.
    #[serde(default)]
    pub completeness: Completeness,
    /// So many rejections by nodes an order may meet and still be planned anew; 0 = no limit.
    #[serde(default)]
    pub rejections_max: u16,
    /// Whether a line that would be short may be given by another SKU. Above which price difference somebody
    /// has to agree, `set_approval_rule` says for `place_order`, by the measure `substitution`.
    #[serde(default)]
    pub substitution: Substitution,
    /// Whether a node that has not got a line may give it all the same: another node brings it there first,
    /// by a lane that `describe_node` names, as a whole line from one donor. What the lane costs counts as
    /// freight, and the time under way delays the parcel. Only where lines are not split.
    #[serde(default)]
    pub transfers: Permission,
    /// Which way goods go by it: `back` in a special case that is of returns.
    #[serde(default)]
    pub flow: Flow,
}

/// As for `Predicate`.
impl Hash for Sourcing {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (&self.node_kinds, &self.nodes, self.nodes_max, self.line_split).hash(state);
        (self.distance_km_max, self.lateness, self.margin_min, self.shortage).hash(state);
        (self.backorder_units_max, &self.tiers, self.steps_max).hash(state);
        let later = (&self.limits, &self.relax, self.completeness, self.rejections_max);
        if later != (&Vec::new(), &Vec::new(), Completeness::AsCan, 0) {
            later.hash(state);
        }
        if self.substitution != Substitution::Never {
            self.substitution.hash(state);
        }
        if self.transfers != Permission::Forbidden {
            ("transfers", self.transfers).hash(state);
        }
        if self.flow != Flow::Out {
            ("flow", self.flow).hash(state);
        }
    }
}
