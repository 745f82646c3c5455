"""The networks as people choose them: what each is called, what it asks for, how long a message may be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from gesso.bots.bot import Connection, NetworkName
from gesso.errors import SettingsError


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


DISCORD: Final = Kind(
    name="discord",
    title="Discord",
    most_characters=2000,
    url="https://discord.com/developers/applications",
    keys=(Key(name="token", title="Bot token", help="Bot > Reset Token. Discord shows it once."),),
)
"""Discord: one token, and the gateway."""
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
"""Slack: two tokens and a socket, or one, a secret and a public address."""
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
"""X: an app that an account has allowed to speak for it."""
REHEARSAL: Final = Kind(name="rehearsal", title="Rehearsal")
"""No network: a talk with you alone."""
KINDS: Final[Mapping[NetworkName, Kind]] = {kind.name: kind for kind in (DISCORD, SLACK, X, REHEARSAL)}
"""Every network."""
