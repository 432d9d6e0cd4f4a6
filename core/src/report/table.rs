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
    ///
    /// ```
    /// assert_eq!(stockbook::report::Values::Int(vec![7, 8, 9]).len(), 3);
    /// ```
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
    ///
    /// ```
    /// assert!(stockbook::report::Values::Text(vec![]).is_empty());
    /// ```
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The value of a row as plain text: exact, without thousands separators; empty = none.
    ///
    /// ```
    /// use stockbook::report::Values;
    /// assert_eq!(Values::Money(vec![19_990_000]).text(0), "19.99");
    /// assert_eq!(Values::Share(vec![250_000]).text(0), "0.25");
    /// let colours = Values::Category { codes: vec![1, u32::MAX], names: vec!["red".into(), "blue".into()] };
    /// assert_eq!((colours.text(0), colours.text(1)), ("blue".into(), String::new()));
    /// ```
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
    ///
    /// ```
    /// use stockbook::report::{Column, Table, Values};
    /// let table = Table::new("stock", [Column { name: "qty", values: Values::Int(vec![5, 7]) }]);
    /// assert_eq!((table.name, table.columns.len()), ("stock", 1));
    /// ```
    #[must_use]
    pub fn new(name: &'static str, columns: impl IntoIterator<Item = Column>) -> Table {
        Table { name, columns: columns.into_iter().collect() }
    }

    /// The number of rows.
    ///
    /// ```
    /// use stockbook::report::{Column, Table, Values};
    /// let table = Table::new("stock", [Column { name: "qty", values: Values::Int(vec![5, 7]) }]);
    /// assert_eq!(table.rows(), 2);
    /// ```
    #[must_use]
    pub fn rows(&self) -> usize {
        self.columns.first().map_or(0, |column| column.values.len())
    }

    /// A column by name.
    ///
    /// ```
    /// use stockbook::report::{Column, Table, Values};
    /// let table = Table::new("stock", [Column { name: "qty", values: Values::Int(vec![5, 7]) }]);
    /// assert_eq!(table.column("qty"), Some(&Values::Int(vec![5, 7])));
    /// assert_eq!(table.column("price"), None);
    /// ```
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&Values> {
        self.columns.iter().find(|column| column.name == name).map(|column| &column.values)
    }

    /// The whole numbers of a column: counts, money in micro-units, shares in millionths; empty for other
    /// columns.
    ///
    /// ```
    /// use stockbook::report::{Column, Table, Values};
    /// let table = Table::new("prices", [
    ///     Column { name: "sku", values: Values::Text(vec!["TEE".into()]) },
    ///     Column { name: "price", values: Values::Money(vec![19_990_000]) },
    /// ]);
    /// assert_eq!(table.ints("price"), [19_990_000]);
    /// assert!(table.ints("sku").is_empty(), "texts are no numbers");
    /// ```
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
    ///
    /// ```
    /// use stockbook::report::{Column, Table, Values};
    /// let table = Table::new("prices", [Column { name: "price", values: Values::Money(vec![19_990_000]) }]);
    /// assert_eq!((table.text("price", 0), table.text("price", 1)), ("19.99".into(), String::new()));
    /// ```
    #[must_use]
    pub fn text(&self, name: &str, row: usize) -> String {
        self.column(name).map(|values| values.text(row)).unwrap_or_default()
    }

    /// The table as CSV with a header, lines ended by `\n`.
    ///
    /// ```
    /// use stockbook::report::{Column, Table, Values};
    /// let table = Table::new("sizes", [Column { name: "size", values: Values::Text(vec!["7\"".into()]) }]);
    /// assert_eq!(table.to_csv(), "size\n\"7\"\"\"\n", "a quote is written twice");
    /// ```
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
    ///
    /// ```
    /// use stockbook::report::{Column, Table, Values};
    /// let column = |name| Column { name, values: Values::Int(vec![1]) };
    /// let mut out = String::new();
    /// Table::new("stock", [column("on_hand"), column("free")]).csv_header(&mut out);
    /// assert_eq!(out, "on_hand,free\n");
    /// ```
    pub fn csv_header(&self, out: &mut String) {
        self.csv_line(out, |column| column.name.into());
    }

    /// Writes a row as a line of CSV.
    ///
    /// ```
    /// use stockbook::report::{Column, Table, Values};
    /// let column = |name, qty| Column { name, values: Values::Int(vec![qty]) };
    /// let mut out = String::new();
    /// Table::new("stock", [column("on_hand", 10), column("free", 7)]).csv_row(0, &mut out);
    /// assert_eq!(out, "10,7\n");
    /// ```
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
