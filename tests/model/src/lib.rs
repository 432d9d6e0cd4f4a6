//! A second opinion on stockbook: a naive model of the same business.
//!
//! It shares nothing with the engine but the words of the wire (commands, events, rejections' numbers). Plain
//! lists, linear scans, 128-bit integers; every balance is added up from the list of all past facts at every
//! question. Slow and obvious on purpose: where the two disagree, one of them is wrong, and this one can be
//! read.
//!
//! The model judges a command by itself ([`Model::judge`]): accepted, or refused, and by which number. Where
//! the business leaves a choice to the book (which of equally good plans, which bin to take from), the model
//! takes the book's choice from the recorded event, checks that it was allowed and optimal ([`Model::take`]),
//! and adopts it.

pub mod ageing;
pub mod cell;
pub mod costs;
pub mod dated;
pub mod days;
pub mod due;
pub mod goods;
pub mod journal;
pub mod master;
pub mod orders;
pub mod queue;
pub mod reject;
pub mod schedule;
pub mod solve;
pub mod sourcing;
pub mod subscribe;
pub mod supply;

use cell::Cell;
use std::rc::Rc;
use stockbook::*;

/// Whether the book must accept a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It must.
    Accept,
    /// It must give the receipt of this earlier event again.
    Repeat(u64),
    /// It must refuse, by one of these numbers.
    Refuse(Vec<u16>),
    /// It may accept, or refuse by one of these numbers.
    Either(Vec<u16>),
    /// What falls due before it is the book's choice: what it comes to is known only after that.
    Unknown,
}

/// A node and whether it is open.
#[derive(Clone, Debug)]
pub struct Node {
    /// As defined.
    pub said: DefineNode,
    /// Open or closed.
    pub status: NodeStatus,
    /// When its parcels leave, as its calendar was resolved.
    pub cut_offs: Vec<Instant>,
}

/// A protected quantity.
#[derive(Clone, Debug)]
pub struct Protection {
    /// SKU.
    pub sku: usize,
    /// Node.
    pub node: usize,
    /// Channel.
    pub channel: usize,
    /// Units protected.
    pub qty: i128,
    /// Units of it that the channel has used.
    pub used: i128,
    /// Protections that had been set by then, this one included.
    pub since: u64,
}

/// Where a hold stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HoldState {
    /// It holds.
    Active,
    /// It was given back, ran out, or became an order.
    Ended,
}

/// A hold.
#[derive(Clone, Debug)]
pub struct Hold {
    /// Its number.
    pub key: String,
    /// Its channel.
    pub channel: usize,
    /// SKU, node, units, the lot asked for by name.
    pub lines: Vec<(usize, usize, i128, Option<String>)>,
    /// When it runs out.
    pub expires_at: Instant,
    /// Where it stands.
    pub state: HoldState,
    /// How many protections had been set when it was placed.
    pub made: u64,
}

/// A line of an order.
#[derive(Clone, Debug, Default)]
pub struct Line {
    /// SKU.
    pub sku: usize,
    /// Units ordered.
    pub qty: i128,
    /// Price of a base unit, in micro-units.
    pub price: i128,
    /// Units waiting.
    pub backordered: i128,
    /// Units shipped.
    pub shipped: i128,
    /// Units struck.
    pub cancelled: i128,
    /// Units that came back.
    pub returned: i128,
    /// Value issued for what is shipped and has not come back.
    pub cost_out: i128,
    /// Money given back.
    pub refunded: i128,
    /// Lots with a name and their units that the customer has.
    pub lots: Lots,
}

/// Names of lots and units of each, in the order in which they left.
pub type Lots = Vec<(String, i128)>;

/// What a parcel holds of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reserved {
    /// Index of the line.
    pub line: usize,
    /// Index of the parcel.
    pub parcel: usize,
    /// Units reserved and not shipped.
    pub qty: i128,
    /// The lot that was asked for by name.
    pub lot: Option<String>,
    /// How many protections had been set when it was reserved.
    pub made: u64,
    /// Which reservation it is, as long as the event goes on that makes it; then 0.
    pub fresh: u64,
}

/// A parcel of an order.
#[derive(Clone, Debug)]
pub struct Package {
    /// As planned.
    pub said: Parcel,
    /// Whether its freight and handling are posted.
    pub posted: bool,
    /// Whether a newer plan replaced it.
    pub replaced: bool,
    /// What it books of its node's day.
    pub booked: Vec<days::Booked>,
    /// Whether it ever did.
    pub had_booked: bool,
}

impl Package {
    /// A parcel as planned.
    pub fn new(said: &Parcel) -> Package {
        Package { said: said.clone(), posted: false, replaced: false, booked: Vec::new(), had_booked: false }
    }
}

/// An order.
#[derive(Clone, Debug)]
pub struct Order {
    /// Its number.
    pub key: String,
    /// Its channel.
    pub channel: usize,
    /// Where it goes.
    pub to: Point,
    /// When it was placed.
    pub placed_at: Instant,
    /// Promised delivery.
    pub deliver_by: Instant,
    /// Who goes first.
    pub priority: u8,
    /// Who accepted it.
    pub commitment: Commitment,
    /// Before when nothing of it may leave.
    pub ship_from: Option<Instant>,
    /// Since when it is known that its date has come.
    pub called_at: Option<Instant>,
    /// Its lines.
    pub lines: Vec<Line>,
    /// Its parcels.
    pub parcels: Vec<Package>,
    /// What is reserved.
    pub reserved: Vec<Reserved>,
    /// Nodes that have rejected it, wholly or for a SKU.
    pub barred: Vec<(usize, Option<usize>)>,
}

/// A purchase order.
#[derive(Clone, Debug)]
pub struct Purchase {
    /// Its number.
    pub key: String,
    /// Supplier.
    pub supplier: usize,
    /// Node.
    pub node: usize,
    /// When it is to come.
    pub expected_at: Instant,
    /// SKU, units, cost of a base unit, units received.
    pub lines: Vec<(usize, i128, i128, i128)>,
    /// Struck.
    pub cancelled: bool,
    /// The exception that says that it is late.
    pub late: Option<usize>,
    /// Whether it was told of as overdue.
    pub told: bool,
}

/// A line of a transfer.
#[derive(Clone, Debug)]
pub struct Leg {
    /// SKU.
    pub sku: usize,
    /// Units sent.
    pub qty: i128,
    /// Units received.
    pub received: i128,
    /// Units lost.
    pub lost: i128,
    /// Value still on the way.
    pub value: i128,
    /// Units and value of the layers still on the way, where the SKU has layers.
    pub layers: Vec<(i128, i128)>,
    /// Lots with a name and their units still on the way.
    pub lots: Lots,
}

/// A transfer.
#[derive(Clone, Debug)]
pub struct Transfer {
    /// Its number.
    pub key: String,
    /// The node that sent.
    pub from: usize,
    /// The node that receives.
    pub to: usize,
    /// Its lines.
    pub lines: Vec<Leg>,
    /// When it left.
    pub sent_at: Instant,
    /// Whether it was told of as under way for too long.
    pub told: bool,
}

/// A leg of the journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Booking {
    /// The movement.
    pub movement: Movement,
    /// Account.
    pub account: usize,
    /// Micro-units, debit positive.
    pub amount: i128,
}

/// The whole business, as lists.
#[derive(Clone, Debug)]
pub struct Model {
    /// Micro-units of a minor unit.
    pub minor: i128,
    /// SKUs in the order of their definition.
    pub skus: Vec<DefineSku>,
    /// Nodes.
    pub nodes: Vec<Node>,
    /// Channels.
    pub channels: Vec<DefineChannel>,
    /// Carrier services.
    pub services: Vec<DefineService>,
    /// Suppliers.
    pub suppliers: Vec<DefineSupplier>,
    /// Accounts.
    pub accounts: Vec<DefineAccount>,
    /// Reason codes.
    pub reasons: Vec<DefineReason>,
    /// Places told apart; the first is the node as a whole.
    pub places: Vec<Place>,
    /// The policies ever set; the last one holds.
    pub policies: Vec<Policy>,
    /// Posting rules in force.
    pub rules: Vec<PostingRule>,
    /// Who may say what.
    pub authority: Vec<SetAuthority>,
    /// Protected quantities.
    pub protections: Vec<Protection>,
    /// How many protections were ever set.
    pub protected: u64,
    /// What the event gives back that is older than a protection: the SKU, the node, the channel, units, and
    /// how many protections had been set.
    pub freed: Vec<(usize, usize, usize, i128, u64)>,
    /// How many reservations of parcels were ever made.
    pub reservations: u64,
    /// What was said of SKUs beyond their definition; the last word holds.
    pub described: Vec<DescribeSku>,
    /// The same of nodes.
    pub sites: Vec<DescribeNode>,
    /// Channels and the days that a lot must still have to live for them; the last word holds.
    pub lives: Vec<(usize, u32)>,
    /// SKU, lot, when it expires.
    pub dates: Vec<(usize, String, Instant)>,
    /// SKUs of which a lot was asked for by name.
    pub named: Vec<usize>,
    /// SKU, node, lot and units that a hold had by name, while the order that replaces it is decided.
    pub kept: Vec<(usize, usize, String, i128)>,
    /// SKU and node of what an order had that is planned anew, or the hold that an order replaces.
    pub had: Vec<(usize, usize, i128)>,
    /// SKU, node, channel and units that an event has given to who waits, and not planned yet.
    pub giving: Vec<(usize, usize, usize, i128, Instant)>,
    /// The time by which lots are judged.
    pub clock: Instant,
    /// `[sku][node]`.
    pub cells: Vec<Vec<Cell>>,
    /// Holds.
    pub holds: Vec<Hold>,
    /// Orders.
    pub orders: Vec<Order>,
    /// Subscriptions.
    pub subscriptions: Vec<subscribe::Subscription>,
    /// Purchase orders.
    pub purchases: Vec<Purchase>,
    /// Nodes (none = all) and the share above which their receipts are refused; the last word holds.
    pub refused_above: Vec<(Option<usize>, i128)>,
    /// How long orders wait, in the order in which they first did.
    pub ages: Vec<ageing::Age>,
    /// Transfers.
    pub transfers: Vec<Transfer>,
    /// Numbers of returns.
    pub returns: Vec<String>,
    /// Numbers of receipts.
    pub receipts: Vec<String>,
    /// Numbers of adjustments.
    pub adjustments: Vec<String>,
    /// Numbers of movements.
    pub movements: Vec<String>,
    /// The journal.
    pub journal: Vec<Booking>,
    /// Postings of the event being taken.
    pub posting: Vec<Booking>,
    /// Exceptions and whether they are open.
    pub exceptions: Vec<(Opened, ExceptionStatus)>,
    /// Accepted commands and the number of their event.
    pub said: Vec<(Rc<Envelope>, u64)>,
    /// The book's time.
    pub now: Instant,
    /// Number of the last event.
    pub sequence: u64,
    /// Cells touched by the last command.
    pub touched: Vec<(usize, usize)>,
    /// Orders touched by the last command.
    pub touched_orders: Vec<usize>,
    /// Numbers of the exceptions that it opened.
    pub opened_last: Vec<u32>,
}

impl Default for Model {
    fn default() -> Self {
        Model::new()
    }
}

impl Model {
    /// An empty book, as `Book::new` promises it.
    pub fn new() -> Model {
        Model {
            minor: 10_000,
            skus: Vec::new(),
            nodes: Vec::new(),
            channels: Vec::new(),
            services: Vec::new(),
            suppliers: Vec::new(),
            accounts: journal::chart(),
            reasons: Vec::new(),
            places: vec![Place::default()],
            policies: vec![default_policy()],
            rules: journal::rules(),
            authority: Vec::new(),
            protections: Vec::new(),
            protected: 0,
            freed: Vec::new(),
            reservations: 0,
            described: Vec::new(),
            sites: Vec::new(),
            lives: Vec::new(),
            dates: Vec::new(),
            named: Vec::new(),
            kept: Vec::new(),
            had: Vec::new(),
            giving: Vec::new(),
            clock: Instant::START,
            cells: Vec::new(),
            holds: Vec::new(),
            orders: Vec::new(),
            subscriptions: Vec::new(),
            purchases: Vec::new(),
            refused_above: Vec::new(),
            ages: Vec::new(),
            transfers: Vec::new(),
            returns: Vec::new(),
            receipts: Vec::new(),
            adjustments: Vec::new(),
            movements: Vec::new(),
            journal: Vec::new(),
            posting: Vec::new(),
            exceptions: Vec::new(),
            said: Vec::new(),
            now: Instant::START,
            sequence: 0,
            touched: Vec::new(),
            touched_orders: Vec::new(),
            opened_last: Vec::new(),
        }
    }

    /// Whether the book must accept a command, from the envelope inwards.
    pub fn judge(&mut self, envelope: &Envelope) -> Verdict {
        let named = |text: &str| text.is_empty() || is_code(text);
        if !is_code(&envelope.id) || !named(&envelope.source) || !named(&envelope.actor) {
            return Verdict::Refuse(vec![102]);
        }
        let late = envelope.occurred_at.is_some_and(|t| !t.is_valid() || t > envelope.at);
        if !envelope.at.is_valid() || late {
            return Verdict::Refuse(vec![106]);
        }
        if let Some((first, sequence)) = self.said.iter().find(|(said, _)| said.id == envelope.id) {
            // What is said and when it happened: a later delivery of the same is the same.
            let same = first.command == envelope.command && first.occurred_at == envelope.occurred_at;
            return if same { Verdict::Repeat(*sequence) } else { Verdict::Refuse(vec![401]) };
        }
        if envelope.at < self.now {
            return Verdict::Refuse(vec![402]);
        }
        if let Some(rule) = self.authority.iter().find(|rule| rule.command == envelope.command.word()) {
            if !rule.sources.is_empty() && !rule.sources.contains(&envelope.source) {
                return Verdict::Refuse(vec![301]);
            }
            if !rule.actors.is_empty() && !rule.actors.contains(&envelope.actor) {
                return Verdict::Refuse(vec![302]);
            }
        }
        if self.decides_by(envelope.at) && !matches!(envelope.command, Command::AdvanceTime(_)) {
            return Verdict::Unknown;
        }
        let limited = self.value_max(envelope).is_some();
        let before = self.protections.clone();
        let ended = self.expire(envelope.at);
        self.clock = envelope.at;
        let verdict = self.judge_command(envelope);
        self.clock = self.now;
        ended.into_iter().rev().for_each(|hold| self.reopen_hold(hold, &before));
        match verdict {
            // What it would move is known when it has moved it: see `take`.
            Verdict::Accept if limited => Verdict::Either(vec![303]),
            Verdict::Either(mut numbers) if limited => {
                numbers.push(303);
                Verdict::Either(numbers)
            }
            other => other,
        }
    }

    /// Takes over an accepted command: the events that the book recorded for it. `Err` tells what is wrong
    /// with them.
    pub fn take(&mut self, envelope: &Envelope, events: &[Event]) -> Result<(), String> {
        self.touched.clear();
        self.touched_orders.clear();
        self.posting.clear();
        self.freed.clear();
        let opened = self.exceptions.len();
        let last = events.last().ok_or("no event recorded")?.sequence;
        // What the command set free follows it.
        let is_own = |event: &Event| !matches!(event.body, Body::BackordersFilled(_));
        let own = events.iter().rposition(is_own).ok_or("no event of its own")?;
        let (past, own, fills) = (&events[..own], &events[own], &events[own + 1..]);
        for (number, event) in events.iter().enumerate() {
            let want = self.sequence + 1 + number as u64;
            check("event number", &event.sequence, &want)?;
            check("command of event", &event.command.to_string(), &envelope.id)?;
        }
        self.take_due(envelope.at, past)?;
        check("time of event", &own.at, &envelope.at)?;
        check("occurred_at", &own.occurred_at, &envelope.occurred_at.unwrap_or(envelope.at))?;
        check("source", &&*own.source, &&*envelope.source)?;
        check("actor", &&*own.actor, &&*envelope.actor)?;
        self.sequence += events.len() as u64;
        (self.now, self.clock) = (envelope.at, envelope.at);
        let (before, mut fills) = (self.free_units(), fills.iter().peekable());
        self.take_command(envelope, &own.body)?;
        self.keep_made();
        self.take_freed(&before, &own.body, envelope.at, &mut fills)?;
        self.keep_made();
        check("fills beyond what was set free", &fills.count(), &0)?;
        self.note_ages(envelope.at);
        let moved: i128 = self.posting.iter().map(|booking| booking.amount.max(0)).sum();
        if let Some(limit) = self.value_max(envelope).filter(|limit| moved > *limit) {
            return Err(format!("{moved} moved above the limit of {limit}"));
        }
        self.check_postings(&own.body)?;
        self.opened_last = (opened as u32 + 1..=self.exceptions.len() as u32).collect();
        self.said.push((Rc::new(envelope.clone()), last));
        Ok(())
    }

    /// The largest value that a command may move, in micro-units.
    fn value_max(&self, envelope: &Envelope) -> Option<i128> {
        let rule = self.authority.iter().find(|rule| rule.command == envelope.command.word())?;
        rule.value_max.map(|max| i128::from(max.micros()))
    }

    /// The command's own checks.
    fn judge_command(&mut self, envelope: &Envelope) -> Verdict {
        let at = envelope.at;
        match &envelope.command {
            Command::ConfigureBook(c) => self.judge_configure(c),
            Command::DefineAccount(c) => self.judge_account(c),
            Command::DefineReason(c) => {
                let mut faults = master::Faults::default();
                faults.code(&c.reason);
                faults.verdict()
            }
            Command::DefineSku(c) => self.judge_sku(c),
            Command::DefineNode(c) => self.judge_node(c),
            Command::DefineChannel(c) => self.judge_channel(c),
            Command::DefineService(c) => self.judge_service(c),
            Command::DefineSupplier(c) => self.judge_supplier(c),
            Command::SetPolicy(c) => self.judge_policy(c),
            Command::SetPostingRules(c) => self.judge_posting_rules(c),
            Command::SetAuthority(c) => self.judge_authority(c),
            Command::SetNodeStatus(c) => self.judge_node_status(c),
            Command::SetProtection(c) => self.judge_protection(c),
            Command::SetReorderRule(c) => self.judge_reorder(c),
            Command::ReceiveGoods(c) => {
                c.lines.iter().for_each(|line| _ = self.place(&line.place));
                self.judge_receive(c, at)
            }
            Command::AdjustStock(c) => {
                c.lines.iter().for_each(|line| _ = self.place(&line.place));
                self.judge_adjust(c)
            }
            Command::MoveStock(c) => {
                self.place(&c.from);
                self.judge_move(c)
            }
            Command::HoldStock(c) => self.judge_hold(c, at),
            Command::ReleaseHold(c) => self.judge_release(c),
            Command::PlaceOrder(c) => self.judge_order(c, at),
            Command::ReallocateOrder(c) => self.judge_reallocate(c),
            Command::CancelOrder(c) => self.judge_cancel(c),
            Command::ShipOrder(c) => self.judge_ship(c),
            Command::ReceiveReturn(c) => self.judge_return(c),
            Command::PlacePurchaseOrder(c) => self.judge_buy(c, at),
            Command::CancelPurchaseOrder(c) => self.judge_unbuy(c),
            Command::ChangePurchaseOrder(c) => self.judge_rebuy(c, at),
            Command::ShipTransfer(c) => self.judge_send(c),
            Command::ReceiveTransfer(c) => self.judge_arrive(c),
            Command::ResolveException(c) => self.judge_resolve(c),
            Command::AdvanceTime(_) => Verdict::Accept,
            Command::RejectAllocation(c) => self.judge_reject(c),
            Command::SetLotExpiry(c) => self.judge_expiry(c),
            Command::SetParameter(c) => self.judge_share(c),
            Command::SetSubscription(c) => self.judge_subscription(c, at),
            Command::DescribeSku(c) => self.judge_description(self.sku(&c.sku).is_some(), 201),
            Command::DescribeNode(c) => self.judge_description(self.node(&c.node).is_some(), 202),
            Command::DescribeChannel(c) => self.judge_description(self.channel(&c.channel).is_some(), 203),
            // What the model has no rules for, the driver does not say.
            _ => Verdict::Accept,
        }
    }

    /// Takes over what an accepted command changed.
    fn take_command(&mut self, envelope: &Envelope, body: &Body) -> Result<(), String> {
        let at = envelope.at;
        match (&envelope.command, body) {
            (Command::SetNodeStatus(c), Body::NodeStatusSet(e)) => self.take_node_status(c, e),
            (Command::ReceiveGoods(c), Body::GoodsReceived(e)) => {
                self.take_receive(c, (at, envelope.occurred_at.unwrap_or(at)), e)
            }
            (Command::AdjustStock(c), Body::StockAdjusted(e)) => self.take_adjust(c, e),
            (Command::MoveStock(c), Body::StockMoved(e)) => self.take_move(c, e),
            (Command::HoldStock(c), Body::StockHeld(e)) => self.take_hold(c, e),
            (Command::ReleaseHold(c), Body::HoldReleased(e)) => self.take_release(c, e),
            (Command::PlaceOrder(c), Body::OrderPlaced(e)) => self.take_order(c, at, e),
            (Command::ReallocateOrder(c), Body::OrderReallocated(e)) => self.take_reallocate(c, at, e),
            (Command::RejectAllocation(c), Body::AllocationRejected(e)) => self.take_reject(c, at, e),
            (Command::CancelOrder(c), Body::OrderCancelled(e)) => self.take_cancel(c, e),
            (Command::ShipOrder(c), Body::OrderShipped(e)) => self.take_ship(c, e),
            (Command::ReceiveReturn(c), Body::ReturnReceived(e)) => self.take_return(c, e),
            (Command::PlacePurchaseOrder(c), Body::PurchaseOrderPlaced(e)) => self.take_buy(c, at, e),
            (Command::CancelPurchaseOrder(c), Body::PurchaseOrderCancelled(e)) => self.take_unbuy(c, e),
            (Command::ChangePurchaseOrder(c), Body::PurchaseOrderChanged(e)) => self.take_rebuy(c, e),
            (Command::ShipTransfer(c), Body::TransferShipped(e)) => self.take_send(c, e),
            (Command::ReceiveTransfer(c), Body::TransferReceived(e)) => self.take_arrive(c, at, e),
            (Command::ResolveException(c), Body::ExceptionResolved(e)) => self.take_resolve(c, e),
            (Command::SetParameter(c), Body::ParameterSet(e)) => {
                check("parameter", e, c)?;
                self.take_share(c)
            }
            (Command::SetSubscription(c), Body::SubscriptionSet(e)) => self.take_subscription(c, at, e),
            (Command::SetLotExpiry(c), Body::LotExpirySet(e)) => {
                check("lot's date", e, c)?;
                self.take_expiry(c)
            }
            (command, body) => self.take_master(command, body),
        }
    }
}

/// Whether a text may be a code or a document number.
pub fn is_code(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.trim() == text && text.chars().all(|c| !c.is_control())
}

/// Compares what the book says with what the model expects.
pub fn check<T: PartialEq + std::fmt::Debug>(what: &str, book: &T, model: &T) -> Result<(), String> {
    if book == model { Ok(()) } else { Err(format!("{what}: book {book:?}, model {model:?}")) }
}
