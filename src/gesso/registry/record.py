"""A small JSON file that is written whole or not at all: what Gesso remembers between two runs."""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from gesso.errors import SettingsError
from gesso.types.base import Json
from gesso.types.writing import reason


def write(path: Path, data: Json) -> None:
    """Write the data as indented JSON; see `write_text`."""
    write_text(path, json.dumps(data, indent=2, ensure_ascii=False) + "\n")


def write_text(path: Path, text: str) -> None:
    """Write a text file in one go: whoever reads it meanwhile, or after a crash, finds all of the old or of the new.

    Only the owner may read it. The folder is made if it is not there.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, unfinished = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(unfinished).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(unfinished).unlink()
        raise


@contextlib.contextmanager
def explained(path: Path, what: str) -> Iterator[None]:
    """Raise what the system says against keeping `what` ("which models are trusted") as a `SettingsError` in words."""
    try:
        yield
    except OSError as error:
        raise SettingsError(
            f"Gesso cannot write down {what}: {reason(error, path)}.",
            hint="Make room or make Gesso's folder yours, or name another one in the environment variable GESSO_HOME.",
        ) from error


def read(path: Path) -> Json:
    """Return the data of a record, or None if there is no such file; raises `ValueError` if it is broken."""
    try:
        return json.loads(path.read_bytes())
    except FileNotFoundError:
        return None
