//! Whether a SKU may be asked for: its life, and the quantities in which it is sold.

use super::common::sku_code;
use crate::allocation::PlacedLine;
use crate::catalog::{KitPart, Lifecycle, TraitRow};
use crate::record::State;
use crate::value::ids::{HoldId, SkuId};
use crate::value::num;
use crate::value::rejection::Rejection;
use crate::value::sort::PutInOrder;
use std::borrow::Cow;

/// `Ok` if every SKU is sold, and in these quantities: all lines of a SKU together. A kit is sold as long as
/// its components are; in which quantities these are sold by themselves does not matter to it.
pub(crate) fn check_orderable(state: &State, lines: &[PlacedLine], step: &str) -> Result<(), Rejection> {
    if state.catalog.described_skus.len() == 0 {
        return Ok(());
    }
    for kit in lines.iter().filter(|line| state.catalog.is_virtual(line.sku)) {
        for part in state.catalog.parts_of(kit.sku) {
            let row = state.catalog.trait_of(part.sku).filter(|row| row.lifecycle != Lifecycle::Active);
            row.map_or(Ok(()), |row| Err(not_active(state, part.sku, row, step)))?;
        }
    }
    let described = lines.iter().filter_map(|line| Some((line, state.catalog.trait_of(line.sku)?)));
    let mut asked: Vec<(SkuId, i64)> = Vec::new();
    for (line, row) in described {
        if row.lifecycle != Lifecycle::Active {
            return Err(not_active(state, line.sku, row, step));
        }
        if [row.order_increment, row.order_min, row.order_max].iter().any(|bound| *bound > 0) {
            asked.push((line.sku, line.qty));
        }
    }
    asked.put_in_order();
    for same in asked.chunk_by(|a, b| a.0 == b.0) {
        let Some(row) = same.first().and_then(|(sku, _)| state.catalog.trait_of(*sku)) else { continue };
        let sku = same.first().map_or(SkuId::NONE, |(sku, _)| *sku);
        let qty = same.iter().map(|(_, qty)| *qty).try_fold(0, num::add)?;
        check_quantity(state, sku, row, qty)?;
    }
    Ok(())
}

/// The lines of an order that are not, whole, what the hold that it replaces has: that was promised, and is
/// still shipped.
pub(crate) fn beyond_hold<'a>(
    state: &State,
    lines: &'a [PlacedLine],
    hold: HoldId,
) -> Result<Cow<'a, [PlacedLine]>, Rejection> {
    let Some(hold) = state.docs.hold.get(hold.0) else { return Ok(Cow::Borrowed(lines)) };
    let (catalog, mut back, mut asked) = (&state.catalog, Vec::new(), Vec::new());
    super::order::credit(state, hold.first_reservation, &mut back);
    lines.iter().try_for_each(|line| catalog.explode(line.sku, line.qty, 0, &mut asked))?;
    let is_held = |part: &KitPart| {
        let held = back.iter().filter(|(sku, ..)| *sku == part.sku).map(|(.., qty)| *qty);
        let whole = asked.iter().find(|all| all.sku == part.sku).map_or(0, |all| all.qty);
        held.fold(0, i64::saturating_add) == whole
    };
    let beyond = |line: &&PlacedLine| !catalog.parts_of(line.sku).iter().all(is_held);
    Ok(lines.iter().filter(beyond).copied().collect())
}

fn check_quantity(state: &State, sku: SkuId, row: &TraitRow, qty: i64) -> Result<(), Rejection> {
    let off = row.order_increment > 0 && qty.checked_rem(row.order_increment) != Some(0);
    let need = if off {
        format!("a multiple of {}", row.order_increment)
    } else if qty < row.order_min {
        format!("at least {}", row.order_min)
    } else if row.order_max > 0 && qty > row.order_max {
        format!("at most {}", row.order_max)
    } else {
        return Ok(());
    };
    Err(Rejection::QtyNotOrderable { sku: sku_code(state, sku), qty, need })
}

/// Of so many units of a SKU as many as may be ordered.
pub(crate) fn orderable_of(state: &State, sku: SkuId, qty: i64) -> i64 {
    let Some(row) = state.catalog.trait_of(sku) else { return qty };
    let most = if row.order_max > 0 { qty.min(row.order_max) } else { qty };
    let whole = most.saturating_sub(most.checked_rem(row.order_increment).unwrap_or(0));
    if whole < row.order_min { 0 } else { whole }
}

/// `Ok` if a SKU is bought.
pub(crate) fn check_buyable(state: &State, sku: SkuId, step: &str) -> Result<(), Rejection> {
    match state.catalog.trait_of(sku) {
        Some(row) if matches!(row.lifecycle, Lifecycle::Draft | Lifecycle::Retired) => {
            Err(not_active(state, sku, row, step))
        }
        _ => Ok(()),
    }
}

fn not_active(state: &State, sku: SkuId, row: &TraitRow, step: &str) -> Rejection {
    let lifecycle = match row.lifecycle {
        Lifecycle::Draft => "draft",
        Lifecycle::Active => "active",
        Lifecycle::Blocked => "blocked",
        Lifecycle::Retired => "retired",
    };
    Rejection::SkuNotActive { sku: sku_code(state, sku), lifecycle: lifecycle.into(), step: step.into() }
}
