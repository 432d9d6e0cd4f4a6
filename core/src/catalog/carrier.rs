//! Carrier services as decisions read them: derived from the rows when those change, not for every parcel.

use super::{Catalog, ServiceRow};
use crate::value::money::Money;

/// A zone of a carrier service.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reach {
    up_to_mm: i64,
    pub transit_s: i64,
    pub base: Money,
    pub per_kg: Money,
}

/// A carrier service.
#[derive(Clone, Debug)]
pub(crate) struct Carrier {
    reaches: Vec<Reach>,
    /// No parcel costs less, in micro-units.
    pub least: i64,
}

impl Carrier {
    fn of(row: &ServiceRow) -> Carrier {
        let reach = |zone: &super::Zone| Reach {
            up_to_mm: i64::from(zone.up_to_km).saturating_mul(1_000_000),
            transit_s: i64::from(zone.transit_hours).saturating_mul(3_600),
            base: zone.base,
            per_kg: zone.per_kg,
        };
        let least = |zone: &super::Zone| if row.is_carded(zone) { 0 } else { zone.base.micros() };
        Carrier {
            reaches: row.zones.iter().map(reach).collect(),
            least: row.zones.iter().map(least).min().unwrap_or(0),
        }
    }

    /// How it goes so far, if it does.
    #[inline]
    pub(crate) fn reach(&self, distance_mm: i64) -> Option<&Reach> {
        self.reaches.iter().find(|reach| reach.up_to_mm >= distance_mm)
    }
}

impl Catalog {
    /// Derives what is derived from carrier services.
    pub(crate) fn note_services(&mut self) {
        let rows = self.service.rows();
        self.carriers = rows.iter().map(Carrier::of).collect();
        self.is_measured = rows.iter().any(|row| *row.dim_divisor > 0);
        self.is_carded =
            self.is_measured || rows.iter().flat_map(|row| &row.zones).any(|zone| !zone.bands.is_empty());
    }
}
