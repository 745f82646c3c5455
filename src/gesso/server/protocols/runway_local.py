"""Runway's local servers for one running model: HTTP from port 8000 on, OSC from 57100 on, perhaps Socket.IO from 3000.

Off until started.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import uvicorn
from starlette.types import ASGIApp

from gesso.errors import GessoError
from gesso.server.direct.room import Direct
from gesso.server.patience import PatientProtocol
from gesso.server.ports import bind
from gesso.server.protocols.runway_http import local_app
from gesso.server.protocols.runway_osc import LISTENERS_PORT, OscDoor
from gesso.server.protocols.runway_outcomes import Outcomes
from gesso.server.protocols.runway_socketio import SocketIo
from gesso.server.protocols.runway_target import Target
from gesso.server.sockets import BoundedSocketProtocol
from gesso.server.visitors import Visitors

HTTP_PORT: Final = 8000
"""Where Runway's app served its first model over HTTP."""
OSC_PORT: Final = 57100
"""Where it served OSC."""
SOCKETIO_PORT: Final = 3000
"""Where it served Socket.IO."""
SKETCHES: Final = ("http://localhost:*", "http://127.0.0.1:*")
"""The pages that may ask unless somebody lists more: those that a program on this computer serves."""
_ADDRESS: Final = "127.0.0.1"
_TRIED_PORTS: Final = 50
_MOST_CONNECTIONS: Final = 200
_LARGEST_MESSAGE_BYTES: Final = 32_000_000
_LOG: Final = logging.getLogger("gesso.server")


@dataclass(frozen=True, kw_only=True)
class LocalAddresses:
    """Where a model's local servers are."""

    name: str
    http_url: str
    osc_port: int
    listeners_port: int
    socketio_url: str | None = None


class RunwayLocal:
    """The local servers of one model. `start` and `stop` them. Only programs on this computer reach them.

    `pages` says which web pages may ask besides `SKETCHES`; it is asked each time.
    """

    def __init__(self, direct: Direct, target: Target, *, pages: Callable[[], Sequence[str]] = tuple) -> None:
        self._direct = direct
        self._target = target
        self._pages = pages
        self._serving: dict[_Server, asyncio.Task[None]] = {}
        self._socketio: SocketIo | None = None
        self._waking: asyncio.Task[None] | None = None
        self._door: OscDoor | None = None

    async def start(
        self,
        *,
        http_port: int = HTTP_PORT,
        osc_port: int = OSC_PORT,
        listeners_port: int = LISTENERS_PORT,
        socketio_port: int | None = None,
    ) -> LocalAddresses:
        """Begin to serve, at these ports or the next that are free, and to wake the model.

        Without a `socketio_port`, there is no Socket.IO. Raises `SettingsError` if no port is free, and what keeps the
        model from being opened.
        """
        await self._target.command()
        outcomes = Outcomes()
        with contextlib.ExitStack() as bound:  # what is bound is given back if not all can be
            http = bound.enter_context(bind(_ADDRESS, http_port, tries=_TRIED_PORTS))
            osc = bound.enter_context(bind(_ADDRESS, osc_port, tries=_TRIED_PORTS, is_udp=True))
            socketio = None
            if socketio_port is not None:
                socketio = bound.enter_context(bind(_ADDRESS, socketio_port, tries=_TRIED_PORTS))
            bound.pop_all()
        await self._open_door(osc, outcomes, listeners_port=listeners_port)
        app = partial(local_app, self._direct, self._target, outcomes=outcomes)
        http_url = await self._serve(http, lambda visitors: app(visitors=visitors))
        socketio_url = None
        if socketio is not None:
            self._socketio = SocketIo(self._direct, self._target, outcomes=outcomes)
            socketio_url = await self._serve(socketio, self._socketio.app)
        self._waking = asyncio.create_task(self._wake(), name=f"wake {self._target.name}")
        return LocalAddresses(
            name=self._target.name,
            http_url=http_url,
            osc_port=osc.getsockname()[1],
            listeners_port=listeners_port,
            socketio_url=socketio_url,
        )

    async def stop(self) -> None:
        """Serve no more; what is under way ends. The model stays, until nobody has used it for a while."""
        if self._waking is not None:
            self._waking.cancel()
            await asyncio.gather(self._waking, return_exceptions=True)
        for door in (self._door, self._socketio):
            if door is not None:
                await door.stop()
        for server in self._serving:
            server.should_exit = True
        await asyncio.gather(*self._serving.values())
        self._serving = {}
        self._door = self._socketio = self._waking = None

    async def _open_door(self, osc: socket.socket, outcomes: Outcomes, *, listeners_port: int) -> None:
        osc.setblocking(False)
        door = OscDoor(self._direct, self._target, outcomes=outcomes, listeners_port=listeners_port)
        await asyncio.get_running_loop().create_datagram_endpoint(lambda: door, sock=osc)
        self._door = door

    async def _serve(self, bound: socket.socket, make: Callable[[Callable[[], Visitors]], ASGIApp]) -> str:
        """Serve an application at a port, and return its address."""
        port = bound.getsockname()[1]
        server = _Server(make(lambda: self._visitors(port)))
        self._serving[server] = asyncio.create_task(server.serve(sockets=[bound]), name="Runway's local server")
        await server.is_ready.wait()
        return f"http://{_ADDRESS}:{port}"

    async def _wake(self) -> None:
        """Get the model ready before somebody asks. What keeps it from that is told to the first who does."""
        try:
            await self._target.wake()
        except GessoError as error:
            _LOG.warning("%s cannot be woken: %s", self._target.name, error)

    def _visitors(self, port: int) -> Visitors:
        return Visitors(address=_ADDRESS, port=port, origins=(*SKETCHES, *self._pages()))


class _Server(uvicorn.Server):
    """uvicorn, quiet, beside the main server: signals are that one's business."""

    def __init__(self, app: ASGIApp) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http=PatientProtocol,
                ws=BoundedSocketProtocol,
                ws_per_message_deflate=False,
                ws_max_size=_LARGEST_MESSAGE_BYTES,
                lifespan="off",
                log_config=None,
                log_level="error",
                access_log=False,
                proxy_headers=False,
                server_header=False,
                limit_concurrency=_MOST_CONNECTIONS,
                timeout_keep_alive=15,
                timeout_graceful_shutdown=2,
            )
        )
        self.is_ready = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, and say so."""
        await super().startup(sockets)
        self.is_ready.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave them alone."""
        yield
