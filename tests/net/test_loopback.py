from __future__ import annotations

import asyncio
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from gesso.errors import FetchError
from gesso.net.loopback import Loopback


class Echo(BaseHTTPRequestHandler):
    """Answers with what it was sent; tells three events and then goes on, breaks off, or says nothing more."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self._answer(json.dumps({"size": len(body), "key": self.headers.get("Authorization")}).encode())

    def do_GET(self) -> None:
        if self.path == "/file":
            self._answer(b"x" * 3_000_000)
        elif self.path == "/elsewhere":
            self.send_response(302)
            self.send_header("Location", "http://example.org/")
            self.end_headers()
        else:
            self.send_response(200)
            self.end_headers()
            for number in range(3):
                self.wfile.write(b": a comment\n\ndata: " + json.dumps({"number": number}).encode() + b"\n\n")
                self.wfile.flush()
            if self.path == "/endless":
                time.sleep(5)

    def _answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class has named it
        """Say nothing."""


@pytest.fixture
def line() -> Iterator[Loopback]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Echo) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield Loopback.at(f"http://127.0.0.1:{server.server_port}", key="secret")
        server.shutdown()


@pytest.mark.parametrize(
    "address",
    [
        "http://192.168.1.5:5142", "http://example.org:80", "http://localhost:5142", "https://127.0.0.1:5142",
        "http://127.0.0.1", "http://127.0.0.1:x", "http://127.0.0.1@example.org:80", "", "file:///etc/passwd",
    ],
)  # fmt: skip
def test_nobody_but_this_computer_is_spoken_to(address: str) -> None:
    with pytest.raises(FetchError):
        Loopback.at(address)


def test_the_key_is_not_shown(line: Loopback) -> None:
    assert "secret" not in repr(line) + str(line)


async def test_bodies_and_the_key_arrive(line: Loopback, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x" * 2_000_000)
    for body, size in ((b"abc", 3), (tmp_path / "file", 2_000_000), (None, 0)):
        reply = await line.ask("POST", "/", body=body)
        assert json.loads(reply.body) == {"size": size, "key": "Bearer secret"}


async def test_a_file_is_downloaded_with_its_digest(line: Loopback, tmp_path: Path) -> None:
    digest = await line.download("/file", tmp_path / "file")
    assert digest == hashlib.sha256(b"x" * 3_000_000).hexdigest()
    assert (tmp_path / "file").stat().st_size == 3_000_000


async def test_no_redirect_is_followed(line: Loopback, tmp_path: Path) -> None:
    assert (await line.ask("GET", "/elsewhere")).status == 302
    with pytest.raises(FetchError):
        await line.download("/elsewhere", tmp_path / "file")


async def test_events_come_until_they_end(line: Loopback) -> None:
    assert [event["number"] async for event in line.events("/events")] == [0, 1, 2]


async def test_whoever_stops_listening_waits_for_nothing(line: Loopback) -> None:
    began = time.monotonic()
    events = line.events("/endless")
    heard: list[Any] = [await anext(events) for _ in range(3)]
    await events.aclose()
    assert len(heard) == 3
    assert time.monotonic() - began < 3


async def test_a_cancel_is_heard_while_nothing_comes(line: Loopback) -> None:
    async def listen() -> None:
        async for _ in line.events("/endless"):
            pass

    began = time.monotonic()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.5):
            await listen()
    assert time.monotonic() - began < 3


async def test_where_nobody_answers_it_is_said() -> None:
    nobody = Loopback.at("http://127.0.0.1:9")
    with pytest.raises(FetchError, match="does not answer"):
        await nobody.ask("GET", "/")
    with pytest.raises(FetchError, match="does not answer"):
        await anext(nobody.events("/"))
