//! Planning anew what a disruption undid: a node or a carrier service is down, units are missing, a node
//! rejects.
//!
//! Only what the disruption undid is given back and planned anew, all of it jointly; orders that it does
//! not touch stay as they are, unless a promise is kept by their making way, and so does what a touched
//! order gets from elsewhere. A parcel whose carrier service is down stays at its node if another service
//! keeps its promise. Of missing units as few orders as possible do without, first those that keep their
//! promise elsewhere. The dry run decides by the same code and the same state as the command, and gives the
//! event that the command would record.

use super::aside::{Undoing, empty};
use super::batch::{
    AllocateBatch, Anew, Back, Dealt, Member, digest, join, of_one_channel, plan_batch, spoken,
};
use super::common::*;
use super::order::open_order;
use crate::allocation::{Allocator, Decision, Demand, Keep, PlacedLine, travel};
use crate::catalog::{Lookup, NodeStatus, need, quantity};
use crate::exception::{ExceptionCode, Opened};
use crate::policy::LineSplit;
use crate::record::*;
use crate::stock::Owner;
use crate::value::ids::*;
use crate::value::money::Money;
use crate::value::num;
use crate::value::rejection::Rejection;
use crate::value::sort::PutInOrder;
use crate::value::time::Instant;
use crate::value::wire::wire;
use serde::Serialize;
use std::collections::BTreeMap;

wire! {
    /// Something that undoes plans.
    pub struct Disruption {
        /// What happened.
        pub kind: DisruptionKind,
        /// The node; none where a service is down.
        #[serde(default)]
        pub node: Option<String>,
        /// The carrier service that is down.
        #[serde(default)]
        pub service: Option<String>,
        /// The SKU of a short pick.
        #[serde(default)]
        pub sku: Option<String>,
        /// Units that a short pick did not find. What is free there is missed first; correct the stock with
        /// `adjust_stock` in the same chain.
        #[serde(default)]
        pub missing: i64,
    }
}

/// What a batch would do, or what became of a disruption.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ReplanView {
    /// Digest of the plan: said back as `accepts`, it has the command refused should another plan come of it.
    pub digest: String,
    /// Orders that get something from where they did not get it before.
    pub moved: u32,
    /// What carriage and handling of the open parcels will cost more than before.
    pub cost: Money,
    /// Promises that break, by order and line.
    pub broken: Vec<BrokenPromise>,
    /// All that would be recorded.
    pub batch: BatchAllocated,
}

/// Units that were going to arrive as promised, and no longer are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct BrokenPromise {
    /// The order.
    pub order: OrderId,
    /// The order's line, from 1.
    pub line: u32,
    /// Units.
    pub qty: i64,
    /// When they were to arrive: as promised, or as planned last where that was later.
    pub promised: Instant,
    /// When they arrive now; none = they wait.
    pub arrive_at: Option<Instant>,
}

/// Units of a line that a disruption undid.
#[derive(Clone, Copy)]
pub(super) struct Undone {
    line: u32,
    pub(super) reservation: u32,
    node: NodeId,
    sku: SkuId,
    qty: i64,
    parcel: u32,
}

impl Undone {
    /// What an order gives back.
    pub(super) fn back(&self, order: OrderId) -> TakenBack {
        let Undone { line, reservation, node, qty, .. } = *self;
        TakenBack { order, line, reservation, node, qty }
    }
}

type Touched = BTreeMap<OrderId, Vec<Undone>>;

/// An order that might do without missing units.
struct Giver {
    /// Whether it gets them elsewhere, in time.
    keeps: bool,
    /// Whether all that it has there goes elsewhere.
    whole: bool,
    qty: i64,
    /// Priority and age: the most is the least important.
    rank: (u8, u64),
    order: OrderId,
    undone: Vec<Undone>,
}

/// What a batch would do now.
pub(crate) fn ask_replan(state: &State, command: &AllocateBatch) -> Result<ReplanView, Rejection> {
    let batch = plan_batch(state, &mut Allocator::default(), command, state.head.now)?;
    let (mut moved, mut cost, mut broken) = (0u32, 0i64, Vec::new());
    for again in &batch.plans {
        let Some(row) = state.docs.order.get(again.order.0) else { continue };
        let before = given_back(state, &batch, again.order);
        let comes_from = |line: u32, node: NodeId| before.iter().any(|u| (u.line, u.node) == (line, node));
        let plan = &again.plan;
        let node = |part: &PlanPart| {
            plan.parcels.get(num::index(part.parcel)).map(|parcel| plan.lies_at(part, parcel.node))
        };
        let mut parts = again.plan.parts.iter();
        moved = moved.saturating_add(u32::from(
            parts.any(|part| node(part).is_some_and(|node| !comes_from(part.line, node))),
        ));
        let charges = again.plan.parcels.iter().map(|p| charge(p.freight, p.handling));
        let saved = ended(state, row, &before);
        cost = charges.fold(cost, i64::saturating_add).saturating_sub(saved);
        breaks(state, again, row.deliver_by, &before, &mut broken);
    }
    broken.put_in_order_by_key(|one: &BrokenPromise| (one.order, one.line, one.arrive_at));
    Ok(ReplanView { digest: digest(&batch), moved, cost: Money::from_micros(cost), broken, batch })
}

fn charge(freight: Money, handling: Money) -> i64 {
    freight.micros().saturating_add(handling.micros())
}

/// What an order's plan replaces: what a disruption undid, else all that it has.
pub(super) fn given_back(state: &State, batch: &BatchAllocated, order: OrderId) -> Vec<Undone> {
    let all = |undone: &Undone| undone.qty > 0;
    let has = reserved(state, order);
    let Some(disrupted) = &batch.disrupted else { return has.into_iter().filter(all).collect() };
    let taken = |undone: Undone| {
        let back = disrupted.taken.iter().find(|back| back.reservation == undone.reservation);
        Undone { qty: back.map_or(0, |back| back.qty), ..undone }
    };
    has.into_iter().map(taken).filter(all).collect()
}

/// All that an order has reserved.
pub(super) fn reserved(state: &State, order: OrderId) -> Vec<Undone> {
    let Some(row) = state.docs.order.get(order.0) else { return Vec::new() };
    let mut found = Vec::new();
    for (number, line) in (1u32..).zip(state.order_lines(row)) {
        for (id, held) in state.reservations(line.first_reservation).filter(|(_, held)| held.qty > 0) {
            found.push(Undone {
                line: number,
                reservation: id,
                node: held.node,
                sku: held.sku,
                qty: held.qty,
                parcel: held.parcel,
            });
        }
    }
    found
}

/// Charges of the parcels that carry nothing any more, of which nothing has left yet.
fn ended(state: &State, order: &OrderRow, before: &[Undone]) -> i64 {
    let mut saved = 0i64;
    for (id, parcel) in state.parcels(order).filter(|(_, parcel)| !parcel.posted) {
        let of = |undone: &&Undone| undone.parcel == id;
        let gone = before.iter().filter(of).map(|undone| undone.qty).fold(0, i64::saturating_add);
        let lines = state.order_lines(order);
        let held = lines.iter().flat_map(|line| state.reservations(line.first_reservation));
        let held = held.filter(|(_, row)| row.parcel == id).map(|(_, row)| row.qty);
        if gone > 0 && held.fold(0, i64::saturating_add) == gone {
            saved = saved.saturating_add(charge(parcel.freight, parcel.handling));
        }
    }
    saved
}

/// The promises that an order's new plan breaks.
pub(super) fn breaks(
    state: &State,
    again: &OrderReallocated,
    deliver_by: Instant,
    before: &[Undone],
    broken: &mut Vec<BrokenPromise>,
) {
    let arrival = |undone: &Undone| state.docs.parcels.get(undone.parcel).map(|parcel| parcel.arrive_at);
    let order = again.order;
    let lines = state.docs.order.get(order.0).map_or(0, |row| num::id(state.lines_of(row).count()));
    for line in 1..=lines {
        let mine = before.iter().filter(|undone| undone.line == line);
        let Some(last) = mine.clone().filter_map(arrival).max() else { continue };
        let promised = last.max(deliver_by);
        // What waited before breaks no promise anew.
        let mut left = mine.map(|undone| undone.qty).fold(0, i64::saturating_add);
        for part in again.plan.parts.iter().filter(|part| part.line == line) {
            left = left.saturating_sub(part.qty);
            let parcel = again.plan.parcels.get(num::index(part.parcel));
            let late = parcel.map(|parcel| parcel.arrive_at).filter(|at| *at > promised);
            if late.is_some() {
                broken.push(BrokenPromise { order, line, qty: part.qty, promised, arrive_at: late });
            }
        }
        if left > 0 {
            broken.push(BrokenPromise { order, line, qty: left, promised, arrive_at: None });
        }
    }
}

/// Plans anew what a disruption undid, into the event.
pub(super) fn replan(
    state: &State,
    allocator: &mut Allocator,
    command: &AllocateBatch,
    disruption: &Disruption,
    at: Instant,
    event: &mut BatchAllocated,
) -> Result<(), Rejection> {
    let mut by = resolve(state, disruption)?;
    let only = named(state, command, by.kind)?;
    let mut touched = touched(state, &by, &only);
    if by.kind == DisruptionKind::ShortPick {
        touched = fewest(state, allocator, &by, &touched, at);
    }
    let rejects = matches!(by.kind, DisruptionKind::ShortPick | DisruptionKind::NodeRejected);
    let mut members = Vec::new();
    for (order, undone) in &touched {
        by.taken.extend(undone.iter().map(|one| one.back(*order)));
        let mut again = empty(*order, event.reason);
        let mut left = undone.clone();
        if by.kind == DisruptionKind::ServiceDown {
            stay(state, *order, by.service, &mut left, at, &mut again)?;
        }
        let mut member = member(state, *order, &left);
        member.without = by.service;
        let barred = if by.kind == DisruptionKind::NodeDown { SkuId::NONE } else { by.sku };
        if by.node != NodeId::NONE {
            member.terms.excluded.push((by.node, barred));
        }
        let most = rule_of(state, *order).map_or(0, |(_, rule)| rule.rejections_max);
        if rejects && most > 0 && member.terms.rejections >= most {
            give_up(&mut again, by.node, &left);
            left.clear();
        }
        if !left.is_empty() {
            members.push(member);
        }
        event.plans.push(again);
    }
    let undoing = Undoing { state, command, members, event: event.clone(), by, at };
    *event = undoing.plan(allocator)?;
    Ok(())
}

/// Codes to ids; each kind of disruption asks for its own.
fn resolve(state: &State, said: &Disruption) -> Result<Disrupted, Rejection> {
    let kind = said.kind;
    let (of_service, of_sku) = (kind == DisruptionKind::ServiceDown, kind == DisruptionKind::ShortPick);
    need(said.node.is_some() != of_service, "disruption.node", "a node, unless a service is down")?;
    need(said.service.is_some() == of_service, "disruption.service", "a service, if that is down")?;
    need(said.sku.is_some() == of_sku, "disruption.sku", "a SKU, if units of it are missing")?;
    need(of_sku || said.missing == 0, "disruption.missing", "0, unless units of a SKU are missing")?;
    let node = said.node.as_deref().map(|code| state.catalog.node_of(code)).transpose()?;
    let service = said.service.as_deref().map(|code| state.catalog.service_of(code)).transpose()?;
    let sku = said.sku.as_deref().map(|code| state.catalog.sku_of(code)).transpose()?;
    Ok(Disrupted {
        kind,
        node: node.map_or(NodeId::NONE, |(id, _)| id),
        service: service.unwrap_or(ServiceId::NONE),
        sku: sku.map_or(SkuId::NONE, |(id, _)| id),
        missing: if of_sku { quantity(said.missing)? } else { 0 },
        taken: Vec::new(),
        exceptions: Vec::new(),
    })
}

/// The orders that a command names: a node rejects orders, or others shall not do without.
fn named(state: &State, command: &AllocateBatch, kind: DisruptionKind) -> Result<Vec<OrderId>, Rejection> {
    let all = matches!(kind, DisruptionKind::NodeDown | DisruptionKind::ServiceDown);
    need(!all || command.orders.is_empty(), "orders", "no orders: it touches all that are planned there")?;
    let open = |number: &String| open_order(state, number, "allocate_batch");
    let mut only = command.orders.iter().map(open).collect::<Result<Vec<OrderId>, Rejection>>()?;
    only.put_in_order();
    only.dedup();
    need(only.len() == command.orders.len(), "orders", "each order once")?;
    Ok(only)
}

/// What is reserved for orders and not shipped, where the disruption is.
fn touched(state: &State, by: &Disrupted, only: &[OrderId]) -> Touched {
    let mut touched = Touched::new();
    let near = (by.kind == DisruptionKind::ShortPick).then_some(by.node);
    for (reservation, row) in state.stock.open_at(near) {
        let Owner::Line(line) = row.owner else { continue };
        // What is brought to a node is lost to it too.
        let goes_to = |node: NodeId| {
            let parcel = state.bringing(&row).and_then(|_| state.docs.parcels.get(row.parcel));
            row.node == node || parcel.is_some_and(|parcel| parcel.node == node)
        };
        let here = match by.kind {
            DisruptionKind::NodeDown | DisruptionKind::NodeRejected => goes_to(by.node),
            DisruptionKind::ShortPick => (row.node, row.sku) == (by.node, by.sku),
            DisruptionKind::ServiceDown => {
                state.docs.parcels.get(row.parcel).is_some_and(|parcel| parcel.service == by.service)
            }
        };
        let order = state.docs.lines.get(line).map_or(OrderId::NONE, |line| line.order);
        if !here || !(only.is_empty() || only.binary_search(&order).is_ok()) {
            continue;
        }
        let first = state.docs.order.get(order.0).map_or(line, |order| order.first_line);
        touched.entry(order).or_default().push(Undone {
            line: state.docs.line_number(first, line),
            reservation,
            node: row.node,
            sku: row.sku,
            qty: row.qty,
            parcel: row.parcel,
        });
    }
    touched
}

/// An order with what a disruption undid of it as its lines.
pub(super) fn member(state: &State, order: OrderId, undone: &[Undone]) -> Member {
    let mut member = Member::new(state, order);
    member.always = true;
    let Some(row) = state.docs.order.get(order.0) else { return member };
    for (number, line) in (1u32..).zip(state.order_lines(row)) {
        let mine = undone.iter().filter(|one| one.line == number);
        let qty = mine.clone().map(|one| one.qty).fold(0, i64::saturating_add);
        if qty > 0 {
            member.lines.push(PlacedLine { sku: line.sku, qty, price: line.price });
            member.numbers.push(number);
            member.now.extend(mine.map(|one| (number, one.node, one.qty)));
        }
    }
    member.own = member.owned();
    member
}

/// Of those that have missing units the fewest that must do without: who keeps the promise elsewhere before
/// who does not, then whoever alone makes up for all that is missing, then who has most.
fn fewest(
    state: &State,
    allocator: &mut Allocator,
    by: &Disrupted,
    touched: &Touched,
    at: Instant,
) -> Touched {
    let free = state.stock.cells.get(by.sku, by.node).free().max(0);
    let mut missing = by.missing.saturating_sub(free).max(0);
    let mut found: Vec<Giver> = Vec::new();
    if missing > 0 {
        found.extend(touched.iter().filter_map(|(order, undone)| {
            let undone = unpicked(state, *order, undone);
            giver(state, allocator, by, (*order, undone), at)
        }));
    }
    let mut gives = Touched::new();
    while missing > 0 {
        let keeps = found.iter().any(|one| one.keeps);
        let all = found.iter().enumerate().filter(|(_, one)| one.keeps == keeps);
        let alone = all.clone().filter(|(_, one)| one.qty >= missing).max_by_key(|(_, one)| one.rank);
        let next = alone.or_else(|| all.max_by_key(|(_, one)| (one.qty, one.rank))).map(|(at, _)| at);
        let Some(next) = next else { break };
        let mut one = found.swap_remove(next);
        // Where lines come whole and this one can go elsewhere, all of it goes; else only what is missing.
        let mut goes = if one.whole { one.qty } else { one.qty.min(missing) };
        missing = missing.saturating_sub(one.qty);
        for undone in &mut one.undone {
            undone.qty = undone.qty.min(goes);
            goes = goes.saturating_sub(undone.qty);
        }
        one.undone.retain(|undone| undone.qty > 0);
        gives.insert(one.order, one.undone);
    }
    gives
}

/// What an order would do without the units that it has where some are missing.
fn giver(
    state: &State,
    allocator: &mut Allocator,
    by: &Disrupted,
    (order, undone): (OrderId, Vec<Undone>),
    at: Instant,
) -> Option<Giver> {
    let row = state.docs.order.get(order.0)?;
    let (_, rule) = rule_of(state, order)?;
    let qty = undone.iter().map(|one| one.qty).fold(0, i64::saturating_add);
    if qty == 0 {
        return None;
    }
    let mut one = member(state, order, &undone);
    one.terms.excluded.push((by.node, by.sku));
    one.find_lots(state, at, &Dealt::default());
    let number = spoken(state, order);
    let task = one.task(row, Anew::default(), &number);
    allocator.decide(state.world(), &task.demand(at), rule, Keep::Reasons);
    let given = allocator.solution.parts.iter().map(|part| part.qty).fold(0, i64::saturating_add);
    let mut used = allocator.used.iter().filter_map(|at| allocator.candidates.get(*at));
    let late = used.any(|at| allocator.options.get(*at).is_some_and(|o| o.arrive_at > row.deliver_by));
    let keeps = given == qty && !late;
    let whole = keeps && rule.line_split == LineSplit::Never;
    Some(Giver { keeps, whole, qty, rank: (row.priority, row.sequence), order, undone })
}

/// What is not in a picker's hands yet.
fn unpicked(state: &State, order: OrderId, undone: &[Undone]) -> Vec<Undone> {
    let mut left: Vec<Undone> = undone.to_vec();
    let node = undone.first().map_or(NodeId::NONE, |one| one.node);
    let Some((_, row)) = state.desk.fulfilment_of(order, node) else { return left };
    for (line, picked) in &row.picked {
        let mut picked = *picked;
        for one in left.iter_mut().filter(|one| one.line == *line) {
            let held = one.qty.min(picked);
            one.qty = one.qty.saturating_sub(held);
            picked = picked.saturating_sub(held);
        }
    }
    left.retain(|one| one.qty > 0);
    left
}

/// Parcels that another service takes from the same node, and the promise holds: they leave `left`.
fn stay(
    state: &State,
    order: OrderId,
    without: ServiceId,
    left: &mut Vec<Undone>,
    at: Instant,
    again: &mut OrderReallocated,
) -> Result<(), Rejection> {
    let Some(row) = state.docs.order.get(order.0) else { return Ok(()) };
    let rule = rule_of(state, order).map_or(0, |(number, _)| number);
    let mut parcels: Vec<u32> = left.iter().map(|one| one.parcel).collect();
    parcels.put_in_order();
    parcels.dedup();
    for id in parcels {
        let Some(old) = state.docs.parcels.get(id) else { continue };
        // What another node is to bring is planned with its transfer.
        if left.iter().any(|one| one.parcel == id && one.node != old.node) {
            continue;
        }
        let open = state.catalog.node.get(old.node.0).is_some_and(|node| node.status == NodeStatus::Open);
        let goods: Vec<(SkuId, i64)> =
            left.iter().filter(|one| one.parcel == id).map(|one| (one.sku, one.qty)).collect();
        let demand = Demand { without, ..Demand::plain(row.channel, row.to, at, row.deliver_by, &[]) };
        let option = travel(state.world(), &demand, old.node, weigh(state, goods.iter().copied())).ok();
        let in_time = old.arrive_at.max(row.deliver_by);
        let Some(option) = option.filter(|option| open && option.arrive_at <= in_time) else { continue };
        let site = state.catalog.site_of(old.node).and_then(|site| site.capacity);
        let same_day = site.is_none_or(|limit| limit.day(option.ship_at) == limit.day(old.ship_at));
        if !same_day {
            continue;
        }
        let parcel_at = num::id(again.plan.parcels.len());
        again.plan.parcels.push(parcel(state, &option, goods.iter().copied())?);
        let part = |one: &Undone| PlanPart { line: one.line, parcel: parcel_at, qty: one.qty };
        again.plan.parts.extend(left.iter().filter(|one| one.parcel == id).map(part));
        let policy = num::id(state.books.policies.len());
        again.plan.decision = Decision { policy, rule, ..Decision::default() };
        left.retain(|one| one.parcel != id);
    }
    Ok(())
}

/// An order that was rejected too often waits, and somebody has to see to it.
fn give_up(again: &mut OrderReallocated, node: NodeId, left: &[Undone]) {
    for one in left {
        match again.plan.backordered.iter_mut().find(|known| known.line == one.line) {
            Some(known) => known.qty = known.qty.saturating_add(one.qty),
            None => again.plan.backordered.push(LineQty { line: one.line, qty: one.qty }),
        }
    }
    let qty = left.iter().map(|one| one.qty).fold(0, i64::saturating_add);
    let opened = Opened::of(ExceptionCode::AllocationFailed);
    again.exceptions.push(Opened { order: again.order, node, qty, ..opened });
}

/// Plans all that has to go elsewhere, jointly: one channel after another where what one gives back is not
/// another's to take. What comes of it joins what their orders keep.
pub(super) fn plan_members(
    state: &State,
    allocator: &mut Allocator,
    command: &AllocateBatch,
    mut members: Vec<Member>,
    at: Instant,
    event: &mut BatchAllocated,
) -> Result<(), Rejection> {
    let channel = |member: &Member| {
        let channel = state.docs.order.get(member.order.0).map_or(ChannelId::NONE, |row| row.channel);
        let priority = state.catalog.channel.get(channel.0).map_or(u8::MAX, |row| row.priority);
        (priority, channel)
    };
    let apart = !of_one_channel(state, &members);
    if apart {
        members.put_in_order_by_key(channel);
    }
    let mut dealt = Dealt::default();
    members.iter_mut().for_each(|member| member.find_lots(state, at, &dealt));
    let kept = std::mem::take(&mut event.plans);
    event.orders = num::id(kept.len()).saturating_sub(num::id(members.len()));
    for group in members.chunk_by(|a, b| !apart || channel(a) == channel(b)) {
        let mut back = Back::new();
        for (key, qty) in group.iter().flat_map(Member::reserved) {
            let sum = back.entry(key).or_insert(0);
            *sum = num::add(*sum, qty)?;
        }
        // What groups before took is no longer there.
        for (key, qty) in event.plans.iter().flat_map(|again| gone(&members, again)) {
            let sum = back.entry(key).or_insert(0);
            *sum = num::sub(*sum, qty)?;
        }
        join(state, allocator, command, group, &back, at, (&mut *event, &mut dealt))?;
    }
    for again in &mut event.plans {
        warn(state, again);
    }
    for mut stays in kept {
        match event.plans.iter_mut().find(|again| again.order == stays.order) {
            Some(again) => merge(again, stays),
            None => {
                warn(state, &mut stays);
                event.plans.push(stays);
            }
        }
    }
    event.plans.put_in_order_by_key(|again| again.order);
    Ok(())
}

/// What a plan takes, by SKU and node.
fn gone(members: &[Member], again: &OrderReallocated) -> Vec<((SkuId, NodeId), i64)> {
    let Some(member) = members.iter().find(|member| member.order == again.order) else { return Vec::new() };
    let taken = |part: &PlanPart| {
        let at = member.numbers.iter().position(|number| *number == part.line)?;
        let parcel = again.plan.parcels.get(num::index(part.parcel))?;
        Some(((member.lines.get(at)?.sku, again.plan.lies_at(part, parcel.node)), part.qty))
    };
    again.plan.parts.iter().filter_map(taken).collect()
}

/// What waits is a promise at risk.
fn warn(state: &State, again: &mut OrderReallocated) {
    let Some(row) = state.docs.order.get(again.order.0) else { return };
    let failed = again.exceptions.iter().any(|opened| opened.code == ExceptionCode::AllocationFailed);
    for waits in again.plan.backordered.iter().filter(|_| !failed) {
        let line = state.docs.line_id(row.first_line, waits.line);
        let sku = state.docs.lines.get(line).map_or(SkuId::NONE, |line| line.sku);
        let opened = Opened::of(ExceptionCode::PromiseAtRisk);
        again.exceptions.push(Opened { order: again.order, sku, qty: waits.qty, ..opened });
    }
}

/// Puts what stays before what goes elsewhere.
fn merge(again: &mut OrderReallocated, stays: OrderReallocated) {
    let mut plan = stays.plan;
    let count = num::id(plan.parcels.len());
    let moved = std::mem::take(&mut again.plan);
    plan.parcels.extend(moved.parcels);
    let shift = |part: PlanPart| PlanPart { parcel: part.parcel.saturating_add(count), ..part };
    plan.parts.extend(moved.parts.into_iter().map(shift));
    let shift = |way: Brought| Brought { parcel: way.parcel.saturating_add(count), ..way };
    plan.brought.extend(moved.brought.into_iter().map(shift));
    plan.backordered.extend(moved.backordered);
    plan.cancelled.extend(moved.cancelled);
    plan.decision = moved.decision;
    again.plan = plan;
    again.exceptions.extend(stays.exceptions);
}

/// Units that stay reserved at a node that is down: those of holds.
pub(super) fn still_there(state: &State, by: &Disrupted) -> i64 {
    let all = reserved_at(state, by.node);
    by.taken.iter().filter(|back| back.node == by.node).map(|back| back.qty).fold(all, i64::saturating_sub)
}
