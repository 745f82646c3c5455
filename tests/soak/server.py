"""The server of a soak: a process of its own that is started, killed and stopped, always on the same home."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import psutil

from gesso.storage.home import find_server

_START_S: Final = 120.0


@dataclass(eq=False)
class Server:
    """`gesso serve` on a home. `life` counts its starts; `is_up` is set while it may be asked.

    `kills` are the times (seconds since 1970) at which it was killed, `worker_kills` those at which somebody killed a
    worker, with the name of its model.
    """

    home: Path
    environment: Mapping[str, str]
    log: Path
    life: int = 0
    address: str = ""
    is_up: asyncio.Event = field(default_factory=asyncio.Event)
    kills: list[float] = field(default_factory=list)
    worker_kills: list[tuple[float, str]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    _process: subprocess.Popen[bytes] | None = None

    @property
    def process(self) -> psutil.Process:
        """The process that serves now."""
        assert self._process is not None
        return psutil.Process(self._process.pid)

    def has_killed(self, model: str) -> bool:
        """Say whether somebody has killed a worker of a model: whoever asks for it may have been told so."""
        return any(killed == model for _, killed in self.worker_kills)

    async def start(self) -> None:
        """Start it, and return when it listens."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "gesso.cli.main", "serve", "--port", "0"],
                env=os.environ | self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        end = time.monotonic() + _START_S
        while (found := find_server(self.home)) is None or found.pid != self._process.pid:
            if self._process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"The server does not start:\n{self.log.read_text(errors='replace')[-3000:]}")
            await asyncio.sleep(0.05)
        self.address = found.address
        self.life += 1
        self.is_up.set()

    async def kill(self) -> None:
        """End it as a crash would, and wait until everything that it started has ended too."""
        self.is_up.clear()
        self.kills.append(time.time())
        await self._end(signal.SIGKILL)

    async def stop(self) -> None:
        """Tell it to stop. It must end in order."""
        self.is_up.clear()
        code = await self._end(signal.SIGTERM)
        if code != 0:
            self.faults.append(f"the server was told to stop, and ended with the code {code}")

    async def _end(self, how: int) -> int:
        assert self._process is not None
        family = self.family()
        self._process.send_signal(how)
        code = await asyncio.to_thread(self._process.wait, 60)
        _, alive = await asyncio.to_thread(psutil.wait_procs, family, 20)
        self.faults += [f"its server has ended, but it runs on: {command_of(process)}" for process in alive]
        return code

    def family(self) -> list[psutil.Process]:
        """Return every process that came from the server and runs now."""
        with contextlib.suppress(psutil.Error):
            return self.process.children(recursive=True)
        return []

    def close(self) -> None:
        """Kill it, whatever became of the soak."""
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait()


@dataclass(frozen=True)
class Worker:
    """A process that a model lives in, or the guard beside it."""

    process: psutil.Process
    model: str
    is_guard: bool


def workers_of(server: Server) -> list[Worker]:
    """Return the workers of a server, and their guards."""
    found = []
    for process in server.family():
        with contextlib.suppress(psutil.Error):
            words = process.cmdline()
            is_guard = any(word.endswith("guard.py") for word in words[:5])
            if is_guard or any(word.endswith("bootstrap.py") for word in words[:8]):
                found.append(Worker(process, Path(process.cwd()).name, is_guard))
    return found


def command_of(process: psutil.Process) -> str:
    """Return the number of a process and what it runs."""
    with contextlib.suppress(psutil.Error):
        return f"{process.pid} {' '.join(process.cmdline())[:200]}"
    return f"{process.pid} (ended just now)"
