//! JSON with names: ids are written as the codes that they stand for.
//!
//! Events and answers hold dense ids. Their derived `Serialize` calls a newtype by its name, so the writer
//! can look the id up: one definition serves logs (numbers) and JSON (names).

use crate::record::State;
use crate::value::writer::{Names, to_named};
use serde::Serialize;

/// Canonical JSON of a value, ids as names.
pub(crate) fn to_json<T: Serialize + ?Sized>(state: &State, value: &T) -> String {
    to_named(state, value)
}

impl Names for State {
    fn is_id(&self, kind: &str) -> bool {
        name(self, kind, u32::MAX).is_some()
    }

    fn name(&self, kind: &str, id: u32) -> Option<String> {
        name(self, kind, id).flatten()
    }
}

/// The name that an id of this kind stands for; `None` for what is not an id.
fn name(state: &State, kind: &str, id: u32) -> Option<Option<String>> {
    let code = |keys: &crate::value::table::Keys<Box<str>>| keys.get(id).map(|code| code.to_string());
    let key = |keys: &crate::value::numbers::Numbers| keys.text(id);
    let (catalog, docs) = (&state.catalog, &state.docs);
    Some(match kind {
        "SkuId" => code(&catalog.skus),
        "NodeId" => code(&catalog.nodes),
        "ChannelId" => code(&catalog.channels),
        "ServiceId" => code(&catalog.services),
        "SupplierId" => code(&catalog.suppliers),
        "AccountId" => code(&catalog.accounts),
        "ReasonId" => code(&catalog.reasons),
        "OrderId" => key(&docs.orders),
        "HoldId" => key(&docs.holds),
        "PurchaseId" => key(&docs.purchases),
        "TransferId" => key(&docs.transfers),
        "ReturnId" => key(&docs.returns),
        "LotId" => code(&state.stock.labels),
        _ => return None,
    })
}
