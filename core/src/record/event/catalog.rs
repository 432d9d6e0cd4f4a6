//! Master data in detail, and changes of master data at a date.

use super::{Fill, Parcel, TransferredLine};
use crate::catalog::*;
use crate::policy::Policy;
use crate::posting::SetPostingRules;
use crate::value::ids::*;
use crate::value::time::Instant;
use serde::{Deserialize, Serialize};

/// A command on master data, as a change carries it. On the wire as in a command:
/// `{"define_sku": {…}}`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Definition {
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
