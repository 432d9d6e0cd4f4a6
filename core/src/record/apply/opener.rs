//! Which document an event is about and where it happens, and which system opened it.

use crate::record::DocumentKind;
use crate::record::event::*;
use crate::record::state::*;
use crate::value::ids::*;
use crate::value::num;
use crate::value::time::Instant;

impl State {
    /// The document that an event is about, of those that have owners.
    pub(crate) fn document_of(&self, body: &Body) -> Option<(DocumentKind, DocKey)> {
        let order = |id: OrderId| Some((DocumentKind::Order, self.docs.orders.get(id.0)?.clone()));
        let purchase =
            |id: PurchaseId| Some((DocumentKind::Purchase, self.docs.purchases.get(id.0)?.clone()));
        let back = |rma: &DocKey| Some((DocumentKind::Return, rma.clone()));
        let count = |count: &DocKey| Some((DocumentKind::Count, count.clone()));
        match body {
            Body::OrderPlaced(e) => Some((DocumentKind::Order, e.order.clone())),
            Body::PurchaseOrderPlaced(e) => Some((DocumentKind::Purchase, e.purchase_order.clone())),
            Body::PurchaseOrderCancelled(e) => purchase(e.purchase_order),
            Body::PurchaseOrderConfirmed(e) => purchase(e.purchase_order),
            Body::PurchaseOrderChanged(e) => purchase(e.purchase_order),
            Body::ShipmentAnnounced(e) => purchase(e.purchase_order),
            Body::GoodsReceived(e) => purchase(e.purchase_order),
            Body::TransferShipped(e) => Some((DocumentKind::Transfer, e.transfer.clone())),
            Body::TransferReceived(e) => {
                Some((DocumentKind::Transfer, self.docs.transfers.get(e.transfer.0)?.clone()))
            }
            Body::ReturnAuthorized(e) => back(&e.rma),
            Body::ReturnCheckedIn(e) => back(&e.rma),
            Body::ReturnCancelled(e) => back(&e.rma),
            Body::ReturnReceived(e) => back(&e.rma),
            Body::CountPlanned(e) => count(&e.count),
            Body::CountRecorded(e) => count(&e.count),
            Body::CountApproved(e) => count(&e.count),
            Body::CountPosted(e) => count(&e.count),
            Body::CountCancelled(e) => count(&e.count),
            _ => order(self.place_of(body).0),
        }
    }

    /// The order that an event is about and the node where it happens, as far as it has them.
    pub(crate) fn place_of(&self, body: &Body) -> (OrderId, NodeId) {
        match body {
            Body::OrderReallocated(e) => (e.order, NodeId::NONE),
            Body::OrderCancelled(e) => (e.order, NodeId::NONE),
            Body::OrderHeld(e) => (e.order, NodeId::NONE),
            Body::OrderReleased(e) => (e.order, NodeId::NONE),
            Body::OrderInvoiced(e) => (e.order, NodeId::NONE),
            Body::OrderCredited(e) => (e.order, NodeId::NONE),
            Body::OrderDropShipped(e) => (e.order, NodeId::NONE),
            Body::PaymentRecorded(e) => (e.order, NodeId::NONE),
            Body::CustomerNotified(e) => (e.order, NodeId::NONE),
            Body::AllocationRejected(e) => (e.order, e.node),
            Body::OrderShipped(e) => (e.order, e.node),
            Body::PickRecorded(e) => (e.order, e.node),
            Body::OrderPacked(e) => (e.order, e.node),
            Body::ShipmentTracked(e) => (e.order, e.node),
            Body::OrderDelivered(e) => (e.order, e.node),
            Body::ReturnAuthorized(e) => (e.order, e.node),
            Body::ReturnCheckedIn(e) => (e.order, e.node),
            Body::ReturnReceived(e) => (e.order, e.node),
            Body::WaveReleased(e) => (OrderId::NONE, e.node),
            Body::GoodsReceived(e) => (OrderId::NONE, e.node),
            Body::StockAdjusted(e) => (OrderId::NONE, e.node),
            Body::StockMoved(e) => (OrderId::NONE, e.node),
            Body::PurchaseOrderPlaced(e) => (OrderId::NONE, e.node),
            Body::PurchaseOrderChanged(e) => (OrderId::NONE, self.bought_at(e.purchase_order)),
            Body::PurchaseOrderCancelled(e) => (OrderId::NONE, self.bought_at(e.purchase_order)),
            Body::PurchaseOrderConfirmed(e) => (OrderId::NONE, self.bought_at(e.purchase_order)),
            Body::ShipmentAnnounced(e) => (OrderId::NONE, self.bought_at(e.purchase_order)),
            Body::TransferShipped(e) => (OrderId::NONE, e.from),
            Body::TransferReceived(e) => {
                let row = self.docs.transfer.get(e.transfer.0);
                (OrderId::NONE, row.map_or(NodeId::NONE, |row| row.to))
            }
            Body::CountPlanned(e) => (OrderId::NONE, e.node),
            Body::CountRecorded(e) => (OrderId::NONE, self.counted_at(&e.count)),
            Body::CountApproved(e) => (OrderId::NONE, self.counted_at(&e.count)),
            Body::CountPosted(e) => (OrderId::NONE, self.counted_at(&e.count)),
            Body::CountCancelled(e) => (OrderId::NONE, self.counted_at(&e.count)),
            Body::KitAssembled(e) => (OrderId::NONE, e.node),
            Body::GoodsRequested(e) => (OrderId::NONE, e.to),
            Body::VendorReturnShipped(e) => (OrderId::NONE, e.node),
            Body::NodeStatusSet(e) => (OrderId::NONE, e.node),
            _ => (OrderId::NONE, NodeId::NONE),
        }
    }

    fn bought_at(&self, order: PurchaseId) -> NodeId {
        self.docs.purchase.get(order.0).map_or(NodeId::NONE, |row| row.node)
    }

    fn counted_at(&self, count: &DocKey) -> NodeId {
        let row = self.desk.counts.find(count).and_then(|id| self.desk.count.get(id));
        row.map_or(NodeId::NONE, |row| row.node)
    }

    /// When the latest fact happened of the document that an event is about.
    pub(crate) fn last_fact(&self, body: &Body) -> Option<Instant> {
        let id = self.govern.told.find(&self.document_of(body)?)?;
        self.govern.told_at.get(id).copied()
    }

    /// Remembers what rules ask of a document.
    pub(super) fn note_document(&mut self, event: &Event) {
        self.note_opener(event);
        self.note_order(event);
    }

    /// Remembers when the latest fact of a document happened, where any rule asks.
    fn note_order(&mut self, event: &Event) {
        if !self.govern.asks_order() {
            return;
        }
        let Some(document) = self.document_of(&event.body) else { return };
        let id = self.govern.told.intern(document);
        if num::index(id) < self.govern.told_at.len() {
            self.govern.told_at.edit(id, |at| *at = (*at).max(event.occurred_at));
        } else {
            self.govern.told_at.push(event.occurred_at);
        }
    }

    /// Remembers which system opened a document, where any rule asks.
    fn note_opener(&mut self, event: &Event) {
        if self.govern.sources.len() == 0 || !self.govern.asks_opener() {
            return;
        }
        let opens = matches!(
            event.body,
            Body::OrderPlaced(_)
                | Body::PurchaseOrderPlaced(_)
                | Body::TransferShipped(_)
                | Body::ReturnAuthorized(_)
                | Body::ReturnCheckedIn(_)
                | Body::CountPlanned(_)
        );
        let Some(document) = self.document_of(&event.body).filter(|_| opens) else { return };
        if self.govern.opened.find(&document).is_none() {
            self.govern.opened.intern(document);
            self.govern.openers.push(event.source.to_string());
        }
    }
}
