//! A node that will not give: what it was to give is planned anew without it.

use crate::master::Faults;
use crate::orders::needs;
use crate::sourcing::Request;
use crate::{Model, Verdict, check};
use std::collections::BTreeMap;
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
        let request =
            Request { channel, to, at, deliver_by, needs: &needs, barred, asked: self.asked_lines(&plain) };
        self.check_sourced(&request, &plain, &all, true, &e.plan)?;
        self.adopt(order, &e.plan);
        let want = self.plan_exceptions(order, &e.plan, false);
        self.take_exceptions(&want, &e.exceptions, "rejection")
    }
}
