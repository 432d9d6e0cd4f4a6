//! Charts as inline SVG, drawn by a few small functions: lines over days, bars side by side, histograms, a
//! map.
//!
//! Colours and type come from the page's style sheet by class: `p0`, `p1`, … for policies, `n0`, `n1`, … for
//! nodes.
#![allow(
    clippy::float_arithmetic,
    clippy::as_conversions,
    clippy::arithmetic_side_effects,
    reason = "coordinates on paper: nothing is decided by them, and they leave the file as text"
)]

use super::land::LAND;
use std::fmt::Write;

/// A line of a chart: its name and a value a day, absent where there is nothing to show.
pub(super) struct Series {
    pub name: String,
    pub values: Vec<Option<f64>>,
}

/// A stretch of days that the reader should know of.
pub(super) struct Stretch {
    pub from: f64,
    pub to: f64,
    pub label: String,
}

/// Whether an axis starts at zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Base {
    Zero,
    Data,
}

pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// At most about five round numbers that span the range.
fn ticks(low: f64, high: f64) -> Vec<f64> {
    let span = (high - low).max(1e-9);
    let raw = span / 4.0;
    let magnitude = libm::pow(10.0, libm::floor(libm::log10(raw)));
    let steps = [1.0, 2.0, 2.5, 5.0, 10.0];
    let step = steps.iter().map(|s| s * magnitude).find(|s| *s >= raw).unwrap_or(magnitude);
    let first = libm::floor(low / step) * step;
    let mut all = vec![first];
    while let Some(last) = all.last().copied() {
        if last >= high - step * 1e-6 || all.len() > 12 {
            break;
        }
        all.push(last + step);
    }
    all
}

/// Lines over days. `dates` label the days; `show` writes a value.
pub(super) fn lines(
    dates: &[String],
    series: &[Series],
    stretches: &[Stretch],
    base: Base,
    show: &dyn Fn(f64) -> String,
) -> String {
    let (width, height, left, right, top, bottom) = (580.0, 240.0, 54.0, 10.0, 16.0, 24.0);
    let present = || series.iter().flat_map(|s| s.values.iter().flatten().copied());
    let high = present().fold(f64::MIN, f64::max);
    let low = if base == Base::Zero { 0.0 } else { present().fold(f64::MAX, f64::min) };
    if high < low {
        return "<p class=\"none\">nothing to show</p>".into();
    }
    let marks = ticks(low, if high > low { high } else { low + 1.0 });
    let (low, high) = (marks.first().copied().unwrap_or(0.0), marks.last().copied().unwrap_or(1.0));
    let days = dates.len().max(2) as f64 - 1.0;
    let x = |day: f64| left + (width - left - right) * (day / days).clamp(0.0, 1.0);
    let y = |value: f64| height - bottom - (height - top - bottom) * (value - low) / (high - low).max(1e-9);
    let mut out = format!("<svg viewBox=\"0 0 {width} {height}\" role=\"img\">");
    let mut written = 0.0;
    for stretch in stretches {
        let (from, to) = (x(stretch.from), x(stretch.to).max(x(stretch.from) + 2.0));
        let (wide, tall) = (to - from, height - top - bottom);
        // About so wide is the label; one that would touch the label before it moves on.
        let half = 3.4 * stretch.label.chars().count() as f64;
        let middle = f64::max((from + to) / 2.0, written + half + 8.0);
        written = middle + half;
        let _ = write!(
            out,
            "<rect class=\"stretch\" x=\"{from:.1}\" y=\"{top}\" width=\"{wide:.1}\" height=\"{tall}\"/>\
             <text class=\"note\" x=\"{:.1}\" y=\"{}\" text-anchor=\"middle\">{}</text>",
            middle,
            top - 5.0,
            escape(&stretch.label)
        );
    }
    for mark in &marks {
        let at = y(*mark);
        let _ = write!(
            out,
            "<line class=\"grid\" x1=\"{left}\" x2=\"{}\" y1=\"{at:.1}\" y2=\"{at:.1}\"/>\
             <text class=\"tick\" x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
            width - right,
            left - 7.0,
            at + 3.5,
            escape(&show(*mark))
        );
    }
    let every = (dates.len() / 7).max(1);
    for (day, date) in dates.iter().enumerate().step_by(every) {
        let anchor = if day == 0 { "start" } else { "middle" };
        let (at, base) = (x(day as f64), height - 6.0);
        if at < width - 24.0 {
            let _ = write!(
                out,
                "<text class=\"tick\" x=\"{at:.1}\" y=\"{base}\" text-anchor=\"{anchor}\">{date}</text>"
            );
        }
    }
    for (i, one) in series.iter().enumerate().rev() {
        let path = stroke(&one.values, &|day, value| (x(day as f64), y(value)));
        let _ =
            write!(out, "<path class=\"line p{i}\" d=\"{path}\"><title>{}</title></path>", escape(&one.name));
    }
    out.push_str("</svg>");
    out
}

/// A line through what is there; it is lifted where something is missing.
fn stroke(values: &[Option<f64>], at: &dyn Fn(usize, f64) -> (f64, f64)) -> String {
    let (mut path, mut pen) = (String::new(), 'M');
    for (day, value) in values.iter().enumerate() {
        match value {
            Some(value) => {
                let (x, y) = at(day, *value);
                let _ = write!(path, "{pen}{x:.1} {y:.1}");
                pen = 'L';
            }
            None => pen = 'M',
        }
    }
    path
}

/// One bar a policy, each with its value.
pub(super) fn bars(values: &[(String, f64, String)], best: Option<usize>) -> String {
    let row = 22.0;
    let height = row * values.len() as f64;
    let most = values.iter().fold(0.0, |most: f64, (_, value, _)| most.max(value.abs()));
    let mut out = format!("<svg viewBox=\"0 0 270 {height}\" role=\"img\">");
    for (i, (name, value, shown)) in values.iter().enumerate() {
        let long = if most > 0.0 { (178.0 * value.abs() / most).max(1.5) } else { 1.5 };
        let top = row * i as f64;
        let class = if best == Some(i) { "value best" } else { "value" };
        let _ = write!(
            out,
            "<rect class=\"bar p{i}\" x=\"0\" y=\"{:.1}\" width=\"{long:.1}\" height=\"14\" rx=\"3\">\
             <title>{}: {}</title></rect><text class=\"{class}\" x=\"{:.1}\" y=\"{:.1}\">{}</text>",
            top + 3.0,
            escape(name),
            escape(shown),
            long + 7.0,
            top + 14.5,
            escape(shown)
        );
    }
    out.push_str("</svg>");
    out
}

/// Bars of several policies beside each other, by class; values are shares of their policy.
pub(super) fn histogram(classes: &[String], shares: &[(String, Vec<f64>)], every: usize) -> String {
    let (width, height, left, bottom, top) = (580.0, 226.0, 54.0, 24.0, 10.0);
    let high = shares.iter().flat_map(|(_, s)| s.iter().copied()).fold(0.0, f64::max);
    let marks = ticks(0.0, high.max(0.01));
    let high = marks.last().copied().unwrap_or(1.0);
    let slot = (width - left - 8.0) / classes.len().max(1) as f64;
    let wide = (slot * 0.82 / shares.len().max(1) as f64).min(34.0);
    let y = |share: f64| height - bottom - (height - top - bottom) * share / high;
    let mut out = format!("<svg viewBox=\"0 0 {width} {height}\" role=\"img\">");
    for mark in &marks {
        let at = y(*mark);
        let _ = write!(
            out,
            "<line class=\"grid\" x1=\"{left}\" x2=\"{width}\" y1=\"{at:.1}\" y2=\"{at:.1}\"/>\
             <text class=\"tick\" x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{:.0} %</text>",
            left - 7.0,
            at + 3.5,
            mark * 100.0
        );
    }
    for (class, name) in classes.iter().enumerate() {
        let middle = left + slot * (class as f64 + 0.5);
        if class % every.max(1) == 0 {
            let _ = write!(
                out,
                "<text class=\"tick\" x=\"{middle:.1}\" y=\"{}\" text-anchor=\"middle\">{}</text>",
                height - bottom + 15.0,
                escape(name)
            );
        }
        for (i, (policy, values)) in shares.iter().enumerate() {
            let share = values.get(class).copied().unwrap_or(0.0);
            let from = middle + wide * (i as f64 - shares.len() as f64 / 2.0);
            let _ = write!(
                out,
                "<rect class=\"bar p{i}\" x=\"{from:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\" \
                 rx=\"1\">\
                 <title>{}, {}: {:.1} %</title></rect>",
                y(share),
                (wide - 0.6).max(0.8),
                (height - bottom - y(share)).max(0.0),
                escape(policy),
                escape(name),
                share * 100.0
            );
        }
    }
    out.push_str("</svg>");
    out
}

/// A node on a map.
pub(super) struct Site {
    pub name: String,
    pub lat: f64,
    pub lon: f64,
    pub parcels: f64,
}

/// Demand at a place, and who serves it with how many parcels: site and parcels.
pub(super) struct Spot {
    pub lat: f64,
    pub lon: f64,
    pub units: f64,
    pub from: Vec<(usize, f64)>,
}

const WIDTH: f64 = 460.0;
const HEIGHT: f64 = 300.0;

/// How a map turns degrees into paper.
enum Projection {
    /// Albers' equal-area conic for the contiguous United States: cone constant, C, and the radius of the
    /// origin.
    States { n: f64, c: f64, rho: f64 },
    /// Degrees as they are, units of paper a degree, shrinkage of longitudes.
    Plain { west: f64, east: f64, north: f64, south: f64, scale: f64, squeeze: f64 },
}

impl Projection {
    fn states() -> Projection {
        let (one, two) = (29.5f64.to_radians(), 45.5f64.to_radians());
        let n = (libm::sin(one) + libm::sin(two)) / 2.0;
        let c = libm::cos(one) * libm::cos(one) + 2.0 * n * libm::sin(one);
        let rho = libm::sqrt(c - 2.0 * n * libm::sin(37.8f64.to_radians())) / n;
        Projection::States { n, c, rho }
    }

    /// The part of the world with the sites and all but the remotest hundredth of the demand.
    fn plain(sites: &[Site], spots: &[Spot]) -> Projection {
        let stretch = |of_site: fn(&Site) -> f64, of_spot: fn(&Spot) -> f64| {
            let mut demand: Vec<(f64, f64)> = spots.iter().map(|spot| (of_spot(spot), spot.units)).collect();
            demand.sort_by(|a, b| a.0.total_cmp(&b.0));
            let all: f64 = demand.iter().map(|(_, units)| units).sum();
            let mut before = 0.0;
            demand.retain(|(_, units)| {
                before += units;
                before >= all * 0.005 && before - units <= all * 0.995
            });
            let shown = || demand.iter().map(|(at, _)| *at).chain(sites.iter().map(of_site));
            let (low, high) = (shown().fold(f64::MAX, f64::min), shown().fold(f64::MIN, f64::max));
            if low > high { (0.0, 1.0) } else { (low - 1.0, high + 1.0) }
        };
        let (south, north) = stretch(|site| site.lat, |spot| spot.lat);
        let (west, east) = stretch(|site| site.lon, |spot| spot.lon);
        let squeeze = libm::cos(((south + north) / 2.0).to_radians()).max(0.2);
        let scale = (WIDTH / ((east - west) * squeeze)).min(HEIGHT / (north - south));
        Projection::Plain { west, east, north, south, scale, squeeze }
    }

    /// Whether a place is on the map.
    fn shows(&self, lat: f64, lon: f64) -> bool {
        match *self {
            Projection::States { .. } => in_states(lat, lon),
            Projection::Plain { west, east, north, south, .. } => {
                (south..=north).contains(&lat) && (west..=east).contains(&lon)
            }
        }
    }

    /// How wide and how high the map is.
    fn size(&self) -> (f64, f64) {
        match *self {
            Projection::States { .. } => (WIDTH, HEIGHT),
            Projection::Plain { west, east, north, south, scale, squeeze } => {
                ((east - west) * squeeze * scale, (north - south) * scale)
            }
        }
    }

    fn at(&self, lat: f64, lon: f64) -> (f64, f64) {
        match *self {
            Projection::States { n, c, rho } => {
                let theta = n * (lon + 96.0).to_radians();
                let r = libm::sqrt((c - 2.0 * n * libm::sin(lat.to_radians())).max(0.0)) / n;
                let (x, y) = (r * libm::sin(theta), rho - r * libm::cos(theta));
                (WIDTH * 0.505 + x * 620.0, HEIGHT * 0.49 - y * 620.0)
            }
            Projection::Plain { west, north, scale, squeeze, .. } => {
                ((lon - west) * squeeze * scale, (north - lat) * scale)
            }
        }
    }
}

fn in_states(lat: f64, lon: f64) -> bool {
    (24.0..=49.8).contains(&lat) && (-125.5..=-66.0).contains(&lon)
}

/// Nodes, demand and flows. Where nearly all demand lies in the contiguous United States, they are the
/// ground.
pub(super) fn map(sites: &[Site], spots: &[Spot]) -> String {
    let total: f64 = spots.iter().map(|spot| spot.units).sum();
    let inside: f64 = spots.iter().filter(|s| in_states(s.lat, s.lon)).map(|s| s.units).sum();
    let states = total > 0.0 && inside / total > 0.9 && sites.iter().all(|s| in_states(s.lat, s.lon));
    let projection = if states { Projection::states() } else { Projection::plain(sites, spots) };
    let (width, height) = projection.size();
    let mut out = format!("<svg class=\"map\" viewBox=\"0 0 {width:.0} {height:.0}\" role=\"img\">");
    if states {
        ground(&projection, &mut out);
    }
    let shown = |spot: &&Spot| projection.shows(spot.lat, spot.lon);
    let most = spots.iter().flat_map(|s| s.from.iter().map(|f| f.1)).fold(1.0, f64::max);
    let mut flows: Vec<(f64, usize, &Spot)> =
        spots.iter().filter(shown).flat_map(|s| s.from.iter().map(move |(site, p)| (*p, *site, s))).collect();
    flows.sort_by(|a, b| b.0.total_cmp(&a.0));
    flows.truncate(260);
    for (parcels, site, spot) in flows.iter().rev() {
        let Some(from) = sites.get(*site) else { continue };
        let ((x1, y1), (x2, y2)) = (projection.at(from.lat, from.lon), projection.at(spot.lat, spot.lon));
        let lift = 0.16 * libm::hypot(x2 - x1, y2 - y1);
        let _ = write!(
            out,
            "<path class=\"flow n{}\" stroke-width=\"{:.2}\" d=\"M{x1:.1} {y1:.1}Q{:.1} {:.1} {x2:.1} \
             {y2:.1}\"/>",
            site % 8,
            0.35 + 3.4 * libm::sqrt(parcels / most),
            (x1 + x2) / 2.0,
            (y1 + y2) / 2.0 - lift,
        );
    }
    let biggest = spots.iter().map(|s| s.units).fold(1.0, f64::max);
    for spot in spots.iter().filter(shown) {
        let (x, y) = projection.at(spot.lat, spot.lon);
        let main = spot.from.iter().max_by(|a, b| a.1.total_cmp(&b.1)).map_or(0, |f| f.0);
        let _ = write!(
            out,
            "<circle class=\"spot n{}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{:.1}\"/>",
            main % 8,
            0.7 + 5.0 * libm::sqrt(spot.units / biggest)
        );
    }
    let mut labels: Vec<(f64, f64)> = Vec::new();
    for (i, site) in sites.iter().enumerate() {
        let (x, y) = projection.at(site.lat, site.lon);
        // A label that would lie on another goes below it.
        let taken = |y: f64| labels.iter().any(|(lx, ly)| (lx - x).abs() < 90.0 && (ly - y).abs() < 12.0);
        let mut above = y - 5.0;
        while taken(above) {
            above += 12.0;
        }
        labels.push((x, above));
        let all: f64 = sites.iter().map(|s| s.parcels).sum();
        let share = if all > 0.0 { 100.0 * site.parcels / all } else { 0.0 };
        let anchor = if x > width - 90.0 { ("end", -9.0) } else { ("start", 9.0) };
        let _ = write!(
            out,
            "<path class=\"site n{}\" d=\"M{x:.1} {:.1}l6 6l-6 6l-6 -6z\"/>\
             <text class=\"place\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"{}\">{} {share:.0} %</text>",
            i % 8,
            y - 6.0,
            x + anchor.1,
            above,
            anchor.0,
            escape(&site.name)
        );
    }
    out.push_str("</svg>");
    out
}

/// The contiguous United States as dots.
fn ground(projection: &Projection, out: &mut String) {
    out.push_str("<g class=\"land\">");
    for (row, bits) in LAND.iter().enumerate() {
        for column in (0..60u32).filter(|column| bits >> column & 1 == 1) {
            let (x, y) = projection.at(49.5 - 0.75 * (row as f64 + 0.5), f64::from(column) - 124.5);
            let _ = write!(out, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"2\"/>");
        }
    }
    out.push_str("</g>");
}
