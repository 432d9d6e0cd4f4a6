//! The engine: its record, its laws, and what may never happen.

mod driver;
mod fixtures;
mod generated;
mod hostile_json;
mod known_answers;
mod layers;
mod properties;
mod replay;
mod snapshot_cuts;
mod thresholds;
mod vectors;
