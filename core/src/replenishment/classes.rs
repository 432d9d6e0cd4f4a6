//! ABC by value and XYZ by variability: which SKUs deserve which care.
#![allow(
    clippy::float_arithmetic,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    reason = "shares and coefficients of variation are floats, and only ordered"
)]

use crate::value::sort::PutInOrder;

/// A class: the first takes most of the value, or varies least.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// A or X.
    First,
    /// B or Y.
    Second,
    /// C or Z.
    Third,
}

impl Class {
    /// Its letter by value: A, B, C.
    ///
    /// ```
    /// use stockbook::replenishment::Class;
    /// assert_eq!([Class::First, Class::Second, Class::Third].map(Class::by_value), ['A', 'B', 'C']);
    /// ```
    #[must_use]
    pub const fn by_value(self) -> char {
        match self {
            Class::First => 'A',
            Class::Second => 'B',
            Class::Third => 'C',
        }
    }

    /// Its letter by variability: X, Y, Z.
    ///
    /// ```
    /// use stockbook::replenishment::Class;
    /// assert_eq!([Class::First, Class::Second, Class::Third].map(Class::by_variability), ['X', 'Y', 'Z']);
    /// ```
    #[must_use]
    pub const fn by_variability(self) -> char {
        match self {
            Class::First => 'X',
            Class::Second => 'Y',
            Class::Third => 'Z',
        }
    }
}

/// ABC classes by value (Pareto): an item is A if the share of the items worth more is below the first cut,
/// B if below the second. The item that crosses a cut stays in the better class; of equals the earlier comes
/// first.
///
/// ```
/// use stockbook::replenishment::abc;
/// let classes = abc(&[100.0, 5_000.0, 3_000.0, 900.0], [0.8, 0.95]);
/// let classes: String = classes.iter().map(|class| class.by_value()).collect();
/// assert_eq!(classes, "CAAB");
/// ```
#[must_use]
pub fn abc(values: &[f64], cuts: [f64; 2]) -> Vec<Class> {
    let mut by: Vec<(usize, f64)> = values.iter().copied().enumerate().collect();
    by.put_in_order_by(|a, b| b.1.total_cmp(&a.1));
    let total: f64 = values.iter().sum();
    let mut classes = vec![Class::Third; values.len()];
    let mut before = 0.0;
    for (item, value) in by {
        let share = if total > 0.0 { before / total } else { 1.0 };
        if let Some(class) = classes.get_mut(item) {
            *class = class_of(share, cuts, |share, cut| share < cut);
        }
        before += value;
    }
    classes
}

/// XYZ class of a history by its coefficient of variation: X up to the first cut (0.5 is usual), Y up to the
/// second (1.0), Z beyond; a history without demand is Z.
///
/// ```
/// use stockbook::replenishment::{Class, xyz};
/// // Mean 10, deviation 2: a coefficient of 0.2. Mean 5, deviation 5: 1.0.
/// assert_eq!(xyz(&[8.0, 12.0], [0.5, 1.0]), Class::First);
/// assert_eq!(xyz(&[0.0, 10.0], [0.5, 1.0]), Class::Second);
/// ```
#[must_use]
pub fn xyz(history: &[f64], cuts: [f64; 2]) -> Class {
    let n = history.len() as f64;
    let mean = history.iter().sum::<f64>() / n;
    if mean <= 0.0 || mean.is_nan() {
        return Class::Third;
    }
    let variance = history.iter().map(|y| (y - mean) * (y - mean)).sum::<f64>() / n;
    class_of(libm::sqrt(variance) / mean, cuts, |cv, cut| cv <= cut)
}

fn class_of(value: f64, [first, second]: [f64; 2], within: fn(f64, f64) -> bool) -> Class {
    match (within(value, first), within(value, second)) {
        (true, _) => Class::First,
        (false, true) => Class::Second,
        (false, false) => Class::Third,
    }
}

/// Mean periods between demands (ADI) and squared coefficient of variation of its sizes (CV²): demand is
/// intermittent from an ADI of 1.32 on, lumpy with a CV² from 0.49 on (Syntetos, Boylan and Croston 2005).
/// None without demand.
///
/// ```
/// use stockbook::replenishment::intermittence;
/// // Two demands in six periods, of 2 and 6: mean 4, deviation 2.
/// assert_eq!(intermittence(&[0.0, 0.0, 2.0, 0.0, 0.0, 6.0]), Some((3.0, 0.25)));
/// assert_eq!(intermittence(&[0.0, 0.0]), None);
/// ```
#[must_use]
pub fn intermittence(history: &[f64]) -> Option<(f64, f64)> {
    let sizes = || history.iter().filter(|y| **y > 0.0);
    let n = sizes().count() as f64;
    if n == 0.0 {
        return None;
    }
    let mean = sizes().sum::<f64>() / n;
    let variance = sizes().map(|y| (y - mean) * (y - mean)).sum::<f64>() / n;
    Some((history.len() as f64 / n, variance / (mean * mean)))
}
