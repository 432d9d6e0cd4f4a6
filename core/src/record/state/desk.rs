//! Where work on documents stands: rows beside the documents' own, which are empty where no stage is used.

use crate::record::event::{DemandForecast, PackedCarton};
use crate::record::words::*;
use crate::stock::Place;
use crate::value::ids::*;
use crate::value::later::Later;
use crate::value::money::Money;
use crate::value::numbers::Numbers;
use crate::value::table::{Keys, Ordered, Table, tables};
use crate::value::time::Instant;
use serde::{Deserialize, Serialize};

/// What one node does for one order.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct FulfilmentRow {
    pub stage: FulfilmentStage,
    pub wave: Option<DocKey>,
    /// Units picked and not shipped, by line.
    pub picked: Vec<(u32, i64)>,
    /// What is packed and not shipped.
    pub cartons: Vec<PackedCarton>,
    pub tracking: String,
    pub changed_at: Instant,
    /// Units that were picked and are not wanted any more, by line: they go back to their shelves.
    #[serde(default)]
    pub put_back: Later<Vec<(u32, i64)>, 1>,
    /// Until when packed goods wait to be picked up.
    #[serde(default)]
    pub collect_by: Later<Option<Instant>, 2>,
    /// The carrier's numbers of all its shipments, the oldest first.
    #[serde(default)]
    pub trackings: Later<Vec<String>, 3>,
}

impl FulfilmentRow {
    /// Units of a line that are packed and not shipped.
    pub(crate) fn packed_of(&self, line: u32) -> i64 {
        let lines = self.cartons.iter().flat_map(|carton| &carton.lines);
        lines.filter(|of| of.line == line).map(|of| of.qty).fold(0, i64::saturating_add)
    }
}

impl FulfilmentStage {
    /// Whether the node works on the order.
    pub(crate) fn is_work(self) -> bool {
        self <= FulfilmentStage::Packed
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct ReturnRow {
    pub order: OrderId,
    pub node: NodeId,
    pub stage: ReturnStage,
    /// Units authorised, by line.
    pub authorized: Vec<(u32, i64)>,
    /// Units that arrived, by line.
    pub arrived: Vec<(u32, i64)>,
    /// When it was authorised.
    #[serde(default)]
    pub since: Later<Option<Instant>, 1>,
    /// Units authorised at first, by line: what they take of the node's day they take for good.
    #[serde(default)]
    pub booked: Later<Vec<(u32, i64)>, 2>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct RequestRow {
    pub from: NodeId,
    pub supplier: SupplierId,
    pub to: NodeId,
    pub lines: Vec<(SkuId, i64)>,
    pub stage: RequestStage,
    pub requested_by: String,
    /// The parcel of an order that the goods are for.
    #[serde(default)]
    pub parcel: Later<Option<u32>, 1>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct AnnouncedRow {
    pub purchase: PurchaseId,
    pub arrives_at: Instant,
    pub lines: Vec<(u32, i64)>,
    /// What had come of each of the purchase order's lines; none if nothing had.
    #[serde(default)]
    pub came: Later<Vec<i64>, 1>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct CountRow {
    pub node: NodeId,
    pub stage: CountStage,
    pub lines: Vec<CountLineRow>,
    pub counted_by: String,
    pub approved_by: String,
    pub changed_at: Instant,
    /// How often differences were posted.
    pub postings: u32,
    /// Who counted before it was counted again.
    #[serde(default)]
    pub counted_first_by: Later<String, 1>,
}

impl CountRow {
    /// Changes the line of a SKU in a place.
    pub(crate) fn edit(&mut self, sku: SkuId, place: &Place, change: impl FnOnce(&mut CountLineRow)) {
        let mut known = self.lines.iter_mut().filter(|line| line.sku == sku && line.place.0 == *place);
        if let Some(line) = known.next() {
            return change(line);
        }
        let mut line = CountLineRow { sku, place: Later(place.clone()), ..CountLineRow::default() };
        change(&mut line);
        self.lines.push(line);
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct CountLineRow {
    pub sku: SkuId,
    pub expected: i64,
    pub counted: i64,
    /// How often it was counted.
    pub times: u32,
    /// Units of the difference that are in the books.
    pub posted: i64,
    #[serde(default)]
    pub place: Later<Place, 1>,
}

/// How long an order has waited for stock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct WaitRow {
    pub since: Instant,
    /// Until when; none while it waits.
    pub until: Option<Instant>,
    /// When it is too old; none = never, or it was told.
    pub due: Option<Instant>,
    pub told: bool,
}

/// Work on documents.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Desk {
    pub fulfilments: Keys<(OrderId, NodeId)>,
    pub fulfilment: Table<FulfilmentRow>,
    pub waves: Numbers,
    pub order_holds: Ordered<(OrderId, OrderHoldKind)>,
    /// Stages that a channel's orders must go through.
    pub flows: Ordered<(ChannelId, Stage)>,
    pub parked: Numbers,
    pub prints: Keys<u64>,
    pub returns: Numbers,
    pub return_case: Table<ReturnRow>,
    pub requests: Keys<(RequestKind, DocKey)>,
    pub request: Table<RequestRow>,
    pub announced: Numbers,
    pub announcement: Table<AnnouncedRow>,
    pub counts: Numbers,
    pub count: Table<CountRow>,
    /// Orders that wait or waited for stock.
    pub waits: Keys<OrderId>,
    pub wait: Table<WaitRow>,
    /// Customers that orders name, and their orders.
    pub buyers: Numbers,
    pub bought: Ordered<(u32, u32)>,
    /// What customers paid of their orders.
    pub payers: Keys<OrderId>,
    pub paid: Table<Money>,
    /// Orders and those that replace them.
    pub replacements: Ordered<(OrderId, OrderId)>,
    /// Returns and the orders that they are exchanged for.
    pub exchanges: Numbers,
    pub exchange: Table<OrderId>,
    /// Orders that wait for supply that is to come until they may leave, by when that is.
    pub scheduled: Ordered<(Instant, u32)>,
    pub subscriptions: Numbers,
    pub subscription: Table<super::SubscriptionRow>,
    /// Parcels, and the requests of the transfers that bring goods for them.
    pub brought: Ordered<(u32, u32)>,
    /// What bid prices are solved from, in its only row, and when that is due.
    pub forecast: Table<DemandForecast>,
    pub forecast_due: Ordered<Instant>,
}

tables!(Desk: ; later:
    fulfilments, fulfilment, waves, order_holds, flows, parked, prints, returns, return_case, requests,
    request, announced, announcement, counts, count, waits, wait,
    buyers, bought, payers, paid, replacements, exchanges, exchange, scheduled,
    subscriptions, subscription, brought, forecast, forecast_due
);

impl Desk {
    /// Whether nothing of this room has a say when goods leave.
    #[inline]
    pub(crate) fn is_idle(&self) -> bool {
        self.fulfilment.len() == 0 && self.order_holds.len() == 0 && self.flows.len() == 0
    }

    pub(crate) fn fulfilment_of(&self, order: OrderId, node: NodeId) -> Option<(u32, &FulfilmentRow)> {
        let id = self.fulfilments.find(&(order, node))?;
        self.fulfilment.get(id).map(|row| (id, row))
    }

    pub(crate) fn holds_of(&self, order: OrderId) -> impl Iterator<Item = OrderHoldKind> {
        let from = self.order_holds.iter_from((order, OrderHoldKind::Fraud));
        from.take_while(move |(held, _)| *held == order).map(|(_, kind)| kind)
    }

    pub(crate) fn return_of(&self, rma: &DocKey) -> Option<(u32, &ReturnRow)> {
        let id = self.returns.find(rma)?;
        self.return_case.get(id).map(|row| (id, row))
    }

    pub(crate) fn request_of(&self, kind: RequestKind, number: &str) -> Option<(u32, &RequestRow)> {
        let id = self.requests.find(&(kind, DocKey::from(number)))?;
        self.request.get(id).map(|row| (id, row))
    }

    /// The request of the transfer that brings goods for a parcel.
    pub(crate) fn bringing(&self, parcel: u32) -> Option<u32> {
        if self.brought.len() == 0 {
            return None;
        }
        let found = self.brought.iter_from((parcel, 0)).next();
        found.filter(|(known, _)| *known == parcel).map(|(_, request)| request)
    }
}
