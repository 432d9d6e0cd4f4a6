//! How much at a time: economic lots, price breaks, joint orders, lots over a horizon, and what suppliers
//! pack.
//!
//! Costs and rates are floats in one unit of money and one unit of time of the caller's choice. Sources:
//! Snyder and Shen, Fundamentals of Supply Chain Theory, 2nd ed., chapter 3; Silver, Pyke and Peterson,
//! Inventory Management and Production Planning and Scheduling, 3rd ed. Example 3.7 and others are played in
//! the tests.
#![allow(
    clippy::float_arithmetic,
    clippy::as_conversions,
    clippy::arithmetic_side_effects,
    reason = "cost rates are floats; quantities are rounded where `Packing` meets them"
)]

use super::numbers::float;

/// A lot and what it costs a unit of time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lot {
    /// Units at a time.
    pub qty: f64,
    /// Cost a unit of time: orders, holding, and where prices break the goods themselves.
    pub cost: f64,
}

/// What a lot's cost is made of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LotCosts {
    /// Cost of an order, whatever its size.
    pub fixed: f64,
    /// Cost of holding a unit for a unit of time.
    pub holding: f64,
    /// Units that are asked for in a unit of time.
    pub demand: f64,
}

impl LotCosts {
    /// The economic order quantity (Harris 1913): `√(2 K λ / h)`.
    ///
    /// ```
    /// use stockbook::replenishment::LotCosts;
    /// let lot = LotCosts { fixed: 8.0, holding: 0.225, demand: 1_300.0 }.economic();
    /// assert_eq!((lot.qty.round(), (lot.cost * 100.0).round()), (304.0, 6841.0));
    /// ```
    #[must_use]
    pub fn economic(self) -> Lot {
        let LotCosts { fixed, holding, demand } = self;
        Lot {
            qty: libm::sqrt(2.0 * fixed * demand / holding),
            cost: libm::sqrt(2.0 * fixed * demand * holding),
        }
    }

    /// What a lot of this size costs a unit of time.
    ///
    /// ```
    /// use stockbook::replenishment::LotCosts;
    /// let costs = LotCosts { fixed: 10.0, holding: 2.0, demand: 100.0 };
    /// // Five orders of 20 cost 50; ten units lie there on average and cost 20.
    /// assert_eq!(costs.cost_of(20.0), 70.0);
    /// ```
    #[must_use]
    pub fn cost_of(self, qty: f64) -> f64 {
        self.fixed * self.demand / qty + self.holding * qty / 2.0
    }

    /// The economic order quantity where what is short waits at a cost a unit and time: the lot, and the
    /// share of it that is planned to wait.
    ///
    /// ```
    /// use stockbook::replenishment::LotCosts;
    /// let (lot, waits) = LotCosts { fixed: 8.0, holding: 1.0, demand: 48.0 }.with_backorders(3.0);
    /// // √(2 × 8 × 48 × 4 / 3) = 32, of which 1 / (1 + 3) waits.
    /// assert_eq!((lot.qty, lot.cost, waits), (32.0, 24.0, 0.25));
    /// ```
    #[must_use]
    pub fn with_backorders(self, waiting: f64) -> (Lot, f64) {
        let LotCosts { fixed, holding, demand } = self;
        let qty = libm::sqrt(2.0 * fixed * demand * (holding + waiting) / (holding * waiting));
        let cost = libm::sqrt(2.0 * fixed * demand * holding * waiting / (holding + waiting));
        (Lot { qty, cost }, holding / (holding + waiting))
    }

    /// The economic production quantity: goods come in at a rate above that of demand instead of at once.
    ///
    /// ```
    /// use stockbook::replenishment::LotCosts;
    /// // Snyder and Shen, problem 3.22.
    /// let lot = LotCosts { fixed: 4.0, holding: 0.08, demand: 80.0 }.produced_at(110.0);
    /// assert!((lot.qty - 171.269_767_7).abs() < 1e-6 && (lot.cost - 3.736_794_93).abs() < 1e-6);
    /// ```
    #[must_use]
    pub fn produced_at(self, rate: f64) -> Lot {
        LotCosts { holding: self.holding * (1.0 - self.demand / rate), ..self }.economic()
    }
}

/// A price from a quantity on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PriceBreak {
    /// The first quantity at the price; the first break begins at 0.
    pub from: f64,
    /// Price of a unit.
    pub price: f64,
}

/// What a broken price is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Discount {
    /// For all units of the order.
    AllUnits,
    /// For the units from the break on.
    Incremental,
}

/// The cheapest lot where the price breaks: the lot (its cost includes the goods) and the break that it falls
/// under, counted from 0. `holding_rate` is the cost of holding a unit of money for a unit of time. No
/// breaks, no lot.
///
/// ```
/// use stockbook::replenishment::{Discount, PriceBreak, discounted};
/// let breaks = [(0.0, 500.0), (200.0, 475.0), (500.0, 450.0)];
/// let breaks = breaks.map(|(from, price)| PriceBreak { from, price });
/// let (lot, region) = discounted(200.0, 0.2, 1_000.0, &breaks, Discount::AllUnits).unwrap();
/// assert_eq!((lot.qty, lot.cost, region), (500.0, 472_900.0, 2));
/// ```
#[must_use]
pub fn discounted(
    fixed: f64,
    holding_rate: f64,
    demand: f64,
    breaks: &[PriceBreak],
    discount: Discount,
) -> Option<(Lot, usize)> {
    let mut best: Option<(Lot, usize)> = None;
    // Of an incremental price: what units before the break cost above the price of this region.
    let mut above = 0.0;
    let mut before: Option<PriceBreak> = None;
    for (region, at) in breaks.iter().enumerate() {
        if let Some(before) = before {
            above += (before.price - at.price) * at.from;
        }
        before = Some(*at);
        let end = breaks.get(region + 1).map_or(f64::INFINITY, |next| next.from);
        let holding = holding_rate * at.price;
        let (fixed, extra) = match discount {
            Discount::AllUnits => (fixed, 0.0),
            Discount::Incremental => (fixed + above, holding_rate * above / 2.0),
        };
        let costs = LotCosts { fixed, holding, demand };
        let free = costs.economic().qty;
        let qty = match discount {
            Discount::AllUnits if free >= end => continue,
            Discount::AllUnits => free.max(at.from),
            // The best lot of an incremental price is never at a break.
            Discount::Incremental if free < at.from || free >= end => continue,
            Discount::Incremental => free,
        };
        let cost = at.price * demand + extra + costs.cost_of(qty);
        if best.is_none_or(|(lot, _)| cost < lot.cost) {
            best = Some((Lot { qty, cost }, region));
        }
    }
    best
}

/// Items that are ordered together.
#[derive(Clone, Debug, PartialEq)]
pub struct JointOrder {
    /// Time between two orders.
    pub cycle: f64,
    /// Every how many orders each item is in.
    pub multiples: Vec<i64>,
    /// Units of each item when it is in.
    pub qtys: Vec<f64>,
    /// Cost a unit of time.
    pub cost: f64,
}

/// Joint replenishment: each item every so many of the shared orders (Silver 1976, a heuristic).
///
/// `fixed` is the cost of an order whatever is in it; `fixed` of an item comes on top when it is in. No items
/// with demand, no order.
///
/// ```
/// use stockbook::replenishment::{LotCosts, joint};
/// let item = |fixed, holding| LotCosts { fixed, holding, demand: 1.0 };
/// let order = joint(600.0, &[item(120.0, 160.0), item(840.0, 20.0), item(300.0, 50.0)]).unwrap();
/// assert_eq!(order.multiples, [1, 3, 1], "the second is cheap to hold: every third order");
/// assert!((order.cycle - 3.103_164_454).abs() < 1e-8);
/// ```
#[must_use]
pub fn joint(fixed: f64, items: &[LotCosts]) -> Option<JointOrder> {
    let ratio = |item: &LotCosts| item.fixed / (item.holding * item.demand);
    let first =
        items.iter().filter(|item| ratio(item).is_finite()).min_by(|a, b| ratio(a).total_cmp(&ratio(b)))?;
    let base = first.holding * first.demand / (fixed + first.fixed);
    let multiple = |item: &LotCosts| {
        let free = libm::sqrt(ratio(item) * base);
        // Rounded at the geometric mean of two neighbours, where both cost the same.
        let mut m = libm::floor(free).max(1.0);
        if free > libm::sqrt(m * (m + 1.0)) {
            m += 1.0;
        }
        if ratio(item) <= ratio(first) { 1.0 } else { m }
    };
    let multiples: Vec<f64> = items.iter().map(multiple).collect();
    let each = || items.iter().zip(&multiples);
    let orders = fixed + each().map(|(item, m)| item.fixed / m).sum::<f64>();
    let holding = each().map(|(item, m)| m * item.holding * item.demand).sum::<f64>();
    let cycle = libm::sqrt(2.0 * orders / holding);
    Some(JointOrder {
        cycle,
        qtys: each().map(|(item, m)| item.demand * m * cycle).collect(),
        multiples: multiples.iter().map(|m| *m as i64).collect(),
        cost: libm::sqrt(2.0 * orders * holding),
    })
}

/// Lots over a horizon of known demand at the least cost: what to order in each period, and the cost (Wagner
/// and Whitin 1958). `holding` is the cost of holding a unit into the next period.
///
/// ```
/// use stockbook::replenishment::over_horizon;
/// let (lots, cost) = over_horizon(500.0, 2.0, &[90.0, 120.0, 80.0, 70.0]);
/// assert_eq!((lots, cost), (vec![210.0, 0.0, 150.0, 0.0], 1_380.0));
/// ```
#[must_use]
pub fn over_horizon(fixed: f64, holding: f64, demand: &[f64]) -> (Vec<f64>, f64) {
    // best[t]: the least cost from period t on, and the period before which the next order comes.
    let mut best: Vec<(f64, usize)> = vec![(0.0, demand.len()); demand.len() + 1];
    for from in (0..demand.len()).rev() {
        let (mut held, mut found) = (0.0, (f64::INFINITY, demand.len()));
        for (ahead, units) in demand.iter().skip(from).enumerate() {
            held += holding * float(ahead as i64) * units;
            let next = from + ahead + 1;
            let rest = best.get(next).map_or(0.0, |rest| rest.0);
            if fixed + held + rest < found.0 {
                found = (fixed + held + rest, next);
            }
            if held > fixed + best.get(from + 1).map_or(0.0, |rest| rest.0) {
                break;
            }
        }
        // A period without demand needs no order of its own.
        let wait = best.get(from + 1).copied().unwrap_or((0.0, demand.len()));
        if demand.get(from).is_some_and(|units| *units <= 0.0) && wait.0 <= found.0 {
            found = (wait.0, usize::MAX);
        }
        if let Some(slot) = best.get_mut(from) {
            *slot = found;
        }
    }
    let mut lots = vec![0.0; demand.len()];
    let mut at = 0;
    while at < demand.len() {
        let next = best.get(at).map_or(demand.len(), |best| best.1);
        if next == usize::MAX {
            at += 1;
            continue;
        }
        if let Some(lot) = lots.get_mut(at) {
            *lot = demand.get(at..next).unwrap_or_default().iter().sum();
        }
        at = next.max(at + 1);
    }
    (lots, best.first().map_or(0.0, |best| best.0))
}

/// In what a supplier sells: packs, pallets of packs, a least quantity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Packing {
    /// Units in a pack; 0 or 1 = by the unit.
    pub pack: i64,
    /// Units on a pallet; 0 = no pallets.
    pub pallet: i64,
    /// A quantity that fills so many thousandths of its last pallet becomes whole pallets; 0 = never.
    pub pallet_from: i64,
    /// The least quantity of a line.
    pub least: i64,
}

impl Packing {
    /// A quantity as the supplier sells it: at least the least quantity, whole packs, and whole pallets where
    /// the last one is nearly full. Nothing stays nothing.
    ///
    /// ```
    /// use stockbook::replenishment::Packing;
    /// let packing = Packing { pack: 12, pallet: 480, pallet_from: 900, least: 24 };
    /// assert_eq!([0, 1, 30, 415, 440].map(|qty| packing.fit(qty)), [0, 24, 36, 420, 480]);
    /// ```
    #[must_use]
    pub fn fit(self, qty: i64) -> i64 {
        if qty <= 0 {
            return 0;
        }
        let up = |qty: i64, by: i64| match qty.checked_rem(by.max(1)) {
            None | Some(0) => qty,
            Some(over) => qty.saturating_add(by.saturating_sub(over)),
        };
        let packed = up(qty.max(self.least), self.pack);
        if self.pallet > 0 && self.pallet_from > 0 {
            let last = packed.checked_rem(self.pallet).unwrap_or(0);
            if last.saturating_mul(1_000) >= self.pallet.saturating_mul(self.pallet_from) {
                return up(packed, self.pallet);
            }
        }
        packed
    }
}
