//! Which own goods an event moved, by SKU and node: what as-of answers, reconciliation and publishing read.

use crate::record::*;
use crate::stock::Place;
use crate::value::ids::*;

/// Own units that came to a node, or left it (negative).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Movement {
    pub sku: SkuId,
    pub node: NodeId,
    pub qty: i64,
}

/// The document of an event that moves goods, and what it moved.
pub(crate) fn movements(state: &State, body: &Body) -> (String, Vec<Movement>) {
    let own = |place: &Place| place.owner.is_empty();
    let at = |node: NodeId| move |(sku, qty): (SkuId, i64)| Movement { sku, node, qty };
    match body {
        Body::GoodsReceived(event) => {
            let lines = event.lines.iter().filter(|line| own(&line.place));
            let lines = lines.map(|line| (line.sku, line.qty)).map(at(event.node));
            (event.receipt.to_string(), lines.collect())
        }
        Body::StockAdjusted(event) => {
            let lines = event.lines.iter().filter(|line| own(&line.place));
            let lines = lines.map(|line| (line.sku, line.qty)).map(at(event.node));
            (event.adjustment.to_string(), lines.collect())
        }
        Body::OrderShipped(event) => {
            let lines = event.lines.iter().map(|line| (line.sku, line.qty.saturating_neg()));
            (order_number(state, event.order), lines.map(at(event.node)).collect())
        }
        Body::ReturnReceived(event) => {
            let back = |line: &&ReturnedLine| {
                matches!(line.disposition, Disposition::Restock | Disposition::Refurbish) && line.qty > 0
            };
            let lines = event.lines.iter().filter(back).map(|line| (line.sku, line.qty));
            (event.rma.to_string(), lines.map(at(event.node)).collect())
        }
        Body::TransferShipped(event) => {
            let lines = event.lines.iter().map(|line| (line.sku, line.qty.saturating_neg()));
            (event.transfer.to_string(), lines.map(at(event.from)).collect())
        }
        Body::TransferReceived(event) => {
            let to = state.docs.transfer.get(event.transfer.0).map_or(NodeId::NONE, |row| row.to);
            let number = state.docs.transfers.text(event.transfer.0);
            let lines = event.lines.iter().map(|line| (line.sku, line.qty));
            (number.unwrap_or_default(), lines.map(at(to)).collect())
        }
        Body::VendorReturnShipped(event) => {
            let lines = event.lines.iter().map(|line| (line.sku, line.qty.saturating_neg()));
            (event.vendor_return.to_string(), lines.map(at(event.node)).collect())
        }
        Body::ConsignedGoodsUsed(event) => {
            (event.consignment_use.to_string(), vec![at(event.node)((event.sku, event.qty))])
        }
        Body::KitAssembled(event) => {
            let sign = if event.step == crate::catalog::KitStep::Assemble { 1 } else { -1i64 };
            let kit = (event.kit.sku, event.kit.qty.saturating_mul(sign));
            let parts = event.components.iter();
            let parts = parts.map(|line| (line.sku, line.qty.saturating_mul(sign).saturating_neg()));
            let all = std::iter::once(kit).chain(parts).map(at(event.node));
            (event.assembly.to_string(), all.collect())
        }
        _ => (String::new(), Vec::new()),
    }
}

fn order_number(state: &State, order: OrderId) -> String {
    state.docs.orders.text(order.0).unwrap_or_default()
}
