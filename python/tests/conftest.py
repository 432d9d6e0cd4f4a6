"""What all tests share: a small brand, and where the repository is."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from stockbook import (
    Book,
    DefineChannel,
    DefineNode,
    DefineReason,
    DefineService,
    DefineSku,
    OrderLine,
    PlaceOrder,
    Point,
    ReceiptLine,
    ReceiveGoods,
    Session,
    Zone,
)

ROOT = Path(os.environ.get("STOCKBOOK_ROOT", Path(__file__).parents[2]))
NEW_YORK = Point("40.7128", "-74.0060")

# Who starts the tests in the background may have had Ctrl-C ignored; some of them press it.
signal.signal(signal.SIGINT, signal.default_int_handler)


def not_run(reason: str) -> None:
    """Skips a test, but never under CI."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(f"NOT RUN: {reason}")


def brand() -> Session:
    """A book with two SKUs at two nodes, and the speaker who set it up."""
    session = Book().session("2026-01-05T09:00:00Z", prefix="test", source="shop", actor="ann")
    session.execute(DefineSku("TEE", price="24.00", weight_g=200))
    session.execute(DefineSku("MUG", price="15.00", weight_g=400))
    session.execute(DefineNode("RENO", "warehouse", Point("39.5296", "-119.8138")))
    session.execute(DefineNode("COLUMBUS", "warehouse", Point("39.9612", "-82.9988")))
    session.execute(DefineService("GROUND", [Zone(5000, 72, "6.00", "0.80")]))
    session.execute(DefineChannel("web", 240))
    session.execute(DefineReason("lost", name="Lost"))
    both = [ReceiptLine("TEE", 50, unit_cost="8.00"), ReceiptLine("MUG", 50, unit_cost="4.00")]
    session.execute(ReceiveGoods("R-1", "RENO", both))
    session.execute(ReceiveGoods("R-2", "COLUMBUS", both))
    return session


def order(number: object, qty: int = 1, sku: str = "TEE") -> PlaceOrder:
    """An order from New York."""
    return PlaceOrder(str(number), "web", NEW_YORK, [OrderLine(sku, qty)])


@pytest.fixture
def session() -> Session:
    return brand()
