"""The main job on data frames."""

from __future__ import annotations

import _thread
import threading
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pandas as pd
import polars as pl
import pytest

from stockbook import (
    DefineChannel,
    DefineNode,
    DefineService,
    DefineSku,
    Network,
    OpeningStock,
    Outcome,
    Point,
    Policy,
    Rejection,
    SetProtection,
    SimulationError,
    Sourcing,
    Term,
    UnknownNode,
    Zone,
    compare,
    scenario,
    simulate,
)

NETWORK = Network(
    skus=[DefineSku("TEE", price="24.00", weight_g=200)],
    nodes=[
        DefineNode("RENO", "warehouse", Point(39.5, -119.8), handling_per_order="1.00"),
        DefineNode("COLUMBUS", "warehouse", Point(40.0, -83.0), handling_per_order="3.00"),
    ],
    channels=[DefineChannel("web", 240)],
    services=[
        DefineService("GROUND", [Zone(1500, 48, "5.00", "0.50"), Zone(5000, 96, "6.00", "0.90")])
    ],
    stock=[OpeningStock("TEE", "RENO", 30, "8.00"), OpeningStock("TEE", "COLUMBUS", 4, "8.00")],
)
ORDERS: dict[str, list[Any]] = {
    "order": list(range(1, 11)),
    "at": [f"2026-03-{day:02}T10:00:00Z" for day in range(1, 11)],
    "channel": ["web"] * 10,
    "lat": [40.7] * 10,
    "lon": [-74.0] * 10,
    "sku": ["TEE"] * 10,
    "qty": [1] * 10,
    "price": [24.0] * 10,
}


def policy(name: str, measure: Any) -> Policy:
    tiers = [[Term("unfilled_units", "1")], [Term(measure, "1")]]
    return Policy(name, otherwise=Sourcing(tiers=tiers))


NEAREST = policy("nearest", "distance_km")
THRIFTY = policy("thrifty", "handling")


def test_a_tiny_network() -> None:
    outcome = simulate(ORDERS, NETWORK, NEAREST, returns_per_thousand=0)
    assert outcome.kpi("orders_placed") == 10
    assert outcome.kpi("fill_rate_lines") == 1
    assert outcome.kpi("oversells_book") == outcome.kpi("journal_balance") == 0
    assert outcome.plan["node"] == ["COLUMBUS"] * 4 + ["RENO"] * 6
    assert outcome.book.verify().state_hash == outcome.book.state_hash
    assert sum(outcome["balances"]["balance"]) == 0
    assert sum(outcome["stock"]["on_hand"]) == 24
    assert isinstance(outcome.kpis.to_pandas(), pd.DataFrame)
    assert isinstance(outcome.kpis.to_polars(), pl.DataFrame)
    assert "Fill rate, lines" in repr(outcome)
    assert "<th>nearest</th>" in outcome._repr_html_()


def test_policies_side_by_side() -> None:
    result = compare(ORDERS, NETWORK, [NEAREST, THRIFTY], returns_per_thousand=0)
    assert [outcome.policy for outcome in result.outcomes] == ["nearest", "thrifty"]
    assert result["thrifty"].kpi("handling_per_order") == Decimal("1.00")
    assert result["nearest"].kpi("handling_per_order") > 1
    assert result.side_by_side.columns == ["metric", "nearest", "thrifty"]
    assert len(result.kpis) == 2 * len(result["nearest"].kpis)
    assert set(result.table("nodes")["policy"]) == {"nearest", "thrifty"}
    assert "<th>thrifty</th>" in result._repr_html_()
    with pytest.raises(KeyError):
        result["dearest"]


@pytest.mark.parametrize(
    "frame", [pd.DataFrame, pl.DataFrame, lambda c: pl.DataFrame(c).to_arrow()]
)
def test_every_frame_gives_the_same(frame: Any) -> None:
    wanted = simulate(ORDERS, NETWORK, NEAREST).book.state_hash
    assert simulate(frame(ORDERS), NETWORK, NEAREST).book.state_hash == wanted
    assert simulate(frame(ORDERS), NETWORK.to_json(), NEAREST.to_json()).book.state_hash == wanted


def test_dictionaries_may_hold_classes() -> None:
    parts: dict[str, Any] = {name: getattr(NETWORK, name) for name in NETWORK.to_json()}
    parts = {name: part for name, part in parts.items() if part}
    wanted = simulate(ORDERS, NETWORK, NEAREST).book.state_hash
    assert simulate(ORDERS, parts, NEAREST).book.state_hash == wanted


def test_a_lazy_frame_is_collected() -> None:
    frame = pl.DataFrame(ORDERS)
    wanted = simulate(frame, NETWORK, NEAREST).book.state_hash
    assert simulate(frame.lazy(), NETWORK, NEAREST).book.state_hash == wanted


def test_a_scenario_shows_itself_in_a_few_lines() -> None:
    story = scenario(orders=50, skus=2_000)
    assert len(repr(story)) < 1_500
    assert "seed_story" in repr(story)
    assert story._repr_html_().startswith("<p>")


def test_faults_are_named() -> None:
    with pytest.raises(ValueError, match="column `sku`, row 0: the network has no SKU `CAP`"):
        simulate(ORDERS | {"sku": ["CAP"] * 10}, NETWORK, NEAREST)
    with pytest.raises(ValueError, match=r"column `order`, row 2: .*began in row 0.*sort"):
        simulate(ORDERS | {"order": [1, 2, 1, *range(4, 11)]}, NETWORK, NEAREST)
    for name in ("command", "commitment"):
        with pytest.raises(ValueError, match=f"column `{name}` must be left out"):
            simulate(ORDERS | {name: [1] * 10}, NETWORK, NEAREST)
    with pytest.raises(ValueError, match="`nearest` is no JSON text"):
        simulate(ORDERS, NETWORK, "nearest")
    with pytest.raises(SimulationError, match=r"the options: .*returns_per_thousand"):
        simulate(ORDERS, NETWORK, NEAREST, returns_per_thousand=2000)
    for size in ({"skus": 0}, {"days": 0}):
        with pytest.raises(ValueError, match="a number from 1"):
            scenario(orders=10, **size)
    two: dict[str, list[Any]] = {
        "order": [1, 1],
        "at": ["2026-01-05T09:00:00Z"] * 2,
        "channel": ["web"] * 2,
    }
    two |= {"lat": [40.0] * 2, "lon": [-74.0] * 2, "sku": ["TEE"] * 2, "qty": [1, 1]}
    for name, other in (("at", "2026-01-05T09:30:00Z"), ("channel", "store"), ("lat", 41.0)):
        odd = {**two, name: [two[name][0], other]}
        with pytest.raises(
            ValueError, match=f"`{name}`, row 1: not as on the first line of order 1"
        ):
            simulate(odd, NETWORK, NEAREST)
    apart = {name: [column[0], column[0], column[1]] for name, column in two.items()}
    with pytest.raises(ValueError, match="stand together"):
        simulate({**apart, "order": [1, 2, 1]}, NETWORK, NEAREST)
    with pytest.raises(ValueError, match="unknown field"):
        simulate(ORDERS, {"warehouses": []}, NEAREST)
    with pytest.raises(ValueError, match="unknown field"):
        simulate(ORDERS, NETWORK, NEAREST, sead=1)  # type: ignore[call-arg]
    wrong = replace(NETWORK, protections=[SetProtection("TEE", "MARS", "web", 1)])
    with pytest.raises(SimulationError, match="MARS") as caught:
        simulate(ORDERS, wrong, NEAREST)
    assert isinstance(caught.value.__cause__, UnknownNode)
    assert isinstance(caught.value.__cause__, Rejection)


def test_an_order_due_before_it_was_placed_ends_nothing() -> None:
    late = ORDERS | {"deliver_by": ["2020-01-01T00:00:00Z", *[None] * 9], "qty": [1000, *[1] * 9]}
    outcome = simulate(late, NETWORK, NEAREST)
    assert outcome.kpi("orders_placed") == 10


def test_progress_is_told() -> None:
    told: list[tuple[object, ...]] = []
    compare(ORDERS, NETWORK, [NEAREST, THRIFTY], progress=lambda *how_far: told.append(how_far))
    assert told[0] == ("nearest", 0, 2, 0, 10)
    assert told[-1] == ("thrifty", 1, 2, 10, 10)
    pytest.importorskip("tqdm")
    simulate(ORDERS, NETWORK, NEAREST, progress=True)


def test_who_is_told_may_stop() -> None:
    def stop(*_: object) -> None:
        raise RuntimeError("enough")

    with pytest.raises(RuntimeError, match="enough"):
        simulate(ORDERS, NETWORK, NEAREST, progress=stop)


def test_ctrl_c_ends_a_run() -> None:
    story = scenario(orders=200_000, skus=100)
    threading.Timer(0.3, _thread.interrupt_main).start()
    with pytest.raises(KeyboardInterrupt):
        compare(story.orders, story.network, story.policies)


def test_the_bundled_scenario() -> None:
    story = scenario(orders=2_000, skus=100, seed=7)
    assert scenario(orders=2_000, skus=100, seed=7).orders.to_dict() == story.orders.to_dict()
    result = compare(story.orders, story.network, story.policies)
    assert len(result.outcomes) == 3
    margins = {outcome.kpi("contribution_margin") for outcome in result.outcomes}
    assert len(margins) == 3
    for outcome in result.outcomes:
        assert isinstance(outcome, Outcome)
        assert outcome.kpi("orders") == len(set(story.orders["order"]))
