"""Flags that say that the runs of a sweep are no longer wanted, wherever they run."""

from __future__ import annotations

import math
import os
import time
from typing import Protocol


class UnwantedError(Exception):
    """Ends a run that nobody waits for any more. Not a `KeyboardInterrupt`: a worker of Dask that
    meets one falls over.
    """


class Flag(Protocol):
    """Whether the runs of a sweep are no longer wanted."""

    def is_set(self) -> bool: ...


class FileFlag:
    """A file that is there once the runs are not wanted: processes of a machine see it, whoever
    started them. One that is looked at often looks at the file now and then.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self._found = False
        self._looked = -math.inf

    def is_set(self) -> bool:
        if not self._found and time.monotonic() > self._looked + _LOOK_SECONDS:
            self._looked = time.monotonic()
            self._found = self.look()
        return self._found

    def look(self) -> bool:
        return os.path.exists(self.path)

    def __reduce__(self) -> tuple[type[FileFlag], tuple[str]]:
        return type(self), (self.path,)


class DaskFlag(FileFlag):
    """The same by an event of a Dask cluster, of that name."""

    def look(self) -> bool:
        from distributed import Event as DaskEvent

        return bool(DaskEvent(self.path).is_set())


_LOOK_SECONDS = 0.2
"""How often a run looks whether it is still wanted."""
