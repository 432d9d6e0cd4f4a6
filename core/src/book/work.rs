//! Work on documents: from command to decision, and orders as channels send them.

use super::Book;
use super::command::Command;
use super::execute::{Decided, Meta, decide};
use crate::allocation::Explanation;
use crate::catalog::{Lookup, NodeStatus};
use crate::record::*;
use crate::stock::{Condition, Place};
use crate::value::ids::*;
use crate::value::rejection::Rejection;
use crate::value::time::Instant;
use crate::workflow::batch::AllocateBatch;
use crate::workflow::count::PostCount;
use crate::workflow::fulfil::CaptureOrder;
use crate::workflow::order::PlaceOrder;
use crate::workflow::transfer::{Closing, Surplus};
use crate::workflow::*;

/// How the book stood before loose holds moved.
pub(super) struct Unmoved {
    state: Savepoint,
    window: usize,
    clock: Instant,
}

impl Book {
    /// Enters what a command does, if the rules let it; else that it waits.
    pub(super) fn enter_command(&mut self, meta: &Meta<'_>, command: &Command) -> Decided {
        let before = self.make_way(meta, command)?;
        if let Command::ReceiveTransfer(receive) = command
            && receive.surplus == Surplus::Take
            && let Some(parted) = part_surplus(&self.state, receive)?
        {
            return self.enter_parted(meta, parted);
        }
        let (bodies, why) = self.bodies_of(meta, command)?;
        if waits(&bodies) {
            self.take_back(before);
        }
        self.enter_decided(meta, meta.content, command, bodies)?;
        Ok(why)
    }

    /// Moves loose holds so that a command finds what it needs; what it takes to have them back where they
    /// were, should it do nothing.
    pub(super) fn make_way(
        &mut self,
        meta: &Meta<'_>,
        command: &Command,
    ) -> Result<Option<Unmoved>, Rejection> {
        let Some(moved) = rebinding(&self.state, command) else { return Ok(None) };
        let before =
            Unmoved { window: self.window.len(), clock: self.state.stock.clock, state: self.state.begin() };
        self.enter_body(meta, 0, moved)?;
        Ok(Some(before))
    }

    /// Has loose holds back where they were.
    pub(super) fn take_back(&mut self, before: Option<Unmoved>) {
        let Some(before) = before else { return };
        self.undo(before.state);
        self.window.truncate(before.window);
        // The command is not yet done with: what comes next can be undone too.
        self.state.begin();
        self.state.stock.clock = before.clock;
    }

    /// Records what was decided of a command, and of a change that holds from now on that it does.
    pub(super) fn enter_decided(
        &mut self,
        meta: &Meta<'_>,
        content: u64,
        command: &Command,
        bodies: Vec<Body>,
    ) -> Decided {
        let at_once = match command {
            Command::ChangeDefinition(said) if said.effective_from <= meta.at && !waits(&bodies) => said,
            _ => return self.enter_bodies(meta, content, bodies),
        };
        self.enter_bodies(meta, 0, bodies)?;
        let id = self.state.docs.changes.find(&DocKey::from(at_once.change.as_str()));
        id.map_or(Ok(None), |id| self.take_effect(meta, content, id))
    }

    /// A change's time has come: what it says is recorded next, if it still fits.
    pub(super) fn take_effect(&mut self, meta: &Meta<'_>, content: u64, id: u32) -> Decided {
        let Some(row) = self.state.docs.change.get(id) else { return Ok(None) };
        let Some(definition) = row.definition.as_deref().map(Command::of) else { return Ok(None) };
        let (actor, mut body) = (row.actor.0.clone(), Body::TimeAdvanced(TimeAdvanced {}));
        let before = self.make_way(meta, &definition)?;
        let said = (meta.at, meta.at, actor.as_str());
        let decided = decide(&self.state, &mut self.allocator, &definition, said, &mut body);
        let fits = decided.is_ok();
        if !fits {
            self.take_back(before);
        }
        let told = due_change(&self.state, id, decided.map(drop));
        self.enter_body(meta, if fits { 0 } else { content }, told)?;
        if fits { self.enter_body(meta, content, body) } else { Ok(None) }
    }

    /// What is recorded of a command whose events are all decided before the first, after the rules have
    /// looked at it.
    pub(super) fn bodies_of(
        &mut self,
        meta: &Meta<'_>,
        command: &Command,
    ) -> Result<(Vec<Body>, Option<Box<Explanation>>), Rejection> {
        match command {
            Command::CaptureOrder(capture) => self.captured(meta, capture),
            Command::PostCount(post) => Ok((self.counted(meta, post)?, None)),
            _ => {
                let mut body = Body::TimeAdvanced(TimeAdvanced {});
                let said = (meta.at, meta.occurred_at, meta.actor);
                let why = decide(&self.state, &mut self.allocator, command, said, &mut body)?;
                Ok((self.judge(meta, body)?, why))
            }
        }
    }

    /// An order as a channel sends it, placed, or parked with all its faults.
    fn captured(
        &mut self,
        meta: &Meta<'_>,
        capture: &CaptureOrder,
    ) -> Result<(Vec<Body>, Option<Box<Explanation>>), Rejection> {
        crate::catalog::at_most("parts of the address", capture.address.len(), 16)?;
        crate::catalog::at_most("characters of the customer", capture.customer.len(), 256)?;
        let (faults, print) = faults_of(&self.state, capture, meta.at);
        let (body, why) = match self.decide_captured(&capture.placed(), faults, meta.at) {
            Ok(decided) => decided,
            Err(faults) => return Ok((vec![park_order(capture, faults)?], None)),
        };
        let order = DocKey::from(capture.order.order.as_str());
        let (customer, address) = (capture.customer.clone(), capture.address.clone());
        let captured = Body::OrderCaptured(OrderCaptured { order, customer, address, print });
        Ok((after(captured, self.judge(meta, body)?), why))
    }

    /// What an order as a channel sends it comes to, or all that is wrong with it.
    fn decide_captured(
        &mut self,
        order: &PlaceOrder,
        faults: Faults,
        at: Instant,
    ) -> Result<(Body, Option<Box<Explanation>>), Faults> {
        if !faults.told.is_empty() {
            return Err(faults);
        }
        let mut body = Body::TimeAdvanced(TimeAdvanced {});
        let decided = resolve_order(&self.state, order)
            .and_then(|dense| decide_order(&self.state, &mut self.allocator, &dense, at, &mut body));
        match decided {
            Ok(why) => Ok((body, why)),
            Err(refused) => Err(Faults::refused(&self.state, &order.order, &refused)),
        }
    }

    /// Places the order of a subscription that is due now as an order of its channel, or parks it with all
    /// its faults: nothing that is wrong with it keeps time from going on.
    pub(super) fn order_due(&mut self, meta: &Meta<'_>, id: u32) -> Decided {
        let due = due_order(&self.state, id)?;
        self.enter_body(meta, 0, Body::SubscriptionOrdered(due.ordered))?;
        let capture = match due.capture {
            Ok(capture) => capture,
            Err(parked) => return self.enter_body(meta, 0, parked),
        };
        // That the same goods go to the same customer again is what he wants.
        let (faults, _) = faults_of(&self.state, &capture, meta.at);
        let said = Command::PlaceOrder(capture.order.clone());
        let (source, actor) = (due.source.as_str(), due.actor.as_str());
        let by = Meta { source, actor, ahead_s: 0, word: said.word(), said: Some(&said), ..*meta };
        let before = self.make_way(meta, &said)?;
        let decided = self.decide_captured(&capture.order, faults, meta.at);
        let judged = decided.and_then(|(body, _)| {
            let bodies = self.judge(&by, body);
            bodies.map_err(|refused| Faults::refused(&self.state, &capture.order.order, &refused))
        });
        if judged.as_ref().map_or(true, |bodies| waits(bodies)) {
            self.take_back(before);
        }
        match judged {
            // What waits is the customer's, not whose time it is.
            Ok(bodies) => self.enter_bodies(if waits(&bodies) { &by } else { meta }, 0, bodies),
            Err(faults) => self.enter_body(meta, 0, park_order(&capture, faults)?),
        }
    }

    /// Solves bid prices that are due. Nobody reads those of the dates before the next deed but the last.
    pub(super) fn price_due(&mut self, meta: &Meta<'_>, at: Instant, to: Instant) -> Result<(), Rejection> {
        let deed = self.state.next_deed().map(|(at, _)| at);
        // Time must not go past what breaks a promise before that is told.
        let broken = self.state.next_broken(to).map(|(at, _)| at);
        let first = deed.into_iter().chain(broken).min();
        let last = self.state.desk.forecast.get(0).map_or(at, |forecast| forecast.last(at, first, to));
        let meta = Meta { at: last.max(self.state.head.now), occurred_at: last, ..*meta };
        self.state.stock.clock = meta.at;
        let solved = decide_due_prices(&self.state, last);
        self.enter_body(&meta, 0, solved).map(drop)
    }

    /// That a count is posted, and the correction of stock itself.
    fn counted(&self, meta: &Meta<'_>, post: &PostCount) -> Result<Vec<Body>, Rejection> {
        let (posted, adjusted) = decide_post(&self.state, post)?;
        let bodies = adjusted.map_or(Ok(Vec::new()), |adjusted| self.judge(meta, adjusted))?;
        Ok(after(Body::CountPosted(posted), bodies))
    }

    /// Records a receipt in its parts: what came beyond the transfer is one of its own, sent and taken in.
    fn enter_parted(&mut self, meta: &Meta<'_>, parted: Parted) -> Decided {
        let sent = self.judge(meta, decide_transfer_out(&self.state, &parted.ship)?)?;
        if waits(&sent) {
            return self.enter_bodies(meta, meta.content, sent);
        }
        self.enter_bodies(meta, 0, sent)?;
        let own = &parted.own;
        if !(own.lines.is_empty() && own.damaged.is_empty()) || own.closing == Closing::Short {
            let body = decide_transfer_in(&self.state, own, meta.at)?;
            self.enter_body(meta, 0, body)?;
        }
        let mut body = decide_transfer_in(&self.state, &parted.rest, meta.at)?;
        if let Body::TransferReceived(received) = &mut body {
            received.exceptions.extend(parted.exceptions);
        }
        self.enter_body(meta, meta.content, body)
    }
}

/// Whether a command records more than one event of its own.
pub(super) fn records_more(state: &State, command: &Command, at: Instant) -> bool {
    match command {
        Command::MoveStock(_) | Command::AdjustStock(_) | Command::ShipTransfer(_) => has_loose(state),
        Command::SetNodeStatus(set) => set.status == NodeStatus::Closed && has_loose(state),
        Command::PlaceOrder(place) => has_loose(state) && picked_up(place),
        Command::CaptureOrder(_) | Command::PostCount(_) => true,
        Command::ChangeDefinition(change) => change.effective_from <= at,
        Command::AllocateBatch(batch) => node_down(batch).is_some() && has_loose(state),
        Command::ReceiveTransfer(receive) => receive.surplus == Surplus::Take,
        _ => false,
    }
}

fn has_loose(state: &State) -> bool {
    state.stock.loose.len() > 0
}

fn picked_up(place: &PlaceOrder) -> bool {
    place.terms.as_ref().is_some_and(|terms| terms.pickup.is_some())
}

/// The node that a batch says is down.
fn node_down(batch: &AllocateBatch) -> Option<&str> {
    let down = batch.disruption.as_ref().filter(|by| by.kind == DisruptionKind::NodeDown);
    down.and_then(|by| by.node.as_deref())
}

/// How loose holds move first, so that a command that is bound to a node finds what it needs there.
fn rebinding(state: &State, command: &Command) -> Option<Body> {
    if !has_loose(state) {
        return None;
    }
    let sellable = |place: &Place| place.is_own() && place.condition == Condition::Sellable;
    let needs: Vec<room::Needed> = match command {
        // From one sellable place to another nothing is needed.
        Command::MoveStock(c) if sellable(&c.from) && !sellable(&c.to) => {
            room::needed(state, &c.sku, &c.node, c.qty).into_iter().collect()
        }
        Command::AdjustStock(c) => {
            let lost = c.lines.iter().filter(|line| line.qty < 0 && sellable(&line.place));
            lost.filter_map(|l| room::needed(state, &l.sku, &c.node, l.qty.saturating_neg())).collect()
        }
        Command::ShipTransfer(c) => {
            c.lines.iter().filter_map(|line| room::needed(state, &line.sku, &c.from, line.qty)).collect()
        }
        Command::PlaceOrder(c) if picked_up(c) => room::needed_by_order(state, c),
        Command::CaptureOrder(c) if picked_up(&c.order) => room::needed_by_order(state, &c.placed()),
        Command::PostCount(c) => needed_by_count(state, c),
        Command::SetNodeStatus(c) if c.status == NodeStatus::Closed => {
            return room::leave_node(state, state.catalog.node_of(&c.node).ok()?.0);
        }
        Command::AllocateBatch(c) => {
            return room::leave_node(state, state.catalog.node_of(node_down(c)?).ok()?.0);
        }
        _ => return None,
    };
    room::make_room(state, &needs)
}

/// Whether all that is recorded of a command is that it waits.
pub(super) fn waits(bodies: &[Body]) -> bool {
    matches!(bodies, [Body::ApprovalRequested(_) | Body::OrderParked(_)])
}

/// An event and those that follow from it, unless they wait.
fn after(first: Body, mut rest: Vec<Body>) -> Vec<Body> {
    if !waits(&rest) {
        rest.insert(0, first);
    }
    rest
}

/// One flat match from the commands of work on documents to their decisions.
pub(crate) fn decide_work(
    state: &State,
    command: &Command,
    (at, actor): (Instant, &str),
) -> Result<Body, Rejection> {
    let fulfil = |command: Fulfil<'_>| decide_fulfilment(state, &command, at);
    let desk = |command: OnDesk<'_>| decide_desk(state, &command, at);
    let count = |command: OnCount<'_>| decide_count(state, &command, at);
    match command {
        Command::HoldOrder(c) => fulfil(Fulfil::Hold(c)),
        Command::ReleaseOrder(c) => fulfil(Fulfil::Release(c)),
        Command::SetWorkflow(c) => fulfil(Fulfil::Workflow(c)),
        Command::ReleaseWave(c) => fulfil(Fulfil::Wave(c)),
        Command::RecordPick(c) => fulfil(Fulfil::Pick(c)),
        Command::PackOrder(c) => fulfil(Fulfil::Pack(c)),
        Command::TrackShipment(c) => fulfil(Fulfil::Track(c)),
        Command::DeliverOrder(c) => fulfil(Fulfil::Deliver(c)),
        Command::NotifyCustomer(c) => fulfil(Fulfil::Notify(c)),
        Command::CheckInReturn(c) => desk(OnDesk::CheckIn(c)),
        Command::CancelReturn(c) => desk(OnDesk::CancelReturn(c)),
        Command::RequestTransfer(c) => desk(OnDesk::RequestTransfer(c)),
        Command::RequestPurchase(c) => desk(OnDesk::RequestPurchase(c)),
        Command::ApproveRequest(c) => desk(OnDesk::Approve(c, actor)),
        Command::CancelRequest(c) => desk(OnDesk::CancelRequest(c)),
        Command::ConfirmPurchaseOrder(c) => desk(OnDesk::Confirm(c)),
        Command::AnnounceShipment(c) => desk(OnDesk::Announce(c)),
        Command::ChangePurchaseOrder(c) => decide_purchase_change(state, c, at),
        Command::PlanCount(c) => count(OnCount::Plan(c)),
        Command::RecordCount(c) => count(OnCount::Record(c, actor)),
        Command::ApproveCount(c) => count(OnCount::Approve(c, actor)),
        Command::CancelCount(c) => count(OnCount::Cancel(c)),
        Command::SetSubscription(c) => decide_subscription(state, c, at),
        Command::SetRollout(c) => decide_rollout(state, c),
        Command::ReportLegacyPlan(c) => decide_legacy(state, c),
        Command::DefineFeed(c) => decide_feed(c),
        other => super::execute::decide_books(state, other, at),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::book::query::SubscriptionView;

    /// What no release of ours wrote may still come in a log or a snapshot: time must go on.
    #[test]
    fn a_subscription_that_cannot_be_read_is_parked_and_time_goes_on() {
        let mut book = Book::new();
        let say = |book: &mut Book, at: &str, command: &str| {
            let request = format!(r#"{{"id":"{at}","at":"{at}","command":{command}}}"#);
            book.execute_json(request.as_bytes())
        };
        for (at, command) in [
            ("2026-01-05T09:00:00Z", r#"{"define_sku":{"sku":"TEE","price":"20"}}"#),
            ("2026-01-05T09:01:00Z", r#"{"define_channel":{"channel":"web","promise_hours":96}}"#),
            (
                "2026-01-05T09:02:00Z",
                r#"{"set_subscription":{"subscription":"S","capture":{"order":{"order":"S",
                    "channel":"web","to":{"lat":"34","lon":"-118"},"lines":[{"sku":"TEE","qty":1}]}},
                    "rhythm":{"every":1,"unit":"day","first_at":"2026-01-06T09:00:00Z"}}}"#,
            ),
        ] {
            let answer = say(&mut book, at, command);
            assert!(answer.contains("receipt"), "{answer}");
        }
        book.state.desk.subscription.edit(0, |row| row.text = "no order".into());
        let answer = say(&mut book, "2026-01-07T08:00:00Z", r#"{"advance_time":{}}"#);
        assert!(answer.contains("receipt"), "{answer}");
        let order = |body: &Body| matches!(body, Body::OrderParked(parked) if parked.text == "no order");
        let parked = book.events_since(1).map_or(0, |all| all.filter(|event| order(&event.body)).count());
        assert_eq!((parked, book.open_exceptions().len()), (1, 1));
        let listed = book.subscriptions();
        let of = |view: &SubscriptionView| (view.subscription.to_string(), view.status, view.ordered);
        let want = ("S".into(), SubscriptionStatus::Active, 1);
        assert_eq!(listed.iter().map(of).collect::<Vec<_>>(), [want], "it is listed");
        let told = listed.iter().map(|view| view.capture == CaptureOrder::default());
        assert!(told.min().unwrap_or(false), "without anything that it would order");
    }
}
