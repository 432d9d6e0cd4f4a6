//! Where the roll-out stands, and where the feeds are.

use crate::policy::{DefineFeed, Disagreement, SetRollout};
use crate::value::ids::*;
use crate::value::money::Money;
use crate::value::table::{Keys, Ordered, Table, tables};
use crate::value::time::Instant;
use serde::{Deserialize, Serialize};

/// A plan of the book beside one of the older system.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct ComparisonRow {
    pub order: OrderId,
    pub disagreement: Disagreement,
    pub book_cost: Money,
    pub legacy_cost: Option<Money>,
    pub book_in_time: bool,
    pub legacy_in_time: Option<bool>,
}

/// A feed.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct FeedRow {
    pub define: DefineFeed,
    /// The next number wanted.
    pub next: u64,
    pub heard_at: Instant,
    pub taken: u64,
    pub repeated: u64,
    pub refused: u64,
    pub late: u64,
    pub silent: bool,
}

/// Who said a message that waits, and when it happened.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct SaidRow {
    pub source: String,
    pub actor: String,
    pub occurred_at: Instant,
    pub at: Instant,
}

/// Roll-out and feeds.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Integration {
    pub rollouts: Table<SetRollout>,
    pub compared: Keys<u32>,
    pub comparison: Table<ComparisonRow>,
    pub feeds: Keys<Box<str>>,
    pub feed: Table<FeedRow>,
    /// Numbers that were passed over and may still come, by feed.
    pub missing: Ordered<(u32, u64)>,
    /// Messages that wait: by feed and number, to their row.
    pub waiting: Ordered<(u32, u64, u32)>,
    pub messages: Table<String>,
    /// By whom, a row a message.
    pub said: Table<SaidRow>,
    /// Numbers that were refused and may be said again, by feed.
    pub refused: Ordered<(u32, u64)>,
}

tables!(Integration: ; later:
    rollouts, compared, comparison, feeds, feed, missing, waiting, messages, said, refused
);

impl Integration {
    /// The message of a feed that waits under a number, with its row.
    pub(crate) fn parked(&self, feed: u32, number: u64) -> Option<(u32, u64, u32)> {
        let next = self.waiting.iter_from((feed, number, 0)).next();
        next.filter(|(of, at, _)| (*of, *at) == (feed, number))
    }

    /// Numbers of a feed that were passed over and may still come.
    pub(crate) fn missing_of(&self, feed: u32) -> impl Iterator<Item = u64> {
        let from = self.missing.iter_from((feed, 0));
        from.take_while(move |(of, _)| *of == feed).map(|(_, number)| number)
    }

    /// Whether a feed's numbers have a gap that may still be closed.
    pub(crate) fn has_gap(&self, feed: u32) -> bool {
        let waits = self.waiting.iter_from((feed, 0, 0)).next();
        self.missing_of(feed).next().is_some() || waits.is_some_and(|(of, ..)| of == feed)
    }
}
