"""What a bot hears, and where it can answer: the same for every network."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, kw_only=True)
class Heard:
    """A message on a network. `channel` and `author_id` are the network's own ids, `author` is a name for people.

    `text` has no mention of the bot itself any more. `is_mention`: it names the bot, or answers it. `is_bot`: the
    network says that its author is a program.
    """

    channel: str
    author_id: str
    author: str
    text: str
    channel_name: str = ""
    is_direct: bool = False
    is_mention: bool = False
    is_bot: bool = False
    is_own: bool = False


class Place(Protocol):
    """Where an answer goes. What it raises is a `GessoError`: the network has refused it, or is away."""

    async def say(self, text: str) -> None:
        """Say a text, which nobody is notified of by a mention in it."""
        ...

    def typing(self) -> AbstractAsyncContextManager[object]:
        """Show, while the block lasts, that something is being written, where the network can show it."""
        ...
