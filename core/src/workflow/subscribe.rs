//! Subscriptions: what a customer wants again and again. When it is due the book places it, each time as an
//! order of its own that its channel could have sent.
//!
//! Time that jumps over several dates places an order for each, as of its own date and in their order, as if
//! time had gone there day by day. What would have been due while a subscription was paused is not made up
//! for.

use super::fulfil::{CaptureOrder, no_step, parked};
use super::order::{check_terms, resolve_order};
use crate::catalog::{at_most, code};
use crate::record::*;
use crate::value::ids::*;
use crate::value::reader::{Written, from_json};
use crate::value::rejection::Rejection;
use crate::value::time::Instant;
use crate::value::wire::wire;

/// Longest number of a subscription, in bytes: its orders' numbers are codes too.
const NUMBER_MAX: usize = CODE_BYTES_MAX - 11;

wire! {
    /// Begins, changes, pauses, resumes or ends a subscription. What is not given stays as it was.
    ///
    /// Its `n`th order is `<subscription>/<n>`, placed before the first command at its date or later, through
    /// the same checks as `capture_order`: parked if it is wrong, with the exceptions and holds that an order
    /// of its channel gets. A line's price is what was agreed; without one it is the list price of the day.
    /// Time that jumps over several dates places an order for each, over at most 400 of each subscription on
    /// average at a time; dates while it is paused are let go.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// // 2 TEE for 18.00 each on the last of every month, three times.
    /// let order = PlaceOrder {
    ///     order: "S-1".into(), channel: "web".into(),
    ///     to: Point::from_degrees(37.8, -122.4).ok_or("on the globe")?,
    ///     lines: vec![OrderLine {
    ///         sku: "TEE".into(), qty: 2, price: Some(Money::from_cents(18_00)), ..OrderLine::default()
    ///     }],
    ///     ..PlaceOrder::default()
    /// };
    /// let set = SetSubscription {
    ///     subscription: "S-1".into(), status: None,
    ///     capture: Some(Box::new(CaptureOrder { order, customer: "c-7".into(), address: vec![] })),
    ///     rhythm: Some(Rhythm {
    ///         every: 1, unit: RhythmUnit::Month, first_at: "2026-01-31T09:00:00Z".parse()?,
    ///         time_zone: String::new(), last_at: None, orders_max: 3,
    ///     }),
    ///     skip: 0,
    /// };
    /// book.execute(&Envelope::new("s-1", at, Command::SetSubscription(set)))?;
    /// let march = "2026-03-01T00:00:00Z".parse()?;
    /// book.execute(&Envelope::new("tick", march, Command::AdvanceTime(AdvanceTime {})))?;
    /// let Answer::Subscriptions(found) = book.ask(&Query::Subscriptions(Nothing {}))? else { panic!() };
    /// let next = found[0].next_at.map(|at| at.to_string());
    /// assert_eq!((found[0].ordered, next.as_deref()), (2, Some("2026-03-31T09:00:00Z")));
    /// let second = Query::Order(DocumentQuery { document: "S-1/2".into() });
    /// let Answer::Order(second) = book.ask(&second)? else { panic!() };
    /// assert_eq!(second.placed_at, "2026-02-28T09:00:00Z".parse()?, "February has no 31st");
    /// assert_eq!((second.lines[0].reserved, second.lines[0].price), (2, Money::from_cents(18_00)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct SetSubscription {
        /// Its number, of at most 53 bytes.
        pub subscription: String,
        /// Where it stands; a new one is active.
        #[serde(default)]
        pub status: Option<SubscriptionStatus>,
        /// What is ordered each time, the order's number being the subscription's. It names no hold, no date
        /// of delivery and no order that it replaces: those are one order's alone.
        #[serde(default)]
        pub capture: Option<Box<CaptureOrder>>,
        /// When.
        #[serde(default)]
        pub rhythm: Option<Rhythm>,
        /// So many of the next dates are passed over, at most 1,000: they count for no order, and a new
        /// rhythm does not know of them.
        #[serde(default)]
        pub skip: u32,
    }
}

/// An order that is due.
pub(crate) struct DueOrder {
    pub ordered: SubscriptionOrdered,
    /// What is ordered; where it cannot be read, as what it is parked.
    pub capture: Result<CaptureOrder, Body>,
    pub source: String,
    pub actor: String,
}

/// What a subscription orders each time.
pub(crate) fn captured(row: &SubscriptionRow) -> Result<CaptureOrder, Rejection> {
    from_json(&row.text, Written::ForPeople).map_err(|problem| Rejection::MalformedRequest { problem })
}

/// The order of a subscription that is due now.
pub(crate) fn due_order(state: &State, id: u32) -> Result<DueOrder, Rejection> {
    let unknown = || Rejection::UnknownDocument { kind: "subscription".into(), document: id.to_string() };
    let row = state.desk.subscription.get(id).ok_or_else(unknown)?;
    let subscription = state.desk.subscriptions.get(id).ok_or_else(unknown)?;
    let ordered = row.ordered.saturating_add(1);
    let number = format!("{subscription}/{ordered}");
    let periods = row.periods.saturating_add(1);
    let next_at = due_at(&row.rhythm, periods, ordered);
    let status = if next_at.is_some() { SubscriptionStatus::Active } else { SubscriptionStatus::Ended };
    let order_key = DocKey::from(number.as_str());
    let capture = match captured(row) {
        Ok(said) => {
            let mut order = said.placed();
            order.order = number;
            // The customer stands in the terms: that he buys the same again is no fault.
            Ok(CaptureOrder { order, customer: String::new(), address: said.address })
        }
        Err(unreadable) => Err(parked(&number, vec![unreadable.to_string()], row.text.clone())),
    };
    Ok(DueOrder {
        ordered: SubscriptionOrdered { subscription, order: order_key, status, periods, next_at },
        capture,
        source: row.source.clone(),
        actor: row.actor.clone(),
    })
}

/// When a rhythm's date of so many periods is, if it has one and so many orders do not end it.
fn due_at(rhythm: &Rhythm, periods: u32, ordered: u32) -> Option<Instant> {
    if rhythm.orders_max > 0 && ordered >= rhythm.orders_max {
        return None;
    }
    let count = i64::from(periods).saturating_mul(i64::from(rhythm.every));
    let (days, months) = match rhythm.unit {
        RhythmUnit::Day => (count, 0),
        RhythmUnit::Week => (count.saturating_mul(7), 0),
        RhythmUnit::Month => (0, count),
    };
    let zone = if rhythm.time_zone.is_empty() { "UTC" } else { rhythm.time_zone.as_str() };
    let at = rhythm.first_at.plus_civil(zone, days, months)?;
    (rhythm.last_at.is_none_or(|last| at <= last)).then_some(at)
}

/// The first date from `periods` on that is not before `least`.
fn next_from(rhythm: &Rhythm, periods: u32, least: Instant, ordered: u32) -> Option<(u32, Instant)> {
    let mut dates =
        (periods..=u32::MAX).map_while(|periods| Some((periods, due_at(rhythm, periods, ordered)?)));
    dates.find(|(_, at)| *at >= least)
}

fn invalid(field: &str, need: &str) -> Rejection {
    Rejection::InvalidField { field: field.into(), need: need.into() }
}

/// `Ok` if a rhythm has dates.
fn check_rhythm(rhythm: &Rhythm) -> Result<(), Rejection> {
    if !(1..=366).contains(&rhythm.every) {
        return Err(invalid("rhythm.every", "1 to 366"));
    }
    for (field, at) in [("rhythm.first_at", Some(rhythm.first_at)), ("rhythm.last_at", rhythm.last_at)] {
        if at.is_some_and(|at| !at.is_valid()) {
            return Err(Rejection::InvalidInstant { field: field.into() });
        }
    }
    at_most("characters of the time zone", rhythm.time_zone.len(), 64)?;
    let endless = Rhythm { last_at: None, ..rhythm.clone() };
    match due_at(&endless, 0, 0) {
        Some(_) => Ok(()),
        None => Err(invalid("rhythm.time_zone", "an IANA time zone name, as in America/Chicago")),
    }
}

/// `Ok` if what is ordered could be ordered now.
fn check_capture(state: &State, number: &str, capture: &CaptureOrder, at: Instant) -> Result<(), Rejection> {
    let order = &capture.order;
    if order.order != number {
        return Err(invalid("capture.order.order", "the subscription's number"));
    }
    let terms = order.terms.as_ref();
    let once = [
        ("capture.order.hold", order.hold.is_some()),
        ("capture.order.deliver_by", order.deliver_by.is_some()),
        ("capture.order.terms.ship_from", terms.is_some_and(|terms| terms.ship_from.is_some())),
        ("capture.order.terms.replaces", terms.is_some_and(|terms| terms.replaces.is_some())),
        ("capture.order.terms.rma", terms.is_some_and(|terms| terms.rma.is_some())),
    ];
    if let Some((field, _)) = once.into_iter().find(|(_, given)| *given) {
        return Err(invalid(field, "none: it would hold for one order alone"));
    }
    at_most("parts of the address", capture.address.len(), 16)?;
    at_most("characters of the customer", capture.customer.len(), 256)?;
    if capture.address.iter().any(|part| part.trim().is_empty()) {
        return Err(invalid("capture.address", "parts that are not empty"));
    }
    check_terms(state, &resolve_order(state, &capture.placed())?, at)
}

/// A subscription as it is from here on.
pub(crate) fn decide_subscription(
    state: &State,
    set: &SetSubscription,
    at: Instant,
) -> Result<Body, Rejection> {
    let number = set.subscription.as_str();
    code("subscription", number)?;
    at_most("bytes of the subscription's number", number.len(), NUMBER_MAX)?;
    let subscription = DocKey::from(number);
    let id = state.desk.subscriptions.find(&subscription);
    let known = id.and_then(|id| state.desk.subscription.get(id));
    let status = set.status.or(known.map(|row| row.status)).unwrap_or(SubscriptionStatus::Active);
    let from = known.map_or("none", |row| row.status.word());
    let step = DocumentKind::Subscription.arrow(from, "set_subscription");
    if step.is_none_or(|arrow| !arrow.to.contains(&status.word())) {
        return Err(no_step("subscription", number, from, "set_subscription"));
    }
    if let Some(capture) = &set.capture {
        check_capture(state, number, capture, at)?;
    }
    if let Some(rhythm) = &set.rhythm {
        check_rhythm(rhythm)?;
    }
    let said = set.capture.as_ref().map(serde_json::to_string).transpose();
    let said = said.map_err(|problem| Rejection::MalformedRequest { problem: problem.to_string() })?;
    let text = said.or_else(|| known.map(|row| row.text.clone()));
    let rhythm = set.rhythm.clone().or_else(|| known.map(|row| row.rhythm.clone()));
    let (Some(text), Some(rhythm)) = (text, rhythm) else {
        return Err(invalid("subscription", "`capture` and `rhythm`, for it is new"));
    };
    let counted = known.filter(|_| set.rhythm.is_none()).map_or(0, |row| row.periods);
    let (periods, next_at) = if status == SubscriptionStatus::Active {
        let (periods, next) = next_after(known, &rhythm, counted, set.skip, at)?;
        (periods, Some(next))
    } else if set.skip > 0 {
        return Err(invalid("skip", "an active subscription: no other has a next date"));
    } else {
        (counted, None)
    };
    Ok(Body::SubscriptionSet(SubscriptionSet { subscription, status, text, rhythm, periods, next_at }))
}

/// The next date of an active subscription, from now on, and of which period.
fn next_after(
    known: Option<&SubscriptionRow>,
    rhythm: &Rhythm,
    periods: u32,
    skip: u32,
    at: Instant,
) -> Result<(u32, Instant), Rejection> {
    at_most("dates to skip", crate::value::num::index(skip), 1_000)?;
    let ordered = known.map_or(0, |row| row.ordered);
    // A date that was ordered for is not ordered for again, whatever rhythm finds it.
    let past = known.and_then(|row| row.ordered_at);
    let past = past.map_or(at, |past| at.max(Instant::from_micros(past.micros().saturating_add(1))));
    let next = next_from(rhythm, periods, past, ordered);
    let next = next.and_then(|(periods, at)| {
        let periods = periods.saturating_add(skip);
        if skip == 0 { Some((periods, at)) } else { due_at(rhythm, periods, ordered).map(|at| (periods, at)) }
    });
    next.ok_or_else(|| invalid("rhythm", "a date that is still to come"))
}
