"""What to keep and what to buy: forecasts, levels, lots, classes, on columns.

Functions take numbers, lists or arrays alike and give the same shape back; results are numpy arrays
where an argument was one. Formulas name their sources in the Rust documentation of
`stockbook::replenishment`.

>>> eoq(fixed=8, holding=0.225, demand=1_300)
Lot(qty=304.04..., cost=68.41...)
"""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any, NamedTuple, TypeAlias

from stockbook import _native
from stockbook._native import Table

Numbers: TypeAlias = Any
"""A number, or a list or array of numbers."""

METHODS = (
    "moving_average",
    "smoothing",
    "holt",
    "holt_winters",
    "croston",
    "sba",
    "tsb",
    "seasonal_naive",
)
"""Names of the forecasting methods."""


class Lot(NamedTuple):
    """A lot and what it costs a unit of time."""

    qty: Numbers
    cost: Numbers


class Level(NamedTuple):
    """A level of stock and its expected cost."""

    level: Numbers
    cost: Numbers


class PointAndLot(NamedTuple):
    """A reorder point r and a lot Q."""

    point: Numbers
    qty: Numbers


def _many(name: str, *arguments: Numbers) -> tuple[Numbers, ...]:
    """A formula over arguments of which single numbers stand for all rows."""
    listed = [_listed(argument) for argument in arguments]
    rows = max((len(column) for column, single in listed if not single), default=1)
    columns = []
    for column, single in listed:
        if len(column) != rows and not single:
            raise ValueError(f"columns of {len(column)} and {rows} rows do not go together")
        columns.append(column * rows if single else column)
    found = _native.formula(name, columns)
    if all(single for _, single in listed):
        return tuple(column[0] for column in found)
    if any(hasattr(argument, "dtype") for argument in arguments):
        import numpy as np

        return tuple(np.asarray(column) for column in found)
    return tuple(found)


def _listed(argument: Numbers) -> tuple[list[float], bool]:
    if hasattr(argument, "tolist"):
        argument = argument.tolist()
    if hasattr(argument, "to_list"):
        argument = argument.to_list()
    if isinstance(argument, (int, float)):
        return [float(argument)], True
    return [float(number) for number in argument], False


def eoq(fixed: Numbers, holding: Numbers, demand: Numbers) -> Lot:
    """Economic order quantity (Harris 1913)."""
    return Lot(*_many("eoq", fixed, holding, demand))


def eoq_cost(fixed: Numbers, holding: Numbers, demand: Numbers, qty: Numbers) -> Numbers:
    """What a lot of any size costs a unit of time."""
    return _many("eoq_cost", fixed, holding, demand, qty)[0]


def eoq_backorders(
    fixed: Numbers, holding: Numbers, demand: Numbers, waiting: Numbers
) -> tuple[Lot, Numbers]:
    """Economic order quantity with planned backorders; and the share that waits."""
    qty, cost, share = _many("eoq_backorders", fixed, holding, demand, waiting)
    return Lot(qty, cost), share


def epq(fixed: Numbers, holding: Numbers, demand: Numbers, rate: Numbers) -> Lot:
    """Economic production quantity."""
    return Lot(*_many("epq", fixed, holding, demand, rate))


def discounted_lot(
    fixed: float,
    holding_rate: float,
    demand: float,
    breaks: Sequence[tuple[float, float]],
    *,
    incremental: bool = False,
) -> tuple[Lot, int]:
    """The cheapest lot where the price breaks (pairs of quantity and price), and its region."""
    qty, cost, region = _native.discounted_lot(
        fixed, holding_rate, demand, list(breaks), incremental
    )
    return Lot(qty, cost), region


def horizon_lots(
    fixed: float, holding: float, demand: Sequence[float]
) -> tuple[list[float], float]:
    """Lots over a horizon at the least cost (Wagner and Whitin), and the cost."""
    return _native.horizon_lots(fixed, holding, _listed(demand)[0])


def joint_lots(
    fixed: float, items: Sequence[tuple[float, float, float]]
) -> tuple[float, list[int], list[float], float]:
    """Joint orders (Silver) of items (fixed, holding, demand): cycle, multiples, lots, cost."""
    return _native.joint_lots(fixed, list(items))


def newsvendor(over: Numbers, short: Numbers, mean: Numbers, sd: Numbers) -> Level:
    """The best level before a normal demand."""
    return Level(*_many("newsvendor", over, short, mean, sd))


def newsvendor_poisson(over: Numbers, short: Numbers, mean: Numbers) -> Level:
    """The best level before a Poisson demand."""
    return Level(*_many("newsvendor_poisson", over, short, mean))


def over_lead_time(
    mean: Numbers, sd: Numbers, lead: Numbers, lead_sd: Numbers = 0.0
) -> tuple[Numbers, Numbers]:
    """Mean and deviation of the demand over a lead time that varies."""
    found = _many("over_lead_time", mean, sd, lead, lead_sd)
    return found[0], found[1]


def safety_factor(cycle_service: Numbers) -> Numbers:
    """Deviations of safety stock for a share of cycles without a stockout."""
    return _many("normal_quantile", cycle_service)[0]


def fill_rate_factor(
    fill_rate: Numbers, qty: Numbers, sd: Numbers, *, exact: bool = True
) -> Numbers:
    """Deviations of safety stock for a fill rate with lots of `qty`."""
    name = "fill_rate_factor_exact" if exact else "fill_rate_factor"
    return _many(name, fill_rate, qty, sd)[0]


def fill_rate(factor: Numbers, qty: Numbers, sd: Numbers) -> Numbers:
    """The fill rate of so many deviations of safety stock with lots of `qty`."""
    return _many("fill_rate", factor, qty, sd)[0]


def normal_loss(z: Numbers) -> Numbers:
    """Unit normal loss."""
    return _many("normal_loss", z)[0]


def rq(
    fixed: Numbers,
    holding: Numbers,
    demand: Numbers,
    waiting: Numbers,
    lead_mean: Numbers,
    lead_sd: Numbers,
    *,
    by: str = "economic",
) -> PointAndLot:
    """Reorder point and lot: `economic` (with safety stock), `backorders`, or `loss` functions."""
    found = _many(f"rq_{by}", fixed, holding, demand, waiting, lead_mean, lead_sd)
    return PointAndLot(*found)


def best_levels(
    fixed: float,
    over: float,
    short: float,
    demand: Sequence[float],
    over_lead: Sequence[float] | None = None,
) -> tuple[int, int, float]:
    """The best (s, S) for a discrete demand (probabilities of 0, 1, 2, …), and its cost."""
    lead = None if over_lead is None else _listed(over_lead)[0]
    return _native.best_levels(fixed, over, short, _listed(demand)[0], lead)


def serial_levels(
    stages: Sequence[tuple[float, float]], short: float, mean: float, sd: float
) -> tuple[list[float], float]:
    """Echelon base-stock levels of (echelon holding, lead time) from the customer upstream."""
    return _native.serial_levels(list(stages), short, mean, sd)


class Stage(NamedTuple):
    """A stage of a tree; see `guaranteed_service`."""

    joined_to: int | None = None
    delivers: bool = True
    processing: int = 0
    inbound: int = 0
    outbound_max: int | None = None
    holding: float = 0.0
    demand_sd: float = 0.0


class StagePromise(NamedTuple):
    """What a stage promises, is promised, and keeps behind it."""

    outbound: int
    inbound: int
    safety_stock: float


def guaranteed_service(stages: Sequence[Stage], factor: float) -> tuple[list[StagePromise], float]:
    """The cheapest service times on a tree (Graves and Willems), and the holding cost a period."""
    promises, cost = _native.guaranteed_service(list(stages), factor)
    return [StagePromise(*promise) for promise in promises], cost


def abc(values: Numbers, cuts: tuple[float, float] = (0.8, 0.95)) -> list[str]:
    """Classes by value: A, B, C."""
    return list(_native.abc_classes(_listed(values)[0], *cuts))


def xyz(histories: Sequence[Sequence[float]], cuts: tuple[float, float] = (0.5, 1.0)) -> list[str]:
    """Classes by variability: X, Y, Z."""
    return list(_native.xyz_classes(*_flat(histories), *cuts))


def corrected(sold: Numbers, in_stock: Numbers, least_share: float = 0.25) -> list[float]:
    """Demand corrected for stockouts, from sales and the share of each period with stock."""
    return _native.corrected_demand(_listed(sold)[0], _listed(in_stock)[0], least_share)


def forecast(
    history: Numbers, method: str, ahead: int = 1, *, weights: Sequence[float] = (), season: int = 7
) -> list[float]:
    """Forecasts of one history by one method of `METHODS`."""
    return _native.forecast_one(_listed(history)[0], method, list(weights), season, ahead)


def forecast_errors(
    history: Numbers,
    method: str,
    origin: int = 1,
    *,
    weights: Sequence[float] = (),
    season: int = 7,
) -> list[float]:
    """One-step errors by rolling origin, from a period on."""
    return _native.forecast_errors(_listed(history)[0], method, list(weights), season, origin)


def _flat(histories: Any) -> tuple[object, object]:
    """Histories end to end, and where each begins."""
    if hasattr(histories, "ndim") and histories.ndim == 2:
        rows, periods = histories.shape
        import numpy as np

        flat = np.ascontiguousarray(histories, dtype=np.float64).ravel()
        return flat, np.arange(rows + 1, dtype=np.int64) * periods
    values: list[float] = []
    starts = [0]
    for history in histories:
        if isinstance(history, (int, float)):
            raise ValueError("a sequence of histories is wanted: for one alone give `[history]`")
        values.extend(_listed(history)[0])
        starts.append(len(values))
    return values, starts


def best_forecasts(
    histories: Any,
    *,
    methods: Sequence[str] = (),
    season: int = 7,
    ahead: int = 1,
    quantiles: Sequence[float] = (0.5, 0.9, 0.95),
) -> Table:
    """The best method of each history by rolling origin: method, mean, sd, bias, quantiles.

    `histories` is a 2-D array (a row a history) or a sequence of sequences. Quantiles are of the
    demand over `ahead` periods.
    """
    values, starts = _flat(histories)
    return _native.best_forecasts(values, starts, list(methods), season, ahead, list(quantiles))


def plan(
    items: Any,
    histories: Any,
    *,
    methods: Sequence[str] = (),
    season: int = 7,
    service: str = "cycle",
    workers: int | None = None,
) -> Table:
    """Forecast, levels and advice for items: a row a SKU and node.

    `items` is a table: `free`, `on_order`, `backordered`, `lead`, `lead_sd`, `expedited_lead`,
    `review` (periods), `fixed` (cost of an order line), `holding_rate` (a period), `unit_cost`,
    `stockout` (cost of a unit short), `premium` (of hurrying a unit), `service` (the target),
    `pack`, `pallet`, `least`; and `sku`, `node`, `supplier`, which say whose the row is. Only
    `lead` has to be there. `service="fill_rate"` reads the target as a fill rate. A 2-D array of
    histories is planned in as many threads as there are cores.
    """
    count = workers or os.cpu_count() or 1
    dense = hasattr(histories, "ndim") and histories.ndim == 2
    if count == 1 or not dense or len(histories) < 1_000:
        return _plan(items, histories, methods, season, service)
    columns = _columns(items)
    rows = len(histories)
    for name, column in columns.items():
        if len(column) != rows:
            raise ValueError(f"`{name}` has {len(column)} items, there are {rows} histories")
    cuts = [rows * part // count for part in range(count + 1)]
    spans = list(pairwise(cuts))

    def part(span: tuple[int, int]) -> Table:
        some = {name: column[slice(*span)] for name, column in columns.items()}
        return _plan(some, histories[slice(*span)], methods, season, service)

    with ThreadPoolExecutor(count) as pool:
        return stacked(list(pool.map(part, spans)))


def _columns(items: Any) -> Mapping[str, Any]:
    if isinstance(items, Mapping):
        return items
    table = Table(items)
    return {name: table[name] for name in table.columns}


def _plan(items: Any, histories: Any, methods: Sequence[str], season: int, service: str) -> Table:
    values, starts = _flat(histories)
    by_fill = _by_fill_rate(service)
    return _native.plan_items(items, values, starts, list(methods), season, by_fill)


def _by_fill_rate(service: str) -> bool:
    if service not in ("cycle", "fill_rate"):
        raise ValueError(f"{service!r} is neither 'cycle' nor 'fill_rate'")
    return service == "fill_rate"


def exposure(
    items: Any,
    histories: Any,
    *,
    delay: float = 0.0,
    spike: float = 1.0,
    methods: Sequence[str] = (),
    season: int = 7,
    service: str = "cycle",
) -> Table:
    """How items would fare if the supplier were late by `delay` periods and demand `spike` times
    the forecast: a row an item.

    `stockout_share` is the probability of a stockout before the delivery that is ordered now,
    `short` the units expected short until then, `cost` what they cost, `cover` the periods until
    the stock is gone. Items and histories are those of `plan`.
    """
    values, starts = _flat(histories)
    by_fill = _by_fill_rate(service)
    return _native.exposures(
        items, values, starts, list(methods), season, by_fill, float(delay), float(spike)
    )


def purchases(
    items: Any,
    plan: Table,
    *,
    least_value: Mapping[str, float] | None = None,
    closed: Collection[str] = (),
    budget: float | None = None,
) -> Table:
    """The purchases of a plan as suppliers take them and a budget allows: a row a line.

    `items` have a column `supplier` besides. `least_value` is by supplier the value below which it
    takes no order: what is below is filled up with its items that are nearest to their reorder
    points, else it waits. Suppliers in `closed` take no orders today (hurried ones do not ask).
    The `budget` is spent by stockout cost avoided for each unit of money. `item` is the row of
    `items`; `ordered` says whether the line is ordered or waits, `reason` why.
    """
    supplier = _named(items, "supplier")
    names = list(dict.fromkeys(supplier))
    asks = least_value or {}
    unknown = sorted({*asks, *closed} - set(names))
    if unknown:
        raise ValueError(f"no item is of the supplier {unknown[0]!r}")
    index = {name: at for at, name in enumerate(names)}
    found = _native.purchases(
        items,
        plan,
        [index[name] for name in supplier],
        [float(asks.get(name, 0.0)) for name in names],
        [name not in closed for name in names],
        None if budget is None else float(budget),
    )
    columns = found.to_dict()
    said = {"item": columns.pop("item")}
    for name in ("sku", "node", "supplier"):
        if name in Table(items).columns:
            column = _named(items, name)
            said[name] = [column[row] for row in said["item"]]
    return Table({**said, **columns})


def transfers(items: Any, plan: Table, cost: Mapping[tuple[str, str], float] | float) -> Table:
    """Moves between nodes that are worth more than they cost, by value at risk: a row a move.

    `items` have columns `sku` and `node` besides. `cost` is that of moving a unit: one for all
    lanes, or by pair of nodes (from, to), where what is not named is no lane. `worth` is the cost
    of stockouts that a move avoids.
    """
    skus, nodes, places, lanes = _lanes(items, cost)
    moves = _native.transfers(items, plan, *places, lanes)
    return Table(
        {
            "sku": [skus[move[0]] for move in moves],
            "from": [nodes[move[1]] for move in moves],
            "to": [nodes[move[2]] for move in moves],
            "qty": [move[3] for move in moves],
            "worth": [move[4] for move in moves],
        }
    )


def _lanes(
    items: Any, cost: Mapping[tuple[str, str], float] | float
) -> tuple[list[str], list[str], tuple[list[int], list[int]], list[tuple[int, int, float]]]:
    """SKUs and nodes by name, those of each item by place, and what moving a unit costs."""
    sku, node = _named(items, "sku"), _named(items, "node")
    skus, nodes = list(dict.fromkeys(sku)), list(dict.fromkeys(node))
    at = {name: index for index, name in enumerate(nodes)}
    if isinstance(cost, Mapping):
        strange = sorted({name for lane in cost for name in lane} - set(nodes))
        if strange:
            raise ValueError(f"no item is at the node {strange[0]!r}")
        lanes = [(at[a], at[b], float(each)) for (a, b), each in cost.items()]
    else:
        lanes = [(a, b, float(cost)) for a in at.values() for b in at.values() if a != b]
    of = {name: index for index, name in enumerate(skus)}
    return skus, nodes, ([of[s] for s in sku], [at[n] for n in node]), lanes


def advice(
    items: Any, plan: Table, cost: Mapping[tuple[str, str], float] | float | None = None
) -> Table:
    """All that is advised of a plan, what avoids most cost first: a row a piece of advice.

    Where `plan` shows the most urgent of each item, here stand all that hold: what is hurried and
    what is bought as usual beside it, what is cancelled and what is pushed out, and, where `cost`
    says what moving a unit costs (as `transfers` takes it), moves from other nodes. A move and a
    purchase may meet the same want: move first, then plan anew. `at_risk` is the cost that a piece
    avoids, of stockouts or of holding; `from` is the node that sends.
    """
    sku, nodes, places, lanes = _lanes(items, {} if cost is None else cost)
    columns = _native.advice(items, plan, *places, lanes).to_dict()
    rows = columns.pop("item")
    said: dict[str, Any] = {"rank": list(range(1, len(rows) + 1)), "item": rows}
    said["sku"] = [sku[places[0][row]] for row in rows]
    said["node"] = [nodes[places[1][row]] for row in rows]
    columns["from"] = [nodes[at] if at >= 0 else None for at in columns["from"]]
    return Table({**said, **columns})


def _named(items: Any, name: str) -> list[str]:
    """A column of texts that items must have."""
    column = Table(items)[name]
    return [str(cell) for cell in column]


def histories(history: Table, least_share: float = 0.25) -> tuple[list[tuple[str, str]], Any]:
    """Demand from the table `history` of a run (option `history_days`), corrected for stockouts.

    Gives the pairs of SKU and node, and a 2-D array with a row for each: what `best_forecasts` and
    `plan` take. Demand lies at the node it was asked of: the one that the policy would have given
    it from had no shelf been empty. What was sold from the shelf is corrected for the time it was
    empty; what was asked for then and waited, or came from elsewhere, is known, and no less than
    that was wanted. Demand that no shelf could have served (the node "" of the table) has no row
    here; nor has a last period that the run saw only a part of.
    """
    import numpy as np

    pairs = list(dict.fromkeys(zip(history["sku"], history["node"], strict=True)))
    shape = (len(pairs), len(history) // max(1, len(pairs)))

    def column(name: str) -> Any:
        return np.asarray([float(cell) for cell in history[name]]).reshape(shape)

    units, days = column("units"), column("days")
    sold, in_stock = units - column("waited") - column("elsewhere"), column("in_stock")
    estimated = [corrected(*both, least_share) for both in zip(sold, in_stock, strict=True)]
    demand = np.maximum(units, np.asarray(estimated).reshape(shape))
    whole = days.min(axis=0) >= days.max() if len(pairs) else slice(None)
    served = [row for row, (_, node) in enumerate(pairs) if node]
    return [pairs[row] for row in served], demand[served][:, whole]


def stacked(tables: Sequence[Table]) -> Table:
    """Tables of the same columns, one under the other."""
    import pyarrow as pa

    return Table(pa.concat_tables([table.to_arrow() for table in tables]))
