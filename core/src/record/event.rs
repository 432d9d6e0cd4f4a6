//! What is recorded: one event a command, with everything resolved, so that later code never alters history.

/// Structs of recorded facts.
macro_rules! facts {
    ($($item:item)*) => {$(
        #[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        $item
    )*};
}

mod batch;
mod costs;
mod desk;
mod exception;
mod governance;
mod hold;
mod promise;
mod purchase;
mod rollout;
mod selling;
mod subscription;
mod transfer;

pub use batch::*;
pub use costs::*;
pub use desk::*;
pub use exception::*;
pub use governance::*;
pub use hold::*;
pub use promise::*;
pub use purchase::*;
pub use rollout::*;
pub use selling::*;
pub use subscription::*;
pub use transfer::*;

use super::words::{Commitment, Disposition};
use crate::allocation::{Decision, PlacedLine};
use crate::catalog::*;
use crate::costing::DefineLedger;
use crate::exception::{Opened, SetExceptionRule};
use crate::policy::{
    DefineFeed, DefineParameter, DefineRole, GrantRoles, Policy, SetApprovalRule, SetParameter, SetRollout,
    SetSourceOfRecord, SetTimingRule,
};
use crate::posting::{Posting, SetPostingRules};
use crate::stock::{Place, Taken};
use crate::value::geo::Point;
use crate::value::ids::*;
use crate::value::money::Money;
use crate::value::time::Instant;
pub use catalog::*;
use serde::{Deserialize, Serialize};
use smallvec::SmallVec;
use std::sync::Arc;

/// The schema version that this release writes. Older ones are read for ever. 2: fields at the ends.
pub const SCHEMA: u16 = 2;

/// A list that lies in its event while it is no longer than `N`: events of orders are many, and come and go.
pub type Few<T, const N: usize> = SmallVec<[T; N]>;

/// A recorded fact.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Event {
    /// Its number, from 1 without gap.
    pub sequence: u64,
    /// Schema version of the body.
    pub schema: u16,
    /// When it was recorded.
    pub at: Instant,
    /// When it happened.
    pub occurred_at: Instant,
    /// The system that said it.
    pub source: Arc<str>,
    /// Who said it.
    pub actor: Arc<str>,
    /// The command id; an event that fell due carries that of the command that moved time.
    pub command: DocKey,
    /// Digest of the command's content; 0 for an event that fell due.
    pub content: u64,
    /// What happened.
    pub body: Body,
    /// What it changes of what was booked before, where it comes late.
    #[serde(default)]
    pub corrections: Option<Box<Corrections>>,
    /// The instant whose period its entries belong to: when it happened, or where that period is closed,
    /// when it was recorded. In events of schema 1 and 2 it is not there: they are posted when recorded.
    #[serde(default)]
    pub posted_at: Instant,
}

impl Event {
    /// The instant whose period its entries belong to.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// assert_eq!(book.event(8).ok_or("in the window")?.date(), at, "it was said in time");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn date(&self) -> Instant {
        // Events of the first release do not say: theirs is when they were recorded.
        if self.posted_at == Instant::default() { self.at } else { self.posted_at }
    }
}

macro_rules! bodies {
    ($($(#[$doc:meta])* $name:ident($type:ty)),* $(,)?) => {
        /// What happened. On the wire an object of one key: `{"OrderPlaced": {…}}`.
        #[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        pub enum Body {$(
            $(#[$doc])*
            $name($type),
        )*}

        impl Body {
            /// The event's name.
            /// ```
            /// assert_eq!(stockbook::Body::TimeAdvanced(stockbook::TimeAdvanced {}).name(), "TimeAdvanced");
            /// ```
            #[must_use]
            pub const fn name(&self) -> &'static str {
                match self { $(Body::$name(_) => stringify!($name),)* }
            }

            /// The names of all events.
            /// ```
            /// assert!(stockbook::Body::names().contains(&"OrderPlaced"));
            /// ```
            #[must_use]
            pub const fn names() -> &'static [&'static str] {
                &[$(stringify!($name)),*]
            }
        }
    };
}

bodies! {
    /// Currency and windows are set.
    BookConfigured(ConfigureBook),
    /// An account is defined.
    AccountDefined(DefineAccount),
    /// A reason is defined.
    ReasonDefined(DefineReason),
    /// A SKU is defined.
    SkuDefined(DefineSku),
    /// A node is defined, its calendar resolved.
    NodeDefined(NodeDefined),
    /// A channel is defined.
    ChannelDefined(DefineChannel),
    /// A carrier service is defined.
    ServiceDefined(DefineService),
    /// A supplier is defined.
    SupplierDefined(DefineSupplier),
    /// A policy holds from here on.
    PolicySet(Policy),
    /// Posting rules hold from here on.
    PostingRulesSet(SetPostingRules),
    /// An authority holds from here on.
    AuthoritySet(SetAuthority),
    /// A node opened or closed.
    NodeStatusSet(NodeStatusSet),
    /// Stock is protected.
    ProtectionSet(ProtectionSet),
    /// A reorder rule holds from here on.
    ReorderRuleSet(ReorderRuleSet),
    /// Goods arrived.
    GoodsReceived(GoodsReceived),
    /// Stock was corrected.
    StockAdjusted(StockAdjusted),
    /// Stock moved within a node.
    StockMoved(StockMoved),
    /// Stock is held.
    StockHeld(StockHeld),
    /// A hold was given back.
    HoldReleased(HoldEnded),
    /// A hold ran out.
    HoldExpired(HoldEnded),
    /// An order was placed and sourced.
    OrderPlaced(OrderPlaced),
    /// An order was planned anew.
    OrderReallocated(OrderReallocated),
    /// Open lines were struck.
    OrderCancelled(OrderCancelled),
    /// Goods left for the customer.
    OrderShipped(OrderShipped),
    /// Goods or money went back.
    ReturnReceived(ReturnReceived),
    /// Goods were ordered.
    PurchaseOrderPlaced(PurchaseOrderPlaced),
    /// A purchase order was struck.
    PurchaseOrderCancelled(PurchaseOrderCancelled),
    /// Goods left for another node.
    TransferShipped(TransferShipped),
    /// Goods arrived from another node.
    TransferReceived(TransferReceived),
    /// An exception was resolved.
    ExceptionResolved(ExceptionResolved),
    /// Time moved on.
    TimeAdvanced(TimeAdvanced),
    /// Exceptions were opened by themselves.
    ExceptionsRaised(ExceptionsRaised),
    /// An exception was given to somebody.
    ExceptionAssigned(ExceptionAssigned),
    /// An exception went up.
    ExceptionEscalated(ExceptionEscalated),
    /// An exception is open again.
    ExceptionReopened(ExceptionReopened),
    /// Exceptions closed because their cause is gone.
    ExceptionsCleared(ExceptionsCleared),
    /// How exceptions of a code are handled from here on.
    ExceptionRuleSet(SetExceptionRule),
    /// A parameter is defined.
    ParameterDefined(DefineParameter),
    /// A parameter has a value in a scope.
    ParameterSet(SetParameter),
    /// A role is defined.
    RoleDefined(DefineRole),
    /// An actor has roles.
    RolesGranted(GrantRoles),
    /// Above a limit a command waits from here on.
    ApprovalRuleSet(SetApprovalRule),
    /// Systems of record are named.
    SourceOfRecordSet(SetSourceOfRecord),
    /// How late an event may be told from here on.
    TimingRuleSet(SetTimingRule),
    /// A command waits for approval.
    ApprovalRequested(ApprovalRequested),
    /// A command was approved.
    ApprovalGranted(ApprovalGranted),
    /// A command was not approved.
    ApprovalRejected(ApprovalRejected),
    /// Nobody decided on a command in time.
    ApprovalExpired(ApprovalExpired),
    /// An order came in from a customer.
    OrderCaptured(OrderCaptured),
    /// An order cannot be taken as it is.
    OrderParked(OrderParked),
    /// An order waits for a person.
    OrderHeld(OrderHeld),
    /// An order may go on.
    OrderReleased(OrderReleased),
    /// A channel's orders go through stages from here on.
    WorkflowSet(WorkflowSet),
    /// Orders were given to a node.
    WaveReleased(WaveReleased),
    /// A picker found, or did not.
    PickRecorded(PickRecorded),
    /// Goods were packed.
    OrderPacked(OrderPacked),
    /// A shipment can be found again.
    ShipmentTracked(ShipmentTracked),
    /// A shipment arrived, or did not.
    OrderDelivered(OrderDelivered),
    /// A customer was told something.
    CustomerNotified(CustomerNotified),
    /// A return may come.
    ReturnAuthorized(ReturnAuthorized),
    /// Goods of a return arrived.
    ReturnCheckedIn(ReturnCheckedIn),
    /// A return does not come.
    ReturnCancelled(ReturnCancelled),
    /// Somebody asks for goods.
    GoodsRequested(GoodsRequested),
    /// A request was agreed to.
    RequestApproved(RequestDecided),
    /// A request is off.
    RequestCancelled(RequestDecided),
    /// A supplier confirmed an order.
    PurchaseOrderConfirmed(PurchaseOrderConfirmed),
    /// A supplier announced a shipment.
    ShipmentAnnounced(ShipmentAnnounced),
    /// A count shall be done.
    CountPlanned(CountPlanned),
    /// Stock was counted.
    CountRecorded(CountRecorded),
    /// Differences may be posted.
    CountApproved(CountApproved),
    /// Differences are posted.
    CountPosted(CountPosted),
    /// A count is off.
    CountCancelled(CountCancelled),
    /// A process is rolled out so far.
    RolloutSet(SetRollout),
    /// The older system decided.
    LegacyPlanReported(LegacyPlanReported),
    /// A feed is defined.
    FeedDefined(DefineFeed),
    /// A message was taken.
    MessageTaken(MessageTaken),
    /// A message waits for its forerunner.
    MessageParked(MessageParked),
    /// A message came again.
    MessageRepeated(MessageRepeated),
    /// A message's command was refused.
    MessageRefused(MessageRefused),
    /// A feed missed its time.
    FeedFellSilent(FeedFellSilent),
    /// A SKU is described.
    SkuDescribed(DescribeSku),
    /// Many SKUs are defined.
    SkusDefined(DefineSkus),
    /// A kit is defined.
    KitDefined(KitDefined),
    /// A company is defined.
    CompanyDefined(DefineCompany),
    /// A node is described.
    NodeDescribed(NodeDescribed),
    /// A channel is described.
    ChannelDescribed(DescribeChannel),
    /// A channel lists a SKU under an id of its own.
    ListingSet(SetListing),
    /// It is said how far stock may go below zero.
    NegativeStockSet(SetNegativeStock),
    /// A change of master data waits for its time.
    ChangeScheduled(ChangeScheduled),
    /// A change was taken back.
    ChangeWithdrawn(ChangeWithdrawn),
    /// A change took effect.
    ChangeTookEffect(ChangeTookEffect),
    /// A change did not fit when its time came.
    ChangeLapsed(ChangeLapsed),
    /// A SKU's stock is divided among channels.
    ProtectionPlanSet(ProtectionPlanSet),
    /// A pool's minimum is no longer kept.
    ProtectionReleased(ProtectionReleased),
    /// Supply was announced.
    SupplyExpected(SupplyExpected),
    /// A transfer has a date.
    TransferExpected(TransferExpected),
    /// How late a supplier's deliveries are.
    SupplyLatenessSet(SupplyLatenessSet),
    /// Backorders of a SKU are capped.
    PreorderSet(PreorderSet),
    /// Orders were planned jointly.
    BatchAllocated(BatchAllocated),
    /// What further units are worth.
    BidPricesSet(BidPricesSet),
    /// A valuation holds from here on.
    ValuationSet(ValuationSet),
    /// A supplier's invoice was matched.
    SupplierInvoiceReceived(SupplierInvoiceReceived),
    /// Landed cost was shared out.
    LandedCostAllocated(LandedCostAllocated),
    /// Goods went back to their vendor.
    VendorReturnShipped(VendorReturnShipped),
    /// Stock was valued anew.
    StockRevalued(StockRevalued),
    /// Stock was written down or up again.
    StockWrittenDown(StockWrittenDown),
    /// A period was set.
    PeriodSet(PeriodSet),
    /// How a channel's sales are recognised was set.
    SellingSet(SellingSet),
    /// A customer was invoiced.
    OrderInvoiced(OrderInvoiced),
    /// A customer was credited without goods.
    OrderCredited(OrderCredited),
    /// A payment was recorded.
    PaymentRecorded(PaymentRecorded),
    /// A right of return ended.
    ReturnsReleased(ReturnsReleased),
    /// A supplier shipped to the customer.
    OrderDropShipped(OrderDropShipped),
    /// Consigned goods became our own.
    ConsignedGoodsUsed(ConsignedGoodsUsed),
    /// A hold runs out at another time.
    HoldExtended(HoldExtended),
    /// A hold was confirmed.
    HoldConfirmed(HoldConfirmed),
    /// What a hold has was moved and pinned.
    HoldMoved(HoldMoved),
    /// A part of a hold became a hold of its own.
    HoldSplit(HoldSplit),
    /// Holds were merged.
    HoldsMerged(HoldsMerged),
    /// A part of a hold was given back.
    HoldReduced(HoldReduced),
    /// What a channel does not show.
    PublishBufferSet(PublishBufferSet),
    /// Stock was dealt anew.
    StockRedealt(StockRedealt),
    /// A ledger beside the book's own is defined.
    LedgerDefined(DefineLedger),
    /// Kits were put together or taken apart.
    KitAssembled(KitAssembled),
    /// Price variances were shared between stock and cost of goods sold.
    VarianceShared(VarianceShared),
    /// A lot expires at a time.
    LotExpirySet(crate::stock::SetLotExpiry),
    /// A table of outside knowledge holds from here on.
    CostTableSet(CostTableSet),
    /// A node rejected what was planned from it, and it was planned anew.
    AllocationRejected(AllocationRejected),
    /// A subscription is as said from here on.
    SubscriptionSet(SubscriptionSet),
    /// An order of a subscription is due.
    SubscriptionOrdered(SubscriptionOrdered),
    /// Stock became free, and who waited for it has it.
    BackordersFilled(BackordersFilled),
    /// A purchase order was agreed anew.
    PurchaseOrderChanged(PurchaseOrderChanged),
}

mod catalog;
mod sourcing;

pub use sourcing::*;

facts! {
    /// A node as defined, with its cut-offs as instants.
    pub struct NodeDefined {
        /// As it was said.
        pub node: DefineNode,
        /// Cut-offs of its working days, resolved from its calendar; empty without one.
        pub cut_offs: Vec<Instant>,
    }

    /// A node opened or closed.
    pub struct NodeStatusSet {
        /// The node.
        pub node: NodeId,
        /// Its status.
        pub status: NodeStatus,
        /// Why.
        pub reason: ReasonId,
        /// Exceptions opened.
        pub exceptions: Vec<Opened>,
    }

    /// Stock is protected for a channel.
    pub struct ProtectionSet {
        /// The SKU.
        pub sku: SkuId,
        /// The node.
        pub node: NodeId,
        /// The channel.
        pub channel: ChannelId,
        /// Units.
        pub qty: i64,
    }

    /// A reorder rule.
    pub struct ReorderRuleSet {
        /// The SKU.
        pub sku: SkuId,
        /// The node.
        pub node: NodeId,
        /// The supplier.
        pub supplier: SupplierId,
        /// Cost of a base unit.
        pub unit_cost: Money,
        /// Reorder point.
        pub reorder_point: i64,
        /// Order-up-to level.
        pub order_up_to: i64,
        /// Expedite trigger.
        pub expedite_below: i64,
    }

    /// Goods that arrived.
    pub struct GoodsReceived {
        /// Number of the receipt.
        pub receipt: DocKey,
        /// The node.
        pub node: NodeId,
        /// The supplier, or none for an opening balance.
        pub supplier: SupplierId,
        /// The purchase order, or none.
        pub purchase_order: PurchaseId,
        /// What arrived.
        pub lines: Vec<ReceivedLine>,
        /// Backorders filled, by priority then age.
        pub fills: Vec<Fill>,
        /// Parcels planned for them.
        pub parcels: Vec<Parcel>,
        /// Journal.
        pub postings: Vec<Posting>,
        /// Exceptions opened.
        pub exceptions: Vec<Opened>,
    }

    /// A line that arrived.
    pub struct ReceivedLine {
        /// The SKU.
        pub sku: SkuId,
        /// Units.
        pub qty: i64,
        /// Value taken into stock.
        pub value: Money,
        /// Units taken off the purchase order's line.
        pub on_order: i64,
        /// The purchase order's line, from 1; 0 = none.
        pub purchase_line: u32,
        /// Where they lie.
        pub place: Place,
        /// What of the value does not stay: units that left before they came, or what differs from standard.
        #[serde(default)]
        pub passed: Money,
        /// Units that were invoiced before they came.
        #[serde(default)]
        pub prebilled: i64,
        /// What they were invoiced at.
        #[serde(default)]
        pub prebilled_value: Money,
        /// The rate of the currency that it was bought in; 0 = the book's own.
        #[serde(default)]
        pub rate: Money,
        /// When its lot expires, where that was new.
        #[serde(default)]
        pub expires_at: Option<Instant>,
    }

    /// A backorder filled.
    pub struct Fill {
        /// The order.
        pub order: OrderId,
        /// The order's line, from 1.
        pub line: u32,
        /// Index of the parcel in the event's `parcels`.
        pub parcel: u32,
        /// Units.
        pub qty: i64,
    }

    /// Stock that was corrected.
    pub struct StockAdjusted {
        /// Number of the adjustment.
        pub adjustment: DocKey,
        /// The node.
        pub node: NodeId,
        /// The reason.
        pub reason: ReasonId,
        /// What was corrected.
        pub lines: Vec<AdjustedLine>,
        /// Journal.
        pub postings: Vec<Posting>,
        /// Exceptions opened.
        #[serde(default)]
        pub exceptions: Vec<Opened>,
    }

    /// A correction.
    pub struct AdjustedLine {
        /// The SKU.
        pub sku: SkuId,
        /// Units more or less.
        pub qty: i64,
        /// Value more or less that stays.
        pub value: Money,
        /// Where.
        pub place: Place,
        /// What of a gain's value did not stay.
        #[serde(default)]
        pub passed: Money,
        /// Whether the value was declared, not found.
        #[serde(default)]
        pub declared: bool,
    }

    /// Stock that moved within a node.
    pub struct StockMoved {
        /// Number of the movement.
        pub movement: DocKey,
        /// The node.
        pub node: NodeId,
        /// The SKU.
        pub sku: SkuId,
        /// Units.
        pub qty: i64,
        /// From where.
        pub from: Place,
        /// To where.
        pub to: Place,
    }

    /// A hold that ended.
    pub struct HoldEnded {
        /// The hold.
        pub hold: HoldId,
    }

    /// An order placed and sourced.
    pub struct OrderPlaced {
        /// Number of the order.
        pub order: DocKey,
        /// The channel.
        pub channel: ChannelId,
        /// Where it goes.
        pub to: Point,
        /// Promised delivery.
        pub deliver_by: Instant,
        /// Who goes first: 0 is the most important.
        pub priority: u8,
        /// Who accepted it.
        pub commitment: Commitment,
        /// The hold that it replaces, or none.
        pub hold: HoldId,
        /// What is ordered.
        pub lines: Few<PlacedLine, 4>,
        /// Where it comes from.
        pub plan: Plan,
        /// Exceptions opened.
        pub exceptions: Vec<Opened>,
        /// Its virtual kits.
        #[serde(default)]
        pub kits: Vec<OrderedKit>,
        /// Its terms, if it has any.
        #[serde(default)]
        pub terms: Option<Box<PlacedTerms>>,
        /// What was ordered where a line gives a substitute.
        #[serde(default)]
        pub substituted: Vec<Substituted>,
    }

    /// Where an order's lines come from.
    #[derive(Default)]
    pub struct Plan {
        /// Parcels, one a node.
        pub parcels: Few<Parcel, 2>,
        /// What each parcel takes, by line.
        pub parts: Few<PlanPart, 4>,
        /// What waits, by line.
        pub backordered: Few<LineQty, 2>,
        /// What is struck for want of stock, by line.
        pub cancelled: Few<LineQty, 1>,
        /// Why it is so.
        pub decision: Decision,
        /// The supply that what waits will come from, as far as enough is known to come; told at detail
        /// `brief` and `full`.
        #[serde(default)]
        pub awaited: Vec<Awaited>,
        /// What another node brings first, to where it ships from.
        #[serde(default)]
        pub brought: Vec<Brought>,
    }

    /// A planned parcel: what one node sends for one order.
    pub struct Parcel {
        /// The node.
        pub node: NodeId,
        /// The carrier service.
        pub service: ServiceId,
        /// When it leaves.
        pub ship_at: Instant,
        /// When it arrives.
        pub arrive_at: Instant,
        /// Distance in millimetres.
        pub distance_mm: i64,
        /// Carrier's charge.
        pub freight: Money,
        /// Cost of handling.
        pub handling: Money,
    }

    /// Goods that left for the customer.
    pub struct OrderShipped {
        /// The order.
        pub order: OrderId,
        /// The node.
        pub node: NodeId,
        /// What left.
        pub lines: Vec<ShippedLine>,
        /// Carrier's charge, posted with the parcel's first shipment.
        pub freight: Money,
        /// Cost of handling, posted with the parcel's first shipment.
        pub handling: Money,
        /// When the parcel arrives, by its plan.
        pub arrive_at: Instant,
        /// Journal.
        pub postings: Vec<Posting>,
        /// The amounts in the order's currency, where that is another than the book's.
        #[serde(default)]
        pub foreign: Option<Box<ForeignAmounts>>,
    }

    /// A line that left.
    pub struct ShippedLine {
        /// The order's line, from 1.
        pub line: u32,
        /// The SKU.
        pub sku: SkuId,
        /// Units.
        pub qty: i64,
        /// Value taken from stock.
        pub cost: Money,
        /// What the customer owes.
        pub revenue: Money,
        /// From which places.
        pub taken: Vec<Taken>,
        /// Cost by lot, where it is kept so.
        #[serde(default)]
        pub lots: Vec<LotCost>,
        /// Whether revenue and cost wait for the invoice.
        #[serde(default)]
        pub unbilled: bool,
        /// Refund that is expected.
        #[serde(default)]
        pub liability: Money,
        /// Cost of goods that are expected back.
        #[serde(default)]
        pub asset: Money,
    }

    /// Goods or money that went back.
    pub struct ReturnReceived {
        /// Number of the return.
        pub rma: DocKey,
        /// The order.
        pub order: OrderId,
        /// Where goods came in.
        pub node: NodeId,
        /// What came back.
        pub lines: Vec<ReturnedLine>,
        /// Journal.
        pub postings: Vec<Posting>,
        /// The amounts in the order's currency, where that is another than the book's.
        #[serde(default)]
        pub foreign: Option<Box<ForeignAmounts>>,
    }

    /// A line that came back.
    pub struct ReturnedLine {
        /// The order's line, from 1.
        pub line: u32,
        /// The SKU.
        pub sku: SkuId,
        /// Units.
        pub qty: i64,
        /// What became of them.
        pub disposition: Disposition,
        /// Their original issue cost.
        pub cost: Money,
        /// What the customer got back.
        pub refund: Money,
        /// What of the cost did not stay in stock.
        #[serde(default)]
        pub passed: Money,
        /// What of the refund had been expected.
        #[serde(default)]
        pub liability: Money,
        /// What of the cost had been expected back.
        #[serde(default)]
        pub asset: Money,
        /// Units that had not been invoiced.
        #[serde(default)]
        pub unbilled: i64,
        /// Cost that waited as shipped, not invoiced, of them and of those credited.
        #[serde(default)]
        pub recognised: Money,
        /// Lots, with their cost where it is kept so.
        #[serde(default)]
        pub lots: Vec<LotCost>,
        /// What the vendor credits for the units, where that was said.
        #[serde(default)]
        pub credit: Option<Money>,
        /// The line of the drop shipment that they came with and go back, counted from 1 over all receipts;
        /// 0 = none.
        #[serde(default)]
        pub came: u32,
        /// What the vendor is no longer owed for them, where he had not billed them.
        #[serde(default)]
        pub unowed: Option<Money>,
        /// Units whose sale a credit note had taken back: their cost is among that recognised.
        #[serde(default)]
        pub credited: i64,
    }

    /// Time moved on.
    pub struct TimeAdvanced {}
}
