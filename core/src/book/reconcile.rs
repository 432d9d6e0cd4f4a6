//! Reconciliation with an outside statement of stock, as of the statement's own time.
//!
//! What the book would have said at that time is what lies there now, less what has happened since. A
//! difference is explained by movements in flight if leaving out the last of them, or letting in the first
//! ones after, makes it vanish. What is left is a variance, and its probable cause is the simplest single
//! fault that makes the figures agree: goods on the wrong node, a wrong unit of measure, a movement left out,
//! one counted twice.

use super::Book;
use super::movements::movements;
use crate::catalog::{Lookup, at_most, to_smallest};
use crate::value::ids::*;
use crate::value::money::Money;
use crate::value::num;
use crate::value::rejection::Rejection;
use crate::value::sort::{Gather, PutInOrder};
use crate::value::time::Instant;
use crate::value::wire::{wire, words};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Most lines of a statement.
const STATEMENT_MAX: usize = 1_000_000;

words! {
    /// How a line of a statement stands to the book.
    pub enum LineStatus {
        /// They agree.
        Matched,
        /// They agree but for movements in flight.
        InFlight,
        /// They differ.
        Variance,
    }

    /// Why a statement probably differs.
    pub enum VarianceCause {
        /// It lacks a movement that has happened lately: it may still come.
        Late,
        /// It lacks a movement of long ago.
        Missing,
        /// It has a movement twice.
        Duplicated,
        /// It counts in another unit of measure.
        WrongUnit,
        /// It has at one node what lies at another.
        WrongNode,
        /// No single fault explains it.
        Unknown,
    }
}

wire! {
    /// Asks how an outside statement of stock agrees with the book. Movements are read from the events that
    /// the window still has.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// // The book has 10 TEE at RENO, the warehouse says 9.
    /// let query = ReconcileQuery {
    ///     statement: "wms-0105".into(), as_of: at, flight_s: 0, late_s: 0, reasons: vec![],
    ///     lines: vec![StatementLine { sku: "TEE".into(), node: "RENO".into(), qty: 9, unit: None }],
    ///     channel: None, complete: vec![],
    /// };
    /// let Answer::Reconcile(found) = book.ask(&Query::Reconcile(query))? else { panic!() };
    /// assert_eq!((found.matched, found.lines.len()), (0, 1));
    /// assert_eq!((found.units_percent, found.value_at_variance), ("90".parse()?, Money::from_cents(8_00)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct ReconcileQuery {
        /// Its name.
        pub statement: String,
        /// The time that it speaks of.
        pub as_of: Instant,
        /// What it says: one line a SKU and node.
        pub lines: Vec<StatementLine>,
        /// How long the outside takes to post a movement, in seconds: younger ones are in flight.
        pub flight_s: u32,
        /// How long it may take at worst, in seconds: a movement older than that is missing, not late.
        pub late_s: u32,
        /// Reason codes for proposals, by cause; a cause without one gets no proposal.
        #[serde(default)]
        pub reasons: Vec<CauseReason>,
        /// The channel whose statement it is: its lines may name SKUs by the ids under which it lists them.
        #[serde(default)]
        pub channel: Option<String>,
        /// Nodes of which it is complete: what it does not name of them is not there.
        #[serde(default)]
        pub complete: Vec<String>,
    }

    /// Own units of a SKU at a node, in every condition, as the outside has them.
    pub struct StatementLine {
        /// The SKU.
        pub sku: String,
        /// The node.
        pub node: String,
        /// Units.
        pub qty: i64,
        /// Unit of `qty`; none = the SKU's smallest unit.
        #[serde(default)]
        pub unit: Option<String>,
    }

    /// The reason code under which a variance of this cause would be adjusted.
    pub struct CauseReason {
        /// The cause.
        pub cause: VarianceCause,
        /// The reason code.
        pub reason: String,
    }
}

/// Structs of answers.
macro_rules! answers {
    ($($item:item)*) => {$(
        #[derive(Clone, Debug, PartialEq, Eq, Serialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        $item
    )*};
}

answers! {
    /// How a statement agrees with the book.
    pub struct ReconcileView {
        /// Its name.
        pub statement: String,
        /// The time that it speaks of.
        pub as_of: Instant,
        /// Lines that agree.
        pub matched: u32,
        /// Lines that agree but for movements in flight.
        pub in_flight: u32,
        /// Lines that do not agree at once, in the statement's order; then what it does not name.
        pub lines: Vec<ReconcileLine>,
        /// What would bring the book to the statement.
        pub proposals: Vec<AdjustProposal>,
        /// Share of units that agree, in percent: 100 less the sum of differences over the sum of the book's.
        pub units_percent: Money,
        /// Share of lines that agree or are explained, in percent.
        pub skus_percent: Money,
        /// Share of value that agrees, in percent.
        pub value_percent: Money,
        /// Value of the differences, at each pool's average cost.
        pub value_at_variance: Money,
        /// Events since the statement's time, or shortly before, that the window has lost: then what the book
        /// had, and the causes, may be wrong. Keep a longer `event_window`, or ask `as_of` with the record.
        pub events_lost: u64,
    }

    /// A line that does not agree at once.
    pub struct ReconcileLine {
        /// The SKU.
        pub sku: SkuId,
        /// The node.
        pub node: NodeId,
        /// Units that the statement has.
        pub stated: i64,
        /// Units that the book had at that time.
        pub book: i64,
        /// How it stands.
        pub status: LineStatus,
        /// The probable cause; none where it is in flight.
        pub cause: Option<VarianceCause>,
        /// The document of the movement that explains it, or empty.
        pub document: String,
        /// The other node, if goods are on the wrong one.
        pub other: NodeId,
    }

    /// A correction that would bring the book to the statement.
    pub struct AdjustProposal {
        /// The node.
        pub node: NodeId,
        /// The reason.
        pub reason: ReasonId,
        /// The SKU.
        pub sku: SkuId,
        /// Units more or less.
        pub qty: i64,
        /// Why.
        pub cause: VarianceCause,
    }
}

type Key = (SkuId, NodeId);

/// A movement at one cell, and when it happened.
struct Moved {
    at: Instant,
    document: String,
    qty: i64,
}

/// A difference to be explained.
struct Gap {
    key: Key,
    stated: i64,
    book: i64,
}

/// What explains a difference.
struct Found {
    cause: Option<VarianceCause>,
    document: String,
    other: NodeId,
}

fn found(cause: VarianceCause, document: &str) -> Found {
    Found { cause: Some(cause), document: document.into(), other: NodeId::NONE }
}

impl Book {
    /// Reconciles an outside statement of stock with the book, as of the statement's time.
    ///
    /// # Errors
    /// If the statement names what is not there, or a cell twice.
    ///
    /// ```
    /// use stockbook::*;
    /// let mut book = Book::new();
    /// for (id, command) in [
    ///     r#"{"define_sku":{"sku":"TEE"}}"#,
    ///     r#"{"define_node":{"node":"N","kind":"store","place":{"lat":"0","lon":"0"}}}"#,
    ///     r#"{"receive_goods":{"receipt":"R1","node":"N",
    ///         "lines":[{"sku":"TEE","qty":7,"unit_cost":"1"}]}}"#,
    ///     r#"{"receive_goods":{"receipt":"R2","node":"N",
    ///         "lines":[{"sku":"TEE","qty":3,"unit_cost":"1"}]}}"#,
    /// ].iter().enumerate() {
    ///     let at = "2026-01-05T09:00:00Z".parse().unwrap();
    ///     let command = serde_json::from_str(command).unwrap();
    ///     book.execute(&Envelope::new(&id.to_string(), at, command)).unwrap();
    /// }
    /// // Ten lie there; a statement of a week later has thirteen: the second receipt is in it twice.
    /// let line = StatementLine { sku: "TEE".into(), node: "N".into(), qty: 13, unit: None };
    /// let view = book.reconcile(&ReconcileQuery { statement: "wms".into(), lines: vec![line],
    ///     as_of: "2026-01-12T09:00:00Z".parse().unwrap(), flight_s: 600, late_s: 86_400,
    ///     reasons: vec![], channel: None, complete: vec![] });
    /// let found = &view.unwrap().lines[0];
    /// assert_eq!((found.cause, found.document.as_str()), (Some(VarianceCause::Duplicated), "R2"));
    /// ```
    pub fn reconcile(&self, query: &ReconcileQuery) -> Result<ReconcileView, Rejection> {
        at_most("lines of the statement", query.lines.len(), STATEMENT_MAX)?;
        if query.flight_s > query.late_s {
            let need = "at most `late_s`: what may still be under way is not late".into();
            return Err(Rejection::InvalidField { field: "flight_s".into(), need });
        }
        let catalog = &self.state.catalog;
        let channel = query.channel.as_deref().map(|channel| catalog.channel_of(channel)).transpose()?;
        let channel = channel.map_or(ChannelId::NONE, |(channel, _)| channel);
        let mut reasons: Vec<(VarianceCause, ReasonId)> = Vec::new();
        for row in &query.reasons {
            reasons.push((row.cause, catalog.reason_of(&row.reason)?));
        }
        let mut moved = self.moved();
        let mut gaps: Vec<Gap> = Vec::with_capacity(query.lines.len());
        let mut seen: BTreeMap<Key, usize> = BTreeMap::new();
        for line in &query.lines {
            let (sku, row) = catalog.sold_as(channel, &line.sku)?;
            let (node, _) = catalog.node_of(&line.node)?;
            let stated = match &line.unit {
                Some(unit) if line.qty != 0 => {
                    let units = to_smallest(catalog, sku, row, line.qty.saturating_abs(), Some(unit))?;
                    num::mul(units, line.qty.signum())?
                }
                _ => line.qty,
            };
            if seen.insert((sku, node), gaps.len()).is_some() {
                let need = "each SKU and node once".into();
                return Err(Rejection::InvalidField { field: "lines".into(), need });
            }
            let book = self.then((sku, node), query.as_of, &mut moved);
            gaps.push(Gap { key: (sku, node), stated, book });
        }
        self.note_missing(query, &mut moved, &mut gaps, &mut seen)?;
        let mut view = ReconcileView {
            statement: query.statement.clone(),
            as_of: query.as_of,
            matched: 0,
            in_flight: 0,
            lines: Vec::new(),
            proposals: Vec::new(),
            units_percent: Money::ZERO,
            skus_percent: Money::ZERO,
            value_percent: Money::ZERO,
            value_at_variance: Money::ZERO,
            events_lost: self.events_lost(query),
        };
        for gap in &gaps {
            if gap.stated == gap.book {
                view.matched = view.matched.saturating_add(1);
                continue;
            }
            let list = moved.get(&gap.key).map(Vec::as_slice).unwrap_or_default();
            let line = self.explain(query, gap, list, &gaps, &seen);
            if line.status == LineStatus::InFlight {
                view.in_flight = view.in_flight.saturating_add(1);
            }
            let reason = reasons.iter().find(|(cause, _)| Some(*cause) == line.cause);
            if let (Some((cause, reason)), Some(qty)) = (reason, line.stated.checked_sub(line.book)) {
                let (sku, node) = gap.key;
                view.proposals.push(AdjustProposal { node, reason: *reason, sku, qty, cause: *cause });
            }
            view.lines.push(line);
        }
        self.measure_gaps(&gaps, &mut view);
        Ok(view)
    }

    /// What the book had in a cell at a time.
    fn then(&self, key: Key, as_of: Instant, moved: &mut BTreeMap<Key, Vec<Moved>>) -> i64 {
        let list = moved.entry(key).or_default();
        list.put_in_order_by_key(|moved| moved.at);
        let since = list.iter().filter(|moved| moved.at > as_of).map(|moved| moved.qty);
        since.fold(self.state.stock.cells.get(key.0, key.1).on_hand(), i64::saturating_sub)
    }

    /// Cells of nodes of which the statement is complete, that it does not name and that were not empty: it
    /// says that there is nothing. They come after its own lines, by SKU, then node.
    fn note_missing(
        &self,
        query: &ReconcileQuery,
        moved: &mut BTreeMap<Key, Vec<Moved>>,
        gaps: &mut Vec<Gap>,
        seen: &mut BTreeMap<Key, usize>,
    ) -> Result<(), Rejection> {
        let mut nodes = BTreeSet::new();
        for node in &query.complete {
            nodes.insert(self.state.catalog.node_of(node)?.0);
        }
        let cells = self.state.stock.cells.iter().filter(|_| !nodes.is_empty());
        let mut keys: BTreeSet<Key> = cells.map(|(sku, node, _)| (sku, node)).gather();
        keys.extend(moved.keys().copied());
        keys.retain(|key| nodes.contains(&key.1) && !seen.contains_key(key));
        for key in keys {
            let book = self.then(key, query.as_of, moved);
            if book != 0 {
                seen.insert(key, gaps.len());
                gaps.push(Gap { key, stated: 0, book });
            }
        }
        Ok(())
    }

    /// How many events that matter the window has lost: those before its first, if that is younger than the
    /// oldest movement that could be in flight or late.
    fn events_lost(&self, query: &ReconcileQuery) -> u64 {
        let kept = self.window.front().map_or(self.sequence(), |event| event.sequence.saturating_sub(1));
        let from = query.as_of.plus_seconds(i64::from(query.late_s.max(query.flight_s)).saturating_neg());
        let reaches = self.window.front().is_some_and(|event| event.at < from);
        if reaches { 0 } else { kept }
    }

    /// Movements by cell, from the events that the window has.
    fn moved(&self) -> BTreeMap<Key, Vec<Moved>> {
        let mut moved: BTreeMap<Key, Vec<Moved>> = BTreeMap::new();
        for event in self.window.iter() {
            let (document, list) = movements(&self.state, &event.body);
            for one in list {
                let row = Moved { at: event.occurred_at, document: document.clone(), qty: one.qty };
                moved.entry((one.sku, one.node)).or_default().push(row);
            }
        }
        moved
    }

    fn explain(
        &self,
        query: &ReconcileQuery,
        gap: &Gap,
        moved: &[Moved],
        gaps: &[Gap],
        seen: &BTreeMap<Key, usize>,
    ) -> ReconcileLine {
        let (sku, node) = gap.key;
        let (stated, book) = (gap.stated, gap.book);
        let line = |status, found: Found| {
            let Found { cause, document, other } = found;
            ReconcileLine { sku, node, stated, book, status, cause, document, other }
        };
        if let Some(document) = in_flight(query, gap, moved) {
            let found = Found { cause: None, document, other: NodeId::NONE };
            return line(LineStatus::InFlight, found);
        }
        let cause = wrong_node(gap, gaps, seen)
            .or_else(|| one_movement(query, gap, moved))
            .or_else(|| self.wrong_unit(gap, moved))
            .unwrap_or_else(|| found(VarianceCause::Unknown, ""));
        line(LineStatus::Variance, cause)
    }

    /// The whole stock, or one movement, in another unit of the SKU.
    fn wrong_unit(&self, gap: &Gap, moved: &[Moved]) -> Option<Found> {
        let units = self.state.catalog.units.get(gap.key.0.0).map(Vec::as_slice).unwrap_or_default();
        let scale = self.state.catalog.sku.get(gap.key.0.0).map_or(1, |row| row.scale);
        let diff = gap.stated.checked_sub(gap.book)?;
        for unit in units {
            // `count` of the unit are `base` base units of `scale` smallest ones each.
            let (up, down) = (unit.base.saturating_mul(scale), unit.count);
            if up == down || gap.book == 0 {
                continue;
            }
            let same = |a: i64, b: i64| a.checked_mul(down).is_some_and(|a| Some(a) == b.checked_mul(up));
            if same(gap.stated, gap.book) || same(gap.book, gap.stated) {
                return Some(found(VarianceCause::WrongUnit, ""));
            }
            for one in moved.iter().rev() {
                // The movement came in as `qty` more or fewer times the unit.
                let Some(told) = one.qty.checked_add(diff) else { continue };
                if told != 0 && one.qty != 0 && (same(told, one.qty) || same(one.qty, told)) {
                    return Some(found(VarianceCause::WrongUnit, &one.document));
                }
            }
        }
        None
    }

    fn measure_gaps(&self, gaps: &[Gap], view: &mut ReconcileView) {
        let (mut units, mut off, mut value, mut value_off) = (0i128, 0i128, 0i128, 0i128);
        let flying = view.lines.iter().filter(|line| line.status == LineStatus::InFlight);
        let flying: BTreeSet<Key> = flying.map(|line| (line.sku, line.node)).gather();
        for gap in gaps {
            let (sku, node) = gap.key;
            let cell = self.state.stock.cells.get(sku, node);
            let explained = gap.stated == gap.book || flying.contains(&gap.key);
            let diff = if explained { 0 } else { i128::from(gap.stated.abs_diff(gap.book)) };
            let worth = |qty: i128| {
                let total = qty.saturating_mul(i128::from(cell.value.micros()));
                total.checked_div(i128::from(cell.on_hand().max(1))).unwrap_or(0)
            };
            units = units.saturating_add(i128::from(gap.book.max(0)));
            off = off.saturating_add(diff);
            value = value.saturating_add(worth(i128::from(gap.book.max(0))));
            value_off = value_off.saturating_add(worth(diff));
        }
        let percent = |all: i128, off: i128| {
            let agree = all.saturating_sub(off).max(0).saturating_mul(100_000_000);
            let share = if all > 0 { num::div_half_up(agree, all).unwrap_or(0) } else { 100_000_000 };
            Money::from_micros(share)
        };
        let lines = i128::try_from(gaps.len()).unwrap_or(i128::MAX);
        let open = view.lines.iter().filter(|line| line.status == LineStatus::Variance).count();
        view.units_percent = percent(units, off);
        view.skus_percent = percent(lines, i128::try_from(open).unwrap_or(i128::MAX));
        view.value_percent = percent(value, value_off);
        view.value_at_variance = Money::from_micros(i64::try_from(value_off).unwrap_or(i64::MAX));
    }
}

/// The last movements before the statement's time that it does not have yet, or the first after it that it
/// has already: their documents.
fn in_flight(query: &ReconcileQuery, gap: &Gap, moved: &[Moved]) -> Option<String> {
    let flight = i64::from(query.flight_s);
    let names = |list: Vec<&str>| {
        let mut list = list;
        list.truncate(10);
        list.join(", ")
    };
    let mut left = gap.book;
    let mut documents = Vec::new();
    let young = |moved: &&Moved| moved.at <= query.as_of && moved.at.plus_seconds(flight) > query.as_of;
    for one in moved.iter().rev().filter(young) {
        left = left.saturating_sub(one.qty);
        documents.push(one.document.as_str());
        if left == gap.stated {
            return Some(names(documents));
        }
    }
    let (mut left, mut documents) = (gap.book, Vec::new());
    let soon = |moved: &&Moved| moved.at > query.as_of && moved.at <= query.as_of.plus_seconds(flight);
    for one in moved.iter().filter(soon) {
        left = left.saturating_add(one.qty);
        documents.push(one.document.as_str());
        if left == gap.stated {
            return Some(names(documents));
        }
    }
    None
}

/// Another node of the same SKU has too little what this one has too much, or the other way round.
fn wrong_node(gap: &Gap, gaps: &[Gap], seen: &BTreeMap<Key, usize>) -> Option<Found> {
    let (sku, node) = gap.key;
    let diff = gap.stated.checked_sub(gap.book)?;
    let range = seen.range((sku, NodeId(0))..=(sku, NodeId::NONE));
    let others = range.filter(|((_, other), _)| *other != node).filter_map(|(_, at)| gaps.get(*at));
    let fits = |other: &&Gap| other.stated.checked_sub(other.book) == Some(diff.saturating_neg());
    let other = others.into_iter().find(fits)?.key.1;
    Some(Found { cause: Some(VarianceCause::WrongNode), document: String::new(), other })
}

/// One movement that the statement lacks, or has twice; of several the youngest.
fn one_movement(query: &ReconcileQuery, gap: &Gap, moved: &[Moved]) -> Option<Found> {
    let diff = gap.stated.checked_sub(gap.book)?;
    let before = moved.iter().rev().filter(|moved| moved.at <= query.as_of);
    for one in before {
        if one.qty == diff.saturating_neg() {
            let late = one.at.plus_seconds(i64::from(query.late_s)) > query.as_of;
            let cause = if late { VarianceCause::Late } else { VarianceCause::Missing };
            return Some(found(cause, &one.document));
        }
        if one.qty == diff {
            return Some(found(VarianceCause::Duplicated, &one.document));
        }
    }
    None
}
