//! What the host keeps: events as a log, the book as a snapshot, and both back again.

use super::Book;
use super::recent::{Delivered, Recent};
use super::window::Window;
use crate::record::*;
use crate::value::ids::DocKey;
use crate::value::num;
use crate::value::rejection::Rejection;
use serde::{Deserialize, Serialize};

/// Events that were asked for have left the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("events before {first} have left the window: drain sooner, or set a larger event_window")]
pub struct EventsDrained {
    /// The first event that the window still has.
    pub first: u64,
}

/// A delivery of which a log has told only what fell due before it.
#[derive(Clone, Debug)]
pub(super) struct Begun {
    command: DocKey,
    first_sequence: u64,
    /// Exceptions before it.
    exceptions: u32,
}

/// A snapshot: the state, the commands remembered, the events not yet forgotten.
#[derive(Serialize)]
struct Image<'a> {
    state: &'a State,
    recent: &'a Recent,
    window: &'a Window,
    state_hash: u64,
}

#[derive(Deserialize)]
struct StoredImage {
    state: State,
    recent: Recent,
    window: Window,
    state_hash: u64,
}

impl Book {
    /// An event in the window.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// let last = book.event(book.sequence()).ok_or("it is in the window")?;
    /// assert_eq!(last.body.name(), "GoodsReceived");
    /// assert!(book.event(book.sequence() + 1).is_none());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn event(&self, sequence: u64) -> Option<&Event> {
        let first = self.window.front()?.sequence;
        self.window.get(usize::try_from(sequence.checked_sub(first)?).ok()?)
    }

    /// The first event that the window still has; one past the last if it is empty.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// assert_eq!(book.first_event(), 1);
    /// book.forget_events(3);
    /// assert_eq!(book.first_event(), 4);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn first_event(&self) -> u64 {
        self.window.front().map_or(self.sequence().saturating_add(1), |event| event.sequence)
    }

    /// The events from `from` on, oldest first.
    ///
    /// # Errors
    /// If some of them have left the window.
    ///
    /// ```
    /// use stockbook::*;
    /// let mut book = Book::new();
    /// let at = "2026-01-05T09:00:00Z".parse().unwrap();
    /// book.execute(&Envelope::new("1", at, Command::AdvanceTime(AdvanceTime {}))).unwrap();
    /// assert_eq!(book.events_since(1).unwrap().count(), 1);
    /// book.forget_events(1);
    /// assert_eq!(book.events_since(1).err(), Some(EventsDrained { first: 2 }));
    /// ```
    pub fn events_since(&self, from: u64) -> Result<impl Iterator<Item = &Event>, EventsDrained> {
        let first = self.first_event();
        if from.max(1) < first {
            return Err(EventsDrained { first });
        }
        let skip = usize::try_from(from.saturating_sub(first)).unwrap_or(usize::MAX);
        Ok(self.window.iter().skip(skip))
    }

    /// Lets go of the events up to `to`: the host has them.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// book.forget_events(book.sequence());
    /// assert_eq!(book.events_since(book.sequence() + 1)?.count(), 0);
    /// assert!(book.event(1).is_none(), "the host has it");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn forget_events(&mut self, to: u64) {
        self.window.forget(to);
    }

    /// The events from `from` on, as bytes that [`Book::replay`] reads.
    ///
    /// # Errors
    /// If some of them have left the window.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// let log = book.log_since(1)?;
    /// assert_eq!(Book::replay(&log)?.state_hash(), book.state_hash());
    /// book.forget_events(1);
    /// assert!(book.log_since(1).is_err(), "event 1 has left");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn log_since(&self, from: u64) -> Result<Vec<u8>, EventsDrained> {
        Ok(write_log(self.state.head.origin(), self.events_since(from)?))
    }

    /// A book from a whole log.
    ///
    /// # Errors
    /// If the bytes are not a whole log from the first event on.
    ///
    /// ```
    /// use stockbook::*;
    /// let mut book = Book::new();
    /// let at = "2026-01-05T09:00:00Z".parse().unwrap();
    /// book.execute(&Envelope::new("1", at, Command::AdvanceTime(AdvanceTime {}))).unwrap();
    /// let log = book.log_since(1).unwrap();
    /// assert_eq!(Book::replay(&log).unwrap().state_hash(), book.state_hash());
    /// assert!(Book::replay(&log[..log.len() - 1]).is_err());
    /// ```
    pub fn replay(log: &[u8]) -> Result<Book, LoadError> {
        let mut book = Book::new();
        book.apply_log(log)?;
        Ok(book)
    }

    /// Continues this book by a log that begins where it stands, all or nothing. Gives the last sequence.
    ///
    /// # Errors
    /// If the bytes are not a whole log, or it does not begin with the next event.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// let mut standby = Book::replay(&book.log_since(1)?)?;
    #[doc = include_str!("../example_order.txt")]
    /// // What has happened since is shipped to the standby.
    /// let log = book.log_since(standby.sequence() + 1)?;
    /// assert_eq!(standby.apply_log(&log)?, book.sequence());
    /// assert_eq!(standby.state_hash(), book.state_hash());
    /// assert!(standby.apply_log(&log).is_err(), "a log is applied once");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn apply_log(&mut self, log: &[u8]) -> Result<u64, LoadError> {
        let (origin, events) = read_log(log)?;
        if let Some(fault) = self.fault {
            return Err(faulty(0, fault));
        }
        if self.sequence() == 0 && origin != self.state.head.origin() {
            let begun = std::mem::replace(&mut self.state, State::genesis(origin));
            let done = self.apply_events(events);
            if done.is_err() {
                self.state = begun;
            }
            return done;
        }
        self.apply_events(events)
    }

    fn apply_events(&mut self, events: Vec<Event>) -> Result<u64, LoadError> {
        let (window, recent) = (self.window.len(), self.recent.len());
        let (begun, last) = (self.begun.clone(), self.recent.last().cloned());
        let head = self.state.begin();
        for (index, event) in events.into_iter().enumerate() {
            if let Err(problem) = self.apply_recorded(event) {
                self.undo(head);
                self.window.truncate(window);
                self.recent.truncate(recent);
                if let Some(last) = last {
                    self.recent.go_on(&last.key, last.sequence, last.exceptions.1);
                }
                self.begun = begun;
                return Err(faulty(index, &problem));
            }
        }
        self.state.commit();
        self.trim();
        Ok(self.sequence())
    }

    fn apply_recorded(&mut self, event: Event) -> Result<(), String> {
        let next = self.sequence().saturating_add(1);
        if event.sequence != next {
            return Err(format!("the log goes on with {}, the book with {next}", event.sequence));
        }
        if event.at < self.now() {
            return Err("time went back".into());
        }
        let before = self.state.head.exceptions;
        self.players.clear();
        self.state.apply(&event).map_err(|fault| fault.0.to_owned())?;
        self.state.derived.source = event.source.clone();
        self.state.derived.actor = event.actor.clone();
        // An event that fell due belongs to the delivery that comes after it, and what it opened too.
        let begun = self.begun.take().filter(|begun| begun.command == event.command);
        let begun = begun.unwrap_or_else(|| self.begun_in_window(&event, before));
        if event.content == 0 {
            self.begun = Some(begun);
        } else if matches!(event.body, Body::BackordersFilled(_)) {
            // It belongs to the delivery that came before it.
            self.recent.go_on(&event.command, event.sequence, self.state.head.exceptions);
        } else {
            let delivered = Delivered {
                key: event.command.clone(),
                content: event.content,
                first_sequence: begun.first_sequence,
                sequence: event.sequence,
                at: event.at,
                exceptions: (begun.exceptions, self.state.head.exceptions),
            };
            self.recent.push(delivered, num::index(self.state.head.config.idempotency_window));
        }
        self.window.push(num::index(self.state.head.config.event_window), || event);
        Ok(())
    }

    /// Where the delivery of an event began, as far as the window tells: a book may come from amid one.
    fn begun_in_window(&self, event: &Event, exceptions: u32) -> Begun {
        let due = self.window.iter().rev().take_while(|known| known.content == 0);
        let due = due.take_while(|known| known.command == event.command).count();
        let due = u64::try_from(due).unwrap_or(0);
        let first_sequence = event.sequence.saturating_sub(due);
        Begun { command: event.command.clone(), first_sequence, exceptions }
    }

    /// The whole book as bytes that [`Book::restore`] reads.
    ///
    /// ```
    /// use stockbook::Book;
    /// let bytes = Book::new().snapshot();
    /// assert_eq!(Book::restore(&bytes).unwrap().state_hash(), Book::new().state_hash());
    /// ```
    #[must_use]
    pub fn snapshot(&self) -> Vec<u8> {
        let image = Image {
            state: &self.state,
            recent: &self.recent,
            window: &self.window,
            state_hash: self.state_hash(),
        };
        write_snapshot(&image)
    }

    /// A book from a snapshot.
    ///
    /// # Errors
    /// If the bytes are not a whole snapshot.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// let bytes = book.snapshot();
    /// let again = Book::restore(&bytes)?;
    /// assert_eq!((again.sequence(), again.state_hash()), (book.sequence(), book.state_hash()));
    /// assert!(Book::restore(&bytes[1..]).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn restore(bytes: &[u8]) -> Result<Book, LoadError> {
        let image: StoredImage = read_snapshot(bytes)?;
        let mut book = Book { state: image.state, recent: image.recent, window: image.window, ..Book::new() };
        book.state.stock.cells.make_room(book.state.catalog.sku.len(), book.state.catalog.node.len());
        book.state.rebuild();
        book.state.index();
        if book.state_hash() != image.state_hash {
            return Err(LoadError {
                offset: 0,
                problem: "the state does not have the hash it was stored with".into(),
            });
        }
        Ok(book)
    }

    /// Proves that the book is sound: goods conserved, every reservation owned, books tied to goods, hash
    /// kept.
    ///
    /// # Errors
    /// The first law that is broken: a defect of the library.
    ///
    /// ```
    /// assert_eq!(stockbook::Book::new().verify().unwrap().accounts, 45);
    /// ```
    pub fn verify(&self) -> Result<Proof, Violation> {
        self.state.verify()
    }

    pub(crate) fn check_fault(&self) -> Result<(), Rejection> {
        match self.fault {
            Some(fault) => Err(Rejection::BookFaulted { fault: fault.into() }),
            None => Ok(()),
        }
    }

    /// Units of stock by SKU and node, as columns: rows where there is anything, by SKU, then node.
    ///
    /// ```
    /// assert!(stockbook::Book::new().stock_columns().sku.is_empty());
    /// ```
    #[must_use]
    pub fn stock_columns(&self) -> super::columns::StockColumns {
        let mut out = super::columns::StockColumns::default();
        for (sku, node, cell) in self.state.stock.cells.iter() {
            out.sku.push(sku.0);
            out.node.push(node.0);
            out.on_hand.push(cell.on_hand());
            out.sellable.push(cell.sellable);
            out.reserved.push(cell.reserved);
            out.available.push(cell.free());
            out.value.push(cell.value.micros());
        }
        out
    }
}
