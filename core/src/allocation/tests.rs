//! The solver against plain enumeration of every plan, on thousands of small random problems, and on cases
//! whose answer is known.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::needless_range_loop,
    clippy::type_complexity,
    reason = "a test that fails may panic; its numbers are tiny"
)]

use super::super::kernel;
use super::super::problem::{Malformed, Part, Problem, Solution, SplitLines};
use super::super::search;
use super::super::tiers::Tiers;
use super::{Scratch, solve};

/// Splitmix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn within(&mut self, from: i64, to: i64) -> i64 {
        from + (self.next() % ((to - from + 1) as u64)) as i64
    }

    fn one_in(&mut self, count: u64) -> bool {
        self.next().is_multiple_of(count)
    }

    /// A cost in some tiers, of a few values only, so that ties are many.
    fn tiers(&mut self, from: i64, to: i64) -> Tiers {
        let mut tiers = [0; 4];
        for tier in &mut tiers {
            if self.one_in(2) {
                *tier = self.within(from, to);
            }
        }
        Tiers(tiers)
    }

    /// A cost of at least nothing.
    fn price(&mut self, to: i64) -> Tiers {
        let tiers = self.tiers(-1, to);
        if tiers < Tiers::ZERO { Tiers::ZERO.minus(tiers) } else { tiers }
    }
}

/// Which traits a random problem has.
fn random(random: &mut Random, lines: usize, nodes: usize, need_max: i64) -> Problem {
    let mut p = Problem { lines, nodes, steps_max: 1_000_000, ..Problem::default() };
    let split = random.one_in(2);
    p.split_lines = if split { SplitLines::Allowed } else { SplitLines::Never };
    p.nodes_max = if random.one_in(2) { nodes } else { random.within(0, nodes as i64) as usize };
    let (free_open, free_part) = (random.one_in(2), random.one_in(2));
    let (signed_part, low) = (random.one_in(6), if random.one_in(2) { -4 } else { 0 });
    for _ in 0..lines {
        let need = random.within(1, need_max);
        p.need.push(need);
        p.short_line.push(if random.one_in(5) { random.tiers(-2, 4) } else { random.price(6) });
        p.short_unit.push(random.tiers(if low < 0 { -2 } else { 0 }, 6));
        for _ in 0..nodes {
            let room = if random.one_in(3) { need } else { random.within(0, need) };
            p.room.push(room);
            let part = if signed_part { random.tiers(-2, 3) } else { random.price(3) };
            p.part.push(if free_part { Tiers::ZERO } else { part });
            p.unit.push(random.tiers(low, 4));
        }
    }
    for _ in 0..nodes {
        p.open.push(if free_open || random.one_in(4) { Tiers::ZERO } else { random.price(6) });
    }
    if random.one_in(2) {
        p.not_single.0[random.within(0, 3) as usize] = random.within(1, 8);
    }
    p
}

/// What the plan costs, from the words of `Problem`; `None` where it breaks a rule.
fn price(p: &Problem, given: &[i64]) -> Option<Tiers> {
    let mut cost = Tiers::ZERO;
    let mut used = vec![false; p.nodes];
    let mut complete = true;
    for line in 0..p.lines {
        let row = &given[line * p.nodes..(line + 1) * p.nodes];
        for (node, &units) in row.iter().enumerate() {
            if units > 0 {
                used[node] = true;
                let at = line * p.nodes + node;
                cost = cost.plus(p.part[at]).plus(p.unit[at].times(units));
            }
        }
        let sum: i64 = row.iter().sum();
        let whole = row.iter().all(|&units| units == 0 || units == p.need[line]);
        if sum > p.need[line] || (p.split_lines == SplitLines::Never && !whole) {
            return None;
        }
        if sum < p.need[line] {
            complete = false;
            cost = cost.plus(p.short_line[line]).plus(p.short_unit[line].times(p.need[line] - sum));
        }
    }
    let count = used.iter().filter(|used| **used).count();
    for node in (0..p.nodes).filter(|&node| used[node]) {
        cost = cost.plus(p.open[node]);
        if !p.cards.is_empty() {
            let given = (0..p.lines).filter(|line| given[line * p.nodes + node] > 0);
            cost = cost.plus(p.cards[node << p.lines | given.fold(0, |mask, line| mask | 1 << line)]);
        }
    }
    if count != 1 || !complete {
        cost = cost.plus(p.not_single);
    }
    (count <= p.nodes_max).then_some(cost)
}

/// The least cost of all plans there are.
fn brute(p: &Problem) -> Tiers {
    let pairs = p.lines * p.nodes;
    let mut given = vec![0; pairs];
    let mut best = price(p, &given).unwrap();
    'plans: loop {
        for at in 0..=pairs {
            if at == pairs {
                break 'plans;
            }
            if given[at] < p.room[at] {
                given[at] += 1;
                break;
            }
            given[at] = 0;
        }
        if let Some(cost) = price(p, &given) {
            best = best.min(cost);
        }
    }
    best
}

/// Checks that the plan is one, costs what it says, and is ordered.
fn check_plan(p: &Problem, solution: &Solution) {
    let mut given = vec![0; p.lines * p.nodes];
    for part in &solution.parts {
        let at = part.line * p.nodes + part.node;
        assert!(part.qty >= 1 && given[at] == 0 && part.qty <= p.room[at], "{p:?} {solution:?}");
        given[at] = part.qty;
    }
    assert!(solution.parts.is_sorted_by_key(|part| (part.line, part.node)));
    assert_eq!(price(p, &given), Some(solution.cost), "{p:?} {solution:?}");
    assert!(solution.bound <= solution.cost);
}

fn solved(p: &Problem) -> Solution {
    let mut out = Solution::default();
    solve(p, &mut Scratch::default(), &mut out);
    check_plan(p, &out);
    out
}

fn proved(p: &Problem) -> Solution {
    let out = solved(p);
    assert_eq!(out.bound, out.cost, "{p:?} {out:?}");
    out
}

fn parts(solution: &Solution) -> Vec<(usize, usize, i64)> {
    solution.parts.iter().map(|part| (part.line, part.node, part.qty)).collect()
}

/// Both solvers against enumeration.
fn against_brute(seed: u64, rounds: usize, shapes: &[(usize, usize, i64)]) {
    let mut dice = Random(seed);
    let (mut scratch, mut out) = (Scratch::default(), Solution::default());
    for round in 0..rounds {
        let (lines, nodes, need_max) = shapes[round % shapes.len()];
        let p = random(&mut dice, lines, nodes, need_max);
        let least = brute(&p);
        solve(&p, &mut scratch, &mut out);
        check_plan(&p, &out);
        assert_eq!((out.cost, out.bound), (least, least), "{p:?} {out:?}");
        out.parts.clear();
        out.steps = 0;
        search::solve(&p, &mut scratch.search, &mut out);
        check_plan(&p, &out);
        assert_eq!((out.cost, out.bound), (least, least), "search: {p:?} {out:?}");
        let hasty = Problem { steps_max: dice.next() % 3, ..p };
        out.parts.clear();
        out.steps = 0;
        search::solve(&hasty, &mut scratch.search, &mut out);
        check_plan(&hasty, &out);
        assert!(out.bound <= least && out.cost >= least && out.steps <= hasty.steps_max, "{hasty:?}");
    }
}

#[test]
fn agrees_with_enumeration() {
    let shapes = [(1, 3, 6), (2, 3, 2), (3, 2, 3), (1, 5, 3), (2, 2, 5), (4, 2, 1), (1, 1, 3)];
    against_brute(1, 14_000, &shapes);
}

#[test]
fn agrees_with_enumeration_of_whole_lines() {
    let shapes = [(3, 4, 1), (4, 3, 1), (2, 6, 1), (3, 3, 1), (6, 2, 1)];
    against_brute(2, 5_000, &shapes);
}

/// A problem of whole lines, where opening a node costs one and a line unfilled a hundred.
fn parcels(lines: usize, nodes: usize, has: impl Fn(usize, usize) -> bool) -> Problem {
    let rooms = (0..lines).flat_map(|line| (0..nodes).map(move |node| (line, node)));
    Problem {
        nodes,
        lines,
        need: vec![1; lines],
        room: rooms.map(|(line, node)| i64::from(has(line, node))).collect(),
        part: vec![Tiers::ZERO; lines * nodes],
        unit: vec![Tiers::ZERO; lines * nodes],
        cards: Vec::new(),
        open: vec![Tiers([1, 0, 0, 0]); nodes],
        short_line: vec![Tiers([100, 0, 0, 0]); lines],
        short_unit: vec![Tiers::ZERO; lines],
        not_single: Tiers::ZERO,
        nodes_max: nodes,
        split_lines: SplitLines::Never,
        steps_max: 100_000,
    }
}

/// One line of `need`, which may be split, over the rooms.
fn one_line(need: i64, rooms: &[i64]) -> Problem {
    let mut p = parcels(1, rooms.len(), |_, _| true);
    p.need = vec![need];
    p.room = rooms.iter().map(|&room| room.min(need)).collect();
    p.split_lines = SplitLines::Allowed;
    p
}

#[test]
fn set_cover_is_not_greedy() {
    let has = [[1, 2, 3, 4].as_slice(), &[1, 3, 5], &[2, 4, 6]];
    for extra in [0, 2] {
        // With extra lines that all have, the search decides instead of the kernel.
        let p = parcels(6 + extra, 3, |line, node| line >= 6 || has[node].contains(&(line + 1)));
        let out = proved(&p);
        assert_eq!(out.cost, Tiers([2, 0, 0, 0]));
        assert!(out.parts.iter().all(|part| part.node != 0));
        assert_eq!(out.parts.len(), 6 + extra);
    }
}

#[test]
fn a_split_opens_no_more_nodes_than_it_must() {
    let out = proved(&one_line(5, &[3, 3, 3]));
    assert_eq!((out.parts.len(), out.cost), (2, Tiers([2, 0, 0, 0])));
    let out = proved(&one_line(5, &[2, 2, 2]));
    assert_eq!((out.parts.len(), out.cost), (3, Tiers([3, 0, 0, 0])));
}

#[test]
fn one_parcel_or_the_preferred_node() {
    let mut p = one_line(13, &[10, 15]);
    assert_eq!(parts(&proved(&p)), [(0, 1, 13)]);
    p.open = vec![Tiers::ZERO; 2];
    p.unit[1] = Tiers([1, 0, 0, 0]);
    assert_eq!(parts(&proved(&p)), [(0, 0, 10), (0, 1, 3)]);
    let mut p = one_line(5, &[3, 4]);
    p.unit[1] = Tiers([0, 1, 0, 0]);
    assert_eq!(parts(&proved(&p)), [(0, 0, 3), (0, 1, 2)]);
}

#[test]
fn ties_go_to_the_lowest_node() {
    let mut p = parcels(1, 4, |_, node| node > 0);
    assert_eq!(parts(&proved(&p)), [(0, 1, 1)]);
    for lines in [3, 9] {
        p = parcels(lines, 4, |_, node| node > 0);
        assert!(proved(&p).parts.iter().all(|part| part.node == 1));
        p.open = vec![Tiers::ZERO; 4];
        assert!(proved(&p).parts.iter().all(|part| part.node == 1));
        // Nothing costs anything: a line is still rather filled.
        p.short_line = vec![Tiers::ZERO; lines];
        assert_eq!(proved(&p).parts.len(), lines);
    }
}

#[test]
fn what_is_malformed_is_refused_and_harmless() {
    let good = one_line(5, &[3, 3]);
    let spoil: [(Malformed, fn(&mut Problem)); 9] = [
        (Malformed::Length, |p| p.lines = usize::MAX),
        (Malformed::Length, |p| p.nodes = 7),
        (Malformed::Length, |p| p.unit.clear()),
        (Malformed::Length, |p| p.short_line.clear()),
        (Malformed::Need, |p| p.need[0] = 0),
        (Malformed::Room, |p| p.room[0] = -1),
        (Malformed::Room, |p| p.room[0] = 6),
        (Malformed::Open, |p| p.open[1] = Tiers([0, -1, 5, 0])),
        (Malformed::NotSingle, |p| p.not_single = Tiers([0, 0, 0, -1])),
    ];
    for (error, spoil) in spoil {
        let mut p = good.clone();
        spoil(&mut p);
        assert_eq!(p.check(), Err(error));
        let mut out = Solution { parts: vec![Part { line: 0, node: 0, qty: 1 }], ..Solution::default() };
        solve(&p, &mut Scratch::default(), &mut out);
        assert!(out.parts.is_empty() && out.bound < out.cost);
    }
    assert_eq!(good.check(), Ok(()));
    // Nothing asked, or nobody there.
    assert!(proved(&parcels(0, 3, |_, _| true)).parts.is_empty());
    assert_eq!(proved(&parcels(8, 0, |_, _| true)).cost, Tiers([800, 0, 0, 0]));
}

#[test]
fn the_ends_of_numbers_do_not_panic() {
    for end in [i64::MIN, i64::MAX] {
        for (lines, split) in [(1, SplitLines::Never), (3, SplitLines::Allowed), (9, SplitLines::Never)] {
            let mut p = parcels(lines, 3, |_, _| true);
            p.split_lines = split;
            p.need = vec![i64::MAX; lines];
            p.room = (0..lines * 3).map(|at| if at % 2 == 0 { i64::MAX } else { 7 }).collect();
            p.unit = vec![Tiers([end; 4]); lines * 3];
            p.part = vec![Tiers([end; 4]); lines * 3];
            p.open = vec![Tiers([i64::MAX; 4]); 3];
            p.short_unit = vec![Tiers([end; 4]); lines];
            p.not_single = Tiers([i64::MAX; 4]);
            let mut out = Solution::default();
            solve(&p, &mut Scratch::default(), &mut out);
            assert!(out.bound <= out.cost);
        }
    }
}

#[test]
fn more_room_never_costs_more() {
    let mut dice = Random(3);
    for round in 0..4_000 {
        let (lines, nodes) = ([1, 3, 6, 8][round % 4], [4, 7][round % 2]);
        let mut p = random(&mut dice, lines, nodes, 4);
        let before = proved(&p);
        for (at, room) in p.room.iter_mut().enumerate() {
            *room = dice.within(*room, p.need[at / nodes]);
        }
        assert!(proved(&p).cost <= before.cost, "{p:?}");
    }
}

#[test]
fn names_of_nodes_do_not_matter() {
    let mut dice = Random(4);
    for round in 0..3_000 {
        let (lines, nodes) = ([1, 3, 6, 12][round % 4], [4, 8][round % 2]);
        let p = random(&mut dice, lines, nodes, 4);
        let turn = 1 + round % (nodes - 1);
        let mut q = p.clone();
        for line in 0..lines {
            let row = line * nodes..(line + 1) * nodes;
            q.room[row.clone()].rotate_left(turn);
            q.part[row.clone()].rotate_left(turn);
            q.unit[row].rotate_left(turn);
        }
        q.open.rotate_left(turn);
        assert_eq!(proved(&p).cost, proved(&q).cost, "{p:?}");
    }
}

#[test]
fn kernel_and_search_agree() {
    let mut dice = Random(5);
    let (mut kernel, mut search) = (kernel::Buffers::default(), search::Buffers::default());
    for round in 0..4_000 {
        let (lines, nodes) = (1 + round % 6, [3, 9, 20][round % 3]);
        let p = Problem { split_lines: SplitLines::Never, ..random(&mut dice, lines, nodes, 3) };
        let (mut a, mut b) = (Solution::default(), Solution::default());
        kernel::solve(&p, &mut kernel, &mut a);
        search::solve(&p, &mut search, &mut b);
        check_plan(&p, &a);
        check_plan(&p, &b);
        assert_eq!((a.cost, a.bound), (b.cost, b.bound), "{p:?} {a:?} {b:?}");
    }
}

#[test]
fn a_fill_beyond_exact_reach_keeps_an_honest_bound() {
    let mut dice = Random(6);
    for _ in 0..12 {
        let mut p = one_line(2, &[1; 17]);
        p.open.fill(Tiers::ZERO);
        for pair in 0..17 {
            p.part[pair] = dice.tiers(-1, 5);
            p.unit[pair] = dice.tiers(-3, 5);
        }
        p.not_single = dice.price(3);
        let (least, out) = (brute(&p), solved(&p));
        assert!(out.bound <= least && least <= out.cost, "{p:?} {out:?} {least:?}");
    }
}

/// Nodes that cost by the set of lines they give, whatever sets cost: also where two parcels of one node
/// would be cheaper than the one that it sends.
#[test]
fn nodes_that_cost_by_sets() {
    let mut dice = Random(7);
    for round in 0..6_000 {
        let (lines, nodes) = [(1, 3), (2, 3), (3, 2), (3, 3), (4, 2)][round % 5];
        let mut p = Problem { split_lines: SplitLines::Never, ..random(&mut dice, lines, nodes, 1) };
        let signed = dice.one_in(3);
        for _ in 0..nodes {
            p.cards.push(Tiers::ZERO);
            for _ in 1..1 << lines {
                p.cards.push(if signed { dice.tiers(-2, 8) } else { dice.price(8) });
            }
        }
        assert_eq!(proved(&p).cost, brute(&p), "{p:?}");
    }
    let p = Problem { cards: vec![Tiers::ZERO; 3], ..one_line(1, &[1, 1]) };
    assert_eq!(p.check(), Err(Malformed::Length), "four sets of one line and two nodes");
}
