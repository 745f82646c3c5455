"""A prediction as it goes on, as server-sent events of Replicate and of Cog."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from typing import Any, Final

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from gesso.app import App
from gesso.hosting.prediction import Prediction
from gesso.jobs.events import JobChanged, Logged, PartAdded
from gesso.jobs.job import Job
from gesso.server.direct.events import with_pings
from gesso.server.hosted.shown import Manner, output_of, shown, status_of

_HEADERS: Final = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


class PredictionStream(StreamingResponse):
    """Events until the end, or until the other side leaves; either way their source is closed at once."""

    media_type = "text/event-stream"

    def __init__(self, events: AsyncGenerator[bytes, None]) -> None:
        self._events = _with_pings(events)
        super().__init__(self._events, headers=_HEADERS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: PLR0917 - as ASGI calls it
        """Send them."""
        async with aclosing(self._events):
            await super().__call__(scope, receive, send)


async def replicate_events(app: App, prediction: Prediction) -> AsyncGenerator[bytes, None]:
    """Yield `output`, `logs`, `error` and `done`, each with an id, as Replicate's clients read them."""
    number, has_parts = 0, False
    async with aclosing(app.predictions.events(prediction.id)) as events:
        async for event in events:
            match event:
                case PartAdded(_, value):
                    has_parts, number = True, number + 1
                    yield _event("output", _text(value), number=number)
                case Logged(line):
                    number += 1
                    yield _event("logs", line.text, number=number)
                case JobChanged(job) if job.has_ended:
                    async for kind, data in _last(app, prediction, job=job, has_parts=has_parts):
                        number += 1
                        yield _event(kind, data, number=number)


async def _last(
    app: App, prediction: Prediction, *, job: Job, has_parts: bool
) -> AsyncGenerator[tuple[str, str], None]:
    ended = await app.predictions.ended(prediction.id, within_s=5)
    reason: dict[str, str] = {}
    if job.status == "succeeded":
        if not has_parts:
            output = await output_of(app, ended, files="either")
            for piece in output if ended.record.is_streaming and isinstance(output, list) else [output]:
                yield "output", _text(piece)
    elif status_of(ended) == "canceled":
        reason = {"reason": "canceled"}
    else:
        error = (await shown(app, ended, manner=Manner())).error
        yield "error", json.dumps({"detail": error}, ensure_ascii=False)
        reason = {"reason": "error"}
    yield "done", json.dumps(reason)


async def cog_events(app: App, prediction: Prediction) -> AsyncGenerator[bytes, None]:
    """Yield `start`, `output`, `log` and `completed`, as Cog has them."""
    index, has_begun = 0, False
    name = prediction.record.name or prediction.id
    async with aclosing(app.predictions.events(prediction.id)) as events:
        async for event in events:
            if not has_begun:
                has_begun = True
                yield _event("start", json.dumps({"id": name, "status": "processing"}))
            match event:
                case PartAdded(_, value):
                    yield _event("output", json.dumps({"chunk": value, "index": index}, ensure_ascii=False))
                    index += 1
                case Logged(line):
                    said = {"source": "stdout", "data": f"{line.text}\n"}
                    yield _event("log", json.dumps(said, ensure_ascii=False))
                case JobChanged(job) if job.has_ended:
                    ended = await app.predictions.ended(prediction.id, within_s=5)
                    yield _event("completed", (await shown(app, ended, manner=Manner(files="data"))).model_dump_json())


async def _with_pings(events: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
    async for piece in with_pings(events):
        yield b": nothing new\n\n" if piece is None else piece


def _event(kind: str, data: str, *, number: int | None = None) -> bytes:
    lines = [f"event: {kind}", *([] if number is None else [f"id: {number}:0"]), *_lines(data)]
    return ("\n".join(lines) + "\n\n").encode("utf-8", "replace")


def _lines(data: str) -> Iterator[str]:
    """Yield a text line by line, as these events carry it."""
    for line in data.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        yield f"data: {line}"


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
