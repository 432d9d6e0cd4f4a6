//! Questions about what may be promised, and their answers.

use crate::stock::RoomCause;
use crate::value::ids::*;
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
    }
}
