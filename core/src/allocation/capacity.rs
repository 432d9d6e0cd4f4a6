//! The first day on which a node has capacity left for an order.

use super::FallOut;
use super::build::{Candidacy, Demand, World, dispatch};
use crate::catalog::{Capacity, NodeRow};
use crate::policy::{CompiledSourcing, Lateness};
use crate::stock::Load;
use crate::value::time::Instant;

/// Most days that are looked ahead.
const DAYS_MAX: u32 = 31;

/// Whether a day takes so many lines and base units more. An order that is larger than a whole day's capacity
/// may have a day to itself.
fn fits(capacity: &Capacity, load: Load, lines: i64, units: i64) -> bool {
    let fits = |limit: Option<i64>, booked: i64, more: i64| {
        limit.is_none_or(|limit| booked.saturating_add(more) <= limit || (booked == 0 && limit > 0))
    };
    fits(capacity.orders, load.orders, 1)
        && fits(capacity.lines, load.lines, lines)
        && fits(capacity.units, load.units, units)
}

/// Moves a node's parcel to the first day that has room for all of the order; says why the node falls out,
/// where it does.
pub(super) fn fit_day(
    world: World<'_>,
    demand: &Demand<'_>,
    rule: &CompiledSourcing,
    row: &NodeRow,
    weight: i64,
    (lines, units): (i64, i64),
    option: &mut Candidacy,
) -> Option<FallOut> {
    let capacity = world.catalog.site_of(option.node).and_then(|site| site.capacity)?;
    let mut later = *demand;
    for _ in 0..DAYS_MAX {
        let day = capacity.day(option.ship_at);
        if fits(&capacity, world.stock.load(option.node, day), lines, units) {
            let late = option.arrive_at > demand.deliver_by && rule.lateness == Lateness::Forbidden;
            return late.then_some(FallOut::AtCapacity);
        }
        later.at = later.at.max(capacity.begin(day.saturating_add(1)));
        option.late_hours = 0;
        if dispatch(world.catalog, &later, Lateness::Allowed, row, weight, option).is_err() {
            break;
        }
    }
    Some(FallOut::AtCapacity)
}

impl Capacity {
    /// When a day begins by the node's clock.
    fn begin(&self, day: i64) -> Instant {
        let offset = i64::from(self.utc_offset_minutes).saturating_mul(60);
        Instant::from_micros(0).plus_seconds(day.saturating_mul(86_400).saturating_sub(offset))
    }
}
