//! What is recorded of protection, holds, publishing and re-dealing.

use crate::stock::{Counting, PlannedPool};
use crate::value::ids::*;
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
}
