//! Standard cost that is not close to actual: its price variances belong to stock and to cost of goods sold
//! alike (IAS 2.21).
//!
//! By SKU, the variance of a period and what stock bears from before are shared by the standard cost of what
//! is there when the period ends and of what was issued in it. Stock stays at standard; its part lies in an
//! account of its own.

use super::common::*;
use super::invoice::shares;
use crate::catalog::*;
use crate::costing::Costing;
use crate::posting::{Context, Movement};
use crate::record::*;
use crate::value::ids::*;
use crate::value::money::Money;
use crate::value::num::{self, Overflow};
use crate::value::rejection::Rejection;
use crate::value::wire::wire;

wire! {
    /// Shares a period's purchase price variances of SKUs under standard cost between the stock that is there
    /// at its end and the goods issued in it. What stock bears is shared again with the next period's. Said
    /// again, it shares what was invoiced in the meantime.
    pub struct ShareVariance {
        /// Number of the sharing.
        pub sharing: String,
        /// The period.
        pub period: String,
    }
}

pub(crate) fn decide_sharing(state: &State, share: &ShareVariance) -> Result<Body, Rejection> {
    let sharing = new_books_document(state, BooksDocument::VarianceSharing, &share.sharing)?;
    let costs = &state.costs;
    let unknown = || Rejection::UnknownDocument { kind: "period".into(), document: shown(&share.period) };
    let period = costs.periods.find(share.period.as_str()).ok_or_else(unknown)?;
    let mut skus: Vec<SkuId> = costs.variances.iter().map(|(_, key)| key.1).collect();
    skus.sort_unstable();
    skus.dedup();
    let mut entry = Entry::new(state);
    let mut lines = Vec::new();
    for sku in skus {
        let Some(row) = state.catalog.sku.get(sku.0) else { continue };
        let own = row_of(&costs.variances, &costs.variance, &(period, sku)).unwrap_or_default();
        let before = borne_before(state, period, sku)?;
        let (there, issued) = bases(state, period, sku)?;
        let all = own.total.plus(before)?;
        let bears = if there.max(issued) > 0 {
            shares(all, &[there.max(0), issued.max(0)], state.head.minor)?.first().copied()
        } else {
            None
        };
        let bears = bears.unwrap_or_default();
        let to_stock = bears.minus(before)?.minus(own.to_stock)?;
        let to_cost = all.minus(bears)?.minus(own.to_cost)?;
        if (to_stock, to_cost) == (Money::ZERO, Money::ZERO) || state.method(row) != Costing::Standard {
            continue;
        }
        let about: Context = context(row, sku, NodeId::NONE, 0);
        entry.post(Movement::VarianceToStock, to_stock, &about)?;
        entry.post(Movement::VarianceToCost, to_cost, &about)?;
        lines.push(SharedVariance { sku, to_stock, to_cost });
    }
    if lines.is_empty() {
        return Err(Rejection::NothingToShare { period: share.period.clone() });
    }
    Ok(Body::VarianceShared(VarianceShared { sharing, period, lines, postings: entry.postings }))
}

/// What stock bears of the variances of earlier periods.
fn borne_before(state: &State, period: u32, sku: SkuId) -> Result<Money, Overflow> {
    let costs = &state.costs;
    let from = costs.period.get(period).map(|row| row.from);
    let earlier = |id: u32| costs.period.get(id).zip(from).is_some_and(|(row, from)| row.from < from);
    let rows = costs.variances.iter().zip(costs.variance.rows());
    let mine = rows.filter(|((_, key), _)| key.1 == sku && earlier(key.0));
    mine.map(|(_, row)| row.to_stock).try_fold(Money::ZERO, Money::plus)
}

/// Standard cost of what is there when a period ends, and of what was issued in it, in micro-units.
fn bases(state: &State, period: u32, sku: SkuId) -> Result<(i64, i64), Overflow> {
    let costs = &state.costs;
    let end = costs.period.get(period).map_or(state.head.now, |row| row.to);
    let (mut there, mut issued) = (0i64, 0i64);
    for (_, _, cell) in state.stock.cells.iter().filter(|(known, ..)| *known == sku) {
        there = num::add(there, cell.value.micros())?;
    }
    for ((_, key), worth) in costs.rolls.iter().zip(costs.roll.rows()).filter(|((_, key), _)| key.1 == sku) {
        if costs.period.get(key.0).is_some_and(|row| row.from >= end) {
            there = num::sub(there, worth.value.micros())?;
        }
        use Movement::{Issue, IssueUnbilled, ReturnRefurbish, ReturnRestock};
        if key.0 == period && matches!(key.3, Issue | IssueUnbilled | ReturnRestock | ReturnRefurbish) {
            issued = num::sub(issued, worth.value.micros())?;
        }
    }
    Ok((there, issued))
}
