//! The pains of peers' users that lie in workflows.

use serde_json::{Value, json};
use stockbook::Book;

/// A book with two nodes, stock, and an order that left.
fn world() -> (Book, u32) {
    let mut book = Book::new();
    let mut minute = 0;
    let place = json!({"lat": "39.53", "lon": "-119.81"});
    let far = json!({"lat": "40.6", "lon": "-75.47"});
    let goods = |sku: &str, cost: &str| json!({"sku": sku, "qty": 100, "unit_cost": cost});
    let stock = json!([goods("TEE", "8"), goods("MUG", "4")]);
    for command in [
        json!({"define_reason": {"reason": "theft"}}),
        json!({"define_sku": {"sku": "TEE", "price": "19.99"}}),
        json!({"define_sku": {"sku": "MUG", "price": "12.50"}}),
        json!({"define_node": {"node": "RENO", "kind": "warehouse", "place": place}}),
        json!({"define_node": {"node": "ALLEN", "kind": "warehouse", "place": far}}),
        json!({"define_channel": {"channel": "web", "promise_hours": 96}}),
        json!({"define_supplier": {"supplier": "ACME", "lead_time_days": 14, "expedite_days": 3}}),
        json!({"receive_goods": {"receipt": "OPEN", "node": "RENO", "lines": stock}}),
        order("O1", &[("TEE", 5)]),
        json!({"ship_order": {"order": "O1", "node": "RENO"}}),
    ] {
        taken(&mut book, &mut minute, "ann", &command);
    }
    (book, minute)
}

fn order(number: &str, lines: &[(&str, i64)]) -> Value {
    let lines: Vec<Value> = lines.iter().map(|(sku, qty)| json!({"sku": sku, "qty": qty})).collect();
    let to = json!({"lat": "34.05", "lon": "-118.24"});
    json!({"place_order": {"order": number, "channel": "web", "to": to, "lines": lines}})
}

fn say(book: &mut Book, minute: &mut u32, actor: &str, command: &Value) -> Value {
    *minute += 1;
    let at = format!("2026-01-05T{:02}:{:02}:00Z", 9 + *minute / 60, *minute % 60);
    let envelope = json!({"id": format!("c{minute}"), "actor": actor, "at": at, "command": command});
    serde_json::from_str(&book.execute_json(envelope.to_string().as_bytes())).expect("an answer is JSON")
}

fn taken(book: &mut Book, minute: &mut u32, actor: &str, command: &Value) {
    let answer = say(book, minute, actor, command);
    assert!(answer["receipt"].is_object(), "{command}: {answer}");
}

fn ask(book: &Book, question: &Value) -> Value {
    let answer = book.ask_json(json!({ "ask": question }).to_string().as_bytes());
    serde_json::from_str(&answer).expect("an answer is JSON")
}

/// A fulfilment screen ignored where an order was reserved and corrupted two sites.
#[test]
fn pain_12_goods_leave_only_where_they_are_reserved() {
    let (mut book, mut at) = world();
    let stock = json!([{"sku": "TEE", "qty": 50, "unit_cost": "8"}]);
    let receive = json!({"receive_goods": {"receipt": "A", "node": "ALLEN", "lines": stock}});
    taken(&mut book, &mut at, "ann", &receive);
    taken(&mut book, &mut at, "ann", &order("O2", &[("TEE", 3)]));
    let held = |node: &str| {
        let answer = ask(&book, &json!({"stock": {"sku": "TEE", "node": node}}));
        answer["answer"]["stock"][0]["reserved"].as_i64()
    };
    let (here, there) = if held("RENO") == Some(3) { ("RENO", "ALLEN") } else { ("ALLEN", "RENO") };
    let before = book.state_hash();
    let answer = say(&mut book, &mut at, "ann", &json!({"ship_order": {"order": "O2", "node": there}}));
    assert_eq!(answer["rejection"]["number"], 404, "{answer}");
    assert_eq!(book.state_hash(), before);
    taken(&mut book, &mut at, "ann", &json!({"ship_order": {"order": "O2", "node": here}}));
    book.verify().unwrap_or_else(|broken| panic!("{broken}"));
}

/// Two carts that lock the same SKUs in opposite order came to a deadlock.
#[test]
fn pain_20_the_order_of_lines_locks_nothing() {
    let (mut book, mut at) = world();
    for round in 0..20 {
        taken(&mut book, &mut at, "ann", &order(&format!("A{round}"), &[("TEE", 1), ("MUG", 1)]));
        taken(&mut book, &mut at, "bob", &order(&format!("B{round}"), &[("MUG", 1), ("TEE", 1)]));
    }
    let answer = ask(&book, &json!({"stock": {"sku": "MUG", "node": "RENO"}}));
    assert_eq!(answer["answer"]["stock"][0]["reserved"], 40, "{answer}");
    book.verify().unwrap_or_else(|broken| panic!("{broken}"));
}

/// Rejected units of a transfer counted twice, and what was in transit never emptied.
#[test]
fn pain_22_a_transfer_counts_each_unit_once() {
    let (mut book, mut at) = world();
    let lines = json!([{"sku": "TEE", "qty": 10}]);
    let send = json!({"ship_transfer": {"transfer": "T", "from": "RENO", "to": "ALLEN", "lines": lines}});
    taken(&mut book, &mut at, "ann", &send);
    let come = |qty: i64, closing: &str| {
        let lines = json!([{"line": 1, "qty": qty}]);
        json!({"receive_transfer": {"transfer": "T", "lines": lines, "closing": closing}})
    };
    taken(&mut book, &mut at, "ann", &come(6, "open"));
    taken(&mut book, &mut at, "ann", &come(1, "short"));
    let answer = ask(&book, &json!({"transfer": {"document": "T"}}));
    let line = &answer["answer"]["transfer"]["lines"][0];
    assert_eq!((line["received"].as_i64(), line["lost"].as_i64()), (Some(7), Some(3)), "{answer}");
    let again = say(&mut book, &mut at, "ann", &come(3, "open"));
    assert_eq!(again["rejection"]["number"], 404, "{again}");
    let broken = |transfer: &str, good: i64, broken: i64, surplus: &str| {
        let line = |qty: i64| json!([{"line": 1, "qty": qty}]);
        let lines = if good > 0 { line(good) } else { json!([]) };
        json!({"receive_transfer": {"transfer": transfer, "lines": lines, "damaged": line(broken),
            "surplus": surplus}})
    };
    let send = json!({"ship_transfer": {"transfer": "U", "from": "RENO", "to": "ALLEN", "lines": lines}});
    taken(&mut book, &mut at, "ann", &send);
    taken(&mut book, &mut at, "ann", &broken("U", 5, 2, "refuse"));
    let before = book.state_hash();
    let slip = say(&mut book, &mut at, "ann", &broken("U", 0, 4, "refuse"));
    assert_eq!(slip["rejection"]["name"], "MoreThanOpen", "{slip}");
    assert_eq!(book.state_hash(), before);
    taken(&mut book, &mut at, "ann", &broken("U", 4, 1, "take"));
    let state = |book: &Book, number: &str| {
        let answer = ask(book, &json!({"transfer": {"document": number}}));
        let lines = answer["answer"]["transfer"]["lines"].as_array().expect("lines");
        ["qty", "received", "lost"].map(|of| lines.iter().filter_map(|line| line[of].as_i64()).sum::<i64>())
    };
    assert_eq!(state(&book, "U"), [10, 10, 0], "sent ten, ten came");
    assert_eq!(state(&book, "U/over"), [2, 2, 0], "and two that nobody had told");
    let stock = |node: &str| {
        let answer = ask(&book, &json!({"stock": {"sku": "TEE", "node": node}}));
        let row = &answer["answer"]["stock"][0];
        (row["on_hand"].as_i64(), row["available"].as_i64())
    };
    assert_eq!(stock("RENO"), (Some(95 - 10 - 12), Some(95 - 10 - 12)));
    assert_eq!(stock("ALLEN"), (Some(7 + 12), Some(7 + 9)), "three of them are damaged: there, not for sale");
    let open = ask(&book, &json!({"exceptions": {}}));
    let open = open["answer"]["exceptions"].as_array().expect("exceptions");
    let units = |code: &str| -> i64 {
        let of = open.iter().filter(|row| row["opened"]["code"] == code);
        of.map(|row| row["opened"]["qty"].as_i64().unwrap_or(0) + row["again"].as_i64().unwrap_or(0)).sum()
    };
    assert_eq!((units("transfer_short"), units("transfer_over")), (3, 2), "{open:?}");
    assert!(units("damaged_goods") > 0, "{open:?}");
    let proof = book.verify().unwrap_or_else(|broken| panic!("{broken}"));
    assert_eq!(proof.in_transit_value.micros(), 0);
}

/// A count was blocked while anything was reserved.
#[test]
fn pain_23_counts_work_while_stock_is_reserved() {
    let (mut book, mut at) = world();
    taken(&mut book, &mut at, "ann", &order("O2", &[("TEE", 90)]));
    taken(
        &mut book,
        &mut at,
        "ann",
        &json!({"set_parameter": {"parameter": "count_recount_units",
        "value": "0", "reason": "no second count"}}),
    );
    let plan = json!({"plan_count": {"count": "C", "node": "RENO", "skus": ["TEE"]}});
    taken(&mut book, &mut at, "ann", &plan);
    let found = json!([{"sku": "TEE", "qty": 80}]);
    taken(&mut book, &mut at, "bob", &json!({"record_count": {"count": "C", "lines": found}}));
    taken(&mut book, &mut at, "mia", &json!({"approve_count": {"count": "C"}}));
    let post = json!({"post_count": {"count": "C", "reason": "theft"}});
    taken(&mut book, &mut at, "ann", &post);
    let stock = |book: &Book| {
        let answer = ask(book, &json!({"stock": {"sku": "TEE", "node": "RENO"}}));
        let row = &answer["answer"]["stock"][0];
        (row["on_hand"].as_i64(), row["reserved"].as_i64())
    };
    assert_eq!(stock(&book), (Some(90), Some(90)), "what is promised stays on the book");
    let struck = json!([{"line": 1, "qty": 10}]);
    let cancel = json!({"cancel_order": {"order": "O2", "reason": "theft", "lines": struck}});
    taken(&mut book, &mut at, "ann", &cancel);
    taken(&mut book, &mut at, "ann", &post);
    assert_eq!(stock(&book), (Some(80), Some(80)));
    book.verify().unwrap_or_else(|broken| panic!("{broken}"));
}
