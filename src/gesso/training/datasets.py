"""`Datasets`: every dataset of a home. Their facts lie in the database, their texts among the kept files."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import PurePath
from typing import Final

import msgspec

from gesso.errors import DamagedError, InputError, NotFoundError
from gesso.storage import training_rows as rows
from gesso.storage.blobs import Blobs
from gesso.storage.database import Connection, Database
from gesso.training.dataset import FILE, MOST_BYTES, Dataset, Sample, describe, lines_of, make, read_pieces
from gesso.training.memorised import Learnt, Memorised
from gesso.types import given
from gesso.types.given import size

_LONGEST_NAME: Final = 100
_SHORTEST_PREFIX: Final = 6
_SHOWN_CHARACTERS: Final = 600
_KEPT_IN_MEMORY: Final = 2  # texts that were asked about: each takes a few times its size


class Datasets:
    """The datasets of a home. Everything that reads or writes files does so in a thread."""

    def __init__(self, database: Database, blobs: Blobs) -> None:
        self._database = database
        self._blobs = blobs
        self._learnt: dict[str, Learnt] = {}
        self._reading = asyncio.Lock()

    async def make(
        self, files: Sequence[tuple[str, bytes]], *, name: str = "", column: str = "", left_out: int = 0
    ) -> Dataset:
        """Make a dataset of files and keep it. The same texts make the same dataset: then it is the one that is there.

        A name that another one has gets a number. Raises `InputError` for what cannot be learnt from.
        """
        name = _checked_name(name) or _name_of(files)
        made = await asyncio.to_thread(self._make, list(files), name, column=column, left_out=left_out)
        return await self._database.run(lambda connection: _keep(connection, made))

    async def make_of_kept(self, files: Sequence[tuple[str, str]], *, name: str = "", column: str = "") -> Dataset:
        """Make a dataset of files that are kept already: each its name and its SHA-256. Raises what `make` raises."""

        def read() -> list[tuple[str, bytes]]:
            paths = [(name, self._blobs.path(digest)) for name, digest in files]
            total = sum(path.stat().st_size for _, path in paths)
            if total > MOST_BYTES:
                raise InputError(f"at most {size(MOST_BYTES)} of text", size(total), where="files")
            return [(name, path.read_bytes()) for name, path in paths]

        return await self.make(await asyncio.to_thread(read), name=name, column=column)

    async def all(self) -> list[Dataset]:
        """Return all datasets, the newest first."""
        found = await self._database.run(rows.datasets, is_reading=True)
        return sorted(map(_read, found), key=lambda dataset: dataset.created_at, reverse=True)

    async def get(self, word: str) -> Dataset:
        """Return the dataset of that name or digest, or whose digest alone begins so; `NotFoundError` if none is."""
        found = [each for each in await self.all() if word in {each.name, each.digest}]
        if not found and len(word) >= _SHORTEST_PREFIX:
            found = [each for each in await self.all() if each.digest.startswith(word.lower())]
        if len(found) != 1:
            raise NotFoundError(
                f"There is no dataset {word[:80]!r}.", hint="`gesso datasets` lists those that there are."
            )
        return found[0]

    async def preview(self, word: str, *, limit: int = 10, after: int = 0) -> list[Sample]:
        """Return the beginnings of some documents, those that are held out last."""
        digest = (await self.get(word)).digest

        def read() -> list[Sample]:
            with self._blobs.path(digest).open("rb") as lines:
                return [
                    Sample(
                        source=piece.source,
                        split=piece.split,
                        text=piece.text[:_SHOWN_CHARACTERS],
                        characters=len(piece.text),
                        is_cut=len(piece.text) > _SHOWN_CHARACTERS,
                    )
                    for piece in islice(read_pieces(lines), after, after + limit)
                ]

        return await asyncio.to_thread(read)

    async def delete(self, word: str) -> None:
        """Forget a dataset. Its file stays as long as a job refers to it."""
        digest = (await self.get(word)).digest
        unused = await self._database.run(lambda connection: rows.delete_dataset(connection, digest), is_freeing=True)
        self._learnt.pop(digest, None)
        if unused:
            await asyncio.to_thread(self._blobs.remove, digest, unused_since=datetime.now(UTC).timestamp())

    async def find_memorised(self, digest: str, text: str) -> Memorised:
        """Mark what of a text stands word for word in what is learnt from of a dataset's file."""
        async with self._reading:
            if digest not in self._learnt:
                while len(self._learnt) >= _KEPT_IN_MEMORY:
                    del self._learnt[next(iter(self._learnt))]
                self._learnt[digest] = await asyncio.to_thread(self._read_learnt, digest)
        return await asyncio.to_thread(self._learnt[digest].find, text)

    def _read_learnt(self, digest: str) -> Learnt:
        with self._blobs.path(digest).open("rb") as lines:
            pieces = [piece for piece in read_pieces(lines) if piece.split == "train"]
        return Learnt((piece.source, piece.text) for piece in pieces)

    def _make(self, files: list[tuple[str, bytes]], name: str, *, column: str, left_out: int) -> Dataset:
        gathered, pieces = make(files, column=column, left_out=left_out)
        kept = self._blobs.put(lines_of(pieces), FILE)
        now = datetime.now(UTC)
        return describe(gathered, pieces, digest=kept.blob, name=name, created_at=now, files=files)


def _keep(connection: Connection, made: Dataset) -> Dataset:
    """Keep a new dataset under a name that no other has; the one with the same texts is returned instead."""
    there = {each.digest: each for each in map(_read, rows.datasets(connection))}
    if made.digest in there:
        return there[made.digest]
    names = {each.name for each in there.values()}
    name, number = made.name, 2
    while name in names:
        name, number = f"{made.name}-{number}", number + 1
    made = replace(made, name=name)
    rows.insert_dataset(connection, made.digest, name=made.name, document=msgspec.json.encode(made).decode())
    return made


def _read(document: str) -> Dataset:
    try:
        return msgspec.json.decode(document, type=Dataset)
    except msgspec.MsgspecError as error:
        raise DamagedError("The database holds a dataset that cannot be read.", hint="Restore a backup.") from error


def _checked_name(name: str) -> str:
    name = " ".join(name.split())
    if len(name) > _LONGEST_NAME or not name.isprintable() or set(name) & {"/", "\\", "?", "#", "%"}:
        words = f"a name of at most {_LONGEST_NAME} characters, without slashes"
        raise InputError(words, given.describe(name).removeprefix("the text "), where="name")
    return name


def _name_of(files: Sequence[tuple[str, bytes]]) -> str:
    """Return what a dataset is called that nobody has named: after its file, or the folder of its files."""
    names = [PurePath(name) for name, _ in files]
    if not names:
        return "dataset"
    parents = {name.parent.name for name in names}
    word = names[0].stem if len(names) == 1 else parents.pop() if len(parents) == 1 else ""
    return re.sub(r"[\s/\\?#%]+", " ", word or names[0].stem).strip()[:_LONGEST_NAME] or "dataset"
