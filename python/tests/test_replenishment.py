"""Replenishment on columns, and its agreement with statsforecast and stockpyl."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from conftest import not_run
from stockbook import Arrivals, scenario, simulate
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


def test_a_plan_refuses_what_would_quietly_plan_nothing() -> None:
    items = {"free": [5], "lead": [2.0], "service": [0.95]}
    cases: list[tuple[dict[str, list[Any]], Any, str]] = [
        ({"service": [95.0]}, [[3.0, 4.0]], "as 0.95 is"),
        ({"lead": [float("nan")]}, [[3.0, 4.0]], "`lead`, row 0"),
        ({"servise": [0.9]}, [[3.0, 4.0]], "no column `servise`"),
        ({"pack": [-6]}, [[3.0, 4.0]], "`pack`, row 0"),
        ({}, [[3.0, float("nan")]], "history 0, period 1"),
        ({}, [[3.0], [4.0]], "1 items and 2 histories"),
        ({}, [3.0, 4.0], "one alone"),
    ]
    for wrong, histories, problem in cases:
        with pytest.raises(ValueError, match=problem):
            r.plan({**items, **wrong}, histories)
    many = {"free": [5] * 3_000, "lead": [2.0] * 3_000}
    with pytest.raises(ValueError, match="3000 items"):
        r.plan(many, np.ones((2_000, 5)), workers=2)
    with pytest.raises(ValueError, match="quantile"):
        r.best_forecasts([[1.0, 2.0]], quantiles=[95])
    with pytest.raises(ValueError, match="weight"):
        r.forecast([1.0, 2.0], "smoothing", weights=[5.0])
    with pytest.raises(ValueError, match="share in stock"):
        r.corrected([5.0], [80.0])
    with pytest.raises(ValueError, match="2 periods sold"):
        r.corrected([5.0, 5.0], [1.0])
    with pytest.raises(ValueError, match="sum to"):
        r.best_levels(5, 1, 4, [0.2, 0.2])
    for service in (r.safety_factor, lambda share: r.fill_rate_factor(share, 200, 50)):
        with pytest.raises(ValueError, match="between 0 and 1"):
            service(98)
    assert r.plan(items, [[]])["method"] == [None], "without a history there is no forecast"


def test_a_line_with_a_season_is_gone_on_with() -> None:
    season = [0.0, 5.0, -3.0, -2.0]
    line = [100 + 2 * week + season[week % 4] for week in range(44)]
    ours = r.forecast(line[:40], "holt_winters", 4, season=4)
    assert ours == pytest.approx(line[40:], abs=1e-9)


def test_a_history_is_corrected_once() -> None:
    """Customers of one shelf who wait: what they asked for is known to the week."""
    story = scenario(skus=5)
    network: dict[str, Any] = dict(story.network.to_json())
    network |= {"protections": [], "feeds": [], "outages": [], "nodes": network["nodes"][:1]}
    node, sku = network["nodes"][0]["node"], network["skus"][0]["sku"]
    rule = {"sku": sku, "node": node, "supplier": network["suppliers"][0]["supplier"]}
    network |= {
        "skus": network["skus"][:1],
        "channels": [c for c in network["channels"] if c["channel"] == "standard"],
        "stock": [{"sku": sku, "node": node, "qty": 100, "unit_cost": "5"}],
        "reorder_rules": [rule | {"unit_cost": "5", "reorder_point": 20, "order_up_to": 150}],
    }
    network["reorder_rules"][0]["expedite_below"] = 0
    policy: dict[str, Any] = {**story.policies[1].to_json(), "rules": []}
    policy["otherwise"] |= {"shortage": "backorder", "backorder_units_max": 100_000}
    demand = Arrivals(days=87, orders_a_day=10, further_line=0.0, units=1.0)
    run = simulate(demand, network, policy, patience_days=0, history_days=7, returns_per_thousand=0)
    pairs, weeks = r.histories(run["history"])
    assert pairs == [(sku, node)]
    assert weeks.shape == (1, 12), "the days after the twelfth week are no week"
    asked = [0] * 13
    drawn = demand.draw(network, 1)
    for at, qty in zip(drawn["at"], drawn["qty"], strict=True):
        asked[(at - drawn["at"][0].replace(hour=0, minute=0, second=0)).days // 7] += qty
    in_stock = [float(share) for share in run["history"]["in_stock"]]
    assert min(in_stock) < 0.5, "the shelf was often empty"
    assert all(found >= was for found, was in zip(weeks[0], asked, strict=False))
    # Within noise of what was asked; to divide what is known already would give twice as much.
    assert weeks.sum() == pytest.approx(sum(asked[:12]), rel=0.1)


ITEMS = {
    "sku": ["A", "A", "B", "C"],
    "node": ["EAST", "WEST", "EAST", "EAST"],
    "supplier": ["ACME", "ACME", "ACME", "BOLT"],
    "free": [5, 400, 90, 4],
    "lead": [2.0] * 4,
    "unit_cost": [2.0, 2.0, 5.0, 1.0],
    "stockout": [9.0] * 4,
    "review": [1.0] * 4,
}
STEADY = np.tile([18.0, 22.0], (4, 20))


def test_purchases_as_suppliers_take_them() -> None:
    plan = r.plan(ITEMS, STEADY, methods=["moving_average"])
    # 20 a period, a deviation of 2: 60 + 1.645 * 2 * sqrt(3) = 65.7 over lead time and review, and
    # a lot of 20 on top. A is short in EAST, and C.
    assert plan["order_up_to"] == [86, 86, 86, 86]
    assert plan["qty"] == [81, 0, 0, 82]
    bought = r.purchases(ITEMS, plan).to_rows()
    assert [(row["sku"], row["supplier"], row["qty"], row["ordered"]) for row in bought] == [
        ("A", "ACME", 81, True),
        ("C", "BOLT", 82, True),
    ]
    assert [row["value"] for row in bought] == [162.0, 82.0]

    def by_sku(**asked: Any) -> dict[str, Any]:
        return {row["sku"]: row for row in r.purchases(ITEMS, plan, **asked).to_rows()}

    small = by_sku(least_value={"BOLT": 100})
    assert not small["C"]["ordered"]
    assert small["C"]["reason"] == "order_too_small"
    assert by_sku(closed=["ACME"])["A"]["reason"] == "not_its_day"
    # C avoids more for each unit of money: 82 of a budget of 200 are spent on it, 162 no more.
    cut = by_sku(budget=200)
    assert cut["C"]["ordered"]
    assert cut["A"]["reason"] == "over_budget"
    near = {**ITEMS, "free": [5, 400, 80, 4]}
    planned = r.plan(near, STEADY, methods=["moving_average"])
    filled = r.purchases(near, planned, least_value={"ACME": 190})
    # B is above its reorder point, but 6 units at 5.00 bring the order from 162 to 192.
    assert [(row["sku"], row["qty"], row["reason"]) for row in filled.to_rows()[:2]] == [
        ("A", 81, "at_reorder_point"),
        ("B", 6, "fills_order"),
    ]
    with pytest.raises(ValueError, match="MARS"):
        r.purchases(ITEMS, plan, closed=["MARS"])


def test_transfers_are_worth_more_than_they_cost() -> None:
    plan = r.plan(ITEMS, STEADY, methods=["moving_average"])
    moves = r.transfers(ITEMS, plan, 1.5).to_rows()
    # WEST has 400 of A and needs 86; EAST lacks 66 - 5 to its reorder point, and misses them.
    assert [(m["sku"], m["from"], m["to"], m["qty"]) for m in moves] == [("A", "WEST", "EAST", 61)]
    assert moves[0]["worth"] == pytest.approx(61 * 9.0)
    assert len(r.transfers(ITEMS, plan, 9.5)) == 0, "more than a unit short costs"
    assert len(r.transfers(ITEMS, plan, {("EAST", "WEST"): 1.0})) == 0, "no lane"
    with pytest.raises(ValueError, match="MARS"):
        r.transfers(ITEMS, plan, {("EAST", "MARS"): 1.0})


def test_what_if_the_supplier_is_late_or_demand_leaps() -> None:
    one = {"free": [60], "lead": [2.0], "stockout": [5.0]}
    history = np.tile([18.0, 22.0], (1, 20))
    by: dict[str, Any] = {"methods": ["moving_average"]}
    usual = r.exposure(one, history, **by).to_rows()[0]
    assert usual["short"] == pytest.approx(0, abs=1e-6)
    assert usual["cover"] == pytest.approx(3.0)
    # Three periods later: 100 wanted of 60; at twice the demand 80 over the lead time.
    late = r.exposure(one, history, delay=3, **by).to_rows()[0]
    assert (late["short"], late["cost"]) == pytest.approx((40, 200), abs=0.01)
    assert late["stockout_share"] == pytest.approx(1.0)
    leap = r.exposure(one, history, spike=2, **by).to_rows()[0]
    assert leap["short"] == pytest.approx(20, abs=0.01)
    with pytest.raises(ValueError, match="delay"):
        r.exposure(one, history, delay=-1)


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


def test_all_that_is_advised_is_ranked() -> None:
    items = {**ITEMS, "free": [5, 400, 90, 4], "premium": [1.0, 1.0, 1.0, 50.0]}
    items |= {"on_order": [0, 0, 1_000, 0], "holding_rate": [0.01] * 4}
    plan = r.plan(items, STEADY, methods=["moving_average"])
    found = r.advice(items, plan, 1.5).to_rows()
    assert [row["rank"] for row in found] == list(range(1, len(found) + 1))
    assert [row["at_risk"] for row in found] == sorted(
        (row["at_risk"] for row in found), reverse=True
    )
    by: dict[str, dict[str, int]] = {}
    for row in found:
        by.setdefault(f"{row['sku']} {row['node']}", {})[row["advice"]] = row["qty"]
    # A lacks 40 - 5 until the usual delivery: that is hurried, the rest to 86 is bought, or WEST
    # sends 61.
    assert by["A EAST"] == {"expedite": 35, "purchase": 46, "transfer": 61}
    # 1 090 of B are 1 004 more than 86; 4 of them are on the shelf, and with 516 that are under way
    # make the 520 of 26 periods.
    assert by["B EAST"] == {"push_out": 516, "cancel": 484}
    assert by["C EAST"] == {"purchase": 82}, "hurrying costs more than it saves"
    (move,) = (row for row in found if row["advice"] == "transfer")
    assert (move["from"], move["reason"]) == ("WEST", "value_at_risk")
    assert {row["advice"] for row in r.advice(items, plan).to_rows()} == {
        "expedite",
        "purchase",
        "push_out",
        "cancel",
    }
    bought = r.purchases(items, plan).to_rows()
    assert [(row["sku"], row["advice"], row["qty"]) for row in bought] == [
        ("A", "expedite", 35),
        ("A", "purchase", 46),
        ("C", "purchase", 82),
    ]


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: r.eoq(-8, 0.225, 1300), r"eoq: `fixed` is -8: give a number from 0"),
        (lambda: r.eoq(8, 0, 1300), r"`holding` is 0: give a number above 0"),
        (lambda: r.eoq([8, 8], 0.225, [1300, -1]), r"eoq, row 1: `demand` is -1"),
        (lambda: r.epq(8, 0.2, 1300, 1000), r"epq has no answer for .*rate 1000"),
        (lambda: r.newsvendor(0.2, 0.7, 50, -8), r"`sd` is -8: give a number from 0"),
        (lambda: r.newsvendor(0, 0.7, 50, 8), r"`over` is 0: give a number above 0"),
        (lambda: r.over_lead_time(10, 2, -4, 1), r"`lead` is -4"),
        (lambda: r.safety_factor(1.0), r"is 1: give a share between 0 and 1, as 0.95 is"),
        (lambda: r.fill_rate_factor(0.95, 100, 0), r"`sd` is 0: give a number above 0"),
        (lambda: r.normal_loss(float("nan")), r"`z` is NaN: give a number"),
        (lambda: r.plan({"lead": [0.0], "review": [0.0]}, [[3.0]]), r"row 0: `lead` and `review`"),
        (lambda: r.plan({"lead": [1.0]}, [[3.0, -1.0]]), r"history 0, period 1: demand is below 0"),
        (lambda: r.horizon_lots(100, 1, [5, -2]), r"`demand` is -2"),
        (lambda: r.serial_levels([(3, 1)], 37, 5, -1), r"`sd` is -1"),
    ],
)
def test_what_has_no_sense_is_refused_with_what_to_do(call: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        call()
