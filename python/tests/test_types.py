"""The typed classes: what they take, what they refuse, and that they say what they hold."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

import stockbook
from conftest import ROOT
from stockbook import (
    NEVER,
    AdvanceTime,
    Command,
    Envelope,
    HoldExpired,
    MoveStock,
    OrderLine,
    Place,
    PlaceOrder,
    Point,
    StatusView,
)
from stockbook.types import Body

MONEY = st.decimals(min_value="-1e9", max_value="1e9", places=6)
CODE = st.text(min_size=1, max_size=20)
LINE = st.builds(
    OrderLine, CODE, st.integers(1, 10**12), price=st.none() | MONEY, unit=st.none() | CODE
)
TIME = st.datetimes(
    min_value=datetime(1900, 1, 1), max_value=datetime(2199, 1, 1), timezones=st.just(UTC)
)
PLACE_ORDER = st.builds(
    PlaceOrder,
    CODE,
    CODE,
    st.builds(Point, st.floats(-90, 90), st.floats(-180, 180)),
    st.lists(LINE, max_size=4),
    deliver_by=st.none() | TIME,
    commitment=st.sampled_from(["own", "external"]),
)


@given(PLACE_ORDER, TIME)
def test_what_is_written_is_read_again(order: PlaceOrder, at: datetime) -> None:
    envelope = Envelope("c-1", at, order)
    assert Envelope.from_json(json.loads(json.dumps(envelope.to_json()))) == envelope


@pytest.mark.parametrize("price", [19.99, True, 5, b"5"])
def test_floats_are_not_money(price: object) -> None:
    with pytest.raises(TypeError, match=r"OrderLine\.price"):
        OrderLine("TEE", 1, price=price)  # type: ignore[arg-type]


@pytest.mark.parametrize("qty", [1.0, "1", True, Decimal(1), None])
def test_quantities_are_whole(qty: object) -> None:
    with pytest.raises(TypeError):
        OrderLine("TEE", qty)  # type: ignore[arg-type]


def test_numbers_of_numpy_are_quantities() -> None:
    numpy = pytest.importorskip("numpy")
    assert OrderLine("TEE", numpy.int32(3)).to_json() == {"sku": "TEE", "qty": 3}


def test_amounts_stay_as_they_are() -> None:
    assert OrderLine("TEE", 1, price=Decimal("1E+2")).to_json()["price"] == "100"
    assert OrderLine("TEE", 1, price="0.10").to_json()["price"] == "0.10"


def test_degrees_may_be_floats() -> None:
    assert Point(40.7128, -74.006).to_json() == {"lat": "40.7128", "lon": "-74.006"}
    assert Point(1e-10, 0.1 + 0.2).to_json() == {"lat": "0", "lon": "0.3"}


def test_times_have_a_zone() -> None:
    order = PlaceOrder("1", "web", Point("0", "0"), [])
    with pytest.raises(ValueError, match="no time zone"):
        Envelope("c-1", datetime(2026, 1, 5), order)
    away = datetime(2026, 1, 5, 4, tzinfo=timezone(timedelta(hours=-5)))
    assert Envelope("c-1", away, order).to_json()["at"] == "2026-01-05T09:00:00Z"


def test_a_list_is_not_a_text() -> None:
    with pytest.raises(TypeError, match="a list is wanted"):
        stockbook.DefineChannel("web", 72, services="GROUND")


def test_words_of_python_have_an_underscore() -> None:
    move = MoveStock("M-1", "RENO", "TEE", 1, Place(), Place(bin="A1"))
    assert move.from_ == Place()
    assert MoveStock.from_json(move.to_json()) == move
    assert "from" in move.to_json()


def test_unknown_fields_are_refused() -> None:
    with pytest.raises(ValueError, match="no field 'colour'"):
        OrderLine.from_json({"sku": "TEE", "qty": 1, "colour": "blue"})


def test_a_book_without_time() -> None:
    status = StatusView.from_json(
        {"sequence": 0, "now": "never", "state_hash": "0", "first_event": 1}
    )
    assert status.now == NEVER
    assert status.to_json()["now"] == "never"


def test_every_command_and_event_has_its_class() -> None:
    schema = json.loads((ROOT / "include" / "stockbook.schema.json").read_text())
    for union, name in ((Command, "Command"), (Body, "Body")):
        tags = {kind.TAG for kind in get_args(union)}
        wanted = {tag for one in schema["$defs"][name]["oneOf"] for tag in one["properties"]}
        assert tags == wanted
    assert HoldExpired.TAG == "HoldExpired"


def test_commands_can_be_keys() -> None:
    assert len({AdvanceTime(), AdvanceTime(), OrderLine("TEE", 1), OrderLine("TEE", 1)}) == 2
