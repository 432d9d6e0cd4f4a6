//! The books: chart of accounts, posting rules, journal.

mod export;
mod rules;

pub use export::*;
pub(crate) use rules::{Context, Rules};
pub use rules::{default_chart, default_rules};

use crate::policy::Predicate;
use crate::value::ids::{AccountId, NodeId, SkuId};
use crate::value::money::Money;
use crate::value::wire::{wire, words};

words! {
    /// A movement of value. Each is posted by one debit and one credit of the same amount.
    pub enum Movement {
        /// Goods come from a supplier: inventory to goods received, not invoiced.
        Receipt,
        /// Goods are taken on without a supplier: inventory to opening balance.
        Opening,
        /// Goods leave to a customer: cost of goods sold to inventory.
        Issue,
        /// What the customer owes for them: receivable to revenue.
        Revenue,
        /// What the carrier will charge: freight out to accrued freight.
        Freight,
        /// What handling costs: handling to accrued handling.
        Handling,
        /// A return goes back to sellable stock: inventory to cost of goods sold.
        ReturnRestock,
        /// A return is kept for refurbishing: inventory to cost of goods sold.
        ReturnRefurbish,
        /// A return is scrapped: scrap to cost of goods sold.
        ReturnScrap,
        /// A return goes on to its vendor: vendor claims to cost of goods sold.
        ReturnToVendor,
        /// The customer is refunded: sales returns to receivable.
        Refund,
        /// Stock is less than the book says: shrinkage to inventory.
        Loss,
        /// Stock is more than the book says: inventory to shrinkage.
        Gain,
        /// Goods leave for another node: in transit to inventory.
        TransferOut,
        /// Goods arrive from another node: inventory to in transit.
        TransferIn,
        /// Goods are lost on the way: shrinkage to in transit.
        TransferLoss,
    }
}

wire! {
    /// Sets all posting rules. A set that leaves a movement without accounts is refused.
    pub struct SetPostingRules {
        /// The rules; for each movement the first whose condition holds decides.
        pub rules: Vec<PostingRule>,
    }

    /// Which accounts a movement is posted to.
    pub struct PostingRule {
        /// The movement.
        pub movement: Movement,
        /// When the rule holds; an empty condition always does.
        #[serde(default)]
        pub when: Predicate,
        /// The account debited.
        pub debit: String,
        /// The account credited.
        pub credit: String,
    }
}

/// One leg of a journal entry. Amounts of an event sum to zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Posting {
    /// The movement that it belongs to.
    pub movement: Movement,
    /// The account.
    pub account: AccountId,
    /// Debit if positive, credit if negative; whole minor units.
    pub amount: Money,
    /// The SKU moved, or none.
    pub sku: SkuId,
    /// The node, or none.
    pub node: NodeId,
    /// Units moved, in the SKU's smallest unit; 0 where money alone moves.
    pub qty: i64,
}
