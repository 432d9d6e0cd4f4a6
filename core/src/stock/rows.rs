//! Stock as rows: dense cells by SKU and node, and details only where dimensions are used.

use super::Condition;
use super::protection::PlanRow;
use crate::value::digest::Digest;
use crate::value::ids::*;
use crate::value::later::Later;
use crate::value::money::Money;
use crate::value::num;
use crate::value::sort::PutInOrder;
use crate::value::table::{Keys, Ordered, Queues, Table, Undoable, tables};
use crate::value::time::Instant;
use serde::{Deserialize, Serialize};
use std::hash::Hash;

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

/// What lies in a cell, whoever it is reserved for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
struct Goods {
    sellable: i64,
    held: i64,
    value: Money,
}

/// Cells in rows by SKU: goods, and apart from them the units that are free. Orders are decided by free units
/// and change nothing else, so that they touch one short row a SKU. An empty cell has no hash, so that making
/// room changes no state.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(from = "Vec<(SkuId, NodeId, Cell)>")]
pub(crate) struct Cells {
    /// Cells of a row.
    stride: usize,
    goods: Vec<Goods>,
    free: Vec<i64>,
    hash: u64,
    log: Vec<(SkuId, NodeId, Cell)>,
    recording: bool,
    watch: Option<Watch>,
    /// Where an event raised what is free, and what was free before.
    raised: Vec<(SkuId, NodeId, i64)>,
}

/// Which cells changed since somebody looked.
#[derive(Clone, Debug, Default)]
struct Watch {
    changed: Vec<(SkuId, NodeId)>,
    /// More than the list may hold.
    overflowed: bool,
}

/// Most changes that are remembered one by one; beyond them every cell counts as changed.
const WATCHED_MAX: usize = 1 << 16;

impl Watch {
    fn note(&mut self, sku: SkuId, node: NodeId) {
        if self.changed.len() < WATCHED_MAX {
            self.changed.push((sku, node));
        } else {
            self.overflowed = true;
        }
    }
}

/// The digest of a part of a cell; nothing has none.
fn digest<T: Default + PartialEq + Hash>(sku: SkuId, node: NodeId, part: &T) -> u64 {
    if *part == T::default() { 0 } else { Digest::row(u64::from(sku.0), &(node.0, part)) }
}

impl From<Vec<(SkuId, NodeId, Cell)>> for Cells {
    fn from(list: Vec<(SkuId, NodeId, Cell)>) -> Cells {
        let mut cells = Cells::default();
        let nodes =
            list.iter().map(|(_, node, _)| num::index(node.0)).max().map_or(0, |n| n.saturating_add(1));
        let skus = list.iter().map(|(sku, ..)| num::index(sku.0)).max().map_or(0, |n| n.saturating_add(1));
        cells.make_room(skus, nodes);
        for (sku, node, cell) in list {
            cells.set(sku, node, cell);
        }
        cells.raised = Vec::new();
        cells
    }
}

impl serde::Serialize for Cells {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl Cells {
    /// Makes room for so many SKUs and nodes.
    pub(crate) fn make_room(&mut self, skus: usize, nodes: usize) {
        if nodes > self.stride {
            let stride = nodes.next_multiple_of(4);
            let skus = skus.max(self.skus());
            self.goods = widen(&self.goods, self.stride, stride, skus);
            self.free = widen(&self.free, self.stride, stride, skus);
            self.stride = stride;
        }
        let need = skus.saturating_mul(self.stride);
        lengthen(&mut self.goods, need, Goods::default());
        lengthen(&mut self.free, need, 0);
    }

    /// Cells of a row, and rows.
    pub(crate) fn dimensions(&self) -> (usize, usize) {
        (self.stride, self.skus())
    }

    fn skus(&self) -> usize {
        self.free.len().checked_div(self.stride).unwrap_or(0)
    }

    /// Where a cell is, if it is.
    #[inline]
    fn at(&self, sku: SkuId, node: NodeId) -> Option<usize> {
        let within = num::index(sku.0).saturating_mul(self.stride);
        let place = num::index(node.0);
        (place < self.stride).then(|| within.saturating_add(place))
    }

    /// The free units of a SKU, by node.
    #[inline]
    pub(crate) fn free_row(&self, sku: SkuId) -> &[i64] {
        let start = num::index(sku.0).saturating_mul(self.stride);
        self.free.get(start..start.saturating_add(self.stride)).unwrap_or(&[])
    }

    /// Pools with less than nothing free. No pool has fewer than no units held or reserved: one that holds
    /// less than nothing, or is promised beyond what it holds, is among them.
    pub(crate) fn oversold(&self) -> usize {
        self.free.iter().fold(0, |sum, free| sum.wrapping_add(usize::from(*free < 0)))
    }

    /// To have the memory near that a decision about a SKU reads and changes.
    #[inline]
    pub(crate) fn glance(&self, sku: SkuId) -> i64 {
        let row = self.free_row(sku);
        row.iter().step_by(8).chain(row.last()).fold(0, |sum, free| sum ^ free)
    }

    #[inline]
    pub(crate) fn get(&self, sku: SkuId, node: NodeId) -> Cell {
        self.at(sku, node).and_then(|at| self.cell(at)).unwrap_or_default()
    }

    #[inline]
    fn cell(&self, at: usize) -> Option<Cell> {
        let (goods, free) = (self.goods.get(at)?, self.free.get(at)?);
        let reserved = goods.sellable.saturating_sub(*free);
        Some(Cell { sellable: goods.sellable, held: goods.held, reserved, value: goods.value })
    }

    /// Sets a cell; `false` if there is no such SKU or node.
    pub(crate) fn set(&mut self, sku: SkuId, node: NodeId, cell: Cell) -> bool {
        let Some((at, old)) = self.at(sku, node).and_then(|at| Some((at, self.cell(at)?))) else {
            return false;
        };
        if self.recording {
            self.log.push((sku, node, old));
        }
        if let Some(goods) = self.goods.get_mut(at) {
            self.hash = self.hash.wrapping_sub(digest(sku, node, goods));
            *goods = Goods { sellable: cell.sellable, held: cell.held, value: cell.value };
            self.hash = self.hash.wrapping_add(digest(sku, node, goods));
        }
        self.set_free(sku, node, at, cell.free());
        true
    }

    /// Takes units out of the free ones; gives how many are left, or `None` where there are not so many.
    #[inline]
    pub(crate) fn take(&mut self, sku: SkuId, node: NodeId, qty: i64) -> Option<i64> {
        let at = self.at(sku, node)?;
        let left = self.free.get(at)?.checked_sub(qty).filter(|left| *left >= 0)?;
        if self.recording {
            self.log.push((sku, node, self.cell(at)?));
        }
        self.set_free(sku, node, at, left);
        Some(left)
    }

    #[inline]
    fn set_free(&mut self, sku: SkuId, node: NodeId, at: usize, units: i64) {
        if let Some(free) = self.free.get_mut(at).filter(|free| **free != units) {
            self.hash = self.hash.wrapping_sub(digest(sku, node, free));
            if units > *free {
                self.raised.push((sku, node, *free));
            }
            *free = units;
            self.hash = self.hash.wrapping_add(digest(sku, node, free));
        }
        if let Some(watch) = &mut self.watch {
            watch.note(sku, node);
        }
    }

    /// Forgets where units became free: another event begins.
    #[inline]
    pub(crate) fn begin_event(&mut self) {
        self.raised.clear();
    }

    /// Where more is free than before the event.
    pub(crate) fn freed(&self) -> impl Iterator<Item = (NodeId, SkuId)> {
        let more = |(sku, node, before): &&(SkuId, NodeId, i64)| self.get(*sku, *node).free() > *before;
        self.raised.iter().filter(more).map(|(sku, node, _)| (*node, *sku))
    }

    /// Cells changed since `begin`, as they were before.
    pub(crate) fn touched(&self) -> Vec<(SkuId, NodeId, Cell)> {
        let mut first: Vec<(SkuId, NodeId, Cell)> = Vec::new();
        for (sku, node, cell) in self.log.iter().copied() {
            if !first.iter().any(|known| (known.0, known.1) == (sku, node)) {
                first.push((sku, node, cell));
            }
        }
        first
    }

    /// Starts to note which cells change; all have, to begin with.
    pub(crate) fn watch(&mut self) {
        self.watch = Some(Watch { changed: Vec::new(), overflowed: true });
    }

    /// Tells the free units of every cell noted since the last call, and forgets them.
    pub(crate) fn tell_changed(&mut self, mut tell: impl FnMut(SkuId, NodeId, i64)) {
        let Some(watch) = &mut self.watch else { return };
        if std::mem::take(&mut watch.overflowed) {
            watch.changed.clear();
            self.places().for_each(|(sku, node)| tell(sku, node, self.get(sku, node).free()));
            return;
        }
        let mut changed = std::mem::take(&mut watch.changed);
        changed.iter().for_each(|(sku, node)| tell(*sku, *node, self.get(*sku, *node).free()));
        changed.clear();
        if let Some(watch) = &mut self.watch {
            watch.changed = changed;
        }
    }

    /// All cells, by SKU, then node.
    fn places(&self) -> impl Iterator<Item = (SkuId, NodeId)> {
        let places = (0..self.skus()).flat_map(|sku| (0..self.stride).map(move |node| (sku, node)));
        places.map(|(sku, node)| (SkuId(num::id(sku)), NodeId(num::id(node))))
    }

    /// All cells that hold anything.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (SkuId, NodeId, Cell)> {
        let cells = self.places().map(|(sku, node)| (sku, node, self.get(sku, node)));
        cells.filter(|(_, _, cell)| *cell != Cell::default())
    }
}

/// Makes a list longer. A long one gets an eighth more than it needs, not as much again.
pub(super) fn lengthen<T: Copy>(list: &mut Vec<T>, to: usize, with: T) {
    if to > list.capacity() {
        let spare = if to > 1 << 16 { to >> 3 } else { to };
        let room = if list.is_empty() { to } else { to.saturating_add(spare) };
        list.reserve_exact(room.saturating_sub(list.len()));
    }
    if to > list.len() {
        list.resize(to, with);
    }
}

/// Rows made wider.
pub(super) fn widen<T: Copy + Default>(old: &[T], from: usize, to: usize, rows: usize) -> Vec<T> {
    let mut wide = vec![T::default(); to.saturating_mul(rows)];
    for (to, from) in wide.chunks_mut(to.max(1)).zip(old.chunks(from.max(1))) {
        to.iter_mut().zip(from).for_each(|(to, from)| *to = *from);
    }
    wide
}

impl Undoable for Cells {
    fn begin(&mut self) -> usize {
        self.recording = true;
        self.log.len()
    }

    fn undo(&mut self, to: usize) {
        self.recording = false;
        for (sku, node, old) in self.log.split_off(to).into_iter().rev() {
            self.set(sku, node, old);
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
        let digest = |(sku, node, cell): (SkuId, NodeId, Cell)| {
            let goods = Goods { sellable: cell.sellable, held: cell.held, value: cell.value };
            digest(sku, node, &goods).wrapping_add(digest(sku, node, &cell.free()))
        };
        self.iter().map(digest).fold(0, u64::wrapping_add)
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
    /// The first reservation since.
    #[serde(default)]
    pub since: Later<u32, 1>,
}

/// When what is reserved was taken: the reservation that was made then. Over all nodes it is as old as the
/// first that it comes from; at a node as the first there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Made {
    pub first: u32,
    pub here: u32,
}

impl Made {
    /// What is only being made.
    pub const NOW: Made = Made { first: u32::MAX, here: u32::MAX };
}

/// Units that a channel gives back.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Freed {
    pub sku: SkuId,
    pub node: NodeId,
    pub channel: ChannelId,
    pub qty: i64,
    pub made: Made,
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
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Stock {
    pub cells: Cells,
    pub labels: Keys<Box<str>>,
    pub buckets: Keys<BucketKey>,
    pub bucket: Table<i64>,
    pub shelves: Keys<(SkuId, NodeId)>,
    pub shelf: Table<Vec<u32>>,
    pub reservations: super::Reservations,
    pub guards: Keys<(SkuId, NodeId)>,
    pub guard: Table<Vec<Guard>>,
    pub borders: Table<Border>,
    /// What is booked of a node's days, and by which parcel.
    pub loads: Keys<(NodeId, i64)>,
    pub load: Table<super::load::Load>,
    pub bookings: Keys<u32>,
    pub booking: Table<super::load::Booking>,
    /// Protection plans; node "none" = all nodes together.
    pub plans: Keys<(SkuId, NodeId)>,
    pub plan: Table<PlanRow>,
    /// Pools (plan, number from 1) by when their minimum is no longer kept.
    pub releases: Ordered<(Instant, u32, u32)>,
    /// Bid prices: micro-units of money for a base unit.
    pub bids: Ordered<(SkuId, NodeId, i64)>,
    /// Loose reservations by SKU: their node is bound later.
    pub loose: Queues<u32>,
    /// The nodes that a loose reservation may be bound to.
    pub reaches: Keys<u32>,
    pub reach: Table<Vec<NodeId>>,
    /// Units that a channel does not show: of a SKU (none = all), of a node (none = the sum).
    pub buffers: Keys<(ChannelId, SkuId, NodeId)>,
    pub buffer: Table<i64>,
    /// Closed nodes, as the catalogue has them: plans over all nodes leave them out.
    #[serde(skip)]
    pub shut: Vec<NodeId>,
    /// Whether value may lie at another node than its units until an event is applied.
    #[serde(skip)]
    pub pooled: bool,
    /// Whether what is given back counts only for who had counted it: books of earlier releases do not know.
    #[serde(skip)]
    pub counts_since: bool,
    /// What is alone in a cell, and where.
    pub spots: Keys<super::ones::Spot>,
    pub ones: super::ones::Ones,
    /// SKUs that are promised by lot, those of them with lots that expire, when each lot does, and what
    /// channels have reserved of them at a node.
    pub by_lot: Keys<SkuId>,
    pub dated: Keys<SkuId>,
    pub expiries: Keys<(SkuId, NodeId, LotId)>,
    pub expiry: Table<Instant>,
    pub wanted: Keys<(SkuId, NodeId)>,
    pub want: Table<Vec<super::Want>>,
    /// Reservations of a lot by its name, and the lot's label.
    pub named: Keys<u32>,
    pub name: Table<i64>,
    /// Lots by when they expire: their number among the expiries.
    pub expiring: Ordered<(Instant, u32)>,
    /// Reservations that are as old as others, and as which, while stock is protected.
    pub parts: Keys<u32>,
    pub part: Table<Made>,
    /// What the event gives back that is older than a protection, and the first reservation that it makes.
    #[serde(skip)]
    pub freed: Vec<Freed>,
    #[serde(skip)]
    pub first_made: u32,
    /// The time at which something is decided, and how many days each channel wants goods to live.
    #[serde(skip)]
    pub clock: Instant,
    #[serde(skip)]
    pub lives: Vec<i64>,
    /// The carrier services that each channel may use; none = all.
    #[serde(skip)]
    pub services: Vec<Vec<ServiceId>>,
    /// How soon goods leave each node: seconds to process, and the instants at which it sends if only then,
    /// by service, or of all alike.
    #[serde(skip)]
    pub sends: Vec<(i64, Vec<Option<Vec<Instant>>>)>,
}

tables!(Stock: cells, labels, buckets, bucket, shelves, shelf, reservations, guards, guard, borders;
    later: loads, load, bookings, booking, plans, plan, releases, bids, loose, reaches, reach,
    buffers, buffer, spots, ones, by_lot, dated, expiries, expiry, wanted, want, named, name,
    expiring, parts, part,
);

impl Stock {
    /// What is pending of a SKU, at one node or at all, the oldest first.
    pub(crate) fn open_of(&self, sku: SkuId, node: Option<NodeId>) -> Vec<(u32, Reservation)> {
        let here = |(_, row): &(u32, Reservation)| node.is_none_or(|node| node == row.node);
        let mut open: Vec<(u32, Reservation)> = self.reservations.pending(sku).filter(here).collect();
        open.reverse();
        open
    }

    /// What is pending of all SKUs, at one node or at all, the oldest first. It looks at the cells of every
    /// SKU, and at reservations only where there are pending ones.
    pub(crate) fn open_at(&self, node: Option<NodeId>) -> Vec<(u32, Reservation)> {
        let skus = (0..num::id(self.cells.dimensions().1)).map(SkuId);
        let reserves = |sku: &SkuId| node.is_none_or(|node| self.cells.get(*sku, node).reserved > 0);
        let mut open = Vec::new();
        skus.filter(reserves).for_each(|sku| open.extend(self.open_of(sku, node)));
        open.put_in_order_by_key(|(id, _)| *id);
        open
    }
}
