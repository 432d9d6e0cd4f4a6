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
        if let Some(order) = sold(&event.body) {
            let left =
                if let Body::OrderShipped(shipped) = &event.body { shipped.node } else { NodeId::NONE };
            self.find_home(order, left);
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
        let node = match body {
            _ if posting.node != NodeId::NONE => posting.node,
            Body::OrderShipped(shipped) => shipped.node,
            Body::SupplierInvoiceReceived(invoice) => return self.billed_at(invoice, posting.sku),
            _ => sold(body).map_or(NodeId::NONE, |order| self.home_of(order)),
        };
        if let Body::ReturnReceived(returned) = body
            && posting.node == NodeId::NONE
        {
            // A drop shipment is taken back where it was booked.
            let mut lines = returned.lines.iter().filter(|line| line.unowed.is_some());
            let line = lines.find(|line| line.sku == posting.sku);
            let came = line.and_then(|line| self.costs.receipts.get(line.came.checked_sub(1)?));
            if let Some(came) = came {
                return self.owing(came);
            }
        }
        self.company_of(node, posting.channel)
    }

    /// The company of a node; without one, the one that sells through the channel.
    fn company_of(&self, node: NodeId, channel: ChannelId) -> u32 {
        if node == NodeId::NONE {
            return self.catalog.outlet_of(channel).map_or(NO_ONE, |outlet| outlet.company);
        }
        self.company_at(node)
    }

    /// The node that an order's documents belong to. They are those of one: an invoice and its payment must
    /// meet, wherever else goods leave from in between.
    fn home_of(&self, order: OrderId) -> NodeId {
        row(&self.costs.homes, &self.costs.home, &order).unwrap_or(NodeId::NONE)
    }

    /// Gives an order a home, if it has none: the node that goods have just left from, else where they will.
    fn find_home(&mut self, order: OrderId, left: NodeId) {
        if self.costs.homes.find(&order).is_some() {
            return;
        }
        let home = if left == NodeId::NONE { self.sends(order) } else { left };
        if home != NodeId::NONE {
            put(&mut self.costs.homes, &mut self.costs.home, order, home);
        }
    }

    /// The company that sells an order from now on.
    pub(super) fn seller_of(&mut self, order: OrderId) -> u32 {
        if self.catalog.companies.len() == 0 {
            return NO_ONE;
        }
        self.find_home(order, NodeId::NONE);
        let channel = self.docs.order.get(order.0).map_or(ChannelId::NONE, |order| order.channel);
        self.company_of(self.home_of(order), channel)
    }

    /// The company that owes for what came.
    fn owing(&self, came: &ReceiptRow) -> u32 {
        came.company.checked_sub(1).unwrap_or_else(|| self.company_at(came.node))
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

    /// Whose is what a supplier bills: the line's SKU first, else what its purchase order is to bring, else
    /// whatever the invoice is about.
    fn billed_at(&self, invoice: &SupplierInvoiceReceived, sku: SkuId) -> u32 {
        let all = self.billed_most(invoice, 1);
        let own = all.iter().find(|(known, _)| *known == sku).map(|(_, company)| *company);
        let order = || self.docs.purchase.get(invoice.purchase_order?.0).map(|row| self.company_at(row.node));
        own.or_else(order).or_else(|| all.first().map(|(_, company)| *company)).unwrap_or(NO_ONE)
    }

    /// The goods that a supplier bills, and the companies that they came to.
    pub(crate) fn billed_of(&self, invoice: &SupplierInvoiceReceived) -> Vec<(SkuId, u32)> {
        self.billed_most(invoice, usize::MAX)
    }

    /// The same with so many of the goods that a landed cost is of.
    fn billed_most(&self, invoice: &SupplierInvoiceReceived, most: usize) -> Vec<(SkuId, u32)> {
        let receipts = invoice.matches.iter().map(|matched| matched.receipt_line);
        let landed = invoice.landed.iter().filter_map(|landed| self.costs.landed.get(landed.landed));
        let landed = landed.flat_map(|row| row.shares.iter().take(most)).map(|(line, _)| *line);
        let came = receipts.chain(landed).filter_map(|line| self.costs.receipts.get(line));
        let came = came.map(|row| (row.sku, self.owing(row)));
        let used = |rows: &[InvoiceMatch], of: &dyn Fn(u32) -> Option<(SkuId, NodeId)>| {
            let rows = rows.iter().filter_map(|row| of(row.receipt_line));
            rows.map(|(sku, node)| (sku, self.company_at(node))).collect::<Vec<_>>()
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
        Body::OrderDropShipped(dropped) => Some(dropped.order),
        Body::OrderInvoiced(invoiced) => Some(invoiced.order),
        Body::OrderCredited(credited) => Some(credited.order),
        Body::PaymentRecorded(paid) => Some(paid.order),
        Body::ReturnsReleased(released) => Some(released.order),
        Body::ReturnReceived(returned) => Some(returned.order),
        _ => None,
    }
}
