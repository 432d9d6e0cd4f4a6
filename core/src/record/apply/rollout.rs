//! Roll-out and feeds.

use crate::exception::ExceptionCode;
use crate::policy::*;
use crate::record::event::*;
use crate::record::state::*;
use crate::value::num;

impl State {
    /// The events of this file; `false` for others.
    pub(super) fn apply_integration(&mut self, body: &Body, event: &Event) -> bool {
        match body {
            Body::RolloutSet(set) => {
                let same = |row: &SetRollout| {
                    (row.family, &row.node, &row.channel) == (set.family, &set.node, &set.channel)
                };
                let rows = self.integration.rollouts.rows().iter();
                match rows.clone().position(same).map(num::id) {
                    Some(id) => {
                        self.integration.rollouts.edit(id, |row| row.clone_from(set));
                    }
                    None => {
                        self.integration.rollouts.push(set.clone());
                    }
                }
                self.derived.governed = self.has_rules();
            }
            Body::LegacyPlanReported(reported) => self.compare(reported, event),
            Body::FeedDefined(define) => self.define_feed(define, event),
            Body::MessageTaken(taken) => {
                self.hear(&taken.feed, taken.number, event, |row| row.taken = row.taken.saturating_add(1));
                let message = format!("{} {}", taken.feed, taken.number);
                self.close_about(ExceptionCode::MessageRefused, &message, event.at);
                self.raise(&taken.exceptions, event.at);
            }
            Body::MessageRefused(refused) => {
                self.hear(&refused.feed, refused.number, event, |row| {
                    row.refused = row.refused.saturating_add(1)
                });
                // What it told is not in the book: it may be said again.
                if let Some(feed) = self.integration.feeds.find(refused.feed.as_str()) {
                    self.integration.refused.insert((feed, refused.number));
                }
                self.raise(&refused.exceptions, event.at);
            }
            Body::MessageRepeated(repeated) => {
                self.hear(&repeated.feed, 0, event, |row| row.repeated = row.repeated.saturating_add(1));
                self.raise(&repeated.exceptions, event.at);
            }
            Body::MessageParked(parked) => {
                self.hear(&parked.feed, 0, event, |_| {});
                if let Some(feed) = self.integration.feeds.find(parked.feed.as_str()) {
                    let row = self.integration.messages.push(parked.message.clone());
                    self.integration.said.push(SaidRow {
                        source: event.source.to_string(),
                        actor: event.actor.to_string(),
                        occurred_at: event.occurred_at,
                        at: event.at,
                    });
                    self.integration.waiting.insert((feed, parked.number, row));
                }
                self.raise(&parked.exceptions, event.at);
            }
            Body::FeedFellSilent(silent) => {
                if let Some(feed) = self.integration.feeds.find(silent.feed.as_str()) {
                    self.drop_chore(Chore::Feed, feed);
                    self.integration.feed.edit(feed, |row| row.silent = true);
                }
                self.raise(&silent.exceptions, event.at);
            }
            _ => return false,
        }
        true
    }

    /// Whether any rule looks at what is said.
    pub(crate) fn has_rules(&self) -> bool {
        self.govern.is_active() || self.integration.rollouts.len() > 0
    }

    fn compare(&mut self, reported: &LegacyPlanReported, event: &Event) {
        let id = self.integration.compared.intern(reported.order.0);
        let row = ComparisonRow {
            order: reported.order,
            disagreement: reported.disagreement,
            book_cost: reported.book_cost,
            legacy_cost: reported.legacy_cost,
            book_in_time: reported.book_in_time,
            legacy_in_time: reported.legacy_in_time,
        };
        if num::index(id) < self.integration.comparison.len() {
            self.integration.comparison.edit(id, |known| *known = row);
        } else {
            self.integration.comparison.push(row);
        }
        self.raise(&reported.exceptions, event.at);
    }

    fn define_feed(&mut self, define: &DefineFeed, event: &Event) {
        let id = self.integration.feeds.intern(define.feed.as_str().into());
        if num::index(id) < self.integration.feed.len() {
            self.integration.feed.edit(id, |row| row.define = define.clone());
        } else {
            self.integration.feed.push(FeedRow {
                define: define.clone(),
                next: 1,
                heard_at: event.at,
                taken: 0,
                repeated: 0,
                refused: 0,
                late: 0,
                silent: false,
            });
        }
        self.await_feed(id, event);
    }

    /// A feed spoke: it is not silent, and a number that was taken is not wanted any more.
    fn hear(&mut self, feed: &str, number: u64, event: &Event, count: impl FnOnce(&mut FeedRow)) {
        let Some(id) = self.integration.feeds.find(feed) else { return };
        let next = self.integration.feed.get(id).map_or(1, |row| row.next);
        let late = number > 0 && number < next;
        self.integration.feed.edit(id, |row| {
            count(row);
            row.heard_at = event.at;
            row.silent = false;
            row.late = row.late.saturating_add(u64::from(late));
            row.next = row.next.max(number.saturating_add(1));
        });
        for passed in next..number {
            self.integration.missing.insert((id, passed));
        }
        self.integration.missing.remove((id, number));
        self.integration.refused.remove((id, number));
        if let Some(entry) = self.integration.parked(id, number) {
            self.integration.waiting.remove(entry);
        }
        if !self.integration.has_gap(id) {
            self.close_about(ExceptionCode::FeedGap, feed, event.at);
        }
        self.close_about(ExceptionCode::FeedSilent, feed, event.at);
        self.await_feed(id, event);
    }

    /// A refused message that somebody has settled is not wanted any more.
    pub(super) fn forget_message(&mut self, message: &str) {
        let Some((feed, number)) = message.rsplit_once(' ') else { return };
        if let (Some(id), Ok(number)) = (self.integration.feeds.find(feed), number.parse()) {
            self.integration.refused.remove((id, number));
        }
    }

    fn await_feed(&mut self, id: u32, event: &Event) {
        self.drop_chore(Chore::Feed, id);
        let minutes = self.integration.feed.get(id).map_or(0, |row| row.define.cadence_minutes);
        if minutes > 0 {
            let at = event.at.plus_seconds(i64::from(minutes).saturating_mul(60));
            self.plan_chore(at, Chore::Feed, id);
        }
    }
}
