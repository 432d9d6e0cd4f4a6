//! Answers about holds: what one has, and who holds a SKU.

use crate::book::Book;
use crate::book::query::*;
use crate::catalog::Lookup;
use crate::record::HoldState;
use crate::stock::{Owner, Reservation};
use crate::value::ids::*;
use crate::value::rejection::Rejection;
use crate::workflow::known_document;

impl Book {
    pub(super) fn ask_hold(&self, number: &str) -> Result<HoldView, Rejection> {
        let id = known_document(&self.state.docs.holds, "hold", number)?;
        let unknown = || Rejection::UnknownDocument { kind: "hold".into(), document: number.into() };
        let row = self.state.docs.hold.get(id).ok_or_else(unknown)?;
        let line = |(id, held): (u32, Reservation)| HoldLineView {
            sku: held.sku,
            node: held.node,
            qty: held.qty,
            group: match self.state.stock.reach_of(id) {
                Some(nodes) if self.state.stock.is_loose(id, held.sku) => nodes.clone(),
                _ => Vec::new(),
            },
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
        let node = named.map(|(node, _)| node);
        let rows = self.state.stock.reservations.iter().map(|(_, row)| row);
        let here =
            rows.filter(|row| row.sku == sku && node.is_none_or(|node| row.node == node) && row.qty > 0);
        let view = |row: Reservation| match row.owner {
            Owner::Hold(hold) => {
                let hold = HoldId(hold);
                HolderView { order: OrderId::NONE, line: 0, hold, qty: row.qty, node: row.node }
            }
            Owner::Line(line) => {
                let order = self.state.docs.lines.get(line).map_or(OrderId::NONE, |line| line.order);
                let first = self.state.docs.order.get(order.0).map_or(line, |order| order.first_line);
                let line = line.saturating_sub(first).saturating_add(1);
                HolderView { order, line, hold: HoldId::NONE, qty: row.qty, node: row.node }
            }
        };
        Ok(here.map(view).collect())
    }
}
