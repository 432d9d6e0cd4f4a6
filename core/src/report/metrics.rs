//! The page's metrics: the one set of definitions, with the values that `measure` gives for each run.

use super::html::{Page, Run, best, cell, head};
use super::svg::escape;
use crate::metric::{Dimension, MeasureView, Metric, metrics};
use std::fmt::Write;

/// The metrics by definition, then those that have dimensions by each of these.
pub(super) fn write(page: &Page<'_>, out: &mut String) {
    if page.runs.iter().all(|run| run.metrics.is_empty()) {
        return;
    }
    out.push_str(
        "<h2>Metrics</h2><p>Of the books that the runs wrote: every event of a run, by the definitions that \
         the question <code>metrics</code> lists and the fold that answers <code>measure</code>. An order \
         that was refused or lost is no event of a book, and counts in none of them. – = of nothing.</p>",
    );
    ties(page, out);
    defined(page, out);
    for by in [Dimension::Channel, Dimension::Node] {
        divided(page, by, out);
    }
}

/// The view of a run by a dimension, or without any.
fn view<'a>(run: &Run<'a>, by: Option<Dimension>) -> Option<&'a MeasureView> {
    run.metrics.iter().find(|view| view.by.first().copied() == by && view.by.len() < 2)
}

/// The value of a metric in a view, of a code where it has a dimension.
fn value(view: &MeasureView, metric: &Metric, code: Option<&str>) -> Option<i64> {
    let row = (0..view.metric.len()).find(|row| {
        let here = code.is_none_or(|code| {
            view.keys.first().and_then(|keys| keys.get(*row)).is_some_and(|key| key == code)
        });
        here && view.metric.get(*row).is_some_and(|name| name == metric.name)
    })?;
    metric.unit.read(view.value.get(row)?)
}

/// Whether every metric agrees with the total that the book itself keeps, run by run.
fn ties(page: &Page<'_>, out: &mut String) {
    out.push_str("<div class=\"facts\">");
    for run in &page.runs {
        let Some(view) = view(run, None) else { continue };
        let agree = view.ties.iter().filter(|tie| tie.ties).count();
        let class = if view.all_tie { "ok" } else { "no" };
        let _ = write!(
            out,
            "<span class=\"{class}\">{}: tied out to the book <b>{agree} of {}</b></span>",
            escape(run.policy),
            view.ties.len()
        );
    }
    out.push_str("</div>");
}

/// A metric's values by run, shown.
fn values(page: &Page<'_>, by: Option<Dimension>, metric: &Metric, code: Option<&str>, out: &mut String) {
    let found: Vec<Option<i64>> =
        page.runs.iter().map(|run| view(run, by).and_then(|view| value(view, metric, code))).collect();
    let all: Option<Vec<i64>> = found.iter().copied().collect();
    let winner = all.and_then(|all| best(metric, &all));
    for (at, value) in found.iter().enumerate() {
        let class = if winner == Some(at) { "best" } else { "" };
        cell(out, class, &value.map_or_else(|| "–".to_owned(), |value| metric.unit.show(value)));
    }
}

fn defined(page: &Page<'_>, out: &mut String) {
    let mut cells = vec![("text", "Metric"), ("text", "Name")];
    cells.extend(page.runs.iter().map(|run| ("", run.policy)));
    cells.extend([("text", "Formula"), ("text", "Of each"), ("text", "Tied out to")]);
    head(out, &cells);
    for metric in metrics() {
        out.push_str("<tr>");
        cell(out, "text", metric.title);
        let _ = write!(out, "<td class=\"text\"><code>{}</code></td>", escape(metric.name));
        values(page, None, &metric, None, out);
        cell(out, "formula", metric.formula);
        cell(out, "text", metric.grain);
        cell(out, "tie", if metric.ties.is_empty() { "–" } else { metric.ties });
        out.push_str("</tr>");
    }
    out.push_str("</tbody></table></div>");
}

/// The metrics by a dimension, of those whose facts have it.
fn divided(page: &Page<'_>, by: Dimension, out: &mut String) {
    let views: Vec<&MeasureView> = page.runs.iter().filter_map(|run| view(run, Some(by))).collect();
    let mut codes: Vec<&str> = Vec::new();
    for code in views.iter().flat_map(|view| view.keys.first()).flatten() {
        if !code.is_empty() && !codes.contains(&code.as_str()) {
            codes.push(code);
        }
    }
    let title = if by == Dimension::Channel { "channel" } else { "node" };
    let _ = write!(out, "<details><summary>Metrics by {title}</summary>");
    let mut cells = vec![("text", "Metric"), ("text", title)];
    cells.extend(page.runs.iter().map(|run| ("", run.policy)));
    head(out, &cells);
    for metric in metrics() {
        let has = |code: &&&str| views.iter().any(|view| value(view, &metric, Some(**code)).is_some());
        for (at, code) in codes.iter().filter(has).enumerate() {
            out.push_str("<tr>");
            cell(out, "text", if at == 0 { metric.title } else { "" });
            cell(out, "text", code);
            values(page, Some(by), &metric, Some(code), out);
            out.push_str("</tr>");
        }
    }
    out.push_str("</tbody></table></div></details>");
}
