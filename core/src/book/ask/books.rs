//! Answers about the books.

use super::super::Book;
use super::super::query::*;
use crate::catalog::{AccountKind, Control, Lookup};
use crate::costing::Costing;
use crate::metric::{Earned, earns};
use crate::posting::Movement;
use crate::record::*;
use crate::value::ids::*;
use crate::value::money::Money;
use crate::value::num;
use crate::value::rejection::Rejection;
use crate::value::sort::PutInOrder;
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
        | Movement::CatchUp
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

/// The column of the roll-forward that a movement stands in.
fn part_of(view: &mut RollView, movement: Movement) -> &mut WorthView {
    match class(movement) {
        Class::Receipts => &mut view.receipts,
        Class::Issues => &mut view.issues,
        Class::Adjustments => &mut view.adjustments,
        Class::Transfers => &mut view.transfers,
        Class::Revaluations => &mut view.revaluations,
    }
}

fn plus(to: &mut Money, amount: Money) {
    *to = Money::from_micros(to.micros().saturating_add(amount.micros()));
}

fn add(to: &mut WorthView, worth: Worth, sign: i64) {
    to.qty = to.qty.saturating_add(worth.qty.saturating_mul(sign));
    plus(&mut to.value, Money::from_micros(worth.value.micros().saturating_mul(sign)));
}

/// How many amounts there are, and their sum.
fn summed(amounts: impl Iterator<Item = Money>) -> (usize, i64) {
    amounts.fold((0usize, 0i64), |(count, sum), amount| {
        (count.saturating_add(1), sum.saturating_add(amount.micros()))
    })
}

impl Book {
    fn period(&self, name: &str) -> Result<(u32, PeriodRow), Rejection> {
        let costs = &self.state.costs;
        let unknown = || Rejection::UnknownDocument { kind: "period".into(), document: name.into() };
        let id = costs.periods.find(name).ok_or_else(unknown)?;
        Ok((id, costs.period.get(id).cloned().ok_or_else(unknown)?))
    }

    pub(super) fn ask_roll_forward(&self, query: &PeriodQuery) -> Result<Vec<RollView>, Rejection> {
        let (_, row) = self.period(&query.period)?;
        let company = self.company(query)?;
        let mine = |node: NodeId| company.is_none_or(|company| self.state.company_at(node) == company);
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
            let side = costs.side_of(period, (row.from, row.to));
            if side.is_gt() {
                // What came later is taken off what is there now.
                add(&mut view.closing, *worth, -1);
            } else if side.is_eq() {
                add(part_of(view, movement), *worth, 1);
            }
        }
        for (span, (sku, node, movement), worth) in self.rolls_in(self.ledger_number(&query.ledger)?) {
            let side = costs.side_of(span, (row.from, row.to));
            let view = views.entry((sku, node)).or_insert_with(|| blank((sku, node)));
            if !side.is_gt() {
                add(&mut view.closing, worth, 1);
            }
            if side.is_eq() {
                add(part_of(view, movement), worth, 1);
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
        Ok(views.into_values().filter(|view| !still(view) && mine(view.node)).collect())
    }

    pub(super) fn ask_period_balances(
        &self,
        query: &PeriodQuery,
    ) -> Result<Vec<PeriodBalanceView>, Rejection> {
        let (_, row) = self.period(&query.period)?;
        let (bounds, company) = ((row.from, row.to), self.company(query)?);
        let mut views = match company {
            Some(company) => self.company_period(company, bounds)?,
            None => self.whole_period(&row)?,
        };
        let ledger = self.ledger_number(&query.ledger)?;
        self.beside_period((ledger, company), bounds, &mut views);
        Ok(views)
    }

    fn whole_period(&self, row: &PeriodRow) -> Result<Vec<PeriodBalanceView>, Rejection> {
        let costs = &self.state.costs;
        let mut later = vec![Money::ZERO; self.state.books.balances.len()];
        let mut within = later.clone();
        for ((_, key), amount) in costs.closings.iter().zip(costs.closing.rows()) {
            let side = costs.side_of(key.0, (row.from, row.to));
            let to = if side.is_eq() { &mut within } else { &mut later };
            if let Some(sum) = to.get_mut(num::index(key.1.0)).filter(|_| side.is_ge()) {
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

    fn company(&self, query: &PeriodQuery) -> Result<Option<u32>, Rejection> {
        let unknown =
            |company: &String| Rejection::UnknownCompany { company: company.chars().take(64).collect() };
        let find = |company: &String| {
            self.state.catalog.companies.find(company.as_str()).ok_or_else(|| unknown(company))
        };
        query.company.as_ref().map(find).transpose()
    }

    /// A company's accounts in a period.
    fn company_period(
        &self,
        company: u32,
        bounds: (Instant, Instant),
    ) -> Result<Vec<PeriodBalanceView>, Rejection> {
        let side = |span: u32| self.state.costs.side_of(span, bounds);
        let before = self.state.company_sums(company, &|span| side(span).is_lt());
        let within = self.state.company_sums(company, &|span| side(span).is_eq());
        let view = |((account, opening), (_, movement)): ((AccountId, Money), (AccountId, Money))| {
            Ok(PeriodBalanceView { account, opening, movement, closing: opening.plus(movement)? })
        };
        before
            .into_iter()
            .zip(within)
            .map(view)
            .collect::<Result<_, num::Overflow>>()
            .map_err(Rejection::from)
    }

    /// Each company's balances, and what belongs to none.
    fn company_balances(&self) -> Vec<CompanyBalancesView> {
        let mut left: Vec<(AccountId, Money)> = self.balances().collect();
        let view = |(account, balance): (AccountId, Money)| BalanceView { account, balance };
        let mut views = Vec::new();
        for (id, company) in self.state.catalog.companies.iter() {
            let sums = self.state.company_sums(id, &|_| true);
            for ((_, left), (_, own)) in left.iter_mut().zip(&sums) {
                *left = Money::from_micros(left.micros().saturating_sub(own.micros()));
            }
            let balances = sums.into_iter().map(view).collect();
            views.push(CompanyBalancesView { company: company.to_string(), balances });
        }
        if left.iter().any(|(_, balance)| *balance != Money::ZERO) {
            let balances = left.into_iter().map(view).collect();
            views.push(CompanyBalancesView { company: String::new(), balances });
        }
        views
    }

    pub(super) fn ask_margin(&self, query: &MarginQuery) -> Result<Vec<MarginView>, Rejection> {
        let only = query.period.as_deref().map(|name| self.period(name)).transpose()?;
        let costs = &self.state.costs;
        let mut views: BTreeMap<(ChannelId, SkuId), MarginView> = BTreeMap::new();
        let own =
            costs.markets.iter().zip(costs.market.rows()).map(|((_, key), worth)| (key.0, *key, *worth));
        let rows = costs.beside_markets.iter().zip(costs.beside_market.rows());
        let rows = rows.map(|((_, key), worth)| (*key, *worth));
        let more = self.spans_of(self.ledger_number(&query.ledger)?, rows, |key| key.0);
        for (period, (_, channel, sku, movement), worth) in own.chain(more) {
            if only.as_ref().is_some_and(|(_, row)| costs.side_of(period, (row.from, row.to)).is_ne()) {
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

    /// The accounts that receipts are credited to until their invoice is debited.
    fn grni_accounts(&self) -> Vec<AccountId> {
        let rules = &self.state.derived.rules;
        self.clearing(rules.credited(Movement::Receipt), &rules.debited(Movement::PurchaseInvoice))
    }

    /// Accounts that one movement opens and another clears.
    pub(super) fn clearing(&self, mut opens: Vec<AccountId>, clears: &[AccountId]) -> Vec<AccountId> {
        let spent = |id: &AccountId| {
            let kind = self.state.catalog.account.get(id.0).map(|row| row.kind);
            matches!(kind, Some(AccountKind::Expense | AccountKind::Income))
        };
        opens.retain(|id| clears.contains(id) && !spent(id));
        opens
    }

    fn balance_of(&self, accounts: &[AccountId]) -> i64 {
        let balance =
            |account: &AccountId| self.state.books.balances.get(account.0).map_or(0, |b| b.micros());
        accounts.iter().map(balance).fold(0, i64::saturating_add)
    }

    /// What the accounts owe that receipts are credited to.
    fn grni_balance(&self) -> Money {
        let accounts = self.state.derived.rules.credited(Movement::Receipt);
        Money::from_micros(self.balance_of(&accounts).saturating_neg())
    }

    /// The book's own balances.
    pub(super) fn balances(&self) -> impl Iterator<Item = (AccountId, Money)> {
        self.state.books.balances.iter().map(|(id, balance)| (AccountId(id), *balance))
    }

    pub(super) fn ask_tie_out(&self, query: &TieOutQuery) -> Result<Vec<TieView>, Rejection> {
        let ledger = self.ledger_number(&query.ledger)?;
        Ok(self.tie_out(self.balances_in(ledger).into_iter(), &query.balances))
    }

    /// Balances against those of the host's general ledger.
    fn tie_out(
        &self,
        own: impl Iterator<Item = (AccountId, Money)>,
        balances: &[HostBalance],
    ) -> Vec<TieView> {
        let mut lines: BTreeMap<String, (Money, Money)> = BTreeMap::new();
        for (id, balance) in own.filter(|(_, balance)| *balance != Money::ZERO) {
            let code = self.account_code(id).unwrap_or_default();
            plus(&mut lines.entry(code.into()).or_default().0, balance);
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
        let ledger = self.ledger_number(&query.ledger)?;
        let of = PeriodQuery { period: query.period.clone(), company: None, ledger: query.ledger.clone() };
        let closing = self.ask_period_balances(&of)?;
        let sum = |mine: &dyn Fn(AccountId) -> bool| {
            let mine = closing.iter().filter(|view| mine(view.account));
            mine.map(|view| view.closing.micros()).fold(0, i64::saturating_add)
        };
        let mut checks: Vec<CheckView> = Vec::new();
        let mut check = |check, passes: bool, open: usize, micros: i64| {
            let (open, value) = (u64::try_from(open).unwrap_or(u64::MAX), Money::from_micros(micros));
            checks.push(CheckView { check, passes, open, value });
        };
        let by = self.untied(ledger)?;
        let untied = usize::from(self.verify().is_err() || by != Money::ZERO);
        check(CloseCheck::BooksTied, untied == 0, untied, by.micros());
        let grni = self.ask_grni();
        let agrees = grni.owed == grni.balance || self.grni_accounts().is_empty();
        check(CloseCheck::GoodsReceivedNotInvoiced, agrees, grni.lines.len(), grni.owed.micros());
        let in_transit = |id: AccountId| {
            state.catalog.account.get(id.0).is_some_and(|row| row.control == Control::InTransit)
        };
        let value = sum(&in_transit);
        check(CloseCheck::InTransit, value == 0, usize::from(value != 0), value);
        let waits = self.clearing(
            state.derived.rules.debited(Movement::IssueUnbilled),
            &state.derived.rules.credited(Movement::CostRecognised),
        );
        let value = sum(&|id| waits.contains(&id));
        check(CloseCheck::ShippedNotInvoiced, value == 0, usize::from(value != 0), value);
        let gaps = state.derived.rules.gaps();
        check(CloseCheck::Unposted, gaps == 0, gaps, 0);
        let stock = self.ask_roll_forward(&of)?;
        let (count, value) = summed(stock.iter().filter(|v| v.closing.qty < 0).map(|v| v.closing.value));
        check(CloseCheck::NegativeStock, count == 0, count, value);
        let open = self.open_exceptions().iter().filter(|known| known.opened_at < row.to).count();
        check(CloseCheck::OpenExceptions, open == 0, open, 0);
        let lines = self.tie_out(closing.iter().map(|v| (v.account, v.closing)), &query.balances);
        let apart = |line: &TieView| Money::from_micros(line.difference.micros().saturating_abs());
        let (count, value) = summed(lines.iter().filter(|line| !line.ties).map(apart));
        check(CloseCheck::GeneralLedger, count == 0, count, value);
        let before = state.costs.period.iter().filter(|(other, known)| *other != id && known.to <= row.from);
        let open =
            |(id, known): &(u32, &PeriodRow)| self.status_in(ledger, *id, known) != PeriodStatus::Closed;
        let open = before.filter(open).count();
        check(CloseCheck::PeriodBefore, open == 0, open, 0);
        let open = state.costs.used.rows().iter().filter(|row| row.qty > row.invoiced.qty);
        let (count, value) = summed(open.map(|row| row.value.minus(row.invoiced.value).unwrap_or_default()));
        let rules = &state.derived.rules;
        let liable = self
            .clearing(rules.credited(Movement::ConsignmentUse), &rules.debited(Movement::ConsignmentInvoice));
        let agrees = liable.is_empty() || value == self.balance_of(&liable).saturating_neg();
        check(CloseCheck::ConsignmentNotInvoiced, agrees, count, value);
        let ready = checks.iter().all(|check| check.passes);
        let status = self.status_in(ledger, id, &row);
        Ok(CloseView { period: query.period.clone(), status, checks, ready })
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
        accounts.put_in_order();
        accounts.dedup();
        let tied = |account: &AccountId| {
            state.catalog.account.get(account.0).is_some_and(|row| row.control != Control::None)
        };
        for account in accounts.into_iter().filter(|account| !tied(account)) {
            against(Some(account), balance(account).saturating_neg());
            profit = profit.saturating_sub(balance(account));
        }
        // What is left of the sums is the mark-up: in stock, in the transfer variance, or sold on with it.
        let costs = &state.costs;
        let marked = costs.markups.iter().zip(costs.markup.rows()).map(|((_, (sku, node)), amount)| {
            let varied = *node == NodeId::NONE;
            let there = if varied { Movement::TransferVariance } else { Movement::IntercompanyPurchase };
            (*sku, *node, there, *amount)
        });
        let moving = costs.ways.iter().zip(costs.way.rows()).filter_map(|((_, (transfer, line)), way)| {
            let row = state.docs.transfer.get(*transfer)?;
            let sku = row.lines.get(num::index(line.saturating_sub(1)))?.sku;
            Some((sku, row.from, Movement::TransferOut, way.along.markup))
        });
        let (mut stock, mut varied) = (0i64, 0i64);
        for (sku, node, movement, amount) in marked.chain(moving) {
            let Some(row) = state.catalog.sku.get(sku.0) else { continue };
            let about = crate::posting::Context { sku, node, group: row.group, ..Default::default() };
            let sum = if movement == Movement::TransferVariance { &mut varied } else { &mut stock };
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
        let (mark_up_in_stock, companies) = (Money::from_micros(stock), self.company_balances());
        Ok(ConsolidationView { eliminations, mark_up_in_stock, balances, companies })
    }

    pub(super) fn ask_ledger(&self, query: &LedgerQuery) -> Result<LedgerView, Rejection> {
        let unknown = || Rejection::UnknownDocument { kind: "ledger".into(), document: query.ledger.clone() };
        let number = self.ledger_number(&query.ledger)?;
        let row = number.checked_sub(1).and_then(|id| self.state.costs.ledger.get(id));
        let row = row.copied().ok_or_else(unknown)?;
        let balances = self.ledger_balance(&query.ledger)?;
        let (values, _) = self.worth_in(number)?;
        let value = values.iter().map(|(.., value)| value.micros()).fold(0, i64::saturating_add);
        let (costing, write_down) = (row.costing, row.write_down);
        Ok(LedgerView { costing, write_down, balances, inventory_value: Money::from_micros(value) })
    }
}

const fn signed(amount: Money, sign: i64) -> Money {
    Money::from_micros(amount.micros().saturating_mul(sign))
}
