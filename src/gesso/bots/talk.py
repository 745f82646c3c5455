"""Talk: from a message that is heard to the answer that is said. Networks and the rehearsal share it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress
from dataclasses import replace
from typing import Final

from gesso.bots.manners import Manners, Reason
from gesso.bots.memory import Line, Remembered
from gesso.bots.message import Heard, Place
from gesso.bots.notes import Notes
from gesso.bots.persona import Persona
from gesso.bots.prompt import prompt_of
from gesso.bots.voice import Voice
from gesso.bots.wording import answer_of, without_calls
from gesso.bots.words import find_word, sound
from gesso.errors import GessoError

_logger: Final = logging.getLogger(__name__)
_MOST_WAITING: Final = 3  # messages of one channel; what comes faster is let go
_AT_ONCE: Final = 8  # answers that are made side by side, of all channels
_TRIES: Final = 3  # until an answer has no blocked word in it


class Talk:
    """The conversations of one bot: `hear` a message, and what is to be said goes to its place.

    Messages of one channel are answered one after the other.
    """

    def __init__(
        self,
        persona: Persona,
        voice: Voice,
        *,
        notes: Notes,
        manners: Manners | None = None,
        memory: Remembered | None = None,
    ) -> None:
        self.persona = persona
        self.notes = notes
        self._voice = voice
        self._manners = manners or Manners(persona)
        self._memory = memory or Remembered(persona.memory)
        self._turns: dict[str, asyncio.Lock] = {}
        self._waiting: dict[str, int] = {}
        self._room = asyncio.Semaphore(_AT_ONCE)
        self._waking: asyncio.Task[None] | None = None

    async def hear(self, heard: Heard, place: Place) -> str:
        """Hear a message, and say what there is to say. Returns what was said, "" for nothing. Never raises."""
        if heard.is_own:
            return ""
        heard = replace(heard, text=sound(heard.text), author=sound(heard.author))
        notes = {"channel": heard.channel, "channel_name": heard.channel_name}
        self.notes.add("heard", **notes, author=heard.author, text=heard.text)
        reason = self._reason(heard)
        if reason not in {"blocked", "empty", "channel"}:
            self._memory.add(heard.channel, heard.author, text=heard.text)
        if reason:
            self.notes.add("silent", **notes, author=heard.author, reason=reason)
            return ""
        return await self._in_turn(heard.channel, heard.channel_name, place=place)

    async def post(self, prompt: str, place: Place) -> str:
        """Say something that nobody asked for, begun with a prompt. Returns what was said, "" for nothing."""
        return await self._in_turn(_OWN, "", place=place, prompt=prompt)

    def forget(self, channel: str) -> None:
        """Forget what was said in a channel."""
        self._memory.forget(channel)

    async def stop(self) -> None:
        """Wake nothing any more."""
        if self._waking is not None:
            self._waking.cancel()
            await asyncio.wait([self._waking])

    def _reason(self, heard: Heard) -> Reason:
        if self._waiting.get(heard.channel, 0) >= _MOST_WAITING:
            return "busy"
        return self._manners.judge(heard)

    async def _in_turn(self, channel: str, channel_name: str, *, place: Place, prompt: str | None = None) -> str:
        lock = self._turns.setdefault(channel, asyncio.Lock())
        self._waiting[channel] = self._waiting.get(channel, 0) + 1
        lines = self._memory.lines(channel)
        try:
            async with lock, self._room:
                answering = _Answering(self, channel, channel_name=channel_name, place=place)
                return await answering.answer(lines, prompt=prompt)
        finally:
            self._waiting[channel] -= 1
            if not self._waiting[channel]:
                del self._waiting[channel], self._turns[channel]

    # -- what the answering needs -------------------------------------------------------------------------------------

    async def awake(self, late: Callable[[], object], *, after_s: float) -> None:
        """Wait until the model is awake; `late` is called if that takes longer. Raises what keeps it from waking."""
        if self._waking is None or self._waking.done():
            self._waking = asyncio.create_task(self._voice.wake())
        done, _ = await asyncio.wait([self._waking], timeout=after_s)
        if not done:
            late()
        await asyncio.shield(self._waking)

    async def make(self, prompt: str, *, authors: set[str], hear: Callable[[str], None]) -> str:
        """Return an answer without blocked words, "" if there is none."""
        answers = self.persona.answers
        stops = [f"\n{author}:" for author in sorted({self.persona.name, *authors})]
        for _ in range(_TRIES):
            made = await self._voice.speak(prompt, patience_s=answers.patience_s, stops=stops, hear=hear)
            text = answer_of(
                sound(made), prompt=prompt, name=self.persona.name, authors=authors, characters=answers.characters
            )
            if text and not find_word(text, self.persona.blocked):
                return text
        return ""

    def spoken(self, channel: str, text: str) -> None:
        """Note that it has spoken."""
        self._manners.spoken(channel)
        if channel != _OWN:
            self._memory.add(channel, self.persona.name, text=text)


_OWN: Final = ""  # the channel of what is said unasked


class _Answering:
    """One answer on its way."""

    def __init__(self, talk: Talk, channel: str, *, channel_name: str, place: Place) -> None:
        self._talk = talk
        self._channel = channel
        self._place = place
        self._where = {"channel": channel, "channel_name": channel_name}
        self._saying: set[asyncio.Task[None]] = set()

    async def answer(self, lines: list[Line], *, prompt: str | None) -> str:
        """Make it, and say it. Returns what was said."""
        persona = self._talk.persona
        try:
            async with AsyncExitStack() as typing:
                await self._show_typing(typing)
                await self._talk.awake(self._say_waking, after_s=persona.answers.waking_after_s)
                asked = prompt_of(persona, lines) if prompt is None else prompt
                text = await self._talk.make(asked, authors={line.author for line in lines}, hear=self._hear)
            return await self._say(text) if text else self._note_nothing()
        except GessoError as error:
            await self._fail(error)
        except Exception as error:
            _logger.exception("an answer failed")
            await self._fail(GessoError(f"{type(error).__name__}: {error}"))
        finally:
            for saying in self._saying:
                saying.cancel()
        return ""

    async def _show_typing(self, typing: AsyncExitStack) -> None:
        try:
            await typing.enter_async_context(self._place.typing())
        except GessoError as error:  # whether it may speak there is seen when it does
            _logger.info("typing cannot be shown: %s", error)

    def _hear(self, piece: str) -> None:
        self._talk.notes.add("part", **self._where, author=self._talk.persona.name, text=piece)

    def _say_waking(self) -> None:
        text = self._talk.persona.answers.waking
        self._talk.notes.add("waking", **self._where, author=self._talk.persona.name, text=text)
        if text:
            saying = asyncio.create_task(self._say_quietly(text))
            self._saying.add(saying)
            saying.add_done_callback(self._saying.discard)

    async def _say_quietly(self, text: str) -> None:
        with suppress(GessoError):  # the answer itself will tell
            await self._place.say(without_calls(text))

    async def _say(self, text: str) -> str:
        said = without_calls(text)
        await self._place.say(said)
        self._talk.spoken(self._channel, text)
        self._talk.notes.add("said", **self._where, author=self._talk.persona.name, text=said)
        return said

    def _note_nothing(self) -> str:
        self._talk.notes.add("silent", **self._where, author=self._talk.persona.name, reason="nothing")
        return ""

    async def _fail(self, error: GessoError) -> None:
        self._talk.notes.add("failed", **self._where, text=str(error), reason=error.code)
        if text := self._talk.persona.answers.failing:
            await self._say_quietly(text)
