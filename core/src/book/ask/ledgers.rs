//! Answers about ledgers beside the book's own: what they have recorded, and what the goods say of them.

use crate::book::Book;
use crate::book::query::*;
use crate::catalog::Control;
use crate::posting::Movement;
use crate::record::{PeriodRow, PeriodStatus, Worth, row};
use crate::value::ids::*;
use crate::value::money::Money;
use crate::value::rejection::Rejection;
use crate::value::time::Instant;
use crate::workflow::{allowed_apart, ledger_apart, posted_beside};

/// What stock is worth by SKU and node, and what is between nodes.
pub(crate) type Goods = (Vec<(SkuId, NodeId, Money)>, Money);

impl Book {
    /// A ledger's number, from 1; 0 = the book's own.
    pub(crate) fn ledger_number(&self, code: &str) -> Result<u32, Rejection> {
        if code.is_empty() {
            return Ok(0);
        }
        let document = code.chars().take(64).collect();
        let unknown = || Rejection::UnknownDocument { kind: "ledger".into(), document };
        self.state.costs.ledgers.find(code).map(|id| id.saturating_add(1)).ok_or_else(unknown)
    }

    /// Balances of all accounts in a ledger.
    pub(super) fn balances_in(&self, ledger: u32) -> Vec<(AccountId, Money)> {
        let more = posted_beside(&self.state, (ledger, None), |_| true);
        let add = |(account, own): (AccountId, Money)| {
            let by = more.get(&account).copied().unwrap_or(0);
            (account, Money::from_micros(own.micros().saturating_add(by)))
        };
        self.balances().map(add).collect()
    }

    /// The trial balance of a ledger beside the book's own, by its code; empty = the book's own.
    ///
    /// # Errors
    /// If there is no such ledger.
    ///
    /// ```
    #[doc = include_str!("../../example_book.txt")]
    /// let ledger = r#"{"define_ledger":{"ledger":"IFRS","costing":"fifo"}}"#;
    /// book.execute(&Envelope::new("ledger", at, serde_json::from_str(ledger)?))?;
    /// assert_eq!(book.ledger_balance("IFRS")?, book.trial_balance(), "what the book has, for now");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn ledger_balance(&self, ledger: &str) -> Result<Vec<BalanceView>, Rejection> {
        let balances = self.balances_in(self.ledger_number(ledger)?);
        Ok(balances.into_iter().map(|(account, balance)| BalanceView { account, balance }).collect())
    }

    /// A period's balances in a ledger, from those of the book.
    pub(super) fn beside_period(
        &self,
        of: (u32, Option<u32>),
        (from, to): (Instant, Instant),
        views: &mut [PeriodBalanceView],
    ) {
        let side = |span: u32| self.state.costs.side_of(span, (from, to));
        let before = posted_beside(&self.state, of, |span| side(span).is_lt());
        let within = posted_beside(&self.state, of, |span| side(span).is_eq());
        for view in views {
            let by = |sums: &std::collections::BTreeMap<AccountId, i64>, was: Money| {
                let more = sums.get(&view.account).copied().unwrap_or(0);
                Money::from_micros(was.micros().saturating_add(more))
            };
            view.opening = by(&before, view.opening);
            view.movement = by(&within, view.movement);
            view.closing = Money::from_micros(view.opening.micros().saturating_add(view.movement.micros()));
        }
    }

    /// A ledger's rows by span: what it has beyond the book.
    pub(super) fn spans_of<'a, K: Clone, T: Copy>(
        &'a self,
        ledger: u32,
        rows: impl Iterator<Item = (K, T)> + 'a,
        id_of: impl Fn(&K) -> u32 + 'a,
    ) -> impl Iterator<Item = (u32, K, T)> + 'a {
        rows.filter_map(move |(key, value)| {
            let (own, span) = *self.state.costs.beside.get(id_of(&key))?;
            (own == ledger).then_some((span, key, value))
        })
    }

    /// A period's status in a ledger.
    pub(super) fn status_in(&self, ledger: u32, id: u32, own: &PeriodRow) -> PeriodStatus {
        let costs = &self.state.costs;
        let apart = row(&costs.beside_periods, &costs.beside_period, &(ledger, id));
        apart.map_or(own.status, |row| row.status)
    }

    /// What the accounts of goods hold in a ledger by its entries, less what its goods are worth by their
    /// movements; if that is nothing, the same of its allowances: nothing again, where the ledger is tied.
    pub(super) fn untied(&self, ledger: u32) -> Result<Money, Rejection> {
        let apart = ledger_apart(&self.state, ledger)?;
        let worth = apart.pools.values().copied().fold(apart.in_transit, i64::saturating_add);
        let goods = |account: &AccountId| {
            let row = self.state.catalog.account.get(account.0);
            row.is_some_and(|row| row.control != Control::None)
        };
        let posted = posted_beside(&self.state, (ledger, None), |_| true);
        let sum = |meant: &dyn Fn(&AccountId) -> bool| {
            let sums = posted.iter().filter(|(account, _)| meant(account)).map(|(_, sum)| *sum);
            sums.fold(0, i64::saturating_add)
        };
        let rules = &self.state.derived.rules;
        let opens = rules.credited(Movement::WriteDown);
        let allowances = self.clearing(opens, &rules.debited(Movement::WriteDownReversal));
        let by = sum(&goods).saturating_sub(worth);
        if by != 0 || ledger == 0 || allowances.is_empty() {
            return Ok(Money::from_micros(by));
        }
        let standing = sum(&|account| allowances.contains(account));
        Ok(Money::from_micros(standing.saturating_sub(allowed_apart(&self.state, &apart))))
    }

    /// A ledger's value of stock at nodes and of what is between them, by its movements.
    pub(crate) fn worth_in(&self, ledger: u32) -> Result<Goods, Rejection> {
        let mut apart = ledger_apart(&self.state, ledger)?;
        let cells = self.state.stock.cells.iter();
        let mut values: Vec<(SkuId, NodeId, Money)> = cells
            .map(|(sku, node, cell)| {
                let by = apart.pools.remove(&(sku, node)).unwrap_or(0);
                (sku, node, Money::from_micros(cell.value.micros().saturating_add(by)))
            })
            .collect();
        // Where the book has nothing, the ledger may: nodes that share a pool are told apart by movements.
        let rest = apart.pools.iter().filter(|(_, by)| **by != 0);
        values.extend(rest.map(|((sku, node), by)| (*sku, *node, Money::from_micros(*by))));
        let moving = self.in_transit_value().micros().saturating_add(apart.in_transit);
        Ok((values, Money::from_micros(moving)))
    }

    /// Roll-forward rows of a ledger beyond the book's.
    pub(super) fn rolls_in(&self, ledger: u32) -> Vec<(u32, (SkuId, NodeId, Movement), Worth)> {
        let costs = &self.state.costs;
        let rows = costs.beside_rolls.iter().zip(costs.beside_roll.rows());
        let rows = rows.map(|((_, key), worth)| (*key, *worth));
        let rows = self.spans_of(ledger, rows, |key| key.0);
        rows.map(|(span, key, worth)| (span, (key.1, key.2, key.3), worth)).collect()
    }
}
