"""Manners: whether a bot answers a message, and when it keeps quiet. It decides; nothing here speaks."""

from __future__ import annotations

import random
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

from gesso.bots.memory import on_one_line
from gesso.bots.message import Heard
from gesso.bots.persona import Persona
from gesso.bots.words import find_word

Reason: TypeAlias = Literal[
    "", "own", "empty", "channel", "blocked", "unasked", "bots", "repeated", "pausing", "person", "often", "busy"
]
"""Why a bot keeps quiet; "" if it does not.

own: it is its own message. empty: there is no text. channel: not one of its channels. blocked: a blocked word. unasked:
it was not meant. bots: only bots have spoken for too long. repeated: the same text again and again. pausing: the same
one answers it for so long, or so quickly, that it may be a bot. person, often: the limits of one person, of a channel.
busy: too many messages of the channel wait already.
"""

_WINDOW_S: Final = 60.0
_QUICK_S: Final = 2.0  # nobody reads an answer and writes another one in so short a time
_QUICK_TURNS: Final = 4  # as so many turns does a quick one count
_QUIET_S: Final = 600.0  # after so long a talk begins anew
_FIRST_PAUSE_S: Final = 30.0
_LONGEST_PAUSE_S: Final = 3600.0
_SAME_TEXTS: Final = 3
_MOST_KEPT: Final = 5000


@dataclass
class _Talk:
    """How a channel has gone on. `turns` are those with one and the same other."""

    other: str = ""
    turns: int = 0
    bot_turns: int = 0
    pause_s: float = 0.0
    quiet_until_s: float = 0.0
    spoke_s: float = -_QUIET_S
    heard_s: float = -_QUIET_S
    text: str = ""
    same: int = 0


@dataclass
class Manners:
    """The manners of one persona. `clock` counts seconds, `dice` returns a number from 0 to 1."""

    persona: Persona
    clock: Callable[[], float] = time.monotonic
    dice: Callable[[], float] = random.random
    _talks: OrderedDict[str, _Talk] = field(default_factory=OrderedDict)
    _answered: OrderedDict[tuple[str, str], deque[float]] = field(default_factory=OrderedDict)

    def judge(self, heard: Heard) -> Reason:
        """Return why a message is not to be answered, or "" if it is; then its answer is counted."""
        reason = self._content(heard)
        if reason:
            return reason
        talk = self._follow(heard)
        return self._unmeant(heard) or self._endless(heard, talk) or self._limited(heard)

    def spoken(self, channel: str) -> None:
        """Note that it has spoken in a channel just now."""
        self._talk(channel).spoke_s = self.clock()

    # -- the message itself -------------------------------------------------------------------------------------------

    def _content(self, heard: Heard) -> Reason:
        channels = self.persona.speaking.channels
        if heard.is_own:
            return "own"
        if channels and not heard.is_direct and not {heard.channel, heard.channel_name} & set(channels):
            return "channel"
        if not heard.text.strip():
            return "empty"
        return "blocked" if find_word(f"{heard.author}\n{heard.text}", self.persona.blocked) else ""

    def _unmeant(self, heard: Heard) -> Reason:
        speaking = self.persona.speaking
        is_asked = (heard.is_mention and speaking.on_mention) or (heard.is_direct and speaking.on_direct)
        if is_asked:
            return ""
        if heard.is_bot:  # one that only talks is let talk
            return "unasked"
        if find_word(heard.text, speaking.keywords):
            return ""
        return "" if speaking.chance and self.dice() < speaking.chance else "unasked"

    # -- talk without an end ------------------------------------------------------------------------------------------

    def _follow(self, heard: Heard) -> _Talk:
        """Return the talk of a channel with this message in it."""
        talk, now_s = self._talk(heard.channel), self.clock()
        if now_s - max(talk.heard_s, talk.spoke_s) > _QUIET_S + talk.pause_s:
            talk.turns, talk.bot_turns, talk.pause_s = 0, 0, 0.0
        if not heard.is_bot:
            talk.bot_turns = 0
        if heard.author_id != talk.other:
            talk.other, talk.turns, talk.pause_s = heard.author_id, 0, 0.0
            talk.quiet_until_s = 0.0
        text = on_one_line(heard.text).casefold()
        talk.same = talk.same + 1 if text == talk.text else 1
        talk.text, talk.heard_s = text, now_s
        return talk

    def _endless(self, heard: Heard, talk: _Talk) -> Reason:
        limits, now_s = self.persona.limits, self.clock()
        if heard.is_bot and talk.bot_turns >= limits.turns_with_bots:
            return "bots"
        if talk.same > _SAME_TEXTS:
            return "repeated"
        if now_s < talk.quiet_until_s:
            return "pausing"
        talk.turns += _QUICK_TURNS if now_s - talk.spoke_s < _QUICK_S else 1
        talk.bot_turns += heard.is_bot
        if talk.turns > limits.turns_with_one:
            talk.pause_s = min(_LONGEST_PAUSE_S, max(_FIRST_PAUSE_S, 2 * talk.pause_s))
            talk.quiet_until_s = now_s + talk.pause_s
        return ""

    def _talk(self, channel: str) -> _Talk:
        talk = self._talks.pop(channel, None) or _Talk()
        self._talks[channel] = talk
        while len(self._talks) > _MOST_KEPT:
            self._talks.popitem(last=False)
        return talk

    # -- limits -------------------------------------------------------------------------------------------------------

    def _limited(self, heard: Heard) -> Reason:
        limits = self.persona.limits
        person = self._times("person", heard.author_id)
        channel = self._times("channel", heard.channel)
        if len(person) >= limits.per_person:
            return "person"
        if len(channel) >= limits.per_channel:
            return "often"
        for times in (person, channel):
            times.append(self.clock())
        return ""

    def _times(self, kind: str, name: str) -> deque[float]:
        """Return when something was answered within the last minute."""
        times = self._answered.pop((kind, name), None)
        times = deque() if times is None else times
        self._answered[kind, name] = times
        while times and times[0] <= self.clock() - _WINDOW_S:
            times.popleft()
        while len(self._answered) > _MOST_KEPT:
            self._answered.popitem(last=False)
        return times
