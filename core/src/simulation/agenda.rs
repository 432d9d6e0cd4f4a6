//! What is due when: a queue by instant, then kind, then age.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

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
}

/// The queue.
#[derive(Clone, Debug, Default)]
pub(super) struct Agenda {
    heap: BinaryHeap<Reverse<(i64, What, u64)>>,
    serial: u64,
}

impl Agenda {
    /// Notes what is due.
    pub(super) fn push(&mut self, at: i64, what: What) {
        self.serial = self.serial.saturating_add(1);
        self.heap.push(Reverse((at, what, self.serial)));
    }

    /// What is due next.
    pub(super) fn peek(&self) -> Option<(i64, What)> {
        self.heap.peek().map(|Reverse((at, what, _))| (*at, *what))
    }

    /// Takes what is due next.
    pub(super) fn pop(&mut self) -> Option<(i64, What)> {
        self.heap.pop().map(|Reverse((at, what, _))| (at, what))
    }

    /// The parcels that wait at a node: order and plan, by order.
    pub(super) fn parcels_at(&self, from: u32) -> Vec<(u32, u32)> {
        let parcel = |Reverse((_, what, _)): &Reverse<(i64, What, u64)>| match what {
            What::Ship { order, node, plan } if *node == from => Some((*order, *plan)),
            _ => None,
        };
        let mut parcels: Vec<(u32, u32)> = self.heap.iter().filter_map(parcel).collect();
        parcels.sort_unstable();
        parcels.dedup();
        parcels
    }
}
