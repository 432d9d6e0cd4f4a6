//! What can be said to a book: commands in their envelope.

use crate::allocation::SetCostTable;
use crate::catalog::*;
use crate::costing::{DefineLedger, SetValuation};
use crate::exception::{
    AssignException, ClearExceptions, RaiseException, ReopenException, ResolveException, SetExceptionRule,
};
use crate::policy::{
    ApproveCommand, DefineFeed, DefineParameter, DefineRole, GrantRoles, Policy, RejectCommand,
    ReportLegacyPlan, SetApprovalRule, SetParameter, SetRollout, SetSourceOfRecord, SetTimingRule,
    TakeMessage,
};
use crate::posting::SetPostingRules;
use crate::record::{Definition, SetSelling, SetWorkflow};
use crate::stock::*;
use crate::value::time::Instant;
use crate::value::wire::wire;
use crate::workflow::batch::AllocateBatch;
use crate::workflow::bids::SetBidPrices;
use crate::workflow::change::*;
use crate::workflow::count::*;
use crate::workflow::desk::*;
use crate::workflow::dropship::*;
use crate::workflow::fulfil::*;
use crate::workflow::invoice::*;
use crate::workflow::landed::*;
use crate::workflow::order::*;
use crate::workflow::period::*;
use crate::workflow::purchase::*;
use crate::workflow::redeal::RedealStock;
use crate::workflow::refurbish::RefurbishStock;
use crate::workflow::reject::RejectAllocation;
use crate::workflow::revalue::*;
use crate::workflow::selling::*;
use crate::workflow::subscribe::SetSubscription;
use crate::workflow::transfer::*;
use crate::workflow::variance::ShareVariance;
use crate::workflow::vendor::*;
use serde::{Deserialize, Serialize};

wire! {
    /// A command and where it comes from.
    ///
    /// ```
    /// use stockbook::{Book, Command, DefineReason, Envelope};
    /// let mut book = Book::new();
    /// let define = Command::DefineReason(DefineReason { reason: "theft".into(), name: "Theft".into() });
    /// let envelope = Envelope::new("c-1", "2026-01-05T09:00:00Z".parse().unwrap(), define);
    /// assert_eq!(book.execute(&envelope).unwrap().sequence, 1);
    /// assert!(book.execute(&envelope).unwrap().repeated, "the same id again changes nothing");
    /// ```
    pub struct Envelope {
        /// Command id: the idempotency key, chosen by the sender. All sources of a book share one space
        /// of ids: what two of them say under one id with the same content is the same command said twice
        /// (an order that comes by two ways is one order), with other content it is refused. A source
        /// whose ids others may use begins them with its name, as in `till-3/1001`.
        pub id: String,
        /// The system that sends it.
        #[serde(default)]
        pub source: String,
        /// The person or job behind it.
        #[serde(default)]
        pub actor: String,
        /// The book's time when it is said; never earlier than the command before.
        pub at: Instant,
        /// When it happened, if that was earlier.
        #[serde(default)]
        pub occurred_at: Option<Instant>,
        /// What is said.
        pub command: Command,
    }

    /// Commands that succeed together or change nothing.
    ///
    /// ```
    /// use stockbook::{Book, Chain};
    /// let chain = r#"{"chain":[
    ///     {"id":"1","at":"2026-01-05T09:00:00Z","command":{"define_reason":{"reason":"theft"}}},
    ///     {"id":"2","at":"2026-01-05T09:00:00Z","command":{"set_node_status":
    ///         {"node":"RENO","status":"closed","reason":"theft"}}}]}"#;
    /// let (chain, mut book): (Chain, Book) = (serde_json::from_str(chain)?, Book::new());
    /// let refused = book.execute_chain(&chain.chain).unwrap_err();
    /// // There is no RENO: the second command is refused, and the first has not happened.
    /// assert_eq!((refused.index, refused.rejection.name(), book.sequence()), (1, "UnknownNode", 0));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub struct Chain {
        /// The commands, in order; at most 1,000.
        pub chain: Vec<Envelope>,
    }

    /// Moves the book's time forward: what falls due until then happens.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// let tomorrow = at.plus_seconds(86_400);
    /// book.execute(&Envelope::new("tick", tomorrow, Command::AdvanceTime(AdvanceTime {})))?;
    /// assert_eq!(book.now(), tomorrow);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct AdvanceTime {}
}

impl Envelope {
    /// A command from nobody in particular.
    ///
    /// ```
    /// use stockbook::{AdvanceTime, Command, Envelope};
    /// let (at, tick) = ("2026-01-05T09:00:00Z".parse()?, Command::AdvanceTime(AdvanceTime {}));
    /// let envelope = Envelope::new("c-1", at, tick);
    /// assert_eq!((envelope.id.as_str(), envelope.actor.as_str(), envelope.occurred_at), ("c-1", "", None));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn new(id: &str, at: Instant, command: Command) -> Envelope {
        Envelope {
            id: id.into(),
            source: String::new(),
            actor: String::new(),
            at,
            occurred_at: None,
            command,
        }
    }
}

macro_rules! commands {
    ($($(#[$doc:meta])* $name:ident($body:ident) $word:literal),* $(,)?) => {
        /// Everything that can be said to a book. On the wire an object of one key: `{"place_order": {…}}`.
        #[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[serde(rename_all = "snake_case")]
        pub enum Command {$(
            $(#[$doc])*
            $name($body),
        )*}

        impl Command {
            /// The word that names it on the wire.
            ///
            /// ```
            /// use stockbook::{AdvanceTime, Command};
            /// assert_eq!(Command::AdvanceTime(AdvanceTime {}).word(), "advance_time");
            /// ```
            #[must_use]
            pub const fn word(&self) -> &'static str {
                match self { $(Command::$name(_) => $word,)* }
            }

            /// The words of all commands.
            ///
            /// ```
            /// assert!(stockbook::Command::words().contains(&"place_order"));
            /// ```
            #[must_use]
            pub const fn words() -> &'static [&'static str] {
                &[$($word),*]
            }
        }
    };
}

commands! {
    /// Names currency and windows.
    ConfigureBook(ConfigureBook) "configure_book",
    /// Defines an account.
    DefineAccount(DefineAccount) "define_account",
    /// Defines a reason code.
    DefineReason(DefineReason) "define_reason",
    /// Defines a SKU.
    DefineSku(DefineSku) "define_sku",
    /// Defines a node.
    DefineNode(DefineNode) "define_node",
    /// Defines a channel.
    DefineChannel(DefineChannel) "define_channel",
    /// Defines a carrier service.
    DefineService(DefineService) "define_service",
    /// Defines a supplier.
    DefineSupplier(DefineSupplier) "define_supplier",
    /// Sets the sourcing policy.
    SetPolicy(Policy) "set_policy",
    /// Sets the posting rules.
    SetPostingRules(SetPostingRules) "set_posting_rules",
    /// Sets who may say what.
    SetAuthority(SetAuthority) "set_authority",
    /// Opens or closes a node.
    SetNodeStatus(SetNodeStatus) "set_node_status",
    /// Protects stock for a channel.
    SetProtection(SetProtection) "set_protection",
    /// Sets how a SKU is replenished.
    SetReorderRule(SetReorderRule) "set_reorder_rule",
    /// Records goods that arrived.
    ReceiveGoods(ReceiveGoods) "receive_goods",
    /// Corrects stock.
    AdjustStock(AdjustStock) "adjust_stock",
    /// Moves stock within a node.
    MoveStock(MoveStock) "move_stock",
    /// Holds stock for a while.
    HoldStock(HoldStock) "hold_stock",
    /// Gives held stock back.
    ReleaseHold(ReleaseHold) "release_hold",
    /// Captures and sources an order.
    PlaceOrder(PlaceOrder) "place_order",
    /// Plans an order anew.
    ReallocateOrder(ReallocateOrder) "reallocate_order",
    /// Strikes open lines of an order.
    CancelOrder(CancelOrder) "cancel_order",
    /// Ships an order from a node.
    ShipOrder(ShipOrder) "ship_order",
    /// Takes goods back.
    ReceiveReturn(ReceiveReturn) "receive_return",
    /// Orders from a supplier.
    PlacePurchaseOrder(PlacePurchaseOrder) "place_purchase_order",
    /// Strikes a purchase order.
    CancelPurchaseOrder(CancelPurchaseOrder) "cancel_purchase_order",
    /// Sends goods to another node.
    ShipTransfer(ShipTransfer) "ship_transfer",
    /// Takes a transfer in.
    ReceiveTransfer(ReceiveTransfer) "receive_transfer",
    /// Closes an exception.
    ResolveException(ResolveException) "resolve_exception",
    /// Moves time forward.
    AdvanceTime(AdvanceTime) "advance_time",
    /// Opens an exception.
    RaiseException(RaiseException) "raise_exception",
    /// Gives an exception to somebody.
    AssignException(AssignException) "assign_exception",
    /// Opens a resolved exception again.
    ReopenException(ReopenException) "reopen_exception",
    /// Sets how exceptions of a code are handled.
    SetExceptionRule(SetExceptionRule) "set_exception_rule",
    /// Closes exceptions whose cause is gone.
    ClearExceptions(ClearExceptions) "clear_exceptions",
    /// Defines a parameter.
    DefineParameter(DefineParameter) "define_parameter",
    /// Sets a parameter's value in a scope.
    SetParameter(SetParameter) "set_parameter",
    /// Defines a role.
    DefineRole(DefineRole) "define_role",
    /// Says which roles an actor has.
    GrantRoles(GrantRoles) "grant_roles",
    /// Sets above which limit a command waits.
    SetApprovalRule(SetApprovalRule) "set_approval_rule",
    /// Names systems of record.
    SetSourceOfRecord(SetSourceOfRecord) "set_source_of_record",
    /// Sets how late an event may be told.
    SetTimingRule(SetTimingRule) "set_timing_rule",
    /// Carries out a command that waits.
    ApproveCommand(ApproveCommand) "approve_command",
    /// Lets a command that waits go.
    RejectCommand(RejectCommand) "reject_command",
    /// Takes an order in as a channel sends it.
    CaptureOrder(CaptureOrder) "capture_order",
    /// Has an order wait for a person.
    HoldOrder(HoldOrder) "hold_order",
    /// Lets an order go on.
    ReleaseOrder(ReleaseOrder) "release_order",
    /// Sets the stages of a channel's orders.
    SetWorkflow(SetWorkflow) "set_workflow",
    /// Gives a node orders to work on.
    ReleaseWave(ReleaseWave) "release_wave",
    /// Records what a picker found.
    RecordPick(RecordPick) "record_pick",
    /// Records what was packed.
    PackOrder(PackOrder) "pack_order",
    /// Says how a shipment is found again.
    TrackShipment(TrackShipment) "track_shipment",
    /// Says whether a shipment arrived.
    DeliverOrder(DeliverOrder) "deliver_order",
    /// Records a message to a customer.
    NotifyCustomer(NotifyCustomer) "notify_customer",
    /// Lets a return come.
    AuthorizeReturn(AuthorizeReturn) "authorize_return",
    /// Records goods of a return that arrived.
    CheckInReturn(CheckInReturn) "check_in_return",
    /// Drops a return.
    CancelReturn(CancelReturn) "cancel_return",
    /// Asks for goods of another node.
    RequestTransfer(RequestTransfer) "request_transfer",
    /// Asks for goods of a supplier.
    RequestPurchase(RequestPurchase) "request_purchase",
    /// Agrees to a request.
    ApproveRequest(ApproveRequest) "approve_request",
    /// Takes a request back.
    CancelRequest(CancelRequest) "cancel_request",
    /// Records a supplier's confirmation.
    ConfirmPurchaseOrder(ConfirmPurchaseOrder) "confirm_purchase_order",
    /// Records an announced shipment.
    AnnounceShipment(AnnounceShipment) "announce_shipment",
    /// Plans a count.
    PlanCount(PlanCount) "plan_count",
    /// Records what was counted.
    RecordCount(RecordCount) "record_count",
    /// Agrees to a count's differences.
    ApproveCount(ApproveCount) "approve_count",
    /// Posts a count's differences.
    PostCount(PostCount) "post_count",
    /// Drops a count.
    CancelCount(CancelCount) "cancel_count",
    /// Says how far a process is rolled out.
    SetRollout(SetRollout) "set_rollout",
    /// Tells what the older system decided.
    ReportLegacyPlan(ReportLegacyPlan) "report_legacy_plan",
    /// Defines a feed.
    DefineFeed(DefineFeed) "define_feed",
    /// Takes a feed's message.
    TakeMessage(TakeMessage) "take_message",
    /// Describes a SKU.
    DescribeSku(DescribeSku) "describe_sku",
    /// Defines many SKUs.
    DefineSkus(DefineSkus) "define_skus",
    /// Says what a kit is made of.
    DefineKit(DefineKit) "define_kit",
    /// Defines a company.
    DefineCompany(DefineCompany) "define_company",
    /// Describes a node.
    DescribeNode(DescribeNode) "describe_node",
    /// Describes a channel.
    DescribeChannel(DescribeChannel) "describe_channel",
    /// Says under which id a channel lists a SKU.
    SetListing(SetListing) "set_listing",
    /// Says what happens when stock would go below zero.
    SetNegativeStock(SetNegativeStock) "set_negative_stock",
    /// Says when a lot expires.
    SetLotExpiry(SetLotExpiry) "set_lot_expiry",
    /// Schedules a change of master data.
    ChangeDefinition(ChangeDefinition) "change_definition",
    /// Takes a scheduled change back.
    WithdrawChange(WithdrawChange) "withdraw_change",
    /// Divides a SKU's stock among channels.
    SetProtectionPlan(SetProtectionPlan) "set_protection_plan",
    /// Announces supply.
    ExpectSupply(ExpectSupply) "expect_supply",
    /// Says when a transfer arrives.
    ExpectTransfer(ExpectTransfer) "expect_transfer",
    /// Says how late a supplier's deliveries are.
    SetSupplyLateness(SetSupplyLateness) "set_supply_lateness",
    /// Caps what may be sold before it is there.
    SetPreorder(SetPreorder) "set_preorder",
    /// Plans orders anew, all together.
    AllocateBatch(AllocateBatch) "allocate_batch",
    /// Sets what further units are worth.
    SetBidPrices(SetBidPrices) "set_bid_prices",
    /// Sets how a group of SKUs is valued.
    SetValuation(SetValuation) "set_valuation",
    /// Records a supplier's invoice.
    ReceiveSupplierInvoice(ReceiveSupplierInvoice) "receive_supplier_invoice",
    /// Shares landed cost out over receipts.
    AllocateLandedCost(AllocateLandedCost) "allocate_landed_cost",
    /// Sends goods back to their vendor.
    ReturnToVendor(ReturnToVendor) "return_to_vendor",
    /// Values stock anew.
    RevalueStock(RevalueStock) "revalue_stock",
    /// Writes stock down, or up again.
    WriteDownStock(WriteDownStock) "write_down_stock",
    /// Defines, opens or closes a period of the books.
    SetPeriod(SetPeriod) "set_period",
    /// Sets how a channel's sales are recognised.
    SetSelling(SetSelling) "set_selling",
    /// Invoices what was shipped.
    InvoiceOrder(InvoiceOrder) "invoice_order",
    /// Credits what was invoiced, without goods.
    CreditOrder(CreditOrder) "credit_order",
    /// Records a payment.
    RecordPayment(RecordPayment) "record_payment",
    /// Ends an order's right of return.
    ReleaseReturns(ReleaseReturns) "release_returns",
    /// Records that a supplier shipped to the customer.
    DropShipOrder(DropShipOrder) "drop_ship_order",
    /// Makes consigned goods our own.
    UseConsignedGoods(UseConsignedGoods) "use_consigned_goods",
    /// Lets a hold run out later.
    ExtendHold(ExtendHold) "extend_hold",
    /// Confirms a pending hold.
    ConfirmHold(ConfirmHold) "confirm_hold",
    /// Moves what a hold has to a node.
    MoveHold(MoveHold) "move_hold",
    /// Splits lines of a hold off.
    SplitHold(SplitHold) "split_hold",
    /// Merges holds.
    MergeHolds(MergeHolds) "merge_holds",
    /// Sets what a channel does not show.
    SetPublishBuffer(SetPublishBuffer) "set_publish_buffer",
    /// Deals stock anew under shortage.
    RedealStock(RedealStock) "redeal_stock",
    /// Defines a ledger beside the book's own.
    DefineLedger(DefineLedger) "define_ledger",
    /// Puts kits together or takes them apart.
    AssembleKit(AssembleKit) "assemble_kit",
    /// Has refurbished goods bear the work on them.
    RefurbishStock(RefurbishStock) "refurbish_stock",
    /// Shares price variances between stock and cost of goods sold.
    ShareVariance(ShareVariance) "share_variance",
    /// Sets a table of outside knowledge.
    SetCostTable(SetCostTable) "set_cost_table",
    /// A node rejects what is planned from it.
    RejectAllocation(RejectAllocation) "reject_allocation",
    /// Sets what is ordered again and again.
    SetSubscription(SetSubscription) "set_subscription",
    /// Agrees on a purchase order anew.
    ChangePurchaseOrder(ChangePurchaseOrder) "change_purchase_order",
}

macro_rules! of_definition {
    ($($name:ident),* $(,)?) => {
        impl Command {
            /// The command that a change of master data carries.
            pub(crate) fn of(definition: &Definition) -> Command {
                match definition { $(Definition::$name(said) => Command::$name(said.clone()),)* }
            }
        }
    };
}

of_definition! {
    DefineAccount, DefineSku, DefineNode, DefineChannel, DefineService, DefineSupplier, SetPolicy,
    SetPostingRules, SetAuthority, SetNodeStatus, SetProtection, SetReorderRule, DescribeSku, DefineKit,
    DefineCompany, DescribeNode, DescribeChannel, SetListing, SetNegativeStock, DefineReason,
    DefineSkus, SetLotExpiry, SetProtectionPlan, SetSupplyLateness, SetPreorder, SetPublishBuffer,
    SetExceptionRule, DefineParameter, DefineRole, GrantRoles, SetApprovalRule, SetSourceOfRecord,
    SetTimingRule, SetWorkflow, SetSelling, SetRollout, DefineFeed, DefineLedger, SetValuation,
}
