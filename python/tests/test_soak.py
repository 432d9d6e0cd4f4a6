"""Memory stays flat: what crosses the border is given back."""

from __future__ import annotations

import gc
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pytest

from conftest import brand, not_run, order
from stockbook import Book, Rejection, Table

ROWS = 20_000
ROUNDS = 60
GROWTH_MAX_MB = 24.0


def resident_mb() -> float:
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        not_run("no /proc to read the memory from")
    return pages * 4096 / 1e6


COLUMNS: dict[str, list[Any]] = {
    "int": list(range(ROWS)),
    "text": [f"a text of some length {n}" for n in range(ROWS)],
    "float": [n / 7 for n in range(ROWS)],
}


def out_and_dropped() -> None:
    table = Table(COLUMNS)
    pa.table(table)
    pl.DataFrame(table)
    table.__arrow_c_stream__()
    table.__arrow_c_array__()
    table.__arrow_c_schema__()


def into_and_dropped() -> None:
    Table(pa.table(COLUMNS))
    Table(pl.DataFrame(COLUMNS))


def books_made_and_dropped() -> None:
    session = brand()
    for n in range(50):
        session.execute(order(n))
    book = pickle.loads(pickle.dumps(session.book))
    Book.replay(book.log_since())
    for _ in range(50):
        with pytest.raises(Rejection):
            book.execute(order(1, sku="CAP"), id="x", at=session.at)


@pytest.mark.parametrize("round_", [out_and_dropped, into_and_dropped, books_made_and_dropped])
def test_memory_stays_flat(round_: Callable[[], None]) -> None:
    for _ in range(10):
        round_()
    gc.collect()
    before = resident_mb()
    for _ in range(ROUNDS):
        round_()
    gc.collect()
    grown = resident_mb() - before
    assert grown < GROWTH_MAX_MB, f"{grown:.1f} MB more after {ROUNDS} rounds"
