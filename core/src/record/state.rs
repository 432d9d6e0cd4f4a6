//! The state: tables, nothing else. Whatever can be derived from them is rebuilt, never stored.

mod agenda;
mod desk;
mod forecast;
mod governance;
mod index;
mod rollout;
mod subscription;

pub(crate) use agenda::*;
pub(crate) use desk::*;
pub(crate) use governance::*;
pub(crate) use index::*;
pub(crate) use rollout::*;
pub(crate) use subscription::*;
mod change;
mod short;

pub use change::ChangeState;
pub(crate) use change::{ChangeRow, Due};
mod carried;
mod costs;
mod pools;

pub(crate) use carried::*;
pub(crate) use costs::*;
pub use costs::{BooksDocument, PeriodStatus};
mod sourcing;

pub(crate) use pools::even_values;
pub(crate) use sourcing::TermsRow;

use super::event::Few;
use super::words::Commitment;
use crate::allocation::Outside;
use crate::catalog::{Catalog, ConfigureBook};
use crate::costing::Layers;
use crate::exception::{Cause, ExceptionRow, SetExceptionRule};
use crate::policy::{CompiledPolicy, Policy, default_policy};
use crate::posting::{PostingRule, Rules, default_chart, default_rules, first_chart, first_rules};
use crate::stock::{END, Stock};
use crate::value::digest::Digest;
use crate::value::dues::Dues;
use crate::value::geo::{Direction, Point};
use crate::value::ids::*;
use crate::value::later::Later;
use crate::value::lean::LeanTable;
use crate::value::money::Money;
use crate::value::num;
use crate::value::numbers::Numbers;
use crate::value::table::{Keys, Ordered, Queues, Table, Undoable, tables};
use crate::value::time::Instant;
use crate::value::wire::words;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

words! {
    /// Where an order stands; derived from its lines.
    pub enum OrderState {
        /// Something is reserved, nothing waits.
        Planned,
        /// Something waits for a receipt.
        Backordered,
        /// All that was not struck has left.
        Shipped,
        /// All of it was struck.
        Cancelled,
    }

    /// Where a purchase order stands.
    pub enum PurchaseState {
        /// Something is awaited.
        Open,
        /// All has arrived.
        Received,
        /// The rest was struck.
        Cancelled,
    }

    /// Where a transfer stands.
    pub enum TransferState {
        /// Something is between the nodes.
        InTransit,
        /// All has arrived or is lost.
        Received,
    }

    /// Where a hold stands.
    pub enum HoldState {
        /// It holds.
        Held,
        /// It was given back, replaced by an order, or ran out.
        Ended,
    }
}

/// Currency, windows, and where the record stands.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Head {
    pub config: ConfigureBook,
    pub sequence: u64,
    pub now: Instant,
    /// Micro-units in a minor unit.
    pub minor: i64,
    /// Exceptions stay numbered, so this counts all ever opened.
    pub exceptions: u32,
    /// What the book began with.
    #[serde(default)]
    pub origin: Later<u8, 1>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct OrderRow {
    pub channel: ChannelId,
    pub to: Point,
    pub placed_at: Instant,
    pub deliver_by: Instant,
    pub priority: u8,
    pub commitment: Commitment,
    pub first_line: u32,
    pub lines: u32,
    pub first_parcel: u32,
    /// Sequence of its event: its age.
    pub sequence: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct LineRow {
    pub order: OrderId,
    pub sku: SkuId,
    pub qty: i64,
    pub price: Money,
    pub reserved: i64,
    pub backordered: i64,
    pub shipped: i64,
    pub cancelled: i64,
    pub returned: i64,
    /// Value issued and not come back.
    pub issued: Money,
    pub refunded: Money,
    pub first_reservation: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct ParcelRow {
    pub order: OrderId,
    pub node: NodeId,
    pub service: ServiceId,
    pub ship_at: Instant,
    pub arrive_at: Instant,
    pub freight: Money,
    pub handling: Money,
    /// Whether freight and handling are posted.
    pub posted: bool,
    pub next: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct HoldRow {
    pub channel: ChannelId,
    pub expires_at: Instant,
    pub state: HoldState,
    pub first_reservation: u32,
    /// Whether it may run out.
    #[serde(default)]
    pub phase: Later<crate::stock::HoldPhase, 1>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct PurchaseRow {
    pub supplier: SupplierId,
    pub node: NodeId,
    pub expected_at: Instant,
    pub speed: super::words::Speed,
    pub cancelled: bool,
    pub lines: Vec<PurchaseLineRow>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct PurchaseLineRow {
    pub sku: SkuId,
    pub qty: i64,
    pub received: i64,
    pub unit_cost: Money,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct TransferRow {
    pub from: NodeId,
    pub to: NodeId,
    pub lines: Vec<TransferLineRow>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct TransferLineRow {
    pub sku: SkuId,
    pub qty: i64,
    pub received: i64,
    pub lost: i64,
    /// Value still in transit.
    pub value: Money,
}

impl TransferLineRow {
    /// Units still in transit.
    pub(crate) fn left(&self) -> i64 {
        self.qty.saturating_sub(self.received).saturating_sub(self.lost)
    }
}

/// A backordered line in its SKU's queue: priority, then age, then line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) struct Waiting {
    pub priority: u8,
    pub sequence: u64,
    pub line: u32,
}

/// The documents.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Documents {
    pub orders: Numbers,
    pub order: Table<OrderRow>,
    pub lines: LeanTable<LineRow>,
    pub parcels: LeanTable<ParcelRow>,
    pub waiting: Queues<Waiting>,
    pub holds: Numbers,
    pub hold: LeanTable<HoldRow>,
    pub due: Dues,
    pub purchases: Numbers,
    pub purchase: Table<PurchaseRow>,
    /// Units on open purchase orders, by SKU and node.
    pub on_orders: Keys<(SkuId, NodeId)>,
    pub on_order: Table<i64>,
    pub transfers: Numbers,
    pub transfer: Table<TransferRow>,
    pub returns: Numbers,
    pub receipts: Numbers,
    pub adjustments: Numbers,
    pub movements: Numbers,
    pub changes: Numbers,
    pub change: Table<ChangeRow>,
    pub changes_due: Dues,
    /// Announced supply.
    pub expected: Numbers,
    pub expect: Table<super::event::Expected>,
    /// When transfers arrive.
    pub arriving: Keys<TransferId>,
    pub arrival: Table<Instant>,
    pub late_suppliers: Keys<SupplierId>,
    pub lateness: Table<Vec<crate::stock::LatenessStep>>,
    /// Caps on backorders: units, and percent of the supply that is to come.
    pub preorders: Keys<SkuId>,
    pub preorder: Table<(Option<i64>, Option<Money>)>,
    pub redeals: Numbers,
    /// Orders with virtual kits.
    pub order_kits: Keys<u32>,
    pub order_kit: Table<Vec<super::event::OrderedKit>>,
    pub assemblies: Numbers,
    /// Orders with terms of their own, and those terms.
    pub termed: Keys<OrderId>,
    pub terms: Table<TermsRow>,
    /// Orders that lines were added to, by their first line: how many they were placed with, and the added
    /// lines' rows.
    pub adders: Keys<u32>,
    pub added: Table<(u32, Vec<u32>)>,
}

tables!(Documents:
    orders, order, lines, parcels, waiting, holds, hold, due, purchases, purchase, on_orders, on_order,
    transfers,
    transfer, returns, receipts, adjustments, movements;
    later: changes, change, changes_due,
    expected, expect, arriving, arrival, late_suppliers, lateness, preorders, preorder, redeals,
    order_kits, order_kit, assemblies, termed, terms, adders, added
);

/// The books and what governs them.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Books {
    /// Balance by account, debit positive.
    pub balances: Table<Money>,
    pub policies: Table<Policy>,
    pub rules: Table<PostingRule>,
    pub exceptions: Table<ExceptionRow>,
    pub open_exceptions: Ordered<u32>,
    pub exception_rules: Table<SetExceptionRule>,
    pub agenda: Agenda,
}

tables!(Books: balances, policies, rules, exceptions, open_exceptions; later: exception_rules, agenda);

/// What decisions read fast, rebuilt from the tables.
#[derive(Clone, Debug, Default)]
pub(crate) struct Derived {
    pub directions: Vec<Direction>,
    pub policy: CompiledPolicy,
    pub rules: Rules,
    /// Source and actor as last seen, so that an event shares their text.
    pub source: Arc<str>,
    pub actor: Arc<str>,
    /// Whether a rule looks at what is said.
    pub governed: bool,
    /// By account, what it was last counted under: a guess, which is looked at before it is believed.
    pub closings: Vec<u32>,
    /// The open exception of a cause.
    pub causes: BTreeMap<Cause, u32>,
    /// The agenda by what it is about, of chores that do not know themselves when they are due.
    pub chores: Ordered<(Chore, u32, Instant)>,
    /// Documents by which goods are still to come, by SKU.
    pub inbound: Ordered<(SkuId, Inbound, u32)>,
    /// Returns under way, by order.
    pub returning: Ordered<(OrderId, u32)>,
}

/// Everything that the book knows.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct State {
    pub head: Head,
    pub catalog: Catalog,
    pub stock: Stock,
    pub layers: Layers,
    pub docs: Documents,
    pub books: Books,
    #[serde(skip)]
    pub derived: Derived,
    #[serde(default)]
    pub govern: Governance,
    #[serde(default)]
    pub desk: Desk,
    #[serde(default)]
    pub integration: Integration,
    #[serde(default)]
    pub costs: Costs,
    #[serde(default)]
    pub outside: Outside,
}

impl Head {
    pub(crate) fn origin(&self) -> u8 {
        (*self.origin).max(1)
    }
}

/// What books of this release begin with.
pub(crate) const ORIGIN: u8 = 3;

/// How a state stood when it began to log: what undoes all that came since.
pub(crate) struct Savepoint {
    head: Head,
    /// How far each table's log went.
    logs: Vec<usize>,
}

/// More tables than there are, so that their list is made at once.
const LOGS: usize = 256;

impl State {
    /// A book before its first command: default currency, chart, posting rules and policy. What a book begins
    /// with hangs on the release that it was begun with, for ever: `origin` 1 is the first.
    pub(crate) fn genesis(origin: u8) -> State {
        let config = ConfigureBook {
            currency: "USD".into(),
            currency_digits: 2,
            idempotency_window: 1 << 18,
            event_window: 1 << 16,
        };
        let head = Head {
            config,
            sequence: 0,
            now: Instant::START,
            minor: 10_000,
            exceptions: 0,
            origin: Later(if origin > 1 { origin } else { 0 }),
        };
        let mut state = State {
            head,
            catalog: Catalog::default(),
            stock: Stock::default(),
            layers: Layers::default(),
            docs: Documents::default(),
            books: Books::default(),
            derived: Derived::default(),
            govern: Governance::default(),
            desk: Desk::default(),
            integration: Integration::default(),
            costs: Costs::default(),
            outside: Outside::default(),
        };
        state.stock.labels.intern("".into());
        let first = origin <= 1;
        for account in if first { first_chart() } else { default_chart() } {
            state.catalog.put_account(&account);
            state.books.balances.push(Money::ZERO);
        }
        for rule in if first { first_rules() } else { default_rules() } {
            state.books.rules.push(rule);
        }
        state.rebuild();
        state
    }

    /// Derives again what is derived.
    pub(crate) fn rebuild(&mut self) {
        self.shut_closed();
        self.stock.pooled = self.has_pools();
        self.stock.counts_since = self.head.origin() > 2;
        // What began earlier has rows for all.
        self.stock.ones.keep(self.head.origin() > 2);
        self.catalog.is_limited = self.catalog.site.rows().iter().any(|site| site.capacity.is_some());
        self.catalog.sells_suppliers = self.head.origin() <= 2;
        self.catalog.note_services();
        self.stock.clock = self.head.now;
        self.set_lives();
        self.stock.sends = Vec::new();
        self.set_all_sends();
        self.derived.directions =
            self.catalog.node.rows().iter().map(|node| node.place.direction()).collect();
        // What was checked when it was set compiles for ever: master data only grows.
        self.derived.rules = Rules::compile(self.books.rules.rows(), &self.catalog).unwrap_or_default();
        let latest = self.books.policies.rows().last().cloned().unwrap_or_else(default_policy);
        self.derived.policy = CompiledPolicy::compile(&latest, &self.catalog).unwrap_or_default();
        self.rebuild_causes();
        self.derived.governed = self.has_rules();
    }

    /// Tells the stock how long channels want goods to live, and by which services they go.
    pub(crate) fn set_lives(&mut self) {
        let days = |(id, _)| {
            self.catalog.outlet_of(ChannelId(id)).map_or(0, |row| i64::from(row.remaining_life_days))
        };
        self.stock.lives = self.catalog.channel.iter().map(days).collect();
        self.stock.services = self.catalog.channel.iter().map(|(_, row)| row.services.clone()).collect();
    }

    /// Tells the stock how soon goods leave all nodes.
    pub(crate) fn set_all_sends(&mut self) {
        (0..num::id(self.catalog.node.len())).for_each(|node| self.set_sends(NodeId(node)));
    }

    /// Tells the stock how soon goods leave a node.
    pub(crate) fn set_sends(&mut self, node: NodeId) {
        let sends = self.catalog.sends_of(node);
        match self.stock.sends.get_mut(num::index(node.0)) {
            Some(known) => *known = sends,
            None => self.stock.sends.push(sends),
        }
    }

    /// Tells the stock which nodes are closed.
    pub(crate) fn shut_closed(&mut self) {
        let closed =
            self.catalog.node.iter().filter(|(_, row)| row.status == crate::catalog::NodeStatus::Closed);
        self.stock.shut = closed.map(|(id, _)| NodeId(id)).collect();
    }

    fn each(&mut self, act: &mut dyn FnMut(&mut dyn Undoable)) {
        self.catalog.tables_mut().into_iter().for_each(&mut *act);
        self.stock.tables_mut().into_iter().for_each(&mut *act);
        self.layers.tables_mut().into_iter().for_each(&mut *act);
        self.docs.tables_mut().into_iter().for_each(&mut *act);
        self.books.tables_mut().into_iter().for_each(&mut *act);
        self.govern.tables_mut().into_iter().for_each(&mut *act);
        self.desk.tables_mut().into_iter().for_each(&mut *act);
        self.integration.tables_mut().into_iter().for_each(&mut *act);
        self.costs.tables_mut().into_iter().for_each(&mut *act);
        self.outside.tables_mut().into_iter().for_each(&mut *act);
        act(&mut self.derived.chores);
        act(&mut self.derived.inbound);
        act(&mut self.derived.returning);
    }

    fn first_tables(&self) -> impl Iterator<Item = &dyn Undoable> {
        let parts = [
            self.catalog.tables(),
            self.stock.tables(),
            self.layers.tables(),
            self.docs.tables(),
            self.books.tables(),
            self.govern.tables(),
            self.desk.tables(),
            self.integration.tables(),
            self.costs.tables(),
            self.outside.tables(),
        ];
        parts.into_iter().flatten()
    }

    fn later_tables(&self) -> impl Iterator<Item = (&'static str, &dyn Undoable)> {
        let parts = [
            self.catalog.later_tables(),
            self.stock.later_tables(),
            self.layers.later_tables(),
            self.docs.later_tables(),
            self.books.later_tables(),
            self.govern.later_tables(),
            self.desk.later_tables(),
            self.integration.later_tables(),
            self.costs.later_tables(),
            self.outside.later_tables(),
        ];
        parts.into_iter().flatten()
    }

    /// Starts to log changes, or goes on, and remembers how it stands.
    pub(crate) fn begin(&mut self) -> Savepoint {
        let mut logs = Vec::with_capacity(LOGS);
        self.each(&mut |table| logs.push(table.begin()));
        Savepoint { head: self.head.clone(), logs }
    }

    /// Undoes all since then, and logs no more.
    pub(crate) fn rollback(&mut self, to: Savepoint) {
        let mut logs = to.logs.into_iter();
        self.each(&mut |table| table.undo(logs.next().unwrap_or(0)));
        self.head = to.head;
        self.rebuild();
    }

    /// Keeps all since `begin`.
    pub(crate) fn commit(&mut self) {
        self.each(&mut |table| table.commit());
    }

    /// The hash of everything, from the hashes that the tables keep up.
    pub(crate) fn hash(&self) -> u64 {
        self.fold(|table| table.hash())
    }

    /// The same hash, from the rows.
    pub(crate) fn rehash(&self) -> u64 {
        self.fold(|table| table.rehash())
    }

    fn fold(&self, hash: impl Fn(&dyn Undoable) -> u64) -> u64 {
        let mut hashes: Vec<u64> = self.first_tables().map(&hash).collect();
        hashes.push(Digest::of(&self.head));
        // A table that came later counts from its first row on, by its name.
        for (name, table) in self.later_tables() {
            let hash = hash(table);
            if hash != 0 {
                hashes.push(Digest::of(&(name, hash)));
            }
        }
        Digest::of(&hashes)
    }

    /// The decision's view of the world.
    #[inline]
    pub(crate) fn world(&self) -> crate::allocation::World<'_> {
        crate::allocation::World {
            catalog: &self.catalog,
            stock: &self.stock,
            directions: &self.derived.directions,
            outside: &self.outside,
            facts: None,
        }
    }

    /// Units free of a SKU for a channel at a node, and units free but kept from it: for others, or because
    /// their lots do not live long enough when they leave.
    #[inline]
    pub(crate) fn free_for(&self, sku: SkuId, node: NodeId, channel: ChannelId) -> (i64, i64) {
        let cell = self.stock.cells.get(sku, node);
        if !self.stock.is_by_lot(sku) {
            return self.stock.free_for(sku, node, &cell, channel);
        }
        let leaves = self.stock.soonest(node, channel);
        let lives = self.stock.dated_room(sku, node, channel, leaves);
        self.stock.room_for(sku, node, &cell, (channel, lives), 0, (0, 0))
    }

    /// The pending reservations of a chain, in the order in which they were made.
    pub(crate) fn reservations(&self, first: u32) -> impl Iterator<Item = (u32, crate::stock::Reservation)> {
        let row = |id: u32| self.stock.reservations.get(id).map(|row| (id, row));
        std::iter::successors(row(first), move |(_, known)| row(known.next))
    }

    /// The request by which units of a reservation are brought to their parcel's node, if they lie elsewhere.
    pub(crate) fn bringing(&self, row: &crate::stock::Reservation) -> Option<u32> {
        let request = self.desk.bringing(row.parcel)?;
        self.docs.parcels.get(row.parcel).filter(|parcel| parcel.node != row.node).map(|_| request)
    }

    /// The pending reservations of a chain that a node may send to the customer.
    pub(crate) fn ready_at(
        &self,
        first: u32,
        node: NodeId,
    ) -> impl Iterator<Item = (u32, crate::stock::Reservation)> {
        self.reservations(first).filter(move |(_, row)| row.node == node && self.bringing(row).is_none())
    }

    /// What is reserved to be brought by a request's transfer: its line, the reservation and its row.
    pub(crate) fn brought_by(&self, request: u32) -> Vec<(u32, u32, crate::stock::Reservation)> {
        let mut held = Vec::new();
        let Some(parcel) = self.desk.request.get(request).and_then(|row| *row.parcel) else { return held };
        let order = self.docs.parcels.get(parcel).and_then(|row| self.docs.order.get(row.order.0));
        let Some(order) = order else { return held };
        for (line, row) in self.line_rows(order) {
            let pending = self.reservations(row.first_reservation).filter(|(_, row)| row.qty > 0);
            let mine = pending.filter(|(_, row)| row.parcel == parcel && self.bringing(row).is_some());
            held.extend(mine.map(|(id, row)| (line, id, row)));
        }
        held
    }

    /// The parcels of an order, in the order in which they were planned.
    pub(crate) fn parcels(&self, order: &OrderRow) -> impl Iterator<Item = (u32, ParcelRow)> {
        let row = |id: u32| self.docs.parcels.get(id).map(|row| (id, row));
        std::iter::successors(row(order.first_parcel), move |(_, known)| row(known.next))
    }

    pub(crate) fn order_lines(&self, order: &OrderRow) -> Few<LineRow, 4> {
        self.lines_of(order).collect()
    }

    /// An order's lines one by one, where they are not all needed or only once.
    pub(crate) fn lines_of(&self, order: &OrderRow) -> impl Iterator<Item = LineRow> + Clone {
        let end = order.first_line.saturating_add(order.lines);
        let (_, added) = self.docs.added_to(order.first_line);
        let later = added.iter().filter_map(|line| self.docs.lines.get(*line));
        self.docs.lines.range(order.first_line, end).chain(later)
    }

    /// The same with their rows' numbers.
    pub(crate) fn line_rows(&self, order: &OrderRow) -> impl Iterator<Item = (u32, LineRow)> + Clone {
        let end = order.first_line.saturating_add(order.lines);
        let (_, added) = self.docs.added_to(order.first_line);
        (order.first_line..end).chain(added.iter().copied()).zip(self.lines_of(order))
    }

    pub(crate) fn on_order(&self, sku: SkuId, node: NodeId) -> i64 {
        let id = self.docs.on_orders.find(&(sku, node));
        id.and_then(|id| self.docs.on_order.get(id)).copied().unwrap_or(0)
    }

    /// Whether goods of a SKU are in stock, on their way or waited for.
    pub(crate) fn has_goods(&self, sku: SkuId) -> bool {
        let there = |(node, _): (u32, &crate::catalog::NodeRow)| {
            let cell = self.stock.cells.get(sku, NodeId(node));
            cell.on_hand() != 0 || cell.reserved != 0 || !self.stock.places(sku, NodeId(node)).is_empty()
        };
        let comes = |kind| self.inbound(sku, kind).next().is_some();
        let waits = self.docs.waiting.queue(sku.0).next().is_some();
        waits || comes(Inbound::Purchase) || comes(Inbound::Transfer) || self.catalog.node.iter().any(there)
    }

    /// Whether a SKU's scale and costing are in use.
    pub(crate) fn sku_in_use(&self, sku: SkuId) -> bool {
        let cells = self.catalog.node.iter().map(|(node, _)| self.stock.cells.get(sku, NodeId(node)));
        let stocked = cells.into_iter().any(|cell| cell.on_hand() != 0 || cell.reserved != 0);
        stocked
            || self.docs.lines.iter().any(|(_, line)| line.sku == sku)
            || self.docs.purchase.rows().iter().any(|po| po.lines.iter().any(|line| line.sku == sku))
            || self.docs.transfer.rows().iter().any(|t| t.lines.iter().any(|line| line.sku == sku))
            || self.stock.borders.get(sku.0).is_some_and(|border| *border != crate::stock::Border::default())
    }
}

impl OrderRow {
    pub(crate) fn state(&self, lines: &[LineRow]) -> OrderState {
        let sum = |of: fn(&LineRow) -> i64| lines.iter().map(of).fold(0, i64::saturating_add);
        if sum(|line| line.backordered) > 0 {
            OrderState::Backordered
        } else if sum(|line| line.reserved) > 0 {
            OrderState::Planned
        } else if sum(|line| line.shipped) > 0 {
            OrderState::Shipped
        } else {
            OrderState::Cancelled
        }
    }
}

impl Documents {
    /// How many lines an order was placed with, and the rows of those that were added to it since; none where
    /// there are none, which is the common case.
    pub(crate) fn added_to(&self, first: u32) -> (u32, &[u32]) {
        if self.adders.len() == 0 {
            return (u32::MAX, &[]);
        }
        let row = self.adders.find(&first).and_then(|id| self.added.get(id));
        row.map_or((u32::MAX, [].as_slice()), |(placed, lines)| (*placed, lines))
    }

    /// The row of a line by its number, from 1, in an order with such a first line.
    #[inline]
    pub(crate) fn line_id(&self, first: u32, number: u32) -> u32 {
        let (placed, added) = self.added_to(first);
        let later = number.checked_sub(placed).and_then(|at| at.checked_sub(1));
        let row = later.and_then(|at| added.get(num::index(at)).copied());
        row.unwrap_or_else(|| first.saturating_add(number.saturating_sub(1)))
    }

    /// The number of a line by its row.
    pub(crate) fn line_number(&self, first: u32, line: u32) -> u32 {
        let (placed, added) = self.added_to(first);
        let at = added.iter().position(|known| *known == line);
        match at {
            Some(at) => placed.saturating_add(num::id(at)).saturating_add(1),
            None => line.saturating_sub(first).saturating_add(1),
        }
    }
}

impl PurchaseLineRow {
    /// Units still to come, unless the rest was struck.
    pub(crate) fn open(&self) -> i64 {
        self.qty.saturating_sub(self.received).max(0)
    }
}

impl PurchaseRow {
    /// Whether a line, by its number, is of a SKU.
    pub(crate) fn of_sku(&self, sku: SkuId) -> impl Fn(u32) -> bool + '_ {
        let line = |number: u32| number.checked_sub(1).and_then(|at| self.lines.get(num::index(at)));
        move |number| line(number).is_some_and(|line| line.sku == sku)
    }

    pub(crate) fn state(&self) -> PurchaseState {
        if self.lines.iter().all(|line| line.received >= line.qty) {
            PurchaseState::Received
        } else if self.cancelled {
            PurchaseState::Cancelled
        } else {
            PurchaseState::Open
        }
    }
}

impl TransferRow {
    pub(crate) fn state(&self) -> TransferState {
        let done = |line: &TransferLineRow| line.received.saturating_add(line.lost) >= line.qty;
        if self.lines.iter().all(done) { TransferState::Received } else { TransferState::InTransit }
    }
}

/// The head of an empty chain.
pub(crate) const NOTHING: u32 = END;
