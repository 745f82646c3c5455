"""How many parts JSON may have: counted before anybody reads it, because reading it is what costs.

With each part comes an object of Python's, whatever small thing it is, and while a body is read nobody else is
answered.
"""

from __future__ import annotations

from typing import Final

from gesso.server.errors import Refusal
from gesso.server.plain_json import MOST_PARTS
from gesso.server.schemas.problem import Problem

MOST_PARTS_OF_GUESTS: Final = 50_000
"""Of a body that a guest sends: others wait for it 0.05 s at most."""
_BEGINNINGS: Final = b",[{"
_HINT: Final = "Commas and brackets in texts count, too. Send what is larger as a file."


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
    return Refusal(
        422, Problem(code="input", message=f"Expected JSON of at most {most} parts, but got more.", hint=_HINT)
    )
