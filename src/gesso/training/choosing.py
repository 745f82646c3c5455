"""What a training begins with where nobody says: a model that comes with Gesso, or nothing, as its text is long."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

NOTHING: Final = "nothing"
"""The word for no base: the model is made from nothing. No model is called so."""


@dataclass(frozen=True)
class OwnBase:
    """The base that comes with Gesso for a trainer. It is the better beginning for texts below `below_bytes`."""

    name: str
    below_bytes: int


OWN_BASES: Final[Mapping[str, OwnBase]] = {"text": OwnBase("storyteller", 200_000)}
"""The bases that come with Gesso, by their trainers."""


def is_nothing(base: str) -> bool:
    """Say whether a training that was asked for begins with nothing; those from before this was a word say ""."""
    return base in {"", NOTHING}


def choose_base(trainer: str, asked: str, *, text_bytes: int) -> str:
    """Return what a training begins with: what was asked for, or where nothing was said, what suits so much text."""
    own = OWN_BASES.get(trainer)
    if asked or own is None:
        return asked or NOTHING
    return own.name if text_bytes < own.below_bytes else NOTHING


def words_on_choice(trainer: str, base: str) -> str:
    """Say to somebody who has said nothing what was chosen for them, and what they might say; "" where none was."""
    own = OWN_BASES.get(trainer)
    if own is None:
        return ""
    if base == NOTHING:
        return (
            "It begins with nothing: there is enough text for a language of its own. "
            f"--base {own.name} begins with the model that has read the old books; try both."
        )
    return (
        f"It begins with {own.name}, which has read the old books: of so short a text alone a model hardly learns to "
        f"spell. --base {NOTHING} begins with nothing."
    )
