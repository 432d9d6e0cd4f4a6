//! What a node can ship a day: booked by the day on which a parcel is to leave, until it is not to leave any
//! more. That it has left gives nothing back.

use crate::{Model, Package};
use std::collections::BTreeMap;
use stockbook::*;

/// Days that are looked ahead.
const DAYS: u32 = 31;

/// A day's load: parcels, lines, begun base units.
pub type Load = (i128, i128, i128);

/// What a parcel books of one line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Booked {
    /// Index of the line.
    pub line: usize,
    /// Begun base units.
    pub units: i128,
}

impl Model {
    /// What was said of a node beyond its definition.
    pub fn site(&self, node: usize) -> Option<&DescribeNode> {
        self.sites.iter().rev().find(|said| said.node == self.nodes[node].said.node)
    }

    /// What a node can ship a day, where that is limited.
    pub fn capacity(&self, node: usize) -> Option<Capacity> {
        self.site(node).and_then(|site| site.capacity)
    }

    /// Base units, each begun one counted whole.
    pub fn begun(&self, sku: usize, qty: i128) -> i128 {
        (qty + self.scale(sku) - 1) / self.scale(sku)
    }

    /// The day of an instant by a node's clock, counted from 1970.
    pub fn day(capacity: &Capacity, at: Instant) -> i64 {
        (at.micros() + i64::from(capacity.utc_offset_minutes) * 60_000_000).div_euclid(86_400_000_000)
    }

    /// What is booked of a node's days: all parcels that were ever planned for one, added up.
    pub fn days(&self, node: usize) -> BTreeMap<i64, Load> {
        let mut days = BTreeMap::new();
        let Some(capacity) = self.capacity(node) else { return days };
        let here = |package: &&Package| package.said.node.0 as usize == node && !package.booked.is_empty();
        for package in self.orders.iter().flat_map(|order| &order.parcels).filter(here) {
            let units: i128 = package.booked.iter().map(|booked| booked.units).sum();
            let load: &mut Load = days.entry(Model::day(&capacity, package.said.ship_at)).or_default();
            *load = (load.0 + 1, load.1 + package.booked.len() as i128, load.2 + units);
        }
        days
    }

    /// As if ordered at which instant a parcel of so many lines and units leaves on the first day with room;
    /// `leaves` says when a parcel would leave that was ordered then.
    pub(crate) fn first_day(
        &self,
        node: usize,
        at: Instant,
        asked: (i128, i128),
        leaves: impl Fn(Instant) -> Option<Instant>,
    ) -> Option<Instant> {
        let Some(capacity) = self.capacity(node) else { return Some(at) };
        let (days, mut at) = (self.days(node), at);
        for _ in 0..DAYS {
            let day = Model::day(&capacity, leaves(at)?);
            if fits(&capacity, days.get(&day).copied().unwrap_or_default(), asked) {
                return Some(at);
            }
            // What is made ready before midnight is ready then.
            let ready = i64::from(self.nodes[node].said.processing_minutes) * 60;
            let begins = (day + 1) * 86_400 - i64::from(capacity.utc_offset_minutes) * 60;
            at = at.max(Instant::from_micros((begins - ready) * 1_000_000));
        }
        None
    }

    /// A parcel takes units of a line along.
    pub(crate) fn book(&mut self, order: usize, parcel: usize, line: usize, qty: i128) {
        let sku = self.orders[order].lines[line].sku;
        let units = self.begun(sku, qty);
        if self.capacity(self.orders[order].parcels[parcel].said.node.0 as usize).is_some() {
            self.orders[order].parcels[parcel].booked.push(Booked { line, units });
            self.orders[order].parcels[parcel].had_booked = true;
        }
    }

    /// A node's days are limited from now on: what is to leave on them takes its place.
    pub(crate) fn book_planned(&mut self, node: usize) {
        for order in 0..self.orders.len() {
            for parcel in 0..self.orders[order].parcels.len() {
                let package = &self.orders[order].parcels[parcel];
                if package.said.node.0 as usize != node || package.had_booked {
                    continue;
                }
                for line in 0..self.orders[order].lines.len() {
                    let mine = self.orders[order].reserved.iter();
                    let mine = mine.filter(|row| (row.line, row.parcel) == (line, parcel));
                    let qty: i128 = mine.map(|row| row.qty).sum();
                    if qty > 0 {
                        self.book(order, parcel, line, qty);
                    }
                }
            }
        }
    }

    /// Units of a line, of `before` that a parcel was to take along, will not leave with it; `after` will. A
    /// parcel of which something has left keeps its place and its lines.
    pub(crate) fn unbook(&mut self, order: usize, parcel: usize, line: usize, before: i128, after: i128) {
        let sku = self.orders[order].lines[line].sku;
        let units = self.begun(sku, before) - self.begun(sku, after);
        let package = &mut self.orders[order].parcels[parcel];
        if let Some(booked) = package.booked.iter_mut().find(|booked| booked.line == line) {
            booked.units -= units;
        }
        if after == 0 && !package.posted {
            package.booked.retain(|booked| booked.line != line);
        }
    }
}

/// Whether a day takes so many lines and units more. What is larger than a whole day may have one alone.
fn fits(capacity: &Capacity, load: Load, (lines, units): (i128, i128)) -> bool {
    let fits = |limit: Option<i64>, booked: i128, more: i128| {
        let limit = limit.map(i128::from);
        limit.is_none_or(|limit| booked + more <= limit || (booked == 0 && limit > 0))
    };
    fits(capacity.orders, load.0, 1)
        && fits(capacity.lines, load.1, lines)
        && fits(capacity.units, load.2, units)
}
