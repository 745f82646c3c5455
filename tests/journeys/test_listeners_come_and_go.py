"""Whoever listens to a job may leave in the middle of a word: the server says nothing of it, and keeps nothing open."""

from __future__ import annotations

import random
import socket
from pathlib import Path

import httpx
import psutil
import pytest

from gesso.app import App
from gesso.settings import Settings
from tests.journeys.conftest import HEAD
from tests.server.program import Program, running

MODEL = (
    HEAD
    + """
class Chatter(Model):
    def run(self) -> int:
        number = 0
        while True:
            number += 1
            log(f"line {number}")
            progress(number % 100 / 100)
            time.sleep(0.001)
"""
)
WAVES, LISTENERS = 5, 60


@pytest.fixture
async def served_home(warm_home: Path, tmp_path: Path) -> Path:
    (tmp_path / "chatter.py").write_text(MODEL)
    async with App(Settings(home=warm_home), report=lambda _: None) as app:
        app.trust.trust(app.registry.add(str(tmp_path / "chatter.py")))
    return warm_home


def listen(program: Program, job: str, *, as_socket: bool) -> socket.socket:
    line = socket.create_connection(("127.0.0.1", program.port), timeout=60)
    upgrade = (
        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n"
    )
    head = f"GET /api/v1/jobs/{job}/events HTTP/1.1\r\nHost: 127.0.0.1:{program.port}\r\n"
    line.sendall(f"{head}{upgrade if as_socket else ''}\r\n".encode())
    return line


@pytest.mark.timeout(300)
@pytest.mark.usefixtures("nothing_left")
async def test_those_who_leave_in_the_middle_leave_nothing(served_home: Path) -> None:
    chance = random.Random(3)
    with running(served_home) as program:
        api = f"{program.address}/api/v1"
        job = httpx.post(f"{api}/jobs", json={"model": "chatter"}, timeout=120).json()["id"]
        for _ in range(WAVES):
            listeners = [listen(program, job, as_socket=chance.random() < 0.3) for _ in range(LISTENERS)]
            for line in listeners:
                assert line.recv(chance.randrange(1, 5000)).startswith(b"H")
                if chance.random() < 0.5:
                    line.recv(chance.randrange(1, 5000))
            chance.shuffle(listeners)
            for line in listeners:
                line.close()
        assert httpx.post(f"{api}/jobs/{job}/cancel", timeout=60).json()["status"] == "canceled"
        with httpx.Client() as client:
            while connections(program) > 1:  # the client's own
                assert client.get(f"{api}/health").status_code == 200
        assert program.stop() == (0, "done\n")


def connections(program: Program) -> int:
    """Return how many connections the server has open."""
    found = psutil.Process(program.process.pid).net_connections("tcp")
    return sum(one.laddr.port == program.port and one.status == "ESTABLISHED" for one in found)
