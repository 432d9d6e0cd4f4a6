//! The seam between the driver and the book: everything goes through here, and here a bug can be planted.
//!
//! The production library has no switch for planted bugs. A canary therefore falsifies what the driver sees
//! at this seam (an answer, an event, a receipt, snapshot bytes) or what the book is told (a return said
//! twice, a release swallowed). It proves that the driver looks at that piece of evidence, with the right
//! expectation, soon enough. It does not prove that a run reaches every state in which the library itself
//! could go wrong.

use super::rng::Rng;
use stockbook::*;

macro_rules! canaries {
    ($($name:ident $word:literal $what:literal),* $(,)?) => {
        /// A planted bug.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Canary {$(
            #[doc = $what]
            $name,
        )*}

        impl Canary {
            /// All of them: name, word, what it does.
            pub const ALL: &'static [(Canary, &'static str, &'static str)] =
                &[$((Canary::$name, $word, $what)),*];
        }
    };
}

canaries! {
    ReservedFlipped "reserved_flipped" "a view shows one reserved unit less",
    AvailableInflated "available_inflated" "a view offers one unit more than is free",
    UnitLost "unit_lost" "a view shows one unit less on hand",
    ValueDrifts "value_drifts" "a pool's value is one minor unit too high",
    OnOrderForgotten "on_order_forgotten" "a view forgets what is on order",
    PlaceMixedUp "place_mixed_up" "a place told apart shows one unit more",
    PostingDropped "posting_dropped" "an event's last posting is missing",
    PostingUnbalanced "posting_unbalanced" "a leg is one minor unit too high",
    AccountSwapped "account_swapped" "both legs of an entry go to other accounts",
    AverageCostOff "average_cost_off" "an issue's cost is one minor unit too high, and posted so",
    RevenueRounded "revenue_rounded" "revenue is one minor unit too high, and posted so",
    FreightTwice "freight_twice" "a parcel's freight is posted again with its second shipment",
    TransferValueOff "transfer_value_off" "a transfer leaves with one minor unit more, and posts so",
    ReturnAtTodaysCost "return_at_todays_cost" "a return comes back at another cost than it left at",
    QueueSwapped "queue_swapped" "two backorders are filled in the wrong order",
    FillTooLarge "fill_too_large" "a backorder is given one unit more than it waits for",
    PlanOversold "plan_oversold" "a plan takes one unit more than a node has",
    PlanNotCheapest "plan_not_cheapest" "a plan claims to be cheaper than any can be",
    LineNotAddedUp "line_not_added_up" "what is backordered is left out of a plan",
    CancelTooLittle "cancel_too_little" "one unit that was struck is not",
    ExceptionLost "exception_lost" "an event opens no exception where one is due",
    HoldNeverExpires "hold_never_expires" "a hold that ran out is not recorded as such",
    HoldExpiresLate "hold_expires_late" "at the very microsecond a hold still holds",
    ReturnTwice "return_twice" "a return is applied twice",
    DuplicateApplied "duplicate_applied" "the same command again is applied again",
    RepeatUnmarked "repeat_unmarked" "a repeated receipt looks like a first one",
    IdReusedAccepted "id_reused_accepted" "another command under a used id gets the first receipt",
    RefusedAccepted "refused_accepted" "a refused command gets a receipt",
    AcceptedRefused "accepted_refused" "an accepted command is refused",
    WrongRefusal "wrong_refusal" "a refusal has another number",
    RefusalLeavesTrace "refusal_leaves_trace" "a refused command moves time",
    ClockGoesBack "clock_goes_back" "a command from the past is accepted",
    AuthorityIgnored "authority_ignored" "a source that lost its right is heard",
    ChainHalfApplied "chain_half_applied" "a broken chain leaves its first command behind",
    BalanceShifted "balance_shifted" "two accounts' balances are shifted by one minor unit",
    OrderStateWrong "order_state_wrong" "a shipped order looks planned",
    ReceiptOutOfStep "receipt_out_of_step" "a receipt has the wrong sequence number",
    SnapshotFlipped "snapshot_flipped" "one bit of a snapshot is flipped",
    SnapshotStale "snapshot_stale" "a snapshot misses the last command",
    FefoWrong "fefo_wrong" "lots that expire last are picked first",
    ExpiredPromised "expired_promised" "lots are promised long after they expire",
    CapacityFreed "capacity_freed" "a day's capacity is given back when its parcel ships",
    LogCut "log_cut" "the log misses its last event",
    PromisedTwice "promised_twice" "supply that others wait for is promised to one more",
    DateMissed "date_missed" "a scheduled order's date passes without a plan",
    RhythmDrifts "rhythm_drifts" "a subscription's next date is a day late",
}

/// The book as the driver sees it.
#[derive(Clone)]
pub struct Seam {
    /// The book.
    pub book: Book,
    /// The planted bug, if any.
    pub canary: Option<Canary>,
    /// How often it has acted.
    pub fired: u64,
    rng: Rng,
    /// Order and node of shipments, with their freight.
    shipped: Vec<(OrderId, NodeId, Money)>,
    stale: Vec<u8>,
    /// Nodes and instants at which parcels were to leave that have shipped whole.
    pub(super) left: Vec<(NodeId, Instant)>,
}

impl Seam {
    /// A seam around a new book.
    pub fn new(canary: Option<Canary>, seed: u64) -> Seam {
        let rng = Rng::new(seed ^ 0xca_a417);
        Seam {
            book: Book::new(),
            canary,
            fired: 0,
            rng,
            shipped: Vec::new(),
            stale: Vec::new(),
            left: Vec::new(),
        }
    }

    /// Whether this canary is planted and acts now: not at every occasion, so that it must be looked for.
    pub(super) fn acts(&mut self, canary: Canary) -> bool {
        let acts = self.canary == Some(canary) && self.rng.one_in(4);
        self.fired += u64::from(acts);
        acts
    }

    fn minor(&self) -> i64 {
        10i64.pow(6 - u32::from(self.book.configuration().currency_digits))
    }

    /// `Book::execute`.
    pub fn execute(&mut self, envelope: &Envelope) -> Result<Receipt, Rejection> {
        let envelope = &*self.told(envelope);
        if self.canary == Some(Canary::SnapshotStale) && self.rng.one_in(8) {
            self.stale = self.book.snapshot();
        }
        let late = self.canary == Some(Canary::HoldExpiresLate)
            && self.book.now() < envelope.at
            && matches!(envelope.command, Command::AdvanceTime(_) | Command::ReleaseHold(_));
        if late && self.acts(Canary::HoldExpiresLate) {
            let at = Instant::from_micros(envelope.at.micros() - 1);
            return self.book.execute(&Envelope { at, ..envelope.clone() });
        }
        let answer = self.book.execute(envelope);
        match answer {
            Ok(receipt) => self.accepted(envelope, receipt),
            Err(rejection) => self.refused(envelope, rejection),
        }
    }

    fn again(&mut self, envelope: &Envelope, id: &str) -> Result<Receipt, Rejection> {
        let id = format!("{id}{}", self.rng.bits());
        self.book.execute(&Envelope { id, at: self.book.now().max(envelope.at), ..envelope.clone() })
    }

    fn accepted(&mut self, envelope: &Envelope, mut receipt: Receipt) -> Result<Receipt, Rejection> {
        self.note_left(envelope);
        if let Command::ReceiveReturn(c) = &envelope.command
            && !receipt.repeated
            && self.acts(Canary::ReturnTwice)
        {
            let again = ReceiveReturn { rma: format!("again{}", self.rng.bits()), ..c.clone() };
            let twice = Envelope { command: Command::ReceiveReturn(again), ..envelope.clone() };
            if self.again(&twice, "twice").is_err() {
                self.fired -= 1;
            }
        }
        if receipt.repeated {
            if self.acts(Canary::DuplicateApplied) && self.again(envelope, "again").is_err() {
                self.fired -= 1;
            }
            if self.acts(Canary::RepeatUnmarked) {
                receipt.repeated = false;
            }
        } else {
            if self.acts(Canary::AcceptedRefused) {
                return Err(Rejection::OutOfRange { what: "a canary".into() });
            }
            if self.acts(Canary::ReceiptOutOfStep) {
                receipt.sequence += 1;
            }
        }
        Ok(receipt)
    }

    fn refused(&mut self, envelope: &Envelope, rejection: Rejection) -> Result<Receipt, Rejection> {
        let now = self.book.now();
        let receipt = Receipt {
            sequence: self.book.sequence(),
            first_sequence: self.book.sequence(),
            at: now,
            repeated: rejection.number() == 401,
            exceptions: Vec::new(),
            explanation: None,
        };
        match rejection.number() {
            401 if self.acts(Canary::IdReusedAccepted) => return Ok(receipt),
            402 if self.acts(Canary::ClockGoesBack) => return self.again(envelope, "back"),
            301 if self.acts(Canary::AuthorityIgnored) => {
                for source in ["wms", "shop", "erp"] {
                    let heard = Envelope { source: source.into(), ..envelope.clone() };
                    if let Ok(receipt) = self.book.execute(&heard) {
                        return Ok(receipt);
                    }
                }
                self.fired -= 1;
            }
            _ => {}
        }
        if self.acts(Canary::RefusedAccepted) {
            return Ok(receipt);
        }
        if self.acts(Canary::RefusalLeavesTrace) {
            let time = Envelope {
                command: Command::AdvanceTime(AdvanceTime {}),
                occurred_at: None,
                ..envelope.clone()
            };
            if self.again(&time, "trace").is_err() {
                self.fired -= 1;
            }
        }
        if self.acts(Canary::WrongRefusal) {
            return Err(Rejection::UnknownException { exception: 7 });
        }
        Err(rejection)
    }

    /// `Book::execute_chain`.
    pub fn execute_chain(&mut self, chain: &[Envelope]) -> Result<Vec<Receipt>, ChainRejection> {
        let chain = &*chain.iter().map(|one| self.told(one).into_owned()).collect::<Vec<_>>();
        let answer = self.book.execute_chain(chain);
        let half = answer.is_err() && chain.len() > 1 && self.acts(Canary::ChainHalfApplied);
        if half && self.book.execute(&chain[0]).is_err() {
            self.fired -= 1;
        }
        answer
    }

    /// `Book::events_since`, as a list.
    pub fn events_since(&mut self, from: u64) -> Vec<Event> {
        let mut events: Vec<Event> = match self.book.events_since(from) {
            Ok(events) => events.cloned().collect(),
            Err(_) => Vec::new(),
        };
        if events.len() > 1 && self.acts(Canary::HoldNeverExpires) {
            events.remove(0);
        }
        self.falsify_dates(&mut events);
        events.iter_mut().for_each(|event| self.untell(event));
        if let Some(event) = events.last_mut() {
            self.falsify(&mut event.body);
        }
        events
    }

    fn falsify(&mut self, body: &mut Body) {
        if self.canary.is_none() {
            return;
        }
        let minor = self.minor();
        self.falsify_postings(body, minor);
        match body {
            Body::OrderShipped(e) => self.falsify_shipment(e, minor),
            Body::TransferShipped(e)
                if e.lines[0].value.micros() > 0 && self.acts(Canary::TransferValueOff) =>
            {
                e.lines[0].value = more(e.lines[0].value, minor);
                shift(&mut e.postings, Movement::TransferOut, minor);
            }
            Body::ReturnReceived(e)
                if e.lines[0].cost.micros() > 0 && self.acts(Canary::ReturnAtTodaysCost) =>
            {
                e.lines[0].cost = more(e.lines[0].cost, minor);
                let movement = e.postings[0].movement;
                shift(&mut e.postings, movement, minor);
            }
            Body::GoodsReceived(e) => self.falsify_fills(&mut e.fills),
            Body::TransferReceived(e) => self.falsify_fills(&mut e.fills),
            Body::OrderPlaced(e) => {
                self.falsify_promise(e);
                self.falsify_plan(&mut e.plan);
            }
            Body::OrderReallocated(e) => self.falsify_plan(&mut e.plan),
            Body::AllocationRejected(e) => self.falsify_plan(&mut e.plan),
            Body::OrderCancelled(e) if self.acts(Canary::CancelTooLittle) => e.lines[0].qty -= 1,
            _ => {}
        }
        let exceptions = match body {
            Body::GoodsReceived(e) => &mut e.exceptions,
            Body::TransferReceived(e) => &mut e.exceptions,
            Body::OrderPlaced(e) => &mut e.exceptions,
            Body::OrderReallocated(e) => &mut e.exceptions,
            Body::AllocationRejected(e) => &mut e.exceptions,
            Body::NodeStatusSet(e) => &mut e.exceptions,
            _ => return,
        };
        if !exceptions.is_empty() && self.acts(Canary::ExceptionLost) {
            exceptions.pop();
        }
    }

    fn falsify_postings(&mut self, body: &mut Body, minor: i64) {
        let postings = match body {
            Body::GoodsReceived(e) => &mut e.postings,
            Body::StockAdjusted(e) => &mut e.postings,
            Body::OrderShipped(e) => &mut e.postings,
            Body::ReturnReceived(e) => &mut e.postings,
            Body::TransferShipped(e) => &mut e.postings,
            Body::TransferReceived(e) => &mut e.postings,
            _ => return,
        };
        if postings.is_empty() {
            return;
        }
        if self.acts(Canary::PostingDropped) {
            postings.pop();
        }
        if self.acts(Canary::PostingUnbalanced) {
            postings[0].amount = more(postings[0].amount, minor);
        }
        if self.acts(Canary::AccountSwapped) {
            let first = postings[0].account;
            postings[0].account = postings[1].account;
            postings[1].account = first;
        }
    }

    fn falsify_shipment(&mut self, e: &mut OrderShipped, minor: i64) {
        if self.acts(Canary::AverageCostOff) {
            e.lines[0].cost = more(e.lines[0].cost, minor);
            shift(&mut e.postings, Movement::Issue, minor);
        }
        if self.acts(Canary::RevenueRounded) {
            e.lines[0].revenue = more(e.lines[0].revenue, minor);
            shift(&mut e.postings, Movement::Revenue, minor);
        }
        if self.canary == Some(Canary::FreightTwice) {
            let before = self.shipped.iter().find(|known| (known.0, known.1) == (e.order, e.node)).copied();
            match before {
                Some((_, _, freight)) if freight > Money::ZERO && e.freight == Money::ZERO => {
                    self.fired += 1;
                    e.freight = freight;
                }
                None => self.shipped.push((e.order, e.node, e.freight)),
                _ => {}
            }
        }
    }

    fn falsify_fills(&mut self, fills: &mut [Fill]) {
        if fills.len() > 1 && fills[0].order != fills[1].order && self.acts(Canary::QueueSwapped) {
            fills.swap(0, 1);
        }
        if !fills.is_empty() && self.acts(Canary::FillTooLarge) {
            fills[0].qty += 1;
        }
    }

    fn falsify_plan(&mut self, plan: &mut Plan) {
        if !plan.parts.is_empty() && !plan.backordered.is_empty() && self.acts(Canary::PlanOversold) {
            plan.parts[0].qty += 1;
            plan.backordered[0].qty -= 1;
        }
        if plan.decision.cost.iter().any(|cost| *cost > 0) && self.acts(Canary::PlanNotCheapest) {
            for cost in [&mut plan.decision.cost, &mut plan.decision.bound] {
                cost.iter_mut().filter(|cost| **cost > 0).for_each(|cost| *cost -= 1);
            }
        }
        if !plan.backordered.is_empty() && self.acts(Canary::LineNotAddedUp) {
            plan.backordered.pop();
        }
    }

    /// What lies of a SKU at a node.
    pub fn stock(&mut self, sku: &str, node: &str) -> Result<StockView, String> {
        let query = Query::Stock(StockQuery { sku: sku.into(), node: Some(node.into()) });
        let Ok(Answer::Stock(views)) = self.book.ask(&query) else { return Err("no answer on stock".into()) };
        let mut view = views.into_iter().next().ok_or("no view of stock")?;
        if self.canary.is_none() {
            return Ok(view);
        }
        if view.reserved > 0 && self.acts(Canary::ReservedFlipped) {
            view.reserved -= 1;
        }
        if view.reserved > 0 && self.acts(Canary::AvailableInflated) {
            view.available += 1;
        }
        if view.on_hand > 0 && self.acts(Canary::UnitLost) {
            view.on_hand -= 1;
        }
        if view.on_hand > 0 && self.acts(Canary::ValueDrifts) {
            view.value = more(view.value, self.minor());
        }
        if view.on_order > 0 && self.acts(Canary::OnOrderForgotten) {
            view.on_order = 0;
        }
        if !view.places.is_empty() && self.acts(Canary::PlaceMixedUp) {
            view.places[0].qty += 1;
        }
        Ok(view)
    }

    /// An order as it stands.
    pub fn order(&mut self, key: &str) -> Result<OrderView, String> {
        let query = Query::Order(DocumentQuery { document: key.into() });
        match self.book.ask(&query) {
            Ok(Answer::Order(mut view)) => {
                if view.state == OrderState::Shipped && self.acts(Canary::OrderStateWrong) {
                    view.state = OrderState::Planned;
                }
                Ok(*view)
            }
            other => Err(format!("no answer on order `{key}`: {other:?}")),
        }
    }

    /// Balances by account.
    pub fn trial_balance(&mut self) -> Vec<i128> {
        let mut balances: Vec<i128> =
            self.book.trial_balance().iter().map(|view| i128::from(view.balance.micros())).collect();
        if balances[0] != 0 && self.acts(Canary::BalanceShifted) {
            balances[0] += i128::from(self.minor());
            balances[1] -= i128::from(self.minor());
        }
        balances
    }

    /// `Book::snapshot`.
    pub fn snapshot(&mut self) -> Vec<u8> {
        let mut bytes = self.book.snapshot();
        if !self.stale.is_empty() && self.acts(Canary::SnapshotStale) {
            return self.stale.clone();
        }
        if self.acts(Canary::SnapshotFlipped) {
            let at = self.rng.below(bytes.len());
            bytes[at] ^= 1 << self.rng.below(8);
        }
        bytes
    }

    /// `Book::log_since`.
    pub fn log_since(&mut self, from: u64) -> Result<Vec<u8>, String> {
        let log = self.book.log_since(from).map_err(|e| e.to_string())?;
        if self.acts(Canary::LogCut) {
            let last = self.book.log_since(self.book.sequence()).map_err(|e| e.to_string())?;
            let header = self.book.log_since(self.book.sequence() + 1).map_err(|e| e.to_string())?;
            return Ok(log[..log.len() - (last.len() - header.len())].to_vec());
        }
        Ok(log)
    }
}

fn more(money: Money, by: i64) -> Money {
    Money::from_micros(money.micros() + by)
}

/// Shifts the first entry of a movement, both legs alike: it still balances.
fn shift(postings: &mut [Posting], movement: Movement, by: i64) {
    let mut legs = postings.iter_mut().filter(|p| p.movement == movement);
    if let (Some(debit), Some(credit)) = (legs.next(), legs.next()) {
        debit.amount = more(debit.amount, by);
        credit.amount = more(credit.amount, -by);
    }
}
