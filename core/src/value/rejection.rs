//! Every way in which the book says no: one table, from which code, class, text and help come.

use super::num::Overflow;
use serde::Serialize;

/// What kind of no it is, and so what the caller may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// The command is malformed or speaks of what does not exist: mend it.
    Invalid,
    /// The speaker may not say this.
    Denied,
    /// It contradicts what is recorded.
    Conflict,
    /// There is not enough stock or supply: a retry may pass later.
    Short,
    /// A declared bound of the book is reached.
    Limit,
}

/// Whether the same command may pass later, unchanged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Retry {
    /// Never as it stands.
    No,
    /// Perhaps, when the state has changed.
    Later,
}

macro_rules! rejections {
    ($($(#[$doc:meta])* $number:literal $class:ident $retry:ident $name:ident
        { $($(#[$field_doc:meta])* $field:ident : $type:ty),* $(,)? } $message:literal, $help:literal;)*) => {
        /// The business saying no: a typed fact. Nothing has changed.
        ///
        /// ```
        /// use stockbook::{Class, Rejection};
        /// let no = Rejection::UnknownSku { sku: "TEE-XL".into() };
        /// assert_eq!((no.number(), no.class()), (201, Class::Invalid));
        /// assert_eq!(no.to_string(), "unknown SKU `TEE-XL`");
        /// ```
        #[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[non_exhaustive]
        pub enum Rejection {$(
            $(#[$doc])*
            #[error($message)]
            $name { $($(#[$field_doc])* $field: $type),* },
        )*}

        impl Rejection {
            /// The stable number: never reused, whatever happens to the name.
            ///
            /// ```
            /// use stockbook::Rejection;
            /// assert_eq!(Rejection::NoLines { field: "lines".into() }.number(), 107);
            /// ```
            #[must_use]
            pub const fn number(&self) -> u16 {
                match self { $(Rejection::$name { .. } => $number,)* }
            }

            /// The name of the violated fact.
            ///
            /// ```
            /// use stockbook::Rejection;
            /// assert_eq!(Rejection::NoLines { field: "lines".into() }.name(), "NoLines");
            /// ```
            #[must_use]
            pub const fn name(&self) -> &'static str {
                match self { $(Rejection::$name { .. } => stringify!($name),)* }
            }

            /// The class of the refusal.
            ///
            /// ```
            /// use stockbook::{Class, Rejection};
            /// let short = Rejection::BackorderAboveLimit { qty: 9, limit: 5 };
            /// assert_eq!(short.class(), Class::Short, "there is not enough: not the caller's fault");
            /// ```
            #[must_use]
            pub const fn class(&self) -> Class {
                match self { $(Rejection::$name { .. } => Class::$class,)* }
            }

            /// Whether a retry may pass.
            ///
            /// ```
            /// use stockbook::{Rejection, Retry};
            /// assert_eq!(Rejection::BackorderAboveLimit { qty: 9, limit: 5 }.retry(), Retry::Later);
            /// assert_eq!(Rejection::NoLines { field: "lines".into() }.retry(), Retry::No);
            /// ```
            #[must_use]
            pub const fn retry(&self) -> Retry {
                match self { $(Rejection::$name { .. } => Retry::$retry,)* }
            }

            /// What would make it pass.
            ///
            /// ```
            /// use stockbook::Rejection;
            /// let unknown = Rejection::UnknownSku { sku: "TEE-XL".into() };
            /// assert_eq!(unknown.help(), "define it with define_sku first");
            /// ```
            #[must_use]
            pub const fn help(&self) -> &'static str {
                match self { $(Rejection::$name { .. } => $help,)* }
            }

            /// Every rejection of the book: number, name, class, retry, help; ordered by number.
            ///
            /// ```
            /// use stockbook::{Class, Rejection};
            /// let (number, name, class, ..) = Rejection::table()[0];
            /// assert_eq!((number, name, class), (101, "MalformedRequest", Class::Invalid));
            /// ```
            #[must_use]
            pub const fn table() -> &'static [(u16, &'static str, Class, Retry, &'static str)] {
                &[$(($number, stringify!($name), Class::$class, Retry::$retry, $help)),*]
            }
        }
    };
}

rejections! {
    /// The bytes are not one well-formed request.
    101 Invalid No MalformedRequest { /** What the reader says, with line and column. */ problem: String }
        "malformed request: {problem}", "send one JSON object as the schema describes it";
    /// A code or document number is empty, too long or has control or invisible characters.
    102 Invalid No InvalidCode {
        /** The field. */ field: String,
        /** The text, cut to 64 characters. */ code: String,
    }
        "`{code}` is not a code for `{field}`",
        "use 1 to 64 bytes without control or invisible characters or outer spaces";
    /// A field's value is outside its domain.
    103 Invalid No InvalidField { /** The field. */ field: String, /** What it needs. */ need: String }
        "`{field}` needs {need}", "mend the field and send the command under a new id";
    /// A quantity is not positive, or beyond what one line may carry.
    104 Invalid No InvalidQuantity { /** The quantity. */ qty: i64, /** The bound. */ max: i64 }
        "quantity {qty} is not between 1 and {max}", "give a whole number of the SKU's smallest unit";
    /// A quantity in this unit is not a whole number of the SKU's smallest unit.
    105 Invalid No QtyNotExact {
        /** The SKU. */ sku: String,
        /** The unit. */ unit: String,
        /** The quantity. */ qty: i64,
    }
        "{qty} `{unit}` of `{sku}` is not a whole number of its smallest unit",
        "choose a quantity that converts exactly";
    /// The time of the command lies outside the years 1900 to 2200, or the fact is later than the command.
    106 Invalid No InvalidInstant { /** The field. */ field: String }
        "`{field}` is not an instant that the book can place",
        "use the years 1900 to 2200, `occurred_at` not after `at`, and what is to come after it";
    /// A list that must not be empty is.
    107 Invalid No NoLines { /** The list. */ field: String }
        "`{field}` is empty", "name at least one line";

    /// No SKU of that code.
    201 Invalid Later UnknownSku { /** The code. */ sku: String }
        "unknown SKU `{sku}`",
        "define it with define_sku first";
    /// No node of that code.
    202 Invalid Later UnknownNode { /** The code. */ node: String }
        "unknown node `{node}`",
        "define it with define_node first";
    /// No channel of that code.
    203 Invalid Later UnknownChannel { /** The code. */ channel: String }
        "unknown channel `{channel}`",
        "define it with define_channel first";
    /// No carrier service of that code.
    204 Invalid Later UnknownService { /** The code. */ service: String }
        "unknown carrier service `{service}`",
        "define it with define_service first";
    /// No supplier of that code.
    205 Invalid Later UnknownSupplier { /** The code. */ supplier: String }
        "unknown supplier `{supplier}`",
        "define it with define_supplier first";
    /// No account of that code.
    206 Invalid Later UnknownAccount { /** The code. */ account: String }
        "unknown account `{account}`",
        "define it with define_account first";
    /// No reason of that code.
    207 Invalid Later UnknownReason { /** The code. */ reason: String }
        "unknown reason `{reason}`",
        "define it with define_reason first";
    /// The SKU has no such unit of measure.
    208 Invalid Later UnknownUnit { /** The SKU. */ sku: String, /** The unit. */ unit: String }
        "SKU `{sku}` has no unit `{unit}`",
        "define the unit on the SKU or leave it out";
    /// No document of that kind and number.
    209 Invalid Later UnknownDocument {
        /** The kind of document. */ kind: String,
        /** Its number. */ document: String,
    }
        "unknown {kind} `{document}`",
        "check the number, or record the document first";
    /// The document has no such line.
    210 Invalid No UnknownLine {
        /** The document. */ document: String,
        /** The line, counted from 1. */ line: u32,
    }
        "`{document}` has no line {line}",
        "lines count from 1 in the order in which they were given";
    /// No exception of that number.
    211 Invalid No UnknownException { /** Its number. */ exception: u32 }
        "unknown exception {exception}",
        "ask for the open exceptions";

    /// This source may not say this kind of command.
    301 Denied No SourceNotAuthorized {
        /** The source. */ source_system: String,
        /** The command. */ command: String,
    }
        "source `{source_system}` may not say `{command}`",
        "let the system of record say it, or change set_authority";
    /// This actor may not say this kind of command.
    302 Denied No ActorNotAuthorized { /** The actor. */ actor: String, /** The command. */ command: String }
        "actor `{actor}` may not say `{command}`",
        "let an authorised actor say it, or change set_authority";
    /// The value at stake is above what may be done without approval.
    303 Denied No ValueAboveLimit { /** The value. */ value: String, /** The limit. */ limit: String }
        "value {value} is above the limit of {limit}",
        "split the work or let someone without that limit do it";

    /// The same command id came with other content. All sources share one space of ids.
    401 Conflict No CommandIdReused { /** The id. */ command_id: String }
        "command id `{command_id}` was used for another command",
        "give each new command its own id; sources share them, so begin it with the source's name";
    /// Time went back.
    402 Conflict No ClockBackwards { /** The time given. */ at: String, /** The book's time. */ now: String }
        "`at` {at} is before the book's time {now}",
        "send the command with a later `at`; a late fact carries `occurred_at`";
    /// The document exists already.
    403 Conflict No DocumentExists {
        /** The kind of document. */ kind: String,
        /** Its number. */ document: String,
    }
        "{kind} `{document}` exists",
        "use another number, or the command that changes the document";
    /// The document's state does not allow this step.
    404 Conflict No IllegalStep {
        /** The kind of document. */ kind: String,
        /** Its number. */ document: String,
        /** Its state. */ state: String,
        /** The step. */ step: String,
    }
        "{kind} `{document}` is {state}: `{step}` is not a step from there",
        "see the document's transitions";
    /// The book is in use: this can only be said before anything else.
    405 Conflict No BookInUse {} "the book is in use", "send configure_book before any other command";
    /// The node is closed.
    406 Conflict Later NodeClosed { /** The node. */ node: String }
        "node `{node}` is closed",
        "open it with set_node_status, or use another node";
    /// The name or setting is in use and cannot change in this way.
    407 Conflict No CannotChange { /** What. */ what: String, /** Why. */ why: String }
        "`{what}` cannot change: {why}",
        "define a new one instead";
    /// Posting rules leave an event without accounts or would break the tie of books to goods.
    408 Invalid No PostingGap { /** The movement. */ movement: String, /** What is wrong. */ problem: String }
        "posting of `{movement}`: {problem}",
        "give every movement a rule without condition, with accounts of the right kind";

    /// There is not enough to promise.
    501 Short Later StockShort {
        /** The SKU. */ sku: String,
        /** Units asked for. */ asked: i64,
        /** Units that could be given. */ available: i64,
        /** What would give most of it, were it lifted; no_stock where nothing would. */ reason: String,
    }
        "`{sku}`: {asked} asked, {available} available ({reason})",
        "ask for less, allow a backorder, or retry after a receipt";
    /// The node does not hold that much free of reservations.
    502 Short Later NotOnHand {
        /** The SKU. */ sku: String,
        /** The node. */ node: String,
        /** Units asked for. */ asked: i64,
        /** Units there. */ free: i64,
    }
        "`{sku}` at `{node}`: {asked} asked, {free} free",
        "receive, release or ask for less";
    /// More than is left on the document's line.
    503 Conflict No MoreThanOpen {
        /** The document. */ document: String,
        /** The line, counted from 1. */ line: u32,
        /** Units asked for. */ asked: i64,
        /** Units open. */ open: i64,
    }
        "`{document}` line {line}: {asked} asked, {open} open",
        "ask for no more than is open";
    /// The order would be backordered beyond what its policy allows.
    504 Short Later BackorderAboveLimit {
        /** Units that would be backordered. */ qty: i64,
        /** The limit. */ limit: i64,
    }
        "{qty} units would be backordered, {limit} are allowed",
        "ask for less, or raise the policy's backorder_units_max";

    /// A number would leave the range that the book works in.
    601 Limit No OutOfRange { /** What. */ what: String }
        "`{what}` would leave the book's range",
        "use smaller numbers";
    /// A list is longer than the book takes.
    602 Limit No TooMany {
        /** What. */ what: String,
        /** How many came. */ count: u64,
        /** How many may. */ max: u64,
    }
        "{count} {what}, at most {max}",
        "send fewer at once";
    /// An earlier fault of the library closed this book.
    603 Limit No BookFaulted { /** What was found. */ fault: String }
        "the book found itself in an impossible state and is closed: {fault}",
        "restore the last snapshot, replay, and report the fault";
    /// Stock is protected for channels, and the batch is of several.
    700 Invalid No BatchOfManyChannels {}
        "with protected stock the orders of a batch are of one channel",
        "send one batch for each channel";
    /// The batch's numbers are beyond what is planned jointly.
    701 Limit No BatchTooLarge { /** Which. */ fault: String }
        "the batch cannot be planned jointly: `{fault}` out of range",
        "send fewer orders or smaller weights";
    /// Prices are to be solved, and an order's rule weighs in several tiers, none of which has `bid_price`.
    702 Conflict No PolicyOfManyTiers { /** The rule. */ rule: String }
        "rule `{rule}` weighs in several tiers, and does not say in which prices are",
        "set a policy whose rules weigh `bid_price` in their tier of money";

    /// Another plan than the one that was accepted has become the best.
    703 Conflict Later ReplanDiffers { /** Digest of the plan as it is now. */ digest: String }
        "the plan has changed since it was shown: its digest is now `{digest}`",
        "ask for it again with `replan`, and accept what it shows";
    /// The order has nothing planned from that node, or not of those lines.
    720 Conflict No NothingPlannedThere { /** The order. */ order: String, /** The node. */ node: String }
        "order `{order}` has nothing of that planned from `{node}`",
        "ask for the order, and name a node and lines that its parcels have";
    /// A table says a cell twice.
    721 Invalid No CellTwice {
        /** The SKU, order or segment. */ of: String,
        /** The node. */ node: String,
    }
        "the cell of `{of}` at `{node}` is said twice",
        "say each cell once";
    /// The period takes no entries.
    750 Conflict No PeriodClosed { /** The period. */ period: String }
        "period `{period}` is closed",
        "reopen it with set_period, or let time move into an open one";
    /// An amount cannot be shared out.
    751 Invalid No BasisZero {} "the basis adds up to zero, so that no share follows from it",
        "choose another basis, or give it";
    /// Goods that cost nothing, without a reason.
    752 Invalid No ZeroCostUndeclared { /** The SKU. */ sku: String }
        "`{sku}` would come in at no cost, and no reason is given",
        "name a zero_cost_reason, or give its cost";
    /// Nothing has lost value, and nothing may be written up.
    753 Conflict No NothingToWriteDown { /** The SKU. */ sku: String }
        "nothing of `{sku}` is to be written down or up",
        "a new cost basis is never written up, and an allowance only as far as it goes";
    /// Goods are worth no more than they cost already.
    754 Conflict No NothingToCapitalize { /** The SKU. */ sku: String }
        "`{sku}` costs as much as it can be sold for, so that it bears no more",
        "spend it: goods bear cost up to their net realisable value";
    /// The period has no variance to share.
    755 Conflict No NothingToShare { /** The period. */ period: String }
        "no SKU under standard cost has a price variance to share in `{period}`",
        "share them when invoices of the period have come in";
    /// A basis asks for what is not known of a SKU.
    756 Invalid Later SkuUnmeasured { /** The SKU. */ sku: String, /** What is missing. */ what: String }
        "`{sku}` has no {what}",
        "set it with define_sku or describe_sku, or give the basis";

    /// A definition has more than one fault.
    780 Invalid No ManyFaults { /** What is wrong, each as its own refusal says it. */ faults: Vec<String> }
        "several faults: {faults:?}", "mend them all and send the command under a new id";
    /// No company of that code.
    781 Invalid Later UnknownCompany { /** The code. */ company: String }
        "unknown company `{company}`",
        "define it with define_company first";
    /// A kit would hold itself.
    782 Invalid No KitCycle {
        /** The kit. */ sku: String,
        /** The component that leads back to it. */ through: String,
    }
        "kit `{sku}` would hold itself through `{through}`",
        "leave that component out";
    /// The SKU's lifecycle does not allow this step.
    783 Conflict Later SkuNotActive {
        /** The SKU. */ sku: String,
        /** Where it stands. */ lifecycle: String,
        /** The step. */ step: String,
    }
        "SKU `{sku}` is {lifecycle}: `{step}` is not possible",
        "activate it with describe_sku, or ask for another";
    /// The SKU is not sold in such a quantity.
    784 Invalid No QtyNotOrderable {
        /** The SKU. */ sku: String,
        /** Units asked for, all lines together, in smallest units. */ qty: i64,
        /** What it needs. */ need: String,
    }
        "`{sku}`: {qty} asked, it needs {need}",
        "ask for a quantity that the SKU is sold in";
    /// The node takes no returns.
    785 Conflict Later ReturnsNotAccepted { /** The node. */ node: String }
        "node `{node}` takes no returns",
        "send the goods to a node that does";
    /// The node has no such bin.
    786 Invalid Later UnknownBin { /** The node. */ node: String, /** The bin. */ bin: String }
        "node `{node}` has no bin `{bin}`",
        "define it with describe_node, or use another";
    /// The SKU is no kit that is put together.
    787 Invalid Later NotAssembled { /** The SKU. */ sku: String }
        "SKU `{sku}` is no assembled kit",
        "define it with define_kit as an assembled one";
    /// A protection plan contradicts itself.
    810 Invalid No PlanUnsound { /** Every fault. */ faults: Vec<String> }
        "the plan is unsound: {faults:?}", "mend every fault and send the plan under a new id";
    /// More would wait for supply than may be sold before it is there.
    811 Short Later PreorderFull {
        /** The SKU. */ sku: String,
        /** Units that would wait. */ asked: i64,
        /** Units that may still. */ left: i64,
    }
        "`{sku}`: {asked} units would wait for supply, {left} more may",
        "ask for less, raise set_preorder, or retry when more is on order";
    /// No binding to nodes exists for all holds together.
    812 Short Later NoBinding {
        /** The SKU. */ sku: String,
        /** Units asked for. */ asked: i64,
        /** Units that could be bound. */ bound: i64,
        /** Nodes of the group. */ nodes: u32,
    }
        "`{sku}`: {asked} asked, {bound} can be bound within {nodes} nodes",
        "ask for less, name more nodes, or retry after a receipt";
    /// More orders would lose something than was accepted.
    813 Conflict Later RedealLosesMore {
        /** Orders that would lose. */ losers: u32,
        /** Orders that may. */ accepted: u32,
    }
        "{losers} orders would lose something, {accepted} are accepted",
        "ask for the re-deal first, then accept what it shows with losers_max";
    /// Bytes that the host handed back are no record of a book.
    814 Invalid No UnreadableRecord { /** What is wrong, and where. */ problem: String }
        "the record cannot be read: {problem}",
        "hand back whole snapshots, and a log without gap";
    /// What lots there are of a SKU expire too soon, or are promised to others.
    815 Short Later LotsShort {
        /** The SKU. */ sku: String,
        /** The node. */ node: String,
        /** Units asked for. */ asked: i64,
        /** Units in lots that will do. */ free: i64,
    }
        "`{sku}` at `{node}`: {asked} asked, {free} lie in lots that will do",
        "ask for less or at another node, receive fresher lots, or reallocate_order others";
    /// Goods of a SKU that is told apart need their lot.
    816 Invalid No LotNeeded {
        /** The SKU. */ sku: String,
        /** What is needed. */ need: String,
    }
        "`{sku}` is told apart: {need}", "name lot or serial number in the line's place";
    /// The exception's rule does not let this command resolve it.
    840 Denied No ResolutionNotAllowed {
        /** The exception's code. */ code: String,
        /** The command. */ command: String,
        /** The commands that may. */ allowed: String,
    }
        "`{command}` does not resolve `{code}`",
        "use one of the commands that its rule allows, or change set_exception_rule";
    /// The actor has none of the roles that may say this.
    841 Denied No RoleRequired {
        /** The actor. */ actor: String,
        /** The command. */ command: String,
        /** The roles. */ roles: String,
    }
        "`{command}` needs one of the roles {roles}, which `{actor}` does not have",
        "let somebody with that role say it, or grant it with grant_roles";
    /// The person who asked may not decide: four eyes.
    842 Denied No SameActor { /** The actor. */ actor: String }
        "`{actor}` asked for this and may not decide on it",
        "let another person with the role decide";
    /// Another system is the system of record.
    843 Denied No NotSourceOfRecord {
        /** The event. */ event: String,
        /** The system that said it. */ source_system: String,
        /** The systems that may. */ owners: String,
    }
        "`{source_system}` is not the system of record for `{event}` here: {owners}",
        "let the system of record say it, or change set_source_of_record";
    /// The fact comes later than its rule allows.
    844 Denied No TooLate {
        /** The event. */ event: String,
        /** Minutes from the fact to the command. */ minutes: i64,
        /** Minutes allowed. */ max: i64,
    }
        "`{event}` comes {minutes} minutes late, {max} are allowed",
        "tell facts in time, or change set_timing_rule";
    /// No role of that name.
    845 Invalid Later UnknownRole { /** The role. */ role: String }
        "unknown role `{role}`",
        "define it with define_role first";
    /// No parameter of that name.
    846 Invalid Later UnknownParameter { /** The parameter. */ parameter: String }
        "unknown parameter `{parameter}`",
        "define it with define_parameter first";
    /// A value lies outside its parameter's bounds.
    847 Limit No OutsideBounds {
        /** The parameter. */ parameter: String,
        /** The value. */ value: String,
        /** The least. */ min: String,
        /** The most. */ max: String,
    }
        "`{parameter}` of {value} is not between {min} and {max}",
        "choose a value within the bounds, or have them changed with define_parameter";
    /// No approval of that number.
    848 Invalid No UnknownApproval { /** Its number. */ approval: u32 }
        "unknown approval {approval}",
        "ask for the approvals";
    /// The order is too old for its return to be authorised.
    849 Denied No ReturnWindowClosed {
        /** The order. */ order: String,
        /** When the window closed. */ closed_at: String,
    }
        "the return window of `{order}` closed at {closed_at}",
        "refuse the return, or widen return_window_days";
    /// There is no order that the node could work on.
    850 Short Later NothingToRelease { /** The node. */ node: String }
        "nothing waits for release at `{node}`",
        "ask again later, or with fewer conditions";
    /// The order waits for a person.
    851 Conflict Later OrderOnHold { /** The order. */ order: String, /** For what. */ hold: String }
        "order `{order}` is on hold for {hold}",
        "let it go with release_order first";
    /// The process is not rolled out here.
    852 Denied Later ProcessOff { /** The command. */ command: String }
        "`{command}` is not rolled out here",
        "say it to the older system, or roll out with set_rollout";
    /// No feed of that name.
    853 Invalid Later UnknownFeed { /** The feed. */ feed: String }
        "unknown feed `{feed}`",
        "define it with define_feed first";
    /// The fact is said to have happened further ahead than its rule allows.
    854 Denied Later TooEarly {
        /** The event. */ event: String,
        /** Minutes from the command to the fact. */ minutes: i64,
        /** Minutes allowed. */ max: i64,
    }
        "`{event}` is told {minutes} minutes ahead, {max} are allowed",
        "set the sender's clock, tell it when it has happened, or change set_timing_rule";
    /// What was picked may not be given for what was ordered.
    855 Denied No SubstituteNotAllowed {
        /** What was ordered. */ sku: String,
        /** What was picked. */ instead: String,
        /** What it would need. */ need: String,
    }
        "`{instead}` may not be given for `{sku}`: it needs {need}",
        "pick what was ordered, record_pick it as short, or cancel_order it and order the other";
    /// The order was asked for a later date.
    856 Conflict Later TooSoon {
        /** The order. */ order: String,
        /** When it may leave. */ leaves_at: String,
    }
        "order `{order}` is not wanted before {leaves_at}",
        "ship it then";
    /// More came than may be received against the purchase order.
    860 Limit Later ReceiptAboveOrder {
        /** The purchase order. */ purchase_order: String,
        /** The SKU. */ sku: String,
        /** Units of the receipt up to there. */ asked: i64,
        /** Units that may still be received. */ open: i64,
    }
        "`{purchase_order}`: {asked} of `{sku}` came, {open} may still be received",
        "receive so many, the rest without the order; or order more, or raise receipt_refuse_share";
    /// The book would place more orders of subscriptions on its way to the command's time than it may.
    861 Limit Later TimeTooFar {
        /** When the command is said. */ to: String,
        /** Orders that it may place on its way. */ most: i64,
    }
        "more than {most} orders of subscriptions are due until {to}",
        "mend the command's time, or send advance_time for dates in between first";
    /// A credit note takes off more than was billed.
    870 Limit No CreditAboveInvoiced {
        /** The credit note. */ credit_note: String,
        /** What it takes off, in the book's currency. */ asked: String,
        /** What was billed of the units. */ most: String,
    }
        "`{credit_note}` takes {asked} off, {most} was billed",
        "credit at most that, or name more receipts";
    /// Each node that would take a return is full for the day.
    881 Limit Later ReturnDaysFull { /** The order. */ order: String }
        "goods of order `{order}` may come back, but a node that would take them is full for the day",
        "authorise them on another day, or name a node; or raise returns_capacity";
    /// A line's lot cannot be had as it was asked for.
    890 Short Later NamedLotShort {
        /** The SKU. */ sku: String,
        /** The lot, or the serial number. */ lot: String,
        /** Units asked for. */ asked: i64,
        /** Units that can be had. */ free: i64,
    }
        "`{sku}` of lot `{lot}`: {asked} asked, {free} can be had from it",
        "ask for less, for another lot, or for none";
    /// A line would be sold for less than nothing.
    900 Invalid No PriceBelowZero {
        /** The SKU. */ sku: String,
        /** The price. */ price: String,
    }
        "`{sku}` at {price}: an order's line is sold for 0 or more",
        "take money off with invoice_order, give it back with receive_return or credit_order";
    /// A bill is for goods of more than one company.
    901 Conflict No BillOfTwoCompanies {
        /** The bill. */ bill: String,
        /** The companies that goods of it came to. */ companies: Vec<String>,
    }
        "goods of `{bill}` came to more than one company, and a bill is one company's debt",
        "send one bill for each, naming its receipts or its purchase order";
    /// A purchase order's line would be of less than what came of it.
    910 Conflict No BelowReceived {
        /** The purchase order. */ document: String,
        /** The line. */ line: u32,
        /** Units wanted. */ asked: i64,
        /** Units that came or are announced. */ least: i64,
    }
        "line {line} of `{document}`: {asked} wanted, {least} have come or are announced",
        "leave at least what came or is under way; goods go back by return_to_vendor";
    /// An order goes where it was to go: it is too late for another place.
    911 Conflict No DestinationFixed { /** The order. */ order: String }
        "order `{order}` goes where it was to: some of it has left, or it is picked up",
        "cancel what is open and place an order for it";
    /// A price lies too far from the list.
    912 Denied No PriceOffList { /** What is wrong, in words. */ problem: String }
        "{problem}",
        "say another price, or have price_tolerance_share set for it";
}

impl From<Overflow> for Rejection {
    fn from(_: Overflow) -> Rejection {
        Rejection::OutOfRange { what: "a sum or product".into() }
    }
}

/// A rejection as it goes over the wire.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RejectionNote {
    /// Stable number.
    pub number: u16,
    /// Name of the violated fact.
    pub name: String,
    /// Class of the refusal.
    pub class: Class,
    /// Whether a retry may pass.
    pub retry: Retry,
    /// What is wrong, in words.
    pub message: String,
    /// What would make it pass.
    pub help: String,
    /// The facts, by rejection.
    pub facts: serde_json::Value,
}

impl From<&Rejection> for RejectionNote {
    fn from(rejection: &Rejection) -> RejectionNote {
        // An enum of named fields always becomes an object of one key: its facts are the value.
        let facts = match serde_json::to_value(rejection) {
            Ok(serde_json::Value::Object(tagged)) => tagged.into_iter().next().map(|(_, facts)| facts),
            _ => None,
        };
        RejectionNote {
            number: rejection.number(),
            name: rejection.name().into(),
            class: rejection.class(),
            retry: rejection.retry(),
            message: rejection.to_string(),
            help: rejection.help().into(),
            facts: facts.unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_ordered_and_unique() {
        let numbers: Vec<u16> = Rejection::table().iter().map(|row| row.0).collect();
        assert!(numbers.windows(2).all(|pair| pair.first() < pair.get(1)), "{numbers:?}");
    }
}
