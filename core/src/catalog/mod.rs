//! Master data: what is sold, where it lies, who sells, carries and supplies it.
//!
//! Each `Define…` command sets one thing whole: said again, it replaces what was said before.

mod bulk;
mod card;
mod check;
mod decide;
mod detail;
mod product;
mod rows;
mod site;

pub(crate) use bulk::BulkRow;
pub use bulk::DefineSkus;
pub(crate) use card::*;
pub(crate) use check::*;
pub(crate) use decide::*;
pub(crate) use detail::*;
pub use product::*;
pub(crate) use rows::*;
pub use site::*;

use crate::value::geo::Point;
use crate::value::money::Money;
use crate::value::time::Calendar;
use crate::value::wire::{wire, words};

words! {
    /// How stock of a SKU is valued.
    #[derive(Default)]
    pub enum Costing {
        /// Each unit carries the average value of its pool (SKU and node).
        #[default]
        MovingAverage,
        /// First in, first out, by layers of receipts in the pool (SKU and node).
        Fifo,
        /// A standard cost of a base unit; what a purchase costs more or less is a variance.
        Standard,
        /// Each lot carries its own cost, an average within the lot.
        Lot,
    }

    /// What kind of place a node is.
    pub enum NodeKind {
        /// An own warehouse.
        Warehouse,
        /// A shop with a stock room.
        Store,
        /// A warehouse run by a third party (3PL).
        ThirdParty,
        /// A supplier that ships to customers.
        DropShipper,
        /// A supplier's own place, from which the company buys.
        Supplier,
    }

    /// Whether a node works.
    #[derive(Default)]
    pub enum NodeStatus {
        /// It takes, holds and ships.
        #[default]
        Open,
        /// It ships nothing and is given nothing to ship.
        Closed,
    }

    /// What an account is for in the statements.
    pub enum AccountKind {
        /// What the company owns.
        Asset,
        /// What it owes.
        Liability,
        /// What belongs to its owners.
        Equity,
        /// What it earns.
        Income,
        /// What it spends.
        Expense,
    }

    /// Which account balances the book ties to goods.
    #[derive(Default)]
    pub enum Control {
        /// None.
        #[default]
        None,
        /// The value of stock at nodes.
        Inventory,
        /// The value of goods between nodes.
        InTransit,
    }
}

wire! {
    /// Names the book's currency and windows. Only possible before any other command.
    pub struct ConfigureBook {
        /// ISO 4217 code of the functional currency.
        pub currency: String,
        /// Decimals of its minor unit, 0 to 4: journal amounts are whole minor units.
        pub currency_digits: u8,
        /// How many past commands are remembered by id: 1 to 16,777,216.
        pub idempotency_window: u32,
        /// How many past events are kept for the host to drain: 1 to 16,777,216.
        pub event_window: u32,
    }

    /// Defines or changes a stock keeping unit.
    pub struct DefineSku {
        /// Its code.
        pub sku: String,
        /// What people call it.
        #[serde(default)]
        pub name: String,
        /// The group that rules can speak of.
        #[serde(default)]
        pub group: String,
        /// Decimals of the base unit: quantities are integers of 10^-decimals of it. 0 to 6, fixed once
        /// stocked.
        #[serde(default)]
        pub decimals: u8,
        /// Further units of measure.
        #[serde(default)]
        pub units: Vec<UnitOfMeasure>,
        /// Grams of one base unit.
        #[serde(default)]
        pub weight_g: i64,
        /// List price of one base unit.
        #[serde(default)]
        pub price: Money,
        /// How its stock is valued; fixed once stocked.
        #[serde(default)]
        pub costing: Costing,
    }

    /// A unit of measure of a SKU: `count` of it are `base` base units, exactly.
    pub struct UnitOfMeasure {
        /// Its code, as in `case`.
        pub unit: String,
        /// Base units in `count` of this unit.
        pub base: i64,
        /// How many of this unit those are; usually 1.
        pub count: i64,
    }

    /// Defines or changes a node.
    pub struct DefineNode {
        /// Its code.
        pub node: String,
        /// What people call it.
        #[serde(default)]
        pub name: String,
        /// What kind of place it is.
        pub kind: NodeKind,
        /// Where it is.
        pub place: Point,
        /// Cost of handling one shipment.
        #[serde(default)]
        pub handling_per_order: Money,
        /// Cost of handling one base unit.
        #[serde(default)]
        pub handling_per_unit: Money,
        /// What a policy may charge for using this node, at least 0; lower is preferred.
        #[serde(default)]
        pub preference: i64,
        /// Minutes from an order to its readiness for the cut-off.
        #[serde(default)]
        pub processing_minutes: u32,
        /// Working days and cut-off; without one, parcels leave when they are ready, at any hour.
        #[serde(default)]
        pub calendar: Option<Calendar>,
    }

    /// Opens or closes a node. What was promised from a closed node is planned anew by `reallocate_order`.
    pub struct SetNodeStatus {
        /// The node.
        pub node: String,
        /// Its new status.
        pub status: NodeStatus,
        /// The reason code.
        pub reason: String,
    }

    /// Defines or changes a channel.
    pub struct DefineChannel {
        /// Its code.
        pub channel: String,
        /// What people call it.
        #[serde(default)]
        pub name: String,
        /// Hours from order to promised delivery, where an order names no date of its own.
        pub promise_hours: u32,
        /// Who goes first when goods come in: 0 is the most important.
        #[serde(default)]
        pub priority: u8,
        /// Carrier services that its orders may use; empty = all.
        #[serde(default)]
        pub services: Vec<String>,
    }

    /// Defines or changes a carrier service.
    pub struct DefineService {
        /// Its code.
        pub service: String,
        /// What people call it.
        #[serde(default)]
        pub name: String,
        /// Zones by distance, ascending; beyond the last one the service does not go.
        pub zones: Vec<Zone>,
        /// Cubic millimetres that are charged as a gram, as in 5000 for a divisor of 5000 cm³ a kilogram:
        /// a parcel is charged by its weight or its volume, whichever counts for more. 0 = by weight alone.
        /// Volumes are those of `describe_sku`.
        #[serde(default)]
        pub dim_divisor: i64,
    }

    /// A weight band of a rate card.
    pub struct WeightBand {
        /// It holds parcels of up to so many charged grams.
        pub up_to_g: i64,
        /// Price of a parcel in it.
        pub base: Money,
        /// Price of a kilogram of it.
        pub per_kg: Money,
    }

    /// Defines or changes a supplier.
    pub struct DefineSupplier {
        /// Its code.
        pub supplier: String,
        /// What people call it.
        #[serde(default)]
        pub name: String,
        /// Days from order to receipt.
        pub lead_time_days: u32,
        /// Days from expedited order to receipt.
        pub expedite_days: u32,
        /// What an expedited unit costs besides its price, as a share of it: "0.15" is 15 %.
        #[serde(default)]
        pub expedite_premium: Money,
    }

    /// Defines or changes a ledger account.
    pub struct DefineAccount {
        /// Its code.
        pub account: String,
        /// What people call it.
        #[serde(default)]
        pub name: String,
        /// Its place in the statements.
        pub kind: AccountKind,
        /// What it is tied to; fixed once posted to.
        #[serde(default)]
        pub control: Control,
    }

    /// Defines or changes a reason code.
    pub struct DefineReason {
        /// Its code.
        pub reason: String,
        /// What people call it.
        #[serde(default)]
        pub name: String,
    }

    /// Sets the quantity of a SKU at a node that only one channel may take. What the channel reserves there
    /// uses it up.
    pub struct SetProtection {
        /// The SKU.
        pub sku: String,
        /// The node.
        pub node: String,
        /// The channel protected.
        pub channel: String,
        /// Units protected from now on; 0 lifts the protection.
        pub qty: i64,
    }

    /// Sets how a SKU is replenished at a node.
    pub struct SetReorderRule {
        /// The SKU.
        pub sku: String,
        /// The node.
        pub node: String,
        /// Who supplies it.
        pub supplier: String,
        /// What a base unit costs there.
        pub unit_cost: Money,
        /// Propose an order when on hand plus on order less promised is at or below this.
        pub reorder_point: i64,
        /// Propose as much as brings that position up to this.
        pub order_up_to: i64,
        /// Propose to expedite when what is free falls below this while an order is under way; 0 = never.
        #[serde(default)]
        pub expedite_below: i64,
    }

    /// Says who may send a kind of command, and up to which value. Said again, it replaces.
    pub struct SetAuthority {
        /// The command, as in `adjust_stock`.
        pub command: String,
        /// Sources that may say it; empty = all.
        #[serde(default)]
        pub sources: Vec<String>,
        /// Actors that may say it; empty = all.
        #[serde(default)]
        pub actors: Vec<String>,
        /// The largest value that it may move.
        #[serde(default)]
        pub value_max: Option<Money>,
    }
}

/// A distance zone of a carrier service.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Zone {
    /// The zone reaches so many kilometres.
    pub up_to_km: u32,
    /// Hours from the node's cut-off to delivery.
    pub transit_hours: u32,
    /// Price of a parcel; with bands: of one that is heavier than all of them.
    pub base: Money,
    /// Price of a kilogram of it.
    pub per_kg: Money,
    /// Prices by weight, ascending; a parcel has that of the first band that holds it.
    #[serde(default)]
    pub bands: Vec<WeightBand>,
}

/// Bands came after the first release: a zone without any keeps its hash.
impl std::hash::Hash for Zone {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        (self.up_to_km, self.transit_hours, self.base, self.per_kg).hash(state);
        if !self.bands.is_empty() {
            self.bands.hash(state);
        }
    }
}
