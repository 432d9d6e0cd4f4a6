//! How holds change state.

use crate::record::*;
use crate::stock::{Fault, Freed, HoldPhase, Made, Owner, Rebind, Reservation};
use crate::value::ids::*;
use crate::value::num;
use crate::value::table::put;
use crate::value::time::Instant;

/// A confirmed hold runs out never: at the end of the time in which commands may speak.
const NEVER: Instant = Instant::from_micros(7_258_118_399_000_000);
use std::collections::{BTreeMap, BTreeSet, VecDeque};

impl State {
    pub(super) fn hold_stock(&mut self, held: &StockHeld) -> Result<(), Fault> {
        self.clear_out(&held.rebinds)?;
        held.rebinds.iter().try_for_each(|moved| self.rebind(moved, Pin::Keep))?;
        let id = self.docs.holds.intern(held.hold.clone());
        self.docs.hold.push(HoldRow {
            channel: held.channel,
            expires_at: held.expires_at,
            state: HoldState::Held,
            first_reservation: NOTHING,
            phase: Default::default(),
        });
        self.docs.due.insert((held.expires_at, id));
        // Chained from the last to the first, so that the chain reads in the order of the lines.
        let mut next = NOTHING;
        for line in held.lines.iter().rev() {
            if !line.lot.is_empty() {
                self.promise_by_lot(line.sku);
            }
            self.stock.reserve(line.sku, line.node, line.qty)?;
            self.stock.use_protection((line.sku, line.node), held.channel, (0, line.qty), Made::NOW);
            let owner = Owner::Hold(id);
            let (sku, node, qty) = (line.sku, line.node, line.qty);
            next = self.stock.reservations.push(Reservation { owner, sku, node, qty, parcel: NOTHING, next });
            if !line.group.is_empty() {
                self.stock.loosen(next, sku, &line.group);
            }
            if !line.lot.is_empty() {
                let lot = LotId(self.stock.label(&line.lot));
                self.stock.name_lot(next, lot, held.channel, 0);
            }
        }
        self.docs.hold.edit(id, |row| row.first_reservation = next);
        Ok(())
    }

    /// Applies what happens to a hold after it was placed.
    pub(super) fn apply_hold(&mut self, body: &Body) -> Result<(), Fault> {
        match body {
            Body::HoldExtended(said) => self.set_expiry(said.hold, said.expires_at),
            Body::HoldConfirmed(said) => {
                self.docs.hold.edit(said.hold.0, |row| row.phase.0 = HoldPhase::Confirmed);
                self.set_expiry(said.hold, NEVER)
            }
            Body::HoldMoved(said) => {
                self.clear_out(&said.rebinds)?;
                self.clear_out(&said.moves)?;
                said.rebinds.iter().try_for_each(|moved| self.rebind(moved, Pin::Keep))?;
                said.moves.iter().try_for_each(|moved| self.rebind(moved, Pin::Pin))
            }
            Body::HoldSplit(said) => self.split_hold(said),
            Body::HoldsMerged(said) => {
                said.from.iter().try_for_each(|from| self.merge_hold(*from, said.into))
            }
            Body::HoldReduced(said) => {
                let channel = self.docs.hold.get(said.hold.0).map_or(ChannelId::NONE, |row| row.channel);
                said.parts.iter().try_for_each(|part| {
                    let row = self.stock.reservations.get(part.reservation);
                    let row = row.ok_or(Fault("there is no such reservation"))?;
                    self.give_back(part.reservation, &row, channel, part.qty)
                })
            }
            _ => Err(Fault("an event has no way to be applied")),
        }
    }

    fn hold_row(&self, hold: HoldId) -> Result<HoldRow, Fault> {
        self.docs.hold.get(hold.0).ok_or(Fault("there is no such hold"))
    }

    fn set_expiry(&mut self, hold: HoldId, expires_at: Instant) -> Result<(), Fault> {
        let row = self.hold_row(hold)?;
        self.docs.due.remove((row.expires_at, hold.0));
        self.docs.due.insert((expires_at, hold.0));
        self.docs.hold.edit(hold.0, |row| row.expires_at = expires_at);
        Ok(())
    }

    /// Gives back what will move, all of it before any of it is reserved elsewhere: moves make room for each
    /// other.
    fn clear_out(&mut self, moves: &[Rebind]) -> Result<(), Fault> {
        for moved in moves.iter().filter(|moved| moved.from != moved.to) {
            let owner = self.stock.reservations.get(moved.reservation).map(|row| row.owner);
            let Some(Owner::Hold(hold)) = owner else { return Err(Fault("only holds are moved")) };
            let channel = self.hold_row(HoldId(hold))?.channel;
            self.stock.reserve(moved.sku, moved.from, moved.qty.saturating_neg())?;
            let made = self.stock.made(moved.reservation);
            self.stock.use_protection(
                (moved.sku, moved.from),
                channel,
                (0, moved.qty.saturating_neg()),
                made,
            );
        }
        Ok(())
    }

    /// Moves units of a hold's reservation, given back before, to another node. A part that moves alone
    /// becomes a reservation of its own, next to the one that it came from.
    fn rebind(&mut self, moved: &Rebind, pin: Pin) -> Result<(), Fault> {
        let id = moved.reservation;
        let row = self.stock.reservations.get(id).ok_or(Fault("there is no such reservation"))?;
        let Owner::Hold(hold) = row.owner else { return Err(Fault("only holds are moved")) };
        if moved.qty > row.qty || row.node != moved.from {
            return Err(Fault("more would be moved than is reserved"));
        }
        let channel = self.hold_row(HoldId(hold))?.channel;
        if moved.from != moved.to {
            self.stock.reserve(row.sku, moved.to, moved.qty)?;
            self.stock.use_protection((row.sku, moved.to), channel, (0, moved.qty), Made::NOW);
        }
        // Where stock is protected, what moves is taken anew at its node.
        let anew = moved.from != moved.to && self.stock.counts_since && self.stock.is_protected();
        let part = if moved.qty == row.qty && !anew {
            self.stock.reservations.edit(id, |row| row.node = moved.to);
            id
        } else {
            let left = num::sub(row.qty, moved.qty)?;
            let part = Reservation { node: moved.to, qty: moved.qty, ..row };
            let new = self.stock.reservations.push(part);
            self.stock.reservations.edit(id, |row| (row.qty, row.next) = (left, new));
            if let Some(nodes) = self.stock.reach_of(id).filter(|_| self.stock.is_loose(id, row.sku)).cloned()
            {
                self.stock.loosen(new, row.sku, &nodes);
            }
            if left == 0 {
                self.stock.pin(id, row.sku);
            }
            if !anew {
                self.stock.note_part(new, id);
            }
            new
        };
        if pin == Pin::Pin {
            self.stock.pin(part, row.sku);
        }
        Ok(())
    }

    /// What a channel gave back and has again after the event is as old as it was: what it had before stock
    /// was protected does not become a part of what is protected when it is moved, ordered or planned anew.
    pub(super) fn keep_made(&mut self) -> Result<(), Fault> {
        let freed = std::mem::take(&mut self.stock.freed);
        if freed.is_empty() || !self.stock.counts_since {
            return Ok(());
        }
        let mut by: BTreeMap<(SkuId, ChannelId, NodeId), VecDeque<Freed>> = BTreeMap::new();
        freed.into_iter().for_each(|of| by.entry((of.sku, of.channel, of.node)).or_default().push_back(of));
        let (first, mut done) = (self.stock.first_made, BTreeSet::new());
        // At the same node first: there it is as old as it was at the node, too.
        for same in [true, false] {
            let mut ids: Vec<u32> = (first..num::id(self.stock.reservations.len())).collect();
            while let Some(id) = ids.pop() {
                let row = self.stock.reservations.get(id).filter(|row| row.qty > 0 && !done.contains(&id));
                // What was only cut off from an earlier one is not taken anew.
                let Some(row) = row.filter(|_| self.stock.made(id).here >= first) else { continue };
                let (sku, channel, stock) = (row.sku, self.channel_of(&row), &self.stock);
                let nodes = if same { (row.node, row.node) } else { (NodeId(0), NodeId::NONE) };
                let fits = |of: &Freed| same || stock.plan_began(sku, NodeId::NONE, of.made.first);
                let mut all = by.range_mut((sku, channel, nodes.0)..=(sku, channel, nodes.1));
                let Some((_, all)) = all.find(|(_, all)| all.front().is_some_and(fits)) else { continue };
                let Some(of) = all.front_mut() else { continue };
                let qty = of.qty.min(row.qty);
                of.qty = num::sub(of.qty, qty)?;
                let made = if same { of.made } else { Made { here: id, ..of.made } };
                if of.qty == 0 {
                    all.pop_front();
                }
                let rest = self.cut(id, qty)?;
                ids.extend((rest != id).then_some(rest));
                done.insert(id);
                let place = (row.sku, row.node);
                self.stock.count(place, channel, qty.saturating_neg(), Made::NOW);
                self.stock.count(place, channel, qty, made);
                self.stock.note_made(id, made);
            }
        }
        Ok(())
    }

    /// Adds a reservation to the end of a hold's chain.
    fn chain(&mut self, hold: HoldId, reservation: u32) -> Result<(), Fault> {
        let first = self.hold_row(hold)?.first_reservation;
        let last = self.reservations(first).last().map(|(id, _)| id);
        match last {
            Some(last) => self.stock.reservations.edit(last, |row| row.next = reservation),
            None => self.docs.hold.edit(hold.0, |row| row.first_reservation = reservation),
        };
        Ok(())
    }

    /// Gives units of a reservation to another hold: the cells do not notice.
    fn hand_over(&mut self, id: u32, qty: i64, to: HoldId) -> Result<(), Fault> {
        let row = self.stock.reservations.get(id).ok_or(Fault("there is no such reservation"))?;
        let left = num::sub(row.qty, qty)?;
        if left < 0 {
            return Err(Fault("more would go over than is reserved"));
        }
        let part = Reservation { owner: Owner::Hold(to.0), qty, next: NOTHING, ..row };
        let new = self.stock.reservations.push(part);
        self.stock.note_part(new, id);
        if let Some(nodes) = self.stock.reach_of(id).filter(|_| self.stock.is_loose(id, row.sku)).cloned() {
            self.stock.loosen(new, row.sku, &nodes);
        }
        if left == 0 {
            self.stock.pin(id, row.sku);
        }
        self.stock.reservations.edit(id, |row| row.qty = left);
        if let Some(lot) = self.stock.named_lot(id) {
            put(&mut self.stock.named, &mut self.stock.name, new, i64::from(lot.0));
        }
        self.chain(to, new)
    }

    fn split_hold(&mut self, said: &HoldSplit) -> Result<(), Fault> {
        let row = self.hold_row(said.hold)?;
        let id = self.docs.holds.intern(said.into.clone());
        self.docs.hold.push(HoldRow { first_reservation: NOTHING, ..row });
        self.docs.due.insert((row.expires_at, id));
        said.parts.iter().try_for_each(|part| self.hand_over(part.reservation, part.qty, HoldId(id)))
    }

    fn merge_hold(&mut self, from: HoldId, into: HoldId) -> Result<(), Fault> {
        let row = self.hold_row(from)?;
        let held: Vec<(u32, i64)> =
            self.reservations(row.first_reservation).map(|(id, row)| (id, row.qty)).collect();
        for (id, qty) in held.into_iter().filter(|(_, qty)| *qty > 0) {
            self.hand_over(id, qty, into)?;
        }
        self.docs.hold.edit(from.0, |row| row.state = HoldState::Ended);
        self.docs.due.remove((row.expires_at, from.0));
        Ok(())
    }
}

/// Whether what moves stays loose.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Pin {
    Keep,
    Pin,
}
