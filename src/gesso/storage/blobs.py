"""`Blobs`: files by their content. A file is kept once, under its SHA-256, and never changes.

`blobs/ab/cdef...` is the file whose SHA-256 begins with "abcdef". All of it is synchronous and streams; asynchronous
callers use a thread.
"""

from __future__ import annotations

import hashlib
import os
import re
import sys
import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Final, TypeGuard

from gesso.errors import DamagedError, InputError, NotFoundError, StorageError
from gesso.storage.durable import UNFINISHED, explained, move, new_file, remove_unfinished, sync_file
from gesso.storage.media_types import HEAD_BYTES, UNKNOWN, media_type_of
from gesso.types.base import Json
from gesso.types.file_names import plain_name

_CHUNK_BYTES: Final = 1024 * 1024
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_ASKED_AT_ONCE: Final = 500

GRACE_S: Final = 24 * 3600.0
"""How long a file that nothing refers to is kept after it was last used: an upload waits for the job that takes it."""


@dataclass(frozen=True, kw_only=True)
class BlobReference:
    """A kept file: its SHA-256 in hex, the name it was given, what it is by its content, its size."""

    blob: str
    name: str = "file"
    media_type: str = UNKNOWN
    size_bytes: int = 0

    def to_json(self) -> dict[str, Json]:
        """Return it as plain JSON: `{"blob", "name", "media_type", "size_bytes"}`."""
        return asdict(self)


def check_digest(digest: str) -> str:
    """Return a SHA-256 in hex, or raise `InputError`: nothing else ever becomes part of a path."""
    if not isinstance(digest, str) or not _DIGEST.fullmatch(digest):
        raise InputError("a SHA-256 of 64 hexadecimal digits in small letters", repr(digest)[:80], where="blob")
    return digest


def is_reference(value: object) -> TypeGuard[Mapping[str, Json]]:
    """Say whether a JSON value stands for a kept file: `{"blob": ...}`, with nothing else in it that we do not know."""
    return (
        isinstance(value, Mapping)
        and isinstance(value.get("blob"), str)
        and _DIGEST.fullmatch(value["blob"]) is not None
        and set(value) <= {"blob", "name", "media_type", "size_bytes"}
    )


class Writer:
    """A file on its way into the blobs: `write` its bytes, then `finish` it. Made by `Blobs.writer`."""

    def __init__(self, blobs: Blobs, file: BinaryIO, *, path: Path) -> None:
        self._blobs = blobs
        self._file = file
        self._path = path
        self._hash = hashlib.sha256()
        self._head = b""
        self.size_bytes = 0

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Add bytes; raises `DiskFullError` if they do not fit."""
        if len(self._head) < HEAD_BYTES:
            self._head += bytes(data[:HEAD_BYTES])
        with explained(self._path.parent):
            self._file.write(data)
        self._hash.update(data)
        self.size_bytes += len(data)

    def finish(self, name: str) -> BlobReference:
        """Keep the file, and return what it is now. `name` is made harmless."""
        digest = self._hash.hexdigest()
        with explained(self._path.parent):
            sync_file(self._file)
            self._file.close()
        self._blobs.take(self._path, digest)
        name = plain_name(name)
        media_type = media_type_of(self._head[:HEAD_BYTES], name)
        return BlobReference(blob=digest, name=name, media_type=media_type, size_bytes=self.size_bytes)


class Blobs:
    """The files below one folder. Any number of threads of one process may use it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._verified: dict[str, tuple[int, int, int]] = {}
        self._lock = threading.Lock()  # between saying that a file is in use and removing it

    # -- write --------------------------------------------------------------------------------------------------------

    @contextmanager
    def writer(self) -> Iterator[Writer]:
        """Open a new file; one that is not finished inside leaves nothing behind."""
        with new_file(self._folder) as (file, path):
            yield Writer(self, file, path=path)

    def put(self, source: bytes | memoryview | Path | Iterable[bytes], name: str) -> BlobReference:
        """Keep some bytes, a file of this machine, or chunks as they come. Raises `StorageError`."""
        with self.writer() as writer:
            for chunk in _chunks(source):
                writer.write(chunk)
            return writer.finish(name)

    def take(self, path: Path, digest: str) -> None:
        """Move a finished file of the same disk to its place. It must have this digest, and be synced."""
        place = self._place(digest)
        if sys.platform != "win32":  # there, a file that may not be written cannot be removed either
            with explained(path):
                path.chmod(0o400)
        with self._lock:
            try:
                move(path, place)  # also over one that is there, which may be damaged
            except StorageError as error:
                is_being_read = isinstance(error.__cause__, PermissionError)  # Windows does not replace such a one
                if not (is_being_read and place.exists()):
                    raise

    # -- read ---------------------------------------------------------------------------------------------------------

    def path(self, digest: str) -> Path:
        """Return the file, verified. It is for reading only, and for now: it goes when nothing refers to it.

        Raises `NotFoundError` if there is none and `DamagedError` if its content has changed; it is then set aside.
        It is read through once for each process, and again when its size or its times have changed.
        """
        place = self._place(digest)
        with self._found(digest):
            state = _state(place)
            if self._verified.get(digest) != state:
                self._verify(place, digest)
                self._verified[digest] = state
        return place

    def read(self, digest: str) -> bytes:
        """Return all bytes, verified; for what is known to be small."""
        with self._found(digest):
            data = self._place(digest).read_bytes()
        if hashlib.sha256(data).hexdigest() != digest:
            raise self._set_aside(self._place(digest), digest)
        return data

    def refer(self, digest: str, name: str = "file") -> BlobReference:
        """Say what is kept under a digest; see `path` for errors."""
        place = self.path(digest)
        with self._found(digest), place.open("rb") as file:
            media_type, size_bytes = media_type_of(file.read(HEAD_BYTES), name), place.stat().st_size
        return BlobReference(blob=digest, name=plain_name(name), media_type=media_type, size_bytes=size_bytes)

    def digests(self) -> Iterator[str]:
        """Yield the SHA-256 of every file, unverified."""
        for place in sorted(self._folder.glob("[0-9a-f][0-9a-f]/*")):
            digest = place.parent.name + place.name
            if _DIGEST.fullmatch(digest):
                yield digest

    def hold(self, digest: str) -> None:
        """Keep a file for `GRACE_S` from now on, as if it had just come; `NotFoundError` if there is none."""
        place = self._place(digest)
        with self._lock, self._found(digest):
            was_verified = self._verified.get(digest) == _state(place)
            os.utime(place)
            if was_verified:
                self._verified[digest] = _state(place)

    # -- remove -------------------------------------------------------------------------------------------------------

    def remove(self, digest: str, *, unused_since: float) -> bool:
        """Remove a file unless somebody has used it after `unused_since` (seconds since 1970); say whether."""
        place = self._place(digest)
        with self._lock, suppress(FileNotFoundError, PermissionError):  # on Windows: while somebody reads it
            if place.stat().st_mtime <= unused_since:
                place.unlink()
                self._verified.pop(digest, None)
                return True
        return False

    def remove_unfinished(self) -> None:
        """Remove what an earlier process was writing when it was killed; before anything is written in this one."""
        remove_unfinished(self._folder)

    def sweep(self, in_use: Callable[[Collection[str]], Collection[str]], *, grace_s: float = GRACE_S) -> int:
        """Remove what nothing refers to and nobody has used for `grace_s`. Returns how many.

        `in_use` says which of some digests are referred to. Unfinished files of that age go too.
        """
        unused_since = time.time() - grace_s
        removed = 0
        for group in _groups(self.digests(), _ASKED_AT_ONCE):
            kept = set(in_use(group))
            removed += sum(self.remove(digest, unused_since=unused_since) for digest in group if digest not in kept)
        for path in self._folder.glob(f"{UNFINISHED}*"):
            with suppress(FileNotFoundError):
                if path.stat().st_mtime <= unused_since:
                    path.unlink()
        return removed

    # -- the rest -----------------------------------------------------------------------------------------------------

    def _place(self, digest: str) -> Path:
        check_digest(digest)
        return self._folder / digest[:2] / digest[2:]

    @contextmanager
    def _found(self, digest: str) -> Iterator[None]:
        try:
            with explained(self._folder):
                yield
        except Exception as error:
            if isinstance(error.__cause__, FileNotFoundError):
                raise NotFoundError(
                    f"There is no file {digest[:12]}… any more.", hint="Give the file itself once more."
                ) from error
            raise

    def _verify(self, place: Path, digest: str) -> None:
        with place.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
        if found != digest:
            raise self._set_aside(place, digest)

    def _set_aside(self, place: Path, digest: str) -> DamagedError:
        aside = self._folder / "damaged" / digest
        move(place, aside)
        return DamagedError(
            f"The file {digest[:12]}… is not what was written: it was changed, or the disk is failing.",
            hint=f"Give the file itself once more. The damaged one lies in {aside}.",
        )


def _state(place: Path) -> tuple[int, int, int]:
    found = place.stat()
    return found.st_ino, found.st_size, found.st_mtime_ns


def _chunks(source: bytes | memoryview | Path | Iterable[bytes]) -> Iterable[bytes | memoryview]:
    if isinstance(source, Path):
        with explained(source), source.open("rb") as file:
            while chunk := file.read(_CHUNK_BYTES):
                yield chunk
    elif isinstance(source, bytes | memoryview):
        yield source
    else:
        yield from source


def _groups(digests: Iterator[str], size: int) -> Iterator[list[str]]:
    while group := list(islice(digests, size)):
        yield group
