//! What is applied of supply that is to come.

use crate::record::{Body, State};
use crate::value::num;
use crate::value::table::{Keys, Table};
use std::hash::Hash;

/// Sets the row of a key, new or known.
pub(super) fn put<K: Clone + Hash + Eq, T: Clone + Hash>(
    keys: &mut Keys<K>,
    rows: &mut Table<T>,
    key: K,
    row: T,
) {
    let id = keys.intern(key);
    if num::index(id) < rows.len() {
        rows.edit(id, |old| *old = row);
    } else {
        rows.push(row);
    }
}

impl State {
    pub(super) fn expect(&mut self, body: &Body) {
        let docs = &mut self.docs;
        match body {
            Body::SupplyExpected(said) => {
                put(&mut docs.expected, &mut docs.expect, said.supply.clone(), said.expected);
            }
            Body::TransferExpected(said) => {
                put(&mut docs.arriving, &mut docs.arrival, said.transfer, said.at)
            }
            Body::SupplyLatenessSet(set) => {
                put(&mut docs.late_suppliers, &mut docs.lateness, set.supplier, set.steps.clone());
            }
            Body::PreorderSet(set) => {
                let row = (set.qty_max, set.supply_percent);
                put(&mut docs.preorders, &mut docs.preorder, set.sku, row);
            }
            _ => {}
        }
    }
}
