//! What each order brought and cost: the terms of its contribution margin.

use super::plan::keys;
use super::table::{Column, Table, Values};
use crate::record::*;
use crate::value::ids::{DocKey, OrderId};
use crate::value::num::{self, index};

/// The terms, and the margin that they come to.
const TERMS: [&str; 5] = ["revenue", "cost", "freight", "handling", "refunds"];

/// Gathers revenue and costs of every order from events: of what has been shipped and what came back.
///
/// It has to see every event of a book in order, from the first on. The margins of all orders sum to the
/// contribution margin of [`super::Kpis`].
#[derive(Clone, Debug, Default)]
pub struct OrderCosts {
    keys: Vec<DocKey>,
    terms: Vec<[i64; 5]>,
}

impl OrderCosts {
    /// Room for so many orders.
    pub(crate) fn make_room(&mut self, orders: usize) {
        self.keys.reserve(orders);
        self.terms.reserve(orders);
    }

    /// To have the memory near that an order's events change.
    #[inline]
    pub(crate) fn glance(&self, order: OrderId) -> i64 {
        self.terms.get(index(order.0)).map_or(0, |[first, .., last]| first ^ last)
    }

    /// Reads an event.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    #[doc = include_str!("../example_order.txt")]
    /// let ship = r#"{"ship_order":{"order":"1001","node":"RENO"}}"#;
    /// book.execute(&Envelope::new("ship", at.plus_seconds(60), serde_json::from_str(ship)?))?;
    /// let mut costs = report::OrderCosts::default();
    /// for event in book.events_since(1)? {
    ///     costs.record(event);
    /// }
    /// // 3 TEE at 20.00 that cost 8.00 each; 600 g by ground.
    /// let row = "1001,60.00,24.00,5.60,0.00,0.00,30.40";
    /// let header = "order,revenue,cost,freight,handling,refunds,margin";
    /// assert_eq!(costs.table().to_csv(), format!("{header}\n{row}\n"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn record(&mut self, event: &Event) {
        match &event.body {
            Body::OrderPlaced(placed) => {
                self.keys.push(placed.order.clone());
                self.terms.push([0; 5]);
            }
            Body::OrderShipped(shipped) => {
                for line in &shipped.lines {
                    self.add(shipped.order, [line.revenue.micros(), line.cost.micros(), 0, 0, 0]);
                }
                let (freight, handling) = (shipped.freight.micros(), shipped.handling.micros());
                self.add(shipped.order, [0, 0, freight, handling, 0]);
            }
            Body::ReturnReceived(returned) => {
                for line in &returned.lines {
                    let kept = match line.disposition {
                        Disposition::Scrap | Disposition::Keep => 0,
                        _ => line.cost.micros(),
                    };
                    self.add(returned.order, [0, kept.saturating_neg(), 0, 0, line.refund.micros()]);
                }
            }
            _ => {}
        }
    }

    fn add(&mut self, order: OrderId, by: [i64; 5]) {
        if let Some(terms) = self.terms.get_mut(index(order.0)) {
            terms.iter_mut().zip(by).for_each(|(term, by)| *term = term.saturating_add(by));
        }
    }

    /// A row an order: its terms, and its margin, which is revenue less all the others.
    ///
    /// ```
    /// let table = stockbook::report::OrderCosts::default().table();
    /// assert_eq!((table.rows(), table.columns.len()), (0, 7));
    /// ```
    #[must_use]
    pub fn table(self) -> Table {
        let rows = (0..num::id(self.keys.len())).collect();
        let mut columns = vec![Column { name: "order", values: keys(&self.keys, rows) }];
        for (at, name) in TERMS.into_iter().enumerate() {
            let of = |terms: &[i64; 5]| terms.get(at).copied().unwrap_or(0);
            columns.push(Column { name, values: Values::Money(self.terms.iter().map(of).collect()) });
        }
        let margin =
            |[revenue, costs @ ..]: &[i64; 5]| costs.iter().fold(*revenue, |m, c| m.saturating_sub(*c));
        columns
            .push(Column { name: "margin", values: Values::Money(self.terms.iter().map(margin).collect()) });
        Table::new("order_costs", columns)
    }
}
