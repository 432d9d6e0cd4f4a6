//! The sales side: when revenue and cost are recognised, invoices, credit notes, payments, and rights of
//! return (IFRS 15 B20-B27: a refund liability and a separate asset for the goods that may come back).

use super::abroad::Sale;
use super::common::*;
use super::order::line_of;
use crate::catalog::*;
use crate::costing::share;
use crate::posting::{Context, Movement};
use crate::record::*;
use crate::value::ids::*;
use crate::value::money::{MICROS, Money};
use crate::value::num;
use crate::value::rejection::Rejection;
use crate::value::wire::{wire, words};

words! {
    /// How a customer pays.
    #[derive(Default)]
    pub enum Tender {
        /// By money, whatever its form.
        #[default]
        Cash,
        /// By gift balance.
        Gift,
        /// He buys gift balance.
        GiftSale,
    }
}

wire! {
    /// Invoices what was shipped of an order.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    #[doc = include_str!("../example_order.txt")]
    /// # for (id, json) in [r#"{"set_selling":{"channel":"web","recognition":"at_invoice"}}"#,
    /// #     r#"{"ship_order":{"order":"1001","node":"RENO"}}"#].iter().enumerate() {
    /// #     book.execute(&Envelope::new(&id.to_string(), at, serde_json::from_str(json)?))?;
    /// # }
    /// // 3 TEE at 20.00 were shipped; the channel recognises sales when they are invoiced.
    /// let invoice = InvoiceOrder {
    ///     invoice: "I-1".into(), order: "1001".into(), lines: vec![],
    ///     tax: Money::from_cents(6_00), shipping: Money::ZERO, rate: None,
    /// };
    /// book.execute(&Envelope::new("i-1", at, Command::InvoiceOrder(invoice)))?;
    /// let owed = book.account_id("1100").ok_or("in the chart")?;
    /// let row = book.trial_balance().into_iter().find(|row| row.account == owed).ok_or("posted to")?;
    /// assert_eq!(row.balance, Money::from_cents(66_00), "the customer owes 3 × 20.00 and the tax");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct InvoiceOrder {
        /// Number of the invoice.
        pub invoice: String,
        /// The order.
        pub order: String,
        /// What is invoiced; empty = all that is shipped and not invoiced.
        #[serde(default)]
        pub lines: Vec<InvoiceLine>,
        /// Tax, as the host's tax engine says.
        #[serde(default)]
        pub tax: Money,
        /// Shipping that the customer pays.
        #[serde(default)]
        pub shipping: Money,
        /// Of an order in another currency: what one unit of it is worth; none = the order's rate.
        #[serde(default)]
        pub rate: Option<Money>,
    }

    /// A line of an invoice.
    pub struct InvoiceLine {
        /// The order's line, from 1.
        pub line: u32,
        /// Units.
        pub qty: i64,
        /// Discount on them.
        #[serde(default)]
        pub discount: Money,
    }

    /// Credits what was invoiced, without goods.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    #[doc = include_str!("../example_order.txt")]
    /// # for (id, json) in [r#"{"set_selling":{"channel":"web","recognition":"at_invoice"}}"#,
    /// #     r#"{"ship_order":{"order":"1001","node":"RENO"}}"#,
    /// #     r#"{"invoice_order":{"invoice":"I-1","order":"1001"}}"#].iter().enumerate() {
    /// #     book.execute(&Envelope::new(&id.to_string(), at, serde_json::from_str(json)?))?;
    /// # }
    /// // 3 TEE at 20.00 were invoiced; the customer gets 5.00 back for a stain.
    /// let credit = CreditOrder {
    ///     credit_note: "C-1".into(), order: "1001".into(), tax: Money::ZERO, rate: None,
    ///     lines: vec![CreditLine { line: 1, qty: 0, amount: Money::from_cents(5_00) }],
    /// };
    /// book.execute(&Envelope::new("c-1", at, Command::CreditOrder(credit)))?;
    /// let owed = book.account_id("1100").ok_or("in the chart")?;
    /// let row = book.trial_balance().into_iter().find(|row| row.account == owed).ok_or("posted to")?;
    /// assert_eq!(row.balance, Money::from_cents(55_00));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct CreditOrder {
        /// Number of the credit note.
        pub credit_note: String,
        /// The order.
        pub order: String,
        /// What is credited.
        pub lines: Vec<CreditLine>,
        /// Tax on it.
        #[serde(default)]
        pub tax: Money,
        /// Of an order in another currency: what one unit of it is worth; none = the order's rate.
        #[serde(default)]
        pub rate: Option<Money>,
    }

    /// A line of a credit note.
    pub struct CreditLine {
        /// The order's line, from 1.
        pub line: u32,
        /// Units whose sale is taken back; 0 = only the price is reduced.
        #[serde(default)]
        pub qty: i64,
        /// Amount credited.
        pub amount: Money,
    }

    /// Records what a customer paid, or was paid back (negative).
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// // Somebody buys gift balance for 25.00.
    /// let pay = RecordPayment {
    ///     payment: "G-1".into(), order: None, tender: Tender::GiftSale, amount: Money::from_cents(25_00),
    ///     rate: None,
    /// };
    /// book.execute(&Envelope::new("g-1", at, Command::RecordPayment(pay)))?;
    /// let gifts = book.account_id("2350").ok_or("in the chart")?;
    /// let row = book.trial_balance().into_iter().find(|row| row.account == gifts).ok_or("posted to")?;
    /// assert_eq!(row.balance, Money::from_cents(-25_00), "a liability");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct RecordPayment {
        /// Number of the payment.
        pub payment: String,
        /// The order that is paid.
        #[serde(default)]
        pub order: Option<String>,
        /// How.
        #[serde(default)]
        pub tender: Tender,
        /// Amount.
        pub amount: Money,
        /// What one unit of the payment's currency is worth, which is the order's if there is one; none = the
        /// order's rate. What it differs from the rate of the debt is gain or loss on exchange.
        #[serde(default)]
        pub rate: Option<Money>,
    }

    /// Ends an order's right of return: what was expected and has not come back is earned.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// # let json = r#"{"set_selling":{"channel":"web","recognition":"at_shipment","return_rate":"0.1"}}"#;
    /// # book.execute(&Envelope::new("selling", at, serde_json::from_str(json)?))?;
    #[doc = include_str!("../example_order.txt")]
    /// # let json = r#"{"ship_order":{"order":"1001","node":"RENO"}}"#;
    /// # book.execute(&Envelope::new("ship", at, serde_json::from_str(json)?))?;
    /// // 3 TEE at 20.00 were shipped, and a tenth of that is expected back.
    /// let owed = |book: &Book| {
    ///     let account = book.account_id("2300");
    ///     book.trial_balance().into_iter().find(|row| Some(row.account) == account).map(|row| row.balance)
    /// };
    /// assert_eq!(owed(&book), Some(Money::from_cents(-6_00)), "the refund liability");
    /// let release = ReleaseReturns { order: "1001".into() };
    /// book.execute(&Envelope::new("over", at, Command::ReleaseReturns(release)))?;
    /// assert_eq!(owed(&book).unwrap_or_default(), Money::ZERO);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct ReleaseReturns {
        /// The order.
        pub order: String,
    }
}

fn invalid(field: &str, need: &str) -> Rejection {
    Rejection::InvalidField { field: field.into(), need: need.into() }
}

/// `Ok` if an amount is whole minor units and not negative.
fn whole_amount(field: &str, amount: Money, minor: i64) -> Result<(), Rejection> {
    if amount.micros() < 0 || amount.micros().checked_rem(minor) != Some(0) {
        return Err(invalid(field, "whole minor units of money, 0 or more"));
    }
    price(field, amount)
}

/// How a channel's sales are recognised.
#[inline]
pub(crate) fn selling(state: &State, channel: ChannelId) -> SellingRow {
    row_of(&state.costs.sellers, &state.costs.selling, &channel).unwrap_or_default()
}

pub(crate) fn bill(state: &State, line: u32) -> BillRow {
    row_of(&state.costs.bills, &state.costs.bill, &line).unwrap_or_default()
}

pub(crate) fn decide_selling(state: &State, set: &SetSelling) -> Result<Body, Rejection> {
    let (channel, _) = state.catalog.channel_of(&set.channel)?;
    let return_rate = set.return_rate.micros();
    if !(0..=MICROS).contains(&return_rate) {
        return Err(invalid("return_rate", "a share from 0 to 1"));
    }
    let at_invoice = set.recognition == Recognition::AtInvoice;
    if at_invoice != selling(state, channel).at_invoice {
        let open = |order: &OrderRow| {
            order.channel == channel
                && state.line_rows(order).any(|(line, row)| row.shipped > bill(state, line).billed)
        };
        if state.docs.order.rows().iter().any(open) {
            return Err(Rejection::CannotChange {
                what: set.channel.clone(),
                why: "orders of it are shipped and not invoiced".into(),
            });
        }
    }
    Ok(Body::SellingSet(SellingSet { channel, at_invoice, return_rate }))
}

/// What of a sale is expected to come back: refund liability and asset, posted.
pub(crate) fn expect_returns(
    entry: &mut Entry<'_>,
    rate: i64,
    (revenue, cost): (Money, Money),
    about: &Context,
    minor: i64,
) -> Result<(Money, Money), Rejection> {
    if rate == 0 {
        return Ok((Money::ZERO, Money::ZERO));
    }
    let part = |of: Money| whole(num::mul_div(of.micros(), rate, MICROS)?, minor);
    let (liability, asset) = (part(revenue)?, part(cost)?);
    let about = Context { qty: 0, ..*about };
    entry.post(Movement::ExpectReturn, liability, &about)?;
    entry.post(Movement::ExpectReturnCost, asset, &about)?;
    Ok((liability, asset))
}

/// An order and what is known of it.
fn order_of<'a>(state: &'a State, number: &str) -> Result<(OrderId, &'a OrderRow), Rejection> {
    let id = known_document(&state.docs.orders, "order", number)?;
    let unknown = || Rejection::UnknownDocument { kind: "order".into(), document: number.into() };
    state.docs.order.get(id).map(|row| (OrderId(id), row)).ok_or_else(unknown)
}

pub(crate) fn decide_invoice(state: &State, invoice: &InvoiceOrder) -> Result<Body, Rejection> {
    let number = new_books_document(state, BooksDocument::Invoice, &invoice.invoice)?;
    let (order, row) = order_of(state, &invoice.order)?;
    let minor = state.head.minor;
    let rows: &[LineRow] = &state.order_lines(row);
    let open = |number: u32, row: &LineRow, first: u32| {
        let line = state.docs.line_id(first, number);
        row.shipped.saturating_sub(bill(state, line).billed)
    };
    let all = (1u32..).zip(rows).map(|(line, known)| InvoiceLine {
        line,
        qty: open(line, known, row.first_line),
        discount: Money::ZERO,
    });
    let said: Vec<InvoiceLine> = if invoice.lines.is_empty() {
        all.filter(|line| line.qty > 0).collect()
    } else {
        invoice.lines.clone()
    };
    some_lines(said.len())?;
    let mut sale = Sale::of(state, order, invoice.rate)?;
    whole_amount("tax", invoice.tax, sale.minor)?;
    whole_amount("shipping", invoice.shipping, sale.minor)?;
    let selling = selling(state, row.channel);
    let mut entry = Entry::new(state);
    let mut lines: Vec<InvoicedLine> = Vec::with_capacity(said.len());
    for line in &said {
        let known = line_of(rows, &invoice.order, line.line)?;
        let qty = quantity(line.qty)?;
        whole_amount("lines.discount", line.discount, sale.minor)?;
        let open = open(line.line, known, row.first_line);
        if lines.iter().any(|before| before.line == line.line) {
            return Err(invalid("lines", "each of the order's lines once"));
        }
        if qty > open {
            let document = invoice.order.clone();
            return Err(Rejection::MoreThanOpen { document, line: line.line, asked: qty, open });
        }
        let Some(sku) = state.catalog.sku.get(known.sku.0) else { continue };
        let at = state.docs.line_id(row.first_line, line.line);
        let price = sale.sold(line.line, known, (bill(state, at).billed, qty), sku.scale)?;
        let (sold, discount) = (sale.own(price)?, sale.gives(line.discount)?);
        let about = Context { channel: row.channel, ..context(sku, known.sku, NodeId::NONE, 0) };
        let mut made = InvoicedLine { line: line.line, qty, discount, ..InvoicedLine::default() };
        if selling.at_invoice {
            made.revenue = sold;
            made.cost = share(bill(state, at).unbilled_cost, qty, open, minor)?;
            sale.owes(price, sold)?;
            entry.post(Movement::Revenue, sold, &about)?;
            entry.post(Movement::CostRecognised, made.cost, &about)?;
            let sale = (sold, made.cost);
            (made.liability, made.asset) =
                expect_returns(&mut entry, selling.return_rate, sale, &about, minor)?;
        }
        if line.discount > price {
            return Err(invalid("lines.discount", "at most what the line is sold for"));
        }
        entry.post(Movement::Discount, discount, &about)?;
        sale.line(price.minus(line.discount)?);
        lines.push(made);
    }
    let about = Context { channel: row.channel, ..Context::default() };
    let (tax, shipping) = sale.foot(invoice.tax, invoice.shipping)?;
    entry.post(Movement::ShippingRevenue, shipping, &about)?;
    entry.post(Movement::OutputTax, tax, &about)?;
    let foreign = sale.settle(&mut entry, row.channel)?;
    let postings = entry.postings;
    Ok(Body::OrderInvoiced(OrderInvoiced { invoice: number, order, lines, tax, shipping, postings, foreign }))
}

pub(crate) fn decide_credit(state: &State, credit: &CreditOrder) -> Result<Body, Rejection> {
    let number = new_books_document(state, BooksDocument::CreditNote, &credit.credit_note)?;
    let (order, row) = order_of(state, &credit.order)?;
    let minor = state.head.minor;
    let rows: &[LineRow] = &state.order_lines(row);
    some_lines(credit.lines.len())?;
    let mut sale = Sale::of(state, order, credit.rate)?;
    whole_amount("tax", credit.tax, sale.minor)?;
    let mut entry = Entry::new(state);
    let mut lines: Vec<CreditedLine> = Vec::with_capacity(credit.lines.len());
    for line in &credit.lines {
        let known = line_of(rows, &credit.order, line.line)?;
        whole_amount("lines.amount", line.amount, sale.minor)?;
        if lines.iter().any(|before| before.line == line.line) {
            return Err(invalid("lines", "each of the order's lines once"));
        }
        let qty = if line.qty == 0 { 0 } else { quantity(line.qty)? };
        let at = state.docs.line_id(row.first_line, line.line);
        let bill = bill(state, at);
        let open = bill.billed.saturating_sub(bill.credited);
        if qty > open {
            let document = credit.order.clone();
            return Err(Rejection::MoreThanOpen { document, line: line.line, asked: qty, open });
        }
        let Some(sku) = state.catalog.sku.get(known.sku.0) else { continue };
        let sold = sale.sold(line.line, known, (0, known.shipped), sku.scale)?;
        if sale.given(line.line, known).plus(line.amount)? > sold {
            return Err(invalid("lines.amount", "at most what the line's shipped goods were sold for"));
        }
        // The sale is taken back: its cost waits again as shipped, not invoiced.
        let cost = if qty == 0 { Money::ZERO } else { share(bill.recognised_cost, qty, open, minor)? };
        let about = Context { channel: row.channel, ..context(sku, known.sku, NodeId::NONE, 0) };
        let amount = sale.gives_line(line.amount)?;
        entry.post(Movement::CreditNote, amount, &about)?;
        entry.post(Movement::CostRecognised, Money::ZERO.minus(cost)?, &about)?;
        lines.push(CreditedLine { line: line.line, qty, amount, cost });
    }
    let about = Context { channel: row.channel, ..Context::default() };
    let tax = sale.foot_back(credit.tax)?;
    entry.post(Movement::OutputTax, Money::ZERO.minus(tax)?, &about)?;
    let foreign = sale.settle(&mut entry, row.channel)?;
    let postings = entry.postings;
    Ok(Body::OrderCredited(OrderCredited { credit_note: number, order, lines, tax, postings, foreign }))
}

pub(crate) fn decide_payment(state: &State, record: &RecordPayment) -> Result<Body, Rejection> {
    let payment = new_books_document(state, BooksDocument::Payment, &record.payment)?;
    let order = record.order.as_deref().map(|number| order_of(state, number)).transpose()?;
    let mut sale = match &order {
        Some((id, _)) => Sale::of(state, *id, record.rate)?,
        None => Sale::of(state, OrderId::NONE, None)?,
    };
    super::invoice::check_rate(record.rate)?;
    let size = Money::from_micros(record.amount.micros().saturating_abs());
    // Money of a currency that no order tells comes in whatever parts it has.
    let minor = if order.is_none() && record.rate.is_some() { 1 } else { sale.minor };
    whole_amount("amount", size, minor)?;
    let amount = super::invoice::convert(record.amount, record.rate.or(sale.rate()), state.head.minor)?;
    if amount == Money::ZERO {
        return Err(invalid("amount", "an amount"));
    }
    let movement = match record.tender {
        Tender::Cash => Movement::Payment,
        Tender::Gift => Movement::GiftTender,
        Tender::GiftSale => Movement::GiftSale,
    };
    let channel = order.map_or(ChannelId::NONE, |(_, row)| row.channel);
    let mut entry = Entry::new(state);
    entry.post(movement, amount, &Context { channel, ..Context::default() })?;
    if record.tender != Tender::GiftSale {
        sale.owes(Money::ZERO.minus(record.amount)?, Money::ZERO.minus(amount)?)?;
    }
    let foreign = sale.settle(&mut entry, channel)?;
    let order = order.map_or(OrderId::NONE, |(id, _)| id);
    Ok(Body::PaymentRecorded(PaymentRecorded { payment, order, amount, postings: entry.postings, foreign }))
}

pub(crate) fn decide_release_returns(state: &State, release: &ReleaseReturns) -> Result<Body, Rejection> {
    let (order, row) = order_of(state, &release.order)?;
    let mut entry = Entry::new(state);
    for (at, known) in state.line_rows(row) {
        let bill = bill(state, at);
        let Some(sku) = state.catalog.sku.get(known.sku.0) else { continue };
        let about = Context { channel: row.channel, ..context(sku, known.sku, NodeId::NONE, 0) };
        entry.post(Movement::ExpectReturn, Money::ZERO.minus(bill.liability)?, &about)?;
        entry.post(Movement::ExpectReturnCost, Money::ZERO.minus(bill.asset)?, &about)?;
    }
    if entry.postings.is_empty() {
        return Err(invalid("order", "an order with returns still expected"));
    }
    Ok(Body::ReturnsReleased(ReturnsReleased { order, postings: entry.postings }))
}

/// What a return uses of what was expected, and of cost that was not recognised yet.
#[derive(Clone, Copy, Default)]
pub(crate) struct Expected {
    pub liability: Money,
    pub asset: Money,
    pub unbilled: i64,
    pub credited: i64,
    pub recognised: Money,
}

impl Expected {
    pub(crate) fn and(&self, other: &Expected) -> Result<Expected, num::Overflow> {
        Ok(Expected {
            liability: self.liability.plus(other.liability)?,
            asset: self.asset.plus(other.asset)?,
            unbilled: num::add(self.unbilled, other.unbilled)?,
            credited: num::add(self.credited, other.credited)?,
            recognised: self.recognised.plus(other.recognised)?,
        })
    }
}

/// Posts what comes before a return's own entries: an expected refund meets its liability, expected goods
/// their asset, and goods that were never invoiced, or whose sale was taken back, have their cost recognised,
/// to be taken back at once.
pub(crate) fn meet_expected(
    state: &State,
    entry: &mut Entry<'_>,
    (at, known): (u32, &LineRow),
    (qty, cost, refund): (i64, Money, Money),
    before: Expected,
    about: &Context,
) -> Result<Expected, Rejection> {
    let mut used = Expected::default();
    if state.costs.bills.len() == 0 {
        return Ok(used);
    }
    let (bill, about) = (bill(state, at), Context { qty: 0, ..*about });
    let unbilled = known.shipped.saturating_sub(bill.billed).saturating_sub(before.unbilled);
    let unbilled = if selling(state, about.channel).at_invoice { unbilled.max(0) } else { 0 };
    let credited = bill.taken_back.saturating_sub(before.credited).max(0);
    let wait = num::add(unbilled, credited)?;
    if wait > 0 {
        // What was credited is what is expected first.
        used.credited = qty.min(credited);
        used.unbilled = num::sub(qty, used.credited)?.min(unbilled);
        let open = bill.unbilled_cost.minus(before.recognised)?;
        let back = num::add(used.unbilled, used.credited)?;
        used.recognised = share(open, back, wait, state.head.minor)?;
        entry.post(Movement::CostRecognised, used.recognised, &about)?;
    }
    used.liability = refund.min(bill.liability.minus(before.liability)?);
    used.asset = cost.min(bill.asset.minus(before.asset)?);
    entry.post(Movement::RefundExpected, used.liability, &about)?;
    entry.post(Movement::ExpectReturnCost, Money::ZERO.minus(used.asset)?, &about)?;
    Ok(used)
}
