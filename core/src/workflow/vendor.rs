//! Goods go back to their vendor: at what they carry, against what the vendor owes for them.

use super::common::*;
use super::stock::check_free;
use crate::catalog::*;
use crate::costing::{Costing, Part, extend, share};
use crate::posting::Movement;
use crate::record::*;
use crate::stock::{Place, Taken};
use crate::value::ids::*;
use crate::value::money::Money;
use crate::value::num;
use crate::value::rejection::Rejection;
use crate::value::wire::wire;

wire! {
    /// Sends goods back to their vendor.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// let back = ReturnToVendor {
    ///     vendor_return: "B-1".into(), node: "RENO".into(), supplier: "ACME".into(),
    ///     lines: vec![VendorReturnLine {
    ///         sku: "TEE".into(), qty: 2, receipt: None, unit_credit: None, place: Place::default(),
    ///     }],
    /// };
    /// book.execute(&Envelope::new("b-1", at, Command::ReturnToVendor(back)))?;
    /// let claims = book.account_id("1400").ok_or("in the chart")?;
    /// let row = book.trial_balance().into_iter().find(|row| row.account == claims).ok_or("posted to")?;
    /// assert_eq!(row.balance, Money::from_cents(16_00), "the vendor owes two at 8.00");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct ReturnToVendor {
        /// Number of the return.
        pub vendor_return: String,
        /// The node that sends.
        pub node: String,
        /// The vendor.
        pub supplier: String,
        /// What goes back; one line a SKU.
        pub lines: Vec<VendorReturnLine>,
    }

    /// A line of a return to a vendor.
    pub struct VendorReturnLine {
        /// The SKU.
        pub sku: String,
        /// How many, in the SKU's smallest unit.
        pub qty: i64,
        /// The receipt that they came with: under FIFO its own layer is taken.
        #[serde(default)]
        pub receipt: Option<String>,
        /// What the vendor credits for a base unit; none = what he asked for it, on the receipt or the
        /// invoice, or without a receipt what stock carries.
        #[serde(default)]
        pub unit_credit: Option<Money>,
        /// Where they lie.
        #[serde(default)]
        pub place: Place,
    }
}

pub(crate) fn decide_vendor_return(state: &State, back: &ReturnToVendor) -> Result<Body, Rejection> {
    let vendor_return = new_books_document(state, BooksDocument::VendorReturn, &back.vendor_return)?;
    let (node, _) = state.catalog.node_of(&back.node)?;
    let (supplier, _) = state.catalog.supplier_of(&back.supplier)?;
    some_lines(back.lines.len())?;
    let mut entry = Entry::new(state);
    let mut lines: Vec<VendorReturnedLine> = Vec::with_capacity(back.lines.len());
    for line in &back.lines {
        let (sku, _) = state.catalog.sku_of(&line.sku)?;
        if lines.iter().any(|known| known.sku == sku) {
            return Err(Rejection::InvalidField { field: "lines".into(), need: "one line a SKU".into() });
        }
        lines.push(decide_line(state, &mut entry, line, node, supplier)?);
    }
    let postings = entry.postings;
    Ok(Body::VendorReturnShipped(VendorReturnShipped { vendor_return, node, supplier, lines, postings }))
}

/// The receipt line that goods came with.
fn own_receipt(
    state: &State,
    line: &VendorReturnLine,
    sku: SkuId,
    supplier: SupplierId,
) -> Result<Option<(u32, ReceiptRow)>, Rejection> {
    let Some(number) = &line.receipt else { return Ok(None) };
    let receipt = known_document(&state.docs.receipts, "receipt", number)?;
    let rows = state.costs.receipt_lines(receipt);
    let mut mine = rows.filter(|(_, row)| row.sku == sku && row.supplier == supplier).peekable();
    if mine.peek().is_none() {
        return Err(Rejection::UnknownLine { document: number.clone(), line: 0 });
    }
    // The first line of which so many are left; what went back before went back for good.
    let mut most = (0u32, 0i64);
    for (id, row) in mine {
        let back = row_of(&state.costs.backs, &state.costs.back, &id).unwrap_or_default();
        let left = num::sub(row.qty, num::add(back.unbilled.qty, back.claimed)?)?;
        if left >= line.qty {
            return Ok(Some((id, *row)));
        }
        most = if left > most.1 || most.0 == 0 { (row.line, left) } else { most };
    }
    let (document, asked) = (number.clone(), line.qty);
    Err(Rejection::MoreThanOpen { document, line: most.0, asked, open: most.1.max(0) })
}

fn decide_line(
    state: &State,
    entry: &mut Entry<'_>,
    line: &VendorReturnLine,
    node: NodeId,
    supplier: SupplierId,
) -> Result<VendorReturnedLine, Rejection> {
    let (sku, row) = state.catalog.sku_of(&line.sku)?;
    let qty = quantity(line.qty)?;
    check_place(state, node, &line.place)?;
    if !line.place.is_own() {
        let need = "own goods".into();
        return Err(Rejection::InvalidField { field: "lines.place".into(), need });
    }
    check_free(state, sku, node, &line.place, qty)?;
    let own = own_receipt(state, line, sku, supplier)?;
    let taken =
        if line.place.is_plain() { Vec::new() } else { vec![Taken { place: line.place.clone(), qty }] };
    let source = own.as_ref().map_or(0, |(id, _)| id.saturating_add(1));
    let (cost, lots, layers) = if state.method(row) == Costing::Fifo {
        entry.release((sku, row, node, qty), Movement::WriteDownReversal)?;
        let mut parts = state.layers.parts(&state.stock, sku, state.pool_node(row, node));
        let cost = take_own(&mut parts, qty, source, state.head.minor)?;
        let layer = |p: &Part| LayerCost { qty: p.qty, value: p.value, source: p.source };
        (cost, Vec::new(), parts.iter().map(layer).collect())
    } else {
        let issued = entry.lose(sku, row, node, qty, &taken)?;
        (issued.value, issued.lots, Vec::new())
    };
    let open = own.as_ref().map_or(Worth::default(), |(id, row)| state.costs.open_receipt(*id, row));
    let credit = match (line.unit_credit, &own) {
        (Some(each), _) => {
            price("lines.unit_credit", each)?;
            extend(each, qty, row.scale, state.head.minor)?
        }
        (None, Some(_)) if open.qty >= qty => share(open.value, qty, open.qty, state.head.minor)?,
        (None, Some((id, came))) => {
            let minor = state.head.minor;
            let beyond = state.costs.dearer(*id, qty, minor)?.value;
            share(came.value, qty, came.qty, minor)?.plus(beyond)?.max(Money::ZERO)
        }
        (None, None) => cost,
    };
    let about = context(row, sku, node, qty);
    let money = crate::posting::Context { qty: 0, ..about };
    // Before its invoice the vendor is owed that much less; after it, he owes it.
    let uninvoiced = open.qty >= qty;
    let (leaves, differs) = if uninvoiced {
        (Movement::VendorReturn, Movement::VendorReturnVariance)
    } else {
        (Movement::VendorReturnClaim, Movement::VendorClaimVariance)
    };
    entry.post(leaves, cost, &about)?;
    entry.post(differs, cost.minus(credit)?, &money)?;
    Ok(VendorReturnedLine {
        sku,
        receipt_line: own.map_or(NOTHING, |(id, _)| id),
        qty,
        cost,
        credit,
        uninvoiced: if uninvoiced { qty } else { 0 },
        uninvoiced_value: if uninvoiced { credit } else { Money::ZERO },
        taken,
        lots,
        layers,
    })
}

/// Takes units from the layers of their own receipt, then from the oldest; gives their cost.
fn take_own(parts: &mut [Part], qty: i64, source: u32, minor: i64) -> Result<Money, num::Overflow> {
    let (mut left, mut out) = (qty, Money::ZERO);
    for own in [true, false] {
        for part in parts.iter_mut().filter(|part| (source != 0 && part.source == source) == own) {
            let now = part.qty.min(left);
            if now > 0 {
                let cost = share(part.value, now, part.qty, minor)?;
                part.value = part.value.minus(cost)?;
                part.qty = num::sub(part.qty, now)?;
                (left, out) = (num::sub(left, now)?, out.plus(cost)?);
            }
        }
    }
    Ok(out)
}
