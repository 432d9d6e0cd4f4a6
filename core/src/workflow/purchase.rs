//! The purchase order: placed, changed, cancelled.

use super::common::{known_document, new_document};
use super::orderable::check_buyable;
use crate::catalog::*;
use crate::exception::{ExceptionCode, Opened, Raised};
use crate::record::*;
use crate::value::ids::*;
use crate::value::money::Money;
use crate::value::num;
use crate::value::rejection::Rejection;
use crate::value::sort::PutInOrder;
use crate::value::time::Instant;
use crate::value::wire::wire;

wire! {
    /// Orders goods from a supplier.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// let buy = PlacePurchaseOrder {
    ///     purchase_order: "P-1".into(), supplier: "ACME".into(), node: "RENO".into(),
    ///     lines: vec![PurchaseLine {
    ///         sku: "TEE".into(), qty: 20, unit: None, unit_cost: Money::from_cents(8_00),
    ///     }],
    ///     expected_at: None, speed: Speed::Expedited,
    /// };
    /// book.execute(&Envelope::new("p-1", at, Command::PlacePurchaseOrder(buy)))?;
    /// let bought = Query::PurchaseOrder(DocumentQuery { document: "P-1".into() });
    /// let Answer::PurchaseOrder(bought) = book.ask(&bought)? else { panic!() };
    /// assert_eq!(bought.expected_at, at.plus_seconds(2 * 86_400), "ACME's expedited days");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct PlacePurchaseOrder {
        /// Number of the purchase order.
        pub purchase_order: String,
        /// The supplier.
        pub supplier: String,
        /// Where the goods shall come in.
        pub node: String,
        /// What is ordered.
        pub lines: Vec<PurchaseLine>,
        /// When they are expected; none = by the supplier's lead time.
        #[serde(default)]
        pub expected_at: Option<Instant>,
        /// How fast.
        #[serde(default)]
        pub speed: Speed,
    }

    /// A line of a purchase order.
    pub struct PurchaseLine {
        /// The SKU.
        pub sku: String,
        /// How many.
        pub qty: i64,
        /// Unit of `qty`; none = the SKU's smallest unit.
        #[serde(default)]
        pub unit: Option<String>,
        /// Cost of one base unit.
        pub unit_cost: Money,
    }

    /// Strikes what has not arrived.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// # let json = r#"{"place_purchase_order":{"purchase_order":"P-1","supplier":"ACME","node":"RENO",
    /// #     "lines":[{"sku":"TEE","qty":20,"unit_cost":"8"}]}}"#;
    /// # book.execute(&Envelope::new("buy", at, serde_json::from_str(json)?))?;
    /// // 20 TEE are bought.
    /// let on_order = |book: &Book| {
    ///     let (sku, node) = ("TEE".into(), Some("RENO".into()));
    ///     let query = Query::Stock(StockQuery { sku, node, states: false });
    ///     let Ok(Answer::Stock(stock)) = book.ask(&query) else { panic!() };
    ///     stock[0].on_order
    /// };
    /// assert_eq!(on_order(&book), 20);
    /// let cancel = CancelPurchaseOrder { purchase_order: "P-1".into(), reason: "damage".into() };
    /// book.execute(&Envelope::new("cancel", at, Command::CancelPurchaseOrder(cancel)))?;
    /// assert_eq!(on_order(&book), 0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct CancelPurchaseOrder {
        /// The purchase order.
        pub purchase_order: String,
        /// The reason code.
        pub reason: String,
    }

    /// Agrees on a purchase order anew, confirmed or not, as long as something of it is still to come: other
    /// quantities and prices, another day, further goods. What came stays as it came: a line is not less than
    /// that, and at another price its rest becomes a line of its own. Orders that waited for what does not
    /// come any more are promises at risk. Limits and roles of `place_purchase_order` hold for it too, by the
    /// value and units that are added.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// # let json = r#"{"place_purchase_order":{"purchase_order":"P-1","supplier":"ACME","node":"RENO",
    /// #     "lines":[{"sku":"TEE","qty":20,"unit_cost":"8"}]}}"#;
    /// # book.execute(&Envelope::new("buy", at, serde_json::from_str(json)?))?;
    /// // 20 TEE are bought; five of them come, and the rest shall be ten, at 9.00 each.
    /// # let json = r#"{"receive_goods":{"receipt":"R-2","node":"RENO","purchase_order":"P-1","lines":[
    /// #     {"sku":"TEE","qty":5}]}}"#;
    /// # book.execute(&Envelope::new("come", at, serde_json::from_str(json)?))?;
    /// let rest = PurchaseChange { line: 1, qty: Some(15), unit_cost: Some(Money::from_cents(9_00)) };
    /// let change = ChangePurchaseOrder {
    ///     purchase_order: "P-1".into(), reason: "damage".into(), lines: vec![rest], add: vec![],
    ///     expected_at: None,
    /// };
    /// book.execute(&Envelope::new("change", at, Command::ChangePurchaseOrder(change)))?;
    /// let bought = Query::PurchaseOrder(DocumentQuery { document: "P-1".into() });
    /// let Answer::PurchaseOrder(bought) = book.ask(&bought)? else { panic!() };
    /// let lines: Vec<_> = bought.lines.iter().map(|line| (line.qty, line.received)).collect();
    /// assert_eq!(lines, [(5, 5), (10, 0)]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct ChangePurchaseOrder {
        /// The purchase order.
        pub purchase_order: String,
        /// The reason code.
        pub reason: String,
        /// Lines that change.
        #[serde(default)]
        pub lines: Vec<PurchaseChange>,
        /// Goods that come besides.
        #[serde(default)]
        pub add: Vec<PurchaseLine>,
        /// When what is open comes; none = as before.
        #[serde(default)]
        pub expected_at: Option<Instant>,
    }

    /// What changes of a purchase order's line.
    pub struct PurchaseChange {
        /// The line, counted from 1.
        pub line: u32,
        /// How many are ordered in all, in the SKU's smallest unit; none = as before.
        #[serde(default)]
        pub qty: Option<i64>,
        /// Cost of one base unit of what is still to come; none = as before.
        #[serde(default)]
        pub unit_cost: Option<Money>,
    }
}

pub(crate) fn decide_purchase(
    state: &State,
    place: &PlacePurchaseOrder,
    at: Instant,
) -> Result<Body, Rejection> {
    let catalog = &state.catalog;
    let purchase_order = new_document(&state.docs.purchases, "purchase order", &place.purchase_order)?;
    let (supplier, row) = catalog.supplier_of(&place.supplier)?;
    let (node, _) = catalog.node_of(&place.node)?;
    some_lines(place.lines.len())?;
    let days = if place.speed == Speed::Expedited { row.expedite_days } else { row.lead_time_days };
    let expected_at =
        place.expected_at.unwrap_or_else(|| at.plus_seconds(i64::from(days).saturating_mul(86_400)));
    if !expected_at.is_valid() || expected_at < at {
        return Err(Rejection::InvalidInstant { field: "expected_at".into() });
    }
    let lines = bought(state, &place.lines, "place_purchase_order")?;
    check_room(state, node, &lines, None)?;
    let wanted: Vec<(SkuId, i64)> = lines.iter().map(|line| (line.sku, line.qty)).collect();
    let places = (NodeId::NONE, supplier, node);
    super::desk::may_place(state, RequestKind::Purchase, &place.purchase_order, places, &wanted)?;
    let speed = place.speed;
    Ok(Body::PurchaseOrderPlaced(PurchaseOrderPlaced {
        purchase_order,
        supplier,
        node,
        expected_at,
        speed,
        lines,
    }))
}

/// Lines as they are ordered, their codes resolved.
fn bought(state: &State, lines: &[PurchaseLine], step: &str) -> Result<Vec<PurchasedLine>, Rejection> {
    let catalog = &state.catalog;
    let line = |line: &PurchaseLine| {
        let (sku, row) = catalog.goods_of(&line.sku)?;
        let qty = to_smallest(catalog, sku, row, line.qty, line.unit.as_deref())?;
        check_buyable(state, sku, step)?;
        price("lines.unit_cost", line.unit_cost)?;
        Ok(PurchasedLine { sku, qty, unit_cost: line.unit_cost })
    };
    lines.iter().map(line).collect()
}

/// `Ok` if what is on order at a node stays within range with such lines, beside or in place of an order's.
fn check_room(
    state: &State,
    node: NodeId,
    lines: &[PurchasedLine],
    before: Option<&PurchaseRow>,
) -> Result<(), Rejection> {
    for line in lines {
        let same = lines.iter().filter(|known| known.sku == line.sku).map(|known| known.qty);
        let own = before.map_or(0, |row| row.open_of(line.sku));
        let others = state.on_order(line.sku, node).saturating_sub(own);
        if same.fold(others, i64::saturating_add) > num::BALANCE_MAX {
            return Err(Rejection::OutOfRange { what: "units on order".into() });
        }
    }
    Ok(())
}

/// Orders that wait for what a purchase order would have brought, by SKU, the first to be served first:
/// without it what is still to come does not reach as far as them.
fn uncovered(state: &State, mut lost: Vec<(SkuId, i64)>) -> Vec<Opened> {
    let mut opened: Vec<Opened> = Vec::new();
    lost.put_in_order_by_key(|(sku, _)| *sku);
    for same in lost.chunk_by(|a, b| a.0 == b.0) {
        let sku = same.first().map_or(SkuId::NONE, |(sku, _)| *sku);
        let lost = same.iter().map(|(_, qty)| *qty).fold(0, i64::saturating_add);
        let supplies = super::promise::supplies(state, sku);
        let coming = supplies.iter().map(|supply| supply.qty).fold(0, i64::saturating_add);
        let (left, mut waits) = (coming.saturating_sub(lost.max(0)), 0i64);
        for waiting in state.docs.waiting.queue(sku.0) {
            let Some(line) = state.docs.lines.get(waiting.line) else { continue };
            if waits >= coming {
                break;
            }
            let before = waits.max(left);
            waits = waits.saturating_add(line.backordered);
            let qty = waits.min(coming).saturating_sub(before);
            // An order's lines of a SKU stand next to each other.
            match opened.last_mut().filter(|known| (known.order, known.sku) == (line.order, sku)) {
                Some(known) => known.qty = known.qty.saturating_add(qty.max(0)),
                None if qty > 0 => {
                    let (code, order) = (ExceptionCode::PromiseAtRisk, line.order);
                    opened.push(Opened { sku, qty, order, ..Opened::of(code) });
                }
                None => {}
            }
        }
    }
    opened
}

pub(crate) fn decide_cancel_purchase(state: &State, cancel: &CancelPurchaseOrder) -> Result<Body, Rejection> {
    let id = known_document(&state.docs.purchases, "purchase order", &cancel.purchase_order)?;
    let reason = state.catalog.reason_of(&cancel.reason)?;
    let standing = state.docs.purchase.get(id).map_or(PurchaseState::Cancelled, PurchaseRow::state);
    let word = match standing {
        PurchaseState::Open => {
            let open = state.docs.purchase.get(id).map(|row| row.open().collect());
            let (purchase_order, exceptions) = (PurchaseId(id), uncovered(state, open.unwrap_or_default()));
            let cancelled = PurchaseOrderCancelled { purchase_order, reason, exceptions };
            return Ok(Body::PurchaseOrderCancelled(cancelled));
        }
        PurchaseState::Received => "received",
        PurchaseState::Cancelled => "cancelled",
    };
    Err(Rejection::IllegalStep {
        kind: "purchase order".into(),
        document: cancel.purchase_order.clone(),
        state: word.into(),
        step: "cancel_purchase_order".into(),
    })
}

/// Agrees on a purchase order anew.
pub(crate) fn decide_purchase_change(
    state: &State,
    change: &ChangePurchaseOrder,
    at: Instant,
) -> Result<Body, Rejection> {
    let number = &change.purchase_order;
    let (purchase_order, row) = super::desk::open_purchase(state, number, "change_purchase_order")?;
    let reason = state.catalog.reason_of(&change.reason)?;
    if change.expected_at.is_none() {
        some_lines(change.lines.len().saturating_add(change.add.len()))?;
    }
    let expected_at = change.expected_at.unwrap_or(row.expected_at);
    if change.expected_at.is_some_and(|day| !day.is_valid() || day < at) {
        return Err(Rejection::InvalidInstant { field: "expected_at".into() });
    }
    let mut lines = changed_lines(state, row, change)?;
    lines.extend(bought(state, &change.add, "change_purchase_order")?);
    at_most("lines", lines.len(), LINES_MAX)?;
    if lines.iter().all(|line| line.qty == 0) {
        let need = "something that is left: cancel_purchase_order strikes all of it".into();
        return Err(Rejection::InvalidField { field: "lines".into(), need });
    }
    check_room(state, row.node, &lines, Some(row))?;
    check_announced(state, (purchase_order, row), change, &lines, at)?;
    let wanted: Vec<(SkuId, i64)> = lines.iter().map(|line| (line.sku, line.qty)).collect();
    super::desk::within_request(state, RequestKind::Purchase, number, &wanted)?;
    let open = |line: &PurchasedLine, before: Option<&PurchaseLineRow>| {
        line.qty.saturating_sub(before.map_or(0, |row| row.received)).max(0)
    };
    let still = lines.iter().enumerate().map(|(place, line)| (line.sku, open(line, row.lines.get(place))));
    let less = still.map(|(sku, qty)| (sku, qty.saturating_neg()));
    let lost = uncovered(state, row.open().chain(less).collect());
    let mut exceptions: Vec<Raised> = lost.into_iter().map(|opened| opened.about("")).collect();
    if expected_at > row.expected_at {
        let late = Opened { node: row.node, ..Opened::of(ExceptionCode::SupplierLate) };
        exceptions.push(late.about(number));
    }
    Ok(Body::PurchaseOrderChanged(PurchaseOrderChanged {
        purchase_order,
        reason,
        expected_at,
        lines,
        exceptions,
    }))
}

/// `Ok` if a purchase order keeps of what it has less of as much as came and is announced.
fn check_announced(
    state: &State,
    (id, row): (PurchaseId, &PurchaseRow),
    change: &ChangePurchaseOrder,
    lines: &[PurchasedLine],
    at: Instant,
) -> Result<(), Rejection> {
    for said in &change.lines {
        let known = said.line.checked_sub(1).and_then(|at| row.lines.get(num::index(at)));
        let (Some(known), Some(asked)) = (known, said.qty) else { continue };
        if asked >= known.qty {
            continue;
        }
        let same = || row.lines.iter().filter(|line| line.sku == known.sku);
        let received = same().map(|line| line.received).fold(0, i64::saturating_add);
        let coming = super::desk::under_way(state, id, (&row.of_sku(known.sku), received), at);
        let least = same().map(|line| line.received.min(line.qty)).fold(coming, i64::saturating_add);
        let now = lines.iter().filter(|line| line.sku == known.sku).map(|line| line.qty);
        let missing = now.fold(least, i64::saturating_sub);
        if missing > 0 {
            let (document, line) = (change.purchase_order.clone(), said.line);
            let least = asked.saturating_add(missing).min(known.qty);
            return Err(Rejection::BelowReceived { document, line, asked, least });
        }
    }
    Ok(())
}

/// A purchase order's lines with what changes of them: a line of which goods came at another price is parted.
fn changed_lines(
    state: &State,
    row: &PurchaseRow,
    change: &ChangePurchaseOrder,
) -> Result<Vec<PurchasedLine>, Rejection> {
    let as_it_is =
        |line: &PurchaseLineRow| PurchasedLine { sku: line.sku, qty: line.qty, unit_cost: line.unit_cost };
    let mut lines: Vec<PurchasedLine> = row.lines.iter().map(as_it_is).collect();
    let (mut rest, mut seen) = (Vec::new(), Vec::new());
    for said in &change.lines {
        let place = said.line.checked_sub(1).map_or(usize::MAX, num::index);
        let document = change.purchase_order.clone();
        let (Some(known), Some(line)) = (row.lines.get(place), lines.get_mut(place)) else {
            return Err(Rejection::UnknownLine { document, line: said.line });
        };
        if seen.contains(&place) {
            let need = "each line once".into();
            return Err(Rejection::InvalidField { field: "lines".into(), need });
        }
        seen.push(place);
        if let Some(qty) = said.qty {
            let least = known.received.min(known.qty);
            if qty < least {
                return Err(Rejection::BelowReceived { document, line: said.line, asked: qty, least });
            }
            line.qty = if qty == 0 { 0 } else { quantity(qty)? };
            if qty > known.qty {
                check_buyable(state, line.sku, "change_purchase_order")?;
            }
        }
        if let Some(unit_cost) = said.unit_cost.filter(|cost| *cost != known.unit_cost) {
            price("lines.unit_cost", unit_cost)?;
            let came = known.received.min(line.qty);
            if came == line.qty && came > 0 {
                let need = "that of a line of which something is still to come".into();
                return Err(Rejection::InvalidField { field: "lines.unit_cost".into(), need });
            }
            if came == 0 {
                line.unit_cost = unit_cost;
            } else {
                rest.push(PurchasedLine { sku: line.sku, qty: line.qty.saturating_sub(came), unit_cost });
                line.qty = came;
            }
        }
    }
    lines.extend(rest);
    Ok(lines)
}
