//! What the example programs share: a network and orders as CSV files, policies as TOML, output on a
//! terminal, and the adapters for two real data sets.

pub mod adapter;
pub mod day;
pub mod policies;
pub mod policy_diff;
mod sheet;
pub mod sheets;
pub mod sheets_out;
pub mod terminal;
