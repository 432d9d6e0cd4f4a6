//! Many SKUs at once, as columns.

use crate::value::money::Money;
use crate::value::wire::wire;

use super::Costing;

wire! {
    /// Defines or changes many SKUs at once, given as columns: row by row what `define_sku` would, all or
    /// none. Every column but `sku` may be empty: then each row has the default. A known SKU keeps its units.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// let caps = DefineSkus {
    ///     sku: vec!["CAP-S".into(), "CAP-M".into()],
    ///     price: vec![Money::from_cents(9_00), Money::from_cents(9_50)],
    ///     ..DefineSkus::default()
    /// };
    /// book.execute(&Envelope::new("caps", at, Command::DefineSkus(caps)))?;
    /// assert_eq!(book.sku_count(), 3, "and TEE");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[derive(Default)]
    pub struct DefineSkus {
        /// Codes; at most 10,000,000, each once.
        pub sku: Vec<String>,
        /// What people call them.
        #[serde(default)]
        pub name: Vec<String>,
        /// Groups that rules can speak of.
        #[serde(default)]
        pub group: Vec<String>,
        /// Decimals of the base units.
        #[serde(default)]
        pub decimals: Vec<u8>,
        /// Grams of one base unit.
        #[serde(default)]
        pub weight_g: Vec<i64>,
        /// List prices of one base unit.
        #[serde(default)]
        pub price: Vec<Money>,
        /// How their stock is valued.
        #[serde(default)]
        pub costing: Vec<Costing>,
    }
}

/// One row of the columns.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BulkRow<'a> {
    pub sku: &'a str,
    pub group: &'a str,
    pub decimals: u8,
    pub weight_g: i64,
    pub price: Money,
    pub costing: Costing,
}

impl DefineSkus {
    /// A row; columns that are empty give defaults.
    pub(crate) fn row(&self, at: usize) -> Option<BulkRow<'_>> {
        Some(BulkRow {
            sku: self.sku.get(at)?,
            group: self.group.get(at).map_or("", String::as_str),
            decimals: self.decimals.get(at).copied().unwrap_or(0),
            weight_g: self.weight_g.get(at).copied().unwrap_or(0),
            price: self.price.get(at).copied().unwrap_or_default(),
            costing: self.costing.get(at).copied().unwrap_or_default(),
        })
    }

    /// The columns' names and lengths, but for the codes.
    pub(crate) fn lengths(&self) -> [(&'static str, usize); 6] {
        [
            ("name", self.name.len()),
            ("group", self.group.len()),
            ("decimals", self.decimals.len()),
            ("weight_g", self.weight_g.len()),
            ("price", self.price.len()),
            ("costing", self.costing.len()),
        ]
    }
}
