//! The supplier's invoice: matched to what was received, before or after it came.

use super::common::*;
use super::late::bear;
use super::matching::{Billed, check_match};
use crate::catalog::*;
use crate::costing::{Costing, InvoiceDifference, allocate_shares, extend, share};
use crate::posting::{Context, Movement};
use crate::record::*;
use crate::value::ids::*;
use crate::value::money::Money;
use crate::value::num;
use crate::value::rejection::Rejection;
use crate::value::time::Instant;
use crate::value::wire::{wire, words};

words! {
    /// What a supplier sends.
    #[derive(Default)]
    pub enum SupplierBill {
        /// An invoice: he is owed more.
        #[default]
        Invoice,
        /// A credit note: he is owed less, for a price corrected or for goods that went back to him.
        CreditNote,
    }
}

wire! {
    /// Records a supplier's invoice. Lines are matched to open receipts of the supplier, oldest first; what
    /// is invoiced and has not come waits for its receipt. A credit note's lines are matched to what he
    /// billed, or to a vendor return that he owes for; its amounts are positive.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// # let json = r#"{"receive_goods":{"receipt":"R-2","node":"RENO","supplier":"ACME","lines":[
    /// #     {"sku":"TEE","qty":5,"unit_cost":"8"}]}}"#;
    /// # book.execute(&Envelope::new("r-2", at, serde_json::from_str(json)?))?;
    /// // 15 TEE lie there at 8.00, five of them from ACME, which now asks 9.00 for each of its five.
    /// let invoice: ReceiveSupplierInvoice = serde_json::from_str(r#"{"invoice":"V-1","supplier":"ACME",
    ///     "lines":[{"sku":"TEE","qty":5,"unit_cost":"9"}]}"#)?;
    /// book.execute(&Envelope::new("v-1", at, Command::ReceiveSupplierInvoice(invoice)))?;
    /// assert_eq!(book.stock_columns().value, [125_000_000], "the 5.00 are part of what stock costs");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct ReceiveSupplierInvoice {
        /// Number of the invoice.
        pub invoice: String,
        /// The supplier.
        pub supplier: String,
        /// Only receipts of this purchase order are meant.
        #[serde(default)]
        pub purchase_order: Option<String>,
        /// What one unit of the invoice's currency is worth in the book's; none = the book's own currency.
        #[serde(default)]
        pub rate: Option<Money>,
        /// What is invoiced.
        pub lines: Vec<SupplierInvoiceLine>,
        /// Tax as the invoice says it, in its currency.
        #[serde(default)]
        pub tax: Money,
        /// Whether it is an invoice or a credit note; each has numbers of its own.
        #[serde(default)]
        pub kind: SupplierBill,
    }

    /// A line of a supplier's invoice: goods, or a landed cost.
    pub struct SupplierInvoiceLine {
        /// The SKU; none for a landed cost.
        #[serde(default)]
        pub sku: Option<String>,
        /// How many, in the SKU's smallest unit.
        #[serde(default)]
        pub qty: i64,
        /// Price of one base unit, in the invoice's currency.
        #[serde(default)]
        pub unit_cost: Option<Money>,
        /// Amount of the line, where it is not quantity times price.
        #[serde(default)]
        pub amount: Option<Money>,
        /// The receipt that it is for; none = whichever is open.
        #[serde(default)]
        pub receipt: Option<String>,
        /// The receipt's line, from 1; 0 = whichever has the SKU.
        #[serde(default)]
        pub receipt_line: u32,
        /// The landed cost that it is for.
        #[serde(default)]
        pub landed_cost: Option<String>,
        /// The use of consigned goods that it is for; without `qty`, all of it.
        #[serde(default)]
        pub consignment_use: Option<String>,
        /// Of a landed cost: more of it will be billed, so that what this bill lacks of the plan stays
        /// accrued. Otherwise a bill settles the plan: goods bear what the bills differ from it, and all of
        /// a bill that comes after.
        #[serde(default)]
        pub partial: bool,
        /// Of a credit note: the vendor return that it is for, or the customer's return that went on to the
        /// vendor; without `qty`, all that is owed for. Without it the line corrects the price of `receipt`,
        /// or of the purchase order; without `qty`, of all that was billed and is not returned.
        #[serde(default)]
        pub vendor_return: Option<String>,
    }
}

fn invalid(field: &str, need: &str) -> Rejection {
    Rejection::InvalidField { field: field.into(), need: need.into() }
}

/// An amount of another currency in the book's, in whole minor units.
pub(crate) fn convert(amount: Money, rate: Option<Money>, minor: i64) -> Result<Money, num::Overflow> {
    let Some(rate) = rate else { return whole(amount.micros(), minor) };
    let product = i128::from(amount.micros()).checked_mul(i128::from(rate.micros())).ok_or(num::Overflow)?;
    whole(num::div_half_up(product, i128::from(crate::value::money::MICROS))?, minor)
}

/// `Ok` if a rate of exchange is one.
pub(crate) fn check_rate(rate: Option<Money>) -> Result<(), Rejection> {
    match rate {
        Some(rate) if rate.micros() <= 0 => Err(invalid("rate", "a rate above 0")),
        Some(rate) => price("rate", rate),
        None => Ok(()),
    }
}

/// An invoice being matched.
pub(super) struct Matching<'a> {
    pub state: &'a State,
    pub supplier: SupplierId,
    pub purchase: PurchaseId,
    pub rate: Option<Money>,
    pub at: Instant,
    pub entry: Entry<'a>,
    pub event: SupplierInvoiceReceived,
}

pub(crate) fn decide_supplier_invoice(
    state: &State,
    receive: &ReceiveSupplierInvoice,
    at: Instant,
) -> Result<Body, Rejection> {
    let credit = receive.kind == SupplierBill::CreditNote;
    let kind = if credit { BooksDocument::SupplierCredit } else { BooksDocument::SupplierInvoice };
    let invoice = new_books_document(state, kind, &receive.invoice)?;
    let (supplier, _) = state.catalog.supplier_of(&receive.supplier)?;
    let order = receive.purchase_order.as_deref();
    let order = order.map(|number| known_document(&state.docs.purchases, "purchase order", number));
    let order = order.transpose()?.map(PurchaseId);
    let purchase = order.unwrap_or(PurchaseId::NONE);
    check_rate(receive.rate)?;
    some_lines(receive.lines.len())?;
    let event = SupplierInvoiceReceived {
        invoice,
        supplier,
        matches: Vec::new(),
        ahead: Vec::new(),
        late: Vec::new(),
        landed: Vec::new(),
        tax: convert(receive.tax, receive.rate, state.head.minor)?,
        postings: Vec::new(),
        uses: Vec::new(),
        exceptions: Vec::new(),
        credit,
        claims: Vec::new(),
        purchase_order: order,
    };
    let entry = Entry::new(state);
    let mut matching = Matching { state, supplier, purchase, rate: receive.rate, at, entry, event };
    for line in &receive.lines {
        match (&line.sku, &line.landed_cost, &line.consignment_use) {
            (Some(sku), None, None) if credit => matching.credited(line, sku, &receive.supplier)?,
            (Some(sku), None, None) => matching.goods(line, sku)?,
            _ if credit => return Err(invalid("lines.sku", "goods in each line of a credit note")),
            (None, Some(landed), None) => matching.landed(line, landed)?,
            (None, None, Some(used)) => matching.used(line, used, &receive.supplier)?,
            _ => return Err(invalid("lines", "one of SKU, landed cost and consignment use in each line")),
        }
    }
    let Matching { mut entry, mut event, .. } = matching;
    let tax = if credit { Money::ZERO.minus(event.tax)? } else { event.tax };
    entry.post(Movement::InputTax, tax, &Context::default())?;
    event.postings = entry.postings;
    one_company(state, &event)?;
    Ok(Body::SupplierInvoiceReceived(event))
}

/// `Ok` if all goods that a bill is for came to one company: it is the one that owes.
fn one_company(state: &State, bill: &SupplierInvoiceReceived) -> Result<(), Rejection> {
    let known = &state.catalog.companies;
    if known.len() < 2 {
        return Ok(());
    }
    let mut companies: Vec<String> = Vec::new();
    for (_, company) in state.billed_of(bill) {
        let company = known.get(company).map(ToString::to_string);
        companies.extend(company.filter(|company| !companies.contains(company)));
    }
    if companies.len() < 2 {
        return Ok(());
    }
    Err(Rejection::BillOfTwoCompanies { bill: bill.invoice.to_string(), companies })
}

impl Matching<'_> {
    fn goods(&mut self, line: &SupplierInvoiceLine, code: &str) -> Result<(), Rejection> {
        let (sku, row) = self.state.catalog.sku_of(code)?;
        let minor = self.state.head.minor;
        let qty = quantity(line.qty)?;
        let foreign = match (line.amount, line.unit_cost) {
            (Some(amount), _) => amount,
            (None, Some(cost)) => extend(cost, qty, row.scale, minor)?,
            (None, None) => return Err(invalid("lines.unit_cost", "a price or an amount")),
        };
        price("lines.amount", foreign)?;
        let open = self.open(line, sku, qty)?;
        let mut basis: Vec<i64> = open.iter().map(|(_, qty)| *qty).collect();
        let ahead = basis.iter().fold(qty, |left, part| left.saturating_sub(*part));
        basis.push(ahead);
        let foreign = convert(foreign, None, minor)?;
        let total = convert(foreign, self.rate, minor)?;
        let foreign_shares = shares(foreign, &basis, minor)?;
        let own = shares(total, &basis, minor)?;
        let billed = Billed { sku, qty, ahead, amounts: (foreign, total), purchase: self.purchase };
        let number = &self.event.invoice.to_string();
        let mismatch = check_match(self.state, &billed, (number, &open), self.at)?;
        self.event.exceptions.extend(mismatch);
        let about = context(row, sku, NodeId::NONE, 0);
        self.entry.post(Movement::PurchaseInvoice, total, &about)?;
        let parts = open.into_iter().zip(foreign_shares).zip(own.iter().copied());
        for (((id, qty), foreign), amount) in parts {
            self.clear(id, row, qty, (foreign, amount))?;
        }
        if ahead > 0 {
            let value = own.last().copied().unwrap_or_default();
            self.event.ahead.push(InvoiceAhead { sku, qty: ahead, value });
        }
        Ok(())
    }

    /// Receipt lines that the invoice's line is for, and how much of each.
    fn open(&self, line: &SupplierInvoiceLine, sku: SkuId, qty: i64) -> Result<Vec<(u32, i64)>, Rejection> {
        let costs = &self.state.costs;
        let named = line.receipt.as_deref();
        let named = named.map(|number| known_document(&self.state.docs.receipts, "receipt", number));
        let named = named.transpose()?;
        let fits = |row: &ReceiptRow| {
            (row.supplier, row.sku) == (self.supplier, sku)
                && (self.purchase == PurchaseId::NONE || row.purchase == self.purchase)
                && (line.receipt_line == 0 || row.line == line.receipt_line)
        };
        let lines: Vec<(u32, &ReceiptRow)> = match named {
            Some(receipt) => costs.receipt_lines(receipt).filter(|(_, row)| fits(row)).collect(),
            None => costs.receipts.iter().filter(|(_, row)| fits(row)).collect(),
        };
        let mut left = qty;
        let mut open = Vec::new();
        for (id, row) in lines {
            let before = self.event.matches.iter().filter(|m| m.receipt_line == id).map(|m| m.qty);
            let free = before.fold(costs.open_receipt(id, row).qty, i64::saturating_sub);
            let take = free.min(left);
            if take > 0 {
                open.push((id, take));
                left = num::sub(left, take)?;
            }
        }
        if let (Some(document), true) = (&line.receipt, left > 0) {
            let (asked, open) = (qty, qty.saturating_sub(left));
            let line = line.receipt_line;
            return Err(Rejection::MoreThanOpen { document: document.clone(), line, asked, open });
        }
        Ok(open)
    }

    /// Clears a receipt line, and finds where the difference goes.
    fn clear(
        &mut self,
        id: u32,
        sku: &SkuRow,
        qty: i64,
        (foreign, amount): (Money, Money),
    ) -> Result<(), Rejection> {
        let (state, minor) = (self.state, self.state.head.minor);
        let Some(line) = state.costs.receipts.get(id).copied() else { return Ok(()) };
        let mut open = state.costs.open_receipt(id, &line);
        for known in self.event.matches.iter().filter(|known| known.receipt_line == id) {
            open.qty = num::sub(open.qty, known.qty)?;
            open.value = open.value.minus(known.cleared)?;
        }
        let cleared = share(open.value, qty, open.qty, minor)?;
        let about = context(sku, line.sku, line.node, 0);
        let expected = self.at_receipt(id, (foreign, amount))?;
        self.exchange(amount.minus(expected)?, &about)?;
        let difference = expected.minus(cleared)?;
        self.event.matches.push(InvoiceMatch { receipt_line: id, qty, cleared, beyond: difference });
        let valuation = state.costs.valuation(sku.group).unwrap_or_default();
        let spent = valuation.invoice_difference == InvoiceDifference::ToVariance;
        if difference == Money::ZERO {
            return Ok(());
        }
        if spent || state.method(sku) == Costing::Standard {
            return self.entry.post(Movement::InvoiceVariance, difference, &about);
        }
        let bearing = (Movement::InvoiceToStock, Movement::InvoiceVariance);
        self.event.late.push(bear(state, &mut self.entry, id, (qty, difference), bearing)?);
        Ok(())
    }

    /// What an amount was at the rate of the receipt line that it is for, where both are of another currency.
    pub(super) fn at_receipt(&self, id: u32, (foreign, own): (Money, Money)) -> Result<Money, Rejection> {
        let then = row_of(&self.state.costs.foreign, &self.state.costs.rate, &id);
        Ok(match (self.rate, then) {
            (Some(_), Some(rate)) => convert(foreign, Some(rate), self.state.head.minor)?,
            _ => own,
        })
    }

    /// What the rate did is no price: it goes to gain or loss on exchange.
    pub(super) fn exchange(&mut self, lost: Money, about: &Context) -> Result<(), Rejection> {
        if lost.micros() > 0 {
            return self.entry.post(Movement::ExchangeLoss, lost, about);
        }
        self.entry.post(Movement::ExchangeGain, Money::ZERO.minus(lost)?, about)
    }

    /// Consigned goods that were used: the vendor's price was said at their use, so that what the invoice
    /// differs is a variance.
    fn used(&mut self, line: &SupplierInvoiceLine, number: &str, supplier: &str) -> Result<(), Rejection> {
        let (state, minor) = (self.state, self.state.head.minor);
        let unknown =
            || Rejection::UnknownDocument { kind: "consignment use".into(), document: shown(number) };
        let id = state.costs.uses.find(&DocKey::from(number)).ok_or_else(unknown)?;
        let row = state.costs.used.get(id).cloned().ok_or_else(unknown)?;
        if *row.owner != *supplier {
            return Err(invalid("lines.consignment_use", "a use of goods that the supplier owned"));
        }
        let mut open =
            Worth { qty: num::sub(row.qty, row.invoiced.qty)?, value: row.value.minus(row.invoiced.value)? };
        for known in self.event.uses.iter().filter(|known| known.receipt_line == id) {
            open = Worth { qty: num::sub(open.qty, known.qty)?, value: open.value.minus(known.cleared)? };
        }
        let qty = if line.qty == 0 { open.qty } else { quantity(line.qty)? };
        if qty > open.qty || qty == 0 {
            let (document, asked, open) = (number.into(), qty, open.qty);
            return Err(Rejection::MoreThanOpen { document, line: 0, asked, open });
        }
        let Some(sku) = state.catalog.sku.get(row.sku.0) else { return Ok(()) };
        let amount = match (line.amount, line.unit_cost) {
            (Some(amount), _) => amount,
            (None, Some(cost)) => extend(cost, qty, sku.scale, minor)?,
            (None, None) => return Err(invalid("lines.unit_cost", "a price or an amount")),
        };
        price("lines.amount", amount)?;
        let amount = convert(amount, self.rate, minor)?;
        let cleared = share(open.value, qty, open.qty, minor)?;
        let about = context(sku, row.sku, row.node, 0);
        self.entry.post(Movement::ConsignmentInvoice, amount, &about)?;
        let beyond = amount.minus(cleared)?;
        self.entry.post(Movement::ConsignmentVariance, beyond, &about)?;
        self.event.uses.push(InvoiceMatch { receipt_line: id, qty, cleared, beyond });
        Ok(())
    }

    /// Freight or duty that was planned: what the invoice differs is shared out like the plan. A part of it
    /// clears as much of the plan, and differs only beyond it.
    fn landed(&mut self, line: &SupplierInvoiceLine, number: &str) -> Result<(), Rejection> {
        let (state, minor) = (self.state, self.state.head.minor);
        let unknown = || Rejection::UnknownDocument { kind: "landed cost".into(), document: number.into() };
        let key = DocKey::from(number);
        let found = state.costs.landed.iter().find(|(_, row)| row.number == key);
        let (id, row) = found.ok_or_else(unknown)?;
        let amount = line.amount.ok_or_else(|| invalid("lines.amount", "the amount of the landed cost"))?;
        price("lines.amount", amount)?;
        let amount = convert(amount, self.rate, minor)?;
        self.entry.post(Movement::LandedInvoice, amount, &Context::default())?;
        let before = self.event.landed.iter().filter(|known| known.landed == id).map(|known| known.amount);
        let open = before.chain([row.invoiced]).try_fold(row.amount, Money::minus)?.max(Money::ZERO);
        let settled = if line.partial { open.min(amount) } else { open };
        let difference = amount.minus(settled)?;
        self.event.landed.push(LandedInvoiced { landed: id, amount: settled });
        let basis: Vec<i64> = row.shares.iter().map(|(_, share)| share.micros()).collect();
        if difference.micros() != 0 {
            let parts = shares(difference, &basis, minor)?;
            for ((id, _), part) in row.shares.iter().zip(parts).filter(|(_, part)| *part != Money::ZERO) {
                let qty = state.costs.receipts.get(*id).map_or(1, |line| line.qty);
                let bearing = (Movement::LandedCost, Movement::LandedVariance);
                self.event.late.push(bear(state, &mut self.entry, *id, (qty, part), bearing)?);
            }
        }
        Ok(())
    }
}

/// Shares of an amount; a basis that sums to nothing is refused.
pub(crate) fn shares(amount: Money, basis: &[i64], minor: i64) -> Result<Vec<Money>, Rejection> {
    use crate::costing::ShareError;
    allocate_shares(amount, basis, minor).map_err(|error| match error {
        ShareError::BasisZero => Rejection::BasisZero {},
        ShareError::OutOfRange => Rejection::OutOfRange { what: "a share of an amount".into() },
    })
}
