//! A million orders inside `simulate`, beside the yardstick loop of workload OA-1.
//!
//! `cargo run --release --example simulate [-- --orders N] [--skus N] [--policy NAME] [--story]`
//! runs the seed story's policy over the workload's ten nodes, stock and orders, spread over thirty days;
//! with `--story` the bundled scenario of as many orders instead. Printed: processor seconds of the run with all
//! that belongs to it (master data, opening stock, shipments, returns, key figures), the same on a core on
//! which the yardstick does 15 M lines a second, and the most memory that the process had.

use std::error::Error;
use stockbook::simulation::{
    Continue, Network, Options, OrderTable, Orders, ScenarioSize, generate, run, seed_policies,
};
use stockbook_benches::oa1::{CpuClock, Parameters, Workload};
use stockbook_benches::yardstick;

/// 2026-03-02T00:00:00Z.
const FIRST: i64 = 1_772_409_600_000_000;
const MONTH: i64 = 30 * 86_400_000_000;
/// Of a hundred orders, where each channel's begin after the first.
const CHANNELS: [usize; 3] = [20, 66, 98];

/// Ten nodes with the seed story's services and channels, and the workload's stock.
fn network(workload: &Workload) -> Result<Network, Box<dyn Error>> {
    let story = generate(ScenarioSize { orders: 10, days: 30, skus: 20 }, 7).network;
    let mut network = Network { services: story.services, channels: story.channels, ..Network::default() };
    for (at, [lat, lon]) in workload.nodes.iter().enumerate() {
        let kind = if at + 2 < workload.nodes.len() { "warehouse" } else { "third_party" };
        let place = serde_json::json!({"lat": format!("{lat:.6}"), "lon": format!("{lon:.6}")});
        network.nodes.push(serde_json::from_value(serde_json::json!({
            "node": format!("N{at}"), "kind": kind, "place": place, "handling_per_order": "1.95",
            "handling_per_unit": "0.40", "processing_minutes": 90,
        }))?);
    }
    for (sku, row) in workload.stock.iter().enumerate() {
        let define = serde_json::json!({"sku": format!("S{sku}"), "price": "24.00", "weight_g": 400});
        network.skus.push(serde_json::from_value(define)?);
        for (node, qty) in row.iter().enumerate().filter(|(_, qty)| **qty > 0) {
            network.stock.push(stockbook::simulation::OpeningStock {
                sku: format!("S{sku}"),
                node: format!("N{node}"),
                qty: i64::from(*qty),
                unit_cost: "9.00".parse()?,
            });
        }
    }
    Ok(network)
}

fn table(workload: &Workload) -> OrderTable {
    let orders = workload.orders();
    let each = MONTH / orders.max(1) as i64;
    let degrees = |value: f32| (f64::from(value) * 1e9).round() as i64;
    OrderTable {
        order: (1..=orders as u64).collect(),
        at: (0..orders as i64).map(|row| FIRST + row * each).collect(),
        channel: (0..orders)
            .map(|row| CHANNELS.iter().filter(|from| row % 100 >= **from).count() as u32)
            .collect(),
        lat: workload.customers.iter().map(|place| degrees(place[0])).collect(),
        lon: workload.customers.iter().map(|place| degrees(place[1])).collect(),
        line_start: workload.offsets.clone(),
        sku: workload.skus.clone(),
        qty: workload.quantities.iter().map(|qty| i64::from(*qty)).collect(),
        ..OrderTable::default()
    }
}

/// The most memory that the process had, in MiB, where the system says so.
fn peak_mb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0) / 1024
}

fn main() -> Result<(), Box<dyn Error>> {
    let (mut parameters, mut name, mut story) =
        (Parameters { stocked: true, ..Parameters::default() }, "seed_story".to_owned(), false);
    parameters.orders = 1_000_000;
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        match word.as_str() {
            "--orders" => parameters.orders = words.next().ok_or("how many orders?")?.parse()?,
            "--skus" => parameters.skus = words.next().ok_or("how many SKUs?")?.parse()?,
            "--policy" => name = words.next().ok_or("which policy?")?,
            "--story" => story = true,
            _ => return Err(format!("unknown option {word}").into()),
        }
    }
    let mut rates: Vec<f64> = Vec::new();
    let (network, orders) = if story {
        let size = ScenarioSize { orders: u32::try_from(parameters.orders)?, ..ScenarioSize::default() };
        let scenario = generate(size, 20_260_301);
        (scenario.network, scenario.orders)
    } else {
        let workload = Workload::generate(parameters);
        for _ in 0..3 {
            rates.push(workload.lines() as f64 / yardstick::run(&workload).1);
        }
        let network = network(&workload)?;
        let orders = Orders::new(table(&workload), &network)?;
        (network, orders)
    };
    let policy = seed_policies().into_iter().find(|policy| policy.name == name).ok_or("no such policy")?;
    let before = peak_mb();
    let clock = CpuClock::start();
    let outcome = run(&network, &orders, &policy, &Options::default(), &mut |_| Continue::Yes)?;
    let seconds = clock.seconds();
    println!("orders={} lines={} events={}", orders.len(), orders.lines(), outcome.events);
    println!("state_hash={:016x} fill_rate_lines={:?}", outcome.state_hash, outcome.kpis.fill_rate_lines);
    println!("kpis={:?}", outcome.kpis);
    rates.sort_by(f64::total_cmp);
    let rate = rates.get(1).copied().unwrap_or(0.0);
    println!("yardstick_lines_per_s={rate:.0}");
    println!("peak_mb={} before={before}", peak_mb());
    println!("simulate_cpu_s={seconds:.2} scaled_to_15M_s={:.2}", seconds * rate / 15e6);
    Ok(())
}
