//! Orders: placed, planned anew, struck, shipped, returned.

use crate::cell::{Fact, half_up};
use crate::goods::Range;
use crate::journal::About;
use crate::master::Faults;
use crate::sourcing::{Judged, Request};
use crate::supply::{named_lots, take_lots};
use crate::{HoldState, Line, Lots, Model, Order, Package, Reserved, Verdict, check};
use std::collections::BTreeMap;
use stockbook::*;

impl Line {
    /// Units reserved: the rest.
    pub fn open(&self) -> i128 {
        self.qty - self.shipped - self.cancelled
    }
}

impl Order {
    /// Units of a line that parcels hold.
    pub fn reserved_of(&self, line: usize) -> i128 {
        self.reserved.iter().filter(|r| r.line == line).map(|r| r.qty).sum()
    }

    /// Units that parcels from a node hold of a line.
    pub fn reserved_at(&self, line: usize, node: usize) -> i128 {
        let here = |r: &&Reserved| r.line == line && self.parcels[r.parcel].said.node.0 as usize == node;
        self.reserved.iter().filter(here).map(|r| r.qty).sum()
    }

    /// The same for all lines at once.
    pub fn all_reserved_at(&self, node: usize) -> Vec<i128> {
        let mut units = vec![0; self.lines.len()];
        for r in self.reserved.iter().filter(|r| self.parcels[r.parcel].said.node.0 as usize == node) {
            units[r.line] += r.qty;
        }
        units
    }

    /// Whether anything is neither shipped nor struck.
    pub fn is_open(&self) -> bool {
        self.lines.iter().any(|line| line.open() > 0)
    }

    /// Whether anything is reserved by a lot's name.
    pub fn names_lots(&self) -> bool {
        self.reserved.iter().any(|row| row.lot.is_some())
    }
}

/// Equal SKUs summed, in the order in which they are first named.
pub fn needs(lines: &[(usize, i128)]) -> Vec<(usize, i128)> {
    let mut needs: Vec<(usize, i128)> = Vec::new();
    for (sku, qty) in lines.iter().filter(|(_, qty)| *qty > 0) {
        match needs.iter_mut().find(|(known, _)| known == sku) {
            Some((_, sum)) => *sum += qty,
            None => needs.push((*sku, *qty)),
        }
    }
    needs
}

impl Model {
    /// An order by its number.
    pub fn order(&self, key: &str) -> Option<usize> {
        self.orders.iter().position(|order| order.key == key)
    }

    /// The lines of an order as (SKU, units, price).
    pub(crate) fn order_lines(&self, c: &PlaceOrder, faults: &mut Faults) -> Vec<(usize, i128, i128)> {
        let mut lines = Vec::new();
        for line in &c.lines {
            let Some(sku) = self.sku(&line.sku) else {
                faults.need(false, 201);
                continue;
            };
            let qty = self.smallest(sku, line.qty, line.unit.as_deref(), faults);
            let price = line.price.unwrap_or(self.skus[sku].price);
            if faults.need(price.micros() >= 0, 900) {
                faults.price(price);
            }
            let agreed = self.agreed(c, sku).filter(|_| line.price.is_none());
            lines.push((sku, qty, agreed.unwrap_or(i128::from(price.micros()))));
        }
        lines
    }

    /// Value of an order, as predicates see it: of all that was ordered, in micro-units.
    pub(crate) fn order_value(&self, lines: &[(usize, i128, i128)]) -> i128 {
        lines.iter().map(|(sku, qty, price)| half_up(price * qty, self.scale(*sku))).sum()
    }

    pub(crate) fn judge_order(&mut self, c: &PlaceOrder, at: Instant) -> Verdict {
        let mut faults = Faults::default();
        if faults.code(&c.order) {
            faults.need(self.order(&c.order).is_none(), 403);
        }
        let channel = self.channel(&c.channel);
        faults.need(channel.is_some(), 203);
        faults.need(c.to.is_valid(), 103);
        faults.need(c.deliver_by.is_none_or(|t| t.is_valid()), 106);
        let ship_from = c.terms.as_ref().and_then(|terms| terms.ship_from);
        faults.need(ship_from.is_none_or(|from| from.is_valid()), 106);
        faults.need(c.deliver_by.is_none_or(|by| ship_from.is_none_or(|from| from <= by)), 103);
        faults.lines(c.lines.len());
        let lines = self.order_lines(c, &mut faults);
        let mut hold = None;
        if let Some(key) = &c.hold {
            hold = self.hold(key);
            faults.need(hold.is_some(), 209);
            let active = hold.is_none_or(|h| self.holds[h].state == HoldState::Active);
            faults.need(active, 404);
            let same = hold.is_none_or(|h| Some(self.holds[h].channel) == channel);
            faults.need(same, 103);
        }
        let called = channel.and_then(|channel| self.called_off(c, channel, &lines, &mut faults));
        let (Some(channel), true) = (channel, faults.0.is_empty()) else { return faults.verdict() };
        let mut range = Range::default();
        for (sku, qty, price) in &lines {
            range.add(self.extend(*price, *qty, *sku));
        }
        range.add(self.order_value(&lines));
        let before = self.protections.clone();
        hold.iter().for_each(|h| self.replace_hold(*h));
        let verdict = match called {
            None => self.judge_sourcing(c, at, channel, &lines, hold),
            Some(called) => {
                let mut without = self.clone();
                without.take_called(&called);
                without.judge_sourcing(c, at, channel, &lines, hold)
            }
        };
        self.kept.clear();
        self.had.clear();
        hold.iter().for_each(|h| self.reopen_hold(*h, &before));
        match (range.verdict(faults), verdict) {
            (Verdict::Accept, verdict) => verdict,
            (Verdict::Either(mut a), Verdict::Refuse(b) | Verdict::Either(b)) => {
                a.extend(b);
                Verdict::Either(a)
            }
            (other, _) => other,
        }
    }

    /// Whether an order passes the shortage rule of its policy.
    fn judge_sourcing(
        &self,
        c: &PlaceOrder,
        at: Instant,
        channel: usize,
        lines: &[(usize, i128, i128)],
        hold: Option<usize>,
    ) -> Verdict {
        let mut plain: Vec<(usize, i128)> = lines.iter().map(|(sku, qty, _)| (*sku, *qty)).collect();
        let skus: Vec<usize> = plain.iter().map(|line| line.0).collect();
        let (_, rule) = self.rule_for(channel, &skus, self.order_value(lines));
        let from = leaves(c, at);
        let covered = self.covered(&plain, (from, at), rule);
        plain.iter_mut().zip(covered).for_each(|(line, waits)| line.1 -= waits);
        if c.commitment == Commitment::External || plain.iter().all(|line| line.1 == 0) {
            return Verdict::Accept;
        }
        let needs = needs(&plain);
        let deliver_by = c.deliver_by.unwrap_or(self.promise(channel, from));
        let request = self.request_of((c.to, channel), (from, deliver_by), &plain, &needs);
        let judged = self.source(&request, rule);
        let capped = if from == at { self.pins(hold, &needs) } else { Vec::new() };
        let pinned = self.source(&Request { capped: &capped, ..request }, rule).best;
        let (limit, number) = match rule.shortage {
            Shortage::Refuse => (0, 501),
            Shortage::Cancel => return Verdict::Accept,
            Shortage::Backorder => match rule.backorder_units_max {
                None => return Verdict::Accept,
                Some(max) => (i128::from(max), 504),
            },
        };
        match (judged.best.short_least > limit, judged.best.short_most > limit) {
            _ if !capped.is_empty() && pinned.short_most == 0 => Verdict::Accept,
            (true, _) if !capped.is_empty() && pinned.short_least == 0 => Verdict::Either(vec![number]),
            (true, _) => Verdict::Refuse(vec![number]),
            (false, true) => Verdict::Either(vec![number]),
            (false, false) => Verdict::Accept,
        }
    }

    /// The channel's promise.
    fn promise(&self, channel: usize, at: Instant) -> Instant {
        at.plus_seconds(i64::from(self.channels[channel].promise_hours) * 3_600)
    }

    pub(crate) fn take_order(&mut self, c: &PlaceOrder, at: Instant, e: &OrderPlaced) -> Result<(), String> {
        let channel = self.channel(&c.channel).ok_or("channel")?;
        let lines = self.order_lines(c, &mut Faults::default());
        let from = leaves(c, at);
        let deliver_by = c.deliver_by.unwrap_or(self.promise(channel, from));
        let priority = c.priority.unwrap_or(self.channels[channel].priority);
        let hold = c.hold.as_ref().and_then(|h| self.hold(h));
        check("order", &e.order.to_string(), &c.order)?;
        check("channel", &(e.channel.0 as usize), &channel)?;
        check("to", &e.to, &c.to)?;
        check("promise", &e.deliver_by, &deliver_by)?;
        check("priority", &e.priority, &priority)?;
        check("commitment", &e.commitment, &c.commitment)?;
        check("hold", &e.hold, &hold.map_or(HoldId::NONE, |h| HoldId(h as u32)))?;
        let book: Vec<(usize, i128, i128)> = e
            .lines
            .iter()
            .map(|l| (l.sku.0 as usize, i128::from(l.qty), i128::from(l.price.micros())))
            .collect();
        check("lines", &book, &lines)?;
        let called = self.called_off(c, channel, &lines, &mut Faults::default());
        let told = e.terms.iter().flat_map(|terms| terms.called.iter().map(|line| (line.line, line.qty)));
        let units = called.iter().flat_map(|called| called.1.clone()).collect();
        check("called off by line", &by_line(told), &units)?;
        let days = called.map(|called| (called.0, self.take_called(&called)));
        hold.iter().for_each(|h| self.replace_hold(*h));
        let plain: Vec<(usize, i128)> = lines.iter().map(|(sku, qty, _)| (*sku, *qty)).collect();
        let needs = needs(&plain);
        let capped = if from == at { self.pins(hold, &needs) } else { Vec::new() };
        let request = self.request_of((c.to, channel), (from, deliver_by), &plain, &needs);
        let request = Request { capped: &capped, ..request };
        let external = c.commitment == Commitment::External;
        let rest = self.check_promised(at, &request, &plain, &lines, external, &e.plan)?;
        if let Some((order, parcels)) = days {
            self.orders[order].parcels = parcels;
        }
        let ship_from = c.terms.as_ref().and_then(|terms| terms.ship_from);
        check("ships from", &e.terms.as_ref().and_then(|terms| terms.ship_from), &ship_from)?;
        let short: Vec<Line> = lines
            .iter()
            .map(|(sku, qty, price)| Line { sku: *sku, qty: *qty, price: *price, ..Line::default() })
            .collect();
        let number = self.orders.len();
        self.orders.push(Order {
            key: c.order.clone(),
            channel,
            to: c.to,
            placed_at: at,
            deliver_by,
            priority,
            commitment: c.commitment,
            ship_from,
            called_at: None,
            lines: short,
            parcels: Vec::new(),
            reserved: Vec::new(),
            barred: Vec::new(),
        });
        self.adopt(number, &e.plan);
        self.keep_names(number);
        let want = self.plan_exceptions(number, &rest, external);
        self.take_exceptions(&want, &e.exceptions, "order")
    }

    /// Ends a hold that an order replaces; what it had of lots by name is the order's.
    fn replace_hold(&mut self, hold: usize) {
        self.end_hold(hold);
        self.had = self.holds[hold].lines.iter().map(|line| (line.0, line.1, line.2)).collect();
        let named = self.holds[hold].lines.iter();
        self.kept = named.filter_map(|(s, n, qty, lot)| Some((*s, *n, lot.clone()?, *qty))).collect();
    }

    /// What an order has reserved where its hold had lots by name stays reserved of those lots.
    fn keep_names(&mut self, order: usize) {
        self.had.clear();
        let mut kept = std::mem::take(&mut self.kept);
        let mut rows: Vec<Reserved> = Vec::new();
        for mut row in std::mem::take(&mut self.orders[order].reserved) {
            let sku = self.orders[order].lines[row.line].sku;
            let node = self.orders[order].parcels[row.parcel].said.node.0 as usize;
            let mut parts: Vec<Reserved> = Vec::new();
            for kept in kept.iter_mut().filter(|kept| (kept.0, kept.1) == (sku, node)) {
                let qty = kept.3.min(row.qty);
                if qty == 0 {
                    continue;
                }
                kept.3 -= qty;
                if qty == row.qty {
                    row.lot = Some(kept.2.clone());
                    break;
                }
                row.qty -= qty;
                parts.insert(0, Reserved { qty, lot: Some(kept.2.clone()), ..row.clone() });
            }
            rows.push(row);
            rows.append(&mut parts);
        }
        self.orders[order].reserved = rows;
    }

    /// Gives back what a parcel was to take of a line: `qty` of one of its reservations.
    pub(crate) fn give_back(&mut self, order: usize, row: &Reserved, qty: i128) {
        let rows = &self.orders[order].reserved;
        let same = rows.iter().filter(|r| (r.line, r.parcel) == (row.line, row.parcel));
        let before: i128 = same.map(|r| r.qty).sum();
        self.unbook(order, row.parcel, row.line, before, before - qty);
        let node = self.orders[order].parcels[row.parcel].said.node.0 as usize;
        let (sku, channel) = (self.orders[order].lines[row.line].sku, self.orders[order].channel);
        self.unreserve((sku, node), channel, qty, row.made);
    }

    /// Where a hold has all that is asked for of a SKU: so many units at each node, and none at others.
    fn pins(&self, hold: Option<usize>, needs: &[(usize, i128)]) -> Vec<(usize, usize, i128)> {
        let held = |sku: usize, node: usize| -> i128 {
            let lines = hold.map_or(&[][..], |hold| &self.holds[hold].lines).iter();
            lines.filter(|line| (line.0, line.1) == (sku, node)).map(|line| line.2).sum()
        };
        let open = |node: &usize| self.nodes[*node].status == NodeStatus::Open;
        let mut pins = Vec::new();
        for (sku, asked) in needs {
            let nodes = 0..self.nodes.len();
            if nodes.clone().filter(open).map(|node| held(*sku, node)).sum::<i128>() < *asked {
                continue;
            }
            let most = |node: usize| if open(&node) { held(*sku, node) } else { 0 };
            pins.extend(nodes.map(|node| (*sku, node, most(node))));
        }
        pins
    }

    /// What a new order asks of sourcing: no node is barred from it yet.
    fn request_of<'a>(
        &self,
        (to, channel): (Point, usize),
        (at, deliver_by): (Instant, Instant),
        lines: &[(usize, i128)],
        needs: &'a [(usize, i128)],
    ) -> Request<'a> {
        Request {
            channel,
            to,
            at,
            deliver_by,
            needs,
            barred: &[],
            capped: &[],
            asked: self.asked_lines(lines),
        }
    }

    /// Checks the plan in an event against the rule that the model finds to be in force: that of the whole
    /// order.
    pub(crate) fn check_sourced(
        &self,
        request: &Request<'_>,
        lines: &[(usize, i128)],
        order: &[(usize, i128, i128)],
        must_wait: bool,
        plan: &Plan,
    ) -> Result<(), String> {
        let skus: Vec<usize> = order.iter().map(|line| line.0).collect();
        let (number, rule) = self.rule_for(request.channel, &skus, self.order_value(order));
        check("policy", &(plan.decision.policy as usize), &(self.policies.len() - 1))?;
        check("rule", &(plan.decision.rule as usize), &number)?;
        let mut rule = rule.clone();
        if must_wait {
            rule.shortage = Shortage::Backorder;
        }
        let told =
            |request: &Request<'_>, judged: &Judged| self.check_plan(request, &rule, judged, lines, plan);
        if request.capped.is_empty() {
            return told(request, &self.source(request, &rule));
        }
        // As the hold was pinned, unless that leaves something short.
        let pinned = self.source(request, &rule);
        let loose = Request { capped: &[], ..*request };
        let anyhow = || told(&loose, &self.source(&loose, &rule));
        match (pinned.best.short_least > 0, pinned.best.short_most > 0) {
            (true, _) => anyhow(),
            (false, true) => told(request, &pinned).or_else(|_| anyhow()),
            (false, false) => told(request, &pinned),
        }
    }

    /// Takes over a plan: reserves what it takes and notes what waits or is struck.
    pub(crate) fn adopt(&mut self, order: usize, plan: &Plan) {
        let (channel, first) = (self.orders[order].channel, self.orders[order].parcels.len());
        for parcel in &plan.parcels {
            self.orders[order].parcels.push(Package::new(parcel));
        }
        for part in &plan.parts {
            let (line, qty) = (part.line as usize - 1, i128::from(part.qty));
            let parcel = first + part.parcel as usize;
            let node = self.orders[order].parcels[parcel].said.node.0 as usize;
            let sku = self.orders[order].lines[line].sku;
            self.note_reserved(order, line, parcel, qty);
            self.book(order, parcel, line, qty);
            self.reserve(sku, node, channel, qty);
        }
        for short in &plan.backordered {
            self.orders[order].lines[short.line as usize - 1].backordered += i128::from(short.qty);
        }
        for short in &plan.cancelled {
            self.orders[order].lines[short.line as usize - 1].cancelled += i128::from(short.qty);
        }
        self.touched_orders.push(order);
    }

    /// The exceptions that a plan must open: one if a parcel comes late, and one a line that a channel has
    /// oversold.
    pub(crate) fn plan_exceptions(&self, order: usize, plan: &Plan, external: bool) -> Vec<Opened> {
        let row = &self.orders[order];
        let (none, order) = (SkuId::NONE, OrderId(order as u32));
        let planned: i64 = plan.parts.iter().map(|p| p.qty).sum();
        let short: i64 = plan.backordered.iter().chain(&plan.cancelled).map(|l| l.qty).sum();
        let late = plan.parcels.iter().find(|parcel| parcel.arrive_at > row.deliver_by);
        let risk = |parcel: &Parcel| Opened {
            code: ExceptionCode::PromiseAtRisk,
            order,
            sku: none,
            node: parcel.node,
            qty: planned + short,
        };
        let oversold = |line: &LineQty| Opened {
            code: ExceptionCode::ShortAllocation,
            order,
            sku: SkuId(row.lines[line.line as usize - 1].sku as u32),
            node: NodeId::NONE,
            qty: line.qty,
        };
        let oversold = plan.backordered.iter().filter(|_| external).map(oversold);
        late.map(risk).into_iter().chain(oversold).collect()
    }

    // Planned anew.

    pub(crate) fn judge_reallocate(&self, c: &ReallocateOrder) -> Verdict {
        let mut faults = Faults::default();
        faults.need(self.reason(&c.reason).is_some(), 207);
        match self.order(&c.order) {
            None => faults.need(false, 209),
            Some(order) => faults.need(self.orders[order].is_open(), 404),
        };
        faults.verdict()
    }

    pub(crate) fn take_reallocate(
        &mut self,
        c: &ReallocateOrder,
        at: Instant,
        e: &OrderReallocated,
    ) -> Result<(), String> {
        let order = self.order(&c.order).ok_or("order")?;
        check("order", &(e.order.0 as usize), &order)?;
        check("reason", &Some(e.reason.0 as usize), &self.reason(&c.reason))?;
        let want = self.replan(order, at, e)?;
        self.take_exceptions(&want, &e.exceptions, "reallocation")
    }

    /// Takes over a new plan of all that is open of an order; gives the exceptions that it must open.
    pub(crate) fn replan(
        &mut self,
        order: usize,
        at: Instant,
        e: &OrderReallocated,
    ) -> Result<Vec<Opened>, String> {
        let channel = self.orders[order].channel;
        let had = self.orders[order].reserved.iter().map(|r| {
            let (line, parcel) = (&self.orders[order].lines[r.line], &self.orders[order].parcels[r.parcel]);
            (line.sku, parcel.said.node.0 as usize, r.qty)
        });
        self.had = had.collect();
        while let Some(row) = self.orders[order].reserved.first().cloned() {
            self.give_back(order, &row, row.qty);
            self.orders[order].reserved.remove(0);
        }
        for parcel in &mut self.orders[order].parcels {
            parcel.replaced = true;
        }
        for line in &mut self.orders[order].lines {
            line.backordered = 0;
        }
        let row = self.orders[order].clone();
        let plain: Vec<(usize, i128)> = row.lines.iter().map(|l| (l.sku, l.open())).collect();
        let all: Vec<(usize, i128, i128)> = row.lines.iter().map(|l| (l.sku, l.qty, l.price)).collect();
        let needs = needs(&plain);
        let (to, deliver_by, barred) = (row.to, row.deliver_by, &row.barred[..]);
        let (from, asked) = (self.leaves(order, at), self.asked_lines(&plain));
        let request =
            Request { channel, to, at: from, deliver_by, needs: &needs, barred, capped: &[], asked };
        let rest = self.check_promised(at, &request, &plain, &all, true, &e.plan)?;
        self.had.clear();
        self.adopt(order, &e.plan);
        // An oversell is told once: when the order comes in.
        Ok(self.plan_exceptions(order, &rest, false))
    }

    // Struck.

    /// Units by line, summed, or the faults in them; `open` tells how many a line has.
    pub(crate) fn wanted(
        &self,
        lines: &[DocumentLine],
        count: usize,
        open: impl Fn(usize) -> i128,
        faults: &mut Faults,
    ) -> BTreeMap<usize, i128> {
        let mut wanted: BTreeMap<usize, i128> = BTreeMap::new();
        faults.need(lines.len() <= 10_000, 602);
        for line in lines {
            let sound = faults.qty(line.qty);
            let known = faults.need(line.line >= 1 && line.line as usize <= count, 210);
            if sound && known {
                *wanted.entry(line.line as usize - 1).or_default() += i128::from(line.qty);
            }
        }
        for (line, qty) in &wanted {
            faults.need(*qty <= open(*line), 503);
        }
        wanted
    }

    pub(crate) fn judge_cancel(&self, c: &CancelOrder) -> Verdict {
        let mut faults = Faults::default();
        faults.need(self.reason(&c.reason).is_some(), 207);
        let Some(order) = self.order(&c.order) else {
            faults.need(false, 209);
            return faults.verdict();
        };
        let order = &self.orders[order];
        faults.need(order.is_open(), 404);
        self.wanted(&c.lines, order.lines.len(), |line| order.lines[line].open(), &mut faults);
        faults.verdict()
    }

    pub(crate) fn take_cancel(&mut self, c: &CancelOrder, e: &OrderCancelled) -> Result<(), String> {
        let number = self.order(&c.order).ok_or("order")?;
        check("order", &(e.order.0 as usize), &number)?;
        check("reason", &Some(e.reason.0 as usize), &self.reason(&c.reason))?;
        let order = &self.orders[number];
        let mut wanted = self.wanted(&c.lines, order.lines.len(), |_| i128::MAX, &mut Faults::default());
        if c.lines.is_empty() {
            wanted =
                order.lines.iter().enumerate().map(|(i, l)| (i, l.open())).filter(|(_, q)| *q > 0).collect();
        }
        let book = by_line(e.lines.iter().map(|l| (l.line, l.qty)));
        check("struck by line", &book, &wanted)?;
        self.strike(number, wanted);
        Ok(())
    }

    /// Strikes units by line: first what waits, then what is reserved.
    pub(crate) fn strike(&mut self, number: usize, wanted: BTreeMap<usize, i128>) {
        let mut left: BTreeMap<usize, i128> = BTreeMap::new();
        for (line, qty) in wanted {
            let row = &mut self.orders[number].lines[line];
            let waiting = row.backordered.min(qty);
            row.backordered -= waiting;
            row.cancelled += qty;
            left.insert(line, qty - waiting);
        }
        for at in 0..self.orders[number].reserved.len() {
            let reserved = self.orders[number].reserved[at].clone();
            let Some(open) = left.get_mut(&reserved.line).filter(|open| **open > 0) else { continue };
            let give = reserved.qty.min(*open);
            *open -= give;
            self.give_back(number, &reserved, give);
            self.orders[number].reserved[at].qty -= give;
        }
        self.orders[number].reserved.retain(|r| r.qty > 0);
        self.touched_orders.push(number);
    }

    // Shipped.

    pub(crate) fn judge_ship(&self, c: &ShipOrder) -> Verdict {
        let mut faults = Faults::default();
        let (order, node) = (self.order(&c.order), self.node(&c.node));
        faults.need(order.is_some(), 209);
        faults.need(node.is_some(), 202);
        let (Some(number), Some(node)) = (order, node) else { return faults.verdict() };
        let order = &self.orders[number];
        faults.need(self.nodes[node].status == NodeStatus::Open, 406);
        faults.need(order.ship_from.is_none_or(|from| from <= self.clock), 856);
        let planned: i128 = order.all_reserved_at(node).iter().sum();
        faults.need(!c.lines.is_empty() || planned > 0, 404);
        let mut wanted =
            self.wanted(&c.lines, order.lines.len(), |line| order.reserved_at(line, node), &mut faults);
        if c.lines.is_empty() {
            let planned = order.all_reserved_at(node).into_iter().enumerate();
            wanted = planned.filter(|(_, qty)| *qty > 0).collect();
        }
        if faults.0.is_empty() {
            faults.need(self.may_ship(number, node, &wanted), 815);
        }
        faults.verdict()
    }

    pub(crate) fn take_ship(&mut self, c: &ShipOrder, e: &OrderShipped) -> Result<(), String> {
        let (number, node) = (self.order(&c.order).ok_or("order")?, self.node(&c.node).ok_or("node")?);
        check("order", &(e.order.0 as usize), &number)?;
        check("node", &(e.node.0 as usize), &node)?;
        let order = self.orders[number].clone();
        let mut wanted = self.wanted(&c.lines, order.lines.len(), |_| i128::MAX, &mut Faults::default());
        if c.lines.is_empty() {
            let planned = order.all_reserved_at(node).into_iter().enumerate();
            wanted = planned.filter(|(_, qty)| *qty > 0).collect();
        }
        check("shipped by line", &by_line(e.lines.iter().map(|l| (l.line, l.qty))), &wanted)?;
        let mut touched = Vec::new();
        for shipped in &e.lines {
            touched.extend(self.take_shipped(number, node, &order, shipped)?);
        }
        self.take_carriage(number, node, &touched, e)?;
        self.touched_orders.push(number);
        Ok(())
    }

    fn take_shipped(
        &mut self,
        number: usize,
        node: usize,
        order: &Order,
        shipped: &ShippedLine,
    ) -> Result<Vec<usize>, String> {
        let line = shipped.line as usize - 1;
        let (sku, qty) = (order.lines[line].sku, i128::from(shipped.qty));
        let cost = self.issue_value(&self.cells[sku][node], sku, qty);
        // What all units that left so far are sold for, less what was earned with those before.
        let (price, before) = (order.lines[line].price, self.orders[number].lines[line].shipped);
        let revenue = self.extend(price, before + qty, sku) - self.extend(price, before, sku);
        let book =
            (shipped.sku.0 as usize, i128::from(shipped.cost.micros()), i128::from(shipped.revenue.micros()));
        check("shipped line (sku, cost, revenue)", &book, &(sku, cost, revenue))?;
        let asked = self.asked_by(number, line, node, qty);
        self.check_lots((sku, node), Some(order.channel), &asked, &shipped.taken)?;
        let touched = self.put_aside(number, line, node, qty);
        self.cells[sku][node].facts.push(Fact::Reserved { qty: -qty });
        self.cells[sku][node].facts.push(Fact::Out { qty, value: cost });
        self.pick(sku, node, qty, &shipped.taken)?;
        let row = &mut self.orders[number].lines[line];
        row.shipped += qty;
        row.cost_out += cost;
        for (lot, units) in named_lots(&shipped.taken) {
            match row.lots.iter_mut().find(|known| known.0 == lot) {
                Some(known) => known.1 += units,
                None => row.lots.push((lot, units)),
            }
        }
        let about = About { channel: Some(order.channel), node: Some(node), sku: Some(sku), reason: None };
        self.post(Movement::Issue, cost, about);
        self.post(Movement::Revenue, revenue, about);
        Ok(touched)
    }

    /// Units of a line leave a node; says with which parcels.
    fn put_aside(&mut self, number: usize, line: usize, node: usize, qty: i128) -> Vec<usize> {
        let order = &mut self.orders[number];
        let (mut left, mut touched) = (qty, Vec::new());
        for row in order.reserved.iter_mut().filter(|row| row.line == line) {
            let here = order.parcels[row.parcel].said.node.0 as usize == node;
            let take = if here { row.qty.min(left) } else { 0 };
            if take > 0 {
                touched.push(row.parcel);
                (row.qty, left) = (row.qty - take, left - take);
            }
        }
        order.reserved.retain(|row| row.qty > 0);
        touched
    }

    /// Freight and handling of the parcels that ship for the first time.
    fn take_carriage(
        &mut self,
        number: usize,
        node: usize,
        touched: &[usize],
        e: &OrderShipped,
    ) -> Result<(), String> {
        let (mut freight, mut handling) = (0, 0);
        for parcel in touched {
            let package = &mut self.orders[number].parcels[*parcel];
            if !package.posted {
                package.posted = true;
                freight += i128::from(package.said.freight.micros());
                handling += i128::from(package.said.handling.micros());
            }
        }
        let (freight, handling) = (self.whole(freight), self.whole(handling));
        let book = (i128::from(e.freight.micros()), i128::from(e.handling.micros()));
        check("freight and handling posted", &book, &(freight, handling))?;
        let about =
            About { channel: Some(self.orders[number].channel), node: Some(node), ..About::default() };
        self.post(Movement::Freight, freight, about);
        self.post(Movement::Handling, handling, about);
        Ok(())
    }

    // Returned.

    pub(crate) fn judge_return(&self, c: &ReceiveReturn) -> Verdict {
        let mut faults = Faults::default();
        if faults.code(&c.rma) {
            faults.need(!self.returns.contains(&c.rma), 403);
        }
        let (order, node) = (self.order(&c.order), self.node(&c.node));
        faults.need(order.is_some(), 209);
        faults.need(node.is_some(), 202);
        faults.lines(c.lines.len());
        let Some(order) = order else { return faults.verdict() };
        let order = &self.orders[order];
        let mut wanted: BTreeMap<usize, (i128, i128)> = BTreeMap::new();
        for line in &c.lines {
            let refund = i128::from(line.refund.micros());
            faults.need(refund >= 0 && refund % self.minor == 0, 103);
            let keeps = line.disposition == Disposition::Keep;
            // Without goods there must be money, and only then.
            faults.need((line.qty == 0) == keeps && !(keeps && refund == 0), 103);
            let sound = faults.need((0..=1_000_000_000_000).contains(&line.qty), 104);
            let known = faults.need(line.line >= 1 && line.line as usize <= order.lines.len(), 210);
            if sound && known {
                let sums = wanted.entry(line.line as usize - 1).or_default();
                *sums = (sums.0 + i128::from(line.qty), sums.1 + refund);
            }
        }
        for (line, (qty, refund)) in wanted {
            let row = &order.lines[line];
            faults.need(qty <= row.shipped - row.returned, 503);
            // Nobody gets back more than what was shipped was sold for.
            faults.need(row.refunded + refund <= self.extend(row.price, row.shipped, row.sku), 103);
        }
        faults.verdict()
    }

    pub(crate) fn take_return(&mut self, c: &ReceiveReturn, e: &ReturnReceived) -> Result<(), String> {
        let (number, node) = (self.order(&c.order).ok_or("order")?, self.node(&c.node).ok_or("node")?);
        let book = (e.rma.to_string(), e.order.0 as usize, e.node.0 as usize);
        check("return", &book, &(c.rma.clone(), number, node))?;
        check("lines", &e.lines.len(), &c.lines.len())?;
        for (said, line) in c.lines.iter().zip(&e.lines) {
            self.take_returned(number, node, said, line)?;
        }
        if c.lines.iter().any(|line| line.qty == 0) {
            let (code, sku) = (ExceptionCode::RefundWithoutGoods, SkuId::NONE);
            let opened = Opened { code, order: e.order, sku, node: e.node, qty: 0 };
            self.exceptions.push((opened, ExceptionStatus::Open));
        }
        self.returns.push(c.rma.clone());
        self.touched_orders.push(number);
        Ok(())
    }

    fn take_returned(
        &mut self,
        number: usize,
        node: usize,
        said: &ReturnLine,
        line: &ReturnedLine,
    ) -> Result<(), String> {
        let at = said.line as usize - 1;
        let row = self.orders[number].lines[at].clone();
        let (sku, qty) = (row.sku, i128::from(said.qty));
        let left = row.shipped - row.returned;
        let cost = match () {
            () if qty == 0 => 0,
            () if qty == left => row.cost_out,
            () => half_up(row.cost_out / self.minor * qty, left) * self.minor,
        };
        let refund = i128::from(said.refund.micros());
        let book = (line.line, line.sku.0 as usize, i128::from(line.qty), line.disposition);
        check("returned line", &book, &(said.line, sku, qty, said.disposition))?;
        let book = (i128::from(line.cost.micros()), i128::from(line.refund.micros()));
        check("returned line (cost, refund)", &book, &(cost, refund))?;
        let row = &mut self.orders[number].lines[at];
        row.returned += qty;
        row.cost_out -= cost;
        row.refunded += refund;
        // Nobody says which lot comes back: it is known only if the customer has but one.
        let lots = match &mut row.lots {
            lots if lots.len() == 1 && lots[0].1 == left => take_lots(lots, qty),
            _ => Lots::new(),
        };
        let about = About {
            channel: Some(self.orders[number].channel),
            node: Some(node),
            sku: Some(sku),
            reason: None,
        };
        let condition = match said.disposition {
            Disposition::Restock => Some((Movement::ReturnRestock, Condition::Sellable)),
            Disposition::Refurbish => Some((Movement::ReturnRefurbish, Condition::Refurbish)),
            _ => None,
        };
        if let Some((movement, condition)) = condition {
            self.come_apart(sku, node, condition, (qty, cost), &[], &lots);
            self.post(movement, cost, about);
        }
        match said.disposition {
            Disposition::Scrap => self.post(Movement::ReturnScrap, cost, about),
            Disposition::ReturnToVendor => self.post(Movement::ReturnToVendor, cost, about),
            _ => {}
        }
        self.post(Movement::Refund, refund, about);
        Ok(())
    }
}

/// When an order may leave that is placed at an instant.
fn leaves(c: &PlaceOrder, at: Instant) -> Instant {
    c.terms.as_ref().and_then(|terms| terms.ship_from).map_or(at, |from| from.max(at))
}

/// Units by line (counted from 0), summed.
pub(crate) fn by_line(lines: impl Iterator<Item = (u32, i64)>) -> BTreeMap<usize, i128> {
    let mut sums = BTreeMap::new();
    for (line, qty) in lines {
        *sums.entry((line as usize).wrapping_sub(1)).or_insert(0) += i128::from(qty);
    }
    sums
}
