//! Facts about subscriptions: what recurs, and that it did.

use crate::record::words::*;
use crate::value::ids::*;
use crate::value::time::Instant;
use crate::value::wire::wire;
use serde::{Deserialize, Serialize};

wire! {
    /// When something recurs: its first date, and every so many days, weeks or months from there.
    ///
    /// Months are counted from the first date, so that what begins on the 31st falls on the last day of
    /// shorter months and on the 31st again after them.
    pub struct Rhythm {
        /// How many units of time lie between two dates: 1 to 366.
        pub every: u32,
        /// The unit of time.
        pub unit: RhythmUnit,
        /// The date from which all others are counted. Those before the rhythm is set are past.
        pub first_at: Instant,
        /// IANA name of the time zone in whose civil time it recurs, at the same time of day; empty = UTC.
        #[serde(default)]
        pub time_zone: String,
        /// Nothing falls later; none = it goes on.
        #[serde(default)]
        pub last_at: Option<Instant>,
        /// After so many orders it ends; 0 = it goes on.
        #[serde(default)]
        pub orders_max: u32,
    }
}

facts! {
    /// A subscription as it is from here on.
    pub struct SubscriptionSet {
        /// Its number.
        pub subscription: DocKey,
        /// Where it stands.
        pub status: SubscriptionStatus,
        /// What is ordered each time, as it was said: JSON.
        pub text: String,
        /// When it recurs.
        pub rhythm: Rhythm,
        /// Periods from the rhythm's first date to the next.
        pub periods: u32,
        /// When the next order is due; none while it is paused and when it has ended.
        pub next_at: Option<Instant>,
    }

    /// An order of a subscription is due. The event after it is the order, or says what became of it.
    pub struct SubscriptionOrdered {
        /// The subscription.
        pub subscription: DocKey,
        /// Number of the order.
        pub order: DocKey,
        /// Where the subscription stands now.
        pub status: SubscriptionStatus,
        /// Periods from the rhythm's first date to the next.
        pub periods: u32,
        /// When the next order is due; none = this was the last.
        pub next_at: Option<Instant>,
    }
}
