//! The proof that a book is sound, in one pass, naming what broke first.

mod lots;
mod promises;

use super::state::*;
use crate::catalog::{Control, Costing, NegativeStock};
use crate::stock::{Condition, Owner};
use crate::value::ids::*;
use crate::value::money::Money;
use crate::value::num;
use serde::Serialize;
use std::collections::BTreeMap;

/// What was checked, and how much of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Proof {
    /// Cells of stock whose reserved units are owned, whose places fit and whose value is tied.
    pub cells: u64,
    /// Pending reservations, each owned by one living document.
    pub reservations: u64,
    /// Lines of orders whose quantities add up.
    pub order_lines: u64,
    /// Accounts whose balances sum to zero.
    pub accounts: u64,
    /// Value of stock at nodes = balance of the inventory accounts.
    pub inventory_value: Money,
    /// Value between nodes = balance of the in-transit accounts.
    pub in_transit_value: Money,
    /// The state hash, kept up and computed afresh.
    pub state_hash: String,
}

/// A law that the book's state breaks: a defect of the library.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[error("{law}: {detail}")]
pub struct Violation {
    /// The law.
    pub law: String,
    /// Where and how it is broken.
    pub detail: String,
}

fn broken<T>(law: &str, detail: String) -> Result<T, Violation> {
    Err(Violation { law: law.into(), detail })
}

impl State {
    /// Proves conservation, ownership and the tie of books to goods.
    pub(crate) fn verify(&self) -> Result<Proof, Violation> {
        let mut proof = Proof { state_hash: format!("{:016x}", self.hash()), ..Proof::default() };
        if self.hash() != self.rehash() {
            return broken("the state hash is kept up", format!("{:016x} is kept", self.hash()));
        }
        proof.reservations = self.verify_ownership()?;
        if let Some(id) = self.stock.reservations.misplaced() {
            return broken("what is pending of a SKU is listed", format!("reservation {id}"));
        }
        proof.cells = self.verify_cells()?;
        self.verify_borders()?;
        proof.order_lines = self.verify_orders()?;
        self.verify_documents()?;
        self.verify_plans()?;
        self.verify_indexes()?;
        self.verify_lots()?;
        self.verify_books(&mut proof)?;
        Ok(proof)
    }

    /// Every pending reservation has one living owner, and cells reserve what reservations say.
    fn verify_ownership(&self) -> Result<u64, Violation> {
        let law = "every reservation has one living owner";
        let mut by_cell: BTreeMap<(SkuId, NodeId), i64> = BTreeMap::new();
        let mut by_line: BTreeMap<u32, i64> = BTreeMap::new();
        let mut pending = 0u64;
        for (id, row) in self.stock.reservations.iter().filter(|(_, row)| row.qty != 0) {
            let alive = match row.owner {
                Owner::Line(line) => {
                    let sum = by_line.entry(line).or_default();
                    *sum = sum.saturating_add(row.qty);
                    self.docs.lines.get(line).is_some_and(|line| line.sku == row.sku)
                }
                Owner::Hold(hold) => {
                    self.docs.hold.get(hold).is_some_and(|hold| hold.state == HoldState::Held)
                }
            };
            if !alive || row.qty < 0 {
                return broken(
                    law,
                    format!("reservation {id} of {} units belongs to {:?}", row.qty, row.owner),
                );
            }
            let sum = by_cell.entry((row.sku, row.node)).or_default();
            *sum = sum.saturating_add(row.qty);
            pending = pending.saturating_add(1);
        }
        for (id, line) in self.docs.lines.iter() {
            let owned = by_line.remove(&id).unwrap_or(0);
            if owned != line.reserved {
                return broken(law, format!("line {id} says {} reserved, it owns {owned}", line.reserved));
            }
        }
        for (sku, node, cell) in self.stock.cells.iter() {
            let owned = by_cell.remove(&(sku, node)).unwrap_or(0);
            if owned != cell.reserved {
                return broken(
                    law,
                    format!("{} reserves {}, {owned} are owned", self.at(sku, node), cell.reserved),
                );
            }
        }
        match by_cell.into_iter().next() {
            None => Ok(pending),
            Some(((sku, node), qty)) => {
                broken(law, format!("{qty} units reserved at {}", self.at(sku, node)))
            }
        }
    }

    fn at(&self, sku: SkuId, node: NodeId) -> String {
        let code = |code: Option<&Box<str>>| code.map(|c| c.to_string()).unwrap_or_default();
        format!("`{}` at `{}`", code(self.catalog.skus.get(sku.0)), code(self.catalog.nodes.get(node.0)))
    }

    /// Cells hold no less than is reserved, their places fit into them, and value 0 goes with quantity 0.
    fn verify_cells(&self) -> Result<u64, Violation> {
        let mut cells = 0u64;
        for (sku, node, cell) in self.stock.cells.iter() {
            cells = cells.saturating_add(1);
            let oversold = cell.sellable < cell.reserved && cell.reserved > 0;
            if cell.reserved < 0 || oversold || cell.held < 0 {
                return broken("nothing is oversold", self.at(sku, node).to_string());
            }
            if cell.on_hand() == 0 && cell.value != Money::ZERO {
                return broken(
                    "no value without quantity",
                    format!("{}: {}", self.at(sku, node), cell.value),
                );
            }
            let (mut sellable, mut held) = (0i64, 0i64);
            for (place, qty) in self.stock.places(sku, node) {
                if qty < 0 {
                    return broken("no place holds less than nothing", self.at(sku, node));
                }
                match (place.is_own(), place.condition) {
                    (true, Condition::Sellable) => sellable = sellable.saturating_add(qty),
                    (true, _) => held = held.saturating_add(qty),
                    (false, _) => {}
                }
            }
            let owes = self.catalog.negative_of(sku, node).policy != NegativeStock::Forbid;
            if (sellable > cell.sellable && !owes) || held != cell.held {
                return broken(
                    "places fit into their node",
                    format!("{}: {sellable} {held}", self.at(sku, node)),
                );
            }
            self.verify_pool(sku, node, &cell)?;
        }
        Ok(cells)
    }

    /// Layers, lots and remembered movements come to what their pool is worth.
    fn verify_pool(&self, sku: SkuId, node: NodeId, cell: &crate::stock::Cell) -> Result<(), Violation> {
        let Some(row) = self.catalog.sku.get(sku.0) else { return Ok(()) };
        let whole = (cell.on_hand(), cell.value);
        match self.method(row) {
            Costing::Fifo => {
                let (node, pool) = self.pool_of(sku, node);
                // Where more left than came there is no layer.
                let there = if pool.on_hand() < 0 { (0, Money::ZERO) } else { (pool.on_hand(), pool.value) };
                if self.layers.total(&self.stock, sku, node) != there {
                    return broken("layers sum to their pool", self.at(sku, node));
                }
            }
            Costing::Lot => {
                let rows = self.costs.lots.iter().zip(self.costs.lot.rows());
                let mine = rows.filter(|((_, key), _)| (key.0, key.1) == (sku, node)).map(|(_, worth)| worth);
                let sum = mine.fold((0i64, 0i64), |(qty, value), worth| {
                    (qty.saturating_add(worth.qty), value.saturating_add(worth.value.micros()))
                });
                if (sum.0, Money::from_micros(sum.1)) != whole {
                    return broken("lots sum to their pool", format!("{}: {sum:?}", self.at(sku, node)));
                }
            }
            _ => {}
        }
        if self.costs.traced(row.group).is_some() {
            let mates = self.pool_mates(row, node);
            let here = self.costs.trail(sku).filter(|(_, row)| *row.ledger == 0 && mates.contains(&row.node));
            let booked = here.map(|(_, row)| row.effect()).fold(0, i64::saturating_add);
            if booked != self.pool(sku, row, node).value.micros() {
                let at = self.at(sku, node);
                return broken("movements come to their pool", format!("{at}: {booked} are booked"));
            }
        }
        Ok(())
    }

    /// What came in less what went out is what is there or in transit, SKU by SKU.
    fn verify_borders(&self) -> Result<(), Violation> {
        let mut there = vec![0i64; self.stock.borders.len()];
        let mut add = |sku: SkuId, qty: i64| {
            if let Some(sum) = there.get_mut(num::index(sku.0)) {
                *sum = sum.saturating_add(qty);
            }
        };
        self.stock.cells.iter().for_each(|(sku, _, cell)| add(sku, cell.on_hand()));
        for line in self.docs.transfer.rows().iter().flat_map(|transfer| &transfer.lines) {
            add(line.sku, line.qty.saturating_sub(line.received).saturating_sub(line.lost));
        }
        for (id, border) in self.stock.borders.iter() {
            let came = border.received.saturating_add(border.returned).saturating_add(border.adjusted);
            let stays = came.saturating_sub(border.shipped);
            let found = there.get(num::index(id)).copied().unwrap_or(0);
            if stays != found {
                let code = self.catalog.skus.get(id).map(|c| c.to_string()).unwrap_or_default();
                return broken(
                    "goods are conserved",
                    format!("`{code}`: {stays} should be there, {found} are"),
                );
            }
        }
        Ok(())
    }

    fn verify_orders(&self) -> Result<u64, Violation> {
        let mut waiting = 0usize;
        for (id, line) in self.docs.lines.iter() {
            let parts = [line.reserved, line.backordered, line.shipped, line.cancelled];
            let sum = parts.iter().copied().fold(0, i64::saturating_add);
            if sum != line.qty || parts.iter().any(|part| *part < 0) || line.returned > line.shipped {
                return broken("a line's quantities add up", format!("line {id} of {} units", line.qty));
            }
            waiting = waiting.saturating_add(usize::from(line.backordered > 0));
        }
        if waiting != self.docs.waiting.len() {
            let queue = self.docs.waiting.len();
            return broken("every backorder is in its queue", format!("{waiting} wait, {queue} are queued"));
        }
        Ok(u64::try_from(self.docs.lines.len()).unwrap_or(u64::MAX))
    }

    fn verify_documents(&self) -> Result<(), Violation> {
        for ((_, key), way) in self.costs.ways.iter().zip(self.costs.way.rows()) {
            let row = self.docs.transfer.get(key.0);
            let row = row.and_then(|row| row.lines.get(num::index(key.1.saturating_sub(1))));
            let Some(line) = row else { continue };
            let open = line.qty.saturating_sub(line.received).saturating_sub(line.lost);
            let by_lot = self.catalog.sku.get(line.sku.0).map(|row| self.method(row)) == Some(Costing::Lot);
            for parts in [&way.layers, &way.lots].into_iter().filter(|parts| !parts.is_empty()) {
                let sum = sum_carried(parts).unwrap_or_default();
                let costs = by_lot || parts.iter().any(|part| part.lot == LotId::NONE);
                if sum.qty > open || (costs && (sum.qty, sum.value) != (open, line.value)) {
                    return broken("what is under way is told apart whole", format!("{key:?}: {sum:?}"));
                }
            }
        }
        let held = |(_, hold): &(u32, HoldRow)| hold.state == HoldState::Held;
        let holds = self.docs.hold.iter().filter(held).count();
        if holds != self.docs.due.len() {
            return broken("every hold falls due", format!("{holds} hold, {} are due", self.docs.due.len()));
        }
        let mut awaited: BTreeMap<(SkuId, NodeId), i64> = BTreeMap::new();
        for purchase in self.docs.purchase.rows().iter().filter(|row| !row.cancelled) {
            for line in &purchase.lines {
                let open = line.qty.saturating_sub(line.received).max(0);
                let sum = awaited.entry((line.sku, purchase.node)).or_default();
                *sum = sum.saturating_add(open);
            }
        }
        for (id, key) in self.docs.on_orders.iter() {
            let kept = self.docs.on_order.get(id).copied().unwrap_or(0);
            let found = awaited.get(key).copied().unwrap_or(0);
            if kept != found {
                let at = self.at(key.0, key.1);
                return broken("what is on order is on purchase orders", format!("{at}: {kept}, {found}"));
            }
        }
        let opened = self.books.exceptions.rows().iter();
        let open = opened.filter(|row| row.status == crate::exception::ExceptionStatus::Open).count();
        if open != self.books.open_exceptions.len() {
            return broken("every open exception is in its queue", format!("{open}"));
        }
        Ok(())
    }

    /// Accounts sum to zero, and the tied ones equal the goods.
    fn verify_books(&self, proof: &mut Proof) -> Result<(), Violation> {
        let (mut sum, mut inventory, mut transit) = (0i128, 0i128, 0i128);
        for (id, balance) in self.books.balances.iter() {
            let amount = i128::from(balance.micros());
            sum = sum.saturating_add(amount);
            match self.catalog.account.get(id).map(|row| row.control) {
                Some(Control::Inventory) => inventory = inventory.saturating_add(amount),
                Some(Control::InTransit) => transit = transit.saturating_add(amount),
                _ => {}
            }
        }
        if sum != 0 {
            return broken("the books balance", format!("accounts sum to {sum} micro-units"));
        }
        let goods = self.stock.cells.iter().map(|(_, _, cell)| i128::from(cell.value.micros())).sum::<i128>();
        let lines = self.docs.transfer.rows().iter().flat_map(|transfer| &transfer.lines);
        let moving = lines.map(|line| i128::from(line.value.micros())).sum::<i128>();
        for (law, books, goods) in [
            ("inventory accounts equal the value of stock", inventory, goods),
            ("in-transit accounts equal the value between nodes", transit, moving),
        ] {
            if books != goods {
                return broken(law, format!("{books} in the books, {goods} in the goods, in micro-units"));
            }
        }
        proof.accounts = u64::try_from(self.books.balances.len()).unwrap_or(u64::MAX);
        proof.inventory_value = Money::from_micros(i64::try_from(goods).unwrap_or(i64::MAX));
        proof.in_transit_value = Money::from_micros(i64::try_from(moving).unwrap_or(i64::MAX));
        Ok(())
    }
}
