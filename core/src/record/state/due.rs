//! What falls due by itself, in the order in which it does.

use super::State;
use crate::record::{Body, HoldEnded, ProtectionReleased};
use crate::value::ids::*;
use crate::value::time::Instant;

impl State {
    /// When the next thing falls due.
    #[inline]
    pub(crate) fn due_at(&self) -> Option<Instant> {
        let hold = self.docs.due.first().map(|(at, _)| at);
        let pool = self.stock.releases.first().map(|(at, ..)| at);
        hold.into_iter().chain(pool).min()
    }

    /// What falls due first, if that is not after `until`: when, and the event to record. At the same time
    /// holds end before protection does.
    pub(crate) fn next_due(&self, until: Instant) -> Option<(Instant, Body)> {
        let at = self.due_at().filter(|at| *at <= until)?;
        if let Some((_, hold)) = self.docs.due.first().filter(|(due, _)| *due == at) {
            return Some((at, Body::HoldExpired(HoldEnded { hold: HoldId(hold) })));
        }
        let (_, plan, pool) = self.stock.releases.first()?;
        let (sku, node) = self.stock.plans.get(plan).copied().unwrap_or((SkuId::NONE, NodeId::NONE));
        Some((at, Body::ProtectionReleased(ProtectionReleased { plan, pool, sku, node })))
    }
}
