//! Outages of a run: nodes that close for a while, carrier services and suppliers that are down for a while;
//! and the days on which suppliers take orders.

use super::agenda::What;
use super::network::{OrderDays, Outage};
use super::run::{DAY, Observer, Run, SimulationError};
use crate::allocation::batch::Fairness;
use crate::book::*;
use crate::catalog::{NodeStatus, SetNodeStatus, need};
use crate::record::{Detail, DisruptionKind};
use crate::replenishment::ProposalKind;
use crate::value::ids::*;
use crate::value::num::{self, index};
use crate::value::rejection::Rejection;
use crate::workflow::batch::AllocateBatch;
use crate::workflow::order::ReallocateOrder;
use crate::workflow::replan::Disruption;

/// Steps of improvement when the orders that a service carried are planned anew.
const STEPS_MAX: u64 = 20_000;

impl Run<'_> {
    /// One node, service or supplier, that the book knows.
    pub(super) fn check_outage(&self, outage: &Outage) -> Result<(), Rejection> {
        let (node, service, supplier) =
            (outage.node.clone(), outage.service.clone(), outage.supplier.clone());
        match (node.as_str(), service.as_str(), supplier.as_str()) {
            ("", "", "") => need(false, "outages.node", "a node, or a `service` or `supplier` that is down"),
            (_, "", "") if self.book.node_id(&node).is_some() => Ok(()),
            (_, "", "") => Err(Rejection::UnknownNode { node }),
            ("", known, "") if self.network.services.iter().any(|service| service.service == known) => Ok(()),
            ("", _, "") => Err(Rejection::UnknownService { service }),
            ("", "", _) => self.known_supplier(supplier),
            ("", ..) => need(false, "outages.supplier", "none, where a service is down"),
            (_, "", _) => need(false, "outages.supplier", "none, where a node is closed"),
            _ => need(false, "outages.service", "none, where a node is closed"),
        }?;
        need(outage.from < outage.to, "outages.to", "later than `from`")
    }

    /// Days of a week, of a supplier that the book knows.
    pub(super) fn check_order_days(&self, days: &OrderDays) -> Result<(), Rejection> {
        self.known_supplier(days.supplier.clone())?;
        let sound = !days.weekdays.is_empty() && days.weekdays.iter().all(|day| (1..=7).contains(day));
        need(sound, "order_days.weekdays", "weekdays from 1 = Monday to 7 = Sunday")
    }

    fn known_supplier(&self, supplier: String) -> Result<(), Rejection> {
        let known = self.book.supplier_id(&supplier).is_some();
        if known { Ok(()) } else { Err(Rejection::UnknownSupplier { supplier }) }
    }

    /// When the supplier that is down at an instant is back; none where it is not down.
    pub(super) fn supplier_back(&self, at: i64, supplier: SupplierId) -> Option<i64> {
        let code = self.book.supplier_code(supplier).unwrap_or_default();
        let down = |o: &&Outage| o.supplier == code && o.from.micros() <= at && o.to.micros() > at;
        let until = self.network.outages.iter().filter(down).map(|outage| outage.to.micros());
        until.max().filter(|_| !code.is_empty())
    }

    /// Whether a supplier takes an order of a kind at an instant.
    pub(super) fn takes_order(&self, at: i64, supplier: SupplierId, kind: ProposalKind) -> bool {
        if self.supplier_back(at, supplier).is_some() {
            return false;
        }
        let code = self.book.supplier_code(supplier).unwrap_or_default();
        // 1970-01-01 was a Thursday, the fourth day.
        let today = at.div_euclid(DAY).saturating_add(3).rem_euclid(7).saturating_add(1);
        let days = self.network.order_days.iter().find(|days| days.supplier == code);
        let open = days.is_none_or(|days| days.weekdays.iter().any(|day| i64::from(*day) == today));
        open || kind == ProposalKind::Expedite
    }

    /// A node closes, or a service goes nowhere: what was planned from it or with it is planned anew.
    pub(super) fn begin_outage(
        &mut self,
        at: i64,
        outage: usize,
        observer: &mut dyn Observer,
    ) -> Result<(), SimulationError> {
        let Some(outage) = self.network.outages.get(outage) else { return Ok(()) };
        self.touched = (0..num::id(self.book.sku_count())).map(SkuId).collect();
        if !outage.service.is_empty() {
            let down = Disruption {
                kind: DisruptionKind::ServiceDown,
                node: None,
                service: Some(outage.service.clone()),
                sku: None,
                missing: 0,
            };
            let replan = AllocateBatch {
                orders: Vec::new(),
                reason: outage.reason.clone(),
                fairness: Fairness::default(),
                steps_max: STEPS_MAX,
                seed: 1,
                disruption: Some(down),
                accepts: None,
            };
            return self.make_known(at, Command::AllocateBatch(replan));
        }
        let node = self.set_status(at, outage, NodeStatus::Closed)?;
        self.closed.push(node.0);
        for (order, plan) in self.agenda.parcels_at(node.0) {
            if self.placed.get(index(order)).is_none_or(|placed| placed.1 != plan) {
                continue;
            }
            let Some(key) = self.book.order_key(OrderId(order)) else { continue };
            let again = ReallocateOrder {
                order: key.to_string(),
                reason: outage.reason.clone(),
                detail: Detail::Brief,
                ..ReallocateOrder::default()
            };
            match self.say(at, Command::ReallocateOrder(again)) {
                // What has left in the meantime cannot be planned anew.
                Ok(_) | Err(Rejection::IllegalStep { .. }) => self.drain(observer)?,
                Err(rejection) => return Err(self.refused(at, "a new plan", rejection)),
            }
        }
        Ok(())
    }

    /// The node opens; the service is what it was.
    pub(super) fn end_outage(&mut self, at: i64, outage: usize) -> Result<(), SimulationError> {
        let Some(outage) = self.network.outages.get(outage) else { return Ok(()) };
        if outage.service.is_empty() {
            let node = self.set_status(at, outage, NodeStatus::Open)?;
            self.closed.retain(|closed| *closed != node.0);
            return Ok(());
        }
        let service = self.network.services.iter().find(|known| known.service == outage.service);
        service.map_or(Ok(()), |service| self.make_known(at, Command::DefineService(service.clone())))
    }

    fn set_status(
        &mut self,
        at: i64,
        outage: &Outage,
        status: NodeStatus,
    ) -> Result<NodeId, SimulationError> {
        let set = SetNodeStatus { node: outage.node.clone(), status, reason: outage.reason.clone() };
        self.make_known(at, Command::SetNodeStatus(set))?;
        Ok(self.book.node_id(&outage.node).unwrap_or(NodeId::NONE))
    }

    fn make_known(&mut self, at: i64, command: Command) -> Result<(), SimulationError> {
        let said = self.say(at, command).map(|_| ());
        said.map_err(|rejection| self.refused(at, "an outage", rejection))
    }

    /// When a closed node opens, or a day later.
    pub(super) fn reopening(&self, at: i64, node: NodeId) -> i64 {
        let code = self.book.node_code(node).unwrap_or_default();
        let over = |o: &&Outage| o.node == code && o.from.micros() <= at && o.to.micros() > at;
        let outage = self.network.outages.iter().find(over);
        outage.map_or(at.saturating_add(DAY), |outage| outage.to.micros())
    }

    /// Notes when what orders have reserved will leave, where only a part of their plans was made anew.
    pub(super) fn follow_replanned(&mut self) {
        for order in std::mem::take(&mut self.replanned) {
            let plan = self.placed.get(index(order.0)).map_or(0, |placed| placed.1);
            for (at, node) in self.book.leaving(order) {
                self.agenda.push(at.micros(), What::Ship { order: order.0, node: node.0, plan });
            }
        }
    }
}
