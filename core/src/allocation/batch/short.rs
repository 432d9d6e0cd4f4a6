//! Where prices begin if what is short is very dear: as if filling a unit cost the same everywhere.
//!
//! Then the dearest units are filled first, and what is filled once stays so: others move from row to row and
//! from node to node until one more finds its place (the sets that can be filled are those of a matroid). A
//! unit that finds none shuts off all that it could reach: nothing gets in there any more. A node is worth
//! what the unit was worth that shut it off, and a row what its own is, less its node.

#![allow(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    reason = "sizes, rows and nodes are numbered here; units are bounded by the model"
)]

use super::model::Row;
use crate::value::sort::PutInOrder;
use std::cmp::Reverse;
use std::ops::Range;

/// Most rows looked at: what is not shut off by then begins at nothing.
const LOOKS_MAX: u64 = 1 << 26;
/// Not reached; reached first of all.
const NOT: u32 = u32::MAX;
const FIRST: u32 = u32::MAX - 1;

/// A line: its SKU, units, what one of them left unfilled costs.
pub(super) type Asked = (u32, i64, i64);

/// Lines of one SKU and size: only rows that have as much serve them.
struct Size {
    qty: i64,
    rows: Range<usize>,
    /// The row that it leaves, in a search: because that is full, or its node.
    leaves: u32,
    full: bool,
    shut: bool,
}

/// A row, and who has what of it.
struct Shelf {
    node: u32,
    stock: i64,
    users: Vec<(u32, i64)>,
    used: i64,
    /// Who would enter, in a search.
    by: u32,
    shut: Option<i64>,
}

#[derive(Clone)]
struct Site {
    room: i64,
    rows: Vec<u32>,
    /// The row that would be entered, in a search.
    by: u32,
    shut: Option<i64>,
}

/// Where units are, and where more could go.
struct Places {
    sizes: Vec<Size>,
    shelves: Vec<Shelf>,
    sites: Vec<Site>,
    /// What a search has reached.
    reached: [Vec<u32>; 3],
    looks: u64,
}

/// What a unit of each row, and of each node's room, is worth at first. Lines and rows ascend by SKU; lines
/// come `whole` from a row, or from several.
pub(super) fn worth(lines: &[Asked], rows: &[Row], capacity: &[i64], whole: bool) -> (Vec<i64>, Vec<i64>) {
    let mut places = Places::of(lines, rows, capacity, whole);
    let mut size = 0u32;
    let mut dearest: Vec<(Reverse<i64>, u32, i64)> = Vec::with_capacity(lines.len());
    for (at, (sku, qty, worth)) in lines.iter().enumerate() {
        size += u32::from(at > 0 && (lines[at - 1].0, lines[at - 1].1) != (*sku, *qty));
        dearest.push((Reverse(*worth), size, *qty));
    }
    dearest.put_in_order();
    for (Reverse(worth), size, qty) in dearest {
        let mut left = qty;
        while left > 0 && !places.sizes[size as usize].shut && places.looks < LOOKS_MAX {
            left -= places.fill(size, left, worth);
        }
    }
    let nodes: Vec<i64> = places.sites.iter().map(|site| site.shut.unwrap_or(0)).collect();
    let row = |shelf: &Shelf| (shelf.shut.unwrap_or(0) - nodes[shelf.node as usize]).max(0);
    (places.shelves.iter().map(row).collect(), nodes)
}

impl Places {
    fn of(lines: &[Asked], rows: &[Row], capacity: &[i64], whole: bool) -> Places {
        let site = |room: &i64| Site { room: *room, rows: Vec::new(), by: NOT, shut: None };
        let mut sites: Vec<Site> = capacity.iter().map(site).collect();
        let mut shelves = Vec::with_capacity(rows.len());
        for (at, row) in rows.iter().enumerate() {
            sites[row.node as usize].rows.push(at as u32);
            let (node, stock, users) = (row.node, row.stock, Vec::new());
            shelves.push(Shelf { node, stock, users, used: 0, by: NOT, shut: None });
        }
        let size = |same: &[Asked]| {
            let (sku, qty, _) = same[0];
            let rows = rows.partition_point(|row| row.sku < sku)..rows.partition_point(|row| row.sku <= sku);
            let qty = if whole { qty } else { 1 };
            Size { qty, rows, leaves: NOT, full: false, shut: false }
        };
        let sizes = lines.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)).map(size).collect();
        Places { sizes, shelves, sites, reached: Default::default(), looks: 0 }
    }

    /// Finds a place for some of so many units: how many are done with, filled or shut out.
    fn fill(&mut self, size: u32, qty: i64, worth: i64) -> i64 {
        self.reach(size, FIRST, false);
        let end = self.search();
        let done = end.map_or(qty, |end| self.move_up(end, qty));
        let [sizes, rows, nodes] = std::mem::take(&mut self.reached);
        for size in &sizes {
            let size = &mut self.sizes[*size as usize];
            (size.leaves, size.shut) = (NOT, size.shut || end.is_none());
        }
        for row in &rows {
            let shelf = &mut self.shelves[*row as usize];
            (shelf.by, shelf.shut) = (NOT, shelf.shut.or(end.is_none().then_some(worth)));
        }
        for node in &nodes {
            let site = &mut self.sites[*node as usize];
            (site.by, site.shut) = (NOT, site.shut.or(end.is_none().then_some(worth)));
        }
        done
    }

    /// Who has units of a row could leave it for others, unless he is shut in.
    fn reach(&mut self, size: u32, row: u32, full: bool) {
        let known = &mut self.sizes[size as usize];
        if known.leaves == NOT && !known.shut {
            (known.leaves, known.full) = (row, full);
            self.reached[0].push(size);
        }
    }

    fn reach_users(&mut self, row: u32, full: bool) {
        self.looks += 1;
        for at in 0..self.shelves[row as usize].users.len() {
            let (size, units) = self.shelves[row as usize].users[at];
            if units > 0 {
                self.reach(size, row, full);
            }
        }
    }

    /// A node with room to which units can move up, or all that could is reached.
    fn search(&mut self) -> Option<u32> {
        let mut next = 0;
        while let Some(size) = self.reached[0].get(next).copied() {
            next += 1;
            let Size { qty, rows, .. } = &self.sizes[size as usize];
            let qty = *qty;
            for row in rows.clone() {
                self.looks += 1;
                let shelf = &mut self.shelves[row];
                if shelf.by != NOT || shelf.shut.is_some() || shelf.stock < qty {
                    continue;
                }
                shelf.by = size;
                self.reached[1].push(row as u32);
                if shelf.used >= shelf.stock {
                    self.reach_users(row as u32, true);
                    continue;
                }
                let node = shelf.node;
                let site = &mut self.sites[node as usize];
                if site.by != NOT || site.shut.is_some() {
                    continue;
                }
                site.by = row as u32;
                self.reached[2].push(node);
                if site.room > 0 {
                    return Some(node);
                }
                for at in 0..self.sites[node as usize].rows.len() {
                    self.reach_users(self.sites[node as usize].rows[at], false);
                }
            }
        }
        None
    }

    /// Units move up along the way that was found to a node with room: how many.
    fn move_up(&mut self, end: u32, qty: i64) -> i64 {
        // Who enters which row, and the row that he leaves.
        let mut moves: Vec<(u32, u32, u32)> = Vec::new();
        let (mut row, mut most) = (self.sites[end as usize].by, qty.min(self.sites[end as usize].room));
        let mut full = false;
        loop {
            let shelf = &self.shelves[row as usize];
            let size = &self.sizes[shelf.by as usize];
            moves.push((shelf.by, row, size.leaves));
            if !full {
                most = most.min(shelf.stock - shelf.used);
            }
            if size.leaves == FIRST {
                break;
            }
            let left = &self.shelves[size.leaves as usize];
            let has = left.users.iter().find(|(user, _)| *user == shelf.by);
            most = most.min(has.map_or(0, |(_, units)| *units));
            full = size.full;
            row = if full { size.leaves } else { self.sites[left.node as usize].by };
        }
        for (size, row, left) in moves {
            self.shelves[row as usize].take(size, most);
            if left != FIRST {
                self.shelves[left as usize].take(size, -most);
            }
        }
        self.sites[end as usize].room -= most;
        most
    }
}

impl Shelf {
    fn take(&mut self, size: u32, units: i64) {
        self.used += units;
        match self.users.iter_mut().find(|(user, _)| *user == size) {
            Some((_, has)) => *has += units,
            None => self.users.push((size, units)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Node 0 has room for one unit and holds both SKUs; SKU 1 lies at node 1 too. Whoever pays 50 takes the
    /// room, who pays 40 goes to node 1, who pays 30 has to wait: for a unit there, or for room here.
    #[test]
    fn what_is_shut_off_is_worth_what_waits_for_it() {
        let row = |sku, node, stock| Row { stock, sku, node, binds: true, first: 0 };
        let rows = [row(0, 0, 2), row(1, 0, 1), row(1, 1, 1)];
        let found = worth(&[(0, 1, 50), (1, 1, 30), (1, 1, 40)], &rows, &[1, 9], true);
        assert_eq!(found, (vec![0, 0, 30], vec![30, 0]));
        // With room the two units of SKU 1 serve both; nothing is short.
        let found = worth(&[(0, 1, 50), (1, 1, 30), (1, 1, 40)], &rows, &[9, 9], true);
        assert_eq!(found, (vec![0, 0, 0], vec![0, 0]));
        // A line of two units is served by neither row, and waits for none that could.
        let found = worth(&[(1, 1, 30), (1, 1, 40), (1, 1, 50), (1, 2, 99)], &rows, &[9, 9], true);
        assert_eq!(found, (vec![0, 30, 30], vec![0, 0]));
        // In parts it is served by both.
        let found = worth(&[(1, 1, 30), (1, 1, 40), (1, 1, 50), (1, 2, 99)], &rows, &[9, 9], false);
        assert_eq!(found, (vec![0, 50, 50], vec![0, 0]));
    }

    /// The room at node 0 goes to whom only it serves: who can go elsewhere moves there.
    #[test]
    fn who_can_go_elsewhere_makes_way() {
        let row = |sku, node, stock| Row { stock, sku, node, binds: true, first: 0 };
        let rows = [row(0, 0, 1), row(0, 1, 1), row(1, 0, 2)];
        let found = worth(&[(0, 1, 90), (1, 1, 20), (1, 1, 80)], &rows, &[1, 9], true);
        assert_eq!(found, (vec![0, 0, 0], vec![20, 0]), "both dear ones are filled, the third lacks room");
    }
}
