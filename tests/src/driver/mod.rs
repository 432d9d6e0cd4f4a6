//! The seeded driver: a random plan of trade with faults, said to the book and to the naive model, compared
//! after every command.
//!
//! A run is a row of small worlds. In each, commands come from a weighted plan in which each knows what must
//! come of it; some are delivered twice, late, out of order, in chains that break, under a used id, by a
//! source without the right; time stalls, jumps, goes back, and hits the very microsecond at which holds run
//! out; snapshots are restored in mid-run and the whole log is replayed at the end. The same seed gives the
//! same run on every machine.

pub mod compare;
pub mod faults;
pub mod feed;
mod later;
pub mod plan;
pub mod rng;
pub mod seam;
pub mod shrink;
mod told;
pub mod world;

use plan::{Planner, Want};
use rng::Rng;
use seam::{Canary, Seam};
use stockbook::*;
use stockbook_model::{Model, Verdict, check};

/// What to run.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Commands in all.
    pub commands: u64,
    /// Seed of the run.
    pub seed: u64,
    /// A planted bug.
    pub canary: Option<Canary>,
    /// Commands of a world.
    pub world: u64,
}

impl Options {
    /// A run without a planted bug.
    pub fn new(commands: u64, seed: u64) -> Options {
        Options { commands, seed, canary: None, world: 2_500 }
    }
}

/// One step of a run, as it can be said again.
#[derive(Clone, Debug)]
#[allow(clippy::large_enum_variant, reason = "nearly all steps are of the large kind")]
pub enum Step {
    /// A command.
    Say(Envelope),
    /// A chain.
    Chain(Vec<Envelope>),
    /// Commands of one kind, said as columns.
    Columns(Vec<Envelope>),
    /// A snapshot, restored.
    Restore,
}

/// A difference between the book and the model.
#[derive(Clone, Debug)]
pub struct Found {
    /// Seed of the world in which it was found.
    pub world: u64,
    /// Commands said in all when it was found.
    pub after: u64,
    /// What differs.
    pub what: String,
    /// The steps of the world up to it.
    pub steps: Vec<Step>,
}

/// What came of a run.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// Commands said.
    pub commands: u64,
    /// Of them accepted.
    pub accepted: u64,
    /// Of them refused, by number.
    pub refused: std::collections::BTreeMap<u16, u64>,
    /// Of them repeated.
    pub repeated: u64,
    /// By kind of event.
    pub events: std::collections::BTreeMap<&'static str, u64>,
    /// The first difference, if any: a run ends there.
    pub found: Option<Found>,
    /// How often the planted bug acted.
    pub fired: u64,
}

/// One world in the course of a run.
pub struct Run {
    /// The book.
    pub seam: Seam,
    /// The second opinion.
    pub model: Model,
    /// What was said so far.
    pub steps: Vec<Step>,
    /// Figures.
    pub summary: Summary,
}

impl Run {
    /// An empty book and an empty model.
    pub fn new(canary: Option<Canary>, seed: u64) -> Run {
        Run {
            seam: Seam::new(canary, seed),
            model: Model::new(),
            steps: Vec::new(),
            summary: Summary::default(),
        }
    }

    /// Says a command to both, and compares.
    pub fn say(&mut self, envelope: &Envelope, want: Want) -> Result<(), String> {
        self.steps.push(Step::Say(envelope.clone()));
        self.summary.commands += 1;
        let before = (self.seam.book.state_hash(), self.seam.book.sequence());
        let verdict = self.model.judge(envelope);
        expected(want, &verdict)?;
        match self.seam.execute(envelope) {
            Ok(receipt) => self.accepted(envelope, &verdict, &receipt, before),
            Err(rejection) => self.refused(&verdict, &rejection, before),
        }
    }

    fn accepted(
        &mut self,
        envelope: &Envelope,
        verdict: &Verdict,
        receipt: &Receipt,
        before: (u64, u64),
    ) -> Result<(), String> {
        if let Verdict::Repeat(sequence) = verdict {
            self.summary.repeated += 1;
            check(
                "repeated receipt (sequence, repeated)",
                &(receipt.sequence, receipt.repeated),
                &(*sequence, true),
            )?;
            return self.unchanged("a repeated command", before);
        }
        if let Verdict::Refuse(numbers) = verdict {
            return Err(format!("accepted, the model refuses by one of {numbers:?}"));
        }
        self.summary.accepted += 1;
        let events = self.seam.events_since(before.1 + 1);
        self.model.take(envelope, &events)?;
        for event in &events {
            *self.summary.events.entry(event.body.name()).or_default() += 1;
        }
        let book = (receipt.sequence, receipt.first_sequence, receipt.repeated, receipt.at);
        check("receipt", &book, &(self.model.sequence, before.1 + 1, false, envelope.at))?;
        check("exceptions of the receipt", &receipt.exceptions, &self.model.opened_last)?;
        check("sequence", &self.seam.book.sequence(), &self.model.sequence)?;
        compare::touched(&mut self.seam, &self.model)
    }

    fn refused(
        &mut self,
        verdict: &Verdict,
        rejection: &Rejection,
        before: (u64, u64),
    ) -> Result<(), String> {
        let number = rejection.number();
        *self.summary.refused.entry(number).or_default() += 1;
        match verdict {
            Verdict::Refuse(numbers) | Verdict::Either(numbers) if numbers.contains(&number) => {}
            Verdict::Unknown => {}
            other => return Err(format!("refused: {number} {rejection}; the model says {other:?}")),
        }
        let class = match number / 100 {
            1 | 2 => Class::Invalid,
            3 => Class::Denied,
            4 => Class::Conflict,
            5 => Class::Short,
            _ => Class::Limit,
        };
        if let Rejection::ValueAboveLimit { value, limit } = rejection {
            // What it would have moved the model cannot know beforehand; that the claim makes sense it can.
            let amount = |text: &str| text.parse::<Money>().map_err(|error| error.to_string());
            check("value above its limit", &(amount(value)? > amount(limit)?), &true)?;
            let known = self.model.authority.iter().any(|rule| rule.value_max == amount(limit).ok());
            check("a limit that was set", &known, &true)?;
        }
        // Two numbers stand, for history's sake, outside of their class's hundred; from 700 on, hundreds say
        // nothing of the class.
        let stands_out = matches!(number, 408 | 503) || number >= 700;
        check("class of the refusal", &(rejection.class() == class || stands_out), &true)?;
        self.unchanged("a refused command", before)
    }

    pub(super) fn unchanged(&self, what: &str, before: (u64, u64)) -> Result<(), String> {
        let after = (self.seam.book.state_hash(), self.seam.book.sequence());
        check(&format!("{what} changed the book (hash, sequence)"), &after, &before)
    }

    /// Says a chain: as long as its commands would pass one by one it must pass, else change nothing at all.
    pub fn chain(&mut self, chain: &[Envelope]) -> Result<(), String> {
        self.steps.push(Step::Chain(chain.to_vec()));
        self.summary.commands += chain.len() as u64;
        let before = (self.seam.book.state_hash(), self.seam.book.sequence());
        // What the commands come to one by one, on copies.
        let mut alone = Run {
            seam: self.seam.clone(),
            model: self.model.clone(),
            steps: Vec::new(),
            summary: Summary::default(),
        };
        if !alone.seam.tells() {
            alone.seam.canary = None;
        }
        let mut broken = None;
        for (index, envelope) in chain.iter().enumerate() {
            alone
                .say(envelope, Want::Either)
                .map_err(|what| format!("command {index} of a chain, alone: {what}"))?;
            if let Some(number) = alone.summary.refused.keys().next() {
                broken = Some((index, *number));
                break;
            }
        }
        match (self.seam.execute_chain(chain), broken) {
            (Ok(receipts), None) => {
                let hash = alone.seam.book.state_hash();
                check("hash after a chain and after its commands", &self.seam.book.state_hash(), &hash)?;
                check("receipts of a chain", &receipts.len(), &chain.len())?;
                self.model = alone.model;
                self.summary.accepted += alone.summary.accepted;
                self.summary.repeated += alone.summary.repeated;
                Ok(())
            }
            (Err(refused), Some((index, number))) => {
                *self.summary.refused.entry(number).or_default() += 1;
                check("chain broken at", &(refused.index, refused.rejection.number()), &(index, number))?;
                self.unchanged("a broken chain", before)
            }
            (Ok(_), Some(broken)) => Err(format!("a chain passed that breaks at {broken:?}")),
            (Err(refused), None) => Err(format!("a chain broke that passes one by one: {refused}")),
        }
    }

    /// Takes a snapshot, restores it, and goes on with the restored book.
    pub fn restore(&mut self) -> Result<(), String> {
        self.steps.push(Step::Restore);
        let hash = self.seam.book.state_hash();
        let bytes = self.seam.snapshot();
        let book = Book::restore(&bytes).map_err(|error| format!("a snapshot does not load: {error}"))?;
        check("hash of the restored book", &book.state_hash(), &hash)?;
        check("sequence of the restored book", &book.sequence(), &self.seam.book.sequence())?;
        check("snapshot of the restored book", &(book.snapshot() == bytes), &true)?;
        self.seam.book = book;
        Ok(())
    }

    /// Replays the whole log from event 0, and compares everything once more.
    pub fn finish(&mut self) -> Result<(), String> {
        compare::everything(&mut self.seam, &self.model)?;
        let log = self.seam.log_since(1)?;
        let replayed = Book::replay(&log).map_err(|error| format!("the log does not replay: {error}"))?;
        check("hash after replay", &replayed.state_hash(), &self.seam.book.state_hash())?;
        let again = replayed.log_since(1).map_err(|error| error.to_string())?;
        check("log of the replayed book", &(again == self.seam.book.log_since(1).unwrap_or_default()), &true)
    }
}

/// What the plan knew must agree with the model: a third opinion, on the two others.
fn expected(want: Want, verdict: &Verdict) -> Result<(), String> {
    let fits = match (want, verdict) {
        (Want::Either, _) | (_, Verdict::Unknown) => true,
        (Want::Accept, Verdict::Accept | Verdict::Either(_)) => true,
        (Want::Refuse(number), Verdict::Refuse(numbers) | Verdict::Either(numbers)) => {
            numbers.contains(&number)
        }
        _ => false,
    };
    if fits { Ok(()) } else { Err(format!("the plan expects {want:?}, the model {verdict:?}")) }
}

/// Runs until all commands are said or a difference is found.
pub fn run(options: &Options, progress: &mut dyn FnMut(&Summary)) -> Summary {
    let mut total = Summary::default();
    let mut worlds = 0u64;
    while total.commands < options.commands {
        let seed = options.seed.wrapping_mul(1_000_003).wrapping_add(worlds);
        worlds += 1;
        let most = options.world.min(options.commands - total.commands);
        let mut run = Run::new(options.canary, seed);
        let outcome = live(&mut run, seed, most);
        merge(&mut total, &run.summary);
        total.fired += run.seam.fired;
        if let Err(what) = outcome {
            total.found = Some(Found { world: seed, after: total.commands, what, steps: run.steps });
            return total;
        }
        progress(&total);
    }
    total
}

/// A world that has lived through so many commands: a book with a past, for other tests.
///
/// # Errors
/// If book and model differed on the way.
pub fn lived(seed: u64, commands: u64) -> Result<Run, String> {
    let mut run = Run::new(None, seed);
    live(&mut run, seed, commands)?;
    Ok(run)
}

fn merge(total: &mut Summary, one: &Summary) {
    total.commands += one.commands;
    total.accepted += one.accepted;
    total.repeated += one.repeated;
    for (number, count) in &one.refused {
        *total.refused.entry(*number).or_default() += count;
    }
    for (name, count) in &one.events {
        *total.events.entry(name).or_default() += count;
    }
}

/// One world from its first command to its replay.
fn live(run: &mut Run, seed: u64, most: u64) -> Result<(), String> {
    let mut rng = Rng::new(seed);
    let world = world::world(&mut rng);
    let mut planner = Planner::new(rng, world);
    planner.many_lines = u32::from(seed % 16 == 7);
    for command in planner.world.setup.clone() {
        let envelope = planner.envelope(&run.model, command);
        run.say(&envelope, Want::Accept)?;
    }
    let mut course = Course::default();
    while run.summary.commands < most {
        course.step(run, &mut planner)?;
    }
    if seed % 8 == 3 {
        course.edges(run, &mut planner)?;
    }
    run.finish()
}

/// What is still to be delivered, and what can be delivered again.
#[derive(Default)]
struct Course {
    past: Vec<Envelope>,
    delayed: Vec<Envelope>,
    steps: u64,
}

impl Course {
    fn step(&mut self, run: &mut Run, planner: &mut Planner) -> Result<(), String> {
        self.steps += 1;
        match planner.rng.below(1_000) {
            // The same again, wholly or with another body.
            0..=24 if !self.past.is_empty() => self.again(run, planner),
            // Held back, to come after others have moved time on.
            25..=34 => {
                let (command, _) = planner.sound(&run.model);
                let envelope = planner.envelope(&run.model, command);
                self.delayed.push(envelope);
                Ok(())
            }
            35..=49 if !self.delayed.is_empty() => {
                let late = self.delayed.remove(0);
                run.say(&late, Want::Either)?;
                // Resequenced: the same id, at a time that the book takes.
                let at = run.model.now.max(late.at);
                let late = Envelope { at, ..late };
                run.say(&late, Want::Either)
            }
            50..=57 => self.chain(run, planner),
            58..=60 => run.restore(),
            61..=63 => compare::everything(&mut run.seam, &run.model),
            64..=73 => self.bad_envelope(run, planner),
            74..=78 => self.without_right(run, planner),
            79..=108 => self.columns(run, planner),
            _ => {
                let faulty = planner.rng.chance(14);
                let (command, want) =
                    if faulty { planner.faulty(&run.model) } else { planner.sound(&run.model) };
                let envelope = planner.envelope(&run.model, command);
                self.past.push(envelope.clone());
                run.say(&envelope, want)
            }
        }
    }

    fn again(&mut self, run: &mut Run, planner: &mut Planner) -> Result<(), String> {
        let past = planner.rng.pick(&self.past).clone();
        let mut again = past.clone();
        match planner.rng.below(5) {
            0 => {
                again.command = Command::ReleaseHold(ReleaseHold {
                    hold: format!("other {}", self.steps),
                    lines: Vec::new(),
                })
            }
            1 => again.at = run.model.now.max(again.at),
            _ => {}
        }
        // Right after the first delivery the same again is sure to be known.
        run.say(&again, Want::Either)
    }

    /// Commands said together, one of which may break the chain.
    fn chain(&mut self, run: &mut Run, planner: &mut Planner) -> Result<(), String> {
        let mut chain = Vec::new();
        let length = planner.rng.range(2, 6);
        let bad = if planner.rng.chance(60) { planner.rng.range(0, length) } else { -1 };
        for number in 0..length {
            let (command, _) =
                if number == bad { planner.faulty(&run.model) } else { planner.sound(&run.model) };
            chain.push(planner.envelope(&run.model, command));
        }
        run.chain(&chain)
    }

    /// Rows of one kind through the other door; orders may come again through this one.
    fn columns(&mut self, run: &mut Run, planner: &mut Planner) -> Result<(), String> {
        let Some(rows) = planner.rows(&run.model) else { return Ok(()) };
        let orders = rows.iter().filter(|row| matches!(row.command, Command::PlaceOrder(_)));
        self.past.extend(orders.cloned());
        run.columns(&rows)
    }

    /// Ids, instants and clocks that cannot be.
    fn bad_envelope(&mut self, run: &mut Run, planner: &mut Planner) -> Result<(), String> {
        let (command, _) = planner.sound(&run.model);
        let mut envelope = planner.envelope(&run.model, command);
        let now = run.model.now;
        let want = match planner.rng.below(7) {
            0 => {
                envelope.id = (*planner.rng.pick(&["", " x", "a\nb", "\u{7f}"])).into();
                Want::Refuse(102)
            }
            1 => {
                envelope.id = "é".repeat(33);
                Want::Refuse(102)
            }
            2 => {
                envelope.at =
                    Instant::from_micros(*planner.rng.pick(&[i64::MIN, i64::MAX, 7_258_118_400_000_000]));
                Want::Refuse(106)
            }
            3 => {
                envelope.occurred_at = Some(envelope.at.plus_seconds(1));
                Want::Refuse(106)
            }
            4 => {
                envelope.occurred_at = Some(Instant::from_micros(i64::MIN));
                Want::Refuse(106)
            }
            _ => {
                envelope.at = Instant::from_micros(now.micros() - planner.rng.range(1, 9_000_000_000));
                envelope.occurred_at = None;
                Want::Refuse(402)
            }
        };
        run.say(&envelope, want)
    }

    /// A source or an actor that may not, or no longer.
    fn without_right(&mut self, run: &mut Run, planner: &mut Planner) -> Result<(), String> {
        let (command, _) = planner.sound(&run.model);
        let mut envelope = planner.envelope(&run.model, command);
        envelope.source = "intruder".into();
        envelope.actor = "nobody".into();
        run.say(&envelope, Want::Either)
    }

    /// Numbers at the ends of what 64 bits hold: the last thing in a world, as sums stay there.
    fn edges(&mut self, run: &mut Run, planner: &mut Planner) -> Result<(), String> {
        for _ in 0..40 {
            let command = planner.edge(&run.model);
            let envelope = planner.envelope(&run.model, command);
            run.say(&envelope, Want::Either)?;
        }
        Ok(())
    }
}
