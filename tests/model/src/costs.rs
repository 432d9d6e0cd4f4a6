//! What goods cost, worked out a second time: from facts alone, all of them again at every question.
//!
//! A fact says what happened, when, and how many units of which lot; of money it only says what came from
//! outside (a price, freight, an invoice). Everything else (what an issue costs, what stock is worth, what a
//! late cost does to the past) follows here from walking through the facts, in the order in which they
//! happened or in which they were told. Amounts are whole cents. It shares no line with the engine.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// How goods are valued.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// One average for the pool.
    Average,
    /// The oldest layer first.
    Fifo,
    /// Each lot has its own average.
    Lot,
    /// At so many cents, by node, for so many units; the rest is a variance.
    Standard(&'static [i64], i64),
}

/// What is done about truth that comes late.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Late {
    /// As if it had been known from the first.
    AsIfKnown,
    /// The past stays; what is there bears its part, a variance the rest.
    AtCurrent,
}

/// What became of a customer's return.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Back {
    /// Into stock again.
    Stock,
    /// Scrapped.
    Scrap,
    /// On to its vendor.
    Vendor,
}

/// Units of lots.
pub type Lots = Vec<(u32, i64)>;

/// What happened to goods of one SKU.
#[derive(Clone, Debug)]
pub enum What {
    /// They came at a cost: with a receipt line, or without one (found by a count).
    Came { node: u32, lot: u32, qty: i64, cents: i64, receipt: Option<usize> },
    /// They were sold on an order's line.
    Sold { node: u32, line: u32, lots: Lots },
    /// Their supplier sent them straight to the customer.
    SentOn { line: u32, qty: i64, cents: i64 },
    /// They were missing in a count.
    Missed { node: u32, lot: u32, qty: i64 },
    /// A customer brought them back.
    Returned { node: u32, line: u32, lots: Lots, back: Back },
    /// They left for another node.
    Sent { node: u32, transfer: u32, lots: Lots },
    /// They arrived there.
    Arrived { node: u32, transfer: u32, lots: Lots },
    /// They arrived in another company, which bought them at a price.
    Bought { node: u32, transfer: u32, lots: Lots, cents: i64 },
    /// They never did.
    Lost { transfer: u32, lots: Lots },
    /// They went back to their vendor.
    Rejected { node: u32, receipt: usize, lots: Lots },
    /// A receipt line's first `of` units turn out to cost more.
    Cost { receipt: usize, of: i64, cents: i64 },
}

/// A fact.
#[derive(Clone, Debug)]
pub struct Fact {
    /// When it happened, in seconds.
    pub when: i64,
    /// When it was told.
    pub told: i64,
    /// What happened.
    pub what: What,
}

/// What goods of a SKU have come to, in cents.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Come {
    /// Units and worth of stock, by node.
    pub stock: BTreeMap<u32, (i64, i64)>,
    /// Worth of what is between nodes.
    pub transit: i64,
    /// Cost of goods sold, returns taken off.
    pub sold: i64,
    /// Missing less found.
    pub missed: i64,
    /// Lost on the way.
    pub lost: i64,
    /// Cost of goods that another company bought.
    pub passed_on: i64,
    /// Scrapped returns.
    pub scrapped: i64,
    /// What no stock could bear.
    pub variance: i64,
}

/// Units, cents, and the receipt line that they came with.
type Layer = (i64, i64, Option<usize>);

#[derive(Clone, Debug, Default)]
struct Pool {
    layers: VecDeque<Layer>,
    /// Units that left before they came, and what they were taken to cost.
    owed: (i64, i64),
    /// Units and cents of the cost known last.
    last: (i64, i64),
}

impl Pool {
    fn sum(&self) -> (i64, i64) {
        self.layers.iter().fold((-self.owed.0, -self.owed.1), |sum, l| (sum.0 + l.0, sum.1 + l.1))
    }
}

/// `cents * part / of`, the half away from zero.
pub fn ratio(cents: i64, part: i64, of: i64) -> i64 {
    let (top, of) = (i128::from(cents) * i128::from(part), i128::from(of));
    let size = (2 * top.abs() + of) / (2 * of);
    i64::try_from(if top < 0 { -size } else { size }).expect("cents")
}

/// An amount by parts: each its share rounded down, the cents left to the largest remainders, the first first.
pub fn parted(cents: i64, by: &[i64]) -> Vec<i64> {
    let sum: i128 = by.iter().map(|b| i128::from(*b)).sum();
    let (whole, sign) = (sum.abs(), sum.signum());
    let exact: Vec<i128> = by.iter().map(|b| i128::from(cents) * i128::from(*b) * sign).collect();
    let mut parts: Vec<i128> = exact.iter().map(|e| e.div_euclid(whole)).collect();
    let mut order: Vec<usize> = (0..by.len()).collect();
    order.sort_by_key(|at| std::cmp::Reverse(exact[*at].rem_euclid(whole)));
    let left = i128::from(cents) - parts.iter().sum::<i128>();
    order.iter().take(usize::try_from(left).expect("some")).for_each(|at| parts[*at] += 1);
    parts.into_iter().map(|part| i64::try_from(part).expect("cents")).collect()
}

/// A walk through the facts of a SKU.
struct Walk {
    method: Method,
    late: Late,
    /// The company of each node, where its nodes have one pool.
    companies: Option<Vec<u32>>,
    pools: BTreeMap<(u32, u32), Pool>,
    /// Units by node and lot.
    units: BTreeMap<(u32, u32), i64>,
    /// What customers have of a line, by lot.
    with: BTreeMap<(u32, u32), (i64, i64)>,
    between: BTreeMap<(u32, u32), VecDeque<Layer>>,
    /// Node, lot and units of receipt lines.
    receipts: BTreeMap<usize, (u32, u32)>,
    come: Come,
}

/// What the facts come to. With the company of each node given, a company has one pool for all its nodes.
pub fn work_out(method: Method, late: Late, companies: Option<&[u32]>, facts: &[Fact]) -> Come {
    let mut walk = Walk {
        method,
        late,
        companies: companies.map(<[u32]>::to_vec),
        pools: BTreeMap::new(),
        units: BTreeMap::new(),
        with: BTreeMap::new(),
        between: BTreeMap::new(),
        receipts: BTreeMap::new(),
        come: Come::default(),
    };
    let mut facts = facts.to_vec();
    let standard = matches!(method, Method::Standard(..));
    if late == Late::AsIfKnown && !standard {
        know_all(&mut facts);
    }
    facts.iter().for_each(|fact| walk.step(fact));
    walk.settle()
}

/// Facts as if all had been known: in the order in which they happened, receipts at what they cost in the end.
fn know_all(facts: &mut Vec<Fact>) {
    let mut more: BTreeMap<usize, i64> = BTreeMap::new();
    for fact in facts.iter() {
        if let What::Cost { receipt, cents, .. } = &fact.what {
            *more.entry(*receipt).or_default() += cents;
        }
    }
    facts.retain(|fact| !matches!(fact.what, What::Cost { .. }));
    let (mut sold, mut sent) = (BTreeMap::new(), BTreeMap::new());
    for fact in facts.iter_mut() {
        // Nothing comes back, or arrives, before it left.
        let after = match &fact.what {
            What::Sold { line, .. } | What::SentOn { line, .. } => Some((&mut sold, *line, true)),
            What::Returned { line, .. } => Some((&mut sold, *line, false)),
            What::Sent { transfer, .. } => Some((&mut sent, *transfer, true)),
            What::Arrived { transfer, .. } | What::Bought { transfer, .. } | What::Lost { transfer, .. } => {
                Some((&mut sent, *transfer, false))
            }
            _ => None,
        };
        if let Some((left, key, leaves)) = after {
            let latest = left.entry(key).or_insert(i64::MIN);
            if leaves {
                *latest = fact.when.max(*latest);
            } else {
                fact.when = fact.when.max(*latest);
            }
        }
        if let What::Came { cents, receipt: Some(receipt), .. } = &mut fact.what {
            *cents += more.get(receipt).copied().unwrap_or(0);
        }
    }
    facts.sort_by_key(|fact| fact.when);
}

impl Walk {
    fn key(&self, node: u32, lot: u32) -> (u32, u32) {
        let node = self.companies.as_ref().map_or(node, |of| of[node as usize]);
        (node, if self.method == Method::Lot { lot } else { 0 })
    }

    /// Units and cents of all lots of a pool.
    fn there(&self, node: u32) -> (i64, i64) {
        let node = self.key(node, 0).0;
        let mine = self.pools.iter().filter(|(key, _)| key.0 == node).map(|(_, pool)| pool.sum());
        mine.fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1))
    }

    fn enter(&mut self, node: u32, lot: u32, layers: &[Layer]) {
        for (qty, cents, source) in layers {
            let own = (node, if self.method == Method::Lot { lot } else { 0 });
            *self.units.entry(own).or_default() += qty;
            let (worth, pool) = match self.method {
                Method::Standard(cents, per) => (ratio(cents[node as usize], *qty, per), self.key(node, 0)),
                _ => (*cents, self.key(node, lot)),
            };
            self.come.variance += cents - worth;
            let fifo = self.method == Method::Fifo;
            let pool = self.pools.entry(pool).or_default();
            pool.last = (*qty, worth);
            let (mut qty, mut worth) = (*qty, worth);
            if pool.owed.0 > 0 {
                let pays = qty.min(pool.owed.0);
                let (now, then) = (ratio(worth, pays, qty), ratio(pool.owed.1, pays, pool.owed.0));
                pool.owed = (pool.owed.0 - pays, pool.owed.1 - then);
                // They left at a guess; now it is known what they cost.
                self.come.sold += now - then;
                (qty, worth) = (qty - pays, worth - now);
            }
            match pool.layers.back_mut().filter(|_| !fifo) {
                Some(all) => (all.0, all.1) = (all.0 + qty, all.1 + worth),
                None if qty > 0 => pool.layers.push_back((qty, worth, *source)),
                None => {}
            }
        }
    }

    /// Takes units off a list of layers: those of a source only, where one is named.
    fn off(layers: &mut VecDeque<Layer>, qty: i64, own: Option<usize>) -> Vec<Layer> {
        let (mut left, mut out) = (qty, Vec::new());
        for layer in layers.iter_mut().filter(|layer| own.is_none() || layer.2 == own) {
            let now = layer.0.min(left);
            if now > 0 {
                let cents = ratio(layer.1, now, layer.0);
                (layer.0, layer.1, left) = (layer.0 - now, layer.1 - cents, left - now);
                out.push((now, cents, layer.2));
            }
        }
        layers.retain(|layer| layer.0 > 0);
        out
    }

    fn leave(&mut self, node: u32, lots: &Lots, own: Option<usize>) -> Vec<(u32, Layer)> {
        let mut out = Vec::new();
        for (lot, qty) in lots {
            let there = (node, if self.method == Method::Lot { *lot } else { 0 });
            *self.units.entry(there).or_default() -= qty;
            let key = self.key(node, *lot);
            let pool = self.pools.entry(key).or_default();
            if let (Method::Standard(cents, per), true) = (self.method, pool.layers.is_empty()) {
                pool.last = (per, cents[node as usize]);
            }
            let mut gone = match own.filter(|_| self.method == Method::Fifo) {
                Some(own) => Self::off(&mut pool.layers, *qty, Some(own)),
                None => Vec::new(),
            };
            let mut left = qty - gone.iter().map(|layer| layer.0).sum::<i64>();
            while left > 0 && !pool.layers.is_empty() {
                pool.last = (pool.layers[0].0, pool.layers[0].1);
                let now = left.min(pool.last.0);
                gone.extend(Self::off(&mut pool.layers, now, None));
                left -= now;
            }
            if left > 0 {
                let guess = if pool.last.0 > 0 { ratio(pool.last.1, left, pool.last.0) } else { 0 };
                pool.owed = (pool.owed.0 + left, pool.owed.1 + guess);
                gone.push((left, guess, None));
            }
            out.extend(gone.into_iter().map(|layer| (*lot, layer)));
        }
        out
    }

    fn cost(gone: &[(u32, Layer)]) -> i64 {
        gone.iter().map(|(_, layer)| layer.1).sum()
    }

    /// Takes units out of what is between nodes.
    fn unload(&mut self, transfer: u32, lots: &Lots) -> Vec<(u32, Vec<Layer>)> {
        let fifo = self.method == Method::Fifo;
        let mut out = Vec::new();
        for (lot, qty) in lots {
            let lot = if self.method == Method::Lot { *lot } else { 0 };
            let there = self.between.entry((transfer, lot)).or_default();
            if !fifo && !there.is_empty() {
                let all = there.drain(..).fold((0, 0, None), |sum, l| (sum.0 + l.0, sum.1 + l.1, None));
                there.push_back(all);
            }
            let gone = Self::off(there, *qty, None);
            self.come.transit -= gone.iter().map(|layer| layer.1).sum::<i64>();
            out.push((lot, gone));
        }
        out
    }

    fn step(&mut self, fact: &Fact) {
        match &fact.what {
            What::Came { node, lot, qty, cents, receipt } => {
                if let Some(receipt) = receipt {
                    self.receipts.insert(*receipt, (*node, *lot));
                } else {
                    self.come.missed -= cents;
                }
                let (there, days) = (self.there(*node), (fact.when.div_euclid(86_400), fact.told / 86_400));
                let standard = matches!(self.method, Method::Standard(..));
                let late = self.late == Late::AtCurrent && receipt.is_some() && days.0 < days.1;
                let stays = if late && there.0 > 0 && !standard {
                    let today = ratio(there.1, *qty, there.0);
                    self.come.variance += cents - today;
                    today
                } else {
                    *cents
                };
                self.enter(*node, *lot, &[(*qty, stays, *receipt)]);
            }
            What::Sold { node, line, lots } => {
                for (lot, layer) in self.leave(*node, lots, None) {
                    self.come.sold += layer.1;
                    let lot = if self.method == Method::Lot { lot } else { 0 };
                    let with = self.with.entry((*line, lot)).or_default();
                    *with = (with.0 + layer.0, with.1 + layer.1);
                }
            }
            What::SentOn { line, qty, cents } => {
                self.come.sold += cents;
                let with = self.with.entry((*line, 0)).or_default();
                *with = (with.0 + qty, with.1 + cents);
            }
            What::Missed { node, lot, qty } => {
                let gone = self.leave(*node, &vec![(*lot, *qty)], None);
                self.come.missed += Self::cost(&gone);
            }
            What::Returned { node, line, lots, back } => self.take_back(*node, *line, lots, *back),
            What::Sent { node, transfer, lots } => {
                for (lot, layer) in self.leave(*node, lots, None) {
                    self.come.transit += layer.1;
                    let lot = if self.method == Method::Lot { lot } else { 0 };
                    self.between.entry((*transfer, lot)).or_default().push_back(layer);
                }
            }
            What::Arrived { node, transfer, lots } => {
                for (lot, layers) in self.unload(*transfer, lots) {
                    let key = self.key(*node, lot);
                    let owes = self.pools.get(&key).is_some_and(|pool| pool.owed.0 > 0);
                    if self.method == Method::Fifo && !owes && self.companies.is_some() {
                        self.come_home(*node, layers);
                    } else if self.method == Method::Fifo && !owes {
                        self.enter(*node, lot, &layers);
                    } else {
                        let all = layers.iter().fold((0, 0, None), |sum, l| (sum.0 + l.0, sum.1 + l.1, None));
                        self.enter(*node, lot, &[all]);
                    }
                }
            }
            What::Bought { node, transfer, lots, cents } => {
                let gone = self.unload(*transfer, lots);
                self.come.passed_on +=
                    gone.iter().flat_map(|(_, layers)| layers).map(|layer| layer.1).sum::<i64>();
                let by: Vec<i64> = lots.iter().map(|lot| lot.1).collect();
                for ((lot, qty), cents) in lots.iter().zip(parted(*cents, &by)) {
                    self.enter(*node, *lot, &[(*qty, cents, None)]);
                }
            }
            What::Lost { transfer, lots } => {
                let gone = self.unload(*transfer, lots);
                let lost = gone.iter().flat_map(|(_, layers)| layers).map(|layer| layer.1);
                self.come.lost += lost.sum::<i64>();
            }
            What::Rejected { node, receipt, lots } => {
                self.leave(*node, lots, Some(*receipt));
            }
            What::Cost { receipt, of, cents } => self.bear(*receipt, *of, *cents),
        }
    }

    /// Layers come back into the pool that they left for the way: they are the first of it still.
    fn come_home(&mut self, node: u32, layers: Vec<Layer>) {
        *self.units.entry((node, 0)).or_default() += layers.iter().map(|layer| layer.0).sum::<i64>();
        let key = self.key(node, 0);
        let pool = self.pools.entry(key).or_default();
        pool.last = layers.first().map_or(pool.last, |layer| (layer.0, layer.1));
        for layer in layers.into_iter().rev() {
            pool.layers.push_front(layer);
        }
    }

    /// Goods come back at what they cost when they left.
    fn take_back(&mut self, node: u32, line: u32, lots: &Lots, back: Back) {
        for (lot, qty) in lots {
            let lot = if self.method == Method::Lot { *lot } else { 0 };
            let with = self.with.entry((line, lot)).or_default();
            let cents = ratio(with.1, *qty, with.0);
            *with = (with.0 - qty, with.1 - cents);
            self.come.sold -= cents;
            match back {
                Back::Stock => self.enter(node, lot, &[(*qty, cents, None)]),
                Back::Scrap => self.come.scrapped += cents,
                Back::Vendor => {}
            }
        }
    }

    /// Stock bears its part of a late cost, a variance the rest.
    fn bear(&mut self, receipt: usize, of: i64, cents: i64) {
        let (node, lot) = self.receipts[&receipt];
        if matches!(self.method, Method::Standard(..)) {
            self.come.variance += cents;
            return;
        }
        let key = self.key(node, lot);
        let fifo = self.method == Method::Fifo;
        let pool = self.pools.entry(key).or_default();
        let mine = |layer: &&mut Layer| !fifo || layer.2 == Some(receipt);
        let mut layers: Vec<&mut Layer> = pool.layers.iter_mut().filter(mine).collect();
        let there = layers.iter().fold((0, 0), |sum, layer| (sum.0 + layer.0, sum.1 + layer.1));
        let bears = ratio(cents, there.0.min(of), of).max(-there.1.max(0));
        if there.0 > 0 {
            let by: Vec<i64> = layers.iter().map(|layer| layer.0).collect();
            for (layer, part) in layers.iter_mut().zip(parted(bears, &by)) {
                layer.1 += part;
            }
        }
        self.come.variance += cents - bears;
    }

    /// What there is in the end; in a company's pool each node has its part by its units.
    fn settle(mut self) -> Come {
        let nodes: BTreeSet<u32> = self.units.keys().map(|key| key.0).collect();
        let mut worth: BTreeMap<u32, i64> = BTreeMap::new();
        if let Some(companies) = self.companies.clone() {
            let keys: Vec<(u32, u32)> = self.pools.keys().copied().collect();
            // Lots are shared out one by one; goods of no lot as one.
            for key in keys {
                let mates: Vec<u32> =
                    nodes.iter().copied().filter(|node| companies[*node as usize] == key.0).collect();
                let units: Vec<i64> =
                    mates.iter().map(|node| self.units.get(&(*node, key.1)).copied().unwrap_or(0)).collect();
                if units.iter().sum::<i64>() != 0 {
                    for (node, cents) in mates.into_iter().zip(parted(self.pools[&key].sum().1, &units)) {
                        *worth.entry(node).or_default() += cents;
                    }
                }
            }
        } else {
            for (key, pool) in &self.pools {
                *worth.entry(key.0).or_default() += pool.sum().1;
            }
        }
        for node in nodes {
            let units = self.units.iter().filter(|(key, _)| key.0 == node).map(|(_, units)| units).sum();
            self.come.stock.insert(node, (units, worth.get(&node).copied().unwrap_or(0)));
        }
        self.come.stock.retain(|_, there| *there != (0, 0));
        self.come
    }
}
