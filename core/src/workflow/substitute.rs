//! Substitutes: where the policy allows it, a line that would be short is given by another SKU, whole or,
//! where the policy says so, for what it would be short of.
//!
//! Substitutes are tried by their rank in the catalog. One is taken if the order as a whole is then short of
//! fewer units, so that no line is given what another would need.

use super::orderable::check_orderable;
use super::plan::{Task, choose};
use crate::allocation::{Allocator, Keep, PlacedLine};
use crate::catalog::{LINES_MAX, SubstitutePrice};
use crate::policy::Substitution;
use crate::record::*;
use crate::value::num;
use crate::value::time::Instant;

/// Most substitutes that are tried for one order.
const TRIES_MAX: usize = 64;

/// The lines with substitutes where that fills more, and what was ordered instead of them.
pub(super) fn substitute(
    state: &State,
    allocator: &mut Allocator,
    task: &Task<'_>,
    at: Instant,
) -> Option<(Vec<PlacedLine>, Vec<Substituted>)> {
    if !state.derived.policy.substitutes {
        return None;
    }
    let known =
        |line: &PlacedLine| state.catalog.trait_of(line.sku).is_some_and(|row| !row.substitutes.is_empty());
    let allowed =
        if task.lines.iter().any(known) { choose(state, task).1.substitution } else { Substitution::Never };
    if allowed == Substitution::Never {
        return None;
    }
    let parts: &[bool] = if allowed == Substitution::InPart { &[false, true] } else { &[false] };
    let (mut lines, mut instead) = (task.lines.to_vec(), Vec::new());
    let mut short = short_of(state, allocator, task, &lines, at);
    let mut tries = 0;
    for place in 0..lines.len() {
        let Some(ordered) = lines.get(place).copied().filter(known) else { continue };
        if !short.iter().any(|(line, _)| *line == place) {
            continue;
        }
        let row = state.catalog.trait_of(ordered.sku)?;
        let missing = short.iter().find(|(line, _)| *line == place).map_or(0, |(_, qty)| *qty);
        let ways = parts.iter().flat_map(|part| row.substitutes.iter().map(move |other| (*part, other)));
        for (part, other) in ways.take(TRIES_MAX.saturating_sub(tries)) {
            if part && (missing >= ordered.qty || lines.len() >= LINES_MAX) {
                break;
            }
            tries = tries.saturating_add(1);
            let qty = if part { missing } else { ordered.qty };
            let wanted = PlacedLine { qty, ..ordered };
            let Some(offered) = offer(state, wanted, other.sku, other.price) else { continue };
            let mut changed = lines.clone();
            let own =
                if part { PlacedLine { qty: ordered.qty.saturating_sub(qty), ..ordered } } else { offered };
            changed.get_mut(place).into_iter().for_each(|line| *line = own);
            changed.extend(part.then_some(offered));
            let left = short_of(state, allocator, task, &changed, at);
            // It stands in for all that it stands for.
            let stands = if part { lines.len() } else { place };
            if units(&left) < units(&short) && !left.iter().any(|(line, _)| [place, stands].contains(line)) {
                let line = num::id(stands).saturating_add(1);
                instead.push(Substituted { line, sku: ordered.sku, price: ordered.price });
                (lines, short) = (changed, left);
                break;
            }
        }
    }
    (!instead.is_empty()).then_some((lines, instead))
}

fn units(short: &[(usize, i64)]) -> i64 {
    short.iter().map(|(_, qty)| *qty).fold(0, i64::saturating_add)
}

/// A line of another SKU instead, if that is sold in such a quantity.
pub(super) fn offer(
    state: &State,
    ordered: PlacedLine,
    sku: crate::value::ids::SkuId,
    price: SubstitutePrice,
) -> Option<PlacedLine> {
    let (was, row) = (state.catalog.sku.get(ordered.sku.0)?, state.catalog.sku.get(sku.0)?);
    let price = match price {
        SubstitutePrice::Ordered => ordered.price,
        SubstitutePrice::Own => row.price,
        SubstitutePrice::Lower => row.price.min(ordered.price),
    };
    let line = PlacedLine { sku, qty: ordered.qty, price };
    let sold = was.scale == row.scale && check_orderable(state, &[line], "place_order").is_ok();
    sold.then_some(line)
}

/// What of which line would be short, in the order of the lines.
pub(super) fn short_of(
    state: &State,
    allocator: &mut Allocator,
    task: &Task<'_>,
    lines: &[PlacedLine],
    at: Instant,
) -> Vec<(usize, i64)> {
    let task = Task { lines, ..*task };
    let (_, rule) = choose(state, &task);
    allocator.decide(state.world(), &task.demand(at), rule, Keep::Plan);
    let given = |need: usize| {
        let parts = allocator.solution.parts.iter().filter(|part| part.line == need);
        parts.map(|part| part.qty).fold(0, i64::saturating_add)
    };
    let mut left: Vec<i64> = (0..allocator.needs.len()).map(given).collect();
    let mut short = Vec::new();
    for (place, (line, need)) in lines.iter().zip(&allocator.need_of).enumerate() {
        let Some(left) = left.get_mut(*need) else { continue };
        let took = line.qty.min(*left);
        *left = left.saturating_sub(took);
        if took < line.qty {
            short.push((place, line.qty.saturating_sub(took)));
        }
    }
    short
}
