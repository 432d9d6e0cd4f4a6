//! Orders of a table: one row a line, the lines of an order together.

use crate::book::outcome_columns;
use crate::column::{Column, Values};
use crate::table::Table;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use std::collections::HashMap;
use stockbook::simulation::{Network, OrderTable};
use stockbook::{NodeId, OrderColumns, Point, Rejection, SkuId};

/// Orders of a table, ready for the book.
pub(crate) struct Orders<'a> {
    command: Vec<u64>,
    order: Vec<u64>,
    at: Vec<i64>,
    channel: &'a Column,
    first_line: Vec<usize>,
    lat: Vec<i64>,
    lon: Vec<i64>,
    deliver_by: Vec<i64>,
    commitment: Vec<u8>,
    line_start: Vec<u32>,
    line_order: Vec<u64>,
    sku: &'a Column,
    qty: Vec<i64>,
    price: Vec<i64>,
}

impl<'a> Orders<'a> {
    pub(crate) fn read(table: &'a Table) -> PyResult<Orders<'a>> {
        let line_order = table.need("order")?.counts()?;
        let mut first_line: Vec<usize> = Vec::new();
        for (row, order) in line_order.iter().enumerate() {
            let before = row.checked_sub(1).and_then(|row| line_order.get(row));
            if before != Some(order) {
                first_line.push(row);
            }
        }
        let ends = first_line.iter().copied().chain(std::iter::once(line_order.len()));
        let line_start = ends.map(u32::try_from).collect::<Result<Vec<u32>, _>>();
        let of_order = Once { line_order: &line_order, first_line: &first_line };
        let (lat, lon) = (table.need("lat")?, table.need("lon")?);
        let (lats, lons) = places(lat, lon)?;
        let order = pick(&line_order, &first_line);
        let command = of_order.found(table.find("command"), Column::counts)?;
        let channel = table.need("channel")?.of_things()?;
        channel.one_an_order(&line_order, |a, b| channel.same_code(a, b))?;
        Ok(Orders {
            command: if command.is_empty() { order.clone() } else { command },
            at: of_order.found(Some(table.need("at")?), Column::instants)?,
            channel,
            lat: of_order.values(lat, &lats)?,
            lon: of_order.values(lon, &lons)?,
            deliver_by: of_order.found(table.find("deliver_by"), Column::instants_given)?,
            commitment: of_order.found(table.find("commitment"), commitments)?,
            line_start: line_start.map_err(|_| PyValueError::new_err("more lines than one call takes"))?,
            sku: table.need("sku")?.of_things()?,
            qty: table.need("qty")?.integers()?,
            price: table.find("price").map(Column::money_given).transpose()?.unwrap_or_default(),
            order,
            first_line,
            line_order,
        })
    }

    /// Places them; gives a table of orders and one of lines.
    pub(crate) fn place(
        &self,
        book: &mut stockbook::Book,
        source: &str,
        actor: &str,
    ) -> Result<(Table, Table), Rejection> {
        let channel = self.channel.ids(|code| book.channel_id(code).map(|id| id.0));
        let sku = self.sku.ids(|code| book.sku_id(code).map(|id| id.0));
        let done = book.place_orders(&OrderColumns {
            source,
            actor,
            command: &self.command,
            order: &self.order,
            at: &self.at,
            channel: &pick(&channel, &self.first_line),
            lat: &self.lat,
            lon: &self.lon,
            deliver_by: &self.deliver_by,
            commitment: &self.commitment,
            line_start: &self.line_start,
            sku: &sku,
            qty: &self.qty,
            price: &self.price,
        })?;
        let orders = outcome_columns("order", &self.order, &done.rejection, &done.sequence);
        let line_order = self.line_order.iter().map(|n| i64::try_from(*n).unwrap_or(i64::MAX)).collect();
        let lines = vec![
            Column::new("order", Values::Int(line_order)),
            Column::texts("sku", sku.iter().map(|id| book.sku_code(SkuId(*id)))),
            Column::texts("node", done.line_node.iter().map(|id| book.node_code(NodeId(*id)))),
            Column::new("reserved", Values::Int(done.line_reserved)),
            Column::new("backordered", Values::Int(done.line_backordered)),
        ];
        Ok((Table::of(orders), Table::of(lines)))
    }
}

/// For a simulation.
impl Orders<'_> {
    /// The same orders with channels and SKUs as indices into a network's.
    pub(crate) fn into_stream(self, table: &Table, network: &Network) -> PyResult<OrderTable> {
        for name in ["command", "commitment"] {
            if table.find(name).is_some() {
                let text =
                    "a simulation says its own commands, and `feeds` of the network decide who commits";
                return Err(PyValueError::new_err(format!("column `{name}` must be left out: {text}")));
            }
        }
        let mut seen = HashMap::new();
        for (order, row) in self.order.iter().zip(&self.first_line) {
            if let Some(first) = seen.insert(order, row) {
                let need = format!("order {order} began in row {first}: its lines must stand together");
                let column = table.need("order")?;
                return Err(column.fault(*row, &format!("{need}; sort the table by `order`")));
            }
        }
        let index = |codes: Vec<&str>| -> HashMap<String, u32> {
            codes.into_iter().map(str::to_owned).zip(0u32..).collect()
        };
        let channels = index(network.channels.iter().map(|define| define.channel.as_str()).collect());
        let skus = index(network.skus.iter().map(|define| define.sku.as_str()).collect());
        let channel = self.channel.known_ids("channel", |code| channels.get(code).copied())?;
        let sku = self.sku.known_ids("SKU", |code| skus.get(code).copied())?;
        Ok(OrderTable {
            order: self.order,
            at: self.at,
            channel: pick(&channel, &self.first_line),
            lat: self.lat,
            lon: self.lon,
            deliver_by: self.deliver_by,
            line_start: self.line_start,
            sku,
            qty: self.qty,
            price: self.price,
        })
    }
}

/// What an order says once, though each of its lines may repeat it.
struct Once<'o> {
    line_order: &'o [u64],
    first_line: &'o [usize],
}

impl Once<'_> {
    /// The value of each order.
    fn values<T: Copy + PartialEq>(&self, column: &Column, values: &[T]) -> PyResult<Vec<T>> {
        column.one_an_order(self.line_order, |a, b| values.get(a) == values.get(b))?;
        Ok(pick(values, self.first_line))
    }

    /// The same of a column that may be absent.
    fn found<T: Copy + PartialEq>(
        &self,
        column: Option<&Column>,
        read: impl Fn(&Column) -> PyResult<Vec<T>>,
    ) -> PyResult<Vec<T>> {
        column.map_or(Ok(Vec::new()), |column| self.values(column, &read(column)?))
    }
}

/// The values at these rows; nothing of an absent column.
fn pick<T: Copy>(values: &[T], rows: &[usize]) -> Vec<T> {
    rows.iter().filter_map(|row| values.get(*row)).copied().collect()
}

/// Latitudes and longitudes in nano-degrees.
fn places(lat: &Column, lon: &Column) -> PyResult<(Vec<i64>, Vec<i64>)> {
    let pairs = lat.degrees()?.into_iter().zip(lon.degrees()?);
    let place = |(row, (lat_deg, lon_deg)): (usize, (f64, f64))| {
        let blamed = if lat_deg.abs() <= 90.0 { lon } else { lat };
        let point = Point::from_degrees(lat_deg, lon_deg)
            .ok_or_else(|| blamed.fault(row, "not a place on the globe"))?;
        Ok((point.lat.0, point.lon.0))
    };
    pairs.enumerate().map(place).collect()
}

/// `own` and `external`, or 0 and 1.
fn commitments(column: &Column) -> PyResult<Vec<u8>> {
    let word = |(row, text): (usize, &str)| match text {
        "own" => Ok(0),
        "external" => Ok(1),
        _ => Err(column.fault(row, "`own` or `external`")),
    };
    match &column.values {
        Values::Text(texts) => texts.iter().enumerate().map(word).collect(),
        _ => {
            let numbers = column.integers()?;
            let number = |(row, n): (usize, &i64)| {
                let word = u8::try_from(*n).ok().filter(|word| *word <= 1);
                word.ok_or_else(|| column.fault(row, "0 or 1"))
            };
            numbers.iter().enumerate().map(number).collect()
        }
    }
}
