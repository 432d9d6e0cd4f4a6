//! Every metric against a naive recomputation from the events as JSON, written without looking at the fold:
//! over every golden vector and over worlds of the random driver. And every metric ties out to the book.

use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use stockbook::{Book, Instant};
use stockbook_tests::{as_base64, driver, vectors};

const DAY: i128 = 86_400_000_000;

/// Part and whole by metric, in microseconds and micro-units.
#[derive(Default)]
struct Naive(BTreeMap<&'static str, (i128, i128)>);

impl Naive {
    fn add(&mut self, metric: &'static str, part: i128, whole: i128) {
        let sums = self.0.entry(metric).or_default();
        sums.0 += part;
        sums.1 += whole;
    }
}

fn int(value: &Value) -> i128 {
    i128::from(value.as_i64().unwrap_or_else(|| panic!("no number: {value}")))
}

/// A decimal text as micro-units.
fn money(value: &Value) -> i128 {
    let text = value.as_str().unwrap_or_else(|| panic!("no money: {value}"));
    let (whole, part) =
        text.trim_start_matches('-').split_once('.').unwrap_or((text.trim_start_matches('-'), ""));
    let micros: i128 = format!("{whole}{part:0<6}").parse().unwrap_or_else(|e| panic!("{text}: {e}"));
    if text.starts_with('-') { -micros } else { micros }
}

fn time(value: &Value) -> i128 {
    let text = value.as_str().unwrap_or_else(|| panic!("no time: {value}"));
    i128::from(text.parse::<Instant>().unwrap_or_else(|e| panic!("{text}: {e}")).micros())
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// Sorted into its name and body.
struct Told<'a> {
    name: &'a str,
    body: &'a Value,
    at: i128,
    occurred: i128,
}

fn tell(event: &Value) -> Told<'_> {
    let (name, body) = event["body"].as_object().and_then(|o| o.iter().next()).expect("a body");
    Told { name, body, at: time(&event["at"]), occurred: time(&event["occurred_at"]) }
}

fn ask(book: &Book, word: &str, body: Value) -> Value {
    let answer = book.ask_json(json!({"ask": {word: body}}).to_string().as_bytes());
    let answer: Value = serde_json::from_str(&answer).unwrap_or_else(|e| panic!("{e}: {answer}"));
    assert!(answer["rejection"].is_null(), "{word}: {answer}");
    answer["answer"][word].clone()
}

fn events_of(book: &Book) -> Vec<Value> {
    let mut events: Vec<Value> = Vec::new();
    loop {
        let more = ask(book, "events", json!({"from": events.len() + 1, "most": 5_000}));
        if list(&more).is_empty() {
            return events;
        }
        events.extend(list(&more).iter().cloned());
    }
}

/// An order as the events tell it.
#[derive(Default)]
struct Order {
    placed: i128,
    deliver_by: i128,
    /// The date that was asked for: nothing waits before it.
    from: i128,
    open: i128,
    /// Its lines, those of kits too.
    lines: i128,
    /// Units of each line.
    units: BTreeMap<i128, i128>,
    struck: bool,
    late: bool,
    shipped: bool,
    done: bool,
    contacted: bool,
    /// Waiting units by line: how many since when.
    waits: BTreeMap<i128, Vec<(i128, i128)>>,
    stages: BTreeMap<String, i128>,
}

impl Order {
    fn waiting(&self, line: i128) -> i128 {
        self.waits.get(&line).map_or(0, |waits| waits.iter().map(|wait| wait.0).sum())
    }

    /// From here on so many of a line wait.
    fn wait(&mut self, line: i128, qty: i128, at: i128, naive: &mut Naive) {
        let was = self.waiting(line);
        let waits = self.waits.entry(line).or_default();
        naive.add("backorder_units_open", qty - was, 0);
        if qty > was {
            waits.push((qty - was, at.max(self.from)));
        }
        let mut served = was - qty;
        while served > 0 {
            let first = waits.first_mut().expect("something waits");
            let now = served.min(first.0);
            naive.add("backorder_age", now * (at - first.1).max(0), now);
            first.0 -= now;
            served -= now;
            if first.0 == 0 {
                waits.remove(0);
            }
        }
    }
}

fn contact(order: &mut Order, naive: &mut Naive) {
    if !std::mem::replace(&mut order.contacted, true) {
        naive.add("contact_rate", 1, 0);
    }
}

fn stage(order: &mut Order, node: &Value, at: i128, naive: &mut Naive) {
    let since = order.stages.insert(text(node), at).unwrap_or(order.placed);
    naive.add("stage_time", (at - since).max(0), 1);
}

/// Units that a line lacks of what is planned: what waits for a later date that was asked for is no lack.
fn lacks_of(body: &Value, number: i128, later: bool) -> i128 {
    let waits = if later { &[] } else { list(&body["plan"]["backordered"]) };
    let lists = [waits, list(&body["plan"]["cancelled"])].concat();
    lists.iter().filter(|line| int(&line["line"]) == number).map(|line| int(&line["qty"])).sum()
}

fn orders(events: &[Value], naive: &mut Naive) {
    let mut known: BTreeMap<String, Order> = BTreeMap::new();
    for event in events {
        let Told { name, body, at, occurred } = tell(event);
        let touches = match name {
            "PickRecorded" => ["picked", "short", "instead"].iter().map(|f| list(&body[*f]).len()).sum(),
            "OrderPacked" => list(&body["cartons"]).len(),
            "WaveReleased" => list(&body["orders"]).len(),
            "ShipmentTracked" | "OrderShipped" | "OrderReallocated" | "OrderHeld" | "OrderReleased"
            | "OrderCancelled" | "CustomerNotified" | "ReturnAuthorized" | "ReturnCheckedIn"
            | "ReturnReceived" | "OrderCredited" | "AllocationRejected" => 1,
            _ => 0,
        };
        naive.add("touches_per_order", touches as i128, 0);
        let mut waits: BTreeMap<(String, i128), i128> = BTreeMap::new();
        let mut again = Vec::new();
        match name {
            "OrderPlaced" => {
                placed(body, (at, occurred), naive, &mut known);
                for line in list(&body["terms"]["called"]) {
                    let (number, line, qty) =
                        (text(&body["terms"]["calls_off"]), int(&line["line"]), int(&line["qty"]));
                    let blanket = known.get_mut(&number).expect("an order");
                    blanket.open -= qty;
                    blanket.struck = true;
                    let left = (blanket.waiting(line) - qty).max(0);
                    waits.insert((number, line), left);
                }
                again.push((text(&body["order"]), &body["plan"]));
            }
            "OrderReallocated" => {
                let order = known.get_mut(&text(&body["order"])).expect("an order");
                for change in list(&body["amended"]) {
                    let (line, qty) = (int(&change["line"]), int(&change["qty"]));
                    order.open += qty;
                    order.struck |= qty < 0;
                    let lacks = lacks_of(body, line, order.from > at);
                    *order.units.entry(line).or_default() += qty.max(0);
                    if qty > 0 {
                        naive.add("fill_rate_units", qty - lacks.min(qty), qty);
                    }
                }
                if !body["change"]["deliver_by"].is_null() {
                    order.deliver_by = time(&body["change"]["deliver_by"]);
                }
                let added = body["change"]["lines"].as_array().cloned().unwrap_or_default();
                for line in added {
                    let qty = int(&line["qty"]);
                    order.open += qty;
                    order.lines += 1;
                    if qty == 0 {
                        continue;
                    }
                    let number = order.lines;
                    let lacks = lacks_of(body, number, order.from > at);
                    naive.add("fill_rate_lines", i128::from(lacks == 0), 1);
                    naive.add("fill_rate_units", qty - lacks, qty);
                    order.units.insert(number, qty);
                }
                again.push((text(&body["order"]), &body["plan"]));
            }
            // Only what a disruption undid is planned anew; what waited before, waits on.
            "BatchAllocated" if !body["disrupted"].is_null() => {
                for plan in list(&body["plans"]) {
                    let number = text(&plan["order"]);
                    let order = known.get_mut(&number).expect("an order");
                    for line in list(&plan["plan"]["backordered"]) {
                        let at = int(&line["line"]);
                        *waits.entry((number.clone(), at)).or_insert(order.waiting(at)) += int(&line["qty"]);
                    }
                    for line in list(&plan["plan"]["cancelled"]) {
                        order.open -= int(&line["qty"]);
                        order.struck |= int(&line["qty"]) > 0;
                    }
                }
            }
            "BatchAllocated" => {
                again.extend(list(&body["plans"]).iter().map(|plan| (text(&plan["order"]), &plan["plan"])));
            }
            "OrderCancelled" => {
                let number = text(&body["order"]);
                let order = known.get_mut(&number).expect("an order");
                for line in list(&body["lines"]) {
                    let (line, qty) = (int(&line["line"]), int(&line["qty"]));
                    order.open -= qty;
                    order.struck |= qty > 0;
                    if !body["node"].is_null() {
                        continue;
                    }
                    let waiting = *waits.entry((number.clone(), line)).or_insert(order.waiting(line));
                    waits.insert((number.clone(), line), (waiting - qty).max(0));
                }
            }
            "PickRecorded" => {
                let number = text(&body["order"]);
                let order = known.get_mut(&number).expect("an order");
                stage(order, &body["node"], occurred, naive);
                // What stands for a part of a line is a line of its own.
                for other in list(&body["instead"]).iter().filter(|other| int(&other["as_line"]) > 0) {
                    order.lines += 1;
                    let (qty, of) = (int(&other["qty"]), order.units.entry(int(&other["line"])).or_default());
                    *of -= qty;
                    // The last of a line stands for it.
                    let more = i128::from(*of > 0);
                    naive.add("fill_rate_lines", more, more);
                    order.units.insert(order.lines, qty);
                }
                for short in list(&body["short"]) {
                    let line = int(&short["line"]);
                    let waiting = *waits.entry((number.clone(), line)).or_insert(order.waiting(line));
                    waits.insert((number.clone(), line), waiting + int(&short["qty"]));
                }
                if !list(&body["short"]).is_empty() {
                    contact(order, naive);
                }
            }
            // What the node gives back is planned anew; what waited before, waits on.
            "AllocationRejected" => {
                let number = text(&body["order"]);
                let order = known.get_mut(&number).expect("an order");
                for line in list(&body["plan"]["backordered"]) {
                    let line_number = int(&line["line"]);
                    let key = (number.clone(), line_number);
                    *waits.entry(key).or_insert(order.waiting(line_number)) += int(&line["qty"]);
                }
                for line in list(&body["plan"]["cancelled"]) {
                    order.open -= int(&line["qty"]);
                    order.struck |= int(&line["qty"]) > 0;
                }
            }
            "WaveReleased" => {
                for number in list(&body["orders"]) {
                    stage(known.get_mut(&text(number)).expect("an order"), &body["node"], occurred, naive);
                }
            }
            "OrderPacked" => {
                stage(
                    known.get_mut(&text(&body["order"])).expect("an order"),
                    &body["node"],
                    occurred,
                    naive,
                );
            }
            "OrderDelivered" => {
                let order = known.get_mut(&text(&body["order"])).expect("an order");
                stage(order, &body["node"], occurred, naive);
                if body["delivered"] == json!(false) {
                    contact(order, naive);
                }
            }
            "OrderShipped" | "OrderDropShipped" => {
                let number = text(&body["order"]);
                let order = known.get_mut(&number).expect("an order");
                shipped(name, body, occurred, naive, order);
                // What a supplier ships, did not lie with us: it waited.
                for line in list(&body["lines"]).iter().filter(|_| name == "OrderDropShipped") {
                    let (line, qty) = (int(&line["line"]), int(&line["qty"]));
                    let waiting = *waits.entry((number.clone(), line)).or_insert(order.waiting(line));
                    waits.insert((number.clone(), line), (waiting - qty).max(0));
                }
            }
            "ReturnReceived" => {
                for line in list(&body["lines"]) {
                    naive.add("return_rate", int(&line["qty"]), 0);
                    naive.add("disposition_mix", int(&line["qty"]), int(&line["qty"]));
                }
            }
            _ => {}
        }
        // What a donor reserved and sends, or does not send, waits until it is there.
        let taken = ["StockRedealt", "TransferShipped", "RequestCancelled"].contains(&name);
        for taken in list(&body["taken"]).iter().filter(|_| taken) {
            let key = (text(&taken["order"]), int(&taken["line"]));
            let now = known[&key.0].waiting(key.1);
            *waits.entry(key).or_insert(now) += int(&taken["qty"]);
        }
        for fill in list(&body["fills"]) {
            let key = (text(&fill["order"]), int(&fill["line"]));
            let now = known[&key.0].waiting(key.1);
            *waits.entry(key).or_insert(now) -= int(&fill["qty"]);
        }
        for (number, plan) in again {
            let order = known.get_mut(&number).expect("an order");
            for line in order.waits.keys() {
                waits.insert((number.clone(), *line), 0);
            }
            for line in list(&plan["backordered"]) {
                waits.insert((number.clone(), int(&line["line"])), int(&line["qty"]));
            }
            for line in list(&plan["cancelled"]) {
                order.open -= int(&line["qty"]);
                order.struck |= int(&line["qty"]) > 0;
            }
        }
        for ((number, line), qty) in waits {
            known.get_mut(&number).expect("an order").wait(line, qty, at, naive);
        }
        for order in known.values_mut().filter(|order| order.open == 0 && !order.done) {
            order.done = true;
            naive.add("on_time_in_full", i128::from(!order.struck && !order.late), 1);
        }
    }
    let now = events.last().map_or(0, |event| time(&event["at"]));
    let waits = known.values().flat_map(|order| order.waits.values().flatten());
    for (qty, since) in waits.filter(|(_, since)| *since <= now) {
        naive.add("backorder_age", qty * (now - since), *qty);
    }
}

fn placed(
    body: &Value,
    (at, occurred): (i128, i128),
    naive: &mut Naive,
    known: &mut BTreeMap<String, Order>,
) {
    let plan = &body["plan"];
    let date = &body["terms"]["ship_from"];
    let from = if date.is_null() { 0 } else { time(date) };
    // What waits for a later date that was asked for lacks nothing.
    let waiting: &[Value] = if from > at { &[] } else { list(&plan["backordered"]) };
    let mut lacks: BTreeMap<i128, i128> = BTreeMap::new();
    for line in waiting.iter().chain(list(&plan["cancelled"])) {
        *lacks.entry(int(&line["line"])).or_default() += int(&line["qty"]);
    }
    let lacking = |line: usize| lacks.get(&(line as i128)).copied().unwrap_or_default();
    let mut open = 0;
    for (at, line) in list(&body["lines"]).iter().enumerate() {
        let qty = int(&line["qty"]);
        open += qty;
        if qty > 0 {
            naive.add("fill_rate_lines", i128::from(lacking(at + 1) == 0), 1);
            naive.add("fill_rate_units", qty - lacking(at + 1), qty);
        }
    }
    let full = waiting.is_empty() && list(&plan["cancelled"]).is_empty();
    let parcels = list(&plan["parcels"]).len();
    let short = list(&body["exceptions"]).iter().any(|e| e["code"] == "short_allocation");
    naive.add("orders_placed", 1, 0);
    naive.add("fill_rate_orders", i128::from(full), 1);
    naive.add("split_rate", i128::from(parcels > 1), i128::from(parcels > 0));
    naive.add("oversell_rate", i128::from(short && body["commitment"] == "external"), 1);
    naive.add("contact_rate", 0, 1);
    naive.add("touches_per_order", 0, 1);
    let deliver_by = time(&body["deliver_by"]);
    let lines = list(&body["lines"]).len() as i128;
    let units = (1..).zip(list(&body["lines"]).iter().map(|line| int(&line["qty"]))).collect();
    let mut order = Order { placed: occurred, deliver_by, from, open, lines, units, ..Order::default() };
    if !full {
        contact(&mut order, naive);
    }
    known.insert(text(&body["order"]), order);
}

fn shipped(name: &str, body: &Value, occurred: i128, naive: &mut Naive, order: &mut Order) {
    let ours = name == "OrderShipped";
    let arrives = if ours { time(&body["arrive_at"]) } else { occurred };
    let in_time = arrives <= order.deliver_by;
    for line in list(&body["lines"]) {
        let qty = int(&line["qty"]);
        order.open -= qty;
        naive.add("units_shipped", qty, 0);
        naive.add("on_time_shipped", if in_time { qty } else { 0 }, qty);
        naive.add("return_rate", 0, qty);
        if ours {
            naive.add("days_of_supply", 0, qty * DAY);
        }
    }
    if !in_time {
        order.late = true;
        contact(order, naive);
    }
    if !std::mem::replace(&mut order.shipped, true) {
        naive.add("order_cycle_time", (occurred - order.placed).max(0), 1);
        naive.add("cost_to_serve", 0, 1);
    }
    if ours {
        stage(order, &body["node"], occurred, naive);
    }
}

/// Suppliers, counts, shrink, the journal, lateness.
fn others(events: &[Value], naive: &mut Naive) {
    let mut purchases: BTreeMap<String, (i128, i128, Vec<Value>)> = BTreeMap::new();
    let (mut bought, mut scales): (Vec<String>, BTreeMap<String, i128>) = Default::default();
    for event in events {
        let Told { name, body, at, occurred } = tell(event);
        naive.add("late_entries", i128::from(at.div_euclid(DAY) > occurred.div_euclid(DAY)), 1);
        match name {
            "SkuDefined" => {
                scales.insert(text(&body["sku"]), 10i128.pow(int(&body["decimals"]) as u32));
            }
            "PurchaseOrderPlaced" => {
                let lines = list(&body["lines"]).to_vec();
                for line in &lines {
                    naive.add("supplier_fill", 0, int(&line["qty"]));
                    naive.add("supplier_score", 0, int(&line["qty"]));
                }
                purchases
                    .insert(text(&body["purchase_order"]), (time(&body["expected_at"]), occurred, lines));
            }
            "PurchaseOrderChanged" => {
                let Some((expected, _, lines)) = purchases.get_mut(&text(&body["purchase_order"])) else {
                    continue;
                };
                *expected = time(&body["expected_at"]);
                let now = list(&body["lines"]).to_vec();
                let units = |lines: &[Value]| lines.iter().map(|line| int(&line["qty"])).sum::<i128>();
                let more = units(&now) - units(lines);
                naive.add("supplier_fill", 0, more);
                naive.add("supplier_score", 0, more);
                *lines = now;
            }
            "GoodsReceived" => {
                let Some((expected, placed, ordered)) = purchases.get(&text(&body["purchase_order"])) else {
                    continue;
                };
                for line in list(&body["lines"]).iter().filter(|line| int(&line["purchase_line"]) > 0) {
                    let qty = int(&line["qty"]);
                    naive.add("supplier_on_time", if occurred <= *expected { qty } else { 0 }, qty);
                    naive.add("supplier_fill", int(&line["on_order"]), 0);
                    let condition = text(&line["place"]["condition"]);
                    let broken = ["damaged", "quarantined"].contains(&condition.as_str());
                    naive.add("supplier_defects", if broken { qty } else { 0 }, qty);
                    let row = &ordered[int(&line["purchase_line"]) as usize - 1];
                    let rate = if line["rate"] == "0.00" { 1_000_000 } else { money(&line["rate"]) };
                    let scale = scales.get(&text(&line["sku"])).copied().unwrap_or(1);
                    let own = (2 * money(&row["unit_cost"]) * qty + scale) / (2 * scale);
                    let worth = (own * rate / 1_000_000 + 5_000) / 10_000 * 10_000;
                    let paid = money(&line["value"]);
                    naive.add("supplier_price", paid, worth);
                    let good = occurred <= *expected && condition == "sellable" && paid <= worth;
                    naive.add("supplier_score", if good { int(&line["on_order"]) } else { 0 }, 0);
                    bought.push(text(&line["sku"]));
                    naive.add("supplier_lead_time", (occurred - placed).max(0) * qty, qty);
                }
            }
            "VendorReturnShipped" => {
                list(&body["lines"]).iter().for_each(|l| naive.add("supplier_defects", int(&l["qty"]), 0));
            }
            "StockMoved" => {
                let (from, to) = (text(&body["from"]["condition"]), text(&body["to"]["condition"]));
                let bad = from == "inspection" && ["damaged", "quarantined"].contains(&to.as_str());
                if bad && bought.contains(&text(&body["sku"])) {
                    naive.add("supplier_defects", int(&body["qty"]), 0);
                }
            }
            "ReturnReceived" => {
                for line in list(&body["lines"]) {
                    let bad = ["scrap", "return_to_vendor"].contains(&text(&line["disposition"]).as_str());
                    if bad && bought.contains(&text(&line["sku"])) {
                        naive.add("supplier_defects", int(&line["qty"]), 0);
                    }
                }
            }
            "CountRecorded" => {
                for line in list(&body["lines"]) {
                    naive.add("inventory_accuracy", i128::from(line["expected"] == line["counted"]), 1);
                }
            }
            _ => {}
        }
    }
    for event in events {
        journal(tell(event).body, naive);
    }
}

fn journal(body: &Value, naive: &mut Naive) {
    for entry in list(&body["postings"]).chunks(2) {
        let (amount, word) = (money(&entry[0]["amount"]), text(&entry[0]["movement"]));
        let lost = match word.as_str() {
            "loss" | "transfer_loss" => amount,
            "gain" => -amount,
            _ => 0,
        };
        naive.add("shrink_value", lost, 0);
        naive.add("shrink_rate", lost, 0);
        let (revenue, cost, serve) = match word.as_str() {
            "revenue" | "shipping_revenue" | "refund_expected" => (amount, 0, 0),
            "expect_return" | "refund" | "discount" | "credit_note" => (-amount, 0, 0),
            "issue" | "drop_ship_out" | "cost_recognised" | "catch_up" | "variance_to_cost" => (0, amount, 0),
            "return_restock" | "return_refurbish" | "return_scrap" | "return_to_vendor"
            | "expect_return_cost" | "allowance_release" => (0, -amount, 0),
            "freight" | "handling" => (0, 0, amount),
            _ => continue,
        };
        naive.add("net_revenue", revenue, 0);
        naive.add("cost_of_sales", cost, 0);
        naive.add("fulfilment_cost", serve, 0);
        naive.add("cost_to_serve", serve, 0);
        naive.add("channel_margin", revenue - cost - serve, 0);
        naive.add("margin_share", revenue - cost - serve, revenue);
        naive.add("shrink_rate", 0, cost);
        if word != "drop_ship_out" {
            naive.add("turns", cost * DAY * 365, 0);
        }
    }
}

/// Stock over time: the book is asked after every event what lies where.
fn stock(log: &[u8], naive: &mut Naive) {
    let (head, mut rest) = log.split_at(8);
    let mut book = Book::new();
    let mut before: Option<(i128, Value)> = None;
    let mut stocked: BTreeSet<(String, String)> = BTreeSet::new();
    while !rest.is_empty() {
        let length = u64::from_le_bytes(rest[..8].try_into().expect("eight bytes")) as usize;
        let (frame, others) = rest.split_at(16 + length);
        rest = others;
        book.apply_log(&[head, frame].concat()).unwrap_or_else(|e| panic!("{e}"));
        let now = i128::from(book.now().micros());
        if let Some((since, was)) = before.take() {
            for cell in list(&was) {
                let time = now - since;
                naive.add("stockout_rate", if int(&cell["available"]) <= 0 { time } else { 0 }, time);
                naive.add("days_of_supply", int(&cell["on_hand"]) * time, 0);
                naive.add("turns", 0, money(&cell["value"]) * time);
            }
        }
        let mut cells: Vec<Value> = Vec::new();
        for sku in 0..book.sku_count() {
            let code = book.sku_code(stockbook::SkuId(sku as u32)).expect("a SKU");
            for node in 0..book.node_count() {
                let node = book.node_code(stockbook::NodeId(node as u32)).expect("a node");
                let found = ask(&book, "stock", json!({"sku": code, "node": node}));
                let cell = found[0].clone();
                let pair = (code.to_owned(), node.to_owned());
                if cell["on_hand"] != json!(0) || stocked.contains(&pair) {
                    stocked.insert(pair);
                    cells.push(cell);
                }
            }
        }
        before = Some((now, Value::Array(cells)));
    }
    let last = before.map(|(_, cells)| cells).unwrap_or_default();
    naive.add("inventory_value", list(&last).iter().map(|cell| money(&cell["value"])).sum(), 0);
}

/// Exceptions, as their queue has them; `false` where one was opened again.
fn exceptions(book: &Book, naive: &mut Naive) -> bool {
    let mut number = 0;
    let now = i128::from(book.now().micros());
    loop {
        number += 1;
        let query = json!({"ask": {"exception": {"exception": number}}});
        let answer: Value =
            serde_json::from_str(&book.ask_json(query.to_string().as_bytes())).expect("an answer");
        let case = &answer["answer"]["exception"];
        if case.is_null() {
            return true;
        }
        if case["reopened"] != json!(0) {
            return false;
        }
        naive.add("exceptions_opened", 1, 0);
        let opened = time(&case["view"]["opened_at"]);
        if case["closed_at"].is_null() {
            naive.add("exception_age", now - opened, 1);
        } else {
            naive.add("exception_time", time(&case["closed_at"]) - opened, 1);
        }
    }
}

/// As the columns show it: what is beyond them is at their end.
fn shown(n: i128, scale: i128) -> i64 {
    let half = if n < 0 { -scale / 2 } else { scale / 2 };
    ((n + half) / scale).clamp(i64::MIN.into(), i64::MAX.into()) as i64
}

/// Compares all metrics of a record; gives those that had something to compare, and what differs.
fn compare(case: &str, book: &Book, log: &[u8]) -> (BTreeSet<String>, Vec<String>) {
    let events = events_of(book);
    let mut naive = Naive::default();
    orders(&events, &mut naive);
    others(&events, &mut naive);
    stock(log, &mut naive);
    let plain = exceptions(book, &mut naive);
    let owed = ask(book, "grni_ageing", json!({}))["balance"].clone();
    naive.add("unreconciled_value", money(&owed), 0);
    let view = ask(book, "measure", json!({}));
    let mut said: BTreeMap<String, (i64, i64)> = BTreeMap::new();
    for (at, name) in list(&view["metric"]).iter().enumerate() {
        let number = |column: &str| view[column][at].as_i64().expect("a number");
        said.insert(text(name), (number("part"), number("whole")));
    }
    let mut faults: Vec<String> = Vec::new();
    for tie in list(&view["ties"]).iter().filter(|tie| tie["ties"] != json!(true)) {
        faults.push(format!("{case}: {tie}"));
    }
    assert_eq!(view["all_tie"], json!(faults.is_empty()));
    let mut seen = BTreeSet::new();
    for metric in list(&ask(book, "metrics", json!({}))) {
        let name = text(&metric["name"]);
        if !plain && name.starts_with("exception") {
            continue;
        }
        let (part, whole) = naive.0.get(name.as_str()).copied().unwrap_or_default();
        let (parts, wholes) = match (name.as_str(), metric["unit"].as_str()) {
            ("stockout_rate", _) => (1_000_000, 1_000_000),
            ("days_of_supply" | "turns", _) => (DAY, DAY),
            (_, Some("duration")) => (1_000_000, 1),
            _ => (1, 1),
        };
        let want = (shown(part, parts), shown(whole, wholes));
        let got = said.get(&name).copied().unwrap_or_default();
        if got != want {
            faults.push(format!("{case}: {name} is {got:?}, should be {want:?}"));
        }
        if want != (0, 0) {
            seen.insert(name);
        }
    }
    (seen, faults)
}

#[test]
fn every_metric_of_every_vector_is_what_its_events_say_and_ties_out() {
    let (mut seen, mut wrong): (BTreeSet<String>, Vec<String>) = Default::default();
    for case in vectors::cases() {
        let mut book = Book::new();
        for request in case.requests() {
            book.execute_json(request.as_bytes());
        }
        // Where the window was set small, the host would have kept the log.
        if let Ok(log) = book.log_since(1) {
            let (some, faults) = compare(&case.name, &book, &log);
            seen.extend(some);
            wrong.extend(faults);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let all = ask(&Book::new(), "metrics", json!({}));
    let missing: Vec<&Value> =
        list(&all).iter().map(|m| &m["name"]).filter(|name| !seen.contains(&text(name))).collect();
    assert!(missing.is_empty(), "no vector says anything of {missing:?}");
}

#[test]
fn every_metric_of_random_trade_is_what_its_events_say_and_ties_out() {
    for seed in [3, 8] {
        let run = driver::lived(seed, 350).unwrap_or_else(|what| panic!("{what}"));
        let book = &run.seam.book;
        if let Ok(log) = book.log_since(1) {
            let (seen, faults) = compare(&format!("seed {seed}"), book, &log);
            assert!(faults.is_empty(), "{}", faults.join("\n"));
            assert!(seen.len() > 15, "{seen:?}");
        }
    }
}

/// Rows of an answer: keys, part and whole by metric.
fn rows(view: &Value) -> BTreeMap<(String, Vec<String>), (i64, i64)> {
    let row = |(at, name): (usize, &Value)| {
        let keys = list(&view["keys"]).iter().map(|column| text(&column[at])).collect();
        let number = |column: &str| view[column][at].as_i64().expect("a number");
        ((text(name), keys), (number("part"), number("whole")))
    };
    list(&view["metric"]).iter().enumerate().map(row).collect()
}

#[test]
fn numbers_open_to_their_facts_and_rows_add_up() {
    let run = driver::lived(8, 350).unwrap_or_else(|what| panic!("{what}"));
    let book = &run.seam.book;
    let names = ["units_shipped", "fill_rate_units", "net_revenue", "return_rate", "backorder_units_open"];
    let of = |by: Value| ask(book, "measure", json!({"metrics": names, "by": by, "facts_most": 1_000_000}));
    let whole = of(json!([]));
    let total = rows(&whole);
    assert!(total.len() >= 4, "{total:?}");
    let mut facts: BTreeMap<(String, Vec<String>), (i64, i64)> = BTreeMap::new();
    for fact in list(&whole["facts"]) {
        let sums = facts.entry((text(&fact["metric"]), Vec::new())).or_default();
        sums.0 += fact["part"].as_i64().expect("a number");
        sums.1 += fact["whole"].as_i64().expect("a number");
        let event = ask(book, "events", json!({"from": fact["sequence"], "most": 1}));
        assert_eq!(event[0]["sequence"], fact["sequence"], "the event behind it is there");
    }
    assert_eq!(facts, total, "the facts come to the numbers");
    for by in
        [json!(["node"]), json!(["channel", "sku"]), json!(["day"]), json!(["week"]), json!(["category"])]
    {
        let mut sums: BTreeMap<(String, Vec<String>), (i64, i64)> = BTreeMap::new();
        for ((name, keys), (part, of)) in rows(&ask(book, "measure", json!({"metrics": names, "by": by}))) {
            let sum = sums.entry((name.clone(), Vec::new())).or_default();
            // A level by time is where it stood: the last is the total.
            let last = name == "backorder_units_open" && keys[0].starts_with("20");
            *sum = if last { (part, of) } else { (sum.0 + part, sum.1 + of) };
        }
        assert_eq!(sums, total, "by {by}");
    }
}

#[test]
fn a_window_is_the_same_from_a_snapshot_on_and_known_as_it_was_known() {
    let run = driver::lived(3, 400).unwrap_or_else(|what| panic!("{what}"));
    let log = run.seam.book.log_since(1).unwrap_or_else(|e| panic!("{e}"));
    let frames: Vec<Value> = events_of(&run.seam.book);
    let middle = frames.len() / 2;
    let mut book = Book::new();
    let mut rest = &log[8..];
    let mut head = log[..8].to_vec();
    for _ in 0..middle {
        let length = u64::from_le_bytes(rest[..8].try_into().expect("eight bytes")) as usize;
        head.extend(&rest[..16 + length]);
        rest = &rest[16 + length..];
    }
    book.apply_log(&head).unwrap_or_else(|e| panic!("{e}"));
    let from = json!(Instant::from_micros(book.now().micros() + 1));
    // What hangs on the past of an order, a purchase or an empty pool, a snapshot has no longer.
    let all = list(&ask(&book, "metrics", json!({}))).iter().map(|m| text(&m["name"])).collect::<Vec<_>>();
    let past = [
        "supplier_lead_time",
        "contact_rate",
        "on_time_in_full",
        "backorder_age",
        "order_cycle_time",
        // It keeps when a stage was told, not when it was reached, and nothing of a plain shipment's.
        "stage_time",
        "supplier_on_time",
        "supplier_score",
        "stockout_rate",
    ];
    let names: Vec<&String> = all.iter().filter(|name| !past.contains(&name.as_str())).collect();
    let (log, snapshot) = (as_base64(&log), as_base64(&book.snapshot()));
    let whole = ask(&Book::new(), "measure", json!({"metrics": names, "from": from, "log": log}));
    let query = json!({"metrics": names, "from": from, "log": log, "snapshots": [snapshot]});
    let continued = ask(&Book::new(), "measure", query);
    assert_eq!(continued["all_tie"], json!(true));
    assert_eq!(rows(&continued), rows(&whole));
    // What was known in the middle is what the book of that time says.
    let known = json!(book.now());
    let then = rows(&ask(&Book::new(), "measure", json!({"log": log, "known_at": known})));
    let sequence = ask(&Book::new(), "measure", json!({"log": log, "known_at": known}))["sequence"].clone();
    if sequence == json!(book.sequence()) {
        assert_eq!(then, rows(&ask(&book, "measure", json!({}))));
    }
}

#[test]
fn a_change_is_worth_what_its_margin_and_its_declared_worths_are() {
    let (mut before, mut after) = (Book::new(), Book::new());
    let story = |book: &mut Book, promise: u32, freight: &str| {
        let zone = json!({"up_to_km": 9000, "transit_hours": 48, "base": freight, "per_kg": "0"});
        let commands = [
            json!({"define_sku": {"sku": "TEE", "price": "20"}}),
            json!({"define_node": {"node": "N", "kind": "warehouse", "place": {"lat": "0", "lon": "0"}}}),
            json!({"define_service": {"service": "S", "zones": [zone]}}),
            json!({"define_channel": {"channel": "web", "promise_hours": promise}}),
            json!({"receive_goods": {"receipt": "R", "node": "N",
                "lines": [{"sku": "TEE", "qty": 10, "unit_cost": "8"}]}}),
            json!({"place_order": {"order": "1", "channel": "web", "to": {"lat": "1", "lon": "1"},
                "lines": [{"sku": "TEE", "qty": 2}]}}),
            json!({"ship_order": {"order": "1", "node": "N"}}),
        ];
        for (at, command) in commands.iter().enumerate() {
            let envelope = json!({"id": at.to_string(), "at": "2026-01-05T09:00:00Z", "command": command});
            let answer = book.execute_json(envelope.to_string().as_bytes());
            assert!(answer.starts_with("{\"receipt"), "{answer}");
        }
    };
    // Slow and late at 6.00, or quick enough and in time at 9.00.
    story(&mut before, 24, "6");
    story(&mut after, 72, "9");
    let log = |book: &Book| json!({"log": as_base64(&book.log_since(1).unwrap_or_else(|e| panic!("{e}")))});
    let query = json!({"before": log(&before), "after": log(&after),
        "worth": [{"metric": "contact_rate", "each": "-5"}]});
    let view = ask(&Book::new(), "compare", query);
    let row = |name: &str| list(&view["rows"]).iter().find(|r| r["metric"] == name).expect("a row").clone();
    assert_eq!(row("fulfilment_cost")["money"], json!("-3.00"));
    assert_eq!(row("channel_margin")["money"], json!("-3.00"));
    assert_eq!(
        (row("contact_rate")["effect"].clone(), row("contact_rate")["money"].clone()),
        (json!(-1), json!("5.00"))
    );
    assert_eq!(view["money"], json!("2.00"), "one delay less is worth more than the dearer carrier costs");
}

/// Ten TEE at 2.00 on the first of January, five more on the third, five lost on the fifth.
fn days() -> Book {
    let mut book = Book::new();
    let commands = [
        (1, json!({"define_sku": {"sku": "TEE"}})),
        (1, json!({"define_node": {"node": "N", "kind": "store", "place": {"lat": "0", "lon": "0"}}})),
        (1, json!({"define_reason": {"reason": "lost"}})),
        (
            1,
            json!({"receive_goods": {"receipt": "1", "node": "N",
            "lines": [{"sku": "TEE", "qty": 10, "unit_cost": "2"}]}}),
        ),
        (
            3,
            json!({"receive_goods": {"receipt": "2", "node": "N",
            "lines": [{"sku": "TEE", "qty": 5, "unit_cost": "2"}]}}),
        ),
        (
            5,
            json!({"adjust_stock": {"adjustment": "1", "node": "N", "reason": "lost",
            "lines": [{"sku": "TEE", "qty": -15}]}}),
        ),
        (9, json!({"define_sku": {"sku": "MUG"}})),
    ];
    for (at, (day, command)) in commands.iter().enumerate() {
        let time = format!("2026-01-0{day}T00:00:00Z");
        let envelope = json!({"id": at.to_string(), "at": time, "command": command});
        let answer = book.execute_json(envelope.to_string().as_bytes());
        assert!(answer.starts_with("{\"receipt"), "{answer}");
    }
    book
}

#[test]
fn a_level_by_day_is_where_it_stood_and_a_day_alone_is_that_day() {
    let book = days();
    let of = |query: Value| -> Vec<(String, i64, i64)> {
        let key = |((_, keys), (part, whole)): ((String, Vec<String>), (i64, i64))| {
            (keys.first().cloned().unwrap_or_default(), part, whole)
        };
        rows(&ask(&book, "measure", query)).into_iter().map(key).collect()
    };
    let value = |more: Value| {
        let mut query = json!({"metrics": ["inventory_value"], "by": ["day"]});
        query.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        of(query)
    };
    let day = |day: u32, units: i64| (format!("2026-01-0{day}"), units * 2_000_000, 0);
    assert_eq!(value(json!({})), [day(1, 10), day(3, 15), day(5, 0)]);
    assert_eq!(value(json!({"from": "2026-01-02T00:00:00Z"})), [day(2, 10), day(3, 15), day(5, 0)]);
    assert_eq!(value(json!({"only": [{"dimension": "day", "is": "2026-01-04"}]})), [day(4, 15)]);
    // Nothing is free from the fifth to the ninth: of the seventh, the whole day and no other.
    let rate =
        |day: &str| of(json!({"metrics": ["stockout_rate"], "only": [{"dimension": "day", "is": day}]}));
    assert_eq!(rate("2026-01-07"), [(String::new(), 86_400, 86_400)]);
    assert_eq!(rate("2026-01-04"), [(String::new(), 0, 86_400)]);
}

#[test]
fn a_snapshot_of_the_book_goes_on_with_the_events_that_it_has() {
    let mut book = days();
    let (snapshot, from) = (as_base64(&book.snapshot()), "2026-01-10T00:00:00Z");
    let whole = |book: &Book| rows(&ask(book, "measure", json!({"from": from, "metrics": ["late_entries"]})));
    book.forget_events(book.sequence());
    let more = json!({"id": "more", "at": "2026-01-11T00:00:00Z",
        "command": {"define_sku": {"sku": "CUP"}}});
    assert!(book.execute_json(more.to_string().as_bytes()).starts_with("{\"receipt"));
    let query = json!({"from": from, "metrics": ["late_entries"], "snapshots": [snapshot]});
    let continued = ask(&book, "measure", query);
    assert_eq!(continued["all_tie"], json!(true));
    assert_eq!(rows(&continued).values().collect::<Vec<_>>(), [&(0, 1)]);
    let mut all = days();
    assert!(all.execute_json(more.to_string().as_bytes()).starts_with("{\"receipt"));
    assert_eq!(whole(&all), rows(&continued));
}

#[test]
fn an_hour_without_stock_is_worth_what_was_told_and_what_does_not_fit_is_refused() {
    let book = days();
    let query = |each: &str| {
        json!({"before": {"to": "2026-01-05T00:00:00Z"},
            "after": {"from": "2026-01-05T00:00:00Z"}, "worth": [{"metric": "stockout_rate", "each": each}]})
    };
    let view = ask(&book, "compare", query("-1"));
    let row = list(&view["rows"]).iter().find(|row| row["metric"] == "stockout_rate").expect("a row").clone();
    // Four days of nothing, none before.
    assert_eq!((row["effect"].clone(), row["money"].clone()), (json!(4 * 86_400), json!("-96.00")));
    let asked = json!({"ask": {"compare": query("-9000000000000")}});
    let answer = book.ask_json(asked.to_string().as_bytes());
    assert!(answer.contains("\"worth\"") && answer.contains("rejection"), "{answer}");
}
