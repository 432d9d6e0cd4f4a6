//! Channel protection in one calculus: pools of a SKU's stock, at one node or over all nodes.
//!
//! A pool names the channels that draw from it, the minimum that is kept for it, the maximum that it may
//! take, and the pools that it may borrow from. Pools nest: what is kept for a group is the greater of its
//! own minimum and the sum of what is kept within it. A channel may take what is free, less what is kept for
//! the pools beside its own way up, at every level; never more than any pool on its way may take.
//!
//! Ring-fenced, shared, nested and hierarchical pools are settings of that one rule; protection levels by
//! Littlewood or EMSR are nested pools.

use super::rows::{Made, Stock};
use crate::value::ids::*;
use crate::value::later::Later;
use crate::value::money::Money;
use crate::value::num;
use crate::value::time::Instant;
use crate::value::wire::{wire, words};
use serde::{Deserialize, Serialize};

words! {
    /// Whether a pool may draw from what is not kept for anybody.
    #[derive(Default)]
    pub enum Fence {
        /// It draws from its minimum and from what is free for all.
        #[default]
        Open,
        /// It draws from its minimum alone, and nobody borrows from it: a partition.
        Ringed,
    }

    /// What becomes of a minimum as its pool draws.
    #[derive(Default)]
    pub enum Nesting {
        /// What is drawn uses the minimum up (standard nesting).
        #[default]
        UsesUp,
        /// The minimum stays kept until it is set anew (theft nesting): others draw only above the level.
        Stays,
    }

    /// What has been drawn so far, when a plan is set anew.
    #[derive(Default)]
    pub enum Counting {
        /// Counts from zero.
        #[default]
        Restart,
        /// Pools of the same name go on counting.
        Continue,
    }

    /// Why a channel may take less than lies there.
    pub enum RoomCause {
        /// Nothing lies there, or of a component less than a kit takes.
        NoStock,
        /// The node is closed.
        NodeClosed,
        /// It is reserved for orders and holds.
        Reserved,
        /// It is kept for another pool.
        KeptForPool,
        /// It is protected for other channels.
        ProtectedForOthers,
        /// The pool has taken its maximum.
        MaximumReached,
        /// Its lots do not live as long as the channel wants.
        ShortLived,
        /// It is a draft, blocked or retired.
        NotSold,
        /// No node has all components of the kit.
        NotTogether,
    }
}

wire! {
    /// A quantity and a percentage together. The percentage is of the base: what is free now and what has
    /// been drawn since the plan was set.
    #[derive(Copy, Default)]
    pub struct Share {
        /// Units.
        #[serde(default)]
        pub qty: i64,
        /// Percent of the base, 0 to 100, as in "12.5"; the result is rounded down to whole units.
        #[serde(default)]
        pub percent: Money,
    }

    /// A pool of a plan.
    pub struct ProtectionPool {
        /// Its name in the plan.
        pub pool: String,
        /// The group that it lies within; empty = none. Groups are named before what lies within them.
        #[serde(default)]
        pub within: String,
        /// Channels that draw from it. A channel draws from one pool of a plan.
        #[serde(default)]
        pub channels: Vec<String>,
        /// What is kept for it.
        #[serde(default)]
        pub min: Share,
        /// What it may take at most; none = no limit.
        #[serde(default)]
        pub max: Option<Share>,
        /// Whether it draws from what is free for all.
        #[serde(default)]
        pub fence: Fence,
        /// Whether its draws use its minimum up.
        #[serde(default)]
        pub nesting: Nesting,
        /// From when on its minimum is no longer kept.
        #[serde(default)]
        pub release_at: Option<Instant>,
        /// Pools beside it whose minimum it may use when it has no room, in this order.
        #[serde(default)]
        pub borrows_from: Vec<String>,
    }

    /// Sets how a SKU's stock is divided among channels, whole; no pools = no division. `set_protection`
    /// holds besides.
    ///
    /// ```
    /// use stockbook::*;
    /// let mut book = Book::new();
    /// for (id, command) in [
    ///     r#"{"define_sku":{"sku":"TEE"}}"#,
    ///     r#"{"define_node":{"node":"N","kind":"store","place":{"lat":"0","lon":"0"}}}"#,
    ///     r#"{"define_channel":{"channel":"own","promise_hours":48}}"#,
    ///     r#"{"define_channel":{"channel":"market","promise_hours":48}}"#,
    ///     r#"{"receive_goods":{"receipt":"R","node":"N",
    ///         "lines":[{"sku":"TEE","qty":10,"unit_cost":"1"}]}}"#,
    ///     // Six of ten are kept for the own shop; the marketplace may have three in all.
    ///     r#"{"set_protection_plan":{"sku":"TEE","pools":[
    ///         {"pool":"own","channels":["own"],"min":{"qty":6}},
    ///         {"pool":"market","channels":["market"],"max":{"qty":3}}]}}"#,
    /// ].iter().enumerate() {
    ///     let at = "2026-01-05T09:00:00Z".parse().unwrap();
    ///     let command = serde_json::from_str(command).unwrap();
    ///     book.execute(&Envelope::new(&id.to_string(), at, command)).unwrap();
    /// }
    /// let sku = book.sku_id("TEE").unwrap();
    /// let may_take = |channel| book.available(sku, book.channel_id(channel).unwrap());
    /// assert_eq!((may_take("own"), may_take("market")), (10, 3));
    /// ```
    pub struct SetProtectionPlan {
        /// The SKU.
        pub sku: String,
        /// The node; none = all nodes together.
        #[serde(default)]
        pub node: Option<String>,
        /// Pools; at most 64.
        pub pools: Vec<ProtectionPool>,
        /// Whether pools of the same name go on counting.
        #[serde(default)]
        pub counting: Counting,
    }
}

/// A pool with its codes resolved.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PlannedPool {
    /// Its name.
    pub pool: String,
    /// The group that it lies within: its place in the list from 1; 0 = none.
    pub within: u32,
    /// Channels.
    pub channels: Vec<ChannelId>,
    /// What is kept.
    pub min: Share,
    /// The most that it may take.
    pub max: Option<Share>,
    /// Whether it draws from what is free for all.
    pub fence: Fence,
    /// Whether draws use the minimum up.
    pub nesting: Nesting,
    /// From when on the minimum is no longer kept.
    pub release_at: Option<Instant>,
    /// Pools that it borrows from, by place from 1, in order.
    pub borrows_from: Vec<u32>,
}

/// A pool and what it has drawn.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct PoolRow {
    pub pool: PlannedPool,
    /// Units that its channels, and those within it, have reserved since the plan was set.
    pub used: i64,
    /// Units of its minimum that others have borrowed.
    pub lent: i64,
    /// What it borrowed, by lender.
    pub owes: Vec<(u32, i64)>,
    /// Whether its minimum is no longer kept.
    pub released: bool,
    /// The first reservation that it counted.
    #[serde(default)]
    pub since: Later<u32, 1>,
}

/// A plan and what has been drawn.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct PlanRow {
    pub pools: Vec<PoolRow>,
    /// Units that all channels have reserved since the plan was set.
    pub drawn: i64,
    /// The first reservation since.
    #[serde(default)]
    pub since: Later<u32, 2>,
}

impl Share {
    fn of(&self, base: i64) -> i64 {
        let scaled = i128::from(base.max(0)).saturating_mul(i128::from(self.percent.micros()));
        let part = scaled.checked_div(100_000_000).and_then(|part| i64::try_from(part).ok()).unwrap_or(0);
        self.qty.saturating_add(part)
    }
}

impl PlanRow {
    /// A plan as it is set, over the one before.
    pub(crate) fn new(
        pools: &[PlannedPool],
        counting: Counting,
        before: Option<&PlanRow>,
        (at, made): (Instant, u32),
    ) -> PlanRow {
        let before = before.filter(|_| counting == Counting::Continue);
        let known = |name: &str| before.and_then(|plan| plan.pools.iter().find(|row| row.pool.pool == name));
        let row = |pool: &PlannedPool| PoolRow {
            pool: pool.clone(),
            used: known(&pool.pool).map_or(0, |row| row.used),
            lent: 0,
            owes: Vec::new(),
            released: pool.release_at.is_some_and(|release_at| release_at <= at),
            since: known(&pool.pool).map_or(Later(made), |row| row.since),
        };
        PlanRow {
            pools: pools.iter().map(row).collect(),
            drawn: before.map_or(0, |plan| plan.drawn),
            since: before.filter(|plan| !plan.pools.is_empty()).map_or(Later(made), |plan| plan.since),
        }
    }

    fn base(&self, free: i64) -> i64 {
        free.saturating_add(self.drawn)
    }

    /// What is kept for a pool itself, less what is used of it.
    fn own(&self, row: &PoolRow, base: i64) -> i64 {
        if row.released {
            return 0;
        }
        let used = if row.pool.nesting == Nesting::UsesUp { row.used } else { 0 };
        row.pool.min.of(base).saturating_sub(used).saturating_sub(row.lent).max(0)
    }

    /// What is kept within a group.
    fn within(&self, group: usize, base: i64) -> i64 {
        let number = num::id(group).saturating_add(1);
        let inside = self.pools.iter().enumerate().filter(|(_, row)| row.pool.within == number);
        inside.map(|(at, _)| self.kept(at, base)).fold(0, i64::saturating_add)
    }

    /// What is kept for a pool: its own minimum or what is kept within it.
    fn kept(&self, at: usize, base: i64) -> i64 {
        let own = self.pools.get(at).map_or(0, |row| self.own(row, base));
        own.max(self.within(at, base))
    }

    /// The pool that a channel draws from.
    pub(crate) fn pool_of(&self, channel: ChannelId) -> Option<usize> {
        self.pools.iter().position(|row| row.pool.channels.contains(&channel))
    }

    /// A pool and the groups around it, from inside out.
    fn way(&self, from: Option<usize>) -> Vec<usize> {
        let up = |at: &usize| {
            let within = self.pools.get(*at)?.pool.within.checked_sub(1)?;
            Some(num::index(within)).filter(|group| group < at)
        };
        std::iter::successors(from, up).collect()
    }

    /// Pools beside the way of a channel, with what is kept for them.
    fn beside(&self, way: &[usize], base: i64) -> Vec<(usize, i64)> {
        let on_way = |number: u32| match number.checked_sub(1) {
            None => true,
            Some(group) => way.contains(&num::index(group)),
        };
        let beside =
            self.pools.iter().enumerate().filter(|(at, row)| on_way(row.pool.within) && !way.contains(at));
        beside.map(|(at, _)| (at, self.kept(at, base))).filter(|(_, kept)| *kept > 0).collect()
    }

    /// The most that a pool on the way may still take, and which pool that is.
    fn limit(&self, way: &[usize], base: i64) -> Option<(usize, i64)> {
        let of = |at: &usize| {
            let row = self.pools.get(*at)?;
            let max = row.pool.max.map(|max| max.of(base));
            let ring = (row.pool.fence == Fence::Ringed).then(|| row.pool.min.of(base));
            let max = max.into_iter().chain(ring).min()?;
            Some((*at, max.saturating_sub(row.used).max(0)))
        };
        way.iter().filter_map(of).min_by_key(|(_, left)| *left)
    }

    /// What a lender could lend: its own minimum above what is kept within it.
    fn lendable(&self, lender: u32, base: i64) -> i64 {
        let at = num::index(lender.saturating_sub(1));
        let Some(row) = self.pools.get(at).filter(|row| row.pool.fence == Fence::Open) else { return 0 };
        self.own(row, base).saturating_sub(self.within(at, base)).max(0)
    }

    fn lenders(&self, leaf: Option<usize>) -> &[u32] {
        leaf.and_then(|at| self.pools.get(at)).map_or(&[], |row| row.pool.borrows_from.as_slice())
    }

    /// Units that a channel could take without borrowing, before any maximum; negative where more is kept
    /// than is free.
    fn open_room(&self, free: i64, way: &[usize]) -> i64 {
        let beside = self.beside(way, self.base(free));
        beside.iter().fold(free, |room, (_, kept)| room.saturating_sub(*kept))
    }

    /// Units that a channel may take out of so many that are free.
    pub(crate) fn room(&self, free: i64, channel: ChannelId) -> i64 {
        let leaf = self.pool_of(channel);
        let (way, base) = (self.way(leaf), self.base(free));
        let lent = self.lenders(leaf).iter().map(|lender| self.lendable(*lender, base));
        let room = lent.fold(self.open_room(free, &way), i64::saturating_add).min(free);
        self.limit(&way, base).map_or(room, |(_, left)| room.min(left)).max(0)
    }

    /// Books what a channel reserves out of so many free units, or gives back (negative) of a reservation:
    /// who began to count after that was made knows nothing of it.
    pub(crate) fn draw(&mut self, free: i64, channel: ChannelId, qty: i64, made: u32) {
        self.draw_from(free, channel, qty, made);
        self.pools.iter_mut().for_each(|row| row.used = row.used.max(0));
        self.drawn = self.drawn.max(0);
    }

    /// The same while something is decided: what is given back and was not counted is to be taken again
    /// beside all that was.
    fn draw_from(&mut self, free: i64, channel: ChannelId, qty: i64, made: u32) {
        let leaf = self.pool_of(channel);
        let way = self.way(leaf);
        if leaf.and_then(|at| self.pools.get(at)).is_some_and(|row| *row.since <= made) {
            if qty > 0 {
                self.borrow(free, leaf, &way, qty);
            } else {
                self.repay(leaf, qty.saturating_neg());
            }
        }
        for at in way {
            if let Some(row) = self.pools.get_mut(at).filter(|row| *row.since <= made) {
                row.used = row.used.saturating_add(qty);
            }
        }
        if *self.since <= made {
            self.drawn = self.drawn.saturating_add(qty);
        }
    }

    fn borrow(&mut self, free: i64, leaf: Option<usize>, way: &[usize], qty: i64) {
        let mut wanted = qty.saturating_sub(self.open_room(free, way).max(0));
        let base = self.base(free);
        for lender in self.lenders(leaf).to_vec() {
            let part = self.lendable(lender, base).min(wanted);
            if part <= 0 {
                continue;
            }
            wanted = wanted.saturating_sub(part);
            if let Some(row) = self.pools.get_mut(num::index(lender.saturating_sub(1))) {
                row.lent = row.lent.saturating_add(part);
            }
            if let Some(row) = leaf.and_then(|at| self.pools.get_mut(at)) {
                match row.owes.iter_mut().find(|(to, _)| *to == lender) {
                    Some((_, owed)) => *owed = owed.saturating_add(part),
                    None => row.owes.push((lender, part)),
                }
            }
        }
    }

    /// What comes back goes first to the lender that was asked last.
    fn repay(&mut self, leaf: Option<usize>, qty: i64) {
        let mut left = qty;
        while left > 0 {
            let Some(owes) = leaf.and_then(|at| self.pools.get_mut(at)).map(|row| &mut row.owes) else {
                return;
            };
            let Some((lender, owed)) = owes.last_mut() else { return };
            let (to, part) = (*lender, left.min(*owed));
            *owed = owed.saturating_sub(part);
            if *owed == 0 {
                owes.pop();
            }
            left = left.saturating_sub(part);
            if let Some(row) = self.pools.get_mut(num::index(to.saturating_sub(1))) {
                row.lent = row.lent.saturating_sub(part);
            }
        }
    }

    /// Why a channel may take less than is free: cause, pool, units.
    pub(crate) fn causes(&self, free: i64, channel: ChannelId) -> Vec<(RoomCause, String, i64)> {
        let way = self.way(self.pool_of(channel));
        let base = self.base(free);
        let name = |at: usize| self.pools.get(at).map(|row| row.pool.pool.clone()).unwrap_or_default();
        let beside = self.beside(&way, base).into_iter();
        let mut causes: Vec<_> = beside.map(|(at, kept)| (RoomCause::KeptForPool, name(at), kept)).collect();
        if let Some((at, left)) = self.limit(&way, base).filter(|(_, left)| *left < free) {
            causes.push((RoomCause::MaximumReached, name(at), left));
        }
        causes
    }

    /// What is kept for each pool, and what it may still take at most.
    pub(crate) fn standing(&self, free: i64) -> Vec<(i64, Option<i64>)> {
        let base = self.base(free);
        let one = |at: usize| (self.kept(at, base), self.limit(&[at], base).map(|(_, left)| left));
        (0..self.pools.len()).map(one).collect()
    }

    /// Whether what is lent is what is owed, and nothing is below zero.
    pub(crate) fn is_sound(&self) -> bool {
        let owed = |lender: u32| {
            let all = self.pools.iter().flat_map(|row| &row.owes).filter(|(to, _)| *to == lender);
            all.map(|(_, qty)| *qty).fold(0, i64::saturating_add)
        };
        let sound = |(number, row): (u32, &PoolRow)| row.used >= 0 && row.lent == owed(number);
        self.drawn >= 0 && (1u32..).zip(&self.pools).all(sound)
    }
}

impl Stock {
    fn plan_at(&self, sku: SkuId, node: NodeId) -> Option<&PlanRow> {
        self.plans.find(&(sku, node)).and_then(|id| self.plan.get(id))
    }

    /// The plans that bear on a SKU at a node: that of the node, and that of all nodes together.
    pub(crate) fn plans_of(&self, sku: SkuId, node: NodeId) -> [Option<&PlanRow>; 2] {
        if self.plans.len() == 0 {
            return [None, None];
        }
        [self.plan_at(sku, node), self.plan_at(sku, NodeId::NONE)]
    }

    /// Free units of a SKU over all open nodes.
    pub(crate) fn free_of(&self, sku: SkuId) -> i64 {
        let all = self.cells.free_row(sku).iter().map(|free| (*free).max(0)).fold(0, i64::saturating_add);
        let shut = self.shut.iter().map(|node| self.cells.get(sku, *node).free().max(0));
        shut.fold(all, i64::saturating_sub)
    }

    /// Units of a SKU that a channel may take over all nodes together; `i64::MAX` where no plan says so.
    pub(crate) fn room_of(&self, sku: SkuId, channel: ChannelId) -> i64 {
        self.wide_room(sku, 0, channel, &[])
    }

    /// Units that plans let a channel take at a node out of so many that would be free there, if `used` had
    /// been reserved besides what is. `come` are units that are free there but not yet in the cells.
    pub(crate) fn planned_room(
        &self,
        sku: SkuId,
        node: NodeId,
        free: i64,
        come: i64,
        channel: ChannelId,
        used: &[(ChannelId, i64)],
    ) -> i64 {
        self.room_here(sku, node, free, channel, used).min(self.wide_room(sku, come, channel, used))
    }

    /// The same by the plan of the node alone.
    pub(crate) fn room_here(
        &self,
        sku: SkuId,
        node: NodeId,
        free: i64,
        channel: ChannelId,
        used: &[(ChannelId, i64)],
    ) -> i64 {
        let plan = self.plan_at(sku, node).filter(|_| self.plans.len() > 0);
        plan.map_or(free, |plan| free.min(room_after(plan, free, channel, used)))
    }

    /// Units that the plan over all nodes lets a channel take, if `used` had been reserved at any of them and
    /// `come` more were free there than are; `i64::MAX` where there is none.
    pub(crate) fn wide_room(
        &self,
        sku: SkuId,
        come: i64,
        channel: ChannelId,
        used: &[(ChannelId, i64)],
    ) -> i64 {
        let plan = self.plan_at(sku, NodeId::NONE).filter(|_| self.plans.len() > 0);
        plan.map_or(i64::MAX, |plan| room_after(plan, self.free_of(sku).saturating_add(come), channel, used))
    }

    /// Books what a channel reserves or gives back against the plans. The cells have it already.
    pub(crate) fn draw(&mut self, (sku, node): (SkuId, NodeId), channel: ChannelId, qty: i64, made: Made) {
        let here = self.cells.get(sku, node).free();
        let all = self.free_of(sku);
        for (at, free, made) in [(node, here, made.here), (NodeId::NONE, all, made.first)] {
            if let Some(id) = self.plans.find(&(sku, at)) {
                self.plan.edit(id, |plan| plan.draw(free.saturating_add(qty), channel, qty, made));
            }
        }
    }

    /// Whether a plan has begun to count since a reservation was made.
    pub(crate) fn plan_began(&self, sku: SkuId, node: NodeId, made: u32) -> bool {
        let plan = self.plan_at(sku, node).filter(|plan| !plan.pools.is_empty());
        plan.is_some_and(|plan| *plan.since > made || plan.pools.iter().any(|row| *row.since > made))
    }

    /// Sets a plan.
    pub(crate) fn put_plan(
        &mut self,
        sku: SkuId,
        node: NodeId,
        pools: &[PlannedPool],
        counting: Counting,
        at: Instant,
    ) {
        let id = self.plans.intern((sku, node));
        if num::index(id) == self.plan.len() {
            self.plan.push(PlanRow::default());
        }
        let before = self.plan.get(id).cloned().unwrap_or_default();
        for (number, row) in (1u32..).zip(&before.pools) {
            if let Some(release_at) = row.pool.release_at {
                self.releases.remove((release_at, id, number));
            }
        }
        let plan = PlanRow::new(pools, counting, Some(&before), (at, self.now_made()));
        for (number, row) in (1u32..).zip(&plan.pools) {
            if let Some(release_at) = row.pool.release_at.filter(|_| !row.released) {
                self.releases.insert((release_at, id, number));
            }
        }
        self.plan.edit(id, |row| *row = plan);
    }

    /// Keeps a pool's minimum no longer.
    pub(crate) fn release_pool(&mut self, plan: u32, number: u32) {
        let at = num::index(number.saturating_sub(1));
        let release_at = self.plan.get(plan).and_then(|row| row.pools.get(at)?.pool.release_at);
        if let Some(release_at) = release_at {
            self.releases.remove((release_at, plan, number));
        }
        self.plan.edit(plan, |plan| {
            if let Some(row) = plan.pools.get_mut(at) {
                row.released = true;
            }
        });
    }
}

/// The room of a channel when some have drawn first; `free` is what is left after that.
fn room_after(plan: &PlanRow, free: i64, channel: ChannelId, used: &[(ChannelId, i64)]) -> i64 {
    if used.iter().all(|(_, qty)| *qty == 0) {
        return plan.room(free, channel);
    }
    let mut plan = plan.clone();
    let mut before = used.iter().map(|(_, qty)| *qty).fold(free, i64::saturating_add);
    for (by, qty) in used {
        plan.draw_from(before, *by, *qty, u32::MAX);
        before = before.saturating_sub(*qty);
    }
    plan.room(free, channel)
}

#[cfg(test)]
mod tests;
