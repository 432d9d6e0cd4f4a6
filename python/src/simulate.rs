//! The main job on tables: orders in, tidy tables out, through the same book.

use crate::book::{Book, error, rejected};
use crate::column::{Column, Values};
use crate::orders::Orders;
use crate::table::Table;
use pyo3::exceptions::{PyKeyError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyType;
use serde::de::DeserializeOwned;
use stockbook::report::{self, Kpis, Metric, Unit};
use stockbook::simulation::{
    self, Continue, Network, Options, Progress, ScenarioSize, SimulationError, compare, generate,
    seed_policies,
};
use stockbook::{NOT_GIVEN, Policy};

/// A run for Python: its policy, its book and its tables.
type Outcome<'py> = (String, Bound<'py, PyAny>, RunTables);

/// Orders that are read and checked against their network: as many runs as wanted share them, in as many
/// threads.
#[pyclass(frozen, module = "stockbook._native")]
pub(crate) struct Stream {
    network: Network,
    orders: simulation::Orders,
}

#[pymethods]
impl Stream {
    #[new]
    fn new(py: Python<'_>, orders: &Bound<'_, PyAny>, network: &str) -> PyResult<Stream> {
        let table = Table::from_argument(orders)?;
        py.detach(|| {
            let network: Network = read("network", network)?;
            let stream = Orders::read(&table)?.into_stream(&table, &network)?;
            let orders = simulation::Orders::new(stream, &network)
                .map_err(|fault| PyValueError::new_err(fault.to_string()))?;
            Ok(Stream { network, orders })
        })
    }

    /// How many orders there are.
    fn __len__(&self) -> usize {
        self.orders.len()
    }
}

/// The tables of a run, each made for Python when it is asked for.
#[pyclass(frozen, module = "stockbook._native")]
pub(crate) struct RunTables {
    policy: String,
    kpis: Kpis,
    tables: Vec<report::Table>,
}

#[pymethods]
impl RunTables {
    /// Their names.
    fn names(&self) -> Vec<&str> {
        std::iter::once("kpis").chain(self.tables.iter().map(|table| table.name)).collect()
    }

    /// A table by its name.
    fn __getitem__(&self, py: Python<'_>, name: &str) -> PyResult<Table> {
        if name == "kpis" {
            return Ok(kpis(&self.policy, &self.kpis));
        }
        let found = self.tables.iter().find(|table| table.name == name);
        let table = found.ok_or_else(|| PyKeyError::new_err(name.to_owned()))?;
        Ok(py.detach(|| table_of(table)))
    }
}

/// Runs a stream of orders through a new book, once under each policy.
///
/// Policies (a list) and options are JSON. Gives `(policy, book, tables)` for each run. `progress` is called
/// with `(policy, run, runs, orders_done, orders)` now and then; what it raises ends the run.
#[pyfunction]
#[pyo3(signature = (stream, policies, options = "{}", progress = None))]
pub(crate) fn simulate<'py>(
    py: Python<'py>,
    stream: &Bound<'py, Stream>,
    policies: &str,
    options: &str,
    progress: Option<Py<PyAny>>,
) -> PyResult<Vec<Outcome<'py>>> {
    let policies: Vec<Policy> = read("policies", policies)?;
    let options: Options = read("options", options)?;
    let stream = stream.get();
    let mut stopped: Option<PyErr> = None;
    let done = py.detach(|| {
        compare(&stream.network, &stream.orders, &policies, &options, &mut |told| match tell(
            progress.as_ref(),
            told,
        ) {
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
    stockbook::read_json(json).map_err(|problem| PyValueError::new_err(format!("{what}: {problem}")))
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
    let book = Book::wrap(class, run.book)?;
    let tables = vec![
        run.daily,
        run.channels,
        run.nodes,
        run.plan,
        run.order_costs,
        run.stock,
        run.balances,
        run.exceptions,
        run.refusals,
        run.short_skus,
        run.distances,
        run.shipments,
        run.demand,
        run.flows,
        run.history,
        run.lead_times,
    ];
    Ok((run.policy.clone(), book, RunTables { policy: run.policy, kpis: run.kpis, tables }))
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
        Core::Key(v) => (Values::keys(v), None),
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
    for (name, number) in [("days", days), ("skus", skus)] {
        if number == Some(0) {
            return Err(PyValueError::new_err(format!("{name}: a number from 1")));
        }
    }
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
    Ok((network, policies, stream(&scenario.network, &scenario.orders), scenario.description))
}

/// Orders drawn for a network, from a description of how they arrive (JSON) and a seed.
#[pyfunction]
pub(crate) fn generate_orders(py: Python<'_>, network: &str, arrivals: &str, seed: u64) -> PyResult<Table> {
    let network: Network = read("network", network)?;
    let described: simulation::Arrivals = read("arrivals", arrivals)?;
    let orders = py.detach(|| simulation::arrivals(&network, &described, seed));
    let orders = orders.map_err(|fault| PyValueError::new_err(fault.to_string()))?;
    Ok(stream(&network, &orders))
}

/// A column in which rows may have no value.
fn with_gaps(name: &str, values: Values, numbers: &[i64]) -> Column {
    let valid: Vec<bool> = numbers.iter().map(|number| *number != NOT_GIVEN).collect();
    Column { name: name.into(), values, valid: valid.contains(&false).then_some(valid) }
}

/// Orders as a table of lines.
fn stream(network: &Network, orders: &simulation::Orders) -> Table {
    let table = orders.table();
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
        let channel = at(&network.channels, *table.channel.get(*row)?)?;
        Some(channel.channel.as_str())
    };
    let sku = |sku: &u32| at(&network.skus, *sku).map(|define| define.sku.as_str());
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
        columns.push(with_gaps("price", Values::Money(table.price.clone()), &table.price));
    }
    if !table.deliver_by.is_empty() {
        let due: Vec<i64> = by_line(&table.deliver_by);
        columns.push(with_gaps("deliver_by", Values::Time(due.clone()), &due));
    }
    Table::of(columns)
}
