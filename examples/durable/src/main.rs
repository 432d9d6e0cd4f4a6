//! A shop that keeps its orders and its stock book in one SQLite file, and outlives a kill at any point.
//!
//! `cargo run --release -p stockbook-durable -- shop.db 100`
//!
//! The book is in memory; the file is what lasts. What the book recorded for an order goes into the same
//! transaction as the shop's own row, so that both are there or neither is. From time to time the whole book
//! is kept as a snapshot, so that starting again is quick. Every commit is told as `<sequence> <state hash>`.

use rusqlite::{Connection, OptionalExtension, Transaction, params};
use std::error::Error;
use stockbook::{
    Book, Command, Commitment, Detail, Envelope, Instant, OrderLine, PlaceOrder, Point, Rejection,
};

const SNAPSHOT_EVERY: i64 = 25;
const START: &str = "2026-01-05T09:00:00Z";
const SCHEMA: &str = "
    PRAGMA journal_mode = WAL;
    CREATE TABLE IF NOT EXISTS orders (number INTEGER PRIMARY KEY, sku TEXT, qty INTEGER, outcome TEXT);
    CREATE TABLE IF NOT EXISTS events (sequence INTEGER PRIMARY KEY, log BLOB NOT NULL);
    CREATE TABLE IF NOT EXISTS snapshots (sequence INTEGER PRIMARY KEY, book BLOB NOT NULL);
";
const SETUP: [&str; 7] = [
    r#"{"define_sku":{"sku":"TEE","price":"19.99"}}"#,
    r#"{"define_sku":{"sku":"MUG","price":"12.50"}}"#,
    r#"{"define_node":{"node":"RENO","kind":"warehouse","place":{"lat":"39.53","lon":"-119.81"}}}"#,
    r#"{"define_node":{"node":"ALLEN","kind":"warehouse","place":{"lat":"40.60","lon":"-75.47"}}}"#,
    r#"{"define_channel":{"channel":"web","promise_hours":72}}"#,
    r#"{"receive_goods":{"receipt":"R-RENO","node":"RENO","lines":[
        {"sku":"TEE","qty":400,"unit_cost":"8.00"},{"sku":"MUG","qty":400,"unit_cost":"8.00"}]}}"#,
    r#"{"receive_goods":{"receipt":"R-ALLEN","node":"ALLEN","lines":[
        {"sku":"TEE","qty":400,"unit_cost":"8.00"},{"sku":"MUG","qty":400,"unit_cost":"8.00"}]}}"#,
];

type Outcome<T> = Result<T, Box<dyn Error>>;

/// The host: its database, and the book that it fills from there.
struct Shop {
    database: Connection,
    book: Book,
}

/// The last snapshot, carried on by the events that came after it.
fn recover(database: &Connection) -> Outcome<Book> {
    let latest = "SELECT book FROM snapshots ORDER BY sequence DESC LIMIT 1";
    let snapshot: Option<Vec<u8>> = database.query_row(latest, [], |row| row.get(0)).optional()?;
    let mut book = snapshot.map_or_else(|| Ok(Book::new()), |bytes| Book::restore(&bytes))?;
    let mut after = database.prepare("SELECT log FROM events WHERE sequence > ? ORDER BY sequence")?;
    let logs: Result<Vec<Vec<u8>>, _> =
        after.query_map([book.sequence().cast_signed()], |row| row.get(0))?.collect();
    for log in logs? {
        book.apply_log(&log)?;
    }
    Ok(book)
}

impl Shop {
    fn open(path: &str) -> Outcome<Shop> {
        let database = Connection::open(path)?;
        database.execute_batch(SCHEMA)?;
        let book = recover(&database)?;
        Ok(Shop { database, book })
    }

    /// Says a command and commits what it recorded together with the host's own rows.
    fn say(
        &mut self,
        envelope: &Envelope,
        own: impl FnOnce(&Transaction<'_>, &str) -> rusqlite::Result<()>,
    ) -> Outcome<()> {
        let before = self.book.sequence();
        let outcome = match self.book.execute(envelope) {
            Ok(_) => "accepted",
            Err(no) => Rejection::name(&no),
        };
        if let Err(error) = self.keep(before, outcome, own) {
            // The file did not take it, so the book must not have it either.
            self.book = recover(&self.database)?;
            return Err(error);
        }
        Ok(())
    }

    fn keep(
        &mut self,
        before: u64,
        outcome: &str,
        own: impl FnOnce(&Transaction<'_>, &str) -> rusqlite::Result<()>,
    ) -> Outcome<()> {
        let transaction = self.database.transaction()?;
        let sequence = self.book.sequence();
        if sequence > before {
            let log = self.book.log_since(before + 1)?;
            transaction.execute("INSERT INTO events VALUES (?, ?)", params![sequence.cast_signed(), log])?;
        }
        own(&transaction, outcome)?;
        Ok(transaction.commit()?)
    }

    /// Keeps the whole book, in place of older snapshots; its events need not stay in memory then.
    fn snapshot(&mut self) -> Outcome<()> {
        let (sequence, bytes) = (self.book.sequence(), self.book.snapshot());
        let transaction = self.database.transaction()?;
        let place = sequence.cast_signed();
        transaction.execute("INSERT OR REPLACE INTO snapshots VALUES (?, ?)", params![place, bytes])?;
        transaction.execute("DELETE FROM snapshots WHERE sequence < ?", [place])?;
        transaction.commit()?;
        self.book.forget_events(sequence);
        Ok(())
    }

    /// Says how far the file has come.
    fn tell(&self) {
        println!("{} {:016x}", self.book.sequence(), self.book.state_hash());
    }
}

/// The order of that number.
fn order(number: i64, sku: &str, qty: i64) -> Outcome<Command> {
    Ok(Command::PlaceOrder(PlaceOrder {
        order: number.to_string(),
        channel: "web".into(),
        to: Point::from_degrees(40.71, -74.00).ok_or("not on the globe")?,
        lines: vec![OrderLine { sku: sku.into(), qty, unit: None, price: None, lot: None }],
        deliver_by: None,
        priority: None,
        hold: None,
        commitment: Commitment::Own,
        detail: Detail::None,
        ..PlaceOrder::default()
    }))
}

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [path, count] = arguments.as_slice() else { return Err("give a file and a number of orders".into()) };
    let mut shop = Shop::open(path)?;
    shop.tell();
    let start: Instant = START.parse()?;
    // Master data and stock, unless they are there; each command has its id, so saying it twice is safe.
    for (number, command) in (1..).zip(SETUP) {
        if shop.book.sequence() < number {
            let envelope = Envelope::new(&format!("setup-{number}"), start, serde_json::from_str(command)?);
            shop.say(&envelope, |_, _| Ok(()))?;
        }
    }
    let done: i64 = shop.database.query_row("SELECT count(*) FROM orders", [], |row| row.get(0))?;
    for number in done + 1..=count.parse()? {
        let (sku, qty) = (if number % 2 == 0 { "TEE" } else { "MUG" }, 1 + number % 3);
        let at = start.plus_seconds(number);
        let envelope = Envelope::new(&format!("order-{number}"), at, order(number, sku, qty)?);
        shop.say(&envelope, |transaction, outcome| {
            let row = params![number, sku, qty, outcome];
            transaction.execute("INSERT INTO orders VALUES (?, ?, ?, ?)", row).map(|_| ())
        })?;
        shop.tell();
        if number % SNAPSHOT_EVERY == 0 {
            shop.snapshot()?;
        }
    }
    Ok(())
}
