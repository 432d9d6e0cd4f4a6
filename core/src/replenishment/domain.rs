//! What arguments of the formulas must be: outside of it they have no answer, or one that means nothing.
#![allow(clippy::float_arithmetic, reason = "arguments of the formulas are floats; they are only compared")]

use super::levels::NormalDemand;
use super::lots::LotCosts;
use super::plan::{Item, Service};

/// What a number must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Domain {
    /// Any number.
    Finite,
    /// From 0 on.
    FromZero,
    /// Above 0.
    Positive,
    /// Between 0 and 1, neither of them.
    Service,
}

/// A number that means nothing where it stands.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{what} is {value}: give {need}")]
pub struct Senseless {
    /// Which number.
    pub what: String,
    /// What it is.
    pub value: f64,
    /// What it must be.
    pub need: &'static str,
}

impl Domain {
    /// In words.
    ///
    /// ```
    /// assert_eq!(stockbook::replenishment::Domain::Positive.need(), "a number above 0");
    /// ```
    #[must_use]
    pub const fn need(self) -> &'static str {
        match self {
            Domain::Finite => "a number",
            Domain::FromZero => "a number from 0",
            Domain::Positive => "a number above 0",
            Domain::Service => "a share between 0 and 1, as 0.95 is",
        }
    }

    /// `Ok` if a number is in it.
    ///
    /// # Errors
    /// If it is not, with what to do.
    ///
    /// ```
    /// use stockbook::replenishment::Domain;
    /// assert_eq!(Domain::Service.check("target", 0.95), Ok(()));
    /// let no = Domain::FromZero.check("sd", -1.0).unwrap_err();
    /// assert_eq!(no.to_string(), "sd is -1: give a number from 0");
    /// assert!(Domain::Finite.check("z", f64::NAN).is_err());
    /// ```
    pub fn check(self, what: &str, value: f64) -> Result<(), Senseless> {
        let holds = match self {
            Domain::Finite => true,
            Domain::FromZero => value >= 0.0,
            Domain::Positive => value > 0.0,
            Domain::Service => value > 0.0 && value < 1.0,
        };
        if holds && value.is_finite() {
            return Ok(());
        }
        Err(Senseless { what: what.to_owned(), value, need: self.need() })
    }
}

fn all<'a>(list: impl IntoIterator<Item = (&'a str, Domain, f64)>) -> Result<(), Senseless> {
    list.into_iter().try_for_each(|(what, domain, value)| domain.check(what, value))
}

impl NormalDemand {
    /// `Ok` if it is a demand, or a lead time: neither mean nor deviation is below 0.
    ///
    /// # Errors
    /// With what to do.
    ///
    /// ```
    /// use stockbook::replenishment::NormalDemand;
    /// assert_eq!(NormalDemand { mean: 4.0, sd: 0.0 }.check(), Ok(()));
    /// assert_eq!(NormalDemand { mean: 4.0, sd: -1.0 }.check().unwrap_err().what, "sd");
    /// ```
    pub fn check(&self) -> Result<(), Senseless> {
        all([("mean", Domain::FromZero, self.mean), ("sd", Domain::FromZero, self.sd)])
    }
}

impl LotCosts {
    /// `Ok` if a lot can be reckoned: what is kept costs something.
    ///
    /// # Errors
    /// With what to do.
    ///
    /// ```
    /// use stockbook::replenishment::LotCosts;
    /// let free = LotCosts { fixed: 8.0, holding: 0.0, demand: 1_300.0 };
    /// assert_eq!(free.check().unwrap_err().to_string(), "holding is 0: give a number above 0");
    /// assert_eq!(LotCosts { holding: 0.225, ..free }.check(), Ok(()));
    /// ```
    pub fn check(&self) -> Result<(), Senseless> {
        all([
            ("fixed", Domain::FromZero, self.fixed),
            ("holding", Domain::Positive, self.holding),
            ("demand", Domain::FromZero, self.demand),
        ])
    }
}

impl Item<'_> {
    /// `Ok` if levels and advice of it mean something.
    ///
    /// # Errors
    /// With the first number that is not, and what to do.
    ///
    /// ```
    /// # use stockbook::replenishment::*;
    /// # let item = Item {
    /// #     sku: 0, node: 0, supplier: 0, history: &[10.0, 12.0], free: 60, on_order: 0, backordered: 0,
    /// #     lead: NormalDemand { mean: 2.0, sd: 0.5 }, expedited_lead: 0.5, review: 1.0, fixed: 20.0,
    /// #     holding_rate: 0.005, unit_cost: 12.0, stockout: 9.0, premium: 2.0,
    /// #     packing: Packing::default(), service: Service::Cycle(0.95),
    /// # };
    /// assert_eq!(item.check(), Ok(()));
    /// let certain = Item { service: Service::Cycle(1.0), ..item };
    /// let said = certain.check().unwrap_err().to_string();
    /// assert_eq!(said, "service is 1: give a share between 0 and 1, as 0.95 is");
    /// // Nothing can come of a lead time and a review of no time.
    /// let lead = NormalDemand { mean: 0.0, sd: 0.0 };
    /// assert_eq!(Item { lead, review: 0.0, ..item }.check().unwrap_err().what, "lead + review");
    /// let gap = Item { history: &[10.0, f64::NAN], ..item };
    /// assert_eq!(gap.check().unwrap_err().what, "history, period 1");
    /// ```
    pub fn check(&self) -> Result<(), Senseless> {
        let (Service::Cycle(service) | Service::FillRate(service)) = self.service;
        all([
            ("lead", Domain::FromZero, self.lead.mean),
            ("lead_sd", Domain::FromZero, self.lead.sd),
            ("expedited_lead", Domain::FromZero, self.expedited_lead),
            ("review", Domain::FromZero, self.review),
            ("lead + review", Domain::Positive, self.lead.mean + self.review),
            ("fixed", Domain::FromZero, self.fixed),
            ("holding_rate", Domain::FromZero, self.holding_rate),
            ("unit_cost", Domain::FromZero, self.unit_cost),
            ("stockout", Domain::FromZero, self.stockout),
            ("service", Domain::Service, service),
        ])?;
        // None is wanted at any premium where it is infinite.
        let premium = if self.premium == f64::INFINITY { 0.0 } else { self.premium };
        Domain::FromZero.check("premium", premium)?;
        let mut periods = self.history.iter().enumerate();
        periods.try_for_each(|(at, units)| {
            let sound = Domain::FromZero.check("", *units);
            sound.map_err(|no| Senseless { what: format!("history, period {at}"), ..no })
        })
    }
}
