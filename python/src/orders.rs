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
        let instants = table.need("at")?.instants()?;
        let (lat, lon) = places(table.need("lat")?, table.need("lon")?)?;
        let channel = table.need("channel")?.of_things()?;
        let deliver_by = table.find("deliver_by").map(Column::instants).transpose()?.unwrap_or_default();
        // What belongs to the order is the same on all its lines.
        let differs = |name: &str, same: &dyn Fn(usize, usize) -> bool| {
            let mut first = 0;
            let odd = line_order.iter().enumerate().find(|(row, order)| {
                if line_order.get(first) != Some(*order) {
                    first = *row;
                }
                !same(first, *row)
            });
            odd.map_or(Ok(()), |(row, order)| {
                let text = format!("column `{name}`, row {row}: not as on the first line of order {order}");
                Err(PyValueError::new_err(text))
            })
        };
        differs("at", &|a, b| instants.get(a) == instants.get(b))?;
        differs("channel", &|a, b| channel.same(a, b))?;
        differs("lat", &|a, b| lat.get(a) == lat.get(b))?;
        differs("lon", &|a, b| lon.get(a) == lon.get(b))?;
        differs("deliver_by", &|a, b| deliver_by.get(a) == deliver_by.get(b))?;
        let ends = first_line.iter().copied().chain(std::iter::once(line_order.len()));
        let line_start = ends.map(u32::try_from).collect::<Result<Vec<u32>, _>>();
        let order = pick(&line_order, &first_line);
        let command = match table.find("command") {
            Some(column) => pick(&column.counts()?, &first_line),
            None => order.clone(),
        };
        let commitment = table.find("commitment").map(commitments).transpose()?.unwrap_or_default();
        Ok(Orders {
            command,
            at: pick(&instants, &first_line),
            channel,
            lat: pick(&lat, &first_line),
            lon: pick(&lon, &first_line),
            deliver_by: pick(&deliver_by, &first_line),
            commitment: pick(&commitment, &first_line),
            line_start: line_start.map_err(|_| PyValueError::new_err("more lines than one call takes"))?,
            sku: table.need("sku")?.of_things()?,
            qty: table.need("qty")?.integers()?,
            price: table.find("price").map(Column::money).transpose()?.unwrap_or_default(),
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
    pub(crate) fn into_stream(self, network: &Network) -> PyResult<OrderTable> {
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

/// The values at these rows; nothing of an absent column.
fn pick<T: Copy>(values: &[T], rows: &[usize]) -> Vec<T> {
    rows.iter().filter_map(|row| values.get(*row)).copied().collect()
}

/// Latitudes and longitudes in nano-degrees.
fn places(lat: &Column, lon: &Column) -> PyResult<(Vec<i64>, Vec<i64>)> {
    let pairs = lat.degrees()?.into_iter().zip(lon.degrees()?);
    let place = |(row, (lat_deg, lon_deg))| {
        let point = Point::from_degrees(lat_deg, lon_deg)
            .ok_or_else(|| lat.fault(row, "not a place on the globe"))?;
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
            let number = |(row, n): (usize, &i64)| u8::try_from(*n).map_err(|_| column.fault(row, "0 or 1"));
            numbers.iter().enumerate().map(number).collect()
        }
    }
}
