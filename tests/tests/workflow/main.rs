//! The operating model: documents, desks, rules, exceptions and metrics.

mod amending;
mod audit;
mod customers;
mod dated_changes;
mod desks;
mod governed;
mod machines;
mod metrics;
mod order_changes;
mod pains_catalog;
mod parameters;
mod picking;
mod purchase_changes;
mod report_metrics;
mod return_nodes;
mod scheduled;
mod subscriptions;
mod ways_out;
mod workflow_steps;
