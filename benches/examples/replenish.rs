//! Forecasts, levels and advice for a million pairs of SKU and node, on two threads.
//!
//! `cargo run --release --example replenish [-- PAIRS [PERIODS [THREADS]]]` draws histories (a third steady, a
//! third seasonal, a third intermittent), then plans every pair: the best of eight methods by rolling origin,
//! safety stock over a lead time that varies, lot, advice. It prints wall and processor seconds and what was
//! advised.

use std::collections::BTreeMap;
use std::time::Instant;
use stockbook::replenishment::{Item, Method, NormalDemand, Packing, Service, advise, levels};

/// A small generator (SplitMix64).
struct Dice(u64);

impl Dice {
    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }

    fn poisson(&mut self, mean: f64) -> f64 {
        let (limit, mut product, mut n) = ((-mean).exp(), self.uniform(), 0.0);
        while product > limit {
            product *= self.uniform();
            n += 1.0;
        }
        n
    }
}

fn history(pair: usize, periods: usize, dice: &mut Dice) -> Vec<f64> {
    let mean = 1.0 + 30.0 * dice.uniform();
    let period = |t: usize, dice: &mut Dice| match pair % 3 {
        0 => dice.poisson(mean),
        1 => dice.poisson(mean * (1.0 + 0.5 * (t as f64 / 13.0 * std::f64::consts::TAU).sin())),
        _ if dice.uniform() < 0.2 => 1.0 + dice.poisson(2.0),
        _ => 0.0,
    };
    (0..periods).map(|t| period(t, dice)).collect()
}

fn main() {
    let numbers: Vec<usize> = std::env::args().skip(1).filter_map(|word| word.parse().ok()).collect();
    let (pairs, periods) =
        (numbers.first().copied().unwrap_or(1_000_000), numbers.get(1).copied().unwrap_or(52));
    let threads = numbers.get(2).copied().unwrap_or(2).max(1);
    let mut dice = Dice(1);
    let histories: Vec<f64> = (0..pairs).flat_map(|pair| history(pair, periods, &mut dice)).collect();
    let stock: Vec<(i64, i64)> =
        (0..pairs).map(|_| ((dice.uniform() * 120.0) as i64, (dice.uniform() * 60.0) as i64)).collect();
    let methods = Method::usual(13);
    let (began, used) = (Instant::now(), cpu_time::ProcessTime::now());
    let share = pairs.div_ceil(threads);
    let advised = std::thread::scope(|scope| {
        let parts = (0..threads).map(|part| {
            let (histories, stock, methods) = (&histories, &stock, &methods);
            scope.spawn(move || {
                let mut found: BTreeMap<String, u64> = BTreeMap::new();
                for pair in part * share..((part + 1) * share).min(pairs) {
                    let item = Item {
                        sku: pair as u32,
                        node: 0,
                        supplier: 0,
                        history: &histories[pair * periods..(pair + 1) * periods],
                        free: stock[pair].0,
                        on_order: stock[pair].1,
                        backordered: 0,
                        lead: NormalDemand { mean: 2.0, sd: 0.5 },
                        expedited_lead: 0.5,
                        review: 1.0,
                        fixed: 15.0,
                        holding_rate: 0.004,
                        unit_cost: 12.0,
                        stockout: 9.0,
                        premium: 3.0,
                        packing: Packing { pack: 6, ..Packing::default() },
                        service: Service::Cycle(0.95),
                    };
                    let found_levels = levels(&item, methods);
                    let advice = found_levels.map(|levels| advise(&item, &levels)).unwrap_or_default();
                    let word = advice.first().map_or("none".into(), |advice| format!("{:?}", advice.kind));
                    *found.entry(word).or_default() += 1;
                }
                found
            })
        });
        let running: Vec<_> = parts.collect();
        let mut sum: BTreeMap<String, u64> = BTreeMap::new();
        for part in running {
            for (word, n) in part.join().expect("a thread ends") {
                *sum.entry(word).or_default() += n;
            }
        }
        sum
    });
    let (wall, cpu) = (began.elapsed().as_secs_f64(), used.elapsed().as_secs_f64());
    println!("pairs={pairs} periods={periods} threads={threads} wall_s={wall:.1} cpu_s={cpu:.1}");
    println!("us_a_pair={:.1} advised={advised:?}", cpu * 1e6 / pairs as f64);
}
