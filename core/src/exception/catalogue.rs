//! The catalogue: what every code means for those who work the queues. One line a code.

use super::{Clearing, SetExceptionRule, Severity};

macro_rules! catalogue {
    ($($(#[$doc:meta])* $code:ident $word:literal $queue:ident $severity:ident $owner:literal
        $due:literal h, $clearing:ident, $resolutions:expr;)*) => {
        crate::value::wire::words! {
            /// Why a person is needed.
            pub enum ExceptionCode {$(
                $(#[$doc])*
                $code,
            )*}
        }

        impl ExceptionCode {
            /// Every code, in the order of the catalogue.
            pub const ALL: &'static [ExceptionCode] = &[$(ExceptionCode::$code),*];

            /// Its word on the wire.
            ///
            /// ```
            /// assert_eq!(stockbook::ExceptionCode::ShortPick.word(), "short_pick");
            /// ```
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(ExceptionCode::$code => $word,)* }
            }

            fn line(self) -> (&'static str, Severity, &'static str, u32, Clearing, &'static [&'static str]) {
                match self {$(
                    ExceptionCode::$code => (
                        stringify!($queue),
                        Severity::$severity,
                        $owner,
                        $due,
                        Clearing::$clearing,
                        &$resolutions,
                    ),
                )*}
            }
        }
    };
}

const REPLAN: [&str; 2] = ["reallocate_order", "cancel_order"];
const RECOUNT: [&str; 2] = ["adjust_stock", "move_stock"];

catalogue! {
    /// A channel accepted an order (an external commitment) that cannot be filled: a channel oversell.
    ShortAllocation "short_allocation" orders High "order desk" 4 h, WhenGone, REPLAN;
    /// A plan arrives after its promise.
    PromiseAtRisk "promise_at_risk" orders High "order desk" 4 h, WhenGone, REPLAN;
    /// Goods were lost between nodes.
    TransferShort "transfer_short" warehouse Medium "inventory control" 24 h, ByPerson, RECOUNT;
    /// A node closed while orders were planned from it.
    PlannedAtClosedNode "planned_at_closed_node" orders Critical "order desk" 1 h, WhenGone,
        ["reallocate_order", "set_node_status"];
    /// More was received than the purchase order has open.
    OverReceipt "over_receipt" purchasing Low "buyer" 48 h, ByPerson,
        ["place_purchase_order", "adjust_stock"];
    /// A change of master data did not fit any more when its time came.
    ChangeLapsed "change_lapsed" master_data Medium "data steward" 24 h, ByPerson,
        ["change_definition", "withdraw_change"];
    /// No node could give what was ordered.
    AllocationFailed "allocation_failed" orders High "order desk" 4 h, WhenGone, REPLAN;
    /// A pick found less than was planned.
    ShortPick "short_pick" warehouse High "shift lead" 2 h, WhenGone, ["reallocate_order", "adjust_stock"];
    /// More would have been promised than there is; it was not.
    OversellAverted "oversell_averted" orders Low "channel manager" 24 h, ByPerson, ["set_protection"];
    /// A statement says that less than nothing is there.
    NegativeStock "negative_stock" warehouse High "inventory control" 4 h, ByPerson, RECOUNT;
    /// A fact came later than its rule allows.
    LateEvent "late_event" integration Medium "integration" 24 h, ByPerson, ["adjust_stock"];
    /// A system said what another is the system of record for.
    UnauthorizedSource "unauthorized_source" integration High "integration" 8 h, ByPerson,
        ["set_source_of_record", "set_authority"];
    /// A count differs from the book by more than its tolerance.
    CountVariance "count_variance" warehouse Medium "inventory control" 24 h, ByPerson, RECOUNT;
    /// A price differs from what it should be.
    PriceMismatch "price_mismatch" orders Medium "pricing" 8 h, ByPerson,
        ["change_definition", "cancel_order"];
    /// Order, receipt and invoice do not agree.
    ThreeWayMismatch "three_way_mismatch" purchasing Medium "accounts payable" 48 h, ByPerson,
        ["cancel_purchase_order"];
    /// A feed missed its time.
    FeedSilent "feed_silent" integration High "integration" 2 h, WhenGone, ["define_feed"];
    /// A feed's numbers have a gap.
    FeedGap "feed_gap" integration High "integration" 4 h, WhenGone, ["define_feed"];
    /// A feed said the same thing again.
    DuplicateMessage "duplicate_message" integration Low "integration" 48 h, ByPerson, ["define_feed"];
    /// Money went back and no goods came.
    RefundWithoutGoods "refund_without_goods" returns Medium "customer service" 48 h, ByPerson,
        ["receive_return"];
    /// What came back is not what was authorised.
    ReturnMismatch "return_mismatch" returns Medium "returns desk" 24 h, ByPerson, ["receive_return"];
    /// A feed's message was refused.
    MessageRefused "message_refused" integration High "integration" 4 h, ByPerson, ["take_message"];
    /// A command waits for somebody's approval.
    ApprovalNeeded "approval_needed" approvals High "approver" 8 h, WhenGone,
        ["approve_command", "reject_command"];
    /// An order came in that cannot be taken as it is.
    OrderParked "order_parked" orders High "order desk" 2 h, WhenGone, ["place_order"];
    /// A node refused what it was to send.
    NodeRejected "node_rejected" orders High "order desk" 2 h, WhenGone, REPLAN;
    /// A parcel weighs other than its goods.
    WeightMismatch "weight_mismatch" warehouse Medium "shift lead" 2 h, ByPerson, ["move_stock"];
    /// A backorder is older than it may be.
    BackorderAged "backorder_aged" orders Medium "order desk" 24 h, WhenGone, REPLAN;
    /// A supplier is late.
    SupplierLate "supplier_late" purchasing Medium "buyer" 24 h, ByPerson,
        ["place_purchase_order", "cancel_purchase_order"];
    /// Goods arrived damaged.
    DamagedGoods "damaged_goods" warehouse Medium "inventory control" 24 h, ByPerson,
        ["move_stock", "adjust_stock"];
    /// The book and the system that it runs beside decided otherwise.
    RolloutDisagreement "rollout_disagreement" rollout Low "roll-out lead" 72 h, ByPerson,
        ["set_policy", "set_rollout"];
    /// A parcel is late or lost on its way.
    DeliveryFailed "delivery_failed" orders High "customer service" 8 h, ByPerson,
        ["receive_return", "place_order"];
    /// A node sent more than its transfer said.
    TransferOver "transfer_over" warehouse Medium "inventory control" 24 h, ByPerson, RECOUNT;
    /// A customer owes more than he may.
    CreditLimit "credit_limit" orders High "credit manager" 4 h, WhenGone, ["release_order", "cancel_order"];
    /// A fact was told further ahead than its rule allows.
    EarlyEvent "early_event" integration Medium "integration" 24 h, ByPerson,
        ["set_timing_rule", "adjust_stock"];
    /// Nobody picked goods up in time: they are back in stock.
    PickupExpired "pickup_expired" orders Medium "customer service" 24 h, ByPerson,
        ["notify_customer", "record_payment", "place_order"];
    /// A pick took another lot than the one that was promised by its name.
    WrongLot "wrong_lot" warehouse Medium "shift lead" 2 h, ByPerson, ["notify_customer", "cancel_order"];
    /// Goods came before they were expected, and by more than may be.
    EarlyReceipt "early_receipt" purchasing Low "buyer" 48 h, ByPerson,
        ["confirm_purchase_order", "return_to_vendor"];
    /// A transfer is under way for longer than it may be.
    TransferLate "transfer_late" warehouse Medium "inventory control" 24 h, ByPerson, ["receive_transfer"];
    /// Goods came that their purchase order does not have: they wait in inspection.
    WrongGoods "wrong_goods" purchasing Medium "buyer" 24 h, ByPerson,
        ["return_to_vendor", "move_stock", "adjust_stock"];
}

/// The rule of the catalogue for a code. Its exceptions do not go up until a book sets a rule that says when.
///
/// ```
/// use stockbook::{ExceptionCode, exception_rule};
/// let rule = exception_rule(ExceptionCode::ShortPick);
/// assert_eq!((rule.queue.as_str(), rule.due_hours), ("warehouse", 2));
/// ```
#[must_use]
pub fn exception_rule(code: ExceptionCode) -> SetExceptionRule {
    let (queue, severity, owner, due_hours, clearing, resolutions) = code.line();
    SetExceptionRule {
        code,
        queue: queue.into(),
        severity,
        owner: owner.into(),
        due_hours,
        escalate_hours: 0,
        escalate_to: String::new(),
        resolutions: resolutions.iter().map(|word| (*word).into()).collect(),
        clearing,
        reason: String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_a_queue_an_owner_a_time_and_a_way_out() {
        for code in ExceptionCode::ALL {
            let rule = exception_rule(*code);
            assert!(!rule.queue.is_empty() && !rule.owner.is_empty() && rule.due_hours > 0, "{code:?}");
            assert!(!rule.resolutions.is_empty(), "{code:?}");
            let word = serde_json::to_string(code).unwrap_or_default();
            assert_eq!(word, format!("\"{}\"", code.word()));
        }
    }
}
