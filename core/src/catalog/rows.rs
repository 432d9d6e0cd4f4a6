//! Master data as rows by dense id.

use super::*;
use crate::value::ids::*;
use crate::value::later::Later;
use crate::value::num;
use crate::value::table::{Keys, Table, tables};
use serde::{Deserialize, Serialize};

/// What decisions need to know of a SKU.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct SkuRow {
    pub decimals: u8,
    /// Smallest units in a base unit: 10^decimals.
    pub scale: i64,
    pub weight_g: i64,
    pub price: Money,
    pub costing: Costing,
    pub group: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct NodeRow {
    pub kind: NodeKind,
    pub place: Point,
    pub status: NodeStatus,
    pub handling_per_order: Money,
    pub handling_per_unit: Money,
    pub preference: i64,
    pub processing_s: i64,
    pub has_calendar: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct ChannelRow {
    pub promise_s: i64,
    pub priority: u8,
    pub services: Vec<ServiceId>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct ServiceRow {
    pub zones: Vec<Zone>,
    #[serde(default)]
    pub dim_divisor: Later<i64, 1>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct SupplierRow {
    pub lead_time_days: u32,
    pub expedite_days: u32,
    pub expedite_premium: Money,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct AccountRow {
    pub name: String,
    pub kind: AccountKind,
    pub control: Control,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct ReorderRow {
    pub supplier: SupplierId,
    pub unit_cost: Money,
    pub reorder_point: i64,
    pub order_up_to: i64,
    pub expedite_below: i64,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct AuthorityRow {
    pub sources: Vec<String>,
    pub actors: Vec<String>,
    pub value_max: Option<Money>,
}

/// All master data.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Catalog {
    pub skus: Keys<Box<str>>,
    pub sku: Table<SkuRow>,
    pub units: Table<Vec<UnitOfMeasure>>,
    pub groups: Keys<Box<str>>,
    pub nodes: Keys<Box<str>>,
    pub node: Table<NodeRow>,
    pub cut_offs: Table<Vec<crate::value::time::Instant>>,
    pub channels: Keys<Box<str>>,
    pub channel: Table<ChannelRow>,
    pub services: Keys<Box<str>>,
    pub service: Table<ServiceRow>,
    pub suppliers: Keys<Box<str>>,
    pub supplier: Table<SupplierRow>,
    pub accounts: Keys<Box<str>>,
    pub account: Table<AccountRow>,
    pub reasons: Keys<Box<str>>,
    pub reorders: Keys<(SkuId, NodeId)>,
    pub reorder: Table<ReorderRow>,
    pub authorities: Keys<Box<str>>,
    pub authority: Table<AuthorityRow>,
    pub described_skus: Keys<u32>,
    pub sku_trait: Table<TraitRow>,
    pub kits: Keys<u32>,
    pub kit: Table<KitRow>,
    pub described_nodes: Keys<u32>,
    pub site: Table<SiteRow>,
    pub described_channels: Keys<u32>,
    pub outlet: Table<OutletRow>,
    pub companies: Keys<Box<str>>,
    pub company: Table<CompanyRow>,
    pub brands: Keys<Box<str>>,
    pub node_groups: Keys<Box<str>>,
    /// A channel's own ids, and the SKU that each stands for.
    pub listings: Keys<(ChannelId, Box<str>)>,
    pub listing: Table<SkuId>,
    /// SKUs by channel, and the listing that each has.
    pub listed_skus: Keys<(ChannelId, SkuId)>,
    pub listed_as: Table<u32>,
    pub negatives: Keys<(SkuId, NodeId)>,
    pub negative: Table<NegativeRow>,
    /// Whether suppliers' own places serve orders although no rule names them: as in books of old.
    #[serde(skip)]
    pub sells_suppliers: bool,
    /// Whether any node may have had a daily capacity.
    #[serde(skip)]
    pub is_limited: bool,
    /// Whether any service charges by volume.
    #[serde(skip)]
    pub is_measured: bool,
    /// Whether what any service charges does not add up over goods.
    #[serde(skip)]
    pub is_carded: bool,
    /// The carrier services as decisions read them.
    #[serde(skip)]
    pub carriers: Vec<Carrier>,
}

tables!(Catalog:
    skus, sku, units, groups, nodes, node, cut_offs, channels, channel, services, service, suppliers,
    supplier,
    accounts, account, reasons, reorders, reorder, authorities, authority;
    later: described_skus, sku_trait, kits, kit, described_nodes, site, described_channels, outlet,
    companies, company, brands, node_groups, listings, listing, listed_skus, listed_as, negatives,
    negative,
);

/// Interns a code and sets its row, new or known.
fn put<T: Clone + std::hash::Hash>(
    keys: &mut Keys<Box<str>>,
    table: &mut Table<T>,
    code: &str,
    row: T,
) -> u32 {
    let id = keys.intern(code.into());
    if num::index(id) < table.len() {
        table.edit(id, |old| *old = row);
    } else {
        table.push(row);
    }
    id
}

impl Catalog {
    pub(crate) fn put_sku(&mut self, define: &DefineSku) -> SkuId {
        let row = SkuRow {
            decimals: define.decimals,
            scale: 10i64.saturating_pow(u32::from(define.decimals)),
            weight_g: define.weight_g,
            price: define.price,
            costing: define.costing,
            group: self.groups.intern(define.group.as_str().into()),
        };
        let id = put(&mut self.skus, &mut self.sku, &define.sku, row);
        if num::index(id) < self.units.len() {
            self.units.edit(id, |units| units.clone_from(&define.units));
        } else {
            self.units.push(define.units.clone());
        }
        SkuId(id)
    }

    pub(crate) fn put_node(
        &mut self,
        define: &DefineNode,
        cut_offs: &[crate::value::time::Instant],
    ) -> NodeId {
        let status =
            self.nodes.find(define.node.as_str()).and_then(|id| self.node.get(id)).map(|row| row.status);
        let row = NodeRow {
            kind: define.kind,
            place: define.place,
            status: status.unwrap_or_default(),
            handling_per_order: define.handling_per_order,
            handling_per_unit: define.handling_per_unit,
            preference: define.preference,
            processing_s: i64::from(define.processing_minutes).saturating_mul(60),
            has_calendar: define.calendar.is_some(),
        };
        let id = put(&mut self.nodes, &mut self.node, &define.node, row);
        if num::index(id) < self.cut_offs.len() {
            self.cut_offs.edit(id, |old| *old = cut_offs.to_vec());
        } else {
            self.cut_offs.push(cut_offs.to_vec());
        }
        NodeId(id)
    }

    pub(crate) fn put_channel(&mut self, define: &DefineChannel) {
        let find = |code: &String| self.services.find(code.as_str()).map(ServiceId);
        let row = ChannelRow {
            promise_s: i64::from(define.promise_hours).saturating_mul(3600),
            priority: define.priority,
            services: define.services.iter().filter_map(find).collect(),
        };
        put(&mut self.channels, &mut self.channel, &define.channel, row);
    }

    pub(crate) fn put_service(&mut self, define: &DefineService) {
        put(
            &mut self.services,
            &mut self.service,
            &define.service,
            ServiceRow { zones: define.zones.clone(), dim_divisor: Later(define.dim_divisor) },
        );
        self.note_services();
    }

    pub(crate) fn put_supplier(&mut self, define: &DefineSupplier) {
        let row = SupplierRow {
            lead_time_days: define.lead_time_days,
            expedite_days: define.expedite_days,
            expedite_premium: define.expedite_premium,
        };
        put(&mut self.suppliers, &mut self.supplier, &define.supplier, row);
    }

    pub(crate) fn put_account(&mut self, define: &DefineAccount) -> AccountId {
        let row = AccountRow { name: define.name.clone(), kind: define.kind, control: define.control };
        AccountId(put(&mut self.accounts, &mut self.account, &define.account, row))
    }

    pub(crate) fn put_reorder(&mut self, sku: SkuId, node: NodeId, row: ReorderRow) {
        let id = self.reorders.intern((sku, node));
        if num::index(id) < self.reorder.len() {
            self.reorder.edit(id, |old| *old = row);
        } else {
            self.reorder.push(row);
        }
    }

    pub(crate) fn put_authority(&mut self, set: &SetAuthority) {
        let row = AuthorityRow {
            sources: set.sources.clone(),
            actors: set.actors.clone(),
            value_max: set.value_max,
        };
        put(&mut self.authorities, &mut self.authority, &set.command, row);
    }
}
