"""A line to another program over HTTP: ask, download, listen. Where it leads, `loopback.py` and `distant.py` say.

It is done in threads with Python's own client: the libraries that can do more take ten times as long to begin, and are
not there where a script has only the plain install.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import http.client
import json
import socket
import threading
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from gesso.errors import FetchError

CHUNK_BYTES: Final = 1024 * 1024
"""How much is read or sent at a time."""
_DATA: Final = b"data:"


@dataclass(frozen=True)
class Reply:
    """What was answered: the status, the whole body, the headers by their names in small letters."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


def _refused(reply: Reply) -> Exception:
    return FetchError(f"The other side answered {reply.status} when it was asked what happens.")


@dataclass(frozen=True, kw_only=True)
class Line(ABC):
    """A line to another program. `key` goes with every request as a bearer, and no redirect is followed with it."""

    key: str = field(default="", repr=False)

    @abstractmethod
    def connected(self) -> AbstractContextManager[http.client.HTTPConnection]:
        """Open a connection, and close it at the end; what breaks inside raises `FetchError`. Blocks."""

    async def ask(
        self,
        method: str,
        path: str,
        *,
        body: bytes | Path | None = None,
        media_type: str = "application/json",
        more: Mapping[str, str] | None = None,
    ) -> Reply:
        """Ask once, and return the answer whatever its status; `more` are further headers.

        Raises `FetchError` if there is none. Canceling breaks the connection off.
        """
        opened: list[socket.socket] = []

        def work() -> Reply:
            with self.connected() as connection, _opened(body) as (data, headers):
                opened.append(connection.sock)
                sent = {**self._headers, "Content-Type": media_type, **headers, **(more or {})}
                with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # it has answered before the end
                    connection.request(method, path, data, sent)
                return _reply(connection.getresponse())

        try:
            return await asyncio.to_thread(work)
        except asyncio.CancelledError:
            _break_off(opened)
            raise

    async def download(self, path: str, target: Path) -> str:
        """Write what lies there into a file, and return its SHA-256. Raises `FetchError`."""

        def work() -> str:
            whole = hashlib.sha256()
            with self.connected() as connection, target.open("wb") as file:
                connection.request("GET", path, headers=self._headers)
                response = connection.getresponse()
                if response.status != 200:
                    raise FetchError(f"{self} answered {response.status} when it was asked for a file.")
                while chunk := response.read(CHUNK_BYTES):
                    whole.update(chunk)
                    file.write(chunk)
            return whole.hexdigest()

        return await asyncio.to_thread(work)

    async def events(
        self, path: str, *, body: bytes | None = None, refused: Callable[[Reply], Exception] = _refused
    ) -> AsyncGenerator[Any, None]:
        """Yield the server-sent events of an address, each as the JSON that it is, until the other side ends them.

        With a `body` it is sent there first. Raises what `refused` makes of an answer that is none, and `FetchError` if
        the connection breaks. Closing the iteration closes the connection at once.
        """
        loop = asyncio.get_running_loop()
        told: asyncio.Queue[list[Any]] = asyncio.Queue()
        opened: list[socket.socket] = []
        is_over = threading.Event()

        def read() -> None:
            with self.connected() as connection:
                opened.append(connection.sock)
                if is_over.is_set():
                    return
                for message in self._told(connection, path, body=body, refused=refused):
                    loop.call_soon_threadsafe(told.put_nowait, [message])

        reading = asyncio.create_task(asyncio.to_thread(read))
        reading.add_done_callback(lambda _: told.put_nowait([]))
        try:
            while event := await told.get():
                yield event[0]
            reading.result()
        finally:
            is_over.set()
            _break_off(opened)
            await asyncio.wait([reading])
            if not reading.cancelled():
                reading.exception()  # looked at, so that nobody warns of it

    def _told(
        self,
        connection: http.client.HTTPConnection,
        path: str,
        *,
        body: bytes | None,
        refused: Callable[[Reply], Exception],
    ) -> Iterator[Any]:
        headers = {**self._headers, "Accept": "text/event-stream"}
        if body is None:
            connection.request("GET", path, headers=headers)
        else:
            connection.request("POST", path, body, {**headers, "Content-Type": "application/json"})
        response = connection.getresponse()
        if response.status != 200:
            raise refused(_reply(response))
        for line in response:
            if line.startswith(_DATA):
                yield json.loads(line[len(_DATA) :])

    @property
    def _headers(self) -> Mapping[str, str]:
        return {"Authorization": f"Bearer {self.key}"} if self.key else {}


def _break_off(opened: Iterable[socket.socket]) -> None:
    """Wake the thread that waits for the other side."""
    for sock in opened:
        with contextlib.suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)


def _reply(response: http.client.HTTPResponse) -> Reply:
    headers = {name.lower(): text for name, text in response.getheaders()}
    return Reply(response.status, response.read(), headers)


@contextlib.contextmanager
def _opened(body: bytes | Path | None) -> Iterator[tuple[Any, dict[str, str]]]:
    """Return a body as it is sent, and the header with its size."""
    if not isinstance(body, Path):
        yield body, {}
        return
    with body.open("rb") as file:
        yield file, {"Content-Length": str(body.stat().st_size)}
