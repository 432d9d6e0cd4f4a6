"""A shop that keeps its orders and its stock book in one SQLite file, and outlives a kill.

    pip install ./python && python examples/python/durable_host.py shop.db 100

The book is in memory; the file is what lasts. What the book recorded for an order goes into the
same transaction as the shop's own row, so that both are there or neither is. From time to time
the whole book is kept as a snapshot, so that starting again is quick. Every commit is told as
`<sequence> <state hash>`.
"""

import sqlite3
import sys
from datetime import datetime, timedelta

from stockbook import (
    Book,
    DefineChannel,
    DefineNode,
    DefineSku,
    OrderLine,
    PlaceOrder,
    Point,
    ReceiptLine,
    ReceiveGoods,
    Rejection,
)
from stockbook.types import Command

SNAPSHOT_EVERY = 25
SCHEMA = """
CREATE TABLE IF NOT EXISTS orders (number INTEGER PRIMARY KEY, sku TEXT, qty INTEGER, outcome TEXT);
CREATE TABLE IF NOT EXISTS events (sequence INTEGER PRIMARY KEY, log BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS snapshots (sequence INTEGER PRIMARY KEY, book BLOB NOT NULL);
"""
START = datetime.fromisoformat("2026-01-05T09:00:00+00:00")


class Shop:
    """The host: its database, and the book that it fills from there."""

    def __init__(self, path: str) -> None:
        self.database = sqlite3.connect(path, isolation_level=None)
        self.database.execute("PRAGMA journal_mode = WAL")
        self.database.executescript(SCHEMA)
        self.book = self.recover()

    def recover(self) -> Book:
        """The last snapshot, carried on by the events that came after it."""
        row = self.database.execute(
            "SELECT book FROM snapshots ORDER BY sequence DESC LIMIT 1"
        ).fetchone()
        book = Book.restore(row[0]) if row else Book()
        after = "SELECT log FROM events WHERE sequence > ? ORDER BY sequence"
        for (log,) in self.database.execute(after, (book.sequence,)):
            book.apply_log(log)
        return book

    def say(
        self, command: Command, id: str, at: datetime, *rows: tuple[str, tuple[object, ...]]
    ) -> None:
        """Says a command and commits what it recorded together with the host's own rows."""
        before = self.book.sequence
        outcome = "accepted"
        try:
            self.book.execute(command, id=id, at=at)
        except Rejection as no:
            outcome = type(no).__name__
        try:
            self.database.execute("BEGIN IMMEDIATE")
            if self.book.sequence > before:
                log = self.book.log_since(before + 1)
                self.database.execute("INSERT INTO events VALUES (?, ?)", (self.book.sequence, log))
            for statement, values in rows:
                self.database.execute(statement, (*values, outcome))
            self.database.execute("COMMIT")
        except sqlite3.Error:
            # The file did not take it, so the book must not have it either.
            self.database.execute("ROLLBACK")
            self.book = self.recover()
            raise

    def snapshot(self) -> None:
        """Keeps the whole book, in place of older snapshots."""
        self.database.execute("BEGIN IMMEDIATE")
        keep = (self.book.sequence, self.book.snapshot())
        self.database.execute("INSERT OR REPLACE INTO snapshots VALUES (?, ?)", keep)
        self.database.execute("DELETE FROM snapshots WHERE sequence < ?", keep[:1])
        self.database.execute("COMMIT")

    def tell(self) -> None:
        """Says how far the file has come."""
        print(self.book.sequence, self.book.state_hash, flush=True)


def open_shop(shop: Shop) -> None:
    """Master data and stock, unless they are there; each command has its id: twice is safe."""
    setup: list[Command] = [
        DefineSku(sku="TEE", price="19.99"),
        DefineSku(sku="MUG", price="12.50"),
        DefineNode(node="RENO", kind="warehouse", place=Point("39.53", "-119.81")),
        DefineNode(node="ALLEN", kind="warehouse", place=Point("40.60", "-75.47")),
        DefineChannel(channel="web", promise_hours=72),
    ]
    for node in ("RENO", "ALLEN"):
        lines = [ReceiptLine(sku=sku, qty=400, unit_cost="8.00") for sku in ("TEE", "MUG")]
        setup.append(ReceiveGoods(receipt=f"R-{node}", node=node, lines=lines))
    for number, command in enumerate(setup, 1):
        if shop.book.sequence < number:
            shop.say(command, f"setup-{number}", START)


def main(path: str, count: int) -> None:
    """Places orders until there are `count`."""
    shop = Shop(path)
    shop.tell()
    open_shop(shop)
    (done,) = shop.database.execute("SELECT count(*) FROM orders").fetchone()
    for number in range(done + 1, count + 1):
        sku, qty = ("TEE", "MUG")[number % 2], 1 + number % 3
        order = PlaceOrder(
            order=f"{number}",
            channel="web",
            to=Point("40.71", "-74.00"),
            lines=[OrderLine(sku=sku, qty=qty)],
        )
        own = ("INSERT INTO orders VALUES (?, ?, ?, ?)", (number, sku, qty))
        shop.say(order, f"order-{number}", START + timedelta(seconds=number), own)
        shop.tell()
        if number % SNAPSHOT_EVERY == 0:
            shop.snapshot()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
