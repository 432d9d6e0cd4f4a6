//! Work on documents: stages beside the documents, and what a short pick and a posted count change in stock.

use crate::exception::{ExceptionCode, Opened};
use crate::record::event::*;
use crate::record::state::*;
use crate::record::words::*;
use crate::stock::{Condition, Fault, Place};
use crate::value::ids::*;
use crate::value::later::Later;
use crate::value::money::Money;
use crate::value::num;

/// Adds to a line's quantity.
pub(super) fn add(lines: &mut Vec<(u32, i64)>, line: u32, qty: i64) {
    match lines.iter_mut().find(|(known, _)| *known == line) {
        Some((_, sum)) => *sum = sum.saturating_add(qty),
        None => lines.push((line, qty)),
    }
}

/// Takes what left out of the cartons that it was packed in.
fn unpack(cartons: &mut Vec<PackedCarton>, line: u32, mut qty: i64) {
    for packed in cartons.iter_mut().flat_map(|carton| &mut carton.lines).filter(|of| of.line == line) {
        let now = packed.qty.min(qty);
        (packed.qty, qty) = (packed.qty.saturating_sub(now), qty.saturating_sub(now));
    }
    cartons.iter_mut().for_each(|carton| carton.lines.retain(|packed| packed.qty > 0));
    cartons.retain(|carton| !carton.lines.is_empty());
}

fn pairs(lines: &[LineQty]) -> Vec<(u32, i64)> {
    lines.iter().map(|line| (line.line, line.qty)).collect()
}

impl State {
    /// The events of this file; `false` for others.
    pub(super) fn apply_desk(&mut self, body: &Body, event: &Event) -> Result<bool, Fault> {
        match body {
            Body::OrderCaptured(captured) => {
                self.desk.prints.intern(captured.print);
            }
            Body::OrderParked(parked) => {
                self.desk.parked.intern(parked.order.clone());
                self.raise(&parked.exceptions, event.at);
            }
            Body::OrderHeld(held) => self.desk.order_holds.insert((held.order, held.hold)),
            Body::OrderReleased(released) => self.desk.order_holds.remove((released.order, released.hold)),
            Body::WaveReleased(wave) => self.release_wave(wave, event),
            Body::PickRecorded(picked) => self.record_pick(picked, event)?,
            Body::OrderPacked(packed) => {
                self.at_stage(packed.order, packed.node, FulfilmentStage::Packed, event);
                if let Some(id) = self.desk.fulfilments.find(&(packed.order, packed.node)) {
                    self.desk.fulfilment.edit(id, |row| row.cartons.extend(packed.cartons.iter().cloned()));
                    self.watch_pickup(id, packed.order, packed.node);
                }
                self.raise(&packed.exceptions, event.at);
            }
            Body::ShipmentTracked(tracked) => {
                let id = self.after_work(tracked.order, tracked.node, FulfilmentStage::Shipped, event);
                let all = self.head.origin() > 2;
                self.desk.fulfilment.edit(id, |row| {
                    row.tracking.clone_from(&tracked.tracking);
                    if all && !row.trackings.contains(&tracked.tracking) {
                        row.trackings.push(tracked.tracking.clone());
                    }
                });
            }
            Body::OrderDelivered(delivered) => {
                let stage =
                    if delivered.delivered { FulfilmentStage::Delivered } else { FulfilmentStage::Failed };
                self.after_work(delivered.order, delivered.node, stage, event);
                self.raise(&delivered.exceptions, event.at);
            }
            Body::WorkflowSet(set) => self.set_workflow(set),
            // A message changes nothing but the record.
            Body::CustomerNotified(_) => {}
            Body::ReturnAuthorized(_) | Body::ReturnCheckedIn(_) | Body::ReturnCancelled(_) => {
                self.apply_return_case(body, event);
            }
            Body::CountPlanned(_)
            | Body::CountRecorded(_)
            | Body::CountApproved(_)
            | Body::CountPosted(_)
            | Body::CountCancelled(_) => self.apply_count(body, event)?,
            _ => return Ok(self.apply_subscription(body, event) || self.apply_request(body, event)?),
        }
        Ok(true)
    }

    /// Opens what a new order opens; one that was parked is placed after all.
    #[inline]
    pub(super) fn settle(&mut self, placed: &OrderPlaced, at: crate::value::time::Instant) {
        self.open_exceptions(&placed.exceptions, at);
        let order = &placed.order;
        if self.desk.parked.len() > 0 && self.desk.parked.find(order).is_some() {
            let of =
                [ExceptionCode::OrderParked, ExceptionCode::PriceMismatch, ExceptionCode::OversellAverted];
            let about = |id: &u32| {
                let row = self.books.exceptions.get(*id);
                row.is_some_and(|row| of.contains(&row.opened.code) && row.subject.0.as_ref() == Some(order))
            };
            let closed = self.books.open_exceptions.iter().filter(about);
            let closed: Vec<u32> = closed.map(|id| id.saturating_add(1)).collect();
            self.clear_exceptions(&closed, at);
        }
    }

    fn set_workflow(&mut self, set: &WorkflowSet) {
        let known: Vec<(ChannelId, Stage)> =
            self.desk.flows.iter().filter(|(channel, _)| *channel == set.channel).collect();
        known.into_iter().for_each(|entry| self.desk.flows.remove(entry));
        set.stages.iter().for_each(|stage| self.desk.flows.insert((set.channel, *stage)));
    }

    /// Puts a node's work on an order to a stage, and gives its row.
    fn at_stage(&mut self, order: OrderId, node: NodeId, stage: FulfilmentStage, event: &Event) -> u32 {
        let id = self.desk.fulfilments.intern((order, node));
        if num::index(id) == self.desk.fulfilment.len() {
            self.desk.fulfilment.push(FulfilmentRow {
                stage,
                wave: None,
                picked: Vec::new(),
                cartons: Vec::new(),
                tracking: String::new(),
                changed_at: event.at,
                put_back: Later::default(),
                collect_by: Later::default(),
                trackings: Later::default(),
            });
        } else {
            self.desk.fulfilment.edit(id, |row| {
                row.stage = stage;
                row.changed_at = event.at;
            });
        }
        id
    }

    /// The same of goods that left: a node that works on more of the order stays at that.
    fn after_work(&mut self, order: OrderId, node: NodeId, stage: FulfilmentStage, event: &Event) -> u32 {
        let now = self.desk.fulfilment_of(order, node).map(|(_, row)| row.stage);
        let stage = now.filter(|now| now.is_work()).unwrap_or(stage);
        self.at_stage(order, node, stage, event)
    }

    fn release_wave(&mut self, wave: &WaveReleased, event: &Event) {
        self.desk.waves.intern(wave.wave.clone());
        for order in &wave.orders {
            let id = self.at_stage(*order, wave.node, FulfilmentStage::Released, event);
            self.desk.fulfilment.edit(id, |row| row.wave = Some(wave.wave.clone()));
        }
    }

    fn record_pick(&mut self, picked: &PickRecorded, event: &Event) -> Result<(), Fault> {
        let found = !(picked.picked.is_empty() && picked.instead.is_empty());
        let was = self.desk.fulfilment_of(picked.order, picked.node).map(|(_, row)| row.stage);
        let was = was.filter(|was| was.is_work()).unwrap_or(FulfilmentStage::Released);
        let stage = if found { FulfilmentStage::Picked } else { was };
        let id = self.at_stage(picked.order, picked.node, stage, event);
        self.desk.fulfilment.edit(id, |row| {
            picked.picked.iter().for_each(|line| add(&mut row.picked, line.line, line.qty));
        });
        let Some(order) = self.docs.order.get(picked.order.0).cloned() else {
            return Err(Fault("there is no such order"));
        };
        self.take_instead(picked, &order, id)?;
        for short in &picked.short {
            let line = self.docs.line_id(order.first_line, short.line);
            self.void_at(line, picked.node, order.channel, short.qty)?;
            self.set_aside(line, picked.node, short.qty)?;
            self.wait(line, short.qty)?;
        }
        if let Some(held) = picked.held {
            self.desk.order_holds.insert((picked.order, held));
        }
        self.watch_pickup(id, picked.order, picked.node);
        self.raise(&picked.exceptions, event.at);
        Ok(())
    }

    /// Units that a picker did not find are promised to nobody: they wait for a look where the book has them.
    fn set_aside(&mut self, line: u32, node: NodeId, qty: i64) -> Result<(), Fault> {
        let Some(sku) = self.docs.lines.get(line).map(|row| row.sku).filter(|_| self.head.origin() > 2)
        else {
            return Ok(());
        };
        let mut left = qty;
        let told = self.stock.places(sku, node).into_iter().map(|(place, _)| place);
        for place in std::iter::once(Place::default()).chain(told) {
            let now = self.stock.free_in(sku, node, &place).clamp(0, left);
            if now > 0 && place.is_own() && place.condition == Condition::Sellable {
                let to = Place { condition: Condition::Inspection, ..place.clone() };
                self.stock.change(sku, node, &to, now, Money::ZERO)?;
                self.stock.change(sku, node, &place, now.saturating_neg(), Money::ZERO)?;
                left = left.saturating_sub(now);
            }
        }
        Ok(())
    }

    /// Voids `qty` of a line's pending reservations at a node.
    pub(super) fn void_at(
        &mut self,
        line: u32,
        node: NodeId,
        channel: ChannelId,
        qty: i64,
    ) -> Result<(), Fault> {
        let first = self.docs.lines.get(line).map_or(NOTHING, |row| row.first_reservation);
        let mut pending: Vec<(u32, crate::stock::Reservation)> = self.reservations(first).collect();
        if self.head.origin() > 2 {
            // What was picked of a line is what was reserved for it first.
            pending.reverse();
        }
        let mut left = qty;
        for (id, reservation) in pending.into_iter().filter(|(_, row)| row.node == node) {
            let back = reservation.qty.min(left);
            if back > 0 {
                self.give_back(id, &reservation, channel, back)?;
                left = num::sub(left, back)?;
            }
        }
        if left != 0 {
            return Err(Fault("more would be given back than is reserved at the node"));
        }
        self.docs.lines.edit(line, |row| row.reserved = row.reserved.saturating_sub(qty));
        Ok(())
    }

    /// Goods left: what was picked and packed is less, and a node that has nothing more to send is done. One
    /// that has goes on with the rest from where that stands.
    pub(super) fn ship_stages(&mut self, shipped: &OrderShipped, event: &Event) {
        let Some(id) = self.desk.fulfilments.find(&(shipped.order, shipped.node)) else { return };
        let open = self.reserved_for(shipped.order, shipped.node) > 0;
        let picks_up = self.terms_of(shipped.order).is_some_and(|terms| terms.pickup == shipped.node);
        let handed = picks_up && self.head.origin() > 2;
        let Some(mut row) = self.desk.fulfilment.get(id).cloned() else { return };
        for line in &shipped.lines {
            add(&mut row.picked, line.line, line.qty.saturating_neg());
            if self.head.origin() > 2 {
                unpack(&mut row.cartons, line.line, line.qty);
            }
        }
        row.picked.retain(|(_, qty)| *qty > 0);
        if !open {
            // Who picks up has it in hand.
            row.stage = if handed { FulfilmentStage::Delivered } else { FulfilmentStage::Shipped };
        } else if self.head.origin() > 2 {
            row = self.less_work(shipped.order, shipped.node, row);
        }
        row.changed_at = event.at;
        self.desk.fulfilment.edit(id, |old| *old = row);
        self.watch_pickup(id, shipped.order, shipped.node);
    }

    /// What was struck, or planned from elsewhere, is not worked on any more: picked units go back, cartons
    /// with them are opened, and a node of which nothing is wanted is done.
    pub(super) fn put_back(&mut self, order: OrderId) {
        if self.desk.fulfilment.len() == 0 || self.head.origin() < 3 {
            return;
        }
        for node in (0..num::id(self.catalog.node.len())).map(NodeId) {
            let Some((id, row)) = self.desk.fulfilment_of(order, node) else { continue };
            if row.stage.is_work() {
                let row = self.less_work(order, node, row.clone());
                self.desk.fulfilment.edit(id, |old| *old = row);
                self.watch_pickup(id, order, node);
            }
        }
    }

    fn less_work(&self, order: OrderId, node: NodeId, mut row: FulfilmentRow) -> FulfilmentRow {
        let was = row.clone();
        for (line, qty) in &mut row.picked {
            let back = qty.saturating_sub(self.reserved_of(order, *line, node));
            if back <= 0 {
                continue;
            }
            *qty = qty.saturating_sub(back);
            add(&mut row.put_back, *line, back);
            let mut left = back;
            let holds = |carton: &PackedCarton| {
                let of = carton.lines.iter().filter(|packed| packed.line == *line);
                of.map(|packed| packed.qty).fold(0, i64::saturating_add)
            };
            while let Some(at) = row.cartons.iter().rposition(|carton| holds(carton) > 0).filter(|_| left > 0)
            {
                left = left.saturating_sub(holds(&row.cartons.remove(at)));
            }
        }
        row.picked.retain(|(_, qty)| *qty > 0);
        let parcels = self.docs.order.get(order.0).into_iter().flat_map(|order| self.parcels(order));
        let mut sent = parcels.filter(|(_, parcel)| parcel.node == node && parcel.posted);
        row.stage = match row.stage {
            _ if self.reserved_for(order, node) == 0 && sent.next().is_some() => FulfilmentStage::Shipped,
            _ if self.reserved_for(order, node) == 0 => FulfilmentStage::Cancelled,
            stage if !stage.is_work() => FulfilmentStage::Shipped,
            _ if row.picked.is_empty() => FulfilmentStage::Released,
            FulfilmentStage::Packed if row.cartons.is_empty() || row.cartons.len() < was.cartons.len() => {
                FulfilmentStage::Picked
            }
            stage => stage,
        };
        if row != was {
            row.changed_at = self.head.now;
        }
        row
    }

    /// Units of a line that are reserved at a node.
    fn reserved_of(&self, order: OrderId, line: u32, node: NodeId) -> i64 {
        let Some(row) = self.docs.order.get(order.0) else { return 0 };
        let line = self.docs.line_id(row.first_line, line);
        let first = self.docs.lines.get(line).map_or(NOTHING, |line| line.first_reservation);
        let here = self.ready_at(first, node);
        here.map(|(_, row)| row.qty).fold(0, i64::saturating_add)
    }

    /// Units that an order has reserved at a node.
    pub(crate) fn reserved_for(&self, order: OrderId, node: NodeId) -> i64 {
        let Some(row) = self.docs.order.get(order.0) else { return 0 };
        let lines = self.order_lines(row);
        let chains = lines.iter().flat_map(|line| self.ready_at(line.first_reservation, node));
        chains.map(|(_, row)| row.qty).fold(0, i64::saturating_add)
    }

    fn apply_return_case(&mut self, body: &Body, event: &Event) {
        match body {
            Body::ReturnAuthorized(e) => {
                self.desk.returns.intern(e.rma.clone());
                let id = self.desk.return_case.push(ReturnRow {
                    order: e.order,
                    node: e.node,
                    stage: ReturnStage::Authorized,
                    authorized: pairs(&e.lines),
                    arrived: Vec::new(),
                    since: Later((self.head.origin() > 2).then_some(event.at)),
                    booked: Later(if self.head.origin() > 2 { pairs(&e.lines) } else { Vec::new() }),
                });
                self.note_return(id);
            }
            Body::ReturnCheckedIn(e) => {
                let id = self.desk.returns.intern(e.rma.clone());
                if num::index(id) == self.desk.return_case.len() {
                    // It came without having been authorised.
                    self.desk.return_case.push(ReturnRow {
                        order: e.order,
                        node: e.node,
                        stage: ReturnStage::CheckedIn,
                        authorized: Vec::new(),
                        arrived: Vec::new(),
                        since: Later::default(),
                        booked: Later::default(),
                    });
                }
                self.desk.return_case.edit(id, |row| {
                    row.stage = ReturnStage::CheckedIn;
                    row.node = e.node;
                    e.lines.iter().for_each(|line| add(&mut row.arrived, line.line, line.qty));
                });
                self.note_return(id);
                self.raise(&e.exceptions, event.at);
            }
            Body::ReturnCancelled(e) => {
                self.end_return(&e.rma, |row| row.stage = ReturnStage::Cancelled);
                self.raise(&e.exceptions, event.at);
            }
            _ => {}
        }
    }

    fn end_return(&mut self, rma: &DocKey, end: impl FnOnce(&mut ReturnRow)) {
        if let Some(id) = self.desk.returns.find(rma) {
            self.desk.return_case.edit(id, end);
            self.note_return(id);
        }
    }

    /// Goods are graded, or money goes back without them. What arrived and is not graded keeps a return open;
    /// of one that ends with money alone nothing is expected any more.
    pub(super) fn grade_return(&mut self, returned: &ReturnReceived, at: crate::value::time::Instant) {
        let all = self.head.origin() < 3;
        let kept = returned.lines.iter().filter(|line| line.qty == 0);
        let (kept, count) = (kept.count(), returned.lines.len());
        self.end_return(&returned.rma, |row| {
            for line in returned.lines.iter().filter(|_| !all) {
                add(&mut row.arrived, line.line, line.qty.saturating_neg());
                add(&mut row.authorized, line.line, line.qty.saturating_neg());
            }
            if !all {
                row.arrived.retain(|(_, qty)| *qty > 0);
                row.authorized.retain(|(_, qty)| *qty > 0 && kept < count);
            }
            if all || row.arrived.is_empty() {
                row.stage = ReturnStage::Closed;
            }
        });
        if kept > 0 && !all {
            let (order, node) = (returned.order, returned.node);
            let opened = Opened { order, node, ..Opened::of(ExceptionCode::RefundWithoutGoods) };
            self.raise(&[opened.about(&returned.rma.to_string())], at);
        }
    }

    fn apply_request(&mut self, body: &Body, event: &Event) -> Result<bool, Fault> {
        match body {
            Body::GoodsRequested(e) => {
                self.desk.requests.intern((e.kind, e.document.clone()));
                self.desk.request.push(RequestRow {
                    from: e.from,
                    supplier: e.supplier,
                    to: e.to,
                    lines: e.lines.iter().map(|line| (line.sku, line.qty)).collect(),
                    stage: RequestStage::Requested,
                    requested_by: event.actor.to_string(),
                    parcel: Later::default(),
                });
            }
            Body::RequestApproved(e) => self.end_request(e.kind, &e.document, RequestStage::Approved),
            Body::RequestCancelled(e) => {
                self.end_request(e.kind, &e.document, RequestStage::Cancelled);
                self.await_brought(&e.taken)?;
                self.raise(&e.exceptions, event.at);
            }
            Body::PurchaseOrderConfirmed(e) => {
                let id = e.purchase_order.0;
                self.docs.purchase.edit(id, |row| row.expected_at = e.expected_at);
                let node = self.docs.purchase.get(id).map_or(NodeId::NONE, |row| row.node);
                self.await_goods(Chore::Purchase, id, (node, e.expected_at));
                self.raise(&e.exceptions, event.at);
            }
            Body::PurchaseOrderChanged(e) => self.change_purchase(e, event.at)?,
            Body::ShipmentAnnounced(e) => {
                self.desk.announced.intern(e.asn.clone());
                let row = self.docs.purchase.get(e.purchase_order.0).filter(|_| self.head.origin() > 2);
                let lines = row.map(|row| row.lines.as_slice()).unwrap_or_default();
                let came: Vec<i64> = lines.iter().map(|line| line.received).collect();
                let came = if came.iter().any(|qty| *qty > 0) { came } else { Vec::new() };
                self.desk.announcement.push(AnnouncedRow {
                    purchase: e.purchase_order,
                    arrives_at: e.arrives_at,
                    lines: pairs(&e.lines),
                    came: Later(came),
                });
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// A request comes to a stage, if there is one of that number.
    pub(super) fn end_request(&mut self, kind: RequestKind, document: &DocKey, stage: RequestStage) {
        if self.desk.requests.len() == 0 {
            return;
        }
        if let Some(id) = self.desk.requests.find(&(kind, document.clone())) {
            self.desk.request.edit(id, |row| row.stage = stage);
        }
    }

    fn apply_count(&mut self, body: &Body, event: &Event) -> Result<(), Fault> {
        match body {
            Body::CountPlanned(e) => {
                self.desk.counts.intern(e.count.clone());
                let line = |sku: &SkuId| CountLineRow { sku: *sku, ..CountLineRow::default() };
                self.desk.count.push(CountRow {
                    node: e.node,
                    stage: CountStage::Planned,
                    lines: e.skus.iter().map(line).collect(),
                    counted_by: String::new(),
                    approved_by: String::new(),
                    changed_at: event.at,
                    postings: 0,
                    counted_first_by: Later::default(),
                });
            }
            Body::CountRecorded(e) => {
                self.edit_count(&e.count, event, |row| {
                    row.stage = e.stage;
                    row.counted_first_by.0 = std::mem::take(&mut row.counted_by);
                    row.counted_by = event.actor.to_string();
                    for line in &e.lines {
                        row.edit(line.sku, &line.place, |known| {
                            (known.expected, known.counted) = (line.expected, line.counted);
                            known.times = known.times.saturating_add(1);
                        });
                    }
                });
                self.raise(&e.exceptions, event.at);
            }
            Body::CountApproved(e) => {
                self.edit_count(&e.count, event, |row| {
                    row.stage = CountStage::Approved;
                    row.approved_by = event.actor.to_string();
                });
                self.close_about(ExceptionCode::CountVariance, &e.count.to_string(), event.at);
            }
            Body::CountPosted(e) => {
                self.edit_count(&e.count, event, |row| {
                    for line in &e.lines {
                        row.edit(line.sku, &line.place, |known| {
                            known.posted = known.posted.saturating_add(line.qty);
                        });
                    }
                    row.postings = row.postings.saturating_add(1);
                    row.stage = if e.complete { CountStage::Posted } else { CountStage::Approved };
                });
                self.tell_other_counts(e);
                self.raise(&e.exceptions, event.at);
            }
            Body::CountCancelled(e) => {
                self.edit_count(&e.count, event, |row| row.stage = CountStage::Cancelled)
            }
            _ => {}
        }
        Ok(())
    }

    /// What a count posts, the others that were recorded at its node found too: the book stands corrected.
    fn tell_other_counts(&mut self, e: &CountPosted) {
        let Some(own) = self.desk.counts.find(&e.count) else { return };
        let node = self.desk.count.get(own).map_or(NodeId::NONE, |row| row.node);
        let waits = |row: &CountRow| {
            row.node == node
                && matches!(row.stage, CountStage::Recount | CountStage::Review | CountStage::Approved)
        };
        let rows = self.desk.count.rows().iter().zip(0u32..);
        let others: Vec<u32> = rows.filter(|(row, id)| *id != own && waits(row)).map(|(_, id)| id).collect();
        for id in others {
            self.desk.count.edit(id, |row| {
                for line in row.lines.iter_mut().filter(|line| line.times > 0) {
                    let same = e.lines.iter().filter(|l| l.sku == line.sku && l.place == line.place.0);
                    let qty = same.map(|l| l.qty).fold(0, i64::saturating_add);
                    line.expected = line.expected.saturating_add(qty);
                }
            });
        }
    }

    fn edit_count(&mut self, count: &DocKey, event: &Event, change: impl FnOnce(&mut CountRow)) {
        if let Some(id) = self.desk.counts.find(count) {
            self.desk.count.edit(id, |row| {
                change(row);
                row.changed_at = event.at;
            });
        }
    }
}
