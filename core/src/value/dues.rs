//! What falls due, in the order of its instants, in eight bytes each.

use super::table::{Ordered, Set};
use super::time::Instant;
use std::collections::BTreeMap;

/// Most entries of a chunk.
const CHUNK: usize = 256;

/// When, and what by its row.
type Due = (Instant, u32);

/// Microseconds after the bound of its chunk, and what.
type Entry = (u32, u32);

/// An ordered set of dues.
pub(crate) type Dues = Ordered<Due, DueSet>;

/// Where they are: nearly all come late and leave early.
///
/// They lie in chunks, each under a bound that none of it is below, as microseconds after the bound's
/// instant.
#[derive(Clone, Debug, Default)]
pub(crate) struct DueSet {
    chunks: BTreeMap<Due, Vec<Entry>>,
    length: usize,
}

/// What an entry under a bound says.
fn said(bound: Due, (after, id): Entry) -> Due {
    (Instant::from_micros(bound.0.micros().saturating_add(i64::from(after))), id)
}

impl DueSet {
    /// The bound of the chunk in which a due stands or would stand, its entry there, and its place.
    fn place(&self, due: Due) -> Option<(Due, Entry, Result<usize, usize>)> {
        let (bound, chunk) = self.chunks.range(..=due).next_back()?;
        let after = due.0.micros().checked_sub(bound.0.micros())?;
        let entry = (u32::try_from(after).ok()?, due.1);
        Some((*bound, entry, chunk.binary_search(&entry)))
    }

    /// Puts a due that comes after all others into the last chunk, if it has room.
    #[inline]
    fn append(&mut self, due: Due) -> bool {
        let Some(mut last) = self.chunks.last_entry() else { return false };
        let after = due.0.micros().checked_sub(last.key().0.micros());
        let Some(after) = after.and_then(|after| u32::try_from(after).ok()) else { return false };
        let (entry, chunk) = ((after, due.1), last.get_mut());
        let fits = chunk.len() < CHUNK && chunk.last().is_some_and(|known| *known < entry);
        if fits {
            chunk.push(entry);
            self.length = self.length.saturating_add(1);
        }
        fits
    }

    /// Makes a chunk of what comes in order and is no longer than a chunk was.
    fn open(&mut self, mut dues: impl Iterator<Item = Due>) {
        let Some(first) = dues.next() else { return };
        let after = |due: Due| due.0.micros().saturating_sub(first.0.micros());
        let entry = |due: Due| (u32::try_from(after(due)).unwrap_or(u32::MAX), due.1);
        let chunk = std::iter::once((0, first.1)).chain(dues.map(entry)).collect();
        self.chunks.insert(first, chunk);
    }
}

impl Set<Due> for DueSet {
    fn insert(&mut self, due: Due) -> bool {
        if self.append(due) {
            return true;
        }
        match self.place(due) {
            Some((_, _, Ok(_))) => return false,
            Some((bound, entry, Err(at))) => {
                let Some(chunk) = self.chunks.get_mut(&bound) else { return false };
                if chunk.len() < CHUNK {
                    chunk.insert(at, entry);
                } else if at == CHUNK {
                    self.chunks.insert(due, vec![(0, due.1)]);
                } else {
                    let upper = chunk.split_off(CHUNK / 2);
                    self.open(upper.into_iter().map(|entry| said(bound, entry)));
                    return self.insert(due);
                }
            }
            None => {
                self.chunks.insert(due, vec![(0, due.1)]);
            }
        }
        self.length = self.length.saturating_add(1);
        true
    }

    fn remove(&mut self, due: Due) -> bool {
        let Some((bound, _, Ok(at))) = self.place(due) else { return false };
        let Some(chunk) = self.chunks.get_mut(&bound) else { return false };
        chunk.remove(at);
        if chunk.is_empty() {
            self.chunks.remove(&bound);
        } else if chunk.len() < chunk.capacity() / 4 {
            // Few are left of a chunk whose others were settled early.
            chunk.shrink_to(chunk.len().saturating_mul(2));
        }
        self.length = self.length.saturating_sub(1);
        true
    }

    fn first(&self) -> Option<Due> {
        let (bound, chunk) = self.chunks.first_key_value()?;
        chunk.first().map(|entry| said(*bound, *entry))
    }

    fn len(&self) -> usize {
        self.length
    }

    fn iter(&self) -> impl Iterator<Item = Due> {
        self.chunks.iter().flat_map(|(bound, chunk)| chunk.iter().map(|entry| said(*bound, *entry)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::table::Undoable;

    #[test]
    fn dues_are_those_of_an_ordered_set() {
        let (mut dues, mut set) = (Dues::default(), Ordered::<Due>::default());
        let mut dice = 7u64;
        let mut roll = |sides: u64| {
            dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (dice >> 33).checked_rem(sides).unwrap_or(0)
        };
        for round in 0..6_000u32 {
            let undone = (roll(3) == 0).then(|| (dues.begin(), set.begin()));
            for step in 0..roll(9) {
                // At one instant, in order, all over, and too far from each other for one chunk.
                let at = match roll(4) {
                    0 => 1_000,
                    1 => i64::from(round).saturating_mul(1_000_000),
                    2 => i64::try_from(roll(1 << 12)).unwrap_or(0),
                    _ => i64::try_from(roll(1 << 30)).unwrap_or(0) << 20,
                };
                let id = round.saturating_mul(9).saturating_add(u32::try_from(step).unwrap_or(0));
                let new = (Instant::from_micros(at), if roll(4) == 0 { 7 } else { id });
                match roll(5) {
                    0 => set.first().into_iter().for_each(|due| {
                        dues.remove(due);
                        set.remove(due);
                    }),
                    1 => {
                        let old = set.iter_from(new).next().unwrap_or(new);
                        dues.remove(old);
                        set.remove(old);
                    }
                    _ => {
                        dues.insert(new);
                        set.insert(new);
                    }
                }
            }
            if let Some((one, other)) = undone
                && roll(2) == 0
            {
                dues.undo(one);
                set.undo(other);
            }
            dues.commit();
            set.commit();
            assert_eq!((dues.first(), dues.len(), dues.hash()), (set.first(), set.len(), set.hash()));
            if round % 500 == 0 {
                assert!(dues.iter().eq(set.iter()));
                assert_eq!(dues.rehash(), dues.hash());
            }
        }
        let mut places = DueSet::default();
        assert!(dues.iter().all(|due| places.insert(due)) && !dues.iter().any(|due| places.insert(due)));
        assert!(places.chunks.len() > 9 && places.chunks.values().any(|chunk| chunk.len() == CHUNK));
        let far = (Instant::from_micros(i64::MAX), 3);
        dues.insert((Instant::from_micros(i64::MIN), 2));
        dues.insert(far);
        assert_eq!(dues.iter().last(), Some(far));
    }
}
