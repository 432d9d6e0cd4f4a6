//! A company's trade as its data tell it, in the words of the book.

use super::supply::Supply;
use stockbook::{
    AdjustLine, Command, Lateness, LineSplit, Measure, PlaceOrder, Policy, Shortage, Sourcing, Term,
};

/// What happened, and when.
#[derive(Clone, Debug)]
pub struct Fact {
    /// Microseconds since 1970.
    pub at: i64,
    /// What.
    pub what: What,
}

impl Fact {
    /// Lines of the order, if it is one.
    #[must_use]
    pub fn order_lines(&self) -> usize {
        if let What::Order(order) = &self.what { order.lines.len() } else { 0 }
    }
}

/// Something that happened.
#[derive(Clone, Debug)]
pub enum What {
    /// An order.
    Order(PlaceOrder),
    /// A credit note for goods of earlier orders: unshipped goods are struck, the others come back.
    Credit(Vec<Credit>),
    /// Goods that were written off: as far as the stock of our assumption reaches.
    Loss(Loss),
    /// Goods sent on to another node: as far as they are free.
    Transfer {
        /// Number of the transfer.
        transfer: String,
        /// From.
        from: String,
        /// To.
        to: String,
        /// SKU and units.
        lines: Vec<(String, i64)>,
        /// Days on the way.
        days: i64,
    },
    /// Anything else, as a command that the book must take.
    Tell(Command),
}

/// Goods credited, of one line of an order.
#[derive(Clone, Debug)]
pub struct Credit {
    /// Number of the credit note.
    pub note: String,
    /// The order.
    pub order: String,
    /// Its line, from 1.
    pub line: u32,
    /// Units.
    pub qty: i64,
    /// What a unit is credited with, in micro-units.
    pub price: i64,
}

/// Goods written off.
#[derive(Clone, Debug)]
pub struct Loss {
    /// Number of the adjustment.
    pub number: String,
    /// The reason code.
    pub reason: String,
    /// The node, or none = where most is free.
    pub node: Option<String>,
    /// What, with a negative quantity.
    pub line: AdjustLine,
}

/// A trade: master data, what happened, how it is supplied.
#[derive(Clone, Debug)]
pub struct Trade {
    /// Short name: folder and file names.
    pub name: &'static str,
    /// What people call it.
    pub title: String,
    /// When the book begins, in microseconds.
    pub begin: i64,
    /// Until when what is due is still shipped and received, in microseconds.
    pub end: i64,
    /// Master data, in order.
    pub setup: Vec<Command>,
    /// The policies to compare; the first is the one whose journal and plan are written.
    pub policies: Vec<Policy>,
    /// What happened, in the order of time.
    pub facts: Vec<Fact>,
    /// How stock is replenished beside what the data say.
    pub supply: Supply,
}

impl Trade {
    /// Puts the facts in the order of time; facts of one time stay as they were given.
    pub fn sort(&mut self) {
        self.facts.sort_by_key(|fact| fact.at);
    }
}

/// Three ways to source the same orders: from the nearest node, at the lowest cost, in the fewest parcels. All fill
/// what they can first and let the rest wait. Only `nodes` serve customers; all do if none is named.
#[must_use]
pub fn three_policies(nodes: &[String]) -> Vec<Policy> {
    let term = |measure, weight: &str| Term { measure, weight: weight.parse().unwrap_or_default() };
    let filled = vec![term(Measure::UnfilledUnits, "1")];
    let policy = |name: &str, second: Vec<Term>| Policy {
        name: name.into(),
        rules: Vec::new(),
        otherwise: Sourcing {
            node_kinds: Vec::new(),
            nodes: nodes.to_vec(),
            nodes_max: 0,
            line_split: LineSplit::Allowed,
            distance_km_max: None,
            lateness: Lateness::Allowed,
            margin_min: None,
            shortage: Shortage::Backorder,
            backorder_units_max: None,
            tiers: vec![filled.clone(), second],
            steps_max: 2_000,
            ..Sourcing::default()
        },
    };
    vec![
        policy("nearest", vec![term(Measure::DistanceKm, "1")]),
        policy(
            "cheapest",
            vec![
                term(Measure::Freight, "1"),
                term(Measure::Handling, "1"),
                term(Measure::LatenessHours, "0.10"),
            ],
        ),
        policy("fewest parcels", vec![term(Measure::Shipments, "1000"), term(Measure::DistanceKm, "0.01")]),
    ]
}
