//! The oracle: the cheapest set of nodes for one order, unfilled lines included, exactly.
//!
//! `group[mask]` is the cheapest one node for just the lines of `mask`, and `best[mask]` the cheapest way to
//! part `mask` into such groups and lines left unfilled. A node that gives two groups is charged its opening
//! twice, which the group of both undercuts, so the minimum is right; only where its capacity holds either
//! group but not both must the order be planned again, with that node held to one group that fits.

#![allow(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    reason = "the model's numbers are checked when it is built; masks stay below 2^LINES_MAX; costs, \
              quantities and prices are bounded so that sums stay within an i64"
)]

use super::model::{Cand, Model, NOTHING, Order};
use super::plan::Pool;
use super::wide;

/// The most lines of an order that are planned by the table over sets of lines.
pub(super) const LINES_MAX: usize = 6;
const MASKS: usize = 1 << LINES_MAX;
/// More than anything costs.
pub(super) const NEVER: i64 = i64::MAX / 4;

/// What may be taken, and at which prices.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    /// Price of a line of each lot, the node's capacity included.
    pub prices: &'a [i64],
    /// Units left of each row, and of each node.
    pub left: Option<(&'a [Pool], &'a [Pool])>,
}

/// Tables of one order, kept from call to call.
#[derive(Clone, Debug)]
pub(super) struct Oracle {
    group: [i64; MASKS],
    by: [u32; MASKS],
    best: [[i64; MASKS]; LINES_MAX],
    pick: [[u8; MASKS]; LINES_MAX],
    sums: [i64; MASKS],
    units: [i64; MASKS],
    masks: [u8; MASKS],
    /// The sets of lines that one node each gives, in the last plan.
    sets: [u8; LINES_MAX],
    /// The item that gives each line of the order.
    pub choice: Vec<u32>,
    pub wide: wide::Buffers,
    /// Candidates held to a set of lines.
    held: Vec<(u32, u8)>,
}

impl Oracle {
    pub fn new() -> Oracle {
        Oracle {
            group: [NEVER; MASKS],
            by: [NOTHING; MASKS],
            best: [[0; MASKS]; LINES_MAX],
            pick: [[0; MASKS]; LINES_MAX],
            sums: [0; MASKS],
            units: [0; MASKS],
            masks: [0; MASKS],
            sets: [0; LINES_MAX],
            choice: Vec::new(),
            wide: wide::Buffers::default(),
            held: Vec::new(),
        }
    }

    /// Plans one order into `choice`; returns its priced cost and the least that any plan of it costs, which
    /// are the same for up to [`LINES_MAX`] lines.
    #[inline]
    pub fn plan(&mut self, model: &Model, order: &Order, view: View<'_>) -> (i64, i64) {
        self.choice.clear();
        self.choice.resize(order.len(), NOTHING);
        if order.len() == 1 && order.plain {
            let cost = self.plan_one(model, order, view);
            return (cost, cost);
        }
        if order.len() > LINES_MAX {
            return wide::plan(self, model, order, view);
        }
        self.held.clear();
        let cost = self.plan_set(model, order, view);
        (cost, cost)
    }

    /// One line: a minimum.
    #[inline]
    fn plan_one(&mut self, model: &Model, order: &Order, view: View<'_>) -> i64 {
        let mut best = model.unfilled[order.lines.0 as usize];
        let mut by = NOTHING;
        let items = model.items_of(order);
        for (at, item) in model.items[items.clone()].iter().enumerate() {
            let cost = item.cost + view.prices[item.lot as usize];
            if cost < best {
                let qty = i64::from(item.qty);
                let fits = view.left.is_none_or(|(rows, nodes)| {
                    rows[item.row as usize].left >= qty
                        && nodes[model.cands[item.cand as usize].node as usize].left >= qty
                });
                if fits {
                    (best, by) = (cost, (items.start + at) as u32);
                }
            }
        }
        self.choice[0] = by;
        best
    }

    /// The table over sets of lines, planned again while a node's capacity is broken.
    fn plan_set(&mut self, model: &Model, order: &Order, view: View<'_>) -> i64 {
        let cost = self.plan_table(model, order, view);
        let Some((_, nodes)) = view.left else { return cost };
        let Some(cand) = self.broken(model, nodes) else { return cost };
        // Hold the node to each largest set of lines that fits, and keep the cheapest plan.
        let (mut best, mut choice) = (NEVER, Vec::new());
        let fitting = self.fitting(model, &model.cands[cand as usize], view, nodes);
        for mask in fitting {
            self.held.push((cand, mask));
            let cost = self.plan_set(model, order, view);
            self.held.pop();
            if cost < best {
                best = cost;
                choice.clone_from(&self.choice);
            }
        }
        self.choice.clone_from(&choice);
        best
    }

    /// A candidate that gives more than its node's capacity.
    fn broken(&self, model: &Model, nodes: &[Pool]) -> Option<u32> {
        let mut rest = &self.choice[..];
        while let Some((first, more)) = rest.split_first() {
            if *first != NOTHING {
                let cand = model.items[*first as usize].cand;
                let same =
                    rest.iter().filter(|item| **item != NOTHING).map(|item| &model.items[*item as usize]);
                let units: i64 = same.filter(|item| item.cand == cand).map(|item| i64::from(item.qty)).sum();
                if units > nodes[model.cands[cand as usize].node as usize].left {
                    return Some(cand);
                }
            }
            rest = more;
        }
        None
    }

    /// The largest sets of lines that the candidate's node can give at once.
    fn fitting(&self, model: &Model, cand: &Cand, view: View<'_>, nodes: &[Pool]) -> Vec<u8> {
        let free = |row: u32| view.left.map_or(i64::MAX, |(rows, _)| rows[row as usize].left);
        let items: Vec<(u8, i64)> = model.items[cand.items()]
            .iter()
            .filter(|item| free(item.row) >= i64::from(item.qty))
            .map(|item| (1u8 << item.line, i64::from(item.qty)))
            .collect();
        let most = nodes[cand.node as usize].left;
        let mut fits: Vec<u8> = Vec::new();
        for set in (0..1usize << items.len()).rev() {
            let chosen = items.iter().enumerate().filter(|(at, _)| set >> at & 1 == 1);
            let (mask, units) =
                chosen.fold((0u8, 0i64), |(mask, units), (_, (bit, qty))| (mask | bit, units + qty));
            if units <= most {
                fits.push(mask);
            }
        }
        let all = fits.clone();
        fits.retain(|mask| !all.iter().any(|other| other != mask && other & mask == *mask));
        fits
    }

    fn plan_table(&mut self, model: &Model, order: &Order, view: View<'_>) -> i64 {
        let count = order.len();
        let full = (1usize << count) - 1;
        self.group[..=full].fill(NEVER);
        let unfilled = &model.unfilled[order.lines()];
        for at in order.cands() {
            let cand = &model.cands[at];
            let mut only = u8::MAX;
            if !self.held.is_empty() {
                let held = self.held.iter().find(|(held, _)| *held as usize == at);
                only = held.map_or(u8::MAX, |(_, mask)| *mask);
            }
            let mut most = i64::MAX;
            if let Some((_, nodes)) = view.left {
                most = nodes[cand.node as usize].left;
                if most <= 0 {
                    continue;
                }
            }
            self.sums[0] = cand.open;
            self.units[0] = 0;
            self.masks[0] = 0;
            let mut sets = 1usize;
            for item in &model.items[cand.items()] {
                let qty = i64::from(item.qty);
                if view.left.is_some_and(|(rows, _)| rows[item.row as usize].left < qty) {
                    continue;
                }
                let cost = item.cost + view.prices[item.lot as usize];
                let bit = 1u8 << item.line;
                if cost > unfilled[item.line as usize] + order.spared || only & bit == 0 {
                    continue;
                }
                // Each set of the lines before, with this line.
                for set in 0..sets {
                    let (sum, units, mask) =
                        (self.sums[set] + cost, self.units[set] + qty, self.masks[set] | bit);
                    self.sums[sets + set] = sum;
                    self.units[sets + set] = units;
                    self.masks[sets + set] = mask;
                    if sum < self.group[mask as usize] && units <= most {
                        self.group[mask as usize] = sum;
                        self.by[mask as usize] = at as u32;
                    }
                }
                sets *= 2;
            }
        }
        self.join(order, full);
        self.choose(model, order, unfilled, full)
    }

    /// Covers every set of lines by groups: by at most `r` groups in layer `r`; layer 0 where any number will
    /// do.
    fn join(&mut self, order: &Order, full: usize) {
        let layers = order.layer();
        let limited = layers > 0;
        for layer in 0..=layers {
            if limited && layer == 0 {
                self.best[0][..=full].fill(NEVER);
                self.best[0][0] = 0;
                continue;
            }
            let below = layer.saturating_sub(1);
            self.best[layer][0] = 0;
            for mask in 1..=full {
                let low = mask & mask.wrapping_neg();
                let rest = mask ^ low;
                // The group of the lowest line, with every set of the others.
                let (mut best, mut pick, mut sub) = (self.group[mask], mask, rest);
                while sub > 0 {
                    sub = (sub - 1) & rest;
                    let cost = self.group[sub | low] + self.best[below][rest ^ sub];
                    if cost < best {
                        (best, pick) = (cost, sub | low);
                    }
                }
                self.best[layer][mask] = best.min(NEVER);
                self.pick[layer][mask] = pick as u8;
            }
        }
    }

    /// The cheapest set of lines to leave unfilled, and the items of the rest.
    fn choose(&mut self, model: &Model, order: &Order, unfilled: &[i64], full: usize) -> i64 {
        self.choice.fill(NOTHING);
        let best = self.part(order, unfilled, full);
        for set in self.sets {
            self.take(model, usize::from(set));
        }
        best
    }

    /// Parts the lines into `sets`, each from its cheapest node, and those left unfilled.
    fn part(&mut self, order: &Order, unfilled: &[i64], full: usize) -> i64 {
        self.sets = [0; LINES_MAX];
        let mut layer = order.layer();
        let (mut best, mut mask) = (self.best[layer][full] + order.not_single, full);
        self.sums[0] = 0;
        for set in 1..=full {
            let low = set & set.wrapping_neg();
            self.sums[set] = self.sums[set ^ low] + unfilled[low.trailing_zeros() as usize];
            let cost = self.sums[set] + self.best[layer][full ^ set] + order.incomplete + order.not_single;
            if cost < best && (set == full || !order.whole) {
                (best, mask) = (cost, full ^ set);
            }
        }
        if order.not_single > 0 && self.group[full] < best {
            self.sets[0] = full as u8;
            return self.group[full];
        }
        let mut count = 0;
        while mask > 0 {
            self.sets[count] = self.pick[layer][mask];
            mask ^= self.pick[layer][mask] as usize;
            layer = layer.saturating_sub(1);
            count += 1;
        }
        best
    }

    /// What the cheapest plan costs more by each item of the order, in the model's sequence, and with each
    /// line unfilled, than the cheapest of all; less than that where the number of nodes is limited. Nothing
    /// is known of an order of many lines: its items cost nothing more.
    pub fn detours(
        &mut self,
        model: &Model,
        order: &Order,
        prices: &[i64],
        by_item: &mut [i64],
        by_none: &mut [i64],
    ) {
        by_none.fill(NEVER);
        by_item.fill(if order.len() > LINES_MAX { 0 } else { NEVER });
        if order.len() > LINES_MAX || by_none.is_empty() {
            return;
        }
        self.choice.clear();
        self.choice.resize(order.len(), NOTHING);
        self.held.clear();
        let least = self.plan_table(model, order, View { prices, left: None });
        let full = (1usize << order.len()) - 1;
        let (rest, none) = self.rests(model, order, full);
        let filled = &self.best[order.layer()];
        for set in 1..=full {
            let cost = filled[full ^ set] + none[set] + order.incomplete + order.not_single - least;
            for (_, known) in by_none.iter_mut().enumerate().filter(|(line, _)| set >> line & 1 == 1) {
                *known = (*known).min(cost);
            }
        }
        let mut first = 0;
        for cand in &model.cands[order.cands()] {
            (self.sums[0], self.masks[0]) = (cand.open, 0);
            let mut sets = 1usize;
            for item in &model.items[cand.items()] {
                let cost = item.cost + prices[item.lot as usize];
                for set in 0..sets {
                    self.sums[sets + set] = self.sums[set] + cost;
                    self.masks[sets + set] = self.masks[set] | 1 << item.line;
                }
                sets *= 2;
            }
            let known = &mut by_item[first..first + cand.items().len()];
            for set in 1..sets {
                let cost = self.sums[set] + rest[full ^ usize::from(self.masks[set])] - least;
                for (_, known) in known.iter_mut().enumerate().filter(|(at, _)| set >> at & 1 == 1) {
                    *known = (*known).min(cost);
                }
            }
            first += cand.items().len();
        }
    }

    /// By set of lines: the least that these cost in any way beside one node that gives all others, charges
    /// included; and what they cost unfilled, without.
    fn rests(&self, model: &Model, order: &Order, full: usize) -> ([i64; MASKS], [i64; MASKS]) {
        let unfilled = &model.unfilled[order.lines()];
        let filled = &self.best[order.layer()];
        let (mut none, mut rest) = ([0; MASKS], [0; MASKS]);
        for mask in 1..=full {
            let low = mask & mask.wrapping_neg();
            none[mask] = none[mask ^ low] + unfilled[low.trailing_zeros() as usize];
            let (mut best, mut set) = (filled[mask], mask);
            while set > 0 && !order.whole {
                best = best.min(filled[mask ^ set] + none[set] + order.incomplete);
                set = (set - 1) & mask;
            }
            rest[mask] = best + order.not_single;
        }
        (rest, none)
    }

    /// As a dense table: `cost[line * nodes + node]`, [`i64::MAX`] where the node may not. Lines up to
    /// [`LINES_MAX`]; costs checked by the caller.
    pub fn dense(
        &mut self,
        open: &[i64],
        cost: &[i64],
        unfilled: &[i64],
        nodes_max: u32,
        by: &mut [Option<u32>],
    ) -> i64 {
        let full = (1usize << unfilled.len()) - 1;
        let nodes = open.len();
        self.group[..=full].fill(NEVER);
        for (node, open) in open.iter().enumerate() {
            (self.sums[0], self.masks[0]) = (*open, 0);
            let mut sets = 1usize;
            for (line, none) in unfilled.iter().enumerate() {
                let cost = cost[line * nodes + node];
                if cost > *none {
                    continue;
                }
                for set in 0..sets {
                    let (sum, mask) = (self.sums[set] + cost, self.masks[set] | 1 << line);
                    (self.sums[sets + set], self.masks[sets + set]) = (sum, mask);
                    if sum < self.group[mask as usize] {
                        (self.group[mask as usize], self.by[mask as usize]) = (sum, node as u32);
                    }
                }
                sets *= 2;
            }
        }
        let order = Order { nodes_max, lines: (0, unfilled.len() as u32), ..Order::default() };
        self.join(&order, full);
        let best = self.part(&order, unfilled, full);
        by.fill(None);
        for set in self.sets {
            for (line, by) in by.iter_mut().enumerate().filter(|(line, _)| set >> line & 1 == 1) {
                debug_assert!(line < unfilled.len());
                *by = Some(self.by[usize::from(set)]);
            }
        }
        best
    }

    /// The lines of the set come from its cheapest node.
    fn take(&mut self, model: &Model, mask: usize) {
        if mask == 0 {
            return;
        }
        let cand = &model.cands[self.by[mask] as usize];
        for (at, item) in model.items[cand.items()].iter().enumerate() {
            if mask >> item.line & 1 == 1 {
                self.choice[item.line as usize] = cand.items.0 + at as u32;
            }
        }
    }
}
