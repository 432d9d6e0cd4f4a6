//! The numbers of documents by dense id, and back.
//!
//! Hosts mostly count: 1001, 1002, 1003. Numbers that follow each other form a stretch, which takes the
//! memory of one of them; what is not in a stretch is kept as it is, with an index.

use super::digest::{Digest, Near};
use super::ids::DocKey;
use super::index::Index;
use super::num;
use super::table::{Interns, Undoable};
use serde::{Deserialize, Serialize, Serializer};
use std::collections::BTreeMap;

/// So many numbers that follow each other are kept apart before a stretch begins: short ones do not pay.
const BEFORE: usize = 16;

/// Numbers that follow each other under ids that do. It ends where the keys apart before the next stretch
/// begin.
#[derive(Clone, Copy, Debug)]
struct Stretch {
    /// Id of its first number.
    id: u32,
    /// Keys apart before it.
    apart: u32,
    number: u64,
}

impl Stretch {
    /// Numbers in stretches before it.
    #[inline]
    fn before(&self) -> u32 {
        self.id.saturating_sub(self.apart)
    }
}

/// Numbers by dense id. They are never taken away, but by an undo.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(from = "Vec<DocKey>")]
pub(crate) struct Numbers {
    /// By their ids.
    stretches: Vec<Stretch>,
    /// Stretches by their first number.
    starts: BTreeMap<u64, u32>,
    /// Keys in no stretch, by their ids, and an index to their places.
    apart: Vec<DocKey>,
    index: Index,
    /// No number beyond it is known: hosts that count ask for the next one.
    highest: u64,
    len: usize,
    hash: u64,
}

impl From<Vec<DocKey>> for Numbers {
    fn from(list: Vec<DocKey>) -> Numbers {
        let mut numbers = Numbers::default();
        for key in list {
            numbers.intern(key);
        }
        numbers
    }
}

impl Serialize for Numbers {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter().map(|(_, key)| key))
    }
}

impl Numbers {
    /// Numbers in stretches before the one at this place.
    #[inline]
    fn stretched(&self, place: usize) -> u32 {
        let all = || num::id(self.len.saturating_sub(self.apart.len()));
        self.stretches.get(place).map_or_else(all, Stretch::before)
    }

    /// How long the stretch at a place is.
    #[inline]
    fn length(&self, place: usize) -> u32 {
        self.stretched(place.saturating_add(1)).saturating_sub(self.stretched(place))
    }

    /// The id of the key apart at a place.
    #[inline]
    fn id(&self, place: u32) -> u32 {
        let next = self.stretches.partition_point(|stretch| stretch.apart <= place);
        place.saturating_add(self.stretched(next))
    }

    #[inline]
    pub(crate) fn find(&self, key: &DocKey) -> Option<u32> {
        if let DocKey::Number(number) = key {
            if *number > self.highest {
                return None;
            }
            if let Some(id) = self.in_stretch(*number) {
                return Some(id);
            }
        }
        let same = |place: u32| self.apart.get(num::index(place)).is_some_and(|known| known == key);
        self.index.find(Near::of(key), same).map(|place| self.id(place))
    }

    #[inline]
    fn in_stretch(&self, number: u64) -> Option<u32> {
        let (start, place) = self.starts.range(..=number).next_back()?;
        let after = u32::try_from(number.checked_sub(*start)?).ok()?;
        let place = num::index(*place);
        let stretch = self.stretches.get(place).filter(|_| after < self.length(place))?;
        Some(stretch.id.saturating_add(after))
    }

    /// To have the memory near that a search for a key begins with.
    #[inline]
    pub(crate) fn glance(&self, key: &DocKey) -> u64 {
        if self.counts() { 0 } else { self.index.glance(Near::of(key)) }
    }

    /// Whether the last number is in a stretch.
    #[inline]
    fn counts(&self) -> bool {
        self.stretches.last().is_some_and(|stretch| num::index(stretch.apart) == self.apart.len())
    }

    /// The key of an id: a number in a stretch, or a key apart.
    #[inline]
    fn known(&self, id: u32) -> Option<Result<u64, &DocKey>> {
        if num::index(id) >= self.len {
            return None;
        }
        let next = self.stretches.partition_point(|stretch| stretch.id <= id);
        if let Some(place) = next.checked_sub(1)
            && let Some(stretch) = self.stretches.get(place)
        {
            let after = id.saturating_sub(stretch.id);
            if after < self.length(place) {
                return Some(Ok(stretch.number.saturating_add(u64::from(after))));
            }
        }
        self.apart.get(num::index(id.saturating_sub(self.stretched(next)))).map(Err)
    }

    #[inline]
    pub(crate) fn get(&self, id: u32) -> Option<DocKey> {
        self.known(id).map(|known| known.map_or_else(DocKey::clone, DocKey::Number))
    }

    /// The key as it is written.
    pub(crate) fn text(&self, id: u32) -> Option<String> {
        self.known(id).map(|known| known.map_or_else(ToString::to_string, |number| number.to_string()))
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (u32, DocKey)> {
        (0..num::id(self.len)).filter_map(|id| Some((id, self.get(id)?)))
    }

    /// Makes room for so many more, unless they seem to go on counting.
    pub(crate) fn reserve(&mut self, more: usize) {
        if !self.counts() && !self.stretches_from(None) {
            self.apart.reserve(more);
            self.index.reserve(more);
        }
    }

    /// Whether the keys apart have counted for a while, up to a number.
    #[inline]
    fn stretches_from(&self, number: Option<u64>) -> bool {
        let own = self.stretches.last().map_or(0, |stretch| num::index(stretch.apart));
        let Some(first) = self.apart.len().checked_sub(BEFORE).filter(|first| *first >= own) else {
            return false;
        };
        let (Some(DocKey::Number(first)), Some(DocKey::Number(last))) =
            (self.apart.get(first), self.apart.last())
        else {
            return false;
        };
        let next = last.checked_add(1);
        next.and_then(|next| next.checked_sub(*first)) == u64::try_from(BEFORE).ok()
            && (number.is_none() || number == next)
    }

    /// The key's id, new or known.
    #[inline]
    pub(crate) fn intern(&mut self, key: DocKey) -> u32 {
        if let Some(id) = self.find(&key) {
            return id;
        }
        if let DocKey::Number(number) = key {
            self.highest = self.highest.max(number);
        }
        let id = num::id(self.len);
        self.hash = self.hash.wrapping_add(Digest::row(u64::from(id), &Digest::of(&key)));
        if !self.stretch(&key, id) {
            self.index.insert(Near::of(&key), num::id(self.apart.len()));
            self.apart.push(key);
        }
        self.len = self.len.saturating_add(1);
        id
    }

    /// Puts a new key into the last stretch, or begins one with it, if it goes on counting.
    #[inline]
    fn stretch(&mut self, key: &DocKey, id: u32) -> bool {
        let DocKey::Number(number) = *key else { return false };
        if self.counts() {
            let last = self.stretches.len().saturating_sub(1);
            let after = self.stretches.last().and_then(|stretch| number.checked_sub(stretch.number));
            return after == Some(u64::from(self.length(last)));
        }
        if !self.stretches_from(Some(number)) {
            return false;
        }
        self.starts.insert(number, num::id(self.stretches.len()));
        self.stretches.push(Stretch { id, apart: num::id(self.apart.len()), number });
        true
    }
}

impl Interns<DocKey> for Numbers {
    fn intern(&mut self, key: DocKey) -> u32 {
        Numbers::intern(self, key)
    }
}

impl Undoable for Numbers {
    fn begin(&mut self) -> usize {
        self.len
    }

    fn undo(&mut self, to: usize) {
        while self.len > to {
            let last = self.len.saturating_sub(1);
            let Some(key) = self.get(num::id(last)) else { return };
            self.hash = self.hash.wrapping_sub(Digest::row(u64::from(num::id(last)), &Digest::of(&key)));
            if !self.counts() {
                self.apart.pop();
                self.index.remove(Near::of(&key), num::id(self.apart.len()));
            } else if self.length(self.stretches.len().saturating_sub(1)) == 1
                && let Some(stretch) = self.stretches.pop()
            {
                self.starts.remove(&stretch.number);
            }
            self.len = last;
        }
    }

    fn commit(&mut self) {}

    fn hash(&self) -> u64 {
        self.hash
    }

    #[inline(never)]
    fn rehash(&self) -> u64 {
        let row = |(id, key): (u32, DocKey)| Digest::row(u64::from(id), &Digest::of(&key));
        self.iter().fold(0, |sum, entry| sum.wrapping_add(row(entry)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::table::Keys;

    #[test]
    fn numbers_are_those_of_a_list() {
        let (mut numbers, mut keys) = (Numbers::default(), Keys::<DocKey>::default());
        let mut dice = 7u64;
        let mut roll = |sides: u64| {
            dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (dice >> 33).checked_rem(sides).unwrap_or(0)
        };
        let mut counters = [1_000u64, 1_040, 50_000, u64::MAX - 300];
        for round in 0..2_000 {
            let undone = (roll(3) == 0).then(|| (numbers.begin(), keys.begin()));
            // Bursts of counters that meet each other, numbers all over, known ones, and names.
            let kind = roll(8);
            for _ in 0..roll(40) {
                let key = match (kind, counters.get_mut(num::index(u32::try_from(kind).unwrap_or(9)))) {
                    (_, Some(counter)) => {
                        *counter = counter.saturating_add(1);
                        DocKey::Number(*counter)
                    }
                    (4, _) => DocKey::Number(roll(60_000)),
                    (5, _) => keys
                        .get(u32::try_from(roll(2_000)).unwrap_or(0))
                        .cloned()
                        .unwrap_or(DocKey::Number(0)),
                    _ => DocKey::Name(format!("N-{}", roll(500)).into()),
                };
                assert_eq!(numbers.find(&key), keys.find(&key), "{key}");
                assert_eq!(numbers.intern(key.clone()), keys.intern(key));
            }
            if let Some((one, other)) = undone
                && roll(2) == 0
            {
                numbers.undo(one);
                keys.undo(other);
            }
            numbers.commit();
            keys.commit();
            assert_eq!((numbers.len(), numbers.hash()), (keys.len(), keys.hash()));
            if round % 100 == 0 {
                assert!(numbers.iter().eq(keys.iter().map(|(id, key)| (id, key.clone()))));
                for (id, key) in keys.iter() {
                    assert_eq!(numbers.find(key), Some(id), "{key}");
                }
                assert_eq!(numbers.rehash(), numbers.hash());
            }
        }
        assert!(numbers.stretches.len() > 20 && numbers.get(num::id(numbers.len())).is_none());
        let loaded = Numbers::from(numbers.iter().map(|(_, key)| key).collect::<Vec<_>>());
        assert!(loaded.iter().eq(numbers.iter()));
    }

    #[test]
    fn numbers_that_count_take_no_memory_each() {
        let mut numbers = Numbers::default();
        for number in 1..=100_000 {
            numbers.reserve(8);
            numbers.intern(DocKey::Number(number));
        }
        assert_eq!((numbers.stretches.len(), numbers.apart.len()), (1, BEFORE));
        assert!(numbers.apart.capacity() < 100);
    }
}
