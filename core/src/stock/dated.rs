//! Promises by lot, of lots that expire: what may be promised of them, and which of them leave first.
//!
//! A channel wants goods that still have so long to live (its remaining life, 0 = not expired yet) when
//! they leave: when it is planned for a parcel, or as soon as their node sends. Goods without a date, of a
//! SKU that has dates, do for wants of no remaining life, whenever they leave. Goods of a SKU at a node
//! satisfy all wants together if and only if for every date `x` the lots that expire at `x` or later cover
//! the wants that ask for a remaining life and for `x` or later, and with the goods without a date all
//! wants that ask for `x` or later; lots that are set aside by name are left out of both sides (Hall's
//! condition, which for nested ranges needs to look at thresholds only).

use super::rows::*;
use super::{Condition, Place, Taken};
use crate::catalog::PickOrder;
use crate::value::ids::*;
use crate::value::later::Later;
use crate::value::sort::PutInOrder;
use crate::value::table::Keys;
use crate::value::time::Instant;
use crate::value::wire::wire;
use serde::{Deserialize, Serialize};

wire! {
    /// Says when a lot of a SKU expires. Said again, it replaces: reservations that no lot satisfies any more
    /// are refused when they ship.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// # for (id, json) in [r#"{"define_sku":{"sku":"MILK"}}"#,
    /// #     r#"{"describe_sku":{"sku":"MILK","tracking":"lot"}}"#,
    /// #     r#"{"receive_goods":{"receipt":"R-2","node":"RENO","lines":[
    /// #         {"sku":"MILK","qty":5,"unit_cost":"1","expires_at":"2026-01-25T00:00:00Z",
    /// #             "place":{"lot":"A"}}]}}"#].iter().enumerate() {
    /// #     book.execute(&Envelope::new(&id.to_string(), at, serde_json::from_str(json)?))?;
    /// # }
    /// // Five MILK of lot A were thought to live until the 25th; the dairy calls them back.
    /// let expires_at = "2026-01-05T00:00:00Z".parse()?;
    /// let expiry = SetLotExpiry { sku: "MILK".into(), lot: "A".into(), expires_at };
    /// book.execute(&Envelope::new("recall", at, Command::SetLotExpiry(expiry)))?;
    /// let (sku, channel) = ("MILK".into(), "web".into());
    /// let query = Query::Available(AvailableQuery { sku, channel, nodes: vec![] });
    /// let Answer::Available(room) = book.ask(&query)? else { panic!() };
    /// assert_eq!(room.available, 0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct SetLotExpiry {
        /// The SKU.
        pub sku: String,
        /// The lot.
        pub lot: String,
        /// When it expires.
        pub expires_at: Instant,
    }
}

/// Units of a SKU with dates that a channel has reserved at a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Want {
    pub channel: ChannelId,
    /// The lot that is asked for by name; none = any that will do.
    pub lot: LotId,
    pub qty: i64,
    /// When they leave, in microseconds; 0 = as soon as may be.
    #[serde(default)]
    pub leaves: Later<i64, 1>,
}

/// What goods must live until, and whether those without a date do as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Need {
    pub until: Instant,
    pub any: bool,
}

/// Units of a SKU at a node that are asked for so.
pub(crate) type Asks = (SkuId, NodeId, Need, i64);

/// How goods will lie and what is wanted of them, where that is not as the book says.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Lots<'a> {
    /// What is no longer asked for; less than zero where more is. Ascending.
    pub given: &'a [Asks],
    /// Goods with what comes in.
    pub benches: &'a [(SkuId, NodeId, Bench)],
}

/// What was asked for is no longer, or is again (negative).
pub(crate) fn give(given: &mut Vec<Asks>, (sku, node, need, qty): Asks) {
    match given.binary_search_by_key(&(sku, node, need), |known| (known.0, known.1, known.2)) {
        Ok(at) => {
            if let Some(known) = given.get_mut(at) {
                known.3 = known.3.saturating_add(qty);
            }
        }
        Err(at) => given.insert(at, (sku, node, need, qty)),
    }
}

/// Goods in one place.
#[derive(Clone, Debug)]
struct Stand {
    place: Place,
    expires: Instant,
    /// Whether they have no date, of a SKU that has dates.
    undated: bool,
    qty: i64,
    /// Units that are asked for by the lot's name.
    named: i64,
}

impl Stand {
    fn open(&self) -> i64 {
        self.qty.saturating_sub(self.named).max(0)
    }
}

/// The dated goods of a SKU at a node and what is wanted of them, while something is decided.
#[derive(Clone, Debug, Default)]
pub(crate) struct Bench {
    clock: Instant,
    stands: Vec<Stand>,
    /// What is asked for, and units.
    wants: Vec<(Need, i64)>,
    /// What of it is held, to leave as soon as may be.
    held: Vec<(Need, i64)>,
}

/// The date of goods of a SKU without dates.
pub(crate) const NEVER: Instant = Instant::from_micros(i64::MAX);

/// Microseconds of a day, and of an hour.
const DAY: i64 = 86_400_000_000;
const HOUR: i64 = 3_600_000_000;

/// By the hour: lots that live until its end do for all that leaves within it.
pub(crate) fn full_hour(at: Instant) -> Instant {
    let up = at.micros().saturating_add(HOUR.saturating_sub(1));
    Instant::from_micros(up.saturating_sub(up.checked_rem_euclid(HOUR).unwrap_or(0)))
}

impl Bench {
    /// Goods that are there, or come; without a date they are said to expire now.
    pub(crate) fn add(&mut self, place: Place, (expires, undated): (Instant, bool), qty: i64) {
        self.stands.push(Stand { place, expires, undated, qty, named: 0 });
    }

    /// A lot gets its date: what lies of it has it too.
    pub(crate) fn date(&mut self, lot: &str, expires: Instant) {
        let mine = self.stands.iter_mut().filter(|stand| !lot.is_empty() && stand.place.lot == lot);
        mine.for_each(|stand| (stand.expires, stand.undated) = (expires, false));
    }

    /// With the first date of a SKU, what has none is good for no remaining life only.
    pub(crate) fn doubt(&mut self) {
        for stand in self.stands.iter_mut().filter(|stand| stand.expires == NEVER) {
            (stand.expires, stand.undated) = (self.clock, true);
        }
    }

    /// More is wanted, or less (negative).
    pub(crate) fn want(&mut self, need: Need, qty: i64) {
        match self.wants.iter_mut().find(|(known, _)| *known == need) {
            Some((_, sum)) => *sum = sum.saturating_add(qty),
            None => self.wants.push((need, qty)),
        }
    }

    /// What is held makes way for what was planned, and is to leave now.
    pub(crate) fn loosen(&mut self) {
        for (need, qty) in std::mem::take(&mut self.held) {
            self.want(need, qty.saturating_neg());
        }
    }

    /// A lot's units are set aside by its name, or no longer (negative).
    pub(crate) fn name(&mut self, lot: &str, qty: i64) {
        let mut left = qty;
        for stand in self.stands.iter_mut().filter(|stand| stand.place.lot == lot) {
            let now = if left >= 0 { left.min(stand.open()) } else { left.max(stand.named.saturating_neg()) };
            stand.named = stand.named.saturating_add(now);
            left = left.saturating_sub(now);
        }
    }

    fn open(&self, of: impl Fn(&Stand) -> bool) -> i64 {
        self.stands.iter().filter(|stand| of(stand)).map(Stand::open).fold(0, i64::saturating_add)
    }

    fn wanted(&self, of: impl Fn(&Need) -> bool) -> i64 {
        let wants = self.wants.iter().filter(|(need, _)| of(need)).map(|(_, qty)| *qty);
        wants.fold(0, i64::saturating_add)
    }

    /// What goods that live until `x`, or have no date, have beyond what is wanted of them.
    fn slack(&self, x: Instant) -> i64 {
        let there = self.open(|stand| stand.expires >= x || stand.undated);
        there.saturating_sub(self.wanted(|need| need.until >= x))
    }

    /// What lots that live until `x` have beyond what is wanted of them by who takes none without a date.
    fn strict_slack(&self, x: Instant) -> i64 {
        self.open(|stand| stand.expires >= x).saturating_sub(self.wanted(|need| !need.any && need.until >= x))
    }

    /// The least of what a date leaves, over the dates asked for that lie in a range. Of dates that the same
    /// goods live until, the first leaves least.
    fn least(&self, within: impl Fn(Instant) -> bool, slack: impl Fn(Instant) -> i64) -> i64 {
        let mut firsts: Vec<(Instant, Instant)> = Vec::new();
        for x in self.wants.iter().map(|(need, _)| need.until).filter(|x| within(*x)) {
            let living = self.stands.iter().map(|stand| stand.expires).filter(|expires| *expires >= x);
            let next = living.min().unwrap_or(NEVER);
            match firsts.iter_mut().find(|(of, _)| *of == next) {
                Some((_, first)) => *first = x.min(*first),
                None => firsts.push((next, x)),
            }
        }
        firsts.into_iter().map(|(_, x)| slack(x)).min().unwrap_or(i64::MAX)
    }

    /// Units that may be promised to a want, all others being kept.
    pub(crate) fn room(&self, need: Need) -> i64 {
        let of =
            |slack: &dyn Fn(Instant) -> i64| self.least(|x| x <= need.until, slack).min(slack(need.until));
        let room = of(&|x| self.slack(x));
        room.min(if need.any { i64::MAX } else { of(&|x| self.strict_slack(x)) }).max(0)
    }

    /// What other wants leave of a stand for one that is served otherwise: by any of its units for `None`.
    fn spare(&self, stand: &Stand, need: Option<Need>) -> i64 {
        let until = if stand.undated { NEVER } else { stand.expires };
        let from = need.map_or(Instant::from_micros(i64::MIN), |need| need.until);
        let beyond = |x: Instant| (need.is_none() || x > from) && x <= until;
        // Who takes any goods is not among those who take none without a date.
        let strict = |x: Instant| (beyond(x) || need.is_some_and(|need| need.any)) && x <= stand.expires;
        let all = self.least(beyond, |x| self.slack(x));
        all.min(self.least(strict, |x| self.strict_slack(x)))
    }

    /// Whether a stand does for a want.
    fn does(stand: &Stand, need: Need) -> bool {
        stand.expires >= need.until || (stand.undated && need.any)
    }

    /// Units of a lot that may be taken away, or promised by its name to a want.
    pub(crate) fn room_in(&self, lot: &str, need: Option<Need>) -> i64 {
        let mine = || self.stands.iter().filter(|stand| stand.place.lot == lot);
        let open = mine().map(Stand::open).fold(0, i64::saturating_add);
        let last = mine().max_by_key(|stand| stand.expires);
        let Some(last) = last.filter(|stand| need.is_none_or(|need| Bench::does(stand, need))) else {
            return 0;
        };
        open.min(self.spare(last, None)).max(0)
    }

    /// Units wanted that nothing does for, and units of lots that expired under those who asked for them by
    /// name.
    fn short(&self) -> i64 {
        let least = self.least(|_| true, |x| self.slack(x).min(self.strict_slack(x)));
        let dead = self.stands.iter().filter(|stand| stand.expires < self.clock).map(|stand| stand.named);
        dead.fold(least.min(0).saturating_neg(), i64::saturating_add)
    }

    /// Whether all that is wanted can be had together.
    #[cfg(test)]
    pub(crate) fn is_sound(&self) -> bool {
        let named = self.stands.iter().all(|stand| stand.named <= stand.qty);
        named && self.least(|_| true, |x| self.slack(x).min(self.strict_slack(x))) >= 0
    }

    /// Takes up to `qty` for a want that is no longer counted among the wants: out of the lot named, whatever
    /// its date is by now, or in an order, from each lot as much as leaves the other wants what they need.
    /// Gives what came from places told apart, and how much could not be had.
    pub(crate) fn take(
        &mut self,
        need: Need,
        lot: Option<&str>,
        qty: i64,
        order: PickOrder,
    ) -> (Vec<Taken>, i64) {
        let mut sequence: Vec<usize> = (0..self.stands.len()).collect();
        match order {
            PickOrder::Fifo => {}
            PickOrder::Lifo => sequence.reverse(),
            PickOrder::Fefo => {
                sequence.put_in_order_by_key(|at| self.stands.get(*at).map(|stand| stand.expires))
            }
        }
        let (mut left, mut taken) = (qty, Vec::new());
        for at in sequence {
            let Some(stand) = self.stands.get(at) else { continue };
            let fits = lot.map_or(Bench::does(stand, need), |lot| stand.place.lot == lot);
            let spare = if lot.is_none() { self.spare(stand, Some(need)) } else { i64::MAX };
            let now = stand.open().min(spare).min(left);
            if !fits || now <= 0 {
                continue;
            }
            left = left.saturating_sub(now);
            if let Some(stand) = self.stands.get_mut(at) {
                stand.qty = stand.qty.saturating_sub(now);
                if !stand.place.is_plain() {
                    taken.push(Taken { place: stand.place.clone(), qty: now });
                }
            }
        }
        (taken, left)
    }
}

impl Stock {
    /// An event begins: lots are judged as of its time.
    #[inline]
    pub(crate) fn begin_event(&mut self, at: Instant) {
        self.clock = at;
        self.freed.clear();
        self.first_made = crate::value::num::id(self.reservations.len());
        self.cells.begin_event();
    }

    /// Whether the SKU is promised by lot: a lot of it has a date, or was asked for by name.
    #[inline]
    pub(crate) fn is_by_lot(&self, sku: SkuId) -> bool {
        self.by_lot.len() > 0 && self.by_lot.find(&sku).is_some()
    }

    /// When a lot expires, if that was said.
    pub(crate) fn expiry_of(&self, sku: SkuId, lot: &str) -> Option<Instant> {
        if lot.is_empty() || !self.is_by_lot(sku) {
            return None;
        }
        let lot = LotId(self.labels.find(lot)?);
        self.expiry.get(self.expiries.find(&(sku, NodeId::NONE, lot))?).copied()
    }

    pub(crate) fn set_expiry(&mut self, sku: SkuId, lot: &str, at: Instant) {
        let lot = LotId(self.label(lot));
        self.by_lot.intern(sku);
        self.dated.intern(sku);
        let key = (sku, NodeId::NONE, lot);
        let known = self.expiries.find(&key);
        if let Some((id, before)) = known.and_then(|id| Some((id, *self.expiry.get(id)?))) {
            self.expiring.remove((before, id));
        }
        put(&mut self.expiries, &mut self.expiry, key, at);
        let id = self.expiries.find(&key);
        id.into_iter().for_each(|id| self.expiring.insert((at, id)));
    }

    /// The lives that channels ask for, in microseconds.
    fn lives_asked(&self) -> impl Iterator<Item = i64> {
        let lives = self.lives.iter().filter(|days| **days > 0);
        std::iter::once(0).chain(lives.map(|days| days.saturating_mul(DAY)))
    }

    /// When, after `from` and up to `to`, a lot next stops to do for some channel.
    pub(crate) fn next_outlived(&self, from: Instant, to: Instant) -> Option<Instant> {
        let next = |life: i64| {
            let after = from.micros().saturating_add(life).saturating_add(1);
            let (at, _) = self.expiring.iter_from((Instant::from_micros(after), 0)).next()?;
            Some(Instant::from_micros(at.micros().saturating_sub(life)))
        };
        self.lives_asked().filter_map(next).min().filter(|at| *at <= to)
    }

    /// SKUs of which a lot stops to do for some channel at an instant.
    pub(crate) fn outlived_skus(&self, at: Instant) -> Vec<SkuId> {
        let mut skus = Vec::new();
        for life in self.lives_asked() {
            let date = Instant::from_micros(at.micros().saturating_add(life));
            let dated = self.expiring.iter_from((date, 0)).take_while(|(of, _)| *of == date);
            skus.extend(dated.filter_map(|(_, id)| self.expiries.get(id)).map(|(sku, ..)| *sku));
        }
        skus.put_in_order();
        skus.dedup();
        skus
    }

    /// Units of a SKU promised at a node that no lot will do for right after an instant, and that there was
    /// one for until then.
    pub(crate) fn outlived_at(&self, sku: SkuId, node: NodeId, at: Instant) -> i64 {
        if self.wanted.find(&(sku, node)).is_none() {
            return 0;
        }
        let after = Instant::from_micros(at.micros().saturating_add(1));
        let short = |clock: Instant| self.bench_as_of(clock, sku, node).short();
        short(after).saturating_sub(short(at)).max(0)
    }

    /// Units of a SKU promised at a node that no lot does for now.
    pub(crate) fn outlived_now(&self, sku: SkuId, node: NodeId) -> i64 {
        self.bench_as_of(self.clock, sku, node).short()
    }

    /// What a channel's want asks for of what leaves now.
    pub(crate) fn need_of(&self, channel: ChannelId) -> Need {
        self.need_by(self.clock, channel)
    }

    /// The same of what is to leave then, by the hour.
    pub(crate) fn need_at(&self, leaves: Instant, channel: ChannelId) -> Need {
        self.need_by(full_hour(leaves), channel)
    }

    fn need_by(&self, leaves: Instant, channel: ChannelId) -> Need {
        let days = self.lives.get(crate::value::num::index(channel.0)).copied().unwrap_or(0);
        let until = leaves.micros().saturating_add(days.saturating_mul(DAY));
        Need { until: Instant::from_micros(until), any: days == 0 }
    }

    /// When goods that a channel asks for now leave a node at the earliest, by whichever of its services:
    /// `NEVER` where none goes any more.
    pub(crate) fn soonest(&self, node: NodeId, channel: ChannelId) -> Instant {
        let Some((process_s, sends)) = self.sends.get(crate::value::num::index(node.0)) else {
            return self.clock;
        };
        let ready = self.clock.plus_seconds(*process_s);
        let next = |sends: &Vec<Instant>| sends.get(sends.partition_point(|at| *at < ready)).copied();
        let leaves =
            |sends: &Option<Vec<Instant>>| sends.as_ref().map_or(ready, |sends| next(sends).unwrap_or(NEVER));
        let all =
            self.services.get(crate::value::num::index(channel.0)).map(Vec::as_slice).unwrap_or_default();
        let goes = |service: u32| sends.len() == 1 || all.is_empty() || all.contains(&ServiceId(service));
        let mine = (0u32..).zip(sends).filter(|(service, _)| goes(*service));
        mine.map(|(_, sends)| leaves(sends)).min().unwrap_or(NEVER)
    }

    /// What a recorded want of a channel at a node asks for now that was planned to leave then, or (0) is
    /// to leave as soon as may be.
    pub(crate) fn need_planned(&self, node: NodeId, channel: ChannelId, leaves: i64) -> Need {
        match leaves {
            0 => self.need_at(self.soonest(node, channel), channel),
            _ => self.need_by(self.clock.max(Instant::from_micros(leaves)), channel),
        }
    }

    /// What a lot that was asked for by its name does for, where it is asked for no longer.
    pub(crate) fn need_in(&self, sku: SkuId, lot: &str) -> Need {
        let (until, undated) = self.good_until(self.clock, sku, lot);
        Need { until: if undated { NEVER } else { until }, any: undated }
    }

    /// The date by which goods count that come into a place, and whether they have none though others do.
    pub(crate) fn good_now(&self, sku: SkuId, lot: &str) -> (Instant, bool) {
        self.good_until(self.clock, sku, lot)
    }

    /// The date by which goods count as of a time, and whether they have none though others of the SKU do.
    fn good_until(&self, clock: Instant, sku: SkuId, lot: &str) -> (Instant, bool) {
        match self.expiry_of(sku, lot) {
            Some(date) => (date, false),
            None if self.dated.find(&sku).is_some() => (clock, true),
            None => (NEVER, false),
        }
    }

    /// Units in a place that may leave without breaking a promise; below zero where more is promised than
    /// there is.
    pub(crate) fn free_in(&self, sku: SkuId, node: NodeId, place: &Place) -> i64 {
        let mut free = self.in_place(sku, node, place);
        if place.is_own() && place.condition == Condition::Sellable {
            free = free.min(self.cells.get(sku, node).free());
            if self.is_by_lot(sku) {
                free = free.min(self.bench(sku, node).room_in(&place.lot, None));
            }
        }
        free
    }

    /// The dated goods of a SKU at a node, and what is wanted of them.
    pub(crate) fn bench(&self, sku: SkuId, node: NodeId) -> Bench {
        let mut bench = self.goods_at(self.clock, sku, node);
        for want in self.wants(sku, node) {
            if let Some(lot) = self.labels.get(want.lot.0).filter(|_| want.lot != LotId::NONE) {
                bench.name(lot, want.qty);
                continue;
            }
            let need = self.need_planned(node, want.channel, *want.leaves);
            // Each is asked for once: there is nothing to look for.
            bench.wants.push((need, want.qty));
            if *want.leaves == 0 {
                bench.held.push((need, want.qty));
            }
        }
        bench
    }

    /// The same as of a time, if all of it left then: what breaks as time goes by breaks when its lot dies.
    fn bench_as_of(&self, clock: Instant, sku: SkuId, node: NodeId) -> Bench {
        let mut bench = self.goods_at(clock, sku, node);
        for want in self.wants(sku, node) {
            match self.labels.get(want.lot.0).filter(|_| want.lot != LotId::NONE) {
                Some(lot) => bench.name(lot, want.qty),
                None => bench.want(self.need_by(clock, want.channel), want.qty),
            }
        }
        bench
    }

    /// The goods of a SKU at a node by what they are good for as of a time, and what is wanted of a SKU that
    /// is not promised by lot.
    fn goods_at(&self, clock: Instant, sku: SkuId, node: NodeId) -> Bench {
        let mut bench = Bench { clock, ..Bench::default() };
        let plain = self.in_place(sku, node, &Place::default());
        if plain > 0 {
            bench.add(Place::default(), self.good_until(clock, sku, ""), plain);
        }
        if !self.is_by_lot(sku) {
            bench.want(Need { until: clock, any: true }, self.cells.get(sku, node).reserved);
        }
        for (place, qty) in self.places(sku, node) {
            if place.is_own() && place.condition == Condition::Sellable {
                let until = self.good_until(clock, sku, &place.lot);
                bench.add(place, until, qty);
            }
        }
        bench
    }

    /// Units of a dated SKU that may be reserved at a node by who asks so; no bound for a SKU without dates.
    pub(crate) fn room_by(&self, sku: SkuId, node: NodeId, need: Need) -> i64 {
        if self.is_by_lot(sku) { self.bench(sku, node).room(need) } else { i64::MAX }
    }

    /// The same for a channel and what leaves then.
    pub(crate) fn dated_room(&self, sku: SkuId, node: NodeId, channel: ChannelId, leaves: Instant) -> i64 {
        self.room_by(sku, node, self.need_at(leaves, channel))
    }

    /// The same for one who has so many there already, as long as they live now: they were promised to it as
    /// they are.
    pub(crate) fn room_again(
        &self,
        (sku, node): (SkuId, NodeId),
        (channel, leaves): (ChannelId, Instant),
        had: i64,
        lots: Lots<'_>,
    ) -> i64 {
        if !self.is_by_lot(sku) {
            return i64::MAX;
        }
        let known = lots.benches.iter().find(|(of, at, _)| (*of, *at) == (sku, node));
        let mut bench = known.map_or_else(|| self.bench(sku, node), |known| known.2.clone());
        let from = lots.given.partition_point(|(of, at, ..)| (*of, *at) < (sku, node));
        let here = lots.given.iter().skip(from).take_while(|(of, at, ..)| (*of, *at) == (sku, node));
        here.for_each(|(_, _, need, qty)| bench.want(*need, qty.saturating_neg()));
        let kept = if had > 0 { bench.room(self.need_of(channel)).min(had) } else { 0 };
        bench.room(self.need_at(leaves, channel)).max(kept)
    }

    fn wants(&self, sku: SkuId, node: NodeId) -> &[Want] {
        let wants = self.wanted.find(&(sku, node)).and_then(|id| self.want.get(id));
        wants.map(Vec::as_slice).unwrap_or_default()
    }

    /// A channel has reserved more of a dated SKU, or less (negative), which leaves then.
    pub(crate) fn note_want(
        &mut self,
        (sku, node): (SkuId, NodeId),
        channel: ChannelId,
        (lot, leaves): (LotId, i64),
        qty: i64,
    ) {
        if !self.is_by_lot(sku) {
            return;
        }
        // A lot that is named is agreed to, whenever it leaves.
        let leaves = if lot == LotId::NONE { leaves } else { 0 };
        let id = self.wanted.intern((sku, node));
        if crate::value::num::index(id) == self.want.len() {
            self.want.push(Vec::new());
        }
        let key = |want: &Want| (want.channel, want.lot, *want.leaves);
        self.want.edit(id, |wants| match wants.binary_search_by_key(&(channel, lot, leaves), key) {
            Ok(at) => {
                if let Some(want) = wants.get_mut(at) {
                    want.qty = want.qty.saturating_add(qty);
                }
                if wants.get(at).is_some_and(|want| want.qty == 0) {
                    wants.remove(at);
                }
            }
            Err(at) if qty != 0 => wants.insert(at, Want { channel, lot, qty, leaves: Later(leaves) }),
            Err(_) => {}
        });
    }

    /// The lot that a reservation asks for by name.
    pub(crate) fn named_lot(&self, reservation: u32) -> Option<LotId> {
        if self.named.len() == 0 {
            return None;
        }
        let lot = self.named.find(&reservation).and_then(|id| self.name.get(id));
        lot.and_then(|lot| u32::try_from(*lot).ok()).map(LotId)
    }

    /// A reservation that leaves then, counted among those for any lot, asks for one by name.
    pub(crate) fn name_lot(&mut self, reservation: u32, lot: LotId, channel: ChannelId, leaves: i64) {
        let Some(Reservation { sku, node, qty, .. }) = self.reservations.get(reservation) else {
            return;
        };
        put(&mut self.named, &mut self.name, reservation, i64::from(lot.0));
        self.note_want((sku, node), channel, (LotId::NONE, leaves), qty.saturating_neg());
        self.note_want((sku, node), channel, (lot, leaves), qty);
    }

    /// Units of a reservation that was counted are no longer reserved.
    pub(crate) fn unwant(
        &mut self,
        id: u32,
        row: &Reservation,
        channel: ChannelId,
        (leaves, qty): (i64, i64),
    ) {
        if self.by_lot.len() > 0 {
            let lot = self.named_lot(id).unwrap_or(LotId::NONE);
            self.note_want((row.sku, row.node), channel, (lot, leaves), qty.saturating_neg());
        }
    }
}

fn put<K: Clone + std::hash::Hash + Eq, T: Clone + std::hash::Hash>(
    keys: &mut Keys<K>,
    table: &mut crate::value::table::Table<T>,
    key: K,
    row: T,
) {
    let id = keys.intern(key);
    if crate::value::num::index(id) == table.len() {
        table.push(row);
    } else {
        table.edit(id, |old| *old = row);
    }
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, reason = "dice, in a test")]
mod tests {
    use super::*;

    struct Dice(u64);

    impl Dice {
        fn roll(&mut self, sides: i64) -> i64 {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            i64::try_from(self.0 >> 33).unwrap_or(0) % sides
        }
    }

    /// Goods in a place: when they expire (0 = they have no date, and it is 0 now), and units.
    type Lot = (i64, i64);
    /// A want of one unit: until when it must live, and whether goods without a date do as well.
    type Asks = (i64, bool);

    fn does(lot: Lot, (until, any): Asks) -> bool {
        lot.0 >= until || (any && lot.0 == 0)
    }

    /// Whether every want, unit by unit, finds a unit of its own: by trying all ways.
    fn fits(lots: &mut [Lot], wants: &[Asks]) -> bool {
        let Some((want, rest)) = wants.split_first() else { return true };
        for at in 0..lots.len() {
            if does(lots[at], *want) && lots[at].1 > 0 {
                lots[at].1 -= 1;
                let found = fits(lots, rest);
                lots[at].1 += 1;
                if found {
                    return true;
                }
            }
        }
        false
    }

    fn need((until, any): Asks) -> Need {
        Need { until: Instant::from_micros(until), any }
    }

    fn bench(lots: &[Lot], wants: &[Asks]) -> Bench {
        let mut bench = Bench { clock: Instant::from_micros(0), ..Bench::default() };
        for (at, (expires, qty)) in lots.iter().enumerate() {
            let place = Place { lot: format!("L{at}"), ..Place::default() };
            bench.add(place, (Instant::from_micros(*expires), *expires == 0), *qty);
        }
        wants.iter().for_each(|want| bench.want(need(*want), 1));
        bench
    }

    #[test]
    fn room_is_what_every_way_of_trying_finds() {
        let (mut dice, mut tight, mut picked, mut undated) = (Dice(3), 0, 0, 0);
        for _ in 0..6_000 {
            let mut lots: Vec<Lot> =
                (0..dice.roll(4) + 1).map(|_| (dice.roll(5) - 1, dice.roll(3))).collect();
            let asks = |dice: &mut Dice| (dice.roll(5), dice.roll(2) == 0);
            let mut wants: Vec<Asks> = (0..dice.roll(5)).map(|_| asks(&mut dice)).collect();
            while !fits(&mut lots, &wants) {
                wants.pop();
            }
            let asked = asks(&mut dice);
            let mut most = 0;
            let mut tried = wants.clone();
            loop {
                tried.push(asked);
                if !fits(&mut lots, &tried) {
                    break;
                }
                most += 1;
            }
            let table = bench(&lots, &wants);
            assert!(table.is_sound());
            assert_eq!(table.room(need(asked)), most, "{lots:?} {wants:?} {asked:?}");
            tight += i32::from(most > 0 && !wants.is_empty());
            undated += i32::from(lots.iter().any(|lot| lot.0 == 0 && lot.1 > 0) && asked.0 > 0 && asked.1);
            // A lot gives by its name what leaves the others enough.
            let lot = usize::try_from(dice.roll(4)).unwrap_or(0) % lots.len();
            let mut most = 0;
            let mut rest = lots.clone();
            while does(lots[lot], asked) && rest[lot].1 > 0 {
                rest[lot].1 -= 1;
                if !fits(&mut rest, &wants) {
                    break;
                }
                most += 1;
            }
            let named = table.room_in(&format!("L{lot}"), Some(need(asked)));
            assert_eq!(named, most, "{lots:?} {wants:?} {asked:?} L{lot}");
            // Whatever the order, one want is served in full and the others still can be.
            for order in [PickOrder::Fifo, PickOrder::Lifo, PickOrder::Fefo] {
                let Some(own) = wants.first().copied() else { continue };
                let rest: Vec<Asks> = wants.iter().copied().skip(1).collect();
                let mut table = bench(&lots, &rest);
                let (taken, short) = table.take(need(own), None, 1, order);
                assert_eq!((short, taken.len()), (0, 1), "{lots:?} {wants:?} {order:?}");
                let mut left = lots.clone();
                let at: usize = taken[0].place.lot[1..].parse().unwrap_or(usize::MAX);
                assert!(does(left[at], own));
                left[at].1 -= 1;
                assert!(fits(&mut left, &rest), "{lots:?} {wants:?} {order:?} took L{at}");
                picked += 1;
            }
        }
        assert!(tight > 500 && picked > 3_000 && undated > 300, "{tight} {picked} {undated}");
    }
}
