"""A server of a peer, from its start to the last of its processes."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import uuid
from pathlib import Path
from typing import Final, Self

from benchmarks.peers.http import get
from benchmarks.peers.peer import ROOT, Address, Home, Peer, Workload
from benchmarks.race.connection import Connection
from benchmarks.race.environment import python_of
from benchmarks.race.marked import MARK, end_all, marked, memory_mb, wait_until_gone

_START_S: Final = 90.0
_STOP_S: Final = 8.0
_EVERY_S: Final = 0.01
_SAID_LINES: Final = 3
_KEY: Final = re.compile(r"key=\S+")  # Gesso says its own when it starts; it is nothing for a table


class NotStartedError(Exception):
    """A server did not come up, or went away; the message is what it said last."""


class Server:
    """A running server; `with` it, it is up, and after it nothing of it is left.

    After the start, `address` says where it listens and `start_s` how long it took until it answered. After the end,
    `left_behind` says how many processes did not end when they were told to, and had to be killed.
    """

    def __init__(self, peer: Peer, workload: Workload) -> None:
        self.peer = peer
        self.workload = workload
        self.start_s = 0.0
        self.left_behind = 0
        self.stop_s = 0.0
        self.address = Address(0)
        self._mark = uuid.uuid4().hex
        self._folder = Path(tempfile.mkdtemp(prefix="peer-"))
        self._process: subprocess.Popen[bytes] | None = None
        self._litter = [path for path in peer.litter if not path.exists()]  # what is there already is not ours

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    @property
    def memory_mb(self) -> float:
        """What all its processes take now."""
        return memory_mb(self._mark)

    @property
    def processes(self) -> int:
        """How many processes it has."""
        return len(marked(self._mark))

    def said(self) -> str:
        """Return the last lines of what it said."""
        path = self._folder / "said.txt"
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines() if path.exists() else []
        return _KEY.sub("key=...", " / ".join(line.strip() for line in lines[-_SAID_LINES:]))

    def _start(self) -> None:
        work = self._folder / "work"
        work.mkdir()
        home = Home(python=python_of(self.peer), folder=work, port=_free_port(), workload=self.workload)
        self.peer.prepare(home)
        assert self.peer.command is not None
        command = self.peer.command(home)
        own = {
            MARK: self._mark,
            "PYTHONPATH": str(ROOT),
            "HOME": str(work),
            "TMPDIR": str(work),
        }
        began = time.perf_counter()
        with (self._folder / "said.txt").open("wb") as said:
            self._process = subprocess.Popen(
                [str(word) for word in command.words],
                cwd=work,
                env=os.environ | own | dict(command.environment),
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._wait_until_ready(home.port)
        self.start_s = time.perf_counter() - began
        self.address = Address(home.port, self.peer.token(home))

    def _wait_until_ready(self, port: int) -> None:
        assert self._process is not None
        end = time.monotonic() + _START_S
        while time.monotonic() < end:
            if self._process.poll() is not None:
                raise NotStartedError(self.said() or f"it ended with {self._process.returncode}")
            if self._is_ready(port):
                return
            time.sleep(_EVERY_S)
        raise NotStartedError(f"it did not answer within {_START_S:g} s: {self.said()}")

    def _is_ready(self, port: int) -> bool:
        try:
            with Connection(port, timeout_s=5) as connection:
                answer = connection.ask(get(Address(port), self.peer.ready))
        except OSError:
            return False
        return answer.status == 200 and self.peer.ready_says in answer.body

    def _end(self) -> None:
        began = time.perf_counter()
        if self._process is not None:
            if self._process.poll() is None:
                self._process.send_signal(signal.SIGTERM)
            self.left_behind = len(wait_until_gone(self._mark, timeout_s=_STOP_S))
            self.stop_s = time.perf_counter() - began
            end_all(self._mark)
            self._process.wait()
        for path in (self._folder, *self._litter):
            shutil.rmtree(path, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return int(bound.getsockname()[1])
