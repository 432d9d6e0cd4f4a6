//! What to buy and what to hurry.
//!
//! Reorder-point and expedite rules of a book become proposals with their reasons ([`Proposal`]). What such
//! rules should say is reckoned here too, on columns that a host brings: forecasts, levels for a service
//! target, lots, stock in several echelons, classes, and advice with its reasons.

mod classes;
mod domain;
mod echelon;
mod flow;
mod forecast;
mod levels;
mod lots;
mod numbers;
mod orders;
mod plan;

pub use classes::{Class, abc, intermittence, xyz};
pub use domain::{Domain, Senseless};
pub use echelon::{Promise, SerialStage, Stage, StagesError, guaranteed_service, serial_levels};
pub use flow::{Lane, Moving, Shipment, transport};
pub use forecast::{Forecast, Method, best_forecast, corrected};
pub use levels::{
    Imbalance, LowAndUpTo, NormalDemand, PointAndLot, PointAndLotProblem, best_low_and_up_to,
    cycle_service_of, fill_rate_factor, fill_rate_factor_exact, fill_rate_of, over_lead_time,
    power_low_and_up_to, safety_factor,
};
pub use lots::{Discount, JointOrder, Lot, LotCosts, Packing, PriceBreak, discounted, joint, over_horizon};
pub use numbers::{
    negative_binomial, normal_cdf, normal_loss, normal_loss_2, normal_pdf, normal_quantile, normal_surplus,
    poisson, quantile_of, units,
};
pub use orders::{Balance, SupplierTerms, advise_all, joint_orders, rebalance, rebalance_all, spare};
pub use plan::{
    Advice, AdviceKind, AdviceReason, Exposure, Item, LeadTime, Levels, Service, WhatIf, advise, exposure,
    lead_time, levels, levels_for,
};

use crate::value::ids::{NodeId, PurchaseId, SkuId, SupplierId};
use crate::value::money::Money;
use crate::value::wire::words;
use serde::{Deserialize, Serialize};

words! {
    /// What is proposed.
    pub enum ProposalKind {
        /// A purchase at the supplier's lead time: the position is at or below the reorder point.
        Purchase,
        /// A purchase at the expedited lead time: what is free has fallen below the expedite trigger.
        Expedite,
    }
}

/// A proposed purchase.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Proposal {
    /// What is proposed.
    pub kind: ProposalKind,
    /// The SKU.
    pub sku: SkuId,
    /// The node.
    pub node: NodeId,
    /// The supplier.
    pub supplier: SupplierId,
    /// Units to buy.
    pub qty: i64,
    /// Cost of a base unit, with the premium where it is expedited.
    pub unit_cost: Money,
    /// Free + on order - backordered: what the rule looked at.
    pub position: i64,
    /// The level that was reached.
    pub trigger: i64,
    /// A purchase under way that comes too late, or none.
    pub late_purchase: PurchaseId,
}
