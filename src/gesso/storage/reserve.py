"""Room that is kept for when the disk is full: who deletes something must be able to write that down."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

SIZE_BYTES: Final = 1_000_000
"""Some hundred pages of a database."""
_PIECE_BYTES: Final = 65_536


class Reserve:
    """A file that holds room, and gives it up for a moment."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def keep(self) -> None:
        """Hold the room, or as much of it as there is."""
        with suppress(OSError), self._path.open("ab", 0) as file:
            while file.tell() < SIZE_BYTES:
                file.write(os.urandom(_PIECE_BYTES))  # what a file system can pack would hold nothing

    @contextmanager
    def lent(self) -> Iterator[None]:
        """Give the room up while something is done that will free more."""
        with suppress(OSError):
            self._path.unlink()
        try:
            yield
        finally:
            self.keep()
