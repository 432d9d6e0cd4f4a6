//! Runs checked from outside: key figures recomputed from the events by other, plainer code; determinism;
//! bounds.

use super::*;
use crate::book::Book;
use crate::policy::Policy;
use crate::record::{Body, Commitment, Event, Speed};
use crate::report::{Kpis, Page, page};
use crate::value::ids::{DocKey, ServiceId, SupplierId};
use crate::value::time::Instant;
use std::collections::HashMap;

fn small(orders: u32) -> Scenario {
    generate(ScenarioSize { orders, days: 60, skus: 150 }, 11)
}

fn go(scenario: &Scenario, policy: &Policy) -> Outcome {
    run(&scenario.network, &scenario.orders, policy, &Options::default(), &mut |_| Continue::Yes)
        .unwrap_or_else(|error| panic!("{error}"))
}

#[derive(Default)]
struct Witness(Vec<Event>, usize);

impl Observer for Witness {
    fn event(&mut self, _: &Book, event: &Event) {
        self.0.push(event.clone());
    }
    fn day_over(&mut self, _: &Book) {
        self.1 += 1;
    }
}

/// What an event's postings sum to, and what a return gives back to margin and to stock.
fn by_postings(body: &Body) -> (i64, i64, i64) {
    use crate::posting::Movement as M;
    let postings = match body {
        Body::GoodsReceived(e) => &e.postings,
        Body::OrderShipped(e) => &e.postings,
        Body::ReturnReceived(e) => &e.postings,
        _ => return (0, 0, 0),
    };
    let (mut margin, mut stock) = (0, 0);
    for posting in postings.iter().filter(|p| p.amount.micros() > 0 && p.qty != 0) {
        let amount = posting.amount.micros();
        match posting.movement {
            M::ReturnRestock | M::ReturnRefurbish => (margin, stock) = (margin + amount, stock + amount),
            M::ReturnToVendor => margin += amount,
            _ => {}
        }
    }
    (postings.iter().map(|p| p.amount.micros()).sum(), margin, stock)
}

/// Some key figures, recomputed in floats and hash maps, order by order.
fn naive(events: &[Event], orders: &Orders) -> HashMap<&'static str, f64> {
    let mut due = HashMap::new();
    let (mut keys, mut lines, mut filled, mut placed) = (Vec::new(), 0.0, 0.0, 0.0);
    let (mut units, mut units_filled, mut on_time) = (0.0, 0.0, 0.0);
    let (mut split, mut planned, mut oversold) = (0.0, 0.0, 0.0);
    let (mut money, mut value, mut shipped) = (0.0, 0i64, HashMap::<u32, f64>::new());
    let (mut freight, mut refunds, mut journal) = (0.0, 0.0, 0i64);
    for event in events {
        match &event.body {
            Body::OrderPlaced(e) => {
                keys.push(e.order.clone());
                due.insert(e.order.clone(), e.deliver_by);
                placed += 1.0;
                lines += e.lines.len() as f64;
                units += e.lines.iter().map(|l| l.qty as f64).sum::<f64>();
                for (i, line) in e.lines.iter().enumerate() {
                    let given: i64 =
                        e.plan.parts.iter().filter(|p| p.line as usize == i + 1).map(|p| p.qty).sum();
                    units_filled += given as f64;
                    filled += f64::from(u8::from(given == line.qty));
                }
                let nodes: std::collections::BTreeSet<u32> =
                    e.plan.parcels.iter().map(|p| p.node.0).collect();
                planned += f64::from(u8::from(!nodes.is_empty()));
                split += f64::from(u8::from(nodes.len() > 1));
                let short = !e.plan.backordered.is_empty() || !e.plan.cancelled.is_empty();
                oversold += f64::from(u8::from(short && e.commitment == Commitment::External));
            }
            Body::OrderShipped(e) => {
                *shipped.entry(e.order.0).or_default() += 1.0;
                freight += e.freight.micros() as f64;
                money -= (e.freight.micros() + e.handling.micros()) as f64;
                for line in &e.lines {
                    money += (line.revenue.micros() - line.cost.micros()) as f64;
                    value -= line.cost.micros();
                    let key: &DocKey = &keys[e.order.0 as usize];
                    on_time += if e.arrive_at <= due[key] { line.qty as f64 } else { 0.0 };
                }
            }
            Body::ReturnReceived(e) => {
                for line in &e.lines {
                    refunds += line.refund.micros() as f64;
                    money -= line.refund.micros() as f64;
                }
            }
            Body::GoodsReceived(e) => value += e.lines.iter().map(|l| l.value.micros()).sum::<i64>(),
            _ => {}
        }
        let (sum, margin, stock) = by_postings(&event.body);
        (journal, money, value) = (journal + sum, money + margin as f64, value + stock);
    }
    let offered = orders.lines() as f64;
    let all_units: f64 = orders.table().qty.iter().map(|q| *q as f64).sum();
    HashMap::from([
        ("orders_placed", placed),
        ("fill_rate_lines", filled / offered * 1e6),
        ("fill_rate_units", units_filled / all_units * 1e6),
        ("on_time_share", on_time / units * 1e6),
        ("split_rate", split / planned * 1e6),
        ("shipments_per_order", shipped.values().sum::<f64>() / shipped.len() as f64 * 1e6),
        ("freight_per_order", freight / shipped.len() as f64),
        ("contribution_margin", money),
        ("refunds", refunds),
        ("inventory_value_end", value as f64),
        ("oversells_channel", oversold),
        ("journal_balance", journal as f64),
        ("lines", offered.max(lines)),
    ])
}

#[test]
fn key_figures_equal_a_naive_recomputation() {
    let scenario = small(3_000);
    for policy in seed_policies() {
        let mut witness = Witness::default();
        let options = Options::default();
        let (network, orders) = (&scenario.network, &scenario.orders);
        let outcome = run_observed(network, orders, &policy, &options, &mut |_| Continue::Yes, &mut witness)
            .unwrap_or_else(|error| panic!("{error}"));
        for (name, value) in naive(&witness.0, orders) {
            let kpi = outcome.kpis.get(name).unwrap_or_default() as f64;
            assert!((kpi - value).abs() <= 1.0, "{}: {name} {kpi}, naively {value}", policy.name);
        }
        assert_eq!(witness.0.len() as u64, outcome.events, "every event is shown, once");
        let stock: i64 = outcome.stock.ints("value").iter().sum();
        assert_eq!(stock, outcome.kpis.inventory_value_end, "the events' value is the stock's");
        assert_eq!(outcome.daily.rows(), witness.1 - 1, "a day ends with each midnight, and the run besides");
        let day = |column: &str| outcome.daily.ints(column).iter().sum::<i64>();
        assert_eq!((day("orders"), day("lines")), (outcome.kpis.orders, outcome.kpis.lines));
        assert_eq!(outcome.daily.ints("inventory_value").last(), Some(&outcome.kpis.inventory_value_end));
    }
}

#[test]
fn nothing_leaves_with_a_carrier_that_is_down() {
    let mut scenario = small(3_000);
    let mid = scenario.orders.table().at[1_500];
    let (from, to) = (Instant::from_micros(mid), Instant::from_micros(mid).plus_seconds(5 * 86_400));
    let (service, reason, none) = ("GROUND".to_owned(), "storm".to_owned(), String::new);
    let outage = Outage { service, node: none(), from, to, reason, supplier: none() };
    let [policy, ..] = seed_policies();
    let by_ground = |scenario: &Scenario| {
        let mut witness = Witness::default();
        let (network, orders) = (&scenario.network, &scenario.orders);
        let options = Options::default();
        let outcome = run_observed(network, orders, &policy, &options, &mut |_| Continue::Yes, &mut witness)
            .unwrap_or_else(|error| panic!("{error}"));
        for (name, value) in naive(&witness.0, orders) {
            let kpi = outcome.kpis.get(name).unwrap_or_default() as f64;
            assert!((kpi - value).abs() <= 1.0, "{name} {kpi}, naively {value}");
        }
        let ground = outcome.book.service_id("GROUND").unwrap_or(ServiceId::NONE);
        let planned = |event: &Event| match &event.body {
            Body::OrderPlaced(e) => e.plan.parcels.iter().filter(|parcel| parcel.service == ground).count(),
            _ => 0,
        };
        let within = witness.0.iter().filter(|event| event.at > from && event.at < to);
        let (mut parcels, mut left) = (0, 0);
        for event in within {
            parcels += planned(event);
            left += usize::from(matches!(event.body, Body::OrderShipped(_)));
        }
        let late = witness.0.iter().filter(|event| event.at > to).map(planned).sum::<usize>();
        (parcels, left, late)
    };
    let (before, _, _) = by_ground(&scenario);
    scenario.network.outages = vec![outage.clone()];
    let (parcels, left, late) = by_ground(&scenario);
    assert!(before > 50 && parcels == 0, "{before} without the outage, {parcels} with it");
    assert!(left > 50 && late > 50, "{left} leave by other carriers, {late} are planned after it");
    let network = &mut scenario.network;
    let bad = [("", "SLEIGH", "SLEIGH"), ("ALLENTOWN", "GROUND", "none"), ("", "", "a node, or")];
    for (node, service, what) in bad {
        network.outages = vec![Outage { node: node.into(), service: service.into(), ..outage.clone() }];
        let failed = run(network, &scenario.orders, &policy, &Options::default(), &mut |_| Continue::Yes);
        assert!(failed.err().is_some_and(|error| error.to_string().contains(what)), "{service}");
    }
}

#[test]
fn plans_cover_every_line_that_was_placed() {
    let scenario = small(1_500);
    let [policy, ..] = seed_policies();
    let outcome = go(&scenario, &policy);
    let actions: Vec<String> = (0..outcome.plan.rows()).map(|row| outcome.plan.text("action", row)).collect();
    let at_capture = |a: &&String| matches!(a.as_str(), "planned" | "waits" | "struck");
    let units: i64 = outcome
        .plan
        .ints("qty")
        .iter()
        .zip(&actions)
        .filter(|(_, action)| at_capture(action))
        .map(|(qty, _)| *qty)
        .sum();
    // What a new plan lets wait is told again.
    assert!(units >= outcome.kpis.units - outcome.kpis.orders_lost * 40, "{units}");
    assert!((0..outcome.plan.rows()).all(|row| !outcome.plan.text("reason", row).is_empty()));
}

#[test]
fn a_run_is_determined_by_its_input() {
    let scenario = small(1_000);
    let [policy, ..] = seed_policies();
    let (one, two) = (go(&scenario, &policy), go(&scenario, &policy));
    assert_eq!((one.state_hash, &one.kpis, &one.plan), (two.state_hash, &two.kpis, &two.plan));
    let options = Options { seed: 2, ..Options::default() };
    let other = run(&scenario.network, &scenario.orders, &policy, &options, &mut |_| Continue::Yes);
    assert!(other.is_ok_and(|other| other.state_hash != one.state_hash), "the seed decides what comes back");
}

#[test]
fn policies_differ_and_books_are_sound() {
    let scenario = small(4_000);
    let (network, orders) = (&scenario.network, &scenario.orders);
    let runs = compare(network, orders, &seed_policies(), &Options::default(), &mut |_| Continue::Yes)
        .unwrap_or_else(|error| panic!("{error}"));
    let [story, nearest, cheapest] = runs.as_slice() else { panic!("three runs") };
    assert!(nearest.kpis.distance_per_shipment < story.kpis.distance_per_shipment);
    assert!(cheapest.kpis.freight_per_order < nearest.kpis.freight_per_order);
    assert!(story.kpis.on_time_share > cheapest.kpis.on_time_share);
    for run in &runs {
        assert_eq!((run.kpis.oversells_book, run.kpis.journal_balance), (0, 0));
        assert!(run.kpis.purchases > 0 && run.kpis.purchases_expedited > 0 && run.kpis.returned_units > 0);
        assert!(run.kpis.reallocations > 0, "the outage plans anew");
        let ends: Vec<i64> = run.kpis.values();
        assert_eq!(ends.len(), Kpis::METRICS.len());
    }
}

#[test]
fn a_stale_listing_oversells_and_a_fresh_one_does_not() {
    let mut scenario = small(4_000);
    let [_, nearest, _] = seed_policies();
    // Nothing is bought, little is there: the listing matters. An hour of latency is a day of latency.
    scenario.network.reorder_rules.clear();
    let mut with = |minutes| {
        scenario.network.feeds.iter_mut().for_each(|feed| feed.sync_latency_minutes = minutes);
        go(&scenario, &nearest).kpis
    };
    let (fresh, stale) = (with(0), with(1_440));
    // A fresh listing shows the sum of all nodes: what oversells then is only what lies in parts.
    assert!(stale.oversells_channel > fresh.oversells_channel, "{stale:?} {fresh:?}");
    assert!(fresh.orders_lost > 0);
    assert_eq!((fresh.oversells_book, stale.oversells_book), (0, 0));
}

#[test]
fn whoever_watches_may_stop() {
    let scenario = small(2_500);
    let [policy, ..] = seed_policies();
    let mut told = 0;
    let ended = run(&scenario.network, &scenario.orders, &policy, &Options::default(), &mut |progress| {
        told += 1;
        if progress.orders_done >= 1_000 { Continue::No } else { Continue::Yes }
    });
    assert_eq!(ended.err(), Some(SimulationError::Stopped));
    assert_eq!(told, 2);
}

#[test]
fn a_network_that_does_not_fit_is_named() {
    let scenario = small(100);
    let [policy, ..] = seed_policies();
    let none = Options::default();
    let go = |network: &Network| {
        let ended = run(network, &scenario.orders, &policy, &none, &mut |_| Continue::Yes);
        ended.err().map(|error| error.to_string()).unwrap_or_default()
    };
    let mut network = scenario.network.clone();
    network.stock[0].node = "NOWHERE".into();
    assert_eq!(
        go(&network),
        "stock of `".to_owned() + &network.stock[0].sku + "` at `NOWHERE`: unknown node `NOWHERE`"
    );
    let mut network = scenario.network.clone();
    network.skus[1].sku = network.skus[0].sku.clone();
    assert!(go(&network).ends_with("stands twice in the network"));
    let mut network = scenario.network.clone();
    network.channels.truncate(1);
    assert!(go(&network).contains("unknown channel"), "{}", go(&network));
}

#[test]
fn options_that_no_run_can_follow_are_named() {
    let scenario = small(100);
    let [policy, ..] = seed_policies();
    let usual = Options::default();
    for (named, options) in [
        ("returns_per_thousand", Options { returns_per_thousand: 1_001, ..usual.clone() }),
        ("return_days_min", Options { return_days_min: 21, ..usual.clone() }),
    ] {
        let ended = run(&scenario.network, &scenario.orders, &policy, &options, &mut |_| Continue::Yes).err();
        let told = ended.map(|error| error.to_string()).unwrap_or_default();
        assert!(told.starts_with("the options: ") && told.contains(named), "{told}");
    }
}

/// Nothing was run where a later policy would be refused.
#[test]
fn policies_are_judged_before_the_first_run() {
    let scenario = small(100);
    let [good, mut bad, _] = seed_policies();
    bad.name.clear();
    let (network, orders, mut told) = (&scenario.network, &scenario.orders, 0);
    let ended = compare(network, orders, &[good, bad], &Options::default(), &mut |_| {
        told += 1;
        Continue::Yes
    });
    assert!(
        matches!(ended, Err(SimulationError::Network { part: Some(("policies", 1)), .. })),
        "{:?}",
        ended.map(|runs| runs.len())
    );
    assert_eq!(told, 0);
}

/// An order that was due long before it was placed waits, is given up, and hinders no other.
#[test]
fn an_order_may_be_due_before_it_is_placed() {
    let mut scenario = small(300);
    let [_, nearest, _] = seed_policies();
    let mut table = scenario.orders.table().clone();
    table.deliver_by = vec![crate::book::NOT_GIVEN; table.order.len()];
    table.price.iter_mut().step_by(2).for_each(|price| *price = crate::book::NOT_GIVEN);
    let orders = Orders::new(table.clone(), &scenario.network);
    scenario.orders = orders.unwrap_or_else(|error| panic!("{error}"));
    let usual = go(&scenario, &nearest).kpis;
    assert_eq!((usual.orders, usual.orders_refused), (300, 0), "what is not given is the promise's");
    // More than there is, so that some of it waits.
    table.qty.iter_mut().for_each(|qty| *qty *= 100);
    table.deliver_by = table.at.iter().map(|at| at - 400 * 86_400_000_000).collect();
    let orders = Orders::new(table, &scenario.network);
    scenario.orders = orders.unwrap_or_else(|error| panic!("{error}"));
    scenario.network.feeds.clear();
    let late = go(&scenario, &nearest).kpis;
    assert_eq!((late.orders, late.on_time_share), (300, 0));
    assert!(late.lines_backordered > 0, "{late:?}");
}

#[test]
fn a_page_fetches_nothing() {
    let scenario = small(600);
    let [policy, ..] = seed_policies();
    let outcome = go(&scenario, &policy);
    let (nodes, stretches) = scenario.network.page_facts();
    let html = page(&Page {
        title: "t",
        description: &scenario.description,
        currency: "USD",
        seed: 11,
        nodes,
        stretches,
        runs: vec![outcome.on_page()],
    });
    for fetches in ["http:", "https:", "src=", "href=", "url(", "@import", "<script", "<link"] {
        assert!(!html.contains(fetches), "{fetches}");
    }
    assert!(
        html.contains(&format!("{:016x}", outcome.state_hash)) && html.contains("prefers-color-scheme:dark")
    );
    assert!(!html.contains("NaN") && !html.contains("inf"), "a coordinate is a number");
    assert_eq!(html.matches("<svg").count(), html.matches("</svg>").count());
}

/// Demand by node and period is what was ordered; lead times scatter as they are told.
#[test]
fn histories_add_up() {
    let scenario = generate(ScenarioSize { orders: 3_000, days: 40, skus: 100 }, 3);
    let options =
        Options { history_days: 7, lead_time_spread_percent: 30, patience_days: 0, ..Options::default() };
    let [story, _, _] = seed_policies();
    let run = run(&scenario.network, &scenario.orders, &story, &options, &mut |_| Continue::Yes);
    let run = run.unwrap_or_else(|problem| panic!("{problem}"));
    let ints = |table: &crate::report::Table, name: &str| -> Vec<i64> {
        (0..table.rows()).map(|row| table.text(name, row).parse::<f64>().unwrap_or(-1.0) as i64).collect()
    };
    let units: i64 = ints(&run.history, "units").iter().sum();
    let placed: i64 = scenario.orders.table().qty.iter().sum();
    // What was lost at the channel or refused never became demand of the book.
    assert!(units > 0 && units <= placed, "{units} of {placed}");
    assert_eq!(run.kpis.orders_refused + run.kpis.orders_lost == 0, units == placed);
    assert!(ints(&run.history, "units").iter().all(|units| *units >= 0));
    assert!((0..run.history.rows()).any(|row| run.history.text("in_stock", row) != "1"), "some ran out");
    let margins: i64 = run.order_costs.ints("margin").iter().sum();
    assert_eq!(margins, run.kpis.contribution_margin, "orders have all of it");
    let receipts: i64 = ints(&run.lead_times, "receipts").iter().sum();
    assert!(receipts > 20, "{receipts}");
    assert!((0..run.lead_times.rows()).any(|row| run.lead_times.text("sd_days", row) != "0"));
}

/// Patient customers of one shelf that is often empty: all that was asked for is on record, what waited
/// beside what was sold at once; after the last order's day there is no demand to speak of.
#[test]
fn a_history_tells_what_waited_from_what_was_sold() {
    let scenario = generate(ScenarioSize { orders: 2_000, days: 28, skus: 40 }, 3);
    let options = Options { history_days: 7, patience_days: 0, ..Options::default() };
    let [_, nearest, _] = seed_policies();
    let run = run(&scenario.network, &scenario.orders, &nearest, &options, &mut |_| Continue::Yes);
    let run = run.unwrap_or_else(|problem| panic!("{problem}"));
    let int = |name: &str, row: usize| run.history.text(name, row).parse::<i64>().unwrap_or(-1);
    let rows = || 0..run.history.rows();
    let missed = |row| int("waited", row) + int("elsewhere", row);
    assert!(rows().all(|row| (0..=int("units", row)).contains(&missed(row))));
    assert!(rows().any(|row| int("elsewhere", row) > 0), "others helped out");
    let at_once: i64 = rows().map(|row| int("units", row) - int("waited", row)).sum();
    let units: i64 = scenario.orders.table().qty.iter().sum();
    let filled = run.kpis.fill_rate_units as f64 / 1e6;
    assert!((at_once as f64 / units as f64 - filled).abs() < 0.001, "{at_once} of {units}, {filled}");
    assert!(rows().all(|row| run.history.text("days", row) == "7.0"), "four whole weeks, no drain");
}

/// Where the policy weighs bid prices the days before are the forecast, solved anew each day.
#[test]
fn the_days_before_forecast_those_to_come() {
    let scenario = generate(ScenarioSize { orders: 600, days: 21, skus: 20 }, 3);
    let options = Options { forecast_days: 7, ..Options::default() };
    let [_, nearest, _] = seed_policies();
    let mut bids = nearest.clone();
    let rule = r#"{"lateness": "allowed", "tiers": ["1 unfilled_lines", "1 freight + 1 bid_price"]}"#;
    bids.rules.clear();
    bids.otherwise = serde_json::from_str(rule).unwrap_or_else(|problem| panic!("{problem}"));
    let solved = |policy: &Policy| {
        let mut witness = Witness::default();
        let (network, orders, heard) = (&scenario.network, &scenario.orders, &mut witness);
        let run = run_observed(network, orders, policy, &options, &mut |_| Continue::Yes, heard);
        let hash = run.unwrap_or_else(|problem| panic!("{problem}")).state_hash;
        let is_set = |event: &&Event| matches!(&event.body, Body::BidPricesSet(_));
        (witness.0.iter().filter(is_set).count(), hash)
    };
    assert_eq!(solved(&nearest).0, 0);
    let (count, hash) = solved(&bids);
    assert!(count > 30, "two forecasts, and each day after the first until the drain is over: {count}");
    assert_eq!(solved(&bids).1, hash);

    // A rule of two tiers that names no tier of money could not be priced: said before the run begins.
    let mut mixed = bids.clone();
    mixed.rules = serde_json::from_str(
        r#"[{"name": "premium", "when": {"channels": ["premium"]},
             "then": {"tiers": ["1 unfilled_lines", "1 freight"]}}]"#,
    )
    .unwrap_or_else(|problem| panic!("{problem}"));
    let mut orders_done = 0;
    let ended = run(&scenario.network, &scenario.orders, &mixed, &options, &mut |progress| {
        orders_done = progress.orders_done;
        Continue::Yes
    });
    let refused = matches!(&ended, Err(SimulationError::Refused { rejection, .. })
        if *rejection == crate::Rejection::PolicyOfManyTiers { rule: "premium".into() });
    assert!(refused && orders_done == 0, "{:?}", ended.err());
    // One of returns is no order's.
    let back = r#"{"flow": "back", "tiers": ["1 unfilled_lines", "1 distance_km"]}"#;
    for rule in &mut mixed.rules {
        rule.then = serde_json::from_str(back).unwrap_or_else(|problem| panic!("{problem}"));
    }
    assert_eq!(solved(&mixed).0, count);
}

/// A supplier is as late under every policy, however many purchases each has made.
#[test]
fn a_supplier_is_as_late_under_every_policy() {
    let scenario = generate(ScenarioSize { orders: 3_000, days: 40, skus: 100 }, 3);
    let options = Options { lead_time_spread_percent: 50, ..Options::default() };
    let took = |policy: &Policy| {
        let mut witness = Witness::default();
        let (network, orders, heard) = (&scenario.network, &scenario.orders, &mut witness);
        run_observed(network, orders, policy, &options, &mut |_| Continue::Yes, heard)
            .unwrap_or_else(|problem| panic!("{problem}"));
        let (mut placed, mut took) = (Vec::new(), HashMap::new());
        for event in &witness.0 {
            match &event.body {
                Body::PurchaseOrderPlaced(e) => placed.push((e.supplier, e.node, event.at, e.speed)),
                Body::GoodsReceived(e) => {
                    let key = placed.get(e.purchase_order.0 as usize).copied();
                    took.extend(key.map(|key| (key, event.at)));
                }
                _ => {}
            }
        }
        took
    };
    let [story, nearest, _] = seed_policies();
    let (one, other) = (took(&story), took(&nearest));
    let common: Vec<_> = one.iter().filter_map(|(key, took)| Some((took, other.get(key)?))).collect();
    assert!(common.len() > 20 && common.iter().all(|(a, b)| a == b), "{}", common.len());
}

/// A supplier takes orders on its days, hurried ones on any, and none while it is down; what it would deliver
/// then comes when it is back.
#[test]
fn suppliers_keep_their_days_and_are_missed() {
    let mut scenario = generate(ScenarioSize { orders: 3_000, days: 40, skus: 100 }, 3);
    let supplier = scenario.network.reorder_rules[0].supplier.clone();
    let start = Instant::from_micros(scenario.orders.table().at[0]);
    let (from, to) = (start.plus_seconds(10 * 86_400), start.plus_seconds(24 * 86_400));
    let days = OrderDays { supplier: supplier.clone(), weekdays: vec![2, 5] };
    let (none, reason) = (String::new, "storm".to_owned());
    let outage = Outage { node: none(), service: none(), supplier: supplier.clone(), from, to, reason };
    let [policy, ..] = seed_policies();
    let traded = |network: &Network| {
        let mut witness = Witness::default();
        let outcome = run_observed(
            network,
            &scenario.orders,
            &policy,
            &Options::default(),
            &mut |_| Continue::Yes,
            &mut witness,
        );
        let book = outcome.unwrap_or_else(|error| panic!("{error}")).book;
        let id = book.supplier_id(&supplier).unwrap_or(SupplierId::NONE);
        let (mut of, mut bought, mut came) = (Vec::new(), Vec::new(), Vec::new());
        for event in &witness.0 {
            match &event.body {
                Body::PurchaseOrderPlaced(e) => {
                    of.push(e.supplier);
                    bought.extend((e.supplier == id).then_some((event.at, e.speed)));
                }
                Body::GoodsReceived(e) if of.get(e.purchase_order.0 as usize) == Some(&id) => {
                    came.push(event.at)
                }
                _ => {}
            }
        }
        (bought, came)
    };
    // 1970-01-06 was a Tuesday, three days later it was Friday.
    let on_its_day =
        |at: Instant| matches!((at.micros().div_euclid(86_400_000_000) - 5).rem_euclid(7), 0 | 3);
    let within = |at: Instant| at >= from && at < to;
    let mut network = scenario.network.clone();
    let (bought, came) = traded(&network);
    assert!(bought.iter().any(|(at, _)| !on_its_day(*at)) && came.iter().any(|at| within(*at)));
    network.order_days = vec![days.clone()];
    let (bought, _) = traded(&network);
    assert!(bought.len() > 5, "{}", bought.len());
    assert!(bought.iter().all(|(at, speed)| on_its_day(*at) || *speed == Speed::Expedited));
    network.order_days.clear();
    network.outages.push(outage.clone());
    let (bought, came) = traded(&network);
    assert!(!bought.iter().any(|(at, _)| within(*at)) && !came.iter().any(|at| within(*at)));
    assert!(came.contains(&to), "what was due comes when it is back");
    scenario.network.order_days = vec![OrderDays { weekdays: vec![8], ..days.clone() }];
    let options = Options::default();
    let refused = |scenario: &Scenario| rehearse(&scenario.network, &scenario.orders, &[], &options).err();
    let part = |error: Option<SimulationError>| match error {
        Some(SimulationError::Network { part, .. }) => part,
        other => panic!("{other:?}"),
    };
    assert_eq!(part(refused(&scenario)), Some(("order_days", 0)));
    scenario.network.order_days.clear();
    scenario.network.outages.push(Outage { supplier: "NOBODY".into(), ..outage });
    assert_eq!(part(refused(&scenario)), Some(("outages", scenario.network.outages.len() - 1)));
    scenario.network.outages.pop();
    let last = scenario.network.stock.iter().rposition(|line| line.qty > 0).unwrap_or(0);
    scenario.network.stock[last].sku = "NOTHING".into();
    assert_eq!(part(refused(&scenario)), Some(("stock", last)));
}
