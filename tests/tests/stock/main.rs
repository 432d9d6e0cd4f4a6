//! The inventory: what is there, what may be promised, who may take it.

mod capacity_days;
mod demand;
mod holds;
mod leaving_lots;
mod leaving_promises;
mod master_changes;
mod named_lots;
mod peers_promises;
mod promises;
mod promises_random;
mod protected_since;
mod reconciliation;
mod storefront;
