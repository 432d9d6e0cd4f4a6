//! Tables: what columns are taken from, and what reports are given as.

use crate::arrow;
use crate::column::{Column, Texts, Values, datetime};
use pyo3::buffer::PyBuffer;
use pyo3::exceptions::{PyKeyError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedStr;
use pyo3::types::{PyBool, PyBytes, PyCapsule, PyDict, PyFloat, PyInt, PyList, PyMapping, PyString};
use std::sync::Arc;
use stockbook::{Instant, Money};

/// The most rows that a table shows of itself.
const ROWS_SHOWN: usize = 10;

/// A table of named columns.
///
/// Made from anything that speaks the Arrow PyCapsule interface (pandas, polars, pyarrow, duckdb), or from a
/// mapping of names to arrays, buffers or lists. It speaks the interface itself:
///
/// >>> table = stockbook.Table({"sku": ["TEE", "CAP"], "qty": [3, 4]})
/// >>> polars.DataFrame(table)      # or pyarrow.table(table), or table.to_pandas()
#[pyclass(frozen, module = "stockbook._native")]
pub(crate) struct Table {
    columns: Arc<Vec<Column>>,
}

/// What makes a table again, and from what.
type Pickled<'py> = (Bound<'py, PyAny>, (Bound<'py, PyDict>, Vec<&'static str>));

impl Table {
    pub(crate) fn of(columns: Vec<Column>) -> Table {
        Table { columns: Arc::new(columns) }
    }

    /// The table that an argument is, or is made into.
    pub(crate) fn from_argument(object: &Bound<'_, PyAny>) -> PyResult<Table> {
        if let Ok(table) = object.cast::<Table>() {
            return Ok(Table { columns: Arc::clone(&table.get().columns) });
        }
        let columns = if arrow::speaks_arrow(object)? {
            arrow::import(object, "")?
        } else if let Ok(mapping) = object.cast::<PyMapping>() {
            columns_of_mapping(mapping)?
        } else if object.hasattr("collect")? {
            // A lazy frame.
            return Table::from_argument(&object.call_method0("collect")?);
        } else {
            let text = "a table is wanted: a data frame, an Arrow table, or a mapping of names to columns";
            return Err(PyTypeError::new_err(text));
        };
        let rows = columns.first().map_or(0, Column::len);
        match columns.iter().find(|column| column.len() != rows) {
            Some(odd) => Err(PyValueError::new_err(format!("column `{}` has not {rows} rows", odd.name))),
            None => Ok(Table::of(columns)),
        }
    }

    pub(crate) fn rows(&self) -> usize {
        self.columns.first().map_or(0, Column::len)
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|column| column.name.as_str())
    }

    pub(crate) fn find(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// A column that has to be there.
    pub(crate) fn need(&self, name: &str) -> PyResult<&Column> {
        self.find(name).ok_or_else(|| PyKeyError::new_err(format!("the table has no column `{name}`")))
    }
}

#[pymethods]
impl Table {
    #[new]
    fn new(data: &Bound<'_, PyAny>) -> PyResult<Table> {
        Table::from_argument(data)
    }

    /// Names of the columns.
    #[getter]
    fn columns(&self) -> Vec<&str> {
        self.columns.iter().map(|column| column.name.as_str()).collect()
    }

    fn __len__(&self) -> usize {
        self.rows()
    }

    /// A column as a list.
    fn __getitem__<'py>(&self, py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyList>> {
        let column = self.need(name)?;
        let cells = (0..column.len()).map(|row| cell(py, column, row)).collect::<PyResult<Vec<_>>>()?;
        PyList::new(py, cells)
    }

    /// The columns as a dictionary of lists.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let lists = PyDict::new(py);
        for column in self.columns.iter() {
            lists.set_item(&column.name, self.__getitem__(py, &column.name)?)?;
        }
        Ok(lists)
    }

    /// How it is pickled: by its columns and their kinds, which a column without a value does not tell.
    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Pickled<'py>> {
        let kinds = slf.get().columns.iter().map(|column| column.values.kind()).collect();
        Ok((slf.get_type().getattr("_unpickled")?, (slf.get().to_dict(slf.py())?, kinds)))
    }

    /// The table that was pickled.
    #[staticmethod]
    fn _unpickled(columns: &Bound<'_, PyMapping>, kinds: Vec<PyBackedStr>) -> PyResult<Table> {
        let mut columns = columns_of_mapping(columns)?;
        for (column, kind) in columns.iter_mut().zip(kinds) {
            column.is_of(&kind);
        }
        Ok(Table::of(columns))
    }

    /// The rows as dictionaries.
    fn to_rows<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let rows = PyList::empty(py);
        for row in 0..self.rows() {
            let cells = PyDict::new(py);
            for column in self.columns.iter() {
                cells.set_item(&column.name, cell(py, column, row)?)?;
            }
            rows.append(cells)?;
        }
        Ok(rows)
    }

    /// The table as a `pyarrow.Table`.
    fn to_arrow<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        slf.py().import("pyarrow")?.call_method1("table", (slf,))
    }

    /// The table as a `polars.DataFrame`.
    fn to_polars<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        slf.py().import("polars")?.call_method1("DataFrame", (slf,))
    }

    /// The table as a `pandas.DataFrame`; money is exact, as `decimal.Decimal`.
    fn to_pandas<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let pandas = py.import("pandas")?;
        let columns = PyDict::new(py);
        for column in self.columns.iter() {
            columns.set_item(&column.name, series(py, &pandas, column)?)?;
        }
        pandas.call_method1("DataFrame", (columns,))
    }

    #[pyo3(signature = (requested_schema = None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        let _ = requested_schema; // A wish that the interface lets us ignore.
        arrow::stream_capsule(py, &self.columns)
    }

    #[pyo3(signature = (requested_schema = None))]
    fn __arrow_c_array__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<(Bound<'py, PyCapsule>, Bound<'py, PyCapsule>)> {
        let _ = requested_schema;
        arrow::array_capsules(py, &self.columns)
    }

    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        arrow::schema_capsule(py, &self.columns)
    }

    fn __repr__(&self) -> String {
        let head: Vec<Vec<String>> = self.shown().collect();
        let width = |column: usize| {
            let texts = head.iter().filter_map(|row| row.get(column));
            texts.map(|text| text.chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..self.columns.len()).map(width).collect();
        let mut text = String::new();
        for row in &head {
            for ((cell, width), column) in row.iter().zip(&widths).zip(self.columns.iter()) {
                let width = *width;
                match column.values {
                    Values::Text(_) => text.push_str(&format!("{cell:<width$}  ")),
                    _ => text.push_str(&format!("{cell:>width$}  ")),
                }
            }
            text.truncate(text.trim_end().len());
            text.push('\n');
        }
        text + &self.rest()
    }

    fn _repr_html_(&self) -> String {
        let mut html = String::from("<table>");
        for (i, row) in self.shown().enumerate() {
            let tag = if i == 0 { "th" } else { "td" };
            let cells: String = row.iter().map(|cell| format!("<{tag}>{}</{tag}>", escaped(cell))).collect();
            html.push_str(&format!("<tr>{cells}</tr>"));
        }
        format!("{html}</table><p>{}</p>", self.rest())
    }
}

impl Table {
    /// The names, then the first rows, as texts.
    fn shown(&self) -> impl Iterator<Item = Vec<String>> {
        let names = self.columns.iter().map(|column| column.name.clone()).collect();
        let rows = 0..self.rows().min(ROWS_SHOWN);
        let row = |row| self.columns.iter().map(|column| shown(column, row)).collect();
        std::iter::once(names).chain(rows.map(row))
    }

    fn rest(&self) -> String {
        let rows = self.rows();
        match rows {
            1 => "1 row".into(),
            _ if rows > ROWS_SHOWN => format!("{rows} rows, the first {ROWS_SHOWN} shown"),
            _ => format!("{rows} rows"),
        }
    }
}

pub(crate) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// A cell as text.
fn shown(column: &Column, row: usize) -> String {
    fn at<T: Copy>(values: &[T], row: usize) -> Option<T> {
        values.get(row).copied()
    }
    if !column.is_valid(row) {
        return String::new();
    }
    let text = match &column.values {
        Values::Int(v) => at(v, row).map(|n| n.to_string()),
        Values::Float(v) => at(v, row).map(|x| x.to_string()),
        Values::Bool(v) => at(v, row).map(|b| b.to_string()),
        Values::Text(v) => Some(v.get(row).to_owned()),
        Values::Time(v) => at(v, row).map(|t| Instant::from_micros(t).to_string()),
        Values::Money(v) => at(v, row).map(|m| Money::from_micros(m).to_string()),
    };
    text.unwrap_or_default()
}

/// A cell as a Python object.
fn cell<'py>(py: Python<'py>, column: &Column, row: usize) -> PyResult<Bound<'py, PyAny>> {
    fn at<T: Copy + Default>(values: &[T], row: usize) -> T {
        values.get(row).copied().unwrap_or_default()
    }
    if !column.is_valid(row) {
        return Ok(py.None().into_bound(py));
    }
    Ok(match &column.values {
        Values::Int(v) => PyInt::new(py, at(v, row)).into_any(),
        Values::Float(v) => PyFloat::new(py, at(v, row)).into_any(),
        Values::Bool(v) => PyBool::new(py, at(v, row)).to_owned().into_any(),
        Values::Text(v) => PyString::new(py, v.get(row)).into_any(),
        Values::Money(v) => {
            py.import("decimal")?.call_method1("Decimal", (Money::from_micros(at(v, row)).to_string(),))?
        }
        Values::Time(v) => datetime(py, at(v, row))?,
    })
}

/// A column for pandas: an array of numpy where all values are there and numpy knows the type.
fn series<'py>(
    py: Python<'py>,
    pandas: &Bound<'py, PyModule>,
    column: &Column,
) -> PyResult<Bound<'py, PyAny>> {
    let numpy = |bytes: Vec<u8>, kind: &str| {
        let array = py.import("numpy")?.call_method1("frombuffer", (PyBytes::new(py, &bytes), kind))?;
        array.call_method0("copy")
    };
    if column.valid.is_none() {
        match &column.values {
            Values::Int(v) => return numpy(v.iter().flat_map(|n| n.to_ne_bytes()).collect(), "int64"),
            Values::Float(v) => return numpy(v.iter().flat_map(|x| x.to_ne_bytes()).collect(), "float64"),
            Values::Time(v) => {
                let times = numpy(v.iter().flat_map(|n| n.to_ne_bytes()).collect(), "datetime64[us]")?;
                return pandas
                    .getattr("DatetimeIndex")?
                    .call1((times,))?
                    .call_method1("tz_localize", ("UTC",));
            }
            _ => {}
        }
    }
    let cells = (0..column.len()).map(|row| cell(py, column, row)).collect::<PyResult<Vec<_>>>()?;
    Ok(PyList::new(py, cells)?.into_any())
}

/// The columns of a mapping.
fn columns_of_mapping(mapping: &Bound<'_, PyMapping>) -> PyResult<Vec<Column>> {
    let mut columns = Vec::new();
    for item in mapping.items()? {
        let (name, values): (String, Bound<'_, PyAny>) = item.extract()?;
        let mut column = column_of(&name, &values)?;
        column.name = name;
        columns.push(column);
    }
    Ok(columns)
}

/// One column, from whatever holds its values.
fn column_of(name: &str, values: &Bound<'_, PyAny>) -> PyResult<Column> {
    if arrow::speaks_arrow(values)? {
        let mut columns = arrow::import(values, name)?;
        return match (columns.pop(), columns.is_empty()) {
            (Some(column), true) => Ok(column),
            _ => Err(PyTypeError::new_err(format!("`{name}` is a table, not a column"))),
        };
    }
    // Times with a zone or with gaps: before pandas 3 a series speaks Arrow through its frame alone. There
    // its labels may follow as columns of their own.
    if are_times(values) && values.hasattr("to_frame")? {
        let columns = arrow::import(&values.call_method0("to_frame")?, name)?;
        let none = || PyTypeError::new_err(format!("`{name}` is not a column"));
        return columns.into_iter().next().ok_or_else(none);
    }
    // Behind a mask of numpy's lie values that are not meant.
    if values.hasattr("hardmask")? {
        let told = if are_times(values) { as_micros(values)? } else { values.clone() };
        let cells = told.call_method0("tolist")?.try_iter()?.collect::<PyResult<Vec<_>>>()?;
        return column_of_objects(name, &cells);
    }
    if are_times(values) {
        let micros = numbers(&as_micros(values)?.call_method1("astype", ("int64",))?).unwrap_or_default();
        let valid: Vec<bool> = micros.iter().map(|micros| *micros != NOT_A_TIME).collect();
        let valid = valid.contains(&false).then_some(valid);
        return Ok(Column { name: name.into(), values: Values::Time(micros), valid });
    }
    if let Some(numbers) = numbers(values) {
        return Ok(Column::new(name, Values::Int(numbers)));
    }
    if let Some(floats) = buffer::<f64>(values) {
        return Ok(Column::new(name, Values::Float(floats)));
    }
    if values.is_instance_of::<PyString>() {
        return Err(PyTypeError::new_err(format!("`{name}` is a text, not a column")));
    }
    // Arrays of texts, of objects, of anything else that numpy or array has.
    let listed = if values.hasattr("tolist")? { values.call_method0("tolist")? } else { values.clone() };
    let cells = listed.try_iter()?.collect::<PyResult<Vec<_>>>()?;
    column_of_objects(name, &cells)
}

/// Whether the values are times of numpy or pandas.
fn are_times(values: &Bound<'_, PyAny>) -> bool {
    let kind =
        values.getattr("dtype").and_then(|dtype| dtype.getattr("kind")).and_then(|k| k.extract::<String>());
    kind.ok().as_deref() == Some("M")
}

/// How numpy writes a time that is none.
const NOT_A_TIME: i64 = i64::MIN;

/// An array of numpy's times as one of microseconds.
fn as_micros<'py>(values: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    values.call_method1("astype", ("datetime64[us]",))
}

/// The values of a buffer in one dimension and in this machine's order of bytes.
fn buffer<T: pyo3::buffer::Element>(values: &Bound<'_, PyAny>) -> Option<Vec<T>> {
    let swapped: &[u8] = if cfg!(target_endian = "little") { b">!" } else { b"<" };
    let buffer = PyBuffer::<T>::get(values).ok().filter(|buffer| buffer.dimensions() == 1)?;
    let order = buffer.format().to_bytes().first();
    if order.is_some_and(|order| swapped.contains(order)) { None } else { buffer.to_vec(values.py()).ok() }
}

/// Whole numbers from a buffer of them.
fn numbers(values: &Bound<'_, PyAny>) -> Option<Vec<i64>> {
    fn read<T: pyo3::buffer::Element + Into<i64>>(values: &Bound<'_, PyAny>) -> Option<Vec<i64>> {
        Some(buffer::<T>(values)?.into_iter().map(Into::into).collect())
    }
    buffer::<i64>(values)
        .or_else(|| read::<i32>(values))
        .or_else(|| read::<u32>(values))
        .or_else(|| read::<i16>(values))
        .or_else(|| read::<u16>(values))
        .or_else(|| read::<i8>(values))
        .or_else(|| read::<u8>(values))
}

/// A column from Python objects; the first that is not `None` says of which kind.
fn column_of_objects(name: &str, cells: &[Bound<'_, PyAny>]) -> PyResult<Column> {
    let wrong = |cell: &Bound<'_, PyAny>, row: usize| {
        PyTypeError::new_err(format!(
            "column `{name}`, row {row}: {} does not fit the column",
            cell.get_type()
        ))
    };
    fn collect<'a, 'py, T: Default>(
        cells: &'a [Bound<'py, PyAny>],
        read: impl Fn(usize, &'a Bound<'py, PyAny>) -> PyResult<T>,
    ) -> PyResult<Vec<T>> {
        let cell = |(row, cell): (usize, &'a Bound<'py, PyAny>)| {
            if cell.is_none() { Ok(T::default()) } else { read(row, cell) }
        };
        cells.iter().enumerate().map(cell).collect()
    }
    let values = match cells.iter().find(|cell| !cell.is_none()) {
        None => Values::Int(vec![0; cells.len()]),
        Some(first) if first.is_instance_of::<PyBool>() => {
            Values::Bool(collect(cells, |row, cell| cell.extract().map_err(|_| wrong(cell, row)))?)
        }
        Some(first) if first.is_instance_of::<PyInt>() => {
            let whole = cells.iter().all(|cell| cell.is_none() || cell.is_instance_of::<PyInt>());
            if whole {
                let narrow = collect(cells, |_, cell| cell.extract());
                let digits = || collect(cells, |_, cell| cell.str()?.extract::<String>());
                // What is past whole numbers is kept as its digits.
                match narrow {
                    Ok(numbers) => Values::Int(numbers),
                    Err(_) => Values::Text(digits()?.iter().collect()),
                }
            } else {
                Values::Float(collect(cells, |row, cell| cell.extract().map_err(|_| wrong(cell, row)))?)
            }
        }
        Some(first) if first.is_instance_of::<PyFloat>() => {
            Values::Float(collect(cells, |row, cell| cell.extract().map_err(|_| wrong(cell, row)))?)
        }
        Some(first) if first.is_instance_of::<PyString>() => {
            let texts = collect(cells, |row, cell| cell.extract::<String>().map_err(|_| wrong(cell, row)))?;
            Values::Text(texts.iter().collect::<Texts>())
        }
        Some(first) if first.hasattr("utcoffset")? => Values::Time(collect(cells, micros_since_epoch)?),
        Some(_) => Values::Money(collect(cells, |row, cell| {
            let text = cell.call_method1("__format__", ("f",)).and_then(|text| text.extract::<String>());
            let amount = text.ok().and_then(|text| text.parse::<Money>().ok());
            amount.map(Money::micros).ok_or_else(|| match cell.hasattr("as_tuple") {
                Ok(true) => PyTypeError::new_err(format!(
                    "column `{name}`, row {row}: a decimal of more than six decimals does not fit the \
                     column; say it as a text, or angles as floats"
                )),
                _ => wrong(cell, row),
            })
        })?),
    };
    let valid: Vec<bool> = cells.iter().map(|cell| !cell.is_none()).collect();
    let valid = valid.contains(&false).then_some(valid);
    Ok(Column { name: name.into(), values, valid })
}

/// A `datetime` as microseconds since 1970; one without a zone is taken as UTC.
fn micros_since_epoch(_: usize, moment: &Bound<'_, PyAny>) -> PyResult<i64> {
    let datetime = moment.py().import("datetime")?;
    let utc = datetime.getattr("timezone")?.getattr("utc")?;
    let aware = if moment.call_method0("utcoffset")?.is_none() {
        let zone = PyDict::new(moment.py());
        zone.set_item("tzinfo", &utc)?;
        moment.call_method("replace", (), Some(&zone))?
    } else {
        moment.clone()
    };
    let epoch = datetime.getattr("datetime")?.call_method1("fromtimestamp", (0, utc))?;
    let since = aware.call_method1("__sub__", (epoch,))?;
    let micro = datetime.getattr("timedelta")?.call1((0, 0, 1))?;
    since.call_method1("__floordiv__", (micro,))?.extract()
}
