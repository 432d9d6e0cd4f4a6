"""Plots of runs and experiments: matplotlib by default, plotly where `interactive=True`.

Every function draws on an axes of its own (or on `ax`) and gives its figure. Colours are those of
Okabe and Ito, which most people with a colour deficiency tell apart.

>>> plots.frontier(trial).savefig("frontier.png")
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, TypeAlias

from stockbook._text import NetworkLike, to_text
from stockbook.experiments import LOWER_IS_BETTER, Experiment
from stockbook.frames import Outcome
from stockbook.types import Explanation

Figure: TypeAlias = Any
"""A figure of matplotlib, or of plotly where interactive."""

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#999999", "#F0E442")
"""Okabe and Ito (2008), the yellow last."""


def _axes(ax: Any = None, size: tuple[float, float] = (7.2, 4.2)) -> tuple[Figure, Any]:
    if ax is not None:
        return ax.figure, ax
    # Not pyplot: a figure of its own needs no display and leaves nothing open.
    from stockbook._picture import Picture

    figure = Picture(figsize=size, layout="constrained")
    return figure, figure.add_subplot()


def _clean(ax: Any, title: str, x: str = "", y: str = "") -> None:
    ax.set_title(title, loc="left", fontsize=11, fontweight="bold")
    ax.set_xlabel(x)
    ax.set_ylabel(y)
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    ax.grid(visible=True, axis="both", alpha=0.25, linewidth=0.6)
    ax.set_axisbelow(True)


def _title(metric: str) -> str:
    return metric.replace("_", " ")


def kpis(
    trial: Experiment,
    metrics: Sequence[str] = (
        "margin_per_order",
        "cost_to_serve",
        "fill_rate_units",
        "on_time_share",
        "split_rate",
        "inventory_value",
    ),
) -> Figure:
    """Key figures with their intervals, a panel a figure."""
    from stockbook._picture import Picture

    columns = min(3, len(metrics))
    rows = -(-len(metrics) // columns)
    height = 0.9 + rows * (0.9 + 0.32 * len(trial.policies))
    figure = Picture(figsize=(3.4 * columns, height), layout="constrained")
    for position, metric in enumerate(metrics, start=1):
        ax = figure.add_subplot(rows, columns, position)
        for y, policy in enumerate(reversed(trial.policies)):
            mean, low, high, _ = trial.interval(policy, metric)
            colour = COLOURS[trial.policies.index(policy) % len(COLOURS)]
            error = [[mean - low], [high - mean]]
            ax.errorbar([mean], [y], xerr=error, fmt="o", color=colour, capsize=4, markersize=6)
        ax.set_yticks(range(len(trial.policies)), list(reversed(trial.policies)))
        ax.set_ylim(-0.6, len(trial.policies) - 0.4)
        ax.margins(x=0.15)
        ax.locator_params(axis="x", nbins=4)
        better = "less" if metric in LOWER_IS_BETTER else "more"
        _clean(ax, _title(metric), f"{better} is better")
        if (position - 1) % columns:
            ax.tick_params(labelleft=False)
    return figure


def frontier(
    trial: Experiment,
    cost: str = "cost_to_serve",
    service: str = "fill_rate_units",
    *,
    ax: Any = None,
    interactive: bool = False,
) -> Figure:
    """Cost against service with intervals; the line joins policies that no other beats on both."""
    points = trial.frontier(cost, service)
    if interactive:
        return _frontier_plotly(trial, cost, service)
    figure, ax = _axes(ax)
    line = [(p.cost.mean, p.service.mean) for p in points if p.efficient]
    ax.plot([x for x, _ in line], [y for _, y in line], color="#999999", linewidth=1.2, zorder=1)
    for point in points:
        colour = COLOURS[trial.policies.index(point.policy) % len(COLOURS)]
        c, s = point.cost, point.service
        ax.errorbar(
            [c.mean],
            [s.mean],
            xerr=[[c.mean - c.low], [c.high - c.mean]],
            yerr=[[s.mean - s.low], [s.high - s.mean]],
            fmt="o" if point.efficient else "s",
            mfc=colour if point.efficient else "white",
            color=colour,
            capsize=3,
            markersize=7,
        )
        ax.annotate(
            point.policy, (c.mean, s.mean), xytext=(8, 7), textcoords="offset points", color=colour
        )
    ax.margins(0.18)
    less, more = f"{_title(cost)} (less is better)", f"{_title(service)} (more is better)"
    _clean(ax, "Cost and service", less, more)
    return figure


def _frontier_plotly(trial: Experiment, cost: str, service: str) -> Figure:
    import plotly.graph_objects as go

    figure = go.Figure()
    for point in trial.frontier(cost, service):
        c, s = point.cost, point.service
        figure.add_scatter(
            x=[c.mean],
            y=[s.mean],
            error_x={"array": [c.high - c.mean]},
            error_y={"array": [s.high - s.mean]},
            name=point.policy,
            mode="markers",
            marker={
                "color": COLOURS[trial.policies.index(point.policy) % len(COLOURS)],
                "size": 11,
            },
        )
    titles = {"xaxis_title": _title(cost), "yaxis_title": _title(service)}
    figure.update_layout(title="Cost and service", **titles)
    return figure


def over_time(outcomes: Sequence[Outcome], *, ax: Any = None, interactive: bool = False) -> Figure:
    """Stock value and waiting units by day, a line a policy."""
    if interactive:
        return _over_time_plotly(outcomes)
    from stockbook._picture import Picture

    figure = Picture(figsize=(7.2, 5.4), layout="constrained")
    panels = (("inventory_value", "Stock value"), ("units_waiting", "Units waiting"))
    first: Any = None
    for position, (column, title) in enumerate(panels, start=1):
        ax = figure.add_subplot(2, 1, position, sharex=first)
        first = first or ax
        for at, outcome in enumerate(outcomes):
            daily = outcome["daily"]
            values = [float(value) for value in daily[column]]
            ax.plot(daily["day"], values, color=COLOURS[at % len(COLOURS)], label=outcome.policy)
        ax.set_ylim(bottom=0)
        _clean(ax, title)
        _dates(ax)
        if position == 1:
            ax.legend(frameon=False, ncols=4, loc="lower left", fontsize=9)
    return figure


def _dates(ax: Any) -> None:
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

    locator = AutoDateLocator(minticks=4, maxticks=8)
    ax.xaxis.set_major_locator(locator)
    ax.xaxis.set_major_formatter(ConciseDateFormatter(locator))


def _over_time_plotly(outcomes: Sequence[Outcome]) -> Figure:
    import plotly.graph_objects as go

    figure = go.Figure()
    for at, outcome in enumerate(outcomes):
        daily = outcome["daily"]
        figure.add_scatter(
            x=daily["day"],
            y=[float(value) for value in daily["inventory_value"]],
            name=outcome.policy,
            line={"color": COLOURS[at % len(COLOURS)]},
        )
    figure.update_layout(title="Stock value", yaxis={"rangemode": "tozero"})
    return figure


def flow_map(outcome: Outcome, network: NetworkLike, *, ax: Any = None, most: int = 150) -> Figure:
    """Where parcels go: nodes, demand by place, and the heaviest flows between them."""
    figure, ax = _axes(ax, (8.0, 4.6))
    nodes = [
        (node["node"], float(node["place"]["lat"]), float(node["place"]["lon"]))
        for node in json.loads(to_text(network))["nodes"]
    ]
    demand, flows = outcome["demand"], outcome["flows"]
    units = demand["units"]
    top = max(units, default=1)
    ax.scatter(
        [lon / 1e9 for lon in demand["lon_nano"]],
        [lat / 1e9 for lat in demand["lat_nano"]],
        s=[4 + 60 * n / top for n in units],
        color="#999999",
        alpha=0.45,
        linewidths=0,
        label="demand",
    )
    rows = sorted(
        zip(flows["parcels"], flows["node_id"], flows["lat_nano"], flows["lon_nano"], strict=True),
        reverse=True,
    )[:most]
    most_parcels = rows[0][0] if rows else 1
    for parcels, node, lat, lon in rows:
        _, node_lat, node_lon = nodes[node]
        ax.plot(
            [node_lon, lon / 1e9],
            [node_lat, lat / 1e9],
            color=COLOURS[node % len(COLOURS)],
            alpha=0.15 + 0.6 * parcels / most_parcels,
            linewidth=0.4 + 2.6 * parcels / most_parcels,
            zorder=1,
        )
    for at, (name, lat, lon) in enumerate(nodes):
        ax.plot([lon], [lat], "^", color=COLOURS[at % len(COLOURS)], markersize=10, mec="white")
        ax.annotate(name, (lon, lat), xytext=(6, 6), textcoords="offset points", fontsize=9)
    _clean(ax, f"Flows under {outcome.policy}", "longitude", "latitude")
    ax.set_aspect(1.25)
    return figure


def distributions(outcomes: Sequence[Outcome]) -> Figure:
    """How far parcels go, and in how many shipments orders leave, by policy."""
    from stockbook._picture import Picture

    figure = Picture(figsize=(8.6, 3.6), layout="constrained")
    far = figure.add_subplot(1, 2, 1)
    split = figure.add_subplot(1, 2, 2)
    width = 0.8 / max(1, len(outcomes))
    most = 1
    for at, outcome in enumerate(outcomes):
        colour = COLOURS[at % len(COLOURS)]
        distances = outcome["distances"]
        parcels = distances["parcels"]
        share = [100 * n / max(1, sum(parcels)) for n in parcels]
        far.step(
            [float(km) for km in distances["from_km"]],
            share,
            where="post",
            color=colour,
            label=outcome.policy,
        )
        orders = outcome["shipments"]["orders"]
        total = max(1, sum(orders[1:]))
        most = max(most, len(orders) - 1)
        split.bar(
            [n + (at - (len(outcomes) - 1) / 2) * width for n in range(1, len(orders))],
            [100 * n / total for n in orders[1:]],
            width,
            color=colour,
        )
    split.set_xticks(range(1, most + 1))
    _clean(far, "Distance of parcels", "kilometres", "% of parcels")
    _clean(split, "Shipments an order", "shipments", "% of orders (log)")
    split.set_yscale("log")
    far.legend(frameon=False, fontsize=9)
    return figure


def cost_to_serve(outcome: Outcome, *, ax: Any = None) -> Figure:
    """From revenue to contribution, an order offered: a waterfall."""
    figure, ax = _axes(ax)
    orders = max(1.0, float(outcome.kpi("orders")))
    shipped = _orders_shipped(outcome)
    revenue = float(outcome.kpi("revenue")) / orders
    steps = [
        ("refunds", -float(outcome.kpi("refunds")) / orders),
        ("goods", -float(outcome.kpi("cost_of_goods")) / orders),
        ("freight", -float(outcome.kpi("freight_per_order")) * shipped / orders),
        ("handling", -float(outcome.kpi("handling_per_order")) * shipped / orders),
    ]
    left, bars = revenue, [("revenue", 0.0, revenue, COLOURS[0])]
    for name, step in steps:
        bars.append((name, left + step, -step, COLOURS[1]))
        left += step
    bars.append(("contribution", 0.0, left, COLOURS[2]))
    for x, (_, bottom, height, colour) in enumerate(bars):
        ax.bar([x], [height], 0.62, bottom=bottom, color=colour)
        ax.annotate(
            f"{height if colour != COLOURS[1] else -height:,.2f}",
            (x, max(bottom, bottom + height)),
            xytext=(0, 3),
            textcoords="offset points",
            ha="center",
            fontsize=9,
        )
    ax.set_xticks(range(len(bars)), [bar[0] for bar in bars])
    ax.axhline(0, color="black", linewidth=0.8)
    ax.margins(y=0.12)
    _clean(ax, f"From revenue to contribution under {outcome.policy}", "", "an order offered")
    ax.grid(visible=False, axis="x")
    return figure


def _orders_shipped(outcome: Outcome) -> float:
    return float(sum(outcome["shipments"]["orders"][1:]))


def decision(explanation: Explanation, *, ax: Any = None) -> Figure:
    """One order's decision: each candidate's cost, term by term, and why others fell out."""
    by_node: dict[str, dict[str, float]] = {}
    fell: dict[str, str] = {}
    taken: dict[str, int] = {}
    for candidate in explanation.candidates:
        node = candidate.node or "?"
        terms = by_node.setdefault(node, {})
        for term in candidate.terms:
            terms[term.measure] = terms.get(term.measure, 0.0) + term.cost / 1e6
        taken[node] = taken.get(node, 0) + candidate.taken
        if candidate.fell_out is not None:
            fell[node] = str(candidate.fell_out).replace("_", " ")

    def order(node: str) -> tuple[bool, int, float]:
        return (node in fell, -taken[node], sum(by_node[node].values()))

    nodes = sorted(by_node, key=order)
    figure, ax = _axes(ax, (7.6, 1.6 + 0.5 * len(nodes)))
    measures = list(dict.fromkeys(name for node in nodes for name in by_node[node]))
    for y, node in enumerate(reversed(nodes)):
        left = 0.0
        for at, measure in enumerate(measures):
            cost = by_node[node].get(measure, 0.0)
            if cost > 0:
                ax.barh([y], [cost], 0.6, left=left, color=COLOURS[at % len(COLOURS)])
                left += cost
        note = fell.get(node) or (f"takes {taken[node]}" if taken[node] else "not chosen")
        offset = {"xytext": (6, 0), "textcoords": "offset points"}
        ax.annotate(note, (left, y), va="center", fontsize=9, **offset)
    for at, measure in enumerate(measures):
        ax.barh([0], [0], color=COLOURS[at % len(COLOURS)], label=_title(measure))
    ax.set_yticks(range(len(nodes)), list(reversed(nodes)))
    ax.margins(x=0.25)
    if measures:
        ax.legend(frameon=False, fontsize=8, ncols=2, loc="lower right")
    _clean(ax, f"Rule {explanation.rule}: {explanation.summary}"[:90], "weighted cost")
    ax.grid(visible=False, axis="y")
    return figure


def forecast(
    history: Sequence[float],
    ahead: Sequence[float],
    band: Sequence[tuple[float, float]] = (),
    *,
    ax: Any = None,
) -> Figure:
    """A history of demand, its forecast, and the band that demand is expected in."""
    figure, ax = _axes(ax, (7.2, 3.4))
    n = len(history)
    ax.plot(range(n), history, color=COLOURS[0], linewidth=1.2, label="demand")
    x = range(n, n + len(ahead))
    ax.plot(x, ahead, color=COLOURS[1], linewidth=1.8, label="forecast")
    if band:
        low, high = zip(*band, strict=True)
        ax.fill_between(x, low, high, color=COLOURS[1], alpha=0.2)
    ax.set_ylim(bottom=0)
    ax.legend(frameon=False)
    _clean(ax, "Demand and forecast", "period", "units")
    return figure
