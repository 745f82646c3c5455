"""Engine.IO, version 3: lines to clients that ask again and again (polling), or by a WebSocket. Texts only.

https://github.com/socketio/engine.io-protocol/tree/v3
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
import time
from typing import Final, Protocol

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from gesso.server.bodies import body_of
from gesso.server.direct.arrival import MOST_BYTES

PING_EVERY_S: Final = 25.0
"""How often a client says that it is there."""
PATIENCE_S: Final = 20.0
"""How much later it may be."""
_MOST_LINES: Final = 64
_MOST_WAITING: Final = 256
_MOST_PACKETS: Final = 1000
_OPEN, _CLOSE, _PING, _PONG, _MESSAGE, _NOOP = "012346"
_LONGEST_LENGTH: Final = 10


class Line:
    """A line to one client: what waits to be told, and when it was last heard of."""

    def __init__(self) -> None:
        self.id = secrets.token_urlsafe(15)
        self.is_open = True
        self.is_polled = False
        self.heard_at = time.monotonic()
        self._waiting: asyncio.Queue[str] = asyncio.Queue()

    def send(self, message: str) -> None:
        """Tell the client something, soon. Who does not come for what waits is let go."""
        self.put(_MESSAGE + message)

    def put(self, packet: str) -> None:
        """Have a packet wait."""
        if self.is_open and self._waiting.qsize() >= _MOST_WAITING:
            self.close()
        elif self.is_open:
            self._waiting.put_nowait(packet)

    def close(self) -> None:
        """Close the line; what waits is told before that is."""
        if self.is_open:
            self.is_open = False
            self._waiting.put_nowait(_CLOSE)

    async def take(self, timeout_s: float) -> list[str]:
        """Wait for something to tell, and return all that there is; nothing after a while."""
        try:
            async with asyncio.timeout(timeout_s):
                packets = [await self._waiting.get()]
        except TimeoutError:
            return []
        return packets + self.take_now()

    def take_now(self) -> list[str]:
        """Return all that waits."""
        return [self._waiting.get_nowait() for _ in range(self._waiting.qsize())]


class Hearer(Protocol):
    """Hears what clients say."""

    def opened(self, line: Line) -> None:
        """Hear that there is a client."""
        ...

    def heard(self, line: Line, message: str) -> None:
        """Hear what it says."""
        ...


class EngineIo:
    """The lines of one server."""

    def __init__(self, hearer: Hearer) -> None:
        self._hearer = hearer
        self._lines: dict[str, Line] = {}

    @property
    def routes(self) -> list[BaseRoute]:
        """Where clients ask."""
        return [
            route
            for path in ("/socket.io/", "/socket.io")
            for route in (Route(path, self._poll, methods=["GET", "POST"]), WebSocketRoute(path, self._visit))
        ]

    def lines(self) -> list[Line]:
        """Return the lines to clients that are there."""
        oldest = time.monotonic() - PING_EVERY_S - PATIENCE_S
        self._lines = {line.id: line for line in self._lines.values() if line.is_open and line.heard_at > oldest}
        return list(self._lines.values())

    def close(self) -> None:
        """Close all lines."""
        for line in self._lines.values():
            line.close()
        self._lines.clear()

    # -- both ways ----------------------------------------------------------------------------------------------------

    def _opened(self) -> Line | None:
        """Return a new line with its first packets waiting, None if there are too many."""
        if len(self.lines()) >= _MOST_LINES:
            return None
        line = Line()
        self._lines[line.id] = line
        about = {
            "sid": line.id,
            "upgrades": [],  # who begins by polling, goes on by polling
            "pingInterval": round(PING_EVERY_S * 1000),
            "pingTimeout": round(PATIENCE_S * 1000),
        }
        line.put(_OPEN + json.dumps(about))
        self._hearer.opened(line)
        return line

    def _hear(self, line: Line, packet: str) -> None:
        line.heard_at = time.monotonic()
        if packet.startswith(_PING):
            line.put(_PONG + packet[1:])
        elif packet.startswith(_CLOSE):
            line.close()
        elif packet.startswith(_MESSAGE):
            self._hearer.heard(line, packet[1:])

    # -- polling ------------------------------------------------------------------------------------------------------

    async def _poll(self, request: Request) -> Response:
        asked = request.query_params
        if asked.get("EIO") != "3" or asked.get("transport") != "polling" or "j" in asked:
            return _refuse(0, "Transport unknown", request=request)
        if "sid" not in asked and request.method == "GET":
            line = self._opened()
            if line is None:
                return _refuse(4, "Too many clients", request=request)
            return _told(encode_payload(line.take_now()), request=request)
        line = self._lines.get(asked.get("sid", ""))
        if line is None or not line.is_open:
            return _refuse(1, "Session ID unknown", request=request)
        return await (self._answer(line, request) if request.method == "GET" else self._read(line, request))

    async def _answer(self, line: Line, request: Request) -> Response:
        if line.is_polled:
            line.close()
            return _refuse(3, "Asked twice at once", request=request)
        line.is_polled = True
        line.heard_at = time.monotonic()
        try:
            return _told(encode_payload(await line.take(PING_EVERY_S) or [_NOOP]), request=request)
        finally:
            line.is_polled = False
            line.heard_at = time.monotonic()

    async def _read(self, line: Line, request: Request) -> Response:
        body = b"".join([piece async for piece in body_of(request, limit_bytes=MOST_BYTES)])
        try:
            packets = decode_payload(body.decode())
        except ValueError:
            line.close()
            return _refuse(3, "Bad request", request=request)
        for packet in packets:
            self._hear(line, packet)
        return _told("ok", request=request)

    # -- WebSocket ----------------------------------------------------------------------------------------------------

    async def _visit(self, socket: WebSocket) -> None:
        asked = socket.query_params
        is_right = asked.get("EIO") == "3" and asked.get("transport") == "websocket" and "sid" not in asked
        line = self._opened() if is_right else None
        if line is None:
            await socket.close()
            return
        await socket.accept()
        telling = asyncio.create_task(self._tell(line, socket))
        try:
            while line.is_open:
                self._hear(line, await socket.receive_text())
        except (WebSocketDisconnect, KeyError):  # KeyError: a message in bytes
            line.is_open = False
        finally:
            telling.cancel()
            await asyncio.gather(telling, return_exceptions=True)
            with contextlib.suppress(RuntimeError):  # it is closed already
                await socket.close()

    async def _tell(self, line: Line, socket: WebSocket) -> None:
        while True:
            for packet in await line.take(PING_EVERY_S):
                await socket.send_text(packet)
                if packet == _CLOSE:
                    await socket.close()
                    return


def encode_payload(packets: list[str]) -> str:
    """Return packets as they are told to who polls. Lengths are those of JavaScript."""
    return "".join(f"{len(packet.encode('utf-16-le')) // 2}:{packet}" for packet in packets)


def decode_payload(text: str) -> list[str]:
    """Return the packets that a client has sent together. Raises `ValueError`."""
    units, place, packets = text.encode("utf-16-le"), 0, list[str]()
    while place < len(units):
        head = units[place : place + 2 * _LONGEST_LENGTH].decode("utf-16-le", "replace")
        digits, colon, _ = head.partition(":")
        if not (colon and digits.isascii() and digits.isdigit()) or len(packets) >= _MOST_PACKETS:
            raise ValueError("no payload of Engine.IO")
        start = place + 2 * (len(digits) + 1)
        place = start + 2 * int(digits)
        if place > len(units):
            raise ValueError("a payload of Engine.IO that is cut short")
        packets.append(units[start:place].decode("utf-16-le"))
    return packets


def _told(text: str, *, request: Request) -> Response:
    return PlainTextResponse(text, headers=_headers(request))


def _refuse(code: int, message: str, *, request: Request) -> Response:
    return JSONResponse({"code": code, "message": message}, 400, headers=_headers(request))


def _headers(request: Request) -> dict[str, str]:
    """Return what a browser wants to see: this client sends cookies along, of which we read none."""
    allowed = {"Access-Control-Allow-Credentials": "true"} if "origin" in request.headers else {}
    return {"Cache-Control": "no-store", **allowed}
