"""The digest of a model: two folders with the same files have the same one."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from gesso.errors import DeclarationError

_NOT_THE_MODEL = frozenset({"__pycache__", "node_modules"})


def folder_digest(path: Path) -> str:
    """Return the SHA-256, in hex, of a folder's file names and contents, or of a single file's.

    Left out are names that begin with a dot, Python's and Node's caches, and virtual environments. A symbolic link
    counts as the path that it holds and is not followed: what lies outside of the folder is not part of the model.
    Raises `DeclarationError` if a file cannot be read. It reads everything, about 1 GB in a second.
    """
    whole = hashlib.sha256()
    try:
        for name, file in files_of(path):
            for part in (name.encode("utf-8", "surrogateescape"), _content(file)):
                whole.update(len(part).to_bytes(8, "big"))
                whole.update(part)
    except OSError as error:
        raise DeclarationError(
            f"A file of the model cannot be read: {error}.", hint="See that the model's files belong to you."
        ) from error
    return whole.hexdigest()


def files_of(path: Path) -> list[tuple[str, Path]]:
    """Return the files that a digest is made of, in its order, and what each is called inside the folder."""
    return [(path.name, path)] if path.is_file() else sorted(_files(path))


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    """Yield each file of the model, and what it is called inside the folder, with slashes."""
    for where, folders, names in os.walk(folder, onerror=_raise):
        here = Path(where)
        links = [name for name in folders if (here / name).is_symlink()]
        folders[:] = [name for name in folders if name not in links and _is_of_the_model(here / name)]
        for name in (*names, *links):
            if _is_of_the_model(here / name) and not name.endswith(".pyc"):
                yield (here / name).relative_to(folder).as_posix(), here / name


def _is_of_the_model(path: Path) -> bool:
    if path.name.startswith(".") or path.name in _NOT_THE_MODEL or (path / "pyvenv.cfg").exists():
        return False
    kind = path.lstat().st_mode
    return stat.S_ISDIR(kind) or stat.S_ISREG(kind) or stat.S_ISLNK(kind)  # no pipe: reading one waits for ever


def _content(file: Path) -> bytes:
    if file.is_symlink():
        return b"link to " + os.fsencode(file.readlink())
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").digest()


def _raise(error: OSError) -> None:
    raise error
