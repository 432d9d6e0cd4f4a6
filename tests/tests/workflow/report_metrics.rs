//! The report's metrics are the book's own, and its key figures say the same where they say the same thing.

use std::collections::BTreeMap;
use stockbook::report::{Kpis, Measuring, Page, Run, Table, metrics, page};
use stockbook::simulation::*;
use stockbook::{
    Answer, Body, Book, Dimension, Disposition, DocumentQuery, Event, MeasureQuery, MeasureView, Query,
    ReturnedLine,
};

/// Folds the metrics as events come, sums by channel what returns cost that nobody can sell or send on, and
/// keeps a book that has all events: a run lets go of them.
struct Folds(Measuring, BTreeMap<String, i64>, Book);

impl Observer for Folds {
    fn event(&mut self, book: &Book, event: &Event) {
        self.0.record(event).expect("every event in its turn");
        if self.2.sequence() < event.sequence {
            let log = book.log_since(self.2.sequence() + 1).expect("they are still there");
            self.2.apply_log(&log).expect("it goes on");
        }
        let Body::ReturnReceived(returned) = &event.body else { return };
        let lost = |line: &&ReturnedLine| matches!(line.disposition, Disposition::Scrap | Disposition::Keep);
        let cost: i64 = returned.lines.iter().filter(lost).map(|line| line.cost.micros()).sum();
        let number = book.order_key(returned.order).expect("an order").to_string();
        let order = book.ask(&Query::Order(DocumentQuery { document: number }));
        let Ok(Answer::Order(order)) = order else { panic!("{order:?}") };
        let channel = book.channel_code(order.channel).expect("a channel");
        *self.1.entry(channel.to_owned()).or_default() += cost;
    }
}

/// What a run came to: the metrics whole, by channel and by node, and what scrapped returns cost by channel.
struct Ran {
    scenario: Scenario,
    outcome: Outcome,
    views: Vec<MeasureView>,
    scrapped: BTreeMap<String, i64>,
    kept: Book,
}

/// A run of a scenario with every kind of trouble.
fn ran(policy: usize) -> Ran {
    let scenario = generate(ScenarioSize { orders: 3_000, days: 60, skus: 150 }, 11);
    let policy = &seed_policies()[policy];
    let by = [Dimension::Channel, Dimension::Node];
    let mut folds = Folds(Measuring::new(&by).expect("metrics"), BTreeMap::new(), Book::new());
    let options = Options::default();
    let (network, orders) = (&scenario.network, &scenario.orders);
    let outcome = run_observed(network, orders, policy, &options, &mut |_| Continue::Yes, &mut folds);
    let outcome = outcome.expect("a run");
    Ran { scenario, outcome, views: folds.0.finish(), scrapped: folds.1, kept: folds.2 }
}

/// A metric's part, whole and value, of a code where the view has a dimension.
fn row(view: &MeasureView, metric: &str, code: &str) -> (i64, i64, i64) {
    let here = |row: &usize| view.by.is_empty() || view.keys[0][*row] == code;
    let row = (0..view.metric.len()).filter(here).find(|row| view.metric[*row] == metric);
    let Some(row) = row else { return (0, 0, 0) };
    let unit = metrics().into_iter().find(|known| known.name == metric).expect("a metric").unit;
    (view.part[row], view.whole[row], unit.read(&view.value[row]).unwrap_or(0))
}

/// Millionths, rounded half up.
fn share(part: i64, whole: i64) -> i64 {
    (part * 1_000_000 + whole / 2) / whole.max(1)
}

/// Pairs that have to be equal: what, by the metric, by the key figures.
fn same(view: &MeasureView, kpis: &Kpis, scrapped: i64) -> Vec<(&'static str, i64, i64)> {
    let value = |metric| row(view, metric, "").2;
    let part = |metric| row(view, metric, "").0;
    let placed_units = row(view, "fill_rate_units", "").1;
    vec![
        ("orders placed", value("orders_placed"), kpis.orders_placed),
        ("lines filled, of those offered", share(part("fill_rate_lines"), kpis.lines), kpis.fill_rate_lines),
        ("units filled, of those offered", share(part("fill_rate_units"), kpis.units), kpis.fill_rate_units),
        ("split rate", value("split_rate"), kpis.split_rate),
        ("units on time", share(part("on_time_shipped"), placed_units), kpis.on_time_share),
        ("units waiting", value("backorder_units_open"), kpis.backorder_units_open),
        ("units returned", part("return_rate"), kpis.returned_units),
        ("oversells of channels", part("oversell_rate"), kpis.oversells_channel),
        ("value of stock", value("inventory_value"), kpis.inventory_value_end),
        ("net revenue", value("net_revenue"), kpis.revenue - kpis.refunds),
        // The books write off what returns cost that are scrapped; the key figures leave it in the cost of
        // goods.
        ("cost of sales", value("cost_of_sales") + scrapped, kpis.cost_of_goods),
        ("margin", value("channel_margin") - scrapped, kpis.contribution_margin),
        ("exceptions", value("exceptions_opened"), kpis.exceptions),
    ]
}

#[test]
fn metrics_of_events_as_they_come_are_the_books_own() {
    for policy in 0..3 {
        let Ran { outcome, views, kept, .. } = ran(policy);
        assert_eq!(kept.state_hash(), outcome.state_hash, "policy {policy}");
        for (view, by) in views.iter().zip([vec![], vec![Dimension::Channel], vec![Dimension::Node]]) {
            let asked = kept.measure(&MeasureQuery { by, ..MeasureQuery::default() });
            assert_eq!(Ok(view), asked.as_ref(), "policy {policy}, by {:?}", view.by);
            assert!(view.all_tie && view.ties.len() > 20, "policy {policy}: {:?}", view.ties);
        }
    }
}

#[test]
fn key_figures_and_metrics_agree() {
    let (mut short, mut lost) = (0, 0);
    for policy in 0..3 {
        let Ran { outcome, views, scrapped, .. } = ran(policy);
        let kpis = &outcome.kpis;
        for (what, metric, kpi) in same(&views[0], kpis, scrapped.values().sum()) {
            assert_eq!(metric, kpi, "policy {policy}: {what}");
        }
        // Freight and handling, which the key figures give by order and by node.
        let sum = |table: &Table, column: &str| table.ints(column).iter().sum::<i64>();
        let served = sum(&outcome.nodes, "freight") + sum(&outcome.nodes, "handling");
        assert_eq!(row(&views[0], "fulfilment_cost", "").2, served, "policy {policy}");
        for at in 0..outcome.channels.rows() {
            let code = outcome.channels.text("channel", at);
            let kpi = |column: &str| outcome.channels.ints(column)[at];
            let margin = row(&views[1], "channel_margin", &code).2 - scrapped.get(&code).unwrap_or(&0);
            assert_eq!(margin, kpi("contribution_margin"), "{code}");
            assert_eq!(row(&views[1], "split_rate", &code).2, kpi("split_rate"), "{code}");
            let placed = kpi("orders") - kpi("orders_lost") - kpi("orders_refused");
            assert_eq!(row(&views[1], "orders_placed", &code).2, placed, "{code}");
            lost += kpi("orders_lost") + kpi("orders_refused");
        }
        for at in 0..outcome.nodes.rows() {
            let code = outcome.nodes.text("node", at);
            assert_eq!(row(&views[2], "units_shipped", &code).2, outcome.nodes.ints("units_shipped")[at]);
        }
        short += kpis.lines_backordered;
    }
    assert!(short > 0 && lost > 0, "there is something to disagree about");
}

#[test]
fn the_page_shows_every_metric_with_its_formula_and_values() {
    let Ran { scenario, outcome, views, .. } = ran(0);
    let (nodes, stretches) = scenario.network.page_facts();
    let html = page(&Page {
        title: "t",
        description: "d",
        currency: "USD",
        seed: 11,
        nodes,
        stretches,
        runs: vec![Run { metrics: &views, ..outcome.on_page() }],
    });
    let text = |text: &str| {
        text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
    };
    let (_, table) = html.split_once("<h2>Metrics</h2>").expect("the metrics");
    for metric in metrics() {
        let name = format!("<code>{}</code></td><td class=\"\">", metric.name);
        let (_, cells) = table.split_once(&name).unwrap_or_else(|| panic!("{}", metric.name));
        let known = views[0].metric.iter().position(|name| name == metric.name);
        let value = known.and_then(|row| metric.unit.read(&views[0].value[row]));
        let shown = value.map_or_else(|| "–".to_owned(), |value| metric.unit.show(value));
        assert!(cells.starts_with(&format!("{shown}</td>")), "{}: {shown}", metric.name);
        assert!(
            cells.contains(&text(metric.formula)) && cells.contains(&text(metric.grain)),
            "{}",
            metric.name
        );
    }
    for by in ["channel", "node"] {
        assert!(table.contains(&format!("<summary>Metrics by {by}</summary>")), "{by}");
    }
    assert!(table.contains(&format!("tied out to the book <b>{0} of {0}</b>", views[0].ties.len())));
}

/// A page shows key figures and metrics: what has one title has one meaning.
#[test]
fn one_title_has_one_formula() {
    for figure in Kpis::METRICS {
        let namesake = metrics().into_iter().find(|metric| metric.title == figure.title);
        let Some(metric) = namesake else { continue };
        // A metric may be told by more than a figure is, as `by code`.
        let begins = metric.formula.starts_with(figure.formula.trim_end_matches('.'));
        assert!(begins, "{}: {} / {}", figure.title, figure.formula, metric.formula);
    }
}
