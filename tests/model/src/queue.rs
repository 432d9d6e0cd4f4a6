//! Who gets what comes in: backorders, by priority, then age, then line.

use crate::schedule::Arrival;
use crate::sourcing::{Candidate, Request};
use crate::{Model, Package, check};
use std::collections::BTreeSet;
use stockbook::*;

impl Model {
    /// Lines that wait for a SKU: (priority, order, line), the first to be served first.
    pub fn waiting(&self, sku: usize) -> Vec<(u8, usize, usize)> {
        let mut queue = Vec::new();
        for (number, order) in self.orders.iter().enumerate() {
            for (line, row) in order.lines.iter().enumerate() {
                if row.sku == sku && row.backordered > 0 {
                    queue.push((order.priority, number, line));
                }
            }
        }
        queue.sort_unstable();
        queue
    }

    /// Gives what came in to those who wait, and compares with what the book did.
    pub(crate) fn take_fills(
        &mut self,
        arrivals: &[Arrival],
        node: usize,
        at: Instant,
        fills: &[Fill],
        parcels: &[Parcel],
    ) -> Result<Vec<Opened>, String> {
        let mut risks = Vec::new();
        let mut given: Vec<(usize, usize, i128)> = Vec::new();
        // Lines of one order follow each other often: its rule is looked up once.
        let mut known: Option<(usize, Option<LineSplit>)> = None;
        for arrival in arrivals {
            let but = arrival.but;
            let (sku, later) = (arrival.sku, self.wanted_later(arrival, node, at));
            for (_, order, line) in self.waiting(sku) {
                if but == Some(order) {
                    continue;
                }
                if known.is_none_or(|(of, _)| of != order) {
                    known = Some((order, self.may_fill(order, node, at)));
                }
                let waits = self.orders[order].lines[line].backordered;
                let (qty, leaves) = known.and_then(|(_, split)| split).map_or((0, at), |split| {
                    // A line that comes in parts wants what it needs of this, one that does not all or none.
                    let wanted = later.get(&(order, line)).copied().unwrap_or(waits);
                    let whole = split == LineSplit::Never && wanted > 0;
                    self.fill_qty((order, line), (node, at), (split, if whole { waits } else { wanted }))
                });
                if qty > 0 {
                    self.orders[order].lines[line].backordered -= qty;
                    let channel = self.orders[order].channel;
                    self.reserve(sku, node, channel, qty);
                    self.giving.push((sku, node, channel, qty, leaves));
                    given.push((order, line, qty));
                }
            }
        }
        self.drop_late(&mut given, node, at);
        self.giving.clear();
        let book: Vec<(usize, usize, i128)> =
            fills.iter().map(|f| (f.order.0 as usize, f.line as usize - 1, i128::from(f.qty))).collect();
        check("backorders filled (order, line, qty)", &book, &given)?;
        let mut first: Vec<Option<(usize, usize)>> = vec![None; parcels.len()];
        for fill in fills {
            let (order, line) = (fill.order.0 as usize, fill.line as usize - 1);
            let said = parcels.get(fill.parcel as usize).ok_or("a fill of no parcel")?;
            check("parcel's node", &(said.node.0 as usize), &node)?;
            let slot = &mut first[fill.parcel as usize];
            if slot.is_none_or(|(owner, _)| owner != order) {
                check("a parcel of two orders", &slot.is_some(), &false)?;
                *slot = Some((order, self.orders[order].parcels.len()));
                let goods: Vec<(usize, i128)> = fills
                    .iter()
                    .filter(|f| f.parcel == fill.parcel)
                    .map(|f| (self.orders[order].lines[f.line as usize - 1].sku, i128::from(f.qty)))
                    .collect();
                risks.extend(self.check_fill_parcel(order, node, at, said, &goods)?);
                let parcel = self.orders[order].parcels.len();
                self.orders[order].parcels.push(Package::new(said));
                self.touched_orders.push(order);
                // The whole parcel takes its place in the day before the next one looks for its own.
                for f in fills.iter().filter(|f| f.parcel == fill.parcel) {
                    self.book(order, parcel, f.line as usize - 1, i128::from(f.qty));
                }
            }
            let parcel = slot.map_or(0, |(_, parcel)| parcel);
            let qty = i128::from(fill.qty);
            self.note_reserved(order, line, parcel, qty);
        }
        if first.iter().any(Option::is_none) {
            return Err("a parcel that takes nothing".into());
        }
        Ok(risks)
    }

    /// What is free, by SKU and node.
    pub(crate) fn free_units(&self) -> Vec<Vec<i128>> {
        self.cells.iter().map(|row| row.iter().map(crate::Cell::available).collect()).collect()
    }

    /// What an event set free is who waits for it's, node by node, before anything else happens.
    pub(crate) fn take_freed<'a>(
        &mut self,
        before: &[Vec<i128>],
        body: &Body,
        at: Instant,
        events: &mut std::iter::Peekable<impl Iterator<Item = &'a Event>>,
    ) -> Result<(), String> {
        for node in 0..self.nodes.len() {
            let freed = |sku: usize| match body {
                Body::HoldReleased(_)
                | Body::HoldExpired(_)
                | Body::OrderCancelled(_)
                | Body::OrderReallocated(_)
                | Body::StockAdjusted(_)
                | Body::StockMoved(_)
                | Body::ReturnReceived(_) => self.cells[sku][node].available() > before[sku][node],
                Body::OrderPlaced(e) if e.hold != HoldId::NONE => {
                    self.cells[sku][node].available() > before[sku][node]
                }
                Body::ProtectionSet(e) => (e.sku.0 as usize, e.node.0 as usize) == (sku, node),
                Body::NodeStatusSet(e) => e.node.0 as usize == node && e.status == NodeStatus::Open,
                Body::NodeDescribed(e) => self.node(&e.node.node) == Some(node),
                Body::LotExpirySet(e) => self.sku(&e.sku) == Some(sku),
                Body::ChannelDescribed(_) => self.by_lot(sku),
                _ => false,
            };
            let but = match body {
                Body::OrderReallocated(e) => Some(e.order.0 as usize),
                _ => None,
            };
            let wanted = |sku: &usize| freed(*sku) && self.cells[*sku][node].available() > 0;
            let arrivals: Vec<Arrival> = (0..before.len())
                .filter(wanted)
                .map(|sku| Arrival { sku, units: 0, but, coming: self.coming(sku, at) })
                .collect();
            let mine = |e: &&BackordersFilled| e.parcels.first().is_some_and(|p| p.node.0 as usize == node);
            let next = events.peek().and_then(|event| match &event.body {
                Body::BackordersFilled(e) => Some((e, event.at)).filter(|(e, _)| mine(e)),
                _ => None,
            });
            let none = BackordersFilled { fills: vec![], parcels: vec![], exceptions: vec![] };
            let (said, told) = next.unwrap_or((&none, at));
            check("time of a fill", &told, &at)?;
            let risks = self.take_fills(&arrivals, node, at, &said.fills, &said.parcels)?;
            self.take_exceptions(&risks, &said.exceptions, "fill of what became free")?;
            if next.is_some() {
                events.next();
            }
        }
        Ok(())
    }

    /// Takes back what does not live until the day on which its order can leave, and then what was given to
    /// orders for which the node has no day with room.
    fn drop_late(&mut self, given: &mut Vec<(usize, usize, i128)>, node: usize, at: Instant) {
        let days = loop {
            let days = self.days_of(given, node, at);
            let mut late = None;
            for (number, (order, ..)) in given.iter().enumerate() {
                let day = days.iter().find(|day| day.0 == *order).and_then(|day| day.1);
                let one = self.giving[number];
                let later = day.filter(|day| *day > one.4 && self.by_lot(one.0));
                match later {
                    Some(day) if !self.lives_later(one, day) => {
                        late = Some(number);
                        break;
                    }
                    Some(day) => self.giving[number].4 = day,
                    None => {}
                }
            }
            let Some(late) = late else { break days };
            self.take_back(given[late], node);
            given.remove(late);
            self.giving.remove(late);
        };
        for (order, _) in days.into_iter().filter(|day| day.1.is_none()) {
            for one in given.iter().filter(|one| one.0 == order) {
                self.take_back(*one, node);
            }
            given.retain(|one| one.0 != order);
        }
    }

    fn take_back(&mut self, (order, line, qty): (usize, usize, i128), node: usize) {
        self.orders[order].lines[line].backordered += qty;
        let (sku, channel) = (self.orders[order].lines[line].sku, self.orders[order].channel);
        self.unreserve((sku, node), channel, qty, u64::MAX);
    }

    /// When orders could leave with what they are given, one after the other.
    fn days_of(
        &mut self,
        given: &[(usize, usize, i128)],
        node: usize,
        at: Instant,
    ) -> Vec<(usize, Option<Instant>)> {
        let mut days: Vec<(usize, Option<Instant>)> = Vec::new();
        let mut probes = Vec::new();
        for (order, ..) in given {
            if days.iter().any(|day| day.0 == *order) {
                continue;
            }
            let goods: Vec<(usize, i128)> = given
                .iter()
                .filter(|one| one.0 == *order)
                .map(|one| (self.orders[*order].lines[one.1].sku, one.2))
                .collect();
            let way = self.way(*order, node, at, &goods);
            days.push((*order, way.as_ref().map(|way| way.ship_at)));
            // The day is taken for those that come after in the same event.
            probes.extend(way.map(|way| (*order, self.probe(*order, node, &way, given))));
        }
        for (order, parcel) in probes.into_iter().rev() {
            self.orders[order].parcels.truncate(parcel);
        }
        days
    }

    /// A parcel that books what an order is given, for a while; gives its index.
    fn probe(
        &mut self,
        order: usize,
        node: usize,
        candidate: &Candidate,
        given: &[(usize, usize, i128)],
    ) -> usize {
        let parcel = self.orders[order].parcels.len();
        let (ship_at, arrive_at) = (candidate.ship_at, candidate.arrive_at);
        let node = NodeId(node as u32);
        let said = Parcel {
            node,
            service: ServiceId::NONE,
            ship_at,
            arrive_at,
            distance_mm: 0,
            freight: Money::ZERO,
            handling: Money::ZERO,
        };
        self.orders[order].parcels.push(Package::new(&said));
        for (_, line, qty) in given.iter().filter(|one| one.0 == order) {
            self.book(order, parcel, *line, *qty);
        }
        parcel
    }

    /// Whether a node may give to an order that waits, and whether its lines may be split.
    fn may_fill(&self, order: usize, node: usize, at: Instant) -> Option<LineSplit> {
        let (row, rule) = (&self.orders[order], self.rule_of(order));
        let request = Request {
            channel: row.channel,
            to: row.to,
            at: self.leaves(order, at),
            deliver_by: row.deliver_by,
            needs: &[],
            barred: &row.barred,
            capped: &[],
            asked: (0, 0),
        };
        // Not on time is not a reason: it waits already.
        let rule = Sourcing { lateness: Lateness::Allowed, ..rule.clone() };
        let place = |parcel: usize| row.parcels[parcel].said.node.0 as usize;
        let shipped = (0..row.parcels.len()).filter(|parcel| row.parcels[*parcel].posted).map(place);
        let nodes: BTreeSet<usize> = row.reserved.iter().map(|r| place(r.parcel)).chain(shipped).collect();
        if rule.nodes_max > 0 && !nodes.contains(&node) && nodes.len() >= usize::from(rule.nodes_max) {
            return None;
        }
        self.candidate(node, &request, &rule).map(|_| rule.line_split)
    }

    /// Units that a waiting line may have of what is free at a node, of those that it wants.
    fn fill_qty(
        &self,
        (order, line): (usize, usize),
        (node, at): (usize, Instant),
        (split, wants): (LineSplit, i128),
    ) -> (i128, Instant) {
        let row = &self.orders[order];
        if row.barred.contains(&(node, Some(row.lines[line].sku))) {
            return (0, at);
        }
        let sku = row.lines[line].sku;
        let mut leaves = self.clock;
        if self.by_lot(sku) {
            let most = self.undated_for(sku, node, row.channel).min(wants);
            let Some(way) = self.way(order, node, at, &[(sku, most)]) else { return (0, at) };
            leaves = way.ship_at;
        }
        let room = self.free_for(sku, node, row.channel, leaves);
        match split {
            LineSplit::Never if room < wants => (0, leaves),
            _ => (room.min(wants), leaves),
        }
    }

    /// The rule of the policy in force for a known order, as it was ordered.
    pub fn rule_of(&self, order: usize) -> &Sourcing {
        let order = &self.orders[order];
        let skus: Vec<usize> = order.lines.iter().map(|line| line.sku).collect();
        let lines: Vec<(usize, i128, i128)> = order.lines.iter().map(|l| (l.sku, l.qty, l.price)).collect();
        self.rule_for(order.channel, &skus, self.order_value(&lines)).1
    }

    /// How goods would travel to an order that waits: late if need be, on the first day with room.
    fn way(&self, order: usize, node: usize, at: Instant, goods: &[(usize, i128)]) -> Option<Candidate> {
        let (row, rule) = (&self.orders[order], self.rule_of(order));
        let request = Request {
            channel: row.channel,
            to: row.to,
            at: self.leaves(order, at),
            deliver_by: row.deliver_by,
            needs: goods,
            barred: &row.barred,
            capped: &[],
            asked: self.asked_lines(goods),
        };
        let rule = Sourcing { lateness: Lateness::Allowed, ..rule.clone() };
        self.candidate(node, &request, &rule)
    }

    /// A parcel planned for backorders: late if need be, from the node that received.
    fn check_fill_parcel(
        &self,
        order: usize,
        node: usize,
        at: Instant,
        said: &Parcel,
        goods: &[(usize, i128)],
    ) -> Result<Option<Opened>, String> {
        let row = &self.orders[order];
        let candidate = self.way(order, node, at, goods).ok_or("a fill from a node that cannot serve")?;
        self.check_parcel(&candidate, said, goods)?;
        let at_risk = Opened {
            code: ExceptionCode::PromiseAtRisk,
            order: OrderId(order as u32),
            sku: SkuId::NONE,
            node: said.node,
            qty: goods.iter().map(|(_, qty)| *qty).sum::<i128>() as i64,
        };
        Ok((candidate.arrive_at > row.deliver_by).then_some(at_risk))
    }
}
