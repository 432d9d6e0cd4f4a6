"""Columns in and out: Arrow, pandas, polars, numpy, plain lists."""

from __future__ import annotations

import array
import pickle
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from conftest import brand
from stockbook import DefineSupplier, InvalidField, Rejection, Session, Table

DAY = datetime(2026, 1, 5, 9, tzinfo=UTC)
FULL: dict[str, list[Any]] = {
    "int": [1, -2, 3],
    "float": [1.5, -2.25, 0.0],
    "bool": [True, False, True],
    "text": ["a", "", "longer than twelve bytes: ü"],
    "money": [Decimal("19.99"), Decimal("-0.000001"), Decimal("0.00")],
    "time": [DAY, datetime(1969, 7, 20, tzinfo=UTC), datetime(2026, 1, 5, 9, 0, 0, 1, tzinfo=UTC)],
}
GAPS = {name: [values[0], None, values[2]] for name, values in FULL.items()}


@pytest.mark.parametrize("columns", [FULL, GAPS, {name: [] for name in FULL}, {}])
def test_lists_round_trip(columns: dict[str, list[Any]]) -> None:
    table = Table(columns)
    assert table.to_dict() == columns
    assert table.columns == list(columns)
    assert table.to_rows() == [
        dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)
    ]


@pytest.mark.parametrize("columns", [FULL, GAPS], ids=["full", "gaps"])
def test_other_libraries_read_what_we_write(columns: dict[str, list[Any]]) -> None:
    table = Table(columns)
    assert pa.table(table).to_pydict() == columns
    assert pa.record_batch(table).to_pydict() == columns
    assert pa.schema(table) == pa.table(table).schema
    assert pl.DataFrame(table).to_dict(as_series=False) == columns
    assert table.to_arrow().to_pydict() == columns
    assert table.to_polars().to_dict(as_series=False) == columns
    frame = table.to_pandas()
    assert Table(frame).to_dict() | {"int": columns["int"]} == columns
    assert pa.table(table).validate(full=True) is None


@pytest.mark.parametrize("columns", [FULL, GAPS], ids=["full", "gaps"])
def test_we_read_what_other_libraries_write(columns: dict[str, list[Any]]) -> None:
    arrow = pa.table(Table(columns))
    polars = pl.DataFrame(Table(columns))
    for source in (
        arrow,
        arrow.to_batches()[0],
        arrow.to_reader(),
        polars,
        polars.rechunk(),
        pd.DataFrame({name: arrow[name].to_pandas(types_mapper=pd.ArrowDtype) for name in columns}),
    ):
        assert Table(source).to_dict() == columns
    twice = {name: [*values, *values] for name, values in columns.items()}
    assert Table(pa.concat_tables([arrow, arrow])).to_dict() == twice
    assert Table(pl.concat([polars, polars], rechunk=False)).to_dict() == twice
    tail = {name: values[1:] for name, values in columns.items()}
    assert Table(arrow.slice(1)).to_dict() == tail
    assert Table(arrow.slice(1).to_batches()[0]).to_dict() == tail
    assert Table(polars[1:]).to_dict() == tail
    assert Table({name: arrow[name] for name in columns}).to_dict() == columns
    assert Table({name: polars[name] for name in columns}).to_dict() == columns


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        (pa.array([1, None, 3], pa.int8()), [1, None, 3]),
        (pa.array([1, None, 3], pa.uint64()), [1, None, 3]),
        (pa.array([0.1, None], pa.float32()), [0.1, None]),
        (pa.array(["x", None, "y", "x"]).dictionary_encode(), ["x", None, "y", "x"]),
        (pa.array(["x", None, "y"]).dictionary_encode().slice(1), [None, "y"]),
        (pa.array(["x", None], pa.string_view()), ["x", None]),
        (pa.array(["x", None], pa.large_string()), ["x", None]),
        (pa.array([Decimal("1.5")], pa.decimal128(10, 1)), [Decimal("1.50")]),
        (pa.array([Decimal("1.5000000")], pa.decimal128(20, 7)), [Decimal("1.50")]),
        (pa.array([DAY], pa.timestamp("ns", "America/Chicago")), [DAY]),
        (pa.array([DAY], pa.timestamp("s")), [DAY]),
        (pa.array([DAY.date()]), [datetime(2026, 1, 5, tzinfo=UTC)]),
        (pa.nulls(2), [None, None]),
        (pa.chunked_array([[1, 2], [3]]), [1, 2, 3]),
        (pl.Series(["x", "y", None], dtype=pl.Categorical), ["x", "y", None]),
        (pl.Series([1.5, None]), [1.5, None]),
        (pd.Series(["x", "y"], dtype="category"), ["x", "y"]),
        (pd.Series([DAY, None]), [DAY, None]),
        (np.array([1, 2], dtype="uint16"), [1, 2]),
        (np.array([1.5, 2.5]), [1.5, 2.5]),
        (np.array(["x", "y"]), ["x", "y"]),
        (np.array(["2026-01-05T09:00:00"], dtype="datetime64[ns]"), [DAY]),
        (np.array([1, 2, 3, 4])[::2], [1, 3]),
        (array.array("i", [1, 2]), [1, 2]),
        (memoryview(array.array("d", [1.5])), [1.5]),
        ((1, 2), [1, 2]),
        ([1, 2.5], [1.0, 2.5]),
        ([datetime(2026, 1, 5, 9)], [DAY]),
        (np.array([256, -2], dtype=">i2"), [256, -2]),
        (np.array([8.2, 0.5], dtype=">f8"), [8.2, 0.5]),
        (np.ma.array([10, 11, 12], mask=[False, True, False]), [10, None, 12]),
        (np.ma.array(["2026-01-05T09:00", "NaT"], dtype="M8[ns]", mask=[False, True]), [DAY, None]),
        (np.array(["2026-01-05T09:00", "NaT"], dtype="datetime64[us]"), [DAY, None]),
        (pd.to_datetime([DAY, DAY]), [DAY, DAY]),
        (pd.Series([DAY, None], index=[7, 5]), [DAY, None]),
    ],
)
def test_columns_of_every_kind(values: Any, wanted: list[Any]) -> None:
    assert Table({"c": values})["c"] == wanted


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (5, "a table is wanted"),
        ("order", "a table is wanted"),
        ({"a": [1], "b": [1, 2]}, "has not 1 rows"),
        ({"a": "text"}, "not a column"),
        ({"a": [1, "x"]}, "does not fit"),
        ({"a": [Decimal("0.0000001")]}, "more than six decimals does not fit"),
        (pa.table({"a": [[1]]}), "is not read here"),
        (pa.table({"a": pa.array([Decimal("0.0000001")])}), "six decimals"),
    ],
)
def test_what_is_no_table_is_refused(data: object, problem: str) -> None:
    with pytest.raises((TypeError, ValueError), match=problem):
        Table(data)


def test_a_stream_is_read_once() -> None:
    capsule = Table({"a": [1]}).__arrow_c_stream__()
    reader = pa.RecordBatchReader._import_from_c_capsule(capsule)
    assert Table(reader)["a"] == [1]

    class Used:
        def __arrow_c_stream__(self, requested_schema: object = None) -> object:
            return capsule

    with pytest.raises(ValueError, match="used up"):
        Table(Used())


@pytest.mark.parametrize("columns", [FULL, GAPS], ids=["full", "gaps"])
def test_pickled_columns_keep_their_kind(columns: dict[str, list[Any]]) -> None:
    table = pa.table(Table(columns))
    nothing = pa.table([pa.nulls(3, field.type) for field in table.schema], schema=table.schema)
    for source in (table, table.slice(0, 0), nothing):
        again = pickle.loads(pickle.dumps(Table(source)))
        assert again.to_dict() == Table(source).to_dict()
        assert pa.schema(again) == pa.schema(Table(source))


def test_tables_outlive_their_book(session: Session) -> None:
    arrow = session.book.stock().to_arrow()
    del session
    assert arrow.validate(full=True) is None
    assert arrow["on_hand"].to_pylist() == [50, 50, 50, 50]


def test_tables_show_themselves(session: Session) -> None:
    table = session.book.stock()
    assert repr(table).splitlines()[0].split() == [
        "sku", "node", "on_hand", "sellable", "reserved", "available", "value",
    ]  # fmt: skip
    assert "<td>TEE</td>" in table._repr_html_()
    assert "&lt;b&gt;" in Table({"a": ["<b>"]})._repr_html_()
    assert "first 10 shown" in repr(Table({"a": range(20)}))


def orders(kind: str) -> Any:
    columns: dict[str, Any] = {
        "order": [1, 1, 2, 3, 4],
        "at": ["2026-01-06T09:00:00Z"] * 5,
        "channel": ["web"] * 5,
        "lat": [40.7128] * 5,
        "lon": [-74.006] * 5,
        "sku": ["TEE", "MUG", "TEE", "CAP", "TEE"],
        "qty": [2, 1, 60, 1, 1],
        "price": [24.0, 15.5, 23.99, 1.0, 24.0],
    }
    frame = pd.DataFrame(columns)
    frame["at"] = pd.to_datetime(frame["at"])
    table = pa.Table.from_pandas(frame, preserve_index=False)
    return {
        "lists": columns,
        "pandas": frame,
        "polars": pl.DataFrame(columns).with_columns(pl.col("at").str.to_datetime(time_zone="UTC")),
        "arrow": table,
        "arrays": {name: frame[name].to_numpy() for name in frame if name != "at"}
        | {"at": columns["at"]},
        "decimals": columns | {"price": [Decimal(str(price)) for price in columns["price"]]},
    }[kind]


@pytest.mark.parametrize("kind", ["lists", "pandas", "polars", "arrow", "arrays", "decimals"])
def test_orders_by_the_table(kind: str) -> None:
    book = brand().book
    done = book.place_orders(orders(kind), source="feed")
    assert done.orders["order"] == [1, 2, 3, 4]
    assert done.orders["rejected_as"] == [None, None, "UnknownSku", None]
    assert done.lines["sku"] == ["TEE", "MUG", "TEE", None, "TEE"]
    assert done.lines["reserved"][:2] == [2, 1]
    assert book.ask.order("1").lines[1].price == Decimal("15.50")
    assert book.ask.order("2").lines[0].price == Decimal("23.99")
    reference = brand().book
    reference.place_orders(orders("lists"), source="feed")
    assert book.state_hash == reference.state_hash
    book.verify()


def test_prices_are_exact_or_refused(session: Session) -> None:
    bad = orders("lists") | {"price": [24.0, 0.1 + 0.2, 1.0, 1.0, 1.0]}
    with pytest.raises(ValueError, match=r"column `price`, row 1"):
        session.book.place_orders(bad)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"lat": [91.0] * 5}, "column `lat`, row 0: not a place on the globe"),
        ({"lon": [-74.0] * 4 + [181.0]}, "column `lon`, row 4: not a place on the globe"),
        ({"commitment": [0, 0, 2, 0, 0]}, "column `commitment`, row 2: 0 or 1"),
        (
            {"channel": ["web", "shop", "web", "web", "web"]},
            "column `channel`, row 1: not as on the first",
        ),
        ({"lat": [40.7, 40.8, 1, 1, 1]}, "column `lat`, row 1: not as on the first"),
        ({"lon": [40.7, 40.8, 1, 1, 1]}, "column `lon`, row 1: not as on the first"),
        (
            {"at": [f"2026-01-06T09:00:0{n}Z" for n in range(5)]},
            "column `at`, row 1: not as on the first",
        ),
        ({"command": [1, 2, 3, 4, 5]}, "column `command`, row 1: not as on the first"),
        (
            {"commitment": ["own", "external", "own", "own", "own"]},
            "`commitment`, row 1: not as on the first",
        ),
        (
            {"deliver_by": [DAY, None, None, None, None]},
            "column `deliver_by`, row 1: not as on the first",
        ),
        ({"qty": [1.5] * 5}, "a whole number"),
        ({"order": ["A-1"] * 5}, "a whole number"),
        ({"at": ["tomorrow"] * 5}, "RFC 3339"),
        ({"sku": [True] * 5}, "needs codes"),
        ({"qty": [1, None, 1, 1, 1]}, "a value is missing"),
    ],
)
def test_faults_name_column_and_row(session: Session, change: dict[str, Any], problem: str) -> None:
    before = session.book.state_hash
    with pytest.raises((TypeError, ValueError), match=problem):
        session.book.place_orders(orders("lists") | change)
    assert session.book.state_hash == before


def test_a_missing_column_is_named(session: Session) -> None:
    with pytest.raises(KeyError, match="no column `unit_cost`"):
        session.book.receive_goods(
            {"command": [1], "at": [DAY], "node": ["RENO"], "sku": ["TEE"], "qty": [1]}
        )


def test_receipts_and_shipments_by_the_table(session: Session) -> None:
    book = session.book
    receipts = {
        "command": [901, 902],
        "at": [DAY, DAY],
        "node": ["RENO", "MARS"],
        "sku": ["TEE", "TEE"],
        "qty": [10, 10],
        "unit_cost": ["8.50", "8.50"],
    }
    assert book.receive_goods(receipts)["rejected_as"] == [None, "UnknownNode"]
    book.place_orders({name: values[:3] for name, values in orders("lists").items()})
    nodes = book.ask.order("1").parcels[0].node
    shipments = {"command": [903], "at": ["2026-01-07T09:00:00Z"], "order": [1], "node": [nodes]}
    assert book.ship_orders(shipments)["rejection"] == [0]
    assert book.ask.order("1").lines[0].shipped == 2
    book.verify()


@pytest.mark.parametrize(
    "none",
    [
        lambda v: v,
        lambda v: pd.Series(v),
        lambda v: pl.Series(v),
        lambda v: np.array(v, dtype=float if isinstance(v[0], float) else "M8[us]"),
    ],
    ids=["lists", "pandas", "polars", "numpy"],
)
def test_an_order_may_leave_out_price_and_due_date(session: Session, none: Any) -> None:
    due = datetime(2026, 2, 1)
    given = {"price": none([20.0, None, None, 1.0, 2.0])}
    given["deliver_by"] = none([due, due, None, None, None])
    book = session.book
    assert book.place_orders(orders("lists") | given).orders["rejection"][0] == 0
    first, second = book.ask.order("1"), book.ask.order("2")
    assert [line.price for line in first.lines] == [Decimal("20.00"), Decimal("15.00")]
    assert first.deliver_by == due.replace(tzinfo=UTC)
    assert second.deliver_by == datetime(2026, 1, 16, 9, tzinfo=UTC)


def test_an_unknown_supplier_is_no_opening_balance(session: Session) -> None:
    session.execute(DefineSupplier("ACME", 5, 2))
    receipts = {
        "command": [901, 902, 903],
        "at": [datetime(2026, 1, 6, tzinfo=UTC)] * 3,
        "node": ["RENO"] * 3,
        "supplier": ["ACME", "ACMEE", None],
        "sku": ["TEE"] * 3,
        "qty": [10, 10, 10],
        "unit_cost": ["8.50"] * 3,
    }
    done = session.book.receive_goods(receipts)
    assert done["rejected_as"] == [None, "UnknownSupplier", None]
    assert session.book.stock()["on_hand"][0] == 70


def test_shapes_that_do_not_fit_are_rejected(session: Session) -> None:
    assert issubclass(InvalidField, Rejection)
    empty: dict[str, list[Any]] = {name: [] for name in orders("lists")}
    assert len(session.book.place_orders(empty).orders) == 0


BIG = 2**63 + 5


@pytest.mark.parametrize(
    "numbers",
    [
        [7, BIG],
        np.array([7, BIG], np.uint64),
        pl.Series([7, BIG], dtype=pl.UInt64),
        pd.Series([7, BIG], dtype="uint64"),
        pa.chunked_array([pa.array([7], pa.uint64()), pa.array([BIG], pa.uint64())]),
        pa.chunked_array([pa.array([BIG], pa.uint64()), pa.array([7], pa.uint64())]).take([1, 0]),
        ["7", str(BIG)],
    ],
)
def test_numbers_of_64_bits_come_through(numbers: Any) -> None:
    book = brand().book
    two = {name: column[3:] for name, column in orders("lists").items()} | {"sku": ["TEE", "MUG"]}
    placed = book.place_orders(two | {"order": numbers}).orders
    assert list(map(str, placed["order"])) == ["7", str(BIG)]
    assert placed["rejected_as"] == [None, None]
    assert book.ask.order(str(BIG)).lines[0].sku == "MUG"
    book.verify()


@pytest.mark.parametrize("number", [-1, 2**64, "9" * 30])
def test_a_number_past_64_bits_names_its_row(number: Any) -> None:
    two = {name: column[3:] for name, column in orders("lists").items()}
    first = "7" if isinstance(number, str) else 7
    with pytest.raises(ValueError, match=r"column `order`, row 1: a (whole )?number from 0"):
        brand().book.place_orders(two | {"order": [first, number]})
    with pytest.raises(ValueError, match=r"column `qty`, row 1: a whole number below 2\^63"):
        brand().book.place_orders(two | {"qty": [1, 2**63]})
