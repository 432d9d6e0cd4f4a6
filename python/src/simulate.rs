//! The main job on tables: orders in, tidy tables out, through the same book.

use crate::book::{Book, error, rejected};
use crate::column::{Column, Values};
use crate::orders::Orders;
use crate::table::Table;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyType};
use serde::de::DeserializeOwned;
use stockbook::Policy;
use stockbook::report::{self, Kpis, Metric, Unit};
use stockbook::simulation::{
    self, Continue, Network, Options, Progress, Scenario, ScenarioSize, SimulationError, compare, generate,
    seed_policies,
};

/// A run for Python: its policy, its book and its tables.
type Outcome<'py> = (String, Bound<'py, PyAny>, Bound<'py, PyDict>);

/// Runs the orders of a table through a new book, once under each policy.
///
/// Network, policies (a list) and options are JSON. Gives `(policy, book, tables)` for each run. `progress`
/// is called with `(policy, run, runs, orders_done, orders)` now and then; what it raises ends the run.
#[pyfunction]
#[pyo3(signature = (orders, network, policies, options = "{}", progress = None))]
pub(crate) fn simulate<'py>(
    py: Python<'py>,
    orders: &Bound<'py, PyAny>,
    network: &str,
    policies: &str,
    options: &str,
    progress: Option<Py<PyAny>>,
) -> PyResult<Vec<Outcome<'py>>> {
    let network: Network = read("network", network)?;
    let policies: Vec<Policy> = read("policies", policies)?;
    let options: Options = read("options", options)?;
    let table = Table::from_argument(orders)?;
    let stream = Orders::read(&table)?.into_stream(&network)?;
    let orders = simulation::Orders::new(stream, &network)
        .map_err(|fault| PyValueError::new_err(fault.to_string()))?;
    let mut stopped: Option<PyErr> = None;
    let done = py.detach(|| {
        compare(&network, &orders, &policies, &options, &mut |told| match tell(progress.as_ref(), told) {
            Ok(()) => Continue::Yes,
            Err(problem) => {
                stopped = Some(problem);
                Continue::No
            }
        })
    });
    if let Some(problem) = stopped {
        return Err(problem);
    }
    let class = py.import("stockbook.book")?.getattr("Book")?.cast_into::<PyType>()?;
    let runs = done.map_err(|problem| failed(py, &problem))?;
    runs.into_iter().map(|run| outcome(&class, run)).collect()
}

/// Reads JSON into what it must be.
fn read<T: DeserializeOwned>(what: &str, json: &str) -> PyResult<T> {
    serde_json::from_str(json).map_err(|problem| PyValueError::new_err(format!("{what}: {problem}")))
}

/// Tells Python how far a run is, and asks whether somebody pressed Ctrl-C.
fn tell(progress: Option<&Py<PyAny>>, told: Progress<'_>) -> PyResult<()> {
    Python::attach(|py| {
        py.check_signals()?;
        match progress {
            Some(call) => {
                call.call1(py, (told.policy, told.run, told.runs, told.orders_done, told.orders)).map(|_| ())
            }
            None => Ok(()),
        }
    })
}

/// The exception of a run that came to no end; a rejection behind it is its cause.
fn failed(py: Python<'_>, problem: &SimulationError) -> PyErr {
    let exception = match (problem.to_string(),).into_pyobject(py) {
        Ok(arguments) => error(py, "SimulationError", arguments),
        Err(problem) => problem,
    };
    if let SimulationError::Network { rejection, .. } | SimulationError::Refused { rejection, .. } = problem {
        exception.set_cause(py, Some(rejected(py, rejection)));
    }
    exception
}

fn outcome<'py>(class: &Bound<'py, PyType>, run: simulation::Outcome) -> PyResult<Outcome<'py>> {
    let tables = PyDict::new(class.py());
    tables.set_item("kpis", Py::new(class.py(), kpis(&run.policy, &run.kpis))?)?;
    for table in run.tables() {
        tables.set_item(table.name, Py::new(class.py(), table_of(table))?)?;
    }
    tables.set_item(run.flows.name, Py::new(class.py(), table_of(&run.flows))?)?;
    Ok((run.policy, Book::wrap(class, run.book)?, tables))
}

/// Key figures: a row a metric, its value as an exact decimal and as people read it.
fn kpis(policy: &str, kpis: &Kpis) -> Table {
    let rows = || Kpis::METRICS.iter().zip(kpis.values());
    // All units but counts are kept in millionths.
    let micros = |(metric, value): (&Metric, i64)| match metric.unit {
        Unit::Count => value.saturating_mul(1_000_000),
        _ => value,
    };
    Table::of(vec![
        Column::new("policy", Values::Text(rows().map(|_| policy).collect())),
        Column::new("metric", Values::Text(rows().map(|(metric, _)| metric.name).collect())),
        Column::new("title", Values::Text(rows().map(|(metric, _)| metric.title).collect())),
        Column::new("unit", Values::Text(rows().map(|(metric, _)| metric.unit.word()).collect())),
        Column::new("value", Values::Money(rows().map(micros).collect())),
        Column::new("shown", Values::Text(rows().map(|(metric, value)| metric.unit.show(value)).collect())),
        Column::new("formula", Values::Text(rows().map(|(metric, _)| metric.formula).collect())),
    ])
}

/// A table of the core as one of Python's.
fn table_of(table: &report::Table) -> Table {
    Table::of(table.columns.iter().map(column_of).collect())
}

fn column_of(column: &report::Column) -> Column {
    use report::Values as Core;
    // Where one value stands for none.
    let gaps = |values: &[i64], is_none: fn(i64) -> bool| {
        let valid: Vec<bool> = values.iter().map(|value| !is_none(*value)).collect();
        valid.contains(&false).then_some(valid)
    };
    let (values, valid) = match &column.values {
        Core::Int(v) => (Values::Int(v.clone()), None),
        Core::Key(v) => {
            (Values::Int(v.iter().map(|key| i64::try_from(*key).unwrap_or(i64::MAX)).collect()), None)
        }
        Core::Money(v) | Core::Share(v) => (Values::Money(v.clone()), None),
        Core::Millimetres(v) => (Values::Money(v.clone()), gaps(v, |value| value < 0)),
        Core::Instant(v) => (Values::Time(v.clone()), gaps(v, |value| value == i64::MIN)),
        Core::Text(v) => (Values::Text(v.iter().collect()), None),
        Core::Category { codes, names } => {
            let code =
                |code: &u32| usize::try_from(*code).ok().and_then(|code| names.get(code)).map(String::as_str);
            return Column::texts(column.name, codes.iter().map(code));
        }
    };
    Column { name: column.name.into(), values, valid }
}

/// The bundled scenario, made from a seed: its network and three policies as JSON, its orders, and what it
/// is.
#[pyfunction]
#[pyo3(signature = (seed = 1, orders = None, days = None, skus = None))]
pub(crate) fn scenario(
    py: Python<'_>,
    seed: u64,
    orders: Option<u32>,
    days: Option<u32>,
    skus: Option<u32>,
) -> PyResult<(String, String, Table, String)> {
    let usual = ScenarioSize::default();
    let size = ScenarioSize {
        orders: orders.unwrap_or(usual.orders),
        days: days.unwrap_or(usual.days),
        skus: skus.unwrap_or(usual.skus),
    };
    let scenario = py.detach(|| generate(size, seed));
    let json = |problem: serde_json::Error| PyValueError::new_err(problem.to_string());
    let network = serde_json::to_string(&scenario.network).map_err(json)?;
    let policies = serde_json::to_string(&seed_policies()).map_err(json)?;
    Ok((network, policies, stream(&scenario), scenario.description))
}

/// Orders as a table of lines.
fn stream(scenario: &Scenario) -> Table {
    let table = scenario.orders.table();
    let ends = table.line_start.iter().skip(1);
    let row_of_line: Vec<usize> = table
        .line_start
        .iter()
        .zip(ends)
        .enumerate()
        .flat_map(|(row, (start, end))| (*start..*end).map(move |_| row))
        .collect();
    let by_line = |values: &[i64]| row_of_line.iter().filter_map(|row| values.get(*row)).copied().collect();
    // Through text, which rounds once and rightly.
    let degrees = |values: &[i64]| {
        let nanos: Vec<i64> = by_line(values);
        nanos.iter().map(|nanos| format!("{nanos}e-9").parse().unwrap_or(f64::NAN)).collect()
    };
    fn at<T>(values: &[T], index: u32) -> Option<&T> {
        values.get(usize::try_from(index).ok()?)
    }
    let channel = |row: &usize| {
        let channel = at(&scenario.network.channels, *table.channel.get(*row)?)?;
        Some(channel.channel.as_str())
    };
    let sku = |sku: &u32| at(&scenario.network.skus, *sku).map(|define| define.sku.as_str());
    let order = row_of_line.iter().filter_map(|row| table.order.get(*row));
    let mut columns = vec![
        Column::new("order", Values::Int(order.map(|n| i64::try_from(*n).unwrap_or(i64::MAX)).collect())),
        Column::new("at", Values::Time(by_line(&table.at))),
        Column::texts("channel", row_of_line.iter().map(channel)),
        Column::new("lat", Values::Float(degrees(&table.lat))),
        Column::new("lon", Values::Float(degrees(&table.lon))),
        Column::texts("sku", table.sku.iter().map(sku)),
        Column::new("qty", Values::Int(table.qty.clone())),
    ];
    if !table.price.is_empty() {
        columns.push(Column::new("price", Values::Money(table.price.clone())));
    }
    if !table.deliver_by.is_empty() {
        columns.push(Column::new("deliver_by", Values::Time(by_line(&table.deliver_by))));
    }
    Table::of(columns)
}
