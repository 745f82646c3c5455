"""The local OSC server of one running model: `/query` in, `/data`, `/error` and `/info` out, as Runway's app had it.

Answers go to whoever asked, to whoever said `/server/connect`, and to port 57200 of this computer: Max and others only
ever listen there.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine
from typing import Any, Final, TypeAlias

from gesso.server.direct.room import Direct
from gesso.server.protocols.osc import LARGEST_BYTES, Message, decode, encode
from gesso.server.protocols.runway_asking import ask
from gesso.server.protocols.runway_errors import RAISED, as_runway
from gesso.server.protocols.runway_http import info_of
from gesso.server.protocols.runway_outcomes import Outcomes
from gesso.server.protocols.runway_target import Target
from gesso.types.given import size

Address: TypeAlias = tuple[str, int]
"""A program: where it is, and its port."""

LISTENERS_PORT: Final = 57200
"""Where programs listen that never ask."""
_MOST_LISTENERS: Final = 64
_MOST_QUERIES: Final = 100
_NO_JSON: Final = 'One text is wanted: the inputs as JSON, {"prompt": "a fox"}.'


class OscDoor(asyncio.DatagramProtocol):
    """Hears packets, runs queries, and tells what came of them. What it does not know, it passes over."""

    def __init__(self, direct: Direct, target: Target, *, outcomes: Outcomes, listeners_port: int) -> None:
        self._direct = direct
        self._target = target
        self._outcomes = outcomes
        self._usual: Address = ("127.0.0.1", listeners_port)
        self._connected: dict[Address, None] = {}
        self._asking: dict[Address, int] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        outcomes.listen(self._tell)

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override]  # it is for UDP
        """Begin."""
        self._transport = transport

    def error_received(self, exc: Exception) -> None:
        """Hear that nobody listens where something was sent to."""

    def datagram_received(self, data: bytes, addr: Address) -> None:
        """Hear a packet."""
        try:
            messages = decode(data)
        except ValueError as error:
            self._send("/error", f"This is {error}.", to=addr[:2])
            return
        for message in messages:
            self._hear(message, addr[:2])

    async def stop(self) -> None:
        """End what is under way, and close the door."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._transport.close()

    def _hear(self, message: Message, sender: Address) -> None:
        match message.address.rstrip("/"):
            case "/server/connect":
                self._connect(sender)
                self._begin(self._tell_info(sender))
            case "/server/disconnect":
                self._connected.pop(sender, None)
            case "/info":
                self._begin(self._tell_info(sender))
            case "/query" if len(self._tasks) >= _MOST_QUERIES:
                self._send(
                    "/error", f"{_MOST_QUERIES} queries are under way already. Wait for some of them.", to=sender
                )
            case "/query":
                self._begin(self._query(message, sender))

    def _connect(self, sender: Address) -> None:
        self._connected.pop(sender, None)
        self._connected[sender] = None
        if len(self._connected) > _MOST_LISTENERS:
            del self._connected[next(iter(self._connected))]

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _tell_info(self, to: Address) -> None:
        try:
            self._send("/info", json.dumps(await info_of(self._target)), to=to)
        except RAISED as error:
            self._send("/error", as_runway(error).error, to=to)

    async def _query(self, message: Message, sender: Address) -> None:
        text = message.arguments[0] if len(message.arguments) == 1 else None
        if not isinstance(text, str):
            self._send("/error", _NO_JSON, to=sender)
            return
        self._asking[sender] = self._asking.get(sender, 0) + 1
        try:
            await ask(self._direct, self._target, text=text, outcomes=self._outcomes)
        finally:
            self._asking[sender] -= 1
            if not self._asking[sender]:
                del self._asking[sender]

    def _tell(self, outputs: bytes | None, error: str | None) -> None:
        for listener in dict.fromkeys([self._usual, *self._connected, *self._asking]):
            if outputs is not None:
                self._send("/data", outputs.decode(), to=listener)
            elif error is not None:
                self._send("/error", error, to=listener)

    def _send(self, address: str, text: str, *, to: Address) -> None:
        packet = encode(address, text)
        if len(packet) > LARGEST_BYTES:
            words = (
                f"The answer is {size(len(packet))} large, and OSC carries {size(LARGEST_BYTES)}. Ask over HTTP: /data."
            )
            packet = encode("/error", words)
        if not self._transport.is_closing():
            self._transport.sendto(packet, to)
