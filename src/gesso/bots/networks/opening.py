"""From the name of a network to a connection; its library is imported here and not before."""

from __future__ import annotations

from gesso.bots.networks.kinds import KINDS
from gesso.bots.networks.network import Line, Network
from gesso.errors import SettingsError


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
