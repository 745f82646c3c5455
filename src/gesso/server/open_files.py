"""How many files and connections this process may have open: systems begin with few (256 on a Mac) and allow more."""

from __future__ import annotations

import contextlib
import sys
from typing import Final

ENOUGH: Final = 4096
"""So many are never needed."""


def raise_limit() -> int:
    """Have as many as are enough, if the system lets us; return how many there may be. Children inherit it."""
    if sys.platform != "win32":  # there, by its documentation, connections are not counted; never tried
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = ENOUGH if hard == resource.RLIM_INFINITY else min(hard, ENOUGH)
        if soft != resource.RLIM_INFINITY and soft < wanted:
            with contextlib.suppress(OSError, ValueError):
                resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        if soft != resource.RLIM_INFINITY:
            return soft
    return ENOUGH
