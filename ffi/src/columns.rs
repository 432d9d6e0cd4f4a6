//! Hot verbs by columns: pointers and counts become slices, and the outcomes go where the caller
//! wants them.

use crate::bytes::{check, slice, text};
use crate::status::{Outcome, Problem, Status};
use engine::{Book, Rejection};
use std::ffi::c_char;

/// Orders as columns. Row `i` has the lines from `line_start[i]` up to, without, `line_start[i +
/// 1]`. A column marked optional may be NULL.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct OrderColumns {
    /// The system that sends them, in UTF-8.
    pub source: *const c_char,
    /// Bytes of `source`; 0 = none.
    pub source_len: usize,
    /// The person or job behind them, in UTF-8.
    pub actor: *const c_char,
    /// Bytes of `actor`; 0 = none.
    pub actor_len: usize,
    /// How many orders.
    pub orders: usize,
    /// How many lines in all.
    pub lines: usize,
    /// By order: command ids, as numbers.
    pub command: *const u64,
    /// By order: order numbers.
    pub order: *const u64,
    /// By order: the book's time in microseconds since 1970, never falling.
    pub at: *const i64,
    /// By order: channel ids.
    pub channel: *const u32,
    /// By order: latitude in nano-degrees.
    pub lat: *const i64,
    /// By order: longitude in nano-degrees.
    pub lon: *const i64,
    /// By order, optional: promised delivery in microseconds since 1970; INT64_MIN, or NULL for all
    /// orders = the channel's promise.
    pub deliver_by: *const i64,
    /// By order, optional: 0 = accepted by the book, 1 = external commitment; NULL = all 0.
    pub commitment: *const u8,
    /// Where each order's lines begin, and where the last one's end: one more than orders.
    pub line_start: *const u32,
    /// By line: SKU ids.
    pub sku: *const u32,
    /// By line: quantities in the SKU's smallest unit.
    pub qty: *const i64,
    /// By line, optional: price of a base unit in micro-units; INT64_MIN, or NULL for all lines = the
    /// SKU's list price.
    pub price: *const i64,
}

/// Where the outcomes of orders go: columns of the caller's, as long as what it gave. All but
/// `rejection` may be NULL.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct OrderOutcomes {
    /// By order: 0 = accepted, else the number of the rejection.
    pub rejection: *mut u16,
    /// By order: sequence of the order's event; 0 where rejected.
    pub sequence: *mut u64,
    /// By line: the node of its first part; UINT32_MAX where nothing is reserved.
    pub line_node: *mut u32,
    /// By line: units reserved.
    pub line_reserved: *mut i64,
    /// By line: units backordered.
    pub line_backordered: *mut i64,
}

/// Receipts of goods as columns, one receipt a row.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct ReceiptColumns {
    /// The system that sends them, in UTF-8.
    pub source: *const c_char,
    /// Bytes of `source`; 0 = none.
    pub source_len: usize,
    /// The person or job behind them, in UTF-8.
    pub actor: *const c_char,
    /// Bytes of `actor`; 0 = none.
    pub actor_len: usize,
    /// How many receipts.
    pub rows: usize,
    /// Command ids, as numbers; also the numbers of the receipts.
    pub command: *const u64,
    /// The book's time in microseconds since 1970, never falling.
    pub at: *const i64,
    /// Node ids.
    pub node: *const u32,
    /// Supplier ids, UINT32_MAX = opening balance; optional: NULL = all opening balances.
    pub supplier: *const u32,
    /// SKU ids.
    pub sku: *const u32,
    /// Quantities in the SKU's smallest unit.
    pub qty: *const i64,
    /// Cost of a base unit in micro-units.
    pub unit_cost: *const i64,
}

/// Shipments as columns: all that is planned for an order at a node, one shipment a row.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct ShipmentColumns {
    /// The system that sends them, in UTF-8.
    pub source: *const c_char,
    /// Bytes of `source`; 0 = none.
    pub source_len: usize,
    /// The person or job behind them, in UTF-8.
    pub actor: *const c_char,
    /// Bytes of `actor`; 0 = none.
    pub actor_len: usize,
    /// How many shipments.
    pub rows: usize,
    /// Command ids, as numbers.
    pub command: *const u64,
    /// The book's time in microseconds since 1970, never falling.
    pub at: *const i64,
    /// Order numbers.
    pub order: *const u64,
    /// Node ids.
    pub node: *const u32,
}

/// Where the outcomes of receipts and shipments go: columns of the caller's. All but `rejection`
/// may be NULL.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Outcomes {
    /// 0 = accepted, else the number of the rejection.
    pub rejection: *mut u16,
    /// Sequence of the command's event; 0 where rejected.
    pub sequence: *mut u64,
}

impl OrderColumns {
    /// Places the orders and writes what became of them.
    ///
    /// # Safety
    /// Every pointer, and every pointer behind it, keeps the contract with the caller.
    pub(crate) unsafe fn place(
        book: &mut Book,
        orders: *const OrderColumns,
        outcomes: *const OrderOutcomes,
    ) -> Outcome {
        // SAFETY: the caller's promise.
        let (given, wanted) = unsafe { (record("orders", orders)?, record("outcomes", outcomes)?) };
        let (orders, lines) = (given.orders, given.lines);
        // SAFETY: the caller's promise.
        let (columns, rejection, sequence, line_node, line_reserved, line_backordered) = unsafe {
            (
                given.slices()?,
                Target::required("rejection", wanted.rejection, orders)?,
                Target::optional("sequence", wanted.sequence, orders)?,
                Target::optional("line_node", wanted.line_node, lines)?,
                Target::optional("line_reserved", wanted.line_reserved, lines)?,
                Target::optional("line_backordered", wanted.line_backordered, lines)?,
            )
        };
        let placed = book.place_orders(&columns).map_err(refused)?;
        rejection.fill(&placed.rejection);
        sequence.fill(&placed.sequence);
        line_node.fill(&placed.line_node);
        line_reserved.fill(&placed.line_reserved);
        line_backordered.fill(&placed.line_backordered);
        Ok(Status::Ok)
    }

    /// The columns as the engine takes them.
    ///
    /// # Safety
    /// Every pointer keeps the contract with the caller for as long as the result lives.
    unsafe fn slices<'a>(self) -> Result<engine::OrderColumns<'a>, Problem> {
        let (orders, lines) = (self.orders, self.lines);
        let ends = orders.checked_add(1).ok_or(Status::InvalidArgument)?;
        // SAFETY: the caller's promise.
        unsafe {
            Ok(engine::OrderColumns {
                source: text("source", self.source, self.source_len)?,
                actor: text("actor", self.actor, self.actor_len)?,
                command: slice("command", self.command, orders)?,
                order: slice("order", self.order, orders)?,
                at: slice("at", self.at, orders)?,
                channel: slice("channel", self.channel, orders)?,
                lat: slice("lat", self.lat, orders)?,
                lon: slice("lon", self.lon, orders)?,
                deliver_by: optional("deliver_by", self.deliver_by, orders)?,
                commitment: optional("commitment", self.commitment, orders)?,
                line_start: match orders {
                    0 => &[0],
                    _ => slice("line_start", self.line_start, ends)?,
                },
                sku: slice("sku", self.sku, lines)?,
                qty: slice("qty", self.qty, lines)?,
                price: optional("price", self.price, lines)?,
            })
        }
    }
}

impl ReceiptColumns {
    /// Receives the goods and writes what became of the receipts.
    ///
    /// # Safety
    /// Every pointer, and every pointer behind it, keeps the contract with the caller.
    pub(crate) unsafe fn receive(
        book: &mut Book,
        receipts: *const ReceiptColumns,
        outcomes: *const Outcomes,
    ) -> Outcome {
        // SAFETY: the caller's promise.
        let (given, wanted) = unsafe { (record("receipts", receipts)?, record("outcomes", outcomes)?) };
        let rows = given.rows;
        // SAFETY: the caller's promise.
        let columns = unsafe {
            engine::ReceiptColumns {
                source: text("source", given.source, given.source_len)?,
                actor: text("actor", given.actor, given.actor_len)?,
                command: slice("command", given.command, rows)?,
                at: slice("at", given.at, rows)?,
                node: slice("node", given.node, rows)?,
                supplier: optional("supplier", given.supplier, rows)?,
                sku: slice("sku", given.sku, rows)?,
                qty: slice("qty", given.qty, rows)?,
                unit_cost: slice("unit_cost", given.unit_cost, rows)?,
            }
        };
        // SAFETY: the caller's promise.
        unsafe { wanted.after(rows, || book.receive_columns(&columns)) }
    }
}

impl ShipmentColumns {
    /// Ships and writes what became of the shipments.
    ///
    /// # Safety
    /// Every pointer, and every pointer behind it, keeps the contract with the caller.
    pub(crate) unsafe fn ship(
        book: &mut Book,
        shipments: *const ShipmentColumns,
        outcomes: *const Outcomes,
    ) -> Outcome {
        // SAFETY: the caller's promise.
        let (given, wanted) = unsafe { (record("shipments", shipments)?, record("outcomes", outcomes)?) };
        let rows = given.rows;
        // SAFETY: the caller's promise.
        let columns = unsafe {
            engine::ShipmentColumns {
                source: text("source", given.source, given.source_len)?,
                actor: text("actor", given.actor, given.actor_len)?,
                command: slice("command", given.command, rows)?,
                at: slice("at", given.at, rows)?,
                order: slice("order", given.order, rows)?,
                node: slice("node", given.node, rows)?,
            }
        };
        // SAFETY: the caller's promise.
        unsafe { wanted.after(rows, || book.ship_columns(&columns)) }
    }
}

impl Outcomes {
    /// Checks where the outcomes go, does the work, and writes them.
    ///
    /// # Safety
    /// The columns keep the contract with the caller.
    unsafe fn after(
        self,
        rows: usize,
        work: impl FnOnce() -> Result<engine::Outcomes, Rejection>,
    ) -> Outcome {
        // SAFETY: the caller's promise.
        let (rejection, sequence) = unsafe {
            (
                Target::required("rejection", self.rejection, rows)?,
                Target::optional("sequence", self.sequence, rows)?,
            )
        };
        let done = work().map_err(refused)?;
        rejection.fill(&done.rejection);
        sequence.fill(&done.sequence);
        Ok(Status::Ok)
    }
}

/// A record of the caller's, copied.
///
/// # Safety
/// Unless it is NULL or not aligned, `record` may be read.
unsafe fn record<T: Copy>(name: &str, record: *const T) -> Result<T, Problem> {
    check(name, record, 1)?;
    // SAFETY: not NULL and aligned; the rest is the caller's promise.
    Ok(unsafe { record.read() })
}

/// A column that may be left out.
///
/// # Safety
/// As for `slice`.
unsafe fn optional<'a, T>(name: &str, data: *const T, len: usize) -> Result<&'a [T], Problem> {
    if data.is_null() {
        return Ok(&[]);
    }
    // SAFETY: the caller's promise.
    unsafe { slice(name, data, len) }
}

/// A column of the caller's that outcomes are written to; of length 0 where it wants none.
struct Target<T> {
    place: *mut T,
    len: usize,
}

impl<T: Copy> Target<T> {
    /// A column that must be there.
    ///
    /// # Safety
    /// Unless it is NULL or not aligned, `place` may be written for `len` values while the
    /// result lives.
    unsafe fn required(name: &str, place: *mut T, len: usize) -> Result<Target<T>, Problem> {
        if len > 0 {
            check(name, place, len)?;
        }
        Ok(Target { place, len })
    }

    /// A column that may be left out.
    ///
    /// # Safety
    /// As for `required`.
    unsafe fn optional(name: &str, place: *mut T, len: usize) -> Result<Target<T>, Problem> {
        let len = if place.is_null() { 0 } else { len };
        // SAFETY: the caller's promise.
        unsafe { Target::required(name, place, len) }
    }

    /// Writes the values, as far as there is a column for them.
    fn fill(&self, values: &[T]) {
        let len = self.len.min(values.len());
        if len > 0 {
            // SAFETY: not NULL, aligned and writable for `len` values by the promise made when
            // it was built; the engine owns `values`, so the two do not overlap.
            unsafe { std::ptr::copy_nonoverlapping(values.as_ptr(), self.place, len) };
        }
    }
}

/// Columns that do not fit together.
pub(crate) fn refused(rejection: Rejection) -> Problem {
    let (number, name) = (rejection.number(), rejection.name());
    Problem::new(Status::Rejected, format!("{number} {name}: {rejection}"))
}
