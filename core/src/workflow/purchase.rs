//! The purchase order: placed, received, cancelled.

use super::common::{known_document, new_document};
use super::orderable::check_buyable;
use crate::catalog::*;
use crate::exception::{ExceptionCode, Opened};
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
    let mut lines: Vec<PurchasedLine> = Vec::with_capacity(place.lines.len());
    for line in &place.lines {
        let (sku, row) = catalog.goods_of(&line.sku)?;
        let qty = to_smallest(catalog, sku, row, line.qty, line.unit.as_deref())?;
        check_buyable(state, sku, "place_purchase_order")?;
        price("lines.unit_cost", line.unit_cost)?;
        let same = lines.iter().filter(|known| known.sku == sku).map(|known| known.qty);
        let coming = same.fold(state.on_order(sku, node).saturating_add(qty), i64::saturating_add);
        if coming > num::BALANCE_MAX {
            return Err(Rejection::OutOfRange { what: "units on order".into() });
        }
        lines.push(PurchasedLine { sku, qty, unit_cost: line.unit_cost });
    }
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

/// Orders that wait for what a purchase order would bring, the first to be served first: without it what is
/// still to come does not reach as far as them.
fn uncovered(state: &State, purchase: u32) -> Vec<Opened> {
    let mut opened: Vec<Opened> = Vec::new();
    let Some(row) = state.docs.purchase.get(purchase) else { return opened };
    let mut skus: Vec<SkuId> = row.open().map(|(sku, _)| sku).collect();
    skus.put_in_order();
    skus.dedup();
    for sku in skus {
        let supplies = super::promise::supplies(state, sku);
        let coming = supplies.iter().map(|supply| supply.qty).fold(0, i64::saturating_add);
        let (left, mut waits) = (coming.saturating_sub(row.open_of(sku)), 0i64);
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
            let (purchase_order, exceptions) = (PurchaseId(id), uncovered(state, id));
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
