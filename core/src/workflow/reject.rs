//! What comes from outside a decision: a node that will not give, and tables of what others know.

use super::common::{known_document, node_code, rule_of};
use super::named::{Search, SetAside, named_again, pieces};
use super::order::{illegal, line_of, unknown_order};
use super::plan::{Task, choose, conclude, source_by};
use crate::allocation::{Allocator, Bring, CostTable, Explanation, Keep, PlacedLine, SetCostTable};
use crate::catalog::{LINES_MAX, Lookup, at_most, code};
use crate::exception::{ExceptionCode, Opened};
use crate::policy::{CompiledSourcing, Shortage};
use crate::record::*;
use crate::stock::Lots;
use crate::value::ids::*;
use crate::value::num;
use crate::value::rejection::Rejection;
use crate::value::sort::PutInOrder;
use crate::value::time::Instant;
use crate::value::wire::wire;
use std::collections::BTreeSet;

wire! {
    /// Says that a node will not give what is planned from it for an order: a rejection, or a short pick
    /// (ship what was found first, and correct the stock with `adjust_stock`). The node is left out for this
    /// order from now on, and what it was to give is planned anew; what comes from other nodes stays. Beyond
    /// the policy's `rejections_max` it waits as a backorder, and an exception opens.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    #[doc = include_str!("../example_order.txt")]
    /// // RENO cannot give what order 1001 was planned from there, and nobody else has any: it waits.
    /// let reject = RejectAllocation {
    ///     order: "1001".into(), node: "RENO".into(), reason: "damage".into(), lines: vec![],
    ///     detail: Detail::None,
    /// };
    /// book.execute(&Envelope::new("reject", at, Command::RejectAllocation(reject)))?;
    /// let order = Query::Order(DocumentQuery { document: "1001".into() });
    /// let Answer::Order(order) = book.ask(&order)? else { panic!() };
    /// assert_eq!((order.lines[0].reserved, order.lines[0].backordered), (0, 3));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct RejectAllocation {
        /// The order.
        pub order: String,
        /// The node.
        pub node: String,
        /// The reason code.
        pub reason: String,
        /// Lines that it will not give, counted from 1; empty = all, and the node is left out wholly.
        #[serde(default)]
        pub lines: Vec<u32>,
        /// How much the receipt tells.
        #[serde(default)]
        pub detail: Detail,
    }
}

/// Most cells of a table of outside knowledge.
const CELLS_MAX: usize = 1_000_000;
/// Largest cost in one: a million, in micro-units.
const COST_MAX: i64 = 1_000_000_000_000;

/// Takes a node's rejection and plans anew what it was to give, into `body`.
pub(crate) fn decide_rejected(
    state: &State,
    allocator: &mut Allocator,
    reject: &RejectAllocation,
    at: Instant,
    body: &mut Body,
) -> Result<Option<Box<Explanation>>, Rejection> {
    let order = OrderId(known_document(&state.docs.orders, "order", &reject.order)?);
    let (node, _) = state.catalog.node_of(&reject.node)?;
    let reason = state.catalog.reason_of(&reject.reason)?;
    at_most("lines", reject.lines.len(), LINES_MAX)?;
    let Some(row) = state.docs.order.get(order.0) else { return Err(unknown_order(&reject.order)) };
    let rows = state.order_lines(row);
    if rows.iter().all(|line| line.reserved == 0) {
        return Err(illegal(&reject.order, row.state(&rows), "reject_allocation"));
    }
    reject.lines.iter().try_for_each(|line| line_of(&rows, &reject.order, *line).map(|_| ()))?;
    let given = given_back(state, &rows, reject, node);
    if given.lines.is_empty() {
        let node = node_code(state, node);
        return Err(Rejection::NothingPlannedThere { order: reject.order.clone(), node });
    }
    let terms = excluding(state, order, node, &given.skus);
    // It gives no more, but a plan over all nodes sees these units come back.
    let credit = given.lines.iter().map(|line| (line.sku, node, line.qty));
    let mut credit: Vec<(SkuId, NodeId, i64)> = credit.collect();
    credit.put_in_order();
    let task = Task {
        order,
        channel: row.channel,
        to: row.to,
        deliver_by: row.deliver_by,
        commitment: row.commitment,
        shortage: Some(Shortage::Backorder),
        lines: &given.lines,
        numbers: &given.numbers,
        credit: &credit,
        lots: Lots::default(),
        own: &[],
        stays: &[],
        days: &[],
        detail: reject.detail,
        number: &reject.order,
        terms: &terms,
        called: &[],
        caps: &[],
        without: ServiceId::NONE,
        brings: Bring::Lacking,
        named: None,
    };
    let (mut plan, mut exceptions) = (Plan::default(), Vec::new());
    let capped = is_rejected_enough(state, order, &terms);
    let explanation = if capped {
        plan.backordered.extend(given.back.iter().cloned());
        None
    } else {
        let stay = staying(state, &rows, reject, node);
        by_lot(state, allocator, &task, (&given.back, node, &stay), at, (&mut plan, &mut exceptions))?
    };
    // What no other node gives is somebody's work.
    let qty = plan.backordered.iter().map(|line| line.qty).fold(0, i64::saturating_add);
    if qty > 0 && exceptions.is_empty() {
        let code = if capped { ExceptionCode::AllocationFailed } else { ExceptionCode::NodeRejected };
        exceptions.push(Opened { code, order, sku: SkuId::NONE, node, qty });
    }
    let (lines, skus) = (given.back, given.skus);
    let said = AllocationRejected { order, node, reason, lines, skus, plan, exceptions };
    *body = Body::AllocationRejected(said);
    Ok(explanation)
}

/// Whether an order was rejected so often that it is planned no more.
fn is_rejected_enough(state: &State, order: OrderId, terms: &TermsRow) -> bool {
    let most = rule_of(state, order).map_or(0, |(_, rule)| rule.rejections_max);
    most > 0 && terms.rejections >= most
}

/// Plans what a node will not give elsewhere, each line that names a lot from where that lies.
fn by_lot(
    state: &State,
    allocator: &mut Allocator,
    task: &Task<'_>,
    (back, node, stay): (&[LineQty], NodeId, &BTreeSet<NodeId>),
    at: Instant,
    (plan, exceptions): (&mut Plan, &mut Vec<Opened>),
) -> Result<Option<Box<Explanation>>, Rejection> {
    let here: Vec<_> = back.iter().map(|line| (line.line, node, line.qty)).collect();
    let pieces = pieces(state, task.order, &here);
    let search = Search { back: &pieces, at, benches: &[] };
    let lots = named_again(state, task, &search, &SetAside::new());
    let task = lots.as_ref().map_or(*task, |lots| lots.keep(*task));
    let rule = rule_of(state, task.order).unwrap_or_else(|| choose(state, &task));
    elsewhere(state, allocator, (&task, stay), at, rule, plan, exceptions)
}

/// An order's terms, with what a node rejects of it: some SKUs, or all.
fn excluding(state: &State, order: OrderId, node: NodeId, skus: &[SkuId]) -> TermsRow {
    let mut terms = state.terms_of(order).cloned().unwrap_or_else(TermsRow::none);
    if skus.is_empty() {
        terms.excluded.push((node, SkuId::NONE));
    }
    terms.excluded.extend(skus.iter().map(|sku| (node, *sku)));
    terms
}

/// Nodes that still give to the order.
fn staying(state: &State, rows: &[LineRow], reject: &RejectAllocation, node: NodeId) -> BTreeSet<NodeId> {
    let mut stay = BTreeSet::new();
    for (number, line) in (1u32..).zip(rows) {
        let goes = reject.lines.is_empty() || reject.lines.contains(&number);
        let here = state.reservations(line.first_reservation).filter(|(_, row)| row.qty > 0);
        stay.extend(here.map(|(_, row)| row.node).filter(|known| !goes || *known != node));
    }
    stay
}

/// Plans beside nodes that give already so that, with them, no more do than the rule allows: from so many
/// others, or where that gives less, from those alone.
pub(super) fn elsewhere(
    state: &State,
    allocator: &mut Allocator,
    (task, stay): (&Task<'_>, &BTreeSet<NodeId>),
    at: Instant,
    (number, rule): (u32, &CompiledSourcing),
    plan: &mut Plan,
    exceptions: &mut Vec<Opened>,
) -> Result<Option<Box<Explanation>>, Rejection> {
    if rule.nodes_max == usize::MAX || stay.is_empty() {
        return source_by(state, allocator, task, at, (number, rule), plan, exceptions);
    }
    let mut fewer = rule.clone();
    for held in
        std::iter::once(&mut fewer.nodes_max).chain(fewer.relaxed.iter_mut().map(|r| &mut r.nodes_max))
    {
        if *held == rule.nodes_max {
            *held = held.saturating_sub(stay.len());
        }
    }
    let mut terms = task.terms.clone();
    let all = (0..state.catalog.node.len()).map(|node| NodeId(num::id(node)));
    terms.excluded.extend(all.filter(|node| !stay.contains(node)).map(|node| (node, SkuId::NONE)));
    let alone = Task { terms: &terms, ..*task };
    let mut given = |task: &Task<'_>, rule: &CompiledSourcing| {
        allocator.decide(state.world(), &task.demand(at), rule, Keep::Reasons);
        allocator.solution.parts.iter().map(|part| part.qty).fold(0, i64::saturating_add)
    };
    let others = if fewer.nodes_max > 0 { given(task, &fewer) } else { -1 };
    let (task, rule) = if given(&alone, rule) > others { (&alone, rule) } else { (task, &fewer) };
    given(task, rule);
    conclude(state, allocator, task, at, (number, rule), plan, exceptions)
}

/// What a rejection gives back.
#[derive(Default)]
struct Given {
    lines: Vec<PlacedLine>,
    numbers: Vec<u32>,
    back: Vec<LineQty>,
    /// SKUs that the node gives no more; empty = it gives nothing.
    skus: Vec<SkuId>,
}

fn given_back(state: &State, rows: &[LineRow], reject: &RejectAllocation, node: NodeId) -> Given {
    let mut given = Given::default();
    for (number, line) in (1u32..).zip(rows) {
        let asked = reject.lines.is_empty() || reject.lines.contains(&number);
        let here = state.reservations(line.first_reservation).filter(|(_, row)| row.node == node);
        let qty = here.map(|(_, row)| row.qty).fold(0, i64::saturating_add);
        if asked && qty > 0 {
            given.lines.push(PlacedLine { sku: line.sku, qty, price: line.price });
            given.numbers.push(number);
            given.back.push(LineQty { line: number, qty });
        }
    }
    if !reject.lines.is_empty() {
        given.skus.extend(given.lines.iter().map(|line| line.sku));
        given.skus.put_in_order();
        given.skus.dedup();
    }
    given
}

/// Checks a table of outside knowledge, whole.
pub(crate) fn decide_cost_table(state: &State, set: &SetCostTable) -> Result<Body, Rejection> {
    at_most("rows", set.rows.len(), CELLS_MAX)?;
    let by_goods = matches!(set.table, CostTable::SkuNode | CostTable::Markdown);
    let least = if set.table == CostTable::SkuNode { COST_MAX.saturating_neg() } else { 0 };
    let (mut goods, mut shipments) = (Vec::new(), Vec::new());
    let mut seen: BTreeSet<(&str, NodeId)> = BTreeSet::new();
    for row in &set.rows {
        let (node, _) = state.catalog.node_of(&row.node)?;
        if !(least..=COST_MAX).contains(&row.cost.micros()) {
            let need = if least < 0 { "-1,000,000 to 1,000,000" } else { "0 to 1,000,000" };
            return Err(Rejection::InvalidField { field: "rows.cost".into(), need: need.into() });
        }
        if !seen.insert((row.of.as_str(), node)) {
            return Err(Rejection::CellTwice { of: crate::catalog::shown(&row.of), node: row.node.clone() });
        }
        if by_goods {
            let (sku, _) = state.catalog.sku_of(&row.of)?;
            goods.push(GoodsCost { sku, node, cost: row.cost });
        } else {
            code("rows.of", &row.of)?;
            shipments.push(ShipmentCost { of: row.of.clone(), node, cost: row.cost });
        }
    }
    Ok(Body::CostTableSet(CostTableSet { table: set.table, goods, shipments }))
}
