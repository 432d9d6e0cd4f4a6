//! The record: events, and the state that is nothing but their fold.

mod apply;
pub mod event;
mod log;
mod state;
mod verify;
mod words;

pub use event::*;
pub(crate) use log::*;
pub(crate) use state::*;
pub use state::{ChangeState, HoldState, OrderState, PurchaseState, TransferState};
pub use verify::{Proof, Violation};
pub use words::*;
