"""How long to wait before a worker is started again that keeps dying."""

from __future__ import annotations

from typing import Final

_AT_ONCE: Final = 2
"""So many failures in a row are nobody's pattern yet: the person who presses again gets an answer at once."""
_LONGEST_S: Final = 30.0


class BackOff:
    """Counts failures in a row: the third waits a second, each later one twice as long, up to half a minute."""

    def __init__(self) -> None:
        self._in_a_row = 0
        self.failures = 0
        """All failures so far."""

    @property
    def wait_s(self) -> float:
        """How long the next start has to wait, in seconds."""
        if self._in_a_row <= _AT_ONCE:
            return 0.0
        return min(_LONGEST_S, 2.0 ** min(self._in_a_row - _AT_ONCE - 1, 10))

    def failed(self) -> None:
        """Count a worker that could not get ready, or that died."""
        self._in_a_row += 1
        self.failures += 1

    def succeeded(self) -> None:
        """A run has come to its end: the worker is sound."""
        self._in_a_row = 0
