//! Where the data lie and how their rows are read: CSV, gzipped where the name says so.

use serde::de::DeserializeOwned;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use stockbook::{Instant, Money};

/// Microseconds in a day.
pub const DAY: i64 = 86_400_000_000;
/// Microseconds in an hour.
pub const HOUR: i64 = DAY / 24;

/// What can go wrong in an adapter, in words.
pub type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// The folder of the data: `STOCKBOOK_DATA`, or `../shared/data` beside the workspace.
#[must_use]
pub fn folder() -> PathBuf {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
    std::env::var_os("STOCKBOOK_DATA").map_or(beside, PathBuf::from)
}

/// Reads all rows of a file; errors name file, line and column.
pub fn rows<T: DeserializeOwned>(folder: &Path, name: &str) -> Outcome<Vec<T>> {
    let path = folder.join(name);
    let file = File::open(&path).map_err(|e| format!("{}: {e}", path.display()))?;
    let input: Box<dyn Read> =
        if name.ends_with(".gz") { Box::new(flate2::read::GzDecoder::new(file)) } else { Box::new(file) };
    let mut reader = csv::Reader::from_reader(input);
    let rows: Result<Vec<T>, csv::Error> = reader.deserialize().collect();
    Ok(rows.map_err(|e| format!("{}: {e}", path.display()))?)
}

/// An exact decimal, as it stands in the file, in micro-units (`.00` and `-0.0` are read too).
pub fn micros(text: &str) -> Outcome<i64> {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let padded = if digits.starts_with('.') { format!("0{digits}") } else { digits.to_owned() };
    Ok(sign * padded.parse::<Money>()?.micros())
}

/// Midnight (UTC) of a date `YYYY-MM-DD`, in microseconds.
pub fn day(date: &str) -> Outcome<i64> {
    Ok(format!("{date}T00:00:00Z").parse::<Instant>().map_err(|e| format!("`{date}`: {e}"))?.micros())
}

/// The instant of a time `YYYY-MM-DD HH:MM:SS`, read as UTC, in microseconds.
pub fn time(text: &str) -> Outcome<i64> {
    let text = format!("{}Z", text.replace(' ', "T"));
    Ok(text.parse::<Instant>().map_err(|e| format!("`{text}`: {e}"))?.micros())
}

/// A draw that depends on nothing but the seed and the name of what is drawn: 0 <= draw < below.
#[must_use]
pub fn draw(seed: u64, name: &str, below: u64) -> u64 {
    // FNV-1a over the name, then the finisher of splitmix64.
    let hash = name
        .bytes()
        .fold(seed ^ 0xcbf2_9ce4_8422_2325, |h, b| (h ^ u64::from(b)).wrapping_mul(0x100_0000_01b3));
    let mut z = hash.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (z ^ (z >> 31)) % below.max(1)
}

/// A whole number with commas between its thousands.
#[must_use]
pub fn grouped(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::new();
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(c);
    }
    if number < 0 { format!("-{text}") } else { text }
}

/// An amount in micro-units as text with two decimals, rounded half away from zero.
#[must_use]
pub fn amount(micros: i64) -> String {
    let cents = (micros.unsigned_abs() + 5_000) / 10_000;
    let sign = if micros < 0 && cents > 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", grouped(i64::try_from(cents / 100).unwrap_or(i64::MAX)), cents % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_as_people_read_them() {
        assert_eq!(amount(9_747_747_934_000), "9,747,747.93");
        assert_eq!(amount(-4_999), "0.00");
        assert_eq!((grouped(541_909), grouped(-1_000)), ("541,909".into(), "-1,000".into()));
        assert_eq!(
            (micros(".5").unwrap(), micros("-0.0").unwrap(), micros("1898.0944").unwrap()),
            (500_000, 0, 1_898_094_400)
        );
        assert!(draw(1, "a", 10) < 10 && draw(1, "a", 1 << 40) != draw(2, "a", 1 << 40));
    }
}
