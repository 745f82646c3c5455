"""Rehearsal: a talk with a persona that no network hears, with the same rules."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal, TypeAlias

from gesso.bots.message import Heard
from gesso.bots.notes import Note, Notes
from gesso.bots.persona import Persona
from gesso.bots.talk import Talk
from gesso.bots.voice import Voice
from gesso.spec.runnable import Runnable

Manner: TypeAlias = Literal["direct", "mention", "overheard"]
"""How something is said to it: to it alone, by its name among others, or by others among themselves."""


class Stage:
    """The place of a rehearsal: what is said there stands in the notes already."""

    async def say(self, text: str) -> None:
        """Say a text: nobody else is there to hear it."""

    @asynccontextmanager
    async def typing(self) -> AsyncIterator[None]:
        """Show nothing."""
        yield


class Rehearsal:
    """A talk with a persona. What it remembers is apart from what its bot remembers."""

    def __init__(self, persona: Persona, model: Runnable) -> None:
        self.notes = Notes()
        self._talk = Talk(persona, Voice.of(model, persona), notes=self.notes)

    async def say(
        self, text: str, *, author: str = "you", manner: Manner = "direct", channel: str = "rehearsal"
    ) -> AsyncGenerator[Note, None]:
        """Say something to it, and yield what happens until it has answered, or does not. Leaving breaks it off."""
        heard = Heard(
            channel=channel,
            author_id=author,
            author=author,
            text=text,
            is_direct=manner == "direct",
            is_mention=manner == "mention",
        )
        seen = self.notes.last
        hearing = asyncio.create_task(self._talk.hear(heard, Stage()))
        hearing.add_done_callback(lambda _: self.notes.poke())
        try:
            while True:
                pulse = self.notes.pulse
                for note in self.notes.after(seen):
                    seen = note.number
                    if note.channel == channel:
                        yield note
                if hearing.done() and not self.notes.after(seen):
                    return
                await pulse.wait()
        finally:
            hearing.cancel()
            await asyncio.wait([hearing])

    def forget(self, channel: str = "rehearsal") -> None:
        """Begin the talk anew."""
        self._talk.forget(channel)

    async def stop(self) -> None:
        """End it."""
        self.notes.close()
        await self._talk.stop()
