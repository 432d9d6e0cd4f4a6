//! From order to cash, stage by stage: captured, held, released in waves, picked, packed, tracked, delivered.
//! A channel says which stages its orders must go through; where it says nothing, an order may ship as soon
//! as it is planned.

use super::abroad::{abroad, check_currency};
use super::common::*;
use super::credit::orders_of;
use super::instead::PickedInstead;
use super::invoice::convert;
use super::order::{DenseOrder, DocumentLine, OrderLine, PlaceOrder, illegal, line_of, resolve_order};
use crate::allocation::grams;
use crate::catalog::*;
use crate::exception::*;
use crate::policy::Scope;
use crate::record::*;
use crate::value::digest::Digest;
use crate::value::ids::*;
use crate::value::money::{MICROS, Money};
use crate::value::num;
use crate::value::rejection::Rejection;
use crate::value::sort::PutInOrder;
use crate::value::time::Instant;
use crate::value::wire::wire;

wire! {
    /// Takes an order in as a channel sends it. What is wrong with it does not refuse it: it is parked with
    /// all its faults, and an exception is opened. What is right is placed.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    /// // A channel sends an order of a SKU that nobody knows: it is parked, not lost.
    /// let order = PlaceOrder {
    ///     order: "1001".into(), channel: "web".into(), to: Point::default(),
    ///     lines: vec![OrderLine { sku: "T-SHIRT".into(), qty: 3, unit: None, price: None, lot: None }],
    ///     ..PlaceOrder::default()
    /// };
    /// let capture = CaptureOrder { order, customer: "c-7".into(), address: vec![] };
    /// book.execute(&Envelope::new("1001", at, Command::CaptureOrder(capture)))?;
    /// assert_eq!((book.order_count(), book.open_exceptions().len()), (0, 1));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[derive(Default)]
    pub struct CaptureOrder {
        /// The order.
        pub order: PlaceOrder,
        /// Who buys; together with the goods it tells a repeated order.
        #[serde(default)]
        pub customer: String,
        /// Street, town and country as the customer wrote it; empty = the channel has none.
        #[serde(default)]
        pub address: Vec<String>,
    }

    /// Has an order wait for a person.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    #[doc = include_str!("../example_order.txt")]
    /// let hold = HoldOrder { order: "1001".into(), hold: OrderHoldKind::Fraud, note: "look at it".into() };
    /// book.execute(&Envelope::new("hold", at, Command::HoldOrder(hold)))?;
    /// let ship = r#"{"ship_order":{"order":"1001","node":"RENO"}}"#;
    /// let no = book.execute(&Envelope::new("ship", at, serde_json::from_str(ship)?)).unwrap_err();
    /// assert_eq!(no, Rejection::OrderOnHold { order: "1001".into(), hold: "fraud".into() });
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct HoldOrder {
        /// The order.
        pub order: String,
        /// Why.
        pub hold: OrderHoldKind,
        /// In words.
        #[serde(default)]
        pub note: String,
    }

    /// Lets an order go on.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    #[doc = include_str!("../example_order.txt")]
    /// # let json = r#"{"hold_order":{"order":"1001","hold":"fraud"}}"#;
    /// # book.execute(&Envelope::new("hold", at, serde_json::from_str(json)?))?;
    /// // Order 1001 waits: it may be a fraud.
    /// let release = ReleaseOrder { order: "1001".into(), hold: OrderHoldKind::Fraud };
    /// book.execute(&Envelope::new("release", at, Command::ReleaseOrder(release)))?;
    /// let ship = r#"{"ship_order":{"order":"1001","node":"RENO"}}"#;
    /// assert!(book.execute(&Envelope::new("ship", at, serde_json::from_str(ship)?)).is_ok());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct ReleaseOrder {
        /// The order.
        pub order: String,
        /// What it waited for.
        pub hold: OrderHoldKind,
    }

    /// Gives a node the next orders to work on: those planned from it, not held, not released before, the
    /// most important and the earliest first.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    #[doc = include_str!("../example_order.txt")]
    /// let wave: ReleaseWave = serde_json::from_str(r#"{"wave":"W-1","node":"RENO"}"#)?;
    /// book.execute(&Envelope::new("w-1", at, Command::ReleaseWave(wave)))?;
    /// let work = Query::Fulfilment(DocumentQuery { document: "1001".into() });
    /// let Answer::Fulfilment(work) = book.ask(&work)? else { panic!() };
    /// assert_eq!(work.nodes[0].stage, FulfilmentStage::Released);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct ReleaseWave {
        /// Number of the wave.
        pub wave: String,
        /// The node.
        pub node: String,
        /// Only parcels that leave until then; none = all.
        #[serde(default)]
        pub cut_off: Option<Instant>,
        /// Only parcels of these carrier services; empty = all.
        #[serde(default)]
        pub services: Vec<String>,
        /// Only orders of this priority or a more important one; none = all.
        #[serde(default)]
        pub priority_max: Option<u8>,
        /// Only orders that go at most so far; none = all.
        #[serde(default)]
        pub distance_km_max: Option<u32>,
        /// At most so many orders; 0 = 1,000.
        #[serde(default)]
        pub orders_max: u32,
    }

    /// Records what a picker found for an order.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    #[doc = include_str!("../example_order.txt")]
    /// # let json = r#"{"release_wave":{"wave":"W-1","node":"RENO"}}"#;
    /// # book.execute(&Envelope::new("wave", at, serde_json::from_str(json)?))?;
    /// // Of the 3 TEE of order 1001, the picker finds two.
    /// let pick = RecordPick {
    ///     order: "1001".into(), node: "RENO".into(),
    ///     picked: vec![DocumentLine { line: 1, qty: 2 }], short: vec![DocumentLine { line: 1, qty: 1 }],
    ///     instead: vec![],
    /// };
    /// book.execute(&Envelope::new("pick", at, Command::RecordPick(pick)))?;
    /// assert_eq!(book.open_exceptions()[0].opened.code, ExceptionCode::ShortPick);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct RecordPick {
        /// The order.
        pub order: String,
        /// The node.
        pub node: String,
        /// What was picked.
        #[serde(default)]
        pub picked: Vec<DocumentLine>,
        /// What was not there: it is not reserved any more and waits. As many units lie as `inspection` where
        /// the book has them, promised to nobody, until `move_stock` gives them back or `adjust_stock` writes
        /// them off.
        #[serde(default)]
        pub short: Vec<DocumentLine>,
        /// What was picked otherwise than planned, beside `picked`: another SKU, or a lot by its name.
        #[serde(default)]
        pub instead: Vec<PickedInstead>,
    }

    /// Records what was packed for an order.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    #[doc = include_str!("../example_order.txt")]
    /// # for (id, json) in [r#"{"release_wave":{"wave":"W-1","node":"RENO"}}"#,
    /// #     r#"{"record_pick":{"order":"1001","node":"RENO","picked":[{"line":1,"qty":3}]}}"#,
    /// # ].iter().enumerate() {
    /// #     book.execute(&Envelope::new(&id.to_string(), at, serde_json::from_str(json)?))?;
    /// # }
    /// // The 3 TEE of order 1001, 200 g each, are picked.
    /// let carton = Carton {
    ///     carton: "C-1".into(), weight_g: 600, lines: vec![DocumentLine { line: 1, qty: 3 }],
    /// };
    /// let pack = PackOrder { order: "1001".into(), node: "RENO".into(), cartons: vec![carton] };
    /// book.execute(&Envelope::new("pack", at, Command::PackOrder(pack)))?;
    /// let work = Query::Fulfilment(DocumentQuery { document: "1001".into() });
    /// let Answer::Fulfilment(work) = book.ask(&work)? else { panic!() };
    /// assert_eq!((work.nodes[0].stage, work.nodes[0].cartons.len()), (FulfilmentStage::Packed, 1));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct PackOrder {
        /// The order.
        pub order: String,
        /// The node.
        pub node: String,
        /// The cartons.
        pub cartons: Vec<Carton>,
    }

    /// A carton.
    pub struct Carton {
        /// Its number.
        pub carton: String,
        /// What it weighs, in grams; 0 = it was not weighed.
        #[serde(default)]
        pub weight_g: i64,
        /// What is in it.
        pub lines: Vec<DocumentLine>,
    }

    /// Says how a shipment is found again. A node that ships an order in parts says so for each.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    #[doc = include_str!("../example_order.txt")]
    /// # let json = r#"{"ship_order":{"order":"1001","node":"RENO"}}"#;
    /// # book.execute(&Envelope::new("ship", at, serde_json::from_str(json)?))?;
    /// let track = TrackShipment { order: "1001".into(), node: "RENO".into(), tracking: "1Z-17".into() };
    /// book.execute(&Envelope::new("track", at, Command::TrackShipment(track)))?;
    /// let work = Query::Fulfilment(DocumentQuery { document: "1001".into() });
    /// let Answer::Fulfilment(work) = book.ask(&work)? else { panic!() };
    /// assert_eq!(work.nodes[0].tracking, "1Z-17");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct TrackShipment {
        /// The order.
        pub order: String,
        /// The node that shipped.
        pub node: String,
        /// The carrier's number.
        pub tracking: String,
    }

    /// Says whether a shipment arrived. A node that has more of the order to send stays at that work.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    #[doc = include_str!("../example_order.txt")]
    /// # let json = r#"{"ship_order":{"order":"1001","node":"RENO"}}"#;
    /// # book.execute(&Envelope::new("ship", at, serde_json::from_str(json)?))?;
    /// let lost = DeliverOrder {
    ///     order: "1001".into(), node: "RENO".into(), delivered: false, note: "address unknown".into(),
    /// };
    /// book.execute(&Envelope::new("lost", at, Command::DeliverOrder(lost)))?;
    /// assert_eq!(book.open_exceptions()[0].opened.code, ExceptionCode::DeliveryFailed);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct DeliverOrder {
        /// The order.
        pub order: String,
        /// The node that shipped.
        pub node: String,
        /// Whether it arrived.
        pub delivered: bool,
        /// In words.
        #[serde(default)]
        pub note: String,
    }

    /// Records that a customer was told something.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    #[doc = include_str!("../example_order.txt")]
    /// let (order, message, text) = ("1001".into(), "delay".into(), "Two days more".into());
    /// let tell = NotifyCustomer { order, message, text };
    /// let receipt = book.execute(&Envelope::new("tell", at, Command::NotifyCustomer(tell)))?;
    /// let event = book.event(receipt.sequence).ok_or("it is in the window")?;
    /// assert_eq!(event.body.name(), "CustomerNotified");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct NotifyCustomer {
        /// The order.
        pub order: String,
        /// What kind of message, as in `delay`.
        pub message: String,
        /// Its text.
        #[serde(default)]
        pub text: String,
    }
}

/// A command of this room.
pub(crate) enum Fulfil<'a> {
    Hold(&'a HoldOrder),
    Release(&'a ReleaseOrder),
    Workflow(&'a SetWorkflow),
    Wave(&'a ReleaseWave),
    Pick(&'a RecordPick),
    Pack(&'a PackOrder),
    Track(&'a TrackShipment),
    Deliver(&'a DeliverOrder),
    Notify(&'a NotifyCustomer),
}

pub(crate) fn decide_fulfilment(state: &State, command: &Fulfil<'_>, at: Instant) -> Result<Body, Rejection> {
    match command {
        Fulfil::Hold(hold) => {
            let (order, row) = order_of(state, &hold.order)?;
            at_most("characters of the note", hold.note.len(), 1_000)?;
            let standing = row.state(&state.order_lines(row));
            if matches!(standing, OrderState::Shipped | OrderState::Cancelled)
                || state.desk.holds_of(order).any(|kind| kind == hold.hold)
            {
                return Err(illegal(&hold.order, standing, "hold_order"));
            }
            Ok(Body::OrderHeld(OrderHeld { order, hold: hold.hold, note: hold.note.clone() }))
        }
        Fulfil::Release(release) => {
            let (order, row) = order_of(state, &release.order)?;
            if !state.desk.holds_of(order).any(|kind| kind == release.hold) {
                return Err(illegal(&release.order, row.state(&state.order_lines(row)), "release_order"));
            }
            Ok(Body::OrderReleased(OrderReleased { order, hold: release.hold }))
        }
        Fulfil::Workflow(set) => {
            let (channel, _) = state.catalog.channel_of(&set.channel)?;
            at_most("stages", set.stages.len(), 3)?;
            Ok(Body::WorkflowSet(WorkflowSet { channel, stages: set.stages.clone() }))
        }
        Fulfil::Wave(wave) => decide_wave(state, wave),
        Fulfil::Pick(pick) => decide_pick(state, pick, at),
        Fulfil::Pack(pack) => decide_pack(state, pack, at),
        Fulfil::Track(track) => {
            let (order, node) = shipped_from(state, &track.order, &track.node, "track_shipment")?;
            code("tracking", &track.tracking)?;
            Ok(Body::ShipmentTracked(ShipmentTracked { order, node, tracking: track.tracking.clone() }))
        }
        Fulfil::Deliver(deliver) => {
            let (order, node) = shipped_from(state, &deliver.order, &deliver.node, "deliver_order")?;
            at_most("characters of the note", deliver.note.len(), 1_000)?;
            let failed = Opened { order, node, ..Opened::of(ExceptionCode::DeliveryFailed) };
            let exceptions = if deliver.delivered { Vec::new() } else { vec![failed.about("")] };
            let (delivered, note) = (deliver.delivered, deliver.note.clone());
            Ok(Body::OrderDelivered(OrderDelivered { order, node, delivered, note, exceptions }))
        }
        Fulfil::Notify(notify) => {
            let (order, _) = order_of(state, &notify.order)?;
            code("message", &notify.message)?;
            at_most("characters of the text", notify.text.len(), 10_000)?;
            let (message, text) = (notify.message.clone(), notify.text.clone());
            Ok(Body::CustomerNotified(CustomerNotified { order, message, text }))
        }
    }
}

fn order_of<'a>(state: &'a State, number: &str) -> Result<(OrderId, &'a OrderRow), Rejection> {
    let id = known_document(&state.docs.orders, "order", number)?;
    let unknown = || Rejection::UnknownDocument { kind: "order".into(), document: shown(number) };
    state.docs.order.get(id).map(|row| (OrderId(id), row)).ok_or_else(unknown)
}

impl CaptureOrder {
    /// The order with its customer in its terms.
    pub(crate) fn placed(&self) -> PlaceOrder {
        let mut order = self.order.clone();
        if !self.customer.is_empty() {
            let terms = order.terms.get_or_insert_default();
            terms.customer.get_or_insert_with(|| self.customer.clone());
        }
        order
    }
}

/// What makes an order the same as another one: who buys what, and where it goes.
fn print(capture: &CaptureOrder) -> u64 {
    Digest::of(&(&capture.customer, &capture.order.channel, capture.order.to, &capture.order.lines))
}

/// Whether a customer has a live order of the same goods to the same place, from the same channel, that is
/// not older than `repeat_days_max`.
fn repeats(state: &State, customer: &str, order: &DenseOrder, at: Instant) -> bool {
    let known = |id: OrderId| {
        let Some(row) = state.docs.order.get(id.0) else { return false };
        let rows = state.order_lines(row);
        let level = order.terms.as_ref().map_or("", |terms| terms.segment.as_str());
        let place = scope_of_customer(state, customer, level, row.channel);
        let days = state.read_parameter("repeat_days_max", &place, at).micros();
        let until = row.placed_at.plus_seconds(num::mul_div(days, 86_400, MICROS).unwrap_or(0));
        at <= until
            && (row.channel, row.to) == (order.channel, order.to)
            && row.state(&rows) != OrderState::Cancelled
            && rows.iter().map(|row| (row.sku, row.qty)).eq(order.lines.iter().map(|l| (l.sku, l.qty)))
    };
    orders_of(state, customer).any(known)
}

/// What is wrong with an order as it came in.
#[derive(Default)]
pub(crate) struct Faults {
    /// All of it, in words.
    pub told: Vec<String>,
    /// What others than the order desk have to look at.
    pub raised: Vec<Raised>,
}

impl Faults {
    /// An order that would be refused. Where more is asked for than there is, an oversell is averted.
    pub(crate) fn refused(state: &State, order: &str, refusal: &Rejection) -> Faults {
        let mut faults = Faults { told: vec![refusal.to_string()], ..Faults::default() };
        if let Rejection::StockShort { sku, asked, available, .. } = refusal
            && asked > available
        {
            let (code, qty) = (ExceptionCode::OversellAverted, asked.saturating_sub(*available));
            let sku = state.catalog.sku_of(sku).map_or(SkuId::NONE, |(id, _)| id);
            faults.raised.push(Opened { sku, qty, ..Opened::of(code) }.about(order));
        }
        faults
    }
}

/// What is wrong with a price beside its list price in the same currency, if anything.
pub(super) fn wrong_price(
    state: &State,
    (line, list): (&OrderLine, Money),
    place: &Scope,
    at: Instant,
) -> Option<String> {
    let share = state.read_parameter("price_below_list_share", place, at);
    let most = state.read_parameter("price_tolerance_share", place, at).micros();
    let price = line.price.unwrap_or(list).micros();
    let floor = num::mul_div(list.micros(), MICROS.saturating_sub(share.micros()), MICROS);
    let may = num::mul_div(list.micros(), most, MICROS).unwrap_or(i64::MAX);
    let differs = price.saturating_sub(list.micros()).saturating_abs();
    let (sku, said) = (shown(&line.sku), Money::from_micros(price));
    if price < floor.unwrap_or(0) {
        return Some(format!("`{sku}` at {said} is too far below its list price of {list}"));
    }
    let off = most >= 0 && differs > may;
    off.then(|| format!("`{sku}` at {said} differs too much from its list price of {list}"))
}

/// Everything that is wrong with an order as it came in, and its print.
pub(crate) fn faults_of(state: &State, capture: &CaptureOrder, at: Instant) -> (Faults, u64) {
    let (order, catalog) = (&capture.order, &state.catalog);
    let (mut faults, mut raised) = (Vec::new(), Vec::new());
    let resolved = resolve_order(state, order);
    if let Err(fault) = &resolved {
        faults.push(fault.to_string());
    }
    for line in &order.lines {
        if catalog.sku_of(&line.sku).is_err() {
            faults.push(format!("unknown SKU `{}`", shown(&line.sku)));
        }
    }
    if !order.to.is_valid() || capture.address.iter().any(|part| part.trim().is_empty()) {
        faults.push("the address cannot be delivered to".into());
    }
    let print = print(capture);
    let repeats = |order: &DenseOrder| repeats(state, &capture.customer, order, at);
    if state.desk.prints.find(&print).is_some() && resolved.is_ok_and(|order| repeats(&order)) {
        faults.push("the same customer ordered the same goods to the same place before".into());
    }
    let customer = order.terms.as_ref().and_then(|terms| terms.customer.clone());
    let customer = customer.or_else(|| (!capture.customer.is_empty()).then(|| capture.customer.clone()));
    let service_level = order.terms.as_ref().and_then(|terms| terms.segment.clone());
    let here = Scope { channel: Some(order.channel.clone()), customer, service_level, ..Scope::default() };
    let sold_in = order.terms.as_ref().and_then(|terms| terms.sold_in.as_ref());
    let sold_in = sold_in.filter(|sold| check_currency(state, sold).is_ok());
    // Of several minimums the greatest holds for the order.
    let mut least = state.read_parameter("order_value_min", &here, at);
    let mut worth = 0i64;
    for line in &order.lines {
        let Ok((_, row)) = catalog.sku_of(&line.sku) else { continue };
        let category = catalog.groups.get(row.group).map(ToString::to_string);
        let place = Scope { category, ..here.clone() };
        least = least.max(state.read_parameter("order_value_min", &place, at));
        let list = sold_in.and_then(|sold| abroad(row.price, sold).ok()).unwrap_or(row.price);
        if let Some(wrong) = wrong_price(state, (line, list), &place, at) {
            faults.push(wrong);
            if raised.is_empty() {
                raised.push(Opened::of(ExceptionCode::PriceMismatch).about(&order.order));
            }
        }
        let price = line.price.unwrap_or(list).micros();
        worth = worth.saturating_add(num::mul_div(price, line.qty, row.scale).unwrap_or(i64::MAX));
    }
    let mut worth = Money::from_micros(worth);
    if let Some(sold) = sold_in {
        worth = convert(worth, Some(sold.rate), state.head.minor).unwrap_or(worth);
    }
    if worth < least {
        faults.push(format!("worth {worth}, at least {least} is needed"));
    }
    let mut told: Vec<String> = Vec::with_capacity(faults.len());
    for fault in faults {
        if !told.contains(&fault) {
            told.push(fault);
        }
    }
    (Faults { told, raised }, print)
}

/// An order that is parked with its faults.
pub(crate) fn park_order(capture: &CaptureOrder, faults: Faults) -> Result<Body, Rejection> {
    code("order", &capture.order.order)?;
    let text = serde_json::to_string(capture).unwrap_or_default();
    let mut body = parked(&capture.order.order, faults.told, text);
    if let Body::OrderParked(parked) = &mut body {
        parked.exceptions.extend(faults.raised);
    }
    Ok(body)
}

/// An order parked as it was said.
pub(super) fn parked(order: &str, faults: Vec<String>, text: String) -> Body {
    let exceptions = vec![Opened::of(ExceptionCode::OrderParked).about(order)];
    Body::OrderParked(OrderParked { order: DocKey::from(order), faults, text, exceptions })
}

fn decide_wave(state: &State, wave: &ReleaseWave) -> Result<Body, Rejection> {
    let key = new_document(&state.desk.waves, "wave", &wave.wave)?;
    let (node, row) = state.catalog.node_of(&wave.node)?;
    if row.status == NodeStatus::Closed {
        return Err(Rejection::NodeClosed { node: wave.node.clone() });
    }
    at_most("services", wave.services.len(), 64)?;
    let services: Result<Vec<ServiceId>, Rejection> =
        wave.services.iter().map(|service| state.catalog.service_of(service)).collect();
    let services = services?;
    let most = if wave.orders_max == 0 { 1_000 } else { num::index(wave.orders_max).min(10_000) };
    let far = wave.distance_km_max.map(|km| i64::from(km).saturating_mul(1_000_000));
    let mut found: Vec<(u8, Instant, u64, OrderId)> = Vec::new();
    for (_, parcel) in state.docs.parcels.iter().filter(|(_, parcel)| parcel.node == node) {
        let Some(order) = state.docs.order.get(parcel.order.0) else { continue };
        let fits = wave.cut_off.is_none_or(|cut_off| parcel.ship_at <= cut_off)
            && (services.is_empty() || services.contains(&parcel.service))
            && wave.priority_max.is_none_or(|most| order.priority <= most)
            && far.is_none_or(|far| row.place.distance_mm(order.to) <= far);
        let work = state.desk.fulfilment_of(parcel.order, node).map(|(_, row)| row.stage.word());
        let step = DocumentKind::Fulfilment.arrow(work.unwrap_or("none"), "release_wave");
        let free = step.is_some() && state.desk.holds_of(parcel.order).next().is_none();
        if fits && free && state.reserved_for(parcel.order, node) > 0 {
            found.push((order.priority, parcel.ship_at, order.sequence, parcel.order));
        }
    }
    found.put_in_order();
    let mut orders: Vec<OrderId> = Vec::new();
    for (.., order) in found {
        if orders.len() < most && !orders.contains(&order) {
            orders.push(order);
        }
    }
    if orders.is_empty() {
        return Err(Rejection::NothingToRelease { node: wave.node.clone() });
    }
    Ok(Body::WaveReleased(WaveReleased { wave: key, node, orders }))
}

/// A node's work on an order, or the refusal of a step that is none from there.
fn step_of(
    state: &State,
    order: &str,
    node: &str,
    step: &str,
) -> Result<(OrderId, NodeId, FulfilmentStage), Rejection> {
    let (id, _) = order_of(state, order)?;
    let (at, _) = state.catalog.node_of(node)?;
    let stage = state.desk.fulfilment_of(id, at).map(|(_, row)| row.stage);
    let word = stage.map_or("none", FulfilmentStage::word);
    match stage {
        Some(stage) if DocumentKind::Fulfilment.arrow(word, step).is_some() => Ok((id, at, stage)),
        _ => Err(no_step("fulfilment", &format!("{order} at {node}"), word, step)),
    }
}

/// The refusal of a step that a document's table does not have.
pub(crate) fn no_step(kind: &str, document: &str, state: &str, step: &str) -> Rejection {
    let (kind, document) = (kind.into(), document.into());
    Rejection::IllegalStep { kind, document, state: state.into(), step: step.into() }
}

fn held(state: &State, order: OrderId) -> Result<(), Rejection> {
    match state.desk.holds_of(order).next() {
        None => Ok(()),
        Some(hold) => {
            let hold = serde_json::to_string(&hold).unwrap_or_default().replace('"', "");
            Err(Rejection::OrderOnHold { order: order_code(state, order), hold })
        }
    }
}

/// Line numbers and quantities, each line once.
fn lines_of(
    state: &State,
    order: OrderId,
    number: &str,
    given: &[DocumentLine],
) -> Result<Vec<LineQty>, Rejection> {
    let rows = state.docs.order.get(order.0).map(|row| state.order_lines(row)).unwrap_or_default();
    at_most("lines", given.len(), LINES_MAX)?;
    let mut lines: Vec<LineQty> = Vec::with_capacity(given.len());
    for line in given {
        line_of(&rows, number, line.line)?;
        let qty = quantity(line.qty)?;
        match lines.iter_mut().find(|known| known.line == line.line) {
            Some(known) => known.qty = num::add(known.qty, qty)?,
            None => lines.push(LineQty { line: line.line, qty }),
        }
    }
    Ok(lines)
}

/// Units of a line that are reserved at a node.
pub(super) fn reserved(state: &State, order: OrderId, line: u32, node: NodeId) -> i64 {
    let Some(row) = state.docs.order.get(order.0) else { return 0 };
    let first = state.docs.line_id(row.first_line, line);
    let first = state.docs.lines.get(first).map_or(NOTHING, |line| line.first_reservation);
    let here = state.ready_at(first, node);
    here.map(|(_, row)| row.qty).fold(0, i64::saturating_add)
}

fn qty_of(lines: &[(u32, i64)], line: u32) -> i64 {
    lines.iter().find(|(known, _)| *known == line).map_or(0, |(_, qty)| *qty)
}

fn too_much(document: &str, line: u32, asked: i64, open: i64) -> Rejection {
    Rejection::MoreThanOpen { document: document.into(), line, asked, open }
}

fn decide_pick(state: &State, pick: &RecordPick, at: Instant) -> Result<Body, Rejection> {
    let (order, node, _) = step_of(state, &pick.order, &pick.node, "record_pick")?;
    held(state, order)?;
    let picked = lines_of(state, order, &pick.order, &pick.picked)?;
    let short = lines_of(state, order, &pick.order, &pick.short)?;
    let other = |line: &PickedInstead| DocumentLine { line: line.line, qty: line.qty };
    let other: Vec<DocumentLine> = pick.instead.iter().map(other).collect();
    let other = lines_of(state, order, &pick.order, &other)?;
    if picked.is_empty() && short.is_empty() && other.is_empty() {
        return Err(Rejection::NoLines { field: "picked".into() });
    }
    let mut before =
        state.desk.fulfilment_of(order, node).map(|(_, row)| row.picked.clone()).unwrap_or_default();
    let of = |lines: &[LineQty], line: u32| lines.iter().find(|l| l.line == line).map_or(0, |l| l.qty);
    for line in picked.iter().chain(&short).chain(&other) {
        let open = reserved(state, order, line.line, node).saturating_sub(qty_of(&before, line.line));
        let asked = [&picked, &short, &other].map(|list| of(list, line.line));
        let asked = asked.into_iter().fold(0, i64::saturating_add);
        if asked > open {
            return Err(too_much(&pick.order, line.line, asked, open));
        }
    }
    let rows = state.docs.order.get(order.0).map(|row| state.order_lines(row)).unwrap_or_default();
    for line in &picked {
        match before.iter_mut().find(|(known, _)| *known == line.line) {
            Some((_, qty)) => *qty = qty.saturating_add(line.qty),
            None => before.push((line.line, line.qty)),
        }
    }
    let told = super::instead::decide(state, (order, node), pick, before, at)?;
    let (instead, mut exceptions, held) = (told.lines, told.exceptions, told.held);
    for line in &short {
        let sku = line_of(&rows, &pick.order, line.line)?.sku;
        let opened = Opened { code: ExceptionCode::ShortPick, order, sku, node, qty: line.qty };
        exceptions.push(opened.about(""));
    }
    Ok(Body::PickRecorded(PickRecorded { order, node, picked, short, exceptions, instead, held }))
}

fn decide_pack(state: &State, pack: &PackOrder, at: Instant) -> Result<Body, Rejection> {
    let (order, node, _) = step_of(state, &pack.order, &pack.node, "pack_order")?;
    held(state, order)?;
    some_lines(pack.cartons.len())?;
    let Some((_, row)) = state.desk.fulfilment_of(order, node) else {
        return Err(no_step("fulfilment", &pack.order, "none", "pack_order"));
    };
    let rows = state.docs.order.get(order.0).map(|row| state.order_lines(row)).unwrap_or_default();
    let mut left = row.picked.clone();
    for line in row.cartons.iter().flat_map(|carton| &carton.lines) {
        take(&mut left, line);
    }
    let (mut cartons, mut exceptions): (Vec<PackedCarton>, Vec<Raised>) = (Vec::new(), Vec::new());
    for carton in &pack.cartons {
        code("carton", &carton.carton)?;
        let known = row.cartons.iter().chain(&cartons).any(|known| known.carton == carton.carton);
        if known {
            let document = carton.carton.clone();
            return Err(Rejection::DocumentExists { kind: "carton".into(), document });
        }
        let lines = lines_of(state, order, &pack.order, &carton.lines)?;
        some_lines(lines.len())?;
        let (mut weight, mut tolerance) = (0i64, 0i64);
        for line in &lines {
            let open = qty_of(&left, line.line);
            if line.qty > open {
                return Err(too_much(&pack.order, line.line, line.qty, open));
            }
            take(&mut left, line);
            let sku = line_of(&rows, &pack.order, line.line)?.sku;
            let row = state.catalog.sku.get(sku.0);
            let grams = row.map_or(0, |row| grams(row.weight_g, line.qty, row.scale));
            weight = num::add(weight, grams)?;
            let place = scope_of_line(state, order, sku, node);
            let share = state.read_parameter("weight_tolerance_share", &place, at).micros();
            tolerance = num::add(tolerance, num::mul_div(grams, share, MICROS)?)?;
        }
        let off = carton.weight_g.saturating_sub(weight).saturating_abs();
        if carton.weight_g > 0 && off > tolerance {
            let qty = off;
            let opened = Opened { order, node, qty, ..Opened::of(ExceptionCode::WeightMismatch) };
            exceptions.push(opened.about(&carton.carton));
        }
        cartons.push(PackedCarton { carton: carton.carton.clone(), weight_g: carton.weight_g, lines });
    }
    Ok(Body::OrderPacked(OrderPacked { order, node, cartons, exceptions }))
}

fn take(left: &mut [(u32, i64)], line: &LineQty) {
    if let Some((_, qty)) = left.iter_mut().find(|(known, _)| *known == line.line) {
        *qty = qty.saturating_sub(line.qty);
    }
}

/// What nobody picked up is struck, and goes back to stock.
pub(crate) fn decide_uncollected(state: &State, id: u32) -> Body {
    let (order, node) = state.desk.fulfilments.get(id).copied().unwrap_or((OrderId::NONE, NodeId::NONE));
    let count = state.docs.order.get(order.0).map_or(0, |row| state.lines_of(row).count());
    let lines = (1..=num::id(count)).map(|line| LineQty { line, qty: reserved(state, order, line, node) });
    let lines: Vec<LineQty> = lines.filter(|line| line.qty > 0).collect();
    let qty = lines.iter().map(|line| line.qty).fold(0, i64::saturating_add);
    let opened = Opened { order, node, qty, ..Opened::of(ExceptionCode::PickupExpired) };
    let exceptions = vec![opened.about("")];
    Body::OrderCancelled(OrderCancelled {
        order,
        reason: ReasonId::NONE,
        lines,
        node: Some(node),
        exceptions,
    })
}

/// An order of which something left from a node.
fn shipped_from(state: &State, order: &str, node: &str, step: &str) -> Result<(OrderId, NodeId), Rejection> {
    let (id, row) = order_of(state, order)?;
    let (at, _) = state.catalog.node_of(node)?;
    let stage = state.desk.fulfilment_of(id, at).map(|(_, row)| row.stage);
    let left = state.parcels(row).any(|(_, parcel)| parcel.node == at && parcel.posted);
    let word = match stage {
        Some(stage) => stage.word(),
        None if left => "shipped",
        None => "none",
    };
    let sent = left || stage.is_some_and(|stage| !stage.is_work());
    if sent && DocumentKind::Fulfilment.arrow(word, step).is_some() {
        return Ok((id, at));
    }
    Err(no_step("fulfilment", &format!("{order} at {node}"), word, step))
}

/// Keeps what may leave a node of what is asked of an order that nothing holds: what went through every
/// stage that the channel wants. Of lines that are asked for by name all of it must have.
///
/// # Errors
/// If the order is held, or less may leave than must.
pub(crate) fn keep_ready(
    state: &State,
    order: OrderId,
    channel: ChannelId,
    (node, named): (NodeId, bool),
    wanted: &mut Few<(u32, i64), 8>,
) -> Result<(), Rejection> {
    held(state, order)?;
    let row = state.desk.fulfilment_of(order, node).map(|(_, row)| row);
    let mut refused = false;
    for (_, need) in state.desk.flows.iter().filter(|(known, _)| *known == channel) {
        for (line, qty) in wanted.iter_mut() {
            let ready = row.map_or(0, |row| match need {
                Stage::Release if row.stage.is_work() => i64::MAX,
                Stage::Release => 0,
                Stage::Pick => qty_of(&row.picked, *line),
                Stage::Pack => row.packed_of(*line),
            });
            refused |= named && ready < *qty;
            *qty = ready.min(*qty);
        }
    }
    wanted.retain(|(_, qty)| *qty > 0);
    if !refused && !wanted.is_empty() {
        return Ok(());
    }
    let document = format!("{} at {}", order_code(state, order), node_code(state, node));
    Err(no_step("fulfilment", &document, row.map_or("none", |row| row.stage.word()), "ship_order"))
}
