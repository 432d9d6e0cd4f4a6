//! The supplier's credit note: a price corrected after his invoice, or goods that went back to him. It is
//! matched to what he billed, or to the vendor return that he owes for.

use super::common::*;
use super::invoice::{Matching, SupplierInvoiceLine, convert, shares};
use super::late::bear;
use crate::catalog::*;
use crate::costing::{Costing, InvoiceDifference, extend, share};
use crate::exception::{ExceptionCode, Opened};
use crate::posting::{Context, Movement};
use crate::record::*;
use crate::value::ids::*;
use crate::value::money::{MICROS, Money};
use crate::value::num;
use crate::value::rejection::Rejection;

fn invalid(field: &str, need: &str) -> Rejection {
    Rejection::InvalidField { field: field.into(), need: need.into() }
}

impl Matching<'_> {
    /// A line of a credit note.
    pub(super) fn credited(
        &mut self,
        line: &SupplierInvoiceLine,
        code: &str,
        supplier: &str,
    ) -> Result<(), Rejection> {
        match &line.vendor_return {
            Some(number) => self.returned(line, number, code, supplier),
            None => self.corrected(line, code),
        }
    }

    /// An amount of a line in the credit note's currency.
    fn amount(&self, line: &SupplierInvoiceLine, qty: i64, scale: i64) -> Result<Money, Rejection> {
        let minor = self.state.head.minor;
        let amount = match (line.amount, line.unit_cost) {
            (Some(amount), _) => amount,
            (None, Some(cost)) => extend(cost, qty, scale, minor)?,
            (None, None) => return Err(invalid("lines.unit_cost", "a price or an amount")),
        };
        price("lines.amount", amount)?;
        Ok(convert(amount, None, minor)?)
    }

    /// Goods that went back: the vendor owes for them until now.
    fn returned(
        &mut self,
        line: &SupplierInvoiceLine,
        number: &str,
        code: &str,
        supplier: &str,
    ) -> Result<(), Rejection> {
        let (state, minor) = (self.state, self.state.head.minor);
        let (sku, row) = state.catalog.sku_of(code)?;
        let costs = &state.costs;
        let named = |kind: BooksDocument| {
            let document = costs.documents.find(&(kind, DocKey::from(number)));
            document.and_then(|document| costs.claims.find(&(document, sku)))
        };
        let his = |claim: &UseRow| claim.owner.is_empty() || *claim.owner == *supplier;
        // A vendor return and a customer's may have the same number: what is open is meant.
        let both = [BooksDocument::VendorReturn, BooksDocument::SentOn].into_iter().filter_map(named);
        let both = both.filter_map(|id| Some((id, costs.claim.get(id)?))).filter(|(_, claim)| his(claim));
        let claim = both.min_by_key(|(_, claim)| claim.qty <= claim.invoiced.qty);
        let Some((id, claim)) = claim else {
            let document = number.chars().take(64).collect();
            return Err(Rejection::UnknownDocument {
                kind: "vendor return that is owed for".into(),
                document,
            });
        };
        let settled = claim.invoiced;
        let mut open =
            Worth { qty: num::sub(claim.qty, settled.qty)?, value: claim.value.minus(settled.value)? };
        for known in self.event.claims.iter().filter(|known| known.receipt_line == id) {
            open = Worth { qty: num::sub(open.qty, known.qty)?, value: open.value.minus(known.cleared)? };
        }
        let qty = if line.qty == 0 { open.qty } else { quantity(line.qty)? };
        if qty > open.qty || qty == 0 {
            let (document, asked, open) = (number.into(), qty, open.qty);
            return Err(Rejection::MoreThanOpen { document, line: 0, asked, open });
        }
        let foreign = self.amount(line, qty, row.scale)?;
        let own = convert(foreign, self.rate, minor)?;
        let amount = self.at_receipt(claim.came.wrapping_sub(1), (foreign, own))?;
        let cleared = share(open.value, qty, open.qty, minor)?;
        let about = context(row, sku, claim.node, 0);
        self.entry.post(Movement::VendorCredit, amount, &about)?;
        // What the rate did since lessens what he is owed, and is no part of the claim.
        let exchange = amount.minus(own)?;
        self.entry.post(Movement::PurchaseInvoice, exchange, &about)?;
        self.exchange(exchange, &about)?;
        let lacks = cleared.minus(amount)?;
        self.entry.post(Movement::VendorClaimVariance, lacks, &about)?;
        let beyond = Money::ZERO.minus(lacks)?;
        self.event.claims.push(InvoiceMatch { receipt_line: id, qty, cleared, beyond });
        let place = scope_of(state, sku, claim.node);
        let share = state.read_parameter("match_price_share", &place, self.at).micros();
        if lacks.micros() > num::mul_div(cleared.micros(), share, MICROS)? {
            let opened = Opened { sku, node: claim.node, qty, ..Opened::of(ExceptionCode::ThreeWayMismatch) };
            self.event.exceptions.push(opened.about(&self.event.invoice.to_string()));
        }
        Ok(())
    }

    /// A price corrected: of what was billed, stock bears the share that is there, as of a dearer invoice.
    fn corrected(&mut self, line: &SupplierInvoiceLine, code: &str) -> Result<(), Rejection> {
        let (state, minor) = (self.state, self.state.head.minor);
        let (sku, row) = state.catalog.sku_of(code)?;
        if line.receipt.is_none() && self.purchase == PurchaseId::NONE {
            let need = "the receipt or purchase order whose price is corrected, or a vendor return";
            return Err(invalid("lines.receipt", need));
        }
        let billed = self.billed(line, sku)?;
        let all = billed.iter().map(|(_, worth)| worth.qty).fold(0, i64::saturating_add);
        let qty = if line.qty == 0 { all } else { quantity(line.qty)? };
        if qty > all {
            let document = line.receipt.clone().unwrap_or_else(|| self.event.invoice.to_string());
            let line = line.receipt_line;
            return Err(Rejection::MoreThanOpen { document, line, asked: qty, open: all });
        }
        let (mut left, mut basis, mut most) = (qty, Vec::with_capacity(billed.len()), Money::ZERO);
        for (_, worth) in &billed {
            let now = worth.qty.min(left);
            left = num::sub(left, now)?;
            most = most.plus(share(worth.value, now, worth.qty, minor)?)?;
            basis.push(now);
        }
        let foreign = self.amount(line, qty, row.scale)?;
        if qty == 0 {
            return self.above(foreign, Money::ZERO);
        }
        let total = convert(foreign, self.rate, minor)?;
        self.entry.post(
            Movement::PurchaseInvoice,
            Money::ZERO.minus(total)?,
            &context(row, sku, NodeId::NONE, 0),
        )?;
        let parts = shares(foreign, &basis, minor)?.into_iter().zip(shares(total, &basis, minor)?);
        let mut asked = Money::ZERO;
        for (((id, _), qty), (foreign, own)) in billed.into_iter().zip(basis).zip(parts) {
            let part = self.at_receipt(id, (foreign, own))?;
            asked = asked.plus(part)?;
            self.cheaper(id, row, qty, (Money::ZERO.minus(part)?, part.minus(own)?))?;
        }
        if asked > most { self.above(asked, most) } else { Ok(()) }
    }

    fn above(&self, asked: Money, most: Money) -> Result<(), Rejection> {
        let credit_note = self.event.invoice.to_string();
        let (asked, most) = (asked.to_string(), most.to_string());
        Err(Rejection::CreditAboveInvoiced { credit_note, asked, most })
    }

    /// Receipt lines that were billed, and at what.
    fn billed(&self, line: &SupplierInvoiceLine, sku: SkuId) -> Result<Vec<(u32, Worth)>, Rejection> {
        let costs = &self.state.costs;
        let named = line.receipt.as_deref();
        let named = named.map(|number| known_document(&self.state.docs.receipts, "receipt", number));
        let named = named.transpose()?;
        let mine = costs.receipts.iter().filter(|(_, row)| {
            (row.supplier, row.sku) == (self.supplier, sku)
                && named.is_none_or(|receipt| row.receipt == receipt)
                && (self.purchase == PurchaseId::NONE || row.purchase == self.purchase)
                && (line.receipt_line == 0 || row.line == line.receipt_line)
        });
        let mut billed = Vec::new();
        for (id, _) in mine {
            let mut worth = costs.billed(id, self.state.head.minor)?;
            worth.value =
                worth.value.plus(row_of(&costs.dearer, &costs.beyond, &id).unwrap_or_default().value)?;
            for known in self.event.matches.iter().filter(|known| known.receipt_line == id) {
                worth.value = worth.value.plus(known.beyond)?;
            }
            if worth.qty > 0 {
                billed.push((id, worth));
            }
        }
        Ok(billed)
    }

    /// A receipt line costs `by` more, which is less, and the rate has done the rest.
    fn cheaper(
        &mut self,
        id: u32,
        sku: &SkuRow,
        qty: i64,
        (by, exchange): (Money, Money),
    ) -> Result<(), Rejection> {
        let state = self.state;
        let Some(line) = state.costs.receipts.get(id).copied() else { return Ok(()) };
        self.exchange(exchange, &context(sku, line.sku, line.node, 0))?;
        if by == Money::ZERO {
            return Ok(());
        }
        self.event.matches.push(InvoiceMatch { receipt_line: id, qty: 0, cleared: Money::ZERO, beyond: by });
        let valuation = state.costs.valuation(sku.group).unwrap_or_default();
        let spent = valuation.invoice_difference == InvoiceDifference::ToVariance;
        if spent || state.method(sku) == Costing::Standard {
            let about: Context = context(sku, line.sku, line.node, 0);
            return self.entry.post(Movement::InvoiceVariance, by, &about);
        }
        let bearing = (Movement::InvoiceToStock, Movement::InvoiceVariance);
        self.event.late.push(bear(state, &mut self.entry, id, (qty, by), bearing)?);
        Ok(())
    }
}
