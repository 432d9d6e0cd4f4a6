//! Master data: what is sold, where it lies, who sells, carries and supplies it.
//!
//! Each `Define…` command sets one thing whole: said again, it replaces what was said before.

mod bulk;
mod card;
mod carrier;
mod check;
mod decide;
mod detail;
mod product;
mod rows;
mod site;

pub(crate) use bulk::BulkRow;
pub use bulk::DefineSkus;
pub(crate) use card::*;
pub(crate) use carrier::Carrier;
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
    ///
    /// ```
    /// use stockbook::*;
    /// let (mut book, at) = (Book::new(), "2026-01-05T09:00:00Z".parse()?);
    /// let yen = ConfigureBook {
    ///     currency: "JPY".into(), currency_digits: 0, idempotency_window: 1_000, event_window: 1_000,
    /// };
    /// book.execute(&Envelope::new("1", at, Command::ConfigureBook(yen)))?;
    /// assert_eq!(book.configuration().currency, "JPY");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
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
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// let cap = DefineSku {
    ///     sku: "CAP".into(), name: "Cap".into(), group: "hats".into(), decimals: 0,
    ///     units: vec![UnitOfMeasure { unit: "case".into(), base: 12, count: 1 }],
    ///     weight_g: 80, price: Money::from_cents(9_50), costing: Costing::default(),
    /// };
    /// book.execute(&Envelope::new("cap", at, Command::DefineSku(cap)))?;
    /// let receive = r#"{"receive_goods":{"receipt":"R-2","node":"RENO","lines":[
    ///     {"sku":"CAP","qty":2,"unit":"case","unit_cost":"4"}]}}"#;
    /// book.execute(&Envelope::new("r-2", at, serde_json::from_str(receive)?))?;
    /// assert_eq!(book.stock_columns().on_hand, [10, 24], "10 TEE, and two cases of 12 CAP");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
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
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// let store = DefineNode {
    ///     node: "SOHO".into(), name: "Spring Street".into(), kind: NodeKind::Store,
    ///     place: Point::from_degrees(40.72, -74.0).ok_or("on the globe")?,
    ///     handling_per_order: Money::from_cents(1_50), handling_per_unit: Money::ZERO,
    ///     preference: 0, processing_minutes: 120, calendar: None,
    /// };
    /// book.execute(&Envelope::new("soho", at, Command::DefineNode(store)))?;
    /// assert_eq!((book.node_id("SOHO"), book.node_count()), (Some(NodeId(2)), 3));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
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
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// let status = NodeStatus::Closed;
    /// let close = SetNodeStatus { node: "RENO".into(), status, reason: "damage".into() };
    /// book.execute(&Envelope::new("close", at, Command::SetNodeStatus(close)))?;
    /// let tee = book.sku_id("TEE").ok_or("a SKU")?;
    /// assert_eq!(book.available(tee, ChannelId(0)), 0, "its 10 are there, and promised to nobody");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct SetNodeStatus {
        /// The node.
        pub node: String,
        /// Its new status.
        pub status: NodeStatus,
        /// The reason code.
        pub reason: String,
    }

    /// Defines or changes a channel.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// let app = DefineChannel {
    ///     channel: "app".into(), name: String::new(), promise_hours: 60, priority: 1, services: vec![],
    /// };
    /// book.execute(&Envelope::new("app", at, Command::DefineChannel(app)))?;
    /// # let json = r#"{"place_order":{"order":"7","channel":"app","to":{"lat":"39.5","lon":"-119.8"},
    /// #     "lines":[{"sku":"TEE","qty":1}]}}"#;
    /// # book.execute(&Envelope::new("order", at, serde_json::from_str(json)?))?;
    /// // Order 7 comes by the app and names no date.
    /// let seven = Query::Order(DocumentQuery { document: "7".into() });
    /// let Answer::Order(order) = book.ask(&seven)? else { panic!() };
    /// assert_eq!(order.deliver_by, at.plus_seconds(60 * 3_600));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
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
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// let ground = DefineService {
    ///     service: "ground".into(), name: String::new(),
    ///     zones: vec![Zone {
    ///         up_to_km: 1_000, transit_hours: 24,
    ///         base: Money::from_cents(4_00), per_kg: Money::from_cents(2_00), bands: vec![],
    ///     }],
    ///     dim_divisor: 0,
    /// };
    /// book.execute(&Envelope::new("ground", at, Command::DefineService(ground)))?;
    #[doc = include_str!("../example_order.txt")]
    /// // An order of 3 TEE weighs 0.6 kg: 4.00 + 0.6 × 2.00.
    /// let order = Query::Order(DocumentQuery { document: "1001".into() });
    /// let Answer::Order(order) = book.ask(&order)? else { panic!() };
    /// assert_eq!(order.parcels[0].freight, Money::from_cents(5_20));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
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
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// let nova = DefineSupplier {
    ///     supplier: "NOVA".into(), name: String::new(), lead_time_days: 10, expedite_days: 3,
    ///     expedite_premium: "0.15".parse()?,
    /// };
    /// book.execute(&Envelope::new("nova", at, Command::DefineSupplier(nova)))?;
    /// let buy = r#"{"place_purchase_order":{"purchase_order":"P-1","supplier":"NOVA","node":"RENO",
    ///     "lines":[{"sku":"TEE","qty":20,"unit_cost":"8"}]}}"#;
    /// book.execute(&Envelope::new("buy", at, serde_json::from_str(buy)?))?;
    /// let bought = Query::PurchaseOrder(DocumentQuery { document: "P-1".into() });
    /// let Answer::PurchaseOrder(bought) = book.ask(&bought)? else { panic!() };
    /// assert_eq!(bought.expected_at, at.plus_seconds(10 * 86_400));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
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
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// let account = |code: &str, control| Command::DefineAccount(DefineAccount {
    ///     account: code.into(), name: String::new(), kind: AccountKind::Asset, control,
    /// });
    /// book.execute(&Envelope::new("own", at, account("1310", Control::Inventory)))?;
    /// assert!(book.account_id("1310").is_some());
    /// // Goods lie in 1300: what it is tied to cannot change any more.
    /// let no = book.execute(&Envelope::new("change", at, account("1300", Control::None))).unwrap_err();
    /// assert_eq!(no.name(), "CannotChange");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
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
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// let theft = DefineReason { reason: "theft".into(), name: "Stolen".into() };
    /// book.execute(&Envelope::new("theft", at, Command::DefineReason(theft)))?;
    /// assert!(book.reason_id("theft").is_some());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct DefineReason {
        /// Its code.
        pub reason: String,
        /// What people call it.
        #[serde(default)]
        pub name: String,
    }

    /// Sets the quantity of a SKU at a node that only one channel may take. What the channel reserves there
    /// uses it up.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// # let json = r#"{"define_channel":{"channel":"shop","promise_hours":72}}"#;
    /// # book.execute(&Envelope::new("shop", at, serde_json::from_str(json)?))?;
    /// let keep = SetProtection { sku: "TEE".into(), node: "RENO".into(), channel: "web".into(), qty: 6 };
    /// book.execute(&Envelope::new("keep", at, Command::SetProtection(keep)))?;
    /// let free = |channel: &str| book.available(SkuId(0), book.channel_id(channel).unwrap());
    /// assert_eq!((free("web"), free("shop")), (10, 4), "six of ten are for the web alone");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
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
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// let rule = SetReorderRule {
    ///     sku: "TEE".into(), node: "RENO".into(), supplier: "ACME".into(),
    ///     unit_cost: Money::from_cents(8_00), reorder_point: 8, order_up_to: 20, expedite_below: 0,
    /// };
    /// book.execute(&Envelope::new("rule", at, Command::SetReorderRule(rule)))?;
    /// assert!(book.proposals().is_empty(), "10 on hand are above 8");
    #[doc = include_str!("../example_order.txt")]
    /// // An order of 3 is placed: 7 are left, 13 lack to 20.
    /// assert_eq!(book.proposals()[0].qty, 13);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
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
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// let only = SetAuthority {
    ///     command: "define_reason".into(), sources: vec![], actors: vec!["ann".into()], value_max: None,
    /// };
    /// book.execute(&Envelope::new("only", at, Command::SetAuthority(only)))?;
    /// let theft = DefineReason { reason: "theft".into(), name: String::new() };
    /// let mut said = Envelope::new("theft", at, Command::DefineReason(theft));
    /// said.actor = "bob".into();
    /// assert_eq!(book.execute(&said).unwrap_err().class(), Class::Denied);
    /// said.actor = "ann".into();
    /// assert!(book.execute(&said).is_ok());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
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
