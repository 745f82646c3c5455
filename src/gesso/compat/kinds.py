"""The kinds of models that were written for another platform, and their two doors.

Each kind is a folder here with two files of the same names, between which this file chooses:

* `declaration.py` has `read`: what the model's folder says of itself, as data. None of its code runs. In Gesso's own
  process.
* `model.py` has `read`: the class of a `Model` that Gesso makes of the file once it is imported. In the worker.

What such models import (`runway`, `cog`) lies in `shims/`, which is put on the path of their workers and of no other.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Final

from gesso.compat.cog import declaration as cog
from gesso.compat.foreign import Foreign
from gesso.compat.runway import declaration as runway
from gesso.errors import DeclarationError
from gesso.sdk.model import Model
from gesso.types.base import Json

SHIMS: Final = Path(__file__).parent / "shims"
"""The folder of the packages that such models import."""
_OUR_OWN: Final = re.compile(r"^\s*(from|import)\s+gesso\b", re.MULTILINE)
_READ_CHARACTERS: Final = 200_000


@dataclass(frozen=True)
class Kind:
    """A kind of foreign models.

    `file` is the declaration at the root of the model's folder, by which it is known; `module_name` the name under
    which its entry is imported ("": that of its file); `requirements` where its dependencies are written, for messages;
    `elsewhere` what to do if they cannot be installed here.
    """

    name: str
    file: str
    module_name: str
    requirements: str
    elsewhere: str


RUNWAY: Final = Kind(
    name="runway",
    file="runway.yml",
    module_name="__main__",  # it is a script, which ends with `if __name__ == "__main__": runway.run()`
    requirements="requirements.txt or the build_steps of runway.yml",
    elsewhere=runway.ELSEWHERE,
)
"""Models written with Runway's SDK (`import runway`, 2019 to 2021)."""
COG: Final = Kind(
    name="cog",
    file="cog.yaml",
    module_name="",
    requirements="what cog.yaml names as python_requirements or python_packages",
    elsewhere=cog.ELSEWHERE,
)
"""Models written for Cog (`from cog import BasePredictor`, since 2021)."""
KINDS: Final = {kind.name: kind for kind in (RUNWAY, COG)}
"""Every kind by its name."""


def kind_in(folder: Path) -> Kind | None:
    """Return which foreign kind of model a folder is, by its declaration; None if it is none.

    A folder with a `gesso.toml`, or whose `model.py` imports gesso, is a model of our own whatever else lies there.
    """
    found = next((kind for kind in KINDS.values() if (folder / kind.file).is_file()), None)
    if found is None or (folder / "gesso.toml").exists() or _is_our_own(folder / "model.py"):
        return None
    return found


def _is_our_own(path: Path) -> bool:
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            return _OUR_OWN.search(file.read(_READ_CHARACTERS)) is not None
    except OSError:
        return False


def read_declaration(kind: Kind, folder: Path, *, table: Json) -> Foreign:
    """Return what a folder says of itself; `table` is what its declaration holds, every scalar as the text it was.

    Raises `DeclarationError` where it is wrong, or asks for what cannot be had here.
    """
    if not isinstance(table, Mapping) or not all(isinstance(key, str) for key in table):
        raise DeclarationError(f"{kind.file} is not a table.", hint="It has lines like `key: value`.")
    return {RUNWAY: runway.read, COG: cog.read}[kind](folder, table)


def prepare(kind: Kind) -> None:
    """Prepare this worker for models of a kind: put what they import on the path."""
    from gesso.compat.habits import help_old_habits

    for place in (str(Path.cwd()), str(SHIMS)):  # the model's folder: its entry may lie deeper
        if place not in sys.path:
            sys.path.insert(0, place)
    help_old_habits()
    if kind is RUNWAY:
        from gesso.compat.runway.model import collect_commands

        collect_commands()


def read_model(kind: Kind, module: ModuleType, *, class_name: str) -> type[Model]:
    """Return the class that Gesso makes of an imported entry, of what its declaration calls `class_name` ("": nothing).

    Raises `DeclarationError` if there is no model in it.
    """
    if kind is COG:
        from gesso.compat.cog.model import read as read_cog_model

        return read_cog_model(module, class_name)
    from gesso.compat.runway.model import read as read_runway_model

    return read_runway_model(module)
