//! What a ledger beside has costed so far, kept between events: new movements of a SKU are played on from
//! there.
//!
//! All of it is derived: it is part of no record and of no hash, and whoever plays a SKU's movements afresh
//! comes to the same. What comes late, or changes what is booked, has them played afresh once.

use super::common::*;
use super::late::{Carried, Change, Known, Settled, Settling, Sum, SumKey};
use super::ledgers::{Beside, beyond, connected, is_mine};
use crate::costing::{Found, Kind, Method, Played, Step, play};
use crate::posting::{Context, Movement};
use crate::record::*;
use crate::value::ids::*;
use crate::value::money::Money;
use crate::value::num;
use crate::value::rejection::Rejection;
use crate::value::sort::Gather;
use std::collections::{BTreeMap, BTreeSet};

/// What is posted by movement, place, channel, lot and reason.
pub(super) type Sums = BTreeMap<SumKey, Money>;

/// Adds to the sum of the same movement, place, channel, lot and reason.
pub(super) fn add_up(sums: &mut Sums, new: Sum) -> Result<(), num::Overflow> {
    add(sums, new.key(), new.amount)
}

fn add(sums: &mut Sums, key: SumKey, amount: Money) -> Result<(), num::Overflow> {
    let sum = sums.entry(key).or_default();
    *sum = sum.plus(amount)?;
    Ok(())
}

/// Adds other sums.
pub(super) fn add_all(sums: &mut Sums, more: &Sums) -> Result<(), num::Overflow> {
    more.iter().try_for_each(|(key, amount)| add(sums, *key, *amount))
}

/// Takes other sums off.
pub(super) fn take_off(sums: &mut Sums, less: &Sums) -> Result<(), num::Overflow> {
    less.iter().try_for_each(|(key, amount)| add(sums, *key, Money::ZERO.minus(*amount)?))
}

/// How a ledger costs a SKU.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Manner {
    pub method: Method,
    /// Whether it may cost it otherwise than the book.
    pub told: bool,
}

/// What a movement comes to: as goods are carried, as they cost, and in the book where that is played too.
pub(super) type Each = (Found, Found, Option<Found>);

/// A SKU's movements as a ledger beside plays them.
#[derive(Clone, Debug)]
pub(super) struct Plays {
    manner: Manner,
    /// As goods are carried: with the ledger's write-downs.
    pub net: Played,
    /// As they cost: without any.
    pub cost: Played,
    /// As the book has them, where the ledger is told nothing else.
    book: Option<Played>,
}

impl Plays {
    pub(super) fn of(steps: &[Step], all: &[Known], manner: Manner) -> Result<Plays, num::Overflow> {
        let whole = |meant: fn(&MoveRow) -> bool| {
            let steps = steps.iter().zip(all).map(|(step, known)| blank(*step, &known.row, meant));
            play(&steps.collect::<Vec<_>>(), &manner.method)
        };
        let book = (!manner.told).then(|| whole(is_books)).transpose()?;
        Ok(Plays { manner, net: whole(is_mine)?, cost: whole(is_nobodys)?, book })
    }

    /// What the movement of a number comes to.
    pub(super) fn each(&self, at: usize) -> Each {
        let found = |played: &Played| played.found.get(at).copied();
        let [net, cost] = [&self.net, &self.cost].map(|played| found(played).unwrap_or_default());
        (net, cost, self.book.as_ref().and_then(found))
    }

    /// Plays one more, which is no `Recost`: that hangs on all before it.
    fn step(&mut self, step: Step, row: &MoveRow) -> Result<Each, num::Overflow> {
        let method = &self.manner.method;
        let net = self.net.step(&blank(step, row, is_mine), method)?;
        let cost = self.cost.step(&blank(step, row, is_nobodys), method)?;
        let book = self.book.as_mut().map(|book| book.step(&blank(step, row, is_books), method));
        Ok((net, cost, book.transpose()?))
    }

    /// What each of them came to is not asked for again.
    fn forget_each(&mut self) {
        for played in [&mut self.net, &mut self.cost].into_iter().chain(self.book.as_mut()) {
            played.found = Vec::new();
        }
    }
}

fn is_books(row: &MoveRow) -> bool {
    !is_mine(row)
}

const fn is_nobodys(_: &MoveRow) -> bool {
    false
}

/// A movement as it is played: a write-down is of no value where it is not meant.
fn blank(step: Step, row: &MoveRow, meant: impl Fn(&MoveRow) -> bool) -> Step {
    let off = row.movement == Movement::WriteDownToCost && !meant(row);
    Step { value: if off { Money::ZERO } else { step.value }, ..step }
}

/// A SKU in a ledger, up to the last of its movements.
#[derive(Clone, Debug)]
struct Player {
    /// The last movement that it has played; `NOTHING` = none.
    last: u32,
    /// The event that the book stood at.
    sequence: u64,
    plays: Plays,
    /// What they come to beyond the book.
    sums: Sums,
    /// What is shipped at another cost than the book's, by order line: what of it waits hangs on invoices.
    waiting: BTreeMap<u32, Vec<Change>>,
}

impl Player {
    /// Notes what movements come to beyond the book, and gives their sums. What hangs on invoices is kept for
    /// itself.
    fn note(
        &mut self,
        settling: &Settling<'_>,
        sku: SkuId,
        changes: &[Change],
        allowed: &[(Known, Movement, Money)],
    ) -> Result<Sums, Rejection> {
        let mut sums = Sums::new();
        let waits = |change: &&Change| change.0.row.movement == Movement::IssueUnbilled;
        for change in changes.iter().filter(waits) {
            self.waiting.entry(change.0.row.doc).or_default().push(*change);
        }
        let others: Vec<Change> = changes.iter().filter(|change| !waits(change)).copied().collect();
        settling.sums(sku, &others)?.into_iter().try_for_each(|sum| add_up(&mut sums, sum))?;
        let row = settling.state.catalog.sku.get(sku.0);
        for (known, movement, amount) in allowed {
            let Some(row) = row else { continue };
            let sum =
                Sum { movement: *movement, context: settling.context(row, &known.row), amount: *amount };
            add_up(&mut sums, sum)?;
        }
        add_all(&mut self.sums, &sums)?;
        Ok(sums)
    }
}

/// Players of all SKUs and ledgers that were asked for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Players {
    all: BTreeMap<(u32, SkuId), Player>,
    /// Movements played, and order lines looked at.
    #[cfg(test)]
    pub steps: usize,
}

impl Players {
    /// Forgets what was played after an event: it is undone.
    pub(crate) fn undo(&mut self, sequence: u64) {
        self.all.retain(|_, player| player.sequence <= sequence);
    }

    /// Forgets all.
    pub(crate) fn clear(&mut self) {
        self.all.clear();
    }

    #[cfg(test)]
    const fn count(&mut self, more: usize) {
        self.steps = self.steps.saturating_add(more);
    }

    #[cfg(not(test))]
    const fn count(&self, _: usize) {}

    /// Whether a SKU has been played to its end, as the ledger costs it now.
    fn stands(&self, state: &State, ledger: Beside, sku: SkuId) -> bool {
        let settling = settling(state, ledger);
        let manner = state.catalog.sku.get(sku.0).map(|row| settling.manner(sku, row, ledger));
        let player = self.all.get(&(ledger.number, sku));
        player.is_some_and(|player| player.last == tail(state, sku) && manner == Some(player.plays.manner))
    }

    /// Has SKUs played to their end.
    pub(super) fn ready(
        &mut self,
        state: &State,
        ledger: Beside,
        skus: &BTreeSet<SkuId>,
    ) -> Result<(), Rejection> {
        let lost = skus.iter().copied().filter(|sku| !self.stands(state, ledger, *sku));
        let lost: BTreeSet<SkuId> = lost.gather();
        if lost.is_empty() { Ok(()) } else { self.afresh(state, ledger, connected(state, lost)) }
    }

    /// Plays SKUs from their first movement on.
    pub(super) fn afresh(
        &mut self,
        state: &State,
        ledger: Beside,
        skus: BTreeSet<SkuId>,
    ) -> Result<(), Rejection> {
        let settling = settling(state, ledger);
        for (sku, Settled { plays, changes, allowed, .. }) in settling.settle(skus)? {
            let Some(mut plays) = plays else { continue };
            self.count(plays.net.found.len());
            plays.forget_each();
            let (last, sequence) = (tail(state, sku), state.head.sequence);
            let (sums, waiting) = (Sums::new(), BTreeMap::new());
            let mut player = Player { last, sequence, plays, sums, waiting };
            player.note(&settling, sku, &changes, &allowed)?;
            self.all.insert((ledger.number, sku), player);
        }
        Ok(())
    }

    /// Plays the movements from a number on, which are new and the last of their SKUs; gives what they come
    /// to beyond the book. Those of one event go out before others come in at what they cost.
    pub(super) fn go_on(&mut self, state: &State, ledger: Beside, first: u32) -> Result<Sums, Rejection> {
        let settling = settling(state, ledger);
        let (mut all, mut carried) = (Sums::new(), Carried::new());
        let ids = (first..).map_while(|id| state.costs.moves.get(id).map(|row| Known { id, row: *row }));
        for known in ids {
            let row = known.row;
            let Some(sku) = state.catalog.sku.get(row.sku.0) else { continue };
            self.count(1);
            let Some(player) = self.all.get_mut(&(ledger.number, row.sku)) else { continue };
            (player.last, player.sequence) = (known.id, state.head.sequence);
            if ![0, ledger.number].contains(&*row.ledger) {
                continue;
            }
            let steps = settling.steps(sku, &[known], &carried)?;
            let Some(step) = steps.first() else { continue };
            let found = player.plays.step(*step, &row)?;
            let (value, passed, allowed) = beyond(ledger, &row, found)?;
            let changed = value != Money::ZERO || passed != Money::ZERO;
            let change = changed.then_some((known, value, passed));
            let allowed = allowed.map(|(movement, amount)| (known, movement, amount));
            let sums = player.note(&settling, row.sku, change.as_slice(), allowed.as_slice())?;
            add_all(&mut all, &sums)?;
            for (key, share) in settling.carry(row.sku, change.as_slice())? {
                let sum = carried.entry(key).or_default();
                *sum = sum.plus(share)?;
            }
        }
        Ok(all)
    }

    /// All that SKUs come to beyond the book.
    pub(super) fn sums(
        &self,
        state: &State,
        ledger: Beside,
        skus: &BTreeSet<SkuId>,
    ) -> Result<Sums, Rejection> {
        let settling = settling(state, ledger);
        let mut all = Sums::new();
        for sku in skus {
            let Some(player) = self.all.get(&(ledger.number, *sku)) else { continue };
            add_all(&mut all, &player.sums)?;
            for changes in player.waiting.values() {
                settling.sums(*sku, changes)?.into_iter().try_for_each(|sum| add_up(&mut all, sum))?;
            }
        }
        Ok(all)
    }

    /// What SKUs come to beyond the book by what was shipped of order lines: it hangs on their invoices.
    pub(super) fn waiting(
        &mut self,
        state: &State,
        ledger: Beside,
        skus: &BTreeSet<SkuId>,
        lines: &BTreeSet<u32>,
    ) -> Result<Sums, Rejection> {
        let settling = settling(state, ledger);
        let (mut all, mut looked) = (Sums::new(), 0usize);
        for sku in skus {
            let Some(player) = self.all.get(&(ledger.number, *sku)) else { continue };
            for changes in lines.iter().filter_map(|line| player.waiting.get(line)) {
                looked = looked.saturating_add(changes.len());
                settling.sums(*sku, changes)?.into_iter().try_for_each(|sum| add_up(&mut all, sum))?;
            }
        }
        self.count(looked);
        Ok(all)
    }
}

const fn settling(state: &State, ledger: Beside) -> Settling<'_> {
    Settling { state, sequence: 0, edits: &[], fresh: &[], beside: Some(ledger) }
}

/// The last movement of a SKU that is remembered.
fn tail(state: &State, sku: SkuId) -> u32 {
    row_of(&state.costs.trails, &state.costs.trail, &sku).map_or(NOTHING, |trail| trail.tail)
}

/// What an event that is decided touches in ledgers beside.
pub(super) struct Touched {
    /// SKUs whose cost it touches.
    pub skus: BTreeSet<SkuId>,
    /// Lines that it ships or invoices.
    pub lines: BTreeSet<u32>,
    /// Whether it comes late, or changes what is booked: then all is played afresh.
    pub again: bool,
}

/// What an event that is decided touches.
pub(super) fn touched(state: &State, event: &Event) -> Touched {
    let moves = state.moves_of(&event.body, event.occurred_at, event.sequence, Which::Traced);
    let mut skus: BTreeSet<SkuId> = moves.iter().map(|row| row.sku).gather();
    let mut lines: BTreeSet<u32> = moves.iter().map(|row| row.doc).gather();
    let corrected = event.corrections.iter().flat_map(|corrections| &corrections.moves);
    let corrected: Vec<SkuId> =
        corrected.filter_map(|moved| state.costs.moves.get(moved.movement)).map(|row| row.sku).collect();
    let order = match &event.body {
        Body::OrderInvoiced(invoiced) => Some(invoiced.order),
        Body::OrderCredited(credited) => Some(credited.order),
        _ => None,
    };
    if let Some(row) = order.and_then(|order| state.docs.order.get(order.0)) {
        for (id, line) in state.line_rows(row) {
            if state.costs.trails.find(&line.sku).is_some() {
                skus.insert(line.sku);
                lines.insert(id);
            }
        }
    }
    let latest = |sku: &SkuId| row_of(&state.costs.trails, &state.costs.trail, sku).map(|trail| trail.latest);
    let late = |row: &MoveRow| {
        row.kind() == Some(Kind::Recost) || latest(&row.sku).is_some_and(|latest| row.at < latest)
    };
    // What was costed by another rule so far is found anew.
    let rule = matches!(event.body, Body::ValuationSet(_));
    let again = rule || !corrected.is_empty() || moves.iter().any(late);
    skus.extend(corrected);
    if rule {
        skus = super::ledgers::remembered(state);
    } else if again {
        skus = connected(state, skus);
    }
    Touched { skus, lines, again }
}

/// Sums as they are posted.
pub(super) fn post(entry: &mut Entry<'_>, sums: &Sums) -> Result<(), Rejection> {
    for ((movement, sku, node, channel, lot, reason), amount) in sums {
        let Some(row) = entry.state().catalog.sku.get(sku.0) else { continue };
        let all = context(row, *sku, *node, 0);
        let context = Context { channel: *channel, lot: *lot, reason: *reason, ..all };
        entry.post(*movement, *amount, &context)?;
    }
    Ok(())
}
