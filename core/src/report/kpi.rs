//! Key figures: each metric is defined once, with its unit, its formula in words and the events it is made
//! of.

use super::table::{Column, Table, Values};
use crate::metric::{Better, Metric, Unit};
use serde::Serialize;

macro_rules! metrics {
    ($($name:ident $title:literal $unit:ident $better:ident $formula:literal [$($event:literal),*];)*) => {
        /// The key figures of a run, each an integer of its metric's unit.
        ///
        /// ```
        /// use stockbook::report::{Kpis, Unit};
        /// let kpis = Kpis { orders: 12, ..Kpis::default() };
        /// assert_eq!(kpis.get("orders"), Some(12));
        /// let fill_rate = Kpis::METRICS.iter().find(|m| m.name == "fill_rate_lines").unwrap();
        /// assert_eq!(fill_rate.unit.show(973_000), "97.3 %");
        /// ```
        #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
        pub struct Kpis {
            $(#[doc = $formula] pub $name: i64,)*
        }

        impl Kpis {
            /// The definitions, in the order of [`Kpis::values`].
            pub const METRICS: &'static [Metric] = &[$(Metric {
                name: stringify!($name),
                title: $title,
                unit: Unit::$unit,
                better: Better::$better,
                formula: $formula,
                grain: "run",
                ties: "",
                events: &[$($event),*],
            }),*];

            /// The values, in the order of [`Kpis::METRICS`].
            ///
            /// ```
            /// use stockbook::report::Kpis;
            /// let kpis = Kpis { orders: 12, ..Kpis::default() };
            /// assert_eq!((Kpis::METRICS[0].name, kpis.values()[0]), ("orders", 12));
            /// assert_eq!(Kpis::METRICS.len(), kpis.values().len());
            /// ```
            #[must_use]
            pub fn values(&self) -> Vec<i64> {
                vec![$(self.$name),*]
            }
        }
    };
}

metrics! {
    orders "Orders offered" Count Neither
        "Orders of the stream: placed, refused, and lost at a channel." ["OrderPlaced"];
    orders_placed "Orders placed" Count Higher "Orders that the book took." ["OrderPlaced"];
    orders_refused "Orders refused" Count Lower
        "Orders that the book refused: not enough stock, or a backorder above the policy's limit." [];
    orders_lost "Orders lost at the channel" Count Lower
        "Orders of a channel with a listing that showed too little: the customer went away." [];
    lines "Lines offered" Count Neither "Order lines of the stream, as orders." ["OrderPlaced"];
    units "Units offered" Count Neither "Units on those lines." ["OrderPlaced"];
    fill_rate_lines "Fill rate, lines offered" Share Higher
        "Lines wholly reserved when their order was placed, of the lines offered: those of orders refused or \
         lost count too." ["OrderPlaced"];
    fill_rate_units "Fill rate, units offered" Share Higher
        "Units reserved when their order was placed, of the units offered: those of orders refused or lost \
         count too." ["OrderPlaced"];
    lines_short_somewhere "Lines short at some node" Share Neither
        "Lines that found, when their order came, at least one node that stocks the SKU with fewer units \
         free for the \
         channel than the line asks, of the lines offered." [];
    lines_backordered "Lines backordered" Count Lower
        "Lines of which something had to wait when their order was placed." ["OrderPlaced"];
    backorder_units_open "Units still waiting" Count Lower
        "Backordered units at the end: neither filled, struck nor planned anew."
        [
            "OrderPlaced",
            "OrderReallocated",
            "BatchAllocated",
            "OrderCancelled",
            "GoodsReceived",
            "TransferReceived"
        ];
    units_cancelled "Units struck" Count Lower
        "Units struck from orders after they were placed, as when a customer gives up waiting."
        ["OrderCancelled"];
    on_time_share "On-time share" Share Higher
        "Units shipped to arrive by their promise, of the units of orders placed."
        ["OrderPlaced", "OrderShipped"];
    split_rate "Split rate" Share Lower
        "Orders planned from more than one node when placed, of those planned from any." ["OrderPlaced"];
    shipments_per_order "Shipments per order" Ratio Lower
        "Shipments, of the orders shipped at least once." ["OrderShipped"];
    distance_per_shipment "Distance per shipment" Distance Lower
        "Great-circle distance from node to customer, mean over planned parcels."
        ["OrderPlaced", "OrderReallocated", "BatchAllocated", "GoodsReceived", "TransferReceived"];
    freight_per_order "Freight per order" Money Lower "Carriers' charges, of the orders shipped."
        ["OrderShipped"];
    handling_per_order "Handling per order" Money Lower "Cost of handling, of the orders shipped."
        ["OrderShipped"];
    revenue "Revenue" Money Higher "What customers owe for goods shipped." ["OrderShipped"];
    cost_of_goods "Cost of goods sold" Money Neither
        "Cost of goods shipped, less the cost of returns that were kept or sent to the vendor."
        ["OrderShipped", "ReturnReceived"];
    refunds "Refunds" Money Lower "What customers got back." ["ReturnReceived"];
    contribution_margin "Contribution margin" Money Higher
        "Revenue less refunds, cost of goods sold, freight and handling." ["OrderShipped", "ReturnReceived"];
    margin_per_order "Margin per order offered" Money Higher
        "Contribution margin, of the orders offered." ["OrderShipped", "ReturnReceived"];
    returned_units "Units returned" Count Lower "Units that came back." ["ReturnReceived"];
    stockout_days "Stockout days" Count Lower
        "Pairs of SKU and node that stocks it with nothing free, counted at each midnight (UTC)." [];
    stockout_share "Stockout share" Share Lower
        "Stockout days, of all pairs of SKU and stocking node, times the days." [];
    inventory_value "Inventory value, mean" Money Lower
        "Value of the stock, mean over the midnights (UTC)."
        ["GoodsReceived", "OrderShipped", "ReturnReceived", "StockAdjusted", "TransferShipped",
            "TransferReceived"];
    inventory_value_end "Inventory value, end" Money Neither "Value of the stock when the run ends."
        ["GoodsReceived", "OrderShipped", "ReturnReceived", "StockAdjusted", "TransferShipped",
            "TransferReceived"];
    purchases "Purchase orders" Count Neither "Purchase orders at the supplier's lead time."
        ["PurchaseOrderPlaced"];
    purchases_expedited "Purchase orders, expedited" Count Lower
        "Purchase orders at the expedited lead time." ["PurchaseOrderPlaced"];
    reallocations "Orders planned anew" Count Neither "Plans made anew, singly or in a batch."
        ["OrderReallocated", "BatchAllocated", "AllocationRejected"];
    exceptions "Exceptions opened" Count Lower "What needed a person."
        [
            "NodeStatusSet",
            "GoodsReceived",
            "OrderPlaced",
            "OrderReallocated",
            "BatchAllocated",
            "TransferReceived"
        ];
    oversells_channel "Oversells of a channel" Count Lower
        "Orders that a channel had accepted on a stale listing and that the stock could not fill."
        ["OrderPlaced"];
    oversells_book "Oversells of the book" Count Zero
        "Pools with more reserved than is fit for sale, or less than nothing: looked for at each midnight \
         and at the \
         end, where the whole book is proved besides." [];
    journal_balance "Journal balance" Money Zero
        "Sum of all postings, and of each event's by themselves: debits less credits."
        ["GoodsReceived", "OrderShipped", "ReturnReceived", "StockAdjusted", "TransferShipped",
            "TransferReceived"];
}

impl Kpis {
    /// A value by its metric's name.
    ///
    /// ```
    /// use stockbook::report::Kpis;
    /// let kpis = Kpis { fill_rate_units: 985_000, ..Kpis::default() };
    /// assert_eq!((kpis.get("fill_rate_units"), kpis.get("no such")), (Some(985_000), None));
    /// ```
    #[must_use]
    pub fn get(&self, name: &str) -> Option<i64> {
        let at = Kpis::METRICS.iter().position(|metric| metric.name == name)?;
        self.values().get(at).copied()
    }
}

/// The key figures of runs as a tidy table: a row for each run and metric, values as exact decimals.
///
/// ```
/// use stockbook::report::{Kpis, kpi_table};
/// let kpis = Kpis { orders: 12, ..Kpis::default() };
/// let table = kpi_table(&[("nearest", &kpis)]);
/// assert_eq!((table.text("metric", 0), table.text("value", 0)), ("orders".into(), "12".into()));
/// ```
#[must_use]
pub fn kpi_table(runs: &[(&str, &Kpis)]) -> Table {
    let rows = || {
        runs.iter()
            .flat_map(|(name, kpis)| Kpis::METRICS.iter().zip(kpis.values()).map(move |(m, v)| (*name, m, v)))
    };
    let text = |name, of: fn((&str, &Metric, i64)) -> String| Column {
        name,
        values: Values::Text(rows().map(of).collect()),
    };
    Table::new(
        "kpis",
        [
            text("policy", |row| row.0.into()),
            text("metric", |row| row.1.name.into()),
            text("unit", |row| row.1.unit.word().into()),
            text("value", |row| row.1.unit.exact(row.2)),
            text("formula", |row| row.1.formula.into()),
        ],
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_shown_for_people() {
        assert_eq!(Unit::Count.show(-1_234_567), "-1,234,567");
        assert_eq!(Unit::Share.show(31_450), "3.1 %");
        assert_eq!(Unit::Money.show(8_455_000), "8.46");
        assert_eq!(Unit::Money.show(-455_000), "-0.46");
        assert_eq!(Unit::Money.show(12_345_678_000_000), "12,345,678");
        assert_eq!(Unit::Ratio.show(1_084_000), "1.08");
    }

    #[test]
    fn every_source_of_a_metric_is_an_event() {
        for metric in Kpis::METRICS {
            for event in metric.events {
                assert!(crate::record::Body::names().contains(event), "{}: {event}", metric.name);
            }
        }
    }
}
