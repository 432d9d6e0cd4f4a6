//! What is promised to channels adds up, and what falls due is found.

use super::{Violation, broken};
use crate::record::{Chore, RequestStage, State, SubscriptionStatus};
use crate::value::ids::{OrderId, SkuId};
use crate::value::sort::PutInOrder;
use crate::value::table::Ordered;

fn same<K>(law: &'static str, all: &[K], noted: &Ordered<K>) -> Result<(), Violation>
where
    K: Copy + Ord + std::hash::Hash + std::fmt::Debug,
{
    match all.iter().find(|key| !noted.contains(**key)) {
        None if all.len() == noted.len() => Ok(()),
        lost => broken(law, format!("{lost:?}: {} are noted of {}", noted.len(), all.len())),
    }
}

impl State {
    /// What is looked for is found: indexes have what they index, and nothing else.
    pub(super) fn verify_indexes(&self) -> Result<(), Violation> {
        let derived = &self.derived;
        same("every chore is found", &self.all_chores(), &derived.chores)?;
        same("what is to come is found", &self.all_inbound(), &derived.inbound)?;
        same("an order's returns are found", &self.all_returning(), &derived.returning)
    }

    /// What is active has its next order on the agenda, and nothing else has.
    fn verify_subscriptions(&self) -> Result<(), Violation> {
        let law = "a subscription's next order is on the agenda while it is active";
        let planned = self.books.agenda.iter().filter(|(_, chore, _)| *chore == Chore::Subscription);
        let mut planned: Vec<_> = planned.map(|(at, _, id)| (id, Some(at))).collect();
        planned.put_in_order();
        let rows = self.desk.subscription.iter();
        let active = rows.filter(|(_, row)| row.status == SubscriptionStatus::Active);
        if !active.map(|(id, row)| (id, row.next_at)).eq(planned.iter().copied()) {
            return broken(law, format!("{planned:?} are planned"));
        }
        match self.desk.subscription.iter().find(|(_, row)| {
            (row.status == SubscriptionStatus::Active) != row.next_at.is_some()
                || row.ordered_at.is_some() != (row.ordered > 0)
                || row.ordered_at.is_some_and(|at| row.next_at.is_some_and(|next| next <= at))
        }) {
            Some((id, row)) => broken(law, format!("subscription {id}: {row:?}")),
            None => Ok(()),
        }
    }

    /// What is reserved to be brought elsewhere is what a transfer was agreed to bring, and nothing else.
    fn verify_brought(&self) -> Result<(), Violation> {
        let law = "what is to be brought for an order is on its transfer";
        for (parcel, request) in self.desk.brought.iter() {
            let Some(row) = self.desk.request.get(request) else {
                return broken(law, format!("parcel {parcel}: there is no request {request}"));
            };
            let is_open = matches!(row.stage, RequestStage::Requested | RequestStage::Approved);
            let mut held: Vec<(SkuId, i64)> = Vec::new();
            for (_, _, kept) in self.brought_by(request) {
                match held.iter_mut().find(|(sku, _)| *sku == kept.sku) {
                    Some((_, sum)) => *sum = sum.saturating_add(kept.qty),
                    None => held.push((kept.sku, kept.qty)),
                }
            }
            let mut asked = if is_open { row.lines.clone() } else { Vec::new() };
            asked.put_in_order();
            held.put_in_order();
            if asked != held || *row.parcel != Some(parcel) {
                return broken(law, format!("request {request}: {asked:?} are asked for, {held:?} held"));
            }
        }
        Ok(())
    }

    /// Plans lend what is owed, and every minimum that is to be released is in its queue.
    pub(super) fn verify_plans(&self) -> Result<(), Violation> {
        let mut waiting = 0usize;
        for (id, plan) in self.stock.plan.iter() {
            if !plan.is_sound() {
                return broken("a plan lends what its pools owe", format!("plan {id}"));
            }
            let open = |row: &&crate::stock::PoolRow| row.pool.release_at.is_some() && !row.released;
            waiting = waiting.saturating_add(plan.pools.iter().filter(open).count());
        }
        if waiting != self.stock.releases.len() {
            let queue = self.stock.releases.len();
            return broken(
                "every minimum is released in time",
                format!("{waiting} wait, {queue} are queued"),
            );
        }
        for (from, order) in self.desk.scheduled.iter() {
            let waits = from > self.head.now && self.waits(OrderId(order)) > 0;
            if !waits || self.leaves_after(OrderId(order), self.head.now) != Some(from) {
                return broken("a scheduled order that waits falls due", format!("order {order} at {from}"));
            }
        }
        self.verify_subscriptions()?;
        self.verify_brought()?;
        for (sku, id) in self.stock.loose.iter() {
            let row = self.stock.reservations.get(id).filter(|row| row.qty > 0 && row.sku.0 == sku);
            let nodes = self.stock.reach_of(id);
            if !row.is_some_and(|row| nodes.is_some_and(|nodes| nodes.contains(&row.node))) {
                let law = "every loose hold is bound within its group";
                return broken(law, format!("reservation {id}: {row:?} in {nodes:?}"));
            }
        }
        Ok(())
    }
}
