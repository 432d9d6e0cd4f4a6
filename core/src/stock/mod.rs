//! Stock by SKU, node, bin, lot, condition and owner; reservations; channel protection.

mod commands;
mod levels;
mod pool;
mod protection;
mod rows;

pub use commands::*;
pub use levels::*;
pub(crate) use pool::Fault;
pub use pool::Taken;
pub use protection::*;
pub(crate) use rows::*;
