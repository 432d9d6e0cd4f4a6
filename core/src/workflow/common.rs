//! What decisions share.

use super::days::Booked;
use super::fills::Filled;
use crate::allocation::{Demand, carriage, grams, travel};
use crate::catalog::{Heft, SkuRow, code};
use crate::costing::{Costing, Drain, Method, extend, share};
use crate::exception::{ExceptionCode, Opened};
use crate::policy::{CompiledLimit, CompiledSourcing, Scope, Situation};
use crate::posting::{Context, Movement, Posting};
pub(crate) use crate::record::row as row_of;
use crate::record::{BooksDocument, Fill, LineQty, LotCost, OrderChange, Parcel, State, Worth};
use crate::stock::{Place, Taken};
use crate::value::ids::*;
use crate::value::money::Money;
use crate::value::num::{self, Overflow};
use crate::value::numbers::Numbers;
use crate::value::rejection::Rejection;
use crate::value::sort::PutInOrder;
use crate::value::time::Instant;
use std::collections::BTreeMap;

/// The key of a new document.
pub(crate) fn new_document(keys: &Numbers, kind: &str, number: &str) -> Result<DocKey, Rejection> {
    code(kind, number)?;
    let key = DocKey::from(number);
    if keys.find(&key).is_some() {
        return Err(Rejection::DocumentExists { kind: kind.into(), document: number.into() });
    }
    Ok(key)
}

/// The number of a new document of the books.
pub(crate) fn new_books_document(
    state: &State,
    kind: BooksDocument,
    number: &str,
) -> Result<DocKey, Rejection> {
    let name = serde_json::to_value(kind).ok().and_then(|name| name.as_str().map(|n| n.replace('_', " ")));
    let name = name.unwrap_or_default();
    code(&name, number)?;
    let key = DocKey::from(number);
    if state.costs.documents.find(&(kind, key.clone())).is_some() {
        return Err(Rejection::DocumentExists { kind: name, document: number.into() });
    }
    Ok(key)
}

/// The row of a known document.
pub(crate) fn known_document(keys: &Numbers, kind: &str, number: &str) -> Result<u32, Rejection> {
    keys.find(&DocKey::from(number)).ok_or_else(|| Rejection::UnknownDocument {
        kind: kind.into(),
        document: number.chars().take(64).collect(),
    })
}

/// `Ok` if the parts of a place may be codes: goods may leave a bin that the node no longer has.
pub(crate) fn check_from(place: &Place) -> Result<(), Rejection> {
    for (field, text) in [("bin", &place.bin), ("lot", &place.lot), ("owner", &place.owner)] {
        if !text.is_empty() {
            code(field, text)?;
        }
    }
    Ok(())
}

/// The same of a place that goods come into.
pub(crate) fn check_place(state: &State, node: NodeId, place: &Place) -> Result<(), Rejection> {
    check_from(place)?;
    let bins = state.catalog.site_of(node).map(|site| site.bins.as_slice()).unwrap_or_default();
    if !bins.is_empty() && !place.bin.is_empty() && !bins.contains(&place.bin) {
        return Err(Rejection::UnknownBin { node: node_code(state, node), bin: place.bin.clone() });
    }
    Ok(())
}

/// Amounts in whole minor units, rounded half away from zero.
pub(crate) fn whole(micros: i64, minor: i64) -> Result<Money, Overflow> {
    Ok(Money::from_micros(num::mul(num::mul_div(micros, 1, minor)?, minor)?))
}

pub(crate) fn sku_code(state: &State, sku: SkuId) -> String {
    state.catalog.skus.get(sku.0).map(|c| c.to_string()).unwrap_or_default()
}

pub(crate) fn node_code(state: &State, node: NodeId) -> String {
    state.catalog.nodes.get(node.0).map(|c| c.to_string()).unwrap_or_default()
}

/// Where a SKU lies, as parameters tell places apart.
pub(crate) fn scope_of(state: &State, sku: SkuId, node: NodeId) -> Scope {
    let catalog = &state.catalog;
    let group = catalog.sku.get(sku.0).and_then(|row| catalog.groups.get(row.group));
    let (code, category) = (node_code(state, node), group.map(ToString::to_string));
    let region = catalog.site_of(node).and_then(|site| catalog.node_groups.get(*site.groups.first()?));
    let region = region.map(ToString::to_string);
    Scope { node: (!code.is_empty()).then_some(code), region, category, ..Scope::default() }
}

/// The same of what is sold in an order.
pub(crate) fn scope_of_line(state: &State, order: OrderId, sku: SkuId, node: NodeId) -> Scope {
    let channel = state.docs.order.get(order.0).and_then(|row| state.catalog.channels.get(row.channel.0));
    let customer = state.terms_of(order).map(|terms| terms.customer.0.clone());
    let customer = customer.filter(|customer| !customer.is_empty());
    let level = state.terms_of(order).map(|terms| terms.segment.to_string());
    let service_level = level.filter(|level| !level.is_empty());
    let channel = channel.map(ToString::to_string);
    Scope { channel, customer, service_level, ..scope_of(state, sku, node) }
}

/// Units of all SKUs that are reserved at a node.
pub(crate) fn reserved_at(state: &State, node: NodeId) -> i64 {
    let skus = (0..num::id(state.catalog.sku.len())).map(SkuId);
    skus.map(|sku| state.stock.cells.get(sku, node).reserved).fold(0, i64::saturating_add)
}

/// Where what holds for a customer's orders in a channel, at a service level, is read.
pub(super) fn scope_of_customer(state: &State, customer: &str, level: &str, channel: ChannelId) -> Scope {
    let channel = state.catalog.channels.get(channel.0).map(ToString::to_string);
    let service_level = (!level.is_empty()).then(|| level.into());
    Scope { channel, customer: Some(customer.into()), service_level, ..Scope::default() }
}

pub(crate) fn order_code(state: &State, order: OrderId) -> String {
    state.docs.orders.text(order.0).unwrap_or_default()
}

/// Postings of one event, and the pools that its lines empty one after another.
pub(crate) struct Entry<'a> {
    state: &'a State,
    pub postings: Vec<Posting>,
    drains: Vec<Drain<'a>>,
    /// What pools owe, as the event's lines pay it back: units that left before they came.
    owed: Vec<(SkuId, NodeId, (i64, Money))>,
    /// Allowances, as the event's lines use them up.
    allowed: Vec<(SkuId, NodeId, Worth)>,
    /// What receipt lines have borne of late costs.
    pub borne: Vec<(u32, i64)>,
}

/// What left a pool.
pub(crate) struct Issued {
    pub value: Money,
    /// By lot, where costs are kept so.
    pub lots: Vec<LotCost>,
}

impl<'a> Entry<'a> {
    pub(crate) fn new(state: &'a State) -> Entry<'a> {
        Entry {
            state,
            postings: Vec::new(),
            drains: Vec::new(),
            owed: Vec::new(),
            allowed: Vec::new(),
            borne: Vec::new(),
        }
    }

    /// The state that is decided on.
    pub(crate) const fn state(&self) -> &'a State {
        self.state
    }

    pub(crate) fn post(
        &mut self,
        movement: Movement,
        amount: Money,
        context: &Context,
    ) -> Result<(), Rejection> {
        self.state.derived.rules.post(&mut self.postings, movement, amount, context)
    }

    /// The value of the next `qty` units out of a pool, taken from the places named.
    pub(crate) fn issue(
        &mut self,
        sku: SkuId,
        row: &SkuRow,
        node: NodeId,
        qty: i64,
        taken: &[Taken],
    ) -> Result<Issued, Rejection> {
        self.release((sku, row, node, qty), Movement::AllowanceRelease)?;
        self.take(sku, row, node, qty, taken)
    }

    /// The same of units that are not sold: their write-down is taken back.
    pub(crate) fn lose(
        &mut self,
        sku: SkuId,
        row: &SkuRow,
        node: NodeId,
        qty: i64,
        taken: &[Taken],
    ) -> Result<Issued, Rejection> {
        self.release((sku, row, node, qty), Movement::WriteDownReversal)?;
        self.take(sku, row, node, qty, taken)
    }

    /// The same of units whose allowance goes along with them.
    pub(crate) fn take(
        &mut self,
        sku: SkuId,
        row: &SkuRow,
        node: NodeId,
        qty: i64,
        taken: &[Taken],
    ) -> Result<Issued, Rejection> {
        let minor = self.state.head.minor;
        let node = self.state.pool_node(row, node);
        let known = self.drains.iter_mut().find(|drain| drain.sku == sku && drain.node == node);
        let method = self.state.method(row);
        if method == Costing::Lot {
            return self.issue_lots(sku, row, node, qty, taken);
        }
        if let Some(drain) = known {
            return Ok(Issued { value: drain.take(qty, minor)?, lots: Vec::new() });
        }
        let cell = self.state.pool(sku, row, node);
        let last = if cell.on_hand() < qty { self.last_cost(sku, row, node) } else { (0, Money::ZERO) };
        let mut drain = self.state.layers.drain(&self.state.stock, method, (sku, node), &cell, last);
        let value = drain.take(qty, minor)?;
        self.drains.push(drain);
        Ok(Issued { value, lots: Vec::new() })
    }

    fn last_cost(&self, sku: SkuId, row: &SkuRow, node: NodeId) -> (i64, Money) {
        let last = super::valuation::last_cost(self.state, sku, row, node);
        (last.qty, last.value)
    }

    /// Each lot leaves at its own cost; what comes from no lot leaves at that of the goods without one.
    fn issue_lots(
        &mut self,
        sku: SkuId,
        row: &SkuRow,
        node: NodeId,
        qty: i64,
        taken: &[Taken],
    ) -> Result<Issued, Rejection> {
        let mut issued = Issued { value: Money::ZERO, lots: Vec::new() };
        let mut left = qty;
        let mut parts: Vec<(u32, i64)> = Vec::new();
        for from in taken {
            parts.push((self.state.stock.labels.find(from.place.lot.as_str()).unwrap_or(0), from.qty));
            left = num::sub(left, from.qty)?;
        }
        if left > 0 {
            parts.push((0, left));
        }
        for (lot, qty) in parts {
            let minor = self.state.head.minor;
            let known = self.drains.iter_mut().find(|d| (d.sku, d.node, d.lot) == (sku, node, lot));
            let value = match known {
                Some(drain) => drain.take(qty, minor)?,
                None => {
                    let pool = self.state.lot_pool(sku, row, node, LotId(lot));
                    let last = self.last_cost(sku, row, node);
                    let mut drain =
                        self.state.layers.drain_lot((sku, node, lot), (pool.qty, pool.value), last);
                    let value = drain.take(qty, minor)?;
                    self.drains.push(drain);
                    value
                }
            };
            issued.value = issued.value.plus(value)?;
            issued.lots.push(LotCost { lot: LotId(lot), qty, value });
        }
        Ok(issued)
    }

    /// Units that leave take their part of the allowance with them.
    pub(crate) fn release(
        &mut self,
        (sku, row, node, qty): (SkuId, &SkuRow, NodeId, i64),
        movement: Movement,
    ) -> Result<(), Rejection> {
        let costs = &self.state.costs;
        if costs.allowances.len() == 0 {
            return Ok(());
        }
        let node = self.state.pool_node(row, node);
        let at = self.allowed.iter().position(|known| (known.0, known.1) == (sku, node));
        let at = at.unwrap_or_else(|| {
            let qty = self.state.pool(sku, row, node).on_hand();
            let value = row_of(&costs.allowances, &costs.allowance, &(sku, node)).unwrap_or_default();
            self.allowed.push((sku, node, Worth { qty, value }));
            self.allowed.len().saturating_sub(1)
        });
        let Some((_, _, open)) = self.allowed.get_mut(at) else { return Ok(()) };
        let part = share(open.value, qty, open.qty, self.state.head.minor)?;
        *open = Worth { qty: num::sub(open.qty, qty)?, value: open.value.minus(part)? };
        self.post(movement, part, &context(row, sku, node, 0))
    }

    /// What of a value that comes in does not stay, and is posted: what pays for units that left before they
    /// came, or what differs from the standard (`differs` says by which movement).
    pub(crate) fn enter(
        &mut self,
        sku: SkuId,
        row: &SkuRow,
        (qty, value): (i64, Money),
        about: &Context,
        differs: Movement,
    ) -> Result<Money, Rejection> {
        let (node, minor) = (about.node, self.state.head.minor);
        let costing = self.state.method(row);
        if costing == Costing::Standard {
            let Some(standard) = self.state.standard_cost(sku, node) else {
                let need =
                    format!("a standard cost of `{}`: set it with revalue_stock", sku_code(self.state, sku));
                return Err(Rejection::InvalidField { field: "lines.sku".into(), need });
            };
            let worth = extend(standard, qty, row.scale, minor)?;
            let passed = value.minus(worth)?;
            self.post(differs, passed, about)?;
            return passed.plus(self.catch_up(sku, row, (qty, worth), about)?).map_err(Rejection::from);
        }
        self.catch_up(sku, row, (qty, value), about)
    }

    /// What pays for units that left a pool before they came.
    fn catch_up(
        &mut self,
        sku: SkuId,
        row: &SkuRow,
        (qty, value): (i64, Money),
        about: &Context,
    ) -> Result<Money, Rejection> {
        let (node, minor) = (about.node, self.state.head.minor);
        let costing = self.state.method(row);
        let cell = self.state.pool(sku, row, node);
        if cell.on_hand() >= 0 {
            return Ok(Money::ZERO);
        }
        let node = self.state.pool_node(row, node);
        let at = self.owed.iter().position(|known| (known.0, known.1) == (sku, node));
        let at = at.unwrap_or_else(|| {
            let micros = cell.value.micros().saturating_neg();
            self.owed.push((sku, node, (cell.on_hand().saturating_neg(), Money::from_micros(micros))));
            self.owed.len().saturating_sub(1)
        });
        let Some((_, _, owed)) = self.owed.get_mut(at) else { return Ok(Money::ZERO) };
        let negative = self.state.costs.valuation(row.group).unwrap_or_default().negative;
        let (passed, stays) =
            Method { costing, negative, minor, pooled: false }.catch_up(*owed, qty, value)?;
        let left = num::sub(owed.0, qty)?.max(0);
        *owed = (left, if left > 0 { owed.1.minus(stays)? } else { Money::ZERO });
        self.post(Movement::CatchUp, passed, &Context { qty: 0, ..*about })?;
        Ok(passed)
    }
}

/// What posting rules see of a line.
pub(crate) fn context(row: &SkuRow, sku: SkuId, node: NodeId, qty: i64) -> Context {
    Context { sku, node, qty, group: row.group, ..Context::default() }
}

/// The sourcing rule of a known order, as it would be chosen now.
pub(crate) fn rule_of(state: &State, order: OrderId) -> Option<(u32, &CompiledSourcing)> {
    rule_as(state, order, (&[], None))
}

/// The sourcing rule of a known order as it will be with what changes of it.
pub(super) fn rule_as<'a>(
    state: &'a State,
    order: OrderId,
    (amended, change): (&[LineQty], Option<&OrderChange>),
) -> Option<(u32, &'a CompiledSourcing)> {
    let row = state.docs.order.get(order.0)?;
    if let Some(only) = state.derived.policy.only() {
        return Some((0, only));
    }
    let more = |number: u32| super::amend::changed_by(amended, number).max(0);
    let known = (1u32..).zip(state.lines_of(row));
    let known = known.map(|(number, line)| (line.sku, line.qty.saturating_add(more(number)), line.price));
    let added = change.map(|change| change.lines.as_slice()).unwrap_or_default().iter();
    // The line of a kit stands for its components.
    let lines = known.chain(added.map(|line| (line.sku, line.qty, line.price))).filter(|line| line.1 > 0);
    let group = |sku: SkuId| state.catalog.sku.get(sku.0).map(|row| row.group);
    let groups: Vec<u32> = lines.clone().filter_map(|line| group(line.0)).collect();
    let value = lines.clone().map(|(sku, qty, price)| worth(state, sku, qty, price));
    let value = Money::from_micros(value.fold(0, i64::saturating_add));
    let margin = margin(state, value, lines.map(|line| (line.0, line.1)));
    let segment = state.terms_of(order).map_or("", |terms| &terms.segment);
    let to = change.and_then(|change| change.to).unwrap_or(row.to);
    let situation = Situation { channel: row.channel, groups: &groups, value, segment, to, margin };
    Some(state.derived.policy.choose(&situation))
}

/// What units of a line are sold for that come after others of it: all parts sum to what the whole is sold
/// for.
pub(crate) fn sold_for(
    each: Money,
    (before, qty): (i64, i64),
    scale: i64,
    minor: i64,
) -> Result<Money, Overflow> {
    let all = extend(each, num::add(before, qty)?, scale, minor)?;
    if before == 0 { Ok(all) } else { all.minus(extend(each, before, scale, minor)?) }
}

/// What goods are sold for, in micro-units.
pub(crate) fn worth(state: &State, sku: SkuId, qty: i64, price: Money) -> i64 {
    let scale = state.catalog.sku.get(sku.0).map_or(1, |row| row.scale);
    let each = price.micros();
    let worth = if scale == 1 { num::mul(each, qty) } else { num::mul_div(each, qty, scale) };
    worth.unwrap_or(i64::MAX)
}

/// Margin of an order worth `value`, where the policy asks for it: less the average cost of its goods over
/// all nodes, since no node is chosen yet.
pub(crate) fn margin(state: &State, value: Money, lines: impl Iterator<Item = (SkuId, i64)>) -> Money {
    if !state.derived.policy.asks_margin {
        return Money::ZERO;
    }
    let cost = |(sku, qty): (SkuId, i64)| {
        let pool = |(worth, units): (i64, i64), (node, _): (u32, _)| {
            let cell = state.stock.cells.get(sku, NodeId(node));
            (worth.saturating_add(cell.value.micros()), units.saturating_add(cell.on_hand()))
        };
        let (worth, units) = state.catalog.node.iter().fold((0, 0), pool);
        num::mul_div(worth, qty, units.max(1)).unwrap_or(i64::MAX)
    };
    Money::from_micros(lines.map(cost).fold(value.micros(), i64::saturating_sub))
}

/// A line that waits: its order, its number, its channel and its units.
pub(super) type Waits = (OrderId, u32, ChannelId, i64);

/// Whether a node may give to a waiting line, and under which level of its order's rule, the strictest that
/// lets it: its order, its number, its channel and what it waits for.
pub(super) fn may_give<'a>(
    state: &State,
    node: NodeId,
    line: u32,
    rule: &'a CompiledSourcing,
    at: Instant,
) -> Option<(&'a CompiledSourcing, Waits)> {
    let may = |level: &'a CompiledSourcing| Some((level, may_give_under(state, node, line, level, at)?));
    rule.levels().find_map(may)
}

fn may_give_under(
    state: &State,
    node: NodeId,
    line: u32,
    rule: &CompiledSourcing,
    at: Instant,
) -> Option<Waits> {
    let row = state.docs.lines.get(line)?;
    let order = state.docs.order.get(row.order.0)?;
    let place = state.catalog.node.get(node.0)?;
    let open = place.status == crate::catalog::NodeStatus::Open && rule.allows(node, place.kind);
    let open = open && allowed_by_terms(state, rule, &row, (order, node));
    let open = open && few_enough(state, rule, order, node, &[]) && earns(state, rule, &row, node);
    let near = rule.distance_mm_max.is_none_or(|max| place.place.distance_mm(order.to) <= max);
    let demand = demand_of(order, state.leaves_after(row.order, at).unwrap_or(at));
    if !open || !near || travel(state.world(), &demand, node, Heft::default()).is_err() {
        return None;
    }
    let number = state.docs.line_number(order.first_line, line);
    Some((row.order, number, order.channel, row.backordered))
}

/// Whether no more nodes give to an order than its rule allows, with this one: those that have shipped, that
/// are to ship, and `also`.
pub(super) fn few_enough(
    state: &State,
    rule: &CompiledSourcing,
    order: &crate::record::OrderRow,
    node: NodeId,
    also: &[NodeId],
) -> bool {
    if rule.nodes_max == usize::MAX {
        return true;
    }
    let mut nodes: Vec<NodeId> = also.to_vec();
    nodes.extend(state.parcels(order).filter(|(_, parcel)| parcel.posted).map(|(_, parcel)| parcel.node));
    let held = state.lines_of(order).flat_map(|line| state.reservations(line.first_reservation));
    // What is brought to another node comes from there.
    let ships = |parcel: u32, node| state.docs.parcels.get(parcel).map_or(node, |parcel| parcel.node);
    nodes.extend(held.filter(|(_, row)| row.qty > 0).map(|(_, row)| ships(row.parcel, row.node)));
    nodes.put_in_order();
    nodes.dedup();
    nodes.contains(&node) || nodes.len() < rule.nodes_max
}

/// Whether a line earns at a node what its rule asks for.
fn earns(state: &State, rule: &CompiledSourcing, line: &crate::record::LineRow, node: NodeId) -> bool {
    let Some(least) = rule.margin_min else { return true };
    let (cell, sku) = (state.stock.cells.get(line.sku, node), state.catalog.sku.get(line.sku.0));
    let scale = sku.map_or(1, |row| row.scale);
    let cost = num::mul_div(cell.value.micros(), scale, cell.on_hand().max(1)).unwrap_or(0);
    line.price.micros().saturating_sub(cost) >= least.micros()
}

/// Whether the order's terms and the rule's limits let a node give to a line.
fn allowed_by_terms(
    state: &State,
    rule: &CompiledSourcing,
    line: &crate::record::LineRow,
    (order, node): (&crate::record::OrderRow, NodeId),
) -> bool {
    let terms = state.terms_of(line.order);
    let rejected = |row: &crate::record::TermsRow| {
        let elsewhere = row.pickup != NodeId::NONE && row.pickup != node;
        elsewhere || row.excluded.iter().any(|(n, s)| *n == node && (*s == SkuId::NONE || *s == line.sku))
    };
    if terms.is_some_and(rejected) {
        return false;
    }
    if rule.limits.is_empty() {
        return true;
    }
    let Some(kind) = state.catalog.node.get(node.0).map(|row| row.kind) else { return false };
    limits_on(state, rule, line, order).iter().all(|limit| limit.allows(node, kind))
}

/// The limits of a rule that speak of a line.
fn limits_on<'a>(
    state: &State,
    rule: &'a CompiledSourcing,
    line: &crate::record::LineRow,
    order: &crate::record::OrderRow,
) -> Vec<&'a CompiledLimit> {
    let group = state.catalog.sku.get(line.sku.0).map_or(0, |row| row.group);
    let segment = state.terms_of(line.order).map_or("", |row| &row.segment);
    let (channel, to, value, margin) = (order.channel, order.to, Money::ZERO, Money::ZERO);
    let situation = Situation { channel, groups: &[group], value, segment, to, margin };
    rule.limits.iter().filter(|limit| limit.holds(&situation, &state.catalog, line.sku)).collect()
}

/// Units that spill limits have a node keep from a waiting line.
pub(super) fn kept_from(state: &State, rule: &CompiledSourcing, line: u32, node: NodeId) -> i64 {
    let kept = || {
        let row = state.docs.lines.get(line).filter(|_| rule.spills)?;
        let order = state.docs.order.get(row.order.0)?;
        let place = state.catalog.node.get(node.0)?;
        let away = place.place.distance_mm(order.to);
        limits_on(state, rule, &row, order).iter().map(|limit| limit.keeps(node, place.kind, away)).max()
    };
    kept().unwrap_or(0)
}

pub(super) fn demand_of(order: &crate::record::OrderRow, at: Instant) -> Demand<'static> {
    Demand::plain(order.channel, order.to, at, order.deliver_by, &[])
}

/// What becomes of goods for an order, where the node has no day with room for them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum NoDay {
    /// It goes on waiting.
    Waits,
    /// It was promised that they ship.
    Ships,
}

/// One parcel an order for what it was given, on the first day with room for it beside `days`.
pub(super) fn plan_parcels(
    state: &State,
    node: NodeId,
    given: &[(OrderId, u32, SkuId, i64)],
    (at, no_day): (Instant, NoDay),
    days: &mut Vec<Booked>,
    filled: &mut Filled,
) -> Result<(), Rejection> {
    let (mut parts, mut orders) = (BTreeMap::<OrderId, Vec<(SkuId, i64)>>::new(), Vec::new());
    for (order, _, sku, qty) in given {
        let theirs = parts.entry(*order).or_default();
        if theirs.is_empty() {
            orders.push(*order);
        }
        theirs.push((*sku, *qty));
    }
    let mut planned: BTreeMap<OrderId, u32> = BTreeMap::new();
    for order in &orders {
        let (Some(row), Some(parts)) = (state.docs.order.get(order.0), parts.get(order)) else { continue };
        // Who picks up there needs no carrier.
        let pickup = state.terms_of(*order).map_or(NodeId::NONE, |terms| terms.pickup);
        let demand = Demand { pickup, ..demand_of(row, state.leaves_after(*order, at).unwrap_or(at)) };
        let weight = weigh(state, parts.iter().copied());
        let Ok(mut option) = travel(state.world(), &demand, node, weight) else { continue };
        let asked = option;
        if !super::days::find_day(state, &demand, (parts, weight), days, &mut option) {
            if no_day == NoDay::Waits {
                continue;
            }
            option = asked;
        }
        if option.arrive_at > row.deliver_by {
            filled.exceptions.push(Opened {
                code: ExceptionCode::PromiseAtRisk,
                order: *order,
                sku: SkuId::NONE,
                node,
                qty: parts.iter().map(|(_, qty)| *qty).fold(0, i64::saturating_add),
            });
        }
        planned.insert(*order, num::id(filled.parcels.len()));
        filled.parcels.push(parcel(state, &option, parts.iter().copied())?);
    }
    for (order, line, _, qty) in given {
        let parcel = planned.get(order).copied();
        filled.fills.extend(parcel.map(|parcel| Fill { order: *order, line: *line, parcel, qty: *qty }));
    }
    Ok(())
}

/// What a carrier weighs and measures of goods.
pub(crate) fn weigh(state: &State, parts: impl Iterator<Item = (SkuId, i64)>) -> Heft {
    let heft = |(sku, qty): (SkuId, i64)| {
        let Some(row) = state.catalog.sku.get(sku.0) else { return Heft::default() };
        let mm3 = grams(state.catalog.volume_mm3(sku), qty, row.scale);
        Heft { grams: grams(row.weight_g, qty, row.scale), mm3 }
    };
    parts.map(heft).fold(Heft::default(), Heft::plus)
}

/// A parcel with its charges, in whole minor units.
pub(crate) fn parcel(
    state: &State,
    option: &crate::allocation::Candidacy,
    parts: impl Iterator<Item = (SkuId, i64)> + Clone,
) -> Result<Parcel, Rejection> {
    let minor = state.head.minor;
    let node = state.catalog.node.get(option.node.0);
    let each = node.map_or(0, |row| row.handling_per_unit.micros());
    let mut handling = node.map_or(0, |row| row.handling_per_order.micros());
    // Goods are looked at only where their number or weight costs something.
    if each != 0 {
        for (sku, qty) in parts.clone() {
            let scale = state.catalog.sku.get(sku.0).map_or(1, |row| row.scale);
            handling = num::add(handling, num::mul_div(each, qty, scale)?)?;
        }
    }
    let freight = if option.carded {
        state.catalog.freight(option.service, option.distance_mm, weigh(state, parts))
    } else {
        let grams = if option.per_kg == Money::ZERO { 0 } else { weigh(state, parts).grams };
        carriage(option.base, option.per_kg, grams)
    };
    Ok(Parcel {
        node: option.node,
        service: option.service,
        ship_at: option.ship_at,
        arrive_at: option.arrive_at,
        distance_mm: option.distance_mm,
        freight: whole(freight, minor)?,
        handling: whole(handling, minor)?,
    })
}
