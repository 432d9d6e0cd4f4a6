"""Two books in one PostgreSQL, an outbox for others, and carts that hold stock in both books.

    pip install ./python "psycopg[binary]" && python examples/python/outbox.py "dbname=shop" 50

The books share no SKU: `apparel` and `home` could run in two processes on two machines. Each
keeps what it recorded in the same transaction as its outbox rows, so that a relay tells the rest
of the company what happened, at least once and in order. A cart wants something of both, so its
hold has two phases: both books hold, pending and with an end; when both do, both confirm. A
process that dies in between leaves a cart that the next one finishes: it confirms what is held in
both books, and gives back what is held in one.
"""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import psycopg

from stockbook import (
    Book,
    ConfirmHold,
    DefineChannel,
    DefineNode,
    DefineSku,
    HoldLine,
    HoldStock,
    Point,
    ReceiptLine,
    ReceiveGoods,
    Rejection,
    ReleaseHold,
)
from stockbook.types import Command

SCHEMA = """
CREATE TABLE IF NOT EXISTS events (
    book text, sequence bigint, log bytea NOT NULL, PRIMARY KEY (book, sequence));
CREATE TABLE IF NOT EXISTS snapshots (book text PRIMARY KEY, image bytea NOT NULL);
CREATE TABLE IF NOT EXISTS outbox (
    position bigserial PRIMARY KEY, book text, sequence bigint, event jsonb,
    UNIQUE (book, sequence));
CREATE TABLE IF NOT EXISTS relayed (
    one boolean PRIMARY KEY DEFAULT true, position bigint NOT NULL);
CREATE TABLE IF NOT EXISTS carts (number int PRIMARY KEY, phase text NOT NULL);
"""
STOCK = {"apparel": "TEE", "home": "MUG"}
UNITS = 60
SNAPSHOT_EVERY = 10
START = datetime.fromisoformat("2026-01-05T09:00:00+00:00")


class Shop:
    """A host of two books."""

    def __init__(self, dsn: str) -> None:
        self.database = psycopg.connect(dsn, autocommit=True)
        self.database.execute(SCHEMA)
        self.books = {name: self.recover(name) for name in STOCK}

    def recover(self, name: str) -> Book:
        """The book's snapshot, carried on by the events that came after it."""
        query = "SELECT image FROM snapshots WHERE book = %s"
        row = self.database.execute(query, (name,)).fetchone()
        book = Book.restore(bytes(row[0])) if row else Book()
        query = "SELECT log FROM events WHERE book = %s AND sequence > %s ORDER BY sequence"
        for (log,) in self.database.execute(query, (name, book.sequence)).fetchall():
            book.apply_log(bytes(log))
        return book

    @contextmanager
    def keep(self) -> Iterator[None]:
        """What the books record within goes into one transaction, with its outbox rows."""
        before = {name: book.sequence for name, book in self.books.items()}
        try:
            with self.database.transaction():
                yield
                for name, book in self.books.items():
                    if book.sequence > before[name]:
                        log = book.log_since(before[name] + 1)
                        row = (name, book.sequence, log)
                        self.database.execute("INSERT INTO events VALUES (%s, %s, %s)", row)
                    for event in book.events_json(before[name] + 1):
                        sequence = json.loads(event)["sequence"]
                        insert = "INSERT INTO outbox (book, sequence, event) VALUES (%s, %s, %s)"
                        self.database.execute(insert, (name, sequence, event))
        except psycopg.Error:
            # The database did not take it, so the books must not have it either.
            self.books = {name: self.recover(name) for name in STOCK}
            raise

    def say(self, name: str, command: Command, id: str, at: datetime) -> bool:
        """Says a command to a book; whether it was accepted."""
        book = self.books[name]
        try:
            book.execute(command, id=id, at=max(at, book.now))
        except Rejection:
            return False
        return True

    def set_up(self) -> None:
        """Master data and stock, unless they are there."""
        for name, sku in STOCK.items():
            if self.books[name].sequence == 0:
                with self.keep():
                    setup: list[Command] = [
                        DefineSku(sku=sku, price="19.99"),
                        DefineNode(node="RENO", kind="warehouse", place=Point("39.53", "-119.81")),
                        DefineChannel(channel="web", promise_hours=72),
                        ReceiveGoods(
                            receipt="R1",
                            node="RENO",
                            lines=[ReceiptLine(sku=sku, qty=UNITS, unit_cost="8.00")],
                        ),
                    ]
                    for number, command in enumerate(setup, 1):
                        self.say(name, command, f"setup-{number}", START)

    def cart(self, number: int) -> None:
        """Holds a cart in both books: pending in each by itself, then confirmed in both."""
        at = START + timedelta(seconds=number)
        with self.keep():
            self.database.execute("INSERT INTO carts VALUES (%s, 'pending')", (number,))
        for name, sku in STOCK.items():
            hold = HoldStock(
                hold=f"cart-{number}",
                channel="web",
                lines=[HoldLine(sku=sku, node="RENO", qty=1 + number % 3)],
                expires_at=at + timedelta(minutes=15),
            )
            with self.keep():
                self.say(name, hold, f"hold-{number}", at)
        self.finish(number)

    def finish(self, number: int) -> None:
        """Confirms a cart that both books hold, gives back what one does; may be done again."""
        at = START + timedelta(seconds=number)
        held = [name for name in STOCK if self.holds(name, number)]
        both = len(held) == len(STOCK)
        for name in held:
            second: Command = ConfirmHold(hold=f"cart-{number}")
            if not both:
                second = ReleaseHold(hold=f"cart-{number}")
            with self.keep():
                self.say(name, second, f"{'confirm' if both else 'void'}-{number}", at)
        with self.keep():
            phase = "confirmed" if both else "void"
            update = "UPDATE carts SET phase = %s WHERE number = %s"
            self.database.execute(update, (phase, number))

    def holds(self, name: str, number: int) -> bool:
        """Whether a book holds something for a cart."""
        try:
            return self.books[name].ask.hold(f"cart-{number}").state == "held"
        except Rejection:
            return False

    def relay(self) -> int:
        """Tells what stands in the outbox and was not told yet, in order; how many that were."""
        row = self.database.execute("SELECT position FROM relayed").fetchone()
        after = row[0] if row else 0
        query = "SELECT position, book, sequence FROM outbox WHERE position > %s ORDER BY position"
        told = self.database.execute(query, (after,)).fetchall()
        if told:
            # Here a real relay publishes; dying before the next line, it tells again, and whoever
            # listens knows (book, sequence) already.
            upsert = "INSERT INTO relayed (position) VALUES (%s) ON CONFLICT (one) DO UPDATE SET "
            self.database.execute(upsert + "position = excluded.position", (told[-1][0],))
        return len(told)

    def snapshot(self) -> None:
        """Keeps both books whole."""
        upsert = (
            "INSERT INTO snapshots VALUES (%s, %s) "
            "ON CONFLICT (book) DO UPDATE SET image = excluded.image"
        )
        with self.database.transaction():
            for name, book in self.books.items():
                self.database.execute(upsert, (name, book.snapshot()))

    def tell(self) -> None:
        """Says where both books stand."""
        said = [f"{name}:{book.sequence}:{book.state_hash}" for name, book in self.books.items()]
        print(*said, flush=True)


def main(dsn: str, count: int) -> None:
    """Finishes what an earlier process left, then holds carts until there are `count`."""
    shop = Shop(dsn)
    shop.tell()
    shop.set_up()
    pending = "SELECT number FROM carts WHERE phase = 'pending' ORDER BY number"
    for (number,) in shop.database.execute(pending).fetchall():
        shop.finish(number)
    row = shop.database.execute("SELECT count(*) FROM carts").fetchone()
    for number in range((row[0] if row else 0) + 1, count + 1):
        shop.cart(number)
        shop.relay()
        shop.tell()
        if number % SNAPSHOT_EVERY == 0:
            shop.snapshot()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
