"""How much memory processes take, and the computer has."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Final

import psutil

_CGROUP_LIMIT: Final = Path("/sys/fs/cgroup/memory.max")


def of_process(process_id: int) -> int:
    """Return what a process and its descendants take for themselves alone, in bytes; 0 if it has ended.

    That is what the system gets back when they end (USS): libraries and shared memory that others use do not count.
    """
    try:
        process = psutil.Process(process_id)
        family = [process, *process.children(recursive=True)]
    except psutil.Error:
        return 0
    total = 0
    for member in family:
        with contextlib.suppress(psutil.Error, OSError):  # it has just ended, or is not ours to look into
            total += member.memory_full_info().uss
    return total


def total() -> int:
    """Return how much memory this computer has, or its container may use, in bytes."""
    have = int(psutil.virtual_memory().total)
    with contextlib.suppress(OSError, ValueError):  # no container, or one without a limit ("max")
        have = min(have, int(_CGROUP_LIMIT.read_text(encoding="ascii")))
    return have


def available() -> int:
    """Return how much memory programs could still get without swapping, in bytes."""
    return int(psutil.virtual_memory().available)
