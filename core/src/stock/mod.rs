//! Stock by SKU, node, bin, lot, condition and owner; reservations; channel protection.

mod commands;
mod load;
mod pool;
mod rows;

pub use commands::*;
pub(crate) use pool::Fault;
pub use pool::Taken;
pub(crate) use rows::*;
