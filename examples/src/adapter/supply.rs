//! Replenishment where the data have none: a stated rule that sees no further than the past.
//!
//! Every week demand by SKU and node is smoothed (three tenths of the new week, seven tenths of what was thought
//! before); the reorder point covers the supplier's lead time and a week, the order-up-to level some weeks more. The
//! rule is set in the book, whose own proposals become purchase orders.

use super::data::{DAY, draw};
use std::collections::HashMap;
use stockbook::{Money, SetReorderRule};

/// How a SKU is supplied.
#[derive(Clone, Debug)]
pub struct SupplyItem {
    /// The supplier's code.
    pub supplier: String,
    /// Its lead time.
    pub lead_days: i64,
    /// What a unit costs from a day on (micro-units), in order of time.
    pub costs: Vec<(i64, i64)>,
}

/// The rule and its parameters.
#[derive(Clone, Debug)]
pub struct Supply {
    /// Days between reviews.
    pub review_days: i64,
    /// Days of demand in an order.
    pub cover_days: i64,
    /// Share of the demand of lead time and review that the reorder point covers, in percent.
    pub safety_percent: i64,
    /// A purchase is hurried where less than so many days of demand are free; 0 = never.
    pub hurry_days: i64,
    /// Units of one line that count as demand: what is more is a single event.
    pub line_most: i64,
    /// Unit costs vary by so many percent around the list, drawn for each review.
    pub cost_percent: i64,
    /// The seed of that draw.
    pub seed: u64,
    /// By SKU.
    pub items: HashMap<String, SupplyItem>,
}

/// Demand by SKU and node, as it was seen.
#[derive(Clone, Debug, Default)]
pub struct Demand {
    /// Units in this review's days, and thousandths of units thought per review.
    seen: HashMap<(u32, u32), (i64, i64)>,
    /// The rules last set: reorder point and level.
    set: HashMap<(u32, u32), (i64, i64)>,
}

impl SupplyItem {
    /// What a unit costs at a time.
    #[must_use]
    pub fn cost(&self, at: i64) -> i64 {
        let known = self.costs.iter().rev().find(|(from, _)| *from <= at);
        known.or(self.costs.first()).map_or(0, |(_, cost)| *cost)
    }
}

impl Demand {
    /// Units asked for, of a SKU near a node.
    pub fn add(&mut self, sku: u32, node: u32, units: i64) {
        self.seen.entry((sku, node)).or_default().0 += units;
    }

    /// Ends the review's days: the rules that changed by more than a fifth, in order of SKU and node.
    pub fn review(
        &mut self,
        supply: &Supply,
        at: i64,
        name: impl Fn(u32, u32) -> (String, String),
    ) -> Vec<SetReorderRule> {
        let mut keys: Vec<(u32, u32)> = self.seen.keys().copied().collect();
        keys.sort_unstable();
        let mut rules = Vec::new();
        for key in keys {
            let Some((units, thought)) = self.seen.get_mut(&key) else { continue };
            *thought = if *thought == 0 { *units * 500 } else { (*thought * 7 + *units * 1_000 * 3) / 10 };
            *units = 0;
            let (sku, node) = name(key.0, key.1);
            let Some(item) = supply.items.get(&sku) else { continue };
            let need = |days: i64| *thought * days / supply.review_days / 1_000;
            let point = need(item.lead_days + supply.review_days) * supply.safety_percent / 100;
            let level = point + need(supply.cover_days).max(1);
            let old = self.set.get(&key).copied().unwrap_or((-1, -1));
            let near = |a: i64, b: i64| (a - b).abs() * 5 <= b;
            if near(point, old.0) && near(level, old.1) {
                continue;
            }
            self.set.insert(key, (point, level));
            let list = item.cost(at);
            let spread = u64::try_from(2 * supply.cost_percent + 1).unwrap_or(1);
            let drawn = i64::try_from(draw(supply.seed, &format!("{sku} {}", at / DAY), spread)).unwrap_or(0);
            let cost = (list * (100 + drawn - supply.cost_percent) / 100).max(100);
            rules.push(SetReorderRule {
                sku,
                node,
                supplier: item.supplier.clone(),
                unit_cost: Money::from_micros(cost - cost % 100),
                reorder_point: point,
                order_up_to: level,
                expedite_below: need(supply.hurry_days),
            });
        }
        rules
    }
}

/// A line of demand as the data tell it.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    /// When, in microseconds.
    pub at: i64,
    /// Index of the SKU.
    pub sku: usize,
    /// Index of the node that is nearest to the customer.
    pub node: usize,
    /// Units.
    pub qty: i64,
}

/// First stock of a SKU at a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Launch {
    /// When it is there, in microseconds.
    pub at: i64,
    /// Index of the node.
    pub node: usize,
    /// Index of the SKU.
    pub sku: usize,
    /// Units.
    pub qty: i64,
}

/// First stock by a stated rule: what the first `days` of its sale ask for at the node, there a day before
/// the first sale (or when the book begins). `days` is by SKU, `wanted` is in order of time.
#[must_use]
pub fn launches(wanted: &[Wanted], begin: i64, days: impl Fn(usize) -> i64, line_most: i64) -> Vec<Launch> {
    let mut first: HashMap<(usize, usize), Launch> = HashMap::new();
    for line in wanted {
        let fresh = Launch { at: line.at, node: line.node, sku: line.sku, qty: 0 };
        let launch = first.entry((line.node, line.sku)).or_insert(fresh);
        if line.at < launch.at + days(line.sku) * DAY {
            launch.qty += line.qty.min(line_most);
        }
    }
    let mut launches: Vec<Launch> = first.into_values().collect();
    for launch in &mut launches {
        launch.at = ((launch.at / DAY - 1) * DAY).max(begin);
    }
    launches.sort_unstable();
    launches
}
