"""What a bot remembers: the last lines of each channel, for a while."""

from __future__ import annotations

import re
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from gesso.bots.persona import Memory

_MOST_CHANNELS: Final = 2000  # the one that was quiet for longest is forgotten first
_SPACE: Final = re.compile(r"\s+")


@dataclass(frozen=True)
class Line:
    """Who said what. It is one line, so that nobody can write lines for others into the prompt."""

    author: str
    text: str

    def __str__(self) -> str:
        return f"{self.author}: {self.text}"


@dataclass
class _Channel:
    lines: deque[Line]
    spoke_s: float = 0.0


@dataclass
class Remembered:
    """The channels of one bot. `clock` counts seconds."""

    memory: Memory
    clock: Callable[[], float] = time.monotonic
    _channels: OrderedDict[str, _Channel] = field(default_factory=OrderedDict)

    def add(self, channel: str, author: str, *, text: str) -> None:
        """Remember a line."""
        kept = self._fresh(channel)
        kept.lines.append(Line(on_one_line(author), on_one_line(text)))
        kept.spoke_s = self.clock()

    def lines(self, channel: str) -> list[Line]:
        """Return what is remembered of a channel, the oldest first."""
        found: list[Line] = []
        left = self.memory.characters
        for line in reversed(self._fresh(channel).lines):
            left -= len(str(line)) + 1
            if left < 0 and found:
                break
            found.append(line)
        return found[::-1]

    def forget(self, channel: str) -> None:
        """Remember nothing of a channel."""
        self._channels.pop(channel, None)

    def _fresh(self, channel: str) -> _Channel:
        kept = self._channels.pop(channel, None)
        if kept is None or self.clock() - kept.spoke_s > 60 * self.memory.minutes:
            kept = _Channel(deque(maxlen=max(1, self.memory.messages)), self.clock())
        self._channels[channel] = kept
        while len(self._channels) > _MOST_CHANNELS:
            self._channels.popitem(last=False)
        return kept


def on_one_line(text: str) -> str:
    """Return a text without line breaks, tabs and runs of spaces."""
    return _SPACE.sub(" ", text).strip()
