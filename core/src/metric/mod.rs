//! Metrics: one set of definitions, folded from events, tied out to the books and the stock.
//!
//! An event says facts; a fact adds to a metric's part and whole; a metric's number is the ratio of the sums
//! of its facts, or their sum. So a number opens to the events behind it, sums over any dimensions, and the
//! same fold serves operations, finance and service.

mod compare;
mod define;
mod fact;
mod fold;
mod measuring;
mod money;
mod orders;
mod stock;
mod ties;
mod view;

pub(crate) use compare::difference;
pub use compare::{CompareQuery, CompareRow, CompareView, MetricWorth};
pub(crate) use define::group;
pub use define::{Better, Metric, Unit, metrics};
pub use measuring::Measuring;
pub(crate) use measuring::measure;
pub(crate) use money::{Earned, earns};
pub(crate) use view::Measured;
pub use view::{Dimension, FactView, MeasureQuery, MeasureView, MetricTie, OnlyWhere};
