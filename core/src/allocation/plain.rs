//! The plain case, decided from sets of nodes.
//!
//! Most orders meet a rule that counts what is unfilled, what is split, and how far it goes. Then a node
//! costs the same for every line and nothing to open, so that no tables of pairs are needed: each line comes
//! from the nearest node that has all of it, and the only rival is the nearest node that completes
//! everything. That is what the solver does with such a problem, tie for tie; only the reasons why others
//! fell out are not kept.

use super::FallOut;
use super::build::*;
use super::kernel::LINES_MAX;
use super::problem::Part;
use super::tiers::Tiers;
use crate::catalog::{Catalog, Heft, NodeRow, NodeStatus};
use crate::policy::{CompiledSourcing, Lateness, Measure, PlainTerms};
use crate::value::geo::Direction;
use crate::value::num;
use crate::value::table::Undoable;

/// A set of nodes: one bit each.
type Nodes = u64;
const NODES_MAX: usize = 64;

/// The nodes of a set, ascending.
fn each(mut nodes: Nodes) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let next = usize::try_from(nodes.trailing_zeros()).ok().filter(|_| nodes != 0)?;
        nodes &= nodes.wrapping_sub(1);
        Some(next)
    })
}

/// The nodes that have so many units free.
fn having(free: &[i64], qty: i64) -> Nodes {
    // From the last node on, each of which moves up those behind it.
    free.iter().rev().fold(0, |nodes: Nodes, free| nodes << 1 | Nodes::from(*free >= qty))
}

/// What a plain decision reads.
struct Plain<'a> {
    world: World<'a>,
    demand: &'a Demand<'a>,
    rule: &'a CompiledSourcing,
    terms: &'a PlainTerms,
    to: Direction,
}

impl Plain<'_> {
    /// Whether a node may serve at all.
    fn may_serve(&self, at: usize) -> bool {
        let Some(row) = self.world.catalog.node.get(num::id(at)) else { return false };
        self.judge(at, row, &mut Candidacy::BLANK.clone()).is_none()
    }

    fn judge(&self, at: usize, row: &NodeRow, option: &mut Candidacy) -> Option<FallOut> {
        option.clear(num::id(at), self.demand.at);
        judge_node(self.world.catalog, self.demand, self.rule, row, Heft::default(), option)
    }

    /// Fills in how a node serves.
    fn serve(&self, at: usize, option: &mut Candidacy) {
        if let (Some(row), Some(from)) =
            (self.world.catalog.node.get(num::id(at)), self.world.directions.get(at))
        {
            option.out = self.judge(at, row, option);
            option.measure(*from, self.to);
        }
    }

    /// What it costs to leave a need.
    fn unfilled(&self, need: &Need) -> Tiers {
        let line = Tiers(self.terms.unfilled_line);
        if Tiers(self.terms.unfilled_unit) == Tiers::ZERO {
            return line;
        }
        let units = self.terms.unfilled_unit.map(|weight| unit_weight(weight, need));
        line.plus(Tiers(units).times(need.qty))
    }

    /// What it costs that a node gives a line.
    fn way(&self, option: &Candidacy) -> Tiers {
        let (tier, weight) = self.terms.distance;
        let mut cost = Tiers::ZERO;
        if let Some(to) = cost.0.get_mut(tier) {
            *to = node_term(Measure::DistanceKm, weight, option);
        }
        cost
    }

    /// The nearest of the nodes: of equals, to the millimetre, the lowest.
    fn nearest(&self, nodes: Nodes, options: &mut [Candidacy], gaps: &[u64]) -> Option<usize> {
        let gap = |at: usize| gaps.get(at).copied().unwrap_or(u64::MAX);
        let least = each(nodes).map(gap).min()?.saturating_add(Direction::GAP_OF_TIES);
        let mut best: Option<(i64, usize)> = None;
        for at in each(nodes).filter(|at| gap(*at) <= least) {
            let Some(option) = options.get_mut(at) else { continue };
            self.serve(at, option);
            best = best.into_iter().chain([(option.distance_mm, at)]).min();
        }
        best.map(|(_, at)| at)
    }
}

impl Allocator {
    /// Decides a plain case into `solution`; `false` where it is none, and nothing is decided.
    pub(super) fn decide_plainly(
        &mut self,
        world: World<'_>,
        demand: &Demand<'_>,
        rule: &CompiledSourcing,
    ) -> bool {
        let count = world.catalog.node.len().min(world.directions.len());
        let Some(terms) = &rule.plain else { return false };
        let bare = demand.credit.is_empty() && demand.caps.is_empty();
        let free = bare && !world.stock.is_guarded();
        let small = (1..=LINES_MAX.min(rule.nodes_max)).contains(&self.needs.len()) && count <= NODES_MAX;
        if !free || !small || world.catalog.is_limited || world.catalog.service.len() > 0 {
            return false;
        }
        let mut have: [Nodes; LINES_MAX] = [0; LINES_MAX];
        for (have, need) in have.iter_mut().zip(&self.needs) {
            let free = world.stock.cells.free_row(need.sku);
            *have = having(free.get(..count).unwrap_or(free), need.qty);
        }
        // Options stand by node, so that a candidate is its node.
        if self.candidates.len() != count || self.candidates.last() != count.checked_sub(1).as_ref() {
            self.candidates.clear();
            self.candidates.extend(0..count);
        }
        self.options.resize(count, Candidacy::BLANK);
        let plain = Plain { world, demand, rule, terms, to: demand.to.direction() };
        let any = have.iter().fold(0, |any, have| any | have);
        let mut able = any & self.always.of(world.catalog, rule);
        for at in each(any & !able).filter(|at| plain.may_serve(*at)) {
            able |= Nodes::from(true).wrapping_shl(num::id(at));
        }
        let mut gaps = std::mem::take(&mut self.gaps);
        gaps.clear();
        let directions = world.directions.get(..count).unwrap_or_default();
        gaps.extend(directions.iter().map(|from| from.gap(plain.to)));
        let asked = self.needs.len();
        have.iter_mut().take(asked).for_each(|have| *have &= able);
        self.able = have.iter().take(asked).map(|have| have.count_ones()).fold(0, u32::wrapping_add);
        self.solve_plainly(&plain, &have, &gaps);
        self.gaps = gaps;
        true
    }

    /// Each line from its nearest node, or all from one that completes everything for less.
    fn solve_plainly(&mut self, plain: &Plain<'_>, have: &[Nodes; LINES_MAX], gaps: &[u64]) {
        let (needs, options, solution) = (&self.needs, &mut self.options, &mut self.solution);
        // The nearest of all is the nearest of every set that it is in, and mostly it is in all of them.
        let mut nearest_of = |nodes: Nodes| {
            let at = plain.nearest(nodes, options, gaps)?;
            Some((at, plain.way(options.get(at)?)))
        };
        let overall = nearest_of(have.iter().fold(0, |any, have| any | have));
        let mut nearest = |nodes: Nodes| {
            let known = overall.filter(|(at, _)| nodes & Nodes::from(true).wrapping_shl(num::id(*at)) != 0);
            known.or_else(|| nearest_of(nodes))
        };
        let not_single = Tiers(plain.terms.not_single);
        solution.parts.clear();
        (solution.steps, solution.cost) = (0, Tiers::ZERO);
        // One line is single or unfilled: to leave it is not single.
        let alone = if needs.len() == 1 { not_single } else { Tiers::ZERO };
        for ((line, need), have) in needs.iter().enumerate().zip(have) {
            let none = plain.unfilled(need).plus(alone);
            let found = nearest(*have).filter(|(_, cost)| *cost <= none);
            solution.cost = solution.cost.plus(found.map_or(none, |(_, cost)| cost));
            solution.parts.extend(found.map(|(node, _)| Part { line, node, qty: need.qty }));
        }
        let first = solution.parts.first().map(|part| part.node);
        let whole =
            solution.parts.len() == needs.len() && solution.parts.iter().all(|part| Some(part.node) == first);
        if needs.len() > 1 && !whole {
            solution.cost = solution.cost.plus(not_single);
            let all = have.iter().take(needs.len()).fold(Nodes::MAX, |all, have| all & have);
            let found = nearest(all)
                .map(|(node, cost)| (node, needs.iter().fold(Tiers::ZERO, |sum, _| sum.plus(cost))));
            if let Some((node, cost)) = found.filter(|(_, cost)| *cost < solution.cost) {
                let part = |(line, need): (usize, &Need)| Part { line, node, qty: need.qty };
                solution.parts.clear();
                solution.parts.extend(needs.iter().enumerate().map(part));
                solution.cost = cost;
            }
        }
        solution.bound = solution.cost;
    }
}

/// The nodes that serve whatever the hour, kept from order to order.
#[derive(Clone, Debug, Default)]
pub(super) struct Always {
    /// Hash of the nodes' rows, and whether suppliers' places are among them.
    about: Option<(u64, bool)>,
    nodes: Nodes,
}

impl Always {
    /// Those of the first 64 that a rule lets serve: where nothing hangs on the time of day, an open node
    /// does.
    fn of(&mut self, catalog: &Catalog, rule: &CompiledSourcing) -> Nodes {
        if !rule.any_node || rule.lateness != Lateness::Allowed {
            return 0;
        }
        let about = Some((catalog.node.hash(), rule.suppliers));
        if self.about != about {
            let serves =
                |row: &NodeRow| !row.has_calendar && row.status == NodeStatus::Open && rule.serves(row.kind);
            let rows = catalog.node.rows().iter().take(NODES_MAX).rev();
            self.nodes = rows.fold(0, |nodes: Nodes, row| nodes << 1 | Nodes::from(serves(row)));
            self.about = about;
        }
        self.nodes
    }
}

#[cfg(test)]
pub(super) mod tests {
    use crate::*;

    type Error = Box<dyn std::error::Error>;

    const TERMS: [&str; 3] = [
        r#"[{"measure":"unfilled_lines","weight":"1"}],
           [{"measure":"not_single","weight":"1"}],
           [{"measure":"distance_km","weight":"1"}]"#,
        r#"[{"measure":"unfilled_units","weight":"2000"},
            {"measure":"not_single","weight":"900"},
            {"measure":"distance_km","weight":"1.5"}]"#,
        r#"[{"measure":"unfilled_lines","weight":"1500"},{"measure":"distance_km","weight":"1"}]"#,
    ];

    /// A book of random commands.
    pub(in crate::allocation) struct World {
        dice: u64,
        pub book: Book,
        said: i64,
    }

    impl World {
        fn roll(&mut self, sides: u64) -> u64 {
            self.dice = self.dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (self.dice >> 33).checked_rem(sides).unwrap_or(0)
        }

        pub fn say(&mut self, command: Command) -> Result<Receipt, Rejection> {
            self.said = self.said.saturating_add(1);
            let at = Instant::from_micros(1_767_600_000_000_000).plus_seconds(self.said);
            self.book.execute(&Envelope::new(&format!("c{}", self.said), at, command))
        }

        /// Eight nodes at few places, so that distances tie, with a little stock of five SKUs, and a policy.
        pub fn new(seed: u64, terms: &str) -> Result<World, Error> {
            let mut world = World { dice: seed, book: Book::new(), said: 0 };
            let channel = serde_json::json!({"channel": "web", "promise_hours": 120});
            world.say(Command::DefineChannel(serde_json::from_value(channel)?))?;
            for sku in 0..5 {
                let define = serde_json::json!({"sku": format!("S{sku}"), "price": "10.00"});
                world.say(Command::DefineSku(serde_json::from_value(define)?))?;
            }
            for node in 0..8 {
                let place = serde_json::json!(
                    {"lat": world.roll(4).to_string(), "lon": world.roll(4).to_string()});
                let kind = if world.roll(4) == 0 { "store" } else { "warehouse" };
                let define = serde_json::json!({"node": format!("N{node}"), "kind": kind, "place": place});
                world.say(Command::DefineNode(serde_json::from_value(define)?))?;
                for sku in 0..5 {
                    let qty = world.roll(5);
                    let line = serde_json::json!({"sku": format!("S{sku}"), "qty": qty, "unit_cost": "5.00"});
                    let receive = serde_json::json!({"receipt": format!("R{sku}-{node}"),
                        "node": format!("N{node}"), "lines": [line]});
                    if qty > 0 {
                        world.say(Command::ReceiveGoods(serde_json::from_value(receive)?))?;
                    }
                }
            }
            let kinds = if world.roll(3) == 0 { r#""warehouse""# } else { "" };
            let lateness = if world.roll(4) == 0 { "forbidden" } else { "allowed" };
            let shortage = if world.roll(3) == 0 { "refuse" } else { "backorder" };
            let policy = format!(
                r#"{{"name":"p","otherwise":{{"lateness":"{lateness}","shortage":"{shortage}",
                "nodes_max":{},"node_kinds":[{kinds}],"tiers":[{terms}]}}}}"#,
                world.roll(4),
            );
            world.say(Command::SetPolicy(serde_json::from_str(&policy)?))?;
            Ok(world)
        }

        pub fn order(&mut self, number: u64) -> Result<PlaceOrder, Error> {
            let mut lines = Vec::new();
            for _ in 0..=self.roll(7) {
                let sku = format!("S{}", self.roll(5));
                let qty = i64::try_from(self.roll(3))?.saturating_add(1);
                lines.push(OrderLine { sku, qty, unit: None, price: None, lot: None });
            }
            let to = serde_json::json!({"lat": self.roll(4).to_string(), "lon": self.roll(4).to_string()});
            Ok(PlaceOrder {
                order: number.to_string(),
                channel: "web".into(),
                to: serde_json::from_value(to)?,
                lines,
                deliver_by: None,
                priority: None,
                commitment: Commitment::Own,
                hold: None,
                detail: Detail::None,
                ..PlaceOrder::default()
            })
        }
    }

    /// The plan without the instants of its parcels: a quote is for a later time.
    fn timeless(plan: &Plan) -> Plan {
        let mut plan = plan.clone();
        for parcel in &mut plan.parcels {
            (parcel.ship_at, parcel.arrive_at) = (Instant::default(), Instant::default());
        }
        plan
    }

    /// Places orders and holds each plan against a quote, which keeps all reasons and so goes the long way;
    /// gives how many parcels each plan has.
    pub(in crate::allocation) fn hold_against_quotes(
        world: &mut World,
        seed: u64,
    ) -> Result<Vec<usize>, Error> {
        let mut parcels = Vec::new();
        for number in 0..20 {
            let order = world.order(number)?;
            let at = Instant::from_micros(1_767_600_000_000_000).plus_seconds(100_000);
            let quote = world.book.ask(&Query::Quote(QuoteQuery { order: order.clone(), at }));
            match (quote, world.say(Command::PlaceOrder(order))) {
                (Ok(Answer::Quote(mut quote)), Ok(receipt)) => {
                    let event = world.book.event(receipt.sequence).map(|event| &event.body);
                    let Some(Body::OrderPlaced(placed)) = event else { panic!("no order was placed") };
                    quote.plan.decision.fell_out.clear();
                    assert_eq!(timeless(&placed.plan), timeless(&quote.plan), "seed {seed}, {number}");
                    parcels.push(placed.plan.parcels.len());
                }
                (Err(quote), Err(placed)) => assert_eq!(quote, placed, "seed {seed}, {number}"),
                (quote, placed) => panic!("{quote:?} but {placed:?}"),
            }
        }
        Ok(parcels)
    }

    #[test]
    fn a_plain_decision_is_the_solvers() -> Result<(), Error> {
        let mut planned = 0;
        for (seed, terms) in (11..71).zip(TERMS.iter().cycle()) {
            planned += hold_against_quotes(&mut World::new(seed, terms)?, seed)?.len();
        }
        assert!(planned > 600, "only {planned} orders were planned");
        Ok(())
    }
}
