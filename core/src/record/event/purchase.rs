//! Facts about purchase orders: placed, changed, struck.

use crate::exception::{Opened, Raised};
use crate::record::words::*;
use crate::value::ids::*;
use crate::value::money::Money;
use crate::value::time::Instant;
use serde::{Deserialize, Serialize};

facts! {
    /// Goods that were ordered.
    pub struct PurchaseOrderPlaced {
        /// Number of the purchase order.
        pub purchase_order: DocKey,
        /// The supplier.
        pub supplier: SupplierId,
        /// Where they shall come in.
        pub node: NodeId,
        /// When.
        pub expected_at: Instant,
        /// How fast.
        pub speed: Speed,
        /// What is ordered.
        pub lines: Vec<PurchasedLine>,
    }

    /// A line that was ordered.
    pub struct PurchasedLine {
        /// The SKU.
        pub sku: SkuId,
        /// Units.
        pub qty: i64,
        /// Cost of one base unit.
        pub unit_cost: Money,
    }

    /// A purchase order that was struck.
    pub struct PurchaseOrderCancelled {
        /// The purchase order.
        pub purchase_order: PurchaseId,
        /// Why.
        pub reason: ReasonId,
        /// Orders that waited for what it would have brought.
        #[serde(default)]
        pub exceptions: Vec<Opened>,
    }

    /// A purchase order that was agreed anew.
    pub struct PurchaseOrderChanged {
        /// The purchase order.
        pub purchase_order: PurchaseId,
        /// Why.
        pub reason: ReasonId,
        /// When the rest comes.
        pub expected_at: Instant,
        /// All of its lines as they stand now; those that are new come last.
        pub lines: Vec<PurchasedLine>,
        /// Exceptions opened: orders that waited for what does not come any more, or comes later.
        pub exceptions: Vec<Raised>,
    }
}
