//! The distributions that replenishment reckons with: normal, Poisson, negative binomial.
//!
//! Logarithms, exponentials and error functions come from portable `libm`, so that two machines agree bit for
//! bit. [`units`] is the named place where a float becomes a quantity.
#![allow(
    clippy::float_arithmetic,
    clippy::as_conversions,
    clippy::arithmetic_side_effects,
    reason = "probabilities are floats; what meets a decision is rounded in `units`"
)]

/// The named place where a float becomes a whole quantity: rounded up (stock that covers a target may not
/// fall short of it by a fraction), a millionth of a unit forgiven, at least 0 and at most 10^12; a NaN is 0.
///
/// ```
/// use stockbook::replenishment::units;
/// assert_eq!([units(2.000_000_1), units(2.1), units(-3.0), units(f64::NAN)], [2, 3, 0, 0]);
/// ```
#[must_use]
pub fn units(value: f64) -> i64 {
    libm::ceil((value - 1e-6).clamp(0.0, 1e12)) as i64
}

/// A float from a quantity: exact below 2^53.
pub(super) const fn float(n: i64) -> f64 {
    n as f64
}

/// Density of the standard normal distribution.
///
/// ```
/// assert!((stockbook::replenishment::normal_pdf(0.0) - 0.398_942_280).abs() < 1e-9);
/// ```
#[must_use]
pub fn normal_pdf(z: f64) -> f64 {
    const ROOT_TAU: f64 = 2.506_628_274_631_000_7;
    libm::exp(-0.5 * z * z) / ROOT_TAU
}

/// Distribution function of the standard normal distribution.
///
/// ```
/// use stockbook::replenishment::normal_cdf;
/// assert_eq!(normal_cdf(0.0), 0.5);
/// assert!((normal_cdf(1.96) - 0.975_002_105).abs() < 1e-9);
/// ```
#[must_use]
pub fn normal_cdf(z: f64) -> f64 {
    0.5 * libm::erfc(-z * std::f64::consts::FRAC_1_SQRT_2)
}

/// Coefficients of AS 241: numerator and denominator for the middle, the tails, and the far tails.
const A: [f64; 8] = [
    3.387_132_872_796_366_5,
    133.141_667_891_784_38,
    1_971.590_950_306_551_3,
    13_731.693_765_509_46,
    45_921.953_931_549_87,
    67_265.770_927_008_7,
    33_430.575_583_588_13,
    2_509.080_928_730_122_7,
];
const B: [f64; 8] = [
    1.0,
    42.313_330_701_600_91,
    687.187_007_492_057_9,
    5_394.196_021_424_751,
    21_213.794_301_586_597,
    39_307.895_800_092_71,
    28_729.085_735_721_943,
    5_226.495_278_852_545,
];
const C: [f64; 8] = [
    1.423_437_110_749_683_5,
    4.630_337_846_156_545,
    5.769_497_221_460_691,
    3.647_848_324_763_204_5,
    1.270_458_252_452_368_4,
    0.241_780_725_177_450_6,
    0.022_723_844_989_269_184,
    7.745_450_142_783_414e-4,
];
const D: [f64; 8] = [
    1.0,
    2.053_191_626_637_759,
    1.676_384_830_183_803_8,
    0.689_767_334_985_1,
    0.148_103_976_427_480_08,
    0.015_198_666_563_616_457,
    5.475_938_084_995_345e-4,
    1.050_750_071_644_416_9e-9,
];
const E: [f64; 8] = [
    6.657_904_643_501_103,
    5.463_784_911_164_114,
    1.784_826_539_917_291_3,
    0.296_560_571_828_504_87,
    0.026_532_189_526_576_124,
    0.001_242_660_947_388_078_4,
    2.711_555_568_743_487_6e-5,
    2.010_334_399_292_288_1e-7,
];
const F: [f64; 8] = [
    1.0,
    0.599_832_206_555_888,
    0.136_929_880_922_735_8,
    0.014_875_361_290_850_615,
    7.868_691_311_456_133e-4,
    1.846_318_317_510_054_8e-5,
    1.421_511_758_316_446e-7,
    2.044_263_103_389_939_8e-15,
];

/// The standard normal quantile; minus and plus infinity at 0 and 1, a NaN outside.
///
/// Wichura, Algorithm AS 241 (Applied Statistics 37, 1988), PPND16: about 16 digits.
///
/// ```
/// assert!((stockbook::replenishment::normal_quantile(0.95) - 1.644_853_626_951_472_2).abs() < 1e-14);
/// ```
#[must_use]
pub fn normal_quantile(p: f64) -> f64 {
    fn horner(c: &[f64; 8], x: f64) -> f64 {
        c.iter().rev().fold(0.0, |sum, c| sum * x + c)
    }
    if !(0.0..=1.0).contains(&p) {
        return f64::NAN;
    }
    let q = p - 0.5;
    if q.abs() <= 0.425 {
        let r = 0.180_625 - q * q;
        return q * horner(&A, r) / horner(&B, r);
    }
    let tail = if q < 0.0 { p } else { 1.0 - p };
    if tail <= 0.0 {
        return if q < 0.0 { f64::NEG_INFINITY } else { f64::INFINITY };
    }
    let r = libm::sqrt(-libm::log(tail));
    let z = if r <= 5.0 {
        horner(&C, r - 1.6) / horner(&D, r - 1.6)
    } else {
        horner(&E, r - 5.0) / horner(&F, r - 5.0)
    };
    if q < 0.0 { -z } else { z }
}

/// Unit normal loss G(z) = E[(Z - z)+]: what is short, in deviations, when z deviations lie above the mean.
///
/// ```
/// assert!((stockbook::replenishment::normal_loss(1.0) - 0.083_315_470_587_686_29).abs() < 1e-12);
/// ```
#[must_use]
pub fn normal_loss(z: f64) -> f64 {
    normal_pdf(z) - z * normal_cdf(-z)
}

/// E[(z - Z)+]: what is over, in deviations.
///
/// ```
/// use stockbook::replenishment::{normal_loss, normal_surplus};
/// // What is over less what is short is how far z lies above the mean.
/// assert!((normal_surplus(1.5) - normal_loss(1.5) - 1.5).abs() < 1e-15);
/// ```
#[must_use]
pub fn normal_surplus(z: f64) -> f64 {
    z + normal_loss(z)
}

/// Second-order loss: the integral of [`normal_loss`] from z on.
///
/// ```
/// use stockbook::replenishment::{normal_loss, normal_loss_2};
/// assert_eq!(normal_loss_2(0.0), 0.25);
/// // Its slope is the loss itself, downwards.
/// assert!(((normal_loss_2(0.999) - normal_loss_2(1.001)) / 0.002 - normal_loss(1.0)).abs() < 1e-6);
/// ```
#[must_use]
pub fn normal_loss_2(z: f64) -> f64 {
    0.5 * ((z * z + 1.0) * normal_cdf(-z) - z * normal_pdf(z))
}

/// Probabilities of 0, 1, 2, … of a Poisson demand, until what is left is below 10^-13; at most a million
/// terms. A mean of 0 or less, or none, gives the certainty of 0.
///
/// ```
/// let demand = stockbook::replenishment::poisson(2.0);
/// // e^-2 = 13.5 %, and twice that.
/// assert!((demand[0] - 0.135_335_283).abs() < 1e-9 && (demand[1] - 0.270_670_566).abs() < 1e-9);
/// ```
#[must_use]
pub fn poisson(mean: f64) -> Vec<f64> {
    if mean <= 0.0 || mean.is_nan() {
        return vec![1.0];
    }
    let ln = libm::log(mean);
    let term = |k: f64| libm::exp(k * ln - mean - libm::lgamma(k + 1.0));
    by_terms(term, mean + 12.0 * libm::sqrt(mean) + 30.0)
}

/// Probabilities of 0, 1, 2, … of a negative binomial demand with a mean and a variance; a variance that is
/// not above the mean gives Poisson's. Terms as for [`poisson`].
///
/// ```
/// let demand = stockbook::replenishment::negative_binomial(1.0, 2.0);
/// // Geometric: 1/2, 1/4, 1/8, …
/// assert!((demand[0] - 0.5).abs() < 1e-12 && (demand[2] - 0.125).abs() < 1e-12);
/// ```
#[must_use]
pub fn negative_binomial(mean: f64, variance: f64) -> Vec<f64> {
    let over = variance > mean * (1.0 + 1e-9) && mean > 0.0;
    if !over {
        return poisson(mean);
    }
    let p = mean / variance;
    let r = mean * p / (1.0 - p);
    let (ln_p, ln_q) = (libm::log(p), libm::log1p(-p));
    let term = |k: f64| {
        libm::exp(libm::lgamma(k + r) - libm::lgamma(r) - libm::lgamma(k + 1.0) + r * ln_p + k * ln_q)
    };
    by_terms(term, mean + 20.0 * libm::sqrt(variance) + 30.0)
}

fn by_terms(term: impl Fn(f64) -> f64, most: f64) -> Vec<f64> {
    let most = units(most.min(1_000_000.0));
    let (mut sum, mut all) = (0.0, Vec::new());
    for k in 0..=most {
        let p = term(float(k));
        sum += p;
        all.push(p);
        if sum > 1.0 - 1e-13 {
            break;
        }
    }
    all
}

/// The smallest value whose probability of not being exceeded reaches `share`.
///
/// ```
/// use stockbook::replenishment::quantile_of;
/// let demand = [0.25, 0.5, 0.25];
/// assert_eq!([0.25, 0.26, 0.75, 0.9].map(|share| quantile_of(&demand, share)), [0, 1, 1, 2]);
/// ```
#[must_use]
pub fn quantile_of(pmf: &[f64], share: f64) -> i64 {
    let mut sum = 0.0;
    for (k, p) in (0i64..).zip(pmf) {
        sum += p;
        if sum >= share - 1e-13 {
            return k;
        }
    }
    crate::value::num::count(pmf.len().saturating_sub(1))
}

/// Where an increasing function passes zero, between `low` and `high`, by bisection to the last bit.
pub(super) fn bisect(mut low: f64, mut high: f64, f: impl Fn(f64) -> f64) -> f64 {
    for _ in 0..200 {
        let middle = 0.5 * (low + high);
        if middle <= low || middle >= high {
            break;
        }
        if f(middle) < 0.0 {
            low = middle;
        } else {
            high = middle;
        }
    }
    0.5 * (low + high)
}
