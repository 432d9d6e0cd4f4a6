//! Demand and lead times as the events tell them: what planning starts from.
//!
//! Demand counts when it was asked for, at the node that served it; what nobody served counts at no node. How
//! long a shelf was empty is kept beside, so that sales can be corrected for stockouts
//! ([`crate::replenishment::corrected`]).

use super::table::{Column, Table, Values};
use crate::book::Book;
use crate::record::*;
use crate::replenishment::lead_time;
use crate::value::ids::{NodeId, OrderId, SkuId, SupplierId};
use crate::value::num::{self, index};
use std::collections::BTreeMap;

const DAY: i64 = 86_400_000_000;

/// Demand of a SKU at a node.
#[derive(Clone, Debug, Default)]
struct Shelf {
    /// Units by period.
    units: Vec<i64>,
    /// Those of them that had to wait.
    waited: Vec<i64>,
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
        let sku = |line: u32| placed.lines.get(index(line.saturating_sub(1))).map_or(SkuId::NONE, |l| l.sku);
        for part in &placed.plan.parts {
            let node = placed.plan.parcels.get(index(part.parcel)).map_or(NodeId::NONE, |p| p.node);
            self.ask(sku(part.line), node, at, part.qty, 0);
            self.look(book, sku(part.line), node, at);
        }
        for line in placed.plan.backordered.iter().chain(&placed.plan.cancelled) {
            self.ask(sku(line.line), NodeId::NONE, at, line.qty, line.qty);
        }
        self.orders.push((at, placed.lines.iter().map(|line| line.sku).collect()));
    }

    /// What waited is served: its demand moves to the node that serves it, in the period it was asked in.
    fn filled(&mut self, fills: &[Fill], parcels: &[Parcel]) {
        for fill in fills {
            let Some((at, sku)) = self.line(fill.order, fill.line) else { continue };
            let node = parcels.get(index(fill.parcel)).map_or(NodeId::NONE, |parcel| parcel.node);
            let moved = fill.qty.saturating_neg();
            self.ask(sku, NodeId::NONE, at, moved, moved);
            self.ask(sku, node, at, fill.qty, fill.qty);
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

    fn ask(&mut self, sku: SkuId, node: NodeId, at: i64, qty: i64, waited: i64) {
        let period = self.period_of(at);
        let shelf = self.shelves.entry((sku, node)).or_default();
        add(&mut shelf.units, period, qty);
        add(&mut shelf.waited, period, waited);
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
    /// wait (what was sold from the shelf is the rest), and the days of the period that it covers. A pair
    /// without a node is demand that nobody served.
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
    /// let row = "2026-01-05T00:00:00Z,TEE,RENO,3,1.0,0,0.375694";
    /// assert_eq!(table.to_csv(), format!("period,sku,node,units,in_stock,waited,days\n{row}\n"));
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
