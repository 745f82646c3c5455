"""The door out: nobody contacts another computer without passing here.

It is shut while Gesso is set to work offline, and it writes down who went where. Where one may go, `guard.py` says.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from gesso.errors import CanceledError, FetchError
from gesso.net.ledger import Ledger, Outcome


@dataclass
class Visit:
    """A contact that goes on; whoever makes it counts what comes back."""

    received_bytes: int = 0


def always_open() -> bool:
    """Say that Gesso is not set to work offline."""
    return False


@dataclass(frozen=True)
class Door:
    """The way out to other computers, and the ledger of who took it. While `is_offline` says so it is shut.

    It is asked each time: a person may change the setting while Gesso runs.
    """

    ledger: Ledger
    is_offline: Callable[[], bool] = always_open

    def check(self, what_for: str, *, hint: str = "") -> None:
        """Raise `FetchError` if Gesso is set to work offline. `what_for` is what is wanted ("the weights of pose")."""
        if self.is_offline():
            raise FetchError(
                f"Gesso is set to work offline, so it does not fetch {what_for}.",
                hint=hint or "Allow it in the studio's settings, or with GESSO_OFFLINE=0.",
            )

    @contextlib.contextmanager
    def contact(self, host: str, what_for: str) -> Iterator[Visit]:
        """Let the code inside contact a host, and write it down. Raises `FetchError` if it may not, or cannot be."""
        self.check(what_for)
        try:
            contact_id = self.ledger.begin(host, what_for)
        except OSError as error:
            raise FetchError(
                f"Gesso writes down whom it contacts, and cannot: {error.strerror or error}.",
                hint="Is the disk full, or does Gesso's folder belong to somebody else?",
            ) from error
        visit = Visit()
        try:
            yield visit
        except BaseException as error:
            self._end(contact_id, visit, outcome=_outcome(error), error=_words(error))
            raise
        self._end(contact_id, visit, outcome="done")

    def _end(self, contact_id: str, visit: Visit, *, outcome: Outcome, error: str = "") -> None:
        with contextlib.suppress(OSError):  # its beginning is written down, and what came back is worth more
            self.ledger.end(contact_id, received_bytes=visit.received_bytes, outcome=outcome, error=error)


def _outcome(error: BaseException) -> Outcome:
    canceled = (CanceledError, asyncio.CancelledError, KeyboardInterrupt, GeneratorExit)
    return "canceled" if isinstance(error, canceled) else "failed"


def _words(error: BaseException) -> str:
    return error.message if isinstance(error, FetchError) else type(error).__name__
