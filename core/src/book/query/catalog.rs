//! Questions about master data.

use crate::catalog::*;
use crate::record::{Body, ChangeState};
use crate::value::ids::*;
use crate::value::money::Money;
use crate::value::time::Instant;
use crate::value::wire::{wire, words};
use serde::Serialize;

words! {
    /// What a history is of.
    pub enum Subject {
        /// A SKU, with its kit, its listings and its lots.
        Sku,
        /// A node.
        Node,
        /// A channel, with its listings.
        Channel,
        /// A carrier service.
        Service,
        /// A supplier.
        Supplier,
        /// An account.
        Account,
        /// A reason.
        Reason,
        /// A company.
        Company,
        /// A scheduled change.
        Change,
        /// The sourcing policy; it has no code.
        Policy,
        /// The posting rules; they have no code.
        PostingRules,
        /// Who may say a command, by its word.
        Authority,
        /// A parameter and its values.
        Parameter,
        /// A role.
        Role,
        /// The roles of an actor.
        Actor,
        /// Above which limit a command waits, by its word.
        ApprovalRule,
        /// Systems of record, by event.
        SourceOfRecord,
        /// How late an event may be told, by event.
        TimingRule,
        /// How exceptions are handled, by code.
        ExceptionRule,
        /// How far a family of processes is rolled out.
        Rollout,
        /// A feed.
        Feed,
        /// A ledger.
        Ledger,
        /// How a group of SKUs is valued; empty = all that have no valuation of their own.
        Valuation,
        /// A table of outside knowledge.
        CostTable,
        /// Bid prices; they have no code.
        BidPrices,
        /// A period.
        Period,
        /// The book itself.
        Book,
    }
}

wire! {
    /// Master data of a SKU.
    ///
    /// ```
    #[doc = include_str!("../../example_book.txt")]
    /// let Answer::Sku(tee) = book.ask(&Query::Sku(SkuQuery { sku: "TEE".into() }))? else { panic!() };
    /// assert_eq!((tee.price, tee.weight_g), (Money::from_cents(20_00), 200));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct SkuQuery {
        /// The SKU.
        pub sku: String,
    }

    /// Master data of a node.
    ///
    /// ```
    #[doc = include_str!("../../example_book.txt")]
    /// let Answer::Node(reno) = book.ask(&Query::Node(NodeQuery { node: "RENO".into() }))? else { panic!() };
    /// assert_eq!((reno.kind, reno.status), (NodeKind::Warehouse, NodeStatus::Open));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct NodeQuery {
        /// The node.
        pub node: String,
    }

    /// Master data of a channel.
    ///
    /// ```
    #[doc = include_str!("../../example_book.txt")]
    /// let query = Query::Channel(ChannelQuery { channel: "web".into() });
    /// let Answer::Channel(web) = book.ask(&query)? else { panic!() };
    /// assert_eq!(web.promise_hours, 72);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct ChannelQuery {
        /// The channel.
        pub channel: String,
    }

    /// Which SKU a channel lists under an id of its own, or under which id it lists a SKU. One of the two is
    /// given.
    ///
    /// ```
    #[doc = include_str!("../../example_book.txt")]
    /// # let json = r#"{"set_listing":{"channel":"web","sku":"TEE","listing":"B00-17"}}"#;
    /// # book.execute(&Envelope::new("listing", at, serde_json::from_str(json)?))?;
    /// let query = ListingQuery { channel: "web".into(), listing: Some("B00-17".into()), sku: None };
    /// let Answer::Listing(found) = book.ask(&Query::Listing(query))? else { panic!() };
    /// assert_eq!(book.sku_code(found.sku), Some("TEE"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct ListingQuery {
        /// The channel.
        pub channel: String,
        /// The channel's own id.
        #[serde(default)]
        pub listing: Option<String>,
        /// The SKU.
        #[serde(default)]
        pub sku: Option<String>,
    }

    /// Who changed master data, when and why, with what was said and what had been said before: as far back
    /// as the event window goes, or a log that is handed back.
    ///
    /// ```
    #[doc = include_str!("../../example_book.txt")]
    /// # let json = r#"{"define_sku":{"sku":"TEE","price":"18"}}"#;
    /// # book.execute(&Envelope::new("cheaper", at, serde_json::from_str(json)?))?;
    /// // TEE was defined at 20.00, and then got another price.
    /// let query = HistoryQuery { of: Subject::Sku, code: "TEE".into(), until: None, log: None };
    /// let Answer::History(found) = book.ask(&Query::History(query))? else { panic!() };
    /// assert_eq!(found.entries.iter().map(|entry| entry.sequence).collect::<Vec<_>>(), [1, 9]);
    /// let price = |body: &Body| match body {
    ///     Body::SkuDefined(said) => said.price.to_string(),
    ///     other => other.name().into(),
    /// };
    /// let last = &found.entries[1];
    /// let before = last.before.as_ref().map(price);
    /// assert_eq!((before, price(&last.after)), (Some("20.00".into()), "18.00".into()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct HistoryQuery {
        /// What it is of.
        pub of: Subject,
        /// Its code; empty = all of them.
        #[serde(default)]
        pub code: String,
        /// Only what was recorded until then: the last entry of each kind is what held then.
        #[serde(default)]
        pub until: Option<Instant>,
        /// A log of this book in base64 (RFC 4648), where the window does not go back far enough.
        #[serde(default)]
        pub log: Option<String>,
    }
}

answers! {
    /// Master data of a SKU.
    pub struct SkuView {
        /// The SKU.
        pub sku: SkuId,
        /// Its group; empty = none.
        pub group: String,
        /// Decimals of the base unit.
        pub decimals: u8,
        /// List price of one base unit.
        pub price: Money,
        /// Grams of one base unit.
        pub weight_g: i64,
        /// How its stock is valued.
        pub costing: Costing,
        /// Further units of measure.
        pub units: Vec<UnitOfMeasure>,
        /// The brand; empty = none.
        pub brand: String,
        /// Where it stands in its life.
        pub lifecycle: Lifecycle,
        /// An order takes a multiple of this; 0 = any quantity.
        pub order_increment: i64,
        /// An order takes at least this; 0 = no minimum.
        pub order_min: i64,
        /// An order takes at most this; 0 = no maximum.
        pub order_max: i64,
        /// Length, width and height of one base unit in millimetres.
        pub size_mm: [i64; 3],
        /// Class or division of dangerous goods; empty = none.
        pub hazard: String,
        /// The cold chain that it needs.
        pub temperature: TemperatureClass,
        /// Whether units are told apart.
        pub tracking: Tracking,
        /// Which lots go first.
        pub pick_order: PickOrder,
        /// Days from receipt to expiry of a lot that names no date.
        pub shelf_life_days: u32,
        /// What becomes of a quantity that does not convert exactly.
        pub rounding: Rounding,
        /// What may be sent instead, best rank first.
        pub substitutes: Vec<SubstituteView>,
        /// How it exists as a kit, if it is one.
        pub kit: Option<KitKind>,
        /// What one base unit of the kit is made of, as it was said.
        pub components: Vec<KitPart>,
        /// What one base unit comes to when all virtual kits in it are opened.
        pub exploded: Vec<KitPart>,
        /// Channels that list it under an id of their own.
        pub listings: Vec<ListingView>,
        /// Nodes where its stock may go below zero.
        pub negative: Vec<NegativeView>,
    }

    /// How far stock may go below zero at a node.
    pub struct NegativeView {
        /// The node.
        pub node: NodeId,
        /// What happens.
        pub policy: NegativeStock,
        /// How far a `floor` lets it go.
        pub floor: i64,
    }

    /// Master data of a channel.
    pub struct ChannelView {
        /// The channel.
        pub channel: ChannelId,
        /// The company that sells through it; empty = the only one.
        pub company: String,
        /// The brand that it sells under; empty = none of its own.
        pub brand: String,
        /// Hours from order to promised delivery.
        pub promise_hours: i64,
        /// Who goes first: 0 is the most important.
        pub priority: u8,
        /// Days that a lot must still have to live on the day it would leave.
        pub remaining_life_days: u32,
    }

    /// What may be sent instead.
    pub struct SubstituteView {
        /// The SKU.
        pub sku: SkuId,
        /// 1 is the best.
        pub rank: u16,
        /// What the customer pays for it.
        pub price: SubstitutePrice,
    }

    /// A SKU as a channel lists it.
    pub struct ListingView {
        /// The channel.
        pub channel: ChannelId,
        /// The SKU.
        pub sku: SkuId,
        /// The channel's own id.
        pub listing: String,
    }

    /// Master data of a node.
    pub struct NodeView {
        /// The node.
        pub node: NodeId,
        /// What kind of place it is.
        pub kind: NodeKind,
        /// Whether it works.
        pub status: NodeStatus,
        /// The company that it belongs to; empty = the only one.
        pub company: String,
        /// Groups that it is in.
        pub groups: Vec<String>,
        /// Its bins; where there are any, no other may be used.
        pub bins: Vec<String>,
        /// Whether customers may pick up there.
        pub pickup: Permission,
        /// Whether goods may come back there.
        pub returns: Permission,
        /// What it can ship a day.
        pub capacity: Option<Capacity>,
        /// What is booked of days from today on.
        pub booked: Vec<DayLoad>,
        /// Percent of what is planned from it that it rejects.
        pub reject_percent: Money,
        /// What it can take back a day.
        pub returns_capacity: Option<Capacity>,
        /// What it can do with goods that come back; empty = all.
        pub dispositions: Vec<Disposition>,
        /// Nodes that may bring it goods for an order.
        pub lanes: Vec<TransferLane>,
    }

    /// What is booked of a node's day.
    pub struct DayLoad {
        /// The day by the node's clock, in days since 1970-01-01.
        pub day: i64,
        /// Parcels.
        pub orders: i64,
        /// Lines of parcels.
        pub lines: i64,
        /// Base units, each begun one counted whole.
        pub units: i64,
    }

    /// Who changed master data.
    pub struct HistoryView {
        /// What was said, oldest first.
        pub entries: Vec<HistoryEntry>,
        /// The first event that was looked at: 1 = the history is whole.
        pub first_event: u64,
    }

    /// One change of master data.
    pub struct HistoryEntry {
        /// Its event.
        pub sequence: u64,
        /// The event's name.
        pub event: String,
        /// When it was recorded.
        pub at: Instant,
        /// The system that said it; of a scheduled change, that scheduled it.
        pub source: String,
        /// Who said it, or scheduled it.
        pub actor: String,
        /// Why; empty = nothing was said.
        pub why: String,
        /// The scheduled change by which it took effect.
        pub change: Option<DocKey>,
        /// Who approved it, where it waited for that.
        pub approved_by: Option<String>,
        /// What was said of the same before; none = nothing, or longer ago than was looked at.
        pub before: Option<Body>,
        /// What was said.
        pub after: Body,
    }

    /// A change of master data that waits for its time.
    pub struct ChangeView {
        /// Its number.
        pub change: DocKey,
        /// When it takes effect.
        pub effective_from: Instant,
        /// Where it stands.
        pub state: ChangeState,
        /// What will hold then.
        pub definition: Option<Box<crate::record::Definition>>,
        /// Why.
        pub why: String,
    }
}
