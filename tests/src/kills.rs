//! Kills a host that keeps its book, at random points, and holds what it recovers against what it told.

use crate::driver::rng::Rng;
use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

/// What a host tells after each commit: the sequence that its book has reached, and the state's hash.
fn told(line: &str) -> (u64, String) {
    let (sequence, hash) = line.split_once(' ').unwrap_or_else(|| panic!("not `sequence hash`: {line}"));
    (sequence.parse().unwrap_or_else(|_| panic!("no sequence: {line}")), hash.to_owned())
}

/// One life: what the host told until it was killed some microseconds after its first word.
fn life(command: &mut Command, after: Duration) -> Vec<(u64, String)> {
    let mut host =
        command.stdout(Stdio::piped()).spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let out = BufReader::new(host.stdout.take().expect("a pipe"));
    std::thread::scope(|scope| {
        let (first, heard) = std::sync::mpsc::channel();
        let listener = scope.spawn(move || {
            let mut lines = Vec::new();
            for line in out.split(b'\n').map_while(Result::ok) {
                lines.push(String::from_utf8_lossy(&line).into_owned());
                let _ = first.send(());
            }
            lines
        });
        let begun = heard.recv_timeout(Duration::from_secs(60)).is_ok();
        std::thread::sleep(after);
        host.kill().expect("a host can be killed");
        host.wait().expect("a host ends");
        let lines = listener.join().expect("the listener ends");
        assert!(begun, "the host said nothing: {command:?}");
        // A line that the kill cut is not counted.
        let whole = |line: &&String| line.split_once(' ').is_some_and(|(_, hash)| hash.len() == 16);
        lines.iter().filter(whole).map(|line| told(line)).collect()
    })
}

/// Starts a host again and again on one file and kills it each time. Whatever it told is there in its next
/// life, with the same hash; in the end the file holds what one undisturbed life would have come to.
///
/// # Panics
/// When something told was lost, or came back as something else.
pub fn outlives_kills(folder: &Path, times: u32, host: impl Fn(&Path, &str) -> Command) {
    let _ = fs::remove_dir_all(folder);
    fs::create_dir_all(folder).expect("target/ can be written to");
    let file = folder.join("shop.db");
    let mut dice = Rng::new(2_026);
    let mut known: BTreeMap<u64, String> = BTreeMap::new();
    let mut unheard = 0u32;
    for round in 0..times {
        let lines = life(&mut host(&file, "1000000"), Duration::from_micros(dice.bits() % 40_000));
        let (recovered, _) = lines.first().expect("it tells where it stands");
        if let Some((last, _)) = known.last_key_value() {
            assert!(recovered >= last, "round {round}: {last} was told, {recovered} came back");
            // Committed, and killed before it could say so.
            unheard += u32::from(recovered > last);
        }
        for (sequence, hash) in lines {
            let same = known.entry(sequence).or_insert_with(|| hash.clone());
            assert_eq!(*same, hash, "round {round}: the state at {sequence} is another");
        }
    }
    let (last, _) = known.last_key_value().expect("something was told");
    // An undisturbed life on a file of its own, until it has come as far.
    let mut twin = host(&folder.join("twin.db"), "1000000").stdout(Stdio::piped()).spawn().expect("a host");
    let out = BufReader::new(twin.stdout.take().expect("a pipe"));
    let mut compared = 0;
    for line in out.lines().map_while(Result::ok) {
        let (sequence, hash) = told(&line);
        if let Some(known) = known.get(&sequence) {
            assert_eq!(*known, hash, "the state at {sequence} is another than undisturbed");
            compared += 1;
        }
        if sequence >= *last {
            break;
        }
    }
    twin.kill().expect("a host can be killed");
    twin.wait().expect("a host ends");
    assert!(compared > 0, "nothing was compared");
    println!("{times} kills, {last} events, {compared} states compared, {unheard} commits found unheard");
}
