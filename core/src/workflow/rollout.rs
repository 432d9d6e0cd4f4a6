//! Roll-out: what is set, which command belongs to which family, and the book's plan beside the
//! older system's.

use super::common::*;
use super::order::line_of;
use crate::catalog::*;
use crate::exception::*;
use crate::policy::*;
use crate::record::*;
use crate::value::ids::*;
use crate::value::money::Money;
use crate::value::num;
use crate::value::rejection::Rejection;
use crate::value::sort::PutInOrder;

pub(crate) fn decide_rollout(state: &State, set: &SetRollout) -> Result<Body, Rejection> {
    if let Some(node) = &set.node {
        state.catalog.node_of(node)?;
    }
    if let Some(channel) = &set.channel {
        state.catalog.channel_of(channel)?;
    }
    at_most("characters of the reason", set.reason.len(), 1_000)?;
    Ok(Body::RolloutSet(set.clone()))
}

pub(crate) fn decide_feed(define: &DefineFeed) -> Result<Body, Rejection> {
    code("feed", &define.feed)?;
    if define.cadence_minutes > 525_600 {
        let need = "at most a year".into();
        return Err(Rejection::InvalidField { field: "cadence_minutes".into(), need });
    }
    Ok(Body::FeedDefined(define.clone()))
}

/// The family of a command; none for what governs and describes.
fn family_of(word: &str) -> Option<ProcessFamily> {
    Some(match word {
        "place_order" | "capture_order" | "reallocate_order" | "reject_allocation" | "cancel_order"
        | "allocate_batch" | "hold_order" | "release_order" | "set_subscription" => ProcessFamily::Orders,
        "release_wave" | "record_pick" | "pack_order" | "ship_order" | "drop_ship_order"
        | "track_shipment" | "deliver_order" => ProcessFamily::Fulfilment,
        "receive_return" | "authorize_return" | "check_in_return" | "cancel_return" => ProcessFamily::Returns,
        "receive_goods" | "adjust_stock" | "move_stock" | "request_transfer" | "ship_transfer"
        | "receive_transfer" | "plan_count" | "record_count" | "approve_count" | "post_count"
        | "cancel_count" | "assemble_kit" | "refurbish_stock" => ProcessFamily::Stock,
        "place_purchase_order"
        | "request_purchase"
        | "confirm_purchase_order"
        | "change_purchase_order"
        | "cancel_purchase_order"
        | "announce_shipment"
        | "return_to_vendor" => ProcessFamily::Purchasing,
        _ => return None,
    })
}

/// `Ok` if the family of a command is rolled out, in shadow or live, where its event happens.
pub(crate) fn check_rollout(
    state: &State,
    word: &str,
    nodes: &[NodeId],
    channels: &[ChannelId],
) -> Result<(), Rejection> {
    let Some(family) = family_of(word) else { return Ok(()) };
    let rows = state.integration.rollouts.rows().iter().filter(|row| row.family == family);
    let node =
        |code: &str| nodes.iter().any(|id| state.catalog.nodes.get(id.0).is_some_and(|c| **c == *code));
    let here =
        |code: &str| channels.iter().any(|id| state.catalog.channels.get(id.0).is_some_and(|c| **c == *code));
    let fits =
        rows.filter(|row| row.node.as_deref().is_none_or(node) && row.channel.as_deref().is_none_or(here));
    let rule = fits.max_by_key(|row| (row.node.is_some(), row.channel.is_some()));
    if rule.is_some_and(|rule| rule.mode == RolloutMode::Off) {
        return Err(Rejection::ProcessOff { command: word.into() });
    }
    Ok(())
}

/// Adds units to a node, or to a SKU at one.
fn add<K: PartialEq>(plan: &mut Vec<(K, i64)>, at: K, qty: i64) {
    match plan.iter_mut().find(|(known, _)| *known == at) {
        Some((_, sum)) => *sum = sum.saturating_add(qty),
        None => plan.push((at, qty)),
    }
}

fn nodes(plan: &ByNode) -> Vec<NodeId> {
    let mut nodes: Vec<NodeId> = plan.iter().filter(|(_, qty)| *qty > 0).map(|(node, _)| *node).collect();
    nodes.put_in_order();
    nodes
}

/// A line of the book's plan and of the older system's.
#[derive(Default)]
struct Sides {
    book_waits: i64,
    legacy_gives: i64,
    legacy_waits: i64,
}

pub(crate) fn decide_legacy(state: &State, report: &ReportLegacyPlan) -> Result<Body, Rejection> {
    let order = OrderId(known_document(&state.docs.orders, "order", &report.order)?);
    let Some(row) = state.docs.order.get(order.0) else {
        return Err(Rejection::UnknownDocument { kind: "order".into(), document: shown(&report.order) });
    };
    at_most("parts", report.parts.len(), LINES_MAX)?;
    at_most("backordered", report.backordered.len(), LINES_MAX)?;
    let rows = state.order_lines(row);
    let mut sides: Vec<Sides> = rows.iter().map(|_| Sides::default()).collect();
    let (mut book, mut legacy): (ByNode, ByNode) = (Vec::new(), Vec::new());
    // What each takes of a pool, all lines together.
    let (mut held, mut taken): (ByPool, ByPool) = (Vec::new(), Vec::new());
    for (line, side) in rows.iter().zip(&mut sides) {
        side.book_waits = line.backordered;
        for (_, reserved) in state.reservations(line.first_reservation).filter(|(_, row)| row.qty > 0) {
            add(&mut book, reserved.node, reserved.qty);
            add(&mut held, (line.sku, reserved.node), reserved.qty);
        }
    }
    for part in &report.parts {
        let (node, _) = state.catalog.node_of(&part.node)?;
        let sku = line_of(&rows, &report.order, part.line)?.sku;
        let qty = quantity(part.qty)?;
        add(&mut legacy, node, qty);
        add(&mut taken, (sku, node), qty);
        if let Some(side) = sides.get_mut(num::index(part.line.saturating_sub(1))) {
            side.legacy_gives = num::add(side.legacy_gives, qty)?;
        }
    }
    for wait in &report.backordered {
        line_of(&rows, &report.order, wait.line)?;
        if let Some(side) = sides.get_mut(num::index(wait.line.saturating_sub(1))) {
            side.legacy_waits = num::add(side.legacy_waits, quantity(wait.qty)?)?;
        }
    }
    let oversold = taken.iter().any(|((sku, node), qty)| {
        let own = held.iter().filter(|(pool, _)| *pool == (*sku, *node)).map(|(_, qty)| *qty);
        *qty > own.fold(state.stock.cells.get(*sku, *node).free(), i64::saturating_add)
    });
    held.put_in_order();
    taken.put_in_order();
    let (book_nodes, legacy_nodes) = (nodes(&book), nodes(&legacy));
    let mut disagreement = classify(&rows, &sides, oversold, &book_nodes, &legacy_nodes);
    if disagreement == Disagreement::Agreed && held != taken {
        disagreement = Disagreement::OtherSplit;
    }
    let parcels: Vec<ParcelRow> =
        state.parcels(row).map(|(_, parcel)| parcel).filter(|p| book_nodes.contains(&p.node)).collect();
    let cost = parcels.iter().map(|p| p.freight.micros().saturating_add(p.handling.micros()));
    let opened = Opened { order, ..Opened::of(ExceptionCode::RolloutDisagreement) };
    let agreed = disagreement == Disagreement::Agreed;
    Ok(Body::LegacyPlanReported(LegacyPlanReported {
        order,
        disagreement,
        book_cost: Money::from_micros(cost.fold(0, i64::saturating_add)),
        legacy_cost: report.cost,
        book_in_time: parcels.iter().all(|parcel| parcel.arrive_at <= row.deliver_by),
        legacy_in_time: report.in_time,
        book_nodes,
        legacy_nodes,
        exceptions: if agreed { Vec::new() } else { vec![opened.about("")] },
    }))
}

/// The first class that holds, the gravest first.
fn classify(
    rows: &[LineRow],
    sides: &[Sides],
    oversold: bool,
    book: &[NodeId],
    legacy: &[NodeId],
) -> Disagreement {
    let open = |row: &LineRow| row.reserved.saturating_add(row.backordered);
    let other =
        rows.iter().zip(sides).any(|(row, s)| s.legacy_gives.saturating_add(s.legacy_waits) != open(row));
    if other {
        Disagreement::Quantity
    } else if oversold {
        Disagreement::LegacyOversold
    } else if sides.iter().any(|side| side.legacy_waits > side.book_waits) {
        Disagreement::LegacyShort
    } else if sides.iter().any(|side| side.legacy_waits < side.book_waits) {
        Disagreement::BookShort
    } else if book.len() != legacy.len() {
        Disagreement::OtherSplit
    } else if book != legacy {
        Disagreement::OtherNode
    } else {
        Disagreement::Agreed
    }
}
