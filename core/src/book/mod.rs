//! The engine: one way in, one record, everything else derived.

mod ahead;
#[cfg(test)]
mod alone;
mod as_of;
mod ask;
mod beside;
pub mod columns;
pub mod command;
mod execute;
mod feed;
mod govern;
mod journal;
mod json;
#[cfg(test)]
mod lots;
mod message;
mod movements;
mod named;
pub mod query;
pub mod receipt;
mod recent;
mod reconcile;
mod store;
mod watch;
mod window;
mod work;

pub(crate) use ahead::AHEAD;
pub use as_of::{AsOfQuery, AsOfRow, AsOfView, as_of};
pub use columns::*;
pub use command::*;
pub(crate) use feed::blank;
pub use journal::JournalLine;
pub use json::{ReceiptNote, read_json};
pub use query::*;
pub use receipt::*;
pub use reconcile::*;
pub use store::EventsDrained;

use crate::allocation::Allocator;
use crate::record::{ORIGIN, State};
use crate::value::ids::*;
use crate::value::time::Instant;
use crate::workflow::Players;
use recent::Recent;
use window::Window;

/// The stock book of a company, in memory.
///
/// Everything that happens comes in through [`Book::execute`], is recorded as an
/// [`Event`](crate::record::Event), and can be replayed. What the book says no to has changed nothing.
///
/// ```
/// use stockbook::*;
/// let at = |hour: i64| Instant::from_micros(1_767_600_000_000_000).plus_seconds(hour * 3600);
/// let mut book = Book::new();
/// let mut say = |id: &str, hour, command| book.execute(&Envelope::new(id, at(hour), command));
/// let place = Point::from_degrees(39.53, -119.81).unwrap();
/// say("1", 0, Command::DefineSku(serde_json::from_str(r#"{"sku":"TEE","price":"19.99"}"#)?))?;
/// say("2", 0, Command::DefineNode(serde_json::from_str(
///     r#"{"node":"RENO","kind":"warehouse","place":{"lat":"39.53","lon":"-119.81"}}"#)?))?;
/// say("3", 0, Command::DefineChannel(serde_json::from_str(r#"{"channel":"web","promise_hours":72}"#)?))?;
/// say("4", 1, Command::ReceiveGoods(serde_json::from_str(
///     r#"{"receipt":"R1","node":"RENO","lines":[{"sku":"TEE","qty":5,"unit_cost":"8.00"}]}"#)?))?;
/// say("5", 2, Command::PlaceOrder(PlaceOrder {
///     order: "1001".into(), channel: "web".into(), to: place,
///     lines: vec![OrderLine { sku: "TEE".into(), qty: 3, unit: None, price: None, lot: None }],
///     ..PlaceOrder::default()
/// }))?;
/// let query = Query::Stock(StockQuery { sku: "TEE".into(), node: None, states: false });
/// let Answer::Stock(stock) = book.ask(&query)? else { panic!() };
/// assert_eq!((stock[0].on_hand, stock[0].reserved, stock[0].available), (5, 3, 2));
/// book.verify().unwrap();
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Book {
    state: State,
    recent: Recent,
    window: Window,
    allocator: Allocator,
    /// What ledgers beside have costed so far.
    players: Players,
    /// While a log is applied: the delivery that its last events belong to.
    begun: Option<store::Begun>,
    /// Set when a defect of the library was found: the book says nothing more.
    fault: Option<&'static str>,
}

impl Default for Book {
    fn default() -> Self {
        Book::new()
    }
}

macro_rules! codes {
    ($($(#[$doc:meta])* $find:ident $code:ident $count:ident $id:ident $field:ident $known:literal;)*) => {$(
        $(#[$doc])*
        ///
        /// Columns speak of ids; codes and ids never change.
        ///
        /// ```
        #[doc = include_str!("../example_book.txt")]
        #[doc = concat!("let id = book.", stringify!($find), "(\"", $known, "\").ok_or(\"it is defined\")?;")]
        #[doc = concat!("assert_eq!(book.", stringify!($code), "(id), Some(\"", $known, "\"));")]
        #[doc = concat!("assert_eq!(book.", stringify!($find), "(\"no such\"), None);")]
        /// # Ok::<(), Box<dyn std::error::Error>>(())
        /// ```
        #[must_use]
        pub fn $find(&self, code: &str) -> Option<$id> {
            self.state.catalog.$field.find(code).map($id)
        }

        /// The code of an id.
        ///
        /// ```
        #[doc = include_str!("../example_book.txt")]
        #[doc = concat!("let id = book.", stringify!($find), "(\"", $known, "\").ok_or(\"it is defined\")?;")]
        #[doc = concat!("assert_eq!(book.", stringify!($code), "(id), Some(\"", $known, "\"));")]
        #[doc = concat!("assert_eq!(book.", stringify!($code), "(", stringify!($id), "::NONE), None);")]
        /// # Ok::<(), Box<dyn std::error::Error>>(())
        /// ```
        #[must_use]
        pub fn $code(&self, id: $id) -> Option<&str> {
            self.state.catalog.$field.get(id.0).map(|code| &**code)
        }

        /// How many there are: ids run from 0 to one less.
        ///
        /// ```
        #[doc = include_str!("../example_book.txt")]
        #[doc = concat!("let count = u32::try_from(book.", stringify!($count), "())?;")]
        #[doc = concat!("assert!(book.", stringify!($code), "(", stringify!($id), "(count - 1)).is_some());")]
        #[doc = concat!("assert_eq!(book.", stringify!($code), "(", stringify!($id), "(count)), None);")]
        /// # Ok::<(), Box<dyn std::error::Error>>(())
        /// ```
        #[must_use]
        pub fn $count(&self) -> usize {
            self.state.catalog.$field.len()
        }
    )*};
}

impl Book {
    /// An empty book: US dollars, the default chart of accounts, posting rules and policy.
    ///
    /// ```
    /// let book = stockbook::Book::new();
    /// assert_eq!(book.sequence(), 0);
    /// assert_eq!(book.account_code(book.account_id("1300").unwrap()), Some("1300"));
    /// ```
    #[must_use]
    pub fn new() -> Book {
        Book {
            state: State::genesis(ORIGIN),
            recent: Recent::default(),
            window: Window::default(),
            allocator: Allocator::default(),
            players: Players::default(),
            begun: None,
            fault: None,
        }
    }

    codes! {
        /// The id of a SKU.
        sku_id sku_code sku_count SkuId skus "TEE";
        /// The id of a node.
        node_id node_code node_count NodeId nodes "RENO";
        /// The id of a channel.
        channel_id channel_code channel_count ChannelId channels "web";
        /// The id of a carrier service.
        service_id service_code service_count ServiceId services "ground";
        /// The id of a supplier.
        supplier_id supplier_code supplier_count SupplierId suppliers "ACME";
        /// The id of an account.
        account_id account_code account_count AccountId accounts "1300";
        /// The id of a reason.
        reason_id reason_code reason_count ReasonId reasons "damage";
    }

    /// The number of an order.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    #[doc = include_str!("../example_order.txt")]
    /// assert_eq!(book.order_key(OrderId(0)), Some(DocKey::Number(1001)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn order_key(&self, id: OrderId) -> Option<DocKey> {
        self.state.docs.orders.get(id.0)
    }

    /// The id of an order.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    #[doc = include_str!("../example_order.txt")]
    /// assert_eq!(book.order_id(&"1001".into()), Some(OrderId(0)));
    /// assert_eq!(book.order_id(&"1002".into()), None);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn order_id(&self, key: &DocKey) -> Option<OrderId> {
        self.state.docs.orders.find(key).map(OrderId)
    }

    /// How many orders there are: ids run from 0 to one less.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// assert_eq!(book.order_count(), 0);
    #[doc = include_str!("../example_order.txt")]
    /// // An order is placed.
    /// assert_eq!(book.order_count(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn order_count(&self) -> usize {
        self.state.docs.orders.len()
    }

    /// The book's time: that of its last event.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// assert_eq!(book.now(), at);
    /// assert_eq!(Book::new().now(), Instant::START, "nothing has happened");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn now(&self) -> Instant {
        self.state.head.now
    }

    /// Sequence of the last event; 0 before the first.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// let sequence = book.sequence();
    /// let tick = Command::AdvanceTime(AdvanceTime {});
    /// book.execute(&Envelope::new("tick", at, tick))?;
    /// assert_eq!(book.sequence(), sequence + 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn sequence(&self) -> u64 {
        self.state.head.sequence
    }

    /// Hash of the whole state, kept up as events are applied. Two books that recorded the same events have
    /// the same hash, on every platform and through every face.
    ///
    /// ```
    /// use stockbook::Book;
    /// assert_eq!(Book::new().state_hash(), Book::new().state_hash());
    /// ```
    #[must_use]
    pub fn state_hash(&self) -> u64 {
        self.state.hash()
    }

    /// Currency and windows.
    ///
    /// ```
    /// let book = stockbook::Book::new();
    /// let set = book.configuration();
    /// assert_eq!((set.currency.as_str(), set.currency_digits), ("USD", 2));
    /// ```
    #[must_use]
    pub fn configuration(&self) -> &crate::catalog::ConfigureBook {
        &self.state.head.config
    }

    /// What was found when the book closed itself, if it did.
    ///
    /// ```
    /// assert_eq!(stockbook::Book::new().fault(), None);
    /// ```
    #[must_use]
    pub fn fault(&self) -> Option<&'static str> {
        self.fault
    }
}
