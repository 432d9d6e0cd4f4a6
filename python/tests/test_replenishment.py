"""Replenishment on columns, and its agreement with statsforecast and stockpyl."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from conftest import not_run
from stockbook import replenishment as r

INTERMITTENT = [0, 3, 0, 0, 2, 0, 0, 0, 4, 1, 0, 0, 5, 0, 2, 0, 0, 0, 3, 0]


def test_columns_in_and_out() -> None:
    one = r.eoq(8, 0.225, 1_300)
    assert one.qty == pytest.approx(304.0467800264368, rel=1e-12)
    listed = r.eoq([8, 2_250], [0.225, 275], [1_300, 182_500])
    assert listed.qty == pytest.approx([304.0467800264368, 1728.109844993551])
    array = r.eoq(np.array([8.0, 16.0]), 0.225, 1_300)
    assert isinstance(array.cost, np.ndarray)
    with pytest.raises(ValueError, match="do not go together"):
        r.eoq([1, 2], [1, 2, 3], 4)
    mean, sd = r.over_lead_time(100, 20, 5, 1.5)
    assert mean + r.safety_factor(0.95) * sd == pytest.approx(757.46031660304)
    assert r.fill_rate(r.fill_rate_factor(0.99, 200, 50), 200, 50) == pytest.approx(0.99)
    assert r.abc([100, 5_000, 3_000, 900]) == ["C", "A", "A", "B"]
    assert r.xyz([[5, 5, 5], [0, 9, 0]]) == ["X", "Z"]
    assert r.corrected([10, 6, 0], [1, 0.5, 0]) == [10, 12, 11]


def test_a_plan_says_what_to_do_and_why() -> None:
    rng = np.random.default_rng(3)
    histories = rng.poisson(20, (2_000, 52)).astype(float)
    items = {
        "free": [10, 500, 60] + [70] * 1_997,
        "on_order": [0, 2_000, 0] + [0] * 1_997,
        "lead": [2.0] * 2_000,
        "lead_sd": [0.3] * 2_000,
        "expedited_lead": [0.2] * 2_000,
        "fixed": [25.0] * 2_000,
        "holding_rate": [0.005] * 2_000,
        "unit_cost": [9.0] * 2_000,
        "stockout": [30.0] + [0.5] * 1_999,
        "premium": [2.0] * 2_000,
        "pack": [6] * 2_000,
    }
    plan = r.plan(items, histories, season=13, workers=2)
    assert len(plan) == 2_000
    rows = plan.to_rows()
    assert (rows[0]["advice"], rows[0]["reason"]) == ("expedite", "stockout_costs_more")
    assert rows[1]["advice"] in ("cancel", "push_out")
    assert (rows[2]["advice"], rows[2]["reason"]) == ("purchase", "at_reorder_point")
    assert all(row["qty"] % 6 == 0 for row in rows)
    alone = r.plan(items, histories, season=13, workers=1)
    assert repr(alone.to_dict()) == repr(plan.to_dict())
    higher = r.plan({**items, "service": [0.99] * 2_000}, histories, season=13)
    assert all(a <= b for a, b in zip(plan["safety_stock"], higher["safety_stock"], strict=True))


def test_forecasts_agree_with_statsforecast() -> None:
    try:
        from statsforecast import models as peers
    except ImportError:
        not_run("statsforecast is not there")
    y = np.array(INTERMITTENT, dtype=float)
    smooth = np.array([112, 118, 132, 129, 121, 135, 148, 148, 136, 119], dtype=float)
    cases: list[tuple[Any, str, list[float], Any]] = [
        (peers.CrostonClassic(), "croston", [0.1], y),
        (peers.CrostonSBA(), "sba", [0.1], y),
        (peers.TSB(alpha_d=0.2, alpha_p=0.1), "tsb", [0.2, 0.1], y),
        (peers.SimpleExponentialSmoothing(alpha=0.3), "smoothing", [0.3], smooth),
        (peers.WindowAverage(window_size=4), "moving_average", [4], smooth),
        (peers.SeasonalNaive(season_length=5), "seasonal_naive", [], smooth),
    ]
    for peer, name, weights, history in cases:
        theirs = peer.forecast(y=history, h=3)["mean"]
        ours = r.forecast(history, name, 3, weights=weights, season=5)
        # They reckon in single precision.
        assert ours == pytest.approx(list(map(float, theirs)), rel=1e-5), name


def test_levels_agree_with_stockpyl() -> None:
    try:
        from stockpyl import eoq, newsvendor, rq, ss, wagner_whitin
    except ImportError:
        not_run("stockpyl is not there")
    qty, cost = eoq.economic_order_quantity(2_250, 275, 182_500)
    assert r.eoq(2_250, 275, 182_500) == pytest.approx((qty, cost))
    qty, share, cost = eoq.economic_order_quantity_with_backorders(8, 0.225, 5, 1_300)
    lot, ours = r.eoq_backorders(8, 0.225, 1_300, 5)
    assert (*lot, ours) == pytest.approx((qty, cost, share))
    level, cost = newsvendor.newsvendor_normal(0.18, 0.70, 50, 8)
    assert r.newsvendor(0.18, 0.70, 50, 8) == pytest.approx((level, cost))
    level, cost = newsvendor.newsvendor_poisson(1, 4, 30)
    assert r.newsvendor_poisson(1, 4, 30) == pytest.approx((level, cost))
    demand = [90, 120, 80, 70, 0, 40, 200]
    lots, cost, _, _ = wagner_whitin.wagner_whitin(7, 2, 500, demand)
    assert r.horizon_lots(500, 2, demand)[1] == pytest.approx(cost)
    assert sum(r.horizon_lots(500, 2, demand)[0]) == pytest.approx(sum(lots[1:]))
    low, up_to, cost = ss.s_s_discrete_exact(1, 9, 64, True, 25)
    pmf = [float(p) for p in poisson(25, 120)]
    assert r.best_levels(64, 1, 9, pmf) == pytest.approx((low, up_to, cost), rel=1e-6)
    point, qty, _ = rq.r_q_optimal_r_for_q(308.5737801203754, 0.225, 7.5, 1_300, 150, 1 / 12), 0, 0
    ours = r.rq(8, 0.225, 1_300, 7.5, 1_300 / 12, 150 * (1 / 12) ** 0.5, by="backorders")
    assert ours.point == pytest.approx(point, rel=1e-5)


def poisson(mean: float, most: int) -> list[float]:
    from math import exp, lgamma, log

    return [exp(k * log(mean) - mean - lgamma(k + 1)) for k in range(most)]
