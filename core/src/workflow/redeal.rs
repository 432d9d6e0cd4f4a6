//! Re-dealing under shortage: what is reserved and what waits of a SKU is dealt anew.
//!
//! Lines are ordered by priority, age or what they bring, or share fairly; a strategy says what may happen to
//! them, in the words of SAP's backorder processing: Win is confirmed in full before all others, Gain keeps
//! what it has and may get more, Redistribute may gain or lose, Fill keeps or loses but gains nothing, Lose
//! gives up all. Nothing is taken that nobody gets. Who loses is shown first and has to be accepted by
//! number; each order whose promise is at risk opens an exception.

use super::common::*;
use super::days::{Booked, freed_by};
use super::fills::{Filled, Given};
use crate::catalog::*;
use crate::exception::{ExceptionCode, Opened};
use crate::policy::{Completeness, LineSplit};
use crate::record::*;
use crate::stock::{Load, Need, Owner};
use crate::value::ids::*;
use crate::value::num;
use crate::value::rejection::Rejection;
use crate::value::sort::{Gather, PutInOrder};
use crate::value::time::Instant;
use crate::value::wire::{wire, words};
use serde::Serialize;
use std::collections::BTreeMap;

words! {
    /// Who comes first when a SKU is dealt anew.
    #[derive(Default)]
    pub enum RedealBy {
        /// By the orders' priority, then age.
        #[default]
        Priority,
        /// By age.
        Age,
        /// By price, the highest first: of one SKU that is by margin. Then age.
        Margin,
        /// All alike: each in proportion to what it asks.
        Fairness,
    }
}

wire! {
    /// Deals stock anew between backorders and reservations that have not shipped. A line that names a lot
    /// keeps or loses what it has of it; what it waits for it is given as the lot comes in or becomes free.
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
    /// let redeal = |losers_max| Command::RedealStock(RedealStock {
    ///     redeal: "D-1".into(), skus: vec!["TEE".into()], by: RedealBy::Priority, segments: vec![],
    ///     otherwise: RedealStrategy::default(), losers_max, reason: "damage".into(),
    /// });
    /// let no = book.execute(&Envelope::new("none", at, redeal(0))).unwrap_err();
    /// assert_eq!(no, Rejection::RedealLosesMore { losers: 1, accepted: 0 });
    /// book.execute(&Envelope::new("one", at, redeal(1)))?;
    /// let urgent = Query::Order(DocumentQuery { document: "urgent".into() });
    /// let Answer::Order(urgent) = book.ask(&urgent)? else { panic!() };
    /// assert_eq!(urgent.lines[0].reserved, 9);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct RedealStock {
        /// Number of the re-deal.
        pub redeal: String,
        /// The SKUs.
        pub skus: Vec<String>,
        /// Who comes first.
        #[serde(default)]
        pub by: RedealBy,
        /// Strategies: the first that fits an order holds.
        #[serde(default)]
        pub segments: Vec<RedealSegment>,
        /// The strategy of orders that no segment fits.
        #[serde(default)]
        pub otherwise: RedealStrategy,
        /// Orders that may lose something, as the dry run showed; more are refused.
        #[serde(default)]
        pub losers_max: u32,
        /// The reason code.
        pub reason: String,
    }

    /// Orders that are dealt with alike.
    pub struct RedealSegment {
        /// Their strategy.
        pub strategy: RedealStrategy,
        /// Their channels; empty = all.
        #[serde(default)]
        pub channels: Vec<String>,
        /// Their priority is at most this number; none = any. 0 is the most important.
        #[serde(default)]
        pub priority_max: Option<u8>,
    }
}

/// What a re-deal would do, or did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RedealView {
    /// Orders that lose something.
    pub losers: u32,
    /// Orders that gain something.
    pub winners: u32,
    /// Units that change hands or come out of free stock.
    pub units: i64,
    /// Line by line, as they were dealt: all of them, also those that keep what they have.
    pub lines: Vec<RedealtLine>,
    /// Exceptions that it opens.
    pub exceptions: Vec<Opened>,
}

/// A line in the deal.
struct Hand {
    row: u32,
    order: OrderId,
    number: u32,
    sku: SkuId,
    channel: ChannelId,
    strategy: RedealStrategy,
    /// What it has, asks in all, and gets.
    has: i64,
    asks: i64,
    gets: i64,
    /// Whether it is not to come in parts, and not from several nodes either.
    whole: bool,
    undivided: bool,
    /// Whether nothing that it gains could leave: its order comes whole, and waits for more than this.
    stuck: bool,
}

impl Hand {
    /// The most that its strategy lets it have.
    fn most(&self) -> i64 {
        match self.strategy {
            RedealStrategy::Win | RedealStrategy::Gain | RedealStrategy::Redistribute if !self.stuck => {
                self.asks
            }
            RedealStrategy::Lose => 0,
            _ => self.has,
        }
    }

    /// What it gets more out of so many units: a line that does not come in parts has all, what it had, or
    /// nothing.
    fn more(&self, units: i64) -> i64 {
        let may = self.gets.saturating_add(self.most().saturating_sub(self.gets).min(units.max(0)));
        let may = match self.whole {
            true if may >= self.asks => self.asks,
            true if may >= self.has => self.has,
            true => 0,
            false => may,
        };
        may.saturating_sub(self.gets).max(0)
    }
}

/// Deals anew, and gives the event to record.
pub(crate) fn decide_redeal(state: &State, redeal: &RedealStock, at: Instant) -> Result<Body, Rejection> {
    let (key, reason) = named(state, redeal)?;
    let dealt = deal_all(state, redeal, at)?;
    let losers = dealt.losers();
    if losers > redeal.losers_max {
        return Err(Rejection::RedealLosesMore { losers, accepted: redeal.losers_max });
    }
    let Dealt { lines, taken, filled, skus, .. } = dealt;
    Ok(Body::StockRedealt(StockRedealt {
        redeal: key,
        reason,
        lines,
        taken,
        fills: filled.fills,
        parcels: filled.parcels,
        exceptions: filled.exceptions,
        skus,
    }))
}

/// Its number and its reason.
fn named(state: &State, redeal: &RedealStock) -> Result<(DocKey, ReasonId), Rejection> {
    let key = new_document(&state.docs.redeals, "redeal", &redeal.redeal)?;
    Ok((key, state.catalog.reason_of(&redeal.reason)?))
}

/// What a re-deal would do now.
pub(crate) fn ask_redeal(state: &State, redeal: &RedealStock) -> Result<RedealView, Rejection> {
    named(state, redeal)?;
    let dealt = deal_all(state, redeal, state.head.now)?;
    let gains = dealt.lines.iter().map(|line| line.after.saturating_sub(line.before).max(0));
    Ok(RedealView {
        losers: dealt.losers(),
        winners: dealt.orders(|line| line.after > line.before),
        units: gains.fold(0, i64::saturating_add),
        lines: dealt.lines,
        exceptions: dealt.filled.exceptions,
    })
}

#[derive(Default)]
struct Dealt {
    lines: Vec<RedealtLine>,
    taken: Vec<TakenBack>,
    filled: Filled,
    /// Days that it frees and books.
    days: Vec<Booked>,
    skus: Vec<SkuId>,
}

impl Dealt {
    fn orders(&self, of: impl Fn(&RedealtLine) -> bool) -> u32 {
        let mut orders: Vec<OrderId> =
            self.lines.iter().filter(|line| of(line)).map(|line| line.order).collect();
        orders.put_in_order();
        orders.dedup();
        num::id(orders.len())
    }

    fn losers(&self) -> u32 {
        self.orders(|line| line.after < line.before)
    }
}

fn deal_all(state: &State, redeal: &RedealStock, at: Instant) -> Result<Dealt, Rejection> {
    some_lines(redeal.skus.len())?;
    let mut segments = Vec::with_capacity(redeal.segments.len());
    for segment in &redeal.segments {
        let channels: Result<Vec<ChannelId>, Rejection> =
            segment.channels.iter().map(|code| state.catalog.channel_of(code).map(|(id, _)| id)).collect();
        segments.push((segment.strategy, channels?, segment.priority_max));
    }
    let strategy = |order: &OrderRow| {
        let fits = |(_, channels, most): &&(RedealStrategy, Vec<ChannelId>, Option<u8>)| {
            (channels.is_empty() || channels.contains(&order.channel))
                && most.is_none_or(|most| order.priority <= most)
        };
        segments.iter().find(fits).map_or(redeal.otherwise, |(strategy, ..)| *strategy)
    };
    let mut dealt = Dealt::default();
    let (mut skus, mut open) = (Vec::new(), BTreeMap::new());
    for code in &redeal.skus {
        let (sku, _) = state.catalog.sku_of(code)?;
        if open.insert(sku, Vec::new()).is_some() {
            let need = "each SKU once".into();
            return Err(Rejection::InvalidField { field: "skus".into(), need });
        }
        skus.push(sku);
    }
    dealt.skus.clone_from(&skus);
    for (sku, rows) in &mut open {
        let pending = state.stock.reservations.pending(*sku).map(|(_, row)| row.owner);
        let line = |owner| if let Owner::Line(line) = owner { Some(line) } else { None };
        let waiting = state.docs.waiting.queue(sku.0).map(|waiting| waiting.line);
        *rows = pending.filter_map(line).chain(waiting).collect();
        rows.put_in_order();
        rows.dedup();
    }
    for sku in skus {
        let rows = open.get(&sku).map(Vec::as_slice).unwrap_or_default();
        let mut hands = gather(state, rows, redeal.by, strategy);
        deal(state, sku, redeal.by, &mut hands);
        place(state, sku, &mut hands, at, &mut dealt)?;
    }
    release_kits(state, &strategy, &mut dealt);
    let lost: Vec<RedealtLine> =
        dealt.lines.iter().filter(|line| line.after < line.before).copied().collect();
    for line in lost {
        dealt.filled.exceptions.push(Opened {
            code: ExceptionCode::PromiseAtRisk,
            order: line.order,
            sku: line.sku,
            node: NodeId::NONE,
            qty: line.before.saturating_sub(line.after),
        });
    }
    Ok(dealt)
}

/// What a kit that lost a component has of the others is there for nobody: it goes back too, and waits.
fn release_kits(state: &State, strategy: &impl Fn(&OrderRow) -> RedealStrategy, dealt: &mut Dealt) {
    let lost = dealt.lines.iter().filter(|line| line.after < line.before);
    let orders: std::collections::BTreeSet<OrderId> = lost.map(|line| line.order).gather();
    for order in orders {
        let Some(row) = state.docs.order.get(order.0) else { continue };
        let rows = state.order_lines(row);
        for kit in state.kits_of(order) {
            // By component: its line, what a kit takes, what has left or is reserved, before and after.
            let part = |(number, each): (u32, &i64)| {
                let line = rows.get(num::index(number.saturating_sub(1)))?;
                let mine = dealt.lines.iter().find(|known| (known.order, known.line) == (order, number));
                let after = mine.map_or(line.reserved, |known| known.after);
                let has = |units: i64| units.saturating_add(line.shipped);
                Some((number, line.clone(), (*each).max(1), has(line.reserved), has(after)))
            };
            let parts: Vec<_> = (kit.first..).zip(&kit.each).filter_map(part).collect();
            let whole = |of: fn(&(u32, LineRow, i64, i64, i64)) -> i64| {
                parts.iter().map(|part| of(part).checked_div(part.2).unwrap_or(0)).min().unwrap_or(0)
            };
            let (before, after) = (whole(|part| part.3), whole(|part| part.4));
            for (number, line, each, had, has) in parts {
                let spare = |has: i64, kits: i64| has.saturating_sub(kits.saturating_mul(each)).max(0);
                let off = spare(has, after).saturating_sub(spare(had, before)).min(line.reserved).max(0);
                let dealt_with = dealt.lines.iter().any(|known| (known.order, known.line) == (order, number));
                if off == 0 || dealt_with {
                    continue;
                }
                let mut left = off;
                for (reservation, kept) in state.reservations(line.first_reservation) {
                    let (node, qty) = (kept.node, kept.qty.min(left));
                    left = left.saturating_sub(qty);
                    if qty > 0 {
                        dealt.taken.push(TakenBack { order, line: number, reservation, node, qty });
                    }
                }
                let (channel, sku, strategy) = (row.channel, line.sku, strategy(row));
                let (asked, before) = (line.reserved.saturating_add(line.backordered), line.reserved);
                let after = before.saturating_sub(off);
                let line = RedealtLine { order, line: number, channel, sku, strategy, asked, before, after };
                dealt.lines.push(line);
            }
        }
    }
}

/// All lines of a SKU that have or want something, in the order in which they are served.
fn gather(
    state: &State,
    rows: &[u32],
    by: RedealBy,
    strategy: impl Fn(&OrderRow) -> RedealStrategy,
) -> Vec<Hand> {
    let mut hands = Vec::with_capacity(rows.len());
    for row in rows.iter().copied() {
        let Some(line) = state.docs.lines.get(row) else { continue };
        let Some(order) = state.docs.order.get(line.order.0) else { continue };
        let rule = rule_of(state, line.order).map(|(_, rule)| rule);
        let undivided = rule.is_some_and(|rule| rule.line_split == LineSplit::Never);
        let complete = rule.is_some_and(|rule| rule.completeness == Completeness::Whole);
        let number = state.docs.line_number(order.first_line, row);
        let waits = |(other, line): (u32, &LineRow)| other != number && line.backordered > 0;
        hands.push(Hand {
            row,
            order: line.order,
            number,
            sku: line.sku,
            channel: order.channel,
            strategy: strategy(order),
            has: line.reserved,
            asks: line.reserved.saturating_add(line.backordered),
            gets: 0,
            whole: undivided || complete,
            undivided,
            // Which lot it would be given is not looked at: who names one is served as it becomes free.
            stuck: state.lot_of_line(row).is_some()
                || complete && (1u32..).zip(state.order_lines(order).iter()).any(waits),
        });
    }
    let rank = |hand: &Hand| {
        let order = state.docs.order.get(hand.order.0);
        let (priority, age) = order.map_or((u8::MAX, u64::MAX), |order| (order.priority, order.sequence));
        let price = state.docs.lines.get(hand.row).map_or(0, |line| line.price.micros());
        let first = match by {
            RedealBy::Priority => i64::from(priority),
            RedealBy::Age | RedealBy::Fairness => 0,
            RedealBy::Margin => price.saturating_neg(),
        };
        (hand.strategy != RedealStrategy::Win, first, age, hand.row)
    };
    hands.put_in_order_by_key(rank);
    hands
}

/// Says what each line gets of all that is free or reserved for them.
fn deal(state: &State, sku: SkuId, by: RedealBy, hands: &mut [Hand]) {
    let open = state.catalog.node.iter().filter(|(_, row)| row.status == NodeStatus::Open);
    let mut channels: Vec<ChannelId> = hands.iter().map(|hand| hand.channel).collect();
    channels.put_in_order();
    channels.dedup();
    let free = open.map(|(id, _)| {
        let (node, stock) = (NodeId(id), &state.stock);
        // Lots that live long enough for nobody are none.
        let lives =
            |channel: &ChannelId| stock.dated_room(sku, node, *channel, stock.soonest(node, *channel));
        let lives = channels.iter().map(lives).max().unwrap_or(i64::MAX);
        stock.cells.get(sku, node).free().min(lives).max(0)
    });
    let has = hands.iter().map(|hand| hand.has).fold(0, i64::saturating_add);
    let mut left = free.fold(has, i64::saturating_add);
    // What is kept come what may, then in order up to what the strategy allows.
    for hand in hands.iter_mut().filter(|hand| hand.strategy == RedealStrategy::Gain) {
        hand.gets = hand.has;
        left = left.saturating_sub(hand.has);
    }
    if by == RedealBy::Fairness {
        for hand in hands.iter_mut().filter(|hand| hand.strategy == RedealStrategy::Win) {
            let more = hand.more(left);
            hand.gets = hand.gets.saturating_add(more);
            left = left.saturating_sub(more);
        }
        let want = |hand: &Hand| hand.most().saturating_sub(hand.gets).max(0);
        let asked = hands.iter().map(want).fold(0, i64::saturating_add);
        let pot = left.max(0).min(asked);
        for hand in hands.iter_mut() {
            let share = i128::from(want(hand)).saturating_mul(i128::from(pot));
            let share = share.checked_div(i128::from(asked.max(1)));
            let share = share.and_then(|share| i64::try_from(share).ok()).unwrap_or(0);
            let more = hand.more(share);
            hand.gets = hand.gets.saturating_add(more);
            left = left.saturating_sub(more);
        }
        // What division left over, a unit each; then what no share of a whole line was enough for.
        for hand in hands.iter_mut().filter(|hand| !hand.whole) {
            let more = hand.more(left.min(1));
            hand.gets = hand.gets.saturating_add(more);
            left = left.saturating_sub(more);
        }
    }
    for hand in hands.iter_mut() {
        let more = hand.more(left);
        hand.gets = hand.gets.saturating_add(more);
        left = left.saturating_sub(more);
    }
}

fn note(used: &mut Vec<(ChannelId, i64)>, channel: ChannelId, qty: i64) {
    match used.iter_mut().find(|(known, _)| *known == channel) {
        Some((_, sum)) => *sum = sum.saturating_add(qty),
        None => used.push((channel, qty)),
    }
}

/// What is promised of lots: one by its name, or what lives long enough.
type Promised = (Option<LotId>, Need);

/// What lies on the table while nodes are found.
struct Table<'a> {
    state: &'a State,
    sku: SkuId,
    at: Instant,
    /// Units free by node.
    free: Vec<i64>,
    /// What channels took and gave back, by node, and over all nodes.
    used: Vec<Vec<(ChannelId, i64)>>,
    all: Vec<(ChannelId, i64)>,
    /// Units that became free at open nodes, less those given.
    come: i64,
    /// What is promised more of its lots, by node, or less (negative).
    lots: Vec<Vec<(Promised, i64)>>,
    /// What each node gives.
    given: Vec<Vec<Given>>,
    /// Nodes that give other SKUs to an order.
    beside: Vec<(OrderId, NodeId)>,
    /// Days that this frees and books.
    days: Vec<Booked>,
}

impl Table<'_> {
    /// Books that a channel takes units at a node, or gives them back.
    fn book(&mut self, node: NodeId, channel: ChannelId, promised: Promised, qty: i64) {
        let at = num::index(node.0);
        if let Some(lots) = self.lots.get_mut(at) {
            lots.push((promised, qty));
        }
        if let Some(used) = self.used.get_mut(at) {
            note(used, channel, qty);
        }
        if let Some(free) = self.free.get_mut(at) {
            *free = free.saturating_sub(qty);
        }
        let open = |row: &NodeRow| row.status == NodeStatus::Open;
        if self.state.catalog.node.get(node.0).is_some_and(open) {
            self.come = self.come.saturating_sub(qty);
        }
        note(&mut self.all, channel, qty);
    }

    /// What a reservation has been promised of lots.
    fn promised(&self, reservation: u32, channel: ChannelId) -> Promised {
        let stock = &self.state.stock;
        let row = stock.reservations.get(reservation).map(|row| (row.node, row.parcel));
        let (node, parcel) = row.unwrap_or((NodeId::NONE, NOTHING));
        let need = stock.need_planned(node, channel, self.state.leaves_of(parcel));
        (self.state.stock.named_lot(reservation), need)
    }

    /// Units at a node of lots that do for what is promised, after what others took and gave back there.
    fn lives(&self, node: NodeId, (named, need): Promised) -> i64 {
        if !self.state.stock.is_by_lot(self.sku) {
            return i64::MAX;
        }
        let mut bench = self.state.stock.bench(self.sku, node);
        for ((lot, need), qty) in self.lots.get(num::index(node.0)).into_iter().flatten() {
            match lot.and_then(|lot| self.state.stock.labels.get(lot.0)) {
                Some(lot) => bench.name(lot, *qty),
                None => bench.want(*need, *qty),
            }
        }
        match named.and_then(|lot| self.state.stock.labels.get(lot.0)) {
            Some(lot) => bench.room_in(lot, None),
            None => bench.room(need),
        }
    }

    /// Units at a node that may go back to whom they were taken from: where others were given some there, no
    /// more than its lots leave.
    fn may_return(&self, back: &TakenBack, channel: ChannelId) -> i64 {
        let free = self.free.get(num::index(back.node.0)).copied().unwrap_or(0);
        let lots = self.lots.get(num::index(back.node.0)).into_iter().flatten();
        if lots.clone().all(|(_, qty)| *qty <= 0) {
            return free;
        }
        free.min(self.lives(back.node, self.promised(back.reservation, channel)))
    }

    /// What a channel may take at a node, after what others took and gave back there and elsewhere.
    fn room(&self, node: NodeId, channel: ChannelId, need: Need) -> i64 {
        let (stock, at) = (&self.state.stock, num::index(node.0));
        let free = self.free.get(at).copied().unwrap_or(0);
        if !stock.is_guarded() {
            return free;
        }
        let used = self.used.get(at).map(Vec::as_slice).unwrap_or_default();
        let room = free.saturating_sub(stock.protected_from(self.sku, node, channel, used));
        let room = room.min(stock.room_here(self.sku, node, free, channel, used));
        let room = room.min(stock.wide_room(self.sku, self.come, channel, &self.all));
        room.min(self.lives(node, (None, need)))
    }

    /// The nodes that give to an order already, `found` among them.
    fn givers(&self, order: OrderId, found: &[(NodeId, Given)]) -> Vec<NodeId> {
        let mine = |given: &[Given]| given.iter().any(|given| given.0 == order);
        let here = (0u32..).map(NodeId).zip(&self.given).filter(|(_, given)| mine(given));
        let beside = self.beside.iter().filter(|(of, _)| *of == order).map(|(_, node)| *node);
        here.map(|(node, _)| node).chain(beside).chain(found.iter().map(|(node, _)| *node)).collect()
    }

    /// Finds nodes for so many units more of a line, or for as many as there are if it comes in parts; says
    /// how many it found.
    fn give(&mut self, hand: &Hand, units: i64) -> i64 {
        let (mut left, mut found, mut needs) = (units, Vec::new(), Vec::new());
        let before = self.days.len();
        let owner = self.state.docs.lines.get(hand.row).map_or(OrderId::NONE, |row| row.order);
        let Some((_, rule)) = rule_of(self.state, owner) else { return 0 };
        // One SKU is dealt here: who comes whole and waits for others too gets nothing of it.
        let is_whole = rule.completeness == Completeness::Whole;
        if is_whole && waits_beside(self.state, owner, hand.row) {
            return 0;
        }
        for node in (0..num::id(self.free.len())).map(NodeId) {
            let may = may_give(self.state, node, hand.row, rule, self.at);
            let Some((rule, (order, line, channel, _))) = may else { continue };
            let row = self.state.docs.order.get(order.0);
            let also = if rule.nodes_max == usize::MAX { Vec::new() } else { self.givers(order, &found) };
            if !row.is_some_and(|row| few_enough(self.state, rule, row, node, &also)) {
                continue;
            }
            let kept = kept_from(self.state, rule, hand.row, node);
            let days = self.days.len();
            let Some(need) = self.need(order, (node, channel), left) else { continue };
            self.days.truncate(days);
            let qty = left.min(self.room(node, channel, need).saturating_sub(kept)).max(0);
            if qty == 0 || (hand.undivided && qty < units) {
                continue;
            }
            // So few may leave on another day.
            let Some(need) = self.need(order, (node, channel), qty) else { continue };
            if self.lives(node, (None, need)) < qty {
                self.days.truncate(days);
                continue;
            }
            left = left.saturating_sub(qty);
            self.book(node, channel, (None, need), qty);
            needs.push(need);
            found.push((node, (order, line, self.sku, qty)));
            if left == 0 {
                break;
            }
        }
        if (hand.whole || is_whole) && left > 0 {
            self.days.truncate(before);
            for ((node, given), need) in found.iter().zip(needs) {
                self.book(*node, hand.channel, (None, need), given.3.saturating_neg());
            }
            return 0;
        }
        for (node, given) in found {
            if let Some(list) = self.given.get_mut(num::index(node.0)) {
                list.push(given);
            }
        }
        units.saturating_sub(left)
    }

    /// What goods must live until that an order is given at a node, on a day with room, which is then booked;
    /// `None` where they could never leave.
    fn need(&mut self, order: OrderId, (node, channel): (NodeId, ChannelId), qty: i64) -> Option<Need> {
        let goods = (self.sku, qty);
        let leaves = super::days::leaves(self.state, (order, node), goods, self.at, &mut self.days)?;
        Some(self.state.stock.need_at(leaves, channel))
    }

    /// Gives back to a line that lost what nobody could use; says whether it has all again.
    fn restore(&mut self, hand: &mut Hand, taken: &mut [TakenBack]) -> bool {
        let all = taken.iter().all(|back| self.may_return(back, hand.channel) >= back.qty);
        if hand.strategy == RedealStrategy::Lose || (hand.whole && !all) {
            return false;
        }
        for back in taken {
            let stays = back.qty.min(self.may_return(back, hand.channel)).max(0);
            let mut unfree = |qty: i64, load: fn(Load) -> Load| {
                let freed = freed_by(self.state, back.reservation, qty).filter(|_| qty > 0);
                self.days.extend(freed.map(|(node, day, freed)| (node, day, load(freed))));
            };
            unfree(back.qty, |freed| Load::default().less(freed));
            back.qty = back.qty.saturating_sub(stays);
            unfree(back.qty, |freed| freed);
            hand.gets = hand.gets.saturating_add(stays);
            let promised = self.promised(back.reservation, hand.channel);
            self.book(back.node, hand.channel, promised, stays);
        }
        hand.gets >= hand.has
    }
}

/// Whether an order waits with other lines too.
fn waits_beside(state: &State, order: OrderId, line: u32) -> bool {
    let Some(row) = state.docs.order.get(order.0) else { return false };
    state.line_rows(row).any(|(at, other)| at != line && other.backordered > 0)
}

/// Finds nodes for those that gain, out of what is free and what others lose. What somebody cannot use goes
/// to who comes next, or stays with whom it was.
fn place(
    state: &State,
    sku: SkuId,
    hands: &mut [Hand],
    at: Instant,
    dealt: &mut Dealt,
) -> Result<(), Rejection> {
    let nodes = (0..num::id(state.catalog.node.len())).map(NodeId);
    let free: Vec<i64> = nodes.map(|node| state.stock.cells.get(sku, node).free().max(0)).collect();
    let (used, given) = (vec![Vec::new(); free.len()], vec![Vec::new(); free.len()]);
    let (all, days) = (Vec::new(), dealt.days.clone());
    let parcel = |fill: &Fill| dealt.filled.parcels.get(num::index(fill.parcel));
    let beside =
        dealt.filled.fills.iter().filter_map(|fill| Some((fill.order, parcel(fill)?.node))).collect();
    let lots = vec![Vec::new(); free.len()];
    let mut table = Table { state, sku, at, free, used, all, come: 0, lots, given, beside, days };
    let mut taken: Vec<Vec<TakenBack>> = vec![Vec::new(); hands.len()];
    for (hand, taken) in hands.iter().zip(&mut taken).rev().filter(|(hand, _)| hand.gets < hand.has) {
        let mut left = hand.has.saturating_sub(hand.gets);
        let first = state.docs.lines.get(hand.row).map_or(NOTHING, |line| line.first_reservation);
        let mut pieces: Vec<(u32, NodeId, i64)> =
            state.reservations(first).map(|(id, row)| (id, row.node, row.qty)).collect();
        pieces.reverse();
        for (reservation, node, qty) in pieces {
            let qty = qty.min(left);
            if qty > 0 {
                left = left.saturating_sub(qty);
                let promised = table.promised(reservation, hand.channel);
                table.book(node, hand.channel, promised, qty.saturating_neg());
                table.days.extend(freed_by(state, reservation, qty));
                taken.push(TakenBack { order: hand.order, line: hand.number, reservation, node, qty });
            }
        }
    }
    for hand in hands.iter_mut().filter(|hand| hand.gets > hand.has) {
        let found = table.give(hand, hand.gets.saturating_sub(hand.has));
        hand.gets = hand.has.saturating_add(found);
    }
    for (hand, taken) in hands.iter_mut().zip(&mut taken) {
        let whole_again = hand.gets >= hand.has || table.restore(hand, taken);
        let more = if whole_again { hand.most().saturating_sub(hand.gets) } else { 0 };
        if more > 0 {
            let found = table.give(hand, more);
            hand.gets = hand.gets.saturating_add(found);
        }
    }
    for back in taken.iter().flatten().filter(|back| back.qty > 0) {
        dealt.days.extend(freed_by(state, back.reservation, back.qty));
    }
    plan_nodes(state, &table.given, at, dealt)?;
    dealt.taken.extend(taken.into_iter().rev().flatten().filter(|back| back.qty > 0));
    let line = |hand: &Hand| RedealtLine {
        order: hand.order,
        line: hand.number,
        channel: hand.channel,
        sku: hand.sku,
        strategy: hand.strategy,
        asked: hand.asks,
        before: hand.has,
        after: hand.gets,
    };
    dealt.lines.extend(hands.iter().map(line));
    Ok(())
}

/// Parcels for what each node gives. They count from 0 node by node, and through in the event.
fn plan_nodes(state: &State, given: &[Vec<Given>], at: Instant, dealt: &mut Dealt) -> Result<(), Rejection> {
    let Dealt { filled, days, .. } = dealt;
    for (node, given) in (0u32..).map(NodeId).zip(given) {
        let mut here = Filled::default();
        plan_parcels(state, node, given, (at, NoDay::Ships), days, &mut here)?;
        filled.join(here);
    }
    Ok(())
}
