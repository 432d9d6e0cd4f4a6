//! What falls due by itself as time passes.

use crate::value::wire::words;

words! {
    /// What falls due.
    pub(crate) enum Chore {
        /// An exception goes up.
        Exception,
        /// An approval runs out.
        Approval,
        /// A feed should have spoken.
        Feed,
        /// A backorder is too old.
        Backorder,
        /// Nobody picked goods up.
        Pickup,
    }
}
