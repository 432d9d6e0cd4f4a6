//! Hot verbs by columns: each row becomes the same command as its typed sister, and is recorded the same way.

use super::Book;
use super::ahead::AHEAD;
use super::columns::*;
use super::execute::*;
use crate::allocation::PlacedLine;
use crate::record::*;
use crate::value::digest::Digest;
use crate::value::geo::{Degrees, Point};
use crate::value::ids::*;
use crate::value::money::Money;
use crate::value::num;
use crate::value::rejection::Rejection;
use crate::value::time::Instant;
use crate::workflow::*;
use std::hash::{Hash, Hasher};

fn same_length(column: &str, length: usize, rows: usize) -> Result<(), Rejection> {
    if length == rows {
        return Ok(());
    }
    let need = format!("{rows} rows as `command` has, not {length}");
    Err(Rejection::InvalidField { field: column.into(), need })
}

fn may_be_empty(column: &str, length: usize, rows: usize) -> Result<(), Rejection> {
    if length == 0 { Ok(()) } else { same_length(column, length, rows) }
}

/// A value of a column in which rows may have none.
fn given(column: &[i64], row: usize) -> Option<i64> {
    cell(column, row).filter(|value| *value != NOT_GIVEN)
}

/// A cell of a column that may be left out.
fn cell<T: Copy>(column: &[T], row: usize) -> Option<T> {
    column.get(row).copied()
}

fn check_labels(source: &str, actor: &str) -> Result<(), Rejection> {
    for (field, text) in [("source", source), ("actor", actor)] {
        if !text.is_empty() {
            crate::catalog::code(field, text)?;
        }
    }
    Ok(())
}

impl OrderColumns<'_> {
    fn check(&self) -> Result<(), Rejection> {
        let (rows, lines) = (self.command.len(), self.sku.len());
        check_labels(self.source, self.actor)?;
        same_length("order", self.order.len(), rows)?;
        same_length("at", self.at.len(), rows)?;
        same_length("channel", self.channel.len(), rows)?;
        same_length("lat", self.lat.len(), rows)?;
        same_length("lon", self.lon.len(), rows)?;
        may_be_empty("deliver_by", self.deliver_by.len(), rows)?;
        may_be_empty("commitment", self.commitment.len(), rows)?;
        if self.commitment.iter().any(|word| *word > 1) {
            let need = "0 = own or 1 = external".into();
            return Err(Rejection::InvalidField { field: "commitment".into(), need });
        }
        same_length("qty", self.qty.len(), lines)?;
        may_be_empty("price", self.price.len(), lines)?;
        same_length("line_start", self.line_start.len(), rows.saturating_add(1))?;
        let rising = self.line_start.windows(2).all(|pair| pair.first() <= pair.get(1));
        let whole = self.line_start.first() == Some(&0)
            && self.line_start.last().map(|end| num::index(*end)) == Some(lines);
        if rising && whole {
            return Ok(());
        }
        let need = "0, then never falling, up to the number of lines".into();
        Err(Rejection::InvalidField { field: "line_start".into(), need })
    }

    /// The lines of a row.
    pub(super) fn range(&self, row: usize) -> (usize, usize) {
        let at = |row: usize| self.line_start.get(row).copied().map_or(0, num::index);
        (at(row), at(row.saturating_add(1)))
    }
}

/// An order that says nothing yet.
pub(crate) fn blank() -> DenseOrder {
    DenseOrder {
        order: DocKey::Number(0),
        channel: ChannelId::NONE,
        to: Point::default(),
        deliver_by: None,
        priority: None,
        commitment: Commitment::Own,
        hold: HoldId::NONE,
        lines: Vec::new(),
        detail: Detail::None,
        terms: None,
        lots: Vec::new(),
    }
}

impl Book {
    /// Places orders given as columns, each as `place_order` would, in their order. A refused row changes
    /// nothing and does not stop the next.
    ///
    /// # Errors
    /// Only where the columns do not fit together; then no order is placed.
    ///
    /// ```
    /// use stockbook::*;
    /// let mut book = Book::new();
    /// let none = OrderColumns { line_start: &[0], ..OrderColumns::default() };
    /// assert_eq!(book.place_orders(&none).unwrap().rejection.len(), 0);
    /// assert!(book.place_orders(&OrderColumns { command: &[1], ..none }).is_err(), "one row, no columns");
    /// ```
    pub fn place_orders(&mut self, columns: &OrderColumns<'_>) -> Result<OrderOutcomes, Rejection> {
        columns.check()?;
        let (rows, lines) = (columns.command.len(), columns.sku.len());
        let mut out = OrderOutcomes {
            rejection: Vec::with_capacity(rows),
            sequence: Vec::with_capacity(rows),
            line_node: vec![u32::MAX; lines],
            line_reserved: vec![0; lines],
            line_backordered: vec![0; lines],
        };
        let mut dense = blank();
        self.make_room(rows, lines);
        for row in 0..rows {
            if row.checked_rem(AHEAD) == Some(0) {
                self.look_ahead(columns, row, row.saturating_add(AHEAD).min(rows));
            }
            let command = cell(columns.command, row).unwrap_or(0);
            let placed = self.place_row(columns, row, command, &mut dense);
            match placed {
                Ok(sequence) => {
                    out.rejection.push(0);
                    out.sequence.push(sequence);
                    self.read_plan(columns, row, &mut out);
                }
                Err(rejection) => {
                    out.rejection.push(rejection.number());
                    out.sequence.push(0);
                }
            }
            self.trim();
        }
        Ok(out)
    }

    /// Room for so many orders, so that tables grow once a call.
    pub(crate) fn make_room(&mut self, rows: usize, lines: usize) {
        let docs = &mut self.state.docs;
        docs.orders.reserve(rows);
        docs.order.reserve(rows);
        docs.lines.reserve(lines);
        docs.parcels.reserve(rows);
        self.state.stock.reservations.reserve(lines);
        self.recent.reserve(rows, num::index(self.state.head.config.idempotency_window));
    }

    /// Places the order of one row, under a command id.
    pub(crate) fn place_row(
        &mut self,
        columns: &OrderColumns<'_>,
        row: usize,
        command: u64,
        dense: &mut DenseOrder,
    ) -> Result<u64, Rejection> {
        let at = Instant::from_micros(cell(columns.at, row).unwrap_or(i64::MIN));
        let key = DocKey::Number(command);
        let (source, actor) = (columns.source, columns.actor);
        let meta = said_by_row(&key, 0, (source, actor), at, "place_order");
        check_instants(&meta)?;
        self.fill_row(columns, row, dense);
        let meta = Meta { content: row_content(columns, row, dense), ..meta };
        if let Some(receipt) = self.repeated(&meta)? {
            return Ok(receipt.sequence);
        }
        let receipt = self.record(meta, Within::Alone, |state, allocator, at, body| {
            check_row(state, dense)?;
            decide_order(state, allocator, dense, at, body)
        })?;
        Ok(receipt.sequence)
    }

    fn fill_row(&self, columns: &OrderColumns<'_>, row: usize, dense: &mut DenseOrder) {
        let (from, to) = columns.range(row);
        let degrees = |column, row| Degrees(cell(column, row).unwrap_or(i64::MAX));
        dense.order = DocKey::Number(cell(columns.order, row).unwrap_or(0));
        dense.channel = ChannelId(cell(columns.channel, row).unwrap_or(u32::MAX));
        dense.to = Point { lat: degrees(columns.lat, row), lon: degrees(columns.lon, row) };
        dense.deliver_by = given(columns.deliver_by, row).map(Instant::from_micros);
        let external = cell(columns.commitment, row) == Some(1);
        dense.commitment = if external { Commitment::External } else { Commitment::Own };
        dense.lines.clear();
        for line in from..to {
            let sku = SkuId(cell(columns.sku, line).unwrap_or(u32::MAX));
            let listed = || self.state.catalog.sku.get(sku.0).map(|row| row.price).unwrap_or_default();
            let price = given(columns.price, line).map(Money::from_micros).unwrap_or_else(listed);
            dense.lines.push(PlacedLine { sku, qty: cell(columns.qty, line).unwrap_or(0), price });
        }
    }

    /// Reads from the event what became of the row's lines.
    fn read_plan(&self, columns: &OrderColumns<'_>, row: usize, out: &mut OrderOutcomes) {
        let sequence = out.sequence.last().copied().unwrap_or(0);
        // Nearly always the newest: the oldest, from which places are counted, is far away in memory.
        let newest = self.window.back().filter(|event| event.sequence == sequence);
        let Some(Body::OrderPlaced(placed)) =
            newest.or_else(|| self.event(sequence)).map(|event| &event.body)
        else {
            return;
        };
        let (from, to) = columns.range(row);
        let at = |line: u32| from.saturating_add(num::index(line.saturating_sub(1)));
        // Components of kits stand behind the lines of the row.
        let own = |line: u32| at(line) < to;
        for part in placed.plan.parts.iter().rev().filter(|part| own(part.line)) {
            let node = placed.plan.parcels.get(num::index(part.parcel)).map_or(u32::MAX, |p| p.node.0);
            if let (Some(to), Some(qty)) =
                (out.line_node.get_mut(at(part.line)), out.line_reserved.get_mut(at(part.line)))
            {
                *to = node;
                *qty = qty.saturating_add(part.qty);
            }
        }
        for waits in placed.plan.backordered.iter().filter(|waits| own(waits.line)) {
            if let Some(qty) = out.line_backordered.get_mut(at(waits.line)) {
                *qty = waits.qty;
            }
        }
    }

    /// Receives goods given as columns, one receipt a row.
    ///
    /// # Errors
    /// Only where the columns do not fit together; then nothing is received.
    ///
    /// ```
    /// use stockbook::{Book, ReceiptColumns};
    /// let outcomes = Book::new().receive_columns(&ReceiptColumns::default()).unwrap();
    /// assert!(outcomes.rejection.is_empty());
    /// ```
    pub fn receive_columns(&mut self, columns: &ReceiptColumns<'_>) -> Result<Outcomes, Rejection> {
        let rows = columns.command.len();
        check_labels(columns.source, columns.actor)?;
        for (name, length) in [
            ("at", columns.at.len()),
            ("node", columns.node.len()),
            ("sku", columns.sku.len()),
            ("qty", columns.qty.len()),
            ("unit_cost", columns.unit_cost.len()),
        ] {
            same_length(name, length, rows)?;
        }
        may_be_empty("supplier", columns.supplier.len(), rows)?;
        let mut out = Outcomes::with_room(rows);
        self.state.docs.receipts.reserve(rows);
        self.recent.reserve(rows, num::index(self.state.head.config.idempotency_window));
        for row in 0..rows {
            if row.checked_rem(AHEAD) == Some(0) {
                self.look_ahead_of_receipts(columns, row, row.saturating_add(AHEAD).min(rows));
            }
            out.push(self.receive_row(columns, row));
            self.trim();
        }
        Ok(out)
    }

    fn receive_row(&mut self, columns: &ReceiptColumns<'_>, row: usize) -> Result<u64, Rejection> {
        let at = Instant::from_micros(cell(columns.at, row).unwrap_or(i64::MIN));
        let key = DocKey::Number(cell(columns.command, row).unwrap_or(0));
        let node = NodeId(cell(columns.node, row).unwrap_or(u32::MAX));
        let supplier = SupplierId(cell(columns.supplier, row).unwrap_or(u32::MAX));
        let sku = SkuId(cell(columns.sku, row).unwrap_or(u32::MAX));
        let qty = cell(columns.qty, row).unwrap_or(0);
        let unit_cost = Money::from_micros(cell(columns.unit_cost, row).unwrap_or(-1));
        let content = Digest::of(&("receive_columns", node, supplier, sku, qty, unit_cost));
        let (source, actor, word) = (columns.source, columns.actor, "receive_goods");
        let meta = said_by_row(&key, content, (source, actor), at, word);
        check_instants(&meta)?;
        if let Some(receipt) = self.repeated(&meta)? {
            return Ok(receipt.sequence);
        }
        let receipt = self.record(meta, Within::Alone, |state, _, at, body| {
            if state.catalog.node.get(node.0).is_none() {
                return Err(Rejection::UnknownNode { node: node.0.to_string() });
            }
            if supplier != SupplierId::NONE && state.catalog.supplier.get(supplier.0).is_none() {
                return Err(Rejection::UnknownSupplier { supplier: supplier.0.to_string() });
            }
            let receipt = key.clone();
            if state.docs.receipts.find(&receipt).is_some() {
                let document = receipt.to_string();
                return Err(Rejection::DocumentExists { kind: "receipt".into(), document });
            }
            let qty = crate::catalog::quantity(qty)?;
            let place = crate::stock::Place::default();
            let (free, unit_cost) = (false, Some(unit_cost));
            let lines = vec![DenseReceiptLine { sku, qty, unit_cost, place, free, expires_at: None }];
            let purchase_order = PurchaseId::NONE;
            let (occurred_at, rate) = (at, None);
            let dense = DenseReceipt { occurred_at, rate, receipt, node, supplier, purchase_order, lines };
            *body = receive_rows(state, dense, at)?;
            Ok(None)
        })?;
        Ok(receipt.sequence)
    }

    /// Ships orders given as columns: all that is planned for each at its node.
    ///
    /// # Errors
    /// Only where the columns do not fit together; then nothing is shipped.
    ///
    /// ```
    /// use stockbook::{Book, ShipmentColumns};
    /// let outcomes = Book::new().ship_columns(&ShipmentColumns::default()).unwrap();
    /// assert!(outcomes.sequence.is_empty());
    /// ```
    pub fn ship_columns(&mut self, columns: &ShipmentColumns<'_>) -> Result<Outcomes, Rejection> {
        let rows = columns.command.len();
        check_labels(columns.source, columns.actor)?;
        same_length("at", columns.at.len(), rows)?;
        same_length("order", columns.order.len(), rows)?;
        same_length("node", columns.node.len(), rows)?;
        let mut out = Outcomes::with_room(rows);
        self.recent.reserve(rows, num::index(self.state.head.config.idempotency_window));
        for row in 0..rows {
            let at = Instant::from_micros(cell(columns.at, row).unwrap_or(i64::MIN));
            let command = cell(columns.command, row).unwrap_or(0);
            let order = DocKey::Number(cell(columns.order, row).unwrap_or(0));
            let node = NodeId(cell(columns.node, row).unwrap_or(u32::MAX));
            out.push(self.ship_row((columns.source, columns.actor), at, command, order, node));
            self.trim();
        }
        Ok(out)
    }

    /// When and from where what an order has reserved will leave: by line, then reservation.
    pub(crate) fn leaving(&self, order: OrderId) -> impl Iterator<Item = (Instant, NodeId)> {
        let state = &self.state;
        let lines = state.docs.order.get(order.0).into_iter().flat_map(|row| state.lines_of(row));
        let parts = lines.flat_map(|line| state.reservations(line.first_reservation));
        let parcels = parts.filter(|(_, part)| part.qty > 0);
        let parcels = parcels.filter_map(|(_, part)| state.docs.parcels.get(part.parcel));
        parcels.map(|parcel| (parcel.ship_at, parcel.node))
    }

    /// Ships all that is planned for an order at a node, for a source and an actor.
    pub(crate) fn ship_row(
        &mut self,
        (source, actor): (&str, &str),
        at: Instant,
        command: u64,
        order: DocKey,
        node: NodeId,
    ) -> Result<u64, Rejection> {
        let key = DocKey::Number(command);
        let content = Digest::of(&("ship_columns", &order, node));
        let word = "ship_order";
        let meta = said_by_row(&key, content, (source, actor), at, word);
        check_instants(&meta)?;
        if let Some(receipt) = self.repeated(&meta)? {
            return Ok(receipt.sequence);
        }
        let receipt = self.record(meta, Within::Alone, |state, _, _, body| {
            if state.catalog.node.get(node.0).is_none() {
                return Err(Rejection::UnknownNode { node: node.0.to_string() });
            }
            let id = state.docs.orders.find(&order);
            let document = || order.to_string();
            let unknown = || Rejection::UnknownDocument { kind: "order".into(), document: document() };
            let order = OrderId(id.ok_or_else(unknown)?);
            let dense = DenseShipment { order, node, lines: Vec::new() };
            *body = Body::OrderShipped(decide_shipment(state, &dense)?);
            Ok(None)
        })?;
        Ok(receipt.sequence)
    }
}

impl Outcomes {
    fn with_room(rows: usize) -> Outcomes {
        Outcomes { rejection: Vec::with_capacity(rows), sequence: Vec::with_capacity(rows) }
    }

    fn push(&mut self, outcome: Result<u64, Rejection>) {
        self.rejection.push(outcome.as_ref().err().map_or(0, Rejection::number));
        self.sequence.push(outcome.unwrap_or(0));
    }
}

/// Who says what in a row, and when.
fn said_by_row<'a>(
    key: &'a DocKey,
    content: u64,
    (source, actor): (&'a str, &'a str),
    at: Instant,
    word: &'static str,
) -> Meta<'a> {
    let (ahead_s, said, granted) = (0, None, None);
    Meta { key, content, source, actor, at, occurred_at: at, ahead_s, word, said, told_at: at, granted }
}

/// What `resolve_order` checks of codes and quantities.
fn check_row(state: &State, dense: &DenseOrder) -> Result<(), Rejection> {
    crate::catalog::some_lines(dense.lines.len())?;
    for line in &dense.lines {
        if state.catalog.sku.get(line.sku.0).is_none() {
            return Err(Rejection::UnknownSku { sku: line.sku.0.to_string() });
        }
        crate::catalog::quantity(line.qty)?;
    }
    Ok(())
}

/// The content of a row: the same as that of its typed sister.
fn row_content(columns: &OrderColumns<'_>, row: usize, dense: &DenseOrder) -> u64 {
    let (from, _) = columns.range(row);
    let mut digest = Digest::default();
    OrderContent {
        order: &dense.order,
        channel: Code::Id(dense.channel.0),
        to: dense.to,
        deliver_by: dense.deliver_by,
        priority: None,
        commitment: dense.commitment,
        hold: None,
        occurred_at: None,
        lines: dense.lines.len(),
    }
    .hash(&mut digest);
    for (at, line) in dense.lines.iter().enumerate() {
        let price = given(columns.price, from.saturating_add(at)).map(Money::from_micros);
        (Code::Id(line.sku.0), line.qty, None::<&str>, price).hash(&mut digest);
    }
    digest.finish()
}
