//! Looking ahead: the orders of the days before are the forecast of those to come, by which the book solves
//! bid prices anew each day.

use super::agenda::What;
use super::run::{DAY, Run, SimulationError};
use crate::book::*;
use crate::policy::{Measure, Policy, Sourcing};
use crate::value::geo::{Degrees, Point};
use crate::value::money::Money;
use crate::value::num::index;
use crate::value::time::Instant;
use crate::workflow::bids::{BidForecast, ExpectedLine, ExpectedOrder, SetBidPrices};

/// Kinds of orders in a forecast: of more orders before, one stands for several.
const KINDS: usize = 2_000;
/// Minutes between two solves.
const EVERY_MINUTES: u32 = 1_440;

/// Whether a policy asks what units are worth to others.
pub(super) fn bids(policy: &Policy) -> bool {
    let rules = policy.rules.iter().map(|rule| &rule.then).chain([&policy.otherwise]);
    let weighs = |rule: &Sourcing| rule.tiers.iter().flatten().any(|term| term.measure == Measure::BidPrice);
    rules.into_iter().any(weighs)
}

impl Run<'_> {
    /// Notes when forecasts are made.
    pub(super) fn plan_forecasts(&mut self, policy: &Policy) -> Result<(), SimulationError> {
        let period = i64::from(self.options.forecast_days).saturating_mul(DAY);
        if period == 0 || !bids(policy) {
            return Ok(());
        }
        // An order under a rule that does not say which of its tiers prices are in could not be priced.
        self.book.check_priced().map_err(|rejection| {
            let (at, what) = (Instant::from_micros(self.start()), "forecast_days".into());
            SimulationError::Refused { at, what, rejection }
        })?;
        let last = self.orders.table().at.last().copied().unwrap_or(0);
        let mut at = self.start().saturating_add(period);
        while at <= last {
            self.agenda.push(at, What::Forecast);
            at = at.saturating_add(period);
        }
        Ok(())
    }

    /// Forecasts that what was ordered in the days before will be ordered in the days to come.
    pub(super) fn forecast(&mut self, at: i64) -> Result<(), SimulationError> {
        let placed = &self.orders.table().at;
        let from = at.saturating_sub(i64::from(self.options.forecast_days).saturating_mul(DAY));
        let rows = placed.partition_point(|placed| *placed < from)..placed.partition_point(|row| *row < at);
        let each = rows.len().div_ceil(KINDS).max(1);
        let times = i64::try_from(each).unwrap_or(1);
        let orders: Vec<_> = rows.step_by(each).filter_map(|row| self.expected(row, times)).collect();
        if orders.is_empty() {
            return Ok(());
        }
        let forecast = BidForecast { orders, every_minutes: EVERY_MINUTES, ..BidForecast::default() };
        let set = SetBidPrices { prices: Vec::new(), forecast: Some(Box::new(forecast)) };
        self.say(at, Command::SetBidPrices(set)).map(drop).map_err(|rejection| {
            let (at, what) = (Instant::from_micros(at), "a forecast".into());
            SimulationError::Refused { at, what, rejection }
        })
    }

    /// An order of the stream as one that is expected.
    fn expected(&self, row: usize, times: i64) -> Option<ExpectedOrder> {
        let table = self.orders.table();
        let channel = self.network.channels.get(index(*table.channel.get(row)?))?.channel.clone();
        let to = Point { lat: Degrees(*table.lat.get(row)?), lon: Degrees(*table.lon.get(row)?) };
        let line = |line: usize| {
            let sku = self.network.skus.get(index(*table.sku.get(line)?))?.sku.clone();
            let price = table.price.get(line).filter(|price| **price != NOT_GIVEN);
            let price = price.map(|price| Money::from_micros(*price));
            Some(ExpectedLine { sku, qty: *table.qty.get(line)?, price })
        };
        let lines = self.orders.lines_of(row).map(line).collect::<Option<Vec<_>>>()?;
        Some(ExpectedOrder { times, channel, segment: String::new(), to, lines })
    }
}
