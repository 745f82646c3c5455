"""A house for bots in a test: its folder, its keys, a model, and who waits for what they tell."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gesso.bots.bot import Bot, Connection, NetworkName
from gesso.bots.bots import Bots
from gesso.bots.keys import Keys, variable
from gesso.bots.notes import Note
from gesso.bots.persona import Answers, Limits, Persona
from gesso.net.door import Door
from gesso.net.ledger import Ledger
from gesso.spec.runnable import Runnable
from tests.bots.poet import Poet

PERSONA = Persona(
    name="Poet",
    model="poet",
    answers=Answers(characters=60, waking_after_s=0.0),
    limits=Limits(per_person=600, per_channel=600),
)


@dataclass
class Stage:
    """Bots in a folder; `variables` is the environment that they see, `is_offline` the switch."""

    folder: Path
    poet: Poet = field(default_factory=Poet)
    variables: dict[str, str] = field(default_factory=dict)
    is_offline: bool = False
    opened: list[tuple[str, str]] = field(default_factory=list)
    bots: Bots = field(init=False)

    def __post_init__(self) -> None:
        self.bots = self.new_bots()

    def new_bots(self) -> Bots:
        """Return the bots as another process would find them."""
        door = Door(Ledger(self.folder), is_offline=lambda: self.is_offline)
        keys = Keys(lambda name: self.variables.get(name, ""))
        return Bots(self.folder / "bots", keys=keys, door=door, open_model=self._open, first_pause_s=0.02)

    async def _open(self, reference: str, token: str) -> Runnable:
        self.opened.append((reference, token))
        return self.poet

    async def make(self, network: NetworkName, keys: dict[str, str], **words: Any) -> Bot:
        """Make a bot with its keys in variables."""
        persona = words.pop("persona", PERSONA)
        bot = Bot(name="poet", network=network, persona=persona, connection=Connection(**words))
        for name, value in keys.items():
            self.variables[variable("poet", name)] = value
        return await self.bots.create(bot)

    async def until(self, is_so: Callable[[Note], bool], *, after: int = 0) -> Note:
        """Wait until the bot tells something."""
        async with asyncio.timeout(30):
            async for note in self.bots.listen("poet", after=after):
                if is_so(note):
                    return note
        raise AssertionError("it told no more")

    async def until_state(self, state: str, *, after: int = 0) -> Note:
        """Wait until the bot stands so."""
        return await self.until(lambda note: note.kind == "state" and note.reason == state, after=after)

    def notes(self, kind: str) -> list[Note]:
        """Return what it has told of a kind."""
        return [note for note in self.bots._notes_of("poet").after(0) if note.kind == kind]


@asynccontextmanager
async def stage_in(folder: Path, **words: Any) -> AsyncIterator[Stage]:
    """Lend a stage, and let all bots leave in the end."""
    stage = Stage(folder, **words)
    await stage.bots.start()
    try:
        yield stage
    finally:
        await stage.bots.stop()
