//! Tidy tables: named columns of one type each, all of one length. What every face hands out as a data frame.

use crate::value::money::Money;
use crate::value::time::Instant;
use std::fmt::Write;

/// The values of a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Values {
    /// Whole numbers.
    Int(Vec<i64>),
    /// Numbers of documents.
    Key(Vec<u64>),
    /// Money, in micro-units.
    Money(Vec<i64>),
    /// Shares, in millionths (1,000,000 = 100 %).
    Share(Vec<i64>),
    /// Instants, in microseconds since 1970; `i64::MIN` = none.
    Instant(Vec<i64>),
    /// Distances, in millimetres; negative = none.
    Millimetres(Vec<i64>),
    /// Texts.
    Text(Vec<String>),
    /// Texts of which few differ: an index into `names` a row, `u32::MAX` = none.
    Category {
        /// Index of each row's text.
        codes: Vec<u32>,
        /// The texts.
        names: Vec<String>,
    },
}

impl Values {
    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Values::Int(v)
            | Values::Money(v)
            | Values::Share(v)
            | Values::Instant(v)
            | Values::Millimetres(v) => v.len(),
            Values::Key(v) => v.len(),
            Values::Text(v) => v.len(),
            Values::Category { codes, .. } => codes.len(),
        }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The value of a row as plain text: exact, without thousands separators; empty = none.
    #[must_use]
    pub fn text(&self, row: usize) -> String {
        let at = |values: &[i64]| values.get(row).copied();
        match self {
            Values::Int(v) => at(v).map(|n| n.to_string()),
            Values::Key(v) => v.get(row).map(u64::to_string),
            Values::Money(v) => at(v).map(|n| Money::from_micros(n).to_string()),
            Values::Share(v) => at(v).map(|n| crate::value::money::plain(n, 6, 1)),
            Values::Instant(v) => {
                at(v).filter(|n| *n != i64::MIN).map(|n| Instant::from_micros(n).to_string())
            }
            Values::Millimetres(v) => at(v).filter(|n| *n >= 0).map(|n| crate::value::money::plain(n, 6, 0)),
            Values::Text(v) => v.get(row).cloned(),
            Values::Category { codes, names } => {
                codes.get(row).and_then(|code| names.get(crate::value::num::index(*code))).cloned()
            }
        }
        .unwrap_or_default()
    }
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name. Distances are told in kilometres, and end so: `distance_km`.
    pub name: &'static str,
    /// Its values.
    pub values: Values,
}

/// A table.
///
/// ```
/// use stockbook::report::{Column, Table, Values};
/// let table = Table::new("prices", [
///     Column { name: "sku", values: Values::Text(vec!["TEE, blue".into()]) },
///     Column { name: "price", values: Values::Money(vec![19_990_000]) },
/// ]);
/// assert_eq!(table.to_csv(), "sku,price\n\"TEE, blue\",19.99\n");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// Its columns, all of one length.
    pub columns: Vec<Column>,
}

impl Table {
    /// A table of these columns.
    #[must_use]
    pub fn new(name: &'static str, columns: impl IntoIterator<Item = Column>) -> Table {
        Table { name, columns: columns.into_iter().collect() }
    }

    /// The number of rows.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.columns.first().map_or(0, |column| column.values.len())
    }

    /// A column by name.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&Values> {
        self.columns.iter().find(|column| column.name == name).map(|column| &column.values)
    }

    /// The whole numbers of a column: counts, money in micro-units, shares in millionths; empty for other
    /// columns.
    #[must_use]
    pub fn ints(&self, name: &str) -> &[i64] {
        match self.column(name) {
            Some(
                Values::Int(v)
                | Values::Money(v)
                | Values::Share(v)
                | Values::Instant(v)
                | Values::Millimetres(v),
            ) => v,
            _ => &[],
        }
    }

    /// The value of a row as plain text; empty where there is none.
    #[must_use]
    pub fn text(&self, name: &str, row: usize) -> String {
        self.column(name).map(|values| values.text(row)).unwrap_or_default()
    }

    /// The table as CSV with a header, lines ended by `\n`.
    #[must_use]
    pub fn to_csv(&self) -> String {
        let mut out = String::new();
        self.csv_header(&mut out);
        for row in 0..self.rows() {
            self.csv_row(row, &mut out);
        }
        out
    }

    /// Writes the names of the columns as a line of CSV.
    pub fn csv_header(&self, out: &mut String) {
        self.csv_line(out, |column| column.name.into());
    }

    /// Writes a row as a line of CSV.
    pub fn csv_row(&self, row: usize, out: &mut String) {
        self.csv_line(out, |column| column.values.text(row));
    }

    fn csv_line(&self, out: &mut String, cell: impl Fn(&Column) -> String) {
        for (i, column) in self.columns.iter().enumerate() {
            if i > 0 {
                out.push(',');
            }
            let text = cell(column);
            if text.contains([',', '"', '\n', '\r']) {
                let _ = write!(out, "\"{}\"", text.replace('"', "\"\""));
            } else {
                out.push_str(&text);
            }
        }
        out.push('\n');
    }
}
