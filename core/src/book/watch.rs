//! Which cells changed: for what shows stock outside the book while the book goes on.

use super::Book;
use crate::value::ids::{NodeId, SkuId};

impl Book {
    /// From now on the book notes which cells of stock change, for [`Book::tell_changed_cells`]. A book that
    /// was restored or cloned from a watched one is watched anew.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// let mut told = Vec::new();
    /// book.tell_changed_cells(|sku, node, free| told.push((sku, node, free)));
    /// assert!(told.is_empty(), "nobody has asked for it");
    /// book.watch_cells();
    /// book.tell_changed_cells(|sku, node, free| told.push((sku, node, free)));
    /// assert!(told.contains(&(SkuId(0), NodeId(0), 10)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn watch_cells(&mut self) {
        self.state.stock.cells.watch();
    }

    /// Tells SKU, node and the units available there (sellable less reserved, in the SKU's smallest unit) of
    /// every cell that may have changed since the last call; a cell may be told twice. The first call after
    /// [`Book::watch_cells`] tells all. Nothing is told of a book that is not watched.
    ///
    /// ```
    /// use stockbook::*;
    /// let mut book = Book::new();
    /// let at: Instant = "2026-01-05T09:00:00Z".parse()?;
    /// let mut say = |id: &str, json: &str, book: &mut Book| {
    ///     book.execute(&Envelope::new(id, at, serde_json::from_str(json).unwrap())).unwrap();
    /// };
    /// say("1", r#"{"define_sku":{"sku":"TEE","price":"19.99"}}"#, &mut book);
    /// say("2", r#"{"define_node":{"node":"RENO","kind":"warehouse","place":{"lat":"39","lon":"-119"}}}"#,
    ///     &mut book);
    /// book.watch_cells();
    /// say("3", r#"{"receive_goods":{"receipt":"R1","node":"RENO",
    ///     "lines":[{"sku":"TEE","qty":5,"unit_cost":"8.00"}]}}"#, &mut book);
    /// let mut told = Vec::new();
    /// book.tell_changed_cells(|sku, node, available| told.push((sku, node, available)));
    /// assert!(told.contains(&(SkuId(0), NodeId(0), 5)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn tell_changed_cells(&mut self, tell: impl FnMut(SkuId, NodeId, i64)) {
        self.state.stock.cells.tell_changed(tell);
    }
}
