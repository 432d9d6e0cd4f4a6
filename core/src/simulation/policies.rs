//! Three policies to compare: the seed story, the nearest node line by line, the cheapest freight.

use crate::catalog::NodeKind;
use crate::policy::*;
use crate::value::money::Money;

fn money(cents: i64) -> Money {
    Money::from_cents(cents)
}

fn term(measure: Measure, micros: i64) -> Term {
    Term { measure, weight: Money::from_micros(micros) }
}

fn tier(terms: &[(Measure, i64)]) -> Vec<Term> {
    terms.iter().map(|(measure, cents)| Term { measure: *measure, weight: money(*cents) }).collect()
}

fn sourcing(tiers: Vec<Vec<Term>>) -> Sourcing {
    Sourcing {
        node_kinds: Vec::new(),
        nodes: Vec::new(),
        nodes_max: 0,
        line_split: LineSplit::Never,
        distance_km_max: None,
        lateness: Lateness::Allowed,
        margin_min: None,
        shortage: Shortage::Backorder,
        backorder_units_max: None,
        tiers,
        ..Sourcing::default()
    }
}

fn rule(name: &str, channel: &str, then: Sourcing) -> PolicyRule {
    let when = Predicate { channels: vec![channel.into()], ..Predicate::default() };
    PolicyRule { name: name.into(), when, then }
}

/// The policies of the bundled scenario: `seed_story`, `nearest`, `cheapest`. The same as data lie in
/// `examples/policies`.
///
/// ```
/// let names = stockbook::simulation::seed_policies().map(|policy| policy.name);
/// assert_eq!(names, ["seed_story", "nearest", "cheapest"]);
/// ```
#[must_use]
pub fn seed_policies() -> [Policy; 3] {
    [seed_story(), nearest(), cheapest()]
}

/// What is not filled costs most; then money decides: freight, handling, lateness, the split, and how scarce
/// the goods are where they would be taken from.
fn seed_story() -> Policy {
    use Measure::{
        DistanceKm, Freight, Handling, LatenessHours, NodePreference, Scarcity, Shipments, UnfilledLines,
        UnfilledUnits,
    };
    let premium = Sourcing {
        node_kinds: vec![NodeKind::Warehouse],
        nodes_max: 2,
        backorder_units_max: Some(6),
        ..sourcing(vec![
            tier(&[(UnfilledLines, 10_000)]),
            vec![
                term(LatenessHours, 2_500_000),
                term(Freight, 1_000_000),
                term(Handling, 1_000_000),
                term(Shipments, 4_000_000),
                term(DistanceKm, 5_000),
            ],
        ])
    };
    let marketplace = Sourcing {
        nodes_max: 2,
        ..sourcing(vec![
            tier(&[(UnfilledLines, 10_000)]),
            tier(&[
                (NodePreference, 4_00),
                (Freight, 1_00),
                (Handling, 1_00),
                (LatenessHours, 25),
                (Shipments, 3_00),
                (Scarcity, 4_00),
            ]),
        ])
    };
    let wholesale = Sourcing {
        nodes_max: 3,
        line_split: LineSplit::Allowed,
        backorder_units_max: Some(20),
        ..sourcing(vec![tier(&[
            (UnfilledUnits, 15_00),
            (Scarcity, 40_00),
            (Freight, 1_00),
            (Handling, 1_00),
            (LatenessHours, 10),
            (Shipments, 6_00),
        ])])
    };
    Policy {
        name: "seed_story".into(),
        rules: vec![
            rule("premium_nearest_own", "premium", premium),
            rule("marketplace_to_3pl", "marketplace", marketplace),
            rule("wholesale_in_parts", "wholesale", wholesale),
        ],
        otherwise: standard(),
    }
}

/// The own storefront's standard orders, and any other channel.
fn standard() -> Sourcing {
    use Measure::{Freight, Handling, LatenessHours, Scarcity, Shipments, UnfilledLines};
    Sourcing {
        nodes_max: 2,
        backorder_units_max: Some(12),
        ..sourcing(vec![
            tier(&[(UnfilledLines, 10_000)]),
            tier(&[
                (Freight, 1_00),
                (Handling, 1_00),
                (LatenessHours, 75),
                (Shipments, 3_00),
                (Scarcity, 2_00),
            ]),
        ])
    }
}

/// Each line from the nearest node that has it, whatever it costs.
fn nearest() -> Policy {
    let tiers = vec![tier(&[(Measure::UnfilledLines, 1_00)]), tier(&[(Measure::DistanceKm, 1_00)])];
    Policy { name: "nearest".into(), rules: Vec::new(), otherwise: sourcing(tiers) }
}

/// The smallest sum of freight and handling, whenever it arrives.
fn cheapest() -> Policy {
    let tiers = vec![
        tier(&[(Measure::UnfilledLines, 1_00)]),
        tier(&[(Measure::Freight, 1_00), (Measure::Handling, 1_00)]),
    ];
    Policy { name: "cheapest".into(), rules: Vec::new(), otherwise: sourcing(tiers) }
}
