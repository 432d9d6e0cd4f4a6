//! Loose holds make room for what is bound to one node: goods that leave it, an order that is picked up
//! there, or its closing. A hold that could as well stand elsewhere is in nobody's way.

use super::hold::free_by_node;
use crate::catalog::Lookup;
use crate::record::*;
use crate::stock::*;
use crate::value::ids::*;
use crate::value::num;
use crate::value::sort::PutInOrder;

/// Units of a SKU that are needed at a node.
pub(crate) type Needed = (SkuId, NodeId, i64);

/// Codes to ids; none where the command will be refused for them.
pub(crate) fn needed(state: &State, sku: &str, node: &str, qty: i64) -> Option<Needed> {
    Some((state.catalog.sku_of(sku).ok()?.0, state.catalog.node_of(node).ok()?.0, qty))
}

/// What an order needs at the node where it is picked up, beside what its hold has there.
pub(crate) fn needed_by_order(state: &State, place: &super::order::PlaceOrder) -> Vec<Needed> {
    let dense = super::order::resolve_order(state, place).ok();
    let Some((dense, terms)) = dense.as_ref().and_then(|dense| Some((dense, dense.terms.as_ref()?))) else {
        return Vec::new();
    };
    let (mut parts, mut held) = (Vec::new(), Vec::new());
    for line in &dense.lines {
        if state.catalog.explode(line.sku, line.qty, 0, &mut parts).is_err() {
            return Vec::new();
        }
    }
    let first = state.docs.hold.get(dense.hold.0).map_or(NOTHING, |row| row.first_reservation);
    super::order::credit(state, first, &mut held);
    let here = |sku: SkuId| {
        let same = held.iter().filter(|(of, node, _)| (*of, *node) == (sku, terms.pickup));
        same.map(|(.., qty)| *qty).fold(0, i64::saturating_add)
    };
    parts.iter().map(|part| (part.sku, terms.pickup, part.qty.saturating_sub(here(part.sku)))).collect()
}

/// The rebinding of loose holds that leaves so much free, as far as there is one.
pub(crate) fn make_room(state: &State, needed: &[Needed]) -> Option<Body> {
    let mut asked: Vec<Needed> = needed.iter().copied().filter(|(.., qty)| *qty > 0).collect();
    asked.put_in_order();
    let mut rebinds = Vec::new();
    for same in asked.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
        let Some((sku, node, _)) = same.first().copied() else { continue };
        let qty = same.iter().map(|(.., qty)| *qty).fold(0, i64::saturating_add);
        let mut binder = Binder::new(&state.stock, sku, free_by_node(state, sku, ChannelId::NONE));
        binder.pin(node, qty);
        rebinds.extend(binder.moved(&state.stock));
    }
    rebound(state, rebinds)
}

/// The rebinding that takes loose holds away from a node, as far as others of their groups have room.
pub(crate) fn leave_node(state: &State, node: NodeId) -> Option<Body> {
    let mut loose: Vec<(SkuId, u32)> = Vec::new();
    for (id, row) in state.stock.open_at(Some(node)) {
        if state.stock.is_loose(id, row.sku) {
            loose.push((row.sku, id));
        }
    }
    loose.put_in_order();
    let mut rebinds = Vec::new();
    for same in loose.chunk_by(|a, b| a.0 == b.0) {
        let Some((sku, _)) = same.first().copied() else { continue };
        let mut free = free_by_node(state, sku, ChannelId::NONE);
        free.get_mut(num::index(node.0)).into_iter().for_each(|free| *free = 0);
        let mut binder = Binder::new(&state.stock, sku, free);
        same.iter().for_each(|(_, id)| binder.leave(*id, (node, 0)));
        for (at, (_, id)) in same.iter().enumerate() {
            let qty = state.stock.reservations.get(*id).map_or(0, |row| row.qty);
            binder.bind(at, state.stock.reach_of(*id).map_or(&[], Vec::as_slice), qty);
        }
        let one = |(at, to, qty): (usize, NodeId, i64)| {
            let (_, reservation) = *same.get(at)?;
            Some(Rebind { reservation, sku, from: node, to, qty })
        };
        let moved: Vec<Rebind> = binder.bound().filter_map(one).collect();
        // Which channel may use which unit hangs on where it lies.
        if binder.moves() {
            rebinds.extend(moved.into_iter().chain(binder.moved(&state.stock)));
        }
    }
    rebound(state, rebinds)
}

fn rebound(state: &State, rebinds: Vec<Rebind>) -> Option<Body> {
    let owner = state.stock.reservations.get(rebinds.first()?.reservation)?.owner;
    let Owner::Hold(hold) = owner else { return None };
    Some(Body::HoldMoved(HoldMoved { hold: HoldId(hold), moves: Vec::new(), rebinds }))
}
