//! What the terms of an objective measure, in micro-units.

use super::Goods;
use super::build::{Candidacy, Need, carriage};
use super::tiers::Tiers;
use crate::catalog::NodeRow;
use crate::policy::Measure;
use crate::value::money::Money;
use crate::value::num;

/// Adds to a tier.
#[inline]
pub(super) fn charge(cost: &mut Tiers, tier: usize, amount: i64) {
    if let Some(to) = cost.0.get_mut(tier) {
        *to = to.saturating_add(amount);
    }
}

/// The weight of a base unit, for a smallest one.
pub(super) fn unit_weight(weight: i64, need: &Need) -> i64 {
    if need.scale == 1 { weight } else { num::mul_div(weight, 1, need.scale).unwrap_or(0) }
}

#[inline]
pub(super) fn weigh(weight: i64, amount: i64, per: i64) -> i64 {
    // Money is mostly weighed as it is.
    if weight == per {
        return amount;
    }
    num::mul_div(weight, amount, per).unwrap_or(if amount < 0 { i64::MIN } else { i64::MAX })
}

/// What smallest units cost at the rate of a base unit.
#[inline]
fn share(rate: i64, qty: i64, scale: i64) -> i64 {
    // Most goods are counted in whole base units.
    let share = if scale == 1 { rate.checked_mul(qty) } else { num::mul_div(rate, qty, scale).ok() };
    share.unwrap_or(i64::MAX)
}

/// What it costs that a node ships at all.
#[inline(always)]
pub(super) fn opening(measure: Measure, weight: i64, option: &Candidacy, row: Option<&NodeRow>) -> i64 {
    match measure {
        Measure::Shipments => weight,
        Measure::Freight => weigh(weight, option.base.micros().saturating_add(option.bring), 1_000_000),
        Measure::Handling => weigh(weight, row.map_or(0, |r| r.handling_per_order.micros()), 1_000_000),
        Measure::NodePreference => weight.saturating_mul(row.map_or(0, |r| r.preference)),
        Measure::ExtraCost => weigh(weight, option.extra, 1_000_000),
        Measure::RejectionRisk => weigh(weight, option.risk, 1_000_000),
        Measure::Load => weigh(weight, option.load, 1_000_000),
        _ => 0,
    }
}

/// What it costs that a node gives to a line at all.
#[inline]
pub(super) fn node_term(measure: Measure, weight: i64, option: &Candidacy) -> i64 {
    match measure {
        // Micro-units a kilometre times millimetres, by a million millimetres a kilometre.
        Measure::DistanceKm if weight == 1_000_000 => option.distance_mm,
        Measure::DistanceKm => weigh(weight, option.distance_mm, 1_000_000),
        Measure::LatenessHours => weight.saturating_mul(option.late_hours),
        Measure::Picks => weight,
        _ => 0,
    }
}

/// What it costs that a node gives `qty` units to a line.
#[inline(always)]
pub(super) fn pair_term(
    measure: Measure,
    weight: i64,
    need: &Need,
    option: &Candidacy,
    row: Option<&NodeRow>,
    goods: &Goods,
    qty: i64,
) -> i64 {
    let each = |rate: i64| weigh(weight, share(rate, qty, need.scale), 1_000_000);
    match measure {
        Measure::Freight => {
            let charge = carried(need, option, qty).saturating_add(share(goods.carriage, qty, need.scale));
            weigh(weight, charge, 1_000_000)
        }
        Measure::Handling => each(row.map_or(0, |r| r.handling_per_unit.micros())),
        Measure::Scarcity => weigh(weight, qty, goods.free.max(1)),
        _ => rare_term(measure, weight, need, goods, qty),
    }
}

/// What a carrier asks for units of a need beside what the parcel costs anyway, in micro-units.
#[inline]
fn carried(need: &Need, option: &Candidacy, qty: i64) -> i64 {
    if option.by_volume > 0 {
        return carriage(Money::ZERO, option.per_kg, need.counted(option, qty));
    }
    // In one rounding: a smallest unit may weigh less than a gram.
    let grams = need.weight_g.saturating_mul(qty);
    let per = need.scale.saturating_mul(1_000);
    num::mul_div(option.per_kg.micros(), grams, per).unwrap_or(i64::MAX)
}

/// What fewer rules ask for, apart: decisions without it stay short.
#[inline(never)]
fn rare_term(measure: Measure, weight: i64, need: &Need, goods: &Goods, qty: i64) -> i64 {
    let each = |rate: i64| weigh(weight, share(rate, qty, need.scale), 1_000_000);
    match measure {
        Measure::Margin => {
            let cost = num::mul_div(goods.value.micros(), qty, goods.on_hand.max(1)).unwrap_or(i64::MAX);
            let revenue = num::mul_div(need.price.micros(), qty, need.scale).unwrap_or(i64::MAX);
            weigh(weight, cost.saturating_sub(revenue), 1_000_000)
        }
        Measure::BidPrice => each(goods.bid),
        Measure::ExtraCost => each(goods.extra),
        Measure::Markdown => each(goods.markdown).saturating_neg(),
        // As if the whole line came from here, so that each unit of it costs the same.
        Measure::StockOutRisk if goods.free.saturating_sub(need.qty) < goods.reorder_point => {
            weigh(weight, qty, need.scale)
        }
        _ => 0,
    }
}
