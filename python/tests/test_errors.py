"""Exceptions mirror the book's rejections."""

from __future__ import annotations

import copy
import pickle
from typing import get_type_hints

import pytest

import stockbook
from conftest import order
from stockbook import (
    AdjustLine,
    AdjustStock,
    AdvanceTime,
    ClockBackwards,
    CommandIdReused,
    Conflict,
    Envelope,
    HoldLine,
    HoldStock,
    Invalid,
    MalformedRequest,
    NotOnHand,
    Rejection,
    Session,
    Short,
    StockbookError,
    UnknownSku,
    _native,
)
from stockbook.errors import REJECTIONS, rejection_from_note


def test_every_rejection_has_its_exception() -> None:
    table = {
        name: (number, class_, retry, help_)
        for number, name, class_, retry, help_ in _native.rejections()
    }
    assert set(table) == set(REJECTIONS)
    for name, kind in REJECTIONS.items():
        number, class_, retry, help_ = table[name]
        assert (kind.number, kind.retry, kind.help) == (number, retry, help_)
        assert kind.__mro__[1].__name__.lower() == class_
        assert issubclass(kind, StockbookError)
        assert getattr(stockbook, name) is kind


@pytest.mark.parametrize("kind", REJECTIONS.values(), ids=REJECTIONS)
def test_exceptions_carry_their_facts(kind: type[Rejection]) -> None:
    inherited = get_type_hints(Rejection)
    facts = {name: 7 for name in get_type_hints(kind) if name not in inherited}
    note = {"name": kind.__name__, "class": "", "message": "no", "facts": facts}
    said = rejection_from_note(note, 3)
    for twin in (said, pickle.loads(pickle.dumps(said)), copy.deepcopy(said)):
        assert type(twin) is kind
        assert (str(twin), twin.index, twin.facts) == ("no", 3, facts)
        assert all(getattr(twin, fact) == 7 for fact in facts)
        assert twin.__notes__ == [kind.help]


def test_an_unknown_rejection_is_still_one() -> None:
    note = {"name": "NewInNextRelease", "class": "short", "message": "no", "facts": {}}
    assert type(rejection_from_note(note)) is Short


def test_what_a_book_refuses_is_raised(session: Session) -> None:
    with pytest.raises(UnknownSku, match="unknown SKU `CAP`") as caught:
        session.execute(order(1, sku="CAP"))
    assert caught.value.sku == "CAP"
    assert isinstance(caught.value, Invalid)
    with pytest.raises(NotOnHand) as short:
        session.execute(
            HoldStock("H", "web", [HoldLine("TEE", 99, node="RENO")], "2026-01-06T09:00:00Z")
        )
    assert (short.value.asked, short.value.free) == (99, 50)
    with pytest.raises(ClockBackwards):
        session.book.execute(AdvanceTime(), id="x", at="2020-01-01T00:00:00Z")
    with pytest.raises(CommandIdReused) as reused:
        session.book.execute(AdvanceTime(), id="test-1", at=session.at)
    assert isinstance(reused.value, Conflict)
    with pytest.raises(MalformedRequest):
        session.book.execute(AdvanceTime(), id="x", at="tomorrow")


def test_a_refused_chain_names_its_command(session: Session) -> None:
    before = session.book.state_hash
    adjust = AdjustStock("A", "RENO", "lost", [AdjustLine("TEE", -1)])
    chain = [Envelope("a", session.at, adjust), Envelope("b", session.at, order(1, sku="CAP"))]
    with pytest.raises(UnknownSku) as caught:
        session.book.execute_chain(chain)
    assert caught.value.index == 1
    assert session.book.state_hash == before
