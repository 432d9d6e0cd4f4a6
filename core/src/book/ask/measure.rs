//! Metrics of this book, or of what a host kept of any.

use super::super::Book;
use super::super::as_of::{handed_back, unreadable};
use crate::metric::{CompareQuery, CompareView, MeasureQuery, MeasureView, Measured, difference, measure};
use crate::record::*;
use crate::value::rejection::Rejection;

impl Book {
    /// Metrics, in columns, each tied out to the totals that the book itself keeps.
    ///
    /// # Errors
    /// If a metric is unknown, bytes are no log or snapshot, or the record has a gap.
    ///
    /// ```
    /// use stockbook::*;
    /// let mut book = Book::new();
    /// let at = "2026-01-05T09:00:00Z".parse().unwrap();
    /// for (id, json) in [
    ///     ("1", r#"{"define_sku":{"sku":"TEE"}}"#),
    ///     ("2", r#"{"define_node":{"node":"N","kind":"store","place":{"lat":"0","lon":"0"}}}"#),
    ///     ("3", r#"{"receive_goods":{"receipt":"R","node":"N","lines":
    ///          [{"sku":"TEE","qty":10,"unit_cost":"2"}]}}"#),
    /// ] {
    ///     book.execute(&Envelope::new(id, at, serde_json::from_str(json).unwrap())).unwrap();
    /// }
    /// let query = MeasureQuery {
    ///     metrics: vec!["inventory_value".into()],
    ///     by: vec![Dimension::Node],
    ///     ..MeasureQuery::default()
    /// };
    /// let view = book.measure(&query).unwrap();
    /// assert_eq!((view.keys[0][0].as_str(), view.value[0].as_str()), ("N", "20.00"));
    /// assert!(view.all_tie);
    /// ```
    pub fn measure(&self, query: &MeasureQuery) -> Result<MeasureView, Rejection> {
        Ok(self.measured(query)?.view())
    }

    /// The book's own events from one on.
    pub(in crate::book) fn recent(&self, first: u64) -> Result<impl Iterator<Item = &Event>, Rejection> {
        self.events_since(first).map_err(|drained| Rejection::InvalidField {
            field: "log".into(),
            need: format!("the log that the host kept: the book has events from {} on", drained.first),
        })
    }

    fn measured(&self, query: &MeasureQuery) -> Result<Measured, Rejection> {
        if query.log.is_empty() && query.snapshots.is_empty() {
            return measure(State::genesis(self.state.head.origin()), self.recent(1)?, query);
        }
        let mut base: Option<Book> = None;
        for text in &query.snapshots {
            let book = Book::restore(&handed_back("snapshots", text)?).map_err(unreadable)?;
            let newer = base.as_ref().is_none_or(|known| known.sequence() < book.sequence());
            // Nothing of the window may lie before the snapshot.
            let before = query.from.is_some_and(|from| book.now() <= from);
            if before && newer {
                base = Some(book);
            }
        }
        if query.log.is_empty() {
            let state = base.map_or_else(|| State::genesis(self.state.head.origin()), |book| book.state);
            let events = self.recent(state.head.sequence.saturating_add(1))?;
            return measure(state, events, query);
        }
        let (origin, events) = read_log(&handed_back("log", &query.log)?).map_err(unreadable)?;
        let state = base.map_or_else(|| State::genesis(origin), |book| book.state);
        let known = state.head.sequence;
        measure(state, events.iter().filter(|event| event.sequence > known), query)
    }

    /// What a change was worth: the metrics of one window or run against those of another.
    ///
    /// # Errors
    /// As [`Book::measure`].
    ///
    /// ```
    #[doc = include_str!("../../example_book.txt")]
    #[doc = include_str!("../../example_order.txt")]
    /// // Nothing was ordered in the hour before `at`; one order in the hour from then on.
    /// let window =
    ///     |from, to| MeasureQuery { from: Some(from), to: Some(to), ..MeasureQuery::default() };
    /// let (before, after) = (window(at.plus_seconds(-3_600), at), window(at, at.plus_seconds(3_600)));
    /// let view = book.compare(&CompareQuery { before, after, worth: vec![] })?;
    /// assert_eq!((view.orders_before, view.orders_after), (0, 1));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn compare(&self, query: &CompareQuery) -> Result<CompareView, Rejection> {
        let whole = |query: &MeasureQuery| MeasureQuery {
            metrics: Vec::new(),
            by: Vec::new(),
            facts_most: 0,
            ..query.clone()
        };
        let (before, after) = (self.measured(&whole(&query.before))?, self.measured(&whole(&query.after))?);
        difference(&before, &after, query)
    }
}
