//! Orders planned jointly: re-evaluation of what is placed and not yet shipped.

use super::common::*;
use super::dated::give_back;
use super::days::{Booked, booked, freed};
use super::named::{Named, Search, SetAside, named_again, pieces};
use super::order::{credit, open_order};
use super::plan::{Task, conclude};
use super::replan::Disruption;
use crate::allocation::batch::{BatchFault, BatchOptions, Fairness, fluid_prices, solve_brought};
use crate::allocation::{Above, Allocator, Bring, Joint, Keep, Left, PlacedLine, Scale, Tiers, later};
use crate::catalog::{Lookup, need};
use crate::policy::Shortage;
use crate::record::*;
use crate::stock::{Asks, Lots, give};
use crate::value::digest::Digest;
use crate::value::ids::*;
use crate::value::num;
use crate::value::rejection::Rejection;
use crate::value::sort::{Gather, PutInOrder};
use crate::value::time::Instant;
use crate::value::wire::wire;
use std::collections::{BTreeMap, BTreeSet};

/// Most orders of a batch.
pub(super) const ORDERS_MAX: usize = 100_000;
/// Steps where the command names none, and the most it may name.
const STEPS_DEFAULT: u64 = 200_000;
pub(super) const STEPS_MAX: u64 = 50_000_000;
/// Rounds of the price search.
pub(super) const ROUNDS: u32 = 200;

wire! {
    /// Plans orders anew, all together: what is reserved or waiting of any of them may go to any other. The
    /// policy weighs as for single orders; `fairness` says who goes first where there is not enough for all.
    /// Lines come whole from one node as the batch is planned; where the policy splits lines, each order may
    /// then split what is left. Only orders whose plan changes are touched. With a `disruption` only what it
    /// undid is planned anew, and as few others as make way where that keeps a promise. The question `replan`
    /// says beforehand what would come of it.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// # for (order, qty, priority) in [("early", 8, 5), ("urgent", 9, 1)] {
    /// #     let json = format!(r#"{{"place_order":{{"order":"{order}","channel":"web",
    /// #         "to":{{"lat":"39.5","lon":"-119.8"}},"priority":{priority},
    /// #         "lines":[{{"sku":"TEE","qty":{qty}}}]}}}}"#);
    /// #     book.execute(&Envelope::new(order, at, serde_json::from_str(&json)?))?;
    /// # }
    /// // Of ten, an early order has eight; one of nine, which is more important, waits.
    /// let batch = AllocateBatch {
    ///     orders: vec!["early".into(), "urgent".into()], reason: "damage".into(),
    ///     fairness: batch::Fairness::Priority, steps_max: 0, seed: 1, disruption: None, accepts: None,
    /// };
    /// book.execute(&Envelope::new("batch", at, Command::AllocateBatch(batch)))?;
    /// let urgent = Query::Order(DocumentQuery { document: "urgent".into() });
    /// let Answer::Order(urgent) = book.ask(&urgent)? else { panic!() };
    /// assert_eq!(urgent.lines[0].reserved, 9);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct AllocateBatch {
        /// Numbers of orders that have something open, and that no node works on; with a disruption those
        /// that it may touch.
        pub orders: Vec<String>,
        /// The reason code.
        pub reason: String,
        /// Who goes first where there is not enough for all.
        #[serde(default)]
        pub fairness: Fairness,
        /// Steps of improvement, each of which plans one order once; 0 = 200,000, at most 50,000,000.
        #[serde(default)]
        pub steps_max: u64,
        /// Of chance; the same seed gives the same plan.
        #[serde(default)]
        pub seed: u64,
        /// What undid plans.
        #[serde(default)]
        pub disruption: Option<Disruption>,
        /// Digest of the dry run that is accepted: if another plan has become the best, the command is
        /// refused. None = whatever it comes to.
        #[serde(default)]
        pub accepts: Option<String>,
    }
}

/// An order of the batch, as it stands.
#[derive(Clone)]
pub(super) struct Member {
    pub order: OrderId,
    pub lines: Vec<PlacedLine>,
    pub numbers: Vec<u32>,
    /// What it has reserved, by line number, then node.
    pub now: Vec<(u32, NodeId, i64)>,
    /// What of it is brought elsewhere, ascending: line, from where, to where.
    pub ways: Vec<(u32, NodeId, NodeId)>,
    /// What it has reserved, ascending by SKU.
    pub own: Vec<(SkuId, NodeId, i64)>,
    pub terms: TermsRow,
    /// A carrier service that does not go.
    pub without: ServiceId,
    /// Whether its plan is recorded although nothing changes in it.
    pub always: bool,
    /// The lots that its lines name.
    named: Option<Named>,
}

impl Member {
    /// An order without lines so far.
    pub(super) fn new(state: &State, order: OrderId) -> Member {
        let terms = state.terms_of(order).cloned().unwrap_or_else(TermsRow::none);
        let (lines, numbers, now, own) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let (ways, without) = (Vec::new(), ServiceId::NONE);
        Member { order, lines, numbers, now, ways, own, terms, without, always: false, named: None }
    }

    /// Finds the lots that its lines name, beside what others were dealt.
    pub(super) fn find_lots(&mut self, state: &State, at: Instant, dealt: &Dealt) {
        if self.terms.lots.is_empty() {
            return;
        }
        let Some(row) = state.docs.order.get(self.order.0) else { return };
        let mut back = pieces(state, self.order, &self.now);
        back.extend_from_slice(&dealt.back);
        let mut credit = [self.own.as_slice(), dealt.credit.as_slice()].concat();
        credit.put_in_order();
        let task = self.task(row, Anew { credit: &credit, ..Anew::default() }, "");
        let search = Search { back: &back, at, benches: &[] };
        self.named = named_again(state, &task, &search, &dealt.aside);
    }
}

/// What orders of a batch that name lots were dealt of them so far, and what they give back for it.
#[derive(Default)]
pub(super) struct Dealt {
    aside: SetAside,
    back: Vec<(u32, i64)>,
    credit: Vec<(SkuId, NodeId, i64)>,
}

/// Units given back, by SKU and node.
pub(super) type Back = BTreeMap<(SkuId, NodeId), i64>;

/// Plans orders jointly, into one event.
pub(crate) fn decide_batch(
    state: &State,
    allocator: &mut Allocator,
    command: &AllocateBatch,
    at: Instant,
) -> Result<Body, Rejection> {
    let event = plan_batch(state, allocator, command, at)?;
    if command.accepts.is_some() {
        let digest = digest(&event);
        if command.accepts.as_ref() != Some(&digest) {
            return Err(Rejection::ReplanDiffers { digest });
        }
    }
    Ok(Body::BatchAllocated(event))
}

/// What a batch would come to.
pub(super) fn plan_batch(
    state: &State,
    allocator: &mut Allocator,
    command: &AllocateBatch,
    at: Instant,
) -> Result<BatchAllocated, Rejection> {
    let reason = state.catalog.reason_of(&command.reason)?;
    need(command.steps_max <= STEPS_MAX, "steps_max", "at most 50,000,000")?;
    let mut event = BatchAllocated {
        reason,
        fairness: command.fairness,
        orders: 0,
        plans: Vec::new(),
        cost: [0; 4],
        gap_ppm: 0,
        steps: 0,
        losses: Vec::new(),
        disrupted: None,
        bound: Tiers::ZERO.0.to_vec(),
        aside: Vec::new(),
    };
    if let Some(disruption) = &command.disruption {
        super::replan::replan(state, allocator, command, disruption, at, &mut event)?;
        return Ok(event);
    }
    let mut members = members(state, command)?;
    let mut dealt = Dealt::default();
    members.iter_mut().for_each(|member| member.find_lots(state, at, &dealt));
    if !of_one_channel(state, &members) {
        return Err(Rejection::BatchOfManyChannels {});
    }
    let mut back = Back::new();
    for (key, qty) in members.iter().flat_map(Member::reserved) {
        let sum = back.entry(key).or_insert(0);
        *sum = num::add(*sum, qty)?;
    }
    join(state, allocator, command, &members, &back, at, (&mut event, &mut dealt))?;
    Ok(event)
}

/// Plans members jointly, on top of what the event has already.
pub(super) fn join(
    state: &State,
    allocator: &mut Allocator,
    command: &AllocateBatch,
    members: &[Member],
    back: &Back,
    at: Instant,
    (event, dealt): (&mut BatchAllocated, &mut Dealt),
) -> Result<(), Rejection> {
    let (mut joint, mut relaxes) = (Joint::default(), false);
    let mut given = Vec::new();
    members.iter().for_each(|member| member.give(state, &mut given, 1));
    event.plans.iter().for_each(|again| takes(state, &mut given, again));
    for member in members {
        let Some(row) = state.docs.order.get(member.order.0) else { continue };
        let credit = member.credit(back);
        let number = spoken(state, member.order);
        let Some((_, rule)) = rule_of(state, member.order) else { continue };
        let days = freed(state, row, &|_| 0);
        let task = member.task(row, Anew { credit: &credit, given: &given, days: &days }, &number);
        allocator.decide(state.world(), &task.demand(at), rule, Keep::Reasons);
        relaxes |= !rule.relaxed.is_empty();
        joint.add(state.world(), allocator, row.priority, 1);
    }
    let above = match command.fairness {
        Fairness::MostMargin => Above::Margin,
        Fairness::MostComplete => Above::Completeness,
        _ => Above::Nothing,
    };
    let (problem, scale) = joint.compile(state.catalog.node.len(), above);
    let options = BatchOptions {
        rounds: ROUNDS,
        steps_max: if command.steps_max == 0 { STEPS_DEFAULT } else { command.steps_max },
        gap_stop_ppm: 0,
        seed: command.seed,
        fairness: if above == Above::Margin { Fairness::LeastCost } else { command.fairness },
    };
    let plan = solve_brought(&problem, &joint.elsewhere, &options).map_err(fault)?;
    let bound = match (above, joint.splits) {
        (Above::Margin, _) => None,
        (_, false) => Some(plan.bound),
        // Whatever lines are split into, it costs no less than as if they came in any parts.
        (_, true) => joint
            .in_parts(&problem, &scale)
            .and_then(|parted| Some(fluid_prices(&parted, ROUNDS).ok()?.bound)),
    };
    event.orders = event.orders.saturating_add(num::id(members.len()));
    event.steps = event.steps.saturating_add(plan.steps);
    let taken = (0u32..).zip(&problem.lines).zip(&plan.nodes).filter_map(|((at, line), node)| {
        let lies_at = joint.lies_at(at, (*node)?);
        Some((line.order, (SkuId(line.sku), lies_at), line.qty))
    });
    let short = problem.lines.iter().zip(&plan.nodes).filter(|(_, node)| node.is_none());
    let short: BTreeSet<u32> = short.map(|(line, _)| line.order).gather();
    let rank = |order: &u32| {
        let at = num::index(*order);
        let (cost, alone) = (plan.order_cost.get(at), plan.order_alone.get(at));
        match command.fairness {
            Fairness::Priority => problem.orders.get(at).map_or(0, |order| i64::from(order.priority)),
            Fairness::MostMargin => joint.margin_of(*order).saturating_neg(),
            Fairness::LeastRegret => alone.copied().unwrap_or(0).saturating_sub(cost.copied().unwrap_or(0)),
            Fairness::MostComplete => i64::from(short.contains(order)),
            Fairness::LeastCost | Fairness::FirstCome => 0,
        }
    };
    let mut sequence: Vec<u32> = (0..num::id(members.len())).collect();
    let ranks: Vec<_> = sequence.iter().map(rank).collect();
    sequence.put_in_order_by_key(|order| (ranks.get(num::index(*order)), *order));
    let batch = Batch { members, back: (back, &given), joint: &joint, sequence: &sequence, at };
    let (gap, bound) = batch.record(state, allocator, taken.collect(), &scale, bound, (event, dealt))?;
    // Under a rule that gives way a plan may cost less than the bound under the whole rule says.
    let proved = !relaxes && gap >= 0 && event.gap_ppm >= 0;
    event.gap_ppm = if proved { event.gap_ppm.max(gap) } else { -1 };
    let bound = bound.filter(|_| proved).unwrap_or(Tiers::MAX);
    event.bound.retain(|_| proved);
    event.bound.iter_mut().zip(bound.0).for_each(|(sum, tier)| *sum = sum.saturating_add(tier));
    Ok(())
}

/// Who gets what from where by which service, and what waits: the same whenever it is asked, as long as the
/// plan is the same.
pub(super) fn digest(event: &BatchAllocated) -> String {
    let plan = |again: &OrderReallocated| {
        let plan = &again.plan;
        let part = |part: &PlanPart| {
            let parcel = plan.parcels.get(num::index(part.parcel));
            (part.line, part.qty, parcel.map(|parcel| (parcel.node, parcel.service)))
        };
        let parts: Vec<_> = plan.parts.iter().map(part).collect();
        (again.order, parts, plan.backordered.to_vec(), plan.cancelled.to_vec())
    };
    let plans: Vec<_> = event.plans.iter().map(plan).collect();
    let brought = |again: &OrderReallocated| {
        let ways = again.plan.brought.iter().map(|way| (way.parcel, way.from, way.lines.clone()));
        (again.order, ways.collect::<Vec<_>>())
    };
    let brought: Vec<_> = event.plans.iter().map(brought).filter(|(_, ways)| !ways.is_empty()).collect();
    let ways = if brought.is_empty() { 0 } else { Digest::of(&brought) };
    format!("{:016x}", Digest::of(&(plans, &event.disrupted)) ^ ways)
}

/// A batch on its way into an event.
struct Batch<'a> {
    members: &'a [Member],
    /// What all have reserved, and what that asked for of lots.
    back: (&'a Back, &'a [Asks]),
    joint: &'a Joint,
    /// Who decides first.
    sequence: &'a [u32],
    at: Instant,
}

impl Batch<'_> {
    /// Each order's last decision within what the joint plan leaves it, into the event.
    fn record(
        &self,
        state: &State,
        allocator: &mut Allocator,
        taken: Vec<(u32, (SkuId, NodeId), i64)>,
        scale: &Scale,
        bound: Option<i64>,
        (event, dealt): (&mut BatchAllocated, &mut Dealt),
    ) -> Result<(i64, Option<Tiers>), Rejection> {
        let mut left = self.joint.rows.clone();
        let of = |taken: &[(u32, (SkuId, NodeId), i64)], order: u32| {
            let from = taken.partition_point(|(known, ..)| *known < order);
            from..taken.partition_point(|(known, ..)| *known <= order)
        };
        // The engine knows what each node has; what a plan over all nodes allows is dealt here, in turn.
        let mut kept = vec![false; taken.len()];
        for order in self.sequence {
            for at in of(&taken, *order) {
                let (Some((_, key, qty)), Some(kept)) = (taken.get(at), kept.get_mut(at)) else { continue };
                *kept = left.get(&(key.0, NodeId::NONE)).is_none_or(|wide| wide >= qty);
                if *kept {
                    take(&mut left, *key, *qty);
                }
            }
        }
        let mut kept = kept.into_iter();
        let mut taken = taken;
        taken.retain(|_| kept.next().unwrap_or(false));
        let (mut days, mut given) = (Vec::new(), self.back.1.to_vec());
        let mut costs = vec![Tiers::ZERO; self.members.len()];
        for order in self.sequence {
            let at = num::index(*order);
            let (Some(member), Some(cost)) = (self.members.get(at), costs.get_mut(at)) else { continue };
            // What this one was given is free for its own decision.
            let mine = taken.get(of(&taken, *order)).unwrap_or_default();
            mine.iter().for_each(|(_, key, qty)| take(&mut left, *key, qty.saturating_neg()));
            let told = (&mut days, &mut *dealt, &mut *event);
            let back = (self.back.0, &mut given);
            *cost = within(state, allocator, member, back, &mut left, self.at, told)?;
        }
        let (mut sums, mut least) = ((0i64, 0i64), Tiers::ZERO);
        for ((member, cost), alone) in self.members.iter().zip(costs).zip(&self.joint.alone) {
            let lost = cost.minus(*alone);
            if lost > Tiers::ZERO {
                event.losses.push(BatchLoss { order: member.order, cost: lost.0 });
            }
            event.cost = Tiers(event.cost).plus(cost).0;
            least = least.plus(*alone);
            sums = (sums.0.saturating_add(scale.pack(cost)), sums.1.saturating_add(scale.pack(*alone)));
        }
        // The engine's bound holds where no margin stands above; the sum of what orders cost alone always
        // does, if that is known of each.
        let alone = (!self.joint.unproved).then_some(sums.1);
        let tiers = if bound > alone { bound.map(|bound| scale.unpack(bound)) } else { alone.map(|_| least) };
        Ok((bound.max(alone).map_or(-1, |bound| gap(sums.0, bound)), tiers))
    }
}

/// Millionths by which the cost lies above the bound; -1 where that says nothing.
fn gap(cost: i64, bound: i64) -> i64 {
    let over = cost.saturating_sub(bound);
    if over <= 0 {
        return 0;
    }
    if bound <= 0 { -1 } else { num::mul_div(over, 1_000_000, bound).unwrap_or(i64::MAX).max(1) }
}

fn take(left: &mut Left, key: (SkuId, NodeId), qty: i64) {
    for key in [key, (key.0, NodeId::NONE)] {
        if let Some(units) = left.get_mut(&key) {
            *units = units.saturating_sub(qty);
        }
    }
}

pub(super) fn fault(fault: BatchFault) -> Rejection {
    Rejection::BatchTooLarge { fault: format!("{fault:?}").to_lowercase() }
}

/// What a plan may take anew.
#[derive(Default)]
pub(super) struct Anew<'a> {
    credit: &'a [(SkuId, NodeId, i64)],
    given: &'a [Asks],
    days: &'a [Booked],
}

impl Member {
    /// The order as a task, with what the batch has reserved as credit.
    pub(super) fn task<'a>(&'a self, row: &OrderRow, back: Anew<'a>, number: &'a str) -> Task<'a> {
        Task {
            order: self.order,
            channel: row.channel,
            to: row.to,
            deliver_by: row.deliver_by,
            commitment: row.commitment,
            shortage: Some(Shortage::Backorder),
            lines: &self.lines,
            numbers: &self.numbers,
            credit: back.credit,
            lots: Lots { given: back.given, benches: &[] },
            own: &self.own,
            stays: &[],
            days: back.days,
            detail: Detail::None,
            number,
            terms: &self.terms,
            called: &[],
            caps: self.named.as_ref().map_or(&[], Named::caps),
            without: self.without,
            // Named lots are taken where they lie.
            brings: if self.named.is_some() { Bring::Never } else { Bring::Shared },
            named: self.named.as_ref(),
        }
    }

    pub(super) fn reserved(&self) -> impl Iterator<Item = ((SkuId, NodeId), i64)> + '_ {
        self.now.iter().filter_map(|(number, node, qty)| {
            let at = self.numbers.iter().position(|known| known == number)?;
            self.lines.get(at).map(|line| ((line.sku, *node), *qty))
        })
    }

    /// What it has reserved is given back, or (-1) is its again.
    fn give(&self, state: &State, given: &mut Vec<Asks>, sign: i64) {
        let Some(order) = state.docs.order.get(self.order.0).filter(|_| state.stock.by_lot.len() > 0) else {
            return;
        };
        for (number, node, mut left) in merged(self.now.clone()) {
            let line = state.docs.lines.get(state.docs.line_id(order.first_line, number));
            let first = line.map_or(NOTHING, |line| line.first_reservation);
            for (id, row) in state.reservations(first).filter(|(_, row)| row.node == node) {
                let qty = row.qty.min(left);
                left = left.saturating_sub(qty);
                give_back(state, given, (id, &row), qty.saturating_mul(sign));
            }
        }
    }

    /// What it has reserved, ascending by SKU.
    pub(super) fn owned(&self) -> Vec<(SkuId, NodeId, i64)> {
        let mut own: Vec<_> = self.reserved().map(|((sku, node), qty)| (sku, node, qty)).collect();
        own.put_in_order();
        own
    }

    /// What the batch has reserved of the SKUs that this order asks for.
    pub(super) fn credit(&self, back: &Back) -> Vec<(SkuId, NodeId, i64)> {
        let mut skus: Vec<SkuId> = self.lines.iter().map(|line| line.sku).collect();
        skus.put_in_order();
        skus.dedup();
        let of = |sku: SkuId| back.range((sku, NodeId(0))..=(sku, NodeId(u32::MAX)));
        skus.into_iter().flat_map(of).map(|((sku, node), qty)| (*sku, *node, *qty)).collect()
    }
}

/// The order's number, where outside knowledge may speak of it.
pub(super) fn spoken(state: &State, order: OrderId) -> String {
    let said = if state.outside.is_empty() { None } else { state.docs.orders.text(order.0) };
    said.unwrap_or_default()
}

/// The orders named, each once and with something open.
fn members(state: &State, command: &AllocateBatch) -> Result<Vec<Member>, Rejection> {
    let count = command.orders.len();
    need((1..=ORDERS_MAX).contains(&count), "orders", "1 to 100,000 orders")?;
    let mut members = Vec::with_capacity(count);
    let mut seen = std::collections::BTreeSet::new();
    for number in &command.orders {
        let order = open_order(state, number, "allocate_batch")?;
        need(seen.insert(order), "orders", "each order once")?;
        if let Some(stage) = at_work(state, order) {
            let (kind, step) = ("order".into(), "allocate_batch".into());
            return Err(Rejection::IllegalStep { kind, document: number.clone(), state: stage.into(), step });
        }
        let Some(row) = state.docs.order.get(order.0) else { continue };
        let mut member = Member::new(state, order);
        for (number, line) in (1u32..).zip(state.order_lines(row)) {
            let open = line.reserved.saturating_add(line.backordered);
            if open > 0 {
                member.lines.push(PlacedLine { sku: line.sku, qty: open, price: line.price });
                member.numbers.push(number);
                let mut mine = Vec::new();
                credit(state, line.first_reservation, &mut mine);
                member.now.extend(mine.into_iter().map(|(_, node, qty)| (number, node, qty)));
                let held = state.reservations(line.first_reservation).filter(|(_, held)| held.qty > 0);
                let brought = held.filter(|(_, held)| state.bringing(held).is_some());
                let to = |parcel: u32| state.docs.parcels.get(parcel).map_or(NodeId::NONE, |row| row.node);
                member.ways.extend(brought.map(|(_, held)| (number, held.node, to(held.parcel))));
            }
        }
        member.ways.put_in_order();
        member.own = member.owned();
        members.push(member);
    }
    // Whoever lists them: they stand in the order in which they came.
    members.put_in_order_by_key(|member| {
        state.docs.order.get(member.order.0).map(|row| (row.sequence, member.order))
    });
    Ok(members)
}

/// Whether a transfer that has not left is to bring goods for an order: it makes way for nobody.
pub(super) fn is_brought(state: &State, order: &OrderRow) -> bool {
    let mut lines = state.lines_of(order).flat_map(|line| state.reservations(line.first_reservation));
    lines.any(|(_, row)| row.qty > 0 && state.bringing(&row).is_some())
}

/// How far a node is that works on what is planned from it for an order.
pub(super) fn at_work(state: &State, order: OrderId) -> Option<&'static str> {
    let row = state.docs.order.get(order.0).filter(|_| state.desk.fulfilment.len() > 0)?;
    let rows = state.order_lines(row);
    let nodes = rows.iter().flat_map(|line| state.reservations(line.first_reservation));
    nodes.map(|(_, row)| row.node).find_map(|node| match state.desk.fulfilment_of(order, node)?.1.stage {
        FulfilmentStage::Released => Some("released"),
        FulfilmentStage::Picked => Some("picked"),
        FulfilmentStage::Packed => Some("packed"),
        _ => None,
    })
}

/// Where stock is protected for channels, or promised by lot, what one channel gives back is not another's
/// to take.
pub(super) fn of_one_channel(state: &State, members: &[Member]) -> bool {
    let channel = |member: &Member| state.docs.order.get(member.order.0).map(|row| row.channel);
    let mut channels = members.iter().map(channel);
    let first = channels.next().flatten();
    let by_lot = || members.iter().flat_map(|one| &one.lines).any(|line| state.stock.is_by_lot(line.sku));
    !((state.stock.is_protected() || by_lot()) && channels.any(|other| other != first))
}

/// One order's plan within what is left; recorded if it is another than it has. Returns what it costs.
fn within(
    state: &State,
    allocator: &mut Allocator,
    member: &Member,
    (back, given): (&Back, &mut Vec<Asks>),
    left: &mut Left,
    at: Instant,
    (days, dealt, event): (&mut Vec<Booked>, &mut Dealt, &mut BatchAllocated),
) -> Result<Tiers, Rejection> {
    let Some(row) = state.docs.order.get(member.order.0) else { return Ok(Tiers::ZERO) };
    let Some((chosen, rule)) = rule_of(state, member.order) else { return Ok(Tiers::ZERO) };
    let (credit, number) = (member.credit(back), spoken(state, member.order));
    // Where lots were dealt before, the order has what is left of them.
    let mut left_to = member.named.as_ref().map(|_| member.clone());
    left_to.iter_mut().for_each(|member| member.find_lots(state, at, dealt));
    let member = left_to.as_ref().unwrap_or(member);
    // Those that were planned before in this batch have booked their days, and given back others.
    let (before, own) = (days.len(), freed(state, row, &|_| 0));
    days.extend(own);
    let task = member.task(row, Anew { credit: &credit, given, days }, &number);
    allocator.decide_within(state.world(), &task.demand(at), rule, left);
    let (mut plan, mut exceptions) = (Plan::default(), Vec::new());
    conclude(state, allocator, &task, at, (chosen, rule), &mut plan, &mut exceptions)?;
    if let Some(named) = &member.named {
        dealt.aside.extend(named.takes(&plan));
        dealt.back.extend(pieces(state, member.order, &member.now));
        dealt.credit.extend_from_slice(&member.own);
    }
    let mut then: Vec<(u32, NodeId, i64)> = Vec::new();
    let mut ways = Vec::new();
    for part in &plan.parts {
        let to = plan.parcels.get(num::index(part.parcel)).map_or(NodeId::NONE, |parcel| parcel.node);
        let node = plan.lies_at(part, to);
        if node != to {
            ways.push((part.line, node, to));
        }
        let at = member.numbers.iter().position(|known| *known == part.line);
        let sku = at.and_then(|at| member.lines.get(at)).map_or(SkuId::NONE, |line| line.sku);
        take(left, (sku, node), part.qty);
        if node == to && plan.brought.iter().any(|way| way.parcel == part.parcel) {
            left.entry((sku, later(node))).and_modify(|units| *units = units.saturating_sub(part.qty));
        }
        then.push((part.line, node, part.qty));
    }
    ways.put_in_order();
    if !member.always && ways == member.ways && merged(then) == merged(member.now.clone()) {
        days.truncate(before);
        member.give(state, given, -1);
    } else {
        days.extend(booked(state, &plan, |line| {
            let at = member.numbers.iter().position(|known| *known == line)?;
            member.lines.get(at).map(|line| line.sku)
        }));
        let (order, reason) = (member.order, event.reason);
        let (amended, change, held, stays) = (Vec::new(), None, None, Vec::new());
        let again = OrderReallocated { order, reason, plan, exceptions, amended, change, held, stays };
        takes(state, given, &again);
        event.plans.push(again);
    }
    Ok(allocator.solution.cost)
}

/// A plan asks for lots.
fn takes(state: &State, given: &mut Vec<Asks>, again: &OrderReallocated) {
    let Some(row) = state.docs.order.get(again.order.0) else { return };
    for part in &again.plan.parts {
        let line = state.docs.line_id(row.first_line, part.line);
        let sku = state.docs.lines.get(line).map_or(SkuId::NONE, |line| line.sku);
        let Some(parcel) = again.plan.parcels.get(num::index(part.parcel)) else { continue };
        if state.stock.is_by_lot(sku) {
            let lot = state.lot_of_line(line).and_then(|lot| state.stock.labels.get(lot.0));
            let leaves = || state.stock.need_at(parcel.ship_at, row.channel);
            let need = lot.map_or_else(leaves, |lot| state.stock.need_in(sku, lot));
            let node = again.plan.lies_at(part, parcel.node);
            give(given, (sku, node, need, part.qty.saturating_neg()));
        }
    }
}

/// Sums of the same line and node, ascending.
fn merged(mut parts: Vec<(u32, NodeId, i64)>) -> Vec<(u32, NodeId, i64)> {
    parts.put_in_order();
    let mut sums: Vec<(u32, NodeId, i64)> = Vec::with_capacity(parts.len());
    for (line, node, qty) in parts {
        match sums.last_mut().filter(|last| (last.0, last.1) == (line, node)) {
            Some(last) => last.2 = last.2.saturating_add(qty),
            None => sums.push((line, node, qty)),
        }
    }
    sums
}
