//! Online Retail: a year of a British gift wholesaler, 541,909 real invoice lines with credit notes and write-offs.
//!
//! The data have invoices, countries and prices; they have no stock, no cost, no nodes, no freight. What is derived is
//! stated in `ASSUMED`. Every line is told to the book, or counted as money outside the stock, or counted as one that
//! finds no sale: the counts add up to the file, and the amounts to the cent.

use super::data::{self, DAY, Outcome, amount, day, draw, grouped, micros, time};
use super::report::Story;
use super::supply::{Supply, SupplyItem, Wanted, launches};
use super::trade::{Credit, Fact, Loss, Trade, What, three_policies};
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use stockbook::*;

/// Every derived number follows from this seed.
const SEED: u64 = 1_208;
/// Unit cost in percent of a SKU's median price.
const COST_PERCENT: i64 = 55;

#[derive(Deserialize)]
struct Row {
    invoice: String,
    stock_code: String,
    description: String,
    qty: i64,
    ts: String,
    unit_price: String,
    customer_id: String,
    country: String,
    line_kind: String,
}

/// A line with its numbers read; codes that differ in case only are one SKU.
struct Line {
    invoice: String,
    sku: String,
    qty: i64,
    at: i64,
    price: i64,
    customer: String,
    country: String,
    kind: String,
}

#[derive(Deserialize)]
struct Country {
    iso: String,
    name: String,
    largest_lat: Option<f64>,
    largest_lon: Option<f64>,
}

#[derive(Deserialize)]
struct Alias {
    country: String,
    iso: String,
}

#[derive(Deserialize)]
struct City {
    name: String,
    countrycode: String,
    latitude: f64,
    longitude: f64,
    population: u64,
}

/// Where customers are.
struct Map {
    countries: HashMap<String, Point>,
    /// British cities with the sum of people up to each.
    cities: Vec<(u64, Point)>,
    people: u64,
}

/// A chosen node.
struct Chosen {
    code: &'static str,
    name: String,
    place: Point,
    kind: NodeKind,
}

fn read(folder: &Path) -> Outcome<(Vec<Line>, BTreeMap<String, String>)> {
    let (mut lines, mut names) = (Vec::new(), BTreeMap::new());
    for row in data::rows::<Row>(folder, "online_retail_uk/lines.csv.gz")? {
        let sku = row.stock_code.to_uppercase();
        let name: &mut String = names.entry(sku.clone()).or_default();
        if name.is_empty() && row.line_kind == "sale" {
            *name = row.description;
        }
        lines.push(Line {
            sku,
            qty: row.qty,
            at: time(&row.ts)?,
            price: micros(&row.unit_price)?,
            invoice: row.invoice,
            customer: row.customer_id,
            country: row.country,
            kind: row.line_kind,
        });
    }
    Ok((lines, names))
}

fn point(lat: f64, lon: f64) -> Point {
    Point::from_degrees(lat, lon).unwrap_or_default()
}

/// Customers abroad are in their country's largest city, those in Britain in a city drawn by its people.
fn map(folder: &Path, lines: &[Line], world: &[City]) -> Outcome<Map> {
    let by_iso: HashMap<String, Country> =
        data::rows::<Country>(folder, "geo/countries.csv")?.into_iter().map(|c| (c.iso.clone(), c)).collect();
    let by_name: HashMap<&str, &Country> = by_iso.values().map(|c| (c.name.as_str(), c)).collect();
    let alias: HashMap<String, String> = data::rows::<Alias>(folder, "online_retail_uk/country_alias.csv")?
        .into_iter()
        .map(|a| (a.country, a.iso))
        .collect();
    let mut countries = HashMap::new();
    for line in lines {
        if countries.contains_key(&line.country) || line.country == "United Kingdom" {
            continue;
        }
        // The European Community is in Brussels; what is unspecified stays in Britain.
        let iso = match (line.country.as_str(), alias.get(&line.country).map(String::as_str)) {
            ("European Community", _) => "BE",
            (_, Some("")) => continue,
            (_, Some(iso)) => iso,
            (name, None) => by_name.get(name).map_or("", |c| c.iso.as_str()),
        };
        let found = by_iso.get(iso).ok_or_else(|| format!("no country `{}`", line.country))?;
        let place = found
            .largest_lat
            .zip(found.largest_lon)
            .ok_or_else(|| format!("no city in `{}`", line.country))?;
        countries.insert(line.country.clone(), point(place.0, place.1));
    }
    let (mut cities, mut people) = (Vec::new(), 0);
    for city in world.iter().filter(|c| c.countrycode == "GB") {
        people += city.population;
        cities.push((people, point(city.latitude, city.longitude)));
    }
    Ok(Map { countries, cities, people })
}

impl Map {
    fn place(&self, country: &str, who: &str) -> Point {
        if let Some(place) = self.countries.get(country) {
            return *place;
        }
        let drawn = draw(SEED, &format!("home {who}"), self.people);
        let at = self.cities.partition_point(|(sum, _)| *sum <= drawn);
        self.cities.get(at).map(|(_, place)| *place).unwrap_or_default()
    }
}

/// London, the largest British city farther than 200 km from it, and the largest German one.
fn choose(world: &[City]) -> Outcome<Vec<Chosen>> {
    let largest = |country: &str, far: Option<Point>| {
        let fits = |c: &&City| {
            let away = far.is_none_or(|f| f.distance_mm(point(c.latitude, c.longitude)) > 200_000_000);
            c.countrycode == country && away
        };
        world.iter().filter(fits).max_by_key(|c| c.population).ok_or_else(|| format!("no city in {country}"))
    };
    let chosen = |code, city: &City, kind| Chosen {
        code,
        name: city.name.clone(),
        place: point(city.latitude, city.longitude),
        kind,
    };
    let south = chosen("SOUTH", largest("GB", None)?, NodeKind::Warehouse);
    let north = chosen("NORTH", largest("GB", Some(south.place))?, NodeKind::Warehouse);
    let continent = chosen("CONTINENT", largest("DE", None)?, NodeKind::ThirdParty);
    Ok(vec![south, north, continent])
}

fn money(text: &str) -> Money {
    text.parse().unwrap_or_default()
}

fn setup(nodes: &[Chosen], names: &BTreeMap<String, String>, costs: &HashMap<String, i64>) -> Vec<Command> {
    let mut commands = vec![Command::ConfigureBook(ConfigureBook {
        currency: "GBP".into(),
        currency_digits: 2,
        idempotency_window: 1 << 16,
        event_window: 1 << 12,
    })];
    for reason in ["credit", "write-off", "found"] {
        commands.push(Command::DefineReason(DefineReason { reason: reason.into(), name: String::new() }));
    }
    for (sku, name) in names.iter().filter(|(sku, _)| costs.contains_key(*sku)) {
        commands.push(Command::DefineSku(DefineSku {
            sku: sku.clone(),
            name: name.clone(),
            group: "gifts".into(),
            decimals: 0,
            units: Vec::new(),
            weight_g: 250,
            price: Money::ZERO,
            costing: Costing::MovingAverage,
        }));
    }
    for node in nodes {
        let own = node.kind == NodeKind::Warehouse;
        commands.push(Command::DefineNode(DefineNode {
            node: node.code.into(),
            name: node.name.clone(),
            kind: node.kind,
            place: node.place,
            handling_per_order: money(if own { "1.50" } else { "2.00" }),
            handling_per_unit: money(if own { "0.04" } else { "0.05" }),
            preference: 0,
            processing_minutes: 24 * 60,
            calendar: None,
        }));
    }
    let zone = |up_to_km, transit_hours, base, per_kg| Zone {
        up_to_km,
        transit_hours,
        base: money(base),
        per_kg: money(per_kg),
        bands: Vec::new(),
    };
    let parcel = vec![
        zone(100, 24, "3.50", "0.20"),
        zone(600, 48, "4.50", "0.25"),
        zone(1_500, 96, "9.00", "0.80"),
        zone(4_000, 144, "14.00", "1.60"),
        zone(20_100, 240, "24.00", "3.50"),
    ];
    let express = vec![
        zone(600, 24, "9.00", "0.60"),
        zone(1_500, 48, "19.00", "1.90"),
        zone(20_100, 96, "45.00", "6.00"),
    ];
    for (service, zones) in [("parcel", parcel), ("express", express)] {
        commands.push(Command::DefineService(DefineService {
            service: service.into(),
            name: String::new(),
            zones,
            dim_divisor: 0,
        }));
    }
    for (channel, priority) in [("account", 0), ("guest", 1)] {
        commands.push(Command::DefineChannel(DefineChannel {
            channel: channel.into(),
            name: String::new(),
            promise_hours: 120,
            priority,
            services: Vec::new(),
        }));
    }
    commands.push(Command::DefineSupplier(DefineSupplier {
        supplier: "IMPORT".into(),
        name: "Importers".into(),
        lead_time_days: 14,
        expedite_days: 5,
        expedite_premium: money("0.15"),
    }));
    commands
}

/// Sales that a credit note may still take back, by customer and SKU, oldest first.
type Open = HashMap<(String, String), Vec<(String, u32, i64)>>;

/// Where goods lie that will be written off.
fn aside() -> Place {
    Place { condition: Condition::Quarantined, ..Place::default() }
}

/// How the lines of the file were used.
#[derive(Default)]
struct Used {
    /// Lines and amounts by kind and use.
    by: BTreeMap<(&'static str, &'static str), (u64, i64)>,
    /// Units credited without an earlier sale.
    units_unmatched: i64,
    /// Amount credited that was matched.
    matched: i64,
}

impl Used {
    fn count(&mut self, kind: &'static str, how: &'static str, line: &Line) {
        let (lines, sum) = self.by.entry((kind, how)).or_default();
        *lines += 1;
        *sum += line.qty * line.price;
    }
}

struct Teller<'a> {
    map: &'a Map,
    nodes: &'a [Chosen],
    open: Open,
    used: Used,
    facts: Vec<Fact>,
    wanted: Vec<Wanted>,
    index: HashMap<&'a str, usize>,
    ordered: i64,
    found_costs: &'a HashMap<String, i64>,
    numbers: u64,
}

impl Teller<'_> {
    /// Tells one invoice: its sales as an order, its credits as credits, the rest line by line.
    fn invoice(&mut self, lines: &[&Line]) -> Outcome<()> {
        let (mut order, mut credits) = (Vec::new(), Vec::new());
        for &line in lines {
            match line.kind.as_str() {
                "sale" => {
                    self.used.count("sale", "ordered", line);
                    order.push(line);
                }
                // A gift to a known customer is an order line at no price.
                "free_or_found" if !line.customer.is_empty() => {
                    self.used.count("free or found", "ordered at no price", line);
                    order.push(line);
                }
                "free_or_found" => self.found(line),
                "stock_writeoff" => self.written_off(line),
                "cancel" => self.credit(line, &mut credits),
                "carriage" => self.used.count("carriage", "money only", line),
                "carriage_refund" => self.used.count("carriage refund", "money only", line),
                "fee_or_discount" => self.used.count("fee or discount", "money only", line),
                "adjustment" => self.used.count("adjustment", "money only", line),
                other => return Err(format!("a line of kind `{other}`").into()),
            }
        }
        if !order.is_empty() {
            self.order(&order);
        }
        if !credits.is_empty() {
            self.facts.push(Fact { at: lines[0].at, what: What::Credit(credits) });
        }
        Ok(())
    }

    fn order(&mut self, lines: &[&Line]) {
        let first = lines[0];
        let who = if first.customer.is_empty() { &first.invoice } else { &first.customer };
        let to = self.map.place(&first.country, who);
        let near = (0..self.nodes.len()).min_by_key(|i| self.nodes[*i].place.distance_mm(to)).unwrap_or(0);
        let mut order_lines = Vec::new();
        for (i, line) in lines.iter().enumerate() {
            self.ordered += line.qty * line.price;
            order_lines.push(OrderLine {
                sku: line.sku.clone(),
                qty: line.qty,
                unit: None,
                price: Some(Money::from_micros(line.price)),
                lot: None,
            });
            self.wanted.push(Wanted {
                at: first.at,
                sku: self.index[line.sku.as_str()],
                node: near,
                qty: line.qty,
            });
            if !line.customer.is_empty() {
                let open = self.open.entry((line.customer.clone(), line.sku.clone())).or_default();
                open.push((line.invoice.clone(), i as u32 + 1, line.qty));
            }
        }
        let channel = if first.customer.is_empty() { "guest" } else { "account" };
        self.facts.push(Fact {
            at: first.at,
            what: What::Order(PlaceOrder {
                order: first.invoice.clone(),
                channel: channel.into(),
                to,
                lines: order_lines,
                deliver_by: None,
                priority: None,
                commitment: Commitment::Own,
                hold: None,
                detail: Detail::Brief,
                ..PlaceOrder::default()
            }),
        });
    }

    /// A credit takes back the latest earlier sales of the same customer and SKU.
    fn credit(&mut self, line: &Line, credits: &mut Vec<Credit>) {
        let mut left = -line.qty;
        if let Some(open) = self.open.get_mut(&(line.customer.clone(), line.sku.clone())) {
            while let Some((order, number, qty)) = open.last_mut().filter(|_| left > 0) {
                let take = left.min(*qty);
                self.numbers += 1;
                let note = format!("{}-{}", line.invoice, self.numbers);
                credits.push(Credit {
                    note,
                    order: order.clone(),
                    line: *number,
                    qty: take,
                    price: line.price,
                });
                (left, *qty) = (left - take, *qty - take);
                if *qty == 0 {
                    open.pop();
                }
            }
        }
        let taken = -line.qty - left;
        self.used.matched += taken * line.price;
        self.used.units_unmatched += left;
        let how = match (taken, left) {
            (_, 0) => "matched to earlier sales",
            (0, _) => "no earlier sale of that customer and SKU: money only",
            _ => "matched in part, the rest money only",
        };
        self.used.count("credit", how, line);
    }

    fn written_off(&mut self, line: &Line) {
        self.used.count("write-off", "stock adjusted", line);
        self.numbers += 1;
        let number = format!("{}-{}", line.invoice, self.numbers);
        let adjust =
            AdjustLine { value: None, sku: line.sku.clone(), qty: line.qty, unit_cost: None, place: aside() };
        let loss =
            Loss { number, reason: "write-off".into(), node: Some(self.nodes[0].code.into()), line: adjust };
        self.facts.push(Fact { at: line.at, what: What::Loss(loss) });
    }

    fn found(&mut self, line: &Line) {
        self.used.count("free or found", "stock adjusted: found", line);
        self.numbers += 1;
        let cost = self.found_costs.get(&line.sku).copied().unwrap_or(0);
        let adjust = AdjustStock {
            adjustment: format!("{}-{}", line.invoice, self.numbers),
            node: self.nodes[0].code.into(),
            reason: "found".into(),
            lines: vec![AdjustLine {
                value: None,
                sku: line.sku.clone(),
                qty: line.qty,
                unit_cost: Some(Money::from_micros(cost)),
                place: Place::default(),
            }],
        };
        self.facts.push(Fact { at: line.at, what: What::Tell(Command::AdjustStock(adjust)) });
    }
}

/// Lines by invoice, in the order of the invoices' first lines: some have lines of another's minute between their own.
fn invoices(lines: &[Line]) -> Vec<Vec<&Line>> {
    let (mut invoices, mut at): (Vec<Vec<&Line>>, HashMap<&str, usize>) = (Vec::new(), HashMap::new());
    for line in lines {
        let at = *at.entry(&line.invoice).or_insert(invoices.len());
        if at == invoices.len() {
            invoices.push(Vec::new());
        }
        invoices[at].push(line);
    }
    invoices
}

/// Unit costs: a share of the median price of the SKU's sales; 1.00 for what was never sold.
fn unit_costs(lines: &[Line]) -> HashMap<String, i64> {
    let moves = ["sale", "cancel", "stock_writeoff", "free_or_found"];
    let mut prices: HashMap<&str, Vec<i64>> = HashMap::new();
    for line in lines.iter().filter(|l| moves.contains(&l.kind.as_str())) {
        let list = prices.entry(&line.sku).or_default();
        if line.kind == "sale" {
            list.push(line.price);
        }
    }
    let cost = |mut list: Vec<i64>| {
        list.sort_unstable();
        let median = list.get(list.len() / 2).copied().unwrap_or(1_000_000 * 100 / COST_PERCENT);
        (median * COST_PERCENT / 100 / 100 * 100).max(10_000)
    };
    prices.into_iter().map(|(sku, list)| (sku.to_owned(), cost(list))).collect()
}

fn first_stock(nodes: &[Chosen], skus: &[&str], wanted: &[Wanted], trade: &mut Trade) {
    let list = launches(wanted, trade.begin, |_| 28, trade.supply.line_most);
    for group in list.chunk_by(|a, b| (a.at, a.node) == (b.at, b.node)) {
        let (at, node) = (group[0].at, nodes[group[0].node].code);
        let line = |launch: &super::supply::Launch| ReceiptLine {
            zero_cost_reason: None,
            expires_at: None,
            sku: skus[launch.sku].into(),
            qty: launch.qty,
            unit: None,
            unit_cost: Some(Money::from_micros(trade.supply.items[skus[launch.sku]].cost(at))),
            place: Place::default(),
        };
        let receive = ReceiveGoods {
            rate: None,
            receipt: format!("FIRST-{}-{node}", at / DAY),
            node: node.into(),
            supplier: (at > trade.begin).then(|| "IMPORT".into()),
            purchase_order: None,
            lines: group.iter().map(line).collect(),
        };
        trade.facts.push(Fact { at, what: What::Tell(Command::ReceiveGoods(receive)) });
    }
}

/// What the data write off was there: it lies aside from the beginning, in one receipt.
fn set_aside(nodes: &[Chosen], lines: &[Line], costs: &HashMap<String, i64>, trade: &mut Trade) {
    let mut units: BTreeMap<&str, i64> = BTreeMap::new();
    for line in lines.iter().filter(|line| line.kind == "stock_writeoff") {
        *units.entry(&line.sku).or_default() -= line.qty;
    }
    let line = |(sku, qty): (&str, i64)| ReceiptLine {
        zero_cost_reason: None,
        expires_at: None,
        sku: sku.into(),
        qty,
        unit: None,
        unit_cost: Some(Money::from_micros(costs[sku])),
        place: aside(),
    };
    let receive = ReceiveGoods {
        rate: None,
        receipt: "ASIDE".into(),
        node: nodes[0].code.into(),
        supplier: None,
        purchase_order: None,
        lines: units.into_iter().map(line).collect(),
    };
    trade.facts.push(Fact { at: trade.begin, what: What::Tell(Command::ReceiveGoods(receive)) });
}

/// Reads the data and tells them as a trade.
pub fn told(folder: &Path) -> Outcome<Story> {
    let (lines, names) = read(folder)?;
    let world: Vec<City> = data::rows(folder, "geo/world_cities15000.csv.gz")?;
    let (map, nodes, costs) = (map(folder, &lines, &world)?, choose(&world)?, unit_costs(&lines));
    let skus: Vec<&str> = names.keys().map(String::as_str).filter(|sku| costs.contains_key(*sku)).collect();
    let supplied = |sku: &&str| {
        let item =
            SupplyItem { supplier: "IMPORT".into(), lead_days: 14, costs: vec![(i64::MIN, costs[*sku])] };
        ((*sku).to_owned(), item)
    };
    let begin = day("2010-11-30")?;
    let mut trade = Trade {
        name: "online_retail_uk",
        title: "Online Retail (UK), 2010-12 to 2011-12".into(),
        begin,
        end: lines.last().map_or(begin, |l| l.at) + 21 * DAY,
        setup: setup(&nodes, &names, &costs),
        policies: three_policies(&[]),
        facts: Vec::new(),
        supply: Supply {
            review_days: 7,
            cover_days: 21,
            safety_percent: 110,
            hurry_days: 2,
            line_most: 500,
            cost_percent: 4,
            seed: SEED,
            items: skus.iter().map(supplied).collect(),
        },
    };
    let mut teller = Teller {
        map: &map,
        nodes: &nodes,
        open: HashMap::new(),
        used: Used::default(),
        facts: Vec::new(),
        wanted: Vec::new(),
        index: skus.iter().enumerate().map(|(i, sku)| (*sku, i)).collect(),
        ordered: 0,
        found_costs: &costs,
        numbers: 0,
    };
    for invoice in invoices(&lines) {
        teller.invoice(&invoice)?;
    }
    let Teller { used, facts, wanted, ordered, .. } = teller;
    first_stock(&nodes, &skus, &wanted, &mut trade);
    set_aside(&nodes, &lines, &costs, &mut trade);
    trade.facts.extend(facts);
    trade.sort();
    let mut assumed = assumed(&nodes, &trade.supply);
    assumed.push(format!(
        "{} stock codes that differ in case only are one SKU each: {} SKUs; {} invoices",
        grouped(109),
        grouped(skus.len() as i64),
        grouped(invoices(&lines).len() as i64)
    ));
    let total: i64 = lines.iter().map(|l| l.qty * l.price).sum();
    let mut accounts = vec![("lines in the file".to_owned(), grouped(lines.len() as i64), amount(total))];
    let (mut used_lines, mut used_sum) = (0u64, 0i64);
    for ((kind, how), (count, sum)) in &used.by {
        (used_lines, used_sum) = (used_lines + count, used_sum + sum);
        accounts.push((format!("  {kind}: {how}"), grouped(*count as i64), amount(*sum)));
    }
    if used_sum != total {
        return Err(format!("the uses add up to {}, the file to {}", amount(used_sum), amount(total)).into());
    }
    accounts.push(("sum of these, lines and GBP".into(), grouped(used_lines as i64), amount(used_sum)));
    let mut rows: Vec<(String, String)> =
        accounts.into_iter().map(|(what, lines, sum)| (what, format!("{lines:>9} {sum:>16}"))).collect();
    rows.push(("units credited without an earlier sale".into(), grouped(used.units_unmatched)));
    rows.push(("amount credited and matched, GBP".into(), amount(used.matched)));
    Ok(Story { trade, assumed, accounts: rows, source_lines: lines.len() as u64, used_lines, ordered })
}

fn assumed(nodes: &[Chosen], supply: &Supply) -> Vec<String> {
    let names: Vec<String> = nodes.iter().map(|n| format!("{} ({})", n.code, n.name)).collect();
    vec![
        format!("seed {SEED}; times are read as UTC"),
        format!(
            "three nodes: the largest British city, the largest one farther than 200 km from it, and, third-party, the \
             largest one of Germany, the country with most lines after Britain: {}",
            names.join(", ")
        ),
        "a customer in Britain is in a city drawn by the seed in proportion to its people (one draw a customer, or an \
         invoice without one), all others in the largest city of their country; `European Community` is in Brussels, \
         `Unspecified` in Britain"
            .into(),
        format!(
            "a unit costs {COST_PERCENT} % of the median price of its SKU, give or take {} % by purchase, and 1.00 where \
             the SKU was never sold; it weighs 250 g",
            supply.cost_percent
        ),
        format!(
            "first stock of a SKU at a node: what the first 28 days of its sale ask for there (at most {} of one line), \
             there a day before the first sale",
            supply.line_most
        ),
        format!(
            "a weekly rule supplies each node: demand smoothed by three tenths, reorder point {} % of lead time (14 days) \
             and {} days, up to {} days more, hurried (5 days, 15 % dearer) below {} days",
            supply.safety_percent, supply.review_days, supply.cover_days, supply.hurry_days
        ),
        "parcels: tariffs by distance and weight, transit hours and handling (1.50 an order and 0.04 a unit, third-party \
         2.00 and 0.05) are ours; goods leave a day after the order and are promised within 120 hours"
            .into(),
        "lines with a customer come through the channel `account`, the others through `guest`".into(),
        "a credit note takes back the customer's latest earlier sales of the SKU: what has not left is struck, what has \
         comes back to SOUTH, 85 % to be sold again, 10 % to be refurbished, 5 % to be scrapped, by the seed"
            .into(),
        "what the data write off lies in quarantine at SOUTH from the beginning, never for sale; goods `found` come to SOUTH".into(),
    ]
}

/// Runs the trade end to end and says what came of it.
pub fn run(folder: &Path, out: &Path) -> Outcome<String> {
    super::report::run(&told(folder)?, out)
}
