"""What `gesso host switch | sleep | wake | pause | resume | remove | set` do, and what they say of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from gesso.cli.deployments import Deployments
from gesso.cli.terminal import Terminal
from gesso.errors import ConflictError, SettingsError
from gesso.types.base import Json

_LEFT: Final = "Say what to change: --page or --no-page, --public or --private, --per-minute NUMBER, --browser ORIGIN."


@dataclass(frozen=True)
class Changing:
    """One deployment, on which something is done. Each word returns what is to be said of it."""

    name: str
    deployments: Deployments
    terminal: Terminal

    @classmethod
    async def open(cls, name: str, terminal: Terminal) -> Self:
        """Find the Gesso that has it."""
        return cls(name, await Deployments.open(terminal), terminal)

    async def switch(self, number: int) -> str:
        """Have another version answer."""
        await self.deployments.switch(self.name, number)
        return f"Version {number} of {self.name} answers now."

    async def sleep(self) -> str:
        """Put it to sleep."""
        found = await self.deployments.sleep(self.name)
        return f"{self.name} sleeps.{_together(found, 'sleep')}"

    async def wake(self) -> str:
        """Wake it."""
        try:
            found = await self.deployments.wake(self.name, self.terminal)
        except ConflictError as error:
            if not (await self.deployments.get(self.name))["is_active"]:
                error.hint = f"Switch it on first: gesso host resume {self.name}"
            raise
        finally:
            self.terminal.clear()
        return f"{self.name} is awake.{_together(found, 'are awake')}"

    async def pause(self) -> str:
        """Switch it off."""
        await self.deployments.change(self.name, is_active=False)
        return f"{self.name} answers nobody. `gesso host resume {self.name}` switches it on."

    async def resume(self) -> str:
        """Switch it on."""
        await self.deployments.change(self.name, is_active=True)
        return f"{self.name} answers again."

    async def remove(self) -> str:
        """Remove it."""
        await self.deployments.remove(self.name)
        return f"{self.name} is removed. The model itself is where it was."


def check(name: str, changes: Mapping[str, Json], *, most_requests: int | None) -> None:
    """Raise `SettingsError` if nothing is to be changed, or something that is not a deployment's."""
    if most_requests is not None:
        hint = f"Make one with it: gesso host tokens {name} --make NAME --max-requests {most_requests}"
        raise SettingsError("A cap belongs to a token, and is said when that is made.", hint=hint)
    if not changes:
        raise SettingsError(f"Nothing is to be changed of {name}.", hint=_LEFT)


async def carry_out(terminal: Terminal, name: str, *, changes: Mapping[str, Json]) -> None:
    """Change what holds for a deployment, and say what holds then."""
    found = await (await Deployments.open(terminal)).change(name, **changes)
    terminal.say(_open_to(found))
    terminal.say(f"At {found['url']} is a page with a form, for people." if found["has_page"] else "It has no page.")
    rate = found["requests_per_minute"]
    terminal.say(f"Each token or computer may ask {rate} times a minute." if rate else "There is no limit a minute.")


def _open_to(found: Mapping[str, Any]) -> str:
    if not found["is_public"]:
        unused = " The web pages are for a public one; a browser token names its own." if found["origins"] else ""
        return f"{found['name']} asks for a token.{unused}"
    pages = f", also these web pages: {', '.join(found['origins'])}" if found["origins"] else ", but no web page"
    return f"Everybody who reaches this Gesso may use {found['name']}{pages}."


def _together(found: Mapping[str, Any], what: str) -> str:
    """Say what happens to others of the same model, which run in the same workers."""
    others = ", ".join(found["shares_with"])
    return f" It shares its workers with {others}, which {what}, too." if others else ""
