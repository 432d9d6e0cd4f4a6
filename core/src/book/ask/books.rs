//! Answers about the books.

use super::super::Book;
use super::super::query::*;
use crate::catalog::{Control, Lookup};
use crate::costing::Costing;
use crate::metric::{Earned, earns};
use crate::posting::Movement;
use crate::record::*;
use crate::value::ids::*;
use crate::value::money::Money;
use crate::value::num;
use crate::value::rejection::Rejection;
use crate::value::time::Instant;
use std::collections::BTreeMap;

/// Microseconds in a day.
const DAY: i64 = 86_400_000_000;

/// Where a movement stands in the roll-forward.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Receipts,
    Issues,
    Adjustments,
    Transfers,
    Revaluations,
}

const fn class(movement: Movement) -> Class {
    match movement {
        Movement::Receipt
        | Movement::Opening
        | Movement::ConsignmentUse
        | Movement::IntercompanyPurchase
        | Movement::VendorReturn
        | Movement::VendorReturnClaim => Class::Receipts,
        Movement::Issue
        | Movement::IssueUnbilled
        | Movement::ReturnRestock
        | Movement::ReturnRefurbish
        | Movement::ReturnScrap
        | Movement::ReturnToVendor => Class::Issues,
        Movement::TransferOut | Movement::TransferIn | Movement::TransferLoss | Movement::PoolShare => {
            Class::Transfers
        }
        Movement::Gain | Movement::Loss | Movement::AssemblyIn | Movement::AssemblyOut => Class::Adjustments,
        _ => Class::Revaluations,
    }
}

fn plus(to: &mut Money, amount: Money) {
    *to = Money::from_micros(to.micros().saturating_add(amount.micros()));
}

fn add(to: &mut WorthView, worth: Worth, sign: i64) {
    to.qty = to.qty.saturating_add(worth.qty.saturating_mul(sign));
    plus(&mut to.value, Money::from_micros(worth.value.micros().saturating_mul(sign)));
}

impl Book {
    fn period(&self, name: &str) -> Result<(u32, PeriodRow), Rejection> {
        let costs = &self.state.costs;
        let unknown = || Rejection::UnknownDocument { kind: "period".into(), document: name.into() };
        let id = costs.periods.find(name).ok_or_else(unknown)?;
        Ok((id, costs.period.get(id).cloned().ok_or_else(unknown)?))
    }

    /// Whether a period comes after an instant; what lies in no period counts as before all of them.
    fn is_after(&self, period: u32, instant: Instant) -> bool {
        self.state.costs.period.get(period).is_some_and(|row| row.from >= instant)
    }

    pub(super) fn ask_roll_forward(&self, query: &PeriodQuery) -> Result<Vec<RollView>, Rejection> {
        let (id, row) = self.period(&query.period)?;
        let mut views: BTreeMap<(SkuId, NodeId), RollView> = BTreeMap::new();
        let blank = |(sku, node): (SkuId, NodeId)| RollView {
            sku,
            node,
            opening: WorthView::default(),
            receipts: WorthView::default(),
            issues: WorthView::default(),
            adjustments: WorthView::default(),
            transfers: WorthView::default(),
            revaluations: WorthView::default(),
            closing: WorthView::default(),
        };
        for (sku, node, cell) in self.state.stock.cells.iter() {
            let view = views.entry((sku, node)).or_insert_with(|| blank((sku, node)));
            add(&mut view.closing, Worth { qty: cell.on_hand(), value: cell.value }, 1);
        }
        let costs = &self.state.costs;
        for ((_, key), worth) in costs.rolls.iter().zip(costs.roll.rows()) {
            let (period, sku, node, movement) = *key;
            let view = views.entry((sku, node)).or_insert_with(|| blank((sku, node)));
            if self.is_after(period, row.to) {
                // What came later is taken off what is there now.
                add(&mut view.closing, *worth, -1);
            } else if period == id {
                let part = match class(movement) {
                    Class::Receipts => &mut view.receipts,
                    Class::Issues => &mut view.issues,
                    Class::Adjustments => &mut view.adjustments,
                    Class::Transfers => &mut view.transfers,
                    Class::Revaluations => &mut view.revaluations,
                };
                add(part, *worth, 1);
            }
        }
        for view in views.values_mut() {
            view.opening = view.closing.clone();
            let parts =
                [&view.receipts, &view.issues, &view.adjustments, &view.transfers, &view.revaluations];
            for part in parts.map(|part| Worth { qty: part.qty, value: part.value }) {
                add(&mut view.opening, part, -1);
            }
        }
        let empty = |worth: &WorthView| worth.qty == 0 && worth.value == Money::ZERO;
        let still = |view: &RollView| {
            [&view.opening, &view.receipts, &view.issues, &view.adjustments, &view.transfers, &view.closing]
                .into_iter()
                .chain([&view.revaluations])
                .all(empty)
        };
        Ok(views.into_values().filter(|view| !still(view)).collect())
    }

    pub(super) fn ask_period_balances(
        &self,
        query: &PeriodQuery,
    ) -> Result<Vec<PeriodBalanceView>, Rejection> {
        let (id, row) = self.period(&query.period)?;
        let costs = &self.state.costs;
        let mut later = vec![Money::ZERO; self.state.books.balances.len()];
        let mut within = later.clone();
        for ((_, key), amount) in costs.closings.iter().zip(costs.closing.rows()) {
            let to = if key.0 == id { &mut within } else { &mut later };
            let counts = key.0 == id || self.is_after(key.0, row.to);
            if let Some(sum) = to.get_mut(num::index(key.1.0)).filter(|_| counts) {
                plus(sum, *amount);
            }
        }
        let rows = self.state.books.balances.iter().zip(later.into_iter().zip(within));
        let view = |((account, balance), (later, movement)): ((u32, &Money), (Money, Money))| {
            let closing = balance.minus(later)?;
            let opening = closing.minus(movement)?;
            Ok(PeriodBalanceView { account: AccountId(account), opening, movement, closing })
        };
        rows.map(view).collect::<Result<_, num::Overflow>>().map_err(Rejection::from)
    }

    pub(super) fn ask_margin(&self, query: &MarginQuery) -> Result<Vec<MarginView>, Rejection> {
        let only = query.period.as_deref().map(|name| self.period(name)).transpose()?.map(|(id, _)| id);
        let costs = &self.state.costs;
        let mut views: BTreeMap<(ChannelId, SkuId), MarginView> = BTreeMap::new();
        for ((_, key), worth) in costs.markets.iter().zip(costs.market.rows()) {
            let (period, channel, sku, movement) = *key;
            if only.is_some_and(|only| only != period) {
                continue;
            }
            let view = views.entry((channel, sku)).or_insert_with(|| MarginView {
                channel,
                sku,
                qty: 0,
                revenue: Money::ZERO,
                given_back: Money::ZERO,
                cost: Money::ZERO,
                fulfilment: Money::ZERO,
                margin: Money::ZERO,
            });
            let (earned, units) = earns(movement);
            view.qty = view.qty.saturating_add(worth.qty.saturating_mul(units));
            match earned {
                Earned::Revenue(sign) => plus(&mut view.revenue, signed(worth.value, sign)),
                Earned::GivenBack(sign) => plus(&mut view.given_back, signed(worth.value, sign)),
                Earned::Cost(sign) => plus(&mut view.cost, signed(worth.value, sign)),
                Earned::Fulfilment => plus(&mut view.fulfilment, worth.value),
                Earned::Nothing => {}
            }
        }
        for view in views.values_mut() {
            let spent = [view.given_back, view.cost, view.fulfilment].map(|m| m.micros());
            let margin = spent.iter().fold(view.revenue.micros(), |sum, part| sum.saturating_sub(*part));
            view.margin = Money::from_micros(margin);
        }
        Ok(views.into_values().collect())
    }

    pub(super) fn ask_grni(&self) -> GrniView {
        let costs = &self.state.costs;
        let mut view = GrniView {
            lines: Vec::new(),
            ages: vec![Money::ZERO; 4],
            ahead: Money::ZERO,
            owed: Money::ZERO,
            balance: self.grni_balance(),
        };
        for (id, row) in costs.receipts.iter() {
            let open = costs.open_receipt(id, row);
            if open.qty == 0 && open.value == Money::ZERO {
                continue;
            }
            let days = self.now().micros().saturating_sub(row.at.micros()).div_euclid(DAY);
            let age = [30, 60, 90].iter().filter(|limit| days >= **limit).count();
            if let Some(sum) = view.ages.get_mut(age) {
                plus(sum, open.value);
            }
            plus(&mut view.owed, open.value);
            let receipt = self.state.docs.receipts.text(row.receipt);
            view.lines.push(GrniLineView {
                supplier: row.supplier,
                receipt: receipt.unwrap_or_default(),
                line: row.line,
                sku: row.sku,
                qty: open.qty,
                value: open.value,
                days,
            });
        }
        for worth in costs.prebilled.rows() {
            plus(&mut view.ahead, worth.value);
        }
        view.owed = Money::from_micros(view.owed.micros().saturating_sub(view.ahead.micros()));
        view
    }

    /// What the accounts owe that receipts are credited to.
    fn grni_balance(&self) -> Money {
        let accounts = self.state.derived.rules.credited(Movement::Receipt);
        let balance =
            |account: &AccountId| self.state.books.balances.get(account.0).map_or(0, |b| b.micros());
        Money::from_micros(accounts.iter().map(balance).fold(0, i64::saturating_add).saturating_neg())
    }

    pub(super) fn tie_out(&self, balances: &[HostBalance]) -> Vec<TieView> {
        let mut lines: BTreeMap<String, (Money, Money)> = BTreeMap::new();
        for (id, balance) in self.state.books.balances.iter() {
            let code = self.account_code(AccountId(id)).unwrap_or_default();
            if *balance != Money::ZERO {
                plus(&mut lines.entry(code.into()).or_default().0, *balance);
            }
        }
        for said in balances {
            plus(&mut lines.entry(said.account.chars().take(64).collect()).or_default().1, said.balance);
        }
        let view = |(account, (book, host)): (String, (Money, Money))| {
            let difference = Money::from_micros(book.micros().saturating_sub(host.micros()));
            TieView { account, book, host, difference, ties: difference == Money::ZERO }
        };
        lines.into_iter().map(view).collect()
    }

    pub(super) fn ask_close(&self, query: &CloseQuery) -> Result<CloseView, Rejection> {
        let (id, row) = self.period(&query.period)?;
        let state = &self.state;
        let mut checks: Vec<CheckView> = Vec::new();
        let mut check = |check, open: usize, value: Money| {
            let open = u64::try_from(open).unwrap_or(u64::MAX);
            checks.push(CheckView { check, passes: open == 0, open, value });
        };
        check(CloseCheck::BooksTied, usize::from(self.verify().is_err()), Money::ZERO);
        let grni = self.ask_grni();
        check(CloseCheck::GoodsReceivedNotInvoiced, grni.lines.len(), grni.owed);
        let moving = state.docs.transfer.rows().iter().filter(|t| t.state() == TransferState::InTransit);
        check(CloseCheck::InTransit, moving.count(), self.in_transit_value());
        let unbilled = state.costs.bill.rows().iter().map(|bill| bill.unbilled_cost.micros());
        let (count, value) = unbilled
            .filter(|cost| *cost != 0)
            .fold((0usize, 0i64), |(n, sum), cost| (n.saturating_add(1), sum.saturating_add(cost)));
        check(CloseCheck::ShippedNotInvoiced, count, Money::from_micros(value));
        check(CloseCheck::Unposted, state.derived.rules.gaps(), Money::ZERO);
        let negative = state.stock.cells.iter().filter(|(_, _, cell)| cell.on_hand() < 0);
        let (count, value) = negative.fold((0usize, 0i64), |(n, sum), (_, _, cell)| {
            (n.saturating_add(1), sum.saturating_add(cell.value.micros()))
        });
        check(CloseCheck::NegativeStock, count, Money::from_micros(value));
        check(CloseCheck::OpenExceptions, self.open_exceptions().len(), Money::ZERO);
        let lines = self.tie_out(&query.balances);
        let odd = lines.iter().filter(|line| !line.ties);
        let (count, value) = odd.fold((0usize, 0i64), |(n, sum), line| {
            (n.saturating_add(1), sum.saturating_add(line.difference.micros().saturating_abs()))
        });
        check(CloseCheck::GeneralLedger, count, Money::from_micros(value));
        let before = state.costs.period.iter().filter(|(other, known)| *other != id && known.to <= row.from);
        let open = before.filter(|(_, known)| known.status != PeriodStatus::Closed).count();
        check(CloseCheck::PeriodBefore, open, Money::ZERO);
        let open = state.costs.used.rows().iter().filter(|row| row.qty > row.invoiced.qty);
        let (count, value) = open.fold((0usize, 0i64), |(n, sum), row| {
            let left = row.value.micros().saturating_sub(row.invoiced.value.micros());
            (n.saturating_add(1), sum.saturating_add(left))
        });
        check(CloseCheck::ConsignmentNotInvoiced, count, Money::from_micros(value));
        let ready = checks.iter().all(|check| check.passes);
        Ok(CloseView { period: query.period.clone(), status: row.status, checks, ready })
    }

    pub(super) fn ask_costs(&self, query: &StockQuery) -> Result<CostView, Rejection> {
        let state = &self.state;
        let (sku, row) = state.catalog.sku_of(&query.sku)?;
        let only = query.node.as_deref().map(|node| state.catalog.node_of(node)).transpose()?;
        let costing = state.method(row);
        let allowance =
            |node| crate::record::row(&state.costs.allowances, &state.costs.allowance, &(sku, node));
        let layer =
            |part: crate::costing::Part| LayerCost { qty: part.qty, value: part.value, source: part.source };
        let pool = |node: NodeId, lot: LotId, worth: Worth| CostPoolView {
            node,
            lot,
            qty: worth.qty,
            value: worth.value,
            allowance: allowance(node).unwrap_or_default(),
            standard: state.standard_cost(sku, node).unwrap_or_default(),
            layers: state.layers.parts(&state.stock, sku, node).into_iter().map(layer).collect(),
        };
        let here =
            state.stock.cells.iter().filter(|(known, node, _)| {
                *known == sku && only.as_ref().is_none_or(|(only, _)| only == node)
            });
        let mut pools: Vec<CostPoolView> = Vec::new();
        for (_, node, cell) in here {
            if costing == Costing::Lot {
                let rows = state.costs.lots.iter().zip(state.costs.lot.rows());
                let mine = rows.filter(|((_, key), worth)| (key.0, key.1) == (sku, node) && worth.qty != 0);
                pools.extend(mine.map(|((_, key), worth)| pool(node, key.2, *worth)));
            } else {
                pools.push(pool(node, LotId::NONE, Worth { qty: cell.on_hand(), value: cell.value }));
            }
        }
        Ok(CostView { costing, pools })
    }

    /// Eliminates sales between companies: revenue against cost, receivable against payable, and the mark-up
    /// from stock and from cost of goods sold (IFRS 10.B86).
    pub(super) fn ask_consolidation(&self) -> Result<ConsolidationView, Rejection> {
        let state = &self.state;
        let mut sums: BTreeMap<AccountId, i64> = BTreeMap::new();
        let mut against = |account: Option<AccountId>, amount: i64| {
            if let Some(account) = account {
                let sum = sums.entry(account).or_default();
                *sum = sum.saturating_add(amount);
            }
        };
        let rules = &state.derived.rules;
        let balance = |account: AccountId| state.books.balances.get(account.0).map_or(0, |b| b.micros());
        let mut profit = 0i64;
        let between =
            [Movement::IntercompanySale, Movement::IntercompanyCost, Movement::IntercompanyPurchase];
        let mut accounts: Vec<AccountId> = Vec::new();
        for movement in between {
            accounts.extend(rules.credited(movement).into_iter().chain(rules.debited(movement)));
        }
        accounts.sort_unstable();
        accounts.dedup();
        let tied = |account: &AccountId| {
            state.catalog.account.get(account.0).is_some_and(|row| row.control != Control::None)
        };
        for account in accounts.into_iter().filter(|account| !tied(account)) {
            against(Some(account), balance(account).saturating_neg());
            profit = profit.saturating_sub(balance(account));
        }
        // What is left of the sums is the mark-up: in stock, in the transfer variance, or sold on with it.
        let marked = state.costs.markups.iter().zip(state.costs.markup.rows());
        let (mut stock, mut varied) = (0i64, 0i64);
        for ((_, (sku, node)), amount) in marked {
            let Some(row) = state.catalog.sku.get(sku.0) else { continue };
            let about =
                crate::posting::Context { sku: *sku, node: *node, group: row.group, ..Default::default() };
            let (movement, sum) = if *node == NodeId::NONE {
                (Movement::TransferVariance, &mut varied)
            } else {
                (Movement::IntercompanyPurchase, &mut stock)
            };
            *sum = sum.saturating_add(amount.micros());
            against(rules.debit_of(movement, &about), amount.micros().saturating_neg());
        }
        let sold = profit.saturating_sub(stock).saturating_sub(varied);
        let about = crate::posting::Context::default();
        against(rules.debit_of(Movement::Issue, &about), sold.saturating_neg());
        let view =
            |account: AccountId, micros: i64| BalanceView { account, balance: Money::from_micros(micros) };
        let eliminations = sums.iter().filter(|(_, sum)| **sum != 0).map(|(a, sum)| view(*a, *sum)).collect();
        let rows = state.books.balances.iter();
        let balances = rows.map(|(id, balance)| {
            let more = sums.get(&AccountId(id)).copied().unwrap_or(0);
            view(AccountId(id), balance.micros().saturating_add(more))
        });
        let balances = balances.collect();
        Ok(ConsolidationView { eliminations, mark_up_in_stock: Money::from_micros(stock), balances })
    }

    pub(super) fn ask_ledger(&self, query: &LedgerQuery) -> Result<LedgerView, Rejection> {
        let unknown = || Rejection::UnknownDocument { kind: "ledger".into(), document: query.ledger.clone() };
        let id = self.state.costs.ledgers.find(query.ledger.as_str()).ok_or_else(unknown)?;
        let row = self.state.costs.ledger.get(id).copied().ok_or_else(unknown)?;
        let balances = crate::workflow::ledger_balances(&self.state, &row)?;
        let inventory = |view: &BalanceView| {
            let account = self.state.catalog.account.get(view.account.0);
            let tied = account.is_some_and(|row| row.control == Control::Inventory);
            if tied { view.balance.micros() } else { 0 }
        };
        let view = |(id, balance): (u32, &Money)| {
            let more = balances.get(&AccountId(id)).copied().unwrap_or(0);
            let balance = Money::from_micros(balance.micros().saturating_add(more));
            BalanceView { account: AccountId(id), balance }
        };
        let balances: Vec<BalanceView> = self.state.books.balances.iter().map(view).collect();
        let value = balances.iter().map(inventory).fold(0, i64::saturating_add);
        let (costing, write_down) = (row.costing, row.write_down);
        Ok(LedgerView { costing, write_down, balances, inventory_value: Money::from_micros(value) })
    }
}

const fn signed(amount: Money, sign: i64) -> Money {
    Money::from_micros(amount.micros().saturating_mul(sign))
}
