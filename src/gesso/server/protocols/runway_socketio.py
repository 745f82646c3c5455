"""The local Socket.IO server of one running model, for clients of version 2: `query` in; `data`, `error`, `info`."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable
from typing import Final

from starlette.applications import Starlette
from starlette.types import ASGIApp

from gesso.server.direct.room import Direct
from gesso.server.gate import Gate
from gesso.server.protocols.engine_io import EngineIo, Line
from gesso.server.protocols.runway_asking import ask
from gesso.server.protocols.runway_errors import RAISED, as_runway
from gesso.server.protocols.runway_http import info_of
from gesso.server.protocols.runway_outcomes import Outcomes
from gesso.server.protocols.runway_target import Target
from gesso.server.visitors import Visitors
from gesso.types.base import Json
from gesso.types.source import parse_json

_MOST_QUERIES: Final = 100
_EVENT: Final = re.compile(r"2(?:/,)?(\d{0,15})(\[.*)", re.DOTALL)
_CONNECT, _DISCONNECT, _EVENT_OUT, _ERROR = "0", "1", "2", "4"
_NO_OBJECT: Final = 'A query wants one object: the inputs by name, {"prompt": "a fox"}.'


class SocketIo:
    """Hears events, and tells all clients what came of each query."""

    def __init__(self, direct: Direct, target: Target, *, outcomes: Outcomes) -> None:
        self._direct = direct
        self._target = target
        self._outcomes = outcomes
        self._engine = EngineIo(self)
        self._tasks: set[asyncio.Task[None]] = set()
        outcomes.listen(self._tell)

    def app(self, visitors: Callable[[], Visitors]) -> ASGIApp:
        """Return the server as an ASGI application, behind a gate of its own."""
        return Gate(Starlette(routes=self._engine.routes), visitors)

    async def stop(self) -> None:
        """End what is under way, and close all lines."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._engine.close()

    def opened(self, line: Line) -> None:
        """Let a client in, and tell it what the model takes and gives."""
        line.send(_CONNECT)
        self._begin(line, query=None)

    def heard(self, line: Line, message: str) -> None:
        """Hear an event; what is none of ours is passed over."""
        if message.startswith(f"{_CONNECT}/") and len(message) > 2:
            line.send(f'{_ERROR}{message[1:].partition(",")[0].partition("?")[0][:100]},"Invalid namespace"')
        elif message.startswith(_DISCONNECT):
            line.close()
        elif found := _EVENT.fullmatch(message):
            self._hear_event(line, found[2])

    def _hear_event(self, line: Line, text: str) -> None:
        try:
            event = parse_json(text)
        except ValueError:
            event = []
        if not event or event[0] != "query":
            return
        if len(event) != 2 or not isinstance(event[1], dict):
            line.send(_written("error", {"error": _NO_OBJECT}))
        elif len(self._tasks) >= _MOST_QUERIES:
            line.send(_written("error", {"error": f"{_MOST_QUERIES} queries are under way already."}))
        else:
            self._begin(line, query=json.dumps(event[1]))

    def _begin(self, line: Line, *, query: str | None) -> None:
        work = self._tell_info(line) if query is None else ask(
            self._direct, self._target, text=query, outcomes=self._outcomes
        )  # fmt: skip
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _tell_info(self, line: Line) -> None:
        try:
            line.send(_written("info", await info_of(self._target)))
        except RAISED as error:
            line.send(_written("error", {"error": as_runway(error).error}))

    def _tell(self, outputs: bytes | None, error: str | None) -> None:
        for line in self._engine.lines():
            if outputs is not None:
                line.send(f'{_EVENT_OUT}["data",{outputs.decode()}]')
            elif error is not None:
                line.send(_written("error", {"error": error}))


def _written(event: str, said: Json) -> str:
    return _EVENT_OUT + json.dumps([event, said], ensure_ascii=False, separators=(",", ":"))
