//! The steps of a run: what happens when something is due, and what each event makes due.

use super::agenda::{Leaving, What};
use super::network::ExpediteUse;
use super::random::{Random, mix};
use super::run::{DAY, GAVE_UP, HOUR, Observer, Run, SimulationError};
use crate::book::{AHEAD, *};
use crate::posting::Movement;
use crate::record::*;
use crate::replenishment::{Proposal, ProposalKind};
use crate::stock::{Place, ReceiptLine, ReceiveGoods};
use crate::value::ids::*;
use crate::value::money::Money;
use crate::value::num::{self, index};
use crate::value::rejection::Rejection;
use crate::value::time::Instant;
use crate::workflow::order::{CancelOrder, DocumentLine, ReceiveReturn, ReturnLine};
use crate::workflow::purchase::{PlacePurchaseOrder, PurchaseLine};
use std::collections::{BTreeMap, VecDeque};

/// Of the events that have been read the book keeps so few, however large its window is: their memory is
/// used anew while it is near.
const KEPT_EVENTS: u64 = 32;

/// A purchase under way.
#[derive(Clone, Debug)]
pub(super) struct Arrival {
    purchase: String,
    node: NodeId,
    supplier: SupplierId,
    lines: Vec<(SkuId, i64)>,
}

/// A return under way.
#[derive(Clone, Debug)]
pub(super) struct Return {
    order: OrderId,
    node: NodeId,
    lines: Vec<ReturnLine>,
}

/// A channel's listing: what it shows, and what it has not heard of yet.
#[derive(Clone, Debug)]
pub(super) struct Feed {
    channel: ChannelId,
    latency: i64,
    listed: Vec<i64>,
    late: VecDeque<(i64, SkuId, i64)>,
}

impl Feed {
    pub(super) fn new(channel: ChannelId, latency_minutes: u32) -> Feed {
        let latency = i64::from(latency_minutes).saturating_mul(60_000_000);
        Feed { channel, latency, listed: Vec::new(), late: VecDeque::new() }
    }

    /// The channel.
    pub(super) const fn channel(&self) -> ChannelId {
        self.channel
    }

    /// What the channel may sell of the SKU changed at an instant.
    fn hear(&mut self, at: i64, sku: SkuId, available: i64) {
        self.late.push_back((at.saturating_add(self.latency), sku, available));
    }

    /// What the listing shows of a SKU at an instant.
    fn shows(&mut self, at: i64, sku: u32) -> i64 {
        while let Some((heard, sku, available)) = self.late.front().copied() {
            if heard > at {
                break;
            }
            self.late.pop_front();
            let slot = index(sku.0);
            if slot >= self.listed.len() {
                self.listed.resize(slot.saturating_add(1), 0);
            }
            if let Some(listed) = self.listed.get_mut(slot) {
                *listed = available;
            }
        }
        self.listed.get(index(sku)).copied().unwrap_or(0)
    }
}

impl Run<'_> {
    /// Something is due.
    pub(super) fn happen(
        &mut self,
        at: i64,
        what: What,
        observer: &mut dyn Observer,
    ) -> Result<(), SimulationError> {
        match what {
            What::Midnight => {
                self.midnight(at);
                if let Some(history) = &mut self.history {
                    history.day_over(&self.book);
                }
                observer.day_over(&self.book);
            }
            What::Close(outage) => self.begin_outage(at, outage, observer)?,
            What::Open(outage) => self.end_outage(at, outage)?,
            What::Arrival(arrival) => self.arrive(at, arrival)?,
            What::GiveUp(order) => self.give_up(at, OrderId(order))?,
            What::Return(row) => {
                self.look_at_returns(row);
                self.take_back(at, row)?;
            }
            What::Ship { .. } => self.ship(at, observer)?,
            What::Review => self.review(at)?,
            What::Forecast => self.forecast(at)?,
        }
        self.drain(observer)?;
        self.refresh_listings(at);
        Ok(())
    }

    /// Whether the channel's listing shows enough for every line; a channel without one sells from the book.
    pub(super) fn listed(&mut self, feed: Option<usize>, at: i64, lines: std::ops::Range<usize>) -> bool {
        let table = self.orders.table();
        let Some(feed) = feed.and_then(|feed| self.feeds.get_mut(feed)) else { return true };
        let skus = self.sku.get(lines.clone()).unwrap_or_default();
        let qtys = table.qty.get(lines).unwrap_or_default();
        skus.iter().zip(qtys).all(|(sku, qty)| feed.shows(at, *sku) >= *qty)
    }

    /// Tells the channels with listings what changed.
    pub(super) fn refresh_listings(&mut self, at: i64) {
        for feed in &mut self.feeds {
            for sku in &self.touched {
                feed.hear(at, *sku, self.book.available(*sku, feed.channel));
            }
        }
        self.touched.clear();
    }

    /// A day is over: what has run out is counted, and pools promised beyond what they hold are looked for.
    fn midnight(&mut self, at: i64) {
        let (stocked, mut full) = (self.stocked.pairs(), 0i64);
        for sku in 0..num::id(self.network.skus.len()) {
            let free = self.stocked.with_any(sku, self.book.free_row(SkuId(sku)));
            full = full.saturating_add(i64::from(free));
        }
        let oversold = self.book.pools_oversold();
        self.tally.midnight(at, stocked.saturating_sub(full), stocked, oversold);
    }

    pub(super) fn refused(&self, at: i64, what: &str, rejection: Rejection) -> SimulationError {
        SimulationError::Refused { at: Instant::from_micros(at), what: what.into(), rejection }
    }

    /// All parcels of one instant leave, in calls that the book's window of events has room for.
    fn ship(&mut self, at: i64, observer: &mut dyn Observer) -> Result<(), SimulationError> {
        let (due, most) = (self.agenda.parcels_of(at), self.call_rows());
        for (i, (order, node, plan)) in due.iter().copied().enumerate() {
            self.look_at_parcels(due.get(i..).unwrap_or_default());
            if i > 0 && i.checked_rem(most) == Some(0) {
                self.drain(observer)?;
            }
            self.ship_one(at, order, node, plan);
        }
        Ok(())
    }

    /// Every so many parcels, looks at those that leave next: the rest of the instant's, and later ones.
    fn look_at_parcels(&mut self, due: &[Leaving]) {
        if self.ahead == 0 {
            let due = due.iter().map(|(order, node, _)| (*order, *node)).chain(self.agenda.leaving());
            let next = due.take(AHEAD).map(|(order, node)| (OrderId(order), NodeId(node)));
            self.book.look_ahead_of_shipments(next.clone());
            next.for_each(|(order, _)| self.look_at_order(order));
            self.ahead = AHEAD;
        }
        self.ahead = self.ahead.saturating_sub(1);
    }

    /// The same for returns.
    fn look_at_returns(&mut self, row: usize) {
        if self.returns_ahead == 0 {
            let next = std::iter::once(row).chain(self.agenda.returning(AHEAD.saturating_sub(1)));
            let next = next.filter_map(|row| self.returns.get(row));
            next.clone().for_each(|back| self.look_at_order(back.order));
            self.book.look_ahead_of_returns(next.flat_map(|back| {
                let line = |line: &ReturnLine| (back.order, line.line, back.node, booked_as(line));
                back.lines.iter().map(line)
            }));
            self.returns_ahead = AHEAD;
        }
        self.returns_ahead = self.returns_ahead.saturating_sub(1);
    }

    /// Reads what is noted of an order.
    fn look_at_order(&self, order: OrderId) {
        let row = self.placed.get(index(order.0)).map_or(usize::MAX, |placed| placed.0);
        let number = self.orders.table().order.get(row).copied();
        std::hint::black_box((number, self.tally.glance(order), self.costs.glance(order)));
    }

    fn ship_one(&mut self, at: i64, order: u32, node: u32, plan: u32) {
        if self.placed.get(index(order)).is_none_or(|placed| placed.1 != plan) {
            return;
        }
        let (at_book, number) = (Instant::from_micros(at), DocKey::Number(self.order_number(order)));
        let command = self.command_id();
        let shipped = self.book.ship_row(("simulation", ""), at_book, command, number, NodeId(node));
        self.book.trim();
        // Anything else: an earlier parcel of the order took this one's goods along.
        if matches!(shipped, Err(Rejection::NodeClosed { .. })) {
            let again = self.reopening(at, NodeId(node));
            self.agenda.push(again, What::Ship { order, node, plan });
        }
    }

    fn order_number(&self, order: u32) -> u64 {
        let row = self.placed.get(index(order)).map_or(usize::MAX, |placed| placed.0);
        self.orders.table().order.get(row).copied().unwrap_or(0)
    }

    /// Goods of a purchase come in.
    fn arrive(&mut self, at: i64, row: usize) -> Result<(), SimulationError> {
        let Some(arrival) = self.arrivals.get(row) else { return Ok(()) };
        if let Some(back) = self.supplier_back(at, arrival.supplier) {
            self.agenda.push(back, What::Arrival(row));
            return Ok(());
        }
        let (book, node) = (&self.book, arrival.node);
        let code = |code: Option<&str>| code.map(String::from).unwrap_or_default();
        let line = |(sku, qty): &(SkuId, i64)| ReceiptLine {
            zero_cost_reason: None,
            expires_at: None,
            sku: code(book.sku_code(*sku)),
            qty: *qty,
            unit: None,
            unit_cost: None,
            place: Place::default(),
        };
        let receipt = ReceiveGoods {
            rate: None,
            receipt: format!("receipt-{}", arrival.purchase),
            node: code(book.node_code(node)),
            supplier: Some(code(book.supplier_code(arrival.supplier))),
            purchase_order: Some(arrival.purchase.clone()),
            lines: arrival.lines.iter().map(line).collect(),
        };
        match self.say(at, Command::ReceiveGoods(receipt)) {
            Ok(_) => Ok(()),
            Err(Rejection::NodeClosed { .. }) => {
                self.agenda.push(self.reopening(at, node), What::Arrival(row));
                Ok(())
            }
            Err(rejection) => Err(self.refused(at, "a receipt", rejection)),
        }
    }

    /// The customer has waited long enough: what still waits is struck.
    fn give_up(&mut self, at: i64, order: OrderId) -> Result<(), SimulationError> {
        let lines: Vec<DocumentLine> = self.tally.waiting_of(order).collect();
        let Some(key) = self.book.order_key(order).filter(|_| !lines.is_empty()) else { return Ok(()) };
        let cancel = CancelOrder { order: key.to_string(), reason: GAVE_UP.into(), lines };
        match self.say(at, Command::CancelOrder(cancel)) {
            Ok(_) => Ok(()),
            Err(rejection) => Err(self.refused(at, "a cancellation", rejection)),
        }
    }

    /// A return comes in.
    fn take_back(&mut self, at: i64, row: usize) -> Result<(), SimulationError> {
        let Some(back) = self.returns.get(row).cloned() else { return Ok(()) };
        let command = ReceiveReturn {
            rma: format!("rma-{}", row.saturating_add(1)),
            order: self.order_number(back.order.0).to_string(),
            node: self.book.node_code(back.node).map(String::from).unwrap_or_default(),
            lines: back.lines,
            rate: None,
        };
        match self.say(at, Command::ReceiveReturn(command)) {
            Ok(_) => Ok(()),
            Err(Rejection::NodeClosed { .. }) => {
                self.agenda.push(self.reopening(at, back.node), What::Return(row));
                Ok(())
            }
            Err(rejection) => Err(self.refused(at, "a return", rejection)),
        }
    }

    /// Proposals become purchase orders: one for each supplier, node and speed.
    fn review(&mut self, at: i64) -> Result<(), SimulationError> {
        // What fell due is known to the book only when time reaches it.
        self.say(at, Command::AdvanceTime(AdvanceTime {})).map_err(|no| self.refused(at, "a review", no))?;
        let proposals = match self.book.ask(&Query::Proposals(Nothing {})) {
            Ok(Answer::Proposals(proposals)) => proposals,
            Ok(_) => Vec::new(),
            Err(rejection) => return Err(self.refused(at, "a review", rejection)),
        };
        let mut by: BTreeMap<(ProposalKind, SupplierId, NodeId), Vec<Proposal>> = BTreeMap::new();
        for proposal in proposals {
            if proposal.kind == ProposalKind::Purchase || self.options.expedite == ExpediteUse::Follow {
                by.entry((proposal.kind, proposal.supplier, proposal.node)).or_default().push(proposal);
            }
        }
        for ((kind, supplier, node), proposals) in by {
            if !self.takes_order(at, supplier, kind) {
                continue;
            }
            self.buy(at, kind, supplier, node, &proposals)?;
        }
        Ok(())
    }

    fn buy(
        &mut self,
        at: i64,
        kind: ProposalKind,
        supplier: SupplierId,
        node: NodeId,
        proposals: &[Proposal],
    ) -> Result<(), SimulationError> {
        self.documents = self.documents.saturating_add(1);
        let code = |code: Option<&str>| code.map(String::from).unwrap_or_default();
        let line = |proposal: &Proposal| PurchaseLine {
            sku: code(self.book.sku_code(proposal.sku)),
            qty: proposal.qty,
            unit: None,
            unit_cost: proposal.unit_cost,
        };
        let order = PlacePurchaseOrder {
            purchase_order: format!("po-{}", self.documents),
            supplier: code(self.book.supplier_code(supplier)),
            node: code(self.book.node_code(node)),
            lines: proposals.iter().map(line).collect(),
            expected_at: None,
            speed: match kind {
                ProposalKind::Purchase => Speed::Standard,
                ProposalKind::Expedite => Speed::Expedited,
            },
        };
        match self.say(at, Command::PlacePurchaseOrder(order)) {
            // A closed node is supplied again when it is open.
            Ok(_) | Err(Rejection::NodeClosed { .. }) => Ok(()),
            Err(rejection) => Err(self.refused(at, "a purchase order", rejection)),
        }
    }

    /// Reads what was recorded since the last time.
    pub(super) fn drain(&mut self, observer: &mut dyn Observer) -> Result<(), SimulationError> {
        let mut due = std::mem::take(&mut self.due);
        let events = self.book.events_since(self.next_event);
        for event in events.map_err(|e| SimulationError::Drained { first: e.first })? {
            self.tally.record(event);
            self.plans.record(event);
            self.costs.record(event);
            if let Some(history) = &mut self.history {
                history.record(&self.book, event);
            }
            observer.event(&self.book, event);
            let mut follow = Follow {
                due: &mut due,
                placed: &mut self.placed,
                placing: &mut self.placing,
                touched: &mut self.touched,
                replanned: &mut self.replanned,
                arrivals: &mut self.arrivals,
                returns: &mut self.returns,
                orders: self.orders,
                sku: &self.sku,
                options: self.options,
            };
            follow.event(event);
        }
        self.next_event = self.book.sequence().saturating_add(1);
        for (at, what) in due.drain(..) {
            self.agenda.push(at, what);
        }
        self.due = due;
        self.follow_replanned();
        self.book.forget_events(self.next_event.saturating_sub(KEPT_EVENTS));
        Ok(())
    }
}

/// The movement that the goods of a return are booked as.
const fn booked_as(line: &ReturnLine) -> Movement {
    match line.disposition {
        Disposition::Restock | Disposition::Keep => Movement::ReturnRestock,
        Disposition::Refurbish => Movement::ReturnRefurbish,
        Disposition::Scrap => Movement::ReturnScrap,
        Disposition::ReturnToVendor => Movement::ReturnToVendor,
    }
}

/// What an event makes due.
struct Follow<'a> {
    due: &'a mut Vec<(i64, What)>,
    placed: &'a mut Vec<(usize, u32)>,
    placing: &'a mut VecDeque<usize>,
    touched: &'a mut Vec<SkuId>,
    replanned: &'a mut Vec<OrderId>,
    arrivals: &'a mut Vec<Arrival>,
    returns: &'a mut Vec<Return>,
    orders: &'a super::orders::Orders,
    sku: &'a [u32],
    options: &'a super::network::Options,
}

impl Follow<'_> {
    fn event(&mut self, event: &Event) {
        match &event.body {
            Body::OrderPlaced(placed) => {
                let order = num::id(self.placed.len());
                self.placed.push((self.placing.pop_front().unwrap_or(usize::MAX), 0));
                self.touched.extend(placed.lines.iter().map(|line| line.sku));
                placed.plan.parcels.iter().for_each(|parcel| self.parcel(order, parcel));
                if self.options.patience_days > 0 && !placed.plan.backordered.is_empty() {
                    let patience = i64::from(self.options.patience_days).saturating_mul(DAY);
                    // An order may have been due before it was placed.
                    let at = placed.deliver_by.micros().saturating_add(patience).max(event.at.micros());
                    self.due.push((at, What::GiveUp(order)));
                }
            }
            Body::OrderReallocated(again) => {
                self.plan_anew(again.order);
                again.plan.parcels.iter().for_each(|parcel| self.parcel(again.order.0, parcel));
            }
            Body::BatchAllocated(batch) => {
                batch.plans.iter().for_each(|again| self.plan_anew(again.order));
                self.replanned.extend(batch.plans.iter().map(|again| again.order));
            }
            Body::GoodsReceived(received) => {
                self.touched.extend(received.lines.iter().map(|line| line.sku));
                self.filled(&received.fills, &received.parcels);
            }
            Body::BackordersFilled(filled) => self.filled(&filled.fills, &filled.parcels),
            Body::OrderShipped(shipped) => self.shipped(shipped),
            Body::ReturnReceived(returned) => self.touched.extend(returned.lines.iter().map(|line| line.sku)),
            Body::PurchaseOrderPlaced(purchase) => {
                let expected = purchase.expected_at.micros();
                let late = self.scatter(event.at.micros(), expected, purchase.supplier, purchase.node);
                self.due.push((expected.saturating_add(late), What::Arrival(self.arrivals.len())));
                self.arrivals.push(Arrival {
                    purchase: purchase.purchase_order.to_string(),
                    node: purchase.node,
                    supplier: purchase.supplier,
                    lines: purchase.lines.iter().map(|line| (line.sku, line.qty)).collect(),
                });
            }
            _ => {}
        }
    }

    /// The order's parcels so far are void.
    fn plan_anew(&mut self, order: OrderId) {
        if let Some((row, plan)) = self.placed.get_mut(index(order.0)) {
            *plan = plan.saturating_add(1);
            let lines = self.orders.lines_of(*row);
            self.touched.extend(self.sku.get(lines).unwrap_or_default().iter().copied().map(SkuId));
        }
    }

    fn filled(&mut self, fills: &[Fill], parcels: &[Parcel]) {
        for (i, parcel) in parcels.iter().enumerate() {
            if let Some(fill) = fills.iter().find(|fill| index(fill.parcel) == i) {
                self.parcel(fill.order.0, parcel);
            }
        }
    }

    fn parcel(&mut self, order: u32, parcel: &Parcel) {
        let plan = self.placed.get(index(order)).map_or(0, |placed| placed.1);
        self.due.push((parcel.ship_at.micros(), What::Ship { order, node: parcel.node.0, plan }));
    }

    /// By how much a purchase comes later than expected, or earlier if negative: by the seed, the supplier,
    /// the node and the day alone, so that a supplier is as late under every policy. Near normal: twelve
    /// uniform numbers less six.
    fn scatter(&self, at: i64, expected: i64, supplier: SupplierId, node: NodeId) -> i64 {
        let (percent, lead) = (i64::from(self.options.lead_time_spread_percent), expected.saturating_sub(at));
        if percent == 0 || lead <= 0 {
            return 0;
        }
        let day = u64::try_from(at.div_euclid(DAY)).unwrap_or(0).wrapping_add(1 << 60);
        let mut dice =
            Random::new(self.options.seed, mix(day) ^ (u64::from(supplier.0) << 32) ^ u64::from(node.0));
        let thousandths = (0..12).fold(0u64, |sum, _| sum.saturating_add(dice.below(1_000)));
        let deviations = i64::try_from(thousandths).unwrap_or(6_000).saturating_sub(6_000);
        let late = num::mul_div(lead, deviations.saturating_mul(percent), 100_000).unwrap_or(0);
        late.max(lead.saturating_mul(3).saturating_neg() / 4)
    }

    /// Decides, by the seed and the line alone, what comes back: the same under every policy.
    fn shipped(&mut self, shipped: &OrderShipped) {
        let row = self.placed.get(index(shipped.order.0)).map_or(usize::MAX, |placed| placed.0);
        let number = self.orders.table().order.get(row).copied().unwrap_or(0);
        let options = self.options;
        let mut lines = Vec::new();
        let mut days = options.return_days_min;
        for line in &shipped.lines {
            let purpose = number.wrapping_mul(0x1_0000).wrapping_add(u64::from(line.line));
            let mut dice = Random::new(options.seed, purpose);
            if !dice.per_thousand(options.returns_per_thousand) || line.qty < 1 {
                continue;
            }
            let spread = options.return_days_max.saturating_sub(options.return_days_min).saturating_add(1);
            let later = u32::try_from(dice.below(u64::from(spread))).unwrap_or(0);
            days = options.return_days_min.saturating_add(later);
            let units = u64::try_from(line.qty).unwrap_or(1);
            let qty = i64::try_from(dice.below(units)).unwrap_or(0).saturating_add(1);
            let share = num::mul_div(line.revenue.micros(), qty, line.qty).unwrap_or(0);
            // Refunds are whole cents, as journals want them.
            let refund = share.div_euclid(10_000).saturating_mul(10_000);
            let disposition = match dice.below(100) {
                0..70 => Disposition::Restock,
                70..82 => Disposition::Refurbish,
                82..92 => Disposition::Scrap,
                92..97 => Disposition::ReturnToVendor,
                _ => Disposition::Keep,
            };
            let qty = if disposition == Disposition::Keep { 0 } else { qty };
            lines.push(ReturnLine {
                line: line.line,
                qty,
                disposition,
                refund: Money::from_micros(refund),
                lot: None,
                credit: None,
            });
        }
        if !lines.is_empty() {
            let wait = i64::from(days).saturating_mul(DAY).saturating_add(10 * HOUR);
            let at = shipped.arrive_at.micros().div_euclid(DAY).saturating_mul(DAY).saturating_add(wait);
            self.due.push((at, What::Return(self.returns.len())));
            self.returns.push(Return { order: shipped.order, node: shipped.node, lines });
        }
    }
}
