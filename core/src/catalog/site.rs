//! What nodes and channels are beyond their place and promise: whose they are, what they can, how much a day.

use crate::value::money::Money;
use crate::value::time::Calendar;
use crate::value::wire::{wire, words};

words! {
    /// Whether something may be done.
    #[derive(Default)]
    pub enum Permission {
        /// It may.
        Allowed,
        /// It may not.
        #[default]
        Forbidden,
    }
}

words! {
    /// What becomes of returned goods.
    pub enum Disposition {
        /// Back to sellable stock.
        Restock,
        /// Kept to be made fit for sale.
        Refurbish,
        /// Thrown away.
        Scrap,
        /// Sent on to its vendor.
        ReturnToVendor,
        /// The customer keeps the goods: only money moves.
        Keep,
    }
}

fn allowed() -> Permission {
    Permission::Allowed
}

fn forbidden() -> Permission {
    Permission::Forbidden
}

wire! {
    /// Defines or changes a company of the group.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// let company = DefineCompany {
    ///     company: "ACME-US".into(), name: "Acme Inc.".into(), brands: vec!["Acme".into()],
    ///     why: String::new(),
    /// };
    /// book.execute(&Envelope::new("us", at, Command::DefineCompany(company)))?;
    /// let describe = r#"{"describe_node":{"node":"RENO","company":"ACME-US"}}"#;
    /// book.execute(&Envelope::new("reno", at, serde_json::from_str(describe)?))?;
    /// let Answer::Node(reno) = book.ask(&Query::Node(NodeQuery { node: "RENO".into() }))? else { panic!() };
    /// assert_eq!(reno.company, "ACME-US");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct DefineCompany {
        /// Its code.
        pub company: String,
        /// What people call it.
        #[serde(default)]
        pub name: String,
        /// Brands that it owns; a brand belongs to one company.
        #[serde(default)]
        pub brands: Vec<String>,
        /// Why it is said.
        #[serde(default)]
        pub why: String,
    }

    /// Describes a node beyond what `define_node` says. Said again, it replaces.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// let bins: DescribeNode = serde_json::from_str(r#"{"node":"RENO","bins":["A-01","A-02"]}"#)?;
    /// book.execute(&Envelope::new("bins", at, Command::DescribeNode(bins)))?;
    /// let receive = r#"{"receive_goods":{"receipt":"R-2","node":"RENO","lines":[
    ///     {"sku":"TEE","qty":5,"unit_cost":"8","place":{"bin":"Z-99"}}]}}"#;
    /// let no = book.execute(&Envelope::new("r-2", at, serde_json::from_str(receive)?)).unwrap_err();
    /// assert_eq!(no, Rejection::UnknownBin { node: "RENO".into(), bin: "Z-99".into() });
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct DescribeNode {
        /// The node.
        pub node: String,
        /// The company that it belongs to; empty = the only one.
        #[serde(default)]
        pub company: String,
        /// Groups that it is in, as in `eu` or `dark_stores`; the first is its region, where a parameter's
        /// scope names one.
        #[serde(default)]
        pub groups: Vec<String>,
        /// Its bins; where there are any, no other may be used.
        #[serde(default)]
        pub bins: Vec<String>,
        /// Whether customers may pick up there.
        #[serde(default = "forbidden")]
        pub pickup: Permission,
        /// Whether goods may come back there.
        #[serde(default = "allowed")]
        pub returns: Permission,
        /// What it can ship a day.
        #[serde(default)]
        pub capacity: Option<Capacity>,
        /// Cut-offs of single carrier services, where they differ from the node's.
        #[serde(default)]
        pub cut_offs: Vec<ServiceCutOff>,
        /// Why it is said.
        #[serde(default)]
        pub why: String,
        /// Percent of what is planned from it that it rejects.
        #[serde(default)]
        pub reject_percent: Money,
        /// Nodes that may bring it goods for an order, where the policy lets an order wait for that.
        #[serde(default)]
        pub lanes: Vec<TransferLane>,
        /// What it can take back a day, told by when returns are authorised; none = no limit.
        #[serde(default)]
        pub returns_capacity: Option<Capacity>,
        /// What it can do with goods that come back; empty = all.
        #[serde(default)]
        pub dispositions: Vec<Disposition>,
    }

    /// How goods for an order come from another node, which sends them as soon as it has processed them.
    pub struct TransferLane {
        /// The node that brings them.
        pub from: String,
        /// Hours under way.
        pub hours: u32,
        /// Cost of a transfer: an objective counts it as freight.
        #[serde(default)]
        pub per_transfer: Money,
        /// Cost of a base unit, likewise.
        #[serde(default)]
        pub per_unit: Money,
    }

    /// What a node can ship a day, or take back. A day's capacity to ship is taken by what is planned to
    /// leave on it, and given back only by what is not to leave any more: shipping gives nothing back. That
    /// to take back is taken by the returns that are authorised on it, and given back where one is cancelled.
    #[derive(Copy)]
    pub struct Capacity {
        /// Parcels, or returns; none = no limit.
        #[serde(default)]
        pub orders: Option<i64>,
        /// Lines of them; none = no limit.
        #[serde(default)]
        pub lines: Option<i64>,
        /// Base units, each begun one counted whole; none = no limit.
        #[serde(default)]
        pub units: Option<i64>,
        /// Minutes east of UTC of the clock by which days are told: -1,440 to 1,440.
        #[serde(default)]
        pub utc_offset_minutes: i32,
    }

    /// When a carrier service picks up at a node.
    pub struct ServiceCutOff {
        /// The carrier service.
        pub service: String,
        /// Its pick-up days and time.
        pub calendar: Calendar,
    }

    /// Describes a channel beyond what `define_channel` says. Said again, it replaces.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// # for (id, json) in [r#"{"define_sku":{"sku":"MILK"}}"#,
    /// #     r#"{"describe_sku":{"sku":"MILK","tracking":"lot"}}"#,
    /// #     r#"{"receive_goods":{"receipt":"R-2","node":"RENO","lines":[
    /// #         {"sku":"MILK","qty":5,"unit_cost":"1","expires_at":"2026-01-25T00:00:00Z",
    /// #             "place":{"lot":"A"}}]}}"#].iter().enumerate() {
    /// #     book.execute(&Envelope::new(&id.to_string(), at, serde_json::from_str(json)?))?;
    /// # }
    /// // Five MILK live another twenty days; this channel promises its customers thirty.
    /// let describe = r#"{"channel":"web","remaining_life_days":30}"#;
    /// let describe = Command::DescribeChannel(serde_json::from_str(describe)?);
    /// book.execute(&Envelope::new("thirty", at, describe))?;
    /// let (sku, channel) = ("MILK".into(), "web".into());
    /// let query = Query::Available(AvailableQuery { sku, channel, nodes: vec![] });
    /// let Answer::Available(room) = book.ask(&query)? else { panic!() };
    /// assert_eq!(room.available, 0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct DescribeChannel {
        /// The channel.
        pub channel: String,
        /// The company that sells through it; empty = the only one.
        #[serde(default)]
        pub company: String,
        /// The brand that it sells under; empty = none of its own.
        #[serde(default)]
        pub brand: String,
        /// Days that a lot must still have to live on the day it would leave.
        #[serde(default)]
        pub remaining_life_days: u32,
        /// Why it is said.
        #[serde(default)]
        pub why: String,
    }

    /// Says under which id a channel lists a SKU: a variant's own id there. One to one within a channel.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// let listing = SetListing {
    ///     channel: "web".into(), sku: "TEE".into(), listing: "B00-17".into(), why: String::new(),
    /// };
    /// book.execute(&Envelope::new("listing", at, Command::SetListing(listing)))?;
    /// // The channel speaks of its own ids.
    /// let order = r#"{"place_order":{"order":"1","channel":"web","to":{"lat":"39","lon":"-119"},
    ///     "lines":[{"sku":"B00-17","qty":3}]}}"#;
    /// book.execute(&Envelope::new("order", at, serde_json::from_str(order)?))?;
    /// assert_eq!(book.stock_columns().available, [7]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct SetListing {
        /// The channel.
        pub channel: String,
        /// The SKU.
        pub sku: String,
        /// The channel's own id; empty = the channel lists it no more.
        pub listing: String,
        /// Why it is said.
        #[serde(default)]
        pub why: String,
    }
}
