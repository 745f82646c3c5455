"""What came of the last query to a model: clients of Runway's local servers ask for it again and again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

from gesso.server.protocols.runway_errors import Trouble, as_runway

Listener: TypeAlias = Callable[[bytes | None, str | None], None]
"""Hears outputs as JSON, or else an error in words."""
_NOTHING: Final = b"{}"


class Outcomes:
    """Keeps the last outputs and the last error, and tells listeners of each. A success ends the error before it."""

    def __init__(self) -> None:
        self.data: bytes = _NOTHING
        self.error: str | None = None
        self._listeners: list[Listener] = []

    def listen(self, listener: Listener) -> None:
        """Tell a listener of every outcome from now on."""
        self._listeners.append(listener)

    def __call__(self, outputs: bytes | None, *, error: Trouble | None = None) -> None:
        """Hear what came of a query."""
        said = None if error is None else as_runway(error).error
        if outputs is not None:
            self.data = outputs
        self.error = said
        for listener in self._listeners:
            listener(outputs, said)
