//! Days of nodes as plans book and free them, beside what is booked already.

use super::common::{demand_of, weigh};
use crate::allocation::{Candidacy, Demand, PlacedLine, asked, first_day, travel};
use crate::catalog::Heft;
use crate::record::*;
use crate::stock::{Load, base_units};
use crate::value::ids::*;
use crate::value::money::Money;
use crate::value::time::Instant;

/// A node's day and what is freed of it; negative = booked.
pub(crate) type Booked = (NodeId, i64, Load);

fn scale_of(state: &State, sku: SkuId) -> i64 {
    state.catalog.sku.get(sku.0).map_or(1, |row| row.scale)
}

/// What an order frees of nodes' days when it gives back all that it has reserved, but for units of
/// reservations that `stay`. A parcel of which something has left keeps its place and its lines.
pub(crate) fn freed(state: &State, order: &OrderRow, stay: &dyn Fn(u32) -> i64) -> Vec<Booked> {
    if state.stock.bookings.len() == 0 {
        return Vec::new();
    }
    // By parcel: its lines and their units.
    let mut parcels: Vec<(u32, i64, i64)> = Vec::new();
    for line in state.order_lines(order).iter() {
        // What goes of the line, and what stays.
        let mut mine: Vec<(u32, i64, i64)> = Vec::new();
        for (id, row) in state.reservations(line.first_reservation).filter(|(_, row)| row.qty > 0) {
            let (goes, stays) = (row.qty.saturating_sub(stay(id)), stay(id));
            match mine.iter_mut().find(|(parcel, ..)| *parcel == row.parcel) {
                Some(sums) => (sums.1, sums.2) = (sums.1.saturating_add(goes), sums.2.saturating_add(stays)),
                None => mine.push((row.parcel, goes, stays)),
            }
        }
        for (parcel, goes, stays) in mine {
            let scale = scale_of(state, line.sku);
            let all = base_units(goes.saturating_add(stays), scale);
            let units = all.saturating_sub(base_units(stays, scale));
            let whole = i64::from(stays == 0);
            match parcels.iter_mut().find(|(known, ..)| *known == parcel) {
                Some(sums) => (sums.1, sums.2) = (sums.1.saturating_add(whole), sums.2.saturating_add(units)),
                None => parcels.push((parcel, whole, units)),
            }
        }
    }
    let free = |(parcel, lines, units): (u32, i64, i64)| {
        let booking = state.stock.booking_of(parcel)?;
        let has_left = state.docs.parcels.get(parcel).is_some_and(|row| row.posted);
        let lines = if has_left { 0 } else { lines.min(booking.lines) };
        let orders = i64::from(lines > 0 && lines == booking.lines);
        Some((booking.node, booking.day, Load { orders, lines, units }))
    };
    parcels.into_iter().filter_map(free).collect()
}

/// What a part of a reservation frees of its node's day when it is given back.
pub(crate) fn freed_by(state: &State, reservation: u32, qty: i64) -> Option<Booked> {
    let row = state.stock.reservations.get(reservation)?;
    let booking = state.stock.booking_of(row.parcel)?;
    let (scale, rest) = (scale_of(state, row.sku), state.rest_of(&row));
    let all = row.qty.saturating_add(rest);
    let left = base_units(all.saturating_sub(qty), scale);
    let units = base_units(all, scale).saturating_sub(left);
    let has_left = state.docs.parcels.get(row.parcel).is_some_and(|parcel| parcel.posted);
    let lines = i64::from(qty == all && !has_left);
    let orders = i64::from(lines > 0 && booking.lines == lines);
    Some((booking.node, booking.day, Load { orders, lines, units }))
}

/// What a plan books, as it is not recorded yet; `sku_of` knows lines by their number.
pub(crate) fn booked(state: &State, plan: &Plan, sku_of: impl Fn(u32) -> Option<SkuId>) -> Vec<Booked> {
    let mut booked = Vec::new();
    for (number, parcel) in (0u32..).zip(&plan.parcels) {
        let Some(capacity) = state.catalog.site_of(parcel.node).and_then(|site| site.capacity) else {
            continue;
        };
        let mut load = Load { orders: -1, ..Load::default() };
        for part in plan.parts.iter().filter(|part| part.parcel == number) {
            let scale = sku_of(part.line).map_or(1, |sku| scale_of(state, sku));
            load.lines = load.lines.saturating_sub(1);
            load.units = load.units.saturating_sub(base_units(part.qty, scale));
        }
        booked.push((parcel.node, capacity.day(parcel.ship_at), load));
    }
    booked
}

/// Moves a parcel with parts of an order to the first day that has room for it, and books that; says whether
/// there is one.
pub(crate) fn find_day(
    state: &State,
    demand: &Demand<'_>,
    (parts, weight): (&[(SkuId, i64)], Heft),
    days: &mut Vec<Booked>,
    option: &mut Candidacy,
) -> bool {
    let capacity = state.catalog.site_of(option.node).and_then(|site| site.capacity);
    let (Some(capacity), Some(row)) = (capacity, state.catalog.node.get(option.node.0)) else { return true };
    let line = |(sku, qty): &(SkuId, i64)| PlacedLine { sku: *sku, qty: *qty, price: Money::ZERO };
    let lines: Vec<PlacedLine> = parts.iter().map(line).collect();
    let (count, units) = asked(&state.catalog, &lines);
    let demand = Demand { days, ..*demand };
    let day = first_day(state.world(), &demand, row, weight, (count, units), option);
    if day == crate::allocation::Day::Never {
        return false;
    }
    let load = Load { orders: -1, lines: count.saturating_neg(), units: units.saturating_neg() };
    days.push((option.node, capacity.day(option.ship_at), load));
    true
}

/// When goods that an order is given at a node could leave it, on the first day with room beside `days`,
/// which is then booked.
pub(crate) fn leaves(
    state: &State,
    (order, node): (OrderId, NodeId),
    goods: (SkuId, i64),
    at: Instant,
    days: &mut Vec<Booked>,
) -> Option<Instant> {
    let row = state.docs.order.get(order.0)?;
    let pickup = state.terms_of(order).map_or(NodeId::NONE, |terms| terms.pickup);
    let demand = Demand { pickup, ..demand_of(row, state.leaves_after(order, at).unwrap_or(at)) };
    let weight = weigh(state, std::iter::once(goods));
    let mut option = travel(state.world(), &demand, node, weight).ok()?;
    find_day(state, &demand, (&[goods], weight), days, &mut option).then_some(option.ship_at)
}
