//! Which layers and lots goods take along when they leave, and come back with.

use crate::catalog::{SkuRow, shown};
use crate::costing::{Costing, share};
use crate::record::*;
use crate::stock::{Place, Taken};
use crate::value::ids::*;
use crate::value::money::Money;
use crate::value::num::{self, Overflow};
use crate::value::rejection::Rejection;

/// The layers that the next `qty` units of a pool take along, behind those of earlier lines.
pub(super) fn layers_taken(
    state: &State,
    (sku, row, node): (SkuId, &SkuRow, NodeId),
    before: &[i64],
    qty: i64,
) -> Result<Vec<LayerCost>, Overflow> {
    if state.method(row) != Costing::Fifo {
        return Ok(Vec::new());
    }
    let minor = state.head.minor;
    let parts = state.layers.parts(&state.stock, sku, state.pool_node(row, node)).into_iter();
    let whole = |part: crate::costing::Part| Carried {
        lot: LotId::NONE,
        qty: part.qty,
        value: part.value,
        source: part.source,
    };
    let mut parts: Vec<Carried> = parts.map(whole).collect();
    for earlier in before {
        take_carried(&mut parts, *earlier, minor, |_| true)?;
    }
    Ok(take_carried(&mut parts, qty, minor, |_| true)?.iter().map(layer).collect())
}

pub(super) fn layer(part: &Carried) -> LayerCost {
    LayerCost { qty: part.qty, value: part.value, source: part.source }
}

pub(super) fn lot(part: &Carried) -> LotCost {
    LotCost { lot: part.lot, qty: part.qty, value: part.value }
}

/// The places of lots that have names.
pub(super) fn places(state: &State, lots: &[Carried]) -> Vec<Taken> {
    let place = |part: &Carried| {
        let lot = state.stock.labels.get(part.lot.0).map(|name| name.to_string()).unwrap_or_default();
        Taken { place: Place { lot, ..Place::default() }, qty: part.qty }
    };
    lots.iter().map(place).filter(|taken| !taken.place.lot.is_empty()).collect()
}

/// Which lots come back of an order's line, and what all of its units cost when they left.
///
/// `sold` is what the customer has by lot, `open` and `issued` all units that he has and what they cost.
/// Where costs go by lot and none is named, the oldest come back first; elsewhere a lot is known only if it
/// is named or the only one.
pub(super) fn lots_back(
    state: &State,
    row: &SkuRow,
    sold: &mut Vec<Carried>,
    (named, qty): (Option<&str>, i64),
    (open, issued): (i64, Money),
) -> Result<(Vec<LotCost>, Money), Rejection> {
    let minor = state.head.minor;
    let by_lot = state.method(row) == Costing::Lot;
    let apart = sum_carried(sold)?;
    let back = match named {
        Some(name) => {
            let id = state.stock.labels.find(name).map_or(LotId::NONE, LotId);
            let back = take_carried(sold, qty, minor, |part| part.lot == id)?;
            let found = sum_carried(&back)?.qty;
            if found < qty {
                let need = format!("a lot of which the customer has so many; of `{}` {found}", shown(name));
                return Err(Rejection::InvalidField { field: "lines.lot".into(), need });
            }
            back
        }
        None if by_lot || (sold.len() == 1 && apart.qty == open) => take_carried(sold, qty, minor, |_| true)?,
        None => Vec::new(),
    };
    let told = sum_carried(&back)?;
    let cost = if by_lot {
        // What never was in a lot here, as a drop shipment, has the rest of the cost.
        let rest = num::sub(qty, told.qty)?;
        let others = (num::sub(open, apart.qty)?, issued.minus(apart.value)?);
        told.value.plus(if rest == 0 { Money::ZERO } else { share(others.1, rest, others.0, minor)? })?
    } else {
        share(issued, qty, open, minor)?
    };
    Ok((back.iter().map(lot).collect(), cost))
}
