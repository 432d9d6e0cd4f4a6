//! Readers of availability: they never wait, neither for the writer nor for each other.
//!
//! A reader's handle is a tag, a generation and a slot like a book's, but its slot has no lock: a call counts
//! itself in, looks whether the slot still has its generation, reads, and counts itself out. Only closing
//! waits, for the calls that are inside.

use crate::bytes::{Out, check, slice};
use crate::guard::{guarded, with_shelf};
use crate::lock::Lock;
use crate::status::Status;
use engine::{NodeId, SkuId};
use std::cell::UnsafeCell;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use stockbook_publish::Reader;

/// Tells their handles from those of books and buffers.
const TAG: u64 = 0xB2;
/// Most readers at a time.
const SLOTS_MAX: usize = 4_096;
/// Cells that are read without a buffer from the heap.
const FEW: usize = 64;

/// A place for a reader.
struct Slot {
    /// Twice the generation, and one while it is open.
    state: AtomicU64,
    /// Calls that look at the slot now.
    inside: AtomicU32,
    reader: UnsafeCell<Option<Reader>>,
}

// SAFETY: the reader is written only while the slot is not open and nobody is inside (see `open`, `close`),
// and read only by calls that are inside and saw it open.
unsafe impl Sync for Slot {}

static SLOTS: [Slot; SLOTS_MAX] =
    [const { Slot { state: AtomicU64::new(0), inside: AtomicU32::new(0), reader: UnsafeCell::new(None) } };
        SLOTS_MAX];

/// Slots that were used and are free again, and how many were ever used. Opening and closing take turns.
static FREE: Lock<(Vec<usize>, usize)> = Lock::new((Vec::new(), 0));

/// A call that is inside a slot, until it is dropped.
struct Inside(&'static Slot);

impl Inside {
    fn enter(slot: &'static Slot) -> Inside {
        slot.inside.fetch_add(1, Ordering::SeqCst);
        Inside(slot)
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        self.0.inside.fetch_sub(1, Ordering::SeqCst);
    }
}

/// The slot and the generation that a handle speaks of.
fn find(handle: u64) -> Result<(usize, &'static Slot, u64), Status> {
    let number = usize::try_from(handle & 0xff_ffff).unwrap_or(usize::MAX);
    let generation = (handle >> 24) & 0xffff_ffff;
    match SLOTS.get(number) {
        Some(slot) if handle >> 56 == TAG && generation > 0 => Ok((number, slot, generation)),
        _ => Err(Status::InvalidHandle),
    }
}

/// What a slot in this state says of a generation.
fn judge(state: u64, generation: u64) -> Result<(), Status> {
    match generation.cmp(&(state >> 1)) {
        std::cmp::Ordering::Greater => Err(Status::InvalidHandle),
        std::cmp::Ordering::Equal if state & 1 == 1 => Ok(()),
        _ => Err(Status::Closed),
    }
}

/// Opens a reader of a book's availability. The book shows it from now on: at once, and anew with every call
/// that changes the book. The reader outlives the book, and then shows what was shown last.
///
/// Answers BUSY while another thread is in a call on the book, TOO_MANY_HANDLES beyond 4,096 readers.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn stockbook_reader_open(book: u64, reader: *mut u64) -> Status {
    with_shelf(book, |shelf| {
        // SAFETY: the contract with the caller.
        let out = unsafe { Out::new("reader", reader)? };
        let mut free = FREE.lock();
        let number = free.0.pop().unwrap_or(free.1);
        let slot = SLOTS.get(number).ok_or(Status::TooManyHandles)?;
        free.1 = free.1.max(number.saturating_add(1));
        let generation = (slot.state.load(Ordering::SeqCst) >> 1).saturating_add(1);
        // SAFETY: the slot is not open, `close` has seen everybody out, and `FREE` keeps others from opening.
        unsafe { *slot.reader.get() = Some(shelf.publisher().reader()) };
        slot.state.store((generation << 1) | 1, Ordering::SeqCst);
        out.set((TAG << 56) | (generation << 24) | u64::try_from(number).unwrap_or(0));
        Ok(Status::Ok)
    })
}

/// Closes a reader. Waits for calls of other threads that are inside it.
#[unsafe(no_mangle)]
pub extern "C" fn stockbook_reader_close(reader: u64) -> Status {
    guarded(|| {
        let (number, slot, generation) = find(reader)?;
        let open = (generation << 1) | 1;
        let closed = slot.state.compare_exchange(open, open ^ 1, Ordering::SeqCst, Ordering::SeqCst);
        if let Err(state) = closed {
            judge(state, generation)?;
        }
        while slot.inside.load(Ordering::SeqCst) > 0 {
            std::thread::yield_now();
        }
        // SAFETY: the slot is not open any more, and whoever saw it open has left.
        drop(unsafe { (*slot.reader.get()).take() });
        if generation < u64::from(u32::MAX) {
            FREE.lock().0.push(number);
        }
        Ok(Status::Ok)
    })
}

/// Units available (sellable less reserved, in the SKU's smallest unit) in `count` cells, given by SKU id and
/// node id; all of them as of one commit, whose number `commit` tells. It never waits: it looks again only
/// while the writer changes one of these very cells. 0 for what was never stocked. What channels' protection
/// keeps back is not taken off.
///
/// Any number of threads may read through one handle at a time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn stockbook_reader_read(
    reader: u64,
    sku: *const u32,
    node: *const u32,
    count: usize,
    available: *mut i64,
    commit: *mut u64,
) -> Status {
    guarded(|| {
        let (_, slot, generation) = find(reader)?;
        let inside = Inside::enter(slot);
        judge(slot.state.load(Ordering::SeqCst), generation)?;
        // SAFETY: this call is inside and saw the slot open, so that `close` waits; the rest is the contract
        // with the caller.
        let (shown, sku, node) = unsafe {
            let shown = (*inside.0.reader.get()).as_ref().ok_or(Status::Closed)?;
            (shown, slice("sku", sku, count)?, slice("node", node, count)?)
        };
        if count > 0 {
            check("available", available, count)?;
        }
        // SAFETY: the contract with the caller.
        let commit = unsafe { Out::new("commit", commit)? };
        let cells = sku.iter().zip(node).map(|(sku, node)| (SkuId(*sku), NodeId(*node)));
        let (mut few, mut many) = ([0i64; FEW], Vec::new());
        let units = match few.get_mut(..count) {
            Some(few) => few,
            None => {
                many.resize(count, 0);
                many.as_mut_slice()
            }
        };
        let seen = shown.read(cells, units);
        if count > 0 {
            // SAFETY: not NULL, aligned and of a possible size; writable by the contract with the caller.
            unsafe { std::ptr::copy_nonoverlapping(units.as_ptr(), available, count) };
        }
        commit.set(seen);
        Ok(Status::Ok)
    })
}
