//! Both real data sets end to end: every line accounted for, the book proved, the journals judged.

use crate::checkers::{folder, not_run, satisfied};
use std::path::Path;
use stockbook::{Answer, Nothing, Query};
use stockbook_examples::adapter::data::{self, Outcome};
use stockbook_examples::adapter::report::{Results, Story, tell};
use stockbook_examples::adapter::{adventureworks, online_retail};

/// Reads and tells a data set under the first of its policies; none if the data are absent.
fn told(name: &str, read: fn(&Path) -> Outcome<Story>) -> Option<(Story, Results)> {
    let data = data::folder();
    if !data.join(name).is_dir() {
        not_run(name, &format!("no data in {} (set STOCKBOOK_DATA)", data.display()));
        return None;
    }
    let mut story = read(&data).unwrap();
    story.trade.policies.truncate(1);
    let results = tell(&story, &folder(name)).unwrap();
    println!("{}", results.text);
    Some((story, results))
}

/// What must hold of any run.
fn sound(story: &Story, results: &Results, share: std::ops::Range<f64>) {
    let (run, notes) = (&results.runs[0], &results.notes[0]);
    assert_eq!(story.source_lines, story.used_lines, "every line is accounted for");
    assert!(notes.counts.refused.is_empty(), "{:?}", notes.counts.refused);
    let Answer::Verify(proof) = run.book.ask(&Query::Verify(Nothing {})).unwrap() else { panic!() };
    assert!(
        proof.order_lines == notes.counts.lines
            && proof.inventory_value.micros() == run.kpis.inventory_value_end
    );
    let sum: i64 = run.book.trial_balance().iter().map(|view| view.balance.micros()).sum();
    assert_eq!((sum, run.kpis.journal_balance, run.kpis.oversells_book), (0, 0, 0));
    let short = notes.counts.lines_short as f64 / notes.counts.lines as f64;
    assert!(share.contains(&short), "{short} of the lines are short");
    let told = notes.told.as_ref().unwrap();
    assert!(told.ties > 12, "tied at the end of every month");
    assert!(results.text.contains("ASSUMED: "));
}

#[test]
fn adventureworks_end_to_end() {
    let Some((story, results)) = told("adventureworks", adventureworks::told) else { return };
    sound(&story, &results, 0.03..0.10);
    assert_eq!(story.source_lines, 121_253);
    let notes = &results.notes[0];
    assert_eq!((notes.counts.orders, notes.counts.lines), (31_455, 121_253));
    assert!(results.text.contains("109,809,274.00"), "net amount of all lines");
    satisfied(&folder("adventureworks"));
}

#[test]
fn online_retail_end_to_end() {
    let Some((story, results)) = told("online_retail_uk", online_retail::told) else { return };
    sound(&story, &results, 0.03..0.10);
    assert_eq!(story.source_lines, 541_909);
    let notes = &results.notes[0];
    // 527,792 sales and 34 gifts to known customers.
    assert_eq!(notes.counts.lines, 527_826);
    assert!(results.text.contains("9,747,747.93"), "the sum of all lines, to the cent");
    satisfied(&folder("online_retail_uk"));
}
