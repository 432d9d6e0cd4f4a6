//! Commands that were accepted within the window: the same id again gets the same receipt.

use crate::value::digest::Near;
use crate::value::ids::DocKey;
use crate::value::index::Index;
use crate::value::num;
use crate::value::table::make_room;
use crate::value::time::Instant;
use serde::{Deserialize, Serialize, Serializer};
use std::collections::VecDeque;

/// An accepted command.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Delivered {
    pub key: DocKey,
    pub content: u64,
    pub first_sequence: u64,
    pub sequence: u64,
    pub at: Instant,
    /// Exceptions before it and after it: the numbers in between are its own.
    pub exceptions: (u32, u32),
}

/// The window: a ring of deliveries and an index by command id.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(from = "Vec<Delivered>")]
pub(crate) struct Recent {
    ring: VecDeque<Delivered>,
    index: Index,
    /// Number of the ring's first. Numbers wrap, and a window is far shorter than they go.
    first: u32,
    /// Hashes and numbers of what was forgotten and still stands in the index: it names no place of the
    /// ring. Commands are mostly numbered, and neighbours are taken out for less together, the last first.
    forgotten: Vec<(u64, u32)>,
}

/// How many are taken out of the index together.
const TOGETHER: usize = 16;

impl From<Vec<Delivered>> for Recent {
    fn from(list: Vec<Delivered>) -> Recent {
        let mut recent = Recent::default();
        let window = list.len();
        list.into_iter().for_each(|delivered| recent.push(delivered, window));
        recent
    }
}

impl Serialize for Recent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.ring.serialize(serializer)
    }
}

impl Recent {
    pub(crate) fn find(&self, key: &DocKey) -> Option<&Delivered> {
        let at = |number: u32| self.ring.get(num::index(number.wrapping_sub(self.first)));
        at(self.index.find(Near::of(key), |number| at(number).is_some_and(|known| known.key == *key))?)
    }

    /// To have the memory near that a search for a key begins with.
    pub(crate) fn glance(&self, key: &DocKey) -> u64 {
        self.index.glance(Near::of(key))
    }

    /// The same for forgetting so many of the oldest.
    pub(crate) fn glance_oldest(&self, count: usize) -> u64 {
        let (mut seen, mut last) = (0, None);
        for old in self.ring.iter().take(count) {
            let line = if let DocKey::Number(number) = old.key { Some(number >> Near::BITS) } else { None };
            if line.is_none() || line != last {
                seen ^= self.index.glance(Near::of(&old.key));
                last = line;
            }
        }
        seen
    }

    pub(crate) fn len(&self) -> usize {
        self.ring.len()
    }

    /// The number of the delivery at a place in the ring.
    fn number(&self, place: usize) -> u32 {
        self.first.wrapping_add(num::id(place))
    }

    /// Makes room for so many more within a window.
    pub(crate) fn reserve(&mut self, more: usize, window: usize) {
        self.index.reserve(more.min(window.saturating_add(1).saturating_sub(self.ring.len())));
    }

    /// Adds to a window of so many.
    pub(crate) fn push(&mut self, delivered: Delivered, window: usize) {
        self.index.insert(Near::of(&delivered.key), self.number(self.ring.len()));
        make_room(&mut self.ring, window);
        self.ring.push_back(delivered);
    }

    /// The newest.
    pub(crate) fn last(&self) -> Option<&Delivered> {
        self.ring.back()
    }

    /// The newest, if it is of this command, goes as far as this event and this exception.
    pub(crate) fn go_on(&mut self, key: &DocKey, sequence: u64, exceptions: u32) {
        if let Some(last) = self.ring.back_mut().filter(|last| last.key == *key) {
            (last.sequence, last.exceptions.1) = (sequence, exceptions);
        }
    }

    /// Forgets the oldest beyond the window.
    pub(crate) fn trim(&mut self, window: usize) {
        while self.ring.len() > window {
            let Some(delivered) = self.ring.pop_front() else { return };
            self.forgotten.push((Near::of(&delivered.key), self.first));
            self.first = self.first.wrapping_add(1);
            if self.forgotten.len() >= TOGETHER {
                for (hash, number) in self.forgotten.drain(..).rev() {
                    self.index.remove(hash, number);
                }
            }
        }
    }

    /// Forgets the newest, back to a length.
    pub(crate) fn truncate(&mut self, length: usize) {
        while self.ring.len() > length {
            let Some(delivered) = self.ring.pop_back() else { return };
            self.index.remove(Near::of(&delivered.key), self.number(self.ring.len()));
        }
    }
}
