//! Pools of value that nodes of a company share.
//!
//! A group whose pools are a company's has one moving average over all of the company's nodes, one queue of
//! layers under FIFO, or one average for each lot. What leaves a node leaves at the company's cost, and after
//! each event every node's part of the pool's value is its part of the units (largest remainder): so a node's
//! stock is worth what it would be worth anywhere in the company. Layers between two nodes of a pool come
//! back below all others: a transfer does not make goods younger.

use super::*;
use crate::catalog::{NO_ONE, SkuRow};
use crate::costing::PoolScope;
use crate::stock::Cell;
use crate::value::num::{self, Overflow};

impl State {
    /// Whether any goods have pools that nodes share.
    pub(crate) fn has_pools(&self) -> bool {
        self.costs.valuation.rows().iter().any(|valuation| *valuation.scope == PoolScope::Company)
    }

    /// Whether goods of a SKU have one pool a company.
    #[inline]
    pub(crate) fn is_pooled(&self, row: &SkuRow) -> bool {
        self.costs.valuation(row.group).is_some_and(|valuation| *valuation.scope == PoolScope::Company)
    }

    /// The company that a node belongs to.
    pub(crate) fn company_at(&self, node: NodeId) -> u32 {
        self.catalog.site_of(node).map_or(NO_ONE, |site| site.company)
    }

    /// The nodes that share a pool with a node, itself included, in the order of their definition.
    pub(crate) fn pool_mates(&self, row: &SkuRow, node: NodeId) -> Vec<NodeId> {
        if node == NodeId::NONE || !self.is_pooled(row) {
            return vec![node];
        }
        let company = self.company_at(node);
        let all = self.catalog.node.iter().map(|(id, _)| NodeId(id));
        all.filter(|mate| self.company_at(*mate) == company).collect()
    }

    /// The node that stands for a node's pool: the first of those that share it.
    #[inline]
    pub(crate) fn pool_node(&self, row: &SkuRow, node: NodeId) -> NodeId {
        if !self.is_pooled(row) {
            return node;
        }
        self.pool_mates(row, node).first().copied().unwrap_or(node)
    }

    /// Units and value of a node's pool, as a cell.
    #[inline]
    pub(crate) fn pool(&self, sku: SkuId, row: &SkuRow, node: NodeId) -> Cell {
        if !self.is_pooled(row) {
            return self.stock.cells.get(sku, node);
        }
        let cells = self.pool_mates(row, node).into_iter().map(|mate| self.stock.cells.get(sku, mate));
        cells.fold(Cell::default(), |sum, cell| Cell {
            sellable: sum.sellable.saturating_add(cell.sellable),
            held: sum.held.saturating_add(cell.held),
            reserved: sum.reserved.saturating_add(cell.reserved),
            value: Money::from_micros(sum.value.micros().saturating_add(cell.value.micros())),
        })
    }

    /// Whether a SKU's pools are a company's, as layers need to know.
    #[inline]
    pub(crate) fn scope_of(&self, sku: SkuId) -> PoolScope {
        let row = self.catalog.sku.get(sku.0);
        if row.is_some_and(|row| self.is_pooled(row)) { PoolScope::Company } else { PoolScope::Node }
    }

    /// Units and value of a lot's pool: where nodes share it, of all of them.
    pub(crate) fn lot_pool(&self, sku: SkuId, row: &SkuRow, node: NodeId, lot: LotId) -> Worth {
        if !self.is_pooled(row) {
            return self.costs.lot_pool(sku, node, lot);
        }
        let parts = self.pool_mates(row, node).into_iter().map(|mate| self.costs.lot_pool(sku, mate, lot));
        parts.fold(Worth::default(), |sum, part| Worth {
            qty: sum.qty.saturating_add(part.qty),
            value: Money::from_micros(sum.value.micros().saturating_add(part.value.micros())),
        })
    }

    /// The same, of goods that may be unknown.
    pub(crate) fn pool_of(&self, sku: SkuId, node: NodeId) -> (NodeId, Cell) {
        match self.catalog.sku.get(sku.0).filter(|row| self.is_pooled(row)) {
            Some(row) => (self.pool_node(row, node), self.pool(sku, row, node)),
            None => (node, self.stock.cells.get(sku, node)),
        }
    }

    /// Whether goods that share pools bind a node to its company, or another node's pool to it.
    pub(crate) fn binds_company(&self, node: NodeId, company: u32) -> bool {
        let moved = |id: u32| {
            self.stock.borders.get(id).is_some_and(|border| *border != crate::stock::Border::default())
        };
        let pooled = self.catalog.sku.iter().filter(|(id, row)| self.is_pooled(row) && moved(*id));
        let mut pooled = pooled.map(|(id, _)| SkuId(id)).peekable();
        if pooled.peek().is_none() || self.company_at(node) == company {
            return false;
        }
        let others = || self.catalog.node.iter().map(|(id, _)| NodeId(id)).filter(|other| *other != node);
        let later = |of: u32| others().any(|other| other > node && self.company_at(other) == of);
        let used = |sku: SkuId| {
            self.stock.cells.get(sku, node) != Cell::default()
                || self.costs.trail(sku).any(|(_, row)| row.node == node)
        };
        later(company) || later(self.company_at(node)) || pooled.any(used)
    }
}

/// What each node's stock of a pool is to be worth, by its units.
pub(crate) fn even_values(units: &[i64], value: Money, minor: i64) -> Result<Vec<Money>, Overflow> {
    if units.iter().try_fold(0i64, |sum, part| num::add(sum, *part))? == 0 {
        return Ok(vec![Money::ZERO; units.len()]);
    }
    crate::costing::allocate_shares(value, units, minor).map_err(|_| Overflow)
}
