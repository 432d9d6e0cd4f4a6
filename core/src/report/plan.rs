//! The plan of every order line with its reason, gathered from events into columns.

use super::table::{Column, Table, Values};
use crate::allocation::{Decision, FallOut};
use crate::record::*;
use crate::value::ids::{DocKey, NodeId, OrderId, ServiceId, SkuId};
use crate::value::num::{self, index};
use hashbrown::HashMap;
use std::fmt::Write;

/// What a row tells of a line.
const ACTIONS: [&str; 5] = ["planned", "waits", "struck", "filled", "replanned"];

/// What fell out, and the place of the reason that says so.
type KnownReason = (Vec<(FallOut, u32)>, u32);

/// Gathers the plans of all orders: a row for each part of each line, when it was planned, filled or planned
/// anew.
///
/// It has to see every event of a book in order, from the first on; keys of orders are those of the book.
#[derive(Clone, Debug, Default)]
pub struct PlanRows {
    /// Names of the policy's rules; the last one is `otherwise`.
    rules: Vec<String>,
    /// First line and key of each order.
    first_line: Vec<u32>,
    keys: Vec<DocKey>,
    /// SKU of every line of every order.
    line_sku: Vec<SkuId>,
    /// SKUs of lines that were added later.
    added: Vec<(OrderId, SkuId)>,
    order: Vec<u32>,
    line: Vec<i64>,
    sku: Vec<u32>,
    action: Vec<u32>,
    qty: Vec<i64>,
    node: Vec<u32>,
    service: Vec<u32>,
    decided_at: Vec<i64>,
    ship_at: Vec<i64>,
    arrive_at: Vec<i64>,
    distance: Vec<i64>,
    reason: Vec<u32>,
    reasons: Vec<String>,
    /// By rule: what fell out, and the reason's place. Few of each, and the newest are asked for most.
    known: HashMap<u32, Vec<KnownReason>>,
}

const fn word(reason: FallOut) -> &'static str {
    match reason {
        FallOut::Closed => "node closed",
        FallOut::NotEligible => "node not eligible",
        FallOut::TooFar => "too far",
        FallOut::NoService => "no service",
        FallOut::Late => "late",
        FallOut::NoStock => "no stock",
        FallOut::AtCapacity => "at capacity",
        FallOut::LotsShort => "lots expire too soon",
        FallOut::Protected => "protected",
        FallOut::MarginTooLow => "margin too low",
        FallOut::Restricted => "restricted",
        FallOut::Rejected => "rejected",
        FallOut::NotPickup => "not the pickup node",
        FallOut::MaxNodes => "too many nodes",
        FallOut::Incomplete => "order not complete",
        FallOut::TooDear => "too dear",
    }
}

impl PlanRows {
    /// For a policy with rules of these names.
    ///
    /// ```
    /// use stockbook::report::PlanRows;
    /// let table = PlanRows::new(vec!["otherwise".into()]).table(|_| None, |_| None, |_| None);
    /// assert_eq!((table.rows(), table.columns[0].name), (0, "order"));
    /// ```
    #[must_use]
    pub fn new(rules: Vec<String>) -> PlanRows {
        PlanRows { rules, ..PlanRows::default() }
    }

    /// Room for so many orders, and rows of so many of their lines.
    pub(crate) fn make_room(&mut self, orders: usize, lines: usize) {
        self.first_line.reserve(orders);
        self.keys.reserve(orders);
        let ids = [&mut self.order, &mut self.sku, &mut self.action, &mut self.node, &mut self.service];
        ids.into_iter().chain([&mut self.reason]).for_each(|column| column.reserve(lines));
        let times = [&mut self.decided_at, &mut self.ship_at, &mut self.arrive_at];
        let numbers = [&mut self.line, &mut self.qty, &mut self.distance];
        times.into_iter().chain(numbers).for_each(|column| column.reserve(lines));
        self.line_sku.reserve(lines);
    }

    /// Reads an event.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    #[doc = include_str!("../example_order.txt")]
    /// let mut rows = report::PlanRows::new(vec!["otherwise".into()]);
    /// for event in book.events_since(1)? {
    ///     rows.record(event);
    /// }
    /// assert_eq!(rows.table(|_| None, |_| None, |_| None).ints("qty"), [3], "one part: 3 TEE");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn record(&mut self, event: &Event) {
        let at = event.at.micros();
        match &event.body {
            Body::OrderPlaced(placed) => {
                let order = num::id(self.first_line.len());
                self.first_line.push(num::id(self.line_sku.len()));
                self.keys.push(placed.order.clone());
                self.line_sku.extend(placed.lines.iter().map(|line| line.sku));
                self.plan(at, OrderId(order), &placed.plan, 0);
            }
            Body::OrderReallocated(again) => {
                let added = again.change.iter().flat_map(|change| &change.lines);
                self.added.extend(added.map(|line| (again.order, line.sku)));
                self.plan(at, again.order, &again.plan, 4);
            }
            // What stands for a part of a line is a line of its own.
            Body::PickRecorded(picked) => {
                let parts = picked.instead.iter().filter(|other| other.as_line > 0);
                self.added.extend(parts.map(|other| (picked.order, other.sku)));
            }
            Body::AllocationRejected(rejected) => self.plan(at, rejected.order, &rejected.plan, 4),
            Body::BatchAllocated(batch) => {
                batch.plans.iter().for_each(|again| self.plan(at, again.order, &again.plan, 4));
            }
            Body::GoodsReceived(received) => self.fills(at, &received.fills, &received.parcels),
            Body::TransferReceived(received) => self.fills(at, &received.fills, &received.parcels),
            Body::KitAssembled(assembled) => self.fills(at, &assembled.fills, &assembled.parcels),
            Body::BackordersFilled(filled) => self.fills(at, &filled.fills, &filled.parcels),
            _ => {}
        }
    }

    fn plan(&mut self, at: i64, order: OrderId, plan: &Plan, action: u32) {
        let reason = self.reason_of(&plan.decision);
        for part in &plan.parts {
            let parcel = plan.parcels.get(index(part.parcel));
            self.push(at, order, part.line, part.qty, action, parcel, reason);
        }
        for line in &plan.backordered {
            self.push(at, order, line.line, line.qty, 1, None, reason);
        }
        for line in &plan.cancelled {
            self.push(at, order, line.line, line.qty, 2, None, reason);
        }
    }

    fn fills(&mut self, at: i64, fills: &[Fill], parcels: &[Parcel]) {
        if fills.is_empty() {
            return;
        }
        let reason = self.text(u32::MAX, &[], |_| "goods came in: by priority, then age".into());
        for fill in fills {
            self.push(at, fill.order, fill.line, fill.qty, 3, parcels.get(index(fill.parcel)), reason);
        }
    }

    #[allow(clippy::too_many_arguments, reason = "a row has that many columns")]
    fn push(
        &mut self,
        at: i64,
        order: OrderId,
        line: u32,
        qty: i64,
        action: u32,
        parcel: Option<&Parcel>,
        reason: u32,
    ) {
        let lines = self.line_sku.len();
        let first_of = |order: u32| self.first_line.get(index(order)).map_or(lines, |first| index(*first));
        let (first, end) = (first_of(order.0), first_of(order.0.saturating_add(1)));
        let at_line = first.saturating_add(index(line.saturating_sub(1)));
        let later = self.added.iter().filter(|(of, _)| *of == order).map(|(_, sku)| sku);
        let sku = match at_line.checked_sub(end) {
            None => self.line_sku.get(at_line),
            Some(later_at) => later.clone().nth(later_at),
        };
        self.order.push(order.0);
        self.line.push(i64::from(line));
        self.sku.push(sku.map_or(u32::MAX, |sku| sku.0));
        self.action.push(action);
        self.qty.push(qty);
        self.node.push(parcel.map_or(u32::MAX, |p| p.node.0));
        self.service.push(parcel.map_or(u32::MAX, |p| p.service.0));
        self.decided_at.push(at);
        self.ship_at.push(parcel.map_or(i64::MIN, |p| p.ship_at.micros()));
        self.arrive_at.push(parcel.map_or(i64::MIN, |p| p.arrive_at.micros()));
        self.distance.push(parcel.map_or(-1, |p| p.distance_mm));
        self.reason.push(reason);
    }

    fn reason_of(&mut self, decision: &Decision) -> u32 {
        let at = index(decision.rule).checked_sub(1);
        self.text(decision.rule, &decision.fell_out, |rules| {
            let rule = at.and_then(|at| rules.get(at)).map_or("otherwise", String::as_str);
            let mut text = format!("rule {rule}");
            for (i, (reason, pairs)) in decision.fell_out.iter().enumerate() {
                let _ =
                    write!(text, "{}{pairs} {}", if i == 0 { "; fell out: " } else { ", " }, word(*reason));
            }
            text
        })
    }

    fn text(
        &mut self,
        rule: u32,
        fell_out: &[(FallOut, u32)],
        make: impl FnOnce(&[String]) -> String,
    ) -> u32 {
        let known = self.known.entry(rule).or_default();
        if let Some((_, code)) = known.iter().rev().find(|(reasons, _)| reasons == fell_out) {
            return *code;
        }
        let code = num::id(self.reasons.len());
        known.push((fell_out.to_vec(), code));
        self.reasons.push(make(&self.rules));
        code
    }

    /// The table; codes by id are given.
    ///
    /// ```
    #[doc = include_str!("../example_book.txt")]
    #[doc = include_str!("../example_order.txt")]
    /// # let mut rows = report::PlanRows::new(vec!["otherwise".into()]);
    /// # for event in book.events_since(1)? { rows.record(event); }
    /// let table = rows.table(
    ///     |sku| book.sku_code(sku).map(str::to_owned),
    ///     |node| book.node_code(node).map(str::to_owned),
    ///     |service| book.service_code(service).map(str::to_owned),
    /// );
    /// assert_eq!(["order", "sku", "node", "service"].map(|name| table.text(name, 0)),
    ///     ["1001", "TEE", "RENO", "ground"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn table(
        self,
        sku: impl Fn(SkuId) -> Option<String>,
        node: impl Fn(NodeId) -> Option<String>,
        service: impl Fn(ServiceId) -> Option<String>,
    ) -> Table {
        fn names(code: impl Fn(u32) -> Option<String>) -> Vec<String> {
            (0u32..).map_while(code).collect()
        }
        let category = |name, codes, names| Column { name, values: Values::Category { codes, names } };
        Table::new(
            "plan",
            [
                Column { name: "order", values: keys(&self.keys, self.order) },
                Column { name: "line", values: Values::Int(self.line) },
                category("sku", self.sku, names(|id| sku(SkuId(id)))),
                category("action", self.action, ACTIONS.map(String::from).to_vec()),
                Column { name: "qty", values: Values::Int(self.qty) },
                category("node", self.node, names(|id| node(NodeId(id)))),
                category("service", self.service, names(|id| service(ServiceId(id)))),
                Column { name: "decided_at", values: Values::Instant(self.decided_at) },
                Column { name: "ship_at", values: Values::Instant(self.ship_at) },
                Column { name: "arrive_at", values: Values::Instant(self.arrive_at) },
                Column { name: "distance_km", values: Values::Millimetres(self.distance) },
                category("reason", self.reason, self.reasons),
            ],
        )
    }
}

/// Numbers where all orders have one, else texts.
pub(super) fn keys(keys: &[DocKey], rows: Vec<u32>) -> Values {
    let number = |key: &DocKey| match key {
        DocKey::Number(number) => Some(*number),
        DocKey::Name(_) => None,
    };
    match keys.iter().map(number).collect::<Option<Vec<u64>>>() {
        Some(numbers) => Values::Key(
            rows.iter().map(|row| numbers.get(index(*row)).copied().unwrap_or_default()).collect(),
        ),
        None => Values::Category { codes: rows, names: keys.iter().map(DocKey::to_string).collect() },
    }
}
