"""Policies judged by repeated runs: common random numbers, intervals, honest rankings.

>>> story = scenario(orders=2_000, days=30, skus=200)
>>> demand = Arrivals(days=30, orders_a_day=60)
>>> trial = experiment(demand, story.network, story.policies, replications=5)
>>> trial.ranking("margin_per_order")
"""

from __future__ import annotations

import math
import os
import signal
import tempfile
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import (
    Executor,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
    wait,
)
from contextvars import ContextVar
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, partial
from html import escape
from pathlib import Path
from threading import Event
from typing import Any, Literal, NamedTuple, TypeAlias

from stockbook import _native
from stockbook._flags import DaskFlag, FileFlag, Flag, UnwantedError
from stockbook._native import Table
from stockbook._text import NetworkLike, PoliciesLike, PolicyLike, policy_texts, to_text
from stockbook.arrivals import Arrivals
from stockbook.frames import Outcome, Progress, run_stream
from stockbook.statistics import Interval, mean_interval, paired_difference

Demand: TypeAlias = "Arrivals | Callable[[int], object] | object"
"""Where orders come from: a description, a function of a seed, or one table."""

How: TypeAlias = "Literal['threads', 'processes'] | Executor | object"
"""What runs the runs: threads, processes, an executor, or a client of Dask."""

_stop: ContextVar[Flag | None] = ContextVar("stop", default=None)
"""Set where the runs of a thread are no longer wanted."""


def _wanted(*_: object) -> None:
    """Ends a run that nobody waits for any more: an interrupt reaches the main thread alone."""
    stop = _stop.get()
    if stop is not None and stop.is_set():
        raise UnwantedError


@dataclass(frozen=True)
class Task:
    """One replication: orders from a seed, run under several policies. It pickles."""

    demand: Demand
    network: str
    policies: tuple[str, ...]
    options: Mapping[str, Any]
    replication: int
    seed: int

    def __call__(self) -> list[Run]:
        """Runs it: the same under threads, processes, Dask and Ray."""
        orders = orders_of(self.demand, self.network, self.seed)
        stream = _native.Stream(orders, self.network)
        options = {**self.options, "seed": self.seed}
        runs = []
        for policy in self.policies:
            (outcome,) = run_stream(stream, [policy], options, _wanted).outcomes
            runs.append(Run.of(outcome, self.replication, self.seed))
        return runs


def run_task(task: Task) -> list[Run]:
    """Runs a task; what Ray's `remote` and Dask's `submit` take."""
    return task()


def orders_of(demand: Demand, network: NetworkLike, seed: int) -> object:
    """The orders of a seed."""
    if isinstance(demand, Arrivals):
        return demand.draw(network, seed)
    return demand(seed) if callable(demand) else demand


@dataclass(frozen=True)
class Run:
    """What is kept of one run: its key figures, and its days."""

    policy: str
    """Name of the policy."""
    replication: int
    """The replication, from 0."""
    seed: int
    """Its seed."""
    kpis: Mapping[str, float]
    """Key figures by name."""
    daily: Mapping[str, list[float]]
    """Stock value, waiting units, stockouts, margin by day."""

    @staticmethod
    def of(outcome: Outcome, replication: int, seed: int) -> Run:
        """What is kept of an outcome."""
        kpis = outcome.kpis
        values = map(float, kpis["value"])
        daily = outcome["daily"]
        kept = ("inventory_value", "units_waiting", "stockouts", "contribution_margin")
        return Run(
            outcome.policy,
            replication,
            seed,
            dict(zip(kpis["metric"], values, strict=True)),
            {name: list(map(float, daily[name])) for name in kept},
        )


class Place(NamedTuple):
    """A policy's place in a ranking."""

    place: int
    """1 is best; policies that cannot be told apart share a place."""
    policy: str
    """The policy."""
    value: Interval
    """The metric."""
    to_best: Interval
    """Paired difference to the best policy."""
    told_apart: bool
    """Whether it is told from the best with the confidence asked for."""


class Point(NamedTuple):
    """A policy on the plane of cost and service."""

    policy: str
    cost: Interval
    service: Interval
    efficient: bool
    """Whether no other policy is at least as good on both."""


LOWER_IS_BETTER = frozenset(
    {
        "orders_refused",
        "orders_lost",
        "lines_backordered",
        "backorder_units_open",
        "units_cancelled",
        "split_rate",
        "shipments_per_order",
        "distance_per_shipment",
        "freight_per_order",
        "handling_per_order",
        "refunds",
        "returned_units",
        "stockout_days",
        "stockout_share",
        "inventory_value",
        "purchases_expedited",
        "exceptions",
        "oversells_channel",
        "cost_to_serve",
    }
)
"""Key figures of which less is better."""


@dataclass(frozen=True)
class Experiment:
    """Several policies on the same replications, whose orders and luck are common to all."""

    runs: tuple[Run, ...]
    """All runs, by replication, then policy."""
    confidence: float = 0.95
    """Of intervals and rankings."""

    @cached_property
    def policies(self) -> tuple[str, ...]:
        """Names of the policies, in their order."""
        return tuple(dict.fromkeys(run.policy for run in self.runs))

    @cached_property
    def metrics(self) -> tuple[str, ...]:
        """Names of the key figures."""
        return (*self.runs[0].kpis, "cost_to_serve") if self.runs else ()

    def values(self, policy: str, metric: str) -> list[float]:
        """A key figure of a policy, by replication."""
        if policy not in self.policies:
            raise KeyError(f"no policy {policy!r} among {', '.join(self.policies)}")
        return [_value(run, metric) for run in self.runs if run.policy == policy]

    def interval(self, policy: str, metric: str) -> Interval:
        """Mean of a key figure with its interval."""
        return mean_interval(self.values(policy, metric), self.confidence)

    def difference(self, policy: str, baseline: str, metric: str) -> Interval:
        """Paired difference of a key figure to another policy's."""
        values, base = self.values(policy, metric), self.values(baseline, metric)
        return paired_difference(values, base, self.confidence)

    def differences(self, baseline: str | None = None) -> Table:
        """Paired differences of all key figures to a baseline, the first policy by default."""
        base = baseline or self.policies[0]
        rows = [
            (policy, metric, self.difference(policy, base, metric))
            for policy in self.policies
            if policy != base
            for metric in self.metrics
        ]
        return Table(
            {
                "policy": [policy for policy, _, _ in rows],
                "baseline": [base] * len(rows),
                "metric": [metric for _, metric, _ in rows],
                "difference": [d.mean for _, _, d in rows],
                "low": [d.low for _, _, d in rows],
                "high": [d.high for _, _, d in rows],
                "told_apart": [d.excludes_zero for _, _, d in rows],
            }
        )

    @property
    def kpis(self) -> Table:
        """All key figures: a row for each policy, replication and metric."""
        rows = [(run, metric) for run in self.runs for metric in self.metrics]
        return Table(
            {
                "policy": [run.policy for run, _ in rows],
                "replication": [run.replication for run, _ in rows],
                "seed": [run.seed for run, _ in rows],
                "metric": [metric for _, metric in rows],
                "value": [_value(run, metric) for run, metric in rows],
            }
        )

    def ranking(self, metric: str, *, lower_is_better: bool | None = None) -> tuple[Place, ...]:
        """Policies from the best; those that cannot be told from the first of a place share it.

        The confidence holds for the whole ranking: each comparison is made at the share that the
        number of pairs leaves it (Bonferroni).
        """
        lower = metric in LOWER_IS_BETTER if lower_is_better is None else lower_is_better
        sign = 1 if lower else -1
        means = {policy: self.interval(policy, metric) for policy in self.policies}
        by = sorted(self.policies, key=lambda policy: sign * means[policy].mean)
        shared = 1 - (1 - self.confidence) / max(1, math.comb(len(by), 2))
        values = {policy: self.values(policy, metric) for policy in by}

        def gap(policy: str, other: str) -> Interval:
            return paired_difference(values[policy], values[other], shared)

        first: dict[int, str] = {}
        places: list[Place] = []
        for position, policy in enumerate(by, start=1):
            same = (at for at, head in first.items() if not gap(policy, head).excludes_zero)
            place = next(same, position)
            first.setdefault(place, policy)
            to_best = gap(policy, by[0])
            places.append(Place(place, policy, means[policy], to_best, to_best.excludes_zero))
        return tuple(sorted(places, key=lambda row: (row.place, sign * row.value.mean)))

    def verdict(self, metric: str) -> str:
        """The ranking in a sentence."""
        ranking = self.ranking(metric)
        best = ranking[0]
        ties = [row.policy for row in ranking[1:] if not row.told_apart]
        n = best.value.n
        if len(ranking) < 2:
            return f"{best.policy} is the only policy: {metric} {_shown(best.value)}."
        if n < 2:
            return f"{best.policy} has the best {metric}; one replication cannot tell more."
        if ties:
            names = ", ".join(ties)
            return f"{n} replications cannot tell {best.policy} from {names} by {metric}."
        return f"{best.policy} is best by {metric}, at {self.confidence:.0%} over {n} replications."

    def frontier(
        self, cost: str = "cost_to_serve", service: str = "fill_rate_units"
    ) -> tuple[Point, ...]:
        """Cost against service: a point a policy, those that no other beats on both marked."""
        at = {p: (self.interval(p, cost), self.interval(p, service)) for p in self.policies}

        def beaten(policy: str) -> bool:
            c, s = at[policy][0].mean, at[policy][1].mean
            others = (at[other] for other in self.policies if other != policy)
            return any(
                oc.mean <= c and os.mean >= s and (oc.mean < c or os.mean > s) for oc, os in others
            )

        points = (Point(p, *at[p], not beaten(p)) for p in self.policies)
        return tuple(sorted(points, key=lambda point: point.cost.mean))

    def shown(self, metrics: Sequence[str] = ()) -> Table:
        """Means with half widths, as people read them: a row a metric, a column a policy."""
        names = list(metrics or self.metrics)
        columns: dict[str, list[Any]] = {"metric": names}
        for policy in self.policies:
            columns[policy] = [_shown(self.interval(policy, metric)) for metric in names]
        return Table(columns)

    def __repr__(self) -> str:
        table = self.shown(_HEADLINES)
        rows = [table.columns, *zip(*(table[name] for name in table.columns), strict=True)]
        widths = [max(len(str(row[i])) for row in rows) for i in range(len(table.columns))]
        return "\n".join(
            "  ".join(str(cell).ljust(width) for cell, width in zip(row, widths, strict=True))
            for row in rows
        )

    def _repr_html_(self) -> str:
        table = self.shown(_HEADLINES)
        head = "".join(f"<th>{escape(name)}</th>" for name in table.columns)
        rows = zip(*(table[name] for name in table.columns), strict=True)
        body = "".join(
            "<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in row) + "</tr>"
            for row in rows
        )
        verdict = escape(self.verdict("margin_per_order"))
        return f"<table><tr>{head}</tr>{body}</table><p>{verdict}</p>"


_HEADLINES = (
    "fill_rate_units",
    "on_time_share",
    "split_rate",
    "freight_per_order",
    "cost_to_serve",
    "margin_per_order",
    "inventory_value",
    "stockout_share",
)


def _value(run: Run, metric: str) -> float:
    if metric == "cost_to_serve":
        return run.kpis["freight_per_order"] + run.kpis["handling_per_order"]
    return run.kpis[metric]


def _shown(interval: Interval) -> str:
    digits = 0 if abs(interval.mean) >= 1_000 else 2 if abs(interval.mean) >= 1 else 4
    half = (interval.high - interval.low) / 2
    if interval.n < 2:
        # One replication tells nothing of the spread.
        return f"{interval.mean:,.{digits}f}"
    return f"{interval.mean:,.{digits}f} ± {half:,.{digits}f}"


def experiment(
    demand: Demand,
    network: NetworkLike,
    policies: PoliciesLike,
    *,
    replications: int = 10,
    seed: int = 1,
    confidence: float = 0.95,
    workers: int | None = None,
    how: How = "threads",
    progress: Progress = False,
    **options: Any,
) -> Experiment:
    """Runs all policies on the same replications, each of another seed.

    Orders and luck of a replication are common to all policies, so that differences between
    policies are not blurred by what all of them met. With a fixed table of orders only the
    luck of returns differs between replications, and intervals speak of that alone.

    `how` is `"threads"` (runs hold no interpreter lock), `"processes"`, an executor, or a client
    of Dask.
    """
    if replications < 1:
        raise ValueError(f"`replications` {replications} is below 1")
    if not 0 < confidence < 1:
        raise ValueError(f"`confidence` {confidence} is not between 0 and 1, as 0.95 is")
    text = to_text(network)
    written = tuple(policy_texts(policies))
    tasks = [
        Task(demand, text, written, options, replication, seed + replication)
        for replication in range(replications)
    ]
    swept = sweep(tasks, workers=workers, how=how, progress=progress)
    runs = [run for found in swept for run in found]
    return Experiment(tuple(runs), confidence)


def sweep(
    tasks: Sequence[Callable[[], Any]],
    *,
    workers: int | None = None,
    how: How = "threads",
    progress: Progress = False,
) -> Iterator[Any]:
    """Runs tasks side by side and gives their results in their order.

    An interrupt (Ctrl-C) drops the tasks that have not begun, ends runs under way within a moment
    (in threads, processes of this machine, and on a Dask cluster), and goes on as
    `KeyboardInterrupt`. What a task does beside its runs, as drawing orders by a function of one's
    own, is waited for.
    """
    count = workers or os.cpu_count() or 1
    own, options = False, {}
    folder = tempfile.TemporaryDirectory(prefix="stockbook-", ignore_cleanup_errors=True)
    path = os.path.join(folder.name, "stop")
    stop: Flag = FileFlag(path)
    end: Callable[[], object] = Path(path).touch
    pool: Any
    if hasattr(how, "submit") and hasattr(how, "gather"):
        from distributed import Event as DaskEvent

        pool, options = how, {"pure": False}
        stop = DaskFlag(f"stockbook-{uuid.uuid4()}")
        end = DaskEvent(stop.path, client=how).set
    elif isinstance(how, Executor):
        pool = how
    elif how == "processes":
        import multiprocessing

        # A fresh interpreter: threads of the parent and forks do not go together. A Ctrl-C of the
        # terminal reaches workers too; they are told what to do by the flag.
        context, ignore = multiprocessing.get_context("spawn"), (signal.SIGINT, signal.SIG_IGN)
        pool = ProcessPoolExecutor(count, context, signal.signal, ignore)
        own = True
    elif how == "threads":
        pool, own, stop = ThreadPoolExecutor(count), True, Event()
        end = stop.set
    else:
        raise ValueError(
            f"{how!r} is neither 'threads', 'processes', an executor nor a Dask client"
        )
    bar = _bar(len(tasks), progress)
    waiting: list[Any] = []
    try:
        waiting.extend(pool.submit(_call, task, stop, **options) for task in tasks)
        for future in waiting:
            # A wait without end does not hear Ctrl-C on every system.
            while isinstance(future, Future) and not wait([future], timeout=0.2).done:
                pass
            yield future.result()
            bar()
    except BaseException:
        end()
        under_way = [future for future in waiting if not future.cancel()]
        wait([future for future in under_way if isinstance(future, Future)])
        raise
    finally:
        bar(None)
        if own:
            pool.shutdown(wait=True, cancel_futures=True)
        folder.cleanup()


def _call(task: Callable[[], Any], stop: Flag) -> Any:
    before = _stop.set(stop)
    try:
        return task()
    finally:
        _stop.reset(before)


def _bar(total: int, progress: Progress) -> Callable[..., None]:
    if progress is False:
        return lambda *_: None
    if callable(progress):
        done = iter(range(1, total + 1))

        def tell(*end: None) -> None:
            if not end:
                progress("sweep", 0, 1, next(done), total)

        return tell
    from tqdm.auto import tqdm

    bar = tqdm(total=total, unit=" runs")
    return lambda *end: bar.close() if end else bar.update()


def policy_diff(one: Outcome, other: Outcome) -> Table:
    """The order lines that two policies treat otherwise, from runs of the same orders.

    Runs of other orders are refused.
    A row a line: what each policy planned when the order came, by node and quantity, what waits,
    carrier services, when the last of it arrives, and the reason. What the orders bring and cost
    is told by `cost_diff`.
    """
    _same_orders(one, other)
    first, second = _plans(one), _plans(other)
    # That two rules give the same plan for two reasons is no difference.
    same = {key for key, plan in first.items() if plan[:-1] == second.get(key, ())[:-1]}
    keys = [key for key in first | second if key not in same]
    a, b = one.policy, other.policy if other.policy != one.policy else f"{other.policy}_2"
    columns: dict[str, list[Any]] = {"order": [key[0] for key in keys]}
    columns["line"] = [key[1] for key in keys]
    nothing = (None,) * len(_PLANNED)
    for at, name in enumerate(_PLANNED):
        for policy, plans in ((a, first), (b, second)):
            columns[f"{name}_{policy}"] = [plans.get(key, nothing)[at] for key in keys]
    return Table(columns)


COST_TERMS = ("revenue", "cost", "freight", "handling", "refunds", "margin")
"""What an order brings and costs; the margin is the first less the others."""


@dataclass(frozen=True)
class CostDiff:
    """What orders bring and cost under one policy and another."""

    orders: Table
    """A row an order of which a term differs: each term before and after, and its difference."""
    total: Table
    """A row a term: before, after and difference of all orders."""

    def passes(
        self, *, order_margin: Decimal | float | None = None, **most: Decimal | float
    ) -> list[str]:
        """The bounds that are passed, in words; empty if none is.

        Each is the most that a term of `COST_TERMS` may get worse by in total: that a cost grows,
        that revenue or margin falls. `order_margin` is the most that the margin of any one order
        may fall by.
        """
        strange = sorted(set(most) - set(COST_TERMS))
        if strange:
            known = ", ".join(("order_margin", *COST_TERMS))
            raise ValueError(f"there is no bound {strange[0]!r}; there are: {known}")
        passed = []
        for term, grown in zip(self.total["term"], self.total["difference"], strict=True):
            worse = -grown if term in ("revenue", "margin") else grown
            if term in most and worse > most[term]:
                passed.append(f"{term} in total gets worse by {worse}")
        falls = zip(self.orders["margin_difference"], self.orders["order"], strict=True)
        fall, order = min(falls, key=lambda row: row[0], default=(Decimal(), None))
        if order_margin is not None and -fall > order_margin:
            passed.append(f"the margin of order {order} falls by {-fall}")
        return passed


def cost_diff(before: Outcome, after: Outcome) -> CostDiff:
    """What orders bring and cost under one policy and another, order by order and in total.

    Both are runs of the same orders; others are refused. Revenue, cost of the goods, freight,
    handling and refunds are those of the whole run, with what came back; an order that one of
    them refused brings and costs nothing there.
    """
    _same_orders(before, after)
    none = (Decimal(),) * len(COST_TERMS)
    terms = []
    for outcome in (before, after):
        table = outcome["order_costs"]
        rows = zip(*(table[term] for term in COST_TERMS), strict=True)
        terms.append(dict(zip(table["order"], rows, strict=True)))
    one, other = terms
    keys = [key for key in one | other if one.get(key, none) != other.get(key, none)]
    columns: dict[str, list[Any]] = {"order": keys}
    for at, term in enumerate(COST_TERMS):
        a, b = ([side.get(key, none)[at] for key in keys] for side in terms)
        columns[f"{term}_before"], columns[f"{term}_after"] = a, b
        columns[f"{term}_difference"] = [y - x for x, y in zip(a, b, strict=True)]
    sums = [
        [sum((row[at] for row in side.values()), Decimal()) for side in terms] for at in range(6)
    ]
    total = {
        "term": list(COST_TERMS),
        "before": [a for a, _ in sums],
        "after": [b for _, b in sums],
        "difference": [b - a for a, b in sums],
    }
    return CostDiff(Table(columns), Table(total))


def _same_orders(one: Outcome, other: Outcome) -> None:
    if any(one.kpi(metric) != other.kpi(metric) for metric in ("orders", "lines", "units")):
        raise ValueError("the two runs are of other orders: give both the same")


_PLANNED = ("nodes", "waits", "services", "arrives", "reason")
"""What a difference says of each policy's plan."""


def _plans(outcome: Outcome) -> dict[tuple[Any, int], tuple[Any, ...]]:
    plan = outcome.plan
    names = ("order", "line", "action", "node", "qty", "service", "arrive_at", "reason")
    parts: dict[tuple[Any, int], list[tuple[str, int, str, Any]]] = {}
    waits: dict[tuple[Any, int], int] = {}
    reasons: dict[tuple[Any, int], str] = {}
    rows = zip(*(plan[name] for name in names), strict=True)
    for order, line, action, node, qty, service, arrives, reason in rows:
        key = (order, line)
        if action == "planned":
            parts.setdefault(key, []).append((node, qty, service, arrives))
        elif action == "waits":
            waits[key] = waits.get(key, 0) + qty
        else:
            continue
        reasons.setdefault(key, reason)

    def planned(key: tuple[Any, int]) -> tuple[Any, ...]:
        taken: dict[str, int] = {}
        for node, qty, _, _ in parts.get(key, ()):
            taken[node] = taken.get(node, 0) + qty
        nodes = " + ".join(f"{qty} {node}" for node, qty in sorted(taken.items()))
        services = " + ".join(sorted({part[2] for part in parts.get(key, ())}))
        arrives = max((part[3] for part in parts.get(key, ())), default=None)
        return nodes, waits.get(key, 0), services, arrives, reasons[key]

    return {key: planned(key) for key in reasons}


@dataclass(frozen=True)
class WhatIf:
    """How a history would have gone under another policy, and on what assumption."""

    experiment: Experiment
    """Both policies on the history."""
    assumption: str
    """What is assumed of demand that the history does not show."""

    def __repr__(self) -> str:
        return f"{self.experiment!r}\nAssumed: {self.assumption}"

    def _repr_html_(self) -> str:
        return f"{self.experiment._repr_html_()}<p>Assumed: {escape(self.assumption)}</p>"


def what_if(
    history: object,
    network: NetworkLike,
    policies: PoliciesLike,
    *,
    lost: Mapping[str, float] | None = None,
    replications: int = 5,
    seed: int = 1,
    **options: Any,
) -> WhatIf:
    """Policies tried on recorded orders (off-policy: the history was made under one of them).

    A history shows what was ordered, not what would have been: customers who met an empty shelf
    left no order. `lost` says what to assume: by SKU, the share (from 0 to below 1) of its demand
    that never became an order. That demand is added by repeating recorded orders of the SKU, drawn
    anew in each replication.
    Without `lost`, it is assumed that nothing was lost, which favours the policy that ran.
    """
    if not lost:
        text = "no demand was lost to stockouts: every customer who came has left an order"
        demand: Demand = history
    else:
        table = Table(history)
        for sku, part in lost.items():
            if not 0 <= part < 1:
                raise ValueError(f"`lost` of {sku} is {part}: a share is from 0 to below 1")
        unknown = sorted(set(lost) - set(table["sku"]))
        if unknown:
            raise ValueError(f"`lost` names {unknown[:5]}, of which the history has no order")
        share = ", ".join(f"{sku} {part:.0%}" for sku, part in list(lost.items())[:5])
        more = "" if len(lost) <= 5 else f" and {len(lost) - 5} more"
        text = f"of the demand of these SKUs so much never became an order: {share}{more}"
        demand = partial(_with_lost, table, dict(lost))
    tried = experiment(demand, network, policies, replications=replications, seed=seed, **options)
    return WhatIf(tried, text)


def _with_lost(history: Table, lost: Mapping[str, float], seed: int) -> Table:
    """The history with orders repeated until each SKU's lost share is made up."""
    import random

    dice = random.Random(seed)
    columns = history.to_dict()
    rows = len(history)
    extra: list[int] = []
    columns["order"] = [int(number) for number in columns["order"]]
    top = max(columns["order"], default=0)
    numbers: list[int] = []
    for row in range(rows):
        share = lost.get(columns["sku"][row], 0.0)
        times = share / (1 - share)
        again = math.floor(times) + (dice.random() < times % 1)
        for _ in range(again):
            top += 1
            extra.append(row)
            numbers.append(top)
    made = {name: cells + [cells[row] for row in extra] for name, cells in columns.items()}
    made["order"] = columns["order"] + numbers
    return Table(made)


@dataclass
class Tuning:
    """What a search came to; it goes on where it stopped."""

    study: Any
    """The study, as Optuna has it."""
    policy: PolicyLike
    """The best policy found."""
    parameters: Mapping[str, Any]
    """Its parameters."""
    value: float
    """Its objective."""

    @property
    def trials(self) -> Table:
        """All trials: number, value, and a column a parameter."""
        done = [trial for trial in self.study.trials if trial.value is not None]
        names = sorted({name for trial in done for name in trial.params})
        columns: dict[str, list[Any]] = {
            "trial": [trial.number for trial in done],
            "value": [float(trial.value) for trial in done],
        }
        columns |= {name: [trial.params.get(name) for trial in done] for name in names}
        return Table(columns)


Space: TypeAlias = Mapping[str, "tuple[float, float] | Sequence[Any]"]
"""A pair of numbers is a range (whole if both are); any other sequence a choice."""


def tune(
    policy: Callable[[Mapping[str, Any]], PolicyLike],
    space: Space,
    objective: str | Callable[[Experiment], float],
    *,
    demand: Demand,
    network: NetworkLike,
    trials: int = 30,
    replications: int = 3,
    seed: int = 1,
    direction: Literal["maximize", "minimize"] | None = None,
    storage: str | None = None,
    name: str = "stockbook",
    **options: Any,
) -> Tuning:
    """Searches parameters of a policy, by Optuna.

    `policy` makes a policy from parameters; `space` names them. `objective` is a key figure, or a
    function of the experiment of one candidate. All candidates meet the same replications. With
    `storage` (as Optuna has it: `sqlite:///tuning.db`) a search of the same `name` goes on where it
    stopped: `trials` counts those of this call.
    """
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    if direction is None:
        lower = isinstance(objective, str) and objective in LOWER_IS_BETTER
        direction = "minimize" if lower else "maximize"
    study = optuna.create_study(
        study_name=name,
        storage=storage,
        direction=direction,
        load_if_exists=True,
    )
    # A search that goes on must not draw again what it drew at first.
    study.sampler = optuna.samplers.TPESampler(seed=seed + len(study.trials))

    def judge(trial: Any) -> float:
        candidate = policy({key: _suggest(trial, key, values) for key, values in space.items()})
        tried = experiment(
            demand, network, [candidate], replications=replications, seed=seed, **options
        )
        if callable(objective):
            return float(objective(tried))
        return tried.interval(tried.policies[0], objective).mean

    study.optimize(judge, n_trials=trials)
    best = study.best_trial
    return Tuning(study, policy(best.params), dict(best.params), float(study.best_value))


def _suggest(trial: Any, name: str, values: tuple[float, float] | Sequence[Any]) -> Any:
    if isinstance(values, tuple) and len(values) == 2:
        low, high = values
        if isinstance(low, int) and isinstance(high, int):
            return trial.suggest_int(name, low, high)
        if isinstance(low, float) or isinstance(high, float):
            return trial.suggest_float(name, float(low), float(high))
    return trial.suggest_categorical(name, list(values))
