"""A bot in the foreground: in this terminal, or, where a Gesso serves, there, while this terminal looks on."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from dataclasses import dataclass

import msgspec

from gesso import settings
from gesso.app import App
from gesso.bots.bot import Bot, Connection, NetworkName
from gesso.bots.bots import Bots, Changes
from gesso.bots.notes import Note
from gesso.cli.bot_keys import ask_for_keys
from gesso.cli.bot_list import ServedBots
from gesso.cli.bot_order import Wish
from gesso.cli.bot_rehearsal import show
from gesso.cli.opening import find_trusted
from gesso.cli.running import running_server
from gesso.cli.terminal import Terminal
from gesso.errors import ConflictError, RunInterruptedError
from gesso.remote.address import is_hosted


@dataclass(frozen=True, kw_only=True)
class _Told:
    network: NetworkName
    connection: Connection | None
    is_new: bool
    is_trusted: bool


class Speaking:
    """A bot that is to speak on a network until somebody ends it."""

    def __init__(
        self,
        terminal: Terminal,
        wish: Wish,
        *,
        network: NetworkName,
        connection: Connection | None,
        is_new: bool,
        is_trusted: bool,
    ) -> None:
        self._terminal = terminal
        self._wish = wish
        self._told = _Told(network=network, connection=connection, is_new=is_new, is_trusted=is_trusted)

    async def run(self) -> None:
        """Run it until Ctrl-C or SIGTERM, or until it cannot go on by itself. Raises why."""
        loaded, terminal, told = settings.load(), self._terminal, self._told
        bot = self._wish.bot(loaded.home, network=told.network, connection=told.connection)
        async with App(loaded, report=terminal.report) as app:
            if not is_hosted(bot.persona.model):
                find_trusted(app, bot.persona.model, is_trusted=told.is_trusted, terminal=terminal)
            await ask_for_keys(app, bot, terminal=terminal, is_new=told.is_new)
            server = await running_server(loaded.home, terminal)
            if server is not None:
                await self._there(ServedBots(server), bot)
            elif bot.connection.is_events:
                hint = "Start it with `gesso serve --public-url https://...`, and say this again."
                raise ConflictError("No Gesso serves here that Slack could send its events to.", hint=hint)
            else:
                await self._here(await app.start_bots(is_reviving=False), bot)

    async def _here(self, bots: Bots, bot: Bot) -> None:
        await _keep(bots, bot)
        await bots.turn_on(bot.name, is_lasting=False)
        self._terminal.say(f"{bot.name} runs in this terminal. Ctrl-C ends it.", style="dim")
        showing = asyncio.create_task(self._show(bots.listen(bot.name)))
        ended = asyncio.create_task(bots.ended(bot.name))
        try:
            with _stopped() as stopped:
                await asyncio.wait({ended, stopped}, return_when=asyncio.FIRST_COMPLETED)
            error = bots.status(bot.name).error if ended.done() else None
        finally:
            await bots.stop()  # ends the notes, too
            ended.cancel()
            await asyncio.gather(ended, showing, return_exceptions=True)
        if error is not None:
            raise error

    async def _there(self, served: ServedBots, bot: Bot) -> None:
        await served.put(bot)
        await served.switch(bot.name, is_on=True)
        self._terminal.say(
            f"{bot.name} runs in the Gesso that serves, and goes on there. `gesso bot stop {bot.name}` ends it; "
            "Ctrl-C only looks away.",
            style="dim",
        )
        showing = asyncio.create_task(self._show(_notes(served.events(bot.name))))
        try:
            with _stopped() as stopped:
                await asyncio.wait({showing, stopped}, return_when=asyncio.FIRST_COMPLETED)
            if showing.done():
                showing.result()
                raise RunInterruptedError("The Gesso that serves has ended.", hint="Its bots are on again with it.")
        finally:
            showing.cancel()
            await asyncio.gather(showing, return_exceptions=True)

    async def _show(self, told: AsyncGenerator[Note, None]) -> None:
        async with aclosing(told):
            async for note in told:
                show(note, self._terminal)


async def _keep(bots: Bots, bot: Bot) -> None:
    if any(each.name == bot.name for each in bots.all()):
        changes = Changes(network=bot.network, persona=bot.persona, connection=bot.connection)
        await bots.change(bot.name, changes)
    else:
        await bots.create(bot)


async def _notes(told: AsyncGenerator[object, None]) -> AsyncGenerator[Note, None]:
    async with aclosing(told):
        async for message in told:
            yield msgspec.convert(message, Note)


@contextlib.contextmanager
def _stopped() -> Iterator[asyncio.Future[None]]:
    """Lend a future that is done as soon as Ctrl-C or SIGTERM comes: then the bot leaves in order."""
    loop = asyncio.get_running_loop()
    stopped: asyncio.Future[None] = loop.create_future()

    def stop(*_: object) -> None:
        if not stopped.done():
            loop.call_soon_threadsafe(stopped.set_result, None)

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stopped
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
