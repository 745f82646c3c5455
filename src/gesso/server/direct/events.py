"""What a direct run tells, as server-sent events: news, and at the end the result or why there is none."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from typing import Any, Final

from pydantic import BaseModel
from starlette.types import Send

from gesso.errors import GessoError
from gesso.server.direct.encoding import type_of_part, type_of_preview
from gesso.server.direct.replies import json_result
from gesso.server.direct.run import DirectRun
from gesso.server.direct.threads import Threads
from gesso.server.errors import problem_of
from gesso.server.schemas.direct import ErrorMessage, RunLogMessage, RunPreviewMessage
from gesso.server.schemas.job import PartMessage, ProgressMessage
from gesso.spec.model import Command, Port
from gesso.spec.runnable import Event, Log, Part, Preview, Progress, Result

PING_S: Final = 15.0
"""After so long without news a ping is sent, so that nobody in between thinks that nothing comes any more."""
_PING: Final = b": ping\n\n"
_HEADERS: Final = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),  # a proxy must not collect them
]


async def tell(
    run: DirectRun,
    values: Mapping[str, Any],
    *,
    seed: int | None,
    port: Port | None,
    fail: Callable[[GessoError], None] = lambda _: None,
) -> AsyncGenerator[bytes, None]:
    """Yield the news of a run as JSON, and last its result (of all outputs, or the one at `port`) or its error.

    `fail` hears the error, because nobody else does: it is not raised.
    """
    try:
        async with contextlib.aclosing(run.follow(values, seed=seed)) as events:
            async for event in events:
                if isinstance(event, Result):
                    yield (await json_result(run, event, port=port, type="result"))[0]
                elif message := await message_of(event, run.command, threads=run.threads):
                    yield message.model_dump_json().encode()
    except GessoError as error:
        fail(error)
        yield ErrorMessage(**problem_of(error).model_dump()).model_dump_json(exclude_none=True).encode()


class EventStream:
    """Sends server-sent events as they happen, and a ping when nothing has happened for a while."""

    def __init__(self) -> None:
        self.has_begun = False

    async def send_all(self, news: AsyncGenerator[bytes, None], send: Send) -> None:
        """Send each piece of news as an event."""
        self.has_begun = True
        await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
        async for piece in with_pings(news):
            data = _PING if piece is None else _event(piece)
            await send({"type": "http.response.body", "body": data, "more_body": True})

    async def end(self, send: Send, last: bytes = b"") -> None:
        """Send the last piece, if there is one, and say that nothing follows."""
        await send({"type": "http.response.body", "body": _event(last) if last else b""})


def _event(data: bytes) -> bytes:
    return b"data: " + data + b"\n\n"


async def message_of(event: Event, command: Command, *, threads: Threads) -> BaseModel | None:
    """Return the news of a run as it is told; None for what cannot be shown."""
    match event:
        case Progress(fraction, text):
            return ProgressMessage(fraction=fraction, text=text)
        case Log(text, level):
            return RunLogMessage(text=text, level=level)
        case Preview(output, name, value):
            with contextlib.suppress(GessoError):  # of a type that cannot be told without its limits: a list
                data_type = type_of_preview(command, event)
                return RunPreviewMessage(
                    output=output, data_type=name, value=await threads.call(data_type.to_wire, value)
                )
        case Part(output, value):
            item = type_of_part(command, output)
            return PartMessage(output=output, value=value if item is None else await threads.call(item.to_wire, value))
    return None


async def with_pings(news: AsyncGenerator[bytes, None], *, every_s: float = PING_S) -> AsyncIterator[bytes | None]:
    """Yield what comes, and None whenever nothing has come for a while."""
    waiting: asyncio.Future[bytes | None] | None = None
    try:
        while True:
            waiting = waiting or asyncio.ensure_future(anext(news, None))
            done, _ = await asyncio.wait([waiting], timeout=every_s)
            if not done:
                yield None
                continue
            piece, waiting = waiting.result(), None
            if piece is None:
                return
            yield piece
    finally:
        if waiting is not None:
            waiting.cancel()
            await asyncio.wait([waiting])
        await news.aclose()
