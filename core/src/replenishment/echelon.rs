//! Stock in several echelons: guaranteed service on a tree of stages, and a serial line with base stock.
//!
//! Sources: Graves and Willems, Optimizing strategic safety stock placement in supply chains (M&SOM 2, 2000);
//! Clark and Scarf 1960 in the form of Chen and Zheng 1994; Snyder and Shen, 2nd ed., chapter 6.
#![allow(
    clippy::float_arithmetic,
    clippy::as_conversions,
    clippy::arithmetic_side_effects,
    reason = "costs and deviations are floats; service times are whole periods"
)]

use super::levels::{Imbalance, NormalDemand};
use super::numbers::{float, normal_pdf};

/// A stage of a network that promises its service time: a node, a supplier's step, a customer's shelf.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stage {
    /// The stage that this one delivers to or, with `delivers` false, receives from; none for the first.
    pub joined_to: Option<usize>,
    /// Whether it delivers to the stage that it is joined to (otherwise it is delivered by it).
    pub delivers: bool,
    /// Periods that its own work takes.
    pub processing: u32,
    /// Periods that its outside supplier promises, where it has one.
    pub inbound: u32,
    /// The most periods that it may promise to its own customers, where it has any.
    pub outbound_max: Option<u32>,
    /// Cost of holding a unit for a period.
    pub holding: f64,
    /// Standard deviation of its customers' demand a period; 0 = it has none of its own.
    pub demand_sd: f64,
}

/// What a stage promises, and the safety stock behind the promise.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Promise {
    /// Periods that it promises to those it delivers to.
    pub outbound: u32,
    /// Periods that it is promised.
    pub inbound: u32,
    /// Units of safety stock.
    pub safety_stock: f64,
}

/// Why stages are no tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StagesError {
    /// Each stage but the first is joined to one before it.
    #[error("stage {stage} is not joined to a stage before it")]
    Joined {
        /// The stage, from 0.
        stage: usize,
    },
    /// Service times beyond this many periods are not searched.
    #[error("the longest path takes {periods} periods, at most 1000 are searched")]
    Long {
        /// Periods.
        periods: u64,
    },
}

/// The cheapest promises on a tree of stages, each of which keeps `factor` deviations of the demand over its
/// net replenishment time: the promises by stage, and the holding cost of safety stock a period. Demand of
/// stages downstream is independent: variances add up.
///
/// Stages stand so that each but the first is joined to one before it.
///
/// ```
/// use stockbook::replenishment::{Stage, guaranteed_service};
/// let stage = |joined_to, processing, inbound, outbound_max, holding, demand_sd| Stage {
///     joined_to, delivers: true, processing, inbound, outbound_max, holding, demand_sd,
/// };
/// // A shop, a step without work before it, and a warehouse: the warehouse promises at once.
/// let stages = [
///     stage(None, 1, 0, Some(1), 7.0, 1.0),
///     stage(Some(0), 0, 0, None, 4.0, 0.0),
///     stage(Some(1), 1, 1, None, 2.0, 0.0),
/// ];
/// let (promises, cost) = guaranteed_service(&stages, 1.0).unwrap();
/// assert_eq!(promises.iter().map(|p| p.outbound).collect::<Vec<_>>(), [1, 0, 0]);
/// assert!((cost - 8.0_f64.sqrt()).abs() < 1e-9);
/// ```
pub fn guaranteed_service(stages: &[Stage], factor: f64) -> Result<(Vec<Promise>, f64), StagesError> {
    let apart = |(stage, joined): (usize, &Stage)| match joined.joined_to {
        None => stage > 0,
        Some(to) => to >= stage,
    };
    if let Some(stage) = stages.iter().enumerate().position(apart) {
        return Err(StagesError::Joined { stage });
    }
    // No sensible promise is longer than all work and outside promises together.
    let periods: u64 = stages.iter().map(|s| u64::from(s.processing) + u64::from(s.inbound)).sum();
    if periods > 1_000 {
        return Err(StagesError::Long { periods });
    }
    let mut tree = Tree { stages, factor, sd: deviations(stages), most: periods as u32, tables: Vec::new() };
    tree.tables = vec![Vec::new(); stages.len()];
    for stage in (1..stages.len()).rev() {
        let table = (0..=tree.most).map(|time| tree.best(stage, Some(time)).0).collect();
        if let Some(slot) = tree.tables.get_mut(stage) {
            *slot = table;
        }
    }
    let mut promises = vec![Promise { outbound: 0, inbound: 0, safety_stock: 0.0 }; stages.len()];
    let mut cost = 0.0;
    for stage in 0..stages.len() {
        let towards = stages.get(stage).copied().and_then(|s| s.joined_to.map(|to| (to, s.delivers)));
        let time = towards.map(|(to, delivers)| {
            let other =
                promises.get(to).copied().unwrap_or(Promise { outbound: 0, inbound: 0, safety_stock: 0.0 });
            tree.time_towards(stage, delivers, other)
        });
        let (total, outbound, inbound) = tree.best(stage, time);
        if stage == 0 {
            cost = total;
        }
        let net =
            f64::from((inbound + stages.get(stage).map_or(0, |s| s.processing)).saturating_sub(outbound));
        let sd = tree.sd.get(stage).copied().unwrap_or(0.0);
        if let Some(slot) = promises.get_mut(stage) {
            *slot = Promise { outbound, inbound, safety_stock: factor * sd * libm::sqrt(net) };
        }
    }
    Ok((promises, cost))
}

struct Tree<'a> {
    stages: &'a [Stage],
    factor: f64,
    sd: Vec<f64>,
    most: u32,
    /// By stage: the least cost of its part of the tree by the time that its joint fixes: what it promises
    /// where it delivers, what it is promised where it is delivered.
    tables: Vec<Vec<f64>>,
}

impl Tree<'_> {
    /// The least cost of a stage's part of the tree, and the times behind it. `time` is fixed by its joint.
    fn best(&self, stage: usize, time: Option<u32>) -> (f64, u32, u32) {
        let Some(here) = self.stages.get(stage) else { return (0.0, 0, 0) };
        let sd = self.sd.get(stage).copied().unwrap_or(0.0);
        let mut found = (f64::INFINITY, 0, 0);
        let delivers = here.joined_to.is_some() && here.delivers;
        let range = |fixed: Option<u32>| fixed.map_or(0..=self.most, |time| time..=time);
        for inbound in range(time.filter(|_| here.joined_to.is_some() && !delivers)) {
            if inbound < here.inbound {
                continue;
            }
            let upstream = self.children(stage, true, inbound);
            for outbound in range(time.filter(|_| delivers)) {
                let net = inbound + here.processing;
                if outbound > net || here.outbound_max.is_some_and(|most| outbound > most) {
                    continue;
                }
                let own = here.holding * self.factor * sd * libm::sqrt(f64::from(net - outbound));
                let cost = own + upstream + self.children(stage, false, outbound);
                if cost < found.0 {
                    found = (cost, outbound, inbound);
                }
            }
        }
        found
    }

    /// The least cost of the parts joined to a stage that deliver to it (promising at most `time`) or that it
    /// delivers to (promised at least `time`).
    fn children(&self, stage: usize, delivers: bool, time: u32) -> f64 {
        let joined = |(_, s): &(usize, &Stage)| s.joined_to == Some(stage) && s.delivers == delivers;
        let least = |(child, _): (usize, &Stage)| self.least(child, delivers, time).0;
        self.stages.iter().enumerate().skip(stage + 1).filter(joined).map(least).sum()
    }

    fn least(&self, child: usize, delivers: bool, time: u32) -> (f64, u32) {
        let costs = (0u32..).zip(self.tables.get(child).map(Vec::as_slice).unwrap_or_default());
        let fits = costs.filter(|(at, _)| if delivers { *at <= time } else { *at >= time });
        fits.fold((f64::INFINITY, time), |best, (at, cost)| if *cost < best.0 { (*cost, at) } else { best })
    }

    fn time_towards(&self, stage: usize, delivers: bool, other: Promise) -> u32 {
        self.least(stage, delivers, if delivers { other.inbound } else { other.outbound }).1
    }
}

/// Deviation of the demand that reaches each stage: its own and, of all stages downstream, theirs.
fn deviations(stages: &[Stage]) -> Vec<f64> {
    fn variance(stages: &[Stage], stage: usize, from: usize) -> f64 {
        let Some(here) = stages.get(stage) else { return 0.0 };
        let own = here.demand_sd * here.demand_sd;
        let ahead = here.joined_to.filter(|to| here.delivers && *to != from);
        let others = stages.iter().enumerate().skip(stage + 1);
        let below = others.filter(|(at, s)| s.joined_to == Some(stage) && !s.delivers && *at != from);
        let below: f64 = below.map(|(at, _)| variance(stages, at, stage)).sum();
        own + below + ahead.map_or(0.0, |to| variance(stages, to, stage))
    }
    (0..stages.len()).map(|stage| libm::sqrt(variance(stages, stage, usize::MAX))).collect()
}

/// A stage of a serial line, from the customer upstream.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SerialStage {
    /// Echelon holding cost of a unit and period: what it adds to the stage upstream.
    pub echelon_holding: f64,
    /// Periods from the stage upstream.
    pub lead: f64,
}

/// Points of a table of costs.
const POINTS: i64 = 6_000;
/// Steps of the normal distribution over ten deviations.
const STEPS: i64 = 400;

/// Echelon base-stock levels of a serial line, from the customer upstream, and its expected cost a period
/// (Clark and Scarf 1960). `short` is the cost of a unit that waits for a period. Costs are tabulated at
/// 6,000 points and interpolated: levels are right to about a hundredth of a deviation.
///
/// ```
/// use stockbook::replenishment::{NormalDemand, SerialStage, serial_levels};
/// // Snyder and Shen, example 6.1: a shop, a warehouse, a plant.
/// let stage = |echelon_holding, lead| SerialStage { echelon_holding, lead };
/// let stages = [stage(3.0, 1.0), stage(2.0, 1.0), stage(2.0, 2.0)];
/// let (levels, cost) = serial_levels(&stages, 37.12, NormalDemand { mean: 5.0, sd: 1.0 });
/// let near = |a: f64, b: f64| (a - b).abs() < 0.03;
/// assert!(near(levels[0], 6.49) && near(levels[1], 12.02) && near(levels[2], 22.71) && near(cost, 47.65));
/// ```
#[must_use]
pub fn serial_levels(stages: &[SerialStage], short: f64, demand: NormalDemand) -> (Vec<f64>, f64) {
    let lead: f64 = stages.iter().map(|stage| stage.lead).sum();
    let holding: f64 = stages.iter().map(|stage| stage.echelon_holding).sum();
    let spread = 8.0 * demand.sd * libm::sqrt(lead.max(1e-9));
    let (low, high) = (-spread, demand.mean * lead + spread);
    let step = (high - low) / float(POINTS - 1);
    let at = |point: i64| low + step * float(point);
    // What the stages below cost where the echelon holds x: at first only what waits.
    let costs = Imbalance { over: 0.0, short: short + holding };
    let mut below: Vec<f64> = (0..POINTS).map(|point| costs.short * (-at(point)).max(0.0)).collect();
    let (mut levels, mut cost) = (Vec::new(), 0.0);
    for stage in stages {
        let over = NormalDemand { mean: demand.mean * stage.lead, sd: demand.sd * libm::sqrt(stage.lead) };
        let here: Vec<f64> =
            (0..POINTS).map(|p| stage.echelon_holding * at(p) + read(&below, p as f64)).collect();
        let expected = |level: f64| expect(over, |d| read(&here, (level - d - low) / step));
        let table: Vec<f64> = (0..POINTS).map(|point| expected(at(point))).collect();
        let best = table.iter().enumerate().min_by(|a, b| a.1.total_cmp(b.1)).map_or(0, |found| found.0);
        let level = at(best as i64);
        cost = table.get(best).copied().unwrap_or(0.0);
        levels.push(level);
        below = table.iter().enumerate().map(|(p, c)| if p > best { cost } else { *c }).collect();
    }
    (levels, cost)
}

/// A table read between its points, and beyond its ends along its outermost slopes.
fn read(table: &[f64], at: f64) -> f64 {
    let last = table.len().saturating_sub(2);
    let point = (libm::floor(at).max(0.0) as usize).min(last);
    let (a, b) = (table.get(point).copied().unwrap_or(0.0), table.get(point + 1).copied().unwrap_or(0.0));
    a + (b - a) * (at - point as f64)
}

/// Expectation over a normal demand, by the rule of midpoints over ten deviations.
fn expect(demand: NormalDemand, f: impl Fn(f64) -> f64) -> f64 {
    if demand.sd <= 0.0 {
        return f(demand.mean);
    }
    let width = 10.0 / float(STEPS);
    let (mut sum, mut weights) = (0.0, 0.0);
    for step in 0..STEPS {
        let z = -5.0 + width * (float(step) + 0.5);
        let weight = normal_pdf(z);
        sum += weight * f(demand.mean + demand.sd * z);
        weights += weight;
    }
    sum / weights
}
