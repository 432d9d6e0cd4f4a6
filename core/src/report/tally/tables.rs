//! What a tally hands out as tables: by day, channel, node, distance and place.

use super::{CELL, Cell, DAY, DISTANCE_CLASS, Day, NodeSums, Sums, Tally, bump, mean, millionths, slot};
use crate::report::table::{Column, Table, Values};
use crate::value::ids::{ChannelId, NodeId, SkuId};
use crate::value::num::{self, count};

impl Tally {
    /// A row a day (UTC), to the last midnight.
    ///
    /// ```
    #[doc = include_str!("../../example_book.txt")]
    #[doc = include_str!("../../example_order.txt")]
    /// # let mut tally = report::Tally::default();
    /// # for event in book.events_since(1)? { tally.record(event); }
    /// // An order of 3 TEE, filled when it came.
    /// let daily = tally.daily();
    /// assert_eq!((daily.ints("orders"), daily.text("fill_rate", 0)), (&[1i64][..], "1.0".into()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn daily(&self) -> Table {
        let first = self.first_day.unwrap_or(0);
        let date = |day: usize| first.saturating_add(count(day)).saturating_mul(DAY);
        let of = |get: fn(&Day) -> i64| self.days.iter().map(get).collect::<Vec<i64>>();
        let int = |name, get| Column { name, values: Values::Int(of(get)) };
        let money = |name, get| Column { name, values: Values::Money(of(get)) };
        Table::new(
            "daily",
            [
                Column { name: "day", values: Values::Instant((0..self.days.len()).map(date).collect()) },
                int("orders", |d| d.orders),
                int("lines", |d| d.lines),
                int("lines_filled", |d| d.filled),
                Column { name: "fill_rate", values: Values::Share(of(|d| millionths(d.filled, d.lines))) },
                int("lines_backordered", |d| d.backordered),
                int("units_waiting", |d| d.waiting),
                int("orders_lost", |d| d.lost),
                int("orders_refused", |d| d.refused),
                int("shipments", |d| d.shipments),
                int("units_shipped", |d| d.units_shipped),
                int("stockouts", |d| d.stockouts),
                money("revenue", |d| d.revenue),
                money("contribution_margin", |d| d.margin),
                money("inventory_value", |d| d.inventory),
            ],
        )
    }

    /// A row a channel; `code` names it.
    ///
    /// ```
    #[doc = include_str!("../../example_book.txt")]
    #[doc = include_str!("../../example_order.txt")]
    /// # let mut tally = report::Tally::default();
    /// # for event in book.events_since(1)? { tally.record(event); }
    /// let channels = tally.channels(|id| book.channel_code(id).unwrap_or_default().into());
    /// assert_eq!((channels.text("channel", 0), channels.ints("lines")), ("web".into(), &[1i64][..]));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn channels(&self, code: impl Fn(ChannelId) -> String) -> Table {
        let used: Vec<(ChannelId, &Sums)> =
            (0u32..).map(ChannelId).zip(&self.channels).filter(|(_, s)| s.offered() > 0).collect();
        let of = |get: &dyn Fn(&Sums) -> i64| used.iter().map(|(_, s)| get(s)).collect::<Vec<i64>>();
        let int = |name, get: fn(&Sums) -> i64| Column { name, values: Values::Int(of(&get)) };
        let money = |name, get: fn(&Sums) -> i64| Column { name, values: Values::Money(of(&get)) };
        let share = |name, get: fn(&Sums) -> (i64, i64)| Column {
            name,
            values: Values::Share(of(&|s| millionths(get(s).0, get(s).1))),
        };
        Table::new(
            "channels",
            [
                Column {
                    name: "channel",
                    values: Values::Text(used.iter().map(|(id, _)| code(*id)).collect()),
                },
                int("orders", Sums::offered),
                int("orders_placed", |s| s.placed),
                int("orders_refused", |s| s.refused),
                int("orders_lost", |s| s.lost),
                int("oversells", |s| s.oversold),
                int("oversold_units", |s| s.oversold_units),
                int("lines", |s| s.lines),
                share("fill_rate_lines", |s| (s.lines_filled, s.lines)),
                share("fill_rate_units", |s| (s.units_filled, s.units)),
                int("lines_backordered", |s| s.lines_backordered),
                share("on_time_share", |s| (s.units_on_time, s.units_placed)),
                share("split_rate", |s| (s.split, s.planned)),
                money("freight_per_order", |s| mean(s.freight, s.shipped)),
                money("handling_per_order", |s| mean(s.handling, s.shipped)),
                money("revenue", |s| s.revenue),
                money("refunds", |s| s.refunds),
                money("contribution_margin", Sums::margin),
                share("margin_share", |s| (s.margin(), s.revenue.saturating_sub(s.refunds))),
            ],
        )
    }

    /// A row a node; `code` names it.
    ///
    /// ```
    #[doc = include_str!("../../example_book.txt")]
    /// # let mut tally = report::Tally::default();
    /// # for event in book.events_since(1)? { tally.record(event); }
    /// let nodes = tally.nodes(|id| book.node_code(id).unwrap_or_default().into());
    /// assert_eq!((nodes.text("node", 0), nodes.text("units_received", 0)), ("RENO".into(), "10".into()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn nodes(&self, code: impl Fn(NodeId) -> String) -> Table {
        let of = |get: fn(&NodeSums) -> i64| self.nodes.iter().map(get).collect::<Vec<i64>>();
        let names = (0..num::id(self.nodes.len())).map(|id| code(NodeId(id))).collect();
        Table::new(
            "nodes",
            [
                Column { name: "node", values: Values::Text(names) },
                Column { name: "shipments", values: Values::Int(of(|n| n.shipments)) },
                Column { name: "units_shipped", values: Values::Int(of(|n| n.units)) },
                Column { name: "units_received", values: Values::Int(of(|n| n.received)) },
                Column { name: "freight", values: Values::Money(of(|n| n.freight)) },
                Column { name: "handling", values: Values::Money(of(|n| n.handling)) },
                Column { name: "cost_of_goods", values: Values::Money(of(|n| n.cost)) },
            ],
        )
    }

    /// The SKUs that went short most, by units; `code` names them.
    ///
    /// ```
    #[doc = include_str!("../../example_book.txt")]
    /// let order = r#"{"place_order":{"order":"1","channel":"web","to":{"lat":"39","lon":"-119"},"lines":[
    ///     {"sku":"TEE","qty":12}]}}"#;
    /// book.execute(&Envelope::new("order", at, serde_json::from_str(order)?))?;
    /// # let mut tally = report::Tally::default();
    /// # for event in book.events_since(1)? { tally.record(event); }
    /// // 12 were asked for, 10 are there: the line waits whole.
    /// let short = tally.short_skus(5, |id| book.sku_code(id).unwrap_or_default().into());
    /// assert_eq!((short.text("sku", 0), short.ints("units_short")), ("TEE".into(), &[12i64][..]));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn short_skus(&self, most: usize, code: impl Fn(SkuId) -> String) -> Table {
        let mut rows: Vec<(SkuId, i64, i64)> = (0u32..)
            .zip(&self.short)
            .filter(|(_, (lines, _))| *lines > 0)
            .map(|(id, (lines, units))| (SkuId(id), *lines, *units))
            .collect();
        rows.sort_by_key(|(sku, lines, units)| (std::cmp::Reverse((*units, *lines)), *sku));
        rows.truncate(most);
        Table::new(
            "short_skus",
            [
                Column { name: "sku", values: Values::Text(rows.iter().map(|row| code(row.0)).collect()) },
                Column { name: "lines_short", values: Values::Int(rows.iter().map(|row| row.1).collect()) },
                Column { name: "units_short", values: Values::Int(rows.iter().map(|row| row.2).collect()) },
            ],
        )
    }

    /// Planned parcels by distance: a row for each 100 km, the last one open.
    ///
    /// ```
    #[doc = include_str!("../../example_book.txt")]
    #[doc = include_str!("../../example_order.txt")]
    /// # let mut tally = report::Tally::default();
    /// # for event in book.events_since(1)? { tally.record(event); }
    /// // One parcel, to a customer next door.
    /// let distances = tally.distances();
    /// assert_eq!((distances.text("from_km", 0), distances.ints("parcels")[0]), ("0".into(), 1));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn distances(&self) -> Table {
        let from = |class: usize| count(class).saturating_mul(DISTANCE_CLASS);
        Table::new(
            "distances",
            [
                Column {
                    name: "from_km",
                    values: Values::Millimetres((0..self.distances.len()).map(from).collect()),
                },
                Column { name: "parcels", values: Values::Int(self.distances.clone()) },
            ],
        )
    }

    /// Orders by the number of their shipments: 0, 1, 2, …
    ///
    /// ```
    #[doc = include_str!("../../example_book.txt")]
    #[doc = include_str!("../../example_order.txt")]
    /// # let mut tally = report::Tally::default();
    /// # for event in book.events_since(1)? { tally.record(event); }
    /// assert_eq!(tally.shipments().ints("orders"), [1], "one order without a shipment yet");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn shipments(&self) -> Table {
        let mut orders: Vec<i64> = Vec::new();
        for note in &self.orders {
            if let Some(n) = slot(&mut orders, note.shipments.min(20)) {
                bump(n, 1);
            }
        }
        Table::new(
            "shipments",
            [
                Column { name: "shipments", values: Values::Int((0..count(orders.len())).collect()) },
                Column { name: "orders", values: Values::Int(orders) },
            ],
        )
    }

    /// Units asked for, by place on a raster of half degrees: each row names the middle of its cell.
    ///
    /// ```
    #[doc = include_str!("../../example_book.txt")]
    #[doc = include_str!("../../example_order.txt")]
    /// # let mut tally = report::Tally::default();
    /// # for event in book.events_since(1)? { tally.record(event); }
    /// // 3 TEE go to 39.5 north, 119.8 west: the cell whose middle is 39.75 north, 119.75 west.
    /// let demand = tally.demand();
    /// assert_eq!((demand.ints("lat_nano")[0], demand.ints("units")[0]), (39_750_000_000, 3));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn demand(&self) -> Table {
        let mut rows: Vec<(Cell, i64)> = self.places.iter().map(|place| (place.cell, place.units)).collect();
        rows.sort_unstable();
        Table::new(
            "demand",
            [
                Column {
                    name: "lat_nano",
                    values: Values::Int(rows.iter().map(|(c, _)| middle(c.0)).collect()),
                },
                Column {
                    name: "lon_nano",
                    values: Values::Int(rows.iter().map(|(c, _)| middle(c.1)).collect()),
                },
                Column { name: "units", values: Values::Int(rows.iter().map(|(_, n)| *n).collect()) },
            ],
        )
    }

    /// Planned parcels from a node (as its id) to a place on the raster.
    ///
    /// ```
    #[doc = include_str!("../../example_book.txt")]
    #[doc = include_str!("../../example_order.txt")]
    /// # let mut tally = report::Tally::default();
    /// # for event in book.events_since(1)? { tally.record(event); }
    /// let flows = tally.flows();
    /// assert_eq!((flows.ints("node_id"), flows.ints("parcels")), (&[0i64][..], &[1i64][..]), "from RENO");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn flows(&self) -> Table {
        let flows = self.places.iter().flat_map(|place| {
            let from = (0u32..).zip(&place.parcels).filter(|(_, n)| **n > 0);
            from.map(|(node, n)| ((node, place.cell), *n))
        });
        let mut rows: Vec<((u32, Cell), i64)> = flows.collect();
        rows.sort_unstable();
        Table::new(
            "flows",
            [
                Column {
                    name: "node_id",
                    values: Values::Int(rows.iter().map(|((node, _), _)| i64::from(*node)).collect()),
                },
                Column {
                    name: "lat_nano",
                    values: Values::Int(rows.iter().map(|((_, c), _)| middle(c.0)).collect()),
                },
                Column {
                    name: "lon_nano",
                    values: Values::Int(rows.iter().map(|((_, c), _)| middle(c.1)).collect()),
                },
                Column { name: "parcels", values: Values::Int(rows.iter().map(|(_, n)| *n).collect()) },
            ],
        )
    }
}

fn middle(cell: i16) -> i64 {
    i64::from(cell).saturating_mul(CELL).saturating_add(CELL / 2)
}
