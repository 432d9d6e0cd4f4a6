//! A question for metrics and its answer, in columns.

use super::define::{M, Shape, Unit};
use super::fact::{Fact, Kind};
use super::fold::{DAY, Fold};
use super::ties::{Sums, Totals, tie};
use crate::record::*;
use crate::value::num;
use crate::value::rejection::Rejection;
use crate::value::sort::Gather;
use crate::value::time::Instant;
use crate::value::wire::{wire, words};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

words! {
    /// What numbers can be broken down by. Days, weeks (from Monday) and months are those of UTC.
    pub enum Dimension {
        /// The node.
        Node,
        /// The channel.
        Channel,
        /// The SKU.
        Sku,
        /// The SKU's group.
        Category,
        /// The supplier.
        Supplier,
        /// The carrier service.
        Service,
        /// The order.
        Order,
        /// What kind of thing: a stage, a disposition, a reason, an exception's code, an event.
        Kind,
        /// The day.
        Day,
        /// The week, by its Monday.
        Week,
        /// The month, by its first day.
        Month,
    }
}

wire! {
    /// Asks for metrics, from the events that the book still has or from what the host kept.
    ///
    /// Facts count by when they happened; time that passes (empty pools, stock on hand) by when it was
    /// recorded. A level (a value, units still waiting) by time is where it stood at the end of each day
    /// on which it changed, and of the window's first.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    #[doc = include_str!("../example_order.txt")]
    /// let query = MeasureQuery {
    ///     metrics: vec!["orders_placed".into()], by: vec![Dimension::Channel], ..MeasureQuery::default()
    /// };
    /// let Answer::Measure(found) = book.ask(&Query::Measure(query))? else { panic!() };
    /// assert_eq!((found.keys[0][0].as_str(), found.value[0].as_str()), ("web", "1"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[derive(Default)]
    pub struct MeasureQuery {
        /// Names of metrics; empty = all.
        #[serde(default)]
        pub metrics: Vec<String>,
        /// What to break them down by; empty = one row a metric.
        #[serde(default)]
        pub by: Vec<Dimension>,
        /// Only facts of these.
        #[serde(default)]
        pub only: Vec<OnlyWhere>,
        /// The first instant of the window; none = from the beginning.
        #[serde(default)]
        pub from: Option<Instant>,
        /// The instant after the window's last; none = until the last event.
        #[serde(default)]
        pub to: Option<Instant>,
        /// Events recorded later are not known; none = all are.
        #[serde(default)]
        pub known_at: Option<Instant>,
        /// At most so many facts behind the numbers, in the order of recording; 0 = none.
        #[serde(default)]
        pub facts_most: u32,
        /// Snapshots in base64, in any order; none = the log begins with the first event. The newest is used
        /// that lies before the window. What hangs on a past that it no longer has (when orders began to
        /// wait, which pools were ever stocked, when a purchase was placed and for which date at first,
        /// whether a part of an order had left late) is counted from there on.
        #[serde(default)]
        pub snapshots: Vec<String>,
        /// A log in base64 that covers everything from the snapshot on; empty = the events that this book
        /// has, and then snapshots are its own.
        #[serde(default)]
        pub log: String,
    }

    /// Only what belongs to one.
    pub struct OnlyWhere {
        /// The dimension.
        pub dimension: Dimension,
        /// Its code, as an answer shows it.
        pub is: String,
    }
}

/// Metrics in columns: row `i` is `metric[i]` for `keys[0][i]`, `keys[1][i]` and so on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MeasureView {
    /// The last event that was known.
    pub sequence: u64,
    /// The dimensions, in the order of `keys`.
    pub by: Vec<Dimension>,
    /// A column of codes a dimension; empty = none.
    pub keys: Vec<Vec<String>>,
    /// The metric.
    pub metric: Vec<String>,
    /// What is counted: units, orders, micro-units of money; time in seconds; stock over time in units or
    /// micro-units times days.
    pub part: Vec<i64>,
    /// Of what, as `part`; 0 where the metric is a sum.
    pub whole: Vec<i64>,
    /// The metric's value as an exact decimal of its unit; empty = of nothing.
    pub value: Vec<String>,
    /// Facts behind the numbers, as many as were asked for.
    pub facts: Vec<FactView>,
    /// Every metric beside the total that the book itself keeps.
    pub ties: Vec<MetricTie>,
    /// Whether all of them agree.
    pub all_tie: bool,
}

/// What one event added to a metric.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FactView {
    /// The metric.
    pub metric: String,
    /// The event.
    pub sequence: u64,
    /// When it happened.
    pub at: Instant,
    /// What it added, as in the columns.
    pub part: i64,
    /// Of what.
    pub whole: i64,
    /// The order, where there is one.
    pub order: String,
    /// The SKU, where there is one.
    pub sku: String,
    /// The kind, where there is one.
    pub kind: String,
}

/// A metric beside the book's own total, over the whole record that was read. Money in micro-units.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MetricTie {
    /// The metric.
    pub metric: String,
    /// What the metric's facts come to, in the window and without it.
    pub counted: i64,
    /// What else moves the book's total, by the journal.
    pub others: i64,
    /// The book's total.
    pub book: i64,
    /// Whether they agree.
    pub ties: bool,
}

/// A row's key: a number a dimension.
type Key = Few<i64, 4>;

/// Sums by metric and key, with what is needed to tell them.
pub(crate) struct Measured {
    pub rows: BTreeMap<(M, Key), Sums>,
    pub fold: Fold,
    facts: Vec<FactView>,
    ties: Vec<MetricTie>,
    wanted: Vec<M>,
    by: Vec<Dimension>,
    /// The first bucket that is shown of a level, by dimension of time.
    first: Vec<i64>,
}

const NONE: i64 = -1;

fn id(id: u32) -> i64 {
    if id == u32::MAX { NONE } else { i64::from(id) }
}

fn kind_key(kind: Kind) -> i64 {
    match kind {
        Kind::None => NONE,
        Kind::Word(word) => {
            let at = words().iter().position(|known| *known == word);
            at.map_or(NONE, num::count)
        }
        Kind::Reason(reason) => i64::from(reason.0).saturating_add(1 << 33),
        Kind::Code(code) => {
            let at = crate::exception::ExceptionCode::ALL.iter().position(|known| *known == code);
            at.map_or(NONE, |at| num::count(at).saturating_add(1 << 32))
        }
    }
}

/// Every word that a kind can be.
fn words() -> Vec<&'static str> {
    let own = [
        "released",
        "picked",
        "packed",
        "shipped",
        "delivered",
        "served",
        "struck",
        "open",
        "restock",
        "refurbish",
        "scrap",
        "return_to_vendor",
        "keep",
        "freight",
        "handling",
    ];
    own.iter().chain(Body::names()).copied().collect()
}

fn kind_text(state: &State, key: i64) -> String {
    let place = |from: i64| usize::try_from(key.saturating_sub(from)).unwrap_or(usize::MAX);
    if key >= 1 << 33 {
        let reason = u32::try_from(key.saturating_sub(1 << 33)).unwrap_or(u32::MAX);
        return state.catalog.reasons.get(reason).map(ToString::to_string).unwrap_or_default();
    }
    if key >= 1 << 32 {
        let code = crate::exception::ExceptionCode::ALL.get(place(1 << 32));
        return code.map(|code| code.word().to_owned()).unwrap_or_default();
    }
    words().get(place(0)).map(|word| (*word).to_owned()).unwrap_or_default()
}

/// The day number of the first day of a bucket that a day lies in.
fn bucket(dimension: Dimension, day: i64) -> i64 {
    match dimension {
        // 1970-01-01 was a Thursday.
        Dimension::Week => day.saturating_sub(day.saturating_add(3).rem_euclid(7)),
        Dimension::Month => {
            let text = Instant::from_micros(day.saturating_mul(DAY)).to_string();
            let of_month: i64 = text.get(8..10).and_then(|digits| digits.parse().ok()).unwrap_or(1);
            day.saturating_sub(of_month).saturating_add(1)
        }
        _ => day,
    }
}

fn part_of_key(state: &State, dimension: Dimension, fact: &Fact, day: i64) -> i64 {
    let dims = &fact.dims;
    match dimension {
        Dimension::Node => id(dims.node.0),
        Dimension::Channel => id(dims.channel.0),
        Dimension::Sku => id(dims.sku.0),
        Dimension::Category => state.catalog.sku.get(dims.sku.0).map_or(NONE, |row| id(row.group)),
        Dimension::Supplier => id(dims.supplier.0),
        Dimension::Service => id(dims.service.0),
        Dimension::Order => id(dims.order.0),
        Dimension::Kind => kind_key(dims.kind),
        Dimension::Day | Dimension::Week | Dimension::Month => bucket(dimension, day),
    }
}

fn text_of_key(state: &State, dimension: Dimension, key: i64) -> String {
    let catalog = &state.catalog;
    let codes = match dimension {
        Dimension::Node => &catalog.nodes,
        Dimension::Channel => &catalog.channels,
        Dimension::Sku => &catalog.skus,
        Dimension::Category => &catalog.groups,
        Dimension::Supplier => &catalog.suppliers,
        Dimension::Service => &catalog.services,
        Dimension::Order => {
            let order = u32::try_from(key).ok().and_then(|order| state.docs.orders.text(order));
            return order.unwrap_or_default();
        }
        Dimension::Kind => return kind_text(state, key),
        Dimension::Day | Dimension::Week | Dimension::Month => {
            let text = Instant::from_micros(key.saturating_mul(DAY)).to_string();
            return text.get(..10).unwrap_or_default().to_owned();
        }
    };
    u32::try_from(key).ok().and_then(|id| codes.get(id)).map(ToString::to_string).unwrap_or_default()
}

const fn is_time(dimension: Dimension) -> bool {
    matches!(dimension, Dimension::Day | Dimension::Week | Dimension::Month)
}

/// What a side of a metric is shown in: the divisor.
pub(crate) fn scale(metric: M) -> (i64, i64) {
    match (metric, metric.metric().unit) {
        (M::StockoutRate, _) => (1_000_000, 1_000_000),
        (M::DaysOfSupply | M::Turns, _) => (DAY, DAY),
        (_, Unit::Duration) => (1_000_000, 1),
        _ => (1, 1),
    }
}

pub(crate) fn shown(n: i128, scale: i64) -> i64 {
    let rounded = num::div_half_up(n, i128::from(scale));
    rounded.unwrap_or(if n < 0 { i64::MIN } else { i64::MAX })
}

/// A metric's value in its unit's smallest part; none of nothing.
pub(crate) fn value_of(metric: M, sums: &Sums) -> Option<i64> {
    if metric.shape() != Shape::Ratio {
        return i64::try_from(sums.part).ok();
    }
    let millions = matches!(metric.metric().unit, Unit::Share | Unit::Ratio);
    let part = if millions { sums.part.checked_mul(1_000_000)? } else { sums.part };
    num::div_half_up(part, sums.whole).ok()
}

/// What the window and the filters let through.
pub(super) struct Window {
    pub query: MeasureQuery,
    from: Instant,
    pub to: Instant,
    timed: bool,
}

impl Window {
    pub(super) fn of(query: &MeasureQuery) -> Window {
        let by = query.by.iter().chain(query.only.iter().map(|only| &only.dimension));
        Window {
            from: query.from.unwrap_or(Instant::START),
            to: query.to.unwrap_or(Instant::from_micros(i64::MAX)),
            timed: by.copied().any(is_time),
            query: query.clone(),
        }
    }

    fn passes(&self, state: &State, fact: &Fact) -> bool {
        self.query.only.iter().filter(|only| !is_time(only.dimension)).all(|only| {
            let key = part_of_key(state, only.dimension, fact, 0);
            text_of_key(state, only.dimension, key) == only.is
        })
    }

    /// Whether a day is one of those asked for; a level has grown until its day.
    fn passes_day(&self, state: &State, shape: Shape, day: i64) -> bool {
        self.query.only.iter().filter(|only| is_time(only.dimension)).all(|only| {
            let text = text_of_key(state, only.dimension, bucket(only.dimension, day));
            text == only.is || shape == Shape::Level && text < only.is
        })
    }

    /// Cuts a fact to the window, and to days where rows are by time.
    fn cut(&self, fact: &Fact, to: Instant, mut give: impl FnMut(Fact, i64)) {
        if fact.since >= fact.at {
            let level = fact.metric.shape() == Shape::Level;
            if fact.at < to && (level || fact.at >= self.from) {
                give(*fact, fact.at.micros().div_euclid(DAY));
            }
            return;
        }
        let (mut since, end) = (fact.since.max(self.from), fact.at.min(to));
        while since < end {
            let day = since.micros().div_euclid(DAY);
            let midnight = Instant::from_micros(day.saturating_add(1).saturating_mul(DAY));
            let until = if self.timed { midnight.min(end) } else { end };
            let time = super::fold::between(since, until);
            let (part, whole) = (fact.part.saturating_mul(time), fact.whole.saturating_mul(time));
            give(Fact { part, whole, ..*fact }, day);
            since = until;
        }
    }
}

/// The first bucket of the window, and of what is asked for, by dimension of time.
fn first_days(query: &MeasureQuery, from: Instant) -> Vec<i64> {
    let first = |by: &Dimension| {
        let asked = query.only.iter().filter(|only| only.dimension == *by).filter_map(|only| {
            let midnight: Instant = format!("{}T00:00:00Z", only.is).parse().ok()?;
            Some(midnight.micros().div_euclid(DAY))
        });
        let begins = bucket(*by, from.micros().div_euclid(DAY));
        let begins = if query.from.is_some() { begins } else { i64::MIN };
        asked.fold(begins, i64::max)
    };
    query.by.iter().filter(|by| is_time(**by)).map(first).collect()
}

fn wanted(query: &MeasureQuery) -> Result<Vec<M>, Rejection> {
    if query.metrics.is_empty() {
        return Ok(M::ALL.to_vec());
    }
    let find = |name: &String| {
        let found = M::ALL.iter().copied().find(|metric| metric.metric().name == name);
        let need = "names of metrics, as the question `metrics` lists them".to_owned();
        found.ok_or_else(|| Rejection::InvalidField { field: "metrics".into(), need })
    };
    query.metrics.iter().map(find).collect()
}

impl Measured {
    /// Nothing yet, of what goes on from a state.
    pub(super) fn new(state: State, window: &Window) -> Result<Measured, Rejection> {
        let query = &window.query;
        Ok(Measured {
            rows: BTreeMap::new(),
            fold: Fold::new(state),
            facts: Vec::new(),
            ties: Vec::new(),
            wanted: wanted(query)?,
            by: query.by.clone(),
            first: first_days(query, window.from),
        })
    }

    /// Adds what is open at the end of the window.
    pub(super) fn stand(&mut self, window: &Window, until: Instant, all: &mut BTreeMap<M, Sums>) {
        self.fold.stand(until);
        self.gather(window, Instant::from_micros(i64::MAX), all);
    }

    /// Adds the facts of the last event to their rows, up to a time.
    pub(super) fn gather(&mut self, window: &Window, to: Instant, all: &mut BTreeMap<M, Sums>) {
        let facts = std::mem::take(&mut self.fold.facts);
        let most = num::index(window.query.facts_most);
        let whole = self.wanted.len() == M::ALL.len();
        for fact in facts.iter().filter(|fact| whole || self.wanted.contains(&fact.metric)) {
            add(all.entry(fact.metric).or_default(), fact);
            if !window.query.only.is_empty() && !window.passes(&self.fold.state, fact) {
                continue;
            }
            window.cut(fact, to, |cut, day| {
                let state = &self.fold.state;
                if !window.passes_day(state, cut.metric.shape(), day) {
                    return;
                }
                let key = self.by.iter().map(|by| part_of_key(state, *by, &cut, day)).collect();
                add(self.rows.entry((cut.metric, key)).or_default(), &cut);
                if self.facts.len() < most {
                    self.facts.push(fact_view(state, &cut));
                }
            });
        }
        self.fold.facts = facts;
    }

    /// Sets every wanted metric beside the book's own total.
    pub(super) fn tie_out(&mut self, start: &Totals, all: &BTreeMap<M, Sums>) {
        let end = Totals::of(&self.fold.state);
        for metric in self.wanted.clone() {
            let sums = all.get(&metric).copied().unwrap_or_default();
            if let Some((counted, others, book)) = tie(&self.fold, (start, &end), metric, &sums) {
                let ties = counted.checked_add(others) == Some(book);
                let (metric, counted) = (metric.metric().name.to_owned(), shown(counted, 1));
                let (others, book) = (shown(others, 1), shown(book, 1));
                self.ties.push(MetricTie { metric, counted, others, book, ties });
            }
        }
    }

    /// What has no kind counts towards the whole of every kind.
    fn spread_wholes(&mut self) {
        let Some(at) = self.by.iter().position(|by| *by == Dimension::Kind) else { return };
        let bare: Vec<((M, Key), Sums)> = self
            .rows
            .iter()
            .filter(|((_, key), sums)| key.get(at) == Some(&NONE) && sums.part == 0)
            .map(|(key, sums)| (key.clone(), *sums))
            .collect();
        let without = |key: &Key| -> Key {
            let others = key.iter().enumerate().filter(|(place, _)| *place != at);
            others.map(|(_, part)| *part).collect()
        };
        let bare: BTreeMap<(M, Key), ((M, Key), i128)> =
            bare.into_iter().map(|(row, sums)| ((row.0, without(&row.1)), (row, sums.whole))).gather();
        let mut spread = BTreeSet::new();
        for ((metric, key), row) in &mut self.rows {
            if key.get(at) == Some(&NONE) {
                continue;
            }
            if let Some((whole, by)) = bare.get(&(*metric, without(key))) {
                row.whole = row.whole.saturating_add(*by);
                spread.insert(whole.clone());
            }
        }
        self.rows.retain(|row, _| !spread.contains(row));
    }

    /// A level by time is what it had come to: of the days on which it changed, and of the first asked for.
    fn raise_levels(&mut self) {
        let times: Vec<usize> =
            (0..self.by.len()).filter(|at| self.by.get(*at).is_some_and(|by| is_time(*by))).collect();
        if times.is_empty() {
            return;
        }
        let split = |key: &Key| -> (Key, Key) {
            let (mut when, mut what) = (Key::new(), Key::new());
            for (place, part) in key.iter().enumerate() {
                if times.contains(&place) { when.push(*part) } else { what.push(*part) }
            }
            (what, when)
        };
        let levels = std::mem::take(&mut self.rows);
        let mut series: BTreeMap<(M, Key), BTreeMap<Key, Sums>> = BTreeMap::new();
        for ((metric, key), sums) in levels {
            if metric.shape() == Shape::Level {
                let (what, when) = split(&key);
                series.entry((metric, what)).or_default().insert(when, sums);
            } else {
                self.rows.insert((metric, key), sums);
            }
        }
        let first: Key = self.first.iter().copied().collect();
        for ((metric, what), changes) in series {
            let (mut level, mut shown) = (Sums::default(), BTreeMap::new());
            for (when, sums) in changes {
                level.part = level.part.saturating_add(sums.part);
                level.facts = level.facts.saturating_add(sums.facts);
                let before = when.iter().zip(&first).any(|(when, first)| when < first);
                shown.insert(if before { first.clone() } else { when }, level);
            }
            for (when, level) in shown {
                let (mut what, mut when) = (what.iter(), when.iter());
                let next = |place| if times.contains(&place) { when.next() } else { what.next() };
                let key: Key = (0..self.by.len()).filter_map(next).copied().collect();
                self.rows.insert((metric, key), level);
            }
        }
    }

    /// A key as codes.
    pub(crate) fn codes(&self, key: &Key) -> Vec<String> {
        let text = |(by, key): (&Dimension, &i64)| text_of_key(&self.fold.state, *by, *key);
        self.by.iter().zip(key.iter()).map(text).collect()
    }

    /// The answer.
    pub(crate) fn view(mut self) -> MeasureView {
        self.spread_wholes();
        self.raise_levels();
        self.told()
    }

    /// The answer without any dimension, then by each of them.
    pub(super) fn views(mut self) -> Vec<MeasureView> {
        let (rows, by) = (std::mem::take(&mut self.rows), std::mem::take(&mut self.by));
        let mut views = Vec::new();
        for kept in std::iter::once(None).chain((0..by.len()).map(Some)) {
            self.by = kept.and_then(|at| by.get(at)).copied().into_iter().collect();
            self.first = self.by.iter().filter(|by| is_time(**by)).map(|_| i64::MIN).collect();
            self.rows.clear();
            for ((metric, key), sums) in &rows {
                let key = kept.and_then(|at| key.get(at)).copied().into_iter().collect();
                let into = self.rows.entry((*metric, key)).or_default();
                into.part = into.part.saturating_add(sums.part);
                into.whole = into.whole.saturating_add(sums.whole);
                into.facts = into.facts.saturating_add(sums.facts);
            }
            self.spread_wholes();
            self.raise_levels();
            views.push(self.told());
        }
        views
    }

    fn told(&self) -> MeasureView {
        let mut view = MeasureView {
            sequence: self.fold.state.head.sequence,
            by: self.by.clone(),
            keys: vec![Vec::new(); self.by.len()],
            metric: Vec::new(),
            part: Vec::new(),
            whole: Vec::new(),
            value: Vec::new(),
            facts: Vec::new(),
            ties: Vec::new(),
            all_tie: self.ties.iter().all(|tie| tie.ties),
        };
        for ((metric, key), sums) in &self.rows {
            let (part, whole) = scale(*metric);
            for (column, code) in view.keys.iter_mut().zip(self.codes(key)) {
                column.push(code);
            }
            let unit = metric.metric().unit;
            view.metric.push(metric.metric().name.into());
            view.part.push(shown(sums.part, part));
            view.whole.push(shown(sums.whole, whole));
            view.value.push(value_of(*metric, sums).map(|value| unit.exact(value)).unwrap_or_default());
        }
        view.facts.clone_from(&self.facts);
        view.ties.clone_from(&self.ties);
        view
    }
}

fn add(sums: &mut Sums, fact: &Fact) {
    sums.part = sums.part.saturating_add(fact.part);
    sums.whole = sums.whole.saturating_add(fact.whole);
    sums.facts = sums.facts.saturating_add(1);
}

fn fact_view(state: &State, fact: &Fact) -> FactView {
    let (part, whole) = scale(fact.metric);
    FactView {
        metric: fact.metric.metric().name.into(),
        sequence: fact.sequence,
        at: fact.at,
        part: shown(fact.part, part),
        whole: shown(fact.whole, whole),
        order: text_of_key(state, Dimension::Order, id(fact.dims.order.0)),
        sku: text_of_key(state, Dimension::Sku, id(fact.dims.sku.0)),
        kind: kind_text(state, kind_key(fact.dims.kind)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weeks_begin_on_monday_and_months_on_their_first() {
        // 2026-01-07 was a Wednesday.
        let day = 1_767_744_000_000_000i64.div_euclid(DAY);
        let date = |by| text_of_key(&State::genesis(1), by, bucket(by, day));
        assert_eq!(date(Dimension::Day), "2026-01-07");
        assert_eq!(date(Dimension::Week), "2026-01-05");
        assert_eq!(date(Dimension::Month), "2026-01-01");
    }

    #[test]
    fn a_kind_is_told_as_it_was_meant() {
        let state = State::genesis(1);
        let code = Kind::Code(crate::exception::ExceptionCode::ShortPick);
        for (kind, text) in
            [(Kind::Word("OrderShipped"), "OrderShipped"), (code, "short_pick"), (Kind::None, "")]
        {
            assert_eq!(kind_text(&state, kind_key(kind)), text);
        }
    }
}
