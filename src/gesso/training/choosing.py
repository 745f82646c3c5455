"""What a training begins with where nobody says: a model that comes with Gesso, or nothing, as its text is long."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from gesso.types.base import Json

NOTHING: Final = "nothing"
"""The word for no base: the model is made from nothing. No model is called so."""


@dataclass(frozen=True)
class OwnBase:
    """The base that comes with Gesso for a trainer. It is the better beginning for texts below `below_bytes`.

    Whoever says one of the options `of_new` means a model that is made from nothing: a base has its own shape.
    """

    name: str
    below_bytes: int
    of_new: frozenset[str] = frozenset()


OWN_BASES: Final[Mapping[str, OwnBase]] = {
    "text": OwnBase(
        "storyteller",
        below_bytes=200_000,
        of_new=frozenset({"size", "layers", "heads", "width", "vocabulary", "pieces"}),
    )
}
"""The bases that come with Gesso, by their trainers."""
_OPEN: Final = (None, 0, "", "auto", "bytes")
"""What options say that leave it open."""


def is_nothing(base: str) -> bool:
    """Say whether a training that was asked for begins with nothing; those from before this was a word say ""."""
    return base in {"", NOTHING}


def choose_base(trainer: str, asked: str, *, text_bytes: int, options: Mapping[str, Json]) -> str:
    """Return what a training begins with: what was asked for, or where nothing was said, what suits so much text."""
    own = OWN_BASES.get(trainer)
    if asked or own is None:
        return asked or NOTHING
    return own.name if text_bytes < own.below_bytes and not _of_new(own, options) else NOTHING


def words_on_choice(trainer: str, base: str, *, options: Mapping[str, Json]) -> str:
    """Say to somebody who has said nothing what was chosen for them, and what they might say; "" where none was."""
    own = OWN_BASES.get(trainer)
    if own is None:
        return ""
    if said := _of_new(own, options):
        return f"It begins with nothing, because you have said its {said[0]}: a base has its own."
    if base == NOTHING:
        return (
            "It begins with nothing: there is enough text for a language of its own. "
            f"--base {own.name} begins with the model that has read the old books; try both."
        )
    return (
        f"It begins with {own.name}, which has read the old books: of so short a text alone a model hardly learns to "
        f"spell. --base {NOTHING} begins with nothing."
    )


def _of_new(own: OwnBase, options: Mapping[str, Json]) -> list[str]:
    return sorted(name for name in own.of_new if options.get(name) not in _OPEN)
