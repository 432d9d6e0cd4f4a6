//! Returns: goods come back at what they cost when they left, money goes back as it is said.

use super::abroad::Sale;
use super::carried::lots_back;
use super::common::*;
use super::order::{ReceiveReturn, line_of};
use super::replace::had_again;
use crate::catalog::*;
use crate::posting::{Context, Movement};
use crate::record::*;
use crate::value::ids::*;
use crate::value::money::Money;
use crate::value::num;
use crate::value::rejection::Rejection;
use std::collections::VecDeque;

/// What has come back of a line within one command.
#[derive(Clone, Default)]
struct Back {
    line: u32,
    qty: i64,
    cost: Money,
    refund: Money,
    used: super::selling::Expected,
    /// The lots that the customer still has.
    sold: Vec<Carried>,
    /// What went along with all that he has.
    along: Along,
}

impl Back {
    fn add(&mut self, line: &super::order::ReturnLine, cost: Money) -> Result<(), Rejection> {
        self.qty = num::add(self.qty, line.qty)?;
        self.cost = self.cost.plus(cost)?;
        self.refund = self.refund.plus(line.refund)?;
        Ok(())
    }
}

fn invalid(field: &str, need: &str) -> Rejection {
    Rejection::InvalidField { field: field.into(), need: need.into() }
}

pub(crate) fn decide_return(state: &State, receive: &ReceiveReturn) -> Result<Body, Rejection> {
    let rma = super::desk::number_to_grade(state, &receive.rma)?;
    let order = OrderId(known_document(&state.docs.orders, "order", &receive.order)?);
    let (node, _) = state.catalog.node_of(&receive.node)?;
    some_lines(receive.lines.len())?;
    super::desk::may_grade(state, receive, node)?;
    let unknown = || Rejection::UnknownDocument { kind: "order".into(), document: receive.order.clone() };
    let row = state.docs.order.get(order.0).ok_or_else(unknown)?;
    let goods = receive.lines.iter().any(|line| line.qty != 0);
    if goods && state.catalog.site_of(node).is_some_and(|site| site.returns == Permission::Forbidden) {
        return Err(Rejection::ReturnsNotAccepted { node: receive.node.clone() });
    }
    let rows: &[LineRow] = &state.order_lines(row);
    let mut sale = Sale::of(state, order, receive.rate)?;
    let mut entry = Entry::new(state);
    let mut backs: Vec<Back> = Vec::new();
    let mut lines = Vec::with_capacity(receive.lines.len());
    let mut open = VecDeque::from(super::kit::opened_returns(state, order, &receive.lines)?);
    while let Some(mut line) = open.pop_front() {
        let known = line_of(rows, &receive.order, line.line)?;
        let Some(sku) = state.catalog.sku.get(known.sku.0) else { continue };
        let id = state.docs.line_id(row.first_line, line.line);
        let at = backs.iter().position(|back| back.line == line.line).unwrap_or_else(|| {
            let (sold, along) = (state.costs.sold_lots(id), state.costs.gone_along(id));
            backs.push(Back { line: line.line, sold, along, ..Back::default() });
            backs.len().saturating_sub(1)
        });
        let Some(back) = backs.get_mut(at) else { continue };
        check_line(&line, &receive.order, known, back, (sale.minor, state.head.minor))?;
        check_refund(&line, (known, sku), back, (&sale, had_again(state, order, known)))?;
        part_off(state, (id, &mut line), &lines, (&mut open, sale.minor))?;
        let refund = sale.gives_line(line.refund)?;
        let (lots, cost, along) = came_back(state, sku, known, back, &line)?;
        back.add(&line, cost)?;
        let context = Context { channel: row.channel, ..context(sku, known.sku, node, line.qty) };
        let (sums, before) = ((line.qty, cost, refund), back.used);
        let used = super::selling::meet_expected(state, &mut entry, (id, known), sums, before, &context)?;
        back.used = back.used.and(&used)?;
        let (came, unowed) = sent_back(state, (id, &line), &lines)?;
        book_cost(&mut entry, &line, (cost, unowed), &context)?;
        let enters = matches!(line.disposition, Disposition::Restock | Disposition::Refurbish);
        let mut passed = Money::ZERO;
        if enters {
            let again = Money::ZERO.minus(along.allowance)?;
            entry.post(Movement::AllowanceRelease, again, &Context { qty: 0, ..context })?;
            passed = entry.enter(known.sku, sku, (line.qty, cost), &context, Movement::TransferVariance)?;
        }
        entry.post(Movement::Refund, refund, &Context { qty: 0, ..context })?;
        lines.push(ReturnedLine {
            line: line.line,
            sku: known.sku,
            qty: line.qty,
            disposition: line.disposition,
            cost,
            refund,
            passed,
            liability: used.liability,
            asset: used.asset,
            unbilled: used.unbilled,
            recognised: used.recognised,
            lots,
            credit: line.credit,
            came,
            unowed,
            credited: used.credited,
        });
    }
    let foreign = sale.settle(&mut entry, row.channel)?;
    Ok(Body::ReturnReceived(ReturnReceived { rma, order, node, lines, postings: entry.postings, foreign }))
}

/// What becomes of the cost of units that came back.
fn book_cost(
    entry: &mut Entry<'_>,
    line: &super::order::ReturnLine,
    (cost, unowed): (Money, Option<Money>),
    about: &Context,
) -> Result<(), Rejection> {
    if let Some(unowed) = unowed {
        return take_back(entry, (line.qty, cost), unowed, about);
    }
    if let Some(movement) = movement(line.disposition) {
        entry.post(movement, cost, about)?;
    }
    claim(entry, line.credit, cost, about)
}

/// A line that no one drop shipment brought goes back in parts, each by the one that it came with: what is
/// left of it waits for its turn.
fn part_off(
    state: &State,
    (id, line): (u32, &mut super::order::ReturnLine),
    before: &[ReturnedLine],
    (open, minor): (&mut VecDeque<super::order::ReturnLine>, i64),
) -> Result<(), Rejection> {
    if line.disposition != Disposition::ReturnToVendor || line.lot.is_some() {
        return Ok(());
    }
    let mut left = Vec::new();
    for part in state.costs.drop_shipped(id) {
        left.push(left_of(&part, before)?);
    }
    let first = left.iter().copied().find(|left| *left > 0);
    let Some(qty) = first.filter(|_| left.iter().all(|left| *left < line.qty)) else { return Ok(()) };
    let others = num::sub(line.qty, qty)?;
    let part = |amount: Money, minor: i64| -> Result<(Money, Money), Rejection> {
        let part =
            super::invoice::shares(amount, &[qty, others], minor)?.first().copied().unwrap_or_default();
        Ok((part, amount.minus(part)?))
    };
    let mut rest = line.clone();
    (line.qty, rest.qty) = (qty, others);
    (line.refund, rest.refund) = part(line.refund, minor)?;
    if let Some(credit) = line.credit {
        let (own, other) = part(credit, state.head.minor)?;
        (line.credit, rest.credit) = (Some(own), Some(other));
    }
    open.push_front(rest);
    Ok(())
}

/// What has not gone back of a drop shipment.
fn left_of(part: &Carried, before: &[ReturnedLine]) -> Result<i64, num::Overflow> {
    let gone = before.iter().filter(|gone| gone.came == part.source);
    gone.map(|gone| gone.qty).try_fold(part.qty, num::sub)
}

/// The drop shipment that units go back of, and what their vendor is no longer owed, where he has not billed
/// them.
fn sent_back(
    state: &State,
    (id, line): (u32, &super::order::ReturnLine),
    before: &[ReturnedLine],
) -> Result<(u32, Option<Money>), Rejection> {
    if line.disposition != Disposition::ReturnToVendor {
        return Ok((0, None));
    }
    for part in state.costs.drop_shipped(id) {
        let receipt = part.source.wrapping_sub(1);
        let Some(row) = state.costs.receipts.get(receipt) else { continue };
        let mut open = state.costs.open_receipt(receipt, row);
        let left = left_of(&part, before)?;
        for gone in before.iter().filter(|gone| gone.came == part.source) {
            if let Some(unowed) = gone.unowed {
                open = Worth { qty: num::sub(open.qty, gone.qty)?, value: open.value.minus(unowed)? };
            }
        }
        if left >= line.qty {
            let minor = state.head.minor;
            let share = |of: Worth| crate::costing::share(of.value, line.qty, of.qty, minor);
            let unowed =
                if open.qty >= line.qty { Some(line.credit.map_or_else(|| share(open), Ok)?) } else { None };
            return Ok((part.source, unowed));
        }
    }
    Ok((0, None))
}

/// Goods go back to a vendor who has not billed them: his drop shipment is taken back, and he is owed that
/// much less.
fn take_back(
    entry: &mut Entry<'_>,
    (qty, cost): (i64, Money),
    unowed: Money,
    about: &Context,
) -> Result<(), Rejection> {
    let less = Money::ZERO.minus(cost)?;
    let about = Context { node: NodeId::NONE, qty: qty.saturating_neg(), ..*about };
    entry.post(Movement::DropShipOut, less, &about)?;
    entry.post(Movement::DropShipIn, less, &about)?;
    entry.post(Movement::VendorReturnVariance, cost.minus(unowed)?, &Context { qty: 0, ..about })
}

/// A claim is what the vendor owes; what the goods cost beyond it is a variance.
fn claim(
    entry: &mut Entry<'_>,
    credit: Option<Money>,
    cost: Money,
    about: &Context,
) -> Result<(), Rejection> {
    let Some(credit) = credit else { return Ok(()) };
    entry.post(Movement::ReturnClaimVariance, cost.minus(credit)?, &Context { qty: 0, ..*about })
}

/// The lots of a line that came back, what its units cost when they left, and what went along with them.
fn came_back(
    state: &State,
    sku: &SkuRow,
    known: &LineRow,
    back: &mut Back,
    line: &super::order::ReturnLine,
) -> Result<(Vec<LotCost>, Money, Along), Rejection> {
    if line.qty == 0 {
        return Ok((Vec::new(), Money::ZERO, Along::default()));
    }
    let open = num::sub(num::sub(known.shipped, known.returned)?, back.qty)?;
    let all = (open, known.issued.minus(back.cost)?);
    let along = back.along.take(line.qty, open, state.head.minor)?;
    let (lots, cost) = lots_back(state, sku, &mut back.sold, (line.lot.as_deref(), line.qty), all)?;
    Ok((lots, cost, along))
}

const fn movement(disposition: Disposition) -> Option<Movement> {
    match disposition {
        Disposition::Restock => Some(Movement::ReturnRestock),
        Disposition::Refurbish => Some(Movement::ReturnRefurbish),
        Disposition::Scrap => Some(Movement::ReturnScrap),
        Disposition::ReturnToVendor => Some(Movement::ReturnToVendor),
        Disposition::Keep => None,
    }
}

fn check_line(
    line: &super::order::ReturnLine,
    order: &str,
    known: &LineRow,
    back: &Back,
    (minor, own): (i64, i64),
) -> Result<(), Rejection> {
    let keeps = line.disposition == Disposition::Keep;
    if (line.qty == 0) != keeps {
        return Err(invalid(
            "lines.qty",
            "units that came back; 0 with the disposition `keep`, and only there",
        ));
    }
    if keeps && line.refund == Money::ZERO {
        return Err(invalid("lines.refund", "something to give back where no goods come back"));
    }
    if line.refund.micros() < 0 || line.refund.micros().checked_rem(minor) != Some(0) {
        return Err(invalid("lines.refund", "whole minor units of money, 0 or more"));
    }
    if let Some(credit) = line.credit {
        let whole = credit.micros() >= 0 && credit.micros().checked_rem(own) == Some(0);
        if line.disposition != Disposition::ReturnToVendor || !whole {
            let need = "whole minor units of money, 0 or more, and only with `return_to_vendor`";
            return Err(invalid("lines.credit", need));
        }
    }
    if keeps {
        return Ok(());
    }
    let qty = quantity(line.qty)?;
    let open = num::sub(num::sub(known.shipped, known.returned)?, back.qty)?;
    if qty > open {
        let document = order.into();
        return Err(Rejection::MoreThanOpen { document, line: line.line, asked: qty, open });
    }
    Ok(())
}

/// Nobody gets back more than the line's shipped goods were sold for.
fn check_refund(
    line: &super::order::ReturnLine,
    (known, sku): (&LineRow, &SkuRow),
    back: &Back,
    (sale, again): (&Sale<'_>, i64),
) -> Result<(), Rejection> {
    let sold = sale.sold(line.line, known, (0, known.shipped), sku.scale)?;
    let sold = sold.minus(sale.abroad(Money::from_micros(again))?)?;
    let total = sale.given(line.line, known).plus(back.refund)?.plus(line.refund)?;
    if total > sold {
        let need = "at most what the line's shipped goods were sold for, less what was replaced";
        return Err(invalid("lines.refund", need));
    }
    Ok(())
}
