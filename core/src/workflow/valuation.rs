//! How a group of SKUs is valued: set before its goods move.

use super::common::*;
use crate::catalog::*;
use crate::costing::{PoolScope, SetValuation, Valuation};
use crate::record::*;
use crate::value::ids::SkuId;
use crate::value::rejection::Rejection;

/// Whether goods of a SKU have ever moved.
pub(crate) fn has_moved(state: &State, sku: SkuId) -> bool {
    state.stock.borders.get(sku.0).is_some_and(|border| *border != crate::stock::Border::default())
}

pub(crate) fn decide_valuation(state: &State, set: &SetValuation) -> Result<Body, Rejection> {
    if let Some(group) = set.group.as_deref().filter(|group| !group.is_empty()) {
        code("group", group)?;
    }
    let new = Valuation::from(set);
    if set.scope == PoolScope::Company && matches!(set.costing, None | Some(Costing::Standard)) {
        let need =
            "costing moving_average, fifo or lot: a standard is set for a node, a company or all".into();
        return Err(Rejection::InvalidField { field: "scope".into(), need });
    }
    let own = set.group.as_deref().map(|group| state.catalog.groups.find(group));
    for (id, row) in state.catalog.sku.iter() {
        let meant = match own {
            Some(group) => group == Some(row.group),
            None => state.costs.groups.find(&row.group).is_none(),
        };
        if !meant || !has_moved(state, SkuId(id)) {
            continue;
        }
        let old = state.costs.valuation(row.group).unwrap_or_default();
        let method = new.costing.unwrap_or(row.costing);
        if method != state.method(row) || !old.agrees(&new) {
            return Err(Rejection::CannotChange {
                what: sku_code(state, SkuId(id)),
                why: "goods of it have moved, so that how they are costed, pooled and costed anew stands"
                    .into(),
            });
        }
    }
    Ok(Body::ValuationSet(ValuationSet { set: set.clone() }))
}

/// `Ok` if a SKU that has moved keeps its method in the group that it is to be in.
pub(crate) fn check_group(state: &State, sku: &str, group: &str, costing: Costing) -> Result<(), Rejection> {
    let Some(id) = state.catalog.skus.find(sku).filter(|_| state.costs.groups.len() > 0) else {
        return Ok(());
    };
    let Some(row) = state.catalog.sku.get(id).filter(|_| has_moved(state, SkuId(id))) else { return Ok(()) };
    let group = state.catalog.groups.find(group).unwrap_or(u32::MAX);
    let (old, new) = (state.costs.valuation(row.group), state.costs.valuation(group));
    let method = new.and_then(|valuation| valuation.costing).unwrap_or(costing);
    if method == state.method(row) && old.unwrap_or_default().agrees(&new.unwrap_or_default()) {
        return Ok(());
    }
    let why = "the new group is valued otherwise, and goods of it have moved".into();
    Err(Rejection::CannotChange { what: sku.into(), why })
}

/// The last known cost of a pool, as units and their value.
pub(crate) fn last_cost(state: &State, sku: SkuId, row: &SkuRow, node: crate::value::ids::NodeId) -> Worth {
    if state.method(row) == Costing::Standard {
        let value = state.standard_cost(sku, node).unwrap_or_default();
        return Worth { qty: row.scale, value };
    }
    let pool = state.pool_node(row, node);
    row_of(&state.costs.lasts, &state.costs.last, &(sku, pool)).unwrap_or_default()
}
