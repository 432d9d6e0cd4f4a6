//! Facts about roll-out and feeds.

use crate::exception::Raised;
use crate::policy::Disagreement;
use crate::value::ids::*;
use crate::value::money::Money;
use serde::{Deserialize, Serialize};

facts! {
    /// What the older system decided, beside the book's plan.
    pub struct LegacyPlanReported {
        /// The order.
        pub order: OrderId,
        /// How they differ.
        pub disagreement: Disagreement,
        /// Nodes of the book's plan.
        pub book_nodes: Vec<NodeId>,
        /// Nodes of the older system's.
        pub legacy_nodes: Vec<NodeId>,
        /// Freight and handling of the book's plan.
        pub book_cost: Money,
        /// The older system's, if it is known.
        pub legacy_cost: Option<Money>,
        /// Whether the book keeps the promise.
        pub book_in_time: bool,
        /// Whether the older system does, if it is known.
        pub legacy_in_time: Option<bool>,
        /// Exceptions opened.
        pub exceptions: Vec<Raised>,
    }

    /// A message was taken. The event after it is what its command did.
    pub struct MessageTaken {
        /// The feed.
        pub feed: String,
        /// The message's number.
        pub number: u64,
        /// Exceptions opened.
        pub exceptions: Vec<Raised>,
    }

    /// A message waits for its forerunner.
    pub struct MessageParked {
        /// The feed.
        pub feed: String,
        /// The message's number.
        pub number: u64,
        /// The command: JSON.
        pub message: String,
        /// Exceptions opened.
        pub exceptions: Vec<Raised>,
    }

    /// A message came again; nothing else happened.
    pub struct MessageRepeated {
        /// The feed.
        pub feed: String,
        /// The message's number.
        pub number: u64,
        /// Exceptions opened.
        pub exceptions: Vec<Raised>,
    }

    /// A message's command was refused; the feed goes on behind it.
    pub struct MessageRefused {
        /// The feed.
        pub feed: String,
        /// The message's number.
        pub number: u64,
        /// The command: JSON.
        pub message: String,
        /// What was wrong with it.
        pub problem: String,
        /// Exceptions opened.
        pub exceptions: Vec<Raised>,
    }

    /// A feed missed its time.
    pub struct FeedFellSilent {
        /// The feed.
        pub feed: String,
        /// Exceptions opened.
        pub exceptions: Vec<Raised>,
    }
}
