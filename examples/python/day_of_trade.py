"""A complete day of trade, from capture to close.

An outage, a lost parcel, a late supplier, a rush, a recount, returns; every queue, approval and
report shown. The script has a heading, a command or a question a line.

    pip install ./python && python examples/python/day_of_trade.py
"""

from pathlib import Path

from stockbook import Book

SCRIPT = Path(__file__).parent.parent / "day_of_trade.jsonl"


def tell(script: str) -> None:
    """Says a script to a book; prints headings, refusals, and the answer to every question."""
    book = Book()
    for line in script.splitlines():
        if line.startswith("# "):
            print(line[2:])
            continue
        answer = book.execute_json(line)
        if not answer.startswith('{"receipt'):
            print(f"  {answer}")


tell(SCRIPT.read_text())
