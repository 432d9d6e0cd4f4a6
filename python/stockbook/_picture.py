"""A figure that notebooks show, with or without a backend of theirs."""

from __future__ import annotations

import io

from matplotlib.figure import Figure


class Picture(Figure):  # type: ignore[misc, unused-ignore]
    """A figure that stands by itself: no display, no global state."""

    def _repr_png_(self) -> bytes:
        picture = io.BytesIO()
        self.savefig(picture, format="png", dpi=100)
        return picture.getvalue()
