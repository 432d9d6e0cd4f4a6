//! Commands that move stock, and the words they use.

use super::{HoldFill, HoldPick};
use crate::value::money::Money;
use crate::value::time::Instant;
use crate::value::wire::{wire, words};

words! {
    /// The state goods are in. Only sellable goods can be promised.
    #[derive(Default)]
    pub enum Condition {
        /// Fit for sale.
        #[default]
        Sellable,
        /// Waiting for a look.
        Inspection,
        /// Broken.
        Damaged,
        /// Held back.
        Quarantined,
        /// Waiting to be made fit for sale.
        Refurbish,
    }
}

wire! {
    /// A place within a node. An empty part means: not told apart.
    ///
    /// ```
    /// use stockbook::{Condition, Place};
    /// let broken = Place { condition: Condition::Damaged, ..Place::default() };
    /// assert_eq!(serde_json::from_str::<Place>(r#"{"condition":"damaged"}"#)?, broken);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[derive(Default)]
    pub struct Place {
        /// The bin; empty = the node as a whole.
        #[serde(default)]
        pub bin: String,
        /// The lot or serial number; empty = not tracked.
        #[serde(default)]
        pub lot: String,
        /// The condition.
        #[serde(default)]
        pub condition: Condition,
        /// Whose goods they are; empty = the company's own. Others' goods are counted, not valued or
        /// promised.
        #[serde(default)]
        pub owner: String,
    }

    /// Records goods that arrived, from a supplier or, without one, as an opening balance.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// // 10 TEE lie at RENO, at 8.00 each; 5 more come at 11.00.
    /// let receive = ReceiveGoods {
    ///     receipt: "R-2".into(), node: "RENO".into(), supplier: Some("ACME".into()), purchase_order: None,
    ///     lines: vec![ReceiptLine {
    ///         sku: "TEE".into(), qty: 5, unit: None, unit_cost: Some(Money::from_cents(11_00)),
    ///         place: Place::default(), zero_cost_reason: None, expires_at: None,
    ///     }],
    ///     rate: None,
    /// };
    /// book.execute(&Envelope::new("r-2", at, Command::ReceiveGoods(receive)))?;
    /// let stock = book.stock_columns();
    /// assert_eq!((stock.on_hand[0], stock.value[0]), (15, 135_000_000), "10 × 8.00 + 5 × 11.00");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct ReceiveGoods {
        /// Number of the receipt.
        pub receipt: String,
        /// The node.
        pub node: String,
        /// The supplier; none = opening balance.
        #[serde(default)]
        pub supplier: Option<String>,
        /// The purchase order received against.
        #[serde(default)]
        pub purchase_order: Option<String>,
        /// What arrived.
        pub lines: Vec<ReceiptLine>,
        /// What one unit of the purchase's currency is worth in the book's; none = the book's own currency.
        #[serde(default)]
        pub rate: Option<Money>,
    }

    /// A line of a receipt.
    pub struct ReceiptLine {
        /// The SKU.
        pub sku: String,
        /// How many.
        pub qty: i64,
        /// Unit of `qty`; none = the SKU's smallest unit.
        #[serde(default)]
        pub unit: Option<String>,
        /// Cost of one base unit. None = the purchase order's cost; required without one and for a SKU that
        /// it does not have, except for others' goods and what costs nothing for a reason. Such a SKU waits
        /// in inspection, and an exception is opened.
        #[serde(default)]
        pub unit_cost: Option<Money>,
        /// Where they lie.
        #[serde(default)]
        pub place: Place,
        /// Why they cost nothing, where they do: a reason code. Asked for where the SKU's valuation is set.
        #[serde(default)]
        pub zero_cost_reason: Option<String>,
        /// When the lot expires; none = as it was said before, or by the SKU's shelf life.
        #[serde(default)]
        pub expires_at: Option<Instant>,
    }

    /// Corrects stock by what was found more (positive) or less (negative) than the book says.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// // Two of 10 TEE, at 8.00 each, are broken.
    /// let adjust = AdjustStock {
    ///     adjustment: "A-1".into(), node: "RENO".into(), reason: "damage".into(),
    ///     lines: vec![AdjustLine {
    ///         sku: "TEE".into(), qty: -2, unit_cost: None, place: Place::default(), value: None,
    ///     }],
    /// };
    /// book.execute(&Envelope::new("a-1", at, Command::AdjustStock(adjust)))?;
    /// let stock = book.stock_columns();
    /// assert_eq!((stock.on_hand[0], stock.value[0]), (8, 64_000_000));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct AdjustStock {
        /// Number of the adjustment.
        pub adjustment: String,
        /// The node.
        pub node: String,
        /// The reason code.
        pub reason: String,
        /// What is corrected.
        pub lines: Vec<AdjustLine>,
    }

    /// A line of an adjustment.
    pub struct AdjustLine {
        /// The SKU.
        pub sku: String,
        /// Units found more or less; never 0.
        pub qty: i64,
        /// Cost of a base unit found more. None = the pool's current cost; required where the pool is empty.
        #[serde(default)]
        pub unit_cost: Option<Money>,
        /// Where.
        #[serde(default)]
        pub place: Place,
        /// Value of the units found less, where another system has booked one; none = as the pool says.
        #[serde(default)]
        pub value: Option<Money>,
    }

    /// Moves stock within a node: to another bin, lot label or condition.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// let move_ = MoveStock {
    ///     movement: "M-1".into(), node: "RENO".into(), sku: "TEE".into(), qty: 4,
    ///     from: Place::default(), to: Place { condition: Condition::Inspection, ..Place::default() },
    /// };
    /// book.execute(&Envelope::new("m-1", at, Command::MoveStock(move_)))?;
    /// let stock = book.stock_columns();
    /// assert_eq!((stock.on_hand[0], stock.sellable[0]), (10, 6), "four wait for a look");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct MoveStock {
        /// Number of the movement.
        pub movement: String,
        /// The node.
        pub node: String,
        /// The SKU.
        pub sku: String,
        /// How many, in the SKU's smallest unit.
        pub qty: i64,
        /// From where.
        pub from: Place,
        /// To where; the owner stays.
        pub to: Place,
    }

    /// Holds stock for a while, for a cart or a caller: at nodes, or anywhere in a group of nodes.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// let hold = HoldStock {
    ///     hold: "cart-1".into(), channel: "web".into(), expires_at: at.plus_seconds(900),
    ///     lines: vec![HoldLine {
    ///         sku: "TEE".into(), node: "RENO".into(), qty: 4, nodes: vec![], lot: String::new(),
    ///     }],
    ///     fill: HoldFill::default(),
    /// };
    /// book.execute(&Envelope::new("cart-1", at, Command::HoldStock(hold)))?;
    /// assert_eq!(book.stock_columns().available, [6]);
    /// // A quarter of an hour later it is given back by itself.
    /// let later = Envelope::new("later", at.plus_seconds(900), Command::AdvanceTime(AdvanceTime {}));
    /// book.execute(&later)?;
    /// assert_eq!(book.stock_columns().available, [10]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct HoldStock {
        /// Number of the hold.
        pub hold: String,
        /// The channel it is held for.
        pub channel: String,
        /// What is held.
        pub lines: Vec<HoldLine>,
        /// When it is given back by itself.
        pub expires_at: Instant,
        /// Whether it takes what it can get.
        #[serde(default)]
        pub fill: HoldFill,
    }

    /// A line of a hold.
    pub struct HoldLine {
        /// The SKU.
        pub sku: String,
        /// The node; empty = anywhere in `nodes`, bound later. A binding for all holds together
        /// always exists.
        #[serde(default)]
        pub node: String,
        /// How many, in the SKU's smallest unit.
        pub qty: i64,
        /// The nodes, or groups of nodes, that it may be bound to; empty = all that are open now.
        #[serde(default)]
        pub nodes: Vec<String>,
        /// A lot, or a serial number, that it must come from, and which is pinned where it lies: at the node,
        /// or in `nodes`. Of a kit, that of its only component that is tracked so. Empty = any that will do.
        #[serde(default)]
        pub lot: String,
    }

    /// Gives held stock back, wholly or in part.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// let hold = r#"{"hold_stock":{"hold":"cart-1","channel":"web","expires_at":"2026-01-05T10:00:00Z",
    ///     "lines":[{"sku":"TEE","node":"RENO","qty":4}]}}"#;
    /// book.execute(&Envelope::new("hold", at, serde_json::from_str(hold)?))?;
    /// assert_eq!(book.stock_columns().available, [6]);
    /// let release = ReleaseHold { hold: "cart-1".into(), lines: vec![] };
    /// book.execute(&Envelope::new("release", at, Command::ReleaseHold(release)))?;
    /// assert_eq!(book.stock_columns().available, [10]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct ReleaseHold {
        /// The hold.
        pub hold: String,
        /// What is given back; empty = all, and the hold ends.
        #[serde(default)]
        pub lines: Vec<HoldPick>,
    }
}
