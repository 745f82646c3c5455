"""JSON that can be kept and sent on: Python reads more as JSON than there is.

It is looked at as text, in steps that each go through all of it at once: a body may hold a million parts, and whoever
went from one to the next would hold up everybody else.
"""

from __future__ import annotations

import json
import re
from typing import Any, Final

from gesso.server.errors import Refusal
from gesso.server.schemas.problem import Problem

_DEEPEST: Final = 100
_BEGINNINGS: Final = b",[{"
_HINT: Final = "Commas and brackets in texts count, too. Send what is larger as a file."
MOST_PARTS: Final = 250_000
"""Of one body: with each of them comes an object of Python's, whatever small thing it is."""
MOST_PARTS_OF_GUESTS: Final = 50_000
"""Of one that a guest sends: while it is read, everybody else waits, for 0.05 s at most."""
_TEXTS: Final = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"')
_NO_BRACKETS: Final = re.compile(r"[^][{}]+")


def check_plain(values: dict[str, Any]) -> dict[str, Any]:
    """Return the values, or raise `ValueError`: for NaN, infinity, half a character, too many parts or levels."""
    try:
        text = json.dumps(values, allow_nan=False, ensure_ascii=False, separators=(",", ":"))
        text.encode()
    except RecursionError as error:
        raise _too_deep() from error
    except UnicodeEncodeError as error:
        raise ValueError("text of whole characters") from error
    except ValueError as error:
        raise ValueError("numbers that JSON has, no NaN and no infinity") from error
    structure = _TEXTS.sub("", text)
    if structure.count(",") >= MOST_PARTS:
        raise ValueError(_words(MOST_PARTS))
    _check_depth(_NO_BRACKETS.sub("", structure).replace("{", "[").replace("}", "]"))
    return values


def count_parts(data: bytes) -> int:
    """Return how many parts JSON has at most, before anybody reads it: signs that begin one, also those in texts."""
    return len(data) - len(data.translate(None, _BEGINNINGS))


def check_parts(data: bytes, *, most: int = MOST_PARTS) -> bytes:
    """Return JSON that is not read yet, or raise `Refusal` if it may have too many parts to be read at all."""
    if count_parts(data) > most:
        raise too_many_parts(most)
    return data


def too_many_parts(most: int = MOST_PARTS) -> Refusal:
    """Return the answer to such a body. What is left of it is not read."""
    return Refusal(422, Problem(code="input", message=f"Expected {_words(most)}, but got more.", hint=_HINT))


def _words(most: int) -> str:
    return f"JSON of at most {most} parts"


def _check_depth(brackets: str) -> None:
    for _ in range(_DEEPEST):
        brackets = brackets.replace("[]", "")  # the innermost level
        if not brackets:
            return
    raise _too_deep()


def _too_deep() -> ValueError:
    return ValueError(f"JSON of at most {_DEEPEST} levels")
