//! Laws that hold for any input, over inputs that nobody chose.

use proptest::prelude::*;
use stockbook::{AdvanceTime, Book, Command, DocKey, Envelope, Instant, Money, Point};

fn command(id: u64, at: i64) -> Envelope {
    Envelope::new(&id.to_string(), Instant::from_micros(at), Command::AdvanceTime(AdvanceTime {}))
}

proptest! {
    /// Money reads what it writes, and JSON carries it as text.
    #[test]
    fn money_text_round_trips(micros in any::<i64>()) {
        let money = Money::from_micros(micros);
        prop_assert_eq!(money.to_string().parse::<Money>(), Ok(money));
        let json = serde_json::to_string(&money).unwrap();
        prop_assert!(json.starts_with('"'));
        prop_assert_eq!(serde_json::from_str::<Money>(&json).unwrap(), money);
    }

    /// Any text either is an amount exactly, or is refused: nothing is rounded on the way in.
    #[test]
    fn no_text_is_rounded(text in "-?[0-9]{1,12}(\\.[0-9]{1,9})?") {
        if let Ok(money) = text.parse::<Money>() {
            let (mut want, shown) = (text.trim_start_matches('-').to_owned(), money.to_string());
            if !want.contains('.') { want.push('.'); }
            let shown = shown.trim_start_matches('-').trim_end_matches('0').to_owned();
            let want = want.trim_end_matches('0').trim_start_matches('0').to_owned();
            prop_assert_eq!(shown.trim_start_matches('0'), want);
        } else {
            let decimals = text.split('.').nth(1).unwrap_or("").trim_end_matches('0').len();
            let whole = text.trim_start_matches('-').split('.').next().unwrap_or("").trim_start_matches('0').len();
            prop_assert!(decimals > 6 || whole > 12, "{} was refused", text);
        }
    }

    /// Distance is symmetric, zero to itself, and never more than half the girth of Earth.
    #[test]
    fn distance_is_a_distance(a in -90.0..90.0f64, b in -180.0..180.0f64, c in -90.0..90.0f64, d in -180.0..180.0f64) {
        let (here, there) = (Point::from_degrees(a, b).unwrap(), Point::from_degrees(c, d).unwrap());
        prop_assert_eq!(here.distance_mm(there), there.distance_mm(here));
        prop_assert_eq!(here.distance_mm(here), 0);
        prop_assert!((0..=20_015_114_443).contains(&here.distance_mm(there)));
    }

    /// A document's number is its text, whatever the text.
    #[test]
    fn document_numbers_are_texts(text in "\\PC{1,24}") {
        prop_assert_eq!(DocKey::from(text.as_str()).to_string(), text);
    }

    /// Any bytes get an answer that is JSON, and change nothing unless they are a receipt.
    #[test]
    fn any_bytes_get_an_answer(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let mut book = Book::new();
        let before = book.state_hash();
        let answer = book.execute_json(&bytes);
        prop_assert!(serde_json::from_str::<serde_json::Value>(&answer).is_ok(), "{}", answer);
        let accepted = answer.starts_with("{\"receipt\"");
        prop_assert!(accepted || book.state_hash() == before);
    }

    /// Time only moves forward, and a command that is refused for it leaves no trace.
    #[test]
    fn time_moves_forward(steps in proptest::collection::vec(0..1_000_000i64, 1..20)) {
        let mut book = Book::new();
        let mut now = i64::MIN;
        for (id, at) in steps.into_iter().enumerate() {
            let before = book.state_hash();
            let accepted = book.execute(&command(id as u64, at)).is_ok();
            prop_assert_eq!(accepted, at >= now);
            if accepted { now = at } else { prop_assert_eq!(book.state_hash(), before) }
        }
    }
}
