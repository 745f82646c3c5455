"""Run the benchmarks and print their tables: `python -m benchmarks [PART]`. Without a part all of them."""

from __future__ import annotations

import datetime
import os
import platform
import sys
from collections.abc import Callable, Sequence
from typing import Final

from benchmarks import history, overhead, remix, starting
from benchmarks.figures import Figure, table
from benchmarks.race import run as race
from gesso.version import VERSION

_PARTS: Final[dict[str, tuple[str, Callable[[], Sequence[Figure]]]]] = {
    "overhead": ("One run", overhead.main),
    "starting": ("Starting", starting.main),
    "history": ("Jobs", history.main),
    "remix": ("Remix", remix.main),
}
_PEERS: Final = "peers"  # the last and the longest, and the only one with options


def main(words: Sequence[str]) -> None:
    """Measure and print."""
    wanted = words[:1] or [*_PARTS, _PEERS]
    if unknown := set(wanted) - {*_PARTS, _PEERS}:
        sys.exit(f"{unknown.pop()} is no part of the benchmarks. There are: {', '.join([*_PARTS, _PEERS])}.")
    now = datetime.datetime.now(datetime.UTC).date()
    print(
        f"{now}, Gesso {VERSION}, Python {platform.python_version()}, {platform.system()} {platform.machine()}, "
        f"{os.cpu_count()} cores, load {os.getloadavg()[0] if hasattr(os, 'getloadavg') else 0:.1f}\n"
    )
    for name in wanted:
        if name == _PEERS:
            print("## Peers\n")
            race.main(words[1:])
        else:
            title, measure = _PARTS[name]
            print(f"## {title}\n\n{table(measure())}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
