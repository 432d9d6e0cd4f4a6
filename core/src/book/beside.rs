//! What an event is completed by when it is decided: what it corrects, the period that it belongs to, and
//! what it comes to in ledgers beside the book's own.

use super::Book;
use super::execute::{Meta, check_entry};
use crate::record::*;
use crate::stock::Fault;
use crate::value::num;
use crate::value::rejection::Rejection;
use crate::workflow::{Players, Waiting, ledgers, name_lots, posted_at, settle};

/// Completes an event that is decided: what it corrects, and the period that it belongs to. Gives what
/// ledgers beside came to before it.
pub(super) fn entered(
    state: &State,
    players: &mut Players,
    meta: &Meta<'_>,
    event: &mut Event,
) -> Result<Option<Waiting>, Rejection> {
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
    ledgers::before(state, players, event, date)
}

/// Records with an event that is applied what it comes to in ledgers beside.
pub(super) fn beside(
    state: &mut State,
    players: &mut Players,
    event: &mut Event,
    waiting: Option<Waiting>,
) -> Result<(), Fault> {
    let Some(waiting) = waiting else { return Ok(()) };
    let entries = ledgers::after(state, players, event, waiting);
    let ledgers = entries.map_err(|_| Fault("a ledger beside cannot be posted"))?;
    if ledgers.is_empty() {
        return Ok(());
    }
    event.corrections.get_or_insert_default().ledgers = ledgers;
    state.enter_ledgers(event)
}

impl Book {
    /// Undoes all since a state was saved.
    pub(super) fn undo(&mut self, to: Savepoint) {
        self.state.rollback(to);
        self.players.undo(self.state.head.sequence);
    }
}

impl Corrections {
    /// Whether they change what was booked: one of the movements known before, not only of pools.
    fn is_late(&self, known: usize) -> bool {
        self.moves.iter().any(|moved| num::index(moved.movement) < known)
    }
}

#[cfg(test)]
mod tests {
    use super::Book;
    use crate::book::command::Envelope;

    /// Says a command, at noon of a day of 2026, of what happened some days earlier.
    fn say(book: &mut Book, day: i64, ago: i64, command: &str) {
        let first: crate::value::time::Instant = "2026-01-05T12:00:00Z".parse().unwrap_or_default();
        let at = |day: i64| first.plus_seconds(day.saturating_mul(86_400));
        let id = format!("{}", book.sequence());
        let said = serde_json::from_str(command).unwrap_or_else(|no| panic!("{no}: {command}"));
        let mut envelope = Envelope::new(&id, at(day), said);
        envelope.occurred_at = (ago > 0).then(|| at(day.saturating_sub(ago)));
        book.execute(&envelope).unwrap_or_else(|no| panic!("{no}: {command}"));
    }

    fn receive(book: &mut Book, receipt: &str, (day, ago): (i64, i64), qty: i64, cost: &str) {
        let line = format!(r#"{{"sku":"TEE","qty":{qty},"unit_cost":"{cost}"}}"#);
        let said = format!(r#"{{"receipt":"{receipt}","node":"DC","supplier":"ACME","lines":[{line}]}}"#);
        say(book, day, ago, &format!(r#"{{"receive_goods":{said}}}"#));
    }

    fn ship(book: &mut Book, order: i64, day: i64) {
        let line = r#"{"sku":"TEE","qty":1}"#;
        let to = r#"{"lat":"41","lon":"-74"}"#;
        let place = format!(r#"{{"order":"{order}","channel":"web","to":{to},"lines":[{line}]}}"#);
        say(book, day, 0, &format!(r#"{{"place_order":{place}}}"#));
        say(book, day, 0, &format!(r#"{{"ship_order":{{"order":"{order}","node":"DC"}}}}"#));
    }

    fn cents(book: &Book, ledger: &str, account: &str) -> i64 {
        let (rows, id) = (book.ledger_balance(ledger).unwrap_or_default(), book.account_id(account));
        rows.iter().find(|row| Some(row.account) == id).map_or(0, |row| row.balance.micros() / 10_000)
    }

    /// A shipment costs the same, however many went before it: each ledger plays its movement once.
    #[test]
    fn ledgers_play_each_movement_once() {
        const SHIPMENTS: usize = 20_000;
        let mut book = Book::new();
        for command in [
            r#"{"set_valuation":{"late":"replay"}}"#,
            r#"{"define_sku":{"sku":"TEE","group":"apparel","price":"20.00","weight_g":200}}"#,
            r#"{"define_node":{"node":"DC","kind":"warehouse","place":{"lat":"40.7","lon":"-74.0"}}}"#,
            r#"{"define_channel":{"channel":"web","promise_hours":400}}"#,
            r#"{"define_supplier":{"supplier":"ACME","lead_time_days":7,"expedite_days":2}}"#,
            r#"{"define_ledger":{"ledger":"IFRS","costing":"fifo"}}"#,
            r#"{"define_ledger":{"ledger":"US","costing":"fifo","write_down":"new_cost_basis"}}"#,
        ] {
            say(&mut book, 0, 0, command);
        }
        receive(&mut book, "R-1", (0, 0), 100_000, "10.00");
        receive(&mut book, "R-2", (2, 0), 100_000, "14.00");
        assert_eq!(book.players.steps, 2 * 2);
        for order in 0..SHIPMENTS {
            ship(&mut book, i64::try_from(order).unwrap_or(0), 3);
        }
        assert_eq!(book.players.steps, 2 * (2 + SHIPMENTS));
        // At 12.00 by average, at 10.00 by FIFO.
        let sold = |book: &Book| ["", "IFRS", "US"].map(|ledger| cents(book, ledger, "5000"));
        assert_eq!(sold(&book), [24_000_000, 20_000_000, 20_000_000]);
        // What came two days before it was told at 12.00 changes nothing, and is found to in one play.
        receive(&mut book, "R-3", (4, 3), 1_000, "12.00");
        assert_eq!(book.players.steps, 2 * (2 + SHIPMENTS) + 2 * (3 + SHIPMENTS));
        assert_eq!(sold(&book), [24_000_000, 20_000_000, 20_000_000]);
        ship(&mut book, -1, 5);
        assert_eq!(book.players.steps, 2 * (3 + SHIPMENTS) + 2 * (3 + SHIPMENTS));
        assert_eq!(sold(&book), [24_001_200, 20_001_000, 20_001_000]);
    }
}
