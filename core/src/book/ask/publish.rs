//! Answers on what a channel should list, whole or since an event.

use crate::book::Book;
use crate::book::query::*;
use crate::catalog::{KitPart, Lookup, NodeStatus};
use crate::record::*;
use crate::stock::PublishQuery;
use crate::value::ids::*;
use crate::value::num;
use crate::value::rejection::Rejection;
use crate::value::sort::Gather;
use std::collections::BTreeSet;

/// Rows of a page, if nothing else is said, and at most.
const PAGE: (usize, usize) = (10_000, 100_000);

/// Which SKUs' listings an event may have changed.
enum Touched {
    All,
    Some(Vec<SkuId>),
}

impl Book {
    /// Units of a SKU that a channel should list now: what it may sell, less safety stock and buffer. Of a
    /// virtual kit: whole ones out of what its components list at each node.
    ///
    /// ```
    /// use stockbook::*;
    /// let mut book = Book::new();
    /// for (id, command) in [
    ///     r#"{"define_sku":{"sku":"TEE"}}"#,
    ///     r#"{"define_node":{"node":"N","kind":"store","place":{"lat":"0","lon":"0"}}}"#,
    ///     r#"{"define_channel":{"channel":"market","promise_hours":48}}"#,
    ///     r#"{"receive_goods":{"receipt":"R","node":"N",
    ///         "lines":[{"sku":"TEE","qty":10,"unit_cost":"1"}]}}"#,
    ///     r#"{"set_publish_buffer":{"channel":"market","qty":2}}"#,
    /// ].iter().enumerate() {
    ///     let at = "2026-01-05T09:00:00Z".parse().unwrap();
    ///     let command = serde_json::from_str(command).unwrap();
    ///     book.execute(&Envelope::new(&id.to_string(), at, command)).unwrap();
    /// }
    /// let (sku, channel) = (book.sku_id("TEE").unwrap(), book.channel_id("market").unwrap());
    /// assert_eq!((book.available(sku, channel), book.listed(sku, channel)), (10, 8));
    /// ```
    #[must_use]
    pub fn listed(&self, sku: SkuId, channel: ChannelId) -> i64 {
        let (stock, catalog) = (&self.state.stock, &self.state.catalog);
        let parts = catalog.parts_of(sku);
        if !catalog.sells(sku) || !parts.iter().all(|part| catalog.sells(part.sku)) {
            return 0;
        }
        let open = catalog.node.iter().filter(|(_, row)| row.status == NodeStatus::Open);
        let open: Vec<NodeId> = open.map(|(id, _)| NodeId(id)).collect();
        let shown = |sku: SkuId, node: NodeId| {
            let (room, _) = self.state.free_for(sku, node, channel);
            room.saturating_sub(stock.held_back(channel, sku, node)).max(0)
        };
        let bound = |part: &KitPart| {
            let all = open.iter().map(|node| shown(part.sku, *node)).fold(0, i64::saturating_add);
            let all = all.min(stock.room_of(part.sku, channel));
            let all = all.saturating_sub(stock.held_back(channel, part.sku, NodeId::NONE)).max(0);
            all.checked_div(part.qty).unwrap_or(0)
        };
        let most = parts.iter().map(bound).min().unwrap_or(0);
        if !catalog.is_virtual(sku) {
            return most;
        }
        // Whole kits at each node, and what is kept back of the kit itself.
        let kits = |node: &NodeId| {
            let of = |part: &KitPart| shown(part.sku, *node).checked_div(part.qty).unwrap_or(0);
            let least = parts.iter().map(of).min().unwrap_or(0);
            least.saturating_sub(stock.held_back(channel, sku, *node)).max(0)
        };
        let kits = open.iter().map(kits).fold(0, i64::saturating_add).min(most);
        kits.saturating_sub(stock.held_back(channel, sku, NodeId::NONE)).max(0)
    }

    pub(super) fn ask_publish(&self, query: &PublishQuery) -> Result<PublishView, Rejection> {
        let (channel, _) = self.state.catalog.channel_of(&query.channel)?;
        let after = query.after.as_deref().map(|sku| self.state.catalog.sku_of(sku)).transpose()?;
        let first = after.map_or(0, |(sku, _)| sku.0.saturating_add(1));
        let touched = query.since.map_or(Touched::All, |since| self.touched_since(since));
        let complete = matches!(touched, Touched::All);
        let all = num::id(self.state.catalog.sku.len());
        let skus: Vec<SkuId> = match touched {
            Touched::All => (first..all).map(SkuId).collect(),
            Touched::Some(list) => {
                let set: BTreeSet<SkuId> =
                    list.into_iter().filter(|sku| (first..all).contains(&sku.0)).gather();
                set.into_iter().collect()
            }
        };
        let most = num::index(query.most);
        let most = if most == 0 { PAGE.0 } else { most.min(PAGE.1) };
        let row = |sku: &SkuId| PublishRow { sku: *sku, qty: self.listed(*sku, channel) };
        Ok(PublishView {
            channel,
            sequence: self.sequence(),
            complete,
            more: skus.len() > most,
            rows: skus.iter().take(most).map(row).collect(),
        })
    }

    fn touched_since(&self, since: u64) -> Touched {
        // Whoever names a sequence that has not come yet speaks of another book.
        if since > self.sequence() {
            return Touched::All;
        }
        let Ok(events) = self.events_since(since.saturating_add(1)) else { return Touched::All };
        let mut skus = Vec::new();
        for event in events {
            match self.touched(&event.body) {
                Touched::All => return Touched::All,
                Touched::Some(list) => skus.extend(list),
            }
        }
        // Goods with dates age by themselves, and kits follow their components.
        skus.extend(self.state.stock.dated.iter().map(|(_, sku)| *sku));
        self.add_kits(&mut skus);
        Touched::Some(skus)
    }

    /// Adds the virtual kits of which a component is touched.
    fn add_kits(&self, skus: &mut Vec<SkuId>) {
        let catalog = &self.state.catalog;
        let touched: BTreeSet<SkuId> = skus.iter().copied().gather();
        let kits = catalog.kits.iter().map(|(_, kit)| SkuId(*kit)).filter(|kit| catalog.is_virtual(*kit));
        skus.extend(kits.filter(|kit| catalog.parts_of(*kit).iter().any(|part| touched.contains(&part.sku))));
    }

    /// Which listings an event may have changed; of what is not told apart: all.
    fn touched(&self, body: &Body) -> Touched {
        let docs = &self.state.docs;
        let hold = |hold: HoldId| {
            let first = docs.hold.get(hold.0).map_or(NOTHING, |row| row.first_reservation);
            self.state.reservations(first).map(|(_, row)| row.sku).collect()
        };
        let order = |order: OrderId| {
            let lines = docs.order.get(order.0).map(|row| self.state.order_lines(row)).unwrap_or_default();
            lines.iter().map(|line| line.sku).collect()
        };
        let waiting = |fills: &[Fill]| -> Vec<SkuId> {
            fills.iter().flat_map(|fill| -> Vec<SkuId> { order(fill.order) }).collect()
        };
        Touched::Some(match body {
            Body::GoodsReceived(event) => {
                event.lines.iter().map(|line| line.sku).chain(waiting(&event.fills)).collect()
            }
            Body::BackordersFilled(event) => waiting(&event.fills),
            Body::StockAdjusted(event) => event.lines.iter().map(|line| line.sku).collect(),
            Body::StockMoved(event) => vec![event.sku],
            Body::StockHeld(event) => {
                let moved = event.rebinds.iter().map(|moved| moved.sku);
                event.lines.iter().map(|line| line.sku).chain(moved).collect()
            }
            Body::HoldReleased(event) | Body::HoldExpired(event) => hold(event.hold),
            Body::HoldReduced(event) => event.parts.iter().map(|part| part.sku).collect(),
            Body::HoldMoved(event) => {
                event.moves.iter().chain(&event.rebinds).map(|moved| moved.sku).collect()
            }
            Body::OrderPlaced(event) => {
                let held: Vec<SkuId> = hold(event.hold);
                event.lines.iter().map(|line| line.sku).chain(held).collect()
            }
            Body::OrderReallocated(event) => order(event.order),
            Body::OrderCancelled(event) => order(event.order),
            Body::OrderShipped(event) => order(event.order),
            Body::ReturnReceived(event) => event.lines.iter().map(|line| line.sku).collect(),
            Body::TransferShipped(event) => event.lines.iter().map(|line| line.sku).collect(),
            Body::TransferReceived(event) => {
                event.lines.iter().map(|line| line.sku).chain(waiting(&event.fills)).collect()
            }
            Body::ProtectionSet(event) => vec![event.sku],
            Body::ProtectionPlanSet(event) => vec![event.sku],
            Body::ProtectionReleased(event) => vec![event.sku],
            Body::SkuDefined(event) => {
                self.state.catalog.skus.find(event.sku.as_str()).map(SkuId).into_iter().collect()
            }
            Body::StockRedealt(event) => event.lines.iter().map(|line| line.sku).collect(),
            Body::PublishBufferSet(event) if event.sku != SkuId::NONE => vec![event.sku],
            Body::TimeAdvanced(_)
            | Body::PurchaseOrderPlaced(_)
            | Body::PurchaseOrderCancelled(_)
            | Body::PurchaseOrderChanged(_)
            | Body::ExceptionResolved(_)
            | Body::HoldExtended(_)
            | Body::HoldConfirmed(_)
            | Body::HoldSplit(_)
            | Body::HoldsMerged(_)
            | Body::SupplyExpected(_)
            | Body::TransferExpected(_)
            | Body::SupplyLatenessSet(_)
            | Body::PreorderSet(_)
            | Body::ReasonDefined(_)
            | Body::AccountDefined(_)
            | Body::SupplierDefined(_)
            | Body::ReorderRuleSet(_) => Vec::new(),
            _ => return Touched::All,
        })
    }
}
