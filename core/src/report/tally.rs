//! The fold behind the key figures: it reads events, one by one, and keeps nothing but sums and a note per
//! order.

mod tables;

use super::kpi::Kpis;
use crate::catalog::KitStep;
use crate::exception::{ExceptionCode, Opened};
use crate::posting::Posting;
use crate::record::*;
use crate::value::geo::Point;
use crate::value::ids::{ChannelId, OrderId, SkuId};
use crate::value::money::Money;
use crate::value::num::{self, count, index};
use crate::workflow::order::DocumentLine;
use hashbrown::HashMap;

/// Microseconds in a day.
const DAY: i64 = 86_400_000_000;
/// Half a degree in nano-degrees: the raster of demand on a map.
const CELL: i64 = 500_000_000;
/// Width of a class of distance: 100 km in millimetres.
const DISTANCE_CLASS: i64 = 100_000_000;
/// Classes of distance; the last one is open.
const DISTANCE_CLASSES: usize = 50;

/// Why an order of the stream never came into the book.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unserved {
    /// The book refused it.
    Refused,
    /// The channel's listing showed too little.
    Lost,
}

#[derive(Clone, Debug)]
struct OrderNote {
    deliver_by: i64,
    channel: ChannelId,
    /// Where it goes, as a number.
    place: u32,
    first_line: u32,
    /// As it was placed.
    lines: u32,
    shipments: u32,
}

/// A place on the raster.
type Cell = (i16, i16);

/// What goes to a place.
#[derive(Clone, Debug, Default)]
struct PlaceSums {
    cell: Cell,
    /// Units asked for.
    units: i64,
    /// Parcels by node.
    parcels: Vec<i64>,
}

/// Sums of a channel, and with all channels the totals.
#[derive(Clone, Debug, Default)]
struct Sums {
    placed: i64,
    refused: i64,
    lost: i64,
    lines: i64,
    units: i64,
    lines_filled: i64,
    units_filled: i64,
    lines_backordered: i64,
    units_placed: i64,
    units_on_time: i64,
    planned: i64,
    split: i64,
    shipped: i64,
    shipments: i64,
    oversold: i64,
    oversold_units: i64,
    revenue: i64,
    cost: i64,
    freight: i64,
    handling: i64,
    refunds: i64,
    returned: i64,
}

#[derive(Clone, Debug, Default)]
struct NodeSums {
    shipments: i64,
    units: i64,
    freight: i64,
    handling: i64,
    cost: i64,
    received: i64,
}

#[derive(Clone, Debug, Default)]
struct Day {
    orders: i64,
    lines: i64,
    filled: i64,
    backordered: i64,
    lost: i64,
    refused: i64,
    shipments: i64,
    units_shipped: i64,
    revenue: i64,
    margin: i64,
    waiting: i64,
    inventory: i64,
    stockouts: i64,
}

/// Folds events into key figures, daily series and tables.
///
/// It has to see every event of a book in order, from the first on.
///
/// ```
/// use stockbook::{Book, Command, DefineReason, Envelope, report::Tally};
/// let mut book = Book::new();
/// let define = Command::DefineReason(DefineReason { reason: "theft".into(), name: "Theft".into() });
/// book.execute(&Envelope::new("c-1", "2026-01-05T09:00:00Z".parse().unwrap(), define)).unwrap();
/// let mut tally = Tally::default();
/// book.events_since(1).unwrap().for_each(|event| tally.record(event));
/// assert_eq!(tally.kpis().orders, 0);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Tally {
    orders: Vec<OrderNote>,
    /// Lines of all orders, and the units of those that wait.
    lines: u32,
    waiting: HashMap<u32, i64>,
    /// Where lines that an order got later are, among all lines.
    added: HashMap<OrderId, Vec<u32>>,
    channels: Vec<Sums>,
    nodes: Vec<NodeSums>,
    first_day: Option<i64>,
    days: Vec<Day>,
    places: Vec<PlaceSums>,
    /// The numbers of places.
    cells: HashMap<Cell, u32>,
    distances: Vec<i64>,
    parcels: i64,
    distance_mm: i64,
    /// Lines and units that were not filled when asked for, by SKU.
    short: Vec<(i64, i64)>,
    units_waiting: i64,
    units_cancelled: i64,
    inventory: i64,
    inventory_sum: i64,
    midnights: i64,
    stockouts: i64,
    stocked: i64,
    oversold_pools: i64,
    short_somewhere: i64,
    purchases: i64,
    expedited: i64,
    reallocations: i64,
    exceptions: i64,
    journal: i64,
    unbalanced: i64,
}

fn bump(to: &mut i64, by: i64) {
    *to = to.saturating_add(by);
}

/// The slot of a dense id, made when it is first used; absent for `NONE`.
fn slot<T: Default + Clone>(slots: &mut Vec<T>, id: u32) -> Option<&mut T> {
    let at = index(id);
    if id == u32::MAX {
        return None;
    }
    if at >= slots.len() {
        slots.resize(at.saturating_add(1), T::default());
    }
    slots.get_mut(at)
}

/// Half degrees of the globe are numbers from -360 to 360.
fn cell(place: Point) -> Cell {
    let of = |nano: i64| i16::try_from(nano.div_euclid(CELL)).unwrap_or(i16::MAX);
    (of(place.lat.0), of(place.lon.0))
}

/// `part` of `whole` in millionths; 0 of nothing.
fn millionths(part: i64, whole: i64) -> i64 {
    if whole <= 0 { 0 } else { num::mul_div(part, 1_000_000, whole).unwrap_or(0) }
}

fn mean(sum: i64, n: i64) -> i64 {
    if n <= 0 { 0 } else { num::div_half_up(i128::from(sum), i128::from(n)).unwrap_or(0) }
}

impl Tally {
    /// Reads an event.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    #[doc = include_str!("../example_order.txt")]
    /// let mut tally = report::Tally::default();
    /// for event in book.events_since(1)? {
    ///     tally.record(event);
    /// }
    /// assert_eq!((tally.kpis().orders, tally.kpis().units), (1, 3), "an order of 3 TEE");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn record(&mut self, event: &Event) {
        let at = event.at.micros();
        match &event.body {
            Body::OrderPlaced(placed) => self.placed(at, placed),
            Body::OrderReallocated(again) => self.reallocated(again),
            Body::AllocationRejected(rejected) => {
                self.planned_besides(rejected.order, &rejected.plan, &rejected.exceptions);
            }
            Body::BatchAllocated(batch) => self.allocated(batch),
            Body::OrderCancelled(cancelled) => self.struck(cancelled),
            Body::GoodsReceived(received) => {
                let value =
                    received.lines.iter().fold(0i64, |sum, line| sum.saturating_add(line.value.micros()));
                let units = received.lines.iter().fold(0i64, |sum, line| sum.saturating_add(line.qty));
                bump(&mut self.inventory, value);
                if let Some(node) = slot(&mut self.nodes, received.node.0) {
                    bump(&mut node.received, units);
                }
                self.filled(&received.fills, &received.parcels, None);
                self.opened(&received.exceptions);
                self.posted(&received.postings);
            }
            Body::PickRecorded(picked) => self.picked(picked),
            Body::BackordersFilled(filled) => self.freed(filled),
            Body::PurchaseOrderCancelled(cancelled) => self.opened(&cancelled.exceptions),
            Body::OrderShipped(shipped) => self.shipped(at, shipped),
            Body::ReturnReceived(returned) => self.returned(at, returned),
            Body::StockAdjusted(adjusted) => {
                adjusted.lines.iter().for_each(|line| bump(&mut self.inventory, line.value.micros()));
                self.posted(&adjusted.postings);
            }
            Body::TransferShipped(sent) => {
                let out = |line: &TransferredLine| line.value.micros().saturating_neg();
                sent.lines.iter().for_each(|line| bump(&mut self.inventory, out(line)));
                sent.taken.iter().for_each(|back| self.wait(back.order, back.line, back.qty));
                self.posted(&sent.postings);
            }
            Body::TransferReceived(arrived) => {
                arrived.lines.iter().for_each(|line| bump(&mut self.inventory, line.value.micros()));
                self.filled(&arrived.fills, &arrived.parcels, arrived.goes_on);
                self.opened(&arrived.exceptions);
                self.posted(&arrived.postings);
            }
            Body::KitAssembled(assembled) => {
                let ways = match assembled.step {
                    KitStep::Assemble => (1, -1),
                    KitStep::Disassemble => (-1, 1),
                };
                bump(&mut self.inventory, assembled.kit.value.micros().saturating_mul(ways.0));
                for line in &assembled.components {
                    bump(&mut self.inventory, line.value.micros().saturating_mul(ways.1));
                }
                self.filled(&assembled.fills, &assembled.parcels, None);
                self.opened(&assembled.exceptions);
                self.posted(&assembled.postings);
            }
            Body::PurchaseOrderPlaced(purchase) => match purchase.speed {
                Speed::Standard => bump(&mut self.purchases, 1),
                Speed::Expedited => bump(&mut self.expedited, 1),
            },
            Body::NodeStatusSet(set) => self.opened(&set.exceptions),
            _ => {}
        }
    }

    /// Room for so many orders.
    pub(crate) fn make_room(&mut self, orders: usize) {
        self.orders.reserve(orders);
    }

    /// To have the memory near that an order's events change.
    #[inline]
    pub(crate) fn glance(&self, order: OrderId) -> u32 {
        self.orders.get(index(order.0)).map_or(0, |note| note.shipments)
    }

    /// To have the memory near where an order's demand and parcels are counted.
    #[inline]
    pub(crate) fn glance_at(&self, to: Point) -> i64 {
        let place = self.cells.get(&cell(to)).and_then(|place| self.places.get(index(*place)));
        let ends = |place: &PlaceSums| Some(place.parcels.first()? ^ place.parcels.last()? ^ place.units);
        place.and_then(ends).unwrap_or(0)
    }

    /// Counts an order of the stream that the book has no event of.
    ///
    /// ```
    /// use stockbook::{ChannelId, report::{Tally, Unserved}};
    /// let mut tally = Tally::default();
    /// tally.unserved(0, ChannelId(0), Unserved::Lost, 2, 5);
    /// let kpis = tally.kpis();
    /// assert_eq!((kpis.orders, kpis.orders_lost, kpis.units), (1, 1, 5));
    /// assert_eq!(kpis.fill_rate_units, 0, "none of five");
    /// ```
    pub fn unserved(&mut self, at: i64, channel: ChannelId, why: Unserved, lines: i64, units: i64) {
        if let Some(sums) = slot(&mut self.channels, channel.0) {
            bump(&mut sums.lines, lines);
            bump(&mut sums.units, units);
            match why {
                Unserved::Refused => bump(&mut sums.refused, 1),
                Unserved::Lost => bump(&mut sums.lost, 1),
            }
        }
        self.day(at, |day| {
            bump(&mut day.orders, 1);
            bump(&mut day.lines, lines);
            match why {
                Unserved::Refused => bump(&mut day.refused, 1),
                Unserved::Lost => bump(&mut day.lost, 1),
            }
        });
    }

    /// Counts lines that find too little at one of the nodes that stock their SKU.
    ///
    /// ```
    /// use stockbook::{ChannelId, report::{Tally, Unserved}};
    /// let mut tally = Tally::default();
    /// tally.unserved(0, ChannelId(0), Unserved::Lost, 4, 4);
    /// tally.short_somewhere(1);
    /// assert_eq!(tally.kpis().lines_short_somewhere, 250_000, "one line of four");
    /// ```
    pub fn short_somewhere(&mut self, lines: i64) {
        bump(&mut self.short_somewhere, lines);
    }

    /// Closes a day: how many pairs of SKU and node that stocks it have nothing free, of how many, and how
    /// many pools are promised beyond what they hold.
    ///
    /// ```
    /// let mut tally = stockbook::report::Tally::default();
    /// // Two midnights: of 100 shelves, 3 and then 1 are empty.
    /// tally.midnight(86_400_000_000, 3, 100, 0);
    /// tally.midnight(2 * 86_400_000_000, 1, 100, 0);
    /// let kpis = tally.kpis();
    /// assert_eq!((kpis.stockout_days, kpis.stockout_share), (4, 20_000));
    /// ```
    pub fn midnight(&mut self, at: i64, stockouts: i64, stocked: i64, oversold: i64) {
        bump(&mut self.midnights, 1);
        bump(&mut self.stockouts, stockouts);
        bump(&mut self.stocked, stocked);
        bump(&mut self.oversold_pools, oversold);
        bump(&mut self.inventory_sum, self.inventory);
        let (waiting, inventory) = (self.units_waiting, self.inventory);
        // The last instant of the day that ends.
        self.day(at.saturating_sub(1), |day| {
            (day.waiting, day.inventory, day.stockouts) = (waiting, inventory, stockouts);
        });
    }

    /// Counts pools that are promised beyond what they hold.
    ///
    /// ```
    /// let mut tally = stockbook::report::Tally::default();
    /// tally.oversold(2);
    /// assert_eq!(tally.kpis().oversells_book, 2);
    /// ```
    pub fn oversold(&mut self, pools: i64) {
        bump(&mut self.oversold_pools, pools);
    }

    fn day(&mut self, at: i64, note: impl FnOnce(&mut Day)) {
        let today = at.div_euclid(DAY);
        let first = *self.first_day.get_or_insert(today);
        // A century of days: beyond that a series helps nobody.
        let Ok(day) = u32::try_from(today.saturating_sub(first)) else { return };
        if day > 36_600 {
            return;
        }
        if let Some(day) = slot(&mut self.days, day) {
            note(day);
        }
    }

    fn opened(&mut self, exceptions: &[Opened]) {
        bump(&mut self.exceptions, count(exceptions.len()));
    }

    fn posted(&mut self, postings: &[Posting]) {
        let sum = postings.iter().fold(0i64, |sum, posting| sum.saturating_add(posting.amount.micros()));
        bump(&mut self.journal, sum);
        bump(&mut self.unbalanced, sum.saturating_abs());
    }

    fn placed(&mut self, at: i64, placed: &OrderPlaced) {
        let plan = &placed.plan;
        let place = self.place(cell(placed.to));
        let note = OrderNote {
            channel: placed.channel,
            deliver_by: placed.deliver_by.micros(),
            place,
            first_line: self.lines,
            lines: num::id(placed.lines.len()),
            shipments: 0,
        };
        let order = OrderId(num::id(self.orders.len()));
        self.lines = self.lines.saturating_add(note.lines);
        self.orders.push(note);
        // The line of a kit stands for its components.
        let lines = count(placed.lines.iter().filter(|line| line.qty > 0).count());
        let units = placed.lines.iter().fold(0i64, |sum, line| sum.saturating_add(line.qty));
        let filled = plan.parts.iter().fold(0i64, |sum, part| sum.saturating_add(part.qty));
        if let Some(place) = self.places.get_mut(index(place)) {
            bump(&mut place.units, units);
        }
        let mut short: Vec<u32> = Vec::new();
        for (line, struck) in
            plan.backordered.iter().map(|l| (l, false)).chain(plan.cancelled.iter().map(|l| (l, true)))
        {
            if !struck {
                self.wait(order, line.line, line.qty);
            }
            let known = short.contains(&line.line);
            if !known {
                short.push(line.line);
            }
            let sku = placed.lines.get(index(line.line.saturating_sub(1))).map_or(SkuId::NONE, |l| l.sku);
            if let Some((lines, units)) = slot(&mut self.short, sku.0) {
                bump(lines, i64::from(!known));
                bump(units, line.qty);
            }
        }
        let lines_filled = lines.saturating_sub(count(short.len()));
        let waiting = count(plan.backordered.len());
        let oversold: Vec<&Opened> = match placed.commitment {
            Commitment::External => {
                placed.exceptions.iter().filter(|e| e.code == ExceptionCode::ShortAllocation).collect()
            }
            Commitment::Own => Vec::new(),
        };
        if let Some(sums) = slot(&mut self.channels, placed.channel.0) {
            bump(&mut sums.placed, 1);
            bump(&mut sums.lines, lines);
            bump(&mut sums.units, units);
            bump(&mut sums.units_placed, units);
            bump(&mut sums.lines_filled, lines_filled);
            bump(&mut sums.units_filled, filled);
            bump(&mut sums.lines_backordered, waiting);
            bump(&mut sums.planned, i64::from(!plan.parcels.is_empty()));
            bump(&mut sums.split, i64::from(plan.parcels.len() > 1));
            bump(&mut sums.oversold, i64::from(!oversold.is_empty()));
            oversold.iter().for_each(|e| bump(&mut sums.oversold_units, e.qty));
        }
        self.day(at, |day| {
            bump(&mut day.orders, 1);
            bump(&mut day.lines, lines);
            bump(&mut day.filled, lines_filled);
            bump(&mut day.backordered, waiting);
        });
        plan.parcels.iter().for_each(|parcel| self.travel(parcel, place));
        self.opened(&placed.exceptions);
    }

    fn reallocated(&mut self, again: &OrderReallocated) {
        bump(&mut self.reallocations, 1);
        let Some(note) = self.orders.get(index(again.order.0)) else { return };
        let place = note.place;
        for line in 1..=self.lines_of(again.order) {
            self.serve_waiting(again.order, line, i64::MAX);
        }
        let added = again.change.as_ref().map_or(0, |change| change.lines.len());
        self.add_lines(again.order, added);
        again.plan.backordered.iter().for_each(|line| self.wait(again.order, line.line, line.qty));
        again.plan.parcels.iter().for_each(|parcel| self.travel(parcel, place));
        self.opened(&again.exceptions);
    }

    fn allocated(&mut self, batch: &BatchAllocated) {
        let Some(disrupted) = &batch.disrupted else {
            return batch.plans.iter().for_each(|again| self.reallocated(again));
        };
        for again in &batch.plans {
            self.planned_besides(again.order, &again.plan, &again.exceptions);
        }
        self.opened(&disrupted.exceptions);
    }

    /// A plan for what a node did not give, beside what comes from others.
    fn planned_besides(&mut self, order: OrderId, plan: &Plan, exceptions: &[Opened]) {
        bump(&mut self.reallocations, 1);
        let Some(place) = self.orders.get(index(order.0)).map(|note| note.place) else { return };
        plan.backordered.iter().for_each(|line| self.wait(order, line.line, line.qty));
        plan.parcels.iter().for_each(|parcel| self.travel(parcel, place));
        self.opened(exceptions);
    }

    fn freed(&mut self, filled: &BackordersFilled) {
        self.filled(&filled.fills, &filled.parcels, None);
        self.opened(&filled.exceptions);
    }

    /// What waited is served, in new parcels but for one that goes on.
    fn filled(&mut self, fills: &[Fill], parcels: &[Parcel], goes_on: Option<u32>) {
        let mut told = u32::MAX;
        for fill in fills {
            self.serve_waiting(fill.order, fill.line, fill.qty);
            // Parcels are listed in the order of their fills: each is counted at its first one.
            if fill.parcel == told || Some(fill.parcel) == goes_on {
                continue;
            }
            told = fill.parcel;
            let place = self.orders.get(index(fill.order.0)).map(|note| note.place);
            if let (Some(parcel), Some(place)) = (parcels.get(index(fill.parcel)), place) {
                self.travel(parcel, place);
            }
        }
    }

    /// The number of a place, which it gets when it is first named.
    fn place(&mut self, cell: Cell) -> u32 {
        let (places, new) = (&mut self.places, num::id(self.cells.len()));
        *self.cells.entry(cell).or_insert_with(|| {
            places.push(PlaceSums { cell, ..PlaceSums::default() });
            new
        })
    }

    fn travel(&mut self, parcel: &Parcel, place: u32) {
        bump(&mut self.parcels, 1);
        bump(&mut self.distance_mm, parcel.distance_mm);
        let class = parcel.distance_mm.div_euclid(DISTANCE_CLASS);
        let class = usize::try_from(class).unwrap_or(0).min(DISTANCE_CLASSES.saturating_sub(1));
        if let Some(n) = slot(&mut self.distances, num::id(class)) {
            bump(n, 1);
        }
        let place = self.places.get_mut(index(place));
        if let Some(n) = place.and_then(|place| slot(&mut place.parcels, parcel.node.0)) {
            bump(n, 1);
        }
    }

    fn struck(&mut self, cancelled: &OrderCancelled) {
        for line in &cancelled.lines {
            bump(&mut self.units_cancelled, line.qty);
            // What is struck at one node had come there: nothing of it waits.
            let waited = if cancelled.node.is_some() { 0 } else { line.qty };
            self.serve_waiting(cancelled.order, line.line, waited);
        }
    }

    /// What stands for a part of a line is a line of its own.
    fn picked(&mut self, picked: &PickRecorded) {
        let parts = picked.instead.iter().filter(|other| other.as_line > 0);
        self.add_lines(picked.order, parts.count());
    }

    /// An order has further lines.
    fn add_lines(&mut self, order: OrderId, count: usize) {
        if count == 0 || index(order.0) >= self.orders.len() {
            return;
        }
        let first = self.lines;
        self.lines = self.lines.saturating_add(num::id(count));
        self.added.entry(order).or_default().extend(first..self.lines);
    }

    /// How many lines an order has by now.
    fn lines_of(&self, order: OrderId) -> u32 {
        let placed = self.orders.get(index(order.0)).map_or(0, |note| note.lines);
        placed.saturating_add(num::id(self.added.get(&order).map_or(0, Vec::len)))
    }

    /// Among all lines, the one of an order.
    fn line_of(&self, order: OrderId, line: u32) -> Option<u32> {
        let (note, place) = (self.orders.get(index(order.0))?, line.checked_sub(1)?);
        match place.checked_sub(note.lines) {
            None => Some(note.first_line.saturating_add(place)),
            Some(later) => self.added.get(&order)?.get(index(later)).copied(),
        }
    }

    /// The lines of an order of which something waits, and how much.
    pub(crate) fn waiting_of(&self, order: OrderId) -> impl Iterator<Item = DocumentLine> {
        let waiting = move |line: u32| {
            let qty = self.waiting.get(&self.line_of(order, line)?).copied()?;
            Some(DocumentLine { line, qty })
        };
        (1..=self.lines_of(order)).filter_map(waiting)
    }

    fn wait(&mut self, order: OrderId, line: u32, qty: i64) {
        if let Some(line) = self.line_of(order, line).filter(|_| qty > 0) {
            bump(self.waiting.entry(line).or_default(), qty);
            bump(&mut self.units_waiting, qty);
        }
    }

    fn serve_waiting(&mut self, order: OrderId, line: u32, qty: i64) {
        let Some(line) = self.line_of(order, line).filter(|_| !self.waiting.is_empty()) else { return };
        let Some(waiting) = self.waiting.get_mut(&line) else { return };
        let served = qty.min(*waiting);
        bump(waiting, served.saturating_neg());
        bump(&mut self.units_waiting, served.saturating_neg());
        if *waiting == 0 {
            self.waiting.remove(&line);
        }
    }

    fn shipped(&mut self, at: i64, shipped: &OrderShipped) {
        self.posted(&shipped.postings);
        let Some(note) = self.orders.get_mut(index(shipped.order.0)) else { return };
        note.shipments = note.shipments.saturating_add(1);
        let (first, channel) = (note.shipments == 1, note.channel);
        let on_time = shipped.arrive_at.micros() <= note.deliver_by;
        let mut total = (0, 0, 0);
        for line in &shipped.lines {
            bump(&mut total.0, line.qty);
            bump(&mut total.1, line.revenue.micros());
            bump(&mut total.2, line.cost.micros());
        }
        let (units, revenue, cost) = total;
        let (freight, handling) = (shipped.freight.micros(), shipped.handling.micros());
        bump(&mut self.inventory, cost.saturating_neg());
        if let Some(sums) = slot(&mut self.channels, channel.0) {
            bump(&mut sums.shipped, i64::from(first));
            bump(&mut sums.shipments, 1);
            bump(&mut sums.units_on_time, if on_time { units } else { 0 });
            bump(&mut sums.revenue, revenue);
            bump(&mut sums.cost, cost);
            bump(&mut sums.freight, freight);
            bump(&mut sums.handling, handling);
        }
        if let Some(node) = slot(&mut self.nodes, shipped.node.0) {
            bump(&mut node.shipments, 1);
            bump(&mut node.units, units);
            bump(&mut node.freight, freight);
            bump(&mut node.handling, handling);
            bump(&mut node.cost, cost);
        }
        self.day(at, |day| {
            bump(&mut day.shipments, 1);
            bump(&mut day.units_shipped, units);
            bump(&mut day.revenue, revenue);
            let costs = cost.saturating_add(freight).saturating_add(handling);
            bump(&mut day.margin, revenue.saturating_sub(costs));
        });
    }

    fn returned(&mut self, at: i64, returned: &ReturnReceived) {
        self.posted(&returned.postings);
        // Money without goods opens one.
        bump(&mut self.exceptions, i64::from(returned.lines.iter().any(|line| line.qty == 0)));
        let Some(channel) = self.orders.get(index(returned.order.0)).map(|note| note.channel) else { return };
        for line in &returned.lines {
            let (kept, stocked) = match line.disposition {
                Disposition::Restock | Disposition::Refurbish => (line.cost.micros(), line.cost.micros()),
                Disposition::ReturnToVendor => (line.cost.micros(), 0),
                Disposition::Scrap | Disposition::Keep => (0, 0),
            };
            bump(&mut self.inventory, stocked);
            if let Some(sums) = slot(&mut self.channels, channel.0) {
                bump(&mut sums.returned, line.qty);
                bump(&mut sums.refunds, line.refund.micros());
                bump(&mut sums.cost, kept.saturating_neg());
            }
            self.day(at, |day| bump(&mut day.margin, kept.saturating_sub(line.refund.micros())));
        }
    }

    /// The value of the stock by the events read.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// let mut tally = report::Tally::default();
    /// for event in book.events_since(1)? { tally.record(event); }
    /// assert_eq!(tally.inventory_value(), Money::from_cents(80_00), "10 TEE at 8.00");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub const fn inventory_value(&self) -> Money {
        Money::from_micros(self.inventory)
    }

    fn total(&self, of: impl Fn(&Sums) -> i64) -> i64 {
        self.channels.iter().fold(0, |sum, sums| sum.saturating_add(of(sums)))
    }

    /// The key figures of what has been read.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    #[doc = include_str!("../example_order.txt")]
    /// let ship = r#"{"ship_order":{"order":"1001","node":"RENO"}}"#;
    /// book.execute(&Envelope::new("ship", at, serde_json::from_str(ship)?))?;
    /// let mut tally = report::Tally::default();
    /// for event in book.events_since(1)? { tally.record(event); }
    /// // 3 TEE at 20.00, which cost 8.00 each.
    /// assert_eq!((tally.kpis().revenue, tally.kpis().cost_of_goods), (60_000_000, 24_000_000));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn kpis(&self) -> Kpis {
        let all = |of: fn(&Sums) -> i64| self.total(of);
        let (lines, units, shipped) = (all(|s| s.lines), all(|s| s.units), all(|s| s.shipped));
        let orders = all(Sums::offered);
        let margin = all(Sums::margin);
        Kpis {
            orders,
            orders_placed: all(|s| s.placed),
            orders_refused: all(|s| s.refused),
            orders_lost: all(|s| s.lost),
            lines,
            units,
            fill_rate_lines: millionths(all(|s| s.lines_filled), lines),
            fill_rate_units: millionths(all(|s| s.units_filled), units),
            lines_short_somewhere: millionths(self.short_somewhere, lines),
            lines_backordered: all(|s| s.lines_backordered),
            backorder_units_open: self.units_waiting,
            units_cancelled: self.units_cancelled,
            on_time_share: millionths(all(|s| s.units_on_time), all(|s| s.units_placed)),
            split_rate: millionths(all(|s| s.split), all(|s| s.planned)),
            shipments_per_order: millionths(all(|s| s.shipments), shipped),
            distance_per_shipment: mean(self.distance_mm, self.parcels),
            freight_per_order: mean(all(|s| s.freight), shipped),
            handling_per_order: mean(all(|s| s.handling), shipped),
            revenue: all(|s| s.revenue),
            cost_of_goods: all(|s| s.cost),
            refunds: all(|s| s.refunds),
            contribution_margin: margin,
            margin_per_order: mean(margin, orders),
            returned_units: all(|s| s.returned),
            stockout_days: self.stockouts,
            stockout_share: millionths(self.stockouts, self.stocked),
            inventory_value: mean(self.inventory_sum, self.midnights),
            inventory_value_end: self.inventory,
            purchases: self.purchases,
            purchases_expedited: self.expedited,
            reallocations: self.reallocations,
            exceptions: self.exceptions,
            oversells_channel: all(|s| s.oversold),
            oversells_book: self.oversold_pools,
            journal_balance: self.journal.saturating_add(self.unbalanced),
        }
    }
}

impl Sums {
    fn offered(&self) -> i64 {
        self.placed.saturating_add(self.refused).saturating_add(self.lost)
    }

    fn margin(&self) -> i64 {
        let costs = [self.refunds, self.cost, self.freight, self.handling];
        costs.iter().fold(self.revenue, |rest, cost| rest.saturating_sub(*cost))
    }
}
