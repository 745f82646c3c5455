"""The source as the house tests read it: files, syntax trees, names."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
"""The folder of the repository."""
SRC = ROOT / "src" / "gesso"
"""The package."""
SHIMS = SRC / "compat" / "shims"
"""Stand-ins for other people's packages, whose names are not ours to choose."""


@cache
def python_files(*folders: Path) -> tuple[Path, ...]:
    """Return every Python file below the folders."""
    return tuple(sorted(path for folder in folders for path in folder.rglob("*.py")))


@cache
def tree(path: Path) -> ast.Module:
    """Return the syntax tree of a file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def shown(path: Path) -> str:
    """Return a path as a message shows it: from the repository's folder, with slashes."""
    return path.relative_to(ROOT).as_posix()


def rooms() -> tuple[str, ...]:
    """Return the names of the rooms: folders and files directly in the package."""
    inside = (path for path in SRC.iterdir() if path.suffix == ".py" or (path.is_dir() and any(path.rglob("*.py"))))
    return tuple(sorted(path.stem for path in inside if path.stem != "__init__"))


def definitions(path: Path) -> Iterator[tuple[str, int]]:
    """Yield the name and line of every class and function in a file."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, node.lineno
