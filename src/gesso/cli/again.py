"""`gesso run --recipe`: make a result again, and say whether it is the same. A recipe may come from a stranger."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gesso.app import App
from gesso.cli.exits import DIFFERENT, OK
from gesso.cli.given import Input
from gesso.cli.opening import ensure_trust, find_trusted
from gesso.cli.shell import quoted
from gesso.cli.terminal import Terminal
from gesso.errors import InputError, NotFoundError, TrustError
from gesso.jobs.inputs import Inputs
from gesso.jobs.recipe import Recipe
from gesso.registry.git.reference import is_git_reference, read_git_reference
from gesso.registry.server_reference import is_server_reference
from gesso.registry.source import ModelSource
from gesso.spec.model import Command
from gesso.storage.blobs import Blobs, is_reference
from gesso.types.base import Json
from gesso.types.file_names import plain_name


async def find_model(app: App, reference: str, *, is_trusted: bool, terminal: Terminal) -> ModelSource:
    """Return the model that a recipe names. One from the web is asked for before it is fetched, and before it runs."""
    if reference.startswith(("//", "\\\\")):  # to Windows a folder of another computer: to look at it is to go there
        raise TrustError(f"The recipe names a model on another computer, {reference}, and nobody was asked for it.")
    if is_server_reference(reference) and not (is_trusted or terminal.ask(_question_of_server(reference))):
        raise TrustError(
            f"The recipe names a program on this computer, {reference}, and nothing was sent to it.",
            hint="If you have started it, run it again with --trust.",
        )
    if not is_git_reference(reference):
        return find_trusted(app, reference, is_trusted=is_trusted, terminal=terminal)
    try:
        source = app.registry.find(reference)
    except NotFoundError:
        _ask_to_fetch(reference, is_trusted=is_trusted, terminal=terminal)
        source = await app.registry.fetch(reference, terminal.report)
    ensure_trust(app, source, is_trusted=is_trusted, terminal=terminal)
    return source


def _question_of_server(reference: str) -> str:
    return f"The recipe was made with a model that serves itself on this computer:\n  {reference}\nSend it the inputs?"


def _ask_to_fetch(reference: str, *, is_trusted: bool, terminal: Terminal) -> None:
    address = read_git_reference(reference)
    made = f"The recipe was made with a model from {address.host}, which is not on this computer:\n  {address}"
    question = f"{made}\nFetch it?"
    if not (is_trusted or terminal.ask(question)):
        raise TrustError(
            f"The recipe names a model from the web, {address}, and nothing was fetched.",
            hint="If you trust whoever wrote it, run it again with --trust.",
        )


@dataclass(frozen=True, kw_only=True)
class Ingredients:
    """Finds what a recipe was made from: among the files of the home, or by name and content in `folders`.

    `scratch` is where files get their names for the run.
    """

    recipe: Recipe
    blobs: Blobs
    folders: Sequence[Path]
    scratch: Path

    def inputs(self, command: Command, *, given: Collection[str]) -> dict[str, Input]:
        """Return the inputs but for those that are given otherwise. One that is nowhere raises `InputError`."""
        if missing := sorted(set(self.recipe.inputs_left_out) - set(given)):
            given_instead = f"one that leaves out {', '.join(missing)}"
            raise InputError("a recipe with all of its inputs", given_instead, hint=f"Add -i {missing[0]}=...")
        kept = _without(self.recipe.inputs, given)
        found = {name: self._find(value, name) for name, value in kept.items()}
        ports = [port for port in command.inputs if port.name in found]
        values = Inputs(self.blobs, self.scratch).open(ports, found)
        return {name: Input(value, found[name]) for name, value in values.items()}

    def _find(self, value: Json, where: str) -> Any:
        """Return a value with a `Path` in the place of each file that lies elsewhere than in the home."""
        if is_reference(value):
            return self._find_file(value, where)
        if isinstance(value, list):
            return [self._find(item, f"{where}[{index}]") for index, item in enumerate(value)]
        return value

    def _find_file(self, file: Mapping[str, Json], where: str) -> Any:
        try:
            self.blobs.path(file["blob"])
        except NotFoundError as error:
            name = plain_name(str(file.get("name") or "file"))
            for path in (folder / name for folder in self.folders):
                if path.is_file() and _digest(path) == file["blob"]:
                    return path
            expected = f"the file {name} with the SHA-256 {file['blob'][:12]}…"
            given = f"{where.partition('[')[0]}=@{name}"
            hint = f"If you have it, add -i {quoted(given)}"
            raise InputError(expected, "no such file", hint=hint, where=where) from error
        return dict(file)


def compare(recipe: Recipe, made: Recipe, *, terminal: Terminal) -> int:
    """Say whether what was made is what the recipe made before. Returns the exit code."""
    changed = [
        word
        for word, then, now in (
            ("command", recipe.command, made.command),
            ("inputs", _content(recipe.inputs), _content(_without(made.inputs, recipe.inputs_left_out))),
            ("options", recipe.options, made.options),
            ("seed", recipe.seed, made.seed),
        )
        if then != now
    ]
    if changed:
        terminal.say(f"A variation of the recipe: it has other {' and '.join(changed)}.")
        return OK
    different = recipe.differences(made.outputs)
    if not different:
        terminal.say("Made again from its recipe: the values are the same.")
        return OK
    terminal.warn(f"Made again from its recipe, but not the same: {', '.join(different)}. {_why(recipe, made)}")
    return DIFFERENT


def _why(recipe: Recipe, made: Recipe) -> str:
    if recipe.model_digest != made.model_digest:
        return f"The model {made.model_name} is another version than then."
    others = sorted(name for name, version in recipe.versions.items() if made.versions.get(name) != version)
    if others:
        return f"Other versions than then: {', '.join(others)}."
    return "The model itself is the same; perhaps it does not take its chance from the seed."


def _content(value: Json) -> Json:
    """Return inputs with nothing but the content of each file, whatever it is called."""
    if is_reference(value):
        return value["blob"]
    if isinstance(value, dict):
        return {name: _content(part) for name, part in value.items()}
    return [_content(part) for part in value] if isinstance(value, list) else value


def _without(values: Mapping[str, Json], names: Collection[str]) -> dict[str, Json]:
    return {name: value for name, value in values.items() if name not in names}


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
