//! Stock as it was, and stock as others say it is: as-of answers against a naive recomputation, and a thousand
//! planted faults of a statement with the confusion matrix of their causes.
//!
//! See the matrix with `cargo test -p stockbook-tests --test stock reconciliation -- --nocapture`.

use serde_json::{Value, json};
use std::collections::BTreeMap;
use stockbook::{Book, Instant, as_of};
use stockbook_tests::shop::Shop;

/// Small seeded dice.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: i64) -> i64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as i64 % sides
    }
}

const START: i64 = 1_767_571_200_000_000;

fn at(minutes: i64) -> Instant {
    Instant::from_micros(START).plus_seconds(minutes * 60)
}

fn say(book: &mut Book, id: usize, minutes: i64, occurred: Option<i64>, word: &str, body: &Value) -> Value {
    let mut command = json!({"id": id.to_string(), "at": at(minutes), "command": {word: body}});
    if let Some(occurred) = occurred {
        command["occurred_at"] = json!(at(occurred));
    }
    let answer = book.execute_json(command.to_string().as_bytes());
    serde_json::from_str(&answer).unwrap_or_else(|e| panic!("{e}: {answer}"))
}

fn ask(book: &Book, word: &str, body: Value) -> Value {
    let answer = book.ask_json(json!({"ask": {word: body}}).to_string().as_bytes());
    let answer: Value = serde_json::from_str(&answer).unwrap_or_else(|e| panic!("{e}: {answer}"));
    assert!(answer["rejection"].is_null(), "{answer}");
    answer["answer"][word].clone()
}

/// Nodes and SKUs; each SKU counts by cases of 12 too.
fn furnish(book: &mut Book, skus: i64, nodes: i64) -> usize {
    let mut id = 0;
    let mut define = |word: &str, body: Value| {
        id += 1;
        let answer = say(book, id, 0, None, word, &body);
        assert!(answer["rejection"].is_null(), "{answer}");
    };
    define(
        "configure_book",
        json!({"currency": "USD", "currency_digits": 2, "idempotency_window": 100_000,
        "event_window": 1_000_000}),
    );
    define("define_reason", json!({"reason": "r"}));
    define("define_channel", json!({"channel": "web", "promise_hours": 96}));
    for node in 0..nodes {
        let place = json!({"lat": node.to_string(), "lon": "0"});
        define("define_node", json!({"node": format!("N{node}"), "kind": "warehouse", "place": place}));
    }
    for sku in 0..skus {
        let units = json!([{"unit": "case", "base": 12, "count": 1}]);
        define("define_sku", json!({"sku": format!("S{sku}"), "price": "10", "units": units}));
    }
    id
}

fn receive(number: usize, sku: i64, node: i64, qty: i64) -> Value {
    let lines = json!([{"sku": format!("S{sku}"), "qty": qty, "unit_cost": "5"}]);
    json!({"receipt": format!("R{number}"), "node": format!("N{node}"), "lines": lines})
}

fn adjust(number: usize, sku: i64, node: i64, qty: i64) -> Value {
    let lines = json!([{"sku": format!("S{sku}"), "qty": qty}]);
    json!({"adjustment": format!("A{number}"), "node": format!("N{node}"), "reason": "r", "lines": lines})
}

#[test]
fn as_of_is_what_the_events_sum_to() {
    let mut book = Book::new();
    let mut dice = Dice(3);
    let mut id = furnish(&mut book, 4, 3);
    let mut snapshots = Vec::new();
    // What was recorded when, and when it happened: kept apart from the book.
    let mut facts: Vec<(i64, i64, String, String, i64)> = Vec::new();
    for step in 0..600 {
        id += 1;
        let (sku, node) = (dice.roll(4), dice.roll(3));
        let late = if dice.roll(3) == 0 { dice.roll(300) } else { 0 };
        let (now, occurred) = (step + 1, (step + 1 - late).max(0));
        let gain = dice.roll(2) == 0;
        let qty = 1 + dice.roll(9);
        let answer = if gain {
            say(&mut book, id, now, Some(occurred), "receive_goods", &receive(id, sku, node, qty))
        } else {
            say(&mut book, id, now, Some(occurred), "adjust_stock", &adjust(id, sku, node, -qty))
        };
        if answer["rejection"].is_null() {
            let qty = if gain { qty } else { -qty };
            facts.push((now, occurred, format!("S{sku}"), format!("N{node}"), qty));
        }
        if step % 97 == 50 {
            snapshots.push(book.snapshot());
        }
    }
    assert!(facts.len() > 350, "{}", facts.len());
    let log = book.log_since(1).expect("the window has all");
    let slices: Vec<&[u8]> = snapshots.iter().map(Vec::as_slice).collect();
    let (mut compared, mut continued) = (0, 0);
    for _ in 0..150 {
        let (true_at, known_at) = (dice.roll(620), dice.roll(620));
        let mut want: BTreeMap<(String, String), i64> = BTreeMap::new();
        let counts = |fact: &&(i64, i64, String, String, i64)| fact.0 <= known_at && fact.1 <= true_at;
        for (_, _, sku, node, qty) in facts.iter().filter(counts) {
            *want.entry((sku.clone(), node.clone())).or_default() += qty;
        }
        want.retain(|_, qty| *qty != 0);
        let view = as_of(&slices, &log, at(true_at), at(known_at)).expect("whole bytes");
        let rows = view.rows.iter().filter(|row| row.on_hand != 0);
        let found: BTreeMap<(String, String), i64> =
            rows.map(|row| ((row.sku.clone(), row.node.clone()), row.on_hand)).collect();
        assert_eq!(found, want, "true at {true_at}, known at {known_at}");
        assert_eq!(as_of(&[], &log, at(true_at), at(known_at)).expect("whole bytes").rows, view.rows);
        compared += want.len();
        continued += usize::from(view.snapshot > 0);
    }
    assert!(compared > 500 && continued > 50, "{compared} {continued}");
    // The same by JSON, from a log that begins behind the snapshot; a gap is refused.
    let first = stockbook_tests::as_base64(&snapshots[1]);
    let from = Book::restore(&snapshots[1]).expect("a snapshot").sequence() + 1;
    let rest = stockbook_tests::as_base64(&book.log_since(from).expect("the window has it"));
    let query = json!({"true_at": at(400), "known_at": at(500), "snapshots": [first], "log": rest});
    let view = ask(&Book::new(), "as_of", query);
    let typed = as_of(&slices, &log, at(400), at(500)).expect("whole bytes");
    assert_eq!(view["rows"], serde_json::to_value(&typed.rows).expect("JSON"));
    assert!(as_of(&[], &book.log_since(from).expect("the window has it"), at(400), at(500)).is_err());
}

const CAUSES: [&str; 5] = ["late", "missing", "duplicated", "wrong_unit", "wrong_node"];
const MINUTES_A_DAY: i64 = 1_440;

/// A year of one node pair and SKU: its movements as (minute, quantity).
#[test]
fn a_thousand_planted_faults_are_found() {
    let mut book = Book::new();
    let mut dice = Dice(17);
    let (skus, nodes) = (260, 10);
    let mut id = furnish(&mut book, skus, nodes);
    // Thirty days of movements in every cell: receipts by the case, sales and corrections by the piece.
    let mut moved: BTreeMap<(i64, i64), Vec<(i64, i64)>> = BTreeMap::new();
    for minute in 1..30 * MINUTES_A_DAY {
        if dice.roll(3) != 0 {
            continue;
        }
        let (sku, node) = (dice.roll(skus), dice.roll(nodes));
        let list = moved.entry((sku, node)).or_default();
        let there: i64 = list.iter().map(|(_, qty)| qty).sum();
        let down = 1 + dice.roll(60);
        let qty = if list.is_empty() || there < down || dice.roll(3) == 0 {
            12 * (4 + dice.roll(40))
        } else {
            -down
        };
        id += 1;
        let answer = if qty > 0 {
            say(&mut book, id, minute, None, "receive_goods", &receive(id, sku, node, qty))
        } else {
            say(&mut book, id, minute, None, "adjust_stock", &adjust(id, sku, node, qty))
        };
        assert!(answer["rejection"].is_null(), "{answer}");
        list.push((minute, qty));
    }
    // A statement as of day 28, noon: two hours in flight, three days late at worst.
    let as_of = 28 * MINUTES_A_DAY;
    let (flight, late) = (120, 3 * MINUTES_A_DAY);
    let mut planted: BTreeMap<(i64, i64), &str> = BTreeMap::new();
    let mut told: BTreeMap<(i64, i64), i64> = BTreeMap::new();
    let (mut lagging, mut clean) = (0, 0);
    let keys: Vec<(i64, i64)> = moved.keys().copied().collect();
    for key in &keys {
        let before: Vec<(i64, i64)> =
            moved[key].iter().copied().filter(|(minute, _)| *minute <= as_of).collect();
        let truth: i64 = before.iter().map(|(_, qty)| qty).sum();
        told.entry(*key).or_insert(truth);
        if planted.contains_key(key) {
            continue;
        }
        let aged = |from: i64, to: i64| {
            let old: Vec<i64> = before
                .iter()
                .filter(|(m, _)| (from..to).contains(&(as_of - m)))
                .map(|(_, qty)| *qty)
                .collect();
            old
        };
        let pick = |dice: &mut Dice, list: Vec<i64>| {
            (!list.is_empty()).then(|| list[dice.roll(list.len() as i64) as usize])
        };
        let young: i64 = aged(0, flight).iter().sum();
        match dice.roll(8) {
            0 => {
                if let Some(qty) = pick(&mut dice, aged(flight, late)) {
                    told.insert(*key, truth - qty);
                    planted.insert(*key, "late");
                }
            }
            1 => {
                if let Some(qty) = pick(&mut dice, aged(late, i64::MAX)) {
                    told.insert(*key, truth - qty);
                    planted.insert(*key, "missing");
                }
            }
            2 => {
                if let Some(qty) = pick(&mut dice, aged(flight, i64::MAX)) {
                    told.insert(*key, truth + qty);
                    planted.insert(*key, "duplicated");
                }
            }
            3 => {
                // A receipt of cases counted as pieces, or of pieces as cases.
                let receipts = aged(flight, i64::MAX).into_iter().filter(|qty| *qty > 0).collect();
                if let Some(qty) = pick(&mut dice, receipts) {
                    let wrong = if dice.roll(2) == 0 { qty * 12 } else { qty / 12 };
                    told.insert(*key, truth - qty + wrong);
                    planted.insert(*key, "wrong_unit");
                }
            }
            4 => {
                let other = (key.0, (key.1 + 1) % nodes);
                let free = moved.contains_key(&other) && !planted.contains_key(&other);
                if let (true, Some(qty)) = (free, pick(&mut dice, aged(flight, i64::MAX))) {
                    let there = |(minute, _): &&(i64, i64)| *minute <= as_of;
                    let truth_there: i64 = moved[&other].iter().filter(there).map(|(_, qty)| qty).sum();
                    told.insert(*key, truth - qty);
                    told.insert(other, truth_there + qty);
                    planted.insert(*key, "wrong_node");
                    planted.insert(other, "wrong_node");
                }
            }
            5 if young != 0 => {
                told.insert(*key, truth - young);
                lagging += 1;
            }
            _ => clean += 1,
        }
    }
    let faults = planted.len();
    assert!(faults >= 1_000, "only {faults} faults");
    let lines: Vec<Value> = told
        .iter()
        .map(|((sku, node), qty)| json!({"sku": format!("S{sku}"), "node": format!("N{node}"), "qty": qty}))
        .collect();
    let reasons: Vec<Value> =
        ["missing", "duplicated", "unknown"].map(|cause| json!({"cause": cause, "reason": "r"})).to_vec();
    let view = ask(
        &book,
        "reconcile",
        json!({"statement": "wms", "as_of": at(as_of), "lines": lines,
        "flight_s": flight * 60, "late_s": late * 60, "reasons": reasons}),
    );
    let matrix = confusion(&view, &planted);
    println!("{faults} faults, {lagging} cells with movements in flight, {clean} sound cells");
    println!(
        "{}: units {} %, cells {} %, value {} %",
        view["statement"],
        view["units_percent"].as_str().unwrap(),
        view["skus_percent"].as_str().unwrap(),
        view["value_percent"].as_str().unwrap()
    );
    let mut right = 0;
    for cause in CAUSES {
        let row: BTreeMap<&String, usize> =
            matrix.iter().filter(|((p, _), _)| p == cause).map(|((_, f), n)| (f, *n)).collect();
        println!("planted {cause:<11} found {row:?}");
        right += matrix.get(&(cause.to_owned(), cause.to_owned())).copied().unwrap_or(0);
        let all: usize = row.values().sum();
        let hit = matrix.get(&(cause.to_owned(), cause.to_owned())).copied().unwrap_or(0);
        assert!(all >= 80, "{all} of {cause}");
        assert!(hit * 100 >= all * 80, "{cause}: {hit} of {all}");
    }
    println!("{right} of {faults} causes named right");
    assert!(right * 100 >= faults * 90, "{right} of {faults}");
    // Every fault is seen, no sound cell is accused, and proposals have the sizes of the differences.
    let accused = |key: &(String, String)| !key.1.is_empty() && key.0 == "none";
    assert!(!matrix.keys().any(accused), "{matrix:?}");
    for proposal in view["proposals"].as_array().expect("a list") {
        let same = |line: &&Value| line["sku"] == proposal["sku"] && line["node"] == proposal["node"];
        let line = view["lines"].as_array().expect("a list").iter().find(same).expect("its line");
        let (stated, had) = (line["stated"].as_i64().expect("units"), line["book"].as_i64().expect("units"));
        assert_eq!(proposal["qty"].as_i64(), Some(stated - had));
    }
}

/// How many of each planted cause were found as what. In flight and sound cells are planted as "none".
fn confusion(view: &Value, planted: &BTreeMap<(i64, i64), &str>) -> BTreeMap<(String, String), usize> {
    let mut matrix: BTreeMap<(String, String), usize> = BTreeMap::new();
    let mut open = planted.clone();
    for line in view["lines"].as_array().expect("a list") {
        let number =
            |field: &str| line[field].as_str().and_then(|code| code[1..].parse().ok()).expect("a code");
        let cause = open.remove(&(number("sku"), number("node")));
        let found = line["cause"].as_str().unwrap_or("in_flight");
        if cause.is_none() && found == "in_flight" {
            continue;
        }
        *matrix.entry((cause.unwrap_or("none").to_owned(), found.to_owned())).or_default() += 1;
    }
    for cause in open.values() {
        *matrix.entry(((*cause).to_owned(), "not seen".to_owned())).or_default() += 1;
    }
    matrix
}

/// A window too short for a statement's movements says how much of the past it has lost.
#[test]
fn a_short_window_says_what_it_lost() {
    let reconcile = |window: u32| {
        let mut book = Book::new();
        let windows = json!({"currency": "USD", "currency_digits": 2, "idempotency_window": 100,
            "event_window": window});
        let node = json!({"node": "N0", "kind": "warehouse", "place": {"lat": "0", "lon": "0"}});
        let said = [
            ("configure_book", windows),
            ("define_node", node),
            ("define_sku", json!({"sku": "S0", "price": "10"})),
            ("receive_goods", receive(1, 0, 0, 5)),
            ("receive_goods", receive(2, 0, 0, 5)),
            ("receive_goods", receive(3, 0, 0, 5)),
        ];
        for (id, (word, body)) in said.iter().enumerate() {
            let answer = say(&mut book, id, id as i64, None, word, body);
            assert!(answer["rejection"].is_null(), "{answer}");
        }
        let lines = json!([{"sku": "S0", "node": "N0", "qty": 15}]);
        let about =
            json!({"statement": "wms", "as_of": at(5), "lines": lines, "late_s": 3_600, "flight_s": 60});
        ask(&book, "reconcile", about)["events_lost"].clone()
    };
    assert_eq!((reconcile(100), reconcile(2)), (json!(0), json!(4)));
}

/// A statement with each cause once, and what agrees and what is under way: every figure by hand.
#[test]
fn every_cause_is_named_with_its_document() {
    let mut book = Book::new();
    let mut id = furnish(&mut book, 11, 2);
    let days = |days: i64| days * MINUTES_A_DAY;
    let as_of = days(10);
    let mut play = |minute: i64, word: &str, body: Value| {
        id += 1;
        let answer = say(&mut book, id, minute, None, word, &body);
        assert!(answer["rejection"].is_null(), "{answer}");
    };
    // S0 agrees, S1 was never there; the others differ, each in its own way.
    let first = [(0, 10), (2, 10), (3, 10), (4, 10), (5, 10), (6, 10), (7, 24), (8, 36), (9, 10), (10, 10)];
    for (sku, qty) in first {
        play(1, "receive_goods", receive(sku as usize, sku, 0, qty));
    }
    play(1, "receive_goods", receive(109, 9, 1, 6));
    play(days(1), "receive_goods", receive(107, 7, 0, 5));
    play(days(2), "receive_goods", receive(105, 5, 0, 4));
    play(days(3), "receive_goods", receive(106, 6, 0, 4));
    play(days(9), "receive_goods", receive(104, 4, 0, 4));
    play(as_of - 10, "adjust_stock", adjust(102, 2, 0, -3));
    play(as_of + 20, "receive_goods", receive(103, 3, 0, 2));
    let told = [
        (0, 0, 10),
        (1, 0, 0),
        (2, 0, 10),
        (3, 0, 12),
        (4, 0, 10),
        (5, 0, 10),
        (6, 0, 18),
        (7, 0, 7),
        (8, 0, 3),
        (9, 0, 4),
        (9, 1, 12),
        (10, 0, 7),
    ];
    let line = |(sku, node, qty): &(i64, i64, i64)| {
        let (sku, node) = (format!("S{sku}"), format!("N{node}"));
        json!({"sku": sku, "node": node, "qty": qty})
    };
    let lines: Vec<Value> = told.iter().map(line).collect();
    let about = |as_of: i64| {
        json!({"statement": "wms", "as_of": at(as_of), "lines": lines, "flight_s": 3_600,
            "late_s": 3 * 86_400, "reasons": [{"cause": "missing", "reason": "r"}]})
    };
    let view = ask(&book, "reconcile", about(as_of));
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let row = |line: &Value| {
        let cause = text(&line["cause"]);
        (text(&line["sku"]), line["book"].as_i64().expect("units"), cause, text(&line["document"]))
    };
    let found: Vec<_> = view["lines"].as_array().expect("lines").iter().map(row).collect();
    let want = [
        ("S2", 7, "-", "A102"),           // three left ten minutes before: the other side lags
        ("S3", 10, "-", "R103"),          // two came twenty minutes after: it is ahead
        ("S4", 14, "late", "R104"),       // four of a day before
        ("S5", 14, "missing", "R105"),    // four of eight days before
        ("S6", 14, "duplicated", "R106"), // four counted twice
        ("S7", 29, "wrong_unit", "R7"),   // of 24 + 5 the 24 came in as two cases
        ("S8", 36, "wrong_unit", ""),     // all of it as three cases
        ("S9", 10, "wrong_node", ""),     // six of N0 told at N1
        ("S9", 6, "wrong_node", ""),
        ("S10", 10, "unknown", ""),
    ];
    let want: Vec<_> =
        want.iter().map(|(s, b, c, d)| (s.to_string(), *b, c.to_string(), d.to_string())).collect();
    assert_eq!(found, want);
    assert_eq!((&view["matched"], &view["in_flight"]), (&json!(2), &json!(2)));
    assert_eq!((&view["lines"][7]["other"], &view["lines"][8]["other"]), (&json!("N1"), &json!("N0")));
    // 160 units in the book, off by 4 + 4 + 4 + 22 + 33 + 6 + 6 + 3 = 82, at 5 each; of twelve lines four
    // agree.
    let figure = |name: &str| text(&view[name]).parse::<f64>().expect("a number");
    assert_eq!((figure("units_percent"), figure("value_percent")), (48.75, 48.75));
    assert_eq!((figure("skus_percent"), figure("value_at_variance")), (33.333333, 410.0));
    assert_eq!(view["proposals"].as_array().map(Vec::len), Some(1));
    assert_eq!((&view["proposals"][0]["sku"], &view["proposals"][0]["qty"]), (&json!("S5"), &json!(-4)));
    // A week later, said again: what was under way is missing, what was late too, what was ahead is there.
    let said = book.execute_json(
        json!({"id": "later", "at": at(days(17)), "command": {"advance_time": {}}}).to_string().as_bytes(),
    );
    assert!(said.starts_with("{\"receipt\""), "{said}");
    let view = ask(&book, "reconcile", about(days(17)));
    let found: Vec<_> = view["lines"].as_array().expect("lines").iter().map(row).take(2).collect();
    let missing = |sku: &str, book, document: &str| (sku.into(), book, "missing".into(), document.into());
    assert_eq!(found, [missing("S2", 7, "A102"), missing("S4", 14, "R104")]);
    assert_eq!((&view["matched"], &view["in_flight"]), (&json!(3), &json!(0)));
}

/// A statement in the ids under which a channel lists SKUs, some of it in cases of twelve.
#[test]
fn a_channel_speaks_in_its_own_ids_and_units() {
    let mut book = Book::new();
    let id = furnish(&mut book, 2, 1);
    for (at, (word, body)) in [
        ("set_listing", json!({"channel": "web", "sku": "S0", "listing": "B00-S0"})),
        ("receive_goods", receive(1, 0, 0, 36)),
        ("receive_goods", receive(2, 1, 0, 29)),
    ]
    .iter()
    .enumerate()
    {
        let answer = say(&mut book, id + 1 + at, 1, None, word, body);
        assert!(answer["rejection"].is_null(), "{answer}");
    }
    let about = |channel: Value, sku: &str, qty: i64, unit: Value| {
        let line = json!({"sku": sku, "node": "N0", "qty": qty, "unit": unit});
        let about = json!({"statement": "listed", "as_of": at(2), "lines": [line], "flight_s": 0, "late_s": 0,
            "channel": channel});
        let answer = book.ask_json(json!({"ask": {"reconcile": about}}).to_string().as_bytes());
        let answer: Value = serde_json::from_str(&answer).expect("JSON");
        let view = &answer["answer"]["reconcile"];
        let refused = answer["rejection"]["name"].as_str().map(str::to_owned);
        refused.ok_or((view["matched"].clone(), view["lines"][0]["stated"].clone()))
    };
    let web = || json!("web");
    assert_eq!(about(web(), "B00-S0", 3, json!("case")), Err((json!(1), Value::Null)), "3 cases are 36");
    assert_eq!(about(web(), "B00-S0", 36, Value::Null), Err((json!(1), Value::Null)));
    assert_eq!(
        about(web(), "S1", 2, json!("case")),
        Err((json!(0), json!(24))),
        "24 are stated, 29 are there"
    );
    assert_eq!(about(web(), "S1", 0, json!("case")), Err((json!(0), json!(0))));
    assert_eq!(about(Value::Null, "B00-S0", 36, Value::Null), Ok("UnknownSku".to_owned()));
    assert_eq!(about(web(), "S1", 2, json!("pallet")), Ok("UnknownUnit".to_owned()));
    assert_eq!(about(json!("no"), "S1", 2, Value::Null), Ok("UnknownChannel".to_owned()));
}

/// Five units came at ten and were told at noon: what was true at eleven and what was known at eleven differ.
#[test]
fn a_backdated_fact_was_true_before_it_was_known() {
    let mut book = Book::new();
    let mut id = furnish(&mut book, 1, 1);
    let hours = |hours: i64| hours * 60;
    let mut play = |minute: i64, occurred: Option<i64>, word: &str, body: Value| {
        id += 1;
        let answer = say(&mut book, id, minute, occurred, word, &body);
        assert!(answer["rejection"].is_null(), "{answer}");
    };
    play(hours(9), None, "receive_goods", receive(1, 0, 0, 10));
    play(hours(12), Some(hours(10)), "receive_goods", receive(2, 0, 0, 5));
    let line = json!([{"sku": "S0", "node": "N0", "qty": 4}]);
    let hold = json!({"hold": "H", "channel": "web", "lines": line, "expires_at": at(hours(100))});
    play(hours(13), None, "hold_stock", hold);
    // Two were lost at eleven, and that was found out the next day.
    play(hours(30), Some(hours(11)), "adjust_stock", adjust(3, 0, 0, -2));
    let log = book.log_since(1).expect("the window has all");
    let stock = |true_at: i64, known_at: i64| {
        let view = as_of(&[], &log, at(true_at), at(known_at)).expect("whole bytes");
        let row = view.rows.first();
        row.map_or((0, 0, 0), |row| (row.on_hand, row.reserved, row.value.micros() / 1_000_000))
    };
    // What was true then, by what is known now; a unit costs 5.
    let now = hours(48);
    let truth = [8, 9, 10, 11, 13].map(|hour| stock(hours(hour), now));
    assert_eq!(truth, [(0, 0, 0), (10, 0, 50), (15, 0, 75), (13, 0, 65), (13, 4, 65)]);
    // What was held true then.
    let known = [8, 9, 11, 12, 13, 30].map(|hour| stock(hours(hour), hours(hour)));
    assert_eq!(known, [(0, 0, 0), (10, 0, 50), (10, 0, 50), (15, 0, 75), (15, 4, 75), (13, 4, 65)]);
    // What was said at noon of ten o'clock, and the next day of eleven.
    assert_eq!((stock(hours(10), hours(12)), stock(hours(11), hours(29))), ((15, 0, 75), (15, 0, 75)));
}

/// The vector that asks for two times carries the log of the very story that it tells.
#[test]
fn the_vector_of_two_times_carries_its_own_log() {
    let path = stockbook_tests::generated::root().join("tests/vectors/stock/as_of.in.jsonl");
    let lines = std::fs::read_to_string(path).expect("the vector");
    let mut book = Book::new();
    let mut asked = 0;
    for line in lines.lines() {
        let mut said: Value = serde_json::from_str(line).expect("JSON");
        if said["ask"]["as_of"]["log"].is_null() {
            book.execute_json(line.as_bytes());
            continue;
        }
        let answer = book.ask_json(line.as_bytes());
        if answer.starts_with("{\"rejection\"") {
            continue;
        }
        let log = book.log_since(1).expect("the window has all");
        said["ask"]["as_of"]["log"] = json!(stockbook_tests::as_base64(&log));
        assert_eq!(book.ask_json(said.to_string().as_bytes()), answer);
        asked += 1;
    }
    assert!(asked >= 5, "{asked}");
}

/// What a complete statement of a node does not name is not there: the book's goods are a variance.
#[test]
fn what_a_complete_statement_leaves_out_is_zero() {
    let mut shop = Shop::new();
    for (node, lat) in [("A", "39"), ("B", "40")] {
        let place = json!({"lat": lat, "lon": "-119"});
        shop.ok("define_node", json!({"node": node, "kind": "warehouse", "place": place}));
    }
    for sku in ["CAP", "JAR", "TEE"] {
        shop.ok("define_sku", json!({"sku": sku}));
    }
    shop.receive("R1", "A", "TEE", 6);
    shop.receive("R2", "A", "JAR", 4);
    shop.receive("R3", "B", "CAP", 9);
    let mut about = json!({"statement": "wms", "as_of": "2026-02-01T00:00:00Z", "flight_s": 0, "late_s": 0,
        "lines": [{"sku": "TEE", "node": "A", "qty": 6}]});
    let partial = shop.ask("reconcile", about.clone());
    assert_eq!((&partial["matched"], &partial["lines"]), (&json!(1), &json!([])));
    about["complete"] = json!(["A"]);
    let whole = shop.ask("reconcile", about.clone());
    let lines = whole["lines"].as_array().expect("lines");
    assert_eq!((&whole["matched"], lines.len()), (&json!(1), 1), "B is none of its nodes: {whole}");
    let found = (&lines[0]["sku"], &lines[0]["stated"], &lines[0]["book"], &lines[0]["cause"]);
    assert_eq!(found, (&json!("JAR"), &json!(0), &json!(4), &json!("missing")));
    // Six of ten units agree, at 4 each.
    let figures = (&whole["units_percent"], &whole["value_at_variance"], &whole["skus_percent"]);
    assert_eq!(figures, (&json!("60.00"), &json!("16.00"), &json!("50.00")));
    // Goods that the statement has at B, and does not name at A, are on the wrong node.
    about["lines"] = json!([{"sku": "TEE", "node": "A", "qty": 6}, {"sku": "JAR", "node": "B", "qty": 4}]);
    let moved = shop.ask("reconcile", about.clone());
    let causes: Vec<&Value> =
        moved["lines"].as_array().expect("lines").iter().map(|line| &line["cause"]).collect();
    assert_eq!(causes, ["wrong_node", "wrong_node"]);
    about["complete"] = json!(["C"]);
    let answer = shop.book.execute_json(json!({"ask": {"reconcile": about}}).to_string().as_bytes());
    assert!(answer.contains("UnknownNode"), "{answer}");
}
