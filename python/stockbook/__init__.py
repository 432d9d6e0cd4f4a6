"""The stock book of an e-commerce company: stock, sourcing and the books behind them.

>>> from stockbook import AdvanceTime, Book
>>> book = Book()
>>> book.execute(AdvanceTime(), id="c-1", at="2026-01-05T09:00:00Z").sequence
1

Say something with `Book.execute` (a class for every command), ask with `Book.ask`, read tables
with `Book.stock` and `Book.trial_balance`, place whole tables of orders with `Book.place_orders`,
and run a year of trade with `simulate` and `compare`. Judge policies with `experiment`, search
them with `tune`, draw with `stockbook.plots`, write a page with `stockbook.report`, plan stock with
`stockbook.replenishment`. What the book refuses is raised: see `stockbook.errors`.
"""

from stockbook import errors, types
from stockbook._native import Reader, Table, __version__
from stockbook._wire import NEVER
from stockbook.arrivals import Arrivals
from stockbook.book import Book, OrderOutcomes, Receipt, Session
from stockbook.errors import *  # noqa: F403
from stockbook.experiments import (
    CostDiff,
    Experiment,
    WhatIf,
    cost_diff,
    experiment,
    policy_diff,
    tune,
    what_if,
)
from stockbook.frames import Comparison, Outcome, Scenario, compare, scenario, simulate
from stockbook.types import *  # noqa: F403

__all__ = [
    "NEVER",
    "Arrivals",
    "Book",
    "Comparison",
    "CostDiff",
    "Experiment",
    "OrderOutcomes",
    "Outcome",
    "Reader",
    "Receipt",
    "Scenario",
    "Session",
    "Table",
    "WhatIf",
    "__version__",
    "compare",
    "cost_diff",
    "errors",
    "experiment",
    "policy_diff",
    "scenario",
    "simulate",
    "tune",
    "types",
    "what_if",
]
__all__ += errors.__all__
__all__ += types.__all__
