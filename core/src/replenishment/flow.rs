//! Goods from where they are to where they are wanted, at the least cost: the transportation problem.
//!
//! Successive shortest paths (Ford and Fulkerson; Bellman and Ford for the paths), in whole numbers, so that
//! the optimum is exact.

use crate::value::num::{count, index};

/// Units moved from a source to a sink.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shipment {
    /// The source.
    pub from: u32,
    /// The sink.
    pub to: u32,
    /// Units.
    pub qty: i64,
}

/// How much is moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moving {
    /// As much as supply and demand allow.
    All,
    /// Only what pays: while a further unit costs less than nothing.
    WhatPays,
}

/// A lane between a source and a sink, with its cost a unit: positive costs, negative gains.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lane {
    /// The source.
    pub from: u32,
    /// The sink.
    pub to: u32,
    /// Cost a unit, in micro-units of money.
    pub cost: i64,
}

/// The cheapest way to move supplies to demands over lanes: what moves, in the order of the lanes, and its
/// cost.
///
/// ```
/// use stockbook::replenishment::{Lane, Moving, transport};
/// let cost = [[464, 513, 654, 867], [352, 416, 690, 791], [995, 682, 388, 685]];
/// let lanes: Vec<Lane> = (0..3)
///     .flat_map(|from| (0..4).map(move |to| Lane { from, to, cost: cost[from as usize][to as usize] }))
///     .collect();
/// let (moves, cost) = transport(&[75, 125, 100], &[80, 65, 70, 85], &lanes, Moving::All);
/// assert_eq!((cost, moves.iter().map(|m| m.qty).sum::<i64>()), (152_535, 300));
/// ```
#[must_use]
pub fn transport(supply: &[i64], demand: &[i64], lanes: &[Lane], moving: Moving) -> (Vec<Shipment>, i64) {
    let mut left: Vec<i64> = supply.to_vec();
    let mut open: Vec<i64> = demand.to_vec();
    let mut flow = vec![0i64; lanes.len()];
    let mut total = 0i64;
    while let Some((cost, path)) = cheapest(&left, &open, lanes, &flow) {
        if moving == Moving::WhatPays && cost >= 0 {
            break;
        }
        let (Some(first), Some(last)) = (path.first(), path.last()) else { break };
        let (source, sink) = (lane(lanes, first.0).from, lane(lanes, last.0).to);
        let back = path.iter().filter(|(_, forth)| !forth).map(|(at, _)| flow.get(*at).copied().unwrap_or(0));
        let ends =
            [left.get(index(source)).copied().unwrap_or(0), open.get(index(sink)).copied().unwrap_or(0)];
        let qty = back.chain(ends).min().unwrap_or(0);
        if qty <= 0 {
            break;
        }
        for (at, forth) in &path {
            if let Some(flow) = flow.get_mut(*at) {
                *flow = flow.saturating_add(if *forth { qty } else { qty.saturating_neg() });
            }
        }
        take(&mut left, source, qty);
        take(&mut open, sink, qty);
        total = total.saturating_add(cost.saturating_mul(qty));
    }
    let moved = lanes.iter().zip(flow).filter(|(_, qty)| *qty > 0);
    (moved.map(|(lane, qty)| Shipment { from: lane.from, to: lane.to, qty }).collect(), total)
}

fn lane(lanes: &[Lane], at: usize) -> Lane {
    lanes.get(at).copied().unwrap_or(Lane { from: u32::MAX, to: u32::MAX, cost: 0 })
}

fn take(from: &mut [i64], at: u32, qty: i64) {
    if let Some(left) = from.get_mut(index(at)) {
        *left = left.saturating_sub(qty);
    }
}

/// How a node is reached: the cost so far, and the last lane with whether it is used forth or back.
type Reach = (i64, Option<(usize, bool)>);

/// The cheapest path from a source with supply to a sink with demand: its cost, and its lanes with whether
/// each is used forth or back (Bellman and Ford: costs may be negative, cycles of negative cost never
/// arise).
fn cheapest(left: &[i64], open: &[i64], lanes: &[Lane], flow: &[i64]) -> Option<(i64, Vec<(usize, bool)>)> {
    let (sources, sinks) = (left.len(), open.len());
    let mut reach: Vec<Option<Reach>> =
        left.iter().map(|qty| (*qty > 0).then_some((0, None))).chain(open.iter().map(|_| None)).collect();
    for _ in 0..sources.saturating_add(sinks) {
        let mut changed = false;
        for (at, (lane, flow)) in lanes.iter().zip(flow).enumerate() {
            let (from, to) = (index(lane.from), sources.saturating_add(index(lane.to)));
            let mut relax = |from: usize, to: usize, cost: i64, forth: bool| {
                let Some(Some((before, _))) = reach.get(from).copied() else { return };
                let cost = before.saturating_add(cost);
                if let Some(slot) =
                    reach.get_mut(to).filter(|slot| slot.is_none_or(|(known, _)| cost < known))
                {
                    *slot = Some((cost, Some((at, forth))));
                    changed = true;
                }
            };
            relax(from, to, lane.cost, true);
            if *flow > 0 {
                relax(to, from, lane.cost.saturating_neg(), false);
            }
        }
        if !changed {
            break;
        }
    }
    let ends = open.iter().enumerate().filter(|(_, qty)| **qty > 0);
    let costs = ends.filter_map(|(at, _)| {
        let node = sources.saturating_add(at);
        reach.get(node).copied().flatten().map(|(cost, _)| (cost, node))
    });
    let (cost, mut node) = costs.min()?;
    let mut path = Vec::new();
    while let Some(Some((_, Some((at, forth))))) = reach.get(node).copied() {
        path.push((at, forth));
        let lane = lane(lanes, at);
        node = if forth { index(lane.from) } else { sources.saturating_add(index(lane.to)) };
        if count(path.len()) > count(sources.saturating_add(sinks)) {
            return None;
        }
    }
    path.reverse();
    Some((cost, path))
}
