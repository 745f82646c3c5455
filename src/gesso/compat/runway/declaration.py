"""Read a `runway.yml`: which file is run, and what it needs."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Set
from pathlib import Path, PurePosixPath
from typing import Final

from gesso.compat.commands import Wanted
from gesso.compat.foreign import Foreign
from gesso.compat.imported import imported_modules
from gesso.compat.needed import Needed
from gesso.compat.runway.build_steps import read_steps
from gesso.errors import DeclarationError
from gesso.types.base import Json
from gesso.types.given import describe

ELSEWHERE: Final = (
    "Or run it where its libraries still install, say in an old Python or a container (python runway_model.py), and "
    "use it from there: gesso run runway+http://localhost:9000"
)
"""What to do with a model that cannot run here."""

_BROUGHT: Final = {
    "colorcet": "colorcet",
    "flask": "flask",
    "flask_cors": "flask-cors",
    "gevent": "gevent",
    "imageio": "imageio",
    "scipy": "scipy",
    "six": "six",
    "unidecode": "unidecode",
    "urllib3": "urllib3",
}
"""What came with Runway's SDK, by the module: models import it without asking for it."""
_FRAMEWORKS: Final = {"pytorch": {"torch": "torch", "torchvision": "torchvision"}}
"""What a framework stood for, by the module."""
_ON_TENSORFLOW: Final = frozenset({"keras", "tensorflow", "tflearn"})
_PYTHON: Final = re.compile(r"python[\d.]*")


def read(folder: Path, table: Mapping[str, Json]) -> Foreign:
    """Return what the folder's `runway.yml` says. Raises `DeclarationError` where that cannot be had here."""
    python = _text(table, "python")
    if python and python.partition(".")[0] != "3":
        raise DeclarationError(
            f"runway.yml, python: {python} is not what Gesso runs; its own Python is a 3 of today.", hint=ELSEWHERE
        )
    entry, notes = _entry(_text(table, "entrypoint"))
    needed = Needed(folder, ELSEWHERE, notes=notes)
    for step in read_steps(table.get("build_steps") or [], elsewhere=ELSEWHERE):
        needed.take(step)
    imported = imported_modules(folder)
    _add_unsaid(needed, _framework(table, needed, imported=imported), imported=imported)
    return Foreign(entry=entry, dependencies=tuple(needed.places), places=needed.places, notes=tuple(needed.notes))


def _text(table: Mapping[str, Json], key: str) -> str:
    value = table.get(key) or ""
    if not isinstance(value, str):
        raise DeclarationError(f"{key} in runway.yml: expected a text, but got {describe(value)}.")
    return value.strip()


def _entry(command: str) -> tuple[str, list[str]]:
    """Return the file that the entrypoint runs, and a note if it runs it in a way of its own."""
    try:
        words = shlex.split(command)
    except ValueError:
        words = []
    files = [word for word in words if word.endswith(".py")]
    if not words or not _PYTHON.fullmatch(PurePosixPath(words[0]).name) or not files:
        given = repr(command) if command else "nothing"
        raise DeclarationError(
            f"entrypoint in runway.yml: expected a Python file to run, but got {given}.",
            hint="As in: entrypoint: python runway_model.py",
        )
    left_over = words[words.index(files[0]) + 1 :]
    notes = [f"runway.yml, entrypoint: the words {' '.join(left_over)} are left out."] if left_over else []
    return PurePosixPath(files[0]).as_posix(), notes


def _framework(table: Mapping[str, Json], needed: Needed, *, imported: Set[str]) -> Mapping[str, str]:
    """Return the modules that the declared framework brought, with their packages.

    Many name one because the template did, and use none of it.
    """
    framework = _text(table, "framework").lower()
    if framework == "tensorflow" and imported & _ON_TENSORFLOW and not needed.has("tensorflow"):
        raise DeclarationError(
            "runway.yml, framework: tensorflow meant TensorFlow 1.12, which does not install on today's Python.",
            hint=f"If the model runs with TensorFlow 2, add it to its requirements.txt. {ELSEWHERE}",
        )
    return _FRAMEWORKS.get(framework, {})


def _add_unsaid(needed: Needed, framework: Mapping[str, str], *, imported: Set[str]) -> None:
    """Add what the model's code imports and never had to ask for."""
    unsaid = {**_BROUGHT, **framework}
    for module in sorted(imported & set(unsaid)):
        if not needed.has(unsaid[module]):
            needed.add(Wanted(unsaid[module], f"an `import {module}` in its code"))
