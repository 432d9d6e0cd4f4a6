//! Replay equals live: after every prefix, from every snapshot, under any delivery.

use stockbook::*;
use stockbook_tests::driver::plan::Want;
use stockbook_tests::driver::{Run, Step, lived};

fn scale(name: &str, usual: u64) -> u64 {
    std::env::var(name).ok().and_then(|n| n.parse().ok()).unwrap_or(usual)
}

fn world(seed: u64, commands: u64) -> Run {
    lived(seed, commands).unwrap_or_else(|what| panic!("world {seed}: {what}"))
}

/// The frames of a log: each event's bytes under the header, as a log of one event.
fn logs_of_one(book: &Book) -> Vec<Vec<u8>> {
    let header = book.log_since(book.sequence() + 1).unwrap_or_default();
    let mut logs = Vec::new();
    let mut rest = book.log_since(1).unwrap_or_default();
    let mut body = rest.split_off(header.len());
    for sequence in 1..=book.sequence() {
        let after = book.log_since(sequence + 1).unwrap_or_default().len() - header.len();
        let frame = body.drain(..body.len() - after).collect::<Vec<u8>>();
        logs.push([header.clone(), frame].concat());
    }
    logs
}

#[test]
fn every_prefix_replays_to_the_live_hash() {
    for seed in 0..scale("STOCKBOOK_REPLAY_RUNS", 6) {
        let past = world(seed, scale("STOCKBOOK_REPLAY_EVENTS", 400));
        // Live: the same steps once more, hash by hash.
        let mut live = Run::new(None, 0);
        let mut hashes = vec![(0, Book::new().state_hash())];
        for step in &past.steps {
            let outcome = match step {
                Step::Say(envelope) => live.say(envelope, Want::Either),
                Step::Chain(chain) => live.chain(chain),
                Step::Columns(rows) => live.columns(rows),
                Step::Restore => Ok(()),
            };
            outcome.unwrap_or_else(|what| panic!("{what}"));
            hashes.push((live.seam.book.sequence(), live.seam.book.state_hash()));
        }
        // Replayed: event by event.
        let mut replayed = Book::new();
        for log in logs_of_one(&live.seam.book) {
            let sequence = replayed.apply_log(&log).unwrap_or_else(|error| panic!("{error}"));
            for (_, hash) in hashes.iter().filter(|(at, _)| *at == sequence) {
                assert_eq!(replayed.state_hash(), *hash, "seed {seed}, after event {sequence}");
            }
        }
        assert_eq!(replayed.state_hash(), past.seam.book.state_hash());
        assert_eq!(replayed.snapshot(), live.seam.book.snapshot(), "not only the hash, every byte");
        replayed.verify().unwrap_or_else(|broken| panic!("{broken}"));
    }
}

#[test]
fn a_snapshot_and_the_rest_of_the_log_give_the_same_book() {
    let past = world(3, 500);
    let whole = &past.seam.book;
    let log = whole.log_since(1).unwrap_or_default();
    for cut in [1, 17, whole.sequence() / 2, whole.sequence() - 1] {
        let mut early = Book::new();
        for one in logs_of_one(whole).into_iter().take(usize::try_from(cut).unwrap_or(0)) {
            early.apply_log(&one).unwrap_or_else(|error| panic!("{error}"));
        }
        let mut restored = Book::restore(&early.snapshot()).unwrap_or_else(|error| panic!("{error}"));
        restored
            .apply_log(&whole.log_since(cut + 1).unwrap_or_default())
            .unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(restored.state_hash(), whole.state_hash(), "cut at {cut}");
    }
    assert_eq!(Book::replay(&log).map(|book| book.state_hash()), Ok(whole.state_hash()));
}

#[test]
fn a_log_that_does_not_fit_changes_nothing() {
    let past = world(4, 300);
    let (whole, mut early) = (&past.seam.book, Book::new());
    let logs = logs_of_one(whole);
    for one in &logs[..40] {
        early.apply_log(one).unwrap_or_else(|error| panic!("{error}"));
    }
    let (hash, bytes) = (early.state_hash(), early.snapshot());
    // A gap, a repetition, and events that fit followed by one that does not.
    let gap = whole.log_since(60).unwrap_or_default();
    let header = whole.log_since(whole.sequence() + 1).unwrap_or_default().len();
    let twice = [logs[40].clone(), logs[41][header..].to_vec(), logs[40][header..].to_vec()].concat();
    for bad in [gap, logs[10].clone(), twice, Vec::new(), b"no log at all".to_vec()] {
        assert!(early.apply_log(&bad).is_err());
        assert_eq!((early.state_hash(), early.snapshot()), (hash, bytes.clone()));
    }
}

#[test]
fn a_day_delivered_again_changes_nothing() {
    for seed in 10..14 {
        let past = world(seed, 400);
        // A receipt or shipment that came by columns is known by its columns, not by its typed sister.
        let by_columns: Vec<&str> = past
            .steps
            .iter()
            .filter_map(|step| if let Step::Columns(rows) = step { Some(rows) } else { None })
            .flatten()
            .filter(|row| !matches!(row.command, Command::PlaceOrder(_)))
            .map(|row| row.id.as_str())
            .collect();
        let mut said = past.model.said.clone();
        said.retain(|(envelope, _)| !by_columns.contains(&envelope.id.as_str()));
        let mut book = past.seam.book;
        let before = (book.state_hash(), book.snapshot());
        // In order, then backwards: every delivery gets the first receipt.
        for (envelope, sequence) in said.iter().chain(said.iter().rev()) {
            let receipt = book.execute(envelope).unwrap_or_else(|no| panic!("{}: {no}", envelope.id));
            assert_eq!((receipt.sequence, receipt.repeated), (*sequence, true));
        }
        assert_eq!((book.state_hash(), book.snapshot()), before);
    }
}

#[test]
fn a_refusal_is_the_same_on_every_retry() {
    let past = world(20, 600);
    let mut book = past.seam.book;
    let mut refused = 0;
    for step in &past.steps {
        let Step::Say(envelope) = step else { continue };
        let before = book.state_hash();
        if let Err(first) = book.execute(envelope) {
            refused += 1;
            assert_eq!(book.execute(envelope), Err(first));
            assert_eq!(book.state_hash(), before);
        }
    }
    assert!(refused > 50, "{refused}");
}

#[test]
fn resequenced_deliveries_come_to_the_same_state() {
    // What comes too early or too late by the clock is refused unseen; delivered in order at last, it all
    // fits.
    let past = world(30, 500);
    let said: Vec<Envelope> = past.model.said.iter().map(|(envelope, _)| (**envelope).clone()).collect();
    let mut book = Book::new();
    let mut next = 0;
    let mut state = 7u64;
    while next < said.len() {
        // A delivery of something that was already said, at random; then the one that is due.
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let random = (state >> 33) as usize % (next + 1);
        if random < next {
            assert!(book.execute(&said[random]).is_ok_and(|receipt| receipt.repeated));
        }
        let receipt = book.execute(&said[next]).unwrap_or_else(|no| panic!("{}: {no}", said[next].id));
        assert!(!receipt.repeated);
        next += 1;
    }
    assert_eq!(book.state_hash(), past.seam.book.state_hash());
}
