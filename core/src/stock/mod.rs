//! Stock by SKU, node, bin, lot, condition and owner; reservations; channel protection.

mod atp;
mod commands;
mod levels;
mod load;
mod pool;
mod protection;
mod rows;
mod supply;

pub use atp::by_priority;
pub(crate) use atp::{Bucket, Promisable, promisable};
pub use commands::*;
pub use levels::*;
pub(crate) use pool::Fault;
pub use pool::Taken;
pub use protection::*;
pub(crate) use rows::*;
pub use supply::*;
