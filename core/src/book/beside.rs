//! What an event is completed by when it is decided: what it corrects, the period that it belongs to, and
//! what it comes to in ledgers beside the book's own.

use super::execute::{Meta, check_entry};
use crate::record::*;
use crate::stock::Fault;
use crate::value::num;
use crate::value::rejection::Rejection;
use crate::workflow::{Pending, ledgers, name_lots, posted_at, settle};

/// Completes an event that is decided: what it corrects, and the period that it belongs to. Gives what
/// ledgers beside came to before it.
pub(super) fn entered(state: &State, meta: &Meta<'_>, event: &mut Event) -> Result<Vec<Pending>, Rejection> {
    name_lots(state, &mut event.body)?;
    event.corrections = settle(state, &mut event.body, meta.occurred_at, event.sequence)?;
    // Differences to what was booked belong to the period in which they are found.
    let known = state.costs.moves.len();
    let late = event.corrections.as_ref().is_some_and(|corrections| corrections.is_late(known));
    let date = if late { meta.at } else { meta.occurred_at };
    if !event.body.postings().is_empty() {
        event.posted_at = posted_at(state, (0, meta.actor), date, meta.at)?;
    }
    check_entry(state, meta, &event.body)?;
    ledgers::before(state, event, date)
}

/// Records with an event that is applied what it comes to in ledgers beside.
pub(super) fn beside(state: &mut State, event: &mut Event, pending: Vec<Pending>) -> Result<(), Fault> {
    if pending.is_empty() {
        return Ok(());
    }
    let entries = ledgers::after(state, event, pending);
    let ledgers = entries.map_err(|_| Fault("a ledger beside cannot be posted"))?;
    if ledgers.is_empty() {
        return Ok(());
    }
    event.corrections.get_or_insert_default().ledgers = ledgers;
    state.enter_ledgers(event)
}

impl Corrections {
    /// Whether they change what was booked: one of the movements known before, not only of pools.
    fn is_late(&self, known: usize) -> bool {
        self.moves.iter().any(|moved| num::index(moved.movement) < known)
    }
}
