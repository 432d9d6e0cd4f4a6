//! What will be asked for: forecasts from a history of demand by period, and the choice among them.
//!
//! Every method is a small machine that reads one period after the other; what it forecast before it read a
//! period is its error there (a rolling origin). Sources: Hyndman and Athanasopoulos, Forecasting: Principles
//! and Practice, 3rd ed.; Croston 1972; Syntetos and Boylan 2005 (SBA); Teunter, Syntetos and Babai 2011
//! (TSB).
#![allow(
    clippy::float_arithmetic,
    clippy::as_conversions,
    clippy::arithmetic_side_effects,
    reason = "forecasts are means; quantities are rounded up in `units` when stock is planned"
)]

use super::numbers::{negative_binomial, normal_quantile, quantile_of};

/// How demand is forecast.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Method {
    /// The mean of the last so many periods.
    MovingAverage {
        /// Periods.
        window: usize,
    },
    /// Simple exponential smoothing; the level begins at the first period.
    Smoothing {
        /// Weight of the newest period, 0 to 1.
        alpha: f64,
    },
    /// Holt's linear trend; the level begins at the first period, the trend at the first difference.
    Holt {
        /// Weight of the newest level.
        alpha: f64,
        /// Weight of the newest trend.
        beta: f64,
    },
    /// Holt and Winters with an additive season; begins with the means of the first two seasons.
    HoltWinters {
        /// Weight of the newest level.
        alpha: f64,
        /// Weight of the newest trend.
        beta: f64,
        /// Weight of the newest season.
        gamma: f64,
        /// Periods in a season.
        season: usize,
    },
    /// Croston: sizes and intervals of demand smoothed apart; the first interval counts from the start.
    Croston {
        /// Weight of the newest size and interval.
        alpha: f64,
    },
    /// Croston with the bias taken off: times 1 - α / 2.
    Sba {
        /// Weight of the newest size and interval.
        alpha: f64,
    },
    /// Size and probability of demand smoothed apart, the probability in every period: dies out with demand.
    Tsb {
        /// Weight of the newest size.
        alpha_size: f64,
        /// Weight of the newest period in the probability.
        alpha_probability: f64,
    },
    /// The same period of the last season.
    SeasonalNaive {
        /// Periods in a season.
        season: usize,
    },
}

impl Method {
    /// Its name in tables.
    ///
    /// ```
    /// use stockbook::replenishment::Method;
    /// assert_eq!(Method::Croston { alpha: 0.1 }.name(), "croston");
    /// ```
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Method::MovingAverage { .. } => "moving_average",
            Method::Smoothing { .. } => "smoothing",
            Method::Holt { .. } => "holt",
            Method::HoltWinters { .. } => "holt_winters",
            Method::Croston { .. } => "croston",
            Method::Sba { .. } => "sba",
            Method::Tsb { .. } => "tsb",
            Method::SeasonalNaive { .. } => "seasonal_naive",
        }
    }

    /// The method of a name, with usual weights, for a season of so many periods.
    ///
    /// ```
    /// use stockbook::replenishment::Method;
    /// assert_eq!(Method::named("croston", 7), Some(Method::Croston { alpha: 0.1 }));
    /// ```
    #[must_use]
    pub fn named(name: &str, season: usize) -> Option<Method> {
        Method::usual(season).into_iter().find(|method| method.name() == name)
    }

    /// All methods with usual weights, for a season of so many periods.
    ///
    /// ```
    /// use stockbook::replenishment::Method;
    /// let names = Method::usual(12).map(Method::name);
    /// assert_eq!((names[0], names[7]), ("moving_average", "seasonal_naive"));
    /// ```
    #[must_use]
    pub fn usual(season: usize) -> [Method; 8] {
        [
            Method::MovingAverage { window: 8 },
            Method::Smoothing { alpha: 0.2 },
            Method::Holt { alpha: 0.2, beta: 0.1 },
            Method::HoltWinters { alpha: 0.2, beta: 0.05, gamma: 0.1, season },
            Method::Croston { alpha: 0.1 },
            Method::Sba { alpha: 0.1 },
            Method::Tsb { alpha_size: 0.1, alpha_probability: 0.1 },
            Method::SeasonalNaive { season },
        ]
    }

    /// Forecasts of the next `ahead` periods. No history, or one too short for the season, forecasts the mean
    /// of what there is.
    ///
    /// ```
    /// use stockbook::replenishment::Method;
    /// let history = [112.0, 118.0, 132.0, 129.0, 121.0, 135.0, 148.0, 148.0, 136.0, 119.0];
    /// let ahead = Method::Holt { alpha: 0.8, beta: 0.2 }.forecast(&history, 3);
    /// assert!((ahead[0] - 122.497_755_153_642_3).abs() < 1e-9);
    /// // A line and a season of two are gone on with exactly.
    /// let method = Method::HoltWinters { alpha: 0.2, beta: 0.05, gamma: 0.1, season: 2 };
    /// let ahead = method.forecast(&[11.0, 9.0, 15.0, 13.0, 19.0, 17.0], 2);
    /// assert!((ahead[0] - 23.0).abs() < 1e-9 && (ahead[1] - 21.0).abs() < 1e-9);
    /// ```
    #[must_use]
    pub fn forecast(self, history: &[f64], ahead: usize) -> Vec<f64> {
        let mut machine = Machine::new(self);
        history.iter().for_each(|y| machine.read(*y));
        (1..=ahead).map(|steps| machine.forecast(steps)).collect()
    }

    /// One-step errors from `origin` on: actual less forecast.
    ///
    /// ```
    /// use stockbook::replenishment::Method;
    /// // The mean of the last two periods, tried on the third (10 + 20) / 2 and the fourth (20 + 18) / 2.
    /// let errors = Method::MovingAverage { window: 2 }.errors(&[10.0, 20.0, 18.0, 17.0], 2);
    /// assert_eq!(errors, [3.0, -2.0]);
    /// ```
    #[must_use]
    pub fn errors(self, history: &[f64], origin: usize) -> Vec<f64> {
        let mut machine = Machine::new(self);
        let mut errors = Vec::with_capacity(history.len().saturating_sub(origin));
        for (period, y) in history.iter().enumerate() {
            if period >= origin {
                errors.push(y - machine.forecast(1));
            }
            machine.read(*y);
        }
        errors
    }
}

/// A method at work.
struct Machine {
    method: Method,
    read: usize,
    sum: f64,
    level: f64,
    trend: f64,
    /// Periods since demand, for Croston's family.
    since: f64,
    /// The last periods, or the season's terms: a ring.
    ring: Vec<f64>,
}

fn towards(from: f64, to: f64, weight: f64) -> f64 {
    weight * to + (1.0 - weight) * from
}

impl Machine {
    fn new(method: Method) -> Machine {
        let ring = match method {
            Method::MovingAverage { window } => window.max(1),
            Method::HoltWinters { season, .. } => season.max(1) * 2,
            Method::SeasonalNaive { season } => season.max(1),
            _ => 0,
        };
        Machine { method, read: 0, sum: 0.0, level: 0.0, trend: 0.0, since: 0.0, ring: vec![0.0; ring] }
    }

    fn read(&mut self, y: f64) {
        let first = self.read == 0;
        match self.method {
            Method::MovingAverage { .. } | Method::SeasonalNaive { .. } => self.keep(y),
            Method::Smoothing { alpha } => self.level = if first { y } else { towards(self.level, y, alpha) },
            Method::Holt { alpha, beta } => self.read_trend(y, alpha, beta),
            Method::HoltWinters { alpha, beta, gamma, season } => {
                self.read_season(y, alpha, beta, gamma, season.max(1));
            }
            Method::Croston { alpha } | Method::Sba { alpha } => {
                self.since += 1.0;
                if y > 0.0 {
                    // `level` is the size, `trend` the interval.
                    let unseen = self.trend == 0.0;
                    self.level = if unseen { y } else { towards(self.level, y, alpha) };
                    self.trend = if unseen { self.since } else { towards(self.trend, self.since, alpha) };
                    self.since = 0.0;
                }
            }
            Method::Tsb { alpha_size, alpha_probability } => {
                let hit = if y > 0.0 { 1.0 } else { 0.0 };
                self.trend = if first { hit } else { towards(self.trend, hit, alpha_probability) };
                if y > 0.0 {
                    self.level = if self.level == 0.0 { y } else { towards(self.level, y, alpha_size) };
                }
            }
        }
        self.sum += y;
        self.read += 1;
    }

    fn keep(&mut self, y: f64) {
        let at = self.read.checked_rem(self.ring.len()).unwrap_or(0);
        if let Some(slot) = self.ring.get_mut(at) {
            *slot = y;
        }
    }

    fn read_trend(&mut self, y: f64, alpha: f64, beta: f64) {
        match self.read {
            0 => self.level = y,
            1 => {
                self.trend = y - self.level;
                self.step_trend(y, alpha, beta);
            }
            _ => self.step_trend(y, alpha, beta),
        }
    }

    fn step_trend(&mut self, y: f64, alpha: f64, beta: f64) {
        let before = self.level;
        self.level = towards(self.level + self.trend, y, alpha);
        self.trend = towards(self.trend, self.level - before, beta);
    }

    fn read_season(&mut self, y: f64, alpha: f64, beta: f64, gamma: f64, season: usize) {
        let at = self.read.checked_rem(season).unwrap_or(0);
        if self.read < 2 * season {
            self.keep(y);
            if self.read + 1 == 2 * season {
                let mean = |part: &[f64]| part.iter().sum::<f64>() / season as f64;
                let (one, two) = self.ring.split_at(season);
                let (one_mean, two_mean) = (mean(one), mean(two));
                self.trend = (two_mean - one_mean) / season as f64;
                // The level at the end of the second season, half a season after its middle.
                self.level = two_mean + self.trend * (season as f64 - 1.0) / 2.0;
                // What is left of both seasons without the trend that runs through them.
                let middle = (season as f64 - 1.0) / 2.0;
                let both = one.iter().zip(two).map(|(a, b)| 0.5 * (a - one_mean + b - two_mean));
                self.ring =
                    (0u32..).zip(both).map(|(i, s)| s - self.trend * (f64::from(i) - middle)).collect();
            }
            return;
        }
        let seasonal = self.ring.get(at).copied().unwrap_or(0.0);
        let before = self.level;
        self.level = towards(self.level + self.trend, y - seasonal, alpha);
        self.trend = towards(self.trend, self.level - before, beta);
        if let Some(slot) = self.ring.get_mut(at) {
            *slot = towards(seasonal, y - self.level, gamma);
        }
    }

    fn mean(&self) -> f64 {
        if self.read == 0 { 0.0 } else { self.sum / self.read as f64 }
    }

    fn forecast(&self, ahead: usize) -> f64 {
        match self.method {
            Method::MovingAverage { .. } if self.read >= self.ring.len() => {
                self.ring.iter().sum::<f64>() / self.ring.len() as f64
            }
            Method::Smoothing { .. } => self.level,
            Method::Holt { .. } => self.level + self.trend * ahead as f64,
            Method::HoltWinters { season, .. } if self.read >= 2 * season.max(1) => {
                let at = (self.read + ahead - 1).checked_rem(season.max(1)).unwrap_or(0);
                self.level + self.trend * ahead as f64 + self.ring.get(at).copied().unwrap_or(0.0)
            }
            Method::Croston { .. } if self.trend > 0.0 => self.level / self.trend,
            Method::Sba { alpha } if self.trend > 0.0 => (1.0 - alpha / 2.0) * self.level / self.trend,
            Method::Tsb { .. } => self.level * self.trend,
            Method::SeasonalNaive { season } if self.read >= season.max(1) => {
                let at = (self.read + ahead - 1).checked_rem(season.max(1)).unwrap_or(0);
                self.ring.get(at).copied().unwrap_or(0.0)
            }
            // Not enough read yet.
            _ => self.mean(),
        }
    }
}

/// A forecast of demand: the method that was best, its mean a period, and how far it was off.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Forecast {
    /// The method.
    pub method: Method,
    /// Mean demand a period over the periods asked for, never negative.
    pub mean: f64,
    /// Standard deviation of its one-step errors (root mean square).
    pub sd: f64,
    /// Mean of its one-step errors: what it forecast too little.
    pub bias: f64,
}

/// The best of several methods by rolling origin: the smallest mean square of one-step errors from a third of
/// the history on (which the mean demand minimises; an absolute error would favour the median, which is 0
/// where most periods have no demand). Of equals the first. `ahead` periods are averaged into the mean.
///
/// ```
/// use stockbook::replenishment::{Method, best_forecast};
/// let steady: Vec<f64> = (0..40).map(|week| if week % 2 == 0 { 9.0 } else { 11.0 }).collect();
/// let forecast = best_forecast(&steady, &Method::usual(2), 4).unwrap();
/// assert!((forecast.mean - 10.0).abs() < 0.01 && forecast.sd < 0.01, "the season explains all");
/// assert_eq!(best_forecast(&[], &Method::usual(2), 4), None, "no history, no forecast");
/// ```
#[must_use]
pub fn best_forecast(history: &[f64], methods: &[Method], ahead: usize) -> Option<Forecast> {
    let origin = (history.len() / 3).max(1).min(history.len().checked_sub(1)?);
    let mut best: Option<(f64, Forecast)> = None;
    for method in methods {
        let mut machine = Machine::new(*method);
        let (mut square, mut sum, mut count) = (0.0, 0.0, 0.0f64);
        for (period, y) in history.iter().enumerate() {
            if period >= origin {
                let error = y - machine.forecast(1);
                square += error * error;
                sum += error;
                count += 1.0;
            }
            machine.read(*y);
        }
        let square = square / count.max(1.0);
        if best.is_none_or(|(least, _)| square < least) {
            let periods = ahead.max(1);
            let mean = (1..=periods).map(|steps| machine.forecast(steps)).sum::<f64>() / periods as f64;
            let forecast = Forecast {
                method: *method,
                mean: mean.max(0.0),
                sd: libm::sqrt(square),
                bias: sum / count.max(1.0),
            };
            best = Some((square, forecast));
        }
    }
    best.map(|(_, forecast)| forecast)
}

impl Forecast {
    /// The demand over `periods` that is not exceeded with a probability: normal where demand is dense,
    /// negative binomial (of the same mean and variance) where the mean over the periods is below 20 units.
    ///
    /// ```
    /// use stockbook::replenishment::{Forecast, Method};
    /// let forecast = Forecast { method: Method::Smoothing { alpha: 0.2 }, mean: 25.0, sd: 5.0, bias: 0.0 };
    /// // Four periods: mean 100, deviation 5 × √4 = 10; the normal quantile of 97.725 % is 2.
    /// assert!((forecast.quantile(0.977_249_868, 4.0) - 120.0).abs() < 1e-6);
    /// ```
    #[must_use]
    pub fn quantile(&self, share: f64, periods: f64) -> f64 {
        let (mean, variance) = (self.mean * periods, self.sd * self.sd * periods);
        if mean < 20.0 {
            return quantile_of(&negative_binomial(mean, variance), share) as f64;
        }
        (mean + normal_quantile(share) * libm::sqrt(variance)).max(0.0)
    }
}

/// Demand corrected for stockouts: what was sold in a period is divided by the share of the period in which
/// there was something to sell. A period with less than `least_share` says nothing of itself and gets the
/// mean of the others. Demand lost while nothing was there is an estimate on the assumption that customers
/// came then as at other times of the period.
///
/// ```
/// use stockbook::replenishment::corrected;
/// assert_eq!(corrected(&[10.0, 6.0, 0.0], &[1.0, 0.5, 0.0], 0.25), [10.0, 12.0, 11.0]);
/// ```
#[must_use]
pub fn corrected(sold: &[f64], in_stock: &[f64], least_share: f64) -> Vec<f64> {
    let pairs = || sold.iter().zip(in_stock);
    let known = |share: f64| share >= least_share && share > 0.0;
    let mut mean = (0.0, 0.0f64);
    for (sold, share) in pairs().filter(|(_, share)| known(**share)) {
        mean = (mean.0 + sold / share.min(1.0), mean.1 + 1.0);
    }
    let usual = if mean.1 > 0.0 { mean.0 / mean.1 } else { 0.0 };
    // What was sold was asked for, however long the shelf was empty.
    pairs()
        .map(|(sold, share)| if known(*share) { sold / share.min(1.0) } else { usual.max(*sold) })
        .collect()
}
