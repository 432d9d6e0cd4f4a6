//! The main job: an order stream through a network under several policies, side by side.
//!
//! `cargo run --release --example stockbook` runs the bundled scenario; `-- --help` tells the rest.

use std::fmt;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Instant;
use stockbook::report::{Measuring, Page, Period, Run, kpi_table, page};
use stockbook::simulation::*;
use stockbook::{Book, Dimension, Event, Journal, JournalForm, MeasureView, Policy, Rejection};
use stockbook_examples::{policies, sheets, sheets_out, terminal};

const HELP: &str = "\
Runs an order stream through a network under several policies and puts the results side by side.

  stockbook [options]                     the bundled scenario: the seed story, three policies
  stockbook --network DIR [options]       your own CSV files

  --orders N             orders of the bundled scenario (100000)
  --seed S               seed of the bundled scenario and of returns (1)
  --network DIR          read the network from CSV files in DIR
  --orders-csv FILE      read the orders from FILE (DIR/orders.csv)
  --policy FILE...       policies to compare, in TOML or JSON (the three of examples/policies; with --network those
                         of them that name no channel: nearest and cheapest)
  --out DIR              where results are written (out)
  --metrics              the metrics of every run on the page as well; that takes as long as the runs again
  --write-network DIR    write the bundled scenario as CSV files to DIR, a template for your own, and end
  --help                 this

Results: report.html (open it in a browser), kpis.csv, and for the first policy plan.csv, stock.csv, exceptions.csv,
daily.csv, channels.csv, balances.csv, journal.hledger (for hledger and ledger) and journal.beancount.
Exit code: 0, or 2 where the input is bad; then nothing was run.
";

struct Arguments {
    orders: u32,
    seed: u64,
    out: PathBuf,
    policies: Vec<PathBuf>,
    orders_csv: Option<PathBuf>,
    network: Option<PathBuf>,
    write_network: Option<PathBuf>,
    metrics: bool,
    help: bool,
}

fn arguments(words: impl Iterator<Item = String>) -> Result<Arguments, String> {
    let mut known = Arguments {
        orders: 100_000,
        seed: 1,
        out: "out".into(),
        policies: Vec::new(),
        orders_csv: None,
        network: None,
        write_network: None,
        metrics: false,
        help: false,
    };
    let mut words = words.peekable();
    while let Some(word) = words.next() {
        let mut value = || words.next_if(|w| !w.starts_with("--")).ok_or(format!("{word} needs a value"));
        match word.as_str() {
            "--orders" => {
                let text = value()?;
                let number = text.parse().ok().filter(|n| (1..=100_000_000).contains(n));
                known.orders =
                    number.ok_or(format!("--orders: `{text}` is not a number from 1 to 100000000"))?;
            }
            "--seed" => {
                let text = value()?;
                known.seed = text.parse().map_err(|_| format!("--seed: `{text}` is not a whole number"))?;
            }
            "--out" => known.out = value()?.into(),
            "--network" => known.network = Some(value()?.into()),
            "--orders-csv" => known.orders_csv = Some(value()?.into()),
            "--write-network" => known.write_network = Some(value()?.into()),
            "--policy" => {
                known.policies.push(value()?.into());
                while let Some(more) = words.next_if(|w| !w.starts_with("--")) {
                    known.policies.push(more.into());
                }
            }
            "--metrics" => known.metrics = true,
            "--help" | "-h" => known.help = true,
            _ => return Err(format!("`{word}` is not an option; --help lists them")),
        }
    }
    if known.orders_csv.is_some() && known.network.is_none() {
        return Err("--orders-csv needs --network: orders speak of its SKUs and channels".into());
    }
    Ok(known)
}

/// Text into a file, with the first error kept.
struct TextFile {
    file: BufWriter<File>,
    error: Option<std::io::Error>,
}

impl fmt::Write for TextFile {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.file.write_all(text.as_bytes()).map_err(|error| {
            self.error.get_or_insert(error);
            fmt::Error
        })
    }
}

/// Writes the journal while the run goes on.
#[derive(Default)]
struct Journals {
    open: Vec<(Journal, TextFile)>,
    fault: Option<String>,
}

impl Journals {
    fn new(out: &Path, network: &Network) -> Result<Journals, String> {
        let (currency, digits) =
            network.configuration.as_ref().map_or(("USD", 2), |c| (c.currency.as_str(), c.currency_digits));
        let mut journals = Journals::default();
        for (form, name) in
            [(JournalForm::Ledger, "journal.hledger"), (JournalForm::Beancount, "journal.beancount")]
        {
            let path = out.join(name);
            let file = File::create(&path).map_err(|e| format!("{}: {e}", path.display()))?;
            let mut text = TextFile { file: BufWriter::new(file), error: None };
            let journal = Journal::new(form, currency, digits);
            journal.begin(&mut text).map_err(|e| format!("{name}: {e}"))?;
            journals.open.push((journal, text));
        }
        Ok(journals)
    }

    fn each<E: fmt::Display>(&mut self, write: impl Fn(&mut Journal, &mut TextFile) -> Result<(), E>) {
        for (journal, text) in &mut self.open {
            if let Err(error) = write(journal, text) {
                let told = text.error.take().map_or_else(|| error.to_string(), |e| e.to_string());
                self.fault.get_or_insert(format!("journal: {told}"));
            }
        }
    }

    fn finish(mut self) -> Result<(), String> {
        self.each(|journal, text| {
            journal.finish(text).map_err(|e| e.to_string())?;
            text.file.flush().map_err(|e| e.to_string())
        });
        self.fault.map_or(Ok(()), Err)
    }
}

/// Events that go to the metrics at once.
const BATCH: usize = 1_000;

/// Looks over a run's shoulder: the journal is written as it goes on, and its events are handed to the
/// metrics, which another thread folds meanwhile.
struct Watch {
    journals: Journals,
    events: Vec<Event>,
    /// Where they go; none where nobody asked for metrics.
    send: Option<SyncSender<Vec<Event>>>,
}

impl Watch {
    fn hand_over(&mut self) {
        let batch = std::mem::replace(&mut self.events, Vec::with_capacity(BATCH));
        // Where the other end has ended, it tells why itself.
        let _ = self.send.as_ref().map(|send| send.send(batch));
    }
}

impl Observer for Watch {
    fn event(&mut self, book: &Book, event: &Event) {
        self.journals.each(|journal, text| journal.event(book, event, text));
        if self.send.is_none() {
            return;
        }
        self.events.push(event.clone());
        if self.events.len() == BATCH {
            self.hand_over();
        }
    }

    fn day_over(&mut self, book: &Book) {
        self.journals.each(|journal, text| journal.tie_to_stock(book, text).map(|_| ()));
    }
}

/// The metrics of the events that come, as a whole, by channel and by node.
fn measured(events: &Receiver<Vec<Event>>) -> Result<Vec<MeasureView>, String> {
    let told = |no: Rejection| format!("metrics: {no}");
    let mut measuring = Measuring::new(&[Dimension::Channel, Dimension::Node]).map_err(told)?;
    for batch in events {
        batch.iter().try_for_each(|event| measuring.record(event)).map_err(told)?;
    }
    Ok(measuring.finish())
}

struct Input {
    network: Network,
    orders: Orders,
    title: String,
    description: String,
    stretches: Vec<Period>,
}

fn input(arguments: &Arguments) -> Result<Input, Vec<String>> {
    let Some(folder) = &arguments.network else {
        let scenario =
            generate(ScenarioSize { orders: arguments.orders, ..ScenarioSize::default() }, arguments.seed);
        return Ok(Input {
            network: scenario.network,
            orders: scenario.orders,
            title: "Three ways to source the same orders".into(),
            description: scenario.description,
            stretches: scenario.stretches,
        });
    };
    let file = arguments.orders_csv.clone().unwrap_or_else(|| folder.join("orders.csv"));
    let (network, orders) = sheets::read_folder(folder, &file)?;
    let description =
        format!("{} orders of {} through the network of {}.", orders.len(), file.display(), folder.display());
    Ok(Input { network, orders, title: "Policies side by side".into(), description, stretches: Vec::new() })
}

fn chosen(arguments: &Arguments) -> Result<Vec<Policy>, Vec<String>> {
    if arguments.policies.is_empty() {
        let mut bundled = Vec::new();
        for (name, text) in policies::BUNDLED {
            bundled.push(policies::parse(text, false).map_err(|e| vec![format!("{name}:{e}")])?);
        }
        // A network of one's own need not have what rules of the bundled scenario speak of.
        bundled.retain(|policy| arguments.network.is_none() || policy.rules.is_empty());
        return Ok(bundled);
    }
    let (mut read, mut faults) = (Vec::new(), Vec::new());
    for path in &arguments.policies {
        match policies::read(path) {
            Ok(policy) => read.push(policy),
            Err(fault) => faults.push(fault),
        }
    }
    if faults.is_empty() { Ok(read) } else { Err(faults) }
}

fn options(arguments: &Arguments) -> Options {
    Options { seed: arguments.seed, ..Options::default() }
}

/// What the book refuses before a run; of a policy, with its file.
fn refused(error: &SimulationError, policies: &[PathBuf]) -> String {
    let file = match error {
        SimulationError::Network { part: Some(("policies", row)), .. } => policies.get(*row),
        _ => None,
    };
    file.map_or_else(|| error.to_string(), |file| format!("{}: {error}", file.display()))
}

/// A run and its metrics.
type Measured = (Outcome, Vec<MeasureView>);

fn simulate(arguments: &Arguments, input: &Input, policies: &[Policy]) -> Result<Vec<Measured>, String> {
    let mut meter = terminal::Meter::default();
    let mut done = Vec::new();
    for (run, policy) in policies.iter().enumerate() {
        let mut tell = |told: Progress<'_>| meter.tell(Progress { run, runs: policies.len(), ..told });
        // The first policy's journal is the one that is written.
        let journals =
            if run == 0 { Journals::new(&arguments.out, &input.network)? } else { Journals::default() };
        done.push(simulate_one(arguments, input, policy, journals, &mut tell)?);
    }
    Ok(done)
}

fn simulate_one(
    arguments: &Arguments,
    input: &Input,
    policy: &Policy,
    journals: Journals,
    tell: &mut dyn FnMut(Progress<'_>) -> Continue,
) -> Result<Measured, String> {
    let options = options(arguments);
    std::thread::scope(|scope| {
        let (send, events) = sync_channel(8);
        let (send, metrics) = if arguments.metrics {
            (Some(send), Some(scope.spawn(move || measured(&events))))
        } else {
            (None, None)
        };
        let mut watch = Watch { journals, events: Vec::new(), send };
        let outcome = run_observed(&input.network, &input.orders, policy, &options, tell, &mut watch);
        watch.hand_over();
        let Watch { journals, send, .. } = watch;
        drop(send);
        let metrics = metrics.map_or(Ok(Ok(Vec::new())), std::thread::ScopedJoinHandle::join);
        let metrics = metrics.map_err(|_| "the metrics' thread broke off".to_owned())?;
        let outcome = outcome.map_err(|error| format!("policy `{}`: {error}", policy.name))?;
        journals.finish()?;
        Ok((outcome, metrics?))
    })
}

fn save(out: &Path, name: &str, text: &str) -> Result<(), String> {
    let path = out.join(name);
    std::fs::write(&path, text).map_err(|e| format!("{}: {e}", path.display()))
}

fn results(arguments: &Arguments, input: &Input, runs: &[Measured]) -> Result<(), String> {
    let out = &arguments.out;
    let (nodes, mut stretches) = input.network.page_facts();
    stretches.extend(input.stretches.iter().cloned());
    let html = page(&Page {
        title: &input.title,
        description: &input.description,
        currency: input.network.configuration.as_ref().map_or("USD", |c| c.currency.as_str()),
        seed: arguments.seed,
        nodes,
        stretches,
        runs: runs.iter().map(|(run, metrics)| Run { metrics, ..run.on_page() }).collect(),
    });
    save(out, "report.html", &html)?;
    let named: Vec<_> = runs.iter().map(|(run, _)| (run.policy.as_str(), &run.kpis)).collect();
    save(out, "kpis.csv", &kpi_table(&named).to_csv())?;
    if let Some((first, _)) = runs.first() {
        for table in
            [&first.plan, &first.stock, &first.exceptions, &first.daily, &first.channels, &first.balances]
        {
            save(out, &format!("{}.csv", table.name), &table.to_csv())?;
        }
    }
    Ok(())
}

fn bad(faults: &[String]) -> ExitCode {
    faults.iter().for_each(|fault| eprintln!("error: {fault}"));
    ExitCode::from(2)
}

fn main() -> ExitCode {
    let arguments = match arguments(std::env::args().skip(1)) {
        Ok(arguments) => arguments,
        Err(fault) => return bad(&[fault]),
    };
    if arguments.help {
        println!("{HELP}\n{}", sheets::COLUMNS);
        return ExitCode::SUCCESS;
    }
    let began = Instant::now();
    let (input, policies) = match (input(&arguments), chosen(&arguments)) {
        (Ok(input), Ok(policies)) => (input, policies),
        (input, policies) => {
            return bad(&[input.err(), policies.err()].into_iter().flatten().flatten().collect::<Vec<_>>());
        }
    };
    if let Some(folder) = &arguments.write_network {
        return match sheets_out::write_folder(folder, &input.network, &input.orders) {
            Ok(()) => {
                println!("written to {}", folder.display());
                ExitCode::SUCCESS
            }
            Err(error) => bad(&[format!("{}: {error}", folder.display())]),
        };
    }
    let options = options(&arguments);
    if let Err(error) = rehearse(&input.network, &input.orders, &policies, &options) {
        return bad(&[refused(&error, &arguments.policies)]);
    }
    if let Err(error) = std::fs::create_dir_all(&arguments.out) {
        return bad(&[format!("{}: {error}", arguments.out.display())]);
    }
    println!("{}\n", input.description);
    let runs = match simulate(&arguments, &input, &policies) {
        Ok(runs) => runs,
        Err(fault) => return bad(&[fault]),
    };
    if let Err(fault) = results(&arguments, &input, &runs) {
        return bad(&[fault]);
    }
    let outcomes: Vec<Outcome> = runs.into_iter().map(|(run, _)| run).collect();
    println!("\n{}", terminal::kpi_table(&outcomes));
    println!(
        "* = the best of the row. Formulas are in {0}/kpis.csv and in the report.",
        arguments.out.display()
    );
    for run in &outcomes {
        println!("{}: state {:016x}, {} events", run.policy, run.state_hash, run.events);
    }
    println!(
        "Report: {}   ({:.1} s)",
        arguments.out.join("report.html").display(),
        began.elapsed().as_secs_f64()
    );
    ExitCode::SUCCESS
}
