//! The only way in which state changes: one flat match from event to change. No judgement here.

mod batch;
mod beside;
mod brought;
mod carried;
mod catalog;
mod company;
mod costs;
mod dated;
mod desk;
mod exception;
mod governance;
mod hold;
mod instead;
mod moves;
mod opener;
mod promise;
mod purchase;
mod rollout;
mod selling;
mod sourcing;
mod subscription;
mod waiting;

use super::event::*;
use super::state::*;
use super::words::{RequestKind, RequestStage};
use crate::catalog::ReorderRow;
use crate::policy::CompiledPolicy;
use crate::posting::{Posting, Rules};
use crate::stock::{Condition, Fault, Made, Owner, Reservation};
use crate::value::ids::*;
use crate::value::money::Money;
use crate::value::num;
use crate::value::table::put;
use crate::value::time::Instant;
use carried::{Apart, priced, releases};
use costs::Coming;
pub(crate) use moves::Which;

/// What a new order's plan says, read along with its lines.
struct Says<'a> {
    plan: &'a Plan,
    parts: usize,
    backordered: usize,
    cancelled: usize,
}

impl<'a> Says<'a> {
    fn parts_of(&mut self, line: u32) -> &'a [PlanPart] {
        let rest = self.plan.parts.get(self.parts..).unwrap_or_default();
        let count = rest.iter().take_while(|part| part.line == line).count();
        self.parts = self.parts.saturating_add(count);
        rest.get(..count).unwrap_or_default()
    }

    fn next(list: &[LineQty], at: &mut usize, line: u32) -> i64 {
        let Some(found) = list.get(*at).filter(|next| next.line == line) else { return 0 };
        *at = at.saturating_add(1);
        found.qty
    }

    fn backordered_of(&mut self, line: u32) -> i64 {
        Says::next(&self.plan.backordered, &mut self.backordered, line)
    }

    fn cancelled_of(&mut self, line: u32) -> i64 {
        Says::next(&self.plan.cancelled, &mut self.cancelled, line)
    }

    /// Whether every line that the plan names has come by.
    fn is_done(&self) -> bool {
        let lengths = (self.plan.parts.len(), self.plan.backordered.len(), self.plan.cancelled.len());
        (self.parts, self.backordered, self.cancelled) == lengths
    }
}

impl State {
    /// Applies one event. Live and replayed events take this same way.
    pub(crate) fn apply(&mut self, event: &Event) -> Result<(), Fault> {
        (self.head.sequence, self.head.now) = (event.sequence, event.at);
        self.stock.begin_event(event.at);
        let moves = self.moves_before(event);
        match &event.body {
            Body::BookConfigured(config) => self.configure(config)?,
            Body::AccountDefined(define) => self.define_account(define)?,
            Body::ReasonDefined(define) => {
                self.catalog.reasons.intern(define.reason.as_str().into());
            }
            Body::SkuDefined(define) => self.define_sku(define)?,
            Body::NodeDefined(defined) => self.define_node(defined)?,
            Body::ChannelDefined(define) => self.define_channel(define),
            Body::ServiceDefined(define) => self.define_service(define),
            Body::SupplierDefined(define) => self.catalog.put_supplier(define),
            Body::PolicySet(policy) => {
                let compiled = CompiledPolicy::compile(policy, &self.catalog);
                self.derived.policy = compiled.map_err(|_| Fault("a recorded policy does not compile"))?;
                self.books.policies.push(policy.clone());
            }
            Body::PostingRulesSet(set) => self.set_posting_rules(set)?,
            Body::AuthoritySet(set) => self.catalog.put_authority(set),
            Body::NodeStatusSet(set) => {
                self.catalog.node.edit(set.node.0, |node| node.status = set.status);
                self.shut_closed();
                self.open_exceptions(&set.exceptions, event.at);
            }
            Body::ProtectionSet(set) => {
                self.stock.protect(set.sku, set.node, set.channel, set.qty);
            }
            Body::ReorderRuleSet(set) => {
                let row = ReorderRow {
                    supplier: set.supplier,
                    unit_cost: set.unit_cost,
                    reorder_point: set.reorder_point,
                    order_up_to: set.order_up_to,
                    expedite_below: set.expedite_below,
                };
                self.catalog.put_reorder(set.sku, set.node, row);
            }
            Body::GoodsReceived(received) => self.receive_goods(received, event.at)?,
            Body::StockAdjusted(adjusted) => self.adjust_stock(adjusted, event.at)?,
            Body::StockMoved(moved) => self.move_stock(moved)?,
            Body::StockHeld(held) => self.hold_stock(held)?,
            Body::HoldReleased(ended) | Body::HoldExpired(ended) => self.end_hold(ended.hold)?,
            Body::OrderPlaced(placed) => self.place_order(placed, event)?,
            Body::OrderReallocated(reallocated) => self.reallocate(reallocated, event.at)?,
            Body::OrderCancelled(cancelled) => self.cancel_order(cancelled)?,
            Body::OrderShipped(shipped) => self.ship_order(shipped, event)?,
            Body::ReturnReceived(returned) => self.receive_return(returned, event.at)?,
            Body::PurchaseOrderPlaced(placed) => {
                self.place_purchase(placed)?;
                self.end_request(RequestKind::Purchase, &placed.purchase_order, RequestStage::Placed);
            }
            Body::PurchaseOrderCancelled(cancelled) => self.cancel_purchase(cancelled, event.at)?,
            Body::TransferShipped(shipped) => {
                self.end_request(RequestKind::Transfer, &shipped.transfer, RequestStage::Placed);
                self.await_brought(&shipped.taken)?;
                self.ship_transfer(shipped)?;
            }
            Body::TransferReceived(received) => self.receive_transfer(received, event.at)?,
            Body::TimeAdvanced(_) => {}
            Body::CostTableSet(_) | Body::AllocationRejected(_) => self.apply_sourcing(event)?,
            Body::BatchAllocated(_) | Body::BidPricesSet(_) => self.apply_batch(&event.body, event.at)?,
            other => self.apply_work(other, event)?,
        }
        self.keep_made()?;
        self.note_document(event);
        self.keep_books(event, moves.as_deref())
    }

    /// Events of rooms that came later, each of which knows its own.
    fn apply_work(&mut self, body: &Body, event: &Event) -> Result<(), Fault> {
        let known = self.apply_exception(body, event)
            || self.apply_governance(body, event)
            || self.apply_integration(body, event)
            || self.apply_desk(body, event)?;
        if known { Ok(()) } else { self.apply_books(body, event.at) }
    }

    fn configure(&mut self, config: &crate::catalog::ConfigureBook) -> Result<(), Fault> {
        let digits = 6u32.saturating_sub(u32::from(config.currency_digits));
        self.head.minor = 10i64.saturating_pow(digits);
        self.head.config = config.clone();
        Ok(())
    }

    fn define_account(&mut self, define: &crate::catalog::DefineAccount) -> Result<(), Fault> {
        let id = self.catalog.put_account(define);
        if num::index(id.0) == self.books.balances.len() {
            self.books.balances.push(Money::ZERO);
        }
        Ok(())
    }

    fn define_sku(&mut self, define: &crate::catalog::DefineSku) -> Result<(), Fault> {
        let id = self.catalog.put_sku(define);
        if num::index(id.0) == self.stock.borders.len() {
            self.stock.borders.push(crate::stock::Border::default());
        }
        self.stock.reservations.make_room(self.catalog.sku.len());
        self.stock.cells.make_room(self.catalog.sku.len(), self.catalog.node.len());
        Ok(())
    }

    fn define_node(&mut self, defined: &NodeDefined) -> Result<(), Fault> {
        let id = self.catalog.put_node(&defined.node, &defined.cut_offs);
        let direction = defined.node.place.direction();
        match self.derived.directions.get_mut(num::index(id.0)) {
            Some(known) => *known = direction,
            None => self.derived.directions.push(direction),
        }
        self.stock.cells.make_room(self.catalog.sku.len(), self.catalog.node.len());
        self.set_sends(id);
        Ok(())
    }

    fn define_channel(&mut self, define: &crate::catalog::DefineChannel) {
        self.catalog.put_channel(define);
        self.set_lives();
    }

    fn define_service(&mut self, define: &crate::catalog::DefineService) {
        self.catalog.put_service(define);
        // Where services have cut-offs of their own, it may leave sooner than they.
        let nodes = (0..num::id(self.catalog.node.len())).map(NodeId);
        let own: Vec<NodeId> = nodes.filter(|node| self.catalog.has_service_cut_offs(*node)).collect();
        own.into_iter().for_each(|node| self.set_sends(node));
    }

    fn set_posting_rules(&mut self, set: &crate::posting::SetPostingRules) -> Result<(), Fault> {
        let compiled = Rules::compile(&set.rules, &self.catalog);
        self.derived.rules = compiled.map_err(|_| Fault("recorded posting rules do not compile"))?;
        self.books.rules.replace(&set.rules);
        Ok(())
    }

    /// Enters postings into the balances. An entry that does not sum to zero is a fault.
    fn post(&mut self, postings: &[Posting]) -> Result<(), Fault> {
        let mut sum = 0i128;
        for posting in postings {
            sum = sum.saturating_add(i128::from(posting.amount.micros()));
            let known = self.books.balances.get(posting.account.0).copied();
            let balance = known.ok_or(Fault("a posting names no account"))?.plus(posting.amount)?;
            self.books.balances.edit(posting.account.0, |to| *to = balance);
        }
        if sum == 0 { Ok(()) } else { Err(Fault("an entry does not balance")) }
    }

    fn receive_goods(&mut self, received: &GoodsReceived, at: Instant) -> Result<(), Fault> {
        self.docs.receipts.intern(received.receipt.clone());
        let supplied = received.supplier != SupplierId::NONE && self.head.origin() > 1;
        let mut source = num::id(self.costs.receipts.len());
        for line in &received.lines {
            let mut coming = Coming::of(line.qty, line.value, line.passed);
            if supplied && line.place.is_own() {
                source = source.saturating_add(1);
                coming.source = source;
            }
            self.enter(line.sku, received.node, &line.place, coming)?;
            if let Some(at) = line.expires_at {
                self.date_lot(line.sku, &line.place.lot, at);
            }
            if line.place.is_own() {
                let sum = num::add(self.stock.borders.get(line.sku.0).map_or(0, |b| b.received), line.qty)?;
                self.stock.cross_border(line.sku, |border| border.received = sum);
            }
        }
        self.receive_purchase(received)?;
        self.note_purchase(received.purchase_order.0);
        self.note_receipt(received, at);
        self.fill(&received.fills, &received.parcels, None)?;
        for opened in &received.exceptions {
            let about = (opened.code == crate::exception::ExceptionCode::WrongGoods)
                .then(|| received.receipt.clone());
            self.open_exception(*opened, about, at);
        }
        self.post(&received.postings)
    }

    /// What a purchase order has received, in one change of its row: it is hashed as a whole.
    fn receive_purchase(&mut self, received: &GoodsReceived) -> Result<(), Fault> {
        let ordered = || received.lines.iter().filter(|line| line.purchase_line > 0);
        if ordered().next().is_none() {
            return Ok(());
        }
        let purchase = received.purchase_order;
        self.docs.purchase.edit(purchase.0, |row| {
            for line in ordered() {
                if let Some(open) = row.lines.get_mut(num::index(line.purchase_line.saturating_sub(1))) {
                    open.received = open.received.saturating_add(line.qty);
                }
            }
        });
        let node = self.docs.purchase.get(purchase.0).map_or(NodeId::NONE, |row| row.node);
        ordered().try_for_each(|line| self.change_on_order(line.sku, node, line.on_order.saturating_neg()))
    }

    fn change_on_order(&mut self, sku: SkuId, node: NodeId, by: i64) -> Result<(), Fault> {
        let id = self.docs.on_orders.intern((sku, node));
        if num::index(id) == self.docs.on_order.len() {
            self.docs.on_order.push(0);
        }
        let sum = num::add(self.docs.on_order.get(id).copied().unwrap_or(0), by)?;
        if sum < 0 {
            return Err(Fault("less than nothing would be on order"));
        }
        self.docs.on_order.edit(id, |qty| *qty = sum);
        Ok(())
    }

    /// Backorders become reservations at the node that received; one of the parcels may be known already.
    fn fill(&mut self, fills: &[Fill], parcels: &[Parcel], waited: Option<(u32, u32)>) -> Result<(), Fault> {
        let mut rows: Vec<Option<u32>> = vec![None; parcels.len()];
        for fill in fills {
            let Some(order) = self.docs.order.get(fill.order.0).cloned() else {
                return Err(Fault("a fill names no order"));
            };
            let at = num::index(fill.parcel);
            let (Some(plan), Some(row)) = (parcels.get(at), rows.get_mut(at)) else {
                return Err(Fault("a fill names no parcel"));
            };
            let parcel = match row {
                Some(known) => *known,
                None => {
                    let known = waited.filter(|(at, _)| *at == fill.parcel);
                    let id = match known {
                        Some((_, id)) => self.go_on(id, plan),
                        None => self.add_parcel(fill.order, plan),
                    };
                    *row = Some(id);
                    id
                }
            };
            let line = self.docs.line_id(order.first_line, fill.line);
            self.unwait(line, fill.qty)?;
            self.reserve(line, plan.node, fill.qty, parcel)?;
        }
        Ok(())
    }

    fn add_parcel(&mut self, order: OrderId, plan: &Parcel) -> u32 {
        let id = self.docs.parcels.push(ParcelRow {
            order,
            node: plan.node,
            service: plan.service,
            ship_at: plan.ship_at,
            arrive_at: plan.arrive_at,
            freight: plan.freight,
            handling: plan.handling,
            posted: false,
            next: NOTHING,
        });
        let last = self.docs.order.get(order.0).and_then(|row| self.parcels(row).last()).map(|(id, _)| id);
        match last {
            Some(last) => self.docs.parcels.edit(last, |row| row.next = id),
            None => self.docs.order.edit(order.0, |row| row.first_parcel = id),
        };
        id
    }

    /// Reserves for a line of an order.
    fn reserve(&mut self, line: u32, node: NodeId, qty: i64, parcel: u32) -> Result<(), Fault> {
        let Some(row) = self.docs.lines.get(line) else { return Err(Fault("a reservation names no line")) };
        let (sku, order, first) = (row.sku, row.order, row.first_reservation);
        let reserved = num::add(row.reserved, qty)?;
        self.stock.reserve(sku, node, qty)?;
        let channel = self.docs.order.get(order.0).map_or(ChannelId::NONE, |row| row.channel);
        let leaves = self.leaves_of(parcel);
        self.stock.use_protection((sku, node), channel, (leaves, qty), Made::NOW);
        let last = self.reservations(first).last().map(|(id, _)| id);
        let owner = Owner::Line(line);
        let row = Reservation { owner, sku, node, qty, parcel, next: NOTHING };
        let id = self.stock.reservations.push(row);
        self.book_capacity(sku, qty, parcel);
        if let Some(last) = last {
            self.stock.reservations.edit(last, |row| row.next = id);
        }
        self.docs.lines.edit(line, |row| {
            row.reserved = reserved;
            if last.is_none() {
                row.first_reservation = id;
            }
        });
        if let Some(lot) = self.lot_of_line(line) {
            self.stock.name_lot(id, lot, channel, leaves);
        }
        Ok(())
    }

    fn adjust_stock(&mut self, adjusted: &StockAdjusted, at: Instant) -> Result<(), Fault> {
        self.docs.adjustments.intern(adjusted.adjustment.clone());
        for line in &adjusted.lines {
            if line.qty > 0 {
                let coming = Coming::of(line.qty, line.value.plus(line.passed)?, line.passed);
                self.enter(line.sku, adjusted.node, &line.place, coming)?;
            } else {
                self.stock.change(line.sku, adjusted.node, &line.place, line.qty, line.value)?;
                if line.place.is_own() {
                    let (qty, value) = (line.qty.saturating_neg(), Money::ZERO.minus(line.value)?);
                    let lot = LotId(self.stock.labels.find(line.place.lot.as_str()).unwrap_or(0));
                    let lots = [LotCost { lot, qty, value }];
                    self.leave(line.sku, adjusted.node, (qty, value), &lots)?;
                }
            }
            if line.place.is_own() {
                let sum = num::add(self.stock.borders.get(line.sku.0).map_or(0, |b| b.adjusted), line.qty)?;
                self.stock.cross_border(line.sku, |border| border.adjusted = sum);
            }
        }
        self.open_exceptions(&adjusted.exceptions, at);
        self.post(&adjusted.postings)
    }

    fn move_stock(&mut self, moved: &StockMoved) -> Result<(), Fault> {
        self.docs.movements.intern(moved.movement.clone());
        // Both legs carry no value: the pool's value covers every place of the node.
        let out = moved.qty.saturating_neg();
        let to_first = moved.to.is_own();
        if to_first {
            // In first, so that a pool that moves whole never looks empty in between.
            self.stock.change(moved.sku, moved.node, &moved.to, moved.qty, Money::ZERO)?;
            return self.stock.change(moved.sku, moved.node, &moved.from, out, Money::ZERO);
        }
        self.stock.change(moved.sku, moved.node, &moved.from, out, Money::ZERO)?;
        self.stock.change(moved.sku, moved.node, &moved.to, moved.qty, Money::ZERO)
    }

    fn end_hold(&mut self, hold: HoldId) -> Result<(), Fault> {
        let Some(row) = self.docs.hold.get(hold.0) else {
            return Err(Fault("there is no such hold"));
        };
        let held: Few<(u32, Reservation), 4> = self.reservations(row.first_reservation).collect();
        for (id, reservation) in held {
            self.give_back(id, &reservation, row.channel, reservation.qty)?;
        }
        self.docs.hold.edit(hold.0, |row| row.state = HoldState::Ended);
        self.docs.due.remove((row.expires_at, hold.0));
        Ok(())
    }

    /// Gives back `qty` of a pending reservation.
    fn give_back(&mut self, id: u32, row: &Reservation, channel: ChannelId, qty: i64) -> Result<(), Fault> {
        self.stock.reserve(row.sku, row.node, qty.saturating_neg())?;
        let leaves = self.leaves_of(row.parcel);
        let made = self.stock.made(id);
        self.stock.use_protection((row.sku, row.node), channel, (leaves, qty.saturating_neg()), made);
        self.unname(id, row, channel, qty);
        let left = num::sub(row.qty, qty)?;
        self.bring_less(row, qty);
        self.free_capacity(row, left);
        self.stock.reservations.edit(id, |row| row.qty = left);
        if left == 0 {
            self.stock.pin(id, row.sku);
        }
        Ok(())
    }

    fn put_parcels(&mut self, order: OrderId, first: u32, plan: &Plan) {
        for (next, parcel) in (1..).zip(&plan.parcels) {
            let last = num::index(next) == plan.parcels.len();
            self.docs.parcels.push(ParcelRow {
                order,
                node: parcel.node,
                service: parcel.service,
                ship_at: parcel.ship_at,
                arrive_at: parcel.arrive_at,
                freight: parcel.freight,
                handling: parcel.handling,
                posted: false,
                next: if last { NOTHING } else { first.saturating_add(next) },
            });
        }
    }

    fn place_order(&mut self, placed: &OrderPlaced, event: &Event) -> Result<(), Fault> {
        let mut kept = self.replace_hold(placed)?;
        self.call_off(placed)?;
        let order = OrderId(self.docs.orders.intern(placed.order.clone()));
        let (first_line, first_parcel) = (num::id(self.docs.lines.len()), num::id(self.docs.parcels.len()));
        let plan = &placed.plan;
        self.docs.order.push(OrderRow {
            channel: placed.channel,
            to: placed.to,
            placed_at: event.at,
            deliver_by: placed.deliver_by,
            priority: placed.priority,
            commitment: placed.commitment,
            first_line,
            lines: num::id(placed.lines.len()),
            first_parcel: if plan.parcels.is_empty() { NOTHING } else { first_parcel },
            sequence: event.sequence,
        });
        self.put_parcels(order, first_parcel, plan);
        let mut says = Says { plan, parts: 0, backordered: 0, cancelled: 0 };
        for (number, line) in (1u32..).zip(&placed.lines) {
            let id = num::id(self.docs.lines.len());
            let parts = says.parts_of(number);
            let (mut reserved, mut first_reservation) = (0, NOTHING);
            for (left, part) in (0..parts.len()).rev().zip(parts) {
                let Some(parcel) = plan.parcels.get(num::index(part.parcel)) else {
                    return Err(Fault("a part names no parcel"));
                };
                reserved = num::add(reserved, part.qty)?;
                let (node, parcel) =
                    (plan.lies_at(part, parcel.node), first_parcel.saturating_add(part.parcel));
                self.stock.reserve(line.sku, node, part.qty)?;
                let leaves = self.leaves_of(parcel);
                self.stock.use_protection((line.sku, node), placed.channel, (leaves, part.qty), Made::NOW);
                let made = num::id(self.stock.reservations.len());
                self.stock.reservations.push(Reservation {
                    owner: Owner::Line(id),
                    sku: line.sku,
                    node,
                    qty: part.qty,
                    parcel,
                    next: if left == 0 { NOTHING } else { made.saturating_add(1) },
                });
                first_reservation = first_reservation.min(made);
                self.book_capacity(line.sku, part.qty, parcel);
            }
            let backordered = says.backordered_of(number);
            self.name_lots_of(placed, number, first_reservation, &mut kept)?;
            if backordered > 0 {
                let key = Waiting { priority: placed.priority, sequence: event.sequence, line: id };
                self.docs.waiting.insert(line.sku.0, key);
            }
            self.docs.lines.push(LineRow {
                order,
                sku: line.sku,
                qty: line.qty,
                price: line.price,
                reserved,
                backordered,
                shipped: 0,
                cancelled: says.cancelled_of(number),
                returned: 0,
                issued: Money::ZERO,
                refunded: Money::ZERO,
                first_reservation,
            });
        }
        says.is_done().then_some(()).ok_or(Fault("a plan does not follow its order's lines"))?;
        self.finish_order(order, placed, event.at)
    }

    /// Reserves, queues and strikes as a plan says.
    fn carry_out(&mut self, order: OrderId, first_line: u32, plan: &Plan) -> Result<(), Fault> {
        let first_parcel = num::id(self.docs.parcels.len());
        for parcel in &plan.parcels {
            self.add_parcel(order, parcel);
        }
        for part in &plan.parts {
            let Some(parcel) = plan.parcels.get(num::index(part.parcel)) else {
                return Err(Fault("a part names no parcel"));
            };
            let node = plan.lies_at(part, parcel.node);
            let line = self.docs.line_id(first_line, part.line);
            self.reserve(line, node, part.qty, first_parcel.saturating_add(part.parcel))?;
        }
        self.request_brought(first_parcel, plan);
        for waits in &plan.backordered {
            let line = self.docs.line_id(first_line, waits.line);
            self.wait(line, waits.qty)?;
        }
        for struck in &plan.cancelled {
            let line = self.docs.line_id(first_line, struck.line);
            self.docs.lines.edit(line, |line| {
                line.cancelled = line.cancelled.saturating_add(struck.qty);
            });
        }
        Ok(())
    }

    /// Voids `qty` of a line's pending reservations, in the order in which they were made.
    fn void(&mut self, line: u32, row: &LineRow, channel: ChannelId, qty: i64) -> Result<(), Fault> {
        let pending: Few<(u32, Reservation), 4> = self.reservations(row.first_reservation).collect();
        let mut left = qty;
        for (id, reservation) in pending {
            let back = reservation.qty.min(left);
            if back > 0 {
                self.give_back(id, &reservation, channel, back)?;
                left = num::sub(left, back)?;
            }
        }
        if left != 0 {
            return Err(Fault("more would be given back than is reserved"));
        }
        self.docs.lines.edit(line, |row| row.reserved = row.reserved.saturating_sub(qty));
        Ok(())
    }

    fn cancel_order(&mut self, cancelled: &OrderCancelled) -> Result<(), Fault> {
        let Some(order) = self.docs.order.get(cancelled.order.0).cloned() else {
            return Err(Fault("there is no such order"));
        };
        for struck in &cancelled.lines {
            let line = self.docs.line_id(order.first_line, struck.line);
            let Some(row) = self.docs.lines.get(line) else {
                return Err(Fault("there is no such line"));
            };
            let waited = if cancelled.node.is_some() { 0 } else { row.backordered.min(struck.qty) };
            if waited > 0 {
                self.unwait(line, waited)?;
            }
            let reserved = num::sub(struck.qty, waited)?;
            match cancelled.node {
                Some(node) => self.void_at(line, node, order.channel, reserved)?,
                None => self.void(line, &row, order.channel, reserved)?,
            }
            self.docs.lines.edit(line, |row| row.cancelled = row.cancelled.saturating_add(struck.qty));
        }
        self.put_back(cancelled.order);
        self.raise(&cancelled.exceptions, self.head.now);
        Ok(())
    }

    fn ship_order(&mut self, shipped: &OrderShipped, event: &Event) -> Result<(), Fault> {
        let order = self.docs.order.get(shipped.order.0).map(|order| (order.first_line, order.channel));
        let (first, channel) = order.ok_or(Fault("there is no such order"))?;
        for out in &shipped.lines {
            let line = self.docs.line_id(first, out.line);
            self.post_reservations(line, shipped.node, channel, out.qty)?;
            self.stock.ship(out.sku, shipped.node, out.qty, out.cost, &out.taken)?;
            let along = self.leave(out.sku, shipped.node, (out.qty, out.cost), &out.lots)?;
            self.note_along(line, &along)?;
            if !(out.lots.is_empty() && out.taken.is_empty()) {
                self.note_sold(line, out)?;
            }
            let issued = self.docs.lines.get(line).map_or(Money::ZERO, |row| row.issued).plus(out.cost)?;
            self.docs.lines.edit(line, |row| {
                row.reserved = row.reserved.saturating_sub(out.qty);
                row.shipped = row.shipped.saturating_add(out.qty);
                row.issued = issued;
            });
            let sum = num::add(self.stock.borders.get(out.sku.0).map_or(0, |b| b.shipped), out.qty)?;
            self.stock.cross_border(out.sku, |border| border.shipped = sum);
        }
        self.bill_shipment(shipped)?;
        if self.desk.fulfilment.len() > 0 {
            self.ship_stages(shipped, event);
        }
        self.post(&shipped.postings)
    }

    /// Posts pending reservations of a line at a node, and marks their parcels as charged.
    fn post_reservations(
        &mut self,
        line: u32,
        node: NodeId,
        channel: ChannelId,
        qty: i64,
    ) -> Result<(), Fault> {
        let mut next = self.docs.lines.get(line).map_or(NOTHING, |row| row.first_reservation);
        let mut left = qty;
        while let Some(reservation) = self.stock.reservations.get(next) {
            let id = std::mem::replace(&mut next, reservation.next);
            let now = if reservation.node == node { reservation.qty.min(left) } else { 0 };
            if now > 0 {
                left = num::sub(left, now)?;
                let leaves = self.leaves_of(reservation.parcel);
                self.stock.unwant(id, &reservation, channel, (leaves, now));
                self.stock.reservations.edit(id, |row| row.qty = row.qty.saturating_sub(now));
                if self.docs.parcels.get(reservation.parcel).is_some_and(|parcel| !parcel.posted) {
                    self.docs.parcels.edit(reservation.parcel, |parcel| parcel.posted = true);
                }
            }
        }
        if left == 0 { Ok(()) } else { Err(Fault("more would be shipped than is reserved")) }
    }

    fn receive_return(&mut self, returned: &ReturnReceived, at: Instant) -> Result<(), Fault> {
        use super::words::Disposition;
        self.grade_return(returned, at);
        self.docs.returns.intern(returned.rma.clone());
        let first = self.docs.order.get(returned.order.0).map_or(NOTHING, |order| order.first_line);
        for back in &returned.lines {
            let line = self.docs.line_id(first, back.line);
            let condition = match back.disposition {
                Disposition::Restock => Some(Condition::Sellable),
                Disposition::Refurbish => Some(Condition::Refurbish),
                Disposition::Scrap | Disposition::ReturnToVendor | Disposition::Keep => None,
            };
            if let Some(condition) = condition.filter(|_| back.qty > 0) {
                let coming = Coming::of(back.qty, back.cost, back.passed);
                let places = self.places_of(&back.lots);
                let apart = Apart { lots: &back.lots, layers: &[], places: &places };
                self.come_in((back.sku, returned.node, condition), coming, apart)?;
                let sum = num::add(self.stock.borders.get(back.sku.0).map_or(0, |b| b.returned), back.qty)?;
                self.stock.cross_border(back.sku, |border| border.returned = sum);
            }
            self.take_sold(line, &back.lots)?;
            let row = self.docs.lines.get(line).ok_or(Fault("there is no such line"))?;
            let units = (back.qty, row.shipped.saturating_sub(row.returned));
            let along = self.take_along(line, units, releases(&returned.postings))?;
            if condition.is_some() {
                self.bring(back.sku, returned.node, &along)?;
            }
            let (issued, refunded) = (row.issued.minus(back.cost)?, row.refunded.plus(back.refund)?);
            self.docs.lines.edit(line, |row| {
                row.returned = row.returned.saturating_add(back.qty);
                (row.issued, row.refunded) = (issued, refunded);
            });
        }
        self.claim_sent_on(returned)?;
        self.bill_return(returned)?;
        self.post(&returned.postings)
    }

    fn ship_transfer(&mut self, shipped: &TransferShipped) -> Result<(), Fault> {
        self.docs.transfers.intern(shipped.transfer.clone());
        let kept = !releases(&shipped.postings);
        let mut along = Vec::with_capacity(shipped.lines.len());
        for line in &shipped.lines {
            self.stock.issue(line.sku, shipped.from, line.qty, line.value, &line.taken)?;
            let gone = self.leave(line.sku, shipped.from, (line.qty, line.value), &line.lots)?;
            along.push(gone.with_allowance(kept));
        }
        let line = |line: &TransferredLine| TransferLineRow {
            sku: line.sku,
            qty: line.qty,
            received: 0,
            lost: 0,
            value: line.value,
        };
        let lines = shipped.lines.iter().map(line).collect();
        let id = self.docs.transfer.push(TransferRow { from: shipped.from, to: shipped.to, lines });
        for (line, along) in shipped.lines.iter().zip(along) {
            if let Some(price) = line.price {
                put(&mut self.costs.priced, &mut self.costs.price, (id, line.line), price);
            }
            self.note_under_way(id, line, along);
        }
        self.note_transfer(id);
        self.await_goods(Chore::Transfer, id, (shipped.to, self.head.now));
        self.post(&shipped.postings)
    }

    fn receive_transfer(&mut self, received: &TransferReceived, at: Instant) -> Result<(), Fault> {
        let to = self.docs.transfer.get(received.transfer.0).map_or(NodeId::NONE, |row| row.to);
        for line in &received.lines {
            let coming = Coming::of(line.qty, line.price.unwrap_or(line.value), line.passed);
            let lots = priced(line, self.head.minor);
            let apart = Apart { lots: &lots, layers: &line.layers, places: &line.taken };
            self.come_in((line.sku, to, line.condition), coming, apart)?;
            self.mark_up(received.transfer, to, line)?;
            let along = self.arrive(received.transfer, line, |row| &mut row.received)?;
            self.bring(line.sku, to, &along)?;
        }
        for line in &received.lost {
            self.arrive(received.transfer, line, |row| &mut row.lost)?;
            let sum = num::sub(self.stock.borders.get(line.sku.0).map_or(0, |b| b.adjusted), line.qty)?;
            self.stock.cross_border(line.sku, |border| border.adjusted = sum);
        }
        self.note_transfer(received.transfer.0);
        let waited = received.goes_on.and_then(|at| Some((at, self.parcel_awaiting(received.transfer)?)));
        self.fill(&received.fills, &received.parcels, waited)?;
        self.open_exceptions(&received.exceptions, at);
        self.post(&received.postings)
    }
}
