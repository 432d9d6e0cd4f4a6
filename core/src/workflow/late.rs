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
use super::ledgers::{Beside, PoolWorth, is_told_apart};
use super::player::Plays;
use crate::catalog::SkuRow;
use crate::costing::{Costing, Kind, LatePolicy, Method, Part, Step, Valuation, play, share};
use crate::posting::{Context, Movement};
use crate::record::*;
use crate::value::ids::*;
use crate::value::money::Money;
use crate::value::num;
use crate::value::rejection::Rejection;
use crate::value::sort::PutInOrder;
use crate::value::time::Instant;
use std::collections::{BTreeMap, BTreeSet};

/// A movement with its number: remembered, or of the event that is being decided.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known {
    pub id: u32,
    pub row: MoveRow,
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
    let mut skus: BTreeSet<SkuId> = BTreeSet::new();
    for row in fresh.iter().filter(|row| *row.ledger == 0 && is_traced(state, row.sku)) {
        let latest = row_of(&state.costs.trails, &state.costs.trail, &row.sku).map(|trail| trail.latest);
        if row.kind() == Some(Kind::Recost) || latest.is_some_and(|latest| row.at < latest) {
            skus.insert(row.sku);
        }
    }
    let edited = |edit: &LateCost| state.costs.receipts.get(edit.receipt_line).map(|line| line.sku);
    skus.extend(edits.iter().filter_map(edited).filter(|sku| is_traced(state, *sku)));
    let late = !skus.is_empty();
    let mut entry = Entry::new(state);
    let mut corrections = Corrections::default();
    if late {
        let settling = Settling { state, sequence, edits: &edits, fresh: &fresh, beside: None };
        for (sku, settled) in settling.settle(skus)? {
            let sums = settling.sums(sku, &settled.changes)?;
            sums.iter().try_for_each(|sum| entry.post(sum.movement, sum.amount, &sum.context))?;
            for (known, value, passed) in &settled.changes {
                let (movement, value, passed) = (known.id, *value, *passed);
                let waits = waits(state, &known.row, value)?;
                corrections.moves.push(Corrected { movement, value, passed, waits });
            }
            corrections.pools.extend(settled.pools);
            corrections.transits.extend(settled.transits);
        }
    }
    let when = (occurred_at, sequence);
    corrections.spread = super::spread::spread(state, body, when, &corrections.pools, &mut entry)?;
    if !late && corrections.spread.is_empty() {
        return Ok(None);
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

/// A movement that comes out otherwise than it is booked: by how much, and how much more passes through.
pub(super) type Change = (Known, Money, Money);

/// What a SKU's movements come to.
#[derive(Default)]
pub(super) struct Settled {
    pub changes: Vec<Change>,
    pub pools: Vec<PoolCorrected>,
    pub transits: Vec<TransitCorrected>,
    /// In a ledger beside: its pools, and what allowances it makes and releases.
    pub worths: Vec<PoolWorth>,
    pub allowance: i64,
    pub allowed: Vec<(Known, Movement, Money)>,
    pub plays: Option<Plays>,
}

/// SKUs whose movements are played again.
pub(super) struct Settling<'a> {
    pub state: &'a State,
    pub sequence: u64,
    pub edits: &'a [LateCost],
    /// Movements of the event that is being decided.
    pub fresh: &'a [MoveRow],
    /// The ledger beside the book's own that is meant.
    pub beside: Option<Beside>,
}

/// What is posted by a movement.
#[derive(Clone, Copy)]
pub(super) struct Sum {
    pub movement: Movement,
    pub context: Context,
    pub amount: Money,
}

/// What tells sums apart: movement, SKU, node, channel, lot and reason.
pub(super) type SumKey = (Movement, SkuId, NodeId, ChannelId, LotId, ReasonId);

impl Sum {
    pub(super) const fn key(&self) -> SumKey {
        let Context { sku, node, channel, lot, reason, .. } = self.context;
        (self.movement, sku, node, channel, lot, reason)
    }
}

/// What movements into kits, or out of them, bear of what other SKUs cost: by movement and by SKU.
pub(super) type Carried = BTreeMap<(u32, SkuId), Money>;

impl Settling<'_> {
    /// Plays SKUs, and those that their goods went into: a kit costs what its components come to. Costs only
    /// flow forward in time, so that this ends.
    pub(super) fn settle(&self, mut queue: BTreeSet<SkuId>) -> Result<BTreeMap<SkuId, Settled>, Rejection> {
        let mut all = BTreeMap::new();
        let mut carried = Carried::new();
        let mut rounds = 0u32;
        while let Some(sku) = queue.pop_first() {
            rounds = rounds.saturating_add(1);
            if rounds > ROUNDS_MAX {
                return Err(num::Overflow.into());
            }
            let settled = match self.beside {
                Some(beside) => self.play_beside(sku, &carried, beside)?,
                None => self.play(sku, &carried)?,
            };
            let now = self.carry(sku, &settled.changes)?;
            let was: Carried =
                carried.iter().filter(|((_, from), _)| *from == sku).map(|(k, v)| (*k, *v)).collect();
            if now != was {
                for (id, _) in was.keys().chain(now.keys()).filter(|key| now.get(key) != was.get(key)) {
                    queue.extend(self.row(*id).map(|row| row.sku));
                }
                carried.retain(|(_, from), _| *from != sku);
                carried.extend(now);
            }
            all.insert(sku, settled);
        }
        Ok(all)
    }

    fn row(&self, id: u32) -> Option<MoveRow> {
        let old = self.state.costs.moves.len();
        match num::index(id).checked_sub(old) {
            None => self.state.costs.moves.get(id).copied(),
            Some(at) => self.fresh.get(at).copied(),
        }
    }

    /// What of a movement's event came out of an assembly, and may bear another cost.
    fn made_of(&self, known: &Known) -> Vec<Known> {
        if known.row.movement != Movement::AssemblyOut {
            return Vec::new();
        }
        let bears = |sku: SkuId| {
            is_traced(self.state, sku) && (self.beside.is_none() || is_told_apart(self.state, sku))
        };
        let made = |other: &Known| other.row.movement == Movement::AssemblyIn && bears(other.row.sku);
        self.same_event(known).into_iter().filter(made).collect()
    }

    /// All movements of a movement's event.
    pub(super) fn same_event(&self, known: &Known) -> Vec<Known> {
        let same = |id: &u32| self.row(*id).is_some_and(|row| row.sequence == known.row.sequence);
        let first = (0..known.id).rev().take_while(same).last().unwrap_or(known.id);
        let event = (first..).map_while(|id| self.row(id).map(|row| Known { id, row }));
        event.take_while(|other| other.row.sequence == known.row.sequence).collect()
    }

    /// What a SKU's changes make the goods cost that they went into.
    pub(super) fn carry(&self, sku: SkuId, changes: &[Change]) -> Result<Carried, Rejection> {
        let mut carried = Carried::new();
        for (known, value, _) in changes {
            let made = self.made_of(known);
            if made.is_empty() {
                continue;
            }
            let mut basis: Vec<i64> = made.iter().map(|known| known.row.value.micros()).collect();
            if basis.iter().all(|part| *part == 0) {
                basis = made.iter().map(|known| known.row.qty).collect();
            }
            let shares = super::invoice::shares(*value, &basis, self.state.head.minor)?;
            for (made, share) in made.iter().zip(shares) {
                let sum = carried.entry((made.id, sku)).or_default();
                *sum = sum.plus(share)?;
            }
        }
        carried.retain(|_, share| *share != Money::ZERO);
        Ok(carried)
    }

    /// How pools of a SKU work under a method.
    pub(super) fn method(&self, row: &SkuRow, costing: Costing) -> Method {
        let negative = self.state.costs.valuation(row.group).unwrap_or_default().negative;
        Method { costing, negative, minor: self.state.head.minor, pooled: self.state.is_pooled(row) }
    }

    /// Movements as the engine of costs sees them.
    pub(super) fn steps(
        &self,
        row: &SkuRow,
        all: &[Known],
        carried: &Carried,
    ) -> Result<Vec<Step>, Rejection> {
        let mut steps: Vec<Step> = Vec::with_capacity(all.len());
        for known in all {
            let mut step = known.row.step().ok_or(num::Overflow)?;
            let bears = carried.range((known.id, SkuId(0))..=(known.id, SkuId(u32::MAX)));
            step.value = bears.map(|(_, share)| *share).try_fold(step.value, Money::plus)?;
            step.value = step.value.plus(self.edit_of(&known.row)?)?;
            // Nodes that share a pool; to others it is their own.
            step.node = self.state.pool_node(row, step.node);
            steps.push(step);
        }
        Ok(steps)
    }

    fn play(&self, sku: SkuId, carried: &Carried) -> Result<Settled, Rejection> {
        let state = self.state;
        let Some(row) = state.catalog.sku.get(sku.0) else { return Ok(Settled::default()) };
        let costing = state.method(row);
        let method = self.method(row, costing);
        let pooled = method.pooled;
        let known = self.known(sku);
        let mut played = play(&self.steps(row, &known, carried)?, &method)?;
        // What a supplier sends straight on lies in no pool.
        played.pools.retain(|(node, _), _| *node != NodeId::NONE);
        let mut settled = Settled::default();
        let mut booked: BTreeMap<(NodeId, LotId), i64> = BTreeMap::new();
        let mut by_node: BTreeMap<(NodeId, LotId), i64> = BTreeMap::new();
        for (known, found) in known.iter().zip(&played.found) {
            let sum = booked.entry((known.row.node, known.row.lot)).or_default();
            *sum = num::add(*sum, known.row.effect())?;
            let value = found.value.minus(known.row.value)?;
            let passed = found.passed.minus(known.row.passed)?;
            if value != Money::ZERO || passed != Money::ZERO {
                let new = MoveRow { value: found.value, passed: found.passed, ..known.row };
                let sum = by_node.entry((known.row.node, known.row.lot)).or_default();
                *sum = num::add(*sum, num::sub(new.effect(), known.row.effect())?)?;
                settled.changes.push((*known, value, passed));
            }
        }
        let pool = |node, lot, value, layers| PoolCorrected { sku, node, lot, value, layers };
        for ((transfer, line, _), parts) in played.transit.iter().filter(|(_, parts)| !parts.is_empty()) {
            if costing == Costing::Fifo {
                let (transfer, line, layers) = (*transfer, *line, parts.iter().map(layer).collect());
                settled.transits.push(TransitCorrected { transfer, line, layers });
            }
        }
        if pooled {
            // What nodes share is spread over them afterwards; its layers are those of all.
            for ((node, _), part) in played.pools.iter().filter(|_| costing == Costing::Fifo) {
                let layers: Vec<LayerCost> = part.parts.iter().map(layer).collect();
                settled.pools.push(pool(*node, LotId::NONE, Money::ZERO, layers));
            }
            let each = by_node.into_iter().filter(|(_, by)| *by != 0);
            let each = each.map(|((node, lot), by)| pool(node, lot, Money::from_micros(by), Vec::new()));
            settled.pools.extend(each);
            return Ok(settled);
        }
        for ((node, lot), part) in &played.pools {
            let was = Money::from_micros(booked.get(&(*node, *lot)).copied().unwrap_or(0));
            let value = part.value()?.minus(was)?;
            let layered = costing == Costing::Fifo;
            if value != Money::ZERO || layered {
                let layers = part.parts.iter().filter(|_| layered).map(layer).collect();
                settled.pools.push(pool(*node, *lot, value, layers));
            }
        }
        Ok(settled)
    }

    /// What is added to the cost of a receipt line.
    fn edit_of(&self, row: &MoveRow) -> Result<Money, num::Overflow> {
        let mine = |edit: &&LateCost| row.movement == Movement::Receipt && edit.receipt_line == row.doc;
        self.edits.iter().filter(mine).try_fold(Money::ZERO, |sum, edit| sum.plus(edit.amount))
    }

    /// All movements of a SKU in the order in which they happened.
    pub(super) fn known(&self, sku: SkuId) -> Vec<Known> {
        let mine = self.beside.map_or(0, |beside| beside.number);
        let here = |known: &Known| [0, mine].contains(&known.row.ledger);
        let old = self.state.costs.trail(sku).map(|(id, row)| Known { id, row: *row });
        let first = num::id(self.state.costs.moves.len());
        let new = self.fresh.iter().enumerate().filter(|(_, row)| row.sku == sku);
        let new = new.map(|(at, row)| Known { id: first.saturating_add(num::id(at)), row: *row });
        let mut left: BTreeMap<(u32, u32), Instant> = BTreeMap::new();
        let all = old.chain(new).filter(here);
        let mut all: Vec<(Instant, Known)> = all.map(|known| (known.row.at, known)).collect();
        for (at, known) in &mut all {
            let key = (known.row.doc, known.row.part);
            match known.row.kind() {
                Some(Kind::TransferOut | Kind::Out | Kind::SentOn) => {
                    let latest = left.entry(key).or_insert(*at);
                    *latest = (*latest).max(*at);
                }
                // Nothing arrives, or comes back, before it left.
                Some(Kind::TransferIn | Kind::TransferLost | Kind::ReturnIn | Kind::ReturnElsewhere) => {
                    *at = left.get(&key).map_or(*at, |latest| (*latest).max(*at));
                }
                Some(Kind::In) if known.row.movement == Movement::IntercompanyPurchase => {
                    *at = left.get(&key).map_or(*at, |latest| (*latest).max(*at));
                }
                _ => {}
            }
        }
        // What a ledger began with stands where the book's own did.
        let number =
            |known: &Known| if *known.row.ledger > 0 { known.row.doc.min(known.id) } else { known.id };
        all.put_in_order_by_key(|(at, known)| (*at, number(known)));
        all.into_iter().map(|(_, known)| known).collect()
    }

    pub(super) fn context(&self, sku: &SkuRow, row: &MoveRow) -> Context {
        let issued = matches!(
            row.kind(),
            Some(Kind::Out | Kind::ReturnIn | Kind::ReturnElsewhere) if row.doc != NOTHING
        );
        let order = self.state.docs.lines.get(row.doc).filter(|_| issued).map(|line| line.order);
        let channel = order.and_then(|order| self.state.docs.order.get(order.0)).map(|order| order.channel);
        let corrects = if row.sequence == self.sequence { 0 } else { row.sequence };
        // The seller's side of a sale within the group lies at the seller's node.
        let lost = row.movement == Movement::TransferLoss;
        let sold = row.movement == Movement::IntercompanyCost
            || (lost && self.state.costs.transfer_price(row.doc, row.part).is_some());
        let seller = self.state.docs.transfer.get(row.doc).filter(|_| sold).map(|transfer| transfer.from);
        let node = seller.unwrap_or(row.node);
        Context {
            channel: channel.unwrap_or(ChannelId::NONE),
            reason: row.booked_reason(),
            lot: row.lot,
            corrects,
            ..context(sku, row.sku, node, 0)
        }
    }

    /// What changes of a SKU's movements are posted by.
    pub(super) fn sums(&self, sku: SkuId, changes: &[Change]) -> Result<Vec<Sum>, Rejection> {
        let (mut sums, mut places): (Vec<Sum>, BTreeMap<SumKey, usize>) = Default::default();
        let Some(sku) = self.state.catalog.sku.get(sku.0) else { return Ok(sums) };
        // Another ledger's differences name no single event.
        let own = self.state.costs.valuation(sku.group).unwrap_or_default().late;
        let summed = self.beside.is_some() || own == LatePolicy::Prospective;
        let mut add = |movement: Movement, context: Context, amount: Money| {
            let corrects = if summed { 0 } else { context.corrects };
            let sum = Sum { movement, context: Context { corrects, ..context }, amount };
            let place = places.entry(sum.key()).or_insert(sums.len());
            match sums.get_mut(*place).filter(|_| summed) {
                Some(known) => known.amount = known.amount.plus(amount)?,
                None => sums.push(sum),
            }
            Ok::<(), num::Overflow>(())
        };
        for (known, value, passed) in changes {
            let row = &known.row;
            let context = self.context(sku, row);
            // What came in has its value from its own document: only what passed through may differ.
            let waits = waits(self.state, row, *value)?;
            if row.movement == Movement::WriteDownToCost {
                // Posted as a loss, where other movements of value are posted as a gain.
                add(row.movement, context, Money::ZERO.minus(*value)?)?;
            } else if let Some(waits) = waits {
                add(row.movement, context, waits)?;
                add(Movement::Issue, context, value.minus(waits)?)?;
            } else if row.kind() != Some(Kind::In) || row.movement == Movement::AssemblyIn {
                add(self.movement(known), context, *value)?;
            }
            match row.movement {
                Movement::VendorReturn => add(Movement::VendorReturnVariance, context, *value)?,
                // What is asked of the vendor stays as it was filed.
                Movement::ReturnToVendor if row.declared || self.state.head.origin() > 2 => {
                    add(Movement::ReturnClaimVariance, context, *value)?
                }
                Movement::VendorReturnClaim => add(Movement::VendorClaimVariance, context, *value)?,
                _ => {}
            }
            add(Movement::CatchUp, context, *passed)?;
        }
        Ok(sums)
    }

    /// The movement that a difference is posted by: what went into a kit follows it there, unless the kit
    /// cannot bear it.
    fn movement(&self, known: &Known) -> Movement {
        let row = &known.row;
        match row.movement {
            Movement::AssemblyOut if self.made_of(known).is_empty() => Movement::LateVariance,
            Movement::AssemblyOut => super::kit::by_work(self.state).0,
            Movement::AssemblyIn => super::kit::by_work(self.state).1,
            other => other,
        }
    }
}

/// What of a difference waits as shipped, not invoiced: the part of the units that no invoice is for yet, or
/// none any more. Of those that have one, the cost is recognised.
fn waits(state: &State, row: &MoveRow, by: Money) -> Result<Option<Money>, num::Overflow> {
    if row.movement != Movement::IssueUnbilled {
        return Ok(None);
    }
    // What is being booked now has no invoice yet.
    if row.sequence > state.head.sequence {
        return Ok(Some(by));
    }
    let shipped = state.docs.lines.get(row.doc).map_or(0, |line| line.shipped).max(row.qty);
    let bill = super::selling::bill(state, row.doc);
    let billed = num::sub(bill.billed, *bill.taken_back)?;
    let minor = state.head.minor;
    by.minus(if billed == 0 { Money::ZERO } else { share(by, billed, shipped, minor)? }).map(Some)
}

/// How often SKUs are played for one event: beyond that something is amiss.
const ROUNDS_MAX: u32 = 100_000;

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
    let method = state.method(sku);
    let lot = if method == Costing::Lot && line.lot.0 != 0 { line.lot } else { LotId::NONE };
    let context = Context { lot, ..context(sku, line.sku, line.node, 0) };
    // Goods that the supplier sent straight on were never in stock.
    if method == Costing::Standard || line.node == NodeId::NONE {
        entry.post(to_variance, amount, &context)?;
        return Ok(LateCost { receipt_line: id, amount, to_stock: Money::ZERO });
    }
    if state.costs.traced(sku.group).is_some() {
        entry.post(to_stock, amount, &context)?;
        return Ok(LateCost { receipt_line: id, amount, to_stock: Money::ZERO });
    }
    let cell = state.pool(line.sku, sku, line.node);
    let (covered, worth) = match method {
        Costing::Fifo => {
            let source = id.saturating_add(1);
            let parts = state.layers.parts(&state.stock, line.sku, state.pool_node(sku, line.node));
            let mine = parts.iter().filter(|part| part.source == source);
            mine.fold((0i64, 0i64), |sum, part| {
                (sum.0.saturating_add(part.qty), sum.1.saturating_add(part.value.micros()))
            })
        }
        Costing::Lot => {
            let pool = state.lot_pool(line.sku, sku, line.node, line.lot);
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
