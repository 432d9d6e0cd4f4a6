//! Credit: what a customer owes for orders, and the limit beyond which they are held.

use super::common::worth;
use crate::allocation::PlacedLine;
use crate::exception::{ExceptionCode, Opened};
use crate::record::*;
use crate::value::ids::*;
use crate::value::money::Money;
use crate::value::num;
use crate::value::rejection::Rejection;
use crate::value::time::Instant;

/// Checks what an order's terms say of other orders; one that its customer may not owe waits.
pub(super) fn check_terms(
    state: &State,
    placed: &mut OrderPlaced,
    order: OrderId,
    at: Instant,
) -> Result<(), Rejection> {
    let Some(terms) = &mut placed.terms else { return Ok(()) };
    super::replace::check_replacement(state, terms, &placed.lines)?;
    let new = worth_of(state, &placed.lines)?.minus(super::schedule::worth_of(state, terms))?;
    let over = is_over(state, (&terms.customer, &terms.segment, placed.channel), new, at)?;
    terms.held = over.then_some(OrderHoldKind::Credit);
    placed.exceptions.extend(over_limit(over, order));
    Ok(())
}

/// What lines are sold for.
fn worth_of(state: &State, lines: &[PlacedLine]) -> Result<Money, Rejection> {
    let each = |line: &PlacedLine| worth(state, line.sku, line.qty, line.price);
    Ok(Money::from_micros(lines.iter().map(each).try_fold(0, num::add)?))
}

/// The orders that name a customer.
pub(super) fn orders_of<'a>(state: &'a State, customer: &str) -> impl Iterator<Item = OrderId> + use<'a> {
    let buyer = state.desk.buyers.find(&DocKey::from(customer)).unwrap_or(NOTHING);
    let bought = state.desk.bought.iter_from((buyer, 0)).take_while(move |(known, _)| *known == buyer);
    bought.map(|(_, order)| OrderId(order))
}

/// What a customer owes: his orders, less what was struck, given back or paid; all of an order in another
/// currency at the order's rate.
pub(crate) fn owed_by(state: &State, customer: &str) -> Money {
    let mut owed = 0i64;
    for OrderId(order) in orders_of(state, customer) {
        let Some(row) = state.docs.order.get(order) else { continue };
        let abroad = state.costs.sold_in(OrderId(order));
        for (number, line) in (1u32..).zip(state.order_lines(row).iter()) {
            let wanted = line.qty.saturating_sub(line.cancelled);
            let sold = worth(state, line.sku, wanted, line.price);
            let given = super::abroad::given_at_order(abroad, number, line);
            owed = owed.saturating_add(sold).saturating_sub(given.micros());
        }
        let paid = row_paid(state, OrderId(order));
        owed = owed.saturating_sub(paid.micros());
    }
    Money::from_micros(owed)
}

fn row_paid(state: &State, order: OrderId) -> Money {
    super::common::row_of(&state.desk.payers, &state.desk.paid, &order).unwrap_or_default()
}

/// A customer's limit in a channel, at a service level where one is named; none = any amount.
pub(crate) fn limit_of(
    state: &State,
    (customer, level, channel): (&str, &str, ChannelId),
    at: Instant,
) -> Option<Money> {
    let place = super::common::scope_of_customer(state, customer, level, channel);
    Some(state.read_parameter("credit_limit", &place, at)).filter(|limit| *limit > Money::ZERO)
}

/// Whether a customer owes more than he may with a new amount.
pub(super) fn is_over(
    state: &State,
    who: (&str, &str, ChannelId),
    new: Money,
    at: Instant,
) -> Result<bool, Rejection> {
    if who.0.is_empty() || new <= Money::ZERO {
        return Ok(false);
    }
    let Some(limit) = limit_of(state, who, at) else { return Ok(false) };
    Ok(owed_by(state, who.0).plus(new)? > limit)
}

/// Whether more of lines is more than the order's customer may owe.
pub(super) fn is_over_by(
    state: &State,
    (order, row): (OrderId, &OrderRow),
    (amended, added): (&[LineQty], &[PlacedLine]),
    at: Instant,
) -> Result<bool, Rejection> {
    let (customer, level) = who_of(state, order);
    if customer.is_empty() || state.desk.holds_of(order).any(|hold| hold == OrderHoldKind::Credit) {
        return Ok(false);
    }
    let rows = state.order_lines(row);
    let mut new = worth_of(state, added)?.micros();
    for change in amended.iter().filter(|change| change.qty > 0) {
        let line = rows.get(num::index(change.line.saturating_sub(1)));
        new = new.saturating_add(line.map_or(0, |line| worth(state, line.sku, change.qty, line.price)));
    }
    is_over(state, (customer, level, row.channel), Money::from_micros(new), at)
}

/// Who buys by an order, and at which service level.
pub(super) fn who_of(state: &State, order: OrderId) -> (&str, &str) {
    state.terms_of(order).map_or(("", ""), |terms| (terms.customer.as_str(), &*terms.segment))
}

/// The exception of an order that is held for credit.
pub(super) fn over_limit(over: bool, order: OrderId) -> Option<Opened> {
    over.then(|| Opened { order, ..Opened::of(ExceptionCode::CreditLimit) })
}
