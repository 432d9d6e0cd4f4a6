//! Reports through the Arrow C Data Interface: two structs, filled by hand.
//!
//! The structs and who owns what are fixed by the interface
//! (<https://arrow.apache.org/docs/format/CDataInterface.html>): the producer hangs all that it
//! owns on `private_data`, and `release` gives it back, once, from any thread.

use crate::status::{Problem, Status};
use engine::{Book, JournalLine, JournalNames, NodeId, Rejection, SkuId};
use std::ffi::{CStr, CString, c_char, c_void};
use std::ptr::{null, null_mut};

/// Type, name and children of an array, as the interface lays them out.
#[repr(C)]
pub struct ArrowSchema {
    format: *const c_char,
    name: *const c_char,
    metadata: *const c_char,
    flags: i64,
    n_children: i64,
    children: *mut *mut ArrowSchema,
    dictionary: *mut ArrowSchema,
    release: Option<unsafe extern "C" fn(*mut ArrowSchema)>,
    private_data: *mut c_void,
}

/// Buffers and children of an array, as the interface lays them out.
#[repr(C)]
pub struct ArrowArray {
    length: i64,
    null_count: i64,
    offset: i64,
    n_buffers: i64,
    n_children: i64,
    buffers: *mut *const c_void,
    children: *mut *mut ArrowArray,
    dictionary: *mut ArrowArray,
    release: Option<unsafe extern "C" fn(*mut ArrowArray)>,
    private_data: *mut c_void,
}

/// A column with its name.
pub(crate) struct Column {
    name: &'static CStr,
    values: Values,
}

/// Values of a column; there are no nulls in our reports.
enum Values {
    Text(Vec<String>),
    Ids(Vec<u32>),
    Counts(Vec<i64>),
    /// Micro-units, as a decimal of six places.
    Money(Vec<i128>),
}

/// Stock by SKU and node.
pub(crate) fn stock(book: &Book) -> Vec<Column> {
    let stock = book.stock_columns();
    let sku = |id: &u32| book.sku_code(SkuId(*id)).unwrap_or_default().to_owned();
    let node = |id: &u32| book.node_code(NodeId(*id)).unwrap_or_default().to_owned();
    vec![
        Column { name: c"sku", values: Values::Text(stock.sku.iter().map(sku).collect()) },
        Column { name: c"node", values: Values::Text(stock.node.iter().map(node).collect()) },
        Column { name: c"sku_id", values: Values::Ids(stock.sku) },
        Column { name: c"node_id", values: Values::Ids(stock.node) },
        Column { name: c"on_hand", values: Values::Counts(stock.on_hand) },
        Column { name: c"sellable", values: Values::Counts(stock.sellable) },
        Column { name: c"reserved", values: Values::Counts(stock.reserved) },
        Column { name: c"available", values: Values::Counts(stock.available) },
        Column { name: c"value", values: money(stock.value) },
    ]
}

/// Balances of all accounts.
pub(crate) fn trial_balance(book: &Book) -> Vec<Column> {
    let rows = book.trial_balance();
    let account = |id| book.account_code(id).unwrap_or_default().to_owned();
    let accounts = rows.iter().map(|row| account(row.account)).collect();
    let balances = rows.iter().map(|row| row.balance.micros());
    vec![
        Column { name: c"account", values: Values::Text(accounts) },
        Column { name: c"balance", values: money(balances) },
    ]
}

/// Lines of the journal, with all that they are about.
pub(crate) fn journal(book: &Book, ledger: &str) -> Result<Vec<Column>, Rejection> {
    let lines: Vec<JournalLine<'_>> = book.ledger_lines(book.first_event(), ledger)?.collect();
    let text = |of: &dyn Fn(&JournalLine<'_>) -> String| Values::Text(lines.iter().map(of).collect());
    let count = |of: &dyn Fn(&JournalLine<'_>) -> i64| Values::Counts(lines.iter().map(of).collect());
    let number = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    let some = |code: Option<&str>| code.unwrap_or_default().to_owned();
    Ok(vec![
        Column { name: c"sequence", values: count(&|line| number(line.event.sequence)) },
        Column { name: c"at", values: text(&|line| line.event.at.to_string()) },
        Column { name: c"occurred_at", values: text(&|line| line.event.occurred_at.to_string()) },
        Column { name: c"posted_at", values: text(&|line| line.posted_at.to_string()) },
        Column { name: c"event", values: text(&|line| line.event.body.name().to_owned()) },
        Column { name: c"document", values: text(&|line| line.document.clone()) },
        Column { name: c"movement", values: text(&|line| line.posting.movement.word()) },
        Column { name: c"account", values: text(&|line| some(book.account_code(line.posting.account))) },
        Column { name: c"amount", values: money(lines.iter().map(|line| line.posting.amount.micros())) },
        Column { name: c"sku", values: text(&|line| some(book.sku_code(line.posting.sku))) },
        Column { name: c"node", values: text(&|line| some(book.node_code(line.posting.node))) },
        Column { name: c"channel", values: text(&|line| some(book.channel_code(line.posting.channel))) },
        Column { name: c"lot", values: text(&|line| some(book.lot_label(line.posting.lot))) },
        Column { name: c"qty", values: count(&|line| line.posting.qty) },
        Column { name: c"corrects", values: count(&|line| number(line.posting.corrects)) },
    ])
}

fn money(micros: impl IntoIterator<Item = i64>) -> Values {
    Values::Money(micros.into_iter().map(i128::from).collect())
}

/// The columns as a struct array. The caller owns both results.
pub(crate) fn export(columns: Vec<Column>) -> Result<(ArrowSchema, ArrowArray), Problem> {
    let rows = columns.first().map_or(0, |column| column.values.len());
    let mut fields = Vec::new();
    let mut arrays = Vec::new();
    for Column { name, values } in columns {
        fields.push(schema(values.format(), name, Vec::new()));
        arrays.push(array(values.len(), values.buffers()?, Vec::new())?);
    }
    let no_validity = vec![Buffer::Absent];
    Ok((schema(c"+s", c"", fields), array(rows, no_validity, arrays)?))
}

impl Values {
    fn len(&self) -> usize {
        match self {
            Values::Text(texts) => texts.len(),
            Values::Ids(ids) => ids.len(),
            Values::Counts(counts) => counts.len(),
            Values::Money(amounts) => amounts.len(),
        }
    }

    /// The type in the letters of the interface.
    const fn format(&self) -> &'static CStr {
        match self {
            Values::Text(_) => c"u",
            Values::Ids(_) => c"I",
            Values::Counts(_) => c"l",
            Values::Money(_) => c"d:19,6",
        }
    }

    /// The buffers that the interface asks for; the first one would tell what is null.
    fn buffers(self) -> Result<Vec<Buffer>, Problem> {
        Ok(match self {
            Values::Text(texts) => {
                let mut ends = vec![0_i32];
                let mut bytes = Vec::new();
                for text in texts {
                    bytes.extend_from_slice(text.as_bytes());
                    ends.push(i32::try_from(bytes.len()).map_err(|_| too_long())?);
                }
                vec![Buffer::Absent, Buffer::Ends(ends), Buffer::Bytes(bytes)]
            }
            Values::Ids(ids) => vec![Buffer::Absent, Buffer::Ids(ids)],
            Values::Counts(counts) => vec![Buffer::Absent, Buffer::Counts(counts)],
            Values::Money(amounts) => vec![Buffer::Absent, Buffer::Money(amounts)],
        })
    }
}

/// Memory that an exported array owns.
enum Buffer {
    Absent,
    Ends(Vec<i32>),
    Bytes(Vec<u8>),
    Ids(Vec<u32>),
    Counts(Vec<i64>),
    Money(Vec<i128>),
}

impl Buffer {
    fn address(&self) -> *const c_void {
        match self {
            Buffer::Absent => null(),
            Buffer::Ends(ends) => ends.as_ptr().cast(),
            Buffer::Bytes(bytes) => bytes.as_ptr().cast(),
            Buffer::Ids(ids) => ids.as_ptr().cast(),
            Buffer::Counts(counts) => counts.as_ptr().cast(),
            Buffer::Money(amounts) => amounts.as_ptr().cast(),
        }
    }
}

/// What a schema owns: its name, and its children with the list of them.
struct SchemaParts {
    name: CString,
    children: Vec<*mut ArrowSchema>,
}

/// What an array owns: buffers with the list of their addresses, children with the list of them.
struct ArrayParts {
    _buffers: Vec<Buffer>,
    addresses: Vec<*const c_void>,
    children: Vec<*mut ArrowArray>,
}

fn schema(format: &'static CStr, name: &CStr, children: Vec<ArrowSchema>) -> ArrowSchema {
    let n_children = i64::try_from(children.len()).unwrap_or(i64::MAX);
    let children = children.into_iter().map(|child| Box::into_raw(Box::new(child))).collect();
    let mut parts = Box::new(SchemaParts { name: name.to_owned(), children });
    ArrowSchema {
        format: format.as_ptr(),
        name: parts.name.as_ptr(),
        metadata: null(),
        flags: 0,
        n_children,
        children: parts.children.as_mut_ptr(),
        dictionary: null_mut(),
        release: Some(release_schema),
        private_data: Box::into_raw(parts).cast(),
    }
}

fn array(rows: usize, buffers: Vec<Buffer>, children: Vec<ArrowArray>) -> Result<ArrowArray, Problem> {
    let n_buffers = i64::try_from(buffers.len()).unwrap_or(i64::MAX);
    let n_children = i64::try_from(children.len()).unwrap_or(i64::MAX);
    let addresses = buffers.iter().map(Buffer::address).collect();
    let children = children.into_iter().map(|child| Box::into_raw(Box::new(child))).collect();
    let mut parts = Box::new(ArrayParts { _buffers: buffers, addresses, children });
    Ok(ArrowArray {
        length: i64::try_from(rows).map_err(|_| too_long())?,
        null_count: 0,
        offset: 0,
        n_buffers,
        n_children,
        buffers: parts.addresses.as_mut_ptr(),
        children: parts.children.as_mut_ptr(),
        dictionary: null_mut(),
        release: Some(release_array),
        private_data: Box::into_raw(parts).cast(),
    })
}

/// Gives back what a schema owns. Children that a consumer has moved away are marked released,
/// and left alone.
///
/// # Safety
/// `schema` is NULL or one that `schema` made, or a bitwise copy of one whose original is marked
/// released.
unsafe extern "C" fn release_schema(schema: *mut ArrowSchema) {
    // SAFETY: the caller's promise; only `schema` sets this function, with `SchemaParts` behind
    // it and children that came out of boxes.
    unsafe {
        let Some(schema) = schema.as_mut() else { return };
        if schema.release.take().is_none() {
            return;
        }
        let parts = Box::from_raw(schema.private_data.cast::<SchemaParts>());
        for child in &parts.children {
            release_schema(*child);
            drop(Box::from_raw(*child));
        }
    }
}

/// Gives back what an array owns. Children that a consumer has moved away are marked released,
/// and left alone.
///
/// # Safety
/// `array` is NULL or one that `array` made, or a bitwise copy of one whose original is marked
/// released.
unsafe extern "C" fn release_array(array: *mut ArrowArray) {
    // SAFETY: the caller's promise; only `array` sets this function, with `ArrayParts` behind it
    // and children that came out of boxes.
    unsafe {
        let Some(array) = array.as_mut() else { return };
        if array.release.take().is_none() {
            return;
        }
        let parts = Box::from_raw(array.private_data.cast::<ArrayParts>());
        for child in &parts.children {
            release_array(*child);
            drop(Box::from_raw(*child));
        }
    }
}

fn too_long() -> Problem {
    Problem::new(Status::InvalidArgument, "the report is too long for an Arrow array")
}
