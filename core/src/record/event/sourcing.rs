//! Facts of sourcing: terms of orders, outside knowledge, rejections by nodes.

use super::{Plan, SoldIn};
use crate::allocation::CostTable;
use crate::exception::{Opened, Raised};
use crate::record::words::OrderHoldKind;
use crate::value::ids::*;
use crate::value::money::Money;
use crate::value::time::Instant;
use serde::{Deserialize, Serialize};

facts! {
    /// The lot that an order's line comes from by its name, now and whenever it is planned anew.
    pub struct NamedLot {
        /// The order's line, from 1.
        pub line: u32,
        /// The lot, or the serial number.
        pub lot: String,
    }

    /// What a parcel takes of a line.
    pub struct PlanPart {
        /// The order's line, from 1.
        pub line: u32,
        /// Index of the parcel in the plan's `parcels`.
        pub parcel: u32,
        /// Units.
        pub qty: i64,
    }

    /// A quantity of a line.
    pub struct LineQty {
        /// The document's line, from 1.
        pub line: u32,
        /// Units.
        pub qty: i64,
    }

    /// What was ordered, where a line gives a substitute.
    #[derive(Copy)]
    pub struct Substituted {
        /// The order's line, from 1.
        pub line: u32,
        /// The SKU that was ordered.
        pub sku: SkuId,
        /// Its price for one base unit.
        pub price: Money,
    }

    /// Units of a line that wait for supply which nobody before them waits for.
    pub struct Awaited {
        /// The order's line, from 1.
        pub line: u32,
        /// Units.
        pub qty: i64,
        /// Where the supply comes in.
        pub node: NodeId,
        /// When they arrive at the customer, if the supply comes when it is expected.
        pub arrive_at: Instant,
    }

    /// Open lines that were struck: from backorders first, then from reservations in their order.
    pub struct OrderCancelled {
        /// The order.
        pub order: OrderId,
        /// Why.
        pub reason: ReasonId,
        /// What was struck.
        pub lines: Vec<LineQty>,
        /// The node whose reservations were struck, and only those; none = as said above.
        #[serde(default)]
        pub node: Option<NodeId>,
        /// Exceptions opened.
        #[serde(default)]
        pub exceptions: Vec<Raised>,
    }

    /// Terms of an order beside its lines.
    pub struct PlacedTerms {
        /// Segment of the customer; empty = none.
        pub segment: String,
        /// Where the customer picks up, or none.
        pub pickup: NodeId,
        /// Who buys; empty = nobody that is told.
        #[serde(default)]
        pub customer: String,
        /// What the order waits for from the start.
        #[serde(default)]
        pub held: Option<OrderHoldKind>,
        /// The order that this one replaces.
        #[serde(default)]
        pub replaces: Option<OrderId>,
        /// The return by which the replaced goods come back.
        #[serde(default)]
        pub rma: Option<DocKey>,
        /// When it may leave at the earliest, where that was asked for.
        #[serde(default)]
        pub ship_from: Option<Instant>,
        /// The order that it calls off a part of.
        #[serde(default)]
        pub calls_off: Option<OrderId>,
        /// Units of that order's lines: struck there, ordered here.
        #[serde(default)]
        pub called: Vec<LineQty>,
        /// Lots that lines asked for by name.
        #[serde(default)]
        pub lots: Vec<NamedLot>,
        /// The currency that it is sold in, where that is another than the book's.
        #[serde(default)]
        pub sold_in: Option<SoldIn>,
    }

    /// A table of outside knowledge, whole.
    pub struct CostTableSet {
        /// Which table.
        pub table: CostTable,
        /// Its cells by SKU and node.
        pub goods: Vec<GoodsCost>,
        /// Its cells by order or segment and node.
        pub shipments: Vec<ShipmentCost>,
    }

    /// What a base unit costs besides.
    pub struct GoodsCost {
        /// The SKU.
        pub sku: SkuId,
        /// The node.
        pub node: NodeId,
        /// The cost.
        pub cost: Money,
    }

    /// What a shipment costs besides.
    pub struct ShipmentCost {
        /// Number of the order, or the segment.
        pub of: String,
        /// The node.
        pub node: NodeId,
        /// The cost.
        pub cost: Money,
    }

    /// A node rejected what was planned from it: that is given back and planned anew, without the node. What
    /// is planned from others stays.
    pub struct AllocationRejected {
        /// The order.
        pub order: OrderId,
        /// The node.
        pub node: NodeId,
        /// Why.
        pub reason: ReasonId,
        /// What is given back, by line.
        pub lines: Vec<LineQty>,
        /// SKUs that the node gives this order no more; empty = none at all.
        pub skus: Vec<SkuId>,
        /// Where it comes from now.
        pub plan: Plan,
        /// Exceptions opened.
        pub exceptions: Vec<Opened>,
    }
}
