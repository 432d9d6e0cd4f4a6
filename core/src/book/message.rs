//! Feeds: numbered messages, taken in their order whatever order they come in, with what was missing,
//! repeated or refused left as exceptions; and the chain of digests over the record.

use super::Book;
use super::command::Command;
use super::execute::{Decided, Meta, Within};
use super::receipt::Receipt;
use super::work::waits;
use crate::exception::{ExceptionCode, Opened, Raised};
use crate::policy::{FeedOrder, TakeMessage};
use crate::record::*;
use crate::value::reader::{Written, from_json};
use crate::value::rejection::Rejection;
use crate::value::sha256::{hex, sha256};

fn about(code: ExceptionCode, subject: &str) -> Vec<Raised> {
    vec![Opened::of(code).about(subject)]
}

/// What is recorded when a feed misses its time.
pub(super) fn silent(state: &State, id: u32) -> Body {
    let feed = state.integration.feeds.get(id).map(|feed| feed.to_string()).unwrap_or_default();
    let exceptions = about(ExceptionCode::FeedSilent, &feed);
    Body::FeedFellSilent(FeedFellSilent { feed, exceptions })
}

impl Book {
    /// Takes a message of a feed in its place, and those that waited for it.
    pub(super) fn take_message(
        &mut self,
        meta: Meta<'_>,
        within: Within,
        take: &TakeMessage,
    ) -> Result<Receipt, Rejection> {
        let id = self.state.integration.feeds.find(take.feed.as_str());
        let unknown = || Rejection::UnknownFeed { feed: crate::catalog::shown(&take.feed) };
        let id = id.ok_or_else(unknown)?;
        crate::catalog::at_most("bytes of the message", take.message.len(), 1 << 20)?;
        if take.number == 0 || take.number == u64::MAX {
            let need = "a running number from 1".into();
            return Err(Rejection::InvalidField { field: "number".into(), need });
        }
        self.deliver(&meta, within, true, |book| {
            let Some(row) = book.state.integration.feed.get(id).cloned() else { return Ok(None) };
            let feed = take.feed.clone();
            let number = take.number;
            let integration = &book.state.integration;
            let passed =
                integration.missing.contains((id, number)) || integration.refused.contains((id, number));
            if book.state.integration.parked(id, number).is_some() || (number < row.next && !passed) {
                let exceptions = about(ExceptionCode::DuplicateMessage, &feed);
                let repeated = MessageRepeated { feed, number, exceptions };
                return book.enter_body(&meta, meta.content, Body::MessageRepeated(repeated));
            }
            let early = number > row.next;
            let exceptions = if early { about(ExceptionCode::FeedGap, &feed) } else { Vec::new() };
            if early && row.define.order == FeedOrder::Resequence {
                let message = take.message.clone();
                let parked = MessageParked { feed, number, message, exceptions };
                return book.enter_body(&meta, meta.content, Body::MessageParked(parked));
            }
            let exceptions = if passed { about(ExceptionCode::LateEvent, &feed) } else { exceptions };
            let waits = |book: &Book, number| book.state.integration.parked(id, number);
            let mut number = number;
            let mut next = waits(book, number.saturating_add(1));
            let content = if next.is_none() { meta.content } else { 0 };
            book.carry_out(&meta, content, &take.feed, (number, &take.message), exceptions)?;
            while let Some((_, waited, row)) = next {
                number = waited;
                next = waits(book, number.saturating_add(1));
                let messages = &book.state.integration;
                let Some(message) = messages.messages.get(row).cloned() else { break };
                let said = messages.said.get(row).cloned();
                let content = if next.is_none() { meta.content } else { 0 };
                // It is its sender's, of the time that he told, as if it had come in its turn.
                let by = said.as_ref().map_or(meta, |said| Meta {
                    source: &said.source,
                    actor: &said.actor,
                    occurred_at: said.occurred_at,
                    ahead_s: 0,
                    told_at: said.at,
                    ..meta
                });
                book.carry_out(&by, content, &take.feed, (number, &message), Vec::new())?;
            }
            Ok(None)
        })
    }

    /// Records that a message was taken and what its command does, or that its command was refused.
    fn carry_out(
        &mut self,
        meta: &Meta<'_>,
        content: u64,
        feed: &str,
        (number, message): (u64, &str),
        exceptions: Vec<Raised>,
    ) -> Decided {
        let (feed, mut before) = (feed.to_owned(), None);
        let decided = from_json::<Command>(message, Written::ForPeople)
            .map_err(|error| Rejection::MalformedRequest {
                problem: error.to_string().chars().take(300).collect(),
            })
            .and_then(|command| {
                let engine = matches!(command, Command::TakeMessage(_) | Command::ApproveCommand(_));
                let inner = Meta { word: command.word(), said: Some(&command), ..*meta };
                if engine {
                    return Err(Rejection::MalformedRequest { problem: "not a command for a feed".into() });
                }
                self.check_authority(&inner)?;
                before = self.make_way(meta, &command)?;
                let bodies = self.bodies_of(&inner, &command)?.0;
                Ok((command, bodies))
            });
        if decided.as_ref().map_or(true, |(_, bodies)| waits(bodies)) {
            self.take_back(before);
        }
        match decided {
            Ok((command, bodies)) => {
                let taken = MessageTaken { feed, number, exceptions };
                self.enter_body(meta, 0, Body::MessageTaken(taken))?;
                self.enter_decided(meta, content, &command, bodies)
            }
            Err(problem) => {
                let mut exceptions = exceptions;
                exceptions.extend(about(ExceptionCode::MessageRefused, &format!("{feed} {number}")));
                let (message, problem) = (message.to_owned(), problem.to_string());
                let refused = MessageRefused { feed, number, message, problem, exceptions };
                self.enter_body(meta, content, Body::MessageRefused(refused))
            }
        }
    }

    /// The chain over the events from `from` on: each digest is that of the one before and the event's bytes,
    /// so that an event that was changed, taken out or put in shows in every digest after it. `previous` is
    /// the digest of the event before `from`, all zeros before the first.
    ///
    /// # Errors
    /// If some of them have left the window.
    ///
    /// ```
    /// use stockbook::*;
    /// let mut book = Book::new();
    /// let at = "2026-01-05T09:00:00Z".parse().unwrap();
    /// book.execute(&Envelope::new("1", at, Command::AdvanceTime(AdvanceTime {}))).unwrap();
    /// let chain = book.audit_chain(1, [0; 32], 10).unwrap();
    /// assert_eq!((chain.len(), chain[0].digest.len()), (1, 64));
    /// ```
    pub fn audit_chain(
        &self,
        from: u64,
        previous: [u8; 32],
        most: usize,
    ) -> Result<Vec<super::query::AuditLink>, super::EventsDrained> {
        let mut before = previous;
        let link = |event: &Event| {
            let mut bytes = before.to_vec();
            bytes.extend(event_bytes(event));
            before = sha256(&bytes);
            super::query::AuditLink {
                sequence: event.sequence,
                at: event.at,
                occurred_at: event.occurred_at,
                source: event.source.to_string(),
                actor: event.actor.to_string(),
                command: event.command.to_string(),
                event: event.body.name().into(),
                digest: hex(&before),
            }
        };
        Ok(self.events_since(from)?.take(most).map(link).collect())
    }

    /// Checks the bytes of a log against the chain that was kept: the first event that is not what it was, or
    /// is not there.
    ///
    /// # Errors
    /// The sequence number of that event.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// let kept: Vec<String> =
    ///     book.audit_chain(1, [0; 32], 100)?.into_iter().map(|link| link.digest).collect();
    /// let mut log = book.log_since(1)?;
    /// assert_eq!(Book::check_log(&log, &kept), Ok(()));
    /// log[400] ^= 1;
    /// assert!(Book::check_log(&log, &kept).is_err(), "somebody changed it");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn check_log(log: &[u8], kept: &[String]) -> Result<(), u64> {
        let events = readable(log);
        let mut before = [0u8; 32];
        let mut events = events.iter();
        for (number, digest) in (1u64..).zip(kept) {
            let Some(event) = events.next() else { return Err(number) };
            let mut bytes = before.to_vec();
            bytes.extend(event_bytes(event));
            before = sha256(&bytes);
            if hex(&before) != *digest {
                return Err(number);
            }
        }
        Ok(())
    }
}
