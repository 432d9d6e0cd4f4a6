//! A run: the network is said to a new book, then orders and what falls due happen in the order of time.

use super::agenda::{Agenda, What};
use super::network::{Network, Options};
use super::orders::Orders;
use super::steps::{Arrival, Feed, Return};
use super::stocked::Stocked;
use crate::book::*;
use crate::catalog::{DefineReason, need};
use crate::policy::{Policy, default_policy};
use crate::record::{Event, Violation};
use crate::report::{Column, DemandHistory, Kpis, OrderCosts, PlanRows, Table, Tally, Values};
use crate::value::ids::*;
use crate::value::num::{self, index};
use crate::value::rejection::Rejection;
use crate::value::time::Instant;
use crate::workflow::DenseOrder;
use std::collections::VecDeque;

/// Microseconds in an hour and a day.
pub(super) const HOUR: i64 = 3_600_000_000;
pub(super) const DAY: i64 = 86_400_000_000;
/// The reason of customers who give up.
pub(super) const GAVE_UP: &str = "gave_up";
/// Orders between two reports of progress.
const PROGRESS_ORDERS: usize = 1_000;
/// SKUs in the table of those that went short.
const SHORT_SKUS: usize = 50;

/// How far a run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress<'a> {
    /// Name of the policy.
    pub policy: &'a str,
    /// Which run of a comparison this is, from 0.
    pub run: usize,
    /// Of how many.
    pub runs: usize,
    /// Orders that have happened.
    pub orders_done: usize,
    /// Orders of the stream.
    pub orders: usize,
    /// The time in the run.
    pub at: Instant,
}

/// Whether a run goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Continue {
    /// It does.
    Yes,
    /// It ends here, with [`SimulationError::Stopped`].
    No,
}

/// Who looks over a run's shoulder, as an exporter of the journal does.
///
/// ```
/// use stockbook::{Book, Event, simulation::Observer};
/// /// Counts orders as they are placed.
/// #[derive(Default)]
/// struct Orders(u32);
/// impl Observer for Orders {
///     fn event(&mut self, _: &Book, event: &Event) {
///         self.0 += u32::from(event.body.name() == "OrderPlaced");
///     }
/// }
/// # let book = Book::new();
/// let mut orders = Orders::default();
/// orders.day_over(&book);
/// assert_eq!(orders.0, 0, "what it does not heed costs it nothing");
/// ```
pub trait Observer {
    /// An event was recorded. The book may be some events further.
    fn event(&mut self, book: &Book, event: &Event) {
        let _ = (book, event);
    }

    /// A day (UTC) is over; the next command comes later. Also said once at the very end.
    fn day_over(&mut self, book: &Book) {
        let _ = book;
    }
}

/// Nobody.
impl Observer for () {}

/// Why a run came to no end.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SimulationError {
    /// A part of the network was refused.
    #[error("{what}: {rejection}")]
    Network {
        /// Which part.
        what: String,
        /// The field of [`Network`] and the place in it, or `policies` and the place among those; none where
        /// that is not known.
        part: Option<(&'static str, usize)>,
        /// Why.
        rejection: Rejection,
    },
    /// Something stands twice in the network.
    #[error("{what} stands twice in the network")]
    Repeated {
        /// What.
        what: String,
    },
    /// The orders were checked against another network.
    #[error("the orders name channel or SKU {index}, which the network does not have")]
    OtherNetwork {
        /// The index.
        index: u32,
    },
    /// The book refused what a run must be able to say.
    #[error("at {at}, {what}: {rejection}")]
    Refused {
        /// When.
        at: Instant,
        /// What was said.
        what: String,
        /// Why not.
        rejection: Rejection,
    },
    /// The book's window of events is too small for one command's events.
    #[error("event {first} is the first one left: the book's event window is too small for a simulation")]
    Drained {
        /// The first event left.
        first: u64,
    },
    /// The book proved unsound: a fault of the library.
    #[error("the book is unsound: {0}")]
    Unsound(Violation),
    /// Whoever watched the progress stopped it.
    #[error("stopped")]
    Stopped,
}

/// What came of a run.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Name of the policy.
    pub policy: String,
    /// The seed.
    pub seed: u64,
    /// Key figures.
    pub kpis: Kpis,
    /// A row a day.
    pub daily: Table,
    /// A row a channel.
    pub channels: Table,
    /// A row a node.
    pub nodes: Table,
    /// The plan of every order line, with reasons.
    pub plan: Table,
    /// What every order brought and cost.
    pub order_costs: Table,
    /// Stock at the end: a row for each SKU and node.
    pub stock: Table,
    /// Balances of all accounts at the end.
    pub balances: Table,
    /// Open exceptions at the end.
    pub exceptions: Table,
    /// Orders refused, by rejection.
    pub refusals: Table,
    /// The SKUs that went short most.
    pub short_skus: Table,
    /// Parcels by distance.
    pub distances: Table,
    /// Orders by their number of shipments.
    pub shipments: Table,
    /// Demand by place.
    pub demand: Table,
    /// Parcels by node and place.
    pub flows: Table,
    /// Demand by SKU, node and period; without rows where none was wanted ([`Options::history_days`]).
    pub history: Table,
    /// Lead times by supplier and node; without rows where none were wanted.
    pub lead_times: Table,
    /// The book, as it stands at the end, with the newest of its events.
    pub book: Book,
    /// Its hash.
    pub state_hash: u64,
    /// How many events it recorded.
    pub events: u64,
}

impl Outcome {
    /// The run as a page of HTML shows it.
    ///
    /// ```
    /// # use stockbook::report::{Page, page};
    /// # use stockbook::simulation::{Continue, Options, ScenarioSize, generate, run, seed_policies};
    /// # let scenario = generate(ScenarioSize { orders: 50, ..ScenarioSize::default() }, 7);
    /// # let (network, orders, options) = (&scenario.network, &scenario.orders, Options::default());
    /// let outcome = run(network, orders, &seed_policies()[0], &options, &mut |_| Continue::Yes)?;
    /// let shown = outcome.on_page();
    /// assert_eq!((shown.kpis.orders, shown.state_hash), (50, outcome.book.state_hash()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn on_page(&self) -> crate::report::Run<'_> {
        crate::report::Run {
            policy: &self.policy,
            kpis: &self.kpis,
            daily: &self.daily,
            channels: &self.channels,
            nodes: &self.nodes,
            distances: &self.distances,
            shipments: &self.shipments,
            demand: &self.demand,
            flows: &self.flows,
            short_skus: &self.short_skus,
            exceptions: &self.exceptions,
            refusals: &self.refusals,
            metrics: &[],
            state_hash: self.state_hash,
            events: self.events,
        }
    }

    /// All tables, each with its name.
    ///
    /// ```
    /// # use stockbook::simulation::{Continue, Options, ScenarioSize, generate, run, seed_policies};
    /// # let scenario = generate(ScenarioSize { orders: 50, ..ScenarioSize::default() }, 7);
    /// # let (network, orders, options) = (&scenario.network, &scenario.orders, Options::default());
    /// let outcome = run(network, orders, &seed_policies()[0], &options, &mut |_| Continue::Yes)?;
    /// let names = outcome.tables().map(|table| table.name);
    /// assert_eq!((names[0], names[3]), ("daily", "plan"));
    /// assert_eq!(outcome.daily.ints("orders").iter().sum::<i64>(), 50);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub const fn tables(&self) -> [&Table; 13] {
        [
            &self.daily,
            &self.channels,
            &self.nodes,
            &self.plan,
            &self.order_costs,
            &self.stock,
            &self.balances,
            &self.exceptions,
            &self.refusals,
            &self.short_skus,
            &self.distances,
            &self.shipments,
            &self.demand,
        ]
    }
}

/// Runs orders through a book under a policy.
///
/// ```
/// use stockbook::simulation::{Continue, Options, ScenarioSize, generate, run, seed_policies};
/// let scenario = generate(ScenarioSize { orders: 500, ..ScenarioSize::default() }, 7);
/// let [story, _, _] = seed_policies();
/// let (network, orders, options) = (&scenario.network, &scenario.orders, Options::default());
/// let outcome = run(network, orders, &story, &options, &mut |_| Continue::Yes).unwrap();
/// assert_eq!(outcome.kpis.orders, 500);
/// assert_eq!((outcome.kpis.oversells_book, outcome.kpis.journal_balance), (0, 0));
/// ```
pub fn run(
    network: &Network,
    orders: &Orders,
    policy: &Policy,
    options: &Options,
    progress: &mut dyn FnMut(Progress<'_>) -> Continue,
) -> Result<Outcome, SimulationError> {
    run_observed(network, orders, policy, options, progress, &mut ())
}

/// Runs orders through a book under a policy, and shows every event to an observer.
///
/// ```
/// # use stockbook::{Book, Event};
/// # use stockbook::simulation::*;
/// # let scenario = generate(ScenarioSize { orders: 50, ..ScenarioSize::default() }, 7);
/// # let (network, orders, options) = (&scenario.network, &scenario.orders, Options::default());
/// struct Count(u64);
/// impl Observer for Count {
///     fn event(&mut self, _: &Book, _: &Event) {
///         self.0 += 1;
///     }
/// }
/// let mut seen = Count(0);
/// let [policy, ..] = seed_policies();
/// let outcome = run_observed(network, orders, &policy, &options, &mut |_| Continue::Yes, &mut seen)?;
/// assert_eq!(seen.0, outcome.events, "it is shown every event");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn run_observed(
    network: &Network,
    orders: &Orders,
    policy: &Policy,
    options: &Options,
    progress: &mut dyn FnMut(Progress<'_>) -> Continue,
    observer: &mut dyn Observer,
) -> Result<Outcome, SimulationError> {
    let mut run = Run::new(network, orders, policy, options);
    run.open(policy, observer)?;
    run.plan_ahead();
    run.plan_forecasts(policy)?;
    run.by_row();
    run.trade(policy, progress, observer)?;
    run.finish(policy, observer)
}

/// Says a network and policies to a book that is thrown away: what the book would refuse of them is told
/// before the first of several runs, not hours later.
///
/// ```
/// # use stockbook::simulation::*;
/// # let scenario = generate(ScenarioSize { orders: 50, ..ScenarioSize::default() }, 7);
/// let [good, mut bad, _] = seed_policies();
/// bad.name.clear();
/// let (network, orders, options) = (&scenario.network, &scenario.orders, Options::default());
/// assert_eq!(rehearse(network, orders, &[good.clone()], &options), Ok(()));
/// let refused = rehearse(network, orders, &[good, bad], &options);
/// assert!(matches!(refused, Err(SimulationError::Network { part: Some(("policies", 1)), .. })));
/// ```
pub fn rehearse(
    network: &Network,
    orders: &Orders,
    policies: &[Policy],
    options: &Options,
) -> Result<(), SimulationError> {
    let first = policies.first().cloned().unwrap_or_else(default_policy);
    let mut run = Run::new(network, orders, &first, options);
    run.define(policies, &mut ())?;
    run.receive_opening(&mut ())?;
    run.resolve(run.start())
}

/// A run under way. Steps are in `steps`.
pub(super) struct Run<'a> {
    pub network: &'a Network,
    pub orders: &'a Orders,
    pub options: &'a Options,
    pub book: Book,
    pub tally: Tally,
    pub plans: PlanRows,
    pub costs: OrderCosts,
    pub history: Option<DemandHistory>,
    pub agenda: Agenda,
    pub feeds: Vec<Feed>,
    /// The book's ids of the stream's columns.
    pub channels: Vec<u32>,
    pub sku: Vec<u32>,
    /// Nodes that stock a SKU, by SKU.
    pub stocked: Stocked,
    pub closed: Vec<u32>,
    /// Row in the stream and current plan of each order of the book.
    pub placed: Vec<(usize, u32)>,
    /// The rows whose orders are being placed, oldest first.
    pub placing: VecDeque<usize>,
    /// Channel and commitment of each row, as the book has them; commitments only where channels list.
    pub row_channel: Vec<u32>,
    pub row_commitment: Vec<u8>,
    /// The order being placed, and what the newest events make due: kept for their memory.
    pub dense: DenseOrder,
    pub due: Vec<(i64, What)>,
    /// Parcels looked at ahead that have not left, and returns that have not come.
    pub ahead: usize,
    pub returns_ahead: usize,
    pub arrivals: Vec<Arrival>,
    pub returns: Vec<Return>,
    pub refusals: std::collections::BTreeMap<u16, i64>,
    pub touched: Vec<SkuId>,
    /// Orders of which a part was planned anew.
    pub replanned: Vec<OrderId>,
    pub next_command: u64,
    pub next_event: u64,
    pub documents: u64,
    /// Nothing happens after this.
    pub end: i64,
}

impl<'a> Run<'a> {
    fn new(network: &'a Network, orders: &'a Orders, policy: &Policy, options: &'a Options) -> Run<'a> {
        let last = orders.table().at.last().copied().unwrap_or(0);
        Run {
            network,
            orders,
            options,
            book: Book::new(),
            tally: Tally::default(),
            plans: PlanRows::new(policy.rules.iter().map(|rule| rule.name.clone()).collect()),
            costs: OrderCosts::default(),
            // What comes after the last order's day shows no demand because nobody was asked.
            history: (options.history_days > 0).then(|| {
                let until = last.div_euclid(DAY).saturating_add(1).saturating_mul(DAY);
                DemandHistory::new(options.history_days).until(until)
            }),
            agenda: Agenda::default(),
            feeds: Vec::new(),
            channels: Vec::new(),
            sku: Vec::new(),
            stocked: Stocked::new(network.skus.len(), network.nodes.len()),
            closed: Vec::new(),
            placed: Vec::with_capacity(orders.len()),
            placing: VecDeque::new(),
            row_channel: Vec::new(),
            row_commitment: Vec::new(),
            dense: blank(),
            due: Vec::new(),
            ahead: 0,
            returns_ahead: 0,
            arrivals: Vec::new(),
            returns: Vec::new(),
            refusals: std::collections::BTreeMap::new(),
            touched: Vec::new(),
            replanned: Vec::new(),
            next_command: 1,
            next_event: 1,
            documents: 0,
            // The midnight after the last day.
            end: last
                .div_euclid(DAY)
                .saturating_add(i64::from(options.drain_days))
                .saturating_add(1)
                .saturating_mul(DAY),
        }
    }

    /// A second before the first order: when the network is said.
    pub(super) fn start(&self) -> i64 {
        self.orders.table().at.first().copied().unwrap_or(0).saturating_sub(1_000_000)
    }

    /// Sends a command.
    pub(super) fn say(&mut self, at: i64, command: Command) -> Result<Receipt, Rejection> {
        let id = self.command_id().to_string();
        let envelope =
            Envelope { source: "simulation".into(), ..Envelope::new(&id, Instant::from_micros(at), command) };
        self.book.execute(&envelope)
    }

    pub(super) fn command_id(&mut self) -> u64 {
        let id = self.next_command;
        self.next_command = id.saturating_add(1);
        id
    }

    /// Says the network to the book, part by part: it is large, and neither its commands nor its events need
    /// stand in memory together.
    fn open(&mut self, policy: &Policy, observer: &mut dyn Observer) -> Result<(), SimulationError> {
        self.define(std::slice::from_ref(policy), observer)?;
        self.receive_opening(observer)?;
        self.resolve(self.start())
    }

    /// All of the network but its stock, and policies.
    fn define(&mut self, policies: &[Policy], o: &mut dyn Observer) -> Result<(), SimulationError> {
        self.no_repeats()?;
        self.check_options()?;
        let network = self.network;
        let configuration = network.configuration.as_slice();
        let part = ("configuration", "configuration");
        self.tell(o, configuration, |_| String::new(), part, Command::ConfigureBook)?;
        let part = ("account", "accounts");
        self.tell(o, &network.accounts, |d| d.account.clone(), part, Command::DefineAccount)?;
        let part = ("reason", "reasons");
        self.tell(o, &network.reasons, |d| d.reason.clone(), part, Command::DefineReason)?;
        if self.options.patience_days > 0 && !network.reasons.iter().any(|reason| reason.reason == GAVE_UP) {
            let define = DefineReason { reason: GAVE_UP.into(), name: "The customer gave up".into() };
            let part = ("reason", "");
            self.tell(o, &[define], |d| d.reason.clone(), part, Command::DefineReason)?;
        }
        let part = ("service", "services");
        self.tell(o, &network.services, |d| d.service.clone(), part, Command::DefineService)?;
        let part = ("channel", "channels");
        self.tell(o, &network.channels, |d| d.channel.clone(), part, Command::DefineChannel)?;
        self.tell(o, &network.nodes, |d| d.node.clone(), ("node", "nodes"), Command::DefineNode)?;
        self.tell(o, &network.skus, |d| d.sku.clone(), ("SKU", "skus"), Command::DefineSku)?;
        let part = ("supplier", "suppliers");
        self.tell(o, &network.suppliers, |d| d.supplier.clone(), part, Command::DefineSupplier)?;
        let (rules, part) = (network.posting_rules.as_slice(), ("posting rules", "posting_rules"));
        self.tell(o, rules, |_| String::new(), part, Command::SetPostingRules)?;
        let pair = |sku: &str, node: &str| format!("{sku}` at `{node}");
        let (rules, part) = (&network.reorder_rules, ("reorder rule of", "reorder_rules"));
        self.tell(o, rules, |d| pair(&d.sku, &d.node), part, Command::SetReorderRule)?;
        let (kept, part) = (&network.protections, ("protection of", "protections"));
        self.tell(o, kept, |d| pair(&d.sku, &d.node), part, Command::SetProtection)?;
        self.tell(o, policies, |d| d.name.clone(), ("policy", "policies"), Command::SetPolicy)
    }

    /// Says a part of the network, command by command; `kind` and `name` say which, should it be refused.
    fn tell<T: Clone>(
        &mut self,
        observer: &mut dyn Observer,
        part: &[T],
        name: impl Fn(&T) -> String,
        (kind, field): (&str, &'static str),
        command: impl Fn(T) -> Command,
    ) -> Result<(), SimulationError> {
        for (i, define) in part.iter().enumerate() {
            let said = self.say(self.start(), command(define.clone()));
            said.map_err(|rejection| {
                let name = name(define);
                let what = if name.is_empty() { kind.to_owned() } else { format!("{kind} `{name}`") };
                let part = (!field.is_empty()).then_some((field, i));
                SimulationError::Network { what, part, rejection }
            })?;
            self.drain(observer)?;
            self.book.forget_events(self.book.sequence());
        }
        Ok(())
    }

    /// A share of more than all, or a stretch that ends before it begins, would quietly mean something else.
    fn check_options(&self) -> Result<(), SimulationError> {
        let Options { returns_per_thousand: returns, return_days_min, return_days_max, .. } = *self.options;
        let sound = need(returns <= 1_000, "returns_per_thousand", "at most 1,000").and_then(|()| {
            need(return_days_min <= return_days_max, "return_days_min", "at most return_days_max")
        });
        sound.map_err(|rejection| SimulationError::Network {
            what: "the options".into(),
            part: None,
            rejection,
        })
    }

    /// A code that stands twice would shift the indices of the stream.
    fn no_repeats(&self) -> Result<(), SimulationError> {
        fn check<'c>(kind: &str, codes: impl Iterator<Item = &'c String>) -> Result<(), SimulationError> {
            let mut seen = hashbrown::HashSet::new();
            for code in codes {
                if !seen.insert(code) {
                    return Err(SimulationError::Repeated { what: format!("{kind} `{code}`") });
                }
            }
            Ok(())
        }
        check("SKU", self.network.skus.iter().map(|define| &define.sku))?;
        check("channel", self.network.channels.iter().map(|define| &define.channel))?;
        check("node", self.network.nodes.iter().map(|define| &define.node))?;
        check("the feed of channel", self.network.feeds.iter().map(|feed| &feed.channel))?;
        check("order days of supplier", self.network.order_days.iter().map(|days| &days.supplier))
    }

    /// Turns names into the book's ids.
    pub(super) fn resolve(&mut self, at: i64) -> Result<(), SimulationError> {
        let unknown =
            |what: String, part, rejection| SimulationError::Network { what, part: Some(part), rejection };
        let (book, network) = (&self.book, self.network);
        let none = u32::MAX;
        self.channels =
            network.channels.iter().map(|c| book.channel_id(&c.channel).map_or(none, |id| id.0)).collect();
        let skus: Vec<u32> =
            network.skus.iter().map(|s| book.sku_id(&s.sku).map_or(none, |id| id.0)).collect();
        let table = self.orders.table();
        let known = |ids: &[u32], i: u32| {
            ids.get(index(i)).copied().ok_or(SimulationError::OtherNetwork { index: i })
        };
        self.sku = table.sku.iter().map(|sku| known(&skus, *sku)).collect::<Result<_, _>>()?;
        table.channel.iter().try_for_each(|channel| known(&self.channels, *channel).map(|_| ()))?;
        let stock = network.stock.iter().map(|line| (&line.sku, &line.node)).enumerate();
        let stock = stock.map(|(i, keys)| (("stock", i), keys));
        let rules = network.reorder_rules.iter().map(|rule| (&rule.sku, &rule.node)).enumerate();
        let rules = rules.map(|(i, keys)| (("reorder_rules", i), keys));
        // Lines of one SKU mostly stand together.
        let mut last = None;
        for (part, (sku, node)) in stock.chain(rules) {
            let what = || format!("stock of `{sku}` at `{node}`");
            last = last.filter(|(known, _)| *known == sku).or_else(|| Some((sku, book.sku_id(sku)?)));
            let sku = last
                .map(|(_, id)| id)
                .ok_or_else(|| unknown(what(), part, Rejection::UnknownSku { sku: sku.clone() }))?;
            let node = book
                .node_id(node)
                .ok_or_else(|| unknown(what(), part, Rejection::UnknownNode { node: node.clone() }))?;
            self.stocked.add(sku.0, node.0);
        }
        let mut feeds = Vec::new();
        for (i, feed) in network.feeds.iter().enumerate() {
            let channel = self.book.channel_id(&feed.channel).ok_or_else(|| {
                let refused = Rejection::UnknownChannel { channel: feed.channel.clone() };
                unknown("a feed".into(), ("feeds", i), refused)
            })?;
            feeds.push(Feed::new(channel, feed.sync_latency_minutes));
        }
        for (i, outage) in network.outages.iter().enumerate() {
            self.check_outage(outage).map_err(|no| unknown("an outage".into(), ("outages", i), no))?;
        }
        for (i, days) in network.order_days.iter().enumerate() {
            self.check_order_days(days).map_err(|no| unknown("order days".into(), ("order_days", i), no))?;
        }
        self.feeds = feeds;
        self.touched = (0..num::id(network.skus.len())).map(SkuId).collect();
        self.refresh_listings(at.saturating_sub(365 * DAY));
        Ok(())
    }

    /// Notes what the calendar holds: midnights, reviews, outages.
    fn plan_ahead(&mut self) {
        let (start, end) = (self.start(), self.end);
        let mut midnight = start.div_euclid(DAY).saturating_add(1).saturating_mul(DAY);
        while midnight <= end {
            self.agenda.push(midnight, What::Midnight);
            midnight = midnight.saturating_add(DAY);
        }
        let last = self.orders.table().at.last().copied().unwrap_or(0);
        let period = i64::from(self.options.review_hours).saturating_mul(HOUR);
        if period > 0 && !self.network.reorder_rules.is_empty() {
            let mut review = start.saturating_add(period);
            while review <= last {
                self.agenda.push(review, What::Review);
                review = review.saturating_add(period);
            }
        }
        for (i, outage) in self.network.outages.iter().enumerate() {
            // What a supplier does not do is asked when it would do it.
            let begins = outage.supplier.is_empty() && outage.from.micros() >= start;
            if begins && outage.to > outage.from {
                self.agenda.push(outage.from.micros(), What::Close(i));
                self.agenda.push(outage.to.micros(), What::Open(i));
            }
        }
    }

    /// Orders and what falls due, in the order of time; what is due at the instant of an order comes before
    /// it.
    fn trade(
        &mut self,
        policy: &Policy,
        progress: &mut dyn FnMut(Progress<'_>) -> Continue,
        observer: &mut dyn Observer,
    ) -> Result<(), SimulationError> {
        let orders = self.orders.len();
        let (mut row, mut told_at) = (0, 0);
        loop {
            let at = self.orders.table().at.get(row).copied();
            while self.agenda.next().is_some_and(|due| due <= at.unwrap_or(self.end)) {
                let Some((due, what)) = self.agenda.pop() else { break };
                self.happen(due, what, observer)?;
            }
            if row >= told_at || row == orders {
                told_at = row.saturating_add(PROGRESS_ORDERS);
                let now = Instant::from_micros(at.unwrap_or(self.end));
                let told =
                    Progress { policy: &policy.name, run: 0, runs: 1, orders_done: row, orders, at: now };
                if progress(told) == Continue::No {
                    return Err(SimulationError::Stopped);
                }
            }
            match at {
                None => return Ok(()),
                Some(at) => {
                    self.place(row, at, observer)?;
                    row = row.saturating_add(1);
                }
            }
        }
    }

    fn finish(mut self, policy: &Policy, observer: &mut dyn Observer) -> Result<Outcome, SimulationError> {
        self.drain(observer)?;
        observer.day_over(&self.book);
        self.book.verify().map_err(SimulationError::Unsound)?;
        let stock = self.book.stock_columns();
        self.tally.oversold(self.book.pools_oversold());
        let book = self.book;
        let sku = |id: SkuId| book.sku_code(id).map(String::from);
        let node = |id: NodeId| book.node_code(id).map(String::from);
        let service = |id: ServiceId| book.service_code(id).map(String::from);
        let named = |code: Option<&str>| code.map(String::from).unwrap_or_default();
        let history = self.history.unwrap_or_else(|| DemandHistory::new(1));
        let supplier = |id: SupplierId| named(book.supplier_code(id));
        let place = |id: NodeId| named(book.node_code(id));
        let outcome = Outcome {
            history: history.table(book.now().micros(), |id| named(book.sku_code(id)), place),
            lead_times: history.lead_times(supplier, place),
            policy: policy.name.clone(),
            seed: self.options.seed,
            kpis: self.tally.kpis(),
            daily: self.tally.daily(),
            channels: self.tally.channels(|id| named(book.channel_code(id))),
            nodes: self.tally.nodes(|id| named(book.node_code(id))),
            plan: self.plans.table(sku, node, service),
            order_costs: self.costs.table(),
            stock: stock_table(&book, stock),
            balances: balances(&book),
            exceptions: exceptions(&book),
            refusals: refusals(&self.refusals),
            short_skus: self.tally.short_skus(SHORT_SKUS, |id| named(book.sku_code(id))),
            distances: self.tally.distances(),
            shipments: self.tally.shipments(),
            demand: self.tally.demand(),
            flows: self.tally.flows(),
            state_hash: book.state_hash(),
            events: book.sequence(),
            book,
        };
        Ok(outcome)
    }
}

fn stock_table(book: &Book, stock: StockColumns) -> Table {
    let skus = (0..num::id(book.sku_count())).map(|id| text(book.sku_code(SkuId(id)))).collect();
    let nodes = (0..num::id(book.node_count())).map(|id| text(book.node_code(NodeId(id)))).collect();
    Table::new(
        "stock",
        [
            Column { name: "sku", values: Values::Category { codes: stock.sku, names: skus } },
            Column { name: "node", values: Values::Category { codes: stock.node, names: nodes } },
            Column { name: "on_hand", values: Values::Int(stock.on_hand) },
            Column { name: "sellable", values: Values::Int(stock.sellable) },
            Column { name: "reserved", values: Values::Int(stock.reserved) },
            Column { name: "available", values: Values::Int(stock.available) },
            Column { name: "value", values: Values::Money(stock.value) },
        ],
    )
}

fn text(code: Option<&str>) -> String {
    code.map(String::from).unwrap_or_default()
}

fn balances(book: &Book) -> Table {
    let rows = book.trial_balance();
    let names = rows.iter().map(|row| text(book.account_code(row.account))).collect();
    Table::new(
        "balances",
        [
            Column { name: "account", values: Values::Text(names) },
            Column {
                name: "balance",
                values: Values::Money(rows.iter().map(|row| row.balance.micros()).collect()),
            },
        ],
    )
}

fn exceptions(book: &Book) -> Table {
    let rows = match book.ask(&Query::Exceptions(Nothing {})) {
        Ok(Answer::Exceptions(rows)) => rows,
        _ => Vec::new(),
    };
    let texts = |of: &dyn Fn(&ExceptionView) -> String| Values::Text(rows.iter().map(of).collect());
    let key = |id: OrderId| book.order_key(id).map(|key| key.to_string()).unwrap_or_default();
    Table::new(
        "exceptions",
        [
            Column {
                name: "exception",
                values: Values::Int(rows.iter().map(|r| i64::from(r.exception)).collect()),
            },
            Column { name: "code", values: texts(&|r| r.opened.code.word().into()) },
            Column {
                name: "opened_at",
                values: Values::Instant(rows.iter().map(|r| r.opened_at.micros()).collect()),
            },
            Column { name: "order", values: texts(&|r| key(r.opened.order)) },
            Column { name: "sku", values: texts(&|r| text(book.sku_code(r.opened.sku))) },
            Column { name: "node", values: texts(&|r| text(book.node_code(r.opened.node))) },
            Column { name: "qty", values: Values::Int(rows.iter().map(|r| r.opened.qty).collect()) },
        ],
    )
}

fn refusals(by_number: &std::collections::BTreeMap<u16, i64>) -> Table {
    let name = |number: &u16| {
        let row = Rejection::table().iter().find(|row| row.0 == *number);
        row.map(|row| row.1.to_owned()).unwrap_or_default()
    };
    Table::new(
        "refusals",
        [
            Column { name: "number", values: Values::Int(by_number.keys().map(|n| i64::from(*n)).collect()) },
            Column { name: "rejection", values: Values::Text(by_number.keys().map(name).collect()) },
            Column { name: "orders", values: Values::Int(by_number.values().copied().collect()) },
        ],
    )
}
