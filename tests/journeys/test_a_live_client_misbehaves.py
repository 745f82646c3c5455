"""Clients of live streams that stop reading, flood, or vanish; and a server that stops under them."""

from __future__ import annotations

import asyncio
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import psutil
import pytest
from websockets.client import ClientProtocol
from websockets.exceptions import ConnectionClosed
from websockets.uri import parse_uri

from gesso.app import App
from gesso.settings import Settings
from tests.server.direct.models import add_many
from tests.server.live.client import frame, live
from tests.server.program import Program, running

pytestmark = pytest.mark.timeout(300)
SMALL = frame(20)
OPENING = '{"command": "noise", "format": "png"}'  # 900 kB come back for each frame


@pytest.fixture
async def program(warm_home: Path, tmp_path: Path) -> AsyncIterator[Program]:
    async with App(Settings(home=warm_home), report=lambda _: None) as app:
        add_many(app, tmp_path / "theirs")
    with running(warm_home) as program:
        yield program


class Deaf:
    """A client that sends and never reads, not even what the system would keep for it."""

    def __init__(self, program: Program) -> None:
        address = f"ws://127.0.0.1:{program.port}/api/v1/models/many/live"
        self._protocol = ClientProtocol(parse_uri(address), max_size=None)
        self._socket = socket.socket()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self._socket.settimeout(5)
        self._socket.connect(("127.0.0.1", program.port))
        self._protocol.send_request(self._protocol.connect())
        self._flush()
        self._protocol.receive_data(self._socket.recv(4096))
        assert self._protocol.handshake_exc is None

    def text(self, text: str) -> None:
        self._protocol.send_text(text.encode())
        self._flush()

    def binary(self, data: bytes) -> None:
        self._protocol.send_binary(data)
        self._flush()

    def ping(self, data: bytes) -> None:
        self._protocol.send_ping(data)
        self._flush()

    def read(self, seconds: float) -> int:
        """Read for a while after all; return how many bytes came."""
        self._socket.settimeout(seconds)
        count = 0
        try:
            while data := self._socket.recv(1 << 20):
                count += len(data)
        except TimeoutError:
            pass
        return count

    def close(self) -> None:
        self._socket.close()

    def _flush(self) -> None:
        for data in self._protocol.data_to_send():
            self._socket.sendall(data)


def resident_mb(program: Program) -> float:
    """Return what the server's own process holds."""
    return psutil.Process(program.process.pid).memory_info().rss / 1e6


async def counted(program: Program, outcome: str) -> float:
    async with httpx.AsyncClient(base_url=program.address) as client:
        told = (await client.get("/api/v1/metrics")).text
    marked = f'gesso_live_frames_total{{model="many",outcome="{outcome}"}} '
    return sum(float(line.removeprefix(marked)) for line in told.splitlines() if line.startswith(marked))


async def until_counted(program: Program, outcome: str, count: float) -> None:
    async with asyncio.timeout(90):
        while await counted(program, outcome) < count:
            await asyncio.sleep(0.05)


async def test_a_client_that_stops_reading_stalls_only_itself_and_grows_no_memory(program: Program) -> None:
    async with live(program) as other:
        await other.until_ready(command="slow")
        deaf = await asyncio.to_thread(Deaf, program)
        await asyncio.to_thread(deaf.text, OPENING)
        for _ in range(20):  # the first pictures fill what there is to fill
            await asyncio.to_thread(deaf.binary, SMALL)
        await until_counted(program, "answered", 1)
        before = resident_mb(program)
        for number in range(400):
            await asyncio.to_thread(deaf.binary, SMALL)
            if number % 40 == 0:
                await other.show(frame(number % 60))
                assert (await other.hear())["type"] == "result"
        await until_counted(program, "dropped", 390)
        assert resident_mb(program) - before < 30  # 400 pictures are 360 MB
        assert await counted(program, "answered") < 10 + 10
        assert await asyncio.to_thread(deaf.read, 2.0) < 10_000_000  # what waited: a few frames, no seconds of them
        deaf.close()


async def test_a_flood_of_nonsense_is_met_with_silence(program: Program) -> None:
    deaf = await asyncio.to_thread(Deaf, program)
    await asyncio.to_thread(deaf.text, OPENING)
    before = resident_mb(program)

    def flood() -> None:
        for _ in range(3000):
            deaf.text('{"inputs": {"colour": "' + "x" * 10_000 + '"}}')

    with pytest.raises(TimeoutError):  # nobody takes it any more
        await asyncio.to_thread(flood)
    assert resident_mb(program) - before < 30
    deaf.close()


async def test_a_flood_of_pings_fills_no_memory(program: Program) -> None:
    deaf = await asyncio.to_thread(Deaf, program)
    await asyncio.to_thread(deaf.text, OPENING)
    for _ in range(5):
        await asyncio.to_thread(deaf.binary, SMALL)
    await until_counted(program, "answered", 1)
    before = resident_mb(program)

    def flood() -> None:
        for _ in range(2000):
            for _ in range(100):
                deaf._protocol.send_ping(bytes(125))
            deaf._flush()

    await asyncio.to_thread(flood)
    assert resident_mb(program) - before < 15  # the answers to all of them are 25 MB
    deaf.close()


_VANISHING = """
import asyncio, sys
from websockets.asyncio.client import connect

async def main():
    async with connect(sys.argv[1], compression=None) as socket:
        await socket.send('{"command": "trail"}')
        while '"ready"' not in await socket.recv():
            pass
        print("ready", flush=True)
        while True:
            await socket.send(bytes.fromhex(sys.argv[2]))
            await socket.recv()

asyncio.run(main())
"""


async def test_a_client_that_is_killed_leaves_nothing_behind(program: Program) -> None:
    address = f"ws://127.0.0.1:{program.port}/api/v1/models/many/live"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _VANISHING, address, SMALL.hex(), stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    assert await process.stdout.readline() == b"ready\n"
    process.send_signal(signal.SIGKILL)
    await process.wait()
    async with live(program) as client:
        await client.until_ready(command="trail")
        await client.show(SMALL)
        told = await client.hear()
        assert told["outputs"]["count"] == 1
        assert told["timings_ms"]["total"] > 0
    async with asyncio.timeout(30):
        while psutil.Process(program.process.pid).net_connections("tcp")[1:]:
            await asyncio.sleep(0.05)


@pytest.mark.usefixtures("nothing_left")
async def test_a_server_that_stops_says_so_also_to_whoever_does_not_read(program: Program) -> None:
    deaf = await asyncio.to_thread(Deaf, program)
    await asyncio.to_thread(deaf.text, OPENING)
    for _ in range(20):
        await asyncio.to_thread(deaf.binary, SMALL)
    async with live(program) as client:
        await client.until_ready(command="slow", inputs={"seconds": 0.2})
        await client.show(SMALL)
        stopping = asyncio.create_task(asyncio.to_thread(program.stop))
        with pytest.raises(ConnectionClosed) as closed:
            while True:
                told = await client.hear()
        assert (told["type"], told["code"]) == ("error", "stopping")
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1012
        assert (await stopping)[0] == 0
    deaf.close()
