//! Order lines that ask for a lot, or a serial number, by its name: they come from that lot alone, whole, or
//! the order is refused.

use super::common::*;
use super::order::DenseOrder;
use super::plan::Task;
use crate::allocation::Bring;
use crate::catalog::*;
use crate::record::*;
use crate::stock::Bench;
use crate::value::ids::*;
use crate::value::num;
use crate::value::rejection::Rejection;
use crate::value::sort::PutInOrder;

/// A line that names a lot.
struct Asked<'a> {
    number: u32,
    sku: SkuId,
    qty: i64,
    lot: &'a str,
}

/// What lines ask for by lot, and where it can come from.
pub(super) struct Named<'a> {
    lines: Vec<Asked<'a>>,
    /// What a line may have at a node; where all lines of its SKU name one lot, what any of them may.
    places: Vec<(u32, SkuId, NodeId, i64)>,
    credit: Vec<(SkuId, NodeId, i64)>,
    terms: TermsRow,
}

fn invalid<T>(need: &str) -> Result<T, Rejection> {
    Err(Rejection::InvalidField { field: "lines.lot".into(), need: need.into() })
}

fn short(state: &State, asked: &Asked<'_>, free: i64) -> Rejection {
    let (sku, lot) = (sku_code(state, asked.sku), shown(asked.lot));
    Rejection::NamedLotShort { sku, lot, asked: asked.qty, free }
}

/// Where the lots that an order names can come from; `None` if it names none.
pub(super) fn named<'a>(
    state: &State,
    dense: &'a DenseOrder,
    task: &Task<'_>,
) -> Result<Option<Named<'a>>, Rejection> {
    if dense.lots.is_empty() {
        return Ok(None);
    }
    let terms = dense.terms.as_deref();
    if dense.hold != HoldId::NONE || terms.is_some_and(|terms| terms.calls_off.is_some()) {
        return invalid("neither a hold nor a blanket order: hold the lot by its name");
    }
    if terms.is_some_and(|terms| terms.ship_from.is_some()) || dense.commitment == Commitment::External {
        return invalid("goods that are there: an order for now that the book may refuse");
    }
    let mut lines: Vec<Asked<'_>> = Vec::with_capacity(dense.lots.len());
    for (number, lot) in &dense.lots {
        code("lot", lot)?;
        let Some(line) = dense.lines.get(num::index(number.saturating_sub(1))) else { continue };
        if state.catalog.is_virtual(line.sku) {
            return invalid("none: a kit has no lot of its own");
        }
        lines.push(Asked { number: *number, sku: line.sku, qty: line.qty, lot });
    }
    let of_sku = |sku: SkuId| task.lines.iter().filter(move |line| line.sku == sku).count();
    if lines.iter().any(|asked| of_sku(asked.sku) != lines.iter().filter(|o| o.sku == asked.sku).count()) {
        return invalid("a lot on every line of its SKU, or on none");
    }
    let mut skus: Vec<SkuId> = lines.iter().map(|asked| asked.sku).collect();
    skus.put_in_order();
    skus.dedup();
    let terms = TermsRow { excluded: task.terms.excluded.clone(), ..task.terms.clone() };
    let mut named = Named { lines, places: Vec::new(), credit: task.credit.to_vec(), terms };
    skus.into_iter().try_for_each(|sku| named.place(state, sku, task))?;
    named.credit.put_in_order();
    Ok(Some(named))
}

impl Named<'_> {
    /// Sets the lots of a SKU aside, at the nearest nodes first; one lot that all ask for wherever it lies.
    fn place(&mut self, state: &State, sku: SkuId, task: &Task<'_>) -> Result<(), Rejection> {
        let (stock, need) = (&state.stock, state.stock.need_of(task.channel));
        let open = |(id, row): (u32, &NodeRow)| {
            let node = NodeId(id);
            let free = stock.free_for(sku, node, &stock.cells.get(sku, node), task.channel).0;
            let far = row.place.distance_mm(task.to);
            (row.status == NodeStatus::Open && free > 0)
                .then(|| (far, node, free, stock.bench(sku, node, &[])))
        };
        let mut nodes: Vec<(i64, NodeId, i64, Bench)> = state.catalog.node.iter().filter_map(open).collect();
        nodes.put_in_order_by_key(|(far, node, ..)| (*far, *node));
        let mine: Vec<&Asked<'_>> = self.lines.iter().filter(|asked| asked.sku == sku).collect();
        let one = mine.iter().all(|asked| mine.first().is_some_and(|first| first.lot == asked.lot));
        let whole = mine.iter().map(|asked| asked.qty).fold(0, i64::saturating_add);
        let mut places = Vec::new();
        for asked in mine.iter().take(if one { 1 } else { mine.len() }) {
            let wanted = if one { whole } else { asked.qty };
            let mut there = 0i64;
            for (_, node, free, bench) in &mut nodes {
                let most = if one { wanted } else { wanted.saturating_sub(there) };
                let qty = bench.room_in(asked.lot, Some(need)).min(*free).min(most);
                if qty <= 0 {
                    continue;
                }
                bench.name(asked.lot, qty);
                *free = free.saturating_sub(qty).min(bench.room(need));
                there = there.saturating_add(qty);
                places.push((asked.number, sku, *node, qty));
            }
            if there < wanted {
                let all = Asked { qty: wanted, ..**asked };
                return Err(short(state, &all, there));
            }
        }
        self.places.extend(places);
        self.bound(state, sku, task.channel, if one { whole } else { i64::MAX });
        Ok(())
    }

    /// Lets the order have no more of a SKU at each node than lies in its lots there. A plan that
    /// protects stock cannot be bounded so: nodes that have all of a lot do without those that have less.
    fn bound(&mut self, state: &State, sku: SkuId, channel: ChannelId, wanted: i64) {
        let stock = &state.stock;
        let free = |node: NodeId| stock.free_for(sku, node, &stock.cells.get(sku, node), channel).0;
        let partly = |allowed: i64, free: i64| allowed < free.min(wanted);
        let planned = stock.is_planned(sku);
        let nodes = || (0..num::id(state.catalog.node.len())).map(NodeId);
        let places = nodes().map(|node| (node, self.at(sku, node), free(node)));
        let places: Vec<(NodeId, i64, i64)> = places.collect();
        let whole = places.iter().filter(|(_, allowed, free)| !partly(*allowed, *free));
        let enough = whole.map(|(_, allowed, _)| *allowed).fold(0, i64::saturating_add) >= wanted;
        for (node, allowed, free) in places {
            let without = planned && enough && partly(allowed, free);
            if (allowed == 0 && free > 0) || without {
                self.terms.excluded.push((node, sku));
            } else if allowed < free && !planned {
                self.credit.push((sku, node, allowed.saturating_sub(free)));
            }
        }
    }

    fn at(&self, sku: SkuId, node: NodeId) -> i64 {
        let here = self.places.iter().filter(|(_, of, at, _)| (*of, *at) == (sku, node));
        here.map(|(.., qty)| *qty).fold(0, i64::saturating_add)
    }

    /// The task that takes of these SKUs only what lies in the lots.
    pub(super) fn keep<'b>(&'b self, task: Task<'b>) -> Task<'b> {
        Task { credit: &self.credit, terms: &self.terms, brings: Bring::Never, ..task }
    }

    /// The lots that a plan takes, if it takes them whole and they live long enough when they leave; lines of
    /// one SKU that name several lots come from where each of them was set aside.
    pub(super) fn settle(
        &self,
        state: &State,
        channel: ChannelId,
        plan: &mut Plan,
    ) -> Result<Vec<NamedLot>, Rejection> {
        let mut lots: Vec<NamedLot> = Vec::new();
        for asked in &self.lines {
            let one = self.lines.iter().filter(|o| o.sku == asked.sku).all(|o| o.lot == asked.lot);
            let parcel = |node: NodeId| plan.parcels.iter().position(|parcel| parcel.node == node);
            let own: Vec<(usize, i64)> = if one {
                let parts = plan.parts.iter().filter(|part| part.line == asked.number);
                parts.map(|part| (num::index(part.parcel), part.qty)).collect()
            } else {
                let mine = self.places.iter().filter(|(line, ..)| *line == asked.number);
                mine.filter_map(|(_, _, node, qty)| Some((parcel(*node)?, *qty))).collect()
            };
            let mut got = 0i64;
            for (at, qty) in own {
                let Some(parcel) = plan.parcels.get(at) else { continue };
                let node = parcel.node;
                let lives = state.stock.date_of(asked.sku, asked.lot);
                let undated = lives == state.stock.clock && state.stock.need_of(channel) == lives;
                let here: i64 = taken(self, plan, asked.sku, at);
                let enough = undated || lives >= state.stock.need_at(parcel.ship_at, channel);
                if enough && here <= self.at(asked.sku, node) && (one || here == self.at(asked.sku, node)) {
                    got = got.saturating_add(qty);
                    lots.push(NamedLot { line: asked.number, node, lot: asked.lot.into(), qty });
                }
            }
            if got < asked.qty {
                let of = |line: u32, sku: SkuId| if one { sku == asked.sku } else { line == asked.number };
                let there = self.places.iter().filter(|(line, sku, ..)| of(*line, *sku));
                let there = there.map(|(.., qty)| *qty).fold(0, i64::saturating_add);
                return Err(short(state, asked, there));
            }
        }
        self.set_parts(plan, &lots);
        Ok(lots)
    }

    /// Writes where each line's units come from into the plan.
    fn set_parts(&self, plan: &mut Plan, lots: &[NamedLot]) {
        plan.parts.retain(|part| !lots.iter().any(|lot| lot.line == part.line));
        for lot in lots {
            let parcel = plan.parcels.iter().position(|parcel| parcel.node == lot.node);
            let parcel = parcel.map_or(u32::MAX, num::id);
            plan.parts.push(PlanPart { line: lot.line, parcel, qty: lot.qty });
        }
        plan.parts.put_in_order_by_key(|part| (part.line, part.parcel));
    }
}

/// Units of a SKU that a plan takes with a parcel.
fn taken(named: &Named<'_>, plan: &Plan, sku: SkuId, parcel: usize) -> i64 {
    let of = |line: u32| named.lines.iter().any(|asked| asked.number == line && asked.sku == sku);
    let parts = plan.parts.iter().filter(|part| num::index(part.parcel) == parcel && of(part.line));
    parts.map(|part| part.qty).fold(0, i64::saturating_add)
}
