//! Where a key is found by its hash.

use super::digest::Near;

/// An index from hashes to numbers: open addressing with linear probes.
///
/// A slot holds the upper half of the hash above the number, so that most of what differs is told apart, and
/// all of it grows, without a look at the rows. 0 is an empty slot: the lowest bit of the upper half is
/// always set.
#[derive(Clone, Debug, Default)]
pub(crate) struct Index {
    /// As many as a power of two, or none.
    slots: Vec<u64>,
    used: usize,
}

/// Fewest slots.
const SLOTS_MIN: usize = 16;

impl Index {
    /// The upper half of a slot.
    #[inline]
    fn tag(hash: u64) -> u64 {
        (hash >> 32) | 1
    }

    /// Where the search for a tag begins: its uppermost bits choose a line, and its lowest the slot within
    /// it.
    #[inline]
    fn home(&self, tag: u64) -> usize {
        let bits = self.slots.len().trailing_zeros();
        let upper = (tag << 32).checked_shr(64u32.saturating_sub(bits)).unwrap_or(0);
        let within = (1 << Near::BITS) - 1;
        usize::try_from((upper & !within) | ((tag >> 1) & within)).unwrap_or(0)
    }

    #[inline]
    fn after(&self, at: usize) -> usize {
        at.wrapping_add(1) & self.slots.len().wrapping_sub(1)
    }

    #[inline]
    fn number(slot: u64) -> u32 {
        u32::try_from(slot & u64::from(u32::MAX)).unwrap_or(u32::MAX)
    }

    /// The number of this hash for which `same` holds.
    #[inline]
    pub(crate) fn find(&self, hash: u64, same: impl Fn(u32) -> bool) -> Option<u32> {
        let tag = Index::tag(hash);
        let mut at = self.home(tag);
        loop {
            let slot = self.slots.get(at).copied().filter(|slot| *slot != 0)?;
            if slot >> 32 == tag && same(Index::number(slot)) {
                return Some(Index::number(slot));
            }
            at = self.after(at);
        }
    }

    /// The number that a search would look at first.
    #[inline]
    pub(super) fn guess(&self, hash: u64) -> Option<u32> {
        self.find(hash, |_| true)
    }

    /// The slot where a search begins: to have its memory near.
    #[inline]
    pub(crate) fn glance(&self, hash: u64) -> u64 {
        self.slots.get(self.home(Index::tag(hash))).copied().unwrap_or(0)
    }

    /// Makes room for so many more.
    pub(crate) fn reserve(&mut self, more: usize) {
        // Five eighths full at most, so that a search soon meets an empty slot.
        let need = self.used.saturating_add(more).saturating_mul(8).div_ceil(5);
        if need <= self.slots.len() {
            return;
        }
        let slots = vec![0; need.next_power_of_two().max(SLOTS_MIN)];
        for slot in std::mem::replace(&mut self.slots, slots) {
            if slot != 0 {
                self.settle(slot);
            }
        }
    }

    /// Puts a slot's content into the first empty slot from its home on.
    #[inline]
    fn settle(&mut self, content: u64) {
        let mut at = self.home(content >> 32);
        while self.slots.get(at).is_some_and(|slot| *slot != 0) {
            at = self.after(at);
        }
        if let Some(slot) = self.slots.get_mut(at) {
            *slot = content;
        }
    }

    /// Adds a number that is not there.
    #[inline]
    pub(crate) fn insert(&mut self, hash: u64, number: u32) {
        // Five eighths, as `reserve` has it.
        if self.used >= (self.slots.len() >> 3).wrapping_mul(5) {
            self.reserve(1);
        }
        self.settle(Index::tag(hash) << 32 | u64::from(number));
        self.used = self.used.saturating_add(1);
    }

    /// Takes a number out.
    #[inline]
    pub(crate) fn remove(&mut self, hash: u64, number: u32) {
        let content = Index::tag(hash) << 32 | u64::from(number);
        let mut hole = self.home(content >> 32);
        loop {
            match self.slots.get(hole) {
                None | Some(0) => return,
                Some(slot) if *slot == content => break,
                Some(_) => hole = self.after(hole),
            }
        }
        self.used = self.used.saturating_sub(1);
        // What comes after moves up, unless its own home lies behind the hole.
        let mut at = hole;
        loop {
            at = self.after(at);
            let slot = self.slots.get(at).copied().unwrap_or(0);
            let mask = self.slots.len().wrapping_sub(1);
            let way = |from: usize, to: usize| to.wrapping_sub(from) & mask;
            if slot != 0 && way(self.home(slot >> 32), at) < way(hole, at) {
                continue;
            }
            if let Some(to) = self.slots.get_mut(hole) {
                *to = slot;
            }
            if slot == 0 {
                return;
            }
            hole = at;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_finds_what_is_in_it_and_nothing_else() {
        let (mut index, mut known) = (Index::default(), std::collections::BTreeMap::new());
        let mut dice = 7u64;
        for round in 0..60_000u32 {
            dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            // Few hashes, so that runs are long and equal ones meet.
            let key = (dice >> 33) % if round % 3_000 < 1_500 { 64 } else { 4_000 };
            let hash = Near::of(&(key / 2)).wrapping_shl(u32::try_from(key % 3).unwrap_or(0));
            match known.remove(&key) {
                Some(number) => index.remove(hash, number),
                None => {
                    known.insert(key, round);
                    index.insert(hash, round);
                }
            }
            if round % 97 == 0 {
                for key in 0..4_000u64 {
                    let hash = Near::of(&(key / 2)).wrapping_shl(u32::try_from(key % 3).unwrap_or(0));
                    let want = known.get(&key).copied();
                    assert_eq!(index.find(hash, |number| Some(number) == want), want);
                }
                assert_eq!(index.used, known.len());
            }
        }
    }
}
