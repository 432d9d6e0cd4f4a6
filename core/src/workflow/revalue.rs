//! Stock valued anew, written down, or costed anew from its movements.

use super::common::*;
use super::invoice::shares;
use crate::catalog::*;
use crate::costing::{Costing, Part, WriteDownBasis, extend};
use crate::posting::{Context, Movement};
use crate::record::*;
use crate::value::ids::*;
use crate::value::money::Money;
use crate::value::rejection::Rejection;
use crate::value::wire::wire;

wire! {
    /// Values stock of a SKU anew. Under standard cost this sets the standard: of a node, of a company's
    /// nodes or of all. The nearest that is set holds, and only stock that it holds for is valued anew.
    /// Without a unit cost, the pools get the value that their movements come to, which mends what was
    /// booked at a wrong value.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// // 10 TEE at 8.00 each.
    /// let revalue = RevalueStock {
    ///     revaluation: "V-1".into(), sku: "TEE".into(), node: None,
    ///     unit_cost: Some(Money::from_cents(8_50)), reason: "damage".into(), company: String::new(),
    /// };
    /// book.execute(&Envelope::new("v-1", at, Command::RevalueStock(revalue)))?;
    /// assert_eq!(book.stock_columns().value, [85_000_000]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct RevalueStock {
        /// Number of the revaluation.
        pub revaluation: String,
        /// The SKU.
        pub sku: String,
        /// One node; none = all.
        #[serde(default)]
        pub node: Option<String>,
        /// Cost of a base unit from here on; none = as the movements come to.
        #[serde(default)]
        pub unit_cost: Option<Money>,
        /// The reason code.
        pub reason: String,
        /// The nodes of one company, where no node is named; empty = of all.
        #[serde(default)]
        pub company: String,
    }

    /// Writes stock of a SKU down to what it can be sold for, or up again as far as that is allowed.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// // 10 TEE that cost 8.00 each sell for 6.00.
    /// let down = WriteDownStock {
    ///     write_down: "W-1".into(), sku: "TEE".into(), node: None,
    ///     unit_value: Money::from_cents(6_00), reason: "damage".into(), ledger: String::new(),
    /// };
    /// book.execute(&Envelope::new("w-1", at, Command::WriteDownStock(down)))?;
    /// let allowance = book.account_id("1390").ok_or("in the chart")?;
    /// let row = book.trial_balance().into_iter().find(|row| row.account == allowance).ok_or("posted to")?;
    /// assert_eq!(row.balance, Money::from_cents(-20_00));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct WriteDownStock {
        /// Number of the write-down.
        pub write_down: String,
        /// The SKU.
        pub sku: String,
        /// One node; none = all.
        #[serde(default)]
        pub node: Option<String>,
        /// Net realisable value of a base unit (IAS 2.6): price less cost to complete and to sell.
        pub unit_value: Money,
        /// The reason code.
        pub reason: String,
        /// A ledger beside the book's own, which alone writes down; empty = the book and every ledger, each
        /// by what the goods cost there and on its own basis.
        #[serde(default)]
        pub ledger: String,
    }
}

/// A pool of a SKU: node, lot, units and value.
type Pool = (NodeId, LotId, Worth);

/// The pools of a SKU. A pool that nodes share stands at the first of them.
pub(super) fn pools(state: &State, sku: SkuId, row: &SkuRow, only: NodeId) -> Vec<Pool> {
    let mut pools = Vec::new();
    let only = state.pool_node(row, only);
    for (node, _) in state.catalog.node.iter() {
        let node = NodeId(node);
        if state.pool_node(row, node) != node {
            continue;
        }
        let cell = state.pool(sku, row, node);
        if cell.on_hand() == 0 || (only != NodeId::NONE && node != only) {
            continue;
        }
        if state.method(row) == Costing::Lot {
            let keys = state.costs.lots.iter().zip(state.costs.lot.rows());
            let mine = keys.filter(|((_, key), worth)| key.0 == sku && worth.qty != 0);
            let mine = mine.filter(|((_, key), _)| state.pool_node(row, key.1) == node);
            // In the order in which they came; one that lies at several nodes of a pool stands once.
            let first = pools.len();
            for ((_, key), _) in mine {
                if !pools.iter().skip(first).any(|(_, lot, _)| *lot == key.2) {
                    pools.push((node, key.2, state.lot_pool(sku, row, node, key.2)));
                }
            }
        } else {
            pools.push((node, LotId::NONE, Worth { qty: cell.on_hand(), value: cell.value }));
        }
    }
    pools
}

/// A pool that is worth so much more, its layers with it.
fn changed(
    state: &State,
    sku: SkuId,
    row: &SkuRow,
    (node, lot): (NodeId, LotId),
    by: Money,
) -> Result<PoolCorrected, Rejection> {
    let mut layers: Vec<LayerCost> = Vec::new();
    if state.method(row) == Costing::Fifo {
        let parts: Vec<Part> = state.layers.parts(&state.stock, sku, node);
        let basis: Vec<i64> = parts.iter().map(|part| part.qty).collect();
        let by =
            if by == Money::ZERO { vec![by; parts.len()] } else { shares(by, &basis, state.head.minor)? };
        for (part, by) in parts.iter().zip(by) {
            layers.push(LayerCost { qty: part.qty, value: part.value.plus(by)?, source: part.source });
        }
    }
    Ok(PoolCorrected { sku, node, lot, value: by, layers })
}

fn one_node(state: &State, node: Option<&String>) -> Result<NodeId, Rejection> {
    node.map_or(Ok(NodeId::NONE), |node| state.catalog.node_of(node).map(|(id, _)| id))
}

/// The pools that a revaluation is of. A standard values no stock that a nearer one holds for.
fn meant(state: &State, revalue: &RevalueStock, pools: Vec<Pool>) -> Result<Vec<Pool>, Rejection> {
    let companies = &state.catalog.companies;
    let company = match revalue.company.as_str() {
        "" => None,
        _ if revalue.node.is_some() => {
            let need = "none: a node is named, which belongs to one".into();
            return Err(Rejection::InvalidField { field: "company".into(), need });
        }
        code => {
            let unknown = || Rejection::UnknownCompany { company: shown(code) };
            Some(companies.find(code).ok_or_else(unknown)?)
        }
    };
    let (sku, row) = state.catalog.sku_of(&revalue.sku)?;
    let sets =
        state.method(row) == Costing::Standard && revalue.unit_cost.is_some() && revalue.node.is_none();
    let here = |pool: &Pool| {
        let own = state.company_at(pool.0);
        let nearer = sets && state.costs.nearer_standard(sku, pool.0, own, company);
        company.is_none_or(|company| company == own) && !nearer
    };
    Ok(pools.into_iter().filter(here).collect())
}

pub(crate) fn decide_revaluation(state: &State, revalue: &RevalueStock) -> Result<Body, Rejection> {
    let revaluation = new_books_document(state, BooksDocument::Revaluation, &revalue.revaluation)?;
    let (sku, row) = state.catalog.sku_of(&revalue.sku)?;
    let node = one_node(state, revalue.node.as_ref())?;
    let pools = meant(state, revalue, pools(state, sku, row, node))?;
    let reason = state.catalog.reason_of(&revalue.reason)?;
    let mut entry = Entry::new(state);
    let mut revalued = Vec::new();
    let unit_cost = revalue.unit_cost;
    match unit_cost {
        Some(cost) => {
            price("unit_cost", cost)?;
            for (node, lot, worth) in pools {
                let by = extend(cost, worth.qty, row.scale, state.head.minor)?.minus(worth.value)?;
                let about = Context { reason, lot, ..context(row, sku, node, 0) };
                entry.post(Movement::Revaluation, by, &about)?;
                revalued.push(changed(state, sku, row, (node, lot), by)?);
            }
        }
        None => {
            if state.costs.traced(row.group).is_none() {
                let need =
                    "a cost: movements are remembered only under the late policies replay and prospective";
                return Err(Rejection::InvalidField { field: "unit_cost".into(), need: need.into() });
            }
            for (node, lot, _) in pools {
                revalued.push(changed(state, sku, row, (node, lot), Money::ZERO)?);
            }
        }
    }
    Ok(Body::StockRevalued(StockRevalued {
        revaluation,
        sku,
        node,
        unit_cost,
        recosted: unit_cost.is_none(),
        pools: revalued,
        postings: entry.postings,
        refurbished: false,
        company: revalue.company.clone(),
        qty: 0,
    }))
}

pub(crate) fn decide_write_down(state: &State, write: &WriteDownStock) -> Result<Body, Rejection> {
    let write_down = new_books_document(state, BooksDocument::WriteDown, &write.write_down)?;
    let (sku, row) = state.catalog.sku_of(&write.sku)?;
    let only = one_node(state, write.node.as_ref())?;
    let reason = state.catalog.reason_of(&write.reason)?;
    price("unit_value", write.unit_value)?;
    let mut entry = Entry::new(state);
    let (mut pools, ledgers) = match write.ledger.as_str() {
        "" => (own_write_down(&mut entry, (sku, row, only), write, reason)?, 1..=u32::MAX),
        code => {
            let number = super::ledgers::ledger_of(state, code)?.number;
            if state.costs.traced(row.group).is_none() {
                let need =
                    "none: movements are remembered only under the late policies replay and prospective";
                return Err(Rejection::InvalidField { field: "ledger".into(), need: need.into() });
            }
            (Vec::new(), number..=number)
        }
    };
    let known = crate::value::num::id(state.costs.ledger.len());
    for number in (1..=known).filter(|number| ledgers.contains(number)) {
        pools.extend(super::ledgers::written_down(state, number, (sku, only), write.unit_value)?);
    }
    if pools.is_empty() {
        return Err(Rejection::NothingToWriteDown { sku: write.sku.clone() });
    }
    let postings = entry.postings;
    Ok(Body::StockWrittenDown(StockWrittenDown { write_down, sku, pools, postings, reason: Some(reason) }))
}

/// What the book itself writes down.
fn own_write_down(
    entry: &mut Entry<'_>,
    (sku, row, only): (SkuId, &SkuRow, NodeId),
    write: &WriteDownStock,
    reason: ReasonId,
) -> Result<Vec<PoolWrittenDown>, Rejection> {
    let state = entry.state();
    let basis = state.costs.valuation(row.group).unwrap_or_default().write_down;
    let mut written = Vec::new();
    for (node, lot, worth) in pools(state, sku, row, only) {
        let about = Context { reason, lot, ..context(row, sku, node, 0) };
        let worth_now = extend(write.unit_value, worth.qty, row.scale, state.head.minor)?;
        let loss = Money::from_micros(worth.value.minus(worth_now)?.micros().max(0));
        if basis == WriteDownBasis::NewCostBasis {
            if loss != Money::ZERO {
                entry.post(Movement::WriteDownToCost, loss, &about)?;
                let basis = Some(changed(state, sku, row, (node, lot), Money::ZERO.minus(loss)?)?);
                written.push(PoolWrittenDown { node, allowance: Money::ZERO, basis, ledger: 0 });
            }
            continue;
        }
        // The allowance is for the node's pool: with lots, for the sum of what each lot lacks.
        let before = written.iter().position(|known: &PoolWrittenDown| known.node == node);
        match before.and_then(|at| written.get_mut(at)) {
            Some(known) => known.allowance = known.allowance.plus(loss)?,
            None => written.push(PoolWrittenDown { node, allowance: loss, basis: None, ledger: 0 }),
        }
    }
    if basis == WriteDownBasis::Allowance {
        let was =
            |node| row_of(&state.costs.allowances, &state.costs.allowance, &(sku, node)).unwrap_or_default();
        written.retain(|pool| pool.allowance != was(pool.node));
        for pool in &written {
            let about = Context { reason, ..context(row, sku, pool.node, 0) };
            let more = pool.allowance.minus(was(pool.node))?;
            if more.micros() > 0 {
                entry.post(Movement::WriteDown, more, &about)?;
            } else {
                entry.post(Movement::WriteDownReversal, Money::ZERO.minus(more)?, &about)?;
            }
        }
    }
    Ok(written)
}
