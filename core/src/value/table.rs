//! Tables that keep their own hash and can take a step back.
//!
//! Every piece of state is a [`Table`], a [`Names`] or an [`Ordered`] set. While recording, each change is
//! logged; `undo` takes back what came since a `begin`, so a rejected chain leaves no trace.

use super::digest::{Digest, Near};
use super::index::Index;
use super::num;
use serde::de::Visitor;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::{BTreeSet, VecDeque};
use std::hash::Hash;

/// What the engine asks of every piece of state.
pub(crate) trait Undoable {
    /// Starts to log changes, or goes on; gives how far the log goes.
    fn begin(&mut self) -> usize;
    /// Undoes what was logged since then and stops logging.
    fn undo(&mut self, to: usize);
    /// Forgets what was logged and stops logging.
    fn commit(&mut self);
    /// The hash kept up as changes are applied.
    fn hash(&self) -> u64;
    /// The same hash, computed afresh.
    fn rehash(&self) -> u64;
}

/// Rows by dense id.
#[derive(Clone, Debug, Deserialize)]
#[serde(from = "Vec<T>", bound(deserialize = "T: Clone + Deserialize<'de> + Hash"))]
pub(crate) struct Table<T: Clone + Hash> {
    rows: Vec<T>,
    hash: u64,
    log: Vec<(u32, Option<T>)>,
    recording: bool,
}

impl<T: Clone + Hash> Default for Table<T> {
    fn default() -> Self {
        Table { rows: Vec::new(), hash: 0, log: Vec::new(), recording: false }
    }
}

impl<T: Clone + Hash> From<Vec<T>> for Table<T> {
    fn from(rows: Vec<T>) -> Self {
        let mut table = Table { rows, ..Table::default() };
        table.hash = table.rehash();
        table
    }
}

impl<T: Clone + Hash + Serialize> Serialize for Table<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.rows.serialize(serializer)
    }
}

impl<T: Clone + Hash> Table<T> {
    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    #[inline]
    pub(crate) fn get(&self, id: u32) -> Option<&T> {
        self.rows.get(num::index(id))
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (u32, &T)> {
        self.rows.iter().enumerate().map(|(i, row)| (num::id(i), row))
    }

    pub(crate) fn rows(&self) -> &[T] {
        &self.rows
    }

    pub(crate) fn reserve(&mut self, more: usize) {
        self.rows.reserve(more);
    }

    /// Appends a row and gives its id.
    #[inline]
    pub(crate) fn push(&mut self, row: T) -> u32 {
        let id = num::id(self.rows.len());
        self.hash = self.hash.wrapping_add(Digest::row(u64::from(id), &row));
        if self.recording {
            self.log.push((id, None));
        }
        self.rows.push(row);
        id
    }

    /// Replaces all rows.
    pub(crate) fn replace(&mut self, rows: &[T]) {
        while let Some(old) = self.rows.pop() {
            let id = num::id(self.rows.len());
            self.hash = self.hash.wrapping_sub(Digest::row(u64::from(id), &old));
            if self.recording {
                self.log.push((id, Some(old)));
            }
        }
        for row in rows {
            self.push(row.clone());
        }
    }

    /// Changes a row; `false` if there is none of that id.
    #[inline]
    pub(crate) fn edit(&mut self, id: u32, change: impl FnOnce(&mut T)) -> bool {
        let Some(row) = self.rows.get_mut(num::index(id)) else { return false };
        if self.recording {
            self.log.push((id, Some(row.clone())));
        }
        self.hash = self.hash.wrapping_sub(Digest::row(u64::from(id), row));
        change(row);
        self.hash = self.hash.wrapping_add(Digest::row(u64::from(id), row));
        true
    }
}

impl<T: Clone + Hash> Undoable for Table<T> {
    fn begin(&mut self) -> usize {
        self.recording = true;
        self.log.len()
    }

    fn undo(&mut self, to: usize) {
        self.recording = false;
        while self.log.len() > to {
            let Some((id, old)) = self.log.pop() else { return };
            let at = num::index(id);
            if let Some(row) = self.rows.get(at) {
                self.hash = self.hash.wrapping_sub(Digest::row(u64::from(id), row));
            }
            // A row that was new goes; one that was taken away comes back.
            match old {
                None => self.rows.truncate(at),
                Some(old) => {
                    self.hash = self.hash.wrapping_add(Digest::row(u64::from(id), &old));
                    match self.rows.get_mut(at) {
                        Some(row) => *row = old,
                        None => self.rows.push(old),
                    }
                }
            }
        }
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
        self.iter().fold(0, |sum, (id, row)| sum.wrapping_add(Digest::row(u64::from(id), row)))
    }
}

/// Room for one more in a ring that goes not far beyond `most`: no more memory than that comes and goes.
#[inline]
pub(crate) fn make_room<T>(ring: &mut VecDeque<T>, most: usize) {
    if ring.len() == ring.capacity() {
        let more = ring.len().max(16);
        // One comes before the oldest goes.
        let room = most.saturating_add(1).saturating_sub(ring.len());
        ring.reserve_exact(if room == 0 { more } else { more.min(room) });
    }
}

/// Wire names by dense id, and back. Names are never taken away, but by an undo.
#[derive(Clone, Debug, Deserialize)]
#[serde(from = "Vec<K>", bound(deserialize = "K: Clone + Hash + Eq + Deserialize<'de>"))]
pub(crate) struct Keys<K: Clone + Hash + Eq> {
    keys: Vec<K>,
    index: Index,
    hash: u64,
}

impl<K: Clone + Hash + Eq> Default for Keys<K> {
    fn default() -> Self {
        Keys { keys: Vec::new(), index: Index::default(), hash: 0 }
    }
}

impl<K: Clone + Hash + Eq> From<Vec<K>> for Keys<K> {
    fn from(list: Vec<K>) -> Self {
        let mut keys = Keys::default();
        for key in list {
            keys.intern(key);
        }
        keys
    }
}

impl<K: Clone + Hash + Eq + Serialize> Serialize for Keys<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.keys.serialize(serializer)
    }
}

impl<K: Clone + Hash + Eq> Keys<K> {
    #[inline]
    pub(crate) fn find<Q: Hash + Eq + ?Sized>(&self, key: &Q) -> Option<u32>
    where
        K: std::borrow::Borrow<Q>,
    {
        let keys = &self.keys;
        self.index.find(Near::of(key), |id| keys.get(num::index(id)).is_some_and(|k| same(k.borrow(), key)))
    }

    /// To have the memory near that a search for a key begins with; gives what [`Keys::touch`] goes on with.
    #[inline]
    pub(crate) fn glance(&self, key: &K) -> u64 {
        let near = Near::of(key);
        std::hint::black_box(self.index.glance(near));
        near
    }

    /// To have the memory near that the search ends with, once what the glance asked for is there, and that
    /// of the key after it.
    #[inline]
    pub(crate) fn touch<T: Copy + Hash>(&self, table: &Table<T>, key: &K, glance: u64) {
        if let Some(id) = self.index.guess(glance) {
            let next = id.wrapping_add(1);
            std::hint::black_box((self.get(id) == Some(key), table.get(id).copied()));
            std::hint::black_box((self.get(next) == Some(key), table.get(next).copied()));
        }
    }

    #[inline]
    pub(crate) fn get(&self, id: u32) -> Option<&K> {
        self.keys.get(num::index(id))
    }

    pub(crate) fn len(&self) -> usize {
        self.keys.len()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (u32, &K)> {
        self.keys.iter().enumerate().map(|(i, key)| (num::id(i), key))
    }

    pub(crate) fn reserve(&mut self, more: usize) {
        self.keys.reserve(more);
        self.index.reserve(more);
    }

    /// The key's id, new or known, where it is mostly the one that is guessed.
    #[inline]
    pub(crate) fn intern_guessed(&mut self, guess: u32, key: K) -> u32 {
        if self.get(guess) == Some(&key) { guess } else { self.intern(key) }
    }

    /// The key's id, new or known.
    #[inline]
    pub(crate) fn intern(&mut self, key: K) -> u32 {
        let keys = &self.keys;
        let near = Near::of(&key);
        if let Some(id) = self.index.find(near, |id| keys.get(num::index(id)).is_some_and(|k| *k == key)) {
            return id;
        }
        let id = num::id(self.keys.len());
        self.index.insert(near, id);
        self.hash = self.hash.wrapping_add(Digest::row(u64::from(id), &Digest::of(&key)));
        self.keys.push(key);
        id
    }
}

impl<K: Clone + Hash + Eq> Undoable for Keys<K> {
    fn begin(&mut self) -> usize {
        self.keys.len()
    }

    fn undo(&mut self, to: usize) {
        while self.keys.len() > to {
            let Some(key) = self.keys.pop() else { return };
            let id = num::id(self.keys.len());
            self.hash = self.hash.wrapping_sub(Digest::row(u64::from(id), &Digest::of(&key)));
            self.index.remove(Near::of(&key), id);
        }
    }

    fn commit(&mut self) {}

    fn hash(&self) -> u64 {
        self.hash
    }

    #[inline(never)]
    fn rehash(&self) -> u64 {
        let row = |(id, key): (u32, &K)| Digest::row(u64::from(id), &Digest::of(key));
        self.iter().fold(0, |sum, entry| sum.wrapping_add(row(entry)))
    }
}

/// Whether keys are equal. Two empty texts are not handed to the machine's comparison: they lie nowhere, and
/// a read of nothing from nowhere costs a wide machine more than a read.
#[inline]
fn same<Q: Eq + ?Sized>(a: &Q, b: &Q) -> bool {
    let (size, other) = (size_of_val(a), size_of_val(b));
    size == other && (size == 0 || a == b)
}

/// What gives keys their ids.
pub(crate) trait Interns<K> {
    /// The key's id, new or known.
    fn intern(&mut self, key: K) -> u32;
}

impl<K: Clone + Hash + Eq> Interns<K> for Keys<K> {
    fn intern(&mut self, key: K) -> u32 {
        Keys::intern(self, key)
    }
}

/// Puts the row of a key, in the place of the one that it had, and gives its id.
pub(crate) fn put<K, T: Clone + Hash>(
    keys: &mut impl Interns<K>,
    table: &mut Table<T>,
    key: K,
    row: T,
) -> u32 {
    let id = keys.intern(key);
    if num::index(id) >= table.len() {
        return table.push(row);
    }
    table.edit(id, |old| *old = row);
    id
}

/// Changes the row of a key's id, or one that begins as nothing where the key is new.
pub(crate) fn edit_or_begin<T: Clone + Hash + Default, R, E>(
    table: &mut Table<T>,
    id: u32,
    change: impl FnOnce(&mut T) -> Result<R, E>,
) -> Result<R, E> {
    let known = table.get(id);
    let (new, mut row) = (known.is_none(), known.cloned().unwrap_or_default());
    let said = change(&mut row)?;
    if new {
        table.push(row);
    } else {
        table.edit(id, |old| *old = row);
    }
    Ok(said)
}

/// Where the keys of an [`Ordered`] set are.
pub(crate) trait Set<K>: Default {
    /// Whether the key was not there.
    fn insert(&mut self, key: K) -> bool;
    /// Whether the key was there.
    fn remove(&mut self, key: K) -> bool;
    /// The least key.
    fn first(&self) -> Option<K>;
    fn len(&self) -> usize;
    /// All keys, ascending.
    fn iter(&self) -> impl Iterator<Item = K>;
}

impl<K: Copy + Ord> Set<K> for BTreeSet<K> {
    fn insert(&mut self, key: K) -> bool {
        BTreeSet::insert(self, key)
    }

    fn remove(&mut self, key: K) -> bool {
        BTreeSet::remove(self, &key)
    }

    fn first(&self) -> Option<K> {
        BTreeSet::first(self).copied()
    }

    fn len(&self) -> usize {
        BTreeSet::len(self)
    }

    fn iter(&self) -> impl Iterator<Item = K> {
        BTreeSet::iter(self).copied()
    }
}

/// An ordered set of small keys: what falls due, and who is next.
#[derive(Clone, Debug, Deserialize)]
#[serde(from = "Vec<K>", bound(deserialize = "K: Copy + Ord + Hash + Deserialize<'de>, S: Set<K>"))]
pub(crate) struct Ordered<K: Copy + Ord + Hash, S: Set<K> = BTreeSet<K>> {
    set: S,
    hash: u64,
    log: Vec<(K, bool)>,
    recording: bool,
}

impl<K: Copy + Ord + Hash, S: Set<K>> Default for Ordered<K, S> {
    fn default() -> Self {
        Ordered { set: S::default(), hash: 0, log: Vec::new(), recording: false }
    }
}

impl<K: Copy + Ord + Hash, S: Set<K>> From<Vec<K>> for Ordered<K, S> {
    fn from(keys: Vec<K>) -> Self {
        let mut ordered = Ordered::default();
        keys.into_iter().for_each(|key| ordered.insert(key));
        ordered
    }
}

impl<K: Copy + Ord + Hash + Serialize, S: Set<K>> Serialize for Ordered<K, S> {
    fn serialize<W: Serializer>(&self, serializer: W) -> Result<W::Ok, W::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<K: Copy + Ord + Hash> Ordered<K> {
    pub(crate) fn contains(&self, key: K) -> bool {
        self.set.contains(&key)
    }

    /// The keys that are not below `from`, ascending.
    pub(crate) fn iter_from(&self, from: K) -> impl Iterator<Item = K> {
        self.set.range(from..).copied()
    }
}

impl<K: Copy + Ord + Hash, S: Set<K>> Ordered<K, S> {
    pub(crate) fn insert(&mut self, key: K) {
        if self.set.insert(key) {
            self.hash = self.hash.wrapping_add(Digest::of(&key));
            if self.recording {
                self.log.push((key, true));
            }
        }
    }

    pub(crate) fn remove(&mut self, key: K) {
        if self.set.remove(key) {
            self.hash = self.hash.wrapping_sub(Digest::of(&key));
            if self.recording {
                self.log.push((key, false));
            }
        }
    }

    pub(crate) fn first(&self) -> Option<K> {
        self.set.first()
    }

    pub(crate) fn len(&self) -> usize {
        self.set.len()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = K> {
        self.set.iter()
    }
}

impl<K: Copy + Ord + Hash, S: Set<K>> Undoable for Ordered<K, S> {
    fn begin(&mut self) -> usize {
        self.recording = true;
        self.log.len()
    }

    fn undo(&mut self, to: usize) {
        self.recording = false;
        while self.log.len() > to {
            let Some((key, inserted)) = self.log.pop() else { return };
            if inserted { self.remove(key) } else { self.insert(key) }
        }
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
        self.iter().fold(0, |sum, key| sum.wrapping_add(Digest::of(&key)))
    }
}

/// Queues of small keys by dense id: who waits for what. Sorted, and nearly all come last and leave first.
#[derive(Clone, Debug, Deserialize)]
#[serde(from = "Vec<(u32, K)>", bound(deserialize = "K: Copy + Ord + Hash + Deserialize<'de>"))]
pub(crate) struct Queues<K: Copy + Ord + Hash> {
    queues: Vec<VecDeque<K>>,
    length: usize,
    hash: u64,
    log: Vec<(u32, K, bool)>,
    recording: bool,
}

impl<K: Copy + Ord + Hash> Default for Queues<K> {
    fn default() -> Self {
        Queues { queues: Vec::new(), length: 0, hash: 0, log: Vec::new(), recording: false }
    }
}

impl<K: Copy + Ord + Hash> From<Vec<(u32, K)>> for Queues<K> {
    fn from(list: Vec<(u32, K)>) -> Self {
        let mut queues = Queues::default();
        list.into_iter().for_each(|(id, key)| queues.insert(id, key));
        queues
    }
}

impl<K: Copy + Ord + Hash + Serialize> Serialize for Queues<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<K: Copy + Ord + Hash> Queues<K> {
    pub(crate) fn insert(&mut self, id: u32, key: K) {
        let place = num::index(id);
        if place >= self.queues.len() {
            self.queues.resize_with(place.saturating_add(1), VecDeque::new);
        }
        let Some(queue) = self.queues.get_mut(place) else { return };
        let at = if queue.back().is_none_or(|last| *last < key) {
            Err(queue.len())
        } else {
            queue.binary_search(&key)
        };
        if let Err(at) = at {
            queue.insert(at, key);
            self.length = self.length.saturating_add(1);
            self.hash = self.hash.wrapping_add(Digest::row(u64::from(id), &key));
            if self.recording {
                self.log.push((id, key, true));
            }
        }
    }

    pub(crate) fn remove(&mut self, id: u32, key: K) {
        let Some(queue) = self.queues.get_mut(num::index(id)) else { return };
        if let Ok(at) = queue.binary_search(&key) {
            queue.remove(at);
            self.length = self.length.saturating_sub(1);
            self.hash = self.hash.wrapping_sub(Digest::row(u64::from(id), &key));
            if self.recording {
                self.log.push((id, key, false));
            }
        }
    }

    /// The last of a queue: to have the memory near that whoever comes after it changes.
    #[inline]
    pub(crate) fn last(&self, id: u32) -> Option<K> {
        self.queues.get(num::index(id))?.back().copied()
    }

    /// How many keys wait, in all queues.
    pub(crate) fn len(&self) -> usize {
        self.length
    }

    /// One queue, in its order.
    pub(crate) fn queue(&self, id: u32) -> impl Iterator<Item = K> {
        self.queues.get(num::index(id)).into_iter().flatten().copied()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (u32, K)> {
        let queues = self.queues.iter().enumerate();
        queues.flat_map(|(id, queue)| queue.iter().map(move |key| (num::id(id), *key)))
    }
}

impl<K: Copy + Ord + Hash> Undoable for Queues<K> {
    fn begin(&mut self) -> usize {
        self.recording = true;
        self.log.len()
    }

    fn undo(&mut self, to: usize) {
        self.recording = false;
        while self.log.len() > to {
            let Some((id, key, inserted)) = self.log.pop() else { return };
            if inserted { self.remove(id, key) } else { self.insert(id, key) }
        }
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
        self.iter().fold(0, |sum, (id, key)| sum.wrapping_add(Digest::row(u64::from(id), &key)))
    }
}

/// Lists the tables of a struct of tables, for undo, hash and reading. Those of the first release are hashed
/// in their order; those that came later stand behind `later` and are hashed by their names, so that a table
/// that holds nothing leaves the hashes of older records as they are.
///
/// They stand in the order of the struct's fields and are read one by one into a struct that is there: what
/// serde derives is many times the code.
macro_rules! tables {
    ($of:ident: $($field:ident),* $(,)? $(; later: $($later:ident),* $(,)?)?) => {
        impl $of {
            pub(crate) fn tables(&self) -> Vec<&dyn crate::value::table::Undoable> {
                vec![$(&self.$field),*]
            }
            pub(crate) fn later_tables(&self) -> Vec<(&'static str, &dyn crate::value::table::Undoable)> {
                vec![$($((concat!(stringify!($of), ".", stringify!($later)), &self.$later)),*)?]
            }
            pub(crate) fn tables_mut(&mut self) -> Vec<&mut dyn crate::value::table::Undoable> {
                vec![$(&mut self.$field,)* $($(&mut self.$later,)*)?]
            }
        }

        impl<'de> serde::Deserialize<'de> for $of {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Rows;

                impl<'de> serde::de::Visitor<'de> for Rows {
                    type Value = $of;

                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str("tables")
                    }

                    fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<$of, A::Error> {
                        let mut tables = $of::default();
                        while let Some(crate::value::table::Place(place)) = map.next_key()? {
                            let mut at = 0u64..;
                            $(if at.next() == Some(place) {
                                tables.$field = map.next_value()?;
                                continue;
                            })*
                            $($(if at.next() == Some(place) {
                                tables.$later = map.next_value()?;
                                continue;
                            })*)?
                            map.next_value::<serde::de::IgnoredAny>()?;
                        }
                        Ok(tables)
                    }
                }

                const FIELDS: &[&str] = &[$(stringify!($field),)* $($(stringify!($later)),*)?];
                deserializer.deserialize_struct(stringify!($of), FIELDS, Rows)
            }
        }
    };
}
pub(crate) use tables;

/// The number of a field, as the reader gives it.
pub(crate) struct Place(pub(crate) u64);

impl<'de> Deserialize<'de> for Place {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Place, D::Error> {
        struct Number;

        impl Visitor<'_> for Number {
            type Value = Place;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("the number of a field")
            }

            fn visit_u64<E>(self, number: u64) -> Result<Place, E> {
                Ok(Place(number))
            }
        }

        deserializer.deserialize_identifier(Number)
    }
}
