"""What a direct run and a live frame cost over HTTP and WebSocket: `python -m benchmarks.direct`.

A JPEG of 512 x 512 pixels goes in, a model returns it as it is, a JPEG comes out. Beside it, in the same run: the same
decoding and coding in this process, and in bare FastAPI, which does the work inline, with one process and with two,
with Pillow and with the codec that Gesso has. Gesso runs as it is shipped: key, Origin check, checked inputs, the model
in a process of its own, metering.

Live frames have 640 x 480 pixels; the limit is a bare echo of the same bytes by `websockets`.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import psutil
from PIL import Image as Pil
from websockets.asyncio.client import connect

from benchmarks.figures import time_called
from benchmarks.overhead import MODEL
from benchmarks.pictures import jpeg, photo
from gesso.app import App
from gesso.server.owner import find_lent_key
from gesso.settings import Settings
from gesso.storage.home import find_server

BARE: Final = """
import io, sys
import numpy, simplejpeg, uvicorn
from fastapi import FastAPI, Request, Response
from PIL import Image

app = FastAPI()

@app.post("/pillow")
async def pillow(request: Request) -> Response:
    pixels = numpy.asarray(Image.open(io.BytesIO(await request.body())))
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=90)
    return Response(file.getvalue(), media_type="image/jpeg")

@app.post("/simplejpeg")
async def quick(request: Request) -> Response:
    pixels = simplejpeg.decode_jpeg(await request.body())
    coded = simplejpeg.encode_jpeg(pixels, quality=90, colorsubsampling="420")
    return Response(coded, media_type="image/jpeg")

uvicorn.run(app, port=int(sys.argv[1]), log_level="error", access_log=False)
"""
ECHO: Final = """
import asyncio, sys
from websockets.asyncio.server import serve

async def echo(socket):
    async for frame in socket:
        await socket.send(frame)

async def main():
    async with serve(echo, "127.0.0.1", int(sys.argv[1]), compression=None, max_size=None):
        await asyncio.get_running_loop().create_future()

asyncio.run(main())
"""
CLIENTS: Final = (1, 16)
RATES: Final = (30, 60)
ROUNDS: Final = 5


@dataclass(frozen=True)
class Place:
    """A server: where it listens, what is asked of it, and the processes that do the work."""

    ports: Sequence[int]
    head: str
    processes: Sequence[psutil.Process]

    def cpu_s(self) -> float:
        """How much processor time its processes, and theirs, have taken."""
        family = [each for process in self.processes for each in (process, *process.children(recursive=True))]
        return sum(sum(each.cpu_times()[:2]) for each in family)


@dataclass(frozen=True)
class Load:
    """How a server has stood up to some clients. Milliseconds; `cpu_ms` is processor time for each request."""

    times_ms: Sequence[float]
    per_second: float
    cpu_ms: float


# -- servers -----------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def program(code: str, port: int) -> Iterator[psutil.Process]:
    """Run a server written on the spot, until the context ends."""
    process = subprocess.Popen([sys.executable, "-c", code, str(port)])
    try:
        _wait_for(port)
        yield psutil.Process(process.pid)
    finally:
        process.kill()
        process.wait()


@contextlib.contextmanager
def bare(count: int, codec: str = "pillow") -> Iterator[Place]:
    """Run bare FastAPI in so many processes, each with its own clients."""
    with contextlib.ExitStack() as running:
        ports = [free_port() for _ in range(count)]
        processes = [running.enter_context(program(BARE, port)) for port in ports]
        yield Place(ports, f"POST /{codec} HTTP/1.1\r\nHost: 127.0.0.1:{{port}}\r\n", processes)


@contextlib.contextmanager
def gesso() -> Iterator[Place]:
    """Run Gesso as it is shipped, with a key, and a model that returns what it is given."""
    with tempfile.TemporaryDirectory(prefix="gesso-bench-") as name:
        home, folder, port = Path(name) / "home", Path(name) / "identity", free_port()
        folder.mkdir()
        (folder / "model.py").write_text(MODEL, encoding="utf-8")
        (folder / "gesso.toml").write_text('name = "identity"\n', encoding="utf-8")
        app = App(Settings(home=home), report=lambda _: None)
        app.trust.trust(app.registry.add(str(folder)))
        environment = os.environ | {"GESSO_HOME": str(home), "GESSO_NEEDS_KEY": "1"}
        command = [sys.executable, "-c", "from gesso.cli.main import main; main()", "serve", "--port", str(port)]
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            while find_server(home) is None:
                time.sleep(0.05)
            head = f"POST /api/v1/models/identity/run?command=picture HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
            head += f"Authorization: Bearer {find_lent_key(home)}\r\n"
            yield Place([port], head, [psutil.Process(process.pid)])
        finally:
            process.terminate()
            process.wait()


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def _wait_for(port: int) -> None:
    while True:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.05)


# -- clients -----------------------------------------------------------------------------------------------------------


class Client:
    """One connection that asks again and again: as little of it as possible, so that servers are measured."""

    def __init__(self, place: Place, number: int, *, body: bytes) -> None:
        port = place.ports[number % len(place.ports)]
        head = place.head.format(port=port) + "Content-Type: image/jpeg\r\nAccept: image/jpeg\r\n"
        self._request = f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body
        self._socket = socket.create_connection(("127.0.0.1", port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.times_ms: list[float] = []

    def ask(self) -> bytes:
        """Ask once, and return the picture."""
        began = time.perf_counter()
        self._socket.sendall(self._request)
        data = b""
        while b"\r\n\r\n" not in data:
            data += self._socket.recv(1 << 18)
        head, _, data = data.partition(b"\r\n\r\n")
        lines = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
        pieces, left = [data], int(lines[b"content-length"]) - len(data)
        while left:
            pieces.append(self._socket.recv(1 << 18))
            left -= len(pieces[-1])
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(b"".join([head, *pieces]).decode(errors="replace"))
        self.times_ms.append((time.perf_counter() - began) * 1000)
        return b"".join(pieces)

    def ask_until(self, end: float) -> None:
        """Ask until that time has come."""
        while time.perf_counter() < end:
            self.ask()


def load(place: Place, clients: int, *, body: bytes, seconds: float) -> Load:
    """Have so many clients ask for a while."""
    asking = [Client(place, number, body=body) for number in range(clients)]
    for client in asking:
        assert Pil.open(io.BytesIO(client.ask())).size == (512, 512)
        client.times_ms.clear()
    began, cpu_s = time.perf_counter(), place.cpu_s()
    threads = [threading.Thread(target=client.ask_until, args=[began + seconds]) for client in asking]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    taken, cpu_s = time.perf_counter() - began, place.cpu_s() - cpu_s
    times = [each for client in asking for each in client.times_ms]
    return Load(times, len(times) / taken, cpu_s * 1000 / len(times))


# -- live --------------------------------------------------------------------------------------------------------------


async def stream(
    address: str, rate: int, *, frame: bytes, headers: dict[str, str], seconds: float
) -> tuple[list[float], int]:
    """Send frames at a rate. Returns the time of each answer in milliseconds, and how many never had one."""
    sent: list[float] = []
    times: list[float] = []
    async with connect(address, compression=None, max_size=None, additional_headers=headers) as line:
        if headers:
            await line.send(json.dumps({"command": "picture", "quality": 90}))
            while json.loads(await line.recv())["type"] != "ready":
                pass

        async def listen() -> None:
            number = 0
            async for message in line:
                if isinstance(message, str):
                    number = json.loads(message)["frame"] - 1
                    continue
                times.append((time.perf_counter() - sent[number]) * 1000)
                number += 1

        listening = asyncio.create_task(listen())
        began = time.perf_counter()
        for number in range(int(rate * seconds)):
            await asyncio.sleep(max(0.0, began + number / rate - time.perf_counter()))
            sent.append(time.perf_counter())
            await line.send(frame)
        await asyncio.sleep(0.5)
        listening.cancel()
    return times[len(times) // 10 :], len(sent) - len(times)


# -- the tables --------------------------------------------------------------------------------------------------------


def main(*, seconds: float = 5.0) -> str:
    """Measure, and return the tables."""
    body = jpeg(photo(512, 512))
    here = time_called(lambda: jpeg(np.asarray(Pil.open(io.BytesIO(body)))), times=200)
    rows = [f"| in this process, Pillow |  | {_figures(here)} |  |  |\n"]
    with contextlib.ExitStack() as running:
        places = {
            f"bare FastAPI, {words}, {codec}": running.enter_context(bare(count, codec))
            for count, words in ((1, "one process"), (2, "two processes"))
            for codec in ("pillow", "simplejpeg")
        }
        places["Gesso"] = running.enter_context(gesso())
        rows += _runs(places, body, seconds=seconds)
        lines = list(_lives(places["Gesso"], seconds=seconds))
    head = "| what | clients | median | p99 | per second | processor time |\n|---|---:|---:|---:|---:|---:|\n"
    live_head = "| live frames | per second | p50 | p95 | p99 | without an answer |\n|---|---:|---:|---:|---:|---:|\n"
    return head + "".join(rows) + "\n" + live_head + "".join(lines)


def _runs(places: dict[str, Place], body: bytes, *, seconds: float) -> Iterator[str]:
    for clients in CLIENTS:
        taken: dict[str, list[Load]] = {what: [] for what in places}
        for _ in range(ROUNDS):  # in turn, so that a busy moment of the machine hits all of them
            for what, place in places.items():
                taken[what].append(load(place, clients, body=body, seconds=seconds / ROUNDS))
        for what, loads in taken.items():
            times = [each for one in loads for each in one.times_ms]
            per_second = statistics.median(one.per_second for one in loads)
            cpu_ms = statistics.median(one.cpu_ms for one in loads)
            yield f"| {what} | {clients} | {_figures(times)} | {per_second:.0f} | {cpu_ms:.2f} ms |\n"


def _lives(ours: Place, *, seconds: float) -> Iterator[str]:
    frame = jpeg(photo(640, 480))
    port = free_port()
    authorization = next(line for line in ours.head.split("\r\n") if line.startswith("Authorization"))
    headers = dict([authorization.split(": ", 1)])
    with program(ECHO, port):
        for rate in RATES:
            for what, address, more in (
                ("a bare echo by websockets", f"ws://127.0.0.1:{port}", {}),
                ("Gesso", f"ws://127.0.0.1:{ours.ports[0]}/api/v1/models/identity/live", headers),
            ):
                times, lost = asyncio.run(stream(address, rate, frame=frame, headers=more, seconds=seconds))
                p50, p95, p99 = (sorted(times)[int(part * (len(times) - 1))] for part in (0.5, 0.95, 0.99))
                yield f"| {what} | {rate} | {p50:.2f} ms | {p95:.2f} ms | {p99:.2f} ms | {lost} |\n"


def _figures(times_ms: Sequence[float]) -> str:
    return f"{statistics.median(times_ms):.2f} ms | {sorted(times_ms)[int(0.99 * (len(times_ms) - 1))]:.2f} ms"


if __name__ == "__main__":
    print(main())
