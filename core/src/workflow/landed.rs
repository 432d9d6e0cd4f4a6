//! Landed cost: freight, duty and insurance become part of what goods cost (IAS 2.10-11).

use super::common::*;
use super::invoice::shares;
use super::late::bear;
use crate::catalog::*;
use crate::posting::Movement;
use crate::record::*;
use crate::value::money::Money;
use crate::value::num;
use crate::value::rejection::Rejection;
use crate::value::wire::{wire, words};

words! {
    /// What an amount is shared out by.
    #[derive(Default)]
    pub enum LandedBasis {
        /// Value of the receipt lines.
        #[default]
        Value,
        /// Their quantity.
        Qty,
        /// Their weight.
        Weight,
        /// Weights that the command gives.
        Given,
        /// Their volume, by the dimensions of each SKU's base unit.
        Volume,
    }
}

wire! {
    /// Shares freight, duty and the like out over receipt lines, before or after the goods were sold.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// # let json = r#"{"receive_goods":{"receipt":"R-2","node":"RENO","supplier":"ACME","lines":[
    /// #     {"sku":"TEE","qty":5,"unit_cost":"8"}]}}"#;
    /// # book.execute(&Envelope::new("r-2", at, serde_json::from_str(json)?))?;
    /// // 15 TEE lie there at 8.00; receipt R-2 brought five of them, and their freight was 10.00.
    /// let freight = AllocateLandedCost {
    ///     landed_cost: "L-1".into(), amount: Money::from_cents(10_00), basis: LandedBasis::Value,
    ///     receipts: vec![LandedReceipt { receipt: "R-2".into(), line: 0, basis: 0 }],
    /// };
    /// book.execute(&Envelope::new("l-1", at, Command::AllocateLandedCost(freight)))?;
    /// assert_eq!(book.stock_columns().value, [130_000_000]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct AllocateLandedCost {
        /// Number of the landed cost.
        pub landed_cost: String,
        /// The amount.
        pub amount: Money,
        /// What it is shared out by.
        #[serde(default)]
        pub basis: LandedBasis,
        /// The receipts that bear it.
        pub receipts: Vec<LandedReceipt>,
    }

    /// A receipt that bears landed cost.
    pub struct LandedReceipt {
        /// The receipt.
        pub receipt: String,
        /// Its line, from 1; 0 = all.
        #[serde(default)]
        pub line: u32,
        /// The basis of this receipt's lines, where it is given: as their volume in litres.
        #[serde(default)]
        pub basis: i64,
    }
}

pub(crate) fn decide_landed_cost(state: &State, allocate: &AllocateLandedCost) -> Result<Body, Rejection> {
    let landed_cost = new_books_document(state, BooksDocument::LandedCost, &allocate.landed_cost)?;
    let minor = state.head.minor;
    let amount = allocate.amount;
    if amount.micros() == 0 || amount.micros().checked_rem(minor) != Some(0) {
        let need = "whole minor units of money, not 0".into();
        return Err(Rejection::InvalidField { field: "amount".into(), need });
    }
    price("amount", Money::from_micros(amount.micros().saturating_abs()))?;
    some_lines(allocate.receipts.len())?;
    let mut lines: Vec<(u32, i64, i64)> = Vec::new();
    for named in &allocate.receipts {
        let receipt = known_document(&state.docs.receipts, "receipt", &named.receipt)?;
        let before = lines.len();
        let meant = |row: &ReceiptRow| named.line == 0 || row.line == named.line;
        for (id, row) in state.costs.receipt_lines(receipt).filter(|(_, row)| meant(row)) {
            if lines.iter().any(|(known, ..)| *known == id) {
                let need = "each receipt line once".into();
                return Err(Rejection::InvalidField { field: "receipts".into(), need });
            }
            lines.push((id, basis(state, allocate.basis, row, named.basis)?, row.qty));
        }
        if lines.len() == before {
            return Err(Rejection::UnknownLine { document: named.receipt.clone(), line: named.line });
        }
    }
    let parts: Vec<i64> = lines.iter().map(|(_, basis, _)| *basis).collect();
    let parts = shares(amount, &parts, minor)?;
    let mut entry = Entry::new(state);
    let mut borne = Vec::with_capacity(lines.len());
    for ((id, _, qty), part) in lines.into_iter().zip(parts) {
        let bearing = (Movement::LandedCost, Movement::LandedVariance);
        borne.push(bear(state, &mut entry, id, (qty, part), bearing)?);
    }
    Ok(Body::LandedCostAllocated(LandedCostAllocated {
        landed_cost,
        amount,
        shares: borne,
        postings: entry.postings,
    }))
}

/// What a line counts for. Quantities are of base units, so that SKUs of different decimals compare.
fn basis(state: &State, by: LandedBasis, row: &ReceiptRow, given: i64) -> Result<i64, Rejection> {
    let Some(sku) = state.catalog.sku.get(row.sku.0) else { return Ok(0) };
    let unmeasured = |what: &str| {
        let sku = sku_code(state, row.sku);
        Rejection::SkuUnmeasured { sku, what: what.into() }
    };
    Ok(match by {
        LandedBasis::Value => row.value.micros(),
        LandedBasis::Qty => num::mul_div(row.qty, MILLION, sku.scale)?,
        LandedBasis::Weight => {
            if sku.weight_g == 0 {
                return Err(unmeasured("weight"));
            }
            num::mul_div(num::mul(sku.weight_g, 1_000)?, row.qty, sku.scale)?
        }
        LandedBasis::Given => given,
        LandedBasis::Volume => {
            let [length, width, height] =
                state.catalog.trait_of(row.sku).map_or([0; 3], |known| known.size_mm);
            let each = num::mul(num::mul(length, width)?, height)?;
            if each == 0 {
                return Err(unmeasured("dimensions"));
            }
            num::mul_div(each, row.qty, sku.scale)?
        }
    })
}

/// Parts of a base unit that the finest SKU counts.
const MILLION: i64 = 1_000_000;
