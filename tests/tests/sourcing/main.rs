//! The decisions: where orders come from, why, and what happens when that fails.

mod bids;
mod decisions;
mod fills;
mod outcomes;
mod peers_allocation;
mod replans;
mod sourcing_cases;
mod transfer_then_ship;
