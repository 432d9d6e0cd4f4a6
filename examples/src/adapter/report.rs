//! What an adapter prints: assumptions, an account of every line, the policies' key figures side by side.

use super::data::{Outcome, amount, grouped};
use super::replay::{Notes, replay};
use super::trade::Trade;
use std::fmt::Write;
use std::path::Path;
use stockbook::report::{Page, kpi_table, page};
use stockbook::simulation::Outcome as Run;
use stockbook::*;

/// A trade and where each line of its data went.
#[derive(Clone, Debug)]
pub struct Story {
    /// The trade.
    pub trade: Trade,
    /// What is assumed, in plain sentences.
    pub assumed: Vec<String>,
    /// The account of the data's lines, as text.
    pub accounts: Vec<(String, String)>,
    /// Lines in the file.
    pub source_lines: u64,
    /// Lines used, as orders or as counted otherwise.
    pub used_lines: u64,
    /// What the lines told as orders are worth, in micro-units.
    pub ordered: i64,
}

/// A story told: a book for each policy.
pub struct Results {
    /// Runs by policy, the first one with its files.
    pub runs: Vec<Run>,
    /// What is known of each run beside.
    pub notes: Vec<Notes>,
    /// What is printed.
    pub text: String,
}

/// Tells a story under each of its policies; journals, plan and stock are those of the first.
pub fn tell(story: &Story, out: &Path) -> Outcome<Results> {
    let trade = &story.trade;
    if story.source_lines != story.used_lines {
        let (have, used) = (story.source_lines, story.used_lines);
        return Err(format!("{have} lines in the file, {used} accounted for").into());
    }
    let (mut runs, mut notes) = (Vec::new(), Vec::new());
    for policy in &trade.policies {
        eprintln!("{}: {} …", trade.name, policy.name);
        let folder = runs.is_empty().then_some(out);
        let (run, noted) = replay(trade, policy, folder)?;
        check(story, &run, &noted)?;
        runs.push(run);
        notes.push(noted);
    }
    let text = text(story, &runs, &notes)?;
    std::fs::write(out.join("summary.txt"), &text)?;
    tables(story, &runs, out)?;
    Ok(Results { runs, notes, text })
}

/// Tells a story and gives the text.
pub fn run(story: &Story, out: &Path) -> Outcome<String> {
    Ok(tell(story, out)?.text)
}

/// What must hold after every run.
fn check(story: &Story, run: &Run, notes: &Notes) -> Outcome<()> {
    run.book.verify().map_err(|violation| format!("the book is not sound: {violation:?}"))?;
    let lines: usize = story.trade.facts.iter().map(super::trade::Fact::order_lines).sum();
    let refused: u64 = notes.counts.refused.values().sum();
    if refused == 0 && (notes.counts.lines != lines as u64) {
        return Err("the orders in the book are not the orders of the data".into());
    }
    let balance: i64 = run.book.trial_balance().iter().map(|view| view.balance.micros()).sum();
    if balance != 0 {
        return Err(format!("the journal is off by {}", amount(balance)).into());
    }
    Ok(())
}

fn balance(book: &Book, code: &str) -> i64 {
    let id = book.account_id(code);
    let view = book.trial_balance().into_iter().find(|view| Some(view.account) == id);
    view.map_or(0, |view| view.balance.micros())
}

/// Value of what the orders still wait for or have reserved, at their prices.
fn open_value(book: &Book) -> Outcome<i64> {
    let mut sum = 0;
    for id in 0..book.order_count() {
        let Some(key) = book.order_key(OrderId(u32::try_from(id)?)) else { continue };
        let Answer::Order(view) = book.ask(&Query::Order(DocumentQuery { document: key.to_string() }))?
        else {
            return Err("no such order".into());
        };
        sum += view
            .lines
            .iter()
            .map(|line| (line.reserved + line.backordered) * line.price.micros())
            .sum::<i64>();
    }
    Ok(sum)
}

fn rows(text: &mut String, title: &str, rows: &[(String, String)]) {
    let wide = rows.iter().map(|(what, _)| what.chars().count()).max().unwrap_or(0);
    let right = rows.iter().map(|(_, value)| value.chars().count()).max().unwrap_or(0);
    let _ = writeln!(text, "\n{title}");
    for (what, value) in rows {
        let _ = writeln!(text, "  {what:<wide$}  {value:>right$}");
    }
}

fn text(story: &Story, runs: &[Run], notes: &[Notes]) -> Outcome<String> {
    let mut text = format!("{}\n\n", story.trade.title);
    for sentence in &story.assumed {
        let _ = writeln!(text, "ASSUMED: {sentence}.");
    }
    rows(&mut text, "Every line of the data", &story.accounts);
    let Some((first, noted)) = runs.first().zip(notes.first()) else { return Ok(text) };
    let title = format!("What the book made of them (policy `{}`)", first.policy);
    rows(&mut text, &title, &reconciliation(story, first, noted)?);
    key_figures(&mut text, runs, notes);
    let files = noted.told.clone().unwrap_or_default();
    let _ = writeln!(
        text,
        "\n{} transactions, books tied to the stock {} times; written: {}",
        grouped(files.transactions as i64),
        files.ties,
        files.journals.first().and_then(|p| p.parent()).map(|p| p.display().to_string()).unwrap_or_default()
    );
    Ok(text)
}

/// From the value ordered to the revenue posted, and where the goods went.
fn reconciliation(story: &Story, run: &Run, notes: &Notes) -> Outcome<Vec<(String, String)>> {
    let (book, counts) = (&run.book, &notes.counts);
    let revenue = -balance(book, "4000");
    let open = open_value(book)?;
    let rest = counts.ordered - counts.struck - open - revenue;
    let count = |n: u64| grouped(n as i64);
    let mut rows = vec![
        ("orders placed".to_owned(), count(counts.orders)),
        ("order lines placed".into(), count(counts.lines)),
        (
            "  short when placed (something had to wait)".into(),
            format!(
                "{} ({:.1} %)",
                count(counts.lines_short),
                counts.lines_short as f64 * 100.0 / counts.lines.max(1) as f64
            ),
        ),
        ("value ordered".into(), amount(counts.ordered)),
        ("  of the data's lines".into(), amount(story.ordered)),
        ("  struck by credits before it left".into(), amount(counts.struck)),
        ("  still open at the end".into(), amount(open)),
        ("  shipped: revenue in the journal".into(), amount(revenue)),
        ("  rounding of lines and part shipments to cents".into(), amount(rest)),
        ("purchases by proposal".into(), count(counts.purchases)),
        ("shipments that an earlier parcel had taken along".into(), count(counts.shipments_empty)),
    ];
    let mut more = |what: &str, n: i64| {
        if n != 0 {
            rows.push((what.into(), grouped(n)));
        }
    };
    more("units credited and struck before they left", counts.units_struck);
    more("units credited and come back", counts.units_returned);
    more("units credited beyond what the order had", counts.units_beyond);
    more("units written off or issued", counts.units_lost);
    more("units written off that the assumed stock did not have", counts.units_not_there);
    more("units not sent on because they were not free", counts.units_not_sent);
    if counts.refunded != 0 {
        rows.push(("refunds in the journal".into(), amount(balance(book, "4100"))));
        rows.push((
            "credited beyond what the goods were sold for: money only".into(),
            amount(counts.refund_beyond),
        ));
    }
    for (why, orders) in &counts.refused {
        rows.push((format!("orders refused: {why}"), count(*orders)));
    }
    rows.push(("events recorded".into(), count(book.sequence())));
    rows.push(("state hash".into(), format!("{:016x}", book.state_hash())));
    Ok(rows)
}

fn key_figures(text: &mut String, runs: &[Run], notes: &[Notes]) {
    let _ = writeln!(text, "\n{}", crate::terminal::kpi_table(runs));
    let seconds = runs.iter().zip(notes).map(|(run, notes)| format!("{} {:.1}", run.policy, notes.seconds));
    let _ = writeln!(text, "* = the best of the row. Seconds: {}.", seconds.collect::<Vec<_>>().join(", "));
}

/// Tables and page, as the main program writes them.
fn tables(story: &Story, runs: &[Run], out: &Path) -> Outcome<()> {
    let named: Vec<_> = runs.iter().map(|run| (run.policy.as_str(), &run.kpis)).collect();
    std::fs::write(out.join("kpis.csv"), kpi_table(&named).to_csv())?;
    let Some(first) = runs.first() else { return Ok(()) };
    for table in
        [&first.plan, &first.stock, &first.exceptions, &first.daily, &first.channels, &first.balances]
    {
        std::fs::write(out.join(format!("{}.csv", table.name)), table.to_csv())?;
    }
    let nodes = story.trade.setup.iter().filter_map(|command| match command {
        Command::DefineNode(node) => Some((node.node.clone(), node.place)),
        _ => None,
    });
    let html = page(&Page {
        title: &story.trade.title,
        description: &format!("Assumed: {}.", sentences(&story.assumed)),
        currency: &first.book.configuration().currency,
        seed: story.trade.supply.seed,
        nodes: nodes.collect(),
        stretches: Vec::new(),
        runs: runs.iter().map(Run::on_page).collect(),
    });
    Ok(std::fs::write(out.join("report.html"), html)?)
}

/// As running text: a capital at the beginning of each sentence.
fn sentences(said: &[String]) -> String {
    let capital = |sentence: &String| {
        let mut letters = sentence.chars();
        letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect::<String>()
    };
    said.iter().map(capital).collect::<Vec<_>>().join(". ")
}
