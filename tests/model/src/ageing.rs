//! How long orders wait, and when that is too long.

use crate::Model;
use stockbook::*;

/// Days after which a backorder is told of, as the book has it from the start.
const DAYS: i64 = 30;

/// How long an order has waited.
#[derive(Clone, Copy, Debug)]
pub struct Age {
    /// The order.
    pub order: usize,
    /// Since when; for a later date, from then on.
    pub since: Instant,
    /// Until when; none while it waits.
    pub until: Option<Instant>,
    /// Whether it was told of.
    pub told: bool,
}

impl Model {
    /// The next wait that is too long, up to an instant.
    pub(crate) fn next_aged(&self, to: Instant) -> Option<(Instant, usize)> {
        let waits = |age: &Age| age.until.is_none() && !age.told;
        let rows = self.ages.iter().enumerate().filter(|(_, age)| waits(age));
        let due = rows.map(|(number, age)| (age.since.plus_seconds(DAYS * 86_400), number));
        due.filter(|due| due.0 <= to).min()
    }

    /// Takes over that a wait was too long.
    pub(crate) fn take_aged(&mut self, number: usize, raised: &ExceptionsRaised) -> Result<(), String> {
        let order = self.ages[number].order;
        let qty: i128 = self.orders[order].lines.iter().map(|line| line.backordered).sum();
        let want = Opened {
            order: OrderId(order as u32),
            qty: qty as i64,
            ..Opened::of(ExceptionCode::BackorderAged)
        };
        let opened: Vec<Opened> = raised.exceptions.iter().map(|raised| raised.opened).collect();
        self.take_exceptions(&[want], &opened, "age of a backorder")?;
        self.ages[number].told = true;
        Ok(())
    }

    /// Notes which orders wait now.
    pub(crate) fn note_ages(&mut self, now: Instant) {
        for order in 0..self.orders.len() {
            let waits = self.orders[order].lines.iter().any(|line| line.backordered > 0);
            let fresh = Age { order, since: self.leaves(order, now), until: None, told: false };
            match self.ages.iter_mut().find(|age| age.order == order) {
                None if waits => self.ages.push(fresh),
                // Planned anew at once, it never ceased to wait.
                Some(age) if waits && age.until == Some(now) => age.until = None,
                Some(age) if waits && age.until.is_some() => *age = fresh,
                Some(age) if !waits && age.until.is_none() => age.until = Some(now),
                _ => {}
            }
        }
    }
}
