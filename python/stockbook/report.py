"""One HTML file about an experiment: key figures, verdicts, plots, all inside."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any

from stockbook import plots
from stockbook._native import Table
from stockbook._text import NetworkLike
from stockbook.experiments import Experiment
from stockbook.frames import Outcome

_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto }
body { padding: 0 1rem; color: #222 }
h1 { font-size: 1.6rem } h2 { font-size: 1.15rem; margin-top: 2rem }
table { border-collapse: collapse; font-variant-numeric: tabular-nums }
th, td { padding: .25rem .8rem; text-align: right; border-bottom: 1px solid #ddd }
th:first-child, td:first-child { text-align: left }
img { max-width: 100%; height: auto } .note { color: #555 }
"""


def html(
    trial: Experiment,
    outcomes: Sequence[Outcome] = (),
    network: NetworkLike | None = None,
    *,
    title: str = "Policies compared",
    note: str = "",
) -> str:
    """The report as text: it needs nothing beside itself, no network and no script."""
    parts = [f"<h1>{escape(title)}</h1>"]
    if note:
        parts.append(f"<p class='note'>{escape(note)}</p>")
    n = len({run.replication for run in trial.runs})
    parts.append(
        f"<p>{len(trial.policies)} policies on {n} replications with common orders and luck; "
        f"intervals at {trial.confidence:.0%}.</p>"
    )
    for metric in ("margin_per_order", "cost_to_serve", "fill_rate_units"):
        parts.append(f"<p><strong>{escape(trial.verdict(metric))}</strong></p>")
    parts += ["<h2>Key figures</h2>", _table(trial.shown())]
    parts.append(_image(plots.kpis(trial), "key figures"))
    parts += ["<h2>Cost and service</h2>", _image(plots.frontier(trial), "frontier")]
    if len(trial.policies) > 1:
        parts += ["<h2>Differences to the first policy</h2>", _table(_told(trial))]
    if outcomes:
        parts += [
            "<h2>One run in detail</h2>",
            _image(plots.over_time(outcomes), "stock over time"),
        ]
        parts.append(_image(plots.distributions(outcomes), "distances and shipments"))
        for outcome in outcomes:
            parts.append(_image(plots.cost_to_serve(outcome), f"cost to serve of {outcome.policy}"))
            if network is not None:
                flows = plots.flow_map(outcome, network)
                parts.append(_image(flows, f"flows of {outcome.policy}"))
    body = "\n".join(parts)
    return (
        "<!doctype html>\n<html lang='en'><head><meta charset='utf-8'>"
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body>\n{body}\n</body></html>\n"
    )


def write(
    path: str | Path,
    trial: Experiment,
    outcomes: Sequence[Outcome] = (),
    network: NetworkLike | None = None,
    *,
    title: str = "Policies compared",
    note: str = "",
) -> Path:
    """Writes the report into a file."""
    file = Path(path)
    text = html(trial, outcomes, network, title=title, note=note)
    file.write_text(text, encoding="utf-8")
    return file


def _told(trial: Experiment) -> Table:
    """The differences that are told from none."""
    all_rows = trial.differences().to_rows()
    rows = [row for row in all_rows if row["told_apart"]]
    return Table(
        {
            "metric": [row["metric"] for row in rows],
            "policy": [row["policy"] for row in rows],
            "difference": [f"{row['difference']:+,.4g}" for row in rows],
            "from": [f"{row['low']:+,.4g}" for row in rows],
            "to": [f"{row['high']:+,.4g}" for row in rows],
        }
    )


def _table(table: Table) -> str:
    head = "".join(f"<th>{escape(name)}</th>" for name in table.columns)
    columns = [table[name] for name in table.columns]
    rows = zip(*columns, strict=True)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in row) + "</tr>" for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _image(figure: Any, what: str) -> str:
    picture = io.BytesIO()
    figure.savefig(picture, format="png", dpi=110)
    data = base64.b64encode(picture.getvalue()).decode("ascii")
    return f"<p><img alt='{escape(what)}' src='data:image/png;base64,{data}'></p>"
