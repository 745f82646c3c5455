"""A text as it is written, cut where a client has said."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, Literal

from gesso.server.direct.run import DirectRun
from gesso.spec.runnable import Part, Result


class Cut:
    """Finds the end of a text that comes in pieces: whichever of some words is whole first.

    What may be the beginning of one is held until that is known, so that it does not matter how the text is cut up.
    """

    def __init__(self, words: Sequence[str]) -> None:
        self._words = [word for word in words if word]
        self._held = ""
        self.is_found = False

    def take(self, piece: str) -> str:
        """Take a piece, and return what surely belongs to the text."""
        text = self._held + piece
        found = [(place + len(word), place) for word in self._words if (place := text.find(word)) >= 0]
        if found:
            self.is_found, self._held = True, ""
            return text[: min(found)[1]]
        keep = max((_overlap(text, word) for word in self._words), default=0)
        self._held = text[len(text) - keep :]
        return text[: len(text) - keep]

    def rest(self) -> str:
        """Return what was held: the text is over."""
        rest, self._held = self._held, ""
        return "" if self.is_found else rest


@dataclass
class Written:
    """A text that is being written: how long it is, what it took, and why it ended.

    `has_tokens`: each of its parts is a token; else words stand for them. `is_cut`: a word to stop at has come.
    """

    limit: int | None = None
    text: str = ""
    run_s: float = 0.0
    parts: int = 0
    has_tokens: bool = False
    is_cut: bool = False

    @property
    def length(self) -> int:
        """How many tokens it has, or words if nobody knows its tokens."""
        return self.parts if self.has_tokens else len(self.text.split())

    @property
    def finish_reason(self) -> Literal["stop", "length"]:
        """Why it ended."""
        return "length" if self.limit is not None and self.length >= self.limit and not self.is_cut else "stop"


async def write(
    run: DirectRun, given: Mapping[str, Any], *, seed: int | None, stop: Sequence[str], written: Written
) -> AsyncGenerator[str, None]:
    """Yield a text as it is written, and keep the whole of it in `written`. At a word of `stop` the run ends."""
    values = await run.open(given)
    cut, began = Cut(stop), time.perf_counter()
    async with aclosing(run.follow(values, seed=seed)) as events:
        async for event in events:
            piece = ""
            if isinstance(event, Part):
                written.parts += 1
                piece = str(event.value)
            elif isinstance(event, Result):
                written.run_s = event.run_s
                piece = "" if written.parts else str(next(iter(event.outputs.values())))
            if piece and (sure := cut.take(piece)):
                written.text += sure
                yield sure
            if cut.is_found:
                written.is_cut = True
                written.run_s = written.run_s or time.perf_counter() - began
                return
    if rest := cut.rest():
        written.text += rest
        yield rest


def _overlap(text: str, word: str) -> int:
    """Return how many characters at the end of a text may be the beginning of a word."""
    longest = min(len(text), len(word) - 1)
    return next((count for count in range(longest, 0, -1) if word.startswith(text[-count:])), 0)
