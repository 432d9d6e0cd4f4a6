//! From a history to levels, and from levels to advice: buy, hurry, push out, cancel.
//!
//! One item is a SKU at a node. Nothing here knows a book: hosts and faces bring columns, in threads of
//! their own where they want to; the workflow makes documents of what is approved.
#![allow(
    clippy::float_arithmetic,
    clippy::as_conversions,
    clippy::arithmetic_side_effects,
    reason = "demand and costs are floats; levels and quantities are rounded in `units`"
)]

use super::forecast::{Forecast, Method, best_forecast};
use super::levels::{NormalDemand, fill_rate_factor_exact, over_lead_time, safety_factor};
use super::lots::{LotCosts, Packing};
use super::numbers::{float, negative_binomial, normal_cdf, normal_loss, quantile_of, units};
use crate::value::sort::PutInOrder;
use crate::value::wire::words;

/// What service a level is sized for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Service {
    /// The share of replenishment cycles without a stockout.
    Cycle(f64),
    /// The share of demand filled from stock.
    FillRate(f64),
}

/// A SKU at a node, as planning sees it. Periods are those of the history; money is in units, not
/// micro-units.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Item<'a> {
    /// The SKU, by an index of the caller's.
    pub sku: u32,
    /// The node.
    pub node: u32,
    /// The supplier.
    pub supplier: u32,
    /// Demand by period, oldest first, corrected for stockouts.
    pub history: &'a [f64],
    /// Units free for sale.
    pub free: i64,
    /// Units under way.
    pub on_order: i64,
    /// Units that wait.
    pub backordered: i64,
    /// Lead time in periods: mean and deviation.
    pub lead: NormalDemand,
    /// Lead time of an expedited purchase, in periods.
    pub expedited_lead: f64,
    /// Periods between two reviews.
    pub review: f64,
    /// Cost of an order line; 0 = lots of one review.
    pub fixed: f64,
    /// Cost of holding a unit for a period, as a share of its cost.
    pub holding_rate: f64,
    /// Cost of a unit.
    pub unit_cost: f64,
    /// What a unit short costs: margin lost, goodwill.
    pub stockout: f64,
    /// What hurrying a unit costs on top.
    pub premium: f64,
    /// How the supplier packs.
    pub packing: Packing,
    /// What service it is sized for.
    pub service: Service,
}

/// What to keep of an item.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Levels {
    /// The forecast behind it.
    pub forecast: Forecast,
    /// Demand over lead time and review.
    pub over: NormalDemand,
    /// Units of safety stock.
    pub safety_stock: i64,
    /// At or below this position an order is due.
    pub reorder_point: i64,
    /// An order brings the position up to this.
    pub order_up_to: i64,
    /// The lot that costs least, as the supplier packs it.
    pub lot: i64,
}

/// Below this mean over the lead time, demand is counted by the unit (negative binomial).
const COUNTED_BELOW: f64 = 20.0;

/// Levels of an item: the best forecast of several methods, safety stock for its service over lead time and
/// review (lead-time variability included), and the economic lot.
///
/// Without any history there is nothing to size by: none.
///
/// ```
/// use stockbook::replenishment::{Item, Method, NormalDemand, Packing, Service, levels};
/// let history: Vec<f64> = (0..52).map(|week| 40.0 + f64::from(week * 7 % 13)).collect();
/// let item = Item {
///     sku: 0, node: 0, supplier: 0, history: &history, free: 60, on_order: 0, backordered: 0,
///     lead: NormalDemand { mean: 2.0, sd: 0.5 }, expedited_lead: 0.5, review: 1.0, fixed: 20.0,
///     holding_rate: 0.005, unit_cost: 12.0, stockout: 9.0, premium: 2.0,
///     packing: Packing { pack: 6, ..Packing::default() }, service: Service::Cycle(0.95),
/// };
/// let found = levels(&item, &Method::usual(13)).unwrap();
/// assert!(found.reorder_point > 120 && found.order_up_to > found.reorder_point);
/// assert_eq!(found.lot % 6, 0);
/// ```
#[must_use]
pub fn levels(item: &Item<'_>, methods: &[Method]) -> Option<Levels> {
    let horizon = item.lead.mean + item.review;
    let forecast = best_forecast(item.history, methods, units(horizon.min(1_000.0)) as usize)?;
    Some(levels_for(item, forecast))
}

/// Levels of an item for a forecast that is known already.
///
/// ```
/// # use stockbook::replenishment::*;
/// # let item = Item {
/// #     sku: 0, node: 0, supplier: 0, history: &[], free: 0, on_order: 0, backordered: 0,
/// #     lead: NormalDemand { mean: 4.0, sd: 0.0 }, expedited_lead: 1.0, review: 0.0, fixed: 50.0,
/// #     holding_rate: 0.02, unit_cost: 50.0, stockout: 5.0, premium: 1.0,
/// #     packing: Packing::default(), service: Service::Cycle(0.95),
/// # };
/// // 100 a week, deviation 20; a lead time of four weeks; an order costs 50, a unit 1.00 a week.
/// let forecast = Forecast { method: Method::Smoothing { alpha: 0.2 }, mean: 100.0, sd: 20.0, bias: 0.0 };
/// let found = levels_for(&item, forecast);
/// // 400 + 1.645 × 20 × √4, and √(2 × 50 × 100 / 1).
/// assert_eq!((found.reorder_point, found.safety_stock, found.lot), (466, 66, 100));
/// ```
#[must_use]
pub fn levels_for(item: &Item<'_>, forecast: Forecast) -> Levels {
    let demand = NormalDemand { mean: forecast.mean, sd: forecast.sd };
    let lead = NormalDemand { mean: item.lead.mean + item.review, sd: item.lead.sd };
    let over = over_lead_time(demand, lead);
    let holding = item.holding_rate * item.unit_cost;
    let economic = if item.fixed > 0.0 && holding > 0.0 && demand.mean > 0.0 {
        LotCosts { fixed: item.fixed, holding, demand: demand.mean }.economic().qty
    } else {
        0.0
    };
    let lot = item.packing.fit(units(economic.max(demand.mean * item.review)).max(1));
    let point = match item.service {
        _ if demand.mean <= 0.0 => 0.0,
        Service::Cycle(share) if over.mean < COUNTED_BELOW => {
            float(quantile_of(&negative_binomial(over.mean, over.sd * over.sd), share))
        }
        Service::Cycle(share) => over.mean + safety_factor(share).clamp(0.0, 8.0) * over.sd,
        Service::FillRate(share) if over.sd > 0.0 => {
            over.mean + fill_rate_factor_exact(share, float(lot), over.sd).clamp(0.0, 8.0) * over.sd
        }
        Service::FillRate(_) => over.mean,
    };
    let reorder_point = units(point);
    Levels {
        forecast,
        over,
        safety_stock: units(point - over.mean),
        reorder_point,
        order_up_to: reorder_point.saturating_add(lot),
        lot,
    }
}

words! {
    /// What is advised.
    pub enum AdviceKind {
        /// Buy at the supplier's lead time.
        Purchase,
        /// Buy at the expedited lead time.
        Expedite,
        /// Move from another node.
        Transfer,
        /// Take units off an order under way.
        Cancel,
        /// Have units under way come later.
        PushOut,
    }
}

words! {
    /// Why it is advised, or why it waits.
    pub enum AdviceReason {
        /// The position is at or below the reorder point.
        AtReorderPoint,
        /// What a stockout is expected to cost until the usual delivery exceeds the premium.
        StockoutCostsMore,
        /// Another node has more than it will need before its next delivery.
        ValueAtRisk,
        /// More is under way than will be wanted within the horizon.
        NeverWanted,
        /// More is under way than is wanted now, though it will be.
        WantedLater,
        /// Bought along so that the supplier's least order value is reached.
        FillsOrder,
        /// The supplier's least order value is not reached: it waits.
        OrderTooSmall,
        /// The supplier takes orders on another day: it waits.
        NotItsDay,
        /// The budget is spent on what is more urgent: it waits.
        OverBudget,
    }
}

/// A piece of advice about an item.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Advice {
    /// What is advised.
    pub kind: AdviceKind,
    /// Why.
    pub reason: AdviceReason,
    /// The SKU.
    pub sku: u32,
    /// The node that it is for.
    pub node: u32,
    /// The supplier; of a transfer the node that sends.
    pub from: u32,
    /// Units.
    pub qty: i64,
    /// Free + under way - waiting: what the rule looked at.
    pub position: i64,
    /// The level that was reached.
    pub trigger: i64,
    /// What the goods cost (transfer: nothing).
    pub value: f64,
    /// Expected cost that it avoids, of stockouts, or of holding where units are cancelled or pushed out: by
    /// this the urgent is told from the rest.
    pub at_risk: f64,
}

/// Excess that is wanted within so many periods is pushed out, later excess is cancelled.
const PUSH_OUT_PERIODS: f64 = 26.0;

/// Units expected short before a delivery `periods` from now.
fn expected_short(levels: &Levels, lead_sd: f64, stock: f64, periods: f64) -> f64 {
    let demand = NormalDemand { mean: levels.forecast.mean, sd: levels.forecast.sd };
    let over = over_lead_time(demand, NormalDemand { mean: periods, sd: lead_sd });
    if over.sd > 0.0 {
        over.sd * normal_loss((stock - over.mean) / over.sd)
    } else {
        (over.mean - stock).max(0.0)
    }
}

/// All that is advised about an item, the most urgent first: nothing where its position is well.
///
/// What is advised holds together. An expedited purchase is advised when units short until the usual
/// delivery, beyond those that even an expedited one would leave short, cost more than the premium on as many
/// units; what else lacks to the order-up-to level is bought as usual. Of what is under way beyond that
/// level, what will be wanted within 26 periods is pushed out, the rest cancelled. Moves between nodes
/// take more than one item to know of: [`crate::replenishment::rebalance`].
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
/// // 22 free are below the reorder point of 25: buy up to 40, in packs of 6.
/// let said = |item: Item<'_>| -> Vec<(AdviceKind, i64)> {
///     advise(&item, &levels).iter().map(|advice| (advice.kind, advice.qty)).collect()
/// };
/// assert_eq!(said(item), [(AdviceKind::Purchase, 18)]);
/// assert_eq!(said(Item { free: 30, ..item }), [], "all is well");
/// // 8 free of the 20 that are wanted until the usual delivery: 12 are hurried, 24 more lack to 40.
/// let both = [(AdviceKind::Expedite, 12), (AdviceKind::Purchase, 24)];
/// assert_eq!(said(Item { free: 8, ..item }), both);
/// // 10 a period: of 600 under way, 260 beyond the 42 in whole packs are wanted within 26 periods.
/// let both = [(AdviceKind::Cancel, 300), (AdviceKind::PushOut, 258)];
/// assert_eq!(said(Item { free: 0, on_order: 600, ..item }), both);
/// ```
#[must_use]
pub fn advise(item: &Item<'_>, levels: &Levels) -> Vec<Advice> {
    let position = item.free.saturating_sub(item.backordered).saturating_add(item.on_order);
    if position <= levels.reorder_point && levels.forecast.mean > 0.0 {
        return bought(item, levels, position);
    }
    let most = levels.order_up_to.max(item.packing.fit(levels.order_up_to));
    put_off(item, levels, position, most)
}

fn advice(item: &Item<'_>, (kind, reason): (AdviceKind, AdviceReason), qty: i64, at_risk: f64) -> Advice {
    let premium = if kind == AdviceKind::Expedite { item.premium } else { 0.0 };
    Advice {
        kind,
        reason,
        sku: item.sku,
        node: item.node,
        from: item.supplier,
        qty,
        position: item.free.saturating_sub(item.backordered).saturating_add(item.on_order),
        trigger: 0,
        value: float(qty) * (item.unit_cost + premium),
        at_risk,
    }
}

/// Purchases up to the order-up-to level, hurried where that pays.
fn bought(item: &Item<'_>, levels: &Levels, position: i64) -> Vec<Advice> {
    let short = |periods: f64, sd: f64| expected_short(levels, sd, float(position), periods);
    let at_risk = short(item.lead.mean + item.review, item.lead.sd) * item.stockout;
    let late = short(item.lead.mean, item.lead.sd);
    let saved = (late - short(item.expedited_lead.min(item.lead.mean), 0.0)).max(0.0);
    let hurried = item.packing.fit(units(saved));
    let mut all = Vec::new();
    let (mut lacks, mut avoided) = (levels.order_up_to.saturating_sub(position).max(1), 0.0);
    if item.stockout * saved > item.premium * float(hurried) && hurried > 0 {
        avoided = item.stockout * saved;
        lacks = lacks.saturating_sub(hurried);
        all.push(advice(item, (AdviceKind::Expedite, AdviceReason::StockoutCostsMore), hurried, avoided));
    }
    if lacks > 0 {
        let (why, qty) = ((AdviceKind::Purchase, AdviceReason::AtReorderPoint), item.packing.fit(lacks));
        all.push(advice(item, why, qty, (at_risk - avoided).max(0.0)));
    }
    all.iter_mut().for_each(|advice| advice.trigger = levels.reorder_point);
    all
}

/// What is under way beyond `most`, in whole packs: cancelled, or pushed out where it will be wanted.
fn put_off(item: &Item<'_>, levels: &Levels, position: i64, most: i64) -> Vec<Advice> {
    let packs = |qty: i64| qty.saturating_sub(qty.checked_rem(item.packing.pack.max(1)).unwrap_or(0));
    let (excess, mean) = (position.saturating_sub(most), levels.forecast.mean.max(0.0));
    let over = packs(excess.min(item.on_order));
    let soon = mean * PUSH_OUT_PERIODS;
    // A lot's worth of excess is ordinary rounding.
    if over <= 0 || (mean > 0.0 && excess <= levels.lot) {
        return Vec::new();
    }
    // What is on the shelf is used up first.
    let on_shelf = excess.saturating_sub(over);
    let later = packs(units(libm::floor((soon - float(on_shelf)).max(0.0))).min(over));
    let cancelled = over.saturating_sub(later);
    let holding = item.holding_rate * item.unit_cost;
    let mut all = Vec::new();
    if cancelled > 0 {
        let avoided = holding * float(cancelled) * PUSH_OUT_PERIODS;
        all.push(advice(item, (AdviceKind::Cancel, AdviceReason::NeverWanted), cancelled, avoided));
    }
    if later > 0 {
        // Used up evenly, a unit is early by half the time that all of it lasts.
        let periods = float(on_shelf.saturating_add(later)) / mean / 2.0;
        let avoided = holding * float(later) * periods;
        all.push(advice(item, (AdviceKind::PushOut, AdviceReason::WantedLater), later, avoided));
    }
    all.iter_mut().for_each(|advice| advice.trigger = most);
    all
}

/// What could happen to an item.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WhatIf {
    /// The supplier is late by so many periods.
    pub delay: f64,
    /// Demand is so many times the forecast.
    pub spike: f64,
}

/// What would come of it before the delivery that is ordered now.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Exposure {
    /// Probability of a stockout.
    pub stockout_share: f64,
    /// Units expected short.
    pub short: f64,
    /// What they cost.
    pub cost: f64,
    /// Periods until the stock is gone, at the mean; infinite without demand.
    pub cover: f64,
}

/// How an item would fare, with what is free and under way, if something happened.
///
/// ```
/// # use stockbook::replenishment::*;
/// # let history = [10.0; 20];
/// # let item = Item {
/// #     sku: 0, node: 0, supplier: 0, history: &history, free: 30, on_order: 0, backordered: 0,
/// #     lead: NormalDemand { mean: 2.0, sd: 0.5 }, expedited_lead: 0.5, review: 0.0, fixed: 0.0,
/// #     holding_rate: 0.0, unit_cost: 1.0, stockout: 5.0, premium: 1.0,
/// #     packing: Packing::default(), service: Service::Cycle(0.9),
/// # };
/// let levels = levels(&item, &Method::usual(4)).unwrap();
/// let usual = exposure(&item, &levels, WhatIf { delay: 0.0, spike: 1.0 });
/// let late = exposure(&item, &levels, WhatIf { delay: 3.0, spike: 1.0 });
/// assert!(usual.short < 0.5 && late.short > 19.0 && late.cost > 95.0);
/// ```
#[must_use]
pub fn exposure(item: &Item<'_>, levels: &Levels, what_if: WhatIf) -> Exposure {
    let spiked = Forecast {
        mean: levels.forecast.mean * what_if.spike,
        sd: levels.forecast.sd * what_if.spike,
        ..levels.forecast
    };
    let levels = Levels { forecast: spiked, ..*levels };
    let stock = float(item.free.saturating_sub(item.backordered).saturating_add(item.on_order));
    let periods = item.lead.mean + what_if.delay;
    let short = expected_short(&levels, item.lead.sd, stock, periods);
    let demand = NormalDemand { mean: spiked.mean, sd: spiked.sd };
    let over = over_lead_time(demand, NormalDemand { mean: periods, sd: item.lead.sd });
    let stockout_share = if over.sd > 0.0 {
        normal_cdf((over.mean - stock) / over.sd)
    } else if over.mean > stock {
        1.0
    } else {
        0.0
    };
    let cover = if spiked.mean > 0.0 { stock.max(0.0) / spiked.mean } else { f64::INFINITY };
    Exposure { stockout_share, short, cost: short * item.stockout, cover }
}

/// A lead time from receipts: mean, deviation and quantiles, in the unit of the observations.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LeadTime {
    /// How many receipts it is from.
    pub receipts: usize,
    /// Mean.
    pub mean: f64,
    /// Standard deviation (of the sample; 0 from one receipt).
    pub sd: f64,
    /// Median.
    pub median: f64,
    /// Nine of ten receipts took no longer.
    pub ninetieth: f64,
}

/// Lead-time statistics; none without receipts. Quantiles are interpolated between order statistics (Hyndman
/// and Fan's type 7).
///
/// ```
/// let lead = stockbook::replenishment::lead_time(&[9.0, 11.0, 10.0, 14.0]).unwrap();
/// assert_eq!((lead.receipts, lead.mean, lead.median), (4, 11.0, 10.5));
/// ```
#[must_use]
pub fn lead_time(observed: &[f64]) -> Option<LeadTime> {
    let n = observed.len() as f64;
    let mut sorted = observed.to_vec();
    sorted.put_in_order_by(f64::total_cmp);
    let mean = sorted.iter().sum::<f64>() / n;
    let square: f64 = sorted.iter().map(|x| (x - mean) * (x - mean)).sum();
    let sd = if n > 1.0 { libm::sqrt(square / (n - 1.0)) } else { 0.0 };
    let quantile = |share: f64| {
        let at = share * (n - 1.0);
        let low = sorted.get(libm::floor(at) as usize).copied()?;
        let high = sorted.get(libm::ceil(at) as usize).copied()?;
        Some(low + (high - low) * (at - libm::floor(at)))
    };
    Some(LeadTime { receipts: observed.len(), mean, sd, median: quantile(0.5)?, ninetieth: quantile(0.9)? })
}
