//! Before and after: what a change of policy or a roll-out was worth.

use super::define::{Better, M, Shape, Unit, metrics};
use super::fold::DAY;
use super::ties::Sums;
use super::view::{MeasureQuery, Measured, scale, shown, value_of};
use crate::value::money::Money;
use crate::value::num;
use crate::value::rejection::Rejection;
use crate::value::wire::wire;
use serde::Serialize;

wire! {
    /// Sets the metrics of one window, or of one run, against those of another.
    pub struct CompareQuery {
        /// Before the change.
        pub before: MeasureQuery,
        /// After it. Metrics and dimensions are those of `before`.
        pub after: MeasureQuery,
        /// What one more of a metric's part is worth, in money; margin is worth itself.
        #[serde(default)]
        pub worth: Vec<MetricWorth>,
    }

    /// What one more of a metric's part costs or earns: a late order, an hour of stockout, a split. Of time
    /// an hour is one, of stock over time a day.
    pub struct MetricWorth {
        /// The metric.
        pub metric: String,
        /// What one is worth: more than nothing where more is good, less where it is bad.
        pub each: Money,
    }
}

/// Two windows, metric by metric, over all dimensions together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CompareView {
    /// The metrics.
    pub rows: Vec<CompareRow>,
    /// Orders placed before.
    pub orders_before: i64,
    /// Orders placed after.
    pub orders_after: i64,
    /// What the change was worth: the difference of margin and of what has a declared worth.
    pub money: Money,
}

/// A metric before and after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CompareRow {
    /// The metric.
    pub metric: String,
    /// Its value before; empty = of nothing.
    pub before: String,
    /// Its value after.
    pub after: String,
    /// The part that there is after, less what there would be had all gone on as before at the volume of
    /// after: the rate before times the whole after; of a sum, the part before for each order placed. In
    /// what `measure` counts the part in.
    pub effect: i64,
    /// What that is worth: of money itself, with the sign of what is better; else by its declared worth.
    pub money: Option<Money>,
}

/// The difference of a metric's part at the volume of after, and nothing where there was none before.
fn effect(metric: M, before: &Sums, after: &Sums, orders: (i128, i128)) -> Option<i128> {
    let (from, to) = match metric.shape() {
        Shape::Ratio => (before.whole, after.whole),
        Shape::Sum => orders,
        Shape::Level => (1, 1),
    };
    let product = before.part.checked_mul(to)?;
    // Of more than a word the quotient is whole enough without its half.
    let expected = num::div_half_up(product, from)
        .map(i128::from)
        .or_else(|_| product.checked_div(from).ok_or(num::Overflow));
    after.part.checked_sub(expected.ok()?)
}

/// What a difference is worth: for each hour of time, for each day of stock over time, for each one of
/// anything else.
fn worth_of(metric: M, effect: i128, each: Money) -> Option<i64> {
    let one = match (metric, metric.metric().unit) {
        (M::StockoutRate, _) | (_, Unit::Duration) => 3_600_000_000,
        (M::DaysOfSupply | M::Turns, _) => DAY,
        _ => 1,
    };
    num::div_half_up(effect.checked_mul(i128::from(each.micros()))?, i128::from(one)).ok()
}

fn too_much() -> Rejection {
    let need = "an amount that is less than 9.2 million million when it is taken as often as the metric \
                differs"
        .to_owned();
    Rejection::InvalidField { field: "worth".into(), need }
}

/// Sets one measurement against another; both without dimensions and with the margin and the orders.
pub(crate) fn difference(
    before: &Measured,
    after: &Measured,
    query: &CompareQuery,
) -> Result<CompareView, Rejection> {
    for worth in &query.worth {
        if !metrics().iter().any(|metric| metric.name == worth.metric) {
            let need = "names of metrics, as the question `metrics` lists them".to_owned();
            return Err(Rejection::InvalidField { field: "worth".into(), need });
        }
    }
    let sums = |of: &Measured, metric: M| {
        let mut total = Sums::default();
        for (_, sums) in of.rows.iter().filter(|((known, _), _)| *known == metric) {
            total.part = total.part.saturating_add(sums.part);
            total.whole = total.whole.saturating_add(sums.whole);
        }
        total
    };
    let orders = (sums(before, M::OrdersPlaced).part, sums(after, M::OrdersPlaced).part);
    let (mut rows, mut money) = (Vec::new(), 0i64);
    for metric in M::ALL.iter().copied() {
        let about = metric.metric();
        let (was, is) = (sums(before, metric), sums(after, metric));
        let effect = effect(metric, &was, &is, orders);
        let told = query.worth.iter().find(|worth| worth.metric == about.name).map(|worth| worth.each);
        let exact = effect.unwrap_or(0);
        let effect = shown(exact, scale(metric).0);
        let worth = match (told, about.unit) {
            (Some(each), _) => Some(worth_of(metric, exact, each).ok_or_else(too_much)?),
            (None, Unit::Money) if about.better == Better::Lower => Some(effect.saturating_neg()),
            (None, Unit::Money) => Some(effect),
            _ => None,
        };
        if told.is_some() || metric == M::ChannelMargin {
            money = money.saturating_add(worth.unwrap_or(0));
        }
        let text = |sums: &Sums| value_of(metric, sums).map(|v| about.unit.exact(v)).unwrap_or_default();
        let asked = query.before.metrics.is_empty() || query.before.metrics.iter().any(|m| m == about.name);
        if asked {
            rows.push(CompareRow {
                metric: about.name.into(),
                before: text(&was),
                after: text(&is),
                effect,
                money: worth.map(Money::from_micros),
            });
        }
    }
    let count = |n: i128| i64::try_from(n).unwrap_or(i64::MAX);
    Ok(CompareView {
        rows,
        orders_before: count(orders.0),
        orders_after: count(orders.1),
        money: Money::from_micros(money),
    })
}
