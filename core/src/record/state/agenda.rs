//! What falls due by itself as time passes.

use super::State;
use crate::value::time::Instant;
use crate::value::wire::words;

words! {
    /// What falls due.
    pub(crate) enum Chore {
        /// An exception goes up.
        Exception,
        /// An approval runs out.
        Approval,
        /// A feed should have spoken.
        Feed,
        /// A backorder is too old.
        Backorder,
        /// Nobody picked goods up.
        Pickup,
        /// A subscription orders.
        Subscription,
        /// A purchase order is overdue.
        Purchase,
        /// A transfer is under way for too long.
        Transfer,
    }
}

impl Chore {
    /// Whether the row that it is about says when it is due.
    pub(crate) const fn is_dated(self) -> bool {
        matches!(self, Chore::Backorder | Chore::Pickup | Chore::Subscription)
    }
}

impl State {
    /// Puts a chore about a row on the agenda.
    pub(crate) fn plan_chore(&mut self, at: Instant, chore: Chore, id: u32) {
        self.books.agenda.insert((at, chore, id));
        if !chore.is_dated() {
            self.derived.chores.insert((chore, id, at));
        }
    }

    /// Takes a chore that is not dated off the agenda, if it stands there.
    pub(crate) fn drop_chore(&mut self, chore: Chore, id: u32) {
        let next = self.derived.chores.iter_from((chore, id, Instant::START)).next();
        if let Some((chore, id, at)) = next.filter(|(kind, number, _)| (*kind, *number) == (chore, id)) {
            self.books.agenda.remove((at, chore, id));
            self.derived.chores.remove((chore, id, at));
        }
    }
}
