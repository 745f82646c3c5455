"""`Bots`: every bot of a home: what it is, whether it runs, and what is said to it."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from gesso.bots.bot import Bot, Connection, NetworkName, Shelf, State, check_bot
from gesso.bots.keys import Keys, Source, variable
from gesso.bots.networks.kinds import KINDS, Key
from gesso.bots.networks.network import TakesEvents
from gesso.bots.networks.opening import open_network
from gesso.bots.notes import Note, Notes
from gesso.bots.persona import Persona
from gesso.bots.rehearsal import Manner, Rehearsal
from gesso.bots.running import MODEL_KEY, House, OpenModel, OpenNetwork, Running, required_keys
from gesso.errors import ConflictError, GessoError, InputError, NotFoundError
from gesso.net.door import Door

_MOST_REHEARSALS: Final = 20  # the one that rested longest is forgotten
_MODEL_KEY: Final = Key(
    name=MODEL_KEY,
    title="Token of the deployment",
    help="Where its model is at an address that asks for one.",
    is_optional=True,
)
_logger: Final = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Changes:
    """What is to hold for a bot from now on; None leaves it as it is."""

    network: NetworkName | None = None
    persona: Persona | None = None
    connection: Connection | None = None


@dataclass(frozen=True, kw_only=True)
class Status:
    """How a bot stands. `account` is what the network calls it, `error` why it waits or has failed."""

    state: State = "off"
    account: str = ""
    error: GessoError | None = None


@dataclass(frozen=True, kw_only=True)
class KeyStatus:
    """A key of a bot, and where it comes from. `variable` is the environment variable that may say it."""

    key: Key
    source: Source
    variable: str
    is_needed: bool


class Bots:
    """The bots. `start` them before anything else, `stop` them in the end."""

    def __init__(
        self,
        folder: Path,
        *,
        keys: Keys,
        door: Door,
        open_model: OpenModel,
        open_network: OpenNetwork = open_network,
        first_pause_s: float = 1.0,
    ) -> None:
        self._shelf = Shelf(folder)
        self._house = House(keys, door, open_model, self._keep, open_network, first_pause_s)
        self._bots: dict[str, Bot] = {}
        self._running: dict[str, Running] = {}
        self._notes: dict[str, Notes] = {}
        self._rehearsals: OrderedDict[str, Rehearsal] = OrderedDict()
        self._changing = asyncio.Lock()

    # -- their own life -----------------------------------------------------------------------------------------------

    async def start(self, *, is_reviving: bool = True) -> None:
        """Read what is there, and, if wanted, start those that were on."""
        bots, broken = await asyncio.to_thread(self._shelf.read)
        for error in broken:  # one that is broken keeps nobody from the others
            _logger.error("a bot is left out: %s", error)
        self._bots = {bot.name: bot for bot in bots}
        for bot in bots:
            if bot.is_on and is_reviving:
                self._run(bot)

    async def stop(self) -> None:
        """Have all leave their networks. Those that are on are on again at the next start."""
        running, self._running = list(self._running.values()), {}
        rehearsals, self._rehearsals = list(self._rehearsals.values()), OrderedDict()
        await asyncio.gather(*(one.stop() for one in running), *(one.stop() for one in rehearsals))
        for notes in self._notes.values():
            notes.close()

    # -- what they are ------------------------------------------------------------------------------------------------

    def all(self) -> list[Bot]:
        """Return all bots by name."""
        return [self._bots[name] for name in sorted(self._bots)]

    def get(self, name: str) -> Bot:
        """Return a bot, or raise `NotFoundError`."""
        if name not in self._bots:
            raise NotFoundError(f"There is no bot {name[:80]!r}.", hint="`gesso bot` lists those that there are.")
        return self._bots[name]

    def status(self, name: str) -> Status:
        """Say how a bot stands."""
        self.get(name)
        running = self._running.get(name)
        if running is None:
            return Status()
        return Status(state=running.state, account=running.account, error=running.error)

    async def create(self, bot: Bot) -> Bot:
        """Make a bot, which is off. Raises `ConflictError` for a taken name, `InputError` for what is wrong in it."""
        async with self._changing:
            if bot.name in self._bots:
                raise ConflictError(f"There is a bot {bot.name} already.", hint="Choose another name.")
            made = replace(check_bot(bot), is_on=False, seen="", created_at=_now())
            return await self._kept(made)

    async def change(self, name: str, changes: Changes) -> Bot:
        """Change a bot; one that is on leaves its network and comes back changed. Raises `InputError`."""
        async with self._changing:
            bot = self.get(name)
            changed = replace(
                bot,
                network=changes.network or bot.network,
                persona=changes.persona or bot.persona,
                connection=changes.connection or bot.connection,
                seen=bot.seen if changes.network in {None, bot.network} else "",
            )
            kept = await self._kept(check_bot(changed))
            await self._forget_rehearsal(name)
            if bot.is_on and kept.network != "rehearsal":
                await self._halt(name)
                self._run(kept)
            elif bot.is_on:
                await self._halt(name)
                kept = await self._kept(replace(kept, is_on=False))
            return kept

    async def delete(self, name: str) -> None:
        """Forget a bot and its keys."""
        async with self._changing:
            bot = self.get(name)
            await self._halt(name)
            await self._forget_rehearsal(name)
            for key in _keys(bot):
                await asyncio.to_thread(self._house.keys.remove, name, key.name)
            await asyncio.to_thread(self._shelf.remove, name)
            del self._bots[name]
            if (notes := self._notes.pop(name, None)) is not None:
                notes.close()

    # -- on and off ---------------------------------------------------------------------------------------------------

    async def turn_on(self, name: str, *, is_lasting: bool = True) -> Status:
        """Switch a bot on; `is_lasting`: at each start, too. Raises `AccessError` if a key is missing."""
        async with self._changing:
            bot = self.get(name)
            if bot.network == "rehearsal":
                hint = "Give it a network, or talk to it in rehearsal."
                raise ConflictError(f"{name} has no network to be on.", hint=hint)
            await asyncio.to_thread(required_keys, bot, self._house.keys)
            await self._halt(name)
            self._run(await self._kept(replace(bot, is_on=is_lasting)))
            return self.status(name)

    async def turn_off(self, name: str) -> Status:
        """Switch a bot off. It leaves its network in order."""
        async with self._changing:
            bot = self.get(name)
            await self._halt(name)
            await self._kept(replace(self._bots[bot.name], is_on=False))
            return self.status(name)

    async def ended(self, name: str) -> None:
        """Wait until a bot that was on cannot go on by itself, or was switched off."""
        if (running := self._running.get(name)) is not None:
            await running.ended()

    # -- keys ---------------------------------------------------------------------------------------------------------

    def keys(self, name: str) -> list[KeyStatus]:
        """Return the keys that a bot may have, and which are there. Never themselves."""
        bot = self.get(name)
        needed = {key.name for key in KINDS[bot.network].keys_for(bot.connection)}
        return [
            KeyStatus(
                key=key,
                source=self._house.keys.source(name, key.name),
                variable=variable(name, key.name),
                is_needed=key.name in needed,
            )
            for key in _keys(bot)
        ]

    async def put_key(self, name: str, key: str, *, value: str) -> None:
        """Keep a key in the system's keyring. Raises `ConflictError` where there is none."""
        known = _key(self.get(name), key)
        if known.begin and not value.strip().startswith(known.begin):
            raise InputError(f"the {known.title}, which begins with {known.begin}", "another one", where=key)
        await asyncio.to_thread(self._house.keys.put, name, key, value=value)

    async def remove_key(self, name: str, key: str) -> None:
        """Forget a key."""
        await asyncio.to_thread(self._house.keys.remove, name, _key(self.get(name), key).name)

    # -- conversations ------------------------------------------------------------------------------------------------

    def listen(self, name: str, *, after: int = 0) -> AsyncGenerator[Note, None]:
        """Yield what a bot tells: what is kept, and then what happens. Raises `NotFoundError` at once."""
        self.get(name)
        return self._notes_of(name).listen(after)

    async def rehearse(
        self, name: str, text: str, *, author: str = "you", manner: Manner = "direct", channel: str = "rehearsal"
    ) -> AsyncGenerator[Note, None]:
        """Say something to a bot that no network hears, and yield what happens until it has answered."""
        rehearsal = await self._rehearsal(name)
        async with aclosing(rehearsal.say(text, author=author, manner=manner, channel=channel)) as notes:
            async for note in notes:
                yield note

    async def open_rehearsal(self, name: str) -> None:
        """Find the model of a bot, so that what is wrong is said before anything is told. Raises it."""
        await self._rehearsal(name)

    def forget(self, name: str, channel: str = "rehearsal") -> None:
        """Begin a rehearsal anew."""
        self.get(name)
        if (rehearsal := self._rehearsals.get(name)) is not None:
            rehearsal.forget(channel)

    async def take_events(
        self, name: str, body: bytes, *, headers: Mapping[str, str]
    ) -> tuple[int, bytes, Mapping[str, str]]:
        """Take what a network has sent to the address of a bot; raises `NotFoundError` unless it waits for that."""
        running = self._running.get(name)
        network: object = running.network if running is not None else None
        if not isinstance(network, TakesEvents):
            raise NotFoundError("No bot waits for messages here.")
        return await network.take(body, headers)

    # -- inside -------------------------------------------------------------------------------------------------------

    async def _rehearsal(self, name: str) -> Rehearsal:
        persona = self.get(name).persona
        if (kept := self._rehearsals.pop(name, None)) is None:
            token = await asyncio.to_thread(self._house.keys.get, name, MODEL_KEY)
            kept = Rehearsal(persona, await self._house.open_model(persona.model, token))
        self._rehearsals[name] = kept
        while len(self._rehearsals) > _MOST_REHEARSALS:
            await self._rehearsals.popitem(last=False)[1].stop()
        return kept

    async def _forget_rehearsal(self, name: str) -> None:
        if (rehearsal := self._rehearsals.pop(name, None)) is not None:
            await rehearsal.stop()

    def _run(self, bot: Bot) -> None:
        self._running[bot.name] = Running(bot, self._house, self._notes_of(bot.name))
        self._running[bot.name].start()

    async def _halt(self, name: str) -> None:
        if (running := self._running.pop(name, None)) is not None:
            await running.stop()

    def _notes_of(self, name: str) -> Notes:
        return self._notes.setdefault(name, Notes())

    async def _kept(self, bot: Bot) -> Bot:
        await asyncio.to_thread(self._shelf.write, bot)
        self._bots[bot.name] = bot
        return bot

    def _keep(self, bot: Bot) -> None:
        """Keep what a running bot has seen; the rest of it is as it is here."""
        if bot.name in self._bots:
            self._bots[bot.name] = replace(self._bots[bot.name], seen=bot.seen)
            self._shelf.write(self._bots[bot.name])


def _keys(bot: Bot) -> tuple[Key, ...]:
    return (*KINDS[bot.network].keys, _MODEL_KEY)


def _key(bot: Bot, name: str) -> Key:
    return _MODEL_KEY if name == MODEL_KEY else KINDS[bot.network].key(name)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
