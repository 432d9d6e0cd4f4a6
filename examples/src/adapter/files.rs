//! What a run writes: journals for three checkers, the plan of every order, stock, key figures, the page.

use super::data::Outcome;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use stockbook::report::{Column, Table, Values};
use stockbook::{Answer, Book, Event, ExceptionView, Journal, JournalForm, NodeId, Nothing, Query, SkuId};

/// Text is handed to the file in pieces of this size.
const PIECE: usize = 1 << 16;

/// A journal on its way to its file.
struct Telling {
    journal: Journal,
    text: String,
    file: File,
}

/// Journals on their way to their files.
pub struct Files {
    folder: PathBuf,
    journals: Vec<Telling>,
    ties: u64,
}

/// What was written.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// Transactions in each journal.
    pub transactions: u64,
    /// Times that the books were tied to the stock.
    pub ties: u64,
    /// The journals.
    pub journals: Vec<PathBuf>,
}

impl Files {
    /// Begins the journals of a book in a folder, which is made if need be.
    pub fn begin(folder: &Path, book: &Book) -> Outcome<Files> {
        std::fs::create_dir_all(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
        let mut journals = Vec::new();
        for form in JournalForm::ALL {
            let file = File::create(folder.join(format!("journal.{}", form.extension())))?;
            let (journal, mut text) = (book.journal(form), String::new());
            journal.begin(&mut text)?;
            journals.push(Telling { journal, text, file });
        }
        Ok(Files { folder: folder.into(), journals, ties: 0 })
    }

    /// Where they are written.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Writes what an event posts.
    pub fn event(&mut self, book: &Book, event: &Event) -> Outcome<()> {
        for told in &mut self.journals {
            told.journal.event(book, event, &mut told.text)?;
            if told.text.len() > PIECE {
                told.file.write_all(told.text.as_bytes())?;
                told.text.clear();
            }
        }
        Ok(())
    }

    /// Ties the accounts of goods to the stock, after a day's last event.
    pub fn tie(&mut self, book: &Book) -> Outcome<()> {
        for told in &mut self.journals {
            let tie = told.journal.tie_to_stock(book, &mut told.text)?;
            if !tie.shared.is_empty() {
                return Err("an account of goods could not be tied to the stock alone".into());
            }
        }
        self.ties += 1;
        Ok(())
    }

    /// Ties once more and ends the journals.
    pub fn finish(mut self, book: &Book) -> Outcome<Told> {
        self.tie(book)?;
        let mut told = Told { ties: self.ties, ..Told::default() };
        for (mut each, form) in self.journals.into_iter().zip(JournalForm::ALL) {
            each.journal.finish(&mut each.text)?;
            each.file.write_all(each.text.as_bytes())?;
            told.transactions = each.journal.transactions();
            told.journals.push(self.folder.join(format!("journal.{}", form.extension())));
        }
        Ok(told)
    }
}

/// What lies where.
pub(super) fn stock(book: &Book) -> Table {
    let columns = book.stock_columns();
    let sku = |id: &u32| book.sku_code(SkuId(*id)).unwrap_or_default().to_owned();
    let node = |id: &u32| book.node_code(NodeId(*id)).unwrap_or_default().to_owned();
    let column = |name, values| Column { name, values };
    Table::new(
        "stock",
        [
            column("sku", Values::Text(columns.sku.iter().map(sku).collect())),
            column("node", Values::Text(columns.node.iter().map(node).collect())),
            column("on_hand", Values::Int(columns.on_hand)),
            column("sellable", Values::Int(columns.sellable)),
            column("reserved", Values::Int(columns.reserved)),
            column("available", Values::Int(columns.available)),
            column("value", Values::Money(columns.value)),
        ],
    )
}

/// Balances of all accounts.
pub(super) fn balances(book: &Book) -> Table {
    let rows = book.trial_balance();
    let code = |id| book.account_code(id).unwrap_or_default().to_owned();
    Table::new(
        "balances",
        [
            Column {
                name: "account",
                values: Values::Text(rows.iter().map(|row| code(row.account)).collect()),
            },
            Column {
                name: "balance",
                values: Values::Money(rows.iter().map(|row| row.balance.micros()).collect()),
            },
        ],
    )
}

/// What waits for a person.
pub(super) fn exceptions(book: &Book) -> Table {
    let rows = match book.ask(&Query::Exceptions(Nothing {})) {
        Ok(Answer::Exceptions(rows)) => rows,
        _ => Vec::new(),
    };
    let texts = |of: &dyn Fn(&ExceptionView) -> String| Values::Text(rows.iter().map(of).collect());
    let word = |r: &ExceptionView| match serde_json::to_value(r.opened.code) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    };
    Table::new(
        "exceptions",
        [
            Column {
                name: "exception",
                values: Values::Int(rows.iter().map(|r| i64::from(r.exception)).collect()),
            },
            Column { name: "code", values: texts(&word) },
            Column {
                name: "opened_at",
                values: Values::Instant(rows.iter().map(|r| r.opened_at.micros()).collect()),
            },
            Column {
                name: "order",
                values: texts(&|r| {
                    book.order_key(r.opened.order).map(|key| key.to_string()).unwrap_or_default()
                }),
            },
            Column {
                name: "sku",
                values: texts(&|r| book.sku_code(r.opened.sku).unwrap_or_default().into()),
            },
            Column {
                name: "node",
                values: texts(&|r| book.node_code(r.opened.node).unwrap_or_default().into()),
            },
            Column { name: "qty", values: Values::Int(rows.iter().map(|r| r.opened.qty).collect()) },
        ],
    )
}
