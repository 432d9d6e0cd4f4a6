//! What is recorded of holds after they were placed.

use crate::stock::Rebind;
use crate::value::ids::*;
use crate::value::time::Instant;
use serde::{Deserialize, Serialize};

facts! {
    /// Stock that is held.
    pub struct StockHeld {
        /// Number of the hold.
        pub hold: DocKey,
        /// The channel.
        pub channel: ChannelId,
        /// What is held.
        pub lines: Vec<HeldLine>,
        /// Until when.
        pub expires_at: Instant,
        /// Loose reservations of earlier holds that made room.
        #[serde(default)]
        pub rebinds: Vec<Rebind>,
    }

    /// A line of a hold.
    pub struct HeldLine {
        /// The SKU.
        pub sku: SkuId,
        /// The node; of a loose line where it stands for now.
        pub node: NodeId,
        /// Units.
        pub qty: i64,
        /// The nodes that a loose line may be bound to; empty = pinned.
        #[serde(default)]
        pub group: Vec<NodeId>,
        /// The lot that is asked for by name; empty = any.
        #[serde(default)]
        pub lot: String,
    }

    /// A hold runs out at another time.
    pub struct HoldExtended {
        /// The hold.
        pub hold: HoldId,
        /// When.
        pub expires_at: Instant,
    }

    /// A hold was confirmed.
    pub struct HoldConfirmed {
        /// The hold.
        pub hold: HoldId,
    }

    /// What a hold has was moved and pinned, or loose holds made room for what is bound to one node.
    pub struct HoldMoved {
        /// The hold; where nothing of it was moved, the first that made room.
        pub hold: HoldId,
        /// What was moved; from a node to itself: only pinned.
        pub moves: Vec<Rebind>,
        /// Loose reservations of other holds that made room.
        pub rebinds: Vec<Rebind>,
    }

    /// A part of a hold became a hold of its own.
    pub struct HoldSplit {
        /// The hold.
        pub hold: HoldId,
        /// Number of the new one.
        pub into: DocKey,
        /// What went over.
        pub parts: Vec<HoldPart>,
    }

    /// Holds were merged.
    pub struct HoldsMerged {
        /// The hold that stays.
        pub into: HoldId,
        /// The holds that ended.
        pub from: Vec<HoldId>,
    }

    /// A part of a hold was given back.
    pub struct HoldReduced {
        /// The hold.
        pub hold: HoldId,
        /// What was given back.
        pub parts: Vec<HoldPart>,
    }

    /// Units of a reservation.
    pub struct HoldPart {
        /// The reservation: its row.
        pub reservation: u32,
        /// The SKU.
        pub sku: SkuId,
        /// The node.
        pub node: NodeId,
        /// Units.
        pub qty: i64,
    }
}
