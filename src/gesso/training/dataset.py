"""A dataset: texts in one file, checked, without what is there twice, with a part held out. Known by its content."""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, get_args

from gesso.errors import DamagedError, InputError
from gesso.training.documents import Document, Gathered, gather
from gesso.training.holding_out import Piece, Split, hold_out
from gesso.training.tidying import tidy
from gesso.types.given import size

FILE: Final = "dataset.jsonl"
"""The name of the file: in each line a text with its source and its split."""
FEWEST_BYTES: Final = 1_000
"""Less is no text to learn from."""
LITTLE_BYTES: Final = 5_000
"""Less than this is learnt by heart rather than learnt."""
MOST_BYTES: Final = 200_000_000
"""More is not read at once: all of it is in memory for a moment, several times over."""

PASSED_OVER: Final = "files that are no text, by their names"
"""Why files of a folder are left out that nobody has looked into."""

_FEWEST_HELDOUT: Final = 100  # characters
_SOME_BYTES: Final = 50_000
_MOST_REMARKS: Final = 50
_BINS: Final = (100, 300, 1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 1_000_000)


@dataclass(frozen=True, kw_only=True)
class Lengths:
    """How long the documents are, in characters; `counts[i]` have at most `up_to[i]`, the last count is of the rest."""

    shortest: int
    median: int
    mean: float
    longest: int
    up_to: tuple[int, ...]
    counts: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """What is not in the dataset, and how many there were."""

    why: str
    count: int


@dataclass(frozen=True, kw_only=True)
class SourceFile:
    """A file that a dataset was made from: its name, and its size in bytes."""

    name: str
    size_bytes: int


@dataclass(frozen=True, kw_only=True)
class Dataset:
    """A dataset and what there is to say of it. `digest` is the SHA-256 of its file: its version.

    `characters`, `words` and `bytes` count all of its texts, `heldout_characters` those that are not learnt from.
    `remarks` are for people: what was repaired, what to expect of so much text. `left_out` says what is not in it.
    """

    digest: str
    name: str
    created_at: datetime
    files: tuple[SourceFile, ...]
    documents: int
    characters: int
    words: int
    bytes: int
    heldout_characters: int
    lengths: Lengths
    encodings: dict[str, int]
    columns: tuple[str, ...]
    left_out: tuple[LeftOut, ...]
    remarks: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Sample:
    """The beginning of a document of a dataset. `is_cut`: there is more of it."""

    source: str
    split: Split
    text: str
    characters: int
    is_cut: bool


def make(files: Sequence[tuple[str, bytes]], *, column: str = "", left_out: int = 0) -> tuple[Gathered, list[Piece]]:
    """Make a dataset of files: each its name and its bytes. `left_out` files were passed over by whoever listed them.

    A file that is a dataset already stays as it is. Returns what was gathered, for what there is to say of it, and the
    pieces. Raises `InputError`: for no files, one that is no text, too much, too little.
    """
    if not files:
        raise InputError("at least one text", "none", hint="Plain texts (.txt), Markdown, CSV or JSONL.", where="files")
    total = sum(len(data) for _, data in files)
    if total > MOST_BYTES:
        raise InputError(f"at most {size(MOST_BYTES)} of text", size(total), hint="Take a part of it.", where="files")
    ready = _read_ready(files)
    if ready is None:
        gathered = gather(files, column=column)
        gathered.leave_out(PASSED_OVER, left_out)
        gathered.documents = tidy(gathered)
    else:
        gathered = Gathered([Document(piece.text, piece.source) for piece in ready], encodings={"UTF-8": 1})
    left = sum(len(document.text.encode()) for document in gathered.documents)
    if left < FEWEST_BYTES:
        told = f"only {size(left)}" + (" without what is there twice" if left < total / 2 else "")
        hint = "A model learns from nothing else. A few pages are a beginning, 100 kB are good, 1 MB is better."
        raise InputError(f"at least {size(FEWEST_BYTES)} of text", told, hint=hint, where="files")
    pieces, removed = (ready, 0) if ready is not None else hold_out(gathered.documents)
    gathered.leave_out("held-out characters that stand in the rest, too", removed)
    if sum(len(piece.text) for piece in pieces if piece.split == "heldout") < _FEWEST_HELDOUT:
        hint = "Nothing could be held out that the rest does not say, too. Take more, or something else."
        raise InputError("a text", "one that says the same over and over", hint=hint, where="files")
    return gathered, pieces


def _read_ready(files: Sequence[tuple[str, bytes]]) -> list[Piece] | None:
    """Return the pieces of a file that is a dataset: each of its lines has a text, a source and a split."""
    if len(files) != 1 or not files[0][0].endswith(".jsonl"):
        return None
    try:
        rows = [json.loads(line) for line in files[0][1].splitlines()]
    except ValueError:
        return None
    if not all(isinstance(row, dict) and row.keys() == {"text", "source", "split"} for row in rows):
        return None
    if not all(row["split"] in get_args(Split) and isinstance(row["text"], str) for row in rows):
        return None
    return [Piece(row["text"], str(row["source"]), row["split"]) for row in rows]


def describe(
    gathered: Gathered,
    pieces: Sequence[Piece],
    *,
    digest: str,
    name: str,
    created_at: datetime,
    files: Sequence[tuple[str, bytes]],
) -> Dataset:
    """Count a dataset, and say what to expect of it."""
    lengths = [len(document.text) for document in gathered.documents]
    size_bytes = sum(len(piece.text.encode()) for piece in pieces)
    remarks = [*_expectations(size_bytes), *gathered.remarks]
    if len(remarks) > _MOST_REMARKS:
        remarks = [*remarks[:_MOST_REMARKS], f"And {len(remarks) - _MOST_REMARKS} remarks more, on other files."]
    return Dataset(
        digest=digest,
        name=name,
        created_at=created_at,
        files=tuple(SourceFile(name=each, size_bytes=len(data)) for each, data in files),
        documents=len(lengths),
        characters=sum(len(piece.text) for piece in pieces),
        words=sum(len(piece.text.split()) for piece in pieces),
        bytes=size_bytes,
        heldout_characters=sum(len(piece.text) for piece in pieces if piece.split == "heldout"),
        lengths=_lengths(lengths),
        encodings=dict(gathered.encodings),
        columns=tuple(dict.fromkeys(gathered.columns)),
        left_out=tuple(LeftOut(why=why, count=count) for why, count in gathered.left_out.items()),
        remarks=tuple(remarks),
    )


def lines_of(pieces: Iterable[Piece]) -> Iterator[bytes]:
    """Yield the file of a dataset: first what is learnt from, then what is held out, each in its order."""
    for split in ("train", "heldout"):
        for piece in pieces:
            if piece.split == split:
                line = {"text": piece.text, "source": piece.source, "split": piece.split}
                yield (json.dumps(line, ensure_ascii=False) + "\n").encode("utf-8", "replace")


def read_pieces(lines: Iterable[bytes]) -> Iterator[Piece]:
    """Yield the pieces in a dataset's file. Raises `DamagedError` if it is none."""
    try:
        for line in lines:
            row = json.loads(line)
            yield Piece(str(row["text"]), str(row["source"]), "heldout" if row["split"] == "heldout" else "train")
    except (ValueError, KeyError, TypeError) as error:
        raise DamagedError("The file of the dataset is broken.", hint="Make the dataset again.") from error


def _expectations(size_bytes: int) -> Iterator[str]:
    if size_bytes < LITTLE_BYTES:
        yield (
            f"{size(size_bytes)} is very little: the model will say much of it word for word. "
            "From 5 kB on it begins to vary, from 100 kB to have a voice."
        )
    elif size_bytes < _SOME_BYTES:
        yield f"{size(size_bytes)} is little. A base, which knows its language already, is the better beginning."


def _lengths(lengths: Sequence[int]) -> Lengths:
    counts = [0] * (len(_BINS) + 1)
    for length in lengths:
        counts[next((number for number, most in enumerate(_BINS) if length <= most), len(_BINS))] += 1
    return Lengths(
        shortest=min(lengths),
        median=round(statistics.median(lengths)),
        mean=round(statistics.fmean(lengths), 1),
        longest=max(lengths),
        up_to=_BINS,
        counts=tuple(counts),
    )
