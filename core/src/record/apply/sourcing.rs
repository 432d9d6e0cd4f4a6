//! How facts of sourcing change the state.

use super::super::event::{
    AllocationRejected, Body, CostTableSet, Event, OrderCancelled, OrderInCurrency, OrderPlaced, PlacedTerms,
};
use super::super::state::{NOTHING, State};
use crate::stock::Fault;
use crate::value::ids::*;
use crate::value::money::Money;
use crate::value::table::put;
use crate::value::time::Instant;

impl State {
    /// Facts of sourcing, by kind.
    pub(super) fn apply_sourcing(&mut self, event: &Event) -> Result<(), Fault> {
        match &event.body {
            Body::CostTableSet(set) => self.set_cost_table(set),
            Body::AllocationRejected(rejected) => self.reject_allocation(rejected, event.at)?,
            _ => {}
        }
        Ok(())
    }

    /// What a placed order brings besides its lines.
    pub(super) fn finish_order(
        &mut self,
        order: OrderId,
        placed: &OrderPlaced,
        at: Instant,
    ) -> Result<(), Fault> {
        let first = self.docs.order.get(order.0).map_or(NOTHING, |row| row.first_parcel);
        self.request_brought(first, &placed.plan);
        if let Some(terms) = &placed.terms {
            self.put_terms(order, terms);
        }
        if !placed.substituted.is_empty() {
            self.edit_terms(order, |row| row.substituted.0.clone_from(&placed.substituted));
        }
        if !placed.plan.backordered.is_empty() {
            self.begin_wait(order);
        }
        self.settle(placed, at);
        self.note_kits(placed)
    }

    /// What an order calls off of another is struck there.
    pub(super) fn call_off(&mut self, placed: &OrderPlaced) -> Result<(), Fault> {
        let Some(terms) = placed.terms.as_ref().filter(|terms| !terms.called.is_empty()) else {
            return Ok(());
        };
        let order = terms.calls_off.ok_or(Fault("what is called off is of no order"))?;
        let (lines, exceptions) = (terms.called.clone(), Vec::new());
        self.cancel_order(&OrderCancelled { order, reason: ReasonId::NONE, lines, node: None, exceptions })
    }

    fn put_terms(&mut self, order: OrderId, terms: &PlacedTerms) {
        self.edit_terms(order, |row| {
            row.segment = terms.segment.as_str().into();
            row.pickup = terms.pickup;
            row.customer.0.clone_from(&terms.customer);
            *row.replaces = terms.replaces;
            row.rma.0.clone_from(&terms.rma);
            *row.ship_from = terms.ship_from;
        });
        if let Some(sold) = &terms.sold_in {
            let (given, nothing) = (vec![Money::ZERO; sold.prices.len()], Money::ZERO);
            let row = OrderInCurrency { sold: sold.clone(), given, open: nothing, carried: nothing };
            put(&mut self.costs.foreigners, &mut self.costs.abroad, order, row);
        }
        if !terms.customer.is_empty() {
            let buyer = self.desk.buyers.intern(DocKey::from(terms.customer.as_str()));
            self.desk.bought.insert((buyer, order.0));
        }
        if let Some(held) = terms.held {
            self.desk.order_holds.insert((order, held));
        }
        if let Some(replaced) = terms.replaces {
            self.desk.replacements.insert((replaced, order));
        }
        if let Some(rma) = &terms.rma {
            put(&mut self.desk.exchanges, &mut self.desk.exchange, rma.clone(), order);
        }
    }

    fn set_cost_table(&mut self, set: &CostTableSet) {
        self.outside.clear(set.table);
        for cell in &set.goods {
            self.outside.put_goods(set.table, cell.sku, cell.node, cell.cost.micros());
        }
        for cell in &set.shipments {
            self.outside.put_shipment(set.table, &cell.of, cell.node, cell.cost.micros());
        }
    }

    fn reject_allocation(&mut self, rejected: &AllocationRejected, at: Instant) -> Result<(), Fault> {
        let Some(order) = self.docs.order.get(rejected.order.0).cloned() else {
            return Err(Fault("there is no such order"));
        };
        for back in &rejected.lines {
            let line = self.docs.line_id(order.first_line, back.line);
            self.void_at(line, rejected.node, order.channel, back.qty)?;
        }
        let node = rejected.node;
        self.edit_terms(rejected.order, |row| {
            row.rejections = row.rejections.saturating_add(1);
            if rejected.skus.is_empty() {
                row.excluded.push((node, SkuId::NONE));
            }
            row.excluded.extend(rejected.skus.iter().map(|sku| (node, *sku)));
        });
        self.open_exceptions(&rejected.exceptions, at);
        self.carry_out(rejected.order, order.first_line, &rejected.plan)?;
        self.put_back(rejected.order);
        Ok(())
    }
}
