//! A book's journal for other programs: names for the writer in `posting`, and the postings of each event.

use super::as_of::{handed_back, unreadable};
use super::query::{HostBalance, JournalQuery, JournalView};
use super::{Book, EventsDrained};
use crate::posting::{
    AccountLabel, Journal, JournalEntry, JournalError, JournalForm, JournalNames, Posting, Tie,
};
use crate::record::{Body, Event, LedgerEntry, State, read_log};
use crate::value::ids::{AccountId, ChannelId, LotId, NodeId, SkuId};
use crate::value::money::Money;
use crate::value::rejection::Rejection;
use crate::value::time::Instant;
use std::fmt::Write;

/// A line of the journal: a posting, the event that it comes from and the number of its document.
#[derive(Clone, Debug)]
pub struct JournalLine<'a> {
    /// The event.
    pub event: &'a Event,
    /// Number of its document.
    pub document: String,
    /// The posting.
    pub posting: &'a Posting,
    /// The instant whose period it belongs to.
    pub posted_at: Instant,
}

impl JournalNames for Book {
    fn account_label(&self, account: AccountId) -> Option<AccountLabel> {
        let catalog = &self.state.catalog;
        let (code, row) = catalog.accounts.get(account.0).zip(catalog.account.get(account.0))?;
        Some(AccountLabel {
            code: code.to_string(),
            name: row.name.clone(),
            kind: row.kind,
            control: row.control,
        })
    }

    fn sku_label(&self, sku: SkuId) -> Option<&str> {
        self.sku_code(sku)
    }

    fn node_label(&self, node: NodeId) -> Option<&str> {
        self.node_code(node)
    }

    fn channel_label(&self, channel: ChannelId) -> Option<&str> {
        self.channel_code(channel)
    }

    fn lot_label(&self, lot: LotId) -> Option<&str> {
        self.state.stock.labels.get(lot.0).map(|label| &**label)
    }
}

/// The postings of an event and the number of its document.
fn posted<'a>(state: &State, body: &'a Body) -> Option<(&'a [Posting], String)> {
    Some(match body {
        Body::GoodsReceived(e) => (e.postings.as_slice(), e.receipt.to_string()),
        Body::StockAdjusted(e) => (e.postings.as_slice(), e.adjustment.to_string()),
        Body::OrderShipped(e) => {
            (e.postings.as_slice(), state.docs.orders.text(e.order.0).unwrap_or_default())
        }
        Body::ReturnReceived(e) => (e.postings.as_slice(), e.rma.to_string()),
        Body::TransferShipped(e) => (e.postings.as_slice(), e.transfer.to_string()),
        Body::KitAssembled(e) => (e.postings.as_slice(), e.assembly.to_string()),
        Body::TransferReceived(e) => {
            (e.postings.as_slice(), state.docs.transfers.text(e.transfer.0).unwrap_or_default())
        }
        Body::SupplierInvoiceReceived(e) => (e.postings.as_slice(), e.invoice.to_string()),
        Body::LandedCostAllocated(e) => (e.postings.as_slice(), e.landed_cost.to_string()),
        Body::VendorReturnShipped(e) => (e.postings.as_slice(), e.vendor_return.to_string()),
        Body::StockRevalued(e) => (e.postings.as_slice(), e.revaluation.to_string()),
        Body::StockWrittenDown(e) => (e.postings.as_slice(), e.write_down.to_string()),
        Body::OrderInvoiced(e) => (e.postings.as_slice(), e.invoice.to_string()),
        Body::OrderCredited(e) => (e.postings.as_slice(), e.credit_note.to_string()),
        Body::PaymentRecorded(e) => (e.postings.as_slice(), e.payment.to_string()),
        Body::ReturnsReleased(e) => {
            (e.postings.as_slice(), state.docs.orders.text(e.order.0).unwrap_or_default())
        }
        Body::OrderDropShipped(e) => (e.postings.as_slice(), e.drop_shipment.to_string()),
        Body::ConsignedGoodsUsed(e) => (e.postings.as_slice(), e.consignment_use.to_string()),
        Body::VarianceShared(e) => (e.postings.as_slice(), e.sharing.to_string()),
        _ => return None,
    })
}

/// What an event comes to otherwise in a ledger, counted from 1.
fn beside(event: &Event, ledger: u32) -> Option<&LedgerEntry> {
    let mut entries = event.corrections.iter().flat_map(|corrections| &corrections.ledgers);
    entries.find(|entry| entry.ledger == ledger)
}

impl Book {
    /// A journal in this book's currency, to be fed every event from the first on.
    ///
    /// ```
    /// use stockbook::*;
    /// let mut book = Book::new();
    /// let at = "2026-01-05T09:00:00Z".parse().unwrap();
    /// for (i, command) in [
    ///     r#"{"define_sku":{"sku":"TEE"}}"#,
    ///     r#"{"define_node":{"node":"DC","kind":"warehouse","place":{"lat":"40.7","lon":"-74.0"}}}"#,
    ///     r#"{"receive_goods":{"receipt":"R-1","node":"DC","lines":[
    ///         {"sku":"TEE","qty":4,"unit_cost":"2.50"}]}}"#,
    /// ].iter().enumerate() {
    ///     let command: Command = serde_json::from_str(command).unwrap();
    ///     book.execute(&Envelope::new(&i.to_string(), at, command)).unwrap();
    /// }
    /// let (mut journal, mut text) = (book.journal(JournalForm::Ledger), String::new());
    /// journal.begin(&mut text).unwrap();
    /// for event in book.events_since(1).unwrap() {
    ///     journal.event(&book, event, &mut text).unwrap();
    /// }
    /// let tie = journal.tie_to_stock(&book, &mut text).unwrap();
    /// journal.finish(&mut text).unwrap();
    /// let entry = "2026-01-05 * (3) GoodsReceived R-1\n    Assets:1300-Inventory  1000 USDCENT\n";
    /// assert!(text.contains(entry));
    /// assert_eq!(tie.stated[0].1, 1000, "ten dollars of stock, by the stock itself");
    /// ```
    #[must_use]
    pub fn journal(&self, form: JournalForm) -> Journal {
        let config = &self.state.head.config;
        Journal::new(form, &config.currency, config.currency_digits)
    }

    /// The lines of the journal, as columns for data frames take them: of the events from `from` on that the
    /// window still has.
    ///
    /// # Errors
    /// If some of them have left the window.
    ///
    /// ```
    /// use stockbook::*;
    /// let mut book = Book::new();
    /// let at = "2026-01-05T09:00:00Z".parse().unwrap();
    /// let pay = r#"{"record_payment":{"payment":"P-1","tender":"gift_sale","amount":"25.00"}}"#;
    /// book.execute(&Envelope::new("1", at, serde_json::from_str(pay).unwrap())).unwrap();
    /// let lines: Vec<_> = book.journal_lines(1).unwrap().collect();
    /// assert_eq!(lines.iter().map(|line| line.posting.amount.to_string()).collect::<Vec<_>>(),
    ///     ["25.00", "-25.00"]);
    /// assert_eq!(lines[0].document, "P-1");
    /// ```
    pub fn journal_lines(&self, from: u64) -> Result<impl Iterator<Item = JournalLine<'_>>, EventsDrained> {
        Ok(self.events_since(from)?.flat_map(|event| self.lines_of(event, 0)))
    }

    /// The same of a ledger beside the book's own, by its code: what the book posts, and what the ledger
    /// posts on top of it.
    ///
    /// # Errors
    /// If there is no such ledger, or some of the events have left the window.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// let ledger = r#"{"define_ledger":{"ledger":"IFRS","costing":"fifo"}}"#;
    /// book.execute(&Envelope::new("ledger", at, serde_json::from_str(ledger)?))?;
    /// // Movements of this book are not remembered: the ledger has what the book has.
    /// let lines: Vec<_> = book.ledger_lines(1, "IFRS")?.collect();
    /// assert_eq!(lines.len(), book.journal_lines(1)?.count());
    /// assert!(book.ledger_lines(1, "none").is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn ledger_lines(
        &self,
        from: u64,
        ledger: &str,
    ) -> Result<impl Iterator<Item = JournalLine<'_>>, Rejection> {
        let number = self.ledger_number(ledger)?;
        let events = self.recent(from)?;
        Ok(events.flat_map(move |event| self.lines_of(event, number)))
    }

    fn lines_of<'a>(&'a self, event: &'a Event, ledger: u32) -> impl Iterator<Item = JournalLine<'a>> {
        let (postings, document) = posted(&self.state, &event.body).unwrap_or_default();
        let beside = beside(event, ledger);
        let posted_at = beside.map_or(event.date(), |entry| entry.posted_at);
        let more = beside.map(|entry| entry.postings.as_slice()).unwrap_or_default();
        let line = move |posting| JournalLine { event, document: document.clone(), posting, posted_at };
        postings.iter().chain(more).map(line)
    }

    /// The journal of a ledger beside the book's own, to be fed every event from the first on.
    ///
    /// # Errors
    /// If there is no such ledger.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// let ledger = r#"{"define_ledger":{"ledger":"IFRS","costing":"fifo"}}"#;
    /// book.execute(&Envelope::new("ledger", at, serde_json::from_str(ledger)?))?;
    /// let (mut journal, mut text) = (book.ledger_journal(JournalForm::Ledger, "IFRS")?, String::new());
    /// for event in book.events_since(1)? {
    ///     journal.event(&book, event, &mut text)?;
    /// }
    /// assert_eq!(journal.tie_to_stock(&book, &mut text)?.stated[0].1, 80_00);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn ledger_journal(&self, form: JournalForm, ledger: &str) -> Result<Journal, Rejection> {
        let number = self.ledger_number(ledger)?;
        let mut journal = self.journal(form);
        journal.ledger = number;
        Ok(journal)
    }

    /// The journal as text, tied to the stock.
    pub(super) fn ask_journal(&self, query: &JournalQuery) -> Result<JournalView, Rejection> {
        let (mut journal, mut text) = (self.ledger_journal(query.form, &query.ledger)?, String::new());
        journal.begin(&mut text).map_err(unreadable)?;
        let mut write = |event: &Event| journal.event(self, event, &mut text).map_err(unreadable);
        if query.log.is_empty() {
            self.recent(1)?.try_for_each(&mut write)?;
        } else {
            let (_, events) = read_log(&handed_back("log", &query.log)?).map_err(unreadable)?;
            let first = events.first().map(|event| event.sequence);
            if (first, events.last().map(|event| event.sequence)) != (Some(1), Some(self.sequence())) {
                let need = format!("the log of every event: from 1 up to {}", self.sequence());
                return Err(Rejection::InvalidField { field: "log".into(), need });
            }
            events.iter().try_for_each(&mut write)?;
        }
        let tie = journal.tie_to_stock(self, &mut text).map_err(unreadable)?;
        journal.finish(&mut text).map_err(unreadable)?;
        let code = |id: AccountId| self.account_label(id).map(|label| label.code).unwrap_or_default();
        let balances = tie
            .stated
            .iter()
            .map(|(account, units)| HostBalance { account: code(*account), balance: journal.amount(*units) });
        Ok(JournalView {
            entries: journal.transactions(),
            stated: balances.collect(),
            shared: tie.shared.into_iter().map(code).collect(),
            text,
        })
    }

    /// Value of the goods between nodes, by the transfers.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// assert_eq!(book.in_transit_value(), Money::ZERO);
    /// let ship = ShipTransfer {
    ///     transfer: "T-1".into(), from: "RENO".into(), to: "DALLAS".into(),
    ///     lines: vec![TransferLine { sku: "TEE".into(), qty: 4, unit_price: None }],
    /// };
    /// book.execute(&Envelope::new("ship", at, Command::ShipTransfer(ship)))?;
    /// assert_eq!(book.in_transit_value(), Money::from_cents(32_00), "4 at 8.00 are on the road");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn in_transit_value(&self) -> Money {
        let lines = self.state.docs.transfer.rows().iter().flat_map(|transfer| &transfer.lines);
        Money::from_micros(lines.fold(0, |sum, line| i64::saturating_add(sum, line.value.micros())))
    }
}

impl Journal {
    /// Writes what an event of a book posts; nothing for one that posts nothing.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// let (mut journal, mut csv) = (book.journal(JournalForm::Csv), String::new());
    /// for event in book.events_since(1)? {
    ///     journal.event(&book, event, &mut csv)?;
    /// }
    /// // One receipt: a debit and a credit.
    /// assert_eq!((journal.transactions(), csv.lines().count()), (1, 2));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn event(&mut self, book: &Book, event: &Event, out: &mut impl Write) -> Result<(), JournalError> {
        let beside = beside(event, self.ledger);
        let own = posted(&book.state, &event.body);
        if own.is_none() && beside.is_none() {
            return Ok(());
        }
        let (own, document) = own.unwrap_or_default();
        let both: Vec<Posting>;
        let postings = match beside {
            Some(entry) => {
                both = [own, entry.postings.as_slice()].concat();
                both.as_slice()
            }
            None => own,
        };
        let (sequence, at) = (event.sequence, event.at);
        let (event_name, occurred_at) = (event.body.name(), event.occurred_at);
        let posted_at = beside.map_or(event.date(), |entry| entry.posted_at);
        let entry = JournalEntry {
            sequence,
            at,
            event: event_name,
            document: &document,
            occurred_at,
            posted_at,
            postings,
        };
        self.entry(book, &entry, out)
    }

    /// States what the accounts of goods must hold by the stock of a book that has recorded nothing since the
    /// last event fed: see [`Journal::tie`].
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// let (mut journal, mut text) = (book.journal(JournalForm::Ledger), String::new());
    /// for event in book.events_since(1)? {
    ///     journal.event(&book, event, &mut text)?;
    /// }
    /// let tie = journal.tie_to_stock(&book, &mut text)?;
    /// assert_eq!(tie.stated[0].1, 80_00, "cents: what 10 TEE at 8.00 are worth by the stock itself");
    /// assert!(text.contains("= 8000 USDCENT"), "hledger checks that the account holds as much");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn tie_to_stock(&mut self, book: &Book, out: &mut impl Write) -> Result<Tie, JournalError> {
        let worth = book.worth_in(self.ledger);
        let (values, in_transit) = worth.map_err(|_| JournalError::NotWhole { amount: Money::ZERO })?;
        self.tie(values, in_transit, out)
    }
}
