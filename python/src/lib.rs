//! The native half of the Python package `stockbook`: it converts and delegates, and decides nothing.
//!
//! `book` is the handle on a book, `table` what columns come from and reports are given as, `column` how
//! cells are read, `orders` how a table of orders is, `replenish` what planning reckons and `advise` what
//! comes of it, `arrow` the Arrow C Data Interface (the only unsafe code), `simulate` the main job on tables.

mod advise;
mod arrow;
mod book;
mod column;
mod orders;
mod replenish;
mod simulate;
mod table;

/// The module that Python imports.
#[pyo3::pymodule(gil_used = false)]
mod _native {
    #[pymodule_export]
    use crate::advise::{advice, exposures, purchases, transfers};
    #[pymodule_export]
    use crate::book::{Book, Reader, rejections};
    #[pymodule_export]
    use crate::replenish::{
        abc_classes, best_forecasts, best_levels, corrected_demand, discounted_lot, forecast_errors,
        forecast_one, formula, guaranteed_service, horizon_lots, joint_lots, plan_items, serial_levels,
        transport, xyz_classes,
    };
    #[pymodule_export]
    use crate::simulate::{RunTables, Stream, generate_orders, scenario, simulate};
    #[pymodule_export]
    use crate::table::Table;

    /// Version of the library.
    #[pymodule_export]
    #[allow(non_upper_case_globals, reason = "Python's name for it")]
    const __version__: &str = env!("CARGO_PKG_VERSION");
}
