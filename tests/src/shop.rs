//! A book that is spoken to in JSON, as any face would: for tests that play a story.

use serde_json::{Value, json};
use stockbook::{Book, Instant};

/// When a shop opens: 2026-01-05.
const OPENED: Instant = Instant::from_micros(1_767_571_200_000_000);

/// The book, and what was said to it.
#[derive(Clone, Default)]
pub struct Shop {
    /// The book.
    pub book: Book,
    said: u32,
    told: u32,
}

impl Shop {
    /// An empty book.
    #[must_use]
    pub fn new() -> Shop {
        Shop::default()
    }

    /// One with a reason, a channel `web`, and two warehouses: EAST, and MID to its west.
    #[must_use]
    pub fn east_and_mid() -> Shop {
        let mut shop = Shop::new();
        shop.ok("define_reason", json!({"reason": "why"}));
        for (node, lon) in [("EAST", "-75"), ("MID", "-80")] {
            let place = json!({"lat": "40", "lon": lon});
            shop.ok("define_node", json!({"node": node, "kind": "warehouse", "place": place}));
        }
        shop.ok("define_channel", json!({"channel": "web", "promise_hours": 72}));
        shop
    }

    /// Says a command, a minute after the last one; the book must be sound after it.
    ///
    /// # Panics
    /// If it is not.
    pub fn say(&mut self, word: &str, body: Value) -> Value {
        self.say_as("", word, body)
    }

    /// The same as somebody.
    ///
    /// # Panics
    /// If the book is not sound after it.
    pub fn say_as(&mut self, actor: &str, word: &str, body: Value) -> Value {
        self.said += 1;
        let at = OPENED.plus_seconds(i64::from(self.said) * 60);
        self.tell(actor, &at.to_string(), word, body)
    }

    /// Says a command at a time of its own; the book must be sound after it.
    ///
    /// # Panics
    /// If it is not.
    pub fn say_at(&mut self, at: &str, word: &str, body: Value) -> Value {
        self.tell("", at, word, body)
    }

    fn tell(&mut self, actor: &str, at: &str, word: &str, body: Value) -> Value {
        self.told += 1;
        let id = format!("c-{}", self.told);
        let request = json!({"id": id, "actor": actor, "at": at, "command": {word: body}});
        let answer = self.book.execute_json(request.to_string().as_bytes());
        self.book.verify().unwrap_or_else(|broken| panic!("after {word}: {broken}"));
        serde_json::from_str(&answer).expect("an answer is JSON")
    }

    /// Lets days pass before the next command.
    pub fn wait(&mut self, days: u32) {
        self.said += days * 24 * 60;
    }

    /// How many commands were said: one more each time.
    #[must_use]
    pub fn said(&self) -> u32 {
        self.said
    }

    /// Moves the book's time on; gives the names of what was recorded.
    ///
    /// # Panics
    /// If time does not go there.
    pub fn advance(&mut self, to: &str) -> Vec<String> {
        let answer = self.say_at(to, "advance_time", json!({}));
        let events = answer["receipt"]["events"].as_array().unwrap_or_else(|| panic!("{answer}")).iter();
        let name = |event: &Value| event["body"].as_object().and_then(|body| body.keys().next().cloned());
        events.map(|event| name(event).expect("a name")).collect()
    }

    /// Says what must be accepted; gives its event.
    pub fn ok(&mut self, word: &str, body: Value) -> Value {
        let answer = self.say(word, body);
        let events = answer["receipt"]["events"].as_array().unwrap_or_else(|| panic!("{word}: {answer}"));
        events.last().expect("an event")["body"].clone()
    }

    /// Says what must be refused, and by which rejection; gives its facts.
    pub fn no(&mut self, word: &str, body: Value, name: &str) -> Value {
        let before = self.book.state_hash();
        let answer = self.say(word, body);
        assert_eq!(answer["rejection"]["name"], name, "{word}: {answer}");
        assert_eq!(self.book.state_hash(), before, "a refusal changes nothing");
        answer["rejection"]["facts"].clone()
    }

    /// Asks a question.
    pub fn ask(&mut self, question: &str, about: Value) -> Value {
        let answer = self.book.execute_json(json!({"ask": {question: about}}).to_string().as_bytes());
        let answer: Value = serde_json::from_str(&answer).expect("an answer is JSON");
        answer["answer"][question].clone()
    }

    /// The codes of the exceptions that are open.
    ///
    /// # Panics
    /// Where the answer is no list.
    pub fn codes(&mut self) -> Vec<String> {
        let rows = self.ask("exceptions", json!({}));
        let rows = rows.as_array().expect("exceptions").iter();
        rows.map(|row| row["opened"]["code"].as_str().unwrap_or("").to_owned()).collect()
    }

    /// Receives goods at a cost of 4 each.
    pub fn receive(&mut self, number: &str, node: &str, sku: &str, qty: i64) {
        let lines = json!([{"sku": sku, "qty": qty, "unit_cost": "4"}]);
        self.ok("receive_goods", json!({"receipt": number, "node": node, "lines": lines}));
    }

    /// On hand and available of a SKU at a node.
    pub fn stock(&mut self, sku: &str, node: &str) -> (i64, i64) {
        let rows = self.ask("stock", json!({"sku": sku, "node": node}));
        let number = |field: &str| rows[0][field].as_i64().expect("a number");
        (number("on_hand"), number("available"))
    }

    /// Its log, played again from nothing, comes to the same state, every byte of it; so does its snapshot, and
    /// it is sound.
    ///
    /// # Panics
    /// Where that is not so.
    pub fn is_replayed(&self) {
        let (hash, text) = (self.book.state_hash(), self.book.snapshot());
        let log = self.book.log_since(1).expect("all of it");
        let again = Book::replay(&log).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!((again.state_hash(), again.snapshot()), (hash, text.clone()));
        let restored = Book::restore(&text).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(restored.state_hash(), hash);
        restored.verify().unwrap_or_else(|broken| panic!("{broken}"));
    }
}
