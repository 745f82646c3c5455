"""A connection that is kept open: one client."""

from __future__ import annotations

import socket
from typing import Final, Self

from benchmarks.peers.http import Reader
from benchmarks.peers.peer import Answer, Exchange

_PIECE: Final = 2**18
_BUFFER: Final = 2**20  # a request fits in, so that sending never waits for a server that is busy


class Connection:
    """A connection to a server on this computer. Every fault of it is an `OSError`."""

    def __init__(self, port: int, *, timeout_s: float) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout_s)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _BUFFER)
        self._reader = Reader()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def send(self, request: bytes) -> None:
        """Send a request."""
        self.socket.sendall(request)

    def receive(self) -> Answer | None:
        """Take what has come; return the answer if it is whole."""
        data = self.socket.recv(_PIECE)
        if not data:
            raise ConnectionResetError("the server closed the connection")
        return self._reader.feed(data)

    def ask(self, request: bytes) -> Answer:
        """Send a request and wait for its answer."""
        self.send(request)
        while (answer := self.receive()) is None:
            pass
        return answer

    def close(self) -> None:
        """Close it."""
        self.socket.close()


def converse(exchange: Exchange, *, port: int, timeout_s: float) -> bytes:
    """Go through with one run, on a connection of its own, and return its result."""
    with Connection(port, timeout_s=timeout_s) as connection:
        try:
            request = next(exchange)
            while True:
                request = exchange.send(connection.ask(request))
        except StopIteration as done:
            return bytes(done.value)
