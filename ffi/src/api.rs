//! The exported functions. Each takes its arguments apart, asks the engine, and hands the result
//! over.
#![allow(clippy::missing_safety_doc, reason = "the contract with the caller opens the header")]

use crate::arrow::{self, ArrowArray, ArrowSchema};
use crate::bytes::{self, Bytes, Out};
use crate::columns::{self, OrderColumns, OrderOutcomes, Outcomes, ReceiptColumns, ShipmentColumns};
use crate::guard::{self, guarded, with_book};
use crate::status::{Outcome, Problem, Status};
use engine::{
    AccountId, Book, ChannelId, DocKey, EventsDrained, NodeId, OrderId, ReasonId, ServiceId, SkuId,
    SupplierId,
};
use std::ffi::{c_char, c_void};

/// Rises when a program compiled against an older header must be compiled anew.
pub const STOCKBOOK_ABI_VERSION: u32 = 1;

/// What an id is of.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A stock keeping unit.
    Sku = 1,
    /// A place that holds stock.
    Node = 2,
    /// A channel that sells.
    Channel = 3,
    /// A carrier service.
    Service = 4,
    /// A supplier.
    Supplier = 5,
    /// A ledger account.
    Account = 6,
    /// A reason code.
    Reason = 7,
    /// An order.
    Order = 8,
}

/// Which report.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Report {
    /// Stock by SKU and node where anything is not zero: `sku`, `node` (utf8); `sku_id`,
    /// `node_id` (uint32); `on_hand`, `sellable`, `reserved`, `available` (int64); `value`
    /// (decimal128(19, 6)).
    Stock = 1,
    /// Balances of all accounts, debit positive: `account` (utf8); `balance` (decimal128(19, 6)).
    TrialBalance = 2,
    /// Lines of the journal, of the events that the window still has, a debit positive: `sequence`,
    /// `qty`, `corrects` (int64); `at`, `occurred_at`, `posted_at`, `event`, `document`,
    /// `movement`, `account`, `sku`, `node`, `channel`, `lot` (utf8; empty = none); `amount`
    /// (decimal128(19, 6)).
    Journal = 3,
}

// --- The library ---

/// `STOCKBOOK_ABI_VERSION` of the library that is loaded.
#[unsafe(no_mangle)]
pub extern "C" fn stockbook_abi_version() -> u32 {
    STOCKBOOK_ABI_VERSION
}

/// Version of the library, as in `0.1.0`: a constant C string.
#[unsafe(no_mangle)]
pub extern "C" fn stockbook_version() -> *const c_char {
    const VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), "\0");
    VERSION.as_ptr().cast()
}

/// A status in words: a constant C string, for any number.
#[unsafe(no_mangle)]
pub extern "C" fn stockbook_status_text(status: i32) -> *const c_char {
    Status::from_number(status).map_or(c"no such status", Status::text).as_ptr()
}

/// What the last call of this thread ran into that answered neither OK nor a rejection in JSON:
/// which argument, which offset of a log, which fault. Empty before the first such call; a call
/// that goes well leaves it as it is.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn stockbook_last_fault(text: *mut Bytes) -> Status {
    guarded(|| {
        // SAFETY: the contract with the caller.
        let text = unsafe { Out::new("text", text)? };
        text.set(Bytes::give(guard::last_fault())?);
        Ok(Status::Ok)
    })
}

/// Gives bytes back to the library and empties the struct. An empty struct is left alone; bytes
/// that were given back before, under a copy of the struct, answer CLOSED.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn stockbook_bytes_free(bytes: *mut Bytes) -> Status {
    // SAFETY: the contract with the caller.
    guarded(|| unsafe { bytes::take_back(bytes) })
}

// --- A book's life ---

/// Opens an empty book: currency USD, the default chart of accounts, posting rules and policy.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn stockbook_open(book: *mut u64) -> Status {
    guarded(|| {
        // SAFETY: the contract with the caller.
        let book = unsafe { Out::new("book", book)? };
        book.set(guard::open(Book::new())?);
        Ok(Status::Ok)
    })
}

/// Closes a book. Its handle answers CLOSED from now on.
#[unsafe(no_mangle)]
pub extern "C" fn stockbook_close(book: u64) -> Status {
    guarded(|| guard::close(book))
}

/// Opens a book from a snapshot.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn stockbook_restore(
    snapshot: *const c_void,
    snapshot_len: usize,
    book: *mut u64,
) -> Status {
    guarded(|| {
        // SAFETY: the contract with the caller.
        let (snapshot, book) =
            unsafe { (bytes::slice("snapshot", snapshot.cast(), snapshot_len)?, Out::new("book", book)?) };
        book.set(guard::open(Book::restore(snapshot).map_err(unloadable)?)?);
        Ok(Status::Ok)
    })
}

/// Opens a book from its whole log.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn stockbook_replay(log: *const c_void, log_len: usize, book: *mut u64) -> Status {
    guarded(|| {
        // SAFETY: the contract with the caller.
        let (log, book) = unsafe { (bytes::slice("log", log.cast(), log_len)?, Out::new("book", book)?) };
        book.set(guard::open(Book::replay(log).map_err(unloadable)?)?);
        Ok(Status::Ok)
    })
}

/// Carries a book on by a log that begins where it stands: all of it, or nothing with
/// LOAD_ERROR. Tells the sequence that the book has reached.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn stockbook_apply_log(
    book: u64,
    log: *const c_void,
    log_len: usize,
    sequence: *mut u64,
) -> Status {
    with_book(book, |book| {
        // SAFETY: the contract with the caller.
        let (log, sequence) =
            unsafe { (bytes::slice("log", log.cast(), log_len)?, Out::new("sequence", sequence)?) };
        book.apply_log(log).map_err(unloadable)?;
        sequence.set(book.sequence());
        Ok(Status::Ok)
    })
}

/// The whole state of a book, for `stockbook_restore`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn stockbook_snapshot(book: u64, snapshot: *mut Bytes) -> Status {
    with_book(book, |book| {
        // SAFETY: the contract with the caller.
        let snapshot = unsafe { Out::new("snapshot", snapshot)? };
        snapshot.set(Bytes::give(book.snapshot())?);
        Ok(Status::Ok)
    })
}

/// The events from sequence `from` on as a log, for `stockbook_replay` and
/// `stockbook_apply_log`. EVENTS_DRAINED where the first of them have left the book's window.
/// (As JSON: `{"ask":{"events":{"from":1}}}`.)
#[unsafe(no_mangle)]
pub unsafe extern "C" fn stockbook_log(book: u64, from: u64, log: *mut Bytes) -> Status {
    with_book(book, |book| {
        // SAFETY: the contract with the caller.
        let log = unsafe { Out::new("log", log)? };
        log.set(Bytes::give(book.log_since(from)?)?);
        Ok(Status::Ok)
    })
}

// --- Commands and questions in JSON ---

/// Says something to a book: one JSON object, `{"id":…,"at":…,"command":{…}}`, `{"chain":[…]}`
/// or `{"ask":{…}}` (`stockbook.schema.json` has all of them). The answer is one JSON object:
/// with OK `{"receipt":{…}}`, `{"receipts":[…]}` or `{"answer":{…}}`; with REJECTED
/// `{"rejection":{…}}`. `answer` is written for both.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn stockbook_execute(
    book: u64,
    request: *const c_char,
    request_len: usize,
    answer: *mut Bytes,
) -> Status {
    with_book(book, |book| {
        // SAFETY: the contract with the caller.
        let (request, answer) =
            unsafe { (bytes::slice("request", request.cast(), request_len)?, Out::new("answer", answer)?) };
        hand_over(book.execute_json(request), answer)
    })
}

/// Asks a book something: `{"ask":{…}}`. Answers as `stockbook_execute` does, and changes
/// nothing whatever the request says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn stockbook_ask(
    book: u64,
    request: *const c_char,
    request_len: usize,
    answer: *mut Bytes,
) -> Status {
    with_book(book, |book| {
        // SAFETY: the contract with the caller.
        let (request, answer) =
            unsafe { (bytes::slice("request", request.cast(), request_len)?, Out::new("answer", answer)?) };
        hand_over(book.ask_json(request), answer)
    })
}

// --- Hot verbs by columns ---

/// Places orders, one a row, as so many `place_order` commands. Each is accepted or refused by
/// itself, as the outcomes say; REJECTED means that the columns do not fit together and nothing
/// was done.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn stockbook_place_orders(
    book: u64,
    orders: *const OrderColumns,
    outcomes: *const OrderOutcomes,
) -> Status {
    // SAFETY: the contract with the caller.
    with_book(book, |book| unsafe { OrderColumns::place(book, orders, outcomes) })
}

/// Receives goods, one receipt a row, as so many `receive_goods` commands. As
/// `stockbook_place_orders`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn stockbook_receive_goods(
    book: u64,
    receipts: *const ReceiptColumns,
    outcomes: *const Outcomes,
) -> Status {
    // SAFETY: the contract with the caller.
    with_book(book, |book| unsafe { ReceiptColumns::receive(book, receipts, outcomes) })
}

/// Ships what is planned for an order at a node, one shipment a row, as so many `ship_order`
/// commands. As `stockbook_place_orders`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn stockbook_ship_orders(
    book: u64,
    shipments: *const ShipmentColumns,
    outcomes: *const Outcomes,
) -> Status {
    // SAFETY: the contract with the caller.
    with_book(book, |book| unsafe { ShipmentColumns::ship(book, shipments, outcomes) })
}

/// The id of a code, as columns use it. `kind` is a `stockbook_kind`. NOT_FOUND where nothing
/// has that code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn stockbook_id(
    book: u64,
    kind: u32,
    code: *const c_char,
    code_len: usize,
    id: *mut u32,
) -> Status {
    with_book(book, |book| {
        let kind = Kind::from_number(kind)?;
        // SAFETY: the contract with the caller.
        let (code, id) = unsafe { (bytes::text("code", code, code_len)?, Out::new("id", id)?) };
        let found = match kind {
            Kind::Sku => book.sku_id(code).map(|id| id.0),
            Kind::Node => book.node_id(code).map(|id| id.0),
            Kind::Channel => book.channel_id(code).map(|id| id.0),
            Kind::Service => book.service_id(code).map(|id| id.0),
            Kind::Supplier => book.supplier_id(code).map(|id| id.0),
            Kind::Account => book.account_id(code).map(|id| id.0),
            Kind::Reason => book.reason_id(code).map(|id| id.0),
            Kind::Order => book.order_id(&DocKey::from(code)).map(|id| id.0),
        };
        id.set(found.ok_or(Status::NotFound)?);
        Ok(Status::Ok)
    })
}

/// The code of an id. `kind` is a `stockbook_kind`. NOT_FOUND where nothing has that id.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn stockbook_code(book: u64, kind: u32, id: u32, code: *mut Bytes) -> Status {
    with_book(book, |book| {
        let kind = Kind::from_number(kind)?;
        // SAFETY: the contract with the caller.
        let code = unsafe { Out::new("code", code)? };
        let found = match kind {
            Kind::Sku => book.sku_code(SkuId(id)).map(str::to_owned),
            Kind::Node => book.node_code(NodeId(id)).map(str::to_owned),
            Kind::Channel => book.channel_code(ChannelId(id)).map(str::to_owned),
            Kind::Service => book.service_code(ServiceId(id)).map(str::to_owned),
            Kind::Supplier => book.supplier_code(SupplierId(id)).map(str::to_owned),
            Kind::Account => book.account_code(AccountId(id)).map(str::to_owned),
            Kind::Reason => book.reason_code(ReasonId(id)).map(str::to_owned),
            Kind::Order => book.order_key(OrderId(id)).map(|key| key.to_string()),
        };
        code.set(Bytes::give(found.ok_or(Status::NotFound)?)?);
        Ok(Status::Ok)
    })
}

// --- Where a book stands ---

/// Sequence of the last event; 0 before the first.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn stockbook_sequence(book: u64, sequence: *mut u64) -> Status {
    with_book(book, |book| {
        // SAFETY: the contract with the caller.
        unsafe { Out::new("sequence", sequence)? }.set(book.sequence());
        Ok(Status::Ok)
    })
}

/// Hash of the whole state: two books that were told the same have the same, on any machine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn stockbook_state_hash(book: u64, hash: *mut u64) -> Status {
    with_book(book, |book| {
        // SAFETY: the contract with the caller.
        unsafe { Out::new("hash", hash)? }.set(book.state_hash());
        Ok(Status::Ok)
    })
}

/// Proves that the book is sound: goods are conserved, every reservation has its owner, the
/// books tie to the goods. UNSOUND where it is not; `stockbook_last_fault` names what broke
/// first.
#[unsafe(no_mangle)]
pub extern "C" fn stockbook_verify(book: u64) -> Status {
    with_book(book, |book| match book.verify() {
        Ok(_) => Ok(Status::Ok),
        Err(violation) => Err(Problem::new(Status::Unsound, violation.to_string())),
    })
}

/// Exports a report through the Arrow C Data Interface, as a struct array with one child a
/// column. `report` is a `stockbook_report`. The caller releases both results, by their
/// `release`; they do not need the book.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn stockbook_report_arrow(
    book: u64,
    report: u32,
    schema: *mut ArrowSchema,
    array: *mut ArrowArray,
) -> Status {
    with_book(book, |book| {
        let report = Report::from_number(report)?;
        // SAFETY: the contract with the caller.
        let (schema, array) = unsafe { (Out::new("schema", schema)?, Out::new("array", array)?) };
        let columns = match report {
            Report::Stock => arrow::stock(book),
            Report::TrialBalance => arrow::trial_balance(book),
            Report::Journal => arrow::journal(book, "").unwrap_or_default(),
        };
        let (filled_schema, filled_array) = arrow::export(columns)?;
        schema.set(filled_schema);
        array.set(filled_array);
        Ok(Status::Ok)
    })
}

/// The journal as `STOCKBOOK_REPORT_JOURNAL` has it, of a ledger beside the book's own: what the
/// book posts, and what the ledger posts on top of it. REJECTED where there is no such ledger.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn stockbook_ledger_journal_arrow(
    book: u64,
    ledger: *const c_char,
    ledger_len: usize,
    schema: *mut ArrowSchema,
    array: *mut ArrowArray,
) -> Status {
    with_book(book, |book| {
        // SAFETY: the contract with the caller.
        let ledger = unsafe { bytes::text("ledger", ledger, ledger_len)? };
        // SAFETY: the contract with the caller.
        let (schema, array) = unsafe { (Out::new("schema", schema)?, Out::new("array", array)?) };
        let columns = arrow::journal(book, ledger).map_err(columns::refused)?;
        let (filled_schema, filled_array) = arrow::export(columns)?;
        schema.set(filled_schema);
        array.set(filled_array);
        Ok(Status::Ok)
    })
}

// --- What they share ---

/// Hands a JSON answer over; its first word tells how the book decided.
fn hand_over(json: String, answer: Out<Bytes>) -> Outcome {
    let rejected = json.starts_with("{\"rejection\":");
    answer.set(Bytes::give(json)?);
    Ok(if rejected { Status::Rejected } else { Status::Ok })
}

impl Kind {
    fn from_number(number: u32) -> Result<Kind, Problem> {
        Ok(match number {
            1 => Kind::Sku,
            2 => Kind::Node,
            3 => Kind::Channel,
            4 => Kind::Service,
            5 => Kind::Supplier,
            6 => Kind::Account,
            7 => Kind::Reason,
            8 => Kind::Order,
            _ => return Err(Problem::new(Status::InvalidArgument, "`kind` is no kind")),
        })
    }
}

impl Report {
    fn from_number(number: u32) -> Result<Report, Problem> {
        Ok(match number {
            1 => Report::Stock,
            2 => Report::TrialBalance,
            3 => Report::Journal,
            _ => return Err(Problem::new(Status::InvalidArgument, "`report` is no report")),
        })
    }
}

/// A log or snapshot that is not one; the error names the offset.
fn unloadable(error: impl std::error::Error) -> Problem {
    Problem::new(Status::LoadError, error.to_string())
}

impl From<EventsDrained> for Problem {
    fn from(drained: EventsDrained) -> Problem {
        Problem::new(Status::EventsDrained, drained.to_string())
    }
}
