"""A bot that runs: its model is found, its network is reached, and reached again when it was lost."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from gesso.bots.bot import Bot, State
from gesso.bots.keys import Keys, variable
from gesso.bots.networks.kinds import KINDS, Key
from gesso.bots.networks.network import Line, Network, is_near
from gesso.bots.networks.opening import open_network
from gesso.bots.notes import Notes
from gesso.bots.talk import Talk
from gesso.bots.voice import Voice
from gesso.errors import AccessError, FetchError, GessoError
from gesso.net.door import Door
from gesso.spec.runnable import Runnable

OpenModel: TypeAlias = Callable[[str, str], Awaitable[Runnable]]
"""Opens the model of a reference or an address, with a token if one is needed."""
OpenNetwork: TypeAlias = Callable[[Line], Network]
"""Opens the connection to a network."""

MODEL_KEY: Final = "model_token"
"""The key of the deployment that a persona speaks through, if it speaks through one that asks for a token."""
_FIRST_PAUSE_S: Final = 1.0
_LONGEST_PAUSE_S: Final = 300.0
_STEADY_S: Final = 60.0  # after so long a connection counts as good, and the pauses begin anew
_LOOK_S: Final = 1.0
_logger: Final = logging.getLogger(__name__)


@dataclass(frozen=True)
class House:
    """What a running bot needs of the house. `keep` writes a bot as it has changed."""

    keys: Keys
    door: Door
    open_model: OpenModel
    keep: Callable[[Bot], None]
    open_network: OpenNetwork = open_network
    first_pause_s: float = _FIRST_PAUSE_S


@dataclass
class Running:
    """One bot that was switched on. `start` it once, `stop` it once."""

    bot: Bot
    house: House
    notes: Notes
    state: State = "starting"
    error: GessoError | None = None
    account: str = ""
    network: Network | None = None
    _task: asyncio.Task[None] | None = None
    _connected_s: float | None = None

    def start(self) -> None:
        """Begin."""
        self._become("starting")
        self._task = asyncio.create_task(self._live(), name=f"bot {self.bot.name}")

    async def stop(self) -> None:
        """Leave the network in order. What is being said is broken off."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
        self._become("off")

    async def ended(self) -> None:
        """Wait until it has failed so that somebody has to do something, or was stopped."""
        if self._task is not None:
            await asyncio.wait([self._task])

    # -- its life -----------------------------------------------------------------------------------------------------

    async def _live(self) -> None:
        for pause_s in self._pauses():
            try:
                await self._connect()
                error = GessoError("The network has ended the connection.")
            except FetchError as lost:
                error = lost
            except GessoError as failed:
                self._become("failed", failed)
                return
            except Exception as fault:
                _logger.exception("the bot %s has lost its network", self.bot.name)
                error = GessoError(f"{type(fault).__name__}: {fault}")
            self._become("waiting", error)
            await asyncio.sleep(pause_s)

    def _pauses(self) -> Iterator[float]:
        """Yield how long to wait after each end of a connection: longer each time, until one was good."""
        pause_s = self.house.first_pause_s
        while True:
            yield pause_s * random.uniform(0.75, 1.25)  # so that many bots do not come back at the same moment
            was_good = self._connected_s is not None and _now_s() - self._connected_s > _STEADY_S
            pause_s = self.house.first_pause_s if was_good else min(_LONGEST_PAUSE_S, 2 * pause_s)
            self._connected_s = None

    async def _connect(self) -> None:
        persona = self.bot.persona
        keys = required_keys(self.bot, self.house.keys)
        network = self.house.open_network(self._line(keys))
        model = await self.house.open_model(persona.model, self.house.keys.get(self.bot.name, MODEL_KEY))
        talk = Talk(persona, Voice.of(model, persona), notes=self.notes)
        self.network = network
        watching = asyncio.create_task(self._watch_door())
        living = asyncio.create_task(network.run(talk))
        try:
            await asyncio.wait({watching, living}, return_when=asyncio.FIRST_COMPLETED)
            (living if living.done() else watching).result()
        finally:
            self.network = None
            for task in (watching, living):
                task.cancel()
            await asyncio.gather(watching, living, return_exceptions=True)
            await talk.stop()

    async def _watch_door(self) -> None:
        """End the connection when Gesso is set to work offline."""
        while True:
            await asyncio.sleep(_LOOK_S)
            if not is_near(self.bot):
                self.house.door.check(f"what is said to the bot {self.bot.name}")

    def _line(self, keys: dict[str, str]) -> Line:
        return Line(
            bot=self.bot,
            keys=keys,
            door=self.house.door,
            connected=self._connected,
            lost=lambda reason: self._become("waiting", FetchError(reason, is_passing=True)),
            keep_key=lambda name, value: self.house.keys.put(self.bot.name, name, value=value),
            keep_seen=self._keep_seen,
        )

    def _connected(self, account: str) -> None:
        self.account = account
        self._connected_s = _now_s() if self._connected_s is None else self._connected_s
        if self.state != "on":
            self._become("on")

    def _keep_seen(self, seen: str) -> None:
        self.bot = replace(self.bot, seen=seen)
        self.house.keep(self.bot)

    def _become(self, state: State, error: GessoError | None = None) -> None:
        self.state, self.error = state, error
        self.notes.add("state", text=str(error) if error else self.account, reason=state)


def required_keys(bot: Bot, keys: Keys) -> dict[str, str]:
    """Return the keys that a bot connects with, or raise `AccessError` that says how to give a missing one."""
    kind = KINDS[bot.network]
    found = {key.name: keys.get(bot.name, key.name) for key in kind.keys}
    for key in kind.keys_for(bot.connection):
        if not found[key.name]:
            raise AccessError(f"{bot.name} has no {key.title} for {kind.title} yet.", hint=_hint(bot, key))
    return found


def _hint(bot: Bot, key: Key) -> str:
    return (
        f"{key.help} Give it in the studio or with `gesso bot {bot.network} {bot.name}`, "
        f"or set {variable(bot.name, key.name)} for the Gesso that serves."
    )


def _now_s() -> float:
    return asyncio.get_running_loop().time()
