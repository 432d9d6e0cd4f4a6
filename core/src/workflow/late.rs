//! Truth that comes late: what it changes of what was booked, found anew and posted as differences.
//!
//! Nothing recorded is rewritten. Where movements of a SKU are remembered (the late policies `replay` and
//! `prospective`), an event that belongs before others, or that changes the cost of an old receipt, has all
//! of them played again; what comes out otherwise than booked is posted by the movement's own rule, in the
//! late event, which is its cause. Under `replay` each difference is an entry that names the event it
//! corrects, under `prospective` they are summed by movement, node and channel; inventory and cost of goods
//! come out the same. Under `at_current_cost` the past stays: stock on hand bears its part, the rest is a
//! variance.

use super::common::*;
use crate::catalog::SkuRow;
use crate::costing::{Costing, Kind, LatePolicy, Method, Part, Step, Valuation, play, share};
use crate::posting::{Context, Movement};
use crate::record::*;
use crate::value::ids::*;
use crate::value::money::Money;
use crate::value::num;
use crate::value::rejection::Rejection;
use crate::value::time::Instant;
use std::collections::BTreeMap;

/// A movement with its number: remembered, or of the event that is being decided.
struct Known {
    id: u32,
    row: MoveRow,
}

/// Finds what an event changes of what was booked before it, and adds the entries to its journal.
///
/// # Errors
/// If a sum leaves its range or the rules in force leave a movement without accounts.
pub(crate) fn settle(
    state: &State,
    body: &mut Body,
    occurred_at: Instant,
    sequence: u64,
) -> Result<Option<Box<Corrections>>, Rejection> {
    if state.costs.groups.len() == 0 {
        return Ok(None);
    }
    let fresh = state.moves_of(body, occurred_at, sequence, Which::Traced);
    let edits = body.late_costs().to_vec();
    let mut skus: Vec<SkuId> = Vec::new();
    for row in fresh.iter().filter(|row| is_traced(state, row.sku)) {
        let latest = row_of(&state.costs.trails, &state.costs.trail, &row.sku).map(|trail| trail.latest);
        if row.kind() == Some(Kind::Recost) || latest.is_some_and(|latest| row.at < latest) {
            skus.push(row.sku);
        }
    }
    let edited = |edit: &LateCost| state.costs.receipts.get(edit.receipt_line).map(|line| line.sku);
    skus.extend(edits.iter().filter_map(edited).filter(|sku| is_traced(state, *sku)));
    skus.sort_unstable();
    skus.dedup();
    if skus.is_empty() {
        return Ok(None);
    }
    let mut corrections = Corrections { moves: Vec::new(), pools: Vec::new() };
    let mut entry = Entry::new(state);
    for sku in skus {
        Settling { state, sku, sequence, edits: &edits }.settle(&fresh, &mut entry, &mut corrections)?;
    }
    if let Some(postings) = body.postings_mut() {
        postings.append(&mut entry.postings);
    }
    Ok(Some(Box::new(corrections)))
}

/// Whether what comes late changes what movements of a SKU cost: under standard cost nothing does.
fn is_traced(state: &State, sku: SkuId) -> bool {
    state
        .catalog
        .sku
        .get(sku.0)
        .is_some_and(|row| state.costs.traced(row.group).is_some() && state.method(row) != Costing::Standard)
}

/// One SKU whose movements are played again.
struct Settling<'a> {
    state: &'a State,
    sku: SkuId,
    sequence: u64,
    edits: &'a [LateCost],
}

impl Settling<'_> {
    fn settle(
        &self,
        fresh: &[MoveRow],
        entry: &mut Entry<'_>,
        corrections: &mut Corrections,
    ) -> Result<(), Rejection> {
        let Some(row) = self.state.catalog.sku.get(self.sku.0) else { return Ok(()) };
        let valuation = self.state.costs.valuation(row.group).unwrap_or_default();
        let costing = self.state.method(row);
        let method = Method { costing, negative: valuation.negative, minor: self.state.head.minor };
        let known = self.known(fresh);
        let mut steps: Vec<Step> = Vec::with_capacity(known.len());
        for known in &known {
            let mut step = known.row.step().ok_or(num::Overflow)?;
            step.value = step.value.plus(self.edit_of(&known.row)?)?;
            steps.push(step);
        }
        let played = play(&steps, &method)?;
        let mut differences = Vec::new();
        let mut booked: BTreeMap<(NodeId, LotId), i64> = BTreeMap::new();
        for (known, found) in known.iter().zip(&played.found) {
            let sum = booked.entry((known.row.node, known.row.lot)).or_default();
            *sum = num::add(*sum, known.row.effect())?;
            let value = found.value.minus(known.row.value)?;
            let passed = found.passed.minus(known.row.passed)?;
            if value != Money::ZERO || passed != Money::ZERO {
                corrections.moves.push(Corrected { movement: known.id, value, passed });
                differences.push((known.row, value, passed));
            }
        }
        for ((node, lot), pool) in &played.pools {
            let was = Money::from_micros(booked.get(&(*node, *lot)).copied().unwrap_or(0));
            let value = pool.value()?.minus(was)?;
            let layered = costing == Costing::Fifo;
            if value != Money::ZERO || layered {
                let layers = pool.parts.iter().filter(|_| layered).map(layer).collect();
                let (sku, node, lot) = (self.sku, *node, *lot);
                corrections.pools.push(PoolCorrected { sku, node, lot, value, layers });
            }
        }
        self.post(row, valuation.late, &differences, entry)
    }

    /// What is added to the cost of a receipt line.
    fn edit_of(&self, row: &MoveRow) -> Result<Money, num::Overflow> {
        let mine = |edit: &&LateCost| row.movement == Movement::Receipt && edit.receipt_line == row.doc;
        self.edits.iter().filter(mine).try_fold(Money::ZERO, |sum, edit| sum.plus(edit.amount))
    }

    /// All movements of the SKU in the order in which they happened.
    fn known(&self, fresh: &[MoveRow]) -> Vec<Known> {
        let old = self.state.costs.trail(self.sku).map(|(id, row)| Known { id, row: *row });
        let first = num::id(self.state.costs.moves.len());
        let new = fresh.iter().enumerate().filter(|(_, row)| row.sku == self.sku);
        let new = new.map(|(at, row)| Known { id: first.saturating_add(num::id(at)), row: *row });
        let mut all: Vec<Known> = old.chain(new).collect();
        all.sort_by_key(|known| known.row.at);
        all
    }

    fn context(&self, sku: &SkuRow, row: &MoveRow) -> Context {
        let issued = matches!(
            row.kind(),
            Some(Kind::Out | Kind::ReturnIn | Kind::ReturnElsewhere) if row.doc != NOTHING
        );
        let order = self.state.docs.lines.get(row.doc).filter(|_| issued).map(|line| line.order);
        let channel = order.and_then(|order| self.state.docs.order.get(order.0)).map(|order| order.channel);
        let corrects = if row.sequence == self.sequence { 0 } else { row.sequence };
        Context {
            channel: channel.unwrap_or(ChannelId::NONE),
            lot: row.lot,
            corrects,
            ..context(sku, self.sku, row.node, 0)
        }
    }

    fn post(
        &self,
        sku: &SkuRow,
        late: LatePolicy,
        differences: &[(MoveRow, Money, Money)],
        entry: &mut Entry<'_>,
    ) -> Result<(), Rejection> {
        let mut sums: Vec<(Movement, Context, Money)> = Vec::new();
        let mut add = |movement: Movement, context: Context, amount: Money| -> Result<(), num::Overflow> {
            let same = |known: &&mut (Movement, Context, Money)| {
                late == LatePolicy::Prospective
                    && (known.0, known.1.node, known.1.channel, known.1.lot)
                        == (movement, context.node, context.channel, context.lot)
            };
            match sums.iter_mut().find(same) {
                Some(known) => known.2 = known.2.plus(amount)?,
                None => {
                    let corrects = if late == LatePolicy::Prospective { 0 } else { context.corrects };
                    sums.push((movement, Context { corrects, ..context }, amount));
                }
            }
            Ok(())
        };
        for (row, value, passed) in differences {
            let context = self.context(sku, row);
            // What came in has its value from its own document: only what passed through may differ.
            if row.kind() != Some(Kind::In) {
                add(self.movement(row), context, *value)?;
            }
            match row.movement {
                Movement::VendorReturn => add(Movement::VendorReturnVariance, context, *value)?,
                Movement::VendorReturnClaim => add(Movement::VendorClaimVariance, context, *value)?,
                _ => {}
            }
            add(Movement::CatchUp, context, *passed)?;
        }
        sums.into_iter().try_for_each(|(movement, context, amount)| entry.post(movement, amount, &context))
    }

    /// The movement that a difference is posted by: what has been billed since has its cost recognised.
    fn movement(&self, row: &MoveRow) -> Movement {
        let bill = row_of(&self.state.costs.bills, &self.state.costs.bill, &row.doc);
        let billed = bill.is_some_and(|bill| bill.unbilled_cost == Money::ZERO);
        if row.movement == Movement::IssueUnbilled && billed { Movement::Issue } else { row.movement }
    }
}

/// Posts what movements of a SKU come to by another method than the book's.
pub(super) fn differences(
    state: &State,
    sku: SkuId,
    costing: Costing,
    entry: &mut Entry<'_>,
) -> Result<(), Rejection> {
    let Some(row) = state.catalog.sku.get(sku.0) else { return Ok(()) };
    let negative = state.costs.valuation(row.group).unwrap_or_default().negative;
    let method = Method { costing, negative, minor: state.head.minor };
    let settling = Settling { state, sku, sequence: 0, edits: &[] };
    let known = settling.known(&[]);
    let steps: Vec<Step> = known.iter().filter_map(|known| known.row.step()).collect();
    let played = play(&steps, &method)?;
    let mut found = Vec::new();
    for (known, new) in known.iter().zip(&played.found) {
        let value = new.value.minus(known.row.value)?;
        found.push((known.row, value, new.passed.minus(known.row.passed)?));
    }
    settling.post(row, LatePolicy::Prospective, &found, entry)
}

fn layer(part: &Part) -> LayerCost {
    LayerCost { qty: part.qty, value: part.value, source: part.source }
}

/// How late costs are posted: what goes to stock, and what stock cannot bear.
pub(crate) type Bearing = (Movement, Movement);

/// Adds `amount` to the cost of a receipt line, of which `qty` units are meant, and posts it.
///
/// # Errors
/// If a sum leaves its range or a movement has no accounts.
pub(crate) fn bear(
    state: &State,
    entry: &mut Entry<'_>,
    id: u32,
    (qty, amount): (i64, Money),
    (to_stock, to_variance): Bearing,
) -> Result<LateCost, Rejection> {
    let unknown = || Rejection::UnknownLine { document: "receipt".into(), line: id };
    let line = state.costs.receipts.get(id).copied().ok_or_else(unknown)?;
    let sku = state.catalog.sku.get(line.sku.0).ok_or_else(unknown)?;
    let context = Context { lot: LotId::NONE, ..context(sku, line.sku, line.node, 0) };
    let method = state.method(sku);
    // Goods that the supplier sent straight on were never in stock.
    if method == Costing::Standard || line.node == NodeId::NONE {
        entry.post(to_variance, amount, &context)?;
        return Ok(LateCost { receipt_line: id, amount, to_stock: Money::ZERO });
    }
    if state.costs.traced(sku.group).is_some() {
        entry.post(to_stock, amount, &context)?;
        return Ok(LateCost { receipt_line: id, amount, to_stock: Money::ZERO });
    }
    let cell = state.stock.cells.get(line.sku, line.node);
    let (covered, worth) = match method {
        Costing::Fifo => {
            let source = id.saturating_add(1);
            let parts = state.layers.parts(line.sku, line.node);
            let mine = parts.iter().filter(|part| part.source == source);
            mine.fold((0i64, 0i64), |sum, part| {
                (sum.0.saturating_add(part.qty), sum.1.saturating_add(part.value.micros()))
            })
        }
        Costing::Lot => {
            let pool = state.costs.lot_pool(line.sku, line.node, line.lot);
            (pool.qty, pool.value.micros())
        }
        Costing::MovingAverage | Costing::Standard => (cell.on_hand(), cell.value.micros()),
    };
    let covered = covered.clamp(0, qty);
    let part = if covered == 0 { Money::ZERO } else { share(amount, covered, qty, state.head.minor)? };
    // A credit takes no pool below zero.
    let spent = entry.borne.iter().filter(|(known, _)| *known == id).map(|(_, micros)| *micros);
    let room = spent.fold(worth, i64::saturating_add);
    let part = Money::from_micros(part.micros().max(room.max(0).saturating_neg()));
    entry.borne.push((id, part.micros()));
    entry.post(to_stock, part, &context)?;
    entry.post(to_variance, amount.minus(part)?, &context)?;
    Ok(LateCost { receipt_line: id, amount, to_stock: part })
}

/// Whether a receipt that happened earlier enters at today's cost: only where that was declared.
pub(crate) fn enters_at_current(valuation: Option<Valuation>, occurred_at: Instant, at: Instant) -> bool {
    const DAY: i64 = 86_400_000_000;
    valuation.is_some_and(|valuation| valuation.late == LatePolicy::AtCurrentCost)
        && occurred_at.micros().div_euclid(DAY) < at.micros().div_euclid(DAY)
}
