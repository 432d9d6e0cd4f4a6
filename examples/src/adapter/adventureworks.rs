//! AdventureWorks: three years of a bicycle maker's sales on two channels, and what it bought.
//!
//! The data have orders, customers' places, unit costs and purchase orders; they have no stock by node, no freight
//! and no nodes. What is derived is stated in `ASSUMED`.

use super::data::{self, DAY, HOUR, Outcome, amount, day, draw, grouped, micros};
use super::supply::{Supply, SupplyItem, Wanted, launches};
use super::trade::{Fact, Loss, Trade, What, three_policies};
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use stockbook::*;

/// Every derived number follows from this seed.
const SEED: u64 = 2_200;
/// Purchase orders and cost history are dated so many days before the sales.
const SHIFT: i64 = 2_200 * DAY;
/// Nodes chosen.
const NODES: usize = 4;
/// Where the data's purchases come in.
const PLANT: &str = "PLANT";

#[derive(Deserialize)]
struct Sale {
    order_id: u64,
    channel: String,
    customer_id: u32,
    product_id: u32,
    order_date: String,
    due_date: String,
    qty: i64,
    net_amount: String,
}

#[derive(Deserialize)]
struct Customer {
    customer_id: u32,
    city: String,
    country_code: String,
    lat: f64,
    lon: f64,
}

#[derive(Deserialize)]
struct Product {
    product_id: u32,
    sku: String,
    name: String,
    category: String,
    make_flag: u8,
    standard_cost: String,
    list_price: String,
    weight: Option<f64>,
    weight_uom: String,
}

#[derive(Deserialize)]
struct Cost {
    product_id: u32,
    start: String,
    standard_cost: String,
}

#[derive(Deserialize)]
struct PurchaseHeader {
    po_id: u64,
    vendor_id: u32,
    order_date: String,
}

#[derive(Deserialize)]
struct PurchaseRow {
    po_id: u64,
    due_date: String,
    order_qty: i64,
    product_id: u32,
    unit_price: String,
    rejected_qty: f64,
    stocked_qty: f64,
}

#[derive(Deserialize)]
struct ProductVendor {
    product_id: u32,
    vendor_id: u32,
    avg_lead_time_days: i64,
}

#[derive(Deserialize)]
struct Vendor {
    vendor_id: u32,
}

#[derive(Deserialize)]
struct ShipMethod {
    name: String,
    base: String,
    rate_per_lb: String,
}

#[derive(Deserialize)]
struct Site {
    code: String,
    #[serde(rename = "type")]
    kind: String,
    city: String,
    state: String,
    lat: f64,
    lon: f64,
    coord_ok: u8,
}

/// What the data say, and how every line of it was used.
pub struct Adventure {
    /// The trade.
    pub trade: Trade,
    /// Lines of sales in the file.
    pub sales_lines: u64,
    /// Lines of purchase orders: told, of products not sold, arriving after the end.
    pub purchase_lines: [u64; 3],
    /// Sum of the lines' net amounts, in micro-units.
    pub net: i64,
    /// What was assumed, in plain sentences.
    pub assumed: Vec<String>,
}

/// A chosen node.
struct Chosen {
    code: String,
    name: String,
    place: Point,
    own: bool,
}

struct Files {
    sales: Vec<Sale>,
    customers: HashMap<u32, (Point, String, String)>,
    products: BTreeMap<u32, Product>,
    costs: HashMap<u32, Vec<(i64, i64)>>,
    headers: BTreeMap<u64, PurchaseHeader>,
    purchases: Vec<PurchaseRow>,
    leads: HashMap<u32, i64>,
    vendor_of: HashMap<u32, u32>,
    vendors: Vec<u32>,
    methods: Vec<ShipMethod>,
    sites: Vec<Site>,
}

fn read(folder: &Path) -> Outcome<Files> {
    let rows = folder.join("adventureworks");
    let sales: Vec<Sale> = data::rows(&rows, "sales_lines.csv.gz")?;
    let mut customers = HashMap::new();
    for c in data::rows::<Customer>(&rows, "customers.csv.gz")? {
        let place = Point::from_degrees(c.lat, c.lon)
            .ok_or_else(|| format!("customer {}: no place", c.customer_id))?;
        customers.insert(c.customer_id, (place, c.city, c.country_code));
    }
    let sold: std::collections::HashSet<u32> = sales.iter().map(|s| s.product_id).collect();
    let products = data::rows::<Product>(&rows, "products.csv")?;
    let products =
        products.into_iter().filter(|p| sold.contains(&p.product_id)).map(|p| (p.product_id, p)).collect();
    let mut costs: HashMap<u32, Vec<(i64, i64)>> = HashMap::new();
    for cost in data::rows::<Cost>(&rows, "cost_history.csv")? {
        costs
            .entry(cost.product_id)
            .or_default()
            .push((day(&cost.start)? + SHIFT, micros(&cost.standard_cost)?));
    }
    costs.values_mut().for_each(|list| list.sort_unstable());
    let headers = data::rows::<PurchaseHeader>(&rows, "po_headers.csv.gz")?;
    let (mut leads, mut vendor_of) = (HashMap::<u32, (i64, i64)>::new(), HashMap::new());
    for row in data::rows::<ProductVendor>(&rows, "product_vendor.csv")? {
        let lead = leads.entry(row.vendor_id).or_default();
        *lead = (lead.0 + row.avg_lead_time_days, lead.1 + 1);
        let first: &mut u32 = vendor_of.entry(row.product_id).or_insert(row.vendor_id);
        *first = (*first).min(row.vendor_id);
    }
    Ok(Files {
        sales,
        customers,
        products,
        costs,
        headers: headers.into_iter().map(|h| (h.po_id, h)).collect(),
        purchases: data::rows(&rows, "po_lines.csv.gz")?,
        leads: leads.into_iter().map(|(vendor, (days, n))| (vendor, days / n)).collect(),
        vendor_of,
        vendors: data::rows::<Vendor>(&rows, "vendors.csv")?.into_iter().map(|v| v.vendor_id).collect(),
        methods: data::rows(&rows, "ship_methods.csv")?,
        sites: data::rows(folder, "nodes/amazon_us_sites.csv")?,
    })
}

/// Chooses nodes one by one: each is the place that shortens the way to the customers most.
fn choose(files: &Files) -> Outcome<Vec<Chosen>> {
    let mut weights: BTreeMap<(i64, i64), (Point, i64)> = BTreeMap::new();
    let mut places: Vec<Chosen> = Vec::new();
    for site in files.sites.iter().filter(|s| s.coord_ok == 1 && s.kind == "fc") {
        let place = Point::from_degrees(site.lat, site.lon).ok_or("a site without a place")?;
        let name = format!("{}, {}", site.city, site.state);
        places.push(Chosen { code: site.code.clone(), name, place, own: true });
    }
    let mut abroad: BTreeMap<(&str, &str), Point> = BTreeMap::new();
    for sale in &files.sales {
        let (place, city, country) = &files.customers[&sale.customer_id];
        if country != "US" {
            abroad.entry((country, city)).or_insert(*place);
        }
        // Customers within a tenth of a degree count as one place.
        let tenth = |angle: Degrees| angle.0 / 100_000_000;
        weights.entry((tenth(place.lat), tenth(place.lon))).or_insert((*place, 0)).1 += 1;
    }
    for ((country, city), place) in abroad {
        let code = format!("{country}-{}", city.to_uppercase().replace(' ', "-"));
        places.push(Chosen { code, name: format!("{city}, {country}"), place, own: false });
    }
    let customers: Vec<(Point, i64)> = weights.into_values().collect();
    let mut best = vec![i64::MAX; customers.len()];
    let mut chosen = Vec::new();
    for _ in 0..NODES {
        let total = |place: Point| -> i128 {
            let way = |((to, lines), known): (&(Point, i64), &i64)| {
                i128::from(*lines) * i128::from(place.distance_mm(*to).min(*known))
            };
            customers.iter().zip(&best).map(way).sum()
        };
        let at = (0..places.len()).min_by_key(|i| total(places[*i].place)).ok_or("no place for a node")?;
        let node = places.swap_remove(at);
        for ((to, _), known) in customers.iter().zip(&mut best) {
            *known = (*known).min(node.place.distance_mm(*to));
        }
        chosen.push(node);
    }
    Ok(chosen)
}

fn money(text: &str) -> Money {
    text.parse().unwrap_or_default()
}

/// Carriers: the file's prices, our transit times.
fn services(files: &Files) -> Outcome<Vec<Command>> {
    let reach: [(&str, &[(u32, u32)]); 4] = [
        ("XRQ - TRUCK GROUND", &[(500, 24), (1_500, 48), (3_000, 72), (4_500, 96)]),
        ("ZY - EXPRESS", &[(1_500, 24), (4_500, 48)]),
        ("OVERNIGHT J-FAST", &[(4_500, 24)]),
        ("OVERSEAS - DELUXE", &[(8_000, 72), (20_100, 120)]),
    ];
    let mut commands = Vec::new();
    for (name, zones) in reach {
        let method =
            files.methods.iter().find(|m| m.name == name).ok_or_else(|| format!("no carrier {name}"))?;
        // One pound is 0.45359237 kg.
        let per_kg = i128::from(micros(&method.rate_per_lb)?) * 100_000_000 / 45_359_237;
        let zone = |(up_to_km, transit_hours): &(u32, u32)| Zone {
            up_to_km: *up_to_km,
            transit_hours: *transit_hours,
            base: Money::from_micros(micros(&method.base).unwrap_or(0)),
            per_kg: Money::from_micros(i64::try_from(per_kg).unwrap_or(0)),
            bands: Vec::new(),
        };
        let zones = zones.iter().map(zone).collect();
        commands.push(Command::DefineService(DefineService {
            service: name.into(),
            name: name.into(),
            zones,
            dim_divisor: 0,
        }));
    }
    Ok(commands)
}

fn supplier_of(files: &Files, product: &Product) -> String {
    match files.vendor_of.get(&product.product_id) {
        Some(vendor) if product.make_flag == 0 => format!("V{vendor}"),
        _ => "FACTORY".into(),
    }
}

/// Days from order to receipt: the vendor's mean, or two weeks of our own making.
fn lead(files: &Files, supplier: &str) -> i64 {
    let vendor = supplier.strip_prefix('V').and_then(|v| v.parse::<u32>().ok());
    vendor.and_then(|v| files.leads.get(&v)).copied().unwrap_or(14)
}

fn setup(files: &Files, nodes: &[Chosen]) -> Outcome<Vec<Command>> {
    let mut commands = vec![Command::ConfigureBook(ConfigureBook {
        currency: "USD".into(),
        currency_digits: 2,
        idempotency_window: 1 << 16,
        event_window: 1 << 12,
    })];
    let reasons = ["credit", "rejected", "manufacture"];
    let reason = |r: &str| Command::DefineReason(DefineReason { reason: r.into(), name: String::new() });
    commands.extend(reasons.map(reason));
    for product in files.products.values() {
        let (weight, uom) = (product.weight.unwrap_or(500.0), product.weight_uom.as_str());
        let grams = if uom == "LB" { weight * 453.592_37 } else { weight };
        let made = product.make_flag == 1;
        commands.push(Command::DefineSku(DefineSku {
            sku: product.sku.clone(),
            name: product.name.clone(),
            group: format!("{} ({})", product.category, if made { "made" } else { "bought" }),
            decimals: 0,
            units: Vec::new(),
            weight_g: grams.round() as i64,
            price: Money::from_micros(micros(&product.list_price)?),
            costing: if made { Costing::Fifo } else { Costing::MovingAverage },
        }));
    }
    for node in nodes {
        commands.push(Command::DefineNode(DefineNode {
            node: node.code.clone(),
            name: node.name.clone(),
            kind: if node.own { NodeKind::Warehouse } else { NodeKind::ThirdParty },
            place: node.place,
            handling_per_order: money(if node.own { "2.00" } else { "2.60" }),
            handling_per_unit: money(if node.own { "0.35" } else { "0.45" }),
            preference: 0,
            processing_minutes: 7 * 24 * 60,
            calendar: None,
        }));
    }
    // Where bought goods come in; it serves no customer.
    let first = nodes.first().ok_or("no node")?;
    commands.push(Command::DefineNode(DefineNode {
        node: PLANT.into(),
        name: format!("Plant at {}", first.name),
        kind: NodeKind::Warehouse,
        place: first.place,
        handling_per_order: Money::ZERO,
        handling_per_unit: Money::ZERO,
        preference: 0,
        processing_minutes: 0,
        calendar: None,
    }));
    commands.extend(services(files)?);
    for (channel, priority) in [("online", 1), ("reseller", 0)] {
        let (name, promise_hours) = (String::new(), 240);
        commands.push(Command::DefineChannel(DefineChannel {
            channel: channel.into(),
            name,
            promise_hours,
            priority,
            services: Vec::new(),
        }));
    }
    let vendors = files.vendors.iter().map(|v| format!("V{v}"));
    for supplier in vendors.chain(["FACTORY".to_owned()]) {
        let lead_time_days = u32::try_from(lead(files, &supplier))?;
        commands.push(Command::DefineSupplier(DefineSupplier {
            supplier,
            name: String::new(),
            lead_time_days,
            expedite_days: lead_time_days / 2,
            expedite_premium: money("0.15"),
        }));
    }
    commands.push(manufacture());
    let rules = posting_rules(files);
    commands.push(Command::SetPostingRules(rules));
    Ok(commands)
}

fn manufacture() -> Command {
    Command::DefineAccount(DefineAccount {
        account: "2150".into(),
        name: "Owed to manufacture".into(),
        kind: AccountKind::Liability,
        control: Control::None,
    })
}

/// What is issued to manufacture is set against what it is owed for the goods it makes; what was rejected is claimed.
fn posting_rules(files: &Files) -> SetPostingRules {
    let mut groups: Vec<String> = Vec::new();
    for product in files.products.values().filter(|p| p.make_flag == 1) {
        let group = format!("{} (made)", product.category);
        if !groups.contains(&group) {
            groups.push(group);
        }
    }
    let reasons = |reason: &str| Predicate { reasons: vec![reason.into()], ..Predicate::default() };
    let rule = |movement, when, debit: &str, credit: &str| PostingRule {
        movement,
        when,
        debit: debit.into(),
        credit: credit.into(),
    };
    let mut rules = vec![
        rule(Movement::Loss, reasons("manufacture"), "2150", "1300"),
        rule(Movement::Loss, reasons("rejected"), "1400", "1300"),
        rule(Movement::Receipt, Predicate { groups, ..Predicate::default() }, "1300", "2150"),
    ];
    rules.extend(default_rules());
    SetPostingRules { rules, base: None }
}

/// Reads the data and tells them as a trade.
pub fn trade(folder: &Path) -> Outcome<Adventure> {
    let files = read(folder)?;
    let nodes = choose(&files)?;
    let begin = day("2017-06-30")?;
    let last = files.sales.last().map(|s| day(&s.order_date)).transpose()?.unwrap_or(begin);
    let end = last + 60 * DAY;
    let mut trade = Trade {
        name: "adventureworks",
        title: "AdventureWorks, 2017-07 to 2020-06".into(),
        begin,
        end,
        setup: setup(&files, &nodes)?,
        policies: three_policies(&nodes.iter().map(|n| n.code.clone()).collect::<Vec<_>>()),
        facts: Vec::new(),
        supply: Supply {
            review_days: 7,
            cover_days: 28,
            safety_percent: 95,
            hurry_days: 2,
            line_most: 40,
            cost_percent: 0,
            seed: SEED,
            items: items(&files)?,
        },
    };
    let (orders, wanted, net) = orders(&files, &nodes)?;
    first_stock(&files, &nodes, &wanted, &mut trade)?;
    let told = purchases(&files, &nodes, &wanted, &mut trade)?;
    trade.facts.extend(orders);
    trade.sort();
    let assumed = assumed(&nodes, &trade.supply);
    Ok(Adventure { trade, sales_lines: files.sales.len() as u64, purchase_lines: told, net, assumed })
}

fn items(files: &Files) -> Outcome<HashMap<String, SupplyItem>> {
    let mut items = HashMap::new();
    for product in files.products.values() {
        let supplier = supplier_of(files, product);
        let lead_days = lead(files, &supplier);
        let known = files.costs.get(&product.product_id).cloned();
        let costs = known.unwrap_or(vec![(i64::MIN, micros(&product.standard_cost)?)]);
        items.insert(product.sku.clone(), SupplyItem { supplier, lead_days, costs });
    }
    Ok(items)
}

/// Orders from the lines, and the demand near each node.
fn orders(files: &Files, nodes: &[Chosen]) -> Outcome<(Vec<Fact>, Vec<Wanted>, i64)> {
    let index: HashMap<u32, usize> = files.products.keys().enumerate().map(|(i, id)| (*id, i)).collect();
    let (mut facts, mut wanted, mut net) = (Vec::new(), Vec::new(), 0i64);
    for lines in files.sales.chunk_by(|a, b| a.order_id == b.order_id) {
        let first = &lines[0];
        let to = files.customers[&first.customer_id].0;
        let node = (0..nodes.len()).min_by_key(|i| nodes[*i].place.distance_mm(to)).unwrap_or(0);
        // The data have days: the time of day is drawn between 08:00 and 20:00.
        let minute = i64::try_from(draw(SEED, &format!("time {}", first.order_id), 720))?;
        let at = day(&first.order_date)? + 8 * HOUR + minute * HOUR / 60;
        let mut order_lines = Vec::new();
        for line in lines {
            let total = micros(&line.net_amount)?;
            net += total;
            let price = (total + line.qty / 2) / line.qty;
            order_lines.push(OrderLine {
                sku: files.products[&line.product_id].sku.clone(),
                qty: line.qty,
                unit: None,
                price: Some(Money::from_micros(price)),
                lot: None,
            });
            wanted.push(Wanted { at, sku: index[&line.product_id], node, qty: line.qty });
        }
        facts.push(Fact {
            at,
            what: What::Order(PlaceOrder {
                order: first.order_id.to_string(),
                channel: first.channel.clone(),
                to,
                lines: order_lines,
                deliver_by: Some(Instant::from_micros(day(&first.due_date)? + DAY - 1)),
                priority: None,
                commitment: Commitment::Own,
                hold: None,
                detail: Detail::Brief,
                ..PlaceOrder::default()
            }),
        });
    }
    wanted.sort_by_key(|w| w.at);
    Ok((facts, wanted, net))
}

fn first_stock(files: &Files, nodes: &[Chosen], wanted: &[Wanted], trade: &mut Trade) -> Outcome<()> {
    let products: Vec<&Product> = files.products.values().collect();
    let days = |sku: usize| trade.supply.items[&products[sku].sku].lead_days + 14;
    let list = launches(wanted, trade.begin, days, trade.supply.line_most);
    for group in list.chunk_by(|a, b| (a.at, a.node) == (b.at, b.node)) {
        let (at, node) = (group[0].at, &nodes[group[0].node]);
        let mut by_supplier: BTreeMap<Option<String>, Vec<ReceiptLine>> = BTreeMap::new();
        for launch in group {
            let product = products[launch.sku];
            let item = &trade.supply.items[&product.sku];
            let supplier = (at > trade.begin).then(|| item.supplier.clone());
            by_supplier.entry(supplier).or_default().push(ReceiptLine {
                zero_cost_reason: None,
                expires_at: None,
                sku: product.sku.clone(),
                qty: launch.qty,
                unit: None,
                unit_cost: Some(Money::from_micros(item.cost(at))),
                place: Place::default(),
            });
        }
        for (i, (supplier, lines)) in by_supplier.into_iter().enumerate() {
            let receipt = format!("FIRST-{}-{}-{i}", at / DAY, node.code);
            let node = node.code.clone();
            let receive = ReceiveGoods { rate: None, receipt, node, supplier, purchase_order: None, lines };
            trade.facts.push(Fact { at, what: What::Tell(Command::ReceiveGoods(receive)) });
        }
    }
    Ok(())
}

/// Purchase orders of products that are sold: ordered, received, and what becomes of the goods.
fn purchases(files: &Files, nodes: &[Chosen], wanted: &[Wanted], trade: &mut Trade) -> Outcome<[u64; 3]> {
    let index: HashMap<u32, usize> = files.products.keys().enumerate().map(|(i, id)| (*id, i)).collect();
    let mut sold = vec![vec![0i64; nodes.len()]; index.len()];
    wanted.iter().for_each(|w| sold[w.sku][w.node] += w.qty);
    let mut stocked = vec![0i64; index.len()];
    for row in &files.purchases {
        if let Some(sku) = index.get(&row.product_id) {
            stocked[*sku] += row.stocked_qty as i64;
        }
    }
    let mut used = [0u64; 3];
    for rows in files.purchases.chunk_by(|a, b| a.po_id == b.po_id) {
        let header = files.headers.get(&rows[0].po_id).ok_or("a purchase order without a header")?;
        let ordered = day(&header.order_date)? + SHIFT + 7 * HOUR;
        let due = (day(&rows[0].due_date)? + SHIFT + 7 * HOUR).max(ordered + DAY);
        let ours: Vec<&PurchaseRow> = rows.iter().filter(|r| index.contains_key(&r.product_id)).collect();
        used[1] += (rows.len() - ours.len()) as u64;
        if ours.is_empty() || due >= trade.end - 7 * DAY {
            used[2] += ours.len() as u64;
            continue;
        }
        used[0] += ours.len() as u64;
        let sku = |row: &PurchaseRow| files.products[&row.product_id].sku.clone();
        let node = PLANT.to_owned();
        let (number, vendor) = (format!("PO-{}", header.po_id), format!("V{}", header.vendor_id));
        let mut lines = Vec::new();
        let mut arrived = Vec::new();
        for row in &ours {
            let unit_cost = Money::from_micros(micros(&row.unit_price)?);
            lines.push(PurchaseLine { sku: sku(row), qty: row.order_qty, unit: None, unit_cost });
            for (qty, condition) in
                [(row.stocked_qty, Condition::Sellable), (row.rejected_qty, Condition::Damaged)]
            {
                if qty as i64 > 0 {
                    let place = Place { condition, ..Place::default() };
                    let qty = qty as i64;
                    arrived.push(ReceiptLine {
                        zero_cost_reason: None,
                        expires_at: None,
                        sku: sku(row),
                        qty,
                        unit: None,
                        unit_cost: Some(unit_cost),
                        place,
                    });
                }
            }
        }
        let place = PlacePurchaseOrder {
            purchase_order: number.clone(),
            supplier: vendor.clone(),
            node: node.clone(),
            lines,
            expected_at: Some(Instant::from_micros(due)),
            speed: Speed::Standard,
        };
        let mut tell = |at: i64, what: What| trade.facts.push(Fact { at, what });
        tell(ordered, What::Tell(Command::PlacePurchaseOrder(place)));
        if !arrived.is_empty() {
            let receive = ReceiveGoods {
                rate: None,
                receipt: format!("GR-{number}"),
                node: node.clone(),
                supplier: Some(vendor),
                purchase_order: Some(number.clone()),
                lines: arrived,
            };
            tell(due, What::Tell(Command::ReceiveGoods(receive)));
        }
        let cancel = CancelPurchaseOrder { purchase_order: number.clone(), reason: "rejected".into() };
        if ours.iter().any(|r| (r.stocked_qty + r.rejected_qty) as i64 != r.order_qty) {
            tell(due + HOUR, What::Tell(Command::CancelPurchaseOrder(cancel)));
        }
        let mut sent: BTreeMap<(usize, String), i64> = BTreeMap::new();
        for (i, row) in ours.iter().enumerate() {
            let at = index[&row.product_id];
            let (all, total) = (sold[at].iter().sum::<i64>(), stocked[at].max(1));
            let fresh = row.stocked_qty as i64;
            let kept = if all >= total { fresh } else { (fresh * all + total - 1) / total };
            let lose = |reason: &str, qty: i64, condition| Loss {
                number: format!("{number}-{i}-{reason}"),
                reason: reason.into(),
                node: Some(node.clone()),
                line: AdjustLine {
                    value: None,
                    sku: sku(row),
                    qty,
                    unit_cost: None,
                    place: Place { condition, ..Place::default() },
                },
            };
            if row.rejected_qty as i64 > 0 {
                tell(due + DAY, What::Loss(lose("rejected", -(row.rejected_qty as i64), Condition::Damaged)));
            }
            if fresh > kept {
                tell(due + HOUR, What::Loss(lose("manufacture", kept - fresh, Condition::Sellable)));
            }
            // What is kept goes to the nodes by their share of the sales, the rest of the division to the first.
            let shares: Vec<i64> = sold[at].iter().map(|demand| kept * demand / all.max(1)).collect();
            for (to, share) in shares.iter().enumerate() {
                let rest = if to == 0 { kept - shares.iter().sum::<i64>() } else { 0 };
                *sent.entry((to, sku(row))).or_default() += share + rest;
            }
        }
        for (to, chosen) in nodes.iter().enumerate() {
            let goods = sent.iter().filter(|((at, _), qty)| *at == to && **qty > 0);
            let lines: Vec<(String, i64)> = goods.map(|((_, sku), qty)| (sku.clone(), *qty)).collect();
            let days = if to == 0 {
                1
            } else if chosen.own == nodes[0].own {
                5
            } else {
                14
            };
            let (transfer, from, to) =
                (format!("{number}-{}", chosen.code), node.clone(), chosen.code.clone());
            if !lines.is_empty() {
                tell(due + 2 * HOUR, What::Transfer { transfer, from, to, lines, days });
            }
        }
    }
    Ok(used)
}

fn assumed(nodes: &[Chosen], supply: &Supply) -> Vec<String> {
    let names: Vec<String> = nodes.iter().map(|n| format!("{} ({})", n.code, n.name)).collect();
    vec![
        format!("seed {SEED}; times of day are drawn from it between 08:00 and 20:00 UTC, since the data have days only"),
        format!(
            "{} nodes, chosen one by one among the US sites of type `fc` and the customers' cities abroad, each the one \
             that shortens the way to the customers most, weighted by order lines: {}; those abroad are third-party",
            nodes.len(),
            names.join(", ")
        ),
        format!(
            "first stock of a SKU at a node: what the first days of its sale ask for there, as many as the \
             supplier's lead time and 14 more (at most {} of one line), there a day before the first sale",
            supply.line_most
        ),
        format!(
            "beside the purchase orders of the data, a weekly rule supplies each node: demand smoothed by three tenths, \
             reorder point {} % of lead time and {} days, up to {} days more, hurried (half the lead time, 15 % \
             dearer) below {} days; bought goods come from the product's first \
             vendor in its mean lead time, made goods from our own factory in 14 days, at the standard cost of the day",
            supply.safety_percent, supply.review_days, supply.cover_days, supply.hurry_days
        ),
        format!(
            "purchase orders, cost history: {} days later than dated; goods come to a plant beside {} on the due date, \
             rejected ones as damaged and claimed from the vendor the day after",
            SHIFT / DAY,
            nodes[0].code
        ),
        "where a product was bought more than sold, the share that was never sold goes to manufacture on arrival, \
         set against what is owed to it for the goods it makes; the rest is sent on to the nodes by their share of its sales: a day next door, 5 days within the US, 14 abroad"
            .into(),
        "parcels are priced by the data's ship methods (base and rate a pound); their reach and transit hours, handling \
         (2.00 an order and 0.35 a unit, third-party 2.60 and 0.45) and 500 g for unweighed goods are ours"
            .into(),
        "goods leave 7 days after the order and are promised for the due date, as in the data (order + 10 days)".into(),
        "price of a unit: the line's net amount by its quantity, to six decimals".into(),
    ]
}

/// Runs the trade end to end and says what came of it.
pub fn run(folder: &Path, out: &Path) -> Outcome<String> {
    super::report::run(&told(folder)?, out)
}

/// The trade with its own lines of account.
pub fn told(folder: &Path) -> Outcome<super::report::Story> {
    let Adventure { trade, sales_lines, purchase_lines, net, assumed } = trade(folder)?;
    let lines = trade.facts.iter().map(Fact::order_lines).sum::<usize>() as u64;
    let [told, unsold, late] = purchase_lines;
    let accounts = vec![
        ("sales lines in the file".into(), grouped(sales_lines as i64)),
        ("  placed as order lines".into(), grouped(lines as i64)),
        ("  left out".into(), grouped((sales_lines - lines) as i64)),
        ("purchase order lines in the file".into(), grouped((told + unsold + late) as i64)),
        ("  ordered and received".into(), grouped(told as i64)),
        ("  left out: parts that are never sold, only built in".into(), grouped(unsold as i64)),
        ("  left out: due after the last sale and 53 days".into(), grouped(late as i64)),
        ("net amount of all sales lines, USD".into(), amount(net)),
    ];
    Ok(super::report::Story {
        trade,
        assumed,
        accounts,
        source_lines: sales_lines,
        used_lines: lines,
        ordered: net,
    })
}
