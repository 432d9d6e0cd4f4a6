//! Subscriptions: their dates are counted out one by one from the first, by a calendar of the model's own.

use crate::goods::Range;
use crate::master::Faults;
use crate::{Model, Verdict, check};
use stockbook::*;

/// Micro-seconds of a day.
const DAY: i64 = 86_400_000_000;

/// A subscription.
#[derive(Clone, Debug)]
pub struct Subscription {
    /// Its number.
    pub key: String,
    /// Where it stands.
    pub status: SubscriptionStatus,
    /// What is ordered each time.
    pub capture: CaptureOrder,
    /// When.
    pub rhythm: Rhythm,
    /// How many dates lie between the rhythm's first and the next.
    pub passed: u32,
    /// The next date.
    pub next_at: Option<Instant>,
    /// Orders that fell due.
    pub ordered: u32,
    /// When the last of them did.
    pub ordered_at: Option<Instant>,
}

/// Days of a month.
fn days_of(year: i64, month: i64) -> i64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

/// The same time of day so many months later: on the last day of a month that has no such day. Walked day by
/// day and month by month from 1970.
fn months_later(at: Instant, months: u32) -> Instant {
    let (mut day, time) = (at.micros().div_euclid(DAY), at.micros().rem_euclid(DAY));
    let (mut year, mut month) = (1970, 1);
    while day >= days_of(year, month) {
        day -= days_of(year, month);
        (year, month) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
    }
    let mut first = at.micros().div_euclid(DAY) - day;
    for _ in 0..months {
        first += days_of(year, month);
        (year, month) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
    }
    Instant::from_micros((first + day.min(days_of(year, month) - 1)) * DAY + time)
}

/// A rhythm's date of a number, unless it is past its end. The driver's rhythms keep to UTC.
fn date(rhythm: &Rhythm, number: u32, ordered: u32) -> Option<Instant> {
    if rhythm.orders_max > 0 && ordered >= rhythm.orders_max {
        return None;
    }
    let count = rhythm.every * number;
    let at = match rhythm.unit {
        RhythmUnit::Day => rhythm.first_at.plus_seconds(i64::from(count) * 86_400),
        RhythmUnit::Week => rhythm.first_at.plus_seconds(i64::from(count) * 7 * 86_400),
        RhythmUnit::Month => months_later(rhythm.first_at, count),
    };
    rhythm.last_at.is_none_or(|last| at <= last).then_some(at)
}

impl Model {
    fn subscription(&self, key: &str) -> Option<usize> {
        self.subscriptions.iter().position(|row| row.key == key)
    }

    /// A subscription as a command leaves it, or what is wrong with that.
    fn subscribed(&self, c: &SetSubscription, at: Instant, faults: &mut Faults) -> Option<Subscription> {
        let known = self.subscription(&c.subscription).map(|number| &self.subscriptions[number]);
        let status = c.status.or(known.map(|row| row.status)).unwrap_or(SubscriptionStatus::Active);
        let over = known.is_some_and(|row| row.status == SubscriptionStatus::Ended);
        let begins = known.is_some() || status != SubscriptionStatus::Ended;
        faults.need(!over && begins, 404);
        let capture = c.capture.as_deref().or(known.map(|row| &row.capture));
        let rhythm = c.rhythm.as_ref().or(known.map(|row| &row.rhythm));
        faults.need(capture.is_some() && rhythm.is_some(), 103);
        let (capture, rhythm) = (capture?.clone(), rhythm?.clone());
        faults.need((1..=366).contains(&rhythm.every), 103);
        if !faults.0.is_empty() {
            return None;
        }
        let mut row = Subscription {
            key: c.subscription.clone(),
            status,
            capture,
            passed: known.filter(|_| c.rhythm.is_none()).map_or(0, |row| row.passed),
            next_at: None,
            ordered: known.map_or(0, |row| row.ordered),
            ordered_at: known.and_then(|row| row.ordered_at),
            rhythm,
        };
        if status != SubscriptionStatus::Active {
            faults.need(c.skip == 0, 103);
            return Some(row);
        }
        faults.need(c.skip <= 1_000, 602);
        // Nothing that is past, and nothing that was ordered for.
        let open = |date: &Instant| *date >= at && row.ordered_at.is_none_or(|last| *date > last);
        while date(&row.rhythm, row.passed, row.ordered).is_some_and(|date| !open(&date)) {
            row.passed += 1;
        }
        let any = date(&row.rhythm, row.passed, row.ordered).is_some();
        row.passed += c.skip;
        row.next_at = date(&row.rhythm, row.passed, row.ordered).filter(|_| any);
        faults.need(row.next_at.is_some(), 103);
        Some(row)
    }

    pub(crate) fn judge_subscription(&mut self, c: &SetSubscription, at: Instant) -> Verdict {
        let (mut faults, mut range) = (Faults::default(), Range::default());
        faults.code(&c.subscription);
        faults.need(c.subscription.len() <= 53, 602);
        if let Some(capture) = &c.capture {
            let order = &capture.order;
            faults.need(order.order == c.subscription, 103);
            let terms = order.terms.as_ref();
            let once = terms.is_some_and(|terms| terms.ship_from.is_some());
            faults.need(order.hold.is_none() && order.deliver_by.is_none() && !once, 103);
            faults.need(self.channel(&order.channel).is_some(), 203);
            faults.need(order.to.is_valid(), 103);
            faults.lines(order.lines.len());
            let lines = self.order_lines(order, &mut faults);
            if faults.0.is_empty() {
                lines.iter().for_each(|(sku, qty, price)| range.add(self.extend(*price, *qty, *sku)));
                range.add(self.order_value(&lines));
            }
        }
        self.subscribed(c, at, &mut faults);
        range.verdict(faults)
    }

    pub(crate) fn take_subscription(
        &mut self,
        c: &SetSubscription,
        at: Instant,
        e: &SubscriptionSet,
    ) -> Result<(), String> {
        let row = self.subscribed(c, at, &mut Faults::default()).ok_or("subscription")?;
        check("subscription", &e.subscription.to_string(), &row.key)?;
        check("rhythm", &e.rhythm, &row.rhythm)?;
        let book = (e.status, e.periods, e.next_at);
        check("subscription (status, periods, next)", &book, &(row.status, row.passed, row.next_at))?;
        match self.subscription(&c.subscription) {
            Some(number) => self.subscriptions[number] = row,
            None => self.subscriptions.push(row),
        }
        Ok(())
    }

    /// The subscription that orders next, up to an instant.
    pub(crate) fn next_subscription(&self, to: Instant) -> Option<(Instant, usize)> {
        let rows = self.subscriptions.iter().enumerate();
        rows.filter_map(|(number, row)| Some((row.next_at?, number))).filter(|due| due.0 <= to).min()
    }

    /// A subscription's date has come; gives the order that it places.
    pub(crate) fn take_ordered(
        &mut self,
        number: usize,
        at: Instant,
        e: &SubscriptionOrdered,
    ) -> Result<PlaceOrder, String> {
        let row = &mut self.subscriptions[number];
        row.passed += 1;
        row.ordered += 1;
        row.ordered_at = Some(at);
        row.next_at = date(&row.rhythm, row.passed, row.ordered);
        if row.next_at.is_none() {
            row.status = SubscriptionStatus::Ended;
        }
        let order = format!("{}/{}", row.key, row.ordered);
        let book = (e.subscription.to_string(), e.order.to_string());
        check("subscription that is due, its order", &book, &(row.key.clone(), order.clone()))?;
        let book = (e.status, e.periods, e.next_at);
        check("its next date (status, periods, next)", &book, &(row.status, row.passed, row.next_at))?;
        Ok(PlaceOrder { order, ..row.capture.order.clone() })
    }

    /// The order of a subscription that is due: placed as any would be now, else parked for a person.
    pub(crate) fn take_due_order(&mut self, c: &PlaceOrder, at: Instant, body: &Body) -> Result<(), String> {
        match (self.judge_order(c, at), body) {
            (Verdict::Accept | Verdict::Either(_), Body::OrderPlaced(placed)) => {
                self.take_order(c, at, placed)
            }
            (Verdict::Refuse(_) | Verdict::Either(_), Body::OrderParked(parked)) => {
                check("parked order", &parked.order.to_string(), &c.order)?;
                check("faults of a parked order", &parked.faults.is_empty(), &false)?;
                let opened = Opened::of(ExceptionCode::OrderParked);
                let book: Vec<Opened> = parked.exceptions.iter().map(|raised| raised.opened).collect();
                // Beside that it is parked, at most how much more it asks for than there is.
                let averted = book.get(1).map_or(opened, |averted| Opened {
                    sku: averted.sku,
                    qty: averted.qty.max(1),
                    ..Opened::of(ExceptionCode::OversellAverted)
                });
                let model = [opened, averted];
                check("exceptions of a parked order", &book, &model[..book.len().clamp(1, 2)].to_vec())?;
                // Each tells of an order of its own.
                self.exceptions.extend(book.iter().map(|opened| (*opened, ExceptionStatus::Open)));
                Ok(())
            }
            (verdict, body) => Err(format!("{} where the model says {verdict:?}: {c:?}", body.name())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_keep_their_day_where_they_have_it() {
        let at = |text: &str| text.parse::<Instant>().unwrap_or_default();
        let first = at("2028-01-31T09:30:00Z");
        let dates = [0, 1, 2, 3, 12, 13].map(|months| months_later(first, months).to_string());
        let want = ["2028-01-31", "2028-02-29", "2028-03-31", "2028-04-30", "2029-01-31", "2029-02-28"];
        assert_eq!(dates, want.map(|day| format!("{day}T09:30:00Z")));
    }
}
