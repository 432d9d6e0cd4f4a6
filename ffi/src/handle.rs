//! Values behind numbers. A handle is a tag, a generation and a slot; it is looked up, never
//! followed, so that a closed, garbage or foreign one gets a status.
//!
//! ```text
//! 63    56 55                 24 23            0
//! [ tag  ] [ generation, from 1 ] [ slot         ]
//! ```
//!
//! The table's lock is held for a look-up only. A slot has a lock of its own, held during a call
//! and tried, never waited for. Slots are reused under the next generation and live as long as
//! the program. Whoever holds a slot may take the table's lock, never the other way round.

use crate::lock::Lock;
use crate::status::{Problem, Status};
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Bits of the slot's number: 16,777,216 values of one kind at a time.
const SLOT_BITS: u32 = 24;
const SLOT_MASK: u64 = 0xff_ffff;
const TAG_SHIFT: u32 = 56;

/// A handle taken apart.
#[derive(Clone, Copy)]
struct Address {
    tag: u8,
    generation: u32,
    slot: u32,
}

impl Address {
    fn of(handle: u64) -> Option<Address> {
        Some(Address {
            tag: u8::try_from(handle >> TAG_SHIFT).ok()?,
            generation: u32::try_from((handle >> SLOT_BITS) & u64::from(u32::MAX)).ok()?,
            slot: u32::try_from(handle & SLOT_MASK).ok()?,
        })
    }

    fn handle(self) -> u64 {
        (u64::from(self.tag) << TAG_SHIFT) | (u64::from(self.generation) << SLOT_BITS) | u64::from(self.slot)
    }
}

/// A value and the generation of the handle that reaches it.
struct Slot<T> {
    generation: u32,
    value: Option<T>,
}

/// What the table knows of a slot.
struct Entry<T: 'static> {
    generation: u32,
    live: bool,
    slot: &'static Lock<Slot<T>>,
}

struct Entries<T: 'static> {
    all: Vec<Entry<T>>,
    free: Vec<u32>,
}

/// Values of one kind, each behind a handle.
pub(crate) struct Table<T: 'static> {
    tag: u8,
    entries: Lock<Entries<T>>,
}

/// What a visit brought: the visitor's answer, or what it panicked with.
pub(crate) type Visit<R> = Result<R, Box<dyn Any + Send>>;

impl<T: Send> Table<T> {
    /// A table whose handles carry this tag.
    pub(crate) const fn new(tag: u8) -> Table<T> {
        Table { tag, entries: Lock::new(Entries { all: Vec::new(), free: Vec::new() }) }
    }

    /// Gives the value a handle.
    pub(crate) fn insert(&'static self, value: T) -> Result<u64, Problem> {
        let (address, slot) = self.reserve()?;
        *slot.lock() = Slot { generation: address.generation, value: Some(value) };
        Ok(address.handle())
    }

    /// Lets the visitor in, alone. If it panics, the value is dropped and its handle closed.
    pub(crate) fn visit<R>(
        &'static self,
        handle: u64,
        visitor: impl FnOnce(&mut T) -> R,
    ) -> Result<Visit<R>, Status> {
        let (address, slot) = self.find(handle)?;
        let mut held = slot.try_lock().ok_or(Status::Busy)?;
        if held.generation != address.generation {
            return Err(Status::Closed);
        }
        let value = held.value.as_mut().ok_or(Status::Closed)?;
        let visit = catch_unwind(AssertUnwindSafe(|| visitor(value)));
        if visit.is_err() {
            drop_quietly(held.value.take());
            self.free(address);
        }
        Ok(visit)
    }

    /// Takes the value out and closes its handle.
    pub(crate) fn take(&'static self, handle: u64) -> Result<T, Status> {
        let (address, slot) = self.find(handle)?;
        let mut held = slot.try_lock().ok_or(Status::Busy)?;
        if held.generation != address.generation {
            return Err(Status::Closed);
        }
        let value = held.value.take().ok_or(Status::Closed)?;
        self.free(address);
        Ok(value)
    }

    /// A slot that is free, under its next generation.
    fn reserve(&'static self) -> Result<(Address, &'static Lock<Slot<T>>), Problem> {
        let mut entries = self.entries.lock();
        if let Some(number) = entries.free.pop()
            && let Some(entry) = usize::try_from(number).ok().and_then(|n| entries.all.get_mut(n))
        {
            entry.generation = entry.generation.saturating_add(1);
            entry.live = true;
            let address = Address { tag: self.tag, generation: entry.generation, slot: number };
            return Ok((address, entry.slot));
        }
        let number = u64::try_from(entries.all.len()).unwrap_or(u64::MAX);
        if number > SLOT_MASK {
            return Err(Status::TooManyHandles.into());
        }
        let slot: &'static Lock<Slot<T>> =
            Box::leak(Box::new(Lock::new(Slot { generation: 0, value: None })));
        entries.all.push(Entry { generation: 1, live: true, slot });
        let number = u32::try_from(number).unwrap_or(u32::MAX);
        Ok((Address { tag: self.tag, generation: 1, slot: number }, slot))
    }

    /// The slot that a handle speaks of.
    fn find(&'static self, handle: u64) -> Result<(Address, &'static Lock<Slot<T>>), Status> {
        let address = Address::of(handle).ok_or(Status::InvalidHandle)?;
        if address.tag != self.tag || address.generation == 0 {
            return Err(Status::InvalidHandle);
        }
        let entries = self.entries.lock();
        let entry = usize::try_from(address.slot).ok().and_then(|slot| entries.all.get(slot));
        match entry {
            None => Err(Status::InvalidHandle),
            Some(entry) if address.generation > entry.generation => Err(Status::InvalidHandle),
            Some(entry) if address.generation < entry.generation || !entry.live => Err(Status::Closed),
            Some(entry) => Ok((address, entry.slot)),
        }
    }

    /// Gives a slot back. One that has used up its generations is never used again.
    fn free(&'static self, address: Address) {
        let mut entries = self.entries.lock();
        let number = usize::try_from(address.slot).unwrap_or(usize::MAX);
        let Some(entry) = entries.all.get_mut(number) else { return };
        entry.live = false;
        if entry.generation < u32::MAX {
            entries.free.push(address.slot);
        }
    }
}

/// Drops a value that a panic may have left in any state.
fn drop_quietly<T>(value: Option<T>) {
    let _ = catch_unwind(AssertUnwindSafe(|| drop(value)));
}
