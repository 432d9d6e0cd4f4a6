"""The golden vectors that all three languages run: answers are compared as bytes."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from conftest import ROOT
from stockbook import ANSWERS, Book, Chain, Envelope, Receipt
from stockbook._wire import Record, shape_of

VECTORS = Path(os.environ.get("STOCKBOOK_VECTORS", ROOT / "tests" / "vectors"))
CASES = sorted(VECTORS.glob("*/*.in.jsonl"))


def lines_of(case: Path) -> tuple[list[bytes], list[bytes]]:
    answers = case.with_name(case.name.replace(".in.jsonl", ".out.jsonl"))
    requests, lines = (path.read_bytes().removesuffix(b"\n") for path in (case, answers))
    return requests.split(b"\n"), lines.split(b"\n")


def name(case: Path) -> str:
    return f"{case.parent.name}/{case.name.removesuffix('.in.jsonl')}"


def test_there_are_vectors() -> None:
    assert CASES, f"no vectors in {VECTORS}"


@pytest.mark.parametrize("case", CASES, ids=name)
def test_answers_as_bytes(case: Path) -> None:
    book = Book()
    requests, answers = lines_of(case)
    for number, request in enumerate(requests):
        assert book.execute_json(request).encode() == answers[number], f"line {number + 1}"
        book = Book.restore(book.snapshot())
    assert f'{{"state_hash":"{book.state_hash}"}}'.encode() == answers[-1]
    assert len(answers) == len(requests) + 1


def typed(request: bytes) -> bytes | None:
    """The same request, through its class; none if it is not a well-formed command."""
    try:
        said = json.loads(request)
        record: Record
        if "chain" in said:
            record = Chain.from_json(said)
        elif "command" in said:
            record = Envelope.from_json(said)
        else:
            return None
        return json.dumps(record.to_json()).encode()
    except (ValueError, TypeError, AttributeError):
        return None


@pytest.mark.parametrize("case", CASES, ids=name)
def test_typed_commands_say_the_same(case: Path) -> None:
    book = Book()
    requests, answers = lines_of(case)
    for number, request in enumerate(requests):
        # What the book cannot read, Python's reader may: a key twice, a nesting too deep.
        malformed = answers[number].startswith(b'{"rejection":{"number":101,')
        through = None if malformed else typed(request)
        if not malformed and b'"ask"' not in request:
            assert through is not None, f"line {number + 1} has no typed form"
        assert book.execute_json(through or request).encode() == answers[number], (
            f"line {number + 1}"
        )
    assert book.state_hash.encode() in answers[-1]


@pytest.mark.parametrize("case", CASES, ids=name)
def test_answers_are_typed(case: Path) -> None:
    for line in lines_of(case)[1]:
        said: dict[str, Any] = json.loads(line)
        if "receipt" in said:
            receipt = Receipt.from_json(said["receipt"])
            assert Receipt.from_json(json.loads(json.dumps(receipt.to_json()))) == receipt
        if "answer" in said:
            ((question, answer),) = said["answer"].items()
            shape = shape_of(ANSWERS[question])
            value = shape.decode(answer)
            assert shape.decode(json.loads(json.dumps(shape.encode(value)))) == value
