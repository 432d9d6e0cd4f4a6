//! What to buy and what to hurry: reorder-point and expedite rules, as proposals with their reasons.

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
