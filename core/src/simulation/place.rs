//! Orders go into the book, one after another: between two of them something else may fall due.

use super::run::{Observer, Run, SimulationError};
use crate::book::{AHEAD, OrderColumns};
use crate::report::Unserved;
use crate::value::geo::{Degrees, Point};
use crate::value::ids::{ChannelId, NodeId, SkuId};
use crate::value::num::{count, index};
use crate::value::rejection::Rejection;

/// Shipments between two looks at the book's events, where its window has room for them.
const CALL_ROWS: usize = 512;

impl Run<'_> {
    /// Shipments between two looks at the book's events: each brings one, and time passing a few more.
    pub(super) fn call_rows(&self) -> usize {
        let window = index(self.book.configuration().event_window);
        CALL_ROWS.min(window / 4).max(1)
    }

    /// What of the stream the book asks by row.
    pub(super) fn by_row(&mut self) {
        let table = self.orders.table();
        let channel_of = |of_stream: &u32| self.channels.get(index(*of_stream)).copied().unwrap_or(u32::MAX);
        self.row_channel = table.channel.iter().map(channel_of).collect();
        let listed = |channel: &u32| u8::from(self.feeds.iter().any(|feed| feed.channel().0 == *channel));
        if !self.feeds.is_empty() {
            self.row_commitment = self.row_channel.iter().map(listed).collect();
        }
        let (orders, lines) = (self.orders.len(), self.orders.lines());
        self.book.make_room(orders, lines);
        self.tally.make_room(orders);
        self.plans.make_room(orders, lines);
        self.costs.make_room(orders);
    }

    /// Places the order of a row.
    pub(super) fn place(
        &mut self,
        row: usize,
        at: i64,
        observer: &mut dyn Observer,
    ) -> Result<(), SimulationError> {
        let table = self.orders.table();
        let channel = ChannelId(self.row_channel.get(row).copied().unwrap_or(u32::MAX));
        let feed = self.feeds.iter().position(|feed| feed.channel() == channel);
        let lines = self.orders.lines_of(row);
        if feed.is_some() && !self.listed(feed, at, lines) {
            let short = self.lines_short(row, channel);
            self.tally.short_somewhere(short);
            self.unserved(row, channel, Unserved::Lost);
            return Ok(());
        }
        let columns = OrderColumns {
            source: "simulation",
            order: &table.order,
            at: &table.at,
            channel: &self.row_channel,
            lat: &table.lat,
            lon: &table.lon,
            deliver_by: &table.deliver_by,
            commitment: &self.row_commitment,
            line_start: &table.line_start,
            sku: &self.sku,
            qty: &table.qty,
            price: &table.price,
            ..OrderColumns::default()
        };
        if row.checked_rem(AHEAD) == Some(0) {
            let to = row.saturating_add(AHEAD).min(table.order.len());
            let lines = self.orders.lines_of(row).start..self.orders.lines_of(to.saturating_sub(1)).end;
            self.stocked.glance(self.sku.get(lines).unwrap_or_default());
            let (lats, lons) = (table.lat.get(row..to), table.lon.get(row..to));
            let places = lats.unwrap_or_default().iter().zip(lons.unwrap_or_default());
            let places = places.map(|(lat, lon)| Point { lat: Degrees(*lat), lon: Degrees(*lon) });
            std::hint::black_box(places.fold(0, |seen, to| seen ^ self.tally.glance_at(to)));
            self.book.look_ahead(&columns, row, to);
            // Nearly every order is also shipped.
            self.book.look_ahead_of_commands(self.next_command, 2 * AHEAD);
        }
        // What is free is read before.
        let short = self.lines_short(row, channel);
        self.tally.short_somewhere(short);
        let command = self.next_command;
        self.next_command = command.saturating_add(1);
        let placed = self.book.place_row(&columns, row, command, &mut self.dense);
        self.book.trim();
        match placed {
            Ok(_) => self.placing.push_back(row),
            Err(rejection) => self.refuse(row, &rejection, channel),
        }
        self.drain(observer)?;
        self.refresh_listings(at);
        Ok(())
    }

    fn refuse(&mut self, row: usize, rejection: &Rejection, channel: ChannelId) {
        let orders = self.refusals.entry(rejection.number()).or_default();
        *orders = orders.saturating_add(1);
        self.unserved(row, channel, Unserved::Refused);
    }

    fn unserved(&mut self, row: usize, channel: ChannelId, why: Unserved) {
        let table = self.orders.table();
        let qty = table.qty.get(self.orders.lines_of(row)).unwrap_or_default();
        let units = qty.iter().fold(0i64, |sum, qty| sum.saturating_add(*qty));
        let at = table.at.get(row).copied().unwrap_or(0);
        self.tally.unserved(at, channel, why, count(qty.len()), units);
    }

    /// Lines of a row that find fewer units free for their channel than they ask, at an open node that stocks
    /// the SKU.
    fn lines_short(&self, row: usize, channel: ChannelId) -> i64 {
        let lines = self.orders.lines_of(row);
        let skus = self.sku.get(lines.clone()).unwrap_or_default();
        let qtys = self.orders.table().qty.get(lines).unwrap_or_default();
        let guarded = self.book.is_guarded();
        let short = |(sku, qty): &(&u32, &i64)| {
            let (id, open) = (SkuId(**sku), |node: &u32| !self.closed.contains(node));
            if guarded {
                let free = |node| self.book.free_for(id, NodeId(node), channel);
                return self.stocked.nodes(**sku).filter(open).any(|node| free(node) < **qty);
            }
            self.stocked.below(**sku, self.book.free_row(id), **qty).any(|node| open(&node))
        };
        count(skus.iter().zip(qtys).filter(short).count())
    }
}
