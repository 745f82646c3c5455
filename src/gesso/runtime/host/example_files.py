"""Files that a model's examples name: beside the model, or among the packages in its environment."""

from __future__ import annotations

import asyncio
import json
from asyncio.subprocess import DEVNULL, PIPE
from pathlib import Path
from typing import Final

from gesso.errors import NotFoundError

FILE: Final = "file:"
"""What a value begins with that names a file in the model's folder: "file:fox.jpg"."""
PACKAGE: Final = "package:"
"""What a value begins with that names a file among the packages: "package:skimage/data/cat.png"."""

_WHERE: Final = "import json,sysconfig; print(json.dumps([sysconfig.get_path(n) for n in ('purelib','platlib')]))"


def find_own_file(folder: Path, name: str) -> Path:
    """Return the file `name` in a model's folder. One outside of it, or none, raises `NotFoundError`."""
    return _inside([folder], name, where="The model's folder")


async def find_package_file(python: Path, name: str) -> Path:
    """Return the file `name` among the packages of the interpreter `python`, or raise `NotFoundError`."""
    process = await asyncio.create_subprocess_exec(python, "-I", "-c", _WHERE, stdin=DEVNULL, stdout=PIPE)
    answer, _ = await process.communicate()
    return _inside([Path(folder) for folder in json.loads(answer)], name, where="The model's environment")


def _inside(folders: list[Path], name: str, *, where: str) -> Path:
    for folder in folders:
        path = (folder / name).resolve()
        if path.is_relative_to(folder.resolve()) and path.is_file():
            return path
    raise NotFoundError(f"{where} has no file {name!r}.", hint="An example of the model names it: tell its author.")
