//! Planted bugs of goods with dates and of days: the book is told another date, or another order of lots,
//! than was said, and its events are shown as if it had been told the truth; a view frees days too soon.

use super::seam::{Canary, Seam};
use std::borrow::Cow;
use stockbook::*;

/// How much longer lots live in the book than was said.
const LONGER_S: i64 = 1_000 * 86_400;

impl Seam {
    /// Whether the planted bug is one of what the book is told.
    pub(super) fn tells(&self) -> bool {
        matches!(self.canary, Some(Canary::FefoWrong | Canary::ExpiredPromised))
    }

    /// What the book is told of a command.
    pub(super) fn told<'a>(&mut self, envelope: &'a Envelope) -> Cow<'a, Envelope> {
        if !self.tells() {
            return Cow::Borrowed(envelope);
        }
        let mut told = envelope.clone();
        let later = |at: &mut Instant| *at = at.plus_seconds(LONGER_S);
        match (&mut told.command, self.canary) {
            (Command::DescribeSku(c), Some(Canary::FefoWrong)) if c.pick_order == PickOrder::Fefo => {
                c.pick_order = PickOrder::Lifo;
            }
            (Command::ReceiveGoods(c), Some(Canary::ExpiredPromised)) => {
                c.lines.iter_mut().filter_map(|line| line.expires_at.as_mut()).for_each(later);
            }
            (Command::SetLotExpiry(c), Some(Canary::ExpiredPromised)) => later(&mut c.expires_at),
            _ => {}
        }
        self.fired += u64::from(told != *envelope);
        Cow::Owned(told)
    }

    /// An event as it would be of what was said.
    pub(super) fn untell(&self, event: &mut Event) {
        let sooner = |at: &mut Instant| *at = at.plus_seconds(-LONGER_S);
        let given = event.at.plus_seconds(LONGER_S / 2);
        match (&mut event.body, self.canary) {
            (Body::SkuDescribed(c), Some(Canary::FefoWrong)) if c.why == "fefo" => {
                c.pick_order = PickOrder::Fefo;
            }
            (Body::GoodsReceived(e), Some(Canary::ExpiredPromised)) => {
                let dates = e.lines.iter_mut().filter_map(|line| line.expires_at.as_mut());
                // The shelf life's dates were not touched.
                dates.filter(|at| **at > given).for_each(sooner);
            }
            (Body::LotExpirySet(c), Some(Canary::ExpiredPromised)) => sooner(&mut c.expires_at),
            _ => {}
        }
    }

    /// Notes parcels that have shipped whole, for the bug that frees their days.
    pub(super) fn note_left(&mut self, envelope: &Envelope) {
        let (Some(Canary::CapacityFreed), Command::ShipOrder(c)) = (self.canary, &envelope.command) else {
            return;
        };
        let query = Query::Order(DocumentQuery { document: c.order.clone() });
        let Ok(Answer::Order(view)) = self.book.ask(&query) else { return };
        let gone = view.parcels.iter().filter(|parcel| parcel.reserved.is_empty());
        let gone = gone.map(|parcel| (parcel.node, parcel.ship_at)).collect::<Vec<_>>();
        self.left.extend(gone);
    }

    /// Planted bugs of what falls due by date.
    pub(super) fn falsify_dates(&mut self, events: &mut Vec<Event>) {
        let own = events.len().saturating_sub(1);
        let scheduled = |event: &Event| match &event.body {
            Body::OrderReallocated(e) => e.reason == ReasonId::NONE,
            _ => false,
        };
        let due = events.iter().take(own).position(scheduled);
        if let Some(at) = due.filter(|_| self.acts(Canary::DateMissed)) {
            events.remove(at);
        }
        for event in events {
            let next = match &mut event.body {
                Body::SubscriptionSet(e) => e.next_at.as_mut(),
                Body::SubscriptionOrdered(e) => e.next_at.as_mut(),
                _ => None,
            };
            if let Some(next) = next.filter(|_| self.acts(Canary::RhythmDrifts)) {
                *next = next.plus_seconds(86_400);
            }
        }
    }

    /// A planted bug of orders for a later date: a unit that is reserved is said to wait for supply.
    pub(super) fn falsify_promise(&mut self, e: &mut OrderPlaced) {
        let later = e.terms.as_ref().is_some_and(|terms| terms.ship_from.is_some());
        let plan = &mut e.plan;
        let (Some(part), Some(waits)) = (plan.parts.first_mut(), plan.backordered.first_mut()) else {
            return;
        };
        if later && part.qty > 1 && part.line == waits.line && self.acts(Canary::PromisedTwice) {
            part.qty -= 1;
            waits.qty += 1;
        }
    }

    /// A node as it stands.
    pub fn node(&mut self, node: &str) -> Result<NodeView, String> {
        let query = Query::Node(NodeQuery { node: node.into() });
        let Ok(Answer::Node(mut view)) = self.book.ask(&query) else { return Err("no node".into()) };
        if let (Some(Canary::CapacityFreed), Some(capacity)) = (self.canary, view.capacity) {
            for (_, at) in self.left.clone().iter().filter(|(left, _)| *left == view.node) {
                let day = stockbook_model::Model::day(&capacity, *at);
                let booked = view.booked.iter_mut().find(|load| load.day == day && load.orders > 0);
                if let Some(load) = booked.filter(|_| self.acts(Canary::CapacityFreed)) {
                    load.orders -= 1;
                }
            }
        }
        Ok(view)
    }
}
