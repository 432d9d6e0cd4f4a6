//! Reports: metric definitions over events, columnar tables, the HTML page.

mod costs;
mod demand;
mod html;
mod kpi;
mod land;
mod metrics;
mod plan;
mod svg;
mod table;
mod tally;

pub use crate::metric::{Better, Measuring, Metric, Unit, metrics};
pub use costs::OrderCosts;
pub use demand::DemandHistory;
pub use html::{Page, Period, Run, page};
pub use kpi::{Kpis, kpi_table};
pub use plan::PlanRows;
pub use table::{Column, Table, Values};
pub use tally::{Tally, Unserved};
