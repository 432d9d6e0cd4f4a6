//! Another quantity of an order's lines: more is sourced, less is struck, while no node works on it. Of a kit
//! the components change together.

use super::common::{node_code, rule_of};
use super::fulfil::no_step;
use super::kit::opened_lines;
use super::order::{ReallocateOrder, check_worth, line_of};
use super::orderable::check_orderable;
use crate::allocation::PlacedLine;
use crate::catalog::*;
use crate::policy::Shortage;
use crate::record::*;
use crate::value::ids::*;
use crate::value::num;
use crate::value::rejection::Rejection;

/// What the quantities that are wanted now change of an order's lines.
pub(super) fn amendments(
    state: &State,
    order: OrderId,
    row: &OrderRow,
    reallocate: &ReallocateOrder,
) -> Result<Vec<LineQty>, Rejection> {
    if reallocate.amend.is_empty() {
        return Ok(Vec::new());
    }
    at_most("lines", reallocate.amend.len(), LINES_MAX)?;
    let invalid = |need: &str| Rejection::InvalidField { field: "amend".into(), need: need.into() };
    for node in (0..num::id(state.catalog.node.len())).map(NodeId) {
        let stage = state.desk.fulfilment_of(order, node).map(|(_, row)| row.stage);
        if let Some(stage) = stage.filter(|stage| *stage <= FulfilmentStage::Packed) {
            let document = format!("{} at {}", reallocate.order, node_code(state, node));
            return Err(no_step("fulfilment", &document, stage.word(), "reallocate_order"));
        }
    }
    let kits = state.kits_of(order);
    let parts = |kit: &OrderedKit| kit.first..kit.first.saturating_add(num::id(kit.each.len()));
    let rows = state.order_lines(row);
    let (mut amended, mut wanted): (Vec<LineQty>, Vec<PlacedLine>) = (Vec::new(), Vec::new());
    for line in &reallocate.amend {
        let known = line_of(&rows, &reallocate.order, line.line)?;
        let qty = quantity(line.qty)?;
        wanted.push(PlacedLine { sku: known.sku, qty, price: known.price });
        if kits.iter().any(|kit| parts(kit).contains(&line.line)) {
            return Err(invalid("a kit's own line: its components go with it"));
        }
        for part in opened_lines(state, order, std::slice::from_ref(line))? {
            let known = line_of(&rows, &reallocate.order, part.line)?;
            if amended.iter().any(|before| before.line == part.line) {
                return Err(invalid("each line once"));
            }
            if quantity(part.qty)? < known.shipped {
                return Err(invalid("at least what has left: the rest of it comes back as a return"));
            }
            let now = known.qty.saturating_sub(known.cancelled);
            amended.push(LineQty { line: part.line, qty: num::sub(part.qty, now)? });
        }
    }
    check_orderable(state, &wanted, "reallocate_order")?;
    check_worth(state, &wanted)?;
    Ok(amended)
}

/// What happens when stock is short: what was promised waits, but what is new is refused where a new order
/// would be.
pub(super) fn shortage(state: &State, order: OrderId, amended: &[LineQty]) -> Option<Shortage> {
    let more = amended.iter().any(|change| change.qty > 0);
    let cancels = rule_of(state, order).is_some_and(|(_, rule)| rule.shortage == Shortage::Cancel);
    if more && !cancels { None } else { Some(Shortage::Backorder) }
}
