//! What bid prices are solved from: how much of it is still to come, and when they are solved next.

use crate::record::event::{DemandForecast, ForecastOrder};
use crate::value::money::Money;
use crate::value::num;
use crate::value::time::Instant;

impl DemandForecast {
    /// Nothing to come.
    pub(crate) fn none() -> DemandForecast {
        let (orders, from, every_minutes) = (Vec::new(), Instant::START, 0);
        let (until, steps_max, worth, levels) = (None, 0, Money::ZERO, Vec::new());
        DemandForecast { orders, from, until, every_minutes, steps_max, worth, levels }
    }

    /// The orders that are still to come: taken evenly from the list, so that of kinds that come once so many
    /// are left as of one kind that comes as often.
    pub(crate) fn left(&self, at: Instant) -> Vec<ForecastOrder> {
        let Some(until) = self.until else { return self.orders.clone() };
        let span = |from: Instant| until.micros().saturating_sub(from.micros()).max(0);
        let (rest, all) = (span(at), span(self.from).max(1));
        let (mut before, mut gone) = (0i64, 0i64);
        let mut left = Vec::new();
        for order in &self.orders {
            before = before.saturating_add(order.times);
            let so_far = num::mul_div(before, rest.min(all), all).unwrap_or(0);
            let times = so_far.saturating_sub(gone);
            gone = so_far;
            if times > 0 {
                left.push(ForecastOrder { times, ..order.clone() });
            }
        }
        left
    }

    /// The date after one; none after the last, which is when all have come.
    pub(crate) fn next(&self, at: Instant) -> Option<Instant> {
        let next = self.after(at, 1);
        match self.until {
            Some(until) if at >= until => None,
            Some(until) => Some(next.min(until)),
            None => Some(next).filter(|next| next.is_valid()),
        }
    }

    /// The last date before something else happens, not after a time; the dates from `at` on.
    pub(crate) fn last(&self, at: Instant, before: Option<Instant>, to: Instant) -> Instant {
        let just = |other: Instant| Instant::from_micros(other.micros().saturating_sub(1));
        let to = before.map_or(to, |other| to.min(just(other)));
        let span = to.micros().saturating_sub(at.micros()).max(0);
        let last = self.after(at, span.checked_div(self.every()).unwrap_or(0));
        self.until.map_or(last, |until| if to >= until { until } else { last })
    }

    /// Microseconds between two dates.
    fn every(&self) -> i64 {
        i64::from(self.every_minutes).saturating_mul(60_000_000).max(1)
    }

    fn after(&self, at: Instant, dates: i64) -> Instant {
        Instant::from_micros(at.micros().saturating_add(self.every().saturating_mul(dates)))
    }
}
