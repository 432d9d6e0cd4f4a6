"""The stock book of an e-commerce company: stock, sourcing and the books behind them.

>>> from stockbook import AdvanceTime, Book
>>> book = Book()
>>> book.execute(AdvanceTime(), id="c-1", at="2026-01-05T09:00:00Z").sequence
1

Say something with `Book.execute` (a class for every command), ask with `Book.ask`, read tables
with `Book.stock` and `Book.trial_balance`, place whole tables of orders with `Book.place_orders`,
and run a year of trade with `simulate` and `compare`. What the book refuses is raised: see
`stockbook.errors`.
"""

from stockbook import errors, types
from stockbook._native import Table, __version__
from stockbook._wire import NEVER
from stockbook.book import Book, OrderOutcomes, Receipt, Session
from stockbook.errors import *  # noqa: F403
from stockbook.frames import Comparison, Outcome, Scenario, compare, scenario, simulate
from stockbook.types import *  # noqa: F403

__all__ = [
    "NEVER",
    "Book",
    "Comparison",
    "OrderOutcomes",
    "Outcome",
    "Receipt",
    "Scenario",
    "Session",
    "Table",
    "__version__",
    "compare",
    "errors",
    "scenario",
    "simulate",
    "types",
]
__all__ += errors.__all__
__all__ += types.__all__
