//! What governance sees of an event: where it is, of which goods, how much.

use crate::costing::extend;
use crate::record::*;
use crate::value::ids::*;
use crate::value::money::Money;
use crate::value::num;
use crate::value::rejection::Rejection;
use crate::value::sort::PutInOrder;

/// What governance sees of an event.
#[derive(Default)]
pub(super) struct Facts {
    pub nodes: Vec<NodeId>,
    pub channels: Vec<ChannelId>,
    pub skus: Vec<SkuId>,
    pub value: i64,
    pub units: i64,
    pub backorder: i64,
    pub refund: i64,
    pub substitution: i64,
}

fn sum(values: impl Iterator<Item = i64>) -> i64 {
    values.fold(0, i64::saturating_add)
}

/// Reads off an event what rules may ask about.
pub(super) fn facts(state: &State, body: &Body) -> Result<Facts, Rejection> {
    let postings = body.postings().iter();
    let moved = sum(postings.map(|posting| posting.amount.micros().max(0))).max(body.written_beside());
    let (order, node) = state.place_of(body);
    let orders = if let Body::WaveReleased(e) = body { e.orders.as_slice() } else { &[order] };
    let rows = orders.iter().filter_map(|order| state.docs.order.get(order.0));
    let channels = rows.map(|row| row.channel).collect();
    let nodes = if node == NodeId::NONE { Vec::new() } else { vec![node] };
    let mut facts = Facts { value: moved, channels, nodes, ..Facts::default() };
    let worth = |sku: SkuId, price: Money, qty: i64| {
        let scale = state.catalog.sku.get(sku.0).map_or(1, |row| row.scale);
        extend(price, qty, scale, state.head.minor).map(Money::micros)
    };
    match body {
        Body::GoodsReceived(e) => {
            facts.skus.extend(e.lines.iter().map(|line| line.sku));
            facts.units = sum(e.lines.iter().map(|line| line.qty));
        }
        Body::StockAdjusted(e) => {
            facts.skus.extend(e.lines.iter().map(|line| line.sku));
            facts.units = sum(e.lines.iter().map(|line| line.qty.saturating_abs()));
        }
        Body::StockMoved(e) => {
            facts.skus.push(e.sku);
            facts.units = e.qty;
        }
        Body::OrderPlaced(e) => order_facts(state, e, &mut facts, &worth)?,
        Body::OrderShipped(e) => {
            facts.skus.extend(e.lines.iter().map(|line| line.sku));
            facts.units = sum(e.lines.iter().map(|line| line.qty));
        }
        Body::OrderReleased(e) => {
            let row = state.docs.order.get(e.order.0);
            for line in row.map(|row| state.order_lines(row)).unwrap_or_default().iter() {
                let qty = line.qty.saturating_sub(line.cancelled);
                facts.value = num::add(facts.value, worth(line.sku, line.price, qty)?)?;
            }
        }
        Body::OrderReallocated(e) => again_facts(state, e, &mut facts, &worth)?,
        Body::PickRecorded(e) => pick_facts(state, e, &mut facts, &worth)?,
        Body::OrderCancelled(e) => {
            facts.units = sum(e.lines.iter().map(|line| line.qty));
        }
        Body::OrderCredited(e) => {
            facts.refund = sum(e.lines.iter().map(|line| line.amount.micros()).chain([e.tax.micros()]));
        }
        Body::PurchaseOrderChanged(e) => {
            let before = state.docs.purchase.get(e.purchase_order.0);
            let before = before.map(|row| row.lines.as_slice()).unwrap_or_default();
            change_facts(&e.lines, before, &mut facts, &worth)?;
        }
        Body::SkusDefined(e) => facts.units = i64::from(num::id(e.sku.len())),
        other => supply_facts(other, &mut facts, &worth)?,
    }
    // What is set, described or defined is one, or will be.
    let ends = ["Set", "Described", "Defined", "ChangeScheduled"];
    if facts.units == 0 && ends.iter().any(|end| body.name().ends_with(end)) {
        facts.units = 1;
    }
    Ok(facts)
}

/// The facts of an order that is planned anew: what is added to it.
fn again_facts(
    state: &State,
    e: &OrderReallocated,
    facts: &mut Facts,
    worth: &impl Fn(SkuId, Money, i64) -> Result<i64, num::Overflow>,
) -> Result<(), Rejection> {
    facts.nodes.extend(e.plan.parcels.iter().map(|parcel| parcel.node));
    facts.units = sum(e.amended.iter().map(|line| line.qty.saturating_abs()));
    facts.backorder = sum(e.plan.backordered.iter().map(|line| line.qty));
    for line in e.change.iter().flat_map(|change| &change.lines) {
        facts.skus.push(line.sku);
        facts.units = num::add(facts.units, line.qty)?;
    }
    for (sku, qty, price) in besides(state, e) {
        facts.value = num::add(facts.value, worth(sku, price, qty)?)?;
    }
    Ok(())
}

/// What is ordered besides of an order that is planned anew: SKU, units and price of what is raised or added.
fn besides(state: &State, e: &OrderReallocated) -> Vec<(SkuId, i64, Money)> {
    let rows = state.docs.order.get(e.order.0).map(|row| state.order_lines(row)).unwrap_or_default();
    let raised = e.amended.iter().filter(|change| change.qty > 0).filter_map(|change| {
        let line = rows.get(num::index(change.line.saturating_sub(1)))?;
        Some((line.sku, change.qty, line.price))
    });
    let added = e.change.iter().flat_map(|change| &change.lines);
    raised.chain(added.map(|line| (line.sku, line.qty, line.price))).collect()
}

/// Of an order that is planned anew, what is ordered besides, as the facts of an order of that alone.
pub(super) fn more_facts(state: &State, e: &OrderReallocated) -> Result<Option<Facts>, Rejection> {
    let lines = besides(state, e);
    if lines.is_empty() {
        return Ok(None);
    }
    let channels = state.docs.order.get(e.order.0).map(|row| row.channel).into_iter().collect();
    let mut facts = Facts { channels, ..Facts::default() };
    for (sku, qty, price) in lines.iter().copied() {
        let scale = state.catalog.sku.get(sku.0).map_or(1, |row| row.scale);
        facts.skus.push(sku);
        facts.units = num::add(facts.units, qty)?;
        facts.value = num::add(facts.value, extend(price, qty, scale, state.head.minor)?.micros())?;
    }
    // What waits for a later date is on time, and what there is goes first to what was ordered before.
    if state.terms_of(e.order).and_then(|terms| *terms.ship_from).is_none_or(|from| from <= state.stock.clock)
    {
        let rows = state.docs.order.get(e.order.0).map(|row| state.order_lines(row)).unwrap_or_default();
        let all = rows.iter().map(|line| line.sku);
        let all: Vec<SkuId> =
            all.chain(e.change.iter().flat_map(|c| c.lines.iter().map(|line| line.sku))).collect();
        let of = |line: u32| all.get(num::index(line.saturating_sub(1)));
        let mut skus = facts.skus.clone();
        skus.put_in_order();
        skus.dedup();
        for sku in &skus {
            let now = e.plan.backordered.iter().filter(|waits| of(waits.line) == Some(sku));
            let fresh = sum(lines.iter().filter(|(of, ..)| of == sku).map(|(_, qty, _)| *qty));
            let more = sum(now.map(|waits| waits.qty)).min(fresh);
            facts.backorder = facts.backorder.saturating_add(more);
        }
    }
    Ok(Some(facts))
}

/// The facts of an order that is placed.
fn order_facts(
    state: &State,
    e: &OrderPlaced,
    facts: &mut Facts,
    worth: &impl Fn(SkuId, Money, i64) -> Result<i64, num::Overflow>,
) -> Result<(), Rejection> {
    facts.channels.push(e.channel);
    facts.nodes.extend(e.plan.parcels.iter().map(|parcel| parcel.node));
    facts.skus.extend(e.lines.iter().map(|line| line.sku));
    facts.units = sum(e.lines.iter().map(|line| line.qty));
    // What waits for a later date is on time.
    if e.terms.as_ref().and_then(|terms| terms.ship_from).is_none_or(|from| from <= state.stock.clock) {
        facts.backorder = sum(e.plan.backordered.iter().map(|line| line.qty));
    }
    for line in &e.lines {
        facts.value = num::add(facts.value, worth(line.sku, line.price, line.qty)?)?;
    }
    for was in &e.substituted {
        let Some(line) = e.lines.get(num::index(was.line.saturating_sub(1))) else { continue };
        substitution(state, facts, worth, (was.sku, was.price), (line.sku, line.qty))?;
    }
    Ok(())
}

/// What a substitute's own price differs by from that of what was ordered.
fn substitution(
    state: &State,
    facts: &mut Facts,
    worth: &impl Fn(SkuId, Money, i64) -> Result<i64, num::Overflow>,
    (was, price): (SkuId, Money),
    (sku, qty): (SkuId, i64),
) -> Result<(), Rejection> {
    let own = state.catalog.sku.get(sku.0).map_or(price, |row| row.price);
    let more = worth(sku, own, qty)?.saturating_sub(worth(was, price, qty)?);
    facts.substitution = num::add(facts.substitution, more.saturating_abs())?;
    Ok(())
}

/// The facts of a pick, which may take another SKU than the line's.
fn pick_facts(
    state: &State,
    e: &PickRecorded,
    facts: &mut Facts,
    worth: &impl Fn(SkuId, Money, i64) -> Result<i64, num::Overflow>,
) -> Result<(), Rejection> {
    let row = state.docs.order.get(e.order.0);
    facts.units = sum(e.picked.iter().map(|line| line.qty).chain(e.instead.iter().map(|other| other.qty)));
    let rows = row.map(|row| state.order_lines(row)).unwrap_or_default();
    let before = state.terms_of(e.order).map(|terms| terms.substituted.as_slice()).unwrap_or_default();
    for other in &e.instead {
        let Some(line) = rows.get(num::index(other.line.saturating_sub(1))) else { continue };
        facts.skus.push(other.sku);
        let was = before.iter().find(|was| was.line == other.line);
        let ordered = was.map_or((line.sku, line.price), |was| (was.sku, was.price));
        if other.sku != line.sku && other.sku != ordered.0 {
            substitution(state, facts, worth, ordered, (other.sku, other.qty))?;
        }
    }
    Ok(())
}

/// The facts of a purchase order that is changed: what is added to it of each SKU.
fn change_facts(
    now: &[PurchasedLine],
    before: &[PurchaseLineRow],
    facts: &mut Facts,
    worth: &impl Fn(SkuId, Money, i64) -> Result<i64, num::Overflow>,
) -> Result<(), Rejection> {
    let now = now.iter().map(|line| (line.sku, line.qty, line.unit_cost, 1i64));
    let before = before.iter().map(|line| (line.sku, line.qty, line.unit_cost, -1i64));
    let mut all: Vec<_> = now.chain(before).collect();
    all.put_in_order_by_key(|(sku, ..)| *sku);
    for same in all.chunk_by(|a, b| a.0 == b.0) {
        let (mut value, mut units) = (0i64, 0i64);
        for (sku, qty, cost, way) in same {
            value = num::add(value, num::mul(worth(*sku, *cost, *qty)?, *way)?)?;
            units = num::add(units, num::mul(*qty, *way)?)?;
            facts.skus.push(*sku);
        }
        facts.value = num::add(facts.value, value.max(0))?;
        facts.units = num::add(facts.units, units.max(0))?;
    }
    Ok(())
}

/// The facts of what comes in and goes between nodes.
fn supply_facts(
    body: &Body,
    facts: &mut Facts,
    worth: &impl Fn(SkuId, Money, i64) -> Result<i64, num::Overflow>,
) -> Result<(), Rejection> {
    match body {
        Body::ReturnReceived(e) => {
            facts.skus.extend(e.lines.iter().map(|line| line.sku));
            facts.units = sum(e.lines.iter().map(|line| line.qty));
            facts.refund = sum(e.lines.iter().map(|line| line.refund.micros()));
        }
        Body::PurchaseOrderPlaced(e) => {
            facts.skus.extend(e.lines.iter().map(|line| line.sku));
            facts.units = sum(e.lines.iter().map(|line| line.qty));
            for line in &e.lines {
                facts.value = num::add(facts.value, worth(line.sku, line.unit_cost, line.qty)?)?;
            }
        }
        Body::TransferShipped(e) => {
            facts.skus.extend(e.lines.iter().map(|line| line.sku));
            facts.units = sum(e.lines.iter().map(|line| line.qty));
        }
        Body::TransferReceived(e) => {
            facts.skus.extend(e.lines.iter().map(|line| line.sku));
            facts.units = sum(e.lines.iter().map(|line| line.qty));
        }
        _ => {}
    }
    Ok(())
}
