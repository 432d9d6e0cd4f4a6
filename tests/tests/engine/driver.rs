//! The random driver in small: no difference, every planted bug caught, failures shrunk to vectors.
//!
//! The figures to reach (2,000,000 commands in CI, more before a release) are run by the example `driver`.

use stockbook_tests::driver::plan::Want;
use stockbook_tests::driver::seam::Canary;
use stockbook_tests::driver::{Options, Run, Step, run, shrink};

fn commands() -> u64 {
    std::env::var("STOCKBOOK_DRIVER_COMMANDS").ok().and_then(|n| n.parse().ok()).unwrap_or(20_000)
}

#[test]
fn book_and_model_never_disagree() {
    let summary = run(&Options::new(commands(), 2_026), &mut |_| ());
    if let Some(found) = &summary.found {
        let (steps, what) = shrink::shrink(&found.steps, &found.what, 200);
        panic!("world {}: {}\nshrunk: {what}\n{}", found.world, found.what, shrink::vector(&steps));
    }
    assert!(summary.accepted > summary.commands / 2, "most commands are sound: {summary:?}");
    for event in [
        "HoldExpired",
        "OrderReallocated",
        "TransferReceived",
        "ReturnReceived",
        "ProtectionSet",
        "SubscriptionOrdered",
        "OrderParked",
    ] {
        assert!(summary.events.contains_key(event), "no {event} in {:?}", summary.events);
    }
    for number in [101..200, 201..300, 301..400, 401..500, 501..600, 601..700] {
        assert!(summary.refused.keys().any(|n| number.contains(n)), "no refusal of {number:?}");
    }
}

#[test]
fn every_canary_is_caught() {
    for (canary, name, _) in Canary::ALL {
        let options = Options { canary: Some(*canary), ..Options::new(100_000, 1) };
        let summary = run(&options, &mut |_| ());
        assert!(summary.fired > 0, "{name} was never planted");
        assert!(summary.found.is_some(), "{name} was missed in {} commands", summary.commands);
    }
}

#[test]
fn the_same_seed_gives_the_same_run() {
    let figures = |_| {
        let summary = run(&Options::new(4_000, 77), &mut |_| ());
        (summary.commands, summary.accepted, summary.repeated, summary.refused, summary.events)
    };
    assert_eq!(figures(1), figures(2));
}

#[test]
fn a_failure_is_shrunk_to_what_it_needs() {
    // A difference by construction: the model is told that a reason exists which the book has never heard of.
    let mut world = stockbook_tests::driver::lived(5, 300).unwrap_or_else(|what| panic!("{what}"));
    let steps = std::mem::take(&mut world.steps);
    assert!(shrink::replay(&steps).is_none(), "a sound run has nothing to shrink");
    let text = shrink::vector(&steps);
    for line in text.lines() {
        assert!(serde_json::from_str::<serde_json::Value>(line).is_ok(), "{line}");
    }
    // Said again from the vector, the steps come to the same book.
    let mut again = Run::new(None, 0);
    for step in &steps {
        let outcome = match step {
            Step::Say(envelope) => again.say(envelope, Want::Either),
            Step::Chain(chain) => again.chain(chain),
            Step::Columns(rows) => again.columns(rows),
            Step::Restore => again.restore(),
        };
        outcome.unwrap_or_else(|what| panic!("{what}"));
    }
    assert_eq!(again.seam.book.state_hash(), world.seam.book.state_hash());
}
