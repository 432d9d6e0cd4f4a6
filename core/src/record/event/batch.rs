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
        /// Nodes that work on the order, the furthest first: what they have of it and is still wanted stays
        /// as it is, beside the plan.
        #[serde(default)]
        pub stays: Vec<NodeId>,
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
        /// How they were solved; none = they were said, and no forecast holds any more.
        #[serde(default)]
        pub solved: Option<BidsSolved>,
    }

    /// How bid prices were solved.
    pub struct BidsSolved {
        /// What the orders to come cost at least; none = nothing is proved.
        pub bound: Option<Money>,
        /// When they are solved next; none = no more.
        pub next_at: Option<Instant>,
        /// The forecast that holds from here on; none = as before.
        pub forecast: Option<Box<DemandForecast>>,
    }

    /// Orders to come, and when bid prices are solved from them.
    pub struct DemandForecast {
        /// Kinds of orders.
        pub orders: Vec<ForecastOrder>,
        /// Since when it holds.
        pub from: Instant,
        /// By when all have come; none = as many are always to come.
        pub until: Option<Instant>,
        /// Minutes between two dates.
        pub every_minutes: u32,
        /// Steps of a search; 0 = by the number of kinds.
        pub steps_max: u64,
        /// The most that a unit could save, where no orders are foreseen.
        #[serde(default)]
        pub worth: Money,
        /// Units that were free then, of which prices tell how many are used.
        #[serde(default)]
        pub levels: Vec<FreeLevel>,
    }

    /// Units that were free.
    pub struct FreeLevel {
        /// The SKU.
        pub sku: SkuId,
        /// The node.
        pub node: NodeId,
        /// Units.
        pub qty: i64,
    }

    /// Orders of one kind that are to come.
    pub struct ForecastOrder {
        /// How many.
        pub times: i64,
        /// The channel.
        pub channel: ChannelId,
        /// Where they go.
        pub to: Point,
        /// Segment of the customer; empty = none.
        pub segment: String,
        /// What each asks for.
        pub lines: Vec<PlacedLine>,
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
