//! Re-dealing under shortage: what is reserved and what waits of a SKU is dealt anew.
//!
//! Lines are ordered by priority, age or what they bring, or share fairly; a strategy says what may happen to
//! them, in the words of SAP's backorder processing: Win is confirmed in full before all others, Gain keeps
//! what it has and may get more, Redistribute may gain or lose, Fill keeps or loses but gains nothing, Lose
//! gives up all. Nothing is taken that nobody gets. Who loses is shown first and has to be accepted by
//! number; each order whose promise is at risk opens an exception.

use super::common::*;
use super::days::{Booked, find_day};
use crate::allocation::travel;
use crate::catalog::*;
use crate::exception::{ExceptionCode, Opened};
use crate::record::*;
use crate::value::ids::*;
use crate::value::num;
use crate::value::rejection::Rejection;
use crate::value::time::Instant;
use crate::value::wire::{wire, words};
use serde::Serialize;

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
    /// Deals stock anew between backorders and reservations that have not shipped.
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
}

/// Deals anew, and gives the event to record.
pub(crate) fn decide_redeal(state: &State, redeal: &RedealStock, at: Instant) -> Result<Body, Rejection> {
    let key = new_document(&state.docs.redeals, "redeal", &redeal.redeal)?;
    let reason = state.catalog.reason_of(&redeal.reason)?;
    let dealt = deal_all(state, redeal, at)?;
    let losers = dealt.losers();
    if losers > redeal.losers_max {
        return Err(Rejection::RedealLosesMore { losers, accepted: redeal.losers_max });
    }
    let Dealt { lines, taken, filled } = dealt;
    Ok(Body::StockRedealt(StockRedealt {
        redeal: key,
        reason,
        lines,
        taken,
        fills: filled.fills,
        parcels: filled.parcels,
        exceptions: filled.exceptions,
    }))
}

/// What a re-deal would do now.
pub(crate) fn ask_redeal(state: &State, redeal: &RedealStock) -> Result<RedealView, Rejection> {
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
}

impl Dealt {
    fn orders(&self, of: impl Fn(&RedealtLine) -> bool) -> u32 {
        let mut orders: Vec<OrderId> =
            self.lines.iter().filter(|line| of(line)).map(|line| line.order).collect();
        orders.sort_unstable();
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
    let mut seen: Vec<SkuId> = Vec::new();
    for code in &redeal.skus {
        let (sku, _) = state.catalog.sku_of(code)?;
        if seen.contains(&sku) {
            let need = "each SKU once".into();
            return Err(Rejection::InvalidField { field: "skus".into(), need });
        }
        seen.push(sku);
        let mut hands = gather(state, sku, redeal.by, strategy);
        deal(state, sku, redeal.by, &mut hands);
        place(state, sku, &mut hands, at, &mut dealt)?;
    }
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

/// All lines of a SKU that have or want something, in the order in which they are served.
fn gather(
    state: &State,
    sku: SkuId,
    by: RedealBy,
    strategy: impl Fn(&OrderRow) -> RedealStrategy,
) -> Vec<Hand> {
    let mut hands = Vec::new();
    let open = |row: &LineRow| row.sku == sku && (row.reserved > 0 || row.backordered > 0);
    for (row, line) in state.docs.lines.iter().filter(|(_, row)| open(row)) {
        let Some(order) = state.docs.order.get(line.order.0) else { continue };
        hands.push(Hand {
            row,
            order: line.order,
            number: row.saturating_sub(order.first_line).saturating_add(1),
            sku,
            channel: order.channel,
            strategy: strategy(order),
            has: line.reserved,
            asks: line.reserved.saturating_add(line.backordered),
            gets: 0,
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
    hands.sort_by_key(rank);
    hands
}

/// Says what each line gets of all that is free or reserved for them.
fn deal(state: &State, sku: SkuId, by: RedealBy, hands: &mut [Hand]) {
    let open = state.catalog.node.iter().filter(|(_, row)| row.status == NodeStatus::Open);
    let free = open.map(|(id, _)| state.stock.cells.get(sku, NodeId(id)).free().max(0));
    let has = hands.iter().map(|hand| hand.has).fold(0, i64::saturating_add);
    let mut left = free.fold(has, i64::saturating_add);
    // What is kept come what may, then in order up to what the strategy allows.
    for hand in hands.iter_mut().filter(|hand| hand.strategy == RedealStrategy::Gain) {
        hand.gets = hand.has;
        left = left.saturating_sub(hand.has);
    }
    let most = |hand: &Hand| match hand.strategy {
        RedealStrategy::Win | RedealStrategy::Gain | RedealStrategy::Redistribute => hand.asks,
        RedealStrategy::Fill => hand.has,
        RedealStrategy::Lose => 0,
    };
    if by == RedealBy::Fairness {
        for hand in hands.iter_mut().filter(|hand| hand.strategy == RedealStrategy::Win) {
            hand.gets = hand.asks.min(left.max(0));
            left = left.saturating_sub(hand.gets);
        }
        let asked =
            hands.iter().map(|hand| most(hand).saturating_sub(hand.gets)).fold(0, i64::saturating_add);
        let pot = left.max(0).min(asked);
        for hand in hands.iter_mut() {
            let want = most(hand).saturating_sub(hand.gets);
            let share =
                i128::from(want).saturating_mul(i128::from(pot)).checked_div(i128::from(asked.max(1)));
            let share = share.and_then(|share| i64::try_from(share).ok()).unwrap_or(0);
            hand.gets = hand.gets.saturating_add(share);
            left = left.saturating_sub(share);
        }
    }
    for hand in hands.iter_mut() {
        // Of a fair deal only what division left over.
        let step = if by == RedealBy::Fairness { 1 } else { i64::MAX };
        let more = most(hand).saturating_sub(hand.gets).min(left.max(0)).min(step);
        hand.gets = hand.gets.saturating_add(more);
        left = left.saturating_sub(more);
    }
}

/// What those that lose give back, the last in order first; it is free then.
fn take_back(state: &State, hands: &[Hand], free: &mut [i64]) -> Vec<TakenBack> {
    let mut taken: Vec<TakenBack> = Vec::new();
    for hand in hands.iter().rev().filter(|hand| hand.gets < hand.has) {
        let mut left = hand.has.saturating_sub(hand.gets);
        let first = state.docs.lines.get(hand.row).map_or(NOTHING, |line| line.first_reservation);
        let mut pieces: Vec<(u32, NodeId, i64)> =
            state.reservations(first).map(|(id, row)| (id, row.node, row.qty)).collect();
        pieces.reverse();
        for (reservation, node, qty) in pieces {
            let qty = qty.min(left);
            if qty > 0 {
                left = left.saturating_sub(qty);
                change(free, node, qty);
                taken.push(TakenBack { order: hand.order, line: hand.number, reservation, node, qty });
            }
        }
    }
    taken
}

/// Finds nodes for those that gain, out of what is free and what others lose; what nobody can use stays.
fn place(
    state: &State,
    sku: SkuId,
    hands: &mut [Hand],
    at: Instant,
    dealt: &mut Dealt,
) -> Result<(), Rejection> {
    let nodes: Vec<NodeId> = (0..state.catalog.node.len()).map(|node| NodeId(num::id(node))).collect();
    let mut free: Vec<i64> =
        nodes.iter().map(|node| state.stock.cells.get(sku, *node).free().max(0)).collect();
    let mut taken = take_back(state, hands, &mut free);
    let mut used: Vec<(NodeId, ChannelId, i64)> = Vec::new();
    for back in &taken {
        let channel = state.docs.order.get(back.order.0).map_or(ChannelId::NONE, |order| order.channel);
        if !state.stock.is_outlived(back.reservation, sku, channel) {
            used.push((back.node, channel, back.qty.saturating_neg()));
        }
    }
    let mut given: Vec<Vec<(OrderId, u32, SkuId, i64)>> = vec![Vec::new(); nodes.len()];
    let mut days = Vec::new();
    for hand in hands.iter_mut().filter(|hand| hand.gets > hand.has) {
        let mut left = hand.gets.saturating_sub(hand.has);
        for node in &nodes {
            let Some((order, line, channel, _)) = may_give(state, *node, hand.row, at) else { continue };
            let here = free.get(num::index(node.0)).copied().unwrap_or(0);
            let took: Vec<(ChannelId, i64)> =
                used.iter().filter(|(other, ..)| other == node).map(|(_, by, qty)| (*by, *qty)).collect();
            let room = room_there(state, sku, *node, here, channel, &took);
            let qty = left.min(room).max(0);
            if qty > 0 && has_day(state, (order, *node), (sku, qty), at, &mut days) {
                left = left.saturating_sub(qty);
                change(&mut free, *node, qty.saturating_neg());
                used.push((*node, channel, qty));
                if let Some(list) = given.get_mut(num::index(node.0)) {
                    list.push((order, line, sku, qty));
                }
            }
        }
        hand.gets = hand.gets.saturating_sub(left);
    }
    restore(hands, &mut free, &mut taken);
    plan_nodes(state, &given, at, &mut dealt.filled)?;
    dealt.taken.extend(taken.into_iter().filter(|back| back.qty > 0));
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

/// Whether a node has a day with room for goods of an order, which is then booked.
fn has_day(
    state: &State,
    (order, node): (OrderId, NodeId),
    goods: (SkuId, i64),
    at: Instant,
    days: &mut Vec<Booked>,
) -> bool {
    let Some(row) = state.docs.order.get(order.0) else { return false };
    let demand = demand_of(row, at);
    let weight = weigh(state, std::iter::once(goods));
    let Ok(mut option) = travel(state.world(), &demand, node, weight) else { return false };
    find_day(state, &demand, (&[goods], weight), days, &mut option)
}

/// Parcels for what each node gives. They count from 0 node by node, and through in the event.
fn plan_nodes(
    state: &State,
    given: &[Vec<(OrderId, u32, SkuId, i64)>],
    at: Instant,
    filled: &mut Filled,
) -> Result<(), Rejection> {
    for (node, given) in (0u32..).map(NodeId).zip(given) {
        let mut here = Filled::default();
        plan_parcels(state, node, given, at, NoDay::Ships, &mut here)?;
        let before = num::id(filled.parcels.len());
        let moved = |fill: Fill| Fill { parcel: fill.parcel.saturating_add(before), ..fill };
        filled.fills.extend(here.fills.into_iter().map(moved));
        filled.parcels.extend(here.parcels);
        filled.exceptions.extend(here.exceptions);
    }
    Ok(())
}

fn change(free: &mut [i64], node: NodeId, by: i64) {
    if let Some(free) = free.get_mut(num::index(node.0)) {
        *free = free.saturating_add(by);
    }
}

/// What a channel may take at a node, after what others took and gave back there.
fn room_there(
    state: &State,
    sku: SkuId,
    node: NodeId,
    free: i64,
    channel: ChannelId,
    used: &[(ChannelId, i64)],
) -> i64 {
    if !state.stock.is_guarded() {
        return free;
    }
    let room = free.saturating_sub(state.stock.protected_from(sku, node, channel, used));
    let room = room.min(state.stock.planned_room(sku, node, free, 0, channel, used));
    room.min(state.stock.dated_room(sku, node, channel, used))
}

/// Gives back to those that lost what nobody could use, the first in order first; not to those that lose by
/// their strategy.
fn restore(hands: &mut [Hand], free: &mut [i64], taken: &mut [TakenBack]) {
    for hand in hands.iter_mut().filter(|hand| hand.strategy != RedealStrategy::Lose) {
        let own = |back: &&mut TakenBack| (back.order, back.line) == (hand.order, hand.number);
        for back in taken.iter_mut().filter(own) {
            let there = free.get(num::index(back.node.0)).copied().unwrap_or(0);
            let stays = back.qty.min(there).max(0);
            back.qty = back.qty.saturating_sub(stays);
            hand.gets = hand.gets.saturating_add(stays);
            change(free, back.node, stays.saturating_neg());
        }
    }
}
