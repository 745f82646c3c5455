"""Run every benchmark and print its table: `python -m benchmarks`."""

from __future__ import annotations

import datetime
import os
import platform

from benchmarks import direct, history, overhead, remix, starting
from benchmarks.figures import table
from gesso.version import VERSION


def main() -> None:
    """Measure and print."""
    now = datetime.datetime.now(datetime.UTC).date()
    print(
        f"{now}, Gesso {VERSION}, Python {platform.python_version()}, {platform.system()} {platform.machine()}, "
        f"{os.cpu_count()} cores, load {os.getloadavg()[0] if hasattr(os, 'getloadavg') else 0:.1f}\n"
    )
    print("## One run\n")
    print(table(overhead.main()))
    print("## Direct runs and live frames\n")
    print(direct.main())
    print("## Starting\n")
    print(table(starting.main()))
    print("## Jobs\n")
    print(table(history.main()))
    print("## Remix\n")
    print(table(remix.main()))


if __name__ == "__main__":
    main()
