"""What a job tells while it waits and runs: as server-sent events, and the same over a WebSocket."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from typing import Any, Final

from fastapi import APIRouter, WebSocket
from starlette.websockets import WebSocketDisconnect

from gesso.errors import GessoError
from gesso.jobs import events
from gesso.server.errors import problem_of
from gesso.server.event_stream import EventStream
from gesso.server.rooms import House
from gesso.server.schemas.job import JobMessage, LogMessage, Message, PartMessage, PreviewMessage, ProgressMessage

router = APIRouter(prefix="/jobs", tags=["jobs"])
"""`/jobs/{job_id}/events`."""
_EVENTS: Final[dict[int | str, dict[str, Any]]] = {
    200: {"model": Message, "description": "Events, one after the other."}
}


@router.get("/{job_id}/events", status_code=200, response_class=EventStream, responses=_EVENTS)
async def stream_job_events(job_id: str, house: House) -> EventStream:
    """Tell how a job stands and then what happens, until it has ended. Whoever comes back is told all of it again."""
    job = await house.app.jobs.get(job_id)  # answers 404 before the stream begins
    return EventStream(_messages(house.app.jobs.events(job.id)))


@router.websocket("/{job_id}/events")
async def socket_job_events(job_id: str, house: House, *, socket: WebSocket) -> None:
    """The same over a WebSocket: one JSON text for each event. It is closed when the job has ended."""
    await socket.accept()
    telling = asyncio.create_task(_tell(socket, house.app.jobs.events(job_id)))
    leaving = asyncio.create_task(_until_gone(socket))
    try:
        await asyncio.wait({telling, leaving}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (telling, leaving):
            task.cancel()
        await asyncio.gather(telling, leaving, return_exceptions=True)


async def _tell(socket: WebSocket, told: AsyncGenerator[events.JobEvent, None]) -> None:
    with contextlib.suppress(WebSocketDisconnect):
        try:
            async with contextlib.aclosing(told):
                async for event in told:
                    await socket.send_text(message_of(event).model_dump_json())
        except GessoError as error:
            await socket.close(4404 if error.code == "not_found" else 4400, problem_of(error).message[:100])
        else:
            await socket.close(1000)


async def _until_gone(socket: WebSocket) -> None:
    """Wait until the other side leaves; what it sends is not for us."""
    while (await socket.receive())["type"] != "websocket.disconnect":
        pass


async def _messages(told: AsyncGenerator[events.JobEvent, None]) -> AsyncGenerator[Message, None]:
    async with contextlib.aclosing(told):
        async for event in told:
            yield message_of(event)


def message_of(event: events.JobEvent) -> Message:
    """Return an event as it is sent."""
    match event:
        case events.JobChanged(job):
            return JobMessage(job=job)
        case events.ProgressChanged(fraction, text):
            return ProgressMessage(fraction=fraction, text=text)
        case events.Logged(line):
            return LogMessage(line=line)
        case events.PreviewChanged(preview):
            return PreviewMessage(preview=preview)
        case events.PartAdded(output, value):
            return PartMessage(output=output, value=value)
