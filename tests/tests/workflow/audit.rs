//! The chain over the record finds what was done to it; and what is told in another order comes to the same.

use serde_json::{Value, json};
use stockbook::Book;

fn say(book: &mut Book, id: usize, minute: usize, occurred: Option<usize>, command: &Value) {
    let time = |minute: usize| format!("2026-01-05T{:02}:{:02}:00Z", 9 + minute / 60, minute % 60);
    let mut envelope = json!({"id": id.to_string(), "at": time(minute), "command": command});
    if let Some(minute) = occurred {
        envelope["occurred_at"] = json!(time(minute));
    }
    let answer = book.execute_json(envelope.to_string().as_bytes());
    assert!(answer.starts_with("{\"receipt"), "{answer}");
}

fn ask(book: &Book, word: &str, body: Value) -> Value {
    let answer = book.ask_json(json!({"ask": {word: body}}).to_string().as_bytes());
    let answer: Value = serde_json::from_str(&answer).unwrap_or_else(|e| panic!("{e}: {answer}"));
    assert!(answer["rejection"].is_null(), "{answer}");
    answer["answer"][word].clone()
}

fn furnish(late: &str) -> (Book, usize) {
    let mut book = Book::new();
    let place = json!({"lat": "0", "lon": "0"});
    let commands = [
        json!({"define_sku": {"sku": "TEE", "price": "20"}}),
        json!({"define_node": {"node": "N", "kind": "warehouse", "place": place}}),
        json!({"define_channel": {"channel": "web", "promise_hours": 96}}),
        json!({"define_reason": {"reason": "r"}}),
        json!({"set_valuation": {"late": late}}),
    ];
    let mut id = 0;
    for command in commands.iter().filter(|command| !late.is_empty() || command["set_valuation"].is_null()) {
        id += 1;
        say(&mut book, id, id, None, command);
    }
    (book, id)
}

fn receipt(number: &str, qty: i64, cost: &str) -> Value {
    json!({"receive_goods": {"receipt": number, "node": "N",
        "lines": [{"sku": "TEE", "qty": qty, "unit_cost": cost}]}})
}

/// A book that received so many units one after the other.
fn trade(quantities: &[i64]) -> Book {
    let (mut book, first) = furnish("");
    for (at, qty) in (first + 1..).zip(quantities) {
        say(&mut book, at, at, None, &receipt(&format!("R{at}"), *qty, "2"));
    }
    book
}

fn log(book: &Book) -> Vec<u8> {
    book.log_since(1).unwrap_or_else(|e| panic!("{e}"))
}

/// The frames of a log, after its head.
fn frames(log: &[u8]) -> Vec<Vec<u8>> {
    let mut rest = &log[8..];
    let mut frames = Vec::new();
    while !rest.is_empty() {
        let length = u64::from_le_bytes(rest[..8].try_into().expect("eight bytes")) as usize;
        let (frame, others) = rest.split_at(16 + length);
        frames.push(frame.to_vec());
        rest = others;
    }
    frames
}

#[test]
fn a_changed_missing_or_reordered_event_is_found() {
    let book = trade(&[3, 4, 5, 6]);
    let chain = book.audit_chain(1, [0; 32], 100).unwrap_or_else(|e| panic!("{e}"));
    let kept: Vec<String> = chain.into_iter().map(|link| link.digest).collect();
    let (log, last) = (log(&book), kept.len() as u64);
    let check = |log: &[u8]| Book::check_log(log, &kept);
    assert_eq!(check(&log), Ok(()));
    let forged = |frames: &[Vec<u8>]| [log[..8].to_vec(), frames.concat()].concat();
    let good = frames(&log);

    // Forged so well that every checksum and number fits: only the chain knows.
    assert_eq!(check(&self::log(&trade(&[3, 9, 5, 6]))), Err(last - 2), "another quantity");
    assert_eq!(check(&self::log(&trade(&[3, 5, 6]))), Err(last - 2), "one receipt never was");
    assert_eq!(check(&self::log(&trade(&[3, 5, 4, 6]))), Err(last - 2), "two receipts changed places");
    assert_eq!(check(&self::log(&trade(&[3, 4, 5]))), Err(last), "the last one never was");

    // Forged in the file: what cannot be read is found too, and where.
    for at in 0..good.len() {
        let number = at as u64 + 1;
        let mut flipped = good.clone();
        if let Some(byte) = flipped[at].last_mut() {
            *byte ^= 1;
        }
        assert_eq!(check(&forged(&flipped)), Err(number), "a bit of event {number}");
        let mut without = good.clone();
        without.remove(at);
        assert_eq!(check(&forged(&without)), Err(number), "event {number} taken out");
        let mut cut = log.clone();
        cut.truncate(8 + good[..at].concat().len() + 20);
        assert_eq!(check(&cut), Err(number), "the log ends within event {number}");
        if at + 1 < good.len() {
            let mut swapped = good.clone();
            swapped.swap(at, at + 1);
            assert_eq!(check(&forged(&swapped)), Err(number), "events {number} and the next changed places");
        }
        let mut twice = good.clone();
        twice.insert(at, good[at].clone());
        let found = check(&forged(&twice));
        let last_again = at + 1 == good.len() && found == Ok(());
        assert!(last_again || found == Err(number + 1), "event {number} twice: {found:?}");
    }
}

/// Quantities, and all value that there ever was: what is in stock and what was spent.
fn standing(book: &Book) -> (Value, Vec<(String, String)>) {
    let stock = ask(book, "stock", json!({"sku": "TEE", "node": "N"}));
    let balances = ask(book, "trial_balance", json!({}));
    let balance = |row: &Value| {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        (text(&row["account"]), text(&row["balance"]))
    };
    (stock[0]["on_hand"].clone(), balances.as_array().into_iter().flatten().map(balance).collect())
}

#[test]
fn two_books_told_the_same_facts_in_another_order_agree() {
    // What happened: 10 in at 2.00, 6 lost, 10 in at 3.50, 5 lost; minutes 100, 110, 120 and 130.
    let loss = |number: &str, qty: i64| {
        json!({"adjust_stock": {"adjustment": number, "node": "N", "reason": "r",
            "lines": [{"sku": "TEE", "qty": -qty}]}})
    };
    let facts = [
        (100, receipt("A", 10, "2")),
        (110, loss("B", 6)),
        (120, receipt("C", 10, "3.50")),
        (130, loss("D", 5)),
    ];
    let told = |late: &str, order: [usize; 4]| {
        let (mut book, first) = furnish(late);
        for (at, fact) in order.iter().enumerate() {
            let (occurred, command) = &facts[*fact];
            say(&mut book, first + 1 + at, 200 + at, Some(*occurred), command);
        }
        book.verify().unwrap_or_else(|e| panic!("{e}"));
        standing(&book)
    };
    let in_order = told("replay", [0, 1, 2, 3]);
    assert_eq!(in_order.0, json!(9));
    for order in [[0, 2, 1, 3], [2, 0, 1, 3], [2, 0, 3, 1], [0, 2, 3, 1]] {
        assert_eq!(told("replay", order), in_order, "{order:?}: costs are found anew, so value agrees too");
        let prospective = told("prospective", order);
        assert_eq!(prospective.0, in_order.0, "{order:?}: units agree whatever the costs do");
    }
}
