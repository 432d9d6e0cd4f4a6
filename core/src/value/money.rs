//! Money: exact, in micro-units of the book's currency (1.00 = 1,000,000).
//!
//! On the wire an amount is a decimal string. Inside it is one `i64`, so that prices with six decimals,
//! solver costs and journal amounts share one type; journal amounts are whole minor units (cents) besides.

use super::num::{self, Overflow};
use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// Micro-units in one unit of money.
pub const MICROS: i64 = 1_000_000;

/// An exact amount of money or a price, in micro-units.
///
/// ```
/// use stockbook::Money;
/// let price: Money = "19.99".parse()?;
/// assert_eq!(price.micros(), 19_990_000);
/// assert_eq!(price.to_string(), "19.99");
/// assert!("19.9900001".parse::<Money>().is_err(), "more than six decimals is refused, never rounded");
/// # Ok::<(), stockbook::MoneyError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Money(i64);

/// A text that is not an exact amount of money.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not an amount: write a decimal string of at most six decimals, as in \"19.99\"")]
pub struct MoneyError {
    /// The text as it came.
    pub text: String,
}

impl Money {
    /// Nothing.
    pub const ZERO: Money = Money(0);

    /// An amount of so many micro-units.
    ///
    /// ```
    /// assert_eq!(stockbook::Money::from_micros(19_990_000).to_string(), "19.99");
    /// ```
    #[must_use]
    pub const fn from_micros(micros: i64) -> Money {
        Money(micros)
    }

    /// An amount of whole cents (hundredths).
    ///
    /// ```
    /// assert_eq!(stockbook::Money::from_cents(1_999).to_string(), "19.99");
    /// ```
    #[must_use]
    pub const fn from_cents(cents: i64) -> Money {
        Money(cents.saturating_mul(10_000))
    }

    /// The amount in micro-units.
    ///
    /// ```
    /// assert_eq!(stockbook::Money::from_cents(1).micros(), 10_000);
    /// ```
    #[must_use]
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// The sum.
    ///
    /// ```
    /// use stockbook::{Money, Overflow};
    /// let (price, freight) = (Money::from_cents(19_99), Money::from_cents(4_95));
    /// assert_eq!(price.plus(freight), Ok(Money::from_cents(24_94)));
    /// assert_eq!(Money::from_micros(i64::MAX).plus(Money::from_micros(1)), Err(Overflow));
    /// ```
    pub const fn plus(self, other: Money) -> Result<Money, Overflow> {
        match num::add(self.0, other.0) {
            Ok(sum) => Ok(Money(sum)),
            Err(overflow) => Err(overflow),
        }
    }

    /// The difference.
    ///
    /// ```
    /// use stockbook::Money;
    /// let (price, cost) = (Money::from_cents(20_00), Money::from_cents(8_00));
    /// assert_eq!(price.minus(cost).unwrap().to_string(), "12.00");
    /// ```
    pub const fn minus(self, other: Money) -> Result<Money, Overflow> {
        match num::sub(self.0, other.0) {
            Ok(difference) => Ok(Money(difference)),
            Err(overflow) => Err(overflow),
        }
    }
}

impl std::str::FromStr for Money {
    type Err = MoneyError;
    fn from_str(text: &str) -> Result<Money, MoneyError> {
        scaled(text, 6).map(Money).ok_or_else(|| MoneyError { text: text.chars().take(64).collect() })
    }
}

impl fmt::Display for Money {
    /// At least two decimals, no further trailing zeros.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&plain(self.0, 6, 2))
    }
}

/// A decimal text as an integer of 10^-`scale`, or `None` if it is not exactly one.
pub(crate) fn scaled(text: &str, scale: u32) -> Option<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = !digits.is_empty()
        && digits.len() <= 40
        && digits.bytes().all(|b| b.is_ascii_digit() || b == b'.')
        && digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.ends_with(|c: char| c.is_ascii_digit());
    if !plain {
        return None;
    }
    let mut decimal = Decimal::from_str_exact(text).ok()?.normalize();
    if decimal.scale() > scale {
        return None;
    }
    decimal.rescale(scale);
    if decimal.scale() != scale {
        return None;
    }
    i64::try_from(decimal.mantissa()).ok()
}

/// An integer of 10^-`scale` as decimal text with at least `least` decimals.
pub(crate) fn plain(value: i64, scale: u32, least: usize) -> String {
    let unit = 10u64.saturating_pow(scale);
    let magnitude = value.unsigned_abs();
    let whole = magnitude.checked_div(unit).unwrap_or(0);
    let part = magnitude.checked_rem(unit).unwrap_or(0);
    let width = usize::try_from(scale).unwrap_or(0);
    let digits = format!("{part:0width$}");
    let kept = digits.trim_end_matches('0').len().max(least.min(width));
    let decimals = digits.get(..kept).unwrap_or("");
    let sign = if value < 0 { "-" } else { "" };
    if decimals.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{decimals}") }
}

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(self)
        } else {
            serializer.serialize_i64(self.0)
        }
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Money, D::Error> {
        if deserializer.is_human_readable() {
            let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
            text.parse().map_err(serde::de::Error::custom)
        } else {
            i64::deserialize(deserializer).map(Money)
        }
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Money {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Money".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "pattern": "^-?[0-9]+(\\.[0-9]{1,6})?$",
            "description": "An exact amount of money or a price: a decimal string of at most six decimals."
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_round_trips_exactly() {
        for (text, micros) in [
            ("0.00", 0),
            ("19.99", 19_990_000),
            ("-0.000001", -1),
            ("1898.0944", 1_898_094_400),
            ("9223372036854.775807", i64::MAX),
        ] {
            assert_eq!(text.parse::<Money>(), Ok(Money(micros)));
            assert_eq!(Money(micros).to_string(), text);
        }
        assert_eq!("3".parse::<Money>().map(|m| m.to_string()), Ok("3.00".to_owned()));
    }

    #[test]
    fn what_is_not_exact_is_refused() {
        for text in
            ["", "-", ".5", "5.", "1e3", "+1", " 1", "1_000", "NaN", "0.0000001", "9223372036854.775808"]
        {
            assert!(text.parse::<Money>().is_err(), "{text}");
        }
        assert!(serde_json::from_str::<Money>("1.5").is_err(), "a JSON float is not an amount");
    }
}
