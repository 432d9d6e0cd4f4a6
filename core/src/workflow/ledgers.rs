//! Other ledgers from the same events: stock valued by another method, written down on another basis.
//!
//! Nothing is entered twice. A ledger that is defined beside the book's own is found from the remembered
//! movements: each is costed by the ledger's method, and what it comes to otherwise is posted by its own
//! rule.

use super::common::*;
use super::late::differences;
use crate::catalog::code;
use crate::costing::{Costing, DefineLedger, WriteDownBasis};
use crate::record::*;
use crate::value::ids::*;
use crate::value::num;
use crate::value::rejection::Rejection;
use std::collections::BTreeMap;

pub(crate) fn decide_ledger(define: &DefineLedger) -> Result<Body, Rejection> {
    code("ledger", &define.ledger)?;
    if !matches!(define.costing, Costing::MovingAverage | Costing::Fifo) {
        let need = "moving_average or fifo".into();
        return Err(Rejection::InvalidField { field: "costing".into(), need });
    }
    Ok(Body::LedgerDefined(define.clone()))
}

/// What a ledger's balances are beyond the book's, by account.
pub(crate) fn ledger_balances(
    state: &State,
    ledger: &LedgerRow,
) -> Result<BTreeMap<AccountId, i64>, Rejection> {
    let mut entry = Entry::new(state);
    // Standards and lots are the goods' own: every ledger values them alike.
    let own = |sku: &&SkuId| {
        let row = state.catalog.sku.get(sku.0);
        row.is_some_and(|row| matches!(state.method(row), Costing::MovingAverage | Costing::Fifo))
    };
    let skus = state.costs.trails.iter().map(|(_, sku)| sku).filter(own).copied().collect();
    differences(state, skus, ledger.costing, &mut entry)?;
    if ledger.write_down == WriteDownBasis::NewCostBasis {
        never_reversed(state, &mut entry)?;
    }
    let mut sums = BTreeMap::new();
    for posting in &entry.postings {
        let sum = sums.entry(posting.account).or_insert(0i64);
        *sum = num::add(*sum, posting.amount.micros())?;
    }
    Ok(sums)
}

/// Allowances as they would be, had none been taken back.
fn never_reversed(state: &State, entry: &mut Entry<'_>) -> Result<(), Rejection> {
    use crate::posting::Movement;
    let costs = &state.costs;
    for ((_, key), shadow) in costs.shadows.iter().zip(costs.shadow.rows()) {
        let Some(row) = state.catalog.sku.get(key.0.0) else { continue };
        let about = context(row, key.0, key.1, 0);
        let allowance = row_of(&costs.allowances, &costs.allowance, key).unwrap_or_default();
        // Written down more, and released more to cost of goods since.
        entry.post(Movement::WriteDown, shadow.apart, &about)?;
        let still = shadow.basis.minus(allowance)?;
        entry.post(Movement::AllowanceRelease, shadow.apart.minus(still)?, &about)?;
    }
    Ok(())
}
