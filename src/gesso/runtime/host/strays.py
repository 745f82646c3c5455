"""What a worker has started, and its guard could not end because it was killed itself.

Every process that comes from a worker carries the worker's mark among its environment variables, unless it took that
away on purpose. Looking at all processes takes a tenth of a second, and is needed only then.
"""

from __future__ import annotations

import contextlib
from typing import Final

import psutil

MARK: Final = "GESSO_WORKER"
"""The name of the variable with a worker's mark."""


def end_strays(mark: str) -> None:
    """Kill every process with this mark, until none is left."""
    while _kill_all(mark):
        pass


def _kill_all(mark: str) -> bool:
    """Kill those that are there now. Says whether there was one: it may just have started another."""
    is_found = False
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):  # it has just ended, or is not ours to look into
            if process.environ().get(MARK) == mark and process.status() != psutil.STATUS_ZOMBIE:
                process.kill()
                is_found = True
    return is_found
