//! The handle on a book. Every call releases the interpreter while the book works, and readers do not wait
//! for each other.

use crate::column::{Column, Values, datetime};
use crate::orders::Orders;
use crate::table::{Table, escaped};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::pybacked::{PyBackedBytes, PyBackedStr};
use pyo3::types::{PyBytes, PyTuple, PyType};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::RwLock;
use stockbook::{
    AccountId, EventsDrained, JournalLine, JournalNames, NodeId, Outcomes, ReceiptColumns, Rejection,
    RejectionNote, ShipmentColumns, SkuId,
};
use stockbook_publish::Publisher;

/// A stock book: what `stockbook.Book` is made from.
#[pyclass(frozen, subclass, module = "stockbook._native")]
pub(crate) struct Book {
    shelf: RwLock<Shelf>,
}

/// A book, and who shows its availability to readers, from the first of them on.
struct Shelf {
    book: stockbook::Book,
    publisher: Option<Publisher>,
}

/// A request as JSON.
#[derive(FromPyObject)]
enum Request {
    Text(PyBackedStr),
    Bytes(PyBackedBytes),
}

impl Request {
    fn bytes(&self) -> &[u8] {
        match self {
            Request::Text(text) => text.as_bytes(),
            Request::Bytes(bytes) => bytes,
        }
    }
}

/// An exception of `stockbook.errors`.
pub(crate) fn error(py: Python<'_>, name: &str, arguments: Bound<'_, PyTuple>) -> PyErr {
    let made = py.import("stockbook.errors").and_then(|errors| errors.getattr(name)?.call1(arguments));
    made.map_or_else(|problem| problem, PyErr::from_value)
}

/// The exception that mirrors a rejection.
pub(crate) fn rejected(py: Python<'_>, rejection: &Rejection) -> PyErr {
    let note = serde_json::to_string(&RejectionNote::from(rejection)).unwrap_or_default();
    match PyTuple::new(py, [note]) {
        Ok(arguments) => error(py, "rejection_from_json", arguments),
        Err(problem) => problem,
    }
}

/// The exception of a log or snapshot that cannot be read.
fn not_loaded(py: Python<'_>, problem: &str, offset: u64) -> PyErr {
    match (problem, offset).into_pyobject(py) {
        Ok(arguments) => error(py, "LoadError", arguments),
        Err(problem) => problem,
    }
}

fn drained(py: Python<'_>, problem: &EventsDrained) -> PyErr {
    match (problem.first,).into_pyobject(py) {
        Ok(arguments) => error(py, "EventsDrained", arguments),
        Err(problem) => problem,
    }
}

fn faulted(panic: &(dyn std::any::Any + Send)) -> Rejection {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("an internal fault");
    Rejection::BookFaulted { fault: text.into() }
}

impl Book {
    fn of(book: stockbook::Book) -> Book {
        Book { shelf: RwLock::new(Shelf { book, publisher: None }) }
    }

    /// Works on the book with the interpreter released. A fault of the library closes this book, and only
    /// this.
    fn write<T: Send>(
        &self,
        py: Python<'_>,
        work: impl FnOnce(&mut stockbook::Book) -> T + Send,
    ) -> Result<T, Rejection> {
        let closed = || Rejection::BookFaulted { fault: "an earlier call met a fault".into() };
        let work = || {
            let mut shelf = self.shelf.write().map_err(|_| closed())?;
            let done = work(&mut shelf.book);
            let Shelf { book, publisher } = &mut *shelf;
            publisher.iter_mut().for_each(|publisher| _ = publisher.publish(book));
            Ok(done)
        };
        py.detach(|| catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| Err(faulted(&*panic))))
    }

    /// Reads the book with the interpreter released.
    pub(crate) fn read<T: Send>(
        &self,
        py: Python<'_>,
        work: impl FnOnce(&stockbook::Book) -> T + Send,
    ) -> PyResult<T> {
        let closed = || Rejection::BookFaulted { fault: "an earlier call met a fault".into() };
        let work = || self.shelf.read().map_err(|_| closed()).map(|shelf| work(&shelf.book));
        let done =
            py.detach(|| catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| Err(faulted(&*panic))));
        done.map_err(|rejection| rejected(py, &rejection))
    }

    /// Works on the book; a rejection becomes its exception.
    fn change<T: Send>(
        &self,
        py: Python<'_>,
        work: impl FnOnce(&mut stockbook::Book) -> Result<T, Rejection> + Send,
    ) -> PyResult<T> {
        self.write(py, work).and_then(|done| done).map_err(|rejection| rejected(py, &rejection))
    }

    /// A new object of a class, around a book.
    pub(crate) fn wrap<'py>(
        class: &Bound<'py, PyType>,
        book: stockbook::Book,
    ) -> PyResult<Bound<'py, PyAny>> {
        let object = class.call0()?;
        let handle = object.cast::<Book>()?.get();
        match handle.shelf.write() {
            Ok(mut inside) => *inside = Shelf { book, publisher: None },
            Err(_) => return Err(PyValueError::new_err("the class did not give a fresh book")),
        }
        Ok(object)
    }
}

/// What is available in some cells: `book.reader(…)` gives one. It outlives the book, and then shows what was
/// shown last.
#[pyclass(frozen, module = "stockbook._native")]
pub(crate) struct Reader {
    board: stockbook_publish::Reader,
    cells: Vec<(SkuId, NodeId)>,
}

#[pymethods]
impl Reader {
    /// The number of the last commit, and the units available in the cells as of it. It does not wait for
    /// calls that other threads have on the book.
    fn read(&self) -> (u64, Vec<i64>) {
        let mut units = vec![0; self.cells.len()];
        let commit = self.board.read(self.cells.iter().copied(), &mut units);
        (commit, units)
    }
}

#[pymethods]
impl Book {
    #[new]
    fn new() -> Book {
        Book::of(stockbook::Book::new())
    }

    /// One request in, one answer out, both as JSON objects; never raises for what the book refuses.
    fn execute_json(&self, py: Python<'_>, request: Request) -> String {
        let done = self.write(py, |book| book.execute_json(request.bytes()));
        done.unwrap_or_else(|rejection| {
            serde_json::json!({ "rejection": RejectionNote::from(&rejection) }).to_string()
        })
    }

    /// One question in, one answer out, both as JSON objects.
    fn ask_json(&self, py: Python<'_>, request: Request) -> PyResult<String> {
        self.read(py, |book| book.ask_json(request.bytes()))
    }

    /// Places the orders of a table: one row a line, the lines of an order together.
    #[pyo3(signature = (orders, source = "", actor = ""))]
    fn place_orders(
        &self,
        py: Python<'_>,
        orders: &Bound<'_, PyAny>,
        source: &str,
        actor: &str,
    ) -> PyResult<(Table, Table)> {
        let table = Table::from_argument(orders)?;
        let orders = Orders::read(&table)?;
        self.change(py, |book| orders.place(book, source, actor))
    }

    /// Receives the goods of a table: one receipt a row.
    #[pyo3(signature = (receipts, source = "", actor = ""))]
    fn receive_goods(
        &self,
        py: Python<'_>,
        receipts: &Bound<'_, PyAny>,
        source: &str,
        actor: &str,
    ) -> PyResult<Table> {
        let table = Table::from_argument(receipts)?;
        let command = table.need("command")?.counts()?;
        let at = table.need("at")?.instants()?;
        let (node, sku) = (table.need("node")?.of_things()?, table.need("sku")?.of_things()?);
        let supplier = table.find("supplier").map(Column::of_things).transpose()?;
        let qty = table.need("qty")?.integers()?;
        let unit_cost = table.need("unit_cost")?.money()?;
        let done = self.change(py, |book| {
            let supplier = supplier.map(|column| column.ids(|code| book.supplier_id(code).map(|id| id.0)));
            book.receive_columns(&ReceiptColumns {
                source,
                actor,
                command: &command,
                at: &at,
                node: &node.ids(|code| book.node_id(code).map(|id| id.0)),
                supplier: &supplier.unwrap_or_default(),
                sku: &sku.ids(|code| book.sku_id(code).map(|id| id.0)),
                qty: &qty,
                unit_cost: &unit_cost,
            })
        })?;
        Ok(outcomes("receipt", &command, done))
    }

    /// Ships the orders of a table: all that is planned for an order at a node a row.
    #[pyo3(signature = (shipments, source = "", actor = ""))]
    fn ship_orders(
        &self,
        py: Python<'_>,
        shipments: &Bound<'_, PyAny>,
        source: &str,
        actor: &str,
    ) -> PyResult<Table> {
        let table = Table::from_argument(shipments)?;
        let command = table.need("command")?.counts()?;
        let at = table.need("at")?.instants()?;
        let order = table.need("order")?.counts()?;
        let node = table.need("node")?.of_things()?;
        let done = self.change(py, |book| {
            let node = node.ids(|code| book.node_id(code).map(|id| id.0));
            let (command, at, order, node) = (&*command, &*at, &*order, &*node);
            book.ship_columns(&ShipmentColumns { source, actor, command, at, order, node })
        })?;
        Ok(outcomes("shipment", &command, done))
    }

    /// The whole state as bytes.
    fn snapshot<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let bytes = self.read(py, stockbook::Book::snapshot)?;
        Ok(PyBytes::new(py, &bytes))
    }

    /// The book that `snapshot` wrote.
    #[classmethod]
    fn restore<'py>(class: &Bound<'py, PyType>, snapshot: PyBackedBytes) -> PyResult<Bound<'py, PyAny>> {
        let py = class.py();
        let book = py.detach(|| stockbook::Book::restore(&snapshot));
        Book::wrap(class, book.map_err(|problem| not_loaded(py, &problem.problem, problem.offset))?)
    }

    /// The book that a whole log of events tells of.
    #[classmethod]
    fn replay<'py>(class: &Bound<'py, PyType>, log: PyBackedBytes) -> PyResult<Bound<'py, PyAny>> {
        let py = class.py();
        let book = py.detach(|| stockbook::Book::replay(&log));
        Book::wrap(class, book.map_err(|problem| not_loaded(py, &problem.problem, problem.offset))?)
    }

    /// Continues the book by a log, all or nothing; gives the sequence reached.
    fn apply_log(&self, py: Python<'_>, log: PyBackedBytes) -> PyResult<u64> {
        let done =
            self.write(py, |book| book.apply_log(&log)).map_err(|rejection| rejected(py, &rejection))?;
        done.map_err(|problem| not_loaded(py, &problem.problem, problem.offset))
    }

    /// The events from a sequence on, as a log for `replay` and `apply_log`.
    #[pyo3(signature = (sequence = 1))]
    fn log_since<'py>(&self, py: Python<'py>, sequence: u64) -> PyResult<Bound<'py, PyBytes>> {
        let log = self.read(py, |book| book.log_since(sequence))?.map_err(|problem| drained(py, &problem))?;
        Ok(PyBytes::new(py, &log))
    }

    /// The events from a sequence on, each as JSON.
    #[pyo3(signature = (sequence = 1))]
    fn events_json(&self, py: Python<'_>, sequence: u64) -> PyResult<Vec<String>> {
        let events = self.read(py, |book| {
            let events = book.events_since(sequence)?;
            Ok(events.map(|event| book.event_json(event)).collect())
        })?;
        events.map_err(|problem| drained(py, &problem))
    }

    /// A reader of the units available (sellable less reserved, in the SKU's smallest unit) in some cells,
    /// each a SKU's code and a node's. The book shows them from now on, anew with every call that changes it.
    /// What channels' protection keeps back is not taken off.
    fn reader(&self, py: Python<'_>, cells: Vec<(PyBackedStr, PyBackedStr)>) -> PyResult<Reader> {
        let ids = |book: &stockbook::Book| {
            let id = |(sku, node): &(PyBackedStr, PyBackedStr)| {
                let unknown_sku = || Rejection::UnknownSku { sku: sku.to_string() };
                let unknown_node = || Rejection::UnknownNode { node: node.to_string() };
                let sku = book.sku_id(sku).ok_or_else(unknown_sku)?;
                Ok((sku, book.node_id(node).ok_or_else(unknown_node)?))
            };
            cells.iter().map(id).collect::<Result<Vec<(SkuId, NodeId)>, Rejection>>()
        };
        let closed = || Rejection::BookFaulted { fault: "an earlier call met a fault".into() };
        let open = || {
            let mut shelf = self.shelf.write().map_err(|_| closed())?;
            let Shelf { book, publisher } = &mut *shelf;
            let cells = ids(book)?;
            let board = publisher.get_or_insert_with(|| Publisher::new(book)).reader();
            Ok(Reader { board, cells })
        };
        py.detach(open).map_err(|rejection: Rejection| rejected(py, &rejection))
    }

    /// A copy that goes its own way.
    fn copy<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        let book = slf.get().read(slf.py(), stockbook::Book::clone)?;
        Book::wrap(&slf.get_type(), book)
    }

    /// Hash of the whole state: 16 hexadecimal digits.
    #[getter]
    fn state_hash(&self, py: Python<'_>) -> PyResult<String> {
        self.read(py, |book| format!("{:016x}", book.state_hash()))
    }

    /// Number of the last event.
    #[getter]
    fn sequence(&self, py: Python<'_>) -> PyResult<u64> {
        self.read(py, stockbook::Book::sequence)
    }

    /// The book's time; `NEVER` before the first command.
    #[getter]
    fn now<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        datetime(py, self.read(py, |book| book.now().micros())?)
    }

    /// What lies where, and what it is worth.
    fn stock(&self, py: Python<'_>) -> PyResult<Table> {
        self.read(py, |book| {
            let stock = book.stock_columns();
            let skus = stock.sku.iter().map(|id| book.sku_code(SkuId(*id)));
            let nodes = stock.node.iter().map(|id| book.node_code(NodeId(*id)));
            Table::of(vec![
                Column::texts("sku", skus),
                Column::texts("node", nodes),
                Column::new("on_hand", Values::Int(stock.on_hand)),
                Column::new("sellable", Values::Int(stock.sellable)),
                Column::new("reserved", Values::Int(stock.reserved)),
                Column::new("available", Values::Int(stock.available)),
                Column::new("value", Values::Money(stock.value)),
            ])
        })
    }

    /// The balance of every account: debit if positive, credit if negative; of a ledger beside the book's
    /// own, where one is named.
    #[pyo3(signature = (ledger = ""))]
    fn trial_balance(&self, py: Python<'_>, ledger: &str) -> PyResult<Table> {
        let table = self.read(py, |book| {
            let rows = book.ledger_balance(ledger)?;
            let code = |id: AccountId| book.account_code(id);
            Ok(Table::of(vec![
                Column::texts("account", rows.iter().map(|row| code(row.account))),
                Column::new("balance", Values::Money(rows.iter().map(|row| row.balance.micros()).collect())),
            ]))
        })?;
        table.map_err(|no: Rejection| rejected(py, &no))
    }

    /// The lines of the journal, of the events that the window still has: a debit is positive, and each line
    /// says what it is about and the event and document that it comes from. Of a ledger beside the book's
    /// own, where one is named.
    #[pyo3(signature = (ledger = ""))]
    fn journal(&self, py: Python<'_>, ledger: &str) -> PyResult<Table> {
        let table = self.read(py, |book| {
            let lines: Vec<JournalLine<'_>> = book.ledger_lines(book.first_event(), ledger)?.collect();
            let number = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
            let words: Vec<String> = lines.iter().map(|line| line.posting.movement.word()).collect();
            let ints = |of: &dyn Fn(&JournalLine<'_>) -> i64| Values::Int(lines.iter().map(of).collect());
            let times = |of: &dyn Fn(&JournalLine<'_>) -> i64| Values::Time(lines.iter().map(of).collect());
            let each = || lines.iter();
            Ok(Table::of(vec![
                Column::new("sequence", ints(&|line| number(line.event.sequence))),
                Column::new("at", times(&|line| line.event.at.micros())),
                Column::new("occurred_at", times(&|line| line.event.occurred_at.micros())),
                Column::new("posted_at", times(&|line| line.posted_at.micros())),
                Column::texts("event", each().map(|line| Some(line.event.body.name()))),
                Column::texts("document", each().map(|line| Some(line.document.as_str()))),
                Column::texts("movement", words.iter().map(|word| Some(word.as_str()))),
                Column::texts("account", each().map(|line| book.account_code(line.posting.account))),
                Column::new(
                    "amount",
                    Values::Money(each().map(|line| line.posting.amount.micros()).collect()),
                ),
                Column::texts("sku", each().map(|line| book.sku_code(line.posting.sku))),
                Column::texts("node", each().map(|line| book.node_code(line.posting.node))),
                Column::texts("channel", each().map(|line| book.channel_code(line.posting.channel))),
                Column::texts("lot", each().map(|line| book.lot_label(line.posting.lot))),
                Column::new("qty", ints(&|line| line.posting.qty)),
                Column::new("corrects", ints(&|line| number(line.posting.corrects))),
            ]))
        })?;
        table.map_err(|no: Rejection| rejected(py, &no))
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, (Bound<'py, PyBytes>,))> {
        Ok((slf.get_type().getattr("restore")?, (slf.get().snapshot(slf.py())?,)))
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let facts = self.facts(py)?.map(|(name, value)| format!("{name} {value}"));
        Ok(format!("<stockbook.Book: {}>", facts.join(", ")))
    }

    fn _repr_html_(&self, py: Python<'_>) -> PyResult<String> {
        let row =
            |(name, value): (&str, String)| format!("<tr><th>{name}</th><td>{}</td></tr>", escaped(&value));
        Ok(format!("<table>{}</table>", self.facts(py)?.map(row).concat()))
    }
}

impl Book {
    fn facts(&self, py: Python<'_>) -> PyResult<[(&'static str, String); 6]> {
        self.read(py, |book| {
            [
                ("sequence", book.sequence().to_string()),
                ("now", book.now().to_string()),
                ("SKUs", book.sku_count().to_string()),
                ("nodes", book.node_count().to_string()),
                ("orders", book.order_count().to_string()),
                ("state", format!("{:016x}", book.state_hash())),
            ]
        })
    }
}

/// The name of a rejection's number; none for 0.
fn rejection_name(number: u16) -> Option<&'static str> {
    let row = Rejection::table().iter().find(|row| row.0 == number)?;
    Some(row.1)
}

/// `rejection`, its name, and `sequence`, as columns beside the key they belong to.
pub(crate) fn outcome_columns(key: &str, keys: &[u64], rejection: &[u16], sequence: &[u64]) -> Vec<Column> {
    vec![
        Column::new(key, Values::keys(keys)),
        Column::new("sequence", Values::keys(sequence)),
        Column::new("rejection", Values::Int(rejection.iter().map(|n| i64::from(*n)).collect())),
        Column::texts("rejected_as", rejection.iter().map(|n| rejection_name(*n))),
    ]
}

fn outcomes(key: &str, keys: &[u64], done: Outcomes) -> Table {
    Table::of(outcome_columns(key, keys, &done.rejection, &done.sequence))
}

/// Every rejection of the book: number, name, class, whether a retry may pass, help.
#[pyfunction]
pub(crate) fn rejections() -> Vec<(u16, &'static str, String, String, &'static str)> {
    let word = |value: serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let row = |(number, name, class, retry, help): &(
        u16,
        &'static str,
        stockbook::Class,
        stockbook::Retry,
        &'static str,
    )| {
        (*number, *name, word(serde_json::json!(class)), word(serde_json::json!(retry)), *help)
    };
    Rejection::table().iter().map(row).collect()
}
