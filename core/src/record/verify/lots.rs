//! What is promised by lot is what is reserved.

use super::{Violation, broken};
use crate::record::State;
use crate::stock::{Condition, Owner, Place};
use crate::value::ids::*;
use std::collections::BTreeMap;

/// Units by SKU, node, channel, lot and when they leave.
type Wanted = BTreeMap<(SkuId, NodeId, ChannelId, LotId, i64), i64>;

impl State {
    /// Wants of SKUs that are promised by lot are their reservations, by channel and by the lot named.
    pub(super) fn verify_lots(&self) -> Result<(), Violation> {
        if self.stock.by_lot.len() == 0 {
            return Ok(());
        }
        let mut reserved = Wanted::new();
        for (id, row) in self.stock.reservations.iter().filter(|(_, row)| row.qty > 0) {
            if self.stock.is_by_lot(row.sku) {
                let lot = self.stock.named_lot(id).unwrap_or(LotId::NONE);
                let leaves = if lot == LotId::NONE { self.leaves_of(row.parcel) } else { 0 };
                let sum =
                    reserved.entry((row.sku, row.node, self.channel_of(&row), lot, leaves)).or_default();
                *sum = sum.saturating_add(row.qty);
            }
        }
        let mut wanted = Wanted::new();
        for ((_, (sku, node)), wants) in self.stock.wanted.iter().zip(self.stock.want.rows()) {
            wanted.extend(
                wants.iter().map(|want| ((*sku, *node, want.channel, want.lot, *want.leaves), want.qty)),
            );
        }
        if wanted != reserved {
            let found = format!("{wanted:?} are wanted, {reserved:?} reserved");
            return broken("what is promised by lot is reserved", found);
        }
        self.verify_names(&wanted)
    }

    /// Of a lot no more is set aside by its name at a node than lies there.
    fn verify_names(&self, wanted: &Wanted) -> Result<(), Violation> {
        let mut named: BTreeMap<(SkuId, NodeId, LotId), i64> = BTreeMap::new();
        for ((sku, node, _, lot, _), qty) in wanted.iter().filter(|((.., lot, _), _)| *lot != LotId::NONE) {
            let sum = named.entry((*sku, *node, *lot)).or_default();
            *sum = sum.saturating_add(*qty);
        }
        for ((sku, node, lot), qty) in named {
            let label = self.stock.labels.get(lot.0).map_or("", |label| label);
            let own = |place: &Place| place.is_own() && place.condition == Condition::Sellable;
            let lies = self.stock.places(sku, node).into_iter().filter(|(place, _)| own(place));
            let lies = lies.filter(|(place, _)| place.lot == label).map(|(_, qty)| qty);
            let there = lies.fold(0, i64::saturating_add);
            if qty > there {
                let found = format!("{qty} of lot {label} of SKU {sku:?} at {node:?}, where {there} lie");
                return broken("what is named of a lot lies in it", found);
            }
        }
        Ok(())
    }

    /// The channel that a reservation is for.
    pub(crate) fn channel_of(&self, row: &crate::stock::Reservation) -> ChannelId {
        let none = ChannelId::NONE;
        match row.owner {
            Owner::Hold(hold) => self.docs.hold.get(hold).map_or(none, |row| row.channel),
            Owner::Line(line) => {
                let order = self.docs.lines.get(line).and_then(|line| self.docs.order.get(line.order.0));
                order.map_or(none, |order| order.channel)
            }
        }
    }
}
