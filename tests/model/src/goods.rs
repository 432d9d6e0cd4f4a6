//! Goods at nodes: received, corrected, moved, held.

use crate::cell::{Cell, Fact};
use crate::journal::About;
use crate::master::Faults;
use crate::{Hold, HoldState, Model, Order, Protection, Reserved, Verdict, check, is_code};
use std::collections::BTreeMap;
use stockbook::*;

/// Above this a sum must be refused (it does not fit), from [`NEAR`] on it may be.
const TOP: i128 = i64::MAX as i128;
const NEAR: i128 = 4_000_000_000_000_000_000;

/// What a judgement would change, line after line, on copies.
#[derive(Debug, Default)]
pub(crate) struct Sheet(BTreeMap<(usize, usize), Cell>);

impl Sheet {
    pub(crate) fn cell<'a>(&'a mut self, model: &Model, sku: usize, node: usize) -> &'a mut Cell {
        self.0.entry((sku, node)).or_insert_with(|| model.cells[sku][node].clone())
    }
}

/// Numbers that no book of 64-bit integers can hold.
#[derive(Debug, Default)]
pub(crate) struct Range {
    near: bool,
    over: bool,
}

impl Range {
    pub(crate) fn add(&mut self, number: i128) {
        self.near |= number.abs() > NEAR;
        self.over |= number.abs() > TOP;
    }

    /// A number that may be refused when it is large; which one it is depends on posting rules.
    pub(crate) fn may(&mut self, number: i128) {
        self.near |= number.abs() > NEAR;
    }

    /// The verdict: what is beyond the range must be refused, what is near it may be.
    pub(crate) fn verdict(self, mut faults: Faults) -> Verdict {
        if self.over {
            faults.0.push(601);
        }
        match faults.verdict() {
            Verdict::Accept if self.near => Verdict::Either(vec![601]),
            other => other,
        }
    }
}

/// Whether a text may name a bin, a lot or an owner.
fn is_label(text: &str) -> bool {
    text.is_empty() || is_code(text)
}

impl Model {
    /// Index of a place, new or known.
    pub fn place(&mut self, place: &Place) -> usize {
        match self.places.iter().position(|known| known == place) {
            Some(index) => index,
            None => {
                self.places.push(place.clone());
                self.places.len() - 1
            }
        }
    }

    fn known_place(&self, place: &Place) -> usize {
        self.places.iter().position(|known| known == place).unwrap_or(usize::MAX)
    }

    /// The fact that units come to a place.
    pub(crate) fn goods(&self, place: usize, qty: i128) -> Fact {
        let own = self.places.get(place).is_none_or(|p| p.owner.is_empty());
        let sellable = own && self.places.get(place).is_none_or(|p| p.condition == Condition::Sellable);
        Fact::Goods { place, own, sellable, qty }
    }

    pub(crate) fn judge_place(&self, place: &Place, faults: &mut Faults) {
        for text in [&place.bin, &place.lot, &place.owner] {
            faults.need(is_label(text), 102);
        }
    }

    /// Units in smallest units, or why not.
    pub(crate) fn smallest(&self, sku: usize, qty: i64, unit: Option<&str>, faults: &mut Faults) -> i128 {
        let mut units = i128::from(qty);
        if let Some(unit) = unit {
            let Some(found) = self.skus[sku].units.iter().find(|u| u.unit == unit) else {
                faults.need(false, 208);
                return 0;
            };
            let top = units * i128::from(found.base) * self.scale(sku);
            if !faults.need(top % i128::from(found.count) == 0, 105) {
                return 0;
            }
            units = top / i128::from(found.count);
        }
        faults.need((1..=1_000_000_000_000).contains(&units), 104);
        units
    }

    /// What units that leave a pool are worth.
    pub(crate) fn issue_value(&self, cell: &Cell, sku: usize, qty: i128) -> i128 {
        match self.skus[sku].costing {
            Costing::MovingAverage => cell.average_value(qty, self.minor),
            // The driver's SKUs have one of two methods; the others are played by tests of their own.
            Costing::Standard | Costing::Lot => 0,
            Costing::Fifo => cell.fifo_value(qty, self.minor),
        }
    }

    // Receipts.

    pub(crate) fn judge_receive(&self, c: &ReceiveGoods, at: Instant) -> Verdict {
        let mut faults = Faults::default();
        let mut range = Range::default();
        faults.code(&c.receipt);
        faults.need(!self.receipts.contains(&c.receipt), 403);
        faults.need(c.supplier.as_ref().is_none_or(|s| self.supplier(s).is_some()), 205);
        let purchase = self.judge_purchase_of(c, &mut faults);
        let lines = faults.lines(c.lines.len());
        let node = self.node(&c.node);
        faults.need(node.is_some(), 202);
        let (Some(node), true) = (node, lines) else { return faults.verdict() };
        let mut sheet = Sheet::default();
        let mut worth = 0;
        let mut dates: Vec<(usize, String, Instant)> = Vec::new();
        for line in &c.lines {
            self.judge_place(&line.place, &mut faults);
            let Some(sku) = self.sku(&line.sku) else {
                faults.need(false, 201);
                continue;
            };
            self.judge_lot(sku, line, &mut faults);
            match self.new_date(sku, line, &dates, at) {
                Ok(date) => dates.extend(date.map(|date| (sku, line.place.lot.clone(), date))),
                Err(()) => faults.0.push(103),
            }
            let qty = self.smallest(sku, line.qty, line.unit.as_deref(), &mut faults);
            let own = line.place.owner.is_empty();
            let agreed =
                purchase.and_then(|p| self.purchases[p].lines.iter().find(|l| l.0 == sku)).map(|l| l.2);
            let cost = line.unit_cost.map(|m| i128::from(m.micros())).or(agreed);
            // Goods of another owner are counted, not valued.
            faults.need(if own { cost.is_some() } else { line.unit_cost.is_none() }, 103);
            line.unit_cost.iter().for_each(|cost| faults.price(*cost));
            // What costs nothing says why.
            if faults.0.is_empty() && own && cost == Some(0) {
                faults.need(line.zero_cost_reason.is_some(), 752);
            }
            if !faults.0.is_empty() {
                continue;
            }
            let value = if own { self.extend(cost.unwrap_or(0), qty, sku) } else { 0 };
            let place = self.known_place(&line.place);
            let goods = self.goods(place, qty);
            let cell = sheet.cell(self, sku, node);
            cell.facts.push(goods);
            if own {
                cell.facts.push(Fact::In { qty, value });
            }
            worth += value;
            range.add(value);
            range.add(cell.pool_value());
        }
        range.may(self.stock_value() + worth);
        range.may(self.largest_balance() + worth);
        range.verdict(faults)
    }

    /// Takes goods in: to a place, with their value.
    pub(crate) fn come(&mut self, sku: usize, node: usize, place: &Place, qty: i128, value: i128) {
        let index = self.place(place);
        let goods = self.goods(index, qty);
        let cell = &mut self.cells[sku][node];
        cell.facts.push(goods);
        if place.owner.is_empty() {
            cell.facts.push(Fact::In { qty, value });
        }
        self.touched.push((sku, node));
    }

    pub(crate) fn take_receive(
        &mut self,
        c: &ReceiveGoods,
        (at, occurred_at): (Instant, Instant),
        e: &GoodsReceived,
    ) -> Result<(), String> {
        let node = self.node(&c.node).ok_or("node")?;
        let supplier = c.supplier.as_ref().and_then(|s| self.supplier(s));
        let purchase = c.purchase_order.as_ref().and_then(|p| self.purchase(p));
        let supplier = supplier.or(purchase.map(|p| self.purchases[p].supplier));
        check("receipt", &e.receipt.to_string(), &c.receipt)?;
        check("node", &(e.node.0 as usize), &node)?;
        check("supplier", &e.supplier, &supplier.map_or(SupplierId::NONE, |s| SupplierId(s as u32)))?;
        check("purchase", &e.purchase_order, &purchase.map_or(PurchaseId::NONE, |p| PurchaseId(p as u32)))?;
        check("lines", &e.lines.len(), &c.lines.len())?;
        let mut over = Vec::new();
        let fit = |place: &Place| place.owner.is_empty() && place.condition == Condition::Sellable;
        let lines = e.lines.iter().filter(|line| fit(&line.place));
        let lines: Vec<(usize, i128)> =
            lines.map(|line| (line.sku.0 as usize, i128::from(line.qty))).collect();
        let arrivals = self.arrivals(&lines, at);
        for (said, line) in c.lines.iter().zip(&e.lines) {
            let sku = self.sku(&said.sku).ok_or("sku")?;
            let qty = self.smallest(sku, said.qty, said.unit.as_deref(), &mut Faults::default());
            let own = said.place.owner.is_empty();
            let (on_order, cost) = self.take_off_order(purchase, sku, qty, line, &mut over)?;
            let cost = said.unit_cost.map(|m| i128::from(m.micros())).or(cost).unwrap_or(0);
            let value = if own { self.extend(cost, qty, sku) } else { 0 };
            let book = (line.sku.0 as usize, i128::from(line.qty), i128::from(line.value.micros()));
            check("received (sku, qty, value)", &book, &(sku, qty, value))?;
            check("place", &line.place, &said.place)?;
            check("taken off the order", &i128::from(line.on_order), &on_order)?;
            self.take_date(sku, said, occurred_at, line)?;
            self.come(sku, node, &said.place, qty, value);
            let movement = if supplier.is_some() { Movement::Receipt } else { Movement::Opening };
            let about = About { node: Some(node), sku: Some(sku), ..About::default() };
            self.post(movement, value, about);
        }
        over.extend(self.take_fills(&arrivals, node, at, &e.fills, &e.parcels)?);
        self.receipts.push(c.receipt.clone());
        self.take_exceptions(&over, &e.exceptions, "receipt")
    }

    // Corrections.

    pub(crate) fn judge_adjust(&self, c: &AdjustStock) -> Verdict {
        let mut faults = Faults::default();
        let mut range = Range::default();
        faults.code(&c.adjustment);
        faults.need(!self.adjustments.contains(&c.adjustment), 403);
        faults.need(self.reason(&c.reason).is_some(), 207);
        let lines = faults.lines(c.lines.len());
        let node = self.node(&c.node);
        faults.need(node.is_some(), 202);
        let (Some(node), true) = (node, lines) else { return faults.verdict() };
        let mut sheet = Sheet::default();
        for (number, line) in c.lines.iter().enumerate() {
            faults.need(c.lines.iter().position(|l| l.sku == line.sku) == Some(number), 103);
            self.judge_place(&line.place, &mut faults);
            // A cost said where nothing of one's own is found is not looked at.
            if let Some(cost) = line.unit_cost.filter(|_| line.qty > 0 && line.place.owner.is_empty()) {
                faults.price(cost);
            }
            let Some(sku) = self.sku(&line.sku) else {
                faults.need(false, 201);
                continue;
            };
            if !faults.need(line.qty != 0 && line.qty.unsigned_abs() <= 1_000_000_000_000, 104) {
                continue;
            }
            self.judge_adjust_line(line, sku, node, &mut sheet, &mut faults, &mut range);
        }
        range.verdict(faults)
    }

    fn judge_adjust_line(
        &self,
        line: &AdjustLine,
        sku: usize,
        node: usize,
        sheet: &mut Sheet,
        faults: &mut Faults,
        range: &mut Range,
    ) {
        let qty = i128::from(line.qty);
        let (own, index) = (line.place.owner.is_empty(), self.known_place(&line.place));
        let goods = self.goods(index, qty);
        let cell = sheet.cell(self, sku, node);
        if qty > 0 {
            self.judge_tracked(sku, &line.place, faults);
            let cost = line.unit_cost.map(|m| i128::from(m.micros()));
            if own && cost.is_none() && !faults.need(cell.pool_qty() > 0, 103) {
                return;
            }
            let value = if own { self.gain_value(cell, sku, qty, cost) } else { 0 };
            range.add(value);
            range.may(self.largest_balance() + value);
            cell.facts.push(goods);
            if own {
                cell.facts.push(Fact::In { qty, value });
            }
            range.add(cell.pool_value());
            return;
        }
        let sellable = own && line.place.condition == Condition::Sellable;
        let enough = cell.in_place(index) >= -qty
            && (!sellable || cell.available().min(self.may_leave(sku, node, &line.place.lot)) >= -qty);
        if faults.need(enough, 502) {
            let value = if own { self.issue_value(cell, sku, -qty) } else { 0 };
            range.may(self.largest_balance() + value);
            cell.facts.push(goods);
            if own {
                cell.facts.push(Fact::Out { qty: -qty, value });
            }
        }
    }

    /// What units found are worth: by the cost given, else by the pool's average.
    fn gain_value(&self, cell: &Cell, sku: usize, qty: i128, cost: Option<i128>) -> i128 {
        match cost {
            Some(cost) => self.extend(cost, qty, sku),
            None => {
                let minor = self.minor;
                crate::cell::half_up(cell.pool_value() / minor * qty, cell.pool_qty()) * minor
            }
        }
    }

    pub(crate) fn take_adjust(&mut self, c: &AdjustStock, e: &StockAdjusted) -> Result<(), String> {
        let node = self.node(&c.node).ok_or("node")?;
        let reason = self.reason(&c.reason);
        let head = (e.adjustment.to_string(), e.node.0 as usize, Some(e.reason.0 as usize));
        check("adjustment", &head, &(c.adjustment.clone(), node, reason))?;
        check("lines", &e.lines.len(), &c.lines.len())?;
        for (said, line) in c.lines.iter().zip(&e.lines) {
            let sku = self.sku(&said.sku).ok_or("sku")?;
            let (qty, own) = (i128::from(said.qty), said.place.owner.is_empty());
            let cell = self.cells[sku][node].clone();
            let value = match (own, qty > 0) {
                (false, _) => 0,
                (true, true) => {
                    self.gain_value(&cell, sku, qty, said.unit_cost.map(|m| i128::from(m.micros())))
                }
                (true, false) => -self.issue_value(&cell, sku, -qty),
            };
            let book = (line.sku.0 as usize, i128::from(line.qty), i128::from(line.value.micros()));
            check("adjusted (sku, qty, value)", &book, &(sku, qty, value))?;
            check("place", &line.place, &said.place)?;
            if qty > 0 {
                self.come(sku, node, &said.place, qty, value);
            } else {
                self.leave(sku, node, &said.place, -qty, -value);
            }
            let about = About { node: Some(node), reason, sku: Some(sku), ..About::default() };
            self.post(if qty > 0 { Movement::Gain } else { Movement::Loss }, value.abs(), about);
        }
        self.adjustments.push(c.adjustment.clone());
        Ok(())
    }

    /// Takes goods out of a place, with their value.
    pub(crate) fn leave(&mut self, sku: usize, node: usize, place: &Place, qty: i128, value: i128) {
        let index = self.place(place);
        let goods = self.goods(index, -qty);
        let cell = &mut self.cells[sku][node];
        cell.facts.push(goods);
        if place.owner.is_empty() {
            cell.facts.push(Fact::Out { qty, value });
        }
        self.touched.push((sku, node));
    }

    /// Takes sellable goods out of the places that the book names, the rest out of the node as a whole.
    pub(crate) fn pick(&mut self, sku: usize, node: usize, qty: i128, taken: &[Taken]) -> Result<(), String> {
        let mut rest = qty;
        let places = taken.iter().map(|t| (t.place.clone(), i128::from(t.qty)));
        for (place, units) in places.collect::<Vec<_>>() {
            let index = self.place(&place);
            let there = self.cells[sku][node].in_place(index);
            let fit = place.owner.is_empty() && place.condition == Condition::Sellable && index != 0;
            if !fit || units < 1 || units > there {
                return Err(format!("{units} taken from {place:?}, which has {there}"));
            }
            let goods = self.goods(index, -units);
            self.cells[sku][node].facts.push(goods);
            rest -= units;
        }
        let there = self.cells[sku][node].in_place(0);
        if rest < 0 || rest > there {
            return Err(format!("{rest} taken from no particular place, which has {there}"));
        }
        let goods = self.goods(0, -rest);
        self.cells[sku][node].facts.push(goods);
        self.touched.push((sku, node));
        Ok(())
    }

    // Movements within a node.

    pub(crate) fn judge_move(&self, c: &MoveStock) -> Verdict {
        let mut faults = Faults::default();
        faults.code(&c.movement);
        faults.need(!self.movements.contains(&c.movement), 403);
        faults.need(c.from.owner == c.to.owner && c.from != c.to, 103);
        let (sku, node) = (self.sku(&c.sku), self.node(&c.node));
        faults.need(sku.is_some(), 201);
        faults.need(node.is_some(), 202);
        self.judge_place(&c.from, &mut faults);
        self.judge_place(&c.to, &mut faults);
        let sound = faults.qty(c.qty);
        let (Some(sku), Some(node), true) = (sku, node, sound) else { return faults.verdict() };
        let (cell, qty) = (&self.cells[sku][node], i128::from(c.qty));
        // A lot of a SKU that is promised by lot is left as a sale is.
        let other_lot = c.from.lot != c.to.lot && self.by_lot(sku);
        let leaves_sale = c.from.owner.is_empty()
            && c.from.condition == Condition::Sellable
            && (c.to.condition != Condition::Sellable || other_lot);
        let there = cell.in_place(self.known_place(&c.from));
        let free = || cell.available().min(self.may_leave(sku, node, &c.from.lot));
        faults.need(there >= qty && (!leaves_sale || free() >= qty), 502);
        faults.verdict()
    }

    pub(crate) fn take_move(&mut self, c: &MoveStock, e: &StockMoved) -> Result<(), String> {
        let (sku, node) = (self.sku(&c.sku).ok_or("sku")?, self.node(&c.node).ok_or("node")?);
        let book = (e.movement.to_string(), e.sku.0 as usize, e.node.0 as usize, e.qty);
        check("movement", &book, &(c.movement.clone(), sku, node, c.qty))?;
        check("from", &e.from, &c.from)?;
        check("to", &e.to, &c.to)?;
        let (from, to) = (self.place(&c.from), self.place(&c.to));
        let qty = i128::from(c.qty);
        let facts = [self.goods(from, -qty), self.goods(to, qty)];
        self.cells[sku][node].facts.extend(facts);
        self.movements.push(c.movement.clone());
        self.touched.push((sku, node));
        Ok(())
    }

    // Reservations and holds.

    /// Reserves for a channel, and counts it against the channel's protection.
    pub(crate) fn reserve(&mut self, sku: usize, node: usize, channel: usize, qty: i128) {
        self.count((sku, node), channel, qty, self.protected);
    }

    /// A parcel holds units of a line.
    pub(crate) fn note_reserved(&mut self, order: usize, line: usize, parcel: usize, qty: i128) {
        self.reservations += 1;
        let (made, fresh) = (self.protected, self.reservations);
        self.orders[order].reserved.push(Reserved { line, parcel, qty, lot: None, made, fresh });
    }

    /// Gives back what was reserved: a protection that was set after that did not count it.
    pub(crate) fn unreserve(&mut self, place: (usize, usize), channel: usize, qty: i128, made: u64) {
        self.count(place, channel, -qty, made);
        let (sku, node) = place;
        let here = |p: &&Protection| (p.sku, p.node, p.channel) == (sku, node, channel);
        if self.protections.iter().filter(here).any(|p| p.since > made) {
            self.freed.push((sku, node, channel, qty, made));
        }
    }

    /// What a channel gave back in an event and has again there is as old as it was: of what it took, the last
    /// first.
    pub(crate) fn keep_made(&mut self) {
        let fresh =
            |order: &Order| order.reserved.iter().map(|row| row.fresh).max().filter(|fresh| *fresh > 0);
        loop {
            let newest = self.orders.iter().enumerate().filter_map(|(at, order)| Some((fresh(order)?, at)));
            let Some((number, order)) = newest.max() else { break };
            let rows = &self.orders[order].reserved;
            let at = rows.iter().rposition(|row| row.fresh == number).unwrap_or(0);
            let row = rows[at].clone();
            let node = self.orders[order].parcels[row.parcel].said.node.0 as usize;
            let (sku, channel) = (self.orders[order].lines[row.line].sku, self.orders[order].channel);
            self.orders[order].reserved[at].fresh = 0;
            let same = |of: &&mut (usize, usize, usize, i128, u64)| {
                (of.0, of.1, of.2) == (sku, node, channel) && of.3 > 0
            };
            let Some(of) = self.freed.iter_mut().find(same) else { continue };
            let (qty, made) = (of.3.min(row.qty), of.4);
            of.3 -= qty;
            for p in
                self.protections.iter_mut().filter(|p| (p.sku, p.node, p.channel) == (sku, node, channel))
            {
                p.used = (p.used - qty).max(0) + if p.since <= made { qty } else { 0 };
            }
            (self.orders[order].reserved[at].qty, self.orders[order].reserved[at].made) = (qty, made);
            if qty < row.qty {
                self.orders[order].reserved.insert(at + 1, Reserved { qty: row.qty - qty, ..row });
            }
        }
        self.freed.clear();
    }

    fn count(&mut self, (sku, node): (usize, usize), channel: usize, qty: i128, made: u64) {
        self.cells[sku][node].facts.push(Fact::Reserved { qty });
        let here = |p: &&mut Protection| (p.sku, p.node, p.channel) == (sku, node, channel);
        for p in self.protections.iter_mut().filter(here).filter(|p| p.since <= made) {
            p.used = (p.used + qty).max(0);
        }
        self.touched.push((sku, node));
    }

    /// A hold by its number.
    pub fn hold(&self, key: &str) -> Option<usize> {
        self.holds.iter().position(|hold| hold.key == key)
    }

    /// Gives back what a hold holds.
    pub(crate) fn end_hold(&mut self, hold: usize) {
        let channel = self.holds[hold].channel;
        for (sku, node, qty, _) in self.holds[hold].lines.clone() {
            self.unreserve((sku, node), channel, qty, self.holds[hold].made);
        }
        self.holds[hold].state = HoldState::Ended;
    }

    /// Undoes [`Model::end_hold`], for a judgement that must change nothing.
    pub(crate) fn reopen_hold(&mut self, hold: usize, protections: &[Protection]) {
        for (sku, node, ..) in self.holds[hold].lines.clone().into_iter().rev() {
            self.cells[sku][node].facts.pop();
        }
        self.holds[hold].state = HoldState::Active;
        self.protections = protections.to_vec();
    }

    pub(crate) fn judge_hold(&self, c: &HoldStock, at: Instant) -> Verdict {
        let mut faults = Faults::default();
        if faults.code(&c.hold) {
            faults.need(self.hold(&c.hold).is_none(), 403);
        }
        let channel = self.channel(&c.channel);
        faults.need(channel.is_some(), 203);
        faults.lines(c.lines.len());
        faults.need(c.expires_at.is_valid() && c.expires_at > at, 106);
        let mut wanted: BTreeMap<(usize, usize), Vec<(String, i128)>> = BTreeMap::new();
        for line in &c.lines {
            let (sku, node) = (self.sku(&line.sku), self.node(&line.node));
            faults.need(sku.is_some(), 201);
            faults.need(line.lot.is_empty() || is_code(&line.lot), 102);
            faults.need(node.is_some(), 202);
            let sound = faults.qty(line.qty);
            let (Some(sku), Some(node), true) = (sku, node, sound) else { continue };
            faults.need(self.nodes[node].status == NodeStatus::Open, 406);
            wanted.entry((sku, node)).or_default().push((line.lot.clone(), i128::from(line.qty)));
        }
        if let Some(channel) = channel {
            for ((sku, node), lines) in wanted {
                self.judge_held((sku, node, channel), &lines, &mut faults);
            }
        }
        faults.verdict()
    }

    pub(crate) fn take_hold(&mut self, c: &HoldStock, e: &StockHeld) -> Result<(), String> {
        let channel = self.channel(&c.channel).ok_or("channel")?;
        let head = (e.hold.to_string(), e.channel.0 as usize, e.expires_at);
        check("hold", &head, &(c.hold.clone(), channel, c.expires_at))?;
        let mut wanted: BTreeMap<(usize, usize, &str), i128> = BTreeMap::new();
        for line in &c.lines {
            let (sku, node) = (self.sku(&line.sku).ok_or("sku")?, self.node(&line.node).ok_or("node")?);
            let key = (sku, node, line.lot.as_str());
            *wanted.entry(key).or_default() += i128::from(line.qty);
        }
        let mut held: BTreeMap<(usize, usize, &str), i128> = BTreeMap::new();
        let mut lines = Vec::new();
        for line in &e.lines {
            let (sku, node, qty) = (line.sku.0 as usize, line.node.0 as usize, i128::from(line.qty));
            *held.entry((sku, node, line.lot.as_str())).or_default() += qty;
            lines.push((sku, node, qty, Some(line.lot.clone()).filter(|lot| !lot.is_empty())));
        }
        check("held", &held, &wanted)?;
        for (sku, node, qty, lot) in &lines {
            self.reserve(*sku, *node, channel, *qty);
            if lot.is_some() && !self.named.contains(sku) {
                self.named.push(*sku);
            }
        }
        let key = c.hold.clone();
        let (expires_at, state, made) = (c.expires_at, HoldState::Active, self.protected);
        self.holds.push(Hold { key, channel, lines, expires_at, state, made });
        Ok(())
    }

    pub(crate) fn judge_release(&self, c: &ReleaseHold) -> Verdict {
        let mut faults = Faults::default();
        match self.hold(&c.hold) {
            None => faults.need(false, 209),
            Some(hold) => faults.need(self.holds[hold].state == HoldState::Active, 404),
        };
        if !is_code(&c.hold) {
            faults.0.push(102);
        }
        faults.verdict()
    }

    pub(crate) fn take_release(&mut self, c: &ReleaseHold, e: &HoldEnded) -> Result<(), String> {
        let hold = self.hold(&c.hold).ok_or("hold")?;
        check("hold", &(e.hold.0 as usize), &hold)?;
        self.end_hold(hold);
        Ok(())
    }

    /// Compares opened exceptions with those expected, in order, and keeps them.
    pub(crate) fn take_exceptions(
        &mut self,
        want: &[Opened],
        book: &[Opened],
        what: &str,
    ) -> Result<(), String> {
        check(&format!("exceptions of the {what}"), &book, &want)?;
        // A cause that is open already counts there.
        let cause = |opened: &Opened| (opened.code, opened.order, opened.sku, opened.node);
        for opened in want {
            let open = |(known, status): &(Opened, ExceptionStatus)| {
                *status == ExceptionStatus::Open && cause(known) == cause(opened)
            };
            if !self.exceptions.iter().any(open) {
                self.exceptions.push((*opened, ExceptionStatus::Open));
            }
        }
        Ok(())
    }
}
