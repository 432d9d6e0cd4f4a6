//! Known answers of inventory theory (`tests/vectors/theory/replenishment.json`, each with its source): the
//! library comes to them within their tolerances. None is passed over.

use serde_json::Value;
use std::collections::BTreeMap;
use stockbook::replenishment::*;
use stockbook_tests::generated::root;

/// A case's inputs.
struct Inputs<'a>(&'a Value);

impl Inputs<'_> {
    fn has(&self, key: &str) -> bool {
        self.0.get(key).is_some()
    }

    fn f(&self, key: &str) -> f64 {
        self.0[key].as_f64().unwrap_or_else(|| panic!("no number `{key}` in {}", self.0))
    }

    fn list(&self, key: &str) -> Vec<f64> {
        numbers(&self.0[key])
    }

    fn lot_costs(&self) -> LotCosts {
        let demand = if self.has("demand_rate") { self.f("demand_rate") } else { self.f("demand_mean") };
        LotCosts { fixed: self.f("fixed_cost"), holding: self.f("holding_cost"), demand }
    }

    fn imbalance(&self) -> Imbalance {
        Imbalance { over: self.f("holding_cost"), short: self.f("stockout_cost") }
    }

    fn demand(&self) -> NormalDemand {
        NormalDemand { mean: self.f("demand_mean"), sd: self.f("demand_sd") }
    }

    fn point_and_lot(&self) -> PointAndLotProblem {
        let lead = NormalDemand { mean: self.f("lead_time"), sd: 0.0 };
        let over_lead = over_lead_time(self.demand(), lead);
        PointAndLotProblem { lot: self.lot_costs(), waiting: self.f("stockout_cost"), over_lead }
    }
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().into_iter().flatten().filter_map(Value::as_f64).collect()
}

type Found = Vec<(&'static str, Vec<f64>)>;

fn one(name: &'static str, value: f64) -> (&'static str, Vec<f64>) {
    (name, vec![value])
}

fn lots(name: &str, i: &Inputs<'_>) -> Found {
    let answer = |lot: Lot| vec![one("order_quantity", lot.qty), one("cost", lot.cost)];
    match name {
        _ if i.has("breakpoints") => {
            let pairs = i.list("breakpoints").into_iter().zip(i.list("unit_costs"));
            let breaks: Vec<PriceBreak> = pairs.map(|(from, price)| PriceBreak { from, price }).collect();
            let kind = if name.contains("incremental") { Discount::Incremental } else { Discount::AllUnits };
            let (fixed, rate) = (i.f("fixed_cost"), i.f("holding_cost_rate"));
            let (lot, region) = discounted(fixed, rate, i.f("demand_rate"), &breaks, kind).expect("a lot");
            [answer(lot), vec![one("region", region as f64)]].concat()
        }
        _ if i.has("production_rate") => answer(i.lot_costs().produced_at(i.f("production_rate"))),
        _ if i.has("individual_fixed_costs") => {
            let costs = i.list("individual_fixed_costs").into_iter().zip(i.list("holding_costs"));
            let items: Vec<LotCosts> = costs
                .zip(i.list("demand_rates"))
                .map(|((fixed, holding), demand)| LotCosts { fixed, holding, demand })
                .collect();
            let order = joint(i.f("shared_fixed_cost"), &items).expect("an order");
            vec![
                ("order_quantities", order.qtys),
                one("base_cycle_time", order.cycle),
                ("order_multiples", order.multiples.iter().map(|m| *m as f64).collect()),
                one("cost", order.cost),
            ]
        }
        _ if i.has("order_quantity") => vec![one("cost", i.lot_costs().cost_of(i.f("order_quantity")))],
        _ => answer(i.lot_costs().economic()),
    }
}

fn newsvendor(i: &Inputs<'_>) -> Found {
    if i.has("revenue") {
        let costs = Imbalance::of_prices(i.f("revenue"), i.f("purchase_cost"), i.f("salvage_value"));
        let (level, cost) = costs.before_normal(i.demand());
        return vec![one("base_stock_level", level), one("profit", costs.short * i.f("demand_mean") - cost)];
    }
    let (level, cost) = if let Some(pmf) = i.0["demand_pmf"].as_object() {
        let by: BTreeMap<usize, f64> =
            pmf.iter().map(|(k, p)| (k.parse().expect("a demand"), p.as_f64().expect("a share"))).collect();
        let most = by.keys().max().copied().unwrap_or(0);
        let dense: Vec<f64> = (0..=most).map(|k| by.get(&k).copied().unwrap_or(0.0)).collect();
        let (level, cost) = i.imbalance().before(&dense);
        (level as f64, cost)
    } else if i.has("demand_sd") {
        i.imbalance().before_normal(i.demand())
    } else {
        let (level, cost) = i.imbalance().before(&poisson(i.f("demand_mean")));
        (level as f64, cost)
    };
    vec![one("base_stock_level", level), one("cost", cost)]
}

fn point_and_lot(name: &str, i: &Inputs<'_>) -> Found {
    let problem = i.point_and_lot();
    let at = match name {
        _ if i.has("Q") => {
            return vec![one("cost", problem.cost(PointAndLot { point: i.f("r"), qty: i.f("Q") }))];
        }
        "rq_eoq_plus_ss_ex_5_5" => problem.economic_with_safety(),
        "rq_eoqb_ex_5_4" => problem.with_backorders(),
        _ => problem.by_loss(),
    };
    vec![one("r", at.point), one("Q", at.qty)]
}

fn low_and_up_to(i: &Inputs<'_>) -> Found {
    if i.has("demand_poisson_mean") {
        let demand = poisson(i.f("demand_poisson_mean"));
        let (levels, cost) = best_low_and_up_to(i.f("fixed_cost"), i.imbalance(), &demand, &demand);
        return vec![one("s", levels.low as f64), one("S", levels.up_to as f64), one("cost", cost)];
    }
    let levels = power_low_and_up_to(i.f("fixed_cost"), i.imbalance(), i.demand(), 0.0);
    vec![one("s", levels.low), one("S", levels.up_to)]
}

/// Stages of the cases are numbered from the customer, 1, upstream.
fn echelons(i: &Inputs<'_>) -> Found {
    let by_stage = |value: &Value| -> Vec<f64> {
        let mut stages: Vec<(u32, f64)> = value
            .as_object()
            .into_iter()
            .flatten()
            .map(|(k, v)| (k.parse().expect("a stage"), v.as_f64().expect("a number")))
            .collect();
        stages.sort_by_key(|(stage, _)| *stage);
        stages.into_iter().map(|(_, v)| v).collect()
    };
    if i.has("echelon_holding_cost") {
        let pairs = by_stage(&i.0["echelon_holding_cost"]).into_iter().zip(by_stage(&i.0["lead_times"]));
        let stages: Vec<SerialStage> =
            pairs.map(|(echelon_holding, lead)| SerialStage { echelon_holding, lead }).collect();
        let (levels, cost) = serial_levels(&stages, i.f("stockout_cost"), i.demand());
        return vec![("S_echelon", levels), one("cost", cost)];
    }
    let stages = i.0["stages"].as_object().expect("stages");
    let last = stages.len();
    let stage = |number: usize| {
        let facts = &stages[&number.to_string()];
        let read = |key: &str| facts[key].as_f64().expect("a number");
        Stage {
            joined_to: number.checked_sub(2),
            delivers: true,
            processing: read("processing_time") as u32,
            inbound: if number == last { i.f("external_inbound_cst") as u32 } else { 0 },
            outbound_max: (number == 1).then_some(i.f("external_outbound_cst") as u32),
            holding: read("local_holding_cost"),
            demand_sd: if number == 1 { i.f("demand_sd") } else { 0.0 },
        }
    };
    let all: Vec<Stage> = (1..=last).map(stage).collect();
    let (promises, cost) = guaranteed_service(&all, i.f("demand_bound_constant")).expect("a tree");
    vec![one("cost", cost), ("cst", promises.iter().map(|p| f64::from(p.outbound)).collect())]
}

fn safety_stock(name: &str, i: &Inputs<'_>) -> Found {
    if i.has("k") {
        let loss = normal_loss(i.f("k"));
        return vec![one("G", loss), one("table_4dp", (loss * 1e4).round() / 1e4)];
    }
    if i.has("fill_rate") {
        let (fill, qty, sd) = (i.f("fill_rate"), i.f("Q"), i.f("sigma_L"));
        let exact = name.contains("exact");
        let k = if exact { fill_rate_factor_exact(fill, qty, sd) } else { fill_rate_factor(fill, qty, sd) };
        if exact {
            assert!((fill_rate_of(k, qty, sd) - fill).abs() < 1e-12);
        }
        return vec![one("k", k), one("safety_stock", k * sd)];
    }
    let lead = if i.has("lead_time") {
        NormalDemand { mean: i.f("lead_time"), sd: 0.0 }
    } else {
        NormalDemand { mean: i.f("lead_time_mean"), sd: i.f("lead_time_sd") }
    };
    let (over, z) = (over_lead_time(i.demand(), lead), safety_factor(i.f("service_level")));
    vec![one("z", z), one("safety_stock", z * over.sd), one("reorder_point", over.mean + z * over.sd)]
}

fn forecasts(name: &str, i: &Inputs<'_>) -> Found {
    let method = match name {
        "forecast_croston_sba" => Method::Sba { alpha: i.f("alpha") },
        "forecast_tsb" => Method::Tsb { alpha_size: i.f("alpha_d"), alpha_probability: i.f("alpha_p") },
        "forecast_ses" => Method::Smoothing { alpha: i.f("alpha") },
        _ => Method::Holt { alpha: i.f("alpha"), beta: i.f("beta") },
    };
    let ahead = if i.has("h") { i.f("h") as usize } else { 1 };
    vec![("forecast", method.forecast(&i.list("y"), ahead))]
}

fn network_flow(i: &Inputs<'_>) -> Found {
    let whole = |key: &str| i.list(key).into_iter().map(|x| x as i64).collect::<Vec<i64>>();
    let rows = i.0["cost"].as_array().expect("rows");
    let lane = |from: u32, to: u32, cost: f64| Lane { from, to, cost: cost as i64 };
    let lanes: Vec<Lane> = (0u32..)
        .zip(rows)
        .flat_map(|(from, row)| (0u32..).zip(numbers(row)).map(move |(to, cost)| lane(from, to, cost)))
        .collect();
    let (_, cost) = transport(&whole("supply"), &whole("demand"), &lanes, Moving::All);
    vec![one("cost", cost as f64)]
}

fn classes(i: &Inputs<'_>, expected: &Value) {
    let rows = i.0["values"].as_array().expect("values");
    let values: Vec<f64> = rows.iter().map(|row| row[1].as_f64().expect("a value")).collect();
    let cuts = i.list("cut");
    for (row, class) in rows.iter().zip(abc(&values, [cuts[0], cuts[1]])) {
        let item = row[0].as_str().expect("a name");
        assert_eq!(expected[item], class.by_value().to_string(), "{item}");
    }
}

fn expected_numbers(value: &Value) -> Vec<f64> {
    match value {
        Value::Array(_) => numbers(value),
        Value::Object(by) => {
            let mut rows: Vec<(u32, f64)> = by
                .iter()
                .map(|(k, v)| (k.parse().expect("a number"), v.as_f64().expect("a number")))
                .collect();
            rows.sort_by_key(|(k, _)| *k);
            rows.into_iter().map(|(_, v)| v).collect()
        }
        _ => vec![value.as_f64().expect("a number")],
    }
}

#[test]
fn known_answers_come_out() {
    let path = root().join("tests/vectors/theory/replenishment.json");
    let text = std::fs::read_to_string(path).expect("the cases are there");
    let cases: Vec<Value> = serde_json::from_str(&text).expect("the cases are JSON");
    assert_eq!(cases.len(), 43);
    let mut faults = Vec::new();
    for case in &cases {
        let (name, inputs) = (case["name"].as_str().unwrap_or(""), Inputs(&case["inputs"]));
        let found = match case["group"].as_str().unwrap_or("") {
            "eoq" => lots(name, &inputs),
            "lot_sizing" => {
                let (fixed, holding) = (inputs.f("fixed_cost"), inputs.f("holding_cost"));
                let (lots, cost) = over_horizon(fixed, holding, &inputs.list("demand"));
                vec![("order_quantities", lots), one("cost", cost)]
            }
            "newsvendor" => newsvendor(&inputs),
            "loss" => {
                let z = inputs.f("z");
                vec![one("loss", normal_loss(z)), one("complementary", normal_surplus(z))]
            }
            "rq" => point_and_lot(name, &inputs),
            "ss" => low_and_up_to(&inputs),
            "multi_echelon" => echelons(&inputs),
            "safety_stock" => safety_stock(name, &inputs),
            "forecast" => forecasts(name, &inputs),
            "network_flow" => network_flow(&inputs),
            "abc_xyz" => {
                classes(&inputs, &case["expected"]);
                continue;
            }
            other => panic!("{name}: unknown group {other}"),
        };
        let tolerance = case["tolerance"].as_f64().expect("a tolerance");
        let expected = case["expected"].as_object().expect("what is expected");
        assert_eq!(found.len(), expected.len(), "{name}: all that is expected, and nothing else");
        for (key, found) in found {
            let want = expected_numbers(&expected[key]);
            let near = |(a, b): (&f64, &f64)| (a - b).abs() <= tolerance * b.abs().max(1.0);
            if found.len() != want.len() || !found.iter().zip(&want).all(near) {
                faults.push(format!("{name}: {key} is {found:?}, not {want:?} within {tolerance}"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    println!("{} known answers come out", cases.len());
}
