//! Subscriptions: set, and ordered by.

use crate::record::event::*;
use crate::record::state::*;

impl State {
    /// The events of this file; `false` for others.
    pub(super) fn apply_subscription(&mut self, body: &Body, event: &Event) -> bool {
        match body {
            Body::SubscriptionSet(set) => {
                let id = self.desk.subscriptions.intern(set.subscription.clone());
                let known = self.desk.subscription.get(id);
                let row = SubscriptionRow {
                    status: set.status,
                    text: set.text.clone(),
                    rhythm: set.rhythm.clone(),
                    periods: set.periods,
                    next_at: set.next_at,
                    ordered: known.map_or(0, |known| known.ordered),
                    ordered_at: known.and_then(|known| known.ordered_at),
                    source: event.source.to_string(),
                    actor: event.actor.to_string(),
                };
                self.put_subscription(id, row);
            }
            Body::SubscriptionOrdered(ordered) => {
                let id = self.desk.subscriptions.intern(ordered.subscription.clone());
                let Some(known) = self.desk.subscription.get(id).cloned() else { return true };
                let row = SubscriptionRow {
                    status: ordered.status,
                    periods: ordered.periods,
                    next_at: ordered.next_at,
                    ordered: known.ordered.saturating_add(1),
                    ordered_at: known.next_at,
                    ..known
                };
                self.put_subscription(id, row);
            }
            _ => return false,
        }
        true
    }
}
