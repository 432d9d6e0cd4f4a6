//! Rate cards: what a carrier asks for a parcel, by zone and weight.

use super::{Catalog, ServiceRow, TemperatureClass, Zone};
use crate::value::ids::{ServiceId, SkuId};
use crate::value::money::Money;
use crate::value::num;

/// What a carrier weighs and measures of a parcel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Heft {
    pub grams: i64,
    /// Volume in cubic millimetres, where services charge by it.
    pub mm3: i64,
}

impl Heft {
    pub(crate) fn plus(self, other: Heft) -> Heft {
        Heft { grams: self.grams.saturating_add(other.grams), mm3: self.mm3.saturating_add(other.mm3) }
    }

    /// Grams that are charged: what it weighs, or what its volume counts for, if that is more.
    pub(crate) fn billed(self, dim_divisor: i64) -> i64 {
        if dim_divisor <= 0 {
            return self.grams;
        }
        self.grams.max(num::div_ceil(self.mm3, dim_divisor).unwrap_or(i64::MAX))
    }
}

/// A carrier's charge for a parcel, in whole micro-units.
pub(crate) fn carriage(base: Money, per_kg: Money, grams: i64) -> i64 {
    base.micros().saturating_add(num::mul_div(per_kg.micros(), grams, 1_000).unwrap_or(i64::MAX))
}

/// A charge that adds up over goods, and is never above the card for any part of a parcel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Affine {
    pub base: Money,
    pub per_kg: Money,
    /// Cubic millimetres that count as a gram; 0 = goods count by their grams.
    pub by_volume: i64,
}

impl Zone {
    /// What a parcel of so many charged grams costs.
    pub(crate) fn charge(&self, grams: i64) -> i64 {
        let band = self.bands.iter().find(|band| grams <= band.up_to_g);
        let (base, per_kg) = band.map_or((self.base, self.per_kg), |band| (band.base, band.per_kg));
        carriage(base, per_kg, grams)
    }

    /// Whether heavier parcels cost no less.
    pub(crate) fn rises(&self) -> bool {
        let edges = self.bands.iter().map(|band| band.up_to_g);
        edges.into_iter().all(|edge| self.charge(edge) <= self.charge(edge.saturating_add(1)))
    }

    /// The highest charge that adds up and stays below the card for every part of a parcel: the same as the
    /// card for all of it, if that can be.
    fn below(&self, all: i64) -> (Money, Money) {
        let mut points = vec![1, all];
        for band in &self.bands {
            points.extend([band.up_to_g, band.up_to_g.saturating_add(1)]);
        }
        points.retain(|grams| (1..=all).contains(grams));
        let charge = self.charge(all);
        // Micro-units a gram, whole, so that parts sum up without rounding.
        let slope = |from: i64, by: i64| num::div_ceil(from, by.max(1)).unwrap_or(i64::MAX).max(0);
        let before = points.iter().filter(|grams| **grams < all);
        let steep =
            before.map(|grams| slope(charge.saturating_sub(self.charge(*grams)), all.saturating_sub(*grams)));
        let steep = steep.max().unwrap_or(0);
        let flat = points.iter().map(|grams| self.charge(*grams).checked_div(*grams).unwrap_or(0)).min();
        let each = if steep.saturating_mul(all) <= charge { steep } else { flat.unwrap_or(0) };
        let rest = |grams: &i64| self.charge(*grams).saturating_sub(each.saturating_mul(*grams));
        let base = points.iter().map(rest).min().unwrap_or(0).max(0);
        (Money::from_micros(base), Money::from_micros(each.saturating_mul(1_000)))
    }
}

impl ServiceRow {
    /// The zone of a distance.
    #[inline]
    pub(crate) fn zone(&self, distance_mm: i64) -> Option<&Zone> {
        let reach = |up_to_km: u32| i64::from(up_to_km).saturating_mul(1_000_000);
        self.zones.iter().find(|zone| reach(zone.up_to_km) >= distance_mm)
    }

    /// Whether what it charges does not add up over goods.
    #[inline]
    pub(crate) fn is_carded(&self, zone: &Zone) -> bool {
        *self.dim_divisor > 0 || !zone.bands.is_empty()
    }

    /// What a parcel in a zone costs.
    #[inline]
    pub(crate) fn charge(&self, zone: &Zone, heft: Heft) -> i64 {
        if self.is_carded(zone) {
            zone.charge(heft.billed(*self.dim_divisor))
        } else {
            carriage(zone.base, zone.per_kg, heft.grams)
        }
    }

    /// What adds up of what parcels of these goods cost in a zone.
    pub(crate) fn affine(&self, zone: &Zone, all: Heft) -> Affine {
        if !self.is_carded(zone) {
            return Affine { base: zone.base, per_kg: zone.per_kg, by_volume: 0 };
        }
        let billed = all.billed(*self.dim_divisor);
        let by_volume = if billed > all.grams { *self.dim_divisor } else { 0 };
        // Volumes are rounded down, part by part.
        let (base, per_kg) = zone.below(billed);
        Affine { base, per_kg, by_volume }
    }
}

impl Catalog {
    /// What a parcel of a service costs over a distance, in micro-units.
    pub(crate) fn freight(&self, service: ServiceId, distance_mm: i64, heft: Heft) -> i64 {
        let row = self.service.get(service.0);
        let zone = row.and_then(|row| row.zone(distance_mm).map(|zone| row.charge(zone, heft)));
        zone.unwrap_or(0)
    }

    /// Cubic millimetres of a base unit, where any service asks for that.
    pub(crate) fn volume_mm3(&self, sku: SkuId) -> i64 {
        if !self.is_measured {
            return 0;
        }
        let size = self.trait_of(sku).map_or([0; 3], |row| row.size_mm);
        size.into_iter().fold(1, i64::saturating_mul)
    }

    /// UN class or division of a SKU, and the cold chain that it needs.
    pub(crate) fn nature(&self, sku: SkuId) -> (&str, TemperatureClass) {
        self.trait_of(sku).map_or(("", TemperatureClass::default()), |row| (&row.hazard, row.temperature))
    }
}

#[cfg(test)]
mod tests {
    use super::super::WeightBand;
    use super::*;

    fn card(bands: &[(i64, i64, i64)], base: i64, per_kg: i64) -> Zone {
        let money = |cents: i64| Money::from_micros(cents.saturating_mul(10_000));
        let band = |(up_to_g, base, per_kg): &(i64, i64, i64)| WeightBand {
            up_to_g: *up_to_g,
            base: money(*base),
            per_kg: money(*per_kg),
        };
        let bands = bands.iter().map(band).collect();
        Zone { up_to_km: 1, transit_hours: 1, base: money(base), per_kg: money(per_kg), bands }
    }

    #[test]
    fn the_band_that_holds_a_parcel_prices_it() {
        let zone = card(&[(500, 400, 0), (2_000, 600, 0), (5_000, 500, 100)], 700, 80);
        let cents = |grams| zone.charge(grams) / 10_000;
        assert_eq!(
            [1, 500, 501, 2_000, 2_001, 5_000, 10_000].map(cents),
            [400, 400, 600, 600, 700, 1_000, 1_500]
        );
        assert!(zone.rises());
        assert!(!card(&[(500, 900, 0)], 800, 0).rises(), "a heavier parcel would cost less");
    }

    /// However goods are parted, their sums stay below what the parts cost; all of them cost the card's price
    /// where the line through it does not begin below zero.
    #[test]
    fn what_adds_up_stays_below_the_card() {
        let zones = [
            card(&[(500, 400, 0), (2_000, 600, 0), (5_000, 500, 100)], 700, 80),
            card(&[(1_000, 300, 0), (1_001, 5_000, 0)], 5_000, 0),
            card(&[], 500, 120),
        ];
        let (mut tight, mut all_of_them) = (0, 0);
        for zone in &zones {
            for all in (1..9_000).step_by(37) {
                let (base, per_kg) = zone.below(all);
                assert!(base >= Money::ZERO && per_kg >= Money::ZERO);
                for part in (1..=all).step_by(53).chain([all, all.min(500), all.min(501), all.min(1_000)]) {
                    assert!(carriage(base, per_kg, part) <= zone.charge(part), "{part} of {all}");
                }
                all_of_them += 1;
                tight += i64::from(carriage(base, per_kg, all) == zone.charge(all));
            }
        }
        assert!(tight * 10 > all_of_them * 5, "only {tight} of {all_of_them} are tight");
    }
}
