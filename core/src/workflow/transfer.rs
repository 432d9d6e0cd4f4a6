//! The transfer between nodes: shipped with its exact value, received with the same.

use super::carried::{layer, layers_taken, lot, places};
use super::common::*;
use super::dated::{Arriving, Picks, note_arriving};
use super::fills::fill_backorders;
use crate::catalog::*;
use crate::costing::{Costing, extend, share};
use crate::exception::{ExceptionCode, Opened};
use crate::posting::{Context, Movement};
use crate::record::*;
use crate::stock::{Condition, Taken};
use crate::value::ids::*;
use crate::value::money::Money;
use crate::value::num;
use crate::value::rejection::Rejection;
use crate::value::sort::PutInOrder;
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
    /// Each unit is told once: as good, as damaged, or, by closing, as lost.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// # let json = r#"{"ship_transfer":{"transfer":"T-1","from":"RENO","to":"DALLAS","lines":[
    /// #     {"sku":"TEE","qty":4}]}}"#;
    /// # book.execute(&Envelope::new("ship", at, serde_json::from_str(json)?))?;
    /// // Of the 4 TEE that were sent, 3 arrive.
    /// let arrive = ReceiveTransfer {
    ///     transfer: "T-1".into(), lines: vec![DocumentLine { line: 1, qty: 3 }], closing: Closing::Short,
    ///     damaged: vec![], surplus: Surplus::Refuse,
    /// };
    /// book.execute(&Envelope::new("arrive", at, Command::ReceiveTransfer(arrive)))?;
    /// assert_eq!(book.stock_columns().on_hand, [6, 3]);
    /// assert_eq!(book.open_exceptions()[0].opened.code, ExceptionCode::TransferShort);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct ReceiveTransfer {
        /// The transfer.
        pub transfer: String,
        /// What arrived fit for sale, by line of the transfer.
        pub lines: Vec<super::order::DocumentLine>,
        /// Whether more will come.
        #[serde(default)]
        pub closing: Closing,
        /// What arrived broken, beside `lines`: it lies apart as damaged, and an exception is opened.
        #[serde(default)]
        pub damaged: Vec<super::order::DocumentLine>,
        /// What becomes of units beyond those sent.
        #[serde(default)]
        pub surplus: Surplus,
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

crate::value::wire::words! {
    /// What becomes of units that arrive beyond those that a transfer sent.
    #[derive(Default)]
    pub enum Surplus {
        /// They are refused: the quantity may be a slip.
        #[default]
        Refuse,
        /// They are taken from the sender's free stock, for they have left it: a transfer of their own,
        /// numbered after this one, and an exception at the sender.
        Take,
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
    let kept = Kept::check(state, ship, (from, to))?;
    let mut lines: Vec<TransferredLine> = Vec::with_capacity(ship.lines.len());
    for (number, line) in (1u32..).zip(&ship.lines) {
        let (sku, row) = catalog.sku_of(&line.sku)?;
        let qty = quantity(line.qty)?;
        let same = lines.iter().filter(|known| known.sku == sku).map(|known| known.qty);
        let earlier: Vec<i64> = same.collect();
        let before = earlier.iter().copied().fold(0, i64::saturating_add);
        let taken = match kept.of(state, sku, &mut picks)? {
            Some(taken) => taken,
            None => {
                let free = state.stock.cells.get(sku, from).free();
                let asked = before.saturating_add(qty);
                if asked > free {
                    let (sku, node) = (line.sku.clone(), ship.from.clone());
                    return Err(Rejection::NotOnHand { sku, node, asked, free });
                }
                picks.free(state, (sku, from), before, qty)?
            }
        };
        let layers = layers_taken(state, (sku, row, from), &earlier, qty)?;
        let price = between(state, (from, to), row, line.unit_price, qty)?;
        let issued = entry.take(sku, row, from, qty, &taken)?;
        if price.is_some() {
            entry.release((sku, row, from, qty), Movement::AllowanceRelease)?;
        }
        let (value, lots) = (issued.value, issued.lots);
        entry.post(Movement::TransferOut, value, &context(row, sku, from, qty))?;
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
            condition: Condition::Sellable,
        });
    }
    let wanted: Vec<(SkuId, i64)> = lines.iter().map(|line| (line.sku, line.qty)).collect();
    let places = (from, SupplierId::NONE, to);
    super::desk::may_place(state, RequestKind::Transfer, &ship.transfer, places, &wanted)?;
    let taken = super::desk::to_bring(state, RequestKind::Transfer, &ship.transfer);
    let postings = entry.postings;
    Ok(Body::TransferShipped(TransferShipped { transfer, from, to, lines, postings, taken }))
}

/// What is reserved at the sender for an order that waits for a transfer.
struct Kept {
    from: NodeId,
    held: Vec<(u32, u32, crate::stock::Reservation)>,
}

impl Kept {
    /// `Ok` if what leaves is what an order waits for, where the transfer is for one: all of it.
    fn check(state: &State, ship: &ShipTransfer, places: (NodeId, NodeId)) -> Result<Kept, Rejection> {
        let mut kept = Kept { from: places.0, held: Vec::new() };
        let known = state.desk.request_of(RequestKind::Transfer, &ship.transfer);
        let Some((id, row)) = known.filter(|(_, row)| row.parcel.is_some()) else { return Ok(kept) };
        let mut asked = Vec::with_capacity(ship.lines.len());
        for line in &ship.lines {
            asked.push((state.catalog.sku_of(&line.sku)?.0, line.qty));
        }
        super::desk::may_place(
            state,
            RequestKind::Transfer,
            &ship.transfer,
            (places.0, SupplierId::NONE, places.1),
            &asked,
        )?;
        asked.put_in_order();
        let mut open = row.lines.clone();
        open.put_in_order();
        if asked != open {
            let said = |(sku, qty): &(SkuId, i64)| format!("{qty} of {}", sku_code(state, *sku));
            let all: Vec<String> = open.iter().map(said).collect();
            let need = format!("all that its order waits for, each SKU once: {}", all.join(", "));
            return Err(Rejection::InvalidField { field: "lines".into(), need });
        }
        kept.held = state.brought_by(id);
        Ok(kept)
    }

    /// From which places what an order waits for of a SKU comes; none where no order does.
    fn of(&self, state: &State, sku: SkuId, picks: &mut Picks) -> Result<Option<Vec<Taken>>, Rejection> {
        let mut all: Option<Vec<Taken>> = None;
        let mut before = 0;
        let mut done: Vec<u32> = Vec::new();
        for (line, _, row) in self.held.iter().filter(|(_, _, row)| row.sku == sku) {
            let Some(known) = state.docs.lines.get(*line).filter(|_| !done.contains(line)) else { continue };
            done.push(*line);
            let mine = self.held.iter().filter(|(of, ..)| of == line).map(|(_, _, row)| row.qty);
            let qty = mine.fold(0, i64::saturating_add);
            let taken = picks.reserved(state, &known, (self.from, state.channel_of(row)), before, qty)?;
            all.get_or_insert_default().extend(taken);
            before = num::add(before, qty)?;
        }
        Ok(all)
    }
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
    let (told, order) = (check_told(receive)?, awaiting(state, &receive.transfer));
    let mut open = row.lines.clone();
    let numbers = (1u32..).take(open.len());
    let mut ways: Vec<UnderWay> = numbers.map(|number| state.costs.under_way(id, number)).collect();
    let mut entry = Entry::new(state);
    let mut lines = Vec::with_capacity(told);
    let mut arrived: Vec<(SkuId, i64)> = Vec::new();
    let mut lots: Vec<Arriving> = Vec::new();
    let mut exceptions = Vec::new();
    let good = receive.lines.iter().map(|line| (line, Condition::Sellable));
    let broken = receive.damaged.iter().map(|line| (line, Condition::Damaged));
    for (came, condition) in good.chain(broken) {
        let qty = quantity(came.qty)?;
        let at = came.line.checked_sub(1).map_or(usize::MAX, num::index);
        let unknown = || Rejection::UnknownLine { document: document(), line: came.line };
        let line = open.get_mut(at).ok_or_else(unknown)?;
        let open = line.left();
        if qty > open {
            let (document, line) = (document(), came.line);
            return Err(Rejection::MoreThanOpen { document, line, asked: qty, open });
        }
        let way = ways.get_mut(at).ok_or_else(unknown)?;
        let numbers = (id, came.line);
        let movement = Movement::TransferIn;
        let arriving = arrive(state, &mut entry, (line, way), numbers, (qty, row.to), movement)?;
        if condition == Condition::Damaged {
            let code = ExceptionCode::DamagedGoods;
            exceptions.push(Opened { code, order, sku: line.sku, node: row.to, qty });
            lines.push(TransferredLine { condition, ..arriving });
            continue;
        }
        note_arriving(state, &arriving, &mut lots);
        lines.push(arriving);
        add_up(&mut arrived, line.sku, qty)?;
    }
    let lost = match receive.closing {
        Closing::Short => {
            lose(state, &mut entry, (id, row.to, order), (&mut open, &mut ways), &mut exceptions)?
        }
        Closing::Open => Vec::new(),
    };
    let filled = fill_backorders(state, (row.to, order, &[]), &arrived, &lots, at)?;
    exceptions.extend(filled.exceptions);
    let its_own = filled.fills.iter().find(|fill| fill.order == order).map(|fill| fill.parcel);
    let goes_on = its_own.filter(|_| state.parcel_awaiting(TransferId(id)).is_some());
    Ok(Body::TransferReceived(TransferReceived {
        transfer: TransferId(id),
        lines,
        lost,
        fills: filled.fills,
        parcels: filled.parcels,
        postings: entry.postings,
        exceptions,
        goes_on,
    }))
}

fn add_up(arrived: &mut Vec<(SkuId, i64)>, sku: SkuId, qty: i64) -> Result<(), Rejection> {
    match arrived.iter_mut().find(|(known, _)| *known == sku) {
        Some((_, sum)) => *sum = num::add(*sum, qty)?,
        None => arrived.push((sku, qty)),
    }
    Ok(())
}

/// The order that a transfer brings goods for.
pub(crate) fn awaiting(state: &State, transfer: &str) -> OrderId {
    let row = state.desk.request_of(RequestKind::Transfer, transfer).and_then(|(_, row)| *row.parcel);
    row.and_then(|parcel| state.docs.parcels.get(parcel)).map_or(OrderId::NONE, |parcel| parcel.order)
}

/// How many lines a receipt tells.
fn check_told(receive: &ReceiveTransfer) -> Result<usize, Rejection> {
    let told = receive.lines.len().saturating_add(receive.damaged.len());
    if told == 0 && receive.closing == Closing::Open {
        return Err(Rejection::NoLines { field: "lines".into() });
    }
    at_most("lines", told, LINES_MAX)?;
    Ok(told)
}

/// What has not arrived is lost.
fn lose(
    state: &State,
    entry: &mut Entry<'_>,
    (transfer, to, order): (u32, NodeId, OrderId),
    (open, ways): (&mut [TransferLineRow], &mut [UnderWay]),
    exceptions: &mut Vec<Opened>,
) -> Result<Vec<TransferredLine>, Rejection> {
    let mut lost = Vec::new();
    for (number, (line, way)) in (1u32..).zip(open.iter_mut().zip(ways)) {
        let qty = line.left();
        if qty > 0 {
            let code = ExceptionCode::TransferShort;
            exceptions.push(Opened { code, order, sku: line.sku, node: to, qty });
            let loss = Movement::TransferLoss;
            lost.push(arrive(state, entry, (line, way), (transfer, number), (qty, to), loss)?);
        }
    }
    Ok(lost)
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

/// A receipt of more than was sent, in its parts: what was sent, and the transfer that the rest is.
pub(crate) struct Parted {
    pub own: ReceiveTransfer,
    pub ship: ShipTransfer,
    pub rest: ReceiveTransfer,
    /// What is too much: an exception at the sender.
    pub exceptions: Vec<Opened>,
}

/// Parts a receipt, where it takes a surplus and has one.
pub(crate) fn part_surplus(state: &State, receive: &ReceiveTransfer) -> Result<Option<Parted>, Rejection> {
    let id = known_document(&state.docs.transfers, "transfer", &receive.transfer)?;
    let Some(row) = state.docs.transfer.get(id) else { return Ok(None) };
    let (number, mut times) = (format!("{}/over", receive.transfer), 1u32);
    let mut transfer = number.clone();
    while state.docs.transfers.find(&DocKey::from(transfer.as_str())).is_some() {
        times = times.saturating_add(1);
        transfer = format!("{number}{times}");
    }
    let name = |lines: &[super::order::DocumentLine]| ReceiveTransfer {
        transfer: transfer.clone(),
        lines: lines.to_vec(),
        closing: Closing::Open,
        damaged: Vec::new(),
        surplus: Surplus::Refuse,
    };
    let mut own = ReceiveTransfer { surplus: Surplus::Refuse, ..receive.clone() };
    let mut open: Vec<i64> = row.lines.iter().map(TransferLineRow::left).collect();
    let (mut ship, mut exceptions) = (Vec::new(), Vec::new());
    let mut beyond = |lines: &mut Vec<super::order::DocumentLine>| -> Result<_, Rejection> {
        let mut over = Vec::new();
        for came in lines.iter_mut() {
            let at = came.line.checked_sub(1).map_or(usize::MAX, num::index);
            let (Some(sent), Some(free)) = (row.lines.get(at), open.get_mut(at)) else { continue };
            let qty = quantity(came.qty)?.saturating_sub(*free);
            *free = free.saturating_sub(came.qty).max(0);
            if qty > 0 {
                came.qty = came.qty.saturating_sub(qty);
                ship.push(TransferLine { sku: sku_code(state, sent.sku), qty, unit_price: None });
                over.push(super::order::DocumentLine { line: num::id(ship.len()), qty });
                let (code, order) = (ExceptionCode::TransferOver, OrderId::NONE);
                exceptions.push(Opened { code, order, sku: sent.sku, node: row.from, qty });
            }
        }
        lines.retain(|line| line.qty > 0);
        Ok(over)
    };
    let (good, broken) = (beyond(&mut own.lines)?, beyond(&mut own.damaged)?);
    if ship.is_empty() {
        return Ok(None);
    }
    let rest = ReceiveTransfer { damaged: broken, ..name(&good) };
    let (from, to) = (node_code(state, row.from), node_code(state, row.to));
    Ok(Some(Parted { own, ship: ShipTransfer { transfer, from, to, lines: ship }, rest, exceptions }))
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
        (true, false) => share(line.value, qty, line.left(), minor)?,
    };
    // What the seller sent and the buyer never had is the seller's loss.
    let from = state.docs.transfer.get(transfer).map_or(to, |row| row.from);
    let open = state.costs.transfer_price(transfer, number);
    let sellers = movement == Movement::TransferLoss && open.is_some();
    let about = context(sku, line.sku, if sellers { from } else { to }, qty);
    let along = way.along.take(qty, line.left(), minor)?;
    if movement == Movement::TransferLoss {
        entry.post(Movement::WriteDownReversal, along.allowance, &Context { qty: 0, ..about })?;
    }
    let open = open.filter(|_| movement == Movement::TransferIn);
    let price = open.map(|open| share(open, qty, line.left(), state.head.minor)).transpose()?;
    match price {
        Some(price) => {
            // The seller's side lies at the seller's node.
            let sells = Context { node: from, ..about };
            entry.post(Movement::IntercompanyCost, value, &sells)?;
            entry.post(Movement::IntercompanySale, price, &Context { qty: 0, ..sells })?;
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
        condition: Condition::Sellable,
    })
}
