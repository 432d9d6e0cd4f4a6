//! Which document an event is about, and which system opened it.

use crate::record::DocumentKind;
use crate::record::event::*;
use crate::record::state::*;
use crate::value::ids::*;

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
            Body::OrderReallocated(e) => order(e.order),
            Body::AllocationRejected(e) => order(e.order),
            Body::OrderCancelled(e) => order(e.order),
            Body::OrderHeld(e) => order(e.order),
            Body::OrderReleased(e) => order(e.order),
            Body::OrderInvoiced(e) => order(e.order),
            Body::OrderCredited(e) => order(e.order),
            Body::PurchaseOrderPlaced(e) => Some((DocumentKind::Purchase, e.purchase_order.clone())),
            Body::PurchaseOrderCancelled(e) => purchase(e.purchase_order),
            Body::PurchaseOrderConfirmed(e) => purchase(e.purchase_order),
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
            _ => self.shipment_of(body).and_then(order),
        }
    }

    /// The order that a step of its fulfilment is about.
    fn shipment_of(&self, body: &Body) -> Option<OrderId> {
        Some(match body {
            Body::OrderShipped(e) => e.order,
            Body::OrderDropShipped(e) => e.order,
            Body::PickRecorded(e) => e.order,
            Body::OrderPacked(e) => e.order,
            Body::ShipmentTracked(e) => e.order,
            Body::OrderDelivered(e) => e.order,
            Body::CustomerNotified(e) => e.order,
            _ => return None,
        })
    }

    /// Remembers which system opened a document, where any rule asks.
    pub(super) fn note_opener(&mut self, event: &Event) {
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
