//! Other ledgers from the same events: stock valued by another method, written down on another basis, with
//! periods of their own.
//!
//! Nothing is entered twice. What an event comes to otherwise in a ledger beside the book's own is found from
//! the remembered movements, which the ledger costs by its own method, before the event and after it; the
//! difference is recorded with the event, as entries on top of the event's own. A write-down says what goods
//! can be sold for, and each ledger judges it by what they cost there: under an allowance up and down again
//! up to their cost, under a new cost basis only down.

use super::common::*;
use super::late::{Carried, Known, Settled, Settling, Sum};
use super::player::{Each, Manner, Players, Plays, Sums, Touched, add_all, add_up, post, take_off, touched};
use crate::catalog::{SkuRow, code};
use crate::costing::{Costing, DefineLedger, Found, Kind, WriteDownBasis, extend};
use crate::posting::{Context, Movement, Posting};
use crate::record::*;
use crate::value::ids::*;
use crate::value::money::Money;
use crate::value::num;
use crate::value::rejection::Rejection;
use crate::value::sort::Gather;
use crate::value::time::Instant;
use std::collections::{BTreeMap, BTreeSet};

/// A ledger beside the book's own: its number, from 1.
#[derive(Clone, Copy)]
pub(super) struct Beside {
    pub number: u32,
    pub row: LedgerRow,
}

/// A pool in a ledger beside: what its goods cost there, and what they are carried at.
#[derive(Clone, Copy)]
pub(super) struct PoolWorth {
    pub node: NodeId,
    pub lot: LotId,
    pub qty: i64,
    pub cost: Money,
    pub carried: Money,
}

/// What a ledger comes to beyond the book.
#[derive(Default)]
pub(crate) struct Apart {
    /// By SKU and node: how much more stock is worth.
    pub pools: BTreeMap<(SkuId, NodeId), i64>,
    /// How much more is worth what is between nodes.
    pub in_transit: i64,
    /// What its goods cost beyond what they are carried at, under an allowance.
    pub allowance: i64,
    worths: Vec<PoolWorth>,
}

/// What an event is to be entered as in a ledger beside.
struct Pending {
    number: u32,
    posted_at: Instant,
    before: Sums,
}

/// What waits for an event to be applied.
pub(crate) struct Waiting {
    touched: Touched,
    /// The first movement that it adds.
    first: u32,
    ledgers: Vec<Pending>,
}

pub(crate) fn decide_ledger(state: &State, define: &DefineLedger) -> Result<Body, Rejection> {
    code("ledger", &define.ledger)?;
    if !matches!(define.costing, Costing::MovingAverage | Costing::Fifo) {
        let need = "moving_average or fifo".into();
        return Err(Rejection::InvalidField { field: "costing".into(), need });
    }
    if state.costs.ledgers.find(define.ledger.as_str()).is_some() {
        let why = "its entries are posted".into();
        return Err(Rejection::CannotChange { what: define.ledger.clone(), why });
    }
    if state.derived.rules.gaps() > 0 {
        let (movement, problem) = (String::new(), "set posting rules for all movements first".into());
        return Err(Rejection::PostingGap { movement, problem });
    }
    if allowed_under_way(state) != 0 {
        let why = "goods that are written down are between nodes: receive them first".into();
        return Err(Rejection::CannotChange { what: define.ledger.clone(), why });
    }
    Ok(Body::LedgerDefined(define.clone()))
}

/// A ledger by its code.
pub(super) fn ledger_of(state: &State, code: &str) -> Result<Beside, Rejection> {
    let found = state.costs.ledgers.find(code).and_then(|id| beside(state, id.saturating_add(1)));
    found.ok_or_else(|| {
        let document = code.chars().take(64).collect();
        Rejection::UnknownDocument { kind: "ledger".into(), document }
    })
}

fn beside(state: &State, number: u32) -> Option<Beside> {
    let row = state.costs.ledger.get(number.checked_sub(1)?).copied()?;
    Some(Beside { number, row })
}

/// Whether ledgers may cost a SKU otherwise: standards and lots are the goods' own, and the same in all.
pub(super) fn is_told_apart(state: &State, sku: SkuId) -> bool {
    let row = state.catalog.sku.get(sku.0);
    row.is_some_and(|row| matches!(state.method(row), Costing::MovingAverage | Costing::Fifo))
}

/// All SKUs whose movements are remembered.
pub(super) fn remembered(state: &State) -> BTreeSet<SkuId> {
    state.costs.trails.iter().map(|(_, sku)| *sku).gather()
}

/// What a ledger comes to beyond the book by the remembered movements; 1 is the first ledger.
pub(crate) fn ledger_apart(state: &State, number: u32) -> Result<Apart, Rejection> {
    beside(state, number).map_or(Ok(Apart::default()), |ledger| apart(state, ledger, remembered(state)))
}

fn apart(state: &State, ledger: Beside, skus: BTreeSet<SkuId>) -> Result<Apart, Rejection> {
    let settling = Settling { state, sequence: 0, edits: &[], fresh: &[], beside: Some(ledger) };
    let mut all = Apart::default();
    for (sku, settled) in settling.settle(skus)? {
        for (known, value, _) in &settled.changes {
            let sign = match known.row.kind() {
                Some(Kind::TransferOut) => 1,
                Some(Kind::TransferIn | Kind::TransferLost) => -1,
                _ => 0,
            };
            all.in_transit = num::add(all.in_transit, num::mul(value.micros(), sign)?)?;
        }
        for pool in &settled.pools {
            let sum = all.pools.entry((sku, pool.node)).or_default();
            *sum = num::add(*sum, pool.value.micros())?;
        }
        all.allowance = num::add(all.allowance, settled.allowance)?;
        all.worths.extend(settled.worths);
    }
    Ok(all)
}

impl Settling<'_> {
    /// Plays a SKU as a ledger beside costs it. Under an allowance what goods cost and what they are carried
    /// at are played apart, and an allowance is what lies between.
    pub(super) fn play_beside(
        &self,
        sku: SkuId,
        carried: &Carried,
        ledger: Beside,
    ) -> Result<Settled, Rejection> {
        let state = self.state;
        let mut settled = Settled::default();
        let Some(row) = state.catalog.sku.get(sku.0) else { return Ok(settled) };
        let all = self.known(sku);
        let steps = self.steps(row, &all, carried)?;
        let mut sums: BTreeMap<(NodeId, LotId), i64> = BTreeMap::new();
        let plays = Plays::of(&steps, &all, self.manner(sku, row, ledger))?;
        for (at, known) in all.iter().enumerate() {
            let (value, passed, more) = beyond(ledger, &known.row, plays.each(at))?;
            if value != Money::ZERO || passed != Money::ZERO {
                let by = MoveRow { value, passed, ..known.row }.effect();
                let sum = sums.entry((known.row.node, known.row.lot)).or_default();
                *sum = num::add(*sum, by)?;
                settled.changes.push((*known, value, passed));
            }
            settled.allowed.extend(more.map(|(movement, by)| (*known, movement, by)));
        }
        for ((node, lot), by) in sums {
            let (value, layers) = (Money::from_micros(by), Vec::new());
            settled.pools.push(PoolCorrected { sku, node, lot, value, layers });
        }
        if ledger.row.write_down == WriteDownBasis::Allowance {
            let (cost, net) = (plays.cost.worth()?, plays.net.worth()?);
            settled.allowance = num::sub(cost.micros(), net.micros())?;
        }
        for ((node, lot), pool) in plays.net.pools.iter().filter(|((node, _), _)| *node != NodeId::NONE) {
            let cost = plays.cost.pools.get(&(*node, *lot)).map_or(Ok(Money::ZERO), |pool| pool.value())?;
            let (node, lot, qty, carried) = (*node, *lot, pool.qty(), pool.value()?);
            settled.worths.push(PoolWorth { node, lot, qty, cost, carried });
        }
        settled.plays = Some(plays);
        Ok(settled)
    }

    /// How a ledger costs a SKU.
    pub(super) fn manner(&self, sku: SkuId, row: &SkuRow, ledger: Beside) -> Manner {
        let told = is_told_apart(self.state, sku);
        let costing = if told { ledger.row.costing } else { self.state.method(row) };
        Manner { method: self.method(row, costing), told }
    }
}

/// Whether a movement is a write-down that only a ledger knows.
pub(super) fn is_mine(row: &MoveRow) -> bool {
    row.movement == Movement::WriteDownToCost && *row.ledger > 0
}

/// What a movement comes to beyond the book: how much more it is worth, how much more passes through, and
/// what it makes of the ledger's allowance.
type Beyond = (Money, Money, Option<(Movement, Money)>);

/// What the book wrote down is the book's, and this ledger's allowances are no part of the cost.
pub(super) fn beyond(
    ledger: Beside,
    row: &MoveRow,
    (net, cost, book): Each,
) -> Result<Beyond, num::Overflow> {
    let allowance = ledger.row.write_down == WriteDownBasis::Allowance;
    let found = if allowance { cost } else { net };
    let booked = Found { value: row.value, passed: row.passed };
    let base = book.unwrap_or(if is_mine(row) { Found::default() } else { booked });
    let more = if allowance { allowed(*row, net, cost)? } else { None };
    Ok((found.value.minus(base.value)?, found.passed.minus(base.passed)?, more))
}

/// What a movement makes of a ledger's allowance: what lies between what goods cost and what they are carried
/// at. On the way to another node it goes along.
fn allowed(row: MoveRow, net: Found, cost: Found) -> Result<Option<(Movement, Money)>, num::Overflow> {
    let effect = |found: Found| MoveRow { value: found.value, passed: found.passed, ..row }.effect();
    let by = Money::from_micros(num::sub(effect(net), effect(cost))?);
    let (movement, amount) = match (row.kind(), row.movement) {
        (_, Movement::WriteDownToCost) if by.micros() < 0 => (Movement::WriteDown, Money::ZERO.minus(by)?),
        (_, Movement::IntercompanyCost) => (Movement::AllowanceRelease, cost.value.minus(net.value)?),
        (Some(Kind::TransferLost), _) => (Movement::WriteDownReversal, cost.value.minus(net.value)?),
        (Some(Kind::TransferOut | Kind::TransferIn | Kind::ReturnElsewhere | Kind::SentOn) | None, _) => {
            return Ok(None);
        }
        // What is sold takes its allowance to the cost of goods, and brings it back from there.
        (Some(Kind::In | Kind::ReturnIn), _) | (_, Movement::Issue | Movement::IssueUnbilled) => {
            (Movement::AllowanceRelease, by)
        }
        _ => (Movement::WriteDownReversal, by),
    };
    Ok((amount != Money::ZERO).then_some((movement, amount)))
}

/// A ledger's pools of a SKU that are written down, or up again as far as that is allowed.
pub(super) fn written_down(
    state: &State,
    number: u32,
    (sku, node): (SkuId, NodeId),
    unit_value: Money,
) -> Result<Vec<PoolWrittenDown>, Rejection> {
    let (Some(ledger), Some(row)) = (beside(state, number), state.catalog.sku.get(sku.0)) else {
        return Ok(Vec::new());
    };
    if state.costs.traced(row.group).is_none() {
        return Ok(Vec::new());
    }
    let only = state.pool_node(row, node);
    let mut written = Vec::new();
    let skus = connected(state, std::iter::once(sku).gather());
    let settling = Settling { state, sequence: 0, edits: &[], fresh: &[], beside: Some(ledger) };
    let settled = settling.settle(skus)?.remove(&sku).unwrap_or_default();
    let here = |pool: &&PoolWorth| pool.qty > 0 && (only == NodeId::NONE || pool.node == only);
    for PoolWorth { node, lot, qty, cost, carried } in settled.worths.iter().filter(here).copied() {
        let worth = extend(unit_value, qty, row.scale, state.head.minor)?;
        let most = if ledger.row.write_down == WriteDownBasis::Allowance { cost } else { carried };
        let value = worth.min(most).minus(carried)?;
        if value != Money::ZERO {
            let basis = Some(PoolCorrected { sku, node, lot, value, layers: Vec::new() });
            written.push(PoolWrittenDown { node, allowance: Money::ZERO, basis, ledger: number });
        }
    }
    Ok(written)
}

/// SKUs, and all that went into them or that they went into: they are costed together.
pub(super) fn connected(state: &State, mut queue: BTreeSet<SkuId>) -> BTreeSet<SkuId> {
    let settling = Settling { state, sequence: 0, edits: &[], fresh: &[], beside: None };
    let mut all = BTreeSet::new();
    let made = |row: &MoveRow| matches!(row.movement, Movement::AssemblyIn | Movement::AssemblyOut);
    while let Some(sku) = queue.pop_first() {
        if !all.insert(sku) {
            continue;
        }
        for (id, row) in state.costs.trail(sku).filter(|(_, row)| made(row)) {
            let others = settling.same_event(&Known { id, row: *row });
            queue.extend(others.iter().filter(|known| made(&known.row)).map(|known| known.row.sku));
        }
    }
    all
}

/// What ledgers beside come to before an event that is decided, and the periods that they have it in.
///
/// # Errors
/// `PeriodClosed` where a ledger's period is closed to the actor.
pub(crate) fn before(
    state: &State,
    players: &mut Players,
    event: &Event,
    date: Instant,
) -> Result<Option<Waiting>, Rejection> {
    let known = num::id(state.costs.ledger.len());
    let is_new = matches!(event.body, Body::LedgerDefined(_));
    if known == 0 && !is_new {
        return Ok(None);
    }
    let touched = if is_new {
        Touched { skus: remembered(state), lines: BTreeSet::new(), again: true }
    } else {
        touched(state, event)
    };
    if touched.skus.is_empty() && event.body.postings().is_empty() {
        return Ok(None);
    }
    let last = if is_new { known.saturating_add(1) } else { known };
    let first = if is_new { last } else { 1 };
    let ledgers = (first..=last).map(|number| {
        let posted_at = super::period::posted_at(state, (number, &event.actor), date, event.at)?;
        let before = match beside(state, number) {
            Some(ledger) => {
                players.ready(state, ledger, &touched.skus)?;
                if touched.again {
                    players.sums(state, ledger, &touched.skus)?
                } else {
                    players.waiting(state, ledger, &touched.skus, &touched.lines)?
                }
            }
            None => Sums::new(),
        };
        Ok(Pending { number, posted_at, before })
    });
    let ledgers = ledgers.collect::<Result<_, Rejection>>()?;
    Ok(Some(Waiting { touched, first: num::id(state.costs.moves.len()), ledgers }))
}

/// What an event that is applied comes to in ledgers beside.
///
/// # Errors
/// If a sum leaves its range.
pub(crate) fn after(
    state: &State,
    players: &mut Players,
    event: &Event,
    waiting: Waiting,
) -> Result<Vec<LedgerEntry>, Rejection> {
    let Waiting { touched: Touched { skus, lines, again }, first, ledgers } = waiting;
    let mut entries = Vec::new();
    for Pending { number, posted_at, before } in ledgers {
        let Some(ledger) = beside(state, number) else { continue };
        let mut sums = if again {
            players.afresh(state, ledger, skus.clone())?;
            players.sums(state, ledger, &skus)?
        } else {
            let mut sums = players.go_on(state, ledger, first)?;
            add_all(&mut sums, &players.waiting(state, ledger, &skus, &lines)?)?;
            sums
        };
        take_off(&mut sums, &before)?;
        if matches!(event.body, Body::LedgerDefined(_)) {
            begin(state, &mut sums)?;
        }
        let mut entry = Entry::new(state);
        post(&mut entry, &sums)?;
        let mut postings = entry.postings;
        undo_allowances(state, event, &mut postings)?;
        if !postings.is_empty() || (posted_at != event.date() && !event.body.postings().is_empty()) {
            entries.push(LedgerEntry { ledger: number, posted_at, postings });
        }
    }
    Ok(entries)
}

/// The book's allowances of goods whose movements are remembered are not this ledger's, which has its own.
fn undo_allowances(state: &State, event: &Event, postings: &mut Vec<Posting>) -> Result<(), Rejection> {
    use Movement::{AllowanceRelease, WriteDown, WriteDownReversal};
    let traced = |sku: SkuId| state.costs.trails.find(&sku).is_some();
    for own in event.body.postings() {
        if matches!(own.movement, WriteDown | WriteDownReversal | AllowanceRelease) && traced(own.sku) {
            postings.push(Posting { amount: Money::ZERO.minus(own.amount)?, ..*own });
        }
    }
    Ok(())
}

/// A ledger begins with the allowances that stand: its own write-downs are posted in their place.
fn begin(state: &State, sums: &mut Sums) -> Result<(), Rejection> {
    for ((sku, node, lot), allowance) in state.allowances() {
        let Some(row) = state.catalog.sku.get(sku.0) else { continue };
        let context = Context { lot, ..context(row, sku, node, 0) };
        add_up(sums, Sum { movement: Movement::WriteDown, context, amount: Money::ZERO.minus(allowance)? })?;
    }
    Ok(())
}

/// The book's allowances against goods between nodes whose movements are remembered.
fn allowed_under_way(state: &State) -> i64 {
    let (costs, transfers) = (&state.costs, &state.docs.transfer);
    let traced = |(transfer, line): &(u32, u32)| {
        let lines = transfers.get(*transfer).map(|row| &row.lines);
        let line = lines.and_then(|lines| lines.get(num::index(line.saturating_sub(1))));
        line.is_some_and(|line| costs.trails.find(&line.sku).is_some())
    };
    let ways = costs.ways.iter().zip(costs.way.rows()).filter(|((_, key), _)| traced(key));
    ways.map(|(_, way)| way.along.allowance.micros()).fold(0, i64::saturating_add)
}

/// What a ledger's allowances are to come to beyond the book's, by what its goods cost and are carried at.
pub(crate) fn allowed_apart(state: &State, apart: &Apart) -> i64 {
    let own = state.allowances().iter().map(|(_, allowance)| allowance.micros()).fold(0, i64::saturating_add);
    own.saturating_add(allowed_under_way(state)).saturating_sub(apart.allowance)
}

/// What a ledger has posted beyond the book, by account, in the spans that are meant.
pub(crate) fn posted_beside(
    state: &State,
    (number, company): (u32, Option<u32>),
    meant: impl Fn(u32) -> bool,
) -> BTreeMap<AccountId, i64> {
    let costs = &state.costs;
    let mut sums = BTreeMap::new();
    let mut add = |id: u32, account: AccountId, amount: Money| {
        let here = costs.beside.get(id).is_some_and(|(ledger, span)| *ledger == number && meant(*span));
        let sum = sums.entry(account).or_insert(0i64);
        *sum = sum.saturating_add(if here { amount.micros() } else { 0 });
    };
    match company {
        None => {
            for ((_, key), amount) in costs.beside_closings.iter().zip(costs.beside_closing.rows()) {
                add(key.0, key.1, *amount);
            }
        }
        Some(company) => {
            let rows = costs.beside_firms.iter().zip(costs.beside_firm.rows());
            for ((_, key), amount) in rows.filter(|((_, key), _)| key.1 == company) {
                add(key.0, key.2, *amount);
            }
        }
    }
    sums
}
