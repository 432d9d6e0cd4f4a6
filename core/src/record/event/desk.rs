//! Facts about work on documents: captured, held, released, picked, packed, delivered; counted; authorised
//! returns; requests; suppliers' words.

use super::{LineQty, TakenBack};
use crate::allocation::Decision;
use crate::exception::Raised;
use crate::record::words::*;
use crate::stock::Place;
use crate::value::ids::*;
use crate::value::money::Money;
use crate::value::time::Instant;
use serde::{Deserialize, Serialize};

facts! {
    /// An order that came in from a customer. The event after it is the order.
    pub struct OrderCaptured {
        /// Its number.
        pub order: DocKey,
        /// Who buys.
        pub customer: String,
        /// Where it goes, as the customer wrote it.
        pub address: Vec<String>,
        /// What tells it from other orders: a digest of who buys what for where.
        pub print: u64,
    }

    /// An order that came in and cannot be taken as it is.
    pub struct OrderParked {
        /// Its number.
        pub order: DocKey,
        /// What is wrong with it, all of it.
        pub faults: Vec<String>,
        /// The order as it was said: JSON.
        pub text: String,
        /// The exception opened for it.
        pub exceptions: Vec<Raised>,
    }

    /// An order that waits for a person: nothing of it is released or shipped.
    pub struct OrderHeld {
        /// The order.
        pub order: OrderId,
        /// Why.
        pub hold: OrderHoldKind,
        /// In words.
        pub note: String,
    }

    /// An order that need not wait for that any more.
    pub struct OrderReleased {
        /// The order.
        pub order: OrderId,
        /// What it waited for.
        pub hold: OrderHoldKind,
    }

    /// Orders that a node shall work on now.
    pub struct WaveReleased {
        /// Number of the wave.
        pub wave: DocKey,
        /// The node.
        pub node: NodeId,
        /// The orders, in the order of work.
        pub orders: Vec<OrderId>,
    }

    /// What a picker found.
    pub struct PickRecorded {
        /// The order.
        pub order: OrderId,
        /// The node.
        pub node: NodeId,
        /// What was picked.
        pub picked: Vec<LineQty>,
        /// What was not there: its reservation is void, the line waits.
        pub short: Vec<LineQty>,
        /// Exceptions opened.
        pub exceptions: Vec<Raised>,
        /// What was picked otherwise than planned, beside the rest.
        #[serde(default)]
        pub instead: Vec<PickedOther>,
        /// What the order waits for from now on.
        #[serde(default)]
        pub held: Option<OrderHoldKind>,
    }

    /// What was picked for a line otherwise than planned.
    pub struct PickedOther {
        /// The order's line, from 1.
        pub line: u32,
        /// Units.
        pub qty: i64,
        /// What was picked: where it is not the line's SKU, the line is of this one from now on.
        pub sku: SkuId,
        /// The line's price of one base unit from now on.
        pub price: Money,
        /// The lot that leaves; empty = any.
        pub lot: String,
        /// The new line that these units are of from now on, which stands for a part of that one; 0 = that
        /// one itself.
        #[serde(default)]
        pub as_line: u32,
    }

    /// What was packed.
    pub struct OrderPacked {
        /// The order.
        pub order: OrderId,
        /// The node.
        pub node: NodeId,
        /// The cartons.
        pub cartons: Vec<PackedCarton>,
        /// Exceptions opened.
        pub exceptions: Vec<Raised>,
    }

    /// A carton.
    pub struct PackedCarton {
        /// Its number.
        pub carton: String,
        /// What it weighs, in grams.
        pub weight_g: i64,
        /// What is in it.
        pub lines: Vec<LineQty>,
    }

    /// How a shipment is found again.
    pub struct ShipmentTracked {
        /// The order.
        pub order: OrderId,
        /// The node.
        pub node: NodeId,
        /// The carrier's number.
        pub tracking: String,
    }

    /// What became of a shipment.
    pub struct OrderDelivered {
        /// The order.
        pub order: OrderId,
        /// The node that shipped.
        pub node: NodeId,
        /// Whether it arrived.
        pub delivered: bool,
        /// In words.
        pub note: String,
        /// Exceptions opened.
        pub exceptions: Vec<Raised>,
    }

    /// A customer was told something.
    pub struct CustomerNotified {
        /// The order.
        pub order: OrderId,
        /// What kind of message.
        pub message: String,
        /// Its text.
        pub text: String,
    }

    /// Stages that a channel's orders must go through.
    pub struct WorkflowSet {
        /// The channel.
        pub channel: ChannelId,
        /// What must be done before goods leave.
        pub stages: Vec<Stage>,
    }

    /// A return that may come.
    pub struct ReturnAuthorized {
        /// Its number.
        pub rma: DocKey,
        /// The order.
        pub order: OrderId,
        /// Where it shall come in.
        pub node: NodeId,
        /// Why it comes.
        pub reason: ReasonId,
        /// What may come.
        pub lines: Vec<LineQty>,
        /// Why it shall come in there, if the book chose the node.
        #[serde(default)]
        pub decision: Option<Box<Decision>>,
    }

    /// Goods of a return that arrived; they are not stock before they are graded.
    pub struct ReturnCheckedIn {
        /// Its number.
        pub rma: DocKey,
        /// The order.
        pub order: OrderId,
        /// Where they arrived.
        pub node: NodeId,
        /// What arrived, by the order's lines.
        pub lines: Vec<LineQty>,
        /// Exceptions opened.
        pub exceptions: Vec<Raised>,
    }

    /// A return that will not come.
    pub struct ReturnCancelled {
        /// Its number.
        pub rma: DocKey,
        /// Why.
        pub reason: ReasonId,
        /// Exceptions opened.
        #[serde(default)]
        pub exceptions: Vec<Raised>,
    }

    /// A transfer or purchase that somebody asks for.
    pub struct GoodsRequested {
        /// Its number.
        pub document: DocKey,
        /// Transfer or purchase.
        pub kind: RequestKind,
        /// The sending node of a transfer.
        pub from: NodeId,
        /// The supplier of a purchase.
        pub supplier: SupplierId,
        /// Where the goods are wanted.
        pub to: NodeId,
        /// What is wanted.
        pub lines: Vec<WantedLine>,
    }

    /// A line of a request.
    pub struct WantedLine {
        /// The SKU.
        pub sku: SkuId,
        /// Units.
        pub qty: i64,
    }

    /// A request that was decided on.
    pub struct RequestDecided {
        /// Its number.
        pub document: DocKey,
        /// Transfer or purchase.
        pub kind: RequestKind,
        /// Exceptions opened: what an order waits for is not brought to it.
        #[serde(default)]
        pub exceptions: Vec<Raised>,
        /// What was reserved for orders, to be brought to where they ship from, and waits now.
        #[serde(default)]
        pub taken: Vec<TakenBack>,
    }

    /// What a supplier said to an order.
    pub struct PurchaseOrderConfirmed {
        /// The purchase order.
        pub purchase_order: PurchaseId,
        /// When the goods come.
        pub expected_at: Instant,
        /// Exceptions opened.
        pub exceptions: Vec<Raised>,
    }

    /// A shipment that a supplier announced (ASN).
    pub struct ShipmentAnnounced {
        /// Its number.
        pub asn: DocKey,
        /// The purchase order.
        pub purchase_order: PurchaseId,
        /// When it arrives.
        pub arrives_at: Instant,
        /// What comes, by the purchase order's lines.
        pub lines: Vec<LineQty>,
    }

    /// A count that shall be done.
    pub struct CountPlanned {
        /// Its number.
        pub count: DocKey,
        /// The node.
        pub node: NodeId,
        /// What is counted.
        pub skus: Vec<SkuId>,
    }

    /// What was counted.
    pub struct CountRecorded {
        /// The count.
        pub count: DocKey,
        /// Lines, with what the book had at that moment.
        pub lines: Vec<CountedLine>,
        /// Where the count stands now.
        pub stage: CountStage,
        /// Value of all differences, each as a positive amount.
        pub variance: crate::value::money::Money,
        /// Exceptions opened.
        pub exceptions: Vec<Raised>,
    }

    /// A line that was counted.
    pub struct CountedLine {
        /// The SKU.
        pub sku: SkuId,
        /// Units that the book had.
        pub expected: i64,
        /// Units found.
        pub counted: i64,
        /// Where.
        #[serde(default)]
        pub place: Place,
    }

    /// A count whose differences may be posted.
    pub struct CountApproved {
        /// The count.
        pub count: DocKey,
        /// What the approver saw.
        pub evidence: String,
    }

    /// Differences of a count in the books.
    pub struct CountPosted {
        /// The count.
        pub count: DocKey,
        /// What is posted; the event after it corrects the stock.
        pub lines: Vec<PostedLine>,
        /// Whether all of it is posted: what is reserved cannot leave, and waits.
        pub complete: bool,
        /// Exceptions opened.
        pub exceptions: Vec<Raised>,
    }

    /// A difference of a count in the books.
    pub struct PostedLine {
        /// The SKU.
        pub sku: SkuId,
        /// Units more or less.
        pub qty: i64,
        /// Where.
        #[serde(default)]
        pub place: Place,
    }

    /// A count that will not be finished.
    pub struct CountCancelled {
        /// The count.
        pub count: DocKey,
    }
}
