//! Lines that ask for a lot, or a serial number, by its name: they come from that lot alone. An order that
//! the book may refuse has all of it or is refused; what was promised elsewhere, or is planned anew, waits
//! for what its lot does not have.

use super::common::*;
use super::deal::Deal;
use super::order::DenseOrder;
use super::plan::Task;
use crate::allocation::{Bring, PlacedLine, travel};
use crate::catalog::*;
use crate::record::*;
use crate::stock::{Bench, Need, Owner};
use crate::value::ids::*;
use crate::value::num;
use crate::value::rejection::Rejection;
use crate::value::sort::PutInOrder;
use crate::value::time::Instant;

/// A line of a SKU of which lines name lots; without a lot, any will do for it.
#[derive(Clone)]
struct Asked {
    number: u32,
    sku: SkuId,
    qty: i64,
    lot: String,
}

/// Units of lots that are set aside for lines, by SKU and node; without a lot, of any.
pub(super) type SetAside = Vec<(SkuId, NodeId, String, i64)>;

/// What lines ask for by lot, and where it can come from.
#[derive(Clone, Default)]
pub(super) struct Named {
    lines: Vec<Asked>,
    /// What a line may have at a node; where all lines of its SKU name one lot, what any of them may.
    places: Vec<(u32, SkuId, NodeId, i64)>,
    /// The most that each node may give, ascending.
    caps: Vec<(SkuId, NodeId, i64)>,
}

/// Where the lots of lines are looked for.
pub(super) struct Search<'a> {
    /// Reservations that are given back, and units of them.
    pub back: &'a [(u32, i64)],
    pub at: Instant,
    /// Goods as they will lie, where that is another than the book says.
    pub benches: &'a [(SkuId, NodeId, Bench)],
}

fn invalid<T>(need: &str) -> Result<T, Rejection> {
    Err(Rejection::InvalidField { field: "lines.lot".into(), need: need.into() })
}

/// A component of a kit, by its place, of which a lot is meant where one is named for the kit: the only one
/// that is tracked by lot or serial number.
pub(super) fn tracked_part(state: &State, parts: impl Iterator<Item = SkuId>) -> Result<usize, Rejection> {
    let tracked = |sku: SkuId| state.catalog.trait_of(sku).is_some_and(|row| row.tracking != Tracking::None);
    let mut found = parts.enumerate().filter(|(_, sku)| tracked(*sku)).map(|(at, _)| at);
    match (found.next(), found.next()) {
        (Some(only), None) => Ok(only),
        _ => invalid("of a kit, one that has a single component tracked by lot or serial number"),
    }
}

/// Lots that an order's lines name, by the lines' numbers; of a kit, by its component's.
pub(super) fn lots_of(
    state: &State,
    dense: &DenseOrder,
    lines: &[PlacedLine],
    kits: &[OrderedKit],
) -> Result<Vec<(u32, String)>, Rejection> {
    let mut lots = Vec::with_capacity(dense.lots.len());
    if dense.lots.is_empty() {
        return Ok(lots);
    }
    let terms = dense.terms.as_deref();
    if terms.is_some_and(|terms| terms.calls_off.is_some() || terms.ship_from.is_some()) {
        return invalid("an order for now, that calls no other off");
    }
    for (number, lot) in &dense.lots {
        code("lot", lot)?;
        let kit = kits.iter().find(|kit| kit.line == *number);
        let first = kit.map_or(*number, |kit| kit.first);
        let parts = kit.map_or(1, |kit| kit.each.len());
        let skus = lines.iter().skip(num::index(first.saturating_sub(1))).take(parts).map(|line| line.sku);
        let part = if kit.is_some() { tracked_part(state, skus)? } else { 0 };
        lots.push((first.saturating_add(num::id(part)), lot.clone()));
    }
    Ok(lots)
}

/// The lots that an order's lines go on naming because its hold did: of a SKU of which none names a lot
/// itself, where the plan takes no more at any node than the hold had there, and of one lot.
pub(super) fn lots_of_hold(
    state: &State,
    hold: HoldId,
    task: &Task<'_>,
    plan: &Plan,
    named: Option<&Named>,
) -> Vec<NamedLot> {
    let mut lots = Vec::new();
    if state.stock.named.len() == 0 || hold == HoldId::NONE {
        return lots;
    }
    let first = state.docs.hold.get(hold.0).map_or(NOTHING, |row| row.first_reservation);
    let held: Vec<_> = state.reservations(first).filter(|(_, row)| row.qty > 0).collect();
    let silent = |line: &PlacedLine| named.is_none_or(|named| !named.speaks_of(line.sku));
    for (position, line) in task.lines.iter().enumerate().filter(|(_, line)| silent(line)) {
        let mine = || held.iter().filter(|(_, row)| row.sku == line.sku);
        let lot = mine().next().and_then(|(id, _)| state.stock.named_lot(*id));
        let same = |place: usize| task.lines.get(place).is_some_and(|other| other.sku == line.sku);
        let numbers = (0..task.lines.len()).filter(|place| same(*place)).map(|place| task.line(place));
        let numbers: Vec<u32> = numbers.collect();
        let parts = || plan.parts.iter().filter(|part| numbers.contains(&part.line));
        let there = |node: NodeId| {
            let here = mine().filter(|(_, row)| row.node == node).map(|(_, row)| row.qty);
            here.fold(0, i64::saturating_add)
        };
        let fits = |(parcel, row): (u32, &Parcel)| {
            let takes = parts().filter(|part| part.parcel == parcel).map(|part| part.qty);
            takes.fold(0, i64::saturating_add) <= there(row.node)
        };
        let asked = task.lines.iter().filter(|other| other.sku == line.sku).map(|other| other.qty);
        let whole = parts().map(|part| part.qty).fold(0, i64::saturating_add);
        let whole = whole == asked.fold(0, i64::saturating_add);
        let all = mine().all(|(id, _)| state.stock.named_lot(*id) == lot);
        let lot = lot.filter(|_| all && whole && (0u32..).zip(&plan.parcels).all(fits));
        let lot = lot.and_then(|lot| state.stock.labels.get(lot.0));
        lots.extend(lot.map(|lot| NamedLot { line: task.line(position), lot: lot.to_string() }));
    }
    lots
}

/// Where the lots that a new order names can come from; `None` if it names none.
pub(super) fn named(
    state: &State,
    (dense, lots): (&DenseOrder, &[(u32, String)]),
    task: &Task<'_>,
    at: Instant,
) -> Result<Option<Named>, Rejection> {
    let Some(mut found) = Named::of(lots, task) else { return Ok(None) };
    let first = state.docs.hold.get(dense.hold.0).map_or(NOTHING, |row| row.first_reservation);
    let held = state.reservations(first).filter(|(_, row)| row.qty > 0);
    let back: Vec<(u32, i64)> = held.map(|(id, row)| (id, row.qty)).collect();
    let search = Search { back: &back, at, benches: &[] };
    let short = found.find(state, task, &search, &SetAside::new());
    match short.filter(|_| dense.commitment != Commitment::External) {
        Some(short) => Err(short),
        None => Ok(Some(found)),
    }
}

/// Where the lots that lines of a known order name can come from, beside what is set aside already.
pub(super) fn named_again(
    state: &State,
    task: &Task<'_>,
    search: &Search<'_>,
    aside: &SetAside,
) -> Option<Named> {
    let known = task.terms.lots.iter();
    let label = |(line, lot): &(u32, LotId)| Some((*line, state.stock.labels.get(lot.0)?.to_string()));
    let lots: Vec<(u32, String)> = known.filter_map(label).collect();
    let mut found = Named::of(&lots, task)?;
    found.find(state, task, search, aside);
    Some(found)
}

/// What lines of an order have reserved, by line and node.
pub(super) fn held_by_line(state: &State, order: &OrderRow, numbers: &[u32]) -> Vec<(u32, NodeId, i64)> {
    let mut held = Vec::new();
    for (number, line) in (1u32..).zip(state.lines_of(order)).filter(|(number, _)| numbers.contains(number)) {
        let pending = state.reservations(line.first_reservation).filter(|(_, row)| row.qty > 0);
        held.extend(pending.map(|(_, row)| (number, row.node, row.qty)));
    }
    held
}

/// The reservations of an order's lines at nodes, for so many units; none of an order that names no lots.
pub(super) fn pieces(state: &State, order: OrderId, now: &[(u32, NodeId, i64)]) -> Vec<(u32, i64)> {
    let names = state.terms_of(order).is_some_and(|terms| !terms.lots.is_empty());
    let Some(row) = state.docs.order.get(order.0).filter(|_| names) else { return Vec::new() };
    let mut back: Vec<(u32, i64)> = Vec::new();
    for (number, node, qty) in now {
        let line = state.docs.lines.get(state.docs.line_id(row.first_line, *number));
        let mut left = *qty;
        for (id, row) in state.reservations(line.map_or(NOTHING, |line| line.first_reservation)) {
            let known = back.iter().filter(|(of, _)| *of == id).map(|(_, qty)| *qty);
            let part = known.fold(row.qty, i64::saturating_sub).min(left);
            if row.node == *node && part > 0 {
                left = left.saturating_sub(part);
                back.push((id, part));
            }
        }
    }
    back
}

impl Search<'_> {
    /// The goods of a SKU at a node without what is given back and what is set aside.
    fn bench(&self, state: &State, (sku, node): (SkuId, NodeId), aside: &SetAside) -> Bench {
        let known = self.benches.iter().find(|(of, at, _)| (*of, *at) == (sku, node));
        let mut bench = known.map_or_else(|| state.stock.bench(sku, node), |known| known.2.clone());
        for (id, qty) in self.back {
            let row = state.stock.reservations.get(*id).filter(|row| (row.sku, row.node) == (sku, node));
            let Some(row) = row else { continue };
            let planned =
                state.stock.need_planned(row.node, state.channel_of(&row), state.leaves_of(row.parcel));
            let lot = state.stock.named_lot(*id).and_then(|lot| state.stock.labels.get(lot.0));
            match lot {
                Some(lot) => bench.name(lot, qty.saturating_neg()),
                None => bench.want(planned, qty.saturating_neg()),
            }
        }
        for (.., lot, qty) in aside.iter().filter(|(of, at, ..)| (*of, *at) == (sku, node)) {
            bench.name(lot, *qty);
        }
        bench
    }
}

impl Search<'_> {
    /// What an order, or the hold that it replaces, has of a SKU at a node, by lot.
    fn own(&self, state: &State, (sku, node): (SkuId, NodeId), order: OrderId) -> Vec<(String, i64)> {
        let mine = |owner: Owner| match owner {
            Owner::Hold(_) => true,
            Owner::Line(line) => state.docs.lines.get(line).is_some_and(|line| line.order == order),
        };
        let one = |(id, qty): &(u32, i64)| {
            let row = state.stock.reservations.get(*id)?;
            let lot = state.stock.named_lot(*id).and_then(|lot| state.stock.labels.get(lot.0));
            let here = (row.sku, row.node) == (sku, node) && mine(row.owner);
            here.then(|| (lot.map(|lot| lot.to_string()).unwrap_or_default(), *qty))
        };
        self.back.iter().filter_map(one).collect()
    }
}

/// A node while lots are looked for there.
pub(super) struct Found {
    pub far: i64,
    pub node: NodeId,
    pub free: i64,
    /// What goods must live until that leave there for the channel; now, what it has there already.
    pub need: Need,
    pub now: Need,
    /// What the order has there, by lot; without a lot, of any.
    pub own: Vec<(String, i64)>,
    pub bench: Bench,
}

impl Found {
    /// Units of a lot, or of any, that live until they leave; of what the order has already, that live now.
    pub(super) fn room(&self, lot: &str) -> i64 {
        let by = |need: Need| match lot {
            "" => self.bench.room(need),
            lot => self.bench.room_in(lot, Some(need)),
        };
        let own = self.own.iter().filter(|(known, _)| known == lot).map(|(_, qty)| *qty);
        let own = own.fold(0, i64::saturating_add);
        let kept = if own > 0 { by(self.now).min(own) } else { 0 };
        by(self.need).max(kept).min(self.free).max(0)
    }

    /// Takes units of a lot, or of any, or puts them back (negative).
    pub(super) fn take(&mut self, lot: &str, qty: i64) {
        match lot {
            "" => self.bench.want(self.need, qty),
            lot => self.bench.name(lot, qty),
        }
        self.free = self.free.saturating_sub(qty);
        for (_, own) in self.own.iter_mut().filter(|(known, _)| known == lot).take(1) {
            *own = own.saturating_sub(qty);
        }
    }
}

impl Named {
    /// The lines of a task that name lots, with those of the same SKU that do not.
    fn of(lots: &[(u32, String)], task: &Task<'_>) -> Option<Named> {
        if lots.is_empty() {
            return None;
        }
        let lot = |number: u32| lots.iter().find(|(known, _)| *known == number).map(|(_, lot)| lot);
        let all = task.lines.iter().enumerate().map(|(position, line)| (task.line(position), line));
        let names = |sku: SkuId| all.clone().any(|(number, line)| line.sku == sku && lot(number).is_some());
        let mine = all.clone().filter(|(_, line)| names(line.sku));
        let asked = |(number, line): (u32, &PlacedLine)| Asked {
            number,
            sku: line.sku,
            qty: line.qty,
            lot: lot(number).cloned().unwrap_or_default(),
        };
        let lines: Vec<Asked> = mine.map(asked).collect();
        (!lines.is_empty()).then(|| Named { lines, ..Named::default() })
    }

    /// Whether all lines of a SKU name one lot.
    fn is_one(&self, sku: SkuId) -> bool {
        let mut lots = self.lines.iter().filter(|asked| asked.sku == sku).map(|asked| &asked.lot);
        let first = lots.next();
        lots.all(|lot| Some(lot) == first)
    }

    /// Finds the lots, SKU by SKU, beside those set aside; gives what is short of them.
    fn find(
        &mut self,
        state: &State,
        task: &Task<'_>,
        search: &Search<'_>,
        aside: &SetAside,
    ) -> Option<Rejection> {
        let mut skus: Vec<SkuId> = self.lines.iter().map(|asked| asked.sku).collect();
        skus.put_in_order();
        skus.dedup();
        let mut short = None;
        for sku in skus {
            short = short.or(self.place(state, sku, task, search, aside));
            let mut most = vec![0i64; state.catalog.node.len()];
            for (_, _, node, qty) in self.places.iter().filter(|(_, of, ..)| *of == sku) {
                if let Some(sum) = most.get_mut(num::index(node.0)) {
                    *sum = sum.saturating_add(*qty);
                }
            }
            let nodes = (0u32..).map(NodeId);
            self.caps.extend(nodes.zip(most).map(|(node, most)| (sku, node, most)));
        }
        short
    }

    /// Finds the lots of a SKU, at the nearest nodes first; one lot that all ask for wherever it lies.
    fn place(
        &mut self,
        state: &State,
        sku: SkuId,
        task: &Task<'_>,
        search: &Search<'_>,
        aside: &SetAside,
    ) -> Option<Rejection> {
        let mut deal = Deal::of(nodes_of(state, sku, task, search, aside));
        let mine: Vec<Asked> = self.lines.iter().filter(|asked| asked.sku == sku).cloned().collect();
        let one = self.is_one(sku);
        let whole = mine.iter().map(|asked| asked.qty).fold(0, i64::saturating_add);
        let mut short = None;
        // Who takes any lot takes what the others leave.
        let (lots, any): (Vec<&Asked>, Vec<&Asked>) = mine.iter().partition(|asked| !asked.lot.is_empty());
        for asked in lots.into_iter().chain(any).take(if one { 1 } else { mine.len() }) {
            let (line, lot) = (num::index(asked.number), asked.lot.as_str());
            let (mut wanted, mut there) = (asked.qty, 0i64);
            if one {
                wanted = whole;
                for (at, found) in deal.nodes.iter().enumerate() {
                    let qty = deal.room(at, lot).min(whole);
                    there = there.saturating_add(qty);
                    self.places.push((asked.number, sku, found.node, qty));
                }
            } else {
                there = deal.give((line, lot), wanted, &|_, _| true);
            }
            if there < wanted && short.is_none() {
                let (sku, lot) = (sku_code(state, sku), shown(lot));
                short = Some(Rejection::NamedLotShort { sku, lot, asked: wanted, free: there });
            }
        }
        let dealt = deal.shares().map(|(line, found, _, qty)| (num::id(line), sku, found.node, qty));
        self.places.extend(dealt);
        short
    }

    /// The most that each node may give, ascending.
    pub(super) fn caps(&self) -> &[(SkuId, NodeId, i64)] {
        &self.caps
    }

    /// Whether lines of a SKU name lots.
    pub(super) fn speaks_of(&self, sku: SkuId) -> bool {
        self.lines.iter().any(|asked| asked.sku == sku)
    }

    /// The task that takes of these SKUs only what lies in the lots.
    pub(super) fn keep<'b>(&'b self, task: Task<'b>) -> Task<'b> {
        Task { caps: &self.caps, brings: Bring::Never, named: Some(self), ..task }
    }

    /// The lots by line, as the order goes on naming them.
    pub(super) fn lots(&self) -> Vec<NamedLot> {
        let named = self.lines.iter().filter(|asked| !asked.lot.is_empty());
        named.map(|asked| NamedLot { line: asked.number, lot: asked.lot.clone() }).collect()
    }

    /// Whether a line names a lot.
    pub(super) fn names(&self, line: u32) -> bool {
        self.lines.iter().any(|asked| asked.number == line && !asked.lot.is_empty())
    }

    /// Whether what one line of a SKU may have is not what any other may.
    pub(super) fn is_apart(&self, sku: SkuId) -> bool {
        !self.is_one(sku)
    }

    /// Gives what a plan takes of a SKU to the lines whose lots lie where it takes it, and says anew what is
    /// short, by the lines' positions.
    pub(super) fn settle(&self, task: &Task<'_>, plan: &mut Plan, short: &mut Vec<(usize, i64)>) {
        let mut skus: Vec<SkuId> = self.lines.iter().map(|asked| asked.sku).collect();
        skus.put_in_order();
        skus.dedup();
        skus.retain(|sku| self.is_apart(*sku));
        for sku in skus {
            let is_mine = |line: u32| self.lines.iter().any(|asked| (asked.number, asked.sku) == (line, sku));
            let mut parts: Vec<PlanPart> = Vec::new();
            for (parcel, row) in (0u32..).zip(&plan.parcels) {
                let here = plan.parts.iter().filter(|part| part.parcel == parcel && is_mine(part.line));
                let mut left = here.map(|part| part.qty).fold(0, i64::saturating_add);
                for (line, _, _, set) in
                    self.places.iter().filter(|(_, of, at, _)| (*of, *at) == (sku, row.node))
                {
                    let qty = left.min(*set);
                    left = left.saturating_sub(qty);
                    if qty > 0 {
                        parts.push(PlanPart { line: *line, parcel, qty });
                    }
                }
            }
            plan.parts.retain(|part| !is_mine(part.line));
            short.retain(|(position, _)| !is_mine(task.line(*position)));
            for (position, line) in task.lines.iter().enumerate() {
                let number = task.line(position);
                let got = parts.iter().filter(|part| part.line == number).map(|part| part.qty);
                let qty = got.fold(line.qty, i64::saturating_sub);
                if qty > 0 && is_mine(number) {
                    short.push((position, qty));
                }
            }
            plan.parts.extend(parts);
        }
        plan.parts.put_in_order_by_key(|part| (part.line, part.parcel));
        short.put_in_order();
    }

    /// What a plan takes by lot, of any lot nothing.
    pub(super) fn takes(&self, plan: &Plan) -> SetAside {
        let mut takes = SetAside::new();
        for asked in self.lines.iter().filter(|asked| !asked.lot.is_empty()) {
            for part in plan.parts.iter().filter(|part| part.line == asked.number) {
                let node = plan.parcels.get(num::index(part.parcel)).map_or(NodeId::NONE, |row| row.node);
                takes.push((asked.sku, node, asked.lot.clone(), part.qty));
            }
        }
        takes
    }

    /// `Ok` unless more of a line that names a lot is asked for than the lot has, and it may be refused;
    /// `held` is what lines had.
    pub(super) fn check_raised(
        &self,
        state: &State,
        order: &OrderRow,
        (amended, held): (&[LineQty], &[(u32, NodeId, i64)]),
        plan: &Plan,
    ) -> Result<(), Rejection> {
        if order.commitment != Commitment::Own {
            return Ok(());
        }
        let raised = |line: u32| amended.iter().any(|change| change.qty > 0 && change.line == line);
        let mut more = self.lines.iter().filter(|asked| !asked.lot.is_empty() && raised(asked.number));
        more.try_for_each(|asked| {
            let had = held.iter().filter(|(line, ..)| *line == asked.number).map(|(.., qty)| *qty);
            self.check_line(state, order.channel, plan, (asked, had.fold(0, i64::saturating_add)))
        })
    }

    /// `Ok` if a plan takes the lots whole, and they live long enough when they leave.
    pub(super) fn check(&self, state: &State, channel: ChannelId, plan: &Plan) -> Result<(), Rejection> {
        let mut named = self.lines.iter().filter(|asked| !asked.lot.is_empty());
        named.try_for_each(|asked| self.check_line(state, channel, plan, (asked, 0)))
    }

    /// `Ok` if a plan takes all of a line out of its lot, which lives long enough when it leaves; of units
    /// that the line had already, however long it lives.
    fn check_line(
        &self,
        state: &State,
        channel: ChannelId,
        plan: &Plan,
        (asked, had): (&Asked, i64),
    ) -> Result<(), Rejection> {
        let (lives, undated) = state.stock.good_now(asked.sku, &asked.lot);
        let undated = undated && state.stock.need_of(channel).any;
        let (mut got, mut old) = (0i64, had);
        for part in plan.parts.iter().filter(|part| part.line == asked.number) {
            let parcel = plan.parcels.get(num::index(part.parcel));
            let sound =
                undated || parcel.is_some_and(|row| lives >= state.stock.need_at(row.ship_at, channel).until);
            let qty = if sound { part.qty } else { part.qty.min(old) };
            old = if sound { old } else { old.saturating_sub(qty) };
            got = got.saturating_add(qty);
        }
        if got >= asked.qty {
            return Ok(());
        }
        let one = self.is_one(asked.sku);
        let of = |line: u32, sku: SkuId| if one { sku == asked.sku } else { line == asked.number };
        let there = self.places.iter().filter(|(line, sku, ..)| of(*line, *sku));
        let free = there.map(|(.., qty)| *qty).fold(0, i64::saturating_add);
        let (sku, lot) = (sku_code(state, asked.sku), shown(&asked.lot));
        Err(Rejection::NamedLotShort { sku, lot, asked: asked.qty, free })
    }
}

/// Open nodes that have any of a SKU for a task, the nearest first.
fn nodes_of(state: &State, sku: SkuId, task: &Task<'_>, search: &Search<'_>, aside: &SetAside) -> Vec<Found> {
    let stock = &state.stock;
    let open =
        |node: NodeId| state.catalog.node.get(node.0).is_some_and(|row| row.status == NodeStatus::Open);
    let credit = || task.credit.iter().filter(|(of, ..)| *of == sku);
    let sum = |of: &dyn Fn(NodeId) -> bool| {
        credit().filter(|(_, node, _)| of(*node)).map(|(.., qty)| *qty).fold(0, i64::saturating_add)
    };
    let whole = (sum(&|_| true), sum(&open));
    let one = |(id, row): (u32, &NodeRow)| {
        let node = NodeId(id);
        let barred = |(at, of): &(NodeId, SkuId)| *at == node && (*of == sku || *of == SkuId::NONE);
        if row.status != NodeStatus::Open || task.terms.excluded.iter().any(barred) {
            return None;
        }
        let (mut cell, back) = (stock.cells.get(sku, node), sum(&|at| at == node));
        cell.reserved = cell.reserved.saturating_sub(back);
        let free = stock.room_for(sku, node, &cell, (task.channel, i64::MAX), back, whole).0;
        let used = aside.iter().filter(|(of, at, ..)| (*of, *at) == (sku, node)).map(|(.., qty)| *qty);
        let free = used.fold(free, i64::saturating_sub);
        let demand = task.demand(search.at);
        let option = travel(state.world(), &demand, node, Heft::default()).ok();
        let now = stock.need_of(task.channel);
        let need = option.map_or(now, |option| stock.need_at(option.ship_at, task.channel));
        let far = row.place.distance_mm(task.to);
        let bench = search.bench(state, (sku, node), aside);
        let own = search.own(state, (sku, node), task.order);
        (free > 0).then_some(Found { far, node, free, need, now, own, bench })
    };
    let mut nodes: Vec<Found> = state.catalog.node.iter().filter_map(one).collect();
    nodes.put_in_order_by_key(|found| (found.far, found.node));
    nodes
}
