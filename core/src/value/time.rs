//! Instants and calendars. The instant is an integer; civil time is resolved to tables when a calendar is
//! set.

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// Microseconds in a second.
const SECOND: i64 = 1_000_000;
/// The longest horizon of a calendar, in days.
pub const CALENDAR_DAYS_MAX: u32 = 4_000;

/// A point in time: microseconds since 1970-01-01T00:00:00Z; RFC 3339 in UTC on the wire.
///
/// ```
/// use stockbook::Instant;
/// let at: Instant = "2026-01-05T09:00:00Z".parse().unwrap();
/// assert_eq!(at.micros(), 1_767_603_600_000_000);
/// assert_eq!(at.plus_seconds(90).to_string(), "2026-01-05T09:01:30Z");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(i64);

impl Instant {
    /// The beginning of recorded time: before any command.
    pub const START: Instant = Instant(i64::MIN);

    /// The instant so many microseconds after the epoch.
    ///
    /// ```
    /// use stockbook::Instant;
    /// assert_eq!(Instant::from_micros(86_400_000_000).to_string(), "1970-01-02T00:00:00Z");
    /// ```
    #[must_use]
    pub const fn from_micros(micros: i64) -> Instant {
        Instant(micros)
    }

    /// Microseconds since the epoch.
    ///
    /// ```
    /// let second: stockbook::Instant = "1970-01-01T00:00:01Z".parse().unwrap();
    /// assert_eq!(second.micros(), 1_000_000);
    /// ```
    #[must_use]
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// The instant so many seconds later (earlier if negative); saturates.
    ///
    /// ```
    /// use stockbook::Instant;
    /// let noon: Instant = "2026-01-05T12:00:00Z".parse().unwrap();
    /// assert_eq!(noon.plus_seconds(-3_600).to_string(), "2026-01-05T11:00:00Z");
    /// ```
    #[must_use]
    pub const fn plus_seconds(self, seconds: i64) -> Instant {
        Instant(self.0.saturating_add(seconds.saturating_mul(SECOND)))
    }

    /// Whole seconds from `earlier` to here, rounded down.
    ///
    /// ```
    /// use stockbook::Instant;
    /// let noon: Instant = "2026-01-05T12:00:00Z".parse().unwrap();
    /// let later: Instant = "2026-01-05T13:00:00.9Z".parse().unwrap();
    /// assert_eq!((later.seconds_since(noon), noon.seconds_since(later)), (3_600, -3_601));
    /// ```
    #[must_use]
    pub const fn seconds_since(self, earlier: Instant) -> i64 {
        self.0.saturating_sub(earlier.0).div_euclid(SECOND)
    }

    /// The instant so many days and months later by a zone's civil time, at the same time of day: a day that
    /// its month does not have is the month's last, a time that its day does not have is an hour later.
    /// `None` without such a zone, and beyond the years 1900 to 2200.
    pub(crate) fn plus_civil(self, zone: &str, days: i64, months: i64) -> Option<Instant> {
        let zone = TimeZone::get(zone).ok()?;
        let here = zone.to_datetime(Timestamp::from_microsecond(self.0).ok()?);
        let span = jiff::Span::new().try_months(months).ok()?.try_days(days).ok()?;
        let date = here.date().checked_add(span).ok()?;
        let there = Instant(zone.to_timestamp(date.to_datetime(here.time())).ok()?.as_microsecond());
        // The hour that a day has twice is kept where nothing moves.
        let there = if date == here.date() { self } else { there };
        there.is_valid().then_some(there)
    }

    /// The first instant of its calendar month, in UTC.
    pub(crate) fn month(self) -> Instant {
        const DAY: i64 = 86_400 * SECOND;
        let day = Timestamp::from_microsecond(self.0).map_or(1, |at| TimeZone::UTC.to_datetime(at).day());
        let today = self.0.div_euclid(DAY).saturating_sub(i64::from(day).saturating_sub(1));
        Instant(today.saturating_mul(DAY))
    }

    /// Whether the instant lies in the years 1900 to 2200, in which commands may speak.
    ///
    /// ```
    /// use stockbook::Instant;
    /// assert!(Instant::from_micros(0).is_valid());
    /// assert!(!Instant::START.is_valid(), "before 1900");
    /// ```
    #[must_use]
    pub const fn is_valid(self) -> bool {
        self.0 >= -2_208_988_800 * SECOND && self.0 < 7_258_118_400 * SECOND
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match Timestamp::from_microsecond(self.0) {
            Ok(timestamp) => write!(f, "{timestamp}"),
            Err(_) => f.write_str("never"),
        }
    }
}

/// Whether a text has the form of RFC 3339: the parser behind it takes more of ISO 8601 than that, and other
/// readers of a log would not. The letters may be small, and a space may stand for the `T`.
fn is_rfc3339(text: &str) -> bool {
    /// What follows a form: `0` stands for a digit, each other character for itself.
    fn after<'t>(text: &'t [u8], form: &str) -> Option<&'t [u8]> {
        let (head, rest) = text.split_at_checked(form.len())?;
        let fits = |(byte, form): (&u8, u8)| if form == b'0' { byte.is_ascii_digit() } else { *byte == form };
        head.iter().zip(form.bytes()).all(fits).then_some(rest)
    }
    let time = after(text.as_bytes(), "0000-00-00").and_then(|rest| rest.split_first());
    let Some((b'T' | b't' | b' ', time)) = time else { return false };
    // Midnight begins a day; no hour is the twenty-fourth.
    let Some(mut zone) = after(time, "00:00:00").filter(|_| !time.starts_with(b"24")) else { return false };
    if let Some(fraction) = zone.strip_prefix(b".") {
        let digits = fraction.iter().take_while(|byte| byte.is_ascii_digit()).count();
        zone = fraction.get(digits..).filter(|_| digits > 0).unwrap_or_default();
    }
    let offset = || after(zone, "+00:00").or_else(|| after(zone, "-00:00")).is_some_and(<[u8]>::is_empty);
    matches!(zone, b"Z" | b"z") || offset()
}

impl std::str::FromStr for Instant {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Instant, &'static str> {
        let problem =
            "an instant is RFC 3339 with an offset and at most microseconds, as in 2026-01-05T09:00:00Z";
        if !is_rfc3339(text) {
            return Err(problem);
        }
        let timestamp: Timestamp = text.parse().map_err(|_| problem)?;
        if timestamp.subsec_nanosecond().checked_rem(1000) != Some(0) {
            return Err(problem);
        }
        Ok(Instant(timestamp.as_microsecond()))
    }
}

impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(self)
        } else {
            serializer.serialize_i64(self.0)
        }
    }
}

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Instant, D::Error> {
        if deserializer.is_human_readable() {
            let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
            text.parse().map_err(serde::de::Error::custom)
        } else {
            i64::deserialize(deserializer).map(Instant)
        }
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Instant {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Instant".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "format": "date-time",
            "description": "An instant: RFC 3339, in UTC when the book writes it."
        })
    }
}

/// A node's working calendar, in its own civil time.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Calendar {
    /// IANA name of the time zone, as in `America/Chicago`.
    pub time_zone: String,
    /// Working weekdays, 1 = Monday to 7 = Sunday.
    pub workdays: Vec<u8>,
    /// Closed dates, `YYYY-MM-DD`.
    #[serde(default)]
    pub holidays: Vec<String>,
    /// Local time at which the day's parcels leave, `HH:MM`.
    pub cut_off: String,
    /// First day resolved, `YYYY-MM-DD`.
    pub from: String,
    /// Days resolved from there, at most 4000.
    pub days: u32,
}

/// A fault in a calendar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CalendarFault {
    /// The field at fault.
    pub field: &'static str,
    /// What would be right.
    pub need: &'static str,
}

impl Calendar {
    /// The cut-offs of its working days as instants, in order. A cut-off that a change to summer time skips
    /// happens at the first instant after the gap.
    ///
    /// ```
    /// use stockbook::Calendar;
    /// // A Friday and the Monday after it, 14:00 in Chicago (UTC-6 in January).
    /// let calendar = Calendar {
    ///     time_zone: "America/Chicago".into(), cut_off: "14:00".into(), workdays: vec![1, 2, 3, 4, 5],
    ///     holidays: vec![], from: "2026-01-09".into(), days: 4,
    /// };
    /// let cut_offs: Vec<String> = calendar.resolve().unwrap().iter().map(|at| at.to_string()).collect();
    /// assert_eq!(cut_offs, ["2026-01-09T20:00:00Z", "2026-01-12T20:00:00Z"]);
    /// ```
    pub fn resolve(&self) -> Result<Vec<Instant>, CalendarFault> {
        let fault = |field, need| CalendarFault { field, need };
        let zone = TimeZone::get(&self.time_zone)
            .map_err(|_| fault("time_zone", "an IANA time zone name, as in America/Chicago"))?;
        let date = |text: &str| -> Option<Date> { text.parse().ok() };
        let first = date(&self.from).ok_or(fault("from", "a date, YYYY-MM-DD"))?;
        let cut_off: Time = self.cut_off.parse().map_err(|_| fault("cut_off", "a local time, HH:MM"))?;
        if self.days == 0 || self.days > CALENDAR_DAYS_MAX {
            return Err(fault("days", "1 to 4000 days"));
        }
        if self.workdays.is_empty() || self.workdays.iter().any(|d| !(1..=7).contains(d)) {
            return Err(fault("workdays", "weekdays from 1 = Monday to 7 = Sunday"));
        }
        let holidays: Option<Vec<Date>> = self.holidays.iter().map(|h| date(h)).collect();
        let holidays = holidays.ok_or(fault("holidays", "dates, YYYY-MM-DD"))?;
        let mut cut_offs = Vec::new();
        for day in 0..self.days {
            let today = first
                .checked_add(i64::from(day).days())
                .map_err(|_| fault("from", "a date in the years 1900 to 2200"))?;
            let works = self.workdays.contains(&weekday(today.weekday())) && !holidays.contains(&today);
            if works {
                let instant = zone
                    .to_timestamp(today.to_datetime(cut_off))
                    .map_err(|_| fault("cut_off", "a local time that exists on this calendar"))?;
                cut_offs.push(Instant(instant.as_microsecond()));
            }
        }
        Ok(cut_offs)
    }
}

fn weekday(day: Weekday) -> u8 {
    u8::try_from(day.to_monday_one_offset()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_calendar_resolves_holidays_and_summer_time() {
        let calendar = Calendar {
            time_zone: "America/Chicago".into(),
            workdays: vec![1, 2, 3, 4, 5],
            holidays: vec!["2026-03-09".into()],
            cut_off: "14:00".into(),
            from: "2026-03-06".into(),
            days: 5,
        };
        let cut_offs: Vec<String> =
            calendar.resolve().unwrap_or_default().iter().map(Instant::to_string).collect();
        // Friday in winter time (UTC-6); Monday is a holiday; Tuesday in summer time (UTC-5).
        assert_eq!(cut_offs, ["2026-03-06T20:00:00Z", "2026-03-10T19:00:00Z"]);
        let moon = Calendar { time_zone: "Moon/Base".into(), ..calendar };
        assert_eq!(moon.resolve().map_err(|f| f.field), Err("time_zone"));
    }

    #[test]
    fn instants_round_trip() {
        for text in ["2026-01-05T09:00:00Z", "1999-12-31T23:59:59.999999Z"] {
            assert_eq!(text.parse::<Instant>().map(|i| i.to_string()), Ok(text.to_owned()));
        }
        assert!("2026-01-05T09:00:00.0000001Z".parse::<Instant>().is_err());
        assert!("2026-01-05".parse::<Instant>().is_err());
        let nine = Ok(Instant::from_micros(1_767_603_600_000_000));
        for text in ["2026-01-05t09:00:00z", "2026-01-05 10:00:00.000000+01:00", "2026-01-05T09:00:00-00:00"]
        {
            assert_eq!(text.parse::<Instant>(), nine, "{text}");
        }
        let lax = [
            "2026-01-05T09:00Z",
            "2026-01-05T09Z",
            "2026-01-05T24:00:00Z",
            "2026-01-05T09:00:00+5",
            "2026-01-05T09:00:00+05",
            "2026-01-05T09:00:00+0500",
            "2026-01-05T09:00:00+05:00:30",
            "2026-01-05T09:00:00,5Z",
            "2026-01-05T09:00:00.Z",
            "2026-01-05T09:00:00Z[UTC]",
            "20260105T090000Z",
            "+002026-01-05T09:00:00Z",
            "2026-01-05T09:00:00",
            " 2026-01-05T09:00:00Z",
            "２026-01-05T09:00:00Z",
        ];
        lax.iter().for_each(|text| assert!(text.parse::<Instant>().is_err(), "{text}"));
    }
}
