"""Files that the packages in a model's environment have brought: pictures to try it with, say."""

from __future__ import annotations

import asyncio
import json
from asyncio.subprocess import DEVNULL, PIPE
from pathlib import Path
from typing import Final

from gesso.errors import NotFoundError

_WHERE: Final = "import json,sysconfig; print(json.dumps([sysconfig.get_path(n) for n in ('purelib','platlib')]))"


async def find_package_file(python: Path, name: str) -> Path:
    """Return the file `name` ("skimage/data/cat.png") among the packages of the interpreter `python`.

    A name that leads out of their folder, or to nothing, raises `NotFoundError`.
    """
    process = await asyncio.create_subprocess_exec(python, "-I", "-c", _WHERE, stdin=DEVNULL, stdout=PIPE)
    answer, _ = await process.communicate()
    for folder in map(Path, json.loads(answer)):
        path = (folder / name).resolve()
        if path.is_relative_to(folder.resolve()) and path.is_file():
            return path
    raise NotFoundError(
        f"The model's environment has no file {name!r}.", hint="Another version of the package may have moved it."
    )
