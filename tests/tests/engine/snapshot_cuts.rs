//! Broken bytes never load and never crash: cut at every byte, every bit flipped, two snapshots spliced.

use stockbook::*;
use stockbook_tests::driver::lived;
use stockbook_tests::driver::rng::Rng;

fn scale(usual: usize) -> usize {
    std::env::var("STOCKBOOK_CUTS").ok().and_then(|n| n.parse().ok()).unwrap_or(usual)
}

fn book(seed: u64, commands: u64) -> Book {
    lived(seed, commands).unwrap_or_else(|what| panic!("world {seed}: {what}")).seam.book
}

/// A book of a few commands, so that the full product of bytes and bits is small.
fn small() -> Book {
    let mut book = Book::new();
    let at = "2026-01-05T09:00:00Z".parse().unwrap_or_default();
    let commands = [
        r#"{"define_sku":{"sku":"TEE","price":"19.99","costing":"fifo"}}"#,
        r#"{"define_node":{"node":"RENO","kind":"warehouse","place":{"lat":"39.53","lon":"-119.81"}}}"#,
        r#"{"define_channel":{"channel":"web","promise_hours":72}}"#,
        r#"{"receive_goods":{"receipt":"R1","node":"RENO",
            "lines":[{"sku":"TEE","qty":5,"unit_cost":"8.00"}]}}"#,
        r#"{"place_order":{"order":"1001","channel":"web","to":{"lat":"40.0","lon":"-100.0"},
            "lines":[{"sku":"TEE","qty":6}]}}"#,
    ];
    for (id, command) in (1..).zip(commands) {
        let command = serde_json::from_str(command).unwrap_or_else(|error| panic!("{command}: {error}"));
        let envelope = Envelope::new(&format!("c{id}"), at, command);
        book.execute(&envelope).unwrap_or_else(|no| panic!("{no}"));
    }
    book.forget_events(3);
    book
}

fn refused(bytes: &[u8], what: &str) {
    match Book::restore(bytes) {
        Ok(_) => panic!("{what}: a broken snapshot loads"),
        Err(error) => {
            let length = bytes.len() as u64;
            assert!(
                error.offset <= length && !error.problem.is_empty(),
                "{what}: {error:?} of {length} bytes"
            );
        }
    }
}

#[test]
fn a_snapshot_cut_at_any_byte_is_refused() {
    for (seed, commands) in [(1, 60), (2, 200)] {
        let whole = book(seed, commands).snapshot();
        // Every byte of the first and last thousands, and a stride in between.
        let stride = (whole.len() / scale(2_000)).max(1);
        let ends = (0..whole.len()).filter(|at| *at < 1_000 || at + 1_000 > whole.len() || at % stride == 0);
        for at in ends {
            refused(&whole[..at], &format!("cut at {at} of {}", whole.len()));
        }
    }
    let whole = small().snapshot();
    assert!(whole.len() < 8_000, "{} bytes", whole.len());
    for at in 0..whole.len() {
        refused(&whole[..at], &format!("cut at {at}"));
    }
}

#[test]
fn a_snapshot_with_any_bit_flipped_is_refused() {
    let whole = small().snapshot();
    for at in 0..whole.len() {
        for bit in 0..8 {
            let mut flipped = whole.clone();
            flipped[at] ^= 1 << bit;
            refused(&flipped, &format!("bit {bit} of byte {at}"));
        }
    }
    let whole = book(3, 400).snapshot();
    let mut rng = Rng::new(11);
    for _ in 0..scale(2_000) {
        let (at, bit) = (rng.below(whole.len()), rng.below(8));
        let mut flipped = whole.clone();
        flipped[at] ^= 1 << bit;
        refused(&flipped, &format!("bit {bit} of byte {at} of {}", whole.len()));
    }
}

#[test]
fn snapshots_spliced_together_are_refused() {
    let (one, two) = (book(5, 80).snapshot(), book(6, 80).snapshot());
    let mut rng = Rng::new(12);
    for _ in 0..scale(1_000) {
        let (end, start) = (rng.below(one.len()), rng.below(two.len()));
        let spliced = [&one[..end], &two[start..]].concat();
        if spliced != one && spliced != two {
            refused(&spliced, &format!("{end} bytes of one, the other from {start}"));
        }
    }
    for more in [vec![0], vec![0; 100], one.clone()] {
        refused(&[one.clone(), more].concat(), "more bytes than a snapshot");
    }
}

#[test]
fn sums_that_fit_do_not_make_nonsense_load() {
    // A header with lengths out of this world, and noise behind a true header.
    let whole = small().snapshot();
    let mut rng = Rng::new(13);
    for length in [u64::MAX, u64::MAX / 2, 1 << 40, 0] {
        for at in 8..32.min(whole.len() - 8) {
            let mut bytes = whole.clone();
            bytes[at..at + 8].copy_from_slice(&length.to_le_bytes());
            if bytes != whole {
                refused(&bytes, &format!("a length of {length} at {at}"));
            }
        }
    }
    for _ in 0..scale(1_000) {
        let noise: Vec<u8> = (0..rng.below(300)).map(|_| rng.bits() as u8).collect();
        refused(&[&whole[..24.min(whole.len())], &noise[..]].concat(), "noise behind a header");
        refused(&noise, "noise");
    }
}

#[test]
fn a_broken_log_loads_nothing() {
    let book = book(7, 60);
    let log = book.log_since(1).unwrap_or_default();
    let header = book.log_since(book.sequence() + 1).unwrap_or_default().len();
    // Where a frame ends, a shorter log is a log: of fewer events.
    let ends: Vec<usize> = (1..=book.sequence() + 1)
        .map(|from| log.len() - (book.log_since(from).unwrap_or_default().len() - header))
        .collect();
    for at in 0..log.len() {
        match Book::replay(&log[..at]) {
            Ok(shorter) => {
                assert!(ends.contains(&at), "cut at {at}");
                assert!(shorter.sequence() < book.sequence());
            }
            Err(error) => assert!(error.offset <= at as u64, "cut at {at}: {error:?}"),
        }
    }
    let mut rng = Rng::new(14);
    let mut kept = Book::new();
    let before = kept.state_hash();
    for _ in 0..scale(3_000) {
        let (at, bit) = (rng.below(log.len()), rng.below(8));
        let mut flipped = log.clone();
        flipped[at] ^= 1 << bit;
        assert!(kept.apply_log(&flipped).is_err(), "bit {bit} of byte {at}");
        assert_eq!((kept.state_hash(), kept.sequence()), (before, 0), "bit {bit} of byte {at}");
    }
}
