//! A fault of the library becomes a status and closes that book alone. No input is known that makes
//! the engine panic, and no test hook is exported: the guard itself is compiled in here.
#![allow(dead_code, unreachable_pub, reason = "the C face's own files, of which this uses a part")]

extern crate stockbook as engine;

#[path = "../../ffi/src/guard.rs"]
mod guard;
#[path = "../../ffi/src/handle.rs"]
mod handle;
#[path = "../../ffi/src/lock.rs"]
mod lock;
#[path = "../../ffi/src/status.rs"]
mod status;

use engine::Book;
use status::Status;

#[test]
fn a_panic_closes_one_book() {
    let broken = guard::open(Book::new()).expect("a handle");
    let sound = guard::open(Book::new()).expect("a handle");
    assert_eq!(guard::with_book(broken, |_| panic!("planted")), Status::Panicked);
    assert_eq!(guard::last_fault(), "fault of the library: planted");
    assert_eq!(guard::with_book(broken, |_| Ok(Status::Ok)), Status::Closed);
    assert_eq!(guard::with_book(sound, |_| Ok(Status::Ok)), Status::Ok);
    assert_eq!(guard::guarded(|| panic!("{} {}", "with", "arguments")), Status::Panicked);
    assert_eq!(guard::last_fault(), "fault of the library: with arguments");
}

#[test]
fn a_handle_in_use_is_busy_and_not_poisoned() {
    let book = guard::open(Book::new()).expect("a handle");
    let inside = guard::with_book(book, |_| {
        assert_eq!(guard::with_book(book, |_| Ok(Status::Ok)), Status::Busy);
        assert_eq!(guard::guarded(|| guard::close(book)), Status::Busy);
        Ok(Status::Ok)
    });
    assert_eq!(inside, Status::Ok);
    assert_eq!(guard::guarded(|| guard::close(book)), Status::Ok);
    assert_eq!(guard::guarded(|| guard::close(book)), Status::Closed);
}
