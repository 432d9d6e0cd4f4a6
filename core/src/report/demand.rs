//! Demand and lead times as the events tell them: what planning starts from.
//!
//! Demand counts when and where it was asked for: for the SKU that was ordered, at the nodes that the
//! deciding rule of the policy would have given it from had no shelf been empty. Every shelf counts as
//! full that is kept: one that has or had the SKU, or has a reorder rule for it. What another node or a
//! substitute gave instead is demand of the empty shelf, not of the one that helped out. What no kept
//! shelf may give counts at no node, until it is served. How long a shelf was empty is kept beside, so
//! that sales can be corrected for stockouts ([`crate::replenishment::corrected`]).

use super::table::{Column, Table, Values};
use crate::allocation::Allocator;
use crate::book::Book;
use crate::record::*;
use crate::replenishment::lead_time;
use crate::value::ids::{NodeId, OrderId, SkuId, SupplierId};
use crate::value::num::{self, index};
use crate::value::time::Instant;
use std::collections::{BTreeMap, BTreeSet};

const DAY: i64 = 86_400_000_000;

/// Demand of a SKU at a node.
#[derive(Clone, Debug, Default)]
struct Shelf {
    /// Units by period.
    units: Vec<i64>,
    /// Those of them that had to wait.
    waited: Vec<i64>,
    /// Those of them that another node, or a substitute, gave.
    elsewhere: Vec<i64>,
    /// Microseconds without anything free, by period.
    empty: Vec<i64>,
    empty_since: Option<i64>,
}

/// Folds events into demand by SKU, node and period, and into lead times of purchases.
///
/// It has to see every event of a book in order, each before the book is much further.
///
/// ```
/// use stockbook::{Book, report::DemandHistory};
/// let (book, mut history) = (Book::new(), DemandHistory::new(7));
/// history.day_over(&book);
/// assert_eq!(history.lead_times(|_| String::new(), |_| String::new()).rows(), 0);
/// ```
#[derive(Clone, Debug)]
pub struct DemandHistory {
    period: i64,
    first: Option<i64>,
    until: i64,
    shelves: BTreeMap<(SkuId, NodeId), Shelf>,
    /// When each order came, and its SKUs by line.
    orders: Vec<(i64, Vec<SkuId>)>,
    /// Supplier, node and instant of each purchase.
    purchases: Vec<(SupplierId, NodeId, i64)>,
    /// Shelves that goods have come to.
    kept: BTreeSet<(SkuId, NodeId)>,
    /// What no shelf was asked for yet, by order and SKU.
    nowhere: BTreeMap<(OrderId, SkuId), i64>,
    allocator: Allocator,
    leads: BTreeMap<(SupplierId, NodeId), Vec<i64>>,
}

fn add(to: &mut Vec<i64>, period: usize, by: i64) {
    if period >= to.len() {
        to.resize(period.saturating_add(1), 0);
    }
    if let Some(slot) = to.get_mut(period) {
        *slot = slot.saturating_add(by);
    }
}

/// The SKU that each line of an order asked for, whatever was given instead.
fn ordered(placed: &OrderPlaced) -> Vec<SkuId> {
    let mut skus: Vec<SkuId> = placed.lines.iter().map(|line| line.sku).collect();
    for other in &placed.substituted {
        if let Some(sku) = skus.get_mut(index(other.line.saturating_sub(1))) {
            *sku = other.sku;
        }
    }
    skus
}

/// What an order asked for of a SKU, and what it got.
#[derive(Debug, Default)]
struct Asked {
    /// Units not yet laid to a node.
    left: i64,
    /// Units that nobody gave.
    short: i64,
    /// By node: units asked for and given there.
    nodes: BTreeMap<NodeId, (i64, i64)>,
}

impl Asked {
    /// What the order got of it.
    fn of(placed: &OrderPlaced, ordered: &[SkuId], sku: SkuId) -> Asked {
        let place = |line: u32| index(line.saturating_sub(1));
        let is_it = |line: u32| ordered.get(place(line)) == Some(&sku);
        let as_ordered = |line: u32| placed.lines.get(place(line)).is_some_and(|known| known.sku == sku);
        let mut asked = Asked::default();
        let lines = placed.lines.iter().zip(ordered).filter(|(_, of)| **of == sku);
        asked.left = lines.map(|(line, _)| line.qty).fold(0, i64::saturating_add);
        for part in placed.plan.parts.iter().filter(|part| is_it(part.line) && as_ordered(part.line)) {
            if let Some(parcel) = placed.plan.parcels.get(index(part.parcel)) {
                let given = &mut asked.nodes.entry(parcel.node).or_default().1;
                *given = given.saturating_add(part.qty);
            }
        }
        let waits = placed.plan.backordered.iter().chain(&placed.plan.cancelled);
        let short = waits.filter(|line| is_it(line.line)).map(|line| line.qty);
        asked.short = short.fold(0, i64::saturating_add);
        asked
    }

    /// Lays it to the nodes that it was asked of; of the rest, what was given was asked for there.
    fn ask(&mut self, parts: impl Iterator<Item = (NodeId, i64)>) {
        for (node, qty) in parts {
            let qty = qty.min(self.left);
            let asked = &mut self.nodes.entry(node).or_default().0;
            *asked = asked.saturating_add(qty);
            self.left = self.left.saturating_sub(qty);
        }
        for (asked, given) in self.nodes.values_mut() {
            let more = given.saturating_sub(*asked).clamp(0, self.left.max(0));
            *asked = asked.saturating_add(more);
            self.left = self.left.saturating_sub(more);
        }
        if self.left > 0 {
            self.nodes.insert(NodeId::NONE, (self.left, 0));
        }
    }

    /// By node: units asked for, those that had to wait, and those that came from elsewhere.
    fn split(self) -> impl Iterator<Item = (NodeId, [i64; 3])> {
        let mut short = self.short;
        // What no node could have given waits first: nobody gave it.
        let nowhere = self.nodes.get(&NodeId::NONE).map_or(0, |(asked, _)| *asked).min(short);
        short = short.saturating_sub(nowhere);
        self.nodes.into_iter().filter(|(_, (asked, _))| *asked > 0).map(move |(node, (asked, given))| {
            if node == NodeId::NONE {
                return (node, [asked, nowhere, asked.saturating_sub(nowhere)]);
            }
            let lacked = asked.saturating_sub(given).max(0);
            let waited = lacked.min(short);
            short = short.saturating_sub(waited);
            (node, [asked, waited, lacked.saturating_sub(waited)])
        })
    }
}

impl DemandHistory {
    /// With periods of so many days, at least one; they begin with the first order's day (UTC).
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    #[doc = include_str!("../example_order.txt")]
    /// # let mut history = report::DemandHistory::new(7);
    /// // Periods of seven days begin with the first order's day.
    /// # for event in book.events_since(1)? { history.record(&book, event); }
    /// let to = at.plus_seconds(8 * 86_400).micros();
    /// let table = history.table(to, |_| "TEE".into(), |_| "RENO".into());
    /// assert_eq!((table.rows(), table.text("period", 1)), (2, "2026-01-12T00:00:00Z".into()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn new(days: u32) -> DemandHistory {
        DemandHistory {
            period: i64::from(days.max(1)).saturating_mul(DAY),
            first: None,
            until: i64::MAX,
            shelves: BTreeMap::new(),
            orders: Vec::new(),
            purchases: Vec::new(),
            kept: BTreeSet::new(),
            nowhere: BTreeMap::new(),
            allocator: Allocator::default(),
            leads: BTreeMap::new(),
        }
    }

    /// The same, of time up to an instant (microseconds since 1970): a shelf that is empty later is not
    /// counted, what was asked for before and is filled later is.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    #[doc = include_str!("../example_order.txt")]
    /// let mut history = report::DemandHistory::new(1).until(at.plus_seconds(15 * 3_600).micros());
    /// for event in book.events_since(1)? { history.record(&book, event); }
    /// let table = history.table(i64::MAX, |_| "TEE".into(), |_| "RENO".into());
    /// assert_eq!(table.rows(), 1, "one day, whenever it is asked");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn until(self, until: i64) -> DemandHistory {
        DemandHistory { until, ..self }
    }

    /// Reads an event.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    #[doc = include_str!("../example_order.txt")]
    /// let mut history = report::DemandHistory::new(7);
    /// for event in book.events_since(1)? {
    ///     history.record(&book, event);
    /// }
    /// let table = history.table(at.plus_seconds(60).micros(), |_| "TEE".into(), |_| "RENO".into());
    /// assert_eq!(table.ints("units"), [3], "an order of 3");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn record(&mut self, book: &Book, event: &Event) {
        let at = event.at.micros();
        match &event.body {
            Body::OrderPlaced(placed) => self.placed(book, at, placed),
            Body::GoodsReceived(received) => {
                if let Some((supplier, node, since)) = self.purchases.get(index(received.purchase_order.0)) {
                    let took = at.saturating_sub(*since);
                    self.leads.entry((*supplier, *node)).or_default().push(took);
                }
                self.kept.extend(received.lines.iter().map(|line| (line.sku, received.node)));
                self.filled(&received.fills, &received.parcels);
                received.lines.iter().for_each(|line| self.look(book, line.sku, received.node, at));
            }
            Body::TransferReceived(received) => {
                self.filled(&received.fills, &received.parcels);
                self.look_at_empty(book, at);
            }
            Body::KitAssembled(assembled) => {
                self.filled(&assembled.fills, &assembled.parcels);
                self.look_at_empty(book, at);
            }
            Body::BackordersFilled(filled) => {
                self.filled(&filled.fills, &filled.parcels);
                self.look_at_empty(book, at);
            }
            Body::PurchaseOrderPlaced(purchase) => {
                self.purchases.push((purchase.supplier, purchase.node, at));
            }
            Body::ReturnReceived(returned) => {
                let lines = self.orders.get(index(returned.order.0)).map(|order| order.1.clone());
                for sku in lines.unwrap_or_default() {
                    self.look(book, sku, returned.node, at);
                }
            }
            _ => {}
        }
    }

    /// A day is over: shelves that were filled by other ways are looked at.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// let order = r#"{"place_order":{"order":"1","channel":"web","to":{"lat":"39","lon":"-119"},"lines":[
    ///     {"sku":"TEE","qty":10}]}}"#;
    /// book.execute(&Envelope::new("order", at, serde_json::from_str(order)?))?;
    /// let mut history = report::DemandHistory::new(1);
    /// for event in book.events_since(1)? { history.record(&book, event); }
    /// history.day_over(&book);
    /// // The shelf is empty from 09:00 on: there was something to sell for 9 of 24 hours.
    /// let midnight = at.plus_seconds(15 * 3_600).micros();
    /// let table = history.table(midnight, |_| "TEE".into(), |_| "RENO".into());
    /// assert_eq!(table.text("in_stock", 0), "0.375");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn day_over(&mut self, book: &Book) {
        self.look_at_empty(book, book.now().micros());
    }

    fn placed(&mut self, book: &Book, at: i64, placed: &OrderPlaced) {
        self.first.get_or_insert(at.div_euclid(DAY).saturating_mul(DAY));
        let order = OrderId(num::id(self.orders.len()));
        let mut allocator = std::mem::take(&mut self.allocator);
        let known = |sku, node| self.kept.contains(&(sku, node)) || self.shelves.contains_key(&(sku, node));
        let kept = |sku, node| known(sku, node) || book.keeps(sku, node);
        let asked = book.asked_of(&mut allocator, Instant::from_micros(at), placed, kept);
        self.allocator = allocator;
        let ordered = ordered(placed);
        let mut skus = ordered.clone();
        skus.sort_unstable();
        skus.dedup();
        for sku in skus {
            let mut demand = Asked::of(placed, &ordered, sku);
            demand.ask(asked.iter().filter(|part| part.0 == sku).map(|(_, node, qty)| (*node, *qty)));
            for (node, [units, waited, elsewhere]) in demand.split() {
                if node == NodeId::NONE {
                    self.nowhere.insert((order, sku), units);
                }
                self.ask(sku, node, at, [units, waited, elsewhere]);
                self.look(book, sku, node, at);
            }
        }
        for part in &placed.plan.parts {
            let node = placed.plan.parcels.get(index(part.parcel)).map_or(NodeId::NONE, |p| p.node);
            let line = placed.lines.get(index(part.line.saturating_sub(1)));
            line.into_iter().for_each(|line| self.look(book, line.sku, node, at));
        }
        self.orders.push((at, ordered));
    }

    /// What waits is served: what no shelf was asked for is demand of the one that serves it, in the
    /// period it was asked in.
    fn filled(&mut self, fills: &[Fill], parcels: &[Parcel]) {
        for fill in fills {
            let Some((at, sku)) = self.line(fill.order, fill.line) else { continue };
            let Some(left) = self.nowhere.get_mut(&(fill.order, sku)) else { continue };
            let qty = fill.qty.min(*left);
            *left = left.saturating_sub(qty);
            let node = parcels.get(index(fill.parcel)).map_or(NodeId::NONE, |parcel| parcel.node);
            let moved = qty.saturating_neg();
            self.ask(sku, NodeId::NONE, at, [moved, moved, 0]);
            self.ask(sku, node, at, [qty, qty, 0]);
        }
    }

    fn line(&self, order: OrderId, line: u32) -> Option<(i64, SkuId)> {
        let (at, skus) = self.orders.get(index(order.0))?;
        Some((*at, *skus.get(index(line.saturating_sub(1)))?))
    }

    fn period_of(&self, at: i64) -> usize {
        let since = at.saturating_sub(self.first.unwrap_or(at)).max(0);
        usize::try_from(since.checked_div(self.period).unwrap_or(0)).unwrap_or(0)
    }

    fn ask(&mut self, sku: SkuId, node: NodeId, at: i64, [units, waited, elsewhere]: [i64; 3]) {
        let period = self.period_of(at);
        let shelf = self.shelves.entry((sku, node)).or_default();
        add(&mut shelf.units, period, units);
        add(&mut shelf.waited, period, waited);
        add(&mut shelf.elsewhere, period, elsewhere);
    }

    fn look(&mut self, book: &Book, sku: SkuId, node: NodeId, at: i64) {
        let empty = book.free_at(sku, node) <= 0;
        let Some(shelf) = self.shelves.get_mut(&(sku, node)) else { return };
        match (empty, shelf.empty_since) {
            (true, None) => shelf.empty_since = Some(at),
            (false, Some(since)) => {
                shelf.empty_since = None;
                self.was_empty(sku, node, since, at);
            }
            _ => {}
        }
    }

    fn look_at_empty(&mut self, book: &Book, at: i64) {
        let empty = self.shelves.iter().filter(|(_, shelf)| shelf.empty_since.is_some());
        let keys: Vec<(SkuId, NodeId)> = empty.map(|(key, _)| *key).collect();
        keys.into_iter().for_each(|(sku, node)| self.look(book, sku, node, at));
    }

    /// Spreads a stretch of time over the periods that it touches.
    fn was_empty(&mut self, sku: SkuId, node: NodeId, from: i64, to: i64) {
        let (first, period, to) = (self.first.unwrap_or(from), self.period, to.min(self.until));
        let range = self.period_of(from)..=self.period_of(to);
        let Some(shelf) = self.shelves.get_mut(&(sku, node)) else { return };
        for at in range {
            let start = first.saturating_add(num::count(at).saturating_mul(period));
            let end = start.saturating_add(period);
            add(&mut shelf.empty, at, to.min(end).saturating_sub(from.max(start)).max(0));
        }
    }

    /// Demand by SKU, node and period up to an instant (microseconds since 1970), all periods of each pair:
    /// units asked for, the share of the period in which something was free, those of the units that had to
    /// wait, the days of the period that it covers, and those of the units that came from elsewhere (what was
    /// sold from the shelf is the rest). A pair without a node is demand that no shelf could have served.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    #[doc = include_str!("../example_order.txt")]
    /// # let mut history = report::DemandHistory::new(1);
    /// # for event in book.events_since(1)? { history.record(&book, event); }
    /// // An order of 3 of 10: something was free all day.
    /// let sku = |id| book.sku_code(id).unwrap_or_default().to_owned();
    /// let node = |id| book.node_code(id).unwrap_or_default().to_owned();
    /// let table = history.table(at.plus_seconds(60).micros(), sku, node);
    /// let row = "2026-01-05T00:00:00Z,TEE,RENO,3,1.0,0,0.375694,0";
    /// assert_eq!(table.to_csv(), format!("period,sku,node,units,in_stock,waited,days,elsewhere\n{row}\n"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn table(&self, to: i64, sku: impl Fn(SkuId) -> String, node: impl Fn(NodeId) -> String) -> Table {
        let (mut closed, to) = (self.clone(), to.min(self.until));
        for (key, shelf) in &self.shelves {
            if let Some(since) = shelf.empty_since {
                closed.was_empty(key.0, key.1, since, to);
            }
        }
        let periods = closed.period_of(to.saturating_sub(1)).saturating_add(1);
        let rows =
            || closed.shelves.iter().flat_map(|(key, shelf)| (0..periods).map(move |at| (key, shelf, at)));
        let start = |at: usize| {
            let first = self.first.unwrap_or(to);
            first.saturating_add(num::count(at).saturating_mul(self.period))
        };
        let length = |at: usize| self.period.min(to.saturating_sub(start(at))).max(1);
        let share = |shelf: &Shelf, at: usize| {
            let length = length(at);
            let empty = shelf.empty.get(at).copied().unwrap_or(0);
            num::mul_div(length.saturating_sub(empty).max(0), 1_000_000, length).unwrap_or(0)
        };
        let of = |units: &Vec<i64>, at: usize| units.get(at).copied().unwrap_or(0);
        Table::new(
            "history",
            [
                Column {
                    name: "period",
                    values: Values::Instant(rows().map(|(_, _, at)| start(at)).collect()),
                },
                Column { name: "sku", values: Values::Text(rows().map(|(key, ..)| sku(key.0)).collect()) },
                Column { name: "node", values: Values::Text(rows().map(|(key, ..)| node(key.1)).collect()) },
                Column {
                    name: "units",
                    values: Values::Int(rows().map(|(_, s, at)| of(&s.units, at)).collect()),
                },
                Column {
                    name: "in_stock",
                    values: Values::Share(rows().map(|(_, s, at)| share(s, at)).collect()),
                },
                Column {
                    name: "waited",
                    values: Values::Int(rows().map(|(_, s, at)| of(&s.waited, at)).collect()),
                },
                Column {
                    name: "days",
                    values: Values::Share(
                        rows()
                            .map(|(.., at)| num::mul_div(length(at), 1_000_000, DAY).unwrap_or(0))
                            .collect(),
                    ),
                },
                Column {
                    name: "elsewhere",
                    values: Values::Int(rows().map(|(_, s, at)| of(&s.elsewhere, at)).collect()),
                },
            ],
        )
    }

    /// Lead times of purchases by supplier and node: receipts, and days as exact decimals (mean, deviation,
    /// median, ninetieth percentile).
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// # let mut say = |id: &str, days: i64, json: &str| {
    /// #     let command = serde_json::from_str(json).unwrap();
    /// #     book.execute(&Envelope::new(id, at.plus_seconds(days * 86_400), command)).unwrap();
    /// # };
    /// say("buy", 0, r#"{"place_purchase_order":{"purchase_order":"P-1","supplier":"ACME","node":"RENO",
    ///     "lines":[{"sku":"TEE","qty":20,"unit_cost":"8"}]}}"#);
    /// say("receive", 9, r#"{"receive_goods":{"receipt":"R-2","node":"RENO","purchase_order":"P-1",
    ///     "lines":[{"sku":"TEE","qty":20,"unit_cost":"8"}]}}"#);
    /// let mut history = report::DemandHistory::new(7);
    /// for event in book.events_since(1)? { history.record(&book, event); }
    /// let table = history.lead_times(|_| "ACME".into(), |_| "RENO".into());
    /// assert_eq!((table.text("receipts", 0), table.text("mean_days", 0)), ("1".into(), "9.0".into()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn lead_times(
        &self,
        supplier: impl Fn(SupplierId) -> String,
        node: impl Fn(NodeId) -> String,
    ) -> Table {
        let found: Vec<_> = self.leads.iter().filter_map(|(key, took)| Some((key, days(took)?))).collect();
        let of = |at: usize| Values::Share(found.iter().filter_map(|(_, d)| d.get(at).copied()).collect());
        let receipts = self.leads.values().map(|took| num::count(took.len())).collect();
        Table::new(
            "lead_times",
            [
                Column {
                    name: "supplier",
                    values: Values::Text(found.iter().map(|(k, _)| supplier(k.0)).collect()),
                },
                Column { name: "node", values: Values::Text(found.iter().map(|(k, _)| node(k.1)).collect()) },
                Column { name: "receipts", values: Values::Int(receipts) },
                Column { name: "mean_days", values: of(0) },
                Column { name: "sd_days", values: of(1) },
                Column { name: "median_days", values: of(2) },
                Column { name: "ninetieth_days", values: of(3) },
            ],
        )
    }
}

/// Statistics in millionths of a day: the named place where they become integers.
#[allow(
    clippy::float_arithmetic,
    clippy::as_conversions,
    reason = "statistics of lead times are floats; what is shown is rounded here"
)]
fn days(took: &[i64]) -> Option<[i64; 4]> {
    let observed: Vec<f64> = took.iter().map(|micros| *micros as f64 / DAY as f64).collect();
    let lead = lead_time(&observed)?;
    Some([lead.mean, lead.sd, lead.median, lead.ninetieth].map(|d| libm::round(d * 1e6) as i64))
}
