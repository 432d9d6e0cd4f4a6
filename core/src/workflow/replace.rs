//! Orders that replace others: goods that were lost or broken, sent again; goods that are exchanged.
//! What a customer keeps, gets again or gets back as money is the same unit once.

use super::amend::{changed_by, live};
use super::common::{order_code, worth};
use crate::allocation::PlacedLine;
use crate::catalog::shown;
use crate::record::*;
use crate::value::ids::*;
use crate::value::rejection::Rejection;

/// The orders that replace one, and are not struck.
pub(super) fn replacements(state: &State, order: OrderId) -> impl Iterator<Item = (OrderId, &OrderRow)> {
    let all = state.desk.replacements.iter_from((order, OrderId(0)));
    let all = all.take_while(move |(replaced, _)| *replaced == order);
    let rows = all.filter_map(|(_, new)| state.docs.order.get(new.0).map(|row| (new, row)));
    rows.filter(|(_, row)| row.state(&state.order_lines(row)) != OrderState::Cancelled)
}

fn is_exchange(state: &State, order: OrderId) -> bool {
    state.terms_of(order).is_some_and(|terms| terms.rma.is_some())
}

/// The order that a return is exchanged for, unless it was struck.
pub(super) fn exchange_of(state: &State, rma: &DocKey) -> Option<OrderId> {
    let order = state.desk.exchanges.find(rma).and_then(|id| state.desk.exchange.get(id)).copied()?;
    let row = state.docs.order.get(order.0)?;
    (row.state(&state.order_lines(row)) != OrderState::Cancelled).then_some(order)
}

/// `Ok` if an order may replace what its terms say: a return is exchanged once, and no more units are sent
/// again than were sent and have not come back.
pub(super) fn check_replacement(
    state: &State,
    terms: &PlacedTerms,
    lines: &[PlacedLine],
) -> Result<(), Rejection> {
    let invalid = |field: &str, need: String| Err(Rejection::InvalidField { field: field.into(), need });
    let Some(replaced) = terms.replaces else {
        return if terms.rma.is_some() {
            invalid("terms.replaces", "the order whose goods are exchanged".into())
        } else {
            Ok(())
        };
    };
    let number = || order_code(state, replaced);
    if let Some(rma) = &terms.rma {
        let Some((_, case)) = state.desk.return_of(rma).filter(|(_, case)| case.order == replaced) else {
            let document = shown(&rma.to_string());
            return Err(Rejection::UnknownDocument { kind: format!("return of `{}`", number()), document });
        };
        if case.stage == ReturnStage::Cancelled {
            return Err(super::fulfil::no_step("return", &rma.to_string(), "cancelled", "place_order"));
        }
        return match exchange_of(state, rma) {
            Some(order) => {
                let kind = format!("exchange of `{rma}`");
                Err(Rejection::DocumentExists { kind, document: order_code(state, order) })
            }
            None => Ok(()),
        };
    }
    check_units(state, (replaced, OrderId::NONE), lines)
}

/// `Ok` if an order that replaces another, as it will be with so much more, has no more units than were sent
/// and have not come back.
pub(super) fn check_more(
    state: &State,
    (order, row): (OrderId, &OrderRow),
    amended: &[LineQty],
    added: &[PlacedLine],
) -> Result<(), Rejection> {
    let replaced = state.terms_of(order).and_then(|terms| *terms.replaces);
    let Some(replaced) = replaced.filter(|_| !is_exchange(state, order)) else { return Ok(()) };
    let rows = state.order_lines(row);
    let change = |number: u32| changed_by(amended, number);
    let now = |(number, line): (u32, &LineRow)| PlacedLine {
        sku: line.sku,
        qty: live(line).saturating_add(change(number)),
        price: line.price,
    };
    let all: Vec<PlacedLine> = (1u32..).zip(rows.iter()).map(now).chain(added.iter().copied()).collect();
    let rising = (1u32..).zip(rows.iter()).filter(|(number, _)| change(*number) > 0);
    let mut rising = rising.map(|(_, line)| line.sku).chain(added.iter().map(|line| line.sku));
    rising.try_for_each(|sku| {
        let same: Vec<PlacedLine> = all.iter().filter(|line| line.sku == sku).copied().collect();
        check_units(state, (replaced, order), &same)
    })
}

/// `Ok` if an order may replace so many units of another, which other replacements leave.
fn check_units(
    state: &State,
    (replaced, own): (OrderId, OrderId),
    lines: &[PlacedLine],
) -> Result<(), Rejection> {
    let Some(row) = state.docs.order.get(replaced.0) else { return Ok(()) };
    let units = |rows: &[LineRow], sku: SkuId, of: fn(&LineRow) -> i64| {
        rows.iter().filter(|row| row.sku == sku).map(of).fold(0, i64::saturating_add)
    };
    for line in lines.iter().filter(|line| line.qty > 0) {
        let same = lines.iter().filter(|known| known.sku == line.sku);
        let asked = same.map(|known| known.qty).fold(0, i64::saturating_add);
        let sent = units(&state.order_lines(row), line.sku, |row| row.shipped.saturating_sub(row.returned));
        let again = replacements(state, replaced);
        let again = again.filter(|(id, _)| *id != own && !is_exchange(state, *id));
        let again = again.map(|(_, row)| {
            units(&state.order_lines(row), line.sku, |row| row.qty.saturating_sub(row.cancelled))
        });
        let open = again.fold(sent, i64::saturating_sub).max(0);
        if asked > open {
            let document = order_code(state, replaced);
            return Err(Rejection::MoreThanOpen { document, line: 0, asked, open });
        }
    }
    Ok(())
}

/// What of a line's worth the customer had again as goods, in micro-units: no money goes back for that.
pub(super) fn had_again(state: &State, order: OrderId, line: &LineRow) -> i64 {
    if state.desk.replacements.len() == 0 {
        return 0;
    }
    let again = replacements(state, order).filter(|(id, _)| !is_exchange(state, *id));
    let mut sum = 0i64;
    for (_, row) in again {
        for known in state.order_lines(row).iter().filter(|known| known.sku == line.sku) {
            let qty = known.qty.saturating_sub(known.cancelled);
            let free = worth(state, line.sku, qty, line.price);
            sum = sum.saturating_add(free.saturating_sub(worth(state, line.sku, qty, known.price)).max(0));
        }
    }
    sum
}
