//! Stock that becomes free goes to who waits for it, before anybody else may ask for it.

use super::fills::{fill_backorders, waits_for_margin};
use crate::catalog::NodeStatus;
use crate::record::{BackordersFilled, Body, State};
use crate::value::ids::*;
use crate::value::rejection::Rejection;
use crate::value::sort::PutInOrder;
use crate::value::time::Instant;

/// Where an event that was applied left something for who waits, by node; nearly always nowhere. What deals
/// with those who wait by itself is none of them: a receipt, a batch, a node's rejection, a re-deal but for
/// what kits gave back in it besides.
pub(crate) fn freed(state: &State, body: &Body) -> Vec<(NodeId, SkuId)> {
    if state.docs.waiting.len() == 0 {
        return Vec::new();
    }
    let nodes = || (0..state.catalog.node.len()).map(crate::value::num::id).map(NodeId);
    let waiting = || state.docs.waiting.iter().map(|(sku, _)| SkuId(sku));
    let all_at = |node: NodeId| waiting().map(|sku| (node, sku)).collect::<Vec<_>>();
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
        Body::StockRedealt(dealt) => {
            state.stock.cells.freed().filter(|(_, sku)| !dealt.skus.contains(sku)).collect()
        }
        Body::ProtectionSet(set) => vec![(set.node, set.sku)],
        Body::ProtectionPlanSet(set) if set.node != NodeId::NONE => vec![(set.node, set.sku)],
        Body::ProtectionReleased(set) if set.node != NodeId::NONE => vec![(set.node, set.sku)],
        Body::ProtectionPlanSet(set) => nodes().map(|node| (node, set.sku)).collect(),
        Body::ProtectionReleased(set) => nodes().map(|node| (node, set.sku)).collect(),
        Body::NodeStatusSet(set) if set.status == NodeStatus::Open => all_at(set.node),
        // It may have more room on its days, or serve more.
        Body::NodeDescribed(set) => {
            let node = state.catalog.nodes.find(set.node.node.as_str()).map(NodeId);
            node.map(all_at).unwrap_or_default()
        }
        // Lots may live long enough now.
        Body::LotExpirySet(set) => {
            let sku = state.catalog.skus.find(set.sku.as_str()).map(SkuId);
            sku.map(|sku| nodes().map(|node| (node, sku)).collect()).unwrap_or_default()
        }
        Body::ChannelDescribed(_) => {
            let mut skus: Vec<SkuId> = waiting().filter(|sku| state.stock.is_by_lot(*sku)).collect();
            skus.dedup();
            skus.into_iter().flat_map(|sku| nodes().map(move |node| (node, sku))).collect()
        }
        _ => return Vec::new(),
    };
    let waits = |sku: SkuId| state.docs.waiting.queue(sku.0).next().is_some();
    places.retain(|(node, sku)| waits(*sku) && state.stock.cells.get(*sku, *node).free() > 0);
    places.put_in_order();
    places.dedup();
    places
}

/// The orders that are none of those that an event leaves something for: it has just been planned with that,
/// or they have lost it by the event.
pub(crate) fn planned(body: &Body) -> Vec<OrderId> {
    match body {
        Body::OrderReallocated(again) => vec![again.order],
        Body::StockRedealt(dealt) => {
            dealt.lines.iter().filter(|line| line.after < line.before).map(|line| line.order).collect()
        }
        _ => Vec::new(),
    }
}

/// Backorders that what is free at a node fills, but not some orders'; none where none of it will do for any.
pub(crate) fn decide_fills(
    state: &State,
    places: &[(NodeId, SkuId)],
    but: &[OrderId],
    at: Instant,
) -> Result<Option<Body>, Rejection> {
    let Some((node, _)) = places.first() else { return Ok(None) };
    let free: Vec<(SkuId, i64)> = places.iter().map(|(_, sku)| (*sku, 0)).collect();
    let filled = fill_backorders(state, (*node, OrderId::NONE, but), &free, &[], at)?;
    let (fills, parcels, exceptions) = (filled.fills, filled.parcels, filled.exceptions);
    let body = Body::BackordersFilled(BackordersFilled { fills, parcels, exceptions });
    Ok(if matches!(&body, Body::BackordersFilled(said) if said.fills.is_empty()) { None } else { Some(body) })
}
