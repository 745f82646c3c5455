"""The log of a deployment: who asked and what came of it, what the model said, how it woke. Never what was asked."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import msgspec

from gesso.hosting.deployment import now

Outcome: TypeAlias = Literal["succeeded", "failed", "canceled", "refused"]
"""What came of a request. `refused`: it was not let in, or its inputs were wrong."""

MOST: Final = 2000
"""Lines that are kept of a deployment."""
MOST_REFUSED: Final = 400
"""Of these, so many may be about what was refused: strangers must not push out everything else."""
REFUSED: Final = '"outcome":"refused"'
"""What the lines about that have in them; in a text the quotes would be written otherwise."""
_MOST_UNSAVED: Final = 500
_MOST_UNSAVED_REFUSED: Final = 100
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
    def from_json(cls, text: str) -> Entry | None:
        """Return it from JSON; None if it is broken."""
        try:
            return msgspec.json.decode(text, type=cls)
        except msgspec.MsgspecError:
            return None


class Entries:
    """The lines that are not written yet. Of a deployment that says too much at once, the newest are kept.

    Of many that were refused at once the first are kept, and how many they were.
    """

    def __init__(self) -> None:
        self._unsaved: dict[str, list[str]] = defaultdict(list)
        self._refused: Counter[str] = Counter()

    def add(self, name: str, entry: Entry) -> None:
        """Add a line; its time is now."""
        if entry.outcome == "refused":
            self._refused[name] += 1
            if self._refused[name] > _MOST_UNSAVED_REFUSED:
                return
        lines = self._unsaved[name]
        lines.append(_encode(entry))
        if len(lines) > _MOST_UNSAVED:
            del lines[0]

    def take(self) -> dict[str, list[str]]:
        """Return what is to be written, by deployment."""
        for name, count in self._refused.items():
            if (more := count - _MOST_UNSAVED_REFUSED) > 0:
                entry = Entry(kind="request", text=f"{more} more were refused in the same second.", outcome="refused")
                self._unsaved[name].append(_encode(entry))
        taken, self._unsaved, self._refused = dict(self._unsaved), defaultdict(list), Counter()
        return taken

    def forget(self, name: str) -> None:
        """Forget a deployment."""
        self._unsaved.pop(name, None)
        self._refused.pop(name, None)


def _encode(entry: Entry) -> str:
    said = {name: value for name, value in msgspec.to_builtins(entry).items() if value is not None}
    return msgspec.json.encode(said | {"at": now(), "text": entry.text[:_LONGEST]}).decode()
