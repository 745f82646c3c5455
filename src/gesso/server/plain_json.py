"""JSON that can be kept and sent on: Python reads more as JSON than there is.

It is looked at as text, in steps that each go through all of it at once: a body may hold very many parts, and whoever
went from one to the next would hold up everybody else.
"""

from __future__ import annotations

import json
import re
from typing import Any, Final

_DEEPEST: Final = 100
MOST_PARTS: Final = 250_000
"""Of one body: with each of them comes an object of Python's, whatever small thing it is."""
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
        raise ValueError(f"JSON of at most {MOST_PARTS} parts")
    _check_depth(_NO_BRACKETS.sub("", structure).replace("{", "[").replace("}", "]"))
    return values


def _check_depth(brackets: str) -> None:
    for _ in range(_DEEPEST):
        brackets = brackets.replace("[]", "")  # the innermost level
        if not brackets:
            return
    raise _too_deep()


def _too_deep() -> ValueError:
    return ValueError(f"JSON of at most {_DEEPEST} levels")
