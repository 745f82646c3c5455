"""Read `cog.yaml`: which class is the model, what it needs, and what Gesso passes over. None of the model's code runs.

Cog builds an image with a system of its own; Gesso makes an environment on the system that is there. What a `cog.yaml`
asks of the system is told to people, each in a sentence that says what to do, and the model is tried without.
"""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from gesso.compat.commands import PassedOver, Wanted, read_commands
from gesso.compat.foreign import Foreign
from gesso.compat.imported import imported_modules
from gesso.compat.needed import Needed
from gesso.errors import DeclarationError
from gesso.types.base import Json
from gesso.types.given import describe

_FILE: Final = "cog.yaml"
_ENTRY: Final = re.compile(r"(?P<file>[^:]+\.py)(?::(?P<name>[^\W\d]\w*))?")
_PYTHON: Final = re.compile(r"3\.(?P<minor>\d{1,2})(?:\.\d{1,2})?")
_OLDEST, _NEWEST = 11, 13  # of the Pythons 3 on which a worker runs
_COMES_WITH_COG: Final = {
    "attr": "attrs",
    "fastapi": "fastapi",
    "httpx": "httpx",
    "pydantic": "pydantic",
    "requests": "requests",
    "structlog": "structlog",
    "typing_extensions": "typing-extensions",
    "yaml": "pyyaml",
}
"""What versions of Cog brought along, by what is imported: models use it without asking for it."""
_YES: Final = frozenset({"true", "yes", "on"})

ELSEWHERE: Final = (
    "Or write versions that install here into what cog.yaml names, or run the model with Cog itself, in its own "
    "container: cog predict"
)
"""What to do where the libraries of a model cannot be installed."""


def read(folder: Path, table: Mapping[str, Json]) -> Foreign:
    """Return what a `cog.yaml` says, or raise `DeclarationError`; every scalar in `table` is still the text it was."""
    entry, class_name = _entry(table)
    build = _table(table.get("build"), "build")
    needed = Needed(folder, ELSEWHERE)
    python = _python(build, needed)
    for step in _wanted(build):
        needed.take(step)
    for module in sorted(imported_modules(folder) & set(_COMES_WITH_COG)):
        if not needed.has(_COMES_WITH_COG[module]):
            needed.add(Wanted(_COMES_WITH_COG[module], f"an `import {module}` in its code"))
    needed.notes.extend(_notes(table, build))
    return Foreign(
        entry=entry,
        class_name=class_name,
        python=python,
        dependencies=tuple(needed.places),
        places=needed.places,
        notes=tuple(needed.notes),
    )


def _entry(table: Mapping[str, Json]) -> tuple[str, str]:
    said = {key: value for key in ("run", "predict") if (value := table.get(key)) not in (None, "")}
    if len(said) != 1:
        problem = "has both run and predict" if said else "does not say which class is the model"
        raise DeclarationError(f"{_FILE} {problem}.", hint='Write one line like: run: "run.py:Runner"')
    (key, value), *_ = said.items()
    found = _ENTRY.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        raise DeclarationError(
            f"{key} in {_FILE}: expected a file and a class in it, but got {describe(value)}.",
            hint=f'Write it like: {key}: "run.py:Runner"',
        )
    return found["file"], found["name"] or ""


def _python(build: Mapping[str, Json], needed: Needed) -> str:
    """Return the specifier of a `python_version`; instead of one that is not here another is tried, with a note.

    Whether it is here is only guessed from what a terminal would find: nothing runs while a declaration is read.
    """
    said = _text(build, "python_version")
    if not said:
        return ""
    found = _PYTHON.fullmatch(said)
    if found is None:
        raise DeclarationError(
            f"python_version in {_FILE}: {describe(said)} is no Python that Gesso runs.",
            hint=f'Write it like: python_version: "3.{_OLDEST}". {ELSEWHERE}',
        )
    asked, minor = f"3.{found['minor']}", int(found["minor"])
    is_run = _OLDEST <= minor <= _NEWEST
    if is_run and (minor == sys.version_info.minor or shutil.which(f"python{asked}") is not None):
        return f"=={asked}.*"
    why, what_to_do = (
        ("is not here", f"install Python {asked} from python.org beside the one you have")
        if is_run
        else ("Gesso does not run", "write another version of it into the model's requirements")
    )
    needed.notes.append(
        f"{_FILE} asks for Python {asked}, which {why}: the model is tried on another. "
        f"If a library fails, {what_to_do}."
    )
    return f">=3.{_OLDEST}"


def _wanted(build: Mapping[str, Json]) -> Iterator[Wanted | PassedOver]:
    """Yield the packages that are asked for, and the commands that are not run."""
    packages, requirements = _texts(build, "python_packages"), _text(build, "python_requirements")
    if packages and requirements:
        raise DeclarationError(f"{_FILE} has both python_packages and python_requirements.", hint="Keep one.")
    for package in packages:
        yield Wanted(package, f"{_FILE}, python_packages")
    if requirements:
        yield Wanted(requirements, f"{_FILE}, python_requirements", is_file=True)
    for key in ("pre_install", "run"):
        for number, command in enumerate(_commands(build, key), 1):
            yield from read_commands(command, f"{_FILE}, {key} {number}")


def _notes(table: Mapping[str, Json], build: Mapping[str, Json]) -> Iterator[str]:
    """Yield a sentence for each thing that Gesso passes over, with what to do about it."""
    missing = [name for name in _texts(build, "system_packages") if shutil.which(name) is None]
    if missing:
        yield (
            f"{_FILE} asks for system packages, which Gesso does not install: {', '.join(missing)}. If the model "
            "misses one, install it yourself (on Ubuntu with sudo apt install, on a Mac with brew install)."
        )
    if _text(build, "gpu").lower() in _YES and shutil.which("nvidia-smi") is None:
        yield (
            f"{_FILE} asks for an NVIDIA GPU, and there is none here: the model may be slow, or fail where its code "
            'insists on "cuda".'
        )
    if _texts(table, "environment"):
        names = ", ".join(line.partition("=")[0] for line in _texts(table, "environment"))
        yield f"{_FILE} sets environment variables, which Gesso does not: {names}. Set them before you start Gesso."
    if table.get("weights"):
        yield f"{_FILE} lists weights, which Gesso does not fetch: put them where the model's code looks for them."
    if table.get("concurrency"):
        yield f"{_FILE} has concurrency, which Gesso does not read: write @cog.concurrent(max=...) over the method."


def _commands(build: Mapping[str, Json], key: str) -> Iterator[str]:
    for step in _list(build, key):
        command = step.get("command") if isinstance(step, Mapping) else step
        if not isinstance(command, str):
            raise DeclarationError(f"{key} in {_FILE}: expected commands, but got {describe(step)} among them.")
        yield command


def _table(value: Json, key: str) -> Mapping[str, Json]:
    if value in (None, ""):
        return {}
    if not isinstance(value, Mapping):
        raise DeclarationError(
            f"{key} in {_FILE}: expected lines like `gpu: true` below it, but got {describe(value)}."
        )
    return value


def _text(table: Mapping[str, Json], key: str) -> str:
    value = table.get(key) or ""
    if not isinstance(value, str):
        raise DeclarationError(f"{key} in {_FILE}: expected a text, but got {describe(value)}.")
    return value.strip()


def _texts(table: Mapping[str, Json], key: str) -> list[str]:
    values = _list(table, key)
    for value in values:
        if not isinstance(value, str):
            raise DeclarationError(f"{key} in {_FILE}: expected texts, but got {describe(value)} among them.")
    return values


def _list(table: Mapping[str, Json], key: str) -> list[Json]:
    value = table.get(key) or []
    if not isinstance(value, list):
        raise DeclarationError(
            f"{key} in {_FILE}: expected a list, but got {describe(value)}.", hint="Each line of it begins with a -."
        )
    return value
