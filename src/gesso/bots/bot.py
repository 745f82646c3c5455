"""A bot as it is kept: a persona on a network, as one file of the home. No secret is ever in it."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias
from urllib.parse import urlsplit

import msgspec

from gesso.bots.persona import Persona, check, check_known
from gesso.bots.words import sound
from gesso.errors import DamagedError, InputError
from gesso.storage import record

NetworkName: TypeAlias = Literal["discord", "slack", "x", "rehearsal"]
"""Where a bot speaks. "rehearsal": nowhere, but with you."""
State: TypeAlias = Literal["off", "starting", "on", "waiting", "failed"]
"""How a bot stands. waiting: the network is away, and it tries again. failed: somebody has to do something."""

_NAME: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


@dataclass(frozen=True, kw_only=True)
class Connection:
    """How a network is reached. An empty address is the network's own.

    `is_events`: Slack sends what happens to this server's public address, instead of over a socket that is opened from
    here. `poll_s` is how often X is asked for news.
    """

    api_url: str = ""
    gateway_url: str = ""
    is_events: bool = False
    poll_s: float = 90.0


@dataclass(frozen=True, kw_only=True)
class Bot:
    """A bot. `is_on`: it is to run whenever Gesso serves. `seen` is the last message that was read, where one asks."""

    name: str
    network: NetworkName
    persona: Persona
    connection: Connection = Connection()
    is_on: bool = False
    seen: str = ""
    created_at: str = ""


def check_bot(bot: Bot) -> Bot:
    """Return a bot whose parts are right, or raise `InputError`."""
    check_name(bot.name)
    check(bot.persona)
    connection = bot.connection
    check_address(connection.api_url, schemes={"http": "https"}, where="connection.api_url")
    check_address(connection.gateway_url, schemes={"ws": "wss"}, where="connection.gateway_url")
    if not 0.05 <= connection.poll_s <= 86_400:
        raise InputError("seconds from 0.05 to 86400", f"{connection.poll_s:g}", where="connection.poll_s")
    return bot


def check_name(name: str) -> str:
    """Return the name of a bot, which is also the name of its file. Raises `InputError`."""
    if not _NAME.fullmatch(name):
        raise InputError(
            "up to 63 small letters, digits and hyphens inside", f'the text "{sound(name[:80])}"', where="name"
        )
    return name


def check_address(address: str, *, schemes: dict[str, str], where: str) -> str:
    """Return an address of a network. Without encryption only this computer may be one: a token goes there."""
    try:
        parts = urlsplit(address)
    except ValueError:  # a bracket that is not closed
        parts = urlsplit("nowhere:")
    ((plain, encrypted),) = schemes.items()
    try:
        is_near = ipaddress.ip_address(parts.hostname or "").is_loopback
    except ValueError:
        is_near = parts.hostname == "localhost"
    is_right = parts.scheme == encrypted or (parts.scheme == plain and is_near)
    if address and not (is_right and parts.hostname and not parts.username):
        raise InputError(f"an address that begins with {encrypted}://", f'"{sound(address[:80])}"', where=where)
    return address


def connection_of(data: Mapping[str, Any]) -> Connection:
    """Return the connection that JSON describes. Raises `InputError`."""
    check_known(Connection, data, where="connection.")
    try:
        return msgspec.convert(dict(data), Connection)
    except msgspec.ValidationError as error:
        raise InputError("a connection", f"something else: {error}", where="connection") from error


class Shelf:
    """The files of all bots: `bots/<name>.json`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self) -> tuple[list[Bot], list[DamagedError]]:
        """Return all bots by name, and what is wrong with files that are none."""
        bots, broken = [], []
        for path in sorted(self._folder.glob("*.json")):
            try:
                bots.append(_read(path))
            except DamagedError as error:
                broken.append(error)
        return bots, broken

    def write(self, bot: Bot) -> None:
        """Keep a bot. Raises `StorageError`."""
        record.write(self._path(bot.name), asdict(bot))

    def remove(self, name: str) -> None:
        """Forget a bot."""
        self._path(name).unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        return self._folder / f"{check_name(name)}.json"


def _read(path: Path) -> Bot:
    try:
        bot = check_bot(msgspec.convert(record.read(path), Bot))
    except (OSError, ValueError, msgspec.ValidationError, InputError) as error:
        raise DamagedError(f"{path} is not a bot: {error}", hint="Mend it, or take it away.") from error
    return bot if bot.name == path.stem else replace(bot, name=path.stem)
