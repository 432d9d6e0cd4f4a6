//! Admit, decide, record: what every command goes through.

use super::Book;
use super::beside::{beside, entered};
use super::command::*;
use super::govern::decide_operation;
use super::receipt::*;
use super::recent::Delivered;
use super::work::records_more;
use crate::allocation::{Allocator, Explanation};
use crate::posting::Posting;
use crate::record::*;
use crate::value::digest::Digest;
use crate::value::ids::*;
use crate::value::money::Money;
use crate::value::num;
use crate::value::rejection::Rejection;
use crate::value::time::Instant;
use crate::workflow::change::ChangeDefinition;
use crate::workflow::order::PlaceOrder;
use crate::workflow::*;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// Dates of each subscription that one command may carry time past: more than a year of days. A slip in a
/// command's time shall not fill the book with orders.
const DATES_MAX: usize = 400;
/// Most commands of a chain.
pub(crate) const CHAIN_MAX: usize = 1_000;

/// What a command's envelope comes to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Meta<'a> {
    pub key: &'a DocKey,
    pub content: u64,
    pub source: &'a str,
    pub actor: &'a str,
    pub at: Instant,
    pub occurred_at: Instant,
    /// Seconds that it is said to have happened after `at`: the sender's clock is ahead.
    pub ahead_s: i64,
    pub word: &'static str,
    /// The command; none where a column record says it.
    pub said: Option<&'a Command>,
    /// When it was said: before `at`, where it waited.
    pub told_at: Instant,
    /// The approval that it waited for.
    pub granted: Option<&'a ApprovalRow>,
}

/// A code that is known by its id, or not at all.
#[derive(Hash)]
pub(crate) enum Code<'a> {
    Id(u32),
    Text(&'a str),
}

/// What makes two orders the same command; the lines follow, each as (SKU, quantity, unit, price).
#[derive(Hash)]
pub(crate) struct OrderContent<'a> {
    pub order: &'a DocKey,
    pub channel: Code<'a>,
    pub to: crate::value::geo::Point,
    pub deliver_by: Option<Instant>,
    pub priority: Option<u8>,
    pub commitment: Commitment,
    pub hold: Option<&'a str>,
    /// As it was said: a delivery at a later `at` is the same command.
    pub occurred_at: Option<Instant>,
    pub lines: usize,
}

/// What a decision comes to, beside the body that it writes.
pub(crate) type Decided = Result<Option<Box<Explanation>>, Rejection>;

/// Where a command stands in the engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Within {
    /// By itself.
    Alone,
    /// In a chain, which undoes what it must.
    Chain,
}

impl Book {
    /// Says a command to the book.
    ///
    /// The same id and content again is the same command: nothing is recorded, and the first receipt comes
    /// back with its numbers, marked as repeated. Its explanation, where one was asked for, is told only the
    /// first time: keep it, or replay the log up to the event before and say the command to that book.
    ///
    /// # Errors
    /// The violated fact. Nothing has changed then.
    ///
    /// ```
    /// use stockbook::*;
    /// let mut book = Book::new();
    /// let at = "2026-01-05T09:00:00Z".parse().unwrap();
    /// let say = |id: &str| Envelope::new(id, at, Command::DefineReason(DefineReason {
    ///     reason: "theft".into(), name: String::new() }));
    /// assert_eq!(book.execute(&say("a")).unwrap().sequence, 1);
    /// let mut other = say("a");
    /// other.actor = "bob".into();
    /// other.command = Command::AdvanceTime(AdvanceTime {});
    /// assert_eq!(book.execute(&other).unwrap_err().name(), "CommandIdReused");
    /// ```
    pub fn execute(&mut self, envelope: &Envelope) -> Result<Receipt, Rejection> {
        let receipt = self.execute_within(envelope, Within::Alone)?;
        self.trim();
        Ok(receipt)
    }

    /// Says commands that succeed together or change nothing.
    ///
    /// # Errors
    /// The first refusal, with its place in the chain. Nothing has changed then.
    ///
    /// ```
    /// use stockbook::*;
    /// let mut book = Book::new();
    /// let at = "2026-01-05T09:00:00Z".parse().unwrap();
    /// let reason = Command::DefineReason(DefineReason { reason: "theft".into(), name: String::new() });
    /// let bad = Command::ReleaseHold(ReleaseHold { hold: "none".into(), lines: vec![] });
    /// let before = book.state_hash();
    /// let chain = [Envelope::new("1", at, reason), Envelope::new("2", at, bad)];
    /// let no = book.execute_chain(&chain).unwrap_err();
    /// assert_eq!((no.index, no.rejection.name()), (1, "UnknownDocument"));
    /// assert_eq!(book.state_hash(), before);
    /// ```
    pub fn execute_chain(&mut self, chain: &[Envelope]) -> Result<Vec<Receipt>, ChainRejection> {
        let refused = |index, rejection| Err(ChainRejection { index, rejection });
        if chain.is_empty() {
            return refused(0, Rejection::NoLines { field: "chain".into() });
        }
        if let Err(rejection) = crate::catalog::at_most("commands in a chain", chain.len(), CHAIN_MAX) {
            return refused(CHAIN_MAX, rejection);
        }
        if let Some(fault) = self.fault {
            return refused(0, Rejection::BookFaulted { fault: fault.into() });
        }
        let (window, recent) = (self.window.len(), self.recent.len());
        let head = self.state.begin();
        let mut receipts = Vec::with_capacity(chain.len());
        for (index, envelope) in chain.iter().enumerate() {
            match self.execute_within(envelope, Within::Chain) {
                Ok(receipt) => receipts.push(receipt),
                Err(rejection) => {
                    self.undo(head);
                    self.window.truncate(window);
                    self.recent.truncate(recent);
                    return refused(index, rejection);
                }
            }
        }
        self.state.commit();
        self.trim();
        Ok(receipts)
    }

    fn execute_within(&mut self, envelope: &Envelope, within: Within) -> Result<Receipt, Rejection> {
        crate::catalog::code("id", &envelope.id)?;
        if !envelope.source.is_empty() {
            crate::catalog::code("source", &envelope.source)?;
        }
        if !envelope.actor.is_empty() {
            crate::catalog::code("actor", &envelope.actor)?;
        }
        let key = DocKey::from(envelope.id.as_str());
        let said = envelope.occurred_at.unwrap_or(envelope.at);
        let ahead_s = self.state.govern.seconds_ahead(said, envelope.at);
        let meta = Meta {
            key: &key,
            content: 0,
            source: &envelope.source,
            actor: &envelope.actor,
            at: envelope.at,
            occurred_at: if ahead_s > 0 { envelope.at } else { said },
            ahead_s,
            word: envelope.command.word(),
            said: Some(&envelope.command),
            told_at: envelope.at,
            granted: None,
        };
        check_instants(&meta)?;
        if let Command::PlaceOrder(place) = &envelope.command {
            return self.place(meta, envelope.occurred_at, place, within);
        }
        let content = Digest::of(&(&envelope.command, envelope.occurred_at));
        let meta = Meta { content, ..meta };
        if let Some(receipt) = self.repeated(&meta)? {
            return Ok(receipt);
        }
        match &envelope.command {
            Command::ApproveCommand(approve) => return self.approve(meta, within, approve),
            Command::TakeMessage(take) => return self.take_message(meta, within, take),
            command if records_more(&self.state, command, meta.at) => {
                return self.deliver(&meta, within, true, |book| book.enter_command(&meta, command));
            }
            _ => {}
        }
        self.record(meta, within, |state, allocator, at, body| {
            decide(state, allocator, &envelope.command, (at, meta.occurred_at, meta.actor), body)
        })
    }

    /// An order: its content is hashed by ids, as columns do it.
    fn place(
        &mut self,
        meta: Meta<'_>,
        occurred_at: Option<Instant>,
        place: &PlaceOrder,
        within: Within,
    ) -> Result<Receipt, Rejection> {
        let dense = resolve_order(&self.state, place);
        let content = self.order_content(occurred_at, place, dense.as_ref().ok());
        let meta = Meta { content, ..meta };
        if let Some(receipt) = self.repeated(&meta)? {
            return Ok(receipt);
        }
        if let Some(command) = meta.said.filter(|command| records_more(&self.state, command, meta.at)) {
            return self.deliver(&meta, within, true, |book| book.enter_command(&meta, command));
        }
        let due = self.state.is_due(meta.at);
        self.record(meta, within, |state, allocator, at, body| {
            // What fell due may have ended the hold that the order names.
            let dense = if due { resolve_order(state, place)? } else { dense? };
            decide_order(state, allocator, &dense, at, body)
        })
    }

    fn order_content(
        &self,
        occurred_at: Option<Instant>,
        place: &PlaceOrder,
        dense: Option<&DenseOrder>,
    ) -> u64 {
        let catalog = &self.state.catalog;
        let code = |id: Option<u32>, text| id.map_or(Code::Text(text), Code::Id);
        let channel = dense.map(|dense| dense.channel.0);
        let channel = channel.or_else(|| catalog.channels.find(place.channel.as_str()));
        let mut digest = Digest::default();
        OrderContent {
            order: &DocKey::from(place.order.as_str()),
            channel: code(channel, &place.channel),
            to: place.to,
            deliver_by: place.deliver_by,
            priority: place.priority,
            commitment: place.commitment,
            hold: place.hold.as_deref(),
            occurred_at,
            lines: place.lines.len(),
        }
        .hash(&mut digest);
        if let Some(terms) = &place.terms {
            terms.hash(&mut digest);
        }
        for (at, line) in place.lines.iter().enumerate() {
            let known = dense.and_then(|dense| dense.lines.get(at)).map(|line| line.sku.0);
            let sku = code(known.or_else(|| catalog.skus.find(line.sku.as_str())), line.sku.as_str());
            (sku, line.qty, line.unit.as_deref(), line.price).hash(&mut digest);
            line.lot.iter().for_each(|lot| ("lot", lot).hash(&mut digest));
        }
        digest.finish()
    }

    /// The first receipt of a command that was accepted before.
    pub(crate) fn repeated(&self, meta: &Meta<'_>) -> Result<Option<Receipt>, Rejection> {
        if let Some(fault) = self.fault {
            return Err(Rejection::BookFaulted { fault: fault.into() });
        }
        let Some(known) = self.recent.find(meta.key) else { return Ok(None) };
        if known.content != meta.content {
            return Err(Rejection::CommandIdReused { command_id: meta.key.to_string() });
        }
        let (before, after) = known.exceptions;
        Ok(Some(Receipt {
            sequence: known.sequence,
            first_sequence: known.first_sequence,
            at: known.at,
            repeated: true,
            exceptions: opened(before, after),
            explanation: None,
        }))
    }

    /// Admits, decides and records a command that is not a repetition.
    pub(crate) fn record(
        &mut self,
        meta: Meta<'_>,
        within: Within,
        decide: impl FnOnce(&State, &mut Allocator, Instant, &mut Body) -> Decided,
    ) -> Result<Receipt, Rejection> {
        if self.state.derived.governed {
            return self.deliver(&meta, within, true, |book| book.enter_governed(&meta, decide));
        }
        let due = self.state.is_due(meta.at);
        self.deliver(&meta, within, due, |book| book.enter(&meta, meta.content, decide))
    }

    /// Admits a command, records what falls due and then what it enters; with `undo`, a refusal takes all of
    /// it back. Alone, a command that finds nothing due and enters one event changes nothing before that is
    /// decided, and needs no undo.
    pub(crate) fn deliver(
        &mut self,
        meta: &Meta<'_>,
        within: Within,
        undo: bool,
        enter: impl FnOnce(&mut Book) -> Decided,
    ) -> Result<Receipt, Rejection> {
        if meta.at < self.state.head.now {
            let (at, now) = (meta.at.to_string(), self.state.head.now.to_string());
            return Err(Rejection::ClockBackwards { at, now });
        }
        self.check_authority(meta)?;
        self.state.stock.clock = meta.at;
        let first_sequence = self.state.head.sequence.saturating_add(1);
        let before = self.state.head.exceptions;
        let window = self.window.len();
        let head = (undo && within == Within::Alone).then(|| self.state.begin());
        // Who says that there is nothing to undo has seen that nothing is due.
        let due = if undo { self.expire(meta) } else { Ok(()) };
        let recorded = due.and_then(|()| enter(self));
        match (recorded, head) {
            (Ok(explanation), head) => {
                if head.is_some() {
                    self.state.commit();
                }
                let after = self.state.head.exceptions;
                let delivered = Delivered {
                    key: meta.key.clone(),
                    content: meta.content,
                    first_sequence,
                    sequence: self.state.head.sequence,
                    at: meta.at,
                    exceptions: (before, after),
                };
                self.recent.push(delivered, num::index(self.state.head.config.idempotency_window));
                Ok(Receipt {
                    sequence: self.state.head.sequence,
                    first_sequence,
                    at: meta.at,
                    repeated: false,
                    exceptions: opened(before, after),
                    explanation,
                })
            }
            (Err(rejection), head) => {
                if let Some(head) = head {
                    self.undo(head);
                    self.window.truncate(window);
                }
                self.state.stock.clock = self.state.head.now;
                Err(rejection)
            }
        }
    }

    pub(super) fn check_authority(&self, meta: &Meta<'_>) -> Result<(), Rejection> {
        self.check_word(meta)?;
        match meta.said {
            // Who may not say it now may not schedule it either.
            Some(Command::ChangeDefinition(change)) => {
                self.check_word(&Meta { word: Command::of(&change.definition).word(), ..*meta })
            }
            _ => Ok(()),
        }
    }

    fn check_word(&self, meta: &Meta<'_>) -> Result<(), Rejection> {
        let catalog = &self.state.catalog;
        if catalog.authorities.len() == 0 {
            return Ok(());
        }
        let row = catalog.authorities.find(meta.word).and_then(|id| catalog.authority.get(id));
        let Some(row) = row else { return Ok(()) };
        let command = meta.word.to_owned();
        if !row.sources.is_empty() && !row.sources.iter().any(|source| source == meta.source) {
            return Err(Rejection::SourceNotAuthorized { source_system: meta.source.into(), command });
        }
        if !row.actors.is_empty() && !row.actors.iter().any(|actor| actor == meta.actor) {
            return Err(Rejection::ActorNotAuthorized { actor: meta.actor.into(), command });
        }
        Ok(())
    }

    /// Records what falls due until the command's time.
    fn expire(&mut self, meta: &Meta<'_>) -> Result<(), Rejection> {
        let most = self.state.desk.subscriptions.len().saturating_mul(DATES_MAX);
        let (to, mut ordered) = (meta.at, 0usize);
        loop {
            let due = self.state.next_due().filter(|(at, _)| *at <= meta.at);
            // What is given back at the same instant comes too late for a promise.
            let until = due.map_or(meta.at, |(at, _)| at);
            if let Some((at, exceptions)) = self.state.next_broken(until) {
                let meta = Meta { at: at.max(self.state.head.now), occurred_at: at, ..*meta };
                self.fall_due(&meta, Body::ExceptionsRaised(ExceptionsRaised { exceptions }))?;
                continue;
            }
            let Some((at, due)) = due else { break };
            let meta = Meta { at: at.max(self.state.head.now), occurred_at: at, ..*meta };
            match due {
                Due::Hold(hold) => {
                    self.fall_due(&meta, Body::HoldExpired(HoldEnded { hold: HoldId(hold) }))?;
                }
                Due::Chore(Chore::Subscription, id) => {
                    ordered = ordered.saturating_add(1);
                    if ordered > most {
                        let (to, most) = (to.to_string(), i64::try_from(most).unwrap_or(i64::MAX));
                        return Err(Rejection::TimeTooFar { to, most });
                    }
                    self.order_due(&meta, id)?;
                }
                Due::Chore(chore, id) => {
                    let fact = super::govern::decide_chore(&self.state, chore, id);
                    self.fall_due(&meta, fact)?;
                }
                Due::Order(order) => {
                    // Lots are judged as of its date too, however far time jumps.
                    self.state.stock.clock = meta.at;
                    self.enter(&meta, 0, |state, allocator, at, body| {
                        decide_scheduled(state, allocator, order, at, body)
                    })?;
                }
                Due::Pool(plan, pool) => {
                    let at = self.state.stock.plans.get(plan).copied();
                    let (sku, node) = at.unwrap_or((SkuId::NONE, NodeId::NONE));
                    let released = ProtectionReleased { plan, pool, sku, node };
                    self.fall_due(&meta, Body::ProtectionReleased(released))?;
                }
                Due::Change(change) => {
                    self.take_effect(&meta, 0, change)?;
                }
                Due::Prices => self.price_due(&meta, at, to)?,
            }
        }
        // What fell due was recorded as of its own time; the command is judged as of its own.
        self.state.stock.clock = meta.at;
        Ok(())
    }

    fn fall_due(&mut self, meta: &Meta<'_>, fact: Body) -> Result<(), Rejection> {
        self.enter(meta, 0, |_, _, _, body| {
            *body = fact;
            Ok(None)
        })?;
        Ok(())
    }

    /// Has an event decided where it will stay, for it is large, and applies it.
    pub(crate) fn enter(
        &mut self,
        meta: &Meta<'_>,
        content: u64,
        decide: impl FnOnce(&State, &mut Allocator, Instant, &mut Body) -> Decided,
    ) -> Decided {
        let (before, derived) = (self.window.len(), &mut self.state.derived);
        let most = num::index(self.state.head.config.event_window);
        let sequence = self.state.head.sequence.saturating_add(1);
        let event = self.window.push(most, || Event {
            sequence,
            schema: SCHEMA,
            at: meta.at,
            occurred_at: meta.occurred_at,
            source: share(&mut derived.source, meta.source),
            actor: share(&mut derived.actor, meta.actor),
            command: meta.key.clone(),
            content,
            body: Body::TimeAdvanced(TimeAdvanced {}),
            corrections: None,
            posted_at: meta.at,
        });
        let Some(event) = event else { return Ok(None) };
        let decided = decide(&self.state, &mut self.allocator, meta.at, &mut event.body);
        let decided =
            decided.and_then(|why| Ok((why, entered(&self.state, &mut self.players, meta, event)?)));
        let (why, waiting) = match decided {
            Ok(decided) => decided,
            Err(rejection) => {
                self.window.truncate(before);
                return Err(rejection);
            }
        };
        let (state, players) = (&mut self.state, &mut self.players);
        let applied = state.apply(event).and_then(|()| beside(state, players, event, waiting));
        if let Err(fault) = applied {
            self.window.truncate(before);
            self.fault = Some(fault.0);
            return Err(Rejection::BookFaulted { fault: fault.0.into() });
        } else {
            let places = freed(&self.state, &event.body);
            if !places.is_empty() {
                let but = planned(&event.body);
                self.fill_freed(meta, content, (&places, &but))?;
            }
        }
        Ok(why)
    }

    /// Gives what became free to who waits for it. Whoever cannot be given it goes on waiting.
    fn fill_freed(
        &mut self,
        meta: &Meta<'_>,
        content: u64,
        (places, but): (&[(NodeId, SkuId)], &[OrderId]),
    ) -> Result<(), Rejection> {
        for here in places.chunk_by(|a, b| a.0 == b.0) {
            if let Ok(Some(filled)) = decide_fills(&self.state, here, but, meta.at) {
                self.enter_body(meta, content, filled)?;
            }
        }
        Ok(())
    }

    /// Keeps the windows to their size.
    pub(crate) fn trim(&mut self) {
        self.recent.trim(num::index(self.state.head.config.idempotency_window));
        let most = num::index(self.state.head.config.event_window);
        self.window.trim(most);
    }
}

/// The exceptions that a command opened: mostly none.
#[inline]
fn opened(before: u32, after: u32) -> Vec<u32> {
    if before == after { Vec::new() } else { (before.saturating_add(1)..=after).collect() }
}

/// An event's source or actor: mostly the same text as the last one's, which is shared.
#[inline]
fn share(known: &mut Arc<str>, text: &str) -> Arc<str> {
    // Mostly both are empty.
    let same = known.len() == text.len() && (text.is_empty() || **known == *text);
    if !same {
        *known = Arc::from(text);
    }
    Arc::clone(known)
}

/// `Ok` if an entry that debits so much in all keeps accounts within their range.
fn check_balances(state: &State, postings: &[Posting], moved: i64) -> Result<(), Rejection> {
    let balance =
        |posting: &Posting| state.books.balances.get(posting.account.0).map_or(0, |balance| balance.micros());
    // Debits and credits come to the same, so that no account changes by more.
    let near = |posting: &Posting| balance(posting).saturating_abs().saturating_add(moved) > num::BALANCE_MAX;
    for posting in postings.iter().filter(|posting| near(posting)) {
        let own = postings.iter().filter(|other| other.account == posting.account);
        let by = own.map(|other| other.amount.micros()).try_fold(0, num::add)?;
        if num::add(balance(posting), by)?.saturating_abs() > num::BALANCE_MAX {
            return Err(Rejection::OutOfRange { what: "an account's balance".into() });
        }
    }
    Ok(())
}

/// `Ok` if the entry stays within the accounts' range and the speaker's limit.
pub(super) fn check_entry(state: &State, meta: &Meta<'_>, body: &Body) -> Result<(), Rejection> {
    let (postings, beside) = (body.postings(), body.written_beside());
    if postings.is_empty() && beside == 0 {
        return Ok(());
    }
    let moved = postings.iter().map(|posting| posting.amount.micros().max(0)).try_fold(0, num::add)?;
    check_balances(state, postings, moved)?;
    let moved = moved.max(beside);
    let catalog = &state.catalog;
    if catalog.authorities.len() == 0 {
        return Ok(());
    }
    let row = catalog.authorities.find(meta.word).and_then(|id| catalog.authority.get(id));
    match row.and_then(|row| row.value_max) {
        Some(limit) if moved > limit.micros() => Err(Rejection::ValueAboveLimit {
            value: Money::from_micros(moved).to_string(),
            limit: limit.to_string(),
        }),
        _ => Ok(()),
    }
}

pub(crate) fn check_instants(meta: &Meta<'_>) -> Result<(), Rejection> {
    if !meta.at.is_valid() {
        return Err(Rejection::InvalidInstant { field: "at".into() });
    }
    if !meta.occurred_at.is_valid() || meta.occurred_at > meta.at {
        return Err(Rejection::InvalidInstant { field: "occurred_at".into() });
    }
    Ok(())
}

impl Body {
    /// The event's journal: debits and credits that sum to zero.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// let received = &book.event(book.sequence()).ok_or("in the window")?.body;
    /// let amounts: Vec<String> = received.postings().iter().map(|leg| leg.amount.to_string()).collect();
    /// assert_eq!(amounts, ["80.00", "-80.00"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn postings(&self) -> &[Posting] {
        match self {
            Body::GoodsReceived(event) => &event.postings,
            Body::StockAdjusted(event) => &event.postings,
            Body::OrderShipped(event) => &event.postings,
            Body::ReturnReceived(event) => &event.postings,
            Body::TransferShipped(event) => &event.postings,
            Body::TransferReceived(event) => &event.postings,
            Body::KitAssembled(event) => &event.postings,
            Body::SupplierInvoiceReceived(event) => &event.postings,
            Body::LandedCostAllocated(event) => &event.postings,
            Body::VendorReturnShipped(event) => &event.postings,
            Body::StockRevalued(event) => &event.postings,
            Body::StockWrittenDown(event) => &event.postings,
            Body::OrderInvoiced(event) => &event.postings,
            Body::OrderCredited(event) => &event.postings,
            Body::PaymentRecorded(event) => &event.postings,
            Body::ReturnsReleased(event) => &event.postings,
            Body::OrderDropShipped(event) => &event.postings,
            Body::ConsignedGoodsUsed(event) => &event.postings,
            Body::VarianceShared(event) => &event.postings,
            _ => &[],
        }
    }

    /// The journal of an event that is being decided.
    pub(crate) fn postings_mut(&mut self) -> Option<&mut Vec<Posting>> {
        Some(match self {
            Body::GoodsReceived(event) => &mut event.postings,
            Body::StockAdjusted(event) => &mut event.postings,
            Body::OrderShipped(event) => &mut event.postings,
            Body::ReturnReceived(event) => &mut event.postings,
            Body::TransferShipped(event) => &mut event.postings,
            Body::TransferReceived(event) => &mut event.postings,
            Body::SupplierInvoiceReceived(event) => &mut event.postings,
            Body::LandedCostAllocated(event) => &mut event.postings,
            Body::VendorReturnShipped(event) => &mut event.postings,
            Body::StockRevalued(event) => &mut event.postings,
            Body::StockWrittenDown(event) => &mut event.postings,
            Body::OrderDropShipped(event) => &mut event.postings,
            Body::ConsignedGoodsUsed(event) => &mut event.postings,
            Body::KitAssembled(event) => &mut event.postings,
            _ => return None,
        })
    }

    /// Costs that an event adds to old receipts.
    pub(crate) fn late_costs(&self) -> &[LateCost] {
        match self {
            Body::SupplierInvoiceReceived(event) => &event.late,
            Body::LandedCostAllocated(event) => &event.shares,
            _ => &[],
        }
    }
}

/// One flat match from command to decision; beside the command its time and its speaker.
pub(crate) fn decide(
    state: &State,
    allocator: &mut Allocator,
    command: &Command,
    (at, occurred_at, actor): (Instant, Instant, &str),
    body: &mut Body,
) -> Decided {
    let master = |master: Master<'_>| decide_master(state, &master);
    let decided = match command {
        Command::ConfigureBook(c) => master(Master::Configure(c)),
        Command::DefineAccount(c) => master(Master::Account(c)),
        Command::DefineReason(c) => master(Master::Reason(c)),
        Command::DefineSku(c) => master(Master::Sku(c)),
        Command::DefineNode(c) => master(Master::Node(c)),
        Command::DefineChannel(c) => master(Master::Channel(c)),
        Command::DefineService(c) => master(Master::Service(c)),
        Command::DefineSupplier(c) => master(Master::Supplier(c)),
        Command::SetPolicy(c) => master(Master::Policy(c)),
        Command::SetPostingRules(c) => master(Master::PostingRules(c)),
        Command::SetAuthority(c) => master(Master::Authority(c, Command::words())),
        Command::SetNodeStatus(c) => master(Master::NodeStatus(c)),
        Command::SetProtection(c) => master(Master::Protection(c)),
        Command::SetReorderRule(c) => master(Master::Reorder(c)),
        Command::ReceiveGoods(c) => decide_receipt(state, c, at, occurred_at),
        Command::AdjustStock(c) => decide_adjustment(state, c),
        Command::MoveStock(c) => decide_move(state, c),
        Command::HoldStock(c) => decide_hold(state, c, at),
        Command::ReleaseHold(c) => decide_release(state, c),
        Command::CancelOrder(c) => decide_cancel(state, c),
        Command::ShipOrder(c) => decide_ship_order(state, c),
        Command::ReceiveReturn(c) => decide_return(state, c),
        Command::PlacePurchaseOrder(c) => decide_purchase(state, c, at),
        Command::CancelPurchaseOrder(c) => decide_cancel_purchase(state, c),
        Command::ShipTransfer(c) => decide_transfer_out(state, c),
        Command::ReceiveTransfer(c) => decide_transfer_in(state, c, at),
        Command::DescribeSku(c) => master(Master::Trait(c)),
        Command::DefineSkus(c) => master(Master::Skus(c)),
        Command::DefineKit(c) => master(Master::Kit(c)),
        Command::DefineCompany(c) => master(Master::Company(c)),
        Command::DescribeNode(c) => master(Master::Site(c)),
        Command::DescribeChannel(c) => master(Master::Outlet(c)),
        Command::SetListing(c) => master(Master::Listing(c)),
        Command::SetNegativeStock(c) => master(Master::Negative(c)),
        Command::SetLotExpiry(c) => decide_lot_expiry(state, c),
        Command::ChangeDefinition(c) => decide_scheduled_change(state, allocator, c, (at, actor)),
        Command::AssembleKit(c) => decide_assembly(state, c, at),
        Command::WithdrawChange(c) => decide_withdrawal(state, c),
        Command::AdvanceTime(_) => Ok(Body::TimeAdvanced(TimeAdvanced {})),
        Command::AllocateBatch(c) => decide_batch(state, allocator, c, at),
        Command::SetBidPrices(c) => decide_bid_prices(state, c, at),
        Command::PlaceOrder(c) => {
            let dense = resolve_order(state, c)?;
            return decide_order(state, allocator, &dense, at, body);
        }
        Command::ReallocateOrder(c) => {
            let order = open_order(state, &c.order, "reallocate_order")?;
            return decide_reallocation(state, allocator, order, c, at, body);
        }
        Command::AuthorizeReturn(c) => return decide_authorization(state, allocator, c, at, body),
        Command::RejectAllocation(c) => return decide_rejected(state, allocator, c, at, body),
        Command::SetCostTable(c) => decide_cost_table(state, c),
        other => match decide_promise(state, other, at) {
            Some(decided) => decided,
            None => decide_operation(state, other, (at, actor)),
        },
    };
    *body = decided?;
    Ok(None)
}

/// A change of master data: whether it would fit now is asked of the command that it carries.
fn decide_scheduled_change(
    state: &State,
    allocator: &mut Allocator,
    change: &ChangeDefinition,
    (at, actor): (Instant, &str),
) -> Result<Body, Rejection> {
    let (definition, mut then) = (Command::of(&change.definition), Body::TimeAdvanced(TimeAdvanced {}));
    let fits = decide(state, allocator, &definition, (at, at, actor), &mut then);
    decide_change(state, change, (at, actor), fits.map(drop))
}

/// Commands on what may be promised; `None` for others.
fn decide_promise(state: &State, command: &Command, at: Instant) -> Option<Result<Body, Rejection>> {
    let goods_of = |sku: &str| state.catalog.goods_of(sku);
    Some(match command {
        Command::SetProtectionPlan(c) => decide_protection_plan(state, c),
        Command::ExpectSupply(c) => goods_of(&c.sku).and_then(|_| decide_expected(state, c)),
        Command::ExpectTransfer(c) => decide_expected_transfer(state, c),
        Command::SetSupplyLateness(c) => decide_lateness(state, c),
        Command::SetPreorder(c) => goods_of(&c.sku).and_then(|_| decide_preorder(state, c)),
        Command::ExtendHold(c) => decide_extend(state, c, at),
        Command::ConfirmHold(c) => decide_confirm(state, c),
        Command::MoveHold(c) => decide_move_hold(state, c),
        Command::SplitHold(c) => decide_split(state, c),
        Command::MergeHolds(c) => decide_merge(state, c),
        Command::SetPublishBuffer(c) => decide_publish_buffer(state, c),
        Command::RedealStock(c) => c
            .skus
            .iter()
            .try_for_each(|sku| goods_of(sku).map(drop))
            .and_then(|()| decide_redeal(state, c, at)),
        _ => return None,
    })
}

/// Commands of the books.
pub(crate) fn decide_books(state: &State, command: &Command, at: Instant) -> Result<Body, Rejection> {
    match command {
        Command::SetValuation(c) => decide_valuation(state, c),
        Command::ReceiveSupplierInvoice(c) => decide_supplier_invoice(state, c, at),
        Command::AllocateLandedCost(c) => decide_landed_cost(state, c),
        Command::ReturnToVendor(c) => decide_vendor_return(state, c),
        Command::RevalueStock(c) => decide_revaluation(state, c),
        Command::WriteDownStock(c) => decide_write_down(state, c),
        Command::SetPeriod(c) => decide_period(state, c),
        Command::SetSelling(c) => decide_selling(state, c),
        Command::InvoiceOrder(c) => decide_invoice(state, c),
        Command::CreditOrder(c) => decide_credit(state, c),
        Command::RecordPayment(c) => decide_payment(state, c),
        Command::ReleaseReturns(c) => decide_release_returns(state, c),
        Command::DropShipOrder(c) => decide_drop_shipment(state, c),
        Command::UseConsignedGoods(c) => decide_consignment(state, c),
        Command::DefineLedger(c) => decide_ledger(state, c),
        Command::RefurbishStock(c) => decide_refurbishment(state, c),
        Command::ShareVariance(c) => decide_sharing(state, c),
        // All others are decided before these.
        other => Err(Rejection::MalformedRequest { problem: other.word().into() }),
    }
}
