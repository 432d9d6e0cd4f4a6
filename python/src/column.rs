//! Columns as the face holds them: five kinds of value, each with what may be missing.

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use stockbook::{Instant, Money, NOT_GIVEN};

/// A named column.
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) values: Values,
    /// Which rows have a value; none = all have.
    pub(crate) valid: Option<Vec<bool>>,
}

/// The values of a column. A row without a value holds a zero or an empty text.
pub(crate) enum Values {
    Int(Vec<i64>),
    Float(Vec<f64>),
    Bool(Vec<bool>),
    Text(Texts),
    /// Microseconds since 1970 in UTC.
    Time(Vec<i64>),
    /// Micro-units of money.
    Money(Vec<i64>),
}

/// Texts end to end, with `offsets[i]..offsets[i + 1]` for each: as Arrow lays them out.
pub(crate) struct Texts {
    pub(crate) offsets: Vec<i64>,
    pub(crate) data: String,
}

impl Default for Texts {
    fn default() -> Texts {
        Texts { offsets: vec![0], data: String::new() }
    }
}

impl Texts {
    pub(crate) fn push(&mut self, text: &str) {
        self.data.push_str(text);
        self.offsets.push(i64::try_from(self.data.len()).unwrap_or(i64::MAX));
    }

    pub(crate) fn len(&self) -> usize {
        self.offsets.len().saturating_sub(1)
    }

    pub(crate) fn get(&self, row: usize) -> &str {
        let at = |row: usize| self.offsets.get(row).and_then(|o| usize::try_from(*o).ok());
        let range = at(row).zip(row.checked_add(1).and_then(at));
        range.and_then(|(from, to)| self.data.get(from..to)).unwrap_or("")
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|row| self.get(row))
    }
}

impl<T: AsRef<str>> FromIterator<T> for Texts {
    fn from_iter<I: IntoIterator<Item = T>>(texts: I) -> Texts {
        let mut all = Texts::default();
        texts.into_iter().for_each(|text| all.push(text.as_ref()));
        all
    }
}

impl Values {
    /// Numbers of documents: whole numbers, or their digits where one of them is past those.
    pub(crate) fn keys(keys: &[u64]) -> Values {
        match keys.iter().map(|key| i64::try_from(*key)).collect() {
            Ok(keys) => Values::Int(keys),
            Err(_) => Values::Text(keys.iter().map(u64::to_string).collect()),
        }
    }

    pub(crate) fn len(&self) -> usize {
        match self {
            Values::Int(v) | Values::Time(v) | Values::Money(v) => v.len(),
            Values::Float(v) => v.len(),
            Values::Bool(v) => v.len(),
            Values::Text(v) => v.len(),
        }
    }

    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Values::Int(_) => "integers",
            Values::Float(_) => "floats",
            Values::Bool(_) => "booleans",
            Values::Text(_) => "texts",
            Values::Time(_) => "times",
            Values::Money(_) => "decimals",
        }
    }
}

/// The id of a code that a book does not have. No book has so many things that one of them has it.
const UNKNOWN: u32 = u32::MAX - 1;

impl Column {
    pub(crate) fn new(name: &str, values: Values) -> Column {
        Column { name: name.into(), values, valid: None }
    }

    /// Texts of which some are missing.
    pub(crate) fn texts<'a>(name: &str, texts: impl Iterator<Item = Option<&'a str>>) -> Column {
        let mut values = Texts::default();
        let mut valid = Vec::new();
        for text in texts {
            values.push(text.unwrap_or(""));
            valid.push(text.is_some());
        }
        let valid = valid.contains(&false).then_some(valid);
        Column { name: name.into(), values: Values::Text(values), valid }
    }

    pub(crate) fn len(&self) -> usize {
        self.values.len()
    }

    pub(crate) fn is_valid(&self, row: usize) -> bool {
        self.valid.as_ref().is_none_or(|valid| valid.get(row).copied().unwrap_or(false))
    }

    /// A complaint about one row of this column.
    pub(crate) fn fault(&self, row: usize, need: &str) -> PyErr {
        PyValueError::new_err(format!("column `{}`, row {row}: {need}", self.name))
    }

    fn wrong_kind(&self, need: &str) -> PyErr {
        PyTypeError::new_err(format!("column `{}` has {}, needs {need}", self.name, self.values.kind()))
    }

    /// Makes a column without any value one of a kind.
    pub(crate) fn is_of(&mut self, kind: &str) {
        let rows = self.len();
        if (0..rows).any(|row| self.is_valid(row)) {
            return;
        }
        let none = [
            Values::Int(vec![0; rows]),
            Values::Float(vec![0.0; rows]),
            Values::Bool(vec![false; rows]),
            Values::Text((0..rows).map(|_| "").collect()),
            Values::Time(vec![0; rows]),
            Values::Money(vec![0; rows]),
        ];
        if let Some(values) = none.into_iter().find(|values| values.kind() == kind) {
            self.values = values;
        }
    }

    /// Refuses an order's line that says another thing than the first one; lines of an order follow on each
    /// other.
    pub(crate) fn one_an_order(&self, order: &[u64], same: impl Fn(usize, usize) -> bool) -> PyResult<()> {
        for (before, pair) in order.windows(2).enumerate() {
            let row = before.saturating_add(1);
            if let [first, second] = pair
                && first == second
                && !same(before, row)
            {
                let need = format!("not as on the first line of order {second}");
                return Err(self.fault(row, &need));
            }
        }
        Ok(())
    }

    /// Whether two rows hold the same code.
    pub(crate) fn same_code(&self, a: usize, b: usize) -> bool {
        self.is_valid(a) == self.is_valid(b)
            && match &self.values {
                Values::Text(codes) => codes.get(a) == codes.get(b),
                Values::Int(codes) => codes.get(a) == codes.get(b),
                _ => true,
            }
    }

    /// Refuses a column in which a value is missing.
    fn complete(&self) -> PyResult<()> {
        match self.valid.as_ref().and_then(|valid| valid.iter().position(|is| !is)) {
            Some(row) => Err(self.fault(row, "a value is missing")),
            None => Ok(()),
        }
    }

    /// Whole numbers; whole floats (as pandas makes of integers with gaps) and digits count as such.
    pub(crate) fn integers(&self) -> PyResult<Vec<i64>> {
        self.complete()?;
        let need = "a whole number";
        match &self.values {
            Values::Int(v) => Ok(v.clone()),
            Values::Float(v) => each(v, |row, x| whole(*x).ok_or_else(|| self.fault(row, need))),
            Values::Text(v) => {
                let need = "a whole number below 2^63";
                v.iter().enumerate().map(|(row, t)| t.parse().map_err(|_| self.fault(row, need))).collect()
            }
            _ => Err(self.wrong_kind("whole numbers")),
        }
    }

    /// Whole numbers that are not negative, up to the largest of 64 bits.
    pub(crate) fn counts(&self) -> PyResult<Vec<u64>> {
        if let Values::Text(digits) = &self.values {
            self.complete()?;
            let need = "a whole number from 0 to 2^64 - 1";
            let read = |(row, text): (usize, &str)| text.parse().map_err(|_| self.fault(row, need));
            return digits.iter().enumerate().map(read).collect();
        }
        let all = self.integers()?;
        each(&all, |row, n| u64::try_from(*n).map_err(|_| self.fault(row, "a number from 0")))
    }

    /// Instants: times, RFC 3339 texts, or whole microseconds since 1970.
    pub(crate) fn instants(&self) -> PyResult<Vec<i64>> {
        self.complete()?;
        self.instants_given()
    }

    /// The same where rows may have none: those hold [`NOT_GIVEN`].
    pub(crate) fn instants_given(&self) -> PyResult<Vec<i64>> {
        let all = (0..self.len()).all(|row| !self.is_valid(row));
        match &self.values {
            Values::Time(v) | Values::Int(v) => self.given(v.iter(), |_, micros| Ok(*micros)),
            Values::Text(v) => self.given(v.iter(), |row, text| {
                text.parse::<Instant>().map(Instant::micros).map_err(|need| self.fault(row, need))
            }),
            values if all => Ok(vec![NOT_GIVEN; values.len()]),
            _ => Err(self.wrong_kind("times")),
        }
    }

    /// Numbers of the rows that have a value, [`NOT_GIVEN`] for the others.
    fn given<A>(
        &self,
        values: impl Iterator<Item = A>,
        read: impl Fn(usize, A) -> PyResult<i64>,
    ) -> PyResult<Vec<i64>> {
        let one = |(row, value)| if self.is_valid(row) { read(row, value) } else { Ok(NOT_GIVEN) };
        values.enumerate().map(one).collect()
    }

    /// Degrees as floats; decimal texts and whole numbers are read as degrees too.
    pub(crate) fn degrees(&self) -> PyResult<Vec<f64>> {
        self.complete()?;
        let read = |row: usize, text: &str| text.parse().map_err(|_| self.fault(row, "an angle in degrees"));
        match &self.values {
            Values::Float(v) => Ok(v.clone()),
            Values::Int(v) => each(v, |row, n| read(row, &n.to_string())),
            Values::Money(v) => each(v, |row, n| read(row, &Money::from_micros(*n).to_string())),
            Values::Text(v) => v.iter().enumerate().map(|(row, text)| read(row, text)).collect(),
            _ => Err(self.wrong_kind("degrees")),
        }
    }

    /// Money in micro-units: decimals, decimal texts and whole units. A float is taken as the decimal that it
    /// prints as, and refused where that has more than six decimals.
    pub(crate) fn money(&self) -> PyResult<Vec<i64>> {
        self.complete()?;
        self.money_given()
    }

    /// The same where rows may have none: those hold [`NOT_GIVEN`]. A float that is no number is none.
    pub(crate) fn money_given(&self) -> PyResult<Vec<i64>> {
        let read = |row: usize, text: &str| {
            let amount = text.parse::<Money>().map_err(|problem| self.fault(row, &problem.to_string()))?;
            Ok(amount.micros())
        };
        match &self.values {
            Values::Money(v) => self.given(v.iter(), |_, micros| Ok(*micros)),
            Values::Int(v) => self.given(v.iter(), |row, n| read(row, &n.to_string())),
            Values::Float(v) => self.given(v.iter(), |row, x| match x.is_nan() {
                true => Ok(NOT_GIVEN),
                false => read(row, &x.to_string()),
            }),
            Values::Text(v) => self.given(v.iter(), read),
            _ => Err(self.wrong_kind("amounts of money")),
        }
    }

    /// The column itself, if it has codes.
    pub(crate) fn of_things(&self) -> PyResult<&Column> {
        match self.values {
            Values::Text(_) | Values::Int(_) => Ok(self),
            _ => Err(self.wrong_kind("codes")),
        }
    }

    /// Ids of codes; no value is `u32::MAX`, which stands for nothing, and a code that is not known is an id
    /// that nothing has. Whole numbers are codes too, as they are written.
    pub(crate) fn ids(&self, look_up: impl Fn(&str) -> Option<u32>) -> Vec<u32> {
        let id = |row: usize| match &self.values {
            _ if !self.is_valid(row) => u32::MAX,
            Values::Text(codes) => look_up(codes.get(row)).unwrap_or(UNKNOWN),
            Values::Int(codes) => codes.get(row).and_then(|n| look_up(&n.to_string())).unwrap_or(UNKNOWN),
            _ => UNKNOWN,
        };
        (0..self.len()).map(id).collect()
    }

    /// Ids of codes that must all be known.
    pub(crate) fn known_ids(&self, kind: &str, look_up: impl Fn(&str) -> Option<u32>) -> PyResult<Vec<u32>> {
        let ids = self.ids(look_up);
        match ids.iter().position(|id| *id >= UNKNOWN) {
            Some(row) => {
                self.complete()?;
                let code = match &self.values {
                    Values::Text(codes) => codes.get(row).to_owned(),
                    Values::Int(codes) => codes.get(row).map(i64::to_string).unwrap_or_default(),
                    _ => String::new(),
                };
                Err(self.fault(row, &format!("the network has no {kind} `{code}`")))
            }
            None => Ok(ids),
        }
    }
}

fn each<A, B>(values: &[A], convert: impl Fn(usize, &A) -> PyResult<B>) -> PyResult<Vec<B>> {
    values.iter().enumerate().map(|(row, value)| convert(row, value)).collect()
}

/// A float that is a whole number below 2^53.
fn whole(x: f64) -> Option<i64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if x.fract() == 0.0 && x.abs() <= EXACT { format!("{x:.0}").parse().ok() } else { None }
}

/// Microseconds since 1970 as a `datetime` in UTC; what Python cannot place is its `datetime.min`.
pub(crate) fn datetime(py: Python<'_>, micros: i64) -> PyResult<Bound<'_, PyAny>> {
    let module = py.import("datetime")?;
    let (datetime, utc) = (module.getattr("datetime")?, module.getattr("timezone")?.getattr("utc")?);
    let epoch = datetime.call_method1("fromtimestamp", (0, &utc))?;
    let since = module.getattr("timedelta")?.call1((0, 0, micros));
    since.and_then(|since| epoch.call_method1("__add__", (since,))).or_else(|_| {
        let zone = pyo3::types::PyDict::new(py);
        zone.set_item("tzinfo", utc)?;
        datetime.getattr("min")?.call_method("replace", (), Some(&zone))
    })
}
