//! A trade told to a book in the order of time: facts as they come, what falls due in between.

use super::data::{DAY, HOUR, Outcome, draw};
use super::files::{self, Files, Told};
use super::supply::Demand;
use super::trade::{Credit, Fact, Loss, Trade, What};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap};
use stockbook::report::{Column, OrderCosts, PlanRows, Table, Tally, Unserved, Values};
use stockbook::simulation::Outcome as Run;
use stockbook::*;

/// What happens of itself later.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Due {
    /// A planned parcel leaves.
    Ship { order: u32, node: u32 },
    /// A purchase of ours arrives.
    Receive { purchase: String },
    /// A transfer arrives.
    Arrive { transfer: String, lines: Vec<(u32, i64)> },
    /// Demand is looked at, proposals become purchases.
    Review,
}

/// What was counted on the way.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Orders placed.
    pub orders: u64,
    /// Their lines.
    pub lines: u64,
    /// Lines of which something was backordered at capture.
    pub lines_short: u64,
    /// Value of their lines, in micro-units.
    pub ordered: i64,
    /// Units credited: struck from what had not left.
    pub units_struck: i64,
    /// Units credited: come back.
    pub units_returned: i64,
    /// Units credited that the order had no more.
    pub units_beyond: i64,
    /// What was paid back for returns, in micro-units.
    pub refunded: i64,
    /// What was credited beyond what the goods were sold for, in micro-units.
    pub refund_beyond: i64,
    /// Value of what was struck at the order's prices, in micro-units.
    pub struck: i64,
    /// Units written off.
    pub units_lost: i64,
    /// Units written off in the data that the stock of our assumption did not have.
    pub units_not_there: i64,
    /// Units not sent on because they were not free.
    pub units_not_sent: i64,
    /// Shipments that had nothing left to ship, since it left with an earlier parcel or was struck.
    pub shipments_empty: u64,
    /// Purchases placed by proposal.
    pub purchases: u64,
    /// Commands taken.
    pub commands: u64,
    /// Orders refused, by the rejection's name.
    pub refused: BTreeMap<&'static str, u64>,
}

/// What is known of a run beside its key figures.
#[derive(Clone, Debug, Default)]
pub struct Notes {
    /// What was counted.
    pub counts: Counts,
    /// What was written, if anything.
    pub told: Option<Told>,
    /// Seconds it took.
    pub seconds: f64,
}

struct Replay<'a> {
    trade: &'a Trade,
    book: Book,
    due: BinaryHeap<Reverse<(i64, u64, Due)>>,
    dues: u64,
    demand: Demand,
    counts: Counts,
    tally: Tally,
    plan: Option<PlanRows>,
    costs: OrderCosts,
    files: Option<Files>,
    /// Nodes that have ever stocked a SKU, by SKU.
    stocked: BTreeMap<u32, BTreeSet<u32>>,
    month: i64,
    day: i64,
    said: u64,
    /// Paid back so far, by order and line.
    refunds: HashMap<(String, u32), i64>,
    /// Nodes that serve customers.
    nodes: Vec<(u32, Point)>,
}

/// Tells a trade to a new book under a policy.
pub fn replay(trade: &Trade, policy: &Policy, folder: Option<&std::path::Path>) -> Outcome<(Run, Notes)> {
    let started = std::time::Instant::now();
    let mut replay = Replay::begin(trade, policy, folder)?;
    for fact in &trade.facts {
        replay.until(fact.at)?;
        replay.fact(fact)?;
    }
    replay.until(trade.end)?;
    replay.tell(trade.end, Command::AdvanceTime(AdvanceTime {}))?;
    replay.pass_midnights((trade.end / DAY + 1) * DAY)?;
    let Replay { book, counts, tally, files, plan, costs, .. } = replay;
    let told = files.map(|files| files.finish(&book)).transpose()?;
    let run = run(policy, trade.supply.seed, book, &tally, (plan.unwrap_or_default(), costs), &counts);
    Ok((run, Notes { counts, told, seconds: started.elapsed().as_secs_f64() }))
}

/// A run as the main program has it.
fn run(
    policy: &Policy,
    seed: u64,
    book: Book,
    tally: &Tally,
    (plan, costs): (PlanRows, OrderCosts),
    counts: &Counts,
) -> Run {
    let own = |code: Option<&str>| code.map(str::to_owned);
    let text = |code: Option<&str>| code.unwrap_or_default().to_owned();
    let refusals = Table::new(
        "refusals",
        [
            Column {
                name: "rejection",
                values: Values::Text(counts.refused.keys().map(|n| (*n).into()).collect()),
            },
            Column {
                name: "orders",
                values: Values::Int(counts.refused.values().map(|n| *n as i64).collect()),
            },
        ],
    );
    Run {
        policy: policy.name.clone(),
        seed,
        kpis: tally.kpis(),
        daily: tally.daily(),
        channels: tally.channels(|id| text(book.channel_code(id))),
        nodes: tally.nodes(|id| text(book.node_code(id))),
        plan: plan.table(
            |id| own(book.sku_code(id)),
            |id| own(book.node_code(id)),
            |id| own(book.service_code(id)),
        ),
        stock: files::stock(&book),
        balances: files::balances(&book),
        exceptions: files::exceptions(&book),
        refusals,
        short_skus: tally.short_skus(20, |id| text(book.sku_code(id))),
        distances: tally.distances(),
        shipments: tally.shipments(),
        demand: tally.demand(),
        flows: tally.flows(),
        order_costs: costs.table(),
        history: Table::new("history", []),
        lead_times: Table::new("lead_times", []),
        state_hash: book.state_hash(),
        events: book.sequence(),
        book,
    }
}

impl<'a> Replay<'a> {
    fn begin(trade: &'a Trade, policy: &Policy, folder: Option<&std::path::Path>) -> Outcome<Replay<'a>> {
        let mut replay = Replay {
            trade,
            book: Book::new(),
            due: BinaryHeap::new(),
            dues: 0,
            demand: Demand::default(),
            counts: Counts::default(),
            tally: Tally::default(),
            costs: OrderCosts::default(),
            plan: folder.map(|_| PlanRows::new(vec!["otherwise".into()])),
            files: None,
            stocked: BTreeMap::new(),
            month: i64::MIN,
            day: i64::MIN,
            said: 0,
            refunds: HashMap::new(),
            nodes: Vec::new(),
        };
        let mut setup = trade.setup.iter();
        // The currency comes first: journals are written in it.
        if let Some(configure) = setup.next() {
            replay.tell(trade.begin, configure.clone())?;
        }
        if let Some(folder) = folder {
            replay.files = Some(Files::begin(folder, &replay.book)?);
        }
        for command in setup {
            replay.tell(trade.begin, command.clone())?;
            let serving = &policy.otherwise.nodes;
            if let Command::DefineNode(define) = command {
                let id = replay.book.node_id(&define.node).unwrap_or(NodeId::NONE);
                if serving.is_empty() || serving.contains(&define.node) {
                    replay.nodes.push((id.0, define.place));
                }
            }
        }
        replay.tell(trade.begin, Command::SetPolicy(policy.clone()))?;
        let review = trade.begin + trade.supply.review_days * DAY + 6 * HOUR;
        replay.later(review, Due::Review);
        Ok(replay)
    }

    fn later(&mut self, at: i64, due: Due) {
        self.dues += 1;
        self.due.push(Reverse((at, self.dues, due)));
    }

    /// Says a command; what it records goes to the key figures and the journals.
    fn say(&mut self, at: i64, command: Command) -> Outcome<Result<Receipt, Rejection>> {
        self.pass_midnights(at)?;
        self.said += 1;
        let envelope =
            Envelope::new(&self.said.to_string(), Instant::from_micros(at.max(self.now())), command);
        let receipt = match self.book.execute(&envelope) {
            Ok(receipt) => receipt,
            Err(rejection) => return Ok(Err(rejection)),
        };
        self.counts.commands += 1;
        let mut dues = Vec::new();
        for event in self.book.events_since(receipt.first_sequence)? {
            self.tally.record(event);
            self.costs.record(event);
            if let Some(plan) = &mut self.plan {
                plan.record(event);
            }
            arrivals(event, &self.nodes, &mut self.stocked);
            if let Some(files) = &mut self.files {
                files.event(&self.book, event)?;
            }
            plans(&self.book, event, &mut dues);
        }
        for (at, due) in dues {
            self.later(at, due);
        }
        Ok(Ok(receipt))
    }

    fn now(&self) -> i64 {
        self.book.now().micros()
    }

    /// Says a command that must be taken.
    fn tell(&mut self, at: i64, command: Command) -> Outcome<Receipt> {
        let word = command.word();
        self.say(at, command)?.map_err(|no| format!("{word} at {}: {no}", Instant::from_micros(at)).into())
    }

    /// Closes the days that are over: stock is looked at, and at the end of a month the books are tied to it.
    fn pass_midnights(&mut self, at: i64) -> Outcome<()> {
        let today = at.div_euclid(DAY);
        if self.day == i64::MIN {
            self.day = today;
        }
        while self.day < today {
            self.day += 1;
            self.midnight(self.day * DAY);
        }
        let month = month(at);
        if let Some(files) = self.files.as_mut().filter(|_| self.month != month && self.month != i64::MIN) {
            files.tie(&self.book)?;
        }
        self.month = month;
        Ok(())
    }

    fn midnight(&mut self, at: i64) {
        let stock = self.book.stock_columns();
        let pairs: usize = self.stocked.values().map(BTreeSet::len).sum();
        let serves = |node: &u32| self.nodes.iter().any(|(known, _)| known == node);
        let free = stock.available.iter().zip(&stock.node);
        let free = free.filter(|(free, node)| **free > 0 && serves(node)).count();
        let promised = stock.reserved.iter().zip(&stock.sellable);
        let oversold = promised.filter(|(reserved, sellable)| reserved > sellable || **reserved < 0).count();
        self.tally.midnight(at, (pairs - free.min(pairs)) as i64, pairs as i64, oversold as i64);
    }

    /// Does what falls due until then.
    fn until(&mut self, at: i64) -> Outcome<()> {
        while self.due.peek().is_some_and(|Reverse((due, ..))| *due <= at) {
            let Some(Reverse((at, _, due))) = self.due.pop() else { break };
            match due {
                Due::Ship { order, node } => self.ship(at, OrderId(order), NodeId(node))?,
                Due::Receive { purchase } => self.receive(at, &purchase)?,
                Due::Arrive { transfer, lines } => {
                    let lines = lines.into_iter().map(|(line, qty)| DocumentLine { line, qty }).collect();
                    let closing = Closing::Open;
                    self.tell(
                        at,
                        Command::ReceiveTransfer(ReceiveTransfer {
                            transfer,
                            lines,
                            closing,
                            damaged: Vec::new(),
                            surplus: Surplus::Refuse,
                        }),
                    )?;
                }
                Due::Review => self.review(at)?,
            }
        }
        Ok(())
    }

    fn ship(&mut self, at: i64, order: OrderId, node: NodeId) -> Outcome<()> {
        let (Some(key), Some(node)) = (self.book.order_key(order), self.book.node_code(node)) else {
            return Err("a planned parcel names no order".into());
        };
        let ship = ShipOrder { order: key.to_string(), node: node.into(), lines: Vec::new() };
        match self.say(at, Command::ShipOrder(ship))? {
            Ok(_) => Ok(()),
            // It left with an earlier parcel, or was struck.
            Err(Rejection::IllegalStep { .. }) => {
                self.counts.shipments_empty += 1;
                Ok(())
            }
            Err(no) => Err(format!("ship_order: {no}").into()),
        }
    }

    fn receive(&mut self, at: i64, purchase: &str) -> Outcome<()> {
        let ask = Query::PurchaseOrder(DocumentQuery { document: purchase.into() });
        let Answer::PurchaseOrder(view) = self.book.ask(&ask)? else { return Err("no such purchase".into()) };
        let line = |line: &PurchaseLineView| ReceiptLine {
            zero_cost_reason: None,
            expires_at: None,
            sku: self.book.sku_code(line.sku).unwrap_or_default().into(),
            qty: line.qty,
            unit: None,
            unit_cost: None,
            place: Place::default(),
        };
        let receive = ReceiveGoods {
            rate: None,
            receipt: format!("GR-{purchase}"),
            node: self.book.node_code(view.node).unwrap_or_default().into(),
            supplier: self.book.supplier_code(view.supplier).map(str::to_owned),
            purchase_order: Some(purchase.into()),
            lines: view.lines.iter().map(line).collect(),
        };
        self.tell(at, Command::ReceiveGoods(receive)).map(|_| ())
    }

    /// Sets the rules by what was asked for, then buys what the book proposes.
    fn review(&mut self, at: i64) -> Outcome<()> {
        let book = &self.book;
        let name = |sku, node| {
            let sku = book.sku_code(SkuId(sku)).unwrap_or_default().to_owned();
            (sku, book.node_code(NodeId(node)).unwrap_or_default().to_owned())
        };
        for rule in self.demand.review(&self.trade.supply, at, name) {
            self.tell(at, Command::SetReorderRule(rule))?;
        }
        self.buy(at)?;
        let next = at + self.trade.supply.review_days * DAY;
        if next < self.trade.end {
            self.later(next, Due::Review);
        }
        Ok(())
    }

    fn buy(&mut self, at: i64) -> Outcome<()> {
        let Answer::Proposals(proposals) = self.book.ask(&Query::Proposals(Nothing {}))? else {
            return Err("no proposals".into());
        };
        let mut orders: BTreeMap<(SupplierId, NodeId, Speed), Vec<PurchaseLine>> = BTreeMap::new();
        for proposal in proposals {
            let speed = match proposal.kind {
                ProposalKind::Purchase => Speed::Standard,
                ProposalKind::Expedite => Speed::Expedited,
            };
            let sku = self.book.sku_code(proposal.sku).unwrap_or_default().to_owned();
            let line = PurchaseLine { sku, qty: proposal.qty, unit: None, unit_cost: proposal.unit_cost };
            orders.entry((proposal.supplier, proposal.node, speed)).or_default().push(line);
        }
        for ((supplier, node, speed), lines) in orders {
            self.counts.purchases += 1;
            let purchase = format!("B-{}", self.counts.purchases);
            let place = PlacePurchaseOrder {
                purchase_order: purchase.clone(),
                supplier: self.book.supplier_code(supplier).unwrap_or_default().into(),
                node: self.book.node_code(node).unwrap_or_default().into(),
                lines,
                expected_at: None,
                speed,
            };
            self.tell(at, Command::PlacePurchaseOrder(place))?;
            let ask = Query::PurchaseOrder(DocumentQuery { document: purchase.clone() });
            let Answer::PurchaseOrder(view) = self.book.ask(&ask)? else {
                return Err("no such purchase".into());
            };
            self.later(view.expected_at.micros(), Due::Receive { purchase });
        }
        Ok(())
    }

    fn fact(&mut self, fact: &Fact) -> Outcome<()> {
        match &fact.what {
            What::Order(order) => self.order(fact.at, order),
            What::Credit(credits) => credits.iter().try_for_each(|credit| self.credit(fact.at, credit)),
            What::Loss(loss) => self.lose(fact.at, loss),
            What::Transfer { transfer, from, to, lines, days } => {
                self.send(fact.at, (transfer, from, to), lines, *days)
            }
            What::Tell(command) => self.tell(fact.at, command.clone()).map(|_| ()),
        }
    }

    fn order(&mut self, at: i64, order: &PlaceOrder) -> Outcome<()> {
        self.want(order);
        self.scarce(order)?;
        match self.say(at, Command::PlaceOrder(order.clone()))? {
            Ok(receipt) => {
                let short = short_lines(&self.book, receipt.sequence)?;
                self.counts.orders += 1;
                self.counts.lines += order.lines.len() as u64;
                self.counts.lines_short += short;
                let value = |l: &OrderLine| l.qty * l.price.map_or(0, Money::micros);
                self.counts.ordered += order.lines.iter().map(value).sum::<i64>();
            }
            Err(no) => {
                let units = order.lines.iter().map(|line| line.qty).sum();
                let channel = self.book.channel_id(&order.channel).unwrap_or(ChannelId::NONE);
                self.tally.unserved(at, channel, Unserved::Refused, order.lines.len() as i64, units);
                *self.counts.refused.entry(no.name()).or_default() += 1;
            }
        }
        Ok(())
    }

    /// Counts the lines that find too little at one of the nodes that stock their SKU.
    fn scarce(&mut self, order: &PlaceOrder) -> Outcome<()> {
        let mut scarce = 0;
        for line in &order.lines {
            let Some(sku) = self.book.sku_id(&line.sku) else { continue };
            let free = self.free(&line.sku)?;
            let Some(stocking) = self.stocked.get(&sku.0) else { continue };
            let here = |node: &str| self.book.node_id(node).is_some_and(|id| stocking.contains(&id.0));
            let enough = free.iter().filter(|(node, units)| *units >= line.qty && here(node)).count();
            scarce += i64::from(enough < stocking.len());
        }
        self.tally.short_somewhere(scarce);
        Ok(())
    }

    /// Demand counts at the node that is nearest to the customer.
    fn want(&mut self, order: &PlaceOrder) {
        let nearest = self.nodes.iter().min_by_key(|(_, place)| place.distance_mm(order.to));
        let Some((node, _)) = nearest.copied() else { return };
        for line in &order.lines {
            if let Some(sku) = self.book.sku_id(&line.sku) {
                self.demand.add(sku.0, node, line.qty.min(self.trade.supply.line_most));
            }
        }
    }

    fn credit(&mut self, at: i64, credit: &Credit) -> Outcome<()> {
        let ask = Query::Order(DocumentQuery { document: credit.order.clone() });
        let Answer::Order(view) = self.book.ask(&ask)? else { return Err("no such order".into()) };
        let Some(line) = view.lines.iter().find(|line| line.line == credit.line) else {
            return Err(format!("order {} has no line {}", credit.order, credit.line).into());
        };
        let strike = credit.qty.min(line.reserved + line.backordered);
        let back = (credit.qty - strike).min(line.shipped - line.returned);
        self.counts.units_beyond += credit.qty - strike - back;
        if strike > 0 {
            self.counts.units_struck += strike;
            self.counts.struck += strike * line.price.micros();
            let lines = vec![DocumentLine { line: credit.line, qty: strike }];
            let cancel = CancelOrder { order: credit.order.clone(), reason: "credit".into(), lines };
            self.tell(at, Command::CancelOrder(cancel))?;
        }
        if back > 0 {
            let sold = line.shipped * line.price.micros();
            self.take_back(at, credit, back, sold)?;
        }
        Ok(())
    }

    fn take_back(&mut self, at: i64, credit: &Credit, back: i64, sold: i64) -> Outcome<()> {
        self.counts.units_returned += back;
        // Whole cents, halves up; nobody gets back more than the goods were sold for.
        let cents = |micros: i64| (micros + 5_000) / 10_000 * 10_000;
        let wanted = cents(back * credit.price);
        let paid = self.refunds.entry((credit.order.clone(), credit.line)).or_default();
        let refund = wanted.min(cents(sold) - *paid).max(0);
        *paid += refund;
        self.counts.refunded += refund;
        self.counts.refund_beyond += wanted - refund;
        let node = self.book.node_code(NodeId(0)).unwrap_or_default().to_owned();
        let drawn = draw(self.trade.supply.seed, &format!("{} {}", credit.note, credit.line), 100);
        let disposition = match drawn {
            0..85 => Disposition::Restock,
            85..95 => Disposition::Refurbish,
            _ => Disposition::Scrap,
        };
        let refund = Money::from_micros(refund);
        let lines =
            vec![ReturnLine { line: credit.line, qty: back, disposition, refund, lot: None, credit: None }];
        let rma = credit.note.clone();
        let back = ReceiveReturn { rma, order: credit.order.clone(), node, lines, rate: None };
        self.tell(at, Command::ReceiveReturn(back)).map(|_| ())
    }

    /// Units free at each node, most first.
    fn free(&self, sku: &str) -> Outcome<Vec<(String, i64)>> {
        let Answer::Stock(views) =
            self.book.ask(&Query::Stock(StockQuery { sku: sku.into(), node: None, states: false }))?
        else {
            return Err("no stock".into());
        };
        let code = |view: &StockView| {
            (self.book.node_code(view.node).unwrap_or_default().to_owned(), view.available)
        };
        let mut free: Vec<(String, i64)> = views.iter().map(code).collect();
        free.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        Ok(free)
    }

    fn lose(&mut self, at: i64, loss: &Loss) -> Outcome<()> {
        let mut left = -loss.line.qty;
        let plain = loss.line.place == Place::default();
        for (node, free) in self.free(&loss.line.sku)? {
            let here = loss.node.as_ref().is_none_or(|only| *only == node);
            let take = if plain { left.min(free) } else { left };
            if !here || take <= 0 {
                continue;
            }
            let lines = vec![AdjustLine { qty: -take, ..loss.line.clone() }];
            let adjustment = format!("{}-{node}", loss.number);
            let adjust = AdjustStock { adjustment, node, reason: loss.reason.clone(), lines };
            self.tell(at, Command::AdjustStock(adjust))?;
            self.counts.units_lost += take;
            left -= take;
        }
        self.counts.units_not_there += left;
        Ok(())
    }

    fn send(
        &mut self,
        at: i64,
        (transfer, from, to): (&str, &str, &str),
        wanted: &[(String, i64)],
        days: i64,
    ) -> Outcome<()> {
        let mut lines = Vec::new();
        for (sku, units) in wanted {
            let free = self.free(sku)?.into_iter().find(|(node, _)| node == from).map_or(0, |(_, free)| free);
            let qty = (*units).min(free).max(0);
            self.counts.units_not_sent += units - qty;
            if qty > 0 {
                lines.push(TransferLine { sku: sku.clone(), qty, unit_price: None });
            }
        }
        if lines.is_empty() {
            return Ok(());
        }
        let arrive = lines.iter().enumerate().map(|(i, line)| (i as u32 + 1, line.qty)).collect();
        let ship = ShipTransfer { transfer: transfer.into(), from: from.into(), to: to.into(), lines };
        self.tell(at, Command::ShipTransfer(ship))?;
        self.later(at + days * DAY, Due::Arrive { transfer: transfer.into(), lines: arrive });
        Ok(())
    }
}

/// Lines of which something was backordered when the order was placed.
fn short_lines(book: &Book, sequence: u64) -> Outcome<u64> {
    let mut short = 0;
    for event in book.events_since(sequence)? {
        if let Body::OrderPlaced(placed) = &event.body {
            let mut lines: Vec<u32> = placed.plan.backordered.iter().map(|b| b.line).collect();
            lines.dedup();
            short += lines.len() as u64;
        }
    }
    Ok(short)
}

/// Parcels that an event plans, with the time at which they leave.
fn plans(book: &Book, event: &Event, dues: &mut Vec<(i64, Due)>) {
    let mut ship = |order: OrderId, parcel: &Parcel| {
        dues.push((parcel.ship_at.micros(), Due::Ship { order: order.0, node: parcel.node.0 }));
    };
    let mut filled = |fills: &[Fill], parcels: &[Parcel]| {
        for (i, parcel) in parcels.iter().enumerate() {
            if let Some(fill) = fills.iter().find(|fill| fill.parcel as usize == i) {
                ship(fill.order, parcel);
            }
        }
    };
    match &event.body {
        Body::GoodsReceived(received) => filled(&received.fills, &received.parcels),
        Body::TransferReceived(received) => filled(&received.fills, &received.parcels),
        Body::BackordersFilled(freed) => filled(&freed.fills, &freed.parcels),
        Body::OrderPlaced(placed) => {
            let order = book.order_id(&placed.order).unwrap_or(OrderId::NONE);
            placed.plan.parcels.iter().for_each(|parcel| ship(order, parcel));
        }
        Body::OrderReallocated(moved) => {
            moved.plan.parcels.iter().for_each(|parcel| ship(moved.order, parcel));
        }
        _ => {}
    }
}

/// Year and month of a time, as one number that tells months apart.
fn month(at: i64) -> i64 {
    let text = Instant::from_micros(at).to_string();
    text.bytes().take(7).fold(0, |n, b| n * 256 + i64::from(b))
}

/// Pools that an event brings goods to, at nodes that serve customers.
fn arrivals(event: &Event, nodes: &[(u32, Point)], stocked: &mut BTreeMap<u32, BTreeSet<u32>>) {
    let mut note = |sku: SkuId, node: NodeId| {
        if nodes.iter().any(|(known, _)| *known == node.0) {
            stocked.entry(sku.0).or_default().insert(node.0);
        }
    };
    match &event.body {
        Body::GoodsReceived(received) => received.lines.iter().for_each(|line| note(line.sku, received.node)),
        Body::StockAdjusted(adjusted) => adjusted.lines.iter().for_each(|line| note(line.sku, adjusted.node)),
        _ => {}
    }
}
