//! The JSON door: one object in, one canonical object out.

use super::Book;
use super::command::{Chain, Envelope};
use super::named::to_json;
use super::query::Ask;
use super::receipt::Receipt;
use crate::allocation::Explanation;
use crate::record::Event;
use crate::value::reader::{Written, from_json};
use crate::value::rejection::{Rejection, RejectionNote};
use crate::value::time::Instant;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Most bytes of a request.
const REQUEST_MAX: usize = 1 << 24;
/// Deepest nesting of a request: far above what any request needs.
const DEPTH_MAX: u32 = 32;

/// A receipt as it goes over the wire.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ReceiptNote {
    /// Number of its last event: the command's own, or `BackordersFilled` where that set something free.
    pub sequence: u64,
    /// Number of the first event recorded with it.
    pub first_sequence: u64,
    /// When it was recorded.
    pub at: Instant,
    /// Whether it was recorded at an earlier delivery.
    pub repeated: bool,
    /// The events, as long as the window has them.
    pub events: Vec<Event>,
    /// Numbers of the exceptions that it opened.
    pub exceptions: Vec<u32>,
    /// Why it was decided so, where that was asked for. A repeated receipt has none: the state that was
    /// decided on has passed. A book that is replayed up to the event before tells it again.
    pub explanation: Option<Box<Explanation>>,
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Reply<'a, A> {
    Receipt(ReceiptNote),
    Receipts(Vec<ReceiptNote>),
    Answer(&'a A),
    Rejection(RejectionNote),
}

#[derive(Serialize)]
struct RefusedChain {
    rejection: RejectionNote,
    index: usize,
}

/// What kind of request it is, by its own key.
enum Request {
    Envelope(Box<Envelope>),
    Chain(Chain),
    Ask(Box<Ask>),
}

fn malformed(problem: impl ToString) -> Rejection {
    let problem: String = problem.to_string().chars().take(300).collect();
    Rejection::MalformedRequest { problem }
}

/// `Ok` if the text is not nested deeper than any request is.
fn check_depth(text: &str) -> Result<(), Rejection> {
    let (mut depth, mut quoted, mut escaped) = (0u32, false, false);
    for byte in text.bytes() {
        match (quoted, escaped, byte) {
            (true, true, _) => escaped = false,
            (true, false, b'\\') => escaped = true,
            (_, false, b'"') => quoted = !quoted,
            (false, _, b'{' | b'[') => depth = depth.saturating_add(1),
            (false, _, b'}' | b']') => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > DEPTH_MAX {
            return Err(malformed("nested too deeply"));
        }
    }
    Ok(())
}

fn read<T: DeserializeOwned>(text: &str) -> Result<T, Rejection> {
    read_json(text).map_err(malformed)
}

/// Reads what others have written in JSON, a network or a policy, by the rules of a request: rows have names.
/// `serde_json` alone takes a list for a row, field by field, and would read it otherwise after a field
/// is added.
///
/// # Errors
/// What is wrong, and where.
///
/// ```
/// use stockbook::{read_json, simulation::Network};
/// let network: Network = read_json(r#"{"skus": [{"sku": "TEE", "price": "19.99"}]}"#)?;
/// assert_eq!(network.skus[0].sku, "TEE");
/// assert!(read_json::<Network>(r#"{"feeds": [["web", 30]]}"#).is_err());
/// # Ok::<(), String>(())
/// ```
pub fn read_json<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    from_json(text, Written::ForPeople)
}

/// The first key of an object, without reading the rest.
fn first_key(text: &str) -> Option<&str> {
    let rest = text.trim_start().strip_prefix('{')?.trim_start().strip_prefix('"')?;
    rest.split('"').next()
}

fn parse(request: &[u8]) -> Result<Request, Rejection> {
    if request.len() > REQUEST_MAX {
        return Err(crate::catalog::at_most("bytes", request.len(), REQUEST_MAX)
            .err()
            .unwrap_or(malformed("")));
    }
    let text = std::str::from_utf8(request).map_err(malformed)?;
    check_depth(text)?;
    if !text.trim_start().starts_with('{') {
        return Err(malformed("a request is one JSON object"));
    }
    match first_key(text) {
        Some("ask") => read(text).map(Request::Ask),
        Some("chain") => read(text).map(Request::Chain),
        _ => read(text).map(Request::Envelope),
    }
}

impl Book {
    /// Says a command, a chain or a question as JSON; answers in canonical JSON and never fails: a refusal is
    /// an answer too.
    ///
    /// | request | answer |
    /// |---|---|
    /// | `{"id": …, "at": …, "command": {…}}` | `{"receipt": {…}}` |
    /// | `{"chain": [{"id": …}, …]}` | `{"receipts": […]}` |
    /// | `{"ask": {…}}` | `{"answer": {…}}` |
    /// | anything refused | `{"rejection": {…}}`, of a chain with its `index` |
    ///
    /// ```
    /// let mut book = stockbook::Book::new();
    /// let answer = book.execute_json(br#"{"ask":{"status":{}}}"#);
    /// assert!(answer.starts_with(r#"{"answer":{"status":{"sequence":0"#), "{answer}");
    /// let answer = book.execute_json(b"{}");
    /// assert!(answer.starts_with(r#"{"rejection":{"number":101,"name":"MalformedRequest""#), "{answer}");
    /// ```
    pub fn execute_json(&mut self, request: &[u8]) -> String {
        match parse(request) {
            Err(rejection) => self.refuse(&rejection),
            Ok(Request::Ask(ask)) => self.answer(&ask),
            Ok(Request::Envelope(envelope)) => match self.execute(&envelope) {
                Ok(receipt) => self.reply(&Reply::<()>::Receipt(self.note(receipt))),
                Err(rejection) => self.refuse(&rejection),
            },
            Ok(Request::Chain(chain)) => match self.execute_chain(&chain.chain) {
                Ok(receipts) => {
                    let notes = receipts.into_iter().map(|receipt| self.note(receipt)).collect();
                    self.reply(&Reply::<()>::Receipts(notes))
                }
                Err(refused) => {
                    let (rejection, index) = (RejectionNote::from(&refused.rejection), refused.index);
                    to_json(&self.state, &RefusedChain { rejection, index })
                }
            },
        }
    }

    /// Answers a question asked as JSON, as `execute_json` does; a command is refused here.
    ///
    /// ```
    /// let book = stockbook::Book::new();
    /// assert!(book.ask_json(br#"{"ask":{"trial_balance":{}}}"#).contains("\"1300\""));
    /// ```
    #[must_use]
    pub fn ask_json(&self, request: &[u8]) -> String {
        match parse(request) {
            Ok(Request::Ask(ask)) => self.answer(&ask),
            Ok(_) => self.refuse(&malformed("a question begins with `ask`")),
            Err(rejection) => self.refuse(&rejection),
        }
    }

    /// Canonical JSON of an event, with names.
    ///
    /// ```
    /// use stockbook::*;
    /// let mut book = Book::new();
    /// let at = "2026-01-05T09:00:00Z".parse().unwrap();
    /// book.execute(&Envelope::new("1", at, Command::AdvanceTime(AdvanceTime {}))).unwrap();
    /// let event = book.events_since(1).unwrap().next().unwrap();
    /// assert!(book.event_json(event).contains(r#""body":{"TimeAdvanced":{}}"#));
    /// ```
    #[must_use]
    pub fn event_json(&self, event: &Event) -> String {
        to_json(&self.state, event)
    }

    /// Canonical JSON of an answer or of anything else that speaks of this book, with names.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// let tee = book.sku_id("TEE").ok_or("a SKU")?;
    /// assert_eq!(book.to_json(&(tee, Money::from_cents(19_99))), r#"["TEE","19.99"]"#);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn to_json<T: Serialize + ?Sized>(&self, value: &T) -> String {
        to_json(&self.state, value)
    }

    fn answer(&self, ask: &Ask) -> String {
        match self.ask(&ask.ask) {
            Ok(answer) => self.reply(&Reply::Answer(&answer)),
            Err(rejection) => self.refuse(&rejection),
        }
    }

    fn refuse(&self, rejection: &Rejection) -> String {
        self.reply(&Reply::<()>::Rejection(rejection.into()))
    }

    fn reply<A: Serialize>(&self, reply: &Reply<'_, A>) -> String {
        to_json(&self.state, reply)
    }

    /// A receipt with its events, as the wire gives it.
    fn note(&self, receipt: Receipt) -> ReceiptNote {
        let numbers = receipt.first_sequence..=receipt.sequence;
        ReceiptNote {
            sequence: receipt.sequence,
            first_sequence: receipt.first_sequence,
            at: receipt.at,
            repeated: receipt.repeated,
            events: numbers.filter_map(|sequence| self.event(sequence)).cloned().collect(),
            exceptions: receipt.exceptions,
            explanation: receipt.explanation,
        }
    }
}
