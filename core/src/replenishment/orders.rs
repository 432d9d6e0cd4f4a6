//! From advice about items to orders: suppliers' days and least values, a budget, and moves between nodes.
#![allow(
    clippy::float_arithmetic,
    clippy::as_conversions,
    clippy::arithmetic_side_effects,
    reason = "values at risk are floats; quantities are rounded where they are advised"
)]

use super::flow::{Lane, Moving, transport};
use super::numbers::float;
use super::plan::{Advice, AdviceKind, AdviceReason, Item, Levels, advise};
use crate::value::sort::PutInOrder;
use std::collections::BTreeMap;

/// What a supplier asks of an order.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct SupplierTerms {
    /// The least value of an order (all its nodes together); 0 = any.
    pub least_value: f64,
    /// Whether it takes orders today. An expedited purchase does not ask.
    pub takes_orders: bool,
}

/// Purchases as suppliers take them, and within a budget: what is ordered, and what waits with its reason.
///
/// Per supplier: an order below the least value is filled up with items of the supplier that are nearest to
/// their reorder points (`spare`), as far as their order-up-to levels; if that is not enough it waits. Then
/// the budget is spent by stockout cost avoided for each unit of money, expedited purchases first; an order
/// of which it leaves less than the least value waits as a whole.
/// Transfers, cancellations and what is pushed out cost nothing and stay.
///
/// ```
/// use stockbook::replenishment::{Advice, AdviceKind, AdviceReason, SupplierTerms, joint_orders};
/// let buy = |from, value| Advice {
///     kind: AdviceKind::Purchase, reason: AdviceReason::AtReorderPoint, sku: from, node: 0, from,
///     qty: 10, position: 0, trigger: 5, value, at_risk: 50.0,
/// };
/// // Each supplier takes orders from 100 on.
/// let terms = |_| SupplierTerms { least_value: 100.0, takes_orders: true };
/// let (ordered, waiting) = joint_orders(&[buy(0, 120.0), buy(1, 80.0)], &[], terms, None);
/// assert_eq!((ordered.len(), ordered[0].from), (1, 0));
/// assert_eq!((waiting[0].from, waiting[0].reason), (1, AdviceReason::OrderTooSmall));
/// // 130 is not spent on a part of an order that its supplier would not take.
/// let two = [buy(0, 90.0), buy(0, 60.0), buy(1, 110.0)];
/// let (ordered, _) = joint_orders(&two, &[], terms, Some(130.0));
/// assert_eq!(ordered.iter().map(|line| (line.from, line.value)).collect::<Vec<_>>(), [(1, 110.0)]);
/// ```
#[must_use]
pub fn joint_orders(
    advice: &[Advice],
    spare: &[Advice],
    terms: impl Fn(u32) -> SupplierTerms,
    budget: Option<f64>,
) -> (Vec<Advice>, Vec<Advice>) {
    let mut ordered: Vec<Advice> = Vec::new();
    let mut waiting: Vec<Advice> = Vec::new();
    let mut by_supplier: BTreeMap<u32, Vec<Advice>> = BTreeMap::new();
    for one in advice {
        match one.kind {
            AdviceKind::Purchase if !terms(one.from).takes_orders => {
                waiting.push(Advice { reason: AdviceReason::NotItsDay, ..*one });
            }
            AdviceKind::Purchase => by_supplier.entry(one.from).or_default().push(*one),
            _ => ordered.push(*one),
        }
    }
    for (supplier, mut lines) in by_supplier {
        let mut value: f64 = lines.iter().map(|line| line.value).sum();
        let least = terms(supplier).least_value;
        let mut more: Vec<&Advice> = spare.iter().filter(|one| one.from == supplier && one.qty > 0).collect();
        more.put_in_order_by_key(|one| (one.position.saturating_sub(one.trigger), one.sku, one.node));
        for one in more {
            if value >= least {
                break;
            }
            value += one.value;
            lines.push(Advice { reason: AdviceReason::FillsOrder, ..*one });
        }
        if value >= least {
            ordered.extend(lines);
        } else {
            let dropped = lines.into_iter().filter(|line| line.reason != AdviceReason::FillsOrder);
            waiting.extend(dropped.map(|line| Advice { reason: AdviceReason::OrderTooSmall, ..line }));
        }
    }
    let Some(budget) = budget else { return (ordered, waiting) };
    loop {
        let (kept, cut) = within(ordered.clone(), budget);
        // What the budget leaves of an order may be less than its supplier takes: then all of it waits, and
        // what it would have cost is there for others.
        let mut left: BTreeMap<u32, f64> = BTreeMap::new();
        for line in kept.iter().filter(|line| line.kind == AdviceKind::Purchase) {
            *left.entry(line.from).or_default() += line.value;
        }
        let small = left.iter().find(|(supplier, value)| **value < terms(**supplier).least_value);
        let (late, rest): (Vec<Advice>, Vec<Advice>) = match small.map(|(supplier, _)| *supplier) {
            Some(small) => {
                ordered.into_iter().partition(|l| l.kind == AdviceKind::Purchase && l.from == small)
            }
            None => (cut, kept),
        };
        let wanted = late.into_iter().filter(|line| line.reason != AdviceReason::FillsOrder);
        waiting.extend(wanted.map(|line| Advice { reason: AdviceReason::OverBudget, ..line }));
        ordered = rest;
        if small.is_none() {
            return (ordered, waiting);
        }
    }
}

fn within(mut lines: Vec<Advice>, budget: f64) -> (Vec<Advice>, Vec<Advice>) {
    let urgency = |line: &Advice| if line.value > 0.0 { line.at_risk / line.value } else { f64::INFINITY };
    lines.put_in_order_by(|a, b| {
        let first = |line: &Advice| line.kind != AdviceKind::Expedite;
        first(a)
            .cmp(&first(b))
            .then(urgency(b).total_cmp(&urgency(a)))
            .then((a.sku, a.node).cmp(&(b.sku, b.node)))
    });
    let mut left = budget;
    lines.into_iter().partition(|line| {
        let costs = matches!(line.kind, AdviceKind::Purchase | AdviceKind::Expedite);
        if !costs {
            return true;
        }
        let fits = line.value <= left;
        if fits {
            left -= line.value;
        }
        fits
    })
}

/// What could be bought along of an item that is not at its reorder point: up to its order-up-to level.
///
/// ```
/// # use stockbook::replenishment::*;
/// # let item = Item {
/// #     sku: 0, node: 0, supplier: 0, history: &[10.0; 20], free: 20, on_order: 5, backordered: 0,
/// #     lead: NormalDemand { mean: 2.0, sd: 0.0 }, expedited_lead: 0.5, review: 0.0, fixed: 0.0,
/// #     holding_rate: 0.0, unit_cost: 3.0, stockout: 5.0, premium: 1.0,
/// #     packing: Packing { pack: 6, ..Packing::default() }, service: Service::Cycle(0.9),
/// # };
/// # let levels = Levels { order_up_to: 40, ..levels(&item, &Method::usual(4)).unwrap() };
/// // 20 free and 5 under way, and an order-up-to level of 40: 15 lack, in packs of 6, at 3.00.
/// let more = spare(&item, &levels);
/// assert_eq!((more.qty, more.value), (18, 54.0));
/// ```
#[must_use]
pub fn spare(item: &Item<'_>, levels: &Levels) -> Advice {
    let position = item.free.saturating_add(item.on_order).saturating_sub(item.backordered);
    let room = levels.order_up_to.saturating_sub(position);
    let qty = if room > 0 { item.packing.fit(room) } else { 0 };
    Advice {
        kind: AdviceKind::Purchase,
        reason: AdviceReason::FillsOrder,
        sku: item.sku,
        node: item.node,
        from: item.supplier,
        qty,
        position,
        trigger: levels.reorder_point,
        value: float(qty) * item.unit_cost,
        at_risk: 0.0,
    }
}

/// A node's side of a rebalancing of one SKU.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Balance {
    /// The node.
    pub node: u32,
    /// Units free beyond what it needs until its next delivery; 0 = none to give.
    pub over: i64,
    /// Units wanted to cover its demand until then; 0 = none wanted.
    pub wanted: i64,
    /// What a unit wanted is worth: stockout cost times the probability that it is missed.
    pub worth: f64,
}

impl Balance {
    /// An item's side: what it has beyond its order-up-to level, or lacks to its reorder point.
    ///
    /// ```
    /// # use stockbook::replenishment::*;
    /// # let item = Item {
    /// #     sku: 0, node: 4, supplier: 0, history: &[10.0; 20], free: 70, on_order: 0, backordered: 0,
    /// #     lead: NormalDemand { mean: 2.0, sd: 0.0 }, expedited_lead: 0.5, review: 0.0, fixed: 0.0,
    /// #     holding_rate: 0.0, unit_cost: 3.0, stockout: 5.0, premium: 1.0,
    /// #     packing: Packing::default(), service: Service::Cycle(0.9),
    /// # };
    /// # let levels = levels(&item, &Method::usual(4)).unwrap();
    /// # let levels = Levels { reorder_point: 25, order_up_to: 40, ..levels };
    /// // 25 is the reorder point, 40 the order-up-to level.
    /// let rich = Balance::of(&item, &levels);
    /// let poor = Balance::of(&Item { free: 5, ..item }, &levels);
    /// assert_eq!((rich.over, rich.wanted, poor.over, poor.wanted), (30, 0, 0, 20));
    /// ```
    #[must_use]
    pub fn of(item: &Item<'_>, levels: &Levels) -> Balance {
        let exposure = super::plan::exposure(item, levels, super::plan::WhatIf { delay: 0.0, spike: 1.0 });
        let here = item.free.saturating_sub(item.backordered);
        let position = here.saturating_add(item.on_order);
        Balance {
            node: item.node,
            over: here.saturating_sub(levels.order_up_to).max(0),
            wanted: levels.reorder_point.saturating_sub(position).max(0),
            worth: item.stockout * exposure.stockout_share,
        }
    }
}

/// Moves of one SKU between nodes that are worth more than they cost: the most valuable plan, exactly.
/// `cost` is that of moving a unit between two nodes; none where there is no lane.
///
/// ```
/// use stockbook::replenishment::{Balance, rebalance};
/// let at = |node, over, wanted, worth| Balance { node, over, wanted, worth };
/// let nodes = [at(0, 40, 0, 0.0), at(1, 0, 25, 6.0), at(2, 0, 30, 0.4)];
/// let moves = rebalance(7, &nodes, |_, _| Some(1.5));
/// // The second is worth the move, the third is not.
/// assert_eq!(moves.iter().map(|m| (m.from, m.node, m.qty)).collect::<Vec<_>>(), [(0, 1, 25)]);
/// ```
#[must_use]
pub fn rebalance(sku: u32, nodes: &[Balance], cost: impl Fn(u32, u32) -> Option<f64>) -> Vec<Advice> {
    // Micro-units of money: the named place where a worth becomes an integer.
    let micros = |amount: f64| libm::round(amount.clamp(-1e12, 1e12) * 1e6) as i64;
    let mut lanes = Vec::new();
    for (from, giver) in (0u32..).zip(nodes).filter(|(_, n)| n.over > 0) {
        for (to, taker) in (0u32..).zip(nodes).filter(|(_, n)| n.wanted > 0) {
            if let Some(cost) = cost(giver.node, taker.node).filter(|_| from != to) {
                lanes.push(Lane { from, to, cost: micros(cost - taker.worth) });
            }
        }
    }
    let supply: Vec<i64> = nodes.iter().map(|n| n.over).collect();
    let demand: Vec<i64> = nodes.iter().map(|n| n.wanted).collect();
    let (moves, _) = transport(&supply, &demand, &lanes, Moving::WhatPays);
    let advice = |shipment: super::flow::Shipment| {
        let at = |i: u32| nodes.get(crate::value::num::index(i)).copied();
        let (giver, taker) = at(shipment.from).zip(at(shipment.to))?;
        Some(Advice {
            kind: AdviceKind::Transfer,
            reason: AdviceReason::ValueAtRisk,
            sku,
            node: taker.node,
            from: giver.node,
            qty: shipment.qty,
            position: taker.wanted,
            trigger: giver.over,
            value: 0.0,
            at_risk: taker.worth * float(shipment.qty),
        })
    };
    moves.into_iter().filter_map(advice).collect()
}

/// Moves of all SKUs, each by itself as [`rebalance`] plans them.
///
/// ```
/// use stockbook::replenishment::rebalance_all;
/// assert_eq!(rebalance_all(&[], |_, _| Some(1.5)), []);
/// ```
#[must_use]
pub fn rebalance_all(items: &[(Item<'_>, &Levels)], cost: impl Fn(u32, u32) -> Option<f64>) -> Vec<Advice> {
    let mut by: BTreeMap<u32, Vec<Balance>> = BTreeMap::new();
    for (item, levels) in items {
        by.entry(item.sku).or_default().push(Balance::of(item, levels));
    }
    by.iter().flat_map(|(sku, balances)| rebalance(*sku, balances, &cost)).collect()
}

/// All that is advised for items, purchases and moves alike, what avoids most cost first: each piece with the
/// place of its item. A move is told at the node that it goes to; `cost` is as for [`rebalance`]. Nothing is
/// advised of an item without a forecast.
///
/// ```
/// # use stockbook::replenishment::*;
/// # let item = Item {
/// #     sku: 0, node: 0, supplier: 7, history: &[10.0; 20], free: 22, on_order: 0, backordered: 0,
/// #     lead: NormalDemand { mean: 2.0, sd: 0.0 }, expedited_lead: 0.5, review: 0.0, fixed: 0.0,
/// #     holding_rate: 0.01, unit_cost: 3.0, stockout: 5.0, premium: 1.0,
/// #     packing: Packing { pack: 6, ..Packing::default() }, service: Service::Cycle(0.9),
/// # };
/// # let levels = levels(&item, &Method::usual(4)).unwrap();
/// # let levels = Levels { reorder_point: 25, order_up_to: 40, lot: 6, ..levels };
/// // 8 free at one node, 90 at another: 17 may come from there, or 12 be hurried; 24 are bought as usual.
/// let items = [(Item { free: 8, ..item }, &levels), (Item { node: 1, free: 90, ..item }, &levels)];
/// let all = advise_all(&items, |_, _| Some(0.5));
/// let said: Vec<_> = all.iter().map(|(place, advice)| (*place, advice.kind, advice.qty)).collect();
/// use AdviceKind::*;
/// assert_eq!(said, [(0, Transfer, 17), (0, Expedite, 12), (0, Purchase, 24)]);
/// ```
#[must_use]
pub fn advise_all(
    items: &[(Item<'_>, &Levels)],
    cost: impl Fn(u32, u32) -> Option<f64>,
) -> Vec<(usize, Advice)> {
    let mut all = Vec::new();
    let mut places = BTreeMap::new();
    for (place, (item, levels)) in items.iter().enumerate() {
        places.insert((item.sku, item.node), place);
        if !levels.forecast.mean.is_nan() {
            all.extend(advise(item, levels).into_iter().map(|advice| (place, advice)));
        }
    }
    for moved in rebalance_all(items, cost) {
        all.extend(places.get(&(moved.sku, moved.node)).map(|place| (*place, moved)));
    }
    all.put_in_order_by(|(a_place, a), (b_place, b)| {
        b.at_risk.total_cmp(&a.at_risk).then(a_place.cmp(b_place))
    });
    all
}
