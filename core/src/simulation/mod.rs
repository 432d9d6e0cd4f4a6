//! Simulation: a stream of orders through one book under a policy, with shipments, returns, purchases and
//! outages.
//!
//! Nothing here knows the time of day or rolls dice that a seed does not fix: the same network, orders,
//! policy and options give the same events, byte for byte.

mod agenda;
mod arrivals;
mod compare;
mod foresee;
mod generate;
mod metros;
mod network;
mod opening;
mod orders;
mod outage;
mod place;
mod policies;
mod random;
mod run;
mod steps;
mod stocked;

pub use arrivals::{Arrivals, ArrivalsError, ChannelShare, Law, Origin, Promotion, arrivals};
pub use compare::compare;
pub use generate::{Scenario, ScenarioSize, generate};
pub use network::{ChannelFeed, ExpediteUse, Network, OpeningStock, Options, OrderDays, Outage};
pub use orders::{OrderTable, Orders, OrdersError};
pub use policies::seed_policies;
pub use run::{Continue, Observer, Outcome, Progress, SimulationError, rehearse, run, run_observed};

#[cfg(test)]
#[allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::float_arithmetic,
    clippy::indexing_slicing,
    reason = "a test may fail, and its sums are naive on purpose"
)]
mod tests;
