//! Commands with one fault that is known, and numbers at the ends of what 64 bits hold.

use super::plan::{Planner, QTY_MAX, Want};
use stockbook::*;
use stockbook_model::{HoldState, Model};

impl Planner {
    /// A command with one fault that the plan knows.
    pub fn faulty(&mut self, model: &Model) -> (Command, Want) {
        for _ in 0..20 {
            let (mut command, want) = self.sound(model);
            if let Some(number) = self.spoil(model, &mut command, want) {
                return (command, number);
            }
        }
        (
            Command::SetAuthority(SetAuthority {
                command: "dance".into(),
                sources: Vec::new(),
                actors: Vec::new(),
                value_max: None,
            }),
            Want::Refuse(103),
        )
    }

    fn spoil(&mut self, model: &Model, command: &mut Command, want: Want) -> Option<Want> {
        let bad_qty = *self.rng.pick(&[0, -1, i64::MIN, i64::MAX, QTY_MAX + 1]);
        let dice = self.rng.below(6);
        let refuse = |number| Some(Want::Refuse(number));
        match command {
            Command::PlaceOrder(c) => self.spoil_order(model, c),
            Command::ShipOrder(c) if dice == 0 => {
                c.order = self.code(&c.order);
                refuse(209)
            }
            Command::ShipOrder(c) if dice == 1 => {
                c.node = self.code(&c.node);
                refuse(202)
            }
            Command::ShipOrder(c) if want == Want::Accept => {
                let order = model.order(&c.order)?;
                let node = model.node(&c.node)?;
                let row = &model.orders[order];
                let line = row.reserved.first()?.line;
                let too_many = row.reserved_at(line, node) as i64 + self.rng.range(1, 3);
                c.lines = vec![DocumentLine { line: line as u32 + 1, qty: too_many }];
                match dice {
                    2 => c.lines[0].line = row.lines.len() as u32 + 1,
                    3 => c.lines[0].qty = bad_qty,
                    _ => {}
                }
                refuse([503, 503, 210, 104, 503, 503][dice])
            }
            Command::ReceiveGoods(c) => self.spoil_receipt(c),
            Command::CancelOrder(c) => {
                match dice {
                    0 => c.order = self.code(&c.order),
                    1 => c.reason = self.code(&c.reason),
                    2 => c.lines = vec![DocumentLine { line: 0, qty: 1 }],
                    3 => c.lines = vec![DocumentLine { line: 1, qty: bad_qty }],
                    _ => c.lines = vec![DocumentLine { line: 1, qty: QTY_MAX }],
                }
                refuse([209, 207, 210, 104, 503, 503][dice])
            }
            Command::ReallocateOrder(c) => {
                match dice % 2 {
                    0 => c.order = self.code(&c.order),
                    _ => c.reason = self.code(&c.reason),
                }
                refuse([209, 207][dice % 2])
            }
            Command::RejectAllocation(c) => {
                match dice % 4 {
                    0 => c.order = self.code(&c.order),
                    1 => c.node = self.code(&c.node),
                    2 => c.reason = self.code(&c.reason),
                    _ => c.lines = vec![0],
                }
                refuse([209, 202, 207, 210][dice % 4])
            }
            Command::ReceiveReturn(c) => {
                let line = c.lines.first_mut()?;
                match dice {
                    0 => line.line = u32::MAX,
                    1 => (line.qty, line.disposition) = (-3, Disposition::Scrap),
                    2 => (line.qty, line.disposition) = (QTY_MAX, Disposition::Restock),
                    3 => c.order = self.code(&c.order),
                    4 => c.lines.clear(),
                    _ => c.rma = " spaced ".into(),
                }
                refuse([210, 104, 503, 209, 107, 102][dice])
            }
            Command::HoldStock(c) => {
                match dice {
                    0 => c.lines[0].qty = bad_qty,
                    1 => c.lines[0].sku = self.code("K0"),
                    2 => c.channel = self.code("C0"),
                    3 => c.lines[0].qty = QTY_MAX,
                    4 => c.expires_at = Instant::from_micros(model.now.micros() - 1),
                    _ => c.lines.clear(),
                }
                (dice != 4 || model.sequence > 0).then_some(Want::Either)
            }
            Command::ReleaseHold(c) => {
                c.hold = self.code(&c.hold);
                refuse(209)
            }
            Command::AdjustStock(c) => self.spoil_adjust(c, dice),
            Command::MoveStock(c) => {
                match dice {
                    0 => c.qty = bad_qty,
                    1 => c.qty = QTY_MAX,
                    2 => c.to = c.from.clone(),
                    3 => c.to.owner = "somebody else".into(),
                    4 => c.sku = self.code(&c.sku),
                    _ => c.node = self.code(&c.node),
                }
                (!matches!(dice, 2 | 3))
                    .then_some(Want::Refuse([104, 502, 0, 0, 201, 202][dice]))
                    .or(Some(Want::Either))
            }
            _ => self.spoil_rest(model, command, dice, bad_qty),
        }
    }

    fn spoil_order(&mut self, model: &Model, c: &mut PlaceOrder) -> Option<Want> {
        let refuse = |number| Some(Want::Refuse(number));
        match self.rng.below(12) {
            0 => c.lines[0].sku = self.code("K1"),
            1 => {
                c.channel = self.code("C1");
                return refuse(203);
            }
            2 => {
                c.lines.clear();
                return refuse(107);
            }
            3 => c.lines[0].qty = *self.rng.pick(&[0, -1, i64::MIN, i64::MAX, QTY_MAX + 1]),
            4 => c.lines[0].unit = Some("bushel".into()),
            5 => {
                let whole = model.skus.iter().find(|s| s.decimals == 0)?;
                c.lines[0] = OrderLine {
                    sku: whole.sku.clone(),
                    qty: 7,
                    unit: Some("half".into()),
                    price: None,
                    lot: None,
                };
                return Some(Want::Either);
            }
            6 => {
                c.order = model.orders.last()?.key.clone();
                return refuse(403);
            }
            7 => {
                c.hold = Some("no such hold".into());
                return refuse(209);
            }
            8 => {
                let ended = model.holds.iter().find(|h| h.state == HoldState::Ended)?;
                c.hold = Some(ended.key.clone());
                return Some(Want::Either);
            }
            9 => c.to = Point { lat: Degrees(90_000_000_001), lon: Degrees(0) },
            10 => c.deliver_by = Some(Instant::from_micros(i64::MAX)),
            _ => {
                let price = *self.rng.pick(&[-1, i64::MIN, i64::MAX, 1_000_000_000_001_000_000]);
                c.lines[0].price = Some(Money::from_micros(price));
                return Some(Want::Either);
            }
        }
        Some(Want::Either)
    }

    fn spoil_receipt(&mut self, c: &mut ReceiveGoods) -> Option<Want> {
        let refuse = |number| Some(Want::Refuse(number));
        let line = c.lines.first_mut()?;
        match self.rng.below(9) {
            0 => {
                line.sku = self.code("K2");
                return refuse(if c.purchase_order.is_some() { return Some(Want::Either) } else { 201 });
            }
            1 => {
                c.node = self.code("N0");
                return refuse(202);
            }
            2 => line.qty = *self.rng.pick(&[0, -5, i64::MIN, i64::MAX, QTY_MAX + 1]),
            3 => (c.supplier, c.purchase_order) = (Some("nobody".into()), None),
            4 => c.purchase_order = Some("no such order".into()),
            5 => (c.purchase_order, line.unit_cost) = (None, None),
            6 => line.unit_cost = Some(Money::from_micros(-1)),
            7 => line.place.bin = "\u{7}bell".into(),
            _ => {
                c.lines.clear();
                return refuse(107);
            }
        }
        Some(Want::Either)
    }

    fn spoil_adjust(&mut self, c: &mut AdjustStock, dice: usize) -> Option<Want> {
        let line = c.lines.first_mut()?;
        match dice {
            0 => line.qty = *self.rng.pick(&[0, i64::MIN, i64::MAX, -QTY_MAX - 1]),
            1 => line.qty = -QTY_MAX,
            2 => c.reason = self.code(&c.reason),
            3 => line.sku = self.code(&line.sku),
            4 => c.adjustment = "x".repeat(65),
            _ if line.qty > 0 && line.place.owner.is_empty() => {
                line.unit_cost = Some(Money::from_micros(i64::MIN))
            }
            _ => return None,
        }
        Some(
            [
                Want::Refuse(104),
                Want::Refuse(502),
                Want::Refuse(207),
                Want::Refuse(201),
                Want::Refuse(102),
                Want::Refuse(103),
            ][dice],
        )
    }

    fn spoil_rest(
        &mut self,
        model: &Model,
        command: &mut Command,
        dice: usize,
        bad_qty: i64,
    ) -> Option<Want> {
        let refuse = |number| Some(Want::Refuse(number));
        match command {
            Command::PlacePurchaseOrder(c) => {
                match dice {
                    0 => c.supplier = self.code(&c.supplier),
                    1 => c.node = self.code(&c.node),
                    2 => c.lines[0].unit = Some("bushel".into()),
                    3 => (c.lines[0].qty, c.lines[0].unit) = (bad_qty, None),
                    4 => c.lines[0].unit_cost = Money::from_micros(-5),
                    _ => c.purchase_order = model.purchases.last()?.key.clone(),
                }
                refuse([205, 202, 208, 104, 103, 403][dice])
            }
            Command::CancelPurchaseOrder(c) => {
                match dice % 2 {
                    0 => c.purchase_order = self.code(&c.purchase_order),
                    _ => c.reason = self.code(&c.reason),
                }
                refuse([209, 207][dice % 2])
            }
            Command::ShipTransfer(c) => {
                match dice {
                    0 => c.to = c.from.clone(),
                    1 => c.lines[0].qty = bad_qty,
                    2 => c.lines[0].qty = QTY_MAX,
                    3 => c.lines.clear(),
                    4 => c.from = self.code(&c.from),
                    _ => c.transfer = model.transfers.last()?.key.clone(),
                }
                Some(Want::Either)
            }
            Command::ReceiveTransfer(c) => {
                match dice {
                    0 => c.lines = vec![DocumentLine { line: 1_000, qty: 1 }],
                    1 => c.lines = vec![DocumentLine { line: 1, qty: QTY_MAX }],
                    2 => c.transfer = self.code(&c.transfer),
                    3 => c.lines = vec![DocumentLine { line: 1, qty: bad_qty }],
                    _ => (c.lines, c.closing) = (Vec::new(), Closing::Open),
                }
                refuse([210, 503, 209, 104, 107, 107][dice])
            }
            Command::SetProtection(c) => {
                match dice {
                    0 => c.sku = self.code(&c.sku),
                    1 => c.node = self.code(&c.node),
                    2 => c.channel = self.code(&c.channel),
                    _ => c.qty = -1,
                }
                refuse([201, 202, 203, 104, 104, 104][dice])
            }
            Command::SetNodeStatus(c) => {
                c.node = self.code(&c.node);
                refuse(202)
            }
            Command::SetPolicy(c) => {
                match dice {
                    0 => c.otherwise.tiers.clear(),
                    1 => c.otherwise.nodes = vec!["nowhere".into()],
                    2 => c.otherwise.tiers[0][0].weight = Money::from_micros(-1),
                    3 => c.name = String::new(),
                    4 => c.otherwise.backorder_units_max = Some(-1),
                    _ => c.otherwise.tiers = vec![c.otherwise.tiers[0].clone(); 5],
                }
                Some(Want::Either)
            }
            Command::ResolveException(c) => {
                c.exception = if dice == 0 { 0 } else { u32::MAX };
                refuse(211)
            }
            Command::DefineSku(c) if dice < 3 => {
                c.decimals = if dice == 0 { 7 } else { c.decimals };
                if dice == 1 {
                    c.costing =
                        if c.costing == Costing::Fifo { Costing::MovingAverage } else { Costing::Fifo };
                }
                if dice == 2 {
                    c.weight_g = -1;
                }
                Some(Want::Either)
            }
            Command::AdvanceTime(_) if dice == 0 => {
                let window = 1 << 16;
                *command = Command::ConfigureBook(ConfigureBook {
                    currency: "USD".into(),
                    currency_digits: 2,
                    idempotency_window: window,
                    event_window: window,
                });
                refuse(405)
            }
            Command::AdvanceTime(_) if dice == 1 => {
                let rules = default_rules().into_iter().skip(1).collect();
                *command = Command::SetPostingRules(SetPostingRules { rules, base: None });
                refuse(408)
            }
            _ => None,
        }
    }

    /// A command with numbers near the ends of what the book can hold.
    pub fn edge(&mut self, model: &Model) -> Command {
        let node = self.node(model);
        let node = model.nodes[node].said.node.clone();
        let sku = self.sku(model);
        let sku = model.skus[sku].sku.clone();
        let qty = *self.rng.pick(&[1, 9, 1_000_000, QTY_MAX - 1, QTY_MAX, QTY_MAX + 1, i64::MAX]);
        let costs = [0, 1, 999_999, 1_000_000, 4_000_000_000_000, 1_000_000_000_000_000_000, i64::MAX];
        let unit_cost = Some(Money::from_micros(*self.rng.pick(&costs)));
        let place = Place::default();
        match self.rng.below(4) {
            0 => {
                let lines = vec![AdjustLine { value: None, sku, qty, unit_cost, place }];
                Command::AdjustStock(AdjustStock {
                    adjustment: self.number("a"),
                    node,
                    reason: "count".into(),
                    lines,
                })
            }
            1 => {
                let line = OrderLine { sku, qty, unit: None, price: unit_cost, lot: None };
                let mut order = PlaceOrder {
                    order: self.number("o"),
                    channel: "C0".into(),
                    to: self.world.places[0],
                    lines: vec![line.clone()],
                    deliver_by: None,
                    priority: None,
                    commitment: Commitment::External,
                    hold: None,
                    detail: Detail::Brief,
                    ..PlaceOrder::default()
                };
                if self.rng.one_in(4) {
                    order.lines = vec![line; *self.rng.pick(&[10_000, 10_001])];
                }
                Command::PlaceOrder(order)
            }
            _ => {
                let lines = vec![ReceiptLine {
                    zero_cost_reason: None,
                    expires_at: None,
                    sku,
                    qty,
                    unit: None,
                    unit_cost,
                    place,
                }];
                Command::ReceiveGoods(ReceiveGoods {
                    rate: None,
                    receipt: self.number("r"),
                    node,
                    supplier: None,
                    purchase_order: None,
                    lines,
                })
            }
        }
    }
}
