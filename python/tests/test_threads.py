"""The interpreter runs on while the book works, and many threads may speak to one book."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from conftest import brand, order
from stockbook import AdvanceTime, Session, UnknownSku

MANY = 40_000


def test_the_interpreter_runs_on_while_a_book_works(session: Session) -> None:
    columns = {
        "order": range(MANY),
        "at": ["2026-01-06T09:00:00Z"] * MANY,
        "channel": ["web"] * MANY,
        "lat": [40.0] * MANY,
        "lon": [-75.0] * MANY,
        "sku": ["TEE"] * MANY,
        "qty": [1] * MANY,
    }
    from stockbook import Table

    table = Table(columns)
    began, ended = threading.Event(), threading.Event()

    def work() -> None:
        began.set()
        session.book.place_orders(table)
        ended.set()

    worker = threading.Thread(target=work)
    worker.start()
    began.wait()
    turns = 0
    while not ended.is_set():
        turns += 1
        time.sleep(0)
    worker.join()
    assert turns > 50, f"this thread had {turns} turns only"


def test_a_reader_does_not_wait_for_the_writer(session: Session) -> None:
    book = session.book
    reader = book.reader([("TEE", "RENO"), ("TEE", "COLUMBUS"), ("MUG", "RENO")])
    first = {row.node: row.available for row in book.ask.stock("TEE")}
    commit, units = reader.read()
    (mugs,) = book.ask.stock("MUG", node="RENO")
    assert units == [first["RENO"], first["COLUMBUS"], mugs.available]
    done = threading.Event()
    seen: list[tuple[int, int]] = []

    def read() -> None:
        while not done.is_set():
            number, now = reader.read()
            seen.append((number, now[0] + now[1]))

    worker = threading.Thread(target=read)
    worker.start()
    for n in range(200):
        book.execute(order(n), id=f"w-{n}", at=session.at)
    done.set()
    worker.join()
    # Each call is one commit; what is available only falls.
    assert [number for number, _ in seen] == sorted(number for number, _ in seen)
    assert [units for _, units in seen] == sorted((units for _, units in seen), reverse=True)
    now = {row.node: row.available for row in book.ask.stock("TEE")}
    assert reader.read() == (commit + 200, [now["RENO"], now["COLUMBUS"], units[2]])
    with pytest.raises(UnknownSku):
        book.reader([("HAT", "RENO")])
    del book
    assert reader.read()[0] == commit + 200


def test_many_threads_speak_to_one_book(session: Session) -> None:
    book = session.book

    def speak(worker: int) -> list[int]:
        said = []
        for n in range(100):
            number = worker * 1000 + n
            said.append(book.execute(order(number), id=f"w-{number}", at=session.at).sequence)
            book.ask.stock("TEE")
        return said

    with ThreadPoolExecutor(4) as pool:
        numbers = [number for said in pool.map(speak, range(4)) for number in said]
    assert len(set(numbers)) == 400
    assert book.verify().state_hash == book.state_hash


def test_books_work_side_by_side() -> None:
    sessions = [brand() for _ in range(4)]

    def work(session: Session) -> str:
        for n in range(200):
            session.execute(order(n))
        session.wait(days=1).execute(AdvanceTime())
        return session.book.state_hash

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(work, sessions))) == 1
