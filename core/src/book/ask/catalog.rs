//! Answers about master data.

use crate::book::{Book, query::*};
use crate::catalog::*;
use crate::value::ids::*;
use crate::value::money::Money;
use crate::value::num;
use crate::value::rejection::Rejection;
use crate::value::sort::PutInOrder;
use crate::value::table::Keys;

fn text(keys: &Keys<Box<str>>, id: u32) -> String {
    keys.get(id).map(|code| code.to_string()).unwrap_or_default()
}

impl Book {
    pub(super) fn ask_sku(&self, query: &SkuQuery) -> Result<SkuView, Rejection> {
        let catalog = &self.state.catalog;
        let (sku, row) = catalog.sku_of(&query.sku)?;
        let said = catalog.trait_of(sku).cloned().unwrap_or_default();
        let kit = catalog.kit_of(sku);
        let mut exploded = Vec::new();
        if kit.is_some() {
            catalog.explode(sku, 1, 0, &mut exploded)?;
        }
        let substitute =
            |row: &SubstituteRow| SubstituteView { sku: row.sku, rank: row.rank, price: row.price };
        let channels = (0..catalog.channels.len()).map(|id| ChannelId(num::id(id)));
        let listing = |channel: ChannelId| {
            let listing = catalog.listing_of(channel, sku)?.to_owned();
            Some(ListingView { channel, sku, listing })
        };
        Ok(SkuView {
            sku,
            group: text(&catalog.groups, row.group),
            decimals: row.decimals,
            price: row.price,
            weight_g: row.weight_g,
            costing: row.costing,
            units: catalog.units.get(sku.0).cloned().unwrap_or_default(),
            brand: if catalog.trait_of(sku).is_some() {
                text(&catalog.brands, said.brand)
            } else {
                String::new()
            },
            lifecycle: said.lifecycle,
            order_increment: said.order_increment,
            order_min: said.order_min,
            order_max: said.order_max,
            size_mm: said.size_mm,
            hazard: said.hazard,
            temperature: said.temperature,
            tracking: said.tracking,
            pick_order: said.pick_order,
            shelf_life_days: said.shelf_life_days,
            rounding: said.rounding,
            substitutes: said.substitutes.iter().map(substitute).collect(),
            kit: kit.map(|kit| kit.kind),
            components: kit.map(|kit| kit.components.clone()).unwrap_or_default(),
            exploded,
            listings: channels.filter_map(listing).collect(),
            negative: self.negative_at(sku),
        })
    }

    pub(super) fn ask_node(&self, query: &NodeQuery) -> Result<NodeView, Rejection> {
        let catalog = &self.state.catalog;
        let (node, row) = catalog.node_of(&query.node)?;
        let site = catalog.site_of(node);
        let capacity = site.and_then(|site| site.capacity);
        let today = capacity.map_or(i64::MIN, |capacity| capacity.day(self.now()));
        let days = self.state.stock.loads.iter().filter(|(_, (of, day))| *of == node && *day >= today);
        let load = |(_, (_, day)): (u32, &(NodeId, i64))| {
            let load = self.state.stock.load(node, *day);
            DayLoad { day: *day, orders: load.orders, lines: load.lines, units: load.units }
        };
        let mut booked: Vec<DayLoad> = days.map(load).collect();
        booked.put_in_order_by_key(|load| load.day);
        let lane = |lane: &LaneRow| TransferLane {
            from: text(&catalog.nodes, lane.from.0),
            hours: lane.hours,
            per_transfer: lane.per_transfer,
            per_unit: lane.per_unit,
        };
        Ok(NodeView {
            node,
            kind: row.kind,
            status: row.status,
            company: site.map(|site| text(&catalog.companies, site.company)).unwrap_or_default(),
            groups: site
                .map(|site| site.groups.iter().map(|group| text(&catalog.node_groups, *group)).collect())
                .unwrap_or_default(),
            bins: site.map(|site| site.bins.clone()).unwrap_or_default(),
            pickup: site.map_or(Permission::Forbidden, |site| site.pickup),
            returns: site.map_or(Permission::Allowed, |site| site.returns),
            capacity,
            booked,
            reject_percent: site.map_or(Money::ZERO, |site| *site.reject_percent),
            returns_capacity: site.and_then(|site| *site.returns_capacity),
            dispositions: site.map(|site| site.dispositions.0.clone()).unwrap_or_default(),
            lanes: site.map(|site| site.lanes.iter().map(lane).collect()).unwrap_or_default(),
        })
    }

    /// How many virtual kits each open node could give whole.
    pub(super) fn kits_by_node(&self, kit: SkuId, channel: ChannelId) -> Vec<NodeQty> {
        let parts = self.state.catalog.parts_of(kit);
        if !parts.iter().all(|part| self.state.catalog.sells(part.sku)) {
            return Vec::new();
        }
        let open = self.state.catalog.node.iter().filter(|(_, row)| row.status == NodeStatus::Open);
        let kits = |node: NodeId| {
            let of = |part: &KitPart| {
                let (free, protected) = self.state.free_for(part.sku, node, channel);
                let whole = |units: i64| units.checked_div(part.qty).unwrap_or(0);
                (whole(free), whole(free.saturating_add(protected)))
            };
            let least = parts.iter().map(of).reduce(|a, b| (a.0.min(b.0), a.1.min(b.1))).unwrap_or_default();
            NodeQty { node, available: least.0, protected: least.1.saturating_sub(least.0) }
        };
        let nodes = open.map(|(id, _)| kits(NodeId(id)));
        nodes.filter(|row| row.available != 0 || row.protected != 0).collect()
    }

    /// How many virtual kits a channel may sell: whole ones at each node, and no more than any component's
    /// plan lets the channel take.
    pub(super) fn kits_for(&self, kit: SkuId, channel: ChannelId) -> i64 {
        let nodes = self.kits_by_node(kit, channel);
        let kits = nodes.iter().map(|node| node.available).fold(0, i64::saturating_add);
        let parts = self.state.catalog.parts_of(kit);
        let room = |part: &KitPart| {
            let room = self.state.stock.room_of(part.sku, channel);
            room.checked_div(part.qty).unwrap_or(0)
        };
        parts.iter().map(room).fold(kits, i64::min)
    }

    fn negative_at(&self, sku: SkuId) -> Vec<NegativeView> {
        let catalog = &self.state.catalog;
        let view = |node: NodeId| {
            let row = catalog.negative_of(sku, node);
            NegativeView { node, policy: row.policy, floor: row.floor }
        };
        let nodes = (0..catalog.nodes.len()).map(|id| view(NodeId(num::id(id))));
        nodes.filter(|view| view.policy != NegativeStock::Forbid).collect()
    }

    pub(super) fn ask_channel(&self, query: &ChannelQuery) -> Result<ChannelView, Rejection> {
        let catalog = &self.state.catalog;
        let (channel, row) = catalog.channel_of(&query.channel)?;
        let outlet = catalog.outlet_of(channel);
        Ok(ChannelView {
            channel,
            company: outlet.map(|row| text(&catalog.companies, row.company)).unwrap_or_default(),
            brand: outlet.map(|row| text(&catalog.brands, row.brand)).unwrap_or_default(),
            promise_hours: row.promise_s.checked_div(3_600).unwrap_or(0),
            priority: row.priority,
            remaining_life_days: outlet.map_or(0, |row| row.remaining_life_days),
        })
    }

    pub(super) fn ask_listing(&self, query: &ListingQuery) -> Result<ListingView, Rejection> {
        let catalog = &self.state.catalog;
        let (channel, _) = catalog.channel_of(&query.channel)?;
        match (&query.listing, &query.sku) {
            (Some(listing), None) => {
                let sku = catalog.listed(channel, listing);
                let sku = sku.ok_or_else(|| Rejection::UnknownSku { sku: shown(listing) })?;
                Ok(ListingView { channel, sku, listing: listing.clone() })
            }
            (None, Some(sku)) => {
                let (id, _) = catalog.sku_of(sku)?;
                let listing = catalog.listing_of(channel, id).unwrap_or_default().to_owned();
                Ok(ListingView { channel, sku: id, listing })
            }
            _ => Err(Rejection::InvalidField {
                field: "listing".into(),
                need: "either a listing or a SKU".into(),
            }),
        }
    }

    pub(super) fn scheduled_changes(&self) -> Vec<ChangeView> {
        let docs = &self.state.docs;
        let view = |(_, id): (_, u32)| {
            let row = docs.change.get(id)?;
            Some(ChangeView {
                change: docs.changes.get(id)?.clone(),
                effective_from: row.effective_from,
                state: row.state,
                definition: row.definition.clone(),
                why: row.why.clone(),
            })
        };
        docs.changes_due.iter().filter_map(view).collect()
    }
}
