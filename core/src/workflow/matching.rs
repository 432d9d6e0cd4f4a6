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
    let of = |purchase: PurchaseId, units: fn(&PurchaseLineRow) -> i64| {
        let row = state.docs.purchase.get(purchase.0);
        let lines = row.map(|row| row.lines.as_slice()).unwrap_or_default().iter();
        let mine = lines.filter(|line| line.sku == billed.sku);
        mine.map(|line| (units(line), line.unit_cost)).collect::<Vec<_>>()
    };
    let cost = |lines: &[(i64, Money)], (before, qty): (i64, i64)| -> Result<Money, Rejection> {
        let (mut skip, mut left, mut cost) = (before, qty, Money::ZERO);
        let last = lines.len().saturating_sub(1);
        for (place, (units, each)) in lines.iter().enumerate() {
            let passed = skip.min(*units);
            skip = num::sub(skip, passed)?;
            let now = if place == last { left } else { left.min(num::sub(*units, passed)?) };
            left = num::sub(left, now)?;
            cost = cost.plus(extend(*each, now, scale, state.head.minor)?)?;
        }
        Ok(cost)
    };
    let mut still = of(purchase, PurchaseLineRow::open);
    if still.is_empty() {
        return Ok(None);
    }
    still.put_in_order_by_key(|line| std::cmp::Reverse(line.1));
    let supplier = state.docs.purchase.get(purchase.0).map_or(SupplierId::NONE, |row| row.supplier);
    let billed_ahead = row_of(&state.costs.ahead, &state.costs.prebilled, &(supplier, billed.sku));
    let mut agreed = cost(&still, (billed_ahead.unwrap_or_default().qty, billed.ahead))?;
    for (id, qty) in open {
        let Some(receipt) = state.costs.receipts.get(*id) else { continue };
        let came_on = if receipt.purchase == PurchaseId::NONE { purchase } else { receipt.purchase };
        let same = |row: &&ReceiptRow| (row.purchase, row.sku) == (receipt.purchase, billed.sku);
        let earlier = state.costs.receipts.rows().iter().take(num::index(*id)).filter(same);
        let before = earlier.map(|row| row.qty).fold(0, i64::saturating_add);
        let whole = cost(&of(came_on, |line| line.received), (before, receipt.qty))?;
        let part = num::mul_div(whole.micros(), *qty, receipt.qty.max(1))?;
        agreed = agreed.plus(Money::from_micros(part))?;
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
