"""Ids of jobs: 26 small letters and digits that sort by time, and that nobody guesses."""

from __future__ import annotations

import re
import secrets
import threading
import time
from typing import Final

_ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32: nothing that looks like something else
_RANDOM_BITS: Final = 80
_ID: Final = re.compile(f"[{_ALPHABET}]{{26}}")

_lock = threading.Lock()
_last = 0


def new_id() -> str:
    """Return a new id, later in order than every one before: 48 bits of milliseconds since 1970, 80 of chance."""
    global _last  # noqa: PLW0603 - the order within a millisecond is one for the whole process
    with _lock:
        made = (time.time_ns() // 1_000_000 << _RANDOM_BITS) | secrets.randbits(_RANDOM_BITS)
        _last = made if made > _last else _last + 1
        number = _last
    return _written(number)


def id_at(moment_s: float) -> str:
    """Return what sorts between the ids that were made before a moment (seconds since 1970) and those made after it."""
    return _written(round(moment_s * 1000) << _RANDOM_BITS)


def begin_after(last: str) -> None:
    """Have every new id sort after this one, also where the clock has been set back since it was made."""
    global _last  # noqa: PLW0603 - as above
    number = 0
    for sign in last if is_id(last) else "":
        number = number << 5 | _ALPHABET.index(sign)
    with _lock:
        _last = max(_last, number)


def is_id(text: str) -> bool:
    """Say whether a text can be the id of a job."""
    return _ID.fullmatch(text) is not None


def _written(number: int) -> str:
    return "".join(_ALPHABET[(number >> shift) & 31] for shift in range(125, -1, -5))
