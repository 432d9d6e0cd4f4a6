//! Facts about transfers.

use super::{Fill, LayerCost, LotCost, Parcel, TakenBack};
use crate::exception::Opened;
use crate::posting::Posting;
use crate::stock::{Condition, Taken};
use crate::value::ids::*;
use crate::value::money::Money;
use serde::{Deserialize, Serialize};

facts! {
    /// Goods that left for another node.
    pub struct TransferShipped {
        /// Number of the transfer.
        pub transfer: DocKey,
        /// The node that sends.
        pub from: NodeId,
        /// The node that receives.
        pub to: NodeId,
        /// What left.
        pub lines: Vec<TransferredLine>,
        /// Journal.
        pub postings: Vec<Posting>,
        /// What was reserved for an order, and waits until it arrives.
        #[serde(default)]
        pub taken: Vec<TakenBack>,
    }

    /// A line that left or arrived.
    pub struct TransferredLine {
        /// The transfer's line, from 1.
        pub line: u32,
        /// The SKU.
        pub sku: SkuId,
        /// Units.
        pub qty: i64,
        /// Their value.
        pub value: Money,
        /// Places taken from, or put into.
        pub taken: Vec<Taken>,
        /// Cost by lot, where it is kept so.
        #[serde(default)]
        pub lots: Vec<LotCost>,
        /// What of the value did not stay in stock.
        #[serde(default)]
        pub passed: Money,
        /// The price between companies, where the nodes belong to two: what they are worth to the receiver.
        #[serde(default)]
        pub price: Option<Money>,
        /// Layers of a FIFO pool that they came from, and become again.
        #[serde(default)]
        pub layers: Vec<LayerCost>,
        /// The condition that they arrived in.
        #[serde(default)]
        pub condition: Condition,
    }

    /// Goods that arrived from another node.
    pub struct TransferReceived {
        /// The transfer.
        pub transfer: TransferId,
        /// What arrived.
        pub lines: Vec<TransferredLine>,
        /// What is lost.
        pub lost: Vec<TransferredLine>,
        /// Backorders filled.
        pub fills: Vec<Fill>,
        /// Parcels planned for them.
        pub parcels: Vec<Parcel>,
        /// Journal.
        pub postings: Vec<Posting>,
        /// Exceptions opened.
        pub exceptions: Vec<Opened>,
        /// Which of the parcels, counted from 0, is the one that waited for the goods: it goes on.
        #[serde(default)]
        pub goes_on: Option<u32>,
    }
}
