//! What comes of a plan: orders that suppliers take and a budget allows, moves between nodes, what-if.

use crate::column::{Column, Values};
use crate::replenish::{Floats, Histories, ItemColumns, methods, refused, snake};
use crate::table::Table;
use pyo3::prelude::*;
use serde::de::DeserializeOwned;
use std::collections::HashMap;
use stockbook::replenishment::{self as core, Advice, Forecast, Item, Levels, Method, NormalDemand};

/// How items would fare if the supplier were late and demand a multiple of the forecast.
#[pyfunction]
#[pyo3(signature = (items, values, starts, names, season, fill_rate, delay, spike))]
#[expect(clippy::too_many_arguments, reason = "what Python says, one by one")]
pub(crate) fn exposures(
    py: Python<'_>,
    items: &Bound<'_, PyAny>,
    values: &Bound<'_, PyAny>,
    starts: &Bound<'_, PyAny>,
    names: Vec<String>,
    season: usize,
    fill_rate: bool,
    delay: f64,
    spike: f64,
) -> PyResult<Table> {
    let read = ItemColumns::read(&Table::from_argument(items)?)?;
    let (histories, methods) = (Histories::read(values, starts)?, methods(&names, season)?);
    read.go_with(&histories)?;
    if !(delay >= 0.0 && delay.is_finite() && spike >= 0.0 && spike.is_finite()) {
        return Err(refused("`delay` and `spike` are numbers from 0"));
    }
    Ok(py.detach(|| {
        let what_if = core::WhatIf { delay, spike };
        let fares = |(row, history)| {
            let item = read.item(row, history, fill_rate);
            core::levels(&item, &methods).map(|levels| core::exposure(&item, &levels, what_if))
        };
        let found: Vec<Option<core::Exposure>> = histories.iter().enumerate().map(fares).collect();
        let column = |name: &str, of: fn(&core::Exposure) -> f64| {
            Column::new(name, Values::Float(found.iter().map(|e| e.as_ref().map_or(f64::NAN, of)).collect()))
        };
        Table::of(vec![
            column("stockout_share", |e| e.stockout_share),
            column("short", |e| e.short),
            column("cost", |e| e.cost),
            column("cover", |e| e.cover),
        ])
    }))
}

/// A plan with its items: what `plan_items` made, read back.
struct Plan {
    items: ItemColumns,
    levels: Vec<Levels>,
}

impl Plan {
    fn read(items: &Bound<'_, PyAny>, plan: &Table) -> PyResult<Plan> {
        let items = ItemColumns::read(&Table::from_argument(items)?)?;
        items.rows_are(plan.rows(), "rows of a plan")?;
        let whole = |name| plan.need(name)?.integers();
        let float = |name| plan.need(name)?.degrees();
        let (mean, sd, safety, point) =
            (float("mean")?, float("sd")?, whole("safety_stock")?, whole("reorder_point")?);
        let (up_to, lot) = (whole("order_up_to")?, whole("lot")?);
        let forecasts = mean.into_iter().zip(sd);
        let levels = forecasts.zip(safety.into_iter().zip(point)).zip(up_to.into_iter().zip(lot));
        let levels = levels.map(|(((mean, sd), (safety_stock, reorder_point)), (order_up_to, lot))| {
            let forecast = Forecast { method: Method::MovingAverage { window: 1 }, mean, sd, bias: 0.0 };
            let over = NormalDemand { mean, sd };
            Levels { forecast, over, safety_stock, reorder_point, order_up_to, lot }
        });
        Ok(Plan { items, levels: levels.collect() })
    }

    /// The items with their levels; `place` says where each belongs (SKU, node, supplier).
    fn rows(&self, place: impl Fn(usize) -> [u32; 3]) -> impl Iterator<Item = (Item<'_>, &Levels)> {
        self.levels.iter().enumerate().map(move |(row, levels)| {
            let [sku, node, supplier] = place(row);
            (Item { sku, node, supplier, ..self.items.item(row, &[], false) }, levels)
        })
    }
}

/// The value that a word of the wire stands for.
fn word<T: DeserializeOwned>(text: &str) -> PyResult<T> {
    serde_json::from_value(text.into()).map_err(|problem| refused(problem.to_string()))
}

fn at(indices: &[u32], row: usize) -> u32 {
    indices.get(row).copied().unwrap_or(u32::MAX)
}

/// A number of rows as an index.
fn index(row: usize) -> u32 {
    u32::try_from(row).unwrap_or(u32::MAX)
}

/// Purchases of a plan as suppliers take them and within a budget: a row each, with what it is and whether it
/// is ordered. `supplier` is an index into `least` and `open` for each item.
#[pyfunction]
#[pyo3(signature = (items, plan, supplier, least, open, budget = None))]
pub(crate) fn purchases(
    items: &Bound<'_, PyAny>,
    plan: &Bound<'_, PyAny>,
    supplier: Vec<u32>,
    least: Floats,
    open: Vec<bool>,
    budget: Option<f64>,
) -> PyResult<Table> {
    let table = Table::from_argument(plan)?;
    let read = Plan::read(items, &table)?;
    let (kinds, reasons) = (table.need("advice")?, table.need("reason")?);
    let (qty, value, risk) =
        (table.need("qty")?.integers()?, table.need("value")?.degrees()?, table.need("at_risk")?.degrees()?);
    let (mut advice, mut spare) = (Vec::new(), Vec::new());
    for (row, (item, levels)) in read.rows(|row| [index(row), index(row), at(&supplier, row)]).enumerate() {
        let more = core::spare(&item, levels);
        let (Values::Text(kind), Values::Text(reason)) = (&kinds.values, &reasons.values) else {
            return Err(refused("`advice` and `reason` of a plan are texts"));
        };
        if !kinds.is_valid(row) {
            spare.push(more);
            continue;
        }
        let kind: core::AdviceKind = word(kind.get(row))?;
        if matches!(kind, core::AdviceKind::Purchase | core::AdviceKind::Expedite) {
            let number = |column: &[f64]| column.get(row).copied().unwrap_or(0.0);
            advice.push(Advice {
                kind,
                reason: word(reason.get(row))?,
                qty: qty.get(row).copied().unwrap_or(0),
                value: number(&value),
                at_risk: number(&risk),
                ..more
            });
            // Of what is hurried the plan tells first; the rest is bought as usual.
            let rest = core::advise(&item, levels).into_iter().skip(1);
            advice.extend(rest.filter(|_| kind == core::AdviceKind::Expedite));
        }
    }
    let terms = |supplier: u32| {
        let row = usize::try_from(supplier).unwrap_or(usize::MAX);
        core::SupplierTerms {
            least_value: least.get(row).copied().unwrap_or(0.0),
            takes_orders: open.get(row).copied().unwrap_or(true),
        }
    };
    let (ordered, waiting) = core::joint_orders(&advice, &spare, terms, budget);
    let all: Vec<(&Advice, bool)> =
        ordered.iter().map(|a| (a, true)).chain(waiting.iter().map(|a| (a, false))).collect();
    let item = all.iter().map(|(a, _)| i64::from(a.sku)).collect();
    let ordered = all.iter().map(|(_, ordered)| *ordered).collect();
    let all: Vec<&Advice> = all.into_iter().map(|(advice, _)| advice).collect();
    Ok(told(item, &all, Column::new("ordered", Values::Bool(ordered))))
}

/// Pieces of advice as a table: the row of the item, what is advised, and one column more.
fn told(item: Vec<i64>, all: &[&Advice], more: Column) -> Table {
    let texts = |name: &str, of: fn(&Advice) -> String| {
        let texts: Vec<String> = all.iter().map(|advice| of(advice)).collect();
        Column::texts(name, texts.iter().map(|text| Some(text.as_str())))
    };
    Table::of(vec![
        Column::new("item", Values::Int(item)),
        texts("advice", |a| snake(&a.kind)),
        texts("reason", |a| snake(&a.reason)),
        Column::new("qty", Values::Int(all.iter().map(|a| a.qty).collect())),
        Column::new("value", Values::Float(all.iter().map(|a| a.value).collect())),
        Column::new("at_risk", Values::Float(all.iter().map(|a| a.at_risk).collect())),
        more,
    ])
}

/// All that is advised, purchases and moves alike, what avoids most cost first: a row each. `from` is the
/// place among the nodes of the one that sends; none where nothing is sent.
#[pyfunction]
pub(crate) fn advice(
    items: &Bound<'_, PyAny>,
    plan: &Bound<'_, PyAny>,
    sku: Vec<u32>,
    node: Vec<u32>,
    lanes: Vec<(u32, u32, f64)>,
) -> PyResult<Table> {
    let read = Plan::read(items, &Table::from_argument(plan)?)?;
    let items: Vec<_> = read.rows(|row| [at(&sku, row), at(&node, row), 0]).collect();
    let all = core::advise_all(&items, lanes_of(lanes));
    let sends = |a: &Advice| if a.kind == core::AdviceKind::Transfer { i64::from(a.from) } else { -1 };
    let from = all.iter().map(|(_, a)| sends(a)).collect();
    let item = all.iter().map(|(row, _)| i64::from(index(*row))).collect();
    let all: Vec<&Advice> = all.iter().map(|(_, advice)| advice).collect();
    Ok(told(item, &all, Column::new("from", Values::Int(from))))
}

/// What moving a unit costs, by the nodes that it moves between.
fn lanes_of(lanes: Vec<(u32, u32, f64)>) -> impl Fn(u32, u32) -> Option<f64> {
    let lanes: HashMap<(u32, u32), f64> =
        lanes.into_iter().map(|(from, to, cost)| ((from, to), cost)).collect();
    move |from, to| lanes.get(&(from, to)).copied()
}

/// A move: SKU, from, to, units, worth.
type MoveRow = (u32, u32, u32, i64, f64);

/// Moves between nodes that are worth more than they cost. SKUs and nodes are indices; a lane is from, to,
/// cost of a unit.
#[pyfunction]
pub(crate) fn transfers(
    items: &Bound<'_, PyAny>,
    plan: &Bound<'_, PyAny>,
    sku: Vec<u32>,
    node: Vec<u32>,
    lanes: Vec<(u32, u32, f64)>,
) -> PyResult<Vec<MoveRow>> {
    let read = Plan::read(items, &Table::from_argument(plan)?)?;
    let items: Vec<_> = read.rows(|row| [at(&sku, row), at(&node, row), 0]).collect();
    let moves = core::rebalance_all(&items, lanes_of(lanes));
    Ok(moves.iter().map(|m| (m.sku, m.from, m.node, m.qty, m.at_risk)).collect())
}
