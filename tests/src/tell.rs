//! A book that is told commands, some of them of what happened earlier; it must be sound after each.

use stockbook::{Body, Book, Command, Envelope, Event, Instant, Rejection};

/// Tells a book a command in JSON, under a number of its own, of what happened so many hours ago. What it
/// recorded must balance, and the book be sound.
///
/// # Errors
/// The book's rejection.
///
/// # Panics
/// If the command is none, or the book not sound.
pub fn tell(
    book: &mut Book,
    (number, at): (u64, Instant),
    command: &str,
    hours_ago: i64,
) -> Result<Event, Rejection> {
    let command: Command = serde_json::from_str(command).unwrap_or_else(|e| panic!("{e}: {command}"));
    let mut envelope = Envelope::new(&number.to_string(), at, command);
    envelope.occurred_at = (hours_ago > 0).then(|| at.plus_seconds(-3600 * hours_ago));
    let receipt = book.execute(&envelope)?;
    book.verify().unwrap_or_else(|broken| panic!("{broken} after {:?}", envelope.command));
    // What it set free follows it.
    let own = |event: &&Event| !matches!(event.body, Body::BackordersFilled(_));
    let events = book.events_since(receipt.first_sequence).expect("in the window");
    let event = events.filter(own).last().expect("its event").clone();
    let sum: i64 = event.body.postings().iter().map(|leg| leg.amount.micros()).sum();
    assert_eq!(sum, 0, "{:?}", event.body);
    Ok(event)
}
