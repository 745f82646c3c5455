"""What a connection to a network gets, and what it does."""

from __future__ import annotations

import contextlib
import ipaddress
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol, runtime_checkable
from urllib.parse import urlsplit

from gesso.bots.bot import Bot
from gesso.bots.talk import Talk
from gesso.net.door import Door


@dataclass(frozen=True, kw_only=True)
class Line:
    """What a network gets to connect with: the bot, its keys by name, the way out, and whom to tell.

    `connected` is called whenever it is connected, `lost` with a reason when it is not and tries again by itself.
    `keep_key` keeps a key that the network has renewed, `keep_seen` the last message that was read.
    """

    bot: Bot
    keys: Mapping[str, str]
    door: Door
    connected: Callable[[str], None]
    lost: Callable[[str], None]
    keep_key: Callable[[str, str], None]
    keep_seen: Callable[[str], None]


class Network(Protocol):
    """A connection to a network."""

    async def run(self, talk: Talk) -> None:
        """Listen and answer until the task is canceled.

        Raises `AccessError` or `SettingsError` if somebody has to do something, `FetchError` if it may go better later.
        """
        ...


@runtime_checkable
class TakesEvents(Protocol):
    """A connection to a network that sends what happens to an address of this server."""

    async def take(self, body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes, Mapping[str, str]]:
        """Take what was sent, if it is really from there. Returns the status, body and headers of the answer."""
        ...


def is_near(bot: Bot) -> bool:
    """Say whether the network of a bot is a program on this computer: then there is no way out to be asked for."""
    host = urlsplit(bot.connection.api_url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@contextlib.contextmanager
def contact(line: Line, host: str) -> Iterator[None]:
    """Write down that a bot speaks with a network, as long as it does. Raises `FetchError` if it may not.

    For libraries that make their connections by themselves.
    """
    if is_near(line.bot):
        yield
        return
    with line.door.contact(urlsplit(line.bot.connection.api_url).hostname or host, f"the bot {line.bot.name}"):
        yield
