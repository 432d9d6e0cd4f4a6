//! Replenishment by rule: what the state says should be bought or hurried.

use crate::catalog::ReorderRow;
use crate::record::State;
use crate::replenishment::{Proposal, ProposalKind};
use crate::value::ids::*;
use crate::value::money::Money;
use crate::value::num;
use std::collections::BTreeMap;

/// Judges every reorder rule. What waits of a SKU counts against its first rule.
pub(crate) fn propose(state: &State) -> Vec<Proposal> {
    let mut waiting: BTreeMap<SkuId, i64> = BTreeMap::new();
    for (sku, waits) in state.docs.waiting.iter() {
        let qty = state.docs.lines.get(waits.line).map_or(0, |line| line.backordered);
        let sum = waiting.entry(SkuId(sku)).or_default();
        *sum = sum.saturating_add(qty);
    }
    let mut proposals = Vec::new();
    for ((_, (sku, node)), rule) in state.catalog.reorders.iter().zip(state.catalog.reorder.rows()) {
        let backordered = waiting.remove(sku).unwrap_or(0);
        let judged = judge(state, *sku, *node, rule, backordered);
        proposals.extend(judged);
    }
    proposals
}

fn judge(state: &State, sku: SkuId, node: NodeId, rule: &ReorderRow, backordered: i64) -> Option<Proposal> {
    let free = state.stock.cells.get(sku, node).free();
    let on_order = state.on_order(sku, node);
    let position = free.saturating_add(on_order).saturating_sub(backordered);
    let low = position <= rule.reorder_point;
    // Hurried when what is free has fallen below the trigger and nothing under way comes in time to help.
    let scarce = rule.expedite_below > 0 && free.saturating_sub(backordered) < rule.expedite_below;
    let late_purchase = if scarce { late_purchase(state, sku, node, rule) } else { PurchaseId::NONE };
    let hurry = scarce && (low || late_purchase != PurchaseId::NONE);
    if !low && !hurry {
        return None;
    }
    let (kind, trigger, aim) = if hurry {
        let gap = if low { rule.order_up_to.saturating_sub(position) } else { rule.expedite_below };
        (ProposalKind::Expedite, rule.expedite_below, gap)
    } else {
        (ProposalKind::Purchase, rule.reorder_point, rule.order_up_to.saturating_sub(position))
    };
    let premium =
        state.catalog.supplier.get(rule.supplier.0).map(|row| row.expedite_premium).unwrap_or_default();
    let dearer = num::mul_div(rule.unit_cost.micros(), premium.micros(), 1_000_000).unwrap_or(0);
    let unit_cost =
        if hurry { rule.unit_cost.plus(Money::from_micros(dearer)).ok()? } else { rule.unit_cost };
    let qty = aim.clamp(1, num::QTY_MAX);
    Some(Proposal {
        kind,
        sku,
        node,
        supplier: rule.supplier,
        qty,
        unit_cost,
        position,
        trigger,
        late_purchase,
    })
}

/// A standard purchase under way that arrives later than an expedited one would.
fn late_purchase(state: &State, sku: SkuId, node: NodeId, rule: &ReorderRow) -> PurchaseId {
    if rule.expedite_below == 0 || state.on_order(sku, node) == 0 {
        return PurchaseId::NONE;
    }
    let days = state.catalog.supplier.get(rule.supplier.0).map_or(0, |row| row.expedite_days);
    let hurried = state.head.now.plus_seconds(i64::from(days).saturating_mul(86_400));
    let open = state.inbound(sku, crate::record::Inbound::Purchase);
    let rows = open.filter_map(|id| state.docs.purchase.get(id).map(|row| (id, row)));
    let rows = rows.filter(|(_, row)| row.node == node);
    let first = rows.min_by_key(|(id, row)| (row.expected_at, *id));
    first.filter(|(_, row)| row.expected_at > hurried).map_or(PurchaseId::NONE, |(id, _)| PurchaseId(id))
}
