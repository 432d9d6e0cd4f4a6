//! Master data in detail, and changes of master data at a date.

use super::{Fill, Parcel, TransferredLine};
use crate::catalog::*;
use crate::costing::{DefineLedger, SetValuation};
use crate::exception::SetExceptionRule;
use crate::policy::{
    DefineFeed, DefineParameter, DefineRole, GrantRoles, Policy, SetApprovalRule, SetRollout,
    SetSourceOfRecord, SetTimingRule,
};
use crate::posting::SetPostingRules;
use crate::record::words::{SetSelling, SetWorkflow};
use crate::stock::{SetLotExpiry, SetPreorder, SetProtectionPlan, SetPublishBuffer, SetSupplyLateness};
use crate::value::ids::*;
use crate::value::time::Instant;
use serde::{Deserialize, Serialize};

/// Lists the commands on master data.
macro_rules! definitions {
    ($($(#[$doc:meta])* $name:ident($body:ident)),* $(,)?) => {
        /// A command on master data, as a change carries it. On the wire as in a command:
        /// `{"define_sku": {…}}`.
        #[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[serde(rename_all = "snake_case")]
        pub enum Definition {$(
            $(#[$doc])*
            $name($body),
        )*}
    };
}

definitions! {
    /// Defines an account.
    DefineAccount(DefineAccount),
    /// Defines a SKU.
    DefineSku(DefineSku),
    /// Defines a node.
    DefineNode(DefineNode),
    /// Defines a channel.
    DefineChannel(DefineChannel),
    /// Defines a carrier service.
    DefineService(DefineService),
    /// Defines a supplier.
    DefineSupplier(DefineSupplier),
    /// Sets the sourcing policy.
    SetPolicy(Policy),
    /// Sets the posting rules.
    SetPostingRules(SetPostingRules),
    /// Sets who may say what.
    SetAuthority(SetAuthority),
    /// Opens or closes a node.
    SetNodeStatus(SetNodeStatus),
    /// Protects stock for a channel.
    SetProtection(SetProtection),
    /// Sets how a SKU is replenished.
    SetReorderRule(SetReorderRule),
    /// Describes a SKU.
    DescribeSku(DescribeSku),
    /// Says what a kit is made of.
    DefineKit(DefineKit),
    /// Defines a company.
    DefineCompany(DefineCompany),
    /// Describes a node.
    DescribeNode(DescribeNode),
    /// Describes a channel.
    DescribeChannel(DescribeChannel),
    /// Says under which id a channel lists a SKU.
    SetListing(SetListing),
    /// Says what happens when stock would go below zero.
    SetNegativeStock(SetNegativeStock),
    /// Defines a reason code.
    DefineReason(DefineReason),
    /// Defines many SKUs.
    DefineSkus(DefineSkus),
    /// Says when a lot expires.
    SetLotExpiry(SetLotExpiry),
    /// Divides a SKU's stock among channels.
    SetProtectionPlan(SetProtectionPlan),
    /// Says how late a supplier's deliveries are.
    SetSupplyLateness(SetSupplyLateness),
    /// Caps what may be sold before it is there.
    SetPreorder(SetPreorder),
    /// Sets what a channel does not show.
    SetPublishBuffer(SetPublishBuffer),
    /// Sets how exceptions of a code are handled.
    SetExceptionRule(SetExceptionRule),
    /// Defines a parameter. Its values have a time of their own.
    DefineParameter(DefineParameter),
    /// Defines a role.
    DefineRole(DefineRole),
    /// Says which roles an actor has.
    GrantRoles(GrantRoles),
    /// Sets above which limit a command waits.
    SetApprovalRule(SetApprovalRule),
    /// Names systems of record.
    SetSourceOfRecord(SetSourceOfRecord),
    /// Sets how late an event may be told.
    SetTimingRule(SetTimingRule),
    /// Sets the stages of a channel's orders.
    SetWorkflow(SetWorkflow),
    /// Sets how a channel's sales are recognised.
    SetSelling(SetSelling),
    /// Says how far a process is rolled out.
    SetRollout(SetRollout),
    /// Defines a feed.
    DefineFeed(DefineFeed),
    /// Defines a ledger beside the book's own.
    DefineLedger(DefineLedger),
    /// Sets how a group of SKUs is valued.
    SetValuation(SetValuation),
}

facts! {
    /// A node as described, with its services' cut-offs as instants.
    pub struct NodeDescribed {
        /// As it was said.
        pub node: DescribeNode,
        /// Cut-offs by carrier service.
        pub cut_offs: Vec<ServiceDays>,
    }

    /// When a carrier service picks up.
    pub struct ServiceDays {
        /// The carrier service.
        pub service: ServiceId,
        /// Its pick-ups.
        pub cut_offs: Vec<Instant>,
    }

    /// What a kit is made of.
    pub struct KitDefined {
        /// The kit.
        pub kit: SkuId,
        /// How it exists.
        pub kind: KitKind,
        /// What one base unit is made of.
        pub components: Vec<KitPart>,
        /// Why it was said.
        pub why: String,
    }

    /// A change of master data that waits for its time.
    pub struct ChangeScheduled {
        /// Number of the change.
        pub change: DocKey,
        /// When it takes effect.
        pub effective_from: Instant,
        /// What will hold then.
        pub definition: Box<Definition>,
        /// Why.
        pub why: String,
        /// Who scheduled it: whose it is when its time has come.
        #[serde(default)]
        pub actor: String,
    }

    /// A change that was taken back before its time.
    pub struct ChangeWithdrawn {
        /// Number of the change.
        pub change: DocKey,
        /// Why.
        pub why: String,
    }

    /// A change whose time came. The definition itself is recorded next.
    pub struct ChangeTookEffect {
        /// Number of the change.
        pub change: DocKey,
    }

    /// A change whose time came, and that did not fit any more: nothing else has changed.
    pub struct ChangeLapsed {
        /// Number of the change.
        pub change: DocKey,
        /// What was in its way.
        pub problem: String,
        /// Exceptions opened.
        pub exceptions: Vec<crate::exception::Opened>,
    }

    /// Kits put together or taken apart.
    pub struct KitAssembled {
        /// Number of the assembly.
        pub assembly: DocKey,
        /// The node.
        pub node: NodeId,
        /// Which way.
        pub step: KitStep,
        /// The kit: units made or taken apart, and their value.
        pub kit: TransferredLine,
        /// Its components.
        pub components: Vec<TransferredLine>,
        /// Backorders filled.
        pub fills: Vec<Fill>,
        /// Parcels planned for them.
        pub parcels: Vec<Parcel>,
        /// Journal.
        pub postings: Vec<crate::posting::Posting>,
        /// Exceptions opened.
        pub exceptions: Vec<crate::exception::Opened>,
    }

    /// A virtual kit of an order: its own line has no units, its components are lines of their own.
    pub struct OrderedKit {
        /// The kit's own line, from 1.
        pub line: u32,
        /// Kits ordered.
        pub qty: i64,
        /// The line of its first component; the others follow.
        pub first: u32,
        /// Units of each component in one kit.
        pub each: Vec<i64>,
    }
}
