"""What a stop does to those who listen and to what runs."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from gesso.app import App
from gesso.settings import Settings
from tests.server.models import add_echo
from tests.server.program import running
from tests.server.routers.test_jobs import PICTURE


@pytest.fixture
async def served_home(warm_home: Path, tmp_path: Path) -> Path:
    async with App(Settings(home=warm_home), report=lambda _: None) as app:
        add_echo(app, tmp_path / "echo")
    return warm_home


@pytest.mark.timeout(300)
@pytest.mark.usefixtures("nothing_left")
async def test_a_run_that_has_time_to_finish_does(served_home: Path) -> None:
    with running(served_home, grace_s=60) as program:
        job, told = start(program.address, wait_s=3)
        assert program.stop() == (0, "done\n")
    assert "succeeded" in told()[-1]
    with running(served_home) as program:
        assert httpx.get(f"{program.address}/api/v1/jobs/{job}").json()["status"] == "succeeded"


@pytest.mark.timeout(300)
@pytest.mark.usefixtures("nothing_left")
async def test_a_run_without_time_goes_back_to_the_queue_and_who_listens_is_let_go(served_home: Path) -> None:
    with running(served_home, grace_s=0.5) as program:
        job, told = start(program.address, wait_s=120)
        assert program.stop() == (0, "done\n")
    assert "succeeded" not in told()[-1]
    with running(served_home) as program:
        found = httpx.get(f"{program.address}/api/v1/jobs/{job}").json()
        assert found["status"] in {"queued", "starting", "processing"}
        httpx.post(f"{program.address}/api/v1/jobs/{job}/cancel", timeout=60)
        program.stop()


def start(address: str, *, wait_s: float) -> tuple[str, Callable[[], list[str]]]:
    """Submit a job, listen to it, and return when it runs: its id, and what returns all that was told."""
    asked = {"model": "echo", "inputs": {"image": PICTURE, "wait_s": wait_s}}
    job = httpx.post(f"{address}/api/v1/jobs", json=asked).json()["id"]
    lines: list[str] = []
    runs = threading.Event()

    def listen() -> None:
        with httpx.stream("GET", f"{address}/api/v1/jobs/{job}/events", timeout=120) as stream:
            for line in stream.iter_lines():
                if line.startswith("data: "):
                    lines.append(line)
                    if json.loads(line[6:])["type"] == "progress" and json.loads(line[6:])["fraction"] == 0.5:
                        runs.set()

    listener = threading.Thread(target=listen)
    listener.start()
    assert runs.wait(120)

    def told() -> list[str]:
        listener.join(30)
        assert not listener.is_alive()
        return lines

    return job, told
