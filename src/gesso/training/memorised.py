"""What stands word for word in the text that a model learnt from. Pure: two texts in, passages out.

A text of 10 MB is read once, in about a second; then each question takes as long as the text that is asked about.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

AT_LEAST: Final = 50
"""How many characters a passage has at least. What is shorter, people say without having read it anywhere."""

_MOST_PLACES: Final = 64  # where the same words begin: a text of one word over and over has them everywhere
_SPACE: Final = re.compile(r"\s+")


@dataclass(frozen=True)
class Span:
    """A passage of a text, from character `start` to before `end`, that stands in `source` word for word."""

    start: int
    end: int
    source: str = ""


@dataclass(frozen=True)
class Memorised:
    """The passages of a text that stand in what was learnt; how many characters it has, and which share they are.

    `longest` is the longest of them in characters.
    """

    spans: tuple[Span, ...]
    characters: int
    share: float
    longest: int


class Learnt:
    """A text that was learnt from: documents as pairs of their source and their text. Runs of space are as one."""

    def __init__(self, documents: Iterable[tuple[str, str]], *, at_least: int = AT_LEAST) -> None:
        self._at_least = max(8, at_least)
        self._width = (self._at_least + 1) // 2  # any passage that is long enough has one such piece whole in it
        self._begins: list[int] = []
        self._sources: list[str] = []
        parts, begin = [], 0
        for source, text in documents:
            plain = _SPACE.sub(" ", text)
            self._begins.append(begin)
            self._sources.append(source)
            parts += [plain, "\0"]  # no passage goes on from one document into the next
            begin += len(plain) + 1
        self._text = "".join(parts)
        self._places: dict[str, list[int]] = {}
        for place in range(0, len(self._text) - self._width + 1, self._width):
            places = self._places.setdefault(self._text[place : place + self._width], [])
            if len(places) < _MOST_PLACES:
                places.append(place)

    def find(self, text: str) -> Memorised:
        """Mark what of a text stands there word for word."""
        plain, origins = _plain(text)
        found: list[Span] = []
        at = 0
        while at + self._width <= len(plain):
            start, end, place = self._longest(plain, at)
            if end - start >= self._at_least:
                found.append(Span(origins[start], origins[end - 1] + 1, self._source(place)))
                at = end
            else:
                at += 1
        spans = tuple(_apart(found))
        lengths = [span.end - span.start for span in spans]
        share = sum(lengths) / len(text) if text else 0.0
        return Memorised(spans, len(text), share, max(lengths, default=0))

    def _longest(self, plain: str, at: int) -> tuple[int, int, int]:
        """Return the longest passage around the piece at a place: where it starts and ends, and where it stands."""
        best = (at, at, 0)
        for place in self._places.get(plain[at : at + self._width], ()):
            start, end = self._grown(plain, at, place=place)
            if end - start > best[1] - best[0]:
                best = (start, end, place)
        return best

    def _grown(self, plain: str, at: int, *, place: int) -> tuple[int, int]:
        text, start, end = self._text, at, at + self._width
        ahead, back = place + self._width, place - 1
        while end < len(plain) and ahead < len(text) and plain[end] == text[ahead]:
            end, ahead = end + 1, ahead + 1
        while start > 0 and back >= 0 and plain[start - 1] == text[back]:
            start, back = start - 1, back - 1
        return start, end

    def _source(self, place: int) -> str:
        return self._sources[bisect.bisect_right(self._begins, place) - 1]


def _plain(text: str) -> tuple[str, list[int]]:
    """Return a text with runs of space as one space, and where each of its characters stood."""
    signs: list[str] = []
    origins: list[int] = []
    for number, given in enumerate(text):
        sign = " " if given.isspace() else given
        if sign != " " or not signs or signs[-1] != " ":
            signs.append(sign)
            origins.append(number)
    return "".join(signs), origins


def _apart(spans: list[Span]) -> Iterable[Span]:
    """Yield the passages without what two of them share: the later one begins where the earlier one ends."""
    end = 0
    for span in spans:
        start = max(span.start, end)
        if start < span.end:
            yield Span(start, span.end, span.source)
            end = span.end
