//! Orders: filled, split, late, waiting, touched, returned.

use super::define::M;
use super::fact::{Dims, Kind};
use super::fold::{Fold, Wait, between, is_done};
use crate::exception::ExceptionCode;
use crate::record::*;
use crate::value::ids::*;
use crate::value::num::{count, index};
use crate::value::sort::Gather;
use crate::value::time::Instant;
use std::collections::BTreeSet;

impl Fold {
    /// What an event says of orders.
    pub(super) fn look_at_orders(&mut self, body: &Body) {
        match body {
            Body::OrderPlaced(placed) => self.order_placed(placed),
            Body::OrderShipped(shipped) => self.order_shipped(shipped),
            Body::OrderDropShipped(dropped) => self.order_dropped(dropped),
            Body::ReturnReceived(returned) => self.order_returned(returned),
            Body::WaveReleased(wave) => {
                for order in &wave.orders {
                    self.stage(*order, wave.node, "released");
                    self.touch(*order, wave.node, body, 1);
                }
            }
            Body::PickRecorded(picked) => {
                // What stands for a part of a line is a line, filled; the last of all parts is the line.
                let lines = self.lines_of(picked.order);
                let rest = |line: u32| lines.get(index(line.saturating_sub(1))).map_or(0, |(_, row)| row.qty);
                for (at, other) in picked.instead.iter().enumerate().filter(|(_, other)| other.as_line > 0) {
                    let mut after = picked.instead.iter().skip(at.saturating_add(1));
                    let last = !after.any(|next| next.as_line > 0 && next.line == other.line);
                    if last && rest(other.line) == 0 {
                        continue;
                    }
                    let dims = self.dims(picked.order, picked.node, other.sku);
                    self.put(M::FillRateLines, (1, 1), self.now.occurred, dims);
                }
                self.stage(picked.order, picked.node, "picked");
                let lists = [picked.picked.len(), picked.short.len(), picked.instead.len()];
                let lines = lists.into_iter().fold(0, usize::saturating_add);
                self.touch(picked.order, picked.node, body, count(lines));
                if !picked.short.is_empty() {
                    self.contact(picked.order);
                }
            }
            Body::OrderPacked(packed) => {
                self.stage(packed.order, packed.node, "packed");
                self.touch(packed.order, packed.node, body, count(packed.cartons.len()));
            }
            Body::ShipmentTracked(tracked) => self.touch(tracked.order, tracked.node, body, 1),
            Body::OrderDelivered(delivered) => {
                self.stage(delivered.order, delivered.node, "delivered");
                if !delivered.delivered {
                    self.contact(delivered.order);
                }
            }
            Body::ReturnAuthorized(may) => self.touch(may.order, may.node, body, 1),
            Body::ReturnCheckedIn(came) => self.touch(came.order, came.node, body, 1),
            Body::OrderReallocated(again) => {
                self.touch(again.order, NodeId::NONE, body, 1);
                self.order_amended(again);
            }
            Body::AllocationRejected(rejected) => self.touch(rejected.order, rejected.node, body, 1),
            Body::OrderHeld(held) => self.touch(held.order, NodeId::NONE, body, 1),
            Body::OrderReleased(freed) => self.touch(freed.order, NodeId::NONE, body, 1),
            Body::OrderCancelled(struck) => self.touch(struck.order, NodeId::NONE, body, 1),
            Body::CustomerNotified(told) => self.touch(told.order, NodeId::NONE, body, 1),
            Body::OrderCredited(credited) => self.touch(credited.order, NodeId::NONE, body, 1),
            _ => {}
        }
        if let Body::OrderShipped(shipped) = body {
            self.touch(shipped.order, shipped.node, body, 1);
        }
        if let Body::ReturnReceived(returned) = body {
            self.touch(returned.order, returned.node, body, 1);
        }
        let ended = if matches!(body, Body::OrderCancelled(_)) { "struck" } else { "served" };
        for order in self.orders_of(body) {
            self.look_at_waits(order, ended);
            self.look_at_end(order);
        }
    }

    /// The orders whose lines an event may have changed.
    fn orders_of(&self, body: &Body) -> BTreeSet<OrderId> {
        let fills = |fills: &[Fill]| fills.iter().map(|fill| fill.order).collect();
        match body {
            Body::OrderPlaced(placed) => {
                let called = placed.terms.as_ref().and_then(|terms| terms.calls_off);
                self.state.docs.orders.find(&placed.order).map(OrderId).into_iter().chain(called).collect()
            }
            Body::OrderReallocated(again) => std::iter::once(again.order).gather(),
            Body::BatchAllocated(batch) => batch.plans.iter().map(|again| again.order).collect(),
            Body::OrderCancelled(struck) => std::iter::once(struck.order).gather(),
            Body::AllocationRejected(rejected) => std::iter::once(rejected.order).gather(),
            Body::GoodsReceived(received) => fills(&received.fills),
            Body::TransferReceived(received) => fills(&received.fills),
            Body::KitAssembled(assembled) => fills(&assembled.fills),
            Body::BackordersFilled(filled) => fills(&filled.fills),
            Body::TransferShipped(sent) => sent.taken.iter().map(|back| back.order).collect(),
            Body::RequestCancelled(off) => off.taken.iter().map(|back| back.order).collect(),
            Body::PickRecorded(picked) => std::iter::once(picked.order).gather(),
            Body::OrderShipped(shipped) => std::iter::once(shipped.order).gather(),
            Body::OrderDropShipped(dropped) => std::iter::once(dropped.order).gather(),
            Body::StockRedealt(dealt) => {
                let taken = dealt.taken.iter().map(|taken| taken.order);
                taken.chain(dealt.fills.iter().map(|fill| fill.order)).collect()
            }
            _ => BTreeSet::new(),
        }
    }

    fn dims(&self, order: OrderId, node: NodeId, sku: SkuId) -> Dims {
        Dims { order, node, sku, channel: self.channel_of(order), ..Dims::default() }
    }

    fn touch(&mut self, order: OrderId, node: NodeId, body: &Body, times: i64) {
        let dims = Dims { kind: Kind::Word(body.name()), ..self.dims(order, node, SkuId::NONE) };
        self.put(M::TouchesPerOrder, (i128::from(times), 0), self.now.occurred, dims);
    }

    /// Something that the customer of an order would ask about.
    fn contact(&mut self, order: OrderId) {
        if self.contacted.insert(order) {
            let dims = self.dims(order, NodeId::NONE, SkuId::NONE);
            self.put(M::ContactRate, (1, 0), self.now.occurred, dims);
        }
    }

    fn order_placed(&mut self, placed: &OrderPlaced) {
        let Some(order) = self.state.docs.orders.find(&placed.order).map(OrderId) else { return };
        let (at, plan) = (self.now.occurred, &placed.plan);
        self.placed.insert(order, at);
        let whole = self.dims(order, NodeId::NONE, SkuId::NONE);
        // What waits until the date that was asked for is promised as it was asked for.
        let later = self.state.leaves_after(order, self.now.at).is_some();
        let waits: &[LineQty] = if later { &[] } else { plan.backordered.as_slice() };
        let lacks = |line: u32| {
            let lacking = waits.iter().chain(plan.cancelled.iter());
            lacking.filter(|lack| lack.line == line).map(|lack| lack.qty).fold(0, i64::saturating_add)
        };
        // The line of a kit stands for its components.
        for (number, line) in (1u32..).zip(&placed.lines).filter(|(_, line)| line.qty > 0) {
            let part = plan.parts.iter().find(|part| part.line == number);
            let parcel = part.and_then(|part| plan.parcels.get(index(part.parcel)));
            let node = parcel.map_or(NodeId::NONE, |parcel| parcel.node);
            let service = parcel.map_or(ServiceId::NONE, |parcel| parcel.service);
            let dims = Dims { node, service, sku: line.sku, ..whole };
            let short = lacks(number);
            self.put(M::FillRateLines, (i128::from(short == 0), 1), at, dims);
            let filled = line.qty.saturating_sub(short);
            self.put(M::FillRateUnits, (i128::from(filled), i128::from(line.qty)), at, dims);
        }
        let full = waits.is_empty() && plan.cancelled.is_empty();
        let split = plan.parcels.len() > 1;
        let oversold = placed.commitment == Commitment::External
            && placed.exceptions.iter().any(|opened| opened.code == ExceptionCode::ShortAllocation);
        self.put(M::OrdersPlaced, (1, 0), at, whole);
        self.put(M::FillRateOrders, (i128::from(full), 1), at, whole);
        self.put(M::SplitRate, (i128::from(split), i128::from(!plan.parcels.is_empty())), at, whole);
        self.put(M::OversellRate, (i128::from(oversold), 1), at, whole);
        self.put(M::ContactRate, (0, 1), at, whole);
        self.put(M::TouchesPerOrder, (0, 1), at, whole);
        if !full {
            self.contact(order);
        }
    }

    /// More of a line is offered to the stock as a new line is.
    fn order_amended(&mut self, again: &OrderReallocated) {
        let lines = self.lines_of(again.order);
        let added = again.change.as_ref().map_or(0, |change| change.lines.len());
        let before = lines.len().saturating_sub(added);
        let new = (1u32..).zip(&lines).skip(before).map(|(line, (_, row))| LineQty { line, qty: row.qty });
        let new: Vec<LineQty> = new.collect();
        // What waits until the date that was asked for is promised as it was asked for.
        let later = self.state.leaves_after(again.order, self.now.at).is_some();
        let waits: &[LineQty] = if later { &[] } else { again.plan.backordered.as_slice() };
        for change in again.amended.iter().chain(&new).filter(|change| change.qty > 0) {
            let Some((_, line)) = lines.get(index(change.line.saturating_sub(1))) else { continue };
            let lacking = waits.iter().chain(again.plan.cancelled.iter());
            let lacking = lacking.filter(|lack| lack.line == change.line).map(|lack| lack.qty);
            let short = lacking.fold(0, i64::saturating_add).min(change.qty);
            let dims = self.dims(again.order, NodeId::NONE, line.sku);
            let filled = i128::from(change.qty.saturating_sub(short));
            if index(change.line) > before {
                self.put(M::FillRateLines, (i128::from(short == 0), 1), self.now.occurred, dims);
            }
            self.put(M::FillRateUnits, (filled, i128::from(change.qty)), self.now.occurred, dims);
        }
    }

    fn promise(&self, order: OrderId) -> Instant {
        self.state.docs.order.get(order.0).map_or(Instant::START, |row| row.deliver_by)
    }

    fn order_shipped(&mut self, shipped: &OrderShipped) {
        let (order, node) = (shipped.order, shipped.node);
        let late = shipped.arrive_at > self.promise(order);
        for line in &shipped.lines {
            self.unit_shipped(self.dims(order, node, line.sku), line.qty, !late);
        }
        self.left(order, node, late);
        self.stage(order, node, "shipped");
    }

    fn order_dropped(&mut self, dropped: &OrderDropShipped) {
        let order = dropped.order;
        let late = self.now.occurred > self.promise(order);
        for line in &dropped.lines {
            let supplier = dropped.supplier;
            let dims = Dims { supplier, ..self.dims(order, NodeId::NONE, line.sku) };
            self.unit_shipped(dims, line.qty, !late);
        }
        self.left(order, NodeId::NONE, late);
    }

    fn unit_shipped(&mut self, dims: Dims, qty: i64, in_time: bool) {
        let (at, qty) = (self.now.occurred, i128::from(qty));
        self.put(M::UnitsShipped, (qty, 0), at, dims);
        self.put(M::OnTimeShipped, (if in_time { qty } else { 0 }, qty), at, dims);
        self.put(M::ReturnRate, (0, qty), at, dims);
        // What a supplier ships was never on hand.
        if dims.node == NodeId::NONE {
            return;
        }
        let days = qty.saturating_mul(i128::from(super::fold::DAY));
        self.put(M::DaysOfSupply, (0, days), at, dims);
    }

    /// A shipment of an order left.
    fn left(&mut self, order: OrderId, node: NodeId, late: bool) {
        let (at, dims) = (self.now.occurred, self.dims(order, node, SkuId::NONE));
        if late {
            self.late.insert(order);
            self.contact(order);
        }
        if self.shipped.insert(order) {
            let placed = self.placed.get(&order).copied().unwrap_or(at);
            self.put(M::OrderCycleTime, (between(placed, at), 1), at, dims);
            self.put(M::CostToServe, (0, 1), at, dims);
        }
    }

    /// An order came to a stage at a node.
    fn stage(&mut self, order: OrderId, node: NodeId, stage: &'static str) {
        let at = self.now.occurred;
        let placed = self.placed.get(&order).copied().unwrap_or(at);
        let since = self.stages.insert((order, node), at).unwrap_or(placed);
        let dims = Dims { kind: Kind::Word(stage), ..self.dims(order, node, SkuId::NONE) };
        self.put(M::StageTime, (between(since, at), 1), at, dims);
    }

    fn order_returned(&mut self, returned: &ReturnReceived) {
        for line in &returned.lines {
            let (at, qty) = (self.now.occurred, i128::from(line.qty));
            let dims = self.dims(returned.order, returned.node, line.sku);
            let kind = Kind::Word(match line.disposition {
                Disposition::Restock => "restock",
                Disposition::Refurbish => "refurbish",
                Disposition::Scrap => "scrap",
                Disposition::ReturnToVendor => "return_to_vendor",
                Disposition::Keep => "keep",
            });
            self.put(M::ReturnRate, (qty, 0), at, dims);
            self.put(M::DispositionMix, (0, qty), at, dims);
            self.put(M::DispositionMix, (qty, 0), at, Dims { kind, ..dims });
            if matches!(line.disposition, Disposition::Scrap | Disposition::ReturnToVendor) {
                self.defect(line.sku, returned.node, line.qty);
            }
        }
    }

    /// An order of which nothing is open any more is done, once.
    fn look_at_end(&mut self, order: OrderId) {
        let lines = self.lines_of(order);
        if !is_done(&lines) || !self.done.insert(order) {
            return;
        }
        let in_full = lines.iter().all(|(_, line)| line.cancelled == 0);
        let good = in_full && !self.late.contains(&order);
        let dims = self.dims(order, NodeId::NONE, SkuId::NONE);
        self.put(M::OnTimeInFull, (i128::from(good), 1), self.now.occurred, dims);
    }

    /// Units of an order that began or ceased to wait: those that waited longest are served first.
    pub(super) fn look_at_waits(&mut self, order: OrderId, ended: &'static str) {
        for (row, line) in self.lines_of(order) {
            let waits = self.waits.remove(&row).unwrap_or_default();
            if line.backordered == 0 && waits.is_empty() {
                continue;
            }
            let was = waits.iter().map(|wait| wait.qty).fold(0, i64::saturating_add);
            let by = line.backordered.saturating_sub(was);
            let dims = self.dims(order, NodeId::NONE, line.sku);
            if by != 0 {
                self.put(M::BackorderUnitsOpen, (i128::from(by), 0), self.now.occurred, dims);
            }
            let mut served = by.saturating_neg().max(0);
            let mut left: Vec<Wait> = Vec::new();
            for mut wait in waits {
                let part = served.min(wait.qty);
                if part > 0 {
                    self.waited(row, part, &wait, self.now.at, ended);
                    served = served.saturating_sub(part);
                    wait.qty = wait.qty.saturating_sub(part);
                }
                if wait.qty > 0 {
                    left.push(wait);
                }
            }
            if by > 0 {
                let since = self.state.leaves_after(order, self.now.at).unwrap_or(self.now.at);
                left.push(Wait { qty: by, since, sequence: self.now.sequence });
            }
            if !left.is_empty() {
                self.waits.insert(row, left);
            }
        }
    }

    /// Units of a line waited until an instant.
    pub(super) fn waited(&mut self, row: u32, qty: i64, wait: &Wait, until: Instant, what: &'static str) {
        let Some(line) = self.state.docs.lines.get(row) else { return };
        let dims = Dims { kind: Kind::Word(what), ..self.dims(line.order, NodeId::NONE, line.sku) };
        let time = between(wait.since, until).saturating_mul(i128::from(qty));
        self.put(M::BackorderAge, (time, i128::from(qty)), until, dims);
        if let Some(last) = self.facts.last_mut().filter(|_| what == "open") {
            last.sequence = wait.sequence;
        }
    }
}
