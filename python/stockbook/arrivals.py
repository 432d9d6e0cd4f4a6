"""Orders that are drawn from a description and a seed, for any network."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from stockbook import _native
from stockbook._native import Table
from stockbook._text import NetworkLike, to_text


@dataclass(frozen=True)
class Arrivals:
    """How orders arrive: a description from which any seed draws a stream for any network.

    What is left out is as the library has it; see `Arrivals` of the Rust documentation.
    """

    days: int = 90
    """How many days."""
    orders_a_day: float = 1_000.0
    """Mean orders on an ordinary day."""
    dispersion: float = 0.0
    """0 = Poisson; above, negative binomial with variance mean + dispersion * mean²."""
    start: str = "2026-03-02T00:00:00Z"
    """Midnight (UTC) of the first day."""
    trend: float = 0.0
    """Growth over a year: 0.1 = a tenth more."""
    week: tuple[float, ...] = (1.0,) * 7
    """Weights of the weekdays from Monday."""
    season: float = 0.0
    """Height of the season: 0.3 = three tenths above the mean at its peak."""
    season_peak: int = 330
    """Day of the year of the season's peak."""
    promotions: tuple[Mapping[str, Any], ...] = ()
    """Promotions: `day`, `days`, `lift`, and if wanted `groups` of SKUs."""
    channels: Mapping[str, float] = field(default_factory=dict)
    """Weights of channels; empty = all of the network alike."""
    prices: Mapping[str, float] = field(default_factory=dict)
    """Prices by channel, of a list price of 1."""
    places: tuple[Mapping[str, float], ...] = ()
    """Places: `lat`, `lon`, `weight`, `scatter` (degrees); empty = the largest US cities."""
    popularity: float = 0.9
    """How unequal SKUs are (Zipf)."""
    further_line: float = 0.4
    """Probability of a further line after each."""
    lines_max: int = 6
    """The most lines of an order."""
    basket: float = 0.3
    """Probability that a further line is of the group of the first."""
    units: float = 1.2
    """Mean units of a line."""

    def to_text(self) -> str:
        """The description as JSON."""
        if self.dispersion < 0:
            raise ValueError(f"`dispersion` {self.dispersion} is below 0")
        unknown = sorted(set(self.prices) - set(self.channels))
        if unknown:
            raise ValueError(f"`prices` names {unknown}, which `channels` does not")
        law: Any = "poisson"
        if self.dispersion > 0:
            law = {"negative_binomial": {"dispersion": self.dispersion}}
        channels = [
            {"channel": channel, "weight": weight, "price": self.prices.get(channel, 1.0)}
            for channel, weight in self.channels.items()
        ]
        written = dataclasses.asdict(
            dataclasses.replace(self, promotions=(), places=(), channels={}, prices={})
        )
        for name in ("dispersion", "start", "prices"):
            written.pop(name)
        written |= {"from": self.start, "law": law, "channels": channels}
        written |= {"promotions": [dict(p) for p in self.promotions]}
        written |= {"places": [dict(p) for p in self.places]}
        return json.dumps(written)

    def draw(self, network: NetworkLike, seed: int) -> Table:
        """Orders for a network: the same seed gives the same orders."""
        text, told = to_text(network), self
        if self.prices and not self.channels:
            names = [channel["channel"] for channel in json.loads(text).get("channels", [])]
            told = dataclasses.replace(self, channels=dict.fromkeys(names, 1.0))
        return _native.generate_orders(text, told.to_text(), seed)
