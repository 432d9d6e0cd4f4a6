//! Which company of the group an entry belongs to: each company's books balance by themselves, because a
//! debit and its credit belong to the same.

use super::super::event::*;
use super::super::state::*;
use crate::catalog::NO_ONE;
use crate::posting::Posting;
use crate::stock::Fault;
use crate::value::ids::*;
use crate::value::money::Money;
use crate::value::table::put;

impl State {
    /// Enters an event into the books of companies, where the group has any.
    pub(super) fn enter_companies(&mut self, period: u32, event: &Event) -> Result<(), Fault> {
        if self.catalog.companies.len() == 0 {
            return Ok(());
        }
        if let Some(order) = sold(&event.body).filter(|order| self.costs.homes.find(order).is_none()) {
            let home = match &event.body {
                Body::OrderShipped(shipped) => shipped.node,
                _ => self.sends(order),
            };
            if home != NodeId::NONE {
                put(&mut self.costs.homes, &mut self.costs.home, order, home);
            }
        }
        for posting in event.body.postings() {
            let company = self.company_of_posting(&event.body, posting);
            if company == NO_ONE {
                continue;
            }
            let key = (period, company, posting.account);
            let was = row(&self.costs.firm_spans, &self.costs.firm_span, &key).unwrap_or_default();
            put(&mut self.costs.firm_spans, &mut self.costs.firm_span, key, was.plus(posting.amount)?);
        }
        Ok(())
    }

    /// The company of the entry's node; without one, that of the goods which the document is about; without
    /// such, the one that sells through the channel.
    pub(super) fn company_of_posting(&self, body: &Body, posting: &Posting) -> u32 {
        let node =
            if posting.node == NodeId::NONE { self.node_of_document(body, posting) } else { posting.node };
        let company = self.company_at(node);
        if company == NO_ONE && node == NodeId::NONE {
            return self.catalog.outlet_of(posting.channel).map_or(NO_ONE, |outlet| outlet.company);
        }
        company
    }

    /// The node that the goods of a document came to or left from. All documents of an order are those of
    /// one: an invoice and its payment must meet, wherever else goods leave from in between.
    fn node_of_document(&self, body: &Body, posting: &Posting) -> NodeId {
        match (body, sold(body)) {
            (Body::OrderShipped(shipped), _) => shipped.node,
            (Body::SupplierInvoiceReceived(invoice), _) => self.billed_at(invoice, posting.sku),
            (_, order) => order
                .and_then(|order| row(&self.costs.homes, &self.costs.home, &order))
                .unwrap_or(NodeId::NONE),
        }
    }

    /// Where an order's goods left from first; of what has not left, where they lie; of nothing such, where
    /// they were planned first.
    fn sends(&self, order: OrderId) -> NodeId {
        let Some(row) = self.docs.order.get(order.0) else { return NodeId::NONE };
        let held = |parcel: u32| {
            let mut all = self.lines_of(row).flat_map(|line| self.reservations(line.first_reservation));
            all.any(|(_, held)| held.parcel == parcel && held.qty > 0)
        };
        let left = self.parcels(row).find(|(_, parcel)| parcel.posted);
        let left = left.or_else(|| self.parcels(row).find(|(id, _)| held(*id)));
        left.or_else(|| self.parcels(row).next()).map_or(NodeId::NONE, |(_, parcel)| parcel.node)
    }

    /// Where what a supplier bills came in: the line's SKU first, else where its purchase order is to come,
    /// else whatever the invoice is about.
    fn billed_at(&self, invoice: &SupplierInvoiceReceived, sku: SkuId) -> NodeId {
        let all = self.billed_most(invoice, 1);
        let own = all.iter().find(|(known, _)| *known == sku).map(|(_, node)| *node);
        let order = || self.docs.purchase.get(invoice.purchase_order?.0).map(|row| row.node);
        own.or_else(order).or_else(|| all.first().map(|(_, node)| *node)).unwrap_or(NodeId::NONE)
    }

    /// The goods that a supplier bills, and the nodes that they came to.
    pub(crate) fn billed_of(&self, invoice: &SupplierInvoiceReceived) -> Vec<(SkuId, NodeId)> {
        self.billed_most(invoice, usize::MAX)
    }

    /// The same with so many of the goods that a landed cost is of.
    fn billed_most(&self, invoice: &SupplierInvoiceReceived, most: usize) -> Vec<(SkuId, NodeId)> {
        let receipts = invoice.matches.iter().map(|matched| matched.receipt_line);
        let landed = invoice.landed.iter().filter_map(|landed| self.costs.landed.get(landed.landed));
        let landed = landed.flat_map(|row| row.shares.iter().take(most)).map(|(line, _)| *line);
        let came = receipts.chain(landed).filter_map(|line| self.costs.receipts.get(line));
        let came = came.map(|row| (row.sku, row.node));
        let used = |rows: &[InvoiceMatch], of: &dyn Fn(u32) -> Option<(SkuId, NodeId)>| {
            rows.iter().filter_map(|row| of(row.receipt_line)).collect::<Vec<_>>()
        };
        let uses = used(&invoice.uses, &|id| self.costs.used.get(id).map(|row| (row.sku, row.node)));
        let claims = used(&invoice.claims, &|id| self.costs.claim.get(id).map(|row| (row.sku, row.node)));
        came.chain(uses).chain(claims).collect()
    }

    /// A company's debits less credits by account, of the spans that are meant.
    pub(crate) fn company_sums(&self, company: u32, meant: &dyn Fn(u32) -> bool) -> Vec<(AccountId, Money)> {
        let mut sums = vec![Money::ZERO; self.books.balances.len()];
        for ((_, key), amount) in self.costs.firm_spans.iter().zip(self.costs.firm_span.rows()) {
            let sum = sums.get_mut(crate::value::num::index(key.2.0));
            if let Some(sum) = sum.filter(|_| key.1 == company && meant(key.0)) {
                *sum = Money::from_micros(sum.micros().saturating_add(amount.micros()));
            }
        }
        (0u32..).map(AccountId).zip(sums).collect()
    }
}

/// The order that a document of sales is about.
fn sold(body: &Body) -> Option<OrderId> {
    match body {
        Body::OrderShipped(shipped) => Some(shipped.order),
        Body::OrderInvoiced(invoiced) => Some(invoiced.order),
        Body::OrderCredited(credited) => Some(credited.order),
        Body::PaymentRecorded(paid) => Some(paid.order),
        Body::ReturnsReleased(released) => Some(released.order),
        Body::ReturnReceived(returned) => Some(returned.order),
        _ => None,
    }
}
