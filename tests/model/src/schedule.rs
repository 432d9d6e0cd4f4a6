//! Orders for a later date: what supply that is to come leaves for it, and who needs goods that come in.
//!
//! A date may be promised what comes by then less what waits for then or before, as long as every later date
//! is left what it was promised: the least of those differences over all dates from its own on.

use crate::master::Faults;
use crate::orders::needs;
use crate::sourcing::Request;
use crate::{Model, Package, check};
use std::collections::BTreeMap;
use stockbook::*;

/// Units of a SKU that are to come.
#[derive(Clone, Copy, Debug)]
pub struct Supply {
    /// When; none where nobody can say, or where it should have come already.
    pub at: Option<Instant>,
    /// The node that awaits them.
    pub node: usize,
    /// How many.
    pub qty: i128,
}

/// Units of a SKU that one event brings, and what was to come of it before.
#[derive(Clone, Debug)]
pub struct Arrival {
    /// The SKU.
    pub sku: usize,
    /// Units that may be sold.
    pub units: i128,
    /// An order that gets none of them: it was just planned with them.
    pub but: Option<usize>,
    /// What was to come, these units still among it.
    pub coming: Vec<Supply>,
}

impl Model {
    /// When an order may leave, as seen at an instant.
    pub(crate) fn leaves(&self, order: usize, at: Instant) -> Instant {
        self.orders[order].ship_from.map_or(at, |from| from.max(at))
    }

    /// What is to come of a SKU: open purchase orders on their dates, and transfers, whose dates nobody says.
    pub(crate) fn coming(&self, sku: usize, at: Instant) -> Vec<Supply> {
        let mut coming = Vec::new();
        for purchase in self.purchases.iter().filter(|purchase| !purchase.cancelled) {
            let lines = purchase.lines.iter().filter(|line| line.0 == sku);
            let qty = lines.map(|line| (line.1 - line.3).max(0)).sum();
            let sure = (purchase.expected_at >= at).then_some(purchase.expected_at);
            coming.push(Supply { at: sure, node: purchase.node, qty });
        }
        for transfer in &self.transfers {
            let qty = transfer.lines.iter().filter(|leg| leg.sku == sku).map(crate::Leg::open).sum();
            coming.push(Supply { at: None, node: transfer.to, qty });
        }
        coming.retain(|supply| supply.qty > 0);
        coming
    }

    /// What an event is about to bring: equal SKUs summed, in the order in which they are first named.
    pub(crate) fn arrivals(&self, lines: &[(usize, i128)], at: Instant) -> Vec<Arrival> {
        let arrival = |(sku, units)| Arrival { sku, units, but: None, coming: self.coming(sku, at) };
        needs(lines).into_iter().map(arrival).collect()
    }

    /// What waits of a SKU: when it may leave, who, how many; the first to be served first.
    fn waits_by_date(&self, sku: usize, at: Instant) -> Vec<(Instant, (usize, usize), i128)> {
        let row = |(_, order, line): (u8, usize, usize)| {
            (self.leaves(order, at), (order, line), self.orders[order].lines[line].backordered)
        };
        let mut waits: Vec<_> = self.waiting(sku).into_iter().map(row).collect();
        waits.sort_by_key(|wait| wait.0);
        waits
    }

    /// Whether a rule takes goods from a node, wherever they go.
    fn gives(&self, node: usize, rule: &Sourcing) -> bool {
        let said = &self.nodes[node].said;
        let named = rule.node_kinds.contains(&said.kind) || rule.nodes.contains(&said.node);
        self.nodes[node].status == NodeStatus::Open
            && (rule.node_kinds.is_empty() || rule.node_kinds.contains(&said.kind))
            && (rule.nodes.is_empty() || rule.nodes.contains(&said.node))
            && (said.kind != NodeKind::Supplier || named)
    }

    /// Units that supply leaves for a date.
    fn promisable(&self, sku: usize, date: Instant, at: Instant, rule: &Sourcing) -> i128 {
        let coming: Vec<Supply> =
            self.coming(sku, at).into_iter().filter(|supply| self.gives(supply.node, rule)).collect();
        let waits = self.waits_by_date(sku, at);
        let left = |day: Instant| {
            let come = coming.iter().filter(|supply| supply.at.is_some_and(|sure| sure <= day));
            let asked = waits.iter().filter(|wait| wait.0 <= day);
            come.map(|supply| supply.qty).sum::<i128>() - asked.map(|wait| wait.2).sum::<i128>()
        };
        let later = waits.iter().map(|wait| wait.0).filter(|day| *day > date);
        later.chain([date]).map(left).min().unwrap_or(0).max(0)
    }

    /// Units of each line that wait for supply because they may leave only later.
    pub(crate) fn covered(
        &self,
        lines: &[(usize, i128)],
        (from, at): (Instant, Instant),
        rule: &Sourcing,
    ) -> Vec<i128> {
        if from <= at {
            return vec![0; lines.len()];
        }
        let mut left: BTreeMap<usize, i128> = BTreeMap::new();
        let mut covered = Vec::new();
        for (sku, qty) in lines {
            let room = left.entry(*sku).or_insert_with(|| self.promisable(*sku, from, at, rule));
            let now = match rule.line_split {
                LineSplit::Never if *room < *qty => 0,
                _ => (*qty).min(*room),
            };
            *room -= now;
            covered.push(now);
        }
        covered
    }

    /// Checks a plan of an order that may leave from `request.at` on, decided at `at`: what supply covers
    /// waits for it, the rest is sourced as of the date. Gives the plan of that rest.
    pub(crate) fn check_promised(
        &self,
        at: Instant,
        request: &Request<'_>,
        lines: &[(usize, i128)],
        order: &[(usize, i128, i128)],
        must_wait: bool,
        plan: &Plan,
    ) -> Result<Plan, String> {
        let skus: Vec<usize> = order.iter().map(|line| line.0).collect();
        let (_, rule) = self.rule_for(request.channel, &skus, self.order_value(order));
        let covered = self.covered(lines, (request.at, at), rule);
        let (mut rest, mut own) = (lines.to_vec(), plan.clone());
        for (line, qty) in covered.iter().enumerate().filter(|(_, qty)| **qty > 0) {
            rest[line].1 -= qty;
            let waits = own.backordered.iter_mut().find(|waits| waits.line as usize == line + 1);
            match waits.filter(|waits| i128::from(waits.qty) >= *qty) {
                Some(waits) => waits.qty -= *qty as i64,
                None => return Err(format!("line {}: {qty} wait for supply, {plan:?}", line + 1)),
            }
        }
        own.backordered.retain(|waits| waits.qty > 0);
        if rest.iter().all(|line| line.1 == 0) && lines.iter().any(|line| line.1 > 0) {
            let nothing = Plan { backordered: plan.backordered.clone(), ..Plan::default() };
            check("a plan that supply covers whole", plan, &nothing)?;
            check("lines that wait besides", &own.backordered.len(), &0)?;
            return Ok(own);
        }
        let (needs, asked) = (needs(&rest), self.asked_lines(&rest));
        self.check_sourced(&Request { needs: &needs, asked, ..*request }, &rest, order, must_wait, &own)?;
        Ok(own)
    }

    /// What lines for later dates want of goods that come in: what they wait for less what still comes in
    /// time, the first dates first; and those that wait now want it before them.
    pub(crate) fn wanted_later(
        &self,
        arrival: &Arrival,
        node: usize,
        at: Instant,
    ) -> BTreeMap<(usize, usize), i128> {
        let mut coming = arrival.coming.clone();
        coming.sort_by_key(|supply| (supply.at, supply.node, supply.qty));
        // What comes was the first that this node awaited.
        let mut left = arrival.units;
        for supply in coming.iter_mut().filter(|supply| supply.node == node) {
            let now = supply.qty.min(left);
            (supply.qty, left) = (supply.qty - now, left - now);
        }
        let (mut asked, mut short, mut wanted) = (0, 0, BTreeMap::new());
        for (date, who, qty) in self.waits_by_date(arrival.sku, at) {
            asked += qty;
            let come = coming.iter().filter(|supply| supply.at.is_some_and(|sure| sure <= date));
            let missing = asked - come.map(|supply| supply.qty).sum::<i128>();
            let more = (missing - short).max(0);
            short += more;
            if date > at {
                wanted.insert(who, more.min(qty));
            }
        }
        wanted
    }

    /// The order for a later date that another calls off, if there is one of that number.
    fn blanket(&self, c: &PlaceOrder) -> Option<usize> {
        self.order(c.terms.as_ref()?.calls_off.as_ref()?)
    }

    /// What was agreed for a SKU with the order that is called off.
    pub(crate) fn agreed(&self, c: &PlaceOrder, sku: usize) -> Option<i128> {
        let lines = &self.orders[self.blanket(c)?].lines;
        lines.iter().find(|line| line.sku == sku).map(|line| line.price)
    }

    /// The order that another calls off, and units of it by line: of each SKU the first lines first.
    pub(crate) fn called_off(
        &self,
        c: &PlaceOrder,
        channel: usize,
        lines: &[(usize, i128, i128)],
        faults: &mut Faults,
    ) -> Option<(usize, BTreeMap<usize, i128>)> {
        c.terms.as_ref()?.calls_off.as_ref()?;
        let blanket = self.blanket(c);
        faults.need(blanket.is_some(), 209);
        let row = &self.orders[blanket?];
        faults.need(row.ship_from.is_some() && row.channel == channel && c.hold.is_none(), 103);
        let mut open: Vec<i128> = row.lines.iter().map(crate::Line::open).collect();
        let mut called = BTreeMap::new();
        for (sku, qty, _) in lines {
            let mut left = *qty;
            for (line, open) in open.iter_mut().enumerate().filter(|(at, _)| row.lines[*at].sku == *sku) {
                let now = left.min(*open);
                (left, *open) = (left - now, *open - now);
                if now > 0 {
                    *called.entry(line).or_insert(0) += now;
                }
            }
            faults.need(left == 0, 503);
        }
        Some((blanket?, called))
    }

    /// What an order has where: SKU, node and units.
    fn places_of(&self, order: usize) -> Vec<(usize, usize, i128)> {
        let mut places: BTreeMap<(usize, usize), i128> = BTreeMap::new();
        let order = &self.orders[order];
        for row in &order.reserved {
            let place = (order.lines[row.line].sku, order.parcels[row.parcel].said.node.0 as usize);
            *places.entry(place).or_default() += row.qty;
        }
        places.into_iter().map(|((sku, node), qty)| (sku, node, qty)).collect()
    }

    /// Strikes what is called off. What it had of its nodes' days is free only when that is recorded: its
    /// parcels stand as they were, and are given back as they are then.
    pub(crate) fn take_called(&mut self, (order, called): &(usize, BTreeMap<usize, i128>)) -> Vec<Package> {
        let (before, had) = (self.orders[*order].parcels.clone(), self.places_of(*order));
        self.strike(*order, called.clone());
        // What it had somewhere was promised as it is.
        let left = self.places_of(*order);
        let stays = |at: (usize, usize)| left.iter().filter(move |place| (place.0, place.1) == at);
        let gone = |(sku, node, qty): (usize, usize, i128)| {
            (sku, node, qty - stays((sku, node)).map(|place| place.2).sum::<i128>())
        };
        self.had.extend(had.into_iter().map(gone));
        std::mem::replace(&mut self.orders[*order].parcels, before)
    }

    /// The next order for a later date that may leave and still waits, up to an instant.
    pub(crate) fn next_scheduled(&self, to: Instant) -> Option<(Instant, usize)> {
        let rows = self.orders.iter().enumerate().filter(|(_, order)| order.is_scheduled());
        rows.filter_map(|(number, order)| Some((order.ship_from?, number))).filter(|due| due.0 <= to).min()
    }

    /// An order for a later date that may leave now is planned like any other; somebody hears if it cannot be
    /// filled.
    pub(crate) fn take_scheduled(
        &mut self,
        order: usize,
        at: Instant,
        e: &OrderReallocated,
    ) -> Result<(), String> {
        check("scheduled order", &(e.order.0 as usize, e.reason), &(order, ReasonId::NONE))?;
        self.orders[order].called_at = Some(at);
        let mut want = self.replan(order, at, e)?;
        let waits: i128 = self.orders[order].lines.iter().map(|line| line.backordered).sum();
        if waits > 0 {
            want.push(Opened {
                code: ExceptionCode::PromiseAtRisk,
                order: OrderId(order as u32),
                sku: SkuId::NONE,
                node: NodeId::NONE,
                qty: waits as i64,
            });
        }
        self.take_exceptions(&want, &e.exceptions, "date of an order")
    }
}

impl crate::Order {
    /// Whether it waits for supply until its date.
    fn is_scheduled(&self) -> bool {
        self.ship_from.is_some_and(|from| from > self.placed_at)
            && self.called_at.is_none()
            && self.lines.iter().any(|line| line.backordered > 0)
    }
}
