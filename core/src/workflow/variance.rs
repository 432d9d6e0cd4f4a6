//! Standard cost that is not close to actual: its price variances belong to stock and to cost of goods sold
//! alike (IAS 2.21).
//!
//! Price variances, what standards of nodes differ, and landed cost (IAS 2.10: cost of the goods) alike.
//! By SKU, the variance of a period and what stock bears from before are shared by the standard cost of what
//! is there when the period ends and of what was issued in it. Stock stays at standard; its part lies in an
//! account of its own.

use super::common::*;
use super::invoice::shares;
use crate::catalog::*;
use crate::costing::Costing;
use crate::posting::{Context, Movement, Rules};
use crate::record::*;
use crate::value::ids::*;
use crate::value::money::Money;
use crate::value::num::{self, Overflow};
use crate::value::rejection::Rejection;
use crate::value::wire::wire;
use std::collections::BTreeMap;

wire! {
    /// Shares a period's variances of SKUs under standard cost (of price, of transfer, of landed cost)
    /// between the stock that is there at its end and the goods issued in it. What stock bears is shared
    /// again with the next period's. Said again, it shares what was invoiced in the meantime.
    ///
    /// ```
    /// # use stockbook::*;
    /// # let at: Instant = "2026-01-05T09:00:00Z".parse()?;
    /// # let mut book = Book::new();
    /// # for (id, json) in [
    /// #     r#"{"define_sku":{"sku":"TEE","costing":"standard"}}"#,
    /// #     r#"{"define_node":{"node":"RENO","kind":"warehouse","place":{"lat":"39","lon":"-119"}}}"#,
    /// #     r#"{"define_supplier":{"supplier":"ACME","lead_time_days":7,"expedite_days":2}}"#,
    /// #     r#"{"define_reason":{"reason":"yearly"}}"#,
    /// #     r#"{"revalue_stock":{"revaluation":"S-1","sku":"TEE","unit_cost":"8","reason":"yearly"}}"#,
    /// #     r#"{"set_period":{"period":"2026-01","from":"2026-01-01T00:00:00Z",
    /// #         "to":"2026-02-01T00:00:00Z"}}"#,
    /// #     r#"{"receive_goods":{"receipt":"R-1","node":"RENO","supplier":"ACME","lines":[
    /// #         {"sku":"TEE","qty":10,"unit_cost":"9"}]}}"#].iter().enumerate() {
    /// #     book.execute(&Envelope::new(&id.to_string(), at, serde_json::from_str(json)?))?;
    /// # }
    /// // Ten TEE, of a standard cost of 8.00, were bought for 9.00 each, and are all still there.
    /// let variance = |book: &Book| {
    ///     let account = book.account_id("5020");
    ///     book.trial_balance().into_iter().find(|row| Some(row.account) == account).map(|row| row.balance)
    /// };
    /// assert_eq!(variance(&book), Some(Money::from_cents(10_00)));
    /// let share = ShareVariance { sharing: "V-1".into(), period: "2026-01".into() };
    /// book.execute(&Envelope::new("v-1", at, Command::ShareVariance(share)))?;
    /// assert_eq!(variance(&book).unwrap_or_default(), Money::ZERO, "stock bears it (IAS 2.21)");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
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
    let bases = bases(state, period)?;
    let rules = &state.derived.rules;
    let mut entry = Entry::new(state);
    let mut lines = Vec::new();
    for (sku, base) in bases {
        let Some(row) = state.catalog.sku.get(sku.0) else { continue };
        let own = row_of(&costs.variances, &costs.variance, &(period, sku)).unwrap_or_default();
        let (before, there, issued) = (base.before, base.there, base.issued);
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
        // What lies in other accounts than the one that is credited is taken from there.
        let gives = rules.credit_of(Movement::VarianceToStock, &about);
        for (account, waits) in own.accounts.iter().filter(|(account, _)| Some(*account) != gives) {
            let between = gives.map(|gives| (gives, *account));
            Rules::post_between(&mut entry.postings, Movement::VarianceToStock, between, *waits, &about)?;
        }
        lines.push(SharedVariance { sku, to_stock, to_cost });
    }
    if lines.is_empty() {
        return Err(Rejection::NothingToShare { period: share.period.clone() });
    }
    Ok(Body::VarianceShared(VarianceShared { sharing, period, lines, postings: entry.postings }))
}

/// What a SKU's variances are shared by.
#[derive(Clone, Copy, Default)]
struct Base {
    /// What stock bears of the variances of earlier periods.
    before: Money,
    /// Standard cost of what is there when the period ends, in micro-units.
    there: i64,
    /// Standard cost of what was issued in it, in micro-units.
    issued: i64,
}

/// The bases of all SKUs that ever had a variance, each table read once.
fn bases(state: &State, period: u32) -> Result<BTreeMap<SkuId, Base>, Overflow> {
    let costs = &state.costs;
    let (from, end) =
        costs.period.get(period).map_or((state.head.now, state.head.now), |row| (row.from, row.to));
    let earlier = |id: u32| costs.period.get(id).is_some_and(|row| row.from < from);
    let mut bases: BTreeMap<SkuId, Base> = BTreeMap::new();
    for ((_, key), row) in costs.variances.iter().zip(costs.variance.rows()) {
        let base = bases.entry(key.1).or_default();
        if earlier(key.0) {
            base.before = base.before.plus(row.to_stock)?;
        }
    }
    for (sku, _, cell) in state.stock.cells.iter() {
        if let Some(base) = bases.get_mut(&sku) {
            base.there = num::add(base.there, cell.value.micros())?;
        }
    }
    for ((_, key), worth) in costs.rolls.iter().zip(costs.roll.rows()) {
        let Some(base) = bases.get_mut(&key.1) else { continue };
        let side = costs.side_of(key.0, (from, end));
        if side.is_gt() {
            base.there = num::sub(base.there, worth.value.micros())?;
        }
        use Movement::{Issue, IssueUnbilled, ReturnRefurbish, ReturnRestock};
        if side.is_eq() && matches!(key.3, Issue | IssueUnbilled | ReturnRestock | ReturnRefurbish) {
            base.issued = num::sub(base.issued, worth.value.micros())?;
        }
    }
    Ok(bases)
}
