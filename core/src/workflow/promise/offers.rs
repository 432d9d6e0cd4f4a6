//! Where what is asked for could come from: from stock, and from supply that is to come.

use super::*;

/// Goods that leave together.
pub(super) struct Sent {
    pub node: NodeId,
    pub at: Instant,
    pub goods: Vec<(SkuId, i64)>,
}

impl Sent {
    pub(super) fn put(&mut self, sku: SkuId, qty: i64) {
        match self.goods.iter_mut().find(|(known, _)| *known == sku) {
            Some((_, sum)) => *sum = sum.saturating_add(qty),
            None => self.goods.push((sku, qty)),
        }
    }
}

/// Where units of a SKU could come from, and when they would arrive, with what leaves along with them.
pub(super) fn offers(
    state: &State,
    query: &PromiseQuery,
    (sku, asked): (SkuId, i64),
    demand: &Demand<'_>,
    nodes: &[NodeId],
    parcels: &[Sent],
) -> Vec<PromisePart> {
    let (channel, at) = (demand.channel, demand.at);
    let mut sources: Vec<(SupplyKind, String, NodeId, Instant, i64)> = Vec::new();
    let (by_lot, mut room) = (state.stock.is_by_lot(sku), state.stock.room_of(sku, channel));
    for node in nodes {
        let cell = state.stock.cells.get(sku, *node);
        // Which of its lots live until it leaves is asked when that is known.
        let free = if by_lot { cell.free() } else { state.stock.free_for(sku, *node, &cell, channel).0 };
        let free = free.min(room);
        room = room.saturating_sub(if by_lot { 0 } else { free });
        sources.push((SupplyKind::OnHand, String::new(), *node, at, free));
    }
    let mut coming: Vec<(Instant, Supply)> = Vec::new();
    for supply in supplies(state, sku).into_iter().filter(|supply| nodes.contains(&supply.node)) {
        if let Some(sure) = sure_at(state, &supply, query.confidence_percent, state.head.now, None) {
            coming.push((sure.max(at), supply));
        }
    }
    coming.put_in_order_by(|a, b| (a.0, &a.1.document).cmp(&(b.0, &b.1.document)));
    // Whoever waits is served first.
    let waiting = backorders(state, sku, among(&query.nodes, nodes));
    let mut waiting = waiting.map(|(_, qty)| qty).fold(0, i64::saturating_add);
    for (sure, supply) in coming {
        let gone = supply.qty.min(waiting);
        waiting = waiting.saturating_sub(gone);
        let left = supply.qty.saturating_sub(gone);
        sources.push((supply.kind, supply.document, supply.node, sure, left));
    }
    let mut offers = Vec::new();
    for (kind, document, node, available_at, qty) in sources.into_iter().filter(|source| source.4 > 0) {
        let mut qty = qty.min(asked);
        let along = parcels.iter().find(|sent| (sent.node, sent.at) == (node, available_at));
        let goods = along.map(|sent| sent.goods.clone()).unwrap_or_default();
        let mut sent = Sent { node, at: available_at, goods };
        sent.put(sku, qty);
        let demand = Demand { at: available_at, ..*demand };
        let Some(option) = send(state, &demand, node, &sent.goods, &mut Vec::new()) else { continue };
        let (ship_at, arrive_at) = (option.ship_at, option.arrive_at);
        if kind == SupplyKind::OnHand && by_lot {
            let cell = state.stock.cells.get(sku, node);
            let lives = state.stock.dated_room(sku, node, channel, ship_at);
            let free = state.stock.room_for(sku, node, &cell, (channel, lives), 0, (0, 0)).0.min(room);
            room = room.saturating_sub(free);
            qty = qty.min(free);
            if qty <= 0 {
                continue;
            }
        }
        offers.push(PromisePart { sku, qty, node, kind, document, available_at, ship_at, arrive_at });
    }
    offers
}
