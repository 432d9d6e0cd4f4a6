//! Roll-out beside an older system, and the feeds that systems send.

use crate::value::ids::{NodeId, SkuId};
use crate::value::money::Money;
use crate::value::wire::{wire, words};

words! {
    /// A family of processes that goes live together. What plans many orders at once, deals stock anew,
    /// orders by a subscription, refurbishes, or withdraws a return or a request has no place of its own and
    /// belongs to none.
    pub enum ProcessFamily {
        /// Orders: captured, planned, amended, held.
        Orders,
        /// Picking, packing, shipping, tracking.
        Fulfilment,
        /// Returns.
        Returns,
        /// Receipts, transfers, adjustments, counts, kits put together.
        Stock,
        /// Requisitions, purchase orders, what goes back to suppliers.
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
        /// Another number of nodes, or the same ones but other units from each.
        OtherSplit,
        /// As many nodes, but others.
        OtherNode,
    }
}

wire! {
    /// How far a family of processes is rolled out somewhere. Of several that fit, the most specific holds.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// let off = SetRollout {
    ///     family: ProcessFamily::Stock, node: Some("RENO".into()), channel: None, mode: RolloutMode::Off,
    ///     reason: "not before March".into(),
    /// };
    /// book.execute(&Envelope::new("off", at, Command::SetRollout(off)))?;
    /// let receive = r#"{"receive_goods":{"receipt":"R-2","node":"RENO","lines":[
    ///     {"sku":"TEE","qty":5,"unit_cost":"8"}]}}"#;
    /// let no = book.execute(&Envelope::new("r-2", at, serde_json::from_str(receive)?)).unwrap_err();
    /// assert_eq!(no, Rejection::ProcessOff { command: "receive_goods".into() });
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
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
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    #[doc = include_str!("../example_order.txt")]
    /// // The book plans order 1001 from RENO; the older system sends it from DALLAS.
    /// let legacy = ReportLegacyPlan {
    ///     order: "1001".into(), parts: vec![LegacyPart { node: "DALLAS".into(), line: 1, qty: 3 }],
    ///     backordered: vec![], cost: None, in_time: None,
    /// };
    /// book.execute(&Envelope::new("legacy", at, Command::ReportLegacyPlan(legacy)))?;
    /// let Answer::Readiness(found) = book.ask(&Query::Readiness(ReadinessQuery { channel: None }))? else {
    ///     panic!()
    /// };
    /// assert_eq!((found.compared, found.agreed), (1, 0));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
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
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// let feed = DefineFeed { feed: "wms".into(), cadence_minutes: 10, order: FeedOrder::Resequence };
    /// book.execute(&Envelope::new("feed", at, Command::DefineFeed(feed)))?;
    /// assert!(!book.feeds()[0].silent);
    /// let later = Envelope::new("later", at.plus_seconds(660), Command::AdvanceTime(AdvanceTime {}));
    /// book.execute(&later)?;
    /// assert!(book.feeds()[0].silent, "nothing came for eleven minutes");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
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
    /// repeated number, leave an exception and do not stop the feed; what was refused may be said again under
    /// its number, until its exception is resolved. What waits for its forerunner keeps its sender and the
    /// time of its fact.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// # let json = r#"{"define_feed":{"feed":"wms"}}"#;
    /// # book.execute(&Envelope::new("feed", at, serde_json::from_str(json)?))?;
    /// let mut take = |number, reason: &str| {
    ///     let message = format!(r#"{{"define_reason":{{"reason":"{reason}"}}}}"#);
    ///     let take = TakeMessage { feed: "wms".into(), number, message };
    ///     let said = Envelope::new(reason, at, Command::TakeMessage(take));
    ///     book.execute(&said).map(|_| book.feeds()[0].clone())
    /// };
    /// assert_eq!(take(2, "second")?.waiting, 1, "its forerunner is missing");
    /// assert_eq!(take(1, "first")?.taken, 2, "both, in their order");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
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

/// A plan by SKU and node.
pub(crate) type ByPool = Vec<((SkuId, NodeId), i64)>;
