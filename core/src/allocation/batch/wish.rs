//! What each order would like at the prices, and what it would pay more for anything else.
//!
//! At good prices nine orders of ten get what they would like in a good plan. What the others pay above that,
//! with the worth of the units that nobody takes, is all that a plan costs above the bound: there the search
//! looks first.

#![allow(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    reason = "indices come from the model; costs and prices are bounded"
)]

use super::model::{Model, NOTHING};
use super::oracle::{Oracle, View};

/// A way to give a line, [`NOTHING`] = not at all, and what its order pays more for it.
type Way = (i64, u32);

/// The wishes of all orders at given prices.
pub(super) struct Wishes {
    /// The item of each line, were there enough.
    pub items: Vec<u32>,
    /// The least that each order costs, with the worth of what it takes.
    pub least: Vec<i64>,
    /// By item: what its order pays more if it takes it.
    pub detour: Vec<i64>,
    /// By line: the two ways by which its order pays least.
    ways: Vec<[Way; 2]>,
}

impl Wishes {
    pub fn of(model: &Model, oracle: &mut Oracle, prices: &[i64]) -> Wishes {
        let (orders, lines) = (model.orders.len(), model.unfilled.len());
        let mut wishes = Wishes {
            items: vec![NOTHING; lines],
            least: Vec::with_capacity(orders),
            detour: vec![0; model.items.len()],
            ways: vec![[(i64::MAX, NOTHING); 2]; lines],
        };
        let mut none = vec![0; lines];
        for order in &model.orders {
            wishes.least.push(oracle.plan(model, order, View { prices, left: None }).1);
            wishes.items[order.lines()].copy_from_slice(&oracle.choice);
            let items = model.items_of(order);
            oracle.detours(model, order, prices, &mut wishes.detour[items.clone()], &mut none[order.lines()]);
            for line in order.lines() {
                wishes.ways[line][0].0 = none[line];
            }
            for at in items {
                let ways = &mut wishes.ways[order.lines.0 as usize + model.items[at].line as usize];
                let way = (wishes.detour[at], at as u32);
                if way < ways[0] {
                    *ways = [way, ways[0]];
                } else if way < ways[1] {
                    ways[1] = way;
                }
            }
        }
        wishes
    }

    /// What its order pays more if it must give up this item of the line.
    #[inline]
    pub fn minds(&self, line: u32, item: u32) -> i64 {
        let [first, second] = self.ways[line as usize];
        if first.1 == item { second.0 } else { first.0 }
    }
}
