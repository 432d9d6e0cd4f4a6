//! Since when orders wait for stock, and when that is too long.

use crate::exception::{ExceptionCode, Raised};
use crate::policy::Scope;
use crate::record::state::*;
use crate::record::words::FulfilmentStage;
use crate::stock::Fault;
use crate::value::ids::*;
use crate::value::money::{MICROS, Money};
use crate::value::num;
use crate::value::sort::PutInOrder;
use crate::value::table::put;
use crate::value::time::Instant;

/// The parameter that says how old a backorder may get.
const DAYS_MAX: &str = "backorder_days_max";

impl State {
    /// A line waits for `qty` more.
    pub(super) fn wait(&mut self, line: u32, qty: i64) -> Result<(), Fault> {
        let Some((sku, key, waiting)) = self.waiting(line) else {
            return Err(Fault("a backorder names no line"));
        };
        let sum = num::add(waiting, qty)?;
        self.docs.lines.edit(line, |row| row.backordered = sum);
        self.docs.waiting.insert(sku.0, key);
        if let Some(order) = self.docs.lines.get(line).map(|row| row.order) {
            self.begin_wait(order);
        }
        Ok(())
    }

    /// A line waits for `qty` less.
    pub(super) fn unwait(&mut self, line: u32, qty: i64) -> Result<(), Fault> {
        let Some((sku, key, waiting)) = self.waiting(line) else {
            return Err(Fault("a backorder names no line"));
        };
        let left = num::sub(waiting, qty)?;
        if left < 0 {
            return Err(Fault("more would be filled than waits"));
        }
        self.docs.lines.edit(line, |row| row.backordered = left);
        if left == 0 {
            self.docs.waiting.remove(sku.0, key);
            self.end_wait(line);
        }
        Ok(())
    }

    pub(super) fn waiting(&self, line: u32) -> Option<(SkuId, Waiting, i64)> {
        let row = self.docs.lines.get(line)?;
        let order = self.docs.order.get(row.order.0)?;
        let key = Waiting { priority: order.priority, sequence: order.sequence, line };
        Some((row.sku, key, row.backordered))
    }

    /// An order waits. Its age runs from here on, unless it was only planned anew.
    pub(super) fn begin_wait(&mut self, order: OrderId) {
        if self.head.origin() < 3 {
            return;
        }
        let now = self.head.now;
        let from = self.leaves_after(order, now);
        if let Some(from) = from {
            self.desk.scheduled.insert((from, order.0));
        }
        // What is wanted later has not waited before.
        let fresh = WaitRow { since: from.unwrap_or(now), until: None, due: None, told: false };
        let row = match row(&self.desk.waits, &self.desk.wait, &order) {
            Some(known) if known.until.is_none() => return,
            Some(known) if known.until == Some(now) => WaitRow { until: None, ..known },
            _ => fresh,
        };
        let due = if row.told { None } else { self.too_old_at(order, row.since) };
        let id = put(&mut self.desk.waits, &mut self.desk.wait, order, WaitRow { due, ..row });
        if let Some(due) = due {
            self.books.agenda.insert((due, Chore::Backorder, id));
        }
    }

    /// A line waits no more; an order of which no line does has ended its wait.
    pub(super) fn end_wait(&mut self, line: u32) {
        let Some(order) = self.docs.lines.get(line).map(|row| row.order) else { return };
        let Some(id) = self.desk.waits.find(&order) else { return };
        let row = self.docs.order.get(order.0);
        if !row.is_some_and(|row| self.lines_of(row).any(|line| line.backordered > 0)) {
            self.drop_ageing(id);
            let now = self.head.now;
            if let Some(from) = self.terms_of(order).and_then(|terms| *terms.ship_from) {
                self.desk.scheduled.remove((from, order.0));
            }
            self.desk.wait.edit(id, |row| row.until = Some(now));
        }
    }

    /// Packed goods that a customer picks up wait for him so long and no longer.
    pub(super) fn watch_pickup(&mut self, id: u32, order: OrderId, node: NodeId) {
        let here = self.terms_of(order).is_some_and(|terms| terms.pickup == node);
        let Some(row) = self.desk.fulfilment.get(id).filter(|_| here && self.head.origin() > 2) else {
            return;
        };
        let ready = row.stage == FulfilmentStage::Packed && self.reserved_for(order, node) > 0;
        match (*row.collect_by, ready) {
            (Some(due), false) => {
                self.books.agenda.remove((due, Chore::Pickup, id));
                self.desk.fulfilment.edit(id, |row| *row.collect_by = None);
            }
            (None, true) => {
                let node = self.catalog.nodes.get(node.0).map(|code| code.to_string());
                let whose =
                    if self.head.origin() > 2 { self.scope_of_order(order) } else { Scope::default() };
                let place = Scope { node, ..whose };
                let days = self.read_parameter("pickup_days_max", &place, self.head.now).micros();
                let wait = num::mul_div(days, 86_400, MICROS).unwrap_or(0);
                let due = self.head.now.plus_seconds(wait);
                if wait > 0 {
                    self.books.agenda.insert((due, Chore::Pickup, id));
                    self.desk.fulfilment.edit(id, |row| *row.collect_by = Some(due));
                }
            }
            _ => {}
        }
    }

    /// Units of an order that wait for stock.
    pub(crate) fn waits(&self, order: OrderId) -> i64 {
        let Some(row) = self.docs.order.get(order.0) else { return 0 };
        self.lines_of(row).map(|line| line.backordered).fold(0, i64::saturating_add)
    }

    /// Backorders that were told of as too old are not told again.
    pub(super) fn tell_aged(&mut self, raised: &[Raised]) {
        for aged in raised.iter().filter(|raised| raised.opened.code == ExceptionCode::BackorderAged) {
            if let Some(id) = self.desk.waits.find(&aged.opened.order) {
                self.drop_ageing(id);
                self.desk.wait.edit(id, |row| row.told = true);
            }
        }
    }

    /// What comes to a node is expected by an instant, and may be later by what a parameter says.
    pub(super) fn await_goods(&mut self, chore: Chore, id: u32, (node, by): (NodeId, Instant)) {
        self.drop_chore(chore, id);
        if self.head.origin() < 3 {
            return;
        }
        let parameter = if chore == Chore::Purchase { "purchase_late_days_max" } else { "transfer_days_max" };
        let node = self.catalog.nodes.get(node.0).map(|code| code.to_string());
        let place = Scope { node, ..Scope::default() };
        let days = self.read_parameter(parameter, &place, self.head.now).micros();
        let grace = num::mul_div(days, 86_400, MICROS).unwrap_or(0);
        if grace > 0 {
            self.plan_chore(by.plus_seconds(grace), chore, id);
        }
    }

    /// What was told of as overdue is not told of again.
    pub(super) fn tell_overdue(&mut self, raised: &[Raised]) {
        for Raised { opened, subject } in raised {
            let Some(number) = subject else { continue };
            match opened.code {
                ExceptionCode::SupplierLate => {
                    let id = self.docs.purchases.find(number);
                    id.into_iter().for_each(|id| self.drop_chore(Chore::Purchase, id));
                }
                ExceptionCode::TransferLate => {
                    let id = self.docs.transfers.find(number);
                    id.into_iter().for_each(|id| self.drop_chore(Chore::Transfer, id));
                }
                _ => {}
            }
        }
    }

    /// Another value of the parameter holds: every wait may end at another time.
    pub(super) fn plan_all_ageing(&mut self, parameter: &str) {
        if parameter == DAYS_MAX {
            (0..num::id(self.desk.wait.len())).for_each(|id| self.plan_ageing(id));
        }
    }

    fn drop_ageing(&mut self, id: u32) {
        if let Some(due) = self.desk.wait.get(id).and_then(|row| row.due) {
            self.books.agenda.remove((due, Chore::Backorder, id));
            self.desk.wait.edit(id, |row| row.due = None);
        }
    }

    fn plan_ageing(&mut self, id: u32) {
        self.drop_ageing(id);
        let waits = self.desk.wait.get(id).filter(|row| row.until.is_none() && !row.told).copied();
        let order = self.desk.waits.get(id).copied();
        let Some((row, order)) = waits.zip(order) else { return };
        if let Some(due) = self.too_old_at(order, row.since) {
            self.books.agenda.insert((due, Chore::Backorder, id));
            self.desk.wait.edit(id, |row| row.due = Some(due));
        }
    }

    /// Where what holds for an order is read, wherever it comes from.
    fn scope_of_order(&self, order: OrderId) -> Scope {
        let channel = self.docs.order.get(order.0).and_then(|row| self.catalog.channels.get(row.channel.0));
        let place = Scope { channel: channel.map(ToString::to_string), ..Scope::default() };
        let Some(terms) = self.terms_of(order).filter(|_| self.head.origin() > 2) else { return place };
        let said = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let (customer, service_level) = (said(&terms.customer.0), said(&terms.segment));
        Scope { customer, service_level, ..place }
    }

    /// The first instant from now on at which a wait is older than the parameter allows then.
    fn too_old_at(&self, order: OrderId, since: Instant) -> Option<Instant> {
        let too_old = |days: Money, from: Instant| {
            let age = num::mul_div(days.micros(), 86_400, MICROS).unwrap_or(i64::MAX);
            Some(since.plus_seconds(age).max(from)).filter(|_| days > Money::ZERO)
        };
        if let Some(days) = self.standard(DAYS_MAX) {
            return too_old(days, self.head.now);
        }
        let define = self.parameter(DAYS_MAX)?;
        let place = self.scope_of_order(order);
        let now = self.head.now;
        let rows = self.govern.values.rows().iter().filter(|row| row.set.parameter == DAYS_MAX);
        let mut changes: Vec<Instant> = rows.map(|row| row.from).filter(|from| *from > now).collect();
        changes.put_in_order();
        let ends = changes.iter().copied().map(Some).chain([None]);
        let starts = [now].into_iter().chain(changes.iter().copied());
        for (from, to) in starts.zip(ends) {
            let due = too_old(self.value_at(&define, &place, from).0, from);
            if let Some(due) = due.filter(|due| to.is_none_or(|to| *due < to)) {
                return Some(due);
            }
        }
        None
    }
}
