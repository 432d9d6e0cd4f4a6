"""Solves an instance of workload OB-1 with HiGHS.

`highs_ob1.py FILE [SECONDS]` prints cost and processor seconds. Needs numpy and highspy. A binary for each
line and node that could give it, one for each order and node that it opens, and one for each line left
unfilled; stock and capacity are rows.
"""

import sys
import time

import highspy
import numpy as np


def read(path: str):
    """Nodes' fixed costs and capacities, lines, unit costs by order and node, and stock by node and SKU."""
    words = iter(open(path).read().split())
    orders, nodes, lines, _, rows = (int(next(words)) for _ in range(5))
    fixed = [float(next(words)) for _ in range(nodes)]
    capacity = [int(next(words)) for _ in range(nodes)]
    asked = [(int(next(words)), int(next(words)), int(next(words)), float(next(words))) for _ in range(lines)]
    unit = [[float(next(words)) for _ in range(nodes)] for _ in range(orders)]
    stock = {(int(next(words)), int(next(words))): int(next(words)) for _ in range(rows)}
    return fixed, capacity, asked, unit, stock


def main() -> None:
    fixed, capacity, asked, unit, stock = read(sys.argv[1])
    nodes = len(fixed)
    cost: list[float] = []
    rows: list[tuple[float, list[int], list[float]]] = []
    opened: dict[tuple[int, int], int] = {}
    by_stock: dict[tuple[int, int], list[tuple[int, int]]] = {}
    by_node: dict[int, list[tuple[int, int]]] = {}
    exact: list[list[int]] = []

    def column(price: float) -> int:
        cost.append(price)
        return len(cost) - 1

    for order, sku, qty, penalty in asked:
        ways = [column(penalty * qty)]
        for node in range(nodes):
            if stock.get((node, sku), 0) < qty or unit[order][node] >= penalty:
                continue
            way = column(unit[order][node] * qty)
            if (order, node) not in opened:
                opened[order, node] = column(fixed[node])
            rows.append((0.0, [way, opened[order, node]], [1.0, -1.0]))
            by_stock.setdefault((node, sku), []).append((way, qty))
            by_node.setdefault(node, []).append((way, qty))
            ways.append(way)
        exact.append(ways)
    for key, uses in by_stock.items():
        rows.append((float(stock[key]), [way for way, _ in uses], [float(qty) for _, qty in uses]))
    for node, uses in by_node.items():
        rows.append((float(capacity[node]), [way for way, _ in uses], [float(qty) for _, qty in uses]))

    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    solver.setOptionValue("mip_rel_gap", 1e-5)
    solver.setOptionValue("time_limit", float(sys.argv[2]) if len(sys.argv) > 2 else 120.0)
    count = len(cost)
    solver.addVars(count, np.zeros(count), np.ones(count))
    solver.changeColsCost(count, np.arange(count, dtype=np.int32), np.array(cost))
    binary = np.full(count, highspy.HighsVarType.kInteger)
    solver.changeColsIntegrality(count, np.arange(count, dtype=np.int32), binary)
    infinity = highspy.kHighsInf
    for most, columns, factors in rows:
        solver.addRow(-infinity, most, len(columns), np.array(columns, dtype=np.int32), np.array(factors))
    for ways in exact:
        solver.addRow(1.0, 1.0, len(ways), np.array(ways, dtype=np.int32), np.ones(len(ways)))
    start = time.process_time()
    solver.run()
    print(solver.getInfo().objective_function_value, time.process_time() - start)


if __name__ == "__main__":
    main()
