"""Serving: from an address to the last request. `gesso serve` and `gesso studio` call `serve`."""

from __future__ import annotations

import asyncio
import gc
import signal
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from types import FrameType
from typing import Final
from urllib.parse import quote

import uvicorn
from fastapi import FastAPI

from gesso.app import App
from gesso.errors import DiskFullError, SettingsError
from gesso.server.application import create_app
from gesso.server.direct.room import Direct
from gesso.server.open_files import raise_limit
from gesso.server.owner import OwnerKey
from gesso.server.patience import PatientProtocol
from gesso.server.ports import bind
from gesso.server.protocols.runway_local import SOCKETIO_PORT, LocalAddresses, RunwayLocal
from gesso.server.protocols.runway_sessions import Sessions
from gesso.server.protocols.runway_target import find_target
from gesso.server.sockets import BoundedSocketProtocol
from gesso.server.visitors import is_loopback

ADDRESS: Final = "127.0.0.1"
"""Where Gesso listens unless it is told otherwise: only this computer can reach it."""
PORT: Final = 5142
"""The port of Runway's own daemon, so that its plug-ins find us."""
GRACE_S: Final = 5.0
"""How long runs may take to finish when the server is told to stop; then they go back to the queue."""
_TRIED_PORTS: Final = 20
_MOST_CONNECTIONS: Final = 1000
_LISTENERS: Final = 0.8  # of the connections: the rest is for those who ask and go
_LARGEST_MESSAGE_BYTES: Final = 32_000_000  # of a WebSocket: a frame of 4K as plain pixels
_ANYWHERE: Final = frozenset({"0.0.0.0", "::"})  # every address of this computer


@dataclass(frozen=True, kw_only=True)
class Listening:
    """Where a server listens. `link` opens the studio, once with the owner's key if a new one was made.

    `local` is where Runway's old clients find the one model that is served to them, if there is one.
    """

    address: str
    port: int
    url: str
    link: str
    local: LocalAddresses | None = None


@dataclass(frozen=True, kw_only=True)
class LocalOrder:
    """A model or deployment for Runway's old clients on this computer; `pages` may ask besides those that it serves.

    `has_socketio`: those that speak Socket.IO, too.
    """

    reference: str
    pages: tuple[str, ...] = ()
    has_socketio: bool = False


async def serve(  # noqa: PLR0913 - each is a choice of whoever starts it
    app: App,
    *,
    host: str = ADDRESS,
    port: int = PORT,
    may_move: bool = False,
    is_new_key: bool = False,
    local: LocalOrder | None = None,
    grace_s: float = GRACE_S,
    on_ready: Callable[[Listening], None] = lambda _: None,
    on_stop: Callable[[], None] = lambda: None,
) -> None:
    """Serve until SIGINT or SIGTERM comes. `app` is entered already; runs finish, or go back to the queue.

    `may_move`: if the port is taken, the next free one is used. Port 0 is any free one. `is_new_key` makes a new key.
    `local` is served to Runway's old clients besides. `on_ready` hears where it listens, `on_stop` that it begins to
    stop. Raises `SettingsError` if the port is taken, or if others could reach a server that asks for no key, and what
    keeps `local` from being found.
    """
    needs_key = app.settings.needs_key or is_new_key or app.settings.public_url is not None
    if not is_loopback(host) and not needs_key:
        raise SettingsError(
            f"At {host}, others could reach this Gesso and use it as you do.",
            hint="Set needs_key (GESSO_NEEDS_KEY=1): it then prints a link with a key, and asks everybody else.",
        )
    bound = bind(host, port, tries=_TRIED_PORTS if may_move and port else 1)
    with bound:
        address, port = bound.getsockname()[:2]
        await app.start_jobs()  # before the key: the home must be ours
        owner = OwnerKey(app.settings.home) if needs_key else None
        key = owner.make() if owner is not None and (is_new_key or not owner.is_made) else ""
        most = min(_MOST_CONNECTIONS, raise_limit() // 2)  # the other half is for everything else that is opened
        asgi = create_app(app, key=owner, address=address, port=port, most_listeners=int(most * _LISTENERS))
        server = _Server(app, asgi, grace_s=grace_s, most_connections=most)
        shown = ADDRESS if address in _ANYWHERE else f"[{address}]" if ":" in address else address
        url = f"http://{shown}:{port}/"
        reached = f"{app.settings.public_url}/" if app.settings.public_url else url
        link = f"{reached}?key={quote(key)}" if key else url
        listening = Listening(address=address, port=port, url=url, link=link)
        server.when_stopping = on_stop
        async with _served_locally(app, asgi.state.rooms.direct, order=local) as found:
            told = replace(listening, local=found)
            server.when_started = lambda: _tell(app, owner, listening=told, on_ready=on_ready)
            gc.freeze()  # what lives as long as the server is not looked through again and again: 0.1 s each time
            try:
                await server.serve(sockets=[bound])
            finally:
                if owner is not None:
                    owner.take_back()


@asynccontextmanager
async def _served_locally(
    app: App, direct: Direct, *, order: LocalOrder | None
) -> AsyncIterator[LocalAddresses | None]:
    """Serve a model to Runway's old clients until the end of the block, if somebody wants that."""
    if order is None:
        yield None
        return
    target = await find_target(direct, order.reference)
    local = RunwayLocal(direct, target, pages=lambda: (*app.settings.allowed_origins, *order.pages))
    try:
        yield await local.start(socketio_port=SOCKETIO_PORT if order.has_socketio else None)
    finally:
        await local.stop()


def _tell(app: App, owner: OwnerKey | None, *, listening: Listening, on_ready: Callable[[Listening], None]) -> None:
    """Let other programs of the owner find the server, and say that it is there.

    On a full disk they do not find it, but in the browser something can be deleted.
    """
    with suppress(DiskFullError):
        if owner is not None:
            owner.lend()
        app.home.announce(listening.url.rstrip("/"))
    on_ready(listening)


class _Server(uvicorn.Server):
    """uvicorn, quiet, which on a signal lets runs finish and then returns, instead of ending the process."""

    def __init__(self, app: App, asgi: FastAPI, *, grace_s: float, most_connections: int) -> None:
        super().__init__(
            uvicorn.Config(
                asgi,
                http=PatientProtocol,
                ws=BoundedSocketProtocol,
                ws_per_message_deflate=False,  # 20 times as slow for pictures, which are packed already
                ws_max_size=_LARGEST_MESSAGE_BYTES,
                lifespan="off",
                log_config=None,
                log_level="error",  # what strangers send wrongly is no news
                access_log=False,
                proxy_headers=False,  # whoever sends X-Forwarded-For may have made it up
                server_header=False,
                limit_concurrency=most_connections,
                timeout_keep_alive=15,
                timeout_graceful_shutdown=2,
            )
        )
        self._app = app
        self._direct: Direct = asgi.state.rooms.direct
        self._sessions: Sessions = asgi.state.runway_sessions
        self._grace_s = grace_s
        self.when_started: Callable[[], None] = lambda: None
        self.when_stopping: Callable[[], None] = lambda: None

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002 - what `signal` calls it with
        """Stop; at the second Ctrl-C without waiting for connections."""
        if self.should_exit and sig == signal.SIGINT:
            self.force_exit = True
        self.should_exit = True

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, and say so."""
        await super().startup(sockets)
        self.when_started()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Take nothing new, let runs finish or go back to the queue, and then let go of connections."""
        self.when_stopping()
        await self._sessions.stop()
        for server in self.servers:
            server.close()
        await asyncio.gather(self._app.jobs.stop(self._grace_s), self._direct.places.stop(self._grace_s))
        await super().shutdown(sockets)
