//! The door to the one-order solver: checks the problem, then takes the cheapest exact method that fits it.
//!
//! | lines | whole or in parts | method |
//! |---|---|---|
//! | 1 to 6 | every line comes whole | `kernel`: minima, and a table over sets of lines |
//! | 1 to 6 | whole, and nodes cost by set of lines | `cards`: a table over sets of lines |
//! | any other | | `search`: branch and bound over sets of nodes |
//!
//! A line comes whole where the policy says so, and also where splitting could not pay: every node has room
//! for all of it or for none, and neither parts nor shortness earn anything.
//!
//! Ties. Among plans of equal cost a line goes to the lowest node, and is rather filled than not; this holds
//! line by line for one line, for the best node that completes everything, and wherever each line's own
//! cheapest node is the answer. Else the plan found first in a fixed order stands. Nothing but the problem
//! is consulted, so the same problem gives the same plan, byte for byte.

use super::cards;
use super::kernel;
use super::problem::{Malformed, Problem, Solution, SplitLines};
use super::search;
use super::tiers::Tiers;

/// Room that the solver works in, kept from call to call so that solving allocates nothing.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scratch {
    kernel: kernel::Buffers,
    search: search::Buffers,
}

/// The cheapest plan of `problem` into `out`.
///
/// A malformed problem (see [`Problem::check`]) gets the plan that gives nothing, with the lowest bound there
/// is.
pub(crate) fn solve(problem: &Problem, scratch: &mut Scratch, out: &mut Solution) {
    out.parts.clear();
    out.steps = 0;
    if problem.check().is_err() { refuse(problem, out) } else { choose(problem, scratch, out) }
}

/// The same for a problem whose tables were built to fit each other: only its costs are checked.
pub(crate) fn solve_built(problem: &Problem, scratch: &mut Scratch, out: &mut Solution) {
    debug_assert!(!matches!(problem.check(), Err(Malformed::Length | Malformed::Need | Malformed::Room)));
    out.parts.clear();
    out.steps = 0;
    if problem.check_costs().is_err() { refuse(problem, out) } else { choose(problem, scratch, out) }
}

fn choose(problem: &Problem, scratch: &mut Scratch, out: &mut Solution) {
    if !problem.cards.is_empty() {
        cards::solve(problem, out);
    } else if problem.lines <= kernel::LINES_MAX && comes_whole(problem) {
        kernel::solve(problem, &mut scratch.kernel, out);
    } else {
        search::solve(problem, &mut scratch.search, out);
    }
}

/// Leaves all unfilled and claims no bound.
fn refuse(problem: &Problem, out: &mut Solution) {
    let lines = problem.lines.min(problem.need.len());
    out.cost = (0..lines).fold(problem.not_single, |cost, line| cost.plus(problem.unfilled(line)));
    out.bound = Tiers([i64::MIN; 4]);
}

/// Whether every line comes whole from one node or not at all in some cheapest plan.
fn comes_whole(problem: &Problem) -> bool {
    problem.split_lines == SplitLines::Never
        || (0..problem.lines).all(|line| search::line_comes_whole(problem, line))
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
