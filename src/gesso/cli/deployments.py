"""The deployments of this home, through the Gesso that serves it: nobody else could run them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import quote, urlencode

from gesso import settings
from gesso.cli.running import running_server
from gesso.cli.terminal import Terminal
from gesso.errors import ConflictError, from_data
from gesso.remote.server import Server
from gesso.spec.runnable import Progress
from gesso.types.base import Json

_LOOK_S: Final = 0.3
_WORDS: Final = {
    "environment": "Installing what it needs",
    "weights": "Fetching its weights",
    "setup": "Loading the model",
}


class Deployments:
    """What the terminal does with deployments. Names that there are none of raise `NotFoundError`."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self.is_told = True
        """Whether it is shown how waking goes on."""

    @classmethod
    async def open(cls, terminal: Terminal) -> Deployments:
        """Find the Gesso that serves this home. Raises `ConflictError` if none does."""
        server = await running_server(settings.load().home, terminal)
        if server is None:
            raise ConflictError(
                "No Gesso runs here that could host models.",
                hint="Start it with `gesso studio` or `gesso serve`; `gesso host NAME --serve` does both at once.",
            )
        return cls(server)

    async def all(self) -> list[dict[str, Any]]:
        """Return all deployments."""
        found: list[dict[str, Any]] = (await self._server.ask("GET", "/deployments"))["deployments"]
        return found

    async def get(self, name: str) -> dict[str, Any]:
        """Return a deployment and how it stands."""
        return await self._ask("GET", name)

    async def create(self, order: Mapping[str, Json]) -> dict[str, Any]:
        """Host a model."""
        made: dict[str, Any] = await self._server.ask("POST", "/deployments", body=dict(order))
        return made

    async def add_version(self, name: str, order: Mapping[str, Json]) -> int:
        """Put a new version of a model beside the one that answers, and return its number."""
        releases = (await self._ask("POST", name, more="/releases", body=dict(order)))["releases"]
        return max(int(release["number"]) for release in releases)

    async def switch(self, name: str, number: int) -> dict[str, Any]:
        """Have a version answer, as soon as it is awake."""
        return await self._ask("POST", name, more="/switch", body={"release": number})

    async def change(self, name: str, **changes: Json) -> dict[str, Any]:
        """Change what holds for a deployment."""
        return await self._ask("PATCH", name, body=changes)

    async def sleep(self, name: str) -> dict[str, Any]:
        """Put it to sleep."""
        return await self._ask("POST", name, more="/sleep")

    async def wake(self, name: str, terminal: Terminal) -> dict[str, Any]:
        """Wake it, and show how that goes on. Raises what keeps it from waking."""
        found = await self._ask("POST", name, more="/wake")
        while found["status"]["state"] == "waking":
            for progress in _news(found["status"]) if self.is_told else ():
                terminal.report(progress)
            await asyncio.sleep(_LOOK_S)
            found = await self.get(name)
        if problem := found["status"]["problem"]:
            raise from_data({word: text for word, text in problem.items() if isinstance(text, str)})
        if found["status"]["state"] != "awake":  # somebody else has put it to sleep, or switched it off
            raise ConflictError(f"{name} did not stay awake: it is {found['status']['state']}.", hint="Try it again.")
        return found

    async def remove(self, name: str) -> None:
        """Remove it."""
        await self._server.ask("DELETE", _path(name))

    async def tokens(self, name: str) -> list[dict[str, Any]]:
        """Return its tokens, the oldest first."""
        found: list[dict[str, Any]] = (await self._ask("GET", name, more="/tokens"))["tokens"]
        return found

    async def make_token(self, name: str, order: Mapping[str, Json]) -> dict[str, Any]:
        """Make a token; `token` is itself, this once."""
        return await self._ask("POST", name, more="/tokens", body=dict(order))

    async def revoke(self, name: str, token_id: str) -> None:
        """Take a token back."""
        await self._server.ask("DELETE", f"{_path(name)}/tokens/{quote(token_id, safe='')}")

    async def figures(self, name: str) -> dict[str, Any]:
        """Return what was asked of it in the last day."""
        total: dict[str, Any] = (await self._ask("GET", name, more="/figures?minutes=1440&step=1440"))["total"]
        return total

    async def log(self, name: str, limit: int) -> list[dict[str, Any]]:
        """Return lines of its log, the newest first."""
        found: list[dict[str, Any]] = (await self._ask("GET", name, more=f"/log?{urlencode({'limit': limit})}"))[
            "lines"
        ]
        return found

    async def snippets(self, name: str) -> dict[str, Any]:
        """Return its address, and code to copy."""
        return await self._ask("GET", name, more="/snippets")

    async def _ask(self, method: str, name: str, *, more: str = "", body: Json = None) -> dict[str, Any]:
        answer: dict[str, Any] = await self._server.ask(method, _path(name) + more, body=body)
        return answer


def _path(name: str) -> str:
    return f"/deployments/{quote(name, safe='')}"


def _news(status: Mapping[str, Any]) -> Iterator[Progress]:
    stages = status["stages"]
    for stage in stages:
        if stage["status"] == "under way":
            done = sum(each["fraction"] for each in stages) / len(stages)
            yield Progress(done, f"{_WORDS[stage['stage']]}: {stage['text']}".rstrip(": "))
