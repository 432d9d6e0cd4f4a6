//! What stays as it is of an order that a customer wants otherwise: what nodes work on and is still wanted.

use super::amend::at_work;
use super::dated::give_back;
use super::days::{Booked, freed};
use super::order::ReallocateOrder;
use crate::exception::*;
use crate::policy::{CompiledSourcing, LineSplit};
use crate::record::*;
use crate::stock::Asks;
use crate::value::ids::*;
use crate::value::num;
use crate::value::sort::{Gather, PutInOrder};
use crate::value::time::Instant;
use std::cmp::Reverse;
use std::collections::BTreeSet;

/// What of an order stays while the rest is planned anew.
#[derive(Default)]
pub(super) struct Kept {
    /// Nodes that work on it, the furthest first.
    pub nodes: Vec<NodeId>,
    /// Lines, the reservations of theirs that stay, and units.
    units: Vec<(u32, u32, i64)>,
    /// The same by rows of lines.
    pub lines: Vec<(u32, i64)>,
}

impl Kept {
    /// What stays of an order that its customer wants otherwise. Who only has it planned anew moves all.
    pub(super) fn of(
        state: &State,
        (order, row): (OrderId, &OrderRow),
        reallocate: &ReallocateOrder,
        amended: &[LineQty],
    ) -> Kept {
        let mut kept = Kept::default();
        if amended.is_empty() && !reallocate.is_changed() {
            return kept;
        }
        let mut nodes: Vec<(NodeId, FulfilmentStage)> = at_work(state, order).collect();
        nodes.put_in_order_by_key(|(node, stage)| (Reverse(*stage), *node));
        kept.nodes = nodes.into_iter().map(|(node, _)| node).collect();
        kept.units = state.staying(row, &kept.nodes, amended);
        let by_row = |(line, _, qty): &(u32, u32, i64)| (state.docs.line_id(row.first_line, *line), *qty);
        kept.lines = kept.units.iter().map(by_row).collect();
        kept
    }

    fn sum(&self, of: impl Fn(&(u32, u32, i64)) -> bool) -> i64 {
        self.units.iter().filter(|kept| of(kept)).map(|(.., qty)| *qty).fold(0, i64::saturating_add)
    }

    /// Units of a line that stay.
    pub(super) fn of_line(&self, line: u32) -> i64 {
        self.sum(|kept| kept.0 == line)
    }

    fn of_reservation(&self, id: u32) -> i64 {
        self.sum(|kept| kept.1 == id)
    }

    fn rows<'a>(&'a self, state: &'a State) -> impl Iterator<Item = (u32, crate::stock::Reservation)> + 'a {
        self.units.iter().filter_map(|(line, id, _)| Some((*line, state.stock.reservations.get(*id)?)))
    }

    /// What is given back of a line's reservations, as credit for the decision, and what it asked of lots.
    pub(super) fn credit(
        &self,
        state: &State,
        first: u32,
        (back, given): (&mut Vec<(SkuId, NodeId, i64)>, &mut Vec<Asks>),
    ) {
        for (id, row) in state.reservations(first) {
            let qty = row.qty.saturating_sub(self.of_reservation(id));
            if qty > 0 {
                back.push((row.sku, row.node, qty));
                give_back(state, given, (id, &row), qty);
            }
        }
    }

    /// Takes what stays out of what lines have at nodes.
    pub(super) fn leave(&self, state: &State, held: &mut [(u32, NodeId, i64)]) {
        for (line, id, qty) in &self.units {
            let node = state.stock.reservations.get(*id).map_or(NodeId::NONE, |row| row.node);
            let mut left = *qty;
            for (_, _, qty) in held.iter_mut().filter(|held| (held.0, held.1) == (*line, node)) {
                let now = left.min(*qty);
                (*qty, left) = (qty.saturating_sub(now), left.saturating_sub(now));
            }
        }
    }

    /// What the rest frees of nodes' days.
    pub(super) fn days(&self, state: &State, order: &OrderRow) -> Vec<Booked> {
        freed(state, order, &|id| self.of_reservation(id))
    }

    /// Nodes that give already, or have given while others work on the order.
    pub(super) fn giving(&self, state: &State, order: &OrderRow) -> BTreeSet<NodeId> {
        let sent = state.parcels(order).filter(|(_, parcel)| parcel.posted && !self.nodes.is_empty());
        self.rows(state).map(|(_, row)| row.node).chain(sent.map(|(_, parcel)| parcel.node)).gather()
    }

    /// The order's terms, where what stays binds the rest: of a line that comes whole more comes from where
    /// it is.
    pub(super) fn terms(
        &self,
        state: &State,
        terms: &TermsRow,
        rule: &CompiledSourcing,
        numbers: &[u32],
    ) -> Option<TermsRow> {
        if rule.line_split != LineSplit::Never {
            return None;
        }
        let mut bound: Option<TermsRow> = None;
        let mine = |line: &u32| numbers.contains(line);
        for (line, row) in self.rows(state).filter(|(line, _)| mine(line)) {
            let here = |node: NodeId| self.rows(state).any(|(known, row)| (known, row.node) == (line, node));
            let others = (0..num::id(state.catalog.node.len())).map(NodeId).filter(|node| !here(*node));
            let bound = bound.get_or_insert_with(|| terms.clone());
            bound.excluded.extend(others.map(|node| (node, row.sku)));
        }
        bound
    }

    /// Tells of a promise that a parcel which stays breaks.
    pub(super) fn risk(&self, state: &State, by: Instant, order: OrderId, opened: &mut Vec<Opened>) {
        let late = |row: &crate::stock::Reservation| {
            state.docs.parcels.get(row.parcel).is_some_and(|parcel| parcel.arrive_at > by)
        };
        if let Some((_, row)) = self.rows(state).find(|(_, row)| late(row)) {
            let qty = self.units.iter().map(|(.., qty)| *qty).fold(0, i64::saturating_add);
            let code = ExceptionCode::PromiseAtRisk;
            opened.push(Opened { code, order, sku: SkuId::NONE, node: row.node, qty });
        }
    }
}
