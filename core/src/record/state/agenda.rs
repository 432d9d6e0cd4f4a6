//! What falls due by itself as time passes.

use super::State;
use crate::value::dues::DueSet;
use crate::value::sort::PutInOrder;
use crate::value::table::{Ordered, Set};
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

/// A chore: when, what, and about which row.
type Planned = (Instant, Chore, u32);

/// What is planned, in its order.
pub(crate) type Agenda = Ordered<Planned, ChoreSet>;

/// Where it is: chores of a kind mostly fall due in the order in which they are planned, so each kind has
/// dues of its own.
#[derive(Clone, Debug, Default)]
pub(crate) struct ChoreSet {
    kinds: Vec<(Chore, DueSet)>,
    length: usize,
    /// The least of all: it is asked for before every command.
    first: Option<Planned>,
}

impl ChoreSet {
    fn dues(&mut self, chore: Chore) -> Option<&mut DueSet> {
        let place = self.kinds.iter().position(|(kind, _)| *kind == chore).unwrap_or_else(|| {
            self.kinds.push((chore, DueSet::default()));
            self.kinds.len().saturating_sub(1)
        });
        self.kinds.get_mut(place).map(|(_, dues)| dues)
    }
}

impl Set<Planned> for ChoreSet {
    fn insert(&mut self, (at, chore, id): Planned) -> bool {
        let new = self.dues(chore).is_some_and(|dues| dues.insert((at, id)));
        if new {
            self.length = self.length.saturating_add(1);
            let planned = (at, chore, id);
            self.first = Some(self.first.map_or(planned, |first| first.min(planned)));
        }
        new
    }

    fn remove(&mut self, (at, chore, id): Planned) -> bool {
        let known = self.dues(chore).is_some_and(|dues| dues.remove((at, id)));
        if known {
            self.length = self.length.saturating_sub(1);
            if self.first == Some((at, chore, id)) {
                let firsts = self.kinds.iter().filter_map(|(kind, dues)| Some((*kind, dues.first()?)));
                self.first = firsts.map(|(kind, (at, id))| (at, kind, id)).min();
            }
        }
        known
    }

    fn first(&self) -> Option<Planned> {
        self.first
    }

    fn len(&self) -> usize {
        self.length
    }

    fn iter(&self) -> impl Iterator<Item = Planned> {
        let all = self.kinds.iter().flat_map(|(kind, dues)| dues.iter().map(|(at, id)| (at, *kind, id)));
        let mut all: Vec<Planned> = all.collect();
        all.put_in_order();
        all.into_iter()
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::num;
    use crate::value::table::Undoable;

    #[test]
    fn chores_are_those_of_an_ordered_set() {
        let (mut agenda, mut set) = (Agenda::default(), Ordered::<Planned>::default());
        let kinds = [Chore::Approval, Chore::Exception, Chore::Backorder];
        let mut dice = 7u64;
        let mut roll = |sides: u64| {
            dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            u32::try_from((dice >> 33).checked_rem(sides).unwrap_or(0)).unwrap_or(0)
        };
        for round in 0..3_000u32 {
            let kind = kinds.get(num::index(roll(3))).copied().unwrap_or(Chore::Feed);
            let at = Instant::from_micros(i64::from(if roll(2) == 0 { round } else { roll(900) }));
            let planned = (at, kind, roll(4));
            if roll(3) == 0 {
                for due in [planned].into_iter().chain(set.first()) {
                    agenda.remove(due);
                    set.remove(due);
                }
            } else {
                agenda.insert(planned);
                set.insert(planned);
            }
            let (known, want) = ((agenda.first(), agenda.len()), (set.first(), set.len()));
            assert_eq!((known, agenda.hash()), (want, set.hash()));
        }
        assert!(agenda.len() > 100 && agenda.iter().eq(set.iter()));
        assert_eq!(agenda.rehash(), agenda.hash());
    }
}
