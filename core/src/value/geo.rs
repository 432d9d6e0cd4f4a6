//! Places on Earth and the distance between them.
//!
//! Floats live here alone (with portable `libm`), and leave as integers: a distance is whole millimetres,
//! because whole metres tie too often when a million orders choose between ten nodes.
#![allow(clippy::float_arithmetic, reason = "great circles need floats; they leave this module as integers")]

use super::money::{plain, scaled};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Mean radius of Earth in millimetres (6371.0088 km, the IUGG mean radius R1).
const EARTH_MM: f64 = 6_371_008_800.0;
/// Nano-degrees in one degree.
const NANOS: f64 = 1e9;

/// An angle in nano-degrees; a decimal string of degrees on the wire.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Degrees(pub i64);

/// A place: latitude and longitude (WGS 84).
///
/// ```
/// use stockbook::Point;
/// let new_york = Point::from_degrees(40.7128, -74.006).unwrap();
/// let chicago = Point::from_degrees(41.8781, -87.6298).unwrap();
/// assert_eq!(new_york.distance_mm(chicago) / 1_000_000, 1144); // whole kilometres
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Point {
    /// Latitude in degrees, -90 to 90.
    pub lat: Degrees,
    /// Longitude in degrees, -180 to 180.
    pub lon: Degrees,
}

/// A place as a unit vector: what distances are computed from.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Direction([f64; 3]);

impl Point {
    /// The place at these degrees, rounded to nano-degrees; `None` outside the globe.
    ///
    /// ```
    /// use stockbook::Point;
    /// assert_eq!(Point::from_degrees(40.5, -74.0).unwrap().lat.0, 40_500_000_000);
    /// assert_eq!(Point::from_degrees(91.0, 0.0), None, "north of the pole");
    /// ```
    #[must_use]
    pub fn from_degrees(lat: f64, lon: f64) -> Option<Point> {
        if !(-90.0..=90.0).contains(&lat) || !(-180.0..=180.0).contains(&lon) {
            return None;
        }
        Some(Point { lat: Degrees(nanos(lat)), lon: Degrees(nanos(lon)) })
    }

    /// Whether the place is on the globe.
    ///
    /// ```
    /// use stockbook::{Degrees, Point};
    /// let at = |lat| Point { lat: Degrees(lat), lon: Degrees(0) };
    /// assert!(at(90_000_000_000).is_valid() && !at(90_000_000_001).is_valid());
    /// ```
    #[must_use]
    pub fn is_valid(self) -> bool {
        self.lat.0.unsigned_abs() <= 90_000_000_000 && self.lon.0.unsigned_abs() <= 180_000_000_000
    }

    /// Great-circle distance in millimetres, from the chord (exact for near and far places alike).
    ///
    /// ```
    /// use stockbook::Point;
    /// let at = |lat| Point::from_degrees(lat, 0.0).unwrap();
    /// // A degree of latitude is 111.195 km.
    /// assert_eq!(at(0.0).distance_mm(at(1.0)) / 1_000, 111_195);
    /// ```
    #[must_use]
    pub fn distance_mm(self, other: Point) -> i64 {
        self.direction().distance_mm(other.direction())
    }

    /// The place as a unit vector.
    pub(crate) fn direction(self) -> Direction {
        let (lat, lon) = (radians(self.lat), radians(self.lon));
        let (sin_lat, cos_lat) = libm::sincos(lat);
        let (sin_lon, cos_lon) = libm::sincos(lon);
        Direction([cos_lat * cos_lon, cos_lat * sin_lon, sin_lat])
    }
}

impl Direction {
    /// Gaps that differ by more belong to distances that differ by more than a millimetre: the square of the
    /// chord changes at most four times as fast as the angle, and a millimetre is 1.6e-10 of the radius.
    pub(crate) const GAP_OF_TIES: u64 = 1 << 20;

    /// The square of the chord in units of 2^-49, and a constant: it rises with the distance, and is much
    /// cheaper.
    #[inline]
    pub(crate) fn gap(self, other: Direction) -> u64 {
        // From 8 up to 16 floats are evenly spaced: their bits count units. A square is at most 4.
        (self.square(other) + 8.0).to_bits()
    }

    #[inline]
    fn square(self, other: Direction) -> f64 {
        let ([a, b, c], [d, e, f]) = (self.0, other.0);
        let (x, y, z) = (a - d, b - e, c - f);
        x * x + y * y + z * z
    }

    /// Great-circle distance in millimetres.
    #[inline]
    pub(crate) fn distance_mm(self, other: Direction) -> i64 {
        let half_chord = 0.5 * libm::sqrt(self.square(other));
        rounded(2.0 * EARTH_MM * libm::asin(half_chord.min(1.0)))
    }
}

#[allow(clippy::as_conversions, reason = "below 2^53: every such integer is a float")]
fn radians(angle: Degrees) -> f64 {
    (angle.0 as f64) * (std::f64::consts::PI / 180.0 / NANOS)
}

#[allow(clippy::as_conversions, reason = "the caller has bounded the angle")]
fn nanos(degrees: f64) -> i64 {
    libm::round(degrees * NANOS) as i64
}

/// The named place where a distance stops being a float.
#[allow(clippy::as_conversions, reason = "half the Earth's girth is 2e10 mm; a NaN becomes 0")]
fn rounded(mm: f64) -> i64 {
    (mm + 0.5) as i64
}

impl Serialize for Degrees {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.serialize_str(&plain(self.0, 9, 1))
        } else {
            serializer.serialize_i64(self.0)
        }
    }
}

impl<'de> Deserialize<'de> for Degrees {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Degrees, D::Error> {
        if !deserializer.is_human_readable() {
            return i64::deserialize(deserializer).map(Degrees);
        }
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        scaled(&text, 9).map(Degrees).ok_or_else(|| {
            serde::de::Error::custom("an angle is a decimal string of degrees with at most nine decimals")
        })
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Degrees {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Degrees".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "pattern": "^-?[0-9]+(\\.[0-9]{1,9})?$",
            "description": "An angle: a decimal string of degrees with at most nine decimals."
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_distances() {
        let at = |lat, lon| Point::from_degrees(lat, lon).unwrap_or_default();
        assert_eq!(at(0.0, 0.0).distance_mm(at(0.0, 0.0)), 0);
        // A quarter of the great circle: R * pi / 2.
        assert_eq!(at(0.0, 0.0).distance_mm(at(0.0, 90.0)), 10_007_557_221);
        assert_eq!(at(0.0, 0.0).distance_mm(at(0.0, 180.0)), 20_015_114_442);
        // One nano-degree of latitude is a tenth of a millimetre: neighbours are told apart from a millimetre
        // on.
        assert_eq!(at(0.0, 0.0).distance_mm(at(0.000_000_01, 0.0)), 1);
        assert!(Point::from_degrees(90.1, 0.0).is_none() && Point::from_degrees(f64::NAN, 0.0).is_none());
    }
}
