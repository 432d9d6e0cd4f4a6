//! What a customer wants otherwise: another quantity of an order's lines (more is sourced, less is struck; of
//! a kit the components change together), further goods, another destination or date. The order is then
//! sourced anew, but for what nodes work on and is still wanted: that stays as it is, and what is struck of
//! it goes back to its shelf.

use super::abroad::{abroad, minor_in, own_price};
use super::common::{node_code, scope_of_line};
use super::fulfil::{no_step, wrong_price};
use super::kit::{OpenedKits, open_kits, opened_lines};
use super::order::{ReallocateOrder, check_worth, line_of};
use super::orderable::check_orderable;
use super::replace::check_more;
use crate::allocation::PlacedLine;
use crate::catalog::*;
use crate::policy::{CompiledSourcing, Shortage};
use crate::record::*;
use crate::value::ids::*;
use crate::value::num;
use crate::value::rejection::Rejection;
use crate::value::time::Instant;

/// What a customer wants otherwise: of the order's lines, and beside them.
pub(super) fn wanted(
    state: &State,
    (order, row): (OrderId, &OrderRow),
    reallocate: &ReallocateOrder,
    at: Instant,
) -> Result<(Vec<LineQty>, Option<Box<OrderChange>>), Rejection> {
    let amended = amendments(state, (order, row), reallocate)?;
    let change = changes(state, (order, row), (reallocate, &amended), at)?;
    let added = change.as_deref().map(|change| change.lines.as_slice()).unwrap_or_default();
    check_more(state, (order, row), &amended, added)?;
    Ok((amended, change))
}

/// What the quantities that are wanted now change of an order's lines.
fn amendments(
    state: &State,
    (order, row): (OrderId, &OrderRow),
    reallocate: &ReallocateOrder,
) -> Result<Vec<LineQty>, Rejection> {
    if reallocate.amend.is_empty() {
        return Ok(Vec::new());
    }
    at_most("lines", reallocate.amend.len(), LINES_MAX)?;
    let invalid = |need: &str| Rejection::InvalidField { field: "amend".into(), need: need.into() };
    let kits = state.kits_of(order);
    let rows = state.order_lines(row);
    let (mut amended, mut wanted): (Vec<LineQty>, Vec<PlacedLine>) = (Vec::new(), Vec::new());
    for line in &reallocate.amend {
        let known = line_of(&rows, &reallocate.order, line.line)?;
        let qty = quantity(line.qty)?;
        wanted.push(PlacedLine { sku: known.sku, qty, price: known.price });
        if kits.iter().any(|kit| parts(kit).contains(&line.line)) {
            return Err(invalid("a kit's own line: its components go with it"));
        }
        for part in opened_lines(state, order, std::slice::from_ref(line))? {
            let known = line_of(&rows, &reallocate.order, part.line)?;
            if amended.iter().any(|before| before.line == part.line) {
                return Err(invalid("each line once"));
            }
            if quantity(part.qty)? < known.shipped {
                return Err(invalid("at least what has left: the rest of it comes back as a return"));
            }
            amended.push(LineQty { line: part.line, qty: num::sub(part.qty, live(known))? });
        }
    }
    check_in_all(state, (order, row), &amended, &wanted, &[])?;
    check_worth(state, &wanted)?;
    Ok(amended)
}

/// The lines of a kit's components.
fn parts(kit: &OrderedKit) -> std::ops::Range<u32> {
    kit.first..kit.first.saturating_add(num::id(kit.each.len()))
}

/// By how much a line changes.
pub(super) fn changed_by(amended: &[LineQty], line: u32) -> i64 {
    amended.iter().find(|change| change.line == line).map_or(0, |change| change.qty)
}

/// Units of a line that are not struck.
pub(super) fn live(line: &LineRow) -> i64 {
    line.qty.saturating_sub(line.cancelled)
}

/// `Ok` if what changes and what is added is sold, with all else that the order has of the same goods.
fn check_in_all(
    state: &State,
    (order, row): (OrderId, &OrderRow),
    amended: &[LineQty],
    changed: &[PlacedLine],
    added: &[PlacedLine],
) -> Result<(), Rejection> {
    let (kits, rows) = (state.kits_of(order), state.order_lines(row));
    let now = |number: u32| {
        let change = changed_by(amended, number);
        let line = rows.get(num::index(number.saturating_sub(1)));
        line.map_or(0, |line| live(line).saturating_add(change))
    };
    let mut all: Vec<PlacedLine> = Vec::new();
    for (number, line) in (1u32..).zip(rows.iter()) {
        let sku = line.sku;
        let touched = changed.iter().chain(added).any(|known| known.sku == sku);
        if !touched || kits.iter().any(|kit| parts(kit).contains(&number)) {
            continue;
        }
        let whole = |kit: &OrderedKit| {
            let each = parts(kit).zip(&kit.each).filter_map(|(part, each)| now(part).checked_div(*each));
            each.min().unwrap_or(0)
        };
        let kit = kits.iter().find(|kit| kit.line == number);
        let qty = kit.map_or_else(|| now(number), whole);
        if qty > 0 {
            all.push(PlacedLine { sku, qty, price: line.price });
        }
    }
    all.extend_from_slice(added);
    check_orderable(state, &all, "reallocate_order")
}

/// Nodes that work on an order, and how far they are.
pub(super) fn at_work(state: &State, order: OrderId) -> impl Iterator<Item = (NodeId, FulfilmentStage)> {
    let nodes = (0..num::id(state.catalog.node.len())).map(NodeId);
    let stage = move |node| Some((node, state.desk.fulfilment_of(order, node)?.1.stage));
    nodes.filter_map(stage).filter(|(_, stage)| stage.is_work())
}

/// `Ok` if no node works on an order.
fn check_idle(state: &State, order: OrderId, number: &str) -> Result<(), Rejection> {
    let Some((node, stage)) = at_work(state, order).next() else { return Ok(()) };
    let document = format!("{number} at {}", node_code(state, node));
    Err(no_step("fulfilment", &document, stage.word(), "reallocate_order"))
}

/// What a customer wants otherwise beside other quantities, if anything.
fn changes(
    state: &State,
    (order, row): (OrderId, &OrderRow),
    (reallocate, amended): (&ReallocateOrder, &[LineQty]),
    at: Instant,
) -> Result<Option<Box<OrderChange>>, Rejection> {
    if !reallocate.is_changed() {
        return Ok(None);
    }
    if reallocate.to.is_some() {
        check_idle(state, order, &reallocate.order)?;
    }
    let (to, deliver_by) = (reallocate.to, reallocate.deliver_by);
    let terms = state.terms_of(order);
    if to.is_some_and(|to| !to.is_valid()) {
        let need = "latitude -90 to 90 and longitude -180 to 180".into();
        return Err(Rejection::InvalidField { field: "to".into(), need });
    }
    let picked_up = terms.is_some_and(|terms| terms.pickup != NodeId::NONE);
    if to.is_some() && (picked_up || state.lines_of(row).any(|line| line.shipped > 0)) {
        return Err(Rejection::DestinationFixed { order: reallocate.order.clone() });
    }
    let from = terms.and_then(|terms| *terms.ship_from).unwrap_or(at).max(at);
    if deliver_by.is_some_and(|by| !by.is_valid() || by < from) {
        return Err(Rejection::InvalidInstant { field: "deliver_by".into() });
    }
    let mut change = OrderChange { to, deliver_by, ..OrderChange::default() };
    if !reallocate.add.is_empty() {
        add(state, (order, row), (reallocate, amended), at, &mut change)?;
    }
    Ok(Some(Box::new(change)))
}

/// Further lines, as those of a new order.
fn add(
    state: &State,
    (order, row): (OrderId, &OrderRow),
    (reallocate, amended): (&ReallocateOrder, &[LineQty]),
    at: Instant,
    change: &mut OrderChange,
) -> Result<(), Rejection> {
    let base = state.lines_of(row).count();
    at_most("lines", base.saturating_add(reallocate.add.len()), LINES_MAX)?;
    let sold = state.costs.sold_in(order).map(|row| &row.sold.currency);
    let mut lines = Vec::with_capacity(reallocate.add.len());
    for line in &reallocate.add {
        if line.lot.is_some() {
            let need = "none: a lot is asked for when an order is placed".into();
            return Err(Rejection::InvalidField { field: "add.lot".into(), need });
        }
        let (sku, known) = state.catalog.sold_as(row.channel, &line.sku)?;
        let qty = to_smallest(&state.catalog, sku, known, line.qty, line.unit.as_deref())?;
        let list = sold.map_or(Ok(known.price), |sold| abroad(known.price, sold))?;
        let place = scope_of_line(state, order, sku, NodeId::NONE);
        if let Some(problem) = wrong_price(state, (line, list), &place, at) {
            return Err(Rejection::PriceOffList { problem });
        }
        lines.push(PlacedLine { sku, qty, price: line.price.unwrap_or(list) });
    }
    check_in_all(state, (order, row), amended, &[], &lines)?;
    let opened = open_kits(state, &lines, minor_in(state, order))?;
    let opened = opened.unwrap_or(OpenedKits { lines, kits: Vec::new() });
    (change.lines, change.kits) = (opened.lines, opened.kits);
    at_most("lines with kits opened", base.saturating_add(change.lines.len()), LINES_MAX)?;
    for kit in &mut change.kits {
        kit.line = kit.line.saturating_add(num::id(base));
        kit.first = kit.first.saturating_add(num::id(base));
    }
    if let Some(sold) = sold {
        change.prices = change.lines.iter().map(|line| line.price).collect();
        for line in &mut change.lines {
            line.price = own_price(line.price, sold)?;
        }
    }
    check_worth(state, &change.lines)
}

/// What happens when stock is short: what was promised waits, but what is new is refused where a new order
/// would be.
pub(super) fn shortage(
    rule: &CompiledSourcing,
    amended: &[LineQty],
    added: &[PlacedLine],
) -> Option<Shortage> {
    let more = !added.is_empty() || amended.iter().any(|change| change.qty > 0);
    if more && rule.shortage != Shortage::Cancel { None } else { Some(Shortage::Backorder) }
}
