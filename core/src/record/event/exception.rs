//! Facts about exceptions.

use crate::exception::Raised;
use serde::{Deserialize, Serialize};

facts! {
    /// An exception that was resolved.
    pub struct ExceptionResolved {
        /// Its number.
        pub exception: u32,
        /// What was done.
        pub resolution: String,
        /// The word of the command that did it, if it was said.
        #[serde(default)]
        pub with: String,
    }

    /// Exceptions that were opened by themselves.
    pub struct ExceptionsRaised {
        /// What was opened.
        pub exceptions: Vec<Raised>,
    }

    /// An exception that was given to somebody.
    pub struct ExceptionAssigned {
        /// Its number.
        pub exception: u32,
        /// To whom; empty = to nobody any more.
        pub assignee: String,
    }

    /// An exception that went up a level when its time was over.
    pub struct ExceptionEscalated {
        /// Its number.
        pub exception: u32,
        /// The level that it is on now.
        pub level: u32,
        /// The role that it went up to.
        pub to: String,
    }

    /// An exception that is open again.
    pub struct ExceptionReopened {
        /// Its number.
        pub exception: u32,
        /// Why.
        pub reason: String,
    }

    /// Exceptions that closed because their cause is gone.
    pub struct ExceptionsCleared {
        /// Their numbers.
        pub exceptions: Vec<u32>,
    }
}
