"""A small JSON file that is written whole or not at all: what Gesso remembers between two runs."""

from __future__ import annotations

import json
from pathlib import Path

from gesso.storage.durable import write_whole
from gesso.types.base import Json


def write(path: Path, data: Json) -> None:
    """Write the data as indented JSON, for its owner only; see `write_whole`."""
    write_whole(path, (json.dumps(data, indent=2, ensure_ascii=False) + "\n").encode())


def read(path: Path) -> Json:
    """Return the data of a record, or None if there is no such file; raises `ValueError` if it is broken."""
    try:
        return json.loads(path.read_bytes())
    except FileNotFoundError:
        return None
