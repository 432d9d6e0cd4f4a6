//! The journal as text for other programs: one file that suits hledger and ledger, one for Beancount, one
//! CSV.
//!
//! Amounts are whole minor units of a commodity without decimals (`USDCENT`): those programs forgive an
//! imbalance below the precision they display, so an error of one must be an error of one whole unit. A *tie*
//! states the balance that the accounts of goods must have by the stock, a number which does not come from
//! the journal; the checkers then compare the two. Text is written as events come: memory does not grow with
//! their number.

use super::Posting;
use crate::catalog::{AccountKind, Control};
use crate::value::ids::{AccountId, ChannelId, LotId, NodeId, SkuId};
use crate::value::money::{MICROS, Money};
use crate::value::time::Instant;
use crate::value::wire::words;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Write};

/// Microseconds in a day.
const DAY: i64 = 86_400_000_000;

words! {
    /// Whom the text is for.
    pub enum JournalForm {
        /// hledger and ledger: one text suits both.
        Ledger,
        /// Beancount 3.
        Beancount,
        /// One row a posting, with SKU, node and quantity.
        Csv,
    }
}

impl JournalForm {
    /// All forms.
    pub const ALL: [JournalForm; 3] = [JournalForm::Ledger, JournalForm::Beancount, JournalForm::Csv];

    /// The usual end of such a file's name.
    ///
    /// ```
    /// use stockbook::JournalForm;
    /// assert_eq!(JournalForm::ALL.map(JournalForm::extension), ["hledger", "beancount", "csv"]);
    /// ```
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            JournalForm::Ledger => "hledger",
            JournalForm::Beancount => "beancount",
            JournalForm::Csv => "csv",
        }
    }
}

/// An account as a journal needs to know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountLabel {
    /// Its code.
    pub code: String,
    /// What people call it.
    pub name: String,
    /// Its place in the statements.
    pub kind: AccountKind,
    /// What it is tied to.
    pub control: Control,
}

/// Who knows the names behind ids; the book does.
pub trait JournalNames {
    /// An account.
    fn account_label(&self, account: AccountId) -> Option<AccountLabel>;
    /// Code of a SKU.
    fn sku_label(&self, sku: SkuId) -> Option<&str>;
    /// Code of a node.
    fn node_label(&self, node: NodeId) -> Option<&str>;
    /// Code of a channel.
    fn channel_label(&self, _: ChannelId) -> Option<&str> {
        None
    }
    /// Name of a lot.
    fn lot_label(&self, _: LotId) -> Option<&str> {
        None
    }
}

/// What one event posts.
#[derive(Clone, Copy, Debug)]
pub struct JournalEntry<'a> {
    /// Number of the event.
    pub sequence: u64,
    /// When it was recorded: the entry's date is the UTC day.
    pub at: Instant,
    /// Name of the event.
    pub event: &'a str,
    /// Number of its document.
    pub document: &'a str,
    /// When it happened.
    pub occurred_at: Instant,
    /// The instant whose period it belongs to.
    pub posted_at: Instant,
    /// Its postings.
    pub postings: &'a [Posting],
}

/// Why a journal could not be written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JournalError {
    /// The writer refused.
    #[error("the journal could not be written")]
    Write,
    /// A posting names an account that the names do not know.
    #[error("event {sequence} posts to account {account}, which has no name")]
    UnknownAccount {
        /// Number of the event.
        sequence: u64,
        /// The account.
        account: u32,
    },
    /// A pool has value that no entry brought there: the journal was not fed every event.
    #[error("SKU {sku} at node {node} has value of which the journal knows nothing: feed it every event")]
    Incomplete {
        /// The SKU.
        sku: u32,
        /// The node.
        node: u32,
    },
    /// An amount is no whole number of minor units, or a sum is out of range.
    #[error("{amount} is no whole number of minor units")]
    NotWhole {
        /// The amount.
        amount: Money,
    },
}

impl From<fmt::Error> for JournalError {
    fn from(_: fmt::Error) -> JournalError {
        JournalError::Write
    }
}

/// What a tie stated.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tie {
    /// Accounts whose balance was stated, and the balance in minor units.
    pub stated: Vec<(AccountId, i64)>,
    /// Accounts that share goods with another account: their single balances do not follow from the stock.
    pub shared: Vec<AccountId>,
}

#[derive(Debug)]
struct Account {
    path: String,
    control: Control,
    label: AccountLabel,
}

/// A journal being written.
///
/// Feed it every event in order (a book's `journal` makes one, and `Journal::event` takes events), tie it
/// when a day is over, and `finish` it.
#[derive(Debug)]
pub struct Journal {
    form: JournalForm,
    commodity: String,
    currency: String,
    /// Micro-units in a minor unit.
    minor: i64,
    accounts: BTreeMap<AccountId, Account>,
    paths: BTreeSet<String>,
    /// The account that each pool's value lies in, by its last entry.
    homes: BTreeMap<(SkuId, NodeId), AccountId>,
    /// Accounts with goods of a pool that is or was in another account too.
    mixed: BTreeSet<AccountId>,
    /// The day last written, as a number and as text.
    day: (i64, String),
    /// The balances that Beancount shall find when the day is over.
    pending: Option<(i64, Vec<(AccountId, i64)>)>,
    lines: Vec<(AccountId, i64)>,
    transactions: u64,
    /// The ledger whose journal it is, counted from 1; 0 = the book's own.
    pub(crate) ledger: u32,
}

/// The commodity of minor units: letters only, as ledger wants it, and capitals, as Beancount does.
fn minor_commodity(currency: &str, digits: u8) -> String {
    let suffix = match digits {
        0 => "",
        1 => "TENTH",
        2 => "CENT",
        3 => "MILL",
        _ => "PIP",
    };
    format!("{currency}{suffix}")
}

const fn root(kind: AccountKind) -> &'static str {
    match kind {
        AccountKind::Asset => "Assets",
        AccountKind::Liability => "Liabilities",
        AccountKind::Equity => "Equity",
        AccountKind::Income => "Income",
        AccountKind::Expense => "Expenses",
    }
}

const fn kind_word(kind: AccountKind) -> &'static str {
    match kind {
        AccountKind::Asset => "asset",
        AccountKind::Liability => "liability",
        AccountKind::Equity => "equity",
        AccountKind::Income => "income",
        AccountKind::Expense => "expense",
    }
}

/// A part of an account's name that all three programs read: ASCII letters, digits and dashes, a capital
/// first.
fn component(text: &str) -> String {
    let mut part = String::new();
    for c in text.chars() {
        if c.is_ascii_alphanumeric() {
            part.push(if part.is_empty() { c.to_ascii_uppercase() } else { c });
        } else if !part.is_empty() && !part.ends_with('-') {
            part.push('-');
        }
    }
    part.truncate(part.trim_end_matches('-').len());
    part
}

/// Free text that no program takes for its own syntax.
fn plain_text(text: &str) -> String {
    let safe = |c: char| if c.is_ascii_alphanumeric() || " -_./#+".contains(c) { c } else { '?' };
    text.chars().map(safe).collect()
}

fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.into()
    }
}

impl Journal {
    /// A journal in a currency with so many decimals.
    ///
    /// ```
    /// use stockbook::{Journal, JournalForm};
    /// let mut text = String::new();
    /// Journal::new(JournalForm::Beancount, "EUR", 2).begin(&mut text).unwrap();
    /// assert!(text.contains("option \"operating_currency\" \"EURCENT\""));
    /// ```
    #[must_use]
    pub fn new(form: JournalForm, currency: &str, digits: u8) -> Journal {
        let scale = 10i64.saturating_pow(u32::from(digits.min(6)));
        Journal {
            form,
            commodity: minor_commodity(currency, digits),
            currency: currency.into(),
            minor: MICROS.checked_div(scale).unwrap_or(1),
            accounts: BTreeMap::new(),
            paths: BTreeSet::new(),
            homes: BTreeMap::new(),
            mixed: BTreeSet::new(),
            day: (i64::MIN, String::new()),
            pending: None,
            lines: Vec::new(),
            transactions: 0,
            ledger: 0,
        }
    }

    /// Entries written so far.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// let (mut journal, mut text) = (book.journal(JournalForm::Ledger), String::new());
    /// assert_eq!(journal.transactions(), 0);
    /// for event in book.events_since(1)? {
    ///     journal.event(&book, event, &mut text)?;
    /// }
    /// assert_eq!(journal.transactions(), 1, "of eight events one posts: the receipt");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub const fn transactions(&self) -> u64 {
        self.transactions
    }

    /// What stands before the first entry.
    ///
    /// ```
    /// use stockbook::{Journal, JournalForm};
    /// let mut text = String::new();
    /// Journal::new(JournalForm::Ledger, "USD", 2).begin(&mut text).unwrap();
    /// assert!(text.ends_with("commodity USDCENT\n\n"));
    /// ```
    pub fn begin(&self, out: &mut impl Write) -> Result<(), JournalError> {
        let (commodity, currency) = (&self.commodity, &self.currency);
        match self.form {
            JournalForm::Ledger => {
                writeln!(
                    out,
                    "; Journal of a stockbook: whole minor units of {currency}. hledger and ledger read it."
                )?;
                writeln!(out, "commodity {commodity}\n")?;
            }
            JournalForm::Beancount => {
                writeln!(
                    out,
                    "; Journal of a stockbook: whole minor units of {currency}. Beancount reads it."
                )?;
                writeln!(out, "option \"title\" \"Journal of a stockbook\"")?;
                writeln!(out, "option \"operating_currency\" \"{commodity}\"")?;
                writeln!(out, "1900-01-01 commodity {commodity}\n")?;
            }
            JournalForm::Csv => {
                writeln!(
                    out,
                    "sequence,at,event,document,movement,account,account_name,\
                     kind,amount,commodity,sku,node,qty,channel,lot,corrects,occurred_at,posted_at"
                )?;
            }
        }
        Ok(())
    }

    fn whole(&self, amount: Money) -> Result<i64, JournalError> {
        let micros = amount.micros();
        match (micros.checked_rem(self.minor), micros.checked_div(self.minor)) {
            (Some(0), Some(units)) => Ok(units),
            _ => Err(JournalError::NotWhole { amount }),
        }
    }

    /// Minor units as money.
    pub(crate) fn amount(&self, units: i64) -> Money {
        Money::from_micros(units.saturating_mul(self.minor))
    }

    fn set_day(&mut self, day: i64) {
        if self.day.0 != day {
            let text = Instant::from_micros(day.saturating_mul(DAY)).to_string();
            self.day = (day, text.get(..10).unwrap_or(&text).into());
        }
    }

    /// Declares an account where it is first used.
    fn declare(
        &mut self,
        names: &impl JournalNames,
        account: AccountId,
        sequence: u64,
        out: &mut impl Write,
    ) -> Result<(), JournalError> {
        if self.accounts.contains_key(&account) {
            return Ok(());
        }
        let unknown = JournalError::UnknownAccount { sequence, account: account.0 };
        let label = names.account_label(account).ok_or(unknown)?;
        let (code, name) = (component(&label.code), component(&label.name));
        let short = match (code.is_empty(), name.is_empty() || name.eq_ignore_ascii_case(&code)) {
            (false, false) => format!("{code}-{name}"),
            (false, true) => code,
            (true, false) => name,
            (true, true) => format!("Account-{}", account.0),
        };
        let mut path = format!("{}:{short}", root(label.kind));
        while !self.paths.insert(path.clone()) {
            path = format!("{path}-{}", account.0);
        }
        match self.form {
            JournalForm::Ledger => writeln!(out, "account {path}\n")?,
            JournalForm::Beancount => writeln!(out, "{} open {path} {}\n", self.day.1, self.commodity)?,
            JournalForm::Csv => {}
        }
        self.accounts.insert(account, Account { path, control: label.control, label });
        Ok(())
    }

    /// Remembers which account a pool's value lies in.
    fn settle(&mut self, posting: &Posting) {
        let inventory = self.accounts.get(&posting.account).is_some_and(|a| a.control == Control::Inventory);
        if inventory {
            let before = self.homes.insert((posting.sku, posting.node), posting.account);
            if let Some(before) = before.filter(|b| *b != posting.account) {
                self.mixed.extend([before, posting.account]);
            }
        }
    }

    /// Writes what one event posts: one transaction, a line an account.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// let event = book.event(book.sequence()).ok_or("in the window")?;
    /// let entry = JournalEntry {
    ///     sequence: event.sequence, at, event: event.body.name(), document: "R-1",
    ///     occurred_at: at, posted_at: at, postings: event.body.postings(),
    /// };
    /// let (mut journal, mut text) = (book.journal(JournalForm::Ledger), String::new());
    /// journal.entry(&book, &entry, &mut text)?;
    /// let posted = "2026-01-05 * (8) GoodsReceived R-1\n    Assets:1300-Inventory  8000 USDCENT\n";
    /// assert!(text.contains(posted));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn entry(
        &mut self,
        names: &impl JournalNames,
        entry: &JournalEntry<'_>,
        out: &mut impl Write,
    ) -> Result<(), JournalError> {
        if entry.postings.is_empty() {
            return Ok(());
        }
        let day = entry.at.micros().div_euclid(DAY);
        self.flush(day, out)?;
        self.set_day(day);
        let mut lines = std::mem::take(&mut self.lines);
        lines.clear();
        for posting in entry.postings {
            self.declare(names, posting.account, entry.sequence, out)?;
            self.settle(posting);
            let amount = self.whole(posting.amount)?;
            if self.form == JournalForm::Csv {
                self.row(names, entry, posting, amount, out)?;
            }
            match lines.iter_mut().find(|(account, _)| *account == posting.account) {
                Some((_, sum)) => {
                    *sum =
                        sum.checked_add(amount).ok_or(JournalError::NotWhole { amount: posting.amount })?;
                }
                None => lines.push((posting.account, amount)),
            }
        }
        lines.retain(|(_, amount)| *amount != 0);
        if !lines.is_empty() {
            self.transaction(entry, &lines, out)?;
            self.transactions = self.transactions.saturating_add(1);
        }
        self.lines = lines;
        Ok(())
    }

    fn transaction(
        &self,
        entry: &JournalEntry<'_>,
        lines: &[(AccountId, i64)],
        out: &mut impl Write,
    ) -> Result<(), JournalError> {
        let (date, sequence, event) = (&self.day.1, entry.sequence, entry.event);
        let document = plain_text(entry.document);
        match self.form {
            JournalForm::Ledger => writeln!(out, "{date} * ({sequence}) {event} {document}")?,
            JournalForm::Beancount => {
                writeln!(out, "{date} * \"{event} {document}\"\n  sequence: {sequence}")?
            }
            JournalForm::Csv => return Ok(()),
        }
        let indent = if self.form == JournalForm::Ledger { "    " } else { "  " };
        for (account, amount) in lines {
            writeln!(out, "{indent}{}  {amount} {}", self.path(*account), self.commodity)?;
        }
        Ok(out.write_char('\n')?)
    }

    fn path(&self, account: AccountId) -> &str {
        self.accounts.get(&account).map_or("", |a| a.path.as_str())
    }

    fn row(
        &self,
        names: &impl JournalNames,
        entry: &JournalEntry<'_>,
        posting: &Posting,
        amount: i64,
        out: &mut impl Write,
    ) -> Result<(), JournalError> {
        let Some(account) = self.accounts.get(&posting.account) else { return Ok(()) };
        let movement = serde_json::to_value(posting.movement).ok();
        let movement = movement.as_ref().and_then(|m| m.as_str()).unwrap_or_default();
        write!(
            out,
            "{},{},{},{},{movement},",
            entry.sequence,
            entry.at,
            entry.event,
            quoted(entry.document)
        )?;
        let label = &account.label;
        let (code, name, kind) = (quoted(&label.code), quoted(&label.name), kind_word(label.kind));
        write!(out, "{code},{name},{kind},{amount},{},", self.commodity)?;
        let sku = quoted(names.sku_label(posting.sku).unwrap_or_default());
        let node = quoted(names.node_label(posting.node).unwrap_or_default());
        write!(out, "{sku},{node},{}", posting.qty)?;
        let channel = quoted(names.channel_label(posting.channel).unwrap_or_default());
        let lot = quoted(names.lot_label(posting.lot).unwrap_or_default());
        let corrects = if posting.corrects == 0 { String::new() } else { posting.corrects.to_string() };
        Ok(writeln!(out, ",{channel},{lot},{corrects},{},{}", entry.occurred_at, entry.posted_at)?)
    }

    /// States what the accounts of goods must hold by the stock, after the last entry written.
    ///
    /// `values` are the pools' values and `in_transit` the value of goods between nodes, both by the stock
    /// itself. Beancount compares balances where a day begins: there the statement waits until the day is
    /// over, and is given up if more entries of that day come. Tie, then, before the first command of the
    /// next day.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// let (mut journal, mut text) = (book.journal(JournalForm::Ledger), String::new());
    /// journal.event(&book, book.event(8).ok_or("in the window")?, &mut text)?;
    /// // Another count of the same stock, as a warehouse may keep it.
    /// let ours = [(SkuId(0), NodeId(0), Money::from_cents(80_00))];
    /// let tie = journal.tie(ours, Money::ZERO, &mut text)?;
    /// assert_eq!(tie.stated[0], (book.account_id("1300").ok_or("inventory")?, 80_00));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn tie(
        &mut self,
        values: impl IntoIterator<Item = (SkuId, NodeId, Money)>,
        in_transit: Money,
        out: &mut impl Write,
    ) -> Result<Tie, JournalError> {
        let tie = self.balances(values, in_transit)?;
        match self.form {
            JournalForm::Ledger if !tie.stated.is_empty() => {
                writeln!(out, "{} * stock in the books", self.day.1)?;
                for (account, balance) in &tie.stated {
                    let (path, commodity) = (self.path(*account), &self.commodity);
                    writeln!(out, "    {path}  0 {commodity} = {balance} {commodity}")?;
                }
                out.write_char('\n')?;
            }
            JournalForm::Beancount => self.pending = Some((self.day.0, tie.stated.clone())),
            JournalForm::Ledger | JournalForm::Csv => {}
        }
        Ok(tie)
    }

    fn balances(
        &self,
        values: impl IntoIterator<Item = (SkuId, NodeId, Money)>,
        in_transit: Money,
    ) -> Result<Tie, JournalError> {
        let of = |control: Control| {
            let tied = self.accounts.iter().filter(|(_, account)| account.control == control);
            tied.map(|(id, _)| *id).collect::<Vec<AccountId>>()
        };
        let mut sums: BTreeMap<AccountId, i64> = BTreeMap::new();
        for (sku, node, value) in values {
            let units = self.whole(value)?;
            match self.homes.get(&(sku, node)) {
                Some(account) => {
                    let sum = sums.entry(*account).or_default();
                    *sum = sum.checked_add(units).ok_or(JournalError::NotWhole { amount: value })?;
                }
                None if units == 0 => {}
                None => return Err(JournalError::Incomplete { sku: sku.0, node: node.0 }),
            }
        }
        let mut tie = Tie::default();
        for account in of(Control::Inventory) {
            if self.mixed.contains(&account) {
                tie.shared.push(account);
            } else {
                tie.stated.push((account, sums.get(&account).copied().unwrap_or(0)));
            }
        }
        match of(Control::InTransit).as_slice() {
            [only] => tie.stated.push((*only, self.whole(in_transit)?)),
            several => tie.shared.extend_from_slice(several),
        }
        Ok(tie)
    }

    /// Writes the pending statement once its day is over.
    fn flush(&mut self, day: i64, out: &mut impl Write) -> Result<(), JournalError> {
        let Some((tied, stated)) = self.pending.take() else { return Ok(()) };
        if day <= tied {
            return Ok(());
        }
        self.set_day(tied.saturating_add(1));
        for (account, balance) in &stated {
            writeln!(out, "{} balance {}  {balance} {}", self.day.1, self.path(*account), self.commodity)?;
        }
        Ok(out.write_char('\n')?)
    }

    /// Writes what is still pending. Call it once, at the end.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// // Beancount compares balances where a day begins: the tie is written when the day is over.
    /// let (mut journal, mut text) = (book.journal(JournalForm::Beancount), String::new());
    /// journal.event(&book, book.event(8).ok_or("in the window")?, &mut text)?;
    /// journal.tie_to_stock(&book, &mut text)?;
    /// assert!(!text.contains(" balance Assets"));
    /// journal.finish(&mut text)?;
    /// assert!(text.contains("2026-01-06 balance Assets:1300-Inventory  8000 USDCENT"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn finish(&mut self, out: &mut impl Write) -> Result<(), JournalError> {
        self.flush(i64::MAX, out)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Movement;
    use super::*;

    struct Names;

    impl JournalNames for Names {
        fn account_label(&self, account: AccountId) -> Option<AccountLabel> {
            let (code, name, kind, control) = match account.0 {
                0 => ("1300", "Inventory", AccountKind::Asset, Control::Inventory),
                1 => ("inv/eu", "", AccountKind::Asset, Control::Inventory),
                2 => ("2100", "Goods received, not invoiced", AccountKind::Liability, Control::None),
                3 => ("ä", "ß", AccountKind::Income, Control::None),
                4 => ("inv-eu", "", AccountKind::Asset, Control::None),
                _ => return None,
            };
            Some(AccountLabel { code: code.into(), name: name.into(), kind, control })
        }
        fn sku_label(&self, _: SkuId) -> Option<&str> {
            Some("a \"b\", c")
        }
        fn node_label(&self, _: NodeId) -> Option<&str> {
            None
        }
    }

    fn legs(debit: u32, credit: u32, cents: i64) -> [Posting; 2] {
        let leg = |account, cents| Posting {
            movement: Movement::Receipt,
            account: AccountId(account),
            amount: Money::from_cents(cents),
            sku: SkuId(7),
            node: NodeId(0),
            qty: 1,
            channel: crate::value::ids::ChannelId::NONE,
            lot: crate::value::ids::LotId::NONE,
            corrects: 0,
        };
        [leg(debit, cents), leg(credit, cents.saturating_neg())]
    }

    fn say(
        journal: &mut Journal,
        day: i64,
        postings: &[Posting],
        out: &mut String,
    ) -> Result<(), JournalError> {
        let at = Instant::from_micros(day.saturating_mul(DAY));
        let (event, document) = ("GoodsReceived", "R;1|\"x\"");
        let (occurred_at, posted_at) = (at, at);
        let entry = JournalEntry { sequence: 9, at, event, document, occurred_at, posted_at, postings };
        journal.entry(&Names, &entry, out)
    }

    const VALUE: (SkuId, NodeId, Money) = (SkuId(7), NodeId(0), Money::from_cents(150));

    #[test]
    fn names_are_fit_for_all_programs() {
        let (mut journal, mut out) = (Journal::new(JournalForm::Ledger, "EUR", 2), String::new());
        assert_eq!(say(&mut journal, 0, &legs(1, 3, 5), &mut out), Ok(()));
        assert_eq!(say(&mut journal, 0, &legs(4, 2, 5), &mut out), Ok(()));
        assert!(
            out.contains("account Assets:Inv-eu\n") && out.contains("account Income:Account-3\n"),
            "{out}"
        );
        assert!(out.contains("account Assets:Inv-eu-4\n"), "two codes, two accounts: {out}");
        assert!(
            out.contains("1970-01-01 * (9) GoodsReceived R?1??x?\n    Assets:Inv-eu  5 EURCENT\n"),
            "{out}"
        );
        let unknown = JournalError::UnknownAccount { sequence: 9, account: 99 };
        assert_eq!(say(&mut journal, 0, &legs(99, 2, 5), &mut out), Err(unknown));
        let amount = Money::from_micros(1);
        let fraction = legs(0, 2, 5).map(|leg| Posting { amount, ..leg });
        assert_eq!(say(&mut journal, 0, &fraction, &mut out), Err(JournalError::NotWhole { amount }));
        let (mut csv, mut rows) = (Journal::new(JournalForm::Csv, "EUR", 2), String::new());
        assert_eq!(say(&mut csv, 0, &legs(0, 2, 5), &mut rows), Ok(()));
        let row =
            "receipt,2100,\"Goods received, not invoiced\",liability,-5,EURCENT,\"a \"\"b\"\", c\",,1,,,,";
        assert!(rows.contains(row), "{rows}");
    }

    #[test]
    fn a_tie_states_what_the_stock_is_worth() {
        let (mut journal, mut out) = (Journal::new(JournalForm::Ledger, "EUR", 2), String::new());
        let incomplete = Err(JournalError::Incomplete { sku: 7, node: 0 });
        assert_eq!(journal.tie([VALUE], Money::ZERO, &mut out), incomplete);
        assert_eq!(say(&mut journal, 0, &legs(0, 2, 100), &mut out), Ok(()));
        let tie = journal.tie([VALUE], Money::ZERO, &mut out).unwrap_or_default();
        assert_eq!(tie, Tie { stated: vec![(AccountId(0), 150)], shared: vec![] });
        assert!(out.ends_with("    Assets:1300-Inventory  0 EURCENT = 150 EURCENT\n\n"), "{out}");
        // The pool goes to another account: neither balance follows from the stock alone.
        assert_eq!(say(&mut journal, 0, &legs(1, 2, 50), &mut out), Ok(()));
        let tie = journal.tie([VALUE], Money::ZERO, &mut out).unwrap_or_default();
        assert_eq!(tie, Tie { stated: vec![], shared: vec![AccountId(0), AccountId(1)] });
    }

    #[test]
    fn beancount_is_asked_when_the_day_is_over() {
        let (mut journal, mut out) = (Journal::new(JournalForm::Beancount, "EUR", 2), String::new());
        assert_eq!(say(&mut journal, 0, &legs(0, 2, 150), &mut out), Ok(()));
        assert!(journal.tie([VALUE], Money::ZERO, &mut out).is_ok());
        assert_eq!(say(&mut journal, 0, &legs(0, 2, 10), &mut out), Ok(()));
        assert!(!out.contains("balance"), "more of that day came: the statement is given up");
        assert!(journal.tie([VALUE], Money::ZERO, &mut out).is_ok());
        assert_eq!(say(&mut journal, 5, &legs(0, 2, 10), &mut out), Ok(()));
        assert!(out.contains("\n1970-01-02 balance Assets:1300-Inventory  150 EURCENT\n"), "{out}");
        assert!(journal.tie([VALUE], Money::ZERO, &mut out).is_ok());
        assert_eq!(journal.finish(&mut out), Ok(()));
        assert!(out.ends_with("1970-01-07 balance Assets:1300-Inventory  150 EURCENT\n\n"), "{out}");
    }
}
