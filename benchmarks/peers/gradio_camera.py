"""Live frames as Gradio's own page sends them: base64 in JSON, a POST for each, answers as events that name a file."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import secrets

from benchmarks.peers.http import Reader, get, post_json
from benchmarks.peers.peer import Address, Answer, UnexpectedAnswer

_CONNECTIONS = 6  # as many as a browser opens to one server


class GradioCamera:
    """A camera at an image component that streams."""

    def __init__(self, address: Address, api: str) -> None:
        self._address = address
        self._api = api
        self._session = secrets.token_hex(5)
        self._event = ""
        self._idle: asyncio.Queue[_Connection] = asyncio.Queue()
        self._sending: set[asyncio.Task[None]] = set()
        self._events: tuple[asyncio.StreamReader, asyncio.StreamWriter]

    async def open(self) -> None:
        """Open the connections that frames are sent over; the queue is joined with the first frame."""
        for _ in range(_CONNECTIONS):
            self._idle.put_nowait(await _Connection.open(self._address))

    async def send(self, frame: bytes) -> None:
        """Send a JPEG over the next connection that is free, without waiting for the answer: so does the page."""
        connection = await self._idle.get()
        url = f"data:image/jpeg;base64,{base64.b64encode(frame).decode()}"
        given = {"data": [{"url": url, "meta": {"_type": "gradio.FileData"}}], "session_hash": self._session}
        if not self._event:
            request = post_json(self._address, f"{self._api}/queue/join", given | {"fn_index": 0})
            self._event = json.loads((await connection.ask(request)).body)["event_id"]
            await self._listen()
            self._idle.put_nowait(connection)
            return
        request = post_json(self._address, f"{self._api}/stream/{self._event}", given)
        task = asyncio.create_task(self._post(connection, request))
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    async def _post(self, connection: _Connection, request: bytes) -> None:
        await connection.ask(request)
        self._idle.put_nowait(connection)

    async def _listen(self) -> None:
        self._events = await asyncio.open_connection("127.0.0.1", self._address.port, limit=2**24)
        self._events[1].write(get(self._address, f"{self._api}/queue/data?session_hash={self._session}"))

    async def receive(self) -> bytes:
        """Wait for the next event that names a frame, and fetch it."""
        while not self._event:
            await asyncio.sleep(0.001)
        while line := await self._events[0].readline():
            if not line.startswith(b"data: "):
                continue  # an empty line between two events, or the length of a chunk of HTTP
            event = json.loads(line[6:])
            if event["msg"] == "process_streaming":
                return await self._fetch(event["output"]["data"][0]["path"])
            if not event.get("success", True):
                raise UnexpectedAnswer(str(event)[:200])
        raise UnexpectedAnswer("Gradio closed the stream of its events.")

    async def _fetch(self, path: str) -> bytes:
        connection = await self._idle.get()
        answer = await connection.ask(get(self._address, f"{self._api}/file={path}"))
        self._idle.put_nowait(connection)
        return answer.body

    async def close(self) -> None:
        """Disconnect."""
        for task in self._sending:
            task.cancel()
        if self._event:
            self._events[1].close()
        with contextlib.suppress(asyncio.QueueEmpty):
            while True:
                self._idle.get_nowait().close()


class _Connection:
    """A connection that is kept open."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def open(cls, address: Address) -> _Connection:
        return cls(*await asyncio.open_connection("127.0.0.1", address.port))

    async def ask(self, request: bytes) -> Answer:
        self._writer.write(request)
        answers = Reader()
        while data := await self._reader.read(2**18):
            if answer := answers.feed(data):
                return answer
        raise UnexpectedAnswer("The server closed the connection.")

    def close(self) -> None:
        self._writer.close()
