//! Stock as rows: dense cells by SKU and node, and details only where dimensions are used.

use super::Condition;
use crate::value::digest::Digest;
use crate::value::ids::*;
use crate::value::money::Money;
use crate::value::num;
use crate::value::table::{Keys, Table, Undoable, tables};
use serde::{Deserialize, Serialize};

/// "No row": the end of a chain.
pub(crate) const END: u32 = u32::MAX;

/// Own stock of a SKU at a node, over all its bins and lots.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Cell {
    /// Units fit for sale.
    pub sellable: i64,
    /// Units in other conditions.
    pub held: i64,
    /// Units reserved, out of the sellable.
    pub reserved: i64,
    /// Value of sellable and held units.
    pub value: Money,
}

impl Cell {
    #[inline]
    pub(crate) fn free(&self) -> i64 {
        self.sellable.saturating_sub(self.reserved)
    }

    #[inline]
    pub(crate) fn on_hand(&self) -> i64 {
        self.sellable.saturating_add(self.held)
    }
}

/// Cells in rows by SKU. An empty cell has no hash, so that making room changes no state.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(from = "Vec<(SkuId, NodeId, Cell)>", into = "Vec<(SkuId, NodeId, Cell)>")]
pub(crate) struct Cells {
    /// Cells of a row.
    stride: usize,
    rows: Vec<Cell>,
    /// Free units of each cell, by themselves: decisions read many and need nothing else of most.
    free: Vec<i64>,
    hash: u64,
    log: Vec<(SkuId, NodeId, Cell)>,
    recording: bool,
}

fn digest(sku: SkuId, node: NodeId, cell: &Cell) -> u64 {
    if *cell == Cell::default() { 0 } else { Digest::row(u64::from(sku.0), &(node.0, cell)) }
}

impl From<Vec<(SkuId, NodeId, Cell)>> for Cells {
    fn from(list: Vec<(SkuId, NodeId, Cell)>) -> Cells {
        let mut cells = Cells::default();
        let nodes =
            list.iter().map(|(_, node, _)| num::index(node.0)).max().map_or(0, |n| n.saturating_add(1));
        let skus = list.iter().map(|(sku, ..)| num::index(sku.0)).max().map_or(0, |n| n.saturating_add(1));
        cells.make_room(skus, nodes);
        for (sku, node, cell) in list {
            cells.edit(sku, node, |to| *to = cell);
        }
        cells
    }
}

impl From<Cells> for Vec<(SkuId, NodeId, Cell)> {
    fn from(cells: Cells) -> Self {
        cells.iter().map(|(sku, node, cell)| (sku, node, *cell)).collect()
    }
}

impl Cells {
    /// Makes room for so many SKUs and nodes.
    pub(crate) fn make_room(&mut self, skus: usize, nodes: usize) {
        if nodes > self.stride {
            let stride = nodes.next_multiple_of(4);
            let mut wide = vec![Cell::default(); stride.saturating_mul(skus.max(self.skus()))];
            if self.stride > 0 {
                for (to, from) in wide.chunks_mut(stride).zip(self.rows.chunks(self.stride)) {
                    for (to, from) in to.iter_mut().zip(from) {
                        *to = *from;
                    }
                }
            }
            self.free = wide.iter().map(Cell::free).collect();
            (self.rows, self.stride) = (wide, stride);
        }
        let need = skus.saturating_mul(self.stride);
        if need > self.rows.len() {
            self.rows.resize(need, Cell::default());
            self.free.resize(need, 0);
        }
    }

    fn skus(&self) -> usize {
        self.rows.len().checked_div(self.stride).unwrap_or(0)
    }

    /// The cells of a SKU, by node.
    #[inline]
    pub(crate) fn row(&self, sku: SkuId) -> &[Cell] {
        let start = num::index(sku.0).saturating_mul(self.stride);
        self.rows.get(start..start.saturating_add(self.stride)).unwrap_or(&[])
    }

    /// The free units of a SKU, by node.
    #[inline]
    pub(crate) fn free_row(&self, sku: SkuId) -> &[i64] {
        let start = num::index(sku.0).saturating_mul(self.stride);
        self.free.get(start..start.saturating_add(self.stride)).unwrap_or(&[])
    }

    /// To have the memory near that a decision about a SKU reads and changes.
    pub(crate) fn glance(&self, sku: SkuId) -> i64 {
        let free = self.free_row(sku).iter().step_by(8).fold(0, |sum, free| sum ^ free);
        self.row(sku).iter().step_by(2).fold(free, |sum, cell| sum ^ cell.reserved)
    }

    #[inline]
    pub(crate) fn get(&self, sku: SkuId, node: NodeId) -> Cell {
        self.row(sku).get(num::index(node.0)).copied().unwrap_or_default()
    }

    /// Changes a cell; `false` if there is no such SKU or node.
    #[inline]
    pub(crate) fn edit(&mut self, sku: SkuId, node: NodeId, change: impl FnOnce(&mut Cell)) -> bool {
        let (place, within) = (num::index(node.0), num::index(sku.0).saturating_mul(self.stride));
        if place >= self.stride {
            return false;
        }
        let at = within.saturating_add(place);
        let Some(cell) = self.rows.get_mut(at) else { return false };
        if self.recording {
            self.log.push((sku, node, *cell));
        }
        self.hash = self.hash.wrapping_sub(digest(sku, node, cell));
        change(cell);
        self.hash = self.hash.wrapping_add(digest(sku, node, cell));
        if let Some(free) = self.free.get_mut(at) {
            *free = cell.free();
        }
        true
    }

    /// All cells that hold anything.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (SkuId, NodeId, &Cell)> {
        let rows = self.rows.chunks(self.stride.max(1)).enumerate();
        rows.flat_map(|(sku, row)| {
            let cells = row.iter().enumerate().filter(|(_, cell)| **cell != Cell::default());
            cells.map(move |(node, cell)| (SkuId(num::id(sku)), NodeId(num::id(node)), cell))
        })
    }
}

impl Undoable for Cells {
    fn begin(&mut self) {
        self.recording = true;
    }

    fn rollback(&mut self) {
        self.recording = false;
        while let Some((sku, node, old)) = self.log.pop() {
            self.edit(sku, node, |cell| *cell = old);
        }
    }

    fn commit(&mut self) {
        self.recording = false;
        self.log.clear();
    }

    fn hash(&self) -> u64 {
        self.hash
    }

    fn rehash(&self) -> u64 {
        self.iter().fold(0, |sum, (sku, node, cell)| sum.wrapping_add(digest(sku, node, cell)))
    }
}

/// A place told apart within a node; the plain place (no bin, no lot, sellable, own) has no bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) struct BucketKey {
    pub sku: SkuId,
    pub node: NodeId,
    pub bin: u32,
    pub lot: u32,
    pub condition: Condition,
    pub owner: u32,
}

/// Who a reservation belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) enum Owner {
    /// A line of an order, by row.
    Line(u32),
    /// A hold, by row.
    Hold(u32),
}

/// Stock set aside for a document: pending until it is shipped (posted) or given back (voided).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Reservation {
    pub owner: Owner,
    pub sku: SkuId,
    pub node: NodeId,
    /// Units still pending; 0 = ended.
    pub qty: i64,
    /// The planned parcel, for an order.
    pub parcel: u32,
    /// The next reservation of the same owner.
    pub next: u32,
}

/// What only one channel may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Guard {
    pub channel: ChannelId,
    pub qty: i64,
    /// Units that the channel has reserved since; the first `qty` of them use the protection up.
    pub used: i64,
}

/// Units of a SKU that crossed the border of the company's stock: their sum is what is there and in transit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Border {
    pub received: i64,
    pub shipped: i64,
    pub returned: i64,
    pub adjusted: i64,
}

/// All stock.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Stock {
    pub cells: Cells,
    pub labels: Keys<Box<str>>,
    pub buckets: Keys<BucketKey>,
    pub bucket: Table<i64>,
    pub shelves: Keys<(SkuId, NodeId)>,
    pub shelf: Table<Vec<u32>>,
    pub reservations: Table<Reservation>,
    pub guards: Keys<(SkuId, NodeId)>,
    pub guard: Table<Vec<Guard>>,
    pub borders: Table<Border>,
}

tables!(Stock: cells, labels, buckets, bucket, shelves, shelf, reservations, guards, guard, borders);
