//! The plan: what is said next, and what must come of it. Most commands are sound; some carry one fault that
//! is known.

use super::rng::Rng;
use super::world::{World, money};
use stockbook::*;
use stockbook_model::{HoldState, Model};

/// What the plan expects of a command; the naive model is asked besides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Want {
    /// It must be accepted.
    Accept,
    /// It must be refused, by this number.
    Refuse(u16),
    /// The model alone knows.
    Either,
}

/// Chooses commands.
pub struct Planner {
    /// The dice.
    pub rng: Rng,
    /// The world.
    pub world: World,
    /// Numbers of documents and commands.
    pub count: u64,
    /// The planner's own clock, which the book's follows.
    pub clock: Instant,
    /// How many orders with very many lines may still be placed.
    pub many_lines: u32,
}

/// The largest quantity of a line.
pub(super) const QTY_MAX: i64 = 1_000_000_000_000;

impl Planner {
    /// A planner for a world.
    pub fn new(rng: Rng, world: World) -> Planner {
        let clock = "2026-01-05T08:00:00Z".parse().unwrap_or_default();
        Planner { rng, world, count: 0, clock, many_lines: 0 }
    }

    /// A new number.
    pub fn number(&mut self, prefix: &str) -> String {
        self.count += 1;
        if self.count.is_multiple_of(3) { self.count.to_string() } else { format!("{prefix}{}", self.count) }
    }

    /// An envelope that the book should let in: time moves on, source and actor are allowed.
    pub fn envelope(&mut self, model: &Model, command: Command) -> Envelope {
        self.tick(model);
        let mut envelope = Envelope::new(&self.number("c"), self.clock, command);
        let rule = model.authority.iter().find(|rule| rule.command == envelope.command.word());
        if let Some(rule) = rule {
            if !rule.sources.is_empty() {
                envelope.source = self.rng.pick(&rule.sources).clone();
            }
            if !rule.actors.is_empty() {
                envelope.actor = self.rng.pick(&rule.actors).clone();
            }
        }
        if self.rng.one_in(12) {
            envelope.occurred_at = Some(self.clock.plus_seconds(-self.rng.range(0, 500_000)));
        }
        envelope
    }

    /// Time stalls, creeps, jumps, or hits the microsecond at which a hold runs out.
    fn tick(&mut self, model: &Model) {
        let from = self.clock.max(model.now);
        let due = model.holds.iter().filter(|h| h.state == HoldState::Active && h.expires_at >= from);
        let due = due.map(|h| h.expires_at).min();
        self.clock = match (self.rng.below(100), due) {
            (0..=24, _) => from,
            (25..=29, Some(due)) => due,
            (30..=32, Some(due)) => from.max(Instant::from_micros(due.micros() - 1)),
            (33..=34, _) => from.plus_seconds(self.rng.range(1, 4) * 86_400),
            _ => Instant::from_micros(from.micros() + self.rng.range(1, 1_800_000_000)),
        };
    }

    pub(super) fn sku(&mut self, model: &Model) -> usize {
        self.rng.skewed(model.skus.len())
    }

    pub(super) fn node(&mut self, model: &Model) -> usize {
        self.rng.below(model.nodes.len())
    }

    fn qty(&mut self, model: &Model, sku: usize, most: i64) -> i64 {
        let scale = [1, 3, 7, 20][usize::from(model.skus[sku].decimals).min(3)];
        self.rng.range(1, most) * self.rng.range(1, scale)
    }

    fn place(&mut self) -> Place {
        if self.rng.chance(60) {
            return Place::default();
        }
        let conditions = [
            Condition::Sellable,
            Condition::Sellable,
            Condition::Inspection,
            Condition::Damaged,
            Condition::Refurbish,
        ];
        Place {
            bin: (*self.rng.pick(&["", "A-1", "B-2"])).into(),
            lot: (*self.rng.pick(&["", "", "L1", "L2", "L3"])).into(),
            condition: *self.rng.pick(&conditions),
            owner: if self.rng.one_in(8) { "vendor".into() } else { String::new() },
        }
    }

    pub(super) fn code(&mut self, known: &str) -> String {
        if self.rng.one_in(2) { format!("{known}?") } else { "nobody".into() }
    }

    /// A sound command, as far as the planner can tell.
    pub fn sound(&mut self, model: &Model) -> (Command, Want) {
        // place, ship, receive, cancel, reallocate, return, hold, release, adjust, move
        // buy, receive bought, unbuy, send, arrive, protect, status, policy, authority, time, reorder,
        // resolve, define, describe, date, subscribe
        const WEIGHTS: [u32; 26] = [
            240, 170, 90, 45, 40, 60, 50, 25, 50, 45, 25, 30, 6, 30, 35, 20, 10, 12, 6, 10, 5, 10, 8, 4, 4, 4,
        ];
        for _ in 0..20 {
            let made = match self.rng.weighted(&WEIGHTS) {
                0 => Some(self.order(model)),
                1 => self.ship(model),
                2 => Some(self.receive(model)),
                3 => self.cancel(model),
                4 => self.reallocate(model),
                5 => self.give_back(model),
                6 => self.hold(model),
                7 => self.release(model),
                8 => Some(self.adjust(model)),
                9 => self.shift(model),
                10 => Some(self.buy(model)),
                11 => self.receive_bought(model),
                12 => self.unbuy(model),
                13 => self.send(model),
                14 => self.arrive(model),
                15 => Some(self.protect(model)),
                16 => Some(self.status(model)),
                17 => Some((
                    Command::SetPolicy(self.rng.pick(&self.world.policies.clone()).clone()),
                    Want::Either,
                )),
                18 => Some(self.authority()),
                19 => Some((Command::AdvanceTime(AdvanceTime {}), Want::Accept)),
                20 => Some(self.reorder(model)),
                21 => self.resolve(model),
                23 => self.describe(model),
                24 => self.date(model),
                25 => Some(self.subscribe(model)),
                _ => Some(self.redefine(model)),
            };
            if let Some(made) = made {
                return made;
            }
        }
        (Command::AdvanceTime(AdvanceTime {}), Want::Accept)
    }

    fn order(&mut self, model: &Model) -> (Command, Want) {
        let channel = self.rng.below(model.channels.len());
        let many = self.many_lines > 0 && self.rng.one_in(100);
        self.many_lines -= u32::from(many);
        let lines = match () {
            () if many => *self.rng.pick(&[300, 2_000, 10_000]),
            () if self.rng.one_in(25) => 12,
            () => self.rng.range(1, 4) as usize,
        };
        let active: Vec<usize> = (0..model.holds.len())
            .filter(|h| model.holds[*h].state == HoldState::Active && model.holds[*h].channel == channel)
            .collect();
        let hold = (self.rng.one_in(6) && !active.is_empty()).then(|| *self.rng.pick(&active));
        let mut order = PlaceOrder {
            order: self.number("o"),
            channel: model.channels[channel].channel.clone(),
            to: *self.rng.pick(&self.world.places),
            lines: Vec::new(),
            deliver_by: None,
            priority: self.rng.one_in(5).then(|| self.rng.range(0, 4) as u8),
            commitment: if self.rng.one_in(7) { Commitment::External } else { Commitment::Own },
            hold: hold.map(|h| model.holds[h].key.clone()),
            detail: *self.rng.pick(&[Detail::None, Detail::Brief, Detail::Brief, Detail::Full]),
            ..PlaceOrder::default()
        };
        if many {
            order.detail = Detail::Brief;
        }
        if self.rng.one_in(6) {
            order.deliver_by = Some(self.clock.plus_seconds(self.rng.range(1, 200) * 3_600));
        }
        for number in 0..lines {
            let sku = match hold.map(|h| &model.holds[h].lines) {
                Some(held) if number < held.len() => held[number].0,
                _ => self.sku(model),
            };
            order.lines.push(self.order_line(model, sku, many));
        }
        if !many && self.rng.one_in(4) && !(self.rng.one_in(4) && self.call_off(model, &mut order)) {
            self.schedule(model, &mut order);
        }
        (Command::PlaceOrder(order), Want::Either)
    }

    pub(super) fn order_line(&mut self, model: &Model, sku: usize, many: bool) -> OrderLine {
        let row = &model.skus[sku];
        let unit = match self.rng.below(20) {
            0 if !many => Some("case"),
            1 if row.decimals > 0 => Some("half"),
            _ => None,
        };
        let qty = if many || unit.is_some() { self.rng.range(1, 2) } else { self.qty(model, sku, 5) };
        OrderLine {
            sku: row.sku.clone(),
            qty,
            unit: unit.map(Into::into),
            price: self.rng.one_in(4).then(|| Money::from_micros(self.rng.range(0, 90_000_000) * 10)),
            lot: None,
        }
    }

    pub(super) fn orders_with(
        &mut self,
        model: &Model,
        fits: impl Fn(&stockbook_model::Order) -> bool,
    ) -> Option<usize> {
        if model.orders.is_empty() {
            return None;
        }
        // Recent orders first, but old ones too.
        for _ in 0..12 {
            let back = if self.rng.one_in(3) { model.orders.len() } else { model.orders.len().min(60) };
            let order = model.orders.len() - 1 - self.rng.below(back);
            if fits(&model.orders[order]) {
                return Some(order);
            }
        }
        None
    }

    fn ship(&mut self, model: &Model) -> Option<(Command, Want)> {
        let order = self.orders_with(model, |o| !o.reserved.is_empty())?;
        let row = &model.orders[order];
        let reserved = self.rng.pick(&row.reserved).clone();
        let node = row.parcels[reserved.parcel].said.node.0 as usize;
        let mut lines = Vec::new();
        if self.rng.one_in(3) {
            let most = row.reserved_at(reserved.line, node) as i64;
            lines.push(DocumentLine { line: reserved.line as u32 + 1, qty: self.rng.range(1, most) });
        }
        let open = model.nodes[node].status == NodeStatus::Open;
        let by_lot = row.lines.iter().any(|line| model.by_lot(line.sku));
        let ship = ShipOrder { order: row.key.clone(), node: model.nodes[node].said.node.clone(), lines };
        let want = match (open, by_lot) {
            // Its date may not have come.
            _ if row.ship_from.is_some() => Want::Either,
            (false, _) => Want::Refuse(406),
            // Its lots may have expired.
            (true, true) => Want::Either,
            (true, false) => Want::Accept,
        };
        Some((Command::ShipOrder(ship), want))
    }

    fn receive(&mut self, model: &Model) -> (Command, Want) {
        let mut lines = Vec::new();
        for _ in 0..self.rng.range(1, 4) {
            let sku = self.sku(model);
            let place = self.place();
            let own = place.owner.is_empty();
            let (place, expires_at) = self.dated(model, sku, place);
            lines.push(ReceiptLine {
                zero_cost_reason: None,
                expires_at,
                sku: model.skus[sku].sku.clone(),
                qty: self.qty(model, sku, 12),
                unit: self.rng.one_in(9).then(|| "case".into()),
                unit_cost: own
                    .then(|| Money::from_micros(self.rng.range(0, 40_000_000) * self.rng.range(1, 2))),
                place,
            });
        }
        let supplier = self.rng.chance(60).then(|| format!("S{}", self.rng.below(2)));
        let node = self.node(model);
        let receive = ReceiveGoods {
            rate: None,
            receipt: self.number("r"),
            node: model.nodes[node].said.node.clone(),
            supplier,
            purchase_order: None,
            lines,
        };
        (Command::ReceiveGoods(receive), Want::Either)
    }

    fn cancel(&mut self, model: &Model) -> Option<(Command, Want)> {
        let order = self.orders_with(model, stockbook_model::Order::is_open)?;
        let row = &model.orders[order];
        let mut lines = Vec::new();
        if self.rng.chance(60) {
            let open: Vec<usize> = (0..row.lines.len()).filter(|l| row.lines[*l].open() > 0).collect();
            let line = *self.rng.pick(&open);
            lines.push(DocumentLine {
                line: line as u32 + 1,
                qty: self.rng.range(1, row.lines[line].open() as i64),
            });
        }
        let cancel = CancelOrder { order: row.key.clone(), reason: "customer".into(), lines };
        Some((Command::CancelOrder(cancel), Want::Accept))
    }

    fn reallocate(&mut self, model: &Model) -> Option<(Command, Want)> {
        if self.rng.one_in(3) {
            return self.reject(model);
        }
        // Where lots by their names are found anew is asked elsewhere.
        let order = self.orders_with(model, |order| order.is_open() && !order.names_lots())?;
        let detail = *self.rng.pick(&[Detail::None, Detail::Brief]);
        let reallocate = ReallocateOrder {
            order: model.orders[order].key.clone(),
            reason: "outage".into(),
            detail,
            ..ReallocateOrder::default()
        };
        Some((Command::ReallocateOrder(reallocate), Want::Accept))
    }

    fn reject(&mut self, model: &Model) -> Option<(Command, Want)> {
        let order = self.orders_with(model, |order| !order.reserved.is_empty() && !order.names_lots())?;
        let row = &model.orders[order];
        let reserved = self.rng.pick(&row.reserved).clone();
        let node = row.parcels[reserved.parcel].said.node.0 as usize;
        let reject = RejectAllocation {
            order: row.key.clone(),
            node: model.nodes[node].said.node.clone(),
            reason: "outage".into(),
            lines: if self.rng.one_in(2) { vec![reserved.line as u32 + 1] } else { Vec::new() },
            detail: *self.rng.pick(&[Detail::None, Detail::Brief]),
        };
        Some((Command::RejectAllocation(reject), Want::Accept))
    }

    fn give_back(&mut self, model: &Model) -> Option<(Command, Want)> {
        let order = self.orders_with(model, |o| o.lines.iter().any(|l| l.shipped > l.returned))?;
        let row = &model.orders[order];
        let left: Vec<usize> =
            (0..row.lines.len()).filter(|l| row.lines[*l].shipped > row.lines[*l].returned).collect();
        let line = *self.rng.pick(&left);
        let most = (row.lines[line].shipped - row.lines[line].returned) as i64;
        let dispositions = [
            Disposition::Restock,
            Disposition::Restock,
            Disposition::Refurbish,
            Disposition::Scrap,
            Disposition::ReturnToVendor,
            Disposition::Keep,
        ];
        let disposition = *self.rng.pick(&dispositions);
        let whole = model.minor as i64;
        let qty = if disposition == Disposition::Keep { 0 } else { self.rng.range(1, most) };
        let mut lines = vec![ReturnLine {
            line: line as u32 + 1,
            qty,
            disposition,
            refund: Money::from_micros(self.rng.range(0, 3) * whole),
            lot: None,
            credit: None,
        }];
        if qty > 0 && qty < most && self.rng.one_in(3) {
            lines.push(ReturnLine { qty: most - qty, ..lines[0].clone() });
        }
        let node = self.node(model);
        let node = model.nodes[node].said.node.clone();
        let rma = self.number("rma");
        Some((
            Command::ReceiveReturn(ReceiveReturn { rma, order: row.key.clone(), node, lines, rate: None }),
            Want::Either,
        ))
    }

    fn hold(&mut self, model: &Model) -> Option<(Command, Want)> {
        let channel = self.rng.below(model.channels.len());
        let mut lines = Vec::new();
        for _ in 0..self.rng.range(1, 3) {
            let (sku, node) = (self.sku(model), self.node(model));
            let free = model.free_for(sku, node, channel, model.first_leave(node)) as i64;
            let known = lines.iter().any(|l: &HoldLine| l.sku == model.skus[sku].sku);
            if free > 0 && !known && model.nodes[node].status == NodeStatus::Open {
                let (sku, node) = (model.skus[sku].sku.clone(), model.nodes[node].said.node.clone());
                lines.push(HoldLine {
                    sku,
                    node,
                    qty: self.rng.range(1, free.min(40)),
                    nodes: Vec::new(),
                    lot: if self.rng.one_in(5) {
                        (*self.rng.pick(&["L1", "L2", "L3"])).into()
                    } else {
                        String::new()
                    },
                });
            }
        }
        if lines.is_empty() {
            return None;
        }
        let length = *self.rng.pick(&[1, 900_000_000, 7_200_000_000, 200_000_000_000]);
        // From the clock as it is now; the envelope may move it on, so even this is for the model to judge.
        let expires_at = Instant::from_micros(self.clock.micros() + length);
        let channel = model.channels[channel].channel.clone();
        Some((
            Command::HoldStock(HoldStock {
                hold: self.number("h"),
                channel,
                lines,
                expires_at,
                fill: HoldFill::AllOrNothing,
            }),
            Want::Either,
        ))
    }

    fn release(&mut self, model: &Model) -> Option<(Command, Want)> {
        let active = model.holds.iter().filter(|h| h.state == HoldState::Active);
        let active: Vec<String> = active.map(|h| h.key.clone()).collect();
        if active.is_empty() {
            return None;
        }
        Some((
            Command::ReleaseHold(ReleaseHold { hold: self.rng.pick(&active).clone(), lines: Vec::new() }),
            Want::Either,
        ))
    }

    fn adjust(&mut self, model: &Model) -> (Command, Want) {
        let node = self.node(model);
        let mut lines: Vec<AdjustLine> = Vec::new();
        for _ in 0..self.rng.range(1, 3) {
            let sku = self.sku(model);
            let place = self.place();
            if lines.iter().any(|l| l.sku == model.skus[sku].sku) {
                continue;
            }
            let cell = &model.cells[sku][node];
            let index = model.places.iter().position(|p| *p == place);
            let there = index.map_or(0, |index| cell.in_place(index));
            let sellable = place.owner.is_empty() && place.condition == Condition::Sellable;
            let free = if sellable { there.min(cell.available()) } else { there } as i64;
            let loss = free > 0 && self.rng.chance(60);
            let qty = if loss { -self.rng.range(1, free.min(30)) } else { self.qty(model, sku, 6) };
            let cost = qty > 0 && place.owner.is_empty() && (cell.pool_qty() == 0 || self.rng.one_in(2));
            let unit_cost = cost.then(|| Money::from_micros(self.rng.range(0, 30_000_000)));
            lines.push(AdjustLine { value: None, sku: model.skus[sku].sku.clone(), qty, unit_cost, place });
        }
        let reason = (*self.rng.pick(&["theft", "count"])).into();
        let (adjustment, node) = (self.number("a"), model.nodes[node].said.node.clone());
        (Command::AdjustStock(AdjustStock { adjustment, node, reason, lines }), Want::Either)
    }

    fn shift(&mut self, model: &Model) -> Option<(Command, Want)> {
        let (sku, node) = (self.sku(model), self.node(model));
        let cell = &model.cells[sku][node];
        let full: Vec<usize> = (0..model.places.len()).filter(|p| cell.in_place(*p) > 0).collect();
        if full.is_empty() {
            return None;
        }
        let index = *self.rng.pick(&full);
        let from = model.places[index].clone();
        let to = Place { owner: from.owner.clone(), ..self.place() };
        let qty = self.rng.range(1, (cell.in_place(index) as i64).min(25));
        let (sku, node) = (model.skus[sku].sku.clone(), model.nodes[node].said.node.clone());
        let movement = self.number("m");
        Some((Command::MoveStock(MoveStock { movement, node, sku, qty, from, to }), Want::Either))
    }

    fn buy(&mut self, model: &Model) -> (Command, Want) {
        let mut lines: Vec<PurchaseLine> = Vec::new();
        for _ in 0..self.rng.range(1, 3) {
            let sku = self.sku(model);
            let code = model.skus[sku].sku.clone();
            if lines.iter().all(|l| l.sku != code) {
                let (qty, unit) = (self.qty(model, sku, 20), self.rng.one_in(6).then(|| "case".into()));
                let unit_cost = Money::from_micros(self.rng.range(0, 50_000_000));
                lines.push(PurchaseLine { sku: code, qty, unit, unit_cost });
            }
        }
        let node = self.node(model);
        let dated = self.rng.one_in(2).then(|| self.clock.plus_seconds(self.rng.range(4, 24) * 86_400));
        let buy = PlacePurchaseOrder {
            purchase_order: self.number("p"),
            supplier: format!("S{}", self.rng.below(2)),
            node: model.nodes[node].said.node.clone(),
            lines,
            expected_at: dated,
            speed: *self.rng.pick(&[Speed::Standard, Speed::Expedited]),
        };
        // Time may jump past its date.
        (Command::PlacePurchaseOrder(buy), if dated.is_some() { Want::Either } else { Want::Accept })
    }

    fn receive_bought(&mut self, model: &Model) -> Option<(Command, Want)> {
        let open: Vec<usize> =
            (0..model.purchases.len()).filter(|p| !model.purchases[*p].cancelled).collect();
        if open.is_empty() {
            return None;
        }
        let purchase = &model.purchases[*self.rng.pick(&open)];
        let mut lines = Vec::new();
        for (sku, ordered, _, received) in &purchase.lines {
            if self.rng.chance(70) || lines.is_empty() {
                let left = (ordered - received).max(1) as i64;
                let most = if self.rng.one_in(6) { left + 3 } else { left };
                let place = self.place();
                let dear = place.owner.is_empty() && self.rng.one_in(5);
                let (place, expires_at) = self.dated(model, *sku, place);
                lines.push(ReceiptLine {
                    zero_cost_reason: None,
                    expires_at,
                    sku: model.skus[*sku].sku.clone(),
                    qty: self.rng.range(1, most),
                    unit: None,
                    unit_cost: dear.then(|| Money::from_micros(self.rng.range(0, 40_000_000))),
                    place,
                });
            }
        }
        let receive = ReceiveGoods {
            rate: None,
            receipt: self.number("r"),
            node: model.nodes[purchase.node].said.node.clone(),
            supplier: None,
            purchase_order: Some(purchase.key.clone()),
            lines,
        };
        Some((Command::ReceiveGoods(receive), Want::Either))
    }

    fn unbuy(&mut self, model: &Model) -> Option<(Command, Want)> {
        let open = model.purchases.iter().filter(|p| !p.cancelled && p.awaited() > 0);
        let open: Vec<String> = open.map(|p| p.key.clone()).collect();
        if open.is_empty() {
            return None;
        }
        let purchase_order = self.rng.pick(&open).clone();
        if self.rng.chance(60) {
            return Some(self.rebuy(model, purchase_order));
        }
        let cancel = CancelPurchaseOrder { purchase_order, reason: "outage".into() };
        Some((Command::CancelPurchaseOrder(cancel), Want::Accept))
    }

    /// A line at another quantity or price, and perhaps on another day.
    fn rebuy(&mut self, model: &Model, purchase_order: String) -> (Command, Want) {
        let purchase = model.purchase(&purchase_order).map(|at| &model.purchases[at]);
        let lines = purchase.map_or(0, |row| row.lines.len()) as i64;
        let line = self.rng.range(1, lines);
        let known = purchase.and_then(|row| row.lines.get(line as usize - 1)).copied().unwrap_or_default();
        // Something is left of it.
        let qty = known.3.min(known.1) as i64 + self.rng.range(1, 30);
        let dear = self.rng.one_in(3).then(|| Money::from_micros(self.rng.range(0, 40_000_000)));
        let later = self.rng.one_in(4).then(|| model.now.plus_seconds(self.rng.range(86_400, 900_000)));
        let change = PurchaseChange { line: line as u32, qty: Some(qty), unit_cost: dear };
        let change = ChangePurchaseOrder {
            purchase_order,
            reason: "outage".into(),
            lines: vec![change],
            add: Vec::new(),
            expected_at: later,
        };
        // Time may jump past its date; and where more has come than is ordered, all of it keeps its price.
        let settled = dear.is_some() && known.3 >= i128::from(qty);
        let want = if later.is_some() || settled { Want::Either } else { Want::Accept };
        (Command::ChangePurchaseOrder(change), want)
    }

    fn send(&mut self, model: &Model) -> Option<(Command, Want)> {
        let (from, to) = (self.node(model), self.node(model));
        let mut lines: Vec<TransferLine> = Vec::new();
        for _ in 0..self.rng.range(1, 3) {
            let sku = self.sku(model);
            let free = model.cells[sku][from].available() as i64;
            let code = model.skus[sku].sku.clone();
            if free > 0 && lines.iter().all(|l| l.sku != code) {
                lines.push(TransferLine {
                    sku: code,
                    qty: self.rng.range(1, free.min(30)),
                    unit_price: None,
                });
            }
        }
        if from == to || lines.is_empty() {
            return None;
        }
        let (from, to) = (model.nodes[from].said.node.clone(), model.nodes[to].said.node.clone());
        Some((
            Command::ShipTransfer(ShipTransfer { transfer: self.number("t"), from, to, lines }),
            Want::Either,
        ))
    }

    fn arrive(&mut self, model: &Model) -> Option<(Command, Want)> {
        let open = |t: &&stockbook_model::Transfer| t.lines.iter().any(|l| l.open() > 0);
        let open: Vec<&stockbook_model::Transfer> = model.transfers.iter().filter(open).collect();
        if open.is_empty() {
            return None;
        }
        let transfer = *self.rng.pick(&open);
        let closing = if self.rng.one_in(5) { Closing::Short } else { Closing::Open };
        let mut lines = Vec::new();
        for (number, leg) in (1u32..).zip(&transfer.lines) {
            if leg.open() > 0 && (self.rng.chance(70) || (lines.is_empty() && closing == Closing::Open)) {
                let most = leg.open() as i64;
                let qty = if self.rng.one_in(2) { most } else { self.rng.range(1, most) };
                lines.push(DocumentLine { line: number, qty });
            }
        }
        Some((
            Command::ReceiveTransfer(ReceiveTransfer {
                transfer: transfer.key.clone(),
                lines,
                closing,
                damaged: Vec::new(),
                surplus: Surplus::Refuse,
            }),
            Want::Accept,
        ))
    }

    fn protect(&mut self, model: &Model) -> (Command, Want) {
        let (sku, node, channel) = (self.sku(model), self.node(model), self.rng.below(model.channels.len()));
        let qty = if self.rng.one_in(3) { 0 } else { self.rng.range(1, 12) };
        let protect = SetProtection {
            sku: model.skus[sku].sku.clone(),
            node: model.nodes[node].said.node.clone(),
            channel: model.channels[channel].channel.clone(),
            qty,
        };
        (Command::SetProtection(protect), Want::Accept)
    }

    fn status(&mut self, model: &Model) -> (Command, Want) {
        let closed: Vec<usize> =
            (0..model.nodes.len()).filter(|n| model.nodes[*n].status == NodeStatus::Closed).collect();
        // Most of the time all nodes are open.
        let (node, status) = match closed.first() {
            Some(node) => (*node, NodeStatus::Open),
            None => (self.node(model), NodeStatus::Closed),
        };
        let node = model.nodes[node].said.node.clone();
        (Command::SetNodeStatus(SetNodeStatus { node, status, reason: "outage".into() }), Want::Accept)
    }

    /// Rights come and go: a role that could say it a moment ago no longer can.
    fn authority(&mut self) -> (Command, Want) {
        let words = ["ship_order", "adjust_stock", "place_order", "receive_goods", "set_policy"];
        let names = |rng: &mut Rng, list: &[&str]| -> Vec<String> {
            list.iter().filter(|_| rng.chance(50)).map(|n| (*n).into()).collect()
        };
        let authority = SetAuthority {
            command: (*self.rng.pick(&words)).into(),
            sources: names(&mut self.rng, &["wms", "shop", "erp"]),
            actors: names(&mut self.rng, &["ann", "bob"]),
            value_max: self.rng.one_in(4).then(|| Money::from_micros(self.rng.range(1, 900) * 1_000_000)),
        };
        (Command::SetAuthority(authority), Want::Accept)
    }

    fn reorder(&mut self, model: &Model) -> (Command, Want) {
        let (sku, node) = (self.sku(model), self.node(model));
        let point = self.rng.range(0, 20);
        let rule = SetReorderRule {
            sku: model.skus[sku].sku.clone(),
            node: model.nodes[node].said.node.clone(),
            supplier: "S0".into(),
            unit_cost: money("3.50"),
            reorder_point: point,
            order_up_to: point + self.rng.range(1, 30),
            expedite_below: self.rng.range(0, 3),
        };
        (Command::SetReorderRule(rule), Want::Accept)
    }

    fn resolve(&mut self, model: &Model) -> Option<(Command, Want)> {
        let open = (0..model.exceptions.len()).filter(|e| model.exceptions[*e].1 == ExceptionStatus::Open);
        let open: Vec<usize> = open.collect();
        if open.is_empty() {
            return None;
        }
        let exception = *self.rng.pick(&open) as u32 + 1;
        let resolve =
            ResolveException { exception, resolution: "called the customer".into(), with: String::new() };
        Some((Command::ResolveException(resolve), Want::Accept))
    }

    /// A lot, and often a date, for goods of a SKU that has dates.
    fn dated(&mut self, model: &Model, sku: usize, place: Place) -> (Place, Option<Instant>) {
        let Some(said) = model.described(sku) else { return (place, None) };
        let bare = self.rng.one_in(if said.tracking == Tracking::Lot { 30 } else { 5 });
        if !place.owner.is_empty() || bare {
            return (place, None);
        }
        let lot = format!("L{}", self.rng.range(1, 6));
        let days = self.rng.range(1, 60);
        let date = self.clock.plus_seconds(days * 86_400);
        let date = match model.date_of_lot(sku, &lot) {
            // Another date than the lot has is refused.
            Some(known) if !self.rng.one_in(20) => self.rng.one_in(2).then_some(known),
            _ => (!self.rng.one_in(4)).then_some(date),
        };
        (Place { lot, ..place }, date)
    }

    /// Lives that channels ask for and capacities of days change; days stay days.
    fn describe(&mut self, model: &Model) -> Option<(Command, Want)> {
        if self.rng.one_in(2) {
            let channel = self.rng.below(model.channels.len());
            model.lives.iter().find(|(of, _)| *of == channel)?;
            return Some((
                Command::DescribeChannel(super::world::lives(&mut self.rng, channel)),
                Want::Accept,
            ));
        }
        let node = self.node(model);
        let offset = model.capacity(node)?.utc_offset_minutes;
        Some((Command::DescribeNode(super::world::site(&mut self.rng, node, offset)), Want::Accept))
    }

    /// A lot gets another date.
    fn date(&mut self, model: &Model) -> Option<(Command, Want)> {
        if model.dates.is_empty() {
            return None;
        }
        let (sku, lot, _) = self.rng.pick(&model.dates).clone();
        let expires_at = self.clock.plus_seconds(self.rng.range(-2, 40) * 86_400);
        let sku = model.skus[sku].sku.clone();
        Some((Command::SetLotExpiry(SetLotExpiry { sku, lot, expires_at }), Want::Accept))
    }

    /// Master data said again: it replaces what was said.
    fn redefine(&mut self, model: &Model) -> (Command, Want) {
        match self.rng.below(5) {
            4 => (self.refuse_above(model), Want::Accept),
            0 => {
                let sku = self.sku(model);
                let price = Money::from_micros(self.rng.range(1, 50_000) * 10_000);
                (Command::DefineSku(DefineSku { price, ..model.skus[sku].clone() }), Want::Accept)
            }
            1 => {
                let node = self.node(model);
                let row = model.nodes[node].said.clone();
                let changed = DefineNode { preference: self.rng.range(0, 20), ..row };
                (Command::DefineNode(changed), Want::Either)
            }
            2 => {
                let channel = self.rng.below(model.channels.len());
                let promise_hours = *self.rng.pick(&[24, 96, 1_000]);
                (
                    Command::DefineChannel(DefineChannel {
                        promise_hours,
                        ..model.channels[channel].clone()
                    }),
                    Want::Accept,
                )
            }
            _ => {
                let name = self.number("reason");
                (Command::DefineReason(DefineReason { reason: name, name: String::new() }), Want::Accept)
            }
        }
    }
}
