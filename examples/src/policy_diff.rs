//! Two policies over the same orders: which orders move, by which rule, at what cost and with what promise.

use std::collections::BTreeMap;
use stockbook::simulation::{Continue, Network, Observer, Options, Orders, run_observed};
use stockbook::{Body, Book, Event, Money, Policy};

/// What a policy planned for an order when it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    /// The rule that decided.
    pub rule: String,
    /// Units by node, as in `2 RENO + 1 ALLENTOWN`; parts of a line apart.
    pub nodes: String,
    /// Units that wait or were struck.
    pub waits: i64,
    /// Freight and handling.
    pub charges: Money,
    /// Whether a parcel arrives after the promised date.
    pub is_late: bool,
}

/// An order that two policies treat otherwise; `None` where a policy refused it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    /// Its number.
    pub order: String,
    /// Under the first policy.
    pub before: Option<Planned>,
    /// Under the second one.
    pub after: Option<Planned>,
}

/// The terms of a margin, in the order of [`Terms`].
pub const TERMS: [&str; 6] = ["revenue", "cost", "freight", "handling", "refunds", "margin"];

/// What an order, or all of them, brought and cost by the end of the run, in micro-units: [`TERMS`].
pub type Terms = [i64; 6];

/// What the second policy does otherwise than the first one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diff {
    /// Orders looked at.
    pub orders: usize,
    /// Those that move.
    pub moved: Vec<Moved>,
    /// Freight and handling of all orders, when they came: second less first.
    pub charges: Money,
    /// Late orders: second less first.
    pub late: i64,
    /// Contribution margin of the whole run: second less first.
    pub margin: Money,
    /// Orders of which a term differs, whether they move or not: under the first policy and the second.
    pub costs: BTreeMap<String, [Terms; 2]>,
    /// The terms of all orders, under the first policy and the second.
    pub total: [Terms; 2],
}

/// How much may change before a host's build should fail; `None` = any.
#[derive(Clone, Copy, Debug, Default)]
pub struct Bounds {
    /// Most orders that may move, per thousand.
    pub moved_per_mille: Option<u64>,
    /// Most that freight and handling may grow by.
    pub charges: Option<Money>,
    /// Most orders more that may be late.
    pub late: Option<i64>,
    /// Most that the margin may fall by.
    pub margin: Option<Money>,
    /// Most that the margin of any one order may fall by.
    pub order_margin: Option<Money>,
    /// Most that each of [`TERMS`] may get worse by in total: costs grow, revenue and margin fall.
    pub terms: [Option<Money>; 6],
}

struct Plans<'a> {
    policy: &'a Policy,
    by_order: BTreeMap<String, Planned>,
}

impl Observer for Plans<'_> {
    fn event(&mut self, book: &Book, event: &Event) {
        let Body::OrderPlaced(placed) = &event.body else { return };
        let plan = &placed.plan;
        let rule = (plan.decision.rule as usize).checked_sub(1).and_then(|at| self.policy.rules.get(at));
        let mut units: BTreeMap<String, i64> = BTreeMap::new();
        for part in &plan.parts {
            if let Some(parcel) = plan.parcels.get(part.parcel as usize) {
                let node = book.node_code(parcel.node).unwrap_or_default().to_owned();
                *units.entry(node).or_default() += part.qty;
            }
        }
        let nodes: Vec<String> = units.iter().map(|(node, qty)| format!("{qty} {node}")).collect();
        let cost = |parcel: &stockbook::Parcel| parcel.freight.micros() + parcel.handling.micros();
        let planned = Planned {
            rule: rule.map_or("otherwise", |rule| rule.name.as_str()).to_owned(),
            nodes: nodes.join(" + "),
            waits: plan.backordered.iter().chain(plan.cancelled.iter()).map(|line| line.qty).sum(),
            charges: Money::from_micros(plan.parcels.iter().map(cost).sum()),
            is_late: plan.parcels.iter().any(|parcel| parcel.arrive_at > placed.deliver_by),
        };
        self.by_order.insert(placed.order.to_string(), planned);
    }
}

/// Runs the orders under both policies, each through a book of its own, and compares order by order.
///
/// # Errors
/// What is wrong with the network, the orders or a policy.
pub fn diff(network: &Network, orders: &Orders, policies: [&Policy; 2], seed: u64) -> Result<Diff, String> {
    let options = Options { seed, ..Options::default() };
    let run = |policy| -> Result<_, String> {
        let mut plans = Plans { policy, by_order: BTreeMap::new() };
        let outcome = run_observed(network, orders, policy, &options, &mut |_| Continue::Yes, &mut plans)
            .map_err(|error| format!("policy `{}`: {error}", policy.name))?;
        Ok((plans.by_order, terms(&outcome.order_costs)))
    };
    let (before, terms_before) = run(policies[0])?;
    let (after, terms_after) = run(policies[1])?;
    let sum = |plans: &BTreeMap<String, Planned>| plans.values().map(|p| p.charges.micros()).sum::<i64>();
    let late = |plans: &BTreeMap<String, Planned>| plans.values().filter(|p| p.is_late).count() as i64;
    let numbers: std::collections::BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    // That two rules come to the same plan moves nothing.
    let lie = |plan: Option<&Planned>| plan.map(|plan| (plan.nodes.clone(), plan.waits));
    let moved = numbers.into_iter().filter(|order| lie(before.get(*order)) != lie(after.get(*order)));
    let told = |order: &String| Moved {
        order: order.clone(),
        before: before.get(order).cloned(),
        after: after.get(order).cloned(),
    };
    let total = [&terms_before, &terms_after].map(|terms| {
        let add = |sum: Terms, terms: &Terms| std::array::from_fn(|at| sum[at] + terms[at]);
        terms.values().fold(Terms::default(), add)
    });
    let of = |terms: &BTreeMap<String, Terms>, order| terms.get(order).copied().unwrap_or_default();
    let all: std::collections::BTreeSet<&String> = terms_before.keys().chain(terms_after.keys()).collect();
    let costs =
        all.into_iter().map(|order| (order.clone(), [of(&terms_before, order), of(&terms_after, order)]));
    Ok(Diff {
        costs: costs.filter(|(_, [before, after])| before != after).collect(),
        total,
        orders: orders.len(),
        moved: moved.map(told).collect(),
        charges: Money::from_micros(sum(&after) - sum(&before)),
        late: late(&after) - late(&before),
        margin: Money::from_micros(total[1][5] - total[0][5]),
    })
}

/// The terms of each order, by its number.
fn terms(table: &stockbook::report::Table) -> BTreeMap<String, Terms> {
    let columns = TERMS.map(|name| table.ints(name));
    let row = |row: usize| (table.text("order", row), columns.map(|column| column[row]));
    (0..table.rows()).map(row).collect()
}

/// How much worse a term got: a cost by what it grew, revenue and margin by what they fell.
fn worse(at: usize, before: &Terms, after: &Terms) -> Money {
    let grown = after[at] - before[at];
    Money::from_micros(if matches!(TERMS[at], "revenue" | "margin") { -grown } else { grown })
}

impl Diff {
    /// The order whose margin falls most, and by how much; none where none falls.
    #[must_use]
    pub fn worst_order(&self) -> Option<(&str, Money)> {
        let falls = self.costs.iter().map(|(order, [a, b])| (order.as_str(), worse(5, a, b)));
        falls
            .filter(|(_, fall)| *fall > Money::ZERO)
            .max_by_key(|(order, fall)| (*fall, std::cmp::Reverse(*order)))
    }

    /// A row an order of which a term differs, as CSV, and a last row `total` of all orders: each term before
    /// and after, and their difference.
    ///
    /// # Errors
    /// Of writing.
    pub fn write_costs_csv(&self, to: impl std::io::Write) -> Result<(), csv::Error> {
        let mut out = csv::Writer::from_writer(to);
        let sides = TERMS.map(|term| ["before", "after", "difference"].map(|side| format!("{term}_{side}")));
        out.write_record(std::iter::once("order".to_owned()).chain(sides.into_iter().flatten()))?;
        let total = ("total".to_owned(), self.total);
        for (order, [before, after]) in self.costs.iter().chain([(&total.0, &total.1)]) {
            let of = |at: usize| [before[at], after[at], after[at] - before[at]];
            let fields = (0..TERMS.len()).flat_map(of).map(|micros| Money::from_micros(micros).to_string());
            out.write_record(std::iter::once(order.clone()).chain(fields))?;
        }
        out.flush().map_err(csv::Error::from)
    }

    /// The bounds that are passed, in words; empty if none is.
    #[must_use]
    pub fn passes(&self, bounds: &Bounds) -> Vec<String> {
        let mut passed = Vec::new();
        let moved = self.moved.len() as u64 * 1_000;
        if bounds.moved_per_mille.is_some_and(|most| moved > most * self.orders as u64) {
            passed.push(format!("{} of {} orders move", self.moved.len(), self.orders));
        }
        if bounds.charges.is_some_and(|most| self.charges > most) {
            passed.push(format!("freight and handling grow by {}", self.charges));
        }
        if bounds.late.is_some_and(|most| self.late > most) {
            passed.push(format!("{} orders more are late", self.late));
        }
        if bounds.margin.is_some_and(|most| -self.margin.micros() > most.micros()) {
            passed.push(format!("the margin falls by {}", Money::from_micros(-self.margin.micros())));
        }
        for (at, term) in TERMS.iter().enumerate() {
            let by = worse(at, &self.total[0], &self.total[1]);
            if bounds.terms[at].is_some_and(|most| by > most) {
                passed.push(format!("{term} in total gets worse by {by}"));
            }
        }
        let past = |(_, fall): &(&str, Money)| bounds.order_margin.is_some_and(|most| *fall > most);
        if let Some((order, fall)) = self.worst_order().filter(past) {
            passed.push(format!("the margin of order {order} falls by {fall}"));
        }
        passed
    }

    /// A row an order that moves, as CSV.
    ///
    /// # Errors
    /// Of writing.
    pub fn write_csv(&self, to: impl std::io::Write) -> Result<(), csv::Error> {
        let mut out = csv::Writer::from_writer(to);
        let columns = ["rule", "nodes", "waits", "charges", "late"];
        let both = ["before", "after"].map(|side| columns.map(|column| format!("{column}_{side}")));
        out.write_record(std::iter::once("order".to_owned()).chain(both.into_iter().flatten()))?;
        for moved in &self.moved {
            let fields = |plan: &Option<Planned>| match plan {
                Some(p) => [
                    p.rule.clone(),
                    p.nodes.clone(),
                    p.waits.to_string(),
                    p.charges.to_string(),
                    p.is_late.to_string(),
                ],
                None => ["refused".to_owned(), String::new(), String::new(), String::new(), String::new()],
            };
            let (before, after) = (fields(&moved.before), fields(&moved.after));
            out.write_record(std::iter::once(moved.order.clone()).chain(before).chain(after))?;
        }
        out.flush().map_err(csv::Error::from)
    }

    /// How many orders move from which rule to which, and what their freight and handling cost more.
    #[must_use]
    pub fn by_rule(&self) -> BTreeMap<(String, String), (usize, Money)> {
        let name = |plan: &Option<Planned>| plan.as_ref().map_or("refused".to_owned(), |p| p.rule.clone());
        let cost = |plan: &Option<Planned>| plan.as_ref().map_or(0, |p| p.charges.micros());
        let mut sums: BTreeMap<(String, String), (usize, Money)> = BTreeMap::new();
        for moved in &self.moved {
            let sum = sums.entry((name(&moved.before), name(&moved.after))).or_default();
            let by = cost(&moved.after) - cost(&moved.before);
            *sum = (sum.0 + 1, Money::from_micros(sum.1.micros() + by));
        }
        sums
    }
}
