//! The window of events: a ring whose places are used again. Events are large and mostly of one kind, so that
//! a new one is written into what an old one left: nothing is moved, freed or allocated.

use crate::record::Event;
use crate::value::num;
use serde::{Deserialize, Serialize, Serializer};

/// The newest events, oldest first, and behind them places that are free.
#[derive(Debug, Default, Deserialize)]
#[serde(from = "Vec<Event>")]
pub(crate) struct Window {
    /// All places; those of `live` events from `first` on, round the end, are in use.
    places: Vec<Event>,
    first: usize,
    live: usize,
}

impl From<Vec<Event>> for Window {
    fn from(places: Vec<Event>) -> Window {
        Window { live: places.len(), first: 0, places }
    }
}

impl Clone for Window {
    fn clone(&self) -> Window {
        Window::from(self.iter().cloned().collect::<Vec<Event>>())
    }
}

impl Serialize for Window {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl Window {
    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.live
    }

    /// Where the event at a place in the ring lies.
    #[inline]
    fn at(&self, place: usize) -> usize {
        let at = self.first.saturating_add(place);
        at.checked_sub(self.places.len()).unwrap_or(at)
    }

    #[inline]
    pub(crate) fn get(&self, place: usize) -> Option<&Event> {
        if place < self.live { self.places.get(self.at(place)) } else { None }
    }

    #[inline]
    pub(crate) fn front(&self) -> Option<&Event> {
        self.get(0)
    }

    #[inline]
    pub(crate) fn back(&self) -> Option<&Event> {
        self.get(self.live.checked_sub(1)?)
    }

    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &Event> {
        let end = self.first.saturating_add(self.live);
        let round = end.saturating_sub(self.places.len());
        let early = self.places.get(self.first..end.min(self.places.len())).unwrap_or_default();
        early.iter().chain(self.places.get(..round).unwrap_or_default())
    }

    /// A place behind the newest event: as an old event left it, or else as `fresh` makes it. The window goes
    /// not far beyond `most`.
    #[inline]
    pub(crate) fn open(&mut self, most: usize, fresh: impl FnOnce() -> Event) -> Option<&mut Event> {
        if self.live >= self.places.len() {
            self.widen(most, fresh());
        }
        let at = self.at(self.live);
        self.live = self.live.saturating_add(1);
        self.places.get_mut(at)
    }

    #[cold]
    fn widen(&mut self, most: usize, event: Event) {
        self.places.rotate_left(self.first);
        self.first = 0;
        if self.places.len() == self.places.capacity() {
            let more = self.places.len().max(16);
            // One comes before the oldest goes.
            let room = most.saturating_add(1).saturating_sub(self.places.len());
            self.places.reserve_exact(if room == 0 { more } else { more.min(room) });
        }
        self.places.push(event);
    }

    /// Adds an event that is there already.
    pub(crate) fn push(&mut self, event: Event, most: usize) {
        let at = self.at(self.live);
        if self.live >= self.places.len() {
            self.widen(most, event);
        } else if let Some(place) = self.places.get_mut(at) {
            *place = event;
        }
        self.live = self.live.saturating_add(1);
    }

    /// Forgets the newest, back to a length.
    #[inline]
    pub(crate) fn truncate(&mut self, length: usize) {
        self.live = self.live.min(length);
    }

    /// Forgets the oldest up to a sequence.
    pub(crate) fn forget(&mut self, to: u64) {
        let Some(first) = self.front().map(|event| event.sequence) else { return };
        let gone = to.saturating_add(1).saturating_sub(first).min(u64::from(num::id(self.live)));
        self.drop_front(usize::try_from(gone).unwrap_or(self.live));
    }

    #[inline]
    fn drop_front(&mut self, gone: usize) {
        let gone = gone.min(self.live);
        self.first = self.at(gone);
        self.live = self.live.saturating_sub(gone);
    }

    /// Keeps the window to its size, and few places beyond it.
    #[inline]
    pub(crate) fn trim(&mut self, most: usize) {
        if self.live > most {
            self.drop_front(self.live.saturating_sub(most));
            if self.places.len() > most.saturating_add(1) {
                self.narrow(most.saturating_add(1));
            }
        }
    }

    #[cold]
    fn narrow(&mut self, places: usize) {
        self.places.rotate_left(self.first);
        self.first = 0;
        self.places.truncate(places);
        self.places.shrink_to_fit();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::VecDeque;

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
                    if at % 7 == 0 {
                        window.push(event(next), most);
                    } else if let Some(place) = window.open(most, blank) {
                        place.sequence = next;
                    }
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
