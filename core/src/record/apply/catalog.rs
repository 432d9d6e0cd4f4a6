//! Master data in detail: how it changes state.

use super::costs::Coming;
use crate::catalog::KitStep;
use crate::record::*;
use crate::stock::{Fault, Owner, Place, Reservation};
use crate::value::ids::*;
use crate::value::later::Later;
use crate::value::num;
use crate::value::table::put;
use crate::value::time::Instant;
use std::collections::BTreeMap;

impl State {
    /// Applies an event on master data in detail.
    pub(super) fn apply_catalog(&mut self, body: &Body, at: Instant) -> Result<(), Fault> {
        match body {
            Body::SkuDescribed(said) => self.catalog.put_trait(said),
            Body::SkusDefined(said) => {
                self.catalog.put_skus(said);
                while self.stock.borders.len() < self.catalog.sku.len() {
                    self.stock.borders.push(crate::stock::Border::default());
                }
                self.stock.reservations.make_room(self.catalog.sku.len());
                self.stock.cells.make_room(self.catalog.sku.len(), self.catalog.node.len());
            }
            Body::KitDefined(kit) => self.catalog.put_kit(kit.kit, kit.kind, &kit.components),
            Body::CompanyDefined(said) => self.catalog.put_company(said),
            Body::NodeDescribed(said) => {
                let days = |days: &ServiceDays| (days.service, days.cut_offs.clone());
                let cut_offs: Vec<_> = said.cut_offs.iter().map(days).collect();
                let node = self.catalog.nodes.find(said.node.node.as_str()).map(NodeId);
                let limited = |state: &State| {
                    node.and_then(|node| state.catalog.site_of(node))
                        .is_some_and(|site| site.capacity.is_some())
                };
                let before = limited(self);
                self.catalog.put_site(&said.node, &cut_offs);
                node.into_iter().for_each(|node| self.set_sends(node));
                if let Some(node) = node.filter(|_| !before && limited(self) && self.head.origin() > 2) {
                    self.book_planned(node);
                }
            }
            Body::ChannelDescribed(said) => {
                self.catalog.put_outlet(said);
                self.set_lives();
            }
            Body::LotExpirySet(said) => self.set_lot_expiry(said),
            Body::ListingSet(said) => self.catalog.put_listing(said),
            Body::NegativeStockSet(said) => self.catalog.put_negative(said),
            Body::ChangeScheduled(change) => {
                let id = put(
                    &mut self.docs.changes,
                    &mut self.docs.change,
                    change.change.clone(),
                    ChangeRow {
                        effective_from: change.effective_from,
                        state: ChangeState::Scheduled,
                        definition: Some(change.definition.clone()),
                        why: change.why.clone(),
                        actor: Later(change.actor.clone()),
                    },
                );
                self.docs.changes_due.insert((change.effective_from, id));
            }
            Body::ChangeWithdrawn(change) => self.end_change(&change.change, ChangeState::Withdrawn)?,
            Body::ChangeTookEffect(change) => self.end_change(&change.change, ChangeState::Effective)?,
            Body::ChangeLapsed(change) => {
                self.open_exceptions(&change.exceptions, at);
                self.end_change(&change.change, ChangeState::Lapsed)?;
            }
            Body::KitAssembled(assembled) => self.assemble(assembled, at)?,
            _ => return Err(Fault("an event has no way to be applied")),
        }
        Ok(())
    }

    fn end_change(&mut self, change: &DocKey, state: ChangeState) -> Result<(), Fault> {
        let Some(id) = self.docs.changes.find(change) else { return Err(Fault("there is no such change")) };
        let due = self.docs.change.get(id).map_or(Instant::START, |row| row.effective_from);
        self.docs.changes_due.remove((due, id));
        self.docs.change.edit(id, |row| {
            row.state = state;
            row.definition = None;
        });
        Ok(())
    }

    /// Remembers which lines of an order are kits.
    pub(super) fn note_kits(&mut self, placed: &OrderPlaced) -> Result<(), Fault> {
        if !placed.kits.is_empty() {
            let order = num::id(self.docs.order.len()).saturating_sub(1);
            put(&mut self.docs.order_kits, &mut self.docs.order_kit, order, placed.kits.clone());
        }
        Ok(())
    }

    fn assemble(&mut self, assembled: &KitAssembled, at: Instant) -> Result<(), Fault> {
        self.docs.assemblies.intern(assembled.assembly.clone());
        let kit = std::slice::from_ref(&assembled.kit);
        let (out, into) = match assembled.step {
            KitStep::Assemble => (assembled.components.as_slice(), kit),
            KitStep::Disassemble => (kit, assembled.components.as_slice()),
        };
        for line in out {
            self.stock.issue(line.sku, assembled.node, line.qty, line.value, &line.taken)?;
            self.leave(line.sku, assembled.node, (line.qty, line.value), &line.lots)?;
            self.adjust_border(line.sku, line.qty.saturating_neg())?;
        }
        for line in into {
            let coming = Coming::of(line.qty, line.value, line.passed);
            self.enter(line.sku, assembled.node, &Place::default(), coming)?;
            self.adjust_border(line.sku, line.qty)?;
        }
        self.fill(&assembled.fills, &assembled.parcels, None)?;
        self.open_exceptions(&assembled.exceptions, at);
        self.post(&assembled.postings)
    }

    fn adjust_border(&mut self, sku: SkuId, by: i64) -> Result<(), Fault> {
        let sum = num::add(self.stock.borders.get(sku.0).map_or(0, |border| border.adjusted), by)?;
        self.stock.cross_border(sku, |border| border.adjusted = sum);
        Ok(())
    }

    /// Books a new reservation against its node's day, where the node has a capacity.
    pub(super) fn book_capacity(&mut self, sku: SkuId, qty: i64, parcel: u32) {
        if !self.catalog.is_limited {
            return;
        }
        let Some((node, ship_at)) = self.docs.parcels.get(parcel).map(|row| (row.node, row.ship_at)) else {
            return;
        };
        let Some(capacity) = self.catalog.site_of(node).and_then(|site| site.capacity) else { return };
        let scale = self.catalog.sku.get(sku.0).map_or(1, |row| row.scale);
        self.stock.book(&capacity, node, parcel, ship_at, (qty, scale));
    }

    /// A node's days are limited from here on: what was planned to leave on them takes its place.
    fn book_planned(&mut self, node: NodeId) {
        let mut open: BTreeMap<(u32, u32), (SkuId, i64)> = BTreeMap::new();
        for (_, row) in self.stock.open_at(None) {
            let here = self.docs.parcels.get(row.parcel).is_some_and(|parcel| parcel.node == node);
            if let Owner::Line(line) = row.owner
                && here
                && self.stock.booking_of(row.parcel).is_none()
            {
                let (_, qty) = open.entry((row.parcel, line)).or_insert((row.sku, 0));
                *qty = qty.saturating_add(row.qty);
            }
        }
        open.into_iter().for_each(|((parcel, _), (sku, qty))| self.book_capacity(sku, qty, parcel));
    }

    /// Units that a reservation's parcel takes of the same line beside it.
    pub(crate) fn rest_of(&self, row: &Reservation) -> i64 {
        let Owner::Line(line) = row.owner else { return 0 };
        // Only what names a lot, or is as old as another, is told apart.
        if self.stock.named.len() == 0 && self.stock.parts.len() == 0 {
            return 0;
        }
        let first = self.docs.lines.get(line).map_or(NOTHING, |row| row.first_reservation);
        let same = self.reservations(first).filter(|(_, other)| other.parcel == row.parcel);
        same.map(|(_, other)| other.qty).fold(row.qty.saturating_neg(), i64::saturating_add)
    }

    /// Frees a day of what will not leave on it.
    pub(super) fn free_capacity(&mut self, row: &Reservation, left: i64) {
        if self.stock.bookings.len() == 0 {
            return;
        }
        let has_left = self.docs.parcels.get(row.parcel).is_some_and(|parcel| parcel.posted);
        let scale = self.catalog.sku.get(row.sku.0).map_or(1, |row| row.scale);
        // What a parcel takes of a line counts once, also where a part of it was asked for by its lot.
        let rest = self.rest_of(row);
        let (before, after) = (row.qty.saturating_add(rest), left.saturating_add(rest));
        self.stock.unbook(row.parcel, before, after, scale, has_left);
    }
}
