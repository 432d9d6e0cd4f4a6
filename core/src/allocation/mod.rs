//! From demand to plan: candidates, feasibility, objective, solver, explanation.

mod asked;
mod back;
pub mod batch;
mod build;
mod capacity;
mod cards;
mod case;
mod counterfactual;
mod explain;
mod facts;
mod joint;
mod kernel;
mod lane;
mod outside;
mod pair;
mod plain;
mod price;
mod problem;
mod reason;
mod record;
mod search;
mod single;
mod solve;
mod terms;
mod tiers;
mod travel;

pub(crate) use build::*;
pub(crate) use capacity::{Day, asked, first_day, fits};
pub use case::{Recheck, RecheckQuery, recheck};
pub use counterfactual::{Aspect, Change, CounterfactualQuery, Counterfactuals, Flip, counterfactual};
pub use explain::*;
pub(crate) use facts::{Facts, Goods};
pub(crate) use joint::{Above, Joint, Left, Scale, later};
pub(crate) use lane::Bring;
pub(crate) use outside::Outside;
pub use outside::{CostRow, CostTable, SetCostTable};
pub(crate) use problem::Part;
pub(crate) use record::Title;
pub use record::{
    DecisionInputs, DecisionOutcome, DecisionRecord, RecordedCandidate, RecordedCutOffs, RecordedGoods,
    RecordedLane, RecordedNeed, RecordedNode, RecordedPart, RecordedPlan, RecordedService,
};
pub(crate) use tiers::{TIERS_MAX, Tiers};
pub(crate) use travel::travel;

use crate::policy::Relaxed;
use crate::value::ids::SkuId;
use crate::value::money::Money;
use serde::{Deserialize, Serialize};

crate::value::wire::words! {
    /// Why a node cannot give to a line.
    pub enum FallOut {
        /// The node is closed.
        Closed,
        /// The policy does not name it, or its kind.
        NotEligible,
        /// It is farther away than the policy allows.
        TooFar,
        /// No carrier service of the channel goes that far, or its calendar has ended.
        NoService,
        /// It cannot keep the promise.
        Late,
        /// It has not enough free stock (for the whole line, where lines are not split).
        NoStock,
        /// What is free there is protected for other channels.
        Protected,
        /// Price less cost there is below the policy's minimum.
        MarginTooLow,
        /// Its days are booked up to its capacity until the promise would be broken.
        AtCapacity,
        /// What lots are free there expire too soon for the channel, or are kept for those that need them.
        LotsShort,
        /// A limit of the policy keeps such goods from it.
        Restricted,
        /// It has rejected this order, or a hold pins the goods to another node; or it takes no such return.
        Rejected,
        /// The customer picks up elsewhere.
        NotPickup,
        /// It could give, but as many nodes as the policy allows give already (`nodes_max`).
        MaxNodes,
        /// It could give, but the order comes whole or not at all, and other lines of it cannot be given.
        Incomplete,
        /// It could give, but by the policy's objective that costs more than leaving the line unfilled.
        TooDear,
    }
}

/// A line of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PlacedLine {
    /// The SKU.
    pub sku: SkuId,
    /// Units.
    pub qty: i64,
    /// Price of one base unit.
    pub price: Money,
}

/// Why a plan is as it is, in brief.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Decision {
    /// The policy in force: its number, counted from 1; 0 = the default policy.
    pub policy: u32,
    /// The rule of it that decided, counted from 1; 0 = `otherwise`.
    pub rule: u32,
    /// What the plan costs, tier by tier, in micro-units; tiers that the policy does not have are 0.
    pub cost: [i64; 4],
    /// No plan costs less than this.
    pub bound: [i64; 4],
    /// Whether the plan is proved optimal (`cost` = `bound`).
    pub proved: bool,
    /// Pairs of line and node that could give.
    pub candidates: u32,
    /// How many pairs of line and node give nothing although the line needs it, and for which reason; empty
    /// at detail `none`.
    pub fell_out: Vec<(FallOut, u32)>,
    /// What of the rule had to give way, in its declared order.
    #[serde(default)]
    pub relaxed: Vec<Relaxed>,
}
