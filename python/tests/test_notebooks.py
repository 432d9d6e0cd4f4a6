"""The notebooks run from top to bottom, and nothing in them fails."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from conftest import ROOT, not_run

NOTEBOOKS = sorted((ROOT / "examples/python/notebooks").glob("*.ipynb"))


def test_there_are_three() -> None:
    assert [path.stem for path in NOTEBOOKS] == [
        "channel_protection",
        "choose_a_policy",
        "size_safety_stock",
    ]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs(path: Path, tmp_path: Path) -> None:
    try:
        import nbformat
        from nbclient import NotebookClient
    except ImportError:
        not_run("nbclient is not there")
    notebook = nbformat.read(path, as_version=4)
    kept: list[Any] = [cell["outputs"] for cell in notebook.cells if cell["cell_type"] == "code"]
    assert not any(kept), "notebooks are kept without outputs"
    client = NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(tmp_path)}})
    client.execute()
    shown = json.dumps([cell.get("outputs") for cell in notebook.cells])
    assert "text/html" in shown
    assert "image/png" in shown
