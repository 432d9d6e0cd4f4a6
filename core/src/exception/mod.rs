//! What needs a person: exceptions in a queue, which is state.

use crate::value::ids::{NodeId, OrderId, SkuId};
use crate::value::time::Instant;
use crate::value::wire::{wire, words};
use serde::{Deserialize, Serialize};

words! {
    /// Why a person is needed.
    pub enum ExceptionCode {
        /// A channel accepted an order (an external commitment) that cannot be filled: a channel oversell.
        ShortAllocation,
        /// A plan arrives after its promise.
        PromiseAtRisk,
        /// Goods were lost between nodes.
        TransferShort,
        /// A node closed while orders were planned from it.
        PlannedAtClosedNode,
        /// More was received than the purchase order has open.
        OverReceipt,
        /// A change of master data did not fit any more when its time came.
        ChangeLapsed,
        /// An order was rejected by more nodes than its policy allows.
        RejectionsExhausted,
    }

    /// Where an exception stands.
    pub enum ExceptionStatus {
        /// Somebody has to look.
        Open,
        /// Somebody has.
        Resolved,
    }
}

wire! {
    /// Closes an exception with what was done about it.
    pub struct ResolveException {
        /// Its number, from 1.
        pub exception: u32,
        /// What was done.
        pub resolution: String,
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

/// An exception in its queue.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct ExceptionRow {
    pub opened: Opened,
    pub opened_at: Instant,
    pub status: ExceptionStatus,
    pub closed_at: Instant,
    pub resolution: String,
}
