"""The bots of this home, through the Gesso that serves it, or as their files say."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Any
from urllib.parse import quote

from gesso import settings
from gesso.app import App
from gesso.bots.bot import Bot, Shelf
from gesso.bots.networks.kinds import KINDS
from gesso.cli.running import running_server
from gesso.cli.terminal import Terminal
from gesso.errors import ConflictError, NotFoundError, from_data
from gesso.remote.server import Server

_STATES = {"off": "off", "starting": "connecting", "on": "on", "waiting": "away, tries again", "failed": "stopped"}


class ServedBots:
    """What the terminal does with bots of a Gesso that serves."""

    def __init__(self, server: Server) -> None:
        self._server = server

    async def all(self) -> list[dict[str, Any]]:
        """Return all bots."""
        found: list[dict[str, Any]] = (await self._server.ask("GET", "/bots"))["bots"]
        return found

    async def put(self, bot: Bot) -> None:
        """Make a bot, or change the one of its name."""
        body: dict[str, Any] = {
            "network": bot.network,
            "persona": bot.persona.to_data(),
            "connection": {
                "api_url": bot.connection.api_url,
                "gateway_url": bot.connection.gateway_url,
                "is_events": bot.connection.is_events,
                "poll_s": bot.connection.poll_s,
            },
        }
        try:
            await self._server.ask("PATCH", _path(bot.name), body=body)
        except NotFoundError:
            await self._server.ask("POST", "/bots", body={"name": bot.name, **body})

    async def switch(self, name: str, *, is_on: bool) -> dict[str, Any]:
        """Switch a bot on or off."""
        found: dict[str, Any] = await self._server.ask("POST", f"{_path(name)}/{'start' if is_on else 'stop'}")
        return found

    async def remove(self, name: str) -> None:
        """Forget a bot."""
        await self._server.ask("DELETE", _path(name))

    def events(self, name: str) -> AsyncGenerator[Any, None]:
        """Yield what a bot tells."""
        return self._server.events_of(f"{_path(name)}/events")


async def list_all(terminal: Terminal, *, is_json: bool) -> None:
    """List the bots."""
    home = settings.load().home
    server = await running_server(home, terminal)
    if server is not None:
        bots = await ServedBots(server).all()
    else:
        kept, broken = await asyncio.to_thread(Shelf(home / "bots").read)
        for error in broken:
            terminal.warn(str(error))
        bots = [_described(bot) for bot in kept]
    if is_json:
        terminal.json(bots)
    elif bots:
        rows = [_row(bot) for bot in bots]
        terminal.table(("NAME", "NETWORK", "STATE", "SPEAKS THROUGH"), rows)
    else:
        terminal.say("There are no bots yet. Talk to one first: gesso bot rehearse --model MODEL")


async def switch(terminal: Terminal, name: str, *, is_on: bool) -> None:
    """Switch a bot on or off in the Gesso that serves."""
    server = await running_server(settings.load().home, terminal)
    if server is None:
        hint = "Start it with `gesso studio` or `gesso serve`. `gesso bot discord NAME` runs a bot in this terminal."
        raise ConflictError("No Gesso serves here that could keep a bot on.", hint=hint)
    status = (await ServedBots(server).switch(name, is_on=is_on))["status"]
    if problem := status["problem"]:
        raise from_data({word: text for word, text in problem.items() if isinstance(text, str)})
    terminal.say(f"{name} is {'on: it connects now' if is_on else 'off'}.")


async def forget(terminal: Terminal, name: str) -> None:
    """Forget a bot."""
    loaded = settings.load()
    server = await running_server(loaded.home, terminal)
    if server is not None:
        await ServedBots(server).remove(name)
    else:
        async with App(loaded, report=terminal.report) as app:
            await (await app.start_bots(is_reviving=False)).delete(name)
    terminal.say(f"{name} is forgotten.")


def _described(bot: Bot) -> dict[str, Any]:
    return {
        "name": bot.name,
        "network": bot.network,
        "persona": bot.persona.to_data(),
        "is_on": bot.is_on,
        "created_at": bot.created_at,
        "status": {"state": "off", "account": "", "problem": None},
    }


def _row(bot: dict[str, Any]) -> tuple[str, str, str, str]:
    status = bot["status"]
    state = _STATES.get(status["state"], status["state"])
    account = f" as {status['account']}" if status["account"] else ""
    return bot["name"], KINDS[bot["network"]].title, f"{state}{account}", bot["persona"]["model"]


def _path(name: str) -> str:
    return f"/bots/{quote(name, safe='')}"
