"""The files that somebody named for a dataset, also as folders: those with text are taken, the others counted."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from gesso.errors import InputError, NotFoundError
from gesso.training.dataset import MOST_BYTES
from gesso.training.documents import is_readable
from gesso.types.given import size


def files_in(paths: Sequence[Path]) -> tuple[list[tuple[str, Path]], int]:
    """Return files by their names, those of a folder with its name before; and how many of folders were left out.

    Raises `NotFoundError` for a path that is not there, and `InputError` for a folder without texts, or too much.
    """
    found: list[tuple[str, Path]] = []
    left_out = 0
    for given in paths:
        path = given.expanduser()
        if path.is_dir():
            inside, others = _inside(path)
            found += inside
            left_out += others
        elif path.is_file():
            found.append((path.name, path))
        elif path.exists():
            raise InputError(
                "a file or a folder", f"{given}, which is a device or a pipe", hint="Save it as a file first."
            )
        else:
            raise NotFoundError(f"There is no file or folder {given}.", hint="Is its name spelt right?")
    total = sum(path.stat().st_size for _, path in found)
    if total > MOST_BYTES:
        raise InputError(f"at most {size(MOST_BYTES)} of text", size(total), hint="Take a part of it.")
    return found, left_out


def _inside(folder: Path) -> tuple[list[tuple[str, Path]], int]:
    try:
        files = [
            (path.relative_to(folder), path)
            for path in sorted(folder.rglob("*"))
            if path.is_file() and not any(part.startswith(".") for part in path.relative_to(folder).parts)
        ]
    except OSError as error:
        given = f"{folder}, in which {Path(str(error.filename)).name} cannot be read ({error.strerror})"
        raise InputError("a folder that may be read", given, hint="Name the folder with your texts.") from error
    taken = [(f"{folder.resolve().name}/{inside.as_posix()}", path) for inside, path in files if is_readable(path.name)]
    if not taken:
        raise InputError(
            "a folder with texts (.txt, .md, .csv, .jsonl)",
            f"{folder.name}, with {len(files)} other files" if files else f"{folder.name}, which is empty",
        )
    return taken, len(files) - len(taken)
