//! What a channel shows: safety stock by node, a buffer for what sells before the channel hears of it.

#![allow(clippy::float_arithmetic, reason = "the buffer is a Poisson quantile: whole units by construction")]

use super::rows::Stock;
use crate::value::ids::*;
use crate::value::money::Money;
use crate::value::normal::poisson_level;
use crate::value::wire::wire;

/// Most units of a sized buffer.
const BUFFER_MAX: u32 = 1_000_000;

wire! {
    /// Sets what a channel does not show. With a node: safety stock of that node for the channel. Without:
    /// the channel's buffer, off the sum of all nodes. The most specific setting holds: that of the SKU
    /// before that of all SKUs.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// let buffer = SetPublishBuffer {
    ///     channel: "web".into(), sku: Some("TEE".into()), node: None, qty: 3, sized: None,
    /// };
    /// book.execute(&Envelope::new("buffer", at, Command::SetPublishBuffer(buffer)))?;
    /// let query = Query::Publish(serde_json::from_str(r#"{"channel":"web"}"#)?);
    /// let Answer::Publish(found) = book.ask(&query)? else { panic!() };
    /// assert_eq!(found.rows[0].qty, 7, "ten less three");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct SetPublishBuffer {
        /// The channel.
        pub channel: String,
        /// The SKU; none = all that have no setting of their own.
        #[serde(default)]
        pub sku: Option<String>,
        /// The node; none = the sum over nodes.
        #[serde(default)]
        pub node: Option<String>,
        /// Units that are not shown.
        #[serde(default)]
        pub qty: i64,
        /// Sizes the units by how fast the SKU sells and how late the channel hears of it; `qty` is added.
        #[serde(default)]
        pub sized: Option<BufferSizing>,
    }

    /// What a buffer is sized by.
    pub struct BufferSizing {
        /// Seconds until the channel shows a change.
        pub latency_s: u32,
        /// Units that sell in a day.
        pub units_per_day: Money,
        /// Accepted chance, in percent, that more sells within the latency than the buffer holds.
        pub risk_percent: Money,
    }

    /// Asks what a channel should list.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// # let json = r#"{"set_publish_buffer":{"channel":"web","qty":2}}"#;
    /// # book.execute(&Envelope::new("buffer", at, serde_json::from_str(json)?))?;
    /// // The channel holds two back.
    /// let query = PublishQuery { channel: "web".into(), since: None, after: None, most: 0 };
    /// let Answer::Publish(found) = book.ask(&Query::Publish(query))? else { panic!() };
    /// assert_eq!((found.rows.len(), found.rows[0].qty), (1, 8));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct PublishQuery {
        /// The channel.
        pub channel: String,
        /// Only SKUs that an event after this sequence has touched; none = all. Where the window has lost
        /// such events, all.
        #[serde(default)]
        pub since: Option<u64>,
        /// Only SKUs behind this one, in the order in which they were defined: the next page.
        #[serde(default)]
        pub after: Option<String>,
        /// At most so many; 0 = 10,000.
        #[serde(default)]
        pub most: u32,
    }
}

/// Units to hold back so that a channel that hears of a sale `latency_s` seconds later sells too much with a
/// chance of at most `risk_percent`: the Poisson quantile of what sells meanwhile.
///
/// ```
/// use stockbook::{BufferSizing, publish_buffer};
/// let sizing = BufferSizing { latency_s: 900, units_per_day: "288".parse().unwrap(),
///     risk_percent: "1".parse().unwrap() };
/// // Three sell in a quarter of an hour; P(D > 8) = 0.4 %, P(D > 7) = 1.2 %.
/// assert_eq!(publish_buffer(&sizing), 8);
/// ```
#[must_use]
pub fn publish_buffer(sizing: &BufferSizing) -> i64 {
    #[allow(clippy::as_conversions, reason = "an i64 of micro-units has no other way to a float")]
    let float = |amount: Money| amount.micros() as f64 / 1e6;
    let mean = float(sizing.units_per_day) * f64::from(sizing.latency_s) / 86_400.0;
    i64::from(poisson_level(mean, float(sizing.risk_percent) / 100.0, BUFFER_MAX))
}

impl Stock {
    fn buffer_at(&self, channel: ChannelId, sku: SkuId, node: NodeId) -> Option<i64> {
        self.buffers.find(&(channel, sku, node)).and_then(|id| self.buffer.get(id)).copied()
    }

    /// Units of a SKU that a channel does not show: of a node, or of the sum over nodes.
    pub(crate) fn held_back(&self, channel: ChannelId, sku: SkuId, node: NodeId) -> i64 {
        if self.buffers.len() == 0 {
            return 0;
        }
        let own = self.buffer_at(channel, sku, node);
        own.or_else(|| self.buffer_at(channel, SkuId::NONE, node)).unwrap_or(0)
    }
}
