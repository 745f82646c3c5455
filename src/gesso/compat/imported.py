"""What the code of a foreign model imports: its platform brought libraries along, and nobody had to ask for them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_IMPORT: Final = re.compile(r"^\s*(?:import|from)\s+(\w+)", re.MULTILINE)
_MOST_FILES: Final = 500
_MOST_CHARACTERS: Final = 200_000


def imported_modules(folder: Path) -> set[str]:
    """Return the top names of the modules that the Python files of a folder import."""
    names: set[str] = set()
    for _, path in zip(range(_MOST_FILES), _python_files(folder), strict=False):
        try:
            with path.open(encoding="utf-8", errors="replace") as file:
                names.update(_IMPORT.findall(file.read(_MOST_CHARACTERS)))
        except OSError:  # what cannot be read is not imported either
            continue
    return names


def _python_files(folder: Path) -> Iterator[Path]:
    for where, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(where, name)
            if path.suffix == ".py" and path.is_file() and not path.is_symlink():
                yield path
