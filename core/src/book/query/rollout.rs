//! Questions about roll-out, feeds and the chain of events.

use super::answers;
use crate::book::Book;
use crate::policy::{Disagreement, SetRollout};
use crate::record::ComparisonRow;
use crate::value::ids::*;
use crate::value::money::Money;
use crate::value::num;
use crate::value::rejection::Rejection;
use crate::value::time::Instant;
use crate::value::wire::wire;
use serde::Serialize;

wire! {
    /// How ready the book is to go live: what was compared, of one channel or of all.
    ///
    /// ```
    #[doc = include_str!("../../example_book.txt")]
    /// let query = Query::Readiness(ReadinessQuery { channel: Some("web".into()) });
    /// let Answer::Readiness(ready) = book.ask(&query)? else { panic!() };
    /// assert_eq!(ready.compared, 0, "the old system has said nothing yet");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct ReadinessQuery {
        /// One channel; none = all.
        #[serde(default)]
        pub channel: Option<String>,
    }

    /// The chain of digests over recorded events.
    ///
    /// ```
    #[doc = include_str!("../../example_book.txt")]
    /// let query = Query::AuditChain(AuditQuery { from: 1, previous: None, most: 2 });
    /// let Answer::AuditChain(links) = book.ask(&query)? else { panic!() };
    /// // The chain goes on from any link that was kept.
    /// let query = AuditQuery { from: 2, previous: Some(links[0].digest.clone()), most: 1 };
    /// let Answer::AuditChain(again) = book.ask(&Query::AuditChain(query))? else { panic!() };
    /// assert_eq!(again[0].digest, links[1].digest);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct AuditQuery {
        /// The first event.
        pub from: u64,
        /// The digest of the event before it, 64 hexadecimal digits; none = the chain begins here.
        #[serde(default)]
        pub previous: Option<String>,
        /// At most so many; 0 = 1,000.
        #[serde(default)]
        pub most: u32,
    }
}

answers! {
    /// How the book's plans and the older system's compare.
    pub struct ReadinessView {
        /// Where the roll-out stands.
        pub rollouts: Vec<SetRollout>,
        /// Orders compared.
        pub compared: u32,
        /// Orders of the same plan.
        pub agreed: u32,
        /// By class of disagreement, those that occur, the gravest first.
        pub classes: Vec<DisagreementCount>,
        /// Orders whose cost both sides told.
        pub costed: u32,
        /// The book's freight and handling for them.
        pub book_cost: Money,
        /// The older system's.
        pub legacy_cost: Money,
        /// Orders of which both sides told whether the promise is kept.
        pub timed: u32,
        /// Those of them that the book keeps.
        pub book_in_time: u32,
        /// Those of them that the older system keeps.
        pub legacy_in_time: u32,
        /// Oversells of the older system that the book would have averted.
        pub oversells_averted: u32,
    }

    /// Orders of a class.
    pub struct DisagreementCount {
        /// The class.
        pub disagreement: Disagreement,
        /// How many.
        pub orders: u32,
        /// The first ten of them.
        pub first: Vec<OrderId>,
    }

    /// A feed.
    pub struct FeedView {
        /// Its name.
        pub feed: String,
        /// The next number wanted.
        pub next: u64,
        /// When it was last heard.
        pub heard_at: Instant,
        /// Whether it missed its time.
        pub silent: bool,
        /// Messages taken.
        pub taken: u64,
        /// Messages that came again.
        pub repeated: u64,
        /// Messages whose command was refused.
        pub refused: u64,
        /// Messages that came after a later one.
        pub late: u64,
        /// Messages that wait for a forerunner.
        pub waiting: u32,
        /// Numbers that were passed over and have not come.
        pub missing: u32,
    }

    /// An event in the chain: who said it, when it happened, when the book knew.
    pub struct AuditLink {
        /// The event's number.
        pub sequence: u64,
        /// When the book knew.
        pub at: Instant,
        /// When it happened.
        pub occurred_at: Instant,
        /// The system that said it.
        pub source: String,
        /// Who said it.
        pub actor: String,
        /// The command that it came with.
        pub command: String,
        /// Its name.
        pub event: String,
        /// Digest of the chain up to it: 64 hexadecimal digits.
        pub digest: String,
    }
}

const GRAVEST_FIRST: [Disagreement; 6] = [
    Disagreement::Quantity,
    Disagreement::LegacyOversold,
    Disagreement::LegacyShort,
    Disagreement::BookShort,
    Disagreement::OtherSplit,
    Disagreement::OtherNode,
];

fn up(count: &mut u32, by: bool) {
    *count = count.saturating_add(u32::from(by));
}

fn plus(sum: &mut Money, amount: Money) {
    *sum = Money::from_micros(sum.micros().saturating_add(amount.micros()));
}

fn digest_of(text: &str) -> Option<[u8; 32]> {
    let bytes = text.as_bytes();
    let mut digest = [0u8; 32];
    if bytes.len() != 64 || !text.is_ascii() {
        return None;
    }
    for (to, pair) in digest.iter_mut().zip(bytes.chunks_exact(2)) {
        *to = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(digest)
}

impl Book {
    pub(crate) fn ask_readiness(&self, query: &ReadinessQuery) -> Result<ReadinessView, Rejection> {
        use crate::catalog::Lookup;
        let only = query.channel.as_deref().map(|code| self.state.catalog.channel_of(code)).transpose()?;
        let only = only.map(|(channel, _)| channel);
        let of = |row: &&ComparisonRow| {
            let channel = self.state.docs.order.get(row.order.0).map(|order| order.channel);
            only.is_none_or(|only| channel == Some(only))
        };
        let mut view = ReadinessView {
            rollouts: self.state.integration.rollouts.rows().to_vec(),
            compared: 0,
            agreed: 0,
            classes: Vec::new(),
            costed: 0,
            book_cost: Money::ZERO,
            legacy_cost: Money::ZERO,
            timed: 0,
            book_in_time: 0,
            legacy_in_time: 0,
            oversells_averted: 0,
        };
        let rows: Vec<&ComparisonRow> = self.state.integration.comparison.rows().iter().filter(of).collect();
        for row in &rows {
            up(&mut view.compared, true);
            up(&mut view.agreed, row.disagreement == Disagreement::Agreed);
            up(&mut view.oversells_averted, row.disagreement == Disagreement::LegacyOversold);
            if let Some(cost) = row.legacy_cost {
                up(&mut view.costed, true);
                plus(&mut view.book_cost, row.book_cost);
                plus(&mut view.legacy_cost, cost);
            }
            if let Some(in_time) = row.legacy_in_time {
                up(&mut view.timed, true);
                up(&mut view.book_in_time, row.book_in_time);
                up(&mut view.legacy_in_time, in_time);
            }
        }
        for disagreement in GRAVEST_FIRST {
            let found: Vec<OrderId> =
                rows.iter().filter(|row| row.disagreement == disagreement).map(|row| row.order).collect();
            if !found.is_empty() {
                let (orders, first) = (num::id(found.len()), found.into_iter().take(10).collect());
                view.classes.push(DisagreementCount { disagreement, orders, first });
            }
        }
        Ok(view)
    }

    /// The feeds and how they do.
    ///
    /// ```
    /// assert!(stockbook::Book::new().feeds().is_empty());
    /// ```
    #[must_use]
    pub fn feeds(&self) -> Vec<FeedView> {
        let known = &self.state.integration;
        let view = |(id, row): (u32, &crate::record::FeedRow)| FeedView {
            feed: row.define.feed.clone(),
            next: row.next,
            heard_at: row.heard_at,
            silent: row.silent,
            taken: row.taken,
            repeated: row.repeated,
            refused: row.refused,
            late: row.late,
            waiting: num::id(known.waiting.iter().filter(|(feed, ..)| *feed == id).count()),
            missing: num::id(known.missing_of(id).count()),
        };
        known.feed.iter().map(view).collect()
    }

    pub(crate) fn ask_audit(&self, query: &AuditQuery) -> Result<Vec<AuditLink>, Rejection> {
        let invalid = |field: &str, need: String| Rejection::InvalidField { field: field.into(), need };
        let previous = match &query.previous {
            None => [0u8; 32],
            Some(text) => {
                digest_of(text).ok_or_else(|| invalid("previous", "64 hexadecimal digits".into()))?
            }
        };
        let most = if query.most == 0 { 1_000 } else { num::index(query.most).min(10_000) };
        self.audit_chain(query.from, previous, most).map_err(|drained| {
            invalid("from", format!("an event that the window still has: {} or later", drained.first))
        })
    }
}
