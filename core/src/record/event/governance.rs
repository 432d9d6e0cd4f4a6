//! Facts about parameters, roles and approvals.

use crate::exception::Raised;
use crate::policy::{LimitMeasure, Parking};
use crate::value::money::Money;
use crate::value::time::Instant;
use serde::{Deserialize, Serialize};

facts! {
    /// A command that waits for approval.
    pub struct ApprovalRequested {
        /// Number of the approval, from 1.
        pub approval: u32,
        /// Why it waits.
        pub parking: Parking,
        /// The command's word.
        pub word: String,
        /// The command as it was said: JSON.
        pub command: String,
        /// What was measured: money, units or minutes.
        pub measured: Money,
        /// Its limit.
        pub limit: Money,
        /// The role that may approve.
        pub role: String,
        /// When it runs out.
        pub expires_at: Instant,
        /// The exception opened for it.
        pub exceptions: Vec<Raised>,
        /// What its limit measures.
        #[serde(default)]
        pub measure: LimitMeasure,
        /// When it was said, if it has waited before.
        #[serde(default)]
        pub told_at: Option<Instant>,
    }

    /// A command that was approved. The event after it is what the command did.
    pub struct ApprovalGranted {
        /// Number of the approval.
        pub approval: u32,
        /// What the approver saw.
        pub evidence: String,
    }

    /// A command that was not approved.
    pub struct ApprovalRejected {
        /// Number of the approval.
        pub approval: u32,
        /// Why.
        pub reason: String,
    }

    /// A command that nobody decided on in time.
    pub struct ApprovalExpired {
        /// Number of the approval.
        pub approval: u32,
    }
}
