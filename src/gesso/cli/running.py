"""The Gesso that serves this home, if there is one."""

from __future__ import annotations

from pathlib import Path

from gesso.cli.terminal import Terminal
from gesso.errors import FetchError
from gesso.net.loopback import Loopback
from gesso.remote.server import Server
from gesso.server.owner import find_lent_key
from gesso.storage.home import find_server
from gesso.version import VERSION


async def running_server(home: Path, terminal: Terminal) -> Server | None:
    """Return the Gesso that serves a home and can be used from here; None, and why, if it cannot.

    It is spoken to at the address in the home's own `server.json` and nowhere else, and only on this computer.
    """
    found = find_server(home)
    if found is None:
        return None
    try:
        server = Server(Loopback.at(found.address, key=find_lent_key(home)))
        version = await server.version()
    except FetchError as error:
        terminal.say(f"Gesso runs at {found.address}, but this command goes past it: {error.message}", style="dim")
        return None
    if version != VERSION:
        terminal.say(f"Gesso {version} runs, and this is {VERSION}: start it again to use it from here.", style="dim")
        return None
    return server
