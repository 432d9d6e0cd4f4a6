//! What a command gives back.

use crate::allocation::Explanation;
use crate::value::rejection::Rejection;
use crate::value::time::Instant;

/// The answer to an accepted command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Number of its last event: the command's own, or `BackordersFilled` where that set something free.
    pub sequence: u64,
    /// Number of the first event recorded with it: what fell due came before.
    pub first_sequence: u64,
    /// When it was recorded.
    pub at: Instant,
    /// Whether this is the receipt of an earlier delivery of the same command: nothing was recorded now.
    pub repeated: bool,
    /// Numbers of the exceptions that it opened.
    pub exceptions: Vec<u32>,
    /// Why it was decided so, where the command asked for it in full. A repeated receipt has none: the state
    /// that was decided on has passed. The event that it names tells the rule, what fell out and the
    /// costs; all of it is told again by a book that is replayed up to the event before.
    pub explanation: Option<Box<Explanation>>,
}

/// A chain of commands that was refused whole.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("command {index} of the chain: {rejection}")]
pub struct ChainRejection {
    /// Which command was refused, counted from 0.
    pub index: usize,
    /// Why.
    pub rejection: Rejection,
}
