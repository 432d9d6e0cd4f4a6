//! Pools that a company's nodes share, after an event: each node's part of the value follows its units.

use super::common::*;
use crate::catalog::{Lookup, SkuRow};
use crate::costing::Costing;
use crate::posting::{Context, Movement};
use crate::record::*;
use crate::value::ids::*;
use crate::value::money::Money;
use crate::value::num;
use crate::value::rejection::Rejection;
use crate::value::time::Instant;
use std::collections::{BTreeMap, BTreeSet};

/// Units and micro-units that an event changes a node's stock by; of each lot, where costs are kept so.
type Changes = BTreeMap<(SkuId, NodeId, LotId), (i64, i64)>;

/// Finds what each node's stock is to be worth more or less after an event, so that all nodes of a pool stand
/// at one average, and posts it between their inventory accounts.
///
/// # Errors
/// If a sum leaves its range.
pub(super) fn spread(
    state: &State,
    body: &Body,
    (occurred_at, sequence): (Instant, u64),
    found: &[PoolCorrected],
    entry: &mut Entry<'_>,
) -> Result<Vec<PoolCorrected>, Rejection> {
    if !state.has_pools() {
        return Ok(Vec::new());
    }
    let mut changes = Changes::new();
    let mut add = |(sku, node, lot): (SkuId, NodeId, LotId), units: i64, micros: i64| {
        let row = state.catalog.sku.get(sku.0).filter(|row| node != NodeId::NONE && state.is_pooled(row));
        if let Some(row) = row {
            let lot = if state.method(row) == Costing::Lot { lot } else { LotId::NONE };
            let sum = changes.entry((sku, node, lot)).or_default();
            *sum = (num::add(sum.0, units)?, num::add(sum.1, micros)?);
        }
        Ok::<(), num::Overflow>(())
    };
    for row in state.moves_of(body, occurred_at, sequence, Which::Pooled) {
        add((row.sku, row.node, row.lot), row.units(), row.effect())?;
    }
    for late in body.late_costs() {
        if let Some(line) = state.costs.receipts.get(late.receipt_line) {
            add((line.sku, line.node, line.lot), 0, late.to_stock.micros())?;
        }
    }
    for pool in found {
        add((pool.sku, pool.node, pool.lot), 0, pool.value.micros())?;
    }
    let mut spread = Vec::new();
    let mut done: BTreeSet<(SkuId, NodeId, LotId)> = BTreeSet::new();
    for (sku, node, lot) in changes.keys() {
        let Some(row) = state.catalog.sku.get(sku.0) else { continue };
        if done.insert((*sku, state.pool_node(row, *node), *lot)) {
            even_out(state, &changes, (*sku, row, *node, *lot), entry, &mut spread)?;
        }
    }
    Ok(spread)
}

fn even_out(
    state: &State,
    changes: &Changes,
    (sku, row, node, lot): (SkuId, &SkuRow, NodeId, LotId),
    entry: &mut Entry<'_>,
    spread: &mut Vec<PoolCorrected>,
) -> Result<(), Rejection> {
    let mates = state.pool_mates(row, node);
    let (mut units, mut values) = (Vec::with_capacity(mates.len()), Vec::with_capacity(mates.len()));
    let mut whole = 0i64;
    for mate in &mates {
        let there = if lot == LotId::NONE {
            let cell = state.stock.cells.get(sku, *mate);
            Worth { qty: cell.on_hand(), value: cell.value }
        } else {
            state.costs.lot_pool(sku, *mate, lot)
        };
        let (more, by) = changes.get(&(sku, *mate, lot)).copied().unwrap_or_default();
        let value = num::add(there.value.micros(), by)?;
        units.push(num::add(there.qty, more)?);
        whole = num::add(whole, value)?;
        values.push(Money::from_micros(value));
    }
    let even = even_values(&units, Money::from_micros(whole), state.head.minor)?;
    for ((mate, even), value) in mates.into_iter().zip(even).zip(values) {
        let by = even.minus(value)?;
        if by != Money::ZERO {
            entry.post(Movement::PoolShare, by, &Context { lot, ..context(row, sku, mate, 0) })?;
            spread.push(PoolCorrected { sku, node: mate, lot, value: by, layers: Vec::new() });
        }
    }
    Ok(())
}

/// `Ok` if goods that share pools of value, or have a standard cost, let a node belong to another company.
pub(super) fn check_company(state: &State, describe: &crate::catalog::DescribeNode) -> Result<(), Rejection> {
    if !state.has_pools() && state.costs.firms.len() == 0 {
        return Ok(());
    }
    let node = state.catalog.node_of(&describe.node)?.0;
    let company = state.catalog.companies.find(describe.company.as_str()).unwrap_or(crate::catalog::NO_ONE);
    let restated = |sku: SkuId| {
        state.stock.cells.get(sku, node).on_hand() != 0
            && state.catalog.sku.get(sku.0).is_some_and(|row| state.method(row) == Costing::Standard)
            && state.costs.standard(sku, node, company) != state.standard_cost(sku, node)
    };
    let why = if state.has_pools() && state.binds_company(node, company) {
        "goods have moved whose pools of value are a company's".into()
    } else if state.costs.firms.iter().any(|(_, (_, sku))| restated(*sku)) {
        "goods lie there whose standard cost is another in that company: set the node its own first".into()
    } else {
        return Ok(());
    };
    Err(Rejection::CannotChange { what: describe.node.clone(), why })
}
