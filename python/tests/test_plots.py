"""Plots are drawn and hold what they should; the report is one file that needs nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from stockbook import Arrivals, compare, experiment, plots, report, scenario
from stockbook.types import OrderLine, PlaceOrder, Point

STORY = scenario(orders=400, days=20, skus=100)
RUNS = compare(STORY.orders, STORY.network, STORY.policies)
DEMAND = Arrivals(days=15, orders_a_day=30)
TRIAL = experiment(DEMAND, STORY.network, STORY.policies, replications=2)


def drawn(figure: Any, path: Path) -> None:
    file = path / "figure.png"
    figure.savefig(file)
    assert file.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"


def test_experiments_are_drawn(tmp_path: Path) -> None:
    figure = plots.kpis(TRIAL, ["margin_per_order", "split_rate"])
    assert [ax.get_title(loc="left") for ax in figure.axes] == ["margin per order", "split rate"]
    drawn(figure, tmp_path)
    figure = plots.frontier(TRIAL)
    assert {text.get_text() for text in figure.axes[0].texts} == set(TRIAL.policies)
    drawn(figure, tmp_path)


def test_runs_are_drawn(tmp_path: Path) -> None:
    figure = plots.over_time(RUNS.outcomes)
    assert len(figure.axes[0].lines) == 3
    drawn(figure, tmp_path)
    drawn(plots.distributions(RUNS.outcomes), tmp_path)
    drawn(plots.flow_map(RUNS.outcomes[0], STORY.network), tmp_path)
    figure = plots.cost_to_serve(RUNS.outcomes[0])
    height = figure.axes[0].patches[-1].get_height()
    assert height == pytest.approx(float(RUNS.outcomes[0].kpi("margin_per_order")), abs=0.02)
    drawn(figure, tmp_path)


def test_a_decision_is_drawn(tmp_path: Path) -> None:
    book = RUNS.outcomes[0].book
    sku = STORY.orders["sku"][0]
    order = PlaceOrder("9", "premium", Point("40.71", "-74.01"), [OrderLine(sku, 1)])
    explanation = book.ask.quote(order, book.now).explanation
    figure = plots.decision(explanation)
    labels = {label.get_text() for label in figure.axes[0].get_yticklabels()}
    assert labels == {"RENO", "ALLENTOWN", "MEMPHIS"}
    drawn(figure, tmp_path)
    drawn(plots.forecast([3.0, 4.0, 5.0], [4.5, 4.5], [(3.0, 6.0), (2.5, 6.5)]), tmp_path)


def test_plotly_where_it_is_there() -> None:
    pytest.importorskip("plotly")
    assert len(plots.frontier(TRIAL, interactive=True).data) == 3
    assert len(plots.over_time(RUNS.outcomes, interactive=True).data) == 3


def test_the_report_is_one_file(tmp_path: Path) -> None:
    file = report.write(
        tmp_path / "report.html", TRIAL, RUNS.outcomes, STORY.network, title="A < B", note="Seed 1."
    )
    text = file.read_text(encoding="utf-8")
    assert text.startswith("<!doctype html>")
    assert "A &lt; B" in text
    assert text.count("data:image/png;base64,") == 4 + 2 * len(RUNS.outcomes)
    assert "<script" not in text
    assert "src='http" not in text
