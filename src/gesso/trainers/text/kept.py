"""The folder that outlives a run: plan, curve, samples, checkpoints and at the end the model.

Whoever watches the run reads it at any moment: a file is written whole and then put into place, or lines are appended.
"""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from gesso import GessoError

Json = Mapping[str, Any]
"""A line of a file of lines."""
_FULL: Final = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}  # Windows knows no quota by number
_FULL_IN_RUST: Final = {39, 112, 1295} if os.name == "nt" else _FULL  # where Rust says the system's own numbers
_NUMBER: Final = re.compile(r"\(os error (\d+)\)")


@dataclass(frozen=True)
class Kept:
    """The folder of a run."""

    folder: Path

    def read(self, name: str) -> dict[str, Any] | None:
        """Return what a JSON file says, or None if it is not there."""
        try:
            said: dict[str, Any] = json.loads((self.folder / name).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        return said

    def write(self, name: str, value: object) -> None:
        """Write a JSON file, whole or not at all."""
        with room_for(name):
            write_whole(self.folder / name, (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode())

    def append(self, name: str, line: Json) -> None:
        """Append a line to a file of lines."""
        with room_for(name), (self.folder / name).open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")

    def lines(self, name: str) -> Iterator[dict[str, Any]]:
        """Read a file of lines; the last is passed over where it was broken off."""
        try:
            text = (self.folder / name).read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return
        for line in text.splitlines():
            try:
                yield json.loads(line)
            except ValueError:
                continue

    def cut_back(self, name: str, step: int) -> None:
        """Forget the lines of steps after `step`: they will come again."""
        if (self.folder / name).exists():
            left = [line for line in self.lines(name) if line.get("step", 0) <= step]
            text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in left)
            write_whole(self.folder / name, text.encode())

    def put(self, made: Path, name: str) -> None:
        """Put a folder that was made beside its place into it, instead of what was there."""
        place = self.folder / name
        sync_all(made)
        if place.exists():
            remove(place)
        made.rename(place)
        sync(place.parent)


def remove(folder: Path) -> None:
    """Remove a folder so that nobody ever finds half of it under its name."""
    gone = folder.with_name(f".{folder.name}.gone")
    shutil.rmtree(gone, ignore_errors=True)
    folder.rename(gone)
    shutil.rmtree(gone, ignore_errors=True)


@contextmanager
def room_for(what: str) -> Iterator[None]:
    """Say in a word that the disk is full, if it is."""
    try:
        yield
    except Exception as error:
        if _is_full(error):
            raise GessoError(
                f"The disk is full: there was no room for {what}. What was kept before is still there.",
                hint="Make room, and take the training up again.",
            ) from error
        raise


def _is_full(error: Exception) -> bool:
    """Say whether there was no room. safetensors, which is Rust, has the system's number in its words alone."""
    if isinstance(error, OSError):
        return error.errno in _FULL
    return bool(_FULL_IN_RUST & set(map(int, _NUMBER.findall(str(error)))))


@contextmanager
def gone_if_broken(made: Path) -> Iterator[None]:
    """Remove a folder that is being made if it cannot be."""
    try:
        yield
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that after a crash it is there as before or as it should be."""
    unfinished = path.with_name(f".{path.name}.part")
    with unfinished.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
    sync(path.parent)


def sync_all(folder: Path) -> None:
    """Bring every file in a folder to the disk."""
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb+") as file:
                os.fsync(file.fileno())
    sync(folder)


def sync(folder: Path) -> None:
    """Bring the names in a folder to the disk; Windows does it by itself and has no way to ask."""
    if os.name == "posix":
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)
