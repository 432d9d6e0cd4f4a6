//! Roll-out beside an older system, and the feeds that systems send.

use crate::value::ids::NodeId;
use crate::value::money::Money;
use crate::value::wire::{wire, words};

words! {
    /// A family of processes that goes live together.
    pub enum ProcessFamily {
        /// Orders: captured, planned, amended.
        Orders,
        /// Picking, packing, shipping.
        Fulfilment,
        /// Returns.
        Returns,
        /// Receipts, transfers, adjustments, counts.
        Stock,
        /// Requisitions and purchase orders.
        Purchasing,
    }

    /// How far a process is rolled out.
    #[derive(Default)]
    pub enum RolloutMode {
        /// The book takes none of its commands.
        Off,
        /// The book decides and records, while the older system is the one that is followed.
        Shadow,
        /// The book is followed.
        #[default]
        Live,
    }

    /// How the book's plan of an order and the older system's differ: the first of these that holds.
    pub enum Disagreement {
        /// They do not.
        Agreed,
        /// They do not speak of the same units.
        Quantity,
        /// The older system took what is not there.
        LegacyOversold,
        /// The older system has units wait that the book can give.
        LegacyShort,
        /// The book has units wait that the older system gives.
        BookShort,
        /// Another number of nodes.
        OtherSplit,
        /// As many nodes, but others.
        OtherNode,
    }
}

wire! {
    /// How far a family of processes is rolled out somewhere. Of several that fit, the most specific holds.
    pub struct SetRollout {
        /// The family.
        pub family: ProcessFamily,
        /// One node; none = all.
        #[serde(default)]
        pub node: Option<String>,
        /// One channel; none = all.
        #[serde(default)]
        pub channel: Option<String>,
        /// How far.
        pub mode: RolloutMode,
        /// Why.
        #[serde(default)]
        pub reason: String,
    }

    /// Tells what the older system decided for an order that the book has planned too.
    pub struct ReportLegacyPlan {
        /// The order.
        pub order: String,
        /// From which nodes, by line.
        #[serde(default)]
        pub parts: Vec<LegacyPart>,
        /// Units that wait, by line.
        #[serde(default)]
        pub backordered: Vec<LegacyWait>,
        /// What freight and handling cost there, if it is known.
        #[serde(default)]
        pub cost: Option<Money>,
        /// Whether the older system keeps the promise.
        #[serde(default)]
        pub in_time: Option<bool>,
    }

    /// What a node gives.
    pub struct LegacyPart {
        /// The node.
        pub node: String,
        /// The order's line, from 1.
        pub line: u32,
        /// Units.
        pub qty: i64,
    }

    /// What waits.
    pub struct LegacyWait {
        /// The order's line, from 1.
        pub line: u32,
        /// Units.
        pub qty: i64,
    }

    /// Defines a feed: a system's numbered messages and how often they come.
    pub struct DefineFeed {
        /// Its name.
        pub feed: String,
        /// Minutes after which it is silent; 0 = it may be.
        #[serde(default)]
        pub cadence_minutes: u32,
        /// What happens to a message whose forerunner is missing.
        #[serde(default)]
        pub order: FeedOrder,
    }

    /// A numbered message of a feed: a command as JSON, taken in its place. A command that is refused, and a
    /// repeated number, leave an exception and do not stop the feed.
    pub struct TakeMessage {
        /// The feed.
        pub feed: String,
        /// The message's number in it, from 1.
        pub number: u64,
        /// The command: JSON as an envelope has it under `command`.
        pub message: String,
    }
}

words! {
    /// What happens to a message that comes before its forerunner.
    #[derive(Default)]
    pub enum FeedOrder {
        /// It waits for it.
        #[default]
        Resequence,
        /// It is taken at once, and the forerunner when it comes.
        AsItComes,
    }
}

/// A plan by node: units.
pub(crate) type ByNode = Vec<(NodeId, i64)>;
