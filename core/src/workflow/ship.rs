//! Shipping: what is planned from a node leaves it, with its cost, its revenue, its freight.

use super::common::*;
use super::order::{ShipOrder, illegal, line_of};
use crate::catalog::*;
use crate::posting::{Context, Movement};
use crate::record::*;
use crate::value::ids::*;
use crate::value::money::Money;
use crate::value::num;
use crate::value::rejection::Rejection;

/// A shipment with its codes resolved.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct DenseShipment {
    pub order: OrderId,
    pub node: NodeId,
    /// Line numbers and quantities; empty = all that is planned from there.
    pub lines: Vec<(u32, i64)>,
}

/// A shipment by its codes.
pub(crate) fn decide_ship_order(state: &State, ship: &ShipOrder) -> Result<Body, Rejection> {
    let ship = resolve_shipment(state, ship)?;
    decide_shipment(state, &ship).map(Body::OrderShipped)
}

fn resolve_shipment(state: &State, ship: &ShipOrder) -> Result<DenseShipment, Rejection> {
    let order = OrderId(known_document(&state.docs.orders, "order", &ship.order)?);
    let (node, _) = state.catalog.node_of(&ship.node)?;
    at_most("lines", ship.lines.len(), LINES_MAX)?;
    let opened = super::kit::opened_lines(state, order, &ship.lines)?;
    let lines = opened.iter().map(|line| (line.line, line.qty)).collect();
    Ok(DenseShipment { order, node, lines })
}

pub(crate) fn decide_shipment(state: &State, ship: &DenseShipment) -> Result<OrderShipped, Rejection> {
    let node = ship.node;
    let Some(order) = state.docs.order.get(ship.order.0) else {
        let document = ship.order.0.to_string();
        return Err(Rejection::UnknownDocument { kind: "order".into(), document });
    };
    if state.catalog.node.get(node.0).is_some_and(|row| row.status == NodeStatus::Closed) {
        return Err(Rejection::NodeClosed { node: node_code(state, node) });
    }
    if let Some(from) = state.leaves_after(ship.order, state.stock.clock) {
        let (order, leaves_at) = (order_code(state, ship.order), from.to_string());
        return Err(Rejection::TooSoon { order, leaves_at });
    }
    let rows: &[LineRow] = &state.order_lines(order);
    let mut wanted = wanted(state, ship, rows)?;
    if wanted.is_empty() {
        return Err(illegal(&order_code(state, ship.order), order.state(rows), "ship_order"));
    }
    if !state.desk.is_idle() {
        let place = (node, !ship.lines.is_empty());
        super::fulfil::keep_ready(state, ship.order, order.channel, place, &mut wanted)?;
    }
    let mut entry = Entry::new(state);
    let (selling, minor) = (super::selling::selling(state, order.channel), state.head.minor);
    let mut lines: Vec<ShippedLine> = Vec::with_capacity(wanted.len());
    // Cost and revenue of each line, freight and handling: two legs each.
    entry.postings.reserve(wanted.len().saturating_add(1).saturating_mul(4));
    let mut picks = super::dated::Picks::default();
    let mut sale = super::abroad::Sale::of(state, ship.order, None)?;
    for (number, qty) in &wanted {
        let row = line_of(rows, "order", *number)?;
        let Some(sku) = state.catalog.sku.get(row.sku.0) else { continue };
        let same = lines.iter().filter(|known| known.sku == row.sku);
        let before = same.map(|known| known.qty).fold(0, i64::saturating_add);
        let taken = picks.reserved(state, row, (node, order.channel), before, *qty)?;
        let issued = entry.issue(row.sku, sku, node, *qty, &taken)?;
        let (cost, lots) = (issued.value, issued.lots);
        let parts = lines.iter().filter(|known| known.line == *number).map(|known| known.qty);
        let gone = parts.fold(row.shipped, i64::saturating_add);
        let revenue = sale.leaves((*number, row), (gone, *qty), sku.scale, !selling.at_invoice)?;
        let context = Context { channel: order.channel, ..context(sku, row.sku, node, *qty) };
        let (unbilled, (liability, asset)) = sell(&mut entry, selling, (revenue, cost), &context, minor)?;
        lines.push(ShippedLine {
            line: *number,
            sku: row.sku,
            qty: *qty,
            cost,
            revenue,
            taken,
            lots,
            unbilled,
            liability,
            asset,
        });
    }
    let charges = charges(state, order, rows, node, &wanted)?;
    let context = Context { channel: order.channel, node, ..Context::default() };
    entry.post(Movement::Freight, charges.freight, &context)?;
    entry.post(Movement::Handling, charges.handling, &context)?;
    Ok(OrderShipped {
        order: ship.order,
        node,
        lines,
        freight: charges.freight,
        handling: charges.handling,
        arrive_at: charges.arrive_at,
        foreign: sale.settle(&mut entry, order.channel)?,
        postings: entry.postings,
    })
}

/// Posts what leaves: cost and revenue, or where the channel waits for the invoice, only that it has left.
fn sell(
    entry: &mut Entry<'_>,
    selling: SellingRow,
    (revenue, cost): (Money, Money),
    about: &Context,
    minor: i64,
) -> Result<(bool, (Money, Money)), Rejection> {
    if selling.at_invoice {
        entry.post(Movement::IssueUnbilled, cost, about)?;
        return Ok((true, (Money::ZERO, Money::ZERO)));
    }
    entry.post(Movement::Issue, cost, about)?;
    entry.post(Movement::Revenue, revenue, &Context { qty: 0, ..*about })?;
    let expected = super::selling::expect_returns(entry, selling.return_rate, (revenue, cost), about, minor)?;
    Ok((false, expected))
}

/// Units reserved for a line at a node.
fn reserved_at(state: &State, row: &LineRow, node: NodeId) -> i64 {
    let here = state.ready_at(row.first_reservation, node);
    here.map(|(_, row)| row.qty).fold(0, i64::saturating_add)
}

fn wanted(state: &State, ship: &DenseShipment, rows: &[LineRow]) -> Result<Few<(u32, i64), 8>, Rejection> {
    if ship.lines.is_empty() {
        let all = (1u32..).zip(rows).map(|(number, row)| (number, reserved_at(state, row, ship.node)));
        return Ok(all.filter(|(_, qty)| *qty > 0).collect());
    }
    let mut wanted: Few<(u32, i64), 8> = Few::new();
    for (number, qty) in &ship.lines {
        let document = order_code(state, ship.order);
        let row = line_of(rows, &document, *number)?;
        let qty = quantity(*qty)?;
        let before = wanted.iter_mut().find(|(known, _)| known == number);
        let sum = before.as_ref().map_or(0, |(_, qty)| *qty);
        let open = reserved_at(state, row, ship.node).saturating_sub(sum);
        if qty > open {
            return Err(Rejection::MoreThanOpen { document, line: *number, asked: qty, open });
        }
        match before {
            Some((_, sum)) => *sum = sum.saturating_add(qty),
            None => wanted.push((*number, qty)),
        }
    }
    Ok(wanted)
}

struct Charges {
    freight: Money,
    handling: Money,
    arrive_at: crate::value::time::Instant,
}

/// Freight and handling of the parcels that are first touched now, and when the last of them arrives.
fn charges(
    state: &State,
    order: &OrderRow,
    rows: &[LineRow],
    node: NodeId,
    wanted: &[(u32, i64)],
) -> Result<Charges, Rejection> {
    let mut touched: Few<u32, 4> = Few::new();
    for (number, qty) in wanted {
        let (row, mut left) = (line_of(rows, "order", *number)?, *qty);
        for (_, reservation) in state.ready_at(row.first_reservation, node) {
            let now = reservation.qty.min(left);
            if now > 0 && !touched.contains(&reservation.parcel) {
                touched.push(reservation.parcel);
            }
            left = num::sub(left, now)?;
        }
    }
    let mut charges = Charges { freight: Money::ZERO, handling: Money::ZERO, arrive_at: order.placed_at };
    for parcel in touched.into_iter().filter_map(|id| state.docs.parcels.get(id)) {
        charges.arrive_at = charges.arrive_at.max(parcel.arrive_at);
        if !parcel.posted {
            charges.freight = charges.freight.plus(parcel.freight)?;
            charges.handling = charges.handling.plus(parcel.handling)?;
        }
    }
    Ok(charges)
}
