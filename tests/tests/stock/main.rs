//! The inventory: what is there, what may be promised, who may take it.

mod capacity_days;
mod demand;
mod holds;
mod master_changes;
mod named_lots;
mod peers_promises;
mod promises;
mod promises_random;
mod reconciliation;
mod storefront;
