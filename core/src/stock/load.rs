//! How much of a node's day is booked: parcels, lines and units that are planned to leave on it.
//!
//! A day is booked when a parcel is planned for it and freed only by what is not to leave any more. Shipping
//! frees nothing: the work of that day was done on it.

use super::Stock;
use crate::catalog::Capacity;
use crate::value::ids::NodeId;
use crate::value::num;
use crate::value::table::put;
use crate::value::time::Instant;
use serde::{Deserialize, Serialize};

/// What is booked of a day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Load {
    pub orders: i64,
    pub lines: i64,
    pub units: i64,
}

impl Load {
    /// What is booked without another load.
    pub(crate) fn less(self, other: Load) -> Load {
        Load {
            orders: self.orders.saturating_sub(other.orders),
            lines: self.lines.saturating_sub(other.lines),
            units: self.units.saturating_sub(other.units),
        }
    }
}

/// A parcel's share of its day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Booking {
    pub node: NodeId,
    pub day: i64,
    pub lines: i64,
}

/// Seconds of a day.
const DAY_S: i64 = 86_400;

impl Capacity {
    /// The day of an instant by the node's clock: days since 1970-01-01.
    pub(crate) fn day(&self, at: Instant) -> i64 {
        let seconds = at.seconds_since(Instant::from_micros(0));
        let offset = i64::from(self.utc_offset_minutes).saturating_mul(60);
        seconds.saturating_add(offset).div_euclid(DAY_S)
    }
}

/// Base units of a quantity, each begun one counted whole.
pub(crate) fn base_units(qty: i64, scale: i64) -> i64 {
    if scale <= 1 { qty } else { num::div_ceil(qty, scale).unwrap_or(i64::MAX) }
}

impl Stock {
    /// What is booked at a node on a day.
    pub(crate) fn load(&self, node: NodeId, day: i64) -> Load {
        let row = self.loads.find(&(node, day)).and_then(|id| self.load.get(id));
        row.copied().unwrap_or_default()
    }

    /// A parcel's share of its day.
    pub(crate) fn booking_of(&self, parcel: u32) -> Option<Booking> {
        self.booking.get(self.bookings.find(&parcel)?).copied()
    }

    fn change_load(&mut self, node: NodeId, day: i64, change: impl FnOnce(&mut Load)) {
        let mut load = self.load(node, day);
        change(&mut load);
        put(&mut self.loads, &mut self.load, (node, day), load);
    }

    /// Books a line of a parcel.
    pub(crate) fn book(
        &mut self,
        capacity: &Capacity,
        node: NodeId,
        parcel: u32,
        ship_at: Instant,
        line: (i64, i64),
    ) {
        let known = self.bookings.find(&parcel).and_then(|id| self.booking.get(id)).copied();
        let mut booking = known.unwrap_or(Booking { node, day: capacity.day(ship_at), lines: 0 });
        let first = booking.lines == 0;
        booking.lines = booking.lines.saturating_add(1);
        put(&mut self.bookings, &mut self.booking, parcel, booking);
        let units = base_units(line.0, line.1);
        self.change_load(node, booking.day, |load| {
            load.orders = load.orders.saturating_add(i64::from(first));
            load.lines = load.lines.saturating_add(1);
            load.units = load.units.saturating_add(units);
        });
    }

    /// Frees what a parcel will not take along: a line goes from `before` units to `after`. A parcel of which
    /// something has left keeps its place and its lines.
    pub(crate) fn unbook(&mut self, parcel: u32, before: i64, after: i64, scale: i64, has_left: bool) {
        let Some(id) = self.bookings.find(&parcel) else { return };
        let Some(mut booking) = self.booking.get(id).copied() else { return };
        let gone = after == 0 && !has_left && booking.lines > 0;
        if gone {
            booking.lines = booking.lines.saturating_sub(1);
            self.booking.edit(id, |row| *row = booking);
        }
        let units = base_units(before, scale).saturating_sub(base_units(after, scale));
        self.change_load(booking.node, booking.day, |load| {
            load.orders = load.orders.saturating_sub(i64::from(gone && booking.lines == 0));
            load.lines = load.lines.saturating_sub(i64::from(gone));
            load.units = load.units.saturating_sub(units).max(0);
        });
    }
}
