//! Work that makes returned goods fit for sale: they bear it up to what they can be sold for (IAS 2.10).

use super::common::*;
use super::revalue::pools;
use crate::catalog::*;
use crate::costing::{Costing, extend, share, work_on, worked};
use crate::posting::{Context, Movement};
use crate::record::*;
use crate::value::ids::*;
use crate::value::money::Money;
use crate::value::rejection::Rejection;
use crate::value::wire::wire;
use std::collections::VecDeque;

wire! {
    /// Has goods bear the labour and material that made them fit for sale again. What takes them above their
    /// net realisable value stays an expense.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// let work = RefurbishStock {
    ///     refurbishment: "F-1".into(), sku: "TEE".into(), node: "RENO".into(), qty: 2,
    ///     cost: Money::from_cents(5_00), unit_value: Some(Money::from_cents(9_00)), lot: String::new(),
    ///     reason: "damage".into(),
    /// };
    /// book.execute(&Envelope::new("f-1", at, Command::RefurbishStock(work)))?;
    /// // Two of ten TEE at 8.00 may bear 1.00 each; the rest of the 5.00 is an expense.
    /// assert_eq!(book.stock_columns().value, [82_000_000]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct RefurbishStock {
        /// Number of the refurbishment.
        pub refurbishment: String,
        /// The SKU.
        pub sku: String,
        /// The node.
        pub node: String,
        /// Units worked on, in the SKU's smallest unit. Under FIFO they are the youngest that came back from
        /// customers, then the youngest of all, and part from the others of their layers.
        pub qty: i64,
        /// What the work cost in all.
        pub cost: Money,
        /// Net realisable value of a base unit (IAS 2.6); none = it is known to be above cost.
        #[serde(default)]
        pub unit_value: Option<Money>,
        /// The lot, where costs are kept by lot.
        #[serde(default)]
        pub lot: String,
        /// The reason code.
        pub reason: String,
    }
}

pub(crate) fn decide_refurbishment(state: &State, said: &RefurbishStock) -> Result<Body, Rejection> {
    let revaluation = new_books_document(state, BooksDocument::Refurbishment, &said.refurbishment)?;
    let (sku, row) = state.catalog.sku_of(&said.sku)?;
    let (node, _) = state.catalog.node_of(&said.node)?;
    let reason = state.catalog.reason_of(&said.reason)?;
    let (qty, minor) = (quantity(said.qty)?, state.head.minor);
    price("cost", said.cost)?;
    let cost = whole(said.cost.micros(), minor)?;
    let method = state.method(row);
    if method == Costing::Standard {
        let need = "a SKU that is not under standard cost: set another standard with revalue_stock";
        return Err(Rejection::InvalidField { field: "sku".into(), need: need.into() });
    }
    let lot = if method == Costing::Lot {
        state.stock.labels.find(said.lot.as_str()).map_or(LotId::NONE, LotId)
    } else {
        LotId::NONE
    };
    let pool = pools(state, sku, row, node).into_iter().find(|(_, known, _)| *known == lot);
    // A pool that nodes share stands at the first of them, and so do its layers.
    let (at, there) = pool.map_or((node, Worth::default()), |(at, _, worth)| (at, worth));
    if there.qty < qty {
        let (sku, node) = (said.sku.clone(), said.node.clone());
        return Err(Rejection::NotOnHand { sku, node, asked: qty, free: there.qty });
    }
    let fifo = method == Costing::Fifo;
    let mut layers: VecDeque<_> = state.layers.parts(&state.stock, sku, at).into_iter().collect();
    let mut worth = share(there.value, qty, there.qty, minor)?;
    if fifo {
        let taken = worked(layers.iter(), qty);
        let parts = layers.iter().zip(&taken).filter(|(_, now)| **now > 0);
        worth = parts
            .map(|(part, now)| share(part.value, *now, part.qty, minor))
            .try_fold(Money::ZERO, |sum, part| part.and_then(|part| sum.plus(part)))?;
    }
    let by = match said.unit_value {
        None => cost,
        Some(each) => {
            price("unit_value", each)?;
            let room = extend(each, qty, row.scale, minor)?.minus(worth)?;
            cost.min(room.max(Money::ZERO))
        }
    };
    if by == Money::ZERO {
        return Err(Rejection::NothingToCapitalize { sku: said.sku.clone() });
    }
    if fifo {
        work_on(&mut layers, qty, by, minor)?;
    }
    let layer =
        |part: &crate::costing::Part| LayerCost { qty: part.qty, value: part.value, source: part.source };
    let layers = layers.iter().filter(|_| fifo).map(layer).collect();
    let mut entry = Entry::new(state);
    entry.post(Movement::Refurbishing, by, &Context { reason, lot, ..context(row, sku, at, 0) })?;
    Ok(Body::StockRevalued(StockRevalued {
        revaluation,
        sku,
        node,
        unit_cost: None,
        recosted: false,
        pools: vec![PoolCorrected { sku, node: at, lot, value: by, layers }],
        postings: entry.postings,
        refurbished: true,
        company: String::new(),
        qty,
    }))
}
