//! Lots in the journal, where costs are kept by lot.

use crate::costing::Costing;
use crate::posting::Posting;
use crate::record::*;
use crate::value::ids::{LotId, SkuId};
use crate::value::money::Money;
use crate::value::num::{self, Overflow};
use crate::value::time::Instant;

/// Names in an event's journal the lots that it moves: a movement of several lots is posted lot by lot.
///
/// # Errors
/// If a sum leaves its range.
pub(crate) fn name_lots(state: &State, body: &mut Body) -> Result<(), Overflow> {
    let lots = |sku: SkuId| state.catalog.sku.get(sku.0).is_some_and(|row| state.method(row) == Costing::Lot);
    let by_lot = |leg: &Posting| leg.qty != 0 && lots(leg.sku);
    if !body.postings().iter().any(by_lot) {
        return Ok(());
    }
    let mut moves = state.moves_of(body, Instant::from_micros(0), 0, Which::All);
    // What is worth nothing is not posted.
    moves.retain(|row| row.value.micros() != 0 && lots(row.sku));
    let Some(postings) = body.postings_mut() else { return Ok(()) };
    let mut named = Vec::with_capacity(postings.len());
    for pair in postings.chunks(2) {
        let mut rest: Vec<Posting> = pair.to_vec();
        while let Some(leg) = rest.first().filter(|leg| leg.qty != 0).copied() {
            let mine = |row: &MoveRow| {
                (row.movement, row.sku, row.node) == (leg.movement, leg.sku, leg.node)
                    && row.qty <= leg.qty.saturating_abs()
            };
            let Some(at) = moves.iter().position(mine) else { break };
            let row = moves.remove(at);
            let last = row.qty == leg.qty.saturating_abs();
            for leg in &mut rest {
                let (qty, sign) = (num::mul(row.qty, leg.qty.signum())?, leg.amount.micros().signum());
                let part =
                    if last { leg.amount } else { Money::from_micros(num::mul(row.value.micros(), sign)?) };
                // The lot without a name is none.
                let lot = if row.lot.0 == 0 { LotId::NONE } else { row.lot };
                named.push(Posting { lot, qty, amount: part, ..*leg });
                (leg.qty, leg.amount) = (num::sub(leg.qty, qty)?, leg.amount.minus(part)?);
            }
        }
        named.extend(rest.into_iter().filter(|leg| leg.amount.micros() != 0));
    }
    *postings = named;
    Ok(())
}
