//! Out: a table as one struct array, whose buffers point into the table and keep it alive.

use super::*;
use crate::column::{Column, Values};
use pyo3::prelude::*;
use pyo3::types::PyCapsule;
use std::ffi::CString;
use std::sync::Arc;

/// The columns as `(schema, array)` capsules.
pub(crate) fn array_capsules<'py>(
    py: Python<'py>,
    columns: &Arc<Vec<Column>>,
) -> PyResult<(Bound<'py, PyCapsule>, Bound<'py, PyCapsule>)> {
    let array = PyCapsule::new_with_value(py, struct_array(columns), ARRAY)?;
    Ok((schema_capsule(py, columns)?, array))
}

/// The columns' schema as a capsule.
pub(crate) fn schema_capsule<'py>(
    py: Python<'py>,
    columns: &Arc<Vec<Column>>,
) -> PyResult<Bound<'py, PyCapsule>> {
    PyCapsule::new_with_value(py, struct_schema(columns), SCHEMA)
}

/// The columns as a stream of one batch, in a capsule.
pub(crate) fn stream_capsule<'py>(
    py: Python<'py>,
    columns: &Arc<Vec<Column>>,
) -> PyResult<Bound<'py, PyCapsule>> {
    let state = StreamState { columns: Arc::clone(columns), sent: false };
    let stream = ArrowArrayStream {
        get_schema: Some(stream_schema),
        get_next: Some(stream_next),
        get_last_error: Some(stream_error),
        release: Some(stream_release),
        private_data: Box::into_raw(Box::new(state)).cast(),
    };
    PyCapsule::new_with_value(py, stream, STREAM)
}

/// What a schema of ours owns.
struct SchemaParts {
    _format: CString,
    _name: CString,
    children: Vec<*mut ArrowSchema>,
}

fn schema(format: &str, name: &str, flags: i64, children: Vec<ArrowSchema>) -> ArrowSchema {
    let text = |text: &str| CString::new(text.replace('\0', "")).unwrap_or_default();
    let children = children.into_iter().map(|child| Box::into_raw(Box::new(child))).collect();
    let mut parts = Box::new(SchemaParts { _format: text(format), _name: text(name), children });
    ArrowSchema {
        format: parts._format.as_ptr(),
        name: parts._name.as_ptr(),
        flags,
        n_children: i64::try_from(parts.children.len()).unwrap_or(0),
        children: parts.children.as_mut_ptr(),
        release: Some(release_schema),
        private_data: Box::into_raw(parts).cast(),
        ..ArrowSchema::empty()
    }
}

fn struct_schema(columns: &[Column]) -> ArrowSchema {
    let fields = columns.iter().map(|column| {
        let format = match column.values {
            Values::Int(_) => "l",
            Values::Float(_) => "g",
            Values::Bool(_) => "b",
            Values::Text(_) => "U",
            Values::Time(_) => "tsu:UTC",
            Values::Money(_) => "d:19,6",
        };
        schema(format, &column.name, NULLABLE, Vec::new())
    });
    schema("+s", "", 0, fields.collect())
}

unsafe extern "C" fn release_schema(schema: *mut ArrowSchema) {
    // SAFETY: the interface calls this once, with a struct that `schema` made: private data and children are
    // boxes of ours, each still owned by it. Children that were moved away have no release callback any more.
    unsafe {
        let parts: Box<SchemaParts> = Box::from_raw((*schema).private_data.cast());
        for child in parts.children.iter() {
            drop(Box::from_raw(*child));
        }
        (*schema).release = None;
    }
}

/// What an array of ours owns: the table, and the buffers that it had to lay out otherwise.
struct ArrayParts {
    _columns: Arc<Vec<Column>>,
    _bitmaps: [Vec<u8>; 2],
    _decimals: Vec<i128>,
    buffers: Vec<*const c_void>,
    children: Vec<*mut ArrowArray>,
}

fn array(length: usize, null_count: usize, mut parts: Box<ArrayParts>) -> ArrowArray {
    let number = |n: usize| i64::try_from(n).unwrap_or(0);
    ArrowArray {
        length: number(length),
        null_count: number(null_count),
        n_buffers: number(parts.buffers.len()),
        n_children: number(parts.children.len()),
        buffers: parts.buffers.as_mut_ptr(),
        children: parts.children.as_mut_ptr(),
        release: Some(release_array),
        private_data: Box::into_raw(parts).cast(),
        ..ArrowArray::empty()
    }
}

fn struct_array(columns: &Arc<Vec<Column>>) -> ArrowArray {
    let children = columns.iter().map(|column| Box::into_raw(Box::new(column_array(columns, column))));
    let parts = Box::new(ArrayParts {
        _columns: Arc::clone(columns),
        _bitmaps: [Vec::new(), Vec::new()],
        _decimals: Vec::new(),
        buffers: vec![null()],
        children: children.collect(),
    });
    array(columns.first().map_or(0, Column::len), 0, parts)
}

fn column_array(columns: &Arc<Vec<Column>>, column: &Column) -> ArrowArray {
    let validity = column.valid.as_deref().map(bitmap).unwrap_or_default();
    let missing = column.valid.as_deref().map_or(0, |valid| valid.iter().filter(|is| !**is).count());
    let bits = if let Values::Bool(v) = &column.values { bitmap(v) } else { Vec::new() };
    let decimals = match &column.values {
        Values::Money(v) => v.iter().map(|micros| i128::from(*micros)).collect(),
        _ => Vec::new(),
    };
    let first = if validity.is_empty() { null() } else { validity.as_ptr().cast() };
    // The vectors' memory does not move when they are put into the box below, nor while the table lives.
    let mut buffers = vec![first];
    match &column.values {
        Values::Int(v) | Values::Time(v) => buffers.push(v.as_ptr().cast()),
        Values::Float(v) => buffers.push(v.as_ptr().cast()),
        Values::Bool(_) => buffers.push(bits.as_ptr().cast()),
        Values::Money(_) => buffers.push(decimals.as_ptr().cast()),
        Values::Text(v) => buffers.extend([v.offsets.as_ptr().cast(), v.data.as_ptr().cast()]),
    }
    let parts = Box::new(ArrayParts {
        _columns: Arc::clone(columns),
        _bitmaps: [validity, bits],
        _decimals: decimals,
        buffers,
        children: Vec::new(),
    });
    array(column.len(), missing, parts)
}

/// Bits, least significant first.
fn bitmap(bits: &[bool]) -> Vec<u8> {
    let byte = |chunk: &[bool]| chunk.iter().rev().fold(0u8, |byte, bit| (byte << 1) | u8::from(*bit));
    bits.chunks(8).map(byte).collect()
}

unsafe extern "C" fn release_array(array: *mut ArrowArray) {
    // SAFETY: as in `release_schema`: called once, with a struct that `array` made.
    unsafe {
        let parts: Box<ArrayParts> = Box::from_raw((*array).private_data.cast());
        for child in parts.children.iter() {
            drop(Box::from_raw(*child));
        }
        (*array).release = None;
    }
}

struct StreamState {
    columns: Arc<Vec<Column>>,
    sent: bool,
}

unsafe extern "C" fn stream_schema(stream: *mut ArrowArrayStream, out: *mut ArrowSchema) -> c_int {
    // SAFETY: `stream` is one that `stream_capsule` made and nobody released; `out` is memory for a schema,
    // whose old content is not to be dropped.
    unsafe {
        let state: &StreamState = &*(*stream).private_data.cast();
        out.write(struct_schema(&state.columns));
    }
    0
}

unsafe extern "C" fn stream_next(stream: *mut ArrowArrayStream, out: *mut ArrowArray) -> c_int {
    // SAFETY: as in `stream_schema`; the interface forbids two calls at the same time.
    unsafe {
        let state: &mut StreamState = &mut *(*stream).private_data.cast();
        out.write(if state.sent { ArrowArray::empty() } else { struct_array(&state.columns) });
        state.sent = true;
    }
    0
}

unsafe extern "C" fn stream_error(_: *mut ArrowArrayStream) -> *const c_char {
    null()
}

unsafe extern "C" fn stream_release(stream: *mut ArrowArrayStream) {
    // SAFETY: called once, with a stream that `stream_capsule` made: its state is a box of ours.
    unsafe {
        drop(Box::<StreamState>::from_raw((*stream).private_data.cast()));
        (*stream).release = None;
    }
}
