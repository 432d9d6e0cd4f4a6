//! The report as one page: self-contained HTML with inline style and inline SVG, nothing fetched from
//! anywhere.

use super::kpi::Kpis;
use super::svg::{self, Base, Series, Site, Spot, Stretch, escape};
use super::table::Table;
use crate::metric::{Better, MeasureView, Metric, Unit, group};
use crate::value::geo::Point;
use crate::value::money::Money;
use crate::value::num::count;
use crate::value::time::Instant;
use std::collections::BTreeMap;
use std::fmt::Write;

const STYLE: &str = include_str!("page.css");
/// Key figures shown as bars.
const SHOWN: [&str; 12] = [
    "fill_rate_lines",
    "on_time_share",
    "contribution_margin",
    "margin_per_order",
    "freight_per_order",
    "handling_per_order",
    "split_rate",
    "distance_per_shipment",
    "lines_backordered",
    "stockout_share",
    "inventory_value",
    "oversells_channel",
];
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
/// Rows of the tables of exceptions and SKUs.
const ROWS: usize = 12;

/// A run as the page shows it.
#[derive(Clone, Copy, Debug)]
pub struct Run<'a> {
    /// Name of the policy.
    pub policy: &'a str,
    /// Key figures.
    pub kpis: &'a Kpis,
    /// By day.
    pub daily: &'a Table,
    /// By channel.
    pub channels: &'a Table,
    /// By node.
    pub nodes: &'a Table,
    /// Parcels by distance.
    pub distances: &'a Table,
    /// Orders by number of shipments.
    pub shipments: &'a Table,
    /// Demand by place.
    pub demand: &'a Table,
    /// Parcels by node and place.
    pub flows: &'a Table,
    /// The SKUs that went short most.
    pub short_skus: &'a Table,
    /// Open exceptions.
    pub exceptions: &'a Table,
    /// Refused orders.
    pub refusals: &'a Table,
    /// The metrics of the run's events, as [`crate::report::Measuring`] gives them; may be empty.
    pub metrics: &'a [MeasureView],
    /// Hash of the book's state.
    pub state_hash: u64,
    /// Events recorded.
    pub events: u64,
}

/// A stretch of time that a reader should know of: from, to, what.
pub type Period = (Instant, Instant, String);

/// What a page tells.
#[derive(Clone, Debug)]
pub struct Page<'a> {
    /// Its title.
    pub title: &'a str,
    /// What was run, in words.
    pub description: &'a str,
    /// The currency of all money.
    pub currency: &'a str,
    /// The seed.
    pub seed: u64,
    /// The nodes, by id: code and place.
    pub nodes: Vec<(String, Point)>,
    /// Stretches of time that the reader should know of.
    pub stretches: Vec<Period>,
    /// The runs, side by side.
    pub runs: Vec<Run<'a>>,
}

/// Writes the page.
///
/// ```
/// use stockbook::report::{Page, page};
/// let empty = Page {
///     title: "Nothing <yet>", description: "", currency: "USD", seed: 1,
///     nodes: vec![], stretches: vec![], runs: vec![],
/// };
/// let html = page(&empty);
/// assert!(html.starts_with("<!doctype html>") && html.contains("Nothing &lt;yet&gt;"));
/// ```
#[must_use]
pub fn page(page: &Page<'_>) -> String {
    let mut out = String::with_capacity(400_000);
    let title = escape(page.title);
    let _ = write!(
        out,
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>{title}</title>\
         <style>{STYLE}</style></head><body><main><h1>{title}</h1><p>{}</p>",
        escape(page.description)
    );
    facts(page, &mut out);
    legend(page, &mut out);
    glance(page, &mut out);
    over_time(page, &mut out);
    maps(page, &mut out);
    distributions(page, &mut out);
    by_channel(page, &mut out);
    by_node(page, &mut out);
    attention(page, &mut out);
    all_metrics(page, &mut out);
    super::metrics::write(page, &mut out);
    footer(page, &mut out);
    out.push_str("</main></body></html>\n");
    out
}

/// A value that goes to paper.
#[allow(clippy::as_conversions, reason = "a coordinate: what is lost beyond 2^53 cannot be seen")]
const fn paper(value: i64) -> f64 {
    value as f64
}

fn date(at: i64) -> String {
    let text = Instant::from_micros(at).to_string();
    let month =
        text.get(5..7).and_then(|m| m.parse::<usize>().ok()).and_then(|m| MONTHS.get(m.checked_sub(1)?));
    format!("{} {}", month.unwrap_or(&""), text.get(8..10).unwrap_or_default().trim_start_matches('0'))
}

fn full_date(at: i64) -> String {
    let text = Instant::from_micros(at).to_string();
    format!("{}, {}", date(at), text.get(..4).unwrap_or_default())
}

fn facts(page: &Page<'_>, out: &mut String) {
    out.push_str("<div class=\"facts\">");
    let mut fact = |class: &str, what: &str, value: String| {
        let _ = write!(out, "<span class=\"{class}\">{what} <b>{}</b></span>", escape(&value));
    };
    if let Some(run) = page.runs.first() {
        let days = run.daily.ints("day");
        fact("", "orders", group(run.kpis.orders));
        fact("", "lines", group(run.kpis.lines));
        fact("", "units", group(run.kpis.units));
        if let (Some(from), Some(to)) = (days.first(), days.last()) {
            fact("", "from", format!("{} to {}", full_date(*from), full_date(*to)));
        }
        fact("", "lines short at some node", Unit::Share.show(run.kpis.lines_short_somewhere));
    }
    let oversells = page.runs.iter().map(|run| run.kpis.oversells_book).fold(0, i64::saturating_add);
    let journal = page.runs.iter().map(|run| run.kpis.journal_balance).fold(0, i64::saturating_add);
    let class = |value: i64| if value == 0 { "ok" } else { "no" };
    fact(class(oversells), "oversells of the book", group(oversells));
    fact(class(journal), "journal balance", Unit::Money.show(journal));
    fact("", "money in", page.currency.into());
    out.push_str("</div>");
}

fn legend(page: &Page<'_>, out: &mut String) {
    out.push_str("<h2>Policies side by side</h2><div class=\"legend\">");
    for (i, run) in page.runs.iter().enumerate() {
        let _ = write!(out, "<span><i class=\"p{}\"></i>{}</span>", paint(i), escape(run.policy));
    }
    out.push_str("</div>");
}

/// The colour of a policy or node: there are five and eight.
const fn paint(i: usize) -> usize {
    if i < 5 { i } else { 4 }
}

/// Which of the values is best alone, if one is.
pub(super) fn best(metric: &Metric, values: &[i64]) -> Option<usize> {
    let top = match metric.better {
        Better::Higher => values.iter().max(),
        Better::Lower => values.iter().min(),
        Better::Neither | Better::Zero => None,
    }?;
    let mut holders = values.iter().enumerate().filter(|(_, value)| *value == top);
    match (holders.next(), holders.next()) {
        (Some((at, _)), None) if values.len() > 1 => Some(at),
        _ => None,
    }
}

fn metric(name: &str) -> Option<&'static Metric> {
    Kpis::METRICS.iter().find(|metric| metric.name == name)
}

fn glance(page: &Page<'_>, out: &mut String) {
    out.push_str("<div class=\"grid4\">");
    for metric in SHOWN.iter().filter_map(|name| metric(name)) {
        let values: Vec<i64> = page.runs.iter().filter_map(|run| run.kpis.get(metric.name)).collect();
        let rows: Vec<(String, f64, String)> = page
            .runs
            .iter()
            .zip(&values)
            .map(|(run, value)| (run.policy.to_owned(), paper(*value), metric.unit.show(*value)))
            .collect();
        let _ = write!(
            out,
            "<div class=\"card\" title=\"{}\"><h3>{}</h3>{}</div>",
            escape(metric.formula),
            escape(metric.title),
            svg::bars(&rows, best(metric, &values))
        );
    }
    out.push_str("</div>");
}

/// The chart of one daily column of all runs.
fn chart(page: &Page<'_>, title: &str, note: &str, column: &str, base: Base, unit: Unit, out: &mut String) {
    let days: &[i64] = page.runs.first().map(|run| run.daily.ints("day")).unwrap_or_default();
    let dates: Vec<String> = days.iter().map(|day| date(*day)).collect();
    let series: Vec<Series> = page
        .runs
        .iter()
        .map(|run| {
            let lines = run.daily.ints("lines");
            // A day without lines has no fill rate; levels are those of a day's end.
            let shown = |(i, value): (usize, &i64)| {
                let idle = unit == Unit::Share && lines.get(i).is_none_or(|n| *n == 0);
                (!idle).then(|| paper(*value))
            };
            let values = run.daily.ints(column).iter().enumerate().map(shown).collect();
            Series { name: run.policy.to_owned(), values }
        })
        .collect();
    let first = days.first().copied().unwrap_or(0);
    let day = |at: Instant| paper(at.micros().saturating_sub(first).checked_div(3_600_000_000).unwrap_or(0));
    let mut stretches: Vec<Stretch> = page
        .stretches
        .iter()
        .map(|(from, to, label)| Stretch {
            from: hours(day(*from)),
            to: hours(day(*to)),
            label: label.clone(),
        })
        .collect();
    stretches.sort_by(|a, b| a.from.total_cmp(&b.from));
    let lines: &[i64] = page.runs.first().map(|run| run.daily.ints("lines")).unwrap_or_default();
    let after = lines.iter().rposition(|n| *n > 0).map_or(0, |last| last.saturating_add(1));
    if after < days.len() {
        let (from, to) = (paper(count(after)), paper(count(days.len())));
        stretches.push(Stretch { from, to, label: "no more orders".into() });
    }
    let show = |value: f64| short(unit, value);
    let drawn = svg::lines(&dates, &series, &stretches, base, &show);
    let _ = write!(out, "<div class=\"card\"><h3>{title}</h3><small>{note}</small>{drawn}</div>");
}

#[allow(clippy::float_arithmetic, reason = "a coordinate on paper")]
fn hours(hours: f64) -> f64 {
    hours / 24.0
}

/// A value as an axis shows it.
#[allow(clippy::float_arithmetic, reason = "a label on paper")]
fn short(unit: Unit, value: f64) -> String {
    let big = |value: f64| match value.abs() {
        v if v >= 1e6 => format!("{:.2} M", value / 1e6),
        v if v >= 1e4 => format!("{:.0} k", value / 1e3),
        _ => format!("{value:.0}"),
    };
    match unit {
        Unit::Share if value % 1e4 != 0.0 => format!("{:.1} %", value / 1e4),
        Unit::Share => format!("{:.0} %", value / 1e4),
        Unit::Money => big(value / 1e6),
        Unit::Duration => big(value / 3.6e9),
        Unit::Count | Unit::Ratio | Unit::Distance => big(value),
    }
}

fn over_time(page: &Page<'_>, out: &mut String) {
    out.push_str(
        "<h2>Over time</h2><p>Days are those of UTC, levels those of the day's end.</p><div \
    class=\"grid2\">",
    );
    let rows = [
        (
            "Fill rate",
            "lines wholly reserved when ordered, of the day's lines",
            "fill_rate",
            Base::Data,
            Unit::Share,
        ),
        ("Backorders", "units waiting for goods at the day's end", "units_waiting", Base::Zero, Unit::Count),
        (
            "Inventory value",
            "value of the stock at the day's end",
            "inventory_value",
            Base::Data,
            Unit::Money,
        ),
        (
            "Stockouts",
            "pairs of SKU and stocking node with nothing free",
            "stockouts",
            Base::Zero,
            Unit::Count,
        ),
    ];
    for (title, note, column, base, unit) in rows {
        chart(page, title, note, column, base, unit, out);
    }
    out.push_str("</div>");
}

#[allow(clippy::float_arithmetic, reason = "a coordinate on paper")]
fn degrees(nano: i64) -> f64 {
    paper(nano) / 1e9
}

fn maps(page: &Page<'_>, out: &mut String) {
    out.push_str(
        "<h2>Where goods come from</h2><p>Each dot is demand on a raster of half a degree, in the colour of \
         the node \
         that serves it most; lines are parcels from node to customer. Percentages are the nodes' shares of \
         parcels.\
         </p><div class=\"grid3\">",
    );
    for (i, run) in page.runs.iter().enumerate() {
        let mut spots: BTreeMap<(i64, i64), Spot> = BTreeMap::new();
        let (lat, lon) = (run.demand.ints("lat_nano"), run.demand.ints("lon_nano"));
        for ((lat, lon), units) in lat.iter().zip(lon).zip(run.demand.ints("units")) {
            let spot =
                Spot { lat: degrees(*lat), lon: degrees(*lon), units: paper(*units), from: Vec::new() };
            spots.insert((*lat, *lon), spot);
        }
        let mut parcels = vec![0i64; page.nodes.len()];
        let (lat, lon) = (run.flows.ints("lat_nano"), run.flows.ints("lon_nano"));
        let nodes = run.flows.ints("node_id").iter().zip(run.flows.ints("parcels"));
        for ((lat, lon), (node, n)) in lat.iter().zip(lon).zip(nodes) {
            let node = usize::try_from(*node).unwrap_or(usize::MAX);
            if let Some(spot) = spots.get_mut(&(*lat, *lon)) {
                spot.from.push((node, paper(*n)));
            }
            if let Some(sum) = parcels.get_mut(node) {
                *sum = sum.saturating_add(*n);
            }
        }
        let site = |((name, place), parcels): (&(String, Point), &i64)| Site {
            name: name.clone(),
            lat: degrees(place.lat.0),
            lon: degrees(place.lon.0),
            parcels: paper(*parcels),
        };
        let sites: Vec<Site> = page.nodes.iter().zip(&parcels).map(site).collect();
        let spots: Vec<Spot> = spots.into_values().collect();
        let _ = write!(
            out,
            "<div class=\"card\"><h3><span class=\"dot p{}\"></span>{}</h3>{}</div>",
            paint(i),
            escape(run.policy),
            svg::map(&sites, &spots)
        );
    }
    out.push_str("</div>");
}

#[allow(clippy::float_arithmetic, reason = "a coordinate on paper")]
fn shares(values: &[i64]) -> Vec<f64> {
    let total = values.iter().fold(0i64, |sum, n| sum.saturating_add(*n)).max(1);
    values.iter().map(|n| paper(*n) / paper(total)).collect()
}

fn distributions(page: &Page<'_>, out: &mut String) {
    out.push_str("<h2>Distance and shipments</h2><div class=\"grid2\">");
    let all = |of: fn(&Run<'_>) -> Vec<i64>| -> Vec<(String, Vec<f64>)> {
        page.runs.iter().map(|run| (run.policy.to_owned(), shares(&of(run)))).collect()
    };
    let distances = visible(all(|run| coarse(run.distances.ints("parcels"))));
    let longest = distances.iter().map(|(_, s)| s.len()).max().unwrap_or(0);
    let classes: Vec<String> = (0..longest).map(|i| group(count(i).saturating_mul(200))).collect();
    let drawn = svg::histogram(&classes, &distances, 2);
    let _ = write!(
        out,
        "<div class=\"card\"><h3>Distance of parcels</h3><small>share of planned parcels by kilometres, \
         in classes of 200 km</small>{drawn}</div>"
    );
    let shipments = visible(all(|run| run.shipments.ints("orders").to_vec()));
    let most = shipments.iter().map(|(_, s)| s.len()).max().unwrap_or(0);
    let classes: Vec<String> = (0..most).map(|i| i.to_string()).collect();
    let drawn = svg::histogram(&classes, &shipments, 1);
    let _ = write!(
        out,
        "<div class=\"card\"><h3>Shipments per order</h3><small>share of the orders placed by the number of \
         their \
         shipments; 0 = still waiting or struck</small>{drawn}</div></div>"
    );
}

/// Without the classes at the end that nobody could see.
fn visible(mut shares: Vec<(String, Vec<f64>)>) -> Vec<(String, Vec<f64>)> {
    let last = |values: &Vec<f64>| {
        values.iter().rposition(|share| *share >= 0.001).map_or(0, |at| at.saturating_add(1))
    };
    let keep = shares.iter().map(|(_, values)| last(values)).max().unwrap_or(0);
    shares.iter_mut().for_each(|(_, values)| values.truncate(keep));
    shares
}

/// Classes of 100 km by twos.
fn coarse(parcels: &[i64]) -> Vec<i64> {
    parcels.chunks(2).map(|pair| pair.iter().fold(0i64, |sum, n| sum.saturating_add(*n))).collect()
}

pub(super) fn head(out: &mut String, cells: &[(&str, &str)]) {
    out.push_str("<div class=\"table\"><table><thead><tr>");
    for (class, cell) in cells {
        let _ = write!(out, "<th class=\"{class}\">{}</th>", escape(cell));
    }
    out.push_str("</tr></thead><tbody>");
}

pub(super) fn cell(out: &mut String, class: &str, text: &str) {
    let _ = write!(out, "<td class=\"{class}\">{}</td>", escape(text));
}

fn at(table: &Table, column: &str, row: usize) -> i64 {
    table.ints(column).get(row).copied().unwrap_or(0)
}

fn by_channel(page: &Page<'_>, out: &mut String) {
    out.push_str("<h2>Channels</h2>");
    let columns = [
        ("orders", "Orders", Unit::Count),
        ("orders_lost", "Lost", Unit::Count),
        ("orders_refused", "Refused", Unit::Count),
        ("oversells", "Oversells", Unit::Count),
        ("fill_rate_lines", "Fill rate", Unit::Share),
        ("on_time_share", "On time", Unit::Share),
        ("split_rate", "Split", Unit::Share),
        ("freight_per_order", "Freight/order", Unit::Money),
        ("revenue", "Revenue", Unit::Money),
        ("contribution_margin", "Margin", Unit::Money),
        ("margin_share", "Margin share", Unit::Share),
    ];
    let mut cells = vec![("text", "Channel"), ("text", "Policy")];
    cells.extend(columns.iter().map(|(_, title, _)| ("", *title)));
    head(out, &cells);
    let mut names: Vec<String> = Vec::new();
    for run in &page.runs {
        for row in 0..run.channels.rows() {
            let name = run.channels.text("channel", row);
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    for name in &names {
        let mut first = true;
        for (i, run) in page.runs.iter().enumerate() {
            let row = (0..run.channels.rows()).find(|row| run.channels.text("channel", *row) == *name);
            let Some(row) = row else { continue };
            out.push_str("<tr>");
            let shown = if first { name.as_str() } else { "" };
            let _ = write!(out, "<td class=\"text\"><b>{}</b></td>", escape(shown));
            let _ = write!(
                out,
                "<td class=\"text\"><span class=\"dot p{}\"></span>{}</td>",
                paint(i),
                escape(run.policy)
            );
            for (column, _, unit) in columns {
                cell(out, "", &unit.show(at(run.channels, column, row)));
            }
            out.push_str("</tr>");
            first = false;
        }
    }
    out.push_str("</tbody></table></div>");
}

fn by_node(page: &Page<'_>, out: &mut String) {
    out.push_str("<h2>Nodes</h2>");
    let columns = [
        ("shipments", "Shipments", Unit::Count),
        ("units_shipped", "Units shipped", Unit::Count),
        ("units_received", "Units received", Unit::Count),
        ("freight", "Freight", Unit::Money),
        ("handling", "Handling", Unit::Money),
        ("cost_of_goods", "Cost of goods", Unit::Money),
    ];
    let mut cells = vec![("text", "Node"), ("text", "Policy")];
    cells.extend(columns.iter().map(|(_, title, _)| ("", *title)));
    head(out, &cells);
    for (node, (name, _)) in page.nodes.iter().enumerate() {
        for (i, run) in page.runs.iter().enumerate() {
            out.push_str("<tr>");
            let shown = if i == 0 { name.as_str() } else { "" };
            let _ = write!(out, "<td class=\"text\"><b>{}</b></td>", escape(shown));
            let _ = write!(
                out,
                "<td class=\"text\"><span class=\"dot p{}\"></span>{}</td>",
                paint(i),
                escape(run.policy)
            );
            for (column, _, unit) in columns {
                cell(out, "", &unit.show(at(run.nodes, column, node)));
            }
            out.push_str("</tr>");
        }
    }
    out.push_str("</tbody></table></div>");
}

/// What needs a person, and what went short.
fn attention(page: &Page<'_>, out: &mut String) {
    out.push_str("<h2>What needs attention</h2><div class=\"grid2\">");
    out.push_str(
        "<div class=\"card\"><h3>Open exceptions</h3><small>by kind, at the end of each run</small>",
    );
    let mut kinds: BTreeMap<String, Vec<i64>> = BTreeMap::new();
    for (i, run) in page.runs.iter().enumerate() {
        for row in 0..run.exceptions.rows() {
            let counts =
                kinds.entry(run.exceptions.text("code", row)).or_insert_with(|| vec![0; page.runs.len()]);
            if let Some(n) = counts.get_mut(i) {
                *n = n.saturating_add(1);
            }
        }
        for row in 0..run.refusals.rows() {
            let kind = format!("order refused: {}", run.refusals.text("rejection", row));
            let counts = kinds.entry(kind).or_insert_with(|| vec![0; page.runs.len()]);
            if let Some(n) = counts.get_mut(i) {
                *n = n.saturating_add(at(run.refusals, "orders", row));
            }
        }
    }
    let mut cells = vec![("text", "Kind")];
    cells.extend(page.runs.iter().map(|run| ("", run.policy)));
    head(out, &cells);
    for (kind, counts) in &kinds {
        out.push_str("<tr>");
        cell(out, "text", &kind.replace('_', " "));
        counts.iter().for_each(|n| cell(out, "", &group(*n)));
        out.push_str("</tr>");
    }
    out.push_str("</tbody></table></div>");
    if kinds.is_empty() {
        out.push_str("<p class=\"none\">none</p>");
    }
    latest(page, out);
    out.push_str("</div>");
    short_skus(page, out);
    out.push_str("</div>");
}

/// The newest exceptions of the first run.
fn latest(page: &Page<'_>, out: &mut String) {
    let Some(run) = page.runs.first().filter(|run| run.exceptions.rows() > 0) else { return };
    let _ = write!(out, "<h3 style=\"margin-top:18px\">The latest under {}</h3>", escape(run.policy));
    head(out, &[("text", "Exception"), ("text", "Opened"), ("text", "Order"), ("", "Units")]);
    for row in (0..run.exceptions.rows()).rev().take(ROWS) {
        out.push_str("<tr>");
        cell(out, "text", &run.exceptions.text("code", row).replace('_', " "));
        cell(out, "text", &date(at(run.exceptions, "opened_at", row)));
        cell(out, "text", &run.exceptions.text("order", row));
        cell(out, "", &group(at(run.exceptions, "qty", row)));
        out.push_str("</tr>");
    }
    out.push_str("</tbody></table></div>");
}

/// The SKUs that went short most under the first policy, beside the others.
fn short_skus(page: &Page<'_>, out: &mut String) {
    out.push_str(
        "<div class=\"card\"><h3>SKUs that went short most</h3><small>units not filled when ordered; sorted \
         by the \
         first policy; – = not among the 50 worst of that policy</small>",
    );
    let mut cells = vec![("text", "SKU")];
    cells.extend(page.runs.iter().map(|run| ("", run.policy)));
    head(out, &cells);
    if let Some(first) = page.runs.first() {
        for row in 0..first.short_skus.rows().min(ROWS.saturating_add(6)) {
            let sku = first.short_skus.text("sku", row);
            out.push_str("<tr>");
            cell(out, "text", &sku);
            for run in &page.runs {
                let row = (0..run.short_skus.rows()).find(|row| run.short_skus.text("sku", *row) == sku);
                let units = row.map(|row| group(at(run.short_skus, "units_short", row)));
                cell(out, "", units.as_deref().unwrap_or("–"));
            }
            out.push_str("</tr>");
        }
    }
    out.push_str("</tbody></table></div></div>");
}

fn all_metrics(page: &Page<'_>, out: &mut String) {
    out.push_str(
        "<h2>All key figures</h2><p>Of the stream of orders: those that the book refused or a channel lost \
         count too. The best value of a row is green where one is better than another.</p>",
    );
    let mut cells = vec![("text", "Metric")];
    cells.extend(page.runs.iter().map(|run| ("", run.policy)));
    cells.push(("text", "Formula"));
    head(out, &cells);
    for metric in Kpis::METRICS {
        let values: Vec<i64> = page.runs.iter().filter_map(|run| run.kpis.get(metric.name)).collect();
        let winner = best(metric, &values);
        out.push_str("<tr>");
        cell(out, "text", metric.title);
        for (i, value) in values.iter().enumerate() {
            let class = match metric.better {
                Better::Zero if *value != 0 => "bad",
                Better::Zero => "best",
                _ if winner == Some(i) => "best",
                _ => "",
            };
            cell(out, class, &metric.unit.show(*value));
        }
        cell(out, "formula", metric.formula);
        out.push_str("</tr>");
    }
    out.push_str("</tbody></table></div>");
}

fn footer(page: &Page<'_>, out: &mut String) {
    let _ = write!(
        out,
        "<footer><p>stockbook <code>{}</code>, seed <code>{}</code>. Each run can be replayed to its \
         hash.</p><p>",
        env!("CARGO_PKG_VERSION"),
        page.seed
    );
    for run in &page.runs {
        let _ = write!(
            out,
            "<span class=\"legend-item\">{}: state <code>{:016x}</code>, {} events, inventory {} at the \
             end</span><br>",
            escape(run.policy),
            run.state_hash,
            group(count(usize::try_from(run.events).unwrap_or(usize::MAX))),
            Unit::Money.show(Money::from_micros(run.kpis.inventory_value_end).micros())
        );
    }
    out.push_str(
        "</p><p>Places of cities: GeoNames (CC BY 4.0). Ground of the map: US Census Bureau.</p></footer>",
    );
}
