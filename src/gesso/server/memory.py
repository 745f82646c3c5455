"""How much memory a process and all that it has started hold together."""

from __future__ import annotations

import psutil


def memory_bytes(process_id: int) -> int:
    """Return the resident memory of a process and of those below it; 0 if it has ended. Shared memory counts in each.

    Asks the system about each process: call it in a thread.
    """
    try:
        process = psutil.Process(process_id)
        family = [process, *process.children(recursive=True)]
    except psutil.Error:
        return 0
    return sum(map(_resident_bytes, family))


def _resident_bytes(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.Error:  # it has ended meanwhile
        return 0
