//! Stock by SKU, node, bin, lot, condition and owner; reservations; channel protection.

mod atp;
mod binding;
mod commands;
mod dated;
mod levels;
mod load;
mod ones;
mod pending;
mod pool;
mod protection;
mod publish;
mod rows;
mod short;
mod supply;

pub use atp::by_priority;
pub(crate) use atp::{Bucket, Promisable, promisable};
pub(crate) use binding::Binder;
pub use binding::{
    ConfirmHold, ExtendHold, HoldFill, HoldPhase, HoldPick, MergeHolds, MoveHold, Rebind, SplitHold,
};
pub use commands::*;
pub use dated::SetLotExpiry;
pub(crate) use dated::{Asks, Bench, Lots, NEVER, Need, Want, full_hour, give};
pub use levels::*;
pub(crate) use load::{Load, base_units};
pub(crate) use ones::ROWS;
pub(crate) use pending::Reservations;
pub(crate) use pool::Fault;
pub use pool::Taken;
pub use protection::*;
pub use publish::*;
pub(crate) use rows::*;
pub use supply::*;
