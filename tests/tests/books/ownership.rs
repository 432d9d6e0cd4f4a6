//! Who may say what of a document that another system opened, and how far ahead of time a fact may be told.

use serde_json::{Value, json};
use stockbook::Book;

/// A book with two systems that say things.
struct Desk {
    book: Book,
    said: u32,
}

impl Desk {
    fn new() -> Desk {
        let mut desk = Desk { book: Book::new(), said: 0 };
        let place = json!({"lat": "39.53", "lon": "-119.81"});
        let lines = json!([{"sku": "TEE", "qty": 50, "unit_cost": "4"}]);
        for command in [
            json!({"define_reason": {"reason": "customer"}}),
            json!({"define_sku": {"sku": "TEE", "price": "20"}}),
            json!({"define_node": {"node": "RENO", "kind": "warehouse", "place": place}}),
            json!({"define_channel": {"channel": "web", "promise_hours": 96}}),
            json!({"define_role": {"role": "desk"}}),
            json!({"grant_roles": {"actor": "mia", "roles": ["desk"]}}),
            json!({"receive_goods": {"receipt": "R", "node": "RENO", "lines": lines}}),
        ] {
            desk.ok("shop", command);
        }
        desk
    }

    /// Says a command, a minute after the last one; `ahead` is by how many seconds it lies before its fact.
    fn told(&mut self, source: &str, actor: &str, command: &Value, ahead: u32) -> Value {
        self.said += 1;
        let (hour, minute) = (9 + self.said / 60, self.said % 60);
        let at = format!("2026-01-05T{hour:02}:{minute:02}:00Z");
        let occurred = format!("2026-01-05T{hour:02}:{:02}:{:02}Z", minute + ahead / 60, ahead % 60);
        let mut request = json!({"id": self.said.to_string(), "source": source, "actor": actor, "at": at, "command": command});
        if ahead > 0 {
            request["occurred_at"] = json!(occurred);
        }
        let answer = self.book.execute_json(request.to_string().as_bytes());
        self.book.verify().unwrap_or_else(|broken| panic!("{command}: {broken}"));
        serde_json::from_str(&answer).expect("an answer is JSON")
    }

    fn ok(&mut self, source: &str, command: Value) -> Value {
        let answer = self.told(source, "ann", &command, 0);
        assert!(answer["receipt"].is_object(), "{command}: {answer}");
        answer["receipt"]["events"].clone()
    }

    fn no(&mut self, source: &str, command: Value, name: &str) {
        let before = self.book.state_hash();
        let answer = self.told(source, "ann", &command, 0);
        assert_eq!(answer["rejection"]["name"], name, "{command}: {answer}");
        assert_eq!(self.book.state_hash(), before);
    }

    fn open(&self) -> Vec<String> {
        let answer = self.book.ask_json(br#"{"ask": {"exceptions": {}}}"#);
        let answer: Value = serde_json::from_str(&answer).expect("an answer is JSON");
        let rows = answer["answer"]["exceptions"].as_array().expect("exceptions").clone();
        rows.iter().map(|row| row["opened"]["code"].as_str().expect("a code").to_owned()).collect()
    }
}

fn order(number: &str) -> Value {
    let to = json!({"lat": "34.05", "lon": "-118.24"});
    let lines = json!([{"sku": "TEE", "qty": 2}]);
    json!({"place_order": {"order": number, "channel": "web", "to": to, "lines": lines}})
}

fn cancel(number: &str) -> Value {
    json!({"cancel_order": {"order": number, "reason": "customer"}})
}

fn owned(event: &str, otherwise: &str) -> Value {
    json!({"set_source_of_record": {"event": event, "documents": "opener", "otherwise": otherwise, "role": "desk"}})
}

#[test]
fn a_document_has_one_owner() {
    let mut desk = Desk::new();
    desk.ok("erp", order("OLD"));
    desk.ok("shop", owned("OrderCancelled", "reject"));
    desk.ok("shop", owned("OrderReallocated", "park"));
    desk.ok("shop", owned("OrderShipped", "accept"));
    for number in ["1", "2", "3"] {
        desk.ok("shop", order(number));
    }
    desk.no("erp", cancel("1"), "NotSourceOfRecord");
    desk.ok("shop", cancel("1"));
    desk.ok("shop", cancel("OLD"));
    let again = json!({"reallocate_order": {"order": "2", "reason": "customer"}});
    let events = desk.ok("erp", again.clone());
    assert_eq!(events[0]["body"]["ApprovalRequested"]["parking"], "source", "{events}");
    let events = desk.ok("shop", again);
    assert!(events[0]["body"]["OrderReallocated"].is_object(), "the owner's own is taken: {events}");
    let answer =
        desk.told("erp", "mia", &json!({"approve_command": {"approval": 1, "evidence": "they called"}}), 0);
    assert!(answer["receipt"]["events"][1]["body"]["OrderReallocated"].is_object(), "{answer}");
    desk.ok("wms", json!({"ship_order": {"order": "3", "node": "RENO"}}));
    assert_eq!(desk.open(), ["unauthorized_source"], "taken, and told of");
    let mut again = Book::replay(&desk.book.log_since(1).unwrap_or_else(|e| panic!("{e}")))
        .unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(again.state_hash(), desk.book.state_hash());
    again = Book::restore(&desk.book.snapshot()).unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(again.state_hash(), desk.book.state_hash(), "owners are in the snapshot");
}

#[test]
fn clocks_may_be_ahead_as_far_as_the_rule_says() {
    let mut desk = Desk::new();
    let answer = desk.told("shop", "ann", &order("1"), 90);
    assert_eq!(answer["rejection"]["name"], "InvalidInstant", "no rule: {answer}");
    let rule = |event: &str, otherwise: &str| {
        json!({"set_timing_rule": {"event": event, "late_minutes_max": 60, "ahead_minutes_max": 2,
            "otherwise": otherwise, "role": "desk"}})
    };
    desk.ok("shop", rule("OrderPlaced", "reject"));
    desk.ok("shop", rule("OrderCancelled", "park"));
    desk.ok("shop", rule("OrderShipped", "accept"));
    let answer = desk.told("shop", "ann", &order("1"), 120);
    let event = &answer["receipt"]["events"][0];
    assert_eq!(event["occurred_at"], event["at"], "recorded as of the book's time: {answer}");
    let answer = desk.told("shop", "ann", &order("2"), 121);
    assert_eq!(answer["rejection"]["name"], "TooEarly", "{answer}");
    assert_eq!(answer["rejection"]["facts"]["minutes"], 3);
    let answer = desk.told("shop", "ann", &cancel("1"), 600);
    assert_eq!(answer["receipt"]["events"][0]["body"]["ApprovalRequested"]["parking"], "timing", "{answer}");
    let ship = json!({"ship_order": {"order": "1", "node": "RENO"}});
    let answer = desk.told("shop", "ann", &ship, 600);
    assert!(answer["receipt"].is_object(), "{answer}");
    assert!(desk.open().contains(&"early_event".to_owned()), "{:?}", desk.open());
    let reason = json!({"define_reason": {"reason": "other"}});
    let answer = desk.told("shop", "ann", &reason, 60);
    assert_eq!(answer["rejection"]["name"], "InvalidInstant", "an event without a rule: {answer}");
}
