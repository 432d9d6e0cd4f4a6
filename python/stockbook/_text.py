"""Networks and policies as the native module reads them: JSON text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeAlias

from stockbook._wire import Json, Record
from stockbook.types import Network, Policy

NetworkLike: TypeAlias = Network | Mapping[str, Any] | str
"""A network, as a class, as a dictionary or as JSON text."""

PolicyLike: TypeAlias = Policy | Mapping[str, Any] | str
"""A policy, as a class, as a dictionary or as JSON text."""


def to_text(value: Record | Mapping[str, Any] | str) -> str:
    """A record, a dictionary or a text as JSON text."""
    if isinstance(value, str):
        if not value.lstrip().startswith("{"):
            raise ValueError(f"`{value[:40]}` is no JSON text: give a class, a dictionary, or JSON")
        return value
    said: Json = value.to_json() if isinstance(value, Record) else dict(value)
    return json.dumps(said, default=_plain)


def _plain(value: object) -> Json:
    """What a dictionary may hold beside JSON's own: classes of this package, decimals, times."""
    if isinstance(value, Record):
        return value.to_json()
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{value!r} has no place in JSON")
