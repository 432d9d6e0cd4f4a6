//! Kits: a virtual one is opened when it is ordered, an assembled one is put together before.
//!
//! An ordered kit keeps its own line, which has no goods: its components are lines behind all others, judged
//! together with them. Where a document names the kit's line, it means whole kits.

use super::common::*;
use super::dated::{Picks, undated};
use super::fills::fill_backorders;
use super::order::{DocumentLine, ReturnLine};
use crate::allocation::PlacedLine;
use crate::catalog::*;
use crate::posting::Movement;
use crate::record::*;
use crate::stock::Condition;
use crate::value::ids::*;
use crate::value::money::Money;
use crate::value::num::{self, Overflow};
use crate::value::rejection::Rejection;
use crate::value::sort::PutInOrder;
use crate::value::time::Instant;

/// An order's lines with its virtual kits opened.
pub(crate) struct OpenedKits {
    /// Lines as they are recorded: a kit's own has no units, its components stand at the end.
    pub lines: Vec<PlacedLine>,
    pub kits: Vec<OrderedKit>,
}

/// Opens virtual kits, with prices in a currency of such minor units; `None` where there are none, which is
/// the common case.
pub(crate) fn open_kits(
    state: &State,
    lines: &[PlacedLine],
    minor: i64,
) -> Result<Option<OpenedKits>, Rejection> {
    let catalog = &state.catalog;
    if catalog.kits.len() == 0 || !lines.iter().any(|line| catalog.is_virtual(line.sku)) {
        return Ok(None);
    }
    let mut opened = OpenedKits { lines: lines.to_vec(), kits: Vec::new() };
    for (number, line) in (1u32..).zip(lines).filter(|(_, line)| catalog.is_virtual(line.sku)) {
        let mut parts = Vec::new();
        catalog.explode(line.sku, 1, 0, &mut parts)?;
        let first = num::id(opened.lines.len()).saturating_add(1);
        let prices = split_price(state, (line.price, minor), &parts)?;
        for (part, price) in parts.iter().zip(prices) {
            let qty = quantity(num::mul(part.qty, line.qty)?)?;
            opened.lines.push(PlacedLine { sku: part.sku, qty, price });
        }
        if let Some(own) = opened.lines.get_mut(num::index(number.saturating_sub(1))) {
            own.qty = 0;
        }
        let each = parts.iter().map(|part| part.qty).collect();
        opened.kits.push(OrderedKit { line: number, qty: line.qty, first, each });
    }
    at_most("lines with kits opened", opened.lines.len(), LINES_MAX)?;
    Ok(Some(opened))
}

/// Deals a whole out by weight: what is left after rounding down goes to the largest remainders, of equals to
/// the first (Hamilton's method).
fn deal(whole: i64, weights: &[i128]) -> Vec<i64> {
    let sum = weights.iter().copied().fold(0i128, i128::saturating_add);
    let even = vec![1i128; weights.len()];
    let (weights, sum) =
        if sum > 0 { (weights, sum) } else { (even.as_slice(), i128::try_from(weights.len()).unwrap_or(1)) };
    let share = |weight: &i128| {
        let product = i128::from(whole).saturating_mul(*weight);
        let down = product.checked_div_euclid(sum).and_then(|down| i64::try_from(down).ok()).unwrap_or(0);
        (down, product.checked_rem_euclid(sum).unwrap_or(0))
    };
    let (mut dealt, rests): (Vec<i64>, Vec<i128>) = weights.iter().map(share).unzip();
    let mut order: Vec<usize> = (0..dealt.len()).collect();
    order.put_in_order_by_key(|at| std::cmp::Reverse(rests.get(*at).copied().unwrap_or(0)));
    let mut left = dealt.iter().fold(whole, |left, part| left.saturating_sub(*part));
    for at in order {
        if left <= 0 {
            break;
        }
        if let Some(part) = dealt.get_mut(at) {
            *part = part.saturating_add(1);
            left = left.saturating_sub(1);
        }
    }
    dealt
}

/// Prices of a base unit of each component: the kit's price split by the components' own list prices
/// (relative stand-alone selling prices, IFRS 15.76), in whole minor units where the price is.
fn split_price(
    state: &State,
    (price, minor): (Money, i64),
    parts: &[KitPart],
) -> Result<Vec<Money>, Overflow> {
    let row = |part: &KitPart| state.catalog.sku.get(part.sku.0);
    let weight = |part: &KitPart| {
        let (each, scale) = row(part).map_or((0, 1), |row| (row.price.micros(), row.scale));
        i128::from(num::mul_div(each, part.qty, scale).unwrap_or(i64::MAX))
    };
    let weights: Vec<i128> = parts.iter().map(weight).collect();
    let step = if price.micros().checked_rem(minor) == Some(0) { minor } else { 1 };
    let dealt = deal(price.micros().checked_div(step).unwrap_or(0), &weights);
    let each = |(part, amount): (&KitPart, i64)| {
        let scale = row(part).map_or(1, |row| row.scale);
        Ok(Money::from_micros(num::mul_div(num::mul(amount, step)?, scale, part.qty)?))
    };
    parts.iter().zip(dealt).map(each).collect()
}

impl State {
    /// The kits of an order.
    pub(crate) fn kits_of(&self, order: OrderId) -> &[OrderedKit] {
        if self.docs.order_kits.len() == 0 {
            return &[];
        }
        let row = self.docs.order_kits.find(&order.0).and_then(|id| self.docs.order_kit.get(id));
        row.map(Vec::as_slice).unwrap_or_default()
    }
}

/// Lines of a document on an order, with kits as their components.
pub(crate) fn opened_lines(
    state: &State,
    order: OrderId,
    lines: &[DocumentLine],
) -> Result<Vec<DocumentLine>, Rejection> {
    let kits = state.kits_of(order);
    let mut opened = Vec::with_capacity(lines.len());
    for line in lines {
        match kits.iter().find(|kit| kit.line == line.line) {
            None => opened.push(line.clone()),
            Some(kit) => {
                for (number, each) in (kit.first..).zip(&kit.each) {
                    opened.push(DocumentLine { line: number, qty: num::mul(line.qty, *each)? });
                }
            }
        }
    }
    Ok(opened)
}

/// Lines of a return, with kits as their components: a refund is split as the price was.
pub(crate) fn opened_returns(
    state: &State,
    order: OrderId,
    lines: &[ReturnLine],
) -> Result<Vec<ReturnLine>, Rejection> {
    let kits = state.kits_of(order);
    let rows = state.docs.order.get(order.0).map(|row| state.order_lines(row)).unwrap_or_default();
    let (own, minor) = (state.head.minor, super::abroad::minor_in(state, order));
    let mut opened = Vec::with_capacity(lines.len());
    for line in lines {
        let Some(kit) = kits.iter().find(|kit| kit.line == line.line) else {
            opened.push(line.clone());
            continue;
        };
        let row = |number: u32| rows.get(num::index(number.saturating_sub(1)));
        let weight = |number: u32| {
            row(number).map_or(0, |row| {
                let scale = state.catalog.sku.get(row.sku.0).map_or(1, |sku| sku.scale);
                i128::from(num::mul_div(row.price.micros(), row.qty, scale).unwrap_or(0))
            })
        };
        let numbers: Vec<u32> = (kit.first..).take(kit.each.len()).collect();
        let weights: Vec<i128> = numbers.iter().map(|number| weight(*number)).collect();
        let dealt = |amount: Money, minor| deal(amount.micros().checked_div(minor).unwrap_or(0), &weights);
        let credits = line.credit.map(|credit| dealt(credit, own)).unwrap_or_default();
        let mut credits = credits.into_iter();
        for ((number, each), refund) in numbers.iter().zip(&kit.each).zip(dealt(line.refund, minor)) {
            let credit = credits.next().map(|units| num::mul(units, own)).transpose()?;
            opened.push(ReturnLine {
                line: *number,
                qty: num::mul(line.qty, *each)?,
                disposition: line.disposition,
                refund: Money::from_micros(num::mul(refund, minor)?),
                lot: None,
                credit: credit.map(Money::from_micros),
            });
        }
    }
    Ok(opened)
}

/// Puts kits together or takes them apart.
pub(crate) fn decide_assembly(state: &State, said: &AssembleKit, at: Instant) -> Result<Body, Rejection> {
    let catalog = &state.catalog;
    let assembly = new_document(&state.docs.assemblies, "assembly", &said.assembly)?;
    let (node, _) = catalog.node_of(&said.node)?;
    let (sku, row) = catalog.sku_of(&said.sku)?;
    let qty = quantity(said.qty)?;
    price("cost", said.cost)?;
    if said.cost != Money::ZERO && said.step == KitStep::Disassemble {
        let need = "none: work that takes a kit apart is an expense, not cost of its components".into();
        return Err(Rejection::InvalidField { field: "cost".into(), need });
    }
    let Some(kit) = catalog.kit_of(sku).filter(|kit| kit.kind == KitKind::Assembled) else {
        return Err(Rejection::NotAssembled { sku: shown(&said.sku) });
    };
    let mut parts = Vec::new();
    for part in &kit.components {
        catalog.explode(part.sku, num::mul(part.qty, qty)?, 0, &mut parts)?;
    }
    let mut entry = Entry::new(state);
    let own = KitPart { sku, qty };
    let (kit, components, arrived): (_, _, Vec<_>) = match said.step {
        KitStep::Assemble => {
            let taken: Result<Vec<TransferredLine>, Rejection> =
                parts.iter().map(|part| take(state, &mut entry, node, part)).collect();
            let taken = taken?;
            // Work on them is cost of their conversion (IAS 2.12).
            let work = whole(said.cost.micros(), state.head.minor)?;
            entry.post(Movement::AssemblyExtra, work, &context(row, sku, node, 0))?;
            let value = taken.iter().try_fold(work, |sum, line| sum.plus(line.value))?;
            let gone = parts.iter().map(|part| (part.sku, part.qty.saturating_neg()));
            let arrived = [(sku, qty)].into_iter().chain(gone).collect();
            (give(state, &mut entry, node, own, value)?, taken, arrived)
        }
        KitStep::Disassemble => {
            let taken = take(state, &mut entry, node, &own)?;
            let weights: Vec<i128> = parts.iter().map(|part| worth(state, node, part)).collect();
            let minor = state.head.minor;
            let values = deal(taken.value.micros().checked_div(minor).unwrap_or(0), &weights);
            let mut given = Vec::with_capacity(parts.len());
            for (part, value) in parts.iter().zip(values) {
                let value = Money::from_micros(num::mul(value, minor)?);
                given.push(give(state, &mut entry, node, *part, value)?);
            }
            let come = parts.iter().map(|part| (part.sku, part.qty));
            let arrived = come.chain([(sku, qty.saturating_neg())]).collect();
            (taken, given, arrived)
        }
    };
    let filled = fill_backorders(state, (node, OrderId::NONE, &[]), &arrived, &undated(state, &arrived), at)?;
    Ok(Body::KitAssembled(KitAssembled {
        assembly,
        node,
        step: said.step,
        kit,
        components,
        fills: filled.fills,
        parcels: filled.parcels,
        postings: entry.postings,
        exceptions: filled.exceptions,
    }))
}

/// What a component is worth beside the others: by its pool's cost, else by its list price.
fn worth(state: &State, node: NodeId, part: &KitPart) -> i128 {
    let (_, cell) = state.pool_of(part.sku, node);
    let pool = num::mul_div(cell.value.micros(), part.qty, cell.on_hand().max(1)).unwrap_or(0);
    if pool > 0 {
        return i128::from(pool);
    }
    let (price, scale) =
        state.catalog.sku.get(part.sku.0).map_or((0, 1), |row| (row.price.micros(), row.scale));
    i128::from(num::mul_div(price, part.qty, scale).unwrap_or(0))
}

/// The movements that goods go into work by and come out of it. Books that began before work had an account
/// of its own have it pass through goods in transit: it is back in stock within the same entry.
pub(super) fn by_work(state: &State) -> (Movement, Movement) {
    if state.head.origin() > 2 {
        (Movement::AssemblyOut, Movement::AssemblyIn)
    } else {
        (Movement::TransferOut, Movement::TransferIn)
    }
}

/// Goods leave their pool for an assembly.
fn take(
    state: &State,
    entry: &mut Entry<'_>,
    node: NodeId,
    part: &KitPart,
) -> Result<TransferredLine, Rejection> {
    let Some(row) = state.catalog.sku.get(part.sku.0) else {
        return Err(Rejection::UnknownSku { sku: part.sku.0.to_string() });
    };
    let free = state.stock.cells.get(part.sku, node).free();
    if free < part.qty {
        let (sku, node) = (sku_code(state, part.sku), node_code(state, node));
        return Err(Rejection::NotOnHand { sku, node, asked: part.qty, free });
    }
    let taken = Picks::default().free(state, (part.sku, node), 0, part.qty)?;
    let issued = entry.lose(part.sku, row, node, part.qty, &taken)?;
    let (value, lots, passed) = (issued.value, issued.lots, Money::ZERO);
    entry.post(by_work(state).0, value, &context(row, part.sku, node, part.qty))?;
    let (line, price, layers) = (0, None, Vec::new());
    let (sku, qty, condition) = (part.sku, part.qty, Condition::Sellable);
    Ok(TransferredLine { line, sku, qty, value, taken, lots, passed, price, layers, condition })
}

/// Goods come out of an assembly.
fn give(
    state: &State,
    entry: &mut Entry<'_>,
    node: NodeId,
    part: KitPart,
    value: Money,
) -> Result<TransferredLine, Rejection> {
    let Some(row) = state.catalog.sku.get(part.sku.0) else {
        return Err(Rejection::UnknownSku { sku: part.sku.0.to_string() });
    };
    let border = state.stock.borders.get(part.sku.0).copied().unwrap_or_default();
    if border.adjusted.max(border.received).saturating_add(part.qty) > num::BALANCE_MAX {
        return Err(Rejection::OutOfRange { what: "units assembled".into() });
    }
    let about = context(row, part.sku, node, part.qty);
    entry.post(by_work(state).1, value, &about)?;
    let passed = entry.enter(part.sku, row, (part.qty, value), &about, Movement::TransferVariance)?;
    let (taken, lots) = (Vec::new(), Vec::new());
    let (line, price, layers) = (0, None, Vec::new());
    let (sku, qty, condition) = (part.sku, part.qty, Condition::Sellable);
    Ok(TransferredLine { line, sku, qty, value, taken, lots, passed, price, layers, condition })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_dealt_sums_to_the_whole() {
        assert_eq!(deal(100, &[1, 1, 1]), [34, 33, 33]);
        assert_eq!(deal(1_000, &[2_000, 1_000]), [667, 333]);
        assert_eq!(deal(5, &[0, 0]), [3, 2], "without weights, evenly");
        assert_eq!(deal(0, &[3, 4]), [0, 0]);
    }
}
