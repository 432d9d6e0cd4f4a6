//! Bid prices: said, or solved from a forecast, when asked and again and again as time passes.

use super::batch::{ORDERS_MAX, ROUNDS, STEPS_MAX, fault};
use super::plan::{Task, choose};
use crate::allocation::batch::{cold_start_price, fluid_prices};
use crate::allocation::{Above, Allocator, Bring, Joint, Keep, PlacedLine, TIERS_MAX};
use crate::catalog::{Lookup, at_most, need};
use crate::policy::{CompiledPolicy, CompiledSourcing, Flow, Measure};
use crate::record::*;
use crate::stock::Lots;
use crate::value::geo::Point;
use crate::value::ids::*;
use crate::value::money::Money;
use crate::value::num;
use crate::value::rejection::Rejection;
use crate::value::sort::PutInOrder;
use crate::value::time::Instant;
use crate::value::wire::wire;
use serde::Serialize;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// Most bid prices.
const BIDS_MAX: usize = 1_000_000;
/// The most that a unit may be worth, in micro-units.
const WORTH_MAX: i64 = 1_000_000_000_000;
/// Most rounds of the price search.
const ROUNDS_MAX: u64 = 2_000;

/// Sets what a further unit of a SKU is worth at a node, as the policy's measure `bid_price` weighs it.
/// Replaces all bid prices, and ends a forecast by which they were solved; an empty list clears them.
///
/// With a forecast they are solved, now and again and again as time passes: each time from what is free
/// then, by the policy in force then, and from what of the forecast is still to come. The event holds the
/// prices, so that a replay solves nothing.
///
/// ```
#[doc = include_str!("../example_book.txt")]
/// # for (id, json) in [r#"{"receive_goods":{"receipt":"R-2","node":"DALLAS","lines":[
/// #         {"sku":"TEE","qty":10,"unit_cost":"8"}]}}"#,
/// #     r#"{"set_policy":{"name":"bids","otherwise":{"lateness":"allowed","tiers":[
/// #         [{"measure":"unfilled_lines","weight":"1"}],
/// #         [{"measure":"freight","weight":"1"},{"measure":"bid_price","weight":"1"}]]}}}"#,
/// # ].iter().enumerate() {
/// #     book.execute(&Envelope::new(&id.to_string(), at, serde_json::from_str(json)?))?;
/// # }
/// // RENO and DALLAS have ten TEE each, and the policy weighs bid prices: those at RENO are worth
/// // more tomorrow.
/// let bid = BidPrice { sku: "TEE".into(), node: "RENO".into(), price: Money::from_cents(9_00) };
/// book.execute(&Envelope::new("bids", at, Command::SetBidPrices(SetBidPrices {
///     prices: vec![bid], forecast: None,
/// })))?;
#[doc = include_str!("../example_order.txt")]
/// // The customer of order 1001 lives in Reno.
/// assert_eq!(book.stock_columns().available, [10, 7]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SetBidPrices {
    /// Prices; a SKU and node at most once. None with a forecast.
    #[serde(default)]
    pub prices: Vec<BidPrice>,
    /// Solves them, instead.
    #[serde(default)]
    pub forecast: Option<Box<BidForecast>>,
}

/// What came after the first release is left out while it says nothing: such prices keep their hash.
impl std::hash::Hash for SetBidPrices {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.prices.hash(state);
        if let Some(forecast) = &self.forecast {
            ("forecast", forecast).hash(state);
        }
    }
}

wire! {
    /// What bid prices are solved from, and when. Dates that time jumps over, and at which nothing else falls
    /// due, are solved once, as of the last of them. If an order's rule has come to say no tier for prices
    /// (`PolicyOfManyTiers`), or the orders have become too much for one search, the last prices stay, and
    /// the event tells no bound.
    ///
    /// The first command at or after a date waits for the search, and so does the next one if that is
    /// refused: a host that is in a hurry says `advance_time` at each date.
    #[derive(Default)]
    pub struct BidForecast {
        /// Orders that are expected: 1 to 100,000 kinds; none with `worth`.
        #[serde(default)]
        pub orders: Vec<ExpectedOrder>,
        /// Minutes between two dates: 15 to 525,600.
        pub every_minutes: u32,
        /// By when all of them have come, evenly from now on: then prices come to nothing. None = at any date
        /// as many are still to come.
        #[serde(default)]
        pub until: Option<Instant>,
        /// Steps of a search, each of which looks at one kind of order; 0 = 200 for each kind, at most
        /// 50,000,000.
        #[serde(default)]
        pub steps_max: u64,
        /// Without orders: the most that a base unit could save. Prices rise to that, from nothing, with the
        /// share `u` that is used of what is free now: `worth * (e^u - 1) / (e - 1)`.
        #[serde(default)]
        pub worth: Option<Money>,
    }

    /// What further units would be worth if the orders of a forecast came, out of what is free now and by the
    /// policy in force. The answer's prices can be set as they are.
    ///
    /// They are in the tier that a rule weighs `bid_price` in, or its only one. A tier above it counts so
    /// much that it outweighs twice what one order could save below; what is below is left out.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// # let json = r#"{"set_policy":{"name":"one tier","otherwise":{"lateness":"allowed","tiers":[
    /// #     [{"measure":"unfilled_units","weight":"30"},{"measure":"freight","weight":"1"}]]}}}"#;
    /// # book.execute(&Envelope::new("policy", at, serde_json::from_str(json)?))?;
    /// // Ten TEE are there; forty orders of one each are expected, and each that is not filled costs 30.
    /// let order = r#"{"times":40,"channel":"web","to":{"lat":"39.5","lon":"-119.8"},
    ///     "lines":[{"sku":"TEE","qty":1}]}"#;
    /// let forecast = vec![serde_json::from_str(order)?];
    /// let query = Query::BidPrices(BidPricesQuery { forecast, ..BidPricesQuery::default() });
    /// let Answer::BidPrices(bids) = book.ask(&query)? else { panic!() };
    /// assert!(bids.prices[0].price > Money::ZERO, "a further unit would fill an order more");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[derive(Default)]
    pub struct BidPricesQuery {
        /// Orders that are expected: 1 to 100,000 kinds; none = those of the forecast that was set, as far as
        /// they are still to come.
        #[serde(default)]
        pub forecast: Vec<ExpectedOrder>,
        /// When they would be placed; absent = now.
        #[serde(default)]
        pub at: Option<Instant>,
        /// As of a forecast.
        #[serde(default)]
        pub steps_max: u64,
    }

    /// Orders of one kind, as a forecast or a sample of past orders has them.
    pub struct ExpectedOrder {
        /// How many are expected.
        #[serde(default = "once")]
        pub times: i64,
        /// The channel.
        pub channel: String,
        /// Segment of the customer; empty = none.
        #[serde(default)]
        pub segment: String,
        /// Where they go.
        pub to: Point,
        /// What each asks for.
        pub lines: Vec<ExpectedLine>,
    }

    /// A line of an expected order.
    pub struct ExpectedLine {
        /// The SKU.
        pub sku: String,
        /// Smallest units.
        pub qty: i64,
        /// Price of one base unit; none = the list price.
        #[serde(default)]
        pub price: Option<Money>,
    }

    /// A bid price.
    pub struct BidPrice {
        /// The SKU.
        pub sku: String,
        /// The node.
        pub node: String,
        /// Worth of a base unit, at least 0.
        pub price: Money,
    }
}

fn once() -> i64 {
    1
}

/// Bid prices by a forecast.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct BidPricesView {
    /// Prices above nothing, ascending by SKU, then node.
    pub prices: Vec<BidPriceRow>,
    /// The orders of the forecast cost no less, all tiers told in money as prices are, whatever is done as
    /// they come; none where lines are split, rules give way or let goods be brought, or costs were told
    /// coarsely.
    pub bound: Option<Money>,
    /// When the book next solves its own, if it does.
    pub next_at: Option<Instant>,
}

/// Checks a whole table of bid prices, or solves it.
pub(crate) fn decide_bid_prices(state: &State, said: &SetBidPrices, at: Instant) -> Result<Body, Rejection> {
    let invalid = |need: &str| Rejection::InvalidField { field: "prices".into(), need: need.into() };
    if let Some(forecast) = &said.forecast {
        if !said.prices.is_empty() {
            return Err(invalid("none where they are solved by a forecast"));
        }
        return decide_forecast(state, forecast, at);
    }
    if said.prices.len() > BIDS_MAX {
        return Err(invalid("at most 1,000,000 prices"));
    }
    let mut prices = Vec::with_capacity(said.prices.len());
    for bid in &said.prices {
        if bid.price < Money::ZERO {
            return Err(invalid("a price of at least 0"));
        }
        let (sku, _) = state.catalog.sku_of(&bid.sku)?;
        let (node, _) = state.catalog.node_of(&bid.node)?;
        prices.push(BidPriceRow { sku, node, price: bid.price });
    }
    prices.put_in_order();
    let same = |pair: &[BidPriceRow]| matches!(pair, [a, b] if (a.sku, a.node) == (b.sku, b.node));
    if prices.windows(2).any(same) {
        return Err(invalid("a SKU and node at most once"));
    }
    prices.retain(|row| row.price > Money::ZERO);
    Ok(Body::BidPricesSet(BidPricesSet { prices, solved: None }))
}

/// A forecast as it was said, and the first prices by it.
fn decide_forecast(state: &State, said: &BidForecast, at: Instant) -> Result<Body, Rejection> {
    need((15..=525_600).contains(&said.every_minutes), "forecast.every_minutes", "15 to 525,600")?;
    if said.until.is_some_and(|until| !until.is_valid()) {
        return Err(Rejection::InvalidInstant { field: "forecast.until".into() });
    }
    need(said.until.is_none_or(|until| until > at), "forecast.until", "a time to come")?;
    let (every_minutes, steps_max, worth) = (said.every_minutes, said.steps_max, said.worth);
    let (mut orders, mut levels) = (Vec::new(), Vec::new());
    if let Some(worth) = worth {
        need(said.orders.is_empty(), "forecast.worth", "none with orders")?;
        need(worth > Money::ZERO && worth.micros() <= WORTH_MAX, "forecast.worth", "above 0, to 1,000,000")?;
        levels = free_levels(state)?;
    } else {
        orders = expected(state, &said.orders, "forecast.orders")?;
    }
    let (until, worth) = (said.until, worth.unwrap_or(Money::ZERO));
    let forecast = DemandForecast { orders, from: at, until, every_minutes, steps_max, worth, levels };
    let found = foresee(state, &forecast, at, steps_max)?;
    let next_at = forecast.next(at);
    let solved = Some(BidsSolved { bound: found.bound, next_at, forecast: Some(Box::new(forecast)) });
    Ok(Body::BidPricesSet(BidPricesSet { prices: found.prices, solved }))
}

/// Solves the prices of a forecast that are due. What keeps it from that does not keep time from going on.
pub(crate) fn decide_due_prices(state: &State, at: Instant) -> Body {
    let forecast = state.desk.forecast.get(0);
    let next_at = forecast.and_then(|forecast| forecast.next(at));
    let found = forecast.map(|forecast| foresee(state, forecast, at, forecast.steps_max));
    let (prices, bound) = match found {
        Some(Ok(found)) => (found.prices, found.bound),
        _ => (said(state), None),
    };
    Body::BidPricesSet(BidPricesSet { prices, solved: Some(BidsSolved { bound, next_at, forecast: None }) })
}

/// The prices in force.
fn said(state: &State) -> Vec<BidPriceRow> {
    let row = |(sku, node, price)| BidPriceRow { sku, node, price: Money::from_micros(price) };
    state.stock.bids.iter().map(row).collect()
}

/// Prices the units that are free by the orders of a forecast.
pub(crate) fn ask_bid_prices(state: &State, query: &BidPricesQuery) -> Result<BidPricesView, Rejection> {
    let at = query.at.unwrap_or(state.head.now).max(state.head.now);
    let foresees = |known: &&DemandForecast| !(known.orders.is_empty() && known.levels.is_empty());
    let known = state.desk.forecast.get(0).filter(foresees);
    let found = match known.filter(|_| query.forecast.is_empty()) {
        Some(known) => foresee(state, known, at, query.steps_max.max(known.steps_max))?,
        None => solve(state, &expected(state, &query.forecast, "forecast")?, at, query.steps_max)?,
    };
    Ok(BidPricesView { next_at: state.desk.forecast_due.first(), ..found })
}

/// What is free, wherever anything is.
fn free_levels(state: &State) -> Result<Vec<FreeLevel>, Rejection> {
    let mut levels = Vec::new();
    for (sku, _) in state.catalog.sku.iter() {
        let free = (0u32..).zip(state.stock.cells.free_row(SkuId(sku)));
        let free = free.filter(|(_, qty)| **qty > 0);
        levels.extend(free.map(|(node, qty)| FreeLevel { sku: SkuId(sku), node: NodeId(node), qty: *qty }));
        need(levels.len() <= BIDS_MAX, "forecast.worth", "at most 1,000,000 SKUs at nodes")?;
    }
    Ok(levels)
}

/// Prices by a forecast, or by what is used where none foresees any orders.
fn foresee(
    state: &State,
    forecast: &DemandForecast,
    at: Instant,
    steps_max: u64,
) -> Result<BidPricesView, Rejection> {
    if forecast.levels.is_empty() {
        return solve(state, &forecast.left(at), at, steps_max);
    }
    let over = forecast.until.is_some_and(|until| at >= until);
    let price = |level: &FreeLevel| {
        let free = state.stock.cells.get(level.sku, level.node).free();
        let used = level.qty.saturating_sub(free).max(0);
        let price = cold_start_price(forecast.worth.micros(), used, level.qty);
        BidPriceRow { sku: level.sku, node: level.node, price: Money::from_micros(price) }
    };
    let prices = forecast.levels.iter().filter(|_| !over).map(price);
    let prices = prices.filter(|row| row.price > Money::ZERO).collect();
    Ok(BidPricesView { prices, bound: None, next_at: None })
}

/// Orders that are expected, checked.
fn expected(state: &State, said: &[ExpectedOrder], field: &str) -> Result<Vec<ForecastOrder>, Rejection> {
    let invalid =
        |field: &str, need: &str| Rejection::InvalidField { field: field.into(), need: need.into() };
    if !(1..=ORDERS_MAX).contains(&said.len()) {
        return Err(invalid(field, "1 to 100,000 kinds of order"));
    }
    let mut orders = Vec::with_capacity(said.len());
    for expected in said {
        let (channel, _) = state.catalog.channel_of(&expected.channel)?;
        if !(1..=num::QTY_MAX).contains(&expected.times) || !expected.to.is_valid() {
            return Err(invalid(field, "at least one order, to a place on earth"));
        }
        at_most("characters of the segment", expected.segment.len(), 64)?;
        let mut lines = Vec::with_capacity(expected.lines.len());
        for line in &expected.lines {
            let (sku, row) = state.catalog.sku_of(&line.sku)?;
            if !(1..=num::QTY_MAX).contains(&line.qty) {
                return Err(invalid("qty", "at least 1"));
            }
            let price = line.price.unwrap_or(row.price);
            need(price >= Money::ZERO, "price", "a price of at least 0")?;
            lines.push(PlacedLine { sku, qty: line.qty, price });
        }
        let (times, to, segment) = (expected.times, expected.to, expected.segment.clone());
        orders.push(ForecastOrder { times, channel, to, segment, lines });
    }
    Ok(orders)
}

/// The tier that prices are in, and what money weighs in it, in millionths.
fn tier_of(rule: &CompiledSourcing) -> Result<(usize, i64), Rejection> {
    let bids = rule.terms.iter().filter(|(_, measure, _)| *measure == Measure::BidPrice);
    let bid = bids.clone().next().map(|(tier, ..)| {
        let weights = bids.filter(|term| term.0 == *tier).map(|(.., weight)| *weight);
        let weight = weights.fold(0, i64::saturating_add);
        // One that weighs nothing says only which tier is of money.
        (*tier, if weight == 0 { 1_000_000 } else { weight })
    });
    let only = || rule.terms.first().map(|term| (term.0, 1_000_000)).filter(|_| rule.tiers == 1);
    bid.or_else(only).ok_or_else(|| Rejection::PolicyOfManyTiers { rule: rule.name.clone() })
}

/// `Ok` if all rules in force that orders may come under say which of their tiers prices are in.
pub(crate) fn check_priced(policy: &CompiledPolicy) -> Result<(), Rejection> {
    let mut rules = policy.all().filter(|rule| rule.flow == Flow::Out);
    rules.try_for_each(|rule| tier_of(rule).map(drop))
}

/// Prices of what is free by orders that are to come.
fn solve(
    state: &State,
    orders: &[ForecastOrder],
    at: Instant,
    steps_max: u64,
) -> Result<BidPricesView, Rejection> {
    need(steps_max <= STEPS_MAX, "steps_max", "at most 50,000,000")?;
    // Where channels have protected stock, what one may not have another may.
    let (mut joint, mut rules) = (Joint::default(), BTreeMap::new());
    joint.widest = true;
    let (mut allocator, mut terms, mut relaxes) = (Allocator::default(), TermsRow::none(), false);
    for expected in orders {
        let promise = state.catalog.channel.get(expected.channel.0).map_or(0, |row| row.promise_s);
        terms.segment = expected.segment.as_str().into();
        let task = Task {
            order: OrderId::NONE,
            channel: expected.channel,
            to: expected.to,
            deliver_by: at.plus_seconds(promise),
            commitment: Commitment::default(),
            shortage: None,
            lines: &expected.lines,
            numbers: &[],
            credit: &[],
            lots: Lots::default(),
            own: &[],
            stays: &[],
            days: &[],
            detail: Detail::None,
            number: "",
            terms: &terms,
            called: &[],
            caps: &[],
            without: ServiceId::NONE,
            brings: Bring::Never,
            named: None,
        };
        let (number, rule) = choose(state, &task);
        let ((tier, money), rule) = match rules.entry(number) {
            Entry::Occupied(known) => known.into_mut(),
            // Bid prices are what is looked for.
            Entry::Vacant(new) => new.insert((tier_of(rule)?, rule.without(Measure::BidPrice))),
        };
        // Told further down, so that what prices are in is the lowest tier of all.
        joint.lowered = TIERS_MAX.saturating_sub(tier.saturating_add(1));
        joint.money = Some(*money).filter(|weight| *weight != 1_000_000);
        // What other nodes could bring is not looked at.
        relaxes |= !rule.relaxed.is_empty() || rule.brings;
        allocator.decide(state.world(), &task.demand(at), rule, Keep::Reasons);
        joint.add(state.world(), &allocator, 0, expected.times);
    }
    let (problem, scale) = joint.compile(state.catalog.node.len(), Above::Order);
    let each = steps_max.checked_div(u64::try_from(orders.len()).unwrap_or(u64::MAX)).unwrap_or(0);
    let rounds =
        if steps_max == 0 { ROUNDS } else { u32::try_from(each.clamp(1, ROUNDS_MAX)).unwrap_or(ROUNDS) };
    let found = fluid_prices(&problem, rounds).map_err(fault)?;
    let mut prices = Vec::with_capacity(found.stock.len());
    for row in found.stock {
        let (sku, node) = (SkuId(row.sku), NodeId(row.node));
        let each = state.catalog.sku.get(sku.0).map_or(1, |row| row.scale);
        let price = num::mul(num::mul(row.qty, scale.lowest())?, each)?;
        prices.push(BidPriceRow { sku, node, price: Money::from_micros(price) });
    }
    let proved = !joint.splits && !relaxes && scale.lowest() == 1;
    Ok(BidPricesView { prices, bound: proved.then_some(Money::from_micros(found.bound)), next_at: None })
}
