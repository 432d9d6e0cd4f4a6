//! Rows that mostly say little, kept short.
//!
//! A book keeps every order line, reservation and parcel that it ever had. Most of their fields are small or
//! hang on each other, so a row is stored in a short form wherever that says all of it, and as it is
//! elsewhere. Hashes, logs and snapshots are of the whole rows: they do not know how rows are kept.

use super::digest::Digest;
use super::num;
use super::table::Undoable;
use serde::{Deserialize, Serialize, Serializer};
use std::hash::Hash;

/// A row that has a short form.
pub(crate) trait Lean: Clone + Hash + PartialEq {
    /// The short form.
    type Short: Copy;

    /// The short form that says all of the row, if there is one.
    fn short(&self) -> Option<Self::Short>;

    /// The row that a short form says.
    fn whole(short: Self::Short) -> Self;

    /// A short form that only names a row kept whole.
    fn name(number: u32) -> Self::Short;

    /// The number of the row kept whole that a short form names.
    fn named(short: &Self::Short) -> Option<u32>;
}

/// Rows by dense id, short where that is enough; else a `Table`.
#[derive(Clone, Debug, Deserialize)]
#[serde(from = "Vec<T>", bound(deserialize = "T: Lean + Deserialize<'de>"))]
pub(crate) struct LeanTable<T: Lean> {
    rows: Vec<T::Short>,
    whole: Vec<T>,
    /// Places in `whole` that no row uses.
    spare: Vec<u32>,
    hash: u64,
    log: Vec<(u32, Option<T>)>,
    recording: bool,
}

impl<T: Lean> Default for LeanTable<T> {
    fn default() -> Self {
        LeanTable {
            rows: Vec::new(),
            whole: Vec::new(),
            spare: Vec::new(),
            hash: 0,
            log: Vec::new(),
            recording: false,
        }
    }
}

impl<T: Lean> From<Vec<T>> for LeanTable<T> {
    fn from(rows: Vec<T>) -> Self {
        let mut table = LeanTable::default();
        for row in rows {
            table.push(row);
        }
        table
    }
}

impl<T: Lean + Serialize> Serialize for LeanTable<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter().map(|(_, row)| row))
    }
}

impl<T: Lean> LeanTable<T> {
    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    #[inline]
    pub(crate) fn get(&self, id: u32) -> Option<T> {
        self.rows.get(num::index(id)).and_then(|short| self.read(short))
    }

    #[inline]
    fn read(&self, short: &T::Short) -> Option<T> {
        match T::named(short) {
            None => Some(T::whole(*short)),
            Some(number) => self.whole.get(num::index(number)).cloned(),
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (u32, T)> {
        (0u32..).zip(self.rows.iter().filter_map(|short| self.read(short)))
    }

    /// Rows `from..to`, or none where the range is not in the table.
    pub(crate) fn range(&self, from: u32, to: u32) -> impl Iterator<Item = T> + Clone {
        let rows = self.rows.get(num::index(from)..num::index(to)).unwrap_or(&[]);
        rows.iter().filter_map(|short| self.read(short))
    }

    pub(crate) fn reserve(&mut self, more: usize) {
        self.rows.reserve(more);
    }

    /// A form that says all of the row; it takes the place of `old`.
    #[inline]
    fn store(&mut self, row: T, old: Option<u32>) -> T::Short {
        match row.short() {
            Some(short) => {
                debug_assert!(T::named(&short).is_none() && T::whole(short) == row);
                self.spare.extend(old);
                short
            }
            None => self.store_whole(row, old),
        }
    }

    #[cold]
    fn store_whole(&mut self, row: T, old: Option<u32>) -> T::Short {
        let number = old.or_else(|| self.spare.pop()).unwrap_or(num::id(self.whole.len()));
        match self.whole.get_mut(num::index(number)) {
            Some(place) => *place = row,
            None => self.whole.push(row),
        }
        T::name(number)
    }

    /// Appends a row and gives its id.
    #[inline]
    pub(crate) fn push(&mut self, row: T) -> u32 {
        let id = num::id(self.rows.len());
        self.hash = self.hash.wrapping_add(Digest::row(u64::from(id), &row));
        if self.recording {
            self.log.push((id, None));
        }
        let short = self.store(row, None);
        self.rows.push(short);
        id
    }

    /// Changes a row; `false` if there is none of that id.
    #[inline]
    pub(crate) fn edit(&mut self, id: u32, change: impl FnOnce(&mut T)) -> bool {
        let Some(short) = self.rows.get(num::index(id)).copied() else { return false };
        let Some(mut row) = self.read(&short) else { return false };
        if self.recording {
            self.log.push((id, Some(row.clone())));
        }
        self.hash = self.hash.wrapping_sub(Digest::row(u64::from(id), &row));
        change(&mut row);
        self.hash = self.hash.wrapping_add(Digest::row(u64::from(id), &row));
        let short = self.store(row, T::named(&short));
        if let Some(place) = self.rows.get_mut(num::index(id)) {
            *place = short;
        }
        true
    }
}

impl<T: Lean> LeanTable<T> {
    /// Undoes, and tells of each row, from the last change to the first, how it was after the change and how
    /// it is again: none = there was no such row.
    pub(crate) fn undo_telling(&mut self, to: usize, tell: &mut dyn FnMut(u32, &T, Option<&T>)) {
        self.recording = false;
        while self.log.len() > to {
            let Some((id, old)) = self.log.pop() else { return };
            let Some(now) = self.get(id) else { continue };
            tell(id, &now, old.as_ref());
            if let Some(old) = old {
                self.edit(id, |row| *row = old);
            } else {
                self.hash = self.hash.wrapping_sub(Digest::row(u64::from(id), &now));
                self.spare.extend(self.rows.pop().and_then(|short| T::named(&short)));
            }
        }
    }
}

impl<T: Lean> Undoable for LeanTable<T> {
    fn begin(&mut self) -> usize {
        self.recording = true;
        self.log.len()
    }

    fn undo(&mut self, to: usize) {
        self.undo_telling(to, &mut |_, _, _| {});
    }

    fn commit(&mut self) {
        self.recording = false;
        self.log.clear();
    }

    fn hash(&self) -> u64 {
        self.hash
    }

    #[inline(never)]
    fn rehash(&self) -> u64 {
        self.iter().fold(0, |sum, (id, row)| sum.wrapping_add(Digest::row(u64::from(id), &row)))
    }
}

/// A number in a narrower form, if it fits.
#[inline]
pub(crate) fn narrow<N: TryFrom<i64>>(n: i64) -> Option<N> {
    N::try_from(n).ok()
}

/// An id in half its width, if it fits: "none" stays "none".
#[inline]
pub(crate) fn half(id: u32) -> Option<u16> {
    if id == u32::MAX { Some(NO_HALF) } else { u16::try_from(id).ok().filter(|id| *id != NO_HALF) }
}

/// The id that was put into half its width.
#[inline]
pub(crate) fn from_half(id: u16) -> u32 {
    if id == NO_HALF { u32::MAX } else { u32::from(id) }
}

/// "None" in half the width of an id.
pub(crate) const NO_HALF: u16 = u16::MAX;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::table::Table;

    /// A number that is short up to 999.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
    struct Row(u64);

    impl Lean for Row {
        type Short = u16;
        fn short(&self) -> Option<u16> {
            u16::try_from(self.0).ok().filter(|short| *short <= 999)
        }
        fn whole(short: u16) -> Row {
            Row(u64::from(short))
        }
        fn name(number: u32) -> u16 {
            u16::try_from(number).unwrap_or(0).saturating_add(1_000)
        }
        fn named(short: &u16) -> Option<u32> {
            short.checked_sub(1_000).map(u32::from)
        }
    }

    #[test]
    fn rows_long_and_short_are_those_of_a_table() {
        let (mut lean, mut table) = (LeanTable::<Row>::default(), Table::<Row>::default());
        let mut dice = 7u64;
        let mut roll = |sides: u64| {
            dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (dice >> 33).checked_rem(sides).unwrap_or(0)
        };
        for round in 0..3_000 {
            let undone = (round % 3 == 0).then(|| (lean.begin(), table.begin()));
            for _ in 0..roll(6) {
                let row = Row(roll(2_000));
                if roll(3) == 0 || table.len() == 0 {
                    assert_eq!(lean.push(row), table.push(row));
                } else {
                    let id = u32::try_from(roll(u64::from(num::id(table.len())))).unwrap_or(0);
                    assert!(lean.edit(id, |to| *to = row) && table.edit(id, |to| *to = row));
                }
            }
            if let Some((one, other)) = undone
                && roll(2) == 0
            {
                lean.undo(one);
                table.undo(other);
            }
            lean.commit();
            table.commit();
            assert_eq!((lean.hash(), lean.rehash()), (table.hash(), table.hash()));
        }
        assert_eq!(lean.iter().map(|(_, row)| row).collect::<Vec<_>>(), table.rows());
        assert!(lean.range(5, 9).eq(table.rows()[5..9].iter().copied()));
        let whole = table.rows().iter().filter(|row| row.0 > 999).count();
        assert_eq!(lean.whole.len(), whole.saturating_add(lean.spare.len()), "places are used again");
    }
}
