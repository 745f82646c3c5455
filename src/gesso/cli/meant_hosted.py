"""What somebody means with `gesso host MODEL`: a model on the list, looked up, and whether it is hosted already."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from gesso import settings
from gesso.app import App
from gesso.cli.hosted_shown import release_of
from gesso.cli.opening import find_trusted, split_reference
from gesso.cli.order import read_options
from gesso.cli.shell import command_line
from gesso.cli.terminal import Terminal
from gesso.errors import InputError
from gesso.registry.manifest import is_name
from gesso.registry.source import ModelSource
from gesso.types.base import Json

_DRAWN: Final = re.compile(r"-[0-9a-f]{6}")  # what a name has at its end that Gesso has made; see `suggest_name`


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What somebody wants hosted, in their own words; see `gesso host`. `device` is None if nobody has said one."""

    model: str
    name: str | None = None
    command: str | None = None
    options: Sequence[str] = ()
    device: str | None = None
    pages: tuple[str, ...] = ()
    is_public: bool = False
    has_page: bool = False
    is_new_version: bool = False
    is_without_token: bool = False
    is_without_waiting: bool = False
    is_trusted: bool = False
    is_json: bool = False


@dataclass(frozen=True, kw_only=True)
class Meant:
    """A model that is on the list, one of its commands, and how it is to be run. `digest` is that of its files now."""

    model: str
    digest: str
    command: str
    options: dict[str, Json] = field(default_factory=dict)
    device: str = "auto"

    def order(self) -> dict[str, Json]:
        """Return it as the server takes it."""
        return {"model": self.model, "command": self.command, "options": self.options, "device": self.device}

    def is_run_as(self, release: Mapping[str, Any]) -> bool:
        """Say whether a version is of this model and run like this; its files may have been others."""
        return all(release[name] == value for name, value in self.order().items())

    def is_same_as(self, release: Mapping[str, Any]) -> bool:
        """Say whether a version is exactly this, with the same files."""
        return self.is_run_as(release) and bool(release["digest"] == self.digest)

    def own(self, deployments: Sequence[dict[str, Any]], *, name: str | None) -> dict[str, Any] | None:
        """Return the deployment that this was made by the last time: of that name, or of a name that Gesso chose."""
        for each in sorted(deployments, key=lambda each: (len(each["name"]), each["name"])):
            is_named = each["name"] == name if name else self._may_be_called(each["name"])
            if is_named and self.is_run_as(release_of(each)):
                return each
        return None

    def _may_be_called(self, name: str) -> bool:
        rest = name.removeprefix(self.model) if name.startswith(self.model) else "?"
        return not rest or _DRAWN.fullmatch(rest) is not None


def _nothing(_: str) -> Mapping[str, Any] | None:
    return None


async def look_up(
    wish: Wish, terminal: Terminal, *, before: Callable[[str], Mapping[str, Any] | None] = _nothing
) -> Meant:
    """Find the model, and ask on the way whether one from outside is trusted. A folder or file is put on the list.

    `before` returns the version that one of this model is to follow, if there is one: what nobody says stays as there.
    """
    reference, command = split_reference(wish.model)
    async with App(settings.load(), report=terminal.report) as app:
        source = find_trusted(app, reference, is_trusted=wish.is_trusted, terminal=terminal)
        if not is_name(reference):
            source = _listed(app, source, terminal=terminal)
        spec = await app.registry.spec(source)
        digest = await asyncio.to_thread(lambda: source.digest)
    terminal.clear()
    kept = before(source.name) or {"command": None, "options": {}, "device": "auto"}
    options = {port.name: kept["options"][port.name] for port in spec.options if port.name in kept["options"]}
    return Meant(
        model=source.name,
        digest=digest,
        command=spec.command(wish.command or command or kept["command"]).name,
        options=options | read_options(spec.options, wish.options),
        device=wish.device or kept["device"],
    )


def _listed(app: App, source: ModelSource, *, terminal: Terminal) -> ModelSource:
    """Put a model on the list under its own name: what is hosted is found by its name later."""
    known = {each.name for each in app.registry.models()}
    try:
        listed = app.registry.add(source.reference)
    except InputError as error:
        add = command_line("gesso", "add", source.reference, "--name")
        error.hint = f"Put it on your list under another name, and host that: {add} NAME, then gesso host NAME"
        raise
    if listed.name not in known:
        terminal.say(f"{listed.name} is on your list of models now (gesso models).", style="dim")
    return listed
