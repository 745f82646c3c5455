"""What becomes of a model's text before it is said: whose line it is, how long it is, whom it must not call."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

_CALLS: Final = re.compile(r"[@＠](?=[\w&!])")
_NOBODY: Final = "@\N{ZERO WIDTH SPACE}"
_CONTROLS: Final = dict.fromkeys([*range(9), 11, 12, *range(14, 32), *range(127, 160)])
_ENDS: Final = re.compile(r"""[.!?…。！？۔؟।]["'”’»)\]]*(?=\s|$)|[。！？।]""")
_JOINERS: Final = frozenset({"\N{ZERO WIDTH JOINER}", "\N{VARIATION SELECTOR-16}", "\N{VARIATION SELECTOR-15}"})
_ELLIPSIS: Final = "…"


def answer_of(made: str, *, prompt: str, name: str, authors: Iterable[str], characters: int) -> str:
    """Return the answer within what a model has made: its own lines alone, no longer than it may be.

    Models that go on writing write the others' lines, too; some repeat the prompt first.
    """
    text = made.removeprefix(prompt) if prompt else made
    text = text.replace("\r\n", "\n").translate(_CONTROLS).strip()
    text = text.removeprefix(f"{name}:").strip()
    return shorten(_until_others(text, {name, *authors}).strip(), characters)


def _until_others(text: str, names: Iterable[str]) -> str:
    speakers = "|".join(re.escape(name) for name in names if name)
    found = re.search(rf"(?:^|\n)[ \t]*(?:{speakers})[ \t]*[:：]", text) if speakers else None
    return text[: found.start()] if found else text


def shorten(text: str, most: int) -> str:
    """Return the beginning of a text: up to the end of a sentence, or else of a word, and never half a sign."""
    if len(text) <= most:
        return text
    begin = text[: _whole(text, most)]
    ends = [found.end() for found in _ENDS.finditer(begin)]
    if ends and ends[-1] >= most // 3:
        return begin[: ends[-1]].rstrip()
    begin = text[: _whole(text, most - len(_ELLIPSIS))]
    space = max(begin.rfind(" "), begin.rfind("\n"))
    return (begin[:space] if space >= most // 2 else begin).rstrip() + _ELLIPSIS


def pieces(text: str, most: int) -> list[str]:
    """Return a text in pieces that are no longer than a network takes, cut between lines, words, or signs."""
    found = []
    while len(text) > most:
        window = text[: most + 1]
        cut = max(window.rfind("\n"), 0) or max(window.rfind(" "), 0)
        cut = cut if cut > most // 2 else _whole(text, most)
        found.append(text[:cut].rstrip())
        text = text[cut:].lstrip()
    return [piece for piece in (*found, text) if piece]


def _whole(text: str, most: int) -> int:
    """Return where at the latest to cut so that no sign of several characters is cut apart: an emoji, an accent."""
    cut = max(1, min(most, len(text)))
    while cut > 1 and cut < len(text) and _belongs(text, cut):
        cut -= 1
    return cut


def _belongs(text: str, at: int) -> bool:
    """Say whether the character at a place belongs to the one before."""
    here, before = text[at], text[at - 1]
    is_skin = "\N{EMOJI MODIFIER FITZPATRICK TYPE-1-2}" <= here <= "\N{EMOJI MODIFIER FITZPATRICK TYPE-6}"
    is_flag = _is_regional(here) and _regionals_before(text, at) % 2 == 1
    return (
        here in _JOINERS or before == "\N{ZERO WIDTH JOINER}" or is_skin or is_flag or unicodedata.combining(here) != 0
    )


def _is_regional(sign: str) -> bool:
    return "\N{REGIONAL INDICATOR SYMBOL LETTER A}" <= sign <= "\N{REGIONAL INDICATOR SYMBOL LETTER Z}"


def _regionals_before(text: str, at: int) -> int:
    count = 0
    while count < at and _is_regional(text[at - 1 - count]):
        count += 1
    return count


def without_calls(text: str) -> str:
    """Return a text in which no @name calls anybody: not @everyone, and not one person."""
    return _CALLS.sub(_NOBODY, text)
