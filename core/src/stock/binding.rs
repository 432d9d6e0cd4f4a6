//! Holds whose node is bound later, and the proof that a binding exists for all of them together.
//!
//! The proof is a binding itself: every loose reservation stands at one node of its group, out of that node's
//! free units, so that no decision can take what it needs. When a node's free units do not suffice for a new
//! hold, loose reservations there are moved along augmenting paths (Edmonds and Karp 1972) to nodes of their
//! groups that have room: a hold is refused only if no binding of all holds exists (max-flow, min-cut). Each
//! new hold continues from the flow that is there.
//!
//! Where a SKU is protected for channels, or promised by lot, the binding stays as it is: which channel may
//! use which unit then hangs on where it lies.

use super::rows::*;
use crate::value::ids::*;
use crate::value::num;
use crate::value::wire::{wire, words};
use serde::{Deserialize, Serialize};

words! {
    /// Whether a hold takes what it can get.
    #[derive(Default)]
    pub enum HoldFill {
        /// All lines in full, or a refusal.
        #[default]
        AllOrNothing,
        /// Of every line as much as there is; a refusal only where there is nothing at all.
        BestEffort,
    }

    /// Whether a hold may run out.
    #[derive(Default)]
    pub enum HoldPhase {
        /// It runs out by itself unless it is confirmed.
        #[default]
        Pending,
        /// It holds until it is released, or replaced by an order.
        Confirmed,
    }
}

wire! {
    /// Lets a hold run out later (or sooner).
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// # let json = r#"{"hold_stock":{"hold":"cart-1","channel":"web","expires_at":"2026-01-05T09:15:00Z",
    /// #     "lines":[{"sku":"TEE","node":"RENO","qty":4}]}}"#;
    /// # book.execute(&Envelope::new("hold", at, serde_json::from_str(json)?))?;
    /// // Hold `cart-1` has four, until 09:15.
    /// let extend = ExtendHold { hold: "cart-1".into(), expires_at: at.plus_seconds(3_600) };
    /// book.execute(&Envelope::new("extend", at, Command::ExtendHold(extend)))?;
    /// let later = Envelope::new("later", at.plus_seconds(1_800), Command::AdvanceTime(AdvanceTime {}));
    /// book.execute(&later)?;
    /// assert_eq!(book.stock_columns().available, [6], "at 09:30 it still has them");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct ExtendHold {
        /// The hold.
        pub hold: String,
        /// When it is given back by itself.
        pub expires_at: crate::value::time::Instant,
    }

    /// Confirms a pending hold, so that it runs out no more: the second step where one hold spans several
    /// books. `release_hold` voids it.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// # let json = r#"{"hold_stock":{"hold":"cart-1","channel":"web","expires_at":"2026-01-05T09:15:00Z",
    /// #     "lines":[{"sku":"TEE","node":"RENO","qty":4}]}}"#;
    /// # book.execute(&Envelope::new("hold", at, serde_json::from_str(json)?))?;
    /// // Hold `cart-1` has four, until 09:15.
    /// let confirm = ConfirmHold { hold: "cart-1".into() };
    /// book.execute(&Envelope::new("confirm", at, Command::ConfirmHold(confirm)))?;
    /// let later = Envelope::new("later", at.plus_seconds(1_800), Command::AdvanceTime(AdvanceTime {}));
    /// book.execute(&later)?;
    /// assert_eq!(book.stock_columns().available, [6], "at 09:30 it still has them");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct ConfirmHold {
        /// The hold.
        pub hold: String,
    }

    /// Moves what a hold has of a SKU to a node, and pins it there. Refused, with nothing changed, where the
    /// node has not so much.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// # let json = r#"{"hold_stock":{"hold":"cart-1","channel":"web","expires_at":"2026-01-05T09:15:00Z",
    /// #     "lines":[{"sku":"TEE","node":"RENO","qty":4}]}}"#;
    /// # book.execute(&Envelope::new("hold", at, serde_json::from_str(json)?))?;
    /// # let json = r#"{"receive_goods":{"receipt":"R-2","node":"DALLAS","lines":[
    /// #     {"sku":"TEE","qty":10,"unit_cost":"8"}]}}"#;
    /// # book.execute(&Envelope::new("receive", at, serde_json::from_str(json)?))?;
    /// // Hold `cart-1` has four at RENO; RENO and DALLAS have ten each.
    /// let to_dallas = MoveHold {
    ///     hold: "cart-1".into(), sku: "TEE".into(), from: None, to: "DALLAS".into(), qty: Some(3),
    /// };
    /// book.execute(&Envelope::new("move", at, Command::MoveHold(to_dallas)))?;
    /// assert_eq!(book.stock_columns().available, [9, 7]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct MoveHold {
        /// The hold.
        pub hold: String,
        /// The SKU.
        pub sku: String,
        /// From which node; none = wherever it is.
        #[serde(default)]
        pub from: Option<String>,
        /// To which node.
        pub to: String,
        /// Units; none = all that it has there.
        #[serde(default)]
        pub qty: Option<i64>,
    }

    /// Splits lines of a hold off into a new hold of the same channel and end.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// # let json = r#"{"hold_stock":{"hold":"cart-1","channel":"web","expires_at":"2026-01-05T09:15:00Z",
    /// #     "lines":[{"sku":"TEE","node":"RENO","qty":4}]}}"#;
    /// # book.execute(&Envelope::new("hold", at, serde_json::from_str(json)?))?;
    /// // Hold `cart-1` has four. Its customer pays for one now, and the rest later.
    /// let part = HoldPick { sku: "TEE".into(), node: None, qty: 1 };
    /// let split = SplitHold { hold: "cart-1".into(), into: "cart-2".into(), lines: vec![part] };
    /// book.execute(&Envelope::new("split", at, Command::SplitHold(split)))?;
    /// let release = ReleaseHold { hold: "cart-1".into(), lines: vec![] };
    /// book.execute(&Envelope::new("release", at, Command::ReleaseHold(release)))?;
    /// assert_eq!(book.stock_columns().available, [9], "`cart-2` keeps its one");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct SplitHold {
        /// The hold.
        pub hold: String,
        /// Number of the new hold.
        pub into: String,
        /// What goes over.
        pub lines: Vec<HoldPick>,
    }

    /// Merges holds of one channel into one of them, which goes on to its own end.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// # for hold in ["cart-1", "cart-2"] {
    /// #     let json = format!(r#"{{"hold_stock":{{"hold":"{hold}","channel":"web",
    /// #         "expires_at":"2026-01-05T10:00:00Z","lines":[{{"sku":"TEE","node":"RENO","qty":2}}]}}}}"#);
    /// #     book.execute(&Envelope::new(hold, at, serde_json::from_str(&json)?))?;
    /// # }
    /// // Two carts hold two TEE each; their customer signs in.
    /// let merge = MergeHolds { into: "cart-1".into(), from: vec!["cart-2".into()] };
    /// book.execute(&Envelope::new("merge", at, Command::MergeHolds(merge)))?;
    /// let release = ReleaseHold { hold: "cart-1".into(), lines: vec![] };
    /// book.execute(&Envelope::new("release", at, Command::ReleaseHold(release)))?;
    /// assert_eq!(book.stock_columns().available, [10], "all four were in the first");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct MergeHolds {
        /// The hold that stays.
        pub into: String,
        /// The holds that go into it.
        pub from: Vec<String>,
    }

    /// A part of a hold.
    pub struct HoldPick {
        /// The SKU.
        pub sku: String,
        /// The node; none = any.
        #[serde(default)]
        pub node: Option<String>,
        /// Units.
        pub qty: i64,
    }
}

/// Units of a reservation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Rebind {
    /// The reservation: its row.
    pub reservation: u32,
    /// The SKU.
    pub sku: SkuId,
    /// The node that it stood at.
    pub from: NodeId,
    /// The node that it stands at now.
    pub to: NodeId,
    /// Units.
    pub qty: i64,
}

/// Units of a loose hold at a node, while a hold is decided.
#[derive(Clone, Copy, Debug)]
struct Loose {
    /// The reservation, or the new hold's line.
    whose: Whose,
    /// Its group: index into `groups`.
    group: usize,
    node: NodeId,
    qty: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Whose {
    Known(u32),
    New(usize),
}

/// The flow of one SKU, while a hold is decided.
pub(crate) struct Binder {
    sku: SkuId,
    /// Free units by node.
    free: Vec<i64>,
    /// Whether loose units may be moved.
    moves: bool,
    groups: Vec<Vec<NodeId>>,
    loose: Vec<Loose>,
    pinned: Vec<(NodeId, i64)>,
}

impl Binder {
    /// Begins with what the stock holds. `free` are the units that the hold may take, by node.
    pub(crate) fn new(stock: &Stock, sku: SkuId, free: Vec<i64>) -> Binder {
        let (groups, loose, pinned) = (Vec::new(), Vec::new(), Vec::new());
        let mut binder =
            Binder { sku, free, moves: !stock.protects(sku) && !stock.is_by_lot(sku), groups, loose, pinned };
        for id in stock.loose.queue(sku.0) {
            let (Some(row), Some(nodes)) = (stock.reservations.get(id), stock.reach_of(id)) else { continue };
            let group = binder.group(nodes);
            binder.loose.push(Loose { whose: Whose::Known(id), group, node: row.node, qty: row.qty });
        }
        binder
    }

    fn group(&mut self, nodes: &[NodeId]) -> usize {
        self.groups.iter().position(|known| known == nodes).unwrap_or_else(|| {
            self.groups.push(nodes.to_vec());
            self.groups.len().saturating_sub(1)
        })
    }

    fn free_at(&self, node: NodeId) -> i64 {
        self.free.get(num::index(node.0)).copied().unwrap_or(0).max(0)
    }

    fn change(&mut self, node: NodeId, by: i64) {
        if let Some(free) = self.free.get_mut(num::index(node.0)) {
            *free = free.saturating_add(by);
        }
    }

    /// Takes up to `qty` units at one node; gives how many.
    pub(crate) fn pin(&mut self, node: NodeId, qty: i64) -> i64 {
        while self.free_at(node) < qty && self.augment(node, qty.saturating_sub(self.free_at(node))) {}
        let taken = self.free_at(node).min(qty);
        self.change(node, taken.saturating_neg());
        self.pinned.push((node, taken));
        taken
    }

    /// Whether loose units may be moved.
    pub(crate) fn moves(&self) -> bool {
        self.moves
    }

    /// Leaves a reservation out, it may not be moved; so many of its units give up a node besides.
    pub(crate) fn leave(&mut self, reservation: u32, (node, qty): (NodeId, i64)) {
        self.loose.retain(|loose| loose.whose != Whose::Known(reservation));
        self.change(node, qty);
    }

    /// Units that this hold has taken at a node so far.
    pub(crate) fn standing(&self, node: NodeId) -> i64 {
        self.pinned
            .iter()
            .filter(|(known, _)| *known == node)
            .map(|(_, qty)| *qty)
            .fold(0, i64::saturating_add)
    }

    /// Takes up to `qty` units anywhere in a group for a line of the new hold; gives how many.
    pub(crate) fn bind(&mut self, line: usize, nodes: &[NodeId], qty: i64) -> i64 {
        let group = self.group(nodes);
        let mut left = qty;
        // First what is free as it stands, then what moving frees.
        for pass in [false, true] {
            for node in nodes {
                loop {
                    let take = self.free_at(*node).min(left);
                    if take > 0 {
                        self.change(*node, take.saturating_neg());
                        self.put(Whose::New(line), group, *node, take);
                        left = left.saturating_sub(take);
                    }
                    if left == 0 || !pass || !self.augment(*node, left) {
                        break;
                    }
                }
            }
        }
        qty.saturating_sub(left)
    }

    fn put(&mut self, whose: Whose, group: usize, node: NodeId, qty: i64) {
        match self.loose.iter_mut().find(|loose| loose.whose == whose && loose.node == node) {
            Some(loose) => loose.qty = loose.qty.saturating_add(qty),
            None => self.loose.push(Loose { whose, group, node, qty }),
        }
    }

    /// Frees up to `most` units at a node by one shortest chain of moves; `false` if there is none.
    fn augment(&mut self, from: NodeId, most: i64) -> bool {
        if !self.moves {
            return false;
        }
        // Breadth first: how each node was reached, as the loose units that would move there.
        let mut reached: Vec<(NodeId, usize)> = vec![(from, usize::MAX)];
        let mut at = 0usize;
        let mut end = None;
        while let Some((node, _)) = reached.get(at).copied() {
            if at > 0 && self.free_at(node) > 0 {
                end = Some(at);
                break;
            }
            for (index, loose) in self.loose.iter().enumerate() {
                if loose.node != node || loose.qty <= 0 {
                    continue;
                }
                for next in self.groups.get(loose.group).into_iter().flatten() {
                    if !reached.iter().any(|(known, _)| known == next) {
                        reached.push((*next, index));
                    }
                }
            }
            at = at.saturating_add(1);
        }
        let Some(end) = end else { return false };
        let mut chain: Vec<(usize, NodeId)> = Vec::new();
        let mut step = reached.get(end).copied();
        while let Some((node, loose)) = step.filter(|(_, loose)| *loose != usize::MAX) {
            chain.push((loose, node));
            let before = self.loose.get(loose).map(|loose| loose.node);
            step = reached.iter().find(|(known, _)| Some(*known) == before).copied();
        }
        let width = chain.iter().filter_map(|(loose, _)| self.loose.get(*loose)).map(|loose| loose.qty);
        let last = reached.get(end).map_or(0, |(node, _)| self.free_at(*node));
        let qty = width.chain([last, most]).min().unwrap_or(0);
        for (index, to) in chain {
            let Some(loose) = self.loose.get_mut(index) else { continue };
            let (whose, group, node) = (loose.whose, loose.group, loose.node);
            loose.qty = loose.qty.saturating_sub(qty);
            self.change(node, qty);
            self.change(to, qty.saturating_neg());
            self.put(whose, group, to, qty);
        }
        qty > 0
    }

    /// Where the new hold's loose lines stand: line, node, units.
    pub(crate) fn bound(&self) -> impl Iterator<Item = (usize, NodeId, i64)> {
        self.loose.iter().filter_map(|loose| match loose.whose {
            Whose::New(line) if loose.qty > 0 => Some((line, loose.node, loose.qty)),
            _ => None,
        })
    }

    /// Loose units of earlier holds that must move.
    pub(crate) fn moved(&self, stock: &Stock) -> Vec<Rebind> {
        let sku = self.sku;
        let one = |loose: &Loose| match loose.whose {
            Whose::Known(reservation) if loose.qty > 0 => {
                let from = stock.reservations.get(reservation).map(|row| row.node)?;
                let (to, qty) = (loose.node, loose.qty);
                (from != to).then_some(Rebind { reservation, sku, from, to, qty })
            }
            _ => None,
        };
        self.loose.iter().filter_map(one).collect()
    }
}

impl Stock {
    /// The group of a loose reservation.
    pub(crate) fn reach_of(&self, reservation: u32) -> Option<&Vec<NodeId>> {
        self.reaches.find(&reservation).and_then(|id| self.reach.get(id))
    }

    /// Lets a reservation stand anywhere in a group.
    pub(crate) fn loosen(&mut self, reservation: u32, sku: SkuId, nodes: &[NodeId]) {
        let id = self.reaches.intern(reservation);
        if num::index(id) == self.reach.len() {
            self.reach.push(nodes.to_vec());
        } else {
            self.reach.edit(id, |reach| *reach = nodes.to_vec());
        }
        self.loose.insert(sku.0, reservation);
    }

    /// Pins a reservation to its node, or forgets one that has ended.
    pub(crate) fn pin(&mut self, reservation: u32, sku: SkuId) {
        if self.loose.len() > 0 && self.reaches.find(&reservation).is_some() {
            self.loose.remove(sku.0, reservation);
        }
    }

    /// Whether a reservation may still stand anywhere in its group.
    pub(crate) fn is_loose(&self, reservation: u32, sku: SkuId) -> bool {
        self.loose.len() > 0 && self.loose.queue(sku.0).any(|id| id == reservation)
    }
}
