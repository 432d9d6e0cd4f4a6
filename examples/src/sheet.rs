//! A CSV file read row by row: every fault is told with file, line and column, and reading goes on.

use serde::de::DeserializeOwned;
use std::collections::HashMap;
use std::path::Path;
use stockbook::{Degrees, Instant, Money};

/// Faults beyond this many are counted, not told.
const TOLD: usize = 20;

/// What is wrong with the files, as `file:line:column (name): what`.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    told: Vec<String>,
    more: usize,
    /// The file and the lines of each part of the network, for what is found wrong when all is read.
    lines: HashMap<&'static str, (String, Vec<u64>)>,
}

impl Faults {
    pub(crate) fn add(&mut self, fault: String) {
        if self.told.len() < TOLD { self.told.push(fault) } else { self.more += 1 }
    }

    /// File and line of a row of a part.
    pub(crate) fn place(&self, part: &str, row: usize) -> Option<String> {
        let (file, lines) = self.lines.get(part)?;
        Some(format!("{file}:{}", lines.get(row)?))
    }

    /// The faults told so far, if there are any.
    pub(crate) fn finish(&mut self) -> Result<(), Vec<String>> {
        if self.more > 0 {
            self.told.push(format!("and {} more", self.more));
        }
        if self.told.is_empty() { Ok(()) } else { Err(std::mem::take(&mut self.told)) }
    }
}

/// Whether a file must be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    Required,
    Optional,
}

/// A row of a file.
pub(crate) struct Row<'a> {
    file: &'a str,
    columns: &'a HashMap<String, usize>,
    record: &'a csv::StringRecord,
    pub(crate) line: u64,
    faults: &'a mut Faults,
}

/// Lines of a file as editors count them: each ends with LF, CR LF or CR.
struct Lines<'a> {
    text: &'a [u8],
    at: usize,
    line: u64,
}

impl Lines<'_> {
    /// The line of the record that begins at a byte or, where only ends of lines stand there, behind them.
    /// Asked in the order of the file.
    fn of(&mut self, position: Option<&csv::Position>) -> u64 {
        let from = position.map_or(self.at, |at| usize::try_from(at.byte()).unwrap_or(usize::MAX));
        while let Some(byte) = self.text.get(self.at) {
            let ends = matches!(byte, b'\n' | b'\r');
            if self.at >= from && !ends {
                break;
            }
            let goes_on = *byte == b'\r' && self.text.get(self.at + 1) == Some(&b'\n');
            self.line += u64::from(ends && !goes_on);
            self.at += 1;
        }
        self.line
    }
}

/// Reads a file, row by row. Columns that must be there come first, those that may be there after them.
pub(crate) fn read(
    path: &Path,
    need: Need,
    required: &[&str],
    optional: &[&str],
    faults: &mut Faults,
    mut each: impl FnMut(&mut Row<'_>),
) {
    let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    if need == Need::Optional && !path.exists() {
        return;
    }
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) => return faults.add(format!("{}: {error}", path.display())),
    };
    let text = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&bytes);
    let mut lines = Lines { text, at: 0, line: 1 };
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text);
    let header = match reader.headers() {
        Ok(header) => header.clone(),
        Err(error) => return faults.add(format!("{file}:{}", unread(&error, &mut lines))),
    };
    let line = lines.of(header.position());
    let mut columns = HashMap::new();
    let mut sound = true;
    for (i, name) in header.iter().enumerate() {
        let known = required.contains(&name) || optional.contains(&name);
        if !known || columns.insert(name.to_owned(), i).is_some() {
            let what = if known { "stands twice" } else { "is not a column of this file" };
            faults.add(format!(
                "{file}:{line}:{} ({name}): {what}; columns are {}, and may be {}",
                i + 1,
                required.join(", "),
                optional.join(", ")
            ));
            sound = false;
        }
    }
    for name in required.iter().filter(|name| !columns.contains_key(**name)) {
        faults.add(format!("{file}:{line}:{} ({name}): this column is missing", header.len() + 1));
        sound = false;
    }
    let mut record = csv::StringRecord::new();
    if !sound {
        return;
    }
    loop {
        match reader.read_record(&mut record) {
            Ok(false) => break,
            Ok(true) => {
                let line = lines.of(record.position());
                each(&mut Row { file: &file, columns: &columns, record: &record, line, faults });
            }
            Err(error) => {
                faults.add(format!("{file}:{}", unread(&error, &mut lines)));
                if error.is_io_error() {
                    break;
                }
            }
        }
    }
}

/// Why a record cannot be read, behind its line and column.
fn unread(error: &csv::Error, lines: &mut Lines<'_>) -> String {
    let (column, what) = match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            ((*len).min(*expected_len) + 1, format!("{len} fields, the header has {expected_len}"))
        }
        csv::ErrorKind::Utf8 { err, .. } => (err.field() as u64 + 1, "this is not UTF-8".into()),
        _ => (1, error.to_string()),
    };
    format!("{}:{column}: {what}", lines.of(error.position()))
}

impl Row<'_> {
    /// Notes that this row is the next one of a part.
    pub(crate) fn is_next_of(&mut self, part: &'static str) {
        let (_, lines) = self.faults.lines.entry(part).or_insert_with(|| (self.file.to_owned(), Vec::new()));
        lines.push(self.line);
    }

    /// A fault in a column of this row.
    pub(crate) fn fault(&mut self, column: &str, what: &str) {
        let at = self.columns.get(column).map_or(1, |i| i + 1);
        self.faults.add(format!("{}:{}:{at} ({column}): {what}", self.file, self.line));
    }

    /// The text of a column; empty where the column or the text is missing.
    pub(crate) fn text(&self, column: &str) -> &str {
        self.columns.get(column).and_then(|i| self.record.get(*i)).unwrap_or_default()
    }

    /// A text that must be there.
    pub(crate) fn code(&mut self, column: &str) -> String {
        let text = self.text(column).to_owned();
        if text.is_empty() {
            self.fault(column, "must not be empty");
        }
        text
    }

    /// A text that stands for something; where it is missing, `otherwise`.
    fn value<T>(
        &mut self,
        column: &str,
        otherwise: Option<T>,
        need: &str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let text = self.text(column).to_owned();
        if text.is_empty() {
            if otherwise.is_none() {
                self.fault(column, &format!("must not be empty: {need}"));
            }
            return otherwise;
        }
        let value = read(&text);
        if value.is_none() {
            self.fault(column, &format!("`{text}` is not {need}"));
        }
        value
    }

    /// A whole number within bounds.
    pub(crate) fn int(
        &mut self,
        column: &str,
        otherwise: Option<i64>,
        range: std::ops::RangeInclusive<i64>,
    ) -> i64 {
        let need = format!("a whole number from {} to {}", range.start(), range.end());
        let read = |text: &str| text.parse::<i64>().ok().filter(|n| range.contains(n));
        self.value(column, otherwise, &need, read).unwrap_or(*range.start())
    }

    /// A small whole number.
    pub(crate) fn small(&mut self, column: &str, otherwise: Option<u32>, max: u32) -> u32 {
        u32::try_from(self.int(column, otherwise.map(i64::from), 0..=i64::from(max))).unwrap_or(0)
    }

    /// The number of a document.
    pub(crate) fn key(&mut self, column: &str) -> u64 {
        self.value(column, None, "a whole number from 0 to 18446744073709551615", |text| text.parse().ok())
            .unwrap_or(0)
    }

    /// An amount of money.
    pub(crate) fn money(&mut self, column: &str, otherwise: Option<Money>) -> Money {
        let need = "an amount from 0 to 1000000000000 of at most six decimals, as in 19.99";
        let sound = 0..=1_000_000_000_000_000_000;
        let read = |text: &str| text.parse::<Money>().ok().filter(|money| sound.contains(&money.micros()));
        self.value(column, otherwise, need, read).unwrap_or_default()
    }

    /// An instant.
    pub(crate) fn instant(&mut self, column: &str, otherwise: Option<Instant>) -> Instant {
        let need = "an instant with its offset, as in 2026-03-02T09:30:00Z";
        let read = |text: &str| text.parse::<Instant>().ok().filter(|at| at.is_valid());
        self.value(column, otherwise, need, read).unwrap_or_default()
    }

    /// An angle.
    pub(crate) fn degrees(&mut self, column: &str, max: i64) -> Degrees {
        let need = format!("an angle from -{max} to {max} degrees with at most nine decimals");
        let read = |text: &str| {
            let angle: Degrees = serde_json::from_value(serde_json::Value::String(text.into())).ok()?;
            (angle.0.abs() <= max * 1_000_000_000).then_some(angle)
        };
        self.value(column, None, &need, read).unwrap_or_default()
    }

    /// A word of a closed vocabulary.
    pub(crate) fn word<T: DeserializeOwned>(&mut self, column: &str, otherwise: Option<T>) -> Option<T> {
        let text = self.text(column).to_owned();
        if text.is_empty() {
            if otherwise.is_none() {
                self.fault(column, "must not be empty");
            }
            return otherwise;
        }
        match serde_json::from_value(serde_json::Value::String(text)) {
            Ok(word) => Some(word),
            Err(error) => {
                self.fault(column, &error.to_string());
                None
            }
        }
    }

    /// Texts between semicolons.
    pub(crate) fn list(&self, column: &str) -> Vec<String> {
        self.text(column).split(';').map(str::trim).filter(|t| !t.is_empty()).map(String::from).collect()
    }

    /// The number of a code that another file defines.
    pub(crate) fn known(&mut self, column: &str, codes: &HashMap<String, u32>, file: &str) -> Option<u32> {
        let found = codes.get(self.text(column)).copied();
        if found.is_none() {
            let what = format!("`{}` is not in {file}", self.text(column));
            self.fault(column, &what);
        }
        found
    }
}
