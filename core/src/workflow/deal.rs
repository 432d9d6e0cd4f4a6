//! Lots of a SKU, dealt to lines: who was dealt one moves to another node where that makes room for a line
//! that has no other way. What lines can have together they have, whichever comes first (augmenting paths).

use super::named::Found;
use crate::value::ids::*;

/// Units that a line was dealt at a node, by its place.
struct Share {
    line: usize,
    lot: String,
    at: usize,
    qty: i64,
}

/// A wish for a unit of a lot at a node, by its place.
struct Wish {
    at: usize,
    lot: String,
    /// The share that would move there, and for which wish before.
    share: usize,
    before: usize,
}

/// Nodes at which lots of a SKU are dealt, and who was dealt what.
pub(super) struct Deal {
    pub nodes: Vec<Found>,
    shares: Vec<Share>,
}

/// Whether a line may have anything at a node.
type May<'a> = &'a dyn Fn(usize, NodeId) -> bool;

impl Deal {
    pub(super) fn of(nodes: Vec<Found>) -> Deal {
        Deal { nodes, shares: Vec::new() }
    }

    /// Units of a lot that are left at a node, or of any.
    pub(super) fn room(&self, at: usize, lot: &str) -> i64 {
        self.nodes.get(at).map_or(0, |found| found.room(lot))
    }

    /// Deals a line up to so many units, at its first nodes first; gives how many.
    pub(super) fn give(&mut self, (line, lot): (usize, &str), qty: i64, may: May<'_>) -> i64 {
        let mut left = qty;
        // First what there is as it stands, then what moving frees.
        for moves in [false, true] {
            for at in 0..self.nodes.len() {
                if !self.nodes.get(at).is_some_and(|found| may(line, found.node)) {
                    continue;
                }
                loop {
                    let now = self.room(at, lot).min(left);
                    if now > 0 {
                        self.put((line, lot), at, now);
                        left = left.saturating_sub(now);
                    }
                    if left <= 0 || !moves || !self.free(at, lot, left, may) {
                        break;
                    }
                }
            }
        }
        qty.saturating_sub(left)
    }

    /// Adds to what a line was dealt at a node, or takes from it (negative).
    fn put(&mut self, (line, lot): (usize, &str), at: usize, qty: i64) {
        let Some(found) = self.nodes.get_mut(at) else { return };
        found.take(lot, qty);
        match self.shares.iter_mut().find(|share| (share.line, share.at) == (line, at)) {
            Some(share) => share.qty = share.qty.saturating_add(qty),
            None => self.shares.push(Share { line, lot: lot.into(), at, qty }),
        }
    }

    /// Frees up to `most` units of a lot at a node by one shortest chain of moves; `false` if there is none.
    fn free(&mut self, at: usize, lot: &str, most: i64, may: May<'_>) -> bool {
        let mut wishes = vec![Wish { at, lot: lot.into(), share: usize::MAX, before: 0 }];
        let mut next = 0usize;
        while let Some(Wish { at, lot, .. }) = wishes.get(next) {
            let (here, lot) = (*at, lot.clone());
            if next > 0 && self.room(here, &lot) > 0 {
                return self.follow(&wishes, next, most);
            }
            for share in 0..self.shares.len() {
                let Some((line, of)) = self.in_way(share, (here, &lot)) else { continue };
                for (to, found) in self.nodes.iter().enumerate() {
                    let known = wishes.iter().any(|wish| wish.at == to && wish.lot == of);
                    if !known && may(line, found.node) {
                        wishes.push(Wish { at: to, lot: of.clone(), share, before: next });
                    }
                }
            }
            next = next.saturating_add(1);
        }
        false
    }

    /// The line and lot of a share, if a unit less of it makes room for a unit of a lot at its node.
    fn in_way(&mut self, share: usize, (at, lot): (usize, &str)) -> Option<(usize, String)> {
        let share = self.shares.get(share).filter(|share| share.at == at && share.qty > 0)?;
        let (line, of) = (share.line, share.lot.clone());
        self.put((line, &of), at, -1);
        let is = self.room(at, lot) > 0;
        self.put((line, &of), at, 1);
        is.then_some((line, of))
    }

    /// Moves shares along a chain of wishes, from its end; `false` if that frees nothing at its beginning.
    fn follow(&mut self, wishes: &[Wish], end: usize, most: i64) -> bool {
        let (mut at, mut qty) = (end, most);
        while let Some((wish, share)) =
            wishes.get(at).and_then(|wish| Some((wish, self.shares.get(wish.share)?)))
        {
            let (line, from) = (share.line, share.at);
            qty = qty.min(share.qty).min(self.room(wish.at, &wish.lot));
            if qty <= 0 {
                return false;
            }
            self.put((line, &wish.lot), from, qty.saturating_neg());
            self.put((line, &wish.lot), wish.at, qty);
            at = wish.before;
        }
        wishes.first().is_some_and(|wish| self.room(wish.at, &wish.lot) > 0)
    }

    /// What lines were dealt, and where.
    pub(super) fn shares(&self) -> impl Iterator<Item = (usize, &Found, &str, i64)> {
        let dealt = self.shares.iter().filter(|share| share.qty > 0);
        dealt.filter_map(|share| Some((share.line, self.nodes.get(share.at)?, share.lot.as_str(), share.qty)))
    }
}
