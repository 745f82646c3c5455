"""What a test has left behind: processes that still run, shared memory that nobody gave back."""

from __future__ import annotations

import contextlib
import gc
import os
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

_NAMES_OF_SEGMENTS = ("gesso", "psm_", "sem.gesso")  # psm_: what multiprocessing.shared_memory chooses


@dataclass(frozen=True)
class Leftovers:
    """What is still there: one line for each process and each piece of shared memory."""

    processes: frozenset[str] = frozenset()
    memory: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.processes or self.memory)

    def __sub__(self, earlier: Leftovers) -> Leftovers:
        return Leftovers(self.processes - earlier.processes, self.memory - earlier.memory)


def processes_and_memory(marker: str) -> Leftovers:
    """List what is there on behalf of a test, apart from the test's own process.

    `marker` is a text in the command line or the environment of everything that the test starts: the path of its home.
    Shared memory is what has a name (in /dev/shm, or as a temporary file), and what this process and the marked ones
    hold without a name.
    """
    marked = list(_marked(marker))
    lines = frozenset(f"{process.pid}: {_command(process)}" for process in marked)
    pids = [os.getpid(), *(process.pid for process in marked)]
    return Leftovers(
        lines, frozenset([*_named_segments(), *(line for pid in pids for line in _nameless_segments(pid))])
    )


def held_here() -> Leftovers:
    """Return the shared memory that the test's own process holds, from whatever ran in it before."""
    return Leftovers(memory=frozenset(_nameless_segments(os.getpid())))


def what_stays(marker: str, *, earlier: Leftovers = Leftovers(), timeout_s: float = 5.0) -> Leftovers:
    """Wait until nothing is left beyond `earlier`; return what is still there after `timeout_s`."""
    end = time.monotonic() + timeout_s
    gc.collect()  # what only garbage holds is not left behind
    while (left := processes_and_memory(marker) - earlier) and time.monotonic() < end:
        time.sleep(0.05)
    return left


def _marked(marker: str) -> Iterator[psutil.Process]:
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if process.pid == os.getpid() or process.status() == psutil.STATUS_ZOMBIE:
                continue
            words = [*process.cmdline(), *process.environ().values()]
            if any(marker in word for word in words):
                yield process


def _command(process: psutil.Process) -> str:
    with contextlib.suppress(psutil.Error, OSError):
        return " ".join(process.cmdline())
    return "(ended just now)"


def _named_segments() -> Iterator[str]:
    for folder, pattern in ((Path("/dev/shm"), "*"), (Path(tempfile.gettempdir()), "gesso-*.shm")):  # Linux; elsewhere
        for path in folder.glob(pattern):
            if path.name.startswith(_NAMES_OF_SEGMENTS):
                yield str(path)


def _nameless_segments(pid: int) -> Iterator[str]:
    for descriptor in Path(f"/proc/{pid}/fd").glob("*"):
        with contextlib.suppress(OSError):
            target = str(descriptor.readlink())
            if target.startswith("/memfd:gesso"):
                yield f"{pid}: descriptor {descriptor.name} of {target}"
