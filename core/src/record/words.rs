//! Words that documents and their record share.

pub use crate::catalog::Disposition;
use crate::value::money::Money;
use crate::value::wire::{wire, words};

words! {
    /// Who accepted the order.
    #[derive(Default)]
    pub enum Commitment {
        /// The book does, by recording it: it may refuse.
        #[default]
        Own,
        /// A channel already has (on its own listing): it is never refused for want of stock, only short.
        External,
    }

    /// How much a receipt tells about a decision.
    #[derive(Default)]
    pub enum Detail {
        /// Nothing beside the plan.
        None,
        /// Objective, bound, and how many candidates fell out for which reason.
        #[default]
        Brief,
        /// Every candidate with every cost term, and the runner-up. It is told once, with the first receipt:
        /// when the same command comes again, the state that was decided on has passed.
        Full,
    }

    /// How fast a purchase comes.
    #[derive(Default)]
    pub enum Speed {
        /// In the supplier's lead time.
        #[default]
        Standard,
        /// Faster, at the supplier's premium.
        Expedited,
    }
}

wire! {
    /// Stages that a channel's orders must go through before goods leave. A part of an order may go through
    /// them, and leave, before the rest does.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    #[doc = include_str!("../example_order.txt")]
    /// let workflow = SetWorkflow { channel: "web".into(), stages: vec![Stage::Pick, Stage::Pack] };
    /// book.execute(&Envelope::new("workflow", at, Command::SetWorkflow(workflow)))?;
    /// let ship = r#"{"ship_order":{"order":"1001","node":"RENO"}}"#;
    /// let no = book.execute(&Envelope::new("ship", at, serde_json::from_str(ship)?)).unwrap_err();
    /// assert_eq!(no.name(), "IllegalStep", "it is neither picked nor packed");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct SetWorkflow {
        /// The channel.
        pub channel: String,
        /// The stages; empty = none.
        pub stages: Vec<Stage>,
    }

    /// Sets how a channel's sales are recognised.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// let selling = SetSelling {
    ///     channel: "web".into(), recognition: Recognition::AtInvoice, return_rate: "0.1".parse()?,
    /// };
    /// book.execute(&Envelope::new("selling", at, Command::SetSelling(selling)))?;
    #[doc = include_str!("../example_order.txt")]
    /// # let json = r#"{"ship_order":{"order":"1001","node":"RENO"}}"#;
    /// # book.execute(&Envelope::new("ship", at, serde_json::from_str(json)?))?;
    /// // 3 TEE left, at 8.00 each: until they are invoiced, their cost waits as shipped, not invoiced.
    /// let waits = book.account_id("1360").ok_or("in the chart")?;
    /// let row = book.trial_balance().into_iter().find(|row| row.account == waits).ok_or("posted to")?;
    /// assert_eq!(row.balance, Money::from_cents(24_00));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct SetSelling {
        /// The channel.
        pub channel: String,
        /// When.
        #[serde(default)]
        pub recognition: Recognition,
        /// Share of sales that is expected to come back: "0.03" is 3 %.
        #[serde(default)]
        pub return_rate: Money,
    }
}

words! {
    /// When a channel's revenue is recognised, and the cost of its goods with it.
    #[derive(Default)]
    pub enum Recognition {
        /// When goods leave.
        #[default]
        AtShipment,
        /// When they are invoiced; until then their cost waits as shipped, not invoiced.
        AtInvoice,
    }
}

words! {
    /// Why an order waits for a person.
    pub enum OrderHoldKind {
        /// It may be a fraud.
        Fraud,
        /// It is not paid.
        Payment,
        /// The customer's credit is used up.
        Credit,
        /// Its address is in doubt.
        Address,
        /// Something else.
        Review,
    }

    /// A stage that goods may have to go through before they leave.
    pub enum Stage {
        /// A wave released the order to its node.
        Release,
        /// It was picked.
        Pick,
        /// It was packed.
        Pack,
    }

    /// Where a node stands with an order.
    pub enum FulfilmentStage {
        /// The node shall work on it.
        Released,
        /// It is picked.
        Picked,
        /// It is packed.
        Packed,
        /// It left.
        Shipped,
        /// It arrived.
        Delivered,
        /// It did not arrive.
        Failed,
        /// Nothing of it is wanted any more: struck, or planned from elsewhere.
        Cancelled,
    }

    /// Where an authorised return stands.
    pub enum ReturnStage {
        /// It may come.
        Authorized,
        /// It came, and something of it is not graded.
        CheckedIn,
        /// It is graded, and stock or scrap.
        Closed,
        /// It does not come.
        Cancelled,
    }

    /// What is asked for.
    pub enum RequestKind {
        /// Goods of another node.
        Transfer,
        /// Goods of a supplier.
        Purchase,
    }

    /// Where a request stands.
    pub enum RequestStage {
        /// Somebody asked.
        Requested,
        /// Another person agreed.
        Approved,
        /// It is under way: a transfer or a purchase order of its number.
        Placed,
        /// It is off.
        Cancelled,
    }

    /// Where a count stands.
    pub enum CountStage {
        /// It shall be done.
        Planned,
        /// A line differs so much that it is counted again.
        Recount,
        /// Somebody has to look at the differences.
        Review,
        /// The differences may be posted.
        Approved,
        /// They are posted.
        Posted,
        /// It is off.
        Cancelled,
    }
}

words! {
    /// Where a subscription stands.
    pub enum SubscriptionStatus {
        /// Its orders are placed when they are due.
        Active,
        /// Nothing is due: what would have been is not made up for.
        Paused,
        /// It is over.
        Ended,
    }

    /// What a rhythm counts in.
    pub enum RhythmUnit {
        /// Days.
        Day,
        /// Weeks of seven days.
        Week,
        /// Months: a day that a month does not have is its last.
        Month,
    }
}

macro_rules! stage_words {
    ($($type:ident { $($name:ident $word:literal),* $(,)? })*) => {$(
        impl $type {
            /// Its word in the table of steps.
            ///
            /// ```
            /// use stockbook::{CountStage, FulfilmentStage, RequestStage, ReturnStage};
            /// assert_eq!((FulfilmentStage::Picked.word(), CountStage::Posted.word()), ("picked", "posted"));
            /// assert_eq!((RequestStage::Placed.word(), ReturnStage::Closed.word()), ("placed", "closed"));
            /// ```
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $($type::$name => $word),* }
            }
        }
    )*};
}

stage_words! {
    FulfilmentStage {
        Released "released", Picked "picked", Packed "packed", Shipped "shipped", Delivered "delivered",
        Failed "failed", Cancelled "cancelled",
    }
    ReturnStage { Authorized "authorized", CheckedIn "checked_in", Closed "closed", Cancelled "cancelled" }
    RequestStage { Requested "requested", Approved "approved", Placed "placed", Cancelled "cancelled" }
    CountStage {
        Planned "planned", Recount "recount", Review "review", Approved "approved", Posted "posted",
        Cancelled "cancelled",
    }
    SubscriptionStatus { Active "active", Paused "paused", Ended "ended" }
}
