"""The main job on data frames: orders in, tidy tables out, through the same book.

>>> story = scenario(orders=10_000)
>>> result = compare(story.orders, story.network, story.policies)
>>> result.kpis.to_pandas()
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from html import escape
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypedDict, Unpack, overload

from stockbook import _native
from stockbook._native import Table
from stockbook._text import NetworkLike, PoliciesLike, PolicyLike, policy_texts, to_text
from stockbook.arrivals import Arrivals
from stockbook.book import Book
from stockbook.types import Network, Policy

if TYPE_CHECKING:
    from stockbook.experiments import Experiment

Progress: TypeAlias = bool | Callable[[str, int, int, int, int], None]
"""`True` for a bar (by tqdm), or what is called with policy, run, runs, orders done, orders."""


class Options(TypedDict, total=False):
    """How a run is made; what is left out is as the library has it."""

    seed: int
    """Decides what comes back and when."""
    returns_per_thousand: int
    """Of a thousand shipped lines, so many come back."""
    return_days_min: int
    """A return comes in at the earliest so many days after its parcel arrived."""
    return_days_max: int
    """A return comes in at the latest so many days after its parcel arrived."""
    review_hours: int
    """Hours between two reviews of the reorder rules; 0 = never."""
    expedite: Literal["follow", "never"]
    """Whether proposals to expedite are followed."""
    patience_days: int
    """Days after the promise at which customers give up what still waits; 0 = never."""
    drain_days: int
    """Days that the run goes on after the last order."""
    lead_time_spread_percent: int
    """How much lead times of purchases scatter: their standard deviation in percent."""
    history_days: int
    """Days of a period of the tables `history` and `lead_times`; 0 = they are not kept."""
    forecast_days: int
    """Every so many days the orders before forecast those to come, for bid prices; 0 = never."""


class _Tables(Mapping[str, Table]):
    """The tables of a run: made when asked for, and kept then."""

    def __init__(self, tables: _native.RunTables | Mapping[str, Table]) -> None:
        self._source = tables
        self._kept: dict[str, Table] = {}
        self._names = tables.names() if isinstance(tables, _native.RunTables) else list(tables)

    def __getitem__(self, name: str) -> Table:
        if name not in self._kept:
            self._kept[name] = self._source[name]
        return self._kept[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __reduce__(self) -> tuple[type[_Tables], tuple[dict[str, Table]]]:
        return (_Tables, (dict(self),))


@dataclass(frozen=True)
class Outcome:
    """What came of a run: its key figures, its tables, and the book as it stands at the end."""

    policy: str
    """Name of the policy."""
    book: Book
    """The book at the end."""
    tables: Mapping[str, Table]
    """All tables by name: `kpis`, `daily`, `channels`, `nodes`, `plan`, `stock`, `balances`, …

    Each is made when it is first asked for.
    """

    @property
    def kpis(self) -> Table:
        """Key figures: a row a metric."""
        return self.tables["kpis"]

    @property
    def plan(self) -> Table:
        """The plan of every order line, with reasons."""
        return self.tables["plan"]

    def kpi(self, metric: str) -> Decimal:
        """A key figure by its name, as in `outcome.kpi("fill_rate_lines")`."""
        values: dict[str, Decimal] = dict(zip(self.kpis["metric"], self.kpis["value"], strict=True))
        return values[metric]

    def __getitem__(self, table: str) -> Table:
        """A table by its name."""
        return self.tables[table]

    def __repr__(self) -> str:
        return repr(Comparison((self,)))

    def _repr_html_(self) -> str:
        return Comparison((self,))._repr_html_()


@dataclass(frozen=True)
class Comparison:
    """Runs of the same orders under several policies."""

    outcomes: tuple[Outcome, ...]
    """The runs, in the order of their policies."""

    def __getitem__(self, policy: str) -> Outcome:
        """A run by the name of its policy."""
        for outcome in self.outcomes:
            if outcome.policy == policy:
                return outcome
        raise KeyError(policy)

    @property
    def kpis(self) -> Table:
        """Key figures of all runs: a row for each policy and metric."""
        return self.table("kpis")

    def table(self, name: str) -> Table:
        """A table of all runs, one under the other, with the policy as its first column."""
        columns: dict[str, list[Any]] = {"policy": []}
        for outcome in self.outcomes:
            table = outcome[name]
            columns["policy"] += [outcome.policy] * len(table)
            for column in table.columns:
                if column != "policy":
                    columns.setdefault(column, []).extend(table[column])
        return Table(columns)

    @property
    def side_by_side(self) -> Table:
        """Key figures as people read them: a row a metric, a column a policy."""
        columns = {"metric": self.outcomes[0].kpis["title"]} if self.outcomes else {}
        columns |= {outcome.policy: outcome.kpis["shown"] for outcome in self.outcomes}
        return Table(columns)

    def _rows(self) -> list[tuple[str, ...]]:
        table = self.side_by_side
        return [tuple(table.columns), *zip(*(table[name] for name in table.columns), strict=True)]

    def __repr__(self) -> str:
        rows = self._rows()
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = (
            "  ".join(
                cell.rjust(width) if place else cell.ljust(width)
                for place, (cell, width) in enumerate(zip(row, widths, strict=True))
            )
            for row in rows
        )
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        head, *rows = self._rows()
        cells = "".join(f"<th>{escape(cell)}</th>" for cell in head)
        body = "".join(
            "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows
        )
        return f"<table><thead><tr>{cells}</tr></thead><tbody>{body}</tbody></table>"


@dataclass(frozen=True)
class Scenario:
    """A network, orders that meet it, and policies to try on them."""

    network: Network
    """The network."""
    orders: Table
    """The orders, a row a line."""
    policies: tuple[Policy, ...]
    """Policies that differ visibly."""
    description: str
    """What it is, in words."""

    def __repr__(self) -> str:
        names = ", ".join(policy.name for policy in self.policies)
        return f"{self.description}\nPolicies: {names}"

    def _repr_html_(self) -> str:
        return "".join(f"<p>{escape(line)}</p>" for line in repr(self).splitlines())


def simulate(
    orders: object,
    network: NetworkLike,
    policy: PolicyLike,
    *,
    progress: Progress = False,
    **options: Unpack[Options],
) -> Outcome:
    """Runs orders through a new book under a policy, with shipments, returns, purchases, outages.

    `orders` is a data frame, an Arrow table or a mapping of names to columns, one row a line, the
    lines of an order together: `order` (a number), `at`, `channel`, `lat`, `lon`, `sku`, `qty`,
    and if wanted `price` and `deliver_by`; or `Arrivals`, from which orders of the seed are drawn.
    The same arguments give the same outcome, byte for byte.
    """
    return compare(orders, network, [policy], progress=progress, **options).outcomes[0]


@overload
def compare(
    orders: object,
    network: NetworkLike,
    policies: PoliciesLike,
    *,
    replications: None = None,
    progress: Progress = False,
    **options: Unpack[Options],
) -> Comparison: ...


@overload
def compare(
    orders: object,
    network: NetworkLike,
    policies: PoliciesLike,
    *,
    replications: int,
    progress: Progress = False,
    **options: Unpack[Options],
) -> Experiment: ...


def compare(
    orders: object,
    network: NetworkLike,
    policies: PoliciesLike,
    *,
    replications: int | None = None,
    progress: Progress = False,
    **options: Unpack[Options],
) -> Comparison | Experiment:
    """Runs the same orders under several policies; see `simulate`.

    With `replications` it does so for several seeds, on common random numbers, and gives an
    `Experiment`: intervals, paired differences, a ranking. See `stockbook.experiments`, whose
    `experiment` also takes the number of workers and where they work.
    """
    if replications is not None:
        from stockbook.experiments import experiment

        how: dict[str, Any] = dict(options)
        return experiment(
            orders, network, policies, replications=replications, progress=progress, **how
        )
    text = to_text(network)
    if isinstance(orders, Arrivals):
        orders = orders.draw(text, options.get("seed", 1))
    stream = _native.Stream(orders, text)
    return run_stream(stream, policies, options, progress)


def run_stream(
    stream: _native.Stream,
    policies: PoliciesLike,
    options: Mapping[str, object],
    progress: Progress = False,
) -> Comparison:
    """Runs orders that are read already under several policies."""
    written = "[" + ", ".join(policy_texts(policies)) + "]"
    with _Bar(progress) as told:
        runs = _native.simulate(stream, written, json.dumps(options), told)
    return Comparison(
        tuple(Outcome(policy, book, _Tables(tables)) for policy, book, tables in runs)
    )


def scenario(
    *,
    seed: int = 1,
    orders: int | None = None,
    days: int | None = None,
    skus: int | None = None,
) -> Scenario:
    """The bundled scenario: a brand with two warehouses, a 3PL and four channels, from a seed."""
    network, policies, stream, description = _native.scenario(seed, orders, days, skus)
    return Scenario(
        Network.from_json(json.loads(network)),
        stream,
        tuple(map(Policy.from_json, json.loads(policies))),
        description,
    )


class _Bar:
    """A progress bar over all runs, or what the caller wants to be told."""

    def __init__(self, progress: Progress) -> None:
        self.call = progress if callable(progress) else None
        self.bar: Any = None
        if progress is True:
            # Only here: the package needs no other package to do its work.
            from tqdm.auto import tqdm

            self.bar = tqdm(unit=" orders", unit_scale=True)

    def __enter__(self) -> Callable[[str, int, int, int, int], None] | None:
        return self.call or (self.advance if self.bar is not None else None)

    def __exit__(self, *_: object) -> None:
        if self.bar is not None:
            self.bar.close()

    def advance(self, policy: str, run: int, runs: int, done: int, orders: int) -> None:
        self.bar.total = runs * orders
        self.bar.set_description(policy)
        self.bar.update(run * orders + done - self.bar.n)
