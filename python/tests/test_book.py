"""The book: typed commands, questions, snapshots, logs, copies."""

from __future__ import annotations

import base64
import copy
import pickle
from decimal import Decimal

import pytest

from conftest import brand, order
from stockbook import (
    NEVER,
    AdvanceTime,
    BackordersFilled,
    Book,
    CancelOrder,
    ConfigureBook,
    DefineLedger,
    DefineReason,
    Envelope,
    EventsDrained,
    InvalidField,
    LoadError,
    OrderCancelled,
    OrderPlaced,
    Session,
    ShipOrder,
    UnknownDocument,
)


def test_a_new_book() -> None:
    book = Book()
    assert (book.sequence, book.now) == (0, NEVER)
    assert book.ask.status().state_hash == book.state_hash


def test_an_order_from_place_to_ship(session: Session) -> None:
    book = session.book
    receipt = session.execute(order("1001", 3))
    assert isinstance(receipt.event.body, OrderPlaced)
    assert receipt.event.body.plan.parcels[0].node == "COLUMBUS"
    assert book.ask.order("1001").lines[0].reserved == 3
    assert book.ask.available("TEE", "web").available == 97
    session.wait(hours=1).execute(ShipOrder("1001", "COLUMBUS"))
    (reno, columbus) = sorted(book.ask.stock("TEE"), key=lambda row: -row.on_hand)
    assert (reno.on_hand, columbus.on_hand, columbus.value) == (50, 47, Decimal("376.00"))
    assert sum(book.trial_balance()["balance"]) == 0
    journal = book.journal()
    assert sum(journal["amount"]) == 0
    assert len(journal) > 0
    assert book.verify().state_hash == book.state_hash
    assert [event.sequence for event in book.events_since(10)] == [10, 11]


def test_a_ledger_has_a_journal_of_its_own(session: Session) -> None:
    session.execute(DefineLedger("IFRS", "fifo"))
    book = session.book
    # Movements of this book are not remembered: the ledger has what the book has.
    assert list(book.journal("IFRS")["amount"]) == list(book.journal()["amount"])
    assert list(book.trial_balance("IFRS")["balance"]) == list(book.trial_balance()["balance"])
    with pytest.raises(UnknownDocument):
        book.journal("none")


def test_the_same_id_gives_the_same_receipt(session: Session) -> None:
    envelope = Envelope("once", session.at, order(7))
    first, again = session.book.execute(envelope), session.book.execute(envelope)
    assert (first.sequence, first.repeated, again.repeated) == (again.sequence, False, True)
    with pytest.raises(TypeError):
        session.book.execute(envelope, id="twice")  # type: ignore[call-overload]


def test_a_chain(session: Session) -> None:
    receipts = session.book.execute_chain(
        [Envelope(f"c{n}", session.at, order(n)) for n in range(3)]
    )
    assert len({receipt.sequence for receipt in receipts}) == 3


def test_a_quote_changes_nothing(session: Session) -> None:
    before = session.book.state_hash
    quote = session.book.ask.quote(order(1, 60), session.at)
    assert quote.explanation.candidates
    assert session.book.state_hash == before


def test_books_travel(session: Session) -> None:
    session.execute(order(1))
    book = session.book
    twins = [
        pickle.loads(pickle.dumps(book)),
        copy.deepcopy(book),
        book.copy(),
        Book.restore(book.snapshot()),
        Book.replay(book.log_since()),
    ]
    for twin in twins:
        assert type(twin) is Book
        assert twin.state_hash == book.state_hash
        twin.execute(order(2), id="own way", at=session.at)
        assert twin.state_hash != book.state_hash


def test_a_log_continues_a_snapshot(session: Session) -> None:
    book = session.book
    snapshot, sequence = book.snapshot(), book.sequence
    session.execute(order(1))
    follower = Book.restore(snapshot)
    assert follower.apply_log(book.log_since(sequence + 1)) == book.sequence
    assert follower.state_hash == book.state_hash


def test_what_is_cut_is_not_loaded(session: Session) -> None:
    snapshot, log = session.book.snapshot(), session.book.log_since()
    for cut in (b"", snapshot[:-1], snapshot[: len(snapshot) // 2], b"x" + snapshot[1:]):
        with pytest.raises(LoadError) as caught:
            Book.restore(cut)
        assert caught.value.problem
    with pytest.raises(LoadError):
        Book.replay(log[:-1])
    with pytest.raises(LoadError):
        Book().apply_log(log[: len(log) // 2])


def test_the_journal_is_a_text_for_other_programs(session: Session) -> None:
    book = session.book
    session.execute(order("1001", 3))
    session.execute(ShipOrder("1001", "COLUMBUS"))
    journal = book.ask.journal("beancount")
    assert f'{session.at:%Y-%m-%d} * "OrderShipped 1001"' in journal.text
    tied = {row.account: row.balance for row in book.ask.trial_balance()}
    assert {row.account: row.balance for row in journal.stated} == {"1300": tied["1300"]}
    # The same from what the host kept; half of it would be another journal.
    log = base64.b64encode(book.log_since()).decode()
    assert book.ask.journal("beancount", log=log) == journal
    later = base64.b64encode(book.log_since(2)).decode()
    with pytest.raises(InvalidField, match="from 1 up to"):
        book.ask.journal("csv", log=later)


def test_the_event_of_a_receipt_is_the_commands_own(session: Session) -> None:
    for number in ("1001", "1002", "1003"):
        session.execute(order(number, 50))
    assert session.book.ask.order("1003").lines[0].backordered == 50
    session.execute(DefineReason("regret"))
    receipt = session.execute(CancelOrder("1001", "regret"))
    assert [type(event.body) for event in receipt.events] == [OrderCancelled, BackordersFilled]
    assert receipt.event is receipt.events[0]
    assert session.book.ask.order("1003").lines[0].reserved == 50


def test_drained_events_are_named() -> None:
    book = Book()
    book.execute(ConfigureBook("EUR", 2, 100, 5), id="0", at="2026-01-05T09:00:00Z")
    for n in range(1, 21):
        book.execute(AdvanceTime(), id=str(n), at=f"2026-01-05T09:{n:02}:00Z")
    with pytest.raises(EventsDrained) as caught:
        list(book.events_since(1))
    first = caught.value.first
    assert [event.sequence for event in book.events_since(first)] == list(range(first, 22))


def test_it_shows_itself(session: Session) -> None:
    session.execute(order(1))
    shown = repr(session.book)
    for fact in (
        "sequence 10",
        "2026-01-05T09:00:00Z",
        "SKUs 2",
        "nodes 2",
        session.book.state_hash,
    ):
        assert fact in shown
    assert session.book._repr_html_().startswith("<table>")


def test_subclasses_stay_what_they_are() -> None:
    class Mine(Book):
        pass

    book = Mine()
    book.execute(AdvanceTime(), id="1", at="2026-01-05T09:00:00Z")
    assert type(book.copy()) is Mine
    assert type(Mine.restore(book.snapshot())) is Mine


def test_two_books_agree() -> None:
    assert brand().book.state_hash == brand().book.state_hash
