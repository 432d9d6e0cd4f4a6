//! What can be asked of a book, and how it answers. Asking changes nothing.

mod exception;
mod governance;
mod rollout;
mod workflow;

pub use exception::*;
pub use governance::*;
pub use rollout::*;
pub use workflow::*;
/// Structs of answers.
macro_rules! answers {
    ($($item:item)*) => {$(
        #[derive(Clone, Debug, PartialEq, Eq, Serialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        $item
    )*};
}

mod promise;
pub use promise::*;

use super::as_of::{AsOfQuery, AsOfView};
use super::reconcile::{ReconcileQuery, ReconcileView};
use crate::allocation::{CounterfactualQuery, Counterfactuals, Explanation, Recheck, RecheckQuery};
use crate::exception::{ExceptionStatus, Opened, SetExceptionRule, Severity};
use crate::metric::{CompareQuery, CompareView, MeasureQuery, MeasureView, Metric};
use crate::policy::{DefineParameter, Policy};
use crate::posting::PostingRule;
use crate::record::*;
use crate::replenishment::Proposal;
use crate::stock::{AtpQuery, LevelsQuery, LevelsView, Place, PublishQuery};
use crate::value::ids::*;
use crate::value::money::Money;
use crate::value::time::Instant;
use crate::value::wire::wire;
use crate::workflow::batch::AllocateBatch;
use crate::workflow::bids::{BidPricesQuery, BidPricesView};
use crate::workflow::order::PlaceOrder;
use crate::workflow::promise::{AtpView, PromiseQuery, PromiseView};
use crate::workflow::redeal::{RedealStock, RedealView};
use crate::workflow::replan::ReplanView;
use serde::{Deserialize, Serialize};

wire! {
    /// A question as it goes over the wire: `{"ask": {"stock": {"sku": "TEE"}}}`.
    pub struct Ask {
        /// The question.
        pub ask: Query,
    }

    /// What lies where.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    #[doc = include_str!("../example_order.txt")]
    /// let query = StockQuery { sku: "TEE".into(), node: Some("RENO".into()), states: true };
    /// let Answer::Stock(stock) = book.ask(&Query::Stock(query))? else { panic!() };
    /// // An order of 3 of 10 is placed.
    /// assert_eq!((stock[0].on_hand, stock[0].reserved, stock[0].available), (10, 3, 7));
    /// let states = stock[0].states.ok_or("they are asked for")?;
    /// assert_eq!((states.held, states.allocated, states.picked), (0, 3, 0));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct StockQuery {
        /// The SKU.
        pub sku: String,
        /// One node; none = all that have any.
        #[serde(default)]
        pub node: Option<String>,
        /// Whether to tell what is reserved and on the way apart: looks through all reservations.
        #[serde(default)]
        pub states: bool,
    }

    /// What a channel may sell.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// let query = Query::Available(AvailableQuery { sku: "TEE".into(), channel: "web".into() });
    /// let Answer::Available(found) = book.ask(&query)? else { panic!() };
    /// assert_eq!((found.available, found.nodes.len()), (10, 1), "all of them at RENO");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct AvailableQuery {
        /// The SKU.
        pub sku: String,
        /// The channel.
        pub channel: String,
    }

    /// A document by its number.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    #[doc = include_str!("../example_order.txt")]
    /// let query = Query::Order(DocumentQuery { document: "1001".into() });
    /// let Answer::Order(order) = book.ask(&query)? else { panic!() };
    /// assert_eq!((order.lines[0].qty, order.lines[0].shipped), (3, 0));
    /// let query = Query::Order(DocumentQuery { document: "1002".into() });
    /// assert_eq!(book.ask(&query).unwrap_err().name(), "UnknownDocument");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct DocumentQuery {
        /// Its number.
        pub document: String,
    }

    /// Who holds stock, by document.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    #[doc = include_str!("../example_order.txt")]
    /// let query = Query::Holders(HoldersQuery { sku: "TEE".into(), node: "RENO".into() });
    /// let Answer::Holders(holders) = book.ask(&query)? else { panic!() };
    /// assert_eq!((holders.len(), holders[0].qty), (1, 3), "order 1001 holds three");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct HoldersQuery {
        /// The SKU.
        pub sku: String,
        /// The node; empty = all.
        #[serde(default)]
        pub node: String,
    }

    /// How an order would be sourced now.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// let order = PlaceOrder {
    ///     order: "1001".into(), channel: "web".into(),
    ///     to: Point::from_degrees(37.8, -122.4).ok_or("on the globe")?,
    ///     lines: vec![OrderLine { sku: "TEE".into(), qty: 3, unit: None, price: None, lot: None }],
    ///     ..PlaceOrder::default()
    /// };
    /// let Answer::Quote(quote) = book.ask(&Query::Quote(QuoteQuery { order, at }))? else { panic!() };
    /// assert_eq!(quote.plan.parcels[0].freight, Money::from_cents(5_60), "ground takes 5.00 and 1.00 a kg");
    /// assert_eq!(book.order_count(), 0, "nothing was placed");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct QuoteQuery {
        /// The order.
        pub order: PlaceOrder,
        /// When it would be placed.
        pub at: Instant,
    }

    /// Nothing further to say.
    pub struct Nothing {}

    /// Recorded events, from one on.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// let query = Query::Events(EventsQuery { from: 7, most: 10 });
    /// let Answer::Events(events) = book.ask(&query)? else { panic!() };
    /// assert_eq!(events.iter().map(|event| event.sequence).collect::<Vec<_>>(), [7, 8]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct EventsQuery {
        /// The first sequence number wanted.
        pub from: u64,
        /// At most so many; 0 = 1,000.
        #[serde(default)]
        pub most: u32,
    }
}

/// Everything that can be asked of a book. On the wire an object of one key: `{"stock": {…}}`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Query {
    /// What lies where.
    Stock(StockQuery),
    /// What a channel may sell.
    Available(AvailableQuery),
    /// An order.
    Order(DocumentQuery),
    /// A purchase order.
    PurchaseOrder(DocumentQuery),
    /// A transfer.
    Transfer(DocumentQuery),
    /// Who holds stock.
    Holders(HoldersQuery),
    /// How an order would be sourced.
    Quote(QuoteQuery),
    /// Balances of all accounts.
    TrialBalance(Nothing),
    /// Open exceptions.
    Exceptions(Nothing),
    /// What should be bought or hurried.
    Proposals(Nothing),
    /// Recorded events.
    Events(EventsQuery),
    /// The policy in force.
    Policy(Nothing),
    /// The posting rules in force.
    PostingRules(Nothing),
    /// Proof that the book is sound.
    Verify(Nothing),
    /// Sequence, time and hash.
    Status(Nothing),
    /// An exception and its ways out.
    Exception(ExceptionQuery),
    /// The queues of exceptions.
    ExceptionQueues(Nothing),
    /// How exceptions of every code are handled.
    ExceptionRules(Nothing),
    /// Which value of a parameter holds somewhere, and why.
    ExplainParameter(ParameterQuery),
    /// All parameters.
    Parameters(Nothing),
    /// Commands that wait or waited for approval.
    Approvals(Nothing),
    /// Who may do what, and which system is heard.
    Roles(Nothing),
    /// The life of a kind of document.
    Workflow(WorkflowQuery),
    /// What holds an order and what its nodes did.
    Fulfilment(DocumentQuery),
    /// A count.
    Count(DocumentQuery),
    /// How exact counts found the book.
    Accuracy(AccuracyQuery),
    /// How ready the book is to go live.
    Readiness(ReadinessQuery),
    /// The feeds.
    Feeds(Nothing),
    /// The chain of digests over events.
    AuditChain(AuditQuery),
    /// Whether a decision record holds: derived anew from its own inputs.
    Recheck(RecheckQuery),
    /// What would have turned a recorded decision.
    Counterfactual(CounterfactualQuery),
    /// Master data of a SKU.
    Sku(SkuQuery),
    /// Master data of a node.
    Node(NodeQuery),
    /// Master data of a channel.
    Channel(ChannelQuery),
    /// Which SKU a channel lists under which id.
    Listing(ListingQuery),
    /// Who changed master data, when and why.
    History(HistoryQuery),
    /// Changes of master data that wait for their time.
    Changes(Nothing),
    /// How a SKU's stock is divided among channels, and what one of them may take.
    Protection(AvailableQuery),
    /// Protection levels from demand.
    ProtectionLevels(LevelsQuery),
    /// What may be promised, day by day.
    Atp(AtpQuery),
    /// When an order could arrive.
    Promise(PromiseQuery),
    /// What further units would be worth by a forecast.
    BidPrices(BidPricesQuery),
    /// A hold.
    Hold(DocumentQuery),
    /// What a channel should list now.
    Publish(PublishQuery),
    /// What a re-deal would do.
    Redeal(RedealStock),
    /// Stock as of two times.
    AsOf(AsOfQuery),
    /// How an outside statement agrees with the book.
    Reconcile(ReconcileQuery),
    /// How stock came from a period's opening to its closing.
    RollForward(PeriodQuery),
    /// Balances of a period.
    PeriodBalances(PeriodQuery),
    /// What channels earn with SKUs.
    Margin(MarginQuery),
    /// What is received and not invoiced, by age.
    GrniAgeing(Nothing),
    /// The book beside the host's general ledger.
    TieOut(TieOutQuery),
    /// What stands between a period and its close.
    CloseChecklist(CloseQuery),
    /// Pools of value of a SKU.
    Costs(StockQuery),
    /// Another ledger from the same events.
    Ledger(LedgerQuery),
    /// The group's books without what is between its companies.
    Consolidation(Nothing),
    /// The journal as text for other programs.
    Journal(JournalQuery),
    /// What metrics there are.
    Metrics(Nothing),
    /// Metrics by dimensions, over a window.
    Measure(MeasureQuery),
    /// What a change was worth.
    Compare(Box<CompareQuery>),
    /// What planning orders anew would do, after a disruption or without one.
    Replan(AllocateBatch),
    /// What is ordered again and again.
    Subscriptions(Nothing),
}
pub(crate) use answers;

mod books;
mod catalog;

pub use books::*;
pub use catalog::*;

answers! {
    /// The answer to a question.
    #[serde(rename_all = "snake_case")]
    pub enum Answer {
        /// Stock by node.
        Stock(Vec<StockView>),
        /// What the channel may sell.
        Available(AvailableView),
        /// The order.
        Order(Box<OrderView>),
        /// The purchase order.
        PurchaseOrder(PurchaseView),
        /// The transfer.
        Transfer(TransferView),
        /// Who holds the stock.
        Holders(Vec<HolderView>),
        /// The plan, and why.
        Quote(Box<QuoteView>),
        /// Balances by account.
        TrialBalance(Vec<BalanceView>),
        /// Open exceptions, oldest first.
        Exceptions(Vec<ExceptionView>),
        /// Proposals.
        Proposals(Vec<Proposal>),
        /// Events.
        Events(Vec<Event>),
        /// The policy.
        Policy(Policy),
        /// The posting rules.
        PostingRules(Vec<PostingRule>),
        /// The proof.
        Verify(Proof),
        /// Where the book stands.
        Status(StatusView),
        /// The exception.
        Exception(Box<ExceptionCase>),
        /// The queues, by name.
        ExceptionQueues(Vec<QueueView>),
        /// The rules, by code.
        ExceptionRules(Vec<SetExceptionRule>),
        /// The value and why.
        ExplainParameter(Box<ParameterView>),
        /// The parameters, by name.
        Parameters(Vec<DefineParameter>),
        /// The approvals, oldest first.
        Approvals(Vec<ApprovalView>),
        /// Roles, limits, sources and timing.
        Roles(Box<RolesView>),
        /// Table and diagrams.
        Workflow(Box<WorkflowView>),
        /// Holds and stages.
        Fulfilment(FulfilmentView),
        /// The count.
        Count(CountView),
        /// Counts summed up.
        Accuracy(AccuracyView),
        /// The comparison.
        Readiness(Box<ReadinessView>),
        /// The feeds, in the order of their definition.
        Feeds(Vec<FeedView>),
        /// The chain.
        AuditChain(Vec<AuditLink>),
        /// What the check found.
        Recheck(Box<Recheck>),
        /// What would have turned it.
        Counterfactual(Box<Counterfactuals>),
        /// Master data of the SKU.
        Sku(Box<SkuView>),
        /// Master data of the node.
        Node(NodeView),
        /// Master data of the channel.
        Channel(ChannelView),
        /// The SKU and the channel's own id.
        Listing(ListingView),
        /// Who changed it.
        History(HistoryView),
        /// Scheduled changes, by their time.
        Changes(Vec<ChangeView>),
        /// Division among channels.
        Protection(ProtectionView),
        /// Protection levels.
        ProtectionLevels(LevelsView),
        /// What may be promised.
        Atp(AtpView),
        /// When the order could arrive.
        Promise(PromiseView),
        /// Bid prices.
        BidPrices(BidPricesView),
        /// The hold.
        Hold(HoldView),
        /// Listings.
        Publish(PublishView),
        /// Who would lose and who would gain.
        Redeal(RedealView),
        /// Stock as it was.
        AsOf(AsOfView),
        /// The statement against the book.
        Reconcile(ReconcileView),
        /// By SKU and node.
        RollForward(Vec<RollView>),
        /// By account.
        PeriodBalances(Vec<PeriodBalanceView>),
        /// By channel and SKU.
        Margin(Vec<MarginView>),
        /// By receipt line and age.
        GrniAgeing(GrniView),
        /// By account.
        TieOut(Vec<TieView>),
        /// The checklist.
        CloseChecklist(CloseView),
        /// Pools of value.
        Costs(CostView),
        /// The ledger.
        Ledger(LedgerView),
        /// The group.
        Consolidation(ConsolidationView),
        /// The journal as text.
        Journal(JournalView),
        /// The definitions.
        Metrics(Vec<Metric>),
        /// Metrics in columns.
        Measure(MeasureView),
        /// Before and after.
        Compare(CompareView),
        /// The plan, what it moves and what it breaks.
        Replan(Box<ReplanView>),
        /// The subscriptions, in the order in which they began.
        Subscriptions(Vec<SubscriptionView>),
    }

    /// Stock of a SKU at a node.
    pub struct StockView {
        /// The SKU.
        pub sku: SkuId,
        /// The node.
        pub node: NodeId,
        /// Own units there, in every condition.
        pub on_hand: i64,
        /// Own units fit for sale.
        pub sellable: i64,
        /// Units reserved for orders and holds.
        pub reserved: i64,
        /// Sellable less reserved.
        pub available: i64,
        /// Units on open purchase orders to this node.
        pub on_order: i64,
        /// Value of the own units.
        pub value: Money,
        /// By place, where places are told apart; others' goods are only here.
        pub places: Vec<PlaceView>,
        /// What is reserved and on the way, if that is asked for.
        pub states: Option<StockStates>,
    }

    /// What is reserved of a SKU at a node, told apart (the first four come to `reserved`), and what is on
    /// the way to it.
    #[derive(Copy, Default)]
    pub struct StockStates {
        /// Units of holds.
        pub held: i64,
        /// Units of orders that no one has picked.
        pub allocated: i64,
        /// Units that are picked and not packed.
        pub picked: i64,
        /// Units that are packed and have not left.
        pub packed: i64,
        /// Units that transfers bring.
        pub in_transit: i64,
    }

    /// Units in a place.
    pub struct PlaceView {
        /// The place.
        pub place: Place,
        /// Units.
        pub qty: i64,
        /// When its lot expires, if that is known.
        pub expires_at: Option<Instant>,
    }

    /// What a channel may sell of a SKU.
    pub struct AvailableView {
        /// The SKU.
        pub sku: SkuId,
        /// The channel.
        pub channel: ChannelId,
        /// Over all open nodes.
        pub available: i64,
        /// By node. A plan over all nodes together may allow less than their sum.
        pub nodes: Vec<NodeQty>,
        /// Why there is nothing, where there is nothing.
        pub why: Vec<RoomView>,
    }

    /// A quantity at a node.
    pub struct NodeQty {
        /// The node.
        pub node: NodeId,
        /// Units free for the channel.
        pub available: i64,
        /// Units free but protected for other channels.
        pub protected: i64,
    }

    /// An order as it stands.
    pub struct OrderView {
        /// Its number.
        pub order: OrderId,
        /// Its state.
        pub state: OrderState,
        /// The channel.
        pub channel: ChannelId,
        /// When it was placed.
        pub placed_at: Instant,
        /// Promised delivery.
        pub deliver_by: Instant,
        /// Its lines.
        pub lines: Vec<LineView>,
        /// Its parcels.
        pub parcels: Vec<ParcelView>,
        /// Its virtual kits.
        pub kits: Vec<OrderedKit>,
        /// What was ordered where a line gives a substitute.
        pub substituted: Vec<Substituted>,
        /// Its currency, prices in it and debt, where that is another than the book's.
        pub sold_in: Option<OrderInCurrency>,
    }

    /// A line as it stands: `qty` = reserved + backordered + shipped + cancelled.
    pub struct LineView {
        /// The line, from 1.
        pub line: u32,
        /// The SKU.
        pub sku: SkuId,
        /// Units ordered.
        pub qty: i64,
        /// Price of a base unit.
        pub price: Money,
        /// Units reserved.
        pub reserved: i64,
        /// Units waiting for a receipt.
        pub backordered: i64,
        /// Units shipped.
        pub shipped: i64,
        /// Units struck.
        pub cancelled: i64,
        /// Units that came back.
        pub returned: i64,
    }

    /// A parcel as it stands.
    pub struct ParcelView {
        /// The node.
        pub node: NodeId,
        /// The carrier service.
        pub service: ServiceId,
        /// When it leaves.
        pub ship_at: Instant,
        /// When it arrives.
        pub arrive_at: Instant,
        /// Carrier's charge.
        pub freight: Money,
        /// Cost of handling.
        pub handling: Money,
        /// What it takes and has not shipped, by line.
        pub reserved: Vec<LineQty>,
        /// The transfer that brings goods for it from another node, if one does or did.
        pub transfer: Option<String>,
    }

    /// A purchase order as it stands.
    pub struct PurchaseView {
        /// Its number.
        pub purchase_order: PurchaseId,
        /// Its state.
        pub state: PurchaseState,
        /// The supplier.
        pub supplier: SupplierId,
        /// The node.
        pub node: NodeId,
        /// When it is expected.
        pub expected_at: Instant,
        /// Its lines.
        pub lines: Vec<PurchaseLineView>,
    }

    /// A line of a purchase order as it stands.
    pub struct PurchaseLineView {
        /// The line, from 1.
        pub line: u32,
        /// The SKU.
        pub sku: SkuId,
        /// Units ordered.
        pub qty: i64,
        /// Units received.
        pub received: i64,
        /// Cost of a base unit.
        pub unit_cost: Money,
    }

    /// A transfer as it stands.
    pub struct TransferView {
        /// Its number.
        pub transfer: TransferId,
        /// Its state.
        pub state: TransferState,
        /// The node that sent.
        pub from: NodeId,
        /// The node that receives.
        pub to: NodeId,
        /// Its lines.
        pub lines: Vec<TransferLineView>,
        /// The order that it brings goods for, if it does.
        pub order: Option<OrderId>,
    }

    /// A line of a transfer as it stands: `qty` = received + lost + what is in transit.
    pub struct TransferLineView {
        /// The line, from 1.
        pub line: u32,
        /// The SKU.
        pub sku: SkuId,
        /// Units sent.
        pub qty: i64,
        /// Units received.
        pub received: i64,
        /// Units lost.
        pub lost: i64,
        /// Value in transit.
        pub value: Money,
    }

    /// A document that holds stock.
    pub struct HolderView {
        /// The order, or none.
        pub order: OrderId,
        /// The order's line, from 1; 0 = none.
        pub line: u32,
        /// The hold, or none.
        pub hold: HoldId,
        /// Units.
        pub qty: i64,
        /// The node.
        pub node: NodeId,
    }

    /// A plan that was not recorded.
    pub struct QuoteView {
        /// The plan.
        pub plan: Plan,
        /// Why.
        pub explanation: Explanation,
    }

    /// Balance of an account.
    pub struct BalanceView {
        /// The account.
        pub account: AccountId,
        /// Debit if positive, credit if negative.
        pub balance: Money,
    }

    /// An exception in its queue.
    pub struct ExceptionView {
        /// Its number, from 1.
        pub exception: u32,
        /// What it is.
        pub opened: Opened,
        /// Since when.
        pub opened_at: Instant,
        /// Where it stands.
        pub status: ExceptionStatus,
        /// The document, feed or other name that it is about.
        pub subject: Option<DocKey>,
        /// The queue that it lies in.
        pub queue: String,
        /// How urgent it is.
        pub severity: Severity,
        /// The role that sees to it now.
        pub owner: String,
        /// Who has it; empty = nobody.
        pub assignee: String,
        /// When it is due.
        pub due_at: Instant,
        /// Whether that is past.
        pub overdue: bool,
        /// How often it went up.
        pub level: u32,
        /// How often its cause came again.
        pub again: u32,
    }

    /// Where the book stands.
    pub struct StatusView {
        /// Sequence of the last event.
        pub sequence: u64,
        /// The book's time.
        pub now: Instant,
        /// Hash of the whole state: 16 hexadecimal digits.
        pub state_hash: String,
        /// The first event still in the window.
        pub first_event: u64,
    }
}
