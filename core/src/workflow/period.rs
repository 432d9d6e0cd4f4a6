//! Periods of the books: open, closed by role, closed; and where an entry that comes late belongs.

use super::common::*;
use crate::catalog::{LINES_MAX, at_most, code};
use crate::record::*;
use crate::value::rejection::Rejection;
use crate::value::time::Instant;
use crate::value::wire::wire;

wire! {
    /// Defines a period of the books, or opens and closes it. It counts what lies in it, posted before it
    /// was defined or after; only a calendar month (UTC) with entries in no period cannot be cut any more.
    /// What stock was opened with before any period was defined is what the first one opens with.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// let period = SetPeriod {
    ///     period: "2026-01".into(), from: Some("2026-01-01T00:00:00Z".parse()?),
    ///     to: Some("2026-02-01T00:00:00Z".parse()?), status: PeriodStatus::Closed,
    ///     actors: vec![], roles: vec![], ledger: String::new(),
    /// };
    /// book.execute(&Envelope::new("close", at, Command::SetPeriod(period)))?;
    /// let pay = r#"{"record_payment":{"payment":"G-1","tender":"gift_sale","amount":"25"}}"#;
    /// let no = book.execute(&Envelope::new("pay", at, serde_json::from_str(pay)?)).unwrap_err();
    /// assert_eq!(no, Rejection::PeriodClosed { period: "2026-01".into() });
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct SetPeriod {
        /// The period, as in `2026-01`.
        pub period: String,
        /// Its first instant; needed when it is new.
        #[serde(default)]
        pub from: Option<Instant>,
        /// The instant after its last.
        #[serde(default)]
        pub to: Option<Instant>,
        /// Its status.
        #[serde(default)]
        pub status: PeriodStatus,
        /// Who may post into it while it is soft-closed.
        #[serde(default)]
        pub actors: Vec<String>,
        /// The roles whose actors may post into it while it is soft-closed.
        #[serde(default)]
        pub roles: Vec<String>,
        /// A ledger beside the book's own, which alone it opens or closes; empty = the book's own, which a
        /// ledger follows until it is told otherwise.
        #[serde(default)]
        pub ledger: String,
    }
}

pub(crate) fn decide_period(state: &State, set: &SetPeriod) -> Result<Body, Rejection> {
    code("period", &set.period)?;
    at_most("actors", set.actors.len(), LINES_MAX)?;
    set.actors.iter().try_for_each(|actor| code("actors", actor))?;
    at_most("roles", set.roles.len(), LINES_MAX)?;
    set.roles.iter().try_for_each(|role| super::governance::known_role(state, role))?;
    let known = row_of(&state.costs.periods, &state.costs.period, &Box::<str>::from(set.period.as_str()));
    if !set.ledger.is_empty() {
        super::ledgers::ledger_of(state, &set.ledger)?;
        known_in(&known, set)?;
    }
    let (from, to) = match (&known, set.from, set.to) {
        (Some(row), from, to) => (from.unwrap_or(row.from), to.unwrap_or(row.to)),
        (None, Some(from), Some(to)) => (from, to),
        _ => {
            let need = "both bounds of a new period".into();
            return Err(Rejection::InvalidField { field: "from".into(), need });
        }
    };
    if known.as_ref().is_some_and(|row| (row.from, row.to) != (from, to)) {
        let why = "entries may lie in it".into();
        return Err(Rejection::CannotChange { what: set.period.clone(), why });
    }
    if known.is_none() && state.costs.cuts((from, to)) {
        let why = "it cuts a calendar month (UTC) whose entries are posted already".into();
        return Err(Rejection::CannotChange { what: set.period.clone(), why });
    }
    let valid = from.is_valid() && to.is_valid() && from < to;
    let apart = |(id, row): (u32, &PeriodRow)| {
        let same = state.costs.periods.get(id).is_some_and(|name| **name == *set.period);
        same || row.to <= from || to <= row.from
    };
    if !valid || !state.costs.period.iter().all(apart) {
        let need = "an instant after `from`, and no other period in between".into();
        return Err(Rejection::InvalidField { field: "to".into(), need });
    }
    let (period, status) = (set.period.clone(), set.status);
    let (actors, roles) = (set.actors.clone(), set.roles.clone());
    let ledger = set.ledger.clone();
    Ok(Body::PeriodSet(PeriodSet { period, from, to, status, actors, roles, ledger }))
}

/// `Ok` if there is the period that a ledger beside is to have a status of its own in.
fn known_in(known: &Option<PeriodRow>, set: &SetPeriod) -> Result<(), Rejection> {
    if known.is_some() {
        return Ok(());
    }
    let (kind, document) = ("period".into(), set.period.clone());
    Err(Rejection::UnknownDocument { kind, document })
}

/// The instant whose period an event's entries belong to in a ledger, counted from 1 (0 = the book's own):
/// when it happened, if that period is open to the actor; otherwise when it was recorded, with the date of
/// the event kept as it is.
///
/// # Errors
/// `PeriodClosed` where the book's own time lies in a period that is closed to the actor.
pub(crate) fn posted_at(
    state: &State,
    (ledger, actor): (u32, &str),
    occurred_at: Instant,
    at: Instant,
) -> Result<Instant, Rejection> {
    let costs = &state.costs;
    if costs.periods.len() == 0 {
        return Ok(at);
    }
    let has_role = |row: &PeriodRow| {
        !row.roles.is_empty() && state.govern.roles_of(actor).iter().any(|role| row.roles.contains(role))
    };
    let takes = |instant: Instant| {
        costs.period_in(ledger, instant).is_none_or(|(_, row)| match row.status {
            PeriodStatus::Open => true,
            PeriodStatus::SoftClosed => row.actors.iter().any(|known| known == actor) || has_role(row),
            PeriodStatus::Closed => false,
        })
    };
    if costs.period_of(occurred_at).is_some() && takes(occurred_at) {
        return Ok(occurred_at);
    }
    if takes(at) {
        return Ok(at);
    }
    let period = costs.period_of(at).and_then(|(id, _)| costs.periods.get(id)).map(|name| name.to_string());
    let of = ledger.checked_sub(1).and_then(|id| costs.ledgers.get(id));
    let of = of.map(|ledger| format!(" of ledger {ledger}")).unwrap_or_default();
    Err(Rejection::PeriodClosed { period: period.unwrap_or_default() + &of })
}
