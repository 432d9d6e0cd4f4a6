//! Stock that becomes free goes to who waits for it, before anybody else may ask for it.

use super::fills::{fill_backorders, waits_for_margin};
use crate::catalog::NodeStatus;
use crate::record::{BackordersFilled, Body, State};
use crate::value::ids::*;
use crate::value::rejection::Rejection;
use crate::value::time::Instant;

/// Where an event that was applied left something for who waits, by node; nearly always nowhere. What deals
/// with those who wait by itself is none of them: a receipt, a re-deal, a batch, a node's rejection. What a
/// kit gives back in a re-deal besides waits for the next event: else it would go back to who has just lost.
pub(crate) fn freed(state: &State, body: &Body) -> Vec<(NodeId, SkuId)> {
    if state.docs.waiting.len() == 0 {
        return Vec::new();
    }
    let nodes = || (0..state.catalog.node.len()).map(crate::value::num::id).map(NodeId);
    let mut places: Vec<(NodeId, SkuId)> = match body {
        Body::HoldReleased(_)
        | Body::HoldExpired(_)
        | Body::HoldReduced(_)
        | Body::OrderCancelled(_)
        | Body::OrderReallocated(_)
        | Body::OrderDropShipped(_)
        | Body::StockAdjusted(_)
        | Body::StockMoved(_)
        | Body::StockRevalued(_)
        | Body::ConsignedGoodsUsed(_)
        | Body::ReturnReceived(_)
        | Body::RequestCancelled(_) => state.stock.cells.freed().collect(),
        // Who asks what it earns is served once goods are booked, and all others with him.
        Body::GoodsReceived(_) | Body::TransferReceived(_) | Body::KitAssembled(_) => {
            let freed: Vec<(NodeId, SkuId)> = state.stock.cells.freed().collect();
            if !freed.iter().any(|(_, sku)| waits_for_margin(state, *sku)) {
                return Vec::new();
            }
            freed
        }
        // Not where loose holds make room for what comes next.
        Body::HoldMoved(moved) if !moved.moves.is_empty() => state.stock.cells.freed().collect(),
        Body::OrderPlaced(placed) if placed.hold != HoldId::NONE => state.stock.cells.freed().collect(),
        Body::ProtectionSet(set) => vec![(set.node, set.sku)],
        Body::ProtectionPlanSet(set) if set.node != NodeId::NONE => vec![(set.node, set.sku)],
        Body::ProtectionReleased(set) if set.node != NodeId::NONE => vec![(set.node, set.sku)],
        Body::ProtectionPlanSet(set) => nodes().map(|node| (node, set.sku)).collect(),
        Body::ProtectionReleased(set) => nodes().map(|node| (node, set.sku)).collect(),
        Body::NodeStatusSet(set) if set.status == NodeStatus::Open => {
            state.docs.waiting.iter().map(|(sku, _)| (set.node, SkuId(sku))).collect()
        }
        _ => return Vec::new(),
    };
    let waits = |sku: SkuId| state.docs.waiting.queue(sku.0).next().is_some();
    places.retain(|(node, sku)| waits(*sku) && state.stock.cells.get(*sku, *node).free() > 0);
    places.sort_unstable();
    places.dedup();
    places
}

/// The order that is none of those that an event leaves something for: it has just been planned with that.
pub(crate) fn planned(body: &Body) -> OrderId {
    match body {
        Body::OrderReallocated(again) => again.order,
        _ => OrderId::NONE,
    }
}

/// Backorders that what is free at a node fills, but not one order's; none where none of it will do for any.
pub(crate) fn decide_fills(
    state: &State,
    places: &[(NodeId, SkuId)],
    but: OrderId,
    at: Instant,
) -> Result<Option<Body>, Rejection> {
    let Some((node, _)) = places.first() else { return Ok(None) };
    let free: Vec<(SkuId, i64)> = places.iter().map(|(_, sku)| (*sku, 0)).collect();
    let filled = fill_backorders(state, (*node, OrderId::NONE, but), &free, &[], at)?;
    let (fills, parcels, exceptions) = (filled.fills, filled.parcels, filled.exceptions);
    let body = Body::BackordersFilled(BackordersFilled { fills, parcels, exceptions });
    Ok(if matches!(&body, Body::BackordersFilled(said) if said.fills.is_empty()) { None } else { Some(body) })
}
