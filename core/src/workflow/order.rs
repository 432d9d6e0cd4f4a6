//! The order: placed, planned, shipped, returned. Commands.

use super::common::known_document;
use super::hold::living_hold;
use super::kit::opened_lines;
use super::named::{Named, lots_of, lots_of_hold, named};
use super::orderable::{beyond_hold, check_orderable};
use super::plan::{Task, source};
use super::schedule::Called;
use super::substitute::substitute;
use crate::allocation::{Allocator, Bring, Explanation, PlacedLine};
use crate::catalog::*;
use crate::record::*;
use crate::stock::Lots;
use crate::value::geo::Point;
use crate::value::ids::*;
use crate::value::money::Money;
use crate::value::num;
use crate::value::rejection::Rejection;
use crate::value::sort::PutInOrder;
use crate::value::time::Instant;
use crate::value::wire::wire;

wire! {
    /// Captures an order and sources it in one decision: all lines are judged together.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// // 10 TEE lie at RENO; they weigh 200 g each, and ground takes 5.00 and 1.00 a kilogram.
    /// let place = PlaceOrder {
    ///     order: "1001".into(), channel: "web".into(),
    ///     to: Point::from_degrees(37.8, -122.4).ok_or("on the globe")?,
    ///     lines: vec![OrderLine { sku: "TEE".into(), qty: 3, unit: None, price: None, lot: None }],
    ///     ..PlaceOrder::default()
    /// };
    /// book.execute(&Envelope::new("1001", at, Command::PlaceOrder(place)))?;
    /// assert_eq!(book.stock_columns().available, [7]);
    /// let order = Query::Order(DocumentQuery { document: "1001".into() });
    /// let Answer::Order(order) = book.ask(&order)? else { panic!() };
    /// assert_eq!((order.state, order.lines[0].reserved), (OrderState::Planned, 3));
    /// assert_eq!(order.parcels[0].freight, Money::from_cents(5_60));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[derive(Default)]
    pub struct PlaceOrder {
        /// Number of the order.
        pub order: String,
        /// The channel.
        pub channel: String,
        /// Where it goes.
        pub to: Point,
        /// What is ordered.
        pub lines: Vec<OrderLine>,
        /// When it was promised; none = the channel's promise.
        #[serde(default)]
        pub deliver_by: Option<Instant>,
        /// Who goes first when goods come in; none = the channel's priority.
        #[serde(default)]
        pub priority: Option<u8>,
        /// Who accepted it.
        #[serde(default)]
        pub commitment: Commitment,
        /// A hold that this order replaces. What it has pinned to a node comes from there, unless something
        /// would be short for it; what it has whole is sold though its SKU is blocked since.
        #[serde(default)]
        pub hold: Option<String>,
        /// How much the receipt tells.
        #[serde(default)]
        pub detail: Detail,
        /// Terms beside the lines.
        #[serde(default)]
        pub terms: Option<OrderTerms>,
    }

    /// Terms of an order beside its lines.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// # let json = r#"{"place_purchase_order":{"purchase_order":"P-1","supplier":"ACME","node":"RENO",
    /// #     "lines":[{"sku":"TEE","qty":20,"unit_cost":"8"}]}}"#;
    /// # book.execute(&Envelope::new("buy", at, serde_json::from_str(json)?))?;
    /// // 10 are there; 20 are bought and come in a week. 15 are ordered for the day after.
    /// let from = at.plus_seconds(8 * 86_400);
    /// let place = PlaceOrder {
    ///     order: "B-1".into(), channel: "web".into(),
    ///     to: Point::from_degrees(37.8, -122.4).ok_or("on the globe")?,
    ///     lines: vec![OrderLine { sku: "TEE".into(), qty: 15, unit: None, price: None, lot: None }],
    ///     terms: Some(OrderTerms { ship_from: Some(from), ..OrderTerms::default() }),
    ///     ..PlaceOrder::default()
    /// };
    /// book.execute(&Envelope::new("b-1", at, Command::PlaceOrder(place)))?;
    /// assert_eq!(book.stock_columns().available, [10], "it waits for what is bought");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[derive(Default)]
    pub struct OrderTerms {
        /// Segment of the customer, which policies and tables of outside knowledge speak of; where a
        /// parameter's scope names a service level, it is this.
        #[serde(default)]
        pub segment: Option<String>,
        /// The node where the customer picks up: it alone may give, and no carrier is needed. A node that is
        /// described says whether customers may.
        #[serde(default)]
        pub pickup: Option<String>,
        /// Who buys: what he owes counts against `credit_limit`.
        #[serde(default)]
        pub customer: Option<String>,
        /// The order that this one replaces, wholly or in part: goods were lost, broken or are exchanged.
        #[serde(default)]
        pub replaces: Option<String>,
        /// The return by which the replaced goods come back: an exchange.
        #[serde(default)]
        pub rma: Option<String>,
        /// The requested date: nothing leaves earlier. Until then the order keeps only so much of what is
        /// there as supply that is to come by then does not cover; of the rest it waits for that supply, and
        /// what has not come by then is sourced anew.
        #[serde(default)]
        pub ship_from: Option<Instant>,
        /// The scheduled (blanket) order that this one calls off a part of, its prices with it.
        #[serde(default)]
        pub calls_off: Option<String>,
        /// The currency that it is sold in; none = the book's. Prices, tax, refunds and payments of it are in
        /// that currency; each is booked at the order's rate, or at the document's own. A list price is
        /// converted.
        #[serde(default)]
        pub sold_in: Option<DocumentCurrency>,
    }
}

/// A line of an order.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct OrderLine {
    /// The SKU.
    pub sku: String,
    /// How many.
    pub qty: i64,
    /// Unit of `qty`; none = the SKU's smallest unit.
    #[serde(default)]
    pub unit: Option<String>,
    /// Price of one base unit; none = the SKU's list price.
    #[serde(default)]
    pub price: Option<Money>,
    /// The lot, or the serial number, that it is to come from: from that alone, now and whenever it is
    /// planned anew. An order that may be refused has it whole or is refused; what was promised elsewhere
    /// waits for what the lot does not have. Of a kit, the lot of its only component that is tracked so.
    /// None = any lot, or those that the order's hold has by their names.
    #[serde(default)]
    pub lot: Option<String>,
}

/// What came after the first release is left out while it says nothing: such a line keeps its hash.
impl std::hash::Hash for OrderLine {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        (&self.sku, self.qty, &self.unit, self.price).hash(state);
        if let Some(lot) = &self.lot {
            ("lot", lot).hash(state);
        }
    }
}

/// Plans anew what is not shipped: after an outage, a rejection or a receipt, or because the customer wants
/// another quantity, something besides, or all of it elsewhere. Never worse off: what cannot be placed anew
/// waits as a backorder.
///
/// ```
#[doc = include_str!("../example_book.txt")]
#[doc = include_str!("../example_order.txt")]
/// # for (id, json) in [r#"{"receive_goods":{"receipt":"R-2","node":"DALLAS","lines":[
/// #         {"sku":"TEE","qty":5,"unit_cost":"8"}]}}"#,
/// #     r#"{"set_node_status":{"node":"RENO","status":"closed","reason":"damage"}}"#
/// # ].iter().enumerate() {
/// #     book.execute(&Envelope::new(&id.to_string(), at, serde_json::from_str(json)?))?;
/// # }
/// // Order 1001 was planned from RENO, which has closed; DALLAS has five.
/// let again = ReallocateOrder {
///     order: "1001".into(), reason: "damage".into(), ..ReallocateOrder::default()
/// };
/// book.execute(&Envelope::new("again", at, Command::ReallocateOrder(again)))?;
/// let order = Query::Order(DocumentQuery { document: "1001".into() });
/// let Answer::Order(order) = book.ask(&order)? else { panic!() };
/// let gives: Vec<_> = order.parcels.iter().filter(|parcel| !parcel.reserved.is_empty()).collect();
/// assert_eq!((gives.len(), book.node_code(gives[0].node)), (1, Some("DALLAS")));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ReallocateOrder {
    /// The order.
    pub order: String,
    /// The reason code.
    pub reason: String,
    /// How much the receipt tells.
    #[serde(default)]
    pub detail: Detail,
    /// Lines and how many the customer wants of each now. What is more is sourced as the policy says for a
    /// new order; what is less is struck, what no node works on first. What nodes work on and is still wanted
    /// stays in its parcels. A kit's own line says how many kits: its components follow.
    #[serde(default)]
    pub amend: Vec<DocumentLine>,
    /// What the customer wants besides: lines behind its others, judged and sourced as those of a new order,
    /// with all that no node works on. Their prices must lie as near to the list as a
    /// captured order's. Limits and roles of `place_order` hold for what is added, as for more of a line.
    #[serde(default)]
    pub add: Vec<OrderLine>,
    /// Where all of it goes instead: as long as nothing has left and no node works on the order.
    #[serde(default)]
    pub to: Option<Point>,
    /// By when it is promised from now on; none = as before.
    #[serde(default)]
    pub deliver_by: Option<Instant>,
}

/// What came after the first release is left out while it says nothing: such a command keeps its hash.
impl std::hash::Hash for ReallocateOrder {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        (&self.order, &self.reason, self.detail, &self.amend).hash(state);
        if self.is_changed() {
            ("change", &self.add, self.to, self.deliver_by).hash(state);
        }
    }
}

impl ReallocateOrder {
    /// Whether it changes more than quantities.
    pub(super) fn is_changed(&self) -> bool {
        !self.add.is_empty() || self.to.is_some() || self.deliver_by.is_some()
    }
}

wire! {
    /// Strikes what is not shipped, wholly or in part.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    #[doc = include_str!("../example_order.txt")]
    /// // Of order 1001, which is of 3 TEE, one is struck.
    /// let cancel = CancelOrder {
    ///     order: "1001".into(), reason: "damage".into(), lines: vec![DocumentLine { line: 1, qty: 1 }],
    /// };
    /// book.execute(&Envelope::new("cancel", at, Command::CancelOrder(cancel)))?;
    /// assert_eq!(book.stock_columns().available, [8], "two of ten are still promised");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct CancelOrder {
        /// The order.
        pub order: String,
        /// The reason code.
        pub reason: String,
        /// What is struck; empty = all that is open.
        #[serde(default)]
        pub lines: Vec<DocumentLine>,
    }

    /// A line of a document and a quantity of it.
    pub struct DocumentLine {
        /// The line, counted from 1.
        pub line: u32,
        /// How many, in the SKU's smallest unit.
        pub qty: i64,
    }

    /// Ships what is planned from a node, wholly or in part: of it what went through every stage that the
    /// order's channel wants. Where goods must be packed, only what is packed leaves.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    #[doc = include_str!("../example_order.txt")]
    /// // 3 of 10 TEE, at 8.00 each, leave for order 1001.
    /// let ship = ShipOrder { order: "1001".into(), node: "RENO".into(), lines: vec![] };
    /// book.execute(&Envelope::new("ship", at, Command::ShipOrder(ship)))?;
    /// let stock = book.stock_columns();
    /// assert_eq!((stock.on_hand[0], stock.value[0]), (7, 56_000_000));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct ShipOrder {
        /// The order.
        pub order: String,
        /// The node.
        pub node: String,
        /// What is shipped; empty = all that is planned from there and went through its stages.
        #[serde(default)]
        pub lines: Vec<DocumentLine>,
    }

    /// Takes goods back and refunds: goods at their original issue cost, money as said. Money that goes back
    /// without goods opens an exception; goods that come after it are checked in and get no more of it.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    #[doc = include_str!("../example_order.txt")]
    /// # let json = r#"{"ship_order":{"order":"1001","node":"RENO"}}"#;
    /// # book.execute(&Envelope::new("ship", at, serde_json::from_str(json)?))?;
    /// // 3 of 10 TEE have left for order 1001. One comes back as new, one broken.
    /// let line = |disposition| ReturnLine {
    ///     line: 1, qty: 1, disposition, refund: Money::from_cents(20_00), lot: None, credit: None,
    /// };
    /// let back = ReceiveReturn {
    ///     rma: "RMA-1".into(), order: "1001".into(), node: "RENO".into(),
    ///     lines: vec![line(Disposition::Restock), line(Disposition::Scrap)], rate: None,
    /// };
    /// book.execute(&Envelope::new("rma-1", at, Command::ReceiveReturn(back)))?;
    /// let stock = book.stock_columns();
    /// assert_eq!((stock.on_hand[0], stock.value[0]), (8, 64_000_000), "it comes in at its issue cost");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct ReceiveReturn {
        /// Number of the return (RMA).
        pub rma: String,
        /// The order.
        pub order: String,
        /// Where the goods came in.
        pub node: String,
        /// What came back.
        pub lines: Vec<ReturnLine>,
        /// Of an order in another currency: what one unit of it is worth; none = the order's rate.
        #[serde(default)]
        pub rate: Option<Money>,
    }

    /// A line of a return.
    pub struct ReturnLine {
        /// The order's line, counted from 1.
        pub line: u32,
        /// How many, in the SKU's smallest unit; 0 = a refund without goods.
        pub qty: i64,
        /// What becomes of them.
        pub disposition: Disposition,
        /// What the customer gets back for the line.
        #[serde(default)]
        pub refund: Money,
        /// The lot that comes back; none = the oldest that the customer has, where costs go by lot.
        #[serde(default)]
        pub lot: Option<String>,
        /// What the vendor credits for the units, where they go on to him; none = what they cost.
        #[serde(default)]
        pub credit: Option<Money>,
    }
}

/// An order with its codes resolved: what both the typed and the columnar way come to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct DenseOrder {
    pub order: DocKey,
    pub channel: ChannelId,
    pub to: Point,
    pub deliver_by: Option<Instant>,
    pub priority: Option<u8>,
    pub commitment: Commitment,
    pub hold: HoldId,
    pub lines: Vec<PlacedLine>,
    pub detail: Detail,
    pub terms: Option<Box<PlacedTerms>>,
    /// Lots that lines name, by the lines' numbers.
    pub lots: Vec<(u32, String)>,
}

/// Codes to ids.
pub(crate) fn resolve_order(state: &State, place: &PlaceOrder) -> Result<DenseOrder, Rejection> {
    let catalog = &state.catalog;
    code("order", &place.order)?;
    let (channel, _) = catalog.channel_of(&place.channel)?;
    some_lines(place.lines.len())?;
    let blanket = place.terms.as_ref().and_then(|terms| terms.calls_off.as_deref());
    let sold_in = place.terms.as_ref().and_then(|terms| terms.sold_in.as_ref());
    let mut lines = Vec::with_capacity(place.lines.len());
    for line in &place.lines {
        let (sku, row) = catalog.sold_as(channel, &line.sku)?;
        let qty = to_smallest(catalog, sku, row, line.qty, line.unit.as_deref())?;
        let agreed = || blanket.and_then(|number| super::schedule::agreed(state, number, sku));
        let price = match (line.price.or_else(agreed), sold_in) {
            (Some(price), _) => price,
            (None, None) => row.price,
            (None, Some(sold)) => {
                super::abroad::check_currency(state, sold)?;
                super::abroad::abroad(row.price, sold)?
            }
        };
        lines.push(PlacedLine { sku, qty, price });
    }
    let hold = place.hold.as_deref().map(|number| living_hold(state, number, "place_order")).transpose()?;
    let named = (1u32..).zip(&place.lines).filter_map(|(at, line)| Some((at, line.lot.clone()?)));
    let (lots, none): (Vec<(u32, String)>, _) = (named.collect(), OrderTerms::default());
    let terms = place.terms.as_ref().or((!lots.is_empty()).then_some(&none));
    Ok(DenseOrder {
        order: DocKey::from(place.order.as_str()),
        channel,
        to: place.to,
        deliver_by: place.deliver_by,
        priority: place.priority,
        commitment: place.commitment,
        hold: hold.unwrap_or(HoldId::NONE),
        lines,
        detail: place.detail,
        terms: terms.map(|terms| resolve_terms(state, terms)).transpose()?,
        lots,
    })
}

fn resolve_terms(state: &State, terms: &OrderTerms) -> Result<Box<PlacedTerms>, Rejection> {
    let segment = terms.segment.clone().unwrap_or_default();
    if !segment.is_empty() {
        code("segment", &segment)?;
    }
    let pickup = terms.pickup.as_deref().map(|node| state.catalog.node_of(node)).transpose()?;
    let site = pickup.and_then(|(node, _)| state.catalog.site_of(node));
    if site.is_some_and(|site| site.pickup == Permission::Forbidden) {
        let need = "a node where customers may pick up, as `describe_node` says".into();
        return Err(Rejection::InvalidField { field: "terms.pickup".into(), need });
    }
    let customer = terms.customer.clone().unwrap_or_default();
    at_most("characters of the customer", customer.len(), 256)?;
    let sold_in = terms.sold_in.clone();
    sold_in.iter().try_for_each(|sold| super::abroad::check_currency(state, sold))?;
    if sold_in.is_some() && terms.calls_off.is_some() {
        let need = "none where a blanket order is called off: its prices are the book's".into();
        return Err(Rejection::InvalidField { field: "terms.sold_in".into(), need });
    }
    let order = |number: &String| known_document(&state.docs.orders, "order", number).map(OrderId);
    let replaces = terms.replaces.as_ref().map(order).transpose()?;
    Ok(Box::new(PlacedTerms {
        segment,
        pickup: pickup.map_or(NodeId::NONE, |(node, _)| node),
        customer,
        held: None,
        replaces,
        rma: terms.rma.as_deref().map(DocKey::from),
        ship_from: terms.ship_from,
        calls_off: terms.calls_off.as_ref().map(order).transpose()?,
        called: Vec::new(),
        lots: Vec::new(),
        sold_in: sold_in.map(|currency| SoldIn { currency, prices: Vec::new() }),
    }))
}

/// What a hold or an order has reserved, as credit for the decision that replaces it.
pub(crate) fn credit(state: &State, first: u32, credit: &mut Vec<(SkuId, NodeId, i64)>) {
    let pending = state.reservations(first).filter(|(_, row)| row.qty > 0);
    credit.extend(pending.map(|(_, row)| (row.sku, row.node, row.qty)));
}

/// `Ok` if prices and their sum stay within the book's range.
pub(super) fn check_worth(state: &State, lines: &[PlacedLine]) -> Result<(), Rejection> {
    let mut worth = 0i64;
    for line in lines {
        if line.price.micros() < 0 {
            let (sku, price) = (super::common::sku_code(state, line.sku), line.price.to_string());
            return Err(Rejection::PriceBelowZero { sku, price });
        }
        price("lines.price", line.price)?;
        let scale = state.catalog.sku.get(line.sku.0).map_or(1, |row| row.scale);
        let each = line.price.micros();
        let value = if scale == 1 { num::mul(each, line.qty)? } else { num::mul_div(each, line.qty, scale)? };
        worth = num::add(worth, value)?;
    }
    Ok(())
}

/// Lines that are goods, where an order has others too: a kit's own line has no units.
#[derive(Default)]
struct Goods {
    lines: Option<Vec<PlacedLine>>,
    numbers: Vec<u32>,
}

impl Goods {
    fn of(lines: &[PlacedLine], has_kits: bool) -> Goods {
        if !has_kits {
            return Goods::default();
        }
        let (numbers, lines) = (1u32..).zip(lines.iter().copied()).filter(|(_, line)| line.qty > 0).unzip();
        Goods { lines: Some(lines), numbers }
    }
}

/// What the hold that an order replaces has reserved is given back, too, as what it calls off is.
fn end_hold(state: &State, dense: &DenseOrder, called: &mut Called) -> Result<(), Rejection> {
    if let Some(hold) = state.docs.hold.get(dense.hold.0) {
        if hold.channel != dense.channel {
            let need = "a hold of the order's own channel".into();
            return Err(Rejection::InvalidField { field: "hold".into(), need });
        }
        credit(state, hold.first_reservation, &mut called.back);
        super::dated::give_all(state, &mut called.given, hold.first_reservation);
    }
    called.back.put_in_order();
    Ok(())
}

/// `Ok` if an order may go there, of such goods, by then.
pub(super) fn check_terms(state: &State, dense: &DenseOrder, deliver_by: Instant) -> Result<(), Rejection> {
    if !dense.to.is_valid() {
        let need = "latitude -90 to 90 and longitude -180 to 180".into();
        return Err(Rejection::InvalidField { field: "to".into(), need });
    }
    check_orderable(state, &beyond_hold(state, &dense.lines, dense.hold)?, "place_order")?;
    super::schedule::check_date(dense.terms.as_deref(), deliver_by)?;
    if !deliver_by.is_valid() {
        return Err(Rejection::InvalidInstant { field: "deliver_by".into() });
    }
    check_worth(state, &dense.lines)
}

/// The channel of an order whose number is new.
fn channel_of_new<'a>(state: &'a State, dense: &DenseOrder) -> Result<&'a ChannelRow, Rejection> {
    if state.docs.orders.find(&dense.order).is_some() {
        let document = dense.order.to_string();
        return Err(Rejection::DocumentExists { kind: "order".into(), document });
    }
    let unknown = || Rejection::UnknownChannel { channel: dense.channel.0.to_string() };
    state.catalog.channel.get(dense.channel.0).ok_or_else(unknown)
}

/// The order's number, where somebody asks for it: outside knowledge, transfers, explanations.
fn number_for(state: &State, dense: &DenseOrder) -> String {
    let asked = state.derived.policy.brings || !state.outside.is_empty() || dense.detail == Detail::Full;
    if asked { dense.order.to_string() } else { String::new() }
}

/// What is to be sourced for a new order that has only lines and terms.
fn new_task<'a>(
    state: &State,
    dense: &DenseOrder,
    deliver_by: Instant,
    lines: &'a [PlacedLine],
    terms: &'a TermsRow,
) -> Task<'a> {
    Task {
        order: OrderId(num::id(state.docs.order.len())),
        channel: dense.channel,
        to: dense.to,
        deliver_by,
        commitment: dense.commitment,
        shortage: None,
        lines,
        numbers: &[],
        credit: &[],
        lots: Lots { given: &[], benches: &[] },
        own: &[],
        stays: &[],
        days: &[],
        detail: dense.detail,
        number: "",
        terms,
        called: &[],
        caps: &[],
        without: ServiceId::NONE,
        brings: Bring::Lacking,
        named: None,
    }
}

/// An order as it is written down before it is sourced.
fn placed(
    dense: &DenseOrder,
    channel: &ChannelRow,
    deliver_by: Instant,
    lines: &[PlacedLine],
) -> OrderPlaced {
    OrderPlaced {
        order: dense.order.clone(),
        channel: dense.channel,
        to: dense.to,
        deliver_by,
        priority: dense.priority.unwrap_or(channel.priority),
        commitment: dense.commitment,
        hold: dense.hold,
        lines: Few::from_slice(lines),
        plan: Plan::default(),
        exceptions: Vec::new(),
        kits: Vec::new(),
        terms: None,
        substituted: Vec::new(),
    }
}

/// Captures and sources an order, into `body`.
pub(crate) fn decide_order(
    state: &State,
    allocator: &mut Allocator,
    dense: &DenseOrder,
    at: Instant,
    body: &mut Body,
) -> Result<Option<Box<Explanation>>, Rejection> {
    let channel = channel_of_new(state, dense)?;
    let from = dense.terms.as_ref().and_then(|terms| terms.ship_from).map_or(at, |from| from.max(at));
    let deliver_by = dense.deliver_by.unwrap_or_else(|| from.plus_seconds(channel.promise_s));
    check_terms(state, dense, deliver_by)?;
    let number = number_for(state, dense);
    let plain = dense.terms.is_none() && dense.lots.is_empty() && dense.hold == HoldId::NONE;
    if plain && state.catalog.kits.len() == 0 && !state.derived.policy.substitutes {
        // Most orders say nothing beside their lines, and these are given as they are asked for.
        let terms = TermsRow::none();
        let task = Task { number: &number, ..new_task(state, dense, deliver_by, &dense.lines, &terms) };
        *body = Body::OrderPlaced(placed(dense, channel, deliver_by, &dense.lines));
        let Body::OrderPlaced(placed) = body else { return Ok(None) };
        return source(state, allocator, &task, at, &mut placed.plan, &mut placed.exceptions);
    }
    let opened = super::abroad::open_lines(state, dense)?;
    let (lines, kits) = opened.as_ref().map_or((&*dense.lines, Vec::new()), |o| (&*o.lines, o.kits.clone()));
    let mut called = super::schedule::call_off(state, dense, !kits.is_empty())?;
    end_hold(state, dense, &mut called)?;
    let goods = Goods::of(lines, !kits.is_empty());
    let terms = dense.terms.as_deref().map_or_else(TermsRow::none, PlacedTerms::row);
    let task = Task {
        numbers: &goods.numbers,
        credit: &called.back,
        lots: Lots { given: &called.given, benches: &[] },
        own: &called.back,
        number: &number,
        called: &called.waiting,
        ..new_task(state, dense, deliver_by, goods.lines.as_deref().unwrap_or(lines), &terms)
    };
    let lots = named(state, (dense, &lots_of(state, dense, lines, &kits)?), &task, at)?;
    let task = lots.as_ref().map_or(task, |lots| lots.keep(task));
    let pins = if from == at { super::hold::pins(state, dense.hold, &task) } else { None };
    let task = pins.as_ref().map_or(task, |pins| pins.keep(state, allocator, task, at));
    let plain = kits.is_empty() && from == at && lots.is_none();
    let changed = if plain { substitute(state, allocator, &task, at) } else { None };
    let (changed, substituted) = changed.unwrap_or_default();
    let lines = if substituted.is_empty() { lines } else { changed.as_slice() };
    let task = if substituted.is_empty() { task } else { Task { lines, ..task } };
    check_worth(state, &changed)?;
    let placed = placed(dense, channel, deliver_by, lines);
    *body = Body::OrderPlaced(OrderPlaced { kits, terms: dense.terms.clone(), substituted, ..placed });
    source_placed(state, allocator, &task, (dense, at), (called.lines, lots.as_ref()), body)
}

/// Sources an order that is otherwise written down.
fn source_placed(
    state: &State,
    allocator: &mut Allocator,
    task: &Task<'_>,
    (dense, at): (&DenseOrder, Instant),
    (called, named): (Vec<LineQty>, Option<&Named>),
    body: &mut Body,
) -> Result<Option<Box<Explanation>>, Rejection> {
    let Body::OrderPlaced(placed) = body else { return Ok(None) };
    if let Some(terms) = &mut placed.terms {
        terms.called = called;
        super::abroad::keep_prices(state, dense, &placed.lines, terms)?;
    }
    super::credit::check_terms(state, placed, task.order, at)?;
    let why = source(state, allocator, task, at, &mut placed.plan, &mut placed.exceptions)?;
    let mut lots = Vec::new();
    if let Some(named) = named {
        if dense.commitment != Commitment::External {
            named.check(state, task.channel, &placed.plan)?;
        }
        lots = named.lots();
    }
    // Of a SKU of which no line names a lot, lines go on naming the hold's.
    lots.extend(lots_of_hold(state, dense.hold, task, &placed.plan, named));
    lots.put_in_order_by_key(|lot| lot.line);
    if !lots.is_empty() {
        let none = || resolve_terms(state, &OrderTerms::default());
        let mut terms = placed.terms.take().map_or_else(none, Ok)?;
        terms.lots = lots;
        placed.terms = Some(terms);
    }
    Ok(why)
}

pub(super) fn unknown_order(number: &str) -> Rejection {
    Rejection::UnknownDocument { kind: "order".into(), document: number.chars().take(64).collect() }
}

/// An order that has something open, or the refusal of a step that needs that.
pub(crate) fn open_order(state: &State, number: &str, step: &str) -> Result<OrderId, Rejection> {
    let id = known_document(&state.docs.orders, "order", number)?;
    let Some(row) = state.docs.order.get(id) else { return Err(unknown_order(number)) };
    let lines: &[LineRow] = &state.order_lines(row);
    if lines.iter().any(|line| line.reserved > 0 || line.backordered > 0) {
        return Ok(OrderId(id));
    }
    Err(illegal(number, row.state(lines), step))
}

pub(crate) fn illegal(number: &str, state: OrderState, step: &str) -> Rejection {
    let state = match state {
        OrderState::Planned => "planned",
        OrderState::Backordered => "backordered",
        OrderState::Shipped => "shipped",
        OrderState::Cancelled => "cancelled",
    };
    Rejection::IllegalStep {
        kind: "order".into(),
        document: number.into(),
        state: state.into(),
        step: step.into(),
    }
}

/// Strikes what is open.
pub(crate) fn decide_cancel(state: &State, cancel: &CancelOrder) -> Result<Body, Rejection> {
    let order = open_order(state, &cancel.order, "cancel_order")?;
    let reason = state.catalog.reason_of(&cancel.reason)?;
    let Some(row) = state.docs.order.get(order.0) else { return Err(unknown_order(&cancel.order)) };
    let rows: &[LineRow] = &state.order_lines(row);
    let open = |line: &LineRow| line.reserved.saturating_add(line.backordered);
    if cancel.lines.is_empty() {
        let all = (1u32..).zip(rows).map(|(line, row)| LineQty { line, qty: open(row) });
        let lines = all.filter(|line| line.qty > 0).collect();
        return Ok(Body::OrderCancelled(OrderCancelled {
            order,
            reason,
            lines,
            node: None,
            exceptions: Vec::new(),
        }));
    }
    at_most("lines", cancel.lines.len(), LINES_MAX)?;
    let asked = opened_lines(state, order, &cancel.lines)?;
    let mut lines: Vec<LineQty> = Vec::with_capacity(asked.len());
    for struck in &asked {
        let line = line_of(rows, &cancel.order, struck.line)?;
        let qty = quantity(struck.qty)?;
        let before = lines.iter().filter(|known| known.line == struck.line).map(|known| known.qty);
        let open = before.fold(open(line), i64::saturating_sub);
        if qty > open {
            let document = cancel.order.clone();
            return Err(Rejection::MoreThanOpen { document, line: struck.line, asked: qty, open });
        }
        lines.push(LineQty { line: struck.line, qty });
    }
    Ok(Body::OrderCancelled(OrderCancelled { order, reason, lines, node: None, exceptions: Vec::new() }))
}

/// A line by its number, from 1.
pub(crate) fn line_of<'a>(
    rows: &'a [LineRow],
    document: &str,
    number: u32,
) -> Result<&'a LineRow, Rejection> {
    let unknown = || Rejection::UnknownLine { document: document.into(), line: number };
    let at = number.checked_sub(1).ok_or_else(unknown)?;
    rows.get(num::index(at)).ok_or_else(unknown)
}
