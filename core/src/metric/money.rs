//! What channels earn and what it costs to serve them, from the journal.

use super::define::M;
use super::fact::{Dims, Kind};
use super::fold::{DAY, Fold};
use crate::posting::{Movement, Posting};
use crate::record::{Body, Event};
use crate::value::ids::*;
use crate::value::time::Instant;
use std::collections::{BTreeMap, BTreeSet};

/// What a movement means to a channel's margin: the amount debited by its rule, with a sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Earned {
    Revenue(i64),
    GivenBack(i64),
    Cost(i64),
    Fulfilment,
    Nothing,
}

/// A movement's part in the margin, and how its units count as sold.
pub(crate) const fn earns(movement: Movement) -> (Earned, i64) {
    match movement {
        Movement::Revenue | Movement::ShippingRevenue => (Earned::Revenue(1), 0),
        Movement::ExpectReturn => (Earned::Revenue(-1), 0),
        Movement::Refund | Movement::Discount | Movement::CreditNote => (Earned::GivenBack(1), 0),
        Movement::RefundExpected => (Earned::GivenBack(-1), 0),
        Movement::Issue | Movement::DropShipOut => (Earned::Cost(1), 1),
        Movement::IssueUnbilled | Movement::DropShipUnbilled => (Earned::Nothing, 1),
        Movement::CostRecognised | Movement::CatchUp | Movement::VarianceToCost => (Earned::Cost(1), 0),
        Movement::ReturnRestock
        | Movement::ReturnRefurbish
        | Movement::ReturnScrap
        | Movement::ReturnToVendor => (Earned::Cost(-1), -1),
        Movement::ExpectReturnCost | Movement::AllowanceRelease => (Earned::Cost(-1), 0),
        Movement::Freight | Movement::Handling => (Earned::Fulfilment, 0),
        _ => (Earned::Nothing, 0),
    }
}

/// What was counted of four classes of accounts, and everything posted to accounts at all.
#[derive(Debug, Default)]
pub(crate) struct Earnings {
    /// Accounts of net revenue, cost of sales, fulfilment cost and shrink, as they were posted to.
    accounts: [BTreeSet<AccountId>; 4],
    /// Credits less debits that were counted to each class.
    counted: [i128; 4],
    /// Every account that was one of goods received, not invoiced, by the rules of its time.
    pub owing: BTreeSet<AccountId>,
    /// Credits less debits of every account.
    pub posted: BTreeMap<AccountId, i128>,
}

impl Earnings {
    /// Credits less debits that other movements posted to the accounts of a class, and those accounts.
    pub(crate) fn others(&self, class: usize) -> (i128, Vec<AccountId>) {
        let accounts: Vec<AccountId> = self.accounts.get(class).into_iter().flatten().copied().collect();
        let all: i128 = accounts.iter().filter_map(|account| self.posted.get(account)).sum();
        (all.saturating_sub(self.counted.get(class).copied().unwrap_or(0)), accounts)
    }
}

/// The class of accounts that a movement earns or spends on, and whether by its credit side.
const fn class_of(movement: Movement) -> Option<(usize, bool)> {
    match movement {
        Movement::Loss | Movement::TransferLoss => return Some((3, false)),
        Movement::Gain => return Some((3, true)),
        _ => {}
    }
    match earns(movement).0 {
        Earned::Revenue(sign) => Some((0, sign > 0)),
        Earned::GivenBack(sign) => Some((0, sign < 0)),
        Earned::Cost(sign) => Some((1, sign < 0)),
        Earned::Fulfilment => Some((2, false)),
        Earned::Nothing => None,
    }
}

impl Fold {
    /// Accounts that the rules have come to name, with what they owed before.
    pub(super) fn begin_money(&mut self) {
        for account in self.state.derived.rules.credited(Movement::Receipt) {
            let owed = self.state.books.balances.get(account.0).map_or(0, |b| i128::from(b.micros()));
            if self.money.owing.insert(account) && owed != 0 {
                let owed = owed.saturating_neg();
                self.put(M::UnreconciledValue, (owed, 0), self.now.occurred, Dims::default());
            }
        }
    }

    /// The journal of an event.
    pub(super) fn look_at_money(&mut self, event: &Event) {
        let postings = event.body.postings();
        if postings.is_empty() {
            // Only what posts nothing changes the rules.
            self.begin_money();
            return;
        }
        let (supplier, order) = parties(&event.body);
        let reason = match &event.body {
            Body::StockAdjusted(adjusted) => Kind::Reason(adjusted.reason),
            _ => Kind::Word(event.body.name()),
        };
        for posting in postings {
            let amount = i128::from(posting.amount.micros()).saturating_neg();
            let sum = self.money.posted.entry(posting.account).or_default();
            *sum = sum.saturating_add(amount);
            if self.money.owing.contains(&posting.account) {
                let (sku, node) = (posting.sku, posting.node);
                let dims = Dims { sku, node, supplier, ..Dims::default() };
                self.put(M::UnreconciledValue, (amount, 0), self.now.occurred, dims);
            }
        }
        for pair in postings.chunks(2) {
            if let [debit, credit] = pair {
                self.earned(debit, credit, order, reason);
            }
        }
    }

    /// An entry of the journal: a debit and a credit of the same amount.
    fn earned(&mut self, debit: &Posting, credit: &Posting, order: OrderId, reason: Kind) {
        let amount = i128::from(debit.amount.micros());
        let Some((class, by_credit)) = class_of(debit.movement) else { return };
        let account = if by_credit { credit.account } else { debit.account };
        let earned = if by_credit { amount } else { amount.saturating_neg() };
        if let (Some(accounts), Some(counted)) =
            (self.money.accounts.get_mut(class), self.money.counted.get_mut(class))
        {
            accounts.insert(account);
            *counted = counted.saturating_add(earned);
        }
        let Posting { sku, node, channel, .. } = *debit;
        let dims = Dims { sku, node, channel, order, ..Dims::default() };
        let (at, spent) = (self.now.occurred, earned.saturating_neg());
        let kind = |word: &'static str| Dims { kind: Kind::Word(word), ..dims };
        match class {
            3 => {
                let dims = Dims { kind: reason, ..dims };
                self.put(M::ShrinkValue, (spent, 0), at, dims);
                self.put(M::ShrinkRate, (spent, 0), at, dims);
                return;
            }
            0 => {
                self.put(M::NetRevenue, (earned, 0), at, dims);
                self.put(M::MarginShare, (0, earned), at, dims);
            }
            1 => {
                self.put(M::CostOfSales, (spent, 0), at, dims);
                self.put(M::ShrinkRate, (0, spent), at, dims);
                // What a supplier ships was never in stock.
                if debit.movement == Movement::DropShipOut {
                    return self.margin(earned, at, dims);
                }
                let year = spent.saturating_mul(i128::from(DAY)).saturating_mul(365);
                self.put(M::Turns, (year, 0), at, dims);
            }
            _ => {
                let word = if debit.movement == Movement::Freight { "freight" } else { "handling" };
                self.put(M::FulfilmentCost, (spent, 0), at, kind(word));
                self.put(M::CostToServe, (spent, 0), at, kind(word));
            }
        }
        self.margin(earned, at, dims);
    }

    fn margin(&mut self, earned: i128, at: Instant, dims: Dims) {
        self.put(M::ChannelMargin, (earned, 0), at, dims);
        self.put(M::MarginShare, (earned, 0), at, dims);
    }
}

/// The supplier and the order that an event's journal is about.
fn parties(body: &Body) -> (SupplierId, OrderId) {
    let (none, no_order) = (SupplierId::NONE, OrderId::NONE);
    match body {
        Body::GoodsReceived(e) => (e.supplier, no_order),
        Body::SupplierInvoiceReceived(e) => (e.supplier, no_order),
        Body::VendorReturnShipped(e) => (e.supplier, no_order),
        Body::OrderShipped(e) => (none, e.order),
        Body::OrderInvoiced(e) => (none, e.order),
        Body::OrderCredited(e) => (none, e.order),
        Body::ReturnReceived(e) => (none, e.order),
        Body::ReturnsReleased(e) => (none, e.order),
        Body::OrderDropShipped(e) => (e.supplier, e.order),
        _ => (none, no_order),
    }
}
