//! A failure made small: commands are left out as long as the same kind of difference stays.

use super::plan::Want;
use super::{Run, Step};

/// The kind of a difference: its words before the first figure.
fn kind(what: &str) -> &str {
    what.split(|c: char| c == ':' || c.is_ascii_digit()).next().unwrap_or("")
}

/// Says steps to a fresh book and model: the first difference, and how many steps it took.
pub fn replay(steps: &[Step]) -> Option<(usize, String)> {
    let mut run = Run::new(None, 0);
    for (number, step) in steps.iter().enumerate() {
        let outcome = match step {
            Step::Say(envelope) => run.say(envelope, Want::Either),
            Step::Chain(chain) => run.chain(chain),
            Step::Columns(rows) => run.columns(rows),
            Step::Restore => run.restore(),
        };
        if let Err(what) = outcome {
            return Some((number + 1, what));
        }
    }
    run.finish().err().map(|what| (steps.len(), what))
}

/// Leaves out what the difference does not need, within a number of trials.
pub fn shrink(steps: &[Step], what: &str, trials: usize) -> (Vec<Step>, String) {
    let same =
        |found: &Option<(usize, String)>| found.as_ref().is_some_and(|(_, found)| kind(found) == kind(what));
    let (mut steps, mut what) = (steps.to_vec(), what.to_owned());
    match replay(&steps) {
        Some((needed, found)) if kind(&found) == kind(&what) => {
            steps.truncate(needed);
            what = found;
        }
        _ => return (steps, what),
    }
    let mut size = steps.len() / 2;
    let mut left = trials;
    while size > 0 && left > 0 {
        let mut at = steps.len().saturating_sub(1);
        while at > 0 && left > 0 {
            let from = at.saturating_sub(size);
            let mut fewer = steps[..from].to_vec();
            fewer.extend_from_slice(&steps[at..]);
            left -= 1;
            let found = replay(&fewer);
            if same(&found) {
                let (needed, text) = found.unwrap_or_default();
                fewer.truncate(needed);
                (steps, what) = (fewer, text);
            }
            at = from.min(steps.len().saturating_sub(1));
        }
        size /= 2;
    }
    (steps, what)
}

/// Steps as a vector file: one request a line.
pub fn vector(steps: &[Step]) -> String {
    let mut text = String::new();
    for step in steps {
        let line = match step {
            Step::Say(envelope) => serde_json::to_string(envelope),
            Step::Chain(chain) => serde_json::to_string(&serde_json::json!({ "chain": chain })),
            // Rows are commands; a vector says them one by one.
            Step::Columns(rows) => {
                rows.iter().for_each(|row| {
                    text.push_str(&format!("{}\n", serde_json::to_string(row).unwrap_or_default()))
                });
                continue;
            }
            // A vector is restored after every line anyway.
            Step::Restore => continue,
        };
        text.push_str(&line.unwrap_or_default());
        text.push('\n');
    }
    text
}
