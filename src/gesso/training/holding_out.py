"""Which part of the texts is held out: never learnt from, so that one can tell learning from learning by heart."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from gesso.training.documents import Document
from gesso.training.memorised import Learnt

Split: TypeAlias = Literal["train", "heldout"]
"""What a piece is for."""

_SHARE: Final = 0.05
_FEWEST: Final = 300  # characters; of less, a loss says nothing
_MANY: Final = 20  # documents: then whole ones are held out
_BLOCK: Final = 3000  # characters of a block of a long text, more or less
_MOST_BLOCKS: Final = 20
_ENDS: Final = ("\n\n", "\n", ". ", " ")
_FOUND_AGAIN: Final = 100  # characters that stand in both parts


@dataclass(frozen=True)
class Piece:
    """A text, where it comes from, and what it is for."""

    text: str
    source: str
    split: Split


def hold_out(documents: Sequence[Document]) -> tuple[list[Piece], int]:
    """Split documents into pieces, about a twentieth of them held out: the same each time.

    Of many documents whole ones are held out, of a few long ones blocks from all over. What stands in both parts is
    taken from what is held out; the second value is how many characters that were.
    """
    total = sum(len(document.text) for document in documents)
    wanted = max(_FEWEST, round(total * _SHARE))
    is_many = len(documents) >= _MANY and _longest(documents) <= max(2 * _BLOCK, wanted // 4)
    pieces = list(_whole(documents, wanted) if is_many else _blocks(documents, wanted, total=total))
    return _apart(pieces)


def _longest(documents: Sequence[Document]) -> int:
    return max(len(document.text) for document in documents)


def _whole(documents: Sequence[Document], wanted: int) -> Iterator[Piece]:
    order = sorted(range(len(documents)), key=lambda number: hashlib.sha256(documents[number].text.encode()).digest())
    chosen: set[int] = set()
    held = 0
    for number in order:
        if held >= wanted:
            break
        chosen.add(number)
        held += len(documents[number].text)
    for number, document in enumerate(documents):
        yield Piece(document.text, document.source, "heldout" if number in chosen else "train")


def _blocks(documents: Sequence[Document], wanted: int, *, total: int) -> Iterator[Piece]:
    longest = max(range(len(documents)), key=lambda number: len(documents[number].text))
    for number, document in enumerate(documents):
        share = round(len(document.text) / total * wanted)
        if share < _FEWEST:
            share = _FEWEST if number == longest else 0
        yield from _cut(document, share)


def _cut(document: Document, share: int) -> Iterator[Piece]:
    """Yield a document in pieces; blocks of `share` characters together are held out, spread over all of it."""
    text, count = document.text, min(_MOST_BLOCKS, max(1, share // _BLOCK)) if share else 0
    at = 0
    for number in range(count):
        middle = round(len(text) * (number + (0.85 if count == 1 else 0.5)) / count)
        begin = max(at, _near_end(text, middle - share // count // 2))
        end = _near_end(text, begin + share // count)
        yield from _piece(text[at:begin], document, split="train")
        yield from _piece(text[begin:end], document, split="heldout")
        at = max(at, end)
    yield from _piece(text[at:], document, split="train")


def _piece(text: str, document: Document, *, split: Split) -> Iterator[Piece]:
    if text.strip():
        yield Piece(text.strip("\n"), document.source, split)


def _near_end(text: str, place: int) -> int:
    """Return a place near this one where a paragraph ends, or a line, a sentence, a word."""
    place = min(max(0, place), len(text))
    for end, reach in zip(_ENDS, (400, 200, 200, 40), strict=True):
        found = text.find(end, place, place + reach)
        if found >= 0:
            return found + len(end)
    return place


def _apart(pieces: list[Piece]) -> tuple[list[Piece], int]:
    learnt = Learnt(((piece.source, piece.text) for piece in pieces if piece.split == "train"), at_least=_FOUND_AGAIN)
    kept, removed = [], 0
    for piece in pieces:
        if piece.split == "train":
            kept.append(piece)
            continue
        parts, at = [], 0
        for span in learnt.find(piece.text).spans:
            parts.append(piece.text[at : span.start])
            removed += span.end - span.start
            at = span.end
        text = "".join([*parts, piece.text[at:]]).strip("\n")
        if text.strip():
            kept.append(Piece(text, piece.source, "heldout"))
    return kept, removed
