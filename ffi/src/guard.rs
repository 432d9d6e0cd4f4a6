//! The border: what comes in is guarded, and what goes wrong becomes a status and a text.

use crate::handle::Table;
use crate::status::{Outcome, Problem, Status};
use engine::Book;
use std::any::Any;
use std::borrow::Cow;
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use stockbook_publish::Publisher;

/// A book, and what shows its availability once a reader was opened.
pub(crate) struct Shelf {
    book: Book,
    publisher: Option<Publisher>,
}

impl Shelf {
    /// The publisher, who watches the book from the first call on.
    pub(crate) fn publisher(&mut self) -> &Publisher {
        let book = &mut self.book;
        self.publisher.get_or_insert_with(|| Publisher::new(book))
    }
}

/// All open books. The tag tells their handles from those of buffers.
static BOOKS: Table<Shelf> = Table::new(0xB0);

thread_local! {
    /// What the last call of this thread that failed ran into.
    static LAST_FAULT: RefCell<Cow<'static, str>> = const { RefCell::new(Cow::Borrowed("")) };
}

/// Runs a call that needs no book.
pub(crate) fn guarded(body: impl FnOnce() -> Outcome) -> Status {
    match catch_unwind(AssertUnwindSafe(body)) {
        Ok(outcome) => settle(outcome),
        Err(panic) => settle(Err(fault(&*panic))),
    }
}

/// Runs a call on a book, and shows what it changed. A panic closes that book.
pub(crate) fn with_book(handle: u64, body: impl FnOnce(&mut Book) -> Outcome) -> Status {
    with_shelf(handle, |shelf| {
        let sequence = shelf.book.sequence();
        let outcome = body(&mut shelf.book);
        if let Some(publisher) = &mut shelf.publisher
            && shelf.book.sequence() != sequence
        {
            publisher.publish(&mut shelf.book);
        }
        outcome
    })
}

/// Runs a call on a book and what belongs to it.
pub(crate) fn with_shelf(handle: u64, body: impl FnOnce(&mut Shelf) -> Outcome) -> Status {
    guarded(|| match BOOKS.visit(handle, body)? {
        Ok(outcome) => outcome,
        Err(panic) => Err(fault(&*panic)),
    })
}

/// Gives a book a handle.
pub(crate) fn open(book: Book) -> Result<u64, Problem> {
    BOOKS.insert(Shelf { book, publisher: None })
}

/// Closes a book.
pub(crate) fn close(handle: u64) -> Outcome {
    drop(BOOKS.take(handle)?);
    Ok(Status::Ok)
}

/// The text of the last problem of this thread; empty before the first one.
pub(crate) fn last_fault() -> String {
    LAST_FAULT.with(|last| last.borrow().to_string())
}

fn settle(outcome: Outcome) -> Status {
    match outcome {
        Ok(status) => status,
        Err(problem) => {
            // A thread on its way out has no place for the text any more; the status is enough
            // then.
            let _ = LAST_FAULT.try_with(|last| *last.borrow_mut() = problem.text);
            problem.status
        }
    }
}

/// What a panic said.
fn fault(panic: &(dyn Any + Send)) -> Problem {
    let text = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("no text");
    Problem::new(Status::Panicked, format!("fault of the library: {text}"))
}
