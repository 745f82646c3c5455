"""Runway's local servers for one running model: HTTP from port 8000 on, OSC from port 57100 on. Off until started."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
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
from gesso.server.protocols.runway_target import Target
from gesso.server.visitors import Visitors

HTTP_PORT: Final = 8000
"""Where Runway's app served its first model over HTTP."""
OSC_PORT: Final = 57100
"""Where it served OSC."""
SKETCHES: Final = ("http://localhost:*", "http://127.0.0.1:*")
"""The pages that may ask unless somebody lists more: those that a program on this computer serves."""
_ADDRESS: Final = "127.0.0.1"
_TRIED_PORTS: Final = 50
_MOST_CONNECTIONS: Final = 200
_LOG: Final = logging.getLogger("gesso.server")


@dataclass(frozen=True, kw_only=True)
class LocalAddresses:
    """Where a model's local servers are."""

    name: str
    http_url: str
    osc_port: int
    listeners_port: int


class RunwayLocal:
    """The local servers of one model. `start` and `stop` them. Only programs on this computer reach them.

    `pages` says which web pages may ask besides `SKETCHES`; it is asked each time.
    """

    def __init__(self, direct: Direct, target: Target, *, pages: Callable[[], Sequence[str]] = tuple) -> None:
        self._direct = direct
        self._target = target
        self._pages = pages
        self._server: _Server | None = None
        self._serving: asyncio.Task[None] | None = None
        self._waking: asyncio.Task[None] | None = None
        self._door: OscDoor | None = None

    async def start(
        self, *, http_port: int = HTTP_PORT, osc_port: int = OSC_PORT, listeners_port: int = LISTENERS_PORT
    ) -> LocalAddresses:
        """Begin to serve, at these ports or the next that are free, and to wake the model.

        Raises `SettingsError` if there is none, and what keeps the model from being opened.
        """
        await self._target.command()
        http = bind(_ADDRESS, http_port, tries=_TRIED_PORTS)
        try:
            osc = bind(_ADDRESS, osc_port, tries=_TRIED_PORTS, is_udp=True)
        except GessoError:
            http.close()
            raise
        port = http.getsockname()[1]
        osc.setblocking(False)
        outcomes = Outcomes()
        door = OscDoor(self._direct, self._target, outcomes=outcomes, listeners_port=listeners_port)
        await asyncio.get_running_loop().create_datagram_endpoint(lambda: door, sock=osc)
        self._door = door
        app = local_app(self._direct, self._target, outcomes=outcomes, visitors=lambda: self._visitors(port))
        self._server = _Server(app)
        self._serving = asyncio.create_task(self._server.serve(sockets=[http]), name="Runway's local server")
        await self._server.is_ready.wait()
        self._waking = asyncio.create_task(self._wake(), name=f"wake {self._target.name}")
        return LocalAddresses(
            name=self._target.name,
            http_url=f"http://{_ADDRESS}:{port}",
            osc_port=osc.getsockname()[1],
            listeners_port=listeners_port,
        )

    async def stop(self) -> None:
        """Serve no more; what is under way ends. The model stays, until nobody has used it for a while."""
        if self._waking is not None:
            self._waking.cancel()
            await asyncio.gather(self._waking, return_exceptions=True)
        if self._door is not None:
            await self._door.stop()
        if self._server is not None and self._serving is not None:
            self._server.should_exit = True
            await self._serving
        self._server = self._serving = self._door = self._waking = None

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
                ws="none",
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
