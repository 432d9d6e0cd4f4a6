//! The window of events: the newest, so many as the book is told to keep.

use crate::record::Event;
use crate::value::num;
use crate::value::table::make_room;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// The newest events, oldest first. Each is written anew: the places that old ones leave are cold by then,
/// and to fill those again is slower than memory that has just been freed.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Window(VecDeque<Event>);

impl Window {
    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    #[inline]
    pub(crate) fn get(&self, place: usize) -> Option<&Event> {
        self.0.get(place)
    }

    #[inline]
    pub(crate) fn front(&self) -> Option<&Event> {
        self.0.front()
    }

    #[inline]
    pub(crate) fn back(&self) -> Option<&Event> {
        self.0.back()
    }

    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &Event> {
        self.0.iter()
    }

    /// Adds an event behind the newest one: large as it is, it is made where it is written. The window goes
    /// not far beyond `most`.
    #[inline]
    pub(crate) fn push(&mut self, most: usize, event: impl FnOnce() -> Event) -> Option<&mut Event> {
        make_room(&mut self.0, most);
        self.0.push_back(event());
        self.0.back_mut()
    }

    /// Forgets the newest, back to a length.
    #[inline]
    pub(crate) fn truncate(&mut self, length: usize) {
        self.0.truncate(length);
    }

    /// Forgets the oldest up to a sequence.
    pub(crate) fn forget(&mut self, to: u64) {
        let Some(first) = self.front().map(|event| event.sequence) else { return };
        let gone = to.saturating_add(1).saturating_sub(first).min(u64::from(num::id(self.len())));
        self.0.drain(..usize::try_from(gone).unwrap_or(self.len()).min(self.len()));
    }

    /// Keeps the window to its size.
    #[inline]
    pub(crate) fn trim(&mut self, most: usize) {
        let over = self.len().saturating_sub(most);
        if over > 0 {
            self.0.drain(..over);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(sequence: u64) -> Event {
        let mut event: Event = blank();
        event.sequence = sequence;
        event
    }

    fn blank() -> Event {
        use crate::record::{Body, TimeAdvanced};
        use crate::value::{ids::DocKey, time::Instant};
        Event {
            sequence: 0,
            schema: 1,
            at: Instant::START,
            occurred_at: Instant::START,
            source: "".into(),
            actor: "".into(),
            command: DocKey::Number(0),
            content: 0,
            body: Body::TimeAdvanced(TimeAdvanced {}),
            corrections: None,
            posted_at: Instant::START,
        }
    }

    #[test]
    fn a_window_is_a_ring_of_the_newest() {
        let (mut window, mut ring) = (Window::default(), VecDeque::new());
        let (mut dice, mut next, mut most) = (7u64, 1u64, 20usize);
        for _ in 0..20_000 {
            dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let roll = dice >> 33;
            match roll % 40 {
                0 => {
                    let to = ring.front().copied().unwrap_or(next).saturating_add(roll % 9);
                    window.forget(to.saturating_sub(2));
                    ring.retain(|known| *known > to.saturating_sub(2));
                }
                1 => {
                    let length = ring.len().saturating_sub(2);
                    window.truncate(length);
                    ring.truncate(length);
                    next = ring.back().map_or(next, |last: &u64| last.saturating_add(1));
                }
                2 => most = num::index(num::id(ring.len())).saturating_add(3) % 50,
                at => {
                    let added = window.push(most, || event(next)).map(|added| added.sequence);
                    assert_eq!(added, Some(next), "after a roll of {at}");
                    ring.push_back(next);
                    next = next.saturating_add(1);
                }
            }
            if roll % 5 != 0 {
                window.trim(most);
                ring.drain(..ring.len().saturating_sub(most));
            }
            assert!(window.iter().map(|known| known.sequence).eq(ring.iter().copied()));
            assert!(window.clone().iter().rev().map(|known| known.sequence).eq(ring.iter().rev().copied()));
            assert_eq!(window.len(), ring.len());
            assert_eq!(window.back().map(|known| known.sequence), ring.back().copied());
            assert_eq!(window.get(3).map(|known| known.sequence), ring.get(3).copied());
        }
        assert!(next > 10_000, "only {next} events came");
    }
}
