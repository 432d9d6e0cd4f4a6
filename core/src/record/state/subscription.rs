//! Subscriptions: what recurs, and where it stands.

use super::{Chore, State};
use crate::record::event::Rhythm;
use crate::record::words::SubscriptionStatus;
use crate::value::time::Instant;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct SubscriptionRow {
    pub status: SubscriptionStatus,
    /// What is ordered each time: the command as it was said, for this room knows no commands.
    pub text: String,
    pub rhythm: Rhythm,
    /// Periods from the rhythm's first date to the next.
    pub periods: u32,
    /// When the next order is due, on the agenda; none unless it is active.
    pub next_at: Option<Instant>,
    /// Orders that fell due.
    pub ordered: u32,
    /// When the last of them did.
    pub ordered_at: Option<Instant>,
    /// Which system said it last, and who: its orders are judged as theirs.
    pub source: String,
    pub actor: String,
}

impl State {
    /// Puts a subscription's row as given, and its next order on the agenda in place of the one before.
    pub(crate) fn put_subscription(&mut self, id: u32, row: SubscriptionRow) {
        let known = self.desk.subscription.get(id).and_then(|known| known.next_at);
        if let Some(at) = known {
            self.books.agenda.remove((at, Chore::Subscription, id));
        }
        if let Some(at) = row.next_at {
            self.books.agenda.insert((at, Chore::Subscription, id));
        }
        if self.desk.subscription.get(id).is_some() {
            self.desk.subscription.edit(id, |known| *known = row);
        } else {
            self.desk.subscription.push(row);
        }
    }
}
