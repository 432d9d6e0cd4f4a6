//! How a group of SKUs is valued: the method, and what is done about truth that comes late.

use super::Costing;
use crate::value::later::Later;
use crate::value::wire::{wire, words};
use serde::{Deserialize, Serialize};

words! {
    /// What units are worth that leave before they have come.
    #[derive(Default)]
    pub enum NegativeCost {
        /// The last known cost; when they come, the difference is posted as a catch-up of cost of goods sold.
        #[default]
        LastCostThenCatchUp,
        /// The price of the newest receipt, as long as no more than nothing is there before or after it.
        AdoptLastReceiptPrice,
    }

    /// What is done when a cost comes to be known after goods have moved on.
    #[derive(Default)]
    pub enum LatePolicy {
        /// The past stays. What stock on hand can bear goes to stock, the rest to a variance account.
        #[default]
        AtCurrentCost,
        /// All later movements are costed anew, and each difference is posted with a pointer to its event.
        Replay,
        /// The same amounts in the open period, in one sum for each movement, place and channel.
        Prospective,
    }

    /// Where the difference between an invoice and its receipt goes.
    #[derive(Default)]
    pub enum InvoiceDifference {
        /// Into the cost of the goods, by the late policy.
        #[default]
        ToStock,
        /// Into purchase price variance.
        ToVariance,
    }

    /// Which stock has one pool of value.
    #[derive(Default)]
    pub enum PoolScope {
        /// That of a node.
        #[default]
        Node,
        /// That of all nodes of a company, under moving average, FIFO or specific lot.
        Company,
    }

    /// How stock is written down to its net realisable value.
    #[derive(Default)]
    pub enum WriteDownBasis {
        /// By an allowance, which is taken back when the value recovers (IAS 2.33).
        #[default]
        Allowance,
        /// By a new cost basis, for good (ASC 330-10-35-14).
        NewCostBasis,
    }
}

wire! {
    /// Sets how a group of SKUs is valued. Method and late policy are fixed once a SKU of it has moved.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// let fifo: SetValuation = serde_json::from_str(r#"{"group":"hats","costing":"fifo"}"#)?;
    /// book.execute(&Envelope::new("fifo", at, Command::SetValuation(fifo)))?;
    /// # for (id, json) in [r#"{"define_sku":{"sku":"CAP","group":"hats"}}"#,
    /// #     r#"{"receive_goods":{"receipt":"R-2","node":"RENO","lines":[
    /// #         {"sku":"CAP","qty":5,"unit_cost":"4"},{"sku":"CAP","qty":5,"unit_cost":"6"}]}}"#,
    /// #     r#"{"adjust_stock":{"adjustment":"A-1","node":"RENO","reason":"damage","lines":[
    /// #         {"sku":"CAP","qty":-5}]}}"#].iter().enumerate() {
    /// #     book.execute(&Envelope::new(&id.to_string(), at, serde_json::from_str(json)?))?;
    /// # }
    /// // Five CAP came at 4.00 and five at 6.00, and five were lost: the first.
    /// assert_eq!(book.stock_columns().value[1], 30_000_000);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct SetValuation {
        /// The group; none = every SKU whose group has no valuation of its own.
        #[serde(default)]
        pub group: Option<String>,
        /// The method; none = as each SKU says.
        #[serde(default)]
        pub costing: Option<Costing>,
        /// What units are worth that leave before they have come; where costs may be found anew, fixed, too.
        #[serde(default)]
        pub negative: NegativeCost,
        /// What is done about costs that come late.
        #[serde(default)]
        pub late: LatePolicy,
        /// Where the difference between an invoice and its receipt goes.
        #[serde(default)]
        pub invoice_difference: InvoiceDifference,
        /// How stock is written down.
        #[serde(default)]
        pub write_down: WriteDownBasis,
        /// Which stock has one pool of value; of a company under moving average, FIFO or specific lot.
        #[serde(default)]
        pub scope: PoolScope,
    }
}

wire! {
    /// Defines a ledger beside the book's own, as one for management, or by another standard. An event is
    /// entered in it at the date at which the book enters it, even where only the ledger costs old movements
    /// otherwise by it.
    ///
    /// ```
    /// # use stockbook::*;
    /// # let at: Instant = "2026-01-05T09:00:00Z".parse()?;
    /// # let mut book = Book::new();
    /// # for (id, json) in [
    /// #     r#"{"set_valuation":{"costing":"fifo","late":"replay"}}"#,
    /// #     r#"{"define_sku":{"sku":"TEE"}}"#,
    /// #     r#"{"define_node":{"node":"RENO","kind":"warehouse","place":{"lat":"39","lon":"-119"}}}"#,
    /// #     r#"{"define_reason":{"reason":"damage"}}"#].iter().enumerate() {
    /// #     book.execute(&Envelope::new(&id.to_string(), at, serde_json::from_str(json)?))?;
    /// # }
    /// // The book's own ledger goes by FIFO and remembers movements; management wants averages.
    /// let ledger = DefineLedger {
    ///     ledger: "MGMT".into(), costing: Costing::MovingAverage, write_down: WriteDownBasis::default(),
    /// };
    /// book.execute(&Envelope::new("ledger", at, Command::DefineLedger(ledger)))?;
    /// # for (id, json) in [
    /// #     r#"{"receive_goods":{"receipt":"R-1","node":"RENO","lines":[
    /// #         {"sku":"TEE","qty":5,"unit_cost":"4"},{"sku":"TEE","qty":5,"unit_cost":"6"}]}}"#,
    /// #     r#"{"adjust_stock":{"adjustment":"A-1","node":"RENO","reason":"damage","lines":[
    /// #         {"sku":"TEE","qty":-5}]}}"#].iter().enumerate() {
    /// #     book.execute(&Envelope::new(&format!("b{id}"), at, serde_json::from_str(json)?))?;
    /// # }
    /// // Five TEE came at 4.00 and five at 6.00, and five were lost.
    /// assert_eq!(book.stock_columns().value, [30_000_000]);
    /// let query = Query::Ledger(LedgerQuery { ledger: "MGMT".into() });
    /// let Answer::Ledger(ledger) = book.ask(&query)? else { panic!() };
    /// assert_eq!(ledger.inventory_value, Money::from_cents(25_00));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct DefineLedger {
        /// Its code.
        pub ledger: String,
        /// How it values stock: FIFO or moving average, of SKUs whose movements are remembered.
        pub costing: Costing,
        /// How it writes stock down.
        #[serde(default)]
        pub write_down: WriteDownBasis,
    }
}

/// A valuation in force.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Valuation {
    pub costing: Option<Costing>,
    pub negative: NegativeCost,
    pub late: LatePolicy,
    pub invoice_difference: InvoiceDifference,
    pub write_down: WriteDownBasis,
    #[serde(default)]
    pub scope: Later<PoolScope, 1>,
}

impl Valuation {
    /// Whether every movement is remembered, so that it can be costed anew.
    pub(crate) fn is_traced(&self) -> bool {
        self.late != LatePolicy::AtCurrentCost
    }

    /// Whether goods that have moved under one may be under the other. What is costed anew from its movements
    /// would find another past, were what left before it came worth something else.
    pub(crate) fn agrees(&self, other: &Valuation) -> bool {
        self.late == other.late
            && self.scope == other.scope
            && (self.negative == other.negative || !self.is_traced())
    }
}

impl From<&SetValuation> for Valuation {
    fn from(set: &SetValuation) -> Valuation {
        Valuation {
            costing: set.costing,
            negative: set.negative,
            late: set.late,
            invoice_difference: set.invoice_difference,
            write_down: set.write_down,
            scope: Later(set.scope),
        }
    }
}
