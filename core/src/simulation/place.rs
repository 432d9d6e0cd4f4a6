//! Orders go into the book: as many in one call as nothing else can come between.

use super::network::Network;
use super::run::{DAY, Observer, Run, SimulationError};
use crate::book::OrderColumns;
use crate::record::{Body, OrderPlaced};
use crate::report::Unserved;
use crate::value::ids::{ChannelId, NodeId, SkuId};
use crate::value::num::{self, count, index};
use crate::value::time::Instant;
use hashbrown::HashMap;

/// Rows of one call on the book by columns, where its window of events has room for them.
const CALL_ROWS: usize = 512;

/// The least time between an order and the leaving of its parcels: between orders nearer than that nothing
/// can fall due that one of them causes. 0 where orders must go one by one: a channel's listing follows every
/// order, a protection is used up by every order, a parcel may leave at once.
fn quiet(network: &Network) -> i64 {
    let alone = !network.feeds.is_empty() || !network.protections.is_empty() || network.services.is_empty();
    let least = network.nodes.iter().map(|node| node.processing_minutes).min().unwrap_or(0);
    if alone { 0 } else { i64::from(least).saturating_mul(60_000_000) }
}

impl Run<'_> {
    /// Rows of one call on the book by columns: each row may bring an event, and time passing a few more.
    pub(super) fn call_rows(&self) -> usize {
        let window = index(self.book.configuration().event_window);
        CALL_ROWS.min(window / 4).max(1)
    }

    /// For how long after an order the next ones may go with it into one call.
    pub(super) fn stride(&self) -> i64 {
        quiet(self.network)
    }

    /// Places the order of a row, and with it those that nothing can come between; gives the next row.
    pub(super) fn place_some(
        &mut self,
        row: usize,
        at: i64,
        stride: i64,
        observer: &mut dyn Observer,
    ) -> Result<usize, SimulationError> {
        let end = self.batch_end(row, at, stride);
        let table = self.orders.table();
        let of_stream = table.channel.get(row).copied().unwrap_or(0);
        let channel = self.channels.get(index(of_stream)).copied().unwrap_or(u32::MAX);
        let feed = self.feeds.iter().position(|feed| feed.channel().0 == channel);
        let lines = self.lines_of(row, end);
        if feed.is_some() && !self.listed(feed, at, lines.clone()) {
            let short = self.lines_short(row, ChannelId(channel), &HashMap::new());
            self.tally.short_somewhere(short);
            let units = table.qty.get(lines.clone()).unwrap_or_default();
            let units = units.iter().fold(0i64, |sum, qty| sum.saturating_add(*qty));
            self.tally.unserved(at, ChannelId(channel), Unserved::Lost, count(lines.len()), units);
            return Ok(end);
        }
        self.place_rows(row, end, feed.is_some())?;
        self.drain(observer)?;
        self.refresh_listings(table.at.get(end.saturating_sub(1)).copied().unwrap_or(at));
        Ok(end)
    }

    fn batch_end(&self, row: usize, at: i64, stride: i64) -> usize {
        let next = row.saturating_add(1);
        if stride == 0 {
            return next;
        }
        let table = self.orders.table();
        let mut until = at.saturating_add(stride).min(self.agenda.next().unwrap_or(i64::MAX));
        let most = row.saturating_add(self.call_rows()).min(self.orders.len());
        let patience = i64::from(self.options.patience_days).saturating_mul(DAY);
        let mut end = row;
        while end < most && table.at.get(end).is_some_and(|at| *at < until) {
            // Whoever gives up soon is due before later orders.
            if let Some(promise) = table.deliver_by.get(end).filter(|_| patience > 0) {
                until = until.min(promise.saturating_add(patience));
            }
            end = end.saturating_add(1);
        }
        end.max(next)
    }

    fn lines_of(&self, from: usize, to: usize) -> std::ops::Range<usize> {
        let start = self.orders.lines_of(from).start;
        start..self.orders.lines_of(to.saturating_sub(1)).end
    }

    fn place_rows(&mut self, from: usize, to: usize, listed: bool) -> Result<(), SimulationError> {
        let table = self.orders.table();
        let rows = to.saturating_sub(from);
        let lines = self.lines_of(from, to);
        let first = self.next_command;
        self.next_command = first.saturating_add(u64::try_from(rows).unwrap_or(0));
        let commands: Vec<u64> = (first..self.next_command).collect();
        let channel_of = |of_stream: &u32| self.channels.get(index(*of_stream)).copied().unwrap_or(u32::MAX);
        let channels: Vec<u32> =
            table.channel.get(from..to).unwrap_or_default().iter().map(channel_of).collect();
        let base = num::id(lines.start);
        let starts = table.line_start.get(from..to.saturating_add(1)).unwrap_or_default();
        let line_start: Vec<u32> = starts.iter().map(|start| start.saturating_sub(base)).collect();
        let columns = OrderColumns {
            source: "simulation",
            command: &commands,
            order: table.order.get(from..to).unwrap_or_default(),
            at: table.at.get(from..to).unwrap_or_default(),
            channel: &channels,
            lat: table.lat.get(from..to).unwrap_or_default(),
            lon: table.lon.get(from..to).unwrap_or_default(),
            deliver_by: table.deliver_by.get(from..to).unwrap_or_default(),
            commitment: if listed { &[1] } else { &[] },
            line_start: &line_start,
            sku: self.sku.get(lines.clone()).unwrap_or_default(),
            qty: table.qty.get(lines.clone()).unwrap_or_default(),
            price: table.price.get(lines).unwrap_or_default(),
            ..OrderColumns::default()
        };
        // One by one, what is free is read before: guards and listings change with every order.
        if rows == 1 {
            let short =
                self.lines_short(from, ChannelId(channels.first().copied().unwrap_or(0)), &HashMap::new());
            self.tally.short_somewhere(short);
        }
        let outcome = self.book.place_orders(&columns).map_err(|rejection| SimulationError::Refused {
            at: Instant::from_micros(table.at.get(from).copied().unwrap_or(0)),
            what: format!("order row {from}"),
            rejection,
        })?;
        for ((row, rejection), channel) in (from..to).zip(outcome.rejection).zip(&channels) {
            if rejection == 0 {
                self.placing.push_back(row);
            } else {
                self.refuse(row, rejection, ChannelId(*channel));
            }
        }
        if rows > 1 {
            self.count_short(from, to, &channels)?;
        }
        Ok(())
    }

    fn refuse(&mut self, row: usize, rejection: u16, channel: ChannelId) {
        let orders = self.refusals.entry(rejection).or_default();
        *orders = orders.saturating_add(1);
        let table = self.orders.table();
        let qty = table.qty.get(self.orders.lines_of(row)).unwrap_or_default();
        let units = qty.iter().fold(0i64, |sum, qty| sum.saturating_add(*qty));
        let at = table.at.get(row).copied().unwrap_or(0);
        self.tally.unserved(at, channel, Unserved::Refused, count(qty.len()), units);
    }

    /// Counts the lines of rows just placed that found too little at some node when their order came: from
    /// the last order back, each is judged as if it and the later ones had not taken anything.
    fn count_short(&mut self, from: usize, to: usize, channels: &[u32]) -> Result<(), SimulationError> {
        let events = self.book.events_since(self.next_event);
        let events = events.map_err(|e| SimulationError::Drained { first: e.first })?;
        let placed = |event: &'_ crate::record::Event| match &event.body {
            Body::OrderPlaced(placed) => taken(placed),
            _ => Vec::new(),
        };
        let is_order = |event: &&crate::record::Event| matches!(event.body, Body::OrderPlaced(_));
        let mut orders: Vec<Vec<(u32, u32, i64)>> = events.filter(is_order).map(placed).collect();
        let mut accepted: Vec<usize> = self.placing.iter().copied().collect();
        let mut later: HashMap<(u32, u32), i64> = HashMap::new();
        let mut short = 0i64;
        for (row, channel) in (from..to).zip(channels).rev() {
            if accepted.last() == Some(&row) {
                accepted.pop();
                for (sku, node, qty) in orders.pop().unwrap_or_default() {
                    let sum = later.entry((sku, node)).or_default();
                    *sum = sum.saturating_add(qty);
                }
            }
            short = short.saturating_add(self.lines_short(row, ChannelId(*channel), &later));
        }
        self.tally.short_somewhere(short);
        Ok(())
    }

    /// Lines of a row that find fewer units free for their channel than they ask, at an open node that stocks
    /// the SKU, had `later` not been taken.
    fn lines_short(&self, row: usize, channel: ChannelId, later: &HashMap<(u32, u32), i64>) -> i64 {
        let lines = self.orders.lines_of(row);
        let skus = self.sku.get(lines.clone()).unwrap_or_default();
        let qtys = self.orders.table().qty.get(lines).unwrap_or_default();
        let short = |(sku, qty): &(&u32, &i64)| {
            let nodes = self.stocked.get(index(**sku)).map(Vec::as_slice).unwrap_or_default();
            nodes.iter().any(|node| {
                let taken = later.get(&(**sku, *node)).copied().unwrap_or(0);
                let here = self.book.free_before(SkuId(**sku), NodeId(*node), channel, taken);
                here < **qty && !self.closed.contains(node)
            })
        };
        count(skus.iter().zip(qtys).filter(short).count())
    }
}

/// What an order took: SKU, node, units.
fn taken(placed: &OrderPlaced) -> Vec<(u32, u32, i64)> {
    let part = |part: &crate::record::PlanPart| {
        let sku = placed.lines.get(index(part.line.saturating_sub(1)))?.sku;
        let node = placed.plan.parcels.get(index(part.parcel))?.node;
        Some((sku.0, node.0, part.qty))
    };
    placed.plan.parts.iter().filter_map(part).collect()
}
