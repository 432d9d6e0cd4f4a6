//! Goods with dates: what may be promised of lots that expire, and which of them may leave.
//!
//! Nothing is kept: what is asked for is read from all orders and holds, what there is from all facts, at
//! every question. Then all dates are gone through from the latest to the first: lots come onto a heap as
//! their date is reached, whoever asks for no less is served from it, and a heap that falls below nothing
//! owes that to those who ask for less.

use crate::master::Faults;
use crate::{HoldState, Model, check};
use std::collections::BTreeMap;
use stockbook::*;

/// The date of goods that have none, of a SKU without dates.
const NEVER: Instant = Instant::from_micros(i64::MAX);

/// Goods in one place that may be sold.
#[derive(Clone, Debug)]
pub(crate) struct Stand {
    place: usize,
    lot: String,
    date: Instant,
    /// Whether they have no date, of a SKU that has dates.
    bare: bool,
    /// Units that are not set aside by the lot's name.
    open: i128,
    /// Units that are.
    named: i128,
}

/// The goods of a SKU at a node, and what is asked of them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shelf {
    stands: Vec<Stand>,
    /// What is asked for, and units.
    wants: Vec<(Ask, i128)>,
    /// What of it is held, and makes way for what is planned and leaves.
    held: Vec<(Ask, i128)>,
}

/// The least date that is asked for, and whether goods without a date will do as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ask {
    until: Instant,
    any: bool,
}

impl Stand {
    fn does(&self, ask: Ask) -> bool {
        self.date >= ask.until || (self.bare && ask.any)
    }
}

impl Shelf {
    /// What is left at a date, goods without a date included, once all who ask for it or longer are served.
    fn heap(&self, date: Instant) -> i128 {
        let there = self.stands.iter().filter(|stand| stand.date >= date || stand.bare);
        let wanted = self.wants.iter().filter(|want| want.0.until >= date).map(|want| want.1);
        there.map(|stand| stand.open).sum::<i128>() - wanted.sum::<i128>()
    }

    /// The same of dated goods alone, and of those who take no others.
    fn firm(&self, date: Instant) -> i128 {
        let there = self.stands.iter().filter(|stand| stand.date >= date);
        let wanted = self.wants.iter().filter(|want| !want.0.any && want.0.until >= date);
        there.map(|stand| stand.open).sum::<i128>() - wanted.map(|want| want.1).sum::<i128>()
    }

    /// The dates asked for in a range.
    fn dates(&self, within: impl Fn(Instant) -> bool) -> Vec<Instant> {
        self.wants.iter().map(|want| want.0.until).filter(|date| within(*date)).collect()
    }

    /// Units that may be promised to who asks so; below nothing where promises are broken already.
    fn room(&self, ask: Ask) -> i128 {
        let mut dates = self.dates(|date| date <= ask.until);
        dates.push(ask.until);
        let of = |date: &Instant| match ask.any {
            true => self.heap(*date),
            false => self.heap(*date).min(self.firm(*date)),
        };
        dates.iter().map(of).min().unwrap_or(0)
    }

    /// Units of a stand that others leave to one whose want is no longer counted; to one who had none for
    /// `None`.
    fn left_of(&self, stand: &Stand, ask: Option<Ask>) -> i128 {
        let beyond = |date: Instant| ask.is_none_or(|ask| date > ask.until);
        let heaps = self.dates(|date| beyond(date) && (stand.bare || date <= stand.date));
        let any = ask.is_none_or(|ask| ask.any);
        let firms = self.dates(|date| date <= stand.date && (any || beyond(date)));
        let heaps = heaps.iter().map(|date| self.heap(*date));
        heaps.chain(firms.iter().map(|date| self.firm(*date))).min().unwrap_or(stand.open).min(stand.open)
    }

    /// Units of a lot that may be taken, or promised by its name.
    fn room_in(&self, lot: &str, ask: Option<Ask>) -> i128 {
        let mine = self.stands.iter().filter(|stand| stand.lot == lot);
        let open: i128 = mine.clone().map(|stand| stand.open).sum();
        match mine.max_by_key(|stand| stand.date) {
            Some(last) if ask.is_none_or(|ask| last.does(ask)) => {
                self.left_of(&Stand { open, ..last.clone() }, None).max(0)
            }
            _ => 0,
        }
    }

    /// Sets units of a lot aside, or no longer (negative).
    fn name(&mut self, lot: &str, qty: i128) {
        let mut left = qty;
        for stand in self.stands.iter_mut().filter(|stand| stand.lot == lot) {
            let now = if left >= 0 { left.min(stand.open) } else { left.max(-stand.named) };
            (stand.open, stand.named) = (stand.open - now, stand.named + now);
            left -= now;
        }
    }

    /// All that asks for one date is one want: a book with many orders is judged by its dates.
    fn want(&mut self, need: Ask, qty: i128) {
        match self.wants.iter_mut().find(|want| want.0 == need) {
            Some(want) => want.1 += qty,
            None => self.wants.push((need, qty)),
        }
    }

    /// Takes up to `qty` for who asks for a date, the first to expire first, and leaves those who ask for
    /// more what they need. Says how many there were.
    fn serve(&mut self, need: Ask, qty: i128) -> i128 {
        let mut order: Vec<usize> = (0..self.stands.len()).collect();
        order.sort_by_key(|at| self.stands[*at].date);
        let mut left = qty;
        for at in order.into_iter().filter(|at| self.stands[*at].does(need)).collect::<Vec<_>>() {
            let now = self.left_of(&self.stands[at], Some(need)).min(left).max(0);
            self.stands[at].open -= now;
            left -= now;
        }
        qty - left
    }
}

/// The end of the hour in which something happens.
pub(crate) fn full_hour(at: Instant) -> Instant {
    Instant::from_micros(at.micros() + (-at.micros()).rem_euclid(3_600_000_000))
}

/// What a line asks of a node: units, by the lot's name or not, and since when they may leave.
type Asked = Vec<(Option<String>, i128, Instant)>;

impl Model {
    /// When a lot expires, if that was said.
    pub fn date_of_lot(&self, sku: usize, lot: &str) -> Option<Instant> {
        self.dates.iter().find(|(of, known, _)| *of == sku && known == lot).map(|(.., at)| *at)
    }

    fn set_date(&mut self, sku: usize, lot: &str, at: Instant) {
        self.dates.retain(|(of, known, _)| *of != sku || known != lot);
        self.dates.push((sku, lot.into(), at));
    }

    /// Whether a SKU is promised by lot: a lot of it has a date, or was once asked for by name.
    pub fn by_lot(&self, sku: usize) -> bool {
        self.named.contains(&sku) || self.dates.iter().any(|(of, ..)| *of == sku)
    }

    /// The date by which goods count.
    fn date(&self, sku: usize, lot: &str) -> Instant {
        let unknown = if self.dates.iter().any(|(of, ..)| *of == sku) { self.clock } else { NEVER };
        if lot.is_empty() { unknown } else { self.date_of_lot(sku, lot).unwrap_or(unknown) }
    }

    /// What a channel asks for of what leaves within the hour before then, or now if that has passed.
    fn need(&self, channel: usize, leaves: Instant) -> Ask {
        self.need_by(channel, full_hour(leaves))
    }

    /// The same to the moment.
    fn need_by(&self, channel: usize, leaves: Instant) -> Ask {
        let days = self.lives.iter().rev().find(|(of, _)| *of == channel).map_or(0, |(_, days)| *days);
        let until = self.clock.max(leaves).plus_seconds(i64::from(days) * 86_400);
        Ask { until, any: days == 0 }
    }

    /// When a parcel leaves.
    fn leaves_of(&self, order: usize, parcel: usize) -> Instant {
        self.orders[order].parcels[parcel].said.ship_at
    }

    /// When a node's goods leave at the earliest, whoever carries them; long after all lots if never.
    pub fn first_leave(&self, node: usize) -> Instant {
        let row = &self.nodes[node];
        let ready = self.clock.plus_seconds(i64::from(row.said.processing_minutes) * 60);
        let next = || row.cut_offs.iter().find(|cut_off| **cut_off >= ready).copied();
        let never = Instant::from_micros(i64::MAX / 4);
        if row.said.calendar.is_none() { ready } else { next().unwrap_or(never) }
    }

    /// All that is reserved of a SKU at a node: for which channel, by which lot's name, how many, and when it
    /// leaves; what is held leaves as soon as may be.
    fn asked_of(&self, sku: usize, node: usize) -> Vec<(usize, Option<String>, i128, Option<Instant>)> {
        let giving = self.giving.iter().filter(|given| (given.0, given.1) == (sku, node));
        let mut asked: Vec<_> = giving.map(|given| (given.2, None, given.3, Some(given.4))).collect();
        for (number, order) in self.orders.iter().enumerate().filter(|order| !order.1.reserved.is_empty()) {
            let here = order.reserved.iter().filter(|r| {
                order.lines[r.line].sku == sku && order.parcels[r.parcel].said.node.0 as usize == node
            });
            asked.extend(
                here.map(|r| (order.channel, r.lot.clone(), r.qty, Some(self.leaves_of(number, r.parcel)))),
            );
        }
        for hold in self.holds.iter().filter(|hold| hold.state == HoldState::Active) {
            let here = hold.lines.iter().filter(|line| (line.0, line.1) == (sku, node));
            asked.extend(here.map(|line| (hold.channel, line.3.clone(), line.2, None)));
        }
        asked
    }

    /// The goods of a SKU at a node with what is asked of them.
    pub(crate) fn shelf(&self, sku: usize, node: usize) -> Shelf {
        self.shelf_if(sku, node, |leaves| full_hour(leaves.unwrap_or_else(|| self.first_leave(node))))
    }

    /// The same, where what is reserved leaves as is said of it.
    fn shelf_if(&self, sku: usize, node: usize, leaves_at: impl Fn(Option<Instant>) -> Instant) -> Shelf {
        let mut shelf = Shelf::default();
        for (place, named) in self.places.iter().enumerate() {
            let fit = named.owner.is_empty() && named.condition == Condition::Sellable;
            let open = if fit { self.cells[sku][node].in_place(place) } else { 0 };
            if open > 0 {
                let (lot, date) = (named.lot.clone(), self.date(sku, &named.lot));
                let dated = self.dates.iter().any(|(of, ..)| *of == sku);
                let bare = dated && self.date_of_lot(sku, &lot).filter(|_| !lot.is_empty()).is_none();
                shelf.stands.push(Stand { place, lot, date, bare, open, named: 0 });
            }
        }
        let kept = self.kept.iter().filter(|kept| (kept.0, kept.1) == (sku, node));
        kept.for_each(|kept| shelf.name(&kept.2, kept.3));
        for (channel, lot, qty, leaves) in self.asked_of(sku, node) {
            match lot {
                Some(lot) => shelf.name(&lot, qty),
                None => {
                    let need = self.need_by(channel, leaves_at(leaves));
                    shelf.want(need, qty);
                    shelf.held.extend(leaves.is_none().then_some((need, qty)));
                }
            }
        }
        shelf
    }

    /// Whether what was given for a day lives until a later one, beside all else that is given.
    pub(crate) fn lives_later(
        &self,
        (sku, node, channel, qty, leaves): (usize, usize, usize, i128, Instant),
        later: Instant,
    ) -> bool {
        if !self.by_lot(sku) || full_hour(later) <= full_hour(leaves) {
            return true;
        }
        let mut shelf = self.shelf(sku, node);
        shelf.want(self.need(channel, leaves), -qty);
        shelf.room(self.need(channel, later)) >= qty
    }

    /// Units of a SKU that a channel may be promised at a node by the dates of its lots.
    pub(crate) fn dated_room(&self, sku: usize, node: usize, channel: usize, leaves: Instant) -> i128 {
        if !self.by_lot(sku) {
            return i128::MAX;
        }
        // What a hold had by a lot's name is its order's.
        let mut shelf = self.shelf(sku, node);
        let kept = self.kept.iter().filter(|kept| (kept.0, kept.1) == (sku, node));
        kept.for_each(|kept| shelf.name(&kept.2, -kept.3));
        // What leaves later needs goods that live until then; what it had there, goods that live.
        let had = self.had.iter().filter(|had| (had.0, had.1) == (sku, node)).map(|had| had.2);
        let had = shelf.room(self.need_by(channel, self.clock)).min(had.sum());
        shelf.room(self.need(channel, leaves)).max(had).max(0)
    }

    /// Units in a sellable place that may leave it as far as dates go.
    pub(crate) fn may_leave(&self, sku: usize, node: usize, lot: &str) -> i128 {
        if self.by_lot(sku) { self.shelf(sku, node).room_in(lot, None) } else { i128::MAX }
    }

    /// The faults of a hold's lines at one node: lots by name first, then what any lot will do for.
    pub(crate) fn judge_held(
        &self,
        (sku, node, channel): (usize, usize, usize),
        lines: &[(String, i128)],
        faults: &mut Faults,
    ) {
        let leaves = self.first_leave(node);
        let (mut free, need) = (self.free_for(sku, node, channel, leaves), self.need(channel, leaves));
        let named: Vec<&(String, i128)> = lines.iter().filter(|line| !line.0.is_empty()).collect();
        if !named.is_empty() {
            let mut shelf = self.shelf(sku, node);
            for (lot, qty) in named {
                faults.need(shelf.room_in(lot, Some(need)).min(free) >= *qty, 815);
                shelf.name(lot, *qty);
                free = (free - qty).min(shelf.room(need));
            }
        }
        let rest: i128 = lines.iter().filter(|line| line.0.is_empty()).map(|line| line.1).sum();
        faults.need(rest == 0 || rest <= free, 502);
    }

    // Time.

    /// When, after `from` and up to `to`, time next breaks a promise, and the exceptions of it.
    pub(crate) fn next_broken(&mut self, from: Instant, to: Instant) -> Option<(Instant, Vec<Opened>)> {
        let mut lives: Vec<i64> = (0..self.channels.len())
            .filter_map(|channel| self.lives.iter().rev().find(|(of, _)| *of == channel))
            .map(|(_, days)| i64::from(*days))
            .chain([0])
            .collect();
        lives.sort_unstable();
        lives.dedup();
        let pairs = self.dates.iter().flat_map(|(sku, _, date)| {
            lives.iter().map(|days| (date.plus_seconds(-days * 86_400), *sku)).collect::<Vec<_>>()
        });
        let mut ends: Vec<(Instant, usize)> = pairs.filter(|end| end.0 > from && end.0 <= to).collect();
        ends.sort_unstable();
        ends.dedup();
        let instants: std::collections::BTreeSet<Instant> = ends.iter().map(|end| end.0).collect();
        for at in instants {
            let mut opened = Vec::new();
            for (_, sku) in ends.iter().filter(|end| end.0 == at).copied().collect::<Vec<_>>() {
                for node in 0..self.nodes.len() {
                    let more = self.short(sku, node, Instant::from_micros(at.micros() + 1))
                        - self.short(sku, node, at);
                    if more > 0 {
                        opened.push(Opened {
                            code: ExceptionCode::PromiseAtRisk,
                            order: OrderId::NONE,
                            sku: SkuId(sku as u32),
                            node: NodeId(node as u32),
                            qty: more as i64,
                        });
                    }
                }
            }
            if !opened.is_empty() {
                return Some((at, opened));
            }
        }
        None
    }

    /// Units promised at a node that no lot does for at an instant.
    fn short(&mut self, sku: usize, node: usize, at: Instant) -> i128 {
        self.clock = at;
        let shelf = self.shelf_if(sku, node, |_| at);
        let dead = shelf.stands.iter().filter(|stand| stand.date < at).map(|stand| stand.named);
        let least =
            shelf.dates(|_| true).into_iter().map(|date| shelf.heap(date).min(shelf.firm(date))).min();
        let missing = least.map_or(0, |least| (-least).max(0));
        missing + dead.sum::<i128>()
    }

    // Receipts.

    /// The faults of a receipt's line in what tells its goods apart.
    pub(crate) fn judge_lot(&self, sku: usize, line: &ReceiptLine, faults: &mut Faults) {
        if let Some(at) = line.expires_at {
            faults.need(at.is_valid(), 106);
            faults.need(!line.place.lot.is_empty(), 816);
        }
        self.judge_tracked(sku, &line.place, faults);
    }

    /// Goods that are told apart, come or found, say which they are.
    pub(crate) fn judge_tracked(&self, sku: usize, place: &Place, faults: &mut Faults) {
        let tracked = self.described(sku).is_some_and(|said| said.tracking != Tracking::None);
        faults.need(!tracked || !place.owner.is_empty() || !place.lot.is_empty(), 816);
    }

    /// What was said of a SKU beyond its definition.
    pub fn described(&self, sku: usize) -> Option<&DescribeSku> {
        self.described.iter().rev().find(|said| said.sku == self.skus[sku].sku)
    }

    /// The date that a receipt's line gives its lot; `Err` if it has another.
    pub(crate) fn new_date(
        &self,
        sku: usize,
        line: &ReceiptLine,
        before: &[(usize, String, Instant)],
        at: Instant,
    ) -> Result<Option<Instant>, ()> {
        let lot = line.place.lot.as_str();
        if lot.is_empty() {
            return Ok(None);
        }
        let now = before.iter().find(|(of, known, _)| *of == sku && known == lot).map(|(.., at)| *at);
        match (now.or(self.date_of_lot(sku, lot)), line.expires_at) {
            (Some(known), Some(said)) if known != said => Err(()),
            (Some(_), _) => Ok(None),
            (None, Some(said)) => Ok(Some(said)),
            (None, None) => {
                let days = self.described(sku).map_or(0, |said| i64::from(said.shelf_life_days));
                Ok((days > 0).then(|| at.plus_seconds(days * 86_400)))
            }
        }
    }

    /// A receipt's line gives its lot a date, if it does.
    pub(crate) fn take_date(
        &mut self,
        sku: usize,
        said: &ReceiptLine,
        at: Instant,
        line: &ReceivedLine,
    ) -> Result<(), String> {
        let date = self.new_date(sku, said, &[], at).map_err(|()| "another date of a lot")?;
        check("date of the lot", &line.expires_at, &date)?;
        if let Some(date) = date {
            self.set_date(sku, &said.place.lot, date);
        }
        Ok(())
    }

    pub(crate) fn judge_expiry(&self, c: &SetLotExpiry) -> crate::Verdict {
        let mut faults = Faults::default();
        faults.need(self.sku(&c.sku).is_some(), 201);
        faults.code(&c.lot);
        faults.need(c.expires_at.is_valid(), 106);
        faults.verdict()
    }

    pub(crate) fn take_expiry(&mut self, c: &SetLotExpiry) -> Result<(), String> {
        let sku = self.sku(&c.sku).ok_or("sku")?;
        self.set_date(sku, &c.lot, c.expires_at);
        Ok(())
    }

    // What leaves.

    /// What an order's line asks of a node, piece by piece, in the order in which pieces ship.
    pub(crate) fn asked_by(&self, order: usize, line: usize, node: usize, qty: i128) -> Asked {
        let row = &self.orders[order];
        let mut left = qty;
        let mut asked = Asked::new();
        let here =
            |r: &&crate::Reserved| r.line == line && row.parcels[r.parcel].said.node.0 as usize == node;
        for r in row.reserved.iter().filter(here) {
            let now = r.qty.min(left);
            left -= now;
            if now > 0 {
                asked.push((r.lot.clone(), now, self.leaves_of(order, r.parcel)));
            }
        }
        asked
    }

    /// Whether the lots there are let lines of an order ship: line and units.
    pub(crate) fn may_ship(&self, order: usize, node: usize, wanted: &BTreeMap<usize, i128>) -> bool {
        let channel = self.orders[order].channel;
        let mut shelves: BTreeMap<usize, Shelf> = BTreeMap::new();
        for (line, qty) in wanted {
            let sku = self.orders[order].lines[*line].sku;
            if !self.by_lot(sku) {
                continue;
            }
            let shelf = shelves.entry(sku).or_insert_with(|| self.shelf(sku, node));
            for (lot, qty, day) in self.asked_by(order, *line, node, *qty) {
                let (planned, now) = (self.need(channel, day), self.need_by(channel, self.clock));
                if !shelf.give((planned, now), lot.as_deref(), qty) {
                    return false;
                }
            }
        }
        true
    }

    /// Whether the lots there are let so many free units go to another node.
    pub(crate) fn may_send(&self, shelf: &mut Shelf, qty: i128) -> bool {
        let now = Ask { until: self.clock, any: true };
        shelf.room(now) >= qty && shelf.serve(now, qty) == qty
    }

    /// Checks from which lots the book took what was asked for: each long enough, none that others need,
    /// and in a SKU's own order the first to expire first.
    pub(crate) fn check_lots(
        &self,
        (sku, node): (usize, usize),
        channel: Option<usize>,
        asked: &[(Option<String>, i128, Instant)],
        taken: &[Taken],
    ) -> Result<(), String> {
        if !self.by_lot(sku) {
            return Ok(());
        }
        let bare = Ask { until: self.clock, any: true };
        let need = channel.map_or(bare, |channel| self.need_by(channel, self.clock));
        let mut shelf = self.shelf(sku, node);
        let mut parts: Vec<(usize, i128)> = Vec::new();
        for from in taken {
            let place = self.places.iter().position(|known| *known == from.place);
            parts.push((place.ok_or_else(|| format!("taken from {:?}", from.place))?, i128::from(from.qty)));
        }
        let (told, all) =
            (parts.iter().map(|part| part.1).sum::<i128>(), asked.iter().map(|a| a.1).sum::<i128>());
        parts.push((0, all - told));
        for (lot, qty) in asked.iter().filter_map(|(lot, qty, _)| Some((lot.as_ref()?, *qty))) {
            shelf.name(lot, -qty);
            let mut left = qty;
            for (place, units) in parts.iter_mut().filter(|part| self.places[part.0].lot == *lot) {
                let now = left.min(*units);
                (left, *units) = (left - now, *units - now);
                shelf.remove(*place, now);
            }
            check("units of a lot asked for by its name that did not come from it", &left, &0)?;
        }
        for (_, qty, day) in asked.iter().filter(|asked| asked.0.is_none()) {
            if let Some(channel) = channel {
                shelf.want(self.need(channel, *day), -qty);
            }
        }
        parts.retain(|part| part.1 > 0);
        let any = asked.iter().filter(|asked| asked.0.is_none()).map(|asked| asked.1).sum();
        if channel.is_some() && shelf.clone().serve(need, any) < any {
            shelf.loosen();
        }
        shelf.check_taken(need, &parts, self.described(sku).map(|said| said.pick_order))
    }
}

impl Shelf {
    /// Gives what one reservation asks for; says whether it could.
    fn give(&mut self, (planned, need): (Ask, Ask), lot: Option<&str>, qty: i128) -> bool {
        let Some(lot) = lot else {
            self.want(planned, -qty);
            let left = qty - self.serve(need, qty);
            if left > 0 {
                self.loosen();
            }
            return self.serve(need, left) == left;
        };
        self.name(lot, -qty);
        let mut left = qty;
        for stand in self.stands.iter_mut().filter(|stand| stand.lot == lot) {
            let now = stand.open.min(left);
            (stand.open, left) = (stand.open - now, left - now);
        }
        left == 0
    }

    fn loosen(&mut self) {
        std::mem::take(&mut self.held).into_iter().for_each(|(need, qty)| self.want(need, -qty));
    }

    fn remove(&mut self, place: usize, qty: i128) {
        self.stands.iter_mut().filter(|stand| stand.place == place).for_each(|stand| stand.open -= qty);
    }

    /// Checks what was taken for who asks for a date.
    fn check_taken(
        mut self,
        need: Ask,
        parts: &[(usize, i128)],
        order: Option<PickOrder>,
    ) -> Result<(), String> {
        let mut last: Option<Stand> = None;
        let before = self.clone();
        let mut bare = false;
        for (place, qty) in parts {
            let stand = self.stands.iter().find(|stand| stand.place == *place);
            let stand = stand.ok_or_else(|| format!("{qty} taken from place {place}, which has none"))?;
            if !stand.does(need) {
                return Err(format!("{qty} taken of a lot that lives until {}, not {need:?}", stand.date));
            }
            bare |= stand.bare;
            last = last.into_iter().chain([stand.clone()]).max_by_key(|stand| stand.date);
            self.remove(*place, *qty);
        }
        let Some(last) = last else { return Ok(()) };
        if let Some(stand) = self.stands.iter().find(|stand| stand.open < 0) {
            return Err(format!("taken from a lot that others asked for by name: {stand:?}"));
        }
        let worse = |date: &Instant| {
            let heap = *date > need.until && self.heap(*date) < 0 && self.heap(*date) < before.heap(*date);
            let firm = need.any || *date > need.until;
            heap || (firm && self.firm(*date) < 0 && self.firm(*date) < before.firm(*date))
        };
        if self.dates(|date| bare || date <= last.date).iter().any(worse) {
            return Err(format!("taken from lots until {} that others need: {self:?}", last.date));
        }
        let earlier =
            |stand: &&Stand| stand.does(need) && !stand.bare && stand.date < last.date && stand.open > 0;
        match self.stands.iter().find(earlier) {
            Some(stand) if order == Some(PickOrder::Fefo) => {
                Err(format!("taken from a lot until {}, before one until {}", last.date, stand.date))
            }
            _ => Ok(()),
        }
    }
}
