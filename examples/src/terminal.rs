//! Output on a terminal: a line of progress, a table of key figures.

use std::io::{IsTerminal, Write, stderr};
use std::time::{Duration, Instant};
use stockbook::report::{Better, Kpis};
use stockbook::simulation::{Continue, Outcome, Progress};

/// Progress on standard error: one line that is written over on a terminal, a line every quarter of a run
/// elsewhere.
pub struct Meter {
    terminal: bool,
    told: Instant,
    began: Instant,
    quarter: (usize, usize),
}

impl Default for Meter {
    fn default() -> Meter {
        Meter {
            terminal: stderr().is_terminal(),
            told: Instant::now(),
            began: Instant::now(),
            quarter: (0, 0),
        }
    }
}

impl Meter {
    /// Tells how far it is.
    pub fn tell(&mut self, progress: Progress<'_>) -> Continue {
        let done = progress.orders_done == progress.orders;
        if progress.orders_done == 0 {
            self.began = Instant::now();
            self.quarter = (progress.run, 0);
        }
        let share = 100 * progress.orders_done / progress.orders.max(1);
        if self.terminal {
            if done || self.told.elapsed() > Duration::from_millis(80) {
                self.told = Instant::now();
                let full = share / 4;
                let bar = format!("{}{}", "█".repeat(full), "░".repeat(25 - full));
                let rate = progress.orders_done as f64 / self.began.elapsed().as_secs_f64().max(1e-3);
                eprint!(
                    "\r\x1b[2K  {}/{}  {:<12} {bar} {share:>3} %  {} orders  {}  {:.0} orders/s",
                    progress.run + 1,
                    progress.runs,
                    progress.policy,
                    progress.orders_done,
                    progress.at.to_string().get(..10).unwrap_or_default(),
                    rate
                );
                if done {
                    eprintln!();
                }
                let _ = stderr().flush();
            }
        } else if share / 25 > self.quarter.1 {
            self.quarter.1 = share / 25;
            eprintln!("{}/{} {}: {share} %", progress.run + 1, progress.runs, progress.policy);
        }
        Continue::Yes
    }
}

/// The key figures side by side; the best of a row is marked where one is better.
#[must_use]
pub fn kpi_table(runs: &[Outcome]) -> String {
    let mut rows: Vec<Vec<String>> =
        vec![std::iter::once(String::new()).chain(runs.iter().map(|r| r.policy.clone())).collect()];
    for metric in Kpis::METRICS {
        let values: Vec<i64> = runs.iter().filter_map(|run| run.kpis.get(metric.name)).collect();
        let top = match metric.better {
            Better::Higher => values.iter().max(),
            Better::Lower => values.iter().min(),
            Better::Neither | Better::Zero => None,
        };
        let alone = top.is_some_and(|top| values.iter().filter(|value| *value == top).count() == 1);
        let show = |value: &i64| {
            let mark = if alone && Some(value) == top && runs.len() > 1 { " *" } else { "  " };
            format!("{}{mark}", metric.unit.show(*value))
        };
        rows.push(std::iter::once(metric.title.to_owned()).chain(values.iter().map(show)).collect());
    }
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns)
        .map(|i| rows.iter().filter_map(|row| row.get(i)).map(|cell| cell.chars().count()).max().unwrap_or(0))
        .collect();
    let mut out = String::new();
    for (n, row) in rows.iter().enumerate() {
        for (i, (cell, width)) in row.iter().zip(&widths).enumerate() {
            let pad = " ".repeat(width - cell.chars().count());
            if i == 0 {
                out.push_str(&format!("{cell}{pad}"));
            } else {
                out.push_str(&format!("   {pad}{cell}"));
            }
        }
        out.push('\n');
        if n == 0 {
            out.push_str(&format!(
                "{}\n",
                "─".repeat(widths.iter().sum::<usize>() + 3 * widths.len().saturating_sub(1))
            ));
        }
    }
    out
}
