"""Live frames as Gradio's own page sends them: base64 in JSON, a POST for each, answers as events that name a file."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import secrets
from typing import Any

from benchmarks.peers.http import Reader, get, post_json
from benchmarks.peers.peer import Address, Answer, UnexpectedAnswerError

_CONNECTIONS = 6  # as many as a browser opens to one server
_LINE_BYTES = 2**20


class GradioCamera:
    """A camera at an image component that streams."""

    def __init__(self, address: Address, api: str) -> None:
        self._address = address
        self._api = api
        self._session = secrets.token_hex(5)
        self._event = ""
        self._has_joined = asyncio.Event()
        self._idle: asyncio.Queue[_Connection] = asyncio.Queue()
        self._sending: set[asyncio.Task[None]] = set()
        self._events: _Connection

    async def open(self) -> None:
        """Open the connections; the queue is joined with the first frame."""
        self._events = await _Connection.open(self._address)
        for _ in range(_CONNECTIONS - 1):
            self._idle.put_nowait(await _Connection.open(self._address))

    async def send(self, frame: bytes) -> None:
        """Send a JPEG over the next connection that is free, without waiting for the answer: so does the page."""
        url = f"data:image/jpeg;base64,{base64.b64encode(frame).decode()}"
        given: dict[str, Any] = {
            "data": [{"url": url, "meta": {"_type": "gradio.FileData"}}],
            "session_hash": self._session,
        }
        if not self._event:
            await self._join(given)
            return
        connection = await self._idle.get()
        sending = self._ask(connection, post_json(self._address, f"{self._api}/stream/{self._event}", value=given))
        task = asyncio.create_task(sending)
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    async def _join(self, given: dict[str, Any]) -> None:
        request = post_json(self._address, f"{self._api}/queue/join", value=given | {"fn_index": 0})
        self._event = json.loads((await self._events.ask(request)).body)["event_id"]
        self._events.writer.write(get(self._address, f"{self._api}/queue/data?session_hash={self._session}"))
        self._has_joined.set()

    async def _ask(self, connection: _Connection, request: bytes) -> None:
        await connection.ask(request)
        self._idle.put_nowait(connection)

    async def receive(self) -> bytes:
        """Wait for the next event that names a frame, and fetch it."""
        await self._has_joined.wait()
        while line := await self._events.reader.readline():
            if not line.startswith(b"data: "):
                continue  # an empty line between two events, or the length of a chunk of HTTP
            event = json.loads(line[6:])
            if event["msg"] == "process_streaming":
                return await self._fetch(event["output"]["data"][0]["path"])
            if not event.get("success", True):
                raise UnexpectedAnswerError(str(event)[:200])
        raise UnexpectedAnswerError("Gradio closed the stream of its events.")

    async def _fetch(self, path: str) -> bytes:
        connection = await self._idle.get()
        answer = await connection.ask(get(self._address, f"{self._api}/file={path}"))
        self._idle.put_nowait(connection)
        return answer.body

    async def close(self) -> None:
        """End the stream, as the page does, and disconnect."""
        if self._event:
            await (await _Connection.open(self._address)).ask(
                post_json(self._address, f"{self._api}/stream/{self._event}/close", value={})
            )
        for task in self._sending:
            task.cancel()
        self._events.writer.close()
        with contextlib.suppress(asyncio.QueueEmpty):
            while True:
                self._idle.get_nowait().writer.close()


class _Connection:
    """A connection that is kept open."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    @classmethod
    async def open(cls, address: Address) -> _Connection:
        return cls(*await asyncio.open_connection("127.0.0.1", address.port, limit=_LINE_BYTES))

    async def ask(self, request: bytes) -> Answer:
        self.writer.write(request)
        answers = Reader()
        while data := await self.reader.read(_LINE_BYTES):
            if answer := answers.feed(data):
                return answer
        raise UnexpectedAnswerError("The server closed the connection.")
