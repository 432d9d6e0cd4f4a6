//! What falls due by itself as time passes.

use super::State;
use crate::value::time::Instant;
use crate::value::wire::words;

words! {
    /// What falls due.
    pub(crate) enum Due {
        /// An exception goes up.
        Exception,
        /// An approval runs out.
        Approval,
        /// A feed should have spoken.
        Feed,
    }
}

/// The next thing that falls due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NextDue {
    /// A hold runs out.
    Hold(u32),
    /// Something of the agenda.
    Agenda(Due, u32),
}

impl State {
    /// What falls due next, and when.
    #[inline]
    pub(crate) fn next_due(&self) -> Option<(Instant, NextDue)> {
        let hold = self.docs.due.first().map(|(at, id)| (at, NextDue::Hold(id)));
        let agenda = self.books.agenda.first().map(|(at, due, id)| (at, NextDue::Agenda(due, id)));
        match (hold, agenda) {
            (Some(hold), Some(agenda)) if agenda.0 < hold.0 => Some(agenda),
            (None, agenda) => agenda,
            (hold, _) => hold,
        }
    }

    /// Whether something falls due until then.
    #[inline]
    pub(crate) fn is_due(&self, at: Instant) -> bool {
        self.next_due().is_some_and(|(due, _)| due <= at)
    }
}
