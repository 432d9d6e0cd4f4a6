//! The search: any number of lines and nodes, lines whole or in parts, by branch and bound over sets of
//! nodes.
//!
//! A state of the search has decided of some nodes whether they are in or out. Filling each line as cheaply
//! as the nodes not out allow, opening unpaid, costs no more than any plan of that state; adding what the
//! nodes not in must still be paid (see [`State::raise`]) gives its bound. Where the filling needs no node
//! that opening costs, it is the best plan of the state. Steps are counted, never timed.

#![allow(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "the caller checks the problem first, so line * nodes + node addresses each table; every other \
              table is sized from it in `Table::build` and `State::start`; units given stay between 0 and \
              the need; costs use saturating sums only"
)]

mod fill;

use super::problem::{Part, Problem, Solution};
use super::tiers::Tiers;
use fill::{Candidate, Kind, Table};

pub(super) use fill::line_comes_whole;

/// Tables kept from call to call.
#[derive(Clone, Debug, Default)]
pub(super) struct Buffers {
    table: Table,
    state: State,
    stack: Vec<Frame>,
}

/// Whether a node gives, may give, or does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Word {
    Out,
    Open,
    In,
}

/// What one decision changed, to be undone backwards.
#[derive(Clone, Copy, Debug)]
enum Mark {
    Node(usize),
    Line(usize, usize),
}

/// The state of the search.
#[derive(Clone, Debug, Default)]
struct State {
    word: Vec<Word>,
    /// Nodes in, and what they cost to open.
    inside: usize,
    opened: Tiers,
    /// Whole lines: which candidate gives.
    chosen: Vec<usize>,
    /// Lines in parts: units by candidate; what the line costs, and at least would.
    give: Vec<i64>,
    value: Vec<(Tiers, Tiers)>,
    /// Lines that each node gives to.
    uses: Vec<usize>,
    /// At least what all lines cost, and how much more the fills at hand do.
    filled: Tiers,
    excess: Tiers,
    trail: Vec<Mark>,
    /// The best plan: its cost, its nodes.
    best: Tiers,
    best_nodes: Vec<bool>,
    /// No plan passed over unproved costs less.
    floor: Tiers,
    /// For bounds and greedy starts.
    slack: Vec<Tiers>,
    level: Vec<(usize, Tiers)>,
    active: Vec<usize>,
    spare: Vec<i64>,
    current: Vec<Tiers>,
    added: Vec<bool>,
}

/// A branching: the node, the bound before it, the trail before it, children tried.
#[derive(Clone, Copy, Debug)]
struct Frame {
    node: usize,
    bound: Tiers,
    mark: usize,
    tried: u8,
}

/// Solves a checked problem.
pub(super) fn solve(problem: &Problem, buffers: &mut Buffers, out: &mut Solution) {
    let Buffers { table, state, stack } = buffers;
    table.build(problem);
    state.start(problem, table);
    let single = best_single(problem);
    if let Some((cost, _)) = single {
        state.best = cost;
    }
    if table.most > 0 {
        branch_and_bound(problem, table, state, stack, out);
    }
    // Only now, so that a plan that gives something wins a tie.
    let nothing = table.none.iter().fold(problem.not_single, |sum, none| sum.plus(*none));
    if nothing < state.best {
        state.best = nothing;
        state.best_nodes.fill(false);
    }
    let bound = state.best.min(state.floor);
    match single {
        Some((cost, node)) if cost == state.best => {
            let whole = |line| Part { line, node, qty: problem.need[line] };
            out.parts.extend((0..problem.lines).map(whole));
            out.cost = cost;
        }
        _ => state.write(problem, table, out),
    }
    out.bound = bound.min(out.cost);
}

/// The cheapest plan of one node that gives everything; the lowest node of equals.
fn best_single(problem: &Problem) -> Option<(Tiers, usize)> {
    let mut best: Option<(Tiers, usize)> = None;
    if problem.nodes_max == 0 || problem.lines == 0 {
        return None;
    }
    for node in 0..problem.nodes {
        let pairs = (0..problem.lines).map(|line| (line * problem.nodes + node, problem.need[line]));
        if pairs.clone().all(|(pair, need)| problem.room[pair] >= need) {
            let open = problem.open[node];
            let cost = pairs.fold(open, |sum, (pair, need)| sum.plus(problem.whole(pair, need)));
            if best.is_none_or(|(least, _)| cost < least) {
                best = Some((cost, node));
            }
        }
    }
    best
}

/// Searches all sets of nodes; `state.best` and `state.floor` hold what was found and proved.
fn branch_and_bound(
    problem: &Problem,
    table: &Table,
    state: &mut State,
    stack: &mut Vec<Frame>,
    out: &mut Solution,
) {
    stack.clear();
    if state.settled(problem, table) {
        return;
    }
    if problem.steps_max > 0 {
        state.add_greedily(problem, table);
    }
    if let Some((node, bound)) = state.look(problem, table) {
        stack.push(Frame { node, bound, mark: state.trail.len(), tried: 0 });
    }
    while let Some(frame) = stack.last_mut() {
        frame.tried += 1;
        let Frame { node, bound, mark, tried } = *frame;
        state.undo(problem, table, mark);
        if tried > 2 || bound >= state.best {
            stack.pop();
            continue;
        }
        if out.steps >= problem.steps_max {
            // This child, and the second children of the frames below, stay unseen.
            let unseen = stack.iter().enumerate();
            let last = stack.len() - 1;
            let unseen = unseen.filter(|(at, frame)| *at == last || frame.tried < 2);
            let floor = unseen.map(|(_, frame)| frame.bound).min().unwrap_or(bound);
            state.floor = state.floor.min(floor);
            break;
        }
        out.steps += 1;
        if tried == 1 {
            state.include(problem, node);
        } else {
            state.exclude(problem, table, node);
        }
        if let Some((node, bound)) = state.look(problem, table) {
            stack.push(Frame { node, bound, mark: state.trail.len(), tried: 0 });
        }
    }
}

impl State {
    /// All nodes undecided, every line filled from all.
    fn start(&mut self, problem: &Problem, table: &Table) {
        let nodes = problem.nodes;
        refill(&mut self.word, nodes, Word::Open);
        refill(&mut self.uses, nodes, 0);
        refill(&mut self.best_nodes, nodes, false);
        refill(&mut self.chosen, problem.lines, 0);
        refill(&mut self.value, problem.lines, (Tiers::ZERO, Tiers::ZERO));
        refill(&mut self.give, table.candidates.len(), 0);
        refill(&mut self.spare, table.candidates.len(), 0);
        self.trail.clear();
        (self.inside, self.opened) = (0, Tiers::ZERO);
        (self.filled, self.excess) = (problem.not_single, Tiers::ZERO);
        (self.best, self.floor) = (Tiers::MAX, Tiers::MAX);
        for line in 0..problem.lines {
            if table.kind[line] == Kind::Whole {
                self.choose(table, line, table.start[line]);
            } else {
                self.refit(problem, table, line);
            }
        }
    }

    /// Sets the candidate that gives a whole line, which has none as yet.
    #[inline]
    fn choose(&mut self, table: &Table, line: usize, at: usize) {
        self.chosen[line] = at;
        self.filled = self.filled.plus(table.at(line, at));
        if at < table.start[line + 1] {
            self.uses[table.candidates[at].node] += 1;
        }
    }

    /// Takes a whole line from its candidate.
    #[inline]
    fn leave(&mut self, table: &Table, line: usize) {
        let at = self.chosen[line];
        self.filled = self.filled.minus(table.at(line, at));
        if at < table.start[line + 1] {
            self.uses[table.candidates[at].node] -= 1;
        }
    }

    /// Fills a line in parts anew, from the nodes that are not out.
    fn refit(&mut self, problem: &Problem, table: &Table, line: usize) {
        let (cost, least) = self.value[line];
        self.filled = self.filled.minus(least);
        self.excess = self.excess.minus(cost.minus(least));
        for at in table.range(line) {
            self.uses[table.candidates[at].node] -= usize::from(self.give[at] > 0);
        }
        let (words, give) = (&self.word, &mut self.give[table.range(line)]);
        let (cost, least) = table.fill(problem, line, |node| words[node] != Word::Out, give);
        self.value[line] = (cost, least);
        self.filled = self.filled.plus(least);
        self.excess = self.excess.plus(cost.minus(least));
        for at in table.range(line) {
            self.uses[table.candidates[at].node] += usize::from(self.give[at] > 0);
        }
    }

    /// Decides that the node is in.
    fn include(&mut self, problem: &Problem, node: usize) {
        self.word[node] = Word::In;
        self.inside += 1;
        self.opened = self.opened.plus(problem.open[node]);
        self.trail.push(Mark::Node(node));
    }

    /// Decides that the node is out.
    fn exclude(&mut self, problem: &Problem, table: &Table, node: usize) {
        self.word[node] = Word::Out;
        // A fill whose parts cost may carry a bound that holds for its own candidates only.
        if self.uses[node] > 0 || table.charged {
            for line in 0..problem.lines {
                if table.kind[line] == Kind::Whole {
                    let at = self.chosen[line];
                    if at < table.start[line + 1] && table.candidates[at].node == node {
                        self.trail.push(Mark::Line(line, at));
                        self.leave(table, line);
                        let next = table.next(line, at + 1, |node| self.word[node] != Word::Out);
                        self.choose(table, line, next);
                    }
                } else if table.range(line).any(|at| table.candidates[at].node == node) {
                    self.trail.push(Mark::Line(line, 0));
                    self.refit(problem, table, line);
                }
            }
        }
        self.trail.push(Mark::Node(node));
    }

    /// Undoes all that was decided since the trail was `mark` long.
    fn undo(&mut self, problem: &Problem, table: &Table, mark: usize) {
        while self.trail.len() > mark {
            match self.trail.pop() {
                Some(Mark::Node(node)) => {
                    if self.word[node] == Word::In {
                        self.inside -= 1;
                        self.opened = self.opened.minus(problem.open[node]);
                    }
                    self.word[node] = Word::Open;
                }
                Some(Mark::Line(line, at)) if table.kind[line] == Kind::Whole => {
                    self.leave(table, line);
                    self.choose(table, line, at);
                }
                Some(Mark::Line(line, _)) => self.refit(problem, table, line),
                None => {}
            }
        }
    }

    /// Keeps the plan at hand if it is better, and says whether no other plan of this state is; true also
    /// where no plan of it can better the best.
    fn settled(&mut self, problem: &Problem, table: &Table) -> bool {
        let bound = self.filled.plus(self.opened);
        if bound >= self.best {
            return true;
        }
        if self.inside == table.most {
            return self.settle_inside(problem, table);
        }
        let (mut used, mut unpaid) = (self.inside, Tiers::ZERO);
        for (node, &uses) in self.uses.iter().enumerate() {
            if uses > 0 && self.word[node] == Word::Open {
                used += 1;
                unpaid = unpaid.plus(problem.open[node]);
            }
        }
        if used > table.most {
            return false;
        }
        let cost = bound.plus(unpaid).plus(self.excess);
        if cost < self.best {
            self.best = cost;
            for (node, best) in self.best_nodes.iter_mut().enumerate() {
                *best = self.word[node] == Word::In || self.uses[node] > 0;
            }
        }
        if unpaid != Tiers::ZERO {
            return false;
        }
        if self.excess != Tiers::ZERO {
            self.floor = self.floor.min(bound);
        }
        true
    }

    /// As [`State::settled`], where no node more may be opened.
    fn settle_inside(&mut self, problem: &Problem, table: &Table) -> bool {
        let words = &self.word;
        let (mut cost, mut least) = (self.opened.plus(problem.not_single), Tiers::ZERO);
        least = least.plus(cost);
        for line in 0..problem.lines {
            let spare = &mut self.spare[table.range(line)];
            let (fill, bound) = table.fill(problem, line, |node| words[node] == Word::In, spare);
            (cost, least) = (cost.plus(fill), least.plus(bound));
        }
        if least < cost && least < self.best {
            self.floor = self.floor.min(least);
        }
        if cost < self.best {
            self.best = cost;
            for (node, best) in self.best_nodes.iter_mut().enumerate() {
                *best = self.word[node] == Word::In;
            }
        }
        true
    }

    /// Where to branch, and the bound before it; `None` if nothing better can follow.
    fn look(&mut self, problem: &Problem, table: &Table) -> Option<(usize, Tiers)> {
        loop {
            if self.settled(problem, table) {
                return None;
            }
            let bound = self.raise(problem, table);
            if bound >= self.best {
                return None;
            }
            let mut changed = false;
            for node in 0..problem.nodes {
                // A plan that opens this node pays also what no line took of its opening.
                if self.word[node] == Word::Open && bound.plus(self.slack[node]) >= self.best {
                    changed |= self.uses[node] > 0;
                    self.exclude(problem, table, node);
                }
            }
            if !changed {
                let open =
                    (0..problem.nodes).filter(|&node| self.word[node] == Word::Open && self.uses[node] > 0);
                // The node that most lines use, if opening it costs, the lowest of equals.
                let weight = |node: &usize| {
                    let paid = problem.open[*node] != Tiers::ZERO;
                    (paid, self.uses[*node], std::cmp::Reverse(*node))
                };
                return open.max_by_key(weight).map(|node| (node, bound));
            }
        }
    }

    /// At least what any plan of this state costs, by dual ascent: each line offers to pay towards opening
    /// the nodes that would make it cheaper, no more for a node by all lines than its opening, until it had
    /// rather turn to a node that is in, or stay unfilled. `slack` keeps what no line paid.
    fn raise(&mut self, problem: &Problem, table: &Table) -> Tiers {
        self.slack.clear();
        self.slack.extend_from_slice(&problem.open);
        let mut bound = self.filled.plus(self.opened);
        for &line in &table.split {
            let gain = self.raise_split(problem, table, line);
            bound = bound.plus(gain);
        }
        self.active.clear();
        refill(&mut self.level, problem.lines, (0, Tiers::ZERO));
        for line in 0..problem.lines {
            let at = self.chosen[line];
            if table.kind[line] == Kind::Whole
                && at < table.start[line + 1]
                && self.word[table.candidates[at].node] == Word::Open
            {
                self.level[line] = (at + 1, table.candidates[at].key);
                self.active.push(line);
            }
        }
        while !self.active.is_empty() && bound < self.best {
            let mut kept = 0;
            for index in 0..self.active.len() {
                let line = self.active[index];
                let (gain, more) = self.raise_whole(table, line);
                bound = bound.plus(gain);
                if more {
                    self.active[kept] = line;
                    kept += 1;
                }
            }
            self.active.truncate(kept);
        }
        bound
    }

    /// Raises what a whole line pays to its next level; returns by how much, and whether it may go on.
    fn raise_whole(&mut self, table: &Table, line: usize) -> (Tiers, bool) {
        let (at, paid) = self.level[line];
        let (begin, end) = (self.chosen[line], table.start[line + 1]);
        let next = table.next(line, at, |node| self.word[node] != Word::Out);
        let target = table.at(line, next);
        let mut gain = target.minus(paid);
        let passed = &table.candidates[begin..at];
        for candidate in passed {
            if self.word[candidate.node] == Word::Open {
                gain = gain.min(self.slack[candidate.node]);
            }
        }
        if gain > Tiers::ZERO {
            for candidate in passed {
                let slack = &mut self.slack[candidate.node];
                *slack = slack.minus(gain);
            }
        }
        let paid = paid.plus(gain);
        let reached = paid == target;
        self.level[line] = (next + 1, paid);
        let more = reached && next < end && self.word[table.candidates[next].node] == Word::Open;
        (gain, more)
    }

    /// What a line in parts must pay towards opening: if the rooms of nodes that are in do not fill it, it
    /// opens at least so many more, or stays short.
    fn raise_split(&mut self, problem: &Problem, table: &Table, line: usize) -> Tiers {
        let candidates = &table.candidates[table.range(line)];
        let mut left = problem.need[line];
        let mut least: Option<Tiers> = None;
        let mut largest = 0;
        for candidate in candidates {
            match self.word[candidate.node] {
                Word::In => left = left.saturating_sub(candidate.room),
                Word::Open => {
                    let slack = self.slack[candidate.node];
                    least = Some(least.map_or(slack, |least| least.min(slack)));
                    largest = largest.max(candidate.room);
                }
                Word::Out => {}
            }
        }
        let Some(each) = least.filter(|least| *least > Tiers::ZERO && left > 0) else {
            return Tiers::ZERO;
        };
        let rounded = left.saturating_add(largest - 1) / largest.max(1);
        let (full, short) = self.ways(problem, table, line);
        let room = i64::try_from(table.most - self.inside).unwrap_or(i64::MAX);
        let full = if rounded > room { Tiers::MAX } else { full.plus(each.times(rounded)) };
        let gain = full.min(short).minus(self.value[line].1);
        if gain <= Tiers::ZERO {
            return Tiers::ZERO;
        }
        for candidate in candidates {
            if self.word[candidate.node] == Word::Open {
                let slack = &mut self.slack[candidate.node];
                *slack = slack.minus(each);
            }
        }
        gain
    }

    /// At least what filling the line costs, and what leaving it short does, parts and opening unpaid.
    fn ways(&self, problem: &Problem, table: &Table, line: usize) -> (Tiers, Tiers) {
        let (need, short_unit) = (problem.need[line], problem.short_unit[line]);
        let (mut left, mut full) = (need, Tiers::ZERO);
        let (mut fewer, mut short) = (need - 1, problem.short_line[line]);
        for candidate in &table.candidates[table.range(line)] {
            let Candidate { key, room, part, node } = *candidate;
            if self.word[node] == Word::Out {
                continue;
            }
            let earned = part.min(Tiers::ZERO);
            let take = room.min(left);
            full = full.plus(key.times(take)).plus(earned);
            left -= take;
            short = short.plus(earned);
            if key < short_unit {
                let take = room.min(fewer);
                short = short.plus(key.times(take));
                fewer -= take;
            }
        }
        let full = if left == 0 { full } else { Tiers::MAX };
        (full, short.plus(short_unit.times(fewer + 1)))
    }

    /// A first plan: nodes added one by one while that pays.
    fn add_greedily(&mut self, problem: &Problem, table: &Table) {
        let mut inside = std::mem::take(&mut self.added);
        refill(&mut inside, problem.nodes, false);
        self.current.clear();
        self.current.extend_from_slice(&table.none);
        let mut cost = table.none.iter().fold(problem.not_single, |sum, none| sum.plus(*none));
        for _ in 0..table.most {
            self.slack.clear();
            self.slack.extend(problem.open.iter().map(|open| Tiers::ZERO.minus(*open)));
            for line in 0..problem.lines {
                for at in table.range(line) {
                    let candidate = table.candidates[at];
                    if inside[candidate.node] {
                        continue;
                    }
                    let fill = if table.kind[line] == Kind::Whole {
                        candidate.key
                    } else {
                        let allowed = |node: usize| inside[node] || node == candidate.node;
                        let spare = &mut self.spare[table.range(line)];
                        table.fill(problem, line, allowed, spare).0
                    };
                    let gain = &mut self.slack[candidate.node];
                    *gain = gain.plus(self.current[line].minus(fill).max(Tiers::ZERO));
                }
            }
            let outside = (0..problem.nodes).filter(|&node| !inside[node]);
            let most = outside.max_by_key(|&node| (self.slack[node], std::cmp::Reverse(node)));
            let Some(node) = most.filter(|&node| self.slack[node] > Tiers::ZERO) else {
                break;
            };
            inside[node] = true;
            cost = cost.minus(self.slack[node]);
            for line in 0..problem.lines {
                let spare = &mut self.spare[table.range(line)];
                let fill = table.fill(problem, line, |node| inside[node], spare).0;
                self.current[line] = self.current[line].min(fill);
            }
        }
        if cost < self.best {
            self.best = cost;
            self.best_nodes.copy_from_slice(&inside);
        }
        self.added = inside;
    }

    /// The best plan into `out`, with what it really costs.
    fn write(&mut self, problem: &Problem, table: &Table, out: &mut Solution) {
        refill(&mut self.uses, problem.nodes, 0);
        let mut cost = Tiers::ZERO;
        let mut complete = true;
        for line in 0..problem.lines {
            let (inside, spare) = (&self.best_nodes, &mut self.spare[table.range(line)]);
            cost = cost.plus(table.fill(problem, line, |node| inside[node], spare).0);
            let begin = out.parts.len();
            let mut left = problem.need[line];
            for at in table.range(line) {
                let (node, qty) = (table.candidates[at].node, self.spare[at]);
                if qty > 0 {
                    out.parts.push(Part { line, node, qty });
                    self.uses[node] += 1;
                    left -= qty;
                }
            }
            complete &= left == 0;
            out.parts[begin..].sort_unstable_by_key(|part| part.node);
        }
        let mut used = 0;
        for (open, _) in problem.open.iter().zip(&self.uses).filter(|(_, uses)| **uses > 0) {
            cost = cost.plus(*open);
            used += 1;
        }
        let single = complete && used == 1;
        out.cost = if single { cost } else { cost.plus(problem.not_single) };
    }
}

/// Makes the vector `count` times `value`.
fn refill<T: Copy>(vector: &mut Vec<T>, count: usize, value: T) {
    vector.clear();
    vector.resize(count, value);
}
