//! A node that will not give: what it was to give is planned anew without it.

use crate::master::Faults;
use crate::orders::needs;
use crate::sourcing::Request;
use crate::{Model, Order, Verdict, check};
use std::collections::{BTreeMap, BTreeSet};
use stockbook::*;

impl Model {
    /// Units by line that a rejection gives back.
    fn rejected(&self, c: &RejectAllocation, order: usize, node: usize) -> BTreeMap<usize, i128> {
        let row = &self.orders[order];
        let asked = |line: &usize| c.lines.is_empty() || c.lines.contains(&(*line as u32 + 1));
        let here = |line: usize| (line, row.reserved_at(line, node));
        (0..row.lines.len()).filter(asked).map(here).filter(|(_, qty)| *qty > 0).collect()
    }

    pub(crate) fn judge_reject(&self, c: &RejectAllocation) -> Verdict {
        let mut faults = Faults::default();
        let (order, node) = (self.order(&c.order), self.node(&c.node));
        faults.need(order.is_some(), 209);
        faults.need(node.is_some(), 202);
        faults.need(self.reason(&c.reason).is_some(), 207);
        faults.need(c.lines.len() <= 10_000, 602);
        let Some(order) = order else { return faults.verdict() };
        let row = &self.orders[order];
        faults.need(!row.reserved.is_empty(), 404);
        for line in &c.lines {
            faults.need(*line >= 1 && *line as usize <= row.lines.len(), 210);
        }
        if let Some(node) = node {
            faults.need(!self.rejected(c, order, node).is_empty(), 720);
        }
        faults.verdict()
    }

    pub(crate) fn take_reject(
        &mut self,
        c: &RejectAllocation,
        at: Instant,
        e: &AllocationRejected,
    ) -> Result<(), String> {
        let (order, node) = (self.order(&c.order).ok_or("order")?, self.node(&c.node).ok_or("node")?);
        check("order", &(e.order.0 as usize), &order)?;
        check("node", &(e.node.0 as usize), &node)?;
        check("reason", &Some(e.reason.0 as usize), &self.reason(&c.reason))?;
        let back = self.rejected(c, order, node);
        let told = e.lines.iter().map(|l| (l.line as usize - 1, i128::from(l.qty))).collect();
        check("given back by line", &told, &back)?;
        let channel = self.orders[order].channel;
        let parcels: Vec<usize> =
            self.orders[order].parcels.iter().map(|parcel| parcel.said.node.0 as usize).collect();
        let gone = |r: &crate::Reserved| back.contains_key(&r.line) && parcels[r.parcel] == node;
        while let Some(at) = self.orders[order].reserved.iter().position(gone) {
            let row = self.orders[order].reserved[at].clone();
            self.give_back(order, &row, row.qty);
            self.orders[order].reserved.remove(at);
        }
        if c.lines.is_empty() {
            self.orders[order].barred.push((node, None));
        }
        for line in back.keys().filter(|_| !c.lines.is_empty()) {
            let sku = self.orders[order].lines[*line].sku;
            self.orders[order].barred.push((node, Some(sku)));
        }
        let row = self.orders[order].clone();
        let qty = |line: usize| back.get(&line).copied().unwrap_or(0);
        let plain: Vec<(usize, i128)> = row.lines.iter().enumerate().map(|(i, l)| (l.sku, qty(i))).collect();
        let all: Vec<(usize, i128, i128)> = row.lines.iter().map(|l| (l.sku, l.qty, l.price)).collect();
        let needs = needs(&plain);
        let (to, deliver_by, barred) = (row.to, row.deliver_by, &row.barred[..]);
        let (from, asked) = (self.leaves(order, at), self.asked_lines(&plain));
        let request =
            Request { channel, to, at: from, deliver_by, needs: &needs, barred, capped: &[], asked };
        let rest = self.check_elsewhere(at, &request, &plain, &all, &row, &e.plan)?;
        self.adopt(order, &e.plan);
        let mut want = self.plan_exceptions(order, &rest, false);
        let qty = e.plan.backordered.iter().map(|line| line.qty).sum();
        if want.is_empty() && qty > 0 {
            let (code, order) = (ExceptionCode::NodeRejected, OrderId(order as u32));
            want.push(Opened { code, order, sku: SkuId::NONE, node: NodeId(node as u32), qty });
        }
        self.take_exceptions(&want, &e.exceptions, "rejection")
    }

    /// A plan beside the nodes that still give: from as many others as the rule then leaves or, where those
    /// give less, from the nodes that give already.
    fn check_elsewhere(
        &self,
        at: Instant,
        request: &Request<'_>,
        lines: &[(usize, i128)],
        order: &[(usize, i128, i128)],
        row: &Order,
        plan: &Plan,
    ) -> Result<Plan, String> {
        let node = |r: &crate::Reserved| row.parcels[r.parcel].said.node.0 as usize;
        let stay: BTreeSet<usize> = row.reserved.iter().map(node).collect();
        let skus: Vec<usize> = order.iter().map(|line| line.0).collect();
        let (number, rule) = self.rule_for(request.channel, &skus, self.order_value(order));
        if stay.is_empty() || rule.nodes_max == 0 {
            return self.check_promised(at, request, lines, order, true, plan);
        }
        check("policy", &(plan.decision.policy as usize), &(self.policies.len() - 1))?;
        check("rule", &(plan.decision.rule as usize), &number)?;
        let rule = Sourcing { shortage: Shortage::Backorder, ..rule.clone() };
        let left = rule.nodes_max.saturating_sub(stay.len() as u16);
        let others = (0..self.nodes.len()).filter(|node| !stay.contains(node)).map(|node| (node, None));
        let barred: Vec<_> = request.barred.iter().copied().chain(others).collect();
        let alone = Request { barred: &barred, ..*request };
        let with_stay = self.source(&alone, &rule);
        if left == 0 {
            self.check_plan(&alone, &rule, &with_stay, lines, plan)?;
            return Ok(plan.clone());
        }
        let fewer = Sourcing { nodes_max: left, ..rule.clone() };
        let with_others = self.source(request, &fewer);
        let mut told = Err("neither from the nodes that give already nor from others".to_owned());
        // Plans of equal cost may leave more or fewer units open: then either may be what the book compared.
        if with_stay.best.short_most >= with_others.best.short_least {
            told = self.check_plan(request, &fewer, &with_others, lines, plan);
        }
        if told.is_err() && with_stay.best.short_least < with_others.best.short_most {
            told = self.check_plan(&alone, &rule, &with_stay, lines, plan);
        }
        told.map(|()| plan.clone())
    }
}
