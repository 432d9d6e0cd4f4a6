//! Replenishment for Python: columns in, columns out. `stockbook.replenishment` gives them their names.

use crate::column::{Column, Values};
use crate::table::Table;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use stockbook::replenishment::{self as core, Imbalance, LotCosts, Method, NormalDemand, PriceBreak};

/// A column of numbers.
pub(crate) type Floats = Vec<f64>;

pub(crate) fn refused(what: impl Into<String>) -> PyErr {
    PyValueError::new_err(what.into())
}

/// A formula over rows of arguments: all columns have one length. Gives its columns of results.
#[pyfunction]
pub(crate) fn formula(py: Python<'_>, name: &str, columns: Vec<Floats>) -> PyResult<Vec<Floats>> {
    let (asks, results, of) = formula_of(name).ok_or_else(|| refused(format!("no formula `{name}`")))?;
    let (asks, wants) = (|| asks.split(' '), asks.split(' ').count());
    let rows = columns.first().map_or(0, Vec::len);
    if columns.len() != wants || columns.iter().any(|column| column.len() != rows) {
        return Err(refused(format!("`{name}` takes {wants} columns of one length")));
    }
    let place = |row: usize| if rows > 1 { format!(", row {row}") } else { String::new() };
    for (ask, column) in asks().zip(&columns) {
        let (domain, argument) = domain_of(ask);
        for (row, x) in column.iter().enumerate() {
            let said = domain.check(&format!("`{argument}`"), *x);
            said.map_err(|no| refused(format!("{name}{}: {no}", place(row))))?;
        }
    }
    let found: Vec<Floats> = py.detach(|| {
        let mut found = vec![Vec::with_capacity(rows); results];
        let mut row = vec![0.0; wants];
        for at in 0..rows {
            row.iter_mut().zip(&columns).for_each(|(x, column)| *x = column.get(at).copied().unwrap_or(0.0));
            found.iter_mut().zip(of(&row)).for_each(|(column, x)| column.push(x));
        }
        found
    });
    // Arguments that are sound one by one may not go together, as a rate below the demand.
    for (column, row) in found.iter().flat_map(|column| (0..rows).map(move |row| (column, row))) {
        if !column.get(row).is_some_and(|x| x.is_finite()) {
            let with = asks().zip(&columns).map(|(ask, column)| {
                format!("{} {}", domain_of(ask).1, column.get(row).copied().unwrap_or(f64::NAN))
            });
            let with: Vec<String> = with.collect();
            return Err(refused(format!("{name}{} has no answer for {}", place(row), with.join(", "))));
        }
    }
    Ok(found)
}

/// What a formula asks of an argument, by its name and the sign before it: `+` above 0, `%` a service,
/// `~` any number, none from 0.
fn domain_of(ask: &str) -> (core::Domain, &str) {
    match ask.split_at_checked(1) {
        Some(("+", name)) => (core::Domain::Positive, name),
        Some(("%", name)) => (core::Domain::Service, name),
        Some(("~", name)) => (core::Domain::Finite, name),
        _ => (core::Domain::FromZero, ask),
    }
}

/// What a formula asks for ([`domain_of`]), how many results it gives, and itself.
type Formula = (&'static str, usize, fn(&[f64]) -> Floats);

fn formula_of(name: &str) -> Option<Formula> {
    fn lot(a: &[f64]) -> LotCosts {
        LotCosts { fixed: at(a, 0), holding: at(a, 1), demand: at(a, 2) }
    }
    fn at(a: &[f64], i: usize) -> f64 {
        a.get(i).copied().unwrap_or(f64::NAN)
    }
    fn normal(a: &[f64], i: usize) -> NormalDemand {
        let next = i.saturating_add(1);
        NormalDemand { mean: at(a, i), sd: at(a, next) }
    }
    fn point_and_lot(a: &[f64]) -> core::PointAndLotProblem {
        core::PointAndLotProblem { lot: lot(a), waiting: at(a, 3), over_lead: normal(a, 4) }
    }
    fn both(at: core::PointAndLot) -> Floats {
        vec![at.point, at.qty]
    }
    Some(match name {
        "eoq" => ("fixed +holding demand", 2, |a| {
            let lot = lot(a).economic();
            vec![lot.qty, lot.cost]
        }),
        "eoq_cost" => ("fixed holding demand +qty", 1, |a| vec![lot(a).cost_of(at(a, 3))]),
        "eoq_backorders" => ("fixed +holding +demand +stockout", 3, |a| {
            let (lot, share) = lot(a).with_backorders(at(a, 3));
            vec![lot.qty, lot.cost, share]
        }),
        "epq" => ("fixed +holding demand +rate", 2, |a| {
            let lot = lot(a).produced_at(at(a, 3));
            vec![lot.qty, lot.cost]
        }),
        "newsvendor" => ("+over +short mean sd", 2, |a| {
            let (level, cost) = Imbalance { over: at(a, 0), short: at(a, 1) }.before_normal(normal(a, 2));
            vec![level, cost]
        }),
        "newsvendor_poisson" => ("+over +short mean", 2, |a| {
            let costs = Imbalance { over: at(a, 0), short: at(a, 1) };
            let demand = core::poisson(at(a, 2));
            let (level, cost) = costs.before(&demand);
            // A level is far below 2^53.
            vec![format!("{level}").parse().unwrap_or(f64::NAN), cost]
        }),
        "over_lead_time" => ("mean sd lead lead_sd", 2, |a| {
            let over = core::over_lead_time(normal(a, 0), normal(a, 2));
            vec![over.mean, over.sd]
        }),
        "fill_rate_factor" => {
            ("%service +qty +sd", 1, |a| vec![core::fill_rate_factor(at(a, 0), at(a, 1), at(a, 2))])
        }
        "fill_rate_factor_exact" => {
            ("%service +qty +sd", 1, |a| vec![core::fill_rate_factor_exact(at(a, 0), at(a, 1), at(a, 2))])
        }
        "fill_rate" => ("~factor +qty sd", 1, |a| vec![core::fill_rate_of(at(a, 0), at(a, 1), at(a, 2))]),
        "normal_quantile" => ("%service", 1, |a| vec![core::normal_quantile(at(a, 0))]),
        "normal_cdf" => ("~z", 1, |a| vec![core::normal_cdf(at(a, 0))]),
        "normal_loss" => ("~z", 1, |a| vec![core::normal_loss(at(a, 0))]),
        "rq_cost" => ("fixed holding demand waiting mean sd ~point +qty", 1, |a| {
            vec![point_and_lot(a).cost(core::PointAndLot { point: at(a, 6), qty: at(a, 7) })]
        }),
        "rq_economic" => {
            ("fixed +holding +demand +stockout mean sd", 2, |a| both(point_and_lot(a).economic_with_safety()))
        }
        "rq_backorders" => {
            ("fixed +holding +demand +stockout mean sd", 2, |a| both(point_and_lot(a).with_backorders()))
        }
        "rq_loss" => ("fixed +holding +demand +stockout mean sd", 2, |a| both(point_and_lot(a).by_loss())),
        _ => return None,
    })
}

/// The cheapest lot where the price breaks: quantity, cost, region.
#[pyfunction]
pub(crate) fn discounted_lot(
    fixed: f64,
    holding_rate: f64,
    demand: f64,
    breaks: Vec<(f64, f64)>,
    incremental: bool,
) -> PyResult<(f64, f64, usize)> {
    from_zero("fixed", fixed)?;
    above_zero("holding_rate", holding_rate)?;
    above_zero("demand", demand)?;
    breaks.iter().try_for_each(|(from, price)| from_zero("from", *from).and(above_zero("price", *price)))?;
    let breaks: Vec<PriceBreak> =
        breaks.into_iter().map(|(from, price)| PriceBreak { from, price }).collect();
    let kind = if incremental { core::Discount::Incremental } else { core::Discount::AllUnits };
    let found = core::discounted(fixed, holding_rate, demand, &breaks, kind);
    found.map(|(lot, region)| (lot.qty, lot.cost, region)).ok_or_else(|| refused("no price, no lot"))
}

/// Lots over a horizon (Wagner and Whitin), and their cost.
#[pyfunction]
pub(crate) fn horizon_lots(fixed: f64, holding: f64, demand: Floats) -> PyResult<(Floats, f64)> {
    from_zero("fixed", fixed)?;
    from_zero("holding", holding)?;
    demand.iter().try_for_each(|units| from_zero("demand", *units))?;
    Ok(core::over_horizon(fixed, holding, &demand))
}

fn from_zero(name: &str, x: f64) -> PyResult<()> {
    core::Domain::FromZero.check(&format!("`{name}`"), x).map_err(|no| refused(no.to_string()))
}

fn above_zero(name: &str, x: f64) -> PyResult<()> {
    core::Domain::Positive.check(&format!("`{name}`"), x).map_err(|no| refused(no.to_string()))
}

/// Joint orders (Silver): cycle, multiples, quantities, cost. Items are (fixed, holding, demand).
#[pyfunction]
pub(crate) fn joint_lots(fixed: f64, items: Vec<(f64, f64, f64)>) -> PyResult<(f64, Vec<i64>, Floats, f64)> {
    let items: Vec<LotCosts> =
        items.into_iter().map(|(fixed, holding, demand)| LotCosts { fixed, holding, demand }).collect();
    from_zero("fixed", fixed)?;
    items.iter().try_for_each(|item| item.check().map_err(|no| refused(no.to_string())))?;
    let found = core::joint(fixed, &items).ok_or_else(|| refused("no item has demand"))?;
    Ok((found.cycle, found.multiples, found.qtys, found.cost))
}

/// The best (s, S) and its cost a period for a discrete demand.
#[pyfunction]
#[pyo3(signature = (fixed, over, short, demand, over_lead = None))]
pub(crate) fn best_levels(
    py: Python<'_>,
    fixed: f64,
    over: f64,
    short: f64,
    demand: Floats,
    over_lead: Option<Floats>,
) -> PyResult<(i64, i64, f64)> {
    from_zero("fixed", fixed)?;
    above_zero("over", over)?;
    above_zero("short", short)?;
    for law in over_lead.iter().chain(Some(&demand)) {
        let sum: f64 = law.iter().sum();
        if law.iter().any(|p| !(0.0..=1.0).contains(p)) || !(0.999_999..=1.000_001).contains(&sum) {
            return Err(refused(format!("probabilities sum to {sum}, not to 1")));
        }
    }
    if demand.first().is_some_and(|none| *none >= 1.0) {
        return Err(refused("there is no demand"));
    }
    Ok(py.detach(|| {
        let lead = over_lead.as_ref().unwrap_or(&demand);
        let (found, cost) = core::best_low_and_up_to(fixed, Imbalance { over, short }, &demand, lead);
        (found.low, found.up_to, cost)
    }))
}

/// Echelon base-stock levels of a serial line, from the customer upstream, and the cost a period.
#[pyfunction]
pub(crate) fn serial_levels(
    py: Python<'_>,
    stages: Vec<(f64, f64)>,
    short: f64,
    mean: f64,
    sd: f64,
) -> PyResult<(Floats, f64)> {
    above_zero("short", short)?;
    from_zero("mean", mean)?;
    from_zero("sd", sd)?;
    for (holding, lead) in &stages {
        above_zero("echelon_holding", *holding)?;
        from_zero("lead", *lead)?;
    }
    let stages: Vec<core::SerialStage> = stages
        .into_iter()
        .map(|(echelon_holding, lead)| core::SerialStage { echelon_holding, lead })
        .collect();
    Ok(py.detach(|| core::serial_levels(&stages, short, NormalDemand { mean, sd })))
}

/// A stage of a tree: joined to, delivers, processing, inbound, most outbound, holding, deviation.
type StageRow = (Option<usize>, bool, u32, u32, Option<u32>, f64, f64);

/// What a stage promises: outbound, inbound, safety stock.
type PromiseRow = (u32, u32, f64);

/// Guaranteed service on a tree: outbound, inbound and safety stock by stage, and the cost a period.
#[pyfunction]
pub(crate) fn guaranteed_service(stages: Vec<StageRow>, factor: f64) -> PyResult<(Vec<PromiseRow>, f64)> {
    from_zero("factor", factor)?;
    stages.iter().try_for_each(|stage| from_zero("holding", stage.5).and(from_zero("demand_sd", stage.6)))?;
    let stage = |(joined_to, delivers, processing, inbound, outbound_max, holding, demand_sd): StageRow| {
        core::Stage { joined_to, delivers, processing, inbound, outbound_max, holding, demand_sd }
    };
    let stages: Vec<core::Stage> = stages.into_iter().map(stage).collect();
    let (promises, cost) =
        core::guaranteed_service(&stages, factor).map_err(|fault| refused(fault.to_string()))?;
    Ok((promises.iter().map(|p| (p.outbound, p.inbound, p.safety_stock)).collect(), cost))
}

/// The cheapest transport: what moves on which lane, and the cost in micro-units.
#[pyfunction]
pub(crate) fn transport(
    py: Python<'_>,
    supply: Vec<i64>,
    demand: Vec<i64>,
    lanes: Vec<(u32, u32, i64)>,
    what_pays: bool,
) -> (Vec<(u32, u32, i64)>, i64) {
    let lanes: Vec<core::Lane> =
        lanes.into_iter().map(|(from, to, cost)| core::Lane { from, to, cost }).collect();
    let moving = if what_pays { core::Moving::WhatPays } else { core::Moving::All };
    py.detach(|| {
        let (moves, cost) = core::transport(&supply, &demand, &lanes, moving);
        (moves.iter().map(|m| (m.from, m.to, m.qty)).collect(), cost)
    })
}

/// Classes by value: `A`, `B`, `C` a row.
#[pyfunction]
pub(crate) fn abc_classes(values: Floats, first: f64, second: f64) -> String {
    core::abc(&values, [first, second]).iter().map(|class| class.by_value()).collect()
}

/// Histories end to end: `starts[i]..starts[i + 1]` of `values` is the i-th.
pub(crate) struct Histories {
    values: Floats,
    starts: Vec<usize>,
}

impl Histories {
    /// From two arrays, or anything else that a column can be made of.
    pub(crate) fn read(values: &Bound<'_, PyAny>, starts: &Bound<'_, PyAny>) -> PyResult<Histories> {
        let column = |name: &str, array: &Bound<'_, PyAny>| {
            let mapping = PyDict::new(array.py());
            mapping.set_item(name, array)?;
            Table::from_argument(&mapping)
        };
        let (values, starts) = (column("values", values)?, column("starts", starts)?);
        let starts = starts.need("starts")?.counts()?;
        let starts = starts.into_iter().map(|start| usize::try_from(start).unwrap_or(usize::MAX)).collect();
        Histories::new(values.need("values")?.degrees()?, starts)
    }

    fn new(values: Floats, starts: Vec<usize>) -> PyResult<Histories> {
        let sound = starts.is_sorted() && starts.last().is_some_and(|end| *end <= values.len());
        if !sound {
            return Err(refused("`starts` must rise to the number of values, one more than histories"));
        }
        if let Some(at) = values.iter().position(|value| !value.is_finite()) {
            let row = starts.partition_point(|start| *start <= at).saturating_sub(1);
            let period = starts.get(row).map_or(at, |start| at.saturating_sub(*start));
            return Err(refused(format!(
                "history {row}, period {period}: a value is missing; fill the gap, or leave the period out"
            )));
        }
        if let Some(at) = values.iter().position(|value| *value < 0.0) {
            let row = starts.partition_point(|start| *start <= at).saturating_sub(1);
            let period = starts.get(row).map_or(at, |start| at.saturating_sub(*start));
            return Err(refused(format!(
                "history {row}, period {period}: demand is below 0; leave returns out of it"
            )));
        }
        Ok(Histories { values, starts })
    }

    pub(crate) fn len(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &[f64]> {
        let ends = self.starts.iter().skip(1);
        self.starts.iter().zip(ends).map(|(from, to)| self.values.get(*from..*to).unwrap_or_default())
    }
}

/// Classes by variability: `X`, `Y`, `Z` a history.
#[pyfunction]
pub(crate) fn xyz_classes(
    values: &Bound<'_, PyAny>,
    starts: &Bound<'_, PyAny>,
    first: f64,
    second: f64,
) -> PyResult<String> {
    let histories = Histories::read(values, starts)?;
    Ok(histories.iter().map(|history| core::xyz(history, [first, second]).by_variability()).collect())
}

/// Demand corrected for stockouts.
#[pyfunction]
pub(crate) fn corrected_demand(sold: Floats, in_stock: Floats, least_share: f64) -> PyResult<Floats> {
    if sold.len() != in_stock.len() {
        return Err(refused(format!("{} periods sold, {} in stock", sold.len(), in_stock.len())));
    }
    sold.iter().try_for_each(|units| from_zero("sold", *units))?;
    from_zero("least_share", least_share)?;
    if let Some(wrong) = in_stock.iter().find(|share| !(0.0..=1.0).contains(*share)) {
        return Err(refused(format!("a share in stock of {wrong} is not from 0 to 1")));
    }
    Ok(core::corrected(&sold, &in_stock, least_share))
}

/// A method with its weights, by its name and a list of numbers.
fn method(name: &str, weights: &[f64], season: usize) -> PyResult<Method> {
    let most = match name {
        "holt_winters" => 3,
        "holt" | "tsb" => 2,
        "seasonal_naive" => 0,
        _ => 1,
    };
    if weights.len() > most {
        return Err(refused(format!("`{name}` takes at most {most} weights")));
    }
    let sound = |x: &f64| if name == "moving_average" { *x >= 1.0 } else { (0.0..=1.0).contains(x) };
    if let Some(wrong) = weights.iter().find(|x| !sound(x)) {
        let need = if name == "moving_average" { "a number of periods" } else { "from 0 to 1" };
        return Err(refused(format!("a weight of `{name}` is {wrong}: it is {need}")));
    }
    let at = |i: usize, usual: f64| weights.get(i).copied().unwrap_or(usual);
    let whole = |x: f64| format!("{x:.0}").parse::<usize>().unwrap_or(1).max(1);
    Ok(match name {
        "moving_average" => Method::MovingAverage { window: whole(at(0, 8.0)) },
        "smoothing" => Method::Smoothing { alpha: at(0, 0.2) },
        "holt" => Method::Holt { alpha: at(0, 0.2), beta: at(1, 0.1) },
        "holt_winters" => {
            Method::HoltWinters { alpha: at(0, 0.2), beta: at(1, 0.05), gamma: at(2, 0.1), season }
        }
        "croston" => Method::Croston { alpha: at(0, 0.1) },
        "sba" => Method::Sba { alpha: at(0, 0.1) },
        "tsb" => Method::Tsb { alpha_size: at(0, 0.1), alpha_probability: at(1, 0.1) },
        "seasonal_naive" => Method::SeasonalNaive { season },
        _ => return Err(refused(format!("no method `{name}`"))),
    })
}

/// Forecasts of one history by one method.
#[pyfunction]
pub(crate) fn forecast_one(
    history: Floats,
    name: &str,
    weights: Floats,
    season: usize,
    ahead: usize,
) -> PyResult<Floats> {
    Ok(method(name, &weights, season.max(1))?.forecast(&history, ahead))
}

/// One-step errors of one history by one method, from `origin` on.
#[pyfunction]
pub(crate) fn forecast_errors(
    history: Floats,
    name: &str,
    weights: Floats,
    season: usize,
    origin: usize,
) -> PyResult<Floats> {
    Ok(method(name, &weights, season.max(1))?.errors(&history, origin))
}

pub(crate) fn methods(names: &[String], season: usize) -> PyResult<Vec<Method>> {
    if names.is_empty() {
        return Ok(Method::usual(season.max(1)).to_vec());
    }
    names.iter().map(|name| method(name, &[], season.max(1))).collect()
}

/// The best forecast of each history: a table of method, mean, sd, bias and quantiles over the horizon.
#[pyfunction]
pub(crate) fn best_forecasts(
    py: Python<'_>,
    values: &Bound<'_, PyAny>,
    starts: &Bound<'_, PyAny>,
    names: Vec<String>,
    season: usize,
    ahead: usize,
    quantiles: Floats,
) -> PyResult<Table> {
    let (histories, methods) = (Histories::read(values, starts)?, methods(&names, season)?);
    if let Some(wrong) = quantiles.iter().find(|share| !(**share > 0.0 && **share < 1.0)) {
        return Err(refused(format!("a quantile of {wrong} is not between 0 and 1")));
    }
    Ok(py.detach(|| {
        let found: Vec<Option<core::Forecast>> =
            histories.iter().map(|history| core::best_forecast(history, &methods, ahead)).collect();
        let floats = |name: &str, of: &dyn Fn(&core::Forecast) -> f64| {
            let values = found.iter().map(|f| f.as_ref().map_or(f64::NAN, of)).collect();
            Column::new(name, Values::Float(values))
        };
        let periods = u32::try_from(ahead.max(1)).map_or(1.0, f64::from);
        let mut columns = vec![
            Column::texts("method", found.iter().map(|f| f.as_ref().map(|f| f.method.name()))),
            floats("mean", &|f| f.mean),
            floats("sd", &|f| f.sd),
            floats("bias", &|f| f.bias),
        ];
        for share in quantiles {
            columns.push(floats(&format!("q{share}"), &|f| f.quantile(share, periods)));
        }
        Table::of(columns)
    }))
}

/// Levels and advice for items of a table; see `stockbook.replenishment.plan`.
#[pyfunction]
#[pyo3(signature = (items, values, starts, names, season, fill_rate))]
pub(crate) fn plan_items(
    py: Python<'_>,
    items: &Bound<'_, PyAny>,
    values: &Bound<'_, PyAny>,
    starts: &Bound<'_, PyAny>,
    names: Vec<String>,
    season: usize,
    fill_rate: bool,
) -> PyResult<Table> {
    let table = Table::from_argument(items)?;
    let (histories, methods) = (Histories::read(values, starts)?, methods(&names, season)?);
    let read = ItemColumns::read(&table)?;
    read.go_with(&histories)?;
    Ok(py.detach(|| {
        let rows = histories.iter().enumerate();
        let planned: Vec<Planned> = rows
            .map(|(row, history)| {
                let item = read.item(row, history, fill_rate);
                let levels = core::levels(&item, &methods);
                let advice = levels.as_ref().map(|levels| core::advise(&item, levels));
                let advice = advice.and_then(|all| all.into_iter().next());
                (levels, advice)
            })
            .collect();
        Table::of(planned_columns(&planned))
    }))
}

type Planned = (Option<core::Levels>, Option<core::Advice>);

/// What planning asks of each item, as columns.
pub(crate) struct ItemColumns {
    rows: usize,
    whole: [Vec<i64>; 6],
    floats: [Floats; 10],
}

const WHOLE: [(&str, i64); 6] =
    [("free", 0), ("on_order", 0), ("backordered", 0), ("pack", 1), ("pallet", 0), ("least", 0)];
const FLOATS: [(&str, f64); 10] = [
    ("lead", f64::NAN),
    ("lead_sd", 0.0),
    ("expedited_lead", 0.0),
    ("review", 1.0),
    ("fixed", 0.0),
    ("holding_rate", 0.0),
    ("unit_cost", 0.0),
    ("stockout", 0.0),
    ("premium", f64::INFINITY),
    ("service", 0.95),
];

/// Columns that say which item a row is.
const NAMES: [&str; 3] = ["sku", "node", "supplier"];

/// What a number of an item must be.
fn in_domain(name: &str, x: f64) -> Result<(), &'static str> {
    match name {
        "service" if !(x > 0.0 && x < 1.0) => Err("is not between 0 and 1, as 0.95 is"),
        // None is wanted at any premium where it is infinite.
        "premium" if x >= 0.0 => Ok(()),
        _ if x >= 0.0 && x.is_finite() => Ok(()),
        _ => Err("is not a number from 0"),
    }
}

impl ItemColumns {
    pub(crate) fn go_with(&self, histories: &Histories) -> PyResult<()> {
        self.rows_are(histories.len(), "histories")
    }

    pub(crate) fn rows_are(&self, rows: usize, of: &str) -> PyResult<()> {
        let sound = self.rows == rows;
        let problem = || refused(format!("{} items and {rows} {of} do not go together", self.rows));
        sound.then_some(()).ok_or_else(problem)
    }

    pub(crate) fn read(table: &Table) -> PyResult<ItemColumns> {
        let known = || WHOLE.iter().map(|(name, _)| *name).chain(FLOATS.iter().map(|(name, _)| *name));
        let strange = table.names().find(|name| !known().chain(NAMES).any(|known| known == *name));
        if let Some(name) = strange {
            let known: Vec<&str> = known().chain(NAMES).collect();
            return Err(refused(format!("items have no column `{name}`; there are: {}", known.join(", "))));
        }
        let rows = table.rows();
        let mut read = ItemColumns { rows, whole: Default::default(), floats: Default::default() };
        for (into, (name, usual)) in read.whole.iter_mut().zip(WHOLE) {
            *into = match table.find(name) {
                Some(column) => column.integers()?,
                None => vec![usual; table.rows()],
            };
            // Free is negative where more is promised than is there.
            if let Some(row) = into.iter().position(|n| *n < 0).filter(|_| name != "free") {
                return Err(refused(format!("column `{name}`, row {row}: below 0")));
            }
        }
        for (into, (name, usual)) in read.floats.iter_mut().zip(FLOATS) {
            *into = match table.find(name) {
                // Reads floats, whole numbers and decimals alike.
                Some(column) => column.degrees()?,
                None if usual.is_nan() => return Err(refused(format!("the table has no column `{name}`"))),
                None => vec![usual; table.rows()],
            };
            for (row, x) in into.iter().enumerate() {
                in_domain(name, *x)
                    .map_err(|need| refused(format!("column `{name}`, row {row}: {x} {need}")))?;
            }
        }
        let [lead, _, _, review, ..] = &read.floats;
        if let Some(row) = lead.iter().zip(review).position(|(lead, review)| lead.max(*review) <= 0.0) {
            let need = "`lead` and `review` are both 0: give the time that stock has to last for";
            return Err(refused(format!("row {row}: {need}")));
        }
        Ok(read)
    }

    pub(crate) fn item<'a>(&self, row: usize, history: &'a [f64], fill_rate: bool) -> core::Item<'a> {
        let whole = |i: usize| self.whole.get(i).and_then(|c| c.get(row)).copied().unwrap_or(0);
        let float = |i: usize| self.floats.get(i).and_then(|c| c.get(row)).copied().unwrap_or(0.0);
        let packing = core::Packing { pack: whole(3), pallet: whole(4), pallet_from: 900, least: whole(5) };
        let index = u32::try_from(row).unwrap_or(u32::MAX);
        core::Item {
            sku: index,
            node: index,
            supplier: 0,
            history,
            free: whole(0),
            on_order: whole(1),
            backordered: whole(2),
            lead: NormalDemand { mean: float(0), sd: float(1) },
            expedited_lead: float(2),
            review: float(3),
            fixed: float(4),
            holding_rate: float(5),
            unit_cost: float(6),
            stockout: float(7),
            premium: float(8),
            packing,
            service: if fill_rate {
                core::Service::FillRate(float(9))
            } else {
                core::Service::Cycle(float(9))
            },
        }
    }
}

fn planned_columns(planned: &[Planned]) -> Vec<Column> {
    let level = |name: &str, of: fn(&core::Levels) -> i64| {
        Column::new(name, Values::Int(planned.iter().map(|(l, _)| l.as_ref().map_or(0, of)).collect()))
    };
    let float = |name: &str, of: &dyn Fn(&Planned) -> Option<f64>| {
        Column::new(name, Values::Float(planned.iter().map(|p| of(p).unwrap_or(f64::NAN)).collect()))
    };
    let word = |name: &str, of: fn(&core::Advice) -> String| {
        let words: Vec<Option<String>> = planned.iter().map(|(_, a)| a.as_ref().map(of)).collect();
        Column::texts(name, words.iter().map(Option::as_deref))
    };
    vec![
        Column::texts("method", planned.iter().map(|(l, _)| l.as_ref().map(|l| l.forecast.method.name()))),
        float("mean", &|(l, _)| l.map(|l| l.forecast.mean)),
        float("sd", &|(l, _)| l.map(|l| l.forecast.sd)),
        level("safety_stock", |l| l.safety_stock),
        level("reorder_point", |l| l.reorder_point),
        level("order_up_to", |l| l.order_up_to),
        level("lot", |l| l.lot),
        word("advice", |a| snake(&a.kind)),
        word("reason", |a| snake(&a.reason)),
        Column::new("qty", Values::Int(planned.iter().map(|(_, a)| a.map_or(0, |a| a.qty)).collect())),
        float("value", &|(_, a)| a.map(|a| a.value)),
        float("at_risk", &|(_, a)| a.map(|a| a.at_risk)),
    ]
}

/// The word that stands for a value on the wire.
pub(crate) fn snake<T: serde::Serialize>(word: &T) -> String {
    serde_json::to_string(word).unwrap_or_default().trim_matches('"').to_owned()
}
