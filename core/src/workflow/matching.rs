//! The match three ways: what was ordered, what came, what is billed. Beyond the tolerances a person looks;
//! the invoice is posted all the same, for it is a fact.

use super::common::*;
use crate::costing::extend;
use crate::exception::{ExceptionCode, Opened, Raised};
use crate::record::*;
use crate::value::ids::*;
use crate::value::money::{MICROS, Money};
use crate::value::num;
use crate::value::rejection::Rejection;
use crate::value::sort::PutInOrder;
use crate::value::time::Instant;

/// A line of an invoice as it is compared.
pub(super) struct Billed {
    pub sku: SkuId,
    pub qty: i64,
    /// Units of them that have not come.
    pub ahead: i64,
    /// The line's amount in the invoice's currency and in the book's.
    pub amounts: (Money, Money),
    /// The purchase order that the invoice names, or none.
    pub purchase: PurchaseId,
}

/// The exception of a line that agrees with its order or its receipts in no tolerance.
pub(super) fn check_match(
    state: &State,
    billed: &Billed,
    (invoice, open): (&str, &[(u32, i64)]),
    at: Instant,
) -> Result<Option<Raised>, Rejection> {
    let first = open.first().and_then(|(id, _)| state.costs.receipts.get(*id));
    let named = if billed.purchase == PurchaseId::NONE {
        first.map_or(PurchaseId::NONE, |row| row.purchase)
    } else {
        billed.purchase
    };
    let order = state.docs.purchase.get(named.0);
    let node = first.map(|row| row.node).or(order.map(|row| row.node)).unwrap_or(NodeId::NONE);
    let place = scope_of(state, billed.sku, node);
    let share = |name| state.read_parameter(name, &place, at).micros();
    let received = num::sub(billed.qty, billed.ahead)?;
    let units_over = billed.ahead > num::mul_div(received, share("match_units_share"), MICROS)?;
    let (foreign, own) = billed.amounts;
    let in_foreign = open.iter().any(|(id, _)| row_of(&state.costs.foreign, &state.costs.rate, id).is_some());
    let (amount, agreed) = match agreed_at(state, named, (billed, open))? {
        Some(agreed) => (if in_foreign { foreign } else { own }, agreed),
        // Nothing was ordered: what it was received at is what was agreed.
        None => (own, received_at(state, billed, open)?),
    };
    let most = num::add(agreed.micros(), num::mul_div(agreed.micros(), share("match_price_share"), MICROS)?)?;
    let price_over = amount.micros() > most;
    if !units_over && !price_over {
        return Ok(None);
    }
    let qty = if price_over { billed.qty } else { billed.ahead };
    let code = ExceptionCode::ThreeWayMismatch;
    Ok(Some(Opened { sku: billed.sku, node, qty, ..Opened::of(code) }.about(invoice)))
}

/// What the billed units cost as they were ordered: those of a receipt at the lines that it came on, for
/// goods come line by line; those that have not come at what is open, the dearest first. None where the order
/// has no such goods.
fn agreed_at(
    state: &State,
    purchase: PurchaseId,
    (billed, open): (&Billed, &[(u32, i64)]),
) -> Result<Option<Money>, Rejection> {
    let scale = state.catalog.sku.get(billed.sku.0).map_or(1, |row| row.scale);
    let worth = |each: Money, qty: i64| extend(each, qty, scale, state.head.minor);
    let lines =
        |purchase: PurchaseId| state.docs.purchase.get(purchase.0).map_or([].as_slice(), |row| &row.lines);
    let mine = |line: &&PurchaseLineRow| line.sku == billed.sku;
    let mut still: Vec<(i64, Money)> =
        lines(purchase).iter().filter(mine).map(|line| (line.open(), line.unit_cost)).collect();
    if still.is_empty() {
        return Ok(None);
    }
    still.put_in_order_by_key(|line| std::cmp::Reverse(line.1));
    let supplier = state.docs.purchase.get(purchase.0).map_or(SupplierId::NONE, |row| row.supplier);
    let billed_ahead = row_of(&state.costs.ahead, &state.costs.prebilled, &(supplier, billed.sku));
    let (mut skip, mut left) = (billed_ahead.unwrap_or_default().qty, billed.ahead);
    let (mut agreed, last) = (Money::ZERO, still.len().saturating_sub(1));
    for (place, (units, each)) in still.iter().enumerate() {
        let passed = skip.min(*units);
        skip = num::sub(skip, passed)?;
        let now = if place == last { left } else { left.min(num::sub(*units, passed)?) };
        left = num::sub(left, now)?;
        agreed = agreed.plus(worth(*each, now)?)?;
    }
    for (id, qty) in open {
        let Some(receipt) = state.costs.receipts.get(*id) else { continue };
        let came_on = lines(if receipt.purchase == PurchaseId::NONE { purchase } else { receipt.purchase });
        let on = receipt.ordered.checked_sub(1).and_then(|at| came_on.get(num::index(at)));
        let on = on.or_else(|| came_on.iter().find(mine));
        agreed = agreed.plus(worth(on.map_or(Money::ZERO, |line| line.unit_cost), *qty)?)?;
    }
    Ok(Some(agreed))
}

/// What the billed units were received at; those that have not come, like the others.
fn received_at(state: &State, billed: &Billed, open: &[(u32, i64)]) -> Result<Money, Rejection> {
    let mut sum = Worth::default();
    for (id, qty) in open {
        let Some(row) = state.costs.receipts.get(*id) else { continue };
        let value = Money::from_micros(num::mul_div(row.value.micros(), *qty, row.qty.max(1))?);
        sum = Worth { qty: num::add(sum.qty, *qty)?, value: sum.value.plus(value)? };
    }
    if sum.qty == 0 {
        return Ok(billed.amounts.1);
    }
    Ok(Money::from_micros(num::mul_div(sum.value.micros(), billed.qty, sum.qty)?))
}
