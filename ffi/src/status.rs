//! What every call answers: one number, and the text that goes with it.

use std::borrow::Cow;

/// What a call answers. Outputs are written with `OK`, and by `stockbook_execute` and
/// `stockbook_ask` with `REJECTED` too. Numbers are never given a second meaning.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Done; all outputs are written.
    Ok = 0,
    /// The book says no, and nothing has changed. JSON calls say why in their answer, column
    /// calls in `stockbook_last_fault`.
    Rejected = 1,
    /// A pointer is NULL that must not be.
    NullArgument = 2,
    /// A length, an alignment, a kind or a text is not what it must be.
    InvalidArgument = 3,
    /// This library never gave out that handle.
    InvalidHandle = 4,
    /// The handle was closed before, by the caller or by a `PANICKED`.
    Closed = 5,
    /// Another thread is inside a call on the same handle; nothing was done.
    Busy = 6,
    /// A log or a snapshot cannot be loaded.
    LoadError = 7,
    /// Events that were asked for have left the window.
    EventsDrained = 8,
    /// No such code, or no such id.
    NotFound = 9,
    /// `stockbook_verify` found the book unsound.
    Unsound = 10,
    /// 16,777,216 handles of one kind are in use.
    TooManyHandles = 11,
    /// A fault of the library was caught. The book that it happened to is closed, all others are
    /// sound.
    Panicked = 12,
}

impl Status {
    /// All of them, by number.
    const ALL: [Status; 13] = [
        Status::Ok,
        Status::Rejected,
        Status::NullArgument,
        Status::InvalidArgument,
        Status::InvalidHandle,
        Status::Closed,
        Status::Busy,
        Status::LoadError,
        Status::EventsDrained,
        Status::NotFound,
        Status::Unsound,
        Status::TooManyHandles,
        Status::Panicked,
    ];

    /// The status of that number.
    pub(crate) fn from_number(number: i32) -> Option<Status> {
        usize::try_from(number).ok().and_then(|index| Status::ALL.get(index)).copied()
    }

    /// The status in words.
    pub(crate) const fn text(self) -> &'static std::ffi::CStr {
        match self {
            Status::Ok => c"done",
            Status::Rejected => c"the book says no",
            Status::NullArgument => c"a pointer is NULL",
            Status::InvalidArgument => c"an argument is not what it must be",
            Status::InvalidHandle => c"no such handle was given out",
            Status::Closed => c"the handle is closed",
            Status::Busy => c"another thread uses the handle",
            Status::LoadError => c"the log or snapshot cannot be loaded",
            Status::EventsDrained => c"the events have left the window",
            Status::NotFound => c"no such code or id",
            Status::Unsound => c"the book is unsound",
            Status::TooManyHandles => c"too many handles are in use",
            Status::Panicked => c"a fault of the library was caught",
        }
    }
}

/// A status that is not `OK`, and what is behind it.
#[derive(Debug)]
pub(crate) struct Problem {
    pub(crate) status: Status,
    pub(crate) text: Cow<'static, str>,
}

impl Problem {
    /// A problem in words of its own.
    pub(crate) fn new(status: Status, text: impl Into<Cow<'static, str>>) -> Problem {
        Problem { status, text: text.into() }
    }
}

impl From<Status> for Problem {
    fn from(status: Status) -> Problem {
        Problem::new(status, status.text().to_str().unwrap_or_default())
    }
}

/// What the body of a call gives back: `OK` or `REJECTED` with its outputs written, or a problem.
pub(crate) type Outcome = Result<Status, Problem>;
