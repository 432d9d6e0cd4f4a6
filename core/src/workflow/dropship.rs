//! Goods that were never ours to keep: shipped by their supplier, or lying here until they are used.

use super::common::*;
use super::order::line_of;
use super::selling::{expect_returns, selling};
use crate::catalog::*;
use crate::costing::extend;
use crate::posting::{Context, Movement};
use crate::record::*;
use crate::stock::Place;
use crate::value::ids::*;
use crate::value::money::Money;
use crate::value::num;
use crate::value::rejection::Rejection;
use crate::value::wire::wire;

wire! {
    /// Records that a supplier shipped straight to the customer of an order what was waiting there.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// # let json = r#"{"place_order":{"order":"1","channel":"web","to":{"lat":"39","lon":"-119"},
    /// #     "lines":[{"sku":"TEE","qty":12}]}}"#;
    /// # book.execute(&Envelope::new("order", at, serde_json::from_str(json)?))?;
    /// // An order of 12 waits, for only ten are there; ACME ships it for 7.00 each.
    /// let drop = DropShipOrder {
    ///     drop_shipment: "D-1".into(), order: "1".into(), supplier: "ACME".into(),
    ///     lines: vec![DropShipLine { line: 1, qty: 12, unit_cost: Money::from_cents(7_00) }],
    /// };
    /// book.execute(&Envelope::new("drop", at, Command::DropShipOrder(drop)))?;
    /// let order = Query::Order(DocumentQuery { document: "1".into() });
    /// let Answer::Order(order) = book.ask(&order)? else { panic!() };
    /// assert_eq!((order.state, order.lines[0].shipped), (OrderState::Shipped, 12));
    /// assert_eq!(book.stock_columns().on_hand, [10], "our own stock is as it was");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct DropShipOrder {
        /// Number of the drop shipment; it is a receipt to the supplier's invoice.
        pub drop_shipment: String,
        /// The order.
        pub order: String,
        /// The supplier.
        pub supplier: String,
        /// What was shipped.
        pub lines: Vec<DropShipLine>,
    }

    /// A line of a drop shipment.
    pub struct DropShipLine {
        /// The order's line, from 1.
        pub line: u32,
        /// Units, of those that wait.
        pub qty: i64,
        /// The supplier's price of a base unit: it is the cost, whatever the SKU's method.
        pub unit_cost: Money,
    }

    /// Makes goods of a vendor that lie here our own, by use: they were counted, not valued, until now.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// # let json = r#"{"receive_goods":{"receipt":"R-2","node":"RENO","lines":[
    /// #     {"sku":"TEE","qty":5,"place":{"owner":"ACME"}}]}}"#;
    /// # book.execute(&Envelope::new("receive", at, serde_json::from_str(json)?))?;
    /// // Five TEE of ACME's lie here besides our ten at 8.00. Two of them become ours, for 7.00 each.
    /// let place = Place { owner: "ACME".into(), ..Place::default() };
    /// let take = UseConsignedGoods {
    ///     consignment_use: "U-1".into(), node: "RENO".into(), sku: "TEE".into(), qty: 2, place,
    ///     unit_cost: Money::from_cents(7_00),
    /// };
    /// book.execute(&Envelope::new("u-1", at, Command::UseConsignedGoods(take)))?;
    /// let stock = book.stock_columns();
    /// assert_eq!((stock.on_hand[0], stock.value[0]), (12, 94_000_000));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct UseConsignedGoods {
        /// Number of the use.
        pub consignment_use: String,
        /// The node.
        pub node: String,
        /// The SKU.
        pub sku: String,
        /// How many, in the SKU's smallest unit.
        pub qty: i64,
        /// Where they lie; its owner is the vendor.
        pub place: Place,
        /// What the vendor gets for a base unit.
        pub unit_cost: Money,
    }
}

pub(crate) fn decide_drop_shipment(state: &State, drop: &DropShipOrder) -> Result<Body, Rejection> {
    let drop_shipment = new_document(&state.docs.receipts, "receipt", &drop.drop_shipment)?;
    let order = OrderId(known_document(&state.docs.orders, "order", &drop.order)?);
    let (supplier, _) = state.catalog.supplier_of(&drop.supplier)?;
    some_lines(drop.lines.len())?;
    let unknown = || Rejection::UnknownDocument { kind: "order".into(), document: drop.order.clone() };
    let row = state.docs.order.get(order.0).ok_or_else(unknown)?;
    let rows: &[crate::record::LineRow] = &state.order_lines(row);
    let selling = selling(state, row.channel);
    let minor = state.head.minor;
    let mut sale = super::abroad::Sale::of(state, order, None)?;
    let mut entry = Entry::new(state);
    let mut lines: Vec<DroppedLine> = Vec::with_capacity(drop.lines.len());
    for line in &drop.lines {
        let known = line_of(rows, &drop.order, line.line)?;
        let qty = quantity(line.qty)?;
        price("lines.unit_cost", line.unit_cost)?;
        let before = lines.iter().filter(|l| l.line == line.line).map(|l| l.qty).fold(0, i64::saturating_add);
        let open = known.backordered.saturating_sub(before);
        if qty > open {
            let document = drop.order.clone();
            return Err(Rejection::MoreThanOpen { document, line: line.line, asked: qty, open });
        }
        let Some(sku) = state.catalog.sku.get(known.sku.0) else { continue };
        let cost = extend(line.unit_cost, qty, sku.scale, minor)?;
        let gone = known.shipped.saturating_add(before);
        let revenue = sale.leaves((line.line, known), (gone, qty), sku.scale, !selling.at_invoice)?;
        let about = Context { channel: row.channel, ..context(sku, known.sku, NodeId::NONE, qty) };
        entry.post(Movement::DropShipIn, cost, &about)?;
        let mut made = DroppedLine { line: line.line, sku: known.sku, qty, cost, ..DroppedLine::default() };
        if selling.at_invoice {
            entry.post(Movement::DropShipUnbilled, cost, &about)?;
        } else {
            entry.post(Movement::DropShipOut, cost, &about)?;
            made.revenue = revenue;
            entry.post(Movement::Revenue, revenue, &Context { qty: 0, ..about })?;
            let sale = (revenue, cost);
            (made.liability, made.asset) =
                expect_returns(&mut entry, selling.return_rate, sale, &about, minor)?;
        }
        lines.push(made);
    }
    let foreign = sale.settle(&mut entry, row.channel)?;
    let postings = entry.postings;
    Ok(Body::OrderDropShipped(OrderDropShipped { drop_shipment, order, supplier, lines, postings, foreign }))
}

pub(crate) fn decide_consignment(state: &State, take: &UseConsignedGoods) -> Result<Body, Rejection> {
    let consignment_use = new_books_document(state, BooksDocument::ConsignmentUse, &take.consignment_use)?;
    let (node, _) = state.catalog.node_of(&take.node)?;
    let (sku, row) = state.catalog.sku_of(&take.sku)?;
    let qty = quantity(take.qty)?;
    check_place(state, node, &take.place)?;
    price("unit_cost", take.unit_cost)?;
    if take.place.is_own() {
        let need = "goods of an owner".into();
        return Err(Rejection::InvalidField { field: "place.owner".into(), need });
    }
    let free = state.stock.in_place(sku, node, &take.place);
    if free < qty {
        let (sku, node) = (take.sku.clone(), take.node.clone());
        return Err(Rejection::NotOnHand { sku, node, asked: qty, free });
    }
    let value = extend(take.unit_cost, qty, row.scale, state.head.minor)?;
    let about = context(row, sku, node, qty);
    let mut entry = Entry::new(state);
    entry.post(Movement::ConsignmentUse, value, &about)?;
    let passed = entry.enter(sku, row, (qty, value), &about, Movement::PriceVariance)?;
    if state.stock.borders.get(sku.0).map_or(0, |border| border.received).saturating_add(qty)
        > num::BALANCE_MAX
    {
        return Err(Rejection::OutOfRange { what: "units received".into() });
    }
    Ok(Body::ConsignedGoodsUsed(ConsignedGoodsUsed {
        consignment_use,
        node,
        sku,
        qty,
        place: take.place.clone(),
        value,
        passed,
        postings: entry.postings,
    }))
}
