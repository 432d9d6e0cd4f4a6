"""What goes wrong, as exceptions: one root, and one class for each way in which a book says no.

Generated from the JSON Schema by `cargo run --example generate`: change the Rust table instead.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import ClassVar, Literal

__all__ = [
    "ActorNotAuthorized",
    "BackorderAboveLimit",
    "BasisZero",
    "BatchOfManyChannels",
    "BatchTooLarge",
    "BelowReceived",
    "BillOfTwoCompanies",
    "BookFaulted",
    "BookInUse",
    "CannotChange",
    "CellTwice",
    "ClockBackwards",
    "CommandIdReused",
    "Conflict",
    "CreditAboveInvoiced",
    "Denied",
    "DestinationFixed",
    "DocumentExists",
    "EventsDrained",
    "IllegalStep",
    "Invalid",
    "InvalidCode",
    "InvalidField",
    "InvalidInstant",
    "InvalidQuantity",
    "KitCycle",
    "Limit",
    "LoadError",
    "LotNeeded",
    "LotsShort",
    "MalformedRequest",
    "ManyFaults",
    "MoreThanOpen",
    "NamedLotShort",
    "NoBinding",
    "NoLines",
    "NodeClosed",
    "NotAssembled",
    "NotOnHand",
    "NotSourceOfRecord",
    "NothingPlannedThere",
    "NothingToCapitalize",
    "NothingToRelease",
    "NothingToShare",
    "NothingToWriteDown",
    "OrderOnHold",
    "OutOfRange",
    "OutsideBounds",
    "PeriodClosed",
    "PlanUnsound",
    "PolicyOfManyTiers",
    "PostingGap",
    "PreorderFull",
    "PriceBelowZero",
    "PriceOffList",
    "ProcessOff",
    "QtyNotExact",
    "QtyNotOrderable",
    "REJECTIONS",
    "ReceiptAboveOrder",
    "RedealLosesMore",
    "Rejection",
    "ReplanDiffers",
    "ResolutionNotAllowed",
    "ReturnDaysFull",
    "ReturnWindowClosed",
    "ReturnsNotAccepted",
    "RoleRequired",
    "SameActor",
    "Short",
    "SimulationError",
    "SkuNotActive",
    "SkuUnmeasured",
    "SourceNotAuthorized",
    "StockShort",
    "StockbookError",
    "SubstituteNotAllowed",
    "TimeTooFar",
    "TooEarly",
    "TooLate",
    "TooMany",
    "TooSoon",
    "UnknownAccount",
    "UnknownApproval",
    "UnknownBin",
    "UnknownChannel",
    "UnknownCompany",
    "UnknownDocument",
    "UnknownException",
    "UnknownFeed",
    "UnknownLine",
    "UnknownNode",
    "UnknownParameter",
    "UnknownReason",
    "UnknownRole",
    "UnknownService",
    "UnknownSku",
    "UnknownSupplier",
    "UnknownUnit",
    "UnreadableRecord",
    "ValueAboveLimit",
    "ZeroCostUndeclared",
]


class StockbookError(Exception):
    """The root of all exceptions of this package."""


class LoadError(StockbookError):
    """A snapshot or log that is cut, changed, or of another kind."""

    def __init__(self, problem: str, offset: int) -> None:
        super().__init__(problem, offset)
        self.problem = problem
        """What is wrong."""
        self.offset = offset
        """Where, in bytes from the start."""

    def __str__(self) -> str:
        return f"{self.problem}, at byte {self.offset}"


class SimulationError(StockbookError):
    """A simulation that came to no end. Where the book refused something, that is its cause."""


class EventsDrained(StockbookError):
    """Events that have left the book's window: the host has to keep what it drained."""

    def __init__(self, first: int) -> None:
        super().__init__(first)
        self.first = first
        """The first event still in the window."""

    def __str__(self) -> str:
        return f"the first event still in the window is {self.first}"


class Rejection(StockbookError):
    """The business saying no: a typed fact. Nothing has changed."""

    number: ClassVar[int] = 0
    """The stable number."""
    retry: ClassVar[Literal["no", "later"]] = "no"
    """Whether the same command may pass later, unchanged."""
    help: ClassVar[str] = ""
    """What would make it pass."""

    def __init__(self, message: str, *, index: int | None = None, **facts: object) -> None:
        super().__init__(message)
        self.message = message
        """What is wrong, in words."""
        self.index = index
        """Which command of a chain was refused, counted from 0; none without a chain."""
        self.facts: Mapping[str, object] = facts
        """The facts, by name; each is an attribute too."""
        for name, fact in facts.items():
            setattr(self, name, fact)
        if self.help:
            self.add_note(self.help)

    def to_json(self) -> dict[str, object]:
        """The rejection as it stands on the wire."""
        kind = next((word for word, kind in _CLASSES.items() if isinstance(self, kind)), "")
        return {
            "number": self.number,
            "name": type(self).__name__,
            "class": kind,
            "retry": self.retry,
            "message": self.message,
            "help": self.help,
            "facts": dict(self.facts),
        }

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), self.message, self.index, dict(self.facts))


class Invalid(Rejection):
    """The command is malformed or speaks of what does not exist: mend it."""


class Denied(Rejection):
    """The speaker may not say this."""


class Conflict(Rejection):
    """It contradicts what is recorded."""


class Short(Rejection):
    """There is not enough stock or supply: a retry may pass later."""


class Limit(Rejection):
    """A declared bound of the book is reached."""


class MalformedRequest(Invalid):
    """The bytes are not one well-formed request."""

    number = 101
    retry = "no"
    help = "send one JSON object as the schema describes it"
    problem: str
    """What the reader says, with line and column."""


class InvalidCode(Invalid):
    """A code or document number is empty, too long or has control or invisible characters."""

    number = 102
    retry = "no"
    help = "use 1 to 64 bytes without control or invisible characters or outer spaces"
    field: str
    """The field."""
    code: str
    """The text, cut to 64 characters."""


class InvalidField(Invalid):
    """A field's value is outside its domain."""

    number = 103
    retry = "no"
    help = "mend the field and send the command under a new id"
    field: str
    """The field."""
    need: str
    """What it needs."""


class InvalidQuantity(Invalid):
    """A quantity is not positive, or beyond what one line may carry."""

    number = 104
    retry = "no"
    help = "give a whole number of the SKU's smallest unit"
    qty: int
    """The quantity."""
    max: int
    """The bound."""


class QtyNotExact(Invalid):
    """A quantity in this unit is not a whole number of the SKU's smallest unit."""

    number = 105
    retry = "no"
    help = "choose a quantity that converts exactly"
    sku: str
    """The SKU."""
    unit: str
    """The unit."""
    qty: int
    """The quantity."""


class InvalidInstant(Invalid):
    """The time of the command lies outside the years 1900 to 2200, or the fact is later than the
    command.
    """

    number = 106
    retry = "no"
    help = "use the years 1900 to 2200, `occurred_at` not after `at`, and what is to come after it"
    field: str
    """The field."""


class NoLines(Invalid):
    """A list that must not be empty is."""

    number = 107
    retry = "no"
    help = "name at least one line"
    field: str
    """The list."""


class UnknownSku(Invalid):
    """No SKU of that code."""

    number = 201
    retry = "later"
    help = "define it with define_sku first"
    sku: str
    """The code."""


class UnknownNode(Invalid):
    """No node of that code."""

    number = 202
    retry = "later"
    help = "define it with define_node first"
    node: str
    """The code."""


class UnknownChannel(Invalid):
    """No channel of that code."""

    number = 203
    retry = "later"
    help = "define it with define_channel first"
    channel: str
    """The code."""


class UnknownService(Invalid):
    """No carrier service of that code."""

    number = 204
    retry = "later"
    help = "define it with define_service first"
    service: str
    """The code."""


class UnknownSupplier(Invalid):
    """No supplier of that code."""

    number = 205
    retry = "later"
    help = "define it with define_supplier first"
    supplier: str
    """The code."""


class UnknownAccount(Invalid):
    """No account of that code."""

    number = 206
    retry = "later"
    help = "define it with define_account first"
    account: str
    """The code."""


class UnknownReason(Invalid):
    """No reason of that code."""

    number = 207
    retry = "later"
    help = "define it with define_reason first"
    reason: str
    """The code."""


class UnknownUnit(Invalid):
    """The SKU has no such unit of measure."""

    number = 208
    retry = "later"
    help = "define the unit on the SKU or leave it out"
    sku: str
    """The SKU."""
    unit: str
    """The unit."""


class UnknownDocument(Invalid):
    """No document of that kind and number."""

    number = 209
    retry = "later"
    help = "check the number, or record the document first"
    kind: str
    """The kind of document."""
    document: str
    """Its number."""


class UnknownLine(Invalid):
    """The document has no such line."""

    number = 210
    retry = "no"
    help = "lines count from 1 in the order in which they were given"
    document: str
    """The document."""
    line: int
    """The line, counted from 1."""


class UnknownException(Invalid):
    """No exception of that number."""

    number = 211
    retry = "no"
    help = "ask for the open exceptions"
    exception: int
    """Its number."""


class SourceNotAuthorized(Denied):
    """This source may not say this kind of command."""

    number = 301
    retry = "no"
    help = "let the system of record say it, or change set_authority"
    source_system: str
    """The source."""
    command: str
    """The command."""


class ActorNotAuthorized(Denied):
    """This actor may not say this kind of command."""

    number = 302
    retry = "no"
    help = "let an authorised actor say it, or change set_authority"
    actor: str
    """The actor."""
    command: str
    """The command."""


class ValueAboveLimit(Denied):
    """The value at stake is above what may be done without approval."""

    number = 303
    retry = "no"
    help = "split the work or let someone without that limit do it"
    value: str
    """The value."""
    limit: str
    """The limit."""


class CommandIdReused(Conflict):
    """The same command id came with other content. All sources share one space of ids."""

    number = 401
    retry = "no"
    help = (
        "give each new command its own id; sources share them, so begin it with the source's name"
    )
    command_id: str
    """The id."""


class ClockBackwards(Conflict):
    """Time went back."""

    number = 402
    retry = "no"
    help = "send the command with a later `at`; a late fact carries `occurred_at`"
    at: str
    """The time given."""
    now: str
    """The book's time."""


class DocumentExists(Conflict):
    """The document exists already."""

    number = 403
    retry = "no"
    help = "use another number, or the command that changes the document"
    kind: str
    """The kind of document."""
    document: str
    """Its number."""


class IllegalStep(Conflict):
    """The document's state does not allow this step."""

    number = 404
    retry = "no"
    help = "see the document's transitions"
    kind: str
    """The kind of document."""
    document: str
    """Its number."""
    state: str
    """Its state."""
    step: str
    """The step."""


class BookInUse(Conflict):
    """The book is in use: this can only be said before anything else."""

    number = 405
    retry = "no"
    help = "send configure_book before any other command"


class NodeClosed(Conflict):
    """The node is closed."""

    number = 406
    retry = "later"
    help = "open it with set_node_status, or use another node"
    node: str
    """The node."""


class CannotChange(Conflict):
    """The name or setting is in use and cannot change in this way."""

    number = 407
    retry = "no"
    help = "define a new one instead"
    what: str
    """What."""
    why: str
    """Why."""


class PostingGap(Invalid):
    """Posting rules leave an event without accounts or would break the tie of books to goods."""

    number = 408
    retry = "no"
    help = "give every movement a rule without condition, with accounts of the right kind"
    movement: str
    """The movement."""
    problem: str
    """What is wrong."""


class StockShort(Short):
    """There is not enough to promise."""

    number = 501
    retry = "later"
    help = "ask for less, allow a backorder, or retry after a receipt"
    sku: str
    """The SKU."""
    asked: int
    """Units asked for."""
    available: int
    """Units that could be given."""
    reason: str
    """What would give most of it, were it lifted; no_stock where nothing would."""


class NotOnHand(Short):
    """The node does not hold that much free of reservations."""

    number = 502
    retry = "later"
    help = "receive, release or ask for less"
    sku: str
    """The SKU."""
    node: str
    """The node."""
    asked: int
    """Units asked for."""
    free: int
    """Units there."""


class MoreThanOpen(Conflict):
    """More than is left on the document's line."""

    number = 503
    retry = "no"
    help = "ask for no more than is open"
    document: str
    """The document."""
    line: int
    """The line, counted from 1."""
    asked: int
    """Units asked for."""
    open: int
    """Units open."""


class BackorderAboveLimit(Short):
    """The order would be backordered beyond what its policy allows."""

    number = 504
    retry = "later"
    help = "ask for less, or raise the policy's backorder_units_max"
    qty: int
    """Units that would be backordered."""
    limit: int
    """The limit."""


class OutOfRange(Limit):
    """A number would leave the range that the book works in."""

    number = 601
    retry = "no"
    help = "use smaller numbers"
    what: str
    """What."""


class TooMany(Limit):
    """A list is longer than the book takes."""

    number = 602
    retry = "no"
    help = "send fewer at once"
    what: str
    """What."""
    count: int
    """How many came."""
    max: int
    """How many may."""


class BookFaulted(Limit):
    """An earlier fault of the library closed this book."""

    number = 603
    retry = "no"
    help = "restore the last snapshot, replay, and report the fault"
    fault: str
    """What was found."""


class BatchOfManyChannels(Invalid):
    """Stock is protected for channels, and the batch is of several."""

    number = 700
    retry = "no"
    help = "send one batch for each channel"


class BatchTooLarge(Limit):
    """The batch's numbers are beyond what is planned jointly."""

    number = 701
    retry = "no"
    help = "send fewer orders or smaller weights"
    fault: str
    """Which."""


class PolicyOfManyTiers(Conflict):
    """Prices are to be solved, and an order's rule weighs in several tiers, none of which has
    `bid_price`.
    """

    number = 702
    retry = "no"
    help = "set a policy whose rules weigh `bid_price` in their tier of money"
    rule: str
    """The rule."""


class ReplanDiffers(Conflict):
    """Another plan than the one that was accepted has become the best."""

    number = 703
    retry = "later"
    help = "ask for it again with `replan`, and accept what it shows"
    digest: str
    """Digest of the plan as it is now."""


class NothingPlannedThere(Conflict):
    """The order has nothing planned from that node, or not of those lines."""

    number = 720
    retry = "no"
    help = "ask for the order, and name a node and lines that its parcels have"
    order: str
    """The order."""
    node: str
    """The node."""


class CellTwice(Invalid):
    """A table says a cell twice."""

    number = 721
    retry = "no"
    help = "say each cell once"
    of: str
    """The SKU, order or segment."""
    node: str
    """The node."""


class PeriodClosed(Conflict):
    """The period takes no entries."""

    number = 750
    retry = "no"
    help = "reopen it with set_period, or let time move into an open one"
    period: str
    """The period."""


class BasisZero(Invalid):
    """An amount cannot be shared out."""

    number = 751
    retry = "no"
    help = "choose another basis, or give it"


class ZeroCostUndeclared(Invalid):
    """Goods that cost nothing, without a reason."""

    number = 752
    retry = "no"
    help = "name a zero_cost_reason, or give its cost"
    sku: str
    """The SKU."""


class NothingToWriteDown(Conflict):
    """Nothing has lost value, and nothing may be written up."""

    number = 753
    retry = "no"
    help = "a new cost basis is never written up, and an allowance only as far as it goes"
    sku: str
    """The SKU."""


class NothingToCapitalize(Conflict):
    """Goods are worth no more than they cost already."""

    number = 754
    retry = "no"
    help = "spend it: goods bear cost up to their net realisable value"
    sku: str
    """The SKU."""


class NothingToShare(Conflict):
    """The period has no variance to share."""

    number = 755
    retry = "no"
    help = "share them when invoices of the period have come in"
    period: str
    """The period."""


class SkuUnmeasured(Invalid):
    """A basis asks for what is not known of a SKU."""

    number = 756
    retry = "later"
    help = "set it with define_sku or describe_sku, or give the basis"
    sku: str
    """The SKU."""
    what: str
    """What is missing."""


class ManyFaults(Invalid):
    """A definition has more than one fault."""

    number = 780
    retry = "no"
    help = "mend them all and send the command under a new id"
    faults: list[str]
    """What is wrong, each as its own refusal says it."""


class UnknownCompany(Invalid):
    """No company of that code."""

    number = 781
    retry = "later"
    help = "define it with define_company first"
    company: str
    """The code."""


class KitCycle(Invalid):
    """A kit would hold itself."""

    number = 782
    retry = "no"
    help = "leave that component out"
    sku: str
    """The kit."""
    through: str
    """The component that leads back to it."""


class SkuNotActive(Conflict):
    """The SKU's lifecycle does not allow this step."""

    number = 783
    retry = "later"
    help = "activate it with describe_sku, or ask for another"
    sku: str
    """The SKU."""
    lifecycle: str
    """Where it stands."""
    step: str
    """The step."""


class QtyNotOrderable(Invalid):
    """The SKU is not sold in such a quantity."""

    number = 784
    retry = "no"
    help = "ask for a quantity that the SKU is sold in"
    sku: str
    """The SKU."""
    qty: int
    """Units asked for, all lines together, in smallest units."""
    need: str
    """What it needs."""


class ReturnsNotAccepted(Conflict):
    """The node takes no returns."""

    number = 785
    retry = "later"
    help = "send the goods to a node that does"
    node: str
    """The node."""


class UnknownBin(Invalid):
    """The node has no such bin."""

    number = 786
    retry = "later"
    help = "define it with describe_node, or use another"
    node: str
    """The node."""
    bin: str
    """The bin."""


class NotAssembled(Invalid):
    """The SKU is no kit that is put together."""

    number = 787
    retry = "later"
    help = "define it with define_kit as an assembled one"
    sku: str
    """The SKU."""


class PlanUnsound(Invalid):
    """A protection plan contradicts itself."""

    number = 810
    retry = "no"
    help = "mend every fault and send the plan under a new id"
    faults: list[str]
    """Every fault."""


class PreorderFull(Short):
    """More would wait for supply than may be sold before it is there."""

    number = 811
    retry = "later"
    help = "ask for less, raise set_preorder, or retry when more is on order"
    sku: str
    """The SKU."""
    asked: int
    """Units that would wait."""
    left: int
    """Units that may still."""


class NoBinding(Short):
    """No binding to nodes exists for all holds together."""

    number = 812
    retry = "later"
    help = "ask for less, name more nodes, or retry after a receipt"
    sku: str
    """The SKU."""
    asked: int
    """Units asked for."""
    bound: int
    """Units that could be bound."""
    nodes: int
    """Nodes of the group."""


class RedealLosesMore(Conflict):
    """More orders would lose something than was accepted."""

    number = 813
    retry = "later"
    help = "ask for the re-deal first, then accept what it shows with losers_max"
    losers: int
    """Orders that would lose."""
    accepted: int
    """Orders that may."""


class UnreadableRecord(Invalid):
    """Bytes that the host handed back are no record of a book."""

    number = 814
    retry = "no"
    help = "hand back whole snapshots, and a log without gap"
    problem: str
    """What is wrong, and where."""


class LotsShort(Short):
    """What lots there are of a SKU expire too soon, or are promised to others."""

    number = 815
    retry = "later"
    help = "ask for less or at another node, receive fresher lots, or reallocate_order others"
    sku: str
    """The SKU."""
    node: str
    """The node."""
    asked: int
    """Units asked for."""
    free: int
    """Units in lots that will do."""


class LotNeeded(Invalid):
    """Goods of a SKU that is told apart need their lot."""

    number = 816
    retry = "no"
    help = "name lot or serial number in the line's place"
    sku: str
    """The SKU."""
    need: str
    """What is needed."""


class ResolutionNotAllowed(Denied):
    """The exception's rule does not let this command resolve it."""

    number = 840
    retry = "no"
    help = "use one of the commands that its rule allows, or change set_exception_rule"
    code: str
    """The exception's code."""
    command: str
    """The command."""
    allowed: str
    """The commands that may."""


class RoleRequired(Denied):
    """The actor has none of the roles that may say this."""

    number = 841
    retry = "no"
    help = "let somebody with that role say it, or grant it with grant_roles"
    actor: str
    """The actor."""
    command: str
    """The command."""
    roles: str
    """The roles."""


class SameActor(Denied):
    """The person who asked may not decide: four eyes."""

    number = 842
    retry = "no"
    help = "let another person with the role decide"
    actor: str
    """The actor."""


class NotSourceOfRecord(Denied):
    """Another system is the system of record."""

    number = 843
    retry = "no"
    help = "let the system of record say it, or change set_source_of_record"
    event: str
    """The event."""
    source_system: str
    """The system that said it."""
    owners: str
    """The systems that may."""


class TooLate(Denied):
    """The fact comes later than its rule allows."""

    number = 844
    retry = "no"
    help = "tell facts in time, or change set_timing_rule"
    event: str
    """The event."""
    minutes: int
    """Minutes from the fact to the command."""
    max: int
    """Minutes allowed."""


class UnknownRole(Invalid):
    """No role of that name."""

    number = 845
    retry = "later"
    help = "define it with define_role first"
    role: str
    """The role."""


class UnknownParameter(Invalid):
    """No parameter of that name."""

    number = 846
    retry = "later"
    help = "define it with define_parameter first"
    parameter: str
    """The parameter."""


class OutsideBounds(Limit):
    """A value lies outside its parameter's bounds."""

    number = 847
    retry = "no"
    help = "choose a value within the bounds, or have them changed with define_parameter"
    parameter: str
    """The parameter."""
    value: str
    """The value."""
    min: str
    """The least."""
    max: str
    """The most."""


class UnknownApproval(Invalid):
    """No approval of that number."""

    number = 848
    retry = "no"
    help = "ask for the approvals"
    approval: int
    """Its number."""


class ReturnWindowClosed(Denied):
    """The order is too old for its return to be authorised."""

    number = 849
    retry = "no"
    help = "refuse the return, or widen return_window_days"
    order: str
    """The order."""
    closed_at: str
    """When the window closed."""


class NothingToRelease(Short):
    """There is no order that the node could work on."""

    number = 850
    retry = "later"
    help = "ask again later, or with fewer conditions"
    node: str
    """The node."""


class OrderOnHold(Conflict):
    """The order waits for a person."""

    number = 851
    retry = "later"
    help = "let it go with release_order first"
    order: str
    """The order."""
    hold: str
    """For what."""


class ProcessOff(Denied):
    """The process is not rolled out here."""

    number = 852
    retry = "later"
    help = "say it to the older system, or roll out with set_rollout"
    command: str
    """The command."""


class UnknownFeed(Invalid):
    """No feed of that name."""

    number = 853
    retry = "later"
    help = "define it with define_feed first"
    feed: str
    """The feed."""


class TooEarly(Denied):
    """The fact is said to have happened further ahead than its rule allows."""

    number = 854
    retry = "later"
    help = "set the sender's clock, tell it when it has happened, or change set_timing_rule"
    event: str
    """The event."""
    minutes: int
    """Minutes from the command to the fact."""
    max: int
    """Minutes allowed."""


class SubstituteNotAllowed(Denied):
    """What was picked may not be given for what was ordered."""

    number = 855
    retry = "no"
    help = "pick what was ordered, record_pick it as short, or cancel_order it and order the other"
    sku: str
    """What was ordered."""
    instead: str
    """What was picked."""
    need: str
    """What it would need."""


class TooSoon(Conflict):
    """The order was asked for a later date."""

    number = 856
    retry = "later"
    help = "ship it then"
    order: str
    """The order."""
    leaves_at: str
    """When it may leave."""


class ReceiptAboveOrder(Limit):
    """More came than may be received against the purchase order."""

    number = 860
    retry = "later"
    help = (
        "receive so many, the rest without the order; or order more, or raise receipt_refuse_share"
    )
    purchase_order: str
    """The purchase order."""
    sku: str
    """The SKU."""
    asked: int
    """Units of the receipt up to there."""
    open: int
    """Units that may still be received."""


class TimeTooFar(Limit):
    """The book would place more orders of subscriptions on its way to the command's time than it
    may.
    """

    number = 861
    retry = "later"
    help = "mend the command's time, or send advance_time for dates in between first"
    to: str
    """When the command is said."""
    most: int
    """Orders that it may place on its way."""


class CreditAboveInvoiced(Limit):
    """A credit note takes off more than was billed."""

    number = 870
    retry = "no"
    help = "credit at most that, or name more receipts"
    credit_note: str
    """The credit note."""
    asked: str
    """What it takes off, in the book's currency."""
    most: str
    """What was billed of the units."""


class ReturnDaysFull(Limit):
    """Each node that would take a return is full for the day."""

    number = 881
    retry = "later"
    help = "authorise them on another day, or name a node; or raise returns_capacity"
    order: str
    """The order."""


class NamedLotShort(Short):
    """A line's lot cannot be had as it was asked for."""

    number = 890
    retry = "later"
    help = "ask for less, for another lot, or for none"
    sku: str
    """The SKU."""
    lot: str
    """The lot, or the serial number."""
    asked: int
    """Units asked for."""
    free: int
    """Units that can be had."""


class PriceBelowZero(Invalid):
    """A line would be sold for less than nothing."""

    number = 900
    retry = "no"
    help = "take money off with invoice_order, give it back with receive_return or credit_order"
    sku: str
    """The SKU."""
    price: str
    """The price."""


class BillOfTwoCompanies(Conflict):
    """A bill is for goods of more than one company."""

    number = 901
    retry = "no"
    help = "send one bill for each, naming its receipts or its purchase order"
    bill: str
    """The bill."""
    companies: list[str]
    """The companies that goods of it came to."""


class BelowReceived(Conflict):
    """A purchase order's line would be of less than what came of it."""

    number = 910
    retry = "no"
    help = "leave at least what came or is under way; goods go back by return_to_vendor"
    document: str
    """The purchase order."""
    line: int
    """The line."""
    asked: int
    """Units wanted."""
    least: int
    """Units that came or are announced."""


class DestinationFixed(Conflict):
    """An order goes where it was to go: it is too late for another place."""

    number = 911
    retry = "no"
    help = "cancel what is open and place an order for it"
    order: str
    """The order."""


class PriceOffList(Denied):
    """A price lies too far from the list."""

    number = 912
    retry = "no"
    help = "say another price, or have price_tolerance_share set for it"
    problem: str
    """What is wrong, in words."""


REJECTIONS: dict[str, type[Rejection]] = {
    "MalformedRequest": MalformedRequest,
    "InvalidCode": InvalidCode,
    "InvalidField": InvalidField,
    "InvalidQuantity": InvalidQuantity,
    "QtyNotExact": QtyNotExact,
    "InvalidInstant": InvalidInstant,
    "NoLines": NoLines,
    "UnknownSku": UnknownSku,
    "UnknownNode": UnknownNode,
    "UnknownChannel": UnknownChannel,
    "UnknownService": UnknownService,
    "UnknownSupplier": UnknownSupplier,
    "UnknownAccount": UnknownAccount,
    "UnknownReason": UnknownReason,
    "UnknownUnit": UnknownUnit,
    "UnknownDocument": UnknownDocument,
    "UnknownLine": UnknownLine,
    "UnknownException": UnknownException,
    "SourceNotAuthorized": SourceNotAuthorized,
    "ActorNotAuthorized": ActorNotAuthorized,
    "ValueAboveLimit": ValueAboveLimit,
    "CommandIdReused": CommandIdReused,
    "ClockBackwards": ClockBackwards,
    "DocumentExists": DocumentExists,
    "IllegalStep": IllegalStep,
    "BookInUse": BookInUse,
    "NodeClosed": NodeClosed,
    "CannotChange": CannotChange,
    "PostingGap": PostingGap,
    "StockShort": StockShort,
    "NotOnHand": NotOnHand,
    "MoreThanOpen": MoreThanOpen,
    "BackorderAboveLimit": BackorderAboveLimit,
    "OutOfRange": OutOfRange,
    "TooMany": TooMany,
    "BookFaulted": BookFaulted,
    "BatchOfManyChannels": BatchOfManyChannels,
    "BatchTooLarge": BatchTooLarge,
    "PolicyOfManyTiers": PolicyOfManyTiers,
    "ReplanDiffers": ReplanDiffers,
    "NothingPlannedThere": NothingPlannedThere,
    "CellTwice": CellTwice,
    "PeriodClosed": PeriodClosed,
    "BasisZero": BasisZero,
    "ZeroCostUndeclared": ZeroCostUndeclared,
    "NothingToWriteDown": NothingToWriteDown,
    "NothingToCapitalize": NothingToCapitalize,
    "NothingToShare": NothingToShare,
    "SkuUnmeasured": SkuUnmeasured,
    "ManyFaults": ManyFaults,
    "UnknownCompany": UnknownCompany,
    "KitCycle": KitCycle,
    "SkuNotActive": SkuNotActive,
    "QtyNotOrderable": QtyNotOrderable,
    "ReturnsNotAccepted": ReturnsNotAccepted,
    "UnknownBin": UnknownBin,
    "NotAssembled": NotAssembled,
    "PlanUnsound": PlanUnsound,
    "PreorderFull": PreorderFull,
    "NoBinding": NoBinding,
    "RedealLosesMore": RedealLosesMore,
    "UnreadableRecord": UnreadableRecord,
    "LotsShort": LotsShort,
    "LotNeeded": LotNeeded,
    "ResolutionNotAllowed": ResolutionNotAllowed,
    "RoleRequired": RoleRequired,
    "SameActor": SameActor,
    "NotSourceOfRecord": NotSourceOfRecord,
    "TooLate": TooLate,
    "UnknownRole": UnknownRole,
    "UnknownParameter": UnknownParameter,
    "OutsideBounds": OutsideBounds,
    "UnknownApproval": UnknownApproval,
    "ReturnWindowClosed": ReturnWindowClosed,
    "NothingToRelease": NothingToRelease,
    "OrderOnHold": OrderOnHold,
    "ProcessOff": ProcessOff,
    "UnknownFeed": UnknownFeed,
    "TooEarly": TooEarly,
    "SubstituteNotAllowed": SubstituteNotAllowed,
    "TooSoon": TooSoon,
    "ReceiptAboveOrder": ReceiptAboveOrder,
    "TimeTooFar": TimeTooFar,
    "CreditAboveInvoiced": CreditAboveInvoiced,
    "ReturnDaysFull": ReturnDaysFull,
    "NamedLotShort": NamedLotShort,
    "PriceBelowZero": PriceBelowZero,
    "BillOfTwoCompanies": BillOfTwoCompanies,
    "BelowReceived": BelowReceived,
    "DestinationFixed": DestinationFixed,
    "PriceOffList": PriceOffList,
}
"""Every rejection by its name."""


_CLASSES: dict[str, type[Rejection]] = {
    "invalid": Invalid,
    "denied": Denied,
    "conflict": Conflict,
    "short": Short,
    "limit": Limit,
}


def _rebuild(
    kind: type[Rejection], message: str, index: int | None, facts: dict[str, object]
) -> Rejection:
    return kind(message, index=index, **facts)


def rejection_from_note(note: object, index: object = None) -> Rejection:
    """The exception that a rejection on the wire becomes; `index` is its place in a chain."""
    if not isinstance(note, dict):
        raise TypeError(f"not a rejection: {note!r}")
    kind = REJECTIONS.get(note["name"]) or _CLASSES.get(note["class"], Rejection)
    place = index if isinstance(index, int) else None
    return kind(note["message"], index=place, **note["facts"])


def rejection_from_json(note: str) -> Rejection:
    """The exception that a rejection on the wire becomes."""
    return rejection_from_note(json.loads(note))
