//! What is recorded of orders that were planned jointly.

use super::{LineQty, OrderedKit, Plan, TakenBack};
use crate::allocation::PlacedLine;
use crate::allocation::batch::Fairness;
use crate::exception::Opened;
use crate::record::words::OrderHoldKind;
use crate::value::geo::Point;
use crate::value::ids::*;
use crate::value::money::Money;
use crate::value::time::Instant;
use crate::value::wire::words;
use serde::{Deserialize, Serialize};

facts! {
    /// An order planned anew: all that was reserved is given back, then reserved by the new plan.
    pub struct OrderReallocated {
        /// The order.
        pub order: OrderId,
        /// Why.
        pub reason: ReasonId,
        /// The new plan of what is not shipped.
        pub plan: Plan,
        /// Exceptions opened.
        pub exceptions: Vec<Opened>,
        /// Units more or less of lines, since the customer wants another quantity.
        #[serde(default)]
        pub amended: Vec<LineQty>,
        /// What the order waits for now, since it is worth more.
        #[serde(default)]
        pub held: Option<OrderHoldKind>,
        /// What else the customer wants otherwise.
        #[serde(default)]
        pub change: Option<Box<OrderChange>>,
    }

    /// What a customer wants otherwise than it was ordered, beside other quantities.
    #[derive(Default)]
    pub struct OrderChange {
        /// Lines behind the order's others.
        pub lines: Vec<PlacedLine>,
        /// Those of them that are kits.
        pub kits: Vec<OrderedKit>,
        /// Their prices in the order's own currency, if it has one.
        pub prices: Vec<Money>,
        /// Where it goes.
        pub to: Option<Point>,
        /// By when it is promised.
        pub deliver_by: Option<Instant>,
    }

    /// Orders planned anew, jointly. Each plan replaces all that its order had reserved or waiting, after a
    /// disruption what that undid.
    pub struct BatchAllocated {
        /// Why.
        pub reason: ReasonId,
        /// Who went first where there was not enough for all.
        pub fairness: Fairness,
        /// How many orders were weighed.
        pub orders: u32,
        /// The orders whose plan changes.
        pub plans: Vec<OrderReallocated>,
        /// What all orders cost by the policy, tier by tier.
        pub cost: [i64; 4],
        /// How far that may lie above the cheapest joint plan, in millionths of the bound, all tiers weighed
        /// as one number; -1 = nothing is proved.
        pub gap_ppm: i64,
        /// Steps of improvement used.
        pub steps: u64,
        /// What orders cost more than they would with everything to themselves, tier by tier.
        pub losses: Vec<BatchLoss>,
        /// What undid plans, if that is why.
        #[serde(default)]
        pub disrupted: Option<Box<Disrupted>>,
        /// No joint plan costs less, tier by tier: the first tier counts, the next between equals. Empty =
        /// nothing is proved.
        #[serde(default)]
        pub bound: Vec<i64>,
        /// Orders that a disruption does not touch, and that make way so that others keep their promise.
        #[serde(default)]
        pub aside: Vec<OrderId>,
    }

    /// A disruption, and all that it undid.
    pub struct Disrupted {
        /// What happened.
        pub kind: DisruptionKind,
        /// The node, or none.
        pub node: NodeId,
        /// The carrier service, or none.
        pub service: ServiceId,
        /// The SKU, or none.
        pub sku: SkuId,
        /// Units that are missing.
        pub missing: i64,
        /// Reservations given back.
        pub taken: Vec<TakenBack>,
        /// Exceptions opened besides those of the orders.
        pub exceptions: Vec<Opened>,
    }

    /// What an order lost to the others of its batch.
    pub struct BatchLoss {
        /// The order.
        pub order: OrderId,
        /// Tier by tier.
        pub cost: [i64; 4],
    }

    /// What a further unit of each SKU is worth where it lies. Replaces all bid prices.
    pub struct BidPricesSet {
        /// Prices, ascending by SKU, then node; where there is none, a unit is worth nothing more.
        pub prices: Vec<BidPriceRow>,
    }

    /// A bid price.
    #[derive(Copy, PartialOrd, Ord)]
    pub struct BidPriceRow {
        /// The SKU.
        pub sku: SkuId,
        /// The node.
        pub node: NodeId,
        /// Worth of a base unit.
        pub price: Money,
    }
}

words! {
    /// What may undo plans.
    pub enum DisruptionKind {
        /// A node is down: it is closed, and gives nothing of what was planned from it.
        NodeDown,
        /// A carrier service is down: it goes nowhere until it is defined again.
        ServiceDown,
        /// Units of a SKU are not where they should be: as few orders as possible do without them.
        ShortPick,
        /// A node rejects orders.
        NodeRejected,
    }
}
