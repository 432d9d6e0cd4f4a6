"""The interpreter runs on while the book works, and many threads may speak to one book."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

from conftest import brand, order
from stockbook import AdvanceTime, Session

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
