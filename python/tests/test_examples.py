"""The examples print what they should: the same as in C."""

from __future__ import annotations

import subprocess
import sys

import pytest

from conftest import ROOT, not_run


@pytest.mark.parametrize("example", ["seed_story", "day_of_trade"])
def test_an_example_prints_what_its_c_twin_prints(example: str) -> None:
    expected = ROOT / "tests" / "c" / f"{example}.expected"
    program = ROOT / "examples" / "python" / f"{example}.py"
    done = subprocess.run(
        [sys.executable, str(program)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout
    if not expected.exists():
        not_run(f"{expected} does not exist")
    assert done.stdout == expected.read_text()
