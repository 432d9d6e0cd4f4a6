"""Two books in one PostgreSQL, killed at random: nothing told is lost, no cart is half held."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from conftest import ROOT, not_run

PROGRAM = ROOT / "examples" / "python" / "outbox.py"
KILLS = 20


def server_programs() -> Path | None:
    """Where initdb and postgres are."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    return max(Path("/usr/lib/postgresql").glob("*/bin"), default=None)


def as_server(*command: str) -> list[str]:
    """PostgreSQL refuses to run as root."""
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    return ["runuser", "-u", "postgres", "--", *command] if root else list(command)


@pytest.fixture
def dsn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of its own, on a socket of its own."""
    programs = server_programs()
    if programs is None:
        not_run("no PostgreSQL server is installed")
        return
    home = tmp_path_factory.mktemp("postgres")
    for folder in (home, *list(home.parents)[:2]):
        folder.chmod(0o777)
    data = home / "data"
    initdb = as_server(str(programs / "initdb"), "-D", str(data), "-U", "shop", "--auth=trust")
    subprocess.run(initdb, check=True, capture_output=True)
    options = ("-c", "listen_addresses=", "-c", f"unix_socket_directories={home}")
    server = subprocess.Popen(
        as_server(str(programs / "postgres"), "-D", str(data), *options),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield f"host={home} user=shop dbname=postgres"
    finally:
        server.terminate()
        server.wait(30)


def connect(dsn: str) -> psycopg.Connection[tuple[Any, ...]]:
    """Waits for the server."""
    for _ in range(200):
        try:
            return psycopg.connect(dsn, autocommit=True)
        except psycopg.OperationalError:
            time.sleep(0.1)
    pytest.fail("the server does not answer")


def states(line: str) -> dict[str, tuple[int, str]]:
    """What a line tells of each book."""
    parts = (part.split(":") for part in line.split())
    return {name: (int(sequence), state) for name, sequence, state in parts}


def test_two_books_outlive_kills_and_no_cart_is_half_held(dsn: str) -> None:
    database = connect(dsn)
    dice = random.Random(7)
    known: dict[tuple[str, int], str] = {}
    for _ in range(KILLS):
        host = subprocess.Popen(
            [sys.executable, str(PROGRAM), dsn, "1000"], stdout=subprocess.PIPE, text=True
        )
        assert host.stdout is not None
        lines = [host.stdout.readline()]
        time.sleep(dice.uniform(0.0, 0.06))
        host.kill()
        lines += host.stdout.read().splitlines()
        host.wait()
        for line in filter(str.strip, lines):
            for name, (sequence, state) in states(line).items():
                assert known.setdefault((name, sequence), state) == state, line
    # The last life ends by itself: both shops are sold out long before.
    done = subprocess.run(
        [sys.executable, str(PROGRAM), dsn, "80"], capture_output=True, text=True, check=True
    )
    assert done.stdout
    rows = database.execute("SELECT number, phase FROM carts").fetchall()
    phases = dict(rows)
    assert len(phases) >= 80
    assert set(phases.values()) == {"confirmed", "void"}
    held = sum(1 + number % 3 for number, phase in phases.items() if phase == "confirmed")
    assert 0 < held <= 60
    sys.path.insert(0, str(PROGRAM.parent))
    import outbox

    shop = outbox.Shop(dsn)
    for name, sku in outbox.STOCK.items():
        (stock,) = shop.books[name].ask.stock(sku=sku)
        assert stock.reserved == held, f"{name}: exactly the confirmed carts are held"
        shop.books[name].verify()
        told = database.execute(
            "SELECT count(*), max(sequence) FROM outbox WHERE book = %s", (name,)
        ).fetchone()
        assert told == (shop.books[name].sequence,) * 2, "every event is in the outbox once"
