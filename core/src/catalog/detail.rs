//! Details of master data as rows: sparse, so that what has none costs nothing.

use super::*;
use crate::value::ids::*;
use crate::value::later::Later;
use crate::value::num;
use crate::value::rejection::Rejection;
use crate::value::sort::PutInOrder;
use crate::value::table::{Keys, Table, put};
use crate::value::time::Instant;
use serde::{Deserialize, Serialize};

/// No company, no brand.
pub(crate) const NO_ONE: u32 = u32::MAX;

/// What a SKU is beyond its units and price.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct TraitRow {
    pub brand: u32,
    pub lifecycle: Lifecycle,
    pub order_increment: i64,
    pub order_min: i64,
    pub order_max: i64,
    pub size_mm: [i64; 3],
    pub hazard: String,
    pub temperature: TemperatureClass,
    pub tracking: Tracking,
    pub pick_order: PickOrder,
    pub shelf_life_days: u32,
    pub rounding: Rounding,
    pub substitutes: Vec<SubstituteRow>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct SubstituteRow {
    pub sku: SkuId,
    pub rank: u16,
    pub price: SubstitutePrice,
}

/// What a kit is made of; no components = no kit any more.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct KitRow {
    pub kind: KitKind,
    pub components: Vec<KitPart>,
}

/// What a node is beyond its place.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct SiteRow {
    pub company: u32,
    pub groups: Vec<u32>,
    pub bins: Vec<String>,
    pub pickup: Permission,
    pub returns: Permission,
    pub capacity: Option<Capacity>,
    pub cut_offs: Vec<(ServiceId, Vec<Instant>)>,
    /// Percent of what is planned there that it rejects.
    #[serde(default)]
    pub reject_percent: Later<Money, 1>,
    /// Nodes that bring it goods.
    #[serde(default)]
    pub lanes: Later<Vec<LaneRow>, 2>,
    /// What it takes back a day.
    #[serde(default)]
    pub returns_capacity: Later<Option<Capacity>, 3>,
    /// What it can do with goods that come back; empty = all.
    #[serde(default)]
    pub dispositions: Later<Vec<Disposition>, 4>,
}

impl SiteRow {
    /// Of a node of which nothing is said.
    pub(crate) fn plain() -> SiteRow {
        SiteRow {
            company: NO_ONE,
            groups: Vec::new(),
            bins: Vec::new(),
            pickup: Permission::Allowed,
            returns: Permission::Allowed,
            capacity: None,
            cut_offs: Vec::new(),
            reject_percent: Later::default(),
            lanes: Later::default(),
            returns_capacity: Later::default(),
            dispositions: Later::default(),
        }
    }
}

/// How goods for an order come from another node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct LaneRow {
    pub from: NodeId,
    pub hours: u32,
    pub per_transfer: Money,
    pub per_unit: Money,
}

/// What a channel is beyond its promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct OutletRow {
    pub company: u32,
    pub brand: u32,
    pub remaining_life_days: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct CompanyRow {
    pub name: String,
    pub brands: Vec<u32>,
}

/// How far below zero stock may go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct NegativeRow {
    pub policy: NegativeStock,
    pub floor: i64,
}

/// The row of a key in a table that is mostly empty.
fn row_of<'a, K: Clone + std::hash::Hash + Eq, T: Clone + std::hash::Hash>(
    keys: &Keys<K>,
    table: &'a Table<T>,
    key: &K,
) -> Option<&'a T> {
    if keys.len() == 0 {
        return None;
    }
    table.get(keys.find(key)?)
}

impl Catalog {
    /// What is said of a SKU beyond `define_sku`.
    #[inline]
    pub(crate) fn trait_of(&self, sku: SkuId) -> Option<&TraitRow> {
        row_of(&self.described_skus, &self.sku_trait, &sku.0)
    }

    /// What a kit is made of, if the SKU is one.
    #[inline]
    pub(crate) fn kit_of(&self, sku: SkuId) -> Option<&KitRow> {
        row_of(&self.kits, &self.kit, &sku.0).filter(|kit| !kit.components.is_empty())
    }

    /// Whether a SKU is a kit that exists only as its components.
    #[inline]
    pub(crate) fn is_virtual(&self, sku: SkuId) -> bool {
        self.kit_of(sku).is_some_and(|kit| kit.kind == KitKind::Virtual)
    }

    /// A SKU that has stock of its own.
    ///
    /// # Errors
    /// A virtual kit has none: its components have.
    pub(crate) fn goods_of(&self, code: &str) -> Result<(SkuId, &SkuRow), Rejection> {
        let (sku, row) = self.sku_of(code)?;
        if self.is_virtual(sku) {
            let need = format!("goods: of `{code}`, a virtual kit, only the components are");
            return Err(Rejection::InvalidField { field: "sku".into(), need });
        }
        Ok((sku, row))
    }

    /// What is said of a node beyond `define_node`.
    #[inline]
    pub(crate) fn site_of(&self, node: NodeId) -> Option<&SiteRow> {
        row_of(&self.described_nodes, &self.site, &node.0)
    }

    /// What is said of a channel beyond `define_channel`.
    #[inline]
    pub(crate) fn outlet_of(&self, channel: ChannelId) -> Option<&OutletRow> {
        row_of(&self.described_channels, &self.outlet, &channel.0)
    }

    /// The SKU that a channel lists under an id of its own.
    pub(crate) fn listed(&self, channel: ChannelId, listing: &str) -> Option<SkuId> {
        if self.listings.len() == 0 {
            return None;
        }
        let sku = self.listings.find(&(channel, Box::from(listing))).and_then(|id| self.listing.get(id));
        sku.copied().filter(|sku| *sku != SkuId::NONE)
    }

    /// A SKU by its code, or by the id under which a channel lists it.
    ///
    /// # Errors
    /// [`Rejection::UnknownSku`].
    pub(crate) fn sold_as(&self, channel: ChannelId, code: &str) -> Result<(SkuId, &SkuRow), Rejection> {
        self.sku_of(code).or_else(|unknown| {
            let listed = self.listed(channel, code).ok_or_else(|| unknown.clone())?;
            self.sku.get(listed.0).map(|row| (listed, row)).ok_or(unknown)
        })
    }

    /// Whether a SKU is sold at this point of its life; one that nobody described is.
    #[inline]
    pub(crate) fn sells(&self, sku: SkuId) -> bool {
        self.trait_of(sku).is_none_or(|row| row.lifecycle == Lifecycle::Active)
    }

    /// What one unit of a SKU takes from stock: itself, or of a virtual kit its components.
    pub(crate) fn parts_of(&self, sku: SkuId) -> Vec<KitPart> {
        let mut parts = Vec::new();
        match self.explode(sku, 1, 0, &mut parts) {
            Ok(()) => parts,
            // Too many to be sold.
            Err(_) => vec![KitPart { sku, qty: num::QTY_MAX }],
        }
    }

    /// The id under which a channel lists a SKU.
    pub(crate) fn listing_of(&self, channel: ChannelId, sku: SkuId) -> Option<&str> {
        let id = row_of(&self.listed_skus, &self.listed_as, &(channel, sku)).copied()?;
        self.listings.get(id).filter(|_| self.listing.get(id) == Some(&sku)).map(|(_, listing)| &**listing)
    }

    /// How far below zero stock of a SKU may go at a node: the most specific of what is said.
    pub(crate) fn negative_of(&self, sku: SkuId, node: NodeId) -> NegativeRow {
        if self.negatives.len() == 0 {
            return NegativeRow::default();
        }
        let keys = [(sku, node), (sku, NodeId::NONE), (SkuId::NONE, node), (SkuId::NONE, NodeId::NONE)];
        let found = keys.iter().find_map(|key| row_of(&self.negatives, &self.negative, key));
        found.copied().unwrap_or_default()
    }

    /// Whether any carrier service has cut-offs of its own at a node.
    #[inline]
    pub(crate) fn has_service_cut_offs(&self, node: NodeId) -> bool {
        self.site_of(node).is_some_and(|site| !site.cut_offs.is_empty())
    }

    /// The cut-offs of a carrier service at a node: its own, else the node's; `None` if it has no calendar.
    pub(crate) fn cut_offs_of(&self, node: NodeId, service: ServiceId) -> Option<&[Instant]> {
        let own = self.site_of(node).and_then(|site| site.cut_offs.iter().find(|(of, _)| *of == service));
        if let Some((_, own)) = own {
            return Some(own);
        }
        let has = self.node.get(node.0).is_some_and(|row| row.has_calendar);
        self.cut_offs.get(node.0).filter(|_| has).map(Vec::as_slice)
    }

    /// How soon goods leave a node: seconds to process, and the instants at which they leave, unless that is
    /// whenever they are ready; by service where any has its own, else of all alike.
    pub(crate) fn sends_of(&self, node: NodeId) -> (i64, Vec<Option<Vec<Instant>>>) {
        let process_s = self.node.get(node.0).map_or(0, |row| row.processing_s);
        let services = if self.has_service_cut_offs(node) { num::id(self.service.len()) } else { 1 };
        let sends = |service: u32| self.cut_offs_of(node, ServiceId(service)).map(<[Instant]>::to_vec);
        (process_s, (0..services).map(sends).collect())
    }

    pub(crate) fn put_trait(&mut self, said: &DescribeSku) {
        let Some(sku) = self.skus.find(said.sku.as_str()) else { return };
        let substitute = |of: &Substitute| {
            let sku = self.skus.find(of.sku.as_str()).map_or(SkuId::NONE, SkuId);
            SubstituteRow { sku, rank: of.rank, price: of.price }
        };
        let mut substitutes: Vec<SubstituteRow> = said.substitutes.iter().map(substitute).collect();
        substitutes.put_in_order_by_key(|row| row.rank);
        let brand = self.brand(&said.brand);
        let row = TraitRow {
            brand,
            lifecycle: said.lifecycle,
            order_increment: said.order_increment,
            order_min: said.order_min,
            order_max: said.order_max,
            size_mm: [said.length_mm, said.width_mm, said.height_mm],
            hazard: said.hazard.clone(),
            temperature: said.temperature,
            tracking: said.tracking,
            pick_order: said.pick_order,
            shelf_life_days: said.shelf_life_days,
            rounding: said.rounding,
            substitutes,
        };
        put(&mut self.described_skus, &mut self.sku_trait, sku, row);
    }

    /// How likely a node rejects what is planned from it, in millionths.
    pub(crate) fn reject_ppm(&self, node: NodeId) -> i64 {
        let percent = self.site_of(node).map_or(0, |site| site.reject_percent.micros());
        percent.checked_div(100).unwrap_or(0)
    }

    /// How much room a base unit takes, where nothing else is known of the SKU.
    pub(crate) fn put_goods(&mut self, sku: SkuId, mm3: i64, hazard: &str, temperature: TemperatureClass) {
        if mm3 > 0 || !hazard.is_empty() || temperature != TemperatureClass::default() {
            let (size_mm, hazard) = ([mm3, 1, 1], hazard.to_owned());
            let row = TraitRow { brand: NO_ONE, size_mm, hazard, temperature, ..TraitRow::default() };
            put(&mut self.described_skus, &mut self.sku_trait, sku.0, row);
        }
    }

    fn brand(&mut self, brand: &str) -> u32 {
        if brand.is_empty() { NO_ONE } else { self.brands.intern(brand.into()) }
    }

    fn company_id(&self, company: &str) -> u32 {
        self.companies.find(company).unwrap_or(NO_ONE)
    }

    pub(crate) fn put_kit(&mut self, sku: SkuId, kind: KitKind, components: &[KitPart]) {
        let row = KitRow { kind, components: components.to_vec() };
        put(&mut self.kits, &mut self.kit, sku.0, row);
    }

    pub(crate) fn put_company(&mut self, said: &DefineCompany) {
        let brands = said.brands.iter().map(|brand| self.brands.intern(brand.as_str().into())).collect();
        let row = CompanyRow { name: said.name.clone(), brands };
        put(&mut self.companies, &mut self.company, said.company.as_str().into(), row);
    }

    pub(crate) fn put_site(&mut self, said: &DescribeNode, cut_offs: &[(ServiceId, Vec<Instant>)]) {
        let Some(node) = self.nodes.find(said.node.as_str()) else { return };
        let row = SiteRow {
            company: self.company_id(&said.company),
            groups: said.groups.iter().map(|group| self.node_groups.intern(group.as_str().into())).collect(),
            bins: said.bins.clone(),
            pickup: said.pickup,
            returns: said.returns,
            capacity: said.capacity,
            cut_offs: cut_offs.to_vec(),
            reject_percent: Later(said.reject_percent),
            lanes: Later(said.lanes.iter().filter_map(|lane| self.lane(lane)).collect()),
            returns_capacity: Later(said.returns_capacity),
            dispositions: Later(said.dispositions.clone()),
        };
        self.is_limited |= row.capacity.is_some();
        put(&mut self.described_nodes, &mut self.site, node, row);
    }

    fn lane(&self, said: &TransferLane) -> Option<LaneRow> {
        let from = NodeId(self.nodes.find(said.from.as_str())?);
        let (hours, per_transfer, per_unit) = (said.hours, said.per_transfer, said.per_unit);
        Some(LaneRow { from, hours, per_transfer, per_unit })
    }

    pub(crate) fn put_outlet(&mut self, said: &DescribeChannel) {
        let Some(channel) = self.channels.find(said.channel.as_str()) else { return };
        let brand = self.brand(&said.brand);
        let row = OutletRow {
            company: self.company_id(&said.company),
            brand,
            remaining_life_days: said.remaining_life_days,
        };
        put(&mut self.described_channels, &mut self.outlet, channel, row);
    }

    pub(crate) fn put_listing(&mut self, said: &SetListing) {
        let channel = self.channels.find(said.channel.as_str()).map(ChannelId);
        let sku = self.skus.find(said.sku.as_str()).map(SkuId);
        let (Some(channel), Some(sku)) = (channel, sku) else { return };
        // What the channel listed it under before, it lists no more.
        let before = self.listed_skus.find(&(channel, sku)).and_then(|id| self.listed_as.get(id)).copied();
        if let Some(before) = before.filter(|id| *id != NO_ONE) {
            self.listing.edit(before, |listed| *listed = SkuId::NONE);
        }
        let mut listed_as = NO_ONE;
        if !said.listing.is_empty() {
            let key = (channel, Box::from(said.listing.as_str()));
            listed_as = put(&mut self.listings, &mut self.listing, key, sku);
        }
        put(&mut self.listed_skus, &mut self.listed_as, (channel, sku), listed_as);
    }

    pub(crate) fn put_negative(&mut self, said: &SetNegativeStock) {
        let sku = said.sku.as_deref().and_then(|sku| self.skus.find(sku)).map_or(SkuId::NONE, SkuId);
        let node = said.node.as_deref().and_then(|node| self.nodes.find(node)).map_or(NodeId::NONE, NodeId);
        let row = NegativeRow { policy: said.policy, floor: said.floor };
        put(&mut self.negatives, &mut self.negative, (sku, node), row);
    }

    pub(crate) fn put_skus(&mut self, said: &DefineSkus) {
        self.skus.reserve(said.sku.len());
        self.sku.reserve(said.sku.len());
        self.units.reserve(said.sku.len());
        for row in (0..said.sku.len()).filter_map(|at| said.row(at)) {
            let group = self.groups.intern(row.group.into());
            let new = SkuRow {
                decimals: row.decimals,
                scale: 10i64.saturating_pow(u32::from(row.decimals)),
                weight_g: row.weight_g,
                price: row.price,
                costing: row.costing,
                group,
            };
            let id = put(&mut self.skus, &mut self.sku, row.sku.into(), new);
            if num::index(id) == self.units.len() {
                self.units.push(Vec::new());
            }
        }
    }
}
