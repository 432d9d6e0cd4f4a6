//! What is recorded of protection, holds, publishing and re-dealing.

use crate::stock::{Counting, LatenessStep, PlannedPool, SupplyKind};
use crate::value::ids::*;
use crate::value::money::Money;
use crate::value::time::Instant;
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
}
