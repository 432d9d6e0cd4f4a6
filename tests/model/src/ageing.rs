//! How long orders wait and goods do not come, and when that is too long.

use crate::due::Due;
use crate::{Model, Purchase, Transfer, check};
use stockbook::*;

/// Days after which a backorder is told of, as the book has it from the start.
const DAYS: i64 = 30;

/// Days after which a purchase order is overdue, and a transfer, in the same way.
const OVERDUE: (i64, i64) = (7, 30);

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

    /// The next purchase order that is overdue, up to an instant.
    pub(crate) fn next_overdue(&self, to: Instant) -> Option<(Instant, usize)> {
        let open = |row: &Purchase| !row.cancelled && !row.told && row.awaited() > 0;
        let rows = self.purchases.iter().enumerate().filter(|(_, row)| open(row));
        let due = rows.map(|(number, row)| (row.expected_at.plus_seconds(OVERDUE.0 * 86_400), number));
        due.filter(|due| due.0 <= to).min()
    }

    /// The next transfer that is under way for too long, up to an instant.
    pub(crate) fn next_stray(&self, to: Instant) -> Option<(Instant, usize)> {
        let open = |row: &Transfer| !row.told && row.lines.iter().any(|leg| leg.open() > 0);
        let rows = self.transfers.iter().enumerate().filter(|(_, row)| open(row));
        let due = rows.map(|(number, row)| (row.sent_at.plus_seconds(OVERDUE.1 * 86_400), number));
        due.filter(|due| due.0 <= to).min()
    }

    /// Takes over that what should have come has not.
    pub(crate) fn take_overdue(&mut self, due: &Due, raised: &ExceptionsRaised) -> Result<(), String> {
        let (code, node, key) = match due {
            Due::Overdue(number) => {
                let row = &mut self.purchases[*number];
                row.told = true;
                (ExceptionCode::SupplierLate, row.node, row.key.clone())
            }
            Due::Stray(number) => {
                let row = &mut self.transfers[*number];
                row.told = true;
                (ExceptionCode::TransferLate, row.to, row.key.clone())
            }
            other => return Err(format!("{other:?} is not about what should have come")),
        };
        let want = Opened { node: NodeId(node as u32), ..Opened::of(code) };
        let subjects: Vec<String> =
            raised.exceptions.iter().flat_map(|raised| &raised.subject).map(ToString::to_string).collect();
        check("what is overdue", &subjects, &vec![key])?;
        let opened: Vec<Opened> = raised.exceptions.iter().map(|raised| raised.opened).collect();
        check("exceptions of what is overdue", &opened, &vec![want])?;
        // Each document is a cause of its own.
        match due {
            Due::Overdue(number) => self.tell_late(*number),
            _ => self.exceptions.push((want, ExceptionStatus::Open)),
        }
        Ok(())
    }

    /// A supplier is late, unless that is told of a purchase order and nobody has seen to it.
    pub(crate) fn tell_late(&mut self, purchase: usize) {
        let row = &mut self.purchases[purchase];
        let open = |at: usize| self.exceptions[at].1 == ExceptionStatus::Open;
        if !row.late.is_some_and(open) {
            let node = NodeId(row.node as u32);
            row.late = Some(self.exceptions.len());
            let late = Opened { node, ..Opened::of(ExceptionCode::SupplierLate) };
            self.exceptions.push((late, ExceptionStatus::Open));
        }
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
