"""Commands, events and answers as typed classes.

Generated from the JSON Schema by `cargo run --example generate`: change the Rust type instead.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import KW_ONLY, dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import ClassVar, Literal, TypeAlias, cast

from stockbook._wire import EPOCH, Angle, Json, Moment, Money, Record

__all__ = [
    "ANSWERS",
    "AccountDefined",
    "AccountKind",
    "AccuracyQuery",
    "AccuracyView",
    "AdjustLine",
    "AdjustProposal",
    "AdjustStock",
    "AdjustedLine",
    "AdvanceTime",
    "AllocateBatch",
    "AllocateLandedCost",
    "AllocationRejected",
    "Alternative",
    "AnnounceShipment",
    "ApprovalExpired",
    "ApprovalGranted",
    "ApprovalRejected",
    "ApprovalRequested",
    "ApprovalRuleSet",
    "ApprovalStatus",
    "ApprovalView",
    "ApproveCommand",
    "ApproveCount",
    "ApproveRequest",
    "Area",
    "AsOfQuery",
    "AsOfRow",
    "AsOfView",
    "Aspect",
    "AssembleKit",
    "AssignException",
    "AtpDay",
    "AtpQuery",
    "AtpView",
    "AuditLink",
    "AuditQuery",
    "AuthoritySet",
    "AuthorizeReturn",
    "AvailableQuery",
    "AvailableView",
    "Awaited",
    "BackordersFilled",
    "BalanceView",
    "BatchAllocated",
    "BatchLoss",
    "Better",
    "BidForecast",
    "BidPrice",
    "BidPriceRow",
    "BidPricesQuery",
    "BidPricesSet",
    "BidPricesView",
    "BidsSolved",
    "Body",
    "BookConfigured",
    "BrokenPromise",
    "Brought",
    "BufferSizing",
    "Calendar",
    "CancelCount",
    "CancelOrder",
    "CancelPurchaseOrder",
    "CancelRequest",
    "CancelReturn",
    "Candidate",
    "Capacity",
    "CaptureOrder",
    "Carton",
    "CauseReason",
    "Chain",
    "Change",
    "ChangeDefinition",
    "ChangeLapsed",
    "ChangePurchaseOrder",
    "ChangeScheduled",
    "ChangeState",
    "ChangeTookEffect",
    "ChangeView",
    "ChangeWithdrawn",
    "ChannelDefined",
    "ChannelDescribed",
    "ChannelFeed",
    "ChannelQuery",
    "ChannelView",
    "CheckInReturn",
    "CheckView",
    "ClearExceptions",
    "Clearing",
    "CloseCheck",
    "CloseQuery",
    "CloseView",
    "Closing",
    "Command",
    "Commitment",
    "CompanyBalancesView",
    "CompanyDefined",
    "CompareQuery",
    "CompareRow",
    "CompareView",
    "Completeness",
    "Condition",
    "ConfigureBook",
    "ConfirmHold",
    "ConfirmPurchaseOrder",
    "ConsignedGoodsUsed",
    "ConsolidationView",
    "Control",
    "Corrected",
    "Corrections",
    "CostPoolView",
    "CostRow",
    "CostTable",
    "CostTableSet",
    "CostView",
    "Costing",
    "CountApproved",
    "CountCancelled",
    "CountLine",
    "CountLineView",
    "CountPlanned",
    "CountPosted",
    "CountRecorded",
    "CountScope",
    "CountStage",
    "CountView",
    "CountedLine",
    "CounterfactualQuery",
    "Counterfactuals",
    "Counting",
    "CreditLine",
    "CreditOrder",
    "CreditedLine",
    "CustomerNotified",
    "DayLoad",
    "Decision",
    "DecisionInputs",
    "DecisionOutcome",
    "DecisionRecord",
    "DefineAccount",
    "DefineChannel",
    "DefineCompany",
    "DefineFeed",
    "DefineKit",
    "DefineLedger",
    "DefineNode",
    "DefineParameter",
    "DefineReason",
    "DefineRole",
    "DefineService",
    "DefineSku",
    "DefineSkus",
    "DefineSupplier",
    "Definition",
    "DeliverOrder",
    "DemandClass",
    "DemandForecast",
    "DescribeChannel",
    "DescribeNode",
    "DescribeSku",
    "Detail",
    "Dimension",
    "Disagreement",
    "DisagreementCount",
    "Disposition",
    "Disrupted",
    "Disruption",
    "DisruptionKind",
    "DocumentCurrency",
    "DocumentKind",
    "DocumentLine",
    "DocumentOwner",
    "DocumentQuery",
    "DropShipLine",
    "DropShipOrder",
    "DroppedLine",
    "Envelope",
    "Event",
    "EventsQuery",
    "ExceptionAssigned",
    "ExceptionCase",
    "ExceptionCode",
    "ExceptionEscalated",
    "ExceptionQuery",
    "ExceptionReopened",
    "ExceptionResolved",
    "ExceptionRuleSet",
    "ExceptionStatus",
    "ExceptionView",
    "ExceptionsCleared",
    "ExceptionsRaised",
    "ExpectSupply",
    "ExpectTransfer",
    "Expected",
    "ExpectedLine",
    "ExpectedOrder",
    "Explanation",
    "ExtendHold",
    "FactView",
    "Fairness",
    "FallOut",
    "FeedDefined",
    "FeedFellSilent",
    "FeedOrder",
    "FeedView",
    "Fence",
    "Fill",
    "Flip",
    "Flow",
    "ForecastOrder",
    "ForeignAmounts",
    "FreeLevel",
    "FulfilmentStage",
    "FulfilmentView",
    "GoodsCost",
    "GoodsReceived",
    "GoodsRequested",
    "GrantRoles",
    "GrniLineView",
    "GrniView",
    "HeldLine",
    "HistoryEntry",
    "HistoryQuery",
    "HistoryView",
    "HoldConfirmed",
    "HoldEnded",
    "HoldExpired",
    "HoldExtended",
    "HoldFill",
    "HoldLine",
    "HoldLineView",
    "HoldMoved",
    "HoldOrder",
    "HoldPart",
    "HoldPhase",
    "HoldPick",
    "HoldReduced",
    "HoldReleased",
    "HoldSplit",
    "HoldState",
    "HoldStock",
    "HoldView",
    "HolderView",
    "HoldersQuery",
    "HoldsMerged",
    "HostBalance",
    "InvoiceAhead",
    "InvoiceDifference",
    "InvoiceLine",
    "InvoiceMatch",
    "InvoiceOrder",
    "InvoicedLine",
    "JournalForm",
    "JournalQuery",
    "JournalView",
    "KitAssembled",
    "KitComponent",
    "KitDefined",
    "KitKind",
    "KitPart",
    "KitStep",
    "LandedBasis",
    "LandedCostAllocated",
    "LandedInvoiced",
    "LandedReceipt",
    "LateCost",
    "LatePolicy",
    "Lateness",
    "LatenessStep",
    "LayerCost",
    "LedgerDefined",
    "LedgerEntry",
    "LedgerQuery",
    "LedgerView",
    "LegacyPart",
    "LegacyPlanReported",
    "LegacyWait",
    "LevelMethod",
    "LevelsQuery",
    "LevelsView",
    "Lifecycle",
    "LimitMeasure",
    "LineQty",
    "LineSplit",
    "LineStatus",
    "LineView",
    "ListingQuery",
    "ListingSet",
    "ListingView",
    "Locality",
    "LotCost",
    "LotExpirySet",
    "MarginQuery",
    "MarginView",
    "Measure",
    "MeasureQuery",
    "MeasureView",
    "MergeHolds",
    "MessageParked",
    "MessageRefused",
    "MessageRepeated",
    "MessageTaken",
    "Metric",
    "MetricTie",
    "MetricWorth",
    "Misfit",
    "MoveHold",
    "MoveStock",
    "Movement",
    "NamedLot",
    "NegativeCost",
    "NegativeStock",
    "NegativeStockSet",
    "NegativeView",
    "Nesting",
    "Network",
    "NodeDefined",
    "NodeDescribed",
    "NodeKind",
    "NodeQty",
    "NodeQuery",
    "NodeStatus",
    "NodeStatusSet",
    "NodeView",
    "NodeWork",
    "Nothing",
    "NotifyCustomer",
    "OnlyWhere",
    "Opened",
    "OpeningStock",
    "OrderCancelled",
    "OrderCaptured",
    "OrderChange",
    "OrderCredited",
    "OrderDays",
    "OrderDelivered",
    "OrderDropShipped",
    "OrderHeld",
    "OrderHoldKind",
    "OrderInCurrency",
    "OrderInvoiced",
    "OrderLine",
    "OrderPacked",
    "OrderParked",
    "OrderPlaced",
    "OrderReallocated",
    "OrderReleased",
    "OrderShipped",
    "OrderState",
    "OrderTerms",
    "OrderView",
    "OrderedKit",
    "Outage",
    "PackOrder",
    "PackedCarton",
    "ParameterCandidate",
    "ParameterDefined",
    "ParameterQuery",
    "ParameterSet",
    "ParameterView",
    "Parcel",
    "ParcelView",
    "Parking",
    "PaymentRecorded",
    "PeriodBalanceView",
    "PeriodQuery",
    "PeriodSet",
    "PeriodStatus",
    "Permission",
    "PickOrder",
    "PickRecorded",
    "PickedInstead",
    "PickedOther",
    "Place",
    "PlaceOrder",
    "PlacePurchaseOrder",
    "PlaceView",
    "PlacedLine",
    "PlacedTerms",
    "Plan",
    "PlanCount",
    "PlanPart",
    "PlanView",
    "PlannedPool",
    "Point",
    "Policy",
    "PolicyRule",
    "PolicySet",
    "PoolCorrected",
    "PoolScope",
    "PoolView",
    "PoolWrittenDown",
    "PostCount",
    "PostedLine",
    "Posting",
    "PostingRule",
    "PostingRulesSet",
    "Predicate",
    "PreorderSet",
    "ProcessFamily",
    "PromisePart",
    "PromiseQuery",
    "PromiseView",
    "Proof",
    "Proposal",
    "ProposalKind",
    "ProtectionPlanSet",
    "ProtectionPool",
    "ProtectionReleased",
    "ProtectionSet",
    "ProtectionView",
    "PublishBufferSet",
    "PublishQuery",
    "PublishRow",
    "PublishView",
    "PurchaseChange",
    "PurchaseLine",
    "PurchaseLineView",
    "PurchaseOrderCancelled",
    "PurchaseOrderChanged",
    "PurchaseOrderConfirmed",
    "PurchaseOrderPlaced",
    "PurchaseState",
    "PurchaseView",
    "PurchasedLine",
    "Questions",
    "QueueView",
    "QuoteQuery",
    "QuoteView",
    "RaiseException",
    "Raised",
    "ReadinessQuery",
    "ReadinessView",
    "ReallocateOrder",
    "ReasonDefined",
    "Rebind",
    "ReceiptLine",
    "ReceiptNote",
    "ReceiveGoods",
    "ReceiveReturn",
    "ReceiveSupplierInvoice",
    "ReceiveTransfer",
    "ReceivedLine",
    "Recheck",
    "RecheckQuery",
    "Recognition",
    "ReconcileLine",
    "ReconcileQuery",
    "ReconcileView",
    "RecordCount",
    "RecordPayment",
    "RecordPick",
    "RecordedCandidate",
    "RecordedCutOffs",
    "RecordedGoods",
    "RecordedLane",
    "RecordedNeed",
    "RecordedNode",
    "RecordedPart",
    "RecordedPlan",
    "RecordedService",
    "RedealBy",
    "RedealSegment",
    "RedealStock",
    "RedealStrategy",
    "RedealView",
    "RedealtLine",
    "RefurbishStock",
    "RejectAllocation",
    "RejectCommand",
    "Relaxed",
    "ReleaseHold",
    "ReleaseOrder",
    "ReleaseReturns",
    "ReleaseWave",
    "ReopenException",
    "ReorderRuleSet",
    "ReplanView",
    "ReportLegacyPlan",
    "RequestApproved",
    "RequestCancelled",
    "RequestDecided",
    "RequestKind",
    "RequestPurchase",
    "RequestTransfer",
    "ResolveException",
    "ReturnAuthorized",
    "ReturnCancelled",
    "ReturnCheckedIn",
    "ReturnLine",
    "ReturnReceived",
    "ReturnToVendor",
    "ReturnedLine",
    "ReturnsReleased",
    "RevalueStock",
    "Rhythm",
    "RhythmUnit",
    "RoleDefined",
    "RolesGranted",
    "RolesView",
    "RollView",
    "RolloutMode",
    "RolloutSet",
    "RoomCause",
    "RoomView",
    "Rounding",
    "RuleSet",
    "Scope",
    "SellingSet",
    "ServiceCutOff",
    "ServiceDays",
    "ServiceDefined",
    "SetApprovalRule",
    "SetAuthority",
    "SetBidPrices",
    "SetCostTable",
    "SetExceptionRule",
    "SetListing",
    "SetLotExpiry",
    "SetNegativeStock",
    "SetNodeStatus",
    "SetParameter",
    "SetPeriod",
    "SetPolicy",
    "SetPostingRules",
    "SetPreorder",
    "SetProtection",
    "SetProtectionPlan",
    "SetPublishBuffer",
    "SetReorderRule",
    "SetRollout",
    "SetSelling",
    "SetSourceOfRecord",
    "SetSubscription",
    "SetSupplyLateness",
    "SetTimingRule",
    "SetValuation",
    "SetWorkflow",
    "Severity",
    "Share",
    "ShareVariance",
    "SharedVariance",
    "ShipOrder",
    "ShipTransfer",
    "ShipmentAnnounced",
    "ShipmentCost",
    "ShipmentTracked",
    "ShippedLine",
    "ShortView",
    "Shortage",
    "ShrinkView",
    "SkuDefined",
    "SkuDescribed",
    "SkuQuery",
    "SkuView",
    "SkusDefined",
    "SoldIn",
    "SourceOfRecordSet",
    "Sourcing",
    "SourcingLimit",
    "Speed",
    "SpillLimit",
    "SplitHold",
    "Stage",
    "StatementLine",
    "StatusView",
    "StepView",
    "StockAdjusted",
    "StockHeld",
    "StockMoved",
    "StockQuery",
    "StockRedealt",
    "StockRevalued",
    "StockStates",
    "StockView",
    "StockWrittenDown",
    "Subject",
    "SubscriptionOrdered",
    "SubscriptionSet",
    "SubscriptionStatus",
    "SubscriptionView",
    "Substitute",
    "SubstitutePrice",
    "SubstituteView",
    "Substituted",
    "Substitution",
    "Suggestion",
    "SupplierBill",
    "SupplierDefined",
    "SupplierInvoiceLine",
    "SupplierInvoiceReceived",
    "SupplyExpected",
    "SupplyKind",
    "SupplyLatenessSet",
    "SupplyView",
    "Surplus",
    "TakeMessage",
    "Taken",
    "TakenBack",
    "TemperatureClass",
    "Tender",
    "Term",
    "TermCost",
    "TieOutQuery",
    "TieView",
    "TimeAdvanced",
    "TimedQty",
    "TimingRuleSet",
    "TrackShipment",
    "Tracking",
    "TransferExpected",
    "TransferLane",
    "TransferLine",
    "TransferLineView",
    "TransferReceived",
    "TransferShipped",
    "TransferState",
    "TransferView",
    "TransferredLine",
    "TransitCorrected",
    "Unit",
    "UnitOfMeasure",
    "UseConsignedGoods",
    "ValuationSet",
    "VarianceCause",
    "VarianceShared",
    "VendorReturnLine",
    "VendorReturnShipped",
    "VendorReturnedLine",
    "WantedLine",
    "WaveReleased",
    "WeightBand",
    "WithdrawChange",
    "WorkflowQuery",
    "WorkflowSet",
    "WorkflowView",
    "WorthView",
    "WriteDownBasis",
    "WriteDownStock",
    "Zone",
]


# -- Words -----------------------------------------------------------------------------------------

AccountKind: TypeAlias = Literal["asset", "liability", "equity", "income", "expense"]
"""What an account is for in the statements.

- `asset`: What the company owns.
- `liability`: What it owes.
- `equity`: What belongs to its owners.
- `income`: What it earns.
- `expense`: What it spends.
"""

ApprovalStatus: TypeAlias = Literal["pending", "approved", "rejected", "expired"]
"""Where an approval stands.

- `pending`: Somebody has to decide.
- `approved`: The command was carried out.
- `rejected`: It was not, and will not be.
- `expired`: Nobody decided in time.
"""

Aspect: TypeAlias = Literal[
    "units",
    "freight",
    "price",
    "minutes",
    "nodes_max",
    "distance_max",
    "margin_min",
    "limit",
    "nodes",
    "lateness",
    "line_split",
]
"""What may be changed about a decision.

- `units`: Units of a SKU at a node.
- `freight`: What a parcel from a node costs, in hundredths of the currency.
- `price`: Price of a base unit of a SKU, in hundredths of the currency.
- `minutes`: Minutes until the node has the order ready: fewer are as if it had come earlier.
- `nodes_max`: The rule's `nodes_max`.
- `distance_max`: The rule's `distance_km_max`.
- `margin_min`: The rule's `margin_min`, in hundredths of the currency.
- `limit`: A limit of the rule, taken away.
- `nodes`: The rule's lists of nodes and kinds, taken away.
- `lateness`: The rule's `lateness`, the other way.
- `line_split`: The rule's `line_split`, the other way.
"""

Better: TypeAlias = Literal["higher", "lower", "neither", "zero"]
"""Which way is better.

- `higher`: More is better.
- `lower`: Less is better.
- `neither`: Neither: it describes.
- `zero`: It must be zero.
"""

ChangeState: TypeAlias = Literal["scheduled", "effective", "withdrawn", "lapsed"]
"""Where a change of master data stands.

- `scheduled`: It waits for its time.
- `effective`: It has taken effect.
- `withdrawn`: It was taken back.
- `lapsed`: It did not fit any more when its time came.
"""

Clearing: TypeAlias = Literal["by_person", "when_gone"]
"""Whether an exception closes by itself.

- `by_person`: Only a person closes it.
- `when_gone`: `clear_exceptions` closes it when its cause is gone.
"""

CloseCheck: TypeAlias = Literal[
    "books_tied",
    "goods_received_not_invoiced",
    "in_transit",
    "shipped_not_invoiced",
    "unposted",
    "negative_stock",
    "open_exceptions",
    "general_ledger",
    "period_before",
    "consignment_not_invoiced",
]
"""What a close is checked for.

- `books_tied`: The books balance, and the accounts of goods equal the goods.
- `goods_received_not_invoiced`: The accounts of goods received, not invoiced, owe what is not
  invoiced of receipts.
- `in_transit`: Nothing was between nodes when the period ended.
- `shipped_not_invoiced`: What was shipped when the period ended was invoiced.
- `unposted`: Every movement has accounts to be posted to.
- `negative_stock`: No stock was below zero when the period ended.
- `open_exceptions`: No exception of the period, or of before, is open.
- `general_ledger`: The host's general ledger agrees with the balances at the period's end,
  account by account.
- `period_before`: The period before is closed.
- `consignment_not_invoiced`: The accounts of consigned goods owe what is not invoiced of those
  that were used.
"""

Closing: TypeAlias = Literal["open", "short"]
"""Whether the rest of a transfer is still awaited.

- `open`: The rest is awaited.
- `short`: The rest is lost: a loss is posted and an exception opened.
"""

Commitment: TypeAlias = Literal["own", "external"]
"""Who accepted the order.

- `own`: The book does, by recording it: it may refuse.
- `external`: A channel already has (on its own listing): it is never refused for want of stock,
  only short.
"""

Completeness: TypeAlias = Literal["as_can", "whole"]
"""Whether an order may be filled in part.

- `as_can`: What is there is planned, and the rest is short.
- `whole`: All of it at once or nothing (ship complete).
"""

Condition: TypeAlias = Literal["sellable", "inspection", "damaged", "quarantined", "refurbish"]
"""The state goods are in. Only sellable goods can be promised.

- `sellable`: Fit for sale.
- `inspection`: Waiting for a look.
- `damaged`: Broken.
- `quarantined`: Held back.
- `refurbish`: Waiting to be made fit for sale.
"""

Control: TypeAlias = Literal["none", "inventory", "in_transit"]
"""Which account balances the book ties to goods.

- `none`: None.
- `inventory`: The value of stock at nodes.
- `in_transit`: The value of goods between nodes.
"""

CostTable: TypeAlias = Literal["sku_node", "order_node", "segment_node", "markdown"]
"""What a table of outside knowledge says.

- `sku_node`: Extra cost of a base unit, by SKU and node; may be negative (the measure
  `extra_cost`).
- `order_node`: Extra cost of a shipment, by order and node.
- `segment_node`: Extra cost of a shipment, by segment of the customer and node.
- `markdown`: What a base unit will be marked down by if it stays, by SKU and node (the measure
  `markdown`).
"""

Costing: TypeAlias = Literal["moving_average", "fifo", "standard", "lot"]
"""How stock of a SKU is valued.

- `moving_average`: Each unit carries the average value of its pool (SKU and node).
- `fifo`: First in, first out, by layers of receipts in the pool (SKU and node).
- `standard`: A standard cost of a base unit; what a purchase costs more or less is a variance.
- `lot`: Each lot carries its own cost, an average within the lot.
"""

CountScope: TypeAlias = Literal["named", "class_a", "class_b", "class_c", "empty", "differed"]
"""What a count takes in.

- `named`: The SKUs that are named.
- `class_a`: Class A: the SKUs that make the first 80 % of the node's value.
- `class_b`: Class B: those of the next 15 %.
- `class_c`: Class C: the rest that has value.
- `empty`: SKUs that the book has none of there, though they were there once: an empty bin may
  not be empty.
- `differed`: SKUs that an earlier count found different.
"""

CountStage: TypeAlias = Literal["planned", "recount", "review", "approved", "posted", "cancelled"]
"""Where a count stands.

- `planned`: It shall be done.
- `recount`: A line differs so much that it is counted again.
- `review`: Somebody has to look at the differences.
- `approved`: The differences may be posted.
- `posted`: They are posted.
- `cancelled`: It is off.
"""

Counting: TypeAlias = Literal["restart", "continue"]
"""What has been drawn so far, when a plan is set anew.

- `restart`: Counts from zero.
- `continue`: Pools of the same name go on counting.
"""

Detail: TypeAlias = Literal["none", "brief", "full"]
"""How much a receipt tells about a decision.

- `none`: Nothing beside the plan.
- `brief`: Objective, bound, and how many candidates fell out for which reason.
- `full`: Every candidate with every cost term, and the runner-up. It is told once, with the
  first receipt: when the same command comes again, the state that was decided on has passed.
"""

Dimension: TypeAlias = Literal[
    "node",
    "channel",
    "sku",
    "category",
    "supplier",
    "service",
    "order",
    "kind",
    "day",
    "week",
    "month",
]
"""What numbers can be broken down by. Days, weeks (from Monday) and months are those of UTC.

- `node`: The node.
- `channel`: The channel.
- `sku`: The SKU.
- `category`: The SKU's group.
- `supplier`: The supplier.
- `service`: The carrier service.
- `order`: The order.
- `kind`: What kind of thing: a stage, a disposition, a reason, an exception's code, an event.
- `day`: The day.
- `week`: The week, by its Monday.
- `month`: The month, by its first day.
"""

Disagreement: TypeAlias = Literal[
    "agreed",
    "quantity",
    "legacy_oversold",
    "legacy_short",
    "book_short",
    "other_split",
    "other_node",
]
"""How the book's plan of an order and the older system's differ: the first of these that holds.

- `agreed`: They do not.
- `quantity`: They do not speak of the same units.
- `legacy_oversold`: The older system took what is not there.
- `legacy_short`: The older system has units wait that the book can give.
- `book_short`: The book has units wait that the older system gives.
- `other_split`: Another number of nodes, or the same ones but other units from each.
- `other_node`: As many nodes, but others.
"""

Disposition: TypeAlias = Literal["restock", "refurbish", "scrap", "return_to_vendor", "keep"]
"""What becomes of returned goods.

- `restock`: Back to sellable stock.
- `refurbish`: Kept to be made fit for sale.
- `scrap`: Thrown away.
- `return_to_vendor`: Sent on to its vendor.
- `keep`: The customer keeps the goods: only money moves.
"""

DisruptionKind: TypeAlias = Literal["node_down", "service_down", "short_pick", "node_rejected"]
"""What may undo plans.

- `node_down`: A node is down: it is closed, and gives nothing of what was planned from it.
- `service_down`: A carrier service is down: it goes nowhere until it is defined again.
- `short_pick`: Units of a SKU are not where they should be: as few orders as possible do without
  them.
- `node_rejected`: A node rejects orders.
"""

DocumentKind: TypeAlias = Literal[
    "order",
    "fulfilment",
    "return",
    "transfer",
    "purchase",
    "count",
    "hold",
    "approval",
    "exception",
    "subscription",
]
"""A kind of document that has a life of its own.

- `order`: An order as a whole.
- `fulfilment`: What one node does for one order.
- `return`: A return that was authorised.
- `transfer`: A transfer between nodes.
- `purchase`: A purchase order.
- `count`: A count.
- `hold`: A hold of stock.
- `approval`: A command that waits for approval.
- `exception`: An exception.
- `subscription`: A subscription.
"""

DocumentOwner: TypeAlias = Literal["shared", "opener"]
"""Which system owns a document.

- `shared`: No one system: whoever may cause the event.
- `opener`: The one that opened it: only that may cause the event for it.
"""

ExceptionCode: TypeAlias = Literal[
    "short_allocation",
    "promise_at_risk",
    "transfer_short",
    "planned_at_closed_node",
    "over_receipt",
    "change_lapsed",
    "allocation_failed",
    "short_pick",
    "oversell_averted",
    "negative_stock",
    "late_event",
    "unauthorized_source",
    "count_variance",
    "price_mismatch",
    "three_way_mismatch",
    "feed_silent",
    "feed_gap",
    "duplicate_message",
    "refund_without_goods",
    "return_mismatch",
    "message_refused",
    "approval_needed",
    "order_parked",
    "node_rejected",
    "weight_mismatch",
    "backorder_aged",
    "supplier_late",
    "damaged_goods",
    "rollout_disagreement",
    "delivery_failed",
    "transfer_over",
    "credit_limit",
    "early_event",
    "pickup_expired",
    "wrong_lot",
    "early_receipt",
    "transfer_late",
    "wrong_goods",
]
"""Why a person is needed.

- `short_allocation`: A channel accepted an order (an external commitment) that cannot be filled:
  a channel oversell.
- `promise_at_risk`: A plan arrives after its promise.
- `transfer_short`: Goods were lost between nodes.
- `planned_at_closed_node`: A node closed while orders were planned from it.
- `over_receipt`: More was received than the purchase order has open.
- `change_lapsed`: A change of master data did not fit any more when its time came.
- `allocation_failed`: No node could give what was ordered.
- `short_pick`: A pick found less than was planned.
- `oversell_averted`: More would have been promised than there is; it was not.
- `negative_stock`: A statement says that less than nothing is there.
- `late_event`: A fact came later than its rule allows.
- `unauthorized_source`: A system said what another is the system of record for.
- `count_variance`: A count differs from the book by more than its tolerance.
- `price_mismatch`: A price differs from what it should be.
- `three_way_mismatch`: Order, receipt and invoice do not agree.
- `feed_silent`: A feed missed its time.
- `feed_gap`: A feed's numbers have a gap.
- `duplicate_message`: A feed said the same thing again.
- `refund_without_goods`: Money went back and no goods came.
- `return_mismatch`: What came back is not what was authorised.
- `message_refused`: A feed's message was refused.
- `approval_needed`: A command waits for somebody's approval.
- `order_parked`: An order came in that cannot be taken as it is.
- `node_rejected`: A node refused what it was to send.
- `weight_mismatch`: A parcel weighs other than its goods.
- `backorder_aged`: A backorder is older than it may be.
- `supplier_late`: A supplier is late.
- `damaged_goods`: Goods arrived damaged.
- `rollout_disagreement`: The book and the system that it runs beside decided otherwise.
- `delivery_failed`: A parcel is late or lost on its way.
- `transfer_over`: A node sent more than its transfer said.
- `credit_limit`: A customer owes more than he may.
- `early_event`: A fact was told further ahead than its rule allows.
- `pickup_expired`: Nobody picked goods up in time: they are back in stock.
- `wrong_lot`: A pick took another lot than the one that was promised by its name.
- `early_receipt`: Goods came before they were expected, and by more than may be.
- `transfer_late`: A transfer is under way for longer than it may be.
- `wrong_goods`: Goods came that their purchase order does not have: they wait in inspection.
"""

ExceptionStatus: TypeAlias = Literal["open", "resolved"]
"""Where an exception stands.

- `open`: Somebody has to look.
- `resolved`: Somebody has.
"""

Fairness: TypeAlias = Literal[
    "least_cost",
    "first_come",
    "priority",
    "most_complete",
    "most_margin",
    "least_regret",
]
"""Who is served first where a batch competes for what is short.

- `least_cost`: Whoever makes the whole batch cheapest.
- `first_come`: Whoever came first: each order takes its best out of what those before it left.
- `priority`: The more important priority, jointly; then the next out of what it left.
- `most_complete`: As many whole orders as can be; the cost decides between equals.
- `most_margin`: Whoever earns most: what a line left unfilled costs is its margin.
- `least_regret`: The order that would lose most if others took its best goes first.
"""

FallOut: TypeAlias = Literal[
    "closed",
    "not_eligible",
    "too_far",
    "no_service",
    "late",
    "no_stock",
    "protected",
    "margin_too_low",
    "at_capacity",
    "lots_short",
    "restricted",
    "rejected",
    "not_pickup",
    "max_nodes",
    "incomplete",
    "too_dear",
]
"""Why a node cannot give to a line.

- `closed`: The node is closed.
- `not_eligible`: The policy does not name it, or its kind.
- `too_far`: It is farther away than the policy allows.
- `no_service`: No carrier service of the channel goes that far, or its calendar has ended.
- `late`: It cannot keep the promise.
- `no_stock`: It has not enough free stock (for the whole line, where lines are not split).
- `protected`: What is free there is protected for other channels.
- `margin_too_low`: Price less cost there is below the policy's minimum.
- `at_capacity`: Its days are booked up to its capacity until the promise would be broken.
- `lots_short`: What lots are free there expire too soon for the channel, or are kept for those
  that need them.
- `restricted`: A limit of the policy keeps such goods from it.
- `rejected`: It has rejected this order, or a hold pins the goods to another node; or it takes
  no such return.
- `not_pickup`: The customer picks up elsewhere.
- `max_nodes`: It could give, but as many nodes as the policy allows give already (`nodes_max`).
- `incomplete`: It could give, but the order comes whole or not at all, and other lines of it
  cannot be given.
- `too_dear`: It could give, but by the policy's objective that costs more than leaving the line
  unfilled.
"""

FeedOrder: TypeAlias = Literal["resequence", "as_it_comes"]
"""What happens to a message that comes before its forerunner.

- `resequence`: It waits for it.
- `as_it_comes`: It is taken at once, and the forerunner when it comes.
"""

Fence: TypeAlias = Literal["open", "ringed"]
"""Whether a pool may draw from what is not kept for anybody.

- `open`: It draws from its minimum and from what is free for all.
- `ringed`: It draws from its minimum alone, and nobody borrows from it: a partition.
"""

Flow: TypeAlias = Literal["out", "back"]
"""Which way goods go by a rule.

- `out`: They are given to customers.
- `back`: They come back: the rule chooses one node that takes all of a return, whatever it says
  of lateness and of splitting. What it costs a node there to give goods is what it gains to get
  them: `scarcity`, `bid_price`, `markdown` and `stock_out_risk` count the other way.
"""

FulfilmentStage: TypeAlias = Literal[
    "released",
    "picked",
    "packed",
    "shipped",
    "delivered",
    "failed",
    "cancelled",
]
"""Where a node stands with an order.

- `released`: The node shall work on it.
- `picked`: It is picked.
- `packed`: It is packed.
- `shipped`: It left.
- `delivered`: It arrived.
- `failed`: It did not arrive.
- `cancelled`: Nothing of it is wanted any more: struck, or planned from elsewhere.
"""

HoldFill: TypeAlias = Literal["all_or_nothing", "best_effort"]
"""Whether a hold takes what it can get.

- `all_or_nothing`: All lines in full, or a refusal.
- `best_effort`: Of every line as much as there is; a refusal only where there is nothing at all.
"""

HoldPhase: TypeAlias = Literal["pending", "confirmed"]
"""Whether a hold may run out.

- `pending`: It runs out by itself unless it is confirmed.
- `confirmed`: It holds until it is released, or replaced by an order.
"""

HoldState: TypeAlias = Literal["held", "ended"]
"""Where a hold stands.

- `held`: It holds.
- `ended`: It was given back, replaced by an order, or ran out.
"""

InvoiceDifference: TypeAlias = Literal["to_stock", "to_variance"]
"""Where the difference between an invoice and its receipt goes.

- `to_stock`: Into the cost of the goods, by the late policy.
- `to_variance`: Into purchase price variance.
"""

JournalForm: TypeAlias = Literal["ledger", "beancount", "csv"]
"""Whom the text is for.

- `ledger`: hledger and ledger: one text suits both.
- `beancount`: Beancount 3.
- `csv`: One row a posting, with SKU, node and quantity.
"""

KitKind: TypeAlias = Literal["virtual", "assembled"]
"""How a kit exists.

- `virtual`: Only as its components, which are reserved and shipped for it.
- `assembled`: As stock of its own, put together before.
"""

KitStep: TypeAlias = Literal["assemble", "disassemble"]
"""Which way a kit goes.

- `assemble`: Components become the kit.
- `disassemble`: The kit becomes its components.
"""

LandedBasis: TypeAlias = Literal["value", "qty", "weight", "given", "volume"]
"""What an amount is shared out by.

- `value`: Value of the receipt lines.
- `qty`: Their quantity.
- `weight`: Their weight.
- `given`: Weights that the command gives.
- `volume`: Their volume, by the dimensions of each SKU's base unit.
"""

LatePolicy: TypeAlias = Literal["at_current_cost", "replay", "prospective"]
"""What is done when a cost comes to be known after goods have moved on.

- `at_current_cost`: The past stays. What stock on hand can bear goes to stock, the rest to a
  variance account.
- `replay`: All later movements are costed anew, and each difference is posted with a pointer to
  its event.
- `prospective`: The same amounts in the open period, in one sum for each movement, place and
  channel.
"""

Lateness: TypeAlias = Literal["forbidden", "allowed"]
"""What a plan may do to the promised date.

- `forbidden`: A node that cannot keep the promise falls out.
- `allowed`: It stays, at the cost of its `lateness_hours`.
"""

LevelMethod: TypeAlias = Literal["littlewood", "emsr_a", "emsr_b", "exact", "dynamic"]
"""How protection levels are computed.

- `littlewood`: Littlewood's rule: two classes, exact.
- `emsr_a`: Expected marginal seat revenue, class against class.
- `emsr_b`: Expected marginal seat revenue against the pooled better classes: a heuristic. Where
  fares are spread (1050/950/699/520) it brings within 0.1 % of the optimum; where the lower
  fares lie close together (1050/567/534/520) up to 0.44 % less, at the levels that are published
  for it (16.7/50.9/83.2 where the optimum has 16.7/42.5/72.7): ask for `exact` there.
- `exact`: The exact optimum, lower classes first, by dynamic programming over whole units.
- `dynamic`: Arrivals in any order over time (Lee and Hersh): bid prices instead of levels.
"""

Lifecycle: TypeAlias = Literal["draft", "active", "blocked", "retired"]
"""Where a SKU stands in its life.

- `draft`: Being prepared: neither bought nor sold yet.
- `active`: Bought, kept and sold.
- `blocked`: Not sold for now; what is promised is still shipped.
- `retired`: Neither bought nor sold any more; what is promised is still shipped, and returns
  still come back.
"""

LimitMeasure: TypeAlias = Literal["value", "units", "backorder_units", "refund", "substitution"]
"""What a limit measures of an event.

- `value`: Money that it moves: debits of its journal; for orders the goods' worth.
- `units`: Units that it moves, in base units of no SKU in particular: the sum of the lines'
  quantities. What is set, described or defined is one: above 0 every such command waits, and a
  change that carries one as well.
- `backorder_units`: Units that would wait for a receipt.
- `refund`: Money given back to a customer.
- `substitution`: By how much prices of substitutes differ from those of what was ordered.
"""

LineSplit: TypeAlias = Literal["never", "allowed"]
"""Whether a line may come in parts.

- `never`: A line comes whole from one node or not at all.
- `allowed`: A line may come from several nodes, and may be filled in part.
"""

LineStatus: TypeAlias = Literal["matched", "in_flight", "variance"]
"""How a line of a statement stands to the book.

- `matched`: They agree.
- `in_flight`: They agree but for movements in flight.
- `variance`: They differ.
"""

Locality: TypeAlias = Literal["local", "standard"]
"""Whether a parameter may differ from place to place.

- `local`: A scope may have a value of its own, within the bounds.
- `standard`: There is one value for all.
"""

Measure: TypeAlias = Literal[
    "unfilled_lines",
    "unfilled_units",
    "not_single",
    "shipments",
    "distance_km",
    "freight",
    "handling",
    "lateness_hours",
    "margin",
    "node_preference",
    "scarcity",
    "bid_price",
    "extra_cost",
    "markdown",
    "stock_out_risk",
    "picks",
    "rejection_risk",
    "load",
]
"""What a term of the objective measures. All but `margin` and `markdown` cost; every measure is
a sum over the plan.

- `unfilled_lines`: Lines not filled whole.
- `unfilled_units`: Base units not filled.
- `not_single`: 1 unless one node gives everything.
- `shipments`: Nodes that ship.
- `distance_km`: Kilometres from node to customer, summed over the lines' parts (exact to the
  millimetre).
- `freight`: Carrier's charge: a base for each shipment and a price for the weight; and what the
  lanes take by which goods are brought first.
- `handling`: Handling of shipments and units.
- `lateness_hours`: Hours after the promise, summed over the lines' parts.
- `margin`: Price less cost at that node: the more, the better.
- `node_preference`: The node's `preference`, summed over shipments.
- `scarcity`: Share of the node's free stock that the line would take (0 to 1), summed over the
  lines' parts.
- `bid_price`: What the units taken are worth to others where they lie, by `set_bid_prices`.
- `extra_cost`: What the tables of outside knowledge charge (see `set_cost_table`): for the units
  by SKU and node, for the shipment by order or segment and node. May be negative.
- `markdown`: Units that would not have to be marked down at that node, by the table of
  markdowns: the more, the better.
- `stock_out_risk`: Units from a node that falls below its reorder point for the SKU if the line
  is taken there.
- `picks`: Lines' parts: each a pick at its node.
- `rejection_risk`: How likely the node rejects what is planned from it (0 to 1, by
  `describe_node`), summed over shipments: weighed by what it costs to plan anew.
- `load`: Share of the node's day for returns (`returns_capacity`) that is taken (0 to 1), where
  goods come back.
"""

Misfit: TypeAlias = Literal["reject", "park", "accept"]
"""What happens to a message that its rule does not let pass.

- `reject`: It is refused; nothing changes.
- `park`: It waits until somebody approves or rejects it.
- `accept`: It is taken, and an exception tells of it.
"""

Movement: TypeAlias = Literal[
    "receipt",
    "opening",
    "issue",
    "revenue",
    "freight",
    "handling",
    "return_restock",
    "return_refurbish",
    "return_scrap",
    "return_to_vendor",
    "refund",
    "loss",
    "gain",
    "transfer_out",
    "transfer_in",
    "transfer_loss",
    "price_variance",
    "purchase_invoice",
    "invoice_to_stock",
    "invoice_variance",
    "input_tax",
    "exchange_loss",
    "exchange_gain",
    "landed_cost",
    "landed_variance",
    "landed_invoice",
    "late_variance",
    "catch_up",
    "vendor_return",
    "vendor_return_claim",
    "vendor_return_variance",
    "vendor_claim_variance",
    "revaluation",
    "transfer_variance",
    "write_down",
    "write_down_to_cost",
    "write_down_reversal",
    "allowance_release",
    "assembly_out",
    "assembly_in",
    "assembly_extra",
    "refurbishing",
    "issue_unbilled",
    "cost_recognised",
    "output_tax",
    "discount",
    "shipping_revenue",
    "credit_note",
    "payment",
    "gift_tender",
    "gift_sale",
    "expect_return",
    "expect_return_cost",
    "refund_expected",
    "drop_ship_in",
    "drop_ship_out",
    "drop_ship_unbilled",
    "consignment_use",
    "consignment_invoice",
    "intercompany_sale",
    "intercompany_cost",
    "intercompany_purchase",
    "consignment_variance",
    "variance_to_stock",
    "variance_to_cost",
    "pool_share",
    "settlement_loss",
    "settlement_gain",
    "vendor_credit",
    "return_claim_variance",
]
"""A movement of value. Each is posted by one debit and one credit of the same amount.

- `receipt`: Goods come from a supplier: inventory to goods received, not invoiced.
- `opening`: Goods are taken on without a supplier: inventory to opening balance.
- `issue`: Goods leave to a customer: cost of goods sold to inventory.
- `revenue`: What the customer owes for them: receivable to revenue.
- `freight`: What the carrier will charge: freight out to accrued freight.
- `handling`: What handling costs: handling to accrued handling.
- `return_restock`: A return goes back to sellable stock: inventory to cost of goods sold.
- `return_refurbish`: A return is kept for refurbishing: inventory to cost of goods sold.
- `return_scrap`: A return is scrapped: scrap to cost of goods sold.
- `return_to_vendor`: A return goes on to its vendor: vendor claims to cost of goods sold.
- `refund`: The customer is refunded: sales returns to receivable.
- `loss`: Stock is less than the book says: shrinkage to inventory.
- `gain`: Stock is more than the book says: inventory to shrinkage.
- `transfer_out`: Goods leave for another node: in transit to inventory.
- `transfer_in`: Goods arrive from another node: inventory to in transit.
- `transfer_loss`: Goods are lost on the way: shrinkage to in transit.
- `price_variance`: The purchase price differs from the standard cost: price variance to
  inventory.
- `purchase_invoice`: A supplier's invoice, at its own amount: goods received, not invoiced, to
  payable.
- `invoice_to_stock`: What an invoice differs from its receipt goes to stock: inventory to goods
  received, not invoiced.
- `invoice_variance`: What an invoice differs from its receipt is spent: price variance to goods
  received, not invoiced.
- `input_tax`: Tax on purchases, as the host says: input tax to payable.
- `exchange_loss`: An invoice at a worse rate than its receipt: exchange loss to goods received,
  not invoiced.
- `exchange_gain`: An invoice at a better rate than its receipt: goods received, not invoiced, to
  exchange gain.
- `landed_cost`: Freight, duty and the like become part of the goods' cost: inventory to landed
  cost clearing.
- `landed_variance`: Landed cost that no stock can bear: late cost variance to landed cost
  clearing.
- `landed_invoice`: The carrier's or customs' invoice: landed cost clearing to payable.
- `late_variance`: What a late receipt costs beyond today's cost: late cost variance to
  inventory.
- `catch_up`: Units issued before they came are valued at what they cost: cost of goods sold to
  inventory.
- `vendor_return`: Goods go back to their vendor before his invoice: goods received, not
  invoiced, to inventory.
- `vendor_return_claim`: Goods go back to their vendor after his invoice: vendor claims to
  inventory.
- `vendor_return_variance`: Carrying cost of returned goods beyond what is not invoiced: price
  variance to goods received.
- `vendor_claim_variance`: Carrying cost of returned goods beyond the claim: price variance to
  vendor claims.
- `revaluation`: Stock is valued anew: inventory to revaluation.
- `transfer_variance`: Standards of two nodes differ: transfer variance to inventory of the node
  that receives.
- `write_down`: Stock is written down by an allowance: write-down to inventory allowance.
- `write_down_to_cost`: Stock is written down to a new cost basis: write-down to inventory.
- `write_down_reversal`: A write-down is no longer needed, or its goods left unsold: inventory
  allowance to write-down.
- `allowance_release`: Goods written down are sold: inventory allowance to cost of goods sold.
- `assembly_out`: Components go into a kit: work in assembly to inventory.
- `assembly_in`: An assembled kit comes out: inventory to work in assembly.
- `assembly_extra`: Labour and other cost of assembling: work in assembly to absorbed cost.
- `refurbishing`: Labour that makes returned goods fit for sale: inventory to absorbed cost.
- `issue_unbilled`: Goods leave to a customer who is invoiced later: shipped, not invoiced, to
  inventory.
- `cost_recognised`: Their cost, when they are invoiced: cost of goods sold to shipped, not
  invoiced.
- `output_tax`: Tax on sales, as the host says: receivable to output tax.
- `discount`: A discount on an invoice: discounts to receivable.
- `shipping_revenue`: Shipping that the customer pays: receivable to shipping revenue.
- `credit_note`: A credit note on the price: revenue to receivable.
- `payment`: The customer pays: cash to receivable.
- `gift_tender`: The customer pays by gift balance: gift balances to receivable.
- `gift_sale`: Gift balance is sold: cash to gift balances.
- `expect_return`: Revenue that will probably be given back: revenue to refund liability.
- `expect_return_cost`: Goods that will probably come back: right-of-return asset to cost of
  goods sold.
- `refund_expected`: An expected refund is made: refund liability to sales returns.
- `drop_ship_in`: A supplier ships to our customer, goods in: inventory to goods received, not
  invoiced.
- `drop_ship_out`: The same goods out: cost of goods sold to inventory.
- `drop_ship_unbilled`: The same goods out to a customer who is invoiced later: shipped, not
  invoiced, to inventory.
- `consignment_use`: A vendor's goods become ours by use: inventory to consignment liability.
- `consignment_invoice`: The vendor's invoice for them: consignment liability to payable.
- `intercompany_sale`: Goods sold to a company of the group: intercompany receivable to
  intercompany revenue.
- `intercompany_cost`: Their cost: intercompany cost to goods in transit.
- `intercompany_purchase`: The same goods in the other company: inventory to intercompany
  payable.
- `consignment_variance`: What a vendor's invoice for goods used differs: price variance to
  consignment liability.
- `variance_to_stock`: Price variance that goods on hand bear (IAS 2.21): variance in stock to
  price variance.
- `variance_to_cost`: Price variance of goods that were sold: cost of goods sold to price
  variance.
- `pool_share`: A node's part of its company's pool: inventory to in transit, whose sum over the
  nodes is zero.
- `settlement_loss`: A customer settles a debt in another currency at a worse rate: exchange loss
  to receivable.
- `settlement_gain`: A customer settles a debt in another currency at a better rate: receivable
  to exchange gain.
- `vendor_credit`: A vendor's credit note for goods that went back: payable to vendor claims.
- `return_claim_variance`: What a customer's goods cost beyond the claim on their vendor: price
  variance to vendor claims.
"""

NegativeCost: TypeAlias = Literal["last_cost_then_catch_up", "adopt_last_receipt_price"]
"""What units are worth that leave before they have come.

- `last_cost_then_catch_up`: The last known cost; when they come, the difference is posted as a
  catch-up of cost of goods sold.
- `adopt_last_receipt_price`: The price of the newest receipt, as long as no more than nothing is
  there before or after it.
"""

NegativeStock: TypeAlias = Literal["forbid", "floor", "allow"]
"""What happens when stock would go below zero.

- `forbid`: It is refused.
- `floor`: It may go down to a floor.
- `allow`: It may, and an exception is opened.
"""

Nesting: TypeAlias = Literal["uses_up", "stays"]
"""What becomes of a minimum as its pool draws.

- `uses_up`: What is drawn uses the minimum up (standard nesting).
- `stays`: The minimum stays kept until it is set anew (theft nesting): others draw only above
  the level.
"""

NodeKind: TypeAlias = Literal["warehouse", "store", "third_party", "drop_shipper", "supplier"]
"""What kind of place a node is.

- `warehouse`: An own warehouse.
- `store`: A shop with a stock room.
- `third_party`: A warehouse run by a third party (3PL).
- `drop_shipper`: A supplier that ships to customers.
- `supplier`: A supplier's own place, from which the company buys.
"""

NodeStatus: TypeAlias = Literal["open", "closed"]
"""Whether a node works.

- `open`: It takes, holds and ships.
- `closed`: It ships nothing and is given nothing to ship.
"""

OrderHoldKind: TypeAlias = Literal["fraud", "payment", "credit", "address", "review"]
"""Why an order waits for a person.

- `fraud`: It may be a fraud.
- `payment`: It is not paid.
- `credit`: The customer's credit is used up.
- `address`: Its address is in doubt.
- `review`: Something else.
"""

OrderState: TypeAlias = Literal["planned", "backordered", "shipped", "cancelled"]
"""Where an order stands; derived from its lines.

- `planned`: Something is reserved, nothing waits.
- `backordered`: Something waits for a receipt.
- `shipped`: All that was not struck has left.
- `cancelled`: All of it was struck.
"""

Parking: TypeAlias = Literal["limit", "source", "timing"]
"""Why a command waits.

- `limit`: It is above its limit.
- `source`: Another system is the system of record.
- `timing`: It comes too late, or is told too far ahead.
"""

PeriodStatus: TypeAlias = Literal["open", "soft_closed", "closed"]
"""Whether a period takes entries.

- `open`: Anyone's.
- `soft_closed`: Only those of the actors and roles named.
- `closed`: None.
"""

Permission: TypeAlias = Literal["allowed", "forbidden"]
"""Whether something may be done.

- `allowed`: It may.
- `forbidden`: It may not.
"""

PickOrder: TypeAlias = Literal["fifo", "lifo", "fefo"]
"""Which lots go first.

- `fifo`: The one that came first.
- `lifo`: The one that came last.
- `fefo`: The one that expires first.
"""

PoolScope: TypeAlias = Literal["node", "company"]
"""Which stock has one pool of value.

- `node`: That of a node.
- `company`: That of all nodes of a company, under moving average, FIFO or specific lot.
"""

ProcessFamily: TypeAlias = Literal["orders", "fulfilment", "returns", "stock", "purchasing"]
"""A family of processes that goes live together. What plans many orders at once, deals stock
anew, orders by a subscription, refurbishes, or withdraws a return or a request has no place of
its own and belongs to none.

- `orders`: Orders: captured, planned, amended, held.
- `fulfilment`: Picking, packing, shipping, tracking.
- `returns`: Returns.
- `stock`: Receipts, transfers, adjustments, counts, kits put together.
- `purchasing`: Requisitions, purchase orders, what goes back to suppliers.
"""

ProposalKind: TypeAlias = Literal["purchase", "expedite"]
"""What is proposed.

- `purchase`: A purchase at the supplier's lead time: the position is at or below the reorder
  point.
- `expedite`: A purchase at the expedited lead time: what is free has fallen below the expedite
  trigger.
"""

PurchaseState: TypeAlias = Literal["open", "received", "cancelled"]
"""Where a purchase order stands.

- `open`: Something is awaited.
- `received`: All has arrived.
- `cancelled`: The rest was struck.
"""

Recognition: TypeAlias = Literal["at_shipment", "at_invoice"]
"""When a channel's revenue is recognised, and the cost of its goods with it.

- `at_shipment`: When goods leave.
- `at_invoice`: When they are invoiced; until then their cost waits as shipped, not invoiced.
"""

RedealBy: TypeAlias = Literal["priority", "age", "margin", "fairness"]
"""Who comes first when a SKU is dealt anew.

- `priority`: By the orders' priority, then age.
- `age`: By age.
- `margin`: By price, the highest first: of one SKU that is by margin. Then age.
- `fairness`: All alike: each in proportion to what it asks.
"""

RedealStrategy: TypeAlias = Literal["win", "gain", "redistribute", "fill", "lose"]
"""What may happen to an order when stock is dealt anew.

- `win`: It is confirmed in full before all others.
- `gain`: It keeps what it has and may get more.
- `redistribute`: It may gain or lose.
- `fill`: It keeps or loses, and gains nothing.
- `lose`: It gives up all.
"""

Relaxed: TypeAlias = Literal[
    "nodes_max",
    "distance_max",
    "margin_min",
    "lateness",
    "nodes",
    "limits",
    "line_split",
]
"""A part of a rule that may give way.

- `nodes_max`: `nodes_max`: an order may come from any number of nodes.
- `distance_max`: `distance_km_max`: from however far.
- `margin_min`: `margin_min`: at whatever margin.
- `lateness`: `lateness`: after the promise.
- `nodes`: `node_kinds` and `nodes`: from any node.
- `limits`: `limits`: those that are not `hard`.
- `line_split`: `line_split`: a line may come in parts.
"""

RequestKind: TypeAlias = Literal["transfer", "purchase"]
"""What is asked for.

- `transfer`: Goods of another node.
- `purchase`: Goods of a supplier.
"""

RhythmUnit: TypeAlias = Literal["day", "week", "month"]
"""What a rhythm counts in.

- `day`: Days.
- `week`: Weeks of seven days.
- `month`: Months: a day that a month does not have is its last.
"""

RolloutMode: TypeAlias = Literal["off", "shadow", "live"]
"""How far a process is rolled out.

- `off`: The book takes none of its commands.
- `shadow`: The book decides and records, while the older system is the one that is followed.
- `live`: The book is followed.
"""

RoomCause: TypeAlias = Literal[
    "no_stock",
    "node_closed",
    "reserved",
    "kept_for_pool",
    "protected_for_others",
    "maximum_reached",
    "short_lived",
    "not_sold",
    "not_together",
]
"""Why a channel may take less than lies there.

- `no_stock`: Nothing lies there, or of a component less than a kit takes.
- `node_closed`: The node is closed.
- `reserved`: It is reserved for orders and holds.
- `kept_for_pool`: It is kept for another pool.
- `protected_for_others`: It is protected for other channels.
- `maximum_reached`: The pool has taken its maximum.
- `short_lived`: Its lots do not live as long as the channel wants.
- `not_sold`: It is a draft, blocked or retired.
- `not_together`: No node has all components of the kit.
"""

Rounding: TypeAlias = Literal["exact", "up", "down", "nearest"]
"""What becomes of a quantity in another unit that is no whole number of the smallest unit.

- `exact`: It is refused.
- `up`: The next whole number above.
- `down`: The next whole number below.
- `nearest`: The nearest whole number, halves away from zero.
"""

RuleSet: TypeAlias = Literal["perpetual", "continental"]
"""A set of posting rules that comes with the library.

- `perpetual`: Perpetual inventory, Anglo-Saxon: what is received and not invoiced has an
  account.
- `continental`: Continental: purchases are spent when invoiced, stock moves against stock
  variation.
"""

Severity: TypeAlias = Literal["low", "medium", "high", "critical"]
"""How urgent it is.

- `low`: When there is time.
- `medium`: In its turn.
- `high`: Before others.
- `critical`: At once.
"""

Shortage: TypeAlias = Literal["backorder", "cancel", "refuse"]
"""What happens to what cannot be given now.

- `backorder`: It waits for the next receipt.
- `cancel`: It is struck from the order.
- `refuse`: The whole order is refused.
"""

Speed: TypeAlias = Literal["standard", "expedited"]
"""How fast a purchase comes.

- `standard`: In the supplier's lead time.
- `expedited`: Faster, at the supplier's premium.
"""

Stage: TypeAlias = Literal["release", "pick", "pack"]
"""A stage that goods may have to go through before they leave.

- `release`: A wave released the order to its node.
- `pick`: It was picked.
- `pack`: It was packed.
"""

Subject: TypeAlias = Literal[
    "sku",
    "node",
    "channel",
    "service",
    "supplier",
    "account",
    "reason",
    "company",
    "change",
    "policy",
    "posting_rules",
    "authority",
    "parameter",
    "role",
    "actor",
    "approval_rule",
    "source_of_record",
    "timing_rule",
    "exception_rule",
    "rollout",
    "feed",
    "ledger",
    "valuation",
    "cost_table",
    "bid_prices",
    "period",
    "book",
]
"""What a history is of.

- `sku`: A SKU, with its kit, its listings and its lots.
- `node`: A node.
- `channel`: A channel, with its listings.
- `service`: A carrier service.
- `supplier`: A supplier.
- `account`: An account.
- `reason`: A reason.
- `company`: A company.
- `change`: A scheduled change.
- `policy`: The sourcing policy; it has no code.
- `posting_rules`: The posting rules; they have no code.
- `authority`: Who may say a command, by its word.
- `parameter`: A parameter and its values.
- `role`: A role.
- `actor`: The roles of an actor.
- `approval_rule`: Above which limit a command waits, by its word.
- `source_of_record`: Systems of record, by event.
- `timing_rule`: How late an event may be told, by event.
- `exception_rule`: How exceptions are handled, by code.
- `rollout`: How far a family of processes is rolled out.
- `feed`: A feed.
- `ledger`: A ledger.
- `valuation`: How a group of SKUs is valued; empty = all that have no valuation of their own.
- `cost_table`: A table of outside knowledge.
- `bid_prices`: Bid prices; they have no code.
- `period`: A period.
- `book`: The book itself.
"""

SubscriptionStatus: TypeAlias = Literal["active", "paused", "ended"]
"""Where a subscription stands.

- `active`: Its orders are placed when they are due.
- `paused`: Nothing is due: what would have been is not made up for.
- `ended`: It is over.
"""

SubstitutePrice: TypeAlias = Literal["ordered", "own", "lower"]
"""What a customer pays for a substitute.

- `ordered`: The price of what was ordered.
- `own`: Its own price.
- `lower`: The lower of the two.
"""

Substitution: TypeAlias = Literal["never", "allowed", "in_part"]
"""Whether a line that would be short may be given by another SKU.

- `never`: What was ordered is given, or nothing.
- `allowed`: The substitutes that `describe_sku` names are tried by rank, for whole lines.
- `in_part`: The same, and where none stands for a line whole, for what it would be short of:
  that is a line of its own, and the rest stays as it was.
"""

SupplierBill: TypeAlias = Literal["invoice", "credit_note"]
"""What a supplier sends.

- `invoice`: An invoice: he is owed more.
- `credit_note`: A credit note: he is owed less, for a price corrected or for goods that went
  back to him.
"""

SupplyKind: TypeAlias = Literal["purchase_order", "transfer", "return", "other", "on_hand", "asked"]
"""Where supply comes from.

- `purchase_order`: A purchase order.
- `transfer`: A transfer between nodes.
- `return`: Goods that customers have announced to send back.
- `other`: Own production, or anything else.
- `on_hand`: What lies there.
- `asked`: Named in the question.
"""

Surplus: TypeAlias = Literal["refuse", "take"]
"""What becomes of units that arrive beyond those that a transfer sent.

- `refuse`: They are refused: the quantity may be a slip.
- `take`: They are taken from the sender's free stock, for they have left it: a transfer of their
  own, numbered after this one, and an exception at the sender.
"""

TemperatureClass: TypeAlias = Literal["ambient", "cool", "chilled", "frozen"]
"""The cold chain that goods need, by the field's usual ranges.

- `ambient`: Room temperature.
- `cool`: 8 to 15 °C.
- `chilled`: 2 to 8 °C.
- `frozen`: -18 °C or colder.
"""

Tender: TypeAlias = Literal["cash", "gift", "gift_sale"]
"""How a customer pays.

- `cash`: By money, whatever its form.
- `gift`: By gift balance.
- `gift_sale`: He buys gift balance.
"""

Tracking: TypeAlias = Literal["none", "lot", "serial"]
"""Whether units are told apart.

- `none`: They are not.
- `lot`: By lot: every unit lies in a named lot.
- `serial`: By serial number: every lot is one unit.
"""

TransferState: TypeAlias = Literal["in_transit", "received"]
"""Where a transfer stands.

- `in_transit`: Something is between the nodes.
- `received`: All has arrived or is lost.
"""

Unit: TypeAlias = Literal["count", "share", "ratio", "money", "distance", "duration"]
"""What a metric is counted in.

- `count`: A number of things.
- `share`: A share in millionths: 1,000,000 = 100 %.
- `ratio`: A ratio in millionths: 1,000,000 = 1.
- `money`: Money in micro-units.
- `distance`: Kilometres in millimetres.
- `duration`: Microseconds, told in hours.
"""

VarianceCause: TypeAlias = Literal[
    "late",
    "missing",
    "duplicated",
    "wrong_unit",
    "wrong_node",
    "unknown",
]
"""Why a statement probably differs.

- `late`: It lacks a movement that has happened lately: it may still come.
- `missing`: It lacks a movement of long ago.
- `duplicated`: It has a movement twice.
- `wrong_unit`: It counts in another unit of measure.
- `wrong_node`: It has at one node what lies at another.
- `unknown`: No single fault explains it.
"""

WriteDownBasis: TypeAlias = Literal["allowance", "new_cost_basis"]
"""How stock is written down to its net realisable value.

- `allowance`: By an allowance, which is taken back when the value recovers (IAS 2.33).
- `new_cost_basis`: By a new cost basis, for good (ASC 330-10-35-14).
"""


# -- Commands --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ConfigureBook(Record):
    """Names the book's currency and windows. Only possible before any other command."""

    TAG: ClassVar[str] = "configure_book"

    currency: str
    """ISO 4217 code of the functional currency."""
    currency_digits: int
    """Decimals of its minor unit, 0 to 4: journal amounts are whole minor units."""
    idempotency_window: int
    """How many past commands are remembered by id: 1 to 16,777,216."""
    event_window: int
    """How many past events are kept for the host to drain: 1 to 16,777,216."""


@dataclass(frozen=True, slots=True)
class DefineAccount(Record):
    """Defines or changes a ledger account."""

    TAG: ClassVar[str] = "define_account"

    account: str
    """Its code."""
    kind: AccountKind
    """Its place in the statements."""
    _: KW_ONLY
    control: Control = "none"
    """What it is tied to; fixed once posted to."""
    name: str = ""
    """What people call it."""


@dataclass(frozen=True, slots=True)
class DefineReason(Record):
    """Defines or changes a reason code."""

    TAG: ClassVar[str] = "define_reason"

    reason: str
    """Its code."""
    _: KW_ONLY
    name: str = ""
    """What people call it."""


@dataclass(frozen=True, slots=True)
class UnitOfMeasure(Record):
    """A unit of measure of a SKU: `count` of it are `base` base units, exactly."""

    unit: str
    """Its code, as in `case`."""
    base: int
    """Base units in `count` of this unit."""
    count: int
    """How many of this unit those are; usually 1."""


@dataclass(frozen=True, slots=True)
class DefineSku(Record):
    """Defines or changes a stock keeping unit."""

    TAG: ClassVar[str] = "define_sku"

    sku: str
    """Its code."""
    _: KW_ONLY
    costing: Costing = "moving_average"
    """How its stock is valued; fixed once stocked."""
    decimals: int = 0
    """Decimals of the base unit: quantities are integers of 10^-decimals of it. 0 to 6, fixed
    once stocked.
    """
    group: str = ""
    """The group that rules can speak of."""
    name: str = ""
    """What people call it."""
    price: Money = Decimal("0.00")
    """List price of one base unit."""
    units: Sequence[UnitOfMeasure] = ()
    """Further units of measure."""
    weight_g: int = 0
    """Grams of one base unit."""


@dataclass(frozen=True, slots=True)
class Calendar(Record):
    """A node's working calendar, in its own civil time."""

    time_zone: str
    """IANA name of the time zone, as in `America/Chicago`."""
    workdays: Sequence[int]
    """Working weekdays, 1 = Monday to 7 = Sunday."""
    cut_off: str
    """Local time at which the day's parcels leave, `HH:MM`."""
    from_: str
    """First day resolved, `YYYY-MM-DD`."""
    days: int
    """Days resolved from there, at most 4000."""
    _: KW_ONLY
    holidays: Sequence[str] = ()
    """Closed dates, `YYYY-MM-DD`."""


@dataclass(frozen=True, slots=True)
class Point(Record):
    """A place: latitude and longitude (WGS 84)."""

    lat: Angle
    """Latitude in degrees, -90 to 90."""
    lon: Angle
    """Longitude in degrees, -180 to 180."""


@dataclass(frozen=True, slots=True)
class DefineNode(Record):
    """Defines or changes a node."""

    TAG: ClassVar[str] = "define_node"

    node: str
    """Its code."""
    kind: NodeKind
    """What kind of place it is."""
    place: Point
    """Where it is."""
    _: KW_ONLY
    calendar: Calendar | None = None
    """Working days and cut-off; without one, parcels leave when they are ready, at any hour."""
    handling_per_order: Money = Decimal("0.00")
    """Cost of handling one shipment."""
    handling_per_unit: Money = Decimal("0.00")
    """Cost of handling one base unit."""
    name: str = ""
    """What people call it."""
    preference: int = 0
    """What a policy may charge for using this node, at least 0; lower is preferred."""
    processing_minutes: int = 0
    """Minutes from an order to its readiness for the cut-off."""


@dataclass(frozen=True, slots=True)
class DefineChannel(Record):
    """Defines or changes a channel."""

    TAG: ClassVar[str] = "define_channel"

    channel: str
    """Its code."""
    promise_hours: int
    """Hours from order to promised delivery, where an order names no date of its own."""
    _: KW_ONLY
    name: str = ""
    """What people call it."""
    priority: int = 0
    """Who goes first when goods come in: 0 is the most important."""
    services: Sequence[str] = ()
    """Carrier services that its orders may use; empty = all."""


@dataclass(frozen=True, slots=True)
class WeightBand(Record):
    """A weight band of a rate card."""

    up_to_g: int
    """It holds parcels of up to so many charged grams."""
    base: Money
    """Price of a parcel in it."""
    per_kg: Money
    """Price of a kilogram of it."""


@dataclass(frozen=True, slots=True)
class Zone(Record):
    """A distance zone of a carrier service."""

    up_to_km: int
    """The zone reaches so many kilometres."""
    transit_hours: int
    """Hours from the node's cut-off to delivery."""
    base: Money
    """Price of a parcel; with bands: of one that is heavier than all of them."""
    per_kg: Money
    """Price of a kilogram of it."""
    _: KW_ONLY
    bands: Sequence[WeightBand] = ()
    """Prices by weight, ascending; a parcel has that of the first band that holds it."""


@dataclass(frozen=True, slots=True)
class DefineService(Record):
    """Defines or changes a carrier service."""

    TAG: ClassVar[str] = "define_service"

    service: str
    """Its code."""
    zones: Sequence[Zone]
    """Zones by distance, ascending; beyond the last one the service does not go."""
    _: KW_ONLY
    dim_divisor: int = 0
    """Cubic millimetres that are charged as a gram, as in 5000 for a divisor of 5000 cm³ a
    kilogram: a parcel is charged by its weight or its volume, whichever counts for more. 0 = by
    weight alone. Volumes are those of `describe_sku`.
    """
    name: str = ""
    """What people call it."""


@dataclass(frozen=True, slots=True)
class DefineSupplier(Record):
    """Defines or changes a supplier."""

    TAG: ClassVar[str] = "define_supplier"

    supplier: str
    """Its code."""
    lead_time_days: int
    """Days from order to receipt."""
    expedite_days: int
    """Days from expedited order to receipt."""
    _: KW_ONLY
    expedite_premium: Money = Decimal("0.00")
    """What an expedited unit costs besides its price, as a share of it: "0.15" is 15 %."""
    name: str = ""
    """What people call it."""


@dataclass(frozen=True, slots=True)
class Area(Record):
    """A box on the map, its edges in it. One that crosses the date line has its west east of its
    east.
    """

    south: Angle
    """Least latitude in degrees."""
    north: Angle
    """Greatest latitude."""
    west: Angle
    """Western edge: longitude in degrees."""
    east: Angle
    """Eastern edge."""


@dataclass(frozen=True, slots=True)
class Predicate(Record):
    """A condition. Every part that is given must hold; a list holds if any of its members fits."""

    _: KW_ONLY
    areas: Sequence[Area] = ()
    """The order goes to one of these areas."""
    channels: Sequence[str] = ()
    """Channels."""
    groups: Sequence[str] = ()
    """SKU groups; for an order: the group of any of its lines."""
    margin_max: Money | None = None
    """Margin of the order at most this."""
    margin_min: Money | None = None
    """Margin of the order at least this: its value less the average cost of its goods over all
    nodes.
    """
    nodes: Sequence[str] = ()
    """Nodes."""
    reasons: Sequence[str] = ()
    """Reason codes."""
    segments: Sequence[str] = ()
    """Segments of customers, as orders name them in their terms."""
    value_max: Money | None = None
    """Value of the order at most this."""
    value_min: Money | None = None
    """Value of the order at least this."""


@dataclass(frozen=True, slots=True)
class SpillLimit(Record):
    """What a node keeps for its own region."""

    within_km: int
    """Its region reaches so many kilometres."""
    keep: int
    """Units of a SKU that it keeps, in its smallest unit."""


@dataclass(frozen=True, slots=True)
class SourcingLimit(Record):
    """Which nodes may give lines of a kind: by the goods' group, hazard and cold chain, for some
    channels, segments or areas. Every limit that holds must be kept.
    """

    name: str
    """Its name, which explanations use."""
    when: Predicate
    """For which lines: `groups` are those of the line itself; without value, margin, nodes and
    reasons.
    """
    _: KW_ONLY
    hard: bool = False
    """Whether it stays when `limits` are relaxed."""
    hazards: Sequence[str] = ()
    """Only for goods of these UN classes or divisions, as `describe_sku` says; `4` is all of 4.1
    to 4.3.
    """
    node_kinds: Sequence[NodeKind] = ()
    """Only these kinds of node; empty = all."""
    nodes: Sequence[str] = ()
    """Only these nodes; empty = all."""
    not_nodes: Sequence[str] = ()
    """Not these nodes."""
    spill: SpillLimit | None = None
    """A spill limit instead: these nodes (all, if none are listed) keep so many smallest units
    of a SKU for their own region, and give lines beyond it only what they have free above that.
    What an order holds already stays with it when its plan is made anew.
    """
    temperatures: Sequence[TemperatureClass] = ()
    """Only for goods that need one of these cold chains, as `describe_sku` says."""


@dataclass(frozen=True, slots=True)
class Term(Record):
    """A weighted measure."""

    measure: Measure
    """What is measured."""
    weight: Money
    """What one of it costs, in money (or in anything, as long as a tier stays consistent)."""


@dataclass(frozen=True, slots=True)
class Sourcing(Record):
    """How one order is sourced: what is allowed, and what is better."""

    tiers: Sequence[Sequence[Term]]
    """The objective: tiers of weighted terms. The first tier decides, the next breaks its ties;
    1 to 4. A tier may be written as a sum: `"1.00 freight + 2.50 lateness_hours"`.
    """
    _: KW_ONLY
    backorder_units_max: int | None = None
    """Most units of one order that may be backordered, in smallest units."""
    completeness: Completeness = "as_can"
    """Whether an order may be filled in part, as it is planned and as goods come in that it
    waits for.
    """
    distance_km_max: int | None = None
    """Nodes farther away fall out."""
    flow: Flow = "out"
    """Which way goods go by it: `back` in a special case that is of returns."""
    lateness: Lateness = "forbidden"
    """What happens to a node that cannot keep the promise."""
    limits: Sequence[SourcingLimit] = ()
    """Where lines of a kind may come from, and where not."""
    line_split: LineSplit = "never"
    """Whether a line may come in parts."""
    margin_min: Money | None = None
    """A line falls out at a node where price less unit cost is below this, also when what waits
    is filled.
    """
    node_kinds: Sequence[NodeKind] = ()
    """Kinds of node that may give; empty = all."""
    nodes: Sequence[str] = ()
    """Nodes that may give; empty = all."""
    nodes_max: int = 0
    """At most this many nodes share an order, also when what waits is filled (1 = it ships
    together); 0 = no limit.
    """
    rejections_max: int = 0
    """So many rejections by nodes an order may meet and still be planned anew; 0 = no limit."""
    relax: Sequence[Relaxed] = ()
    """What may be relaxed, one after another, while something stays unfilled; all else is hard."""
    shortage: Shortage = "backorder"
    """What happens to what cannot be given now."""
    steps_max: int = 0
    """Most steps of search for one order; 0 = the default of 100,000."""
    substitution: Substitution = "never"
    """Whether a line that would be short may be given by another SKU. Above which price
    difference somebody has to agree, `set_approval_rule` says for `place_order`, by the measure
    `substitution`.
    """
    transfers: Permission = "forbidden"
    """Whether a node that has not got a line may give it all the same: another node brings it
    there first, by a lane that `describe_node` names, as a whole line from one donor. What the
    lane costs counts as freight, and the time under way delays the parcel. Only where lines are
    not split.
    """


@dataclass(frozen=True, slots=True)
class PolicyRule(Record):
    """A special case of a policy."""

    name: str
    """Its name, which explanations use."""
    when: Predicate
    """When it holds."""
    then: Sourcing
    """What then."""


@dataclass(frozen=True, slots=True)
class Policy(Record):
    """How orders are sourced."""

    name: str
    """Its name."""
    otherwise: Sourcing
    """The rule for everything else."""
    _: KW_ONLY
    rules: Sequence[PolicyRule] = ()
    """Special cases, the first that holds decides."""


@dataclass(frozen=True, slots=True)
class SetPolicy(Policy):
    """Sets the sourcing policy."""

    TAG: ClassVar[str] = "set_policy"


@dataclass(frozen=True, slots=True)
class PostingRule(Record):
    """Which accounts a movement is posted to."""

    movement: Movement
    """The movement."""
    debit: str
    """The account debited."""
    credit: str
    """The account credited."""
    _: KW_ONLY
    when: Predicate = field(default_factory=Predicate)
    """When the rule holds; an empty condition always does."""


@dataclass(frozen=True, slots=True)
class SetPostingRules(Record):
    """Sets all posting rules. A set that leaves a movement without accounts is refused."""

    TAG: ClassVar[str] = "set_posting_rules"

    rules: Sequence[PostingRule]
    """The rules; for each movement the first whose condition holds decides."""
    _: KW_ONLY
    base: RuleSet | None = None
    """A set that comes with the library and follows the rules, so that they need only say what
    differs. Without one, movements that came after the first release fall back on the perpetual
    set.
    """


@dataclass(frozen=True, slots=True)
class SetAuthority(Record):
    """Says who may send a kind of command, and up to which value. Said again, it replaces."""

    TAG: ClassVar[str] = "set_authority"

    command: str
    """The command, as in `adjust_stock`."""
    _: KW_ONLY
    actors: Sequence[str] = ()
    """Actors that may say it; empty = all."""
    sources: Sequence[str] = ()
    """Sources that may say it; empty = all."""
    value_max: Money | None = None
    """The largest value that it may move."""


@dataclass(frozen=True, slots=True)
class SetNodeStatus(Record):
    """Opens or closes a node. What was promised from a closed node is planned anew by
    `reallocate_order`.
    """

    TAG: ClassVar[str] = "set_node_status"

    node: str
    """The node."""
    status: NodeStatus
    """Its new status."""
    reason: str
    """The reason code."""


@dataclass(frozen=True, slots=True)
class SetProtection(Record):
    """Sets the quantity of a SKU at a node that only one channel may take. What the channel
    reserves there uses it up.
    """

    TAG: ClassVar[str] = "set_protection"

    sku: str
    """The SKU."""
    node: str
    """The node."""
    channel: str
    """The channel protected."""
    qty: int
    """Units protected from now on; 0 lifts the protection."""


@dataclass(frozen=True, slots=True)
class SetReorderRule(Record):
    """Sets how a SKU is replenished at a node."""

    TAG: ClassVar[str] = "set_reorder_rule"

    sku: str
    """The SKU."""
    node: str
    """The node."""
    supplier: str
    """Who supplies it."""
    unit_cost: Money
    """What a base unit costs there."""
    reorder_point: int
    """Propose an order when on hand plus on order less promised is at or below this."""
    order_up_to: int
    """Propose as much as brings that position up to this."""
    _: KW_ONLY
    expedite_below: int = 0
    """Propose to expedite when what is free falls below this while an order is under way; 0 =
    never.
    """


@dataclass(frozen=True, slots=True)
class Place(Record):
    """A place within a node. An empty part means: not told apart."""

    _: KW_ONLY
    bin: str = ""
    """The bin; empty = the node as a whole."""
    condition: Condition = "sellable"
    """The condition."""
    lot: str = ""
    """The lot or serial number; empty = not tracked."""
    owner: str = ""
    """Whose goods they are; empty = the company's own. Others' goods are counted, not valued or
    promised.
    """


@dataclass(frozen=True, slots=True)
class ReceiptLine(Record):
    """A line of a receipt."""

    sku: str
    """The SKU."""
    qty: int
    """How many."""
    _: KW_ONLY
    expires_at: Moment | None = None
    """When the lot expires; none = as it was said before, or by the SKU's shelf life."""
    place: Place = field(default_factory=Place)
    """Where they lie."""
    unit: str | None = None
    """Unit of `qty`; none = the SKU's smallest unit."""
    unit_cost: Money | None = None
    """Cost of one base unit. None = the purchase order's cost; required without one and for a
    SKU that it does not have, except for others' goods and what costs nothing for a reason. Such
    a SKU waits in inspection, and an exception is opened.
    """
    zero_cost_reason: str | None = None
    """Why they cost nothing, where they do: a reason code. Asked for where the SKU's valuation
    is set.
    """


@dataclass(frozen=True, slots=True)
class ReceiveGoods(Record):
    """Records goods that arrived, from a supplier or, without one, as an opening balance."""

    TAG: ClassVar[str] = "receive_goods"

    receipt: str
    """Number of the receipt."""
    node: str
    """The node."""
    lines: Sequence[ReceiptLine]
    """What arrived."""
    _: KW_ONLY
    purchase_order: str | None = None
    """The purchase order received against."""
    rate: Money | None = None
    """What one unit of the purchase's currency is worth in the book's; none = the book's own
    currency.
    """
    supplier: str | None = None
    """The supplier; none = opening balance."""


@dataclass(frozen=True, slots=True)
class AdjustLine(Record):
    """A line of an adjustment."""

    sku: str
    """The SKU."""
    qty: int
    """Units found more or less; never 0."""
    _: KW_ONLY
    place: Place = field(default_factory=Place)
    """Where."""
    unit_cost: Money | None = None
    """Cost of a base unit found more. None = the pool's current cost; required where the pool is
    empty.
    """
    value: Money | None = None
    """Value of the units found less, where another system has booked one; none = as the pool
    says.
    """


@dataclass(frozen=True, slots=True)
class AdjustStock(Record):
    """Corrects stock by what was found more (positive) or less (negative) than the book says."""

    TAG: ClassVar[str] = "adjust_stock"

    adjustment: str
    """Number of the adjustment."""
    node: str
    """The node."""
    reason: str
    """The reason code."""
    lines: Sequence[AdjustLine]
    """What is corrected."""


@dataclass(frozen=True, slots=True)
class MoveStock(Record):
    """Moves stock within a node: to another bin, lot label or condition."""

    TAG: ClassVar[str] = "move_stock"

    movement: str
    """Number of the movement."""
    node: str
    """The node."""
    sku: str
    """The SKU."""
    qty: int
    """How many, in the SKU's smallest unit."""
    from_: Place
    """From where."""
    to: Place
    """To where; the owner stays."""


@dataclass(frozen=True, slots=True)
class HoldLine(Record):
    """A line of a hold."""

    sku: str
    """The SKU."""
    qty: int
    """How many, in the SKU's smallest unit."""
    _: KW_ONLY
    lot: str = ""
    """A lot, or a serial number, that it must come from, and which is pinned where it lies: at
    the node, or in `nodes`. Of a kit, that of its only component that is tracked so. Empty = any
    that will do.
    """
    node: str = ""
    """The node; empty = anywhere in `nodes`, bound later. A binding for all holds together
    always exists.
    """
    nodes: Sequence[str] = ()
    """The nodes, or groups of nodes, that it may be bound to; empty = all that are open now."""


@dataclass(frozen=True, slots=True)
class HoldStock(Record):
    """Holds stock for a while, for a cart or a caller: at nodes, or anywhere in a group of
    nodes.
    """

    TAG: ClassVar[str] = "hold_stock"

    hold: str
    """Number of the hold."""
    channel: str
    """The channel it is held for."""
    lines: Sequence[HoldLine]
    """What is held."""
    expires_at: Moment
    """When it is given back by itself."""
    _: KW_ONLY
    fill: HoldFill = "all_or_nothing"
    """Whether it takes what it can get."""


@dataclass(frozen=True, slots=True)
class HoldPick(Record):
    """A part of a hold."""

    sku: str
    """The SKU."""
    qty: int
    """Units."""
    _: KW_ONLY
    node: str | None = None
    """The node; none = any."""


@dataclass(frozen=True, slots=True)
class ReleaseHold(Record):
    """Gives held stock back, wholly or in part."""

    TAG: ClassVar[str] = "release_hold"

    hold: str
    """The hold."""
    _: KW_ONLY
    lines: Sequence[HoldPick] = ()
    """What is given back; empty = all, and the hold ends."""


@dataclass(frozen=True, slots=True)
class OrderLine(Record):
    """A line of an order."""

    sku: str
    """The SKU."""
    qty: int
    """How many."""
    _: KW_ONLY
    lot: str | None = None
    """The lot, or the serial number, that it is to come from: from that alone, now and whenever
    it is planned anew. An order that may be refused has it whole or is refused; what was
    promised elsewhere waits for what the lot does not have. Of a kit, the lot of its only
    component that is tracked so. None = any lot, or those that the order's hold has by their
    names.
    """
    price: Money | None = None
    """Price of one base unit; none = the SKU's list price."""
    unit: str | None = None
    """Unit of `qty`; none = the SKU's smallest unit."""


@dataclass(frozen=True, slots=True)
class DocumentCurrency(Record):
    """Another currency than the book's, in which a document is made out."""

    currency: str
    """ISO 4217 code."""
    rate: Money
    """What one unit of it is worth in the book's currency."""
    _: KW_ONLY
    digits: int = 2
    """Decimals of its minor unit."""


@dataclass(frozen=True, slots=True)
class OrderTerms(Record):
    """Terms of an order beside its lines."""

    _: KW_ONLY
    calls_off: str | None = None
    """The scheduled (blanket) order that this one calls off a part of, its prices with it."""
    customer: str | None = None
    """Who buys: what he owes counts against `credit_limit`."""
    pickup: str | None = None
    """The node where the customer picks up: it alone may give, and no carrier is needed. A node
    that is described says whether customers may.
    """
    replaces: str | None = None
    """The order that this one replaces, wholly or in part: goods were lost, broken or are
    exchanged.
    """
    rma: str | None = None
    """The return by which the replaced goods come back: an exchange."""
    segment: str | None = None
    """Segment of the customer, which policies and tables of outside knowledge speak of; where a
    parameter's scope names a service level, it is this.
    """
    ship_from: Moment | None = None
    """The requested date: nothing leaves earlier. Until then the order keeps only so much of
    what is there as supply that is to come by then does not cover; of the rest it waits for that
    supply, and what has not come by then is sourced anew.
    """
    sold_in: DocumentCurrency | None = None
    """The currency that it is sold in; none = the book's. Prices, tax, refunds and payments of
    it are in that currency; each is booked at the order's rate, or at the document's own. A list
    price is converted.
    """


@dataclass(frozen=True, slots=True)
class PlaceOrder(Record):
    """Captures an order and sources it in one decision: all lines are judged together."""

    TAG: ClassVar[str] = "place_order"

    order: str
    """Number of the order."""
    channel: str
    """The channel."""
    to: Point
    """Where it goes."""
    lines: Sequence[OrderLine]
    """What is ordered."""
    _: KW_ONLY
    commitment: Commitment = "own"
    """Who accepted it."""
    deliver_by: Moment | None = None
    """When it was promised; none = the channel's promise."""
    detail: Detail = "brief"
    """How much the receipt tells."""
    hold: str | None = None
    """A hold that this order replaces. What it has pinned to a node comes from there, unless
    something would be short for it; what it has whole is sold though its SKU is blocked since.
    """
    priority: int | None = None
    """Who goes first when goods come in; none = the channel's priority."""
    terms: OrderTerms | None = None
    """Terms beside the lines."""


@dataclass(frozen=True, slots=True)
class DocumentLine(Record):
    """A line of a document and a quantity of it."""

    line: int
    """The line, counted from 1."""
    qty: int
    """How many, in the SKU's smallest unit."""


@dataclass(frozen=True, slots=True)
class ReallocateOrder(Record):
    """Plans anew what is not shipped: after an outage, a rejection or a receipt, or because the
    customer wants another quantity, something besides, or all of it elsewhere. Never worse off:
    what cannot be placed anew waits as a backorder.
    """

    TAG: ClassVar[str] = "reallocate_order"

    order: str
    """The order."""
    reason: str
    """The reason code."""
    _: KW_ONLY
    add: Sequence[OrderLine] = ()
    """What the customer wants besides: lines behind its others, judged and sourced as those of a
    new order, with all that no node works on. Their prices must lie as near to the list as a
    captured order's. Limits and roles of `place_order` hold for what is added, as for more of a
    line.
    """
    amend: Sequence[DocumentLine] = ()
    """Lines and how many the customer wants of each now. What is more is sourced as the policy
    says for a new order; what is less is struck, what no node works on first. What nodes work on
    and is still wanted stays in its parcels. A kit's own line says how many kits: its components
    follow.
    """
    deliver_by: Moment | None = None
    """By when it is promised from now on; none = as before."""
    detail: Detail = "brief"
    """How much the receipt tells."""
    to: Point | None = None
    """Where all of it goes instead: as long as nothing has left and no node works on the order."""


@dataclass(frozen=True, slots=True)
class CancelOrder(Record):
    """Strikes what is not shipped, wholly or in part."""

    TAG: ClassVar[str] = "cancel_order"

    order: str
    """The order."""
    reason: str
    """The reason code."""
    _: KW_ONLY
    lines: Sequence[DocumentLine] = ()
    """What is struck; empty = all that is open."""


@dataclass(frozen=True, slots=True)
class ShipOrder(Record):
    """Ships what is planned from a node, wholly or in part: of it what went through every stage
    that the order's channel wants. Where goods must be packed, only what is packed leaves.
    """

    TAG: ClassVar[str] = "ship_order"

    order: str
    """The order."""
    node: str
    """The node."""
    _: KW_ONLY
    lines: Sequence[DocumentLine] = ()
    """What is shipped; empty = all that is planned from there and went through its stages."""


@dataclass(frozen=True, slots=True)
class ReturnLine(Record):
    """A line of a return."""

    line: int
    """The order's line, counted from 1."""
    qty: int
    """How many, in the SKU's smallest unit; 0 = a refund without goods."""
    disposition: Disposition
    """What becomes of them."""
    _: KW_ONLY
    credit: Money | None = None
    """What the vendor credits for the units, where they go on to him; none = what they cost."""
    lot: str | None = None
    """The lot that comes back; none = the oldest that the customer has, where costs go by lot."""
    refund: Money = Decimal("0.00")
    """What the customer gets back for the line."""


@dataclass(frozen=True, slots=True)
class ReceiveReturn(Record):
    """Takes goods back and refunds: goods at their original issue cost, money as said. Money
    that goes back without goods opens an exception; goods that come after it are checked in and
    get no more of it.
    """

    TAG: ClassVar[str] = "receive_return"

    rma: str
    """Number of the return (RMA)."""
    order: str
    """The order."""
    node: str
    """Where the goods came in."""
    lines: Sequence[ReturnLine]
    """What came back."""
    _: KW_ONLY
    rate: Money | None = None
    """Of an order in another currency: what one unit of it is worth; none = the order's rate."""


@dataclass(frozen=True, slots=True)
class PurchaseLine(Record):
    """A line of a purchase order."""

    sku: str
    """The SKU."""
    qty: int
    """How many."""
    unit_cost: Money
    """Cost of one base unit."""
    _: KW_ONLY
    unit: str | None = None
    """Unit of `qty`; none = the SKU's smallest unit."""


@dataclass(frozen=True, slots=True)
class PlacePurchaseOrder(Record):
    """Orders goods from a supplier."""

    TAG: ClassVar[str] = "place_purchase_order"

    purchase_order: str
    """Number of the purchase order."""
    supplier: str
    """The supplier."""
    node: str
    """Where the goods shall come in."""
    lines: Sequence[PurchaseLine]
    """What is ordered."""
    _: KW_ONLY
    expected_at: Moment | None = None
    """When they are expected; none = by the supplier's lead time."""
    speed: Speed = "standard"
    """How fast."""


@dataclass(frozen=True, slots=True)
class CancelPurchaseOrder(Record):
    """Strikes what has not arrived."""

    TAG: ClassVar[str] = "cancel_purchase_order"

    purchase_order: str
    """The purchase order."""
    reason: str
    """The reason code."""


@dataclass(frozen=True, slots=True)
class TransferLine(Record):
    """A line of a transfer."""

    sku: str
    """The SKU."""
    qty: int
    """How many, in the SKU's smallest unit."""
    _: KW_ONLY
    unit_price: Money | None = None
    """Transfer price of a base unit, where the nodes belong to two companies."""


@dataclass(frozen=True, slots=True)
class ShipTransfer(Record):
    """Sends goods to another node."""

    TAG: ClassVar[str] = "ship_transfer"

    transfer: str
    """Number of the transfer."""
    from_: str
    """The node that sends."""
    to: str
    """The node that receives."""
    lines: Sequence[TransferLine]
    """What is sent."""


@dataclass(frozen=True, slots=True)
class ReceiveTransfer(Record):
    """Takes a transfer in, in one or several parts. With `closing: short`, what has not arrived
    is lost. Each unit is told once: as good, as damaged, or, by closing, as lost.
    """

    TAG: ClassVar[str] = "receive_transfer"

    transfer: str
    """The transfer."""
    lines: Sequence[DocumentLine]
    """What arrived fit for sale, by line of the transfer."""
    _: KW_ONLY
    closing: Closing = "open"
    """Whether more will come."""
    damaged: Sequence[DocumentLine] = ()
    """What arrived broken, beside `lines`: it lies apart as damaged, and an exception is opened."""
    surplus: Surplus = "refuse"
    """What becomes of units beyond those sent."""


@dataclass(frozen=True, slots=True)
class ResolveException(Record):
    """Closes an exception with what was done about it."""

    TAG: ClassVar[str] = "resolve_exception"

    exception: int
    """Its number, from 1."""
    resolution: str
    """What was done."""
    _: KW_ONLY
    with_: str = ""
    """The word of the command that did it, as in `reallocate_order`; it must be one that the
    code's rule allows. Empty = none that the book knows of.
    """


@dataclass(frozen=True, slots=True)
class AdvanceTime(Record):
    """Moves the book's time forward: what falls due until then happens."""

    TAG: ClassVar[str] = "advance_time"


@dataclass(frozen=True, slots=True)
class RaiseException(Record):
    """Opens an exception for what somebody saw and the book cannot know."""

    TAG: ClassVar[str] = "raise_exception"

    code: ExceptionCode
    """Why a person is needed."""
    _: KW_ONLY
    node: str | None = None
    """The node; none = no node."""
    order: str | None = None
    """The order; none = no order."""
    qty: int = 0
    """Units at stake."""
    sku: str | None = None
    """The SKU; none = no SKU."""
    subject: str = ""
    """What it is about: the number of a document, a feed or whatever tells causes apart; empty =
    none.
    """


@dataclass(frozen=True, slots=True)
class AssignException(Record):
    """Gives an open exception to somebody."""

    TAG: ClassVar[str] = "assign_exception"

    exception: int
    """Its number, from 1."""
    assignee: str
    """Who shall see to it; empty = nobody any more."""


@dataclass(frozen=True, slots=True)
class ReopenException(Record):
    """Opens a resolved exception again: it was not resolved after all."""

    TAG: ClassVar[str] = "reopen_exception"

    exception: int
    """Its number, from 1."""
    reason: str
    """Why."""


@dataclass(frozen=True, slots=True)
class SetExceptionRule(Record):
    """Sets how exceptions of a code are handled from now on, also those that are open."""

    TAG: ClassVar[str] = "set_exception_rule"

    code: ExceptionCode
    """The code."""
    queue: str
    """The queue that they lie in."""
    owner: str
    """The role that sees to them."""
    due_hours: int
    """Hours until they are due."""
    _: KW_ONLY
    clearing: Clearing = "by_person"
    """Whether `clear_exceptions` closes them when their cause is gone."""
    escalate_hours: int = 0
    """Hours after which one goes up a level, and again after as many; 0 = never."""
    escalate_to: str = ""
    """The role that it goes up to."""
    reason: str = ""
    """The reason code that their resolutions give; empty = the one that is called as the code,
    if any.
    """
    resolutions: Sequence[str] = ()
    """Words of the commands that may resolve them; empty = those of the catalogue."""
    severity: Severity = "medium"
    """How urgent they are."""


@dataclass(frozen=True, slots=True)
class ClearExceptions(Record):
    """Resolves all open exceptions whose cause is gone, where their rule says so: an order's
    that has nothing open any more, a closed node's that has nothing planned.
    """

    TAG: ClassVar[str] = "clear_exceptions"


@dataclass(frozen=True, slots=True)
class DefineParameter(Record):
    """Defines or changes a parameter: its standard and its bounds."""

    TAG: ClassVar[str] = "define_parameter"

    parameter: str
    """Its name, as in `return_window_days`."""
    standard: Money
    """The standard."""
    min: Money
    """No value may be lower."""
    max: Money
    """No value may be higher."""
    _: KW_ONLY
    locality: Locality = "local"
    """Whether it may differ from place to place."""
    meaning: str = ""
    """What it means, with its unit."""
    role: str = ""
    """The role that may set local values; empty = everybody who may say `set_parameter`."""


@dataclass(frozen=True, slots=True)
class Scope(Record):
    """Where something holds. Every part that is given must fit; nothing given = everywhere."""

    _: KW_ONLY
    category: str | None = None
    """The category: a SKU group."""
    channel: str | None = None
    """The channel."""
    customer: str | None = None
    """The customer, as orders name one."""
    node: str | None = None
    """The node."""
    region: str | None = None
    """The country or region, as the company names it: the first group of a node."""
    service_level: str | None = None
    """The service level, as the company names it: the segment of an order's customer."""


@dataclass(frozen=True, slots=True)
class SetParameter(Record):
    """Sets a parameter's value for a scope; without a value the scope has none of its own any
    more.
    """

    TAG: ClassVar[str] = "set_parameter"

    parameter: str
    """The parameter."""
    reason: str
    """Why."""
    _: KW_ONLY
    effective_from: Moment | None = None
    """From when on; none = from now on."""
    scope: Scope = field(default_factory=Scope)
    """Where it holds; nothing given = the standard itself."""
    value: Money | None = None
    """The value; none = whatever holds without this."""


@dataclass(frozen=True, slots=True)
class DefineRole(Record):
    """Defines or changes a role. A command that any role names may only be said by actors who
    have one of those roles; a command that none names is free.
    """

    TAG: ClassVar[str] = "define_role"

    role: str
    """Its name."""
    _: KW_ONLY
    commands: Sequence[str] = ()
    """Words of the commands that it may say."""


@dataclass(frozen=True, slots=True)
class GrantRoles(Record):
    """Says which roles an actor has from now on."""

    TAG: ClassVar[str] = "grant_roles"

    actor: str
    """The actor."""
    roles: Sequence[str]
    """All of the actor's roles; empty = none."""


@dataclass(frozen=True, slots=True)
class SetApprovalRule(Record):
    """Above which limit a command waits for approval. Said again for the same command and
    measure, it replaces. What is above several limits is approved by each one's role in turn.
    What holds for `place_order` holds for `capture_order`, what holds for `place_purchase_order`
    for `change_purchase_order`, and what holds for a definition for a `change_definition` that
    carries it.
    """

    TAG: ClassVar[str] = "set_approval_rule"

    command: str
    """The command, as in `adjust_stock`."""
    role: str
    """The role that may approve."""
    expires_hours: int
    """Hours until it expires."""
    _: KW_ONLY
    above: Money | None = None
    """The limit; none = no approval any more."""
    measure: LimitMeasure = "value"
    """What is measured."""


@dataclass(frozen=True, slots=True)
class SetSourceOfRecord(Record):
    """Says which systems may cause a kind of event in a scope. Of several rules that fit, the
    most specific holds. Said again for the same event and scope, it replaces.
    """

    TAG: ClassVar[str] = "set_source_of_record"

    event: str
    """The event, as in `GoodsReceived`."""
    _: KW_ONLY
    documents: DocumentOwner = "shared"
    """Whether each document has one owner. Orders, purchase orders, transfers, returns and
    counts that were opened before any rule asks have none.
    """
    otherwise: Misfit = "reject"
    """What happens to another system's message."""
    role: str = ""
    """The role that may let a parked message pass."""
    scope: Scope = field(default_factory=Scope)
    """Where: node, channel and category are read off the event."""
    sources: Sequence[str] = ()
    """The systems; empty = all."""


@dataclass(frozen=True, slots=True)
class SetTimingRule(Record):
    """Says how late a kind of event may be told, how far ahead, and whether in the order of its
    document.
    """

    TAG: ClassVar[str] = "set_timing_rule"

    event: str
    """The event, as in `GoodsReceived`."""
    late_minutes_max: int
    """Minutes from `occurred_at` to `at`, at most."""
    _: KW_ONLY
    ahead_minutes_max: int = 0
    """Minutes that `occurred_at` may lie after `at`, where clocks differ: it is recorded as of
    `at`.
    """
    in_order: bool = False
    """Whether it must not have happened before what was told of its document already: it is late
    by the minutes between, of which none are allowed. What was told before any rule asked does
    not count.
    """
    otherwise: Misfit = "reject"
    """What happens to a later one, and to one that is told further ahead."""
    role: str = ""
    """The role that may let a parked message pass."""


@dataclass(frozen=True, slots=True)
class ApproveCommand(Record):
    """Carries out a command that waits. The approver is another person than the one who said it,
    and has the role. What is recorded then is said by the one who asked, at the time of the
    approval.
    """

    TAG: ClassVar[str] = "approve_command"

    approval: int
    """Number of the approval, from 1."""
    evidence: str
    """What the approver saw: a document, a call, a photograph."""


@dataclass(frozen=True, slots=True)
class RejectCommand(Record):
    """Lets a command that waits go. Nothing of it happens."""

    TAG: ClassVar[str] = "reject_command"

    approval: int
    """Number of the approval, from 1."""
    reason: str
    """Why."""


@dataclass(frozen=True, slots=True)
class CaptureOrder(Record):
    """Takes an order in as a channel sends it. What is wrong with it does not refuse it: it is
    parked with all its faults, and an exception is opened. What is right is placed.
    """

    TAG: ClassVar[str] = "capture_order"

    order: PlaceOrder
    """The order."""
    _: KW_ONLY
    address: Sequence[str] = ()
    """Street, town and country as the customer wrote it; empty = the channel has none."""
    customer: str = ""
    """Who buys; together with the goods it tells a repeated order."""


@dataclass(frozen=True, slots=True)
class HoldOrder(Record):
    """Has an order wait for a person."""

    TAG: ClassVar[str] = "hold_order"

    order: str
    """The order."""
    hold: OrderHoldKind
    """Why."""
    _: KW_ONLY
    note: str = ""
    """In words."""


@dataclass(frozen=True, slots=True)
class ReleaseOrder(Record):
    """Lets an order go on."""

    TAG: ClassVar[str] = "release_order"

    order: str
    """The order."""
    hold: OrderHoldKind
    """What it waited for."""


@dataclass(frozen=True, slots=True)
class SetWorkflow(Record):
    """Stages that a channel's orders must go through before goods leave. A part of an order may
    go through them, and leave, before the rest does.
    """

    TAG: ClassVar[str] = "set_workflow"

    channel: str
    """The channel."""
    stages: Sequence[Stage]
    """The stages; empty = none."""


@dataclass(frozen=True, slots=True)
class ReleaseWave(Record):
    """Gives a node the next orders to work on: those planned from it, not held, not released
    before, the most important and the earliest first.
    """

    TAG: ClassVar[str] = "release_wave"

    wave: str
    """Number of the wave."""
    node: str
    """The node."""
    _: KW_ONLY
    cut_off: Moment | None = None
    """Only parcels that leave until then; none = all."""
    distance_km_max: int | None = None
    """Only orders that go at most so far; none = all."""
    orders_max: int = 0
    """At most so many orders; 0 = 1,000."""
    priority_max: int | None = None
    """Only orders of this priority or a more important one; none = all."""
    services: Sequence[str] = ()
    """Only parcels of these carrier services; empty = all."""


@dataclass(frozen=True, slots=True)
class PickedInstead(Record):
    """What was picked otherwise than planned."""

    line: int
    """The line, counted from 1."""
    qty: int
    """How many, in the smallest unit; of another SKU the line whole, unless the order's policy
    allows substitution in part: then they are a line of their own, behind the order's others.
    """
    _: KW_ONLY
    lot: str | None = None
    """The lot or serial number that was picked; none = any."""
    sku: str | None = None
    """The SKU that was picked, one that may be given for the line's; none = the line's own."""


@dataclass(frozen=True, slots=True)
class RecordPick(Record):
    """Records what a picker found for an order."""

    TAG: ClassVar[str] = "record_pick"

    order: str
    """The order."""
    node: str
    """The node."""
    _: KW_ONLY
    instead: Sequence[PickedInstead] = ()
    """What was picked otherwise than planned, beside `picked`: another SKU, or a lot by its
    name.
    """
    picked: Sequence[DocumentLine] = ()
    """What was picked."""
    short: Sequence[DocumentLine] = ()
    """What was not there: it is not reserved any more and waits. As many units lie as
    `inspection` where the book has them, promised to nobody, until `move_stock` gives them back
    or `adjust_stock` writes them off.
    """


@dataclass(frozen=True, slots=True)
class Carton(Record):
    """A carton."""

    carton: str
    """Its number."""
    lines: Sequence[DocumentLine]
    """What is in it."""
    _: KW_ONLY
    weight_g: int = 0
    """What it weighs, in grams; 0 = it was not weighed."""


@dataclass(frozen=True, slots=True)
class PackOrder(Record):
    """Records what was packed for an order."""

    TAG: ClassVar[str] = "pack_order"

    order: str
    """The order."""
    node: str
    """The node."""
    cartons: Sequence[Carton]
    """The cartons."""


@dataclass(frozen=True, slots=True)
class TrackShipment(Record):
    """Says how a shipment is found again. A node that ships an order in parts says so for each."""

    TAG: ClassVar[str] = "track_shipment"

    order: str
    """The order."""
    node: str
    """The node that shipped."""
    tracking: str
    """The carrier's number."""


@dataclass(frozen=True, slots=True)
class DeliverOrder(Record):
    """Says whether a shipment arrived. A node that has more of the order to send stays at that
    work.
    """

    TAG: ClassVar[str] = "deliver_order"

    order: str
    """The order."""
    node: str
    """The node that shipped."""
    delivered: bool
    """Whether it arrived."""
    _: KW_ONLY
    note: str = ""
    """In words."""


@dataclass(frozen=True, slots=True)
class NotifyCustomer(Record):
    """Records that a customer was told something."""

    TAG: ClassVar[str] = "notify_customer"

    order: str
    """The order."""
    message: str
    """What kind of message, as in `delay`."""
    _: KW_ONLY
    text: str = ""
    """Its text."""


@dataclass(frozen=True, slots=True)
class AuthorizeReturn(Record):
    """Lets a return come: within the window of each line, for what was shipped and has not come
    back.
    """

    TAG: ClassVar[str] = "authorize_return"

    rma: str
    """Number of the return (RMA)."""
    order: str
    """The order."""
    reason: str
    """The reason code."""
    lines: Sequence[DocumentLine]
    """What may come."""
    _: KW_ONLY
    detail: Detail = "brief"
    """How much the receipt tells of the choice of the node."""
    expects: Disposition | None = None
    """What shall become of the goods, as far as is known; the node must be able to."""
    node: str | None = None
    """Where; none = where the policy's first rule with the flow `back` that holds says it is
    best, or without such a rule the nearest: an open node that takes such returns and has a day
    for this one. A node of another company than the channel's is left out. One that is named is
    not asked for its day.
    """


@dataclass(frozen=True, slots=True)
class CheckInReturn(Record):
    """Records goods of a return that arrived. They are no stock before `receive_return` grades
    them under the same number, all at once or in parts. Goods of a return that is closed open it
    again.
    """

    TAG: ClassVar[str] = "check_in_return"

    rma: str
    """Number of the return (RMA); one that nobody authorised is a blind return."""
    node: str
    """Where they arrived."""
    _: KW_ONLY
    lines: Sequence[DocumentLine] = ()
    """What arrived, by the order's lines."""
    order: str | None = None
    """The order of a blind return."""
    strange: Sequence[str] = ()
    """Codes of goods in the parcel that the order does not have."""


@dataclass(frozen=True, slots=True)
class CancelReturn(Record):
    """A return does not come, or what came of it and is not graded is no return: it was told
    twice, or goes back to the customer.
    """

    TAG: ClassVar[str] = "cancel_return"

    rma: str
    """Number of the return."""
    reason: str
    """The reason code."""


@dataclass(frozen=True, slots=True)
class RequestTransfer(Record):
    """Asks for goods of another node."""

    TAG: ClassVar[str] = "request_transfer"

    transfer: str
    """Number of the transfer to be."""
    from_: str
    """The node that sends."""
    to: str
    """The node that wants them."""
    lines: Sequence[TransferLine]
    """What is wanted."""


@dataclass(frozen=True, slots=True)
class RequestPurchase(Record):
    """Asks for goods of a supplier."""

    TAG: ClassVar[str] = "request_purchase"

    purchase_order: str
    """Number of the purchase order to be."""
    supplier: str
    """The supplier."""
    node: str
    """The node that wants them."""
    lines: Sequence[TransferLine]
    """What is wanted."""


@dataclass(frozen=True, slots=True)
class ApproveRequest(Record):
    """Agrees to a request: another person than the one who asked."""

    TAG: ClassVar[str] = "approve_request"

    kind: RequestKind
    """Transfer or purchase."""
    document: str
    """Its number."""


@dataclass(frozen=True, slots=True)
class CancelRequest(Record):
    """Takes a request back."""

    TAG: ClassVar[str] = "cancel_request"

    kind: RequestKind
    """Transfer or purchase."""
    document: str
    """Its number."""


@dataclass(frozen=True, slots=True)
class ConfirmPurchaseOrder(Record):
    """Records what a supplier says to an order."""

    TAG: ClassVar[str] = "confirm_purchase_order"

    purchase_order: str
    """The purchase order."""
    expected_at: Moment
    """When the goods come."""


@dataclass(frozen=True, slots=True)
class AnnounceShipment(Record):
    """Records a shipment that a supplier announces (ASN): no more than its purchase order has
    open beside what is announced for later already, and `receipt_over_share` of what was
    ordered. What did not come by its time may be announced again.
    """

    TAG: ClassVar[str] = "announce_shipment"

    asn: str
    """Its number."""
    purchase_order: str
    """The purchase order."""
    arrives_at: Moment
    """When it arrives."""
    lines: Sequence[DocumentLine]
    """What comes, by the purchase order's lines."""


@dataclass(frozen=True, slots=True)
class PlanCount(Record):
    """Plans a count. Counters are not told what the book expects."""

    TAG: ClassVar[str] = "plan_count"

    count: str
    """Number of the count."""
    node: str
    """The node."""
    _: KW_ONLY
    scope: CountScope = "named"
    """What it takes in."""
    skus: Sequence[str] = ()
    """The SKUs, where they are named."""


@dataclass(frozen=True, slots=True)
class CountLine(Record):
    """A line that was counted."""

    sku: str
    """The SKU."""
    qty: int
    """Units found, 0 or more, in the SKU's smallest unit."""
    _: KW_ONLY
    place: Place = field(default_factory=Place)
    """Where they lie; without it, in no place of their own."""


@dataclass(frozen=True, slots=True)
class RecordCount(Record):
    """Records what was counted, place by place: own sellable units where no place says
    otherwise. Every SKU of the count is counted in every place where the book has sellable units
    of it. What is posted by another count afterwards is taken as found by this one too.
    """

    TAG: ClassVar[str] = "record_count"

    count: str
    """The count."""
    lines: Sequence[CountLine]
    """What was found."""


@dataclass(frozen=True, slots=True)
class ApproveCount(Record):
    """Agrees to a count's differences: another person than those who counted."""

    TAG: ClassVar[str] = "approve_count"

    count: str
    """The count."""
    _: KW_ONLY
    evidence: str = ""
    """What the approver saw."""


@dataclass(frozen=True, slots=True)
class PostCount(Record):
    """Posts a count's differences. What is reserved does not leave: it waits, as do differences
    of a SKU in more than one place, of which one is posted at a time; post again for the rest.
    """

    TAG: ClassVar[str] = "post_count"

    count: str
    """The count."""
    reason: str
    """The reason code."""


@dataclass(frozen=True, slots=True)
class CancelCount(Record):
    """Drops a count."""

    TAG: ClassVar[str] = "cancel_count"

    count: str
    """The count."""


@dataclass(frozen=True, slots=True)
class SetRollout(Record):
    """How far a family of processes is rolled out somewhere. Of several that fit, the most
    specific holds.
    """

    TAG: ClassVar[str] = "set_rollout"

    family: ProcessFamily
    """The family."""
    mode: RolloutMode
    """How far."""
    _: KW_ONLY
    channel: str | None = None
    """One channel; none = all."""
    node: str | None = None
    """One node; none = all."""
    reason: str = ""
    """Why."""


@dataclass(frozen=True, slots=True)
class LegacyPart(Record):
    """What a node gives."""

    node: str
    """The node."""
    line: int
    """The order's line, from 1."""
    qty: int
    """Units."""


@dataclass(frozen=True, slots=True)
class LegacyWait(Record):
    """What waits."""

    line: int
    """The order's line, from 1."""
    qty: int
    """Units."""


@dataclass(frozen=True, slots=True)
class ReportLegacyPlan(Record):
    """Tells what the older system decided for an order that the book has planned too."""

    TAG: ClassVar[str] = "report_legacy_plan"

    order: str
    """The order."""
    _: KW_ONLY
    backordered: Sequence[LegacyWait] = ()
    """Units that wait, by line."""
    cost: Money | None = None
    """What freight and handling cost there, if it is known."""
    in_time: bool | None = None
    """Whether the older system keeps the promise."""
    parts: Sequence[LegacyPart] = ()
    """From which nodes, by line."""


@dataclass(frozen=True, slots=True)
class DefineFeed(Record):
    """Defines a feed: a system's numbered messages and how often they come."""

    TAG: ClassVar[str] = "define_feed"

    feed: str
    """Its name."""
    _: KW_ONLY
    cadence_minutes: int = 0
    """Minutes after which it is silent; 0 = it may be."""
    order: FeedOrder = "resequence"
    """What happens to a message whose forerunner is missing."""


@dataclass(frozen=True, slots=True)
class TakeMessage(Record):
    """A numbered message of a feed: a command as JSON, taken in its place. A command that is
    refused, and a repeated number, leave an exception and do not stop the feed; what was refused
    may be said again under its number, until its exception is resolved. What waits for its
    forerunner keeps its sender and the time of its fact.
    """

    TAG: ClassVar[str] = "take_message"

    feed: str
    """The feed."""
    number: int
    """The message's number in it, from 1."""
    message: str
    """The command: JSON as an envelope has it under `command`."""


@dataclass(frozen=True, slots=True)
class Substitute(Record):
    """What may be sent instead."""

    sku: str
    """The SKU."""
    rank: int
    """1 is the best."""
    _: KW_ONLY
    price: SubstitutePrice = "ordered"
    """What the customer pays for it."""


@dataclass(frozen=True, slots=True)
class DescribeSku(Record):
    """Describes a SKU beyond what `define_sku` says. Said again, it replaces."""

    TAG: ClassVar[str] = "describe_sku"

    sku: str
    """The SKU."""
    _: KW_ONLY
    brand: str = ""
    """The brand; empty = none."""
    hazard: str = ""
    """Class or division of the UN model regulations, as in `3` or `4.1`; empty = not dangerous."""
    height_mm: int = 0
    """Height of one base unit in millimetres."""
    length_mm: int = 0
    """Length of one base unit in millimetres; 0 = unknown."""
    lifecycle: Lifecycle = "active"
    """Where it stands in its life."""
    order_increment: int = 0
    """An order takes a multiple of this, in smallest units; 0 = any quantity."""
    order_max: int = 0
    """An order takes at most this, in smallest units; 0 = no maximum."""
    order_min: int = 0
    """An order takes at least this, in smallest units; 0 = no minimum."""
    pick_order: PickOrder = "fifo"
    """Which lots go first."""
    rounding: Rounding = "exact"
    """What becomes of a quantity that does not convert exactly."""
    shelf_life_days: int = 0
    """Days from receipt to expiry of a lot that names no date; 0 = lots do not expire by
    themselves.
    """
    substitutes: Sequence[Substitute] = ()
    """What may be sent instead, best rank first."""
    temperature: TemperatureClass = "ambient"
    """The cold chain that it needs."""
    tracking: Tracking = "none"
    """Whether units are told apart; fixed once stocked."""
    why: str = ""
    """Why it is said."""
    width_mm: int = 0
    """Width of one base unit in millimetres."""


@dataclass(frozen=True, slots=True)
class DefineSkus(Record):
    """Defines or changes many SKUs at once, given as columns: row by row what `define_sku`
    would, all or none. Every column but `sku` may be empty: then each row has the default. A
    known SKU keeps its units.
    """

    TAG: ClassVar[str] = "define_skus"

    sku: Sequence[str]
    """Codes; at most 10,000,000, each once."""
    _: KW_ONLY
    costing: Sequence[Costing] = ()
    """How their stock is valued."""
    decimals: Sequence[int] = ()
    """Decimals of the base units."""
    group: Sequence[str] = ()
    """Groups that rules can speak of."""
    name: Sequence[str] = ()
    """What people call them."""
    price: Sequence[Money] = ()
    """List prices of one base unit."""
    weight_g: Sequence[int] = ()
    """Grams of one base unit."""


@dataclass(frozen=True, slots=True)
class KitComponent(Record):
    """A component of a kit."""

    sku: str
    """The SKU."""
    qty: int
    """How many."""
    _: KW_ONLY
    unit: str | None = None
    """Unit of `qty`; none = the component's smallest unit."""


@dataclass(frozen=True, slots=True)
class DefineKit(Record):
    """Says what a kit is made of. Kits may hold kits; a kit that would hold itself is refused."""

    TAG: ClassVar[str] = "define_kit"

    sku: str
    """The kit's own SKU."""
    kind: KitKind
    """How it exists."""
    components: Sequence[KitComponent]
    """What one base unit of it is made of; empty = it is no kit any more."""
    _: KW_ONLY
    why: str = ""
    """Why it is said."""


@dataclass(frozen=True, slots=True)
class DefineCompany(Record):
    """Defines or changes a company of the group."""

    TAG: ClassVar[str] = "define_company"

    company: str
    """Its code."""
    _: KW_ONLY
    brands: Sequence[str] = ()
    """Brands that it owns; a brand belongs to one company."""
    name: str = ""
    """What people call it."""
    why: str = ""
    """Why it is said."""


@dataclass(frozen=True, slots=True)
class Capacity(Record):
    """What a node can ship a day, or take back. A day's capacity to ship is taken by what is
    planned to leave on it, and given back only by what is not to leave any more: shipping gives
    nothing back. That to take back is taken by the returns that are authorised on it, and given
    back where one is cancelled.
    """

    _: KW_ONLY
    lines: int | None = None
    """Lines of them; none = no limit."""
    orders: int | None = None
    """Parcels, or returns; none = no limit."""
    units: int | None = None
    """Base units, each begun one counted whole; none = no limit."""
    utc_offset_minutes: int = 0
    """Minutes east of UTC of the clock by which days are told: -1,440 to 1,440."""


@dataclass(frozen=True, slots=True)
class ServiceCutOff(Record):
    """When a carrier service picks up at a node."""

    service: str
    """The carrier service."""
    calendar: Calendar
    """Its pick-up days and time."""


@dataclass(frozen=True, slots=True)
class TransferLane(Record):
    """How goods for an order come from another node, which sends them as soon as it has
    processed them.
    """

    from_: str
    """The node that brings them."""
    hours: int
    """Hours under way."""
    _: KW_ONLY
    per_transfer: Money = Decimal("0.00")
    """Cost of a transfer: an objective counts it as freight."""
    per_unit: Money = Decimal("0.00")
    """Cost of a base unit, likewise."""


@dataclass(frozen=True, slots=True)
class DescribeNode(Record):
    """Describes a node beyond what `define_node` says. Said again, it replaces."""

    TAG: ClassVar[str] = "describe_node"

    node: str
    """The node."""
    _: KW_ONLY
    bins: Sequence[str] = ()
    """Its bins; where there are any, no other may be used."""
    capacity: Capacity | None = None
    """What it can ship a day."""
    company: str = ""
    """The company that it belongs to; empty = the only one."""
    cut_offs: Sequence[ServiceCutOff] = ()
    """Cut-offs of single carrier services, where they differ from the node's."""
    dispositions: Sequence[Disposition] = ()
    """What it can do with goods that come back; empty = all."""
    groups: Sequence[str] = ()
    """Groups that it is in, as in `eu` or `dark_stores`; the first is its region, where a
    parameter's scope names one.
    """
    lanes: Sequence[TransferLane] = ()
    """Nodes that may bring it goods for an order, where the policy lets an order wait for that."""
    pickup: Permission = "forbidden"
    """Whether customers may pick up there."""
    reject_percent: Money = Decimal("0.00")
    """Percent of what is planned from it that it rejects."""
    returns: Permission = "allowed"
    """Whether goods may come back there."""
    returns_capacity: Capacity | None = None
    """What it can take back a day, told by when returns are authorised; none = no limit."""
    why: str = ""
    """Why it is said."""


@dataclass(frozen=True, slots=True)
class DescribeChannel(Record):
    """Describes a channel beyond what `define_channel` says. Said again, it replaces."""

    TAG: ClassVar[str] = "describe_channel"

    channel: str
    """The channel."""
    _: KW_ONLY
    brand: str = ""
    """The brand that it sells under; empty = none of its own."""
    company: str = ""
    """The company that sells through it; empty = the only one."""
    remaining_life_days: int = 0
    """Days that a lot must still have to live on the day it would leave."""
    why: str = ""
    """Why it is said."""


@dataclass(frozen=True, slots=True)
class SetListing(Record):
    """Says under which id a channel lists a SKU: a variant's own id there. One to one within a
    channel.
    """

    TAG: ClassVar[str] = "set_listing"

    channel: str
    """The channel."""
    sku: str
    """The SKU."""
    listing: str
    """The channel's own id; empty = the channel lists it no more."""
    _: KW_ONLY
    why: str = ""
    """Why it is said."""


@dataclass(frozen=True, slots=True)
class SetNegativeStock(Record):
    """Says what happens when stock would go below zero. The most specific holds: SKU and node,
    SKU, node, all.
    """

    TAG: ClassVar[str] = "set_negative_stock"

    policy: NegativeStock
    """What happens."""
    _: KW_ONLY
    floor: int = 0
    """How far below zero a `floor` lets stock go, in smallest units."""
    node: str | None = None
    """The node; none = all."""
    sku: str | None = None
    """The SKU; none = all."""
    why: str = ""
    """Why it is said."""


@dataclass(frozen=True, slots=True)
class SetLotExpiry(Record):
    """Says when a lot of a SKU expires. Said again, it replaces: reservations that no lot
    satisfies any more are refused when they ship.
    """

    TAG: ClassVar[str] = "set_lot_expiry"

    sku: str
    """The SKU."""
    lot: str
    """The lot."""
    expires_at: Moment
    """When it expires."""


@dataclass(frozen=True, slots=True)
class ChangeDefinition(Record):
    """Schedules a change of master data: what holds from a later time on, or from now on. It is
    checked when it is said and again when its time comes; if it does not fit then, it lapses and
    an exception is opened. It may speak of what a change that comes before it defines.
    """

    TAG: ClassVar[str] = "change_definition"

    change: str
    """Number of the change."""
    effective_from: Moment
    """When it takes effect; not before the command."""
    definition: Definition
    """What will hold then."""
    _: KW_ONLY
    why: str = ""
    """Why."""


@dataclass(frozen=True, slots=True)
class WithdrawChange(Record):
    """Takes a change back before its time."""

    TAG: ClassVar[str] = "withdraw_change"

    change: str
    """Number of the change."""
    _: KW_ONLY
    why: str = ""
    """Why."""


@dataclass(frozen=True, slots=True)
class Share(Record):
    """A quantity and a percentage together. The percentage is of the base: what is free now and
    what has been drawn since the plan was set.
    """

    _: KW_ONLY
    percent: Money = Decimal("0.00")
    """Percent of the base, 0 to 100, as in "12.5"; the result is rounded down to whole units."""
    qty: int = 0
    """Units."""


@dataclass(frozen=True, slots=True)
class ProtectionPool(Record):
    """A pool of a plan."""

    pool: str
    """Its name in the plan."""
    _: KW_ONLY
    borrows_from: Sequence[str] = ()
    """Pools beside it whose minimum it may use when it has no room, in this order."""
    channels: Sequence[str] = ()
    """Channels that draw from it. A channel draws from one pool of a plan."""
    fence: Fence = "open"
    """Whether it draws from what is free for all."""
    max: Share | None = None
    """What it may take at most; none = no limit."""
    min: Share = field(default_factory=Share)
    """What is kept for it."""
    nesting: Nesting = "uses_up"
    """Whether its draws use its minimum up."""
    release_at: Moment | None = None
    """From when on its minimum is no longer kept."""
    within: str = ""
    """The group that it lies within; empty = none. Groups are named before what lies within
    them.
    """


@dataclass(frozen=True, slots=True)
class SetProtectionPlan(Record):
    """Sets how a SKU's stock is divided among channels, whole; no pools = no division.
    `set_protection` holds besides.
    """

    TAG: ClassVar[str] = "set_protection_plan"

    sku: str
    """The SKU."""
    pools: Sequence[ProtectionPool]
    """Pools; at most 64."""
    _: KW_ONLY
    counting: Counting = "restart"
    """Whether pools of the same name go on counting."""
    node: str | None = None
    """The node; none = all nodes together."""


@dataclass(frozen=True, slots=True)
class ExpectSupply(Record):
    """Announces supply that no purchase order stands for. Said again, it replaces; 0 units
    strike it.
    """

    TAG: ClassVar[str] = "expect_supply"

    supply: str
    """Its number."""
    sku: str
    """The SKU."""
    node: str
    """Where it comes in."""
    qty: int
    """Units that are still to come; 0 = no more."""
    at: Moment
    """When."""
    _: KW_ONLY
    kind: SupplyKind = "other"
    """Where it comes from."""
    percent: Money | None = None
    """How sure it is, in percent: a question that asks for more confidence does not count it."""


@dataclass(frozen=True, slots=True)
class ExpectTransfer(Record):
    """Says when a transfer that is under way will arrive."""

    TAG: ClassVar[str] = "expect_transfer"

    transfer: str
    """The transfer."""
    at: Moment
    """When."""


@dataclass(frozen=True, slots=True)
class LatenessStep(Record):
    """So many percent of deliveries arrive at most so many days late."""

    percent: Money
    """Percent, as in "90"."""
    days: int
    """Days."""


@dataclass(frozen=True, slots=True)
class SetSupplyLateness(Record):
    """Says how late a supplier's deliveries are: by how many days a share of them has arrived."""

    TAG: ClassVar[str] = "set_supply_lateness"

    supplier: str
    """The supplier."""
    steps: Sequence[LatenessStep]
    """Steps, by rising percent and days; empty = always on time."""


@dataclass(frozen=True, slots=True)
class SetPreorder(Record):
    """Caps what may be sold of a SKU before it is there: its backorders."""

    TAG: ClassVar[str] = "set_preorder"

    sku: str
    """The SKU."""
    _: KW_ONLY
    qty_max: int | None = None
    """Units that may wait at most; none = no such cap."""
    supply_percent: Money | None = None
    """Percent of the supply that is to come; none = no such cap."""


@dataclass(frozen=True, slots=True)
class Disruption(Record):
    """Something that undoes plans."""

    kind: DisruptionKind
    """What happened."""
    _: KW_ONLY
    missing: int = 0
    """Units that a short pick did not find. What is free there is missed first; correct the
    stock with `adjust_stock` in the same chain.
    """
    node: str | None = None
    """The node; none where a service is down."""
    service: str | None = None
    """The carrier service that is down."""
    sku: str | None = None
    """The SKU of a short pick."""


@dataclass(frozen=True, slots=True)
class AllocateBatch(Record):
    """Plans orders anew, all together: what is reserved or waiting of any of them may go to any
    other. The policy weighs as for single orders; `fairness` says who goes first where there is
    not enough for all. Lines come whole from one node as the batch is planned; where the policy
    splits lines, each order may then split what is left. Only orders whose plan changes are
    touched. With a `disruption` only what it undid is planned anew, and as few others as make
    way where that keeps a promise. The question `replan` says beforehand what would come of it.
    """

    TAG: ClassVar[str] = "allocate_batch"

    orders: Sequence[str]
    """Numbers of orders that have something open, and that no node works on; with a disruption
    those that it may touch.
    """
    reason: str
    """The reason code."""
    _: KW_ONLY
    accepts: str | None = None
    """Digest of the dry run that is accepted: if another plan has become the best, the command
    is refused. None = whatever it comes to.
    """
    disruption: Disruption | None = None
    """What undid plans."""
    fairness: Fairness = "least_cost"
    """Who goes first where there is not enough for all."""
    seed: int = 0
    """Of chance; the same seed gives the same plan."""
    steps_max: int = 0
    """Steps of improvement, each of which plans one order once; 0 = 200,000, at most 50,000,000."""


@dataclass(frozen=True, slots=True)
class ExpectedLine(Record):
    """A line of an expected order."""

    sku: str
    """The SKU."""
    qty: int
    """Smallest units."""
    _: KW_ONLY
    price: Money | None = None
    """Price of one base unit; none = the list price."""


@dataclass(frozen=True, slots=True)
class ExpectedOrder(Record):
    """Orders of one kind, as a forecast or a sample of past orders has them."""

    channel: str
    """The channel."""
    to: Point
    """Where they go."""
    lines: Sequence[ExpectedLine]
    """What each asks for."""
    _: KW_ONLY
    segment: str = ""
    """Segment of the customer; empty = none."""
    times: int = 1
    """How many are expected."""


@dataclass(frozen=True, slots=True)
class BidForecast(Record):
    """What bid prices are solved from, and when. Dates that time jumps over, and at which
    nothing else falls due, are solved once, as of the last of them. If an order's rule has come
    to say no tier for prices (`PolicyOfManyTiers`), or the orders have become too much for one
    search, the last prices stay, and the event tells no bound.

    The first command at or after a date waits for the search, and so does the next one if that
    is refused: a host that is in a hurry says `advance_time` at each date.
    """

    every_minutes: int
    """Minutes between two dates: 15 to 525,600."""
    _: KW_ONLY
    orders: Sequence[ExpectedOrder] = ()
    """Orders that are expected: 1 to 100,000 kinds; none with `worth`."""
    steps_max: int = 0
    """Steps of a search, each of which looks at one kind of order; 0 = 200 for each kind, at
    most 50,000,000.
    """
    until: Moment | None = None
    """By when all of them have come, evenly from now on: then prices come to nothing. None = at
    any date as many are still to come.
    """
    worth: Money | None = None
    """Without orders: the most that a base unit could save. Prices rise to that, from nothing,
    with the share `u` that is used of what is free now: `worth * (e^u - 1) / (e - 1)`.
    """


@dataclass(frozen=True, slots=True)
class BidPrice(Record):
    """A bid price."""

    sku: str
    """The SKU."""
    node: str
    """The node."""
    price: Money
    """Worth of a base unit, at least 0."""


@dataclass(frozen=True, slots=True)
class SetBidPrices(Record):
    """Sets what a further unit of a SKU is worth at a node, as the policy's measure `bid_price`
    weighs it. Replaces all bid prices, and ends a forecast by which they were solved; an empty
    list clears them.

    With a forecast they are solved, now and again and again as time passes: each time from what
    is free then, by the policy in force then, and from what of the forecast is still to come.
    The event holds the prices, so that a replay solves nothing.
    """

    TAG: ClassVar[str] = "set_bid_prices"

    prices: Sequence[BidPrice] = ()
    """Prices; a SKU and node at most once. None with a forecast."""
    _: KW_ONLY
    forecast: BidForecast | None = None
    """Solves them, instead."""


@dataclass(frozen=True, slots=True)
class SetValuation(Record):
    """Sets how a group of SKUs is valued. Method and late policy are fixed once a SKU of it has
    moved.
    """

    TAG: ClassVar[str] = "set_valuation"

    _: KW_ONLY
    costing: Costing | None = None
    """The method; none = as each SKU says."""
    group: str | None = None
    """The group; none = every SKU whose group has no valuation of its own."""
    invoice_difference: InvoiceDifference = "to_stock"
    """Where the difference between an invoice and its receipt goes."""
    late: LatePolicy = "at_current_cost"
    """What is done about costs that come late."""
    negative: NegativeCost = "last_cost_then_catch_up"
    """What units are worth that leave before they have come; where costs may be found anew,
    fixed, too.
    """
    scope: PoolScope = "node"
    """Which stock has one pool of value; of a company under moving average, FIFO or specific
    lot.
    """
    write_down: WriteDownBasis = "allowance"
    """How stock is written down."""


@dataclass(frozen=True, slots=True)
class SupplierInvoiceLine(Record):
    """A line of a supplier's invoice: goods, or a landed cost."""

    _: KW_ONLY
    amount: Money | None = None
    """Amount of the line, where it is not quantity times price."""
    consignment_use: str | None = None
    """The use of consigned goods that it is for; without `qty`, all of it."""
    landed_cost: str | None = None
    """The landed cost that it is for."""
    partial: bool = False
    """Of a landed cost: more of it will be billed, so that what this bill lacks of the plan
    stays accrued. Otherwise a bill settles the plan: goods bear what the bills differ from it,
    and all of a bill that comes after.
    """
    qty: int = 0
    """How many, in the SKU's smallest unit."""
    receipt: str | None = None
    """The receipt that it is for; none = whichever is open."""
    receipt_line: int = 0
    """The receipt's line, from 1; 0 = whichever has the SKU."""
    sku: str | None = None
    """The SKU; none for a landed cost."""
    unit_cost: Money | None = None
    """Price of one base unit, in the invoice's currency."""
    vendor_return: str | None = None
    """Of a credit note: the vendor return that it is for, or the customer's return that went on
    to the vendor; without `qty`, all that is owed for. Without it the line corrects the price of
    `receipt`, or of the purchase order; without `qty`, of all that was billed and is not
    returned.
    """


@dataclass(frozen=True, slots=True)
class ReceiveSupplierInvoice(Record):
    """Records a supplier's invoice. Lines are matched to open receipts of the supplier, oldest
    first; what is invoiced and has not come waits for its receipt. A credit note's lines are
    matched to what he billed, or to a vendor return that he owes for; its amounts are positive.
    """

    TAG: ClassVar[str] = "receive_supplier_invoice"

    invoice: str
    """Number of the invoice."""
    supplier: str
    """The supplier."""
    lines: Sequence[SupplierInvoiceLine]
    """What is invoiced."""
    _: KW_ONLY
    kind: SupplierBill = "invoice"
    """Whether it is an invoice or a credit note; each has numbers of its own."""
    purchase_order: str | None = None
    """Only receipts of this purchase order are meant."""
    rate: Money | None = None
    """What one unit of the invoice's currency is worth in the book's; none = the book's own
    currency.
    """
    tax: Money = Decimal("0.00")
    """Tax as the invoice says it, in its currency."""


@dataclass(frozen=True, slots=True)
class LandedReceipt(Record):
    """A receipt that bears landed cost."""

    receipt: str
    """The receipt."""
    _: KW_ONLY
    basis: int = 0
    """The basis of this receipt's lines, where it is given: as their volume in litres."""
    line: int = 0
    """Its line, from 1; 0 = all."""


@dataclass(frozen=True, slots=True)
class AllocateLandedCost(Record):
    """Shares freight, duty and the like out over receipt lines, before or after the goods were
    sold.
    """

    TAG: ClassVar[str] = "allocate_landed_cost"

    landed_cost: str
    """Number of the landed cost."""
    amount: Money
    """The amount."""
    receipts: Sequence[LandedReceipt]
    """The receipts that bear it."""
    _: KW_ONLY
    basis: LandedBasis = "value"
    """What it is shared out by."""


@dataclass(frozen=True, slots=True)
class VendorReturnLine(Record):
    """A line of a return to a vendor."""

    sku: str
    """The SKU."""
    qty: int
    """How many, in the SKU's smallest unit."""
    _: KW_ONLY
    place: Place = field(default_factory=Place)
    """Where they lie."""
    receipt: str | None = None
    """The receipt that they came with: under FIFO its own layer is taken."""
    unit_credit: Money | None = None
    """What the vendor credits for a base unit; none = what he asked for it, on the receipt or
    the invoice, or without a receipt what stock carries.
    """


@dataclass(frozen=True, slots=True)
class ReturnToVendor(Record):
    """Sends goods back to their vendor."""

    TAG: ClassVar[str] = "return_to_vendor"

    vendor_return: str
    """Number of the return."""
    node: str
    """The node that sends."""
    supplier: str
    """The vendor."""
    lines: Sequence[VendorReturnLine]
    """What goes back; one line a SKU."""


@dataclass(frozen=True, slots=True)
class RevalueStock(Record):
    """Values stock of a SKU anew. Under standard cost this sets the standard: of a node, of a
    company's nodes or of all. The nearest that is set holds, and only stock that it holds for is
    valued anew. Without a unit cost, the pools get the value that their movements come to, which
    mends what was booked at a wrong value.
    """

    TAG: ClassVar[str] = "revalue_stock"

    revaluation: str
    """Number of the revaluation."""
    sku: str
    """The SKU."""
    reason: str
    """The reason code."""
    _: KW_ONLY
    company: str = ""
    """The nodes of one company, where no node is named; empty = of all."""
    node: str | None = None
    """One node; none = all."""
    unit_cost: Money | None = None
    """Cost of a base unit from here on; none = as the movements come to."""


@dataclass(frozen=True, slots=True)
class WriteDownStock(Record):
    """Writes stock of a SKU down to what it can be sold for, or up again as far as that is
    allowed.
    """

    TAG: ClassVar[str] = "write_down_stock"

    write_down: str
    """Number of the write-down."""
    sku: str
    """The SKU."""
    unit_value: Money
    """Net realisable value of a base unit (IAS 2.6): price less cost to complete and to sell."""
    reason: str
    """The reason code."""
    _: KW_ONLY
    ledger: str = ""
    """A ledger beside the book's own, which alone writes down; empty = the book and every
    ledger, each by what the goods cost there and on its own basis.
    """
    node: str | None = None
    """One node; none = all."""


@dataclass(frozen=True, slots=True)
class SetPeriod(Record):
    """Defines a period of the books, or opens and closes it. It counts what lies in it, posted
    before it was defined or after; only a calendar month (UTC) with entries in no period cannot
    be cut any more. What stock was opened with before any period was defined is what the first
    one opens with.
    """

    TAG: ClassVar[str] = "set_period"

    period: str
    """The period, as in `2026-01`."""
    _: KW_ONLY
    actors: Sequence[str] = ()
    """Who may post into it while it is soft-closed."""
    from_: Moment | None = None
    """Its first instant; needed when it is new."""
    ledger: str = ""
    """A ledger beside the book's own, which alone it opens or closes; empty = the book's own,
    which a ledger follows until it is told otherwise.
    """
    roles: Sequence[str] = ()
    """The roles whose actors may post into it while it is soft-closed."""
    status: PeriodStatus = "open"
    """Its status."""
    to: Moment | None = None
    """The instant after its last."""


@dataclass(frozen=True, slots=True)
class SetSelling(Record):
    """Sets how a channel's sales are recognised."""

    TAG: ClassVar[str] = "set_selling"

    channel: str
    """The channel."""
    _: KW_ONLY
    recognition: Recognition = "at_shipment"
    """When."""
    return_rate: Money = Decimal("0.00")
    """Share of sales that is expected to come back: "0.03" is 3 %."""


@dataclass(frozen=True, slots=True)
class InvoiceLine(Record):
    """A line of an invoice."""

    line: int
    """The order's line, from 1."""
    qty: int
    """Units."""
    _: KW_ONLY
    discount: Money = Decimal("0.00")
    """Discount on them."""


@dataclass(frozen=True, slots=True)
class InvoiceOrder(Record):
    """Invoices what was shipped of an order."""

    TAG: ClassVar[str] = "invoice_order"

    invoice: str
    """Number of the invoice."""
    order: str
    """The order."""
    _: KW_ONLY
    lines: Sequence[InvoiceLine] = ()
    """What is invoiced; empty = all that is shipped and not invoiced."""
    rate: Money | None = None
    """Of an order in another currency: what one unit of it is worth; none = the order's rate."""
    shipping: Money = Decimal("0.00")
    """Shipping that the customer pays."""
    tax: Money = Decimal("0.00")
    """Tax, as the host's tax engine says."""


@dataclass(frozen=True, slots=True)
class CreditLine(Record):
    """A line of a credit note."""

    line: int
    """The order's line, from 1."""
    amount: Money
    """Amount credited."""
    _: KW_ONLY
    qty: int = 0
    """Units whose sale is taken back; 0 = only the price is reduced."""


@dataclass(frozen=True, slots=True)
class CreditOrder(Record):
    """Credits what was invoiced, without goods."""

    TAG: ClassVar[str] = "credit_order"

    credit_note: str
    """Number of the credit note."""
    order: str
    """The order."""
    lines: Sequence[CreditLine]
    """What is credited."""
    _: KW_ONLY
    rate: Money | None = None
    """Of an order in another currency: what one unit of it is worth; none = the order's rate."""
    tax: Money = Decimal("0.00")
    """Tax on it."""


@dataclass(frozen=True, slots=True)
class RecordPayment(Record):
    """Records what a customer paid, or was paid back (negative)."""

    TAG: ClassVar[str] = "record_payment"

    payment: str
    """Number of the payment."""
    amount: Money
    """Amount."""
    _: KW_ONLY
    order: str | None = None
    """The order that is paid."""
    rate: Money | None = None
    """What one unit of the payment's currency is worth, which is the order's if there is one;
    none = the order's rate. What it differs from the rate of the debt is gain or loss on
    exchange.
    """
    tender: Tender = "cash"
    """How."""


@dataclass(frozen=True, slots=True)
class ReleaseReturns(Record):
    """Ends an order's right of return: what was expected and has not come back is earned."""

    TAG: ClassVar[str] = "release_returns"

    order: str
    """The order."""


@dataclass(frozen=True, slots=True)
class DropShipLine(Record):
    """A line of a drop shipment."""

    line: int
    """The order's line, from 1."""
    qty: int
    """Units, of those that wait."""
    unit_cost: Money
    """The supplier's price of a base unit: it is the cost, whatever the SKU's method."""


@dataclass(frozen=True, slots=True)
class DropShipOrder(Record):
    """Records that a supplier shipped straight to the customer of an order what was waiting
    there.
    """

    TAG: ClassVar[str] = "drop_ship_order"

    drop_shipment: str
    """Number of the drop shipment; it is a receipt to the supplier's invoice."""
    order: str
    """The order."""
    supplier: str
    """The supplier."""
    lines: Sequence[DropShipLine]
    """What was shipped."""


@dataclass(frozen=True, slots=True)
class UseConsignedGoods(Record):
    """Makes goods of a vendor that lie here our own, by use: they were counted, not valued,
    until now.
    """

    TAG: ClassVar[str] = "use_consigned_goods"

    consignment_use: str
    """Number of the use."""
    node: str
    """The node."""
    sku: str
    """The SKU."""
    qty: int
    """How many, in the SKU's smallest unit."""
    place: Place
    """Where they lie; its owner is the vendor."""
    unit_cost: Money
    """What the vendor gets for a base unit."""


@dataclass(frozen=True, slots=True)
class ExtendHold(Record):
    """Lets a hold run out later (or sooner)."""

    TAG: ClassVar[str] = "extend_hold"

    hold: str
    """The hold."""
    expires_at: Moment
    """When it is given back by itself."""


@dataclass(frozen=True, slots=True)
class ConfirmHold(Record):
    """Confirms a pending hold, so that it runs out no more: the second step where one hold spans
    several books. `release_hold` voids it.
    """

    TAG: ClassVar[str] = "confirm_hold"

    hold: str
    """The hold."""


@dataclass(frozen=True, slots=True)
class MoveHold(Record):
    """Moves what a hold has of a SKU to a node, and pins it there. Refused, with nothing
    changed, where the node has not so much.
    """

    TAG: ClassVar[str] = "move_hold"

    hold: str
    """The hold."""
    sku: str
    """The SKU."""
    to: str
    """To which node."""
    _: KW_ONLY
    from_: str | None = None
    """From which node; none = wherever it is."""
    qty: int | None = None
    """Units; none = all that it has there."""


@dataclass(frozen=True, slots=True)
class SplitHold(Record):
    """Splits lines of a hold off into a new hold of the same channel and end."""

    TAG: ClassVar[str] = "split_hold"

    hold: str
    """The hold."""
    into: str
    """Number of the new hold."""
    lines: Sequence[HoldPick]
    """What goes over."""


@dataclass(frozen=True, slots=True)
class MergeHolds(Record):
    """Merges holds of one channel into one of them, which goes on to its own end."""

    TAG: ClassVar[str] = "merge_holds"

    into: str
    """The hold that stays."""
    from_: Sequence[str]
    """The holds that go into it."""


@dataclass(frozen=True, slots=True)
class BufferSizing(Record):
    """What a buffer is sized by."""

    latency_s: int
    """Seconds until the channel shows a change."""
    units_per_day: Money
    """Units that sell in a day."""
    risk_percent: Money
    """Accepted chance, in percent, that more sells within the latency than the buffer holds."""


@dataclass(frozen=True, slots=True)
class SetPublishBuffer(Record):
    """Sets what a channel does not show. With a node: safety stock of that node for the channel.
    Without: the channel's buffer, off the sum of all nodes. The most specific setting holds:
    that of the SKU before that of all SKUs.
    """

    TAG: ClassVar[str] = "set_publish_buffer"

    channel: str
    """The channel."""
    _: KW_ONLY
    node: str | None = None
    """The node; none = the sum over nodes."""
    qty: int = 0
    """Units that are not shown."""
    sized: BufferSizing | None = None
    """Sizes the units by how fast the SKU sells and how late the channel hears of it; `qty` is
    added.
    """
    sku: str | None = None
    """The SKU; none = all that have no setting of their own."""


@dataclass(frozen=True, slots=True)
class RedealSegment(Record):
    """Orders that are dealt with alike."""

    strategy: RedealStrategy
    """Their strategy."""
    _: KW_ONLY
    channels: Sequence[str] = ()
    """Their channels; empty = all."""
    priority_max: int | None = None
    """Their priority is at most this number; none = any. 0 is the most important."""


@dataclass(frozen=True, slots=True)
class RedealStock(Record):
    """Deals stock anew between backorders and reservations that have not shipped. A line that
    names a lot keeps or loses what it has of it; what it waits for it is given as the lot comes
    in or becomes free.
    """

    TAG: ClassVar[str] = "redeal_stock"

    redeal: str
    """Number of the re-deal."""
    skus: Sequence[str]
    """The SKUs."""
    reason: str
    """The reason code."""
    _: KW_ONLY
    by: RedealBy = "priority"
    """Who comes first."""
    losers_max: int = 0
    """Orders that may lose something, as the dry run showed; more are refused."""
    otherwise: RedealStrategy = "redistribute"
    """The strategy of orders that no segment fits."""
    segments: Sequence[RedealSegment] = ()
    """Strategies: the first that fits an order holds."""


@dataclass(frozen=True, slots=True)
class DefineLedger(Record):
    """Defines a ledger beside the book's own, as one for management, or by another standard. An
    event is entered in it at the date at which the book enters it, even where only the ledger
    costs old movements otherwise by it.
    """

    TAG: ClassVar[str] = "define_ledger"

    ledger: str
    """Its code."""
    costing: Costing
    """How it values stock: FIFO or moving average, of SKUs whose movements are remembered."""
    _: KW_ONLY
    write_down: WriteDownBasis = "allowance"
    """How it writes stock down."""


@dataclass(frozen=True, slots=True)
class AssembleKit(Record):
    """Puts kits together from stock at a node, or takes them apart: goods move, and their value
    with them.
    """

    TAG: ClassVar[str] = "assemble_kit"

    assembly: str
    """Number of the assembly."""
    node: str
    """The node."""
    sku: str
    """The kit, an assembled one."""
    qty: int
    """How many base units of the kit."""
    step: KitStep
    """Which way."""
    _: KW_ONLY
    cost: Money = Decimal("0.00")
    """Labour and other cost of putting them together, which the kits bear."""


@dataclass(frozen=True, slots=True)
class RefurbishStock(Record):
    """Has goods bear the labour and material that made them fit for sale again. What takes them
    above their net realisable value stays an expense.
    """

    TAG: ClassVar[str] = "refurbish_stock"

    refurbishment: str
    """Number of the refurbishment."""
    sku: str
    """The SKU."""
    node: str
    """The node."""
    qty: int
    """Units worked on, in the SKU's smallest unit. Under FIFO they are the youngest that came
    back from customers, then the youngest of all, and part from the others of their layers.
    """
    cost: Money
    """What the work cost in all."""
    reason: str
    """The reason code."""
    _: KW_ONLY
    lot: str = ""
    """The lot, where costs are kept by lot."""
    unit_value: Money | None = None
    """Net realisable value of a base unit (IAS 2.6); none = it is known to be above cost."""


@dataclass(frozen=True, slots=True)
class ShareVariance(Record):
    """Shares a period's variances of SKUs under standard cost (of price, of transfer, of landed
    cost) between the stock that is there at its end and the goods issued in it. What stock bears
    is shared again with the next period's. Said again, it shares what was invoiced in the
    meantime.
    """

    TAG: ClassVar[str] = "share_variance"

    sharing: str
    """Number of the sharing."""
    period: str
    """The period."""


@dataclass(frozen=True, slots=True)
class CostRow(Record):
    """A cell of a table of outside knowledge."""

    of: str
    """The SKU, the order's number or the segment, as the table is by."""
    node: str
    """The node."""
    cost: Money
    """Money, exact: -1,000,000 to 1,000,000; not negative but by SKU and node."""


@dataclass(frozen=True, slots=True)
class SetCostTable(Record):
    """Sets a table of outside knowledge whole: what is not in it costs nothing. One unknown id,
    one cell said twice or one number out of range, and all of it is refused.
    """

    TAG: ClassVar[str] = "set_cost_table"

    table: CostTable
    """Which table."""
    rows: Sequence[CostRow]
    """Its cells; none = the table is emptied."""


@dataclass(frozen=True, slots=True)
class RejectAllocation(Record):
    """Says that a node will not give what is planned from it for an order: a rejection, or a
    short pick (ship what was found first, and correct the stock with `adjust_stock`). The node
    is left out for this order from now on, and what it was to give is planned anew; what comes
    from other nodes stays. Beyond the policy's `rejections_max` it waits as a backorder, and an
    exception opens.
    """

    TAG: ClassVar[str] = "reject_allocation"

    order: str
    """The order."""
    node: str
    """The node."""
    reason: str
    """The reason code."""
    _: KW_ONLY
    detail: Detail = "brief"
    """How much the receipt tells."""
    lines: Sequence[int] = ()
    """Lines that it will not give, counted from 1; empty = all, and the node is left out wholly."""


@dataclass(frozen=True, slots=True)
class Rhythm(Record):
    """When something recurs: its first date, and every so many days, weeks or months from there.

    Months are counted from the first date, so that what begins on the 31st falls on the last day
    of shorter months and on the 31st again after them.
    """

    every: int
    """How many units of time lie between two dates: 1 to 366."""
    unit: RhythmUnit
    """The unit of time."""
    first_at: Moment
    """The date from which all others are counted. Those before the rhythm is set are past."""
    _: KW_ONLY
    last_at: Moment | None = None
    """Nothing falls later; none = it goes on."""
    orders_max: int = 0
    """After so many orders it ends; 0 = it goes on."""
    time_zone: str = ""
    """IANA name of the time zone in whose civil time it recurs, at the same time of day; empty =
    UTC.
    """


@dataclass(frozen=True, slots=True)
class SetSubscription(Record):
    """Begins, changes, pauses, resumes or ends a subscription. What is not given stays as it
    was.

    Its `n`th order is `<subscription>/<n>`, placed before the first command at its date or
    later, through the same checks as `capture_order`: parked if it is wrong, with the exceptions
    and holds that an order of its channel gets. A line's price is what was agreed; without one
    it is the list price of the day. Time that jumps over several dates places an order for each,
    over at most 400 of each subscription on average at a time; dates while it is paused are let
    go.
    """

    TAG: ClassVar[str] = "set_subscription"

    subscription: str
    """Its number, of at most 53 bytes."""
    _: KW_ONLY
    capture: CaptureOrder | None = None
    """What is ordered each time, the order's number being the subscription's. It names no hold,
    no date of delivery and no order that it replaces: those are one order's alone.
    """
    rhythm: Rhythm | None = None
    """When."""
    skip: int = 0
    """So many of the next dates are passed over, at most 1,000: they count for no order, and a
    new rhythm does not know of them.
    """
    status: SubscriptionStatus | None = None
    """Where it stands; a new one is active."""


@dataclass(frozen=True, slots=True)
class PurchaseChange(Record):
    """What changes of a purchase order's line."""

    line: int
    """The line, counted from 1."""
    _: KW_ONLY
    qty: int | None = None
    """How many are ordered in all, in the SKU's smallest unit; none = as before."""
    unit_cost: Money | None = None
    """Cost of one base unit of what is still to come; none = as before."""


@dataclass(frozen=True, slots=True)
class ChangePurchaseOrder(Record):
    """Agrees on a purchase order anew, confirmed or not, as long as something of it is still to
    come: other quantities and prices, another day, further goods. What came stays as it came: a
    line is not less than that, and at another price its rest becomes a line of its own. Orders
    that waited for what does not come any more are promises at risk. Limits and roles of
    `place_purchase_order` hold for it too, by the value and units that are added.
    """

    TAG: ClassVar[str] = "change_purchase_order"

    purchase_order: str
    """The purchase order."""
    reason: str
    """The reason code."""
    _: KW_ONLY
    add: Sequence[PurchaseLine] = ()
    """Goods that come besides."""
    expected_at: Moment | None = None
    """When what is open comes; none = as before."""
    lines: Sequence[PurchaseChange] = ()
    """Lines that change."""


Command: TypeAlias = (
    ConfigureBook
    | DefineAccount
    | DefineReason
    | DefineSku
    | DefineNode
    | DefineChannel
    | DefineService
    | DefineSupplier
    | SetPolicy
    | SetPostingRules
    | SetAuthority
    | SetNodeStatus
    | SetProtection
    | SetReorderRule
    | ReceiveGoods
    | AdjustStock
    | MoveStock
    | HoldStock
    | ReleaseHold
    | PlaceOrder
    | ReallocateOrder
    | CancelOrder
    | ShipOrder
    | ReceiveReturn
    | PlacePurchaseOrder
    | CancelPurchaseOrder
    | ShipTransfer
    | ReceiveTransfer
    | ResolveException
    | AdvanceTime
    | RaiseException
    | AssignException
    | ReopenException
    | SetExceptionRule
    | ClearExceptions
    | DefineParameter
    | SetParameter
    | DefineRole
    | GrantRoles
    | SetApprovalRule
    | SetSourceOfRecord
    | SetTimingRule
    | ApproveCommand
    | RejectCommand
    | CaptureOrder
    | HoldOrder
    | ReleaseOrder
    | SetWorkflow
    | ReleaseWave
    | RecordPick
    | PackOrder
    | TrackShipment
    | DeliverOrder
    | NotifyCustomer
    | AuthorizeReturn
    | CheckInReturn
    | CancelReturn
    | RequestTransfer
    | RequestPurchase
    | ApproveRequest
    | CancelRequest
    | ConfirmPurchaseOrder
    | AnnounceShipment
    | PlanCount
    | RecordCount
    | ApproveCount
    | PostCount
    | CancelCount
    | SetRollout
    | ReportLegacyPlan
    | DefineFeed
    | TakeMessage
    | DescribeSku
    | DefineSkus
    | DefineKit
    | DefineCompany
    | DescribeNode
    | DescribeChannel
    | SetListing
    | SetNegativeStock
    | SetLotExpiry
    | ChangeDefinition
    | WithdrawChange
    | SetProtectionPlan
    | ExpectSupply
    | ExpectTransfer
    | SetSupplyLateness
    | SetPreorder
    | AllocateBatch
    | SetBidPrices
    | SetValuation
    | ReceiveSupplierInvoice
    | AllocateLandedCost
    | ReturnToVendor
    | RevalueStock
    | WriteDownStock
    | SetPeriod
    | SetSelling
    | InvoiceOrder
    | CreditOrder
    | RecordPayment
    | ReleaseReturns
    | DropShipOrder
    | UseConsignedGoods
    | ExtendHold
    | ConfirmHold
    | MoveHold
    | SplitHold
    | MergeHolds
    | SetPublishBuffer
    | RedealStock
    | DefineLedger
    | AssembleKit
    | RefurbishStock
    | ShareVariance
    | SetCostTable
    | RejectAllocation
    | SetSubscription
    | ChangePurchaseOrder
)
"""Everything that can be said to a book. On the wire an object of one key: `{"place_order":
{…}}`.
"""


Definition: TypeAlias = (
    DefineAccount
    | DefineSku
    | DefineNode
    | DefineChannel
    | DefineService
    | DefineSupplier
    | SetPolicy
    | SetPostingRules
    | SetAuthority
    | SetNodeStatus
    | SetProtection
    | SetReorderRule
    | DescribeSku
    | DefineKit
    | DefineCompany
    | DescribeNode
    | DescribeChannel
    | SetListing
    | SetNegativeStock
    | DefineReason
    | DefineSkus
    | SetLotExpiry
    | SetProtectionPlan
    | SetSupplyLateness
    | SetPreorder
    | SetPublishBuffer
    | SetExceptionRule
    | DefineParameter
    | DefineRole
    | GrantRoles
    | SetApprovalRule
    | SetSourceOfRecord
    | SetTimingRule
    | SetWorkflow
    | SetSelling
    | SetRollout
    | DefineFeed
    | DefineLedger
    | SetValuation
)
"""A command on master data, as a change carries it. On the wire as in a command: `{"define_sku":
{…}}`.
"""


@dataclass(frozen=True, slots=True)
class Envelope(Record):
    """A command and where it comes from."""

    id: str
    """Command id: the idempotency key, chosen by the sender. All sources of a book share one
    space of ids: what two of them say under one id with the same content is the same command
    said twice (an order that comes by two ways is one order), with other content it is refused.
    A source whose ids others may use begins them with its name, as in `till-3/1001`.
    """
    at: Moment
    """The book's time when it is said; never earlier than the command before."""
    command: Command
    """What is said."""
    _: KW_ONLY
    actor: str = ""
    """The person or job behind it."""
    occurred_at: Moment | None = None
    """When it happened, if that was earlier."""
    source: str = ""
    """The system that sends it."""


@dataclass(frozen=True, slots=True)
class Chain(Record):
    """Commands that succeed together or change nothing."""

    chain: Sequence[Envelope]
    """The commands, in order; at most 1,000."""


# -- Simulation ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ChannelFeed(Record):
    """A channel that takes orders on a listing which follows the stock with a delay. Its orders
    are commitments of the channel: they arrive when the listing showed enough, whatever the
    stock is by then.
    """

    channel: str
    """The channel."""
    sync_latency_minutes: int
    """Age of the listing in minutes."""


@dataclass(frozen=True, slots=True)
class OpeningStock(Record):
    """Stock that is there at the start."""

    sku: str
    """The SKU."""
    node: str
    """The node."""
    qty: int
    """Units."""
    unit_cost: Money
    """What a base unit has cost."""


@dataclass(frozen=True, slots=True)
class OrderDays(Record):
    """On which days of the week a supplier takes orders. A review on another day leaves what it
    would buy of it to the next one; an expedited purchase does not ask.
    """

    supplier: str
    """The supplier."""
    weekdays: Sequence[int]
    """Days (UTC), from 1 = Monday to 7 = Sunday."""


@dataclass(frozen=True, slots=True)
class Outage(Record):
    """A node that closes and opens again, or a carrier service or a supplier that is down for a
    while. What was planned from the node or with the service is planned anew when it begins. A
    supplier that is down takes no order, and what it would deliver comes when it is over.
    """

    from_: Moment
    """When it begins."""
    to: Moment
    """When it ends."""
    reason: str
    """The reason code."""
    _: KW_ONLY
    node: str = ""
    """The node; empty where something else is down."""
    service: str = ""
    """The carrier service that is down; empty where something else is."""
    supplier: str = ""
    """The supplier that is down; empty where something else is."""


@dataclass(frozen=True, slots=True)
class Network(Record):
    """A network: where goods lie, who sells, carries and supplies them, and what is planned to
    happen.
    """

    _: KW_ONLY
    accounts: Sequence[DefineAccount] = ()
    """Accounts beside the default chart."""
    channels: Sequence[DefineChannel] = ()
    """Channels."""
    configuration: ConfigureBook | None = None
    """Currency and windows; none = the book's own."""
    feeds: Sequence[ChannelFeed] = ()
    """Channels that sell from a listing of their own."""
    nodes: Sequence[DefineNode] = ()
    """Nodes."""
    order_days: Sequence[OrderDays] = ()
    """On which days suppliers take orders; one that is not named takes them on all days."""
    outages: Sequence[Outage] = ()
    """Nodes that close for a while, and carrier services and suppliers that are down for a
    while.
    """
    posting_rules: SetPostingRules | None = None
    """Posting rules; none = the default ones."""
    protections: Sequence[SetProtection] = ()
    """Stock kept for channels."""
    reasons: Sequence[DefineReason] = ()
    """Reason codes."""
    reorder_rules: Sequence[SetReorderRule] = ()
    """When to buy and how much."""
    services: Sequence[DefineService] = ()
    """Carrier services."""
    skus: Sequence[DefineSku] = ()
    """SKUs."""
    stock: Sequence[OpeningStock] = ()
    """Stock that is there at the start."""
    suppliers: Sequence[DefineSupplier] = ()
    """Suppliers."""


# -- Events ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class BookConfigured(ConfigureBook):
    """Currency and windows are set."""

    TAG: ClassVar[str] = "BookConfigured"


@dataclass(frozen=True, slots=True)
class AccountDefined(DefineAccount):
    """An account is defined."""

    TAG: ClassVar[str] = "AccountDefined"


@dataclass(frozen=True, slots=True)
class ReasonDefined(DefineReason):
    """A reason is defined."""

    TAG: ClassVar[str] = "ReasonDefined"


@dataclass(frozen=True, slots=True)
class SkuDefined(DefineSku):
    """A SKU is defined."""

    TAG: ClassVar[str] = "SkuDefined"


@dataclass(frozen=True, slots=True)
class NodeDefined(Record):
    """A node as defined, with its cut-offs as instants."""

    TAG: ClassVar[str] = "NodeDefined"

    node: DefineNode
    """As it was said."""
    cut_offs: tuple[datetime, ...]
    """Cut-offs of its working days, resolved from its calendar; empty without one."""


@dataclass(frozen=True, slots=True)
class ChannelDefined(DefineChannel):
    """A channel is defined."""

    TAG: ClassVar[str] = "ChannelDefined"


@dataclass(frozen=True, slots=True)
class ServiceDefined(DefineService):
    """A carrier service is defined."""

    TAG: ClassVar[str] = "ServiceDefined"


@dataclass(frozen=True, slots=True)
class SupplierDefined(DefineSupplier):
    """A supplier is defined."""

    TAG: ClassVar[str] = "SupplierDefined"


@dataclass(frozen=True, slots=True)
class PolicySet(Policy):
    """A policy holds from here on."""

    TAG: ClassVar[str] = "PolicySet"


@dataclass(frozen=True, slots=True)
class PostingRulesSet(SetPostingRules):
    """Posting rules hold from here on."""

    TAG: ClassVar[str] = "PostingRulesSet"


@dataclass(frozen=True, slots=True)
class AuthoritySet(SetAuthority):
    """An authority holds from here on."""

    TAG: ClassVar[str] = "AuthoritySet"


@dataclass(frozen=True, slots=True)
class Opened(Record):
    """An exception as an event opens it."""

    code: ExceptionCode
    """Why."""
    order: str | None
    """The order, or none."""
    sku: str | None
    """The SKU, or none."""
    node: str | None
    """The node, or none."""
    qty: int
    """Units at stake."""


@dataclass(frozen=True, slots=True)
class NodeStatusSet(Record):
    """A node opened or closed."""

    TAG: ClassVar[str] = "NodeStatusSet"

    node: str | None
    """The node."""
    status: NodeStatus
    """Its status."""
    reason: str | None
    """Why."""
    exceptions: tuple[Opened, ...]
    """Exceptions opened."""


@dataclass(frozen=True, slots=True)
class ProtectionSet(Record):
    """Stock is protected for a channel."""

    TAG: ClassVar[str] = "ProtectionSet"

    sku: str | None
    """The SKU."""
    node: str | None
    """The node."""
    channel: str | None
    """The channel."""
    qty: int
    """Units."""


@dataclass(frozen=True, slots=True)
class ReorderRuleSet(Record):
    """A reorder rule."""

    TAG: ClassVar[str] = "ReorderRuleSet"

    sku: str | None
    """The SKU."""
    node: str | None
    """The node."""
    supplier: str | None
    """The supplier."""
    unit_cost: Decimal
    """Cost of a base unit."""
    reorder_point: int
    """Reorder point."""
    order_up_to: int
    """Order-up-to level."""
    expedite_below: int
    """Expedite trigger."""


@dataclass(frozen=True, slots=True)
class Fill(Record):
    """A backorder filled."""

    order: str | None
    """The order."""
    line: int
    """The order's line, from 1."""
    parcel: int
    """Index of the parcel in the event's `parcels`."""
    qty: int
    """Units."""


@dataclass(frozen=True, slots=True)
class Parcel(Record):
    """A planned parcel: what one node sends for one order."""

    node: str | None
    """The node."""
    service: str | None
    """The carrier service."""
    ship_at: datetime
    """When it leaves."""
    arrive_at: datetime
    """When it arrives."""
    distance_mm: int
    """Distance in millimetres."""
    freight: Decimal
    """Carrier's charge."""
    handling: Decimal
    """Cost of handling."""


@dataclass(frozen=True, slots=True)
class Posting(Record):
    """One leg of a journal entry. Amounts of an event sum to zero."""

    movement: Movement
    """The movement that it belongs to."""
    account: str | None
    """The account."""
    amount: Decimal
    """Debit if positive, credit if negative; whole minor units."""
    sku: str | None
    """The SKU moved, or none."""
    node: str | None
    """The node, or none."""
    qty: int
    """Units moved, in the SKU's smallest unit; 0 where money alone moves."""
    _: KW_ONLY
    channel: str | None = None
    """The channel, or none."""
    corrects: int = 0
    """The event whose amounts this entry corrects; 0 = it corrects none."""
    lot: str | None = None
    """The lot, where costs are kept by lot, or none."""


@dataclass(frozen=True, slots=True)
class ReceivedLine(Record):
    """A line that arrived."""

    sku: str | None
    """The SKU."""
    qty: int
    """Units."""
    value: Decimal
    """Value taken into stock."""
    on_order: int
    """Units taken off the purchase order's line."""
    purchase_line: int
    """The purchase order's line, from 1; 0 = none."""
    place: Place
    """Where they lie."""
    _: KW_ONLY
    expires_at: datetime | None = None
    """When its lot expires, where that was new."""
    passed: Decimal = Decimal("0.00")
    """What of the value does not stay: units that left before they came, or what differs from
    standard.
    """
    prebilled: int = 0
    """Units that were invoiced before they came."""
    prebilled_value: Decimal = Decimal("0.00")
    """What they were invoiced at."""
    rate: Decimal = Decimal("0.00")
    """The rate of the currency that it was bought in; 0 = the book's own."""


@dataclass(frozen=True, slots=True)
class GoodsReceived(Record):
    """Goods that arrived."""

    TAG: ClassVar[str] = "GoodsReceived"

    receipt: str
    """Number of the receipt."""
    node: str | None
    """The node."""
    supplier: str | None
    """The supplier, or none for an opening balance."""
    purchase_order: str | None
    """The purchase order, or none."""
    lines: tuple[ReceivedLine, ...]
    """What arrived."""
    fills: tuple[Fill, ...]
    """Backorders filled, by priority then age."""
    parcels: tuple[Parcel, ...]
    """Parcels planned for them."""
    postings: tuple[Posting, ...]
    """Journal."""
    exceptions: tuple[Opened, ...]
    """Exceptions opened."""


@dataclass(frozen=True, slots=True)
class AdjustedLine(Record):
    """A correction."""

    sku: str | None
    """The SKU."""
    qty: int
    """Units more or less."""
    value: Decimal
    """Value more or less that stays."""
    place: Place
    """Where."""
    _: KW_ONLY
    declared: bool = False
    """Whether the value was declared, not found."""
    passed: Decimal = Decimal("0.00")
    """What of a gain's value did not stay."""


@dataclass(frozen=True, slots=True)
class StockAdjusted(Record):
    """Stock that was corrected."""

    TAG: ClassVar[str] = "StockAdjusted"

    adjustment: str
    """Number of the adjustment."""
    node: str | None
    """The node."""
    reason: str | None
    """The reason."""
    lines: tuple[AdjustedLine, ...]
    """What was corrected."""
    postings: tuple[Posting, ...]
    """Journal."""
    _: KW_ONLY
    exceptions: tuple[Opened, ...] = ()
    """Exceptions opened."""


@dataclass(frozen=True, slots=True)
class StockMoved(Record):
    """Stock that moved within a node."""

    TAG: ClassVar[str] = "StockMoved"

    movement: str
    """Number of the movement."""
    node: str | None
    """The node."""
    sku: str | None
    """The SKU."""
    qty: int
    """Units."""
    from_: Place
    """From where."""
    to: Place
    """To where."""


@dataclass(frozen=True, slots=True)
class HeldLine(Record):
    """A line of a hold."""

    sku: str | None
    """The SKU."""
    node: str | None
    """The node; of a loose line where it stands for now."""
    qty: int
    """Units."""
    _: KW_ONLY
    group: tuple[str | None, ...] = ()
    """The nodes that a loose line may be bound to; empty = pinned."""
    lot: str = ""
    """The lot that is asked for by name; empty = any."""


@dataclass(frozen=True, slots=True)
class Rebind(Record):
    """Units of a reservation."""

    reservation: int
    """The reservation: its row."""
    sku: str | None
    """The SKU."""
    from_: str | None
    """The node that it stood at."""
    to: str | None
    """The node that it stands at now."""
    qty: int
    """Units."""


@dataclass(frozen=True, slots=True)
class StockHeld(Record):
    """Stock that is held."""

    TAG: ClassVar[str] = "StockHeld"

    hold: str
    """Number of the hold."""
    channel: str | None
    """The channel."""
    lines: tuple[HeldLine, ...]
    """What is held."""
    expires_at: datetime
    """Until when."""
    _: KW_ONLY
    rebinds: tuple[Rebind, ...] = ()
    """Loose reservations of earlier holds that made room."""


@dataclass(frozen=True, slots=True)
class HoldEnded(Record):
    """A hold that ended."""

    hold: str | None
    """The hold."""


@dataclass(frozen=True, slots=True)
class HoldReleased(HoldEnded):
    """A hold was given back."""

    TAG: ClassVar[str] = "HoldReleased"


@dataclass(frozen=True, slots=True)
class HoldExpired(HoldEnded):
    """A hold ran out."""

    TAG: ClassVar[str] = "HoldExpired"


@dataclass(frozen=True, slots=True)
class OrderedKit(Record):
    """A virtual kit of an order: its own line has no units, its components are lines of their
    own.
    """

    line: int
    """The kit's own line, from 1."""
    qty: int
    """Kits ordered."""
    first: int
    """The line of its first component; the others follow."""
    each: tuple[int, ...]
    """Units of each component in one kit."""


@dataclass(frozen=True, slots=True)
class PlacedLine(Record):
    """A line of an order."""

    sku: str | None
    """The SKU."""
    qty: int
    """Units."""
    price: Decimal
    """Price of one base unit."""


@dataclass(frozen=True, slots=True)
class LineQty(Record):
    """A quantity of a line."""

    line: int
    """The document's line, from 1."""
    qty: int
    """Units."""


@dataclass(frozen=True, slots=True)
class NamedLot(Record):
    """The lot that an order's line comes from by its name, now and whenever it is planned anew."""

    line: int
    """The order's line, from 1."""
    lot: str
    """The lot, or the serial number."""


@dataclass(frozen=True, slots=True)
class SoldIn(Record):
    """The currency of an order, and its prices in it."""

    currency: DocumentCurrency
    """The currency, and the rate of the order."""
    prices: tuple[Decimal, ...]
    """Price of a base unit, by line."""


@dataclass(frozen=True, slots=True)
class PlacedTerms(Record):
    """Terms of an order beside its lines."""

    segment: str
    """Segment of the customer; empty = none."""
    pickup: str | None
    """Where the customer picks up, or none."""
    _: KW_ONLY
    called: tuple[LineQty, ...] = ()
    """Units of that order's lines: struck there, ordered here."""
    calls_off: str | None = None
    """The order that it calls off a part of."""
    customer: str = ""
    """Who buys; empty = nobody that is told."""
    held: OrderHoldKind | None = None
    """What the order waits for from the start."""
    lots: tuple[NamedLot, ...] = ()
    """Lots that lines asked for by name."""
    replaces: str | None = None
    """The order that this one replaces."""
    rma: str | None = None
    """The return by which the replaced goods come back."""
    ship_from: datetime | None = None
    """When it may leave at the earliest, where that was asked for."""
    sold_in: SoldIn | None = None
    """The currency that it is sold in, where that is another than the book's."""


@dataclass(frozen=True, slots=True)
class Awaited(Record):
    """Units of a line that wait for supply which nobody before them waits for."""

    line: int
    """The order's line, from 1."""
    qty: int
    """Units."""
    node: str | None
    """Where the supply comes in."""
    arrive_at: datetime
    """When they arrive at the customer, if the supply comes when it is expected."""


@dataclass(frozen=True, slots=True)
class Brought(Record):
    """Goods of a parcel that come from another node first: reserved there, on a transfer that
    the policy has agreed to.
    """

    parcel: int
    """The parcel, counted from 0."""
    lines: tuple[int, ...]
    """The lines, whole."""
    from_: str | None
    """The node that brings them."""
    transfer: str
    """Number of the transfer."""


@dataclass(frozen=True, slots=True)
class Decision(Record):
    """Why a plan is as it is, in brief."""

    policy: int
    """The policy in force: its number, counted from 1; 0 = the default policy."""
    rule: int
    """The rule of it that decided, counted from 1; 0 = `otherwise`."""
    cost: tuple[int, ...]
    """What the plan costs, tier by tier, in micro-units; tiers that the policy does not have are
    0.
    """
    bound: tuple[int, ...]
    """No plan costs less than this."""
    proved: bool
    """Whether the plan is proved optimal (`cost` = `bound`)."""
    candidates: int
    """Pairs of line and node that could give."""
    fell_out: tuple[tuple[FallOut, int], ...]
    """How many pairs of line and node give nothing although the line needs it, and for which
    reason; empty at detail `none`.
    """
    _: KW_ONLY
    relaxed: tuple[Relaxed, ...] = ()
    """What of the rule had to give way, in its declared order."""


@dataclass(frozen=True, slots=True)
class PlanPart(Record):
    """What a parcel takes of a line."""

    line: int
    """The order's line, from 1."""
    parcel: int
    """Index of the parcel in the plan's `parcels`."""
    qty: int
    """Units."""


@dataclass(frozen=True, slots=True)
class Plan(Record):
    """Where an order's lines come from."""

    parcels: tuple[Parcel, ...]
    """Parcels, one a node."""
    parts: tuple[PlanPart, ...]
    """What each parcel takes, by line."""
    backordered: tuple[LineQty, ...]
    """What waits, by line."""
    cancelled: tuple[LineQty, ...]
    """What is struck for want of stock, by line."""
    decision: Decision
    """Why it is so."""
    _: KW_ONLY
    awaited: tuple[Awaited, ...] = ()
    """The supply that what waits will come from, as far as enough is known to come; told at
    detail `brief` and `full`.
    """
    brought: tuple[Brought, ...] = ()
    """What another node brings first, to where it ships from."""


@dataclass(frozen=True, slots=True)
class Substituted(Record):
    """What was ordered, where a line gives a substitute."""

    line: int
    """The order's line, from 1."""
    sku: str | None
    """The SKU that was ordered."""
    price: Decimal
    """Its price for one base unit."""


@dataclass(frozen=True, slots=True)
class OrderPlaced(Record):
    """An order placed and sourced."""

    TAG: ClassVar[str] = "OrderPlaced"

    order: str
    """Number of the order."""
    channel: str | None
    """The channel."""
    to: Point
    """Where it goes."""
    deliver_by: datetime
    """Promised delivery."""
    priority: int
    """Who goes first: 0 is the most important."""
    commitment: Commitment
    """Who accepted it."""
    hold: str | None
    """The hold that it replaces, or none."""
    lines: tuple[PlacedLine, ...]
    """What is ordered."""
    plan: Plan
    """Where it comes from."""
    exceptions: tuple[Opened, ...]
    """Exceptions opened."""
    _: KW_ONLY
    kits: tuple[OrderedKit, ...] = ()
    """Its virtual kits."""
    substituted: tuple[Substituted, ...] = ()
    """What was ordered where a line gives a substitute."""
    terms: PlacedTerms | None = None
    """Its terms, if it has any."""


@dataclass(frozen=True, slots=True)
class OrderChange(Record):
    """What a customer wants otherwise than it was ordered, beside other quantities."""

    lines: tuple[PlacedLine, ...]
    """Lines behind the order's others."""
    kits: tuple[OrderedKit, ...]
    """Those of them that are kits."""
    prices: tuple[Decimal, ...]
    """Their prices in the order's own currency, if it has one."""
    _: KW_ONLY
    deliver_by: datetime | None = None
    """By when it is promised."""
    to: Point | None = None
    """Where it goes."""


@dataclass(frozen=True, slots=True)
class OrderReallocated(Record):
    """An order planned anew: all that was reserved is given back, then reserved by the new plan."""

    TAG: ClassVar[str] = "OrderReallocated"

    order: str | None
    """The order."""
    reason: str | None
    """Why."""
    plan: Plan
    """The new plan of what is not shipped."""
    exceptions: tuple[Opened, ...]
    """Exceptions opened."""
    _: KW_ONLY
    amended: tuple[LineQty, ...] = ()
    """Units more or less of lines, since the customer wants another quantity."""
    change: OrderChange | None = None
    """What else the customer wants otherwise."""
    held: OrderHoldKind | None = None
    """What the order waits for now, since it is worth more."""
    stays: tuple[str | None, ...] = ()
    """Nodes that work on the order, the furthest first: what they have of it and is still wanted
    stays as it is, beside the plan.
    """


@dataclass(frozen=True, slots=True)
class Raised(Record):
    """An exception with what it is about."""

    opened: Opened
    """What it is."""
    _: KW_ONLY
    subject: str | None = None
    """The document, feed or other name that tells causes of one kind apart."""


@dataclass(frozen=True, slots=True)
class OrderCancelled(Record):
    """Open lines that were struck: from backorders first, then from reservations in their order."""

    TAG: ClassVar[str] = "OrderCancelled"

    order: str | None
    """The order."""
    reason: str | None
    """Why."""
    lines: tuple[LineQty, ...]
    """What was struck."""
    _: KW_ONLY
    exceptions: tuple[Raised, ...] = ()
    """Exceptions opened."""
    node: str | None = None
    """The node whose reservations were struck, and only those; none = as said above."""


@dataclass(frozen=True, slots=True)
class ForeignAmounts(Record):
    """Amounts of an event in its order's currency."""

    rate: Decimal
    """What one unit of the order's currency is worth."""
    lines: tuple[Decimal, ...]
    """What each line of the event comes to, its discount taken off."""
    tax: Decimal
    """Tax."""
    shipping: Decimal
    """Shipping that the customer pays."""
    amount: Decimal
    """What the customer owes more by it; negative = less."""
    carried: Decimal
    """The same in the book's currency, as his debt was booked."""


@dataclass(frozen=True, slots=True)
class LotCost(Record):
    """Units and cost of a lot."""

    lot: str | None
    """The lot."""
    qty: int
    """Units."""
    value: Decimal
    """Their cost."""


@dataclass(frozen=True, slots=True)
class Taken(Record):
    """Units taken from a place that is told apart."""

    place: Place
    """The place."""
    qty: int
    """Units."""


@dataclass(frozen=True, slots=True)
class ShippedLine(Record):
    """A line that left."""

    line: int
    """The order's line, from 1."""
    sku: str | None
    """The SKU."""
    qty: int
    """Units."""
    cost: Decimal
    """Value taken from stock."""
    revenue: Decimal
    """What the customer owes."""
    taken: tuple[Taken, ...]
    """From which places."""
    _: KW_ONLY
    asset: Decimal = Decimal("0.00")
    """Cost of goods that are expected back."""
    liability: Decimal = Decimal("0.00")
    """Refund that is expected."""
    lots: tuple[LotCost, ...] = ()
    """Cost by lot, where it is kept so."""
    unbilled: bool = False
    """Whether revenue and cost wait for the invoice."""


@dataclass(frozen=True, slots=True)
class OrderShipped(Record):
    """Goods that left for the customer."""

    TAG: ClassVar[str] = "OrderShipped"

    order: str | None
    """The order."""
    node: str | None
    """The node."""
    lines: tuple[ShippedLine, ...]
    """What left."""
    freight: Decimal
    """Carrier's charge, posted with the parcel's first shipment."""
    handling: Decimal
    """Cost of handling, posted with the parcel's first shipment."""
    arrive_at: datetime
    """When the parcel arrives, by its plan."""
    postings: tuple[Posting, ...]
    """Journal."""
    _: KW_ONLY
    foreign: ForeignAmounts | None = None
    """The amounts in the order's currency, where that is another than the book's."""


@dataclass(frozen=True, slots=True)
class ReturnedLine(Record):
    """A line that came back."""

    line: int
    """The order's line, from 1."""
    sku: str | None
    """The SKU."""
    qty: int
    """Units."""
    disposition: Disposition
    """What became of them."""
    cost: Decimal
    """Their original issue cost."""
    refund: Decimal
    """What the customer got back."""
    _: KW_ONLY
    asset: Decimal = Decimal("0.00")
    """What of the cost had been expected back."""
    came: int = 0
    """The line of the drop shipment that they came with and go back, counted from 1 over all
    receipts; 0 = none.
    """
    credit: Decimal | None = None
    """What the vendor credits for the units, where that was said."""
    credited: int = 0
    """Units whose sale a credit note had taken back: their cost is among that recognised."""
    liability: Decimal = Decimal("0.00")
    """What of the refund had been expected."""
    lots: tuple[LotCost, ...] = ()
    """Lots, with their cost where it is kept so."""
    passed: Decimal = Decimal("0.00")
    """What of the cost did not stay in stock."""
    recognised: Decimal = Decimal("0.00")
    """Cost that waited as shipped, not invoiced, of them and of those credited."""
    unbilled: int = 0
    """Units that had not been invoiced."""
    unowed: Decimal | None = None
    """What the vendor is no longer owed for them, where he had not billed them."""


@dataclass(frozen=True, slots=True)
class ReturnReceived(Record):
    """Goods or money that went back."""

    TAG: ClassVar[str] = "ReturnReceived"

    rma: str
    """Number of the return."""
    order: str | None
    """The order."""
    node: str | None
    """Where goods came in."""
    lines: tuple[ReturnedLine, ...]
    """What came back."""
    postings: tuple[Posting, ...]
    """Journal."""
    _: KW_ONLY
    foreign: ForeignAmounts | None = None
    """The amounts in the order's currency, where that is another than the book's."""


@dataclass(frozen=True, slots=True)
class PurchasedLine(Record):
    """A line that was ordered."""

    sku: str | None
    """The SKU."""
    qty: int
    """Units."""
    unit_cost: Decimal
    """Cost of one base unit."""


@dataclass(frozen=True, slots=True)
class PurchaseOrderPlaced(Record):
    """Goods that were ordered."""

    TAG: ClassVar[str] = "PurchaseOrderPlaced"

    purchase_order: str
    """Number of the purchase order."""
    supplier: str | None
    """The supplier."""
    node: str | None
    """Where they shall come in."""
    expected_at: datetime
    """When."""
    speed: Speed
    """How fast."""
    lines: tuple[PurchasedLine, ...]
    """What is ordered."""


@dataclass(frozen=True, slots=True)
class PurchaseOrderCancelled(Record):
    """A purchase order that was struck."""

    TAG: ClassVar[str] = "PurchaseOrderCancelled"

    purchase_order: str | None
    """The purchase order."""
    reason: str | None
    """Why."""
    _: KW_ONLY
    exceptions: tuple[Opened, ...] = ()
    """Orders that waited for what it would have brought."""


@dataclass(frozen=True, slots=True)
class TakenBack(Record):
    """Units of a reservation that were given back."""

    order: str | None
    """The order."""
    line: int
    """The order's line, from 1."""
    reservation: int
    """The reservation: its row."""
    node: str | None
    """The node."""
    qty: int
    """Units."""


@dataclass(frozen=True, slots=True)
class LayerCost(Record):
    """A layer of a FIFO pool."""

    qty: int
    """Units."""
    value: Decimal
    """Their value."""
    source: int
    """The receipt line that it came from, counted from 1 over all receipts; 0 = none."""


@dataclass(frozen=True, slots=True)
class TransferredLine(Record):
    """A line that left or arrived."""

    line: int
    """The transfer's line, from 1."""
    sku: str | None
    """The SKU."""
    qty: int
    """Units."""
    value: Decimal
    """Their value."""
    taken: tuple[Taken, ...]
    """Places taken from, or put into."""
    _: KW_ONLY
    condition: Condition = "sellable"
    """The condition that they arrived in."""
    layers: tuple[LayerCost, ...] = ()
    """Layers of a FIFO pool that they came from, and become again."""
    lots: tuple[LotCost, ...] = ()
    """Cost by lot, where it is kept so."""
    passed: Decimal = Decimal("0.00")
    """What of the value did not stay in stock."""
    price: Decimal | None = None
    """The price between companies, where the nodes belong to two: what they are worth to the
    receiver.
    """


@dataclass(frozen=True, slots=True)
class TransferShipped(Record):
    """Goods that left for another node."""

    TAG: ClassVar[str] = "TransferShipped"

    transfer: str
    """Number of the transfer."""
    from_: str | None
    """The node that sends."""
    to: str | None
    """The node that receives."""
    lines: tuple[TransferredLine, ...]
    """What left."""
    postings: tuple[Posting, ...]
    """Journal."""
    _: KW_ONLY
    taken: tuple[TakenBack, ...] = ()
    """What was reserved for an order, and waits until it arrives."""


@dataclass(frozen=True, slots=True)
class TransferReceived(Record):
    """Goods that arrived from another node."""

    TAG: ClassVar[str] = "TransferReceived"

    transfer: str | None
    """The transfer."""
    lines: tuple[TransferredLine, ...]
    """What arrived."""
    lost: tuple[TransferredLine, ...]
    """What is lost."""
    fills: tuple[Fill, ...]
    """Backorders filled."""
    parcels: tuple[Parcel, ...]
    """Parcels planned for them."""
    postings: tuple[Posting, ...]
    """Journal."""
    exceptions: tuple[Opened, ...]
    """Exceptions opened."""
    _: KW_ONLY
    goes_on: int | None = None
    """Which of the parcels, counted from 0, is the one that waited for the goods: it goes on."""


@dataclass(frozen=True, slots=True)
class ExceptionResolved(Record):
    """An exception that was resolved."""

    TAG: ClassVar[str] = "ExceptionResolved"

    exception: int
    """Its number."""
    resolution: str
    """What was done."""
    _: KW_ONLY
    with_: str = ""
    """The word of the command that did it, if it was said."""


@dataclass(frozen=True, slots=True)
class TimeAdvanced(Record):
    """Time moved on."""

    TAG: ClassVar[str] = "TimeAdvanced"


@dataclass(frozen=True, slots=True)
class ExceptionsRaised(Record):
    """Exceptions that were opened by themselves."""

    TAG: ClassVar[str] = "ExceptionsRaised"

    exceptions: tuple[Raised, ...]
    """What was opened."""


@dataclass(frozen=True, slots=True)
class ExceptionAssigned(Record):
    """An exception that was given to somebody."""

    TAG: ClassVar[str] = "ExceptionAssigned"

    exception: int
    """Its number."""
    assignee: str
    """To whom; empty = to nobody any more."""


@dataclass(frozen=True, slots=True)
class ExceptionEscalated(Record):
    """An exception that went up a level when its time was over."""

    TAG: ClassVar[str] = "ExceptionEscalated"

    exception: int
    """Its number."""
    level: int
    """The level that it is on now."""
    to: str
    """The role that it went up to."""


@dataclass(frozen=True, slots=True)
class ExceptionReopened(Record):
    """An exception that is open again."""

    TAG: ClassVar[str] = "ExceptionReopened"

    exception: int
    """Its number."""
    reason: str
    """Why."""


@dataclass(frozen=True, slots=True)
class ExceptionsCleared(Record):
    """Exceptions that closed because their cause is gone."""

    TAG: ClassVar[str] = "ExceptionsCleared"

    exceptions: tuple[int, ...]
    """Their numbers."""


@dataclass(frozen=True, slots=True)
class ExceptionRuleSet(SetExceptionRule):
    """How exceptions of a code are handled from here on."""

    TAG: ClassVar[str] = "ExceptionRuleSet"


@dataclass(frozen=True, slots=True)
class ParameterDefined(DefineParameter):
    """A parameter is defined."""

    TAG: ClassVar[str] = "ParameterDefined"


@dataclass(frozen=True, slots=True)
class ParameterSet(SetParameter):
    """A parameter has a value in a scope."""

    TAG: ClassVar[str] = "ParameterSet"


@dataclass(frozen=True, slots=True)
class RoleDefined(DefineRole):
    """A role is defined."""

    TAG: ClassVar[str] = "RoleDefined"


@dataclass(frozen=True, slots=True)
class RolesGranted(GrantRoles):
    """An actor has roles."""

    TAG: ClassVar[str] = "RolesGranted"


@dataclass(frozen=True, slots=True)
class ApprovalRuleSet(SetApprovalRule):
    """Above a limit a command waits from here on."""

    TAG: ClassVar[str] = "ApprovalRuleSet"


@dataclass(frozen=True, slots=True)
class SourceOfRecordSet(SetSourceOfRecord):
    """Systems of record are named."""

    TAG: ClassVar[str] = "SourceOfRecordSet"


@dataclass(frozen=True, slots=True)
class TimingRuleSet(SetTimingRule):
    """How late an event may be told from here on."""

    TAG: ClassVar[str] = "TimingRuleSet"


@dataclass(frozen=True, slots=True)
class ApprovalRequested(Record):
    """A command that waits for approval."""

    TAG: ClassVar[str] = "ApprovalRequested"

    approval: int
    """Number of the approval, from 1."""
    parking: Parking
    """Why it waits."""
    word: str
    """The command's word."""
    command: str
    """The command as it was said: JSON."""
    measured: Decimal
    """What was measured: money, units or minutes."""
    limit: Decimal
    """Its limit."""
    role: str
    """The role that may approve."""
    expires_at: datetime
    """When it runs out."""
    exceptions: tuple[Raised, ...]
    """The exception opened for it."""
    _: KW_ONLY
    measure: LimitMeasure = "value"
    """What its limit measures."""
    told_at: datetime | None = None
    """When it was said, if it has waited before."""


@dataclass(frozen=True, slots=True)
class ApprovalGranted(Record):
    """A command that was approved. The event after it is what the command did."""

    TAG: ClassVar[str] = "ApprovalGranted"

    approval: int
    """Number of the approval."""
    evidence: str
    """What the approver saw."""


@dataclass(frozen=True, slots=True)
class ApprovalRejected(Record):
    """A command that was not approved."""

    TAG: ClassVar[str] = "ApprovalRejected"

    approval: int
    """Number of the approval."""
    reason: str
    """Why."""


@dataclass(frozen=True, slots=True)
class ApprovalExpired(Record):
    """A command that nobody decided on in time."""

    TAG: ClassVar[str] = "ApprovalExpired"

    approval: int
    """Number of the approval."""


@dataclass(frozen=True, slots=True)
class OrderCaptured(Record):
    """An order that came in from a customer. The event after it is the order."""

    TAG: ClassVar[str] = "OrderCaptured"

    order: str
    """Its number."""
    customer: str
    """Who buys."""
    address: tuple[str, ...]
    """Where it goes, as the customer wrote it."""
    print: int
    """What tells it from other orders: a digest of who buys what for where."""


@dataclass(frozen=True, slots=True)
class OrderParked(Record):
    """An order that came in and cannot be taken as it is."""

    TAG: ClassVar[str] = "OrderParked"

    order: str
    """Its number."""
    faults: tuple[str, ...]
    """What is wrong with it, all of it."""
    text: str
    """The order as it was said: JSON."""
    exceptions: tuple[Raised, ...]
    """The exception opened for it."""


@dataclass(frozen=True, slots=True)
class OrderHeld(Record):
    """An order that waits for a person: nothing of it is released or shipped."""

    TAG: ClassVar[str] = "OrderHeld"

    order: str | None
    """The order."""
    hold: OrderHoldKind
    """Why."""
    note: str
    """In words."""


@dataclass(frozen=True, slots=True)
class OrderReleased(Record):
    """An order that need not wait for that any more."""

    TAG: ClassVar[str] = "OrderReleased"

    order: str | None
    """The order."""
    hold: OrderHoldKind
    """What it waited for."""


@dataclass(frozen=True, slots=True)
class WorkflowSet(Record):
    """Stages that a channel's orders must go through."""

    TAG: ClassVar[str] = "WorkflowSet"

    channel: str | None
    """The channel."""
    stages: tuple[Stage, ...]
    """What must be done before goods leave."""


@dataclass(frozen=True, slots=True)
class WaveReleased(Record):
    """Orders that a node shall work on now."""

    TAG: ClassVar[str] = "WaveReleased"

    wave: str
    """Number of the wave."""
    node: str | None
    """The node."""
    orders: tuple[str | None, ...]
    """The orders, in the order of work."""


@dataclass(frozen=True, slots=True)
class PickedOther(Record):
    """What was picked for a line otherwise than planned."""

    line: int
    """The order's line, from 1."""
    qty: int
    """Units."""
    sku: str | None
    """What was picked: where it is not the line's SKU, the line is of this one from now on."""
    price: Decimal
    """The line's price of one base unit from now on."""
    lot: str
    """The lot that leaves; empty = any."""
    _: KW_ONLY
    as_line: int = 0
    """The new line that these units are of from now on, which stands for a part of that one; 0 =
    that one itself.
    """


@dataclass(frozen=True, slots=True)
class PickRecorded(Record):
    """What a picker found."""

    TAG: ClassVar[str] = "PickRecorded"

    order: str | None
    """The order."""
    node: str | None
    """The node."""
    picked: tuple[LineQty, ...]
    """What was picked."""
    short: tuple[LineQty, ...]
    """What was not there: its reservation is void, the line waits."""
    exceptions: tuple[Raised, ...]
    """Exceptions opened."""
    _: KW_ONLY
    held: OrderHoldKind | None = None
    """What the order waits for from now on."""
    instead: tuple[PickedOther, ...] = ()
    """What was picked otherwise than planned, beside the rest."""


@dataclass(frozen=True, slots=True)
class PackedCarton(Record):
    """A carton."""

    carton: str
    """Its number."""
    weight_g: int
    """What it weighs, in grams."""
    lines: tuple[LineQty, ...]
    """What is in it."""


@dataclass(frozen=True, slots=True)
class OrderPacked(Record):
    """What was packed."""

    TAG: ClassVar[str] = "OrderPacked"

    order: str | None
    """The order."""
    node: str | None
    """The node."""
    cartons: tuple[PackedCarton, ...]
    """The cartons."""
    exceptions: tuple[Raised, ...]
    """Exceptions opened."""


@dataclass(frozen=True, slots=True)
class ShipmentTracked(Record):
    """How a shipment is found again."""

    TAG: ClassVar[str] = "ShipmentTracked"

    order: str | None
    """The order."""
    node: str | None
    """The node."""
    tracking: str
    """The carrier's number."""


@dataclass(frozen=True, slots=True)
class OrderDelivered(Record):
    """What became of a shipment."""

    TAG: ClassVar[str] = "OrderDelivered"

    order: str | None
    """The order."""
    node: str | None
    """The node that shipped."""
    delivered: bool
    """Whether it arrived."""
    note: str
    """In words."""
    exceptions: tuple[Raised, ...]
    """Exceptions opened."""


@dataclass(frozen=True, slots=True)
class CustomerNotified(Record):
    """A customer was told something."""

    TAG: ClassVar[str] = "CustomerNotified"

    order: str | None
    """The order."""
    message: str
    """What kind of message."""
    text: str
    """Its text."""


@dataclass(frozen=True, slots=True)
class ReturnAuthorized(Record):
    """A return that may come."""

    TAG: ClassVar[str] = "ReturnAuthorized"

    rma: str
    """Its number."""
    order: str | None
    """The order."""
    node: str | None
    """Where it shall come in."""
    reason: str | None
    """Why it comes."""
    lines: tuple[LineQty, ...]
    """What may come."""
    _: KW_ONLY
    decision: Decision | None = None
    """Why it shall come in there, if the book chose the node."""


@dataclass(frozen=True, slots=True)
class ReturnCheckedIn(Record):
    """Goods of a return that arrived; they are not stock before they are graded."""

    TAG: ClassVar[str] = "ReturnCheckedIn"

    rma: str
    """Its number."""
    order: str | None
    """The order."""
    node: str | None
    """Where they arrived."""
    lines: tuple[LineQty, ...]
    """What arrived, by the order's lines."""
    exceptions: tuple[Raised, ...]
    """Exceptions opened."""


@dataclass(frozen=True, slots=True)
class ReturnCancelled(Record):
    """A return that will not come."""

    TAG: ClassVar[str] = "ReturnCancelled"

    rma: str
    """Its number."""
    reason: str | None
    """Why."""
    _: KW_ONLY
    exceptions: tuple[Raised, ...] = ()
    """Exceptions opened."""


@dataclass(frozen=True, slots=True)
class WantedLine(Record):
    """A line of a request."""

    sku: str | None
    """The SKU."""
    qty: int
    """Units."""


@dataclass(frozen=True, slots=True)
class GoodsRequested(Record):
    """A transfer or purchase that somebody asks for."""

    TAG: ClassVar[str] = "GoodsRequested"

    document: str
    """Its number."""
    kind: RequestKind
    """Transfer or purchase."""
    from_: str | None
    """The sending node of a transfer."""
    supplier: str | None
    """The supplier of a purchase."""
    to: str | None
    """Where the goods are wanted."""
    lines: tuple[WantedLine, ...]
    """What is wanted."""


@dataclass(frozen=True, slots=True)
class RequestDecided(Record):
    """A request that was decided on."""

    document: str
    """Its number."""
    kind: RequestKind
    """Transfer or purchase."""
    _: KW_ONLY
    exceptions: tuple[Raised, ...] = ()
    """Exceptions opened: what an order waits for is not brought to it."""
    taken: tuple[TakenBack, ...] = ()
    """What was reserved for orders, to be brought to where they ship from, and waits now."""


@dataclass(frozen=True, slots=True)
class RequestApproved(RequestDecided):
    """A request was agreed to."""

    TAG: ClassVar[str] = "RequestApproved"


@dataclass(frozen=True, slots=True)
class RequestCancelled(RequestDecided):
    """A request is off."""

    TAG: ClassVar[str] = "RequestCancelled"


@dataclass(frozen=True, slots=True)
class PurchaseOrderConfirmed(Record):
    """What a supplier said to an order."""

    TAG: ClassVar[str] = "PurchaseOrderConfirmed"

    purchase_order: str | None
    """The purchase order."""
    expected_at: datetime
    """When the goods come."""
    exceptions: tuple[Raised, ...]
    """Exceptions opened."""


@dataclass(frozen=True, slots=True)
class ShipmentAnnounced(Record):
    """A shipment that a supplier announced (ASN)."""

    TAG: ClassVar[str] = "ShipmentAnnounced"

    asn: str
    """Its number."""
    purchase_order: str | None
    """The purchase order."""
    arrives_at: datetime
    """When it arrives."""
    lines: tuple[LineQty, ...]
    """What comes, by the purchase order's lines."""


@dataclass(frozen=True, slots=True)
class CountPlanned(Record):
    """A count that shall be done."""

    TAG: ClassVar[str] = "CountPlanned"

    count: str
    """Its number."""
    node: str | None
    """The node."""
    skus: tuple[str | None, ...]
    """What is counted."""


@dataclass(frozen=True, slots=True)
class CountedLine(Record):
    """A line that was counted."""

    sku: str | None
    """The SKU."""
    expected: int
    """Units that the book had."""
    counted: int
    """Units found."""
    _: KW_ONLY
    place: Place = field(default_factory=Place)
    """Where."""


@dataclass(frozen=True, slots=True)
class CountRecorded(Record):
    """What was counted."""

    TAG: ClassVar[str] = "CountRecorded"

    count: str
    """The count."""
    lines: tuple[CountedLine, ...]
    """Lines, with what the book had at that moment."""
    stage: CountStage
    """Where the count stands now."""
    variance: Decimal
    """Value of all differences, each as a positive amount."""
    exceptions: tuple[Raised, ...]
    """Exceptions opened."""


@dataclass(frozen=True, slots=True)
class CountApproved(Record):
    """A count whose differences may be posted."""

    TAG: ClassVar[str] = "CountApproved"

    count: str
    """The count."""
    evidence: str
    """What the approver saw."""


@dataclass(frozen=True, slots=True)
class PostedLine(Record):
    """A difference of a count in the books."""

    sku: str | None
    """The SKU."""
    qty: int
    """Units more or less."""
    _: KW_ONLY
    place: Place = field(default_factory=Place)
    """Where."""


@dataclass(frozen=True, slots=True)
class CountPosted(Record):
    """Differences of a count in the books."""

    TAG: ClassVar[str] = "CountPosted"

    count: str
    """The count."""
    lines: tuple[PostedLine, ...]
    """What is posted; the event after it corrects the stock."""
    complete: bool
    """Whether all of it is posted: what is reserved cannot leave, and waits."""
    exceptions: tuple[Raised, ...]
    """Exceptions opened."""


@dataclass(frozen=True, slots=True)
class CountCancelled(Record):
    """A count that will not be finished."""

    TAG: ClassVar[str] = "CountCancelled"

    count: str
    """The count."""


@dataclass(frozen=True, slots=True)
class RolloutSet(SetRollout):
    """A process is rolled out so far."""

    TAG: ClassVar[str] = "RolloutSet"


@dataclass(frozen=True, slots=True)
class LegacyPlanReported(Record):
    """What the older system decided, beside the book's plan."""

    TAG: ClassVar[str] = "LegacyPlanReported"

    order: str | None
    """The order."""
    disagreement: Disagreement
    """How they differ."""
    book_nodes: tuple[str | None, ...]
    """Nodes of the book's plan."""
    legacy_nodes: tuple[str | None, ...]
    """Nodes of the older system's."""
    book_cost: Decimal
    """Freight and handling of the book's plan."""
    book_in_time: bool
    """Whether the book keeps the promise."""
    exceptions: tuple[Raised, ...]
    """Exceptions opened."""
    _: KW_ONLY
    legacy_cost: Decimal | None = None
    """The older system's, if it is known."""
    legacy_in_time: bool | None = None
    """Whether the older system does, if it is known."""


@dataclass(frozen=True, slots=True)
class FeedDefined(DefineFeed):
    """A feed is defined."""

    TAG: ClassVar[str] = "FeedDefined"


@dataclass(frozen=True, slots=True)
class MessageTaken(Record):
    """A message was taken. The event after it is what its command did."""

    TAG: ClassVar[str] = "MessageTaken"

    feed: str
    """The feed."""
    number: int
    """The message's number."""
    exceptions: tuple[Raised, ...]
    """Exceptions opened."""


@dataclass(frozen=True, slots=True)
class MessageParked(Record):
    """A message waits for its forerunner."""

    TAG: ClassVar[str] = "MessageParked"

    feed: str
    """The feed."""
    number: int
    """The message's number."""
    message: str
    """The command: JSON."""
    exceptions: tuple[Raised, ...]
    """Exceptions opened."""


@dataclass(frozen=True, slots=True)
class MessageRepeated(Record):
    """A message came again; nothing else happened."""

    TAG: ClassVar[str] = "MessageRepeated"

    feed: str
    """The feed."""
    number: int
    """The message's number."""
    exceptions: tuple[Raised, ...]
    """Exceptions opened."""


@dataclass(frozen=True, slots=True)
class MessageRefused(Record):
    """A message's command was refused; the feed goes on behind it."""

    TAG: ClassVar[str] = "MessageRefused"

    feed: str
    """The feed."""
    number: int
    """The message's number."""
    message: str
    """The command: JSON."""
    problem: str
    """What was wrong with it."""
    exceptions: tuple[Raised, ...]
    """Exceptions opened."""


@dataclass(frozen=True, slots=True)
class FeedFellSilent(Record):
    """A feed missed its time."""

    TAG: ClassVar[str] = "FeedFellSilent"

    feed: str
    """The feed."""
    exceptions: tuple[Raised, ...]
    """Exceptions opened."""


@dataclass(frozen=True, slots=True)
class SkuDescribed(DescribeSku):
    """A SKU is described."""

    TAG: ClassVar[str] = "SkuDescribed"


@dataclass(frozen=True, slots=True)
class SkusDefined(DefineSkus):
    """Many SKUs are defined."""

    TAG: ClassVar[str] = "SkusDefined"


@dataclass(frozen=True, slots=True)
class KitPart(Record):
    """A component of a kit with its code resolved."""

    sku: str | None
    """The SKU."""
    qty: int
    """Units of it in one base unit of the kit."""


@dataclass(frozen=True, slots=True)
class KitDefined(Record):
    """What a kit is made of."""

    TAG: ClassVar[str] = "KitDefined"

    kit: str | None
    """The kit."""
    kind: KitKind
    """How it exists."""
    components: tuple[KitPart, ...]
    """What one base unit is made of."""
    why: str
    """Why it was said."""


@dataclass(frozen=True, slots=True)
class CompanyDefined(DefineCompany):
    """A company is defined."""

    TAG: ClassVar[str] = "CompanyDefined"


@dataclass(frozen=True, slots=True)
class ServiceDays(Record):
    """When a carrier service picks up."""

    service: str | None
    """The carrier service."""
    cut_offs: tuple[datetime, ...]
    """Its pick-ups."""


@dataclass(frozen=True, slots=True)
class NodeDescribed(Record):
    """A node as described, with its services' cut-offs as instants."""

    TAG: ClassVar[str] = "NodeDescribed"

    node: DescribeNode
    """As it was said."""
    cut_offs: tuple[ServiceDays, ...]
    """Cut-offs by carrier service."""


@dataclass(frozen=True, slots=True)
class ChannelDescribed(DescribeChannel):
    """A channel is described."""

    TAG: ClassVar[str] = "ChannelDescribed"


@dataclass(frozen=True, slots=True)
class ListingSet(SetListing):
    """A channel lists a SKU under an id of its own."""

    TAG: ClassVar[str] = "ListingSet"


@dataclass(frozen=True, slots=True)
class NegativeStockSet(SetNegativeStock):
    """It is said how far stock may go below zero."""

    TAG: ClassVar[str] = "NegativeStockSet"


@dataclass(frozen=True, slots=True)
class ChangeScheduled(Record):
    """A change of master data that waits for its time."""

    TAG: ClassVar[str] = "ChangeScheduled"

    change: str
    """Number of the change."""
    effective_from: datetime
    """When it takes effect."""
    definition: Definition
    """What will hold then."""
    why: str
    """Why."""
    _: KW_ONLY
    actor: str = ""
    """Who scheduled it: whose it is when its time has come."""


@dataclass(frozen=True, slots=True)
class ChangeWithdrawn(Record):
    """A change that was taken back before its time."""

    TAG: ClassVar[str] = "ChangeWithdrawn"

    change: str
    """Number of the change."""
    why: str
    """Why."""


@dataclass(frozen=True, slots=True)
class ChangeTookEffect(Record):
    """A change whose time came. The definition itself is recorded next."""

    TAG: ClassVar[str] = "ChangeTookEffect"

    change: str
    """Number of the change."""


@dataclass(frozen=True, slots=True)
class ChangeLapsed(Record):
    """A change whose time came, and that did not fit any more: nothing else has changed."""

    TAG: ClassVar[str] = "ChangeLapsed"

    change: str
    """Number of the change."""
    problem: str
    """What was in its way."""
    exceptions: tuple[Opened, ...]
    """Exceptions opened."""


@dataclass(frozen=True, slots=True)
class PlannedPool(Record):
    """A pool with its codes resolved."""

    pool: str
    """Its name."""
    within: int
    """The group that it lies within: its place in the list from 1; 0 = none."""
    channels: tuple[str | None, ...]
    """Channels."""
    min: Share
    """What is kept."""
    fence: Fence
    """Whether it draws from what is free for all."""
    nesting: Nesting
    """Whether draws use the minimum up."""
    borrows_from: tuple[int, ...]
    """Pools that it borrows from, by place from 1, in order."""
    _: KW_ONLY
    max: Share | None = None
    """The most that it may take."""
    release_at: datetime | None = None
    """From when on the minimum is no longer kept."""


@dataclass(frozen=True, slots=True)
class ProtectionPlanSet(Record):
    """A SKU's stock is divided among channels."""

    TAG: ClassVar[str] = "ProtectionPlanSet"

    sku: str | None
    """The SKU."""
    node: str | None
    """The node; none = all nodes together."""
    pools: tuple[PlannedPool, ...]
    """Pools, whole."""
    counting: Counting
    """Whether pools of the same name go on counting."""


@dataclass(frozen=True, slots=True)
class ProtectionReleased(Record):
    """A pool's minimum is no longer kept."""

    TAG: ClassVar[str] = "ProtectionReleased"

    plan: int
    """The plan: its row."""
    pool: int
    """The pool: its place in the plan, from 1."""
    sku: str | None
    """The SKU."""
    node: str | None
    """The node; none = all nodes together."""


@dataclass(frozen=True, slots=True)
class Expected(Record):
    """Supply that is to come."""

    kind: SupplyKind
    """Where from."""
    sku: str | None
    """The SKU."""
    node: str | None
    """Where it comes in."""
    qty: int
    """Units still to come."""
    at: datetime
    """When."""
    percent: Decimal
    """How sure it is, in percent."""


@dataclass(frozen=True, slots=True)
class SupplyExpected(Record):
    """Supply was announced."""

    TAG: ClassVar[str] = "SupplyExpected"

    supply: str
    """Its number."""
    expected: Expected
    """What is to come."""


@dataclass(frozen=True, slots=True)
class TransferExpected(Record):
    """A transfer has a date."""

    TAG: ClassVar[str] = "TransferExpected"

    transfer: str | None
    """The transfer."""
    at: datetime
    """When it arrives."""


@dataclass(frozen=True, slots=True)
class SupplyLatenessSet(Record):
    """How late a supplier's deliveries are."""

    TAG: ClassVar[str] = "SupplyLatenessSet"

    supplier: str | None
    """The supplier."""
    steps: tuple[LatenessStep, ...]
    """By rising percent."""


@dataclass(frozen=True, slots=True)
class PreorderSet(Record):
    """Backorders of a SKU are capped."""

    TAG: ClassVar[str] = "PreorderSet"

    sku: str | None
    """The SKU."""
    _: KW_ONLY
    qty_max: int | None = None
    """Units that may wait."""
    supply_percent: Decimal | None = None
    """Percent of the supply that is to come."""


@dataclass(frozen=True, slots=True)
class BatchLoss(Record):
    """What an order lost to the others of its batch."""

    order: str | None
    """The order."""
    cost: tuple[int, ...]
    """Tier by tier."""


@dataclass(frozen=True, slots=True)
class Disrupted(Record):
    """A disruption, and all that it undid."""

    kind: DisruptionKind
    """What happened."""
    node: str | None
    """The node, or none."""
    service: str | None
    """The carrier service, or none."""
    sku: str | None
    """The SKU, or none."""
    missing: int
    """Units that are missing."""
    taken: tuple[TakenBack, ...]
    """Reservations given back."""
    exceptions: tuple[Opened, ...]
    """Exceptions opened besides those of the orders."""


@dataclass(frozen=True, slots=True)
class BatchAllocated(Record):
    """Orders planned anew, jointly. Each plan replaces all that its order had reserved or
    waiting, after a disruption what that undid.
    """

    TAG: ClassVar[str] = "BatchAllocated"

    reason: str | None
    """Why."""
    fairness: Fairness
    """Who went first where there was not enough for all."""
    orders: int
    """How many orders were weighed."""
    plans: tuple[OrderReallocated, ...]
    """The orders whose plan changes."""
    cost: tuple[int, ...]
    """What all orders cost by the policy, tier by tier."""
    gap_ppm: int
    """How far that may lie above the cheapest joint plan, in millionths of the bound, all tiers
    weighed as one number; -1 = nothing is proved.
    """
    steps: int
    """Steps of improvement used."""
    losses: tuple[BatchLoss, ...]
    """What orders cost more than they would with everything to themselves, tier by tier."""
    _: KW_ONLY
    aside: tuple[str | None, ...] = ()
    """Orders that a disruption does not touch, and that make way so that others keep their
    promise.
    """
    bound: tuple[int, ...] = ()
    """No joint plan costs less, tier by tier: the first tier counts, the next between equals.
    Empty = nothing is proved.
    """
    disrupted: Disrupted | None = None
    """What undid plans, if that is why."""


@dataclass(frozen=True, slots=True)
class BidPriceRow(Record):
    """A bid price."""

    sku: str | None
    """The SKU."""
    node: str | None
    """The node."""
    price: Decimal
    """Worth of a base unit."""


@dataclass(frozen=True, slots=True)
class ForecastOrder(Record):
    """Orders of one kind that are to come."""

    times: int
    """How many."""
    channel: str | None
    """The channel."""
    to: Point
    """Where they go."""
    segment: str
    """Segment of the customer; empty = none."""
    lines: tuple[PlacedLine, ...]
    """What each asks for."""


@dataclass(frozen=True, slots=True)
class FreeLevel(Record):
    """Units that were free."""

    sku: str | None
    """The SKU."""
    node: str | None
    """The node."""
    qty: int
    """Units."""


@dataclass(frozen=True, slots=True)
class DemandForecast(Record):
    """Orders to come, and when bid prices are solved from them."""

    orders: tuple[ForecastOrder, ...]
    """Kinds of orders."""
    from_: datetime
    """Since when it holds."""
    every_minutes: int
    """Minutes between two dates."""
    steps_max: int
    """Steps of a search; 0 = by the number of kinds."""
    _: KW_ONLY
    levels: tuple[FreeLevel, ...] = ()
    """Units that were free then, of which prices tell how many are used."""
    until: datetime | None = None
    """By when all have come; none = as many are always to come."""
    worth: Decimal = Decimal("0.00")
    """The most that a unit could save, where no orders are foreseen."""


@dataclass(frozen=True, slots=True)
class BidsSolved(Record):
    """How bid prices were solved."""

    _: KW_ONLY
    bound: Decimal | None = None
    """What the orders to come cost at least; none = nothing is proved."""
    forecast: DemandForecast | None = None
    """The forecast that holds from here on; none = as before."""
    next_at: datetime | None = None
    """When they are solved next; none = no more."""


@dataclass(frozen=True, slots=True)
class BidPricesSet(Record):
    """What a further unit of each SKU is worth where it lies. Replaces all bid prices."""

    TAG: ClassVar[str] = "BidPricesSet"

    prices: tuple[BidPriceRow, ...]
    """Prices, ascending by SKU, then node; where there is none, a unit is worth nothing more."""
    _: KW_ONLY
    solved: BidsSolved | None = None
    """How they were solved; none = they were said, and no forecast holds any more."""


@dataclass(frozen=True, slots=True)
class ValuationSet(Record):
    """A valuation holds from here on."""

    TAG: ClassVar[str] = "ValuationSet"

    set: SetValuation
    """As it was said."""


@dataclass(frozen=True, slots=True)
class InvoiceAhead(Record):
    """Units of an invoice that have not come."""

    sku: str | None
    """The SKU."""
    qty: int
    """Units."""
    value: Decimal
    """Their price."""


@dataclass(frozen=True, slots=True)
class InvoiceMatch(Record):
    """Units of an invoice that were received."""

    receipt_line: int
    """The receipt line, counted from 0 over all receipts."""
    qty: int
    """Units."""
    cleared: Decimal
    """What of goods received, not invoiced, is cleared."""
    _: KW_ONLY
    beyond: Decimal = Decimal("0.00")
    """What the supplier's price is beyond that."""


@dataclass(frozen=True, slots=True)
class LandedInvoiced(Record):
    """A landed cost's invoice."""

    landed: int
    """The landed cost, counted from 0."""
    amount: Decimal
    """What of the plan it settles."""


@dataclass(frozen=True, slots=True)
class LateCost(Record):
    """An amount added to the cost of a receipt line."""

    receipt_line: int
    """The receipt line, counted from 0 over all receipts."""
    amount: Decimal
    """The amount."""
    to_stock: Decimal
    """What of it stock on hand bears at once, where movements are not costed anew."""


@dataclass(frozen=True, slots=True)
class SupplierInvoiceReceived(Record):
    """A supplier's invoice, matched to what came."""

    TAG: ClassVar[str] = "SupplierInvoiceReceived"

    invoice: str
    """Number of the invoice."""
    supplier: str | None
    """The supplier."""
    matches: tuple[InvoiceMatch, ...]
    """Lines matched."""
    ahead: tuple[InvoiceAhead, ...]
    """Units invoiced before they came."""
    late: tuple[LateCost, ...]
    """Differences that change the cost of what came."""
    landed: tuple[LandedInvoiced, ...]
    """Landed cost invoiced: the landed cost, counted from 0, and what of its plan is settled."""
    tax: Decimal
    """Tax, as the host says."""
    postings: tuple[Posting, ...]
    """Journal."""
    _: KW_ONLY
    claims: tuple[InvoiceMatch, ...] = ()
    """Vendor returns that it settles, in place of receipt lines: counted from 0 over all that
    were owed for.
    """
    credit: bool = False
    """Whether it is a credit note."""
    exceptions: tuple[Raised, ...] = ()
    """Exceptions opened: order, receipt and invoice do not agree."""
    purchase_order: str | None = None
    """The purchase order that it names."""
    uses: tuple[InvoiceMatch, ...] = ()
    """Uses of consigned goods, in place of receipt lines: counted from 0 over all uses."""


@dataclass(frozen=True, slots=True)
class LandedCostAllocated(Record):
    """Freight, duty and the like, shared out over receipt lines."""

    TAG: ClassVar[str] = "LandedCostAllocated"

    landed_cost: str
    """Number of the landed cost."""
    amount: Decimal
    """The amount."""
    shares: tuple[LateCost, ...]
    """Its shares."""
    postings: tuple[Posting, ...]
    """Journal."""


@dataclass(frozen=True, slots=True)
class VendorReturnedLine(Record):
    """A line that went back to its vendor."""

    sku: str | None
    """The SKU."""
    receipt_line: int
    """The receipt line that it came with, counted from 0 over all receipts; none = 4294967295."""
    qty: int
    """Units."""
    cost: Decimal
    """Carrying cost taken from stock."""
    credit: Decimal
    """What the vendor owes for them."""
    uninvoiced: int
    """Units and value taken off what is received and not invoiced."""
    uninvoiced_value: Decimal
    """Value of those."""
    taken: tuple[Taken, ...]
    """Places taken from."""
    lots: tuple[LotCost, ...]
    """Cost by lot, where it is kept so."""
    layers: tuple[LayerCost, ...]
    """Layers of a FIFO pool as they are from here on, where its own layer was taken from."""


@dataclass(frozen=True, slots=True)
class VendorReturnShipped(Record):
    """Goods that went back to their vendor."""

    TAG: ClassVar[str] = "VendorReturnShipped"

    vendor_return: str
    """Number of the return."""
    node: str | None
    """The node."""
    supplier: str | None
    """The supplier."""
    lines: tuple[VendorReturnedLine, ...]
    """What went back."""
    postings: tuple[Posting, ...]
    """Journal."""


@dataclass(frozen=True, slots=True)
class PoolCorrected(Record):
    """A pool of value that is another."""

    sku: str | None
    """The SKU."""
    node: str | None
    """The node."""
    lot: str | None
    """The lot, where costs are kept by lot."""
    value: Decimal
    """How much more it is worth."""
    layers: tuple[LayerCost, ...]
    """Its layers from the oldest, under FIFO."""


@dataclass(frozen=True, slots=True)
class StockRevalued(Record):
    """Stock that was valued anew."""

    TAG: ClassVar[str] = "StockRevalued"

    revaluation: str
    """Number of the revaluation."""
    sku: str | None
    """The SKU."""
    node: str | None
    """The node, or none for all."""
    recosted: bool
    """Whether costs were found anew from the trail."""
    pools: tuple[PoolCorrected, ...]
    """Pools valued anew."""
    postings: tuple[Posting, ...]
    """Journal."""
    _: KW_ONLY
    company: str = ""
    """The company whose nodes it is for; empty = none."""
    qty: int = 0
    """Of work on goods: units worked on, which bear it; 0 = all of the pool."""
    refurbished: bool = False
    """Whether it is work on returned goods that they bear."""
    unit_cost: Decimal | None = None
    """The unit cost from here on, where one was set."""


@dataclass(frozen=True, slots=True)
class PoolWrittenDown(Record):
    """A pool that was written down."""

    node: str | None
    """The node."""
    allowance: Decimal
    """Its allowance from here on."""
    _: KW_ONLY
    basis: PoolCorrected | None = None
    """The pool with its new cost basis, where there is one. In a ledger beside, how much more or
    less it is worth.
    """
    ledger: int = 0
    """The ledger, counted from 1; 0 = the book's own."""


@dataclass(frozen=True, slots=True)
class StockWrittenDown(Record):
    """Stock that was written down or up again."""

    TAG: ClassVar[str] = "StockWrittenDown"

    write_down: str
    """Number of the write-down."""
    sku: str | None
    """The SKU."""
    pools: tuple[PoolWrittenDown, ...]
    """By node: allowance from here on, or a new cost basis."""
    postings: tuple[Posting, ...]
    """Journal."""
    _: KW_ONLY
    reason: str | None = None
    """The reason; none in the first releases."""


@dataclass(frozen=True, slots=True)
class PeriodSet(Record):
    """A period's bounds and status."""

    TAG: ClassVar[str] = "PeriodSet"

    period: str
    """The period."""
    from_: datetime
    """Its first instant."""
    to: datetime
    """The instant after its last."""
    status: PeriodStatus
    """Its status."""
    actors: tuple[str, ...]
    """Who may post into it while it is soft-closed."""
    _: KW_ONLY
    ledger: str = ""
    """The ledger beside whose period it is; empty = the book's own."""
    roles: tuple[str, ...] = ()
    """The roles whose actors may."""


@dataclass(frozen=True, slots=True)
class SellingSet(Record):
    """How a channel's sales are recognised from here on."""

    TAG: ClassVar[str] = "SellingSet"

    channel: str | None
    """The channel."""
    at_invoice: bool
    """Whether revenue waits for the invoice."""
    return_rate: int
    """Expected share of returns, in millionths."""


@dataclass(frozen=True, slots=True)
class InvoicedLine(Record):
    """A line that was invoiced."""

    line: int
    """The order's line, from 1."""
    qty: int
    """Units."""
    revenue: Decimal
    """Revenue recognised now."""
    cost: Decimal
    """Cost recognised with it."""
    discount: Decimal
    """Discount."""
    liability: Decimal
    """Refund liability."""
    asset: Decimal
    """Right-of-return asset."""


@dataclass(frozen=True, slots=True)
class OrderInvoiced(Record):
    """An invoice to a customer."""

    TAG: ClassVar[str] = "OrderInvoiced"

    invoice: str
    """Number of the invoice."""
    order: str | None
    """The order."""
    lines: tuple[InvoicedLine, ...]
    """What is invoiced."""
    tax: Decimal
    """Tax."""
    shipping: Decimal
    """Shipping that the customer pays."""
    postings: tuple[Posting, ...]
    """Journal."""
    _: KW_ONLY
    foreign: ForeignAmounts | None = None
    """The amounts in the order's currency, where that is another than the book's."""


@dataclass(frozen=True, slots=True)
class CreditedLine(Record):
    """A line that was credited."""

    line: int
    """The order's line, from 1."""
    qty: int
    """Units whose sale is taken back."""
    amount: Decimal
    """Amount."""
    cost: Decimal
    """Cost that waits again as shipped, not invoiced."""


@dataclass(frozen=True, slots=True)
class OrderCredited(Record):
    """A credit note without goods."""

    TAG: ClassVar[str] = "OrderCredited"

    credit_note: str
    """Number of the credit note."""
    order: str | None
    """The order."""
    lines: tuple[CreditedLine, ...]
    """What is credited."""
    tax: Decimal
    """Tax on it."""
    postings: tuple[Posting, ...]
    """Journal."""
    _: KW_ONLY
    foreign: ForeignAmounts | None = None
    """The amounts in the order's currency, where that is another than the book's."""


@dataclass(frozen=True, slots=True)
class PaymentRecorded(Record):
    """Money or gift balance that moved."""

    TAG: ClassVar[str] = "PaymentRecorded"

    payment: str
    """Number of the payment."""
    order: str | None
    """The order, or none."""
    amount: Decimal
    """Amount; negative = paid back."""
    postings: tuple[Posting, ...]
    """Journal."""
    _: KW_ONLY
    foreign: ForeignAmounts | None = None
    """The amounts in the order's currency, where that is another than the book's."""


@dataclass(frozen=True, slots=True)
class ReturnsReleased(Record):
    """An order's right of return has ended."""

    TAG: ClassVar[str] = "ReturnsReleased"

    order: str | None
    """The order."""
    postings: tuple[Posting, ...]
    """Journal."""


@dataclass(frozen=True, slots=True)
class DroppedLine(Record):
    """A line that was drop-shipped."""

    line: int
    """The order's line, from 1."""
    sku: str | None
    """The SKU."""
    qty: int
    """Units."""
    cost: Decimal
    """The supplier's price."""
    revenue: Decimal
    """Revenue recognised now."""
    liability: Decimal
    """Refund liability."""
    asset: Decimal
    """Right-of-return asset."""


@dataclass(frozen=True, slots=True)
class OrderDropShipped(Record):
    """Goods that their supplier shipped to the customer."""

    TAG: ClassVar[str] = "OrderDropShipped"

    drop_shipment: str
    """Number of the drop shipment: a receipt to the supplier's invoice."""
    order: str | None
    """The order."""
    supplier: str | None
    """The supplier."""
    lines: tuple[DroppedLine, ...]
    """What was shipped."""
    postings: tuple[Posting, ...]
    """Journal."""
    _: KW_ONLY
    foreign: ForeignAmounts | None = None
    """The amounts in the order's currency, where that is another than the book's."""


@dataclass(frozen=True, slots=True)
class ConsignedGoodsUsed(Record):
    """A vendor's goods that became our own by use."""

    TAG: ClassVar[str] = "ConsignedGoodsUsed"

    consignment_use: str
    """Number of the use."""
    node: str | None
    """The node."""
    sku: str | None
    """The SKU."""
    qty: int
    """Units."""
    place: Place
    """Where they lay, with their owner; they lie there still, as our own."""
    value: Decimal
    """What the vendor gets."""
    passed: Decimal
    """What of it does not stay in stock."""
    postings: tuple[Posting, ...]
    """Journal."""


@dataclass(frozen=True, slots=True)
class HoldExtended(Record):
    """A hold runs out at another time."""

    TAG: ClassVar[str] = "HoldExtended"

    hold: str | None
    """The hold."""
    expires_at: datetime
    """When."""


@dataclass(frozen=True, slots=True)
class HoldConfirmed(Record):
    """A hold was confirmed."""

    TAG: ClassVar[str] = "HoldConfirmed"

    hold: str | None
    """The hold."""


@dataclass(frozen=True, slots=True)
class HoldMoved(Record):
    """What a hold has was moved and pinned, or loose holds made room for what is bound to one
    node.
    """

    TAG: ClassVar[str] = "HoldMoved"

    hold: str | None
    """The hold; where nothing of it was moved, the first that made room."""
    moves: tuple[Rebind, ...]
    """What was moved; from a node to itself: only pinned."""
    rebinds: tuple[Rebind, ...]
    """Loose reservations of other holds that made room."""


@dataclass(frozen=True, slots=True)
class HoldPart(Record):
    """Units of a reservation."""

    reservation: int
    """The reservation: its row."""
    sku: str | None
    """The SKU."""
    node: str | None
    """The node."""
    qty: int
    """Units."""


@dataclass(frozen=True, slots=True)
class HoldSplit(Record):
    """A part of a hold became a hold of its own."""

    TAG: ClassVar[str] = "HoldSplit"

    hold: str | None
    """The hold."""
    into: str
    """Number of the new one."""
    parts: tuple[HoldPart, ...]
    """What went over."""


@dataclass(frozen=True, slots=True)
class HoldsMerged(Record):
    """Holds were merged."""

    TAG: ClassVar[str] = "HoldsMerged"

    into: str | None
    """The hold that stays."""
    from_: tuple[str | None, ...]
    """The holds that ended."""


@dataclass(frozen=True, slots=True)
class HoldReduced(Record):
    """A part of a hold was given back."""

    TAG: ClassVar[str] = "HoldReduced"

    hold: str | None
    """The hold."""
    parts: tuple[HoldPart, ...]
    """What was given back."""


@dataclass(frozen=True, slots=True)
class PublishBufferSet(Record):
    """What a channel does not show."""

    TAG: ClassVar[str] = "PublishBufferSet"

    channel: str | None
    """The channel."""
    sku: str | None
    """The SKU; none = all that have no setting of their own."""
    node: str | None
    """The node; none = the sum over nodes."""
    qty: int
    """Units."""


@dataclass(frozen=True, slots=True)
class RedealtLine(Record):
    """A line that was dealt anew."""

    order: str | None
    """The order."""
    line: int
    """The order's line, from 1."""
    channel: str | None
    """Its channel."""
    sku: str | None
    """The SKU."""
    strategy: RedealStrategy
    """How it was dealt with."""
    asked: int
    """Units that it asks for and that have not shipped."""
    before: int
    """Units reserved before."""
    after: int
    """Units reserved after."""


@dataclass(frozen=True, slots=True)
class StockRedealt(Record):
    """Stock was dealt anew."""

    TAG: ClassVar[str] = "StockRedealt"

    redeal: str
    """Number of the re-deal."""
    reason: str | None
    """Why."""
    lines: tuple[RedealtLine, ...]
    """Who had and who has, line by line."""
    taken: tuple[TakenBack, ...]
    """Reservations given back; their lines wait."""
    fills: tuple[Fill, ...]
    """Backorders filled."""
    parcels: tuple[Parcel, ...]
    """Parcels planned for them."""
    exceptions: tuple[Opened, ...]
    """Exceptions opened: a promise at risk for each line that lost."""
    _: KW_ONLY
    skus: tuple[str | None, ...] = ()
    """The SKUs that were dealt; components of kits that lost one of them go back besides."""


@dataclass(frozen=True, slots=True)
class LedgerDefined(DefineLedger):
    """A ledger beside the book's own is defined."""

    TAG: ClassVar[str] = "LedgerDefined"


@dataclass(frozen=True, slots=True)
class KitAssembled(Record):
    """Kits put together or taken apart."""

    TAG: ClassVar[str] = "KitAssembled"

    assembly: str
    """Number of the assembly."""
    node: str | None
    """The node."""
    step: KitStep
    """Which way."""
    kit: TransferredLine
    """The kit: units made or taken apart, and their value."""
    components: tuple[TransferredLine, ...]
    """Its components."""
    fills: tuple[Fill, ...]
    """Backorders filled."""
    parcels: tuple[Parcel, ...]
    """Parcels planned for them."""
    postings: tuple[Posting, ...]
    """Journal."""
    exceptions: tuple[Opened, ...]
    """Exceptions opened."""


@dataclass(frozen=True, slots=True)
class SharedVariance(Record):
    """A SKU's variance that was shared."""

    sku: str | None
    """The SKU."""
    to_stock: Decimal
    """How much more of it stock bears than before."""
    to_cost: Decimal
    """What cost of goods sold bears of it."""


@dataclass(frozen=True, slots=True)
class VarianceShared(Record):
    """Purchase price variances that were shared between stock and cost of goods sold."""

    TAG: ClassVar[str] = "VarianceShared"

    sharing: str
    """Number of the sharing."""
    period: int
    """The period, counted from 0 in the order in which periods were defined."""
    lines: tuple[SharedVariance, ...]
    """By SKU."""
    postings: tuple[Posting, ...]
    """Journal."""


@dataclass(frozen=True, slots=True)
class LotExpirySet(SetLotExpiry):
    """A lot expires at a time."""

    TAG: ClassVar[str] = "LotExpirySet"


@dataclass(frozen=True, slots=True)
class GoodsCost(Record):
    """What a base unit costs besides."""

    sku: str | None
    """The SKU."""
    node: str | None
    """The node."""
    cost: Decimal
    """The cost."""


@dataclass(frozen=True, slots=True)
class ShipmentCost(Record):
    """What a shipment costs besides."""

    of: str
    """Number of the order, or the segment."""
    node: str | None
    """The node."""
    cost: Decimal
    """The cost."""


@dataclass(frozen=True, slots=True)
class CostTableSet(Record):
    """A table of outside knowledge, whole."""

    TAG: ClassVar[str] = "CostTableSet"

    table: CostTable
    """Which table."""
    goods: tuple[GoodsCost, ...]
    """Its cells by SKU and node."""
    shipments: tuple[ShipmentCost, ...]
    """Its cells by order or segment and node."""


@dataclass(frozen=True, slots=True)
class AllocationRejected(Record):
    """A node rejected what was planned from it: that is given back and planned anew, without the
    node. What is planned from others stays.
    """

    TAG: ClassVar[str] = "AllocationRejected"

    order: str | None
    """The order."""
    node: str | None
    """The node."""
    reason: str | None
    """Why."""
    lines: tuple[LineQty, ...]
    """What is given back, by line."""
    skus: tuple[str | None, ...]
    """SKUs that the node gives this order no more; empty = none at all."""
    plan: Plan
    """Where it comes from now."""
    exceptions: tuple[Opened, ...]
    """Exceptions opened."""


@dataclass(frozen=True, slots=True)
class SubscriptionSet(Record):
    """A subscription as it is from here on."""

    TAG: ClassVar[str] = "SubscriptionSet"

    subscription: str
    """Its number."""
    status: SubscriptionStatus
    """Where it stands."""
    text: str
    """What is ordered each time, as it was said: JSON."""
    rhythm: Rhythm
    """When it recurs."""
    periods: int
    """Periods from the rhythm's first date to the next."""
    _: KW_ONLY
    next_at: datetime | None = None
    """When the next order is due; none while it is paused and when it has ended."""


@dataclass(frozen=True, slots=True)
class SubscriptionOrdered(Record):
    """An order of a subscription is due. The event after it is the order, or says what became of
    it.
    """

    TAG: ClassVar[str] = "SubscriptionOrdered"

    subscription: str
    """The subscription."""
    order: str
    """Number of the order."""
    status: SubscriptionStatus
    """Where the subscription stands now."""
    periods: int
    """Periods from the rhythm's first date to the next."""
    _: KW_ONLY
    next_at: datetime | None = None
    """When the next order is due; none = this was the last."""


@dataclass(frozen=True, slots=True)
class BackordersFilled(Record):
    """What the event before it set free went to who waited for it."""

    TAG: ClassVar[str] = "BackordersFilled"

    fills: tuple[Fill, ...]
    """Backorders filled, by priority then age."""
    parcels: tuple[Parcel, ...]
    """Parcels planned for them."""
    exceptions: tuple[Opened, ...]
    """Exceptions opened."""


@dataclass(frozen=True, slots=True)
class PurchaseOrderChanged(Record):
    """A purchase order that was agreed anew."""

    TAG: ClassVar[str] = "PurchaseOrderChanged"

    purchase_order: str | None
    """The purchase order."""
    reason: str | None
    """Why."""
    expected_at: datetime
    """When the rest comes."""
    lines: tuple[PurchasedLine, ...]
    """All of its lines as they stand now; those that are new come last."""
    exceptions: tuple[Raised, ...]
    """Exceptions opened: orders that waited for what does not come any more, or comes later."""


Body: TypeAlias = (
    BookConfigured
    | AccountDefined
    | ReasonDefined
    | SkuDefined
    | NodeDefined
    | ChannelDefined
    | ServiceDefined
    | SupplierDefined
    | PolicySet
    | PostingRulesSet
    | AuthoritySet
    | NodeStatusSet
    | ProtectionSet
    | ReorderRuleSet
    | GoodsReceived
    | StockAdjusted
    | StockMoved
    | StockHeld
    | HoldReleased
    | HoldExpired
    | OrderPlaced
    | OrderReallocated
    | OrderCancelled
    | OrderShipped
    | ReturnReceived
    | PurchaseOrderPlaced
    | PurchaseOrderCancelled
    | TransferShipped
    | TransferReceived
    | ExceptionResolved
    | TimeAdvanced
    | ExceptionsRaised
    | ExceptionAssigned
    | ExceptionEscalated
    | ExceptionReopened
    | ExceptionsCleared
    | ExceptionRuleSet
    | ParameterDefined
    | ParameterSet
    | RoleDefined
    | RolesGranted
    | ApprovalRuleSet
    | SourceOfRecordSet
    | TimingRuleSet
    | ApprovalRequested
    | ApprovalGranted
    | ApprovalRejected
    | ApprovalExpired
    | OrderCaptured
    | OrderParked
    | OrderHeld
    | OrderReleased
    | WorkflowSet
    | WaveReleased
    | PickRecorded
    | OrderPacked
    | ShipmentTracked
    | OrderDelivered
    | CustomerNotified
    | ReturnAuthorized
    | ReturnCheckedIn
    | ReturnCancelled
    | GoodsRequested
    | RequestApproved
    | RequestCancelled
    | PurchaseOrderConfirmed
    | ShipmentAnnounced
    | CountPlanned
    | CountRecorded
    | CountApproved
    | CountPosted
    | CountCancelled
    | RolloutSet
    | LegacyPlanReported
    | FeedDefined
    | MessageTaken
    | MessageParked
    | MessageRepeated
    | MessageRefused
    | FeedFellSilent
    | SkuDescribed
    | SkusDefined
    | KitDefined
    | CompanyDefined
    | NodeDescribed
    | ChannelDescribed
    | ListingSet
    | NegativeStockSet
    | ChangeScheduled
    | ChangeWithdrawn
    | ChangeTookEffect
    | ChangeLapsed
    | ProtectionPlanSet
    | ProtectionReleased
    | SupplyExpected
    | TransferExpected
    | SupplyLatenessSet
    | PreorderSet
    | BatchAllocated
    | BidPricesSet
    | ValuationSet
    | SupplierInvoiceReceived
    | LandedCostAllocated
    | VendorReturnShipped
    | StockRevalued
    | StockWrittenDown
    | PeriodSet
    | SellingSet
    | OrderInvoiced
    | OrderCredited
    | PaymentRecorded
    | ReturnsReleased
    | OrderDropShipped
    | ConsignedGoodsUsed
    | HoldExtended
    | HoldConfirmed
    | HoldMoved
    | HoldSplit
    | HoldsMerged
    | HoldReduced
    | PublishBufferSet
    | StockRedealt
    | LedgerDefined
    | KitAssembled
    | VarianceShared
    | LotExpirySet
    | CostTableSet
    | AllocationRejected
    | SubscriptionSet
    | SubscriptionOrdered
    | BackordersFilled
    | PurchaseOrderChanged
)
"""What happened. On the wire an object of one key: `{"OrderPlaced": {…}}`."""


@dataclass(frozen=True, slots=True)
class Corrected(Record):
    """A movement whose cost is another."""

    movement: int
    """Its number in the trail of costs."""
    value: Decimal
    """How much more it was worth."""
    passed: Decimal
    """How much more of it passed through stock."""
    _: KW_ONLY
    waits: Decimal | None = None
    """How much more waits as shipped, not invoiced, where the movement left it so."""


@dataclass(frozen=True, slots=True)
class LedgerEntry(Record):
    """What an event posts in a ledger beside the book's own, on top of the event's journal."""

    ledger: int
    """The ledger, counted from 1."""
    posted_at: datetime
    """The instant whose period the event belongs to in this ledger."""
    postings: tuple[Posting, ...]
    """Journal."""


@dataclass(frozen=True, slots=True)
class TransitCorrected(Record):
    """Layers of a transfer's line that are others."""

    transfer: int
    """The transfer, counted from 0."""
    line: int
    """Its line, from 1."""
    layers: tuple[LayerCost, ...]
    """What is under way, the oldest first."""


@dataclass(frozen=True, slots=True)
class Corrections(Record):
    """What became known late changes what was booked: new amounts for old movements, none
    rewritten in its event. The entries are in the event's journal, each with the number of the
    event that it corrects.
    """

    moves: tuple[Corrected, ...]
    """Movements whose cost is another."""
    pools: tuple[PoolCorrected, ...]
    """Pools of value as they are from here on."""
    _: KW_ONLY
    ledgers: tuple[LedgerEntry, ...] = ()
    """What the event comes to otherwise in ledgers beside the book's own."""
    spread: tuple[PoolCorrected, ...] = ()
    """Parts of pools that nodes share, by which their value follows their units."""
    transits: tuple[TransitCorrected, ...] = ()
    """Layers between nodes, under FIFO."""


@dataclass(frozen=True, slots=True)
class Event(Record):
    """A recorded fact."""

    sequence: int
    """Its number, from 1 without gap."""
    schema: int
    """Schema version of the body."""
    at: datetime
    """When it was recorded."""
    occurred_at: datetime
    """When it happened."""
    source: str
    """The system that said it."""
    actor: str
    """Who said it."""
    command: str
    """The command id; an event that fell due carries that of the command that moved time."""
    content: int
    """Digest of the command's content; 0 for an event that fell due."""
    body: Body
    """What happened."""
    _: KW_ONLY
    corrections: Corrections | None = None
    """What it changes of what was booked before, where it comes late."""
    posted_at: datetime = EPOCH
    """The instant whose period its entries belong to: when it happened, or where that period is
    closed, when it was recorded. In events of schema 1 and 2 it is not there: they are posted
    when recorded.
    """


# -- Answers ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Alternative(Record):
    """The best plan if a node were not there."""

    node: str | None
    """The node."""
    cost: tuple[int, ...]
    """What the plan would cost, tier by tier."""


@dataclass(frozen=True, slots=True)
class TermCost(Record):
    """The cost of one term."""

    tier: int
    """The tier, from 1."""
    measure: Measure
    """The measure."""
    cost: int
    """Its weighted cost in micro-units."""


@dataclass(frozen=True, slots=True)
class Candidate(Record):
    """A node for a SKU of the order."""

    node: str | None
    """The node."""
    sku: str | None
    """The SKU."""
    asked: int
    """Units asked for."""
    available: int
    """Units that it could give."""
    service: str | None
    """The carrier service it would use."""
    arrive_at: datetime
    """When it would arrive."""
    distance_mm: int
    """Distance in millimetres."""
    terms: tuple[TermCost, ...]
    """What giving all it can would cost, term by term."""
    taken: int
    """Units that the plan takes."""
    _: KW_ONLY
    brought_from: str | None = None
    """The node that would bring them first, if so."""
    fell_out: FallOut | None = None
    """Why it fell out, if it did."""
    limit: str | None = None
    """The limit of the policy that keeps the goods from it, if that is why."""


@dataclass(frozen=True, slots=True)
class RecordedNeed(Record):
    """What is needed of a SKU."""

    sku: str
    """The SKU."""
    group: str
    """Its group."""
    qty: int
    """Units, in its smallest unit."""
    price: Money
    """Price of a base unit."""
    decimals: int
    """Decimals of the base unit."""
    weight_g: int
    """Grams of a base unit."""
    _: KW_ONLY
    hazard: str = ""
    """UN class or division, where a limit asks for hazard or cold chain."""
    most: int | None = None
    """What all nodes together may give, where a protection plan caps that."""
    temperature: TemperatureClass = "ambient"
    """The cold chain, likewise."""
    volume_mm3: int = 0
    """Cubic millimetres of a base unit, where a service charges by volume."""


@dataclass(frozen=True, slots=True)
class RecordedCutOffs(Record):
    """Cut-offs of a carrier service at a node."""

    service: str
    """The service."""
    cut_offs: Sequence[Moment]
    """Its cut-offs around the time of the decision."""


@dataclass(frozen=True, slots=True)
class RecordedGoods(Record):
    """What a node has of a need's SKU."""

    free: int
    """Units free for the order."""
    protected: int
    """Units free but protected for other channels."""
    value: Money
    """Value of the pool."""
    on_hand: int
    """Units in the pool."""
    extra: Money
    """What outside knowledge charges for a base unit."""
    markdown: Money
    """What a base unit would be marked down by."""
    reorder_point: int
    """Its reorder point; 0 = none."""
    rejected: bool
    """Whether it has rejected the order for this SKU."""
    bid: Money
    """Bid price of a base unit."""
    dated: int
    """Units of lots that last long enough for the channel, where any are kept from the order."""
    _: KW_ONLY
    beyond: int = 0
    """Units free beyond those, of other lots than the order names or at a node where it may have
    no more.
    """
    held: int = 0
    """Units that the order itself holds there."""


@dataclass(frozen=True, slots=True)
class RecordedLane(Record):
    """A lane as a decision sees it."""

    from_: str
    """The node that brings the goods."""
    there_at: Moment
    """As if it had been ordered then: when they are there, or later where days are full."""
    per_transfer: Money
    """Cost of a transfer."""
    per_unit: Money
    """Cost of a base unit in it."""


@dataclass(frozen=True, slots=True)
class RecordedNode(Record):
    """A node as a decision sees it."""

    node: str
    """Its code."""
    kind: NodeKind
    """Its kind."""
    place: Point
    """Where it is."""
    status: NodeStatus
    """Whether it works."""
    handling_per_order: Money
    """Cost of handling one shipment."""
    handling_per_unit: Money
    """Cost of handling one base unit."""
    preference: int
    """Its preference."""
    processing_s: int
    """Seconds from the order to its readiness."""
    has_calendar: bool
    """Whether parcels wait for cut-offs; else they leave when they are ready."""
    cut_offs: Sequence[Moment]
    """Cut-offs around that time."""
    service_cut_offs: Sequence[RecordedCutOffs]
    """Cut-offs of services that have their own there."""
    freight_change: Money
    """What a parcel costs more than its service says: zero in what was recorded."""
    extra: Money
    """What outside knowledge charges for the shipment."""
    rejected: bool
    """Whether it has rejected the order."""
    goods: Sequence[RecordedGoods]
    """What it has, by need."""
    at_capacity: bool
    """Whether all its days are full as far as is looked ahead."""
    _: KW_ONLY
    capacity_from: Moment | None = None
    """As if it had been ordered then: the first day with capacity left, where the day itself is
    full.
    """
    lanes: Sequence[RecordedLane] = ()
    """Lanes that may bring it goods, where the rule lets them."""
    load: Money = Decimal("0.00")
    """Share of its day for returns that is taken."""
    reject_percent: Money = Decimal("0.00")
    """Percent of what is planned from it that it rejects."""


@dataclass(frozen=True, slots=True)
class RecordedService(Record):
    """A carrier service as a decision sees it."""

    service: str
    """Its code."""
    zones: Sequence[Zone]
    """Its zones."""
    _: KW_ONLY
    dim_divisor: int = 0
    """Cubic millimetres that are charged as a gram; 0 = by weight alone."""


@dataclass(frozen=True, slots=True)
class DecisionInputs(Record):
    """All that a decision sees."""

    policy: str
    """Name of the policy."""
    policy_number: int
    """Its number, counted from 1; 0 = the default policy."""
    rule: str
    """Name of the rule that decided, or `otherwise`."""
    sourcing: Sourcing
    """The rule."""
    order: str
    """Number of the order."""
    channel: str
    """The channel."""
    channel_services: Sequence[str]
    """Services that it may use; empty = all."""
    segment: str
    """Segment of the customer; empty = none."""
    to: Point
    """Where it goes."""
    at: Moment
    """When it was decided."""
    deliver_by: Moment
    """Promised delivery."""
    needs: Sequence[RecordedNeed]
    """What is needed: equal SKUs are one."""
    nodes: Sequence[RecordedNode]
    """All nodes."""
    services: Sequence[RecordedService]
    """All carrier services."""
    suppliers_serve: bool
    """Whether suppliers' own places serve orders although the rule does not name them."""
    _: KW_ONLY
    pickup: str | None = None
    """Where the customer picks up, if so."""


@dataclass(frozen=True, slots=True)
class RecordedCandidate(Record):
    """A node for a need."""

    node: str
    """The node."""
    sku: str
    """The SKU."""
    ship_at: Moment
    """When its parcel would leave."""
    arrive_at: Moment
    """When it would arrive."""
    distance_mm: int
    """Distance in millimetres."""
    _: KW_ONLY
    brought_from: str | None = None
    """The node that would bring the goods first, if so."""
    fell_out: FallOut | None = None
    """Why it fell out, if it did."""
    limit: str | None = None
    """The limit that keeps the goods from it, if that is why."""
    service: str | None = None
    """The carrier service that it would use."""


@dataclass(frozen=True, slots=True)
class RecordedPart(Record):
    """Units of a SKU from a node."""

    sku: str
    """The SKU."""
    node: str
    """The node."""
    qty: int
    """Units."""
    _: KW_ONLY
    brought_from: str | None = None
    """The node that brings them there first, if so."""


@dataclass(frozen=True, slots=True)
class RecordedPlan(Record):
    """A plan and what it costs, term by term."""

    parts: Sequence[RecordedPart]
    """What comes from where."""
    cost: Sequence[int]
    """What it costs, tier by tier, in micro-units."""
    terms: Sequence[TermCost]
    """The same, term by term, as the rule has them."""
    _: KW_ONLY
    without: str | None = None
    """The node that is left out, in an alternative."""


@dataclass(frozen=True, slots=True)
class DecisionOutcome(Record):
    """All that a decision comes to."""

    candidates: Sequence[RecordedCandidate]
    """Every node for every need, by node, then need."""
    plans: Sequence[RecordedPlan]
    """The chosen plan first; then the best without each of its nodes."""
    bound: Sequence[int]
    """No plan costs less, tier by tier, in micro-units."""
    gap: Sequence[int]
    """How far the chosen plan may lie above the best, tier by tier."""
    proved: bool
    """Whether it is proved to be the best."""
    relaxed: Sequence[Relaxed]
    """What of the rule gave way."""


@dataclass(frozen=True, slots=True)
class DecisionRecord(Record):
    """A decision with its inputs: it can be checked without the book (see [`crate::recheck`])."""

    form: int
    """Form of the record: 1."""
    inputs_hash: str
    """Digest of the inputs: 16 hexadecimal digits."""
    inputs: DecisionInputs
    """All that the decision saw."""
    outcome: DecisionOutcome
    """All that it came to."""


@dataclass(frozen=True, slots=True)
class Explanation(Record):
    """A decision in full."""

    policy: str
    """Name of the policy."""
    rule: str
    """Name of the rule that decided, or `otherwise`."""
    candidates: tuple[Candidate, ...]
    """The candidates, by node, then line."""
    cost: tuple[int, ...]
    """Cost of the chosen plan, tier by tier, in micro-units."""
    bound: tuple[int, ...]
    """No plan costs less."""
    without: tuple[Alternative, ...]
    """What the best plan without each node of the chosen one would cost."""
    summary: str
    """One sentence in plain words."""
    record: DecisionRecord
    """All that the decision saw and came to, to be checked without the book."""


@dataclass(frozen=True, slots=True)
class ReceiptNote(Record):
    """A receipt as it goes over the wire."""

    sequence: int
    """Number of its last event: the command's own, or `BackordersFilled` where that set
    something free.
    """
    first_sequence: int
    """Number of the first event recorded with it."""
    at: datetime
    """When it was recorded."""
    repeated: bool
    """Whether it was recorded at an earlier delivery."""
    events: tuple[Event, ...]
    """The events, as long as the window has them."""
    exceptions: tuple[int, ...]
    """Numbers of the exceptions that it opened."""
    _: KW_ONLY
    explanation: Explanation | None = None
    """Why it was decided so, where that was asked for. A repeated receipt has none: the state
    that was decided on has passed. A book that is replayed up to the event before tells it
    again.
    """


@dataclass(frozen=True, slots=True)
class PlaceView(Record):
    """Units in a place."""

    place: Place
    """The place."""
    qty: int
    """Units."""
    _: KW_ONLY
    expires_at: datetime | None = None
    """When its lot expires, if that is known."""


@dataclass(frozen=True, slots=True)
class StockStates(Record):
    """What is reserved of a SKU at a node, told apart (the first four come to `reserved`), and
    what is on the way to it.
    """

    held: int
    """Units of holds."""
    allocated: int
    """Units of orders that no one has picked."""
    picked: int
    """Units that are picked and not packed."""
    packed: int
    """Units that are packed and have not left."""
    in_transit: int
    """Units that transfers bring."""


@dataclass(frozen=True, slots=True)
class StockView(Record):
    """Stock of a SKU at a node."""

    sku: str | None
    """The SKU."""
    node: str | None
    """The node."""
    on_hand: int
    """Own units there, in every condition."""
    sellable: int
    """Own units fit for sale."""
    reserved: int
    """Units reserved for orders and holds."""
    available: int
    """Sellable less reserved."""
    on_order: int
    """Units on open purchase orders to this node."""
    value: Decimal
    """Value of the own units."""
    places: tuple[PlaceView, ...]
    """By place, where places are told apart; others' goods are only here."""
    _: KW_ONLY
    states: StockStates | None = None
    """What is reserved and on the way, if that is asked for."""


@dataclass(frozen=True, slots=True)
class NodeQty(Record):
    """A quantity at a node."""

    node: str | None
    """The node."""
    available: int
    """Units free for the channel."""
    protected: int
    """Units free but protected for other channels."""


@dataclass(frozen=True, slots=True)
class RoomView(Record):
    """Why a channel may not take more at a node."""

    node: str | None
    """The node; none = all nodes together."""
    cause: RoomCause
    """The cause."""
    pool: str
    """The pool that it is kept for, or whose maximum it is; else empty."""
    channel: str | None
    """The channel that it is protected for, or none."""
    qty: int
    """Units."""
    sku: str | None
    """The SKU: of a virtual kit the component that is short."""


@dataclass(frozen=True, slots=True)
class AvailableView(Record):
    """What a channel may sell of a SKU."""

    sku: str | None
    """The SKU."""
    channel: str | None
    """The channel."""
    available: int
    """Over all open nodes."""
    nodes: tuple[NodeQty, ...]
    """By node. A plan over all nodes together may allow less than their sum."""
    why: tuple[RoomView, ...]
    """Why there is nothing, where there is nothing."""


@dataclass(frozen=True, slots=True)
class LineView(Record):
    """A line as it stands: `qty` = reserved + backordered + shipped + cancelled."""

    line: int
    """The line, from 1."""
    sku: str | None
    """The SKU."""
    qty: int
    """Units ordered."""
    price: Decimal
    """Price of a base unit."""
    reserved: int
    """Units reserved."""
    backordered: int
    """Units waiting for a receipt."""
    shipped: int
    """Units shipped."""
    cancelled: int
    """Units struck."""
    returned: int
    """Units that came back."""


@dataclass(frozen=True, slots=True)
class OrderInCurrency(Record):
    """An order in another currency as it stands."""

    sold: SoldIn
    """Its currency and prices."""
    given: tuple[Decimal, ...]
    """What was given back, by line, in its currency."""
    open: Decimal
    """What the customer owes, in its currency; negative = he paid ahead."""
    carried: Decimal
    """The same as the book carries it, in its own currency."""


@dataclass(frozen=True, slots=True)
class ParcelView(Record):
    """A parcel as it stands."""

    node: str | None
    """The node."""
    service: str | None
    """The carrier service."""
    ship_at: datetime
    """When it leaves."""
    arrive_at: datetime
    """When it arrives."""
    freight: Decimal
    """Carrier's charge."""
    handling: Decimal
    """Cost of handling."""
    reserved: tuple[LineQty, ...]
    """What it takes and has not shipped, by line."""
    _: KW_ONLY
    transfer: str | None = None
    """The transfer that brings goods for it from another node, if one does or did."""


@dataclass(frozen=True, slots=True)
class OrderView(Record):
    """An order as it stands."""

    order: str | None
    """Its number."""
    state: OrderState
    """Its state."""
    channel: str | None
    """The channel."""
    placed_at: datetime
    """When it was placed."""
    deliver_by: datetime
    """Promised delivery."""
    lines: tuple[LineView, ...]
    """Its lines."""
    parcels: tuple[ParcelView, ...]
    """Its parcels."""
    kits: tuple[OrderedKit, ...]
    """Its virtual kits."""
    substituted: tuple[Substituted, ...]
    """What was ordered where a line gives a substitute."""
    _: KW_ONLY
    sold_in: OrderInCurrency | None = None
    """Its currency, prices in it and debt, where that is another than the book's."""


@dataclass(frozen=True, slots=True)
class PurchaseLineView(Record):
    """A line of a purchase order as it stands."""

    line: int
    """The line, from 1."""
    sku: str | None
    """The SKU."""
    qty: int
    """Units ordered."""
    received: int
    """Units received."""
    unit_cost: Decimal
    """Cost of a base unit."""


@dataclass(frozen=True, slots=True)
class PurchaseView(Record):
    """A purchase order as it stands."""

    purchase_order: str | None
    """Its number."""
    state: PurchaseState
    """Its state."""
    supplier: str | None
    """The supplier."""
    node: str | None
    """The node."""
    expected_at: datetime
    """When it is expected."""
    lines: tuple[PurchaseLineView, ...]
    """Its lines."""


@dataclass(frozen=True, slots=True)
class TransferLineView(Record):
    """A line of a transfer as it stands: `qty` = received + lost + what is in transit."""

    line: int
    """The line, from 1."""
    sku: str | None
    """The SKU."""
    qty: int
    """Units sent."""
    received: int
    """Units received."""
    lost: int
    """Units lost."""
    value: Decimal
    """Value in transit."""


@dataclass(frozen=True, slots=True)
class TransferView(Record):
    """A transfer as it stands."""

    transfer: str | None
    """Its number."""
    state: TransferState
    """Its state."""
    from_: str | None
    """The node that sent."""
    to: str | None
    """The node that receives."""
    lines: tuple[TransferLineView, ...]
    """Its lines."""
    _: KW_ONLY
    order: str | None = None
    """The order that it brings goods for, if it does."""


@dataclass(frozen=True, slots=True)
class HolderView(Record):
    """A document that holds stock."""

    order: str | None
    """The order, or none."""
    line: int
    """The order's line, from 1; 0 = none."""
    hold: str | None
    """The hold, or none."""
    qty: int
    """Units."""
    node: str | None
    """The node."""


@dataclass(frozen=True, slots=True)
class QuoteView(Record):
    """A plan that was not recorded."""

    plan: Plan
    """The plan."""
    explanation: Explanation
    """Why."""


@dataclass(frozen=True, slots=True)
class BalanceView(Record):
    """Balance of an account."""

    account: str | None
    """The account."""
    balance: Decimal
    """Debit if positive, credit if negative."""


@dataclass(frozen=True, slots=True)
class ExceptionView(Record):
    """An exception in its queue."""

    exception: int
    """Its number, from 1."""
    opened: Opened
    """What it is."""
    opened_at: datetime
    """Since when."""
    status: ExceptionStatus
    """Where it stands."""
    queue: str
    """The queue that it lies in."""
    severity: Severity
    """How urgent it is."""
    owner: str
    """The role that sees to it now."""
    assignee: str
    """Who has it; empty = nobody."""
    due_at: datetime
    """When it is due."""
    overdue: bool
    """Whether that is past."""
    level: int
    """How often it went up."""
    again: int
    """How often its cause came again."""
    _: KW_ONLY
    subject: str | None = None
    """The document, feed or other name that it is about."""


@dataclass(frozen=True, slots=True)
class Proposal(Record):
    """A proposed purchase."""

    kind: ProposalKind
    """What is proposed."""
    sku: str | None
    """The SKU."""
    node: str | None
    """The node."""
    supplier: str | None
    """The supplier."""
    qty: int
    """Units to buy."""
    unit_cost: Decimal
    """Cost of a base unit, with the premium where it is expedited."""
    position: int
    """Free + on order - backordered: what the rule looked at."""
    trigger: int
    """The level that was reached."""
    late_purchase: str | None
    """A purchase under way that comes too late, or none."""


@dataclass(frozen=True, slots=True)
class Proof(Record):
    """What was checked, and how much of it."""

    cells: int
    """Cells of stock whose reserved units are owned, whose places fit and whose value is tied."""
    reservations: int
    """Pending reservations, each owned by one living document."""
    order_lines: int
    """Lines of orders whose quantities add up."""
    accounts: int
    """Accounts whose balances sum to zero."""
    inventory_value: Decimal
    """Value of stock at nodes = balance of the inventory accounts."""
    in_transit_value: Decimal
    """Value between nodes = balance of the in-transit accounts."""
    state_hash: str
    """The state hash, kept up and computed afresh."""


@dataclass(frozen=True, slots=True)
class StatusView(Record):
    """Where the book stands."""

    sequence: int
    """Sequence of the last event."""
    now: datetime
    """The book's time."""
    state_hash: str
    """Hash of the whole state: 16 hexadecimal digits."""
    first_event: int
    """The first event still in the window."""


@dataclass(frozen=True, slots=True)
class Suggestion(Record):
    """A command that may resolve an exception."""

    command: str
    """Its word."""
    prefilled: str
    """The command as JSON, as far as the exception fills it in."""


@dataclass(frozen=True, slots=True)
class ExceptionCase(Record):
    """An exception with all that is known of it."""

    view: ExceptionView
    """As its queue shows it."""
    resolution: str
    """What was done."""
    with_: str
    """The word of the command that did it, if it was said."""
    reopened: int
    """How often it was opened again."""
    resolutions: tuple[Suggestion, ...]
    """Commands that may resolve it."""
    _: KW_ONLY
    closed_at: datetime | None = None
    """When it was resolved; none while it is open."""


@dataclass(frozen=True, slots=True)
class QueueView(Record):
    """A queue of exceptions. Times in seconds."""

    queue: str
    """Its name."""
    open: int
    """How many are open."""
    overdue: int
    """How many of those are past their due time."""
    escalated: int
    """How many of those went up."""
    unassigned: int
    """How many of those nobody has."""
    oldest_s: int
    """Age of the oldest that is open."""
    age_s_mean: int
    """Mean age of those that are open, rounded down."""
    resolved: int
    """How many are resolved."""
    resolve_s_mean: int
    """Mean time to resolve, rounded down."""
    reopened: int
    """How many were opened again."""


@dataclass(frozen=True, slots=True)
class ParameterCandidate(Record):
    """A value that was set, and whether it holds here."""

    scope: Scope
    """Where it holds."""
    effective_from: datetime
    """From when on."""
    actor: str
    """Who set it."""
    reason: str
    """Why it was set."""
    sequence: int
    """The event that set it."""
    standing: str
    """What of it holds here."""
    _: KW_ONLY
    value: Decimal | None = None
    """The value; none = the scope has none of its own any more."""


@dataclass(frozen=True, slots=True)
class ParameterView(Record):
    """A parameter's value at a place, and why it is that."""

    parameter: str
    """The parameter."""
    meaning: str
    """What it means."""
    value: Decimal
    """The value that holds."""
    why: str
    """Why, in one sentence."""
    standard: Decimal
    """The standard as defined."""
    min: Decimal
    """No value may be lower."""
    max: Decimal
    """No value may be higher."""
    candidates: tuple[ParameterCandidate, ...]
    """Every value ever set, the latest first."""


@dataclass(frozen=True, slots=True)
class ApprovalView(Record):
    """A command that waits or waited for approval."""

    approval: int
    """Its number, from 1."""
    status: ApprovalStatus
    """Where it stands."""
    parking: Parking
    """Why it waits."""
    word: str
    """The command's word."""
    command: str
    """The command as it was said: JSON."""
    measured: Decimal
    """What was measured."""
    limit: Decimal
    """Its limit."""
    role: str
    """The role that may approve."""
    requested_by: str
    """Who said it."""
    requested_at: datetime
    """When."""
    expires_at: datetime
    """When it runs out."""
    decided_by: str
    """Who decided; empty = nobody."""
    words: str
    """Evidence or reason."""


@dataclass(frozen=True, slots=True)
class RolesView(Record):
    """Who may do what."""

    roles: tuple[DefineRole, ...]
    """The roles."""
    grants: tuple[GrantRoles, ...]
    """The actors' roles."""
    approval_rules: tuple[SetApprovalRule, ...]
    """The limits."""
    sources: tuple[SetSourceOfRecord, ...]
    """The systems of record."""
    timings: tuple[SetTimingRule, ...]
    """How late events may be."""


@dataclass(frozen=True, slots=True)
class StepView(Record):
    """A step."""

    from_: str
    """Where the document stands."""
    step: str
    """The command, or what falls due."""
    to: tuple[str, ...]
    """Where it may stand then: quantities decide."""


@dataclass(frozen=True, slots=True)
class WorkflowView(Record):
    """The life of a kind of document."""

    document: DocumentKind
    """The kind."""
    steps: tuple[StepView, ...]
    """Its steps; a command that is in no row of a state is refused there."""
    mermaid: str
    """The same as a Mermaid state diagram."""
    dot: str
    """The same as a graph for Graphviz."""


@dataclass(frozen=True, slots=True)
class NodeWork(Record):
    """What a node did for an order."""

    node: str | None
    """The node."""
    stage: FulfilmentStage
    """Where it stands."""
    picked: tuple[LineQty, ...]
    """Units picked and not shipped."""
    cartons: tuple[PackedCarton, ...]
    """What is packed and not shipped."""
    tracking: str
    """The carrier's number of its last shipment."""
    changed_at: datetime
    """Since when."""
    put_back: tuple[LineQty, ...]
    """Units that were picked and are not wanted any more: they go back to their shelves."""
    trackings: tuple[str, ...]
    """The carrier's numbers of all its shipments, the oldest first."""
    _: KW_ONLY
    collect_by: datetime | None = None
    """Until when packed goods wait to be picked up."""
    wave: str | None = None
    """The wave."""


@dataclass(frozen=True, slots=True)
class FulfilmentView(Record):
    """What holds an order and what its nodes did."""

    order: str | None
    """The order."""
    holds: tuple[OrderHoldKind, ...]
    """What it waits for."""
    nodes: tuple[NodeWork, ...]
    """By node."""
    customer: str
    """Who buys; empty = nobody that was told."""
    owed: Decimal
    """What the customer owes for all orders."""
    _: KW_ONLY
    credit_limit: Decimal | None = None
    """What he may owe; none = any amount."""
    replaces: str | None = None
    """The order that this one replaces."""
    rma: str | None = None
    """The return that it is exchanged for."""


@dataclass(frozen=True, slots=True)
class CountLineView(Record):
    """A line of a count."""

    sku: str | None
    """The SKU."""
    posted: int
    """Units of the difference in the books."""
    place: Place
    """Where they lie."""
    _: KW_ONLY
    counted: int | None = None
    """Units found; none before."""
    expected: int | None = None
    """Units that the book had; none before it is counted."""


@dataclass(frozen=True, slots=True)
class CountView(Record):
    """A count."""

    count: str
    """Its number."""
    node: str | None
    """The node."""
    stage: CountStage
    """Where it stands."""
    lines: tuple[CountLineView, ...]
    """Its lines; the book's figure only once counted, for counts are blind."""
    counted_by: str
    """Who counted last."""
    approved_by: str
    """Who approved."""


@dataclass(frozen=True, slots=True)
class ShrinkView(Record):
    """Differences of a node."""

    node: str | None
    """The node."""
    counted_by: str
    """Who counted."""
    roles: tuple[str, ...]
    """What roles he has."""
    lines: int
    """Lines counted."""
    units: int
    """Units found more or less."""
    value: Decimal
    """What they are worth now, at the pool's mean cost."""


@dataclass(frozen=True, slots=True)
class AccuracyView(Record):
    """How exact counts found the book."""

    lines: int
    """Lines counted."""
    exact: int
    """Lines that were as the book said."""
    units_expected: int
    """Units that the book had."""
    units_off: int
    """Units that differed, each difference positive."""
    by_node: tuple[ShrinkView, ...]
    """Value of the differences that are posted: less than zero is shrinkage."""


@dataclass(frozen=True, slots=True)
class DisagreementCount(Record):
    """Orders of a class."""

    disagreement: Disagreement
    """The class."""
    orders: int
    """How many."""
    first: tuple[str | None, ...]
    """The first ten of them."""


@dataclass(frozen=True, slots=True)
class ReadinessView(Record):
    """How the book's plans and the older system's compare."""

    rollouts: tuple[SetRollout, ...]
    """Where the roll-out stands."""
    compared: int
    """Orders compared."""
    agreed: int
    """Orders of the same plan."""
    classes: tuple[DisagreementCount, ...]
    """By class of disagreement, those that occur, the gravest first."""
    costed: int
    """Orders whose cost both sides told."""
    book_cost: Decimal
    """The book's freight and handling for them."""
    legacy_cost: Decimal
    """The older system's."""
    timed: int
    """Orders of which both sides told whether the promise is kept."""
    book_in_time: int
    """Those of them that the book keeps."""
    legacy_in_time: int
    """Those of them that the older system keeps."""
    oversells_averted: int
    """Oversells of the older system that the book would have averted."""


@dataclass(frozen=True, slots=True)
class FeedView(Record):
    """A feed."""

    feed: str
    """Its name."""
    next: int
    """The next number wanted."""
    heard_at: datetime
    """When it was last heard."""
    silent: bool
    """Whether it missed its time."""
    taken: int
    """Messages taken."""
    repeated: int
    """Messages that came again."""
    refused: int
    """Messages whose command was refused."""
    late: int
    """Messages that came after a later one."""
    waiting: int
    """Messages that wait for a forerunner."""
    missing: int
    """Numbers that were passed over and have not come."""


@dataclass(frozen=True, slots=True)
class AuditLink(Record):
    """An event in the chain: who said it, when it happened, when the book knew."""

    sequence: int
    """The event's number."""
    at: datetime
    """When the book knew."""
    occurred_at: datetime
    """When it happened."""
    source: str
    """The system that said it."""
    actor: str
    """Who said it."""
    command: str
    """The command that it came with."""
    event: str
    """Its name."""
    digest: str
    """Digest of the chain up to it: 64 hexadecimal digits."""


@dataclass(frozen=True, slots=True)
class Recheck(Record):
    """What a check of a record found."""

    holds: bool
    """Whether the inputs are those of the hash, and lead to the outcome bit for bit."""
    inputs_hash: str
    """Digest of the inputs as they are: 16 hexadecimal digits."""
    differs: tuple[str, ...]
    """What differs, in words; empty if all holds."""
    outcome: DecisionOutcome
    """The outcome as it is derived here."""


@dataclass(frozen=True, slots=True)
class Change(Record):
    """One thing to change in a decision's inputs."""

    dimension: Aspect
    """What."""
    by: int
    """By how much, in the dimension's unit; 1 where there is nothing to count."""
    _: KW_ONLY
    limit: str | None = None
    """The limit, where it is about one."""
    node: str | None = None
    """The node, where it is about one."""
    sku: str | None = None
    """The SKU, where it is about one."""


@dataclass(frozen=True, slots=True)
class Flip(Record):
    """A change that turns a decision."""

    change: Change
    """The smallest change in its dimension and direction."""
    share: int
    """The change as thousandths of what is there: what flips are ordered by."""
    parts: tuple[RecordedPart, ...]
    """What would come from where then: SKU, node, units."""
    sentence: str
    """In plain words."""


@dataclass(frozen=True, slots=True)
class Counterfactuals(Record):
    """What would have turned a decision."""

    sentence: str
    """The least of the changes, in plain words."""
    flips: tuple[Flip, ...]
    """One for each dimension and direction that turns it, by share."""
    solves: int
    """How many decisions were tried."""
    complete: bool
    """Whether every dimension was tried to its end; else the steps ran out."""


@dataclass(frozen=True, slots=True)
class ListingView(Record):
    """A SKU as a channel lists it."""

    channel: str | None
    """The channel."""
    sku: str | None
    """The SKU."""
    listing: str
    """The channel's own id."""


@dataclass(frozen=True, slots=True)
class NegativeView(Record):
    """How far stock may go below zero at a node."""

    node: str | None
    """The node."""
    policy: NegativeStock
    """What happens."""
    floor: int
    """How far a `floor` lets it go."""


@dataclass(frozen=True, slots=True)
class SubstituteView(Record):
    """What may be sent instead."""

    sku: str | None
    """The SKU."""
    rank: int
    """1 is the best."""
    price: SubstitutePrice
    """What the customer pays for it."""


@dataclass(frozen=True, slots=True)
class SkuView(Record):
    """Master data of a SKU."""

    sku: str | None
    """The SKU."""
    group: str
    """Its group; empty = none."""
    decimals: int
    """Decimals of the base unit."""
    price: Decimal
    """List price of one base unit."""
    weight_g: int
    """Grams of one base unit."""
    costing: Costing
    """How its stock is valued."""
    units: tuple[UnitOfMeasure, ...]
    """Further units of measure."""
    brand: str
    """The brand; empty = none."""
    lifecycle: Lifecycle
    """Where it stands in its life."""
    order_increment: int
    """An order takes a multiple of this; 0 = any quantity."""
    order_min: int
    """An order takes at least this; 0 = no minimum."""
    order_max: int
    """An order takes at most this; 0 = no maximum."""
    size_mm: tuple[int, ...]
    """Length, width and height of one base unit in millimetres."""
    hazard: str
    """Class or division of dangerous goods; empty = none."""
    temperature: TemperatureClass
    """The cold chain that it needs."""
    tracking: Tracking
    """Whether units are told apart."""
    pick_order: PickOrder
    """Which lots go first."""
    shelf_life_days: int
    """Days from receipt to expiry of a lot that names no date."""
    rounding: Rounding
    """What becomes of a quantity that does not convert exactly."""
    substitutes: tuple[SubstituteView, ...]
    """What may be sent instead, best rank first."""
    components: tuple[KitPart, ...]
    """What one base unit of the kit is made of, as it was said."""
    exploded: tuple[KitPart, ...]
    """What one base unit comes to when all virtual kits in it are opened."""
    listings: tuple[ListingView, ...]
    """Channels that list it under an id of their own."""
    negative: tuple[NegativeView, ...]
    """Nodes where its stock may go below zero."""
    _: KW_ONLY
    kit: KitKind | None = None
    """How it exists as a kit, if it is one."""


@dataclass(frozen=True, slots=True)
class DayLoad(Record):
    """What is booked of a node's day."""

    day: int
    """The day by the node's clock, in days since 1970-01-01."""
    orders: int
    """Parcels."""
    lines: int
    """Lines of parcels."""
    units: int
    """Base units, each begun one counted whole."""


@dataclass(frozen=True, slots=True)
class NodeView(Record):
    """Master data of a node."""

    node: str | None
    """The node."""
    kind: NodeKind
    """What kind of place it is."""
    status: NodeStatus
    """Whether it works."""
    company: str
    """The company that it belongs to; empty = the only one."""
    groups: tuple[str, ...]
    """Groups that it is in."""
    bins: tuple[str, ...]
    """Its bins; where there are any, no other may be used."""
    pickup: Permission
    """Whether customers may pick up there."""
    returns: Permission
    """Whether goods may come back there."""
    booked: tuple[DayLoad, ...]
    """What is booked of days from today on."""
    reject_percent: Decimal
    """Percent of what is planned from it that it rejects."""
    dispositions: tuple[Disposition, ...]
    """What it can do with goods that come back; empty = all."""
    lanes: tuple[TransferLane, ...]
    """Nodes that may bring it goods for an order."""
    _: KW_ONLY
    capacity: Capacity | None = None
    """What it can ship a day."""
    returns_capacity: Capacity | None = None
    """What it can take back a day."""


@dataclass(frozen=True, slots=True)
class ChannelView(Record):
    """Master data of a channel."""

    channel: str | None
    """The channel."""
    company: str
    """The company that sells through it; empty = the only one."""
    brand: str
    """The brand that it sells under; empty = none of its own."""
    promise_hours: int
    """Hours from order to promised delivery."""
    priority: int
    """Who goes first: 0 is the most important."""
    remaining_life_days: int
    """Days that a lot must still have to live on the day it would leave."""


@dataclass(frozen=True, slots=True)
class HistoryEntry(Record):
    """One change of master data."""

    sequence: int
    """Its event."""
    event: str
    """The event's name."""
    at: datetime
    """When it was recorded."""
    source: str
    """The system that said it; of a scheduled change, that scheduled it."""
    actor: str
    """Who said it, or scheduled it."""
    why: str
    """Why; empty = nothing was said."""
    after: Body
    """What was said."""
    _: KW_ONLY
    approved_by: str | None = None
    """Who approved it, where it waited for that."""
    before: Body | None = None
    """What was said of the same before; none = nothing, or longer ago than was looked at."""
    change: str | None = None
    """The scheduled change by which it took effect."""


@dataclass(frozen=True, slots=True)
class HistoryView(Record):
    """Who changed master data."""

    entries: tuple[HistoryEntry, ...]
    """What was said, oldest first."""
    first_event: int
    """The first event that was looked at: 1 = the history is whole."""


@dataclass(frozen=True, slots=True)
class ChangeView(Record):
    """A change of master data that waits for its time."""

    change: str
    """Its number."""
    effective_from: datetime
    """When it takes effect."""
    state: ChangeState
    """Where it stands."""
    why: str
    """Why."""
    _: KW_ONLY
    definition: Definition | None = None
    """What will hold then."""


@dataclass(frozen=True, slots=True)
class PoolView(Record):
    """A pool as it stands."""

    pool: str
    """Its name."""
    kept: int
    """Units kept for it and for what lies within it."""
    used: int
    """Units that it has reserved."""
    lent: int
    """Units of its minimum that others have borrowed."""
    released: bool
    """Whether its minimum is no longer kept."""
    _: KW_ONLY
    left: int | None = None
    """Units that it may still take at most; none = no limit."""


@dataclass(frozen=True, slots=True)
class PlanView(Record):
    """A plan as it stands."""

    node: str | None
    """The node; none = all nodes together."""
    free: int
    """Units free there."""
    drawn: int
    """Units that all channels have reserved since the plan was set."""
    pools: tuple[PoolView, ...]
    """Its pools."""


@dataclass(frozen=True, slots=True)
class ProtectionView(Record):
    """How a SKU's stock is divided among channels, and what one of them may take."""

    sku: str | None
    """The SKU."""
    channel: str | None
    """The channel."""
    available: int
    """What the channel may take over all open nodes."""
    plans: tuple[PlanView, ...]
    """Plans in force: that of all nodes together (node none) first."""
    why: tuple[RoomView, ...]
    """Why it is no more than that."""


@dataclass(frozen=True, slots=True)
class LevelsView(Record):
    """Protection levels, and what they bring."""

    levels: tuple[int, ...]
    """Whole units kept for classes 1 to j together, for each j but the last."""
    unrounded: tuple[Decimal, ...]
    """The same before rounding, in millionths of a unit."""
    limits: tuple[int, ...]
    """What each class may take at most now: capacity less what is kept for better ones."""
    revenue: Decimal
    """Expected revenue with these levels (of the optimum, for the dynamic model)."""
    bid_prices: tuple[Decimal, ...]
    """Value of the last unit when 1, 2, 3 … units are left: the exact and the dynamic method
    only.
    """


@dataclass(frozen=True, slots=True)
class AtpDay(Record):
    """A day of 24 hours."""

    from_: datetime
    """When it begins."""
    supply: int
    """Units that come in."""
    demand: int
    """Units that are asked for."""
    projected: int
    """Units at its end."""
    atp: int
    """Units that may be promised for it without breaking a later promise."""
    discrete: int
    """Units that its supply leaves until the next supply."""


@dataclass(frozen=True, slots=True)
class SupplyView(Record):
    """Supply that is to come."""

    kind: SupplyKind
    """Where from."""
    document: str
    """The document, or empty."""
    node: str | None
    """Where it comes in."""
    qty: int
    """Units."""
    sku: str | None
    """The SKU: of a virtual kit a component."""
    _: KW_ONLY
    at: datetime | None = None
    """When it is counted; none = not counted: undated, overdue or not sure enough."""


@dataclass(frozen=True, slots=True)
class AtpView(Record):
    """What may be promised of a SKU."""

    sku: str | None
    """The SKU."""
    free: int
    """Units free now at these nodes (for the channel)."""
    days: tuple[AtpDay, ...]
    """Day by day."""
    supplies: tuple[SupplyView, ...]
    """The supply that was counted, and that was not."""


@dataclass(frozen=True, slots=True)
class PromisePart(Record):
    """A part of a promise."""

    sku: str | None
    """The SKU."""
    qty: int
    """Units."""
    node: str | None
    """The node that sends them."""
    kind: SupplyKind
    """What they come from."""
    document: str
    """The document of the supply, or empty."""
    available_at: datetime
    """When they are there."""
    ship_at: datetime
    """When they leave."""
    arrive_at: datetime
    """When they arrive."""


@dataclass(frozen=True, slots=True)
class ShortView(Record):
    """Units that cannot be promised."""

    sku: str | None
    """The SKU."""
    qty: int
    """Units."""


@dataclass(frozen=True, slots=True)
class PromiseView(Record):
    """When an order could arrive."""

    complete: bool
    """Whether all of it can be promised."""
    parts: tuple[PromisePart, ...]
    """Part by part."""
    short: tuple[ShortView, ...]
    """What cannot be promised, by SKU."""
    _: KW_ONLY
    arrive_at: datetime | None = None
    """When the last part arrives."""
    ship_at: datetime | None = None
    """When the last part leaves; none where nothing can be promised."""


@dataclass(frozen=True, slots=True)
class BidPricesView(Record):
    """Bid prices by a forecast."""

    prices: tuple[BidPriceRow, ...]
    """Prices above nothing, ascending by SKU, then node."""
    _: KW_ONLY
    bound: Decimal | None = None
    """The orders of the forecast cost no less, all tiers told in money as prices are, whatever
    is done as they come; none where lines are split, rules give way or let goods be brought, or
    costs were told coarsely.
    """
    next_at: datetime | None = None
    """When the book next solves its own, if it does."""


@dataclass(frozen=True, slots=True)
class HoldLineView(Record):
    """What a hold has at a node."""

    sku: str | None
    """The SKU."""
    node: str | None
    """The node; of a loose line where it stands for now."""
    qty: int
    """Units."""
    group: tuple[str | None, ...]
    """The nodes that a loose line may be bound to; empty = pinned."""
    lot: str
    """The lot that is held by its name; empty = any."""


@dataclass(frozen=True, slots=True)
class HoldView(Record):
    """A hold as it stands."""

    hold: str | None
    """Its number."""
    state: HoldState
    """Its state."""
    phase: HoldPhase
    """Whether it may run out."""
    channel: str | None
    """The channel."""
    expires_at: datetime
    """When it runs out."""
    lines: tuple[HoldLineView, ...]
    """What it has."""


@dataclass(frozen=True, slots=True)
class PublishRow(Record):
    """A listing."""

    sku: str | None
    """The SKU."""
    qty: int
    """Units to show."""


@dataclass(frozen=True, slots=True)
class PublishView(Record):
    """What a channel should list."""

    channel: str | None
    """The channel."""
    sequence: int
    """Ask again since this sequence for what changes after it."""
    complete: bool
    """Whether every SKU is meant, not only changed ones."""
    more: bool
    """Whether there is a next page: ask for what comes after the last row."""
    rows: tuple[PublishRow, ...]
    """Listings."""


@dataclass(frozen=True, slots=True)
class RedealView(Record):
    """What a re-deal would do, or did."""

    losers: int
    """Orders that lose something."""
    winners: int
    """Orders that gain something."""
    units: int
    """Units that change hands or come out of free stock."""
    lines: tuple[RedealtLine, ...]
    """Line by line, as they were dealt: all of them, also those that keep what they have."""
    exceptions: tuple[Opened, ...]
    """Exceptions that it opens."""


@dataclass(frozen=True, slots=True)
class AsOfRow(Record):
    """A cell as of two times. It speaks in codes: the book that is asked may be another one."""

    sku: str
    """The SKU's code."""
    node: str
    """The node's code."""
    on_hand: int
    """Own units, in every condition."""
    sellable: int
    """Own units fit for sale."""
    reserved: int
    """Units reserved."""
    value: Decimal
    """Value of the own units."""


@dataclass(frozen=True, slots=True)
class AsOfView(Record):
    """Stock as of two times."""

    true_at: datetime
    """What happened until then counts."""
    known_at: datetime
    """What was recorded until then counts."""
    sequence: int
    """The last event that was known."""
    snapshot: int
    """The snapshot that was continued: its last event; 0 = none."""
    rows: tuple[AsOfRow, ...]
    """Cells that held anything, by SKU, then node."""


@dataclass(frozen=True, slots=True)
class AdjustProposal(Record):
    """A correction that would bring the book to the statement."""

    node: str | None
    """The node."""
    reason: str | None
    """The reason."""
    sku: str | None
    """The SKU."""
    qty: int
    """Units more or less."""
    cause: VarianceCause
    """Why."""


@dataclass(frozen=True, slots=True)
class ReconcileLine(Record):
    """A line that does not agree at once."""

    sku: str | None
    """The SKU."""
    node: str | None
    """The node."""
    stated: int
    """Units that the statement has."""
    book: int
    """Units that the book had at that time."""
    status: LineStatus
    """How it stands."""
    document: str
    """The document of the movement that explains it, or empty."""
    other: str | None
    """The other node, if goods are on the wrong one."""
    _: KW_ONLY
    cause: VarianceCause | None = None
    """The probable cause; none where it is in flight."""


@dataclass(frozen=True, slots=True)
class ReconcileView(Record):
    """How a statement agrees with the book."""

    statement: str
    """Its name."""
    as_of: datetime
    """The time that it speaks of."""
    matched: int
    """Lines that agree."""
    in_flight: int
    """Lines that agree but for movements in flight."""
    lines: tuple[ReconcileLine, ...]
    """Lines that do not agree at once, in the statement's order; then what it does not name."""
    proposals: tuple[AdjustProposal, ...]
    """What would bring the book to the statement."""
    units_percent: Decimal
    """Share of units that agree, in percent: 100 less the sum of differences over the sum of the
    book's.
    """
    skus_percent: Decimal
    """Share of lines that agree or are explained, in percent."""
    value_percent: Decimal
    """Share of value that agrees, in percent."""
    value_at_variance: Decimal
    """Value of the differences, at each pool's average cost."""
    events_lost: int
    """Events since the statement's time, or shortly before, that the window has lost: then what
    the book had, and the causes, may be wrong. Keep a longer `event_window`, or ask `as_of` with
    the record.
    """


@dataclass(frozen=True, slots=True)
class WorthView(Record):
    """Units and value."""

    qty: int
    """Units."""
    value: Decimal
    """Value."""


@dataclass(frozen=True, slots=True)
class RollView(Record):
    """How a SKU's stock at a node came from its opening to its closing."""

    sku: str | None
    """The SKU."""
    node: str | None
    """The node."""
    opening: WorthView
    """At the period's first instant."""
    receipts: WorthView
    """From suppliers, opening balances, consigned goods used; returns to vendors taken off."""
    issues: WorthView
    """To customers, and back from them."""
    adjustments: WorthView
    """Found more or less."""
    transfers: WorthView
    """To and from other nodes."""
    revaluations: WorthView
    """Valued anew: late costs, revaluation, write-down to a new basis."""
    closing: WorthView
    """After the period's last instant."""


@dataclass(frozen=True, slots=True)
class PeriodBalanceView(Record):
    """An account in a period."""

    account: str | None
    """The account."""
    opening: Decimal
    """Balance at the period's first instant."""
    movement: Decimal
    """Debits less credits of the period."""
    closing: Decimal
    """Balance after its last instant."""


@dataclass(frozen=True, slots=True)
class MarginView(Record):
    """What a channel earned with a SKU."""

    channel: str | None
    """The channel."""
    sku: str | None
    """The SKU; none = what belongs to no SKU, as shipping."""
    qty: int
    """Units sold."""
    revenue: Decimal
    """Revenue, shipping included."""
    given_back: Decimal
    """Discounts, refunds and credit notes."""
    cost: Decimal
    """Cost of goods sold, less that of goods that came back."""
    fulfilment: Decimal
    """Freight out and handling."""
    margin: Decimal
    """Revenue less all of them."""


@dataclass(frozen=True, slots=True)
class GrniLineView(Record):
    """A receipt line that is not invoiced."""

    supplier: str | None
    """The supplier."""
    receipt: str
    """The receipt."""
    line: int
    """Its line, from 1."""
    sku: str | None
    """The SKU."""
    qty: int
    """Units."""
    value: Decimal
    """Their value."""
    days: int
    """Whole days since."""


@dataclass(frozen=True, slots=True)
class GrniView(Record):
    """What is received and not invoiced, by age."""

    lines: tuple[GrniLineView, ...]
    """The lines, oldest first."""
    ages: tuple[Decimal, ...]
    """Sums by age: up to 30, 60, 90 days, and older."""
    ahead: Decimal
    """What is invoiced and not received."""
    owed: Decimal
    """Lines less that: what the accounts of goods received, not invoiced, should owe."""
    balance: Decimal
    """What they owe."""


@dataclass(frozen=True, slots=True)
class TieView(Record):
    """A line of the tie-out."""

    account: str
    """The account, by its code."""
    book: Decimal
    """Balance in the book."""
    host: Decimal
    """Balance in the host's general ledger."""
    difference: Decimal
    """The book's less the host's."""
    ties: bool
    """Whether they agree."""


@dataclass(frozen=True, slots=True)
class CheckView(Record):
    """A check of a close."""

    check: CloseCheck
    """Its name."""
    passes: bool
    """Whether it passes."""
    open: int
    """How many are open."""
    value: Decimal
    """Their value."""


@dataclass(frozen=True, slots=True)
class CloseView(Record):
    """What stands between a period and its close: a controller signs it."""

    period: str
    """The period."""
    status: PeriodStatus
    """Its status."""
    checks: tuple[CheckView, ...]
    """The checks, in their order."""
    ready: bool
    """Whether all pass."""


@dataclass(frozen=True, slots=True)
class CostPoolView(Record):
    """A pool of value."""

    node: str | None
    """The node."""
    lot: str | None
    """The lot, where costs are kept by lot."""
    qty: int
    """Units."""
    value: Decimal
    """Value."""
    allowance: Decimal
    """Allowance against it."""
    standard: Decimal
    """Standard cost of a base unit; 0 = none."""
    layers: tuple[LayerCost, ...]
    """Layers from the oldest, under FIFO."""


@dataclass(frozen=True, slots=True)
class CostView(Record):
    """What is known of a SKU's cost."""

    costing: Costing
    """The method."""
    pools: tuple[CostPoolView, ...]
    """Pools of value."""


@dataclass(frozen=True, slots=True)
class LedgerView(Record):
    """Another ledger, from the same events."""

    costing: Costing
    """How it values stock."""
    write_down: WriteDownBasis
    """How it writes stock down."""
    balances: tuple[BalanceView, ...]
    """Balances of all accounts: they sum to zero."""
    inventory_value: Decimal
    """Value of stock at nodes, in this ledger."""


@dataclass(frozen=True, slots=True)
class CompanyBalancesView(Record):
    """A company's own trial balance."""

    company: str
    """The company; empty = what belongs to none."""
    balances: tuple[BalanceView, ...]
    """Its balances."""


@dataclass(frozen=True, slots=True)
class ConsolidationView(Record):
    """The group's books: those of its companies, with what is between them eliminated."""

    eliminations: tuple[BalanceView, ...]
    """What is eliminated, by account: it sums to zero."""
    mark_up_in_stock: Decimal
    """Mark-up still in stock."""
    balances: tuple[BalanceView, ...]
    """Balances of the group."""
    companies: tuple[CompanyBalancesView, ...]
    """Balances of each company, which sum to zero: the worksheet's other columns."""


@dataclass(frozen=True, slots=True)
class HostBalance(Record):
    """A balance of the host's general ledger."""

    account: str
    """The account."""
    balance: Money
    """Debit if positive, credit if negative."""


@dataclass(frozen=True, slots=True)
class JournalView(Record):
    """The journal as text."""

    text: str
    """The whole file."""
    entries: int
    """Entries in it."""
    stated: tuple[HostBalance, ...]
    """Balances of the accounts of goods by the stock, which the text states for its reader to
    check.
    """
    shared: tuple[str, ...]
    """Accounts that share goods with another: their single balances do not follow from the
    stock.
    """


@dataclass(frozen=True, slots=True)
class Metric(Record):
    """The definition of a metric."""

    name: str
    """Its name."""
    title: str
    """What people call it."""
    unit: Unit
    """Its unit."""
    better: Better
    """Which way is better."""
    formula: str
    """How it is computed."""
    grain: str
    """What one fact of it speaks of."""
    ties: str
    """What it is tied out to, in words; empty = the book keeps no such total."""
    events: tuple[str, ...]
    """The events that it is folded from."""


@dataclass(frozen=True, slots=True)
class FactView(Record):
    """What one event added to a metric."""

    metric: str
    """The metric."""
    sequence: int
    """The event."""
    at: datetime
    """When it happened."""
    part: int
    """What it added, as in the columns."""
    whole: int
    """Of what."""
    order: str
    """The order, where there is one."""
    sku: str
    """The SKU, where there is one."""
    kind: str
    """The kind, where there is one."""


@dataclass(frozen=True, slots=True)
class MetricTie(Record):
    """A metric beside the book's own total, over the whole record that was read. Money in
    micro-units.
    """

    metric: str
    """The metric."""
    counted: int
    """What the metric's facts come to, in the window and without it."""
    others: int
    """What else moves the book's total, by the journal."""
    book: int
    """The book's total."""
    ties: bool
    """Whether they agree."""


@dataclass(frozen=True, slots=True)
class MeasureView(Record):
    """Metrics in columns: row `i` is `metric[i]` for `keys[0][i]`, `keys[1][i]` and so on."""

    sequence: int
    """The last event that was known."""
    by: tuple[Dimension, ...]
    """The dimensions, in the order of `keys`."""
    keys: tuple[tuple[str, ...], ...]
    """A column of codes a dimension; empty = none."""
    metric: tuple[str, ...]
    """The metric."""
    part: tuple[int, ...]
    """What is counted: units, orders, micro-units of money; time in seconds; stock over time in
    units or micro-units times days.
    """
    whole: tuple[int, ...]
    """Of what, as `part`; 0 where the metric is a sum."""
    value: tuple[str, ...]
    """The metric's value as an exact decimal of its unit; empty = of nothing."""
    facts: tuple[FactView, ...]
    """Facts behind the numbers, as many as were asked for."""
    ties: tuple[MetricTie, ...]
    """Every metric beside the total that the book itself keeps."""
    all_tie: bool
    """Whether all of them agree."""


@dataclass(frozen=True, slots=True)
class CompareRow(Record):
    """A metric before and after."""

    metric: str
    """The metric."""
    before: str
    """Its value before; empty = of nothing."""
    after: str
    """Its value after."""
    effect: int
    """The part that there is after, less what there would be had all gone on as before at the
    volume of after: the rate before times the whole after; of a sum, the part before for each
    order placed. In what `measure` counts the part in.
    """
    _: KW_ONLY
    money: Decimal | None = None
    """What that is worth: of money itself, with the sign of what is better; else by its declared
    worth.
    """


@dataclass(frozen=True, slots=True)
class CompareView(Record):
    """Two windows, metric by metric, over all dimensions together."""

    rows: tuple[CompareRow, ...]
    """The metrics."""
    orders_before: int
    """Orders placed before."""
    orders_after: int
    """Orders placed after."""
    money: Decimal
    """What the change was worth: the difference of margin and of what has a declared worth."""


@dataclass(frozen=True, slots=True)
class BrokenPromise(Record):
    """Units that were going to arrive as promised, and no longer are."""

    order: str | None
    """The order."""
    line: int
    """The order's line, from 1."""
    qty: int
    """Units."""
    promised: datetime
    """When they were to arrive: as promised, or as planned last where that was later."""
    _: KW_ONLY
    arrive_at: datetime | None = None
    """When they arrive now; none = they wait."""


@dataclass(frozen=True, slots=True)
class ReplanView(Record):
    """What a batch would do, or what became of a disruption."""

    digest: str
    """Digest of the plan: said back as `accepts`, it has the command refused should another plan
    come of it.
    """
    moved: int
    """Orders that get something from where they did not get it before."""
    cost: Decimal
    """What carriage and handling of the open parcels will cost more than before."""
    broken: tuple[BrokenPromise, ...]
    """Promises that break, by order and line."""
    batch: BatchAllocated
    """All that would be recorded."""


@dataclass(frozen=True, slots=True)
class SubscriptionView(Record):
    """A subscription."""

    subscription: str
    """Its number."""
    status: SubscriptionStatus
    """Where it stands."""
    ordered: int
    """Orders that fell due: the last of them is `<subscription>/<ordered>`."""
    rhythm: Rhythm
    """When it recurs."""
    capture: CaptureOrder
    """What is ordered each time. Without lines where that cannot be read: its orders are parked."""
    _: KW_ONLY
    next_at: datetime | None = None
    """When its next order is due; none unless it is active."""
    ordered_at: datetime | None = None
    """When the last of them did."""


# -- Questions -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StockQuery(Record):
    """What lies where."""

    sku: str
    """The SKU."""
    _: KW_ONLY
    node: str | None = None
    """One node; none = all that have any."""
    states: bool = False
    """Whether to tell what is reserved and on the way apart."""


@dataclass(frozen=True, slots=True)
class AvailableQuery(Record):
    """What a channel may sell."""

    sku: str
    """The SKU."""
    channel: str
    """The channel."""
    _: KW_ONLY
    nodes: Sequence[str] = ()
    """Nodes, or groups of nodes, of which it is asked; empty = all open nodes. Plans that
    protect stock are told of all.
    """


@dataclass(frozen=True, slots=True)
class DocumentQuery(Record):
    """A document by its number."""

    document: str
    """Its number."""


@dataclass(frozen=True, slots=True)
class HoldersQuery(Record):
    """Who holds stock, by document."""

    sku: str
    """The SKU."""
    _: KW_ONLY
    node: str = ""
    """The node; empty = all."""


@dataclass(frozen=True, slots=True)
class QuoteQuery(Record):
    """How an order would be sourced now."""

    order: PlaceOrder
    """The order."""
    at: Moment
    """When it would be placed."""


@dataclass(frozen=True, slots=True)
class Nothing(Record):
    """Nothing further to say."""


@dataclass(frozen=True, slots=True)
class EventsQuery(Record):
    """Recorded events, from one on."""

    from_: int
    """The first sequence number wanted."""
    _: KW_ONLY
    most: int = 0
    """At most so many; 0 = 1,000."""


@dataclass(frozen=True, slots=True)
class ExceptionQuery(Record):
    """An exception by its number."""

    exception: int
    """Its number, from 1."""


@dataclass(frozen=True, slots=True)
class ParameterQuery(Record):
    """Which value of a parameter holds at a place, and why."""

    parameter: str
    """The parameter."""
    _: KW_ONLY
    at: Moment | None = None
    """When; none = now."""
    place: Scope = field(default_factory=Scope)
    """The place asked about: each part as far as it is known."""


@dataclass(frozen=True, slots=True)
class WorkflowQuery(Record):
    """The life of a kind of document."""

    document: DocumentKind
    """The kind."""


@dataclass(frozen=True, slots=True)
class AccuracyQuery(Record):
    """Whose counts."""

    _: KW_ONLY
    node: str | None = None
    """One node; none = all."""


@dataclass(frozen=True, slots=True)
class ReadinessQuery(Record):
    """How ready the book is to go live: what was compared, of one channel or of all."""

    _: KW_ONLY
    channel: str | None = None
    """One channel; none = all."""


@dataclass(frozen=True, slots=True)
class AuditQuery(Record):
    """The chain of digests over recorded events."""

    from_: int
    """The first event."""
    _: KW_ONLY
    most: int = 0
    """At most so many; 0 = 1,000."""
    previous: str | None = None
    """The digest of the event before it, 64 hexadecimal digits; none = the chain begins here."""


@dataclass(frozen=True, slots=True)
class RecheckQuery(Record):
    """A record to be checked."""

    record: DecisionRecord
    """The record."""


@dataclass(frozen=True, slots=True)
class CounterfactualQuery(Record):
    """A record of which is asked what would have turned it."""

    record: DecisionRecord
    """The record."""
    _: KW_ONLY
    solves_max: int = 0
    """At most so many decisions are tried; 0 = the default of 20,000."""


@dataclass(frozen=True, slots=True)
class SkuQuery(Record):
    """Master data of a SKU."""

    sku: str
    """The SKU."""


@dataclass(frozen=True, slots=True)
class NodeQuery(Record):
    """Master data of a node."""

    node: str
    """The node."""


@dataclass(frozen=True, slots=True)
class ChannelQuery(Record):
    """Master data of a channel."""

    channel: str
    """The channel."""


@dataclass(frozen=True, slots=True)
class ListingQuery(Record):
    """Which SKU a channel lists under an id of its own, or under which id it lists a SKU. One of
    the two is given.
    """

    channel: str
    """The channel."""
    _: KW_ONLY
    listing: str | None = None
    """The channel's own id."""
    sku: str | None = None
    """The SKU."""


@dataclass(frozen=True, slots=True)
class HistoryQuery(Record):
    """Who changed master data, when and why, with what was said and what had been said before:
    as far back as the event window goes, or a log that is handed back.
    """

    of: Subject
    """What it is of."""
    _: KW_ONLY
    code: str = ""
    """Its code; empty = all of them."""
    log: str | None = None
    """A log of this book in base64 (RFC 4648), where the window does not go back far enough."""
    until: Moment | None = None
    """Only what was recorded until then: the last entry of each kind is what held then."""


@dataclass(frozen=True, slots=True)
class DemandClass(Record):
    """A class of demand: a channel, or channels that pay alike."""

    fare: Money
    """What a unit brings."""
    mean: Money
    """Expected units; for the dynamic model the chance of one arrival in a period."""
    _: KW_ONLY
    sd: Money | None = None
    """Standard deviation of a normal demand; none = Poisson."""


@dataclass(frozen=True, slots=True)
class LevelsQuery(Record):
    """Asks for protection levels."""

    method: LevelMethod
    """How."""
    classes: Sequence[DemandClass]
    """Classes, best first."""
    capacity: int
    """Units there are: 1 to 2,000."""
    _: KW_ONLY
    periods: int = 0
    """Periods left, for the dynamic model."""


@dataclass(frozen=True, slots=True)
class TimedQty(Record):
    """Units at an instant."""

    at: Moment
    """When."""
    qty: int
    """Units."""


@dataclass(frozen=True, slots=True)
class AtpQuery(Record):
    """Asks what may be promised, day by day.

    Supply that comes between now and the first instant is there by then. What waits for supply
    is demand, once, wherever it is served; where nodes are named, only what one of them could
    serve, by its order's terms and sourcing rule: an order that waits for another node alone
    takes nothing from these.

    A virtual kit is answered in kits: the least over its components, and only what lies or comes
    together at one node, as for `available`. What its days gain and lose is net.
    """

    sku: str
    """The SKU."""
    days: int
    """Days of 24 hours, 1 to 400."""
    _: KW_ONLY
    channel: str | None = None
    """The channel; none = what is free, whoever it is protected for."""
    confidence_percent: Money = Decimal("0.00")
    """How sure supply must be, in percent: it is counted when so many percent of it have
    arrived.
    """
    demands: Sequence[TimedQty] = ()
    """Demand that the book does not know."""
    from_: Moment | None = None
    """The first instant; none = now."""
    nodes: Sequence[str] = ()
    """Nodes, or groups of nodes; empty = all open nodes."""
    overdue_days: int | None = None
    """When supply that is overdue is counted, in days from the first instant; none = not at all."""
    supplies: Sequence[TimedQty] = ()
    """Supply that the book does not know."""


@dataclass(frozen=True, slots=True)
class PromiseQuery(Record):
    """Asks when an order could arrive."""

    channel: str
    """The channel."""
    to: Point
    """Where it goes."""
    lines: Sequence[OrderLine]
    """What is asked for."""
    _: KW_ONLY
    at: Moment | None = None
    """When it is asked; none = now."""
    confidence_percent: Money = Decimal("0.00")
    """How sure supply must be, in percent."""
    nodes: Sequence[str] = ()
    """Nodes, or groups of nodes; empty = all open nodes."""


@dataclass(frozen=True, slots=True)
class BidPricesQuery(Record):
    """What further units would be worth if the orders of a forecast came, out of what is free
    now and by the policy in force. The answer's prices can be set as they are.

    They are in the tier that a rule weighs `bid_price` in, or its only one. A tier above it
    counts so much that it outweighs twice what one order could save below; what is below is left
    out.
    """

    _: KW_ONLY
    at: Moment | None = None
    """When they would be placed; absent = now."""
    forecast: Sequence[ExpectedOrder] = ()
    """Orders that are expected: 1 to 100,000 kinds; none = those of the forecast that was set,
    as far as they are still to come.
    """
    steps_max: int = 0
    """As of a forecast."""


@dataclass(frozen=True, slots=True)
class PublishQuery(Record):
    """Asks what a channel should list."""

    channel: str
    """The channel."""
    _: KW_ONLY
    after: str | None = None
    """Only SKUs behind this one, in the order in which they were defined: the next page."""
    most: int = 0
    """At most so many; 0 = 10,000."""
    since: int | None = None
    """Only SKUs that an event after this sequence has touched; none = all. Where the window has
    lost such events, all.
    """


@dataclass(frozen=True, slots=True)
class AsOfQuery(Record):
    """Asks for stock as of two times, from what the host kept: bytes in base64 (RFC 4648)."""

    true_at: Moment
    """What happened until then counts."""
    known_at: Moment
    """What was recorded until then counts."""
    log: str
    """A log that covers everything from the snapshot on, or from the first event."""
    _: KW_ONLY
    snapshots: Sequence[str] = ()
    """Snapshots, in any order; none = the log begins with the first event."""


@dataclass(frozen=True, slots=True)
class CauseReason(Record):
    """The reason code under which a variance of this cause would be adjusted."""

    cause: VarianceCause
    """The cause."""
    reason: str
    """The reason code."""


@dataclass(frozen=True, slots=True)
class StatementLine(Record):
    """Own units of a SKU at a node, in every condition, as the outside has them."""

    sku: str
    """The SKU."""
    node: str
    """The node."""
    qty: int
    """Units."""
    _: KW_ONLY
    unit: str | None = None
    """Unit of `qty`; none = the SKU's smallest unit."""


@dataclass(frozen=True, slots=True)
class ReconcileQuery(Record):
    """Asks how an outside statement of stock agrees with the book. Movements are read from the
    events that the window still has.
    """

    statement: str
    """Its name."""
    as_of: Moment
    """The time that it speaks of."""
    lines: Sequence[StatementLine]
    """What it says: one line a SKU and node."""
    flight_s: int
    """How long the outside takes to post a movement, in seconds: younger ones are in flight."""
    late_s: int
    """How long it may take at worst, in seconds: a movement older than that is missing, not
    late.
    """
    _: KW_ONLY
    channel: str | None = None
    """The channel whose statement it is: its lines may name SKUs by the ids under which it lists
    them.
    """
    complete: Sequence[str] = ()
    """Nodes of which it is complete: what it does not name of them is not there."""
    reasons: Sequence[CauseReason] = ()
    """Reason codes for proposals, by cause; a cause without one gets no proposal."""


@dataclass(frozen=True, slots=True)
class PeriodQuery(Record):
    """One period."""

    period: str
    """The period."""
    _: KW_ONLY
    company: str | None = None
    """Only a company's own books; they balance by themselves."""
    ledger: str = ""
    """A ledger beside the book's own; empty = the book's own."""


@dataclass(frozen=True, slots=True)
class MarginQuery(Record):
    """Sales by channel and SKU."""

    _: KW_ONLY
    ledger: str = ""
    """A ledger beside the book's own; empty = the book's own."""
    period: str | None = None
    """One period; none = all."""


@dataclass(frozen=True, slots=True)
class TieOutQuery(Record):
    """The general ledger as the host has it."""

    balances: Sequence[HostBalance]
    """Its balances by account."""
    _: KW_ONLY
    ledger: str = ""
    """A ledger beside the book's own; empty = the book's own."""


@dataclass(frozen=True, slots=True)
class CloseQuery(Record):
    """What a close is checked against."""

    period: str
    """The period."""
    _: KW_ONLY
    balances: Sequence[HostBalance] = ()
    """The general ledger as the host has it; empty = not imported."""
    ledger: str = ""
    """A ledger beside the book's own; empty = the book's own."""


@dataclass(frozen=True, slots=True)
class LedgerQuery(Record):
    """Another ledger."""

    ledger: str
    """The ledger."""


@dataclass(frozen=True, slots=True)
class JournalQuery(Record):
    """The journal from the first event on, as text for another program: whole minor units of the
    book's currency, dated by the UTC day of the event. At its end stands what the accounts of
    goods hold by the stock, for hledger, ledger and Beancount to check.
    """

    form: JournalForm
    """Whom the text is for."""
    _: KW_ONLY
    ledger: str = ""
    """A ledger beside the book's own; empty = the book's own."""
    log: str = ""
    """The log from the first event up to the last, base64 (RFC 4648); empty = the events that
    the book still has, if those are all.
    """


@dataclass(frozen=True, slots=True)
class OnlyWhere(Record):
    """Only what belongs to one."""

    dimension: Dimension
    """The dimension."""
    is_: str
    """Its code, as an answer shows it."""


@dataclass(frozen=True, slots=True)
class MeasureQuery(Record):
    """Asks for metrics, from the events that the book still has or from what the host kept.

    Facts count by when they happened; time that passes (empty pools, stock on hand) by when it
    was recorded. A level (a value, units still waiting) by time is where it stood at the end of
    each day on which it changed, and of the window's first.
    """

    _: KW_ONLY
    by: Sequence[Dimension] = ()
    """What to break them down by; empty = one row a metric."""
    facts_most: int = 0
    """At most so many facts behind the numbers, in the order of recording; 0 = none."""
    from_: Moment | None = None
    """The first instant of the window; none = from the beginning."""
    known_at: Moment | None = None
    """Events recorded later are not known; none = all are."""
    log: str = ""
    """A log in base64 that covers everything from the snapshot on; empty = the events that this
    book has, and then snapshots are its own.
    """
    metrics: Sequence[str] = ()
    """Names of metrics; empty = all."""
    only: Sequence[OnlyWhere] = ()
    """Only facts of these."""
    snapshots: Sequence[str] = ()
    """Snapshots in base64, in any order; none = the log begins with the first event. The newest
    is used that lies before the window. What hangs on a past that it no longer has (when orders
    began to wait, which pools were ever stocked, when a purchase was placed and for which date
    at first, whether a part of an order had left late) is counted from there on.
    """
    to: Moment | None = None
    """The instant after the window's last; none = until the last event."""


@dataclass(frozen=True, slots=True)
class MetricWorth(Record):
    """What one more of a metric's part costs or earns: a late order, an hour of stockout, a
    split. Of time an hour is one, of stock over time a day.
    """

    metric: str
    """The metric."""
    each: Money
    """What one is worth: more than nothing where more is good, less where it is bad."""


@dataclass(frozen=True, slots=True)
class CompareQuery(Record):
    """Sets the metrics of one window, or of one run, against those of another."""

    before: MeasureQuery
    """Before the change."""
    after: MeasureQuery
    """After it. Metrics and dimensions are those of `before`."""
    _: KW_ONLY
    worth: Sequence[MetricWorth] = ()
    """What one more of a metric's part is worth, in money; margin is worth itself."""


ANSWERS: dict[str, object] = {
    "stock": tuple[StockView, ...],
    "available": AvailableView,
    "order": OrderView,
    "purchase_order": PurchaseView,
    "transfer": TransferView,
    "holders": tuple[HolderView, ...],
    "quote": QuoteView,
    "trial_balance": tuple[BalanceView, ...],
    "exceptions": tuple[ExceptionView, ...],
    "proposals": tuple[Proposal, ...],
    "events": tuple[Event, ...],
    "policy": Policy,
    "posting_rules": tuple[PostingRule, ...],
    "verify": Proof,
    "status": StatusView,
    "exception": ExceptionCase,
    "exception_queues": tuple[QueueView, ...],
    "exception_rules": tuple[SetExceptionRule, ...],
    "explain_parameter": ParameterView,
    "parameters": tuple[DefineParameter, ...],
    "approvals": tuple[ApprovalView, ...],
    "roles": RolesView,
    "workflow": WorkflowView,
    "fulfilment": FulfilmentView,
    "count": CountView,
    "accuracy": AccuracyView,
    "readiness": ReadinessView,
    "feeds": tuple[FeedView, ...],
    "audit_chain": tuple[AuditLink, ...],
    "recheck": Recheck,
    "counterfactual": Counterfactuals,
    "sku": SkuView,
    "node": NodeView,
    "channel": ChannelView,
    "listing": ListingView,
    "history": HistoryView,
    "changes": tuple[ChangeView, ...],
    "protection": ProtectionView,
    "protection_levels": LevelsView,
    "atp": AtpView,
    "promise": PromiseView,
    "bid_prices": BidPricesView,
    "hold": HoldView,
    "publish": PublishView,
    "redeal": RedealView,
    "as_of": AsOfView,
    "reconcile": ReconcileView,
    "roll_forward": tuple[RollView, ...],
    "period_balances": tuple[PeriodBalanceView, ...],
    "margin": tuple[MarginView, ...],
    "grni_ageing": GrniView,
    "tie_out": tuple[TieView, ...],
    "close_checklist": CloseView,
    "costs": CostView,
    "ledger": LedgerView,
    "consolidation": ConsolidationView,
    "journal": JournalView,
    "metrics": tuple[Metric, ...],
    "measure": MeasureView,
    "compare": CompareView,
    "replan": ReplanView,
    "subscriptions": tuple[SubscriptionView, ...],
}
"""What the answer to each question is."""


class Questions:
    """Everything that can be asked of a book: `book.ask`."""

    __slots__ = ("_ask",)

    def __init__(self, ask: Callable[[str, dict[str, Json]], object]) -> None:
        self._ask = ask

    def stock(
        self, sku: str, *, node: str | None = None, states: bool = False
    ) -> tuple[StockView, ...]:
        """What lies where.

        - `sku`: The SKU.
        - `node`: One node; none = all that have any.
        - `states`: Whether to tell what is reserved and on the way apart.
        """
        query = StockQuery(sku, node=node, states=states)
        return cast("tuple[StockView, ...]", self._ask("stock", query.to_json()))

    def available(self, sku: str, channel: str, *, nodes: Sequence[str] = ()) -> AvailableView:
        """What a channel may sell.

        - `sku`: The SKU.
        - `channel`: The channel.
        - `nodes`: Nodes, or groups of nodes, of which it is asked; empty = all open nodes. Plans
          that protect stock are told of all.
        """
        query = AvailableQuery(sku, channel, nodes=nodes)
        return cast(AvailableView, self._ask("available", query.to_json()))

    def order(self, document: str) -> OrderView:
        """An order.

        - `document`: Its number.
        """
        query = DocumentQuery(document)
        return cast(OrderView, self._ask("order", query.to_json()))

    def purchase_order(self, document: str) -> PurchaseView:
        """A purchase order.

        - `document`: Its number.
        """
        query = DocumentQuery(document)
        return cast(PurchaseView, self._ask("purchase_order", query.to_json()))

    def transfer(self, document: str) -> TransferView:
        """A transfer.

        - `document`: Its number.
        """
        query = DocumentQuery(document)
        return cast(TransferView, self._ask("transfer", query.to_json()))

    def holders(self, sku: str, *, node: str = "") -> tuple[HolderView, ...]:
        """Who holds stock.

        - `sku`: The SKU.
        - `node`: The node; empty = all.
        """
        query = HoldersQuery(sku, node=node)
        return cast("tuple[HolderView, ...]", self._ask("holders", query.to_json()))

    def quote(self, order: PlaceOrder, at: Moment) -> QuoteView:
        """How an order would be sourced.

        - `order`: The order.
        - `at`: When it would be placed.
        """
        query = QuoteQuery(order, at)
        return cast(QuoteView, self._ask("quote", query.to_json()))

    def trial_balance(self) -> tuple[BalanceView, ...]:
        """Balances of all accounts."""
        query = Nothing()
        return cast("tuple[BalanceView, ...]", self._ask("trial_balance", query.to_json()))

    def exceptions(self) -> tuple[ExceptionView, ...]:
        """Open exceptions."""
        query = Nothing()
        return cast("tuple[ExceptionView, ...]", self._ask("exceptions", query.to_json()))

    def proposals(self) -> tuple[Proposal, ...]:
        """What should be bought or hurried."""
        query = Nothing()
        return cast("tuple[Proposal, ...]", self._ask("proposals", query.to_json()))

    def events(self, from_: int, *, most: int = 0) -> tuple[Event, ...]:
        """Recorded events.

        - `from_`: The first sequence number wanted.
        - `most`: At most so many; 0 = 1,000.
        """
        query = EventsQuery(from_, most=most)
        return cast("tuple[Event, ...]", self._ask("events", query.to_json()))

    def policy(self) -> Policy:
        """The policy in force."""
        query = Nothing()
        return cast(Policy, self._ask("policy", query.to_json()))

    def posting_rules(self) -> tuple[PostingRule, ...]:
        """The posting rules in force."""
        query = Nothing()
        return cast("tuple[PostingRule, ...]", self._ask("posting_rules", query.to_json()))

    def verify(self) -> Proof:
        """Proof that the book is sound."""
        query = Nothing()
        return cast(Proof, self._ask("verify", query.to_json()))

    def status(self) -> StatusView:
        """Sequence, time and hash."""
        query = Nothing()
        return cast(StatusView, self._ask("status", query.to_json()))

    def exception(self, exception: int) -> ExceptionCase:
        """An exception and its ways out.

        - `exception`: Its number, from 1.
        """
        query = ExceptionQuery(exception)
        return cast(ExceptionCase, self._ask("exception", query.to_json()))

    def exception_queues(self) -> tuple[QueueView, ...]:
        """The queues of exceptions."""
        query = Nothing()
        return cast("tuple[QueueView, ...]", self._ask("exception_queues", query.to_json()))

    def exception_rules(self) -> tuple[SetExceptionRule, ...]:
        """How exceptions of every code are handled."""
        query = Nothing()
        return cast("tuple[SetExceptionRule, ...]", self._ask("exception_rules", query.to_json()))

    def explain_parameter(
        self, parameter: str, *, at: Moment | None = None, place: Scope | None = None
    ) -> ParameterView:
        """Which value of a parameter holds somewhere, and why.

        - `parameter`: The parameter.
        - `at`: When; none = now.
        - `place`: The place asked about: each part as far as it is known.
        """
        query = ParameterQuery(parameter, at=at, place=place or Scope())
        return cast(ParameterView, self._ask("explain_parameter", query.to_json()))

    def parameters(self) -> tuple[DefineParameter, ...]:
        """All parameters."""
        query = Nothing()
        return cast("tuple[DefineParameter, ...]", self._ask("parameters", query.to_json()))

    def approvals(self) -> tuple[ApprovalView, ...]:
        """Commands that wait or waited for approval."""
        query = Nothing()
        return cast("tuple[ApprovalView, ...]", self._ask("approvals", query.to_json()))

    def roles(self) -> RolesView:
        """Who may do what, and which system is heard."""
        query = Nothing()
        return cast(RolesView, self._ask("roles", query.to_json()))

    def workflow(self, document: DocumentKind) -> WorkflowView:
        """The life of a kind of document.

        - `document`: The kind.
        """
        query = WorkflowQuery(document)
        return cast(WorkflowView, self._ask("workflow", query.to_json()))

    def fulfilment(self, document: str) -> FulfilmentView:
        """What holds an order and what its nodes did.

        - `document`: Its number.
        """
        query = DocumentQuery(document)
        return cast(FulfilmentView, self._ask("fulfilment", query.to_json()))

    def count(self, document: str) -> CountView:
        """A count.

        - `document`: Its number.
        """
        query = DocumentQuery(document)
        return cast(CountView, self._ask("count", query.to_json()))

    def accuracy(self, *, node: str | None = None) -> AccuracyView:
        """How exact counts found the book.

        - `node`: One node; none = all.
        """
        query = AccuracyQuery(node=node)
        return cast(AccuracyView, self._ask("accuracy", query.to_json()))

    def readiness(self, *, channel: str | None = None) -> ReadinessView:
        """How ready the book is to go live.

        - `channel`: One channel; none = all.
        """
        query = ReadinessQuery(channel=channel)
        return cast(ReadinessView, self._ask("readiness", query.to_json()))

    def feeds(self) -> tuple[FeedView, ...]:
        """The feeds."""
        query = Nothing()
        return cast("tuple[FeedView, ...]", self._ask("feeds", query.to_json()))

    def audit_chain(
        self, from_: int, *, most: int = 0, previous: str | None = None
    ) -> tuple[AuditLink, ...]:
        """The chain of digests over events.

        - `from_`: The first event.
        - `most`: At most so many; 0 = 1,000.
        - `previous`: The digest of the event before it, 64 hexadecimal digits; none = the chain
          begins here.
        """
        query = AuditQuery(from_, most=most, previous=previous)
        return cast("tuple[AuditLink, ...]", self._ask("audit_chain", query.to_json()))

    def recheck(self, record: DecisionRecord) -> Recheck:
        """Whether a decision record holds: derived anew from its own inputs.

        - `record`: The record.
        """
        query = RecheckQuery(record)
        return cast(Recheck, self._ask("recheck", query.to_json()))

    def counterfactual(self, record: DecisionRecord, *, solves_max: int = 0) -> Counterfactuals:
        """What would have turned a recorded decision.

        - `record`: The record.
        - `solves_max`: At most so many decisions are tried; 0 = the default of 20,000.
        """
        query = CounterfactualQuery(record, solves_max=solves_max)
        return cast(Counterfactuals, self._ask("counterfactual", query.to_json()))

    def sku(self, sku: str) -> SkuView:
        """Master data of a SKU.

        - `sku`: The SKU.
        """
        query = SkuQuery(sku)
        return cast(SkuView, self._ask("sku", query.to_json()))

    def node(self, node: str) -> NodeView:
        """Master data of a node.

        - `node`: The node.
        """
        query = NodeQuery(node)
        return cast(NodeView, self._ask("node", query.to_json()))

    def channel(self, channel: str) -> ChannelView:
        """Master data of a channel.

        - `channel`: The channel.
        """
        query = ChannelQuery(channel)
        return cast(ChannelView, self._ask("channel", query.to_json()))

    def listing(
        self, channel: str, *, listing: str | None = None, sku: str | None = None
    ) -> ListingView:
        """Which SKU a channel lists under which id.

        - `channel`: The channel.
        - `listing`: The channel's own id.
        - `sku`: The SKU.
        """
        query = ListingQuery(channel, listing=listing, sku=sku)
        return cast(ListingView, self._ask("listing", query.to_json()))

    def history(
        self, of: Subject, *, code: str = "", log: str | None = None, until: Moment | None = None
    ) -> HistoryView:
        """Who changed master data, when and why.

        - `of`: What it is of.
        - `code`: Its code; empty = all of them.
        - `log`: A log of this book in base64 (RFC 4648), where the window does not go back far
          enough.
        - `until`: Only what was recorded until then: the last entry of each kind is what held
          then.
        """
        query = HistoryQuery(of, code=code, log=log, until=until)
        return cast(HistoryView, self._ask("history", query.to_json()))

    def changes(self) -> tuple[ChangeView, ...]:
        """Changes of master data that wait for their time."""
        query = Nothing()
        return cast("tuple[ChangeView, ...]", self._ask("changes", query.to_json()))

    def protection(self, sku: str, channel: str, *, nodes: Sequence[str] = ()) -> ProtectionView:
        """How a SKU's stock is divided among channels, and what one of them may take.

        - `sku`: The SKU.
        - `channel`: The channel.
        - `nodes`: Nodes, or groups of nodes, of which it is asked; empty = all open nodes. Plans
          that protect stock are told of all.
        """
        query = AvailableQuery(sku, channel, nodes=nodes)
        return cast(ProtectionView, self._ask("protection", query.to_json()))

    def protection_levels(
        self,
        method: LevelMethod,
        classes: Sequence[DemandClass],
        capacity: int,
        *,
        periods: int = 0,
    ) -> LevelsView:
        """Protection levels from demand.

        - `method`: How.
        - `classes`: Classes, best first.
        - `capacity`: Units there are: 1 to 2,000.
        - `periods`: Periods left, for the dynamic model.
        """
        query = LevelsQuery(method, classes, capacity, periods=periods)
        return cast(LevelsView, self._ask("protection_levels", query.to_json()))

    def atp(
        self,
        sku: str,
        days: int,
        *,
        channel: str | None = None,
        confidence_percent: Money = Decimal("0.00"),
        demands: Sequence[TimedQty] = (),
        from_: Moment | None = None,
        nodes: Sequence[str] = (),
        overdue_days: int | None = None,
        supplies: Sequence[TimedQty] = (),
    ) -> AtpView:
        """What may be promised, day by day.

        - `sku`: The SKU.
        - `days`: Days of 24 hours, 1 to 400.
        - `channel`: The channel; none = what is free, whoever it is protected for.
        - `confidence_percent`: How sure supply must be, in percent: it is counted when so many
          percent of it have arrived.
        - `demands`: Demand that the book does not know.
        - `from_`: The first instant; none = now.
        - `nodes`: Nodes, or groups of nodes; empty = all open nodes.
        - `overdue_days`: When supply that is overdue is counted, in days from the first instant;
          none = not at all.
        - `supplies`: Supply that the book does not know.
        """
        query = AtpQuery(
            sku,
            days,
            channel=channel,
            confidence_percent=confidence_percent,
            demands=demands,
            from_=from_,
            nodes=nodes,
            overdue_days=overdue_days,
            supplies=supplies,
        )
        return cast(AtpView, self._ask("atp", query.to_json()))

    def promise(
        self,
        channel: str,
        to: Point,
        lines: Sequence[OrderLine],
        *,
        at: Moment | None = None,
        confidence_percent: Money = Decimal("0.00"),
        nodes: Sequence[str] = (),
    ) -> PromiseView:
        """When an order could arrive.

        - `channel`: The channel.
        - `to`: Where it goes.
        - `lines`: What is asked for.
        - `at`: When it is asked; none = now.
        - `confidence_percent`: How sure supply must be, in percent.
        - `nodes`: Nodes, or groups of nodes; empty = all open nodes.
        """
        query = PromiseQuery(
            channel, to, lines, at=at, confidence_percent=confidence_percent, nodes=nodes
        )
        return cast(PromiseView, self._ask("promise", query.to_json()))

    def bid_prices(
        self,
        *,
        at: Moment | None = None,
        forecast: Sequence[ExpectedOrder] = (),
        steps_max: int = 0,
    ) -> BidPricesView:
        """What further units would be worth by a forecast.

        - `at`: When they would be placed; absent = now.
        - `forecast`: Orders that are expected: 1 to 100,000 kinds; none = those of the forecast
          that was set, as far as they are still to come.
        - `steps_max`: As of a forecast.
        """
        query = BidPricesQuery(at=at, forecast=forecast, steps_max=steps_max)
        return cast(BidPricesView, self._ask("bid_prices", query.to_json()))

    def hold(self, document: str) -> HoldView:
        """A hold.

        - `document`: Its number.
        """
        query = DocumentQuery(document)
        return cast(HoldView, self._ask("hold", query.to_json()))

    def publish(
        self, channel: str, *, after: str | None = None, most: int = 0, since: int | None = None
    ) -> PublishView:
        """What a channel should list now.

        - `channel`: The channel.
        - `after`: Only SKUs behind this one, in the order in which they were defined: the next
          page.
        - `most`: At most so many; 0 = 10,000.
        - `since`: Only SKUs that an event after this sequence has touched; none = all. Where the
          window has lost such events, all.
        """
        query = PublishQuery(channel, after=after, most=most, since=since)
        return cast(PublishView, self._ask("publish", query.to_json()))

    def redeal(
        self,
        redeal: str,
        skus: Sequence[str],
        reason: str,
        *,
        by: RedealBy = "priority",
        losers_max: int = 0,
        otherwise: RedealStrategy = "redistribute",
        segments: Sequence[RedealSegment] = (),
    ) -> RedealView:
        """What a re-deal would do.

        - `redeal`: Number of the re-deal.
        - `skus`: The SKUs.
        - `reason`: The reason code.
        - `by`: Who comes first.
        - `losers_max`: Orders that may lose something, as the dry run showed; more are refused.
        - `otherwise`: The strategy of orders that no segment fits.
        - `segments`: Strategies: the first that fits an order holds.
        """
        query = RedealStock(
            redeal,
            skus,
            reason,
            by=by,
            losers_max=losers_max,
            otherwise=otherwise,
            segments=segments,
        )
        return cast(RedealView, self._ask("redeal", query.to_json()))

    def as_of(
        self, true_at: Moment, known_at: Moment, log: str, *, snapshots: Sequence[str] = ()
    ) -> AsOfView:
        """Stock as of two times.

        - `true_at`: What happened until then counts.
        - `known_at`: What was recorded until then counts.
        - `log`: A log that covers everything from the snapshot on, or from the first event.
        - `snapshots`: Snapshots, in any order; none = the log begins with the first event.
        """
        query = AsOfQuery(true_at, known_at, log, snapshots=snapshots)
        return cast(AsOfView, self._ask("as_of", query.to_json()))

    def reconcile(
        self,
        statement: str,
        as_of: Moment,
        lines: Sequence[StatementLine],
        flight_s: int,
        late_s: int,
        *,
        channel: str | None = None,
        complete: Sequence[str] = (),
        reasons: Sequence[CauseReason] = (),
    ) -> ReconcileView:
        """How an outside statement agrees with the book.

        - `statement`: Its name.
        - `as_of`: The time that it speaks of.
        - `lines`: What it says: one line a SKU and node.
        - `flight_s`: How long the outside takes to post a movement, in seconds: younger ones are
          in flight.
        - `late_s`: How long it may take at worst, in seconds: a movement older than that is
          missing, not late.
        - `channel`: The channel whose statement it is: its lines may name SKUs by the ids under
          which it lists them.
        - `complete`: Nodes of which it is complete: what it does not name of them is not there.
        - `reasons`: Reason codes for proposals, by cause; a cause without one gets no proposal.
        """
        query = ReconcileQuery(
            statement,
            as_of,
            lines,
            flight_s,
            late_s,
            channel=channel,
            complete=complete,
            reasons=reasons,
        )
        return cast(ReconcileView, self._ask("reconcile", query.to_json()))

    def roll_forward(
        self, period: str, *, company: str | None = None, ledger: str = ""
    ) -> tuple[RollView, ...]:
        """How stock came from a period's opening to its closing.

        - `period`: The period.
        - `company`: Only a company's own books; they balance by themselves.
        - `ledger`: A ledger beside the book's own; empty = the book's own.
        """
        query = PeriodQuery(period, company=company, ledger=ledger)
        return cast("tuple[RollView, ...]", self._ask("roll_forward", query.to_json()))

    def period_balances(
        self, period: str, *, company: str | None = None, ledger: str = ""
    ) -> tuple[PeriodBalanceView, ...]:
        """Balances of a period.

        - `period`: The period.
        - `company`: Only a company's own books; they balance by themselves.
        - `ledger`: A ledger beside the book's own; empty = the book's own.
        """
        query = PeriodQuery(period, company=company, ledger=ledger)
        return cast("tuple[PeriodBalanceView, ...]", self._ask("period_balances", query.to_json()))

    def margin(self, *, ledger: str = "", period: str | None = None) -> tuple[MarginView, ...]:
        """What channels earn with SKUs.

        - `ledger`: A ledger beside the book's own; empty = the book's own.
        - `period`: One period; none = all.
        """
        query = MarginQuery(ledger=ledger, period=period)
        return cast("tuple[MarginView, ...]", self._ask("margin", query.to_json()))

    def grni_ageing(self) -> GrniView:
        """What is received and not invoiced, by age."""
        query = Nothing()
        return cast(GrniView, self._ask("grni_ageing", query.to_json()))

    def tie_out(self, balances: Sequence[HostBalance], *, ledger: str = "") -> tuple[TieView, ...]:
        """The book beside the host's general ledger.

        - `balances`: Its balances by account.
        - `ledger`: A ledger beside the book's own; empty = the book's own.
        """
        query = TieOutQuery(balances, ledger=ledger)
        return cast("tuple[TieView, ...]", self._ask("tie_out", query.to_json()))

    def close_checklist(
        self, period: str, *, balances: Sequence[HostBalance] = (), ledger: str = ""
    ) -> CloseView:
        """What stands between a period and its close.

        - `period`: The period.
        - `balances`: The general ledger as the host has it; empty = not imported.
        - `ledger`: A ledger beside the book's own; empty = the book's own.
        """
        query = CloseQuery(period, balances=balances, ledger=ledger)
        return cast(CloseView, self._ask("close_checklist", query.to_json()))

    def costs(self, sku: str, *, node: str | None = None, states: bool = False) -> CostView:
        """Pools of value of a SKU.

        - `sku`: The SKU.
        - `node`: One node; none = all that have any.
        - `states`: Whether to tell what is reserved and on the way apart.
        """
        query = StockQuery(sku, node=node, states=states)
        return cast(CostView, self._ask("costs", query.to_json()))

    def ledger(self, ledger: str) -> LedgerView:
        """Another ledger from the same events.

        - `ledger`: The ledger.
        """
        query = LedgerQuery(ledger)
        return cast(LedgerView, self._ask("ledger", query.to_json()))

    def consolidation(self) -> ConsolidationView:
        """The group's books without what is between its companies."""
        query = Nothing()
        return cast(ConsolidationView, self._ask("consolidation", query.to_json()))

    def journal(self, form: JournalForm, *, ledger: str = "", log: str = "") -> JournalView:
        """The journal as text for other programs.

        - `form`: Whom the text is for.
        - `ledger`: A ledger beside the book's own; empty = the book's own.
        - `log`: The log from the first event up to the last, base64 (RFC 4648); empty = the
          events that the book still has, if those are all.
        """
        query = JournalQuery(form, ledger=ledger, log=log)
        return cast(JournalView, self._ask("journal", query.to_json()))

    def metrics(self) -> tuple[Metric, ...]:
        """What metrics there are."""
        query = Nothing()
        return cast("tuple[Metric, ...]", self._ask("metrics", query.to_json()))

    def measure(
        self,
        *,
        by: Sequence[Dimension] = (),
        facts_most: int = 0,
        from_: Moment | None = None,
        known_at: Moment | None = None,
        log: str = "",
        metrics: Sequence[str] = (),
        only: Sequence[OnlyWhere] = (),
        snapshots: Sequence[str] = (),
        to: Moment | None = None,
    ) -> MeasureView:
        """Metrics by dimensions, over a window.

        - `by`: What to break them down by; empty = one row a metric.
        - `facts_most`: At most so many facts behind the numbers, in the order of recording; 0 =
          none.
        - `from_`: The first instant of the window; none = from the beginning.
        - `known_at`: Events recorded later are not known; none = all are.
        - `log`: A log in base64 that covers everything from the snapshot on; empty = the events
          that this book has, and then snapshots are its own.
        - `metrics`: Names of metrics; empty = all.
        - `only`: Only facts of these.
        - `snapshots`: Snapshots in base64, in any order; none = the log begins with the first
          event. The newest is used that lies before the window. What hangs on a past that it no
          longer has (when orders began to wait, which pools were ever stocked, when a purchase
          was placed and for which date at first, whether a part of an order had left late) is
          counted from there on.
        - `to`: The instant after the window's last; none = until the last event.
        """
        query = MeasureQuery(
            by=by,
            facts_most=facts_most,
            from_=from_,
            known_at=known_at,
            log=log,
            metrics=metrics,
            only=only,
            snapshots=snapshots,
            to=to,
        )
        return cast(MeasureView, self._ask("measure", query.to_json()))

    def compare(
        self, before: MeasureQuery, after: MeasureQuery, *, worth: Sequence[MetricWorth] = ()
    ) -> CompareView:
        """What a change was worth.

        - `before`: Before the change.
        - `after`: After it. Metrics and dimensions are those of `before`.
        - `worth`: What one more of a metric's part is worth, in money; margin is worth itself.
        """
        query = CompareQuery(before, after, worth=worth)
        return cast(CompareView, self._ask("compare", query.to_json()))

    def replan(
        self,
        orders: Sequence[str],
        reason: str,
        *,
        accepts: str | None = None,
        disruption: Disruption | None = None,
        fairness: Fairness = "least_cost",
        seed: int = 0,
        steps_max: int = 0,
    ) -> ReplanView:
        """What planning orders anew would do, after a disruption or without one.

        - `orders`: Numbers of orders that have something open, and that no node works on; with a
          disruption those that it may touch.
        - `reason`: The reason code.
        - `accepts`: Digest of the dry run that is accepted: if another plan has become the best,
          the command is refused. None = whatever it comes to.
        - `disruption`: What undid plans.
        - `fairness`: Who goes first where there is not enough for all.
        - `seed`: Of chance; the same seed gives the same plan.
        - `steps_max`: Steps of improvement, each of which plans one order once; 0 = 200,000, at
          most 50,000,000.
        """
        query = AllocateBatch(
            orders,
            reason,
            accepts=accepts,
            disruption=disruption,
            fairness=fairness,
            seed=seed,
            steps_max=steps_max,
        )
        return cast(ReplanView, self._ask("replan", query.to_json()))

    def subscriptions(self) -> tuple[SubscriptionView, ...]:
        """What is ordered again and again."""
        query = Nothing()
        return cast("tuple[SubscriptionView, ...]", self._ask("subscriptions", query.to_json()))
