//! The door of the catalogue: codes to ids, and what a definition must satisfy.

use super::rows::*;
use super::*;
use crate::value::ids::*;
use crate::value::num;
use crate::value::rejection::Rejection;
use crate::value::table::{Keys, Table};

/// Most lines of one document.
pub(crate) const LINES_MAX: usize = 10_000;
/// Most units of measure of a SKU, zones of a service, services of a channel.
pub(super) const PARTS_MAX: usize = 100;
/// Largest price, rate or weight in a definition: a million million.
pub(super) const AMOUNT_MAX: i64 = 1_000_000_000_000;

/// Codes to ids, each with its own refusal.
pub(crate) trait Lookup {
    fn sku_of(&self, code: &str) -> Result<(SkuId, &SkuRow), Rejection>;
    fn node_of(&self, code: &str) -> Result<(NodeId, &NodeRow), Rejection>;
    fn channel_of(&self, code: &str) -> Result<(ChannelId, &ChannelRow), Rejection>;
    fn service_of(&self, code: &str) -> Result<ServiceId, Rejection>;
    fn supplier_of(&self, code: &str) -> Result<(SupplierId, &SupplierRow), Rejection>;
    fn account_of(&self, code: &str) -> Result<(AccountId, &AccountRow), Rejection>;
    fn reason_of(&self, code: &str) -> Result<ReasonId, Rejection>;
}

#[inline]
fn find<'a, T: Clone + std::hash::Hash>(
    keys: &Keys<Box<str>>,
    table: &'a Table<T>,
    code: &str,
) -> Option<(u32, &'a T)> {
    let id = keys.find(code)?;
    table.get(id).map(|row| (id, row))
}

/// A code as it may stand in a message: cut to 64 characters.
pub(crate) fn shown(code: &str) -> String {
    code.chars().take(64).collect()
}

impl Lookup for Catalog {
    #[inline]
    fn sku_of(&self, code: &str) -> Result<(SkuId, &SkuRow), Rejection> {
        let found = find(&self.skus, &self.sku, code).map(|(id, row)| (SkuId(id), row));
        found.ok_or_else(|| Rejection::UnknownSku { sku: shown(code) })
    }

    #[inline]
    fn node_of(&self, code: &str) -> Result<(NodeId, &NodeRow), Rejection> {
        let found = find(&self.nodes, &self.node, code).map(|(id, row)| (NodeId(id), row));
        found.ok_or_else(|| Rejection::UnknownNode { node: shown(code) })
    }

    #[inline]
    fn channel_of(&self, code: &str) -> Result<(ChannelId, &ChannelRow), Rejection> {
        let found = find(&self.channels, &self.channel, code).map(|(id, row)| (ChannelId(id), row));
        found.ok_or_else(|| Rejection::UnknownChannel { channel: shown(code) })
    }

    fn service_of(&self, code: &str) -> Result<ServiceId, Rejection> {
        let found = self.services.find(code).map(ServiceId);
        found.ok_or_else(|| Rejection::UnknownService { service: shown(code) })
    }

    fn supplier_of(&self, code: &str) -> Result<(SupplierId, &SupplierRow), Rejection> {
        let found = find(&self.suppliers, &self.supplier, code).map(|(id, row)| (SupplierId(id), row));
        found.ok_or_else(|| Rejection::UnknownSupplier { supplier: shown(code) })
    }

    fn account_of(&self, code: &str) -> Result<(AccountId, &AccountRow), Rejection> {
        let found = find(&self.accounts, &self.account, code).map(|(id, row)| (AccountId(id), row));
        found.ok_or_else(|| Rejection::UnknownAccount { account: shown(code) })
    }

    fn reason_of(&self, code: &str) -> Result<ReasonId, Rejection> {
        let found = self.reasons.find(code).map(ReasonId);
        found.ok_or_else(|| Rejection::UnknownReason { reason: shown(code) })
    }
}

/// `Ok` if the text may be a code.
pub(crate) fn code(field: &str, text: &str) -> Result<(), Rejection> {
    if is_code(text) {
        return Ok(());
    }
    // What is not seen is spelt out.
    let seen = |c: char| if is_invisible(c) { c.escape_default().to_string() } else { c.to_string() };
    Err(Rejection::InvalidCode { field: field.into(), code: shown(text).chars().map(seen).collect() })
}

pub(crate) fn need(holds: bool, field: &str, need: &str) -> Result<(), Rejection> {
    if holds { Ok(()) } else { Err(Rejection::InvalidField { field: field.into(), need: need.into() }) }
}

pub(crate) fn at_most(what: &str, count: usize, max: usize) -> Result<(), Rejection> {
    if count <= max {
        return Ok(());
    }
    let wide = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
    Err(Rejection::TooMany { what: what.into(), count: wide(count), max: wide(max) })
}

/// `Ok` if the number of lines is 1 to 10,000.
pub(crate) fn some_lines(count: usize) -> Result<(), Rejection> {
    if count == 0 {
        return Err(Rejection::NoLines { field: "lines".into() });
    }
    at_most("lines", count, LINES_MAX)
}

/// `Ok` if a price or rate is not negative and within bounds.
pub(crate) fn price(field: &str, amount: Money) -> Result<(), Rejection> {
    let whole = amount.micros().checked_div(1_000_000).unwrap_or(0);
    need(amount.micros() >= 0 && whole <= AMOUNT_MAX, field, "an amount from 0 to 1,000,000,000,000")
}

/// A quantity in a unit of the SKU, as an integer of its smallest unit.
pub(crate) fn to_smallest(
    catalog: &Catalog,
    sku: SkuId,
    row: &SkuRow,
    qty: i64,
    unit: Option<&str>,
) -> Result<i64, Rejection> {
    let units = match unit {
        None => qty,
        Some(unit) => {
            let name = || catalog.skus.get(sku.0).map(|s| s.to_string()).unwrap_or_default();
            let list = catalog.units.get(sku.0).map(Vec::as_slice).unwrap_or_default();
            let Some(found) = list.iter().find(|u| u.unit == unit) else {
                return Err(Rejection::UnknownUnit { sku: name(), unit: shown(unit) });
            };
            let top =
                i128::from(qty).saturating_mul(i128::from(found.base)).saturating_mul(i128::from(row.scale));
            let per = i128::from(found.count);
            let rounding = catalog.trait_of(sku).map(|row| row.rounding).unwrap_or_default();
            if top.checked_rem(per) != Some(0) && rounding == Rounding::Exact {
                return Err(Rejection::QtyNotExact { sku: name(), unit: shown(unit), qty });
            }
            rounding.divide(top, per)
        }
    };
    if !(1..=num::QTY_MAX).contains(&units) {
        return Err(Rejection::InvalidQuantity { qty: units, max: num::QTY_MAX });
    }
    Ok(units)
}

impl Rounding {
    /// `top / per` as the rule rounds it; `per` is positive.
    fn divide(self, top: i128, per: i128) -> i64 {
        let down = top.checked_div_euclid(per).unwrap_or(i128::MAX);
        let up = if top.checked_rem_euclid(per) == Some(0) { down } else { down.saturating_add(1) };
        let quotient = match self {
            Rounding::Exact | Rounding::Down => down,
            Rounding::Up => up,
            Rounding::Nearest => num::div_half_up(top, per).map_or(i128::MAX, i128::from),
        };
        i64::try_from(quotient).unwrap_or(i64::MAX)
    }
}

/// `Ok` if a quantity in smallest units may stand in a line.
pub(crate) fn quantity(qty: i64) -> Result<i64, Rejection> {
    if (1..=num::QTY_MAX).contains(&qty) {
        return Ok(qty);
    }
    Err(Rejection::InvalidQuantity { qty, max: num::QTY_MAX })
}

/// A SKU's scale and costing cannot change any more.
pub(super) fn fixed_sku(sku: &str) -> Rejection {
    Rejection::CannotChange {
        what: shown(sku),
        why: "decimals and costing are fixed once there is stock or an order of it".into(),
    }
}

impl Catalog {
    pub(super) fn check_sku_fields(
        &self,
        sku: &str,
        decimals: u8,
        weight_g: i64,
        each: Money,
        faults: &mut Faults,
    ) {
        faults.note(code("sku", sku));
        // A SKU that is new must not take over what a channel sells another under.
        if self.listings.len() > 0 && self.skus.find(sku).is_none() {
            let listed = |(id, _): (u32, _)| self.listed(ChannelId(id), sku).is_some();
            faults.need(
                !self.channel.iter().any(listed),
                "sku",
                "a code that no channel lists another SKU under",
            );
        }
        faults.need(decimals <= 6, "decimals", "0 to 6");
        faults.need((0..=AMOUNT_MAX).contains(&weight_g), "weight_g", "0 to 1,000,000,000,000 grams");
        faults.note(price("price", each));
    }

    /// `Ok` if a SKU may be defined so. `in_use` tells whether its scale is fixed, and is asked only if that
    /// matters.
    pub(crate) fn check_sku(
        &self,
        define: &DefineSku,
        in_use: impl Fn(SkuId) -> bool,
    ) -> Result<(), Rejection> {
        let mut faults = Faults::default();
        self.check_sku_fields(&define.sku, define.decimals, define.weight_g, define.price, &mut faults);
        faults.note(at_most("units", define.units.len(), PARTS_MAX));
        for (at, unit) in define.units.iter().enumerate() {
            let first = define.units.iter().position(|known| known.unit == unit.unit) == Some(at);
            faults.need(first, "units.unit", "each unit once");
            faults.note(code("units.unit", &unit.unit));
            let sound = |n: i64| (1..=1_000_000_000).contains(&n);
            let need = "base and count from 1 to 1,000,000,000";
            faults.need(sound(unit.base) && sound(unit.count), "units", need);
        }
        let old = self.skus.find(define.sku.as_str()).and_then(|id| self.sku.get(id).map(|old| (id, old)));
        if let Some((id, old)) = old {
            let other = (old.decimals, old.costing) != (define.decimals, define.costing);
            if other && in_use(SkuId(id)) {
                faults.note::<()>(Err(fixed_sku(&define.sku)));
            }
        }
        faults.end()
    }

    pub(crate) fn check_node(define: &DefineNode) -> Result<Vec<crate::value::time::Instant>, Rejection> {
        let mut faults = Faults::default();
        faults.note(code("node", &define.node));
        faults.need(define.place.is_valid(), "place", "latitude -90 to 90 and longitude -180 to 180");
        faults.note(price("handling_per_order", define.handling_per_order));
        faults.note(price("handling_per_unit", define.handling_per_unit));
        // Less than nothing would pay for parcels that nobody needs.
        faults.need((0..=1_000_000_000).contains(&define.preference), "preference", "0 to 1,000,000,000");
        faults.need(define.processing_minutes <= 525_600, "processing_minutes", "at most a year");
        let cut_offs = define.calendar.as_ref().map(|calendar| {
            calendar.resolve().map_err(|fault| Rejection::InvalidField {
                field: format!("calendar.{}", fault.field),
                need: fault.need.into(),
            })
        });
        let cut_offs = faults.note(cut_offs.transpose());
        faults.end()?;
        Ok(cut_offs.flatten().unwrap_or_default())
    }

    pub(crate) fn check_channel(&self, define: &DefineChannel) -> Result<(), Rejection> {
        let mut faults = Faults::default();
        faults.note(code("channel", &define.channel));
        faults.need(define.promise_hours <= 87_600, "promise_hours", "at most ten years");
        faults.note(at_most("services", define.services.len(), PARTS_MAX));
        for service in define.services.iter().take(PARTS_MAX) {
            faults.note(self.service_of(service));
        }
        faults.end()
    }

    pub(crate) fn check_service(define: &DefineService) -> Result<(), Rejection> {
        let mut faults = Faults::default();
        faults.note(code("service", &define.service));
        faults.note(at_most("zones", define.zones.len(), PARTS_MAX));
        faults.need(!define.zones.is_empty(), "zones", "at least one zone");
        let reach: Vec<u32> = define.zones.iter().map(|z| z.up_to_km).collect();
        let ascends = reach.windows(2).all(|pair| pair.first() < pair.get(1));
        faults.need(ascends, "zones", "ascending `up_to_km`");
        for zone in define.zones.iter().take(PARTS_MAX) {
            faults.note(price("zones.base", zone.base));
            faults.note(price("zones.per_kg", zone.per_kg));
            faults.need(zone.transit_hours <= 8_760, "zones.transit_hours", "at most a year");
            check_bands(&mut faults, zone);
        }
        let divides = (0..=1_000_000).contains(&define.dim_divisor);
        faults.need(divides, "dim_divisor", "0 to 1,000,000 cubic millimetres a gram");
        faults.end()
    }

    pub(crate) fn check_supplier(define: &DefineSupplier) -> Result<(), Rejection> {
        let mut faults = Faults::default();
        faults.note(code("supplier", &define.supplier));
        faults.need(define.lead_time_days <= 3_650, "lead_time_days", "at most ten years");
        faults.need(define.expedite_days <= define.lead_time_days, "expedite_days", "at most the lead time");
        faults.note(price("expedite_premium", define.expedite_premium));
        faults.end()
    }

    pub(crate) fn check_account(&self, define: &DefineAccount, posted: bool) -> Result<(), Rejection> {
        let mut faults = Faults::default();
        faults.note(code("account", &define.account));
        let controlled = define.control != Control::None;
        faults.need(!controlled || define.kind == AccountKind::Asset, "control", "an asset account");
        let old = self.account_of(&define.account).ok().filter(|_| posted);
        if old.is_some_and(|(_, old)| old.control != define.control) {
            faults.note::<()>(Err(Rejection::CannotChange {
                what: shown(&define.account),
                why: "it is in the posting rules or posted to, and `control` ties it to goods".into(),
            }));
        }
        faults.end()
    }

    pub(crate) fn check_authority(set: &SetAuthority, words: &[&str]) -> Result<(), Rejection> {
        need(words.contains(&set.command.as_str()), "command", "the word of a command, as in adjust_stock")?;
        at_most("sources", set.sources.len(), PARTS_MAX)?;
        at_most("actors", set.actors.len(), PARTS_MAX)?;
        price("value_max", set.value_max.unwrap_or_default())
    }

    pub(crate) fn check_configuration(configure: &ConfigureBook) -> Result<(), Rejection> {
        let currency = configure.currency.as_bytes();
        need(
            currency.len() == 3 && currency.iter().all(u8::is_ascii_uppercase),
            "currency",
            "an ISO 4217 code",
        )?;
        need(configure.currency_digits <= 4, "currency_digits", "0 to 4")?;
        let window = |n: u32| (1..=16_777_216).contains(&n);
        need(window(configure.idempotency_window), "idempotency_window", "1 to 16,777,216")?;
        need(window(configure.event_window), "event_window", "1 to 16,777,216")
    }

    pub(crate) fn check_reorder(set: &SetReorderRule) -> Result<(), Rejection> {
        let sound = |n: i64| (0..=num::QTY_MAX).contains(&n);
        price("unit_cost", set.unit_cost)?;
        need(sound(set.reorder_point) && sound(set.expedite_below), "reorder_point", "0 to 10^12 units")?;
        need(
            sound(set.order_up_to) && set.order_up_to > set.reorder_point,
            "order_up_to",
            "more than the reorder point",
        )
    }
}

/// Weight bands ascend, and a heavier parcel costs no less.
fn check_bands(faults: &mut Faults, zone: &Zone) {
    faults.note(at_most("zones.bands", zone.bands.len(), PARTS_MAX));
    let mut before = 0;
    for band in zone.bands.iter().take(PARTS_MAX) {
        let ascends = band.up_to_g > before && band.up_to_g <= 1_000_000_000;
        faults.need(ascends, "zones.bands.up_to_g", "ascending grams, at most 1,000 tonnes");
        before = band.up_to_g;
        faults.note(price("zones.bands.base", band.base));
        faults.note(price("zones.bands.per_kg", band.per_kg));
    }
    faults.need(zone.rises(), "zones.bands", "prices by which a heavier parcel costs no less");
}
