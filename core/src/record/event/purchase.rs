//! What is recorded of purchase orders.

use super::*;

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
}
