//! What falls due by itself as time goes on, one after the other: each is taken over before the next is
//! looked for, for it may bring that about or prevent it.

use crate::{HoldState, Model, check};
use stockbook::*;

/// What falls due by itself. Of what falls due at once, the first of these comes first.
#[derive(Clone, Debug)]
pub enum Due {
    /// Lots stop to do for what was promised of them. What is given back at once comes too late for it.
    Broken(Vec<Opened>),
    /// A hold runs out.
    Hold(usize),
    /// An order has waited too long: the number of its age.
    Aged(usize),
    /// A subscription orders.
    Subscription(usize),
    /// A purchase order is overdue.
    Overdue(usize),
    /// A transfer is under way for too long.
    Stray(usize),
    /// An order for a later date may leave.
    Scheduled(usize),
}

impl Model {
    /// The next hold that runs out, up to an instant.
    pub(crate) fn next_hold(&self, to: Instant) -> Option<(Instant, usize)> {
        let holds = self.holds.iter().enumerate().filter(|(_, hold)| hold.state == HoldState::Active);
        holds.map(|(number, hold)| (hold.expires_at, number)).filter(|due| due.0 <= to).min()
    }

    /// What falls due next, after what broke up to `from`, up to an instant.
    fn next_due(&mut self, from: Instant, to: Instant) -> Option<(Instant, Due)> {
        let all = [
            self.next_broken(from, to).map(|(at, opened)| (at, Due::Broken(opened))),
            self.next_hold(to).map(|(at, number)| (at, Due::Hold(number))),
            self.next_aged(to).map(|(at, number)| (at, Due::Aged(number))),
            self.next_subscription(to).map(|(at, number)| (at, Due::Subscription(number))),
            self.next_overdue(to).map(|(at, number)| (at, Due::Overdue(number))),
            self.next_stray(to).map(|(at, number)| (at, Due::Stray(number))),
            self.next_scheduled(to).map(|(at, number)| (at, Due::Scheduled(number))),
        ];
        all.into_iter().flatten().min_by_key(|(at, _)| *at)
    }

    /// Whether what orders need is decided anew on the way to an instant: what follows is the book's choice.
    pub(crate) fn decides_by(&self, at: Instant) -> bool {
        // What a hold gives back goes to who waits for it.
        let frees = |hold: &crate::Hold| {
            let ends = hold.state == HoldState::Active && hold.expires_at <= at;
            ends && hold.lines.iter().any(|line| !self.waiting(line.0).is_empty())
        };
        let dated = self.next_scheduled(at).is_some() || self.next_subscription(at).is_some();
        dated || self.holds.iter().any(frees)
    }

    /// Holds whatever else comes, up to an instant: the holds that run out until then, given back.
    pub(crate) fn expire(&mut self, at: Instant) -> Vec<usize> {
        let mut ended = Vec::new();
        while let Some((_, hold)) = self.next_hold(at) {
            self.end_hold(hold);
            ended.push(hold);
        }
        ended
    }

    /// Takes over what fell due until an instant, as the book recorded it.
    pub(crate) fn take_due(&mut self, to: Instant, events: &[Event]) -> Result<(), String> {
        let (mut events, mut from) = (events.iter().peekable(), self.now);
        while let Some((at, due)) = self.next_due(from, to) {
            let event =
                events.next().ok_or_else(|| format!("{due:?} was due at {at}, nothing is recorded"))?;
            from = at.max(from);
            check("time of what fell due", &(event.at, event.occurred_at), &(from, at))?;
            (self.clock, self.now) = (from, from);
            let before = self.free_units();
            match (&event.body, &due) {
                (Body::ExceptionsRaised(raised), Due::Broken(want)) => {
                    let opened: Vec<Opened> = raised.exceptions.iter().map(|raised| raised.opened).collect();
                    self.take_exceptions(want, &opened, "passing of time")?;
                }
                (Body::HoldExpired(ended), Due::Hold(hold)) => {
                    check("expired hold", &(ended.hold.0 as usize), hold)?;
                    self.end_hold(*hold);
                }
                (Body::ExceptionsRaised(raised), Due::Aged(number)) => self.take_aged(*number, raised)?,
                (Body::ExceptionsRaised(raised), Due::Overdue(_) | Due::Stray(_)) => {
                    self.take_overdue(&due, raised)?;
                }
                (Body::OrderReallocated(e), Due::Scheduled(order)) => self.take_scheduled(*order, from, e)?,
                (Body::SubscriptionOrdered(e), Due::Subscription(number)) => {
                    let order = self.take_ordered(*number, at, e)?;
                    let event = events.next().ok_or("a subscription's order is not recorded")?;
                    check("time of a subscription's order", &event.at, &from)?;
                    self.take_due_order(&order, from, &event.body)?;
                }
                (other, due) => return Err(format!("{} where {due:?} was due", other.name())),
            }
            self.keep_made();
            self.take_freed(&before, &event.body, from, &mut events)?;
            self.keep_made();
            self.note_ages(from);
        }
        // A date that has come does not come again.
        let come = |order: &&mut crate::Order| order.ship_from.is_some_and(|from| from <= to);
        self.orders.iter_mut().filter(come).for_each(|order| order.called_at = Some(to));
        check("events that nothing was due for", &events.count(), &0)
    }
}
