"""Words as a shell takes them: what Gesso prints as a command can be typed, or copied, as it stands."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import Final

_PLAIN: Final = "=@./_-:,+%"
_MEAN_SOMETHING_IN_QUOTES: Final = '$`!"\\'


def quoted(word: str | Path) -> str:
    """Return a word so that a shell takes it as one: in quotes if it has to be."""
    text = str(word)
    if text and all(sign.isalnum() or sign in _PLAIN or (sign == "\\" and _is_windows()) for sign in text):
        return text
    if _is_windows():
        return '"' + text.replace('"', '\\"') + '"'
    return shlex.quote(text) if any(sign in text for sign in _MEAN_SOMETHING_IN_QUOTES) else f'"{text}"'


def command_line(*words: str | Path) -> str:
    """Return a command that can be typed."""
    return " ".join(map(quoted, words))


def _is_windows() -> bool:
    return sys.platform == "win32"
