//! What needs a person: exceptions in queues, which are state.
//!
//! A cause opens one exception and counts how often it came again while that is open. The catalogue says for
//! each code whose queue it lies in, how urgent it is, when it is due, to whom it goes up, and which commands
//! may resolve it; a book may set its own rule for a code.

mod catalogue;

pub use catalogue::*;

use crate::value::ids::{DocKey, NodeId, OrderId, SkuId};
use crate::value::later::Later;
use crate::value::time::Instant;
use crate::value::wire::{wire, words};
use serde::{Deserialize, Serialize};

words! {
    /// Where an exception stands.
    pub enum ExceptionStatus {
        /// Somebody has to look.
        Open,
        /// Somebody has.
        Resolved,
    }

    /// How urgent it is.
    #[derive(Default)]
    pub enum Severity {
        /// When there is time.
        Low,
        /// In its turn.
        #[default]
        Medium,
        /// Before others.
        High,
        /// At once.
        Critical,
    }
}

wire! {
    /// Closes an exception with what was done about it.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// # let json = r#"{"raise_exception":{"code":"short_pick","node":"RENO","qty":2}}"#;
    /// # book.execute(&Envelope::new("raise", at, serde_json::from_str(json)?))?;
    /// assert_eq!(book.open_exceptions().len(), 1);
    /// let resolve = ResolveException {
    ///     exception: 1, resolution: "found behind the rack".into(), with: String::new(),
    /// };
    /// book.execute(&Envelope::new("resolve", at, Command::ResolveException(resolve)))?;
    /// assert!(book.open_exceptions().is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct ResolveException {
        /// Its number, from 1.
        pub exception: u32,
        /// What was done.
        pub resolution: String,
        /// The word of the command that did it, as in `reallocate_order`; it must be one that the code's rule
        /// allows. Empty = none that the book knows of.
        #[serde(default)]
        pub with: String,
    }

    /// Gives an open exception to somebody.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// # let json = r#"{"raise_exception":{"code":"short_pick","node":"RENO","qty":2}}"#;
    /// # book.execute(&Envelope::new("raise", at, serde_json::from_str(json)?))?;
    /// let assign = AssignException { exception: 1, assignee: "ann".into() };
    /// book.execute(&Envelope::new("assign", at, Command::AssignException(assign)))?;
    /// assert_eq!(book.open_exceptions()[0].assignee, "ann");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct AssignException {
        /// Its number, from 1.
        pub exception: u32,
        /// Who shall see to it; empty = nobody any more.
        pub assignee: String,
    }

    /// Opens a resolved exception again: it was not resolved after all.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// # for (id, json) in [r#"{"raise_exception":{"code":"short_pick","node":"RENO","qty":2}}"#,
    /// #     r#"{"resolve_exception":{"exception":1,"resolution":"found"}}"#].iter().enumerate() {
    /// #     book.execute(&Envelope::new(&id.to_string(), at, serde_json::from_str(json)?))?;
    /// # }
    /// assert!(book.open_exceptions().is_empty(), "the first was resolved");
    /// let reopen = ReopenException { exception: 1, reason: "found the wrong ones".into() };
    /// book.execute(&Envelope::new("reopen", at, Command::ReopenException(reopen)))?;
    /// assert_eq!(book.open_exceptions().len(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct ReopenException {
        /// Its number, from 1.
        pub exception: u32,
        /// Why.
        pub reason: String,
    }

    /// Sets how exceptions of a code are handled from now on, also those that are open.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// let rule = SetExceptionRule {
    ///     queue: "floor".into(), severity: Severity::High, due_hours: 2,
    ///     ..exception_rule(ExceptionCode::ShortPick)
    /// };
    /// book.execute(&Envelope::new("rule", at, Command::SetExceptionRule(rule)))?;
    /// let raise = r#"{"raise_exception":{"code":"short_pick","node":"RENO","qty":2}}"#;
    /// book.execute(&Envelope::new("raise", at, serde_json::from_str(raise)?))?;
    /// let open = &book.open_exceptions()[0];
    /// assert_eq!((open.queue.as_str(), open.due_at), ("floor", at.plus_seconds(2 * 3_600)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct SetExceptionRule {
        /// The code.
        pub code: ExceptionCode,
        /// The queue that they lie in.
        pub queue: String,
        /// How urgent they are.
        #[serde(default)]
        pub severity: Severity,
        /// The role that sees to them.
        pub owner: String,
        /// Hours until they are due.
        pub due_hours: u32,
        /// Hours after which one goes up a level, and again after as many; 0 = never.
        #[serde(default)]
        pub escalate_hours: u32,
        /// The role that it goes up to.
        #[serde(default)]
        pub escalate_to: String,
        /// Words of the commands that may resolve them; empty = those of the catalogue.
        #[serde(default)]
        pub resolutions: Vec<String>,
        /// Whether `clear_exceptions` closes them when their cause is gone.
        #[serde(default)]
        pub clearing: Clearing,
        /// The reason code that their resolutions give; empty = the one that is called as the code, if any.
        #[serde(default)]
        pub reason: String,
    }

    /// Resolves all open exceptions whose cause is gone, where their rule says so: an order's that has
    /// nothing open any more, a closed node's that has nothing planned.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    #[doc = include_str!("../example_order.txt")]
    /// # for (id, json) in [
    /// #     r#"{"set_exception_rule":{"code":"short_pick","queue":"floor","owner":"lead",
    /// #         "due_hours":2,"clearing":"when_gone"}}"#,
    /// #     r#"{"raise_exception":{"code":"short_pick","order":"1001","qty":1}}"#,
    /// #     r#"{"cancel_order":{"order":"1001","reason":"damage"}}"#].iter().enumerate() {
    /// #     book.execute(&Envelope::new(&id.to_string(), at, serde_json::from_str(json)?))?;
    /// # }
    /// // A pick was short for order 1001, and then the order was struck.
    /// assert_eq!(book.open_exceptions().len(), 1);
    /// let clear = Command::ClearExceptions(ClearExceptions {});
    /// book.execute(&Envelope::new("clear", at, clear))?;
    /// assert!(book.open_exceptions().is_empty(), "its cause is gone");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct ClearExceptions {}

    /// Opens an exception for what somebody saw and the book cannot know.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// let raise = RaiseException {
    ///     code: ExceptionCode::ShortPick, subject: String::new(), order: None,
    ///     sku: Some("TEE".into()), node: Some("RENO".into()), qty: 2,
    /// };
    /// book.execute(&Envelope::new("raise", at, Command::RaiseException(raise)))?;
    /// let open = book.open_exceptions();
    /// assert_eq!((open.len(), open[0].opened.qty, open[0].severity), (1, 2, Severity::High));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct RaiseException {
        /// Why a person is needed.
        pub code: ExceptionCode,
        /// What it is about: the number of a document, a feed or whatever tells causes apart; empty = none.
        #[serde(default)]
        pub subject: String,
        /// The order; none = no order.
        #[serde(default)]
        pub order: Option<String>,
        /// The SKU; none = no SKU.
        #[serde(default)]
        pub sku: Option<String>,
        /// The node; none = no node.
        #[serde(default)]
        pub node: Option<String>,
        /// Units at stake.
        #[serde(default)]
        pub qty: i64,
    }
}

words! {
    /// Whether an exception closes by itself.
    #[derive(Default)]
    pub enum Clearing {
        /// Only a person closes it.
        #[default]
        ByPerson,
        /// `clear_exceptions` closes it when its cause is gone.
        WhenGone,
    }
}

/// An exception as an event opens it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Opened {
    /// Why.
    pub code: ExceptionCode,
    /// The order, or none.
    pub order: OrderId,
    /// The SKU, or none.
    pub sku: SkuId,
    /// The node, or none.
    pub node: NodeId,
    /// Units at stake.
    pub qty: i64,
}

impl Opened {
    /// An exception about nothing that has an id.
    ///
    /// ```
    /// use stockbook::{ExceptionCode, Opened, OrderId};
    /// assert_eq!(Opened::of(ExceptionCode::FeedSilent).order, OrderId::NONE);
    /// ```
    #[must_use]
    pub const fn of(code: ExceptionCode) -> Opened {
        Opened { code, order: OrderId::NONE, sku: SkuId::NONE, node: NodeId::NONE, qty: 0 }
    }

    /// This exception about a subject.
    ///
    /// ```
    /// use stockbook::{ExceptionCode, Opened};
    /// let raised = Opened::of(ExceptionCode::FeedSilent).about("wms");
    /// assert_eq!(raised.subject.map(|subject| subject.to_string()), Some("wms".into()));
    /// ```
    #[must_use]
    pub fn about(self, subject: &str) -> Raised {
        Raised { opened: self, subject: (!subject.is_empty()).then(|| DocKey::from(subject)) }
    }
}

/// An exception with what it is about.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Raised {
    /// What it is.
    pub opened: Opened,
    /// The document, feed or other name that tells causes of one kind apart.
    pub subject: Option<DocKey>,
}

/// What tells one cause from another.
pub(crate) type Cause = (ExceptionCode, OrderId, SkuId, NodeId, Option<DocKey>);

/// An exception in its queue.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct ExceptionRow {
    pub opened: Opened,
    pub opened_at: Instant,
    pub status: ExceptionStatus,
    pub closed_at: Instant,
    pub resolution: String,
    #[serde(default)]
    pub subject: Later<Option<DocKey>, 1>,
    #[serde(default)]
    pub assignee: Later<String, 2>,
    /// How often it went up.
    #[serde(default)]
    pub level: Later<u32, 3>,
    /// How often its cause came again while it was open.
    #[serde(default)]
    pub again: Later<u32, 4>,
    #[serde(default)]
    pub reopened: Later<u32, 5>,
    /// The command that resolved it.
    #[serde(default)]
    pub with: Later<String, 6>,
}

impl ExceptionRow {
    pub(crate) fn new(opened: Opened, subject: Option<DocKey>, at: Instant) -> ExceptionRow {
        ExceptionRow {
            opened,
            opened_at: at,
            status: ExceptionStatus::Open,
            closed_at: at,
            resolution: String::new(),
            subject: Later(subject),
            assignee: Later::default(),
            level: Later::default(),
            again: Later::default(),
            reopened: Later::default(),
            with: Later::default(),
        }
    }

    pub(crate) fn cause(&self) -> Cause {
        let Opened { code, order, sku, node, .. } = self.opened;
        (code, order, sku, node, self.subject.0.clone())
    }
}
