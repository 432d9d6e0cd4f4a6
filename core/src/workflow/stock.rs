//! Stock on its own: received, corrected, moved, held.

use super::common::*;
use super::orderable::check_orderable;
use crate::allocation::PlacedLine;
use crate::catalog::*;
use crate::costing::extend;
use crate::exception::{ExceptionCode, Opened};
use crate::posting::{Context, Movement};
use crate::record::*;
use crate::stock::*;
use crate::value::ids::*;
use crate::value::money::Money;
use crate::value::num;
use crate::value::rejection::Rejection;
use crate::value::time::Instant;

/// A receipt with its codes resolved.
pub(crate) struct DenseReceipt {
    pub receipt: DocKey,
    pub node: NodeId,
    pub supplier: SupplierId,
    pub purchase_order: PurchaseId,
    pub lines: Vec<DenseReceiptLine>,
}

/// A line of it.
pub(crate) struct DenseReceiptLine {
    pub sku: SkuId,
    pub qty: i64,
    pub unit_cost: Option<Money>,
    pub place: Place,
}

pub(crate) fn decide_receipt(state: &State, receive: &ReceiveGoods, at: Instant) -> Result<Body, Rejection> {
    let catalog = &state.catalog;
    let receipt = new_document(&state.docs.receipts, "receipt", &receive.receipt)?;
    let (node, _) = catalog.node_of(&receive.node)?;
    some_lines(receive.lines.len())?;
    let supplier =
        receive.supplier.as_deref().map(|s| catalog.supplier_of(s).map(|(id, _)| id)).transpose()?;
    let mut supplier = supplier.unwrap_or(SupplierId::NONE);
    let mut purchase_order = PurchaseId::NONE;
    if let Some(number) = &receive.purchase_order {
        let id = known_document(&state.docs.purchases, "purchase order", number)?;
        purchase_order = PurchaseId(id);
        supplier = check_purchase(state, id, number, node, supplier)?;
    }
    let mut lines = Vec::with_capacity(receive.lines.len());
    for line in &receive.lines {
        let (sku, row) = catalog.sku_of(&line.sku)?;
        let qty = to_smallest(catalog, sku, row, line.qty, line.unit.as_deref())?;
        check_place(state, node, &line.place)?;
        lines.push(DenseReceiptLine { sku, qty, unit_cost: line.unit_cost, place: line.place.clone() });
    }
    receive_rows(state, DenseReceipt { receipt, node, supplier, purchase_order, lines }, at)
}

fn check_purchase(
    state: &State,
    id: u32,
    number: &str,
    node: NodeId,
    supplier: SupplierId,
) -> Result<SupplierId, Rejection> {
    let Some(row) = state.docs.purchase.get(id) else {
        return Err(Rejection::UnknownDocument { kind: "purchase order".into(), document: number.into() });
    };
    if row.cancelled {
        return Err(Rejection::IllegalStep {
            kind: "purchase order".into(),
            document: number.into(),
            state: "cancelled".into(),
            step: "receive_goods".into(),
        });
    }
    if row.node != node || (supplier != SupplierId::NONE && supplier != row.supplier) {
        return Err(Rejection::InvalidField {
            field: "purchase_order".into(),
            need: "the purchase order's own node and supplier".into(),
        });
    }
    Ok(row.supplier)
}

/// Values a receipt, nets it against its purchase order, and fills what waits for it.
pub(crate) fn receive_rows(state: &State, receipt: DenseReceipt, at: Instant) -> Result<Body, Rejection> {
    let DenseReceipt { receipt, node, supplier, purchase_order, lines } = receipt;
    let mut entry = Entry::new(state);
    let mut open = state.docs.purchase.get(purchase_order.0).map(|row| row.lines.clone()).unwrap_or_default();
    let movement = if supplier == SupplierId::NONE { Movement::Opening } else { Movement::Receipt };
    let mut received = Vec::with_capacity(lines.len());
    let mut arrived: Vec<(SkuId, i64)> = Vec::new();
    let mut exceptions = Vec::new();
    for line in lines {
        let Some(row) = state.catalog.sku.get(line.sku.0) else {
            return Err(Rejection::UnknownSku { sku: line.sku.0.to_string() });
        };
        let against = take_open(state, purchase_order, &mut open, &line)?;
        if against.over > 0 {
            let code = ExceptionCode::OverReceipt;
            exceptions.push(Opened { code, order: OrderId::NONE, sku: line.sku, node, qty: against.over });
        }
        let value = receipt_value(state, row, &line, against.unit_cost)?;
        check_room(state, &line, node, &received)?;
        entry.post(movement, value, &context(row, line.sku, node, line.qty))?;
        if line.place.is_own() && line.place.condition == Condition::Sellable {
            match arrived.iter_mut().find(|(sku, _)| *sku == line.sku) {
                Some((_, qty)) => *qty = num::add(*qty, line.qty)?,
                None => arrived.push((line.sku, line.qty)),
            }
        }
        received.push(ReceivedLine {
            sku: line.sku,
            qty: line.qty,
            value,
            on_order: against.on_order,
            purchase_line: against.line,
            place: line.place,
        });
    }
    let filled = fill_backorders(state, node, &arrived, at)?;
    exceptions.extend(filled.exceptions);
    Ok(Body::GoodsReceived(GoodsReceived {
        receipt,
        node,
        supplier,
        purchase_order,
        lines: received,
        fills: filled.fills,
        parcels: filled.parcels,
        postings: entry.postings,
        exceptions,
    }))
}

/// What a receipt line meets on its purchase order.
struct Against {
    line: u32,
    unit_cost: Option<Money>,
    on_order: i64,
    over: i64,
}

fn take_open(
    state: &State,
    purchase: PurchaseId,
    open: &mut [PurchaseLineRow],
    line: &DenseReceiptLine,
) -> Result<Against, Rejection> {
    if purchase == PurchaseId::NONE {
        return Ok(Against { line: 0, unit_cost: None, on_order: 0, over: 0 });
    }
    let awaits = |row: &PurchaseLineRow| row.sku == line.sku && row.received < row.qty;
    let at = open.iter().position(awaits).or_else(|| open.iter().position(|row| row.sku == line.sku));
    let Some((at, row)) = at.and_then(|at| open.get_mut(at).map(|row| (at, row))) else {
        let sku = sku_code(state, line.sku);
        let need = format!("SKUs of the purchase order; `{sku}` is not on it");
        return Err(Rejection::InvalidField { field: "lines.sku".into(), need });
    };
    let on_order = row.qty.saturating_sub(row.received).clamp(0, line.qty);
    row.received = num::add(row.received, line.qty)?;
    let number = num::id(at).saturating_add(1);
    let over = line.qty.saturating_sub(on_order);
    Ok(Against { line: number, unit_cost: Some(row.unit_cost), on_order, over })
}

fn receipt_value(
    state: &State,
    row: &SkuRow,
    line: &DenseReceiptLine,
    ordered_at: Option<Money>,
) -> Result<Money, Rejection> {
    let need = |need: &str| Rejection::InvalidField { field: "lines.unit_cost".into(), need: need.into() };
    match (line.place.is_own(), line.unit_cost.or(ordered_at)) {
        (false, None) => Ok(Money::ZERO),
        (false, Some(_)) if line.unit_cost.is_none() => Ok(Money::ZERO),
        (false, Some(_)) => Err(need("none: goods of another owner are counted, not valued")),
        (true, None) => Err(need("a cost for own goods without a purchase order")),
        (true, Some(cost)) => {
            price("lines.unit_cost", cost)?;
            Ok(extend(cost, line.qty, row.scale, state.head.minor)?)
        }
    }
}

/// `Ok` if the sums that a receipt adds to stay within range.
fn check_room(
    state: &State,
    line: &DenseReceiptLine,
    node: NodeId,
    before: &[ReceivedLine],
) -> Result<(), Rejection> {
    let same = before.iter().filter(|known| known.sku == line.sku);
    let coming = same.map(|known| known.qty).fold(line.qty, i64::saturating_add);
    let there = if line.place.is_own() {
        state.stock.borders.get(line.sku.0).map_or(0, |border| border.received.max(border.adjusted))
    } else {
        state.stock.in_place(line.sku, node, &line.place)
    };
    if there.saturating_add(coming) > num::BALANCE_MAX {
        return Err(Rejection::OutOfRange { what: "units received".into() });
    }
    Ok(())
}

pub(crate) fn decide_adjustment(state: &State, adjust: &AdjustStock) -> Result<Body, Rejection> {
    let catalog = &state.catalog;
    let adjustment = new_document(&state.docs.adjustments, "adjustment", &adjust.adjustment)?;
    let (node, _) = catalog.node_of(&adjust.node)?;
    let reason = catalog.reason_of(&adjust.reason)?;
    some_lines(adjust.lines.len())?;
    let mut entry = Entry::new(state);
    let mut lines: Vec<AdjustedLine> = Vec::with_capacity(adjust.lines.len());
    for line in &adjust.lines {
        let (sku, row) = catalog.sku_of(&line.sku)?;
        check_place(state, node, &line.place)?;
        quantity(line.qty.saturating_abs())?;
        if lines.iter().any(|known| known.sku == sku) {
            return Err(Rejection::InvalidField { field: "lines".into(), need: "one line a SKU".into() });
        }
        let context = Context { reason, ..context(row, sku, node, line.qty) };
        let value = if !line.place.is_own() {
            check_others(state, sku, node, line)?;
            Money::ZERO
        } else if line.qty > 0 {
            let value = gain_value(state, sku, row, node, line)?;
            entry.post(Movement::Gain, value, &context)?;
            value
        } else {
            let qty = line.qty.saturating_neg();
            check_free(state, sku, node, &line.place, qty)?;
            let value = entry.issue(sku, row, node, qty)?;
            entry.post(Movement::Loss, value, &context)?;
            Money::ZERO.minus(value)?
        };
        lines.push(AdjustedLine { sku, qty: line.qty, value, place: line.place.clone() });
    }
    Ok(Body::StockAdjusted(StockAdjusted { adjustment, node, reason, lines, postings: entry.postings }))
}

/// Goods found are worth what was said, or what the pool's others are: never nothing by accident.
fn gain_value(
    state: &State,
    sku: SkuId,
    row: &SkuRow,
    node: NodeId,
    line: &AdjustLine,
) -> Result<Money, Rejection> {
    let border = state.stock.borders.get(sku.0).copied().unwrap_or_default();
    if border.adjusted.max(border.received).saturating_add(line.qty) > num::BALANCE_MAX {
        return Err(Rejection::OutOfRange { what: "units adjusted".into() });
    }
    let cell = state.stock.cells.get(sku, node);
    match line.unit_cost {
        Some(cost) => {
            price("lines.unit_cost", cost)?;
            Ok(extend(cost, line.qty, row.scale, state.head.minor)?)
        }
        None if cell.on_hand() > 0 => {
            let cents = num::mul_div(cell.value.micros(), 1, state.head.minor)?;
            let worth = num::mul_div(cents, line.qty, cell.on_hand())?;
            Ok(Money::from_micros(num::mul(worth, state.head.minor)?))
        }
        None => Err(Rejection::InvalidField {
            field: "lines.unit_cost".into(),
            need: "a cost: there is no stock to take it from".into(),
        }),
    }
}

fn check_others(state: &State, sku: SkuId, node: NodeId, line: &AdjustLine) -> Result<(), Rejection> {
    let there = state.stock.in_place(sku, node, &line.place);
    let after = num::add(there, line.qty)?;
    if after < 0 {
        return Err(not_on_hand(state, sku, node, line.qty.saturating_neg(), there));
    }
    if after > num::BALANCE_MAX {
        return Err(Rejection::OutOfRange { what: "units of another owner".into() });
    }
    Ok(())
}

fn not_on_hand(state: &State, sku: SkuId, node: NodeId, asked: i64, free: i64) -> Rejection {
    Rejection::NotOnHand { sku: sku_code(state, sku), node: node_code(state, node), asked, free }
}

/// `Ok` if a place holds so much, and so much of it is not reserved.
pub(crate) fn check_free(
    state: &State,
    sku: SkuId,
    node: NodeId,
    place: &Place,
    qty: i64,
) -> Result<(), Rejection> {
    let mut free = state.stock.in_place(sku, node, place);
    if place.is_own() && place.condition == Condition::Sellable {
        free = free.min(state.stock.cells.get(sku, node).free());
    }
    if free < qty { Err(not_on_hand(state, sku, node, qty, free.max(0))) } else { Ok(()) }
}

pub(crate) fn decide_move(state: &State, moved: &MoveStock) -> Result<Body, Rejection> {
    let movement = new_document(&state.docs.movements, "movement", &moved.movement)?;
    let (node, _) = state.catalog.node_of(&moved.node)?;
    let (sku, _) = state.catalog.sku_of(&moved.sku)?;
    let qty = quantity(moved.qty)?;
    check_place(state, node, &moved.from)?;
    check_place(state, node, &moved.to)?;
    if moved.from.owner != moved.to.owner || moved.from == moved.to {
        let need = "another place of the same owner".into();
        return Err(Rejection::InvalidField { field: "to".into(), need });
    }
    // From one sellable place to another what is reserved at the node stays covered.
    let stays = moved.from.is_own() && moved.to.condition == Condition::Sellable;
    if stays && moved.from.condition == Condition::Sellable {
        let there = state.stock.in_place(sku, node, &moved.from);
        if there < qty {
            return Err(not_on_hand(state, sku, node, qty, there.max(0)));
        }
    } else {
        check_free(state, sku, node, &moved.from, qty)?;
    }
    let there = state.stock.in_place(sku, node, &moved.to);
    if there.saturating_add(qty) > num::BALANCE_MAX {
        return Err(Rejection::OutOfRange { what: "units in a place".into() });
    }
    let (from, to) = (moved.from.clone(), moved.to.clone());
    Ok(Body::StockMoved(StockMoved { movement, node, sku, qty, from, to }))
}

pub(crate) fn decide_hold(state: &State, hold: &HoldStock, at: Instant) -> Result<Body, Rejection> {
    let key = new_document(&state.docs.holds, "hold", &hold.hold)?;
    let (channel, _) = state.catalog.channel_of(&hold.channel)?;
    some_lines(hold.lines.len())?;
    if !hold.expires_at.is_valid() || hold.expires_at <= at {
        return Err(Rejection::InvalidInstant { field: "expires_at".into() });
    }
    let mut lines: Vec<HeldLine> = Vec::with_capacity(hold.lines.len());
    for line in &hold.lines {
        let (sku, _) = state.catalog.sku_of(&line.sku)?;
        let (node, row) = state.catalog.node_of(&line.node)?;
        if row.status == NodeStatus::Closed {
            return Err(Rejection::NodeClosed { node: line.node.clone() });
        }
        let qty = quantity(line.qty)?;
        let same = lines.iter().filter(|known| (known.sku, known.node) == (sku, node));
        let asked = same.map(|known| known.qty).fold(qty, i64::saturating_add);
        let cell = state.stock.cells.get(sku, node);
        let (free, _) = state.stock.free_for(sku, node, &cell, channel);
        if free < asked {
            return Err(not_on_hand(state, sku, node, asked, free));
        }
        let same = lines.iter().filter(|known| known.sku == sku);
        let asked = same.map(|known| known.qty).fold(qty, i64::saturating_add);
        let free = state.stock.room_of(sku, channel, 0);
        if free < asked {
            return Err(not_on_hand(state, sku, node, asked, free));
        }
        lines.push(HeldLine { sku, node, qty });
    }
    let placed = |line: &HeldLine| PlacedLine { sku: line.sku, qty: line.qty, price: Money::ZERO };
    let asked: Vec<PlacedLine> = lines.iter().map(placed).collect();
    check_orderable(state, &asked, "hold_stock")?;
    Ok(Body::StockHeld(StockHeld { hold: key, channel, lines, expires_at: hold.expires_at }))
}

/// A hold that still holds.
pub(crate) fn living_hold(state: &State, number: &str, step: &str) -> Result<HoldId, Rejection> {
    let id = known_document(&state.docs.holds, "hold", number)?;
    match state.docs.hold.get(id) {
        Some(row) if row.state == HoldState::Held => Ok(HoldId(id)),
        _ => Err(Rejection::IllegalStep {
            kind: "hold".into(),
            document: number.into(),
            state: "ended".into(),
            step: step.into(),
        }),
    }
}

pub(crate) fn decide_release(state: &State, release: &ReleaseHold) -> Result<Body, Rejection> {
    Ok(Body::HoldReleased(HoldEnded { hold: living_hold(state, &release.hold, "release_hold")? }))
}
