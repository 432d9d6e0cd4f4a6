//! The order stream as columns, checked when it comes in.

use super::network::Network;
use crate::book::NOT_GIVEN;
use crate::value::num::{QTY_MAX, id, index};

/// Orders as columns, as they come from a file or a data frame.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OrderTable {
    /// Numbers of the orders, each used once.
    pub order: Vec<u64>,
    /// When they are placed, in microseconds since 1970.
    pub at: Vec<i64>,
    /// Channels, as indices into the network's.
    pub channel: Vec<u32>,
    /// Latitudes in nano-degrees.
    pub lat: Vec<i64>,
    /// Longitudes in nano-degrees.
    pub lon: Vec<i64>,
    /// Promised deliveries in microseconds since 1970; [`NOT_GIVEN`](crate::NOT_GIVEN), or an empty column =
    /// the channel's promise.
    pub deliver_by: Vec<i64>,
    /// Start of each order's lines, and their end: one more than orders.
    pub line_start: Vec<u32>,
    /// SKUs by line, as indices into the network's.
    pub sku: Vec<u32>,
    /// Quantities by line, in the SKU's smallest unit.
    pub qty: Vec<i64>,
    /// Prices of a base unit by line, in micro-units; [`NOT_GIVEN`](crate::NOT_GIVEN), or an empty
    /// column = the list price.
    pub price: Vec<i64>,
}

/// What is wrong with an order stream. Rows and lines count from 0.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OrdersError {
    /// A column has another length than it should.
    #[error("column `{column}` has {found} values, {need} are needed")]
    Shape {
        /// The column.
        column: &'static str,
        /// Its length.
        found: usize,
        /// What it should be.
        need: usize,
    },
    /// An order's lines do not follow on those of the order before, or there are none.
    #[error("order {row}: `line_start` must rise from 0 by at least one line an order")]
    Lines {
        /// The order.
        row: usize,
    },
    /// A value is outside its domain.
    #[error("order {row}: `{column}` {value} {need}")]
    Order {
        /// The order.
        row: usize,
        /// The column.
        column: &'static str,
        /// The value.
        value: i64,
        /// What it needs.
        need: &'static str,
    },
    /// A value is outside its domain.
    #[error("order line {line}: `{column}` {value} {need}")]
    Line {
        /// The line, over all orders.
        line: usize,
        /// The column.
        column: &'static str,
        /// The value.
        value: i64,
        /// What it needs.
        need: &'static str,
    },
    /// A number is used twice.
    #[error("order {row}: the number {order} is used before; the lines of an order stand together")]
    Repeated {
        /// The order.
        row: usize,
        /// Its number.
        order: u64,
    },
}

/// An order stream that fits a network, in the order of time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Orders {
    table: OrderTable,
}

const PRICE_MAX: i64 = 1_000_000_000_000_000_000;

impl Orders {
    /// Checks columns against a network. Orders that are not in the order of time are sorted; those of one
    /// instant stay as they came.
    ///
    /// ```
    /// use stockbook::simulation::{Network, OrderTable, Orders, OrdersError};
    /// let empty = OrderTable { line_start: vec![0], ..OrderTable::default() };
    /// let none = Orders::new(empty, &Network::default());
    /// assert_eq!(none.unwrap().len(), 0);
    /// let torn = OrderTable { order: vec![1], ..OrderTable::default() };
    /// let error = Orders::new(torn, &Network::default()).unwrap_err();
    /// assert_eq!(error, OrdersError::Shape { column: "at", found: 0, need: 1 });
    /// ```
    pub fn new(table: OrderTable, network: &Network) -> Result<Orders, OrdersError> {
        shapes(&table)?;
        rows(&table, network.channels.len())?;
        lines(&table, network.skus.len())?;
        let sorted = table.at.is_sorted();
        Ok(Orders { table: if sorted { table } else { in_time(&table) } })
    }

    /// How many there are.
    ///
    /// ```
    /// use stockbook::simulation::{ScenarioSize, generate};
    /// let scenario = generate(ScenarioSize { orders: 50, ..ScenarioSize::default() }, 7);
    /// assert_eq!(scenario.orders.len(), 50);
    /// ```
    #[must_use]
    pub fn len(&self) -> usize {
        self.table.order.len()
    }

    /// Whether there are none.
    ///
    /// ```
    /// assert!(stockbook::simulation::Orders::default().is_empty());
    /// ```
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.table.order.is_empty()
    }

    /// How many lines they have.
    ///
    /// ```
    /// use stockbook::simulation::{ScenarioSize, generate};
    /// let orders = generate(ScenarioSize { orders: 50, ..ScenarioSize::default() }, 7).orders;
    /// assert_eq!(orders.lines(), orders.table().qty.len());
    /// assert!(orders.lines() >= 50, "each order has one or more");
    /// ```
    #[must_use]
    pub fn lines(&self) -> usize {
        self.table.sku.len()
    }

    /// The columns.
    ///
    /// ```
    /// use stockbook::simulation::{ScenarioSize, generate};
    /// let orders = generate(ScenarioSize { orders: 50, ..ScenarioSize::default() }, 7).orders;
    /// assert!(orders.table().at.is_sorted(), "in the order of time");
    /// ```
    #[must_use]
    pub const fn table(&self) -> &OrderTable {
        &self.table
    }

    /// The lines of an order.
    pub(super) fn lines_of(&self, row: usize) -> std::ops::Range<usize> {
        let at = |row: usize| self.table.line_start.get(row).copied().map_or(0, index);
        at(row)..at(row.saturating_add(1))
    }
}

fn shapes(table: &OrderTable) -> Result<(), OrdersError> {
    let (orders, lines) = (table.order.len(), table.sku.len());
    let check = |column, found, need| {
        if found == need { Ok(()) } else { Err(OrdersError::Shape { column, found, need }) }
    };
    check("at", table.at.len(), orders)?;
    check("channel", table.channel.len(), orders)?;
    check("lat", table.lat.len(), orders)?;
    check("lon", table.lon.len(), orders)?;
    if !table.deliver_by.is_empty() {
        check("deliver_by", table.deliver_by.len(), orders)?;
    }
    check("line_start", table.line_start.len(), orders.saturating_add(1))?;
    check("qty", table.qty.len(), lines)?;
    if !table.price.is_empty() {
        check("price", table.price.len(), lines)?;
    }
    if table.line_start.first() != Some(&0) {
        return Err(OrdersError::Lines { row: 0 });
    }
    match table.line_start.windows(2).position(|pair| pair.first() >= pair.get(1)) {
        Some(row) => Err(OrdersError::Lines { row }),
        None => check("sku", lines, table.line_start.last().copied().map_or(0, index)),
    }
}

fn rows(table: &OrderTable, channels: usize) -> Result<(), OrdersError> {
    let fault = |row, column, value, need| Err(OrdersError::Order { row, column, value, need });
    let valid = |at: i64| crate::value::time::Instant::from_micros(at).is_valid();
    if let Some((row, at)) = table.at.iter().enumerate().find(|(_, at)| !valid(**at)) {
        return fault(row, "at", *at, "is not in the years 1900 to 2200");
    }
    if let Some((row, at)) =
        table.deliver_by.iter().enumerate().find(|(_, at)| **at != NOT_GIVEN && !valid(**at))
    {
        return fault(row, "deliver_by", *at, "is not in the years 1900 to 2200");
    }
    if let Some((row, channel)) = table.channel.iter().enumerate().find(|(_, c)| index(**c) >= channels) {
        return fault(row, "channel", i64::from(*channel), "is not the index of a channel of the network");
    }
    for (column, values, max) in [("lat", &table.lat, 90_000_000_000), ("lon", &table.lon, 180_000_000_000)] {
        if let Some((row, value)) = values.iter().enumerate().find(|(_, v)| v.unsigned_abs() > max) {
            return fault(row, column, *value, "is not an angle on the globe, in nano-degrees");
        }
    }
    let mut seen = hashbrown::HashSet::with_capacity(table.order.len());
    match table.order.iter().position(|order| !seen.insert(*order)) {
        Some(row) => Err(OrdersError::Repeated { row, order: table.order.get(row).copied().unwrap_or(0) }),
        None => Ok(()),
    }
}

fn lines(table: &OrderTable, skus: usize) -> Result<(), OrdersError> {
    let fault = |line, column, value, need| Err(OrdersError::Line { line, column, value, need });
    if let Some((line, sku)) = table.sku.iter().enumerate().find(|(_, sku)| index(**sku) >= skus) {
        return fault(line, "sku", i64::from(*sku), "is not the index of a SKU of the network");
    }
    if let Some((line, qty)) = table.qty.iter().enumerate().find(|(_, qty)| !(1..=QTY_MAX).contains(*qty)) {
        return fault(line, "qty", *qty, "is not between 1 and 10^12");
    }
    let sound = |price: i64| price == NOT_GIVEN || (0..=PRICE_MAX).contains(&price);
    match table.price.iter().enumerate().find(|(_, price)| !sound(**price)) {
        Some((line, price)) => fault(line, "price", *price, "is not between 0 and 10^12"),
        None => Ok(()),
    }
}

/// The same orders, sorted by time; the sort keeps the order of equals.
fn in_time(table: &OrderTable) -> OrderTable {
    let mut by: Vec<usize> = (0..table.order.len()).collect();
    by.sort_by_key(|row| table.at.get(*row).copied().unwrap_or(0));
    fn pick<T: Copy>(from: &[T], by: &[usize]) -> Vec<T> {
        by.iter().filter_map(|row| from.get(*row).copied()).collect()
    }
    let mut sorted = OrderTable {
        order: pick(&table.order, &by),
        at: pick(&table.at, &by),
        channel: pick(&table.channel, &by),
        lat: pick(&table.lat, &by),
        lon: pick(&table.lon, &by),
        deliver_by: pick(&table.deliver_by, &by),
        line_start: vec![0],
        ..OrderTable::default()
    };
    for row in &by {
        let start = table.line_start.get(*row).copied().map_or(0, index);
        let end = table.line_start.get(row.saturating_add(1)).copied().map_or(0, index);
        sorted.sku.extend_from_slice(table.sku.get(start..end).unwrap_or_default());
        sorted.qty.extend_from_slice(table.qty.get(start..end).unwrap_or_default());
        sorted.price.extend_from_slice(table.price.get(start..end).unwrap_or_default());
        sorted.line_start.push(id(sorted.sku.len()));
    }
    sorted
}
