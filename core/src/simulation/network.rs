//! What orders meet: master data, opening stock, rules and planned events, as one document.

use crate::catalog::*;
use crate::posting::SetPostingRules;
use crate::report::Period;
use crate::value::geo::Point;
use crate::value::money::Money;
use crate::value::time::Instant;
use crate::value::wire::{wire, words};

wire! {
    /// A network: where goods lie, who sells, carries and supplies them, and what is planned to happen.
    ///
    /// ```
    /// use stockbook::simulation::Network;
    /// let text = r#"{"skus": [{"sku": "TEE", "price": "19.99"}]}"#;
    /// let network: Network = serde_json::from_str(text).unwrap();
    /// assert_eq!(network.skus[0].price.to_string(), "19.99");
    /// ```
    #[derive(Default)]
    pub struct Network {
        /// Currency and windows; none = the book's own.
        #[serde(default)]
        pub configuration: Option<ConfigureBook>,
        /// Accounts beside the default chart.
        #[serde(default)]
        pub accounts: Vec<DefineAccount>,
        /// Posting rules; none = the default ones.
        #[serde(default)]
        pub posting_rules: Option<SetPostingRules>,
        /// Reason codes.
        #[serde(default)]
        pub reasons: Vec<DefineReason>,
        /// Carrier services.
        #[serde(default)]
        pub services: Vec<DefineService>,
        /// Channels.
        #[serde(default)]
        pub channels: Vec<DefineChannel>,
        /// Channels that sell from a listing of their own.
        #[serde(default)]
        pub feeds: Vec<ChannelFeed>,
        /// Nodes.
        #[serde(default)]
        pub nodes: Vec<DefineNode>,
        /// SKUs.
        #[serde(default)]
        pub skus: Vec<DefineSku>,
        /// Suppliers.
        #[serde(default)]
        pub suppliers: Vec<DefineSupplier>,
        /// Stock that is there at the start.
        #[serde(default)]
        pub stock: Vec<OpeningStock>,
        /// Stock kept for channels.
        #[serde(default)]
        pub protections: Vec<SetProtection>,
        /// When to buy and how much.
        #[serde(default)]
        pub reorder_rules: Vec<SetReorderRule>,
        /// Nodes that close for a while, and carrier services and suppliers that are down for a while.
        #[serde(default)]
        pub outages: Vec<Outage>,
        /// On which days suppliers take orders; one that is not named takes them on all days.
        #[serde(default)]
        pub order_days: Vec<OrderDays>,
    }

    /// On which days of the week a supplier takes orders. A review on another day leaves what it would buy of
    /// it to the next one; an expedited purchase does not ask.
    pub struct OrderDays {
        /// The supplier.
        pub supplier: String,
        /// Days (UTC), from 1 = Monday to 7 = Sunday.
        pub weekdays: Vec<u8>,
    }

    /// A channel that takes orders on a listing which follows the stock with a delay. Its orders are
    /// commitments of the channel: they arrive when the listing showed enough, whatever the stock is by then.
    pub struct ChannelFeed {
        /// The channel.
        pub channel: String,
        /// Age of the listing in minutes.
        pub sync_latency_minutes: u32,
    }

    /// Stock that is there at the start.
    pub struct OpeningStock {
        /// The SKU.
        pub sku: String,
        /// The node.
        pub node: String,
        /// Units.
        pub qty: i64,
        /// What a base unit has cost.
        pub unit_cost: Money,
    }

    /// A node that closes and opens again, or a carrier service or a supplier that is down for a while. What
    /// was planned from the node or with the service is planned anew when it begins. A supplier that is down
    /// takes no order, and what it would deliver comes when it is over.
    pub struct Outage {
        /// The node; empty where something else is down.
        #[serde(default)]
        pub node: String,
        /// When it begins.
        pub from: Instant,
        /// When it ends.
        pub to: Instant,
        /// The reason code.
        pub reason: String,
        /// The carrier service that is down; empty where something else is.
        #[serde(default)]
        pub service: String,
        /// The supplier that is down; empty where something else is.
        #[serde(default)]
        pub supplier: String,
    }
}

impl Network {
    /// The nodes with their places, and the stretches of time when one is closed or a service down: what a
    /// page of HTML needs besides the runs.
    ///
    /// ```
    /// use stockbook::{Point, simulation::Network};
    /// let network: Network = serde_json::from_str(r#"{
    ///     "nodes": [{"node": "RENO", "kind": "warehouse", "place": {"lat": "39.5", "lon": "-119.8"}}],
    ///     "outages": [{"node": "RENO", "from": "2026-01-05T09:00:00Z", "to": "2026-01-06T09:00:00Z",
    ///         "reason": "storm"}]}"#).unwrap();
    /// let (nodes, closed) = network.page_facts();
    /// assert_eq!(nodes, [("RENO".into(), Point::from_degrees(39.5, -119.8).unwrap())]);
    /// assert_eq!(closed[0].2, "RENO closed");
    /// ```
    #[must_use]
    pub fn page_facts(&self) -> (Vec<(String, Point)>, Vec<Period>) {
        let nodes = self.nodes.iter().map(|node| (node.node.clone(), node.place)).collect();
        let what = |o: &Outage| match o.node.as_str() {
            "" => format!("{}{} down", o.service, o.supplier),
            node => format!("{node} closed"),
        };
        let closed = |o: &Outage| (o.from, o.to, what(o));
        (nodes, self.outages.iter().map(closed).collect())
    }
}

words! {
    /// Whether proposals to expedite are followed.
    #[derive(Default)]
    pub enum ExpediteUse {
        /// They are: the premium is paid.
        #[default]
        Follow,
        /// They are not.
        Never,
    }
}

/// How a run is made.
///
/// ```
/// use stockbook::simulation::Options;
/// let options: Options = serde_json::from_str(r#"{"seed": 7}"#).unwrap();
/// assert_eq!((options.seed, options.returns_per_thousand), (7, 60));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Options {
    /// Decides what comes back and when, and how late purchases are; nothing else is left to chance.
    pub seed: u64,
    /// Of a thousand shipped lines, so many come back.
    pub returns_per_thousand: u32,
    /// A return comes in at the earliest so many days after its parcel arrived, …
    pub return_days_min: u32,
    /// … and at the latest so many.
    pub return_days_max: u32,
    /// Hours between two reviews of the reorder rules; 0 = never.
    pub review_hours: u32,
    /// Whether proposals to expedite are followed.
    pub expedite: ExpediteUse,
    /// Days after the promise at which customers give up what still waits; 0 = never.
    pub patience_days: u32,
    /// Days that the run goes on after the last order: parcels leave, purchases and returns come in.
    pub drain_days: u32,
    /// How much lead times of purchases scatter around what is expected: their standard deviation in percent.
    /// No purchase takes less than a quarter of what is expected.
    pub lead_time_spread_percent: u32,
    /// Days of a period of the tables of demand and lead times; 0 = they are not kept.
    pub history_days: u32,
    /// Every so many days the orders of as many days before are said to the book as the forecast of those to
    /// come, where the policy weighs `bid_price`: it solves bid prices by them anew each day. 0 = never.
    pub forecast_days: u32,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            seed: 1,
            returns_per_thousand: 60,
            return_days_min: 4,
            return_days_max: 20,
            review_hours: 24,
            expedite: ExpediteUse::Follow,
            patience_days: 3,
            drain_days: 21,
            lead_time_spread_percent: 0,
            history_days: 0,
            forecast_days: 0,
        }
    }
}
