//! Orders as columns: what a row may leave out, and what no row may say.

use serde_json::json;
use stockbook::*;
use stockbook_tests::shop::Shop;

/// A book with one SKU at one node, and a channel.
fn book() -> Book {
    let mut shop = Shop::new();
    for (word, body) in [
        ("define_sku", json!({"sku": "TEE", "price": "24.00"})),
        (
            "define_node",
            json!({"node": "RENO", "kind": "warehouse", "place": {"lat": "39.5", "lon": "-119.8"}}),
        ),
        ("define_channel", json!({"channel": "web", "promise_hours": 240})),
    ] {
        let answer = shop.say(word, body);
        assert!(answer.get("receipt").is_some(), "{answer}");
    }
    shop.book
}

/// Two orders of one line each.
fn columns<'a>(book: &Book, at: &'a [i64; 2], ids: &'a mut [u32; 2]) -> OrderColumns<'a> {
    *ids = [book.channel_id("web").map_or(9, |id| id.0), book.sku_id("TEE").map_or(9, |id| id.0)];
    assert_eq!(*ids, [0, 0]);
    OrderColumns {
        command: &[1, 2],
        order: &[1, 2],
        at,
        channel: ids,
        lat: &[0, 0],
        lon: &[0, 0],
        line_start: &[0, 1, 2],
        sku: &[0, 0],
        qty: &[1, 1],
        ..OrderColumns::default()
    }
}

fn order(book: &Book, number: &str) -> OrderView {
    let query = Query::Order(DocumentQuery { document: number.into() });
    match book.ask(&query) {
        Ok(Answer::Order(view)) => *view,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_row_may_leave_out_what_others_give() {
    let mut book = book();
    let at = [book.now().micros(); 2];
    let due = book.now().plus_seconds(3_600);
    let mut ids = [0; 2];
    let columns = OrderColumns {
        deliver_by: &[due.micros(), NOT_GIVEN],
        price: &[NOT_GIVEN, 5_000_000],
        ..columns(&book, &at, &mut ids)
    };
    let done = book.place_orders(&columns).expect("columns that fit");
    assert_eq!(done.rejection, [0, 0]);
    let (first, second) = (order(&book, "1"), order(&book, "2"));
    assert_eq!((first.deliver_by, first.lines[0].price), (due, Money::from_cents(24_00)));
    let promised = Instant::from_micros(at[1]).plus_seconds(240 * 3_600);
    assert_eq!((second.deliver_by, second.lines[0].price), (promised, Money::from_cents(5_00)));
    // Said in full form, the same order is the same content.
    let said = json!({"id": "2", "at": Instant::from_micros(at[1]), "command": {"place_order": {
        "order": "2", "channel": "web", "to": {"lat": "0", "lon": "0"},
        "lines": [{"sku": "TEE", "qty": 1, "price": "5.00"}]}}});
    let answer = book.execute_json(said.to_string().as_bytes());
    assert!(answer.contains(r#""repeated":true"#), "{answer}");
}

#[test]
fn a_commitment_is_own_or_external() {
    let mut book = book();
    let (at, before) = ([book.now().micros(); 2], book.state_hash());
    let mut ids = [0; 2];
    let columns = OrderColumns { commitment: &[1, 2], ..columns(&book, &at, &mut ids) };
    let refused = book.place_orders(&columns).expect_err("2 is no commitment");
    assert!(matches!(&refused, Rejection::InvalidField { field, .. } if field == "commitment"), "{refused}");
    assert_eq!(book.state_hash(), before, "nothing is placed");
}
