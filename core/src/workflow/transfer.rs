//! The transfer between nodes: shipped with its exact value, received with the same.

use super::carried::{layer, layers_taken, lot, places};
use super::common::*;
use super::dated::{Arriving, Picks, note_arriving};
use crate::catalog::*;
use crate::costing::{Costing, extend, share};
use crate::exception::{ExceptionCode, Opened};
use crate::posting::{Context, Movement};
use crate::record::*;
use crate::value::ids::*;
use crate::value::money::Money;
use crate::value::num;
use crate::value::rejection::Rejection;
use crate::value::time::Instant;
use crate::value::wire::wire;

wire! {
    /// Sends goods to another node.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// // 4 of the 10 TEE at RENO, at 8.00 each, are sent to DALLAS.
    /// let ship = ShipTransfer {
    ///     transfer: "T-1".into(), from: "RENO".into(), to: "DALLAS".into(),
    ///     lines: vec![TransferLine { sku: "TEE".into(), qty: 4, unit_price: None }],
    /// };
    /// book.execute(&Envelope::new("t-1", at, Command::ShipTransfer(ship)))?;
    /// assert_eq!(book.stock_columns().on_hand, [6]);
    /// assert_eq!(book.in_transit_value(), Money::from_cents(32_00));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct ShipTransfer {
        /// Number of the transfer.
        pub transfer: String,
        /// The node that sends.
        pub from: String,
        /// The node that receives.
        pub to: String,
        /// What is sent.
        pub lines: Vec<TransferLine>,
    }

    /// A line of a transfer.
    pub struct TransferLine {
        /// The SKU.
        pub sku: String,
        /// How many, in the SKU's smallest unit.
        pub qty: i64,
        /// Transfer price of a base unit, where the nodes belong to two companies.
        #[serde(default)]
        pub unit_price: Option<Money>,
    }

    /// Takes a transfer in, in one or several parts. With `closing: short`, what has not arrived is lost.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// # let json = r#"{"ship_transfer":{"transfer":"T-1","from":"RENO","to":"DALLAS","lines":[
    /// #     {"sku":"TEE","qty":4}]}}"#;
    /// # book.execute(&Envelope::new("ship", at, serde_json::from_str(json)?))?;
    /// // Of the 4 TEE that were sent, 3 arrive.
    /// let arrive = ReceiveTransfer {
    ///     transfer: "T-1".into(), lines: vec![DocumentLine { line: 1, qty: 3 }], closing: Closing::Short,
    /// };
    /// book.execute(&Envelope::new("arrive", at, Command::ReceiveTransfer(arrive)))?;
    /// assert_eq!(book.stock_columns().on_hand, [6, 3]);
    /// assert_eq!(book.open_exceptions()[0].opened.code, ExceptionCode::TransferShort);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct ReceiveTransfer {
        /// The transfer.
        pub transfer: String,
        /// What arrived, by line of the transfer.
        pub lines: Vec<super::order::DocumentLine>,
        /// Whether more will come.
        #[serde(default)]
        pub closing: Closing,
    }
}

crate::value::wire::words! {
    /// Whether the rest of a transfer is still awaited.
    #[derive(Default)]
    pub enum Closing {
        /// The rest is awaited.
        #[default]
        Open,
        /// The rest is lost: a loss is posted and an exception opened.
        Short,
    }
}

pub(crate) fn decide_transfer_out(state: &State, ship: &ShipTransfer) -> Result<Body, Rejection> {
    let catalog = &state.catalog;
    let transfer = new_document(&state.docs.transfers, "transfer", &ship.transfer)?;
    let (from, row) = catalog.node_of(&ship.from)?;
    let (to, _) = catalog.node_of(&ship.to)?;
    if row.status == NodeStatus::Closed {
        return Err(Rejection::NodeClosed { node: ship.from.clone() });
    }
    if from == to {
        return Err(Rejection::InvalidField { field: "to".into(), need: "another node".into() });
    }
    some_lines(ship.lines.len())?;
    let mut entry = Entry::new(state);
    let mut picks = Picks::default();
    let mut lines: Vec<TransferredLine> = Vec::with_capacity(ship.lines.len());
    for (number, line) in (1u32..).zip(&ship.lines) {
        let (sku, row) = catalog.sku_of(&line.sku)?;
        let qty = quantity(line.qty)?;
        let same = lines.iter().filter(|known| known.sku == sku).map(|known| known.qty);
        let earlier: Vec<i64> = same.collect();
        let before = earlier.iter().copied().fold(0, i64::saturating_add);
        let free = state.stock.cells.get(sku, from).free();
        let asked = before.saturating_add(qty);
        if asked > free {
            let (sku, node) = (line.sku.clone(), ship.from.clone());
            return Err(Rejection::NotOnHand { sku, node, asked, free });
        }
        let taken = picks.free(state, (sku, from), before, qty)?;
        let layers = layers_taken(state, (sku, row, from), &earlier, qty)?;
        let issued = entry.issue(sku, row, from, qty, &taken)?;
        let (value, lots) = (issued.value, issued.lots);
        entry.post(Movement::TransferOut, value, &context(row, sku, from, qty))?;
        let price = between(state, (from, to), row, line.unit_price, qty)?;
        lines.push(TransferredLine {
            line: number,
            sku,
            qty,
            value,
            taken,
            lots,
            passed: Money::ZERO,
            price,
            layers,
        });
    }
    let wanted: Vec<(SkuId, i64)> = lines.iter().map(|line| (line.sku, line.qty)).collect();
    let places = (from, SupplierId::NONE, to);
    super::desk::may_place(state, RequestKind::Transfer, &ship.transfer, places, &wanted)?;
    Ok(Body::TransferShipped(TransferShipped { transfer, from, to, lines, postings: entry.postings }))
}

pub(crate) fn decide_transfer_in(
    state: &State,
    receive: &ReceiveTransfer,
    at: Instant,
) -> Result<Body, Rejection> {
    let (kind, document) = (|| String::from("transfer"), || receive.transfer.clone());
    let id = known_document(&state.docs.transfers, "transfer", &receive.transfer)?;
    let Some(row) = state.docs.transfer.get(id) else {
        return Err(Rejection::UnknownDocument { kind: kind(), document: document() });
    };
    if row.state() == TransferState::Received {
        let (state, step) = ("received".into(), "receive_transfer".into());
        return Err(Rejection::IllegalStep { kind: kind(), document: document(), state, step });
    }
    if receive.lines.is_empty() && receive.closing == Closing::Open {
        return Err(Rejection::NoLines { field: "lines".into() });
    }
    at_most("lines", receive.lines.len(), LINES_MAX)?;
    let mut open = row.lines.clone();
    let numbers = (1u32..).take(open.len());
    let mut ways: Vec<UnderWay> = numbers.map(|number| state.costs.under_way(id, number)).collect();
    let mut entry = Entry::new(state);
    let mut lines = Vec::with_capacity(receive.lines.len());
    let mut arrived: Vec<(SkuId, i64)> = Vec::new();
    let mut lots: Vec<Arriving> = Vec::new();
    for came in &receive.lines {
        let qty = quantity(came.qty)?;
        let at = came.line.checked_sub(1).map_or(usize::MAX, num::index);
        let unknown = || Rejection::UnknownLine { document: document(), line: came.line };
        let line = open.get_mut(at).ok_or_else(unknown)?;
        let open = left(line);
        if qty > open {
            let (document, line) = (document(), came.line);
            return Err(Rejection::MoreThanOpen { document, line, asked: qty, open });
        }
        let way = ways.get_mut(at).ok_or_else(unknown)?;
        let numbers = (id, came.line);
        let arriving = arrive(state, &mut entry, (line, way), numbers, (qty, row.to), Movement::TransferIn)?;
        note_arriving(state, &arriving, &mut lots);
        lines.push(arriving);
        match arrived.iter_mut().find(|(sku, _)| *sku == line.sku) {
            Some((_, sum)) => *sum = num::add(*sum, qty)?,
            None => arrived.push((line.sku, qty)),
        }
    }
    let (lost, mut exceptions) = match receive.closing {
        Closing::Short => lose(state, &mut entry, (id, row.to), (&mut open, &mut ways))?,
        Closing::Open => Default::default(),
    };
    let filled = fill_backorders(state, row.to, &arrived, &lots, at)?;
    exceptions.extend(filled.exceptions);
    Ok(Body::TransferReceived(TransferReceived {
        transfer: TransferId(id),
        lines,
        lost,
        fills: filled.fills,
        parcels: filled.parcels,
        postings: entry.postings,
        exceptions,
    }))
}

/// What has not arrived is lost.
fn lose(
    state: &State,
    entry: &mut Entry<'_>,
    (transfer, to): (u32, NodeId),
    (open, ways): (&mut [TransferLineRow], &mut [UnderWay]),
) -> Result<(Vec<TransferredLine>, Vec<Opened>), Rejection> {
    let (mut lost, mut exceptions) = (Vec::new(), Vec::new());
    for (number, (line, way)) in (1u32..).zip(open.iter_mut().zip(ways)) {
        let qty = left(line);
        if qty > 0 {
            let (code, order) = (ExceptionCode::TransferShort, OrderId::NONE);
            exceptions.push(Opened { code, order, sku: line.sku, node: to, qty });
            let loss = Movement::TransferLoss;
            lost.push(arrive(state, entry, (line, way), (transfer, number), (qty, to), loss)?);
        }
    }
    Ok((lost, exceptions))
}

/// What goods cost the company that receives them, where it is another than the one that sends.
fn between(
    state: &State,
    (from, to): (NodeId, NodeId),
    row: &SkuRow,
    unit_price: Option<Money>,
    qty: i64,
) -> Result<Option<Money>, Rejection> {
    let company = |node| state.catalog.site_of(node).map(|site| site.company);
    let need = |need: &str| Rejection::InvalidField { field: "lines.unit_price".into(), need: need.into() };
    let two = company(from).zip(company(to)).is_some_and(|(from, to)| from != to);
    match unit_price {
        None if two => Err(need("a transfer price: the nodes belong to two companies")),
        Some(_) if !two => Err(need("none: the nodes belong to one company")),
        None => Ok(None),
        Some(each) => {
            price("lines.unit_price", each)?;
            Ok(Some(extend(each, qty, row.scale, state.head.minor)?))
        }
    }
}

fn left(line: &TransferLineRow) -> i64 {
    line.qty.saturating_sub(line.received).saturating_sub(line.lost)
}

/// Takes units and their share of the value out of transit.
fn arrive(
    state: &State,
    entry: &mut Entry<'_>,
    (line, way): (&mut TransferLineRow, &mut UnderWay),
    (transfer, number): (u32, u32),
    (qty, to): (i64, NodeId),
    movement: Movement,
) -> Result<TransferredLine, Rejection> {
    let Some(sku) = state.catalog.sku.get(line.sku.0) else {
        return Err(Rejection::UnknownSku { sku: line.sku.0.to_string() });
    };
    let minor = state.head.minor;
    let mut layers = take_carried(&mut way.layers, qty, minor, |_| true)?;
    let lots = take_carried(&mut way.lots, qty, minor, |_| true)?;
    let by_lot = state.method(sku) == Costing::Lot && !lots.is_empty();
    let value = match (layers.is_empty(), by_lot) {
        (false, _) => sum_carried(&layers)?.value,
        (true, true) => sum_carried(&lots)?.value,
        (true, false) => share(line.value, qty, left(line), minor)?,
    };
    let about = context(sku, line.sku, to, qty);
    let open = state.costs.transfer_price(transfer, number).filter(|_| movement == Movement::TransferIn);
    let price = open.map(|open| share(open, qty, left(line), state.head.minor)).transpose()?;
    match price {
        Some(price) => {
            entry.post(Movement::IntercompanyCost, value, &about)?;
            entry.post(Movement::IntercompanySale, price, &Context { qty: 0, ..about })?;
            entry.post(Movement::IntercompanyPurchase, price, &about)?;
        }
        None => entry.post(movement, value, &about)?,
    }
    let passed = if movement == Movement::TransferIn {
        let coming = (qty, price.unwrap_or(value));
        entry.enter(line.sku, sku, coming, &about, Movement::TransferVariance)?
    } else {
        Money::ZERO
    };
    line.value = line.value.minus(value)?;
    line.received = num::add(line.received, qty)?;
    let arrives = movement == Movement::TransferIn;
    if !arrives || price.is_some() {
        // Lost goods have no layers any more, and those of another company have its own.
        layers.clear();
    }
    Ok(TransferredLine {
        line: number,
        sku: line.sku,
        qty,
        value,
        taken: if arrives && !by_lot { places(state, &lots) } else { Vec::new() },
        lots: if by_lot { lots.iter().map(lot).collect() } else { Vec::new() },
        passed,
        price,
        layers: layers.iter().map(layer).collect(),
    })
}
