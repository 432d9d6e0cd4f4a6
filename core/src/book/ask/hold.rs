//! Answers about holds: what one has, who holds a SKU, and in which state it is.

use crate::book::Book;
use crate::book::query::*;
use crate::catalog::Lookup;
use crate::record::{FulfilmentStage, HoldState, Inbound};
use crate::stock::{Owner, Reservation};
use crate::value::ids::*;
use crate::value::num;
use crate::value::rejection::Rejection;
use crate::workflow::known_document;

impl Book {
    pub(super) fn ask_hold(&self, number: &str) -> Result<HoldView, Rejection> {
        let id = known_document(&self.state.docs.holds, "hold", number)?;
        let unknown = || Rejection::UnknownDocument { kind: "hold".into(), document: number.into() };
        let row = self.state.docs.hold.get(id).ok_or_else(unknown)?;
        let stock = &self.state.stock;
        let lot = |id| stock.named_lot(id).and_then(|lot| stock.labels.get(lot.0));
        let line = |(id, held): (u32, Reservation)| HoldLineView {
            sku: held.sku,
            node: held.node,
            qty: held.qty,
            group: match self.state.stock.reach_of(id) {
                Some(nodes) if self.state.stock.is_loose(id, held.sku) => nodes.clone(),
                _ => Vec::new(),
            },
            lot: lot(id).map(ToString::to_string).unwrap_or_default(),
        };
        let held = self.state.reservations(row.first_reservation).filter(|(_, held)| held.qty > 0);
        Ok(HoldView {
            hold: HoldId(id),
            state: row.state,
            phase: *row.phase,
            channel: row.channel,
            expires_at: row.expires_at,
            lines: if row.state == HoldState::Held { held.map(line).collect() } else { Vec::new() },
        })
    }

    pub(super) fn ask_holders(&self, query: &HoldersQuery) -> Result<Vec<HolderView>, Rejection> {
        let (sku, _) = self.state.catalog.sku_of(&query.sku)?;
        let named = (!query.node.is_empty()).then(|| self.state.catalog.node_of(&query.node)).transpose()?;
        let view = |row: Reservation| match row.owner {
            Owner::Hold(hold) => {
                let hold = HoldId(hold);
                HolderView { order: OrderId::NONE, line: 0, hold, qty: row.qty, node: row.node }
            }
            Owner::Line(line) => {
                let order = self.state.docs.lines.get(line).map_or(OrderId::NONE, |line| line.order);
                let first = self.state.docs.order.get(order.0).map_or(line, |order| order.first_line);
                let line = self.state.docs.line_number(first, line);
                HolderView { order, line, hold: HoldId::NONE, qty: row.qty, node: row.node }
            }
        };
        let open = self.state.stock.open_of(sku, named.map(|(node, _)| node));
        Ok(open.into_iter().map(|(_, row)| view(row)).collect())
    }

    /// What is reserved of a SKU at a node, told apart, and what is on the way to it.
    pub(super) fn states_of(&self, sku: SkuId, node: NodeId) -> StockStates {
        let (state, mut states) = (&self.state, StockStates::default());
        let add = |sum: &mut i64, qty: i64| *sum = sum.saturating_add(qty);
        for (_, row) in state.stock.open_of(sku, Some(node)) {
            match row.owner {
                Owner::Hold(_) => add(&mut states.held, row.qty),
                Owner::Line(_) => add(&mut states.allocated, row.qty),
            }
        }
        let desk = &state.desk;
        for (id, (order, _)) in desk.fulfilments.iter().filter(|(_, (_, at))| *at == node) {
            let (Some(row), Some(order)) = (desk.fulfilment.get(id), state.docs.order.get(order.0)) else {
                continue;
            };
            let lines = state.order_lines(order);
            let of = |line: u32| lines.get(num::index(line.saturating_sub(1))).is_some_and(|l| l.sku == sku);
            let picked = row.picked.iter().filter(|(line, _)| of(*line)).map(|(_, qty)| *qty);
            let picked = picked.fold(0, i64::saturating_add);
            let packed = row.stage == FulfilmentStage::Packed;
            add(if packed { &mut states.packed } else { &mut states.picked }, picked);
            add(&mut states.allocated, picked.saturating_neg());
        }
        for id in state.inbound(sku, Inbound::Transfer) {
            let Some(row) = state.docs.transfer.get(id).filter(|row| row.to == node) else { continue };
            add(&mut states.in_transit, row.open_of(sku));
        }
        states
    }
}
