"""Policies judged by repeated runs, searched, swept, and pickled."""

from __future__ import annotations

import _thread
import pickle
import signal
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from decimal import Decimal
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

from conftest import not_run
from stockbook import (
    Arrivals,
    Experiment,
    Policy,
    Scenario,
    Sourcing,
    Term,
    compare,
    cost_diff,
    experiment,
    policy_diff,
    scenario,
    simulate,
    tune,
    what_if,
)
from stockbook._text import policy_texts, to_text
from stockbook.experiments import Run, Task, run_task, sweep
from stockbook.statistics import mean_interval, paired_difference, t_quantile

DEMAND = Arrivals(days=20, orders_a_day=40, dispersion=0.05)
STORY = scenario(orders=400, days=20, skus=100)


def trial(**how: Any) -> Experiment:
    return experiment(DEMAND, STORY.network, STORY.policies, replications=3, **how)


@pytest.fixture(scope="module")
def story() -> Scenario:
    return STORY


def test_students_t() -> None:
    # Tables of the t distribution.
    for share, freedom, want in [(0.975, 1, 12.7062), (0.975, 9, 2.2622), (0.95, 30, 1.6973)]:
        assert t_quantile(share, freedom) == pytest.approx(want, abs=1e-4)
    assert t_quantile(0.025, 9) == pytest.approx(-2.2622, abs=1e-4)
    assert mean_interval([1.0, 2.0, 3.0]).low == pytest.approx(2 - 4.30265 / 3**0.5, abs=1e-4)
    assert not mean_interval([4.0]).excludes_zero


def test_pairing_takes_out_what_is_common() -> None:
    base = [10.0, 50.0, 30.0, 90.0]
    better = [value + 1.0 + bit for value, bit in zip(base, (0.1, -0.1, 0.05, -0.05), strict=True)]
    assert paired_difference(better, base).excludes_zero
    assert mean_interval(better).low < mean_interval(base).high, "apart they overlap"


def test_replications_are_common_to_all_policies() -> None:
    found = trial()
    for replication in range(3):
        orders = {run.kpis["orders"] for run in found.runs if run.replication == replication}
        assert len(orders) == 1, "all policies met the same orders"
    assert len({run.kpis["orders"] for run in found.runs}) > 1, "replications differ"
    ranking = found.ranking("margin_per_order")
    assert ranking[0].place == 1
    assert ranking[0].to_best.mean == 0
    assert {row.policy for row in ranking} == {policy.name for policy in STORY.policies}
    assert any(point.efficient for point in found.frontier())
    assert len(found.differences()) == 2 * len(found.metrics)
    assert "replications" in found.verdict("margin_per_order")
    assert found._repr_html_().startswith("<table>")
    assert "cost_to_serve" in repr(found)


def test_a_policy_cannot_be_told_from_itself(story: Scenario) -> None:
    twin = Policy.from_json({**story.policies[1].to_json(), "name": "twin"})
    found = experiment(DEMAND, story.network, [story.policies[1], twin], replications=3)
    assert found.difference("twin", "nearest", "margin_per_order").mean == 0
    assert "cannot tell" in found.verdict("margin_per_order")
    assert [row.place for row in found.ranking("margin_per_order")] == [1, 1]


def test_compare_replicates(story: Scenario) -> None:
    found = compare(DEMAND, story.network, story.policies[:2], replications=2)
    assert len(found.runs) == 4
    drawn = simulate(DEMAND, story.network, story.policies[0], seed=1)
    assert float(drawn.kpi("orders")) == found.runs[0].kpis["orders"]


@pytest.mark.parametrize("how", ["threads", "processes"])
def test_sweeps_agree_wherever_they_run(how: str) -> None:
    assert trial(how=how, workers=2).runs == trial(workers=1).runs


def test_a_local_dask_cluster_runs_it() -> None:
    try:
        from distributed import Client
    except ImportError:
        not_run("distributed is not there")
    local = {"processes": False, "dashboard_address": None}
    with Client(n_workers=1, threads_per_worker=2, **local) as client:
        told: list[int] = []
        found = trial(how=client, progress=lambda *at: told.append(at[3]))
        assert found.runs == trial().runs
        assert told == [1, 2, 3]


def test_what_swept_tasks_need_pickles() -> None:
    text = "{}"
    task = Task(DEMAND, text, (), {}, 0, 1)
    assert pickle.loads(pickle.dumps(task)) == task
    assert run_task(pickle.loads(pickle.dumps(task))) == []
    outcome = simulate(STORY.orders, STORY.network, STORY.policies[0])
    again = pickle.loads(pickle.dumps(outcome))
    assert again.book.state_hash == outcome.book.state_hash
    assert again["daily"].to_dict() == outcome["daily"].to_dict()


def test_an_interrupt_ends_a_sweep() -> None:
    begun = []

    def slow(number: int) -> Any:
        def run() -> int:
            begun.append(number)
            time.sleep(0.2)
            return number

        return run

    threading.Timer(0.3, _thread.interrupt_main).start()
    with pytest.raises(KeyboardInterrupt):
        list(sweep([slow(number) for number in range(50)], workers=1))
    assert len(begun) < 50


def test_orders_that_policies_treat_otherwise(story: Scenario) -> None:
    runs = compare(story.orders, story.network, story.policies)
    same = policy_diff(runs.outcomes[0], runs.outcomes[0])
    other = policy_diff(runs.outcomes[0], runs.outcomes[1])
    assert len(same) == 0
    assert 0 < len(other) <= len(story.orders)
    row = other.to_rows()[0]
    names = ("nodes", "waits", "services", "arrives")
    assert any(row[f"{name}_seed_story"] != row[f"{name}_nearest"] for name in names)
    later = [row for row in other.to_rows() if row["arrives_nearest"] != row["arrives_seed_story"]]
    assert {row["services_nearest"] for row in later} >= {"GROUND"}


def test_what_policies_bring_and_cost_order_by_order(story: Scenario) -> None:
    runs = compare(story.orders, story.network, story.policies)
    one, other = runs.outcomes[:2]
    assert len(cost_diff(one, one).orders) == 0
    found = cost_diff(one, other)
    total = {row["term"]: row for row in found.total.to_rows()}
    margin = total["margin"]
    assert margin["before"] == one.kpi("contribution_margin")
    assert margin["after"] == other.kpi("contribution_margin")
    assert margin["difference"] == sum(found.orders["margin_difference"])
    costs = sum(total[term]["difference"] for term in ("cost", "freight", "handling", "refunds"))
    assert margin["difference"] == total["revenue"]["difference"] - costs
    worst = -min(found.orders["margin_difference"])
    assert worst > 0
    assert found.passes() == found.passes(order_margin=worst) == []
    (told,) = found.passes(order_margin=worst - Decimal("0.01"))
    assert told.endswith(f"falls by {worst}")
    grown = {term: row["difference"] for term, row in total.items() if row["difference"] > 0}
    dearer = next(term for term in ("freight", "handling", "cost", "refunds") if term in grown)
    assert found.passes(**{dearer: grown[dearer]}) == []
    assert found.passes(**{dearer: grown[dearer] / 2}) == [
        f"{dearer} in total gets worse by {grown[dearer]}"
    ]
    with pytest.raises(ValueError, match="postage"):
        found.passes(postage=1)


def test_a_history_under_another_policy(story: Scenario) -> None:
    sku = story.orders["sku"][0]
    plain = what_if(story.orders, story.network, story.policies[:2], replications=2)
    assert "no demand was lost" in plain.assumption
    lost = what_if(story.orders, story.network, story.policies[:2], lost={sku: 0.5}, replications=2)
    assert f"{sku} 50%" in lost.assumption
    units = story.orders["sku"].count(sku)
    more = lost.experiment.runs[0].kpis["orders"] - plain.experiment.runs[0].kpis["orders"]
    assert more == units, "half of the demand was lost: as much again is added"


def test_a_search_goes_on_where_it_stopped(story: Scenario, tmp_path: Path) -> None:
    def candidate(parameters: Any) -> Policy:
        terms = [Term("freight", "1"), Term("shipments", f"{parameters['split']:.2f}")]
        sourcing = Sourcing(tiers=[[Term("unfilled_lines", "100")], terms])
        return Policy("candidate", otherwise=sourcing)

    def search(trials: int) -> Any:
        return tune(
            candidate,
            {"split": (0.0, 20.0)},
            "cost_to_serve",
            demand=DEMAND,
            network=story.network,
            trials=trials,
            replications=1,
            storage=f"sqlite:///{tmp_path}/search.db",
        )

    assert len(search(2).trials) == 2
    done = search(2)
    assert len(done.trials) == 4
    assert done.value == min(done.trials["value"])
    assert 0 <= done.parameters["split"] <= 20


def test_arrivals_say_what_is_wrong(story: Scenario) -> None:
    with pytest.raises(ValueError, match="no channel `mars`"):
        Arrivals(channels={"mars": 1.0}).draw(story.network, 1)
    with pytest.raises(ValueError, match="basket"):
        Arrivals(basket=2.0).draw(story.network, 1)
    promoted = Arrivals(
        days=10, orders_a_day=20, promotions=({"day": 5, "days": 5, "lift": 3.0},)
    ).draw(story.network, 3)
    days = [at.day for at in dict(zip(promoted["order"], promoted["at"], strict=True)).values()]
    assert sum(day >= 7 for day in days) > sum(day < 7 for day in days)


def test_two_policies_of_one_name_are_refused(story: Scenario) -> None:
    again = {**story.policies[1].to_json(), "name": "seed_story"}
    twice: list[Policy | dict[str, Any]] = [story.policies[0], again]
    with pytest.raises(ValueError, match=r"named \['seed_story'\]"):
        compare(DEMAND, story.network, twice)
    with pytest.raises(ValueError, match=r"named \['seed_story'\]"):
        compare(DEMAND, story.network, twice, replications=2)
    with pytest.raises(ValueError, match="at least one policy"):
        compare(DEMAND, story.network, [])
    alone = compare(DEMAND, story.network, story.policies[0], replications=2)
    assert "only policy" in alone.verdict("margin_per_order")


def test_what_an_experiment_cannot_mean_is_refused(story: Scenario) -> None:
    with pytest.raises(ValueError, match="replications"):
        experiment(DEMAND, story.network, story.policies, replications=0)
    with pytest.raises(ValueError, match=r"as 0\.95 is"):
        experiment(DEMAND, story.network, story.policies, replications=2, confidence=95)
    one = experiment(DEMAND, story.network, story.policies, replications=1)
    assert "±" not in repr(one), "one replication has no interval"
    with pytest.raises(KeyError, match="nobody"):
        one.interval("nobody", "orders")


def test_places_are_shared_by_all_that_cannot_be_told_apart() -> None:
    noise = [0.3, -0.8, 0.5, 0.9, -0.4, -0.6, 0.1, 0.2]
    values = {
        "best": [10.0 + bit / 10 for bit in noise],
        "second": [5.0 + bit for bit in noise],
        "third": [4.9 - bit for bit in noise],
        "last": [1.0 + bit / 10 for bit in noise],
    }
    runs = [
        Run(policy, at, at, {"margin": value}, {})
        for policy, column in values.items()
        for at, value in enumerate(column)
    ]
    ranking = Experiment(tuple(runs)).ranking("margin", lower_is_better=False)
    places = [(row.place, row.policy, row.told_apart) for row in ranking]
    assert places == [
        (1, "best", False),
        (2, "second", True),
        (2, "third", True),
        (4, "last", True),
    ]


def test_a_search_that_goes_on_tries_what_it_has_not_tried(story: Scenario, tmp_path: Path) -> None:
    seen: list[float] = []

    def candidate(parameters: Any) -> Policy:
        seen.append(parameters["x"])
        return story.policies[1]

    for _ in range(2):
        tune(
            candidate,
            {"x": (0.0, 1.0)},
            lambda _: 1.0,
            demand=Arrivals(days=1, orders_a_day=5),
            network=story.network,
            trials=3,
            replications=1,
            storage=f"sqlite:///{tmp_path}/search.db",
        )
    # Each search also makes the policy of the best trial once more.
    assert len(set(seen)) == 6


def test_what_was_lost_is_a_share_of_what_is_known(story: Scenario) -> None:
    sku = story.orders["sku"][0]
    for lost, problem in [({sku: 1.0}, "below 1"), ({sku: -0.1}, "from 0"), ({"X": 0.5}, "'X'")]:
        with pytest.raises(ValueError, match=problem):
            what_if(story.orders, story.network, story.policies[:1], lost=lost)
    texts = {**story.orders.to_dict(), "order": list(map(str, story.orders["order"]))}
    mostly = what_if(texts, story.network, story.policies[:1], lost={sku: 0.99}, replications=1)
    more = mostly.experiment.runs[0].kpis["orders"] - len(set(texts["order"]))
    assert more == 99 * story.orders["sku"].count(sku), "one of a hundred has left an order"


def test_a_diff_is_of_the_same_orders(story: Scenario) -> None:
    one, other = (simulate(DEMAND, story.network, story.policies[0], seed=s) for s in (1, 2))
    with pytest.raises(ValueError, match="other orders"):
        policy_diff(one, other)


def test_prices_and_dispersion_say_what_they_mean(story: Scenario) -> None:
    dear = Arrivals(days=3, orders_a_day=50, prices={"marketplace": 0.5}).draw(story.network, 1)
    lists = {sku.sku: sku.price for sku in story.network.skus}
    rows = zip(dear["channel"], dear["sku"], dear["price"], strict=True)
    assert {float(round(p / lists[s], 1)) for c, s, p in rows if c == "marketplace"} == {0.5}
    for wrong in (
        Arrivals(prices={"nowhere": 0.5}),
        Arrivals(channels={"premium": 1.0}, prices={"marketplace": 0.5}),
        Arrivals(dispersion=-1),
    ):
        with pytest.raises(ValueError, match=r"names|below 0"):
            wrong.draw(story.network, 1)


def test_an_interrupt_ends_the_runs_under_way() -> None:
    demand = Arrivals(days=60, orders_a_day=3_000)
    begun = time.monotonic()
    main = threading.main_thread().ident or 0
    threading.Timer(1.0, signal.pthread_kill, (main, signal.SIGINT)).start()
    with pytest.raises(KeyboardInterrupt):
        experiment(demand, STORY.network, STORY.policies, replications=4, workers=2)
    # The orders of a replication are drawn to their end; its three runs are not.
    alone = time.monotonic()
    demand.draw(STORY.network, 1)
    drawn = time.monotonic() - alone
    assert alone - begun < 4.0 + 8 * drawn


def endless(number: int) -> Task:
    """Runs for many minutes, if nobody ends it."""
    text, policies = to_text(STORY.network), tuple(policy_texts(STORY.policies))
    return Task(DEMAND, text, policies * 10_000, {}, number, number)


def interrupted(after: float, **how: Any) -> float:
    """How long a sweep goes on after an interrupt."""
    main = threading.main_thread().ident or 0
    pressed: list[float] = []

    def press() -> None:
        pressed.append(time.monotonic())
        signal.pthread_kill(main, signal.SIGINT)

    threading.Timer(after, press).start()
    with pytest.raises(KeyboardInterrupt):
        list(sweep([endless(number) for number in range(4)], **how))
    return time.monotonic() - pressed[0]


def test_an_interrupt_ends_the_runs_of_processes() -> None:
    assert interrupted(4.0, how="processes", workers=2) < 30
    # What others have started hears it too, and is there for more work.
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        assert interrupted(4.0, how=pool) < 30
        assert pool.submit(abs, -1).result() == 1


def test_an_interrupt_ends_the_runs_of_a_dask_cluster() -> None:
    try:
        from distributed import Client
    except ImportError:
        not_run("distributed is not there")
    local = {"processes": False, "dashboard_address": None}
    with Client(n_workers=1, threads_per_worker=2, **local) as client:
        assert interrupted(3.0, how=client) < 30
        # The workers are free again: what is asked next does not wait for the old runs.
        assert client.submit(abs, -1).result(timeout=30) == 1


def test_rows_of_networks_and_policies_have_names() -> None:
    network = STORY.network.to_json()
    feed: list[object] = ["marketplace", 30]
    listed = {**network, "feeds": [feed]}
    with pytest.raises(ValueError, match="feeds"):
        simulate(STORY.orders, listed, STORY.policies[0])
    policy = {**STORY.policies[0].to_json(), "otherwise": [[], ["RENO"]]}
    with pytest.raises(ValueError, match="otherwise"):
        simulate(STORY.orders, network, policy)
