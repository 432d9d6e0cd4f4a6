//! A network and its orders from a folder of CSV files.
//!
//! [`COLUMNS`] lists the files and their columns; the program's `--help` prints it.

use crate::sheet::{Faults, Need, Row, read};
use std::collections::HashMap;
use std::path::Path;
use stockbook::simulation::{
    ChannelFeed, Network, OpeningStock, Options, OrderDays, OrderTable, Orders, Outage, SimulationError,
    rehearse,
};
use stockbook::*;

/// The files, their columns, and what they mean.
pub const COLUMNS: &str = "\
Files of a network (CSV with a header, UTF-8, comma; * = may be left out, or the whole file where it stands after the name)
  skus.csv            sku, name*, group*, weight_g*, price*, costing* (moving_average | fifo), decimals*
  nodes.csv           node, name*, kind (warehouse | store | third_party | drop_shipper), lat, lon,
                      handling_per_order*, handling_per_unit*, preference*, processing_minutes*,
                      time_zone*, workdays* (1;2;3;4;5 = Monday to Friday), holidays* (YYYY-MM-DD;…), cut_off* (HH:MM),
                      calendar_from* (YYYY-MM-DD), calendar_days*; without a time_zone parcels leave when they are ready
  channels.csv        channel, name*, promise_hours, priority* (0 = first), services* (GROUND;AIR), sync_latency_minutes*
                      (given: the channel sells from a listing of its own, that many minutes old)
  services.csv        service, name*, up_to_km, transit_hours, base, per_kg: a row for each zone, ascending
  stock.csv           sku, node, qty, unit_cost
  orders.csv          order, at (2026-03-02T09:30:00Z), channel, lat, lon, sku, qty, price*, deliver_by*: a row for each
                      line, lines of an order together; an empty price is the list's, an empty deliver_by the
                      channel's promise
  suppliers.csv*      supplier, name*, lead_time_days, expedite_days, expedite_premium* (0.15 = 15 %),
                      order_days* (2;5 = it takes orders on Tuesday and Friday)
  reorder.csv*        sku, node, supplier, unit_cost, reorder_point, order_up_to, expedite_below*
  protections.csv*    sku, node, channel, qty
  accounts.csv*       account, name*, kind (asset | liability | equity | income | expense), control*
                      (none | inventory | in_transit): beside the default chart
  posting_rules.csv*  movement, channels*, nodes*, groups*, reasons*, debit, credit: replaces the default rules
  reasons.csv*        reason, name*
  outages.csv*        node*, from, to, reason, service*, supplier*: one of node, service and supplier in a row
  book.csv*           currency, currency_digits: one row
Quantities are whole numbers of the SKU's smallest unit, money is a decimal with a point.
";

const YEAR_DAYS: u32 = 4_000;

/// Reads a network from a folder and orders from a file; all faults with file, line and column.
pub fn read_folder(folder: &Path, orders: &Path) -> Result<(Network, Orders), Vec<String>> {
    let mut faults = Faults::default();
    let mut network = Network::default();
    let codes = master(folder, &mut network, &mut faults);
    supply(folder, &mut network, &codes, &mut faults);
    books(folder, &mut network, &codes, &mut faults);
    let table = stream(orders, &codes, &mut faults);
    faults.finish()?;
    let file = orders.display();
    if table.order.is_empty() {
        return Err(vec![format!("{file}: there are no orders in it")]);
    }
    let orders = Orders::new(table, &network).map_err(|fault| vec![format!("{file}: {fault}")])?;
    // What only the book knows to be wrong.
    match rehearse(&network, &orders, &[], &Options::default()) {
        Ok(()) => Ok((network, orders)),
        Err(error) => Err(vec![located(&error, &network, &faults)]),
    }
}

/// A fault that the book found, with the file and line of the row that it is about.
fn located(error: &SimulationError, network: &Network, faults: &Faults) -> String {
    let SimulationError::Network { part: Some((part, row)), rejection, .. } = error else {
        return error.to_string();
    };
    // The rules are said as a whole: the rejection tells which one it is about.
    let rules = network.posting_rules.iter().flat_map(|set| &set.rules).enumerate();
    let named = |rule: &PostingRule| match rejection {
        Rejection::UnknownAccount { account } => [&rule.debit, &rule.credit].contains(&account),
        _ => false,
    };
    let rule = rules.filter(|(_, rule)| *part == "posting_rules" && named(rule)).map(|(row, _)| row).next();
    match faults.place(part, rule.unwrap_or(*row)) {
        Some(place) => format!("{place}: {error}"),
        None => error.to_string(),
    }
}

/// Notes what must stand once; a second row about it is a fault.
fn once(seen: &mut HashMap<Vec<String>, u64>, row: &mut Row<'_>, columns: &[&str]) {
    let key = columns.iter().map(|column| row.text(column).to_owned()).collect();
    if let Some(line) = seen.insert(key, row.line) {
        let column = columns.first().copied().unwrap_or_default();
        row.fault(column, &format!("stands in line {line} already: {}", columns.join(", ")));
    }
}

/// Codes and their numbers.
#[derive(Default)]
struct Codes {
    skus: HashMap<String, u32>,
    nodes: HashMap<String, u32>,
    channels: HashMap<String, u32>,
    services: HashMap<String, u32>,
    suppliers: HashMap<String, u32>,
    reasons: HashMap<String, u32>,
}

/// Notes a code; one that stands twice is a fault.
fn define(codes: &mut HashMap<String, u32>, row: &mut Row<'_>, column: &str) -> String {
    let code = row.code(column);
    let next = u32::try_from(codes.len()).unwrap_or(u32::MAX);
    if codes.insert(code.clone(), next).is_some() {
        row.fault(column, &format!("`{code}` stands twice"));
    }
    code
}

fn master(folder: &Path, network: &mut Network, faults: &mut Faults) -> Codes {
    let mut codes = Codes::default();
    let zone = ["service", "up_to_km", "transit_hours", "base", "per_kg"];
    read(&folder.join("services.csv"), Need::Required, &zone, &["name"], faults, |row| {
        let zone = Zone {
            up_to_km: row.small("up_to_km", None, 50_000),
            transit_hours: row.small("transit_hours", None, 8_760),
            base: row.money("base", None),
            per_kg: row.money("per_kg", None),
            bands: Vec::new(),
        };
        let code = row.text("service").to_owned();
        match network.services.iter_mut().find(|service| service.service == code) {
            Some(service) => {
                if service.zones.last().is_some_and(|last| last.up_to_km >= zone.up_to_km) {
                    row.fault("up_to_km", "must rise from zone to zone of a service");
                }
                service.zones.push(zone);
            }
            None => {
                let service = define(&mut codes.services, row, "service");
                row.is_next_of("services");
                network.services.push(DefineService {
                    service,
                    name: row.text("name").into(),
                    zones: vec![zone],
                    dim_divisor: 0,
                });
            }
        }
    });
    let optional = ["name", "group", "weight_g", "price", "costing", "decimals"];
    read(&folder.join("skus.csv"), Need::Required, &["sku"], &optional, faults, |row| {
        row.is_next_of("skus");
        network.skus.push(DefineSku {
            sku: define(&mut codes.skus, row, "sku"),
            name: row.text("name").into(),
            group: row.text("group").into(),
            decimals: u8::try_from(row.small("decimals", Some(0), 6)).unwrap_or(0),
            units: Vec::new(),
            weight_g: row.int("weight_g", Some(0), 0..=1_000_000_000_000),
            price: row.money("price", Some(Money::ZERO)),
            costing: row.word("costing", Some(Costing::default())).unwrap_or_default(),
        });
    });
    nodes(folder, network, &mut codes, faults);
    let optional = ["name", "priority", "services", "sync_latency_minutes"];
    read(
        &folder.join("channels.csv"),
        Need::Required,
        &["channel", "promise_hours"],
        &optional,
        faults,
        |row| {
            let services = row.list("services");
            if let Some(unknown) = services.iter().find(|service| !codes.services.contains_key(*service)) {
                row.fault("services", &format!("`{unknown}` is not in services.csv"));
            }
            let channel = define(&mut codes.channels, row, "channel");
            if !row.text("sync_latency_minutes").is_empty() {
                let sync_latency_minutes = row.small("sync_latency_minutes", None, 525_600);
                row.is_next_of("feeds");
                network.feeds.push(ChannelFeed { channel: channel.clone(), sync_latency_minutes });
            }
            row.is_next_of("channels");
            network.channels.push(DefineChannel {
                channel,
                name: row.text("name").into(),
                promise_hours: row.small("promise_hours", None, 87_600),
                priority: u8::try_from(row.small("priority", Some(0), 255)).unwrap_or(0),
                services,
            });
        },
    );
    codes
}

fn nodes(folder: &Path, network: &mut Network, codes: &mut Codes, faults: &mut Faults) {
    let optional = [
        "name",
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
    read(
        &folder.join("nodes.csv"),
        Need::Required,
        &["node", "kind", "lat", "lon"],
        &optional,
        faults,
        |row| {
            let calendar = calendar(row);
            row.is_next_of("nodes");
            network.nodes.push(DefineNode {
                node: define(&mut codes.nodes, row, "node"),
                name: row.text("name").into(),
                kind: row.word("kind", None).unwrap_or(NodeKind::Warehouse),
                place: Point { lat: row.degrees("lat", 90), lon: row.degrees("lon", 180) },
                handling_per_order: row.money("handling_per_order", Some(Money::ZERO)),
                handling_per_unit: row.money("handling_per_unit", Some(Money::ZERO)),
                preference: row.int("preference", Some(0), -1_000_000_000..=1_000_000_000),
                processing_minutes: row.small("processing_minutes", Some(0), 525_600),
                calendar,
            });
        },
    );
}

fn calendar(row: &mut Row<'_>) -> Option<Calendar> {
    if row.text("time_zone").is_empty() {
        return None;
    }
    let workdays = row.list("workdays");
    let days: Vec<u8> =
        workdays.iter().filter_map(|d| d.parse().ok()).filter(|d| (1..=7).contains(d)).collect();
    if days.is_empty() || days.len() != workdays.len() {
        row.fault("workdays", "weekdays from 1 = Monday to 7 = Sunday, as in 1;2;3;4;5");
        return None;
    }
    let calendar = Calendar {
        time_zone: row.code("time_zone"),
        workdays: days,
        holidays: row.list("holidays"),
        cut_off: row.code("cut_off"),
        from: row.code("calendar_from"),
        days: row.small("calendar_days", None, YEAR_DAYS),
    };
    if let Err(fault) = calendar.resolve() {
        let column = match fault.field {
            "from" => "calendar_from",
            "days" => "calendar_days",
            field => field,
        };
        row.fault(column, fault.need);
    }
    Some(calendar)
}

fn supply(folder: &Path, network: &mut Network, codes: &Codes, faults: &mut Faults) {
    const QTY: std::ops::RangeInclusive<i64> = 0..=1_000_000_000_000;
    let columns = ["sku", "node", "qty", "unit_cost"];
    let (skus, nodes) = (&codes.skus, &codes.nodes);
    let place = |row: &mut Row<'_>| {
        row.known("sku", skus, "skus.csv");
        row.known("node", nodes, "nodes.csv");
        (row.text("sku").to_owned(), row.text("node").to_owned())
    };
    read(&folder.join("stock.csv"), Need::Required, &columns, &[], faults, |row| {
        let (sku, node) = place(row);
        row.is_next_of("stock");
        let (qty, unit_cost) = (row.int("qty", None, QTY), row.money("unit_cost", None));
        network.stock.push(OpeningStock { sku, node, qty, unit_cost });
    });
    let mut suppliers: HashMap<String, u32> = codes.suppliers.clone();
    let columns = ["supplier", "lead_time_days", "expedite_days"];
    let optional = ["name", "expedite_premium", "order_days"];
    read(&folder.join("suppliers.csv"), Need::Optional, &columns, &optional, faults, |row| {
        let lead_time_days = row.small("lead_time_days", None, 3_650);
        let expedite_days = row.small("expedite_days", None, 3_650);
        if expedite_days > lead_time_days {
            row.fault("expedite_days", "must not be more than lead_time_days");
        }
        row.is_next_of("suppliers");
        let days = row.list("order_days");
        if !days.is_empty() {
            let weekdays: Vec<u8> = days.iter().filter_map(|day| day.parse().ok()).collect();
            if weekdays.len() != days.len() || weekdays.iter().any(|day| !(1..=7).contains(day)) {
                row.fault("order_days", "weekdays from 1 = Monday to 7 = Sunday, as in 2;5");
            }
            row.is_next_of("order_days");
            network.order_days.push(OrderDays { supplier: row.text("supplier").into(), weekdays });
        }
        network.suppliers.push(DefineSupplier {
            supplier: define(&mut suppliers, row, "supplier"),
            name: row.text("name").into(),
            lead_time_days,
            expedite_days,
            expedite_premium: row.money("expedite_premium", Some(Money::ZERO)),
        });
    });
    let mut seen = HashMap::new();
    let columns = ["sku", "node", "supplier", "unit_cost", "reorder_point", "order_up_to"];
    read(&folder.join("reorder.csv"), Need::Optional, &columns, &["expedite_below"], faults, |row| {
        let (sku, node) = place(row);
        row.known("supplier", &suppliers, "suppliers.csv");
        once(&mut seen, row, &["sku", "node"]);
        row.is_next_of("reorder_rules");
        let (reorder_point, order_up_to) =
            (row.int("reorder_point", None, QTY), row.int("order_up_to", None, QTY));
        if order_up_to <= reorder_point {
            row.fault("order_up_to", "must be more than reorder_point");
        }
        network.reorder_rules.push(SetReorderRule {
            sku,
            node,
            supplier: row.text("supplier").into(),
            unit_cost: row.money("unit_cost", None),
            reorder_point,
            order_up_to,
            expedite_below: row.int("expedite_below", Some(0), QTY),
        });
    });
    let mut seen = HashMap::new();
    let columns = ["sku", "node", "channel", "qty"];
    read(&folder.join("protections.csv"), Need::Optional, &columns, &[], faults, |row| {
        let (sku, node) = place(row);
        row.known("channel", &codes.channels, "channels.csv");
        once(&mut seen, row, &["sku", "node", "channel"]);
        row.is_next_of("protections");
        let (channel, qty) = (row.text("channel").to_owned(), row.int("qty", None, QTY));
        network.protections.push(SetProtection { sku, node, channel, qty });
    });
}

fn books(folder: &Path, network: &mut Network, codes: &Codes, faults: &mut Faults) {
    let book = ["currency", "currency_digits"];
    let (mut first, mut seen) = (None, HashMap::new());
    read(&folder.join("book.csv"), Need::Optional, &book, &[], faults, |row| {
        if let Some(line) = first.replace(row.line) {
            row.fault("currency", &format!("a book has one row, in line {line}"));
        }
        row.is_next_of("configuration");
        network.configuration = Some(ConfigureBook {
            currency: row.code("currency"),
            currency_digits: u8::try_from(row.small("currency_digits", None, 4)).unwrap_or(2),
            idempotency_window: 65_536,
            event_window: 65_536,
        });
    });
    let optional = ["name", "control"];
    read(&folder.join("accounts.csv"), Need::Optional, &["account", "kind"], &optional, faults, |row| {
        once(&mut seen, row, &["account"]);
        row.is_next_of("accounts");
        network.accounts.push(DefineAccount {
            account: row.code("account"),
            name: row.text("name").into(),
            kind: row.word("kind", None).unwrap_or(AccountKind::Expense),
            control: row.word("control", Some(Control::None)).unwrap_or_default(),
        });
    });
    let mut reasons = codes.reasons.clone();
    read(&folder.join("reasons.csv"), Need::Optional, &["reason"], &["name"], faults, |row| {
        let reason = define(&mut reasons, row, "reason");
        row.is_next_of("reasons");
        network.reasons.push(DefineReason { reason, name: row.text("name").into() });
    });
    let mut rules: Vec<PostingRule> = Vec::new();
    let optional = ["channels", "nodes", "groups", "reasons"];
    let columns = ["movement", "debit", "credit"];
    read(&folder.join("posting_rules.csv"), Need::Optional, &columns, &optional, faults, |row| {
        let when = Predicate {
            channels: row.list("channels"),
            nodes: row.list("nodes"),
            groups: row.list("groups"),
            reasons: row.list("reasons"),
            ..Predicate::default()
        };
        if let Some(movement) = row.word("movement", None) {
            row.is_next_of("posting_rules");
            rules.push(PostingRule { movement, when, debit: row.code("debit"), credit: row.code("credit") });
        }
    });
    if !rules.is_empty() {
        network.posting_rules = Some(SetPostingRules { rules, base: None });
    }
    let suppliers: HashMap<String, u32> =
        network.suppliers.iter().map(|supplier| (supplier.supplier.clone(), 0)).collect();
    let (columns, optional) = (["from", "to", "reason"], ["node", "service", "supplier"]);
    read(&folder.join("outages.csv"), Need::Optional, &columns, &optional, faults, |row| {
        match (row.text("node"), row.text("service"), row.text("supplier")) {
            (_, "", "") => _ = row.known("node", &codes.nodes, "nodes.csv"),
            ("", _, "") => _ = row.known("service", &codes.services, "services.csv"),
            ("", "", _) => _ = row.known("supplier", &suppliers, "suppliers.csv"),
            ("", ..) => row.fault("supplier", "must be empty where a service is down"),
            _ => row.fault("node", "must be empty where a service or a supplier is down"),
        }
        row.is_next_of("outages");
        row.known("reason", &reasons, "reasons.csv");
        let (from, to) = (row.instant("from", None), row.instant("to", None));
        if to <= from {
            row.fault("to", "must be later than from");
        }
        network.outages.push(Outage {
            node: row.text("node").into(),
            from,
            to,
            reason: row.text("reason").into(),
            service: row.text("service").into(),
            supplier: row.text("supplier").into(),
        });
    });
}

/// Orders, a row for each line; lines of an order stand together.
fn stream(path: &Path, codes: &Codes, faults: &mut Faults) -> OrderTable {
    let mut table = OrderTable { line_start: vec![0], ..OrderTable::default() };
    let mut seen: HashMap<u64, u64> = HashMap::new();
    let columns = ["order", "at", "channel", "lat", "lon", "sku", "qty"];
    read(path, Need::Required, &columns, &["price", "deliver_by"], faults, |row| {
        let order = row.key("order");
        let at = row.instant("at", None).micros();
        let channel = row.known("channel", &codes.channels, "channels.csv").unwrap_or(0);
        let (lat, lon) = (row.degrees("lat", 90).0, row.degrees("lon", 180).0);
        let deliver_by = row.instant("deliver_by", Some(Instant::START)).micros();
        if table.order.last() == Some(&order) {
            let first = [table.at.last(), table.lat.last(), table.lon.last(), table.deliver_by.last()];
            let same = [("at", at), ("lat", lat), ("lon", lon), ("deliver_by", deliver_by)];
            for (before, (column, value)) in first.into_iter().zip(same) {
                if before != Some(&value) {
                    row.fault(column, "differs from the order's first line");
                }
            }
            if table.channel.last() != Some(&channel) {
                row.fault("channel", "differs from the order's first line");
            }
            table.line_start.pop();
        } else {
            if let Some(line) = seen.insert(order, row.line) {
                row.fault(
                    "order",
                    &format!("order {order} began in line {line}: its lines must stand together"),
                );
            }
            table.order.push(order);
            table.at.push(at);
            table.channel.push(channel);
            table.lat.push(lat);
            table.lon.push(lon);
            table.deliver_by.push(deliver_by);
        }
        table.sku.push(row.known("sku", &codes.skus, "skus.csv").unwrap_or(0));
        table.qty.push(row.int("qty", None, 1..=1_000_000_000_000));
        let price = if row.text("price").is_empty() { None } else { Some(row.money("price", None)) };
        table.price.push(price.map_or(NOT_GIVEN, Money::micros));
        table.line_start.push(u32::try_from(table.sku.len()).unwrap_or(u32::MAX));
    });
    // A column of nothing is none.
    for column in [&mut table.price, &mut table.deliver_by] {
        if column.iter().all(|value| *value == NOT_GIVEN) {
            column.clear();
        }
    }
    table
}
