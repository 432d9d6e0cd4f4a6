//! A network and its orders as a folder of CSV files: a template for one's own.

use serde::Serialize;
use std::error::Error;
use std::path::Path;
use stockbook::simulation::{Network, Orders, Outage};
use stockbook::*;

type Outcome = Result<(), Box<dyn Error>>;

fn write<const N: usize>(
    path: &Path,
    header: [&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
) -> Outcome {
    let mut writer = csv::Writer::from_path(path)?;
    writer.write_record(header)?;
    for row in rows {
        writer.write_record(row)?;
    }
    Ok(writer.flush()?)
}

/// A word of a closed vocabulary as the wire has it.
fn word(value: impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}

fn angle(degrees: Degrees) -> String {
    word(degrees)
}

/// Writes all files that [`crate::sheets::read_folder`] reads, `orders.csv` among them.
pub fn write_folder(folder: &Path, network: &Network, orders: &Orders) -> Outcome {
    std::fs::create_dir_all(folder)?;
    master(folder, network)?;
    supply(folder, network)?;
    books(folder, network)?;
    stream(folder, network, orders)
}

fn master(folder: &Path, network: &Network) -> Outcome {
    let sku = |s: &DefineSku| {
        let (weight, decimals) = (s.weight_g.to_string(), s.decimals.to_string());
        [
            s.sku.clone(),
            s.name.clone(),
            s.group.clone(),
            weight,
            s.price.to_string(),
            word(s.costing),
            decimals,
        ]
    };
    let header = ["sku", "name", "group", "weight_g", "price", "costing", "decimals"];
    write(&folder.join("skus.csv"), header, network.skus.iter().map(sku))?;
    let node = |n: &DefineNode| {
        let calendar = n.calendar.as_ref();
        let part = |of: fn(&Calendar) -> String| calendar.map(of).unwrap_or_default();
        [
            n.node.clone(),
            n.name.clone(),
            word(n.kind),
            angle(n.place.lat),
            angle(n.place.lon),
            n.handling_per_order.to_string(),
            n.handling_per_unit.to_string(),
            n.preference.to_string(),
            n.processing_minutes.to_string(),
            part(|c| c.time_zone.clone()),
            part(|c| c.workdays.iter().map(u8::to_string).collect::<Vec<_>>().join(";")),
            part(|c| c.holidays.join(";")),
            part(|c| c.cut_off.clone()),
            part(|c| c.from.clone()),
            part(|c| c.days.to_string()),
        ]
    };
    let header = [
        "node",
        "name",
        "kind",
        "lat",
        "lon",
        "handling_per_order",
        "handling_per_unit",
        "preference",
        "processing_minutes",
        "time_zone",
        "workdays",
        "holidays",
        "cut_off",
        "calendar_from",
        "calendar_days",
    ];
    write(&folder.join("nodes.csv"), header, network.nodes.iter().map(node))?;
    let channel = |c: &DefineChannel| {
        let feed = network.feeds.iter().find(|feed| feed.channel == c.channel);
        let latency = feed.map(|f| f.sync_latency_minutes.to_string()).unwrap_or_default();
        let (promise, priority) = (c.promise_hours.to_string(), c.priority.to_string());
        [c.channel.clone(), c.name.clone(), promise, priority, c.services.join(";"), latency]
    };
    let header = ["channel", "name", "promise_hours", "priority", "services", "sync_latency_minutes"];
    write(&folder.join("channels.csv"), header, network.channels.iter().map(channel))?;
    let zones = network.services.iter().flat_map(|s| s.zones.iter().map(move |z| (s, z))).map(|(s, z)| {
        let (km, hours) = (z.up_to_km.to_string(), z.transit_hours.to_string());
        [s.service.clone(), s.name.clone(), km, hours, z.base.to_string(), z.per_kg.to_string()]
    });
    let header = ["service", "name", "up_to_km", "transit_hours", "base", "per_kg"];
    write(&folder.join("services.csv"), header, zones)
}

fn supply(folder: &Path, network: &Network) -> Outcome {
    let stock = network
        .stock
        .iter()
        .map(|s| [s.sku.clone(), s.node.clone(), s.qty.to_string(), s.unit_cost.to_string()]);
    write(&folder.join("stock.csv"), ["sku", "node", "qty", "unit_cost"], stock)?;
    let supplier = |s: &DefineSupplier| {
        let (lead, expedite) = (s.lead_time_days.to_string(), s.expedite_days.to_string());
        let days = network.order_days.iter().filter(|days| days.supplier == s.supplier);
        let days: Vec<String> = days.flat_map(|days| &days.weekdays).map(u8::to_string).collect();
        let premium = s.expedite_premium.to_string();
        [s.supplier.clone(), s.name.clone(), lead, expedite, premium, days.join(";")]
    };
    let header = ["supplier", "name", "lead_time_days", "expedite_days", "expedite_premium", "order_days"];
    write(&folder.join("suppliers.csv"), header, network.suppliers.iter().map(supplier))?;
    let rule = |r: &SetReorderRule| {
        [
            r.sku.clone(),
            r.node.clone(),
            r.supplier.clone(),
            r.unit_cost.to_string(),
            r.reorder_point.to_string(),
            r.order_up_to.to_string(),
            r.expedite_below.to_string(),
        ]
    };
    let header = ["sku", "node", "supplier", "unit_cost", "reorder_point", "order_up_to", "expedite_below"];
    write(&folder.join("reorder.csv"), header, network.reorder_rules.iter().map(rule))?;
    let protection =
        |p: &SetProtection| [p.sku.clone(), p.node.clone(), p.channel.clone(), p.qty.to_string()];
    let header = ["sku", "node", "channel", "qty"];
    write(&folder.join("protections.csv"), header, network.protections.iter().map(protection))
}

fn books(folder: &Path, network: &Network) -> Outcome {
    if let Some(book) = &network.configuration {
        let row = [book.currency.clone(), book.currency_digits.to_string()];
        write(&folder.join("book.csv"), ["currency", "currency_digits"], [row])?;
    }
    let account = |a: &DefineAccount| [a.account.clone(), a.name.clone(), word(a.kind), word(a.control)];
    let header = ["account", "name", "kind", "control"];
    write(&folder.join("accounts.csv"), header, network.accounts.iter().map(account))?;
    if let Some(rules) = &network.posting_rules {
        let rule = |r: &PostingRule| {
            let when = &r.when;
            let lists = [&when.channels, &when.nodes, &when.groups, &when.reasons].map(|l| l.join(";"));
            let [channels, nodes, groups, reasons] = lists;
            [word(r.movement), channels, nodes, groups, reasons, r.debit.clone(), r.credit.clone()]
        };
        let header = ["movement", "channels", "nodes", "groups", "reasons", "debit", "credit"];
        write(&folder.join("posting_rules.csv"), header, rules.rules.iter().map(rule))?;
    }
    let reasons = network.reasons.iter().map(|r| [r.reason.clone(), r.name.clone()]);
    write(&folder.join("reasons.csv"), ["reason", "name"], reasons)?;
    let outage = |o: &Outage| {
        [&o.node, &o.from.to_string(), &o.to.to_string(), &o.reason, &o.service, &o.supplier]
            .map(String::clone)
    };
    let header = ["node", "from", "to", "reason", "service", "supplier"];
    write(&folder.join("outages.csv"), header, network.outages.iter().map(outage))
}

fn stream(folder: &Path, network: &Network, orders: &Orders) -> Outcome {
    let table = orders.table();
    let mut writer = csv::Writer::from_path(folder.join("orders.csv"))?;
    writer.write_record(["order", "at", "channel", "lat", "lon", "sku", "qty", "price", "deliver_by"])?;
    for (row, order) in table.order.iter().enumerate() {
        let (from, to) = (table.line_start[row] as usize, table.line_start[row + 1] as usize);
        let place = [angle(Degrees(table.lat[row])), angle(Degrees(table.lon[row]))];
        let at = Instant::from_micros(table.at[row]).to_string();
        let due = given(&table.deliver_by, row, |at| Instant::from_micros(at).to_string());
        let channel = &network.channels[table.channel[row] as usize].channel;
        for line in from..to {
            let price = given(&table.price, line, |price| Money::from_micros(price).to_string());
            let sku = &network.skus[table.sku[line] as usize].sku;
            let (order, qty) = (order.to_string(), table.qty[line].to_string());
            writer.write_record([&order, &at, channel, &place[0], &place[1], sku, &qty, &price, &due])?;
        }
    }
    Ok(writer.flush()?)
}

/// A value as text; empty where the row has none.
fn given(column: &[i64], row: usize, text: impl Fn(i64) -> String) -> String {
    column.get(row).filter(|value| **value != NOT_GIVEN).map(|value| text(*value)).unwrap_or_default()
}
