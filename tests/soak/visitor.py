"""A client of the server: asks, and tells apart what it may be answered from what it must never be."""

from __future__ import annotations

import asyncio
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from tests.soak.server import Server

_PATIENCE_S: Final = 120.0
_REUSED_S: Final = 5.0  # the server gives a connection up after 15 seconds, at any moment


class Away(Exception):  # noqa: N818 - it is no error: the server was killed while it was asked
    """The server went while it was asked; nobody knows what it has done."""


@dataclass
class Answers:
    """What all visitors together were answered: how long each took in seconds, how often with which status."""

    took_s: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    statuses: Counter[int] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)


class Visitor:
    """One client with its connections. Waits for a server that is being started again."""

    def __init__(self, server: Server, answers: Answers) -> None:
        self._server = server
        self._answers = answers
        self._life = 0
        self._client = httpx.AsyncClient()

    async def ask(self, what: str, path: str, *, may_break: bool = False, **more: Any) -> httpx.Response:
        """Send a request and return the answer. `what` is its method, and behind it a name for the report.

        Raises `Away` if the server goes meanwhile, or if it hangs up and `may_break` says that it may.
        """
        method = what.partition(" ")[0]
        client = await self._ready()
        began = time.perf_counter()
        with self.excused(f"{method} {path}", may_break=may_break):
            answer = await client.request(method, path, **more)
        self._answers.took_s[what].append(time.perf_counter() - began)
        self.judge(answer, f"{method} {path}")
        return answer

    @asynccontextmanager
    async def stream(self, path: str, **more: Any) -> AsyncIterator[httpx.Response]:
        """Ask for an answer that comes bit by bit."""
        client = await self._ready()
        with self.excused(f"GET {path}"):
            async with client.stream("GET", path, **more) as answer:
                self.judge(answer, f"GET {path}")
                yield answer

    @asynccontextmanager
    async def socket(self, path: str) -> AsyncIterator[ClientConnection]:
        """Open a WebSocket."""
        await self._ready()
        address = self._server.address.replace("http", "ws", 1) + path
        with self.excused(f"WebSocket {path}"):
            async with connect(address, compression=None, max_size=None, open_timeout=_PATIENCE_S) as socket:
                yield socket

    @asynccontextmanager
    async def line(self) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        """Open a bare connection, for those who do not keep to HTTP."""
        await self._ready()
        host, _, port = self._server.address.rpartition("/")[2].partition(":")
        with self.excused("a bare connection"):
            reader, writer = await asyncio.open_connection(host, int(port))
            try:
                yield reader, writer
            finally:
                writer.transport.abort()

    def judge(self, answer: httpx.Response, what: str) -> None:
        """Note the status of an answer. The server never fails; 503 says that it has too much to do, or stops."""
        self._answers.statuses[answer.status_code] += 1
        if answer.status_code >= 500 and answer.status_code != 503:
            said = answer.text if answer.is_stream_consumed else ""
            self._answers.faults.append(f"{what} was answered with {answer.status_code}: {said[:500]}")

    @contextmanager
    def excused(self, what: str, *, may_break: bool = False) -> Iterator[None]:
        """Raise `Away` for a connection that breaks. It may only if the server was killed or stopped."""
        life = self._life
        try:
            yield
        except (httpx.TransportError, WebSocketException, OSError, asyncio.IncompleteReadError) as error:
            if self._server.is_up.is_set() and self._server.life == life and not may_break:
                self._answers.faults.append(f"{what} broke, and nobody had touched the server: {error!r}")
            raise Away(what) from error

    def is_away(self) -> bool:
        """Say whether the server has gone since this visitor last began to ask."""
        return not self._server.is_up.is_set() or self._server.life != self._life

    async def close(self) -> None:
        """Close all connections."""
        await self._client.aclose()

    async def _ready(self) -> httpx.AsyncClient:
        await self._server.is_up.wait()
        if self._life != self._server.life:
            await self._client.aclose()
            self._life = self._server.life
            limits = httpx.Limits(keepalive_expiry=_REUSED_S)
            self._client = httpx.AsyncClient(base_url=self._server.address, timeout=_PATIENCE_S, limits=limits)
        return self._client
