//! Where a return comes to: the policy's rule for goods that come back decides, as sourcing does.

use super::common::{margin, worth};
use super::desk::{AuthorizeReturn, takes_returns};
use super::order::line_of;
use crate::allocation::{
    Allocator, Decision, Demand, Explanation, Facts, FallOut, PlacedLine, Title, World, asked, explain, fits,
};
use crate::catalog::*;
use crate::policy::{Flow, Situation, compile_sourcing, default_policy, default_returns};
use crate::record::*;
use crate::stock::Load;
use crate::value::ids::*;
use crate::value::money::{MICROS, Money};
use crate::value::num;
use crate::value::rejection::Rejection;
use crate::value::time::Instant;

/// The node of a return, and why it is that.
#[derive(Default)]
pub(super) struct ReturnNode {
    pub node: NodeId,
    pub decision: Option<Box<Decision>>,
    pub explanation: Option<Box<Explanation>>,
}

/// Whether a node can do with goods what shall become of them.
pub(super) fn can(state: &State, node: NodeId, expects: Option<Disposition>) -> bool {
    let site = state.catalog.site_of(node).map(|site| site.dispositions.as_slice()).unwrap_or_default();
    expects.is_none_or(|expects| site.is_empty() || site.contains(&expects))
}

/// Chooses the node that an order's lines come back to.
pub(super) fn return_node(
    state: &State,
    allocator: &mut Allocator,
    (order, row): (OrderId, &OrderRow),
    lines: &[LineQty],
    authorize: &AuthorizeReturn,
    at: Instant,
) -> Result<ReturnNode, Rejection> {
    let rows = state.order_lines(row);
    let mut goods: Vec<PlacedLine> = Vec::with_capacity(lines.len());
    for line in lines {
        let known = line_of(&rows, &authorize.order, line.line)?;
        goods.push(PlacedLine { sku: known.sku, qty: line.qty, price: known.price });
    }
    let segment = state.terms_of(order).map_or("", |terms| &*terms.segment);
    let number = rule_of_return(state, row, segment, &goods);
    let policy = state.books.policies.rows().last().cloned().unwrap_or_else(default_policy);
    let own = number.checked_sub(1).and_then(|at| policy.rules.get(num::index(at)));
    let (name, sourcing) = own.map_or(("nearest", default_returns()), |own| (&own.name, own.then.clone()));
    let rule = compile_sourcing(name, &sourcing, &state.catalog)?;
    let nodes = (0..num::id(state.catalog.node.len())).map(NodeId);
    let refuses = |node: &NodeId| {
        let company = company_of(state, row.channel, *node);
        takes_returns(state, *node).is_err() || !can(state, *node, authorize.expects) || !company
    };
    let excluded: Vec<_> = nodes.clone().filter(refuses).map(|node| (node, SkuId::NONE)).collect();
    let more = asked(&state.catalog, &goods);
    let days: Vec<(bool, i64)> = nodes.map(|node| day(state, node, more, at)).collect();
    let demand = Demand {
        order: &authorize.order,
        segment,
        excluded: &excluded,
        ..Demand::plain(row.channel, row.to, at, at, &goods)
    };
    let (world, mut facts) = (state.world(), Facts::default());
    let found = allocator.decide_back(world, &demand, &rule, &days, &mut facts);
    let policies = num::id(state.books.policies.len());
    let mut decision = Box::new(Decision::default());
    allocator.tell(policies, number, &rule, true, &mut decision);
    let no_day = decision.fell_out.iter().any(|(why, _)| *why == FallOut::AtCapacity);
    let node = found.ok_or_else(|| match no_day {
        true => Rejection::ReturnDaysFull { order: authorize.order.clone() },
        false => Rejection::ReturnsNotAccepted { node: "any".into() },
    })?;
    let title = Title { policy: &policy.name, policy_number: policies, sourcing: &sourcing };
    let world = World { facts: Some(&facts), ..world };
    let full = authorize.detail == Detail::Full;
    let explanation = full.then(|| Box::new(explain(world, &demand, allocator, &rule, &title)));
    let decision = (authorize.detail != Detail::None).then_some(decision);
    Ok(ReturnNode { node, decision, explanation })
}

/// The number of the policy's rule for a return, from 1; 0 = it has none.
fn rule_of_return(state: &State, row: &OrderRow, segment: &str, goods: &[PlacedLine]) -> u32 {
    let group = |line: &PlacedLine| state.catalog.sku.get(line.sku.0).map(|row| row.group);
    let groups: Vec<u32> = goods.iter().filter_map(group).collect();
    let sold = goods.iter().map(|line| worth(state, line.sku, line.qty, line.price));
    let value = Money::from_micros(sold.fold(0, i64::saturating_add));
    let margin = margin(state, value, goods.iter().map(|line| (line.sku, line.qty)));
    let situation = Situation { channel: row.channel, groups: &groups, value, segment, to: row.to, margin };
    state.derived.policy.find(Flow::Back, &situation).map_or(0, |(number, _)| number)
}

/// Whether a node is of the company that sells through a channel, where both are said.
fn company_of(state: &State, channel: ChannelId, node: NodeId) -> bool {
    let seller = state.catalog.outlet_of(channel).map_or(NO_ONE, |outlet| outlet.company);
    let owner = state.catalog.site_of(node).map_or(NO_ONE, |site| site.company);
    seller == NO_ONE || owner == NO_ONE || seller == owner
}

/// Whether a node has room that day for so many lines and units that come back, and which share of the day
/// is taken, in millionths.
fn day(state: &State, node: NodeId, (lines, units): (i64, i64), at: Instant) -> (bool, i64) {
    let site = state.catalog.site_of(node);
    let Some(capacity) = site.and_then(|site| *site.returns_capacity) else { return (true, 0) };
    let today = capacity.day(at);
    let mut load = Load::default();
    let cases = state.desk.return_case.rows().iter().rev();
    let until = |case: &&ReturnRow| case.since.is_none_or(|since| capacity.day(since) >= today);
    for case in cases.take_while(until) {
        if case.node == node && case.since.is_some() && case.stage != ReturnStage::Cancelled {
            let Some(row) = state.docs.order.get(case.order.0) else { continue };
            let rows = state.order_lines(row);
            let goods = case.booked.iter().filter_map(|(line, qty)| {
                let known = rows.get(num::index(line.checked_sub(1)?))?;
                Some(PlacedLine { sku: known.sku, qty: *qty, price: known.price })
            });
            let (lines, units) = asked(&state.catalog, &goods.collect::<Vec<_>>());
            load.orders = load.orders.saturating_add(1);
            load.lines = load.lines.saturating_add(lines);
            load.units = load.units.saturating_add(units);
        }
    }
    let room = fits(&capacity, load, lines, units);
    let share = |limit: Option<i64>, taken: i64| {
        let share = limit.map(|limit| num::mul_div(taken, MICROS, limit.max(1)).unwrap_or(i64::MAX));
        share.unwrap_or(0)
    };
    let orders = share(capacity.orders, load.orders);
    (room, orders.max(share(capacity.lines, load.lines)).max(share(capacity.units, load.units)))
}
