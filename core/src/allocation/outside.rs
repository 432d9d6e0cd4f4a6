//! Outside knowledge: what a model or a person knows besides the book, as tables set by command.
//!
//! A data scientist's scores steer decisions through them, and every decision stays replayable: a table is
//! checked whole when it is set, its numbers are exact decimals, and it is recorded like anything else.

use crate::value::ids::{NodeId, SkuId};
use crate::value::money::Money;
use crate::value::table::{self, Keys, tables};
use crate::value::wire::{wire, words};
use serde::Serialize;

words! {
    /// What a table of outside knowledge says.
    pub enum CostTable {
        /// Extra cost of a base unit, by SKU and node; may be negative (the measure `extra_cost`).
        SkuNode,
        /// Extra cost of a shipment, by order and node.
        OrderNode,
        /// Extra cost of a shipment, by segment of the customer and node.
        SegmentNode,
        /// What a base unit will be marked down by if it stays, by SKU and node (the measure `markdown`).
        Markdown,
    }
}

wire! {
    /// Sets a table of outside knowledge whole: what is not in it costs nothing. One unknown id, one cell
    /// said twice or one number out of range, and all of it is refused.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// let cell = |sku: &str| CostRow { of: sku.into(), node: "RENO".into(), cost: Money::from_cents(1_50) };
    /// let set = |rows| Command::SetCostTable(SetCostTable { table: CostTable::SkuNode, rows });
    /// let no = book.execute(&Envelope::new("two", at, set(vec![cell("TEE"), cell("CAP")]))).unwrap_err();
    /// assert_eq!(no, Rejection::UnknownSku { sku: "CAP".into() }, "and nothing of it is set");
    /// book.execute(&Envelope::new("one", at, set(vec![cell("TEE")])))?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct SetCostTable {
        /// Which table.
        pub table: CostTable,
        /// Its cells; none = the table is emptied.
        pub rows: Vec<CostRow>,
    }

    /// A cell of a table of outside knowledge.
    pub struct CostRow {
        /// The SKU, the order's number or the segment, as the table is by.
        pub of: String,
        /// The node.
        pub node: String,
        /// Money, exact: -1,000,000 to 1,000,000; not negative but by SKU and node.
        pub cost: Money,
    }
}

/// The tables in force, as numbers. Ids of orders and segments are their texts, for they may come later.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Outside {
    pub goods: Keys<(u8, SkuId, NodeId)>,
    pub goods_cost: table::Table<i64>,
    pub shipments: Keys<(u8, Box<str>, NodeId)>,
    pub shipment_cost: table::Table<i64>,
}

tables!(Outside: ; later: goods, goods_cost, shipments, shipment_cost);

/// Which charge is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Table {
    ExtraCost,
    Markdown,
}

fn number(table: CostTable) -> u8 {
    match table {
        CostTable::SkuNode => 0,
        CostTable::Markdown => 1,
        CostTable::OrderNode => 2,
        CostTable::SegmentNode => 3,
    }
}

impl Outside {
    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.goods.len() == 0 && self.shipments.len() == 0
    }

    pub(super) fn of_goods(&self, table: Table, sku: SkuId, node: NodeId) -> i64 {
        let table = match table {
            Table::ExtraCost => CostTable::SkuNode,
            Table::Markdown => CostTable::Markdown,
        };
        let id = self.goods.find(&(number(table), sku, node));
        id.and_then(|id| self.goods_cost.get(id)).copied().unwrap_or(0)
    }

    pub(super) fn of_shipment(&self, order: &str, segment: &str, node: NodeId) -> i64 {
        if self.shipments.len() == 0 {
            return 0;
        }
        let cost = |table: CostTable, of: &str| {
            let id = self.shipments.find(&(number(table), Box::from(of), node));
            id.and_then(|id| self.shipment_cost.get(id)).copied().unwrap_or(0)
        };
        cost(CostTable::OrderNode, order).saturating_add(cost(CostTable::SegmentNode, segment))
    }

    /// Empties a table. Keys are never taken away, so its cells come to nothing.
    pub(crate) fn clear(&mut self, table: CostTable) {
        let table = number(table);
        let of_goods = self.goods.iter().filter(|(_, key)| key.0 == table).map(|(id, _)| id);
        for id in of_goods.collect::<Vec<u32>>() {
            self.goods_cost.edit(id, |cost| *cost = 0);
        }
        let of_shipments = self.shipments.iter().filter(|(_, key)| key.0 == table).map(|(id, _)| id);
        for id in of_shipments.collect::<Vec<u32>>() {
            self.shipment_cost.edit(id, |cost| *cost = 0);
        }
    }

    /// Sets a cell by SKU and node.
    pub(crate) fn put_goods(&mut self, table: CostTable, sku: SkuId, node: NodeId, cost: i64) {
        let id = self.goods.intern((number(table), sku, node));
        put(&mut self.goods_cost, id, cost);
    }

    /// Sets a cell by order or segment and node.
    pub(crate) fn put_shipment(&mut self, table: CostTable, of: &str, node: NodeId, cost: i64) {
        let id = self.shipments.intern((number(table), Box::from(of), node));
        put(&mut self.shipment_cost, id, cost);
    }
}

fn put(table: &mut table::Table<i64>, id: u32, cost: i64) {
    if !table.edit(id, |old| *old = cost) {
        table.push(cost);
    }
}
