//! What details of master data must satisfy: every fault is listed at once.

use super::*;
use crate::value::ids::*;
use crate::value::num;
use crate::value::rejection::Rejection;
use crate::value::sort::PutInOrder;
use crate::value::time::Instant;

/// Most faults that one refusal lists.
const FAULTS_MAX: usize = 100;
/// Most SKUs of one load.
const BULK_MAX: usize = 10_000_000;
/// Deepest nesting of kits.
pub(crate) const KIT_DEPTH_MAX: usize = 8;

/// What is wrong with a definition, all of it.
#[derive(Default)]
pub(crate) struct Faults {
    found: Vec<Rejection>,
    /// Faults beyond those kept.
    more: usize,
}

impl Faults {
    /// Notes a fault, if there is one.
    pub(crate) fn note<T>(&mut self, checked: Result<T, Rejection>) -> Option<T> {
        match checked {
            Ok(value) => Some(value),
            Err(_) if self.found.len() >= FAULTS_MAX => {
                self.more = self.more.saturating_add(1);
                None
            }
            Err(fault) => {
                if !self.found.contains(&fault) {
                    self.found.push(fault);
                }
                None
            }
        }
    }

    pub(crate) fn need(&mut self, holds: bool, field: &str, needs: &str) {
        self.note(need(holds, field, needs));
    }

    fn code(&mut self, field: &str, text: &str) {
        self.note(code(field, text));
    }

    /// Nothing, the only fault as itself, or all of them as a list.
    pub(crate) fn end(self) -> Result<(), Rejection> {
        let Faults { mut found, more } = self;
        if found.len() < 2 {
            return found.pop().map_or(Ok(()), Err);
        }
        let mut faults: Vec<String> = found.iter().map(ToString::to_string).collect();
        if more > 0 {
            faults.push(format!("and {more} more"));
        }
        Err(Rejection::ManyFaults { faults })
    }
}

impl Catalog {
    pub(crate) fn check_trait(
        &self,
        said: &DescribeSku,
        stocked: impl Fn(SkuId) -> bool,
    ) -> Result<(), Rejection> {
        let mut faults = Faults::default();
        let known = faults.note(self.sku_of(&said.sku).map(|(sku, _)| sku));
        if !said.brand.is_empty() {
            faults.code("brand", &said.brand);
        }
        let sound = |n: i64| (0..=num::QTY_MAX).contains(&n);
        let step = said.order_increment.max(1);
        let fits = |n: i64| sound(n) && n.checked_rem(step) == Some(0);
        faults.need(sound(said.order_increment), "order_increment", "0 to 10^12 units");
        faults.need(sound(said.order_min), "order_min", "0 to 10^12 units");
        let top = said.order_max == 0 || said.order_max >= said.order_min.max(step);
        faults.need(
            sound(said.order_max) && top,
            "order_max",
            "0, or at least the minimum and the increment",
        );
        faults.need(
            fits(said.order_max) || !sound(said.order_increment),
            "order_max",
            "a multiple of the increment",
        );
        for (field, length) in
            [("length_mm", said.length_mm), ("width_mm", said.width_mm), ("height_mm", said.height_mm)]
        {
            faults.need((0..=1_000_000).contains(&length), field, "0 to 1,000,000 millimetres");
        }
        let hazard = said.hazard.is_empty() || HAZARDS.contains(&said.hazard.as_str());
        faults.need(hazard, "hazard", "a UN class or division, as in 3 or 4.1, or nothing");
        faults.need(said.shelf_life_days <= 36_500, "shelf_life_days", "at most a hundred years");
        faults.note(at_most("substitutes", said.substitutes.len(), PARTS_MAX));
        for substitute in &said.substitutes {
            faults.note(self.sku_of(&substitute.sku).map(|_| ()));
            faults.need(substitute.sku != said.sku, "substitutes.sku", "another SKU");
            faults.need(substitute.rank > 0, "substitutes.rank", "1 or more");
        }
        let mut codes: Vec<&str> = said.substitutes.iter().map(|s| s.sku.as_str()).collect();
        codes.put_in_order();
        codes.dedup();
        faults.need(codes.len() == said.substitutes.len(), "substitutes", "each SKU once");
        faults.note(at_most("characters of `why`", said.why.len(), 1_000));
        if let Some(sku) = known {
            let tracking = self.trait_of(sku).map(|row| row.tracking).unwrap_or_default();
            if tracking != said.tracking && stocked(sku) {
                faults.note::<()>(Err(Rejection::CannotChange {
                    what: shown(&said.sku),
                    why: "tracking is fixed once there is stock or an order of it".into(),
                }));
            }
            let scale = self.sku.get(sku.0).map_or(1, |row| row.scale);
            let whole = said.tracking != Tracking::Serial || scale == 1;
            faults.need(whole, "tracking", "a SKU without decimals, for serial numbers");
        }
        faults.end()
    }

    /// A kit's components resolved, if they make a kit.
    pub(crate) fn check_kit(&self, said: &DefineKit) -> Result<(SkuId, Vec<KitPart>), Rejection> {
        let mut faults = Faults::default();
        let kit = faults.note(self.sku_of(&said.sku).map(|(sku, _)| sku));
        faults.note(at_most("components", said.components.len(), PARTS_MAX));
        faults.note(at_most("characters of `why`", said.why.len(), 1_000));
        let mut parts: Vec<KitPart> = Vec::with_capacity(said.components.len());
        for component in said.components.iter().take(PARTS_MAX) {
            let Some((sku, row)) = faults.note(self.sku_of(&component.sku)) else { continue };
            let qty = to_smallest(self, sku, row, component.qty, component.unit.as_deref());
            let Some(qty) = faults.note(qty) else { continue };
            faults.need(parts.iter().all(|known| known.sku != sku), "components", "each SKU once");
            parts.push(KitPart { sku, qty });
        }
        if let Some(kit) = kit {
            let whole = self.sku.get(kit.0).is_none_or(|row| row.scale == 1);
            faults.need(whole, "sku", "a SKU without decimals");
            let holds = parts.iter().find(|part| part.sku == kit || self.kit_holds(part.sku, kit, 0));
            if let Some(part) = holds {
                let through = self.skus.get(part.sku.0).map(|code| code.to_string()).unwrap_or_default();
                faults.note::<()>(Err(Rejection::KitCycle { sku: shown(&said.sku), through }));
            } else {
                let mut flat = Vec::new();
                let whole = parts.iter().try_for_each(|part| self.explode(part.sku, part.qty, 1, &mut flat));
                faults.note(whole);
            }
        }
        faults.end()?;
        Ok((kit.unwrap_or(SkuId::NONE), parts))
    }

    /// Whether a kit holds a SKU, at any depth.
    fn kit_holds(&self, kit: SkuId, sku: SkuId, depth: usize) -> bool {
        let Some(row) = self.kit_of(kit).filter(|_| depth <= KIT_DEPTH_MAX) else { return false };
        row.components
            .iter()
            .any(|part| part.sku == sku || self.kit_holds(part.sku, sku, depth.saturating_add(1)))
    }

    /// Adds to `into` what `qty` units of a SKU come to when all virtual kits in it are opened.
    pub(crate) fn explode(
        &self,
        sku: SkuId,
        qty: i64,
        depth: usize,
        into: &mut Vec<KitPart>,
    ) -> Result<(), Rejection> {
        let kit = self.kit_of(sku).filter(|kit| kit.kind == KitKind::Virtual);
        let Some(kit) = kit else {
            match into.iter_mut().find(|known| known.sku == sku) {
                Some(known) => known.qty = num::add(known.qty, qty)?,
                None => into.push(KitPart { sku, qty }),
            }
            return Ok(());
        };
        if depth > KIT_DEPTH_MAX {
            return at_most("levels of kits within kits", depth, KIT_DEPTH_MAX);
        }
        for part in &kit.components {
            let units = num::mul(qty, part.qty)?;
            if units > num::QTY_MAX {
                return Err(Rejection::InvalidQuantity { qty: units, max: num::QTY_MAX });
            }
            self.explode(part.sku, units, depth.saturating_add(1), into)?;
        }
        Ok(())
    }

    pub(crate) fn check_company(&self, said: &DefineCompany) -> Result<(), Rejection> {
        let mut faults = Faults::default();
        faults.code("company", &said.company);
        faults.note(at_most("brands", said.brands.len(), PARTS_MAX));
        faults.note(at_most("characters of `why`", said.why.len(), 1_000));
        let own = self.companies.find(said.company.as_str());
        for brand in &said.brands {
            faults.code("brands", brand);
            let brand_id = self.brands.find(brand.as_str());
            let others = self.company.iter().filter(|(id, _)| Some(*id) != own);
            let taken =
                others.into_iter().any(|(_, row)| brand_id.is_some_and(|id| row.brands.contains(&id)));
            faults.need(!taken, "brands", "brands of no other company");
        }
        faults.end()
    }

    fn check_owner(&self, faults: &mut Faults, company: &str, brand: &str) {
        if !company.is_empty() {
            let known = self.companies.find(company).is_some();
            faults.note(if known {
                Ok(())
            } else {
                Err(Rejection::UnknownCompany { company: shown(company) })
            });
        }
        if !brand.is_empty() {
            faults.code("brand", brand);
            let owner = self.brands.find(brand).and_then(|id| {
                self.company.iter().find(|(_, row)| row.brands.contains(&id)).map(|(owner, _)| owner)
            });
            let fits = company.is_empty() || owner.is_none() || owner == self.companies.find(company);
            faults.need(fits, "brand", "a brand of the same company");
        }
    }

    /// The pick-ups of each carrier service of a described node, as instants.
    pub(crate) fn check_site(
        &self,
        said: &DescribeNode,
    ) -> Result<Vec<(ServiceId, Vec<Instant>)>, Rejection> {
        let mut faults = Faults::default();
        faults.note(self.node_of(&said.node).map(|_| ()));
        self.check_owner(&mut faults, &said.company, "");
        faults.note(at_most("groups", said.groups.len(), PARTS_MAX));
        faults.note(at_most("bins", said.bins.len(), BULK_MAX));
        faults.note(at_most("cut_offs", said.cut_offs.len(), PARTS_MAX));
        faults.note(at_most("characters of `why`", said.why.len(), 1_000));
        said.groups.iter().for_each(|group| faults.code("groups", group));
        let node = |group: &String| self.nodes.find(group.as_str()).is_some();
        faults.need(!said.groups.iter().any(node), "groups", "names that are no node's");
        said.bins.iter().for_each(|bin| faults.code("bins", bin));
        for capacity in [&said.capacity, &said.returns_capacity].into_iter().flatten() {
            let offset = (-1_440..=1_440).contains(&capacity.utc_offset_minutes);
            faults.need(offset, "capacity.utc_offset_minutes", "-1,440 to 1,440 minutes");
            for limit in [capacity.orders, capacity.lines, capacity.units].into_iter().flatten() {
                faults.need((0..=num::QTY_MAX).contains(&limit), "capacity", "0 to 10^12 a day");
            }
        }
        let share = (0..=100_000_000).contains(&said.reject_percent.micros());
        faults.need(share, "reject_percent", "a percentage from 0 to 100");
        self.check_lanes(&mut faults, said);
        let kept = said.dispositions.contains(&Disposition::Keep);
        faults.need(!kept && said.dispositions.len() <= 4, "dispositions", "up to 4, none of them `keep`");
        let mut cut_offs: Vec<(ServiceId, Vec<Instant>)> = Vec::with_capacity(said.cut_offs.len());
        for cut_off in &said.cut_offs {
            let service = faults.note(self.service_of(&cut_off.service));
            let days = faults.note(cut_off.calendar.resolve().map_err(|fault| Rejection::InvalidField {
                field: format!("cut_offs.calendar.{}", fault.field),
                need: fault.need.into(),
            }));
            let (Some(service), Some(days)) = (service, days) else { continue };
            faults.need(cut_offs.iter().all(|(of, _)| *of != service), "cut_offs", "each service once");
            cut_offs.push((service, days));
        }
        faults.end()?;
        Ok(cut_offs)
    }

    /// Lanes come from other nodes, each once, in a year at most.
    fn check_lanes(&self, faults: &mut Faults, said: &DescribeNode) {
        faults.note(at_most("lanes", said.lanes.len(), PARTS_MAX));
        for (at, lane) in said.lanes.iter().enumerate() {
            faults.note(self.node_of(&lane.from).map(|_| ()));
            let before = said.lanes.iter().take(at).all(|known| known.from != lane.from);
            faults.need(before && lane.from != said.node, "lanes.from", "each other node once");
            faults.need(lane.hours <= 8_784, "lanes.hours", "at most 8,784 hours, which are a year");
            faults.note(price("lanes.per_transfer", lane.per_transfer));
            faults.note(price("lanes.per_unit", lane.per_unit));
        }
    }

    pub(crate) fn check_outlet(&self, said: &DescribeChannel) -> Result<(), Rejection> {
        let mut faults = Faults::default();
        faults.note(self.channel_of(&said.channel).map(|_| ()));
        self.check_owner(&mut faults, &said.company, &said.brand);
        faults.need(said.remaining_life_days <= 36_500, "remaining_life_days", "at most a hundred years");
        faults.note(at_most("characters of `why`", said.why.len(), 1_000));
        faults.end()
    }

    pub(crate) fn check_listing(&self, said: &SetListing) -> Result<(), Rejection> {
        let mut faults = Faults::default();
        let channel = faults.note(self.channel_of(&said.channel).map(|(id, _)| id));
        let sku = faults.note(self.sku_of(&said.sku).map(|(id, _)| id));
        if !said.listing.is_empty() {
            faults.code("listing", &said.listing);
            let taken = channel.and_then(|channel| self.listed(channel, &said.listing));
            let free = taken.is_none() || taken == sku;
            faults.need(free, "listing", "an id that the channel lists no other SKU under");
            let code = self.skus.find(said.listing.as_str()).map(SkuId);
            let free = code.is_none() || code == sku;
            faults.need(free, "listing", "no other SKU's code: that would sell the other");
        }
        faults.note(at_most("characters of `why`", said.why.len(), 1_000));
        faults.end()
    }

    pub(crate) fn check_negative(&self, said: &SetNegativeStock) -> Result<(), Rejection> {
        let mut faults = Faults::default();
        if let Some(sku) = &said.sku {
            faults.note(self.sku_of(sku).map(|_| ()));
        }
        if let Some(node) = &said.node {
            faults.note(self.node_of(node).map(|_| ()));
        }
        let floor = said.policy == NegativeStock::Floor;
        let sound = (0..=num::QTY_MAX).contains(&said.floor) && (floor || said.floor == 0);
        faults.need(sound, "floor", "0 to 10^12 units below zero, and 0 unless the policy is `floor`");
        faults.note(at_most("characters of `why`", said.why.len(), 1_000));
        faults.end()
    }

    /// `Ok` if every row of the columns could be a SKU. `stocked` tells which may not change their scale.
    pub(crate) fn check_skus(
        &self,
        said: &DefineSkus,
        stocked: impl Fn(SkuId) -> bool,
    ) -> Result<(), Rejection> {
        if said.sku.is_empty() {
            return Err(Rejection::NoLines { field: "sku".into() });
        }
        at_most("SKUs", said.sku.len(), BULK_MAX)?;
        let mut faults = Faults::default();
        for (column, length) in said.lengths() {
            let fits = length == 0 || length == said.sku.len();
            faults.need(fits, column, "no rows, or one for each SKU");
        }
        let mut sorted: Vec<&str> = said.sku.iter().map(String::as_str).collect();
        sorted.put_in_order();
        for pair in sorted.windows(2).filter(|pair| pair.first() == pair.get(1)) {
            let code = pair.first().map(|code| shown(code)).unwrap_or_default();
            faults.need(false, "sku", &format!("each code once: `{code}` comes again"));
        }
        for (at, row) in (0..said.sku.len()).filter_map(|at| said.row(at).map(|row| (at, row))) {
            if faults.more > 0 {
                break;
            }
            self.check_bulk_row(&row, &stocked, at, &mut faults);
        }
        faults.end()
    }

    fn check_bulk_row(
        &self,
        row: &BulkRow<'_>,
        stocked: &impl Fn(SkuId) -> bool,
        at: usize,
        faults: &mut Faults,
    ) {
        let sound = sound_sku(row.sku, row.decimals, row.weight_g, row.price)
            && (row.group.is_empty() || row.group.len() <= CODE_BYTES_MAX)
            && self.listings.len() == 0;
        if !sound {
            let mut of = Faults::default();
            self.check_sku_fields(row.sku, row.decimals, row.weight_g, row.price, &mut of);
            of.need(row.group.len() <= CODE_BYTES_MAX, "group", "at most 64 bytes");
            if let Err(fault) = of.end() {
                let (field, need) = match fault {
                    Rejection::InvalidField { field, need } => (format!("{field} of row {at}"), need),
                    other => (format!("row {at}"), format!("to be without this: {other}")),
                };
                faults.note::<()>(Err(Rejection::InvalidField { field, need }));
            }
        }
        let old = self.skus.find(row.sku).and_then(|id| self.sku.get(id).map(|old| (SkuId(id), old)));
        if let Some((sku, old)) = old {
            let other = (old.decimals, old.costing) != (row.decimals, row.costing);
            if other && stocked(sku) {
                faults.note::<()>(Err(fixed_sku(row.sku)));
            }
        }
    }
}

/// Whether the fields of a SKU are within their bounds.
fn sound_sku(sku: &str, decimals: u8, weight_g: i64, each: Money) -> bool {
    is_code(sku) && decimals <= 6 && (0..=AMOUNT_MAX).contains(&weight_g) && price("price", each).is_ok()
}
