//! Sales in another currency: the document's amounts at the document's rate, the customer's debt at what it
//! was booked at, and what its settlement differs from that to gain or loss on exchange (IAS 21.28).

use super::common::*;
use super::invoice::{check_rate, convert};
use super::kit::{OpenedKits, open_kits};
use super::order::DenseOrder;
use crate::allocation::PlacedLine;
use crate::costing::share;
use crate::posting::{Context, Movement};
use crate::record::*;
use crate::value::ids::*;
use crate::value::money::{MICROS, Money};
use crate::value::num;
use crate::value::rejection::Rejection;

fn invalid(field: &str, need: &str) -> Rejection {
    Rejection::InvalidField { field: field.into(), need: need.into() }
}

/// `Ok` if a currency may be sold in.
pub(super) fn check_currency(state: &State, said: &DocumentCurrency) -> Result<(), Rejection> {
    let code = said.currency.as_bytes();
    let config = &state.head.config;
    if code.len() != 3 || !code.iter().all(u8::is_ascii_uppercase) || said.currency == config.currency {
        return Err(invalid("terms.sold_in.currency", "the ISO 4217 code of another currency"));
    }
    if said.digits > 4 {
        return Err(invalid("terms.sold_in.digits", "0 to 4"));
    }
    check_rate(Some(said.rate))
}

/// Micro-units in a minor unit of a currency.
fn minor_of(said: &DocumentCurrency) -> i64 {
    let digits = u32::from(said.digits).min(6);
    10i64.checked_pow(6u32.saturating_sub(digits)).unwrap_or(1)
}

/// Micro-units in the minor unit that an order's documents are kept in.
pub(super) fn minor_in(state: &State, order: OrderId) -> i64 {
    state.costs.sold_in(order).map_or(state.head.minor, |row| minor_of(&row.sold.currency))
}

/// An own price or amount in another currency, in its minor units.
pub(super) fn abroad(own: Money, said: &DocumentCurrency) -> Result<Money, num::Overflow> {
    whole(num::mul_div(own.micros(), MICROS, said.rate.micros())?, minor_of(said))
}

/// A price of another currency in the book's.
pub(super) fn own_price(price: Money, said: &DocumentCurrency) -> Result<Money, num::Overflow> {
    Ok(Money::from_micros(num::mul_div(price.micros(), said.rate.micros(), MICROS)?))
}

/// Kits opened, and of an order in another currency all lines at their prices in the book's.
pub(super) fn open_lines(state: &State, dense: &DenseOrder) -> Result<Option<OpenedKits>, Rejection> {
    let sold = dense.terms.as_ref().and_then(|terms| terms.sold_in.as_ref());
    let minor = sold.map_or(state.head.minor, |sold| minor_of(&sold.currency));
    let opened = open_kits(state, &dense.lines, minor)?;
    let Some(sold) = sold else { return Ok(opened) };
    let mut opened = opened.unwrap_or_else(|| OpenedKits { lines: dense.lines.clone(), kits: Vec::new() });
    for line in &mut opened.lines {
        line.price = own_price(line.price, &sold.currency)?;
    }
    Ok(Some(opened))
}

/// Prices of an order's lines in its own currency; one that a substitute brought is converted.
pub(super) fn keep_prices(
    state: &State,
    dense: &DenseOrder,
    lines: &[PlacedLine],
    terms: &mut PlacedTerms,
) -> Result<(), Rejection> {
    let Some(sold) = &mut terms.sold_in else { return Ok(()) };
    let opened = open_kits(state, &dense.lines, minor_of(&sold.currency))?;
    let said = opened.as_ref().map_or(dense.lines.as_slice(), |opened| opened.lines.as_slice());
    for (said, line) in said.iter().zip(lines) {
        let kept = own_price(said.price, &sold.currency)? == line.price;
        sold.prices.push(if kept { said.price } else { abroad(line.price, &sold.currency)? });
    }
    // Lines that stand for parts of others.
    for line in lines.iter().skip(sold.prices.len()) {
        sold.prices.push(abroad(line.price, &sold.currency)?);
    }
    Ok(())
}

/// What a line is sold for, each base unit, in its order's currency: as it was said, unless another SKU was
/// picked for it since.
fn price_now(sold: &SoldIn, number: u32, line: &LineRow) -> Result<Money, num::Overflow> {
    let kept = sold.prices.get(num::index(number.saturating_sub(1))).copied();
    let stands = |kept: &Money| own_price(*kept, &sold.currency).is_ok_and(|own| own == line.price);
    kept.filter(stands).map_or_else(|| abroad(line.price, &sold.currency), Ok)
}

/// An order in another currency as it stands.
pub(crate) fn sold_in(state: &State, order: OrderId, lines: &[LineRow]) -> Option<OrderInCurrency> {
    let mut row = state.costs.sold_in(order)?.clone();
    let prices = (1u32..).zip(lines).map(|(number, line)| price_now(&row.sold, number, line));
    if let Ok(prices) = prices.collect() {
        row.sold.prices = prices;
    }
    Some(row)
}

/// What was given back of a line by the rate of its order.
pub(super) fn given_at_order(row: Option<&OrderInCurrency>, number: u32, line: &LineRow) -> Money {
    let Some(row) = row else { return line.refunded };
    let given = row.given.get(num::index(number.saturating_sub(1))).copied().unwrap_or_default();
    own_price(given, &row.sold.currency).unwrap_or(line.refunded)
}

/// The documents of one event, in the order's currency and in the book's.
pub(super) struct Sale<'a> {
    state: &'a State,
    row: Option<&'a OrderInCurrency>,
    rate: Option<Money>,
    /// Micro-units in a minor unit of the order's currency.
    pub minor: i64,
    sums: ForeignAmounts,
}

impl<'a> Sale<'a> {
    /// Of an order, at a rate of the document's own or at that of the order.
    pub(super) fn of(state: &'a State, order: OrderId, rate: Option<Money>) -> Result<Sale<'a>, Rejection> {
        check_rate(rate)?;
        let row = state.costs.sold_in(order);
        if row.is_none() && rate.is_some() {
            return Err(invalid("rate", "an order with terms.sold_in"));
        }
        let rate = rate.or_else(|| row.map(|row| row.sold.currency.rate));
        let sums = ForeignAmounts { rate: rate.unwrap_or_default(), ..ForeignAmounts::default() };
        Ok(Sale { state, row, rate, minor: minor_in(state, order), sums })
    }

    /// What one unit of the order's currency is worth, where it is another than the book's.
    pub(super) fn rate(&self) -> Option<Money> {
        self.rate
    }

    /// A document's amount in the book's currency.
    pub(super) fn own(&self, amount: Money) -> Result<Money, Rejection> {
        Ok(if self.row.is_some() { convert(amount, self.rate, self.state.head.minor)? } else { amount })
    }

    /// What a line is sold for, each base unit, in the order's currency.
    pub(super) fn price(&self, number: u32, line: &LineRow) -> Result<Money, Rejection> {
        let Some(row) = self.row else { return Ok(line.price) };
        price_now(&row.sold, number, line).map_err(Rejection::from)
    }

    /// What units of a line are sold for that come after others of it, in the order's currency.
    pub(super) fn sold(
        &self,
        number: u32,
        line: &LineRow,
        parts: (i64, i64),
        scale: i64,
    ) -> Result<Money, Rejection> {
        sold_for(self.price(number, line)?, parts, scale, self.minor).map_err(Rejection::from)
    }

    /// What units of a line that leave are sold for, in the book's currency; where they are `owed` for, the
    /// customer owes it now.
    pub(super) fn leaves(
        &mut self,
        (number, line): (u32, &LineRow),
        parts: (i64, i64),
        scale: i64,
        owed: bool,
    ) -> Result<Money, Rejection> {
        let sold = self.sold(number, line, parts, scale)?;
        let own = self.own(sold)?;
        self.line(sold);
        if owed {
            self.owes(sold, own)?;
        }
        Ok(own)
    }

    /// What of a line was given back, in the order's currency.
    pub(super) fn given(&self, number: u32, line: &LineRow) -> Money {
        let Some(row) = self.row else { return line.refunded };
        row.given.get(num::index(number.saturating_sub(1))).copied().unwrap_or_default()
    }

    /// An own amount in the order's currency.
    pub(super) fn abroad(&self, own: Money) -> Result<Money, Rejection> {
        let Some(row) = self.row else { return Ok(own) };
        abroad(own, &row.sold.currency).map_err(Rejection::from)
    }

    /// Notes what a line comes to.
    pub(super) fn line(&mut self, amount: Money) {
        if self.row.is_some() {
            self.sums.lines.push(amount);
        }
    }

    /// The customer owes tax and shipping, which stand under the lines; gives them in the book's currency.
    pub(super) fn foot(&mut self, tax: Money, shipping: Money) -> Result<(Money, Money), Rejection> {
        (self.sums.tax, self.sums.shipping) = (tax, shipping);
        let own = (self.own(tax)?, self.own(shipping)?);
        self.owes(tax.plus(shipping)?, own.0.plus(own.1)?)?;
        Ok(own)
    }

    /// Tax that is given back.
    pub(super) fn foot_back(&mut self, tax: Money) -> Result<Money, Rejection> {
        self.sums.tax = tax;
        self.gives(tax)
    }

    /// The customer owes more by an amount, in the order's currency and in the book's.
    pub(super) fn owes(&mut self, amount: Money, own: Money) -> Result<(), Rejection> {
        if self.row.is_some() {
            self.sums.amount = self.sums.amount.plus(amount)?;
            self.sums.carried = self.sums.carried.plus(own)?;
        }
        Ok(())
    }

    /// The customer owes less by an amount; gives it in the book's currency.
    pub(super) fn gives(&mut self, amount: Money) -> Result<Money, Rejection> {
        let own = self.own(amount)?;
        self.owes(Money::ZERO.minus(amount)?, Money::ZERO.minus(own)?)?;
        Ok(own)
    }

    /// The same of a line of what is given back.
    pub(super) fn gives_line(&mut self, amount: Money) -> Result<Money, Rejection> {
        self.line(amount);
        self.gives(amount)
    }

    /// Posts what the settlement of a debt differs from what it was booked at.
    pub(super) fn settle(
        mut self,
        entry: &mut Entry<'_>,
        channel: ChannelId,
    ) -> Result<Option<Box<ForeignAmounts>>, Rejection> {
        let Some(row) = self.row else { return Ok(None) };
        let (open, by) = (row.open.micros(), self.sums.amount.micros());
        if open.signum().saturating_mul(by.signum()) < 0 {
            let (open, by) = (open.saturating_abs(), by.saturating_abs());
            let (part, minor) = (open.min(by), self.state.head.minor);
            let was = share(row.carried, part, open, minor)?;
            let left = was.plus(share(self.sums.carried, part, by, minor)?)?;
            let about = Context { channel, ..Context::default() };
            if left.micros() > 0 {
                entry.post(Movement::SettlementLoss, left, &about)?;
            } else {
                entry.post(Movement::SettlementGain, Money::ZERO.minus(left)?, &about)?;
            }
            self.sums.carried = self.sums.carried.minus(left)?;
        }
        Ok(Some(Box::new(self.sums)))
    }
}
