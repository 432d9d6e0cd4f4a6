//! One order's sourcing decision as numbers: what the solver sees.
//!
//! Everything of trade (stock, carriers, promises, margins) has been turned into rooms and costs before this
//! point, so that the solvers are pure functions of one plain table, and can be checked against brute force.

use super::tiers::Tiers;

/// A demand set against its candidate nodes. Lines and nodes are dense; `[line * nodes + node]` addresses
/// the tables of pairs.
///
/// The cost of a plan is, tier by tier:
/// `open` once for each node that gives anything, `part` once for each (line, node) that gives anything,
/// `unit` for each unit given, `short_line` once for each line not filled whole, `short_unit` for each unit
/// not given, and `not_single` once unless exactly one node gives everything asked for.
#[derive(Clone, Debug, Default)]
pub struct Problem {
    /// Candidate nodes.
    pub nodes: usize,
    /// Lines of the demand set, equal SKUs already summed.
    pub lines: usize,
    /// Units asked for, a line; each at least 1.
    pub need: Vec<i64>,
    /// Units that the node may give to the line, at most `need`; 0 where it may not.
    pub room: Vec<i64>,
    /// Cost of a (line, node) that gives anything.
    pub part: Vec<Tiers>,
    /// Cost of a unit of the line from the node; may be empty where lines are never split, and `part` says
    /// all.
    pub unit: Vec<Tiers>,
    /// Cost of a node that gives anything; never negative in its first non-zero tier.
    pub open: Vec<Tiers>,
    /// Cost of a line not filled whole.
    pub short_line: Vec<Tiers>,
    /// Cost of a unit not given.
    pub short_unit: Vec<Tiers>,
    /// Cost of a plan that is not complete from exactly one node; never negative.
    pub not_single: Tiers,
    /// Cost of a node beyond `open` and `part` by the set of lines that it gives, at `node << lines | mask`;
    /// empty where costs add up. Only where lines come whole.
    pub cards: Vec<Tiers>,
    /// At most this many nodes may give; 0 = nothing may be given.
    pub nodes_max: usize,
    /// Whether one line may be given by several nodes or in part.
    pub split_lines: SplitLines,
    /// At most this many steps of search; then the best plan so far is given, with its bound.
    pub steps_max: u64,
}

/// Whether a line may come in parts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SplitLines {
    /// A line comes whole from one node or not at all.
    #[default]
    Never,
    /// A line may come from several nodes, and may be filled in part.
    Allowed,
}

/// What one node gives to one line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// Index of the line.
    pub line: usize,
    /// Index of the node.
    pub node: usize,
    /// Units given, at least 1.
    pub qty: i64,
}

/// A plan and the proof that goes with it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Solution {
    /// Parts, ordered by line, then node.
    pub parts: Vec<Part>,
    /// What the plan costs.
    pub cost: Tiers,
    /// No plan costs less than this. Equal to `cost` when the plan is proved optimal.
    pub bound: Tiers,
    /// Steps of search used.
    pub steps: u64,
}

/// What makes a problem no problem at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Malformed {
    /// A table has not as many entries as lines and nodes ask for.
    Length,
    /// A line asks for less than one unit.
    Need,
    /// A room is below zero or above what its line needs.
    Room,
    /// Opening a node costs less than nothing.
    Open,
    /// `not_single` is less than nothing.
    NotSingle,
}

impl Problem {
    /// Whether the tables fit each other and hold what their fields promise.
    ///
    /// # Errors
    /// The first promise that is broken.
    pub fn check(&self) -> Result<(), Malformed> {
        let (lines, nodes) = (self.lines, self.nodes);
        let pairs = lines.checked_mul(nodes).ok_or(Malformed::Length)?;
        let by_line = [self.need.len(), self.short_line.len(), self.short_unit.len()];
        let by_pair = [self.room.len(), self.part.len()];
        let units =
            self.unit.len() == pairs || (self.unit.is_empty() && self.split_lines == SplitLines::Never);
        let cards = self.cards.is_empty() || self.cards.len() == super::cards::size(self);
        if !cards || by_line != [lines; 3] || by_pair != [pairs; 2] || !units || self.open.len() != nodes {
            return Err(Malformed::Length);
        }
        if self.need.iter().any(|&need| need < 1) {
            return Err(Malformed::Need);
        }
        if nodes > 0 {
            // The sign of either breach survives the sum of bits.
            let fits = |(rooms, &need): (&[i64], &i64)| {
                rooms.iter().fold(0, |bits, &room| bits | room | need.wrapping_sub(room)) >= 0
            };
            if !self.room.chunks_exact(nodes).zip(&self.need).all(fits) {
                return Err(Malformed::Room);
            }
        }
        self.check_costs()
    }

    /// The part of `check` that looks at costs.
    pub(super) fn check_costs(&self) -> Result<(), Malformed> {
        if self.opening_costs() && self.open.iter().any(|&open| open < Tiers::ZERO) {
            return Err(Malformed::Open);
        }
        if self.not_single < Tiers::ZERO { Err(Malformed::NotSingle) } else { Ok(()) }
    }

    /// Whether opening any node costs anything.
    #[inline]
    pub(super) fn opening_costs(&self) -> bool {
        self.open.iter().fold(0, |bits, Tiers([a, b, c, d])| bits | a | b | c | d) != 0
    }

    /// What leaving the whole line unfilled costs.
    #[inline]
    pub(super) fn unfilled(&self, line: usize) -> Tiers {
        let need = self.need.get(line).copied().unwrap_or(0);
        let fixed = self.short_line.get(line).copied().unwrap_or(Tiers::ZERO);
        let each = self.short_unit.get(line).copied().unwrap_or(Tiers::ZERO);
        fixed.plus(each.times(need))
    }

    /// What giving the whole line from one node costs, `open` aside; `pair` is `line * nodes + node`.
    #[inline]
    pub(super) fn whole(&self, pair: usize, need: i64) -> Tiers {
        let fixed = self.part.get(pair).copied().unwrap_or(Tiers::ZERO);
        let each = self.unit.get(pair).copied().unwrap_or(Tiers::ZERO);
        fixed.plus(each.times(need))
    }
}
