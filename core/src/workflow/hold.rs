//! Holds: placed at nodes or anywhere in a group, extended, confirmed, moved, split, merged, given back.

use super::common::*;
use super::deal::Deal;
use super::named::{Found, tracked_part};
use super::orderable::{check_orderable, orderable_of};
use super::plan::Task;
use super::substitute::short_of;
use crate::allocation::{Allocator, PlacedLine};
use crate::catalog::*;
use crate::record::*;
use crate::stock::*;
use crate::value::ids::*;
use crate::value::money::Money;
use crate::value::num;
use crate::value::rejection::Rejection;
use crate::value::sort::PutInOrder;
use crate::value::time::Instant;

/// A line of a hold with its codes resolved.
struct Wanted {
    sku: SkuId,
    /// Where it is pinned, or none.
    node: NodeId,
    /// Where it may be bound, if it is not pinned.
    group: Vec<NodeId>,
    qty: i64,
    /// The lot that is asked for by name; empty = any.
    lot: String,
    /// The line as it was said, counted from 0.
    line: usize,
}

/// What a hold has of a wanted line, by its place among them.
type Bound = (usize, HeldLine);

fn invalid(field: &str, need: &str) -> Rejection {
    Rejection::InvalidField { field: field.into(), need: need.into() }
}

pub(crate) fn decide_hold(state: &State, hold: &HoldStock, at: Instant) -> Result<Body, Rejection> {
    let key = new_document(&state.docs.holds, "hold", &hold.hold)?;
    let (channel, _) = state.catalog.channel_of(&hold.channel)?;
    some_lines(hold.lines.len())?;
    if !hold.expires_at.is_valid() || hold.expires_at <= at {
        return Err(Rejection::InvalidInstant { field: "expires_at".into() });
    }
    let mut wanted: Vec<Wanted> = Vec::with_capacity(hold.lines.len());
    // What is asked for, as an order would: kits as kits.
    let mut asked: Vec<PlacedLine> = Vec::with_capacity(hold.lines.len());
    for line in &hold.lines {
        let line = resolve(state, channel, line, asked.len())?;
        asked.push(PlacedLine { sku: line.sku, qty: line.qty, price: Money::ZERO });
        open_wanted(state, line, &mut wanted)?;
    }
    check_orderable(state, &asked, "hold_stock")?;
    let (mut held, rebinds) = bind(state, channel, &wanted, hold.fill)?;
    if hold.fill == HoldFill::BestEffort {
        sell_as(state, &asked, &wanted, &mut held);
    }
    held.retain(|(_, line)| line.qty > 0);
    if let (true, Some(first)) = (held.is_empty(), wanted.first()) {
        return Err(refusal(state, first, 0, first.qty));
    }
    let lines = held.into_iter().map(|(_, line)| line).collect();
    let expires_at = hold.expires_at;
    Ok(Body::StockHeld(StockHeld { hold: key, channel, lines, expires_at, rebinds }))
}

/// Of what could be had, as much as is sold: whole kits, and of each SKU, all lines together, a quantity in
/// which it may be ordered. What the last lines have beyond that goes.
fn sell_as(state: &State, asked: &[PlacedLine], wanted: &[Wanted], held: &mut [(usize, HeldLine)]) {
    let parts = |line: usize| wanted.iter().enumerate().filter(move |(_, part)| part.line == line);
    let has = |held: &[(usize, HeldLine)], part: usize| {
        held.iter().filter(|(at, _)| *at == part).map(|(_, line)| line.qty).fold(0, i64::saturating_add)
    };
    // Units of a part in one of its line.
    let each = |line: &PlacedLine, part: &Wanted| part.qty.checked_div(line.qty).unwrap_or(1).max(1);
    let whole = |(at, line): (usize, &PlacedLine)| {
        let of = |(part, row): (usize, &Wanted)| has(held, part).checked_div(each(line, row)).unwrap_or(0);
        parts(at).map(of).min().unwrap_or(0)
    };
    let mut sold: Vec<i64> = asked.iter().enumerate().map(whole).collect();
    for (at, line) in asked.iter().enumerate() {
        let same = |(other, _): &(usize, &mut i64)| asked.get(*other).is_some_and(|row| row.sku == line.sku);
        if asked.iter().position(|row| row.sku == line.sku) != Some(at) {
            continue;
        }
        let all = sold.iter_mut().enumerate().filter(same).map(|(_, qty)| *qty).fold(0, i64::saturating_add);
        let mut off = all.saturating_sub(orderable_of(state, line.sku, all));
        for (_, qty) in sold.iter_mut().enumerate().rev().filter(same) {
            let less = off.min(*qty);
            (*qty, off) = (qty.saturating_sub(less), off.saturating_sub(less));
        }
    }
    for (at, (line, sold)) in asked.iter().zip(sold).enumerate() {
        for (part, row) in parts(at) {
            let mut off = has(held, part).saturating_sub(sold.saturating_mul(each(line, row)));
            for (_, line) in held.iter_mut().rev().filter(|(of, _)| *of == part) {
                let less = off.min(line.qty);
                (line.qty, off) = (line.qty.saturating_sub(less), off.saturating_sub(less));
            }
        }
    }
}

/// A virtual kit is held as its components.
fn open_wanted(state: &State, line: Wanted, into: &mut Vec<Wanted>) -> Result<(), Rejection> {
    if !state.catalog.is_virtual(line.sku) {
        into.push(line);
        return Ok(());
    }
    let mut parts = Vec::new();
    state.catalog.explode(line.sku, line.qty, 0, &mut parts)?;
    // A lot that is named is that of the one component that has lots.
    let tracked = || tracked_part(state, parts.iter().map(|part| part.sku)).map(Some);
    let tracked = if line.lot.is_empty() { None } else { tracked()? };
    for (at, part) in parts.iter().enumerate() {
        let (sku, node, group, qty) = (part.sku, line.node, line.group.clone(), part.qty);
        let lot = if tracked == Some(at) { line.lot.clone() } else { String::new() };
        into.push(Wanted { sku, node, group, qty, lot, line: line.line });
    }
    Ok(())
}

fn resolve(state: &State, channel: ChannelId, line: &HoldLine, at: usize) -> Result<Wanted, Rejection> {
    let (sku, _) = state.catalog.sold_as(channel, &line.sku)?;
    let qty = quantity(line.qty)?;
    if !line.lot.is_empty() {
        code("lot", &line.lot)?;
    }
    if !line.node.is_empty() {
        if !line.nodes.is_empty() {
            return Err(invalid("lines.nodes", "none where the line names one node"));
        }
        let (node, row) = state.catalog.node_of(&line.node)?;
        if row.status == NodeStatus::Closed {
            return Err(Rejection::NodeClosed { node: line.node.clone() });
        }
        return Ok(Wanted { sku, node, group: Vec::new(), qty, lot: line.lot.clone(), line: at });
    }
    let group = super::promise::group(state, &line.nodes)?;
    if group.is_empty() {
        return Err(Rejection::NodeClosed { node: line.nodes.first().cloned().unwrap_or_default() });
    }
    Ok(Wanted { sku, node: NodeId::NONE, group, qty, lot: line.lot.clone(), line: at })
}

/// Units that a channel may hold of a SKU, by node, as it stands.
pub(super) fn free_by_node(state: &State, sku: SkuId, channel: ChannelId) -> Vec<i64> {
    let free = |(id, row): (u32, &NodeRow)| {
        let shut = row.status == NodeStatus::Closed;
        if shut { 0 } else { state.free_for(sku, NodeId(id), channel).0 }
    };
    state.catalog.node.iter().map(free).collect()
}

/// Finds a place for every line, pinned ones first, and for the loose holds that must make room.
fn bind(
    state: &State,
    channel: ChannelId,
    wanted: &[Wanted],
    fill: HoldFill,
) -> Result<(Vec<Bound>, Vec<Rebind>), Rejection> {
    let mut skus: Vec<SkuId> = Vec::new();
    for line in wanted.iter().filter(|line| line.qty > 0) {
        if !skus.contains(&line.sku) {
            skus.push(line.sku);
        }
    }
    let mut held: Vec<(usize, HeldLine)> = Vec::new();
    let mut rebinds = Vec::new();
    for sku in skus {
        let mut free = free_by_node(state, sku, channel);
        let mut room = state.stock.room_of(sku, channel);
        let mine = wanted.iter().enumerate().filter(|(_, line)| line.sku == sku);
        // Who may have it at few nodes chooses before who may have it at many.
        let mut named: Vec<(usize, &Wanted)> = mine.filter(|(_, line)| !line.lot.is_empty()).collect();
        named.put_in_order_by_key(|(at, line)| (line.group.len(), *at));
        let named = named.into_iter();
        room = room.saturating_sub(bind_named(state, channel, named, (fill, room), &mut free, &mut held)?);
        let mut binder = Binder::new(&state.stock, sku, free);
        let numbered =
            || wanted.iter().enumerate().filter(|(_, line)| line.sku == sku && line.lot.is_empty());
        let pinned = numbered().filter(|(_, line)| line.group.is_empty());
        for (at, line) in pinned.chain(numbered().filter(|(_, line)| !line.group.is_empty())) {
            let most = line.qty.min(room);
            let before = binder.standing(line.node);
            let got = match line.group.as_slice() {
                [] => binder.pin(line.node, most),
                group => binder.bind(at, group, most),
            };
            if got < line.qty && fill == HoldFill::AllOrNothing {
                return Err(refusal(state, line, got, before.saturating_add(line.qty)));
            }
            room = room.saturating_sub(got);
            if got > 0 && line.group.is_empty() {
                let node = line.node;
                let (group, lot) = (Vec::new(), String::new());
                held.push((at, HeldLine { sku, node, qty: got, group, lot }));
            }
        }
        rebinds.extend(binder.moved(&state.stock));
        let loose = binder.bound().filter_map(|(at, node, qty)| {
            let group = wanted.get(at)?.group.clone();
            Some((at, HeldLine { sku, node, qty, group, lot: String::new() }))
        });
        held.extend(loose);
    }
    held.put_in_order_by_key(|(at, line)| (*at, line.node));
    Ok((held, rebinds))
}

/// Sets lots aside that lines ask for by name, wherever they may lie; gives how many units, and lowers what
/// is free.
fn bind_named<'a>(
    state: &State,
    channel: ChannelId,
    lines: impl Iterator<Item = (usize, &'a Wanted)>,
    (fill, room): (HoldFill, i64),
    free: &mut [i64],
    held: &mut Vec<(usize, HeldLine)>,
) -> Result<i64, Rejection> {
    let lines: Vec<(usize, &Wanted)> = lines.collect();
    let Some(sku) = lines.first().map(|(_, line)| line.sku) else { return Ok(0) };
    let may = |at: usize, node: NodeId| {
        let line = lines.iter().find(|(known, _)| *known == at).map(|(_, line)| line);
        line.is_some_and(|line| line.node == node || line.group.contains(&node))
    };
    let found = |node: NodeId| {
        // What is held is to leave some time: a lot that dies before it can will not do.
        let need = state.stock.need_at(state.stock.soonest(node, channel), channel);
        let free = free.get(num::index(node.0)).copied().unwrap_or(0);
        let (now, own, bench) = (need, Vec::new(), state.stock.bench(sku, node));
        Found { far: 0, node, free, need, now, own, bench }
    };
    let nodes = (0u32..).zip(free.iter()).filter(|(_, free)| **free > 0).map(|(node, _)| NodeId(node));
    let nodes = nodes.filter(|node| lines.iter().any(|(at, _)| may(*at, *node)));
    let mut deal = Deal::of(nodes.map(found).collect());
    let mut sum = 0i64;
    for (at, line) in &lines {
        let most = line.qty.min(room.saturating_sub(sum)).max(0);
        let got = deal.give((*at, &line.lot), most, &may);
        sum = sum.saturating_add(got);
        if got < line.qty && fill == HoldFill::AllOrNothing {
            return Err(lot_refusal(state, line, got));
        }
    }
    for (at, found, lot, qty) in deal.shares() {
        if let Some(free) = free.get_mut(num::index(found.node.0)) {
            *free = found.free.min(found.bench.room(found.need));
        }
        let (node, group, lot) = (found.node, Vec::new(), lot.into());
        held.push((at, HeldLine { sku, node, qty, group, lot }));
    }
    Ok(sum)
}

/// Says what is short of a lot that a line names: at its node, or wherever it may lie.
fn lot_refusal(state: &State, line: &Wanted, free: i64) -> Rejection {
    let (sku, asked) = (sku_code(state, line.sku), line.qty);
    if line.group.is_empty() {
        return Rejection::LotsShort { sku, node: node_code(state, line.node), asked, free };
    }
    Rejection::NamedLotShort { sku, lot: shown(&line.lot), asked, free }
}

/// Says what is short: `got` of a line could be had, of `asked` with what the hold takes there besides.
fn refusal(state: &State, line: &Wanted, got: i64, asked: i64) -> Rejection {
    if !line.lot.is_empty() {
        return lot_refusal(state, line, got);
    }
    let sku = sku_code(state, line.sku);
    if line.group.is_empty() {
        let free = asked.saturating_sub(line.qty).saturating_add(got);
        return Rejection::NotOnHand { sku, node: node_code(state, line.node), asked, free };
    }
    Rejection::NoBinding { sku, asked: line.qty, bound: got, nodes: num::id(line.group.len()) }
}

/// A hold that still holds.
pub(crate) fn living_hold(state: &State, number: &str, step: &str) -> Result<HoldId, Rejection> {
    let id = known_document(&state.docs.holds, "hold", number)?;
    match state.docs.hold.get(id) {
        Some(row) if row.state == HoldState::Held => Ok(HoldId(id)),
        _ => Err(illegal(number, "ended", step)),
    }
}

fn illegal(number: &str, state: &str, step: &str) -> Rejection {
    let (kind, document) = ("hold".into(), number.into());
    Rejection::IllegalStep { kind, document, state: state.into(), step: step.into() }
}

pub(crate) fn decide_release(state: &State, release: &ReleaseHold) -> Result<Body, Rejection> {
    let hold = living_hold(state, &release.hold, "release_hold")?;
    if release.lines.is_empty() {
        return Ok(Body::HoldReleased(HoldEnded { hold }));
    }
    let parts = pick(state, hold, &release.hold, &release.lines)?;
    // What gives back everything ends the hold.
    let given = parts.iter().map(|part| part.qty).fold(0, i64::saturating_add);
    let all = pending(state, hold).map(|(_, row)| row.qty).fold(0, i64::saturating_add);
    if given == all {
        return Ok(Body::HoldReleased(HoldEnded { hold }));
    }
    Ok(Body::HoldReduced(HoldReduced { hold, parts }))
}

fn pending(state: &State, hold: HoldId) -> impl Iterator<Item = (u32, Reservation)> {
    let first = state.docs.hold.get(hold.0).map_or(NOTHING, |row| row.first_reservation);
    state.reservations(first).filter(|(_, row)| row.qty > 0)
}

/// Where an order takes what the hold that it replaces has pinned.
pub(super) struct Pins {
    caps: Vec<(SkuId, NodeId, i64)>,
    terms: TermsRow,
}

/// The pins of a hold for what the hold has all of: at each of its nodes no more than is pinned there, and
/// nothing at others.
pub(super) fn pins(state: &State, hold: HoldId, task: &Task<'_>) -> Option<Pins> {
    state.docs.hold.get(hold.0)?;
    let held: Vec<(u32, Reservation)> = pending(state, hold).collect();
    let mut skus: Vec<SkuId> = held.iter().map(|(_, row)| row.sku).collect();
    skus.put_in_order();
    skus.dedup();
    let (mut excluded, mut caps) = (Vec::new(), Vec::new());
    for sku in skus {
        let fixed = |(id, row): &&(u32, Reservation)| {
            let shut = state.stock.shut.contains(&row.node);
            row.sku == sku && !shut && !state.stock.is_loose(*id, sku)
        };
        let units = |node: Option<NodeId>| {
            let here = held.iter().filter(fixed).filter(|(_, row)| node.is_none_or(|node| row.node == node));
            here.map(|(_, row)| row.qty).fold(0, i64::saturating_add)
        };
        let asked = task.lines.iter().filter(|line| line.sku == sku).map(|line| line.qty);
        let asked = asked.fold(0, i64::saturating_add);
        if asked == 0 || units(None) < asked {
            continue;
        }
        for node in (0..num::id(state.catalog.node.len())).map(NodeId) {
            let (free, _) = state.free_for(sku, node, task.channel);
            if units(Some(node)) > 0 {
                caps.push((sku, node, units(Some(node))));
            } else if free > 0 {
                excluded.push((node, sku));
            }
        }
    }
    if excluded.is_empty() && caps.len() < 2 {
        return None;
    }
    caps.extend_from_slice(task.caps);
    caps.put_in_order();
    Some(Pins { caps, terms: TermsRow { excluded, ..task.terms.clone() } })
}

impl Pins {
    /// The task with the pins, unless something would be short with them.
    pub(super) fn keep<'a>(
        &'a self,
        state: &State,
        allocator: &mut Allocator,
        task: Task<'a>,
        at: Instant,
    ) -> Task<'a> {
        let pinned = Task { caps: &self.caps, terms: &self.terms, ..task };
        let short = short_of(state, allocator, &pinned, pinned.lines, at);
        if short.is_empty() { pinned } else { task }
    }
}

/// The reservations that parts of a hold come from, in their order.
fn pick(state: &State, hold: HoldId, number: &str, lines: &[HoldPick]) -> Result<Vec<HoldPart>, Rejection> {
    some_lines(lines.len())?;
    let mut parts: Vec<HoldPart> = Vec::new();
    for (line, picked) in (1u32..).zip(lines) {
        let sku = sku_in(state, hold, &picked.sku)?;
        let node =
            picked.node.as_deref().map(|node| state.catalog.node_of(node).map(|(id, _)| id)).transpose()?;
        let asked = quantity(picked.qty)?;
        let mut open = asked;
        // A kit is held as its components.
        for KitPart { sku, qty: each } in state.catalog.parts_of(sku) {
            let mut left = num::mul(asked, each)?;
            let fits = |row: &Reservation| row.sku == sku && node.is_none_or(|node| row.node == node);
            for (reservation, row) in pending(state, hold).filter(|(_, row)| fits(row)) {
                let taken = parts.iter().filter(|part| part.reservation == reservation).map(|part| part.qty);
                let qty = taken.fold(row.qty, i64::saturating_sub).min(left);
                if qty > 0 {
                    left = left.saturating_sub(qty);
                    parts.push(HoldPart { reservation, sku, node: row.node, qty });
                }
            }
            let there = num::mul(asked, each)?.saturating_sub(left);
            open = open.min(there.checked_div(each).unwrap_or(0));
        }
        if open < asked {
            return Err(Rejection::MoreThanOpen { document: number.into(), line, asked, open });
        }
    }
    Ok(parts)
}

/// A SKU by its code, or by the id under which the hold's channel lists it.
fn sku_in(state: &State, hold: HoldId, code: &str) -> Result<SkuId, Rejection> {
    let channel = state.docs.hold.get(hold.0).map_or(ChannelId::NONE, |row| row.channel);
    state.catalog.sold_as(channel, code).map(|(sku, _)| sku)
}

pub(crate) fn decide_extend(state: &State, extend: &ExtendHold, at: Instant) -> Result<Body, Rejection> {
    let hold = living_hold(state, &extend.hold, "extend_hold")?;
    if state.docs.hold.get(hold.0).is_some_and(|row| *row.phase == HoldPhase::Confirmed) {
        return Err(illegal(&extend.hold, "confirmed", "extend_hold"));
    }
    if !extend.expires_at.is_valid() || extend.expires_at <= at {
        return Err(Rejection::InvalidInstant { field: "expires_at".into() });
    }
    Ok(Body::HoldExtended(HoldExtended { hold, expires_at: extend.expires_at }))
}

pub(crate) fn decide_confirm(state: &State, confirm: &ConfirmHold) -> Result<Body, Rejection> {
    let hold = living_hold(state, &confirm.hold, "confirm_hold")?;
    if state.docs.hold.get(hold.0).is_some_and(|row| *row.phase == HoldPhase::Confirmed) {
        return Err(illegal(&confirm.hold, "confirmed", "confirm_hold"));
    }
    Ok(Body::HoldConfirmed(HoldConfirmed { hold }))
}

/// Moves what a hold has to a node, if the node has room for it now.
pub(crate) fn decide_move_hold(state: &State, moved: &MoveHold) -> Result<Body, Rejection> {
    let hold = living_hold(state, &moved.hold, "move_hold")?;
    let sku = sku_in(state, hold, &moved.sku)?;
    let (to, row) = state.catalog.node_of(&moved.to)?;
    if row.status == NodeStatus::Closed {
        return Err(Rejection::NodeClosed { node: moved.to.clone() });
    }
    let from = moved.from.as_deref().map(|node| state.catalog.node_of(node).map(|(id, _)| id)).transpose()?;
    let all = state.catalog.parts_of(sku);
    let there = |part: &KitPart| {
        let fits = |row: &Reservation| row.sku == part.sku && from.is_none_or(|from| row.node == from);
        let there = pending(state, hold).filter(|(_, row)| fits(row)).map(|(_, row)| row.qty);
        there.fold(0, i64::saturating_add).checked_div(part.qty).unwrap_or(0)
    };
    let there = all.iter().map(there).min().unwrap_or(0);
    let qty = moved.qty.map_or(Ok(there.max(1)), quantity)?;
    let lines = [HoldPick { sku: moved.sku.clone(), node: moved.from.clone(), qty }];
    let parts = pick(state, hold, &moved.hold, &lines)?;
    if parts.iter().any(|part| state.stock.named_lot(part.reservation).is_some()) {
        return Err(invalid("sku", "what is not held by its lot's name: release it and hold it there"));
    }
    let channel = state.docs.hold.get(hold.0).map_or(ChannelId::NONE, |row| row.channel);
    let mut rebinds = Vec::new();
    for KitPart { sku, .. } in all {
        let mine = || parts.iter().filter(|part| part.sku == sku);
        let come = mine().filter(|part| part.node != to).map(|part| part.qty).fold(0, i64::saturating_add);
        let mut binder = Binder::new(&state.stock, sku, free_by_node(state, sku, channel));
        // What moves is not in its own way: it does not make room by moving elsewhere, but by leaving.
        let leaves = |part: &&HoldPart| part.node != to && !state.stock.shut.contains(&part.node);
        mine().for_each(|part| {
            let gone = if leaves(&part) { part.qty } else { 0 };
            binder.leave(part.reservation, (part.node, gone));
        });
        let got = binder.pin(to, come);
        if got < come {
            let (sku, node) = (sku_code(state, sku), node_code(state, to));
            return Err(Rejection::NotOnHand { sku, node, asked: come, free: got });
        }
        rebinds.extend(binder.moved(&state.stock));
    }
    let one = |part: &HoldPart| {
        let (reservation, sku, from, qty) = (part.reservation, part.sku, part.node, part.qty);
        Rebind { reservation, sku, from, to, qty }
    };
    Ok(Body::HoldMoved(HoldMoved { hold, moves: parts.iter().map(one).collect(), rebinds }))
}

pub(crate) fn decide_split(state: &State, split: &SplitHold) -> Result<Body, Rejection> {
    let hold = living_hold(state, &split.hold, "split_hold")?;
    let into = new_document(&state.docs.holds, "hold", &split.into)?;
    let parts = pick(state, hold, &split.hold, &split.lines)?;
    let gone = parts.iter().map(|part| part.qty).fold(0, i64::saturating_add);
    let all = pending(state, hold).map(|(_, row)| row.qty).fold(0, i64::saturating_add);
    if gone == all {
        return Err(invalid("lines", "something that stays in the hold"));
    }
    Ok(Body::HoldSplit(HoldSplit { hold, into, parts }))
}

pub(crate) fn decide_merge(state: &State, merge: &MergeHolds) -> Result<Body, Rejection> {
    let into = living_hold(state, &merge.into, "merge_holds")?;
    some_lines(merge.from.len())?;
    let row = |hold: HoldId| state.docs.hold.get(hold.0).map(|row| (row.channel, *row.phase));
    let mut from = Vec::with_capacity(merge.from.len());
    for number in &merge.from {
        let hold = living_hold(state, number, "merge_holds")?;
        if hold == into || from.contains(&hold) || row(hold) != row(into) {
            return Err(invalid("from", "other holds of the same channel and phase, each once"));
        }
        from.push(hold);
    }
    Ok(Body::HoldsMerged(HoldsMerged { into, from }))
}
