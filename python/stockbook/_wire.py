"""How typed classes become JSON and come back: by their annotations, and by nothing else."""

from __future__ import annotations

import operator
import re
import types
import typing
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from keyword import iskeyword
from typing import Any, ClassVar, Literal, Self, TypeAlias, Union, get_args, get_origin

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
"""What JSON can say, and what `json.loads` gives."""

Money: TypeAlias = Decimal | str
"""An exact amount of money, as `Decimal("19.99")` or `"19.99"`. Floats are refused."""

Angle: TypeAlias = Decimal | str | float
"""Degrees; a float is rounded to nano-degrees, a tenth of a millimetre."""

Moment: TypeAlias = datetime | str
"""An instant: a `datetime` with a time zone, or RFC 3339 text as `"2026-01-05T09:00:00Z"`."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""What an instant is where a record of an earlier release has none."""

NEVER = datetime.min.replace(tzinfo=UTC)
"""The time of a book to which nothing was said yet."""


class Shape:
    """How the values of one annotation are taken, written and read."""

    @abstractmethod
    def accept(self, value: Any) -> Any:
        """The value as it is kept; raises `TypeError` for one of the wrong kind."""

    def encode(self, value: Any) -> Json:
        """The value as JSON."""
        return typing.cast(Json, value)

    def decode(self, data: Any) -> Any:
        """The value that JSON gives; raises `TypeError` or `ValueError` for what it cannot be."""
        return self.accept(data)


class _Exactly(Shape):
    """`bool`, or `str` and words."""

    def __init__(self, kind: type) -> None:
        self.kind = kind

    def accept(self, value: Any) -> Any:
        if isinstance(value, self.kind):
            return value
        raise TypeError(f"{self.kind.__name__} is wanted, not {value!r}")


class _Int(Shape):
    """Whole numbers, those of numpy too; floats and booleans are refused."""

    def accept(self, value: Any) -> int:
        if isinstance(value, bool):
            raise TypeError(f"int is wanted, not {value!r}")
        return operator.index(value)


class _Amount(Shape):
    """Exact decimals."""

    def accept(self, value: Any) -> Decimal | str:
        if isinstance(value, Decimal | str):
            return value
        raise TypeError(f"Decimal or str is wanted, as in '19.99', not {value!r}")

    def encode(self, value: Any) -> Json:
        return value if isinstance(value, str) else format(value, "f")

    def decode(self, data: Any) -> Decimal:
        try:
            return Decimal(_Exactly(str).accept(data))
        except InvalidOperation:
            raise ValueError(f"{data!r} is not a decimal") from None


class _Degrees(_Amount):
    """Angles."""

    def accept(self, value: Any) -> Decimal | str:
        if isinstance(value, Decimal | str):
            return value
        if isinstance(value, bool) or not hasattr(value, "__float__"):
            raise TypeError(f"degrees are wanted, not {value!r}")
        nanos = Decimal(format(float(value), ".9f"))
        return Decimal(format(nanos.normalize(), "f"))


_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,6})?([Zz]|[+-]\d\d:\d\d)")


class _Time(Shape):
    """Instants."""

    def accept(self, value: Any) -> datetime | str:
        if isinstance(value, str):
            return value
        if not isinstance(value, datetime):
            raise TypeError(f"datetime or str is wanted, not {value!r}")
        if value.utcoffset() is None:
            raise ValueError(f"{value!r} has no time zone: write datetime(…, tzinfo=UTC)")
        return value

    def encode(self, value: Any) -> Json:
        if isinstance(value, str):
            return value
        if value == NEVER:
            return "never"
        return str(value.astimezone(UTC).isoformat()).replace("+00:00", "Z")

    def decode(self, data: Any) -> datetime:
        text = _Exactly(str).accept(data)
        if text == "never":
            return NEVER
        if not _RFC_3339.fullmatch(text):
            raise ValueError(f"{text!r} is not an instant")
        return datetime.fromisoformat(text.upper())


class _Optional(Shape):
    """A value or none."""

    def __init__(self, inner: Shape) -> None:
        self.inner = inner

    def accept(self, value: Any) -> Any:
        return None if value is None else self.inner.accept(value)

    def encode(self, value: Any) -> Json:
        return None if value is None else self.inner.encode(value)

    def decode(self, data: Any) -> Any:
        return None if data is None else self.inner.decode(data)


class _Many(Shape):
    """Any number of values, kept as a tuple."""

    def __init__(self, inner: Shape) -> None:
        self.inner = inner

    def accept(self, value: Any) -> tuple[Any, ...]:
        if isinstance(value, str | bytes | Mapping):
            raise TypeError(f"a list is wanted, not {value!r}")
        return tuple(map(self.inner.accept, value))

    def encode(self, value: Any) -> Json:
        return [self.inner.encode(item) for item in value]

    def decode(self, data: Any) -> tuple[Any, ...]:
        if not isinstance(data, list):
            raise TypeError(f"a list is wanted, not {data!r}")
        return tuple(map(self.inner.decode, data))


class _Each(Shape):
    """A fixed number of values, each of its own shape."""

    def __init__(self, inner: Sequence[Shape]) -> None:
        self.inner = inner

    def accept(self, value: Any) -> tuple[Any, ...]:
        return tuple(shape.accept(item) for shape, item in zip(self.inner, value, strict=True))

    def encode(self, value: Any) -> Json:
        return [shape.encode(item) for shape, item in zip(self.inner, value, strict=True)]

    def decode(self, data: Any) -> tuple[Any, ...]:
        if not isinstance(data, list):
            raise TypeError(f"a list is wanted, not {data!r}")
        return tuple(shape.decode(item) for shape, item in zip(self.inner, data, strict=True))


class _One(Shape):
    """A record."""

    def __init__(self, kind: type[Record]) -> None:
        self.kind = kind

    def accept(self, value: Any) -> Record:
        if isinstance(value, self.kind):
            return value
        raise TypeError(f"{self.kind.__name__} is wanted, not {value!r}")

    def encode(self, value: Any) -> Json:
        return typing.cast(Record, value).to_json()

    def decode(self, data: Any) -> Record:
        return self.kind.from_json(data)


class _Tagged(Shape):
    """One of several records, written as an object of one key."""

    def __init__(self, kinds: Sequence[type[Record]]) -> None:
        self.kinds = {kind.TAG: kind for kind in kinds}

    def accept(self, value: Any) -> Record:
        if isinstance(value, Record) and self.kinds.get(value.TAG) is type(value):
            return value
        raise TypeError(f"one of {', '.join(self.kinds)} is wanted, not {value!r}")

    def encode(self, value: Any) -> Json:
        return {value.TAG: value.to_json()}

    def decode(self, data: Any) -> Record:
        if not isinstance(data, dict) or len(data) != 1:
            raise TypeError(f"an object of one key is wanted, not {data!r}")
        ((tag, inside),) = data.items()
        kind = self.kinds.get(tag)
        if kind is None:
            raise ValueError(f"unknown kind {tag!r}")
        return kind.from_json(inside)


def shape_of(annotation: Any) -> Shape:
    """The shape that an annotation describes."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin in (types.UnionType, Union):
        if types.NoneType in arguments:
            rest = [argument for argument in arguments if argument is not types.NoneType]
            return _Optional(shape_of(Union[tuple(rest)]))  # noqa: UP007
        if float in arguments:
            return _Degrees()
        if Decimal in arguments:
            return _Amount()
        if datetime in arguments:
            return _Time()
        return _Tagged(arguments)
    if origin is Literal:
        return _Exactly(str)
    if origin is tuple and Ellipsis not in arguments:
        return _Each([shape_of(argument) for argument in arguments])
    if origin in (tuple, Sequence):
        return _Many(shape_of(arguments[0]))
    if annotation is int:
        return _Int()
    if annotation is Decimal:
        return _Amount()
    if annotation is datetime:
        return _Time()
    if isinstance(annotation, type) and issubclass(annotation, Record):
        return _One(annotation)
    return _Exactly(annotation)


class Field(typing.NamedTuple):
    """A field of a record: its names in Python and on the wire, its shape, if it is required."""

    name: str
    wire: str
    shape: Shape
    required: bool


_FIELDS: dict[type[Record], dict[str, Field]] = {}


def _fields_of(kind: type[Record]) -> dict[str, Field]:
    """The fields of a record by their names on the wire."""
    known = _FIELDS.get(kind)
    if known is None:
        hints = typing.get_type_hints(kind)
        known = {}
        for field in fields(kind):  # type: ignore[arg-type]
            # `from` is a word of Python: the field is called `from_`.
            bare = field.name.removesuffix("_")
            wire = bare if iskeyword(bare) else field.name
            required = field.default is MISSING and field.default_factory is MISSING
            known[wire] = Field(field.name, wire, shape_of(hints[field.name]), required)
        _FIELDS[kind] = known
    return known


class Record:
    """What all commands, events and answers have in common: JSON in and out."""

    __slots__ = ()

    TAG: ClassVar[str] = ""
    """The word that names it on the wire, where it stands among others."""

    def __post_init__(self) -> None:
        for field in _fields_of(type(self)).values():
            value = getattr(self, field.name)
            try:
                kept = field.shape.accept(value)
            except (TypeError, ValueError) as problem:
                raise type(problem)(f"{type(self).__name__}.{field.name}: {problem}") from None
            if kept is not value:
                object.__setattr__(self, field.name, kept)

    def to_json(self) -> dict[str, Json]:
        """The record as `json.dumps` takes it; what need not be there and is none is left out."""
        written: dict[str, Json] = {}
        for field in _fields_of(type(self)).values():
            value = getattr(self, field.name)
            if field.required or value is not None:
                written[field.wire] = field.shape.encode(value)
        return written

    @classmethod
    def from_json(cls, data: Json) -> Self:
        """The record that `json.loads` gave.

        Raises `TypeError` or `ValueError` where it does not fit.
        """
        if not isinstance(data, dict):
            raise TypeError(f"{cls.__name__}: an object is wanted, not {data!r}")
        known = _fields_of(cls)
        values: dict[str, Any] = {}
        for key, value in data.items():
            field = known.get(key)
            if field is None:
                raise ValueError(f"{cls.__name__} has no field {key!r}")
            try:
                values[field.name] = field.shape.decode(value)
            except (TypeError, ValueError) as problem:
                raise type(problem)(f"{cls.__name__}.{field.name}: {problem}") from None
        return cls(**values)
