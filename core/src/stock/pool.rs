//! What can be taken from a pool of stock, and how taking and giving change it.

use super::ones::{One, ROWS, Spot};
use super::rows::*;
use super::{Condition, Place};
use crate::value::ids::*;
use crate::value::later::Later;
use crate::value::money::Money;
use crate::value::num::{self, Overflow};
use crate::value::table::put;
use serde::{Deserialize, Serialize};

/// An impossible state: a defect of the library, never of its caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fault(pub &'static str);

const LESS: Fault = Fault("a place would hold less than nothing");

impl From<Overflow> for Fault {
    fn from(_: Overflow) -> Fault {
        Fault("a balance left its range while an event was applied")
    }
}

/// Units taken from a place that is told apart.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Taken {
    /// The place.
    pub place: Place,
    /// Units.
    pub qty: i64,
}

impl Place {
    /// Not told apart: no bin, no lot, sellable, own.
    #[inline]
    pub(crate) fn is_plain(&self) -> bool {
        self.bin.is_empty() && self.lot.is_empty() && self.is_own() && self.condition == Condition::Sellable
    }

    #[inline]
    pub(crate) fn is_own(&self) -> bool {
        self.owner.is_empty()
    }
}

impl Stock {
    /// Whether any stock is protected for channels.
    #[inline]
    pub(crate) fn is_protected(&self) -> bool {
        self.guards.len() > 0 || self.plans.len() > 0
    }

    /// Whether stock of a SKU is protected for channels.
    pub(crate) fn protects(&self, sku: SkuId) -> bool {
        let nodes = (0..self.cells.free_row(sku).len()).map(|node| NodeId(num::id(node)));
        let guarded = |node| self.guards.find(&(sku, node)).is_some();
        self.is_protected() && (self.is_planned(sku) || nodes.into_iter().any(guarded))
    }

    /// Whether a protection plan bears on a SKU, at one node or at all.
    pub(crate) fn is_planned(&self, sku: SkuId) -> bool {
        let mut nodes = (0..self.cells.free_row(sku).len()).map(|node| NodeId(num::id(node)));
        let planned = |node| self.plans.find(&(sku, node)).is_some();
        self.plans.len() > 0 && (planned(NodeId::NONE) || nodes.any(planned))
    }

    /// Whether any stock is protected, or has dates: then free units alone say little.
    #[inline]
    pub(crate) fn is_guarded(&self) -> bool {
        self.guards.len() > 0 || self.plans.len() > 0 || self.by_lot.len() > 0
    }

    pub(crate) fn label(&mut self, text: &str) -> u32 {
        self.labels.find(text).unwrap_or_else(|| self.labels.intern(text.into()))
    }

    fn key(&mut self, sku: SkuId, node: NodeId, place: &Place) -> BucketKey {
        let (bin, lot, owner) = (self.label(&place.bin), self.label(&place.lot), self.label(&place.owner));
        BucketKey { sku, node, bin, lot, condition: place.condition, owner }
    }

    fn find_key(&self, sku: SkuId, node: NodeId, place: &Place) -> Option<u32> {
        let find = |text: &str| self.labels.find(text);
        let (bin, lot, owner) = (find(&place.bin)?, find(&place.lot)?, find(&place.owner)?);
        self.buckets.find(&BucketKey { sku, node, bin, lot, condition: place.condition, owner })
    }

    fn place_of(&self, key: &BucketKey) -> Place {
        let text = |id: u32| self.labels.get(id).map(|l| l.to_string()).unwrap_or_default();
        Place { bin: text(key.bin), lot: text(key.lot), condition: key.condition, owner: text(key.owner) }
    }

    /// The place where all sellable goods of a cell lie, where it is the only one told apart.
    fn sole(&self, sku: SkuId, node: NodeId) -> Option<BucketKey> {
        let Spot { bin, lot, condition, owner } = *self.spots.get(self.ones.get(sku, node).spot()?)?;
        Some(BucketKey { sku, node, bin, lot, condition, owner })
    }

    /// The places told apart at a node, in the order in which they were first used.
    pub(crate) fn places(&self, sku: SkuId, node: NodeId) -> Vec<(Place, i64)> {
        if let Some(key) = self.sole(sku, node) {
            let qty = self.cells.get(sku, node).sellable;
            return if qty == 0 { Vec::new() } else { vec![(self.place_of(&key), qty)] };
        }
        let place = |id: &u32| {
            let qty = self.bucket.get(*id).copied().unwrap_or(0);
            let key = self.buckets.get(*id)?;
            (qty != 0).then(|| (self.place_of(key), qty))
        };
        self.shelf_of(sku, node).iter().filter_map(place).collect()
    }

    /// Whether any place at the node is told apart.
    #[inline]
    pub(crate) fn has_places(&self, sku: SkuId, node: NodeId) -> bool {
        match self.ones.get(sku, node).spot {
            0 => false,
            ROWS => self.shelves.len() > 0 && self.shelves.find(&(sku, node)).is_some(),
            _ => true,
        }
    }

    /// Units in a place.
    pub(crate) fn in_place(&self, sku: SkuId, node: NodeId, place: &Place) -> i64 {
        let cell = self.cells.get(sku, node);
        if let Some(key) = self.sole(sku, node) {
            return if self.place_of(&key) == *place { cell.sellable } else { 0 };
        }
        if !place.is_plain() {
            return self.find_key(sku, node, place).and_then(|id| self.bucket.get(id)).copied().unwrap_or(0);
        }
        if !self.has_places(sku, node) {
            return cell.sellable;
        }
        let own = |key: &&BucketKey| {
            key.condition == Condition::Sellable
                && self.labels.get(key.owner).is_none_or(|owner| owner.is_empty())
        };
        let qty = |id: &u32| {
            self.buckets.get(*id).filter(own).and_then(|_| self.bucket.get(*id)).copied().unwrap_or(0)
        };
        let told = self.shelf_of(sku, node).iter().map(qty).fold(0, i64::saturating_add);
        cell.sellable.saturating_sub(told)
    }

    /// The places that rows tell apart at a node.
    fn shelf_of(&self, sku: SkuId, node: NodeId) -> &[u32] {
        let shelf = self.shelves.find(&(sku, node)).and_then(|id| self.shelf.get(id));
        shelf.map(Vec::as_slice).unwrap_or_default()
    }

    /// From which places told apart `qty` sellable units come, after `skip` others: what is not told apart
    /// goes first, then places in the order in which they were first used.
    pub(crate) fn pick(&self, sku: SkuId, node: NodeId, skip: i64, qty: i64) -> Vec<Taken> {
        if !self.has_places(sku, node) {
            return Vec::new();
        }
        let plain = self.in_place(sku, node, &Place::default()).max(0);
        let (mut skip, mut left) = (skip, qty);
        let from_plain = plain.saturating_sub(skip).clamp(0, left);
        (skip, left) = (skip.saturating_sub(plain).max(0), left.saturating_sub(from_plain));
        let mut taken = Vec::new();
        if left == 0 {
            return taken;
        }
        for (place, there) in self.places(sku, node) {
            if left <= 0 {
                break;
            }
            if place.is_own() && place.condition == Condition::Sellable {
                let take = there.saturating_sub(skip).clamp(0, left);
                (skip, left) = (skip.saturating_sub(there).max(0), left.saturating_sub(take));
                if take > 0 {
                    taken.push(Taken { place, qty: take });
                }
            }
        }
        taken
    }

    /// The same, where what came last goes first, and what is not told apart goes last.
    pub(crate) fn pick_last(&self, sku: SkuId, node: NodeId, skip: i64, qty: i64) -> Vec<Taken> {
        let (mut skip, mut left, mut taken) = (skip, qty, Vec::new());
        let own = |place: &Place| place.is_own() && place.condition == Condition::Sellable;
        for (place, there) in self.places(sku, node).into_iter().rev().filter(|(place, _)| own(place)) {
            let take = there.saturating_sub(skip).clamp(0, left);
            (skip, left) = (skip.saturating_sub(there).max(0), left.saturating_sub(take));
            if take > 0 {
                taken.push(Taken { place, qty: take });
            }
        }
        taken
    }

    /// Units free at a node that are protected for other channels than this one, if `used` more had been
    /// reserved by each channel there.
    pub(crate) fn protected_from(
        &self,
        sku: SkuId,
        node: NodeId,
        channel: ChannelId,
        used: &[(ChannelId, i64)],
    ) -> i64 {
        let guards = self.guards.find(&(sku, node)).and_then(|id| self.guard.get(id));
        let guards = guards.map(Vec::as_slice).unwrap_or_default();
        let kept = |guard: &Guard| {
            let more = used.iter().filter(|(by, _)| *by == guard.channel).map(|(_, qty)| *qty);
            let more = more.fold(0, i64::saturating_add);
            guard.qty.saturating_sub(guard.used.saturating_add(more)).max(0)
        };
        guards.iter().filter(|guard| guard.channel != channel).map(kept).fold(0, i64::saturating_add)
    }

    /// Units free for a channel at a node, and units free but protected for others.
    #[inline]
    pub(crate) fn free_for(&self, sku: SkuId, node: NodeId, cell: &Cell, channel: ChannelId) -> (i64, i64) {
        if !self.is_guarded() {
            return (cell.free().max(0), 0);
        }
        let lives = self.room_by(sku, node, self.need_of(channel));
        self.room_for(sku, node, cell, (channel, lives), 0, (0, 0))
    }

    /// The same where so many lie in lots that do, and the cell has been given back so many units that the
    /// channel holds; and so many at all nodes, of which so many at open ones.
    pub(crate) fn room_for(
        &self,
        sku: SkuId,
        node: NodeId,
        cell: &Cell,
        (channel, lives): (ChannelId, i64),
        back: i64,
        (whole, open): (i64, i64),
    ) -> (i64, i64) {
        let all = cell.free().max(0);
        let (room, _) = self.unguarded(sku, node, cell, channel);
        let used = [(channel, back.saturating_neg())];
        let room = room.min(self.room_here(sku, node, all, channel, &used));
        let room = room.min(self.wide_room(sku, open, channel, &[(channel, whole.saturating_neg())]));
        let room = room.min(lives);
        (room, all.saturating_sub(room))
    }

    fn unguarded(&self, sku: SkuId, node: NodeId, cell: &Cell, channel: ChannelId) -> (i64, i64) {
        let free = cell.free().max(0);
        let Some(guards) = self.guards.find(&(sku, node)).and_then(|id| self.guard.get(id)) else {
            return (free, 0);
        };
        let kept = |guard: &Guard| guard.qty.saturating_sub(guard.used).max(0);
        let others = guards.iter().filter(|guard| guard.channel != channel).map(kept);
        let protected = others.fold(0, i64::saturating_add).min(free);
        (free.saturating_sub(protected), protected)
    }

    /// Other channels that stock is protected for at a node, with what is left of it.
    pub(crate) fn guarded_for(&self, sku: SkuId, node: NodeId, channel: ChannelId) -> Vec<(ChannelId, i64)> {
        let guards = self.guards.find(&(sku, node)).and_then(|id| self.guard.get(id));
        let guards = guards.map(Vec::as_slice).unwrap_or_default().iter();
        let left = |guard: &Guard| (guard.channel, guard.qty.saturating_sub(guard.used).max(0));
        guards.filter(|guard| guard.channel != channel).map(left).filter(|(_, left)| *left > 0).collect()
    }

    fn change_bucket(&mut self, key: BucketKey, by: i64) -> Result<(), Fault> {
        let id = self.buckets.intern(key);
        if num::index(id) == self.bucket.len() {
            self.bucket.push(0);
            let shelf = self.shelves.intern((key.sku, key.node));
            if num::index(shelf) == self.shelf.len() {
                self.shelf.push(Vec::new());
            }
            self.shelf.edit(shelf, |ids| ids.push(id));
        }
        let qty = num::add(self.bucket.get(id).copied().unwrap_or(0), by)?;
        if qty < 0 {
            return Err(LESS);
        }
        self.bucket.edit(id, |to| *to = qty);
        Ok(())
    }

    /// A place gets units, or gives them (negative); the cell follows.
    fn change_place(&mut self, sku: SkuId, node: NodeId, place: &Place, by: i64) -> Result<(), Fault> {
        let one = self.ones.get(sku, node);
        if place.is_plain() && one.spot == 0 {
            return Ok(());
        }
        if one.spot == ROWS {
            if place.is_plain() {
                return Ok(());
            }
            let key = self.key(sku, node, place);
            return self.change_bucket(key, by);
        }
        let key = self.key(sku, node, place);
        let BucketKey { bin, lot, condition, owner, .. } = key;
        let spot = self.spots.intern(Spot { bin, lot, condition, owner }).saturating_add(1);
        let there = self.cells.get(sku, node).sellable;
        if one.spot == spot {
            return if num::add(there, by)? < 0 { Err(LESS) } else { Ok(()) };
        }
        if there == 0 && by >= 0 && place.is_own() && place.condition == Condition::Sellable {
            // Nothing is left of what lay elsewhere.
            let spot = if place.is_plain() { 0 } else { spot };
            self.ones.edit(&self.cells, sku, node, |one| one.spot = spot);
            return Ok(());
        }
        // A second place: all get rows.
        let sole = self.sole(sku, node);
        self.ones.edit(&self.cells, sku, node, |one| one.spot = ROWS);
        if let Some(sole) = sole.filter(|_| there != 0) {
            self.change_bucket(sole, there)?;
        }
        if place.is_plain() { Ok(()) } else { self.change_bucket(key, by) }
    }

    /// What is alone in a cell.
    #[inline]
    pub(crate) fn one(&self, sku: SkuId, node: NodeId) -> One {
        self.ones.get(sku, node)
    }

    /// Whether what is alone is kept beside its cell.
    pub(crate) fn keeps_ones(&self) -> bool {
        self.ones.is_kept()
    }

    /// Sets the source of a cell's only layer and one more.
    pub(crate) fn set_layer(&mut self, sku: SkuId, node: NodeId, layer: u32) {
        self.ones.edit(&self.cells, sku, node, |one| one.layer = layer);
    }

    /// Puts units of own value into a place, or takes them out (`qty` and `value` negative).
    pub(crate) fn change(
        &mut self,
        sku: SkuId,
        node: NodeId,
        place: &Place,
        qty: i64,
        value: Money,
    ) -> Result<(), Fault> {
        self.change_place(sku, node, place, qty)?;
        if !place.is_own() {
            return Ok(());
        }
        let mut cell = self.cells.get(sku, node);
        match place.condition {
            Condition::Sellable => cell.sellable = num::add(cell.sellable, qty)?,
            _ => cell.held = num::add(cell.held, qty)?,
        }
        cell.value = cell.value.plus(value)?;
        self.set_cell(sku, node, cell)
    }

    /// Sets a cell, if it is a possible one.
    #[inline]
    fn set_cell(&mut self, sku: SkuId, node: NodeId, cell: Cell) -> Result<(), Fault> {
        // Below zero there is nothing that could be reserved.
        let oversold = cell.sellable < cell.reserved && cell.reserved > 0;
        if oversold || cell.held < 0 || cell.reserved < 0 {
            return Err(Fault("a cell would hold less than is reserved"));
        }
        if cell.on_hand() == 0 && cell.value != Money::ZERO && !self.pooled {
            return Err(Fault("an empty cell would keep a value"));
        }
        if self.cells.set(sku, node, cell) { Ok(()) } else { Err(Fault("there is no such cell")) }
    }

    /// Adds to the value of a cell; the units stay.
    pub(crate) fn add_value(&mut self, sku: SkuId, node: NodeId, value: Money) -> Result<(), Fault> {
        let mut cell = self.cells.get(sku, node);
        cell.value = cell.value.plus(value)?;
        self.set_cell(sku, node, cell)
    }

    /// Takes `qty` sellable units out of a cell with their value: goods leave.
    pub(crate) fn issue(
        &mut self,
        sku: SkuId,
        node: NodeId,
        qty: i64,
        value: Money,
        taken: &[Taken],
    ) -> Result<(), Fault> {
        self.take_out((sku, node), (qty, 0), value, taken)
    }

    /// The same of units that were reserved: what is free stays.
    pub(crate) fn ship(
        &mut self,
        sku: SkuId,
        node: NodeId,
        qty: i64,
        value: Money,
        taken: &[Taken],
    ) -> Result<(), Fault> {
        self.take_out((sku, node), (qty, qty), value, taken)
    }

    fn take_out(
        &mut self,
        (sku, node): (SkuId, NodeId),
        (qty, reserved): (i64, i64),
        value: Money,
        taken: &[Taken],
    ) -> Result<(), Fault> {
        for from in taken {
            self.change_place(sku, node, &from.place, from.qty.saturating_neg())?;
        }
        let mut cell = self.cells.get(sku, node);
        cell.reserved = num::sub(cell.reserved, reserved)?;
        cell.sellable = num::sub(cell.sellable, qty)?;
        cell.value = cell.value.minus(value)?;
        self.set_cell(sku, node, cell)
    }

    /// Reserves units of a cell, or gives them back (negative).
    #[inline]
    pub(crate) fn reserve(&mut self, sku: SkuId, node: NodeId, qty: i64) -> Result<(), Fault> {
        let back = qty.saturating_neg();
        if back > 0 && back > self.cells.get(sku, node).reserved {
            return Err(Fault("a cell would hold less than is reserved"));
        }
        let left = self.cells.take(sku, node, qty);
        left.map(|_| ()).ok_or(Fault("a cell would hold less than is reserved"))
    }

    /// What a further base unit is worth at the node, in micro-units; 0 where no bid price is set.
    pub(crate) fn bid_price(&self, sku: SkuId, node: NodeId) -> i64 {
        let bid = self.bids.iter_from((sku, node, 0)).next();
        bid.filter(|bid| (bid.0, bid.1) == (sku, node)).map_or(0, |bid| bid.2)
    }

    /// Books what a channel reserves (positive) or gives back unshipped (negative) against its protection.
    pub(crate) fn use_protection(
        &mut self,
        (sku, node): (SkuId, NodeId),
        channel: ChannelId,
        (leaves, qty): (i64, i64),
        made: Made,
    ) {
        if !self.is_guarded() {
            return;
        }
        self.count((sku, node), channel, qty, made);
        self.note_want((sku, node), channel, (LotId::NONE, leaves), qty);
        if qty < 0 && self.is_older((sku, node), channel, made) {
            let back = qty.saturating_neg();
            self.freed.push(Freed { sku, node, channel, qty: back, made });
        }
    }

    /// Whether stock was protected since a reservation of a channel was made.
    fn is_older(&self, (sku, node): (SkuId, NodeId), channel: ChannelId, made: Made) -> bool {
        let guards = self.guards.find(&(sku, node)).and_then(|id| self.guard.get(id));
        let mut guards = guards.map(Vec::as_slice).unwrap_or_default().iter();
        guards.any(|guard| guard.channel == channel && *guard.since > made.here)
            || self.plan_began(sku, node, made.here)
            || self.plan_began(sku, NodeId::NONE, made.first)
    }

    /// Counts what a channel reserves or gives back (negative) where it is protected.
    pub(crate) fn count(&mut self, (sku, node): (SkuId, NodeId), channel: ChannelId, qty: i64, made: Made) {
        if self.plans.len() > 0 {
            self.draw((sku, node), channel, qty, made);
        }
        let Some(id) = self.guards.find(&(sku, node)) else { return };
        self.guard.edit(id, |guards| {
            let counts = |guard: &&mut Guard| guard.channel == channel && *guard.since <= made.here;
            for guard in guards.iter_mut().filter(counts) {
                guard.used = guard.used.saturating_add(qty).max(0);
            }
        });
    }

    /// The next reservation, by which protection knows what was made since.
    pub(crate) fn now_made(&self) -> u32 {
        if self.counts_since { num::id(self.reservations.len()) } else { 0 }
    }

    /// When a reservation was taken out of what is protected.
    pub(crate) fn made(&self, id: u32) -> Made {
        let itself = Made { first: id, here: id };
        if self.parts.len() == 0 {
            return itself;
        }
        self.parts.find(&id).and_then(|at| self.part.get(at)).copied().unwrap_or(itself)
    }

    /// A reservation is a part of another.
    pub(crate) fn note_part(&mut self, id: u32, of: u32) {
        if self.counts_since && self.is_protected() {
            self.note_made(id, self.made(of));
        }
    }

    /// A reservation was taken earlier.
    pub(crate) fn note_made(&mut self, id: u32, made: Made) {
        put(&mut self.parts, &mut self.part, id, made);
    }

    pub(crate) fn protect(&mut self, sku: SkuId, node: NodeId, channel: ChannelId, qty: i64) {
        let id = self.guards.intern((sku, node));
        if num::index(id) == self.guard.len() {
            self.guard.push(Vec::new());
        }
        let since = Later(self.now_made());
        self.guard.edit(id, |guards| {
            guards.retain(|guard| guard.channel != channel);
            if qty > 0 {
                guards.push(Guard { channel, qty, used: 0, since });
            }
        });
    }

    pub(crate) fn cross_border(&mut self, sku: SkuId, change: impl FnOnce(&mut Border)) {
        self.borders.edit(sku.0, change);
    }
}
