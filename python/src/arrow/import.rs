//! In: what another library hands over, copied into our columns and given back by its own release callback.

use super::*;
use crate::column::{Column, Texts, Values};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyCapsuleMethods, PyTuple};

/// Whether the object speaks the interface.
pub(crate) fn speaks_arrow(object: &Bound<'_, PyAny>) -> PyResult<bool> {
    Ok(object.hasattr("__arrow_c_stream__")? || object.hasattr("__arrow_c_array__")?)
}

/// The columns of a table, or the one column of anything else; `name` is that of a column without its own.
pub(crate) fn import(object: &Bound<'_, PyAny>, name: &str) -> PyResult<Vec<Column>> {
    if object.hasattr("__arrow_c_stream__")? {
        let capsule = object.call_method0("__arrow_c_stream__")?.cast_into::<PyCapsule>()?;
        return import_stream(&capsule, name);
    }
    let pair = object.call_method0("__arrow_c_array__")?.cast_into::<PyTuple>()?;
    let (schema, array): (Bound<'_, PyCapsule>, Bound<'_, PyCapsule>) = pair.extract()?;
    // SAFETY: the capsules' names are checked: they hold structs of these types, alive as long as the
    // capsules.
    let (schema, array) = unsafe {
        let schema: &ArrowSchema = schema.pointer_checked(Some(SCHEMA))?.cast().as_ref();
        let array: &ArrowArray = array.pointer_checked(Some(ARRAY))?.cast().as_ref();
        (schema, array)
    };
    let mut columns = Reader::columns(schema, name)?;
    read_batch(&mut columns, array)?;
    Ok(columns.into_iter().map(|(_, column)| column).collect())
}

fn import_stream(capsule: &Bound<'_, PyCapsule>, name: &str) -> PyResult<Vec<Column>> {
    let stream: *mut ArrowArrayStream = capsule.pointer_checked(Some(STREAM))?.as_ptr().cast();
    let mut schema = ArrowSchema::empty();
    // SAFETY: the capsule's name is checked: it holds a stream, alive as long as the capsule, and only we use
    // it. The callbacks fill structs that we own; a stream that was used up before has lost its callbacks.
    unsafe {
        let (Some(_), Some(get_schema), Some(get_next)) =
            ((*stream).release, (*stream).get_schema, (*stream).get_next)
        else {
            return Err(PyValueError::new_err("the Arrow stream was used up before"));
        };
        if get_schema(stream, &mut schema) != 0 {
            return Err(stream_problem(stream));
        }
        let mut columns = Reader::columns(&schema, name)?;
        loop {
            let mut batch = ArrowArray::empty();
            if get_next(stream, &mut batch) != 0 {
                return Err(stream_problem(stream));
            }
            if batch.release.is_none() {
                return Ok(columns.into_iter().map(|(_, column)| column).collect());
            }
            read_batch(&mut columns, &batch)?;
        }
    }
}

/// What the stream says went wrong.
unsafe fn stream_problem(stream: *mut ArrowArrayStream) -> PyErr {
    // SAFETY: the caller has a live stream; the text is valid until the next call on it.
    let text = unsafe {
        let text = (*stream).get_last_error.map_or(null(), |get| get(stream));
        if text.is_null() { "no reason given".into() } else { CStr::from_ptr(text).to_string_lossy() }
    };
    PyValueError::new_err(format!("the Arrow stream failed: {text}"))
}

/// How a column's buffers are read.
enum Reader {
    Null,
    /// Bytes of a whole number, and whether it is signed.
    Int {
        bytes: u8,
        signed: bool,
    },
    Float32,
    Float64,
    Bool,
    /// Offsets of 32 or 64 bits.
    Text32,
    Text64,
    TextView,
    /// A 32 or 64 bit time: so many of its ticks make a microsecond, or so many microseconds a tick.
    Time {
        bytes: u8,
        times: i64,
        over: i64,
    },
    /// A decimal: bytes and scale.
    Decimal {
        bytes: u8,
        scale: u32,
    },
    /// Indices into a dictionary.
    Dictionary {
        index: Box<Reader>,
        values: Box<Reader>,
    },
}

impl Reader {
    /// A reader and an empty column for each field of the schema, or for the schema itself if it is no
    /// struct.
    fn columns(schema: &ArrowSchema, name: &str) -> PyResult<Vec<(Reader, Column)>> {
        if text_of(schema, schema.format)? != "+s" {
            return Ok(vec![Reader::column(schema, name)?]);
        }
        if !(0..=CHILDREN_MAX).contains(&schema.n_children) || schema.children.is_null() {
            return Err(PyValueError::new_err("the Arrow schema has an impossible number of columns"));
        }
        let count = usize::try_from(schema.n_children).unwrap_or(0);
        // SAFETY: the interface: `children` points to `n_children` valid pointers.
        let children = unsafe { std::slice::from_raw_parts(schema.children, count) };
        // SAFETY: the same.
        children.iter().map(|child| Reader::column(unsafe { &**child }, name)).collect()
    }

    fn column(schema: &ArrowSchema, otherwise: &str) -> PyResult<(Reader, Column)> {
        let name = match text_of(schema, schema.name)? {
            "" => otherwise,
            name => name,
        };
        let reader = Reader::of(schema)
            .map_err(|problem| PyTypeError::new_err(format!("column `{name}`: {problem}")))?;
        let column = reader.column_for(name);
        Ok((reader, column))
    }

    fn column_for(&self, name: &str) -> Column {
        let values = match self {
            Reader::Null | Reader::Int { .. } => Values::Int(Vec::new()),
            Reader::Float32 | Reader::Float64 => Values::Float(Vec::new()),
            Reader::Bool => Values::Bool(Vec::new()),
            Reader::Text32 | Reader::Text64 | Reader::TextView => Values::Text(Texts::default()),
            Reader::Time { .. } => Values::Time(Vec::new()),
            Reader::Decimal { .. } => Values::Money(Vec::new()),
            Reader::Dictionary { values, .. } => return values.column_for(name),
        };
        Column { name: name.into(), values, valid: None }
    }

    fn of(schema: &ArrowSchema) -> Result<Reader, String> {
        let format = text_of(schema, schema.format).map_err(|problem| problem.to_string())?;
        if !schema.dictionary.is_null() {
            // SAFETY: the interface: a dictionary that is not null is a valid schema.
            let values = Reader::of(unsafe { &*schema.dictionary })?;
            let index = Reader::plain(format)?;
            return match (&index, &values) {
                (Reader::Int { .. }, Reader::Dictionary { .. }) => Err("a dictionary in a dictionary".into()),
                (Reader::Int { .. }, _) => {
                    Ok(Reader::Dictionary { index: index.into(), values: values.into() })
                }
                _ => Err("a dictionary without whole numbers as indices".into()),
            };
        }
        Reader::plain(format)
    }

    fn plain(format: &str) -> Result<Reader, String> {
        let int = |bytes, signed| Reader::Int { bytes, signed };
        let time = |bytes, times, over| Reader::Time { bytes, times, over };
        Ok(match format {
            "n" => Reader::Null,
            "c" => int(1, true),
            "C" => int(1, false),
            "s" => int(2, true),
            "S" => int(2, false),
            "i" => int(4, true),
            "I" => int(4, false),
            "l" => int(8, true),
            "L" => int(8, false),
            "f" => Reader::Float32,
            "g" => Reader::Float64,
            "b" => Reader::Bool,
            "u" => Reader::Text32,
            "U" => Reader::Text64,
            "vu" => Reader::TextView,
            "tdD" => time(4, 86_400_000_000, 1),
            "tdm" => time(8, 1_000, 1),
            _ if format.starts_with("tss:") => time(8, 1_000_000, 1),
            _ if format.starts_with("tsm:") => time(8, 1_000, 1),
            _ if format.starts_with("tsu:") => time(8, 1, 1),
            _ if format.starts_with("tsn:") => time(8, 1, 1_000),
            _ => return Reader::decimal(format).ok_or(format!("Arrow format `{format}` is not read here")),
        })
    }

    fn decimal(format: &str) -> Option<Reader> {
        let mut parts = format.strip_prefix("d:")?.split(',').skip(1);
        let scale: u32 = parts.next()?.parse().ok()?;
        let bytes = match parts.next() {
            None | Some("128") => 16,
            Some("64") => 8,
            Some("32") => 4,
            Some(_) => return None,
        };
        (scale <= 38).then_some(Reader::Decimal { bytes, scale })
    }

    /// Appends rows of an array to the column.
    fn append(&self, array: &ArrowArray, rows: Rows, column: &mut Column) -> PyResult<()> {
        if let Reader::Dictionary { index, values } = self {
            return append_dictionary(index, values, array, rows, column);
        }
        let valid =
            if matches!(self, Reader::Null) { Some(vec![false; rows.count]) } else { validity(array, rows)? };
        append_validity(valid, rows.count, column);
        match (&mut column.values, self) {
            (Values::Int(out), Reader::Null) => out.extend(std::iter::repeat_n(0, rows.count)),
            (Values::Int(out), Reader::Int { bytes, signed }) => {
                let numbers = integers(array, rows, *bytes, *signed)?;
                match numbers.iter().map(|n| i64::try_from(*n)).collect::<Result<Vec<i64>, _>>() {
                    Ok(narrow) => out.extend(narrow),
                    // What is past whole numbers is kept as its digits.
                    Err(_) => {
                        let mut digits: Texts = out.iter().map(i64::to_string).collect();
                        numbers.iter().for_each(|n| digits.push(&n.to_string()));
                        column.values = Values::Text(digits);
                    }
                }
            }
            (Values::Text(out), Reader::Int { bytes, signed }) => {
                integers(array, rows, *bytes, *signed)?.iter().for_each(|n| out.push(&n.to_string()));
            }
            (Values::Float(out), Reader::Float32) => {
                // Through text: 19.99 stays 19.99 when it is widened.
                let wide = |x: &f32| x.to_string().parse().unwrap_or(f64::NAN);
                out.extend(rows.of(buffer::<f32>(array, 1, rows.end()?)?)?.iter().map(wide));
            }
            (Values::Float(out), Reader::Float64) => {
                out.extend_from_slice(rows.of(buffer::<f64>(array, 1, rows.end()?)?)?);
            }
            (Values::Bool(out), Reader::Bool) => out.extend(bits(array, 1, rows)?),
            (Values::Text(out), Reader::Text32) => {
                let ends = buffer::<i32>(array, 1, rows.end()?.saturating_add(1))?;
                append_texts(array, ends.get(rows.first..).unwrap_or(&[]), out)?;
            }
            (Values::Text(out), Reader::Text64) => {
                let ends = buffer::<i64>(array, 1, rows.end()?.saturating_add(1))?;
                append_texts(array, ends.get(rows.first..).unwrap_or(&[]), out)?;
            }
            (Values::Text(out), Reader::TextView) => append_views(array, rows, out)?,
            (Values::Time(out), Reader::Time { bytes, times, over }) => {
                for (tick, row) in integers(array, rows, *bytes, true)?.into_iter().zip(0..) {
                    let micros =
                        tick.checked_mul(i128::from(*times)).map(|t| t.div_euclid(i128::from(*over)));
                    let missing =
                        column.valid.as_ref().is_some_and(|valid| valid.get(out.len()).is_some_and(|is| !is));
                    match micros.and_then(|micros| i64::try_from(micros).ok()) {
                        Some(micros) => out.push(micros),
                        None if missing => out.push(0),
                        None => {
                            let text = format!("column `{}`, row {row}: not a time", column.name);
                            return Err(PyValueError::new_err(text));
                        }
                    }
                }
            }
            (Values::Money(out), Reader::Decimal { bytes, scale }) => {
                for number in integers(array, rows, *bytes, true)? {
                    out.push(micros(number, *scale).ok_or_else(|| {
                        PyValueError::new_err(format!("column `{}`: more than six decimals", column.name))
                    })?);
                }
            }
            _ => return Err(PyTypeError::new_err("the stream changed its schema")),
        }
        Ok(())
    }
}

/// A decimal of so many decimals in micro-units, if it is exactly one.
fn micros(number: i128, scale: u32) -> Option<i64> {
    let scaled = match 6u32.checked_sub(scale) {
        Some(up) => number.checked_mul(10i128.checked_pow(up)?)?,
        None => {
            let unit = 10i128.checked_pow(scale.checked_sub(6)?)?;
            if number.checked_rem(unit)? != 0 {
                return None;
            }
            number.checked_div(unit)?
        }
    };
    i64::try_from(scaled).ok()
}

/// Which rows of an array are meant.
#[derive(Clone, Copy)]
struct Rows {
    first: usize,
    count: usize,
}

impl Rows {
    fn end(self) -> PyResult<usize> {
        self.first.checked_add(self.count).ok_or_else(malformed)
    }

    fn of<T>(self, all: &[T]) -> PyResult<&[T]> {
        all.get(self.first..self.end()?).ok_or_else(malformed)
    }
}

fn malformed() -> PyErr {
    PyValueError::new_err("the Arrow array is malformed")
}

fn read_batch(columns: &mut [(Reader, Column)], array: &ArrowArray) -> PyResult<()> {
    let number = |n: i64| usize::try_from(n).map_err(|_| malformed());
    let (length, offset) = (number(array.length)?, number(array.offset)?);
    let is_struct = array.n_buffers == 1 && usize::try_from(array.n_children) == Ok(columns.len());
    if !is_struct {
        let [(reader, column)] = columns else { return Err(malformed()) };
        return reader.append(array, Rows { first: offset, count: length }, column);
    }
    if array.n_children > 0 && array.children.is_null() {
        return Err(malformed());
    }
    for (i, (reader, column)) in columns.iter_mut().enumerate() {
        // SAFETY: the interface: `children` points to `n_children` pointers to valid arrays, and `i` is
        // below.
        let child = unsafe { &**array.children.add(i) };
        let first = number(child.offset)?.checked_add(offset).ok_or_else(malformed)?;
        reader.append(child, Rows { first, count: length }, column)?;
    }
    Ok(())
}

/// A buffer as a slice of so many values.
fn buffer<T: Copy>(array: &ArrowArray, at: usize, count: usize) -> PyResult<&[T]> {
    if count == 0 {
        return Ok(&[]);
    }
    let present = usize::try_from(array.n_buffers).is_ok_and(|n| at < n) && !array.buffers.is_null();
    if !present {
        return Err(malformed());
    }
    // SAFETY: `at` is below `n_buffers`.
    let start: *const T = unsafe { (*array.buffers.add(at)).cast() };
    if start.is_null() || !start.is_aligned() || array.release.is_none() {
        return Err(malformed());
    }
    // SAFETY: the interface: a buffer is long enough for offset + length values of its type, and lives as
    // long as the array is not released, which the borrow of `array` ensures. `T` is a plain number or byte
    // array.
    Ok(unsafe { std::slice::from_raw_parts(start, count) })
}

fn bits(array: &ArrowArray, at: usize, rows: Rows) -> PyResult<Vec<bool>> {
    let bytes = buffer::<u8>(array, at, rows.end()?.div_ceil(8))?;
    let bit = |row: usize| {
        let byte = bytes.get(row / 8).copied().unwrap_or(0);
        (byte >> (row % 8)) & 1 == 1
    };
    Ok((rows.first..rows.end()?).map(bit).collect())
}

/// Which rows of an array have a value; none = all.
fn validity(array: &ArrowArray, rows: Rows) -> PyResult<Option<Vec<bool>>> {
    let no_bitmap = array.null_count == 0 || array.n_buffers < 1 || array.buffers.is_null() || {
        // SAFETY: there is a first buffer.
        unsafe { (*array.buffers).is_null() }
    };
    if no_bitmap { Ok(None) } else { bits(array, 0, rows).map(Some) }
}

/// Notes which of the rows that follow have a value.
fn append_validity(valid: Option<Vec<bool>>, count: usize, column: &mut Column) {
    let before = column.len();
    match (valid, &mut column.valid) {
        (None, None) => {}
        (None, Some(all)) => all.extend(std::iter::repeat_n(true, count)),
        (Some(valid), all) => all.get_or_insert_with(|| vec![true; before]).extend(valid),
    }
}

fn integers(array: &ArrowArray, rows: Rows, bytes: u8, signed: bool) -> PyResult<Vec<i128>> {
    fn wide<T: Copy + Into<i128>>(array: &ArrowArray, rows: Rows) -> PyResult<Vec<i128>> {
        Ok(rows.of(buffer::<T>(array, 1, rows.end()?)?)?.iter().map(|n| (*n).into()).collect())
    }
    match (bytes, signed) {
        (1, true) => wide::<i8>(array, rows),
        (1, false) => wide::<u8>(array, rows),
        (2, true) => wide::<i16>(array, rows),
        (2, false) => wide::<u16>(array, rows),
        (4, true) => wide::<i32>(array, rows),
        (4, false) => wide::<u32>(array, rows),
        (8, true) => wide::<i64>(array, rows),
        (8, false) => wide::<u64>(array, rows),
        // Producers align decimals to 8 bytes at least, not always to 16.
        _ => {
            let halves = buffer::<[u64; 2]>(array, 1, rows.end()?)?;
            Ok(rows.of(halves)?.iter().map(|[low, high]| wide_decimal(*low, *high)).collect())
        }
    }
}

/// A little-endian 128 bit number from its halves.
fn wide_decimal(low: u64, high: u64) -> i128 {
    let mut bytes = [0u8; 16];
    let (first, last) = bytes.split_at_mut(8);
    first.copy_from_slice(&low.to_ne_bytes());
    last.copy_from_slice(&high.to_ne_bytes());
    i128::from_ne_bytes(bytes)
}

/// Texts between neighbouring offsets.
fn append_texts<T: Copy + TryInto<usize>>(
    array: &ArrowArray,
    offsets: &[T],
    out: &mut Texts,
) -> PyResult<()> {
    let place = |offset: &T| (*offset).try_into().map_err(|_| malformed());
    let end = offsets.last().map_or(Ok(0), place)?;
    let data = buffer::<u8>(array, 2, end)?;
    for pair in offsets.windows(2) {
        let [from, to] = pair else { continue };
        let bytes = data.get(place(from)?..place(to)?).ok_or_else(malformed)?;
        out.push(std::str::from_utf8(bytes).map_err(|_| malformed())?);
    }
    Ok(())
}

/// Texts by views: up to 12 bytes in the view itself, else a buffer and an offset.
fn append_views(array: &ArrowArray, rows: Rows, out: &mut Texts) -> PyResult<()> {
    // Two fixed buffers, then the data, then one buffer with the data's lengths.
    let data_buffers =
        usize::try_from(array.n_buffers).ok().and_then(|n| n.checked_sub(3)).ok_or_else(malformed)?;
    let lengths = buffer::<i64>(array, data_buffers.saturating_add(2), data_buffers)?;
    for view in rows.of(buffer::<[u32; 4]>(array, 1, rows.end()?)?)? {
        let [length, _, index, offset] = view.map(|n| usize::try_from(n).unwrap_or(usize::MAX));
        if length <= 12 {
            let bytes: Vec<u8> =
                view.iter().skip(1).flat_map(|word| word.to_ne_bytes()).take(length).collect();
            out.push(std::str::from_utf8(&bytes).map_err(|_| malformed())?);
            continue;
        }
        let size = lengths.get(index).and_then(|n| usize::try_from(*n).ok()).ok_or_else(malformed)?;
        let data = buffer::<u8>(array, index.saturating_add(2), size)?;
        let bytes = offset.checked_add(length).and_then(|end| data.get(offset..end)).ok_or_else(malformed)?;
        out.push(std::str::from_utf8(bytes).map_err(|_| malformed())?);
    }
    Ok(())
}

/// Rows of a dictionary array: each index is replaced by its value.
fn append_dictionary(
    index: &Reader,
    values: &Reader,
    array: &ArrowArray,
    rows: Rows,
    column: &mut Column,
) -> PyResult<()> {
    let Reader::Int { bytes, signed } = index else { return Err(malformed()) };
    if array.dictionary.is_null() {
        return Err(malformed());
    }
    // SAFETY: the interface: a dictionary that is not null is a valid array.
    let dictionary = unsafe { &*array.dictionary };
    let number = |n: i64| usize::try_from(n).map_err(|_| malformed());
    let all = Rows { first: number(dictionary.offset)?, count: number(dictionary.length)? };
    let mut words = values.column_for("");
    values.append(dictionary, all, &mut words)?;
    let present = validity(array, rows)?;
    let mut places = Vec::with_capacity(rows.count);
    for (row, place) in integers(array, rows, *bytes, *signed)?.into_iter().enumerate() {
        let is_present = present.as_ref().is_none_or(|present| present.get(row) == Some(&true));
        let place = usize::try_from(place).ok().filter(|place| *place < words.len());
        if is_present && place.is_none() {
            return Err(malformed());
        }
        places.push(place.filter(|place| is_present && words.is_valid(*place)));
    }
    let valid: Vec<bool> = places.iter().map(Option::is_some).collect();
    append_validity(valid.contains(&false).then_some(valid), rows.count, column);
    places.into_iter().try_for_each(|place| push_word(&words.values, place, &mut column.values))
}

fn push_word(words: &Values, at: Option<usize>, out: &mut Values) -> PyResult<()> {
    fn word<T: Copy + Default>(words: &[T], at: Option<usize>) -> T {
        at.and_then(|at| words.get(at)).copied().unwrap_or_default()
    }
    match (words, out) {
        (Values::Text(words), Values::Text(out)) => out.push(at.map_or("", |at| words.get(at))),
        (Values::Int(words), Values::Int(out))
        | (Values::Time(words), Values::Time(out))
        | (Values::Money(words), Values::Money(out)) => out.push(word(words, at)),
        (Values::Float(words), Values::Float(out)) => out.push(word(words, at)),
        (Values::Bool(words), Values::Bool(out)) => out.push(word(words, at)),
        _ => return Err(malformed()),
    }
    Ok(())
}

/// A text of a schema.
fn text_of(_: &ArrowSchema, text: *const c_char) -> PyResult<&str> {
    if text.is_null() {
        return Ok("");
    }
    // SAFETY: the interface: formats and names that are not null are texts that end in a zero byte and live
    // as long as their schema, which the caller's borrow holds.
    unsafe { CStr::from_ptr(text) }.to_str().map_err(|_| malformed())
}
