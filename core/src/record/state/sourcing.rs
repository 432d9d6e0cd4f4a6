//! Terms of orders: a sister table, so that an order without any costs nothing.

use super::State;
use crate::record::event::{PlacedTerms, Substituted};
use crate::value::ids::{DocKey, LotId, NodeId, OrderId, SkuId};
use crate::value::later::Later;
use crate::value::time::Instant;
use serde::{Deserialize, Serialize};

/// What sourcing must know of an order besides its lines.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct TermsRow {
    /// Segment of the customer; empty = none.
    pub segment: Box<str>,
    /// Where the customer picks up, or none.
    pub pickup: NodeId,
    /// Nodes that have rejected it, wholly (no SKU) or for a SKU.
    pub excluded: Vec<(NodeId, SkuId)>,
    /// How often it was rejected.
    pub rejections: u16,
    /// What was ordered where a line gives a substitute.
    #[serde(default)]
    pub substituted: Later<Vec<Substituted>, 1>,
    /// Who buys; empty = nobody that is told.
    #[serde(default)]
    pub customer: Later<String, 2>,
    /// The order that it replaces.
    #[serde(default)]
    pub replaces: Later<Option<OrderId>, 3>,
    /// The return by which the replaced goods come back.
    #[serde(default)]
    pub rma: Later<Option<DocKey>, 4>,
    /// When it may leave at the earliest.
    #[serde(default)]
    pub ship_from: Later<Option<Instant>, 5>,
    /// Lots that lines come from by their names.
    #[serde(default)]
    pub lots: Later<Vec<(u32, LotId)>, 6>,
}

impl TermsRow {
    /// The terms of an order that has none.
    pub(crate) fn none() -> TermsRow {
        TermsRow {
            segment: Box::from(""),
            pickup: NodeId::NONE,
            excluded: Vec::new(),
            rejections: 0,
            substituted: Later::default(),
            customer: Later::default(),
            replaces: Later::default(),
            rma: Later::default(),
            ship_from: Later::default(),
            lots: Later::default(),
        }
    }
}

impl PlacedTerms {
    /// As a row, before anything was rejected.
    pub(crate) fn row(&self) -> TermsRow {
        TermsRow {
            segment: self.segment.as_str().into(),
            pickup: self.pickup,
            ship_from: Later(self.ship_from),
            ..TermsRow::none()
        }
    }
}

impl State {
    /// The terms of an order, if it has any.
    #[inline]
    pub(crate) fn terms_of(&self, order: OrderId) -> Option<&TermsRow> {
        if self.docs.termed.len() == 0 {
            return None;
        }
        self.docs.termed.find(&order).and_then(|id| self.docs.terms.get(id))
    }

    /// When an order may leave at the earliest, where that is later than a time.
    #[inline]
    pub(crate) fn leaves_after(&self, order: OrderId, at: Instant) -> Option<Instant> {
        self.terms_of(order).and_then(|terms| *terms.ship_from).filter(|from| *from > at)
    }

    /// Changes the terms of an order.
    pub(crate) fn edit_terms(&mut self, order: OrderId, change: impl FnOnce(&mut TermsRow)) {
        let id = self.docs.termed.intern(order);
        if self.docs.terms.get(id).is_none() {
            self.docs.terms.push(TermsRow::none());
        }
        self.docs.terms.edit(id, change);
    }
}
