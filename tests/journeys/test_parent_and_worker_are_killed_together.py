"""`kill -9` of Gesso, its worker, both at once or the guard between them, with grandchildren, leaves nothing behind."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from gesso.runtime.host.scratch import make_scratch
from tests.journeys.conftest import HEAD, worker_of
from tests.leftovers import held_here, what_stays

MODEL = (
    HEAD
    + """
class Family(Model):
    def run(self, photo: Image) -> File:
        (scratch() / "half-made.bin").write_bytes(bytes(100_000))
        shell = "sleep 600 & sleep 600"
        child = subprocess.Popen(["sh", "-c", shell])
        stray = subprocess.Popen(["setsid", "sh", "-c", shell], start_new_session=True)
        print(os.getpid(), child.pid, stray.pid)
        time.sleep(600)
"""
)

PARENT = """
import asyncio, sys, tempfile
from pathlib import Path
import numpy as np
from gesso.app import App
from gesso.settings import load
from gesso.spec.runnable import Log, Request

async def main():
    async with App(load(), report=print) as app:
        app.trust.trust(app.registry.find(sys.argv[1]))
        model = await app.open(sys.argv[1])
        photo = np.zeros((2000, 2000, 3), np.uint8)
        async for event in model.run(Request(inputs={"photo": photo})):
            if isinstance(event, Log) and event.level == "info":
                print("pids", event.text, flush=True)

asyncio.run(main())
"""


@pytest.fixture
def family(home: Path, tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], list[int]]]:
    """A Gesso in a process of its own, and the processes of the worker, its child and a child that left the group."""
    folder = tmp_path / "family"
    folder.mkdir()
    (folder / "model.py").write_text(MODEL, encoding="utf-8")
    temporary = tmp_path / "t"
    temporary.mkdir()
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, str(folder)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(temporary)},
    ) as parent:
        assert parent.stdout is not None
        pids = next(line for line in parent.stdout if line.startswith("pids"))
        yield parent, [int(word) for word in pids.split()[1:]]
        parent.kill()


@pytest.mark.parametrize("victims", ["the parent", "the worker", "both", "the guard", "the parent, asked nicely"])
def test_nothing_is_left(
    victims: str,
    family: tuple[subprocess.Popen[str], list[int]],
    home: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    earlier = held_here()  # by tests that ran in this process before, and not by the family, which are other processes
    parent, (worker, child, stray) = family
    assert worker_of(worker)()
    assert worker_of(child)()
    assert worker_of(stray)()
    if victims in {"the worker", "both"}:
        os.kill(worker, signal.SIGKILL)
    if victims == "the guard":
        os.kill(psutil.Process(worker).ppid(), signal.SIGKILL)
    elif victims != "the worker":
        parent.send_signal(signal.SIGTERM if "nicely" in victims else signal.SIGKILL)
    parent.wait(timeout=20)  # a dead worker ends the run, and with it this Gesso
    left = what_stays(str(home), earlier=earlier)
    assert not left, left
    while any(worker_of(pid)() for pid in (worker, child, stray)):  # the system buries them a moment later
        time.sleep(0.02)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "t"))
    shutil.rmtree(make_scratch())  # whoever comes next sweeps up
    assert not list((tmp_path / "t").iterdir())
