//! What is recorded of protection, holds, publishing and re-dealing.

use super::{Fill, Parcel};
use crate::exception::Opened;
use crate::stock::{Counting, LatenessStep, PlannedPool, SupplyKind};
use crate::value::ids::*;
use crate::value::money::Money;
use crate::value::time::Instant;
use crate::value::wire::words;
use serde::{Deserialize, Serialize};

facts! {
    /// A SKU's stock is divided among channels.
    pub struct ProtectionPlanSet {
        /// The SKU.
        pub sku: SkuId,
        /// The node; none = all nodes together.
        pub node: NodeId,
        /// Pools, whole.
        pub pools: Vec<PlannedPool>,
        /// Whether pools of the same name go on counting.
        pub counting: Counting,
    }

    /// A pool's minimum is no longer kept.
    pub struct ProtectionReleased {
        /// The plan: its row.
        pub plan: u32,
        /// The pool: its place in the plan, from 1.
        pub pool: u32,
        /// The SKU.
        pub sku: SkuId,
        /// The node; none = all nodes together.
        pub node: NodeId,
    }

    /// Supply was announced.
    pub struct SupplyExpected {
        /// Its number.
        pub supply: DocKey,
        /// What is to come.
        pub expected: Expected,
    }

    /// Supply that is to come.
    #[derive(Copy)]
    pub struct Expected {
        /// Where from.
        pub kind: SupplyKind,
        /// The SKU.
        pub sku: SkuId,
        /// Where it comes in.
        pub node: NodeId,
        /// Units still to come.
        pub qty: i64,
        /// When.
        pub at: Instant,
        /// How sure it is, in percent.
        pub percent: Money,
    }

    /// A transfer has a date.
    pub struct TransferExpected {
        /// The transfer.
        pub transfer: TransferId,
        /// When it arrives.
        pub at: Instant,
    }

    /// How late a supplier's deliveries are.
    pub struct SupplyLatenessSet {
        /// The supplier.
        pub supplier: SupplierId,
        /// By rising percent.
        pub steps: Vec<LatenessStep>,
    }

    /// Backorders of a SKU are capped.
    pub struct PreorderSet {
        /// The SKU.
        pub sku: SkuId,
        /// Units that may wait.
        pub qty_max: Option<i64>,
        /// Percent of the supply that is to come.
        pub supply_percent: Option<Money>,
    }

    /// What a channel does not show.
    pub struct PublishBufferSet {
        /// The channel.
        pub channel: ChannelId,
        /// The SKU; none = all that have no setting of their own.
        pub sku: SkuId,
        /// The node; none = the sum over nodes.
        pub node: NodeId,
        /// Units.
        pub qty: i64,
    }

    /// Stock was dealt anew.
    pub struct StockRedealt {
        /// Number of the re-deal.
        pub redeal: DocKey,
        /// Why.
        pub reason: ReasonId,
        /// Who had and who has, line by line.
        pub lines: Vec<RedealtLine>,
        /// Reservations given back; their lines wait.
        pub taken: Vec<TakenBack>,
        /// Backorders filled.
        pub fills: Vec<Fill>,
        /// Parcels planned for them.
        pub parcels: Vec<Parcel>,
        /// Exceptions opened: a promise at risk for each line that lost.
        pub exceptions: Vec<Opened>,
        /// The SKUs that were dealt; components of kits that lost one of them go back besides.
        #[serde(default)]
        pub skus: Vec<SkuId>,
    }

    /// What the event before it set free went to who waited for it.
    pub struct BackordersFilled {
        /// Backorders filled, by priority then age.
        pub fills: Vec<Fill>,
        /// Parcels planned for them.
        pub parcels: Vec<Parcel>,
        /// Exceptions opened.
        pub exceptions: Vec<Opened>,
    }

    /// A line that was dealt anew.
    #[derive(Copy)]
    pub struct RedealtLine {
        /// The order.
        pub order: OrderId,
        /// The order's line, from 1.
        pub line: u32,
        /// Its channel.
        pub channel: ChannelId,
        /// The SKU.
        pub sku: SkuId,
        /// How it was dealt with.
        pub strategy: RedealStrategy,
        /// Units that it asks for and that have not shipped.
        pub asked: i64,
        /// Units reserved before.
        pub before: i64,
        /// Units reserved after.
        pub after: i64,
    }

    /// Goods of a parcel that come from another node first: reserved there, on a transfer that the policy
    /// has agreed to.
    pub struct Brought {
        /// The parcel, counted from 0.
        pub parcel: u32,
        /// The lines, whole.
        pub lines: Vec<u32>,
        /// The node that brings them.
        pub from: NodeId,
        /// Number of the transfer.
        pub transfer: DocKey,
    }

    /// Units of a reservation that were given back.
    pub struct TakenBack {
        /// The order.
        pub order: OrderId,
        /// The order's line, from 1.
        pub line: u32,
        /// The reservation: its row.
        pub reservation: u32,
        /// The node.
        pub node: NodeId,
        /// Units.
        pub qty: i64,
    }
}

words! {
    /// What may happen to an order when stock is dealt anew.
    #[derive(Default)]
    pub enum RedealStrategy {
        /// It is confirmed in full before all others.
        Win,
        /// It keeps what it has and may get more.
        Gain,
        /// It may gain or lose.
        #[default]
        Redistribute,
        /// It keeps or loses, and gains nothing.
        Fill,
        /// It gives up all.
        Lose,
    }
}
