//! What metrics are tied out to: totals that the state keeps by itself.

use super::define::M;
use super::fold::{Fold, is_done};
use crate::catalog::Control;
use crate::record::State;
use crate::value::ids::*;
use crate::value::num::count;

/// Totals of the state.
#[derive(Clone, Debug, Default)]
pub(crate) struct Totals {
    sequence: i128,
    orders: i128,
    lines: i128,
    ordered: i128,
    shipped: i128,
    returned: i128,
    waiting: i128,
    done: i128,
    begun: i128,
    counted: i128,
    on_hand: i128,
    inventory: i128,
    exceptions: i128,
    open: i128,
    purchased: i128,
    received: i128,
    balances: Vec<i128>,
}

/// What of a metric's facts is tied out.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Part,
    Whole,
    /// How many facts there are.
    Facts,
    /// What the fold has standing at the end.
    Standing,
}

/// What a metric is tied out to: which side of it, to which total, and whether that total counts from the
/// beginning.
type Tie = (Side, fn(&Totals) -> i128, bool);

fn tie_of(metric: M) -> Option<Tie> {
    Some(match metric {
        M::OrdersPlaced => (Side::Part, |t| t.orders, false),
        M::FillRateLines => (Side::Whole, |t| t.lines, false),
        M::FillRateUnits => (Side::Whole, |t| t.ordered, false),
        M::FillRateOrders | M::OversellRate | M::ContactRate | M::TouchesPerOrder => {
            (Side::Whole, |t| t.orders, false)
        }
        M::SplitRate => (Side::Facts, |t| t.orders, false),
        M::UnitsShipped => (Side::Part, |t| t.shipped, false),
        M::OnTimeShipped => (Side::Whole, |t| t.shipped, false),
        M::OnTimeInFull => (Side::Whole, |t| t.done, false),
        M::OrderCycleTime => (Side::Whole, |t| t.begun, false),
        M::BackorderAge => (Side::Standing, |t| t.waiting, true),
        M::BackorderUnitsOpen => (Side::Part, |t| t.waiting, true),
        M::ReturnRate => (Side::Part, |t| t.returned, false),
        M::DispositionMix => (Side::Whole, |t| t.returned, false),
        M::InventoryAccuracy => (Side::Whole, |t| t.counted, false),
        M::DaysOfSupply => (Side::Standing, |t| t.on_hand, true),
        M::Turns => (Side::Standing, |t| t.inventory, true),
        M::InventoryValue => (Side::Part, |t| t.inventory, true),
        M::SupplierOnTime | M::SupplierDefects => (Side::Whole, |t| t.received, false),
        M::SupplierFill | M::SupplierScore => (Side::Whole, |t| t.purchased, false),
        M::ExceptionsOpened => (Side::Part, |t| t.exceptions, false),
        M::ExceptionTime | M::ExceptionAge => (Side::Standing, |t| t.open, true),
        M::LateEntries => (Side::Whole, |t| t.sequence, false),
        _ => return None,
    })
}

impl Totals {
    pub(crate) fn of(state: &State) -> Totals {
        let mut totals = Totals {
            sequence: i128::from(state.head.sequence),
            orders: i128::from(count(state.docs.orders.len())),
            exceptions: i128::from(state.head.exceptions),
            open: i128::from(count(state.books.open_exceptions.len())),
            on_hand: state.stock.cells.iter().map(|(.., cell)| i128::from(cell.on_hand())).sum(),
            ..Totals::default()
        };
        totals.of_orders(state);
        for line in state.docs.purchase.rows().iter().flat_map(|purchase| &purchase.lines) {
            totals.purchased = totals.purchased.saturating_add(i128::from(line.qty));
            totals.received = totals.received.saturating_add(i128::from(line.received));
        }
        let counted = state.desk.count.rows().iter().flat_map(|row| &row.lines);
        totals.counted = counted.map(|line| i128::from(line.times)).sum();
        totals.balances = state.books.balances.iter().map(|(_, b)| i128::from(b.micros())).collect();
        for (id, _) in state.books.balances.iter() {
            if state.catalog.account.get(id).is_some_and(|row| row.control == Control::Inventory) {
                totals.inventory = totals.inventory.saturating_add(totals.balance(AccountId(id)));
            }
        }
        totals
    }

    fn of_orders(&mut self, state: &State) {
        for (_, row) in state.docs.order.iter() {
            let lines: Vec<_> = state.line_rows(row).collect();
            self.done = self.done.saturating_add(i128::from(is_done(&lines)));
            let begun = lines.iter().any(|(_, line)| line.shipped > 0);
            self.begun = self.begun.saturating_add(i128::from(begun));
            for (_, line) in &lines {
                self.lines = self.lines.saturating_add(i128::from(line.qty > 0));
                for (sum, qty) in [
                    (&mut self.ordered, line.qty),
                    (&mut self.shipped, line.shipped),
                    (&mut self.returned, line.returned),
                    (&mut self.waiting, line.backordered),
                ] {
                    *sum = sum.saturating_add(i128::from(qty));
                }
            }
        }
    }

    fn balance(&self, account: AccountId) -> i128 {
        self.balances.get(crate::value::num::index(account.0)).copied().unwrap_or(0)
    }

    /// Credits less debits of accounts.
    fn credits(&self, accounts: &[AccountId]) -> i128 {
        accounts.iter().map(|account| self.balance(*account)).sum::<i128>().saturating_neg()
    }
}

/// The sums of all facts of a metric: part, whole and how many, in the window and without it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Sums {
    pub part: i128,
    pub whole: i128,
    pub facts: i128,
}

/// A metric's figure beside the book's own: counted by the facts, what else moves the book's total, and that
/// total.
pub(crate) fn tie(
    fold: &Fold,
    (start, end): (&Totals, &Totals),
    metric: M,
    all: &Sums,
) -> Option<(i128, i128, i128)> {
    let earned = |class: usize, figure: i128| {
        let (others, accounts) = fold.money.others(class);
        (figure, others, end.credits(&accounts).saturating_sub(start.credits(&accounts)))
    };
    let spent =
        |(figure, others, book): (i128, i128, i128)| (figure, others.saturating_neg(), book.saturating_neg());
    Some(match metric {
        M::NetRevenue => earned(0, all.part),
        M::CostOfSales => spent(earned(1, all.part)),
        M::FulfilmentCost | M::CostToServe => spent(earned(2, all.part)),
        M::ChannelMargin | M::MarginShare => {
            let classes = [0, 1, 2].map(|class| earned(class, 0));
            let sum = |of: fn(&(i128, i128, i128)) -> i128| classes.iter().map(of).sum::<i128>();
            (all.part, sum(|c| c.1), sum(|c| c.2))
        }
        M::UnreconciledValue => {
            let owing: Vec<AccountId> = fold.money.owing.iter().copied().collect();
            (all.part, 0, end.credits(&owing))
        }
        M::ShrinkValue | M::ShrinkRate => spent(earned(3, all.part)),
        M::StockoutRate => {
            let free = |(sku, node)| fold.state.stock.cells.get(sku, node).free();
            let empty = count(fold.stocked().filter(|pair| free(*pair) <= 0).count());
            (fold.standing(metric)?, 0, i128::from(empty))
        }
        _ => {
            let (side, of, level) = tie_of(metric)?;
            let figure = match side {
                Side::Part => all.part,
                Side::Whole => all.whole,
                Side::Facts => all.facts,
                Side::Standing => fold.standing(metric)?,
            };
            (figure, 0, if level { of(end) } else { of(end).saturating_sub(of(start)) })
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tie_out_can_fail() {
        let fold = Fold::new(State::genesis(1));
        let start = Totals::of(&fold.state);
        for metric in M::ALL.iter().copied() {
            let none = tie(&fold, (&start, &start), metric, &Sums::default());
            assert_eq!(none.is_some(), !metric.metric().ties.is_empty(), "{metric:?}");
            let Some((counted, others, book)) = none else { continue };
            assert_eq!(counted.saturating_add(others), book, "{metric:?}: nothing is nothing");
            // A fact that no total of the book knows of shows, but for what stands by itself.
            let one = Sums { part: 1, whole: 1, facts: 1 };
            if fold.standing(metric).is_none()
                && let Some((counted, others, book)) = tie(&fold, (&start, &start), metric, &one)
            {
                assert_ne!(counted.saturating_add(others), book, "{metric:?}");
            }
        }
    }
}
