//! The cheapest plan by trying every set of nodes: the second opinion on sourcing.
//!
//! A plan's cost is a sum over nodes used, lines' parts and units, so once the set of open nodes is chosen
//! the lines are independent of each other, and each line's best subset of that set can be tried out too.
//! With six nodes that is 64 sets, whatever the number of lines: exact, and nothing like a search.

/// A cost in up to four tiers, compared from the first to the last.
pub type Cost = [i128; 4];

/// What one order asks for and what each node could give, with every price.
#[derive(Clone, Debug, Default)]
pub struct Problem {
    /// Candidate nodes.
    pub nodes: usize,
    /// Units asked for, by line (equal SKUs summed).
    pub need: Vec<i128>,
    /// Units that a node may give to a line: `[line][node]`.
    pub room: Vec<Vec<i128>>,
    /// Cost of a node giving anything.
    pub open: Vec<Cost>,
    /// Cost of a (line, node) giving anything.
    pub part: Vec<Vec<Cost>>,
    /// Cost of a unit of a line from a node.
    pub unit: Vec<Vec<Cost>>,
    /// Cost of a line not filled whole.
    pub short_line: Cost,
    /// Cost of a unit of the line that is not given.
    pub short_unit: Vec<Cost>,
    /// Cost unless exactly one node gives everything.
    pub not_single: Cost,
    /// At most this many nodes may give.
    pub nodes_max: usize,
    /// Lines may come in parts.
    pub split: bool,
}

/// The best there is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Best {
    /// What it costs.
    pub cost: Cost,
    /// Fewest units left open among the cheapest plans.
    pub short_least: i128,
    /// Most units left open among the cheapest plans.
    pub short_most: i128,
}

fn plus(a: Cost, b: Cost) -> Cost {
    std::array::from_fn(|i| a[i] + b[i])
}

fn times(a: Cost, n: i128) -> Cost {
    std::array::from_fn(|i| a[i] * n)
}

impl Problem {
    /// What it costs to give a line these quantities, by node.
    fn line_cost(&self, line: usize, given: &[i128]) -> Cost {
        let mut cost = [0; 4];
        for (node, qty) in given.iter().enumerate().filter(|(_, qty)| **qty > 0) {
            cost = plus(cost, plus(self.part[line][node], times(self.unit[line][node], *qty)));
        }
        let missing = self.need[line] - given.iter().sum::<i128>();
        if missing > 0 {
            cost = plus(cost, plus(self.short_line, times(self.short_unit[line], missing)));
        }
        cost
    }

    /// What a whole plan costs: `given[line][node]`.
    pub fn cost(&self, given: &[Vec<i128>]) -> Cost {
        let mut cost = [0; 4];
        for (line, quantities) in given.iter().enumerate() {
            cost = plus(cost, self.line_cost(line, quantities));
        }
        let used: Vec<usize> = (0..self.nodes).filter(|n| given.iter().any(|g| g[*n] > 0)).collect();
        for node in &used {
            cost = plus(cost, self.open[*node]);
        }
        let whole = given.iter().zip(&self.need).all(|(g, need)| g.iter().sum::<i128>() == *need);
        if used.len() == 1 && whole { cost } else { plus(cost, self.not_single) }
    }

    /// Fills a line from exactly the nodes of a set, cheapest unit first; `None` if the set does not fit.
    fn fill(&self, line: usize, set: usize) -> Option<Vec<i128>> {
        let mut given = vec![0; self.nodes];
        let mut nodes: Vec<usize> = (0..self.nodes).filter(|n| set & (1 << n) != 0).collect();
        if nodes.iter().any(|n| self.room[line][*n] <= 0) {
            return None;
        }
        if !self.split && (nodes.len() > 1 || nodes.iter().any(|n| self.room[line][*n] < self.need[line])) {
            return None;
        }
        nodes.sort_by_key(|n| self.unit[line][*n]);
        let mut open = self.need[line];
        for node in nodes {
            given[node] = open.min(self.room[line][node]);
            if given[node] == 0 {
                return None;
            }
            open -= given[node];
        }
        Some(given)
    }

    /// The cheapest plan of all.
    pub fn best(&self) -> Best {
        let sets = 1usize << self.nodes;
        // By line and set: cost and units missing, when exactly these nodes give.
        let exact: Vec<Vec<Option<(Cost, i128)>>> = (0..self.need.len())
            .map(|line| {
                let missing = |given: &Vec<i128>| self.need[line] - given.iter().sum::<i128>();
                (0..sets)
                    .map(|set| self.fill(line, set).map(|g| (self.line_cost(line, &g), missing(&g))))
                    .collect()
            })
            .collect();
        let mut best: Option<Best> = None;
        for open in 0..sets {
            let count = open.count_ones() as usize;
            if count > self.nodes_max {
                continue;
            }
            let opening =
                (0..self.nodes).filter(|n| open & (1 << n) != 0).fold([0; 4], |c, n| plus(c, self.open[n]));
            let mut cost = plus(opening, self.not_single);
            let (mut least, mut most) = (0, 0);
            for line in &exact {
                let (line_cost, line_least, line_most) = cheapest_within(line, open);
                cost = plus(cost, line_cost);
                least += line_least;
                most += line_most;
            }
            keep(&mut best, Best { cost, short_least: least, short_most: most });
            if count == 1 {
                let whole: Option<Cost> = exact
                    .iter()
                    .map(|line| line[open].filter(|(_, missing)| *missing == 0).map(|(cost, _)| cost))
                    .try_fold(opening, |sum, cost| cost.map(|c| plus(sum, c)));
                if let Some(cost) = whole {
                    keep(&mut best, Best { cost, short_least: 0, short_most: 0 });
                }
            }
        }
        best.unwrap_or(Best { cost: self.not_single, short_least: 0, short_most: 0 })
    }
}

/// The cheapest way to give a line from some nodes of an open set: cost, least and most units missing.
fn cheapest_within(line: &[Option<(Cost, i128)>], open: usize) -> (Cost, i128, i128) {
    let mut best: Option<(Cost, i128, i128)> = None;
    let mut set = open;
    loop {
        if let Some((cost, missing)) = line[set] {
            best = match best {
                Some((old, least, most)) if old == cost => Some((old, least.min(missing), most.max(missing))),
                Some(old) if old.0 < cost => Some(old),
                _ => Some((cost, missing, missing)),
            };
        }
        if set == 0 {
            break;
        }
        set = (set - 1) & open;
    }
    best.unwrap_or(([0; 4], 0, 0))
}

fn keep(best: &mut Option<Best>, new: Best) {
    match best {
        Some(old) if old.cost < new.cost => {}
        Some(old) if old.cost == new.cost => {
            old.short_least = old.short_least.min(new.short_least);
            old.short_most = old.short_most.max(new.short_most);
        }
        _ => *best = Some(new),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_node_that_has_all_beats_two_near_ones() {
        // The set-cover case that greedy peers lose: lines a, b; node 0 has a, node 1 has b, node 2 has both.
        let first = |cost| [cost, 0, 0, 0];
        let problem = Problem {
            nodes: 3,
            need: vec![1, 1],
            room: vec![vec![1, 0, 1], vec![0, 1, 1]],
            open: vec![first(10); 3],
            part: vec![vec![first(1), first(1), first(4)], vec![first(1), first(1), first(4)]],
            unit: vec![vec![[0; 4]; 3]; 2],
            short_line: first(1000),
            short_unit: vec![[0; 4]; 2],
            not_single: [0; 4],
            nodes_max: 3,
            split: false,
        };
        assert_eq!(problem.best().cost, first(18));
        assert_eq!(problem.cost(&[vec![1, 0, 0], vec![0, 1, 0]]), first(22));
        let one = Problem { nodes_max: 0, ..problem };
        assert_eq!(one.best(), Best { cost: first(2000), short_least: 2, short_most: 2 });
    }
}
