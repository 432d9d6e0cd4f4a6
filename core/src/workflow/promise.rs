//! What may be promised over time: supply that is to come, availability by day, and the promise date.

use super::common::*;
use super::days::{Booked, find_day};
use super::orderable::check_orderable;
use crate::allocation::{Candidacy, Demand, PlacedLine, travel};
use crate::catalog::*;
use crate::policy::CompiledSourcing;
use crate::record::*;
use crate::stock::*;
use crate::value::geo::Point;
use crate::value::ids::*;
use crate::value::money::Money;
use crate::value::num;
use crate::value::numbers::Numbers;
use crate::value::rejection::Rejection;
use crate::value::sort::PutInOrder;
use crate::value::time::Instant;
use crate::value::wire::wire;
use serde::Serialize;

mod offers;

use offers::{Sent, offers};

/// Seconds of a day: buckets are of 24 hours from the first instant asked for.
const DAY_S: i64 = 86_400;
/// Most days of a question.
const DAYS_MAX: u32 = 400;

wire! {
    /// Asks when an order could arrive.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// let query = PromiseQuery {
    ///     channel: "web".into(), to: Point::from_degrees(37.8, -122.4).ok_or("on the globe")?,
    ///     lines: vec![OrderLine { sku: "TEE".into(), qty: 3, unit: None, price: None, lot: None }],
    ///     at: None, confidence_percent: Money::ZERO, nodes: vec![],
    /// };
    /// let Answer::Promise(found) = book.ask(&Query::Promise(query))? else { panic!() };
    /// // They are there, and ground takes 48 hours.
    /// assert_eq!((found.complete, found.arrive_at), (true, Some(at.plus_seconds(48 * 3_600))));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct PromiseQuery {
        /// The channel.
        pub channel: String,
        /// Where it goes.
        pub to: Point,
        /// What is asked for.
        pub lines: Vec<super::order::OrderLine>,
        /// When it is asked; none = now.
        #[serde(default)]
        pub at: Option<Instant>,
        /// How sure supply must be, in percent.
        #[serde(default)]
        pub confidence_percent: Money,
        /// Nodes, or groups of nodes; empty = all open nodes.
        #[serde(default)]
        pub nodes: Vec<String>,
    }
}

/// Structs of answers.
macro_rules! answers {
    ($($item:item)*) => {$(
        #[derive(Clone, Debug, PartialEq, Eq, Serialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        $item
    )*};
}

answers! {
    /// What may be promised of a SKU.
    pub struct AtpView {
        /// The SKU.
        pub sku: SkuId,
        /// Units free now at these nodes (for the channel).
        pub free: i64,
        /// Day by day.
        pub days: Vec<AtpDay>,
        /// The supply that was counted, and that was not.
        pub supplies: Vec<SupplyView>,
    }

    /// A day of 24 hours.
    pub struct AtpDay {
        /// When it begins.
        pub from: Instant,
        /// Units that come in.
        pub supply: i64,
        /// Units that are asked for.
        pub demand: i64,
        /// Units at its end.
        pub projected: i64,
        /// Units that may be promised for it without breaking a later promise.
        pub atp: i64,
        /// Units that its supply leaves until the next supply.
        pub discrete: i64,
    }

    /// Supply that is to come.
    pub struct SupplyView {
        /// Where from.
        pub kind: SupplyKind,
        /// The document, or empty.
        pub document: String,
        /// Where it comes in.
        pub node: NodeId,
        /// When it is counted; none = not counted: undated, overdue or not sure enough.
        pub at: Option<Instant>,
        /// Units.
        pub qty: i64,
        /// The SKU: of a virtual kit a component.
        pub sku: SkuId,
    }

    /// When an order could arrive.
    pub struct PromiseView {
        /// Whether all of it can be promised.
        pub complete: bool,
        /// When the last part leaves; none where nothing can be promised.
        pub ship_at: Option<Instant>,
        /// When the last part arrives.
        pub arrive_at: Option<Instant>,
        /// Part by part.
        pub parts: Vec<PromisePart>,
        /// What cannot be promised, by SKU.
        pub short: Vec<ShortView>,
    }

    /// A part of a promise.
    pub struct PromisePart {
        /// The SKU.
        pub sku: SkuId,
        /// Units.
        pub qty: i64,
        /// The node that sends them.
        pub node: NodeId,
        /// What they come from.
        pub kind: SupplyKind,
        /// The document of the supply, or empty.
        pub document: String,
        /// When they are there.
        pub available_at: Instant,
        /// When they leave.
        pub ship_at: Instant,
        /// When they arrive.
        pub arrive_at: Instant,
    }

    /// Units that cannot be promised.
    pub struct ShortView {
        /// The SKU.
        pub sku: SkuId,
        /// Units.
        pub qty: i64,
    }
}

/// Checks an announcement and gives the event to record.
pub(crate) fn decide_expected(state: &State, expect: &ExpectSupply) -> Result<Body, Rejection> {
    code("supply", &expect.supply)?;
    let (sku, _) = state.catalog.sku_of(&expect.sku)?;
    let (node, _) = state.catalog.node_of(&expect.node)?;
    let qty = if expect.qty == 0 { 0 } else { quantity(expect.qty)? };
    let percent = expect.percent.unwrap_or(HUNDRED);
    percentage("percent", percent)?;
    instant("at", expect.at)?;
    let kinds = [SupplyKind::Return, SupplyKind::Other];
    if !kinds.contains(&expect.kind) {
        let need = "`return` or `other`: purchase orders and transfers are counted by themselves".into();
        return Err(Rejection::InvalidField { field: "kind".into(), need });
    }
    let key = DocKey::from(expect.supply.as_str());
    let known = state.docs.expected.find(&key).and_then(|id| state.docs.expect.get(id));
    if known.is_some_and(|known| (known.sku, known.node) != (sku, node)) {
        let why = "it was announced for another SKU or node".into();
        return Err(Rejection::CannotChange { what: expect.supply.clone(), why });
    }
    let row = Expected { kind: expect.kind, sku, node, qty, at: expect.at, percent };
    Ok(Body::SupplyExpected(SupplyExpected { supply: key, expected: row }))
}

/// Checks a transfer's date and gives the event to record.
pub(crate) fn decide_expected_transfer(state: &State, expect: &ExpectTransfer) -> Result<Body, Rejection> {
    let id = known_document(&state.docs.transfers, "transfer", &expect.transfer)?;
    instant("at", expect.at)?;
    Ok(Body::TransferExpected(TransferExpected { transfer: TransferId(id), at: expect.at }))
}

/// Checks a supplier's lateness and gives the event to record.
pub(crate) fn decide_lateness(state: &State, set: &SetSupplyLateness) -> Result<Body, Rejection> {
    let (supplier, _) = state.catalog.supplier_of(&set.supplier)?;
    at_most("steps", set.steps.len(), 100)?;
    let rising = set.steps.windows(2).all(|pair| match pair {
        [a, b] => a.percent < b.percent && a.days <= b.days,
        _ => true,
    });
    let bound = |step: &LatenessStep| step.days <= 3_650;
    if !rising || !set.steps.iter().all(bound) {
        let need = "steps by rising percent, days not falling and at most 3,650".into();
        return Err(Rejection::InvalidField { field: "steps".into(), need });
    }
    set.steps.iter().try_for_each(|step| percentage("steps.percent", step.percent))?;
    Ok(Body::SupplyLatenessSet(SupplyLatenessSet { supplier, steps: set.steps.clone() }))
}

/// Checks a cap on backorders and gives the event to record.
pub(crate) fn decide_preorder(state: &State, set: &SetPreorder) -> Result<Body, Rejection> {
    let (sku, _) = state.catalog.sku_of(&set.sku)?;
    if set.qty_max.is_some_and(|qty| !(0..=num::QTY_MAX).contains(&qty)) {
        let need = "units from 0 on".into();
        return Err(Rejection::InvalidField { field: "qty_max".into(), need });
    }
    set.supply_percent.map_or(Ok(()), |percent| percentage("supply_percent", percent))?;
    let (qty_max, supply_percent) = (set.qty_max, set.supply_percent);
    Ok(Body::PreorderSet(PreorderSet { sku, qty_max, supply_percent }))
}

/// A hundred percent.
const HUNDRED: Money = Money::from_micros(100_000_000);

fn percentage(field: &str, percent: Money) -> Result<(), Rejection> {
    if (0..=HUNDRED.micros()).contains(&percent.micros()) {
        return Ok(());
    }
    Err(Rejection::InvalidField { field: field.into(), need: "a percentage from 0 to 100".into() })
}

fn instant(field: &str, at: Instant) -> Result<(), Rejection> {
    if at.is_valid() { Ok(()) } else { Err(Rejection::InvalidInstant { field: field.into() }) }
}

/// How many more units of a SKU may wait for supply.
fn preorder_room(state: &State, sku: SkuId) -> i64 {
    let Some(row) = state.docs.preorders.find(&sku).and_then(|id| state.docs.preorder.get(id)) else {
        return i64::MAX;
    };
    let waiting = backorders(state, sku, None).map(|(_, qty)| qty).fold(0, i64::saturating_add);
    let (qty_max, supply_percent) = *row;
    let share = supply_percent.map(|percent| {
        let coming = supplies(state, sku).iter().map(|supply| supply.qty).fold(0, i64::saturating_add);
        let part = i128::from(coming.max(0)).saturating_mul(i128::from(percent.micros()));
        part.checked_div(100_000_000).and_then(|part| i64::try_from(part).ok()).unwrap_or(i64::MAX)
    });
    let cap = qty_max.into_iter().chain(share).min().unwrap_or(i64::MAX);
    cap.saturating_sub(waiting).max(0)
}

/// `Ok` if so many more units of a SKU may wait for supply.
pub(crate) fn check_preorder(state: &State, sku: SkuId, more: i64) -> Result<(), Rejection> {
    if state.docs.preorders.len() == 0 {
        return Ok(());
    }
    let left = preorder_room(state, sku);
    if more <= left {
        return Ok(());
    }
    Err(Rejection::PreorderFull { sku: sku_code(state, sku), asked: more, left })
}

/// The nodes that a question names, if it names any.
fn among<'a>(names: &[String], nodes: &'a [NodeId]) -> Option<&'a [NodeId]> {
    Some(nodes).filter(|_| !names.is_empty())
}

/// Backordered units of a SKU, by when they were promised. Among some nodes those count, once, that goods
/// which come in at one of them could fill: what waits for another node alone does not.
fn backorders<'a>(
    state: &'a State,
    sku: SkuId,
    among: Option<&'a [NodeId]>,
) -> impl Iterator<Item = (Instant, i64)> + 'a {
    state.docs.waiting.queue(sku.0).filter_map(move |waiting| {
        let line = state.docs.lines.get(waiting.line)?;
        let may = |node: &NodeId, rule| may_give(state, *node, waiting.line, rule, state.head.now).is_some();
        let served = |nodes: &[NodeId]| {
            rule_of(state, line.order).is_some_and(|(_, rule)| nodes.iter().any(|node| may(node, rule)))
        };
        if among.is_some_and(|nodes| !served(nodes)) {
            return None;
        }
        let order = state.docs.order.get(line.order.0)?;
        let from = state.leaves_after(line.order, state.head.now);
        Some((from.unwrap_or(order.deliver_by), line.backordered))
    })
}

/// Supply of a SKU that is to come.
#[derive(Clone, Debug)]
pub(super) struct Supply {
    kind: SupplyKind,
    document: String,
    pub(super) node: NodeId,
    supplier: SupplierId,
    at: Option<Instant>,
    percent: Money,
    pub(super) qty: i64,
}

pub(super) fn supplies(state: &State, sku: SkuId) -> Vec<Supply> {
    let mut found = Vec::new();
    let key = |keys: &Numbers, id: u32| keys.text(id).unwrap_or_default();
    for id in state.inbound(sku, Inbound::Purchase) {
        let Some(row) = state.docs.purchase.get(id) else { continue };
        found.push(Supply {
            kind: SupplyKind::PurchaseOrder,
            document: key(&state.docs.purchases, id),
            node: row.node,
            supplier: row.supplier,
            at: Some(row.expected_at),
            percent: HUNDRED,
            qty: row.open_of(sku),
        });
    }
    for id in state.inbound(sku, Inbound::Transfer) {
        let Some(row) = state.docs.transfer.get(id) else { continue };
        let qty = row.open_of(sku);
        let at = state.docs.arriving.find(&TransferId(id)).and_then(|id| state.docs.arrival.get(id)).copied();
        let (kind, document) = (SupplyKind::Transfer, key(&state.docs.transfers, id));
        let (node, supplier) = (row.to, SupplierId::NONE);
        found.push(Supply { kind, document, node, supplier, at, percent: HUNDRED, qty });
    }
    for (id, row) in state.docs.expect.iter().filter(|(_, row)| row.sku == sku) {
        found.push(Supply {
            kind: row.kind,
            document: key(&state.docs.expected, id),
            node: row.node,
            supplier: SupplierId::NONE,
            at: Some(row.at),
            percent: row.percent,
            qty: row.qty,
        });
    }
    found.retain(|supply| supply.qty > 0);
    found
}

/// When supply is counted, if so much confidence is asked for; what is overdue by `now`, at `overdue`.
pub(super) fn sure_at(
    state: &State,
    supply: &Supply,
    confidence: Money,
    now: Instant,
    overdue: Option<Instant>,
) -> Option<Instant> {
    if supply.percent < confidence {
        return None;
    }
    let row = state.docs.late_suppliers.find(&supply.supplier).and_then(|id| state.docs.lateness.get(id));
    let steps = row.map(Vec::as_slice).unwrap_or_default();
    let step = steps.iter().find(|step| step.percent >= confidence);
    if confidence > Money::ZERO && !steps.is_empty() && step.is_none() {
        return None;
    }
    // Without a wish for confidence supply comes when it was said to.
    let late = step.filter(|_| confidence > Money::ZERO).map_or(0, |step| i64::from(step.days));
    let at = supply.at?.plus_seconds(late.saturating_mul(DAY_S));
    if at >= now { Some(at) } else { overdue }
}

/// Open nodes by their codes or by the names of node groups; no names = all open nodes.
pub(crate) fn group(state: &State, names: &[String]) -> Result<Vec<NodeId>, Rejection> {
    at_most("nodes", names.len(), LINES_MAX)?;
    let catalog = &state.catalog;
    let mut named: Vec<NodeId> = Vec::new();
    for name in names {
        match (catalog.node_of(name), catalog.node_groups.find(name.as_str())) {
            (Ok((node, _)), _) => named.push(node),
            (Err(_), Some(group)) => {
                let within =
                    |node: &NodeId| catalog.site_of(*node).is_some_and(|site| site.groups.contains(&group));
                named.extend((0..catalog.node.len()).map(|id| NodeId(num::id(id))).filter(within));
            }
            (Err(unknown), None) => return Err(unknown),
        }
    }
    let open = catalog.node.iter().filter(|(_, row)| row.status == NodeStatus::Open);
    let open = open.map(|(id, _)| NodeId(id));
    Ok(open.filter(|node| names.is_empty() || named.contains(node)).collect())
}

/// How goods would travel in one parcel: on the first day with room for it beside what is booked, and `days`.
fn send(
    state: &State,
    demand: &Demand<'_>,
    node: NodeId,
    goods: &[(SkuId, i64)],
    days: &mut Vec<Booked>,
) -> Option<Candidacy> {
    let weight = weigh(state, goods.iter().copied());
    let mut option = travel(state.world(), demand, node, weight).ok()?;
    find_day(state, demand, (goods, weight), days, &mut option).then_some(option)
}

/// Units free at nodes, for a channel or for all.
pub(crate) fn free_at(state: &State, sku: SkuId, nodes: &[NodeId], channel: Option<ChannelId>) -> i64 {
    let stock = &state.stock;
    let free = |node: &NodeId| {
        let cell = stock.cells.get(sku, *node);
        channel.map_or(cell.free().max(0), |channel| state.free_for(sku, *node, channel).0)
    };
    let sum = nodes.iter().map(free).fold(0, i64::saturating_add);
    channel.map_or(sum, |channel| sum.min(stock.room_of(sku, channel)))
}

/// A question about days, at nodes.
struct Days<'a> {
    state: &'a State,
    query: &'a AtpQuery,
    nodes: &'a [NodeId],
    channel: Option<ChannelId>,
    from: Instant,
}

/// Whether backorders count.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Waits {
    Count,
    Forgotten,
}

impl Days<'_> {
    fn after(&self, days: u32) -> Instant {
        self.from.plus_seconds(i64::from(days).saturating_mul(DAY_S))
    }

    /// The bucket of an instant, if it is asked for.
    fn bucket<'b>(&self, buckets: &'b mut [Bucket], at: Instant) -> Option<&'b mut Bucket> {
        let day = at.seconds_since(self.from).div_euclid(DAY_S).max(0);
        buckets.get_mut(usize::try_from(day).unwrap_or(usize::MAX))
    }

    /// When supply is counted: what comes between now and the first instant is there by then.
    fn counted(&self, supply: &Supply) -> Option<Instant> {
        let now = self.from.min(self.state.head.now);
        let overdue = self.query.overdue_days.map(|days| self.after(days));
        let at = sure_at(self.state, supply, self.query.confidence_percent, now, overdue);
        at.map(|at| at.max(self.from))
    }

    /// Free units of a SKU at nodes, and what the book knows to come and go there, by day.
    fn known(
        &self,
        (sku, coming): (SkuId, &[Supply]),
        nodes: &[NodeId],
        waits: Waits,
    ) -> Result<(i64, Vec<Bucket>), Rejection> {
        let mut buckets = vec![Bucket::default(); num::index(self.query.days)];
        for supply in coming.iter().filter(|supply| nodes.contains(&supply.node)) {
            let at = self.counted(supply);
            if let Some(bucket) = at.and_then(|at| self.bucket(&mut buckets, at)) {
                bucket.supply = num::add(bucket.supply, supply.qty)?;
            }
        }
        let waiting = (waits == Waits::Count)
            .then(|| backorders(self.state, sku, among(&self.query.nodes, nodes)))
            .into_iter()
            .flatten();
        for (at, qty) in waiting {
            if let Some(bucket) = self.bucket(&mut buckets, at) {
                bucket.demand = num::add(bucket.demand, qty)?;
            }
        }
        Ok((free_at(self.state, sku, nodes, self.channel), buckets))
    }

    /// Units free now of lots that do not live until the beginning of each day.
    fn dead(&self, sku: SkuId, nodes: &[NodeId]) -> Vec<i64> {
        if !self.state.stock.is_by_lot(sku) {
            return vec![0; num::index(self.query.days)];
        }
        let free = |at: Instant| {
            let here = |node: &NodeId| {
                let room = free_at(self.state, sku, &[*node], self.channel);
                let channel = self.channel.unwrap_or(ChannelId::NONE);
                room.min(self.state.stock.dated_room(sku, *node, channel, at))
            };
            nodes.iter().map(here).fold(0, i64::saturating_add)
        };
        let now = free_at(self.state, sku, nodes, self.channel);
        (0..self.query.days).map(|day| now.saturating_sub(free(self.after(day)).min(now))).collect()
    }

    /// Whole kits out of free units and buckets of a part: now, and after each day.
    fn kits((free, buckets): &(i64, Vec<Bucket>), dead: &[i64], part: &KitPart) -> Vec<i64> {
        let mut left = *free;
        let mut kits =
            vec![left.saturating_sub(dead.first().copied().unwrap_or(0)).div_euclid(part.qty.max(1))];
        for (bucket, dead) in buckets.iter().zip(dead) {
            left = left.saturating_add(bucket.supply).saturating_sub(bucket.demand);
            kits.push(left.saturating_sub(*dead).div_euclid(part.qty.max(1)));
        }
        kits
    }

    /// The same of a virtual kit, in kits and net: the least over its parts, and no more than could be put
    /// together node by node.
    fn known_kits(&self, parts: &[(KitPart, Vec<Supply>)]) -> Result<(i64, Vec<Bucket>), Rejection> {
        let least = |nodes: &[NodeId], waits: Waits| -> Result<Vec<i64>, Rejection> {
            let mut least: Vec<i64> = Vec::new();
            for (part, coming) in parts {
                let dead = self.dead(part.sku, nodes);
                let kits = Self::kits(&self.known((part.sku, coming), nodes, waits)?, &dead, part);
                least.resize(kits.len(), i64::MAX);
                least.iter_mut().zip(kits).for_each(|(least, kits)| *least = kits.min(*least));
            }
            Ok(least)
        };
        let mut kits = least(self.nodes, Waits::Count)?;
        let mut together = vec![0i64; kits.len()];
        for node in self.nodes {
            let here = least(&[*node], Waits::Forgotten)?;
            together.iter_mut().zip(here).for_each(|(sum, here)| *sum = sum.saturating_add(here));
        }
        kits.iter_mut().zip(together).for_each(|(kits, together)| *kits = together.min(*kits));
        let net = |pair: &[i64]| {
            let more = pair.iter().copied().rev().reduce(i64::saturating_sub).unwrap_or(0);
            Bucket { supply: more.max(0), demand: more.min(0).saturating_neg() }
        };
        Ok((kits.first().copied().unwrap_or(0), kits.windows(2).map(net).collect()))
    }
}

/// Answers what may be promised, day by day.
pub(crate) fn ask_atp(state: &State, query: &AtpQuery) -> Result<AtpView, Rejection> {
    let channel =
        query.channel.as_deref().map(|c| state.catalog.channel_of(c).map(|(id, _)| id)).transpose()?;
    let (sku, _) = state.catalog.sold_as(channel.unwrap_or(ChannelId::NONE), &query.sku)?;
    let nodes = group(state, &query.nodes)?;
    if !(1..=DAYS_MAX).contains(&query.days) {
        return Err(Rejection::InvalidField { field: "days".into(), need: "1 to 400 days".into() });
    }
    percentage("confidence_percent", query.confidence_percent)?;
    let from = query.from.unwrap_or(state.head.now);
    instant("from", from)?;
    let days = Days { state, query, nodes: &nodes, channel, from };
    let parts = state.catalog.parts_of(sku).into_iter();
    let parts: Vec<_> = parts.map(|part| (part, supplies(state, part.sku))).collect();
    let mut views = Vec::new();
    let coming = parts.iter().flat_map(|(part, coming)| coming.iter().map(move |one| (&part.sku, one)));
    for (of, supply) in coming.filter(|(_, supply)| nodes.contains(&supply.node)) {
        let at = days.counted(supply);
        let Supply { kind, ref document, node, qty, .. } = *supply;
        views.push(SupplyView { kind, document: document.clone(), node, at, qty, sku: *of });
    }
    // Of lots that die first those leave first: what is promised for a day is of what lives until then.
    let mut dead = vec![0; num::index(query.days)];
    let (mut free, mut buckets) = match parts.as_slice() {
        [(part, coming)] if part.sku == sku => {
            dead = days.dead(sku, &nodes);
            days.known((sku, coming), &nodes, Waits::Count)?
        }
        parts => days.known_kits(parts)?,
    };
    for asked in &query.supplies {
        if let Some(bucket) = days.bucket(&mut buckets, asked.at) {
            bucket.supply = num::add(bucket.supply, quantity(asked.qty)?)?;
        }
        let (kind, document, node) = (SupplyKind::Asked, String::new(), NodeId::NONE);
        views.push(SupplyView { kind, document, node, at: Some(asked.at), qty: asked.qty, sku });
    }
    for asked in &query.demands {
        if let Some(bucket) = days.bucket(&mut buckets, asked.at) {
            bucket.demand = num::add(bucket.demand, quantity(asked.qty)?)?;
        }
    }
    let begins = (0u32..).map(|day| days.after(day));
    let rows = promisable(free, &buckets)?.into_iter().zip(&buckets).zip(begins).zip(dead.iter().copied());
    // A channel is promised nothing of what is not sold.
    let sold = channel.is_none() || state.catalog.sells(sku);
    let promised = |units: i64| if sold { units } else { units.min(0) };
    let gone = dead.first().copied().unwrap_or(0);
    free = promised(free.saturating_sub(gone));
    let view =
        |(((day, bucket), from), dead): (((crate::stock::Promisable, &Bucket), Instant), i64)| AtpDay {
            from,
            supply: bucket.supply,
            demand: bucket.demand,
            projected: day.projected.saturating_sub(dead),
            atp: promised(day.cumulative.saturating_sub(dead)),
            discrete: promised(if from == days.from {
                day.discrete.saturating_sub(gone)
            } else {
                day.discrete
            }),
        };
    Ok(AtpView { sku, free, days: rows.map(view).collect(), supplies: views })
}

/// Answers when an order could arrive, virtual kits opened: of every SKU the units that arrive first, from
/// stock and from supply that no backorder waits for, each by its node's calendar, processing time and
/// carrier.
pub(crate) fn ask_promise(state: &State, query: &PromiseQuery) -> Result<PromiseView, Rejection> {
    let (channel, _) = state.catalog.channel_of(&query.channel)?;
    some_lines(query.lines.len())?;
    percentage("confidence_percent", query.confidence_percent)?;
    if !query.to.is_valid() {
        let need = "latitude -90 to 90 and longitude -180 to 180".into();
        return Err(Rejection::InvalidField { field: "to".into(), need });
    }
    let at = query.at.unwrap_or(state.head.now).max(state.head.now);
    instant("at", at)?;
    let nodes = group(state, &query.nodes)?;
    let (mut needs, mut parts, mut short) = (Vec::new(), Vec::<PromisePart>::new(), Vec::new());
    let mut asked = Vec::with_capacity(query.lines.len());
    for line in &query.lines {
        if line.lot.is_some() {
            let need = "none: any lot is promised; place the order to have one by its name".into();
            return Err(Rejection::InvalidField { field: "lines.lot".into(), need });
        }
        let (sku, row) = state.catalog.sold_as(channel, &line.sku)?;
        let qty = to_smallest(&state.catalog, sku, row, line.qty, line.unit.as_deref())?;
        // As an order would be refused.
        if state.catalog.sells(sku) {
            asked.push(PlacedLine { sku, qty, price: Money::ZERO });
            state.catalog.explode(sku, qty, 0, &mut needs)?;
        } else {
            short.push(ShortView { sku, qty });
        }
    }
    check_orderable(state, &asked, "promise")?;
    let mut parcels: Vec<Sent> = Vec::new();
    for KitPart { sku, qty } in needs {
        let mut left = qty;
        let demand = Demand::plain(channel, query.to, at, at, &[]);
        let mut offers = offers(state, query, (sku, qty), &demand, &nodes, &parcels);
        offers.retain(|_| state.catalog.sells(sku));
        offers.put_in_order_by_key(|part| (part.arrive_at, part.available_at, part.node));
        let mut may_wait = preorder_room(state, sku);
        for part in offers {
            let mut qty = part.qty.min(left);
            if part.kind != SupplyKind::OnHand {
                qty = qty.min(may_wait);
                may_wait = may_wait.saturating_sub(qty);
            }
            if qty > 0 {
                left = left.saturating_sub(qty);
                let same = |sent: &&mut Sent| (sent.node, sent.at) == (part.node, part.available_at);
                match parcels.iter_mut().find(same) {
                    Some(sent) => sent.put(sku, qty),
                    None => {
                        parcels.push(Sent { node: part.node, at: part.available_at, goods: vec![(sku, qty)] })
                    }
                }
                parts.push(PromisePart { qty, ..part });
            }
        }
        if left > 0 {
            short.push(ShortView { sku, qty: left });
        }
    }
    let demand = Demand::plain(channel, query.to, at, at, &[]);
    send_all(state, &demand, &parcels, &mut parts, &mut short);
    Ok(PromiseView {
        complete: short.is_empty(),
        ship_at: parts.iter().map(|part| part.ship_at).max(),
        arrive_at: parts.iter().map(|part| part.arrive_at).max(),
        parts,
        short,
    })
}

/// When the parcels of a promise leave, one after another as an order would book them.
fn send_all(
    state: &State,
    demand: &Demand<'_>,
    parcels: &[Sent],
    parts: &mut Vec<PromisePart>,
    short: &mut Vec<ShortView>,
) {
    let mut days = Vec::new();
    for sent in parcels {
        let option = send(state, &Demand { at: sent.at, ..*demand }, sent.node, &sent.goods, &mut days);
        for part in parts.iter_mut().filter(|part| (part.node, part.available_at) == (sent.node, sent.at)) {
            match &option {
                Some(option) => (part.ship_at, part.arrive_at) = (option.ship_at, option.arrive_at),
                None => short.push(ShortView { sku: part.sku, qty: std::mem::take(&mut part.qty) }),
            }
        }
    }
    parts.retain(|part| part.qty > 0);
}

/// The supply that units of an order which wait (line, SKU, units) will come from, after those that wait
/// before them: by the queue where the order is in it, else after all.
pub(super) fn awaited(
    state: &State,
    demand: &Demand<'_>,
    rule: &CompiledSourcing,
    order: OrderId,
    waits: &[(u32, SkuId, i64)],
) -> Vec<Awaited> {
    let mut found = Vec::new();
    let mut skus: Vec<SkuId> = waits.iter().map(|(_, sku, _)| *sku).collect();
    skus.put_in_order();
    skus.dedup();
    let place = state.docs.order.get(order.0).map(|row| (row.priority, row.sequence));
    for sku in skus {
        let mut coming: Vec<(Instant, Supply)> = Vec::new();
        for supply in supplies(state, sku) {
            let node = state.catalog.node.get(supply.node.0);
            let open = |row: &NodeRow| row.status == NodeStatus::Open && rule.allows(supply.node, row.kind);
            let sure = sure_at(state, &supply, Money::ZERO, demand.at, None);
            coming.extend(sure.filter(|_| node.is_some_and(open)).map(|sure| (sure, supply)));
        }
        coming.put_in_order_by(|a, b| (a.0, &a.1.document).cmp(&(b.0, &b.1.document)));
        let queue = state.docs.waiting.queue(sku.0);
        let before = queue.filter(|other| place.is_none_or(|mine| (other.priority, other.sequence) < mine));
        let units = before.filter_map(|other| state.docs.lines.get(other.line).map(|row| row.backordered));
        let mut ahead = units.fold(0, i64::saturating_add);
        let mut mine: Vec<(u32, i64)> =
            waits.iter().filter(|row| row.1 == sku).map(|(line, _, qty)| (*line, *qty)).collect();
        for (sure, supply) in coming {
            let gone = supply.qty.min(ahead);
            ahead = ahead.saturating_sub(gone);
            let mut left = supply.qty.saturating_sub(gone);
            for (line, wanted) in mine.iter_mut().filter(|(_, wanted)| *wanted > 0) {
                let qty = left.min(*wanted);
                let (later, days) = (Demand { at: sure, ..*demand }, &mut Vec::new());
                let option = send(state, &later, supply.node, &[(sku, qty)], days).filter(|_| qty > 0);
                let Some(option) = option else { break };
                (left, *wanted) = (left.saturating_sub(qty), wanted.saturating_sub(qty));
                let (line, node, arrive_at) = (*line, supply.node, option.arrive_at);
                found.push(Awaited { line, qty, node, arrive_at });
            }
        }
    }
    found.put_in_order_by_key(|row| (row.line, row.arrive_at));
    found
}
