//! Logs and snapshots as bytes: framed, versioned, checked; what is cut or flipped is refused with its
//! offset.
//!
//! A log is a header and frames; a frame is a length, a checksum and an event. A snapshot is a header, a
//! length, a checksum and the state. Both are MessagePack inside, rows as arrays: a later release may add
//! fields at their ends and still read what this one wrote.

use super::event::Event;
use super::state::ORIGIN;
use crate::value::digest::Digest;
use crate::value::{num, reader, writer};
use serde::{Serialize, de::DeserializeOwned};
use std::hash::Hasher;

/// The last byte says what the book began with.
const LOG: &[u8; 7] = b"STKBLOG";
const SNAPSHOT: &[u8; 8] = b"STKBSNP\x01";
/// Bytes of a frame's length and checksum.
const FRAME: usize = 16;

/// Bytes that are not a whole log or snapshot. The book that was asked to load them is as before.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("at byte {offset}: {problem}")]
pub struct LoadError {
    /// Where the fault is.
    pub offset: u64,
    /// What it is.
    pub problem: String,
}

fn fail(offset: usize, problem: impl Into<String>) -> LoadError {
    LoadError { offset: u64::try_from(offset).unwrap_or(u64::MAX), problem: problem.into() }
}

fn checksum(bytes: &[u8]) -> u64 {
    let mut digest = Digest::default();
    digest.write(bytes);
    digest.finish()
}

fn encode<T: Serialize>(value: &T) -> Vec<u8> {
    writer::to_stored(value)
}

/// An event's bytes, as a log has them.
pub(crate) fn event_bytes(event: &Event) -> Vec<u8> {
    encode(event)
}

fn push_frame(out: &mut Vec<u8>, payload: &[u8]) {
    out.extend(u64::try_from(payload.len()).unwrap_or(0).to_le_bytes());
    out.extend(checksum(payload).to_le_bytes());
    out.extend(payload);
}

fn word(bytes: &[u8], at: usize) -> Option<u64> {
    let slice = bytes.get(at..at.checked_add(8)?)?;
    slice.try_into().ok().map(u64::from_le_bytes)
}

/// Reads the frame at `at`: its value, and where the next one begins.
fn read_frame<T: DeserializeOwned>(bytes: &[u8], at: usize) -> Result<(T, usize), LoadError> {
    let cut = || fail(at, "the bytes end within a frame");
    let length = word(bytes, at).ok_or_else(cut)?;
    let sum = word(bytes, at.saturating_add(8)).ok_or_else(cut)?;
    let from = at.saturating_add(FRAME);
    let to = usize::try_from(length).ok().and_then(|length| from.checked_add(length)).ok_or_else(cut)?;
    let payload = bytes.get(from..to).ok_or_else(cut)?;
    if checksum(payload) != sum {
        return Err(fail(at, "the checksum does not fit: the bytes were changed"));
    }
    let value = reader::from_stored(payload).map_err(|problem| fail(from, problem))?;
    Ok((value, to))
}

fn header(bytes: &[u8], want: &[u8; 8], what: &str) -> Result<usize, LoadError> {
    match bytes.get(..want.len()) {
        Some(found) if found == want => Ok(want.len()),
        Some(found) if found.get(..7) == want.get(..7) => {
            Err(fail(7, format!("this {what} was written by a later release")))
        }
        _ => Err(fail(0, format!("this is not a {what}"))),
    }
}

/// Events as a log of a book that began as `origin` says.
pub(crate) fn write_log<'a>(origin: u8, events: impl Iterator<Item = &'a Event>) -> Vec<u8> {
    let mut out = LOG.to_vec();
    out.push(origin);
    for event in events {
        push_frame(&mut out, &encode(event));
    }
    out
}

/// What the book of a log began with, and its events, all or none.
pub(crate) fn read_log(bytes: &[u8]) -> Result<(u8, Vec<Event>), LoadError> {
    let Some((LOG, [origin, ..])) = bytes.split_first_chunk() else {
        return Err(fail(0, "this is not a log"));
    };
    if !(1..=ORIGIN).contains(origin) {
        return Err(fail(7, "this log was written by a later release"));
    }
    let mut at = LOG.len().saturating_add(1);
    let mut events: Vec<Event> = Vec::new();
    while at < bytes.len() {
        let (event, next): (Event, usize) = read_frame(bytes, at)?;
        if event.schema > super::event::SCHEMA {
            return Err(fail(at, format!("event schema {} is of a later release", event.schema)));
        }
        if events.last().is_some_and(|last| last.sequence.checked_add(1) != Some(event.sequence)) {
            return Err(fail(at, format!("event {} is out of sequence", event.sequence)));
        }
        events.push(event);
        at = next;
    }
    Ok((*origin, events))
}

/// A value as a snapshot.
pub(crate) fn write_snapshot<T: Serialize>(value: &T) -> Vec<u8> {
    let mut out = SNAPSHOT.to_vec();
    push_frame(&mut out, &encode(value));
    out
}

/// The value of a snapshot.
pub(crate) fn read_snapshot<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, LoadError> {
    let at = header(bytes, SNAPSHOT, "snapshot")?;
    let (value, end) = read_frame(bytes, at)?;
    if end != bytes.len() {
        return Err(fail(end, "there is something behind the snapshot"));
    }
    Ok(value)
}

/// A fault found while events were applied.
pub(crate) fn faulty(index: usize, problem: &str) -> LoadError {
    fail(index, format!("event {}: {problem}", num::id(index)))
}
