//! Metrics of events as they come: the fold goes on from event to event, and keeps none of them.

use super::define::M;
use super::ties::{Sums, Totals};
use super::view::{Dimension, MeasureQuery, MeasureView, Measured, Window};
use crate::record::*;
use crate::value::rejection::Rejection;
use std::collections::BTreeMap;

/// All metrics of a book's events as they leave it, by the same fold that answers `measure`: for a host that
/// keeps no events.
///
/// ```
#[doc = include_str!("../example_book.txt")]
#[doc = include_str!("../example_order.txt")]
/// let mut measuring = report::Measuring::new(&[Dimension::Channel])?;
/// for event in book.events_since(1)? {
///     measuring.record(event)?;
/// }
/// let query = MeasureQuery { by: vec![Dimension::Channel], ..MeasureQuery::default() };
/// assert_eq!(measuring.finish()[1], book.measure(&query)?, "as the book itself answers");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Measuring {
    window: Window,
    measured: Measured,
    start: Totals,
    all: BTreeMap<M, Sums>,
    /// Whether the end of the window is past.
    stood: bool,
}

impl Measuring {
    /// Nothing yet, of a book that this release begins.
    ///
    /// # Errors
    /// None: it asks for what there is.
    ///
    /// ```
    /// let views = stockbook::report::Measuring::new(&[]).map(|none| none.finish());
    /// assert_eq!(views.map(|views| views.len()), Ok(1));
    /// ```
    pub fn new(by: &[Dimension]) -> Result<Measuring, Rejection> {
        let query = MeasureQuery { by: by.to_vec(), ..MeasureQuery::default() };
        Measuring::after(State::genesis(ORIGIN), &query)
    }

    /// What a question asks for, of events that go on from a state.
    pub(super) fn after(state: State, query: &MeasureQuery) -> Result<Measuring, Rejection> {
        let (start, window) = (Totals::of(&state), Window::of(query));
        let (mut measured, mut all) = (Measured::new(state, &window)?, BTreeMap::new());
        measured.gather(&window, window.to, &mut all);
        Ok(Measuring { window, measured, start, all, stood: false })
    }

    /// Reads the next event.
    ///
    /// # Errors
    /// `UnreadableRecord` where it is not the one that goes on from what is known.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// let mut measuring = report::Measuring::new(&[])?;
    /// let second = book.event(2).ok_or("in the window")?;
    /// assert_eq!(measuring.record(second).unwrap_err().name(), "UnreadableRecord");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn record(&mut self, event: &Event) -> Result<(), Rejection> {
        let broken = |problem: &str| Rejection::UnreadableRecord { problem: problem.to_owned() };
        if self.measured.fold.state.head.sequence.checked_add(1) != Some(event.sequence) {
            return Err(broken(&format!("event {} does not go on from what is known", event.sequence)));
        }
        if !self.stood && event.at >= self.window.to {
            self.stood = true;
            self.measured.stand(&self.window, self.window.to, &mut self.all);
        }
        self.measured.fold.step(event).map_err(broken)?;
        self.measured.gather(&self.window, self.window.to, &mut self.all);
        Ok(())
    }

    /// What it all comes to.
    pub(super) fn end(mut self) -> Measured {
        let until = self.measured.fold.state.head.now.min(self.window.to);
        self.measured.tie_out(&self.start, &self.all);
        self.measured.fold.facts.clear();
        self.measured.fold.close_cells(until);
        self.measured.gather(&self.window, self.window.to, &mut self.all);
        if !self.stood {
            self.measured.stand(&self.window, until, &mut self.all);
        }
        self.measured
    }

    /// The metrics of all that was read: without any dimension, then by each of those that were asked for.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// let mut measuring = report::Measuring::new(&[Dimension::Node])?;
    /// for event in book.events_since(1)? {
    ///     measuring.record(event)?;
    /// }
    /// let views = measuring.finish();
    /// let row = views[0].metric.iter().position(|name| name == "inventory_value").ok_or("it is there")?;
    /// assert_eq!((views[0].value[row].as_str(), views[0].all_tie), ("80.00", true), "10 TEE at 8.00");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn finish(self) -> Vec<MeasureView> {
        self.end().views()
    }
}

/// Metrics over events that go on from a state.
pub(crate) fn measure<'a>(
    state: State,
    events: impl Iterator<Item = &'a Event>,
    query: &MeasureQuery,
) -> Result<Measured, Rejection> {
    let mut measuring = Measuring::after(state, query)?;
    for event in events.filter(|event| query.known_at.is_none_or(|known| event.at <= known)) {
        measuring.record(event)?;
    }
    Ok(measuring.end())
}
