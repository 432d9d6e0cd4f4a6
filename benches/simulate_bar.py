"""A million orders inside `simulate`, beside the programs that people write instead.

    python benches/simulate_bar.py [--orders N] [--data DIR] [--peers DIR]

Orders, stock and places are those of workload OA-1 (made by the example `oa1_yardstick` where DIR
has none), as a polars frame; the policy is the seed story's, over ten nodes. Printed: processor
seconds inside `simulate` with all that belongs to it (reading the frame, master data, opening
stock, shipments, returns, key figures), the same scaled to a core on which the yardstick does 15
M lines a second, the peak of memory, and for each peer program found its order lines a second and
the ratio to it. Peers are `pandas_peer.py`, `numba_peer.py` and `simpy_peer.py` of a folder given
by `--peers` or `STOCKBOOK_PEERS`; each runs on as many orders as it can do in a bearable time.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

import stockbook
from stockbook import _native
from stockbook.frames import run_stream

ROOT = Path(__file__).parents[1]
PEERS = {"pandas_peer.py": 2_000, "simpy_peer.py": 100_000, "numba_peer.py": 1_000_000}
CHANNELS = ("premium", "standard", "marketplace", "wholesale")


def yardstick(data: Path, orders: int) -> float:
    """Lines a second of the yardstick; makes the workload where it is not there."""
    program = ["cargo", "run", "-q", "--release", "--example", "oa1_yardstick", "--"]
    if not (data / "stock.i32").exists():
        data.mkdir(parents=True, exist_ok=True)
        arguments = ["generate", str(data), str(orders), "100000", "stocked"]
        subprocess.run([*program, *arguments], check=True, cwd=ROOT)
    said = subprocess.run(
        [*program, "run", str(data), "3"], check=True, cwd=ROOT, capture_output=True, text=True
    )
    rates = sorted(float(line.split()[0]) for line in said.stdout.splitlines())
    return rates[len(rates) // 2]


def network(nodes: Any, stock: Any) -> str:
    """Ten nodes with the seed story's services and channels, and the workload's stock."""
    story = json.loads(stockbook.frames.to_text(stockbook.scenario(orders=10, days=30).network))
    kinds = ["warehouse"] * (len(nodes) - 2) + ["third_party"] * 2
    skus, places = [f"S{sku}" for sku in range(len(stock))], [f"N{n}" for n in range(len(nodes))]
    return json.dumps(
        {
            "services": story["services"],
            "channels": story["channels"],
            "nodes": [
                {
                    "node": place,
                    "kind": kind,
                    "place": {"lat": f"{lat:.6f}", "lon": f"{lon:.6f}"},
                    "handling_per_order": "1.95",
                    "handling_per_unit": "0.40",
                    "processing_minutes": 90,
                }
                for place, kind, (lat, lon) in zip(places, kinds, nodes, strict=True)
            ],
            "skus": [{"sku": sku, "price": "24.00", "weight_g": 400} for sku in skus],
            "stock": [
                {"sku": skus[s], "node": places[n], "qty": int(stock[s, n]), "unit_cost": "9.00"}
                for s, n in zip(*np.nonzero(stock), strict=True)
            ],
        }
    )


def frame(data: Path, orders: int) -> pl.DataFrame:
    """The workload's orders over thirty days, a row a line."""
    start = np.fromfile(data / "off.u32", "<u4")[: orders + 1].astype(np.int64)
    lines = int(start[-1])
    place = np.fromfile(data / "cust.f32", "<f4").reshape(-1, 2)[:orders].astype(np.float64)
    row = np.repeat(np.arange(orders), np.diff(start))
    at = 1_772_409_600_000_000 + np.arange(orders) * (30 * 86_400_000_000 // orders)
    channel = np.array(CHANNELS)[np.digitize(np.arange(orders) % 100, (20, 66, 98))]
    sku = np.fromfile(data / "sku.u32", "<u4")[:lines]
    return pl.DataFrame(
        {
            "order": row + 1,
            "at": at[row],
            "channel": channel[row],
            "lat": place[row, 0],
            "lon": place[row, 1],
            "sku": pl.Series(sku).cast(pl.String).map_elements(lambda s: f"S{s}", pl.String),
            "qty": np.fromfile(data / "qty.u8", "u1")[:lines].astype(np.int64),
        }
    )


def peers(folder: Path, data: Path, orders: int, ours: float) -> None:
    """Runs what peers there are, and prints the ratio to each."""
    for name, most in PEERS.items():
        program = folder / name
        if not program.exists():
            print(f"{name}: NOT RUN, it is not in {folder}")
            continue
        command = [sys.executable, str(program), str(data), str(min(most, orders))]
        said = subprocess.run(command, capture_output=True, text=True, cwd=folder)
        if said.returncode:
            print(f"{name}: NOT RUN: {said.stderr.strip().splitlines()[-1]}")
            continue
        rate = json.loads(said.stdout.splitlines()[-1])["lines_per_cpu_s"]
        print(f"{name}: {rate:,.0f} lines/s; simulate is {ours / rate:.2f} times as fast")


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=1_000_000)
    parser.add_argument("--data", type=Path, default=ROOT / "target/oa1-stocked")
    parser.add_argument("--peers", type=Path, default=os.environ.get("STOCKBOOK_PEERS"))
    said = parser.parse_args()
    rate = yardstick(said.data, said.orders)
    nodes = np.fromfile(said.data / "nodes.f64", "<f8").reshape(-1, 2)
    stock = np.fromfile(said.data / "stock.i32", "<i4").reshape(-1, len(nodes))
    orders, written = frame(said.data, said.orders), network(nodes, stock)
    policy = stockbook.scenario(orders=10).policies[0]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    began = time.process_time()
    stream = _native.Stream(orders, written)
    read = time.process_time() - began
    (outcome,) = run_stream(stream, [policy], {}).outcomes
    fill = float(outcome.kpi("fill_rate_lines"))
    seconds = time.process_time() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    lines = len(orders)
    print(f"orders={said.orders} lines={lines} fill_rate_lines={fill:.4f}")
    print(f"yardstick_lines_per_s={rate:,.0f}")
    print(f"simulate_cpu_s={seconds:.2f} of which reading={read:.2f}")
    print(f"scaled_to_15M_s={seconds * rate / 15e6:.2f}")
    print(f"peak_mb={peak:,.0f} (before: {before:,.0f})")
    if said.peers:
        peers(Path(said.peers), said.data, said.orders, lines / seconds)
    else:
        print("peers: NOT RUN, neither --peers nor STOCKBOOK_PEERS says where they are")


if __name__ == "__main__":
    main()
