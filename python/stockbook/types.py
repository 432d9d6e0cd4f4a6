"""Commands, events and answers as typed classes.

Generated from the JSON Schema by `cargo run --example generate`: change the Rust type instead.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import KW_ONLY, dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import ClassVar, Literal, TypeAlias, cast

from stockbook._wire import Angle, Json, Moment, Money, Record

__all__ = [
    "ANSWERS",
    "AccountDefined",
    "AccountKind",
    "AdjustLine",
    "AdjustStock",
    "AdjustedLine",
    "AdvanceTime",
    "AllocationRejected",
    "Alternative",
    "Area",
    "AuthoritySet",
    "AvailableQuery",
    "AvailableView",
    "BalanceView",
    "Body",
    "BookConfigured",
    "Calendar",
    "CancelOrder",
    "CancelPurchaseOrder",
    "Candidate",
    "Chain",
    "ChannelDefined",
    "ChannelFeed",
    "Closing",
    "Command",
    "Commitment",
    "Completeness",
    "Condition",
    "ConfigureBook",
    "Control",
    "CostRow",
    "CostTable",
    "CostTableSet",
    "Costing",
    "Decision",
    "DefineAccount",
    "DefineChannel",
    "DefineNode",
    "DefineReason",
    "DefineService",
    "DefineSku",
    "DefineSupplier",
    "Detail",
    "Disposition",
    "DocumentLine",
    "DocumentQuery",
    "Envelope",
    "Event",
    "EventsQuery",
    "ExceptionCode",
    "ExceptionResolved",
    "ExceptionStatus",
    "ExceptionView",
    "Explanation",
    "FallOut",
    "Fill",
    "GoodsCost",
    "GoodsReceived",
    "HeldLine",
    "HoldEnded",
    "HoldExpired",
    "HoldLine",
    "HoldReleased",
    "HoldStock",
    "HolderView",
    "HoldersQuery",
    "Lateness",
    "Limit",
    "LineQty",
    "LineSplit",
    "LineView",
    "Measure",
    "MoveStock",
    "Movement",
    "Network",
    "NodeDefined",
    "NodeKind",
    "NodeQty",
    "NodeStatus",
    "NodeStatusSet",
    "Nothing",
    "Opened",
    "OpeningStock",
    "OrderCancelled",
    "OrderLine",
    "OrderPlaced",
    "OrderReallocated",
    "OrderShipped",
    "OrderState",
    "OrderTerms",
    "OrderView",
    "Outage",
    "Parcel",
    "ParcelView",
    "Place",
    "PlaceOrder",
    "PlacePurchaseOrder",
    "PlaceView",
    "PlacedLine",
    "PlacedTerms",
    "Plan",
    "PlanPart",
    "Point",
    "Policy",
    "PolicyRule",
    "PolicySet",
    "Posting",
    "PostingRule",
    "PostingRulesSet",
    "Predicate",
    "Proof",
    "Proposal",
    "ProposalKind",
    "ProtectionSet",
    "PurchaseLine",
    "PurchaseLineView",
    "PurchaseOrderCancelled",
    "PurchaseOrderPlaced",
    "PurchaseState",
    "PurchaseView",
    "PurchasedLine",
    "Questions",
    "QuoteQuery",
    "QuoteView",
    "ReallocateOrder",
    "ReasonDefined",
    "ReceiptLine",
    "ReceiptNote",
    "ReceiveGoods",
    "ReceiveReturn",
    "ReceiveTransfer",
    "ReceivedLine",
    "RejectAllocation",
    "Relaxed",
    "ReleaseHold",
    "ReorderRuleSet",
    "ResolveException",
    "ReturnLine",
    "ReturnReceived",
    "ReturnedLine",
    "ServiceDefined",
    "SetAuthority",
    "SetCostTable",
    "SetNodeStatus",
    "SetPolicy",
    "SetPostingRules",
    "SetProtection",
    "SetReorderRule",
    "ShipOrder",
    "ShipTransfer",
    "ShipmentCost",
    "ShippedLine",
    "Shortage",
    "SkuDefined",
    "Sourcing",
    "Speed",
    "StatusView",
    "StockAdjusted",
    "StockHeld",
    "StockMoved",
    "StockQuery",
    "StockView",
    "SupplierDefined",
    "Taken",
    "Term",
    "TermCost",
    "TimeAdvanced",
    "TransferLine",
    "TransferLineView",
    "TransferReceived",
    "TransferShipped",
    "TransferState",
    "TransferView",
    "TransferredLine",
    "UnitOfMeasure",
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

Costing: TypeAlias = Literal["moving_average", "fifo"]
"""How stock of a SKU is valued.

- `moving_average`: Each unit carries the average value of its pool (SKU and node).
- `fifo`: First in, first out, by layers of receipts in the pool (SKU and node).
"""

Detail: TypeAlias = Literal["none", "brief", "full"]
"""How much a receipt tells about a decision.

- `none`: Nothing beside the plan.
- `brief`: Objective, bound, and how many candidates fell out for which reason.
- `full`: Every candidate with every cost term, and the runner-up.
"""

Disposition: TypeAlias = Literal["restock", "refurbish", "scrap", "return_to_vendor", "keep"]
"""What becomes of returned goods.

- `restock`: Back to sellable stock.
- `refurbish`: Kept to be made fit for sale.
- `scrap`: Thrown away.
- `return_to_vendor`: Sent on to its vendor.
- `keep`: The customer keeps the goods: only money moves.
"""

ExceptionCode: TypeAlias = Literal[
    "short_allocation",
    "promise_at_risk",
    "transfer_short",
    "planned_at_closed_node",
    "over_receipt",
    "rejections_exhausted",
]
"""Why a person is needed.

- `short_allocation`: A channel accepted an order (an external commitment) that cannot be filled:
  a channel oversell.
- `promise_at_risk`: A plan arrives after its promise.
- `transfer_short`: Goods were lost between nodes.
- `planned_at_closed_node`: A node closed while orders were planned from it.
- `over_receipt`: More was received than the purchase order has open.
- `rejections_exhausted`: An order was rejected by more nodes than its policy allows.
"""

ExceptionStatus: TypeAlias = Literal["open", "resolved"]
"""Where an exception stands.

- `open`: Somebody has to look.
- `resolved`: Somebody has.
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
    "restricted",
    "rejected",
    "not_pickup",
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
- `restricted`: A limit of the policy keeps such goods from it.
- `rejected`: It has rejected this order.
- `not_pickup`: The customer picks up elsewhere.
"""

Lateness: TypeAlias = Literal["forbidden", "allowed"]
"""What a plan may do to the promised date.

- `forbidden`: A node that cannot keep the promise falls out.
- `allowed`: It stays, at the cost of its `lateness_hours`.
"""

LineSplit: TypeAlias = Literal["never", "allowed"]
"""Whether a line may come in parts.

- `never`: A line comes whole from one node or not at all.
- `allowed`: A line may come from several nodes, and may be filled in part.
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
    "extra_cost",
    "markdown",
    "stock_out_risk",
    "picks",
]
"""What a term of the objective measures. All but `margin` and `markdown` cost; every measure is
a sum over the plan.

- `unfilled_lines`: Lines not filled whole.
- `unfilled_units`: Base units not filled.
- `not_single`: 1 unless one node gives everything.
- `shipments`: Nodes that ship.
- `distance_km`: Kilometres from node to customer, summed over the lines' parts (exact to the
  millimetre).
- `freight`: Carrier's charge: a base for each shipment and a price for the weight.
- `handling`: Handling of shipments and units.
- `lateness_hours`: Hours after the promise, summed over the lines' parts.
- `margin`: Price less cost at that node: the more, the better.
- `node_preference`: The node's `preference`, summed over shipments.
- `scarcity`: Share of the node's free stock that the line would take (0 to 1), summed over the
  lines' parts.
- `extra_cost`: What the tables of outside knowledge charge (see `set_cost_table`): for the units
  by SKU and node, for the shipment by order or segment and node. May be negative.
- `markdown`: Units that would not have to be marked down at that node, by the table of
  markdowns: the more, the better.
- `stock_out_risk`: Units from a node that falls below its reorder point for the SKU if the line
  is taken there.
- `picks`: Lines' parts: each a pick at its node.
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
"""

NodeKind: TypeAlias = Literal["warehouse", "store", "third_party", "drop_shipper"]
"""What kind of place a node is.

- `warehouse`: An own warehouse.
- `store`: A shop with a stock room.
- `third_party`: A warehouse run by a third party (3PL).
- `drop_shipper`: A supplier that ships to customers.
"""

NodeStatus: TypeAlias = Literal["open", "closed"]
"""Whether a node works.

- `open`: It takes, holds and ships.
- `closed`: It ships nothing and is given nothing to ship.
"""

OrderState: TypeAlias = Literal["planned", "backordered", "shipped", "cancelled"]
"""Where an order stands; derived from its lines.

- `planned`: Something is reserved, nothing waits.
- `backordered`: Something waits for a receipt.
- `shipped`: All that was not struck has left.
- `cancelled`: All of it was struck.
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

TransferState: TypeAlias = Literal["in_transit", "received"]
"""Where a transfer stands.

- `in_transit`: Something is between the nodes.
- `received`: All has arrived or is lost.
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
    """What a policy may charge for using this node; lower is preferred."""
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
class Zone(Record):
    """A distance zone of a carrier service."""

    up_to_km: int
    """The zone reaches so many kilometres."""
    transit_hours: int
    """Hours from the node's cut-off to delivery."""
    base: Money
    """Price of a parcel."""
    per_kg: Money
    """Price of a kilogram of it."""


@dataclass(frozen=True, slots=True)
class DefineService(Record):
    """Defines or changes a carrier service."""

    TAG: ClassVar[str] = "define_service"

    service: str
    """Its code."""
    zones: Sequence[Zone]
    """Zones by distance, ascending; beyond the last one the service does not go."""
    _: KW_ONLY
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
class Limit(Record):
    """Which nodes may give lines of a kind: by hazard, temperature or country of the goods, told
    by their groups, for some channels, segments or areas. Every limit that holds must be kept.
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
    node_kinds: Sequence[NodeKind] = ()
    """Only these kinds of node; empty = all."""
    nodes: Sequence[str] = ()
    """Only these nodes; empty = all."""
    not_nodes: Sequence[str] = ()
    """Not these nodes."""


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
    1 to 4.
    """
    _: KW_ONLY
    backorder_units_max: int | None = None
    """Most units of one order that may be backordered, in smallest units."""
    completeness: Completeness = "as_can"
    """Whether an order may be filled in part."""
    distance_km_max: int | None = None
    """Nodes farther away fall out."""
    lateness: Lateness = "forbidden"
    """What happens to a node that cannot keep the promise."""
    limits: Sequence[Limit] = ()
    """Where lines of a kind may come from, and where not."""
    line_split: LineSplit = "never"
    """Whether a line may come in parts."""
    margin_min: Money | None = None
    """A line falls out at a node where price less unit cost is below this."""
    node_kinds: Sequence[NodeKind] = ()
    """Kinds of node that may give; empty = all."""
    nodes: Sequence[str] = ()
    """Nodes that may give; empty = all."""
    nodes_max: int = 0
    """At most this many nodes share an order; 0 = no limit."""
    rejections_max: int = 0
    """So many rejections by nodes an order may meet and still be planned anew; 0 = no limit."""
    relax: Sequence[Relaxed] = ()
    """What may be relaxed, one after another, while something stays unfilled; all else is hard."""
    shortage: Shortage = "backorder"
    """What happens to what cannot be given now."""
    steps_max: int = 0
    """Most steps of search for one order; 0 = the default of 100,000."""


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
    place: Place = field(default_factory=Place)
    """Where they lie."""
    unit: str | None = None
    """Unit of `qty`; none = the SKU's smallest unit."""
    unit_cost: Money | None = None
    """Cost of one base unit. None = the purchase order's cost; required without one, except for
    others' goods.
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
    node: str
    """The node."""
    qty: int
    """How many, in the SKU's smallest unit."""


@dataclass(frozen=True, slots=True)
class HoldStock(Record):
    """Holds stock for a while, for a cart or a caller: all lines or none."""

    TAG: ClassVar[str] = "hold_stock"

    hold: str
    """Number of the hold."""
    channel: str
    """The channel it is held for."""
    lines: Sequence[HoldLine]
    """What is held."""
    expires_at: Moment
    """When it is given back by itself."""


@dataclass(frozen=True, slots=True)
class ReleaseHold(Record):
    """Gives held stock back."""

    TAG: ClassVar[str] = "release_hold"

    hold: str
    """The hold."""


@dataclass(frozen=True, slots=True)
class OrderLine(Record):
    """A line of an order."""

    sku: str
    """The SKU."""
    qty: int
    """How many."""
    _: KW_ONLY
    price: Money | None = None
    """Price of one base unit; none = the SKU's list price."""
    unit: str | None = None
    """Unit of `qty`; none = the SKU's smallest unit."""


@dataclass(frozen=True, slots=True)
class OrderTerms(Record):
    """Terms of an order that sourcing heeds."""

    _: KW_ONLY
    pickup: str | None = None
    """The node where the customer picks up: it alone may give, and no carrier is needed."""
    segment: str | None = None
    """Segment of the customer, which policies and tables of outside knowledge speak of."""


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
    """A hold that this order replaces."""
    priority: int | None = None
    """Who goes first when goods come in; none = the channel's priority."""
    terms: OrderTerms | None = None
    """Terms beside the lines."""


@dataclass(frozen=True, slots=True)
class ReallocateOrder(Record):
    """Plans anew what is not shipped: after an outage, a rejection or a receipt. Never worse
    off: what cannot be placed anew waits as a backorder.
    """

    TAG: ClassVar[str] = "reallocate_order"

    order: str
    """The order."""
    reason: str
    """The reason code."""
    _: KW_ONLY
    detail: Detail = "brief"
    """How much the receipt tells."""


@dataclass(frozen=True, slots=True)
class DocumentLine(Record):
    """A line of a document and a quantity of it."""

    line: int
    """The line, counted from 1."""
    qty: int
    """How many, in the SKU's smallest unit."""


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
    """Ships what is planned from a node, wholly or in part."""

    TAG: ClassVar[str] = "ship_order"

    order: str
    """The order."""
    node: str
    """The node."""
    _: KW_ONLY
    lines: Sequence[DocumentLine] = ()
    """What is shipped; empty = all that is planned from there."""


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
    refund: Money = Decimal("0.00")
    """What the customer gets back for the line."""


@dataclass(frozen=True, slots=True)
class ReceiveReturn(Record):
    """Takes goods back and refunds: goods at their original issue cost, money as said."""

    TAG: ClassVar[str] = "receive_return"

    rma: str
    """Number of the return (RMA)."""
    order: str
    """The order."""
    node: str
    """Where the goods came in."""
    lines: Sequence[ReturnLine]
    """What came back."""


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
    is lost.
    """

    TAG: ClassVar[str] = "receive_transfer"

    transfer: str
    """The transfer."""
    lines: Sequence[DocumentLine]
    """What arrived, by line of the transfer."""
    _: KW_ONLY
    closing: Closing = "open"
    """Whether more will come."""


@dataclass(frozen=True, slots=True)
class ResolveException(Record):
    """Closes an exception with what was done about it."""

    TAG: ClassVar[str] = "resolve_exception"

    exception: int
    """Its number, from 1."""
    resolution: str
    """What was done."""


@dataclass(frozen=True, slots=True)
class AdvanceTime(Record):
    """Moves the book's time forward: what falls due until then happens."""

    TAG: ClassVar[str] = "advance_time"


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
    | SetCostTable
    | RejectAllocation
)
"""Everything that can be said to a book. On the wire an object of one key: `{"place_order":
{…}}`.
"""


@dataclass(frozen=True, slots=True)
class Envelope(Record):
    """A command and where it comes from."""

    id: str
    """Command id: the idempotency key, chosen by the sender."""
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
class Outage(Record):
    """A node that closes and opens again. What was planned from it is planned anew when it
    closes.
    """

    node: str
    """The node."""
    from_: Moment
    """When it closes."""
    to: Moment
    """When it opens."""
    reason: str
    """The reason code."""


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
    outages: Sequence[Outage] = ()
    """Nodes that close for a while."""
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
    """Value more or less."""
    place: Place
    """Where."""


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
    """The node."""
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
class PlacedLine(Record):
    """A line of an order."""

    sku: str | None
    """The SKU."""
    qty: int
    """Units."""
    price: Decimal
    """Price of one base unit."""


@dataclass(frozen=True, slots=True)
class PlacedTerms(Record):
    """Terms of an order beside its lines."""

    segment: str
    """Segment of the customer; empty = none."""
    pickup: str | None
    """Where the customer picks up, or none."""


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
    """How many pairs of line and node fell out, and for which reason; empty at detail `none`."""
    _: KW_ONLY
    relaxed: tuple[Relaxed, ...] = ()
    """What of the rule had to give way, in its declared order."""


@dataclass(frozen=True, slots=True)
class LineQty(Record):
    """A quantity of a line."""

    line: int
    """The document's line, from 1."""
    qty: int
    """Units."""


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
    terms: PlacedTerms | None = None
    """Its terms, if it has any."""


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
    """Places taken from."""


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


@dataclass(frozen=True, slots=True)
class ExceptionResolved(Record):
    """An exception that was resolved."""

    TAG: ClassVar[str] = "ExceptionResolved"

    exception: int
    """Its number."""
    resolution: str
    """What was done."""


@dataclass(frozen=True, slots=True)
class TimeAdvanced(Record):
    """Time moved on."""

    TAG: ClassVar[str] = "TimeAdvanced"


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
    | CostTableSet
    | AllocationRejected
)
"""What happened. On the wire an object of one key: `{"OrderPlaced": {…}}`."""


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
    fell_out: FallOut | None = None
    """Why it fell out, if it did."""
    limit: str | None = None
    """The limit of the policy that keeps the goods from it, if that is why."""


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


@dataclass(frozen=True, slots=True)
class ReceiptNote(Record):
    """A receipt as it goes over the wire."""

    sequence: int
    """Number of the command's event."""
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
    """Why it was decided so, where that was asked for."""


@dataclass(frozen=True, slots=True)
class PlaceView(Record):
    """Units in a place."""

    place: Place
    """The place."""
    qty: int
    """Units."""


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
class AvailableView(Record):
    """What a channel may sell of a SKU."""

    sku: str | None
    """The SKU."""
    channel: str | None
    """The channel."""
    available: int
    """Over all open nodes."""
    nodes: tuple[NodeQty, ...]
    """By node."""


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


# -- Questions -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StockQuery(Record):
    """What lies where."""

    sku: str
    """The SKU."""
    _: KW_ONLY
    node: str | None = None
    """One node; none = all that have any."""


@dataclass(frozen=True, slots=True)
class AvailableQuery(Record):
    """What a channel may sell."""

    sku: str
    """The SKU."""
    channel: str
    """The channel."""


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
    node: str
    """The node."""


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
}
"""What the answer to each question is."""


class Questions:
    """Everything that can be asked of a book: `book.ask`."""

    __slots__ = ("_ask",)

    def __init__(self, ask: Callable[[str, dict[str, Json]], object]) -> None:
        self._ask = ask

    def stock(self, sku: str, *, node: str | None = None) -> tuple[StockView, ...]:
        """What lies where.

        - `sku`: The SKU.
        - `node`: One node; none = all that have any.
        """
        query = StockQuery(sku, node=node)
        return cast("tuple[StockView, ...]", self._ask("stock", query.to_json()))

    def available(self, sku: str, channel: str) -> AvailableView:
        """What a channel may sell.

        - `sku`: The SKU.
        - `channel`: The channel.
        """
        query = AvailableQuery(sku, channel)
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

    def holders(self, sku: str, node: str) -> tuple[HolderView, ...]:
        """Who holds stock.

        - `sku`: The SKU.
        - `node`: The node.
        """
        query = HoldersQuery(sku, node)
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
