"""HTTP with another program on this computer. Nobody else is ever reached, so neither door nor ledger is asked.

It is done in threads with Python's own client: the libraries that can do more take ten times as long to begin.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import http.client
import ipaddress
import json
import socket
import threading
from collections.abc import AsyncGenerator, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self
from urllib.parse import urlsplit

from gesso.errors import FetchError

_CHUNK_BYTES: Final = 1024 * 1024
_DATA: Final = b"data:"


@dataclass(frozen=True)
class Reply:
    """What was answered: the status and the whole body."""

    status: int
    body: bytes


@dataclass(frozen=True, kw_only=True)
class Loopback:
    """A program that listens on this computer. `key` goes with every request as a bearer.

    `name` is what people call it.
    """

    host: str
    port: int
    key: str = field(default="", repr=False)
    name: str = "The Gesso"

    @classmethod
    def at(cls, address: str, *, key: str = "", name: str = "The Gesso") -> Self:
        """Read an address like "http://127.0.0.1:5142". One that is not this computer's raises `FetchError`."""
        parts = urlsplit(address)
        try:
            is_here = ipaddress.ip_address(parts.hostname or "").is_loopback  # in digits: no name can lead elsewhere
            port = parts.port
        except ValueError:
            is_here, port = False, None
        if parts.scheme != "http" or not is_here or port is None:
            raise FetchError(f"{address} is not an address of this computer alone.")
        return cls(host=parts.hostname or "", port=port, key=key, name=name)

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
            with self._connected() as connection, _opened(body) as (data, headers):
                connection.connect()
                opened.append(connection.sock)
                sent = {**self._headers, "Content-Type": media_type, **headers, **(more or {})}
                with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # it has answered before the end
                    connection.request(method, path, data, sent)
                response = connection.getresponse()
                return Reply(response.status, response.read())

        try:
            return await asyncio.to_thread(work)
        except asyncio.CancelledError:
            for sock in opened:
                with contextlib.suppress(OSError):
                    sock.shutdown(socket.SHUT_RDWR)  # wakes the thread, which waits for the answer
            raise

    async def download(self, path: str, target: Path) -> str:
        """Write what lies there into a file, and return its SHA-256. Raises `FetchError`."""

        def work() -> str:
            whole = hashlib.sha256()
            with self._connected() as connection, target.open("wb") as file:
                connection.request("GET", path, headers=self._headers)
                response = connection.getresponse()
                if response.status != 200:
                    raise FetchError(f"{self} answered {response.status} when it was asked for a file.")
                while chunk := response.read(_CHUNK_BYTES):
                    whole.update(chunk)
                    file.write(chunk)
            return whole.hexdigest()

        return await asyncio.to_thread(work)

    async def events(self, path: str) -> AsyncGenerator[Any, None]:
        """Yield the server-sent events of an address, each as the JSON that it is, until the other side ends them.

        Raises `FetchError` if there are none, or if the connection breaks.
        """
        loop = asyncio.get_running_loop()
        told: asyncio.Queue[list[Any]] = asyncio.Queue()
        opened: list[socket.socket] = []
        is_over = threading.Event()

        def read() -> None:
            with self._connected() as connection:
                connection.connect()
                opened.append(connection.sock)
                if is_over.is_set():
                    return
                connection.request("GET", path, headers={**self._headers, "Accept": "text/event-stream"})
                response = connection.getresponse()
                if response.status != 200:
                    raise FetchError(f"{self} answered {response.status} when it was asked what happens.")
                for line in response:
                    if line.startswith(_DATA):
                        loop.call_soon_threadsafe(told.put_nowait, [json.loads(line[len(_DATA) :])])

        reading = asyncio.create_task(asyncio.to_thread(read))
        reading.add_done_callback(lambda _: told.put_nowait([]))
        try:
            while event := await told.get():
                yield event[0]
            reading.result()
        finally:
            is_over.set()
            for sock in opened:
                with contextlib.suppress(OSError):
                    sock.shutdown(socket.SHUT_RDWR)  # wakes the thread, which waits for the next line
            await asyncio.wait([reading])
            if not reading.cancelled():
                reading.exception()  # looked at, so that nobody warns of it

    @property
    def _headers(self) -> Mapping[str, str]:
        return {"Authorization": f"Bearer {self.key}"} if self.key else {}

    @contextlib.contextmanager
    def _connected(self) -> Iterator[http.client.HTTPConnection]:
        connection = http.client.HTTPConnection(self.host, self.port, blocksize=_CHUNK_BYTES)
        try:
            yield connection
        except (OSError, http.client.HTTPException) as error:
            hint = "Has it been stopped?"
            raise FetchError(f"{self} does not answer: {error}.", hint=hint, is_passing=True) from error
        finally:
            connection.close()

    def __str__(self) -> str:
        return f"{self.name} at port {self.port}"


@contextlib.contextmanager
def _opened(body: bytes | Path | None) -> Iterator[tuple[Any, dict[str, str]]]:
    """Return a body as it is sent, and the header with its size."""
    if not isinstance(body, Path):
        yield body, {}
        return
    with body.open("rb") as file:
        yield file, {"Content-Length": str(body.stat().st_size)}
