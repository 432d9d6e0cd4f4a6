//! What was picked otherwise than planned: another SKU in place of the one that was ordered, or from which
//! lot.
//!
//! A substitute stands for a line whole, or where the order's policy says so for a part of it, as it does
//! where it is planned: only where the policy allows it, and out of what is free. A lot that was picked is
//! promised by its name from then on, so that it is the one that leaves.

use super::common::*;
use super::fulfil::{RecordPick, reserved};
use super::order::line_of;
use crate::allocation::PlacedLine;
use crate::catalog::*;
use crate::exception::*;
use crate::policy::Substitution;
use crate::record::*;
use crate::stock::{Bench, Need};
use crate::value::ids::*;
use crate::value::money::Money;
use crate::value::num;
use crate::value::rejection::Rejection;
use crate::value::time::Instant;
use crate::value::wire::wire;

wire! {
    /// What was picked otherwise than planned.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    #[doc = include_str!("../example_order.txt")]
    /// # for (id, json) in [r#"{"receive_goods":{"receipt":"R-2","node":"RENO","lines":[
    /// #         {"sku":"TEE","qty":5,"unit_cost":"8","place":{"lot":"B"}}]}}"#,
    /// #     r#"{"release_wave":{"wave":"W-1","node":"RENO"}}"#].iter().enumerate() {
    /// #     book.execute(&Envelope::new(&id.to_string(), at, serde_json::from_str(json)?))?;
    /// # }
    /// // 3 of 15 TEE are planned for order 1001, from wherever they lie. They are picked from lot B.
    /// let instead = vec![PickedInstead { line: 1, qty: 3, sku: None, lot: Some("B".into()) }];
    /// let (order, node) = ("1001".into(), "RENO".into());
    /// let pick = RecordPick { order, node, picked: vec![], short: vec![], instead };
    /// book.execute(&Envelope::new("pick", at, Command::RecordPick(pick)))?;
    /// let ship = r#"{"ship_order":{"order":"1001","node":"RENO"}}"#;
    /// let shipped = book.execute(&Envelope::new("ship", at, serde_json::from_str(ship)?))?;
    /// let event = book.event(shipped.sequence).ok_or("it is in the window")?;
    /// let Body::OrderShipped(shipped) = &event.body else { panic!() };
    /// let taken = &shipped.lines[0].taken[0];
    /// assert_eq!((taken.place.lot.as_str(), taken.qty), ("B", 3));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct PickedInstead {
        /// The line, counted from 1.
        pub line: u32,
        /// How many, in the smallest unit; of another SKU the line whole, unless the order's policy allows
        /// substitution in part: then they are a line of their own, behind the order's others.
        pub qty: i64,
        /// The SKU that was picked, one that may be given for the line's; none = the line's own.
        #[serde(default)]
        pub sku: Option<String>,
        /// The lot or serial number that was picked; none = any.
        #[serde(default)]
        pub lot: Option<String>,
    }
}

/// What comes of it.
#[derive(Default)]
pub(super) struct Told {
    pub lines: Vec<PickedOther>,
    pub exceptions: Vec<Raised>,
    pub held: Option<OrderHoldKind>,
}

/// An order's work at a node, while its pick is judged.
struct Work<'a> {
    state: &'a State,
    order: OrderId,
    row: &'a OrderRow,
    rows: Few<LineRow, 4>,
    node: NodeId,
    /// Units picked before, by line.
    picked: Vec<(u32, i64)>,
    benches: Vec<(SkuId, Bench)>,
}

/// Judges what was picked otherwise, of an order of which so much was picked besides.
pub(super) fn decide(
    state: &State,
    (order, node): (OrderId, NodeId),
    pick: &RecordPick,
    picked: Vec<(u32, i64)>,
    at: Instant,
) -> Result<Told, Rejection> {
    let mut told = Told::default();
    let Some(row) = state.docs.order.get(order.0).filter(|_| !pick.instead.is_empty()) else {
        return Ok(told);
    };
    let (rows, benches) = (state.order_lines(row), Vec::new());
    let mut work = Work { state, order, row, rows, node, picked, benches };
    let mut more = 0i64;
    for line in &pick.instead {
        let known = line_of(&work.rows, &pick.order, line.line)?.clone();
        let sku = line.sku.as_deref().map(|sku| state.catalog.sku_of(sku).map(|(id, _)| id)).transpose()?;
        let (sku, lot) = (sku.unwrap_or(known.sku), line.lot.clone().unwrap_or_default());
        let (mut price, mut as_line) = (known.price, 0);
        if sku == known.sku && lot.is_empty() {
            let need = "another SKU, or a lot: what is picked as planned is `picked`".into();
            return Err(Rejection::InvalidField { field: "instead".into(), need });
        }
        if sku != known.sku {
            let ordered = work.ordered(&known, line.line);
            if work.in_part(&known, line) {
                let parts = told.lines.iter().filter(|other: &&PickedOther| other.as_line > 0).count();
                as_line = num::id(work.rows.len().saturating_add(parts)).saturating_add(1);
            }
            price = work.price_of(&known, (line, as_line > 0), ordered, sku)?;
            work.check_free(&told.lines, sku, line.qty)?;
            more = num::add(more, worth(state, sku, line.qty, price))?;
            more = num::sub(more, worth(state, known.sku, line.qty, known.price))?;
            if sku != ordered.sku {
                let (code, sku, qty) = (ExceptionCode::ShortPick, known.sku, line.qty);
                told.exceptions.push(Opened { code, order, sku, node, qty }.about(""));
            }
        }
        let number = if as_line > 0 { as_line } else { line.line };
        let promised = work.take(&known, (line, number), sku, &lot)?;
        if promised > 0 {
            let opened = Opened { code: ExceptionCode::WrongLot, order, sku, node, qty: promised };
            told.exceptions.push(opened.about(&lot));
        }
        told.lines.push(PickedOther { line: line.line, qty: line.qty, sku, price, lot, as_line });
    }
    let (customer, level) = super::credit::who_of(state, order);
    let who = (customer, level, row.channel);
    let over = super::credit::is_over(state, who, Money::from_micros(more), at)?;
    told.held = over.then_some(OrderHoldKind::Credit);
    told.exceptions.extend(super::credit::over_limit(over, order).map(|opened| opened.about("")));
    Ok(told)
}

impl Work<'_> {
    /// What was ordered, where the line gives a substitute already.
    fn ordered(&self, known: &LineRow, line: u32) -> PlacedLine {
        let terms = self.state.terms_of(self.order);
        let was = terms.and_then(|terms| terms.substituted.iter().find(|was| was.line == line));
        let (sku, price) = was.map_or((known.sku, known.price), |was| (was.sku, was.price));
        PlacedLine { sku, qty: known.reserved, price }
    }

    /// Whether another SKU may be given for units of a line that are not the line whole, and is.
    fn in_part(&self, known: &LineRow, line: &PickedInstead) -> bool {
        let whole = line.qty == known.reserved && self.picked_of(line.line) == 0;
        let untouched = known.shipped == 0 && known.backordered == 0;
        let may = rule_of(self.state, self.order);
        !(whole && untouched) && may.is_some_and(|(_, rule)| rule.substitution == Substitution::InPart)
    }

    /// The price of another SKU for a line, or in part for units of it, if it may be given.
    fn price_of(
        &self,
        known: &LineRow,
        (line, part): (&PickedInstead, bool),
        ordered: PlacedLine,
        sku: SkuId,
    ) -> Result<Money, Rejection> {
        let state = self.state;
        let refuse = |need: String| {
            let (sku, instead) = (sku_code(state, ordered.sku), sku_code(state, sku));
            Err(Rejection::SubstituteNotAllowed { sku, instead, need })
        };
        let here = reserved(state, self.order, line.line, self.node);
        let untouched = known.shipped == 0 && known.backordered == 0 && here == known.reserved;
        let whole = untouched && line.qty == here && self.picked_of(line.line) == 0;
        if part && self.state.costs.sold_in(self.order).is_some() {
            return refuse("the line whole, in an order of another currency".into());
        }
        if !part && !whole {
            return refuse(format!("the line whole, of which {here} are planned here and none is picked"));
        }
        if !state.kits_of(self.order).is_empty() {
            return refuse("an order without kits".into());
        }
        if sku == ordered.sku {
            return Ok(ordered.price);
        }
        let rule = rule_of(state, self.order);
        if rule.is_none_or(|(_, rule)| rule.substitution == Substitution::Never) {
            return refuse("a policy that allows substitution for this order".into());
        }
        let row = state.catalog.trait_of(ordered.sku);
        let known = row.and_then(|row| row.substitutes.iter().find(|known| known.sku == sku));
        let Some(known) = known else {
            return refuse("a SKU that describe_sku names among its substitutes".into());
        };
        let asked = if part { PlacedLine { qty: line.qty, ..ordered } } else { ordered };
        match super::substitute::offer(state, asked, sku, known.price) {
            Some(offered) => Ok(offered.price),
            None => refuse("a SKU that is sold in this quantity and unit".into()),
        }
    }

    /// `Ok` if so many units of a SKU are free for the order's channel, beside what other lines take.
    fn check_free(&self, before: &[PickedOther], sku: SkuId, qty: i64) -> Result<(), Rejection> {
        let same = before.iter().filter(|known| known.sku == sku).map(|known| known.qty);
        let asked = same.fold(qty, i64::saturating_add);
        let cell = self.state.stock.cells.get(sku, self.node);
        let (free, _) = self.state.stock.free_for(sku, self.node, &cell, self.row.channel);
        if asked <= free {
            return Ok(());
        }
        let (sku, node) = (sku_code(self.state, sku), node_code(self.state, self.node));
        Err(Rejection::NotOnHand { sku, node, asked, free })
    }

    fn picked_of(&self, line: u32) -> i64 {
        self.picked.iter().find(|(known, _)| *known == line).map_or(0, |(_, qty)| *qty)
    }

    /// Takes what was picked off what is there; gives how many units of it were promised by another lot's
    /// name.
    fn take(
        &mut self,
        known: &LineRow,
        (line, number): (&PickedInstead, u32),
        sku: SkuId,
        lot: &str,
    ) -> Result<i64, Rejection> {
        let (state, node, before) = (self.state, self.node, self.picked_of(number));
        match self.picked.iter_mut().find(|(known, _)| *known == number) {
            Some((_, qty)) => *qty = qty.saturating_add(line.qty),
            None => self.picked.push((number, line.qty)),
        }
        if !self.benches.iter().any(|(known, _)| *known == sku) {
            self.benches.push((sku, state.stock.bench(sku, node)));
        }
        let bench = self.benches.iter_mut().find(|(known, _)| *known == sku);
        let Some((_, bench)) = bench else { return Ok(0) };
        let need = state.stock.need_of(self.row.channel);
        // What is not promised by lot yet asks for what has not expired.
        let clock = Need { until: state.stock.clock, any: true };
        let least = if state.stock.is_by_lot(sku) { need } else { clock };
        let mut promised = 0i64;
        let own = if sku == known.sku { known.first_reservation } else { NOTHING };
        let (mut skip, mut left) = (before, line.qty);
        for (id, row) in state.reservations(own).filter(|(_, row)| row.node == node) {
            let picked = row.qty.min(skip);
            let now = row.qty.saturating_sub(picked).min(left);
            (skip, left) = (skip.saturating_sub(picked), left.saturating_sub(now));
            let named = state.stock.named_lot(id).and_then(|lot| state.stock.labels.get(lot.0));
            match named {
                Some(named) => bench.name(named, now.saturating_neg()),
                None if state.stock.is_by_lot(sku) => {
                    let planned =
                        state.stock.need_planned(node, self.row.channel, state.leaves_of(row.parcel));
                    bench.want(planned, now.saturating_neg());
                }
                None => bench.want(least, now.saturating_neg()),
            }
            if named.is_some_and(|named| **named != *lot) {
                promised = promised.saturating_add(now);
            }
        }
        if lot.is_empty() {
            bench.want(least, line.qty);
            return Ok(promised);
        }
        code("lot", lot)?;
        let mut free = bench.room_in(lot, Some(need));
        if free < line.qty {
            // What is held to leave some time makes way for what leaves now.
            bench.loosen();
            free = bench.room_in(lot, Some(need));
        }
        if free < line.qty {
            let (sku, node) = (sku_code(state, sku), node_code(state, node));
            return Err(Rejection::LotsShort { sku, node, asked: line.qty, free });
        }
        bench.name(lot, line.qty);
        Ok(promised)
    }
}
