//! What is due when: a queue by instant, then kind, then age.

use crate::record::Few;
use std::collections::{BTreeMap, BTreeSet};

/// What is due. At one instant the kinds happen in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum What {
    /// A day (UTC) is over.
    Midnight,
    /// An outage ends: its index.
    Open(usize),
    /// An outage begins: its index.
    Close(usize),
    /// A purchase comes in: its index.
    Arrival(usize),
    /// The customer of an order gives up what waits: the order, as the book's id.
    GiveUp(u32),
    /// A return comes in: its index.
    Return(usize),
    /// A parcel leaves.
    Ship {
        /// The order, as the book's id.
        order: u32,
        /// The node.
        node: u32,
        /// The plan that it belongs to: a newer plan voids it.
        plan: u32,
    },
    /// Reorder rules are reviewed.
    Review,
    /// What was ordered is the forecast of what will be.
    Forecast,
}

/// A parcel that is due to leave: order and node as the book's ids, and the plan that it belongs to.
pub(super) type Leaving = (u32, u32, u32);

/// The queue. Parcels, by far the most, are kept by instant: many leave at one cut-off.
#[derive(Clone, Debug, Default)]
pub(super) struct Agenda {
    /// In its order, so that what comes next lies together.
    other: BTreeSet<(i64, What, u64)>,
    parcels: BTreeMap<i64, Few<Leaving, 2>>,
    serial: u64,
}

/// Stands for all parcels of an instant.
const PARCELS: What = What::Ship { order: 0, node: 0, plan: 0 };

impl Agenda {
    /// Notes what is due.
    pub(super) fn push(&mut self, at: i64, what: What) {
        if let What::Ship { order, node, plan } = what {
            self.parcels.entry(at).or_default().push((order, node, plan));
            return;
        }
        self.serial = self.serial.saturating_add(1);
        self.other.insert((at, what, self.serial));
    }

    /// When something is due next.
    pub(super) fn next(&self) -> Option<i64> {
        let parcels = self.parcels.first_key_value().map(|(at, _)| *at);
        let other = self.other.first().map(|(at, _, _)| *at);
        parcels.into_iter().chain(other).min()
    }

    /// Takes what is due next; of parcels, which [`Agenda::parcels_of`] then takes, only the instant.
    pub(super) fn pop(&mut self) -> Option<(i64, What)> {
        let parcels = self.parcels.first_key_value().map(|(at, _)| (*at, PARCELS));
        let other = self.other.first().map(|(at, what, _)| (*at, *what));
        match (parcels, other) {
            (Some(parcels), other) if other.is_none_or(|other| parcels < other) => Some(parcels),
            _ => self.other.pop_first().map(|(at, what, _)| (at, what)),
        }
    }

    /// Takes the parcels of an instant, by order and node.
    pub(super) fn parcels_of(&mut self, at: i64) -> Few<Leaving, 2> {
        let mut due = self.parcels.remove(&at).unwrap_or_default();
        due.sort_unstable();
        due
    }

    /// Parcels that leave next: order and node.
    pub(super) fn leaving(&self) -> impl Iterator<Item = (u32, u32)> + Clone {
        self.parcels.values().flatten().map(|(order, node, _)| (*order, *node))
    }

    /// Returns that come in next, with whatever else is not a parcel: their indices.
    pub(super) fn returning(&self, most: usize) -> impl Iterator<Item = usize> + Clone {
        self.other.iter().take(most).filter_map(|(_, what, _)| match what {
            What::Return(row) => Some(*row),
            _ => None,
        })
    }

    /// The parcels that wait at a node: order and plan, by order.
    pub(super) fn parcels_at(&self, from: u32) -> Vec<(u32, u32)> {
        let here = self.parcels.values().flatten().filter(|(_, node, _)| *node == from);
        let mut parcels: Vec<(u32, u32)> = here.map(|(order, _, plan)| (*order, *plan)).collect();
        parcels.sort_unstable();
        parcels.dedup();
        parcels
    }
}
