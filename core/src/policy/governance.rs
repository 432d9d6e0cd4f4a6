//! Who may say what, up to which limit, and which system is heard: roles, approvals, systems of record,
//! timing.

use super::parameter::Scope;
use crate::value::money::Money;
use crate::value::wire::{wire, words};

words! {
    /// What a limit measures of an event.
    #[derive(Default)]
    pub enum LimitMeasure {
        /// Money that it moves: debits of its journal; for orders the goods' worth.
        #[default]
        Value,
        /// Units that it moves, in base units of no SKU in particular: the sum of the lines' quantities.
        Units,
        /// Units that would wait for a receipt.
        BackorderUnits,
        /// Money given back to a customer.
        Refund,
        /// By how much prices of substitutes differ from those of what was ordered.
        Substitution,
    }

    /// What happens to a message that its rule does not let pass.
    #[derive(Default)]
    pub enum Misfit {
        /// It is refused; nothing changes.
        #[default]
        Reject,
        /// It waits until somebody approves or rejects it.
        Park,
        /// It is taken, and an exception tells of it.
        Accept,
    }

    /// Where an approval stands.
    pub enum ApprovalStatus {
        /// Somebody has to decide.
        Pending,
        /// The command was carried out.
        Approved,
        /// It was not, and will not be.
        Rejected,
        /// Nobody decided in time.
        Expired,
    }

    /// Why a command waits.
    pub enum Parking {
        /// It is above its limit.
        Limit,
        /// Another system is the system of record.
        Source,
        /// It comes too late.
        Timing,
    }
}

wire! {
    /// Defines or changes a role. A command that any role names may only be said by actors who have one of
    /// those roles; a command that none names is free.
    pub struct DefineRole {
        /// Its name.
        pub role: String,
        /// Words of the commands that it may say.
        #[serde(default)]
        pub commands: Vec<String>,
    }

    /// Says which roles an actor has from now on.
    pub struct GrantRoles {
        /// The actor.
        pub actor: String,
        /// All of the actor's roles; empty = none.
        pub roles: Vec<String>,
    }

    /// Above which limit a command waits for approval. Said again for the same command and measure, it
    /// replaces.
    pub struct SetApprovalRule {
        /// The command, as in `adjust_stock`.
        pub command: String,
        /// What is measured.
        #[serde(default)]
        pub measure: LimitMeasure,
        /// The limit; none = no approval any more.
        pub above: Option<Money>,
        /// The role that may approve.
        pub role: String,
        /// Hours until it expires.
        pub expires_hours: u32,
    }

    /// Says which systems may cause a kind of event in a scope. Of several rules that fit, the most specific
    /// holds. Said again for the same event and scope, it replaces.
    pub struct SetSourceOfRecord {
        /// The event, as in `GoodsReceived`.
        pub event: String,
        /// Where: node, channel and category are read off the event.
        #[serde(default)]
        pub scope: Scope,
        /// The systems; empty = all.
        #[serde(default)]
        pub sources: Vec<String>,
        /// What happens to another system's message.
        #[serde(default)]
        pub otherwise: Misfit,
        /// The role that may let a parked message pass.
        #[serde(default)]
        pub role: String,
    }

    /// Says how late a kind of event may be told.
    pub struct SetTimingRule {
        /// The event, as in `GoodsReceived`.
        pub event: String,
        /// Minutes from `occurred_at` to `at`, at most.
        pub late_minutes_max: u32,
        /// What happens to a later one.
        #[serde(default)]
        pub otherwise: Misfit,
        /// The role that may let a parked message pass.
        #[serde(default)]
        pub role: String,
    }

    /// Carries out a command that waits. The approver is another person than the one who said it, and has the
    /// role.
    pub struct ApproveCommand {
        /// Number of the approval, from 1.
        pub approval: u32,
        /// What the approver saw: a document, a call, a photograph.
        pub evidence: String,
    }

    /// Lets a command that waits go. Nothing of it happens.
    pub struct RejectCommand {
        /// Number of the approval, from 1.
        pub approval: u32,
        /// Why.
        pub reason: String,
    }
}
