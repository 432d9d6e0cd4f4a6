//! Up to what level: newsvendor and base stock, (r, Q), (s, S), and safety stock for a service target.
//!
//! Sources: Snyder and Shen, Fundamentals of Supply Chain Theory, 2nd ed., chapters 4 and 5 (SS below);
//! Silver, Pyke and Peterson, 3rd ed. (SPP). Rates and costs are in the caller's one unit of time and money.
#![allow(
    clippy::float_arithmetic,
    clippy::as_conversions,
    clippy::arithmetic_side_effects,
    reason = "costs and deviations are floats; levels become quantities in `units`"
)]

use super::lots::LotCosts;
use super::numbers::{
    bisect, float, normal_cdf, normal_loss, normal_loss_2, normal_pdf, normal_quantile, normal_surplus,
};

/// A demand that is normal, with a mean and a standard deviation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NormalDemand {
    /// Mean.
    pub mean: f64,
    /// Standard deviation.
    pub sd: f64,
}

/// What a unit too many and a unit too few cost.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Imbalance {
    /// A unit left over (or held for a unit of time).
    pub over: f64,
    /// A unit short (or waiting for a unit of time).
    pub short: f64,
}

impl Imbalance {
    /// Of a good sold once: what is over loses cost less salvage, what is short loses revenue less cost.
    ///
    /// ```
    /// use stockbook::replenishment::Imbalance;
    /// // Bought at 8, sold at 12; what is left goes for 5.
    /// assert_eq!(Imbalance::of_prices(12.0, 8.0, 5.0), Imbalance { over: 3.0, short: 4.0 });
    /// ```
    #[must_use]
    pub fn of_prices(revenue: f64, cost: f64, salvage: f64) -> Imbalance {
        Imbalance { over: cost - salvage, short: revenue - cost }
    }

    /// The share of demands that the best level covers: short / (short + over).
    ///
    /// ```
    /// use stockbook::replenishment::Imbalance;
    /// assert_eq!(Imbalance { over: 1.0, short: 3.0 }.critical_ratio(), 0.75);
    /// ```
    #[must_use]
    pub fn critical_ratio(self) -> f64 {
        self.short / (self.short + self.over)
    }

    /// The best level before a normal demand and its expected cost: the newsvendor (SS 4.3).
    ///
    /// ```
    /// use stockbook::replenishment::{Imbalance, NormalDemand};
    /// let costs = Imbalance { over: 0.18, short: 0.70 };
    /// let (level, cost) = costs.before_normal(NormalDemand { mean: 50.0, sd: 8.0 });
    /// assert!((level - 56.603_955_927).abs() < 1e-8 && (cost - 1.997_605_193).abs() < 1e-8);
    /// ```
    #[must_use]
    pub fn before_normal(self, demand: NormalDemand) -> (f64, f64) {
        let z = normal_quantile(self.critical_ratio());
        (demand.mean + demand.sd * z, (self.over + self.short) * demand.sd * normal_pdf(z))
    }

    /// Expected cost of a level before a normal demand.
    ///
    /// ```
    /// use stockbook::replenishment::{Imbalance, NormalDemand};
    /// let (costs, demand) = (Imbalance { over: 0.18, short: 0.70 }, NormalDemand { mean: 50.0, sd: 8.0 });
    /// let (best, least) = costs.before_normal(demand);
    /// assert!((costs.cost_before_normal(demand, best) - least).abs() < 1e-9);
    /// assert!(costs.cost_before_normal(demand, 50.0) > least, "the mean is too little");
    /// ```
    #[must_use]
    pub fn cost_before_normal(self, demand: NormalDemand, level: f64) -> f64 {
        let z = (level - demand.mean) / demand.sd;
        demand.sd * (self.over * normal_surplus(z) + self.short * normal_loss(z))
    }

    /// The best level before a discrete demand (probabilities of 0, 1, 2, …) and its expected cost.
    ///
    /// ```
    /// use stockbook::replenishment::Imbalance;
    /// // Nothing, one or two, at 1/4, 1/2, 1/4. One covers 3/4 of the days: over 1/4 × 1, short 1/4 × 3.
    /// let costs = Imbalance { over: 1.0, short: 3.0 };
    /// assert_eq!(costs.before(&[0.25, 0.5, 0.25]), (1, 1.0));
    /// ```
    #[must_use]
    pub fn before(self, pmf: &[f64]) -> (i64, f64) {
        let level = super::numbers::quantile_of(pmf, self.critical_ratio());
        (level, self.cost_before(pmf, level))
    }

    /// Expected cost of a level before a discrete demand.
    ///
    /// ```
    /// use stockbook::replenishment::Imbalance;
    /// let costs = Imbalance { over: 1.0, short: 3.0 };
    /// // With none, one is short half of the days and two a quarter: (1/2 + 2/4) × 3.
    /// assert_eq!(costs.cost_before(&[0.25, 0.5, 0.25], 0), 3.0);
    /// ```
    #[must_use]
    pub fn cost_before(self, pmf: &[f64], level: i64) -> f64 {
        let cost = |(k, p): (i64, &f64)| {
            let over = float(level - k);
            p * if over >= 0.0 { self.over * over } else { -self.short * over }
        };
        (0i64..).zip(pmf).map(cost).sum()
    }
}

/// A reorder point and a lot: order `qty` when the position falls to `point`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PointAndLot {
    /// Reorder point r.
    pub point: f64,
    /// Lot Q.
    pub qty: f64,
}

/// What (r, Q) is chosen for: costs, and the demand over the lead time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PointAndLotProblem {
    /// Cost of an order, of holding a unit for a unit of time, and demand a unit of time.
    pub lot: LotCosts,
    /// Cost of a unit that waits, for a unit of time.
    pub waiting: f64,
    /// Demand over the lead time.
    pub over_lead: NormalDemand,
}

impl PointAndLotProblem {
    /// Exact expected cost a unit of time (SS 5.1), demand over the lead time normal.
    ///
    /// ```
    /// use stockbook::replenishment::{LotCosts, NormalDemand, PointAndLot, PointAndLotProblem};
    /// // Snyder and Shen, example 5.1: 1,300 a year, deviation 150, a month's lead time.
    /// let problem = PointAndLotProblem {
    ///     lot: LotCosts { fixed: 8.0, holding: 0.225, demand: 1_300.0 }, waiting: 7.5,
    ///     over_lead: NormalDemand { mean: 1_300.0 / 12.0, sd: 150.0 / 12f64.sqrt() },
    /// };
    /// assert!((problem.cost(PointAndLot { point: 126.8, qty: 328.5 }) - 78.071_162_509).abs() < 1e-7);
    /// ```
    #[must_use]
    pub fn cost(self, at: PointAndLot) -> f64 {
        let NormalDemand { mean, sd } = self.over_lead;
        let z = |level: f64| (level - mean) / sd;
        let held = self.lot.holding * at.qty * (at.point + at.qty / 2.0 - mean);
        let waits = sd * sd * (normal_loss_2(z(at.point)) - normal_loss_2(z(at.point + at.qty)));
        (self.lot.fixed * self.lot.demand + held + (self.lot.holding + self.waiting) * waits) / at.qty
    }

    fn ratio(self) -> f64 {
        self.waiting / (self.waiting + self.lot.holding)
    }

    /// The economic lot, and safety stock by the newsvendor's ratio (SS 5.2.4).
    ///
    /// ```
    /// # use stockbook::replenishment::{LotCosts, NormalDemand, PointAndLotProblem};
    /// # let problem = PointAndLotProblem {
    /// #     lot: LotCosts { fixed: 8.0, holding: 0.225, demand: 1_300.0 }, waiting: 7.5,
    /// #     over_lead: NormalDemand { mean: 1_300.0 / 12.0, sd: 150.0 / 12f64.sqrt() },
    /// # };
    /// // The problem of `cost`; Snyder and Shen, example 5.5.
    /// let found = problem.economic_with_safety();
    /// assert_eq!((found.point.round(), found.qty.round()), (190.0, 304.0));
    /// ```
    #[must_use]
    pub fn economic_with_safety(self) -> PointAndLot {
        let point = self.over_lead.mean + self.over_lead.sd * normal_quantile(self.ratio());
        PointAndLot { point, qty: self.lot.economic().qty }
    }

    /// The best point for a lot: where the rate of cost at `r` and at `r + Q` is the same.
    ///
    /// ```
    /// # use stockbook::replenishment::{LotCosts, NormalDemand, PointAndLot, PointAndLotProblem};
    /// # let problem = PointAndLotProblem {
    /// #     lot: LotCosts { fixed: 8.0, holding: 0.225, demand: 1_300.0 }, waiting: 7.5,
    /// #     over_lead: NormalDemand { mean: 1_300.0 / 12.0, sd: 150.0 / 12f64.sqrt() },
    /// # };
    /// // The problem of `cost`: no other point costs less for that lot.
    /// let best = problem.best_point(328.5);
    /// let cost = |by: f64| problem.cost(PointAndLot { point: best.point + by, qty: best.qty });
    /// assert!(cost(0.0) < cost(-1.0) && cost(0.0) < cost(1.0));
    /// ```
    #[must_use]
    pub fn best_point(self, qty: f64) -> PointAndLot {
        let costs = Imbalance { over: self.lot.holding, short: self.waiting };
        let rate = |level: f64| costs.cost_before_normal(self.over_lead, level);
        let low = self.over_lead.mean - qty - 40.0 * self.over_lead.sd;
        let point = bisect(low, costs.before_normal(self.over_lead).0, |r| rate(r + qty) - rate(r));
        PointAndLot { point, qty }
    }

    /// The lot with planned backorders, and its best point (SS 5.2.3; Zheng 1992 bounds its loss by 12.5 %).
    ///
    /// ```
    /// # use stockbook::replenishment::{LotCosts, NormalDemand, PointAndLotProblem};
    /// # let problem = PointAndLotProblem {
    /// #     lot: LotCosts { fixed: 8.0, holding: 0.225, demand: 1_300.0 }, waiting: 7.5,
    /// #     over_lead: NormalDemand { mean: 1_300.0 / 12.0, sd: 150.0 / 12f64.sqrt() },
    /// # };
    /// // The problem of `cost`; Snyder and Shen, example 5.4.
    /// let found = problem.with_backorders();
    /// assert!((found.point - 128.6378).abs() < 1e-3 && (found.qty - 308.5738).abs() < 1e-3);
    /// ```
    #[must_use]
    pub fn with_backorders(self) -> PointAndLot {
        self.best_point(self.lot.with_backorders(self.waiting).0.qty)
    }

    /// Lot and point by turns from loss functions, where a cycle rarely ends below r + Q (SS 5.2.5):
    /// `n(r) = h Q / (h + p)` and `Q² = 2 (K λ + (h + p) n2(r)) / h`.
    ///
    /// ```
    /// # use stockbook::replenishment::{LotCosts, NormalDemand, PointAndLotProblem};
    /// # let problem = PointAndLotProblem {
    /// #     lot: LotCosts { fixed: 8.0, holding: 0.225, demand: 1_300.0 }, waiting: 7.5,
    /// #     over_lead: NormalDemand { mean: 1_300.0 / 12.0, sd: 150.0 / 12f64.sqrt() },
    /// # };
    /// // The problem of `cost`; Snyder and Shen, example 5.6.
    /// let found = problem.by_loss();
    /// assert!((found.point - 126.867).abs() < 1e-3 && (found.qty - 328.449).abs() < 1e-3);
    /// ```
    #[must_use]
    pub fn by_loss(self) -> PointAndLot {
        let (h, total) = (self.lot.holding, self.lot.holding + self.waiting);
        let NormalDemand { mean, sd } = self.over_lead;
        let mut qty = self.lot.economic().qty;
        let mut z = 0.0;
        for _ in 0..200 {
            z = bisect(-1e3, 40.0, |z| h * qty / total - sd * normal_loss(z));
            let next =
                libm::sqrt(2.0 * (self.lot.fixed * self.lot.demand + total * sd * sd * normal_loss_2(z)) / h);
            let done = (next - qty).abs() <= 1e-12 * qty;
            qty = next;
            if done {
                break;
            }
        }
        PointAndLot { point: mean + z * sd, qty }
    }
}

/// A review level s and an order-up-to level S: at or below `low`, order up to `up_to`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LowAndUpTo<T> {
    /// s.
    pub low: T,
    /// S.
    pub up_to: T,
}

/// The best (s, S) and its cost a period, before a discrete demand of a period (probabilities of
/// 0, 1, 2, …) with backorders (Zheng and Federgruen 1991). A lead time is covered by giving the demand over
/// it as `over_lead`; without lead time it is the demand of a period too.
///
/// ```
/// use stockbook::replenishment::{Imbalance, best_low_and_up_to, poisson};
/// let (demand, costs) = (poisson(6.0), Imbalance { over: 1.0, short: 4.0 });
/// let (levels, cost) = best_low_and_up_to(5.0, costs, &demand, &demand);
/// assert_eq!((levels.low, levels.up_to, (cost * 1e6).round()), (4, 10, 8_034_112.0));
/// ```
#[must_use]
pub fn best_low_and_up_to(
    fixed: f64,
    costs: Imbalance,
    demand: &[f64],
    over_lead: &[f64],
) -> (LowAndUpTo<i64>, f64) {
    let rate = |level: i64| costs.cost_before(over_lead, level);
    let mut renewal = Renewal::new(demand);
    let mut cost = |low: i64, up_to: i64| {
        let mut sum = fixed;
        for j in 0..(up_to - low).max(1) {
            sum += renewal.density(j) * rate(up_to - j);
        }
        sum / renewal.sum((up_to - low).max(1))
    };
    let best = costs.before(over_lead).0;
    // Bounded: beyond this many units below the best level every order would be later than any sense.
    let lowest = best - 100_000;
    let (mut low, mut up_to) = (best - 1, best);
    while low > lowest && cost(low, up_to) > rate(low) {
        low -= 1;
    }
    let mut least = cost(low, up_to);
    let mut try_up_to = up_to + 1;
    while rate(try_up_to) <= least && try_up_to - best < 100_000 {
        let here = cost(low, try_up_to);
        if here < least {
            up_to = try_up_to;
            least = here;
            while cost(low, up_to) <= rate(low + 1) && low + 1 < up_to {
                low += 1;
            }
            least = cost(low, up_to).min(least);
        }
        try_up_to += 1;
    }
    (LowAndUpTo { low, up_to }, least)
}

/// Expected numbers of periods in which so many units below S are reached (SS 4.4): m and its sum M.
struct Renewal<'a> {
    demand: &'a [f64],
    density: Vec<f64>,
    sums: Vec<f64>,
}

impl<'a> Renewal<'a> {
    fn new(demand: &'a [f64]) -> Renewal<'a> {
        Renewal { demand, density: Vec::new(), sums: vec![0.0] }
    }

    fn reach(&mut self, j: usize) {
        let none = self.demand.first().copied().unwrap_or(1.0);
        while self.density.len() <= j {
            let here = self.density.len();
            let sum: f64 = if here == 0 {
                1.0
            } else {
                let older = self.density.iter().rev();
                self.demand.iter().skip(1).zip(older).map(|(p, m)| p * m).sum()
            };
            self.density.push(sum / (1.0 - none));
            self.sums.push(self.sums.last().copied().unwrap_or(0.0) + sum / (1.0 - none));
        }
    }

    fn density(&mut self, j: i64) -> f64 {
        let j = usize::try_from(j).unwrap_or(0);
        self.reach(j);
        self.density.get(j).copied().unwrap_or(0.0)
    }

    fn sum(&mut self, j: i64) -> f64 {
        let j = usize::try_from(j).unwrap_or(0);
        self.reach(j);
        self.sums.get(j).copied().unwrap_or(1.0)
    }
}

/// (s, S) by the power approximation (Ehrhardt and Mosier 1984; SS 4.4.4), demand of a period and `lead`
/// periods of lead time.
///
/// ```
/// use stockbook::replenishment::{Imbalance, NormalDemand, power_low_and_up_to};
/// // Snyder and Shen, example 4.8.
/// let (costs, demand) = (Imbalance { over: 0.18, short: 0.70 }, NormalDemand { mean: 50.0, sd: 8.0 });
/// let levels = power_low_and_up_to(2.5, costs, demand, 0.0);
/// assert!((levels.low - 40.1946).abs() < 1e-3 && (levels.up_to - 74.2902).abs() < 1e-3);
/// ```
#[must_use]
pub fn power_low_and_up_to(fixed: f64, costs: Imbalance, demand: NormalDemand, lead: f64) -> LowAndUpTo<f64> {
    let NormalDemand { mean, sd } = demand;
    let (over_mean, over_sd) = (mean * (lead + 1.0), sd * libm::sqrt(lead + 1.0));
    let ratio = over_sd * over_sd / (mean * mean);
    let qty =
        1.30 * libm::pow(mean, 0.494) * libm::pow(fixed / costs.over, 0.506) * libm::pow(1.0 + ratio, 0.116);
    let z = libm::sqrt(qty * costs.over / (over_sd * costs.short));
    let low = 0.973 * over_mean + over_sd * (0.183 / z + 1.063 - 2.192 * z);
    LowAndUpTo { low, up_to: low + qty }
}

/// The demand over a lead time that varies: mean `E(L) E(D)`,
/// variance `E(L) Var(D) + E(D)² Var(L)` (SPP).
/// `demand` is that of a period, `lead` is in periods.
///
/// ```
/// use stockbook::replenishment::{NormalDemand, over_lead_time, safety_factor};
/// let (demand, lead) = (NormalDemand { mean: 100.0, sd: 20.0 }, NormalDemand { mean: 5.0, sd: 1.5 });
/// let over = over_lead_time(demand, lead);
/// let safety = safety_factor(0.95) * over.sd;
/// assert!((over.mean + safety - 757.460_316_603).abs() < 1e-8);
/// ```
#[must_use]
pub fn over_lead_time(demand: NormalDemand, lead: NormalDemand) -> NormalDemand {
    let variance = lead.mean * demand.sd * demand.sd + demand.mean * demand.mean * lead.sd * lead.sd;
    NormalDemand { mean: lead.mean * demand.mean, sd: libm::sqrt(variance) }
}

/// Deviations of safety stock for a cycle service level: the share of cycles without a stockout.
///
/// ```
/// let factor = stockbook::replenishment::safety_factor(0.95);
/// assert_eq!((factor * 1_000.0).round(), 1_645.0);
/// ```
#[must_use]
pub fn safety_factor(cycle_service: f64) -> f64 {
    normal_quantile(cycle_service)
}

/// Deviations of safety stock for a fill rate with lots of `qty`, what is short waiting: σ G(k) = Q (1 - β)
/// (SPP 7.3). It neglects what a lot leaves unfilled of the cycle before, which counts where lots are small
/// beside the deviation: see [`fill_rate_factor_exact`].
///
/// ```
/// use stockbook::replenishment::fill_rate_factor;
/// // 1,000 × 2 % = 20 units short a cycle are 0.25 deviations of 80: G(0.345) = 0.25.
/// assert!((fill_rate_factor(0.98, 1_000.0, 80.0) - 0.344_867_464).abs() < 1e-8);
/// ```
#[must_use]
pub fn fill_rate_factor(fill_rate: f64, qty: f64, sd_over_lead: f64) -> f64 {
    let want = qty * (1.0 - fill_rate) / sd_over_lead;
    bisect(-1e4, 40.0, |k| want - normal_loss(k))
}

/// Deviations of safety stock for a fill rate, exactly: σ (G(k) - G(k + Q / σ)) = Q (1 - β).
///
/// ```
/// use stockbook::replenishment::{fill_rate_factor, fill_rate_factor_exact};
/// // Where the lot is small beside the deviation, the approximation keeps more than is needed.
/// assert!(fill_rate_factor_exact(0.95, 50.0, 40.0) < fill_rate_factor(0.95, 50.0, 40.0));
/// assert!((fill_rate_factor_exact(0.99, 200.0, 50.0) - 1.360_235_163).abs() < 1e-8);
/// ```
#[must_use]
pub fn fill_rate_factor_exact(fill_rate: f64, qty: f64, sd_over_lead: f64) -> f64 {
    let lot = qty / sd_over_lead;
    let want = lot * (1.0 - fill_rate);
    bisect(-1e4, 40.0, |k| want - (normal_loss(k) - normal_loss(k + lot)))
}

/// The share of demand filled from stock with k deviations of safety stock and lots of `qty`.
///
/// ```
/// use stockbook::replenishment::{fill_rate_factor_exact, fill_rate_of};
/// let k = fill_rate_factor_exact(0.99, 200.0, 50.0);
/// assert!((fill_rate_of(k, 200.0, 50.0) - 0.99).abs() < 1e-12);
/// assert!(fill_rate_of(0.0, 200.0, 50.0) < 0.91, "without safety stock");
/// ```
#[must_use]
pub fn fill_rate_of(k: f64, qty: f64, sd_over_lead: f64) -> f64 {
    let lot = qty / sd_over_lead;
    1.0 - (normal_loss(k) - normal_loss(k + lot)) / lot
}

/// The share of lead times whose demand `level` covers.
///
/// ```
/// use stockbook::replenishment::{NormalDemand, cycle_service_of};
/// let over_lead = NormalDemand { mean: 100.0, sd: 20.0 };
/// assert_eq!(cycle_service_of(100.0, over_lead), 0.5);
/// assert!((cycle_service_of(120.0, over_lead) - 0.841_344_746).abs() < 1e-9, "one deviation above");
/// ```
#[must_use]
pub fn cycle_service_of(level: f64, over_lead: NormalDemand) -> f64 {
    if over_lead.sd > 0.0 {
        normal_cdf((level - over_lead.mean) / over_lead.sd)
    } else if level >= over_lead.mean {
        1.0
    } else {
        0.0
    }
}
