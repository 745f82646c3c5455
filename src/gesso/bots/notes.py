"""What a bot tells of its conversations: notes, the last of which are kept for whoever begins to listen."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, Literal, TypeAlias

from gesso.bots.words import sound

Kind: TypeAlias = Literal["heard", "waking", "part", "said", "silent", "failed", "state"]
"""What a note tells of.

heard: a message. waking: the model is not awake yet, which the bot may say. part: a piece of an answer that is being
made. said: an answer as it was said. silent: why a message is not answered. failed: why there is no answer. state: how
the bot stands.
"""

_MOST_NOTES: Final = 500


@dataclass(frozen=True, kw_only=True)
class Note:
    """Something that has happened. `number` counts up from 1; `at` is ISO 8601 in UTC.

    `reason` is for programs: why it is silent (see `manners.Reason`), the code of an error, a state.
    """

    number: int
    at: str
    kind: Kind
    channel: str = ""
    channel_name: str = ""
    author: str = ""
    text: str = ""
    reason: str = ""


@dataclass
class Notes:
    """The notes of one bot. Whoever listens too slowly misses what is older than the last few hundred."""

    _kept: deque[Note] = field(default_factory=lambda: deque(maxlen=_MOST_NOTES))
    _count: int = 0
    _pulse: asyncio.Event = field(default_factory=asyncio.Event)
    _is_closed: bool = False

    def add(
        self,
        kind: Kind,
        *,
        channel: str = "",
        channel_name: str = "",
        author: str = "",
        text: str = "",
        reason: str = "",
    ) -> Note:
        """Write a note, and wake whoever listens."""
        self._count += 1
        note = Note(
            number=self._count,
            at=datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            kind=kind,
            channel=sound(channel),
            channel_name=sound(channel_name),
            author=sound(author),
            text=sound(text),
            reason=reason,
        )
        self._kept.append(note)
        self.poke()
        return note

    def after(self, number: int) -> list[Note]:
        """Return the notes that are kept and came after one."""
        return [note for note in self._kept if note.number > number]

    async def listen(self, after: int = 0) -> AsyncGenerator[Note, None]:
        """Yield what is kept, and then what happens until this is closed."""
        seen = after
        while True:
            pulse = self._pulse
            for note in self.after(seen):
                seen = note.number
                yield note
            if self._is_closed:
                return
            if not self.after(seen):
                await pulse.wait()

    @property
    def last(self) -> int:
        """The number of the last note, 0 if there is none."""
        return self._count

    @property
    def pulse(self) -> asyncio.Event:
        """What is set when something happens next."""
        return self._pulse

    def close(self) -> None:
        """End every listening."""
        self._is_closed = True
        self.poke()

    def poke(self) -> None:
        """Wake whoever waits for the pulse."""
        pulse, self._pulse = self._pulse, asyncio.Event()
        pulse.set()
