"""What all networks share: what a bot needs of them, and what they need of a bot."""

from __future__ import annotations

import contextlib
import ipaddress
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Protocol, runtime_checkable
from urllib.parse import urlsplit

from gesso.bots.bot import Bot, Connection, NetworkName
from gesso.bots.talk import Talk
from gesso.errors import SettingsError
from gesso.net.door import Door


@dataclass(frozen=True, kw_only=True)
class Key:
    """A key that a network gives out. `name` is for programs, `title` is what the network calls it.

    `begin` is how such keys begin, where they do; `is_made`: Gesso gets it itself, nobody is asked for it.
    """

    name: str
    title: str
    help: str
    begin: str = ""
    is_made: bool = False
    is_optional: bool = False


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A network as people choose it. `most_characters` is how long one message may be, `url` where bots are made."""

    name: NetworkName
    title: str
    keys: tuple[Key, ...] = ()
    most_characters: int = 100_000
    url: str = ""

    def key(self, name: str) -> Key:
        """Return one of its keys, or raise `SettingsError`."""
        for key in self.keys:
            if key.name == name:
                return key
        known = ", ".join(key.name for key in self.keys) or "none"
        raise SettingsError(f"{self.title} has no key {name[:80]!r}.", hint=f"There are: {known}.")

    def keys_for(self, connection: Connection) -> tuple[Key, ...]:
        """Return the keys that have to be there before a bot can connect."""
        unwanted = {"app_token"} if connection.is_events else {"signing_secret"}
        return tuple(key for key in self.keys if not key.is_optional and key.name not in unwanted)


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


DISCORD: Final = Kind(
    name="discord",
    title="Discord",
    most_characters=2000,
    url="https://discord.com/developers/applications",
    keys=(Key(name="token", title="Bot token", help="Bot > Reset Token. Discord shows it once."),),
)
SLACK: Final = Kind(
    name="slack",
    title="Slack",
    most_characters=4000,
    url="https://api.slack.com/apps",
    keys=(
        Key(
            name="token",
            title="Bot User OAuth Token",
            help="OAuth & Permissions, after the app is installed to the workspace.",
            begin="xoxb-",
        ),
        Key(
            name="app_token",
            title="App-Level Token",
            help="Basic Information > App-Level Tokens, with the scope connections:write.",
            begin="xapp-",
        ),
        Key(name="signing_secret", title="Signing Secret", help="Basic Information. Needed without Socket Mode only."),
    ),
)
X: Final = Kind(
    name="x",
    title="X",
    most_characters=280,
    url="https://developer.x.com/en/portal/dashboard",
    keys=(
        Key(name="client_id", title="Client ID", help="Keys and tokens > OAuth 2.0 Client ID and Client Secret."),
        Key(
            name="client_secret",
            title="Client Secret",
            help="The same place. An app that is no confidential client has none.",
            is_optional=True,
        ),
        Key(
            name="refresh_token",
            title="Refresh token",
            help="`gesso bot x` gets it when you allow your app to speak for the account.",
            is_made=True,
        ),
    ),
)
REHEARSAL: Final = Kind(name="rehearsal", title="Rehearsal")
KINDS: Final[Mapping[NetworkName, Kind]] = {kind.name: kind for kind in (DISCORD, SLACK, X, REHEARSAL)}
"""Every network."""


def open_network(line: Line) -> Network:
    """Return the connection of a bot to its network. Raises `SettingsError` if its library is not installed."""
    try:
        match line.bot.network:
            case "discord":
                from gesso.bots.networks.discord import Discord

                return Discord(line)
            case "slack":
                from gesso.bots.networks.slack import Slack

                return Slack(line)
            case "x":
                from gesso.bots.networks.x import X as XNetwork

                return XNetwork(line)
            case "rehearsal":
                raise SettingsError("A bot in rehearsal has no network.", hint="Give it one first, or talk to it here.")
    except ImportError as error:
        title = KINDS[line.bot.network].title
        hint = 'pip install "gesso[bots]"'
        raise SettingsError(f"The library for {title} is not installed: {error.name}.", hint=hint) from error


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
