"""The log of a deployment: who asked and what came of it, what the model said, how it woke. Never what was asked."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import msgspec

from gesso.hosting.deployment import now

Outcome: TypeAlias = Literal["succeeded", "failed", "canceled", "refused"]
"""What came of a request. `refused`: it was not let in, or its inputs were wrong."""

MOST: Final = 2000
"""Lines that are kept of a deployment."""
_MOST_UNSAVED: Final = 500
_LONGEST: Final = 1000


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A line of the log. `kind` says what it is: a request, a line of the model's own, or a step of waking.

    Of a request: `protocol` it came by, `token` by name, `outcome`, `took_ms` for all of it, `run_ms` in the model.
    """

    kind: Literal["request", "line", "wake"]
    at: str = ""
    text: str = ""
    level: str = "info"
    protocol: str | None = None
    token: str | None = None
    outcome: Outcome | None = None
    took_ms: float | None = None
    run_ms: float | None = None
    release: int | None = None

    @classmethod
    def from_json(cls, text: str) -> Entry:
        """Return it from JSON."""
        return msgspec.json.decode(text, type=cls)


class Entries:
    """The lines that are not written yet. Of a deployment that says too much at once, the newest are kept."""

    def __init__(self) -> None:
        self._unsaved: dict[str, list[str]] = defaultdict(list)

    def add(self, name: str, entry: Entry) -> None:
        """Add a line; its time is now."""
        lines = self._unsaved[name]
        lines.append(_encode(entry))
        if len(lines) > _MOST_UNSAVED:
            del lines[0]

    def take(self) -> dict[str, list[str]]:
        """Return what is to be written, by deployment."""
        taken, self._unsaved = dict(self._unsaved), defaultdict(list)
        return taken

    def forget(self, name: str) -> None:
        """Forget a deployment."""
        self._unsaved.pop(name, None)


def _encode(entry: Entry) -> str:
    said = {name: value for name, value in msgspec.to_builtins(entry).items() if value is not None}
    return msgspec.json.encode(said | {"at": now(), "text": entry.text[:_LONGEST]}).decode()
