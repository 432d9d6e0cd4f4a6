//! What metrics there are: name, unit, formula, grain, what each is tied out to, and its events.

use serde::Serialize;

/// What a metric is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// A number of things.
    Count,
    /// A share in millionths: 1,000,000 = 100 %.
    Share,
    /// A ratio in millionths: 1,000,000 = 1.
    Ratio,
    /// Money in micro-units.
    Money,
    /// Kilometres in millimetres.
    Distance,
    /// Microseconds, told in hours.
    Duration,
}

/// Which way is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Better {
    /// More is better.
    Higher,
    /// Less is better.
    Lower,
    /// Neither: it describes.
    Neither,
    /// It must be zero.
    Zero,
}

/// The definition of a metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Metric {
    /// Its name.
    pub name: &'static str,
    /// What people call it.
    pub title: &'static str,
    /// Its unit.
    pub unit: Unit,
    /// Which way is better.
    pub better: Better,
    /// How it is computed.
    pub formula: &'static str,
    /// What one fact of it speaks of.
    pub grain: &'static str,
    /// What it is tied out to, in words; empty = the book keeps no such total.
    pub ties: &'static str,
    /// The events that it is folded from.
    pub events: &'static [&'static str],
}

impl Unit {
    /// Its name.
    ///
    /// ```
    /// assert_eq!(stockbook::report::Unit::Distance.word(), "km");
    /// ```
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Unit::Count => "count",
            Unit::Share => "share",
            Unit::Ratio => "ratio",
            Unit::Money => "money",
            Unit::Distance => "km",
            Unit::Duration => "hours",
        }
    }

    /// A value as an exact decimal.
    ///
    /// ```
    /// use stockbook::report::Unit;
    /// assert_eq!(Unit::Money.exact(1_234_500_000), "1234.50");
    /// assert_eq!(Unit::Share.exact(31_450), "0.03145");
    /// ```
    #[must_use]
    pub fn exact(self, value: i64) -> String {
        match self {
            Unit::Count => value.to_string(),
            Unit::Money => crate::value::money::plain(value, 6, 2),
            Unit::Duration => crate::value::money::plain(millionths_of_hours(value), 6, 0),
            Unit::Share | Unit::Ratio | Unit::Distance => crate::value::money::plain(value, 6, 0),
        }
    }

    /// A value from an exact decimal, as [`Unit::exact`] writes it; `None` of no decimal. Hours come back
    /// as exact as they were told.
    ///
    /// ```
    /// use stockbook::report::Unit;
    /// assert_eq!(Unit::Money.read("1234.50"), Some(1_234_500_000));
    /// assert_eq!((Unit::Count.read("12"), Unit::Count.read("")), (Some(12), None));
    /// ```
    #[must_use]
    pub fn read(self, text: &str) -> Option<i64> {
        if self == Unit::Count {
            return text.parse().ok();
        }
        let micros = text.parse::<crate::value::money::Money>().ok()?.micros();
        Some(if self == Unit::Duration { micros.checked_mul(3_600)? } else { micros })
    }

    /// A value as people read it.
    ///
    /// ```
    /// use stockbook::report::Unit;
    /// assert_eq!(Unit::Money.show(1_234_500_000), "1,234.50");
    /// assert_eq!(Unit::Share.show(31_450), "3.1 %");
    /// ```
    #[must_use]
    pub fn show(self, value: i64) -> String {
        let thousands = |n: i64, scale: i64| {
            let rounded = crate::value::num::div_half_up(i128::from(n), i128::from(scale)).unwrap_or(0);
            group(rounded)
        };
        let decimals = |n: i64, scale: i64, digits: usize| {
            let rounded = crate::value::num::div_half_up(i128::from(n), i128::from(scale)).unwrap_or(0);
            let wide = u32::try_from(digits).unwrap_or(0);
            let unit = 10i64.saturating_pow(wide);
            let whole = rounded.checked_div(unit).unwrap_or(0);
            let part = rounded.checked_rem(unit).unwrap_or(0).unsigned_abs();
            let sign = if rounded < 0 && whole == 0 { "-" } else { "" };
            format!("{sign}{}.{part:0digits$}", group(whole))
        };
        match self {
            Unit::Count => group(value),
            Unit::Share => format!("{} %", decimals(value, 1_000, 1)),
            Unit::Ratio => decimals(value, 10_000, 2),
            Unit::Money if value.unsigned_abs() >= 10_000_000_000 => thousands(value, 1_000_000),
            Unit::Money => decimals(value, 10_000, 2),
            Unit::Distance => format!("{} km", thousands(value, 1_000_000)),
            Unit::Duration => format!("{} h", decimals(millionths_of_hours(value), 100_000, 1)),
        }
    }
}

/// A whole number with thousands separators.
pub(crate) fn group(n: i64) -> String {
    let digits = n.unsigned_abs().to_string();
    let mut out = String::new();
    for (i, c) in digits.chars().enumerate() {
        let left = digits.len().saturating_sub(i);
        if i > 0 && left.checked_rem(3) == Some(0) {
            out.push(',');
        }
        out.push(c);
    }
    if n < 0 { format!("-{out}") } else { out }
}

fn millionths_of_hours(micros: i64) -> i64 {
    crate::value::num::div_half_up(i128::from(micros), 3_600).unwrap_or(0)
}

/// How the facts of a metric make its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// The sum of their parts.
    Sum,
    /// The sum of their parts by the sum of their wholes.
    Ratio,
    /// The sum of their parts from the beginning on: where things stand at the end of the window.
    Level,
}

macro_rules! metrics {
    ($($id:ident $name:literal $title:literal $unit:ident $better:ident $shape:ident $formula:literal
        $grain:literal $ties:literal [$($event:literal),*];)*) => {
        /// The metrics, by their place in the list.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub(crate) enum M {$($id),*}

        impl M {
            pub(crate) const ALL: &'static [M] = &[$(M::$id),*];

            pub(crate) const fn shape(self) -> Shape {
                match self { $(M::$id => Shape::$shape,)* }
            }

            pub(crate) const fn metric(self) -> Metric {
                match self {$(
                    M::$id => Metric {
                        name: $name,
                        title: $title,
                        unit: Unit::$unit,
                        better: Better::$better,
                        formula: $formula,
                        grain: $grain,
                        ties: $ties,
                        events: &[$($event),*],
                    },
                )*}
            }
        }
    };
}

metrics! {
    OrdersPlaced "orders_placed" "Orders placed" Count Higher Sum
        "Orders that the book took."
        "order" "orders of the book"
        ["OrderPlaced"];
    FillRateLines "fill_rate_lines" "Fill rate, lines" Share Higher Ratio
        "Lines wholly reserved when their order was placed or they were added to it, or promised for the \
         later date that it asked for, of the lines of orders; a line of which another SKU is picked for \
         a part is two."
        "order line" "order lines of the book"
        ["OrderPlaced", "OrderReallocated", "PickRecorded"];
    FillRateUnits "fill_rate_units" "Fill rate, units" Share Higher Ratio
        "Units reserved when their order was placed or wanted more of them, or promised for the later date \
         that it asked for, of the units ordered."
        "order line" "units ordered, by the book's lines"
        ["OrderPlaced", "OrderReallocated"];
    FillRateOrders "fill_rate_orders" "Fill rate, orders" Share Higher Ratio
        "Orders with every line wholly reserved when placed, or promised for the later date that they asked \
         for, of the orders placed."
        "order" "orders of the book"
        ["OrderPlaced"];
    SplitRate "split_rate" "Split rate" Share Lower Ratio
        "Orders planned from more than one node when placed, of those planned from any."
        "order" "orders of the book: each is a fact"
        ["OrderPlaced"];
    OversellRate "oversell_rate" "Oversell rate" Share Lower Ratio
        "Orders that a channel had accepted and the stock could not fill, of the orders placed."
        "order" "orders of the book"
        ["OrderPlaced"];
    ContactRate "contact_rate" "Contacts-worthy delays" Share Lower Ratio
        "Orders with something that a customer would ask about, each once: something waits or is \
         struck when placed, a parcel leaves to arrive late, a pick comes short, a delivery fails; of \
         the orders placed."
        "order" "orders of the book"
        ["OrderPlaced", "OrderShipped", "PickRecorded", "OrderDelivered"];
    TouchesPerOrder "touches_per_order" "Touches per order" Ratio Lower Ratio
        "Times that hands or heads work on an order, by kind of event, of the orders placed: a wave, \
         each line picked or found short, each carton, each parcel tracked or shipped, each plan made \
         anew, hold, release, strike, message, return and credit."
        "touch" "orders of the book"
        ["OrderPlaced", "WaveReleased", "PickRecorded", "OrderPacked", "ShipmentTracked",
            "OrderShipped", "OrderReallocated", "AllocationRejected", "OrderHeld", "OrderReleased",
            "OrderCancelled", "CustomerNotified", "ReturnAuthorized", "ReturnCheckedIn", "ReturnReceived",
            "OrderCredited"];
    UnitsShipped "units_shipped" "Units shipped" Count Higher Sum
        "Units that left for customers, by us or by suppliers."
        "order line" "units shipped, by the book's lines"
        ["OrderShipped", "OrderDropShipped"];
    OnTimeShipped "on_time_shipped" "Shipped on time" Share Higher Ratio
        "Units shipped to arrive by their promise, of the units shipped; what a supplier ships counts \
         by when it left."
        "order line" "units shipped, by the book's lines"
        ["OrderShipped", "OrderDropShipped"];
    OnTimeInFull "on_time_in_full" "On time, in full" Share Higher Ratio
        "Orders of which everything was shipped to arrive by the promise and nothing struck, of the \
         orders that are done."
        "order" "orders with nothing open"
        ["OrderPlaced", "OrderShipped", "OrderDropShipped", "OrderCancelled", "OrderReallocated",
            "BatchAllocated"];
    OrderCycleTime "order_cycle_time" "Order cycle time" Duration Lower Ratio
        "Time from placing to the first shipment, mean of the orders shipped."
        "order" "orders with something shipped"
        ["OrderPlaced", "OrderShipped", "OrderDropShipped"];
    StageTime "stage_time" "Time by stage" Duration Lower Ratio
        "Time of an order at a node from one stage to the next, mean, by the stage that it came to."
        "order and node" ""
        ["OrderPlaced", "WaveReleased", "PickRecorded", "OrderPacked", "OrderShipped",
            "OrderDelivered"];
    BackorderAge "backorder_age" "Backorder age" Duration Lower Ratio
        "Time that units waited, mean of the units, by what became of them: served, struck, or at the \
         end of the window still open."
        "wait of a line" "units waiting, by the book's lines"
        ["OrderPlaced", "OrderReallocated", "BatchAllocated", "OrderCancelled", "GoodsReceived",
            "TransferReceived", "KitAssembled", "AllocationRejected", "PickRecorded", "StockRedealt",
            "TransferShipped", "RequestCancelled", "BackordersFilled"];
    BackorderUnitsOpen "backorder_units_open" "Units still waiting" Count Lower Level
        "Backordered units at the end: neither filled, struck nor planned anew."
        "wait of a line" "units waiting, by the book's lines"
        ["OrderPlaced", "OrderReallocated", "BatchAllocated", "OrderCancelled", "GoodsReceived",
            "TransferReceived", "KitAssembled", "AllocationRejected", "PickRecorded", "StockRedealt",
            "TransferShipped", "RequestCancelled", "BackordersFilled"];
    ReturnRate "return_rate" "Return rate" Share Lower Ratio
        "Units that came back, of the units shipped."
        "returned line" "units returned, by the book's lines"
        ["ReturnReceived", "OrderShipped", "OrderDropShipped"];
    DispositionMix "disposition_mix" "Disposition mix" Share Neither Ratio
        "Units that came back, by what became of them, of all that came back."
        "returned line" "units returned, by the book's lines"
        ["ReturnReceived"];
    InventoryAccuracy "inventory_accuracy" "Inventory accuracy" Share Higher Ratio
        "Lines counted as the book had them, of the lines counted; a recount counts again."
        "counted line" "lines counted, by the book's counts"
        ["CountRecorded"];
    StockoutRate "stockout_rate" "Stockout rate" Share Lower Ratio
        "Time in which a SKU has nothing free at a node that ever stocked it, of the time since it \
         first did."
        "SKU and node" "pairs of SKU and node with nothing free"
        ["GoodsReceived", "OrderPlaced", "OrderShipped", "StockAdjusted"];
    DaysOfSupply "days_of_supply" "Days of supply" Ratio Lower Ratio
        "Units on hand, mean over the time, by the units shipped from nodes a day."
        "SKU and node" "units on hand"
        ["GoodsReceived", "OrderShipped", "ReturnReceived", "StockAdjusted"];
    Turns "turns" "Turns" Ratio Higher Ratio
        "Cost of goods shipped in 365 days at the pace of the time, by the value of stock, mean over \
         the time."
        "SKU and node" "value of the inventory accounts"
        ["GoodsReceived", "OrderShipped", "ReturnReceived", "StockAdjusted"];
    InventoryValue "inventory_value" "Inventory value" Money Neither Level
        "Value of the stock at the end of the window."
        "SKU and node" "balance of the inventory accounts"
        ["GoodsReceived", "OrderShipped", "ReturnReceived", "StockAdjusted", "TransferShipped",
            "TransferReceived", "StockRevalued"];
    ShrinkValue "shrink_value" "Shrink" Money Lower Sum
        "Value lost less value found, at nodes and between them, by reason."
        "adjusted line" "balance of the accounts that losses and gains go to"
        ["StockAdjusted", "TransferReceived"];
    ShrinkRate "shrink_rate" "Shrink rate" Share Lower Ratio
        "Value lost less value found, of the cost of sales."
        "adjusted line" "balance of the accounts that losses and gains go to"
        ["StockAdjusted", "TransferReceived", "OrderShipped"];
    SupplierOnTime "supplier_on_time" "Supplier on time" Share Higher Ratio
        "Units received by the date that the purchase order was placed or changed for, of the units \
         received on purchase orders."
        "receipt line" "units received, by the book's purchase orders"
        ["PurchaseOrderPlaced", "PurchaseOrderChanged", "GoodsReceived"];
    SupplierFill "supplier_fill" "Supplier fill" Share Higher Ratio
        "Units received on purchase orders, on each no more than it had open, of the units ordered."
        "purchase line" "units ordered, by the book's purchase orders"
        ["PurchaseOrderPlaced", "PurchaseOrderChanged", "GoodsReceived"];
    SupplierLeadTime "supplier_lead_time" "Supplier lead time" Duration Lower Ratio
        "Time from placing a purchase order to its receipts, mean of the units."
        "receipt line" ""
        ["PurchaseOrderPlaced", "GoodsReceived"];
    SupplierDefects "supplier_defects" "Supplier defects" Share Lower Ratio
        "Units that arrived damaged or were held back after inspection, came back from customers to be \
         scrapped or sent on, or were sent back to their vendor, of the units received on purchase \
         orders; what no document names a supplier for is the SKU's latest supplier's."
        "receipt line" "units received, by the book's purchase orders"
        ["GoodsReceived", "VendorReturnShipped", "StockMoved", "ReturnReceived"];
    SupplierPrice "supplier_price" "Supplier price" Ratio Lower Ratio
        "Value at which units came in on purchase orders, by the value at which they were ordered."
        "receipt line" ""
        ["GoodsReceived"];
    SupplierScore "supplier_score" "Supplier score" Share Higher Ratio
        "Units that came in time, fit for sale, at the ordered price or less, on each purchase order no \
         more than it had open, of the units ordered."
        "receipt line" "units ordered, by the book's purchase orders"
        ["PurchaseOrderPlaced", "PurchaseOrderChanged", "GoodsReceived"];
    ExceptionsOpened "exceptions_opened" "Exceptions opened" Count Lower Sum
        "What needed a person, by code."
        "exception" "exceptions of the book"
        ["ExceptionsRaised", "OrderPlaced", "GoodsReceived", "PickRecorded"];
    ExceptionTime "exception_time" "Time to resolve" Duration Lower Ratio
        "Time from opening an exception to closing it, mean of those closed, by code."
        "exception" "exceptions that are open"
        ["ExceptionResolved", "ExceptionsCleared"];
    ExceptionAge "exception_age" "Exception age" Duration Lower Ratio
        "Age of the exceptions that are open at the end of the window, mean, by code."
        "exception" "exceptions that are open"
        ["ExceptionsRaised", "OrderPlaced", "GoodsReceived"];
    LateEntries "late_entries" "Late entries" Share Lower Ratio
        "Events recorded on a later day (UTC) than they happened, of all events."
        "event" "events of the book"
        ["GoodsReceived", "OrderShipped", "StockAdjusted"];
    UnreconciledValue "unreconciled_value" "Received, not invoiced" Money Lower Level
        "What the accounts of goods received, not invoiced, owe at the end of the window."
        "journal entry" "balance of those accounts"
        ["GoodsReceived", "SupplierInvoiceReceived", "VendorReturnShipped"];
    NetRevenue "net_revenue" "Net revenue" Money Higher Sum
        "Revenue, shipping included, less discounts, refunds and credit notes."
        "journal entry" "sales by channel, by the book"
        ["OrderShipped", "OrderInvoiced", "OrderCredited", "ReturnReceived"];
    CostOfSales "cost_of_sales" "Cost of sales" Money Lower Sum
        "Cost of goods sold, less that of goods that came back."
        "journal entry" "sales by channel, by the book"
        ["OrderShipped", "OrderInvoiced", "ReturnReceived"];
    FulfilmentCost "fulfilment_cost" "Fulfilment cost" Money Lower Sum
        "Freight out and handling."
        "journal entry" "sales by channel, by the book"
        ["OrderShipped"];
    ChannelMargin "channel_margin" "Margin" Money Higher Sum
        "Net revenue less cost of sales and fulfilment cost."
        "journal entry" "sales by channel, by the book"
        ["OrderShipped", "OrderInvoiced", "OrderCredited", "ReturnReceived"];
    MarginShare "margin_share" "Margin share" Share Higher Ratio
        "Margin, of net revenue."
        "journal entry" "sales by channel, by the book"
        ["OrderShipped", "OrderInvoiced", "OrderCredited", "ReturnReceived"];
    CostToServe "cost_to_serve" "Cost to serve" Money Lower Ratio
        "Freight out and handling, of the orders shipped at least once."
        "journal entry" "sales by channel, by the book"
        ["OrderShipped"];
}

/// The definitions of all metrics.
///
/// ```
/// use stockbook::report::metrics;
/// assert!(metrics().iter().any(|metric| metric.name == "fill_rate_lines" && metric.unit.word() == "share"));
/// ```
#[must_use]
pub fn metrics() -> Vec<Metric> {
    M::ALL.iter().map(|metric| metric.metric()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metrics_have_names_of_their_own_and_sources_that_are_events() {
        let all = metrics();
        for (at, metric) in all.iter().enumerate() {
            assert!(all.iter().skip(at + 1).all(|other| other.name != metric.name), "{}", metric.name);
            assert!(!metric.formula.is_empty() && !metric.grain.is_empty());
            for event in metric.events {
                assert!(crate::record::Body::names().contains(event), "{}: {event}", metric.name);
            }
        }
    }
}
