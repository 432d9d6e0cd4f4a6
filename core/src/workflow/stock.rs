//! Stock on its own: received, corrected, moved, held.

use super::common::*;
use super::dated::{arriving, check_lot, check_tracked, new_date};
use super::fills::fill_backorders;
use crate::catalog::*;
use crate::costing::{Costing, at_ratio, extend, share};
use crate::exception::{ExceptionCode, Opened};
use crate::posting::{Context, Movement};
use crate::record::*;
use crate::stock::*;
use crate::value::ids::*;
use crate::value::money::{MICROS, Money};
use crate::value::num;
use crate::value::rejection::Rejection;
use crate::value::time::Instant;

/// A receipt with its codes resolved.
pub(crate) struct DenseReceipt {
    pub receipt: DocKey,
    pub node: NodeId,
    pub supplier: SupplierId,
    pub purchase_order: PurchaseId,
    /// When it happened.
    pub occurred_at: Instant,
    /// Rate of the currency that it was bought in; none = the book's own.
    pub rate: Option<Money>,
    pub lines: Vec<DenseReceiptLine>,
}

/// A line of it.
pub(crate) struct DenseReceiptLine {
    pub sku: SkuId,
    pub qty: i64,
    pub unit_cost: Option<Money>,
    pub place: Place,
    /// Whether a reason is given for its coming at no cost.
    pub free: bool,
    pub expires_at: Option<Instant>,
}

pub(crate) fn decide_receipt(
    state: &State,
    receive: &ReceiveGoods,
    at: Instant,
    occurred_at: Instant,
) -> Result<Body, Rejection> {
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
    super::invoice::check_rate(receive.rate)?;
    let rate = receive.rate;
    let mut lines = Vec::with_capacity(receive.lines.len());
    for line in &receive.lines {
        let (sku, row) = catalog.sku_of(&line.sku)?;
        if let Some(reason) = &line.zero_cost_reason {
            catalog.reason_of(reason)?;
        }
        let qty = to_smallest(catalog, sku, row, line.qty, line.unit.as_deref())?;
        check_place(state, node, &line.place)?;
        let (place, free) = (line.place.clone(), line.zero_cost_reason.is_some());
        let (unit_cost, expires_at) = (line.unit_cost, line.expires_at);
        lines.push(DenseReceiptLine { sku, qty, unit_cost, place, free, expires_at });
    }
    receive_rows(
        state,
        DenseReceipt { receipt, node, supplier, purchase_order, occurred_at, rate, lines },
        at,
    )
}

/// Own goods that cost nothing are declared to, with a reason; where their group's valuation is declared,
/// also those whose value is less than half a minor unit. Books of earlier releases ask it only there.
fn check_zero_cost(
    state: &State,
    row: &SkuRow,
    line: &DenseReceiptLine,
    (unit_cost, value): (Option<Money>, Money),
) -> Result<(), Rejection> {
    if line.free || !line.place.is_own() {
        return Ok(());
    }
    let zero = unit_cost == Some(Money::ZERO);
    let valued = state.costs.valuation(row.group).is_some();
    if (zero && (valued || state.head.origin() > 2)) || (valued && value == Money::ZERO) {
        return Err(Rejection::ZeroCostUndeclared { sku: sku_code(state, line.sku) });
    }
    Ok(())
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

/// Whether no SKU stands in two lines: then no line need look at those before it.
fn all_differ(lines: &[DenseReceiptLine]) -> bool {
    let mut skus: Few<u32, 8> = lines.iter().map(|line| line.sku.0).collect();
    skus.sort_unstable();
    skus.windows(2).all(|pair| pair.first() != pair.last())
}

/// Adds units to those of the same SKU, where there may be any.
fn join(arrived: &mut Vec<(SkuId, i64)>, differ: bool, (sku, qty): (SkuId, i64)) -> Result<(), Rejection> {
    let before = if differ { &mut [] } else { arrived.as_mut_slice() };
    match before.iter_mut().find(|(known, _)| *known == sku) {
        Some((_, sum)) => *sum = num::add(*sum, qty)?,
        None => arrived.push((sku, qty)),
    }
    Ok(())
}

/// Whether goods come before their purchase order is expected, and by more than may be.
fn is_early(state: &State, purchase: PurchaseId, (sku, node, at): (SkuId, NodeId, Instant)) -> bool {
    let Some(row) = state.docs.purchase.get(purchase.0) else { return false };
    let days = state.read_parameter("receipt_early_days_max", &scope_of(state, sku, node), at).micros();
    let seconds = num::mul_div(days, 86_400, MICROS).unwrap_or(0);
    seconds > 0 && at.plus_seconds(seconds) < row.expected_at
}

/// `Ok` if a SKU is goods of its own: a virtual kit's lie with its components.
fn not_virtual(state: &State, sku: SkuId) -> Result<(), Rejection> {
    if state.catalog.is_virtual(sku) {
        state.catalog.goods_of(&sku_code(state, sku))?;
    }
    Ok(())
}

/// What of a line somebody has to look at.
fn odd(
    line: &DenseReceiptLine,
    node: NodeId,
    against: &Against,
    early: bool,
) -> impl Iterator<Item = Opened> + use<> {
    let (sku, early) = (line.sku, if early { line.qty } else { 0 });
    let counts = [
        (ExceptionCode::WrongGoods, against.strange),
        (ExceptionCode::OverReceipt, against.over),
        (ExceptionCode::EarlyReceipt, early),
    ];
    let odd = counts.into_iter().filter(|(_, qty)| *qty > 0);
    odd.map(move |(code, qty)| Opened { sku, node, qty, ..Opened::of(code) })
}

/// Values a receipt, nets it against its purchase order, and fills what waits for it.
pub(crate) fn receive_rows(state: &State, receipt: DenseReceipt, at: Instant) -> Result<Body, Rejection> {
    let DenseReceipt { receipt, node, supplier, purchase_order, occurred_at, rate, lines } = receipt;
    let mut entry = Entry::new(state);
    let mut open = state.docs.purchase.get(purchase_order.0).map(|row| row.lines.clone()).unwrap_or_default();
    let movement = if supplier == SupplierId::NONE { Movement::Opening } else { Movement::Receipt };
    let mut received: Vec<ReceivedLine> = Vec::with_capacity(lines.len());
    let differ = all_differ(&lines);
    let mut arrived: Vec<(SkuId, i64)> = Vec::new();
    let mut exceptions = Vec::new();
    for mut line in lines {
        let Some(row) = state.catalog.sku.get(line.sku.0) else {
            return Err(Rejection::UnknownSku { sku: line.sku.0.to_string() });
        };
        not_virtual(state, line.sku)?;
        let before = if differ { &[] } else { received.as_slice() };
        check_tracked(state, &line, before)?;
        let against = take_open(state, purchase_order, &mut open, (&line, node, at))?;
        if against.strange > 0 && line.place.condition == Condition::Sellable {
            line.place.condition = Condition::Inspection;
        }
        let early = is_early(state, purchase_order, (line.sku, node, occurred_at));
        exceptions.extend(odd(&line, node, &against, early));
        let ordered = receipt_value(state, row, &line, against.unit_cost)?;
        check_zero_cost(state, row, &line, (line.unit_cost.or(against.unit_cost), ordered))?;
        let ordered = super::invoice::convert(ordered, rate, state.head.minor)?;
        let (value, ahead) = billed_ahead(state, &line, supplier, ordered, before)?;
        check_room(state, &line, node, before)?;
        let about = context(row, line.sku, node, line.qty);
        entry.post(movement, value, &about)?;
        let mut passed = Money::ZERO;
        if line.place.is_own() {
            let coming = (line.qty, value);
            passed = entry.enter(line.sku, row, coming, &about, Movement::PriceVariance)?;
            if passed == Money::ZERO && occurred_at < at {
                passed = enter_late(state, &mut entry, (line.sku, row), coming, &about, (occurred_at, at))?;
            }
        }
        if line.place.is_own() && line.place.condition == Condition::Sellable {
            join(&mut arrived, differ, (line.sku, line.qty))?;
        }
        let expires_at = new_date(state, &line, before, occurred_at)?;
        received.push(ReceivedLine {
            sku: line.sku,
            qty: line.qty,
            value,
            on_order: against.on_order,
            purchase_line: against.line,
            place: line.place,
            passed,
            prebilled: ahead.qty,
            prebilled_value: ahead.value,
            rate: rate.unwrap_or_default(),
            expires_at,
        });
    }
    let (lots, nobody) = (arriving(state, &received), (node, OrderId::NONE, [].as_slice()));
    let filled = fill_backorders(state, nobody, &arrived, &lots, at)?;
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

/// What was invoiced before it came is worth what was invoiced.
fn billed_ahead(
    state: &State,
    line: &DenseReceiptLine,
    supplier: SupplierId,
    ordered: Money,
    before: &[ReceivedLine],
) -> Result<(Money, Worth), Rejection> {
    let costs = &state.costs;
    let Some(mut open) = row_of(&costs.ahead, &costs.prebilled, &(supplier, line.sku)) else {
        return Ok((ordered, Worth::default()));
    };
    for known in before.iter().filter(|known| known.sku == line.sku) {
        open.qty = num::sub(open.qty, known.prebilled)?;
        open.value = open.value.minus(known.prebilled_value)?;
    }
    let qty = open.qty.min(line.qty);
    if qty <= 0 || !line.place.is_own() {
        return Ok((ordered, Worth::default()));
    }
    let minor = state.head.minor;
    let value = share(open.value, qty, open.qty, minor)?;
    let rest = ordered.minus(share(ordered, qty, line.qty, minor)?)?;
    Ok((value.plus(rest)?, Worth { qty, value }))
}

/// A receipt of an earlier day enters at today's cost, where the past is declared to stay: what it cost
/// beyond that is a variance.
fn enter_late(
    state: &State,
    entry: &mut Entry<'_>,
    (sku, row): (SkuId, &SkuRow),
    (qty, value): (i64, Money),
    about: &Context,
    (occurred_at, at): (Instant, Instant),
) -> Result<Money, Rejection> {
    let cell = state.pool(sku, row, about.node);
    let valuation = state.costs.valuation(row.group);
    if cell.on_hand() <= 0 || !super::late::enters_at_current(valuation, occurred_at, at) {
        return Ok(Money::ZERO);
    }
    let today = at_ratio((cell.on_hand(), cell.value), qty, state.head.minor)?;
    let passed = value.minus(today)?;
    entry.post(Movement::LateVariance, passed, &Context { qty: 0, ..*about })?;
    Ok(passed)
}

/// What a receipt line meets on its purchase order.
struct Against {
    line: u32,
    unit_cost: Option<Money>,
    on_order: i64,
    over: i64,
    /// Units that it does not have at all.
    strange: i64,
}

fn take_open(
    state: &State,
    purchase: PurchaseId,
    open: &mut [PurchaseLineRow],
    (line, node, when): (&DenseReceiptLine, NodeId, Instant),
) -> Result<Against, Rejection> {
    if purchase == PurchaseId::NONE {
        return Ok(Against { line: 0, unit_cost: None, on_order: 0, over: 0, strange: 0 });
    }
    let awaits = |row: &PurchaseLineRow| row.sku == line.sku && row.received < row.qty;
    let at = open.iter().position(awaits).or_else(|| open.iter().position(|row| row.sku == line.sku));
    let Some((at, row)) = at.and_then(|at| open.get_mut(at).map(|row| (at, row))) else {
        // What was not ordered is worth what is declared, or with a reason nothing.
        let unit_cost = line.free.then_some(Money::ZERO);
        return Ok(Against { line: 0, unit_cost, on_order: 0, over: 0, strange: line.qty });
    };
    let on_order = row.qty.saturating_sub(row.received).clamp(0, line.qty);
    row.received = num::add(row.received, line.qty)?;
    let number = num::id(at).saturating_add(1);
    let mut over = line.qty.saturating_sub(on_order);
    let unit_cost = Some(row.unit_cost);
    if over > 0 {
        let share = state.read_parameter("receipt_over_share", &scope_of(state, line.sku, node), when);
        let excess = row.received.saturating_sub(row.qty);
        over = if excess > num::mul_div(row.qty, share.micros(), MICROS)? { over } else { 0 };
    }
    if open.iter().any(|row| row.received > row.qty && row.sku == line.sku) {
        let most = state.read_parameter("receipt_refuse_share", &scope_of(state, line.sku, node), when);
        if most >= Money::ZERO {
            check_most(state, purchase, open, (line.sku, most.micros()))?;
        }
    }
    Ok(Against { line: number, unit_cost, on_order, over, strange: 0 })
}

/// `Ok` if no more of a SKU has come than its purchase order and a share of it: all of its lines together,
/// for a receipt names none.
fn check_most(
    state: &State,
    purchase: PurchaseId,
    open: &[PurchaseLineRow],
    (sku, share): (SkuId, i64),
) -> Result<(), Rejection> {
    let sum = |lines: &[PurchaseLineRow]| {
        let same = lines.iter().filter(|row| row.sku == sku);
        same.fold((0i64, 0i64), |(qty, received), row| {
            (qty.saturating_add(row.qty), received.saturating_add(row.received))
        })
    };
    let (qty, received) = sum(open);
    // A bound is not rounded up: half a unit more is none.
    let more = i128::from(qty).saturating_mul(i128::from(share)).checked_div(i128::from(MICROS));
    let most = qty.saturating_add(i64::try_from(more.unwrap_or(0)).unwrap_or(i64::MAX));
    if received <= most {
        return Ok(());
    }
    let before = state.docs.purchase.get(purchase.0).map_or(0, |row| sum(&row.lines).1);
    let number = state.docs.purchases.text(purchase.0).unwrap_or_default();
    Err(Rejection::ReceiptAboveOrder {
        purchase_order: number,
        sku: sku_code(state, sku),
        asked: received.saturating_sub(before),
        open: most.saturating_sub(before).max(0),
    })
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
        (true, None) => Err(need("a cost for own goods that no purchase order has")),
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
    let mut exceptions = Vec::new();
    let mut lines: Vec<AdjustedLine> = Vec::with_capacity(adjust.lines.len());
    for line in &adjust.lines {
        let found = line.qty > 0;
        let (sku, row) = if found { catalog.goods_of(&line.sku) } else { catalog.sku_of(&line.sku) }?;
        if found {
            check_place(state, node, &line.place)?
        } else {
            check_from(&line.place)?
        }
        quantity(line.qty.saturating_abs())?;
        if lines.iter().any(|known| known.sku == sku) {
            return Err(Rejection::InvalidField { field: "lines".into(), need: "one line a SKU".into() });
        }
        let context = Context { reason, ..context(row, sku, node, line.qty) };
        let mut passed = Money::ZERO;
        let value = if !line.place.is_own() {
            check_others(state, sku, node, line)?;
            Money::ZERO
        } else if line.qty > 0 {
            check_lot(state, sku, &line.place, line.qty, false)?;
            let value = gain_value(state, sku, row, node, line)?;
            entry.post(Movement::Gain, value, &context)?;
            passed = entry.enter(sku, row, (line.qty, value), &context, Movement::TransferVariance)?;
            value.minus(passed)?
        } else {
            let qty = line.qty.saturating_neg();
            exceptions.extend(check_or_owe(state, sku, node, &line.place, qty)?);
            let taken = [Taken { place: line.place.clone(), qty }];
            let found = entry.lose(sku, row, node, qty, &taken)?.value;
            let value = declared_value(state, line, found)?;
            entry.post(Movement::Loss, value, &context)?;
            Money::ZERO.minus(value)?
        };
        let (place, declared) = (line.place.clone(), line.value.is_some() && line.qty < 0);
        lines.push(AdjustedLine { sku, qty: line.qty, value, place, passed, declared });
    }
    let postings = entry.postings;
    Ok(Body::StockAdjusted(StockAdjusted { adjustment, node, reason, lines, postings, exceptions }))
}

/// Units leave at what the pool says, unless another system's value for them is declared.
fn declared_value(state: &State, line: &AdjustLine, found: Money) -> Result<Money, Rejection> {
    let Some(value) = line.value else { return Ok(found) };
    if value.micros() < 0 || value.micros().checked_rem(state.head.minor) != Some(0) {
        let need = "whole minor units of money, 0 or more".into();
        return Err(Rejection::InvalidField { field: "lines.value".into(), need });
    }
    Ok(value)
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
    let cell = state.pool(sku, row, node);
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
        None => {
            // An empty pool still knows what its goods cost last, where its valuation is declared.
            let last = super::valuation::last_cost(state, sku, row, node);
            if last.qty > 0 {
                return Ok(at_ratio((last.qty, last.value), line.qty, state.head.minor)?);
            }
            Err(Rejection::InvalidField {
                field: "lines.unit_cost".into(),
                need: "a cost: there is no stock to take it from".into(),
            })
        }
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

/// Units in a place that may leave without breaking a promise.
pub(crate) fn free_in(state: &State, sku: SkuId, node: NodeId, place: &Place) -> i64 {
    state.stock.free_in(sku, node, place)
}

/// `Ok` if a place holds so much, and so much of it is not reserved.
pub(crate) fn check_free(
    state: &State,
    sku: SkuId,
    node: NodeId,
    place: &Place,
    qty: i64,
) -> Result<(), Rejection> {
    let free = free_in(state, sku, node, place);
    if free < qty { Err(not_on_hand(state, sku, node, qty, free.max(0))) } else { Ok(()) }
}

/// `Ok` if a place holds so much, or its stock may go below zero as far as that: with the exception that this
/// opens.
fn check_or_owe(
    state: &State,
    sku: SkuId,
    node: NodeId,
    place: &Place,
    qty: i64,
) -> Result<Option<Opened>, Rejection> {
    let refused = check_free(state, sku, node, place, qty);
    let row = state.catalog.negative_of(sku, node);
    let cell = state.stock.cells.get(sku, node);
    // Only goods that are not told apart can be owed, and none while others are promised.
    let by_lot = state.catalog.sku.get(sku.0).is_some_and(|row| state.method(row) == Costing::Lot);
    let apart = by_lot || state.stock.has_places(sku, node);
    let owes = place.is_plain() && cell.reserved == 0 && cell.held == 0 && !apart;
    let after = cell.sellable.saturating_sub(qty);
    let (code, order) = (ExceptionCode::NegativeStock, OrderId::NONE);
    let opened = Opened { code, order, sku, node, qty: after.saturating_neg() };
    match row.policy {
        NegativeStock::Allow if owes && after >= num::BALANCE_MAX.saturating_neg() => {
            Ok((after < 0).then_some(opened))
        }
        NegativeStock::Floor if owes && after >= row.floor.saturating_neg() => Ok(None),
        NegativeStock::Floor if owes => {
            Err(not_on_hand(state, sku, node, qty, cell.sellable.saturating_add(row.floor).max(0)))
        }
        _ => refused.map(|()| None),
    }
}

pub(crate) fn decide_move(state: &State, moved: &MoveStock) -> Result<Body, Rejection> {
    let movement = new_document(&state.docs.movements, "movement", &moved.movement)?;
    let (node, _) = state.catalog.node_of(&moved.node)?;
    let (sku, _) = state.catalog.sku_of(&moved.sku)?;
    let qty = quantity(moved.qty)?;
    check_from(&moved.from)?;
    check_place(state, node, &moved.to)?;
    if moved.from.owner != moved.to.owner || moved.from == moved.to {
        let need = "another place of the same owner".into();
        return Err(Rejection::InvalidField { field: "to".into(), need });
    }
    let by_lot = state.catalog.sku.get(sku.0).is_some_and(|row| state.method(row) == Costing::Lot);
    if by_lot && moved.from.lot != moved.to.lot {
        let need = "the same lot: the SKU's cost goes by lot".into();
        return Err(Rejection::InvalidField { field: "to.lot".into(), need });
    }
    // From one sellable place to another what is reserved at the node stays covered.
    let stays = moved.from.is_own() && moved.to.condition == Condition::Sellable;
    // With dates, only within its lot.
    let stays = stays && (moved.from.lot == moved.to.lot || !state.stock.is_by_lot(sku));
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
