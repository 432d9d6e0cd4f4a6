//! What is promised by lot is what is reserved.

use super::{Violation, broken};
use crate::record::State;
use crate::stock::Owner;
use crate::value::ids::*;
use std::collections::BTreeMap;

impl State {
    /// Wants of SKUs that are promised by lot are their reservations, by channel and by the lot named.
    pub(super) fn verify_lots(&self) -> Result<(), Violation> {
        if self.stock.by_lot.len() == 0 {
            return Ok(());
        }
        let mut reserved: BTreeMap<(SkuId, NodeId, ChannelId, LotId, i64), i64> = BTreeMap::new();
        for (id, row) in self.stock.reservations.iter().filter(|(_, row)| row.qty > 0) {
            if self.stock.is_by_lot(row.sku) {
                let lot = self.stock.named_lot(id).unwrap_or(LotId::NONE);
                let day = if lot == LotId::NONE { self.day_of(row.parcel) } else { 0 };
                let sum = reserved.entry((row.sku, row.node, self.channel_of(&row), lot, day)).or_default();
                *sum = sum.saturating_add(row.qty);
            }
        }
        let mut wanted = BTreeMap::new();
        for ((_, (sku, node)), wants) in self.stock.wanted.iter().zip(self.stock.want.rows()) {
            wanted.extend(
                wants.iter().map(|want| ((*sku, *node, want.channel, want.lot, *want.day), want.qty)),
            );
        }
        if wanted == reserved {
            return Ok(());
        }
        broken("what is promised by lot is reserved", format!("{wanted:?} are wanted, {reserved:?} reserved"))
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
