//! The record: events, and the state that is nothing but their fold.

mod apply;
pub mod event;
mod log;
mod machine;
mod state;
mod verify;
mod words;

pub(crate) use apply::Which;
pub use event::*;
pub(crate) use log::*;
pub use machine::*;
pub(crate) use state::*;
pub use state::{
    BooksDocument, ChangeState, HoldState, OrderState, PeriodStatus, PurchaseState, TransferState,
};
pub use verify::{Proof, Violation};
pub use words::*;
