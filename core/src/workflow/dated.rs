//! Lots with dates: when they come, and which of them leave.

use super::common::*;
use super::stock::DenseReceiptLine;
use crate::catalog::*;
use crate::record::*;
use crate::stock::*;
use crate::value::ids::*;
use crate::value::rejection::Rejection;
use crate::value::time::Instant;

/// Goods that come: where they will lie, and when they expire, or that they do not though others do.
pub(crate) type Arriving = (SkuId, Place, (Instant, bool), i64);

pub(crate) fn decide_lot_expiry(state: &State, said: &SetLotExpiry) -> Result<Body, Rejection> {
    let (sku, _) = state.catalog.sku_of(&said.sku)?;
    code("lot", &said.lot)?;
    let tracked = state.catalog.trait_of(sku).is_some_and(|row| row.tracking != Tracking::None);
    if !tracked && state.stock.labels.find(said.lot.as_str()).is_none() {
        return Err(need(&said.sku, "it is not tracked by lot, and no goods came with this one"));
    }
    if !said.expires_at.is_valid() {
        return Err(Rejection::InvalidInstant { field: "expires_at".into() });
    }
    Ok(Body::LotExpirySet(said.clone()))
}

fn need(sku: &str, need: &str) -> Rejection {
    Rejection::LotNeeded { sku: sku.into(), need: need.into() }
}

/// `Ok` if goods that are told apart say which they are, beside those of the lines before.
pub(crate) fn check_tracked(
    state: &State,
    line: &DenseReceiptLine,
    before: &[ReceivedLine],
) -> Result<(), Rejection> {
    if line.expires_at.is_some_and(|at| !at.is_valid()) {
        return Err(Rejection::InvalidInstant { field: "lines.expires_at".into() });
    }
    if line.expires_at.is_some() && line.place.lot.is_empty() {
        return Err(need(&sku_code(state, line.sku), "a date belongs to a lot"));
    }
    let again = before.iter().any(|known| known.sku == line.sku && is_of(&known.place, &line.place.lot));
    check_lot(state, line.sku, &line.place, line.qty, again)
}

/// `Ok` if so many units more of a SKU that is tracked lie in a lot, or under a serial number, of their own;
/// `again` says that the same command has named it before.
pub(crate) fn check_lot(
    state: &State,
    sku: SkuId,
    place: &Place,
    qty: i64,
    again: bool,
) -> Result<(), Rejection> {
    let tracking = state.catalog.trait_of(sku).map(|row| row.tracking).unwrap_or_default();
    let need = |text: &str| need(&sku_code(state, sku), text);
    let own = place.is_own();
    match tracking {
        Tracking::None => Ok(()),
        _ if own && place.lot.is_empty() => Err(need("every unit lies in a named lot")),
        Tracking::Serial if own && qty != 1 => Err(need("one unit has each serial number")),
        Tracking::Serial if own && (again || is_there(state, sku, &place.lot)) => {
            Err(need("its serial number is in stock already"))
        }
        _ => Ok(()),
    }
}

pub(crate) fn is_of(place: &Place, lot: &str) -> bool {
    place.is_own() && place.lot == lot
}

/// Whether any of a lot lies at a node, or is on its way to one.
fn is_there(state: &State, sku: SkuId, lot: &str) -> bool {
    let places = state.catalog.node.iter().flat_map(|(node, _)| state.stock.places(sku, NodeId(node)));
    let label = state.stock.labels.find(lot);
    let comes = |transfer: u32| {
        let lines = state.docs.transfer.get(transfer).map(|row| row.lines.as_slice()).unwrap_or_default();
        let mine = (1u32..).zip(lines).filter(|(_, line)| line.sku == sku);
        let ways = mine.map(|(number, _)| state.costs.under_way(transfer, number));
        ways.flat_map(|way| way.lots).any(|of| Some(of.lot.0) == label)
    };
    places.into_iter().any(|(place, _)| is_of(&place, lot))
        || state.inbound(sku, Inbound::Transfer).any(comes)
}

/// The date that a line gives its lot, where the lot has none yet: the one that is said, or the SKU's shelf
/// life from the day that it came.
pub(crate) fn new_date(
    state: &State,
    line: &DenseReceiptLine,
    before: &[ReceivedLine],
    at: Instant,
) -> Result<Option<Instant>, Rejection> {
    let lot = line.place.lot.as_str();
    if lot.is_empty() {
        return Ok(None);
    }
    let same = |known: &&ReceivedLine| known.sku == line.sku && known.place.lot == lot;
    let now = before.iter().filter(same).find_map(|known| known.expires_at);
    match (now.or_else(|| state.stock.expiry_of(line.sku, lot)), line.expires_at) {
        (Some(known), Some(said)) if known != said => {
            let need = format!("the date that the lot has, {known}, or set_lot_expiry first");
            Err(Rejection::InvalidField { field: "lines.expires_at".into(), need })
        }
        (Some(_), _) => Ok(None),
        (None, Some(said)) => Ok(Some(said)),
        (None, None) => {
            let days = state.catalog.trait_of(line.sku).map_or(0, |row| i64::from(row.shelf_life_days));
            let life = days.saturating_mul(86_400_000_000);
            Ok((days > 0).then(|| Instant::from_micros(at.micros().saturating_add(life))))
        }
    }
}

/// The goods of a receipt by lot, where any SKU is promised by lot or will be. What may not be promised gives
/// its lot a date too: it comes as no units.
pub(crate) fn arriving(state: &State, received: &[ReceivedLine]) -> Vec<Arriving> {
    if state.stock.by_lot.len() == 0 && received.iter().all(|line| line.expires_at.is_none()) {
        return Vec::new();
    }
    let one = |line: &ReceivedLine| {
        let sellable = line.place.is_own() && line.place.condition == Condition::Sellable;
        let lot = line.place.lot.as_str();
        let same = |known: &&ReceivedLine| known.sku == line.sku && known.place.lot == lot;
        let new = received.iter().filter(same).find_map(|known| known.expires_at);
        let date = new.map_or_else(|| state.stock.good_now(line.sku, lot), |date| (date, false));
        (line.sku, line.place.clone(), date, if sellable { line.qty } else { 0 })
    };
    received.iter().map(one).collect()
}

/// The goods of a SKU that is promised by lot, or will be, with those that arrive.
pub(crate) fn arriving_bench(state: &State, sku: SkuId, node: NodeId, lots: &[Arriving]) -> Option<Bench> {
    let mine = lots.iter().filter(|(known, ..)| *known == sku);
    let dated = mine.clone().any(|(_, _, date, _)| date.0 < NEVER);
    if !dated && !state.stock.is_by_lot(sku) {
        return None;
    }
    let mut bench = state.stock.bench(sku, node);
    if !state.stock.is_by_lot(sku) {
        // With its first date what is reserved is asked for by the channels' lives.
        let now = state.stock.need_of(ChannelId::NONE);
        bench.want(now, state.stock.cells.get(sku, node).reserved.saturating_neg());
        for (_, row) in state.stock.open_of(sku, Some(node)) {
            bench.want(
                state.stock.need_planned(row.node, state.channel_of(&row), state.leaves_of(row.parcel)),
                row.qty,
            );
        }
    }
    // A lot gets a date where one is said, not where goods of it come without one.
    let dates = mine.clone().filter(|(_, _, (_, undated), _)| !undated);
    dates.for_each(|(_, place, (date, _), _)| bench.date(&place.lot, *date));
    mine.for_each(|(_, place, date, qty)| bench.add(place.clone(), *date, *qty));
    if dated {
        bench.doubt();
    }
    Some(bench)
}

/// Units of a reservation are given back: what they asked for of lots is asked for no longer; less than zero,
/// it is again.
pub(crate) fn give_back(state: &State, given: &mut Vec<Asks>, (id, row): (u32, &Reservation), qty: i64) {
    if qty == 0 || !state.stock.is_by_lot(row.sku) {
        return;
    }
    let lot = state.stock.named_lot(id).and_then(|lot| state.stock.labels.get(lot.0));
    let need = match lot {
        Some(lot) => state.stock.need_in(row.sku, lot),
        None => state.stock.need_planned(row.node, state.channel_of(row), state.leaves_of(row.parcel)),
    };
    give(given, (row.sku, row.node, need, qty));
}

/// All that is pending from a reservation on is given back.
pub(crate) fn give_all(state: &State, given: &mut Vec<Asks>, first: u32) {
    if state.stock.by_lot.len() > 0 {
        state.reservations(first).for_each(|(id, row)| give_back(state, given, (id, &row), row.qty));
    }
}

/// Goods that come without a lot.
pub(crate) fn undated(state: &State, arrived: &[(SkuId, i64)]) -> Vec<Arriving> {
    let one = |(sku, qty): &(SkuId, i64)| (*sku, Place::default(), state.stock.good_now(*sku, ""), *qty);
    arrived.iter().filter(|(_, qty)| *qty > 0).map(one).collect()
}

fn order_of(state: &State, sku: SkuId) -> PickOrder {
    state.catalog.trait_of(sku).map(|row| row.pick_order).unwrap_or_default()
}

/// What an event takes from where, line by line.
#[derive(Default)]
pub(crate) struct Picks {
    benches: Vec<(SkuId, Bench)>,
    none: Bench,
}

impl Picks {
    fn bench(&mut self, state: &State, sku: SkuId, node: NodeId) -> &mut Bench {
        let known = self.benches.iter().position(|(known, _)| *known == sku);
        let at = known.unwrap_or(self.benches.len());
        if known.is_none() {
            self.benches.push((sku, state.stock.bench(sku, node)));
        }
        self.benches.get_mut(at).map_or(&mut self.none, |(_, bench)| bench)
    }

    /// From which places told apart free units come, of `before` that earlier lines took.
    pub(crate) fn free(
        &mut self,
        state: &State,
        (sku, node): (SkuId, NodeId),
        before: i64,
        qty: i64,
    ) -> Result<Vec<Taken>, Rejection> {
        if !state.stock.is_by_lot(sku) {
            if !state.stock.has_places(sku, node) {
                return Ok(Vec::new());
            }
            return Ok(match order_of(state, sku) {
                PickOrder::Lifo => state.stock.pick_last(sku, node, before, qty),
                _ => state.stock.pick(sku, node, before, qty),
            });
        }
        let (now, order) = (state.stock.need_of(ChannelId::NONE), order_of(state, sku));
        let bench = self.bench(state, sku, node);
        let room = bench.room(now);
        if room < qty {
            return Err(short(state, sku, node, qty, room));
        }
        let (taken, left) = bench.take(now, None, qty, order);
        if left > 0 { Err(short(state, sku, node, qty, qty.saturating_sub(left))) } else { Ok(taken) }
    }

    /// From which places told apart the reserved units of a line come.
    pub(crate) fn reserved(
        &mut self,
        state: &State,
        line: &LineRow,
        (node, channel): (NodeId, ChannelId),
        before: i64,
        qty: i64,
    ) -> Result<Vec<Taken>, Rejection> {
        let sku = line.sku;
        if !state.stock.is_by_lot(sku) {
            return self.free(state, (sku, node), before, qty);
        }
        let (need, order) = (state.stock.need_of(channel), order_of(state, sku));
        let bench = self.bench(state, sku, node);
        let (mut left, mut taken) = (qty, Vec::new());
        for (id, row) in state.reservations(line.first_reservation).filter(|(_, row)| row.node == node) {
            let now = row.qty.min(left);
            left = left.saturating_sub(now);
            let lot =
                state.stock.named_lot(id).and_then(|lot| state.stock.labels.get(lot.0)).map(|lot| &**lot);
            match lot {
                Some(lot) => bench.name(lot, now.saturating_neg()),
                None => {
                    let planned = state.stock.need_planned(node, channel, state.leaves_of(row.parcel));
                    bench.want(planned, now.saturating_neg());
                }
            }
            // A lot that was asked for by name has been agreed to, whatever its date is by now.
            let (part, mut missing) = bench.take(need, lot, now, order);
            taken.extend(part);
            if missing > 0 && lot.is_none() {
                // It was to leave before what is held: that makes way.
                bench.loosen();
                let (part, still) = bench.take(need, lot, missing, order);
                taken.extend(part);
                missing = still;
            }
            if missing > 0 {
                return Err(short(state, sku, node, qty, now.saturating_sub(missing)));
            }
        }
        Ok(merged(taken))
    }
}

fn short(state: &State, sku: SkuId, node: NodeId, asked: i64, free: i64) -> Rejection {
    Rejection::LotsShort { sku: sku_code(state, sku), node: node_code(state, node), asked, free }
}

fn merged(taken: Vec<Taken>) -> Vec<Taken> {
    let mut merged: Vec<Taken> = Vec::with_capacity(taken.len());
    for part in taken {
        match merged.iter_mut().find(|known| known.place == part.place) {
            Some(known) => known.qty = known.qty.saturating_add(part.qty),
            None => merged.push(part),
        }
    }
    merged
}

/// Goods of a transfer's line join those that arrive, by the lots that they come in.
pub(crate) fn note_arriving(state: &State, line: &TransferredLine, lots: &mut Vec<Arriving>) {
    let name = |lot: LotId| state.stock.labels.get(lot.0).map(|lot| lot.to_string()).unwrap_or_default();
    let by_cost = line.lots.iter().map(|lot| (name(lot.lot), lot.qty));
    let by_place = line.taken.iter().map(|to| (to.place.lot.clone(), to.qty));
    let mut left = line.qty;
    for (lot, qty) in by_cost.chain(by_place) {
        let place = Place { lot, ..Place::default() };
        lots.push((line.sku, place.clone(), state.stock.good_now(line.sku, &place.lot), qty));
        left = left.saturating_sub(qty);
    }
    if left > 0 {
        lots.push((line.sku, Place::default(), state.stock.good_now(line.sku, ""), left));
    }
}
