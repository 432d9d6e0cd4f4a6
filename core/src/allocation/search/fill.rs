//! The lines of a search: their candidates in order, and how one line is filled from a set of nodes.
//!
//! A line is filled in one of three ways. *Whole*: from the first allowed node in order of cost. *Greedy*:
//! parts cost nothing, so units come from the cheapest rooms on; exact. *Charged*: parts cost, so subsets of
//! nodes are searched, exactly for up to [`CHARGED_NODES`] nodes and [`CHARGED_STEPS`] steps; beyond that
//! the fill carries a lower bound of its own.

#![allow(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "the caller checks the problem first, so line * nodes + node addresses each table; candidates \
              are listed once in `Table::build`; units given stay between 0 and the need; costs use \
              saturating sums only"
)]

use super::super::problem::{Problem, SplitLines};
use super::super::tiers::Tiers;

/// The most nodes of which a line with costly parts is filled exactly.
const CHARGED_NODES: usize = 16;
/// The most subsets looked at in filling such a line.
const CHARGED_STEPS: u32 = 1024;

/// How a line is filled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Whole,
    Greedy,
    Charged,
}

/// What the search knows of the lines and never changes.
#[derive(Clone, Debug, Default)]
pub(super) struct Table {
    /// Where the candidates of each line start, and at last where they end.
    pub(super) start: Vec<usize>,
    pub(super) kind: Vec<Kind>,
    /// Cost of leaving the line.
    pub(super) none: Vec<Tiers>,
    /// Candidates by line, in order of `key`, then of the node.
    pub(super) candidates: Vec<Candidate>,
    /// Nodes that at most may give.
    pub(super) most: usize,
    /// Lines that are not whole.
    pub(super) split: Vec<usize>,
    /// Whether parts of any of them cost.
    pub(super) charged: bool,
}

/// A node that may give to a line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Candidate {
    /// Cost of the whole line, if the line is whole, or else of a unit.
    pub(super) key: Tiers,
    pub(super) node: usize,
    pub(super) room: i64,
    pub(super) part: Tiers,
}

impl Table {
    /// Lists and orders the candidates of each line.
    pub(super) fn build(&mut self, problem: &Problem) {
        self.start.clear();
        self.kind.clear();
        self.none.clear();
        self.candidates.clear();
        self.split.clear();
        self.charged = false;
        self.most = problem.nodes_max.min(problem.nodes);
        for line in 0..problem.lines {
            let (from, need) = (line * problem.nodes, problem.need[line]);
            let whole = problem.split_lines == SplitLines::Never || line_comes_whole(problem, line);
            let none = problem.unfilled(line);
            let begin = self.candidates.len();
            let mut free = true;
            for node in 0..problem.nodes {
                let (pair, room) = (from + node, problem.room[from + node]);
                if room == 0 || (whole && room < need) {
                    continue;
                }
                let key = if whole { problem.whole(pair, need) } else { problem.unit[pair] };
                if !whole || key <= none {
                    let part = problem.part[pair];
                    free &= part == Tiers::ZERO;
                    self.candidates.push(Candidate { key, node, room, part });
                }
            }
            let kind = if free { Kind::Greedy } else { Kind::Charged };
            let kind = if whole { Kind::Whole } else { kind };
            self.candidates[begin..].sort_unstable_by_key(|candidate| (candidate.key, candidate.node));
            self.start.push(begin);
            self.none.push(none);
            self.kind.push(kind);
            self.charged |= kind == Kind::Charged;
            if kind != Kind::Whole {
                self.split.push(line);
            }
        }
        self.start.push(self.candidates.len());
    }

    /// Where the candidates of the line are.
    #[inline]
    pub(super) fn range(&self, line: usize) -> std::ops::Range<usize> {
        self.start[line]..self.start[line + 1]
    }

    /// The first candidate at or after `at` whose node is still `allowed`; the end if there is none.
    #[inline]
    pub(super) fn next(&self, line: usize, at: usize, allowed: impl Fn(usize) -> bool) -> usize {
        let end = self.start[line + 1];
        let left = self.candidates[at.min(end)..end].iter();
        at.min(end) + left.take_while(|candidate| !allowed(candidate.node)).count()
    }

    /// Cost of a whole line from the candidate at `at`.
    #[inline]
    pub(super) fn at(&self, line: usize, at: usize) -> Tiers {
        if at < self.start[line + 1] { self.candidates[at].key } else { self.none[line] }
    }

    /// Fills a line from the nodes that `allowed` names, each candidate's units into `give`; returns what it
    /// costs and what it costs at least.
    pub(super) fn fill(
        &self,
        problem: &Problem,
        line: usize,
        allowed: impl Fn(usize) -> bool,
        give: &mut [i64],
    ) -> (Tiers, Tiers) {
        let candidates = &self.candidates[self.range(line)];
        let fill = Fill {
            need: problem.need[line],
            none: self.none[line],
            short_line: problem.short_line[line],
            short_unit: problem.short_unit[line],
            candidates,
        };
        match self.kind[line] {
            Kind::Whole => {
                give.fill(0);
                let first = candidates.iter().position(|candidate| allowed(candidate.node));
                let cost = first.map_or(fill.none, |at| {
                    give[at] = fill.need;
                    candidates[at].key
                });
                (cost, cost)
            }
            Kind::Greedy => {
                let cost = fill.greedy(allowed, give);
                (cost, cost)
            }
            Kind::Charged => fill.charged(allowed, give),
        }
    }
}

/// Whether a line that may be split comes whole from one node or not at all in some cheapest plan.
pub(in super::super) fn line_comes_whole(problem: &Problem, line: usize) -> bool {
    let (from, to) = (line * problem.nodes, (line + 1) * problem.nodes);
    let need = problem.need[line];
    problem.short_line[line] >= Tiers::ZERO
        && problem.room[from..to].iter().all(|&room| room == 0 || room == need)
        && problem.part[from..to].iter().all(|&part| part >= Tiers::ZERO)
}

/// One line that may come in parts.
struct Fill<'a> {
    need: i64,
    none: Tiers,
    short_line: Tiers,
    short_unit: Tiers,
    candidates: &'a [Candidate],
}

impl Fill<'_> {
    /// Fills from the cheapest rooms of the members on, parts unpaid, with at least `least` (0 or 1) units
    /// from each member; `None` if the line has too few units for that. `give` need not be clean.
    fn pour(&self, least: i64, member: impl Fn(usize) -> bool, give: &mut [i64]) -> Option<Tiers> {
        let (mut base, mut kept) = (Tiers::ZERO, 0);
        for (at, (candidate, units)) in self.candidates.iter().zip(give.iter_mut()).enumerate() {
            *units = 0;
            if least > 0 && member(at) {
                *units = least;
                base = base.plus(candidate.key);
                kept += least;
            }
        }
        // All of the line, and the best that stays short of it.
        let (mut left, mut full) = (self.need - kept, base);
        let (mut fewer, mut short) = (left - 1, base);
        if left < 0 {
            return None;
        }
        for (at, (candidate, units)) in self.candidates.iter().zip(give.iter_mut()).enumerate() {
            if left == 0 {
                break;
            }
            if !member(at) {
                continue;
            }
            let room = candidate.room - *units;
            let take = room.min(left);
            full = full.plus(candidate.key.times(take));
            left -= take;
            *units += take;
            if fewer > 0 && candidate.key < self.short_unit {
                let take = room.min(fewer);
                short = short.plus(candidate.key.times(take));
                fewer -= take;
            }
        }
        if fewer < 0 {
            return Some(full);
        }
        let missing = fewer + 1;
        short = short.plus(self.short_line).plus(self.short_unit.times(missing));
        if left == 0 && full <= short {
            return Some(full);
        }
        // Take back from the dearest what the short plan does not give.
        let mut back = missing - left;
        for units in give.iter_mut().rev() {
            let less = back.min(*units - least).max(0);
            *units -= less;
            back -= less;
        }
        Some(short)
    }

    /// Fills a line whose parts cost nothing.
    fn greedy(&self, allowed: impl Fn(usize) -> bool, give: &mut [i64]) -> Tiers {
        let member = |at: usize| allowed(self.candidates[at].node);
        self.pour(0, member, give).unwrap_or(self.none)
    }

    /// Fills a line whose parts cost: what it costs, and what it costs at least.
    fn charged(&self, allowed: impl Fn(usize) -> bool, give: &mut [i64]) -> (Tiers, Tiers) {
        let blank = Candidate { key: Tiers::ZERO, node: 0, room: 0, part: Tiers::ZERO };
        let (mut few, mut names, mut count) = ([blank; CHARGED_NODES], [0; CHARGED_NODES], 0);
        for (at, candidate) in self.candidates.iter().enumerate() {
            if allowed(candidate.node) {
                if count == CHARGED_NODES {
                    return self.rough(&allowed, give);
                }
                (few[count], names[count]) = (*candidate, at);
                count += 1;
            }
        }
        let fill = Fill { candidates: &few[..count], ..*self };
        let mut units = [0; CHARGED_NODES];
        let floor = Tiers::MAX;
        let mut subsets = Subsets { fill, steps: 0, best: self.none, chosen: 0, floor, units };
        (0..count).for_each(|at| subsets.offer(1 << at));
        subsets.descend(0, 0);
        let (chosen, best) = (subsets.chosen, subsets.best);
        give.fill(0);
        if chosen != 0 {
            subsets.price(chosen);
            units = subsets.units;
        }
        for (name, units) in names.iter().zip(units).take(count) {
            give[*name] = units;
        }
        (best, subsets.floor.min(best))
    }

    /// A fair fill from many nodes whose parts cost, and a bound.
    fn rough(&self, allowed: &impl Fn(usize) -> bool, give: &mut [i64]) -> (Tiers, Tiers) {
        let relaxed = self.greedy(allowed, give);
        let (mut bound, mut best) = (relaxed, relaxed);
        for (candidate, units) in self.candidates.iter().zip(give.iter()) {
            if *units > 0 {
                best = best.plus(candidate.part);
            }
            if candidate.part < Tiers::ZERO && allowed(candidate.node) {
                bound = bound.plus(candidate.part);
            }
        }
        if self.none < best {
            best = self.none;
            give.fill(0);
        }
        for (at, candidate) in self.candidates.iter().enumerate() {
            if candidate.room == self.need && allowed(candidate.node) {
                let cost = candidate.part.plus(candidate.key.times(self.need));
                if cost < best {
                    best = cost;
                    give.fill(0);
                    give[at] = self.need;
                }
            }
        }
        (best, bound.min(best))
    }
}

/// The search for the subset of nodes that fills one line; a subset is a mask of the fill's candidates.
struct Subsets<'a> {
    fill: Fill<'a>,
    steps: u32,
    best: Tiers,
    chosen: u32,
    /// No subset passed over costs less.
    floor: Tiers,
    units: [i64; CHARGED_NODES],
}

impl Subsets<'_> {
    /// The cheapest fill to which every node of the subset gives, and no other.
    fn price(&mut self, subset: u32) -> Option<Tiers> {
        let count = self.fill.candidates.len();
        let poured = self.fill.pour(1, |at| subset >> at & 1 == 1, &mut self.units[..count]);
        poured.map(|cost| cost.plus(self.parts(subset)))
    }

    fn parts(&self, subset: u32) -> Tiers {
        let members = self.fill.candidates.iter().enumerate().filter(|(at, _)| subset >> at & 1 == 1);
        members.fold(Tiers::ZERO, |sum, (_, candidate)| sum.plus(candidate.part))
    }

    /// Keeps the subset if it is better.
    fn offer(&mut self, subset: u32) {
        if let Some(cost) = self.price(subset)
            && (cost < self.best || (self.chosen == 0 && cost == self.best))
        {
            (self.best, self.chosen) = (cost, subset);
        }
    }

    /// At least what any fill costs that takes `subset` of the candidates before `next`.
    fn bound(&mut self, next: usize, subset: u32) -> Tiers {
        let count = self.fill.candidates.len();
        let member = |at: usize| at >= next || subset >> at & 1 == 1;
        let poured = self.fill.pour(0, member, &mut self.units[..count]);
        let earned = self.fill.candidates[next..].iter();
        let earned = earned.fold(self.parts(subset), |sum, c| sum.plus(c.part.min(Tiers::ZERO)));
        poured.unwrap_or(Tiers::ZERO).plus(earned)
    }

    fn descend(&mut self, next: usize, subset: u32) {
        if next == self.fill.candidates.len() {
            return;
        }
        let bound = self.bound(next, subset);
        if bound >= self.best {
            return;
        }
        self.steps += 1;
        if self.steps > CHARGED_STEPS {
            self.floor = self.floor.min(bound);
            return;
        }
        let with = subset | 1 << next;
        self.offer(with);
        self.descend(next + 1, with);
        self.descend(next + 1, subset);
    }
}
