"""A web server on this computer that answers as a test wants it to."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator

Answer = Callable[[socket.socket, str], None]
"""Gets the connection and the request's first lines; writes whatever it likes."""


@contextlib.contextmanager
def serving(answer: Answer) -> Iterator[int]:
    """Serve on 127.0.0.1 and yield the port."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=_serve, args=(listening, answer), daemon=True).start()
        yield listening.getsockname()[1]
        with contextlib.suppress(OSError):
            listening.shutdown(socket.SHUT_RDWR)


def _serve(listening: socket.socket, answer: Answer) -> None:
    with contextlib.suppress(OSError):
        while True:
            connection, _ = listening.accept()
            threading.Thread(target=_answer, args=(connection, answer), daemon=True).start()


def _answer(connection: socket.socket, answer: Answer) -> None:
    with connection, contextlib.suppress(OSError):
        request = b""
        while b"\r\n\r\n" not in request and not request.startswith(b"\x16"):  # that one begins TLS
            request += connection.recv(4096)
        answer(connection, request.decode("latin-1"))


def response(body: bytes = b"", *, status: str = "200 OK", **headers: str) -> bytes:
    """Return the bytes of a response; underscores in header names become hyphens."""
    given = {"Content-Length": str(len(body))} | {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in given.items() if value), "", ""]
    return "\r\n".join(lines).encode("latin-1") + body


def always(body: bytes = b"", *, status: str = "200 OK", **headers: str) -> Answer:
    """Return an answer that is the same each time."""
    return lambda connection, _: connection.sendall(response(body, status=status, **headers))
