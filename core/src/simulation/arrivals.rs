//! Orders for any network, from a seed: how many come when, from where, through which channel, for what.
//!
//! Floats live here with portable `libm`; `rounded` is the named place where they become integers. The same
//! description and seed give the same orders on every machine.
#![allow(
    clippy::float_arithmetic,
    clippy::as_conversions,
    clippy::arithmetic_side_effects,
    reason = "shares, lifts and scatter are floats; what leaves the file is rounded in `rounded`"
)]

use super::metros::METROS;
use super::network::Network;
use super::orders::{OrderTable, Orders, OrdersError};
use super::random::Random;
use crate::value::num;
use crate::value::time::Instant;
use serde::{Deserialize, Serialize};

const DAY: i64 = 86_400_000_000;

/// How many orders a day brings around its mean.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Law {
    /// Independent customers: the variance is the mean.
    Poisson,
    /// Days that differ by more: the variance is the mean + dispersion × mean².
    NegativeBinomial {
        /// Dispersion, above 0.
        dispersion: f64,
    },
}

/// Days on which more is ordered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Promotion {
    /// First day, from 0.
    pub day: u32,
    /// How many days.
    pub days: u32,
    /// By how much it multiplies the orders of a day.
    pub lift: f64,
    /// Groups of SKUs that half of its further orders are for; empty = all.
    #[serde(default)]
    pub groups: Vec<String>,
}

/// A place that orders come from.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Origin {
    /// Latitude in degrees.
    pub lat: f64,
    /// Longitude in degrees.
    pub lon: f64,
    /// Weight among all places.
    pub weight: f64,
    /// Standard deviation of customers around it, in degrees.
    #[serde(default)]
    pub scatter: f64,
}

/// A channel's part of all orders.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChannelShare {
    /// The channel.
    pub channel: String,
    /// Weight among all channels.
    pub weight: f64,
    /// Price of a list price of 1.
    #[serde(default = "one")]
    pub price: f64,
}

const fn one() -> f64 {
    1.0
}

/// How orders arrive.
///
/// ```
/// use stockbook::simulation::{Arrivals, ScenarioSize, arrivals, generate};
/// let network = generate(ScenarioSize::default(), 1).network;
/// let described: Arrivals = serde_json::from_str(r#"{"days": 30, "orders_a_day": 40}"#).unwrap();
/// let orders = arrivals(&network, &described, 7).unwrap();
/// assert!((1_000..1_400).contains(&orders.len()));
/// assert_eq!(orders, arrivals(&network, &described, 7).unwrap());
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Arrivals {
    /// Midnight (UTC) of the first day.
    pub from: Instant,
    /// How many days.
    pub days: u32,
    /// Mean orders on an ordinary day.
    pub orders_a_day: f64,
    /// How they scatter around the mean.
    pub law: Law,
    /// Growth over a year: 0.1 = a tenth more.
    pub trend: f64,
    /// Weights of the weekdays from Monday; their mean counts as 1.
    pub week: [f64; 7],
    /// Height of the season: 0.3 = three tenths above the mean at its peak, as much below half a year later.
    pub season: f64,
    /// Day of the year (from 0) of the season's peak.
    pub season_peak: u32,
    /// Promotions.
    pub promotions: Vec<Promotion>,
    /// Channels; empty = all of the network alike.
    pub channels: Vec<ChannelShare>,
    /// Places; empty = the hundred largest US cities by their people.
    pub places: Vec<Origin>,
    /// How unequal SKUs are: weight of the n-th is n^-popularity (Zipf).
    pub popularity: f64,
    /// Probability of a further line after each.
    pub further_line: f64,
    /// The most lines of an order.
    pub lines_max: u32,
    /// Probability that a further line is of the group of the first: baskets go together.
    pub basket: f64,
    /// Mean units of a line, at least 1 (geometric).
    pub units: f64,
}

impl Default for Arrivals {
    fn default() -> Arrivals {
        Arrivals {
            // 2026-03-02T00:00:00Z, a Monday.
            from: Instant::from_micros(1_772_409_600_000_000),
            days: 90,
            orders_a_day: 1_000.0,
            law: Law::Poisson,
            trend: 0.0,
            week: [1.0; 7],
            season: 0.0,
            season_peak: 330,
            promotions: Vec::new(),
            channels: Vec::new(),
            places: Vec::new(),
            popularity: 0.9,
            further_line: 0.4,
            lines_max: 6,
            basket: 0.3,
            units: 1.2,
        }
    }
}

/// What is wrong with a description of arrivals.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ArrivalsError {
    /// A value is outside its domain.
    #[error("`{what}` {need}")]
    Domain {
        /// The field.
        what: &'static str,
        /// What it needs.
        need: &'static str,
    },
    /// A channel or group that the network does not have.
    #[error("the network has no {what} `{code}`")]
    Unknown {
        /// Channel or group of SKUs.
        what: &'static str,
        /// Its code.
        code: String,
    },
    /// The orders do not fit the network.
    #[error(transparent)]
    Orders(#[from] OrdersError),
}

/// The named place where a float becomes an integer.
fn rounded(value: f64) -> i64 {
    libm::round(value.clamp(-9e18, 9e18)) as i64
}

fn uniform(dice: &mut Random) -> f64 {
    (dice.next() >> 11) as f64 / 9_007_199_254_740_992.0
}

fn normal(dice: &mut Random) -> f64 {
    let (u, v) = (1.0 - uniform(dice), uniform(dice));
    libm::sqrt(-2.0 * libm::log(u)) * libm::cos(std::f64::consts::TAU * v)
}

/// A gamma number of a shape and mean 1 (Marsaglia and Tsang 2000).
fn gamma(dice: &mut Random, shape: f64) -> f64 {
    if shape < 1.0 {
        let boost = libm::pow((1.0 - uniform(dice)).max(1e-300), 1.0 / shape);
        return gamma(dice, shape + 1.0) * (shape + 1.0) / shape * boost;
    }
    let d = shape - 1.0 / 3.0;
    let c = 1.0 / libm::sqrt(9.0 * d);
    // Each turn succeeds in more than nine of ten cases.
    for _ in 0..1_000 {
        let x = normal(dice);
        let v = 1.0 + c * x;
        if v <= 0.0 {
            continue;
        }
        let v = v * v * v;
        if libm::log(1.0 - uniform(dice)) < 0.5 * x * x + d - d * v + d * libm::log(v) {
            return d * v / shape;
        }
    }
    1.0
}

/// A Poisson number: counted by uniforms (Knuth) in portions of at most 30, which add up.
fn poisson(dice: &mut Random, mean: f64) -> u64 {
    let (mut left, mut total) = (mean, 0u64);
    while left > 0.0 {
        let portion = left.min(30.0);
        left -= portion;
        let limit = libm::exp(-portion);
        let mut product = 1.0 - uniform(dice);
        while product > limit {
            total += 1;
            product *= 1.0 - uniform(dice);
        }
    }
    total
}

fn cumulate(weights: impl Iterator<Item = f64>) -> Vec<f64> {
    weights
        .scan(0.0, |sum, weight| {
            *sum += weight.max(0.0);
            Some(*sum)
        })
        .collect()
}

fn draw(dice: &mut Random, cumulated: &[f64]) -> usize {
    let at = uniform(dice) * cumulated.last().copied().unwrap_or(0.0);
    cumulated.partition_point(|sum| *sum <= at).min(cumulated.len().saturating_sub(1))
}

/// SKUs to draw from: their indices and cumulated weights.
struct Urn {
    skus: Vec<u32>,
    weights: Vec<f64>,
}

impl Urn {
    fn new(network: &Network, weights: &[f64], of: impl Fn(&str) -> bool) -> Urn {
        let all = (0u32..).zip(&network.skus).zip(weights);
        let picked: Vec<(u32, f64)> =
            all.filter(|((_, sku), _)| of(&sku.group)).map(|((i, _), weight)| (i, *weight)).collect();
        let weights = cumulate(picked.iter().map(|(_, weight)| *weight));
        Urn { skus: picked.into_iter().map(|(sku, _)| sku).collect(), weights }
    }

    fn draw(&self, dice: &mut Random) -> Option<u32> {
        self.skus.get(draw(dice, &self.weights)).copied()
    }
}

/// All that a stream is drawn from.
struct Source<'a> {
    network: &'a Network,
    arrivals: &'a Arrivals,
    channels: Vec<(u32, f64)>,
    channel_weights: Vec<f64>,
    places: Vec<Origin>,
    place_weights: Vec<f64>,
    all: Urn,
    groups: Vec<(&'a str, Urn)>,
    /// By promotion: the SKUs of its groups.
    promoted: Vec<Urn>,
}

/// Draws orders for a network.
///
/// ```
/// use stockbook::simulation::{Arrivals, Network, arrivals};
/// let network: Network = serde_json::from_str(r#"{"skus": [{"sku": "TEE", "price": "20"}],
///     "channels": [{"channel": "web", "promise_hours": 72}]}"#)?;
/// let week: Arrivals = serde_json::from_str(r#"{"days": 7, "orders_a_day": 20.0}"#)?;
/// let orders = arrivals(&network, &week, 1)?;
/// assert!((100..180).contains(&orders.len()), "about 140");
/// assert_eq!(orders, arrivals(&network, &week, 1)?, "a seed draws the same again");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn arrivals(network: &Network, arrivals: &Arrivals, seed: u64) -> Result<Orders, ArrivalsError> {
    check(arrivals)?;
    let source = Source::new(network, arrivals)?;
    let mut dice = Random::new(seed, 11);
    let mut table = OrderTable { line_start: vec![0], ..OrderTable::default() };
    for day in 0..arrivals.days {
        let mean = source.mean_of(day);
        let mean = match arrivals.law {
            Law::Poisson => mean,
            Law::NegativeBinomial { dispersion } => mean * gamma(&mut dice, 1.0 / dispersion),
        };
        let mut at: Vec<i64> = (0..poisson(&mut dice, mean)).map(|_| source.moment(day, &mut dice)).collect();
        at.sort_unstable();
        at.into_iter().for_each(|at| source.order(day, at, &mut dice, &mut table));
    }
    Ok(Orders::new(table, network)?)
}

fn check(arrivals: &Arrivals) -> Result<(), ArrivalsError> {
    let domain = |holds: bool, what, need| {
        if holds { Ok(()) } else { Err(ArrivalsError::Domain { what, need }) }
    };
    domain((0.0..=1e6).contains(&arrivals.orders_a_day), "orders_a_day", "is not between 0 and a million")?;
    domain(arrivals.days <= 3_660, "days", "is above 3,660")?;
    domain((0.0..1.0).contains(&arrivals.further_line), "further_line", "is not from 0 to below 1")?;
    domain((0.0..=1.0).contains(&arrivals.basket), "basket", "is not from 0 to 1")?;
    domain(arrivals.units >= 1.0 && arrivals.units <= 1e6, "units", "is not between 1 and a million")?;
    domain(arrivals.week.iter().all(|w| *w >= 0.0 && w.is_finite()), "week", "has a weight below 0")?;
    domain(arrivals.week.iter().sum::<f64>() > 0.0, "week", "has no weight above 0")?;
    domain(arrivals.season.abs() < 1.0, "season", "is not between -1 and 1")?;
    // None stands for all alike.
    let sound = |weights: &[f64]| {
        let sum: f64 = weights.iter().sum();
        weights.is_empty() || weights.iter().all(|w| *w >= 0.0) && sum > 0.0 && sum.is_finite()
    };
    let weights: Vec<f64> = arrivals.channels.iter().map(|share| share.weight).collect();
    domain(sound(&weights), "channels", "has a weight below 0, or none above")?;
    let weights: Vec<f64> = arrivals.places.iter().map(|place| place.weight).collect();
    domain(sound(&weights), "places", "has a weight below 0, or none above")?;
    let globe = |place: &Origin| place.lat.abs() <= 90.0 && place.lon.abs() <= 180.0 && place.scatter >= 0.0;
    domain(arrivals.places.iter().all(globe), "places", "has a place that is not on the globe")?;
    let priced = |share: &ChannelShare| (0.0..=1e6).contains(&share.price);
    domain(arrivals.channels.iter().all(priced), "price", "is not from 0 to a million")?;
    domain(arrivals.lines_max >= 1, "lines_max", "is not at least 1")?;
    domain(arrivals.from.micros().rem_euclid(DAY) == 0, "from", "is not midnight (UTC)")?;
    domain(arrivals.popularity.is_finite() && arrivals.trend > -1.0, "trend", "is not above -1")?;
    if let Law::NegativeBinomial { dispersion } = arrivals.law {
        domain(dispersion > 0.0 && dispersion < 1e3, "dispersion", "is not between 0 and 1,000")?;
    }
    domain(
        arrivals.promotions.iter().all(|p| (0.0..=1e3).contains(&p.lift)),
        "lift",
        "is not from 0 to 1,000",
    )
}

impl<'a> Source<'a> {
    fn new(network: &'a Network, arrivals: &'a Arrivals) -> Result<Source<'a>, ArrivalsError> {
        let unknown = |what, code: &str| ArrivalsError::Unknown { what, code: code.into() };
        let place_of = |code: &str| network.channels.iter().position(|c| c.channel == code);
        let mut channels: Vec<(u32, f64)> = (0..num::id(network.channels.len())).map(|i| (i, 1.0)).collect();
        let mut weights = vec![1.0; channels.len()];
        if !arrivals.channels.is_empty() {
            let shares = arrivals.channels.iter();
            channels = shares
                .map(|s| {
                    place_of(&s.channel).map(|i| (num::id(i), s.price)).ok_or(unknown("channel", &s.channel))
                })
                .collect::<Result<_, _>>()?;
            weights = arrivals.channels.iter().map(|share| share.weight).collect();
        }
        let metro = |metro: &(&str, i64, i64, i64)| Origin {
            lat: metro.1 as f64 / 100_000.0,
            lon: metro.2 as f64 / 100_000.0,
            weight: metro.3 as f64,
            scatter: 0.09,
        };
        let places = if arrivals.places.is_empty() {
            METROS.iter().map(metro).collect()
        } else {
            arrivals.places.clone()
        };
        let rank = |rank: usize| libm::pow(rank as f64 + 1.0, -arrivals.popularity);
        let popular: Vec<f64> = (0..network.skus.len()).map(rank).collect();
        let mut names: Vec<&str> = network.skus.iter().map(|sku| sku.group.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        let known = |group: &&String| !names.contains(&group.as_str());
        if let Some(group) = arrivals.promotions.iter().flat_map(|p| &p.groups).find(known) {
            return Err(unknown("group of SKUs", group));
        }
        let of = |p: &super::arrivals::Promotion| {
            Urn::new(network, &popular, |group| p.groups.is_empty() || p.groups.iter().any(|g| g == group))
        };
        Ok(Source {
            channel_weights: cumulate(weights.into_iter()),
            place_weights: cumulate(places.iter().map(|place| place.weight)),
            all: Urn::new(network, &popular, |_| true),
            groups: names.iter().map(|name| (*name, Urn::new(network, &popular, |g| g == *name))).collect(),
            promoted: arrivals.promotions.iter().map(of).collect(),
            network,
            arrivals,
            channels,
            places,
        })
    }

    /// Mean orders of a day, by trend, week, season and promotions.
    fn mean_of(&self, day: u32) -> f64 {
        let a = self.arrivals;
        let days = f64::from(day);
        let since = a.from.micros().div_euclid(DAY) + i64::from(day);
        // 1970-01-01 was a Thursday.
        let weekday = usize::try_from((since + 3).rem_euclid(7)).unwrap_or(0);
        let week = a.week.get(weekday).copied().unwrap_or(1.0) * 7.0 / a.week.iter().sum::<f64>();
        let turn = (since as f64 - f64::from(a.season_peak)) / 365.25 * std::f64::consts::TAU;
        let season = 1.0 + a.season * libm::cos(turn);
        let trend = libm::pow(1.0 + a.trend, days / 365.25);
        let running = a.promotions.iter().filter(|p| p.day <= day && day - p.day < p.days);
        a.orders_a_day * week * season * trend * running.map(|p| p.lift).product::<f64>()
    }

    /// An instant of a day: few orders at night (in America), most in its afternoon and evening.
    fn moment(&self, day: u32, dice: &mut Random) -> i64 {
        loop {
            let share = uniform(dice);
            let local = share * 24.0 - 6.0;
            let weight = 1.0 + 0.85 * libm::cos((local - 16.0) / 24.0 * std::f64::consts::TAU);
            if uniform(dice) * 1.85 <= weight {
                let second = rounded(share * 86_399.0);
                let midnight = self.arrivals.from.micros().saturating_add(i64::from(day) * DAY);
                return midnight.saturating_add(second * 1_000_000);
            }
        }
    }

    fn order(&self, day: u32, at: i64, dice: &mut Random, table: &mut OrderTable) {
        let place = self.places.get(draw(dice, &self.place_weights)).copied();
        let Some(place) = place else { return };
        let Some((channel, price)) = self.channels.get(draw(dice, &self.channel_weights)).copied() else {
            return;
        };
        let promotions = self.arrivals.promotions.iter().zip(&self.promoted);
        let running =
            promotions.filter(|(p, urn)| p.day <= day && day - p.day < p.days && !urn.skus.is_empty());
        // Of `lift` orders `lift - 1` are further ones, and half of those are for its groups.
        let further = |lift: f64| 0.5 * (1.0 - 1.0 / lift.max(1.0));
        let promoted = running.rev().find(|(p, _)| uniform(dice) < further(p.lift)).map(|(_, urn)| urn);
        let Some(first) = promoted.unwrap_or(&self.all).draw(dice) else { return };
        let group = self.network.skus.get(num::index(first)).map_or("", |sku| sku.group.as_str());
        let start = table.sku.len();
        self.line(first, price, dice, table);
        for _ in 1..self.arrivals.lines_max {
            if uniform(dice) >= self.arrivals.further_line {
                break;
            }
            let kin = uniform(dice) < self.arrivals.basket;
            let urn =
                self.groups.iter().find(|(name, _)| kin && *name == group).map_or(&self.all, |(_, urn)| urn);
            let sku = urn.draw(dice).filter(|sku| !table.sku.get(start..).unwrap_or_default().contains(sku));
            if let Some(sku) = sku {
                self.line(sku, price, dice, table);
            }
        }
        table.order.push(100_001 + table.order.len() as u64);
        table.at.push(at);
        table.channel.push(channel);
        let degrees = |at: f64, scatter: f64, most: f64| rounded((at + scatter).clamp(-most, most) * 1e9);
        table.lat.push(degrees(place.lat, normal(dice) * place.scatter, 90.0));
        table.lon.push(degrees(place.lon, normal(dice) * place.scatter, 180.0));
        table.line_start.push(num::id(table.sku.len()));
    }

    fn line(&self, sku: u32, price: f64, dice: &mut Random, table: &mut OrderTable) {
        let more = 1.0 - 1.0 / self.arrivals.units;
        let mut qty = 1;
        while qty < 1_000 && uniform(dice) < more {
            qty += 1;
        }
        let list = self.network.skus.get(num::index(sku)).map_or(0, |sku| sku.price.micros());
        table.sku.push(sku);
        table.qty.push(qty);
        // Whole cents.
        table.price.push(rounded(list as f64 * price / 10_000.0).max(0).saturating_mul(10_000));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulation::{ScenarioSize, generate};

    #[test]
    fn arrivals_have_the_moments_they_are_told() {
        let network = generate(ScenarioSize { orders: 100, ..ScenarioSize::default() }, 1).network;
        let told = Arrivals { days: 400, orders_a_day: 50.0, ..Arrivals::default() };
        let by_day = |told: &Arrivals| {
            let orders = arrivals(&network, told, 5).unwrap_or_default();
            let mut days = vec![0.0; 400];
            for at in &orders.table().at {
                days[usize::try_from((at - told.from.micros()) / DAY).unwrap_or(0)] += 1.0;
            }
            let mean = days.iter().sum::<f64>() / 400.0;
            (mean, days.iter().map(|d| (d - mean) * (d - mean)).sum::<f64>() / 399.0, orders)
        };
        let (mean, variance, orders) = by_day(&told);
        // 400 days of Poisson(50): a mean within 3 standard errors, a variance within 4.
        assert!((mean - 50.0).abs() < 1.1 && (variance - 50.0).abs() < 15.0, "{mean} {variance}");
        let lines = orders.lines() as f64 / orders.len() as f64;
        assert!((1.5..1.68).contains(&lines), "{lines}");
        let scattered = Law::NegativeBinomial { dispersion: 0.2 };
        let (mean, variance, _) = by_day(&Arrivals { law: scattered, ..told.clone() });
        // Variance 50 + 0.2 * 2500 = 550.
        assert!((mean - 50.0).abs() < 4.0 && (400.0..720.0).contains(&variance), "{mean} {variance}");
        let promotion = Promotion { day: 100, days: 10, lift: 3.0, groups: vec!["outdoor".into()] };
        let lifted = Arrivals { promotions: vec![promotion], ..told.clone() };
        let (lifted_mean, ..) = by_day(&lifted);
        assert!((lifted_mean - 52.5).abs() < 1.2, "{lifted_mean}");
        let wrong = Arrivals {
            channels: vec![ChannelShare { channel: "no".into(), weight: 1.0, price: 1.0 }],
            ..told.clone()
        };
        assert!(matches!(arrivals(&network, &wrong, 1), Err(ArrivalsError::Unknown { what: "channel", .. })));
    }
    /// Of three times the orders two thirds are further ones, and half of those for the promoted group: the
    /// rest of the shop sells more, not less.
    #[test]
    fn half_of_a_promotions_further_orders_are_for_its_groups() {
        let network = generate(ScenarioSize { orders: 100, ..ScenarioSize::default() }, 1).network;
        let of = |lift: f64| {
            let promotion = Promotion { day: 0, days: 60, lift, groups: vec!["outdoor".into()] };
            let told = Arrivals {
                days: 60,
                orders_a_day: 200.0,
                further_line: 0.0,
                promotions: vec![promotion],
                ..Arrivals::default()
            };
            let orders = arrivals(&network, &told, 5).unwrap_or_default();
            let outdoor = |sku: &&u32| network.skus[num::index(**sku)].group == "outdoor";
            orders.table().sku.iter().filter(outdoor).count() as f64 / orders.len() as f64
        };
        let usual = of(1.0);
        assert!((of(3.0) - (usual / 3.0 + (0.5 + 0.5 * usual) * 2.0 / 3.0)).abs() < 0.02, "{usual}");
        assert!(usual < 0.3, "a lift of 1 changes nothing: {usual}");
    }

    #[test]
    fn what_means_nothing_is_refused() {
        let network = generate(ScenarioSize { orders: 100, ..ScenarioSize::default() }, 1).network;
        for (wrong, field) in [
            (r#"{"channels":[{"channel":"standard","weight":-1}]}"#, "channels"),
            (r#"{"channels":[{"channel":"standard","weight":0}]}"#, "channels"),
            (r#"{"channels":[{"channel":"standard","weight":1,"price":-1}]}"#, "price"),
            (r#"{"places":[{"lat":100,"lon":0,"weight":1}]}"#, "places"),
            (r#"{"lines_max":0}"#, "lines_max"),
            (r#"{"from":"2026-03-02T12:00:00Z"}"#, "from"),
        ] {
            let told: Result<Arrivals, _> = serde_json::from_str(wrong);
            let found = told.map(|told| arrivals(&network, &told, 1));
            let refused = |what| what == field;
            assert!(
                matches!(found, Ok(Err(ArrivalsError::Domain { what, .. })) if refused(what)),
                "{wrong}: {field}"
            );
        }
    }
}
