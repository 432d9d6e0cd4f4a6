//! Hostile JSON: whatever comes in, one JSON object goes out, in time, and what is refused changes nothing.

use std::time::{Duration, Instant as Clock};
use stockbook::*;
use stockbook_tests::driver::rng::Rng;
use stockbook_tests::driver::{Step, lived};

fn scale(usual: usize) -> usize {
    std::env::var("STOCKBOOK_HOSTILE").ok().and_then(|n| n.parse().ok()).unwrap_or(usual)
}

/// 10 ms a kilobyte, and as much again for a small request on a busy machine; debug builds get ten times
/// that.
fn in_time(start: Clock, bytes: usize) {
    let slow = if cfg!(debug_assertions) { 10 } else { 1 };
    let most = Duration::from_millis(100 + 10 * (bytes as u64 / 1_024 + 1)) * slow;
    assert!(start.elapsed() < most, "{bytes} bytes took {:?}", start.elapsed());
}

/// Says bytes to a copy of the book: the answer is one object of a known key, and a refusal leaves no trace.
fn say(book: &Book, bytes: &[u8]) -> serde_json::Value {
    let mut copy = book.clone();
    let start = Clock::now();
    let answer = copy.execute_json(bytes);
    in_time(start, bytes.len());
    let shown = || String::from_utf8_lossy(&bytes[..bytes.len().min(300)]).into_owned();
    let value: serde_json::Value =
        serde_json::from_str(&answer).unwrap_or_else(|error| panic!("{error}: `{answer}` to {}", shown()));
    let known = ["receipt", "receipts", "answer", "rejection"];
    assert!(known.iter().any(|key| value.get(key).is_some()), "{answer} to {}", shown());
    if value.get("rejection").is_some() {
        assert_eq!(copy.state_hash(), book.state_hash(), "{}", shown());
        assert!(value["rejection"]["number"].is_u64() && value["rejection"]["help"].is_string(), "{answer}");
    }
    let asked = book.ask_json(bytes);
    assert!(serde_json::from_str::<serde_json::Value>(&asked).is_ok(), "{asked} to {}", shown());
    value
}

fn refused(book: &Book, bytes: &[u8]) {
    let answer = say(book, bytes);
    assert!(
        answer.get("rejection").is_some(),
        "{answer} to {}",
        String::from_utf8_lossy(&bytes[..bytes.len().min(300)])
    );
}

/// A world and commands of every kind that were said in it.
fn world() -> (Book, Vec<String>) {
    let run = lived(40, 500).unwrap_or_else(|what| panic!("{what}"));
    let mut words = Vec::new();
    let mut texts = Vec::new();
    for step in &run.steps {
        let Step::Say(envelope) = step else { continue };
        let count = words.iter().filter(|word| **word == envelope.command.word()).count();
        if count < 8 {
            words.push(envelope.command.word());
            texts.push(serde_json::to_string(envelope).unwrap_or_default());
        }
    }
    assert!(texts.len() > 80, "{}", texts.len());
    (run.seam.book, texts)
}

const SOUND: &str = r#"{"id":"h1","at":"2030-01-05T09:00:00Z","command":{"advance_time":{}}}"#;

#[test]
fn what_is_no_request_is_refused() {
    let book = Book::new();
    assert!(say(&book, SOUND.as_bytes()).get("receipt").is_some(), "the sound one passes");
    let wrapped = |inner: &str| SOUND.replace("{\"advance_time\":{}}", inner).into_bytes();
    let many_digits = "1".repeat(100_000);
    let mut cases: Vec<Vec<u8>> = [
        "",
        " ",
        "null",
        "true",
        "0",
        "\"\"",
        "[]",
        "{}",
        "NaN",
        "-Infinity",
        "{]",
        "{\"id\":}",
        "//",
        "{\"ask\":null}",
        "{\"ask\":{}}",
        "{\"chain\":[]}",
        "{\"chain\":{}}",
        "{\"chain\":[{}]}",
        "{\"ask\":{\"stock\":{\"sku\":5}}}",
        "{\"id\":\"a\",\"id\":\"b\"}",
        "\u{feff}{}",
        "{\"\\ud800\":1}",
        "{\"id\":\"\\ud800\"}",
        "{\"id\":\"\\u0000\"}",
    ]
    .iter()
    .map(|text| text.as_bytes().to_vec())
    .collect();
    cases.push(wrapped(&format!(
        "{{\"resolve_exception\":{{\"exception\":{many_digits},\"resolution\":\"\"}}}}"
    )));
    cases.push(wrapped("{\"resolve_exception\":{\"exception\":1e400,\"resolution\":\"\"}}"));
    cases.push(wrapped("{\"resolve_exception\":{\"exception\":1.5,\"resolution\":\"\"}}"));
    cases.push(wrapped("{\"resolve_exception\":{\"exception\":NaN,\"resolution\":\"\"}}"));
    cases.push(wrapped("{\"define_sku\":{\"sku\":\"A\",\"price\":1.5}}"));
    cases.push(wrapped("{\"define_sku\":{\"sku\":\"A\",\"price\":\"1e3\"}}"));
    cases.push(wrapped(&format!("{{\"define_sku\":{{\"sku\":\"A\",\"price\":\"{many_digits}\"}}}}")));
    cases.push(wrapped("{\"define_sku\":{\"sku\":\"A\",\"sku\":\"B\"}}"));
    cases.push(wrapped("{\"define_sku\":{\"sku\":\"A\",\"colour\":\"red\"}}"));
    cases.push(wrapped("{\"advance_time\":{},\"define_reason\":{\"reason\":\"a\"}}"));
    cases.push(wrapped("{\"dance\":{}}"));
    // Rows have names: a place in a list would mean another field when one is added.
    cases.push(wrapped("{\"define_sku\":[\"A\"]}"));
    cases.push(wrapped("{\"advance_time\":[]}"));
    cases.push(b"[\"h1\",\"2030-01-05T09:00:00Z\",{\"advance_time\":{}}]".to_vec());
    cases.push(wrapped(
        "{\"define_node\":{\"node\":\"N\",\"kind\":\"warehouse\",\"place\":[\"40\",\"-75\"]}}",
    ));
    cases.push(wrapped("\"advance_time\""));
    cases.push(SOUND.replace("\"id\":\"h1\"", "\"id\":\"h1\",\"id\":\"h2\"").into_bytes());
    cases.push(SOUND.replace("2030-01-05T09:00:00Z", "2030-02-30T09:00:00Z").into_bytes());
    cases.push(SOUND.replace("2030-01-05T09:00:00Z", "2030-01-05").into_bytes());
    cases.push([SOUND.as_bytes(), SOUND.as_bytes()].concat());
    cases.push([&[0xef, 0xbb, 0xbf], SOUND.as_bytes()].concat());
    cases.push([SOUND.as_bytes(), b"\0"].concat());
    cases.push(vec![0xff, 0xfe, 0x00]);
    cases.push(vec![b'"', 0xc0, 0x80, b'"']);
    for case in &cases {
        refused(&book, case);
    }
}

#[test]
fn deep_and_large_requests_are_refused_in_time() {
    let book = Book::new();
    for (open, close) in [("[", "]"), ("{\"a\":", "}"), ("[{\"chain\":", "}]")] {
        for depth in [33, 1_000, 1_000_000] {
            refused(&book, open.repeat(depth).as_bytes());
            refused(&book, format!("{}1{}", open.repeat(depth), close.repeat(depth)).as_bytes());
            let inside =
                format!("{{\"id\":\"a\",\"command\":{}1{}}}", open.repeat(depth), close.repeat(depth));
            refused(&book, inside.as_bytes());
        }
    }
    let large = 64 << 20;
    refused(&book, &vec![b' '; large]);
    refused(&book, &vec![b'['; large]);
    refused(&book, &vec![0; large]);
    refused(&book, format!("{{\"id\":\"{}\"}}", "a".repeat(large)).as_bytes());
    refused(&book, format!("{{\"id\":\"{}\"}}", "\\u0061".repeat(2 << 20)).as_bytes());
}

#[test]
fn limits_hold_at_the_limit_and_one_beyond() {
    let (book, _) = world();
    // Not centuries later: what falls due until then would be done first.
    let at = book.now();
    let command = |id: usize| format!(r#"{{"id":"z{id}","at":"{at}","command":{{"advance_time":{{}}}}}}"#);
    for (count, passes) in [(1_000, true), (1_001, false)] {
        let chain: Vec<String> = (0..count).map(command).collect();
        let answer = say(&book, format!("{{\"chain\":[{}]}}", chain.join(",")).as_bytes());
        assert_eq!(answer.get("receipts").is_some(), passes, "a chain of {count}: {answer}");
    }
    for (bytes, passes) in [(64, true), (65, false)] {
        let reason = "r".repeat(bytes);
        let define = format!(
            r#"{{"id":"z","at":"{at}",
                "command":{{"define_reason":{{"reason":"{reason}"}}}}}}"#
        );
        assert_eq!(say(&book, define.as_bytes()).get("receipt").is_some(), passes, "a code of {bytes} bytes");
    }
}

#[test]
fn a_command_cut_anywhere_is_refused() {
    let (book, texts) = world();
    for text in texts.iter().take(scale(60)) {
        for end in 0..text.len() {
            // Cut bytes are refused before they are looked at: no copy of the book is needed to see that.
            let answer = book.ask_json(&text.as_bytes()[..end]);
            assert!(answer.starts_with("{\"rejection\""), "{answer}");
        }
        let mut copy = book.clone();
        let before = copy.state_hash();
        for end in 0..text.len() {
            let answer = copy.execute_json(&text.as_bytes()[..end]);
            assert!(answer.starts_with("{\"rejection\""), "{answer} to {}", &text[..end.min(200)]);
        }
        assert_eq!(copy.state_hash(), before);
    }
}

#[test]
fn a_command_with_any_byte_changed_gets_an_answer() {
    let (book, texts) = world();
    let mut rng = Rng::new(21);
    let mut accepted = 0;
    for text in texts.iter().rev().take(scale(12)) {
        for at in 0..text.len() {
            for _ in 0..2 {
                let mut bytes = text.clone().into_bytes();
                bytes[at] = match rng.below(4) {
                    0 => rng.bits() as u8,
                    1 => bytes[at] ^ (1 << rng.below(8)),
                    2 => *rng.pick(b"{}[]\",:\\0-. \n\x00"),
                    _ => bytes[at].wrapping_add(1),
                };
                accepted += usize::from(say(&book, &bytes).get("receipt").is_some());
            }
        }
    }
    assert!(accepted > 0, "some changes, as in a number of a command that is new, are sound");
}

#[test]
fn questions_are_answered_without_a_trace() {
    let (book, _) = world();
    let before = book.state_hash();
    for ask in [
        r#"{"ask":{"stock":{"sku":"K0"}}}"#,
        r#"{"ask":{"stock":{"sku":"no such"}}}"#,
        r#"{"ask":{"trial_balance":{}}}"#,
        r#"{"ask":{"exceptions":{}}}"#,
        r#"{"ask":{"proposals":{}}}"#,
        r#"{"ask":{"events":{"from":1,"most":4294967295}}}"#,
        r#"{"ask":{"events":{"from":18446744073709551615}}}"#,
        r#"{"ask":{"verify":{}}}"#,
        r#"{"ask":{"status":{}}}"#,
        r#"{"ask":{"policy":{}}}"#,
        r#"{"ask":{"posting_rules":{}}}"#,
    ] {
        let answer = say(&book, ask.as_bytes());
        let refused = ask.contains("no such");
        assert_eq!(answer.get("rejection").is_some(), refused, "{ask}: {answer}");
    }
    assert_eq!(book.state_hash(), before);
}
