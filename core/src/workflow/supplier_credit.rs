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
        let minor = self.state.head.minor;
        let (sku, row) = self.state.catalog.sku_of(code)?;
        let claims = self.claimed(number, sku, supplier)?;
        let all = claims.iter().map(|(_, open)| open.qty).fold(0, i64::saturating_add);
        let qty = if line.qty == 0 { all } else { quantity(line.qty)? };
        if qty > all || qty == 0 {
            let (document, asked) = (number.into(), qty);
            return Err(Rejection::MoreThanOpen { document, line: 0, asked, open: all });
        }
        let (mut left, mut basis) = (qty, Vec::with_capacity(claims.len()));
        for (_, open) in &claims {
            let now = open.qty.min(left);
            left = num::sub(left, now)?;
            basis.push(now);
        }
        let foreign = self.amount(line, qty, row.scale)?;
        let own = convert(foreign, self.rate, minor)?;
        let parts = shares(foreign, &basis, minor)?.into_iter().zip(shares(own, &basis, minor)?);
        let parts = claims.into_iter().zip(basis).zip(parts).filter(|((_, qty), _)| *qty > 0);
        parts.into_iter().try_for_each(|((claim, qty), amounts)| self.settles(claim, row, qty, amounts))
    }

    /// What a supplier owes for what went back under a number: a claim for each receipt line that it came
    /// with, then the one of which nobody knows yet who owes it.
    fn claimed(&self, number: &str, sku: SkuId, supplier: &str) -> Result<Vec<(u32, Worth)>, Rejection> {
        let costs = &self.state.costs;
        let (mut known, mut all, mut unnamed) = (false, Vec::new(), None);
        // A vendor return and a customer's may have the same number: what is open is meant.
        for kind in [BooksDocument::VendorReturn, BooksDocument::SentOn] {
            let document = costs.documents.find(&(kind, DocKey::from(number)));
            let mut next = document.and_then(|document| costs.claims.find(&(document, sku)));
            while let Some((id, claim)) = next.and_then(|id| Some((id, costs.claim.get(id)?))) {
                next = costs.claims.find(&claim_after(id, sku));
                if !claim.owner.is_empty() && *claim.owner != *supplier {
                    continue;
                }
                known = true;
                let (qty, value) = (claim.qty, claim.value.minus(claim.invoiced.value)?);
                let mut open = Worth { qty: num::sub(qty, claim.invoiced.qty)?, value };
                for now in self.event.claims.iter().filter(|now| now.receipt_line == id) {
                    open = Worth { qty: num::sub(open.qty, now.qty)?, value: open.value.minus(now.cleared)? };
                }
                match (open.qty, claim.owner.is_empty()) {
                    (..=0, _) => {}
                    (_, true) => unnamed = Some((id, open)),
                    (_, false) => all.push((id, open)),
                }
            }
            all.extend(unnamed);
            if !all.is_empty() {
                break;
            }
        }
        if known {
            return Ok(all);
        }
        let document = number.chars().take(64).collect();
        Err(Rejection::UnknownDocument { kind: "vendor return that is owed for".into(), document })
    }

    /// A claim is settled as far as a credit note goes, in its currency and in the book's.
    fn settles(
        &mut self,
        (id, open): (u32, Worth),
        row: &SkuRow,
        qty: i64,
        (foreign, own): (Money, Money),
    ) -> Result<(), Rejection> {
        let (state, minor) = (self.state, self.state.head.minor);
        let Some(claim) = state.costs.claim.get(id) else { return Ok(()) };
        let sku = claim.sku;
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
