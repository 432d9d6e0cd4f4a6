//! Questions about what may be promised, and their answers.

use crate::record::HoldState;
use crate::stock::{HoldPhase, RoomCause};
use crate::value::ids::*;
use crate::value::time::Instant;
use serde::Serialize;

answers! {
    /// How a SKU's stock is divided among channels, and what one of them may take.
    pub struct ProtectionView {
        /// The SKU.
        pub sku: SkuId,
        /// The channel.
        pub channel: ChannelId,
        /// What the channel may take over all open nodes.
        pub available: i64,
        /// Plans in force: that of all nodes together (node none) first.
        pub plans: Vec<PlanView>,
        /// Why it is no more than that.
        pub why: Vec<RoomView>,
    }

    /// A plan as it stands.
    pub struct PlanView {
        /// The node; none = all nodes together.
        pub node: NodeId,
        /// Units free there.
        pub free: i64,
        /// Units that all channels have reserved since the plan was set.
        pub drawn: i64,
        /// Its pools.
        pub pools: Vec<PoolView>,
    }

    /// A pool as it stands.
    pub struct PoolView {
        /// Its name.
        pub pool: String,
        /// Units kept for it and for what lies within it.
        pub kept: i64,
        /// Units that it has reserved.
        pub used: i64,
        /// Units of its minimum that others have borrowed.
        pub lent: i64,
        /// Units that it may still take at most; none = no limit.
        pub left: Option<i64>,
        /// Whether its minimum is no longer kept.
        pub released: bool,
    }

    /// Why a channel may not take more at a node.
    pub struct RoomView {
        /// The node; none = all nodes together.
        pub node: NodeId,
        /// The cause.
        pub cause: RoomCause,
        /// The pool that it is kept for, or whose maximum it is; else empty.
        pub pool: String,
        /// The channel that it is protected for, or none.
        pub channel: ChannelId,
        /// Units.
        pub qty: i64,
        /// The SKU: of a virtual kit the component that is short.
        pub sku: SkuId,
    }

    /// A hold as it stands.
    pub struct HoldView {
        /// Its number.
        pub hold: HoldId,
        /// Its state.
        pub state: HoldState,
        /// Whether it may run out.
        pub phase: HoldPhase,
        /// The channel.
        pub channel: ChannelId,
        /// When it runs out.
        pub expires_at: Instant,
        /// What it has.
        pub lines: Vec<HoldLineView>,
    }

    /// What a hold has at a node.
    pub struct HoldLineView {
        /// The SKU.
        pub sku: SkuId,
        /// The node; of a loose line where it stands for now.
        pub node: NodeId,
        /// Units.
        pub qty: i64,
        /// The nodes that a loose line may be bound to; empty = pinned.
        pub group: Vec<NodeId>,
        /// The lot that is held by its name; empty = any.
        pub lot: String,
    }

    /// What a channel should list.
    pub struct PublishView {
        /// The channel.
        pub channel: ChannelId,
        /// Ask again since this sequence for what changes after it.
        pub sequence: u64,
        /// Whether every SKU is meant, not only changed ones.
        pub complete: bool,
        /// Whether there is a next page: ask for what comes after the last row.
        pub more: bool,
        /// Listings.
        pub rows: Vec<PublishRow>,
    }

    /// A listing.
    pub struct PublishRow {
        /// The SKU.
        pub sku: SkuId,
        /// Units to show.
        pub qty: i64,
    }
}
