//! Hot verbs by columns: many orders or receipts in one call, the same commands and the same engine.

/// What a column holds where a row has no value of its own.
///
/// ```
/// use stockbook::{Instant, NOT_GIVEN};
/// assert!(!Instant::from_micros(NOT_GIVEN).is_valid(), "it is no value that could be meant");
/// ```
pub const NOT_GIVEN: i64 = i64::MIN;

/// Orders as columns. Row `i` has lines `line_start[i]..line_start[i + 1]`. Ids are those of the book
/// (see `Book::sku_id` and its sisters). A column that may be empty is left out by giving an empty slice.
#[derive(Clone, Copy, Debug, Default)]
pub struct OrderColumns<'a> {
    /// The system that sends them.
    pub source: &'a str,
    /// The person or job behind them.
    pub actor: &'a str,
    /// Command ids, as numbers.
    pub command: &'a [u64],
    /// Order numbers.
    pub order: &'a [u64],
    /// Book's time in microseconds since 1970, never falling.
    pub at: &'a [i64],
    /// Channel ids.
    pub channel: &'a [u32],
    /// Latitude in nano-degrees.
    pub lat: &'a [i64],
    /// Longitude in nano-degrees.
    pub lon: &'a [i64],
    /// Promised delivery in microseconds since 1970; [`NOT_GIVEN`], or an empty column = the channel's
    /// promise.
    pub deliver_by: &'a [i64],
    /// 0 = accepted by the book, 1 = external commitment; empty = all 0.
    pub commitment: &'a [u8],
    /// Start of each order's lines, and their end: one more than orders.
    pub line_start: &'a [u32],
    /// SKU ids, by line.
    pub sku: &'a [u32],
    /// Quantities in the SKU's smallest unit, by line.
    pub qty: &'a [i64],
    /// Price of a base unit in micro-units, by line; [`NOT_GIVEN`], or an empty column = the SKU's list
    /// price.
    pub price: &'a [i64],
}

/// What became of orders given as columns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OrderOutcomes {
    /// 0 = accepted, else the number of the rejection.
    pub rejection: Vec<u16>,
    /// Sequence of the order's event; 0 where rejected.
    pub sequence: Vec<u64>,
    /// The node of each line's first part; `u32::MAX` where nothing is reserved.
    pub line_node: Vec<u32>,
    /// Units reserved, by line.
    pub line_reserved: Vec<i64>,
    /// Units backordered, by line.
    pub line_backordered: Vec<i64>,
}

/// Receipts of goods as columns: one receipt a row, as an opening balance or from a supplier.
#[derive(Clone, Copy, Debug, Default)]
pub struct ReceiptColumns<'a> {
    /// The system that sends them.
    pub source: &'a str,
    /// The person or job behind them.
    pub actor: &'a str,
    /// Command ids, as numbers; also the numbers of the receipts.
    pub command: &'a [u64],
    /// Book's time in microseconds since 1970, never falling.
    pub at: &'a [i64],
    /// Node ids.
    pub node: &'a [u32],
    /// Supplier ids; `u32::MAX` = opening balance; empty = all opening balances.
    pub supplier: &'a [u32],
    /// SKU ids.
    pub sku: &'a [u32],
    /// Quantities in the SKU's smallest unit.
    pub qty: &'a [i64],
    /// Cost of a base unit in micro-units.
    pub unit_cost: &'a [i64],
}

/// Shipments as columns: all that is planned for an order at a node.
#[derive(Clone, Copy, Debug, Default)]
pub struct ShipmentColumns<'a> {
    /// The system that sends them.
    pub source: &'a str,
    /// The person or job behind them.
    pub actor: &'a str,
    /// Command ids, as numbers.
    pub command: &'a [u64],
    /// Book's time in microseconds since 1970, never falling.
    pub at: &'a [i64],
    /// Order numbers.
    pub order: &'a [u64],
    /// Node ids.
    pub node: &'a [u32],
}

/// What became of commands given as columns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcomes {
    /// 0 = accepted, else the number of the rejection.
    pub rejection: Vec<u16>,
    /// Sequence of the command's event; 0 where rejected.
    pub sequence: Vec<u64>,
}

/// Stock by SKU and node, as columns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StockColumns {
    /// SKU ids.
    pub sku: Vec<u32>,
    /// Node ids.
    pub node: Vec<u32>,
    /// Own units in every condition.
    pub on_hand: Vec<i64>,
    /// Own units fit for sale.
    pub sellable: Vec<i64>,
    /// Units reserved.
    pub reserved: Vec<i64>,
    /// Sellable less reserved.
    pub available: Vec<i64>,
    /// Value in micro-units of money.
    pub value: Vec<i64>,
}
