"""The processes of a server, all of them: also those that it forgets to end."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from typing import Final

import psutil

MARK: Final = "GESSO_BENCH_SERVER"
"""A variable in the environment of a server and of all that it starts."""


def marked(mark: str) -> list[psutil.Process]:
    """Return the processes that have this mark in their environment."""
    return list(_marked(mark))


def _marked(mark: str) -> Iterator[psutil.Process]:
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            is_alive = process.pid != os.getpid() and process.status() != psutil.STATUS_ZOMBIE
            if is_alive and process.environ().get(MARK) == mark:
                yield process


def memory_mb(mark: str) -> float:
    """Return what all of them take: what several share is shared out among them, where the system can say it."""
    return sum(_memory_bytes(process) for process in marked(mark)) / 1e6


def _memory_bytes(process: psutil.Process) -> int:
    with contextlib.suppress(psutil.Error, OSError):
        full = process.memory_full_info()
        return int(getattr(full, "pss", 0) or full.uss)
    return 0


def wait_until_gone(mark: str, *, timeout_s: float) -> list[psutil.Process]:
    """Wait until none is left; return those that are still there."""
    end = time.monotonic() + timeout_s
    while (left := marked(mark)) and time.monotonic() < end:
        time.sleep(0.05)
    return left


def end_all(mark: str) -> None:
    """End whatever is left, the hard way."""
    for _ in range(3):  # one that was being started is seen the next time
        for process in (left := marked(mark)):
            with contextlib.suppress(psutil.Error):
                process.kill()
        psutil.wait_procs(left, timeout=5)
