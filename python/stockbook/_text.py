"""Networks and policies as the native module reads them: JSON text."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeAlias

from stockbook._wire import Json, Record
from stockbook.types import Network, Policy

NetworkLike: TypeAlias = Network | Mapping[str, Any] | str
"""A network, as a class, as a dictionary or as JSON text."""

PolicyLike: TypeAlias = Policy | Mapping[str, Any] | str
"""A policy, as a class, as a dictionary or as JSON text."""


PoliciesLike: TypeAlias = "Iterable[PolicyLike] | PolicyLike"
"""Policies, or one alone."""


def to_text(value: Record | Mapping[str, Any] | str) -> str:
    """A record, a dictionary or a text as JSON text."""
    if isinstance(value, str):
        if not value.lstrip().startswith("{"):
            raise ValueError(f"`{value[:40]}` is no JSON text: give a class, a dictionary, or JSON")
        return value
    said: Json = value.to_json() if isinstance(value, Record) else dict(value)
    return json.dumps(said, default=_plain)


def policy_texts(policies: PoliciesLike) -> list[str]:
    """Policies as JSON texts, each under a name of its own: results are told apart by it."""
    listed = [policies] if isinstance(policies, str | Record | Mapping) else policies
    texts = [to_text(policy) for policy in listed]
    if not texts:
        raise ValueError("`policies` needs at least one policy")
    names = [_name(text) for text in texts]
    twice = {name for name in names if name is not None and names.count(name) > 1}
    if twice:
        raise ValueError(f"more than one policy is named {sorted(twice)}: give each its own name")
    return texts


def _name(text: str) -> str | None:
    """The name of a policy; what is no policy is left to be refused where it is read."""
    try:
        said = json.loads(text)
    except ValueError:
        return None
    return said.get("name") if isinstance(said, dict) else None


def _plain(value: object) -> Json:
    """What a dictionary may hold beside JSON's own: classes of this package, decimals, times."""
    if isinstance(value, Record):
        return value.to_json()
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{value!r} has no place in JSON")
