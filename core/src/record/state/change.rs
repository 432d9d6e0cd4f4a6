//! Changes of master data that wait for their time.

use crate::exception::{ExceptionCode, Opened, Raised};
use crate::record::Definition;
use crate::value::ids::{NodeId, OrderId};
use crate::value::later::Later;
use crate::value::num;
use crate::value::time::Instant;
use crate::value::wire::words;
use serde::{Deserialize, Serialize};

words! {
    /// Where a change of master data stands.
    pub enum ChangeState {
        /// It waits for its time.
        Scheduled,
        /// It has taken effect.
        Effective,
        /// It was taken back.
        Withdrawn,
        /// It did not fit any more when its time came.
        Lapsed,
    }
}

/// A change. Its definition is kept until its time has come.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct ChangeRow {
    pub effective_from: Instant,
    pub state: ChangeState,
    pub definition: Option<Box<Definition>>,
    pub why: String,
    /// Who scheduled it.
    #[serde(default)]
    pub actor: Later<String, 1>,
}

/// What falls due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Due {
    /// A change of master data takes effect, by row.
    Change(u32),
    /// A hold runs out, by row.
    Hold(u32),
    /// A chore of the agenda, by row.
    Chore(crate::record::Chore, u32),
    /// A pool's minimum is no longer kept: the plan's row, and the pool's number.
    Pool(u32, u32),
    /// A scheduled order that still waits may leave.
    Order(OrderId),
    /// Bid prices are solved.
    Prices,
}

impl crate::record::State {
    /// What falls due next, and when. Of what falls due at once, changes come first.
    #[inline]
    pub(crate) fn next_due(&self) -> Option<(Instant, Due)> {
        let prices = self.desk.forecast_due.first().map(|at| (at, Due::Prices));
        self.next_deed().into_iter().chain(prices).min_by_key(|(at, _)| *at)
    }

    /// The same of what may read bid prices or change what they are solved from.
    #[inline]
    pub(crate) fn next_deed(&self) -> Option<(Instant, Due)> {
        let hold = self.docs.due.first().map(|(at, hold)| (at, Due::Hold(hold)));
        let change = self.docs.changes_due.first().map(|(at, change)| (at, Due::Change(change)));
        let chore = self.books.agenda.first().map(|(at, chore, id)| (at, Due::Chore(chore, id)));
        let pool = self.stock.releases.first().map(|(at, plan, pool)| (at, Due::Pool(plan, pool)));
        let order = self.desk.scheduled.first().map(|(at, order)| (at, Due::Order(OrderId(order))));
        change.into_iter().chain(hold).chain(pool).chain(chore).chain(order).min_by_key(|(at, _)| *at)
    }

    /// Whether anything falls due until then.
    #[inline]
    pub(crate) fn is_due(&self, at: Instant) -> bool {
        let due = [
            self.docs.changes_due.first().map(|due| due.0),
            self.docs.due.first().map(|due| due.0),
            self.stock.releases.first().map(|due| due.0),
            self.books.agenda.first().map(|due| due.0),
            self.desk.scheduled.first().map(|due| due.0),
            self.desk.forecast_due.first(),
        ];
        due.into_iter().flatten().any(|due| due <= at) || self.next_broken(at).is_some()
    }

    /// When, up to then, time next breaks a promise by lot, and what is opened for it.
    #[inline]
    pub(crate) fn next_broken(&self, to: Instant) -> Option<(Instant, Vec<Raised>)> {
        if self.stock.expiring.len() == 0 { None } else { self.find_broken(to) }
    }

    #[cold]
    fn find_broken(&self, to: Instant) -> Option<(Instant, Vec<Raised>)> {
        let mut from = self.head.now;
        let nodes = num::id(self.catalog.node.len());
        while let Some(at) = self.stock.next_outlived(from, to) {
            // All that breaks at once is opened at once.
            let mut raised: Vec<Raised> = Vec::new();
            for sku in self.stock.outlived_skus(at) {
                for node in (0..nodes).map(NodeId) {
                    let qty = self.stock.outlived_at(sku, node, at);
                    let (code, order) = (ExceptionCode::PromiseAtRisk, OrderId::NONE);
                    let opened = Opened { code, order, sku, node, qty };
                    raised.extend((qty > 0).then_some(Raised { opened, subject: None }));
                }
            }
            if !raised.is_empty() {
                return Some((at, raised));
            }
            from = at;
        }
        None
    }
}
