//! What is asked for later: orders with a date from which they may leave, subscriptions; and how much more
//! than was asked for is taken when it comes.

use super::plan::{Planner, Want};
use stockbook::*;
use stockbook_model::Model;

impl Planner {
    /// Gives an order a date before which it may not leave, mostly out of what is on order by then.
    pub(super) fn schedule(&mut self, model: &Model, order: &mut PlaceOrder) {
        let from = self.clock.plus_seconds(self.rng.range(-1, 20) * 86_400 + self.rng.range(0, 86_400));
        let bought: Vec<usize> = model
            .purchases
            .iter()
            .filter(|purchase| !purchase.cancelled && purchase.awaited() > 0)
            .flat_map(|purchase| purchase.lines.iter().map(|line| line.0))
            .collect();
        if order.hold.is_none() && !bought.is_empty() && self.rng.chance(70) {
            for at in 0..order.lines.len() {
                let sku = *self.rng.pick(&bought);
                order.lines[at] = self.order_line(model, sku, false);
            }
        }
        if order.deliver_by.is_some() && self.rng.chance(80) {
            order.deliver_by = Some(from.plus_seconds(self.rng.range(0, 100) * 3_600));
        }
        let never = self.rng.one_in(60).then(|| Instant::from_micros(i64::MAX));
        let ship_from = Some(never.unwrap_or(from));
        order.terms = Some(OrderTerms { ship_from, ..OrderTerms::default() });
    }

    /// An order that calls a part of another off, if there is one for a later date.
    pub(super) fn call_off(&mut self, model: &Model, order: &mut PlaceOrder) -> bool {
        let fits = |order: &stockbook_model::Order| {
            // Lots by name were some hold's: to whom they go then is asked elsewhere.
            order.ship_from.is_some() && order.is_open() && !order.names_lots()
        };
        let Some(blanket) = self.orders_with(model, fits) else { return false };
        let blanket = &model.orders[blanket];
        let open: Vec<&stockbook_model::Line> = blanket.lines.iter().filter(|line| line.open() > 0).collect();
        order.hold = None;
        order.lines.clear();
        for _ in 0..self.rng.range(1, 2) {
            let line = *self.rng.pick(&open);
            let most = line.open() as i64 + i64::from(self.rng.one_in(20));
            order.lines.push(OrderLine {
                sku: model.skus[line.sku].sku.clone(),
                qty: self.rng.range(1, most),
                unit: None,
                price: self.rng.one_in(5).then(|| Money::from_micros(self.rng.range(1, 9_000) * 10_000)),
                lot: None,
            });
        }
        if !self.rng.one_in(20) {
            order.channel = model.channels[blanket.channel].channel.clone();
        }
        let calls_off = Some(if self.rng.one_in(40) { self.code("o") } else { blanket.key.clone() });
        let later = self.clock.plus_seconds(self.rng.range(1, 12) * 86_400);
        let ship_from = (order.deliver_by.is_none() && self.rng.one_in(3)).then_some(later);
        order.terms = Some(OrderTerms { calls_off, ship_from, ..OrderTerms::default() });
        true
    }

    /// Above which share of its purchase order a receipt is refused, somewhere or everywhere.
    pub(super) fn refuse_above(&mut self, model: &Model) -> Command {
        let (node, everywhere) = (self.node(model), self.rng.one_in(3));
        let node = (!everywhere).then(|| model.nodes[node].said.node.clone());
        let value = Money::from_micros(*self.rng.pick(&[-1_000_000, 0, 0, 50_000, 333_333]));
        Command::SetParameter(SetParameter {
            parameter: "receipt_refuse_share".into(),
            scope: Scope { node, ..Scope::default() },
            value: Some(value),
            effective_from: None,
            reason: "the dock".into(),
        })
    }

    /// Begins a subscription or changes one.
    pub(super) fn subscribe(&mut self, model: &Model) -> (Command, Want) {
        let open: Vec<&str> = model.subscriptions.iter().map(|row| row.key.as_str()).collect();
        let known = (open.len() > 3 || (!open.is_empty() && self.rng.one_in(2)))
            .then(|| (*self.rng.pick(&open)).to_owned());
        let begins = known.is_none();
        let subscription = known.unwrap_or_else(|| self.number("s"));
        let mut set = SetSubscription { subscription, status: None, capture: None, rhythm: None, skip: 0 };
        if begins || self.rng.one_in(3) {
            set.rhythm = Some(self.rhythm());
        }
        if begins || self.rng.one_in(3) {
            set.capture = Some(Box::new(self.capture(model, &set.subscription)));
        }
        set.status = match self.rng.below(12) {
            0..=3 => Some(SubscriptionStatus::Active),
            4 => Some(SubscriptionStatus::Paused),
            5 => Some(SubscriptionStatus::Ended),
            _ => None,
        };
        if self.rng.one_in(6) {
            set.skip = self.rng.range(1, 3) as u32;
        }
        (Command::SetSubscription(set), Want::Either)
    }

    fn capture(&mut self, model: &Model, number: &str) -> CaptureOrder {
        let channel = self.rng.below(model.channels.len());
        let mut order = PlaceOrder {
            order: if self.rng.one_in(30) { self.number("o") } else { number.into() },
            channel: model.channels[channel].channel.clone(),
            to: *self.rng.pick(&self.world.places),
            priority: self.rng.one_in(4).then(|| self.rng.range(0, 4) as u8),
            commitment: if self.rng.one_in(6) { Commitment::External } else { Commitment::Own },
            ..PlaceOrder::default()
        };
        for _ in 0..self.rng.range(1, 3) {
            let sku = self.sku(model);
            order.lines.push(self.order_line(model, sku, false));
        }
        match self.rng.below(40) {
            0 => order.lines[0].sku = self.code("K"),
            1 => order.channel = self.code("C"),
            2 => order.deliver_by = Some(self.clock.plus_seconds(900_000)),
            3 => order.lines.clear(),
            _ => {}
        }
        CaptureOrder { order, customer: String::new(), address: Vec::new() }
    }

    fn rhythm(&mut self) -> Rhythm {
        let unit = *self.rng.pick(&[RhythmUnit::Day, RhythmUnit::Day, RhythmUnit::Week, RhythmUnit::Month]);
        let first_at = self.clock.plus_seconds(self.rng.range(-40, 15) * 86_400 + self.rng.range(0, 9) * 977);
        let every = if unit == RhythmUnit::Day { self.rng.range(2, 9) } else { self.rng.range(1, 2) };
        Rhythm {
            every: if self.rng.one_in(40) { 0 } else { every as u32 },
            unit,
            first_at,
            time_zone: String::new(),
            last_at: self.rng.one_in(4).then(|| first_at.plus_seconds(self.rng.range(0, 120) * 86_400)),
            orders_max: if self.rng.one_in(3) { self.rng.range(1, 9) as u32 } else { 0 },
        }
    }
}
