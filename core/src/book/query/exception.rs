//! Questions about exceptions: one with its ways out, the queues with their age, the rules in force.

use super::{ExceptionView, answers};
use crate::book::Book;
use crate::exception::{ExceptionCode, ExceptionRow, ExceptionStatus, SetExceptionRule};
use crate::value::num;
use crate::value::rejection::Rejection;
use crate::value::time::Instant;
use crate::value::wire::wire;
use crate::workflow::{due_at, prefilled, rule_for};
use serde::Serialize;

wire! {
    /// An exception by its number.
    ///
    /// ```
    #[doc = include_str!("../../example_book.txt")]
    /// # let json = r#"{"raise_exception":{"code":"short_pick","node":"RENO","qty":2}}"#;
    /// # book.execute(&Envelope::new("raise", at, serde_json::from_str(json)?))?;
    /// let Answer::Exception(case) = book.ask(&Query::Exception(ExceptionQuery { exception: 1 }))? else {
    ///     panic!()
    /// };
    /// assert_eq!((case.view.opened.qty, case.closed_at, case.reopened), (2, None, 0));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct ExceptionQuery {
        /// Its number, from 1.
        pub exception: u32,
    }
}

answers! {
    /// An exception with all that is known of it.
    pub struct ExceptionCase {
        /// As its queue shows it.
        pub view: ExceptionView,
        /// When it was resolved; none while it is open.
        pub closed_at: Option<Instant>,
        /// What was done.
        pub resolution: String,
        /// The word of the command that did it, if it was said.
        pub with: String,
        /// How often it was opened again.
        pub reopened: u32,
        /// Commands that may resolve it.
        pub resolutions: Vec<Suggestion>,
    }

    /// A command that may resolve an exception.
    pub struct Suggestion {
        /// Its word.
        pub command: String,
        /// The command as JSON, as far as the exception fills it in.
        pub prefilled: String,
    }

    /// A queue of exceptions. Times in seconds.
    pub struct QueueView {
        /// Its name.
        pub queue: String,
        /// How many are open.
        pub open: u32,
        /// How many of those are past their due time.
        pub overdue: u32,
        /// How many of those went up.
        pub escalated: u32,
        /// How many of those nobody has.
        pub unassigned: u32,
        /// Age of the oldest that is open.
        pub oldest_s: i64,
        /// Mean age of those that are open, rounded down.
        pub age_s_mean: i64,
        /// How many are resolved.
        pub resolved: u32,
        /// Mean time to resolve, rounded down.
        pub resolve_s_mean: i64,
        /// How many were opened again.
        pub reopened: u32,
    }
}

/// A queue while it is summed up.
#[derive(Default)]
struct Sums {
    view: Option<QueueView>,
    age_s: i64,
    resolve_s: i64,
}

fn mean(sum: i64, count: u32) -> i64 {
    sum.checked_div(i64::from(count)).unwrap_or(0)
}

fn up(count: &mut u32, by: bool) {
    *count = count.saturating_add(u32::from(by));
}

impl Book {
    /// An exception as its queue shows it.
    pub(crate) fn exception_view(&self, id: u32, row: &ExceptionRow) -> ExceptionView {
        let rule = rule_for(&self.state, row.opened.code);
        let due_at = due_at(row, &rule);
        ExceptionView {
            exception: id.saturating_add(1),
            opened: row.opened,
            opened_at: row.opened_at,
            status: row.status,
            subject: row.subject.0.clone(),
            queue: rule.queue,
            severity: rule.severity,
            owner: if *row.level > 0 { rule.escalate_to } else { rule.owner },
            assignee: row.assignee.0.clone(),
            due_at,
            overdue: row.status == ExceptionStatus::Open && due_at < self.now(),
            level: *row.level,
            again: *row.again,
        }
    }

    pub(crate) fn ask_exception(&self, exception: u32) -> Result<ExceptionCase, Rejection> {
        let unknown = Rejection::UnknownException { exception };
        let id = exception.checked_sub(1).ok_or(unknown.clone())?;
        let row = self.state.books.exceptions.get(id).ok_or(unknown)?;
        let rule = rule_for(&self.state, row.opened.code);
        let suggestion = |word: &String| Suggestion {
            command: word.clone(),
            prefilled: prefilled(&self.state, id, row, word),
        };
        Ok(ExceptionCase {
            view: self.exception_view(id, row),
            closed_at: (row.status == ExceptionStatus::Resolved).then_some(row.closed_at),
            resolution: row.resolution.clone(),
            with: row.with.0.clone(),
            reopened: *row.reopened,
            resolutions: rule.resolutions.iter().map(suggestion).collect(),
        })
    }

    /// Every queue that ever had an exception, by name: how much lies in it, how old, how fast it goes.
    ///
    /// ```
    /// assert!(stockbook::Book::new().exception_queues().is_empty());
    /// ```
    #[must_use]
    pub fn exception_queues(&self) -> Vec<QueueView> {
        let mut queues: std::collections::BTreeMap<String, Sums> = std::collections::BTreeMap::new();
        for (id, row) in self.state.books.exceptions.iter() {
            let view = self.exception_view(id, row);
            let sums = queues.entry(view.queue.clone()).or_default();
            let queue = sums.view.get_or_insert(QueueView {
                queue: view.queue,
                open: 0,
                overdue: 0,
                escalated: 0,
                unassigned: 0,
                oldest_s: 0,
                age_s_mean: 0,
                resolved: 0,
                resolve_s_mean: 0,
                reopened: 0,
            });
            up(&mut queue.reopened, *row.reopened > 0);
            if row.status == ExceptionStatus::Resolved {
                up(&mut queue.resolved, true);
                sums.resolve_s = sums.resolve_s.saturating_add(row.closed_at.seconds_since(row.opened_at));
                continue;
            }
            let age = self.now().seconds_since(row.opened_at);
            up(&mut queue.open, true);
            up(&mut queue.overdue, view.overdue);
            up(&mut queue.escalated, view.level > 0);
            up(&mut queue.unassigned, view.assignee.is_empty());
            queue.oldest_s = queue.oldest_s.max(age);
            sums.age_s = sums.age_s.saturating_add(age);
        }
        let finish = |sums: Sums| {
            let mut queue = sums.view?;
            queue.age_s_mean = mean(sums.age_s, queue.open);
            queue.resolve_s_mean = mean(sums.resolve_s, queue.resolved);
            Some(queue)
        };
        queues.into_values().filter_map(finish).collect()
    }

    /// The rule in force for every code.
    ///
    /// ```
    /// let rules = stockbook::Book::new().exception_rules();
    /// assert!(rules.iter().any(|rule| rule.queue == "approvals"));
    /// ```
    #[must_use]
    pub fn exception_rules(&self) -> Vec<SetExceptionRule> {
        ExceptionCode::ALL.iter().map(|code| rule_for(&self.state, *code)).collect()
    }

    /// How many exceptions were ever opened.
    ///
    /// ```
    #[doc = include_str!("../../example_book.txt")]
    /// assert_eq!(book.exception_count(), 0);
    /// let raise = r#"{"raise_exception":{"code":"short_pick","node":"RENO","qty":2}}"#;
    /// book.execute(&Envelope::new("raise", at, serde_json::from_str(raise)?))?;
    /// assert_eq!(book.exception_count(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn exception_count(&self) -> usize {
        num::index(self.state.head.exceptions)
    }
}
