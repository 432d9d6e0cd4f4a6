//! The hot verbs by columns: the same commands through the other door, judged by the same model.

use super::plan::Planner;
use super::{Run, Step};
use stockbook::*;
use stockbook_model::{Model, Verdict, check};

/// What became of rows: refusal numbers (0 = accepted) and sequences.
type Rows = (Vec<u16>, Vec<u64>);

/// The number of a document that columns can carry.
fn numeric(text: &str) -> Option<u64> {
    text.parse().ok().filter(|number: &u64| number.to_string() == *text)
}

/// A code as columns say it: an id, or one that nobody has.
fn id(found: Option<usize>) -> u32 {
    found.map_or(u32::MAX, |index| index as u32)
}

/// Says commands of one kind as columns. `None` if they cannot be said so.
fn say(book: &mut Book, model: &Model, rows: &[Envelope]) -> Option<Result<Rows, Rejection>> {
    let first = rows.first()?;
    let (source, actor) = (first.source.as_str(), first.actor.as_str());
    let command: Vec<u64> = rows.iter().map(|row| numeric(&row.id)).collect::<Option<_>>()?;
    let at: Vec<i64> = rows.iter().map(|row| row.at.micros()).collect();
    match &first.command {
        Command::PlaceOrder(_) => {
            let orders: Vec<&PlaceOrder> = rows
                .iter()
                .map(|row| if let Command::PlaceOrder(order) = &row.command { Some(order) } else { None })
                .collect::<Option<_>>()?;
            place(book, model, &orders, &command, &at, (source, actor))
        }
        Command::ReceiveGoods(_) => {
            let lines: Vec<(&ReceiveGoods, &ReceiptLine)> = rows
                .iter()
                .map(|row| match &row.command {
                    Command::ReceiveGoods(receive) => receive.lines.first().map(|line| (receive, line)),
                    _ => None,
                })
                .collect::<Option<_>>()?;
            let supplier = |code: &Option<String>| {
                code.as_ref().map_or(u32::MAX, |code| model.supplier(code).map_or(u32::MAX - 1, |s| s as u32))
            };
            let columns = ReceiptColumns {
                source,
                actor,
                command: &command,
                at: &at,
                node: &lines.iter().map(|(r, _)| id(model.node(&r.node))).collect::<Vec<_>>(),
                supplier: &lines.iter().map(|(r, _)| supplier(&r.supplier)).collect::<Vec<_>>(),
                sku: &lines.iter().map(|(_, l)| id(model.sku(&l.sku))).collect::<Vec<_>>(),
                qty: &lines.iter().map(|(_, l)| l.qty).collect::<Vec<_>>(),
                unit_cost: &lines
                    .iter()
                    .map(|(_, l)| l.unit_cost.unwrap_or_default().micros())
                    .collect::<Vec<_>>(),
            };
            Some(book.receive_columns(&columns).map(|out| (out.rejection, out.sequence)))
        }
        Command::ShipOrder(_) => {
            let ships: Vec<(u64, u32)> = rows
                .iter()
                .map(|row| match &row.command {
                    Command::ShipOrder(ship) => Some((numeric(&ship.order)?, id(model.node(&ship.node)))),
                    _ => None,
                })
                .collect::<Option<_>>()?;
            let columns = ShipmentColumns {
                source,
                actor,
                command: &command,
                at: &at,
                order: &ships.iter().map(|ship| ship.0).collect::<Vec<_>>(),
                node: &ships.iter().map(|ship| ship.1).collect::<Vec<_>>(),
            };
            Some(book.ship_columns(&columns).map(|out| (out.rejection, out.sequence)))
        }
        _ => None,
    }
}

fn place(
    book: &mut Book,
    model: &Model,
    orders: &[&PlaceOrder],
    command: &[u64],
    at: &[i64],
    (source, actor): (&str, &str),
) -> Option<Result<Rows, Rejection>> {
    let numbers: Vec<u64> = orders.iter().map(|order| numeric(&order.order)).collect::<Option<_>>()?;
    let lines: Vec<&OrderLine> = orders.iter().flat_map(|order| &order.lines).collect();
    let mut starts = vec![0];
    for order in orders {
        starts.push(starts[starts.len() - 1] + order.lines.len() as u32);
    }
    let price: Vec<i64> = lines.iter().filter_map(|line| line.price).map(Money::micros).collect();
    let deliver_by: Vec<i64> =
        orders.iter().filter_map(|order| order.deliver_by).map(Instant::micros).collect();
    let columns = OrderColumns {
        source,
        actor,
        command,
        order: &numbers,
        at,
        channel: &orders.iter().map(|order| id(model.channel(&order.channel))).collect::<Vec<_>>(),
        lat: &orders.iter().map(|order| order.to.lat.0).collect::<Vec<_>>(),
        lon: &orders.iter().map(|order| order.to.lon.0).collect::<Vec<_>>(),
        deliver_by: &deliver_by,
        commitment: &orders
            .iter()
            .map(|o| u8::from(o.commitment == Commitment::External))
            .collect::<Vec<_>>(),
        line_start: &starts,
        sku: &lines.iter().map(|line| id(model.sku(&line.sku))).collect::<Vec<_>>(),
        qty: &lines.iter().map(|line| line.qty).collect::<Vec<_>>(),
        price: &price,
    };
    let outcomes = match book.place_orders(&columns) {
        Ok(outcomes) => outcomes,
        Err(rejection) => return Some(Err(rejection)),
    };
    // What the columns tell of each line is what the event tells.
    for (row, sequence) in outcomes.sequence.iter().enumerate() {
        let Some(Body::OrderPlaced(placed)) = book.event(*sequence).map(|event| &event.body) else {
            continue;
        };
        for line in starts[row]..starts[row + 1] {
            let number = line - starts[row] + 1;
            let parts = placed.plan.parts.iter().filter(|part| part.line == number);
            let waits = placed.plan.backordered.iter().filter(|waits| waits.line == number);
            let want = (parts.map(|part| part.qty).sum::<i64>(), waits.map(|waits| waits.qty).sum::<i64>());
            let line = line as usize;
            assert_eq!(
                (outcomes.line_reserved[line], outcomes.line_backordered[line]),
                want,
                "row {row} line {number}"
            );
        }
    }
    Some(Ok((outcomes.rejection, outcomes.sequence)))
}

impl Run {
    /// Says commands of one kind as columns: row by row what the model expects of each.
    pub fn columns(&mut self, rows: &[Envelope]) -> Result<(), String> {
        self.steps.push(Step::Columns(rows.to_vec()));
        self.summary.commands += rows.len() as u64;
        let before = (self.seam.book.state_hash(), self.seam.book.sequence());
        let Some(outcome) = say(&mut self.seam.book, &self.model, rows) else {
            return Err("rows that columns cannot carry".into());
        };
        let (rejection, sequence) = outcome.map_err(|no| format!("columns refused whole: {no}"))?;
        check("rows answered", &(rejection.len(), sequence.len()), &(rows.len(), rows.len()))?;
        let events = self.seam.events_since(before.1 + 1);
        let (mut cells, mut orders) = (Vec::new(), Vec::new());
        for (row, envelope) in rows.iter().enumerate() {
            let verdict = self.model.judge(envelope);
            let what = format!("row {row} by columns: {} {:?}", rejection[row], verdict);
            match (rejection[row], verdict) {
                (0, Verdict::Repeat(first)) => check(&what, &sequence[row], &first)?,
                (0, Verdict::Accept | Verdict::Either(_) | Verdict::Unknown) => {
                    let own = |event: &&Event| {
                        event.sequence > self.model.sequence && event.sequence <= sequence[row]
                    };
                    let own: Vec<Event> = events.iter().filter(own).cloned().collect();
                    self.model.take(envelope, &own).map_err(|error| format!("{what}: {error}"))?;
                    cells.append(&mut self.model.touched);
                    orders.append(&mut self.model.touched_orders);
                    self.summary.accepted += 1;
                }
                (number, Verdict::Unknown) => *self.summary.refused.entry(number).or_default() += 1,
                (number, Verdict::Refuse(numbers) | Verdict::Either(numbers))
                    if numbers.contains(&number) =>
                {
                    *self.summary.refused.entry(number).or_default() += 1;
                }
                _ => return Err(what),
            }
        }
        if self.model.sequence == before.1 {
            self.unchanged("rows that were all refused or repeated", before)?;
        }
        check("sequence after columns", &self.seam.book.sequence(), &self.model.sequence)?;
        (self.model.touched, self.model.touched_orders) = (cells, orders);
        super::compare::touched(&mut self.seam, &self.model)
    }
}

impl Planner {
    /// Commands of one kind that columns can carry, some of them delivered twice, some with a fault.
    pub fn rows(&mut self, model: &Model) -> Option<Vec<Envelope>> {
        let kind = self.rng.below(3);
        let (priced, dated) = (self.rng.chance(50), self.rng.chance(20));
        let mut rows: Vec<Envelope> = Vec::new();
        for _ in 0..self.rng.range(1, 6) {
            let command = match kind {
                0 => self.order_row(model, priced, dated),
                1 => self.receipt_row(model),
                _ => self.shipment_row(model)?,
            };
            let mut envelope = self.envelope(model, command);
            self.count += 1;
            envelope.id = match &envelope.command {
                Command::ReceiveGoods(receive) => receive.receipt.clone(),
                _ => self.count.to_string(),
            };
            envelope.occurred_at = None;
            if let Some(first) = rows.first() {
                (envelope.source, envelope.actor) = (first.source.clone(), first.actor.clone());
            }
            rows.push(envelope.clone());
            if self.rng.one_in(10) {
                rows.push(envelope);
            }
        }
        Some(rows)
    }

    fn order_row(&mut self, model: &Model, priced: bool, dated: bool) -> Command {
        let channel = self.rng.below(model.channels.len());
        let skus: Vec<usize> = (0..self.rng.range(1, 4)).map(|_| self.rng.skewed(model.skus.len())).collect();
        let faulty = self.rng.below(40);
        let mut lines: Vec<OrderLine> = skus
            .iter()
            .map(|sku| OrderLine {
                sku: model.skus[*sku].sku.clone(),
                qty: self.rng.range(1, 8),
                unit: None,
                price: priced.then(|| Money::from_micros(self.rng.range(0, 90_000_000) * 10)),
                lot: None,
            })
            .collect();
        match faulty {
            0 => lines[0].sku = "nobody".into(),
            1 => lines[0].qty = 0,
            2 => lines.clear(),
            _ => {}
        }
        self.count += 1;
        Command::PlaceOrder(PlaceOrder {
            order: self.count.to_string(),
            channel: if faulty == 3 { "nobody".into() } else { model.channels[channel].channel.clone() },
            to: *self.rng.pick(&self.world.places),
            lines,
            deliver_by: dated.then(|| self.clock.plus_seconds(self.rng.range(1, 200) * 3_600)),
            priority: None,
            commitment: if self.rng.one_in(6) { Commitment::External } else { Commitment::Own },
            hold: None,
            detail: Detail::None,
            ..PlaceOrder::default()
        })
    }

    fn receipt_row(&mut self, model: &Model) -> Command {
        let (sku, node) = (self.rng.skewed(model.skus.len()), self.rng.below(model.nodes.len()));
        let faulty = self.rng.below(40);
        self.count += 1;
        let line = ReceiptLine {
            zero_cost_reason: None,
            expires_at: None,
            sku: if faulty == 0 { "nobody".into() } else { model.skus[sku].sku.clone() },
            qty: if faulty == 1 { -1 } else { self.rng.range(1, 15) },
            unit: None,
            unit_cost: Some(Money::from_micros(if faulty == 2 { -1 } else { self.rng.range(0, 40_000_000) })),
            place: Place::default(),
        };
        Command::ReceiveGoods(ReceiveGoods {
            rate: None,
            receipt: self.count.to_string(),
            node: if faulty == 3 { "nobody".into() } else { model.nodes[node].said.node.clone() },
            supplier: self.rng.chance(50).then(|| if faulty == 4 { "nobody".into() } else { "S1".into() }),
            purchase_order: None,
            lines: vec![line],
        })
    }

    fn shipment_row(&mut self, model: &Model) -> Option<Command> {
        let open =
            model.orders.iter().filter(|order| !order.reserved.is_empty() && numeric(&order.key).is_some());
        let open: Vec<&stockbook_model::Order> = open.collect();
        if open.is_empty() {
            return None;
        }
        let order = *self.rng.pick(&open);
        let reserved = self.rng.pick(&order.reserved).clone();
        let node = order.parcels[reserved.parcel].said.node.0 as usize;
        let node = if self.rng.one_in(20) { "nobody".into() } else { model.nodes[node].said.node.clone() };
        let known = !self.rng.one_in(30);
        let order = if known { order.key.clone() } else { "99999999".into() };
        Some(Command::ShipOrder(ShipOrder { order, node, lines: Vec::new() }))
    }
}
