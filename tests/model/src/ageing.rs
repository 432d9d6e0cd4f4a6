//! How long orders wait, and when that is too long.

use crate::{Due, Model, check};
use stockbook::*;

/// Days after which a backorder is told of, as the book has it from the start.
const DAYS: i64 = 30;

/// How long an order has waited.
#[derive(Clone, Copy, Debug)]
pub struct Age {
    /// The order.
    pub order: usize,
    /// Since when.
    pub since: Instant,
    /// Until when; none while it waits.
    pub until: Option<Instant>,
    /// Whether it was told of.
    pub told: bool,
}

impl Model {
    /// What falls due until then, the first first.
    pub(crate) fn fall_due(&mut self, at: Instant) -> Vec<(Instant, Due)> {
        let mut due = self.expire(at);
        for (number, age) in self.ages.iter().enumerate() {
            let old = age.since.plus_seconds(DAYS * 86_400);
            if age.until.is_none() && !age.told && old <= at {
                due.push((old, Due::Aged(number)));
            }
        }
        // Of what falls due at once, ages come last.
        due.sort_by_key(|(at, due)| (*at, matches!(due, Due::Aged(_))));
        due
    }

    /// Compares what fell due with what the book recorded of it, and takes over the exceptions.
    pub(crate) fn check_due(&mut self, due: &[(Instant, Due)], events: &[Event]) -> Result<(), String> {
        check("number of events that fell due", &events.len(), &due.len())?;
        for ((_, due), event) in due.iter().zip(events) {
            match (&event.body, due) {
                (Body::HoldExpired(ended), Due::Hold(hold)) => {
                    check("expired hold", &(ended.hold.0 as usize), hold)?;
                }
                (Body::ExceptionsRaised(raised), Due::Broken(want)) => {
                    let opened: Vec<Opened> = raised.exceptions.iter().map(|raised| raised.opened).collect();
                    self.take_exceptions(want, &opened, "passing of time")?;
                }
                (Body::ExceptionsRaised(raised), Due::Aged(number)) => {
                    let order = self.ages[*number].order;
                    let qty: i128 = self.orders[order].lines.iter().map(|line| line.backordered).sum();
                    let want = Opened {
                        order: OrderId(order as u32),
                        qty: qty as i64,
                        ..Opened::of(ExceptionCode::BackorderAged)
                    };
                    let opened: Vec<Opened> = raised.exceptions.iter().map(|raised| raised.opened).collect();
                    self.take_exceptions(&[want], &opened, "age of a backorder")?;
                    self.ages[*number].told = true;
                }
                (other, due) => return Err(format!("{} where {due:?} was due", other.name())),
            }
        }
        Ok(())
    }

    /// Notes which orders wait now.
    pub(crate) fn note_ages(&mut self, now: Instant) {
        for (order, row) in self.orders.iter().enumerate() {
            let waits = row.lines.iter().any(|line| line.backordered > 0);
            match self.ages.iter_mut().find(|age| age.order == order) {
                None if waits => self.ages.push(Age { order, since: now, until: None, told: false }),
                Some(age) if waits && age.until.is_some() => {
                    // Planned anew at once, it never ceased to wait.
                    let same = age.until == Some(now);
                    *age = if same {
                        Age { until: None, ..*age }
                    } else {
                        Age { order, since: now, until: None, told: false }
                    };
                }
                Some(age) if !waits && age.until.is_none() => age.until = Some(now),
                _ => {}
            }
        }
    }
}
