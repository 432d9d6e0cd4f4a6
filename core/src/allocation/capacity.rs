//! The first day on which a node has capacity left for an order.

use super::FallOut;
use super::PlacedLine;
use super::build::{Candidacy, Demand, World};
use super::travel::dispatch;
use crate::catalog::{Capacity, Catalog, Heft, NodeRow};
use crate::policy::{CompiledSourcing, Lateness};
use crate::stock::Load;
use crate::value::num;
use crate::value::time::Instant;

/// Most days that are looked ahead.
const DAYS_MAX: u32 = 31;

/// Whether a day takes so many lines and base units more. An order that is larger than a whole day's capacity
/// may have a day to itself.
pub(crate) fn fits(capacity: &Capacity, load: Load, lines: i64, units: i64) -> bool {
    let fits = |limit: Option<i64>, booked: i64, more: i64| {
        limit.is_none_or(|limit| booked.saturating_add(more) <= limit || (booked == 0 && limit > 0))
    };
    fits(capacity.orders, load.orders, 1)
        && fits(capacity.lines, load.lines, lines)
        && fits(capacity.units, load.units, units)
}

/// Lines and base units that are booked for lines, each begun unit counted whole.
pub(crate) fn asked(catalog: &Catalog, lines: &[PlacedLine]) -> (i64, i64) {
    let units = |line: &PlacedLine| {
        let scale = catalog.sku.get(line.sku.0).map_or(1, |row| row.scale);
        num::div_ceil(line.qty, scale.max(1)).unwrap_or(i64::MAX)
    };
    (num::count(lines.len()), lines.iter().map(units).fold(0, i64::saturating_add))
}

/// On which day a node has capacity for an order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Day {
    /// On the day that it would be sent anyway.
    #[default]
    Asked,
    /// As if it had been ordered then.
    From(Instant),
    /// On none.
    Never,
}

/// Moves a node's parcel to the first day that has room for all of the order; says why the node falls out,
/// where it does.
pub(super) fn fit_day(
    world: World<'_>,
    demand: &Demand<'_>,
    rule: &CompiledSourcing,
    row: &NodeRow,
    weight: Heft,
    asked: (i64, i64),
    option: &mut Candidacy,
) -> Option<FallOut> {
    let day = match world.facts {
        Some(facts) => known(world, demand, row, weight, facts.day(option.node), option),
        None => first_day(world, demand, row, weight, asked, option),
    };
    let late = option.arrive_at > demand.deliver_by && rule.lateness == Lateness::Forbidden;
    (late || day == Day::Never).then_some(FallOut::AtCapacity)
}

/// Moves a parcel to the day that a record says.
fn known(
    world: World<'_>,
    demand: &Demand<'_>,
    row: &NodeRow,
    weight: Heft,
    day: Day,
    option: &mut Candidacy,
) -> Day {
    let Day::From(at) = day else { return day };
    option.late_hours = 0;
    let sent = dispatch(world.catalog, &Demand { at, ..*demand }, Lateness::Allowed, row, weight, option);
    if sent.is_err() { Day::Never } else { day }
}

/// The first day that has room for so many lines and base units; the parcel is moved there.
pub(crate) fn first_day(
    world: World<'_>,
    demand: &Demand<'_>,
    row: &NodeRow,
    weight: Heft,
    (lines, units): (i64, i64),
    option: &mut Candidacy,
) -> Day {
    let site = world.catalog.site_of(option.node);
    let Some(capacity) = site.and_then(|site| site.capacity) else { return Day::Asked };
    let (mut later, mut first) = (*demand, Day::Asked);
    for _ in 0..DAYS_MAX {
        let day = capacity.day(option.ship_at);
        let freed = demand.days.iter().filter(|(node, on, _)| (*node, *on) == (option.node, day));
        let load = freed.fold(world.stock.load(option.node, day), |load, freed| load.less(freed.2));
        if fits(&capacity, load, lines, units) {
            return first;
        }
        // Ready at midnight at the earliest: what is processed before then is.
        let begin = capacity.begin(day.saturating_add(1));
        later.at = later.at.max(begin.plus_seconds(row.processing_s.saturating_neg()));
        first = Day::From(later.at);
        option.late_hours = 0;
        if dispatch(world.catalog, &later, Lateness::Allowed, row, weight, option).is_err() {
            break;
        }
    }
    Day::Never
}

impl Capacity {
    /// When a day begins by the node's clock.
    fn begin(&self, day: i64) -> Instant {
        let offset = i64::from(self.utc_offset_minutes).saturating_mul(60);
        Instant::from_micros(0).plus_seconds(day.saturating_mul(86_400).saturating_sub(offset))
    }
}
