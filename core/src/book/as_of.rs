//! What was true then, and what was known then: stock at two times, from snapshots and events that the host
//! kept.
//!
//! `known_at` cuts by when an event was recorded, `true_at` by when it happened. The newest snapshot that
//! lies before both is continued by the events known until `known_at`; what happened after `true_at` is
//! taken off again, cell by cell.

use super::Book;
use crate::record::*;
use crate::value::ids::*;
use crate::value::money::Money;
use crate::value::rejection::Rejection;
use crate::value::sort::Gather;
use crate::value::time::Instant;
use crate::value::wire::wire;
use serde::Serialize;
use std::collections::BTreeMap;

wire! {
    /// Asks for stock as of two times, from what the host kept: bytes in base64 (RFC 4648).
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    #[doc = include_str!("../example_order.txt")]
    /// // Goods that came at ten and are told at noon.
    /// let receive = r#"{"receive_goods":{"receipt":"R-2","node":"RENO","lines":[
    ///     {"sku":"TEE","qty":5,"unit_cost":"8"}]}}"#;
    /// let (ten, noon) = (at.plus_seconds(3_600), at.plus_seconds(3 * 3_600));
    /// let mut said = Envelope::new("late", noon, serde_json::from_str(receive)?);
    /// said.occurred_at = Some(ten);
    /// book.execute(&said)?;
    /// # fn base64(bytes: &[u8]) -> String {
    /// #     const LETTERS: &[u8] =
    /// #         b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    /// #     let letter = |n: u32| char::from(LETTERS[n as usize & 63]);
    /// #     bytes.chunks(3).map(|c| {
    /// #         let n = c.iter().chain([0u8; 2].iter()).take(3).fold(0u32, |n, b| n << 8 | u32::from(*b));
    /// #         let text: String = [18, 12, 6, 0].iter().map(|s| letter(n >> s)).collect();
    /// #         format!("{:=<4}", &text[..=c.len()])
    /// #     }).collect()
    /// # }
    /// let on_hand = |known_at| {
    ///     let log = base64(&book.log_since(1).unwrap());
    ///     let query = AsOfQuery { true_at: ten, known_at, snapshots: vec![], log };
    ///     let Ok(Answer::AsOf(found)) = book.ask(&Query::AsOf(query)) else { panic!() };
    ///     found.rows[0].on_hand
    /// };
    /// assert_eq!((on_hand(noon), on_hand(ten)), (15, 10), "at ten nobody knew of the five");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct AsOfQuery {
        /// What happened until then counts.
        pub true_at: Instant,
        /// What was recorded until then counts.
        pub known_at: Instant,
        /// Snapshots, in any order; none = the log begins with the first event.
        #[serde(default)]
        pub snapshots: Vec<String>,
        /// A log that covers everything from the snapshot on, or from the first event.
        pub log: String,
    }
}

/// Stock as of two times.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AsOfView {
    /// What happened until then counts.
    pub true_at: Instant,
    /// What was recorded until then counts.
    pub known_at: Instant,
    /// The last event that was known.
    pub sequence: u64,
    /// The snapshot that was continued: its last event; 0 = none.
    pub snapshot: u64,
    /// Cells that held anything, by SKU, then node.
    pub rows: Vec<AsOfRow>,
}

/// A cell as of two times. It speaks in codes: the book that is asked may be another one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AsOfRow {
    /// The SKU's code.
    pub sku: String,
    /// The node's code.
    pub node: String,
    /// Own units, in every condition.
    pub on_hand: i64,
    /// Own units fit for sale.
    pub sellable: i64,
    /// Units reserved.
    pub reserved: i64,
    /// Value of the own units.
    pub value: Money,
}

/// On hand, sellable, reserved, micro-units of value.
type Figures = [i64; 4];

/// Stock as of two times, from snapshots and a log. Of the snapshots the newest one is used that was taken at
/// or before both times; with none the log must begin with the first event.
///
/// # Errors
/// If bytes are no snapshot or no log, or the log leaves out an event.
///
/// ```
/// use stockbook::*;
/// let mut book = Book::new();
/// let at = |hour: &str| format!("2026-01-05T{hour}:00:00Z").parse::<Instant>().unwrap();
/// let mut say = |id: &str, hour, occurred: Option<&str>, json: &str| {
///     let mut envelope = Envelope::new(id, at(hour), serde_json::from_str(json).unwrap());
///     envelope.occurred_at = occurred.map(at);
///     book.execute(&envelope).unwrap();
/// };
/// say("1", "08", None, r#"{"define_sku":{"sku":"TEE"}}"#);
/// say("2", "08", None, r#"{"define_node":{"node":"N","kind":"store","place":{"lat":"0","lon":"0"}}}"#);
/// // Ten units came at nine, and that was told at eleven.
/// say("3", "11", Some("09"),
///     r#"{"receive_goods":{"receipt":"R","node":"N","lines":[{"sku":"TEE","qty":10,"unit_cost":"1"}]}}"#);
/// let log = book.log_since(1).unwrap();
/// let on_hand = |true_at, known_at| {
///     let view = as_of(&[], &log, at(true_at), at(known_at)).unwrap();
///     view.rows.first().map_or(0, |row| row.on_hand)
/// };
/// assert_eq!(on_hand("10", "12"), 10, "what was true at ten, as known at twelve");
/// assert_eq!(on_hand("10", "10"), 0, "what was known at ten");
/// assert_eq!(on_hand("08", "12"), 0, "what was true at eight");
/// ```
pub fn as_of(
    snapshots: &[&[u8]],
    log: &[u8],
    true_at: Instant,
    known_at: Instant,
) -> Result<AsOfView, LoadError> {
    let until = true_at.min(known_at);
    let mut base: Option<Book> = None;
    for bytes in snapshots {
        let book = Book::restore(bytes)?;
        let newer = base.as_ref().is_none_or(|known| known.sequence() < book.sequence());
        if book.now() <= until && newer {
            base = Some(book);
        }
    }
    let (origin, events) = read_log(log)?;
    let snapshot = base.as_ref().map_or(0, Book::sequence);
    let mut state = base.map_or_else(|| State::genesis(origin), |book| book.state);
    let mut later: BTreeMap<(SkuId, NodeId), Figures> = BTreeMap::new();
    for (index, event) in events.iter().enumerate() {
        if event.sequence <= snapshot || event.at > known_at {
            continue;
        }
        let next = state.head.sequence.saturating_add(1);
        if event.sequence != next {
            return Err(faulty(index, &format!("event {next} is missing before it")));
        }
        state.begin();
        state.apply(event).map_err(|fault| faulty(index, fault.0))?;
        if event.occurred_at > true_at {
            for (sku, node, before) in state.stock.cells.touched() {
                let after = state.stock.cells.get(sku, node);
                let sum = later.entry((sku, node)).or_default();
                for ((sum, after), before) in sum.iter_mut().zip(figures(&after)).zip(figures(&before)) {
                    *sum = sum.saturating_add(after.saturating_sub(before));
                }
            }
        }
        state.commit();
    }
    let cells: BTreeMap<(SkuId, NodeId), Figures> =
        state.stock.cells.iter().map(|(sku, node, cell)| ((sku, node), figures(&cell))).gather();
    let keys: std::collections::BTreeSet<_> = cells.keys().chain(later.keys()).copied().gather();
    let row = |key: (SkuId, NodeId)| {
        let known = cells.get(&key).copied().unwrap_or_default();
        let off = later.get(&key).copied().unwrap_or_default();
        let [on_hand, sellable, reserved, value] =
            std::array::from_fn(|at| match (known.get(at), off.get(at)) {
                (Some(known), Some(off)) => known.saturating_sub(*off),
                _ => 0,
            });
        let code = |keys: &crate::value::table::Keys<Box<str>>, id| {
            keys.get(id).map(|code| code.to_string()).unwrap_or_default()
        };
        let (sku, node) = (code(&state.catalog.skus, key.0.0), code(&state.catalog.nodes, key.1.0));
        let any = [on_hand, sellable, reserved, value] != [0; 4];
        any.then_some(AsOfRow { sku, node, on_hand, sellable, reserved, value: Money::from_micros(value) })
    };
    let rows = keys.into_iter().filter_map(row).collect();
    Ok(AsOfView { true_at, known_at, sequence: state.head.sequence, snapshot, rows })
}

fn figures(cell: &crate::stock::Cell) -> Figures {
    [cell.on_hand(), cell.sellable, cell.reserved, cell.value.micros()]
}

/// Answers a question that carries its bytes.
pub(super) fn ask_as_of(query: &AsOfQuery) -> Result<AsOfView, Rejection> {
    let snapshots: Result<Vec<Vec<u8>>, Rejection> =
        query.snapshots.iter().map(|text| handed_back("snapshots", text)).collect();
    let (snapshots, log) = (snapshots?, handed_back("log", &query.log)?);
    let slices: Vec<&[u8]> = snapshots.iter().map(Vec::as_slice).collect();
    as_of(&slices, &log, query.true_at, query.known_at).map_err(unreadable)
}

/// Bytes that the host kept and hands back in a field of a question.
pub(super) fn handed_back(field: &str, text: &str) -> Result<Vec<u8>, Rejection> {
    let need = "base64 as RFC 4648 has it, with padding".into();
    from_base64(text).ok_or_else(|| Rejection::InvalidField { field: field.into(), need })
}

/// They are no record of a book.
pub(super) fn unreadable(problem: impl ToString) -> Rejection {
    Rejection::UnreadableRecord { problem: problem.to_string() }
}

/// Bytes of a base64 text; `None` if it is none.
fn from_base64(text: &str) -> Option<Vec<u8>> {
    let value = |byte: u8| match byte {
        b'A'..=b'Z' => Some(byte.wrapping_sub(b'A')),
        b'a'..=b'z' => Some(byte.wrapping_sub(b'a').wrapping_add(26)),
        b'0'..=b'9' => Some(byte.wrapping_sub(b'0').wrapping_add(52)),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    };
    let mut out = Vec::with_capacity(text.len());
    let chunks = text.as_bytes().chunks(4);
    let last = chunks.len().saturating_sub(1);
    for (at, chunk) in chunks.enumerate() {
        let padding = chunk.iter().rev().take_while(|byte| **byte == b'=').count();
        if chunk.len() != 4 || padding > 2 || (padding > 0 && at != last) {
            return None;
        }
        let mut word = 0u32;
        for byte in chunk {
            let bits = if *byte == b'=' { 0 } else { value(*byte)? };
            word = (word << 6) | u32::from(bits);
        }
        let [_, a, b, c] = word.to_be_bytes();
        out.extend([a, b, c].iter().take(3usize.saturating_sub(padding)));
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::from_base64;

    #[test]
    fn base64_is_that_of_rfc_4648() {
        for (text, bytes) in [("", ""), ("Zg==", "f"), ("Zm8=", "fo"), ("Zm9v", "foo"), ("Zm9vYmE=", "fooba")]
        {
            assert_eq!(from_base64(text).as_deref(), Some(bytes.as_bytes()), "{text}");
        }
        for wrong in ["Z", "Zg=", "Zg==Zg==", "====", "Zm9*"] {
            assert_eq!(from_base64(wrong), None, "{wrong}");
        }
    }
}
