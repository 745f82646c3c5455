"""Folders in which models leave files: one for each process of Gesso, and in it one for each run."""

from __future__ import annotations

import os
import shutil
import tempfile
import weakref
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import psutil

from gesso.types.directory import Directory
from gesso.types.stored import Stored

_PREFIX: Final = "gesso-scratch-"


def make_scratch() -> Path:
    """Make a folder for passing files, named after this process; those of processes that are dead are removed."""
    place = Path(tempfile.gettempdir())
    for folder in place.glob(f"{_PREFIX}*"):
        owner = folder.name.removeprefix(_PREFIX).partition("-")[0]
        if owner.isdigit() and not psutil.pid_exists(int(owner)):
            shutil.rmtree(folder, ignore_errors=True)  # another person's stays: we may not
    return Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-"))


def remove_after(outputs: Mapping[str, Any], folder: Path) -> None:
    """Remove a run's folder once no output lies in it any more: at once, or when the last such value is gone."""
    files = [value for value in _values(outputs) if isinstance(value, Stored | Directory)]
    left = {id(value) for value in files}

    def gone(number: int) -> None:
        left.discard(number)
        if not left:
            shutil.rmtree(folder, ignore_errors=True)

    for value in files:
        weakref.finalize(value, gone, id(value)).atexit = False  # then the whole scratch folder goes
    if not files and folder.exists():
        shutil.rmtree(folder, ignore_errors=True)


def _values(value: Any) -> Iterator[Any]:
    if isinstance(value, Mapping):
        for inner in value.values():
            yield from _values(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _values(inner)
    else:
        yield value
