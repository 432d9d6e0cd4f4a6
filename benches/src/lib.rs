//! Workloads and yardsticks: what the engine is measured with, and what it is measured against.
#![forbid(unsafe_code)]

pub mod engine;
pub mod oa1;
pub mod ob1;
pub mod online;
pub mod posting;
pub mod yardstick;
