//! All reservations, and of each SKU those that are pending as one list: who holds a SKU is found without
//! looking at whatever else was ever reserved.
//!
//! The lists are linked through the reservations, follow from the rows, and are neither hashed nor kept in a
//! snapshot. A reservation that ends is taken out of its list but remembers its neighbours, so that undoing
//! in the opposite order puts it back where it was.

use super::rows::{END, Reservation, lengthen};
use crate::value::ids::SkuId;
use crate::value::lean::LeanTable;
use crate::value::num;
use crate::value::table::Undoable;
use serde::{Deserialize, Serialize, Serializer};

/// The neighbours of a reservation in its SKU's list: the one made before it, and the one made after it.
type Links = [u32; 2];

/// The lists.
#[derive(Clone, Debug, Default)]
struct Lists {
    /// By reservation.
    links: Vec<Links>,
    /// The newest of each SKU.
    newest: Vec<u32>,
}

impl Lists {
    fn set(&mut self, id: u32, side: usize, to: u32) {
        if let Some(link) = self.links.get_mut(num::index(id)).and_then(|links| links.get_mut(side)) {
            *link = to;
        }
    }

    fn set_newest(&mut self, sku: SkuId, to: u32) {
        lengthen(&mut self.newest, num::index(sku.0).saturating_add(1), END);
        if let Some(newest) = self.newest.get_mut(num::index(sku.0)) {
            *newest = to;
        }
    }

    fn newest(&self, sku: SkuId) -> u32 {
        self.newest.get(num::index(sku.0)).copied().unwrap_or(END)
    }

    fn of(&self, id: u32) -> Links {
        self.links.get(num::index(id)).copied().unwrap_or([END, END])
    }

    /// A new reservation: the next of all, and the newest of its SKU.
    fn add(&mut self, id: u32, sku: SkuId) {
        let to = num::index(id).saturating_add(1);
        lengthen(&mut self.links, to, [END, END]);
        let before = self.newest(sku);
        self.set(id, 0, before);
        self.set(before, 1, id);
        self.set_newest(sku, id);
    }

    /// Takes a reservation out, or puts back the one that was taken out last.
    fn join(&mut self, id: u32, sku: SkuId, [older, newer]: Links) {
        let [before, after] = self.of(id);
        self.set(before, 1, newer);
        if after == END {
            self.set_newest(sku, older);
        } else {
            self.set(after, 0, older);
        }
    }

    fn take_out(&mut self, id: u32, sku: SkuId) {
        self.join(id, sku, self.of(id));
    }

    fn put_back(&mut self, id: u32, sku: SkuId) {
        self.join(id, sku, [id, id]);
    }

    /// Forgets the newest of all reservations.
    fn drop(&mut self, id: u32, row: &Reservation) {
        if row.qty > 0 {
            let [before, _] = self.of(id);
            self.set(before, 1, END);
            self.set_newest(row.sku, before);
        }
        self.links.truncate(num::index(id));
    }
}

/// The table of reservations.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(from = "Vec<Reservation>")]
pub(crate) struct Reservations {
    rows: LeanTable<Reservation>,
    lists: Lists,
}

impl From<Vec<Reservation>> for Reservations {
    fn from(rows: Vec<Reservation>) -> Self {
        let mut all = Reservations::default();
        for row in rows {
            all.push(row);
        }
        all
    }
}

impl Serialize for Reservations {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.rows.serialize(serializer)
    }
}

impl std::ops::Deref for Reservations {
    type Target = LeanTable<Reservation>;

    fn deref(&self) -> &LeanTable<Reservation> {
        &self.rows
    }
}

impl Reservations {
    pub(crate) fn reserve(&mut self, more: usize) {
        self.rows.reserve(more);
    }

    /// Makes room for the lists of so many SKUs: a reservation is not to pay for it.
    pub(crate) fn make_room(&mut self, skus: usize) {
        lengthen(&mut self.lists.newest, skus, END);
    }

    /// Appends a reservation and gives its id.
    #[inline]
    pub(crate) fn push(&mut self, row: Reservation) -> u32 {
        let (sku, pending) = (row.sku, row.qty > 0);
        let id = self.rows.push(row);
        if pending {
            self.lists.add(id, sku);
        } else {
            lengthen(&mut self.lists.links, num::index(id).saturating_add(1), [END, END]);
        }
        id
    }

    /// Changes a reservation; `false` if there is none of that id. One that has ended does not come back.
    #[inline]
    pub(crate) fn edit(&mut self, id: u32, change: impl FnOnce(&mut Reservation)) -> bool {
        let mut ended = None;
        let known = self.rows.edit(id, |row| {
            let before = row.qty;
            change(row);
            ended = (before > 0 && row.qty <= 0).then_some(row.sku);
        });
        if let Some(sku) = ended {
            self.lists.take_out(id, sku);
        }
        known
    }

    /// To have the memory near of a reservation and its place in its list.
    #[inline]
    pub(crate) fn glance(&self, id: u32) -> u32 {
        let [older, _] = self.lists.of(id);
        self.rows.get(id).map_or(0, |row| row.next ^ older)
    }

    /// To have the memory near of its neighbours' places, once its own is.
    #[inline]
    pub(crate) fn glance_beside(&self, id: u32) -> u32 {
        let [[older, _], [_, newer]] = self.lists.of(id).map(|id| self.lists.of(id));
        older ^ newer
    }

    /// To have the memory near where the next reservation of a SKU is put.
    #[inline]
    pub(crate) fn glance_newest(&self, sku: SkuId) -> u32 {
        let [older, _] = self.lists.of(self.lists.newest(sku));
        older
    }

    /// What is pending of a SKU, the newest first.
    pub(crate) fn pending(&self, sku: SkuId) -> impl Iterator<Item = (u32, Reservation)> {
        let row = |id: u32| self.rows.get(id).map(|row| (id, row));
        let newest = row(self.lists.newest(sku));
        std::iter::successors(newest, move |(id, _)| row(self.lists.of(*id)[0]))
    }

    /// The first reservation that the lists are wrong about, if any.
    pub(crate) fn misplaced(&self) -> Option<u32> {
        let mut listed = vec![false; self.rows.len()];
        for sku in 0..num::id(self.lists.newest.len()) {
            for (id, row) in self.pending(SkuId(sku)) {
                match listed.get_mut(num::index(id)) {
                    Some(seen) if !*seen && row.sku.0 == sku => *seen = true,
                    _ => return Some(id),
                }
            }
        }
        let wrong = |(id, row): &(u32, Reservation)| listed.get(num::index(*id)) != Some(&(row.qty > 0));
        self.rows.iter().find(wrong).map(|(id, _)| id)
    }
}

impl Undoable for Reservations {
    fn begin(&mut self) -> usize {
        self.rows.begin()
    }

    fn undo(&mut self, to: usize) {
        let lists = &mut self.lists;
        self.rows.undo_telling(to, &mut |id, now: &Reservation, old: Option<&Reservation>| match old {
            None => lists.drop(id, now),
            Some(old) if old.qty > 0 && now.qty <= 0 => lists.put_back(id, old.sku),
            Some(_) => {}
        });
    }

    fn commit(&mut self) {
        self.rows.commit();
    }

    fn hash(&self) -> u64 {
        self.rows.hash()
    }

    fn rehash(&self) -> u64 {
        self.rows.rehash()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stock::Owner;
    use crate::value::ids::NodeId;

    fn ids(all: &Reservations, sku: u32) -> Vec<u32> {
        let mut ids: Vec<u32> = all.pending(SkuId(sku)).map(|(id, _)| id).collect();
        ids.reverse();
        ids
    }

    #[test]
    fn lists_are_those_that_reading_all_rows_gives() {
        let mut all = Reservations::default();
        let mut dice = 5u64;
        let mut roll = |sides: u64| {
            dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (dice >> 33).checked_rem(sides).unwrap_or(0)
        };
        let mut undone = 0;
        for round in 0..2_000u64 {
            let mark = all.begin();
            let before: Vec<Vec<u32>> = (0..3).map(|sku| ids(&all, sku)).collect();
            for _ in 0..roll(6) {
                let open: Vec<u32> = (0..3).flat_map(|sku| ids(&all, sku)).collect();
                if roll(5) < 2 || open.is_empty() {
                    let sku = SkuId(u32::try_from(roll(3)).unwrap_or(0));
                    let (owner, qty) = (Owner::Hold(1), i64::try_from(roll(3)).unwrap_or(0));
                    all.push(Reservation { owner, sku, node: NodeId(0), qty, parcel: END, next: END });
                } else {
                    let at = usize::try_from(roll(num::id(open.len()).into())).unwrap_or(0);
                    all.edit(open[at], |row| row.qty = row.qty.saturating_sub(1));
                }
            }
            if round % 3 == 0 {
                all.undo(mark);
                undone += 1;
                assert_eq!(before, (0..3).map(|sku| ids(&all, sku)).collect::<Vec<_>>());
            }
            all.commit();
            assert_eq!(all.misplaced(), None);
        }
        let again = Reservations::from(all.iter().map(|(_, row)| row).collect::<Vec<_>>());
        assert!((0..3).all(|sku| ids(&all, sku) == ids(&again, sku)) && undone > 600);
    }
}
