"""The book, with typed commands in and typed receipts out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple, overload

from stockbook import _native
from stockbook._native import Table
from stockbook._wire import Json, Moment, shape_of
from stockbook.errors import rejection_from_note
from stockbook.types import (
    ANSWERS,
    BackordersFilled,
    Command,
    Envelope,
    Event,
    Proof,
    Questions,
    ReceiptNote,
)


@dataclass(frozen=True, slots=True)
class Receipt(ReceiptNote):
    """The answer to an accepted command."""

    @property
    def event(self) -> Event:
        """The command's own event. What fell due with it stands before it in `events`, and who got
        what it set free after it.
        """
        own = [event for event in self.events if not isinstance(event.body, BackordersFilled)]
        return (own or list(self.events))[-1]


class OrderOutcomes(NamedTuple):
    """What became of orders given as a table."""

    orders: Table
    """A row an order: `order`, `sequence`, `rejection` (0 = accepted), `rejected_as`."""
    lines: Table
    """A row a line: `order`, `sku`, `node`, `reserved`, `backordered`."""


class Book(_native.Book):
    """The stock book of a company: stock, orders, sourcing and the journal behind them.

    >>> book = Book()
    >>> receipt = book.execute(
    ...     DefineReason(reason="theft", name="Theft"), id="c-1", at="2026-01-05T09:00:00Z"
    ... )
    >>> receipt.sequence
    1

    A command that the book refuses raises its exception, as `UnknownSku`; nothing has changed then.
    """

    @overload
    def execute(self, command: Envelope) -> Receipt: ...

    @overload
    def execute(
        self,
        command: Command,
        *,
        id: str,
        at: Moment,
        source: str = "",
        actor: str = "",
        occurred_at: Moment | None = None,
    ) -> Receipt: ...

    def execute(self, command: Envelope | Command, **envelope: Any) -> Receipt:
        """Executes a command.

        `id` is its idempotency key: the same command under the same id gives the first receipt
        again. `at` is the book's time, never earlier than the command before; `source` and `actor`
        say who speaks.
        """
        if not isinstance(command, Envelope):
            command = Envelope(command=command, **envelope)
        elif envelope:
            raise TypeError("an envelope has its id, time and speaker already")
        return Receipt.from_json(self._say(command.to_json(), "receipt"))

    def execute_chain(self, commands: Iterable[Envelope]) -> tuple[Receipt, ...]:
        """Executes commands that succeed together or change nothing."""
        said = self._say({"chain": [command.to_json() for command in commands]}, "receipts")
        return tuple(map(Receipt.from_json, said if isinstance(said, list) else ()))

    @property
    def ask(self) -> Questions:
        """Questions, as in `book.ask.order("1000").state`. Asking changes nothing."""
        return Questions(self._ask)

    def verify(self) -> Proof:
        """Proves that the book is sound: goods, reservations, orders and accounts, in one pass."""
        return self.ask.verify()

    def events_since(self, sequence: int = 1) -> Iterator[Event]:
        """The recorded events from a sequence on, as far back as the window goes."""
        return (Event.from_json(json.loads(event)) for event in self.events_json(sequence))

    def place_orders(self, orders: object, source: str = "", actor: str = "") -> OrderOutcomes:
        """Places the orders of a table, one row a line, the lines of an order together.

        Columns: `order` (a number), `at`, `channel`, `lat`, `lon`, `sku`, `qty`, and if wanted
        `price`, `deliver_by`, `commitment` and `command` (the idempotency key, a number; else that
        of the order). A missing `price` is the SKU's, a missing `deliver_by` the channel's promise;
        what belongs to the order is the same on all its lines. The table is a data frame, an Arrow
        table, or a mapping of names to columns. Each order is accepted or refused by itself.
        """
        return OrderOutcomes(*super().place_orders(orders, source, actor))

    def session(self, at: Moment, *, prefix: str, source: str = "", actor: str = "") -> Session:
        """A speaker who numbers commands and carries the time along."""
        return Session(self, at, prefix=prefix, source=source, actor=actor)

    def __reduce__(self) -> tuple[Any, tuple[bytes]]:
        """How a book is pickled: by its snapshot."""
        return (type(self).restore, (self.snapshot(),))

    def _say(self, request: Mapping[str, Json], key: str) -> Json:
        return _unwrap(self.execute_json(json.dumps(request)), key)

    def _ask(self, question: str, about: Mapping[str, object]) -> object:
        answer = _unwrap(self.ask_json(json.dumps({"ask": {question: about}})), "answer")
        if not isinstance(answer, dict):
            raise TypeError(f"not an answer: {answer!r}")
        return shape_of(ANSWERS[question]).decode(answer[question])


class Session:
    """Says command after command to a book, with ids `<prefix>-1`, `<prefix>-2` and so on.

    The time is yours to move; what is said happens then.

    >>> morning = book.session("2026-01-05T09:00:00Z", prefix="setup")
    >>> morning.execute(DefineReason(reason="theft"))
    >>> morning.wait(hours=1).execute(AdvanceTime())
    """

    at: datetime
    """When the next command is said."""

    def __init__(
        self, book: Book, at: Moment, *, prefix: str, source: str = "", actor: str = ""
    ) -> None:
        self.book = book
        self.move_to(at)
        self.prefix = prefix
        self.source = source
        self.actor = actor
        self.said = 0
        """How many commands were said."""

    def wait(self, **how_long: float) -> Session:
        """Moves the time on by what `timedelta` takes: days, hours, minutes."""
        self.at += timedelta(**how_long)
        return self

    def move_to(self, at: Moment) -> Session:
        """Moves the time to an instant."""
        self.at = datetime.fromisoformat(at) if isinstance(at, str) else at
        return self

    def execute(self, command: Command, *, occurred_at: Moment | None = None) -> Receipt:
        """Says the next command. Its number is used up even if the book refuses it."""
        self.said += 1
        return self.book.execute(
            command,
            id=f"{self.prefix}-{self.said}",
            at=self.at,
            source=self.source,
            actor=self.actor,
            occurred_at=occurred_at,
        )


def _unwrap(answer: str, key: str) -> Json:
    """What an answer holds under a key; raises the rejection that it holds instead."""
    said: dict[str, Json] = json.loads(answer)
    if "rejection" in said:
        raise rejection_from_note(said["rejection"], said.get("index"))
    return said[key]
