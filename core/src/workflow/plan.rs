//! From a demand set to a recorded plan: solve, split over parcels, decide what becomes of the rest.

use super::check_preorder;
use super::common::*;
use super::days::Booked;
use super::named::Named;
use super::promise::awaited;
use crate::allocation::{
    Allocator, Bring, Demand, Explanation, FallOut, Keep, Part, PlacedLine, Title, explain,
};
use crate::exception::{ExceptionCode, Opened};
use crate::policy::{CompiledSourcing, Shortage, Situation, default_policy};
use crate::record::*;
use crate::stock::Lots;
use crate::value::ids::*;
use crate::value::money::Money;
use crate::value::num;
use crate::value::rejection::Rejection;
use crate::value::time::Instant;
use std::borrow::Cow;

/// What is to be sourced.
#[derive(Clone, Copy)]
pub(crate) struct Task<'a> {
    /// The order, or none before it is recorded.
    pub order: OrderId,
    pub channel: ChannelId,
    pub to: crate::value::geo::Point,
    pub deliver_by: Instant,
    pub commitment: Commitment,
    /// What the rest becomes, whatever the policy says.
    pub shortage: Option<Shortage>,
    pub lines: &'a [PlacedLine],
    /// The lines' numbers; empty = 1, 2, 3 and so on.
    pub numbers: &'a [u32],
    /// Reserved units that this plan replaces, ascending by SKU.
    pub credit: &'a [(SkuId, NodeId, i64)],
    /// What of lots is no longer asked for, and how they will lie.
    pub lots: Lots<'a>,
    /// What the order itself holds, ascending by SKU.
    pub own: &'a [(SkuId, NodeId, i64)],
    /// What stays reserved for its lines, by their rows, and is not planned.
    pub stays: &'a [(u32, i64)],
    /// What it frees of nodes' days.
    pub days: &'a [Booked],
    pub detail: Detail,
    /// The order's number; may be empty where there is no outside knowledge.
    pub number: &'a str,
    /// The order's terms.
    pub terms: &'a TermsRow,
    /// Units of waiting lines that it takes over, ascending by the lines' rows; less what of them stays.
    pub called: &'a [(u32, i64)],
    /// The most that nodes may give of a SKU.
    pub caps: &'a [(SkuId, NodeId, i64)],
    /// A carrier service that does not go, or none.
    pub without: ServiceId,
    /// Whether other nodes may bring goods to the one that ships, where the rule lets them.
    pub brings: Bring,
    /// The lots that its lines name.
    pub(super) named: Option<&'a Named>,
}

impl<'a> Task<'a> {
    /// What the allocator is asked.
    pub(crate) fn demand(&self, at: Instant) -> Demand<'a> {
        Demand {
            credit: self.credit,
            lots: self.lots,
            own: self.own,
            days: self.days,
            order: self.number,
            segment: &self.terms.segment,
            pickup: self.terms.pickup,
            excluded: &self.terms.excluded,
            caps: self.caps,
            without: self.without,
            // Nothing is brought for a date to come.
            brings: if self.from(at) > at { Bring::Never } else { self.brings },
            ..Demand::plain(self.channel, self.to, self.from(at), self.deliver_by, self.lines)
        }
    }

    /// When it may leave.
    pub(super) fn from(&self, at: Instant) -> Instant {
        self.terms.ship_from.map_or(at, |from| from.max(at))
    }

    /// The number of a line by its position.
    pub(super) fn line(&self, position: usize) -> u32 {
        if self.numbers.is_empty() {
            return num::id(position).saturating_add(1);
        }
        self.numbers.get(position).copied().unwrap_or(0)
    }
}

/// Decides where a demand set comes from: into `plan` and `exceptions`, in place.
pub(crate) fn source(
    state: &State,
    allocator: &mut Allocator,
    task: &Task<'_>,
    at: Instant,
    plan: &mut Plan,
    exceptions: &mut Vec<Opened>,
) -> Result<Option<Box<Explanation>>, Rejection> {
    // A known order is judged as it was ordered, whatever is still open of it.
    let rule = rule_of(state, task.order).unwrap_or_else(|| choose(state, task));
    source_by(state, allocator, task, at, rule, plan, exceptions)
}

/// Decides where a demand set comes from by a rule.
pub(super) fn source_by(
    state: &State,
    allocator: &mut Allocator,
    task: &Task<'_>,
    at: Instant,
    (number, rule): (u32, &CompiledSourcing),
    plan: &mut Plan,
    exceptions: &mut Vec<Opened>,
) -> Result<Option<Box<Explanation>>, Rejection> {
    if task.from(at) > at {
        return super::schedule::source(state, allocator, task, at, (number, rule), plan, exceptions);
    }
    decided(state, allocator, task, at, (number, rule), plan, exceptions)
}

/// Decides where a demand set comes from now, and concludes.
pub(super) fn decided(
    state: &State,
    allocator: &mut Allocator,
    task: &Task<'_>,
    at: Instant,
    chosen: (u32, &CompiledSourcing),
    plan: &mut Plan,
    exceptions: &mut Vec<Opened>,
) -> Result<Option<Box<Explanation>>, Rejection> {
    let keep = if task.detail == Detail::None { Keep::Plan } else { Keep::Reasons };
    allocator.decide(state.world(), &task.demand(at), chosen.1, keep);
    conclude(state, allocator, task, at, chosen, plan, exceptions)
}

/// From what the allocator decided to the plan: parcels, what becomes of the rest, and why.
pub(crate) fn conclude(
    state: &State,
    allocator: &mut Allocator,
    task: &Task<'_>,
    at: Instant,
    (number, rule): (u32, &CompiledSourcing),
    plan: &mut Plan,
    exceptions: &mut Vec<Opened>,
) -> Result<Option<Box<Explanation>>, Rejection> {
    let demand = task.demand(at);
    spread(state, allocator, task, plan)?;
    if let Some(named) = task.named {
        named.settle(task, plan, &mut allocator.short);
    }
    let late = plan.parcels.iter().find(|parcel| parcel.arrive_at > task.deliver_by);
    if let Some(parcel) = late {
        let qty = task.lines.iter().map(|line| line.qty).fold(0, i64::saturating_add);
        let (code, node, sku) = (ExceptionCode::PromiseAtRisk, parcel.node, SkuId::NONE);
        exceptions.push(Opened { code, order: task.order, sku, node, qty });
    }
    if !allocator.short.is_empty() {
        settle(state, allocator, task, &demand, rule, plan, exceptions)?;
    }
    let policies = num::id(state.books.policies.len());
    let count = task.detail != Detail::None;
    allocator.tell(policies, number, rule, count, &mut plan.decision);
    if task.detail != Detail::Full {
        return Ok(None);
    }
    let policy = state.books.policies.rows().last().cloned().unwrap_or_else(default_policy);
    let special = number.checked_sub(1).and_then(|at| policy.rules.get(num::index(at)));
    let sourcing = special.map_or(&policy.otherwise, |rule| &rule.then);
    let mut sourcing = Cow::Borrowed(sourcing);
    // Where other nodes give already, the rule was held to fewer.
    if let Ok(most) = u16::try_from(rule.nodes_max)
        && most != sourcing.nodes_max
    {
        sourcing.to_mut().nodes_max = most;
    }
    let title = Title { policy: &policy.name, policy_number: policies, sourcing: &sourcing };
    Ok(Some(Box::new(explain(state.world(), &demand, allocator, rule, &title))))
}

/// The rule of the policy in force for this demand.
pub(crate) fn choose<'a>(state: &'a State, task: &Task<'_>) -> (u32, &'a CompiledSourcing) {
    if let Some(only) = state.derived.policy.only() {
        return (0, only);
    }
    let mut value = 0i64;
    let (mut few, mut many) = ([0u32; 32], Vec::new());
    let groups: &mut [u32] = if task.lines.len() > few.len() {
        many.resize(task.lines.len(), 0u32);
        &mut many
    } else {
        &mut few
    };
    let mut count = 0usize;
    for line in task.lines {
        let Some(row) = state.catalog.sku.get(line.sku.0) else { continue };
        value = value.saturating_add(worth(state, line.sku, line.qty, line.price));
        let seen = groups.get(..count).is_some_and(|known| known.contains(&row.group));
        if let Some(slot) = groups.get_mut(count).filter(|_| !seen) {
            *slot = row.group;
            count = count.saturating_add(1);
        }
    }
    let groups = groups.get(..count).unwrap_or(&[]);
    let value = Money::from_micros(value);
    let margin = margin(state, value, task.lines.iter().map(|line| (line.sku, line.qty)));
    let (channel, segment, to) = (task.channel, &*task.terms.segment, task.to);
    let situation = Situation { channel, groups, value, segment, to, margin };
    state.derived.policy.choose(&situation)
}

/// Spreads the solution over parcels and lines; `short` then holds what no part gives.
fn spread(
    state: &State,
    allocator: &mut Allocator,
    task: &Task<'_>,
    plan: &mut Plan,
) -> Result<(), Rejection> {
    let solution = &allocator.solution;
    plan.parcels.reserve(allocator.used.len());
    for node in &allocator.used {
        let option = allocator.candidates.get(*node).and_then(|at| allocator.options.get(*at));
        let Some(option) = option else { continue };
        let taken = solution.parts.iter().filter(|part| part.node == *node);
        let sku = |line: usize| allocator.needs.get(line).map_or(SkuId::NONE, |need| need.sku);
        plan.parcels.push(parcel(state, option, taken.map(|part| (sku(part.line), part.qty)))?);
    }
    assign(allocator, task, plan);
    bring(state, allocator, task, plan);
    Ok(())
}

/// Notes what other nodes bring first, and by which transfers.
fn bring(state: &State, allocator: &Allocator, task: &Task<'_>, plan: &mut Plan) {
    let mut number = 0u32;
    for (parcel, column) in (0u32..).zip(&allocator.used) {
        let option = allocator.candidates.get(*column).and_then(|at| allocator.options.get(*at));
        let Some(option) = option.filter(|option| option.from != NodeId::NONE) else { continue };
        let position = |position: &usize| {
            let need = allocator.need_of.get(*position).copied().unwrap_or(usize::MAX);
            allocator.brings(need, *column)
        };
        let lines = (0..task.lines.len()).filter(position).map(|position| task.line(position));
        let taken = |line: &u32| plan.parts.iter().any(|part| (part.line, part.parcel) == (*line, parcel));
        let lines: Vec<u32> = lines.filter(taken).collect();
        if !lines.is_empty() {
            let transfer = new_transfer(state, task, &mut number);
            plan.brought.push(Brought { parcel, lines, from: option.from, transfer });
        }
    }
}

/// The next free number of a transfer for an order: the order's, and which of its transfers it is.
fn new_transfer(state: &State, task: &Task<'_>, number: &mut u32) -> DocKey {
    let known = order_code(state, task.order);
    let order = if known.is_empty() { task.number } else { &known };
    loop {
        *number = number.saturating_add(1);
        let key = format!("{order}/{number}");
        let asked = state.desk.request_of(RequestKind::Transfer, &key).is_some();
        let key = DocKey::from(key.as_str());
        if *number == u32::MAX || !(asked || state.docs.transfers.find(&key).is_some()) {
            return key;
        }
    }
}

/// Gives the parts of each need to its lines, in their order.
fn assign(allocator: &mut Allocator, task: &Task<'_>, plan: &mut Plan) {
    let parts = &allocator.solution.parts;
    allocator.short.clear();
    let one_each = [parts.len(), allocator.needs.len()] == [task.lines.len(); 2] && allocator.used.len() == 1;
    if one_each && parts.iter().zip(task.lines).all(|(part, line)| part.qty == line.qty) {
        // Most orders: one parcel takes every line whole.
        let part = |(position, part): (usize, &Part)| PlanPart {
            line: task.line(position),
            parcel: 0,
            qty: part.qty,
        };
        plan.parts.extend(parts.iter().enumerate().map(part));
        return;
    }
    allocator.left.clear();
    allocator.left.extend(parts.iter().map(|part| part.qty));
    // Where each need's parts begin: they are ordered by line.
    allocator.next.clear();
    allocator.next.resize(allocator.needs.len(), usize::MAX);
    for (place, part) in parts.iter().enumerate().rev() {
        if let Some(first) = allocator.next.get_mut(part.line) {
            *first = place;
        }
    }
    if !parts.is_empty() {
        plan.parts.reserve_exact(parts.len());
    }
    for (position, line) in task.lines.iter().enumerate() {
        let need = allocator.need_of.get(position).copied().unwrap_or(usize::MAX);
        let number = task.line(position);
        let mut wanted = line.qty;
        while wanted > 0 {
            let Some(at) = allocator.next.get_mut(need) else { break };
            let Some(part) = parts.get(*at).filter(|part| part.line == need) else { break };
            let Some(left) = allocator.left.get_mut(*at) else { break };
            let take = wanted.min(*left);
            if take > 0 {
                let parcel = allocator.used.binary_search(&part.node).map_or(u32::MAX, num::id);
                plan.parts.push(PlanPart { line: number, parcel, qty: take });
            }
            *left = left.saturating_sub(take);
            wanted = wanted.saturating_sub(take);
            if *left == 0 {
                *at = at.saturating_add(1);
            }
        }
        if wanted > 0 {
            allocator.short.push((position, wanted));
        }
    }
}

/// What becomes of what is short: it waits, is struck, or the order is refused.
fn settle(
    state: &State,
    allocator: &mut Allocator,
    task: &Task<'_>,
    demand: &Demand<'_>,
    rule: &CompiledSourcing,
    plan: &mut Plan,
    exceptions: &mut Vec<Opened>,
) -> Result<(), Rejection> {
    let external = task.commitment == Commitment::External;
    let shortage = task.shortage.unwrap_or(if external { Shortage::Backorder } else { rule.shortage });
    let short = allocator.short.as_slice();
    let total = short.iter().map(|(_, qty)| *qty).fold(0, i64::saturating_add);
    let free_choice = task.shortage.is_none() && !external;
    let more = beyond(state, task, short);
    match (shortage, rule.backorder_units_max) {
        // What waits already goes on waiting.
        _ if more.is_empty() => {}
        (Shortage::Refuse, _) => {
            let more = more.into_owned();
            return Err(refusal(state, allocator, task, (demand, &more), rule));
        }
        (Shortage::Backorder, Some(limit)) if free_choice && total > limit => {
            return Err(Rejection::BackorderAboveLimit { qty: total, limit });
        }
        _ => {}
    }
    if shortage != Shortage::Cancel {
        plan.backordered.reserve_exact(short.len());
    }
    if shortage == Shortage::Backorder && free_choice {
        check_preorders(state, allocator, task)?;
    }
    let now = task.terms.ship_from.is_none_or(|from| from < demand.at);
    if shortage != Shortage::Cancel && task.detail != Detail::None && now {
        let sku = |at: usize| task.lines.get(at).map_or(SkuId::NONE, |line| line.sku);
        // Whether what comes is of the lot that a line names, nobody knows.
        let any = |at: usize| task.named.is_none_or(|named| !named.names(task.line(at)));
        let waits = short.iter().filter(|(at, _)| any(*at));
        let waits: Vec<_> = waits.map(|(at, qty)| (task.line(*at), sku(*at), *qty)).collect();
        plan.awaited = awaited(state, demand, rule, task.order, &waits);
    }
    for (position, qty) in short.iter().copied() {
        let line = task.line(position);
        let row = LineQty { line, qty };
        if shortage == Shortage::Cancel {
            plan.cancelled.push(row)
        } else {
            plan.backordered.push(row)
        }
        if external && task.order == OrderId(num::id(state.docs.order.len())) {
            let sku = task.lines.get(position).map_or(SkuId::NONE, |line| line.sku);
            let (code, node) = (ExceptionCode::ShortAllocation, NodeId::NONE);
            exceptions.push(Opened { code, order: task.order, sku, node, qty });
        }
    }
    Ok(())
}

/// Of what is short by the lines' positions, what the order asks for beyond what it has or waits for already:
/// what there is goes to that first.
fn beyond<'a>(state: &State, task: &Task<'_>, short: &'a [(usize, i64)]) -> Cow<'a, [(usize, i64)]> {
    if task.called.is_empty() && short.iter().all(|(_, qty)| *qty > 0) {
        return Cow::Borrowed(short);
    }
    // Lines that name other lots of a SKU do not have each other's goods.
    let pool = |sku: SkuId, line: u32| match task.named {
        Some(named) if named.is_apart(sku) => (sku, line),
        _ => (sku, 0),
    };
    let first = state.docs.order.get(task.order.0).map_or(0, |row| row.first_line);
    let row = |(line, waits): &(u32, i64)| {
        let row = state.docs.lines.get(*line).filter(|row| row.order == task.order)?;
        let stays = task.stays.iter().filter(|(known, _)| known == line).map(|(_, qty)| *qty);
        let of = pool(row.sku, state.docs.line_number(first, *line));
        Some((of, stays.fold(row.reserved.saturating_add(*waits), i64::saturating_sub)))
    };
    let mut before: Vec<_> = task.called.iter().filter_map(row).collect();
    let of = |at: usize| pool(task.lines.get(at).map_or(SkuId::NONE, |line| line.sku), task.line(at));
    let fresh = |(at, line): (usize, &PlacedLine)| {
        let known = before.iter_mut().filter(|(known, _)| *known == of(at)).map(|(_, qty)| qty);
        (of(at), less(line.qty, known))
    };
    let mut fresh: Vec<_> = task.lines.iter().enumerate().map(fresh).collect();
    let more = |(at, qty): &(usize, i64)| {
        let left = less(*qty, fresh.iter_mut().filter(|(known, _)| *known == of(*at)).map(|(_, qty)| qty));
        (*at, qty.saturating_sub(left))
    };
    short.iter().map(more).filter(|(_, qty)| *qty > 0).collect()
}

/// Units less what is there of them, which is taken.
pub(super) fn less<'a>(qty: i64, there: impl Iterator<Item = &'a mut i64>) -> i64 {
    there.fold(qty, |left, part| {
        let now = left.min(*part).max(0);
        *part = part.saturating_sub(now);
        left.saturating_sub(now)
    })
}

/// `Ok` if what is short may wait, SKU by SKU.
fn check_preorders(state: &State, allocator: &Allocator, task: &Task<'_>) -> Result<(), Rejection> {
    may_wait(state, task, &allocator.short)
}

/// `Ok` if so many units of lines, by their positions, may wait, SKU by SKU, beside those that do already.
pub(super) fn may_wait(state: &State, task: &Task<'_>, waits: &[(usize, i64)]) -> Result<(), Rejection> {
    if state.docs.preorders.len() == 0 {
        return Ok(());
    }
    let mut sums: Vec<(SkuId, i64)> = Vec::new();
    for (position, qty) in beyond(state, task, waits).iter().copied() {
        let sku = task.lines.get(position).map_or(SkuId::NONE, |line| line.sku);
        match sums.iter_mut().find(|(known, _)| *known == sku) {
            Some((_, sum)) => *sum = num::add(*sum, qty)?,
            None => sums.push((sku, qty)),
        }
    }
    sums.into_iter().try_for_each(|(sku, qty)| check_preorder(state, sku, qty))
}

fn refusal(
    state: &State,
    allocator: &mut Allocator,
    task: &Task<'_>,
    (demand, short): (&Demand<'_>, &[(usize, i64)]),
    rule: &CompiledSourcing,
) -> Rejection {
    if !allocator.reasoned {
        // A refusal names its reason.
        allocator.decide(state.world(), demand, rule, Keep::Reasons);
    }
    let lines = short.iter().filter_map(|(position, _)| {
        let need = allocator.need_of.get(*position).copied()?;
        let reason = allocator.main_reason(state.world(), need, rule.line_split);
        task.lines.get(*position).map(|line| (need, *line, reason))
    });
    // Of an order that comes whole the line is named that cannot be given, not those that wait for it.
    let line = lines.min_by_key(|(.., reason)| *reason == FallOut::Incomplete);
    let Some((at, line, reason)) = line else { return Rejection::NoLines { field: "lines".into() } };
    let asked = allocator.needs.get(at).map_or(line.qty, |need| need.qty);
    let width = allocator.candidates.len();
    let pairs = allocator.pairs.iter().skip(at.saturating_mul(width)).take(width);
    let most = allocator.most.get(at).copied().flatten().unwrap_or(i64::MAX);
    let available = pairs.map(|pair| pair.free).fold(0, i64::saturating_add).min(most.max(0));
    let reason = serde_json::to_value(reason).ok().and_then(|r| r.as_str().map(str::to_owned));
    Rejection::StockShort {
        sku: sku_code(state, line.sku),
        asked,
        available,
        reason: reason.unwrap_or_default(),
    }
}
