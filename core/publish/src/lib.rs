//! # stockbook-publish
//!
//! Availability of a [`Book`] for readers that never wait: other threads read what is available while one
//! thread writes, without a lock and without the writer ever waiting for them.
//!
//! ```
//! use stockbook::*;
//! use stockbook_publish::Publisher;
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let mut book = Book::new();
//! let at: Instant = "2026-01-05T09:00:00Z".parse()?;
//! for (id, json) in [
//!     ("1", r#"{"define_sku":{"sku":"TEE","price":"19.99"}}"#),
//!     ("2", r#"{"define_node":{"node":"RENO","kind":"warehouse","place":{"lat":"39","lon":"-119"}}}"#),
//!     ("3", r#"{"receive_goods":{"receipt":"R1","node":"RENO",
//!         "lines":[{"sku":"TEE","qty":5,"unit_cost":"8.00"}]}}"#),
//! ] {
//!     book.execute(&Envelope::new(id, at, serde_json::from_str(json)?))?;
//! }
//! let mut publisher = Publisher::new(&mut book);
//! let reader = publisher.reader(); // clone it into as many threads as you like
//! let (tee, reno) = (book.sku_id("TEE").unwrap(), book.node_id("RENO").unwrap());
//! assert_eq!(reader.available(tee, reno), 5);
//! # Ok(())
//! # }
//! ```
//!
//! ## How it works
//! The writer keeps a cell of two atomics for each (SKU, node): the units available and the number of the
//! commit that changed it last. [`Publisher::publish`] writes the cells that a command changed, then the new
//! commit number. A reader of one cell loads one atomic. A reader of several cells loads the commit number
//! first, then the cells: if none of them was changed by a later commit, all of them stood like this at that
//! commit; only if one of *its own* cells was, it looks again. No reader ever makes the writer wait, and a
//! commit that touches other cells makes no reader look again.
//!
//! Cells lie by SKU, sixteen nodes side by side, in blocks that are made when something in them is first
//! published and never move, so that nothing has to be locked while the catalogue grows.
//!
//! ## What it does not do
//! It shows units available at nodes (sellable less reserved), before any channel's protection: what a
//! channel may take is asked of the book. One publisher belongs to one book.
#![forbid(unsafe_code)]

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering, fence};
use std::sync::{Arc, OnceLock};
use stockbook::{Book, NodeId, SkuId};

/// SKUs of a block.
const SKUS: usize = 1 << 10;
/// Nodes that lie side by side.
const NODES: usize = 1 << 4;
/// Most blocks of SKUs: 16,777,216 SKUs.
const SKU_BLOCKS: usize = 1 << 14;
/// Most groups of nodes: 1,024 nodes.
const NODE_GROUPS: usize = 1 << 6;
/// The bit that a stamp has while its cell is being written.
const WRITING: u64 = 1 << 63;

/// Units available, and the commit that changed them last.
#[derive(Default)]
struct Cell {
    units: AtomicI64,
    stamp: AtomicU64,
}

type Block = Box<[Cell]>;
type Groups = Box<[OnceLock<Block>]>;

/// Cells by SKU and node, and the number of the last commit.
struct Board {
    blocks: Box<[OnceLock<Groups>]>,
    commit: AtomicU64,
}

/// As many empty places.
fn empty<T: Default>(count: usize) -> Box<[T]> {
    (0..count).map(|_| T::default()).collect()
}

/// Where a cell is: its block, its group, its place therein. `None` beyond the declared bounds.
fn place(sku: SkuId, node: NodeId) -> Option<(usize, usize, usize)> {
    let (sku, node) = (usize::try_from(sku.0).ok()?, usize::try_from(node.0).ok()?);
    let (block, group) = (sku.checked_div(SKUS)?, node.checked_div(NODES)?);
    let within = sku.checked_rem(SKUS)?.checked_mul(NODES)?.checked_add(node.checked_rem(NODES)?)?;
    (block < SKU_BLOCKS && group < NODE_GROUPS).then_some((block, group, within))
}

impl Board {
    fn new() -> Board {
        Board { blocks: empty(SKU_BLOCKS), commit: AtomicU64::new(0) }
    }

    /// The cell, if anything near it was ever published.
    #[inline]
    fn cell(&self, sku: SkuId, node: NodeId) -> Option<&Cell> {
        let (block, group, within) = place(sku, node)?;
        self.blocks.get(block)?.get()?.get(group)?.get()?.get(within)
    }

    /// The cell, made if need be.
    fn make(&self, sku: SkuId, node: NodeId) -> Option<&Cell> {
        let (block, group, within) = place(sku, node)?;
        let groups = self.blocks.get(block)?.get_or_init(|| empty(NODE_GROUPS));
        let cells = groups.get(group)?.get_or_init(|| empty(SKUS.saturating_mul(NODES)));
        cells.get(within)
    }

    /// Shows a cell's units as of a commit that is not yet told of.
    fn show(&self, sku: SkuId, node: NodeId, units: i64, commit: u64) {
        let cell = if units == 0 { self.cell(sku, node) } else { self.make(sku, node) };
        let Some(cell) = cell.filter(|cell| cell.units.load(Ordering::Relaxed) != units) else { return };
        // A stamp that is being written is later than any commit that a reader knows.
        cell.stamp.store(commit | WRITING, Ordering::Relaxed);
        fence(Ordering::Release);
        cell.units.store(units, Ordering::Relaxed);
        cell.stamp.store(commit, Ordering::Release);
    }
}

/// The writer's side: shows what a book has, commit by commit.
pub struct Publisher {
    board: Arc<Board>,
    commit: u64,
}

impl std::fmt::Debug for Publisher {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        to.debug_struct("Publisher").field("commit", &self.commit).finish_non_exhaustive()
    }
}

impl Publisher {
    /// Shows all that a book has, and watches it from now on ([`Book::watch_cells`]).
    ///
    /// ```
    #[doc = include_str!("example.txt")]
    /// // Five TEE lie at RENO.
    /// let publisher = Publisher::new(&mut book);
    /// assert_eq!(publisher.reader().available(tee, reno), 5);
    /// ```
    #[must_use]
    pub fn new(book: &mut Book) -> Publisher {
        book.watch_cells();
        let mut publisher = Publisher { board: Arc::new(Board::new()), commit: 0 };
        publisher.publish(book);
        publisher
    }

    /// Shows what has changed since the last call as one commit, and gives its number. To be called after
    /// each command, chain or column call whose effect shall be seen as a whole.
    ///
    /// SKUs beyond 16,777,216 and nodes beyond 1,024 are not shown.
    ///
    /// ```
    #[doc = include_str!("example.txt")]
    /// let mut publisher = Publisher::new(&mut book);
    /// let reader = publisher.reader();
    /// say(&mut book, "more", three_more);
    /// assert_eq!(reader.available(tee, reno), 5, "not shown yet");
    /// let commit = publisher.publish(&mut book);
    /// assert_eq!((reader.available(tee, reno), reader.commit()), (8, commit));
    /// ```
    pub fn publish(&mut self, book: &mut Book) -> u64 {
        let commit = self.commit.saturating_add(1);
        let board = &self.board;
        book.tell_changed_cells(|sku, node, units| board.show(sku, node, units, commit));
        self.commit = commit;
        board.commit.store(commit, Ordering::Release);
        commit
    }

    /// A reader of what is shown; it outlives the publisher, and then shows what was shown last.
    ///
    /// ```
    #[doc = include_str!("example.txt")]
    /// let reader = Publisher::new(&mut book).reader();
    /// // The publisher is gone: what was shown last stays.
    /// assert_eq!(reader.available(tee, reno), 5);
    /// ```
    #[must_use]
    pub fn reader(&self) -> Reader {
        Reader { board: Arc::clone(&self.board) }
    }
}

/// A reader's side: cheap to clone, one for each thread or shared by many.
#[derive(Clone)]
pub struct Reader {
    board: Arc<Board>,
}

impl std::fmt::Debug for Reader {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        to.debug_struct("Reader").field("commit", &self.commit()).finish_non_exhaustive()
    }
}

impl Reader {
    /// The number of the last commit; it rises by one with each.
    ///
    /// ```
    #[doc = include_str!("example.txt")]
    /// let mut publisher = Publisher::new(&mut book);
    /// let reader = publisher.reader();
    /// let before = reader.commit();
    /// publisher.publish(&mut book);
    /// assert_eq!(reader.commit(), before + 1);
    /// ```
    #[must_use]
    pub fn commit(&self) -> u64 {
        self.board.commit.load(Ordering::Acquire)
    }

    /// Units available at a node, in the SKU's smallest unit: one atomic load, whatever the writer does. 0
    /// for what was never stocked or is not known.
    ///
    /// ```
    #[doc = include_str!("example.txt")]
    /// let reader = Publisher::new(&mut book).reader();
    /// assert_eq!((reader.available(tee, reno), reader.available(SkuId(7), reno)), (5, 0));
    /// ```
    #[inline]
    #[must_use]
    pub fn available(&self, sku: SkuId, node: NodeId) -> i64 {
        self.board.cell(sku, node).map_or(0, |cell| cell.units.load(Ordering::Acquire))
    }

    /// Units available in several cells, all of them as of one commit, whose number is the answer. It looks
    /// again only while the writer changes one of these very cells.
    ///
    /// Cells without a place in `units` are not read, places without a cell are left alone.
    ///
    /// ```
    #[doc = include_str!("example.txt")]
    /// let reader = Publisher::new(&mut book).reader();
    /// let mut units = [0; 2];
    /// let commit = reader.read([(tee, reno), (tee, NodeId(1))].into_iter(), &mut units);
    /// assert_eq!((units, commit), ([5, 0], reader.commit()));
    /// ```
    pub fn read(&self, cells: impl Iterator<Item = (SkuId, NodeId)> + Clone, units: &mut [i64]) -> u64 {
        loop {
            if let Some(commit) = self.try_read(cells.clone(), units) {
                return commit;
            }
            std::hint::spin_loop();
        }
    }

    /// One look at several cells, in a bounded number of steps: `None` if the writer changed one of them
    /// meanwhile; then `units` holds no answer.
    ///
    /// ```
    #[doc = include_str!("example.txt")]
    /// let reader = Publisher::new(&mut book).reader();
    /// let mut units = [0];
    /// let commit = reader.try_read([(tee, reno)].into_iter(), &mut units);
    /// assert_eq!((units, commit), ([5], Some(reader.commit())), "nobody writes meanwhile");
    /// ```
    pub fn try_read(&self, cells: impl Iterator<Item = (SkuId, NodeId)>, units: &mut [i64]) -> Option<u64> {
        let commit = self.commit();
        for ((sku, node), units) in cells.zip(units) {
            *units = match self.board.cell(sku, node) {
                None => 0,
                Some(cell) => {
                    let stamp = cell.stamp.load(Ordering::Acquire);
                    let found = cell.units.load(Ordering::Relaxed);
                    fence(Ordering::Acquire);
                    // Changed by a commit that came later, or just now.
                    if stamp > commit || cell.stamp.load(Ordering::Relaxed) != stamp {
                        return None;
                    }
                    found
                }
            };
        }
        Some(commit)
    }
}
